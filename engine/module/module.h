/* module - what a module is: one constant row beside its code, and what its code may ask for.
 *
 * Shape:    modules/<family>.c exports en_family_<family>: rows with parameters (takes), fields of
 * one output bundle (gives), what it emits, and `run`. The engine evaluates, coerces, fills
 *           defaults and checks required parameters before `run`; an enum indexes the table.
 * Units:    as each parameter's doc says.
 * Lifetime: rows are constant. A call and its arena end with the call's bundle; the engine copies
 *           upwards what must outlive the loop iteration.
 * Errors:   `run` sets en_call_error and returns false; the caller adds step, module, bundle.
 * Threads:  rows may be shared; a call belongs to one thread.
 */
#ifndef EN_MODULE_MODULE_H
#define EN_MODULE_MODULE_H

#include "net/http.h"
#include "store/store.h"
#include "value/json.h"

typedef struct en_call en_call;
typedef struct en_module en_module;

enum {
    EN_REQUIRED = 1,     /* must be written (a problem at load if not) and not come out missing */
    EN_MAY_BE_EMPTY = 2, /* required to be written, may come out missing or empty */
    EN_SECRET = 4,       /* never in traces or messages */
    EN_LITERAL = 8,      /* not templated; read at load */
    EN_PER_BUNDLE = 16   /* aggregators: evaluated for every collected bundle */
};

typedef struct en_param {
    const char *name;
    en_types types;
    unsigned flags;
    const char *fallback;          /* JSON text, or NULL */
    const char *const *choices;    /* NULL-terminated texts, or NULL */
    const struct en_param *fields; /* of a collection, or of the collections in an array; or NULL */
    double least;                  /* bounds of a number, when `most` is above `least` */
    double most;
    const char *doc;
} en_param;

/* What the executor does with a row. */
typedef enum en_module_kind {
    EN_KIND_CALL,       /* runs `run` */
    EN_KIND_TRIGGER,    /* a call that stands first; `run` emits the payload */
    EN_KIND_ROUTER,     /* becomes gates */
    EN_KIND_ITERATOR,   /* a call whose bundles open a loop */
    EN_KIND_AGGREGATOR, /* collect and flush: `run` is called once a group */
    EN_KIND_CONVERGER,  /* a call that reads the branches of its join */
    EN_KIND_NEXT        /* a directive: drop this bundle */
} en_module_kind;

/* What a successful call gives. */
typedef enum en_emits {
    EN_EMITS_ONE,
    EN_EMITS_LIST, /* a search: one list (list, object) or a bundle per record (blueprint) */
    EN_EMITS_MANY, /* a bundle per element in every dialect */
} en_emits;

enum {
    EN_OUTSIDE = 1,   /* reaches beyond the stores: ends the segment; may sleep and open sockets */
    EN_READS = 2,     /* reads stores */
    EN_WRITES = 4,    /* writes stores */
    EN_ANSWERS = 8,   /* what it tells the outside goes with the run's report */
    EN_REMEMBERS = 16 /* sets variables of the run */
};

struct en_module {
    const char *name;           /* behind the family: "addRecord" */
    const char *const *aliases; /* whole names, NULL-terminated: "http.webhook"; or NULL */
    unsigned version;
    en_module_kind kind;
    en_emits emits;
    unsigned flags;
    const en_param *takes; /* ended by { 0 }; or NULL */
    const en_param *gives;
    bool (*run)(en_call *call);
    const char *doc;
};

typedef struct en_family {
    const char *name;
    const en_module *modules; /* ended by { 0 } */
    const char *doc;
} en_family;

#define EN_ALIASES(...)                                                                            \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define EN_CHOICES(...) EN_ALIASES(__VA_ARGS__)

extern const en_family *const en_families[];

/* --- the registry --- */

/* By whole name ("datastore.addRecord") or alias; NULL: unknown. `family` may be NULL. */
const en_module *en_module_find(en_text name, const en_family **family);
/* The known name nearest to an unknown one, or empty. */
en_text en_module_nearest(en_arena *arena, en_text name);
size_t en_module_param_count(const en_module *module);
/* SIZE_MAX: none of that name. */
size_t en_module_param_find(const en_module *module, en_text name);

/* --- what `run` may ask of its call --- */

en_arena *en_call_arena(en_call *call);
en_error *en_call_error(en_call *call);

/* Whether the step stands first in its scenario. */
bool en_call_is_first(const en_call *call);

/* Whether only the length of the list it gives will be looked at: then the elements need not be
 * what they are. */
bool en_call_wants_count(const en_call *call);
/* What takes the rest of a long list of which only a loop reads; NULL: the list is given whole. */
en_spool *en_call_spool(const en_call *call);

/* Arguments by index into `takes`: coerced, defaults filled in; null when not given. */
en_value en_call_value(const en_call *call, size_t param);
/* Whether it is there and not missing. */
bool en_call_has(const en_call *call, size_t param);
en_text en_call_text(const en_call *call, size_t param);
double en_call_number(const en_call *call, size_t param);
uint64_t en_call_count(const en_call *call, size_t param);
bool en_call_boolean(const en_call *call, size_t param);
/* For EN_T_FILTER; never NULL. */
const en_filter *en_call_filter(const en_call *call, size_t param);

/* The result; always true, so `return en_call_emit(…)`. */
bool en_call_emit(en_call *call, en_value bundle);
/* EN_EMITS_LIST and EN_EMITS_MANY: the elements of an array. */
bool en_call_emit_list(en_call *call, en_value array);
/* A list of so many elements, all null: for en_call_wants_count. */
bool en_call_emit_count(en_call *call, uint64_t count);
/* Iterators: bundles {item, index, length}, made one at a time from the elements. */
bool en_call_emit_items(en_call *call, en_value array);

/* Time and chance of the run. */
int64_t en_call_now_ms(const en_call *call);
en_random *en_call_random(en_call *call);
const en_zone *en_call_zone(const en_call *call);
en_regex_cache *en_call_patterns(en_call *call);

/* The payload the run was started with, and {method, headers, query} of the request it came by. */
en_value en_call_payload(const en_call *call);
en_value en_call_request(const en_call *call);

/* Run variables; the value is copied. */
void en_call_set_variable(en_call *call, en_text name, en_value value);
en_value en_call_variable(const en_call *call, en_text name);

/* The run's segment, entered when there is none; NULL with the error set. */
en_segment *en_call_store(en_call *call);
/* flow.commit and flow.rollback: both act where they stand. */
EN_WARN_UNUSED bool en_call_commit(en_call *call);
EN_WARN_UNUSED bool en_call_rollback(en_call *call);

/* EN_OUTSIDE rows only. */
EN_WARN_UNUSED bool en_call_http(en_call *call, const en_http_request *request,
                                 en_http_response *response);
/* The reply as a bundle, whose `statusCode` and `headers` are there for later steps of the run. */
void en_call_keep_reply(en_call *call, en_value bundle);
/* {statusCode, headers} of the last one kept, until the next is; nothing: there was none. */
en_value en_call_last_reply(const en_call *call);
EN_WARN_UNUSED bool en_call_sleep(en_call *call, int64_t duration_ms);
/* The answer to the caller; `headers` is an array of {name, value}. The first counts, later ones
 * warn. */
EN_WARN_UNUSED bool en_call_respond(en_call *call, int status, en_value headers, en_value body);

/* What an error carries beside its texts: error.data in templates. */
void en_call_error_data(en_call *call, en_value data);
EN_FORMAT(2, 3) void en_call_warn(en_call *call, const char *format, ...);

/* Aggregators and convergers: what was collected, or the live branches of the join. */
typedef struct en_input {
    en_text route;   /* label or id of the branch; empty: not from a join */
    en_value bundle; /* what the step before gave; behind an iterator, the element */
    en_value
        values; /* the target fields with an expression of their own, as a collection; or null */
} en_input;
size_t en_call_input_count(const en_call *call);
en_input en_call_input(const en_call *call, size_t index);
/* groupBy: the group's key, or nothing; and the last part of its path ("orderId"), or empty. */
en_value en_call_group_key(const en_call *call);
en_text en_call_group_name(const en_call *call);

#endif

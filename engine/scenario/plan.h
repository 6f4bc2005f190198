/* plan - a scenario compiled: what the executor reads.
 *
 * Shape:    one flat array of steps in run order (reference/plan.md); indexes into it are half-open
 *           ranges. Everything in which dialects differ is a field of the plan. A plan is immutable and
 *           shared by all its runs; nothing is parsed after loading.
 * Units:    times in milliseconds; EN_NO_INDEX where there is no step, slot or range.
 * Lifetime: lives in the arena it was loaded into, together with the file's text.
 * Errors:   none: a plan that exists is sound.
 * Threads:  may be shared.
 */
#ifndef EN_SCENARIO_PLAN_H
#define EN_SCENARIO_PLAN_H

#include "expr/mapping.h"
#include "module/module.h"

enum { EN_NO_INDEX = 0x7FFFFFFF };

typedef enum en_step_kind {
    EN_STEP_CALL,     /* runs its module; with a loop, once more for every bundle it gives */
    EN_STEP_EACH,     /* synthetic: opens a loop over the list in `list_slot`; no operation */
    EN_STEP_GATE,     /* only a filter: a router, a route, a branch */
    EN_STEP_COLLECT,  /* appends to collection `aggregator` */
    EN_STEP_FLUSH,    /* runs the aggregator's module over what was collected */
    EN_STEP_DIRECTIVE /* ends an error route, or drops the bundle */
} en_step_kind;

typedef enum en_directive {
    EN_DIRECTIVE_NONE,
    EN_DIRECTIVE_RESUME, /* the failed step gives `resume` instead */
    EN_DIRECTIVE_IGNORE,
    EN_DIRECTIVE_BREAK,
    EN_DIRECTIVE_COMMIT,
    EN_DIRECTIVE_ROLLBACK,
    EN_DIRECTIVE_NEXT /* drop this bundle, go on with the next */
} en_directive;

/* One argument, by the module row's parameter. */
typedef enum en_argument_kind {
    EN_ARGUMENT_NONE,      /* not written and no fallback: null */
    EN_ARGUMENT_CONSTANT,  /* already coerced */
    EN_ARGUMENT_MAPPING,   /* evaluated and coerced for every call */
    EN_ARGUMENT_CONDITIONS /* EN_T_FILTER */
} en_argument_kind;

typedef struct en_argument {
    en_argument_kind kind;
    en_value constant;
    const en_mapping *mapping;
    const en_conditions *conditions;
} en_argument;

/* A parameter as it was written, for mocks and steps whose module is unknown. */
typedef struct en_written {
    en_text name;
    const en_mapping *mapping;
} en_written;

/* What an aggregator or converger reads: the steps right before it. */
typedef struct en_source {
    uint32_t step;  /* live if this step is (a gate: an empty route) */
    uint32_t slot;  /* its bundle; EN_NO_INDEX: none (an empty route) */
    bool is_loop;   /* an iterator or implicit loop: the member "item" of the slot's bundle is meant */
    en_text route;  /* label, else id of the branch; empty: not from a join */
} en_source;

typedef struct en_retry {
    uint32_t most;       /* further tries; 0: no retry */
    int64_t interval_ms;
    bool doubles;        /* the wait doubles each time */
} en_retry;

typedef struct en_step {
    int64_t id;          /* EN_NO_STEP: synthetic */
    en_text label;       /* a name for people: the route's label, metadata's, else the module's */
    en_text module_name; /* as written */
    en_step_kind kind;
    en_directive directive;
    const en_module *module;     /* NULL: unknown, or no call */
    uint32_t slot;               /* several steps may share one */
    const en_argument *arguments; /* one for each of the row's parameters; NULL when module is NULL */
    const en_written *written;
    size_t written_count;
    const en_conditions *filter; /* NULL: none */
    const uint32_t *when;        /* any of these live; none: always */
    size_t when_count;
    const uint32_t *unless;      /* none of these live */
    size_t unless_count;
    uint32_t loop_start;         /* the loop: a range run once for every bundle; EN_NO_INDEX: none */
    uint32_t loop_end;
    const uint32_t *opens;       /* collections that start when this step succeeds */
    size_t open_count;
    uint32_t aggregator;         /* collect, flush: the number of its collection */
    uint32_t list_slot;          /* EN_STEP_EACH */
    const en_source *sources;    /* collect, flush without loop, converger */
    size_t source_count;
    bool joins;                  /* the sources are branches of a join */
    const en_mapping *group_key; /* collect: groupBy; NULL: none */
    en_text group_name;          /* last part of groupBy's path: "orderId" */
    const en_mapping *collected; /* collect: per-bundle values {name: value} beside the source; or NULL */
    const en_mapping *resume;    /* EN_DIRECTIVE_RESUME: the bundle; NULL: `resume_slot`'s, or empty */
    uint32_t resume_slot;
    uint32_t handler_start;      /* error route, directly behind the step; EN_NO_INDEX: none */
    uint32_t handler_end;
    uint32_t dead;               /* where to go when this step emits nothing or does not run */
    en_retry retry;
    bool stops_if_empty;         /* a flush over nothing ends the path instead of emitting */
    bool ends_path;              /* stopProcessing: nothing runs behind it */
    bool count_only;             /* only the length of its list is ever looked at: counts.h */
    bool pages;                  /* only a loop walks over its list: pages.h */
    uint32_t walks;              /* a loop that does: the list's slot; else EN_NO_INDEX */
    bool reads_only;             /* a segment that begins here cannot come to write: segments.h */
    unsigned line;               /* of the module in the file */
    unsigned column;
} en_step;

/* Codes of EN_REF_LOOKUP: names that the run answers. */
typedef enum en_lookup_code {
    EN_LOOKUP_PAYLOAD,  /* webhook, input, trigger: the payload; its "headers" are the request's, which win,
                         * case ignored; so do "method" and "query" where the payload lacks them */
    EN_LOOKUP_NAME,     /* a bare name: run variables, file variables, inputs, payload fields */
    EN_LOOKUP_ENV,      /* a collection of the allowed environment names */
    EN_LOOKUP_ERROR     /* the error being handled, or nothing */
} en_lookup_code;

typedef struct en_plan_variable {
    en_text name;
    const en_mapping *value;
} en_plan_variable;

typedef struct en_interface_field {
    en_text name;
    en_types type;
    bool required;
    en_value fallback; /* nothing: none */
    const struct en_interface_field *fields; /* of a collection, or of the collections in an array */
    size_t field_count;
} en_interface_field;

/* A payload field that the trigger declares, checked before the run. */
typedef struct en_plan {
    en_text file;
    en_text name;
    const char *dialect;     /* "list", "object", "blueprint": for people only */
    const en_rules *rules;
    const en_step *steps;
    uint32_t count;          /* all steps */
    uint32_t main_count;     /* steps [0, main_count) are the flow, the rest the global handler */
    uint32_t slot_count;
    uint32_t aggregator_count;
    bool searches_emit_list; /* EN_EMITS_LIST: one list, or a bundle a record */
    bool empty_lists_live;   /* a list of no records still lets the flow go on */
    en_record_shape record_shape;
    bool empty_aggregates_emit; /* an aggregator that collected nothing emits all the same (blueprint) */
    bool outside_calls_commit;  /* list, object: an outside call is a commit point */
    bool stores_incomplete;     /* dlq */
    const en_plan_variable *variables;
    size_t variable_count;
    const en_interface_field *inputs;
    size_t input_count;
    const en_interface_field *outputs;
    size_t output_count;
    const en_interface_field *payload; /* the first trigger's dataStructure */
    size_t payload_count;
    const en_schema *const *schemas; /* dataStores of the file */
    size_t schema_count;
    int64_t interval_ms;     /* 0: not scheduled */
    bool sequential;
    uint32_t max_errors;     /* 0: no limit */
} en_plan;

#endif

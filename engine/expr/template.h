/* template - texts with {{…}}, compiled once and evaluated often.
 *
 * Shape:    a template is immutable. What differs between dialects is data (en_rules). First names
 *           ({{4…}}, {{webhook…}}, {{region}}) are resolved while compiling, by the caller's
 * resolver, into en_refs; keywords (true, null, space …), the variables now, timestamp, random,
 * uuid, generateUniqueId and pi, and functions are the template's own. Units:    `at` and carets
 * are byte offsets into the template's source. Lifetime: templates live in the arena they were
 * compiled into and share the source's bytes. Results live in the scope's arena or share the slots'
 * values. Errors:   compiling: SyntaxError with source and caret. Evaluating: DataError "Function
 * 'x' finished with error! …" with source and caret. Threads:  templates may be shared; a scope
 * belongs to one thread.
 */
#ifndef EN_EXPR_TEMPLATE_H
#define EN_EXPR_TEMPLATE_H

#include "base/clock.h"
#include "base/problem.h"
#include "base/random.h"
#include "value/coerce.h"
#include "value/filter.h"
#include "value/value.h"

/* What differs between dialects. One constant row for each. */
typedef struct en_rules {
    const char *name;      /* "list", "blueprint", "fusion" */
    unsigned index_base;   /* of `[n]`: 0 or 1 */
    bool brackets_project; /* `[]` gives all elements (list) or the first (blueprint) */
    bool
        lists_read_first; /* a list result: `.length`, `.array`, other fields of its first record */
    bool comma_separates; /* `,` separates arguments where no `;` does */
    bool integer_is_module;  /* {{4}} is the output of module 4 if there is one */
    bool hyphens_in_names;   /* behind a dot, `-` before a letter belongs to the name: x-api-key */
    bool numeric_arithmetic; /* + takes numeric text as number, empty as 0; else as expressions.md 3
                              */
    bool split_trims;        /* split trims its parts and drops empty ones */
    bool empty_array_is_empty;   /* for ifempty */
    bool fusion;                 /* Fusion-only functions are known */
    const char *array_separator; /* between elements of an array inside text */
} en_rules;

extern const en_rules en_rules_list;
extern const en_rules en_rules_blueprint;
extern const en_rules en_rules_fusion;
/* NULL: no such dialect. */
const en_rules *en_rules_find(en_text name);

/* Where a first name leads. */
typedef enum en_ref_kind {
    EN_REF_NOTHING, /* nowhere: always nothing (the resolver has warned) */
    EN_REF_SLOT,    /* the value in slot `slot` */
    EN_REF_SLOTS,   /* the first of `slots` that holds something */
    EN_REF_LOOKUP   /* asked of the scope: `code` and `name` mean what the resolver meant */
} en_ref_kind;

enum { EN_NO_SLOT = 0x7FFFFFFF };

typedef struct en_ref {
    en_ref_kind kind;
    uint32_t slot;
    /* Not empty: the value is this member of the slot's bundle; {{item}} is "item". */
    en_text member;
    /* Of a list, inside a loop over it: the slot whose bundle's "item" is the record that `.field`
     * reads; else EN_NO_SLOT. */
    uint32_t present;
    /* A field that the bundle lacks is looked up in its member "item": iterators. */
    bool reads_item;
    /* The name behind a first field `headers` is found whatever its case. */
    bool headers_nocase;
    const uint32_t *slots;
    size_t slot_count;
    uint32_t code;
    en_text name;
} en_ref;

typedef struct en_resolver en_resolver;
struct en_resolver {
    /* `name` is the first name, or a module id in digits (is_id). `field` is the first field behind
     * it, empty when there is none. Never fails: what is unknown becomes EN_REF_NOTHING. False only
     * for an id in {{4}} that no module has, so that the number itself is meant. */
    bool (*resolve)(en_resolver *resolver, en_text name, bool is_id, en_text field, size_t at,
                    en_ref *ref);
    const en_rules *rules;
    en_arena *arena;
    bool
        check_functions; /* an unknown function is an error while compiling, not while evaluating */
};

typedef struct en_template en_template;

/* Everything that evaluating may need; slots and lookups belong to the executor. */
typedef struct en_scope en_scope;
struct en_scope {
    const en_value *slots;
    en_value (*lookup)(en_scope *scope, const en_ref *ref);
    en_arena *arena;
    int64_t now_ms;
    en_random *random;
    const en_zone *zone; /* of the scenario; NULL: UTC */
    en_zones *zones;
    en_regex_cache *patterns;
    size_t max_bytes; /* of one result; 0: 64 MB */
    int64_t max_ms;   /* of one evaluation; 0: ten seconds */
    /* The evaluator's own: what it has worked, when it looks at the clock next, since when. */
    uint64_t work;
    uint64_t look_at;
    int64_t began_us;
};

EN_WARN_UNUSED bool en_template_compile(en_resolver *resolver, en_text source, en_template **made,
                                        en_error *error);
EN_WARN_UNUSED bool en_template_eval(const en_template *made, en_scope *scope, en_value *result,
                                     en_error *error);
/* True, and its value, if the template holds no {{…}} or only such as always give the same:
 * "plain", "{{true}}", "{{1 + 1}}". */
EN_WARN_UNUSED bool en_template_constant(const en_template *made, en_value *value);

/* True if the template is a reference with at most one field behind it and nothing else. */
EN_WARN_UNUSED bool en_template_field(const en_template *made, const en_ref **ref, en_text *field);

/* Told of every resolved first name, with the first field of its path ("length"; empty when there
 * is none or it is an index). */
typedef void en_ref_visit(void *context, const en_ref *ref, en_text field, size_t at);
void en_template_visit(const en_template *made, en_ref_visit *visit, void *context);

#endif

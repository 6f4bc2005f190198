/* fn - what a function of the expression language is: one constant row beside its code.
 *
 * Shape:    engine/expr/fn/<family>.c exports en_fns_<family>, rows ended by { 0 }; the registry is
 *           generated. The evaluator checks and coerces arguments by the row before `eval`.
 * Units:    as each row's doc says.
 * Lifetime: rows are constant. Results live in the scope's arena or share the arguments.
 * Errors:   `eval` sets the bare reason; the evaluator puts "Function 'x' finished with error! " in
 *           front.
 * Threads:  free.
 */
#ifndef EN_EXPR_FN_H
#define EN_EXPR_FN_H

#include "expr/template.h"

enum { EN_FN_MOST_PARAMS = 5 };

enum {
    EN_FN_REQUIRED = 1,
    EN_FN_REST = 2 /* the last parameter may repeat */
};

enum {
    EN_FN_PURE = 1,   /* equal arguments give equal results: constant calls are folded */
    EN_FN_LAZY = 2,   /* arguments are evaluated when asked for */
    EN_FN_FUSION = 4, /* known in the fusion dialect only */
    EN_FN_HIDDEN = 8  /* works, but is not listed, as in Make's palette */
};

typedef struct en_fn_param {
    const char *name;
    en_types types;
    unsigned flags;
    const char *doc;
} en_fn_param;

typedef struct en_fn_call {
    en_scope *scope;
    const en_rules *rules;
    size_t count;         /* arguments written; those left out are nothing */
    en_value *args;       /* EN_FN_MOST_PARAMS or `count` of them, whichever is more */
    const void *lazy;     /* the evaluator's own */
    const void *prepared; /* by the row's `prepare`; or NULL */
    en_error *error;
} en_fn_call;

typedef struct en_fn {
    const char *name;
    en_fn_param takes[EN_FN_MOST_PARAMS];
    en_types gives;
    unsigned flags;
    bool (*eval)(en_fn_call *call, en_value *result);
    /* May be left out. Once for each call in a template, when that is compiled: what can be made of
     * the arguments that are constant (the others are nothing) lives as long as the template. */
    const void *(*prepare)(en_arena *arena, const en_value *constants);
    const char *doc;
    const char *example; /* a template without references; tested */
    const char *result;  /* JSON of its value, typed form for dates */
} en_fn;

extern const en_fn *const en_fn_families[];
/* The families' file names ("date_set"), in the same order. */
extern const char *const en_fn_family_names[];

/* NULL: not found; `nearest` then is the nearest function's name, or empty. */
const en_fn *en_fn_find(en_text name, const en_rules *rules, en_text *nearest);
/* For lazy rows: evaluates argument `index` now. */
EN_WARN_UNUSED bool en_fn_argument(en_fn_call *call, size_t index, en_value *value);
/* Makes an argument what its row says. Missing: an optional one stays so; a required text is empty,
 * an array has no elements; a required number, date or collection is an error. Text is text of
 * anything. An array is never made from something else. */
EN_WARN_UNUSED bool en_fn_coerce(en_fn_call *call, const en_fn *fn, size_t index, en_value *value);
/* SIZE_MAX: it takes any number. */
size_t en_fn_most_args(const en_fn *fn);
size_t en_fn_least_args(const en_fn *fn);

/* --- for the functions' bodies --- */

/* "'abc' is not a valid date."; always false. */
bool en_fn_refuse(en_fn_call *call, en_value value, const char *wanted);
/* How much work may pass before the clock is looked at: well below a millisecond to some. */
enum { EN_LOOK_EVERY = 1 << 17 };
/* Counts work, in elements or bytes looked at; false with the error when the time is over. The
 * evaluator counts the arguments; functions count what is more than a few steps for each. */
EN_WARN_UNUSED bool en_fn_spend(en_fn_call *call, uint64_t work);
/* Builders that stop at the scope's limit, and what was built as the result. */
void en_fn_array_begin(const en_fn_call *call, en_array_builder *array);
void en_fn_text_begin(const en_fn_call *call, en_builder *text);
EN_WARN_UNUSED bool en_fn_text_end(en_fn_call *call, en_builder *text, en_value *result);
EN_WARN_UNUSED bool en_fn_array_end(en_fn_call *call, en_array_builder *array, en_value *result);
/* The value as text, arrays as the dialect joins them. */
en_text en_fn_text_of(const en_fn_call *call, en_value value);

#endif

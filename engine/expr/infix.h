/* infix - the operators between two values, as data: spelling, precedence, what they do.
 *
 * Shape:    constant rows. `and` and `or` have no `apply`: they look at their right side only if
 *           they must. `+` and `++` are EN_INFIX_CHAIN: the evaluator runs a chain of them as one.
 * Units:    precedences as in expressions.md 3: the higher binds first; equal ones from the left.
 * Lifetime: results live in the scope's arena or share an operand.
 * Errors:   DataError where an operand is no number and the dialect does not say what it counts as.
 * Threads:  free.
 */
#ifndef EN_EXPR_INFIX_H
#define EN_EXPR_INFIX_H

#include "expr/template.h"

/* What evaluating one template needs at hand. */
typedef struct en_eval {
    en_scope *scope;
    const en_rules *rules;
    en_error *error;
    size_t caret; /* of what failed first; SIZE_MAX: nothing yet */
} en_eval;

typedef enum en_infix_kind {
    EN_INFIX_PLAIN,
    EN_INFIX_CHAIN,
    EN_INFIX_AND,
    EN_INFIX_OR
} en_infix_kind;

typedef struct en_infix {
    const char *spelling;
    unsigned precedence;
    en_infix_kind kind;
    bool (*apply)(en_eval *eval, en_value a, en_value b, en_value *result);
} en_infix;

enum { EN_INFIX_LEAST = 5, EN_INFIX_UNARY = 16 };

/* The longest operator that stands at `at`; NULL: none. */
const en_infix *en_infix_match(en_text source, size_t at, size_t *length);
/* The row of an operator's first spelling. */
const en_infix *en_infix_subtract(void);

/* How much one result may hold. */
size_t en_scope_most_bytes(const en_scope *scope);
/* "12.5", "{empty}", "{object}": a value inside a message, cut. */
enum { EN_SHOWN_ROOM = 80 };
const char *en_value_shown(en_value value, char room[EN_SHOWN_ROOM]);
/* Numeric text as a number; NaN for what is none. */
double en_value_as_number(en_value value);

#endif

/* missing - what to write instead of functions that Make does not have.
 *
 * Shape:    a table of names that people (and programs) write, and one function that makes a hint
 * of it, of the other dialect's functions, or of the nearest name. Units:    none. Lifetime: rows
 * are constant. Errors:   none; an error without hint stays without. Threads:  free.
 */
#ifndef EN_EXPR_MISSING_H
#define EN_EXPR_MISSING_H

#include "expr/fn.h"

typedef struct en_fn_missing {
    const char *name;
    const char *instead; /* a function, or */
    const char *hint;    /* a whole hint */
} en_fn_missing;

/* Ended by { 0 }. */
extern const en_fn_missing en_fn_missing_rows[];

/* For an error that says that function `name` was not found. */
void en_fn_missing_hint(en_text name, const en_rules *rules, en_error *error);

#endif

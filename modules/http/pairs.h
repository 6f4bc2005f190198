/* pairs - names with values, in the three spellings that scenarios use for headers and queries.
 *
 * Shape:    [{name, value}], [{key, value}] or {name: value} become one list, in the order written.
 * Units:    none.
 * Lifetime: the list lives in the call's arena and shares its texts and values.
 * Errors:   BundleValidationError with the place of the entry, DataSizeLimitExceededError.
 * Threads:  as the call's.
 */
#ifndef EN_MODULES_HTTP_PAIRS_H
#define EN_MODULES_HTTP_PAIRS_H

#include "module/module.h"

typedef struct en_pair {
    en_text name;
    en_value value;
} en_pair;

typedef struct en_pairs {
    en_pair *items;
    size_t count;
} en_pairs;

/* Pairs whose value is missing are left out: what an expression did not find is not sent. `what`
 * is the parameter's name. A value that is neither array nor collection has no pairs. */
EN_WARN_UNUSED bool en_pairs_read(en_call *call, const char *what, en_value given, en_pairs *list);
/* name=value&name=value; an array repeats its name, a collection is written as JSON. */
en_text en_pairs_encode(en_arena *arena, const en_pairs *list);

#endif

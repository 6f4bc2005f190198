/* pair - what a record of a file is in a data store: a key and data.
 *
 * Shape:    {"key", "data"} as exports write it, or the data alone. In CSV the column _key holds the
 *           key and _extra the undeclared fields as a JSON object. Dates and buffers stand as
 *           {"$date": ISO} and {"$buffer": base64}; they are taken for such only in fields that the
 *           schema declares so, and everywhere else for the collections that they are.
 * Units:    none.
 * Lifetime: what is read shares the record or lives in the arena given.
 * Errors:   BundleValidationError with the path in the record.
 * Threads:  free.
 */
#ifndef EN_BATCH_PAIR_H
#define EN_BATCH_PAIR_H

#include "batch/records.h"

typedef struct en_pair {
    en_text key;    /* empty: none */
    en_value data;  /* a collection */
    bool is_inside; /* the data is the record's member "data": paths in it begin with that */
} en_pair;

/* `schema` may be NULL. */
EN_WARN_UNUSED bool en_pair_read(en_arena *arena, en_value record, const en_schema *schema,
                                 en_pair *pair, en_error *error);
EN_WARN_UNUSED bool en_pair_read_row(en_arena *arena, en_value record, const en_schema *schema,
                                     en_pair *pair, en_error *error);
/* Gives a pair without a key the one it would get, as far as the data tells it. */
EN_WARN_UNUSED bool en_pair_find_key(en_arena *arena, const en_schema *schema, en_pair *pair,
                                     en_error *error);

#endif

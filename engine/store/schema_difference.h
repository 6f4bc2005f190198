/* schema_difference - whether records of one structure fit another without being looked at.
 *
 * Shape:    limits, labels, defaults, indexes, `strict`, the order of fields, and a `required` that
 * goes make no difference; everything else does. Units:    none. Lifetime: the text lives in the
 * arena. Errors:   none. Threads:  free.
 */
#ifndef EN_STORE_SCHEMA_DIFFERENCE_H
#define EN_STORE_SCHEMA_DIFFERENCE_H

#include "store/schema.h"

/* Whether the key of a record would come from another field; `what` then says so as the end of a
 * sentence. */
EN_WARN_UNUSED bool en_schema_moves_key(en_arena *arena, const en_schema *stored,
                                        const en_schema *wanted, en_text *what);
/* The first difference as the end of a sentence about the data store; empty: none. */
en_text en_schema_difference(en_arena *arena, const en_schema *stored, const en_schema *wanted);

#endif

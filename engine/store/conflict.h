/* conflict - whose key or unique value a row wanted.
 *
 * Shape:    SQLite says that a unique index refused a row; which one is looked up here, so that
 *           rows that fit pay nothing for it.
 * Units:    sizes as _bytes counts them.
 * Lifetime: none.
 * Errors:   DuplicateDataError with the field as path.
 * Threads:  as en_connection.
 */
#ifndef EN_STORE_CONFLICT_H
#define EN_STORE_CONFLICT_H

#include "store/sqlite.h"

/* Whether there is a record of the key, expired or not, and its size. */
EN_WARN_UNUSED bool en_key_exists(en_table *table, en_text key, uint64_t *size, bool *exists,
                                  en_error *error);
/* Always false. `key_is_new`: the key may be what is taken. */
EN_WARN_UNUSED bool en_conflict_explain(en_table *table, const en_row *row, bool key_is_new,
                                        en_error *error);

#endif

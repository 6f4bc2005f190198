/* migrate - the records of a store under a new definition.
 *
 * Shape:    every record is read by the old definition, taken by the new one into a table of its
 * own, which then takes the place of the old one; the generation goes up by one. New fields come
 *           out of _extra, removed ones go back there. What does not fit is listed, and nothing has
 *           happened. The key of a record never changes, so the key field cannot.
 * Units:    none.
 * Lifetime: the old table must be forgotten afterwards.
 * Errors:   InvalidConfigurationError with the first records that do not fit and how many there
 * are. Threads:  as en_connection.
 */
#ifndef EN_STORE_MIGRATE_H
#define EN_STORE_MIGRATE_H

#include "store/sqlite.h"

EN_WARN_UNUSED bool en_migrate(en_table *from, const en_schema *wanted, int64_t now_ms,
                               en_error *error);

#endif

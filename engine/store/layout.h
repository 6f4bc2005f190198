/* layout - the tables of a connection: found, made, compared, renamed and forgotten.
 *
 * Shape:    finds the table of a store, makes it on first use, and compares what is declared with
 * what is stored. A table is named as its store, unless the name is empty, begins with enact_ or
 *           sqlite_, is json_each, holds NUL, is longer than 255 bytes or is taken without case:
 *           then it is enact_s_<id>.
 * Units:    none.
 * Lifetime: as en_table.
 * Errors:   InvalidConfigurationError where a definition does not fit what is stored, or a store is
 *           not declared where only declared ones are allowed.
 * Threads:  as en_connection.
 */
#ifndef EN_STORE_LAYOUT_H
#define EN_STORE_LAYOUT_H

#include "store/sqlite.h"

/* The table of a store, with its counters for this segment. *table is NULL when there is no such
 * store and `create` is false. */
EN_WARN_UNUSED bool en_layout_find(en_sqlite_segment *segment, en_text store, bool create,
                                   en_table **table, en_error *error);
/* Makes the store; it must not exist. */
EN_WARN_UNUSED bool en_layout_create(en_sqlite_segment *segment, const en_schema *schema,
                                     en_error *error);
EN_WARN_UNUSED bool en_layout_drop(en_sqlite_segment *segment, en_table *table, en_error *error);
EN_WARN_UNUSED bool en_layout_rename(en_sqlite_segment *segment, en_table *table, en_text name,
                                     en_error *error);
/* Writes the counters of all tables that the segment changed. */
EN_WARN_UNUSED bool en_layout_save(en_sqlite_segment *segment, en_error *error);
/* After the commit: what the segment made is there to stay. */
void en_layout_settle(en_sqlite_segment *segment);
/* The counters as they are now are what a rollback goes back to. */
void en_layout_mark(en_sqlite_segment *segment);
/* After a rollback: counters and what the segment made are void. */
void en_layout_undo(en_sqlite_segment *segment);
/* Forgets every table of a connection. */
void en_layout_close(en_connection *connection);

/* The table if this segment has used it, with counters that are not written yet; else NULL. */
const en_table *en_layout_peek(const en_sqlite_segment *segment, en_text store);

#endif

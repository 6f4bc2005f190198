/* segment - entering and leaving: what the backend's row of functions names.
 *
 * Shape:    a writing segment has the turn and a part of the group's transaction; a reading one has
 *           a reader. In memory there is one connection for both.
 * Units:    none.
 * Lifetime: as store.h.
 * Errors:   as store.h.
 * Threads:  as store.h.
 */
#ifndef EN_STORE_SEGMENT_H
#define EN_STORE_SEGMENT_H

#include "store/sqlite.h"

bool en_sqlite_enter(en_database *database, en_segment_kind kind, const en_store_run *run,
                     en_segment **entered, en_error *error);
bool en_sqlite_commit(en_segment *segment, en_error *error);
void en_sqlite_rollback(en_segment *segment);
bool en_sqlite_undo(en_segment *segment, en_error *error);

/* The transaction that the segments of a batch share: the turn is held until it ends. */
bool en_sqlite_batch_begin(en_database *database, const volatile int *interrupted, en_error *error);
bool en_sqlite_batch_is_wanted(en_database *database);
bool en_sqlite_batch_check(const en_database *database, en_error *error);
bool en_sqlite_batch_save(en_database *database, const struct en_checkpoint *checkpoint,
                          en_error *error);
bool en_sqlite_batch_commit(en_database *database, en_error *error);
void en_sqlite_batch_rollback(en_database *database);

/* Opens a connection to the database it belongs to. */
EN_WARN_UNUSED bool en_connection_open(en_connection *connection, en_error *error);
void en_connection_close(en_connection *connection);

#endif

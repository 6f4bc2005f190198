/* checkpoint - the table enact_checkpoints: how far jobs are, in the commit that got them there.
 *
 * Shape:    made with the first checkpoint; one row for each job.
 * Units:    as batch.h.
 * Lifetime: texts that are read live in the arena passed.
 * Errors:   StoreUnavailableError.
 * Threads:  as en_connection.
 */
#ifndef EN_STORE_CHECKPOINT_H
#define EN_STORE_CHECKPOINT_H

#include "store/batch.h"
#include "store/sqlite.h"

EN_WARN_UNUSED bool en_checkpoint_write(en_connection *connection, const en_checkpoint *checkpoint,
                                        en_error *error);
EN_WARN_UNUSED bool en_sqlite_checkpoint_find(en_segment *segment, en_text job, en_arena *arena,
                                              en_checkpoint *checkpoint, bool *found,
                                              en_error *error);

#endif

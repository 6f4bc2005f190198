/* undo - what a cycle changed in several segments, kept so that all of it can be taken back.
 *
 * Shape:    an *undo journal* is opened for a cycle; segments that are entered with it
 *           (en_store_run.undo) write with each change, in the same commit, what the record was
 *           before and what it became. en_undo_commit drops the journal in the commit of the
 *           cycle's last segment; en_undo_rollback plays it backwards. Between its segments a cycle
 *           keeps nobody out: others see what it has done so far, and may change it. What they
 *           changed stays as they left it. Stores that a cycle made, empty, stay too.
 *           Opening a database plays back what processes left that live no more.
 * Units:    none.
 * Lifetime: an undo lives until en_undo_close, before its database is closed. Closed with neither
 *           commit nor rollback, it is left to who opens the database after this process.
 * Errors:   StoreUnavailableError; InconsistencyError if not everything could be taken back.
 * Threads:  an undo belongs to one thread at a time.
 */
#ifndef EN_STORE_UNDO_H
#define EN_STORE_UNDO_H

#include "store/store.h"

/* Outside of segments; `run` is the cycle's, and so below. */
EN_WARN_UNUSED bool en_undo_open(en_database *database, const en_store_run *run, en_undo **undo,
                                 en_error *error);
void en_undo_close(en_undo *undo);
/* All changes become final when the segment is committed. */
EN_WARN_UNUSED bool en_undo_commit(en_segment *segment, en_undo *undo, en_error *error);
/* Outside of segments: plays the journal back and drops it, in one commit that no interrupt stops.
 * InconsistencyError: done, but for what somebody else has changed. Any other error: nothing has
 * happened, and it may be tried again. */
EN_WARN_UNUSED bool en_undo_rollback(en_undo *undo, const en_store_run *run, en_error *error);

/* What opening the database played back. */
typedef struct en_undo_recovery {
    uint64_t cycles;
    en_error error; /* InconsistencyError: not everything */
} en_undo_recovery;
const en_undo_recovery *en_undo_recovered(const en_database *database);

/* Every undo of a backend begins with this. */
struct en_undo {
    const en_backend *backend;
};

#endif

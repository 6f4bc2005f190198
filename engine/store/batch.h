/* batch - many executions in one transaction, and how far they are in the same commit.
 *
 * Shape:    one thread opens a batch and names it in the en_store_run of its segments. The first
 *           segment begins a transaction and keeps the database for writers; every later one is a
 *           savepoint in it, so an execution that fails is undone alone, and what it reads is what
 *           those before it wrote. A commit puts all of them on disk together with the
 *           *checkpoint*: what a later process goes on from. Between two commits nothing of them
 *           may be told to the outside: results are held back until `after`, and an outside call
 *           begins with en_batch_flush.
 * Units:    a group is full after 1,000 executions if somebody waits for the database, else after 1 s
 *           (a commit costs as much as a thousand records).
 * Lifetime: the checkpoint and its texts belong to the caller, who keeps it true at any time.
 * Errors:   as store.h. A full disk or an I/O error may end the transaction: then every later
 *           segment and the commit fail alike, and nothing since the last commit has happened.
 * Threads:  a batch, and the segments of it, belong to one thread. Other threads of the process
 *           wait for the commit, or read what was there before it.
 */
#ifndef EN_STORE_BATCH_H
#define EN_STORE_BATCH_H

#include "store/store.h"

/* How far a job is. A row of the table enact_checkpoints. */
typedef struct en_checkpoint {
    en_text job;      /* its name: the key */
    en_text source;   /* what is read: must be the same to go on */
    en_text program;  /* what is done with it: likewise */
    uint64_t records; /* of the source that are done, those that failed included */
    uint64_t failed;
    uint64_t begun;  /* the record (from 1) of which a part is on disk already; 0: none */
    uint64_t offset; /* bytes of the source before the next record, where a reader can use it */
    uint64_t rejects_bytes; /* of the rejects file that belong to this */
    bool finished;
} en_checkpoint;

typedef struct en_batch_options {
    const en_checkpoint *checkpoint; /* written with every commit; NULL: none */
    /* Before a commit: what must be on disk first. */
    bool (*before)(void *owner, en_error *error); /* may be NULL */
    /* Behind a commit: what may be told now. */
    void (*after)(void *owner); /* may be NULL */
    void *owner;
    uint64_t most;                   /* executions of a group; 0: as long as it may be */
    const volatile int *interrupted; /* ends waiting for others; may be NULL */
    bool tells_nobody;               /* nothing leaves the batch: flushing is not needed */
    bool discards;                   /* a trial: what would be committed is undone */
} en_batch_options;

/* The batch lives in `arena`. */
en_batch *en_batch_open(en_database *database, const en_batch_options *options, en_arena *arena);
/* An execution is through: commits if the group is full. */
EN_WARN_UNUSED bool en_batch_next(en_batch *batch, en_error *error);
/* Commits what there is. False: nothing since the last commit has happened. */
EN_WARN_UNUSED bool en_batch_commit(en_batch *batch, en_error *error);
/* What the present execution does next is seen outside: commits, unless nothing leaves. */
EN_WARN_UNUSED bool en_batch_flush(en_batch *batch, en_error *error);
/* Undoes everything since the last commit. A batch is done with after a commit or this. */
void en_batch_rollback(en_batch *batch);
/* How often something was kept or told: by writing segments that joined, and by flushing. If it
 * stands still, an execution that failed has left nothing behind. */
uint64_t en_batch_kept(const en_batch *batch);
/* False: an error has ended the transaction, and with it the executions since the last commit. */
EN_WARN_UNUSED bool en_batch_is_whole(const en_batch *batch, en_error *error);

/* What a commit of an earlier batch has left. */
EN_WARN_UNUSED bool en_checkpoint_find(en_segment *segment, en_text job, en_arena *arena,
                                       en_checkpoint *checkpoint, bool *found, en_error *error);

/* For en_segment_enter and en_segment_commit only. */
EN_WARN_UNUSED bool en_batch_begin(en_batch *batch, en_error *error);
void en_batch_keep(en_batch *batch);

#endif

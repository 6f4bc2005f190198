#include "store/batch.h"

#include "base/clock.h"
#include "base/mutant.h"

enum { LOOK_EVERY = 1000, LONGEST_US = 1000 * 1000 };

struct en_batch {
    en_database *database;
    en_batch_options options;
    bool is_open;     /* there is a transaction */
    uint64_t waiting; /* executions since the last commit */
    int64_t since_us; /* when the first of them began, or the transaction */
    uint64_t kept;    /* segments and flushes */
    bool was_written; /* `written` is on disk */
    en_checkpoint written;
};

en_batch *en_batch_open(en_database *database, const en_batch_options *options, en_arena *arena)
{
    en_batch *batch = EN_NEW(arena, en_batch);
    batch->database = database;
    batch->options = *options;
    return batch;
}

uint64_t en_batch_kept(const en_batch *batch)
{
    return batch->kept;
}

void en_batch_keep(en_batch *batch)
{
    batch->kept++;
}

/* --- the transaction --- */

static const en_backend *backend_of(const en_batch *batch)
{
    return batch->database->backend;
}

static void start_counting(en_batch *batch)
{
    if (batch->waiting == 0 && !batch->is_open) {
        batch->since_us = en_clock_ticks_us();
    }
}

/* A fault that a test switches on: a group of records of equal length counts as done before it is. */
static bool save_early(en_batch *batch, en_error *error)
{
    en_checkpoint early = *batch->options.checkpoint;
    uint64_t length = early.records != 0 ? (early.offset + 1) / early.records : 0;
    early.begun = 0;
    early.records += length != 0 ? batch->options.most : 0;
    early.offset += length * batch->options.most;
    const en_backend *backend = backend_of(batch);
    return backend->batch_begin(batch->database, NULL, error) &&
           backend->batch_save(batch->database, &early, error) &&
           backend->batch_commit(batch->database, error);
}

bool en_batch_begin(en_batch *batch, en_error *error)
{
    if (batch->is_open) {
        return true;
    }
    if (en_mutant("early-checkpoint") && batch->options.checkpoint != NULL &&
        !save_early(batch, error)) {
        return false;
    }
    start_counting(batch);
    batch->is_open =
        backend_of(batch)->batch_begin(batch->database, batch->options.interrupted, error);
    return batch->is_open;
}

void en_batch_rollback(en_batch *batch)
{
    if (batch->is_open) {
        backend_of(batch)->batch_rollback(batch->database);
    }
    batch->is_open = false;
    batch->waiting = 0;
}

static bool is_same(const en_checkpoint *a, const en_checkpoint *b)
{
    return a->records == b->records && a->failed == b->failed && a->begun == b->begun &&
           a->offset == b->offset && a->rejects_bytes == b->rejects_bytes &&
           a->finished == b->finished;
}

bool en_batch_is_whole(const en_batch *batch, en_error *error)
{
    return !batch->is_open || backend_of(batch)->batch_check(batch->database, error);
}

/* Whether everything is on disk, the checkpoint included. */
static bool is_settled(const en_batch *batch)
{
    const en_checkpoint *checkpoint = batch->options.checkpoint;
    return !batch->is_open &&
           (checkpoint == NULL || (batch->was_written && is_same(checkpoint, &batch->written)));
}

static bool write_group(en_batch *batch, en_error *error)
{
    const en_batch_options *options = &batch->options;
    const en_backend *backend = backend_of(batch);
    if (options->before != NULL && !options->before(options->owner, error)) {
        return false;
    }
    if (is_settled(batch)) {
        return true;
    }
    if (!en_batch_begin(batch, error) ||
        !backend->batch_save(batch->database, options->checkpoint, error)) {
        return false;
    }
    batch->is_open = false; /* whatever becomes of it */
    if (!backend->batch_commit(batch->database, error)) {
        return false;
    }
    batch->was_written = options->checkpoint != NULL;
    if (batch->was_written) {
        batch->written = *options->checkpoint;
    }
    return true;
}

bool en_batch_commit(en_batch *batch, en_error *error)
{
    bool done =
        batch->options.discards ? en_batch_is_whole(batch, error) : write_group(batch, error);
    if (!done || batch->options.discards) {
        en_batch_rollback(batch);
    }
    if (!done) {
        return false;
    }
    batch->waiting = 0;
    if (batch->options.after != NULL) {
        batch->options.after(batch->options.owner);
    }
    return true;
}

static bool is_full(const en_batch *batch)
{
    uint64_t most = batch->options.most;
    if ((most != 0 && batch->waiting >= most) ||
        en_clock_ticks_us() - batch->since_us >= LONGEST_US) {
        return true;
    }
    return batch->waiting % LOOK_EVERY == 0 && batch->is_open &&
           backend_of(batch)->batch_is_wanted(batch->database);
}

bool en_batch_next(en_batch *batch, en_error *error)
{
    start_counting(batch);
    batch->waiting++;
    return !is_full(batch) || en_batch_commit(batch, error);
}

bool en_batch_flush(en_batch *batch, en_error *error)
{
    if (batch->options.tells_nobody || batch->options.discards) {
        return true;
    }
    batch->kept++;
    return is_settled(batch) || en_batch_commit(batch, error);
}

bool en_checkpoint_find(en_segment *segment, en_text job, en_arena *arena,
                        en_checkpoint *checkpoint, bool *found, en_error *error)
{
    return segment->backend->checkpoint_find(segment, job, arena, checkpoint, found, error);
}

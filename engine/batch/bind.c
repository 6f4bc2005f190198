#include "batch/bind.h"

typedef struct bound {
    const en_each_options *options;
    const en_feed_place *place;
    en_each_counts *counts;
    en_world *world;
    const en_plan *plan;
    en_arena arena;
    en_records *records;
    en_feed feed;
    en_run_options run;
    en_batch *batch; /* NULL: nothing is written, nobody is told */
    en_checkpoint checkpoint;
} bound;

/* --- elements --- */

/* Until the next commit the record in force is begun and those before it are done. All or nothing:
 * whatever is on disk then is a part of the only thing there is. */
static bool next(void *owner, en_arena *arena, en_value *element, bool *found, en_error *error)
{
    bound *b = owner;
    bool is_read = en_records_next(b->records, arena, element, found, error);
    if (b->feed.group == 0) {
        b->checkpoint.begun = 1;
    } else if (is_read && *found) {
        b->checkpoint.records = en_records_number(b->records) - 1;
        b->checkpoint.begun = en_records_number(b->records);
    }
    return is_read;
}

static void is_done(bound *b)
{
    b->checkpoint.begun = 0;
    b->checkpoint.records = en_records_number(b->records);
    b->checkpoint.offset = en_records_offset(b->records);
}

static bool commit(void *owner, en_error *error)
{
    bound *b = owner;
    is_done(b);
    return b->batch == NULL || en_batch_commit(b->batch, error);
}

static void tell(void *owner)
{
    bound *b = owner;
    b->counts->records = b->checkpoint.records;
    b->counts->read_bytes = en_records_read_bytes(b->records);
    b->counts->finished = b->checkpoint.finished;
    b->options->listener.committed(b->options->listener.owner, b->counts);
}

/* --- going on --- */

static bool refuse_begun(const bound *b, uint64_t begun, en_error *error)
{
    en_error_set(error, EN_UsageError,
                 b->feed.group == 0
                     ? "an earlier run was cut off behind a call to the outside: a part of it is "
                       "on disk, and it cannot be gone on with"
                     : "an earlier run was cut off in the middle of record %llu, behind a call to "
                       "the outside: a part of it is on disk, and it cannot be gone on with",
                 (unsigned long long)begun);
    en_error_hint(error, "without --resume it begins again with the first record");
    return false;
}

static bool go_on(bound *b, en_database *database, const en_job *job, en_error *error)
{
    en_checkpoint before;
    if (!en_job_find(database, &b->checkpoint, &b->arena, &before, error)) {
        return false;
    }
    if (!b->options->resume) {
        if (before.records != 0 && !before.finished) {
            b->options->listener.begins_again(b->options->listener.owner, before.records);
        }
        return true;
    }
    if (!en_job_check(job, &b->checkpoint, &before, error)) {
        return false;
    }
    if (before.begun != 0) {
        return refuse_begun(b, before.begun, error);
    }
    b->checkpoint = before;
    b->counts->resumed = before.records;
    b->counts->records = before.records;
    b->counts->finished = before.finished;
    return before.finished || before.records == 0 ||
           en_records_skip(b->records, before.offset, before.records, error);
}

/* --- setting up --- */

static bool open_records(bound *b, en_error *error)
{
    const en_records_options options = { .path = b->options->file,
                                         .format = b->options->format,
                                         .interrupted = b->run.interrupted };
    if (!en_records_open(&b->arena, &options, &b->records, error)) {
        return false;
    }
    b->counts->total_bytes = en_records_total_bytes(b->records);
    return true;
}

static bool open_batch(bound *b, en_error *error)
{
    const en_each_options *options = b->options;
    bool is_known = en_records_source(b->records).length != 0;
    en_database *database;
    en_job job;
    if (options->resume && !(is_known && en_each_leaves_traces(b->plan))) {
        return en_error_set(error, EN_UsageError,
                            "there is nothing to resume: no checkpoint is kept");
    }
    if (!en_each_leaves_traces(b->plan)) {
        return true;
    }
    if (!en_world_database(b->world, &database, error) ||
        !en_each_describe(options, b->place->field, &b->arena, &job, error)) {
        return false;
    }
    b->checkpoint = en_job_begin(&job, b->records, &b->arena);
    if (is_known && !go_on(b, database, &job, error)) {
        return false;
    }
    const en_batch_options about = { .checkpoint = is_known ? &b->checkpoint : NULL,
                                     .after = tell,
                                     .owner = b,
                                     .interrupted = b->run.interrupted };
    b->batch = en_batch_open(database, &about, &b->arena);
    b->counts->may_resume = is_known && b->feed.group != 0;
    return true;
}

/* The list itself is empty for everybody else: nobody looks (scenario/feed.h). */
static en_value payload(bound *b)
{
    en_collection_builder object;
    en_collection_builder_init(&object, &b->arena);
    en_collection_builder_add(&object, b->place->field, en_array(NULL, 0));
    return en_collection_builder_take(&object);
}

static bool execute(bound *b, en_arena *arena, en_report *report, en_error *error)
{
    b->run.payload = payload(b);
    b->run.feed = &b->feed;
    b->run.batch = b->batch;
    b->run.is_batch = true;
    en_run_execute(b->world, b->plan, &b->run, arena, report);
    if (report->status != EN_RUN_ERROR) {
        is_done(b);
        b->checkpoint.finished = true;
        if (b->batch != NULL) {
            return en_batch_commit(b->batch, error);
        }
        tell(b);
        return true;
    }
    en_records_locate(b->records, &report->error);
    b->counts->last = en_records_number(b->records);
    b->counts->last_line = en_records_line(b->records);
    if (b->batch != NULL) {
        en_batch_rollback(b->batch); /* what was not committed goes with the failed group */
    }
    return true;
}

static bool run(bound *b, en_arena *arena, en_report *report, bool *ran, en_error *error)
{
    if (!open_records(b, error) || !open_batch(b, error)) {
        return false;
    }
    *ran = !b->counts->finished;
    return !*ran || execute(b, arena, report, error);
}

static void close_bound(void *handle)
{
    bound *b = handle;
    en_arena_done(&b->arena);
}

bool en_bind_run(en_world *world, const en_plan *plan, const en_each_options *options,
                 const en_feed_place *place, en_arena *arena, en_report *report, bool *ran,
                 en_each_counts *counts, en_error *error)
{
    bound *b = EN_NEW(arena, bound);
    *b = (bound){ .options = options,
                  .place = place,
                  .counts = counts,
                  .world = world,
                  .plan = plan,
                  .feed = { .step = place->step,
                            .next = next,
                            .group = options->batch,
                            .commit = commit,
                            .owner = b },
                  .run = options->run };
    *counts = (en_each_counts){ 0 };
    *ran = false;
    en_arena_init(&b->arena, NULL);
    en_arena_defer(arena, close_bound, b); /* the report may share the last record */
    return run(b, arena, report, ran, error);
}

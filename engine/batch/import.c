#include "batch/import.h"

#include "base/clock.h"
#include "batch/job.h"
#include "batch/pair.h"
#include "batch/rejects.h"
#include "store/batch.h"

enum { RECORD_BYTES = 256 << 20, LONGEST_GROUP_US = 1000 * 1000, WORTH_LOADING = 1 << 16 };

typedef struct import {
    const en_import_options *options;
    en_import_counts *counts;
    en_database *database;
    en_store_run run;
    en_arena arena;   /* of the call */
    en_arena record;  /* of the present record */
    en_budget budget; /* of it */
    const en_schema *schema;
    en_records *records;
    en_rejects *rejects;
    en_batch *batch;
    en_checkpoint checkpoint;
    uint64_t settled_bytes; /* of the rejects, at the last commit */
    en_segment *segment;    /* NULL: none is open */
    uint64_t grouped;       /* records in it */
    int64_t since_us;
    bool is_loading;
    bool has_begun; /* the first group */
    bool stopped;
    en_error stopper; /* why */
    en_error failure; /* of a commit while waiting for more input */
} import;

static bool is_interrupted(const import *i)
{
    return i->options->interrupted != NULL && *i->options->interrupted != 0;
}

/* --- groups --- */

/* Files that are soon read do not pay for making their table anew. */
static bool begin_load(import *i, en_error *error)
{
    uint64_t bytes = en_records_total_bytes(i->records);
    i->has_begun = true;
    if (i->options->mode == EN_IMPORT_UPSERT || (bytes != 0 && bytes < WORTH_LOADING)) {
        return true;
    }
    return en_store_load_begin(i->segment, i->options->store, &i->is_loading, error);
}

static bool enter(import *i, en_error *error)
{
    if (i->segment != NULL) {
        return true;
    }
    i->since_us = en_clock_ticks_us();
    i->grouped = 0;
    return en_segment_enter(i->database, EN_SEGMENT_WRITE, &i->run, &i->segment, error) &&
           (i->has_begun || begin_load(i, error));
}

static bool settle_rejects(void *owner, en_error *error)
{
    import *i = owner;
    return en_rejects_settle(i->rejects, &i->checkpoint.rejects_bytes, error);
}

static void tell(void *owner)
{
    import *i = owner;
    i->settled_bytes = i->checkpoint.rejects_bytes;
    i->counts->records = i->checkpoint.records;
    i->counts->failed = i->checkpoint.failed;
    i->counts->finished = i->checkpoint.finished;
    i->counts->read_bytes = en_records_read_bytes(i->records);
    i->options->listener.committed(i->options->listener.owner, i->counts);
}

static bool commit(import *i, en_error *error)
{
    en_segment *segment = i->segment;
    i->segment = NULL;
    i->grouped = 0;
    return (segment == NULL || en_segment_commit(segment, error)) &&
           en_batch_commit(i->batch, error);
}

/* What was written since the last commit goes back. */
static void abandon(import *i)
{
    if (i->segment != NULL) {
        en_segment_rollback(i->segment);
        i->segment = NULL;
    }
    if (i->batch != NULL) {
        en_batch_rollback(i->batch);
    }
    if (i->rejects != NULL) {
        en_rejects_take_back(i->rejects, i->settled_bytes);
    }
}

static bool is_whole(const import *i)
{
    return i->options->group == 0 || i->options->dry_run;
}

static bool next(import *i, en_error *error)
{
    i->grouped++;
    bool is_full =
        i->grouped >= i->options->group || en_clock_ticks_us() - i->since_us >= LONGEST_GROUP_US;
    return is_whole(i) || !is_full || commit(i, error);
}

/* Who fills a pipe may take his time: nobody else must wait for that. */
static void commit_before_waiting(void *owner)
{
    import *i = owner;
    bool may_wait = i->records != NULL && en_records_total_bytes(i->records) == 0;
    if (may_wait && i->grouped != 0 && !is_whole(i) && !en_error_is_set(&i->failure)) {
        (void)!commit(i, &i->failure);
    }
}

/* --- records --- */

static void is_done(import *i)
{
    i->checkpoint.records = en_records_number(i->records);
    i->checkpoint.offset = en_records_offset(i->records);
}

/* One that stops everything is read again by a later call. */
static bool reject(import *i, en_error *problem, en_error *error)
{
    en_records_locate(i->records, problem);
    if (i->checkpoint.failed >= i->options->most_failures) {
        i->stopped = true;
        i->stopper = *problem;
        return true;
    }
    i->checkpoint.failed++;
    is_done(i);
    i->options->listener.rejected(i->options->listener.owner, problem);
    return en_rejects_add_record(i->rejects, i->records, problem, problem->column, error) &&
           next(i, error);
}

static bool read_pair(import *i, en_value record, en_pair *pair, en_error *error)
{
    en_arena *arena = &i->record;
    bool is_csv = en_records_format(i->records).kind == EN_RECORDS_CSV;
    return (is_csv ? en_pair_read_row(arena, record, i->schema, pair, error)
                   : en_pair_read(arena, record, i->schema, pair, error)) &&
           (i->options->mode != EN_IMPORT_UPSERT ||
            en_pair_find_key(arena, i->schema, pair, error));
}

static bool store_record(import *i, const en_pair *pair, en_error *error)
{
    en_text store = i->options->store;
    bool stored =
        i->options->mode == EN_IMPORT_UPSERT
            ? en_store_update(i->segment, store, pair->key, pair->data, true, &i->record, NULL,
                              error)
            : en_store_add(i->segment, store, pair->key, pair->data,
                           i->options->mode == EN_IMPORT_OVERWRITE, &i->record, NULL, error);
    if (!stored && pair->is_inside && error->path[0] != '\0') {
        en_error_prefix_path(error, EN_TEXT("data"));
    }
    return stored;
}

/* Errors that are not the record's fault. */
static bool is_fatal(const import *i, const en_error *problem, en_error *error)
{
    bool whole = en_batch_is_whole(i->batch, error);
    if (whole && problem->type != EN_StoreUnavailableError &&
        problem->type != EN_InconsistencyError && problem->type != EN_InvalidConfigurationError) {
        return false;
    }
    if (whole) {
        *error = *problem;
    }
    return true;
}

static bool take(import *i, en_value record, en_error *error)
{
    en_pair pair;
    en_error problem;
    en_error_clear(&problem);
    if (!enter(i, error)) {
        return false;
    }
    if (read_pair(i, record, &pair, &problem) && store_record(i, &pair, &problem)) {
        is_done(i);
        return next(i, error);
    }
    return !is_fatal(i, &problem, error) && reject(i, &problem, error);
}

/* False without an error: there are no more records. */
static bool take_next(import *i, en_error *error)
{
    en_value record;
    bool found = true;
    en_error problem;
    en_error_clear(&problem);
    en_arena_reset(&i->record);
    bool read = en_records_next(i->records, &i->record, &record, &found, &problem);
    if (en_error_is_set(&i->failure)) {
        *error = i->failure;
        return false;
    }
    if (!read && is_interrupted(i)) {
        return true;
    }
    if (!read) {
        bool goes_on = en_records_go_on(i->records);
        if (!reject(i, &problem, error)) {
            return false;
        }
        if (!goes_on && !i->stopped) { /* nothing behind it can be found */
            i->stopped = true;
            i->stopper = problem;
        }
        return true;
    }
    i->checkpoint.finished = !found;
    return found && take(i, record, error);
}

static bool end_load(import *i, en_error *error)
{
    if (!i->is_loading) {
        return true;
    }
    i->is_loading = false;
    return enter(i, error) && en_store_load_end(i->segment, i->options->store, error);
}

static bool take_all(import *i, en_error *error)
{
    while (!i->stopped && !is_interrupted(i) && take_next(i, error)) {
    }
    if (en_error_is_set(error) || !end_load(i, error) || !commit(i, error)) {
        abandon(i);
        return false;
    }
    if (i->stopped) {
        *error = i->stopper;
    }
    return !i->stopped;
}

/* --- setting up --- */

/* The store's own definition, if none is declared. */
static bool find_schema(import *i, en_error *error)
{
    en_segment *segment = NULL;
    en_store_info info;
    bool found = false;
    i->schema = i->options->schema;
    if (i->schema != NULL) {
        return true;
    }
    if (!en_segment_enter(i->database, EN_SEGMENT_READ, &i->run, &segment, error)) {
        return false;
    }
    bool done = en_store_describe(segment, i->options->store, &i->arena, &info, &found, error);
    en_segment_rollback(segment);
    if (done && found && !en_is_missing(info.structure)) {
        en_problems problems;
        en_problems_init(&problems, &i->arena);
        i->schema = en_schema_read(&i->arena, info.structure, &problems);
    }
    return done;
}

static bool open_records(import *i, en_error *error)
{
    const en_records_options options = { .path = i->options->file,
                                         .format = i->options->format,
                                         .schema = i->schema,
                                         .max_bytes = RECORD_BYTES,
                                         .wait = commit_before_waiting,
                                         .owner = i,
                                         .interrupted = i->options->interrupted };
    if (!en_records_open(&i->arena, &options, &i->records, error)) {
        return false;
    }
    i->counts->total_bytes = en_records_total_bytes(i->records);
    return true;
}

/* What an earlier call has done. */
static bool go_on(import *i, const en_job *job, en_error *error)
{
    en_checkpoint before;
    if (!en_job_find(i->database, &i->checkpoint, &i->arena, &before, error)) {
        return false;
    }
    if (!i->options->resume) {
        if (before.records != 0 && !before.finished) {
            i->options->listener.begins_again(i->options->listener.owner, before.records);
        }
        return true;
    }
    if (!en_job_check(job, &i->checkpoint, &before, error)) {
        return false;
    }
    i->checkpoint = before;
    i->settled_bytes = before.rejects_bytes;
    i->counts->resumed = before.records;
    i->counts->records = before.records;
    i->counts->failed = before.failed;
    i->counts->resumed_failed = before.failed;
    i->counts->finished = before.finished;
    return before.finished || before.records == 0 ||
           en_records_skip(i->records, before.offset, before.records, error);
}

static bool open_batch(import *i, en_error *error)
{
    static const char *const programs[] = { "add", "overwrite", "upsert" };
    const en_import_options *options = i->options;
    const en_job job = { .kind = "import",
                         .subject = options->store,
                         .program = en_text_from(programs[options->mode]),
                         .file = options->file };
    bool is_known = en_records_source(i->records).length != 0 && !options->dry_run;
    if (options->resume && !is_known) {
        return en_error_set(error, EN_UsageError,
                            options->dry_run ? "a dry run keeps nothing that could be resumed"
                                             : "what comes from a pipe cannot be resumed");
    }
    i->checkpoint = en_job_begin(&job, i->records, &i->arena);
    if (is_known && !go_on(i, &job, error)) {
        return false;
    }
    const en_batch_options about = { .checkpoint = is_known ? &i->checkpoint : NULL,
                                     .before = settle_rejects,
                                     .after = tell,
                                     .owner = i,
                                     .most = options->group,
                                     .interrupted = options->interrupted,
                                     .discards = options->dry_run };
    i->batch = en_batch_open(i->database, &about, &i->arena);
    i->run.batch = i->batch;
    i->counts->may_resume = is_known;
    return true;
}

static bool run(import *i, en_error *error)
{
    if (!find_schema(i, error) || !open_records(i, error) || !open_batch(i, error) ||
        i->counts->finished) {
        return !en_error_is_set(error);
    }
    return en_rejects_open(&i->arena, i->options->rejects, i->checkpoint.rejects_bytes, &i->rejects,
                           error) &&
           take_all(i, error);
}

bool en_import_run(en_database *database, const en_store_run *run_with,
                   const en_import_options *options, en_import_counts *counts, en_error *error)
{
import i = {.options = options, .counts = counts, .database = database, .run = * run_with, .budget = {.limit_bytes = RECORD_BYTES } };
    *counts = (en_import_counts){ 0 };
    i.run.interrupted = NULL; /* looked at between records: what was begun is finished */
    i.run.is_batch = true;
    i.run.nulls_stay = true;
    en_error_clear(&i.failure);
    en_arena_init(&i.arena, NULL);
    en_arena_init(&i.record, &i.budget);
    bool done = run(&i, error);
    en_arena_done(&i.record);
    en_arena_done(&i.arena);
    return done;
}

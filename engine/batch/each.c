#include "batch/each.h"

#include "batch/rejects.h"

#include <stdio.h>
#include <string.h>

typedef struct each {
    const en_each_options *options;
    en_each_counts *counts;
    en_world *world;
    const en_plan *plan;
    en_arena arena;  /* of the call */
    en_arena record; /* of the present record */
    en_records *records;
    en_rejects *rejects;
    en_run_options run;
    en_batch *batch; /* NULL: nothing is written, nobody is told */
    en_checkpoint checkpoint;
    en_random random;
    uint64_t begun;         /* the record that an earlier call left half done; 0: none */
    uint64_t settled_bytes; /* of the rejects, at the last commit */
    bool enough;            /* is held back */
    bool stopped;
    en_error failure; /* of a commit while waiting for more input */
} each;

static bool is_interrupted(const each *e)
{
    return e->run.interrupted != NULL && *e->run.interrupted != 0;
}

/* --- commits --- */

static bool settle_rejects(void *owner, en_error *error)
{
    each *e = owner;
    return en_rejects_settle(e->rejects, &e->checkpoint.rejects_bytes, error);
}

static void tell(void *owner)
{
    each *e = owner;
    e->settled_bytes = e->checkpoint.rejects_bytes;
    e->counts->records = e->checkpoint.records;
    e->counts->failed = e->checkpoint.failed;
    e->counts->read_bytes = en_records_read_bytes(e->records);
    e->counts->finished = e->checkpoint.finished;
    e->options->listener.committed(e->options->listener.owner, e->counts);
    e->enough = false;
}

static bool commit(each *e, en_error *error)
{
    if (e->batch != NULL) {
        return en_batch_commit(e->batch, error);
    }
    if (!settle_rejects(e, error)) {
        return false;
    }
    tell(e);
    return true;
}

static bool next(each *e, en_error *error)
{
    if (e->batch == NULL || e->enough) {
        return commit(e, error);
    }
    return en_batch_next(e->batch, error);
}

/* Who fills a pipe may take his time: nobody else must wait for that. */
static void commit_before_waiting(void *owner)
{
    each *e = owner;
    bool may_wait = e->records != NULL && en_records_total_bytes(e->records) == 0;
    if (may_wait && !en_error_is_set(&e->failure)) {
        (void)!commit(e, &e->failure);
    }
}

/* --- records that fail --- */

static bool reject(each *e, const en_error *error, unsigned column)
{
    return en_rejects_add_record(e->rejects, e->records, error, column, &e->failure);
}

static bool ended(each *e, const en_report *report, const en_error *error)
{
    const en_each_record about = { .number = en_records_number(e->records),
                                   .line = en_records_line(e->records),
                                   .column = error != NULL && report == NULL ? error->column : 0 };
    const en_each_listener *listener = &e->options->listener;
    return listener->ended(listener->owner, &about, report, error, &e->record);
}

static void is_done(each *e)
{
    e->checkpoint.begun = 0;
    e->checkpoint.records = en_records_number(e->records);
    e->checkpoint.offset = en_records_offset(e->records);
}

/* `is_over`: it cannot be done again. One that stops everything is done again by a later call if it
 * has left nothing behind. */
static bool fail_record(each *e, const en_report *report, const en_error *error, bool is_over)
{
    e->stopped = e->checkpoint.failed >= e->options->most_failures;
    e->enough = ended(e, report, error) || e->enough;
    if (e->stopped && !is_over) {
        e->checkpoint.begun = 0;
        return true;
    }
    e->checkpoint.failed++;
    is_done(e);
    return reject(e, error, report == NULL ? error->column : 0);
}

/* A part of it is on disk or was told, and only that part could be done again. */
static bool give_up_begun(each *e)
{
    en_error error;
    en_error_clear(&error);
    en_error_set(&error, EN_InconsistencyError,
                 "an earlier run was cut off in the middle of this record, behind a call to the "
                 "outside; what it did until then stays, the rest was not done");
    e->begun = 0;
    return fail_record(e, NULL, &error, true);
}

/* --- executions --- */

static en_value payload_of(each *e, en_value record)
{
    if (e->options->under == NULL) {
        return record;
    }
    en_collection_builder payload;
    en_collection_builder_init(&payload, &e->record);
    en_collection_builder_add(&payload, en_text_from(e->options->under), record);
    return en_collection_builder_take(&payload);
}

static bool execute(each *e, en_value record, en_error *error)
{
    const en_each_listener *listener = &e->options->listener;
    en_run_options run = e->run;
    en_report report;
    uint64_t kept = e->batch != NULL ? en_batch_kept(e->batch) : 0;
    run.payload = payload_of(e, record);
    e->checkpoint.begun = en_records_number(e->records);
    listener->begin(listener->owner, &run);
    en_run_execute(e->world, e->plan, &run, &e->record, &report);
    if (report.status != EN_RUN_ERROR) {
        is_done(e);
        e->enough = ended(e, &report, NULL) || e->enough;
        return true;
    }
    if (e->batch != NULL && !en_batch_is_whole(e->batch, error)) {
        return false;
    }
    bool is_over = e->batch != NULL && en_batch_kept(e->batch) != kept;
    if (is_interrupted(e) && !is_over) {
        e->checkpoint.begun = 0; /* as if it had not begun */
        return true;
    }
    return fail_record(e, &report, &report.error, is_over);
}

/* False without an error: there are no more records. */
static bool take_record(each *e, en_error *error)
{
    en_value record;
    bool found = true;
    en_error problem;
    en_error_clear(&problem);
    en_arena_reset(&e->record);
    bool read = en_records_next(e->records, &e->record, &record, &found, &problem);
    if (en_error_is_set(&e->failure)) {
        return false;
    }
    if (!read && is_interrupted(e)) {
        return true;
    }
    if (!read) {
        bool goes_on = en_records_go_on(e->records);
        if (!fail_record(e, NULL, &problem, false)) {
            return false;
        }
        e->stopped = e->stopped || !goes_on; /* nothing behind it can be found */
        return next(e, error);
    }
    if (!found) {
        e->checkpoint.finished = true;
        return false;
    }
    if (e->begun == en_records_number(e->records)) {
        return give_up_begun(e) && next(e, error);
    }
    return execute(e, record, error) && !en_error_is_set(&e->failure) && next(e, error);
}

static bool take_all(each *e, en_error *error)
{
    while (!e->stopped && !is_interrupted(e)) {
        if (!take_record(e, error)) {
            break;
        }
    }
    if (error != NULL && !en_error_is_set(error) && en_error_is_set(&e->failure)) {
        *error = e->failure;
    }
    if ((error != NULL && en_error_is_set(error)) || !commit(e, error)) {
        if (e->batch != NULL) {
            en_batch_rollback(e->batch);
        }
        en_rejects_take_back(e->rejects, e->settled_bytes);
        return false;
    }
    e->counts->stopped = e->stopped;
    return true;
}

/* --- setting up --- */

bool en_each_leaves_traces(const en_plan *plan)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const en_step *step = &plan->steps[i];
        bool is_call = step->kind == EN_STEP_CALL || step->kind == EN_STEP_FLUSH;
        unsigned flags = step->module != NULL ? step->module->flags : EN_OUTSIDE;
        if (is_call && step->id != EN_NO_STEP &&
            ((flags & EN_WRITES) != 0 || (flags & (EN_OUTSIDE | EN_ANSWERS)) == EN_OUTSIDE)) {
            return true;
        }
    }
    return false;
}

static bool open_records(each *e, en_error *error)
{
    const en_records_options options = { .path = e->options->file,
                                         .format = e->options->format,
                                         .wait = commit_before_waiting,
                                         .owner = e,
                                         .interrupted = e->run.interrupted };
    if (!en_records_open(&e->arena, &options, &e->records, error)) {
        return false;
    }
    e->counts->total_bytes = en_records_total_bytes(e->records);
    return true;
}

bool en_each_describe(const en_each_options *options, en_text detail, en_arena *arena, en_job *job,
                      en_error *error)
{
    en_text digest;
    if (!en_job_digest(arena, options->scenario, &digest, error)) {
        return false;
    }
    *job = (en_job){ .kind = "run",
                     .subject = en_job_path(arena, options->scenario),
                     .program = en_text_format(arena, "scenario %.*s%s%.*s", EN_TEXT_ARG(digest),
                                               detail.length != 0 ? " " : "", EN_TEXT_ARG(detail)),
                     .file = options->file };
    return true;
}

/* What an earlier call has done. */
static bool go_on(each *e, en_database *database, const en_job *job, en_error *error)
{
    en_checkpoint before;
    if (!en_job_find(database, &e->checkpoint, &e->arena, &before, error)) {
        return false;
    }
    if (!e->options->resume) {
        if (before.records != 0 && !before.finished) {
            e->options->listener.begins_again(e->options->listener.owner, before.records);
        }
        return true;
    }
    if (!en_job_check(job, &e->checkpoint, &before, error)) {
        return false;
    }
    e->begun = before.begun;
    e->checkpoint = before;
    e->checkpoint.begun = 0;
    e->settled_bytes = before.rejects_bytes;
    e->counts->resumed = before.records;
    e->counts->records = before.records;
    e->counts->failed = before.failed;
    e->counts->finished = before.finished;
    return before.finished || before.records == 0 ||
           en_records_skip(e->records, before.offset, before.records, error);
}

static bool refuse_resuming(const each *e, en_error *error)
{
    if (!en_each_leaves_traces(e->plan)) {
        return en_error_set(error, EN_UsageError,
                            "there is nothing to resume: the scenario neither writes data stores "
                            "nor reaches outside");
    }
    return en_error_set(error, EN_UsageError,
                        e->options->dry_run ? "a dry run keeps nothing that could be resumed"
                                            : "what comes from a pipe cannot be resumed");
}

static bool open_batch(each *e, en_error *error)
{
    bool has_source = en_records_source(e->records).length != 0;
    bool is_known = en_each_leaves_traces(e->plan) && has_source && !e->options->dry_run;
    en_database *database;
    en_job job;
    if (e->options->resume && !is_known) {
        return refuse_resuming(e, error);
    }
    if (!en_each_leaves_traces(e->plan)) {
        return true;
    }
    en_text under = en_text_from(e->options->under != NULL ? e->options->under : "");
    if (!en_world_database(e->world, &database, error) ||
        !en_each_describe(e->options, under, &e->arena, &job, error)) {
        return false;
    }
    e->checkpoint = en_job_begin(&job, e->records, &e->arena);
    if (is_known && !go_on(e, database, &job, error)) {
        return false;
    }
    const en_batch_options about = { .checkpoint = is_known ? &e->checkpoint : NULL,
                                     .before = settle_rejects,
                                     .after = tell,
                                     .owner = e,
                                     .most = e->options->batch,
                                     .interrupted = e->run.interrupted,
                                     .discards = e->options->dry_run };
    e->batch = en_batch_open(database, &about, &e->arena);
    e->run.batch = e->batch;
    e->counts->may_resume = is_known;
    return true;
}

static bool run(each *e, en_error *error)
{
    en_random_init_system(&e->random);
    e->run.random = &e->random;
    e->run.patterns = en_regex_cache_new(&e->arena);
    e->run.is_batch = true;
    if (e->options->dry_run) {
        e->run.mocks = en_mocks_auto(&e->arena, e->run.mocks);
    }
    if (!open_records(e, error) || !open_batch(e, error) || e->counts->finished) {
        return !en_error_is_set(error);
    }
    return en_rejects_open(&e->arena, e->options->rejects, e->checkpoint.rejects_bytes, &e->rejects,
                           error) &&
           take_all(e, error);
}

bool en_each_run(en_world *world, const en_plan *plan, const en_each_options *options,
                 en_each_counts *counts, en_error *error)
{
    each e = {
        .options = options, .counts = counts, .world = world, .plan = plan, .run = options->run
    };
    *counts = (en_each_counts){ 0 };
    en_error_clear(&e.failure);
    en_arena_init(&e.arena, NULL);
    en_arena_init(&e.record, NULL);
    bool done = run(&e, error);
    en_arena_done(&e.record);
    en_arena_done(&e.arena);
    return done;
}

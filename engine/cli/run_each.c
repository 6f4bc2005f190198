#include "cli/run_each.h"

#include "batch/bind.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/progress.h"

#include <string.h>
#include <unistd.h>

enum { MOST_HELD = 1024 * 1024, MOST_SHOWN = 20 };

typedef struct telling {
    en_run_each *each;
    const char *file;
    en_progress *progress;
    uint64_t executions;
    uint64_t shown; /* failures on stderr */
    uint32_t errors_in_a_row;
    int code;        /* with what is held back */
    en_arena arena;  /* of what is held back */
    en_builder held; /* for stdout */
    en_builder said; /* for stderr */
} telling;

/* --- what is held back --- */

static void hold_nothing(telling *t)
{
    en_arena_reset(&t->arena);
    en_builder_init(&t->held, &t->arena);
    en_builder_init(&t->said, &t->arena);
}

static void begin(void *owner, en_run_options *run)
{
    telling *t = owner;
    en_run_timing_clock(t->each->timing, NULL, run->interrupted, run->clock);
    run->seed += t->executions++; /* or every execution would make the same keys */
}

static en_value numbered(en_arena *arena, const en_each_record *record, en_value report)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("record"), en_integer_unsigned(record->number));
    en_collection_builder_add(&object, EN_TEXT("line"), en_integer(record->line));
    for (uint32_t i = 0; i < en_collection_count(report); i++) {
        const en_member *member = &en_collection_members(report)[i];
        en_collection_builder_add(&object, member->name, member->value);
    }
    return en_collection_builder_take(&object);
}

static void hold_report(telling *t, const en_each_record *record, const en_report *report,
                        const en_error *error, en_arena *arena)
{
    uint32_t most = t->each->plan->max_errors;
    en_report told;
    if (report != NULL) {
        told = *report;
    } else {
        en_report_refuse(t->each->plan, error, &told);
    }
    told.active = most == 0 || t->errors_in_a_row < most;
    en_text line = en_json_text(arena, numbered(arena, record, en_report_value(arena, &told)), 0);
    if (t->each->context->out_is_terminal) {
        line = en_out_visible_text(arena, line, EN_ONE_LINE);
    }
    en_builder_add(&t->held, line);
    en_builder_add_char(&t->held, '\n');
}

/* Where the record stands counts, not where the step does. */
static void hold_failure(telling *t, const en_each_record *record, const en_error *error,
                         en_arena *arena)
{
    en_error placed = *error;
    if (++t->shown > MOST_SHOWN) {
        return;
    }
    snprintf(placed.file, sizeof placed.file, "%s", t->file);
    placed.line = record->line;
    placed.column = record->column != 0 ? record->column : 1;
    en_out_visible(&t->said, en_error_line(arena, &placed), EN_ONE_LINE);
    en_builder_add_char(&t->said, '\n');
    if (t->shown == MOST_SHOWN) {
        en_builder_add(&t->said, EN_TEXT("further failures are only counted\n"));
    }
}

static bool ended(void *owner, const en_each_record *record, const en_report *report,
                  const en_error *error, en_arena *arena)
{
    telling *t = owner;
    en_context *context = t->each->context;
    if (error != NULL) {
        int code = report != NULL ? en_report_exit_code(report) : EN_EXIT_FAILED;
        t->code = en_exit_worse(t->code, en_exit_of_run(code));
    }
    t->errors_in_a_row = error != NULL ? t->errors_in_a_row + 1 : 0;
    if (context->json) {
        hold_report(t, record, report, error, arena);
    } else if (error != NULL) {
        hold_failure(t, record, error, arena);
    }
    return t->held.length >= MOST_HELD;
}

static en_progress_counts progress_counts(const en_each_counts *counts)
{
    return (en_progress_counts){ .records = counts->records,
                                 .failed = counts->failed,
                                 .resumed = counts->resumed,
                                 .read_bytes = counts->read_bytes,
                                 .total_bytes = counts->total_bytes };
}

static void committed(void *owner, const en_each_counts *counts)
{
    telling *t = owner;
    en_context *context = t->each->context;
    if (t->held.length != 0) {
        en_progress_hide(t->progress);
        en_out_write(context->out, en_builder_take(&t->held));
        fflush(context->out);
    }
    if (t->said.length != 0) {
        en_progress_hide(t->progress);
        en_out_write(context->err, en_builder_take(&t->said));
    }
    hold_nothing(t);
    t->each->code = t->code;
    en_progress_counts shown = progress_counts(counts);
    en_progress_tell(t->progress, &shown);
}

static void begins_again(void *owner, uint64_t records)
{
    telling *t = owner;
    en_context_say(t->each->context,
                   "An earlier run of %s ended behind record %llu; this one begins again. "
                   "(--resume goes on)",
                   t->file, (unsigned long long)records);
}

/* --- flags --- */

bool en_run_each_check(const en_context *context, en_error *error)
{
    static const char *const own[] = { "as",      "under",  "on-error", "batch",
                                       "rejects", "resume", "dry-run" };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        const char *const *values;
        if (en_context_many(context, own[i], &values) != 0) {
            return en_error_set(error, EN_UsageError, "--%s goes with --each", own[i]);
        }
    }
    return true;
}

static bool check_flags(const en_context *context, en_error *error)
{
    static const char *const others[] = { "input", "events", "runs", "keep" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const char *const *values;
        if (en_context_many(context, others[i], &values) != 0) {
            return en_error_set(error, EN_UsageError, "either --each or --%s", others[i]);
        }
    }
    return true;
}

/* An execution that is all or nothing has no records to pass over. */
static bool check_bound(const en_context *context, en_error *error)
{
    static const char *const others[] = { "under", "on-error", "rejects", "dry-run" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const char *const *values;
        if (en_context_many(context, others[i], &values) != 0) {
            return en_error_set(error, EN_UsageError, "either --as or --%s", others[i]);
        }
    }
    return true;
}

static bool read_options(en_context *context, en_each_options *options, en_error *error)
{
    options->scenario = context->arguments[0];
    options->file = en_context_text(context, "each");
    options->under = en_context_text(context, "under");
    options->rejects = en_context_text(context, "rejects");
    (void)en_context_count(context, "batch", &options->batch);
    options->resume = en_context_switch(context, "resume");
    options->dry_run = en_context_switch(context, "dry-run");
    return check_flags(context, error) &&
           en_input_failures(context, &options->most_failures, error) &&
           en_record_format_read(en_context_text(context, "format"),
                                 en_context_text(context, "delimiter"), options->file,
                                 &options->format, error);
}

/* --- the end --- */

static void say_end(const telling *t, const en_each_counts *counts, bool dry_run)
{
    en_context *context = t->each->context;
    en_progress_counts shown = progress_counts(counts);
    en_progress_end(t->progress, &shown);
    if (dry_run) {
        en_context_say(context, "A dry run: nothing was kept.");
    } else if (!counts->finished && counts->may_resume) {
        en_context_say(context, "%llu record%s done; go on with --resume.",
                       (unsigned long long)counts->records, counts->records == 1 ? " is" : "s are");
    }
}

/* Whether the scenario can take a file as a list; if not, it has been said. */
static bool find_place(en_run_each *each, uint64_t batch, en_feed_place *place)
{
    en_context *context = each->context;
    en_problems problems;
    en_problems_init(&problems, context->arena);
    const char *path = en_context_text(context, "as");
    if (en_feed_find(each->plan, en_text_from(path), batch != 0, place, &problems)) {
        return true;
    }
    en_problems_sort(&problems);
    en_context_print_problems(context, &problems);
    each->code = EN_EXIT_INVALID;
    return false;
}

bool en_run_each_bound(en_run_each *each, en_arena *arena, en_report *report, bool *ran,
                       en_error *error)
{
    en_context *context = each->context;
    telling *t = EN_NEW(arena, telling);
    en_each_options *options = EN_NEW(arena, en_each_options);
    en_feed_place *place = EN_NEW(arena, en_feed_place);
    en_each_counts counts = { 0 };
    *ran = false;
    *t = (telling){ .each = each };
    *options = (en_each_options){ .run = *each->options,
                                  .listener = { begin, ended, committed, begins_again, t } };
    if (!check_bound(context, error) || !read_options(context, options, error) ||
        !en_progress_new(context, en_context_text(context, "progress"), &t->progress, error)) {
        return false;
    }
    if (!find_place(each, options->batch, place)) {
        return true;
    }
    t->file = strcmp(options->file, "-") == 0 ? "stdin" : options->file;
    en_arena_init(&t->arena, NULL);
    hold_nothing(t);
    bool done =
        en_bind_run(each->world, each->plan, options, place, arena, report, ran, &counts, error);
    en_progress_hide(t->progress);
    if (counts.last != 0) {
        en_context_say(context, "It failed at record %llu (%s:%u).",
                       (unsigned long long)counts.last, t->file, counts.last_line);
    }
    if (done || counts.records != 0) {
        say_end(t, &counts, false);
    }
    en_arena_done(&t->arena);
    return done;
}

bool en_run_each_record(en_run_each *each, en_error *error)
{
    en_context *context = each->context;
    telling t = { .each = each };
    en_each_counts counts;
    en_clock clock;
    en_each_options options = { .run = *each->options,
                                .listener = { begin, ended, committed, begins_again, &t } };
    options.run.clock = &clock;
    options.run.observer = NULL; /* nobody reads a thousand traces */
    if (!read_options(context, &options, error) ||
        !en_progress_new(context, en_context_text(context, "progress"), &t.progress, error)) {
        return false;
    }
    t.file = strcmp(options.file, "-") == 0 ? "stdin" : options.file;
    en_arena_init(&t.arena, NULL);
    hold_nothing(&t);
    bool done = en_each_run(each->world, each->plan, &options, &counts, error);
    if (done || counts.records != 0) {
        say_end(&t, &counts, options.dry_run);
    }
    en_arena_done(&t.arena);
    return done;
}

const en_flag en_run_each_flags[] = {
    { "format", EN_FLAG_TEXT, "FORMAT", "How the file is written: csv, tsv, json or jsonl." },
    { "delimiter", EN_FLAG_TEXT, "CHAR", "Between the fields of CSV." },
    { "as", EN_FLAG_TEXT, "FIELD", "webhook.records: one run, whose iterator walks all records." },
    { "under", EN_FLAG_TEXT, "NAME", "The payload is {NAME: record} instead of the record." },
    { "on-error", EN_FLAG_TEXT, "WHAT",
      "stop at a record that fails (default), skip, or stop after N." },
    { "batch", EN_FLAG_COUNT, "N",
      "Commit after N records; else within a second, --as: at the end." },
    { "rejects", EN_FLAG_TEXT, "FILE",
      "JSON Lines of what failed: line, field, reason, original." },
    { "resume", EN_FLAG_SWITCH, NULL, "Go on where an earlier run ended or was killed." },
    { "dry-run", EN_FLAG_SWITCH, NULL, "Undo everything, and mock outside modules." },
    EN_PROGRESS_FLAG,
    { 0 },
};

const char *const en_run_each_examples[] = {
    "enact run upsert.json --each customers.csv --on-error skip --rejects bad.jsonl",
    "enact run upsert.json --each customers.csv --resume      # behind what is on disk",
    "enact run greet.json --each people.jsonl.gz --under person --json | jq .output",
    "enact run import.json --each customers.csv --as webhook.records --batch 1000",
    "mysql -B -e 'select * from t' | enact run add.json --each - --format tsv",
    NULL,
};

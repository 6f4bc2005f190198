/* import - the records of a file into a data store; also `enact store import`. */
#include "batch/import.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/store_session.h"

#include <inttypes.h>

enum { MOST_SHOWN = 20 };

typedef struct telling {
    en_context *context;
    en_progress *progress;
    uint64_t shown; /* failures */
} telling;

/* --- on the way --- */

static en_progress_counts progress_counts(const en_import_counts *counts)
{
    return (en_progress_counts){ .records = counts->records,
                                 .failed = counts->failed,
                                 .resumed = counts->resumed,
                                 .read_bytes = counts->read_bytes,
                                 .total_bytes = counts->total_bytes };
}

static void rejected(void *owner, const en_error *error)
{
    telling *t = owner;
    if (t->context->json || ++t->shown > MOST_SHOWN) {
        return;
    }
    en_progress_hide(t->progress);
    en_out_error(t->context, error);
    if (t->shown == MOST_SHOWN) {
        en_context_say(t->context, "further failures are only counted");
    }
}

static void committed(void *owner, const en_import_counts *counts)
{
    telling *t = owner;
    en_progress_counts shown = progress_counts(counts);
    en_progress_tell(t->progress, &shown);
}

static void begins_again(void *owner, uint64_t records)
{
    telling *t = owner;
    en_context_say(t->context,
                   "An earlier import of this file ended behind record %" PRIu64
                   "; this one begins again. (--resume goes on)",
                   records);
}

/* --- flags --- */

static bool read_mode(en_context *context, en_import_mode *mode, en_error *error)
{
    bool overwrite = en_context_switch(context, "overwrite");
    bool upsert = en_context_switch(context, "upsert");
    *mode = overwrite ? EN_IMPORT_OVERWRITE : upsert ? EN_IMPORT_UPSERT : EN_IMPORT_ADD;
    return !overwrite || !upsert ||
           en_error_set(error, EN_UsageError, "either --overwrite or --upsert");
}

static bool read_options(en_context *context, en_import_options *options, en_error *error)
{
    options->store = en_text_from(context->arguments[0]);
    options->file = context->arguments[1];
    options->rejects = en_context_text(context, "rejects");
    options->resume = en_context_switch(context, "resume");
    options->dry_run = en_context_switch(context, "dry-run");
    options->group = EN_IMPORT_GROUP;
    (void)en_context_count(context, "batch", &options->group);
    return read_mode(context, &options->mode, error) &&
           en_input_failures(context, &options->most_failures, error) &&
           en_record_format_read(en_context_text(context, "format"),
                                 en_context_text(context, "delimiter"), options->file,
                                 &options->format, error);
}

/* --- the end --- */

static void print_result(en_context *context, const en_import_counts *counts, const en_error *error)
{
    en_collection_builder object;
    en_collection_builder_init(&object, context->arena);
    en_collection_builder_add(&object, EN_TEXT("imported"),
                              en_integer_unsigned(counts->records - counts->failed));
    en_collection_builder_add(&object, EN_TEXT("failed"), en_integer_unsigned(counts->failed));
    en_collection_builder_add(&object, EN_TEXT("resumed"), en_integer_unsigned(counts->resumed));
    en_collection_builder_add(&object, EN_TEXT("finished"), en_boolean(counts->finished));
    if (error != NULL) {
        en_collection_builder_add(&object, EN_TEXT("error"),
                                  en_out_error_value(context->arena, error));
    }
    en_context_print_json(context, en_collection_builder_take(&object));
}

static void say_end(const telling *t, const en_import_options *options,
                    const en_import_counts *counts)
{
    en_context *context = t->context;
    en_progress_counts shown = progress_counts(counts);
    en_progress_end(t->progress, &shown);
    if (options->dry_run) {
        en_context_say(context, "A dry run: nothing was kept.");
    } else if (!counts->finished && counts->may_resume) {
        en_context_say(context, "%" PRIu64 " record%s on disk; go on with --resume.",
                       counts->records - counts->failed,
                       counts->records - counts->failed == 1 ? " is" : "s are");
    }
}

/* What was reached is said even if something stopped it. */
static int finish(const telling *t, const en_import_options *options,
                  const en_import_counts *counts, const en_error *error)
{
    en_context *context = t->context;
    bool failed = en_error_is_set(error);
    bool was_under_way = !failed || counts->records != 0;
    int code = failed ? en_error_exit_code(error->type) : EN_EXIT_DONE;
    if (failed && (!context->json || !was_under_way)) {
        en_progress_hide(t->progress);
        code = en_context_fail(context, error);
    }
    if (was_under_way) {
        say_end(t, options, counts);
    }
    if (was_under_way && context->json) {
        print_result(context, counts, failed ? error : NULL);
    }
    if (!failed && !counts->finished) {
        return EN_EXIT_INTERRUPTED;
    }
    return !failed && counts->failed != counts->resumed_failed ? EN_EXIT_FAILED : code;
}

static int run_import(en_context *context)
{
    en_store_session session;
    en_import_counts counts = { 0 };
    en_error error;
    telling t = { .context = context };
    en_error_clear(&error);
    en_import_options options = { .listener = { rejected, committed, begins_again, &t } };
    if (!read_options(context, &options, &error) ||
        !en_progress_new(context, en_context_text(context, "progress"), &t.progress, &error)) {
        return en_context_fail(context, &error);
    }
    int code = en_store_session_open(context, EN_SEGMENT_WRITE, &session);
    if (code != EN_EXIT_DONE) {
        return code;
    }
    en_random random;
    en_random_init_system(&random);
    en_context_watch_signals(context);
    const en_store_run run = en_store_session_run(context, &random);
    options.interrupted = context->interrupted;
    options.schema = en_store_declared(&session, options.store);
    (void)!en_import_run(session.database, &run, &options, &counts, &error);
    en_store_session_close(&session);
    return finish(&t, &options, &counts, &error);
}

/* --- rows --- */

#define FLAGS                                                                                      \
    { "format", EN_FLAG_TEXT, "FORMAT", "How the file is written: csv, tsv, json or jsonl." },     \
        { "delimiter", EN_FLAG_TEXT, "CHAR", "Between the fields of CSV." },                       \
        { "overwrite", EN_FLAG_SWITCH, NULL, "Replace records whose key is taken." },              \
        { "upsert", EN_FLAG_SWITCH, NULL, "Merge into records whose key is taken." },              \
        { "on-error", EN_FLAG_TEXT, "WHAT",                                                        \
          "stop at a record that fails (default), skip, or stop after N." },                       \
        { "rejects", EN_FLAG_TEXT, "FILE",                                                         \
          "JSON Lines of what failed: line, field, reason, original." },                           \
        { "resume", EN_FLAG_SWITCH, NULL, "Go on where an earlier import ended or was killed." },  \
        { "batch", EN_FLAG_COUNT, "N", "Records a commit (10000); 0: all of them, or none." },     \
        { "dry-run", EN_FLAG_SWITCH, NULL, "Check everything, keep nothing." }, EN_PROGRESS_FLAG

static const en_flag verb_flags[] = { FLAGS, { 0 } };
static const en_flag command_flags[] = {
    { "db", EN_FLAG_TEXT, "PATH", "The database; the workspace's by default." }, FLAGS, { 0 }
};

static const char *const examples[] = {
    "enact import customers customers.csv",
    "enact import orders orders.jsonl.gz --on-error skip --rejects bad.jsonl",
    "enact import orders orders.jsonl.gz --resume             # behind what is on disk",
    "enact store export orders | enact import orders - --db copy.db",
    NULL,
};

const en_command en_cmd_import = {
    .name = "import",
    .summary = "Put the records of a CSV or JSON file into a data store.",
    .arguments = "STORE FILE|-",
    .least = 2,
    .most = 2,
    .flags = command_flags,
    .examples = examples,
    .run = run_import,
};
const en_command en_store_verb_import = {
    .name = "import",
    .summary = "The same as enact import.",
    .arguments = "STORE FILE|-",
    .least = 2,
    .most = 2,
    .flags = verb_flags,
    .examples = examples,
    .run = run_import,
};

/* runs - the history: runs that were kept, looked at, run again, pruned. */
#include "base/clock.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/run_cassette.h"
#include "cli/run_options.h"
#include "cli/run_trace.h"
#include "cli/setup.h"
#include "cli/store_session.h"
#include "cli/table.h"
#include "flow/kept.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static bool read_id(const char *word, int64_t *id, en_error *error)
{
    char *end = NULL;
    errno = 0;
    *id = strtoll(word, &end, 10);
    return (errno == 0 && end != word && *end == '\0' && *id > 0) ||
           en_error_set(error, EN_UsageError, "a run is named by its number, not '%s'", word);
}

/* The run that the first argument names. */
static bool get(en_store_session *session, en_kept_run *run, en_kept *kept, en_error *error)
{
    en_arena *arena = session->context->arena;
    int64_t id;
    return read_id(session->context->arguments[0], &id, error) &&
           en_history_get(session->segment, id, arena, run, error) &&
           en_kept_read(arena, run, kept, error);
}

/* --- list --- */

static en_text moment_text(en_arena *arena, int64_t at_ms)
{
    char room[EN_ISO_ROOM];
    size_t length = en_date_print_iso(at_ms, room);
    return en_text_copy(arena, (en_text){ room, length });
}

static void add(en_collection_builder *object, const char *name, en_value value)
{
    en_collection_builder_add(object, en_text_from(name), value);
}

static en_value run_value(en_arena *arena, const en_kept_run *run)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, "id", en_integer(run->id));
    add(&object, "scenario", en_text_value(run->scenario));
    add(&object, "file", en_text_value(run->file));
    add(&object, "keptAt", en_date(run->kept_ms));
    add(&object, "startedAt", en_date(run->started_ms));
    add(&object, "durationMs", en_number((double)run->duration_us / 1000));
    add(&object, "status", en_text_value(run->status));
    add(&object, "operations", en_integer_unsigned(run->operations));
    add(&object, "error", run->error.length != 0 ? en_text_value(run->error) : en_null());
    add(&object, "kept", en_text_value(run->has_content ? EN_TEXT("bundles") : EN_TEXT("counts")));
    add(&object, "bytes", en_integer_unsigned(run->bytes));
    return en_collection_builder_take(&object);
}

static const en_column list_columns[] = {
    { "RUN", true, false },     { "STARTED", false, false }, { "SCENARIO", false, false },
    { "STATUS", false, false }, { "MS", true, false },       { "OPERATIONS", true, false },
    { "KEPT", false, false },   { "ERROR", false, false },
};

static void add_row(en_listing *table, en_arena *arena, const en_kept_run *run)
{
    const en_text cells[] = { en_text_format(arena, "%" PRId64, run->id),
                              moment_text(arena, run->started_ms),
                              run->scenario,
                              run->status,
                              en_text_format(arena, "%.1f", (double)run->duration_us / 1000),
                              en_text_format(arena, "%" PRIu64, run->operations),
                              run->has_content ? EN_TEXT("bundles") : EN_TEXT("counts"),
                              run->error };
    en_listing_add(table, cells);
}

static bool list(en_store_session *session, en_error *error)
{
    en_context *context = session->context;
    en_run_filter filter = { .limit = 20 };
    const char *scenario = en_context_text(context, "scenario");
    const char *status = en_context_text(context, "status");
    uint64_t before = 0;
    filter.scenario = en_text_from(scenario != NULL ? scenario : "");
    filter.status = en_text_from(status != NULL ? status : "");
    (void)en_context_count(context, "limit", &filter.limit);
    (void)en_context_count(context, "before", &before);
    filter.before_id = before < INT64_MAX ? (int64_t)before : 0;
    en_kept_run *runs;
    size_t count;
    if (!en_history_list(session->segment, &filter, context->arena, &runs, &count, error)) {
        return false;
    }
    en_array_builder values;
    en_array_builder_init(&values, context->arena);
    en_listing *table =
        en_listing_new(context, list_columns, sizeof list_columns / sizeof *list_columns);
    for (size_t i = 0; i < count; i++) {
        if (context->json) {
            en_array_builder_add(&values, run_value(context->arena, &runs[i]));
        } else {
            add_row(table, context->arena, &runs[i]);
        }
    }
    if (context->json) {
        session->result = en_array_builder_take(&values);
        return true;
    }
    en_listing_print(table);
    if (count == 0) {
        session->said = EN_TEXT("No runs were kept: \"history\": {\"keep\": \"bundles\"} in "
                                "enact.json, or enact run --keep bundles.");
    }
    return true;
}

/* --- show --- */

static bool show(en_store_session *session, en_error *error)
{
    en_arena *arena = session->context->arena;
    en_kept_run run;
    en_kept kept;
    if (!get(session, &run, &kept, error)) {
        return false;
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_value about = run_value(arena, &run);
    for (uint32_t i = 0; i < en_collection_count(about); i++) {
        en_collection_builder_add(&object, en_collection_members(about)[i].name,
                                  en_collection_members(about)[i].value);
    }
    add(&object, "report", kept.report);
    if (run.has_content) {
        add(&object, "given", kept.content);
        add(&object, "exchanges", en_collection_find(kept.exchanges, EN_TEXT("exchanges")));
    }
    en_out_json(session->context, en_collection_builder_take(&object), EN_JSON_TYPED, false);
    return true;
}

/* --- replay --- */

typedef struct replaying {
    en_kept_run run;
    en_kept kept;
    const en_plan *plan;
    en_world world;
    en_redactor *redactor;
    en_report report;
} replaying;

static bool load(en_store_session *session, replaying *replay, en_error *error)
{
    en_context *context = session->context;
    const char *file = en_context_text(context, "current");
    en_load_options options = en_setup_load_options(context, &session->workspace);
    en_problems problems;
    en_problems_init(&problems, context->arena);
    options.lenient = true; /* it ran */
    replay->plan = file != NULL ? en_scenario_load(context->arena, file, &options, &problems)
                                : en_scenario_load_text(context->arena, replay->run.file,
                                                        replay->kept.program, &options, &problems);
    if (replay->plan == NULL) {
        en_problems_sort(&problems);
        en_out_problems(context, &problems);
        return en_error_set(error, EN_InvalidConfigurationError, "the scenario cannot be loaded");
    }
    return true;
}

static void tell_partings(en_context *context, const en_parting *first)
{
    for (const en_parting *at = first; at != NULL; at = at->next) {
        fprintf(context->err, "%.*s: was %.*s, is %.*s\n", EN_TEXT_ARG(at->path),
                EN_TEXT_ARG(en_out_visible_text(context->arena, at->kept, EN_ONE_LINE)),
                EN_TEXT_ARG(en_out_visible_text(context->arena, at->now, EN_ONE_LINE)));
    }
}

/* Runs it, and says where it parts from what was kept. */
static bool run_again(en_store_session *session, replaying *again, en_error *error)
{
    en_context *context = session->context;
    en_arena *arena = context->arena;
    en_clock clock;
    en_run_options options;
    if (!en_kept_options(arena, &again->kept, again->world.zones, again->redactor, &clock, &options,
                         error)) {
        return false;
    }
    options.max_operations = session->workspace.max_operations;
    en_run_execute(&again->world, again->plan, &options, arena, &again->report);
    again->report.active = true;
    again->report.on_cassette = false; /* it is how the history plays */
    const en_parting *first = en_kept_compare(arena, &again->kept, &again->report, again->redactor);
    size_t left = en_tape_left(options.tape);
    again->report.traced = en_context_switch(context, "trace");
    if (context->json) {
        en_context_print_json(context, en_report_value(arena, &again->report));
    }
    if (first != NULL && en_error_is_set(&again->report.error)) {
        en_run_trace_error(context, again->plan, &again->report);
    }
    tell_partings(context, first);
    if (left != 0) {
        fprintf(context->err, "%zu operations on data stores were not asked for again\n", left);
    }
    if (first != NULL || left != 0) {
        return en_error_set(error, EN_RuntimeError, "run %lld did not come out the same again",
                            (long long)again->run.id);
    }
    en_context_say(context, "Run %lld came out the same again.", (long long)again->run.id);
    return true;
}

static bool replay(en_store_session *session, en_error *error)
{
    en_context *context = session->context;
    replaying *again = EN_NEW(context->arena, replaying);
    if (!get(session, &again->run, &again->kept, error) || !load(session, again, error)) {
        return false;
    }
    en_world_init(&again->world);
    bool done = en_run_read_world(context, &session->workspace, again->plan, &again->world, error);
    again->world.egress = (en_egress){ .none = true };
    again->redactor = en_run_redactor(context, &session->workspace, &again->world);
    done = done && run_again(session, again, error);
    en_world_done(&again->world);
    return done;
}

/* --- prune --- */

static bool read_retention(const en_store_session *session, en_retention *retention,
                           en_error *error)
{
    const en_context *context = session->context;
    const en_history_settings *settings = &session->workspace.history;
    int64_t age_ms = settings->max_age_ms;
    en_clock clock;
    en_clock_init_real(&clock);
    *retention =
        (en_retention){ .most_runs = settings->most_runs, .most_bytes = settings->most_bytes };
    (void)en_context_count(context, "keep", &retention->most_runs);
    if (!en_input_bytes(context, "max-bytes", &retention->most_bytes, error) ||
        !en_input_duration(context, "older-than", &age_ms, error)) {
        return false;
    }
    retention->before_ms = age_ms != 0 ? en_clock_now_ms(&clock) - age_ms : INT64_MIN;
    return true;
}

static bool prune(en_store_session *session, en_error *error)
{
    en_arena *arena = session->context->arena;
    bool only_count = en_context_switch(session->context, "dry-run");
    en_retention retention;
    en_pruned pruned;
    if (!read_retention(session, &retention, error) ||
        !en_history_prune(session->segment, &retention, only_count, &pruned, error)) {
        return false;
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, "dryRun", en_boolean(only_count));
    add(&object, "runs", en_integer_unsigned(pruned.runs));
    add(&object, "bytes", en_integer_unsigned(pruned.bytes));
    add(&object, "leftRuns", en_integer_unsigned(pruned.left_runs));
    add(&object, "leftBytes", en_integer_unsigned(pruned.left_bytes));
    session->result = en_collection_builder_take(&object);
    session->said = en_text_format(
        arena, "%s %" PRIu64 " runs (%" PRIu64 " bytes); %" PRIu64 " (%" PRIu64 " bytes) stay.",
        only_count ? "Would prune" : "Pruned", pruned.runs, pruned.bytes, pruned.left_runs,
        pruned.left_bytes);
    return true;
}

/* --- the command --- */

static int run_list(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_READ, list);
}

static int run_show(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_READ, show);
}

static int run_replay(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_READ, replay);
}

static int run_prune(en_context *context)
{
    bool only_count = en_context_switch(context, "dry-run");
    return en_store_perform(context, only_count ? EN_SEGMENT_READ : EN_SEGMENT_WRITE, prune);
}

#define EXAMPLES(...)                                                                              \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static const en_flag list_flags[] = {
    { "scenario", EN_FLAG_TEXT, "NAME", "Only runs of this scenario." },
    { "status", EN_FLAG_TEXT, "STATUS", "success, warning or error." },
    { "limit", EN_FLAG_COUNT, "N", "At most N runs, the newest; 20 by default." },
    { "before", EN_FLAG_COUNT, "RUN", "Only runs before this one." },
    { 0 },
};
static const en_flag replay_flags[] = {
    { "current", EN_FLAG_TEXT, "FILE", "Run this scenario instead of the kept one." },
    { "trace", EN_FLAG_SWITCH, NULL, "Order and outputs of all steps, too (with --json)." },
    { 0 },
};
static const en_flag prune_flags[] = {
    { "keep", EN_FLAG_COUNT, "N", "Keep the newest N runs." },
    { "older-than", EN_FLAG_TEXT, "AGE", "Delete what was kept longer ago: 30d, 12h." },
    { "max-bytes", EN_FLAG_TEXT, "SIZE", "Keep the newest runs up to this size: 256M." },
    { "dry-run", EN_FLAG_SWITCH, NULL, "Only say what would go." },
    { 0 },
};

static const en_command verb_list = {
    .name = "list",
    .summary = "List kept runs, the newest first.",
    .flags = list_flags,
    .examples = EXAMPLES("enact runs list --status error"),
    .run = run_list,
};
static const en_command verb_show = {
    .name = "show",
    .summary = "Print a kept run: its report, and what it was given and told.",
    .arguments = "RUN",
    .least = 1,
    .most = 1,
    .examples = EXAMPLES("enact runs show 17"),
    .run = run_show,
};
static const en_command verb_replay = {
    .name = "replay",
    .summary = "Run a kept run again, from what was kept, and compare.",
    .arguments = "RUN",
    .least = 1,
    .most = 1,
    .flags = replay_flags,
    .examples = EXAMPLES("enact runs replay 17   # the scenario as it was",
                         "enact runs replay 17 --current limit.json   # as it is now"),
    .run = run_replay,
};
static const en_command verb_prune = {
    .name = "prune",
    .summary = "Delete the oldest runs and give their disk back.",
    .flags = prune_flags,
    .examples = EXAMPLES("enact runs prune --keep 1000 --older-than 30d --dry-run"),
    .run = run_prune,
};

static const en_command *const verbs[] = { &verb_list, &verb_show, &verb_replay, &verb_prune,
                                           NULL };

static const en_flag flags[] = {
    { "db", EN_FLAG_TEXT, "PATH", "The database; the workspace's by default." },
    { 0 },
};

const en_command en_cmd_runs = {
    .name = "runs",
    .summary = "Look at runs that were kept, and run them again.",
    .arguments = "COMMAND …",
    .flags = flags,
    .examples =
        EXAMPLES("enact run limit.json --keep bundles", "enact runs list", "enact runs replay 17"),
    .verbs = verbs,
};

/* run - executes a scenario: once, several times, or once for each recorded event. */
#include "base/replacement.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/run_cassette.h"
#include "cli/run_each.h"
#include "cli/run_keep.h"
#include "cli/run_options.h"
#include "cli/run_trace.h"
#include "cli/setup.h"
#include "flow/contents.h"

#include <string.h>
#include <unistd.h>

typedef struct running {
    en_context *context;
    en_workspace workspace;
    const en_plan *plan;
    en_world world;
    en_run_options options; /* of every execution, but for payload, request, clock and seed */
    en_run_timing timing;
    int64_t now_ms;      /* for stores before and behind the runs: when the last one ended */
    en_run_trace *trace; /* NULL: nobody watches */
    en_keeper *keeper;   /* NULL: no run is kept */
    uint64_t executions;
    uint32_t errors_in_a_row;
    int code;
} running;

/* --- results --- */

static void print_value(en_context *context, en_value value)
{
    if (!en_is(value, EN_TEXT_VALUE)) {
        en_context_print_json(context, value);
        return;
    }
    en_text text = en_value_text(value);
    if (context->out_is_terminal) {
        text = en_out_visible_text(context->arena, text, EN_KEEP_LINES);
    }
    en_out_write(context->out, text);
    en_out_write(context->out, EN_TEXT("\n"));
}

/* What the caller of the webhook gets, else what the scenario gives. */
static void print_result(en_context *context, const en_report *report)
{
    if (!en_is_missing(report->response)) {
        en_value body = en_collection_find(report->response, EN_TEXT("body"));
        if (!en_is_missing(body)) {
            print_value(context, body);
        }
    } else if (!en_is_missing(report->output) && report->status != EN_RUN_ERROR) {
        print_value(context, report->output);
    }
}

static void tell(running *all, en_arena *arena, const en_report *report)
{
    en_context *context = all->context;
    en_arena_mark mark = en_arena_get_mark(context->arena);
    if (context->json) {
        en_context_print_json(context, en_report_value(arena, report));
    } else if (all->trace != NULL) {
        en_run_trace_end(all->trace, report);
    } else if (en_error_is_set(&report->error)) {
        en_run_trace_error(context, all->plan, report);
    }
    if (!context->json) {
        print_result(context, report);
    }
    en_arena_rewind(context->arena, mark);
}

/* --- executions --- */

static bool is_interrupted(const running *all)
{
    return *all->context->interrupted != 0;
}

static void execute(running *all, en_arena *arena, const en_event *event, const char *title)
{
    en_clock clock;
    en_run_timing_clock(&all->timing, event->has_time ? &event->at_ms : NULL,
                        all->context->interrupted, &clock);
    en_run_options options = all->options;
    options.clock = &clock;
    options.payload = event->payload;
    options.request = event->request;
    options.seed += all->executions++; /* or every execution would make the same keys */
    if (all->trace != NULL) {
        en_run_trace_begin(all->trace, title);
    }
    if (all->keeper != NULL) {
        all->keeper->arena = arena;
        en_keeper_begin(all->keeper, &options);
    }
    en_report report;
    en_run_execute(&all->world, all->plan, &options, arena, &report);
    if (all->keeper != NULL &&
        !en_run_keep(all->context, all->keeper, &all->world, &options, &report)) {
        all->code = en_exit_worse(all->code, EN_EXIT_UNAVAILABLE);
    }
    all->now_ms = en_clock_now_ms(&clock);
    bool failed = report.status == EN_RUN_ERROR;
    all->errors_in_a_row = failed ? all->errors_in_a_row + 1 : 0;
    report.active = all->plan->max_errors == 0 || all->errors_in_a_row < all->plan->max_errors;
    tell(all, arena, &report);
    all->code = en_exit_worse(all->code, en_exit_of_run(en_report_exit_code(&report)));
}

static void execute_runs(running *all, const en_event *event, uint64_t runs)
{
    en_arena arena;
    en_arena_init(&arena, all->context->arena->budget);
    for (uint64_t i = 0; i < runs && !is_interrupted(all); i++) {
        const char *title =
            runs > 1 ? en_text_format(&arena, "run %llu of %llu", (unsigned long long)i + 1,
                                      (unsigned long long)runs)
                           .data
                     : NULL;
        execute(all, &arena, event, title);
        en_arena_reset(&arena);
        if (all->plan->max_errors != 0 && all->errors_in_a_row >= all->plan->max_errors &&
            runs > 1) {
            en_context_say(all->context,
                           "The scenario is switched off after %u failed runs in a row.",
                           (unsigned)all->errors_in_a_row);
            break;
        }
    }
    en_arena_done(&arena);
}

/* An event that cannot be read is a failed execution: what it is told to is the same. */
static void refuse_event(running *all, en_arena *arena, const en_error *error)
{
    all->code = en_exit_worse(all->code, EN_EXIT_FAILED);
    if (!all->context->json) {
        en_out_error(all->context, error);
        return;
    }
    en_report report;
    en_report_refuse(all->plan, error, &report);
    en_context_print_json(all->context, en_report_value(arena, &report));
}

static bool execute_events(running *all, const char *path, en_error *error)
{
    en_input_pieces pieces;
    if (!en_input_open(all->context, path, &pieces, error)) {
        return false;
    }
    en_event_source source = { .name = pieces.name,
                               .refill = pieces.refill,
                               .context = pieces.context,
                               .zone = all->options.zone };
    en_event_queue *queue = en_events_open(all->context->arena, &source);
    en_arena arena;
    en_arena_init(&arena, all->context->arena->budget);
    bool found = true;
    for (uint64_t number = 1; found && !is_interrupted(all); number++) {
        en_event event;
        en_error problem;
        en_error_clear(&problem);
        bool read = en_events_next(queue, &arena, &event, &found, &problem);
        if (!read && !found) {
            *error = problem;
            en_arena_done(&arena);
            return is_interrupted(all);
        }
        if (!read) {
            refuse_event(all, &arena, &problem);
        } else if (found) {
            const char *title = en_text_format(&arena, "event %llu (%s:%u)",
                                               (unsigned long long)number, source.name, event.line)
                                    .data;
            execute(all, &arena, &event, title);
        }
        en_arena_reset(&arena);
    }
    en_arena_done(&arena);
    return true;
}

/* --- stores around the run --- */

/* Keys made before the runs are not those that the runs make. */
static en_store_run run_of_stores(const running *all, en_random *random)
{
    if (all->options.seeded) {
        en_random_init_seed(random, ~all->options.seed);
    } else {
        en_random_init_system(random);
    }
    return (en_store_run){ .now_ms = all->now_ms,
                           .random = random,
                           .patterns = en_regex_cache_new(all->context->arena),
                           .shape = EN_RECORD_PAIR,
                           .interrupted = all->context->interrupted,
                           .is_batch = true };
}

static bool fill_stores(running *all, en_error *error)
{
    en_context *context = all->context;
    const char *path = en_context_text(context, "stores");
    if (path == NULL) {
        return true;
    }
    en_value stores;
    en_database *database;
    en_random random;
    en_store_run about = run_of_stores(all, &random);
    const char *from =
        strcmp(path, "-") == 0 ? path : en_text_format(context->arena, "@%s", path).data;
    return en_input_json(context, "--stores", from, EN_JSON_TYPED, &stores, error) &&
           en_world_database(&all->world, &database, error) &&
           en_contents_fill(database, &about, stores, context->arena, error);
}

static bool write_file(en_context *context, const char *path, en_value value, en_error *error)
{
    en_replacement file;
    if (!en_replacement_open(context->arena, path, &file, error)) {
        return false;
    }
    en_out_write(file.stream, en_json_text(context->arena, value, EN_JSON_TYPED | EN_JSON_PRETTY));
    en_out_write(file.stream, EN_TEXT("\n"));
    return en_replacement_done(&file, error);
}

/* A run without store operations made no database, and looking at it must not either. */
static bool has_database(const running *all)
{
    const char *path = all->world.database_options.path;
    return all->world.database != NULL || strstr(path, "://") != NULL || access(path, F_OK) == 0;
}

static bool dump_stores(running *all, en_error *error)
{
    en_context *context = all->context;
    const char *path = en_context_text(context, "dump-stores");
    if (path == NULL) {
        return true;
    }
    en_collection_builder none;
    en_collection_builder_init(&none, context->arena);
    en_value stores = en_collection_builder_take(&none);
    en_database *database;
    en_random random;
    en_store_run about = run_of_stores(all, &random);
    if (has_database(all) &&
        (!en_world_database(&all->world, &database, error) ||
         !en_contents_dump(database, &about, context->arena, &stores, error))) {
        return false;
    }
    if (strcmp(path, "-") != 0) {
        return write_file(context, path, stores, error);
    }
    en_out_json(context, stores, EN_JSON_TYPED, false);
    return true;
}

/* --- the command --- */

static bool load(running *all, int *code)
{
    en_context *context = all->context;
    const char *file = context->arguments[0];
    if (!en_setup_workspace(context, file, &all->workspace, code)) {
        return false;
    }
    en_problems problems;
    en_problems_init(&problems, context->arena);
    en_load_options options = en_setup_load_options(context, &all->workspace);
    options.variables = en_run_variable_names(context, &options.variable_count);
    all->plan = en_scenario_load(context->arena, file, &options, &problems);
    en_problems_sort(&problems);
    if (all->plan != NULL) {
        en_out_problems(context, &problems);
        return true;
    }
    en_context_print_problems(context, &problems);
    *code = en_problems_exit_code(&problems);
    return false;
}

/* One execution over all of them. */
static bool execute_bound(running *all, en_run_each *each, en_error *error)
{
    en_arena arena;
    en_report report;
    en_clock clock;
    bool ran = false;
    en_arena_init(&arena, NULL);
    all->options.clock = &clock;
    en_run_timing_clock(&all->timing, NULL, all->context->interrupted, &clock);
    if (all->trace != NULL) {
        en_run_trace_begin(all->trace, NULL);
    }
    bool done = en_run_each_bound(each, &arena, &report, &ran, error);
    all->code = each->code;
    if (done && ran) {
        tell(all, &arena, &report);
        all->code = en_exit_of_run(en_report_exit_code(&report));
    }
    en_arena_done(&arena);
    return done;
}

static bool execute_records(running *all, en_error *error)
{
    en_run_each each = { .context = all->context,
                         .plan = all->plan,
                         .world = &all->world,
                         .options = &all->options,
                         .timing = &all->timing };
    if (en_context_text(all->context, "as") != NULL) {
        return execute_bound(all, &each, error);
    }
    bool done = en_run_each_record(&each, error);
    all->code = each.code;
    return done;
}

static bool execute_all(running *all, const en_event *event, en_error *error)
{
    en_context *context = all->context;
    const char *events = en_context_text(context, "events");
    const char *file = en_context_text(context, "each");
    if (file == NULL && !en_run_each_check(context, error)) {
        return false;
    }
    all->now_ms = all->timing.now_ms;
    if (!fill_stores(all, error)) {
        return false;
    }
    en_context_watch_signals(context);
    all->options.interrupted = context->interrupted;
    if (file != NULL) {
        return execute_records(all, error) && dump_stores(all, error);
    }
    if (events != NULL) {
        return execute_events(all, events, error) && dump_stores(all, error);
    }
    uint64_t runs = 1;
    (void)en_context_count(context, "runs", &runs);
    execute_runs(all, event, runs);
    return dump_stores(all, error);
}

static int run_run(en_context *context)
{
    running *all = EN_NEW(context->arena, running);
    all->context = context;
    int code = EN_EXIT_DONE;
    if (!load(all, &code)) {
        return code;
    }
    en_error error;
    en_error_clear(&error);
    en_event event;
    en_world_init(&all->world);
    bool done =
        en_run_read_world(context, &all->workspace, all->plan, &all->world, &error) &&
        en_run_read_options(context, &all->workspace, &all->world, &all->options, &error) &&
        en_run_read_timing(context, all->options.zone, &all->timing, &error) &&
        en_run_read_event(context, &event, &error) &&
        en_run_cassette_open(context, &all->workspace, &all->world, &all->options, &error) &&
        en_run_keeper_open(context, &all->workspace, &all->world, &all->keeper, &error);
    if (done && !context->json && !context->quiet) {
        all->trace = en_run_trace_new(context, all->plan, all->options.trace);
        all->options.observer = &all->trace->observer;
    }
    if (done) {
        done = execute_all(all, &event, &error);
        done = en_run_cassette_close(context, &all->options, &error) && done;
    }
    en_world_done(&all->world);
    if (!done) {
        return en_context_fail(context, &error);
    }
    return is_interrupted(all) ? EN_EXIT_INTERRUPTED : all->code;
}

static const en_flag flags[] = {
    { "input", EN_FLAG_TEXT, "JSON|@FILE|-", "The trigger's payload." },
    { "header", EN_FLAG_MANY, "NAME=VALUE", "A header of the request that starts the run." },
    { "events", EN_FLAG_TEXT, "FILE", "Run once for each {\"data\", \"headers\"?, \"at\"?} line." },
    { "runs", EN_FLAG_COUNT, "N", "Run N times in a row." },
    { "each", EN_FLAG_TEXT, "FILE", "Run once for each record of a CSV or JSON file." },
    { "set", EN_FLAG_MANY, "NAME=TEXT", "Set a variable; NAME:=JSON for other than text." },
    { "db", EN_FLAG_TEXT, "PATH", "The database of the data stores, or :memory:." },
    EN_RUN_FLAGS_TIME,
    EN_RUN_FLAGS_MOCKS,
    { "stores", EN_FLAG_TEXT, "FILE", "Initial data stores; in memory unless --db is given." },
    { "dump-stores", EN_FLAG_TEXT, "FILE|-", "Write all data stores behind the run." },
    EN_RUN_FLAGS_NET,
    { "keep", EN_FLAG_TEXT, "WHAT", "Keep of the run: nothing, counts or bundles (enact runs)." },
    { "record", EN_FLAG_TEXT, "FILE", "Write all exchanges with the outside to a cassette." },
    { "trace", EN_FLAG_SWITCH, NULL, "Keep order and outputs of all steps." },
    { "lenient", EN_FLAG_SWITCH, NULL, "Allow comments and placeholders in the file." },
    { 0 },
};

static const en_flag limit_flags[] = {
    EN_RUN_FLAGS_LIMITS,
    { "trace-limit", EN_FLAG_COUNT, "N", "Keep at most N bundles of a step, with --trace." },
    { 0 },
};

static const char *const limit_examples[] = {
    "enact run sync.json --timeout 40m --max-operations 10000",
    "enact run large.json --max-memory 4G --trace --trace-limit 10 --json",
    NULL,
};

static const en_flag_topic topics[] = {
    { "limits", "Limits of time, memory and operations", limit_flags, limit_examples },
    { "each", "Records (--each)", en_run_each_flags, en_run_each_examples },
    { 0 },
};

static const char *const examples[] = {
    "enact run order.json --input '{\"id\": 7}'",
    "enact run limit.json --events recorded.jsonl --json",
    "enact run upsert.json --each customers.csv --on-error skip",
    "enact run sync.json --cassette recorded.json --clock virtual --now 2026-03-02T09:00:00Z",
    NULL,
};

const en_command en_cmd_run = {
    .name = "run",
    .summary = "Run a scenario.",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .flags = flags,
    .topics = topics,
    .examples = examples,
    .run = run_run,
};

/* replay - plays recorded events against a scenario, each at its own time. */
#include "cli/input.h"
#include "cli/output.h"
#include "cli/replay_show.h"
#include "cli/run_options.h"
#include "cli/setup.h"
#include "value/csv.h"

#include <string.h>

/* Of a replay that names no time: the same one for every replay. */
static const int64_t default_start_ms = 946684800000; /* 2000-01-01T00:00:00Z */

typedef struct replaying {
    en_context *context;
    en_workspace workspace;
    const en_plan *plan;
    en_world world;
    en_replay_options options;
    en_replay replay;
} replaying;

static bool load(replaying *all, const char *file, int *code)
{
    en_context *context = all->context;
    if (!en_setup_workspace(context, file, &all->workspace, code)) {
        return false;
    }
    en_problems problems;
    en_problems_init(&problems, context->arena);
    en_load_options options = en_setup_load_options(context, &all->workspace);
    options.variables = en_run_variable_names(context, &options.variable_count);
    all->plan = en_scenario_load(context->arena, file, &options, &problems);
    en_problems_sort(&problems);
    if (all->plan == NULL) {
        en_context_print_problems(context, &problems);
        *code = EN_EXIT_INVALID;
        return false;
    }
    en_out_problems(context, &problems);
    return true;
}

/* Stores in memory, perhaps with the content of a database; no network unless asked for. */
static bool read_world(replaying *all, en_error *error)
{
    en_context *context = all->context;
    const char *original = en_context_text(context, "db");
    if (!en_run_read_world(context, &all->workspace, all->plan, &all->world, error)) {
        return false;
    }
    all->world.database_options.path = ":memory:";
    if (original != NULL && strcmp(original, ":memory:") != 0) {
        all->world.database_options.copy_of = original;
    }
    const char *const *unused;
    all->world.egress.none |= en_context_many(context, "allow-net", &unused) == 0;
    return true;
}

static bool read_file(en_context *context, const char *flag, unsigned flags, en_value *value,
                      en_error *error)
{
    const char *path = en_context_text(context, flag);
    if (path == NULL) {
        return true;
    }
    const char *from =
        strcmp(path, "-") == 0 ? path : en_text_format(context->arena, "@%s", path).data;
    return en_input_json(context, flag, from, flags, value, error);
}

static bool read_options(replaying *all, en_error *error)
{
    en_context *context = all->context;
    en_replay_options *options = &all->options;
    const char *now = en_context_text(context, "now");
    en_player_options *player = &options->player;
    *options = (en_replay_options){ .stores = en_null(),
                                    .expect = en_nothing(),
                                    .keeps_contents = context->json,
                                    .most_changes = 20 };
    (void)en_context_count(context, "changes", &options->most_changes);
    *player = (en_player_options){ .world = &all->world,
                                   .plan = all->plan,
                                   .start_ms = default_start_ms };
    if (!en_run_read_options(context, &all->workspace, &all->world, &player->run, error) ||
        (now != NULL && !en_input_moment("--now", en_text_from(now), player->run.zone,
                                         &player->start_ms, error))) {
        return false;
    }
    player->seed = player->run.seed;
    player->run.interrupted = context->interrupted;
    return read_file(context, "stores", EN_JSON_TYPED, &options->stores, error) &&
           read_file(context, "expect", 0, &options->expect, error);
}

/* --- events --- */

static bool read_source(en_context *context, const char *path, const en_zone *zone,
                        en_event_source *source, en_error *error)
{
    const char *const *words;
    size_t count = en_context_many(context, "map", &words);
    const char *delimiter = en_context_text(context, "delimiter");
    en_event_column *columns;
    en_input_pieces pieces;
    if (!en_event_columns_read(context->arena, words, count, &columns, error) ||
        !en_input_open(context, path, &pieces, error)) {
        return false;
    }
    *source = (en_event_source){ .name = pieces.name,
                                 .refill = pieces.refill,
                                 .context = pieces.context,
                                 .is_csv = count != 0 || delimiter != NULL ||
                                           en_text_ends(en_text_from(path), EN_TEXT(".csv")),
                                 .columns = columns,
                                 .column_count = count,
                                 .zone = zone };
    en_error inner;
    en_error_clear(&inner);
    if (delimiter == NULL ||
        en_csv_delimiter(en_text_from(delimiter), &source->delimiter, &inner)) {
        return true;
    }
    return en_error_set(error, EN_UsageError, "--delimiter: %s", inner.message);
}

/* --- the command --- */

static int exit_code(const replaying *all)
{
    const en_replay *replay = &all->replay;
    if (replay->summary.violated != 0) {
        return EN_EXIT_TEST_FAILED;
    }
    if (replay->limit_code != 0) {
        return replay->limit_code;
    }
    return replay->summary.unread != 0 ? EN_EXIT_FAILED : EN_EXIT_DONE;
}

static bool play(replaying *all, en_error *error)
{
    en_context *context = all->context;
    en_event_source source;
    if (!read_source(context, context->arguments[1], all->options.player.run.zone, &source,
                     error)) {
        return false;
    }
    en_replay_show *show = en_replay_show_new(context, source.name);
    all->options.listener = &show->listener;
    bool done = en_replay_run(context->arena, &all->options,
                              en_events_open(context->arena, &source), &all->replay, error);
    en_replay_show_end(show);
    if (!done) {
        return false;
    }
    if (context->json) {
        en_context_print_json(context, en_summary_value(&all->replay.summary, context->arena));
    } else {
        en_replay_show_summary(context, &all->replay);
    }
    en_replay_show_rest(show, &all->replay);
    return true;
}

static int run_replay(en_context *context)
{
    replaying *all = EN_NEW(context->arena, replaying);
    all->context = context;
    int code = EN_EXIT_DONE;
    if (!load(all, context->arguments[0], &code)) {
        return code;
    }
    en_error error;
    en_error_clear(&error);
    en_context_watch_signals(context);
    en_world_init(&all->world);
    bool done = read_world(all, &error) && read_options(all, &error) && play(all, &error);
    en_world_done(&all->world);
    if (*context->interrupted != 0) {
        return EN_EXIT_INTERRUPTED;
    }
    return done ? exit_code(all) : en_context_fail(context, &error);
}

static const en_flag flags[] = {
    { "expect", EN_FLAG_TEXT, "FILE", "What the summary (--json) must hold." },
    { "db", EN_FLAG_TEXT, "PATH", "Begin with a copy of this database; it stays as it is." },
    { "stores", EN_FLAG_TEXT, "FILE", "Begin with these data stores." },
    { "map", EN_FLAG_MANY, "PATH=COLUMN", "Where a column of CSV belongs; PATH:=COLUMN is JSON." },
    { "delimiter", EN_FLAG_TEXT, "CHAR", "Of CSV; a comma if not given." },
    { "changes", EN_FLAG_COUNT, "N", "Records of each kind of change that --json shows (20)." },
    { "now", EN_FLAG_TEXT, "ISO", "The time of events before the first that has one." },
    { "tz", EN_FLAG_TEXT, "ZONE", "The scenario's time zone." },
    { "seed", EN_FLAG_COUNT, "N", "Other random values and generated keys." },
    { "set", EN_FLAG_MANY, "NAME=TEXT", "Set a variable; NAME:=JSON for other than text." },
    EN_RUN_FLAGS_MOCKS,
    { "allow-net", EN_FLAG_MANY, "HOST", "HOST[:PORT] or private; nothing if not given." },
    EN_RUN_FLAGS_LIMITS,
    { "lenient", EN_FLAG_SWITCH, NULL, "Allow comments and placeholders in the file." },
    { 0 },
};

static const char *const examples[] = {
    "enact replay limit.json monday.jsonl",
    "enact replay limit.json access.csv --map data.userId=user --map at=time",
    "enact replay session.json monday.jsonl --db shop.db --expect counts.json --json",
    NULL,
};

const en_command en_cmd_replay = {
    .name = "replay",
    .summary = "Play recorded events against a scenario, each at its own time.",
    .arguments = "SCENARIO EVENTS",
    .least = 2,
    .most = 2,
    .flags = flags,
    .examples = examples,
    .run = run_replay,
};

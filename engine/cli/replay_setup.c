#include "cli/replay_setup.h"

#include "cli/input.h"
#include "cli/output.h"
#include "cli/run_cassette.h"
#include "cli/run_options.h"
#include "cli/setup.h"
#include "value/csv.h"

#include <string.h>

/* Of a replay that names no time: the same one for every replay. */
static const int64_t default_start_ms = 946684800000; /* 2000-01-01T00:00:00Z */

bool en_replay_side_load(en_context *context, const char *file, en_replay_side *side, int *code)
{
    if (!en_setup_workspace(context, file, &side->workspace, code)) {
        return false;
    }
    en_problems problems;
    en_problems_init(&problems, context->arena);
    en_load_options options = en_setup_load_options(context, &side->workspace);
    options.variables = en_run_variable_names(context, &options.variable_count);
    side->plan = en_scenario_load(context->arena, file, &options, &problems);
    en_problems_sort(&problems);
    if (side->plan == NULL) {
        en_context_print_problems(context, &problems);
        *code = en_problems_exit_code(&problems);
        return false;
    }
    en_out_problems(context, &problems);
    return true;
}

/* Stores in memory, perhaps with the content of a database; no network unless asked for. */
static bool read_world(en_context *context, en_replay_side *side, en_error *error)
{
    const char *original = en_context_text(context, "db");
    if (!en_run_read_world(context, &side->workspace, side->plan, &side->world, error)) {
        return false;
    }
    side->world.database_options.path = ":memory:";
    if (original != NULL && strcmp(original, ":memory:") != 0) {
        side->world.database_options.copy_of = original;
    }
    const char *const *unused;
    side->world.egress.none |= en_context_many(context, "allow-net", &unused) == 0;
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

bool en_replay_side_read(en_context *context, en_replay_side *side, en_error *error)
{
    en_replay_options *options = &side->options;
    const char *now = en_context_text(context, "now");
    en_player_options *player = &options->player;
    *options = (en_replay_options){ .stores = en_null(),
                                    .expect = en_nothing(),
                                    .keeps_contents = context->json,
                                    .most_changes = 20 };
    (void)en_context_count(context, "changes", &options->most_changes);
    *player = (en_player_options){ .world = &side->world,
                                   .plan = side->plan,
                                   .start_ms = default_start_ms };
    if (!read_world(context, side, error) ||
        !en_run_read_options(context, &side->workspace, &side->world, &player->run, error) ||
        (now != NULL && !en_input_moment("--now", en_text_from(now), player->run.zone,
                                         &player->start_ms, error))) {
        return false;
    }
    player->seed = player->run.seed;
    player->redactor = en_run_redactor(context, &side->workspace, &side->world);
    player->run.interrupted = context->interrupted;
    player->watches = en_context_text(context, "html") != NULL;
    return en_run_cassette_open(context, &side->workspace, &side->world, &player->run, error) &&
           read_file(context, "stores", EN_JSON_TYPED, &options->stores, error) &&
           read_file(context, "expect", 0, &options->expect, error);
}

/* --- events --- */

bool en_replay_source(en_context *context, const char *path, const en_zone *zone,
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

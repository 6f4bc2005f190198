#include "replay/session.h"

#include "flow/contents.h"

/* The greatest of 5, 6 and 7 counts; errors of a scenario's own are what a replay is about. */
static void note_code(en_replay *replay, const en_outcome *outcome)
{
    enum { LEAST = 5, MOST = 7 };
    int code = en_report_exit_code(&outcome->report);
    if (!outcome->expected && code >= LEAST && code <= MOST && code > replay->limit_code) {
        replay->limit_code = code;
    }
}

typedef struct playing {
    const en_replay_options *options;
    en_replay *replay;
} playing;

static bool play_event(void *owner, const en_event *event, en_arena *arena, en_error *error)
{
    const playing *at = owner;
    en_replay_listener *listener = at->options->listener;
    en_outcome outcome;
    if (!en_player_play(at->replay->player, event, arena, &outcome, error)) {
        return false;
    }
    const en_violation *violation = en_summary_add(&at->replay->summary, event, &outcome);
    note_code(at->replay, &outcome);
    return listener == NULL || listener->played(listener, event, &outcome, violation, arena, error);
}

static void leave_out(void *owner, const en_error *error)
{
    const playing *at = owner;
    at->replay->summary.unread++;
    if (at->options->listener != NULL) {
        at->options->listener->unread(at->options->listener, error);
    }
}

static bool play_all(const en_replay_options *options, en_event_queue *queue, en_replay *replay,
                     en_error *error)
{
    playing at = { options, replay };
    const en_event_visitor visitor = { play_event, leave_out, &at };
    return en_events_visit(queue, &visitor, error);
}

static bool look(const en_replay_options *options, en_replay *replay, en_arena *arena,
                 en_stores_look *seen, en_error *error)
{
    return options->keeps_contents ? en_stores_contents(replay->player, arena, seen, error)
                                   : en_stores_sizes(replay->player, arena, seen, error);
}

bool en_replay_fill(const en_replay_options *options, en_player *player, en_arena *arena,
                    en_error *error)
{
    en_database *database;
    en_store_run run = en_player_store_run(player);
    return en_is_missing(options->stores) ||
           (en_world_database(options->player.world, &database, error) &&
            en_contents_fill(database, &run, options->stores, arena, error));
}

static void check_summary(const en_replay_options *options, en_replay *replay, en_arena *arena)
{
    if (options->expect.tag == EN_NOTHING) {
        return;
    }
    en_value actual = en_summary_value(&replay->summary, arena);
    en_random random;
    en_random_init_seed(&random, options->player.seed);
    en_comparison with = { .arena = arena,
                           .rules = options->player.plan->rules,
                           .names = actual,
                           .now_ms = replay->summary.to_ms,
                           .zone = options->player.run.zone,
                           .zones = options->player.world->zones,
                           .random = &random,
                           .patterns = en_regex_cache_new(arena) };
    en_differences differences = { 0 };
    if (!en_expect(&with, EN_TEXT(""), options->expect, actual, &differences)) {
        (void)en_summary_violate(&replay->summary, 0, &differences);
    }
}

bool en_replay_run(en_arena *arena, const en_replay_options *options, en_event_queue *queue,
                   en_replay *replay, en_error *error)
{
    *replay = (en_replay){ 0 };
    en_summary_init(&replay->summary, arena, options->player.plan);
    if (!en_player_open(arena, &options->player, &replay->player, error) ||
        !en_replay_fill(options, replay->player, arena, error) ||
        !look(options, replay, arena, &replay->before, error) ||
        !play_all(options, queue, replay, error) || !en_player_settle(replay->player, error) ||
        !look(options, replay, arena, &replay->after, error)) {
        return false;
    }
    static const en_difference_words words = { "before", "after" };
    replay->summary.stores =
        en_stores_difference(arena, &replay->before, &replay->after, options->most_changes, &words);
    check_summary(options, replay, arena);
    return true;
}

#include "replay/replay.h"

#include "replay/watch.h"
#include "store/batch.h"

#include <string.h>

enum { MOST_ROUTES = 256 };

struct en_player {
    en_player_options options;
    en_arena *arena;
    en_database *database;
    en_batch *batch;
    en_step_count *counts;
    en_watch_steps watch;
    en_random random; /* of what stands around the events */
    en_regex_cache *patterns;
    uint64_t played;
    int64_t at_ms;
    en_text routes[MOST_ROUTES]; /* the different texts of routes, made once */
    size_t route_count;
    uint64_t route_sets[MOST_ROUTES]; /* hashes of the steps entered */
};

bool en_player_open(en_arena *arena, const en_player_options *options, en_player **made,
                    en_error *error)
{
    en_player *player = EN_NEW(arena, en_player);
    player->options = *options;
    player->arena = arena;
    player->at_ms = options->start_ms;
    player->patterns = en_regex_cache_new(arena);
    en_random_init_seed(&player->random, ~options->seed);
    player->counts =
        en_arena_zero(arena, (options->plan->count + (size_t)1) * sizeof *player->counts);
    if (!en_world_database(options->world, &player->database, error)) {
        return false;
    }
    en_batch_options batch = { .interrupted = options->run.interrupted, .tells_nobody = true };
    player->batch = en_batch_open(player->database, &batch, arena);
    *made = player;
    return true;
}

const en_player_options *en_player_about(const en_player *player)
{
    return &player->options;
}

void en_player_stop_watching(en_player *player)
{
    player->options.watches = false;
}

en_store_run en_player_store_run(en_player *player)
{
    return (en_store_run){ .now_ms = player->at_ms,
                           .random = &player->random,
                           .patterns = player->patterns,
                           .shape = EN_RECORD_PAIR,
                           .interrupted = player->options.run.interrupted,
                           .is_batch = true,
                           .batch = player->batch };
}

bool en_player_settle(en_player *player, en_error *error)
{
    return en_batch_commit(player->batch, error);
}

/* --- routes --- */

static bool is_route(const en_step *step)
{
    return step->kind == EN_STEP_GATE && step->id == EN_NO_STEP && step->label.length != 0;
}

static en_text join_labels(en_player *player)
{
    en_builder out;
    en_builder_init(&out, player->arena);
    for (uint32_t i = 0; i < player->options.plan->count; i++) {
        const en_step *step = &player->options.plan->steps[i];
        if (is_route(step) && player->counts[i].entered != 0) {
            en_builder_add(&out, out.length != 0 ? EN_TEXT(", ") : EN_TEXT(""));
            en_builder_add(&out, step->label);
        }
    }
    return en_builder_take(&out);
}

/* The same routes give the same text, which is made once. */
static en_text route_taken(en_player *player)
{
    uint64_t set = 0;
    for (uint32_t i = 0; i < player->options.plan->count; i++) {
        if (player->counts[i].entered != 0 && is_route(&player->options.plan->steps[i])) {
            set = (set ^ (i + 1)) * 0x9E3779B97F4A7C15u;
            set ^= set >> 29;
        }
    }
    for (size_t i = 0; i < player->route_count; i++) {
        if (player->route_sets[i] == set) {
            return player->routes[i];
        }
    }
    en_text text = join_labels(player);
    if (player->route_count < MOST_ROUTES) {
        player->route_sets[player->route_count] = set;
        player->routes[player->route_count++] = text;
    }
    return text;
}

/* --- outcomes --- */

static int response_status(const en_report *report)
{
    int64_t status = 0;
    return en_value_integer(en_collection_find(report->response, EN_TEXT("status")), &status) &&
                   status > 0 && status < 1000
               ? (int)status
               : 0;
}

static en_text name_outcome(en_arena *arena, const en_outcome *outcome)
{
    const en_report *report = &outcome->report;
    bool failed = report->status == EN_RUN_ERROR;
    en_text name = outcome->route;
    if (name.length == 0) {
        name = en_text_from(failed ? en_error_name(report->error.type)
                                   : en_run_status_name(report->status));
    }
    if (outcome->status != 0) {
        return en_text_format(arena, "%.*s %d", EN_TEXT_ARG(name), outcome->status);
    }
    return failed && outcome->route.length != 0
               ? en_text_format(arena, "%.*s %s", EN_TEXT_ARG(name),
                                en_error_name(report->error.type))
               : name;
}

en_value en_outcome_value(en_arena *arena, const en_outcome *outcome)
{
    en_value report = en_report_value(arena, &outcome->report);
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    for (uint32_t i = 0; i < en_collection_count(report); i++) {
        const en_member *member = &en_collection_members(report)[i];
        en_collection_builder_add(&object, member->name, member->value);
    }
    en_collection_builder_add(&object, EN_TEXT("route"), en_text_value(outcome->route));
    en_collection_builder_add(&object, EN_TEXT("outcome"), en_text_value(outcome->name));
    return en_collection_builder_take(&object);
}

static void compare(en_player *player, const en_event *event, en_arena *arena, en_outcome *outcome)
{
    const en_run_options *run = &player->options.run;
    outcome->expected = event->expect.tag != EN_NOTHING;
    if (!outcome->expected) {
        return;
    }
    en_value actual = en_outcome_value(arena, outcome);
    en_comparison with = { .arena = arena,
                           .rules = player->options.plan->rules,
                           .names = actual,
                           .now_ms = outcome->at_ms,
                           .zone = run->zone,
                           .zones = player->options.world->zones,
                           .random = &player->random,
                           .patterns = player->patterns };
    if (!en_expect(&with, EN_TEXT(""), event->expect, actual, &outcome->differences) &&
        outcome->differences.count == 0) {
        outcome->differences.count = 1;
    }
}

/* --- events --- */

/* What the outside answers: exchanges as on a cassette, found by their request; or {"<step id or
 * module>": answer}, before all other mocks. */
static bool read_answers(const en_player *player, const en_event *event, en_arena *arena,
                         en_run_options *options, en_error *error)
{
    if (en_is_missing(event->http)) {
        return true;
    }
    if (en_is(event->http, EN_ARRAY) || en_collection_has(event->http, EN_TEXT("exchanges"))) {
        bool read = en_cassette_read(arena, EN_TEXT("http"), event->http, EN_CASSETTE_LOOSE,
                                     player->options.redactor, &options->cassette, error);
        if (!read) {
            en_error_prefix_path(error, EN_TEXT("http"));
        }
        return read;
    }
    const en_mocks *answers;
    if (!en_mocks_read(arena, event->http, &answers, error)) {
        en_error_prefix_path(error, EN_TEXT("http"));
        return false;
    }
    options->mocks = en_mocks_join(arena, answers, player->options.run.mocks);
    return true;
}

/* An event whose answers cannot be read fails before it begins. */
static void refuse(const en_player *player, const en_error *error, en_report *report)
{
    en_report_refuse(player->options.plan, error, report);
    report->started_ms = player->at_ms;
}

static void execute(en_player *player, const en_event *event, en_arena *arena, en_outcome *outcome)
{
    en_clock clock;
    en_clock_init_virtual(&clock, outcome->at_ms);
    clock.interrupted = player->options.run.interrupted;
    en_run_options options = player->options.run;
    options.payload = event->payload;
    options.request = event->request;
    options.clock = &clock;
    options.seeded = true;
    options.seed = player->options.seed + outcome->number;
    options.batch = player->batch;
    options.is_batch = true;
    options.counts = player->counts;
    if (player->options.watches) {
        en_watch_steps_begin(&player->watch, arena);
        options.observer = &player->watch.observer;
    }
    memset(player->counts, 0, player->options.plan->count * sizeof *player->counts);
    en_error error;
    en_error_clear(&error);
    if (read_answers(player, event, arena, &options, &error)) {
        en_run_execute(player->options.world, player->options.plan, &options, arena,
                       &outcome->report);
    } else {
        refuse(player, &error, &outcome->report);
    }
}

/* In a transaction that has made a table every undoing of an execution costs reading the schema again,
 * and most stores are made by the first events: their transactions are short. */
static bool commits_now(uint64_t played)
{
    return (played & (played - 1)) == 0;
}

bool en_player_play(en_player *player, const en_event *event, en_arena *arena, en_outcome *outcome,
                    en_error *error)
{
    *outcome = (en_outcome){ .number = ++player->played,
                             .at_ms = event->has_time ? event->at_ms : player->at_ms,
                             .steps = en_null() };
    outcome->is_late = event->has_time && event->at_ms < player->at_ms;
    player->at_ms = outcome->is_late ? player->at_ms : outcome->at_ms;
    execute(player, event, arena, outcome);
    outcome->route = route_taken(player);
    outcome->status = response_status(&outcome->report);
    outcome->name = name_outcome(arena, outcome);
    if (player->options.watches) {
        outcome->steps = en_watch_steps_take(&player->watch);
    }
    compare(player, event, arena, outcome);
    const volatile int *interrupted = player->options.run.interrupted;
    if (interrupted != NULL && *interrupted != 0) {
        return en_error_set(error, EN_ExecutionInterruptedError, "interrupted");
    }
    return commits_now(player->played) ? en_batch_commit(player->batch, error)
                                       : en_batch_next(player->batch, error);
}

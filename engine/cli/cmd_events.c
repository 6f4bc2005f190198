/* events - makes a stream of events for replays and tests. */
#include "cli/input.h"
#include "cli/output.h"
#include "replay/stream.h"
#include "value/number.h"

#include <string.h>

static const char default_shape[] = "{\"data\":{\"key\":\"key-{{key}}\"}}";
static const int64_t default_from_ms = 946684800000; /* 2000-01-01T00:00:00Z */

static void close_zones(void *zones)
{
    en_zones_free(zones);
}

static bool read_spacing(en_context *context, en_stream_options *options, en_error *error)
{
    const char *spacing = en_context_text(context, "spacing");
    const char *rate = en_context_text(context, "rate");
    const char *burst = en_context_text(context, "burst");
    options->is_fixed = spacing != NULL && strcmp(spacing, "fixed") == 0;
    if (spacing != NULL && !options->is_fixed && strcmp(spacing, "poisson") != 0) {
        return en_error_set(error, EN_UsageError, "--spacing is poisson or fixed, not '%s'",
                            spacing);
    }
    return (rate == NULL || en_stream_read_rate(en_text_from(rate), &options->rate, error)) &&
           (burst == NULL || en_stream_read_burst(en_text_from(burst), options, error));
}

static bool read_keys(en_context *context, en_stream_options *options, en_error *error)
{
    const char *skew = en_context_text(context, "zipf");
    (void)en_context_count(context, "keys", &options->keys);
    if (skew == NULL) {
        return true;
    }
    en_value number;
    bool read = en_number_read_json(en_text_from(skew), &number);
    options->skew = read ? en_value_number(number) : -1;
    return (options->skew >= 0 && options->skew <= 100) ||
           en_error_set(error, EN_UsageError, "--zipf takes a number from 0 to 100, not '%s'",
                        skew);
}

static bool read_options(en_context *context, en_stream_options *options, en_error *error)
{
    const char *from = en_context_text(context, "from");
    const char *zone = en_context_text(context, "tz");
    const char *shape = context->argument_count != 0 ? context->arguments[0] : default_shape;
    *options = (en_stream_options){
        .from_ms = default_from_ms, .rate = 1, .keys = 10, .skew = 1, .zones = en_zones_new()
    };
    en_arena_defer(context->arena, close_zones, options->zones);
    (void)en_context_count(context, "seed", &options->seed);
    return (zone == NULL ||
            en_input_zone(options->zones, en_text_from(zone), &options->zone, error)) &&
           (from == NULL || en_input_moment("--from", en_text_from(from), options->zone,
                                            &options->from_ms, error)) &&
           read_spacing(context, options, error) && read_keys(context, options, error) &&
           en_input_json(context, "TEMPLATE", shape, 0, &options->shape, error);
}

static bool print_events(en_context *context, en_stream *stream, uint64_t count, en_error *error)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    bool done = true;
    for (uint64_t i = 0; done && i < count && *context->interrupted == 0; i++) {
        en_value event;
        done = en_stream_next(stream, &arena, &event, error);
        if (done) {
            en_out_json(context, event, 0, true);
        }
        en_arena_reset(&arena);
    }
    en_arena_done(&arena);
    return done;
}

static int run_events(en_context *context)
{
    uint64_t count = 100;
    (void)en_context_count(context, "count", &count);
    en_error error;
    en_error_clear(&error);
    en_stream_options options;
    en_stream *stream;
    en_context_watch_signals(context);
    if (!read_options(context, &options, &error) ||
        !en_stream_open(context->arena, &options, &stream, &error) ||
        !print_events(context, stream, count, &error)) {
        return en_context_fail(context, &error);
    }
    return *context->interrupted != 0 ? EN_EXIT_INTERRUPTED : EN_EXIT_DONE;
}

static const en_flag flags[] = {
    { "count", EN_FLAG_COUNT, "N", "How many events (100)." },
    { "rate", EN_FLAG_TEXT, "RATE", "5/s, 100/m, 2/h …: how often on average (1/s)." },
    { "spacing", EN_FLAG_TEXT, "KIND", "poisson (default), or fixed." },
    { "burst", EN_FLAG_TEXT, "BURST", "10m:30s:8: every 10 minutes, for 30 s, 8 times as many." },
    { "keys", EN_FLAG_COUNT, "N", "How many different keys (10)." },
    { "zipf", EN_FLAG_TEXT, "S", "How much the first keys prevail (1); 0: all alike." },
    { "from", EN_FLAG_TEXT, "ISO", "When it begins (2000-01-01)." },
    { "tz", EN_FLAG_TEXT, "ZONE", "The time zone of --from and of templates." },
    { "seed", EN_FLAG_COUNT, "N", "Other times, keys and random values." },
    { 0 },
};

static const char *const examples[] = {
    "enact events --count 10000 --rate 2/s --keys 50 > calls.jsonl",
    "enact events '{\"data\": {\"userId\": \"u-{{key}}\", \"n\": \"{{number}}\"}}' --burst "
    "10m:30s:8",
    "enact events @event.json --spacing fixed --rate 1/m --from 2026-03-02T09:00:00Z",
    NULL,
};

const en_command en_cmd_events = {
    .name = "events",
    .summary = "Make a stream of events: random, but the same for the same seed.",
    .arguments = "[TEMPLATE]",
    .most = 1,
    .flags = flags,
    .examples = examples,
    .run = run_events,
};

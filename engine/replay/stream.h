/* stream - events that nobody recorded: made from a template, a rate, keys and a seed.
 *
 * Shape:    times come at a fixed rate or as a Poisson process, faster in bursts; keys are 1 to
 *           `keys`, of which by Zipf's law the first come most often. The template is JSON with
 *           templates of the list dialect; they know `key`, `number` (of the event), `burst`
 *           (whether it falls into one) and all that depends on time and chance.
 * Units:    times in milliseconds, rates in events a second.
 * Lifetime: the stream lives in the arena it was opened in, events in the arena passed.
 * Errors:   UsageError for options and templates that make no sense, DataError when a template fails.
 * Threads:  one thread.
 */
#ifndef EN_REPLAY_STREAM_H
#define EN_REPLAY_STREAM_H

#include "expr/mapping.h"

enum { EN_STREAM_KEYS = 1000000 };

typedef struct en_stream_options {
    int64_t from_ms;
    double rate;
    bool is_fixed; /* else Poisson */
    uint64_t keys;
    double skew;             /* Zipf's exponent; 0: all keys alike */
    int64_t burst_every_ms;  /* 0: no bursts */
    int64_t burst_length_ms; /* at the end of each period */
    double burst_factor;
    uint64_t seed;
    const en_zone *zone;
    en_zones *zones;
    en_value shape; /* the template */
} en_stream_options;

typedef struct en_stream en_stream;

EN_WARN_UNUSED bool en_stream_open(en_arena *arena, const en_stream_options *options,
                                   en_stream **stream, en_error *error);
/* The next event, "at" included. Streams do not end. */
EN_WARN_UNUSED bool en_stream_next(en_stream *stream, en_arena *arena, en_value *event,
                                   en_error *error);

/* "5/s", "100/m", "2/h", "5": events a second. */
EN_WARN_UNUSED bool en_stream_read_rate(en_text text, double *rate, en_error *error);
/* "10m:30s:8": every ten minutes, for thirty seconds, eight times as many. */
EN_WARN_UNUSED bool en_stream_read_burst(en_text text, en_stream_options *options, en_error *error);

#endif

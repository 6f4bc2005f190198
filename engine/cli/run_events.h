/* run_events - a queue of recorded events: what --events reads.
 *
 * Shape:    JSON Lines (or one array) of {"data" or "input", "headers"?, "method"?, "query"?,
 * "at"?}. "headers" and "query" are a collection or a list of {name or key, value}. Units: `at_ms`
 * in milliseconds. Lifetime: an event lives in the arena passed. Errors:   an event that cannot be
 * read names file and line, and the next one can be asked for. Threads:  main thread.
 */
#ifndef EN_CLI_RUN_EVENTS_H
#define EN_CLI_RUN_EVENTS_H

#include "cli/command.h"
#include "value/datetime.h"

typedef struct en_event {
    en_value payload;
    en_value request; /* {method, headers, query}, or null */
    bool has_time;
    int64_t at_ms;
    unsigned line;
} en_event;

typedef struct en_event_queue {
    const char *path;
    en_json_stream *stream;
    const en_zone *zone;
} en_event_queue;

EN_WARN_UNUSED bool en_events_open(en_context *context, const char *path, const en_zone *zone,
                                   en_event_queue *queue, en_error *error);
/* False with *found true: this event is no good. False with *found false: the queue is. */
EN_WARN_UNUSED bool en_events_next(en_event_queue *queue, en_arena *arena, en_event *event,
                                   bool *found, en_error *error);

/* A collection as it is; a list of {name or key, value} as a collection. */
EN_WARN_UNUSED bool en_event_pairs(en_arena *arena, const char *what, en_value value,
                                   en_value *pairs, en_error *error);

#endif

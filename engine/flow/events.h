/* events - a queue of recorded events: what --events, replay and tests read.
 *
 * Shape:    an event is {"data" or "input", "headers"?, "method"?, "query"?, "at"?, "http"?,
 *           "expect"?}. "headers" and "query" are a collection or a list of {name or key, value};
 *           "http" is what the outside answers (net/cassette.h), "expect" what must come out
 *           (flow/expect.h): both are handed on unread. A queue is JSON Lines, one array, or CSV
 *           with a header row, whose columns are put in their places by a mapping.
 * Units:    `at_ms` in milliseconds; lines from 1.
 * Lifetime: an event lives in the arena passed; queue and mapping in the arena they were made in.
 * Errors:   an event that cannot be read names file and line, and the next one can be asked for;
 *           behind broken CSV there is none.
 * Threads:  a queue belongs to one thread.
 */
#ifndef EN_FLOW_EVENTS_H
#define EN_FLOW_EVENTS_H

#include "value/datetime.h"
#include "value/json.h"

typedef struct en_event {
    en_value payload;
    en_value request; /* {method, headers, query}, or null */
    bool has_time;
    int64_t at_ms;
    en_value http;   /* nothing: not given */
    en_value expect; /* nothing: not given */
    unsigned line;
} en_event;

/* Where a column of CSV belongs in its event. */
typedef struct en_event_column {
    en_text path;   /* "at", "data.userId", "headers.authorization" */
    en_text column; /* as the header row calls it */
    bool is_json;   /* its texts are JSON, else they stay texts */
} en_event_column;

/* Reads "PATH=COLUMN" and "PATH:=COLUMN". */
EN_WARN_UNUSED bool en_event_columns_read(en_arena *arena, const char *const *words, size_t count,
                                          en_event_column **columns, en_error *error);

typedef struct en_event_source {
    const char *name; /* what messages call it */
    en_json_refill *refill;
    void *context;
    bool is_csv;
    char delimiter; /* 0: a comma */
    /* Columns without a mapping: "at" and those that begin with a place ("data.", "headers." …) go
     * there, all others into "data". */
    const en_event_column *columns;
    size_t column_count;
    const en_zone *zone; /* of times without one */
} en_event_source;

typedef struct en_event_queue en_event_queue;

/* Reads nothing yet. The source's names and columns must outlive the queue. */
en_event_queue *en_events_open(en_arena *arena, const en_event_source *source);
/* False with *found true: this event is no good. False with *found false: the queue is. */
EN_WARN_UNUSED bool en_events_next(en_event_queue *queue, en_arena *arena, en_event *event,
                                   bool *found, en_error *error);

/* What all events of a queue are given to. */
typedef struct en_event_visitor {
    /* `arena` is emptied behind each event. False, with the error set, ends the walk. */
    bool (*event)(void *owner, const en_event *event, en_arena *arena, en_error *error);
    void (*unread)(void *owner, const en_error *error); /* this event is no good; may be NULL */
    void *owner;
} en_event_visitor;
EN_WARN_UNUSED bool en_events_visit(en_event_queue *queue, const en_event_visitor *visitor,
                                    en_error *error);

/* One event from its record. */
EN_WARN_UNUSED bool en_event_read(en_arena *arena, en_value record, const en_zone *zone,
                                  en_event *event, en_error *error);
/* A collection as it is; a list of {name or key, value} as a collection. */
EN_WARN_UNUSED bool en_event_pairs(en_arena *arena, const char *what, en_value value,
                                   en_value *pairs, en_error *error);

#endif

/* compare - two scenarios on the same events: where they differ.
 *
 * Shape:    each event is played to both before the next; what is compared is the status, the route,
 *           the response, the error and the output, and at the end the stores.
 * Units:    none.
 * Lifetime: everything lives in the arena passed.
 * Errors:   as session.h.
 * Threads:  one thread.
 */
#ifndef EN_REPLAY_COMPARE_H
#define EN_REPLAY_COMPARE_H

#include "replay/session.h"

enum { EN_COMPARED_PARTS = 5 };
extern const char *const en_compared_parts[EN_COMPARED_PARTS];

/* An event with which they differ. */
typedef struct en_parting {
    struct en_parting *next;
    unsigned line;
    int64_t at_ms;
    en_value values[EN_COMPARED_PARTS][2]; /* of a and b, where they differ; else nothing */
} en_parting;

typedef struct en_compared {
    uint64_t events;
    uint64_t unread;
    uint64_t different; /* events */
    uint64_t parts[EN_COMPARED_PARTS];
    en_parting *first; /* those that are kept */
    en_parting *last;
    en_value stores; /* {store: {"a", "b", "added", "changed", "removed"}} of those that differ */
} en_compared;

typedef struct en_compare_options {
    en_replay_options sides[2]; /* their listeners are not asked */
    uint64_t most;              /* events that are kept, and records of stores */
    /* Told of an event that cannot be read; may be NULL. */
    void (*unread)(void *owner, const en_error *error);
    void *owner;
} en_compare_options;

EN_WARN_UNUSED bool en_compare_run(en_arena *arena, const en_compare_options *options,
                                   en_event_queue *queue, en_compared *compared, en_error *error);
/* What `--compare --json` prints. */
en_value en_compared_value(const en_compared *compared, en_arena *arena);

#endif

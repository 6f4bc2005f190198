/* summary - what came of all events of a replay, counted.
 *
 * Shape:    outcomes are added one by one; the value is what `enact replay --json` prints.
 * Units:    counts; times in milliseconds.
 * Lifetime: everything lives in the summary's arena, violations with their texts.
 * Errors:   none.
 * Threads:  one thread.
 */
#ifndef EN_REPLAY_SUMMARY_H
#define EN_REPLAY_SUMMARY_H

#include "replay/replay.h"
#include "replay/tally.h"

/* An expectation that was not met. */
typedef struct en_violation {
    struct en_violation *next;
    unsigned line;  /* of the event; 0: of the whole replay */
    en_text *lines; /* "route: expected … but found …" */
    size_t count;
    size_t more; /* differences that were not kept */
} en_violation;

typedef struct en_summary {
    en_arena *arena;
    const en_plan *plan;
    uint64_t events;
    uint64_t unread; /* events that could not be read */
    uint64_t late;   /* events that stand behind later ones */
    uint64_t operations;
    int64_t from_ms;
    int64_t to_ms;
    en_tally statuses;
    en_tally routes;
    en_tally responses;
    en_tally errors;
    en_tally outcomes;
    uint64_t checked; /* events that say what must come out */
    uint64_t violated;
    en_violation *first;
    en_violation *last;
    en_value stores; /* en_stores_difference */
} en_summary;

void en_summary_init(en_summary *summary, en_arena *arena, const en_plan *plan);
/* The violation that the event was, or NULL. */
const en_violation *en_summary_add(en_summary *summary, const en_event *event,
                                   const en_outcome *outcome);
/* A further violation from differences of the whole replay; NULL: there are none. */
const en_violation *en_summary_violate(en_summary *summary, unsigned line,
                                       const en_differences *differences);
en_value en_summary_value(const en_summary *summary, en_arena *arena);

#endif

/* replay - recorded events against a scenario: each one execution at its own time, in their order.
 *
 * Shape:    a *player* has a plan and a world whose database is its own: empty, filled, or a copy.
 *           It plays one event at a time and says what came of it; nothing leaves a replay before
 *           its end, so its executions share commits. Outside calls are answered by the event's
 *           "http", by mocks, or refused: the network is reached only if the world's policy was
 *           asked to allow it. Time is virtual; chance comes from a seed and the event's number.
 * Units:    times in milliseconds.
 * Lifetime: the player lives in the arena it was made in; what it says of an event in the arena
 *           passed, and the text of its route in the player's.
 * Errors:   an execution that fails is an outcome. en_player_play is false only when the replay
 *           cannot go on: the database is gone, or it was interrupted.
 * Threads:  one thread.
 */
#ifndef EN_REPLAY_REPLAY_H
#define EN_REPLAY_REPLAY_H

#include "flow/events.h"
#include "flow/expect.h"
#include "flow/run.h"

typedef struct en_player en_player;

typedef struct en_player_options {
    en_world *world;
    const en_plan *plan;
    en_run_options run;    /* of every execution, but for payload, request, clock, seed and batch */
    en_redactor *redactor; /* of the answers in events */
    uint64_t seed;
    int64_t start_ms; /* time of events before the first one that has a time */
    bool watches;     /* keep what every step gave, in `steps` of the outcome */
} en_player_options;

/* What came of an event. */
typedef struct en_outcome {
    uint64_t number; /* of the event, from 1 */
    int64_t at_ms;
    en_report report;
    en_text route; /* labels of the routes taken, ", " between them; empty: none */
    en_text name;  /* "Rate Limited 429", "success", "DataError 404": for counting and colours */
    int status;    /* of the response; 0: none */
    bool expected; /* the event says what must come out */
    bool is_late;  /* its time lies before that of an earlier event */
    en_differences differences;
    en_value steps; /* an array of {id, bundles, output or error}, if the player watches */
} en_outcome;

/* False: the database cannot be opened. */
EN_WARN_UNUSED bool en_player_open(en_arena *arena, const en_player_options *options,
                                   en_player **player, en_error *error);
EN_WARN_UNUSED bool en_player_play(en_player *player, const en_event *event, en_arena *arena,
                                   en_outcome *outcome, en_error *error);
/* Commits what there is: before stores are looked at, and at the end. */
EN_WARN_UNUSED bool en_player_settle(en_player *player, en_error *error);
const en_player_options *en_player_about(const en_player *player);
/* From now on nobody wants to know what the steps gave: runs that are not watched are faster. */
void en_player_stop_watching(en_player *player);
/* For looking at the stores as they are now. */
en_store_run en_player_store_run(en_player *player);

/* An outcome as expectations see it: the report (flow/run.h), "route" and "outcome". */
en_value en_outcome_value(en_arena *arena, const en_outcome *outcome);

#endif

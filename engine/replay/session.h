/* session - a whole replay: every event of a queue through a player, counted and looked at.
 *
 * Shape:    stores are looked at before the first and behind the last event. A listener is told of
 *           every event while it happens.
 * Units:    none.
 * Lifetime: the session and what it found live in the arena it was opened with.
 * Errors:   an event that cannot be read is counted, told, and left out. False: the replay could not
 *           go on.
 * Threads:  one thread.
 */
#ifndef EN_REPLAY_SESSION_H
#define EN_REPLAY_SESSION_H

#include "replay/stores.h"
#include "replay/summary.h"

typedef struct en_replay_listener en_replay_listener;
struct en_replay_listener {
    /* `violation` is NULL if the event is as expected; `arena` is the event's. False ends the
     * replay. */
    bool (*played)(en_replay_listener *listener, const en_event *event, const en_outcome *outcome,
                   const en_violation *violation, en_arena *arena, en_error *error);
    void (*unread)(en_replay_listener *listener, const en_error *error);
};

typedef struct en_replay_options {
    en_player_options player;
    en_value stores;     /* what the stores begin with (flow/contents.h), or null */
    en_value expect;     /* of the summary's value, or nothing */
    bool keeps_contents; /* the records before and after, for their difference */
    uint64_t most_changes;
    en_replay_listener *listener; /* or NULL */
} en_replay_options;

typedef struct en_replay {
    en_player *player;
    en_summary summary;
    en_stores_look before;
    en_stores_look after;
    int limit_code; /* the exit code of executions that ended by a limit, the database or a policy
                     * without being expected to; 0: none did */
} en_replay;

/* Fills the stores as the options say. */
EN_WARN_UNUSED bool en_replay_fill(const en_replay_options *options, en_player *player,
                                   en_arena *arena, en_error *error);
/* `replay` is filled in as it goes on, for listeners. */
EN_WARN_UNUSED bool en_replay_run(en_arena *arena, const en_replay_options *options,
                                  en_event_queue *queue, en_replay *replay, en_error *error);

#endif

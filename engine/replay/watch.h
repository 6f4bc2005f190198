/* watch - what the steps of one execution gave, as a value. Inside replay/ only.
 *
 * Shape:    an observer of the executor that keeps an array of {id, bundles, length?, output} or
 *           {id, error}, in the order in which the steps ran. An output that is long is kept as the
 *           beginning of its JSON, and a loop's first steps only.
 * Units:    none.
 * Lifetime: the values live in the arena of the execution.
 * Errors:   none.
 * Threads:  one thread.
 */
#ifndef EN_REPLAY_WATCH_H
#define EN_REPLAY_WATCH_H

#include "flow/run.h"

typedef struct en_watch_steps {
    en_observer observer; /* first: the executor hands it back */
    en_arena *arena;
    en_array_builder steps;
    size_t left_out;
} en_watch_steps;

void en_watch_steps_begin(en_watch_steps *watch, en_arena *arena);
en_value en_watch_steps_take(en_watch_steps *watch);

#endif

/* turn - who may use the one writing connection: threads take turns in the order they asked.
 *
 * Shape:    a queue of waiting threads; giving the turn hands it to the first of them.
 * Units:    none.
 * Lifetime: waiting threads stand in the queue with a piece of their own stack.
 * Errors:   taking gives false when the flag was set while waiting.
 * Threads:  free; that is what it is for.
 */
#ifndef EN_STORE_TURN_H
#define EN_STORE_TURN_H

#include "base/attributes.h"

#include <pthread.h>
#include <stdbool.h>

typedef struct en_turn {
    pthread_mutex_t lock;
    struct en_turn_waiter *first;
    struct en_turn_waiter *last;
    bool taken;
} en_turn;

void en_turn_init(en_turn *turn);
void en_turn_done(en_turn *turn);
/* `interrupted` may be NULL. */
EN_WARN_UNUSED bool en_turn_take(en_turn *turn, const volatile int *interrupted);
void en_turn_give(en_turn *turn);
/* Whether somebody waits for it. */
EN_WARN_UNUSED bool en_turn_is_wanted(en_turn *turn);
/* Gives the turn to the first who waits. False: nobody does, and the caller keeps it. */
EN_WARN_UNUSED bool en_turn_pass(en_turn *turn);

#endif

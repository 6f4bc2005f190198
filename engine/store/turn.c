#include "store/turn.h"

#include "base/clock.h"

enum { CHECK_EVERY_US = 50 * 1000, SECOND_US = 1000 * 1000 };

typedef struct en_turn_waiter {
    struct en_turn_waiter *next;
    pthread_cond_t called;
    bool mine;
} en_turn_waiter;

void en_turn_init(en_turn *turn)
{
    *turn = (en_turn){ 0 };
    pthread_mutex_init(&turn->lock, NULL);
}

void en_turn_done(en_turn *turn)
{
    pthread_mutex_destroy(&turn->lock);
}

static void leave_queue(en_turn *turn, const en_turn_waiter *waiter)
{
    en_turn_waiter *before = NULL;
    for (en_turn_waiter *at = turn->first; at != waiter; at = at->next) {
        before = at;
    }
    if (before != NULL) {
        before->next = waiter->next;
    } else {
        turn->first = waiter->next;
    }
    if (turn->last == waiter) {
        turn->last = before;
    }
}

/* A flag wakes nobody up, so the waiter looks at it from time to time. en_clock_ticks_us counts
 * what CLOCK_MONOTONIC counts. */
static void wait_a_little(en_turn *turn, en_turn_waiter *waiter)
{
    int64_t until_us = en_clock_ticks_us() + CHECK_EVERY_US;
    struct timespec until = { .tv_sec = (time_t)(until_us / SECOND_US),
                              .tv_nsec = (long)(until_us % SECOND_US) * 1000 };
    pthread_cond_timedwait(&waiter->called, &turn->lock, &until);
}

static bool wait_in_queue(en_turn *turn, const volatile int *interrupted)
{
    en_turn_waiter waiter = { 0 };
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&waiter.called, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (turn->last != NULL) {
        turn->last->next = &waiter;
    } else {
        turn->first = &waiter;
    }
    turn->last = &waiter;
    while (!waiter.mine && (interrupted == NULL || *interrupted == 0)) {
        if (interrupted == NULL) {
            pthread_cond_wait(&waiter.called, &turn->lock);
        } else {
            wait_a_little(turn, &waiter);
        }
    }
    if (!waiter.mine) {
        leave_queue(turn, &waiter);
    }
    pthread_cond_destroy(&waiter.called);
    return waiter.mine;
}

bool en_turn_take(en_turn *turn, const volatile int *interrupted)
{
    pthread_mutex_lock(&turn->lock);
    bool mine = true;
    if (turn->taken) {
        mine = wait_in_queue(turn, interrupted);
    } else {
        turn->taken = true;
    }
    pthread_mutex_unlock(&turn->lock);
    return mine;
}

/* Handed over while taken: nobody can come between. */
static bool hand_over(en_turn *turn)
{
    en_turn_waiter *next = turn->first;
    if (next == NULL) {
        return false;
    }
    turn->first = next->next;
    if (turn->first == NULL) {
        turn->last = NULL;
    }
    next->mine = true;
    pthread_cond_signal(&next->called);
    return true;
}

bool en_turn_is_wanted(en_turn *turn)
{
    pthread_mutex_lock(&turn->lock);
    bool is_wanted = turn->first != NULL;
    pthread_mutex_unlock(&turn->lock);
    return is_wanted;
}

bool en_turn_pass(en_turn *turn)
{
    pthread_mutex_lock(&turn->lock);
    bool passed = hand_over(turn);
    pthread_mutex_unlock(&turn->lock);
    return passed;
}

void en_turn_give(en_turn *turn)
{
    pthread_mutex_lock(&turn->lock);
    turn->taken = hand_over(turn);
    pthread_mutex_unlock(&turn->lock);
}

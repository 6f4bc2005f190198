/* Turns are taken in the order they were asked for. */
#include "test.h"

#include "store/turn.h"

#include <sched.h>

enum { WAITERS = 5 };

typedef struct line {
    en_turn turn;
    int order[WAITERS];
    int served;
} line;

typedef struct waiter {
    line *line;
    int number;
    const volatile int *interrupted;
    bool mine;
} waiter;

static void *wait_in_line(void *context)
{
    waiter *w = context;
    w->mine = en_turn_take(&w->line->turn, w->interrupted);
    if (w->mine) { /* the turn guards the rest */
        w->line->order[w->line->served++] = w->number;
        en_turn_give(&w->line->turn);
    }
    return NULL;
}

static void *last_of(en_turn *turn)
{
    pthread_mutex_lock(&turn->lock);
    void *last = turn->last;
    pthread_mutex_unlock(&turn->lock);
    return last;
}

/* Starts a thread and waits until it stands in the queue. */
static void queue_up(waiter *w, pthread_t *thread)
{
    void *before = last_of(&w->line->turn);
    assert_int_equal(pthread_create(thread, NULL, wait_in_line, w), 0);
    while (last_of(&w->line->turn) == before) {
        sched_yield();
    }
}

static void who_asks_first_is_served_first(void **state)
{
    (void)state;
    line l = { 0 };
    waiter waiters[WAITERS];
    pthread_t threads[WAITERS];
    en_turn_init(&l.turn);
    assert_true(en_turn_take(&l.turn, NULL));
    for (int i = 0; i < WAITERS; i++) {
        waiters[i] = (waiter){ .line = &l, .number = i };
        queue_up(&waiters[i], &threads[i]);
    }
    en_turn_give(&l.turn);
    for (int i = 0; i < WAITERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(l.order[i], i);
    }
    assert_true(en_turn_take(&l.turn, NULL));
    en_turn_give(&l.turn);
    en_turn_done(&l.turn);
}

static void who_is_interrupted_leaves_the_queue(void **state)
{
    static volatile int interrupted;
    (void)state;
    line l = { 0 };
    waiter waiters[3];
    pthread_t threads[3];
    en_turn_init(&l.turn);
    assert_true(en_turn_take(&l.turn, NULL));
    for (int i = 0; i < 3; i++) {
        waiters[i] = (waiter){ .line = &l, .number = i };
        waiters[i].interrupted = i == 1 ? &interrupted : NULL;
        queue_up(&waiters[i], &threads[i]);
    }
    pthread_mutex_lock(&l.turn.lock); /* for the thread sanitizer: in life a signal sets the flag */
    interrupted = 1;
    pthread_mutex_unlock(&l.turn.lock);
    assert_int_equal(pthread_join(threads[1], NULL), 0);
    assert_false(waiters[1].mine);
    en_turn_give(&l.turn);
    assert_int_equal(pthread_join(threads[0], NULL), 0);
    assert_int_equal(pthread_join(threads[2], NULL), 0);
    assert_int_equal(l.served, 2);
    assert_int_equal(l.order[1], 2);
    en_turn_done(&l.turn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_asks_first_is_served_first),
        cmocka_unit_test(who_is_interrupted_leaves_the_queue),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "base/clock.h"

#include <signal.h>
#include <sys/time.h>
#include <time.h>

static void a_fixed_clock_stands_still(void **state)
{
    (void)state;
    en_clock clock;
    en_clock_init_fixed(&clock, 1767323045678);
    assert_true(en_clock_now_ms(&clock) == 1767323045678);
    assert_true(en_clock_now_ms(&clock) == 1767323045678);
}

static void a_virtual_clock_moves_by_sleeping_and_does_not_wait(void **state)
{
    (void)state;
    en_clock clock;
    en_clock_init_virtual(&clock, 1000);
    int64_t before = en_clock_ticks_us();
    assert_true(en_clock_sleep_ms(&clock, 86400000));
    assert_true(en_clock_sleep_ms(&clock, 1));
    assert_true(en_clock_ticks_us() - before < 10000000);
    assert_true(en_clock_now_ms(&clock) == 86401001);
    assert_true(clock.slept_ms == 86400001);
}

static void only_a_virtual_clock_is_told_what_has_passed(void **state)
{
    (void)state;
    en_clock clock;
    en_clock_init_virtual(&clock, 1000);
    int64_t start_us = en_clock_elapsed_us(&clock);
    assert_true(en_clock_is_virtual(&clock));
    assert_true(en_clock_elapsed_us(&clock) == start_us);
    assert_true(en_clock_sleep_ms(&clock, 3600000));
    en_clock_pass_ms(&clock, 250);
    en_clock_pass_ms(&clock, -1);
    assert_true(en_clock_elapsed_us(&clock) - start_us == (3600000 + 250) * (int64_t)1000);
    assert_true(en_clock_now_ms(&clock) == 1000 + 3600000 + 250);
    en_clock_init_fixed(&clock, 1000);
    int64_t before_us = en_clock_ticks_us();
    en_clock_pass_ms(&clock, 86400000);
    assert_false(en_clock_is_virtual(&clock));
    assert_true(en_clock_now_ms(&clock) == 1000);
    assert_true(en_clock_elapsed_us(&clock) >= before_us);
    assert_true(en_clock_elapsed_us(&clock) <= en_clock_ticks_us());
}

static void no_time_is_no_sleep(void **state)
{
    (void)state;
    en_clock clock;
    volatile int interrupted = 1;
    en_clock_init_virtual(&clock, 1000);
    clock.interrupted = &interrupted;
    assert_true(en_clock_sleep_ms(&clock, 0));
    assert_true(en_clock_sleep_ms(&clock, -5));
    assert_true(en_clock_now_ms(&clock) == 1000);
}

static void an_interrupted_sleep_says_so(void **state)
{
    (void)state;
    volatile int interrupted = 1;
    void (*const inits[])(en_clock *, int64_t) = { en_clock_init_fixed, en_clock_init_virtual };
    for (size_t i = 0; i < 2; i++) {
        en_clock clock;
        inits[i](&clock, 1000);
        clock.interrupted = &interrupted;
        assert_false(en_clock_sleep_ms(&clock, 3600000));
    }
    en_clock real;
    en_clock_init_real(&real);
    real.interrupted = &interrupted;
    assert_false(en_clock_sleep_ms(&real, 3600000));
}

static volatile int got_signal;

static void take_signal(int signal)
{
    (void)signal;
    got_signal = 1;
}

static void a_signal_ends_a_real_sleep(void **state)
{
    (void)state;
    struct sigaction action = { .sa_handler = take_signal };
    struct itimerval soon = { .it_value = { .tv_usec = 20000 } };
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    en_clock clock;
    en_clock_init_real(&clock);
    clock.interrupted = &got_signal;
    assert_false(en_clock_sleep_ms(&clock, 60000));
}

static void a_signal_for_something_else_does_not_cut_a_sleep_short(void **state)
{
    (void)state;
    struct sigaction action = { .sa_handler = take_signal };
    struct itimerval soon = { .it_value = { .tv_usec = 5000 } };
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    en_clock clock;
    en_clock_init_real(&clock);
    int64_t before = en_clock_ticks_us();
    assert_true(en_clock_sleep_ms(&clock, 30));
    assert_true(en_clock_ticks_us() - before >= 30000);
}

static void a_fixed_clock_tells_two_waits_apart(void **state)
{
    (void)state;
    en_clock clock;
    en_clock_init_fixed(&clock, 1000);
    assert_true(en_clock_sleep_ms(&clock, 2));
    assert_true(en_clock_now_ms(&clock) == 1002);
}

static void the_real_clock_is_the_systems(void **state)
{
    (void)state;
    en_clock clock;
    en_clock_init_real(&clock);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t difference = en_clock_now_ms(&clock) - (int64_t)now.tv_sec * 1000;
    assert_true(difference >= 0 && difference < 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_clock_stands_still),
        cmocka_unit_test(a_virtual_clock_moves_by_sleeping_and_does_not_wait),
        cmocka_unit_test(only_a_virtual_clock_is_told_what_has_passed),
        cmocka_unit_test(no_time_is_no_sleep),
        cmocka_unit_test(an_interrupted_sleep_says_so),
        cmocka_unit_test(a_signal_ends_a_real_sleep),
        cmocka_unit_test(a_signal_for_something_else_does_not_cut_a_sleep_short),
        cmocka_unit_test(a_fixed_clock_tells_two_waits_apart),
        cmocka_unit_test(the_real_clock_is_the_systems),
    };
    return EN_RUN(tests);
}

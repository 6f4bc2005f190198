#include "base/clock.h"

#include <errno.h>
#include <time.h>

static int64_t system_now_ms(const en_clock *clock)
{
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_interrupted(const en_clock *clock)
{
    return clock->interrupted != NULL && *clock->interrupted != 0;
}

static bool system_sleep_ms(en_clock *clock, int64_t duration_ms)
{
    struct timespec left = { (time_t)(duration_ms / 1000), (long)(duration_ms % 1000) * 1000000 };
    while (!is_interrupted(clock)) {
        if (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) != EINTR) {
            return !is_interrupted(clock);
        }
    }
    return false;
}

/* A fixed clock moves by what was slept, so that two waits in one run are told apart. */
static int64_t fixed_now_ms(const en_clock *clock)
{
    return clock->at_ms + clock->slept_ms + clock->passed_ms;
}

static int64_t real_elapsed_us(const en_clock *clock)
{
    (void)clock;
    return en_clock_ticks_us();
}

static int64_t virtual_elapsed_us(const en_clock *clock)
{
    return (clock->slept_ms + clock->passed_ms) * 1000;
}

static bool virtual_sleep_ms(en_clock *clock, int64_t duration_ms)
{
    (void)duration_ms;
    return !is_interrupted(clock);
}

void en_clock_init_real(en_clock *clock)
{
    *clock = (en_clock){ .now_ms = system_now_ms,
                         .sleep_ms = system_sleep_ms,
                         .elapsed_us = real_elapsed_us };
}

void en_clock_init_fixed(en_clock *clock, int64_t now_ms)
{
    *clock = (en_clock){ .now_ms = fixed_now_ms,
                         .sleep_ms = system_sleep_ms,
                         .elapsed_us = real_elapsed_us,
                         .at_ms = now_ms };
}

void en_clock_init_virtual(en_clock *clock, int64_t now_ms)
{
    *clock = (en_clock){ .now_ms = fixed_now_ms,
                         .sleep_ms = virtual_sleep_ms,
                         .elapsed_us = virtual_elapsed_us,
                         .at_ms = now_ms };
}

int64_t en_clock_now_ms(const en_clock *clock)
{
    return clock->now_ms(clock);
}

bool en_clock_sleep_ms(en_clock *clock, int64_t duration_ms)
{
    if (duration_ms <= 0) {
        return true;
    }
    clock->slept_ms += duration_ms;
    return clock->sleep_ms(clock, duration_ms);
}

int64_t en_clock_elapsed_us(const en_clock *clock)
{
    return clock->elapsed_us(clock);
}

bool en_clock_is_virtual(const en_clock *clock)
{
    return clock->elapsed_us == virtual_elapsed_us;
}

void en_clock_pass_ms(en_clock *clock, int64_t duration_ms)
{
    if (en_clock_is_virtual(clock) && duration_ms > 0) {
        clock->passed_ms += duration_ms;
    }
}

int64_t en_clock_ticks_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* clock - the one place that decides what time it is and what waiting means.
 *
 * Shape:    a small table of functions. Real: the system's clock. Fixed: stands still (`--now`),
 *           real sleeping. Virtual: starts somewhere and moves only by sleeping and by what is
 *           said to have passed.
 * Units:    milliseconds since 1970-01-01T00:00:00Z.
 * Lifetime: the caller owns the struct; en_clock_interrupt may be called from a signal handler.
 * Errors:   sleep gives false when it was interrupted.
 * Threads:  real and fixed clocks may be shared; a virtual clock belongs to one run.
 */
#ifndef EN_BASE_CLOCK_H
#define EN_BASE_CLOCK_H

#include "base/error.h"

typedef struct en_clock en_clock;
struct en_clock {
    int64_t (*now_ms)(const en_clock *clock);
    bool (*sleep_ms)(en_clock *clock, int64_t duration_ms);
    int64_t (*elapsed_us)(const en_clock *clock);
    int64_t at_ms; /* fixed and virtual */
    int64_t slept_ms;
    int64_t passed_ms;               /* virtual: what was waited for without sleeping */
    const volatile int *interrupted; /* may be NULL; non-zero ends a sleep */
};

void en_clock_init_real(en_clock *clock);
void en_clock_init_fixed(en_clock *clock, int64_t now_ms);
void en_clock_init_virtual(en_clock *clock, int64_t now_ms);
int64_t en_clock_now_ms(const en_clock *clock);
EN_WARN_UNUSED bool en_clock_sleep_ms(en_clock *clock, int64_t duration_ms);
/* How long something takes on this clock is the difference of two of these: what runs measure and
 * limit themselves by. A fixed clock measures real time. */
int64_t en_clock_elapsed_us(const en_clock *clock);
bool en_clock_is_virtual(const en_clock *clock);
/* A virtual clock goes on by what something took when it was recorded; others know by themselves.
 */
void en_clock_pass_ms(en_clock *clock, int64_t duration_ms);
/* The machine's own time: never jumps, no relation to the date. What guards the machine (patience
 * with other processes, time of one evaluation) is measured by it, whatever a run's clock says. */
int64_t en_clock_ticks_us(void);

#endif

/* settings - a run's settings, read into what the executor takes. Inside testing/ only.
 *
 * Shape:    the run's own, else the test's, else the file's, else the workspace's, else defaults.
 * Units:    as flow/run.h.
 * Lifetime: the arena passed.
 * Errors:   problems of the stage, at their place.
 * Threads:  one thread.
 */
#ifndef EN_TESTING_SETTINGS_H
#define EN_TESTING_SETTINGS_H

#include "testing/stage.h"

enum { EN_TEST_SEED = 0 };

/* Everything but payload, request, clock and what watches. */
EN_WARN_UNUSED bool en_settings_read(en_stage *stage, const en_test_run *run, en_arena *arena,
                                     en_run_options *options);
/* The clock at the beginning of an execution: at `at_ms` (NULL: the run's "now"). */
void en_settings_set_clock(const en_stage *stage, const en_test_run *run, const en_zone *zone,
                           const int64_t *at_ms, en_clock *clock);

#endif

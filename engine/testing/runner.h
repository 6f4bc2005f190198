/* runner - runs a test and compares what came of it.
 *
 * Shape:    an execution for the input or for every event of each run, one after the other, in a
 *           world of the test's own. The clock is virtual; an execution begins at its event's "at",
 *           else at "now", else at 2026-01-01T00:00:00Z. Chance comes from "seed", else 0, and from
 *           the next number for every further execution. What is compared is the object of `run --json
 *           --trace` of the last execution, with "executions" (all of them) and "stores" (as they
 *           are then); an execution that fails although nobody expected it fails the test.
 * Units:    as result.h.
 * Lifetime: the result lives in the arena passed.
 * Errors:   in the result.
 * Threads:  tests may run at the same time, each with an arena of its own.
 */
#ifndef EN_TESTING_RUNNER_H
#define EN_TESTING_RUNNER_H

#include "testing/result.h"

typedef struct en_test_options {
    bool coverage;
    const volatile int *interrupted; /* or NULL */
} en_test_options;

void en_test_execute(const en_test *test, const en_test_options *options, en_arena *arena,
                     en_test_result *result);

#endif

/* result - what became of a test.
 *
 * Shape:    plain data, made by the runner, read by the reports.
 * Units:    durations in microseconds of real time; lines and columns from 1, 0: unknown.
 * Lifetime: a result lives in the arena its test was run with.
 * Errors:   none.
 * Threads:  written by one thread, then immutable.
 */
#ifndef EN_TESTING_RESULT_H
#define EN_TESTING_RESULT_H

#include "flow/expect.h"
#include "testing/coverage.h"
#include "testing/suite.h"

typedef enum en_test_outcome {
    EN_TEST_PASSED,
    EN_TEST_FAILED,
    EN_TEST_INVALID, /* it could not be run: see the problems */
    EN_TEST_SKIPPED
} en_test_outcome;

/* One difference, at the place where it was expected. */
typedef struct en_test_failure {
    struct en_test_failure *next;
    en_text where; /* "run 2", "run 2, event 7"; empty: the only execution */
    en_text step;  /* "step 4 (datastore.addRecord, Save order)"; empty: none */
    en_text path;  /* within the expectation: "outputs.4[0].total" */
    en_text expected;
    en_text found;
    en_text file;
    unsigned line;
    unsigned column;
} en_test_failure;

/* How an execution ended that nobody expected to fail, or of a test that failed. */
typedef struct en_test_ending {
    struct en_test_ending *next;
    en_text where;
    en_text error; /* one line, with step and place */
} en_test_ending;

typedef struct en_test_result {
    const en_test *test;
    en_test_outcome outcome;
    int64_t duration_us;
    uint64_t executions;
    uint64_t operations;
    en_test_failure *failures;
    en_test_failure *last_failure;
    size_t failure_count; /* of all; the first ones of each comparison are kept */
    en_test_ending *endings;
    en_test_ending *last_ending;
    en_snapshot *snapshots; /* to be renewed, with their paths in the file */
    en_snapshot *last_snapshot;
    en_problems problems;
    en_text note;          /* why it was skipped */
    en_coverage *coverage; /* NULL: not asked for, or the scenario has no file of its own */
} en_test_result;

/* "passed", "failed", "invalid", "skipped" */
const char *en_test_outcome_name(en_test_outcome outcome);

#endif

/* session - the tests of many files, run one after the other or several at a time.
 *
 * Shape:    suites are read first; then all their tests that the filter lets through are run by
 *           `jobs` threads and told in the order in which they stand in their files.
 * Units:    durations in microseconds of real time.
 * Lifetime: everything lives until en_session_done.
 * Errors:   files that cannot be read as tests stay as problems; the others are run.
 * Threads:  `told` is called by the thread that called en_session_run.
 */
#ifndef EN_TESTING_SESSION_H
#define EN_TESTING_SESSION_H

#include "testing/runner.h"
#include "value/regex.h"

typedef struct en_session_suite {
    const char *path;
    const en_suite *suite; /* NULL: see the problems */
    en_problems problems;
    const en_test_result *results; /* those that were run, in order */
    size_t count;
} en_session_suite;

typedef struct en_session {
    en_arena *arena;
    en_test_options options;
    const en_regex *filter; /* or NULL: a search in names and paths */
    size_t jobs;
    void (*told)(void *context, const en_session_suite *suite, const en_test_result *result);
    void *context;
    /* made by running */
    en_session_suite *suites;
    size_t suite_count;
    en_test_result *results;
    size_t result_count;
    en_arena *arenas; /* of the results */
    int64_t duration_us;
    size_t outcomes[EN_TEST_SKIPPED + 1];
    size_t invalid_files;
    en_coverage *coverage; /* of all, by scenario */
} en_session;

void en_session_run(en_session *session, const char *const *paths, size_t count);
void en_session_done(en_session *session);

#endif

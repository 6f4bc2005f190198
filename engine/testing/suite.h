/* suite - a file of tests: what stands in it, checked, with every problem at its place.
 *
 * Shape:    {"scenario", …settings, "tests": [{"name", …settings, "input" or "events", "expect"} or
 *           {"name", …settings, "runs": [{"input", "expect"}…]}]}; schemas/test.schema.json says all
 *           of it. A *setting* may stand at the file, at a test and, where it is about single runs,
 *           at a run; the nearest counts. A test without "runs" is its own only run.
 * Units:    none.
 * Lifetime: everything lives in the arena passed.
 * Errors:   problems with file, line, column, path and the nearest name; of a file with more than a
 *           hundred the first ones.
 * Threads:  a suite is immutable and may be shared.
 */
#ifndef EN_TESTING_SUITE_H
#define EN_TESTING_SUITE_H

#include "base/problem.h"
#include "value/json.h"

typedef struct en_test_run {
    en_text path; /* in the file: "tests[2].runs[0]" */
    en_value value;
} en_test_run;

typedef struct en_test {
    const struct en_suite *suite;
    en_text name;
    en_text path; /* "tests[2]" */
    en_value value;
    const en_test_run *runs;
    size_t run_count;
} en_test;

typedef struct en_suite {
    en_text name;   /* the file, as it was named */
    en_text folder; /* what paths in it are beside; empty: the current one */
    const en_document *document;
    en_value root;
    const en_test *tests;
    size_t count;
} en_suite;

/* NULL when there are errors. */
const en_suite *en_suite_read(en_arena *arena, const char *path, en_problems *problems);
const en_suite *en_suite_read_text(en_arena *arena, en_text name, en_text content,
                                   en_problems *problems);

/* A setting of the run (NULL: of the test), or nothing, and where it stands. */
en_value en_test_setting(const en_test *test, const en_test_run *run, const char *name,
                         en_arena *arena, en_text *path);
/* The members of all levels, the nearest winning: variables, mocks. */
en_value en_test_merged(const en_test *test, const en_test_run *run, const char *name,
                        en_arena *arena);
/* A path in the file made one from where the command stands. */
const char *en_suite_beside(const en_suite *suite, en_arena *arena, en_text path);
/* Fills in file, line and column of the problems that know their path only. */
void en_suite_place(const en_suite *suite, en_problems *problems);

#endif

/* coverage - which parts of a scenario the tests have reached.
 *
 * Shape:    a list of *points*: a step was run, a route was taken, a filter was true or false, an
 *           error route was entered. Points of several tests of one scenario are added up.
 * Units:    counts of times.
 * Lifetime: lives in the arena it was made in.
 * Errors:   none.
 * Threads:  one thread.
 */
#ifndef EN_TESTING_COVERAGE_H
#define EN_TESTING_COVERAGE_H

#include "flow/run.h"

typedef enum en_point_kind {
    EN_POINT_STEP,
    EN_POINT_ROUTE,
    EN_POINT_FILTER_TRUE,
    EN_POINT_FILTER_FALSE,
    EN_POINT_HANDLER,
    EN_POINT_KINDS
} en_point_kind;

typedef struct en_point {
    en_point_kind kind;
    en_text label; /* "step 4 (http.makeRequest, Ask for prices)" */
    unsigned line; /* in the scenario */
    unsigned column;
    uint64_t count;
} en_point;

typedef struct en_coverage {
    struct en_coverage *next;
    en_text file; /* of the scenario */
    en_point *points;
    size_t count;
} en_coverage;

/* From the counters of a run's options. */
en_coverage *en_coverage_of(en_arena *arena, const en_plan *plan, const en_step_count *counts);
/* Adds what one test has reached to the list, by file. */
void en_coverage_add(en_arena *arena, en_coverage **all, const en_coverage *one);

typedef struct en_coverage_sum {
    size_t reached[EN_POINT_KINDS];
    size_t points[EN_POINT_KINDS];
} en_coverage_sum;

en_coverage_sum en_coverage_sum_of(const en_coverage *coverage);
/* "step 4 (http.makeRequest); filter of step 6 never false": the points without a count. */
en_text en_coverage_missed(en_arena *arena, const en_coverage *coverage);
/* "steps", "routes", "filters true", "filters false", "handlers" */
const char *en_point_kind_name(en_point_kind kind);

/* "step 4 (datastore.addRecord, Save order)" */
en_text en_step_title(en_arena *arena, const en_step *step);

#endif

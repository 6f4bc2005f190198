/* faults - one operation on data stores, and the states that it may leave behind.
 *
 * Shape:    an operation consists of steps that are told one by one: `told` counts those that
 *           reported success, `stop` says before which one it goes home (so a run without faults
 *           gives every state there is). Most have one step.
 * Units:    none.
 * Lifetime: a bed is made for one run and thrown away.
 * Errors:   in bed.error; an operation that returns false has told no further step.
 * Threads:  one; an operation may start others and joins them.
 */
#ifndef EN_TEST_FAULTS_H
#define EN_TEST_FAULTS_H

#include "store/sqlite.h"

enum { FAULTS_NOW_MS = 1700000000, BED_RECORDS = 40, BED_MANY = 1100 /* in L */ };

typedef struct bed {
    en_arena arena;
    en_database *database; /* NULL: not open */
    en_random random;
    en_store_run run;
    en_error error;
    const char *path;
    const char *declares; /* one more store; NULL: none */
    bool without_schemas;
    int told;
    int stop;
} bed;

typedef struct operation {
    const char *name;
    bool (*run)(bed *b);
    int steps;            /* 0: 1 */
    const char *declares; /* a store, beside what all declare */
    bool starts_empty;    /* there is no file */
    bool starts_crashed;  /* the last process left its log behind */
    bool without_schemas; /* stores are taken as they are stored */
} operation;

/* --- fault_bed.c --- */

typedef bool (*segment_work)(bed *b, en_segment *segment);

/* JSON in single quotes. */
en_value bed_json(bed *b, const char *single_quoted);
const en_schema *bed_schema_of(bed *b, const char *single_quoted);
/* A segment around the work: committed, or rolled back where the work fails. */
bool bed_within(bed *b, en_segment_kind kind, segment_work work);
bool bed_put(bed *b, en_segment *segment, const char *store, const char *key, const char *data,
             bool overwrite);

/* Opens bed.path and declares the stores. */
bool bed_open(bed *b);
void bed_close(bed *b);
/* What every database begins as: stores S, T, E, M, L. */
bool bed_fill(bed *b);
/* A record in every store that an operation may have changed, in a segment of its own: whatever the
 * connection still believes of them comes out. */
bool bed_go_on(bed *b);
/* A record in S, so that the connection knows a table. */
bool bed_warm_up(bed *b);

/* --- fault_operations.c --- */

extern const operation fault_operations[];
extern const size_t fault_operation_count;

#endif

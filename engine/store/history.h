/* history - runs that have ended, as they are kept in the database: enact_runs, enact_programs.
 *
 * Shape:    a row for each run; what was run (the scenario's text) stands once for all its runs. A
 *           program, a report and what is needed to play a run again are kept as they come,
 *           packed by whoever keeps them. Both tables are made with the first row.
 * Units:    dates in UTC milliseconds; bytes are those of the packed pieces and of the row's texts.
 * Lifetime: what is read lives in the arena passed.
 * Errors:   StoreUnavailableError, DataError (404: there is no such run).
 * Threads:  as a segment; adding and pruning need one that writes.
 */
#ifndef EN_STORE_HISTORY_H
#define EN_STORE_HISTORY_H

#include "store/store.h"

typedef struct en_kept_run {
    int64_t id; /* given by en_history_add, from 1 */
    en_text scenario;
    en_text file;
    int64_t kept_ms;    /* when it was kept, by the real clock: what age means */
    int64_t started_ms; /* by the run's clock */
    int64_t duration_us;
    en_text status; /* success, warning, error */
    uint64_t operations;
    en_text error;   /* "Type: message", or empty */
    en_text digest;  /* of the program */
    en_text program; /* packed; empty in lists */
    en_text report;  /* packed; empty in lists */
    en_text content; /* packed; empty: only the report is there. Empty in lists */
    bool has_content;
    uint64_t bytes;
} en_kept_run;

/* How much is kept; 0: without limit. */
typedef struct en_retention {
    uint64_t most_runs;
    uint64_t most_bytes;
    int64_t before_ms; /* those kept earlier go */
} en_retention;

typedef struct en_run_filter {
    en_text scenario; /* empty: any */
    en_text status;
    int64_t before_id; /* 0: from the newest on */
    uint64_t limit;
} en_run_filter;

typedef struct en_pruned {
    uint64_t runs;
    uint64_t bytes;
    uint64_t left_runs;
    uint64_t left_bytes;
} en_pruned;

EN_WARN_UNUSED bool en_history_add(en_segment *segment, const en_kept_run *run, int64_t *id,
                                   en_error *error);
/* The newest first. */
EN_WARN_UNUSED bool en_history_list(en_segment *segment, const en_run_filter *filter,
                                    en_arena *arena, en_kept_run **runs, size_t *count,
                                    en_error *error);
EN_WARN_UNUSED bool en_history_get(en_segment *segment, int64_t id, en_arena *arena,
                                   en_kept_run *run, en_error *error);
/* Deletes the oldest runs until the rest is within the limits, and gives the pages back to the
 * system. `only_count`: says what would go. */
EN_WARN_UNUSED bool en_history_prune(en_segment *segment, const en_retention *retention,
                                     bool only_count, en_pruned *pruned, en_error *error);

#endif

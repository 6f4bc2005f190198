/* each - a scenario for each record of a file: one execution a record, commits shared by group.
 *
 * Shape:    records come one at a time and nothing of them stays, so memory is flat. Scenarios that
 *           write or reach outside have a checkpoint in every commit: a later call with `resume`
 *           goes on behind the last one, and no record is done twice or left out. A record that
 *           failed is undone and counted; what it had told or kept before cannot be undone, so such
 *           a record is never done again. Whoever listens holds back what it is told until the
 *           commit.
 * Units:    as records.h; times in microseconds.
 * Lifetime: nothing is kept.
 * Errors:   UsageError: the file cannot be read, or is not the checkpoint's; what the stores say
 *           when a commit fails: then nothing since the last one has happened. Records that fail
 *           are no errors of the call.
 * Threads:  one; the stores belong to it for a group at a time.
 */
#ifndef EN_BATCH_EACH_H
#define EN_BATCH_EACH_H

#include "batch/job.h"
#include "flow/run.h"

typedef struct en_each_record {
    uint64_t number;
    unsigned line;
    unsigned column; /* 0: not known */
} en_each_record;

typedef struct en_each_counts {
    uint64_t records; /* done, by earlier calls as well; failed ones included */
    uint64_t failed;
    uint64_t resumed;     /* done by earlier calls */
    uint64_t read_bytes;  /* of the file */
    uint64_t total_bytes; /* 0: not known */
    uint64_t last;        /* the last record that was read, and its line */
    unsigned last_line;
    bool finished;   /* all records are done */
    bool stopped;    /* by a record that failed */
    bool may_resume; /* a checkpoint knows where to go on */
} en_each_counts;

typedef struct en_each_listener {
    /* The clock and seed of an execution. */
    void (*begin)(void *owner, en_run_options *run);
    /* An execution is through, or (`report` NULL) there was none, because the record could not be
     * read. `error` NULL: it succeeded. True: enough is held back, commit. */
    bool (*ended)(void *owner, const en_each_record *record, const en_report *report,
                  const en_error *error, en_arena *arena);
    /* What was held back may be told: it is on disk. */
    void (*committed)(void *owner, const en_each_counts *counts);
    /* An earlier call did not come to the end, and this one begins again. */
    void (*begins_again)(void *owner, uint64_t records);
    void *owner;
} en_each_listener;

typedef struct en_each_options {
    const char *scenario; /* its file */
    const char *file;     /* of the records; "-": standard input */
    en_record_format format;
    const char *under;      /* the payload is {under: record}; NULL: the record */
    uint64_t most_failures; /* one more stops; UINT64_MAX: none does */
    const char *rejects;    /* a file for them, or NULL */
    uint64_t batch;         /* records that share a commit, at most; 0: as many as may */
    bool resume;
    bool dry_run; /* undo everything, tell nobody outside */
    en_run_options run;
    en_each_listener listener;
} en_each_options;

/* For bind.h. Whether an execution leaves anything behind, in the stores or outside. */
bool en_each_leaves_traces(const en_plan *plan);
/* The job; `detail` (may be empty) is what else decides what is done with a record. */
EN_WARN_UNUSED bool en_each_describe(const en_each_options *options, en_text detail,
                                     en_arena *arena, en_job *job, en_error *error);

/* Counts are right whether it succeeds or not. */
EN_WARN_UNUSED bool en_each_run(en_world *world, const en_plan *plan,
                                const en_each_options *options, en_each_counts *counts,
                                en_error *error);

#endif

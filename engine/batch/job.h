/* job - whose a checkpoint is, and whether it may be gone on with.
 *
 * Shape:    a job is a kind of work with a subject (a scenario, a data store) on a file of records.
 *           Its checkpoint is found by these names. It may be gone on with if the file and the
 *           program (what is done with each record) are still what they were.
 * Units:    none.
 * Lifetime: texts live in the arena passed.
 * Errors:   UsageError that says what has changed.
 * Threads:  free.
 */
#ifndef EN_BATCH_JOB_H
#define EN_BATCH_JOB_H

#include "batch/records.h"
#include "store/batch.h"

typedef struct en_job {
    const char *kind; /* "run", "import" */
    en_text subject;
    en_text program; /* what tells it from another or changed one; may be empty */
    const char *file;
} en_job;

/* A file's path without its ups and links, for a subject; the path itself if it has none. */
en_text en_job_path(en_arena *arena, const char *path);
/* Hexadecimal digits that tell a file's content from another one. */
EN_WARN_UNUSED bool en_job_digest(en_arena *arena, const char *path, en_text *digest,
                                  en_error *error);
/* The checkpoint of a job that has not begun. Its source is empty if the records cannot be told
 * from others (a pipe): then there is nothing to go on with. */
en_checkpoint en_job_begin(const en_job *job, const en_records *records, en_arena *arena);
/* What an earlier process left of the job that `begun` describes, or `begun` itself. */
EN_WARN_UNUSED bool en_job_find(en_database *database, const en_checkpoint *begun, en_arena *arena,
                                en_checkpoint *found, en_error *error);
/* Whether that may be gone on with. */
EN_WARN_UNUSED bool en_job_check(const en_job *job, const en_checkpoint *begun,
                                 const en_checkpoint *found, en_error *error);

#endif

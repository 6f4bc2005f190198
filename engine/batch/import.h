/* import - the records of a file straight into a data store.
 *
 * Shape:    records come one at a time and nothing of them stays, so memory is flat. They are
 *           committed by group, each time with a checkpoint: a later call with `resume` goes on
 *           behind the last one, and no record is stored twice or left out. An empty store is
 *           filled with its indexes built behind (store/load.h). A record that cannot be read or
 *           stored is an error of its own.
 *           A field that is null in the file stays empty; one that is not there gets its default.
 * Units:    as records.h.
 * Lifetime: nothing is kept.
 * Errors:   that of the record that stopped it, with file, line and column; UsageError: the file
 *           cannot be read, or is not the checkpoint's; what the store says when a commit fails:
 *           then nothing since the last one has happened.
 * Threads:  one; the database belongs to it for a group at a time.
 */
#ifndef EN_BATCH_IMPORT_H
#define EN_BATCH_IMPORT_H

#include "batch/records.h"
#include "store/store.h"

typedef enum en_import_mode {
    EN_IMPORT_ADD,       /* a key that is taken is an error */
    EN_IMPORT_OVERWRITE, /* the record takes the place of the one that is there */
    EN_IMPORT_UPSERT     /* its fields are merged into the one that is there */
} en_import_mode;

/* What is on disk. */
typedef struct en_import_counts {
    uint64_t records; /* done, by earlier calls as well; failed ones included */
    uint64_t failed;  /* of them */
    uint64_t resumed; /* done by earlier calls */
    uint64_t resumed_failed;
    uint64_t read_bytes;  /* of the file */
    uint64_t total_bytes; /* 0: not known */
    bool finished;        /* all records are done */
    bool may_resume;      /* a checkpoint knows where to go on */
} en_import_counts;

typedef struct en_import_listener {
    /* A record was passed over; the error knows its place. */
    void (*rejected)(void *owner, const en_error *error);
    void (*committed)(void *owner, const en_import_counts *counts);
    /* An earlier call did not come to the end, and this one begins again. */
    void (*begins_again)(void *owner, uint64_t records);
    void *owner;
} en_import_listener;

typedef struct en_import_options {
    en_text store;
    const char *file; /* "-": standard input */
    en_record_format format;
    const en_schema *schema; /* the declared one; NULL: what is stored counts */
    en_import_mode mode;
    uint64_t most_failures; /* one more stops; UINT64_MAX: none does */
    const char *rejects;    /* a file for them, or NULL */
    bool resume;
    bool dry_run;                    /* undo everything */
    uint64_t group;                  /* records a commit, and at most a second's; 0: all in one */
    const volatile int *interrupted; /* commits what there is; may be NULL */
    en_import_listener listener;
} en_import_options;

enum { EN_IMPORT_GROUP = 10000 };

/* Counts are right whether it succeeds or not. True without `finished`: it was interrupted. */
EN_WARN_UNUSED bool en_import_run(en_database *database, const en_store_run *run,
                                  const en_import_options *options, en_import_counts *counts,
                                  en_error *error);

#endif

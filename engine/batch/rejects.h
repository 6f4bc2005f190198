/* rejects - the file of the records that could not be taken: one JSON line each.
 *
 * Shape:    {"record", "line", "column"?, "field"?, "reason", "original"}. Without a path nothing is
 *           written and everything succeeds. A checkpoint says how long the file was with its
 *           commit: what a later process finds behind that belongs to records that are done again,
 *           and is cut off.
 * Units:    bytes of the file; records, lines and columns from 1.
 * Lifetime: lives in the arena given; the file is closed with it.
 * Errors:   UsageError when the file cannot be opened or is not the checkpoint's, RuntimeError when
 *           it cannot be written.
 * Threads:  one thread.
 */
#ifndef EN_BATCH_REJECTS_H
#define EN_BATCH_REJECTS_H

#include "batch/records.h"

typedef struct en_rejects en_rejects;

typedef struct en_reject {
    uint64_t record;
    unsigned line;
    unsigned column; /* 0: not known */
    en_text field;   /* empty: the whole record */
    en_text reason;
    en_text original; /* its bytes in the file */
} en_reject;

/* `path` may be NULL. Of a file that is there `kept_bytes` stay. */
EN_WARN_UNUSED bool en_rejects_open(en_arena *arena, const char *path, uint64_t kept_bytes,
                                    en_rejects **rejects, en_error *error);
EN_WARN_UNUSED bool en_rejects_add(en_rejects *rejects, const en_reject *reject, en_error *error);
/* The record that was read last, or could not be read, and why. `column` may be 0. */
EN_WARN_UNUSED bool en_rejects_add_record(en_rejects *rejects, const en_records *records,
                                          const en_error *why, unsigned column, en_error *error);
/* Everything added is on disk, and the file is so long. */
EN_WARN_UNUSED bool en_rejects_settle(en_rejects *rejects, uint64_t *bytes, en_error *error);
/* Cuts off what was added behind `bytes`. */
void en_rejects_take_back(en_rejects *rejects, uint64_t bytes);

#endif

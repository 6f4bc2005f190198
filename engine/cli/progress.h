/* progress - how far a long command is: a bar on a terminal, JSON lines elsewhere, a last line.
 *
 * Shape:    told of counts as often as one likes; what is shown is at most as old as a commit, so a
 *           count that was seen is on disk. The bar comes after a second and is drawn ten times a
 *           second; a JSON line comes with the
 *           first commit and then every second:
 *           {"records", "failed", "readBytes", "totalBytes", "seconds", "perSecond", "done"}.
 *           Everything goes to stderr.
 * Units:    records and bytes; times in microseconds.
 * Lifetime: lives in the context's arena.
 * Errors:   UsageError for a kind that does not exist.
 * Threads:  main thread.
 */
#ifndef EN_CLI_PROGRESS_H
#define EN_CLI_PROGRESS_H

#include "cli/command.h"

typedef struct en_progress en_progress;

typedef struct en_progress_counts {
    uint64_t records; /* done, the resumed ones included */
    uint64_t failed;  /* of them */
    uint64_t resumed; /* done before this command began: no part of the rate */
    uint64_t read_bytes;
    uint64_t total_bytes; /* 0: not known */
} en_progress_counts;

/* `kind` is --progress: "bar", "json", "none"; NULL: a bar on a terminal, unless --quiet. */
EN_WARN_UNUSED bool en_progress_new(en_context *context, const char *kind, en_progress **progress,
                                    en_error *error);
void en_progress_tell(en_progress *progress, const en_progress_counts *counts);
/* Takes the bar away, so that something else can be written; it comes back by itself. */
void en_progress_hide(en_progress *progress);
/* The end: the last JSON line, or "10,000 records in 1.25 s (8,000/s), 3 failed". */
void en_progress_end(en_progress *progress, const en_progress_counts *counts);

#define EN_PROGRESS_FLAG                                                                           \
    {                                                                                              \
        "progress", EN_FLAG_TEXT, "KIND", "bar, json (a line a second on stderr) or none."         \
    }

#endif

/* source - the bytes of a file, of standard input or of a text, unpacked if they are gzip.
 *
 * Shape:    one function gives the next bytes. The first two bytes decide whether it is gzip.
 * Units:    bytes.
 * Lifetime: lives in the arena given; files are closed with it.
 * Errors:   UsageError when a file cannot be opened, DataError when it cannot be read,
 *           ExecutionInterruptedError when the flag was set while waiting.
 * Threads:  one source, one thread.
 */
#ifndef EN_BATCH_SOURCE_H
#define EN_BATCH_SOURCE_H

#include "batch/records.h"

typedef struct en_source en_source;

EN_WARN_UNUSED bool en_source_open(en_arena *arena, const en_records_options *options,
                                   en_source **source, en_error *error);
/* A text in pieces of `piece` bytes, 0: as many as asked for. */
en_source *en_source_open_text(en_arena *arena, en_text text, size_t piece);

/* The next plain bytes: en_json_refill with the source as context. */
bool en_source_refill(void *source, char *bytes, size_t room, size_t *got, en_error *error);
/* The first plain bytes, at most `room`, without taking them: the first line if it is shorter, so
 * that nobody waits for a second one. */
EN_WARN_UNUSED bool en_source_peek(en_source *source, size_t room, en_text *bytes, en_error *error);
/* The first line of a text that is not blank; *whole: its end is there too. */
en_text en_source_first_line(en_text head, bool *whole);

bool en_source_is_gzip(const en_source *source);
uint64_t en_source_read_bytes(const en_source *source);
uint64_t en_source_total_bytes(const en_source *source);
/* See en_records_source. */
en_text en_source_identity(const en_source *source);

#endif

/* spool - a list of values that lies in a file: written once, then read from front to back.
 *
 * Shape:    values go in one by one and come out in the same order, exactly as they were; several
 *           readers may walk at the same time.
 * Units:    places in bytes.
 * Lifetime: the file has no name and goes with the arena of the spool. Values that are read live in
 *           the arena passed.
 * Errors:   StoreUnavailableError if the file cannot be made, written or read.
 * Threads:  a spool and its readers belong to one thread.
 */
#ifndef EN_VALUE_SPOOL_H
#define EN_VALUE_SPOOL_H

#include "value/value.h"

typedef struct en_spool en_spool;

/* Makes no file before the first value. */
en_spool *en_spool_new(en_arena *arena);
EN_WARN_UNUSED bool en_spool_add(en_spool *spool, en_value value, en_error *error);
uint64_t en_spool_count(const en_spool *spool);

/* Where a reader stands. Zeroed: at the front. Its buffer lives in the arena given first. */
typedef struct en_spool_reader {
    uint64_t place; /* of the next value */
    uint64_t from;  /* of the buffer in the file */
    char *buffer;
    size_t held;
} en_spool_reader;

/* The next value; there must be one. `buffers` holds the reader's buffer. */
EN_WARN_UNUSED bool en_spool_read(en_spool *spool, en_spool_reader *reader, en_arena *buffers,
                                  en_arena *arena, en_value *value, en_error *error);
/* The last value; there must be one. */
EN_WARN_UNUSED bool en_spool_last(en_spool *spool, en_arena *arena, en_value *value,
                                  en_error *error);

#endif

/* rows - the rows of CSV out of a source, one at a time, with their place and their bytes.
 *
 * Shape:    a row that is broken (a quote in the wrong place or never closed, broken UTF-8, a NUL)
 *           is an error; what comes next begins on the line behind the one on which it began, so
 *           that a quote too many costs one line and not the rest of the file. Empty lines are
 *           passed over, a byte order mark in front as well.
 * Units:    lines and columns from 1, columns and offsets in bytes.
 * Lifetime: lives in the arena given; fields in the arena passed; the bytes until the next call.
 * Errors:   DataError with line and column; what the source says.
 * Threads:  one thread.
 */
#ifndef EN_BATCH_ROWS_H
#define EN_BATCH_ROWS_H

#include "batch/source.h"

typedef struct en_rows en_rows;

typedef struct en_fields {
    const en_text *items; /* data NULL: empty, without quotes */
    size_t count;
} en_fields;

en_rows *en_rows_open(en_arena *arena, en_source *source, char delimiter);
EN_WARN_UNUSED bool en_rows_next(en_rows *rows, en_arena *arena, en_fields *fields, bool *found,
                                 en_error *error);
/* Of the row read last, or the one that is broken. */
unsigned en_rows_line(const en_rows *rows);
en_text en_rows_original(const en_rows *rows);
/* Behind it. */
uint64_t en_rows_offset(const en_rows *rows);
/* Whether anything may come. */
bool en_rows_go_on(const en_rows *rows);
/* Comes to the row that begins at `offset`, which lies ahead. */
EN_WARN_UNUSED bool en_rows_skip(en_rows *rows, uint64_t offset, en_error *error);
/* Where field `index` of the row begins. */
void en_rows_place(const en_rows *rows, size_t index, unsigned *line, unsigned *column);

#endif

/* csv - reads comma-separated text, whole or piece by piece.
 *
 * Shape:    RFC 4180 with any delimiter of one byte. Rows end in LF, CR or CR LF; empty lines are
 *           skipped; blanks belong to their field. A quote may stand only around a whole field, and
 *           twice for one inside. A UTF-8 byte order mark in front is skipped.
 * Units:    lines from 1, as an editor counts them; a row has the line on which it begins.
 * Lifetime: what a row callback gets lives until it returns; values live in the arena given.
 * Errors:   DataError "line 7: …", with the line also in the error: a quote in the wrong place or
 *           never closed, broken UTF-8, rows over EN_CSV_ROW_BYTES or EN_CSV_COLUMNS.
 * Threads:  a reader belongs to one thread.
 */
#ifndef EN_VALUE_CSV_H
#define EN_VALUE_CSV_H

#include "value/value.h"

enum { EN_CSV_COLUMNS = 4096, EN_CSV_ROW_BYTES = 64 << 20 };

/* One row; false ends the reading with the error it set. */
typedef bool en_csv_row(void *context, const en_text *fields, size_t count, unsigned line,
                        en_error *error);

typedef struct en_csv_reader en_csv_reader;

/* The reader lives in `arena` and is closed with it. Memory is that of one row. */
en_csv_reader *en_csv_reader_open(en_arena *arena, char delimiter, en_csv_row *row, void *context);
EN_WARN_UNUSED bool en_csv_reader_push(en_csv_reader *reader, en_text bytes, en_error *error);
/* Gives the last row if no line end came behind it. */
EN_WARN_UNUSED bool en_csv_reader_finish(en_csv_reader *reader, en_error *error);

/* --- row by row: for who keeps the bytes and knows the place --- */

/* Right after opening: no byte order mark is looked for, messages name no line, and a field that is
 * empty without quotes has the data NULL. */
void en_csv_reader_pull(en_csv_reader *reader);
/* As push, but stops behind the first line that ends a row, which the callback has got then. *used
 * bytes were taken; behind an error they end at its place. */
EN_WARN_UNUSED bool en_csv_reader_push_row(en_csv_reader *reader, en_text bytes, size_t *used,
                                           en_error *error);
/* Forgets the row it stands in, and any error: what is pushed next begins a line. */
void en_csv_reader_restart(en_csv_reader *reader);

/* A delimiter as a parameter spells it: one byte, "\t" as the two characters or as "tab"; empty is
 * a comma. Quotes, line ends and bytes beyond ASCII are refused (DataError). */
EN_WARN_UNUSED bool en_csv_delimiter(en_text spelling, char *delimiter, en_error *error);

/* Names for the columns of a header row: trimmed; an empty one is "column3"; the second "name" is
 * "name_2". `names` has room for `count`; generated names live in the arena. */
void en_csv_names(en_arena *arena, const en_text *header, size_t count, en_text *names);

/* A whole text as an array: of collections under the names of the first row if `headers`, else of
 * arrays. Fields are texts. A short row has null for what it lacks; columns beyond the header are
 * "column5" and so on. */
EN_WARN_UNUSED bool en_csv_read(en_arena *arena, en_text input, char delimiter, bool headers,
                                en_value *rows, en_error *error);

#endif

/* records - the records of a file, one after the other: CSV, JSON, JSON Lines, and gzip of each.
 *
 * Shape:    a reader stands behind a record and reads the next one. CSV: the first row names the
 *           fields; a cell that is empty without quotes is no member of its record, "" is an empty
 *           text (in a field of another type nothing either); with a schema, cells of its fields come out in their types as far as the cell
 *           alone tells, else all are texts. JSON: the elements of one array, or values one after
 *           the other. JSON Lines: one value a line. How a file is written is told by --format,
 *           its name, or its first bytes; gzip always by its first bytes.
 *           A record that cannot be read is an error of its own: the caller may go on, and comes to
 *           the next line (JSON Lines), the next row (CSV: the line behind the one on which the
 *           broken row began), while an array ends.
 * Units:    offsets in bytes of the plain text; records, lines and columns from 1, columns in
 *           bytes.
 * Lifetime: the reader lives in the arena it was opened in; values in the arena passed to next;
 *           the original text until the next call.
 * Errors:   UsageError: the file cannot be read, or how it is written cannot be told. DataError,
 *           SyntaxError, DataSizeLimitExceededError with file, line and column for a record.
 *           ExecutionInterruptedError while waiting.
 * Threads:  one reader, one thread.
 */
#ifndef EN_BATCH_RECORDS_H
#define EN_BATCH_RECORDS_H

#include "store/schema.h"
#include "value/json.h"

typedef enum en_record_kind {
    EN_RECORDS_UNKNOWN,
    EN_RECORDS_CSV,
    EN_RECORDS_JSON,
    EN_RECORDS_LINES
} en_record_kind;

/* Columns of CSV that hold a record's key and, as JSON, its undeclared fields: texts, whatever a
 * schema says of fields with these names. */
#define EN_CSV_KEY   EN_TEXT("_key")
#define EN_CSV_EXTRA EN_TEXT("_extra")

typedef struct en_record_format {
    en_record_kind kind;
    char delimiter; /* of CSV; 0: not known */
    bool gzip;
} en_record_format;

/* What --format and --delimiter say: "csv", "tsv", "json", "jsonl" or "ndjson", each with ".gz" if
 * it is to be written so. Both may be NULL; what they leave open, the name of the file says. */
EN_WARN_UNUSED bool en_record_format_read(const char *format, const char *delimiter,
                                          const char *path, en_record_format *read,
                                          en_error *error);
const char *en_record_kind_name(en_record_kind kind);

typedef struct en_records_options {
    const char *path;          /* "-": standard input */
    en_record_format format;   /* what is not known is found out */
    unsigned json_flags;       /* EN_JSON_TYPED */
    const en_schema *schema;   /* types of CSV cells; may be NULL */
    size_t max_bytes;          /* memory for one record; 0: 256 MB */
    void (*wait)(void *owner); /* before reading what may not be there yet; may be NULL */
    void *owner;
    const volatile int *interrupted; /* may be NULL */
} en_records_options;

typedef struct en_records en_records;

EN_WARN_UNUSED bool en_records_open(en_arena *arena, const en_records_options *options,
                                    en_records **records, en_error *error);
/* The same for a text in memory, which must stay; options->path is what messages call it. The bytes
 * come in pieces of `piece` (0: as many as asked for). */
EN_WARN_UNUSED bool en_records_open_text(en_arena *arena, const en_records_options *options,
                                         en_text text, size_t piece, en_records **records,
                                         en_error *error);
/* *found false: there are no more. False: this record cannot be read. */
EN_WARN_UNUSED bool en_records_next(en_records *records, en_arena *arena, en_value *value,
                                    bool *found, en_error *error);
/* Behind an error: whether there may be further records. */
EN_WARN_UNUSED bool en_records_go_on(const en_records *records);

/* --- the record that was read last, or could not be read --- */

uint64_t en_records_number(const en_records *records);
unsigned en_records_line(const en_records *records);
/* Its bytes in the file, without the end of the line; the beginning if it is long. */
en_text en_records_original(const en_records *records);
/* Names file, line and column in an error about the value that was read last: those of the field
 * error->path begins with, else of the record. A place that is set already stays. */
void en_records_locate(const en_records *records, en_error *error);

/* --- going on later --- */

/* Of the first byte behind the last record. */
uint64_t en_records_offset(const en_records *records);
/* Right after opening: reads up to `offset`, where record `number` ended, and forgets it. DataError
 * when the text is shorter. */
EN_WARN_UNUSED bool en_records_skip(en_records *records, uint64_t offset, uint64_t number,
                                    en_error *error);
/* What tells this file from another or changed one; empty for standard input and pipes. */
en_text en_records_source(const en_records *records);

/* --- how far it is --- */

en_record_format en_records_format(const en_records *records);
/* Bytes of the file as they lie there (packed, if they are), and all of them; 0: not known. */
uint64_t en_records_read_bytes(const en_records *records);
uint64_t en_records_total_bytes(const en_records *records);

#endif

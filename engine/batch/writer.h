/* writer - records of a data store as CSV, JSON or JSON Lines, packed or not.
 *
 * Shape:    what is written reads back as the same records (batch/pair.h). JSON: {"key", "data"}, an
 *           array of them or one a line; dates and buffers in their typed form. CSV: _key, a column
 *           for each declared field, and, if asked for, _extra: a JSON object of what has no column
 *           or no form in a cell (undeclared fields, texts with NUL). Arrays and collections are
 *           JSON in their cell. A declared field that is empty and has a default is null, so that
 *           the default does not take its place.
 * Units:    none.
 * Lifetime: lives in the arena given, as the schema must.
 * Errors:   DataError for a record that CSV cannot hold, with the field as path; what the sink says.
 * Threads:  one thread.
 */
#ifndef EN_BATCH_WRITER_H
#define EN_BATCH_WRITER_H

#include "batch/records.h"
#include "value/zip.h"

typedef struct en_writer_options {
    en_record_format format;
    const en_schema *schema; /* may be NULL: nothing is declared */
    bool has_extra;          /* CSV: there is a column for what has none */
    bool guards;             /* CSV: ' before what a spreadsheet would take for a formula */
    en_zip_sink *sink;
    void *context; /* of the sink */
} en_writer_options;

typedef struct en_writer en_writer;

EN_WARN_UNUSED bool en_writer_open(en_arena *arena, const en_writer_options *options,
                                   en_writer **writer, en_error *error);
EN_WARN_UNUSED bool en_writer_add(en_writer *writer, en_text key, en_value data, en_error *error);
EN_WARN_UNUSED bool en_writer_finish(en_writer *writer, en_error *error);

/* Whether a record needs the column _extra in CSV. */
EN_WARN_UNUSED bool en_writer_needs_extra(const en_schema *schema, en_value data);

#endif

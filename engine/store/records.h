/* records - between what a scenario calls a record and a row of its table.
 *
 * Shape:    data is taken into a row (coerced by field, undeclared fields beside), completed
 * (defaults), given a key, finished (checks, JSON, size), bound; and read back the other way. A row
 * is what both ways have in common.
 *
 *           How a value is kept: text, email, url, number, boolean, date and buffer as column
 * values; array, collection and any as JSON text; undeclared fields, declared ones without a
 *           column, and integers above 2^63 - 1 (whose column holds the nearest real, for
 *           comparing) as members of the JSON object _extra. In JSON dates are ISO text and buffers
 *           base64; a missing declared field is no member when read back.
 * Units:    the size of a record in bytes: the key's length, for every declared field that is there
 * the name's length + 4 + (text: length + 2, buffer: length, number: 8, boolean: 5, date: 26, JSON:
 * its length), and the length of _extra. Lifetime: values live in the arena given, JSON texts in
 * the connection's scratch arena. A row lives until the next operation on its table. Errors:
 * BundleValidationError with the field as path; DataError for what JSON cannot hold. Threads:  as
 * en_connection.
 */
#ifndef EN_STORE_RECORDS_H
#define EN_STORE_RECORDS_H

#include "store/sqlite.h"

void en_row_clear(en_table *table, en_row *row);
/* Puts the members of `data` into the row; what is missing or null there empties the field. */
EN_WARN_UNUSED bool en_row_take(en_table *table, en_row *row, en_value data, en_arena *arena,
                                en_error *error);
/* `nulls_stay`: fields that were given as null stay empty. */
void en_row_fill_defaults(en_table *table, en_row *row, bool nulls_stay);
/* DESIGN 5: `given`, else the first unique field, else "id" in the data, else a generated one. */
EN_WARN_UNUSED bool en_row_choose_key(en_table *table, en_row *row, en_text given,
                                      const en_store_run *run, en_arena *arena, en_error *error);
/* Refuses a change of the field that `before` has its key from. */
EN_WARN_UNUSED bool en_row_keep_key(en_table *table, const en_row *before, const en_row *row,
                                    en_error *error);
/* Checks required and strict, makes the JSON texts and the size. */
EN_WARN_UNUSED bool en_row_finish(en_table *table, en_row *row, en_arena *arena, en_error *error);

/* When a record that is written at `now_ms` expires. */
void en_row_set_expiry(en_table *table, en_row *row, int64_t now_ms);

void en_row_bind(en_table *table, const en_row *row, en_statement *statement);
/* Only one field: its column is parameter `index`. */
void en_row_bind_field(en_table *table, const en_row *row, size_t field, en_statement *statement,
                       int index);
/* From a result that begins with the columns of en_table_add_columns. */
EN_WARN_UNUSED bool en_row_read(en_table *table, en_statement *statement, en_row *row,
                                en_arena *arena, en_error *error);
/* The record in the shape asked for. */
en_value en_row_value(const en_table *table, const en_row *row, en_record_shape shape,
                      en_arena *arena);
/* A field by name: declared, undeclared, or the key as id and recordId. */
en_value en_row_field(const en_table *table, const en_row *row, en_text name);

/* SIZE_MAX: not declared. */
size_t en_table_field(const en_table *table, en_text name);
/* Whether a field's column holds JSON. */
EN_WARN_UNUSED bool en_field_is_json(const en_field *field);

#endif

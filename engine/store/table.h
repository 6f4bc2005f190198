/* table - one store as a table: which fields have columns, its DDL, its statements.
 *
 * Shape:    store-protocol.md 11 and 12. A field has a column unless its name is empty, begins with
 *           "_", holds NUL, is longer than 255 bytes, equals another without case, or comes after
 *           the 200th; then it lives in _extra. All names are quoted here, all values are bound.
 * Units:    none.
 * Lifetime: a table owns its arena and statements; its schema must live as long.
 * Errors:   InvalidConfigurationError for a unique field or a buffer that cannot have a column.
 * Threads:  as en_connection.
 */
#ifndef EN_STORE_TABLE_H
#define EN_STORE_TABLE_H

#include "store/sqlite.h"

/* An empty table object with an arena, for a schema to be read into. */
en_table *en_table_new(en_connection *connection);
/* Lays out the columns of `schema`. */
EN_WARN_UNUSED bool en_table_lay_out(en_table *table, const en_schema *schema, en_text name,
                                     en_error *error);
void en_table_free(en_table *table);
/* They are compiled again when they are needed. */
void en_table_close_statements(en_table *table);

/* Whether field `index` of a schema gets a column. */
EN_WARN_UNUSED bool en_field_has_column(const en_schema *schema, size_t index);

/* CREATE TABLE and CREATE UNIQUE INDEX for everything that guards the data. */
EN_WARN_UNUSED bool en_table_create(en_table *table, en_error *error);
/* CREATE TABLE alone, without even the index of the key: load.h. */
EN_WARN_UNUSED bool en_table_create_bare(en_table *table, en_error *error);
/* All indexes that are not there. */
EN_WARN_UNUSED bool en_table_build_indexes(en_table *table, en_error *error);
EN_WARN_UNUSED bool en_table_has_indexes(en_table *table, bool *complete, en_error *error);
/* All indexes but that of the key. */
EN_WARN_UNUSED bool en_table_drop_indexes(en_table *table, en_error *error);
/* The declared indexes; those of an older definition go. */
EN_WARN_UNUSED bool en_table_create_indexes(en_table *table, en_error *error);
EN_WARN_UNUSED bool en_table_is_empty(en_table *table, bool *empty, en_error *error);

/* Behind WHERE: "… is not expired at ?<parameter>". */
void en_table_add_live(int parameter, en_builder *sql);
/* A statement of the table, compiled when it is first needed. */
EN_WARN_UNUSED bool en_table_statement_get(en_table *table, en_table_statement which,
                                           en_statement **statement, en_error *error);
/* _key, _extra, _bytes and the columns of the fields: what en_row_read reads. */
void en_table_add_columns(const en_table *table, en_builder *sql);
/* _seq, the same, _expires: all that there is. */
void en_table_add_image(const en_table *table, en_builder *sql);

/* "name", quotes inside doubled. */
void en_sql_add_name(en_builder *sql, en_text name);
/* ?<number>, without the cost of a format: searches are built anew each time. */
void en_sql_add_parameter(en_builder *sql, int number);
/* An undeclared field as an expression over _extra; false: its name cannot be found so. */
EN_WARN_UNUSED bool en_sql_extra_field(en_arena *arena, en_text name, en_text *sql);
/* Runs what was built. */
EN_WARN_UNUSED bool en_sql_run(en_db *db, en_builder *sql, en_error *error);

#endif

#include "store/conflict.h"

#include "store/records.h"
#include "store/table.h"

bool en_key_exists(en_table *table, en_text key, uint64_t *size, bool *exists, en_error *error)
{
    en_statement *find = NULL;
    *exists = false;
    if (!en_table_statement_get(table, EN_SQL_SIZE, &find, error)) {
        return false;
    }
    en_statement_bind_text(find, 1, key);
    en_stepped step = en_statement_step(find, error);
    if (step == EN_STEP_ROW) {
        *exists = true;
        *size = (uint64_t)en_statement_integer(find, 0);
        en_statement_reset(find);
    }
    return step != EN_STEP_FAILED;
}

/* Whether another record holds the row's values in all fields of a unique list. */
static bool is_taken(en_table *table, const en_row *row, const en_text *names, size_t count,
                     bool *taken, en_error *error)
{
    en_connection *connection = table->connection;
    en_builder sql;
    en_statement *find = NULL;
    *taken = false;
    en_builder_init(&sql, &connection->scratch);
    en_builder_add(&sql, EN_TEXT("SELECT 1 FROM "));
    en_builder_add(&sql, table->quoted);
    en_builder_add(&sql, EN_TEXT(" WHERE _key <> ?1"));
    for (size_t i = 0; i < count; i++) {
        en_builder_add(&sql, EN_TEXT(" AND "));
        en_sql_add_name(&sql, names[i]);
        en_builder_format(&sql, " = ?%zu", i + 2);
    }
    if (!en_db_prepare(connection->db, &connection->scratch, en_builder_take(&sql), &find, error)) {
        return false;
    }
    en_statement_bind_text(find, 1, row->key);
    for (size_t i = 0; i < count; i++) {
        en_row_bind_field(table, row, en_table_field(table, names[i]), find, (int)i + 2);
    }
    en_stepped step = en_statement_step(find, error);
    *taken = step == EN_STEP_ROW;
    en_statement_release(find);
    return step != EN_STEP_FAILED;
}

/* Always false. */
static bool say_taken(en_table *table, const en_row *row, const en_text *names, size_t count,
                      en_error *error)
{
    en_arena *scratch = &table->connection->scratch;
    en_builder what;
    en_builder_init(&what, scratch);
    for (size_t i = 0; i < count; i++) {
        en_value value = row->cells[en_table_field(table, names[i])];
        en_text text = en_value_as_text(scratch, value, EN_TEXT(", "));
        text = en_text_slice(text, 0, text.length < 200 ? text.length : 200);
        en_builder_format(&what, "%s%.*s \"%.*s\"", i == 0 ? "" : " and ", EN_TEXT_ARG(names[i]),
                          EN_TEXT_ARG(text));
    }
    en_text fields = en_builder_take(&what);
    en_error_set(error, EN_DuplicateDataError, "a record with %.*s exists in data store \"%.*s\"",
                 EN_TEXT_ARG(fields), EN_TEXT_ARG(table->schema->name));
    en_error_prefix_path(error, names[0]);
    return false;
}

bool en_conflict_explain(en_table *table, const en_row *row, bool key_is_new, en_error *error)
{
    const en_schema *schema = table->schema;
    uint64_t size = 0;
    bool taken = false;
    if (key_is_new) {
        if (!en_key_exists(table, row->key, &size, &taken, error)) {
            return false;
        }
        if (taken) {
            return en_error_set(error, EN_DuplicateDataError,
                                "a record with key \"%.*s\" exists in data store \"%.*s\"",
                                EN_TEXT_ARG(row->key), EN_TEXT_ARG(schema->name));
        }
    }
    for (size_t i = 0; i < schema->field_count; i++) {
        const en_text *name = &schema->fields[i].name;
        if (schema->fields[i].unique && !en_is_missing(row->cells[i])) {
            if (!is_taken(table, row, name, 1, &taken, error)) {
                return false;
            }
            if (taken) {
                return say_taken(table, row, name, 1, error);
            }
        }
    }
    for (size_t i = 0; i < schema->unique_count; i++) {
        const en_field_list *list = &schema->uniques[i];
        if (!is_taken(table, row, list->names, list->count, &taken, error)) {
            return false;
        }
        if (taken) {
            return say_taken(table, row, list->names, list->count, error);
        }
    }
    return en_error_set(error, EN_DuplicateDataError,
                        "a unique value of record \"%.*s\" exists in data store \"%.*s\"",
                        EN_TEXT_ARG(row->key), EN_TEXT_ARG(schema->name));
}

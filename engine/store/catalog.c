#include "store/catalog.h"

#include "value/json.h"

const char en_catalog_setup[] = "CREATE TABLE enact_stores (\n"
                                "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
                                "  name TEXT NOT NULL UNIQUE,\n"
                                "  table_name TEXT NOT NULL UNIQUE COLLATE NOCASE,\n"
                                "  structure TEXT NOT NULL,\n" /* canonical JSON */
                                "  generation INTEGER NOT NULL,\n"
                                "  records INTEGER NOT NULL,\n"
                                "  bytes INTEGER NOT NULL,\n"
                                "  max_records INTEGER,\n" /* NULL: none */
                                "  max_bytes INTEGER\n"
                                ") STRICT;\n";

/* --- canonical text --- */

en_text en_schema_canonical(en_arena *arena, const en_schema *schema)
{
    en_schema bare = *schema;
    bare.name = EN_TEXT("");
    bare.max_records = EN_DEFAULT_MAX_RECORDS;
    bare.max_bytes = EN_DEFAULT_MAX_BYTES;
    return en_json_text(arena, en_schema_write(arena, &bare), 0);
}

bool en_schema_read_canonical(en_arena *arena, en_text text, en_text name, uint64_t max_records,
                              uint64_t max_bytes, const en_schema **schema, en_error *error)
{
    en_value definition = en_nothing();
    en_error cause;
    en_error_clear(&cause);
    bool is_json = en_json_read(arena, text, 0, EN_JSON_DEPTH, &definition, &cause);
    if (!is_json && cause.type == EN_DataSizeLimitExceededError) {
        return en_error_set(error, cause.type, "%s", cause.message);
    }
    if (!is_json || !en_is(definition, EN_COLLECTION)) {
        return en_error_set(error, EN_StoreUnavailableError,
                            "enact_stores holds no readable structure for data store \"%.*s\"",
                            EN_TEXT_ARG(name));
    }
    en_collection_builder members;
    en_collection_builder_init(&members, arena);
    en_collection_builder_add(&members, EN_TEXT("name"), en_text_value(EN_TEXT("?")));
    for (uint32_t i = 0; i < en_collection_count(definition); i++) {
        en_collection_builder_add(&members, en_collection_members(definition)[i].name,
                                  en_collection_members(definition)[i].value);
    }
    en_problems problems;
    en_problems_init(&problems, arena);
    const en_schema *read = en_schema_read(arena, en_collection_builder_take(&members), &problems);
    if (read == NULL) {
        en_text message = problems.first != NULL ? problems.first->message : EN_TEXT("");
        return en_error_set(error, EN_StoreUnavailableError,
                            "enact_stores holds a structure for data store \"%.*s\" that cannot be "
                            "read: %.*s",
                            EN_TEXT_ARG(name), EN_TEXT_ARG(message));
    }
    en_schema *named = EN_NEW(arena, en_schema);
    *named = *read;
    named->name = en_text_copy(arena, name);
    named->max_records = max_records;
    named->max_bytes = max_bytes;
    *schema = named;
    return true;
}

/* --- rows --- */

static uint64_t read_unsigned(en_statement *statement, int column)
{
    int64_t integer = en_statement_integer(statement, column);
    return integer < 0 ? 0 : (uint64_t)integer;
}

bool en_catalog_read(en_connection *connection, en_text store, en_catalog_row *row, en_error *error)
{
    en_statement *find = NULL;
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("SELECT id, generation, records, bytes, max_records, max_bytes, "
                               "table_name, structure FROM enact_stores WHERE name = ?1"),
                       &find, error)) {
        return false;
    }
    en_statement_bind_text(find, 1, store);
    en_stepped step = en_statement_step(find, error);
    *row = (en_catalog_row){ .found = step == EN_STEP_ROW };
    if (row->found) {
        row->id = en_statement_integer(find, 0);
        row->generation = en_statement_integer(find, 1);
        row->count = read_unsigned(find, 2);
        row->bytes = read_unsigned(find, 3);
        row->max_records = read_unsigned(find, 4);
        row->max_bytes = read_unsigned(find, 5);
        row->table = en_text_copy(&connection->scratch, en_statement_text(find, 6));
        row->structure = en_text_copy(&connection->scratch, en_statement_text(find, 7));
    }
    en_statement_release(find);
    return step != EN_STEP_FAILED;
}

static void bind_limit(en_statement *statement, int index, uint64_t limit)
{
    if (limit == 0) {
        en_statement_bind_null(statement, index);
    } else {
        en_statement_bind_integer(statement, index, limit > INT64_MAX ? INT64_MAX : (int64_t)limit);
    }
}

/* Binds id, generation, structure and limits to ?1 … ?5, name and table to ?6 and ?7, and runs. */
static bool write_row(en_table *table, en_text sql, en_error *error)
{
    en_connection *connection = table->connection;
    en_statement *write = NULL;
    if (!en_db_prepare(connection->db, &connection->scratch, sql, &write, error)) {
        return false;
    }
    en_statement_bind_integer(write, 1, table->id);
    en_statement_bind_integer(write, 2, table->generation);
    en_statement_bind_text(write, 3, en_schema_canonical(&connection->scratch, table->schema));
    bind_limit(write, 4, table->schema->max_records);
    bind_limit(write, 5, table->schema->max_bytes);
    en_statement_bind_text(write, 6, table->schema->name);
    en_statement_bind_text(write, 7, table->table);
    en_stepped step = en_statement_step(write, error);
    en_statement_release(write);
    return step == EN_STEP_DONE ||
           en_error_set(error, EN_StoreUnavailableError, "enact_stores cannot be written");
}

bool en_catalog_insert(en_table *table, en_error *error)
{
    return write_row(table,
                     EN_TEXT("INSERT INTO enact_stores (id, generation, structure, "
                             "max_records, max_bytes, name, table_name, records, bytes) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0)"),
                     error);
}

bool en_catalog_update(en_table *table, en_error *error)
{
    table->generation++;
    return write_row(table,
                     EN_TEXT("UPDATE enact_stores SET generation = ?2, structure = ?3, "
                             "max_records = ?4, max_bytes = ?5, name = ?6, table_name = ?7 "
                             "WHERE id = ?1"),
                     error);
}

bool en_catalog_save(en_table *table, en_error *error)
{
    en_connection *connection = table->connection;
    en_statement *save = NULL;
    if (!table->dirty) {
        return true;
    }
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("UPDATE enact_stores SET records = ?2, bytes = ?3 WHERE id = ?1"),
                       &save, error)) {
        return false;
    }
    en_statement_bind_integer(save, 1, table->id);
    en_statement_bind_integer(save, 2, (int64_t)table->count);
    en_statement_bind_integer(save, 3, (int64_t)table->bytes);
    en_stepped step = en_statement_step(save, error);
    en_statement_release(save);
    table->dirty = step != EN_STEP_DONE;
    return !table->dirty;
}

bool en_catalog_delete(en_table *table, en_error *error)
{
    en_connection *connection = table->connection;
    en_statement *drop = NULL;
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("DELETE FROM enact_stores WHERE id = ?1"), &drop, error)) {
        return false;
    }
    en_statement_bind_integer(drop, 1, table->id);
    en_stepped step = en_statement_step(drop, error);
    en_statement_release(drop);
    return step == EN_STEP_DONE;
}

bool en_catalog_next_id(en_connection *connection, int64_t *id, en_error *error)
{
    return en_db_read_integer(connection->db,
                              "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence "
                              "WHERE name = 'enact_stores'",
                              id, error);
}

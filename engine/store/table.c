#include "store/table.h"

#include "base/mutant.h"
#include "store/load.h"

#include <stdio.h>
#include <string.h>

/* --- SQL text --- */

void en_sql_add_name(en_builder *sql, en_text name)
{
    en_builder_add_char(sql, '"');
    for (size_t i = 0; i < name.length; i++) {
        if (name.data[i] == '"') {
            en_builder_add_char(sql, '"');
        }
        en_builder_add_char(sql, name.data[i]);
    }
    en_builder_add_char(sql, '"');
}

void en_sql_add_parameter(en_builder *sql, int number)
{
    char room[16];
    size_t at = sizeof room;
    do {
        room[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    room[--at] = '?';
    en_builder_add(sql, (en_text){ room + at, sizeof room - at });
}

/* json_extract looks for a name as it stands in the JSON text, and dots in the name of a condition
 * may lead into collections. */
bool en_sql_extra_field(en_arena *arena, en_text name, en_text *sql)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_builder_add(&out, EN_TEXT("json_extract(_extra, '$.\""));
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = (unsigned char)name.data[i];
        if (byte < ' ' || byte == '"' || byte == '\\' || byte == '.') {
            return false;
        }
        if (byte == '\'') {
            en_builder_add_char(&out, '\'');
        }
        en_builder_add_char(&out, name.data[i]);
    }
    en_builder_add(&out, EN_TEXT("\"')"));
    *sql = en_builder_take(&out);
    return name.length != 0 && name.length <= EN_NAMED_LIMIT && sql->length != 0;
}

bool en_sql_run(en_db *db, en_builder *sql, en_error *error)
{
    en_builder_add_char(sql, '\0');
    en_text text = en_builder_take(sql);
    return text.length != 0 ? en_db_run(db, text.data, error)
                            : en_error_set(error, EN_DataError, "no memory for a statement");
}

/* --- columns --- */

bool en_field_has_column(const en_schema *schema, size_t index)
{
    en_text name = schema->fields[index].name;
    if (index >= EN_COLUMN_LIMIT || name.length == 0 || name.length > EN_NAMED_LIMIT ||
        name.data[0] == '_' || memchr(name.data, '\0', name.length) != NULL) {
        return false;
    }
    for (size_t i = 0; i < index; i++) {
        if (en_text_equal_nocase(schema->fields[i].name, name)) {
            return false;
        }
    }
    return true;
}

static bool must_have_column(const en_schema *schema, size_t index)
{
    return schema->fields[index].type == EN_T_BUFFER || en_schema_is_unique(schema, index);
}

en_table *en_table_new(en_connection *connection)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_table *table = EN_NEW(&arena, en_table);
    table->arena = arena;
    table->connection = connection;
    return table;
}

void en_table_close_statements(en_table *table)
{
    for (size_t i = 0; i < EN_TABLE_STATEMENTS; i++) {
        en_statement_close(table->statements[i]);
        table->statements[i] = NULL;
    }
}

void en_table_free(en_table *table)
{
    en_table_close_statements(table);
    en_load_free(table->load);
    en_arena arena = table->arena; /* the table lies in it */
    en_arena_done(&arena);
}

static void make_row(en_table *table, en_row *row)
{
    size_t count = table->schema->field_count + 1; /* never an empty piece */
    row->cells = en_arena_zero(&table->arena, count * sizeof *row->cells);
    row->json = en_arena_zero(&table->arena, count * sizeof *row->json);
}

bool en_table_lay_out(en_table *table, const en_schema *schema, en_text name, en_error *error)
{
    en_arena *arena = &table->arena;
    table->schema = schema;
    table->table = en_text_copy(arena, name);
    en_builder quoted;
    en_builder_init(&quoted, arena);
    en_sql_add_name(&quoted, name);
    table->quoted = en_builder_take(&quoted);
    table->slots = en_arena_zero(arena, (schema->field_count + 1) * sizeof *table->slots);
    table->slot_count = EN_AT_FIELDS;
    table->key_field = SIZE_MAX;
    table->id_field = SIZE_MAX;
    table->ttl_field = SIZE_MAX;
    table->expires = schema->ttl_field.length != 0 || schema->ttl_ms != 0;
    for (size_t i = 0; i < schema->field_count; i++) {
        const en_field *field = &schema->fields[i];
        if (en_field_has_column(schema, i)) {
            table->slots[i] = table->slot_count++;
        } else if (must_have_column(schema, i)) {
            return en_error_set(
                error, EN_InvalidConfigurationError,
                "field \"%.*s\" of data store \"%.*s\" cannot be unique or a buffer: "
                "its name cannot be a column's",
                EN_TEXT_ARG(field->name), EN_TEXT_ARG(schema->name));
        } else {
            table->has_hidden = true;
        }
        if (field->unique && table->key_field == SIZE_MAX) {
            table->key_field = i;
        }
        if (en_text_equal(field->name, EN_TEXT("id"))) {
            table->id_field = i;
        }
        if (en_text_equal(field->name, schema->ttl_field)) {
            table->ttl_field = i;
        }
        table->shadows_record_id |= en_text_equal(field->name, EN_TEXT("recordId"));
    }
    table->hint_count = (uint16_t)(table->slot_count - EN_AT_FIELDS + 8);
    table->hints = en_arena_zero(arena, table->hint_count * sizeof *table->hints);
    make_row(table, &table->row);
    make_row(table, &table->before);
    return true;
}

/* --- DDL --- */

typedef struct column_kind {
    en_types type;
    const char *sql;
} column_kind;

/* A number keeps its own storage class, so that exact integers stay exact. Its check names two
 * types because SQLite compares with two, while it builds a table of three for every row (twice the
 * time). */
static const column_kind column_kinds[] = {
    { EN_T_NUMBER, "ANY" },
    { EN_T_BOOLEAN, "INTEGER" },
    { EN_T_DATE, "INTEGER" },
    { EN_T_BUFFER, "BLOB" },
};

static void add_column(en_builder *sql, const en_field *field)
{
    const char *kind = "TEXT";
    for (size_t i = 0; i < sizeof column_kinds / sizeof *column_kinds; i++) {
        if (field->type == column_kinds[i].type) {
            kind = column_kinds[i].sql;
        }
    }
    en_builder_add(sql, EN_TEXT("  "));
    en_sql_add_name(sql, field->name);
    en_builder_format(sql, " %s", kind);
    if (field->type == EN_T_NUMBER) {
        en_builder_add(sql, EN_TEXT(" CHECK (typeof("));
        en_sql_add_name(sql, field->name);
        en_builder_add(sql, EN_TEXT(") NOT IN ('text', 'blob'))"));
    }
    en_builder_add(sql, EN_TEXT(",\n"));
}

static void add_names(en_builder *sql, const en_text *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        en_builder_add(sql, i == 0 ? EN_TEXT("(") : EN_TEXT(", "));
        en_sql_add_name(sql, names[i]);
    }
    en_builder_add(sql, EN_TEXT(")"));
}

/* `kind`: u for unique ones, i for the others. Those that are there stay. */
static void add_index(en_builder *sql, const en_table *table, char kind, size_t number,
                      const en_text *names, size_t count)
{
    en_builder_format(sql, "CREATE %s IF NOT EXISTS \"enact_%c%lld_%zu\" ON ",
                      kind == 'u' && !en_mutant("no-unique") ? "UNIQUE INDEX" : "INDEX", kind,
                      (long long)table->id, number);
    en_builder_add(sql, table->quoted);
    add_names(sql, names, count);
    en_builder_add(sql, EN_TEXT(";\n"));
}

static void add_table(en_builder *sql, const en_table *table, const char *key)
{
    const en_schema *schema = table->schema;
    en_builder_add(sql, EN_TEXT("CREATE TABLE "));
    en_builder_add(sql, table->quoted);
    en_builder_format(sql, " (\n  _seq INTEGER PRIMARY KEY,\n  _key %s,\n", key);
    for (size_t i = 0; i < schema->field_count; i++) {
        if (table->slots[i] != 0) {
            add_column(sql, &schema->fields[i]);
        }
    }
    en_builder_add(sql, EN_TEXT("  _extra TEXT,\n  _bytes INTEGER NOT NULL,\n  _expires INTEGER\n"
                                ") STRICT;\n"));
}

/* All that guard the data, but for the key's, and the one of expiry. */
static void add_guards(en_builder *sql, const en_table *table)
{
    const en_schema *schema = table->schema;
    size_t number = 0;
    for (size_t i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].unique) {
            add_index(sql, table, 'u', ++number, &schema->fields[i].name, 1);
        }
    }
    for (size_t i = 0; i < schema->unique_count; i++) {
        add_index(sql, table, 'u', ++number, schema->uniques[i].names, schema->uniques[i].count);
    }
    if (table->expires) {
        en_builder_format(sql, "CREATE INDEX IF NOT EXISTS \"enact_e%lld\" ON ",
                          (long long)table->id);
        en_builder_add(sql, table->quoted);
        en_builder_add(sql, EN_TEXT(" (_expires) WHERE _expires IS NOT NULL;\n"));
    }
}

bool en_table_create(en_table *table, en_error *error)
{
    en_builder sql;
    en_builder_init(&sql, &table->connection->scratch);
    add_table(&sql, table, "TEXT NOT NULL UNIQUE");
    add_guards(&sql, table);
    return en_sql_run(table->connection->db, &sql, error) && en_table_create_indexes(table, error);
}

bool en_table_create_bare(en_table *table, en_error *error)
{
    en_builder sql;
    en_builder_init(&sql, &table->connection->scratch);
    add_table(&sql, table, "TEXT NOT NULL");
    return en_sql_run(table->connection->db, &sql, error);
}

static bool all_have_columns(const en_table *table, const en_field_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const en_field *field = en_schema_field(table->schema, list->names[i]);
        if (field == NULL || table->slots[field - table->schema->fields] == 0) {
            return false;
        }
    }
    return true;
}

/* `pattern` of names, as GLOB takes it. */
static bool drop_indexes(en_table *table, en_text pattern, en_error *error)
{
    en_connection *connection = table->connection;
    en_statement *list = NULL;
    en_builder sql;
    en_builder_init(&sql, &connection->scratch);
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("SELECT name FROM sqlite_schema WHERE type = 'index' "
                               "AND tbl_name = ?2 AND name GLOB ?1"),
                       &list, error)) {
        return false;
    }
    en_statement_bind_text(list, 1, pattern);
    en_statement_bind_text(list, 2, table->table);
    en_stepped step;
    while ((step = en_statement_step(list, error)) == EN_STEP_ROW) {
        en_builder_add(&sql, EN_TEXT("DROP INDEX "));
        en_sql_add_name(&sql, en_statement_text(list, 0));
        en_builder_add(&sql, EN_TEXT(";\n"));
    }
    en_statement_release(list);
    return step == EN_STEP_DONE && (sql.length == 0 || en_sql_run(connection->db, &sql, error));
}

bool en_table_drop_indexes(en_table *table, en_error *error)
{
    return drop_indexes(table, EN_TEXT("enact_[^k]*"), error);
}

static void add_declared(en_builder *sql, const en_table *table)
{
    const en_schema *schema = table->schema;
    for (size_t i = 0; i < schema->index_count; i++) {
        if (all_have_columns(table, &schema->indexes[i])) {
            add_index(sql, table, 'i', i + 1, schema->indexes[i].names, schema->indexes[i].count);
        }
    }
}

bool en_table_create_indexes(en_table *table, en_error *error)
{
    if (!drop_indexes(table, EN_TEXT("enact_i[0-9]*"), error)) {
        return false;
    }
    en_builder sql;
    en_builder_init(&sql, &table->connection->scratch);
    add_declared(&sql, table);
    return sql.length == 0 || en_sql_run(table->connection->db, &sql, error);
}

/* How many indexes of a table there are whose names match the pattern. */
static bool count_indexes(en_table *table, en_text pattern, size_t *count, en_error *error)
{
    en_connection *connection = table->connection;
    en_statement *find = NULL;
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("SELECT count(*) FROM sqlite_schema WHERE type = 'index' "
                               "AND tbl_name = ?2 AND name GLOB ?1"),
                       &find, error)) {
        return false;
    }
    en_statement_bind_text(find, 1, pattern);
    en_statement_bind_text(find, 2, table->table);
    en_stepped step = en_statement_step(find, error);
    *count = step == EN_STEP_ROW ? (size_t)en_statement_integer(find, 0) : 0;
    en_statement_release(find);
    return step == EN_STEP_ROW;
}

bool en_table_build_indexes(en_table *table, en_error *error)
{
    size_t keys = 0;
    en_builder sql;
    en_builder_init(&sql, &table->connection->scratch);
    if (!count_indexes(table, EN_TEXT("sqlite_autoindex_*"), &keys, error)) {
        return false;
    }
    if (keys == 0) {
        en_builder_format(&sql, "CREATE UNIQUE INDEX IF NOT EXISTS \"enact_k%lld\" ON ",
                          (long long)table->id);
        en_builder_add(&sql, table->quoted);
        en_builder_add(&sql, EN_TEXT(" (_key);\n"));
    }
    add_guards(&sql, table);
    add_declared(&sql, table);
    return sql.length == 0 || en_sql_run(table->connection->db, &sql, error);
}

bool en_table_has_indexes(en_table *table, bool *complete, en_error *error)
{
    const en_schema *schema = table->schema;
    size_t wanted = 1 + schema->unique_count + table->expires;
    size_t keys = 0;
    size_t others = 0;
    for (size_t i = 0; i < schema->field_count; i++) {
        wanted += schema->fields[i].unique;
    }
    for (size_t i = 0; i < schema->index_count; i++) {
        wanted += all_have_columns(table, &schema->indexes[i]);
    }
    bool counted = count_indexes(table, EN_TEXT("sqlite_autoindex_*"), &keys, error) &&
                   count_indexes(table, EN_TEXT("enact_[keui][0-9]*"), &others, error);
    *complete = keys + others >= wanted;
    return counted;
}

bool en_table_is_empty(en_table *table, bool *empty, en_error *error)
{
    en_builder sql;
    en_builder_init(&sql, &table->connection->scratch);
    en_builder_add(&sql, EN_TEXT("SELECT 1 FROM "));
    en_builder_add(&sql, table->quoted);
    en_builder_add(&sql, EN_TEXT(" LIMIT 1"));
    en_builder_add_char(&sql, '\0');
    int64_t found = 0;
    if (!en_db_read_integer(table->connection->db, en_builder_take(&sql).data, &found, error)) {
        return false;
    }
    *empty = found == 0;
    return true;
}

/* --- statements --- */

void en_table_add_columns(const en_table *table, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT("_key, _extra, _bytes"));
    for (size_t i = 0; i < table->schema->field_count; i++) {
        if (table->slots[i] != 0) {
            en_builder_add(sql, EN_TEXT(", "));
            en_sql_add_name(sql, table->schema->fields[i].name);
        }
    }
}

void en_table_add_image(const en_table *table, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT("_seq, "));
    en_table_add_columns(table, sql);
    en_builder_add(sql, EN_TEXT(", _expires"));
}

static void build_insert_with(const en_table *table, bool with_place, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT("INSERT INTO "));
    en_builder_add(sql, table->quoted);
    en_builder_add(sql, EN_TEXT(" ("));
    en_table_add_columns(table, sql);
    en_builder_add(sql, table->expires ? EN_TEXT(", _expires") : EN_TEXT(""));
    en_builder_add(sql, with_place ? EN_TEXT(", _seq") : EN_TEXT(""));
    en_builder_add(sql, EN_TEXT(") VALUES ("));
    for (int i = EN_AT_KEY; i < table->slot_count + table->expires + with_place; i++) {
        en_builder_format(sql, "%s?%d", i == EN_AT_KEY ? "" : ", ", i);
    }
    en_builder_add(sql, EN_TEXT(")"));
}

static void build_insert(const en_table *table, en_builder *sql)
{
    build_insert_with(table, false, sql);
}

static void build_copy(const en_table *table, en_builder *sql)
{
    build_insert_with(table, true, sql);
}

/* An overwrite keeps _seq, the place of the record. */
static void build_upsert(const en_table *table, en_builder *sql)
{
    build_insert(table, sql);
    en_builder_format(sql, " ON CONFLICT (_key) DO UPDATE SET _extra = ?%d, _bytes = ?%d",
                      EN_AT_EXTRA, EN_AT_BYTES);
    if (table->expires) {
        en_builder_format(sql, ", _expires = ?%u", (unsigned)table->slot_count);
    }
    for (size_t i = 0; i < table->schema->field_count; i++) {
        if (table->slots[i] != 0) { /* not excluded.…: a store may have that name */
            en_builder_add(sql, EN_TEXT(", "));
            en_sql_add_name(sql, table->schema->fields[i].name);
            en_builder_format(sql, " = ?%u", (unsigned)table->slots[i]);
        }
    }
}

/* The planner is not to walk along the index of _expires, which serves sweeping. */
void en_table_add_live(int parameter, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT("(_expires > "));
    en_sql_add_parameter(sql, parameter);
    en_builder_add(sql, EN_TEXT(") IS NOT FALSE"));
}

static void add_live_key(const en_table *table, en_builder *sql)
{
    if (table->expires) {
        en_builder_add(sql, EN_TEXT(" AND "));
        en_table_add_live(2, sql);
    }
}

static void build_find(const en_table *table, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT("SELECT "));
    en_table_add_columns(table, sql);
    en_builder_add(sql, EN_TEXT(" FROM "));
    en_builder_add(sql, table->quoted);
    en_builder_add(sql, EN_TEXT(" WHERE _key = ?1"));
    add_live_key(table, sql);
}

static void build_size(const en_table *table, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT("SELECT _bytes FROM "));
    en_builder_add(sql, table->quoted);
    en_builder_add(sql, EN_TEXT(" WHERE _key = ?1"));
}

static void build_delete(const en_table *table, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT("DELETE FROM "));
    en_builder_add(sql, table->quoted);
    en_builder_add(sql, EN_TEXT(" WHERE _key = ?1"));
    add_live_key(table, sql);
    en_builder_add(sql, EN_TEXT(" RETURNING _bytes"));
}

/* ?<slot_count> is the present; the other parameters are those of an insert. */
static void add_clash(const en_table *table, const en_text *names, size_t count, en_builder *sql)
{
    for (size_t i = 0; i < count; i++) {
        const en_field *field = en_schema_field(table->schema, names[i]);
        en_builder_add(sql, i == 0 ? EN_TEXT(" OR ") : EN_TEXT(" AND "));
        en_sql_add_name(sql, names[i]);
        en_builder_format(sql, " = ?%u", (unsigned)table->slots[field - table->schema->fields]);
    }
}

static void build_clear(const en_table *table, en_builder *sql)
{
    const en_schema *schema = table->schema;
    en_builder_add(sql, EN_TEXT("DELETE FROM "));
    en_builder_add(sql, table->quoted);
    en_builder_format(sql, " WHERE (_key = ?%d", EN_AT_KEY);
    for (size_t i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].unique) {
            add_clash(table, &schema->fields[i].name, 1, sql);
        }
    }
    for (size_t i = 0; i < schema->unique_count; i++) {
        add_clash(table, schema->uniques[i].names, schema->uniques[i].count, sql);
    }
    en_builder_format(sql, ") AND _expires <= ?%u RETURNING _bytes, ", (unsigned)table->slot_count);
    en_table_add_image(table, sql);
}

static void build_sweep(const en_table *table, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT("DELETE FROM "));
    en_builder_add(sql, table->quoted);
    en_builder_add(sql, EN_TEXT(" WHERE _seq IN (SELECT _seq FROM "));
    en_builder_add(sql, table->quoted);
    en_builder_add(sql, EN_TEXT(" WHERE _expires <= ?1 LIMIT ?2) RETURNING _bytes"));
}

static void build_image(const en_table *table, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT("SELECT "));
    en_table_add_image(table, sql);
    en_builder_add(sql, EN_TEXT(" FROM "));
    en_builder_add(sql, table->quoted);
    en_builder_add(sql, EN_TEXT(" WHERE _key = ?1"));
}

static void build_restore(const en_table *table, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT("INSERT INTO "));
    en_builder_add(sql, table->quoted);
    en_builder_add(sql, EN_TEXT(" ("));
    en_table_add_image(table, sql);
    en_builder_add(sql, EN_TEXT(") VALUES (?1"));
    for (int i = 2; i <= table->slot_count + 1; i++) {
        en_builder_format(sql, ", ?%d", i);
    }
    en_builder_add(sql, EN_TEXT(")"));
}

static void (*const builders[EN_TABLE_STATEMENTS])(const en_table *, en_builder *) = {
    [EN_SQL_INSERT] = build_insert,   [EN_SQL_UPSERT] = build_upsert, [EN_SQL_FIND] = build_find,
    [EN_SQL_SIZE] = build_size,       [EN_SQL_DELETE] = build_delete, [EN_SQL_COPY] = build_copy,
    [EN_SQL_CLEAR] = build_clear,     [EN_SQL_SWEEP] = build_sweep,   [EN_SQL_IMAGE] = build_image,
    [EN_SQL_RESTORE] = build_restore,
};

bool en_table_statement_get(en_table *table, en_table_statement which, en_statement **statement,
                            en_error *error)
{
    if (table->statements[which] == NULL) {
        en_builder sql;
        en_builder_init(&sql, &table->connection->scratch);
        builders[which](table, &sql);
        if (!en_db_compile(table->connection->db, &table->arena, en_builder_take(&sql),
                           &table->statements[which], error)) {
            return false;
        }
    }
    *statement = table->statements[which];
    return true;
}

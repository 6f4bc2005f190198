#include "store/wishes.h"

#include "store/catalog.h"
#include "store/records.h"
#include "store/table.h"

#include <string.h>

enum { FEWEST_RECORDS = 1000, MOST_AUTOMATIC = 4, MOST_FIELDS = 3 };

static uint64_t hash_text(en_text text)
{
    uint64_t hash = 0xcbf29ce484222325u;
    size_t i = 0;
    for (; i + 8 <= text.length; i += 8) {
        uint64_t word;
        memcpy(&word, text.data + i, 8);
        hash = (hash ^ word) * 0x100000001b3u;
        hash ^= hash >> 32;
    }
    for (; i < text.length; i++) {
        hash = (hash ^ (unsigned char)text.data[i]) * 0x100000001b3u;
    }
    return hash ^ (hash >> 29);
}

/* --- what an index would be made of --- */

typedef enum use { USE_NONE, USE_EQUAL, USE_RANGE } use;

static use use_of(en_operator op)
{
    bool plain = !op.ignore_case && (op.as == EN_AS_ANY || op.as == EN_AS_TEXT ||
                                     op.as == EN_AS_NUMBER || op.as == EN_AS_DATE);
    switch (op.operation) {
    case EN_OP_EQUAL:
    case EN_OP_IN:
        return plain ? USE_EQUAL : USE_NONE;
    case EN_OP_GREATER:
    case EN_OP_GREATER_EQUAL:
    case EN_OP_LESS:
    case EN_OP_LESS_EQUAL:
    case EN_OP_STARTS:
        return plain ? USE_RANGE : USE_NONE;
    default:
        return USE_NONE;
    }
}

/* A field as SQL, if finding its values narrows a search down. Fields in _extra have no index: under
 * trusted_schema=OFF SQLite takes no json_extract in a schema. */
static bool find_field(const en_table *table, en_arena *arena, en_text name, en_text *sql)
{
    size_t index = en_table_field(table, name);
    if (index == SIZE_MAX) {
        return false;
    }
    const en_field *field = &table->schema->fields[index];
    if (table->slots[index] == 0 || field->type == EN_T_BOOLEAN || en_field_is_json(field) ||
        en_text_find(name, EN_TEXT("."), 0) != SIZE_MAX) {
        return false;
    }
    en_builder quoted;
    en_builder_init(&quoted, arena);
    en_sql_add_name(&quoted, name);
    *sql = en_builder_take(&quoted);
    return true;
}

static void add_fields(const en_table *table, const en_condition_group *group, use wanted,
                       en_builder *columns, size_t *count)
{
    en_arena *arena = &table->connection->scratch;
    for (size_t i = 0; i < group->count && *count < MOST_FIELDS; i++) {
        const en_condition *condition = &group->conditions[i];
        en_text field;
        if (!condition->a_is_field || use_of(condition->op) != wanted ||
            !find_field(table, arena, condition->field, &field)) {
            continue;
        }
        en_text so_far = { columns->data, columns->length };
        if (en_text_find(so_far, field, 0) != SIZE_MAX) {
            continue;
        }
        en_builder_add(columns, *count == 0 ? EN_TEXT("") : EN_TEXT(", "));
        en_builder_add(columns, field);
        ++*count;
        if (wanted == USE_RANGE) {
            return;
        }
    }
}

static void wish(en_table *table, const en_condition_group *group)
{
    en_sqlite *database = table->connection->database;
    en_builder columns;
    size_t count = 0;
    en_builder_init(&columns, &table->connection->scratch);
    add_fields(table, group, USE_EQUAL, &columns, &count);
    add_fields(table, group, USE_RANGE, &columns, &count);
    en_text text = en_builder_take(&columns);
    en_text store = table->schema->name;
    if (count == 0 || text.length >= EN_WISH_ROOM || store.length >= EN_WISH_ROOM ||
        memchr(store.data, '\0', store.length) != NULL) {
        return;
    }
    pthread_mutex_lock(&database->declaring);
    size_t made = atomic_load(&database->wish_count);
    bool is_new = made < EN_MOST_WISHES;
    for (size_t i = 0; i < made && is_new; i++) {
        is_new = !en_text_equal(en_text_from(database->wishes[i].store), store) ||
                 !en_text_equal(en_text_from(database->wishes[i].columns), text);
    }
    if (is_new) {
        en_wish *wished = &database->wishes[made];
        *wished = (en_wish){ 0 };
        memcpy(wished->store, store.data, store.length);
        memcpy(wished->columns, text.data, text.length);
        atomic_store(&database->wish_count, made + 1);
    }
    pthread_mutex_unlock(&database->declaring);
}

static bool count_automatic(en_connection *connection, int64_t store, int64_t *made)
{
    en_text sql = en_text_format(&connection->scratch,
                                 "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND "
                                 "name GLOB 'enact_auto_%lld_*'",
                                 (long long)store);
    return en_db_read_integer(connection->db, en_text_terminate(&connection->scratch, sql), made,
                              NULL);
}

/* --- noting --- */

/* Each statement is looked at once for as long as the table is known. */
static bool was_seen(en_table *table, en_text sql)
{
    uint64_t hash = hash_text(sql) | 1;
    uint64_t *seen = &table->seen[hash % EN_SEEN_ROOM];
    bool was = *seen == hash;
    *seen = hash;
    return was;
}

bool en_plan_scans(en_text line)
{
    return en_text_starts(line, EN_TEXT("SCAN ")) &&
           !en_text_starts(line, EN_TEXT("SCAN (subquery")) && /* a count's own result */
           !en_text_starts(line, EN_TEXT("SCAN json_each"));
}

static bool scans(const en_table *table, en_text sql)
{
    en_connection *connection = table->connection;
    en_statement *explain = NULL;
    bool found = false;
    en_text text =
        en_text_format(&connection->scratch, "EXPLAIN QUERY PLAN %.*s", EN_TEXT_ARG(sql));
    if (!en_db_prepare(connection->db, &connection->scratch, text, &explain, NULL)) {
        return false;
    }
    while (en_statement_step(explain, NULL) == EN_STEP_ROW) {
        found = found || en_plan_scans(en_statement_text(explain, 3));
    }
    en_statement_release(explain);
    return found;
}

/* An OR is served only if each of its sides is. */
static bool all_can_be_served(const en_table *table, const en_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        en_builder columns;
        size_t count = 0;
        en_builder_init(&columns, &table->connection->scratch);
        add_fields(table, &filter->groups[i], USE_EQUAL, &columns, &count);
        add_fields(table, &filter->groups[i], USE_RANGE, &columns, &count);
        if (count == 0) {
            return false;
        }
    }
    return filter->count != 0 && filter->count <= EN_MOST_WISHES;
}

static bool has_automatic(const en_table *table)
{
    return !table->schema->no_auto_index && !table->connection->database->options.no_auto_index;
}

bool en_wishes_serve(en_table *table, const en_filter *filter)
{
    int64_t made = 0;
    return has_automatic(table) && all_can_be_served(table, filter) &&
           count_automatic(table->connection, table->id, &made) &&
           made + (int64_t)filter->count <= MOST_AUTOMATIC;
}

void en_wishes_note(en_table *table, const en_filter *filter, en_text sql)
{
    if (table->count < FEWEST_RECORDS || !has_automatic(table) || was_seen(table, sql) ||
        !all_can_be_served(table, filter) || !scans(table, sql)) {
        return;
    }
    for (size_t i = 0; i < filter->count; i++) {
        wish(table, &filter->groups[i]);
    }
}

/* --- granting --- */

static bool make_index(en_connection *writer, const en_wish *wished)
{
    en_catalog_row row;
    int64_t there = 0;
    if (!en_catalog_read(writer, en_text_from(wished->store), &row, NULL) || !row.found ||
        !count_automatic(writer, row.id, &there) || there >= MOST_AUTOMATIC) {
        return false;
    }
    en_builder sql;
    en_builder_init(&sql, &writer->scratch);
    en_builder_format(&sql, "CREATE INDEX IF NOT EXISTS \"enact_auto_%lld_%016llx\" ON ",
                      (long long)row.id,
                      (unsigned long long)hash_text(en_text_from(wished->columns)));
    en_sql_add_name(&sql, row.table);
    en_builder_format(&sql, " (%s)", wished->columns);
    return en_sql_run(writer->db, &sql, NULL);
}

static void grant(en_sqlite *database, const en_wish *wished)
{
    en_connection *writer = &database->writer;
    bool unknown = false;
    en_arena_reset(&writer->scratch);
    if (!database->in_memory && !en_turnstile_enter(&database->turnstile, database->options.path,
                                                    database->options.busy_ms, NULL, NULL)) {
        return;
    }
    if (en_db_begin(writer->db, true, NULL)) {
        if (!make_index(writer, wished) || !en_db_commit(writer->db, &unknown, NULL)) {
            en_db_rollback(writer->db);
        }
        database->suspect = database->suspect || unknown;
    }
    en_turnstile_leave(&database->turnstile);
}

void en_wishes_grant(en_sqlite *database)
{
    en_wish wishes[EN_MOST_WISHES];
    if (atomic_load(&database->wish_count) == 0 || database->writer.db == NULL ||
        database->suspect) {
        return;
    }
    pthread_mutex_lock(&database->declaring);
    size_t count = atomic_exchange(&database->wish_count, 0);
    memcpy(wishes, database->wishes, count * sizeof *wishes);
    pthread_mutex_unlock(&database->declaring);
    for (size_t i = 0; i < count && !database->suspect; i++) {
        grant(database, &wishes[i]);
    }
}

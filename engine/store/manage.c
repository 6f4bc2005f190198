/* Looking in and managing: which stores there are, and what they are called. */
#include "store/catalog.h"
#include "store/layout.h"
#include "store/table.h"

static en_sqlite_segment *own(en_segment *segment)
{
    return (en_sqlite_segment *)segment;
}

/* --- indexes --- */

static const struct {
    const char *prefix;
    const char *kind;
} index_kinds[] = {
    { "sqlite_autoindex_", "key" }, { "enact_auto_", "automatic" }, { "enact_u", "unique" },
    { "enact_k", "key" },
    { "enact_i", "declared" },      { "enact_e", "expiry" },
};

/* What stands behind the table's name: ("a", "b"). */
static en_text fields_of(en_arena *arena, en_text sql, en_text table)
{
    en_builder before;
    en_builder_init(&before, arena);
    en_builder_add(&before, EN_TEXT(" ON "));
    en_sql_add_name(&before, table);
    size_t at = en_text_find(sql, (en_text){ before.data, before.length }, 0);
    if (at == SIZE_MAX) {
        return EN_TEXT("_key"); /* SQLite's own */
    }
    en_text fields = en_text_trim(en_text_slice(sql, at + before.length, sql.length));
    bool bare = en_text_starts(fields, EN_TEXT("(")) && en_text_ends(fields, EN_TEXT(")"));
    return bare ? en_text_slice(fields, 1, fields.length - 1) : fields;
}

static en_value index_value(en_arena *arena, en_text name, en_text fields)
{
    const char *kind = "foreign";
    for (size_t i = sizeof index_kinds / sizeof *index_kinds; i > 0; i--) {
        if (en_text_starts(name, en_text_from(index_kinds[i - 1].prefix))) {
            kind = index_kinds[i - 1].kind;
        }
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("name"), en_text_value(en_text_copy(arena, name)));
    en_collection_builder_add(&object, EN_TEXT("kind"), en_text_value(en_text_from(kind)));
    en_collection_builder_add(&object, EN_TEXT("fields"),
                              en_text_value(en_text_copy(arena, fields)));
    return en_collection_builder_take(&object);
}

static bool list_indexes(en_connection *connection, en_text table, en_arena *arena,
                         en_value *indexes, en_error *error)
{
    en_statement *list = NULL;
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("SELECT name, coalesce(sql, '') FROM sqlite_schema "
                               "WHERE type = 'index' AND tbl_name = ?1 ORDER BY rowid"),
                       &list, error)) {
        return false;
    }
    en_array_builder found;
    en_array_builder_init(&found, arena);
    en_statement_bind_text(list, 1, table);
    en_stepped step;
    while ((step = en_statement_step(list, error)) == EN_STEP_ROW) {
        en_text fields = fields_of(arena, en_statement_text(list, 1), table);
        en_array_builder_add(&found, index_value(arena, en_statement_text(list, 0), fields));
    }
    en_statement_release(list);
    *indexes = en_array_builder_take(&found);
    return step == EN_STEP_DONE;
}

/* --- stores --- */

/* What is stored counts here, not what is declared. */
static bool fill_info(en_sqlite_segment *segment, en_text store, en_arena *arena,
                      en_store_info *info, bool *found, en_error *error)
{
    en_catalog_row row;
    const en_schema *schema = NULL;
    en_arena *scratch = &segment->connection->scratch;
    *found = false;
    if (!en_segment_check(segment, false, error) ||
        !en_catalog_read(segment->connection, store, &row, error)) {
        return false;
    }
    if (!row.found) {
        return true;
    }
    if (!en_schema_read_canonical(scratch, row.structure, store, row.max_records, row.max_bytes,
                                  &schema, error)) {
        return false;
    }
    const en_table *table = en_layout_peek(segment, store);
    *info = (en_store_info){ .name = en_text_copy(arena, store),
                             .records = table != NULL ? table->count : row.count,
                             .bytes = table != NULL ? table->bytes : row.bytes,
                             .max_records = row.max_records,
                             .max_bytes = row.max_bytes,
                             .structure = en_null(),
                             .table = en_text_copy(arena, row.table),
                             .generation = row.generation };
    if (schema->has_structure) {
        info->structure = en_value_copy(arena, en_schema_write(scratch, schema));
    }
    if (!list_indexes(segment->connection, row.table, arena, &info->indexes, error)) {
        return false;
    }
    *found = true;
    return true;
}

static bool list_names(en_connection *connection, en_arena *arena, en_text **names, size_t *count,
                       en_error *error)
{
    int64_t most = 0;
    en_statement *list = NULL;
    *count = 0;
    if (!en_db_read_integer(connection->db, "SELECT count(*) FROM enact_stores", &most, error)) {
        return false;
    }
    *names = EN_TRY_ARRAY(arena, en_text, (size_t)most + 1);
    if (*names == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "too many data stores to list");
    }
    if (!en_db_prepare(connection->db, arena,
                       EN_TEXT("SELECT name FROM enact_stores ORDER BY name"), &list, error)) {
        return false;
    }
    en_stepped step = EN_STEP_DONE;
    while (*count < (size_t)most && (step = en_statement_step(list, error)) == EN_STEP_ROW) {
        (*names)[(*count)++] = en_text_copy(arena, en_statement_text(list, 0));
    }
    en_statement_release(list);
    return step != EN_STEP_FAILED;
}

bool en_sqlite_list(en_segment *base, en_arena *arena, en_store_info **infos, size_t *count,
                    en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_text *names = NULL;
    size_t listed = 0;
    *count = 0;
    if (!en_segment_check(segment, false, error) ||
        !list_names(segment->connection, arena, &names, &listed, error)) {
        return en_operation_end(segment, false, error);
    }
    *infos = EN_TRY_ARRAY(arena, en_store_info, listed + 1);
    if (*infos == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "too many data stores to list");
    }
    for (size_t i = 0; i < listed; i++) {
        bool found = false;
        if (!fill_info(segment, names[i], arena, &(*infos)[*count], &found, error)) {
            return en_operation_end(segment, false, error);
        }
        *count += found;
    }
    return true;
}

bool en_sqlite_describe(en_segment *base, en_text store, en_arena *arena, en_store_info *info,
                        bool *found, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    return en_operation_end(segment, fill_info(segment, store, arena, info, found, error), error);
}

bool en_sqlite_create(en_segment *base, const en_schema *schema, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    bool done = en_segment_check(segment, true, error) && en_layout_create(segment, schema, error);
    return en_operation_end(segment, done, error);
}

static bool open_existing(en_sqlite_segment *segment, en_text store, en_table **table,
                          en_error *error)
{
    segment->managing = true;
    bool opened = en_operation_begin(segment, EN_OPERATION_CHANGE, store, table, error);
    segment->managing = false;
    if (!opened) {
        return false;
    }
    if (*table != NULL) {
        return true;
    }
    en_error_set(error, EN_DataError, "no data store \"%.*s\"", EN_TEXT_ARG(store));
    if (error != NULL) {
        error->status_code = 404;
    }
    return false;
}

bool en_sqlite_drop(en_segment *base, en_text store, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_table *table = NULL;
    bool done =
        open_existing(segment, store, &table, error) && en_layout_drop(segment, table, error);
    return en_operation_end(segment, done, error);
}

bool en_sqlite_rename(en_segment *base, en_text store, en_text name, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_table *table = NULL;
    bool done = open_existing(segment, store, &table, error) &&
                en_layout_rename(segment, table, name, error);
    return en_operation_end(segment, done, error);
}

#include "store/migrate.h"

#include "store/catalog.h"
#include "store/records.h"
#include "store/schema_difference.h"
#include "store/table.h"

enum { MOST_TOLD = 3, LONGEST_TOLD = 160 };

typedef struct migration {
    en_table *from;
    en_table *to;
    int64_t now_ms;
    en_arena arena; /* of one record */
    uint64_t misfits;
    en_builder told;
} migration;

/* --- what does not fit --- */

static void tell(migration *m, const en_error *cause)
{
    const en_row *row = &m->from->before;
    if (++m->misfits > MOST_TOLD) {
        return;
    }
    en_text key = en_text_slice(row->key, 0, row->key.length < 80 ? row->key.length : 80);
    en_text message = en_text_from(cause->message);
    message =
        en_text_slice(message, 0, message.length < LONGEST_TOLD ? message.length : LONGEST_TOLD);
    en_builder_format(&m->told, "; record \"%.*s\"", EN_TEXT_ARG(key));
    if (cause->path[0] != '\0') {
        en_builder_format(&m->told, ", %.80s", cause->path);
    }
    en_builder_format(&m->told, ": %.*s", EN_TEXT_ARG(message));
}

static bool refuse(migration *m, en_error *error)
{
    const en_schema *schema = m->to->schema;
    en_text told = en_builder_take(&m->told);
    en_error_set(error, EN_InvalidConfigurationError,
                 "%llu records of data store \"%.*s\" do not fit its definition%.*s%s",
                 (unsigned long long)m->misfits, EN_TEXT_ARG(schema->name), EN_TEXT_ARG(told),
                 m->misfits > MOST_TOLD ? "; …" : "");
    en_error_hint(error, "change these records, or the definition");
    return false;
}

/* --- records --- */

/* A field that has become required gets its default, as a new record would. */
static void fill_required(const en_table *table, en_row *row)
{
    for (size_t i = 0; i < table->schema->field_count; i++) {
        const en_field *field = &table->schema->fields[i];
        if (field->required && row->cells[i].tag <= EN_NULL) {
            row->cells[i] = field->fallback;
        }
    }
}

static bool convert(migration *m, en_error *cause)
{
    en_value pair = en_row_value(m->from, &m->from->before, EN_RECORD_PAIR, &m->arena);
    en_value data = en_collection_find(pair, EN_TEXT("data"));
    en_row *row = &m->to->row;
    en_row_clear(m->to, row);
    if (!en_row_take(m->to, row, data, &m->arena, cause)) {
        return false;
    }
    fill_required(m->to, row);
    row->key = m->from->before.key;
    return en_row_finish(m->to, row, &m->arena, cause);
}

/* Behind the columns of en_row_read stand _seq and _expires. What was counted from the time of
 * writing goes on counting; what never was begins now. */
static void set_expiry(migration *m, en_statement *select)
{
    en_row *row = &m->to->row;
    int expires = m->from->slot_count;
    en_row_set_expiry(m->to, row, m->now_ms);
    if (m->to->ttl_field == SIZE_MAX && m->from->ttl_field == SIZE_MAX && m->from->expires &&
        !en_statement_is_null(select, expires)) {
        row->expires = en_date(en_statement_integer(select, expires));
    }
}

static bool insert(migration *m, en_statement *select, en_error *error)
{
    en_table *to = m->to;
    en_statement *copy = NULL;
    if (!en_table_statement_get(to, EN_SQL_COPY, &copy, error)) {
        return false;
    }
    en_row_bind(to, &to->row, copy);
    en_statement_bind_integer(copy, to->slot_count + to->expires,
                              en_statement_integer(select, m->from->slot_count - 1));
    switch (en_statement_step(copy, error)) {
    case EN_STEP_DONE:
        to->count++;
        to->bytes += to->row.bytes;
        return true;
    case EN_STEP_CONFLICT: {
        en_error cause;
        en_error_clear(&cause);
        en_error_set(&cause, EN_DuplicateDataError, "its unique values are another record's");
        tell(m, &cause);
        return true;
    }
    default:
        return false;
    }
}

static bool move_record(migration *m, en_statement *select, en_error *error)
{
    en_error cause;
    en_error_clear(&cause);
    en_arena_reset(&m->arena);
    if (!en_row_read(m->from, select, &m->from->before, &m->arena, error)) {
        return false;
    }
    if (!convert(m, &cause)) {
        tell(m, &cause);
        return true;
    }
    set_expiry(m, select);
    return insert(m, select, error);
}

static bool move_records(migration *m, en_error *error)
{
    en_connection *connection = m->from->connection;
    en_statement *select = NULL;
    en_builder sql;
    en_builder_init(&sql, &m->to->arena);
    en_builder_add(&sql, EN_TEXT("SELECT "));
    en_table_add_columns(m->from, &sql);
    en_builder_add(&sql, EN_TEXT(", _seq, _expires FROM "));
    en_builder_add(&sql, m->from->quoted);
    en_builder_add(&sql, EN_TEXT(" ORDER BY _seq"));
    if (!en_db_prepare(connection->db, &m->to->arena, en_builder_take(&sql), &select, error)) {
        return false;
    }
    en_stepped step;
    bool done = true;
    while (done && (step = en_statement_step(select, error)) == EN_STEP_ROW) {
        en_arena_mark mark = en_arena_get_mark(&connection->scratch);
        done = move_record(m, select, error);
        en_arena_rewind(&connection->scratch, mark);
    }
    en_statement_release(select);
    return done && step == EN_STEP_DONE && (m->misfits == 0 || refuse(m, error));
}

/* --- tables --- */

static bool run(en_table *table, const char *before, en_text name, const char *after,
                en_error *error)
{
    en_builder sql;
    en_builder_init(&sql, &table->connection->scratch);
    en_builder_add(&sql, en_text_from(before));
    en_sql_add_name(&sql, name);
    en_builder_add(&sql, en_text_from(after));
    return en_sql_run(table->connection->db, &sql, error);
}

static bool take_place(migration *m, en_error *error)
{
    en_table *from = m->from;
    en_table *to = m->to;
    en_builder after;
    en_builder_init(&after, &to->arena);
    en_builder_add(&after, EN_TEXT(" RENAME TO "));
    en_builder_add(&after, from->quoted);
    const char *renamed = en_text_terminate(&to->arena, en_builder_take(&after));
    if (!run(to, "DROP TABLE ", from->table, "", error) ||
        !run(to, "ALTER TABLE ", to->table, renamed, error)) {
        return false;
    }
    to->table = from->table;
    to->dirty = true;
    return en_catalog_save(to, error) && en_catalog_update(to, error);
}

static bool migrate(migration *m, const en_schema *wanted, en_error *error)
{
    en_table *to = m->to;
    en_text name =
        en_text_format(&to->arena, "enact_m_%lld", (long long)m->from->id); /* for a while */
    to->id = m->from->id;
    to->generation = m->from->generation;
    return en_table_lay_out(to, wanted, name, error) && en_table_drop_indexes(m->from, error) &&
           en_table_create(to, error) && move_records(m, error) && take_place(m, error);
}

bool en_migrate(en_table *from, const en_schema *wanted, int64_t now_ms, en_error *error)
{
    en_db *db = from->connection->db;
    migration m = { .from = from, .to = en_table_new(from->connection), .now_ms = now_ms };
    en_arena_init(&m.arena, NULL);
    en_builder_init(&m.told, &m.to->arena);
    bool done = en_db_savepoint(db, EN_SAVEPOINT_CHANGE, error);
    if (done && !migrate(&m, wanted, error)) {
        en_db_rollback_to(db, EN_SAVEPOINT_CHANGE);
        done = false;
    } else if (done) {
        done = en_db_release(db, EN_SAVEPOINT_CHANGE, error);
    }
    en_arena_done(&m.arena);
    en_table_free(m.to);
    return done;
}

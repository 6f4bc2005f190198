#include "store/health.h"

#include "store/sqlite.h"
#include "store/table.h"

enum { MOST_PROBLEMS = 100 };

bool en_database_examine(en_segment *segment, en_arena *arena, en_database_health *health,
                         en_error *error)
{
    return segment->backend->examine(segment, arena, health, error);
}

bool en_store_repair(en_segment *segment, en_text store, en_error *error)
{
    return segment->backend->repair(segment, store, error);
}

static bool read_problems(en_connection *connection, en_arena *arena, en_database_health *health,
                          en_error *error)
{
    en_statement *check = NULL;
    en_text *problems = en_arena_alloc(arena, MOST_PROBLEMS * sizeof *problems);
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("SELECT integrity_check FROM pragma_integrity_check(100) "
                               "WHERE integrity_check <> 'ok'"),
                       &check, error)) {
        return false;
    }
    en_stepped step = EN_STEP_DONE;
    while (health->problem_count < MOST_PROBLEMS &&
           (step = en_statement_step(check, error)) == EN_STEP_ROW) {
        problems[health->problem_count++] = en_text_copy(arena, en_statement_text(check, 0));
    }
    en_statement_release(check);
    health->problems = problems;
    return step != EN_STEP_FAILED;
}

static bool read_settings(en_db *db, en_database_health *health, en_error *error)
{
    int64_t log = 0;
    int64_t page_bytes = 0;
    int64_t pages = 0;
    int64_t free_pages = 0;
    int64_t jobs = 0;
    bool read = en_db_read_integer(db, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", &log,
                                   error) &&
                en_db_read_integer(db, "PRAGMA synchronous", &health->synchronous, error) &&
                en_db_read_integer(db, "PRAGMA page_size", &page_bytes, error) &&
                en_db_read_integer(db, "PRAGMA page_count", &pages, error) &&
                en_db_read_integer(db, "PRAGMA freelist_count", &free_pages, error) &&
                en_db_read_integer(
                    db, "SELECT count(*) FROM sqlite_schema WHERE name = 'enact_checkpoints'",
                    &jobs, error) &&
                (jobs == 0 ||
                 en_db_read_integer(db, "SELECT count(*) FROM enact_checkpoints WHERE finished = 0",
                                    &jobs, error));
    health->keeps_log = log != 0;
    health->bytes = (uint64_t)(page_bytes * pages);
    health->free_bytes = (uint64_t)(page_bytes * free_pages);
    health->unfinished_jobs = (uint64_t)jobs;
    return read;
}

static bool count_records(en_table *table, uint64_t *records, uint64_t *bytes, en_error *error)
{
    en_connection *connection = table->connection;
    en_statement *count = NULL;
    en_builder sql;
    en_builder_init(&sql, &connection->scratch);
    en_builder_add(&sql, EN_TEXT("SELECT count(*), coalesce(sum(_bytes), 0) FROM "));
    en_builder_add(&sql, table->quoted);
    if (!en_db_prepare(connection->db, &connection->scratch, en_builder_take(&sql), &count,
                       error)) {
        return false;
    }
    en_stepped step = en_statement_step(count, error);
    if (step == EN_STEP_ROW) {
        *records = (uint64_t)en_statement_integer(count, 0);
        *bytes = (uint64_t)en_statement_integer(count, 1);
    }
    en_statement_release(count);
    return step == EN_STEP_ROW;
}

static bool examine_store(en_sqlite_segment *segment, en_store_health *store, en_error *error)
{
    en_table *table = NULL;
    return en_operation_begin(segment, EN_OPERATION_READ, store->info.name, &table, error) &&
           table != NULL && count_records(table, &store->records, &store->bytes, error) &&
           en_table_has_indexes(table, &store->has_indexes, error);
}

bool en_sqlite_examine(en_segment *base, en_arena *arena, en_database_health *health,
                       en_error *error)
{
    en_sqlite_segment *segment = (en_sqlite_segment *)base;
    en_connection *connection = segment->connection;
    en_store_info *infos = NULL;
    *health = (en_database_health){ 0 };
    if (!en_segment_check(segment, false, error) ||
        !read_problems(connection, arena, health, error) ||
        !read_settings(connection->db, health, error) ||
        !en_sqlite_list(base, arena, &infos, &health->store_count, error)) {
        return en_operation_end(segment, false, error);
    }
    health->stores = en_arena_zero(arena, (health->store_count + 1) * sizeof *health->stores);
    for (size_t i = 0; i < health->store_count; i++) {
        health->stores[i].info = infos[i];
        if (!examine_store(segment, &health->stores[i], error)) {
            return en_operation_end(segment, false, error);
        }
    }
    return true;
}

/* Being opened for writing has built the indexes. */
bool en_sqlite_repair(en_segment *base, en_text store, en_error *error)
{
    en_sqlite_segment *segment = (en_sqlite_segment *)base;
    en_table *table = NULL;
    uint64_t records = 0;
    uint64_t bytes = 0;
    if (!en_operation_begin(segment, EN_OPERATION_CHANGE, store, &table, error)) {
        return false;
    }
    bool done = table == NULL || count_records(table, &records, &bytes, error);
    if (done && table != NULL && (table->count != records || table->bytes != bytes)) {
        table->count = records;
        table->bytes = bytes;
        table->dirty = true;
    }
    return en_operation_end(segment, done, error);
}

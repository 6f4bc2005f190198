#include "store/history.h"

#include "store/sqlite.h"

/* AUTOINCREMENT: the number of a run that is gone is not given again. */
static const char tables_sql[] =
    "CREATE TABLE IF NOT EXISTS enact_programs (\n"
    "  id INTEGER PRIMARY KEY,\n"
    "  digest TEXT NOT NULL UNIQUE,\n"
    "  content BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE TABLE IF NOT EXISTS enact_runs (\n"
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,\n"
    "  scenario TEXT NOT NULL,\n"
    "  file TEXT NOT NULL,\n"
    "  kept INTEGER NOT NULL,\n"
    "  started INTEGER NOT NULL,\n"
    "  duration_us INTEGER NOT NULL,\n"
    "  status TEXT NOT NULL,\n"
    "  operations INTEGER NOT NULL,\n"
    "  error TEXT NOT NULL,\n"
    "  program INTEGER NOT NULL,\n"
    "  bytes INTEGER NOT NULL,\n"
    "  report BLOB NOT NULL,\n"
    "  content BLOB NOT NULL\n"
    ") STRICT;\n"
    "CREATE INDEX IF NOT EXISTS enact_runs_sizes ON enact_runs (id, bytes, kept);\n"
    "CREATE INDEX IF NOT EXISTS enact_runs_programs ON enact_runs (program)";

static en_sqlite_segment *own(en_segment *segment)
{
    return (en_sqlite_segment *)segment;
}

static en_connection *connection_of(en_segment *segment)
{
    return own(segment)->connection;
}

static bool prepare(en_segment *segment, const char *sql, en_statement **statement, en_error *error)
{
    en_connection *connection = connection_of(segment);
    return en_db_prepare(connection->db, &connection->scratch, en_text_from(sql), statement, error);
}

static bool has_tables(en_segment *segment, bool *there, en_error *error)
{
    int64_t tables = 0;
    bool done = en_db_read_integer(connection_of(segment)->db,
                                   "SELECT count(*) FROM sqlite_schema WHERE name = 'enact_runs'",
                                   &tables, error);
    *there = tables != 0;
    return done;
}

/* Runs a statement that gives no rows. */
static bool perform(en_statement *statement, en_error *error)
{
    en_stepped step = en_statement_step(statement, error);
    en_statement_release(statement);
    return step == EN_STEP_DONE ||
           en_error_set(error, EN_StoreUnavailableError, "the history of runs cannot be written");
}

static void bind_bytes(en_statement *statement, int index, en_text bytes)
{
    en_statement_bind(statement, index, en_buffer(bytes));
}

/* --- adding --- */

static bool add_program(en_segment *segment, const en_kept_run *run, en_error *error)
{
    en_statement *add;
    if (!prepare(segment,
                 "INSERT INTO enact_programs (digest, content) VALUES (?1, ?2) "
                 "ON CONFLICT (digest) DO NOTHING",
                 &add, error)) {
        return false;
    }
    en_statement_bind_text(add, 1, run->digest);
    bind_bytes(add, 2, run->program);
    return perform(add, error);
}

static bool add_run(en_segment *segment, const en_kept_run *run, int64_t *id, en_error *error)
{
    en_statement *add;
    bool there;
    if (!has_tables(segment, &there, error) ||
        (!there && !en_db_run(connection_of(segment)->db, tables_sql, error)) ||
        !add_program(segment, run, error) ||
        !prepare(segment,
                 "INSERT INTO enact_runs (scenario, file, started, duration_us, status, "
                 "operations, error, report, content, bytes, kept, program) "
                 "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?12, id FROM enact_programs "
                 "WHERE digest = ?11",
                 &add, error)) {
        return false;
    }
    uint64_t bytes = run->scenario.length + run->file.length + run->error.length +
                     run->report.length + run->content.length;
    en_statement_bind_text(add, 1, run->scenario);
    en_statement_bind_text(add, 2, run->file);
    en_statement_bind_integer(add, 3, run->started_ms);
    en_statement_bind_integer(add, 4, run->duration_us);
    en_statement_bind_text(add, 5, run->status);
    en_statement_bind_integer(add, 6, (int64_t)run->operations);
    en_statement_bind_text(add, 7, run->error);
    bind_bytes(add, 8, run->report);
    bind_bytes(add, 9, run->content);
    en_statement_bind_integer(add, 10, (int64_t)bytes);
    en_statement_bind_text(add, 11, run->digest);
    en_statement_bind_integer(add, 12, run->kept_ms);
    if (!perform(add, error)) {
        return false;
    }
    *id = en_db_last_row(connection_of(segment)->db);
    return true;
}

/* --- reading --- */

enum {
    AT_ID,
    AT_SCENARIO,
    AT_FILE,
    AT_KEPT,
    AT_STARTED,
    AT_DURATION,
    AT_STATUS,
    AT_OPERATIONS,
    AT_ERROR,
    AT_BYTES,
    AT_HAS_CONTENT,
    AT_DIGEST,
    AT_REPORT,
    AT_CONTENT,
    AT_PROGRAM
};
#define ROW_COLUMNS                                                                                \
    "r.id, r.scenario, r.file, r.kept, r.started, r.duration_us, r.status, r.operations, "         \
    "r.error, "                                                                                    \
    "r.bytes, length(r.content) > 0, p.digest"
#define FROM_RUNS " FROM enact_runs r JOIN enact_programs p ON p.id = r.program "

static en_text text_at(en_statement *row, int column, en_arena *arena)
{
    return en_text_copy(arena, en_statement_text(row, column));
}

static en_kept_run read_row(en_statement *row, en_arena *arena)
{
    return (en_kept_run){ .id = en_statement_integer(row, AT_ID),
                          .scenario = text_at(row, AT_SCENARIO, arena),
                          .file = text_at(row, AT_FILE, arena),
                          .kept_ms = en_statement_integer(row, AT_KEPT),
                          .started_ms = en_statement_integer(row, AT_STARTED),
                          .duration_us = en_statement_integer(row, AT_DURATION),
                          .status = text_at(row, AT_STATUS, arena),
                          .operations = (uint64_t)en_statement_integer(row, AT_OPERATIONS),
                          .error = text_at(row, AT_ERROR, arena),
                          .bytes = (uint64_t)en_statement_integer(row, AT_BYTES),
                          .has_content = en_statement_integer(row, AT_HAS_CONTENT) != 0,
                          .digest = text_at(row, AT_DIGEST, arena) };
}

static bool list_runs(en_segment *segment, const en_run_filter *filter, en_arena *arena,
                      en_kept_run **runs, size_t *count, en_error *error)
{
    bool there;
    *runs = NULL;
    *count = 0;
    if (!has_tables(segment, &there, error) || !there) {
        return !en_error_is_set(error);
    }
    en_statement *list;
    if (!prepare(segment,
                 "SELECT " ROW_COLUMNS FROM_RUNS
                 "WHERE (?1 = '' OR r.scenario = ?1) AND (?2 = '' OR r.status = ?2) "
                 "AND r.id < ?3 ORDER BY r.id DESC LIMIT ?4",
                 &list, error)) {
        return false;
    }
    en_statement_bind_text(list, 1, filter->scenario);
    en_statement_bind_text(list, 2, filter->status);
    en_statement_bind_integer(list, 3, filter->before_id > 0 ? filter->before_id : INT64_MAX);
    en_statement_bind_integer(list, 4,
                              filter->limit > INT32_MAX ? INT32_MAX : (int64_t)filter->limit);
    size_t room = 0;
    en_stepped step;
    while ((step = en_statement_step(list, error)) == EN_STEP_ROW) {
        if (*count == room) {
            size_t wanted = room != 0 ? room * 2 : 32;
            en_kept_run *grown = EN_TRY_ARRAY(arena, en_kept_run, wanted);
            if (grown == NULL) {
                en_statement_release(list);
                return en_error_set(error, EN_DataSizeLimitExceededError,
                                    "not enough memory for a list of runs; ask for fewer");
            }
            for (size_t i = 0; i < *count; i++) {
                grown[i] = (*runs)[i];
            }
            *runs = grown;
            room = wanted;
        }
        (*runs)[(*count)++] = read_row(list, arena);
    }
    en_statement_release(list);
    return step == EN_STEP_DONE;
}

static bool get_run(en_segment *segment, int64_t id, en_arena *arena, en_kept_run *run,
                    en_error *error)
{
    bool there;
    en_statement *find = NULL;
    if (!has_tables(segment, &there, error)) {
        return false;
    }
    en_stepped step = EN_STEP_DONE;
    if (there) {
        if (!prepare(segment,
                     "SELECT " ROW_COLUMNS ", r.report, r.content, p.content" FROM_RUNS
                     "WHERE r.id = ?1",
                     &find, error)) {
            return false;
        }
        en_statement_bind_integer(find, 1, id);
        step = en_statement_step(find, error);
    }
    if (step == EN_STEP_ROW) {
        *run = read_row(find, arena);
        run->report = text_at(find, AT_REPORT, arena);
        run->content = text_at(find, AT_CONTENT, arena);
        run->program = text_at(find, AT_PROGRAM, arena);
    }
    if (find != NULL) {
        en_statement_release(find);
    }
    if (step == EN_STEP_DONE) {
        en_error_set(error, EN_DataError, "there is no run %lld in the history", (long long)id);
        en_error_hint(error, "enact runs list shows those that are there");
        error->status_code = 404;
    }
    return step == EN_STEP_ROW;
}

/* --- pruning --- */

/* The newest run that has to go: it and all older ones do. 0: none. */
static bool find_last_to_go(en_segment *segment, const en_retention *retention, int64_t *last,
                            en_error *error)
{
    en_statement *find;
    *last = 0;
    /* Newest first: number and bytes up to and including each run. */
    if (!prepare(segment,
                 "SELECT coalesce(max(id), 0) FROM ("
                 "SELECT id, kept, count(*) OVER newer AS runs, sum(bytes) OVER newer AS total "
                 "FROM enact_runs WINDOW newer AS (ORDER BY id DESC)) "
                 "WHERE (?1 > 0 AND runs > ?1) OR (?2 > 0 AND total > ?2) OR kept < ?3",
                 &find, error)) {
        return false;
    }
    en_statement_bind_integer(find, 1, (int64_t)retention->most_runs);
    en_statement_bind_integer(find, 2, (int64_t)retention->most_bytes);
    en_statement_bind_integer(find, 3, retention->before_ms);
    en_stepped step = en_statement_step(find, error);
    if (step == EN_STEP_ROW) {
        *last = en_statement_integer(find, 0);
    }
    en_statement_release(find);
    return step != EN_STEP_FAILED;
}

static bool measure(en_segment *segment, int64_t last, en_pruned *pruned, en_error *error)
{
    en_statement *sum;
    if (!prepare(segment,
                 "SELECT coalesce(sum(id <= ?1), 0), coalesce(sum(bytes) FILTER (WHERE id <= ?1), "
                 "0), count(*), coalesce(sum(bytes), 0) FROM enact_runs",
                 &sum, error)) {
        return false;
    }
    en_statement_bind_integer(sum, 1, last);
    en_stepped step = en_statement_step(sum, error);
    if (step == EN_STEP_ROW) {
        pruned->runs = (uint64_t)en_statement_integer(sum, 0);
        pruned->bytes = (uint64_t)en_statement_integer(sum, 1);
        pruned->left_runs = (uint64_t)en_statement_integer(sum, 2) - pruned->runs;
        pruned->left_bytes = (uint64_t)en_statement_integer(sum, 3) - pruned->bytes;
    }
    en_statement_release(sum);
    return step != EN_STEP_FAILED;
}

static bool delete_up_to(en_segment *segment, int64_t last, en_error *error)
{
    en_statement *remove;
    if (!prepare(segment, "DELETE FROM enact_runs WHERE id <= ?1", &remove, error)) {
        return false;
    }
    en_statement_bind_integer(remove, 1, last);
    return perform(remove, error) &&
           en_db_run(connection_of(segment)->db,
                     "DELETE FROM enact_programs WHERE id NOT IN (SELECT program FROM enact_runs)",
                     error) &&
           en_db_run(connection_of(segment)->db, "PRAGMA incremental_vacuum", error);
}

static bool prune_runs(en_segment *segment, const en_retention *retention, bool only_count,
                       en_pruned *pruned, en_error *error)
{
    bool there;
    int64_t last;
    *pruned = (en_pruned){ 0 };
    if (!has_tables(segment, &there, error) || !there) {
        return !en_error_is_set(error);
    }
    return find_last_to_go(segment, retention, &last, error) &&
           measure(segment, last, pruned, error) &&
           (only_count || pruned->runs == 0 || delete_up_to(segment, last, error));
}

/* --- the row of functions in store.h --- */

bool en_sqlite_history_add(en_segment *segment, const en_kept_run *run, int64_t *id,
                           en_error *error)
{
    return en_segment_check(own(segment), true, error) &&
           en_operation_end(own(segment), add_run(segment, run, id, error), error);
}

bool en_sqlite_history_list(en_segment *segment, const en_run_filter *filter, en_arena *arena,
                            en_kept_run **runs, size_t *count, en_error *error)
{
    return en_segment_check(own(segment), false, error) &&
           en_operation_end(own(segment), list_runs(segment, filter, arena, runs, count, error),
                            error);
}

bool en_sqlite_history_get(en_segment *segment, int64_t id, en_arena *arena, en_kept_run *run,
                           en_error *error)
{
    return en_segment_check(own(segment), false, error) &&
           en_operation_end(own(segment), get_run(segment, id, arena, run, error), error);
}

bool en_sqlite_history_prune(en_segment *segment, const en_retention *retention, bool only_count,
                             en_pruned *pruned, en_error *error)
{
    return en_segment_check(own(segment), !only_count, error) &&
           en_operation_end(own(segment), prune_runs(segment, retention, only_count, pruned, error),
                            error);
}

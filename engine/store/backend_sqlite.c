/* Data stores in one SQLite file: opening, segments, and the row of functions. */
#include "store/catalog.h"
#include "store/layout.h"

#include <string.h>

enum { DEFAULT_BUSY_MS = 30000 };

static en_sqlite *database_of(en_database *database)
{
    return (en_sqlite *)database;
}

static en_sqlite_segment *own(en_segment *segment)
{
    return (en_sqlite_segment *)segment;
}

extern const en_backend en_backend_sqlite;

/* --- databases --- */

/* Everything that is no URL of another backend is a file. */
static bool accepts(const char *path)
{
    return strstr(path, "://") == NULL;
}

static bool open_writer(en_sqlite *database, en_error *error)
{
    const en_database_options *options = &database->options;
    en_connection *writer = &database->writer;
    const en_db_options settings = { .path = options->path,
                                     .create = !options->must_exist,
                                     .full = options->durability == EN_DURABLE_FULL,
                                     .busy_ms = options->busy_ms,
                                     .application_id = EN_APPLICATION_ID,
                                     .user_version = EN_FORMAT_VERSION,
                                     .setup = en_catalog_setup };
    if (en_db_open(&database->arena, &settings, &writer->db, error)) {
        return true;
    }
    writer->db = NULL;
    if (error != NULL) {
        en_error_hint(error, "the database is %.200s", options->path);
    }
    return false;
}

static void close_writer(en_sqlite *database)
{
    en_layout_close(&database->writer);
    if (database->writer.db != NULL) {
        en_db_close(database->writer.db);
        database->writer.db = NULL;
    }
}

static void close_database(en_database *base)
{
    en_sqlite *database = database_of(base);
    close_writer(database);
    en_arena_done(&database->writer.scratch);
    en_turn_done(&database->turn);
    pthread_mutex_destroy(&database->declaring);
    en_arena arena = database->arena; /* the database lies in it */
    en_arena_done(&arena);
}

static bool open_database(const en_database_options *options, en_database **opened, en_error *error)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_sqlite *database = EN_NEW(&arena, en_sqlite);
    database->base.backend = &en_backend_sqlite;
    database->arena = arena;
    database->options = *options;
    database->options.path = en_text_terminate(&database->arena, en_text_from(options->path));
    if (options->busy_ms == 0) {
        database->options.busy_ms = DEFAULT_BUSY_MS;
    }
    en_turn_init(&database->turn);
    pthread_mutex_init(&database->declaring, NULL);
    atomic_init(&database->declared_version, 1);
    database->writer.database = database;
    en_arena_init(&database->writer.scratch, NULL);
    if (!open_writer(database, error)) {
        close_database(&database->base);
        return false;
    }
    *opened = &database->base;
    return true;
}

static bool declare(en_database *base, const en_schema *schema, en_error *error)
{
    (void)error;
    en_sqlite *database = database_of(base);
    pthread_mutex_lock(&database->declaring);
    en_declared *at = database->declared;
    while (at != NULL && !en_text_equal(at->schema->name, schema->name)) {
        at = at->next;
    }
    bool is_new = at == NULL || at->schema != schema;
    if (at == NULL) {
        at = EN_NEW(&database->arena, en_declared);
        at->next = database->declared;
        database->declared = at;
    }
    at->schema = schema;
    if (is_new) {
        atomic_fetch_add(&database->declared_version, 1);
    }
    pthread_mutex_unlock(&database->declaring);
    return true;
}

/* --- segments --- */

/* After a commit of unknown outcome: a new connection, and only if the file is whole. */
static bool reopen(en_sqlite *database, en_error *error)
{
    int64_t problems = 0;
    close_writer(database);
    if (!open_writer(database, error) ||
        !en_db_read_integer(database->writer.db,
                            "SELECT count(*) FROM pragma_quick_check(1) WHERE quick_check <> 'ok'",
                            &problems, error)) {
        return false;
    }
    if (problems != 0) {
        return en_error_set(error, EN_StoreUnavailableError, "the database is damaged");
    }
    database->suspect = false;
    return true;
}

static void leave(en_sqlite_segment *segment)
{
    en_sqlite *database = segment->connection->database;
    segment->touched = NULL;
    segment->latest = NULL;
    if (segment->connection->db != NULL) {
        en_db_watch(segment->connection->db, NULL);
    }
    en_turn_give(&database->turn);
}

static bool enter(en_database *base, en_segment_kind kind, const en_store_run *run,
                  en_segment **entered, en_error *error)
{
    en_sqlite *database = database_of(base);
    if (!en_turn_take(&database->turn, run->interrupted)) {
        return en_error_set(error, EN_ExecutionInterruptedError,
                            "interrupted while waiting for the database");
    }
    en_sqlite_segment *segment = &database->segment;
    *segment = (en_sqlite_segment){ .base.backend = &en_backend_sqlite,
                                    .connection = &database->writer,
                                    .run = *run,
                                    .kind = kind,
                                    .serial = ++database->segments };
    if ((database->suspect || database->writer.db == NULL) && !reopen(database, error)) {
        leave(segment);
        return false;
    }
    en_db_watch(database->writer.db, run->interrupted);
    if (!en_db_begin(database->writer.db, kind == EN_SEGMENT_WRITE, error)) {
        leave(segment);
        return false;
    }
    *entered = &segment->base;
    return true;
}

static void rollback(en_segment *base)
{
    en_sqlite_segment *segment = own(base);
    en_layout_undo(segment);
    en_db_rollback(segment->connection->db);
    leave(segment);
}

static bool commit(en_segment *base, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_sqlite *database = segment->connection->database;
    bool unknown = false;
    en_arena_reset(&segment->connection->scratch);
    if (segment->lost) {
        if (error != NULL && !en_error_is_set(error)) {
            *error = segment->cause;
        }
        rollback(base);
        return false;
    }
    if (!en_layout_save(segment, error) ||
        !en_db_commit(segment->connection->db, &unknown, error)) {
        database->suspect = unknown;
        rollback(base);
        return false;
    }
    en_layout_settle(segment);
    leave(segment);
    return true;
}

/* --- operations --- */

bool en_segment_check(en_sqlite_segment *segment, bool writes, en_error *error)
{
    const volatile int *interrupted = segment->run.interrupted;
    if (segment->lost) {
        if (error != NULL && !en_error_is_set(error)) {
            *error = segment->cause;
        }
        return false;
    }
    if (interrupted != NULL && *interrupted != 0) {
        return en_error_set(error, EN_ExecutionInterruptedError, "interrupted");
    }
    if (writes && segment->kind == EN_SEGMENT_READ) {
        return en_error_set(error, EN_RuntimeError, "a reading segment cannot write");
    }
    en_arena_reset(&segment->connection->scratch);
    return true;
}

bool en_operation_begin(en_sqlite_segment *segment, en_operation_kind kind, en_text store,
                        en_table **table, en_error *error)
{
    return en_segment_check(segment, kind != EN_OPERATION_READ, error) &&
           en_layout_find(segment, store, kind == EN_OPERATION_MAKE, table, error);
}

/* A full disk, an I/O error, no memory or damage may have undone the whole transaction. */
bool en_operation_end(en_sqlite_segment *segment, bool done, en_error *error)
{
    if (!done && !segment->lost && !en_db_in_transaction(segment->connection->db)) {
        segment->lost = true;
        if (error != NULL) {
            error->retryable = true;
            segment->cause = *error;
        } else {
            en_error_set(&segment->cause, EN_StoreUnavailableError, "the transaction was undone");
        }
    }
    return done;
}

const en_backend en_backend_sqlite = {
    .name = "sqlite",
    .accepts = accepts,
    .open = open_database,
    .close = close_database,
    .declare = declare,
    .enter = enter,
    .commit = commit,
    .rollback = rollback,
    .add = en_sqlite_add,
    .update = en_sqlite_update,
    .get = en_sqlite_get,
    .remove = en_sqlite_remove,
    .clear = en_sqlite_clear,
    .search = en_sqlite_search,
    .increment = en_sqlite_increment,
    .compare_and_set = en_sqlite_compare_and_set,
    .list = en_sqlite_list,
    .describe = en_sqlite_describe,
    .create = en_sqlite_create,
    .drop = en_sqlite_drop,
    .rename = en_sqlite_rename,
};

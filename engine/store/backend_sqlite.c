/* Data stores in one SQLite file: opening, and the row of functions. */
#include "store/catalog.h"
#include "store/checkpoint.h"
#include "store/health.h"
#include "store/layout.h"
#include "store/load.h"
#include "store/reader.h"
#include "store/segment.h"
#include "store/wishes.h"

#include <string.h>

enum { DEFAULT_BUSY_MS = 30000, GROUP_US = 4000, WRITER_CACHE_KB = 32000, READER_CACHE_KB = 8000 };

static en_sqlite *database_of(en_database *database)
{
    return (en_sqlite *)database;
}

extern const en_backend en_backend_sqlite;

/* --- databases --- */

/* Everything that is no URL of another backend is a file. */
static bool accepts(const char *path)
{
    return strstr(path, "://") == NULL;
}

bool en_connection_open(en_connection *connection, en_error *error)
{
    const en_database_options *options = &connection->database->options;
    const en_db_options settings = {
        .path = options->path,
        .copy_of = connection->is_reader ? NULL : options->copy_of,
        .create = !options->must_exist && !options->read_only && !connection->is_reader,
        .read_only = options->read_only,
        .full = options->durability == EN_DURABLE_FULL,
        .busy_ms = options->busy_ms,
        .cache_kb = connection->is_reader ? READER_CACHE_KB : WRITER_CACHE_KB,
        .application_id = EN_APPLICATION_ID,
        .user_version = EN_FORMAT_VERSION,
        .setup = en_catalog_setup
    };
    if (en_db_open(connection->arena, &settings, &connection->db, error)) {
        connection->database->options.copy_of = NULL; /* opened again, it goes on from itself */
        return true;
    }
    connection->db = NULL;
    if (error != NULL) {
        en_error_hint(error, "the database is %.200s", options->path);
    }
    return false;
}

void en_connection_close(en_connection *connection)
{
    en_layout_close(connection);
    if (connection->db != NULL) {
        en_db_close(connection->db);
        connection->db = NULL;
    }
}

static void close_database(en_database *base)
{
    en_sqlite *database = database_of(base);
    if (!database->options.read_only) {
        en_wishes_grant(database); /* those of a process that only reads */
    }
    en_readers_close(database);
    en_connection_close(&database->writer);
    en_arena_done(&database->writer.scratch);
    en_turnstile_done(&database->turnstile);
    en_owner_done(&database->owner);
    en_turn_done(&database->turn);
    pthread_mutex_destroy(&database->declaring);
    pthread_mutex_destroy(&database->reading);
    en_arena_done(&database->stored_arena);
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
    if (options->copy_of != NULL) {
        database->options.copy_of =
            en_text_terminate(&database->arena, en_text_from(options->copy_of));
    }
    if (options->busy_ms == 0) {
        database->options.busy_ms = DEFAULT_BUSY_MS;
    }
    database->in_memory = strcmp(options->path, ":memory:") == 0;
    database->group_us = GROUP_US;
    en_turn_init(&database->turn);
    en_turnstile_init(&database->turnstile);
    en_owner_init(&database->owner);
    pthread_mutex_init(&database->declaring, NULL);
    pthread_mutex_init(&database->reading, NULL);
    atomic_init(&database->declared_version, 1);
    atomic_init(&database->wish_count, 0);
    atomic_init(&database->keeps_undo, false);
    database->writer.database = database;
    database->writer.arena = &database->arena;
    en_arena_init(&database->writer.scratch, NULL);
    en_arena_init(&database->stored_arena, NULL);
    if (!en_connection_open(&database->writer, error) ||
        (!options->read_only && !en_undo_recover(database, error))) {
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
    at->in_force = at->in_force && !is_new;
    if (is_new) {
        atomic_fetch_add(&database->declared_version, 1);
    }
    pthread_mutex_unlock(&database->declaring);
    return true;
}

const en_backend en_backend_sqlite = {
    .name = "sqlite",
    .accepts = accepts,
    .open = open_database,
    .close = close_database,
    .declare = declare,
    .enter = en_sqlite_enter,
    .commit = en_sqlite_commit,
    .rollback = en_sqlite_rollback,
    .undo = en_sqlite_undo,
    .batch_begin = en_sqlite_batch_begin,
    .batch_is_wanted = en_sqlite_batch_is_wanted,
    .batch_check = en_sqlite_batch_check,
    .batch_save = en_sqlite_batch_save,
    .batch_commit = en_sqlite_batch_commit,
    .batch_rollback = en_sqlite_batch_rollback,
    .history_add = en_sqlite_history_add,
    .history_list = en_sqlite_history_list,
    .history_get = en_sqlite_history_get,
    .history_prune = en_sqlite_history_prune,
    .checkpoint_find = en_sqlite_checkpoint_find,
    .add = en_sqlite_add,
    .update = en_sqlite_update,
    .get = en_sqlite_get,
    .remove = en_sqlite_remove,
    .clear = en_sqlite_clear,
    .search = en_sqlite_search,
    .visit = en_sqlite_visit,
    .increment = en_sqlite_increment,
    .compare_and_set = en_sqlite_compare_and_set,
    .load_begin = en_sqlite_load_begin,
    .load_end = en_sqlite_load_end,
    .list = en_sqlite_list,
    .describe = en_sqlite_describe,
    .explain = en_sqlite_explain,
    .examine = en_sqlite_examine,
    .repair = en_sqlite_repair,
    .create = en_sqlite_create,
    .drop = en_sqlite_drop,
    .rename = en_sqlite_rename,
    .undo_open = en_sqlite_undo_open,
    .undo_close = en_sqlite_undo_close,
    .undo_commit = en_sqlite_undo_commit,
    .undo_rollback = en_sqlite_undo_rollback,
    .undo_recovered = en_sqlite_undo_recovered,
};

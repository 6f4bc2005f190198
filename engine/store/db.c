#include "store/db.h"

#include "base/clock.h"

#include <poll.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

/* Statements are cached in sets by the hash of their text; the oldest of a set makes room. */
enum { CACHE_SETS = 64, CACHE_WAYS = 4, LONGEST_CACHED = 16 * 1024 };
enum { STEPS_BETWEEN_CHECKS = 2000, JOURNAL_LIMIT = 64 * 1024 * 1024 };

struct en_statement {
    sqlite3_stmt *handle;
    en_db *db;
    uint64_t hash;
    uint64_t used_at;
    int bind_status; /* of the first binding that failed */
    bool taken;
    bool cached;
    bool stoppable; /* reads only: an interrupt undoes nothing */
};

/* What frames every segment is compiled once. */
typedef enum control {
    CONTROL_READ,
    CONTROL_WRITE,
    CONTROL_COMMIT,
    CONTROL_SAVE, /* these three in the order of en_savepoint */
    CONTROL_SAVE_CHANGE,
    CONTROL_RELEASE,
    CONTROL_RELEASE_CHANGE,
    CONTROL_UNDO,
    CONTROL_UNDO_CHANGE,
    CONTROL_ROLLBACK,
    CONTROLS
} control;

static const char *const controls[CONTROLS] = {
    [CONTROL_READ] = "BEGIN",
    [CONTROL_WRITE] = "BEGIN IMMEDIATE",
    [CONTROL_COMMIT] = "COMMIT",
    [CONTROL_SAVE] = "SAVEPOINT segment",
    [CONTROL_SAVE_CHANGE] = "SAVEPOINT change",
    [CONTROL_RELEASE] = "RELEASE segment",
    [CONTROL_RELEASE_CHANGE] = "RELEASE change",
    [CONTROL_UNDO] = "ROLLBACK TO segment",
    [CONTROL_UNDO_CHANGE] = "ROLLBACK TO change",
    [CONTROL_ROLLBACK] = "ROLLBACK",
};

struct en_db {
    sqlite3 *handle;
    sqlite3_stmt *controls[CONTROLS]; /* NULL: not compiled yet */
    const volatile int *interrupted;
    int64_t limit_us;
    bool stoppable; /* of the statement that is running */
    uint32_t busy_ms;
    int64_t busy_since_us;
    uint64_t uses;
    en_statement cache[CACHE_SETS][CACHE_WAYS];
};

/* --- errors --- */

typedef struct en_db_failure {
    int code; /* primary result code */
    en_error_type type;
    bool retryable;
    const char *message;
} en_db_failure;

static const en_db_failure failures[] = {
    { SQLITE_BUSY, EN_StoreUnavailableError, true, "the database is locked by another program" },
    { SQLITE_LOCKED, EN_StoreUnavailableError, true, "a table is locked" },
    { SQLITE_FULL, EN_StoreUnavailableError, true, "the disk is full" },
    { SQLITE_IOERR, EN_StoreUnavailableError, true, "the database could not be read or written" },
    { SQLITE_NOMEM, EN_DataSizeLimitExceededError, true, "the database has no memory left" },
    { SQLITE_CORRUPT, EN_StoreUnavailableError, false, "the database is damaged" },
    { SQLITE_NOTADB, EN_StoreUnavailableError, false, "the file is not an SQLite database" },
    { SQLITE_READONLY, EN_StoreUnavailableError, false, "the database may not be written" },
    { SQLITE_PERM, EN_StoreUnavailableError, false, "the database may not be opened" },
    { SQLITE_CANTOPEN, EN_StoreUnavailableError, false, "the database cannot be opened" },
    { SQLITE_INTERRUPT, EN_ExecutionInterruptedError, false, "interrupted while searching" },
    { SQLITE_TOOBIG, EN_DataError, false, "a value is too big for the database" },
};

/* Always false. */
static bool fail(const en_db *db, int status, en_error *error)
{
    const char *detail = db->handle != NULL ? sqlite3_errmsg(db->handle) : "no memory";
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        const en_db_failure *failure = &failures[i];
        if (failure->code == (status & 0xff)) {
            bool first = error != NULL && !en_error_is_set(error);
            en_error_set(error, failure->type, "%s (%s, SQLite code %d)", failure->message, detail,
                         status);
            if (first) {
                error->retryable = failure->retryable;
            }
            return false;
        }
    }
    return en_error_set(error, EN_StoreUnavailableError,
                        "the database answered: %s (SQLite code %d)", detail, status);
}

/* --- connections --- */

static bool is_interrupted(const en_db *db)
{
    return db->interrupted != NULL && *db->interrupted != 0;
}

static int check_progress(void *context)
{
    const en_db *db = context;
    return db->stoppable &&
           (is_interrupted(db) || (db->limit_us != 0 && en_clock_ticks_us() >= db->limit_us));
}

/* Asks again soon: a long pause would lose every race against a writer that returns at once. */
static int wait_for_others(void *context, int tries)
{
    en_db *db = context;
    int64_t now_us = en_clock_ticks_us();
    if (tries == 0) {
        db->busy_since_us = now_us;
    }
    if (is_interrupted(db) || now_us - db->busy_since_us >= (int64_t)db->busy_ms * 1000) {
        return 0;
    }
    poll(NULL, 0, tries < 100 ? 1 : 5);
    return 1;
}

bool en_db_run(en_db *db, const char *sql, en_error *error)
{
    db->stoppable = false;
    int status = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return status == SQLITE_OK || fail(db, status, error);
}

bool en_db_read_integer(en_db *db, const char *sql, int64_t *integer, en_error *error)
{
    sqlite3_stmt *handle = NULL;
    *integer = 0;
    int status = sqlite3_prepare_v2(db->handle, sql, -1, &handle, NULL);
    if (status == SQLITE_OK) {
        status = sqlite3_step(handle);
        if (status == SQLITE_ROW) {
            *integer = sqlite3_column_int64(handle, 0);
        }
    }
    sqlite3_finalize(handle);
    return status == SQLITE_ROW || status == SQLITE_DONE || status == SQLITE_OK ||
           fail(db, status, error);
}

static int compile_control(en_db *db, control which)
{
    return sqlite3_prepare_v3(db->handle, controls[which], -1, SQLITE_PREPARE_PERSISTENT,
                              &db->controls[which], NULL);
}

static bool open_handle(en_db *db, const en_db_options *options, en_error *error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (options->create ? SQLITE_OPEN_CREATE : 0);
    int status = sqlite3_open_v2(options->path, &db->handle, flags, NULL);
    if (status != SQLITE_OK) {
        return fail(db, status, error);
    }
    if (sqlite3_db_readonly(db->handle, "main") == 1) {
        return en_error_set(error, EN_StoreUnavailableError, "the database may not be written");
    }
    status = compile_control(db, CONTROL_ROLLBACK); /* to go back must need no memory */
    if (status != SQLITE_OK) {
        return fail(db, status, error);
    }
    sqlite3_busy_handler(db->handle, wait_for_others, db);
    sqlite3_progress_handler(db->handle, STEPS_BETWEEN_CHECKS, check_progress, db);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return true;
}

typedef struct ownership {
    int64_t application_id;
    int64_t user_version;
    int64_t tables;
} ownership;

/* In one transaction: another process may be setting the file up just now. */
static bool read_ownership(en_db *db, ownership *found, en_error *error)
{
    if (!en_db_run(db, "BEGIN", error)) {
        return false;
    }
    bool done = en_db_read_integer(db, "PRAGMA application_id", &found->application_id, error) &&
                en_db_read_integer(db, "PRAGMA user_version", &found->user_version, error) &&
                en_db_read_integer(db, "SELECT count(*) FROM sqlite_schema", &found->tables, error);
    en_db_rollback(db);
    return done;
}

/* Whether the file is empty or ours. Nothing has been written before this. */
static bool check_owner(en_db *db, const en_db_options *options, bool *empty, en_error *error)
{
    ownership found;
    if (!read_ownership(db, &found, error)) {
        return false;
    }
    *empty = found.application_id == 0 && found.tables == 0;
    if (*empty) {
        return true;
    }
    if (found.application_id != options->application_id) {
        return en_error_set(error, EN_StoreUnavailableError,
                            "the file is an SQLite database of another program");
    }
    if (found.user_version > options->user_version) {
        return en_error_set(error, EN_StoreUnavailableError,
                            "the database was written by a newer enact (format %lld; this one "
                            "knows formats up to %d)",
                            (long long)found.user_version, (int)options->user_version);
    }
    return true;
}

/* Turning WAL on needs the file alone and does not always ask the busy handler. */
static bool set_journal(en_db *db, bool in_memory, en_error *error)
{
    char answer[16] = "";
    int status = SQLITE_BUSY;
    for (int tries = 0;; tries++) {
        sqlite3_stmt *handle = NULL;
        status = sqlite3_prepare_v2(db->handle, "PRAGMA journal_mode=WAL", -1, &handle, NULL);
        if (status == SQLITE_OK && (status = sqlite3_step(handle)) == SQLITE_ROW) {
            const unsigned char *text = sqlite3_column_text(handle, 0);
            size_t length = (size_t)sqlite3_column_bytes(handle, 0);
            if (text != NULL && length < sizeof answer) {
                memcpy(answer, text, length);
            }
        }
        sqlite3_finalize(handle);
        if ((status & 0xff) != SQLITE_BUSY || wait_for_others(db, tries) == 0) {
            break;
        }
    }
    if (status != SQLITE_ROW) {
        return fail(db, status, error);
    }
    if (strcmp(answer, in_memory ? "memory" : "wal") != 0) {
        return en_error_set(error, EN_StoreUnavailableError,
                            "the database cannot keep a write-ahead log (journal mode %s)", answer);
    }
    return true;
}

static bool check_empty_again(en_db *db, bool *empty, en_error *error)
{
    int64_t tables = 0;
    if (!en_db_read_integer(db, "SELECT count(*) FROM sqlite_schema", &tables, error)) {
        return false;
    }
    *empty = tables == 0;
    return true;
}

/* Another process may set up the same file at the same time: the first one wins. */
static bool set_up(en_db *db, const en_db_options *options, en_error *error)
{
    char marks[128];
    sqlite3_snprintf(sizeof marks, marks, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                     (int)options->application_id, (int)options->user_version);
    bool empty = false;
    bool unknown = false;
    if (!en_db_run(db, "BEGIN IMMEDIATE", error)) {
        return false;
    }
    bool done = check_empty_again(db, &empty, error) &&
                (!empty || (en_db_run(db, options->setup, error) && en_db_run(db, marks, error))) &&
                en_db_commit(db, &unknown, error);
    if (!done) {
        en_db_rollback(db);
    }
    return done;
}

static bool configure(en_db *db, const en_db_options *options, en_error *error)
{
    bool empty = false;
    bool in_memory = strcmp(options->path, ":memory:") == 0;
    char settings[256];
    sqlite3_snprintf(sizeof settings, settings,
                     "PRAGMA synchronous=%s; PRAGMA cache_size=-%d; PRAGMA cell_size_check=ON; "
                     "PRAGMA journal_size_limit=%d",
                     options->full ? "FULL" : "NORMAL",
                     (int)(options->cache_kb != 0 ? options->cache_kb : 2000), JOURNAL_LIMIT);
    if (options->read_only) {
        return check_owner(db, options, &empty, error) &&
               (!empty || en_error_set(error, EN_StoreUnavailableError, "the file is empty")) &&
               en_db_run(db, settings, error) && en_db_run(db, "PRAGMA query_only=ON", error);
    }
    return check_owner(db, options, &empty, error) &&
           (!empty || en_db_run(db, "PRAGMA auto_vacuum=INCREMENTAL", error)) &&
           set_journal(db, in_memory, error) && en_db_run(db, settings, error) &&
           (!empty || set_up(db, options, error)) && check_owner(db, options, &empty, error);
}

/* The journals of savepoints stay as SQLite has them: with a larger SQLITE_CONFIG_STMTJRNL_SPILL
 * 3.40 takes the moment when one leaves memory for a full disk. */
void en_db_configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* A file that nobody has open has no log, and can be read without making one beside it. */
static int open_source(en_arena *arena, const char *path, sqlite3 **source)
{
    en_builder uri;
    en_builder_init(&uri, arena);
    en_builder_add(&uri, EN_TEXT("file:"));
    for (const char *at = path; *at != '\0'; at++) {
        bool is_plain = strchr("%?#", *at) == NULL;
        en_builder_format(&uri, is_plain ? "%c" : "%%%02X", (unsigned char)*at);
    }
    bool has_log = access(en_text_format(arena, "%s-wal", path).data, F_OK) == 0;
    en_builder_add(&uri, has_log ? EN_TEXT("?mode=ro") : EN_TEXT("?mode=ro&immutable=1"));
    int flags =
        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    return sqlite3_open_v2(en_text_terminate(arena, en_builder_take(&uri)), source, flags, NULL);
}

/* Pages of another size would not fit a database in memory. */
static int copy_pages(en_db *db, sqlite3 *source)
{
    sqlite3_stmt *handle = NULL;
    int status = sqlite3_prepare_v2(source, "PRAGMA page_size", -1, &handle, NULL);
    if (status == SQLITE_OK && (status = sqlite3_step(handle)) == SQLITE_ROW) {
        char setting[64];
        sqlite3_snprintf(sizeof setting, setting, "PRAGMA page_size=%d",
                         sqlite3_column_int(handle, 0));
        status = sqlite3_exec(db->handle, setting, NULL, NULL, NULL);
    }
    sqlite3_finalize(handle);
    if (status != SQLITE_OK) {
        return status;
    }
    sqlite3_backup *copy = sqlite3_backup_init(db->handle, "main", source, "main");
    if (copy == NULL) {
        return sqlite3_extended_errcode(db->handle);
    }
    sqlite3_backup_step(copy, -1);
    return sqlite3_backup_finish(copy);
}

static bool copy_file(en_db *db, en_arena *arena, const char *path, en_error *error)
{
    sqlite3 *source = NULL;
    int status = open_source(arena, path, &source);
    if (status == SQLITE_OK) {
        status = copy_pages(db, source);
    }
    sqlite3_close(source);
    if (status == SQLITE_OK) {
        return true;
    }
    en_error_set(error, EN_StoreUnavailableError, "%s cannot be copied (%s)", path,
                 sqlite3_errstr(status));
    return false;
}

bool en_db_open(en_arena *arena, const en_db_options *options, en_db **db, en_error *error)
{
    en_db *opened = EN_NEW(arena, en_db);
    opened->busy_ms = options->busy_ms;
    if (!open_handle(opened, options, error) ||
        (options->copy_of != NULL && !copy_file(opened, arena, options->copy_of, error)) ||
        !configure(opened, options, error)) {
        en_db_close(opened);
        return false;
    }
    *db = opened;
    return true;
}

void en_db_close(en_db *db)
{
    sqlite3_stmt *handle = NULL;
    while (db->handle != NULL && (handle = sqlite3_next_stmt(db->handle, NULL)) != NULL) {
        sqlite3_finalize(handle);
    }
    sqlite3_close(db->handle);
    memset(db, 0, sizeof *db);
}

void en_db_watch(en_db *db, const volatile int *interrupted, int64_t limit_us)
{
    db->interrupted = interrupted;
    db->limit_us = limit_us;
}

/* --- transactions --- */

/* The result code. */
static int run_control(en_db *db, control which)
{
    int status = SQLITE_OK;
    sqlite3_stmt **handle = &db->controls[which];
    db->stoppable = false;
    if (*handle == NULL) {
        status = compile_control(db, which);
    }
    if (status == SQLITE_OK) {
        status = sqlite3_step(*handle);
        sqlite3_reset(*handle);
    }
    return status == SQLITE_DONE ? SQLITE_OK : status;
}

static bool control_done(en_db *db, control which, en_error *error)
{
    int status = run_control(db, which);
    return status == SQLITE_OK || fail(db, status, error);
}

bool en_db_begin(en_db *db, bool write, en_error *error)
{
    if (en_db_in_transaction(db)) { /* a rollback that found no memory */
        en_db_rollback(db);
    }
    return control_done(db, write ? CONTROL_WRITE : CONTROL_READ, error);
}

bool en_db_commit(en_db *db, bool *unknown, en_error *error)
{
    int status = run_control(db, CONTROL_COMMIT);
    *unknown = status == SQLITE_IOERR_FSYNC;
    if (status == SQLITE_OK) {
        return true;
    }
    if (*unknown) {
        return en_error_set(error, EN_InconsistencyError,
                            "the disk failed while it wrote a commit: what it holds is not known");
    }
    fail(db, status, error);
    en_db_rollback(db);
    return false;
}

bool en_db_in_transaction(const en_db *db)
{
    return sqlite3_get_autocommit(db->handle) == 0;
}

static void reset_all(en_db *db)
{
    for (sqlite3_stmt *handle = sqlite3_next_stmt(db->handle, NULL); handle != NULL;
         handle = sqlite3_next_stmt(db->handle, handle)) {
        sqlite3_reset(handle);
    }
}

/* A statement may have to be compiled again, and find memory only the second time. */
void en_db_rollback(en_db *db)
{
    db->stoppable = false;
    reset_all(db);
    for (int tries = 0; en_db_in_transaction(db) && tries < 2; tries++) {
        run_control(db, CONTROL_ROLLBACK);
    }
}

bool en_db_savepoint(en_db *db, en_savepoint place, en_error *error)
{
    return control_done(db, CONTROL_SAVE + (control)place, error);
}

bool en_db_release(en_db *db, en_savepoint place, en_error *error)
{
    return control_done(db, CONTROL_RELEASE + (control)place, error);
}

/* An undo that fails must not leave in the transaction what was to be undone. */
void en_db_rollback_to(en_db *db, en_savepoint place)
{
    reset_all(db);
    if (en_db_in_transaction(db) &&
        (run_control(db, CONTROL_UNDO + (control)place) != SQLITE_OK ||
         run_control(db, CONTROL_RELEASE + (control)place) != SQLITE_OK)) {
        en_db_rollback(db);
    }
}

uint64_t en_db_changes(const en_db *db)
{
    return (uint64_t)sqlite3_changes64(db->handle);
}

int64_t en_db_last_row(const en_db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

/* --- statements --- */

static bool compile(en_db *db, en_text sql, bool lasting, en_statement *statement, en_error *error)
{
    if (sql.length > INT32_MAX) {
        return en_error_set(error, EN_DataError, "the query is too long for the database");
    }
    db->stoppable = false;
    *statement = (en_statement){ .db = db };
    int status =
        sqlite3_prepare_v3(db->handle, sql.data, (int)sql.length,
                           lasting ? SQLITE_PREPARE_PERSISTENT : 0, &statement->handle, NULL);
    if (status != SQLITE_OK) {
        return fail(db, status, error);
    }
    statement->stoppable = sqlite3_stmt_readonly(statement->handle) != 0;
    return true;
}

static bool holds(const en_statement *statement, uint64_t hash, en_text sql)
{
    if (statement->handle == NULL || statement->hash != hash) {
        return false;
    }
    const char *text = sqlite3_sql(statement->handle);
    return strncmp(text, sql.data, sql.length) == 0 && text[sql.length] == '\0';
}

/* The statement in its set, or the oldest place that is free; NULL: all are taken. */
static en_statement *find_place(en_db *db, uint64_t hash, en_text sql)
{
    en_statement *set = db->cache[hash % CACHE_SETS];
    en_statement *oldest = NULL;
    for (size_t i = 0; i < CACHE_WAYS; i++) {
        if (set[i].taken) {
            continue;
        }
        if (holds(&set[i], hash, sql)) {
            return &set[i];
        }
        if (oldest == NULL || set[i].used_at < oldest->used_at) {
            oldest = &set[i];
        }
    }
    return oldest;
}

bool en_db_prepare(en_db *db, en_arena *arena, en_text sql, en_statement **statement,
                   en_error *error)
{
    uint64_t hash = en_text_hash(sql, 0);
    en_statement *place = sql.length <= LONGEST_CACHED ? find_place(db, hash, sql) : NULL;
    if (place == NULL) {
        *statement = EN_NEW(arena, en_statement);
        return compile(db, sql, false, *statement, error);
    }
    if (!holds(place, hash, sql)) {
        sqlite3_finalize(place->handle);
        *place = (en_statement){ 0 };
        if (!compile(db, sql, true, place, error)) {
            *place = (en_statement){ 0 };
            return false;
        }
        place->hash = hash;
        place->cached = true;
    }
    place->used_at = ++db->uses;
    place->taken = true;
    *statement = place;
    return true;
}

void en_statement_release(en_statement *statement)
{
    if (!statement->cached) {
        en_statement_close(statement);
        return;
    }
    en_statement_reset(statement);
    sqlite3_clear_bindings(statement->handle);
    statement->taken = false;
}

bool en_db_compile(en_db *db, en_arena *arena, en_text sql, en_statement **statement,
                   en_error *error)
{
    en_statement *compiled = EN_NEW(arena, en_statement);
    if (!compile(db, sql, true, compiled, error)) {
        return false;
    }
    *statement = compiled;
    return true;
}

void en_statement_close(en_statement *statement)
{
    if (statement != NULL) {
        sqlite3_finalize(statement->handle);
        statement->handle = NULL;
    }
}

/* --- binding --- */

static void note(en_statement *statement, int status)
{
    if (status != SQLITE_OK && statement->bind_status == SQLITE_OK) {
        statement->bind_status = status;
    }
}

void en_statement_bind_null(en_statement *statement, int index)
{
    note(statement, sqlite3_bind_null(statement->handle, index));
}

void en_statement_bind_integer(en_statement *statement, int index, int64_t integer)
{
    note(statement, sqlite3_bind_int64(statement->handle, index, integer));
}

void en_statement_bind_text(en_statement *statement, int index, en_text text)
{
    note(statement, sqlite3_bind_text64(statement->handle, index, text.length != 0 ? text.data : "",
                                        text.length, SQLITE_STATIC, SQLITE_UTF8));
}

static void bind_number(en_statement *statement, int index, en_value value)
{
    int64_t integer = 0;
    double number = en_value_number(value);
    bool exact =
        value.form == EN_EXACT_SIGNED || (number >= -EN_EXACT_LIMIT && number <= EN_EXACT_LIMIT);
    if (exact && en_value_integer(value, &integer)) {
        en_statement_bind_integer(statement, index, integer);
    } else {
        note(statement, sqlite3_bind_double(statement->handle, index, number));
    }
}

void en_statement_bind(en_statement *statement, int index, en_value value)
{
    switch (value.tag) {
    case EN_BOOLEAN:
        en_statement_bind_integer(statement, index, value.as.boolean);
        break;
    case EN_NUMBER:
        bind_number(statement, index, value);
        break;
    case EN_TEXT_VALUE:
        en_statement_bind_text(statement, index, en_value_text(value));
        break;
    case EN_DATE:
        en_statement_bind_integer(statement, index, value.as.date_ms);
        break;
    case EN_BUFFER:
        note(statement,
             sqlite3_bind_blob64(statement->handle, index, value.length != 0 ? value.as.bytes : "",
                                 value.length, SQLITE_STATIC));
        break;
    default:
        en_statement_bind_null(statement, index);
    }
}

/* --- stepping --- */

en_stepped en_statement_step(en_statement *statement, en_error *error)
{
    int status = statement->bind_status;
    if (status == SQLITE_OK) {
        statement->db->stoppable = statement->stoppable;
        status = sqlite3_step(statement->handle);
        if (status == SQLITE_ROW) {
            return EN_STEP_ROW;
        }
        if (status == SQLITE_DONE) {
            sqlite3_reset(statement->handle);
            return EN_STEP_DONE;
        }
    }
    statement->bind_status = SQLITE_OK;
    if (status == SQLITE_CONSTRAINT_UNIQUE || status == SQLITE_CONSTRAINT_PRIMARYKEY) {
        sqlite3_reset(statement->handle);
        return EN_STEP_CONFLICT;
    }
    fail(statement->db, status, error);
    sqlite3_reset(statement->handle);
    return EN_STEP_FAILED;
}

void en_statement_reset(en_statement *statement)
{
    statement->bind_status = SQLITE_OK;
    sqlite3_reset(statement->handle);
}

bool en_statement_is_null(en_statement *statement, int column)
{
    return sqlite3_column_type(statement->handle, column) == SQLITE_NULL;
}

int64_t en_statement_integer(en_statement *statement, int column)
{
    return sqlite3_column_int64(statement->handle, column);
}

en_text en_statement_text(en_statement *statement, int column)
{
    const void *bytes = sqlite3_column_type(statement->handle, column) == SQLITE_BLOB
                            ? sqlite3_column_blob(statement->handle, column)
                            : (const void *)sqlite3_column_text(statement->handle, column);
    size_t length = (size_t)sqlite3_column_bytes(statement->handle, column);
    return bytes != NULL ? (en_text){ bytes, length } : (en_text){ "", 0 };
}

en_value en_statement_value(en_statement *statement, int column)
{
    switch (sqlite3_column_type(statement->handle, column)) {
    case SQLITE_INTEGER:
        return en_integer(en_statement_integer(statement, column));
    case SQLITE_FLOAT:
        return en_number(sqlite3_column_double(statement->handle, column));
    case SQLITE_TEXT:
        return en_text_value(en_statement_text(statement, column));
    case SQLITE_BLOB:
        return en_buffer(en_statement_text(statement, column));
    default:
        return en_nothing();
    }
}

/* db - the SQLite driver: connections, statements, rows and errors; the SQL text lives elsewhere.
 *
 * Shape:    a connection keeps a cache of statements by their SQL text. A statement is taken from
 * it with en_db_prepare and handed back with en_statement_release; one that a table uses for every
 * record is compiled once with en_db_compile and closed with en_statement_close. A statement that
 * is done or failed has reset itself; after a row the caller resets it. Units:    parameters count
 * from 1, columns from 0, as in SQLite. Lifetime: bound texts and buffers are not copied: they live
 * until the statement is reset. Texts of a row live until the next step or reset. Errors:
 * StoreUnavailableError for everything the file or the system does, DataError for what is too big,
 * ExecutionInterruptedError for a search that was interrupted. A violated constraint is
 * EN_STEP_CONFLICT, not an error. Threads:  a connection and its statements belong to one thread at
 * a time.
 */
#ifndef EN_STORE_DB_H
#define EN_STORE_DB_H

#include "value/value.h"

typedef struct en_db en_db;
typedef struct en_statement en_statement;

typedef struct en_db_options {
    const char *path;    /* a file or ":memory:" */
    const char *copy_of; /* a file whose content it begins with; or NULL */
    bool create;         /* the file, if it is not there */
    bool read_only;      /* nothing is written into it; an empty file is refused */
    bool full;           /* synchronous=FULL, else NORMAL */
    uint32_t busy_ms;    /* patience with other processes */
    int32_t cache_kb;    /* of pages; 0: 2 MB */
    int32_t application_id;
    int32_t user_version; /* a newer one is refused */
    const char *setup;    /* SQL that fills an empty database */
} en_db_options;

/* Once a process, before the first database and any other thread: nobody asks SQLite how much memory
 * it uses, so it need not count under a lock. Without it all works the same, slower. */
void en_db_configure(void);
/* Opens, checks and configures. */
EN_WARN_UNUSED bool en_db_open(en_arena *arena, const en_db_options *options, en_db **db,
                               en_error *error);
/* Closes the connection and all its statements. */
void en_db_close(en_db *db);
/* Names a flag that ends searches and waiting when it becomes non-zero (NULL: none) and the time in
 * ticks at which searches end (0: never). */
void en_db_watch(en_db *db, const volatile int *interrupted, int64_t limit_us);

/* Runs SQL without parameters and results. */
EN_WARN_UNUSED bool en_db_run(en_db *db, const char *sql, en_error *error);
/* The integer in the first column of the first row; 0 when there is none. */
EN_WARN_UNUSED bool en_db_read_integer(en_db *db, const char *sql, int64_t *integer,
                                       en_error *error);

EN_WARN_UNUSED bool en_db_begin(en_db *db, bool write, en_error *error);
/* False: nothing was committed; *unknown: what is on disk is not known, the connection is lost. */
EN_WARN_UNUSED bool en_db_commit(en_db *db, bool *unknown, en_error *error);
void en_db_rollback(en_db *db);
/* A place inside the transaction to come back to: one for a segment, within it one for changes of
 * tables. */
typedef enum en_savepoint { EN_SAVEPOINT_SEGMENT, EN_SAVEPOINT_CHANGE } en_savepoint;
EN_WARN_UNUSED bool en_db_savepoint(en_db *db, en_savepoint place, en_error *error);
EN_WARN_UNUSED bool en_db_release(en_db *db, en_savepoint place, en_error *error);
/* And releases it. */
void en_db_rollback_to(en_db *db, en_savepoint place);
/* False: an error has ended the transaction. */
EN_WARN_UNUSED bool en_db_in_transaction(const en_db *db);
/* Rows that the last INSERT, UPDATE or DELETE changed. */
uint64_t en_db_changes(const en_db *db);
int64_t en_db_last_row(const en_db *db);

/* From the cache, or compiled. Long texts are compiled into `arena` and not kept. */
EN_WARN_UNUSED bool en_db_prepare(en_db *db, en_arena *arena, en_text sql, en_statement **statement,
                                  en_error *error);
/* Back to the cache, without its bindings. */
void en_statement_release(en_statement *statement);
EN_WARN_UNUSED bool en_db_compile(en_db *db, en_arena *arena, en_text sql, en_statement **statement,
                                  en_error *error);
void en_statement_close(en_statement *statement);

void en_statement_bind_null(en_statement *statement, int index);
void en_statement_bind_integer(en_statement *statement, int index, int64_t integer);
void en_statement_bind_text(en_statement *statement, int index, en_text text);
/* Missing as NULL, booleans as 0 and 1, dates as their milliseconds. Numbers that are exact or
 * whole within ±2^53 as integers, others as reals. Arrays and collections have no form of their
 * own: the caller binds their JSON. */
void en_statement_bind(en_statement *statement, int index, en_value value);

typedef enum en_stepped { EN_STEP_FAILED, EN_STEP_DONE, EN_STEP_ROW, EN_STEP_CONFLICT } en_stepped;

/* Bindings that failed are reported here. */
EN_WARN_UNUSED en_stepped en_statement_step(en_statement *statement, en_error *error);
void en_statement_reset(en_statement *statement);

bool en_statement_is_null(en_statement *statement, int column);
int64_t en_statement_integer(en_statement *statement, int column);
/* Text or blob bytes as they are. */
en_text en_statement_text(en_statement *statement, int column);
/* NULL as nothing, and numbers as they were bound. */
en_value en_statement_value(en_statement *statement, int column);

#endif

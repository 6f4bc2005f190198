/* sqlite - the parts of the SQLite backend: database, connection, segment and table.
 *
 * Shape:    a *database* is what processes share; a *connection* is one SQLite handle with the
 * tables it knows; a *segment* is one transaction on a connection; a *table* is a store as this
 *           connection sees it: schema, layout, statements, and the counters of the segment.
 * Units:    records and bytes as protocol 10 counts them (records.h).
 * Lifetime: a table lives until its store changes (another generation, a new declaration, a
 * rollback of what made it); nobody keeps one across segments. Errors:   as store.h. Threads:  a
 * connection belongs to the thread whose segment it carries.
 */
#ifndef EN_STORE_SQLITE_H
#define EN_STORE_SQLITE_H

#include "store/db.h"
#include "store/history.h"
#include "store/owner.h"
#include "store/turn.h"
#include "store/turnstile.h"
#include "store/undo.h"

#include <stdatomic.h>

enum { EN_TABLE_BUCKETS = 64, EN_NAMED_LIMIT = 255, EN_COLUMN_LIMIT = 200, EN_SEEN_ROOM = 32 };

/* Parameters and result columns of the statements of a table: the fields come behind these. */
enum { EN_AT_KEY = 1, EN_AT_EXTRA, EN_AT_BYTES, EN_AT_FIELDS };

typedef struct en_connection en_connection;
typedef struct en_table en_table;
typedef struct en_reader en_reader;

/* A record between its value and its row. */
typedef struct en_row {
    en_text key;
    en_value *cells;    /* by declared field; nothing: missing */
    en_text *json;      /* of the cells that are kept as JSON */
    en_value extra;     /* undeclared fields as a collection, or nothing */
    en_text extra_json; /* what stands in _extra; data NULL: nothing does */
    uint64_t bytes;
    en_value expires;  /* a date, or nothing: never */
    bool has_made_key; /* nobody gave it */
} en_row;

typedef enum en_table_statement {
    EN_SQL_INSERT,
    EN_SQL_UPSERT,
    EN_SQL_FIND, /* a record by key */
    EN_SQL_SIZE, /* only its _bytes */
    EN_SQL_DELETE,
    EN_SQL_COPY,  /* an insert in a given place: _seq is the last parameter */
    EN_SQL_CLEAR, /* expired records that stand in the way of a new one */
    EN_SQL_SWEEP, /* expired records, so many at most */
    EN_SQL_IMAGE, /* all of a record, by key: image.h */
    EN_SQL_RESTORE,
    EN_TABLE_STATEMENTS
} en_table_statement;

struct en_table {
    en_arena arena;
    en_connection *connection;
    en_table *next;         /* in its bucket */
    en_table *next_touched; /* in the segment */
    uint64_t segment;       /* whose counters these are */
    uint64_t declared;      /* version of the declarations it was made with */
    bool fresh;             /* made or changed by the segment: forgotten when that rolls back */
    bool confirmed;         /* its declaration is known to be in force */
    bool dirty;             /* counters differ from enact_stores */
    struct {                /* as they were when the segment began */
        uint64_t count;
        uint64_t bytes;
        bool dirty;
    } before_segment;
    bool overwrites; /* the last record that might overwrite another did: look first */

    int64_t id;
    int64_t generation;
    uint64_t count;
    uint64_t bytes;

    const en_schema *schema; /* its limits are the ones in force */
    en_text table;           /* name in the database */
    en_text quoted;
    uint16_t *slots;             /* by field: parameter and, less one, column; 0: kept in _extra */
    uint16_t slot_count;         /* EN_AT_FIELDS and one for each column */
    bool has_hidden;             /* a declared field without a column */
    size_t key_field;            /* the first unique field; SIZE_MAX: none */
    size_t id_field;             /* a declared "id"; SIZE_MAX: none */
    bool shadows_record_id;      /* a declared "recordId" */
    bool expires;                /* its records may */
    size_t ttl_field;            /* the date when they do; SIZE_MAX: none */
    uint64_t seen[EN_SEEN_ROOM]; /* hashes of searches that were looked at for indexes */
    int64_t swept_ms;            /* the clock's time of the last sweep */

    en_statement *statements[EN_TABLE_STATEMENTS]; /* compiled on first use */
    uint16_t *hints; /* field that stood at this position of the last record's data */
    uint16_t hint_count;
    en_row row;    /* what is being written */
    en_row before; /* what it replaces */
    struct en_load *load; /* its indexes are built later; NULL: they are there */
};

struct en_connection {
    struct en_sqlite *database;
    en_arena *arena; /* it is opened in */
    bool is_reader;
    en_db *db;         /* NULL: not open */
    uint64_t segments; /* entered so far */
    en_undo *undo;     /* of the segment: what keeps its changes; or NULL */
    en_table *tables[EN_TABLE_BUCKETS];
    en_arena scratch; /* emptied at the start of each operation */
};

/* What store.h calls en_segment. */
typedef struct en_sqlite_segment {
    en_segment base;
    en_connection *connection;
    en_store_run run;
    en_segment_kind kind;
    uint64_t serial; /* of its connection */
    en_table *touched;
    en_table *latest;    /* the table used last: most operations name it again */
    bool managing;       /* stores are taken as they are stored, whatever is declared */
    en_reader *reader;   /* NULL: it has the writer */
    int64_t limit_us;    /* when it has taken too long, in ticks; 0: never */
    const en_table *met; /* the last table that was compared with what the run has met */
    bool has_savepoint;  /* other segments stand before it in the transaction */
    bool in_batch;       /* counters are kept from segment to segment and saved with the batch */
    en_table *kept;      /* whose operation stands in a savepoint, with its note in the journal */
    uint64_t kept_count; /* its counters before */
    uint64_t kept_bytes;
    bool is_lost; /* nothing of it remains, or may: every later operation fails */
    en_error cause;
} en_sqlite_segment;

/* The transaction of the writer: group.h. */
typedef struct en_group {
    bool is_open;
    bool is_lost;   /* an error ended it */
    int64_t due_us; /* when it is committed even if others wait, in ticks */
    size_t count;   /* of the finished segments that wait */
    struct en_waiting *members;
} en_group;

typedef struct en_declared {
    struct en_declared *next;
    const en_schema *schema;
    bool in_force; /* a committed segment has used the store with it */
} en_declared;

/* What enact_stores holds as a structure. Records share its names, so it stays. */
typedef struct en_stored_schema {
    struct en_stored_schema *next;
    en_text structure;
    const en_schema *schema;
} en_stored_schema;

/* An index that a search needed: wishes.h. */
enum { EN_MOST_WISHES = 4, EN_WISH_ROOM = 1024 };
typedef struct en_wish {
    char store[EN_WISH_ROOM];
    char columns[EN_WISH_ROOM]; /* as SQL */
} en_wish;

/* What store.h calls en_database. */
typedef struct en_sqlite {
    en_database base;
    en_arena arena;
    en_database_options options;
    bool in_memory; /* one connection for everything */

    en_turn turn; /* for the writer and all that follows here */
    en_turnstile turnstile;
    en_connection writer;
    en_sqlite_segment segment; /* of the writer: there is only one at a time */
    en_group group;
    int64_t group_us; /* how long a group may grow */
    uint64_t commits;
    bool suspect; /* a commit may or may not be on disk */
    en_owner owner;
    atomic_bool keeps_undo; /* it has an owner and a table for undo journals */
    en_undo_recovery recovered;

    pthread_mutex_t reading;
    en_reader *readers;
    en_reader *idle_readers;

    pthread_mutex_t declaring; /* for what follows */
    en_wish wishes[EN_MOST_WISHES];
    atomic_size_t wish_count;
    en_declared *declared;
    en_stored_schema *stored;
    en_arena stored_arena;
    atomic_uint_least64_t declared_version;
} en_sqlite;

/* --- operations --- */

typedef enum en_operation_kind {
    EN_OPERATION_READ,   /* a store that is not there gives no table */
    EN_OPERATION_CHANGE, /* the same, and only in a write segment */
    EN_OPERATION_MAKE    /* makes the store */
} en_operation_kind;

/* Refuses lost, interrupted and overlong segments, and writing in a reading one; empties the
 * scratch arena. */
EN_WARN_UNUSED bool en_segment_check(en_sqlite_segment *segment, bool writes, en_error *error);
/* The same, then finds the store's table. */
EN_WARN_UNUSED bool en_operation_begin(en_sqlite_segment *segment, en_operation_kind kind,
                                       en_text store, en_table **table, en_error *error);
/* Passes `done` on; after an error it looks whether the transaction is still there. */
EN_WARN_UNUSED bool en_operation_end(en_sqlite_segment *segment, bool done, en_error *error);
/* The row of a key, read into table->before, unless it has expired. */
EN_WARN_UNUSED bool en_table_find(en_table *table, en_text key, int64_t now_ms, en_arena *arena,
                                  bool *found, en_error *error);

/* Deletes up to `most` records that have expired by the run's time and by the clock's: another
 * `now` never deletes. */
EN_WARN_UNUSED bool en_table_sweep(en_table *table, int64_t now_ms, uint64_t most, uint64_t *swept,
                                   en_error *error);
/* The same if the last time was a while ago. */
EN_WARN_UNUSED bool en_table_sweep_sometimes(en_table *table, int64_t now_ms, en_error *error);

/* Changes the counters of a table. */
void en_table_count_change(en_table *table, int64_t records, uint64_t new_bytes,
                           uint64_t old_bytes);

/* What the row of functions in store.h names; change.c, search.c and manage.c. */
bool en_sqlite_add(en_segment *segment, en_text store, en_text key, en_value data, bool overwrite,
                   en_arena *arena, en_record *record, en_error *error);
bool en_sqlite_update(en_segment *segment, en_text store, en_text key, en_value data, bool upsert,
                      en_arena *arena, en_record *record, en_error *error);
bool en_sqlite_remove(en_segment *segment, en_text store, en_text key, uint64_t *deleted,
                      en_error *error);
bool en_sqlite_clear(en_segment *segment, en_text store, uint64_t *deleted, en_error *error);
bool en_sqlite_increment(en_segment *segment, en_text store, en_text key, en_text field,
                         en_value by, bool upsert, en_arena *arena, en_value *value,
                         en_error *error);
bool en_sqlite_compare_and_set(en_segment *segment, en_text store, en_text key, en_value expected,
                               en_value data, bool upsert, en_arena *arena, bool *swapped,
                               en_record *record, en_error *error);
bool en_sqlite_get(en_segment *segment, en_text store, en_text key, en_arena *arena,
                   en_record *record, en_error *error);
bool en_sqlite_search(en_segment *segment, en_text store, const en_query *query, en_arena *arena,
                      en_found *found, en_error *error);
bool en_sqlite_visit(en_segment *segment, en_text store, const en_query *query,
                     en_store_visitor *visit, void *owner, en_error *error);
bool en_sqlite_explain(en_segment *segment, en_text store, const en_query *query, en_arena *arena,
                       en_explanation *explanation, en_error *error);
bool en_sqlite_list(en_segment *segment, en_arena *arena, en_store_info **infos, size_t *count,
                    en_error *error);
bool en_sqlite_describe(en_segment *segment, en_text store, en_arena *arena, en_store_info *info,
                        bool *found, en_error *error);
bool en_sqlite_create(en_segment *segment, const en_schema *schema, en_error *error);
bool en_sqlite_drop(en_segment *segment, en_text store, en_error *error);
bool en_sqlite_rename(en_segment *segment, en_text store, en_text name, en_error *error);
bool en_sqlite_history_add(en_segment *segment, const en_kept_run *run, int64_t *id,
                           en_error *error);
bool en_sqlite_history_list(en_segment *segment, const en_run_filter *filter, en_arena *arena,
                            en_kept_run **runs, size_t *count, en_error *error);
bool en_sqlite_history_get(en_segment *segment, int64_t id, en_arena *arena, en_kept_run *run,
                           en_error *error);
bool en_sqlite_history_prune(en_segment *segment, const en_retention *retention, bool only_count,
                             en_pruned *pruned, en_error *error);

/* undo.c: the same of undo.h, and what opening does. */
bool en_sqlite_undo_open(en_database *database, const en_store_run *run, en_undo **undo,
                         en_error *error);
void en_sqlite_undo_close(en_undo *undo);
bool en_sqlite_undo_commit(en_segment *segment, en_undo *undo, en_error *error);
bool en_sqlite_undo_rollback(en_undo *undo, const en_store_run *run, en_error *error);
const en_undo_recovery *en_sqlite_undo_recovered(const en_database *database);
EN_WARN_UNUSED bool en_undo_recover(en_sqlite *database, en_error *error);

#endif

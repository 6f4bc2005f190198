/* store - data stores: records, conditions and segments, whatever backend holds them.
 *
 * Shape:    a *database* is opened once by a process and shared; a *segment* is what one run does
 *           between two outside calls, and happens as if no other run existed. All record
 * operations stand inside a segment. A store that nobody declared is created on first use. Units:
 * dates in UTC milliseconds. Lifetime: results live in the arena passed and may share the key and
 * data given; schemas declared must outlive the database. Errors:   DataError (404 not found),
 * DuplicateDataError, BundleValidationError (path = field), OutOfSpaceError, StoreUnavailableError,
 * InconsistencyError. Threads:  a database may be shared; a segment belongs to one thread at a
 * time.
 */
#ifndef EN_STORE_STORE_H
#define EN_STORE_STORE_H

#include "base/random.h"
#include "store/schema.h"
#include "value/filter.h"
#include "value/spool.h"

typedef struct en_database en_database;
typedef struct en_segment en_segment;
typedef struct en_backend en_backend;
typedef struct en_batch en_batch; /* batch.h */
struct en_checkpoint;
struct en_database_health; /* health.h */
typedef struct en_undo en_undo;

typedef enum en_durability { EN_DURABLE_FULL, EN_DURABLE_NORMAL } en_durability;

/* How a record reads as a value. */
typedef enum en_record_shape {
    EN_RECORD_FLAT, /* its fields plus `id` and `recordId`, unless a field has that name */
    EN_RECORD_PAIR  /* {key, data} */
} en_record_shape;

typedef struct en_database_options {
    const char *path; /* a file, ":memory:", or a backend's URL */
    en_durability durability;
    const char *copy_of; /* a file whose content the new database begins with; or NULL. The file is
                          * only read: not even its write-ahead log is touched */
    bool must_exist;     /* do not create the file */
    bool read_only;      /* nor write into it, not even to take back what the dead left */
    bool only_declared;  /* a store that is not declared is an error */
    bool no_auto_index;  /* no store gets indexes by itself */
    uint32_t busy_ms;    /* how long to wait for foreign writers; 0: 30 s */
    uint32_t segment_ms; /* how long a segment may take; 0: 30 s */
} en_database_options;

EN_WARN_UNUSED bool en_database_open(const en_database_options *options, en_database **database,
                                     en_error *error);
void en_database_close(en_database *database);
/* Makes a schema known. The table is created, or compared with the one that is there, on first use.
 */
EN_WARN_UNUSED bool en_database_declare(en_database *database, const en_schema *schema,
                                        en_error *error);

typedef enum en_segment_kind { EN_SEGMENT_READ, EN_SEGMENT_WRITE } en_segment_kind;

/* Which stores a run has met and of which make they were: between two of its segments nobody may
 * change their structure. Zeroed by the run but for the arena. */
typedef struct en_stores_met {
    en_arena *arena;
    struct en_store_met *first;
} en_stores_met;

/* What the operations of a run share. */
typedef struct en_store_run {
    int64_t now_ms; /* of the run: expiry, generated keys */
    en_random *random;
    en_regex_cache *patterns;
    en_record_shape shape;
    const volatile int *interrupted; /* may be NULL */
    bool nulls_stay;                 /* adds: a field that is null gets no default */
    bool is_batch;                   /* its segments may take as long as they need */
    en_stores_met *met;              /* may be NULL */
    en_batch *batch;                 /* what its segments are parts of; may be NULL */
    en_undo *undo;                   /* keeps what the segment changes; NULL: undo.h */
} en_store_run;

EN_WARN_UNUSED bool en_segment_enter(en_database *database, en_segment_kind kind,
                                     const en_store_run *run, en_segment **segment,
                                     en_error *error);
/* Commits and leaves. True: it is on disk. The segment is gone either way. */
EN_WARN_UNUSED bool en_segment_commit(en_segment *segment, en_error *error);
/* Undoes what the segment did and leaves. */
void en_segment_rollback(en_segment *segment);
/* Undoes what the segment did; it goes on, and still as if no other run existed. */
EN_WARN_UNUSED bool en_segment_undo(en_segment *segment, en_error *error);

typedef struct en_record {
    bool found;
    bool created; /* add, update: there was none before */
    en_text key;
    en_value value; /* in the run's shape; null when not found */
} en_record;

typedef struct en_sort {
    en_text field;
    bool descending;
} en_sort;

typedef struct en_query {
    en_filter filter;
    const en_sort *sort;
    size_t sort_count;
    uint64_t limit; /* UINT64_MAX: none */
    uint64_t offset;
    bool count_only; /* the result is only the number of records */
    /* Takes what is behind the first EN_SEARCH_PAGE records, unless the order must be made in
     * memory; NULL: all are in the result. */
    en_spool *spool;
} en_query;

enum { EN_SEARCH_PAGE = 10000 };

typedef struct en_found {
    en_value records; /* an array in the order asked for; empty with count_only */
    uint64_t count;   /* those in the spool included */
} en_found;

/* `key` may be empty: DESIGN 5 decides. Here and below `record` may be NULL where nobody reads it.
 */
EN_WARN_UNUSED bool en_store_add(en_segment *segment, en_text store, en_text key, en_value data,
                                 bool overwrite, en_arena *arena, en_record *record,
                                 en_error *error);
/* Merges the top-level fields named. An empty or unknown key: not found (404), unless `upsert`. */
EN_WARN_UNUSED bool en_store_update(en_segment *segment, en_text store, en_text key, en_value data,
                                    bool upsert, en_arena *arena, en_record *record,
                                    en_error *error);
EN_WARN_UNUSED bool en_store_get(en_segment *segment, en_text store, en_text key, en_arena *arena,
                                 en_record *record, en_error *error);
EN_WARN_UNUSED bool en_store_delete(en_segment *segment, en_text store, en_text key,
                                    uint64_t *deleted, en_error *error);
EN_WARN_UNUSED bool en_store_clear(en_segment *segment, en_text store, uint64_t *deleted,
                                   en_error *error);
EN_WARN_UNUSED bool en_store_search(en_segment *segment, en_text store, const en_query *query,
                                    en_arena *arena, en_found *found, en_error *error);
/* The same for any number of records: one after the other, in the order in which they were added;
 * the query has no sort. The data lives until the visitor returns; *more false ends it. */
typedef bool en_store_visitor(void *owner, en_text key, en_value data, bool *more, en_error *error);
EN_WARN_UNUSED bool en_store_visit(en_segment *segment, en_text store, const en_query *query,
                                   en_store_visitor *visit, void *owner, en_error *error);
/* Adds `by` to a number field (missing: 0) and gives the new value. */
EN_WARN_UNUSED bool en_store_increment(en_segment *segment, en_text store, en_text key,
                                       en_text field, en_value by, bool upsert, en_arena *arena,
                                       en_value *value, en_error *error);
/* Merges `data` if every field of `expected` equals the record's (null equals missing). A missing
 * `expected` means: only if there is no such record. */
EN_WARN_UNUSED bool en_store_compare_and_set(en_segment *segment, en_text store, en_text key,
                                             en_value expected, en_value data, bool upsert,
                                             en_arena *arena, bool *swapped, en_record *record,
                                             en_error *error);

/* The store is about to be filled: if it is empty, its indexes may wait for the end, or for what
 * cannot do without them. Until the end no other process waits for that, and after a crash they are
 * built by whoever writes next. *begun false: nothing changed. */
EN_WARN_UNUSED bool en_store_load_begin(en_segment *segment, en_text store, bool *begun,
                                        en_error *error);
EN_WARN_UNUSED bool en_store_load_end(en_segment *segment, en_text store, en_error *error);

/* --- looking in and managing --- */

typedef struct en_store_info {
    en_text name;
    uint64_t records;
    uint64_t bytes;
    uint64_t max_records; /* 0: none */
    uint64_t max_bytes;
    en_value structure; /* first shape, or null */
    en_text table;      /* its name in the database */
    int64_t generation; /* of its definition */
    en_value indexes;   /* an array of {name, kind, fields}; kind: key, unique, declared, automatic,
                         * expiry; fields as SQL */
} en_store_info;

EN_WARN_UNUSED bool en_store_list(en_segment *segment, en_arena *arena, en_store_info **infos,
                                  size_t *count, en_error *error);
/* *found false: there is no such store. */
EN_WARN_UNUSED bool en_store_describe(en_segment *segment, en_text store, en_arena *arena,
                                      en_store_info *info, bool *found, en_error *error);
/* What a search would do. */
typedef struct en_explanation {
    bool found;    /* there is such a store */
    en_text sql;   /* of the statement */
    en_value plan; /* an array of texts: EXPLAIN QUERY PLAN */
    bool exact;    /* else every record that the statement gives is looked at again */
    bool sorts;    /* in memory */
    bool scans;    /* the whole table: no index serves it */
    bool waits;    /* and its first run will have indexes made that do */
} en_explanation;
EN_WARN_UNUSED bool en_store_explain(en_segment *segment, en_text store, const en_query *query,
                                     en_arena *arena, en_explanation *explanation, en_error *error);
EN_WARN_UNUSED bool en_store_create(en_segment *segment, const en_schema *schema, en_error *error);
EN_WARN_UNUSED bool en_store_drop(en_segment *segment, en_text store, en_error *error);
EN_WARN_UNUSED bool en_store_rename(en_segment *segment, en_text store, en_text name,
                                    en_error *error);

/* --- backends --- */

/* What a backend fills in: one row, en_backend_<file>. The functions are those above. */
struct en_kept_run; /* history.h */
struct en_run_filter;
struct en_retention;
struct en_pruned;

struct en_backend {
    const char *name;
    bool (*accepts)(const char *path); /* whether a path or URL is its own */
    bool (*open)(const en_database_options *options, en_database **database, en_error *error);
    void (*close)(en_database *database);
    bool (*declare)(en_database *database, const en_schema *schema, en_error *error);
    bool (*enter)(en_database *database, en_segment_kind kind, const en_store_run *run,
                  en_segment **segment, en_error *error);
    bool (*commit)(en_segment *segment, en_error *error);
    void (*rollback)(en_segment *segment);
    bool (*undo)(en_segment *segment, en_error *error);
    /* A transaction for the segments of a batch; saving is the last thing before the commit. */
    bool (*batch_begin)(en_database *database, const volatile int *interrupted, en_error *error);
    bool (*batch_is_wanted)(en_database *database); /* somebody waits for its end */
    bool (*batch_check)(const en_database *database, en_error *error); /* it is still there */
    bool (*batch_save)(en_database *database, const struct en_checkpoint *checkpoint,
                       en_error *error);
    bool (*batch_commit)(en_database *database, en_error *error);
    void (*batch_rollback)(en_database *database);
    bool (*history_add)(en_segment *segment, const struct en_kept_run *run, int64_t *id,
                        en_error *error);
    bool (*history_list)(en_segment *segment, const struct en_run_filter *filter, en_arena *arena,
                         struct en_kept_run **runs, size_t *count, en_error *error);
    bool (*history_get)(en_segment *segment, int64_t id, en_arena *arena, struct en_kept_run *run,
                        en_error *error);
    bool (*history_prune)(en_segment *segment, const struct en_retention *retention,
                          bool only_count, struct en_pruned *pruned, en_error *error);
    bool (*checkpoint_find)(en_segment *segment, en_text job, en_arena *arena,
                            struct en_checkpoint *checkpoint, bool *found, en_error *error);
    bool (*add)(en_segment *segment, en_text store, en_text key, en_value data, bool overwrite,
                en_arena *arena, en_record *record, en_error *error);
    bool (*update)(en_segment *segment, en_text store, en_text key, en_value data, bool upsert,
                   en_arena *arena, en_record *record, en_error *error);
    bool (*get)(en_segment *segment, en_text store, en_text key, en_arena *arena, en_record *record,
                en_error *error);
    bool (*remove)(en_segment *segment, en_text store, en_text key, uint64_t *deleted,
                   en_error *error);
    bool (*clear)(en_segment *segment, en_text store, uint64_t *deleted, en_error *error);
    bool (*search)(en_segment *segment, en_text store, const en_query *query, en_arena *arena,
                   en_found *found, en_error *error);
    bool (*visit)(en_segment *segment, en_text store, const en_query *query,
                  en_store_visitor *visit, void *owner, en_error *error);
    bool (*increment)(en_segment *segment, en_text store, en_text key, en_text field, en_value by,
                      bool upsert, en_arena *arena, en_value *value, en_error *error);
    bool (*compare_and_set)(en_segment *segment, en_text store, en_text key, en_value expected,
                            en_value data, bool upsert, en_arena *arena, bool *swapped,
                            en_record *record, en_error *error);
    bool (*load_begin)(en_segment *segment, en_text store, bool *begun, en_error *error);
    bool (*load_end)(en_segment *segment, en_text store, en_error *error);
    bool (*list)(en_segment *segment, en_arena *arena, en_store_info **infos, size_t *count,
                 en_error *error);
    bool (*describe)(en_segment *segment, en_text store, en_arena *arena, en_store_info *info,
                     bool *found, en_error *error);
    bool (*explain)(en_segment *segment, en_text store, const en_query *query, en_arena *arena,
                    en_explanation *explanation, en_error *error);
    bool (*examine)(en_segment *segment, en_arena *arena, struct en_database_health *health,
                    en_error *error);
    bool (*repair)(en_segment *segment, en_text store, en_error *error);
    bool (*create)(en_segment *segment, const en_schema *schema, en_error *error);
    bool (*drop)(en_segment *segment, en_text store, en_error *error);
    bool (*rename)(en_segment *segment, en_text store, en_text name, en_error *error);
    bool (*undo_open)(en_database *database, const en_store_run *run, en_undo **undo,
                      en_error *error);
    void (*undo_close)(en_undo *undo);
    bool (*undo_commit)(en_segment *segment, en_undo *undo, en_error *error);
    bool (*undo_rollback)(en_undo *undo, const en_store_run *run, en_error *error);
    const struct en_undo_recovery *(*undo_recovered)(const en_database *database);
};

/* Every database and segment of a backend begins with this. */
struct en_database {
    const en_backend *backend;
};
struct en_segment {
    const en_backend *backend;
};

extern const en_backend *const en_backends[];

#endif

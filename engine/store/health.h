/* health - whether a database is whole, and what its stores say of themselves is true.
 *
 * Shape:    everything is read in one segment. Records and bytes are counted anew, which reads the
 *           whole database.
 * Units:    bytes.
 * Lifetime: the arena passed.
 * Errors:   StoreUnavailableError when it cannot even be looked at.
 * Threads:  as the segment's.
 */
#ifndef EN_STORE_HEALTH_H
#define EN_STORE_HEALTH_H

#include "store/store.h"

typedef struct en_store_health {
    en_store_info info; /* what is noted */
    uint64_t records;   /* what is there */
    uint64_t bytes;
    bool has_indexes; /* all that its definition asks for */
} en_store_health;

typedef struct en_database_health {
    const en_text *problems; /* of its pages, tables and indexes */
    size_t problem_count;
    bool keeps_log;      /* a write-ahead log is in force */
    int64_t synchronous; /* as SQLite counts: 2 is FULL, 1 NORMAL */
    uint64_t bytes;
    uint64_t free_bytes;      /* inside the file */
    uint64_t unfinished_jobs; /* imports and runs over files that may be resumed */
    en_store_health *stores;
    size_t store_count;
} en_database_health;

EN_WARN_UNUSED bool en_database_examine(en_segment *segment, en_arena *arena,
                                        en_database_health *health, en_error *error);
/* Notes for a store what is there, and builds the indexes it lacks; in a writing segment. */
EN_WARN_UNUSED bool en_store_repair(en_segment *segment, en_text store, en_error *error);

/* What the row of functions in store.h names. */
bool en_sqlite_examine(en_segment *segment, en_arena *arena, en_database_health *health,
                       en_error *error);
bool en_sqlite_repair(en_segment *segment, en_text store, en_error *error);

#endif

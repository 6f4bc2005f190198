/* workspace - the folder a scenario lives in: enact.json, schemas and the database.
 *
 * Shape:    the nearest folder upward from FILE that holds enact.json, or has schemas/ beside or one above FILE,
 *           else FILE's folder; without FILE the current one (DESIGN 7).
 * Units:    none.
 * Lifetime: everything lives in the arena passed.
 * Errors:   every problem of enact.json and the schemas goes into the list.
 * Threads:  free.
 */
#ifndef EN_SCENARIO_WORKSPACE_H
#define EN_SCENARIO_WORKSPACE_H

#include "net/http.h"
#include "store/schema.h"
#include "store/store.h"

/* What is kept of runs. */
typedef enum en_keep {
    EN_KEEP_NOTHING,
    EN_KEEP_COUNTS, /* what they did and how they ended */
    EN_KEEP_BUNDLES /* also what is needed to run them again */
} en_keep;

/* "nothing", "counts", "bundles". */
EN_WARN_UNUSED bool en_keep_find(en_text word, en_keep *keep);

/* "history"; 0: without limit. */
typedef struct en_history_settings {
    en_keep keep;
    uint64_t most_runs;
    uint64_t most_bytes;
    uint64_t most_run_bytes; /* packed; of a bigger run only the counts are kept */
    int64_t max_age_ms;
} en_history_settings;

typedef struct en_workspace {
    en_text folder;
    en_text database; /* path, or URL */
    en_durability durability;
    bool only_declared_stores;
    bool no_auto_index; /* "autoIndex": false */
    const en_schema *const *schemas;
    size_t schema_count;
    en_text *allowed_hosts; /* "allowNet": words as of --allow-net; empty: not said */
    size_t allowed_host_count;
    en_text *environment; /* "env": names that scenarios may read */
    size_t environment_count;
    en_text *redacted; /* "redact": names whose values no cassette holds */
    size_t redacted_count;
    en_text zone;            /* "timezone", or empty */
    uint64_t max_operations; /* "limits"; 0: not said */
    uint64_t max_bytes;
    int64_t timeout_ms;
    uint32_t segment_ms;
    en_history_settings history;
} en_workspace;

/* `file` may be NULL. False when problems with errors were added. */
EN_WARN_UNUSED bool en_workspace_open(en_arena *arena, const char *file, en_workspace *workspace,
                                      en_problems *problems);

#endif

/* stores - the data stores before and after a replay, and what changed.
 *
 * Shape:    a *look* is the size of every store at one time, with the records themselves if asked.
 * Units:    records, and bytes as limits count them.
 * Lifetime: a look lives in the arena passed.
 * Errors:   the store's own.
 * Threads:  as the database's.
 */
#ifndef EN_REPLAY_STORES_H
#define EN_REPLAY_STORES_H

#include "replay/replay.h"

typedef struct en_store_size {
    en_text name;
    uint64_t records;
    uint64_t bytes;
} en_store_size;

typedef struct en_stores_look {
    en_store_size *sizes;
    size_t count;
    en_value contents; /* as flow/contents.h gives them; null: not asked for */
} en_stores_look;

EN_WARN_UNUSED bool en_stores_sizes(en_player *player, en_arena *arena, en_stores_look *look,
                                    en_error *error);
/* With the records. */
EN_WARN_UNUSED bool en_stores_contents(en_player *player, en_arena *arena, en_stores_look *look,
                                       en_error *error);
/* What the two looks are called. */
typedef struct en_difference_words {
    const char *before;
    const char *after;
} en_difference_words;

/* {store: {"before": {records, bytes}, "after": …}}, and if both looks have contents, also "added",
 * "removed", "changed": how many and the first `most` of them. Null stands for a store that was or
 * is not there. */
en_value en_stores_difference(en_arena *arena, const en_stores_look *before,
                              const en_stores_look *after, uint64_t most,
                              const en_difference_words *words);

#endif

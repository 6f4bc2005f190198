/* tally - how often each of a few names came.
 *
 * Shape:    names are found by hash; their order is that of their counts, then of the names.
 * Units:    counts.
 * Lifetime: names are copied into the tally's arena.
 * Errors:   behind EN_TALLY_NAMES different names the others are counted together, as "…".
 * Threads:  one thread.
 */
#ifndef EN_REPLAY_TALLY_H
#define EN_REPLAY_TALLY_H

#include "value/value.h"

enum { EN_TALLY_NAMES = 4096 };

typedef struct en_tally_entry {
    struct en_tally_entry *collision;
    en_text name;
    uint64_t count;
    uint32_t index; /* in the order first seen */
} en_tally_entry;

typedef struct en_tally {
    en_arena *arena;
    en_tally_entry **buckets;
    en_tally_entry **entries; /* in the order first seen */
    size_t count;
} en_tally;

void en_tally_init(en_tally *tally, en_arena *arena);
/* Counts one more; the entry's index stays what it is. */
const en_tally_entry *en_tally_add(en_tally *tally, en_text name);
/* {name: count} with the greatest count first. */
en_value en_tally_value(const en_tally *tally, en_arena *arena);

#endif

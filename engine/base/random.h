/* random - numbers, uuids and generated keys, from the system or from a seed.
 *
 * Shape:    a generator (xoshiro256**) that is seeded once; with `--seed` every value repeats.
 * Units:    en_random_unit is 0 <= x < 1 with 53 random bits.
 * Lifetime: plain data owned by the run.
 * Errors:   none: a system without random bytes falls back to clock and address.
 * Threads:  one generator, one thread.
 */
#ifndef EN_BASE_RANDOM_H
#define EN_BASE_RANDOM_H

#include "base/text.h"

typedef struct en_random {
    uint64_t state[4];
    uint64_t last_id_ms; /* every key sorts behind the one before, whatever the clock does */
    uint64_t last_id_count;
    bool is_seeded; /* the same values came before, or will come again */
} en_random;

enum { EN_UUID_LENGTH = 36, EN_UNIQUE_ID_LENGTH = 26 };

void en_random_init_system(en_random *random);
void en_random_init_seed(en_random *random, uint64_t seed);
/* With a state drawn from another generator: many runs ask the system once. */
void en_random_init_drawn(en_random *random, en_random *from);
uint64_t en_random_next(en_random *random);
double en_random_unit(en_random *random);
/* A version 4 uuid in lower case. */
en_text en_random_uuid(en_random *random, en_arena *arena);
/* 26 characters of Crockford's base 32: 48 bits of time, a counter, random bits. Sorts by time. */
en_text en_random_unique_id(en_random *random, int64_t now_ms, en_arena *arena);

#endif

#include "base/random.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

/* splitmix64, the seeding that the authors of xoshiro ask for. */
static uint64_t split_mix(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void en_random_init_seed(en_random *random, uint64_t seed)
{
    *random = (en_random){ .is_seeded = true };
    for (size_t i = 0; i < 4; i++) {
        random->state[i] = split_mix(&seed);
    }
}

void en_random_init_system(en_random *random)
{
    *random = (en_random){ 0 };
    ssize_t got = getrandom(random->state, sizeof random->state, 0);
    if (got != (ssize_t)sizeof random->state || (random->state[0] | random->state[1]) == 0) {
        en_random_init_seed(random, (uint64_t)en_clock_ticks_us() ^ (uint64_t)(uintptr_t)random);
    }
}

static uint64_t rotate_left(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

uint64_t en_random_next(en_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

void en_random_init_drawn(en_random *random, en_random *from)
{
    *random = (en_random){ 0 };
    for (size_t i = 0; i < sizeof random->state / sizeof random->state[0]; i++) {
        random->state[i] = en_random_next(from);
    }
}

double en_random_unit(en_random *random)
{
    return (double)(en_random_next(random) >> 11) * 0x1.0p-53;
}

en_text en_random_uuid(en_random *random, en_arena *arena)
{
    uint64_t high = (en_random_next(random) & ~(uint64_t)0xF000) | 0x4000;
    uint64_t low = (en_random_next(random) & ~((uint64_t)3 << 62)) | ((uint64_t)2 << 62);
    return en_text_format(arena, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(high >> 32),
                          (unsigned)(high >> 16) & 0xFFFF, (unsigned)high & 0xFFFF,
                          (unsigned)(low >> 48), (unsigned long long)(low & 0xFFFFFFFFFFFFu));
}

enum { IDS_IN_A_MILLISECOND = 1 << 20 }; /* four digits of five bits */

en_text en_random_unique_id(en_random *random, int64_t now_ms, en_arena *arena)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint64_t now = (uint64_t)now_ms & 0xFFFFFFFFFFFFu;
    if (now > random->last_id_ms) {
        random->last_id_ms = now;
        random->last_id_count = 0;
    } else if (++random->last_id_count == IDS_IN_A_MILLISECOND) {
        random->last_id_ms++; /* ahead of the clock, until it has caught up */
        random->last_id_count = 0;
    }
    uint64_t noise = en_random_next(random);
    char *text = en_arena_alloc(arena, EN_UNIQUE_ID_LENGTH + 1);
    for (size_t i = 0; i < 10; i++) { /* 50 bits, the first two always 0 */
        text[i] = digits[(random->last_id_ms >> (45 - 5 * i)) & 31];
    }
    for (size_t i = 0; i < 4; i++) {
        text[10 + i] = digits[(random->last_id_count >> (15 - 5 * i)) & 31];
    }
    for (size_t i = 0; i < 12; i++) {
        text[14 + i] = digits[(noise >> (5 * i)) & 31];
    }
    text[EN_UNIQUE_ID_LENGTH] = '\0';
    return (en_text){ text, EN_UNIQUE_ID_LENGTH };
}

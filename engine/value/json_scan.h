/* json_scan - eight bytes at a time: what a JSON string cannot hold as it is. Private to json*.c.
 *
 * Shape:    a word of eight bytes gives a mask whose lowest set bit lies in the first byte searched
 *           for; bits above it mean nothing (a borrow may have run into them).
 * Units:    bytes.
 * Lifetime: nothing is kept.
 * Errors:   none.
 * Threads:  free.
 */
#ifndef EN_VALUE_JSON_SCAN_H
#define EN_VALUE_JSON_SCAN_H

#include <stdint.h>
#include <string.h>

#define EN_JSON_ONES  UINT64_C(0x0101010101010101)
#define EN_JSON_HIGHS UINT64_C(0x8080808080808080)

/* The first byte in memory is the lowest of the word. */
static inline uint64_t en_json_load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Quotes, backslashes and control characters. */
static inline uint64_t en_json_find_escaped(uint64_t word)
{
    uint64_t quote = word ^ (EN_JSON_ONES * '"');
    uint64_t backslash = word ^ (EN_JSON_ONES * '\\');
    return (((quote - EN_JSON_ONES) & ~quote) | ((backslash - EN_JSON_ONES) & ~backslash) |
            ((word - EN_JSON_ONES * 0x20) & ~word)) &
           EN_JSON_HIGHS;
}

/* The same and everything beyond ASCII. */
static inline uint64_t en_json_find_special(uint64_t word)
{
    return en_json_find_escaped(word) | (word & EN_JSON_HIGHS);
}

static inline unsigned en_json_first(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask) / 8;
}

#endif

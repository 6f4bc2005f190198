#include "base/utf8.h"

#include <string.h>

/* How many bytes follow a lead byte, and the range of the first of them (Unicode, table 3-7). */
static unsigned lead(unsigned char byte, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (byte >= 0xC2 && byte <= 0xDF) {
        return 1;
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        *low = byte == 0xE0 ? 0xA0 : 0x80;
        *high = byte == 0xED ? 0x9F : 0xBF;
        return 2;
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        *low = byte == 0xF0 ? 0x90 : 0x80;
        *high = byte == 0xF4 ? 0x8F : 0xBF;
        return 3;
    }
    return 0;
}

uint32_t en_utf8_next(en_text text, size_t *at)
{
    unsigned char first = (unsigned char)text.data[(*at)++];
    if (first < 0x80) {
        return first;
    }
    unsigned char low;
    unsigned char high;
    unsigned more = lead(first, &low, &high);
    if (more == 0) {
        return EN_RUNE_BROKEN;
    }
    uint32_t rune = first & (0x3Fu >> more);
    for (unsigned i = 0; i < more; i++) {
        unsigned char byte = *at < text.length ? (unsigned char)text.data[*at] : 0;
        if (byte < low || byte > high) {
            return EN_RUNE_BROKEN;
        }
        rune = rune << 6 | (byte & 0x3Fu);
        low = 0x80;
        high = 0xBF;
        (*at)++;
    }
    return rune;
}

size_t en_utf8_find_broken(en_text text)
{
    size_t at = 0;
    while (at < text.length) {
        uint64_t eight;
        if (text.length - at >= sizeof eight) {
            memcpy(&eight, text.data + at, sizeof eight);
            if ((eight & 0x8080808080808080u) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        size_t start = at;
        if (en_utf8_next(text, &at) == EN_RUNE_BROKEN) {
            return start;
        }
    }
    return SIZE_MAX;
}

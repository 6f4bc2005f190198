#include "value/unicode.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uniwidth.h>

enum { REPLACEMENT = 0xFFFD };

static bool is_ascii(en_text text)
{
    size_t at = 0;
    unsigned char seen = 0;
    for (uint64_t eight; text.length - at >= sizeof eight; at += sizeof eight) {
        memcpy(&eight, text.data + at, sizeof eight);
        if ((eight & 0x8080808080808080u) != 0) {
            return false;
        }
    }
    for (; at < text.length; at++) {
        seen |= (unsigned char)text.data[at];
    }
    return seen < 0x80;
}

bool en_unicode_valid(en_text bytes)
{
    return en_utf8_find_broken(bytes) == SIZE_MAX;
}

en_text en_unicode_repair(en_arena *arena, en_text bytes)
{
    size_t broken = en_utf8_find_broken(bytes);
    if (broken == SIZE_MAX) {
        return bytes;
    }
    en_builder out;
    en_builder_init(&out, arena);
    size_t kept = 0;
    for (size_t at = broken; at < bytes.length;) {
        size_t start = at;
        if (en_utf8_next(bytes, &at) == EN_RUNE_BROKEN) {
            en_builder_add(&out, en_text_slice(bytes, kept, start));
            en_builder_add_rune(&out, REPLACEMENT);
            kept = at;
        }
    }
    en_builder_add(&out, en_text_slice(bytes, kept, bytes.length));
    return en_builder_take(&out);
}

size_t en_unicode_length(en_text text)
{
    size_t units = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        /* One for each character, one more for those behind U+FFFF. */
        units += (size_t)((byte & 0xC0) != 0x80) + (size_t)(byte >= 0xF0);
    }
    return units;
}

size_t en_unicode_position(en_text text, size_t byte_offset)
{
    return en_unicode_length(en_text_slice(text, 0, byte_offset));
}

/* Moves to the character that holds UTF-16 position `wanted`, counting on from *units at *at.
 * True when the position lies between the halves of that character. */
static bool walk(en_text text, size_t wanted, size_t *at, size_t *units)
{
    while (*at < text.length && *units < wanted) {
        size_t before = *at;
        size_t wide = en_utf8_next(text, at) > 0xFFFF ? 2 : 1;
        if (*units + wide > wanted) {
            *at = before;
            return true;
        }
        *units += wide;
    }
    return false;
}

en_text en_unicode_slice(en_arena *arena, en_text text, size_t start, size_t end)
{
    if (start >= end) {
        return EN_TEXT("");
    }
    if (is_ascii(text)) {
        return en_text_slice(text, start, end);
    }
    size_t from = 0;
    size_t units = 0;
    bool second_half = walk(text, start, &from, &units);
    size_t to = from;
    if (second_half) {
        en_utf8_next(text, &to);
        units += 2;
    }
    size_t whole = to; /* where whole characters begin */
    bool first_half = walk(text, end, &to, &units);
    if (!second_half && !first_half) {
        return en_text_slice(text, from, to);
    }
    en_builder out;
    en_builder_init(&out, arena);
    if (second_half) {
        en_builder_add_rune(&out, REPLACEMENT);
    }
    en_builder_add(&out, en_text_slice(text, whole, to));
    if (first_half) {
        en_builder_add_rune(&out, REPLACEMENT);
    }
    return en_builder_take(&out);
}

/* ASCII letters from `first` to `first` + 25 change their case bit. */
static en_text swap_ascii(en_arena *arena, en_text text, char first)
{
    size_t at = 0;
    while (at < text.length && (unsigned char)(text.data[at] - first) > 25) {
        at++;
    }
    if (at == text.length) {
        return text;
    }
    char *swapped = en_arena_try(arena, text.length, 1);
    if (swapped == NULL) {
        return EN_TEXT("");
    }
    memcpy(swapped, text.data, at);
    for (; at < text.length; at++) {
        char byte = text.data[at];
        swapped[at] = (char)((unsigned char)(byte - first) <= 25 ? byte ^ 0x20 : byte);
    }
    return (en_text){ swapped, text.length };
}

typedef uint8_t *map_case(const uint8_t *text, size_t length, const char *language,
                          uninorm_t normal_form, uint8_t *room, size_t *room_length);

static en_text map_unicode(en_arena *arena, en_text text, map_case *map)
{
    size_t length = 0;
    /* NULL: the rules without a language, as JavaScript's toUpperCase. */
    uint8_t *mapped = map((const uint8_t *)text.data, text.length, NULL, NULL, NULL, &length);
    char *copy = mapped != NULL ? en_arena_try(arena, length, 1) : NULL;
    if (copy != NULL) {
        memcpy(copy, mapped, length);
    } else if (arena->budget != NULL) {
        arena->budget->exceeded = true;
    }
    free(mapped);
    return copy != NULL ? (en_text){ copy, length } : EN_TEXT("");
}

en_text en_unicode_upper(en_arena *arena, en_text text)
{
    return is_ascii(text) ? swap_ascii(arena, text, 'a') : map_unicode(arena, text, u8_toupper);
}

en_text en_unicode_lower(en_arena *arena, en_text text)
{
    return is_ascii(text) ? swap_ascii(arena, text, 'A') : map_unicode(arena, text, u8_tolower);
}

/* ECMAScript's WhiteSpace and LineTerminator. */
static bool is_space(uint32_t rune)
{
    return rune == ' ' || (rune >= '\t' && rune <= '\r') || rune == 0xA0 || rune == 0x1680 ||
           (rune >= 0x2000 && rune <= 0x200A) || rune == 0x2028 || rune == 0x2029 ||
           rune == 0x202F || rune == 0x205F || rune == 0x3000 || rune == 0xFEFF;
}

en_text en_unicode_trim(en_text text)
{
    size_t start = 0;
    for (size_t at = 0; at < text.length && is_space(en_utf8_next(text, &at));) {
        start = at;
    }
    size_t end = text.length;
    while (end > start) {
        size_t last = end - 1;
        while (last > start && ((unsigned char)text.data[last] & 0xC0) == 0x80) {
            last--;
        }
        size_t at = last;
        if (!is_space(en_utf8_next(text, &at))) {
            break;
        }
        end = last;
    }
    return en_text_slice(text, start, end);
}

size_t en_unicode_width(en_text text)
{
    if (!is_ascii(text)) {
        int columns = u8_width((const uint8_t *)text.data, text.length, "UTF-8");
        return columns > 0 ? (size_t)columns : 0;
    }
    size_t columns = 0;
    for (size_t i = 0; i < text.length; i++) {
        columns += (size_t)(text.data[i] >= ' ' && text.data[i] != 0x7F);
    }
    return columns;
}

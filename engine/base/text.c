#include "base/text.h"

#include <stdio.h>
#include <string.h>

en_text en_text_from(const char *zero_terminated)
{
    return (en_text){ zero_terminated, strlen(zero_terminated) };
}

en_text en_text_slice(en_text text, size_t start, size_t end)
{
    if (end > text.length) {
        end = text.length;
    }
    if (start >= end) {
        return (en_text){ "", 0 };
    }
    return (en_text){ text.data + start, end - start };
}

bool en_text_equal(en_text a, en_text b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static char lower_ascii(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

bool en_text_equal_nocase(en_text a, en_text b)
{
    if (a.length != b.length) {
        return false;
    }
    for (size_t i = 0; i < a.length; i++) {
        if (lower_ascii(a.data[i]) != lower_ascii(b.data[i])) {
            return false;
        }
    }
    return true;
}

int en_text_compare(en_text a, en_text b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter != 0 ? memcmp(a.data, b.data, shorter) : 0;
    if (order != 0) {
        return order;
    }
    return (a.length > b.length) - (a.length < b.length);
}

/* FNV-1a, eight bytes at a time where they are there. */
uint64_t en_text_hash(en_text text, uint64_t seed)
{
    uint64_t hash = seed ^ 0xCBF29CE484222325u;
    size_t i = 0;
    for (; i + 8 <= text.length; i += 8) {
        uint64_t word;
        memcpy(&word, text.data + i, 8);
        hash = (hash ^ word) * 0x100000001B3u;
        hash ^= hash >> 32;
    }
    for (; i < text.length; i++) {
        hash = (hash ^ (unsigned char)text.data[i]) * 0x100000001B3u;
    }
    return hash ^ (hash >> 29);
}

bool en_text_starts(en_text text, en_text prefix)
{
    return text.length >= prefix.length &&
           en_text_equal(en_text_slice(text, 0, prefix.length), prefix);
}

bool en_text_ends(en_text text, en_text suffix)
{
    return text.length >= suffix.length &&
           en_text_equal(en_text_slice(text, text.length - suffix.length, text.length), suffix);
}

size_t en_text_find(en_text text, en_text part, size_t start)
{
    if (start > text.length || part.length > text.length - start) {
        return SIZE_MAX;
    }
    if (part.length == 0) {
        return start;
    }
    const char *hit = memmem(text.data + start, text.length - start, part.data, part.length);
    return hit != NULL ? (size_t)(hit - text.data) : SIZE_MAX;
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

en_text en_text_trim(en_text text)
{
    size_t start = 0;
    size_t end = text.length;
    while (start < end && is_space(text.data[start])) {
        start++;
    }
    while (end > start && is_space(text.data[end - 1])) {
        end--;
    }
    return en_text_slice(text, start, end);
}

const char *en_text_terminate(en_arena *arena, en_text text)
{
    char *copy = en_arena_alloc(arena, text.length + 1);
    if (text.length != 0) {
        memcpy(copy, text.data, text.length);
    }
    copy[text.length] = '\0';
    return copy;
}

en_text en_text_copy(en_arena *arena, en_text text)
{
    return (en_text){ en_text_terminate(arena, text), text.length };
}

en_text en_text_format(en_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        va_end(again);
        return (en_text){ "", 0 };
    }
    char *data = en_arena_alloc(arena, (size_t)length + 1);
    vsnprintf(data, (size_t)length + 1, format, again);
    va_end(again);
    return (en_text){ data, (size_t)length };
}

enum { NEAREST_LONGEST = 64 };

/* Levenshtein with swaps of neighbours counted as one, on ASCII lower case; both at most 64 long.
 */
static size_t edit_distance(en_text a, en_text b)
{
    size_t rows[3][NEAREST_LONGEST + 1];
    for (size_t j = 0; j <= b.length; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.length; i++) {
        size_t *now = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            char x = lower_ascii(a.data[i - 1]);
            char y = lower_ascii(b.data[j - 1]);
            size_t best = above[j - 1] + (x != y);
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && x == lower_ascii(b.data[j - 2]) &&
                y == lower_ascii(a.data[i - 2])) {
                size_t swapped = rows[(i + 1) % 3][j - 2] + 1;
                best = swapped < best ? swapped : best;
            }
            now[j] = best;
        }
    }
    return rows[a.length % 3][b.length];
}

size_t en_text_nearest(en_text word, const en_text *names, size_t count)
{
    size_t best = SIZE_MAX;
    if (word.length == 0 || word.length > NEAREST_LONGEST) {
        return best;
    }
    size_t best_distance = word.length < 4 ? 2 : word.length / 3 + 2; /* exclusive */
    for (size_t i = 0; i < count; i++) {
        if (names[i].length == 0 || names[i].length > NEAREST_LONGEST) {
            continue;
        }
        size_t distance = edit_distance(word, names[i]);
        if (distance < best_distance && distance < names[i].length) {
            best_distance = distance;
            best = i;
        }
    }
    return best;
}

void en_builder_init(en_builder *builder, en_arena *arena)
{
    *builder = (en_builder){ .arena = arena };
}

static bool grow(en_builder *builder, size_t more)
{
    size_t need;
    if (builder->failed || __builtin_add_overflow(builder->length, more, &need) ||
        (builder->limit_bytes != 0 && need > builder->limit_bytes)) {
        builder->failed = true;
        return false;
    }
    size_t capacity = builder->capacity != 0 ? builder->capacity * 2 : 64;
    while (capacity < need) {
        capacity = capacity > SIZE_MAX / 4 ? need : capacity * 2;
    }
    if (builder->limit_bytes != 0 && capacity > builder->limit_bytes) {
        capacity = builder->limit_bytes;
    }
    if (builder->data != NULL &&
        en_arena_extend(builder->arena, builder->data, builder->capacity, capacity)) {
        builder->capacity = capacity;
        return true;
    }
    char *data = en_arena_try(builder->arena, capacity, 1);
    if (data == NULL) {
        builder->failed = true;
        return false;
    }
    if (builder->length != 0) {
        memcpy(data, builder->data, builder->length);
    }
    builder->data = data;
    builder->capacity = capacity;
    return true;
}

char *en_builder_reserve(en_builder *builder, size_t size_bytes)
{
    bool has_room = builder->data != NULL && builder->capacity - builder->length >= size_bytes;
    if (builder->failed || (!has_room && !grow(builder, size_bytes))) {
        return NULL;
    }
    return builder->data + builder->length;
}

void en_builder_add(en_builder *builder, en_text text)
{
    if (text.length == 0) {
        return;
    }
    char *at = en_builder_reserve(builder, text.length);
    if (at != NULL) {
        memcpy(at, text.data, text.length);
        builder->length += text.length;
    }
}

void en_builder_add_char(en_builder *builder, char byte)
{
    char *at = en_builder_reserve(builder, 1);
    if (at != NULL) {
        *at = byte;
        builder->length++;
    }
}

void en_builder_add_rune(en_builder *builder, uint32_t rune)
{
    char bytes[4];
    size_t length;
    if ((rune >= 0xD800 && rune <= 0xDFFF) || rune > 0x10FFFF) {
        rune = 0xFFFD;
    }
    if (rune < 0x80) {
        bytes[0] = (char)rune;
        length = 1;
    } else if (rune < 0x800) {
        bytes[0] = (char)(0xC0 | (rune >> 6));
        bytes[1] = (char)(0x80 | (rune & 0x3F));
        length = 2;
    } else if (rune < 0x10000) {
        bytes[0] = (char)(0xE0 | (rune >> 12));
        bytes[1] = (char)(0x80 | ((rune >> 6) & 0x3F));
        bytes[2] = (char)(0x80 | (rune & 0x3F));
        length = 3;
    } else {
        bytes[0] = (char)(0xF0 | (rune >> 18));
        bytes[1] = (char)(0x80 | ((rune >> 12) & 0x3F));
        bytes[2] = (char)(0x80 | ((rune >> 6) & 0x3F));
        bytes[3] = (char)(0x80 | (rune & 0x3F));
        length = 4;
    }
    en_builder_add(builder, (en_text){ bytes, length });
}

void en_builder_format(en_builder *builder, const char *format, ...)
{
    char small[256];
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length < sizeof small) {
        en_builder_add(builder, (en_text){ small, (size_t)length });
    } else if (length >= 0) {
        size_t limit = builder->limit_bytes; /* the NUL at the end does not count */
        builder->limit_bytes += limit != 0;
        char *at = en_builder_reserve(builder, (size_t)length + 1);
        builder->limit_bytes = limit;
        if (at != NULL) {
            vsnprintf(at, (size_t)length + 1, format, again);
            builder->length += (size_t)length;
        }
    }
    va_end(again);
}

en_text en_builder_take(en_builder *builder)
{
    en_text text = { builder->data, builder->length };
    if (builder->failed || builder->data == NULL) {
        text = (en_text){ "", 0 };
    } else {
        /* Give the unused tail back when nothing was allocated behind it. */
        (void)!en_arena_extend(builder->arena, builder->data, builder->capacity, builder->length);
    }
    builder->data = NULL;
    builder->length = 0;
    builder->capacity = 0;
    return text;
}

#include "value/unicode.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
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

size_t en_unicode_offset(en_text text, size_t position)
{
    size_t at = 0;
    size_t units = 0;
    if (walk(text, position, &at, &units)) {
        (void)en_utf8_next(text, &at);
    }
    return at;
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

/* In eight bytes of ASCII, the case bit of those from `first` to `first` + 25. */
static uint64_t letter_bits(uint64_t eight, unsigned char first)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t from_first = eight + ones * (0x80u - first); /* the high bit of each says so */
    uint64_t behind_last = eight + ones * (0x80u - first - 26u);
    return ((from_first ^ behind_last) & (ones * 0x80u)) >> 2;
}

/* ASCII letters from `first` to `first` + 25 change their case bit. */
static en_text swap_ascii(en_arena *arena, en_text text, unsigned char first)
{
    char *swapped = en_arena_try(arena, text.length, 1);
    if (swapped == NULL) {
        return EN_TEXT("");
    }
    uint64_t changed = 0;
    for (size_t at = 0; at < text.length; at += 8) {
        uint64_t eight = 0;
        size_t width = text.length - at < 8 ? text.length - at : 8;
        memcpy(&eight, text.data + at, width);
        uint64_t bits = letter_bits(eight, first);
        changed |= bits;
        eight ^= bits;
        memcpy(swapped + at, &eight, width);
    }
    if (changed == 0) {
        (void)!en_arena_extend(arena, swapped, text.length, 0);
        return text;
    }
    return (en_text){ swapped, text.length };
}

/* What the library made as a piece of the arena. Most results fit the room they were given; one
 * that grew past it is on the heap and is copied. */
static en_text keep_result(en_arena *arena, uint8_t *made, size_t length, uint8_t *room,
                           size_t room_bytes)
{
    if (made == room) {
        (void)!en_arena_extend(arena, room, room_bytes, length);
        return (en_text){ (const char *)room, length };
    }
    char *copy = made != NULL ? en_arena_try(arena, length, 1) : NULL;
    if (copy != NULL) {
        memcpy(copy, made, length);
    } else if (arena->budget != NULL) {
        arena->budget->exceeded = true;
    }
    free(made);
    return copy != NULL ? (en_text){ copy, length } : EN_TEXT("");
}

static uint8_t *take_room(en_arena *arena, en_text text, size_t *room_bytes)
{
    *room_bytes = text.length + text.length / 2 + 64;
    return en_arena_try(arena, *room_bytes, 1);
}

typedef uint8_t *map_case(const uint8_t *text, size_t length, const char *language,
                          uninorm_t normal_form, uint8_t *room, size_t *room_length);

static en_text map_unicode(en_arena *arena, en_text text, map_case *map)
{
    size_t room_bytes;
    uint8_t *room = take_room(arena, text, &room_bytes);
    if (room == NULL) {
        return EN_TEXT("");
    }
    size_t length = room_bytes;
    /* NULL: the rules without a language, as JavaScript's toUpperCase. */
    uint8_t *mapped = map((const uint8_t *)text.data, text.length, NULL, NULL, room, &length);
    return keep_result(arena, mapped, length, room, room_bytes);
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
bool en_unicode_is_space(uint32_t rune)
{
    return rune == ' ' || (rune >= '\t' && rune <= '\r') || rune == 0xA0 || rune == 0x1680 ||
           (rune >= 0x2000 && rune <= 0x200A) || rune == 0x2028 || rune == 0x2029 ||
           rune == 0x202F || rune == 0x205F || rune == 0x3000 || rune == 0xFEFF;
}

en_text en_unicode_trim(en_text text)
{
    size_t start = 0;
    for (size_t at = 0; at < text.length && en_unicode_is_space(en_utf8_next(text, &at));) {
        start = at;
    }
    size_t end = text.length;
    while (end > start) {
        size_t last = end - 1;
        while (last > start && ((unsigned char)text.data[last] & 0xC0) == 0x80) {
            last--;
        }
        size_t at = last;
        if (!en_unicode_is_space(en_utf8_next(text, &at))) {
            break;
        }
        end = last;
    }
    return en_text_slice(text, start, end);
}

bool en_unicode_is_word(uint32_t rune)
{
    return uc_is_general_category_withtable(rune, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M |
                                                      UC_CATEGORY_MASK_N);
}

/* --- accents --- */

/* Latin letters that no decomposition takes apart. */
static const struct {
    uint32_t rune;
    const char *plain;
} letters[] = {
    { 0xC6, "Ae" },  { 0xD0, "D" },   { 0xD8, "O" },  { 0xDE, "Th" }, { 0xDF, "ss" },
    { 0xE6, "ae" },  { 0xF0, "d" },   { 0xF8, "o" },  { 0xFE, "th" }, { 0x110, "D" },
    { 0x111, "d" },  { 0x126, "H" },  { 0x127, "h" }, { 0x131, "i" }, { 0x132, "IJ" },
    { 0x133, "ij" }, { 0x138, "k" },  { 0x13F, "L" }, { 0x140, "l" }, { 0x141, "L" },
    { 0x142, "l" },  { 0x149, "'n" }, { 0x14A, "N" }, { 0x14B, "n" }, { 0x152, "Oe" },
    { 0x153, "oe" }, { 0x166, "T" },  { 0x167, "t" }, { 0x17F, "s" }, { 0x1E9E, "SS" },
};

/* The blocks of marks that stand on letters of any script; vowel signs and voicing marks, which
 * make another letter, have places of their own. */
static bool is_accent(uint32_t rune)
{
    return (rune >= 0x300 && rune <= 0x36F) || (rune >= 0x1AB0 && rune <= 0x1AFF) ||
           (rune >= 0x1DC0 && rune <= 0x1DFF) || (rune >= 0x20D0 && rune <= 0x20FF) ||
           (rune >= 0xFE20 && rune <= 0xFE2F);
}

static en_text normalize(en_arena *arena, en_text text, uninorm_t form)
{
    size_t room_bytes;
    uint8_t *room = take_room(arena, text, &room_bytes);
    if (room == NULL) {
        return EN_TEXT("");
    }
    size_t length = room_bytes;
    uint8_t *made = u8_normalize(form, (const uint8_t *)text.data, text.length, room, &length);
    return keep_result(arena, made, length, room, room_bytes);
}

static const char *find_letter(uint32_t rune)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (letters[i].rune == rune) {
            return letters[i].plain;
        }
    }
    return NULL;
}

en_text en_unicode_remove_accents(en_arena *arena, en_text text)
{
    if (is_ascii(text)) {
        return text;
    }
    en_text apart = normalize(arena, text, UNINORM_NFD);
    en_builder out;
    en_builder_init(&out, arena);
    for (size_t at = 0; at < apart.length;) {
        size_t start = at;
        uint32_t rune = en_utf8_next(apart, &at);
        const char *plain = rune >= 0x80 ? find_letter(rune) : NULL;
        if (plain != NULL) {
            en_builder_add(&out, en_text_from(plain));
        } else if (!is_accent(rune)) {
            en_builder_add(&out, en_text_slice(apart, start, at));
        }
    }
    en_text bare = en_builder_take(&out);
    return is_ascii(bare) ? bare : normalize(arena, bare, UNINORM_NFC);
}

/* --- emoji: UTS #51, 1.4.9 --- */

enum { JOINER = 0x200D, TEXT_STYLE = 0xFE0E, EMOJI_STYLE = 0xFE0F, KEYCAP = 0x20E3 };

/* The character at `at` without moving; 0 at the end. */
static uint32_t peek(en_text text, size_t at)
{
    return at < text.length ? en_utf8_next(text, &at) : 0;
}

static bool is_regional(uint32_t rune)
{
    return rune >= 0x1F1E6 && rune <= 0x1F1FF;
}

static bool is_tag(uint32_t rune)
{
    return rune >= 0xE0020 && rune <= 0xE007F;
}

static bool take_rune(en_text text, size_t *at, uint32_t wanted)
{
    if (peek(text, *at) != wanted) {
        return false;
    }
    (void)en_utf8_next(text, at);
    return true;
}

/* One picture with its style, skin or tags. `*shown`: it is an emoji by itself. */
static bool take_picture(en_text text, size_t *at, bool *shown)
{
    uint32_t rune = peek(text, *at);
    if (rune < 0x80 || is_regional(rune) || !uc_is_property_emoji(rune)) {
        return false;
    }
    (void)en_utf8_next(text, at);
    *shown = uc_is_property_emoji_presentation(rune) && peek(text, *at) != TEXT_STYLE;
    if (uc_is_property_emoji_modifier_base(rune) &&
        uc_is_property_emoji_modifier(peek(text, *at))) {
        (void)en_utf8_next(text, at);
        *shown = true;
    } else if (take_rune(text, at, EMOJI_STYLE)) {
        *shown = true;
    }
    while (*shown && is_tag(peek(text, *at))) {
        (void)en_utf8_next(text, at);
    }
    return true;
}

static bool take_keycap(en_text text, size_t *at)
{
    uint32_t rune = peek(text, *at);
    size_t next = *at;
    if (rune != '#' && rune != '*' && !(rune >= '0' && rune <= '9')) {
        return false;
    }
    (void)en_utf8_next(text, &next);
    (void)take_rune(text, &next, EMOJI_STYLE);
    if (!take_rune(text, &next, KEYCAP)) {
        return false;
    }
    *at = next;
    return true;
}

size_t en_unicode_skip_emoji(en_text text, size_t at)
{
    size_t end = at;
    if (is_regional(peek(text, at))) {
        (void)en_utf8_next(text, &end);
        return is_regional(peek(text, end)) ? end + (end - at) : at;
    }
    bool shown = false;
    if (take_keycap(text, &end) || !take_picture(text, &end, &shown)) {
        return end;
    }
    for (size_t next = end; take_rune(text, &next, JOINER);) {
        bool joined;
        if (!take_picture(text, &next, &joined)) {
            break;
        }
        shown = true;
        end = next;
    }
    return shown ? end : at;
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

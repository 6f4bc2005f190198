#include "value/regex_set.h"

#include <string.h>

enum {
    LARGEST = 0x10FFFF,
    HIGH_FIRST = 0xD800,
    HIGH_LAST = 0xDBFF,
    LOW_FIRST = 0xDC00,
    LOW_LAST = 0xDFFF
};

static const char escape_letters[] = "dDwW";

/* ECMAScript's \s: WhiteSpace and LineTerminator, in order. PCRE2's \s knows ASCII only. */
static const en_regex_range space[] = {
    { '\t', '\r' },     { ' ', ' ' },       { 0xA0, 0xA0 },     { 0x1680, 0x1680 },
    { 0x2000, 0x200A }, { 0x2028, 0x2029 }, { 0x202F, 0x202F }, { 0x205F, 0x205F },
    { 0x3000, 0x3000 }, { 0xFEFF, 0xFEFF },
};
enum { SPACES = sizeof space / sizeof *space };
_Static_assert(SPACES + 1 <= EN_REGEX_CLASS_RANGES, "\\S is the gaps between the ranges of \\s");

void en_regex_set_add(en_regex_set *set, uint32_t low, uint32_t high)
{
    set->ranges[set->count++] = (en_regex_range){ low, high };
}

bool en_regex_set_add_class(en_regex_set *set, char letter)
{
    const char *escape = letter != '\0' ? strchr(escape_letters, letter) : NULL;
    if (escape != NULL) {
        set->escapes |= 1u << (escape - escape_letters);
        return true;
    }
    if (letter == 's') {
        memcpy(set->ranges + set->count, space, sizeof space);
        set->count += SPACES;
        return true;
    }
    if (letter == 'S') {
        uint32_t next = 0;
        for (size_t i = 0; i < SPACES; i++) {
            en_regex_set_add(set, next, space[i].low - 1);
            next = space[i].high + 1;
        }
        en_regex_set_add(set, next, LARGEST);
        return true;
    }
    return false;
}

bool en_regex_set_is_within(const en_regex_set *set, uint32_t low, uint32_t high)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ranges[i].low < low || set->ranges[i].high > high) {
            return false;
        }
    }
    return set->count != 0 && !set->negated && set->escapes == 0;
}

void en_regex_print_rune(en_builder *out, uint32_t rune)
{
    bool plain = rune == ' ' || rune >= 0xA0 || (rune >= '0' && rune <= '9') ||
                 (rune >= 'A' && rune <= 'Z') || (rune >= 'a' && rune <= 'z');
    if (plain) {
        en_builder_add_rune(out, rune);
    } else {
        en_builder_format(out, "\\x{%x}", (unsigned)rune);
    }
}

static void print_range(en_builder *out, uint32_t low, uint32_t high)
{
    if (low > high) {
        return;
    }
    en_regex_print_rune(out, low);
    if (high > low) {
        en_builder_add_char(out, '-');
        en_regex_print_rune(out, high);
    }
}

static uint32_t clip(uint32_t rune, uint32_t low, uint32_t high)
{
    return rune < low ? low : rune > high ? high : rune;
}

static uint32_t join_halves(uint32_t high, uint32_t low)
{
    return 0x10000 + ((high - HIGH_FIRST) << 10) + (low - LOW_FIRST);
}

/* Every first half of `high` with every second half of `low`. */
static void print_joined(en_builder *out, en_regex_range high, en_regex_range low)
{
    if (low.low == LOW_FIRST && low.high == LOW_LAST) {
        print_range(out, join_halves(high.low, LOW_FIRST), join_halves(high.high, LOW_LAST));
        return;
    }
    for (uint32_t half = high.low; half <= high.high && !out->failed; half++) {
        print_range(out, join_halves(half, low.low), join_halves(half, low.high));
    }
}

static void print_pairs(en_builder *out, const en_regex_set *high, const en_regex_set *low)
{
    for (size_t i = 0; i < high->count; i++) {
        en_regex_range first = high->ranges[i];
        if (first.high < HIGH_FIRST || first.low > HIGH_LAST) {
            continue;
        }
        first.low = clip(first.low, HIGH_FIRST, HIGH_LAST);
        first.high = clip(first.high, HIGH_FIRST, HIGH_LAST);
        for (size_t j = 0; j < low->count && !out->failed; j++) {
            en_regex_range second = low->ranges[j];
            if (second.high >= LOW_FIRST && second.low <= LOW_LAST) {
                second.low = clip(second.low, LOW_FIRST, LOW_LAST);
                second.high = clip(second.high, LOW_FIRST, LOW_LAST);
                print_joined(out, first, second);
            }
        }
    }
}

/* A class without members matches nothing, its negation everything. */
static void finish_class(en_builder *out, size_t start, bool negated)
{
    size_t opening = start + 1 + (size_t)negated;
    if (out->failed) {
        return;
    }
    if (out->length > opening) {
        en_builder_add_char(out, ']');
        return;
    }
    out->length = start;
    en_builder_add(out, negated ? EN_TEXT(".") : EN_TEXT("(?!)"));
}

void en_regex_set_print(const en_regex_set *set, en_builder *out)
{
    size_t start = out->length;
    en_builder_add(out, set->negated ? EN_TEXT("[^") : EN_TEXT("["));
    for (size_t i = 0; escape_letters[i] != '\0'; i++) {
        if ((set->escapes >> i & 1u) != 0) {
            en_builder_add_char(out, '\\');
            en_builder_add_char(out, escape_letters[i]);
        }
    }
    for (size_t i = 0; i < set->count; i++) {
        en_regex_range range = set->ranges[i];
        print_range(out, range.low, range.high < HIGH_FIRST ? range.high : HIGH_FIRST - 1);
        print_range(out, range.low > LOW_LAST ? range.low : LOW_LAST + 1, range.high);
    }
    print_pairs(out, set, set);
    finish_class(out, start, set->negated);
}

void en_regex_set_print_pairs(const en_regex_set *high, const en_regex_set *low, en_builder *out)
{
    size_t start = out->length;
    en_builder_add_char(out, '[');
    print_pairs(out, high, low);
    finish_class(out, start, false);
}

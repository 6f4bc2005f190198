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

static void begin_class(const en_regex_set *set, en_builder *out)
{
    en_builder_add(out, set->negated ? EN_TEXT("[^") : EN_TEXT("["));
    for (size_t i = 0; escape_letters[i] != '\0'; i++) {
        if ((set->escapes >> i & 1u) != 0) {
            en_builder_add_char(out, '\\');
            en_builder_add_char(out, escape_letters[i]);
        }
    }
}

/* The part of a range that lies within `low` to `high`. */
static void print_clipped(en_builder *out, en_regex_range range, uint32_t low, uint32_t high)
{
    print_range(out, range.low > low ? range.low : low, range.high < high ? range.high : high);
}

void en_regex_set_print(const en_regex_set *set, en_builder *out)
{
    size_t start = out->length;
    begin_class(set, out);
    for (size_t i = 0; i < set->count; i++) {
        print_clipped(out, set->ranges[i], 0, HIGH_FIRST - 1);
        print_clipped(out, set->ranges[i], LOW_LAST + 1, LARGEST);
    }
    print_pairs(out, set, set);
    finish_class(out, start, set->negated);
}

/* --- without case --- */

enum { LONG_S = 0x17F, KELVIN = 0x212A, ASCII_LAST = 0x7F };

bool en_regex_folds_beyond_ascii(uint32_t rune)
{
    static const uint32_t letters[] = { 'K', 'S', 'k', 's', LONG_S, KELVIN };
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (letters[i] == rune) {
            return true;
        }
    }
    return false;
}

static bool holds(const en_regex_set *set, uint32_t rune)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ranges[i].low <= rune && rune <= set->ranges[i].high) {
            return true;
        }
    }
    return false;
}

/* Both cases of the part of a range that lies within `first` to `last`, letters of one case. */
static void print_other_case(en_builder *out, en_regex_range range, uint32_t first, uint32_t last)
{
    uint32_t low = range.low > first ? range.low : first;
    uint32_t high = range.high < last ? range.high : last;
    if (low <= high) {
        print_range(out, low ^ 0x20, high ^ 0x20);
    }
}

static void print_ascii(const en_regex_set *set, en_builder *out)
{
    en_builder_add(out, EN_TEXT("(?-i:"));
    size_t start = out->length;
    begin_class(set, out);
    for (size_t i = 0; i < set->count; i++) {
        print_range(out, set->ranges[i].low, set->ranges[i].high);
        print_other_case(out, set->ranges[i], 'a', 'z');
        print_other_case(out, set->ranges[i], 'A', 'Z');
    }
    finish_class(out, start, set->negated);
    en_builder_add_char(out, ')');
}

/* Tries U+017F and U+212A by themselves, and then the others. */
static void print_apart(const en_regex_set *set, en_builder *out)
{
    bool long_s = holds(set, LONG_S) != set->negated;
    bool kelvin = holds(set, KELVIN) != set->negated;
    en_builder_add(out, EN_TEXT("(?:"));
    if (long_s || kelvin) {
        en_builder_format(out, "(?-i:[%s%s])|", long_s ? "\\x{17f}" : "",
                          kelvin ? "\\x{212a}" : "");
    }
    en_builder_add(out, EN_TEXT("(?!(?-i:[\\x{17f}\\x{212a}]))"));
    size_t start = out->length;
    begin_class(set, out);
    for (size_t i = 0; i < set->count; i++) {
        en_regex_range range = set->ranges[i];
        print_clipped(out, range, 0, LONG_S - 1);
        print_clipped(out, range, LONG_S + 1, KELVIN - 1);
        print_clipped(out, range, KELVIN + 1, HIGH_FIRST - 1);
        print_clipped(out, range, LOW_LAST + 1, LARGEST);
    }
    print_pairs(out, set, set);
    finish_class(out, start, set->negated);
    en_builder_add_char(out, ')');
}

void en_regex_set_print_caseless(const en_regex_set *set, en_builder *out)
{
    bool ascii_s = holds(set, 's') || holds(set, 'S');
    bool ascii_k = holds(set, 'k') || holds(set, 'K');
    bool ascii_only = set->count != 0;
    for (size_t i = 0; i < set->count; i++) {
        ascii_only = ascii_only && set->ranges[i].high <= ASCII_LAST;
    }
    if (ascii_s == holds(set, LONG_S) && ascii_k == holds(set, KELVIN)) {
        en_regex_set_print(set, out);
    } else if (ascii_only) {
        print_ascii(set, out);
    } else {
        print_apart(set, out);
    }
}

void en_regex_set_print_pairs(const en_regex_set *high, const en_regex_set *low, en_builder *out)
{
    size_t start = out->length;
    en_builder_add_char(out, '[');
    print_pairs(out, high, low);
    finish_class(out, start, false);
}

/* regex_set - the sets of characters of a regular expression: [a-z], \w, \s.
 *
 * Shape:    a list of ranges of UTF-16 units and code points as the pattern spells them, plus \d
 *           \w \D \W, which PCRE2 knows by the same names. Patterns written for UTF-16 spell
 *           characters above U+FFFF by their halves: such a character is in a set that holds both
 *           of its halves.
 * Units:    code points; 0xD800 to 0xDFFF are halves.
 * Lifetime: the caller gives the room for the ranges.
 * Errors:   none; a builder that is full says so itself.
 * Threads:  free.
 */
#ifndef EN_VALUE_REGEX_SET_H
#define EN_VALUE_REGEX_SET_H

#include "base/text.h"

typedef struct en_regex_range {
    uint32_t low;
    uint32_t high;
} en_regex_range;

typedef struct en_regex_set {
    en_regex_range *ranges;
    size_t count;
    bool negated;
    unsigned escapes; /* bits in the order of "dDwW" */
} en_regex_set;

/* One escape of two bytes adds at most this many ranges. */
enum { EN_REGEX_CLASS_RANGES = 12 };

void en_regex_set_add(en_regex_set *set, uint32_t low, uint32_t high);
/* \d \D \w \W \s \S by their letter; false for other letters. */
EN_WARN_UNUSED bool en_regex_set_add_class(en_regex_set *set, char letter);
/* Not empty, and nothing outside of `low` to `high`. */
EN_WARN_UNUSED bool en_regex_set_is_within(const en_regex_set *set, uint32_t low, uint32_t high);

/* As a class of PCRE2. */
void en_regex_set_print(const en_regex_set *set, en_builder *out);
/* The same where case does not count, as without the flag u of JavaScript: a letter of ASCII has no
 * other case beyond ASCII, though PCRE2 takes U+017F for an s and U+212A for a k. */
void en_regex_set_print_caseless(const en_regex_set *set, en_builder *out);
/* Whether this is one of the letters for which that matters. */
bool en_regex_folds_beyond_ascii(uint32_t rune);
/* The characters that a first half out of `high` and a second half out of `low` make. */
void en_regex_set_print_pairs(const en_regex_set *high, const en_regex_set *low, en_builder *out);
/* One character, escaped unless it is a letter, a digit, a space or beyond ASCII. */
void en_regex_print_rune(en_builder *out, uint32_t rune);

#endif

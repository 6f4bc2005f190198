/* unicode - what JavaScript does with text, on UTF-8.
 *
 * Shape:    positions and lengths count UTF-16 units, as Make's functions do; a position between
 *           the halves of a pair cuts the character, and the half becomes U+FFFD.
 * Units:    UTF-16 units.
 * Lifetime: results live in the arena or share the input.
 * Errors:   none; input is valid UTF-8 (en_unicode_valid says so for outside bytes).
 * Threads:  free.
 */
#ifndef EN_VALUE_UNICODE_H
#define EN_VALUE_UNICODE_H

#include "value/value.h"

EN_WARN_UNUSED bool en_unicode_valid(en_text bytes);
/* Broken sequences become U+FFFD, one for each maximal part, as browsers decode. */
en_text en_unicode_repair(en_arena *arena, en_text bytes);
size_t en_unicode_length(en_text text);
en_text en_unicode_slice(en_arena *arena, en_text text, size_t start, size_t end);
/* UTF-16 position of the byte offset. */
size_t en_unicode_position(en_text text, size_t byte_offset);
/* Byte offset of the UTF-16 position; between the halves of a pair, behind the pair. */
size_t en_unicode_offset(en_text text, size_t position);
/* Full case mapping: ß becomes SS, final sigma. Unlike JavaScript, an apostrophe ends the word that
 * a sigma is final in. */
en_text en_unicode_upper(en_arena *arena, en_text text);
en_text en_unicode_lower(en_arena *arena, en_text text);
/* JavaScript's trim: all white space and line ends of Unicode, and U+FEFF. */
en_text en_unicode_trim(en_text text);
/* What trim removes, and \s of a regular expression matches. */
bool en_unicode_is_space(uint32_t rune);
/* A letter, a mark on one, or a digit. */
bool en_unicode_is_word(uint32_t rune);
/* Without accents: é is e, ñ is n; letters with a stroke and ligatures as well: ł is l, æ is ae. */
en_text en_unicode_remove_accents(en_arena *arena, en_text text);
/* Behind the emoji that begins at byte offset `at`, all its parts together; `at` if none does. What
 * is only shown as one with a variation selector (©, ↔) is one only with it. */
size_t en_unicode_skip_emoji(en_text text, size_t at);
/* Columns on a terminal. */
size_t en_unicode_width(en_text text);

#endif

/* utf8 - reading UTF-8, one character at a time.
 *
 * Shape:    one function that decodes and one that checks.
 * Units:    bytes; runes are Unicode scalar values.
 * Lifetime: nothing is kept.
 * Errors:   a broken, overlong or surrogate sequence gives EN_RUNE_BROKEN; the position then moves
 *           behind its longest valid beginning (at least one byte), as browsers decode.
 * Threads:  free.
 */
#ifndef EN_BASE_UTF8_H
#define EN_BASE_UTF8_H

#include "base/text.h"

#define EN_RUNE_BROKEN 0xFFFFFFFFu

/* The character at *at, which must be inside the text; *at moves behind it. */
uint32_t en_utf8_next(en_text text, size_t *at);
/* Where the first broken sequence begins, or SIZE_MAX. */
size_t en_utf8_find_broken(en_text text);

#endif

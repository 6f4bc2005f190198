/* text - pieces of UTF-8 with a length, and the builder that makes longer ones.
 *
 * Shape:    en_text is a pointer and a length, passed by value; it need not end in NUL and may
 *           hold NUL. Slices share the bytes of what they were cut from.
 * Units:    lengths in bytes.
 * Lifetime: a text lives as long as the memory it points into.
 * Errors:   a builder that cannot grow turns `failed` on, drops what follows, and gives an empty
 *           text; its arena's budget carries the mark that becomes the error.
 * Threads:  texts are immutable and may be shared; a builder belongs to one thread.
 */
#ifndef EN_BASE_TEXT_H
#define EN_BASE_TEXT_H

#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>

typedef struct en_text {
    const char *data;
    size_t length;
} en_text;

#define EN_TEXT(literal) ((en_text){ "" literal, sizeof(literal) - 1 })
/* For printf: "%.*s" with EN_TEXT_ARG(text). */
#define EN_TEXT_ARG(text) (int)((text).length > 4096 ? 4096 : (text).length), (text).data

en_text en_text_from(const char *zero_terminated);
en_text en_text_slice(en_text text, size_t start, size_t end);
bool en_text_equal(en_text a, en_text b);
/* ASCII letters only; header names and options. */
bool en_text_equal_nocase(en_text a, en_text b);
/* By bytes, which for UTF-8 is by code points: <0, 0, >0. */
int en_text_compare(en_text a, en_text b);
bool en_text_starts(en_text text, en_text prefix);
bool en_text_ends(en_text text, en_text suffix);
/* Spreads texts over buckets. Where the texts come from outside, a seed that nobody knows keeps them
 * from colliding on purpose. */
uint64_t en_text_hash(en_text text, uint64_t seed);
/* The first place of `part` at or after `start`, or SIZE_MAX. */
size_t en_text_find(en_text text, en_text part, size_t start);
/* Without ASCII white space at both ends. */
en_text en_text_trim(en_text text);

en_text en_text_copy(en_arena *arena, en_text text);
/* A copy that ends in NUL, for libraries that want one. */
const char *en_text_terminate(en_arena *arena, en_text text);
EN_FORMAT(2, 3) en_text en_text_format(en_arena *arena, const char *format, ...);

/* The nearest of `count` names by edit distance, or SIZE_MAX when none is near enough to suggest.
 */
size_t en_text_nearest(en_text word, const en_text *names, size_t count);

typedef struct en_builder {
    en_arena *arena;
    char *data;
    size_t length;
    size_t capacity;
    size_t limit_bytes; /* 0: none but the arena's */
    bool failed;
} en_builder;

void en_builder_init(en_builder *builder, en_arena *arena);
void en_builder_add(en_builder *builder, en_text text);
void en_builder_add_char(en_builder *builder, char byte);
/* A Unicode scalar value as UTF-8; a surrogate half becomes U+FFFD. */
void en_builder_add_rune(en_builder *builder, uint32_t rune);
EN_FORMAT(2, 3) void en_builder_format(en_builder *builder, const char *format, ...);
/* Room for `size_bytes` more at data + length; NULL: failed. The caller adds to `length`. */
char *en_builder_reserve(en_builder *builder, size_t size_bytes);
/* What was built; the builder is empty afterwards. */
en_text en_builder_take(en_builder *builder);

#endif

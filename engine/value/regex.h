/* regex - JavaScript's regular expressions on PCRE2.
 *
 * Shape:    a pattern is read by ECMAScript's grammar and written anew for PCRE2
 *           (regex_rewrite.h), compiled once, and used often. What still differs from JavaScript
 *           stands in regex.c.
 * Units:    offsets in bytes.
 * Lifetime: a regex lives in its arena and is freed with it.
 * Errors:   DataError for a pattern that ECMAScript would refuse and for a search that passes its
 *           limits of steps, time, heap or subject size: never "no match".
 * Threads:  a compiled regex may be shared; every call takes its own match data.
 */
#ifndef EN_VALUE_REGEX_H
#define EN_VALUE_REGEX_H

#include "value/value.h"

typedef struct en_regex en_regex;

enum {
    EN_REGEX_IGNORE_CASE = 1,
    EN_REGEX_MULTILINE = 2,
    EN_REGEX_DOT_ALL = 4,
    EN_REGEX_UNICODE = 8 /* decides on case alone: U+017F is an s, and U+212A a k */
};

EN_WARN_UNUSED bool en_regex_compile(en_arena *arena, en_text pattern, unsigned flags,
                                     en_regex **regex, en_error *error);
size_t en_regex_groups(const en_regex *regex); /* without the whole match */
/* Name of group `index` (from 1), or empty. */
en_text en_regex_group_name(const en_regex *regex, size_t index);

typedef struct en_regex_span {
    size_t start; /* SIZE_MAX: the group took no part */
    size_t end;
} en_regex_span;

/* Searches from `start`. `spans` has room for groups + 1. */
EN_WARN_UNUSED bool en_regex_search(const en_regex *regex, en_text subject, size_t start,
                                    bool *found, en_regex_span *spans, en_arena *scratch,
                                    en_error *error);

/* Compiled patterns by text, for patterns that are only known while running. The longest
 * unused of 64 is forgotten for a new one: a regex is good for the next 63 look-ups. */
typedef struct en_regex_cache en_regex_cache;
en_regex_cache *en_regex_cache_new(en_arena *arena);
EN_WARN_UNUSED bool en_regex_cache_get(en_regex_cache *cache, en_text pattern, unsigned flags,
                                       const en_regex **regex, en_error *error);

#endif

/* regex_rewrite - from an ECMAScript pattern to one that PCRE2 reads the same way.
 *
 * Shape:    a complete reader of ECMAScript's pattern grammar without the u flag (ECMA-262, 22.2.1
 *           and annex B.1.2). It writes a small subset of PCRE2: every other character is written
 *           as an escape, so that nothing PCRE2 alone understands can get through.
 * Units:    positions in messages count characters from 1.
 * Lifetime: results live in the arena.
 * Errors:   DataError for what ECMAScript refuses, for more than EN_REGEX_LEVELS levels of groups
 *           and for repeat counts above EN_REGEX_REPEATS.
 * Threads:  free.
 */
#ifndef EN_VALUE_REGEX_REWRITE_H
#define EN_VALUE_REGEX_REWRITE_H

#include "value/regex.h"

enum { EN_REGEX_LEVELS = 200, EN_REGEX_REPEATS = 65535, EN_REGEX_PATTERN_BYTES = 65536 };

typedef struct en_regex_source {
    en_text pattern; /* for UTF, DOTALL and MATCH_UNSET_BACKREF; begins with callout 1 */
    size_t groups;
    const en_text *names; /* one for each group, empty without a name; NULL: none has one */
} en_regex_source;

EN_WARN_UNUSED bool en_regex_rewrite(en_arena *arena, en_text pattern, unsigned flags,
                                     en_regex_source *source, en_error *error);

#endif

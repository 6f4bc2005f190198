/* superset - ranges of stored values that hold every value a comparison is true for, and some more.
 *
 * Shape:    where SQL cannot compare as value/filter.h does ('5' equals '5.0'), values that might
 * be equal lie in a few ranges, which an index serves; the evaluator looks at what they give. A
 * value is what a text column holds, or what json_extract finds in _extra. Units:    none.
 * Lifetime: texts live in the arena passed or share the value.
 * Errors:   none: no ranges means that nothing could be proven.
 * Threads:  free.
 */
#ifndef EN_STORE_SUPERSET_H
#define EN_STORE_SUPERSET_H

#include "value/filter.h"

typedef enum en_range_kind {
    EN_RANGE_EQUAL,   /* low */
    EN_RANGE_MISSING, /* IS NULL */
    EN_RANGE_PRESENT, /* IS NOT NULL */
    EN_RANGE_FROM,    /* from low */
    EN_RANGE_BELOW,   /* below high */
    EN_RANGE_BETWEEN, /* from low, below high */
    EN_RANGE_WITHIN   /* from low up to high */
} en_range_kind;

typedef struct en_range {
    en_range_kind kind;
    en_value low;
    en_value high;
} en_range;

enum { EN_MOST_RANGES = 128 };

typedef struct en_ranges {
    en_arena *arena;
    size_t count;
    en_range items[EN_MOST_RANGES];
} en_ranges;

/* What a column of text holds: texts only. */
EN_WARN_UNUSED bool en_superset_of_text(en_operator op, en_value b, en_ranges *ranges);
/* What json_extract gives: texts (arrays and collections as theirs), numbers, booleans as 0 and 1.
 */
EN_WARN_UNUSED bool en_superset_of_json(en_operator op, en_value b, en_ranges *ranges);

#endif

/* subset - compares a value with what is expected of it, and says where they part.
 *
 * Shape:    `expected` is a subset: a collection may have more members than expected, an array has
 *           as many elements, numbers are equal by value, texts by bytes. Special texts stand for
 *           kinds: "$any" (there and not null), "$missing", "$text", "$number", "$boolean",
 *           "$array", "$collection", "$date" (ISO text with milliseconds and Z). A collection with
 *           one special member is a condition: {"$matches": regex} (POSIX extended), {"$exact":
 *           value} (no further members), {"$length": n}, {"$contains": [each fits some element]},
 *           {"$not": value}, {"$all": value} (every element fits).
 * Units:    none.
 * Lifetime: the difference lives in the arena.
 * Errors:   a difference is a text such as "error.message: expected "a" but got "b"".
 * Threads:  free.
 */
#ifndef EN_TEST_SUBSET_H
#define EN_TEST_SUBSET_H

#include "value/value.h"

EN_WARN_UNUSED bool en_subset(en_arena *arena, en_value expected, en_value actual,
                              en_text *difference);

#endif

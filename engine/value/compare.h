/* compare - which of two values comes first.
 *
 * Shape:    numbers compared exactly whatever their form; the order of sorting is en_value_order
 *           (filter.h), which stands in compare.c.
 * Units:    none.
 * Lifetime: nothing is kept.
 * Errors:   none.
 * Threads:  free.
 */
#ifndef EN_VALUE_COMPARE_H
#define EN_VALUE_COMPARE_H

#include "value/value.h"

typedef enum en_relation { EN_BELOW = -1, EN_SAME = 0, EN_ABOVE = 1, EN_APART = 2 } en_relation;

/* Two numbers; EN_APART if one is NaN. No integer is rounded. */
en_relation en_number_compare(en_value a, en_value b);

#endif

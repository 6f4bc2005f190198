/* number_powers - powers of ten in binary, for printing and reading doubles. Private to number*.c.
 *
 * Shape:    10^q = (high:low) * 2^(en_power_exponent(q) - 127), cut to 128 bits: the true value
 *           lies less than one unit above. The top bit of `high` is always set. The rows are
 *           checked against big integers by tests/command/numbers.js.
 * Units:    q is a decimal exponent from EN_POWER_LOWEST to EN_POWER_HIGHEST.
 * Lifetime: constants.
 * Errors:   none.
 * Threads:  free.
 */
#ifndef EN_VALUE_NUMBER_POWERS_H
#define EN_VALUE_NUMBER_POWERS_H

#include <stdint.h>

/* Reading needs -342 to 308, printing -292 to 324. */
enum { EN_POWER_LOWEST = -342, EN_POWER_HIGHEST = 324, EN_POWER_LAST_EXACT = 55 };

typedef struct en_power {
    uint64_t high;
    uint64_t low;
} en_power;

extern const en_power en_powers[EN_POWER_HIGHEST - EN_POWER_LOWEST + 1];

/* The largest whole number not above q * log2(10), for |q| <= 1233. */
static inline int32_t en_power_exponent(int32_t q)
{
    return (q * 1741647) >> 19;
}

#endif

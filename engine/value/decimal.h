/* decimal - arithmetic on numbers as people write them: 0.1 * 3 is 0.3.
 *
 * Shape:    a double stands for the shortest decimal that reads back as it; the operation is exact
 *           (a quotient has 36 digits), its result the nearest double.
 * Units:    none.
 * Lifetime: nothing is kept.
 * Errors:   none; what IEEE 754 answers for zero divisors and infinities.
 * Threads:  free.
 */
#ifndef EN_VALUE_DECIMAL_H
#define EN_VALUE_DECIMAL_H

#include "value/value.h"

double en_decimal_add(double a, double b);
double en_decimal_subtract(double a, double b);
double en_decimal_multiply(double a, double b);
double en_decimal_divide(double a, double b);
/* Has the sign of `a`. */
double en_decimal_remainder(double a, double b);

/* The number without what stands behind so many decimals; negative: with so many zeros in front of
 * the point. Integers stay exact. */
en_value en_decimal_truncate(en_value number, int places);
/* "-1234.50": exactly so many decimals, halves away from zero, never -0. NaN and infinities as
 * JavaScript names them. */
void en_decimal_print(en_builder *out, en_value number, unsigned places);

#endif

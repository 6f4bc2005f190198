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

double en_decimal_add(double a, double b);
double en_decimal_subtract(double a, double b);
double en_decimal_multiply(double a, double b);
double en_decimal_divide(double a, double b);
/* Has the sign of `a`. */
double en_decimal_remainder(double a, double b);

#endif

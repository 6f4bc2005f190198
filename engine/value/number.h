/* number - numbers as JavaScript prints and reads them, without the locale.
 *
 * Shape:    printing gives the shortest digits that read back as the same double, in JavaScript's
 *           layout (1e+21, 1e-7, 0.000001); exact integers print all their digits.
 * Units:    EN_NUMBER_ROOM bytes hold any printed number.
 * Lifetime: nothing is kept.
 * Errors:   reading gives false for text that is not a number and for what no double can hold
 *           (1e400); what is nearer to 0 than to any other double (1e-400) is 0.
 * Threads:  free.
 */
#ifndef EN_VALUE_NUMBER_H
#define EN_VALUE_NUMBER_H

#include "value/value.h"

enum { EN_NUMBER_ROOM = 40 };

/* Writes the number without NUL and returns its length. NaN and infinities as JavaScript names
 * them; -0 is "0". */
size_t en_number_print(en_value number, char room[EN_NUMBER_ROOM]);
size_t en_double_print(double number, char room[EN_NUMBER_ROOM]);
/* The nearest double of a decimal literal "-12.5e3", correctly rounded; false unless all of it is
 * one. As JavaScript's StrDecimalLiteral: "+1", ".5" and "5." are literals too. */
EN_WARN_UNUSED bool en_double_read(en_text text, double *number);
/* A JSON number literal: an integer within 64 bits stays exact, everything else is a double; -0
 * stays -0. False: not a JSON number, or beyond the range of doubles (1e400). */
EN_WARN_UNUSED bool en_number_read_json(en_text text, en_value *number);
/* Numeric text as filters, arithmetic and coercion take it: white space around, optional sign,
 * digits, fraction, exponent. Not hex, not "Infinity", not empty. Integers stay exact. */
EN_WARN_UNUSED bool en_number_read_text(en_text text, en_value *number);

/* For scanners: reads the JSON number that begins at `at` and returns the byte behind it; the
 * number is `nothing` when no double can hold it. NULL: `at` does not begin a JSON number. */
const char *en_number_scan_json(const char *at, const char *end, en_value *number);

#endif

#include "value/number.h"

#include "value/number_powers.h"

#include <float.h>
#include <string.h>

/* A literal is read as digits * 10^exponent. Short ones are one exact multiplication or division
 * (Clinger, "How to read floating point numbers accurately", 1990). For the others the digits are
 * multiplied by 128 bits of the power of ten; the few values whose error may reach the middle
 * between two doubles are compared with that middle in big integers. */

enum {
    FRACTION_BITS = 52,
    LOWEST_UNIT = -1074,   /* the smallest double is 2^LOWEST_UNIT */
    EXACT_DIGITS = 19,     /* as many as always fit 64 bits */
    DECIDING_DIGITS = 800, /* the middle between two doubles has at most 767 */
    LARGEST_CLINGER = 22,
};

/* Exponents beyond this are as good as infinite, and far from overflowing when digits are counted.
 */
#define EXPONENT_LIMIT INT64_C(1000000000000000)

__extension__ typedef unsigned __int128 wide;

typedef struct literal {
    const char *digits; /* where the digits begin; a point may stand among them */
    const char *digits_end;
    uint64_t leading; /* the first EXACT_DIGITS digits that count */
    int64_t exponent; /* of the last digit in `leading` */
    bool cut;         /* there are more digits */
    bool negative;
} literal;

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* --- the exact way --- */

enum { LIMBS = 128 };

typedef struct big {
    uint32_t limbs[LIMBS]; /* the lowest first */
    unsigned count;
} big;

static void big_multiply_add(big *number, uint32_t factor, uint32_t more)
{
    uint64_t carry = more;
    for (unsigned i = 0; i < number->count; i++) {
        carry += (uint64_t)number->limbs[i] * factor;
        number->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        number->limbs[number->count++] = (uint32_t)carry;
    }
}

static void big_multiply_power_of_five(big *number, int64_t exponent)
{
    for (; exponent >= 13; exponent -= 13) {
        big_multiply_add(number, 1220703125, 0);
    }
    for (; exponent > 0; exponent--) {
        big_multiply_add(number, 5, 0);
    }
}

static void big_shift(big *number, int64_t bits)
{
    if (bits <= 0 || number->count == 0) {
        return;
    }
    big_multiply_add(number, UINT32_C(1) << (bits % 32), 0);
    size_t whole = (size_t)(bits / 32);
    memmove(number->limbs + whole, number->limbs, number->count * sizeof number->limbs[0]);
    memset(number->limbs, 0, whole * sizeof number->limbs[0]);
    number->count += (unsigned)whole;
}

static int big_compare(const big *a, const big *b)
{
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (unsigned i = a->count; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i]) {
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
        }
    }
    return 0;
}

/* All digits that can decide, and one more if there is anything behind them. Returns the exponent.
 */
static int64_t read_big(const literal *number, big *digits)
{
    int64_t exponent = number->exponent;
    int counted = 0;
    bool rest = false;
    digits->count = 0;
    for (const char *at = number->digits; at < number->digits_end; at++) {
        if (*at == '.' || (digits->count == 0 && *at == '0')) {
            continue;
        }
        if (counted < DECIDING_DIGITS) {
            big_multiply_add(digits, 10, (uint32_t)(*at - '0'));
            counted++;
            exponent -= counted > EXACT_DIGITS;
        } else {
            rest = rest || *at != '0';
        }
    }
    if (rest) {
        big_multiply_add(digits, 10, 1);
        exponent--;
    }
    return exponent;
}

/* How the literal compares with (2 * mantissa + 1) * 2^(exponent - 1), the middle above a double.
 */
static int compare_with_middle(const literal *number, uint64_t mantissa, int64_t exponent)
{
    big value;
    int64_t tens = read_big(number, &value);
    big middle = { .limbs = { (uint32_t)(2 * mantissa + 1),
                              (uint32_t)((2 * mantissa + 1) >> 32) } };
    middle.count = middle.limbs[1] != 0 ? 2 : 1;
    exponent--;
    if (tens >= 0) {
        big_multiply_power_of_five(&value, tens);
    } else {
        big_multiply_power_of_five(&middle, -tens);
    }
    big_shift(&value, tens - exponent);
    big_shift(&middle, exponent - tens);
    return big_compare(&value, &middle);
}

/* --- the usual way --- */

/* The double mantissa * 2^exponent. The mantissa holds the bit that doubles leave out, if there is
 * one; rounding may have carried it to 2^53. False: beyond the range. */
static bool assemble(uint64_t mantissa, int64_t exponent, double *number)
{
    uint64_t bits = mantissa + ((uint64_t)(exponent - LOWEST_UNIT) << FRACTION_BITS);
    if (bits >= UINT64_C(0x7FF) << FRACTION_BITS) {
        return false;
    }
    memcpy(number, &bits, sizeof bits);
    return true;
}

/* At or below half of the smallest double, or just above. */
static bool read_tiny(const literal *number, bool surely_zero, double *result)
{
    bool up = !surely_zero && compare_with_middle(number, 0, LOWEST_UNIT) > 0;
    return assemble(up, LOWEST_UNIT, result);
}

/* `leading` is not 0. Cutting digits and power makes the product too small by less than `slack`. */
static bool multiply(const literal *number, double *result)
{
    if (number->exponent < EN_POWER_LOWEST) {
        return read_tiny(number, true, result);
    }
    if (number->exponent > DBL_MAX_10_EXP) {
        return false;
    }
    int32_t q = (int32_t)number->exponent;
    int zeros = __builtin_clzll(number->leading);
    uint64_t digits = number->leading << zeros;
    en_power power = en_powers[q - EN_POWER_LOWEST];
    wide product = (wide)digits * power.high + (uint64_t)(((wide)digits * power.low) >> 64);
    wide slack = number->cut ? (wide)((UINT64_C(1) << zeros) + 1) << 64 : 2;

    /* The value is product * 2^unit; `shift` bits of the product are behind the mantissa. */
    int unit = en_power_exponent(q) - 63 - zeros;
    int shift = (product >> 127) != 0 ? 127 - FRACTION_BITS : 126 - FRACTION_BITS;
    if (unit + shift < LOWEST_UNIT) {
        shift = LOWEST_UNIT - unit;
        if (shift > 127) {
            return read_tiny(number, shift > 129, result);
        }
    }
    uint64_t mantissa = (uint64_t)(product >> shift);
    wide half = (wide)1 << (shift - 1);
    wide rest = product & (((wide)1 << shift) - 1);
    if (rest > half) {
        mantissa++;
    } else if (rest + slack > half) {
        int order = compare_with_middle(number, mantissa, unit + shift);
        mantissa += order > 0 || (order == 0 && (mantissa & 1) != 0);
    }
    return assemble(mantissa, unit + shift, result);
}

static const double exact_powers[LARGEST_CLINGER + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

static bool convert(const literal *number, double *result)
{
    bool small = !number->cut && number->leading <= (uint64_t)EN_EXACT_LIMIT;
    if (number->leading == 0) {
        *result = 0;
    } else if (FLT_EVAL_METHOD == 0 && small && number->exponent >= -LARGEST_CLINGER &&
               number->exponent <= LARGEST_CLINGER) {
        double digits = (double)number->leading;
        *result = number->exponent < 0 ? digits / exact_powers[-number->exponent]
                                       : digits * exact_powers[number->exponent];
    } else if (!multiply(number, result)) {
        return false;
    }
    *result = number->negative ? -*result : *result;
    return true;
}

/* --- literals --- */

/* Counts the digits between `digits` and `digits_end` into `leading`. */
static void count_digits(literal *number, const char *point)
{
    int counted = 0;
    number->leading = 0;
    for (const char *at = number->digits; at < number->digits_end; at++) {
        if (*at == '.') {
            continue;
        }
        bool behind_point = point != NULL && at > point;
        if (counted < EXACT_DIGITS) {
            number->leading = number->leading * 10 + (uint64_t)(*at - '0');
            counted += number->leading != 0;
            number->exponent -= behind_point;
        } else {
            number->cut = true;
            number->exponent += !behind_point;
        }
    }
}

static const char *scan_digits(const char *at, const char *end, uint64_t *leading)
{
    for (; at < end && is_digit(*at); at++) {
        *leading = *leading * 10 + (uint64_t)(*at - '0');
    }
    return at;
}

/* Behind "e+12", or NULL when no digit follows. */
static const char *scan_exponent(const char *at, const char *end, int64_t *exponent)
{
    at++;
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (at == end || !is_digit(*at)) {
        return NULL;
    }
    for (*exponent = 0; at < end && is_digit(*at); at++) {
        if (*exponent < EXPONENT_LIMIT) {
            *exponent = *exponent * 10 + (*at - '0');
        }
    }
    *exponent = negative ? -*exponent : *exponent;
    return at;
}

/* An integer that fits 64 bits, and is not -0. */
static bool read_integer(const literal *number, en_value *value)
{
    uint64_t integer = 0;
    for (const char *at = number->digits; at < number->digits_end; at++) {
        if (__builtin_mul_overflow(integer, 10, &integer) ||
            __builtin_add_overflow(integer, (uint64_t)(*at - '0'), &integer)) {
            return false;
        }
    }
    if (!number->negative) {
        *value = en_integer_unsigned(integer);
        return true;
    }
    if (integer == 0 || integer > (uint64_t)INT64_MAX + 1) {
        return false;
    }
    *value = en_integer(-(int64_t)(integer - 1) - 1);
    return true;
}

/* From behind the sign. JSON asks for digits at both sides of a point and for no needless 0. */
static const char *scan_unsigned(const char *at, const char *end, bool json, literal *number,
                                 en_value *value)
{
    number->digits = at;
    at = scan_digits(at, end, &number->leading);
    ptrdiff_t count = at - number->digits;
    if (json && (count == 0 || (count > 1 && *number->digits == '0'))) {
        return NULL;
    }
    const char *point = NULL;
    if (at < end && *at == '.') {
        point = at;
        at = scan_digits(at + 1, end, &number->leading);
        number->exponent = point + 1 - at;
        if (json && number->exponent == 0) {
            return NULL;
        }
        count -= number->exponent;
    }
    number->digits_end = at;
    if (count == 0) {
        return NULL;
    }
    int64_t exponent = 0;
    if (at < end && (*at | 0x20) == 'e') {
        at = scan_exponent(at, end, &exponent);
        if (at == NULL) {
            return NULL;
        }
    } else if (point == NULL && count < EXACT_DIGITS && number->leading != 0) {
        *value =
            en_integer(number->negative ? -(int64_t)number->leading : (int64_t)number->leading);
        return at;
    } else if (point == NULL && read_integer(number, value)) {
        return at;
    }
    if (count > EXACT_DIGITS) {
        number->exponent = 0;
        count_digits(number, point);
    }
    number->exponent += exponent;
    double result;
    *value = convert(number, &result) ? en_number(result) : en_nothing();
    return at;
}

const char *en_number_scan_json(const char *at, const char *end, en_value *number)
{
    literal read = { .negative = at < end && *at == '-' };
    at += read.negative;
    return scan_unsigned(at, end, true, &read, number);
}

bool en_number_read_json(en_text text, en_value *number)
{
    const char *end = text.data + text.length;
    return en_number_scan_json(text.data, end, number) == end && number->tag == EN_NUMBER;
}

static bool read_loose(en_text text, en_value *number)
{
    const char *at = text.data;
    const char *end = at + text.length;
    literal read = { .negative = at < end && *at == '-' };
    at += at < end && (*at == '-' || *at == '+');
    return scan_unsigned(at, end, false, &read, number) == end && number->tag == EN_NUMBER;
}

bool en_number_read_text(en_text text, en_value *number)
{
    return read_loose(en_text_trim(text), number);
}

bool en_double_read(en_text text, double *number)
{
    en_value value;
    if (!read_loose(text, &value)) {
        return false;
    }
    *number = en_value_number(value);
    return true;
}

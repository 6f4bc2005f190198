#include "value/number.h"

#include "value/number_powers.h"

#include <math.h>
#include <string.h>

/* The shortest decimal that reads back as a double is found with Raffaello Giulietti's Schubfach
 * ("The Schubfach way to render doubles", 2020): scale the interval of all decimals that read back
 * as this double by one power of ten, then look which of four neighbouring integers lie inside. */

enum { FRACTION_BITS = 52, EXPONENT_BIAS = 1023 + FRACTION_BITS, MOST_DIGITS = 17 };

__extension__ typedef unsigned __int128 wide;

typedef struct decimal {
    uint64_t digits;
    int32_t exponent;
} decimal;

/* floor(q * log10(2)), and floor(log10(3/4 * 2^q)); both for |q| <= 1500. */
static int32_t log10_of_power(int32_t q)
{
    return (q * 1262611) >> 22;
}

static int32_t log10_of_three_quarters(int32_t q)
{
    return (q * 1262611 - 524031) >> 22;
}

/* 10^k to 128 bits, rounded up. */
static en_power power_above(int32_t k)
{
    en_power power = en_powers[k - EN_POWER_LOWEST];
    if (k < 0 || k > EN_POWER_LAST_EXACT) {
        power.low++;
        power.high += power.low == 0;
    }
    return power;
}

/* power * factor / 2^128, rounded to odd: the last bit also says whether anything was cut off. */
static uint64_t scale(en_power power, uint64_t factor)
{
    wide low = (wide)power.low * factor;
    wide high = (wide)power.high * factor + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The double is `mantissa` * 2^`exponent`, and not 0. `at_power`: it is a power of two, so that the
 * neighbour below is only half as far away as the one above. */
static decimal shortest(uint64_t mantissa, int32_t exponent, bool at_power)
{
    int32_t k = at_power ? log10_of_three_quarters(exponent) : log10_of_power(exponent);
    int32_t shift = exponent + en_power_exponent(-k) + 1;
    en_power power = power_above(-k);
    /* Four times the value and the ends of its interval, which belong to it if the mantissa is
     * even. */
    uint64_t value = scale(power, (4 * mantissa) << shift);
    uint64_t low = scale(power, (4 * mantissa - 2 + at_power) << shift) + (mantissa & 1);
    uint64_t high = scale(power, (4 * mantissa + 2) << shift) - (mantissa & 1);

    uint64_t digits = value / 4;
    if (digits >= 10) {
        uint64_t fewer = digits / 10;
        bool below_inside = low <= 40 * fewer;
        bool above_inside = 40 * fewer + 40 <= high;
        if (below_inside != above_inside) {
            return (decimal){ fewer + above_inside, k + 1 };
        }
    }
    bool below_inside = low <= 4 * digits;
    bool above_inside = 4 * digits + 4 <= high;
    if (below_inside != above_inside) {
        return (decimal){ digits + above_inside, k };
    }
    uint64_t middle = 4 * digits + 2;
    bool up = value > middle || (value == middle && (digits & 1) != 0);
    return (decimal){ digits + up, k };
}

static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
                                  "25262728293031323334353637383940414243444546474849"
                                  "50515253545556575859606162636465666768697071727374"
                                  "75767778798081828384858687888990919293949596979899";

static size_t count_digits(uint64_t number)
{
    size_t count = 1;
    for (; number >= 10000; number /= 10000) {
        count += 4;
    }
    return count + (number >= 10) + (number >= 100) + (number >= 1000);
}

static size_t print_unsigned(uint64_t number, char *room)
{
    size_t count = count_digits(number);
    char *at = room + count;
    for (; number >= 100; number /= 100) {
        at -= 2;
        memcpy(at, digit_pairs + number % 100 * 2, 2);
    }
    if (number >= 10) {
        memcpy(room, digit_pairs + number * 2, 2);
    } else {
        *room = (char)('0' + number);
    }
    return count;
}

static size_t print_exponent(int32_t exponent, char *room)
{
    room[0] = 'e';
    room[1] = exponent < 0 ? '-' : '+';
    return 2 + print_unsigned((uint64_t)(exponent < 0 ? -exponent : exponent), room + 2);
}

/* JavaScript's Number::toString: `point` digits stand before the decimal point. */
static size_t lay_out(decimal number, char *room)
{
    char digits[MOST_DIGITS + 3];
    size_t count = print_unsigned(number.digits, digits);
    int32_t point = (int32_t)count + number.exponent;
    while (count > 1 && digits[count - 1] == '0') {
        count--;
    }
    int32_t length = (int32_t)count;
    if (point > 21 || point < -5) {
        room[0] = digits[0];
        size_t used = 1;
        if (count > 1) {
            room[1] = '.';
            memcpy(room + 2, digits + 1, count - 1);
            used += count;
        }
        return used + print_exponent(point - 1, room + used);
    }
    if (point <= 0) {
        memcpy(room, "0.000000", 8);
        memcpy(room + 2 - point, digits, count);
        return (size_t)(2 - point) + count;
    }
    if (point >= length) {
        memcpy(room, digits, count);
        memset(room + count, '0', (size_t)(point - length));
        return (size_t)point;
    }
    memcpy(room, digits, (size_t)point);
    room[point] = '.';
    memcpy(room + point + 1, digits + point, (size_t)(length - point));
    return count + 1;
}

static size_t print_name(const char *name, char *room)
{
    size_t length = strlen(name);
    memcpy(room, name, length);
    return length;
}

size_t en_double_print(double number, char room[EN_NUMBER_ROOM])
{
    if (isnan(number)) {
        return print_name("NaN", room);
    }
    size_t sign = 0;
    if (number < 0) {
        room[sign++] = '-';
        number = -number;
    }
    if (isinf(number)) {
        return sign + print_name("Infinity", room + sign);
    }
    if (number <= EN_EXACT_LIMIT && number == (double)(uint64_t)number) {
        return sign + print_unsigned((uint64_t)number, room + sign);
    }
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    uint64_t fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
    int32_t exponent = (int32_t)(bits >> FRACTION_BITS);
    decimal found = exponent == 0
                        ? shortest(fraction, 1 - EXPONENT_BIAS, false)
                        : shortest(fraction | UINT64_C(1) << FRACTION_BITS,
                                   exponent - EXPONENT_BIAS, fraction == 0 && exponent > 1);
    return sign + lay_out(found, room + sign);
}

size_t en_number_print(en_value number, char room[EN_NUMBER_ROOM])
{
    if (number.form == EN_EXACT_UNSIGNED) {
        return print_unsigned(number.as.exact_unsigned, room);
    }
    if (number.form == EN_EXACT_SIGNED) {
        bool negative = number.as.exact_signed < 0;
        room[0] = '-';
        uint64_t magnitude = (uint64_t)number.as.exact_signed;
        return negative + print_unsigned(negative ? 0 - magnitude : magnitude, room + negative);
    }
    return en_double_print(number.as.number, room);
}

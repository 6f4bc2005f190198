#include "value/decimal.h"

#include "value/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

__extension__ typedef __int128 wide;

/* digits / 10^scale. A double's shortest decimal has at most 17 digits. */
typedef struct decimal {
    wide digits;
    int scale;
} decimal;

enum {
    SHORT_PLACES = 8, /* fractions tried without printing the number */
    EXACT_POWER = 22, /* the largest power of ten that is a double */
    MOST_DIGITS = 37, /* that a wide holds, and the sum of two such numbers */
    EASY_PLACES = 20  /* by which 17 digits can always be shifted */
};

/* Up to here every whole number is a double, and up to 15 digits are told apart by doubles. */
static const double exact_limit = 0x1p53;
static const double short_limit = 1e15;

static const double powers[EXACT_POWER + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

static bool is_whole(double number)
{
    return fabs(number) <= exact_limit && number == (double)(int64_t)number;
}

static wide magnitude(wide digits)
{
    return digits < 0 ? -digits : digits;
}

static wide shift(wide digits, int places)
{
    for (; places > 0; places--) {
        digits *= 10;
    }
    return digits;
}

/* The digits of a printed number: "-12.5e-7". */
static decimal split_printed(double number)
{
    char room[EN_NUMBER_ROOM];
    size_t length = en_double_print(number, room);
    decimal split = { 0, 0 };
    bool negative = false;
    bool fraction = false;
    size_t at = 0;
    for (; at < length && room[at] != 'e'; at++) {
        if (room[at] == '-') {
            negative = true;
        } else if (room[at] == '.') {
            fraction = true;
        } else {
            split.digits = split.digits * 10 + (room[at] - '0');
            split.scale += fraction;
        }
    }
    int exponent = 0;
    bool below = false;
    for (at++; at < length; at++) {
        if (room[at] == '-' || room[at] == '+') {
            below = room[at] == '-';
        } else {
            exponent = exponent * 10 + (room[at] - '0');
        }
    }
    split.scale += below ? exponent : -exponent;
    while (split.digits != 0 && split.digits % 10 == 0) { /* whole numbers print up to 21 digits */
        split.digits /= 10;
        split.scale--;
    }
    split.digits = negative ? -split.digits : split.digits;
    return split;
}

/* `number` is finite. */
static decimal split(double number)
{
    for (int places = 0; places <= SHORT_PLACES; places++) {
        double shifted = number * powers[places];
        if (!(fabs(shifted) < short_limit)) {
            break;
        }
        double digits = nearbyint(shifted);
        if (digits / powers[places] == number) {
            return (decimal){ (wide)digits, places };
        }
    }
    return split_printed(number);
}

/* Beyond what one division can round correctly: through the text of the digits. */
static double join_printed(decimal made)
{
    char room[64];
    size_t at = sizeof room;
    int exponent = -made.scale;
    bool below = exponent < 0;
    for (unsigned left = (unsigned)(below ? -exponent : exponent); left != 0; left /= 10) {
        room[--at] = (char)('0' + left % 10);
    }
    if (exponent != 0) {
        room[--at] = below ? '-' : '+';
        room[--at] = 'e';
    }
    wide digits = magnitude(made.digits);
    do {
        room[--at] = (char)('0' + (int)(digits % 10));
        digits /= 10;
    } while (digits != 0);
    if (made.digits < 0) {
        room[--at] = '-';
    }
    double number;
    if (en_double_read((en_text){ room + at, sizeof room - at }, &number)) {
        return number;
    }
    return (double)made.digits * pow(10, exponent); /* out of range: an infinity or zero */
}

static double join(decimal made)
{
    if (magnitude(made.digits) <= (wide)exact_limit && made.scale <= EXACT_POWER &&
        made.scale >= -EXACT_POWER) {
        double digits = (double)made.digits;
        return made.scale >= 0 ? digits / powers[made.scale] : digits * powers[-made.scale];
    }
    return join_printed(made);
}

static bool widen(decimal *number, int places)
{
    if (places > EASY_PLACES &&
        (places > MOST_DIGITS || magnitude(number->digits) >= shift(1, MOST_DIGITS - places))) {
        return false;
    }
    number->digits = shift(number->digits, places);
    number->scale += places;
    return true;
}

/* Gives both the same scale. False: one is more than 10^19 times the other, so that the sum of the
 * doubles is the nearest one, too. */
static bool align(decimal *a, decimal *b)
{
    int apart = a->scale - b->scale;
    return apart > 0 ? widen(b, apart) : widen(a, -apart);
}

double en_decimal_add(double a, double b)
{
    double sum = a + b;
    if ((is_whole(a) && is_whole(b) && fabs(sum) <= exact_limit) || !isfinite(a) || !isfinite(b)) {
        return sum;
    }
    decimal x = split(a);
    decimal y = split(b);
    if (!align(&x, &y)) {
        return sum;
    }
    return join((decimal){ x.digits + y.digits, x.scale });
}

double en_decimal_subtract(double a, double b)
{
    return en_decimal_add(a, -b);
}

double en_decimal_multiply(double a, double b)
{
    double product = a * b;
    if ((is_whole(a) && is_whole(b) && fabs(product) <= exact_limit) || !isfinite(a) ||
        !isfinite(b)) {
        return product;
    }
    decimal x = split(a);
    decimal y = split(b);
    return join((decimal){ x.digits * y.digits, x.scale + y.scale });
}

double en_decimal_divide(double a, double b)
{
    if ((is_whole(a) && is_whole(b)) || !isfinite(a) || !isfinite(b) || b == 0) {
        return a / b;
    }
    static const wide room = (wide)1000000000000000000 * 1000000000000000000; /* 10^36 */
    decimal x = split(a);
    decimal y = split(b);
    decimal quotient = { 0, x.scale - y.scale };
    while (x.digits != 0 && magnitude(x.digits) < room) {
        x.digits *= 10;
        quotient.scale++;
    }
    quotient.digits = x.digits / y.digits;
    wide rest = x.digits % y.digits;
    if (rest == 0) { /* 0.3 / 0.1 is 3 and needs no text */
        for (; quotient.digits != 0 && quotient.digits % 10 == 0; quotient.scale--) {
            quotient.digits /= 10;
        }
        return join(quotient);
    }
    wide power = 1; /* the rest gives as many digits more as fit */
    for (; magnitude(quotient.digits) < room / power; quotient.scale++) {
        power *= 10;
    }
    quotient.digits = quotient.digits * power + rest * power / y.digits;
    return join(quotient);
}

double en_decimal_remainder(double a, double b)
{
    if ((is_whole(a) && is_whole(b)) || !isfinite(a) || !isfinite(b) || b == 0) {
        return fmod(a, b);
    }
    decimal x = split(a);
    decimal y = split(b);
    if (!align(&x, &y)) {
        return fmod(a, b);
    }
    return join((decimal){ x.digits % y.digits, x.scale });
}

/* --- digits --- */

/* 0.123 * 10^point is { "123", 3, point }: no zeros in front, none for zero. */
typedef struct printed {
    char digits[EN_NUMBER_ROOM];
    int count;
    int point;
    bool negative;
} printed;

/* False: an infinity or NaN. */
static bool read_printed(const char *text, size_t length, printed *read)
{
    size_t at = text[0] == '-';
    int exponent = 0;
    bool fraction = false;
    *read = (printed){ .negative = at == 1 };
    for (; at < length && text[at] != 'e'; at++) {
        if (text[at] == '.') {
            fraction = true;
        } else if (text[at] < '0' || text[at] > '9') {
            return false;
        } else {
            if (read->count != 0 || text[at] != '0') {
                read->digits[read->count++] = text[at];
                read->point += !fraction;
            } else {
                read->point -= fraction;
            }
        }
    }
    bool below = at + 1 < length && text[at + 1] == '-';
    for (at += 2; at < length; at++) {
        exponent = exponent * 10 + (text[at] - '0');
    }
    read->point += below ? -exponent : exponent;
    return true;
}

static char digit_at(const printed *number, int place)
{
    return place >= 0 && place < number->count ? number->digits[place] : '0';
}

/* Adds one to the last digit. */
static void count_up(printed *number)
{
    int at = number->count;
    while (at > 0 && number->digits[at - 1] == '9') {
        at--;
    }
    number->count = at > 0 ? at : 1;
    if (at > 0) {
        number->digits[at - 1]++;
    } else {
        number->digits[0] = '1';
        number->point++;
    }
}

/* Cuts the digits behind `places` decimals off. */
static void cut(printed *number, int places, bool nearest)
{
    int kept = number->point + places;
    if (kept >= number->count) {
        return;
    }
    bool up = nearest && kept >= 0 && number->digits[kept] >= '5';
    number->count = kept > 0 ? kept : 0;
    if (up && number->count == 0) {
        *number = (printed){ "1", 1, 1 - places, number->negative };
    } else if (up) {
        count_up(number);
    }
}

void en_decimal_print(en_builder *out, en_value number, unsigned places)
{
    char room[EN_NUMBER_ROOM];
    size_t length = en_number_print(number, room);
    printed read;
    if (!read_printed(room, length, &read)) {
        en_builder_add(out, (en_text){ room, length });
        return;
    }
    cut(&read, (int)places, true);
    if (read.negative && read.count != 0) {
        en_builder_add_char(out, '-');
    }
    if (read.count == 0 || read.point <= 0) {
        en_builder_add_char(out, '0');
    }
    for (int i = 0; read.count != 0 && i < read.point; i++) {
        en_builder_add_char(out, digit_at(&read, i));
    }
    for (unsigned i = 0; i < places; i++) {
        if (i == 0) {
            en_builder_add_char(out, '.');
        }
        en_builder_add_char(out, digit_at(&read, read.point + (int)i));
    }
}

en_value en_decimal_truncate(en_value number, int places)
{
    char room[EN_NUMBER_ROOM];
    printed read;
    if (!read_printed(room, en_number_print(number, room), &read) ||
        read.point + places >= read.count) {
        return number;
    }
    cut(&read, places, false);
    if (read.count == 0) {
        return en_number(0);
    }
    size_t length = 0;
    int zeros = read.point - read.count;
    if (read.negative) {
        room[length++] = '-';
    }
    for (int i = 0; i < read.count; i++) {
        room[length++] = read.digits[i];
    }
    if (zeros > 0 && read.point < EN_NUMBER_ROOM - 1) { /* an integer, perhaps beyond 2^53 */
        for (; zeros > 0; zeros--) {
            room[length++] = '0';
        }
    } else if (zeros != 0) {
        length += (size_t)snprintf(room + length, sizeof room - length, "e%d", zeros);
    }
    en_value result;
    return en_number_read_text((en_text){ room, length }, &result) ? result : number;
}

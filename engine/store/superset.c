/* Why the ranges are wide enough.
 *
 * Numeric texts. A text that reads as a number begins with white space, a sign, a point or a digit;
 * all but the digits 1 to 9 lie below '1'. Behind such a digit stand the significant digits of the
 * number, with a point anywhere among them. Reading rounds by less than 2.3e-16 of the number,
 * which for one of m <= 14 digits D moves the digit behind D from 0 to 9 of D - 1 at most ("4.99…9"
 * with 17 nines reads as 5). Of longer numbers only the leading digits count.
 *
 * Dates. An ISO date begins with a sign or with its own day, which is less than two days from that
 * of its instant, whatever its offset.
 *
 * SQLite puts numbers before texts, and compares texts by bytes. */
#include "store/superset.h"

#include "value/calendar.h"
#include "value/number.h"

#include <math.h>
#include <string.h>

enum { SURE_DIGITS = 14, LEADING_DIGITS = 13, FEWEST_LEADING = 6, DIGIT_ROOM = 64 };
static const double slack = 1e-12; /* of reading decimal numbers, by whoever */

/* --- building --- */

static void add(en_ranges *ranges, en_range_kind kind, en_value low, en_value high)
{
    if (ranges->count < EN_MOST_RANGES) {
        ranges->items[ranges->count] = (en_range){ kind, low, high };
    }
    ranges->count++; /* more than fit: seen at the end */
}

static void add_equal(en_ranges *ranges, en_value value)
{
    add(ranges, EN_RANGE_EQUAL, value, en_nothing());
}

static en_value text(en_ranges *ranges, en_text bytes)
{
    return en_text_value(en_text_copy(ranges->arena, bytes));
}

static void add_between(en_ranges *ranges, const char *low, const char *high)
{
    add(ranges, EN_RANGE_BETWEEN, text(ranges, en_text_from(low)),
        text(ranges, en_text_from(high)));
}

/* All texts that begin with `digits` and then a byte from `from` on, below `below`. */
static void add_behind(en_ranges *ranges, en_text digits, const char *from, const char *below)
{
    en_arena *arena = ranges->arena;
    add(ranges, EN_RANGE_BETWEEN,
        en_text_value(en_text_format(arena, "%.*s%s", EN_TEXT_ARG(digits), from)),
        en_text_value(en_text_format(arena, "%.*s%s", EN_TEXT_ARG(digits), below)));
}

/* json_extract gives arrays and collections as their texts. */
static void add_arrays(en_ranges *ranges)
{
    add_between(ranges, "[", "\\");
}

static bool is_sound(const en_ranges *ranges)
{
    return ranges->count != 0 && ranges->count <= EN_MOST_RANGES;
}

/* --- what a value is --- */

static bool read_number(en_value value, en_value *number)
{
    *number = value;
    return en_is(value, EN_NUMBER) ||
           (en_is(value, EN_TEXT_VALUE) && en_number_read_text(en_value_text(value), number));
}

static bool read_date(en_value value, int64_t *at_ms)
{
    *at_ms = value.as.date_ms;
    return en_is(value, EN_DATE) ||
           (en_is(value, EN_TEXT_VALUE) && en_date_read_iso(en_value_text(value), at_ms));
}

static bool holds_nul(en_value value)
{
    return value.length != 0 && memchr(value.as.bytes, '\0', value.length) != NULL;
}

/* --- numeric texts --- */

/* The digits of a number without point, exponent and the zeros around them. */
static en_text significant(en_value number, char room[DIGIT_ROOM])
{
    char printed[EN_NUMBER_ROOM];
    size_t length = en_number_print(number, printed);
    size_t count = 0;
    size_t last = 0;
    for (size_t i = 0; i < length && printed[i] != 'e'; i++) {
        bool is_digit = printed[i] >= '0' && printed[i] <= '9';
        if (!is_digit || (count == 0 && printed[i] == '0')) {
            continue;
        }
        room[count++] = printed[i];
        last = printed[i] != '0' ? count : last;
    }
    return (en_text){ room, last };
}

/* The same digits with another last one. */
static en_text with_last(en_ranges *ranges, en_text digits, int change)
{
    char *copy = en_arena_alloc(ranges->arena, digits.length + 1);
    memcpy(copy, digits.data, digits.length);
    copy[digits.length - 1] = (char)(copy[digits.length - 1] + change);
    return (en_text){ copy, digits.length };
}

/* A point behind the first, second … digit, but not behind the last. */
static void add_points(en_ranges *ranges, en_text digits)
{
    for (size_t i = 1; i < digits.length; i++) {
        add_behind(ranges, en_text_slice(digits, 0, i), ".", "/");
    }
}

static void add_short_number(en_ranges *ranges, en_text digits)
{
    add_behind(ranges, digits, "", "1");
    add_behind(ranges, digits, "e", "f");
    add_behind(ranges, digits, "E", "F");
    add_points(ranges, digits);
    if (en_text_equal(digits, EN_TEXT("1"))) { /* what rounds up to it is all nines */
        add_between(ranges, "9.", "9/");
        add_between(ranges, "99", "9:");
        return;
    }
    en_text before = with_last(ranges, digits, -1);
    add_behind(ranges, before, "9", ":");
    add_behind(ranges, before, ".", "/");
}

/* Neither the digit before nor the one after the last may carry. */
static bool add_long_number(en_ranges *ranges, en_text digits)
{
    size_t count = LEADING_DIGITS;
    while (count >= FEWEST_LEADING &&
           (digits.data[count - 1] < '1' || digits.data[count - 1] > '7')) {
        count--;
    }
    if (count < FEWEST_LEADING) {
        return false;
    }
    en_text leading = en_text_slice(digits, 0, count);
    add(ranges, EN_RANGE_BETWEEN, en_text_value(with_last(ranges, leading, -1)),
        en_text_value(with_last(ranges, leading, 2)));
    add_points(ranges, leading);
    return true;
}

/* Texts that read as this number. */
static bool add_numeric_texts(en_ranges *ranges, en_value number)
{
    double size = fabs(en_value_number(number));
    if (size == 0) { /* also 1e-400 */
        add_between(ranges, "", ":");
        return true;
    }
    if (!(size > 1e-290 && size < 1e290)) {
        return false;
    }
    if (en_value_number(number) < 0) {
        add_between(ranges, "", ".");
        return true;
    }
    char room[DIGIT_ROOM];
    en_text digits = significant(number, room);
    add_between(ranges, "", "1");
    if (digits.length <= SURE_DIGITS) {
        add_short_number(ranges, digits);
        return true;
    }
    return add_long_number(ranges, digits);
}

/* --- dates as texts --- */

/* The day of an instant as "2024-01-31"; false: its year has not four digits. */
static bool day_text(en_ranges *ranges, int64_t at_ms, en_text *day)
{
    char iso[EN_ISO_ROOM];
    if (at_ms < -EN_DATE_MAX || at_ms > EN_DATE_MAX) {
        return false;
    }
    en_text whole = { iso, en_date_print_iso(at_ms, iso) };
    *day = en_text_copy(ranges->arena, en_text_slice(whole, 0, 10));
    return iso[0] != '+' && iso[0] != '-';
}

/* Where texts of this instant begin and end, if they have no sign. */
static bool find_days(en_ranges *ranges, int64_t at_ms, en_text *first, en_text *last)
{
    return day_text(ranges, at_ms - 2 * EN_DAY_MS, first) &&
           day_text(ranges, at_ms + 2 * EN_DAY_MS, last);
}

static bool add_date_texts(en_ranges *ranges, int64_t at_ms)
{
    en_text first;
    en_text last;
    if (!find_days(ranges, at_ms, &first, &last)) {
        return false;
    }
    add_between(ranges, "+", ".");
    add(ranges, EN_RANGE_BETWEEN, en_text_value(first),
        en_text_value(en_text_format(ranges->arena, "%.*s:", EN_TEXT_ARG(last))));
    return true;
}

/* --- equal --- */

static bool compares_so(en_operator op)
{
    return !op.ignore_case && (op.as == EN_AS_ANY || op.as == EN_AS_TEXT || op.as == EN_AS_NUMBER);
}

/* Numbers near enough to be the same. */
static void add_numbers(en_ranges *ranges, en_value number)
{
    double value = en_value_number(number);
    add(ranges, EN_RANGE_WITHIN, en_number(value - fabs(value) * slack),
        en_number(value + fabs(value) * slack));
}

static bool add_equal_number(en_ranges *ranges, en_value number, bool json)
{
    if (json) {
        add_numbers(ranges, number);
    }
    return add_numeric_texts(ranges, number);
}

static bool add_equal_value(en_ranges *ranges, en_value b, bool json)
{
    en_value number;
    int64_t at_ms;
    if (read_number(b, &number)) {
        return add_equal_number(ranges, number, json);
    }
    if (read_date(b, &at_ms)) {
        return add_date_texts(ranges, at_ms) &&
               (!en_is(b, EN_DATE) || add_equal_number(ranges, en_integer(at_ms), json));
    }
    if (en_is(b, EN_BOOLEAN)) {
        b = en_text_value(b.as.boolean ? EN_TEXT("true") : EN_TEXT("false"));
    }
    if (!en_is(b, EN_TEXT_VALUE) || b.length == 0 || holds_nul(b)) {
        return false;
    }
    add_equal(ranges, b);
    bool is_true = en_text_equal(en_value_text(b), EN_TEXT("true"));
    if (json && (is_true || en_text_equal(en_value_text(b), EN_TEXT("false")))) {
        add_equal(ranges, en_number(is_true));
    }
    return true;
}

/* --- in --- */

static bool add_elements(en_ranges *ranges, en_value list, bool json)
{
    if (!en_is(list, EN_ARRAY) || list.length == 0) {
        return false;
    }
    for (uint32_t i = 0; i < list.length && ranges->count < EN_MOST_RANGES; i++) {
        if (!add_equal_value(ranges, list.as.items[i], json)) {
            return false;
        }
    }
    return true;
}

/* --- orderings of what json_extract gives --- */

/* Two booleans of JSON look like numbers but compare as texts with what is no boolean. */
static void add_number_order(en_ranges *ranges, bool greater, en_value number)
{
    double value = en_value_number(number);
    en_value empty = en_text_value(EN_TEXT(""));
    if (greater) { /* texts, too: they stand behind all numbers */
        add(ranges, EN_RANGE_FROM, en_number(value - fabs(value) * slack), en_nothing());
    } else {
        add(ranges, EN_RANGE_WITHIN, en_number(-INFINITY), en_number(value + fabs(value) * slack));
        add(ranges, EN_RANGE_FROM, empty, en_nothing());
    }
    add_equal(ranges, en_number(0));
    add_equal(ranges, en_number(1));
}

static en_text smaller(en_text a, en_text b)
{
    return en_text_compare(a, b) < 0 ? a : b;
}

static en_text larger(en_text a, en_text b)
{
    return en_text_compare(a, b) > 0 ? a : b;
}

static bool add_text_order(en_ranges *ranges, bool greater, en_value b)
{
    en_text bound = en_value_text(b);
    en_text first;
    en_text last;
    int64_t at_ms;
    bool is_date = read_date(b, &at_ms);
    if (is_date && !find_days(ranges, at_ms, &first, &last)) {
        return false;
    }
    add(ranges, EN_RANGE_BELOW, en_nothing(), en_text_value(EN_TEXT(""))); /* all numbers */
    add_arrays(ranges); /* an empty one is greater and less than everything */
    if (is_date) {
        add_between(ranges, "+", ".");
    }
    if (greater) {
        bound = is_date ? smaller(bound, first) : bound;
        add(ranges, EN_RANGE_FROM, en_text_value(bound), en_nothing());
        return true;
    }
    last = is_date ? en_text_format(ranges->arena, "%.*s:", EN_TEXT_ARG(last)) : EN_TEXT("");
    add(ranges, EN_RANGE_WITHIN, en_text_value(EN_TEXT("")),
        en_text_value(is_date ? larger(bound, last) : bound));
    return true;
}

static bool add_order(en_ranges *ranges, bool greater, en_operator op, en_value b)
{
    en_value number;
    if (op.as != EN_AS_TEXT && read_number(b, &number)) {
        add_number_order(ranges, greater, number);
        return true;
    }
    return op.as != EN_AS_NUMBER && en_is(b, EN_TEXT_VALUE) && b.length != 0 && !holds_nul(b) &&
           add_text_order(ranges, greater, b);
}

/* --- both --- */

bool en_superset_of_text(en_operator op, en_value b, en_ranges *ranges)
{
    if (!compares_so(op)) {
        return false;
    }
    bool found = op.operation == EN_OP_EQUAL ? add_equal_value(ranges, b, false)
                 : op.operation == EN_OP_IN  ? add_elements(ranges, b, false)
                                             : false;
    return found && is_sound(ranges);
}

static bool add_empty(en_ranges *ranges)
{
    add(ranges, EN_RANGE_MISSING, en_nothing(), en_nothing());
    add_equal(ranges, en_text_value(EN_TEXT("")));
    add_arrays(ranges);
    return true;
}

bool en_superset_of_json(en_operator op, en_value b, en_ranges *ranges)
{
    bool found = false;
    if (op.operation == EN_OP_EXIST) {
        add(ranges, EN_RANGE_PRESENT, en_nothing(), en_nothing());
        return true;
    }
    if (!compares_so(op)) {
        return false;
    }
    switch (op.operation) {
    case EN_OP_EQUAL:
        if (en_is_empty(b)) {
            return add_empty(ranges);
        }
        found = add_equal_value(ranges, b, true);
        add_arrays(ranges);
        break;
    case EN_OP_IN:
        found = add_elements(ranges, b, true);
        add_arrays(ranges);
        break;
    case EN_OP_GREATER:
    case EN_OP_GREATER_EQUAL:
        found = add_order(ranges, true, op, b);
        break;
    case EN_OP_LESS:
    case EN_OP_LESS_EQUAL:
        found = add_order(ranges, false, op, b);
        break;
    default:
        break;
    }
    return found && is_sound(ranges);
}

#include "expr/infix.h"

#include "value/decimal.h"
#include "value/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_BYTES = 64 << 20 };

size_t en_scope_most_bytes(const en_scope *scope)
{
    return scope->max_bytes != 0 ? scope->max_bytes : MOST_BYTES;
}

const char *en_value_shown(en_value value, char room[EN_SHOWN_ROOM])
{
    char number[(int)EN_NUMBER_ROOM > (int)EN_ISO_ROOM ? (int)EN_NUMBER_ROOM : (int)EN_ISO_ROOM];
    en_text text = EN_TEXT("{empty}");
    switch (value.tag) {
    case EN_TEXT_VALUE:
        text = value.length != 0 ? en_value_text(value) : text;
        break;
    case EN_NUMBER:
        text = (en_text){ number, en_number_print(value, number) };
        break;
    case EN_DATE:
        text = (en_text){ number, en_date_print_iso(value.as.date_ms, number) };
        break;
    case EN_BOOLEAN:
        text = value.as.boolean ? EN_TEXT("true") : EN_TEXT("false");
        break;
    case EN_ARRAY:
        text = EN_TEXT("{array}");
        break;
    case EN_COLLECTION:
        text = EN_TEXT("{object}");
        break;
    case EN_BUFFER:
        text = EN_TEXT("{buffer}");
        break;
    default:
        break;
    }
    size_t shown = text.length;
    if (shown > EN_SHOWN_ROOM - 4) {
        shown = EN_SHOWN_ROOM - 4;
        while (shown > 0 && ((unsigned char)text.data[shown] & 0xC0) == 0x80) {
            shown--;
        }
    }
    snprintf(room, EN_SHOWN_ROOM, "%.*s%s", (int)shown, text.data,
             shown < text.length ? "..." : "");
    return room;
}

/* --- operands as numbers --- */

static double text_as_number(en_text text)
{
    en_value number;
    if (en_number_read_text(text, &number)) {
        return en_value_number(number);
    }
    return en_text_trim(text).length == 0 ? 0 : NAN;
}

double en_value_as_number(en_value value)
{
    switch (value.tag) {
    case EN_NUMBER:
        return en_value_number(value);
    case EN_NULL:
        return 0;
    case EN_BOOLEAN:
        return value.as.boolean;
    case EN_DATE:
        return (double)value.as.date_ms;
    case EN_TEXT_VALUE:
        return text_as_number(en_value_text(value));
    default:
        return NAN;
    }
}

static bool not_a_number(en_eval *eval, en_value value)
{
    char room[EN_SHOWN_ROOM];
    return en_error_set(eval->error, EN_DataError, "'%s' is not a valid number.",
                        en_value_shown(value, room));
}

/* Missing counts as 0; numeric text and dates as numbers. In list files a boolean is none. */
static bool read_operand(en_eval *eval, en_value value, double *number)
{
    if (value.tag == EN_NUMBER) {
        *number = en_value_number(value);
        return true;
    }
    if (en_is_missing(value)) {
        *number = 0;
        return true;
    }
    *number = value.tag == EN_BOOLEAN && eval->rules->numeric_arithmetic
                  ? NAN
                  : en_value_as_number(value);
    return !isnan(*number) || not_a_number(eval, value);
}

static bool read_operands(en_eval *eval, en_value a, en_value b, double *x, double *y)
{
    return read_operand(eval, a, x) && read_operand(eval, b, y);
}

/* A date meets the ISO text that JSON made of another. */
static bool read_instants(en_value a, en_value b, int64_t *x, int64_t *y)
{
    const en_value *dates[] = { &a, &b };
    int64_t *instants[] = { x, y };
    if (a.tag != EN_DATE && b.tag != EN_DATE) {
        return false;
    }
    for (size_t i = 0; i < 2; i++) {
        if (dates[i]->tag == EN_DATE) {
            *instants[i] = dates[i]->as.date_ms;
        } else if (dates[i]->tag != EN_TEXT_VALUE ||
                   !en_date_read_iso(en_value_text(*dates[i]), instants[i])) {
            return false;
        }
    }
    return true;
}

/* --- arithmetic --- */

static bool multiply(en_eval *eval, en_value a, en_value b, en_value *result)
{
    double x;
    double y;
    if (!read_operands(eval, a, b, &x, &y)) {
        return false;
    }
    *result = en_number(en_decimal_multiply(x, y));
    return true;
}

static bool refuse_zero(en_eval *eval, double divisor)
{
    if (divisor == 0 && eval->rules->numeric_arithmetic) {
        return en_error_set(eval->error, EN_DataError, "Division by zero.");
    }
    return true;
}

static bool divide(en_eval *eval, en_value a, en_value b, en_value *result)
{
    double x;
    double y;
    if (!read_operands(eval, a, b, &x, &y) || !refuse_zero(eval, y)) {
        return false;
    }
    *result = en_number(en_decimal_divide(x, y));
    return true;
}

static bool take_remainder(en_eval *eval, en_value a, en_value b, en_value *result)
{
    double x;
    double y;
    if (!read_operands(eval, a, b, &x, &y) || !refuse_zero(eval, y)) {
        return false;
    }
    *result = en_number(en_decimal_remainder(x, y));
    return true;
}

/* Make subtracts plain doubles (expressions.md 3): what is no number gives NaN there. */
static bool subtract(en_eval *eval, en_value a, en_value b, en_value *result)
{
    int64_t later_ms;
    int64_t earlier_ms;
    if (read_instants(a, b, &later_ms, &earlier_ms)) {
        *result = en_number((double)later_ms - (double)earlier_ms);
        return true;
    }
    if (!eval->rules->numeric_arithmetic) {
        double x = en_is_missing(a) ? 0 : en_value_as_number(a);
        double y = en_is_missing(b) ? 0 : en_value_as_number(b);
        *result = en_number(x - y);
        return true;
    }
    double x;
    double y;
    if (!read_operands(eval, a, b, &x, &y)) {
        return false;
    }
    *result = en_number(en_decimal_subtract(x, y));
    return true;
}

static bool add_numbers(en_eval *eval, en_value a, en_value b, en_value *result)
{
    double x;
    double y;
    if (!read_operands(eval, a, b, &x, &y)) {
        return false;
    }
    *result = en_number(en_decimal_add(x, y));
    return true;
}

static bool concatenate(en_eval *eval, en_value a, en_value b, en_value *result)
{
    en_text separator = en_text_from(eval->rules->array_separator);
    en_builder text;
    en_builder_init(&text, eval->scope->arena);
    text.limit_bytes = en_scope_most_bytes(eval->scope);
    en_value_to_text(&text, a, separator);
    en_value_to_text(&text, b, separator);
    if (text.failed) {
        return en_error_set(eval->error, EN_DataSizeLimitExceededError, "The text is too long.");
    }
    *result = en_text_value(en_builder_take(&text));
    return true;
}

static bool is_numeric(en_value value)
{
    return value.tag == EN_NUMBER || value.tag == EN_BOOLEAN;
}

static bool add(en_eval *eval, en_value a, en_value b, en_value *result)
{
    if (eval->rules->numeric_arithmetic || (is_numeric(a) && is_numeric(b))) {
        return add_numbers(eval, a, b, result);
    }
    if (en_is_missing(a) || en_is_missing(b)) {
        *result = !en_is_missing(a) ? a : !en_is_missing(b) ? b : en_null();
        return true;
    }
    return concatenate(eval, a, b, result);
}

/* --- comparison --- */

/* Keeps the 64 bits of an id that is text on one side. */
static bool read_integer(en_value value, int64_t *integer)
{
    en_value number = value;
    return (value.tag == EN_NUMBER ||
            (value.tag == EN_TEXT_VALUE && en_number_read_text(en_value_text(value), &number))) &&
           en_value_integer(number, integer);
}

/* -1, 0, 1; false: not comparable, as NaN. */
static bool relate(en_value a, en_value b, int *order)
{
    int64_t at_a;
    int64_t at_b;
    if (a.tag == EN_TEXT_VALUE && b.tag == EN_TEXT_VALUE) {
        *order = en_text_compare(en_value_text(a), en_value_text(b));
        return true;
    }
    if (read_instants(a, b, &at_a, &at_b) || (read_integer(a, &at_a) && read_integer(b, &at_b))) {
        *order = (at_a > at_b) - (at_a < at_b);
        return true;
    }
    double x = en_value_as_number(a);
    double y = en_value_as_number(b);
    *order = (x > y) - (x < y);
    return !isnan(x) && !isnan(y);
}

static bool less(en_eval *eval, en_value a, en_value b, en_value *result)
{
    (void)eval;
    int order;
    *result = en_boolean(relate(a, b, &order) && order < 0);
    return true;
}

static bool less_equal(en_eval *eval, en_value a, en_value b, en_value *result)
{
    (void)eval;
    int order;
    *result = en_boolean(relate(a, b, &order) && order <= 0);
    return true;
}

static bool greater(en_eval *eval, en_value a, en_value b, en_value *result)
{
    return less(eval, b, a, result);
}

static bool greater_equal(en_eval *eval, en_value a, en_value b, en_value *result)
{
    return less_equal(eval, b, a, result);
}

/* Loose, as JavaScript's ==; but arrays, collections, buffers and dates are equal by content. */
static bool is_equal(en_eval *eval, en_value a, en_value b)
{
    if (en_is_missing(a) || en_is_missing(b)) {
        return en_is_missing(a) && en_is_missing(b);
    }
    if (a.tag == b.tag) {
        return a.tag == EN_NUMBER && (isnan(en_value_number(a)) || isnan(en_value_number(b)))
                   ? false
                   : en_value_equal(a, b);
    }
    if (a.tag == EN_COLLECTION || b.tag == EN_COLLECTION) {
        return false;
    }
    if (a.tag == EN_ARRAY || b.tag == EN_ARRAY || a.tag == EN_BUFFER || b.tag == EN_BUFFER) {
        en_text separator = EN_TEXT(",");
        return en_text_equal(en_value_as_text(eval->scope->arena, a, separator),
                             en_value_as_text(eval->scope->arena, b, separator));
    }
    int order;
    return relate(a, b, &order) && order == 0;
}

static bool equal(en_eval *eval, en_value a, en_value b, en_value *result)
{
    *result = en_boolean(is_equal(eval, a, b));
    return true;
}

static bool not_equal(en_eval *eval, en_value a, en_value b, en_value *result)
{
    *result = en_boolean(!is_equal(eval, a, b));
    return true;
}

/* --- the table: of spellings that begin alike the longest stands first --- */

enum { TIMES = 14, PLUS = 13, RELATION = 11, EQUALITY = 10, AND = 6, OR = 5 };

static const en_infix operators[] = {
    { "-", PLUS, EN_INFIX_PLAIN, subtract },
    { "*", TIMES, EN_INFIX_PLAIN, multiply },
    { "/", TIMES, EN_INFIX_PLAIN, divide },
    { "%", TIMES, EN_INFIX_PLAIN, take_remainder },
    { "++", PLUS, EN_INFIX_PLAIN, add_numbers },
    { "+", PLUS, EN_INFIX_CHAIN, add },
    { "<=", RELATION, EN_INFIX_PLAIN, less_equal },
    { "<", RELATION, EN_INFIX_PLAIN, less },
    { ">=", RELATION, EN_INFIX_PLAIN, greater_equal },
    { ">", RELATION, EN_INFIX_PLAIN, greater },
    { "===", EQUALITY, EN_INFIX_PLAIN, equal },
    { "==", EQUALITY, EN_INFIX_PLAIN, equal },
    { "=", EQUALITY, EN_INFIX_PLAIN, equal },
    { "!==", EQUALITY, EN_INFIX_PLAIN, not_equal },
    { "!=", EQUALITY, EN_INFIX_PLAIN, not_equal },
    { "&&", AND, EN_INFIX_AND, NULL },
    { "&", AND, EN_INFIX_AND, NULL },
    { "||", OR, EN_INFIX_OR, NULL },
    { "|", OR, EN_INFIX_OR, NULL },
};

const en_infix *en_infix_match(en_text source, size_t at, size_t *length)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t width = strlen(operators[i].spelling);
        if (source.length - at >= width &&
            memcmp(source.data + at, operators[i].spelling, width) == 0) {
            *length = width;
            return &operators[i];
        }
    }
    return NULL;
}

const en_infix *en_infix_subtract(void)
{
    return &operators[0];
}

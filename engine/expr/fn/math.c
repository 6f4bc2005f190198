/* math - numbers. Statistics take one array or several values; what is no number is skipped. */
#include "base/utf8.h"
#include "expr/fn.h"
#include "value/decimal.h"
#include "value/number.h"

#include <math.h>

/* Whole numbers beyond 2^53 keep their digits: there is nothing to round. */
static bool is_exact(en_value number)
{
    return number.form != EN_DOUBLE;
}

static bool fn_round(en_fn_call *call, en_value *result)
{
    double number = en_value_number(call->args[0]);
    double below = floor(number);
    *result = is_exact(call->args[0]) ? call->args[0]
                                      : en_number(below + (number - below >= 0.5 ? 1 : 0));
    return true;
}

static bool fn_floor(en_fn_call *call, en_value *result)
{
    *result =
        is_exact(call->args[0]) ? call->args[0] : en_number(floor(en_value_number(call->args[0])));
    return true;
}

static bool fn_ceil(en_fn_call *call, en_value *result)
{
    *result = is_exact(call->args[0]) ? call->args[0]
                                      : en_number(ceil(en_value_number(call->args[0])) + 0.0);
    return true;
}

static bool fn_abs(en_fn_call *call, en_value *result)
{
    int64_t integer;
    en_value number = call->args[0];
    if (is_exact(number) && en_value_integer(number, &integer) && integer < 0) {
        *result = en_integer_unsigned(0 - (uint64_t)integer);
        return true;
    }
    *result = is_exact(number) ? number : en_number(fabs(en_value_number(number)));
    return true;
}

/* --- statistics --- */

static bool read_number(en_value value, double *number)
{
    en_value read = value;
    if (value.tag != EN_NUMBER &&
        (value.tag != EN_TEXT_VALUE || !en_number_read_text(en_value_text(value), &read))) {
        return false;
    }
    *number = en_value_number(read);
    return true;
}

/* Takes one more number; `count` is how many came before. */
typedef void take_number(double *total, double number, size_t count);

static size_t take_all(const en_fn_call *call, take_number *take, double *total)
{
    size_t count = 0;
    double number;
    for (size_t i = 0; i < call->count; i++) {
        en_value argument = call->args[i];
        bool is_array = argument.tag == EN_ARRAY;
        const en_value *values = is_array ? argument.as.items : &argument;
        for (size_t j = 0; j < (is_array ? argument.length : 1); j++) {
            if (read_number(values[j], &number)) {
                take(total, number, count++);
            }
        }
    }
    return count;
}

static void take_sum(double *total, double number, size_t count)
{
    *total = count != 0 ? en_decimal_add(*total, number) : number;
}

static void take_least(double *total, double number, size_t count)
{
    *total = count != 0 && *total <= number ? *total : number;
}

static void take_most(double *total, double number, size_t count)
{
    *total = count != 0 && *total >= number ? *total : number;
}

static bool fn_sum(en_fn_call *call, en_value *result)
{
    double total = 0;
    (void)take_all(call, take_sum, &total);
    *result = en_number(total);
    return true;
}

static bool fn_average(en_fn_call *call, en_value *result)
{
    double total = 0;
    size_t count = take_all(call, take_sum, &total);
    *result = count != 0 ? en_number(en_decimal_divide(total, (double)count)) : en_null();
    return true;
}

static bool fn_min(en_fn_call *call, en_value *result)
{
    double least = 0;
    *result = take_all(call, take_least, &least) != 0 ? en_number(least) : en_null();
    return true;
}

static bool fn_max(en_fn_call *call, en_value *result)
{
    double most = 0;
    *result = take_all(call, take_most, &most) != 0 ? en_number(most) : en_null();
    return true;
}

/* --- parseNumber --- */

/* What may stand between digits and means nothing; the other one of `.` and `,` too. */
static bool is_grouping(uint32_t rune, char separator)
{
    static const uint32_t groupings[] = { ' ',    '\'',   '_',  0xA0, 0x2009,
                                          0x2019, 0x202F, '\t', '\n', '\r' };
    if (rune == (separator == ',' ? '.' : ',')) {
        return true;
    }
    for (size_t i = 0; i < sizeof groupings / sizeof *groupings; i++) {
        if (groupings[i] == rune) {
            return true;
        }
    }
    return false;
}

static bool fn_parse_number(en_fn_call *call, en_value *result)
{
    en_value value = call->args[0];
    if (value.tag == EN_NUMBER) {
        *result = value;
        return true;
    }
    en_text text = en_value_text(value);
    en_text wanted = en_value_text(call->args[1]);
    char separator = wanted.length != 0 ? wanted.data[0] : '.';
    en_builder digits;
    en_fn_text_begin(call, &digits);
    for (size_t at = 0; at < text.length;) {
        uint32_t rune = en_utf8_next(text, &at);
        if (rune == (unsigned char)separator) {
            en_builder_add_char(&digits, '.');
        } else if (!is_grouping(rune, separator)) {
            en_builder_add_rune(&digits, rune);
        }
    }
    if (digits.failed || !en_number_read_text(en_builder_take(&digits), result)) {
        return en_fn_refuse(call, value, "number");
    }
    return true;
}

#define NUMBER_PARAM                                                                               \
    {                                                                                              \
        "number", EN_T_NUMBER, EN_FN_REQUIRED, "A number, or text of one."                         \
    }
#define VALUES_PARAM                                                                               \
    {                                                                                              \
        "values", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST, "One array, or values."                   \
    }

const en_fn en_fns_math[] = {
    { .name = "abs",
      .takes = { NUMBER_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_abs,
      .doc = "The number without its sign.",
      .example = "{{abs(-5)}}",
      .result = "5" },
    { .name = "average",
      .takes = { VALUES_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_average,
      .doc = "The sum divided by the count; null when there are no numbers.",
      .example = "{{average(2; 4)}}",
      .result = "3" },
    { .name = "ceil",
      .takes = { NUMBER_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_ceil,
      .doc = "The next whole number that is not below.",
      .example = "{{ceil(1.2)}}",
      .result = "2" },
    { .name = "floor",
      .takes = { NUMBER_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_floor,
      .doc = "The next whole number that is not above.",
      .example = "{{floor(-1.2)}}",
      .result = "-2" },
    { .name = "max",
      .takes = { VALUES_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_max,
      .doc = "The largest number; null when there is none.",
      .example = "{{max(1; 3; 2)}}",
      .result = "3" },
    { .name = "min",
      .takes = { VALUES_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_min,
      .doc = "The smallest number; null when there is none.",
      .example = "{{min(3; 1; 2)}}",
      .result = "1" },
    { .name = "parseNumber",
      .takes = { { "text", EN_T_TEXT | EN_T_NUMBER, EN_FN_REQUIRED, "Text of a number." },
                 { "separator", EN_T_TEXT, 0, "Of the decimals: \".\" when left out, or \",\"." } },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_parse_number,
      .doc = "The number that a text shows; what groups its digits is skipped.",
      .example = "{{parseNumber(\"1 756,456\"; \",\")}}",
      .result = "1756.456" },
    { .name = "round",
      .takes = { NUMBER_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_round,
      .doc = "The nearest whole number; halves go up.",
      .example = "{{round(2.5)}}",
      .result = "3" },
    { .name = "sum",
      .takes = { VALUES_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_sum,
      .doc = "All numbers added; 0 when there is none.",
      .example = "{{sum(0.1; 0.2)}}",
      .result = "0.3" },
    { 0 },
};

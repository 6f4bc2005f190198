/* fusion_math - arithmetic as functions: Workfront Fusion has them, Make has not. What the
 * operators compute in decimals, these do too. */
#include "expr/order.h"
#include "value/decimal.h"
#include "value/filter.h"
#include "value/number.h"

#include <math.h>

/* --- over many numbers, in the order given; an array stands for its elements --- */

static bool take_number(en_fn_call *call, en_value value, en_keyed_list *numbers)
{
    en_value number = value;
    if (value.tag != EN_NUMBER &&
        (value.tag != EN_TEXT_VALUE || !en_number_read_text(en_value_text(value), &number))) {
        return en_fn_refuse(call, value, "number");
    }
    numbers->items[numbers->count++] = (en_keyed){ number, 0 };
    return true;
}

static bool take_numbers(en_fn_call *call, en_keyed_list *numbers)
{
    size_t most = 0;
    for (size_t i = 0; i < call->count; i++) {
        most += call->args[i].tag == EN_ARRAY ? call->args[i].length : 1;
    }
    *numbers = (en_keyed_list){ EN_TRY_ARRAY(call->scope->arena, en_keyed, most), 0 };
    if (numbers->items == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    for (size_t i = 0; i < call->count; i++) {
        en_value argument = call->args[i];
        bool many = argument.tag == EN_ARRAY;
        const en_value *values = many ? argument.as.items : &argument;
        for (size_t j = 0; j < (many ? argument.length : 1); j++) {
            if (!take_number(call, values[j], numbers)) {
                return false;
            }
        }
    }
    return true;
}

static bool reduce(en_fn_call *call, double (*combine)(double, double), en_value *result)
{
    en_keyed_list numbers;
    if (!take_numbers(call, &numbers)) {
        return false;
    }
    *result = numbers.count != 0 ? numbers.items[0].key : en_null();
    for (size_t i = 1; i < numbers.count; i++) {
        *result =
            en_number(combine(en_value_number(*result), en_value_number(numbers.items[i].key)));
    }
    return true;
}

static bool fn_div(en_fn_call *call, en_value *result)
{
    return reduce(call, en_decimal_divide, result);
}

static bool fn_prod(en_fn_call *call, en_value *result)
{
    return reduce(call, en_decimal_multiply, result);
}

static bool fn_sub(en_fn_call *call, en_value *result)
{
    return reduce(call, en_decimal_subtract, result);
}

static int descending(en_value a, en_value b)
{
    return en_value_order(b, a);
}

static bool sort_numbers(en_fn_call *call, en_key_order *order, en_value *result)
{
    en_keyed_list numbers;
    en_array_builder sorted;
    en_fn_array_begin(call, &sorted);
    if (!take_numbers(call, &numbers) || !en_keyed_sort(call, numbers, order)) {
        return false;
    }
    for (size_t i = 0; i < numbers.count; i++) {
        en_array_builder_add(&sorted, numbers.items[i].key);
    }
    return en_fn_array_end(call, &sorted, result);
}

static bool fn_sort_asc_num(en_fn_call *call, en_value *result)
{
    return sort_numbers(call, en_value_order, result);
}

static bool fn_sort_desc_num(en_fn_call *call, en_value *result)
{
    return sort_numbers(call, descending, result);
}

/* --- of one number or two --- */

static bool fn_sqrt(en_fn_call *call, en_value *result)
{
    *result = en_number(sqrt(en_value_number(call->args[0])));
    return true;
}

static bool fn_ln(en_fn_call *call, en_value *result)
{
    *result = en_number(log(en_value_number(call->args[0])));
    return true;
}

/* Powers of 2 and 10 come out whole. */
static bool fn_log(en_fn_call *call, en_value *result)
{
    double base = en_value_number(call->args[0]);
    double number = en_value_number(call->args[1]);
    *result = en_number(base == 10  ? log10(number)
                        : base == 2 ? log2(number)
                                    : log(number) / log(base));
    return true;
}

/* Where C says 1 and JavaScript NaN: 1 to the power of no number, and of an infinity. */
static bool fn_power(en_fn_call *call, en_value *result)
{
    double base = en_value_number(call->args[0]);
    double exponent = en_value_number(call->args[1]);
    bool undefined = isnan(exponent) || (fabs(base) == 1 && isinf(exponent));
    *result = en_number(undefined ? NAN : pow(base, exponent));
    return true;
}

static bool fn_number(en_fn_call *call, en_value *result)
{
    *result = call->args[0];
    return true;
}

#define NUMBER_PARAM(name)                                                                         \
    {                                                                                              \
        name, EN_T_NUMBER, EN_FN_REQUIRED, "A number, or text of one."                             \
    }
#define ROW(spelling, function, type, says, shown, value)                                          \
    {                                                                                              \
        .name = spelling,                                                                          \
        .takes = { { "numbers", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST,                             \
                     "Numbers, or arrays of them." } },                                            \
        .gives = type, .flags = EN_FN_PURE | EN_FN_FUSION, .eval = function, .doc = says,          \
        .example = shown, .result = value                                                          \
    }

const en_fn en_fns_fusion_math[] = {
    ROW("div", fn_div, EN_T_NUMBER, "The first number divided by all that follow.",
        "{{div(100; 5; 4)}}", "5"),
    { .name = "ln",
      .takes = { NUMBER_PARAM("number") },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_ln,
      .doc = "The natural logarithm.",
      .example = "{{ln(1)}}",
      .result = "0" },
    { .name = "log",
      .takes = { NUMBER_PARAM("base"), NUMBER_PARAM("number") },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_log,
      .doc = "The logarithm of a number to a base.",
      .example = "{{log(10; 1000)}}",
      .result = "3" },
    { .name = "number",
      .takes = { NUMBER_PARAM("text") },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_number,
      .doc = "The number that a text shows.",
      .example = "{{number(\"3.14\")}}",
      .result = "3.14" },
    { .name = "power",
      .takes = { NUMBER_PARAM("number"), NUMBER_PARAM("power") },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_power,
      .doc = "A number to the power of another.",
      .example = "{{power(4; 0.5)}}",
      .result = "2" },
    ROW("prod", fn_prod, EN_T_NUMBER, "All numbers multiplied.", "{{prod(2; 3; 0.1)}}", "0.6"),
    ROW("sortAscNum", fn_sort_asc_num, EN_T_ARRAY, "The numbers from the smallest to the largest.",
        "{{sortAscNum(3; 1; 2)}}", "[1, 2, 3]"),
    ROW("sortDescNum", fn_sort_desc_num, EN_T_ARRAY,
        "The numbers from the largest to the smallest.", "{{sortDescNum(3; 1; 2)}}", "[3, 2, 1]"),
    { .name = "sqrt",
      .takes = { NUMBER_PARAM("number") },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_sqrt,
      .doc = "The square root.",
      .example = "{{sqrt(9)}}",
      .result = "3" },
    ROW("sub", fn_sub, EN_T_NUMBER, "The first number less all that follow.", "{{sub(10; 3; 2)}}",
        "5"),
    { 0 },
};

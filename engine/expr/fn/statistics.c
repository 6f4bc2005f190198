/* statistics - what many numbers come to. Each takes one array or several values; what is no number
 * is skipped, text that shows one is not. */
#include "expr/order.h"
#include "value/compare.h"
#include "value/decimal.h"
#include "value/filter.h"
#include "value/number.h"

#include <math.h>

/* Takes one more number; `count` is how many came before. */
typedef void take_number(void *into, en_value number, size_t count);

static bool read_number(en_value value, en_value *number)
{
    *number = value;
    return value.tag == EN_NUMBER ||
           (value.tag == EN_TEXT_VALUE && en_number_read_text(en_value_text(value), number));
}

static size_t take_all(const en_fn_call *call, take_number *take, void *into)
{
    size_t count = 0;
    en_value number;
    for (size_t i = 0; i < call->count; i++) {
        en_value argument = call->args[i];
        bool is_array = argument.tag == EN_ARRAY;
        const en_value *values = is_array ? argument.as.items : &argument;
        for (size_t j = 0; j < (is_array ? argument.length : 1); j++) {
            if (read_number(values[j], &number)) {
                take(into, number, count++);
            }
        }
    }
    return count;
}

static void take_sum(void *into, en_value number, size_t count)
{
    double *total = into;
    *total = count != 0 ? en_decimal_add(*total, en_value_number(number)) : en_value_number(number);
}

static void take_least(void *into, en_value number, size_t count)
{
    en_value *least = into;
    *least = count != 0 && en_number_compare(*least, number) != EN_ABOVE ? *least : number;
}

static void take_most(void *into, en_value number, size_t count)
{
    en_value *most = into;
    *most = count != 0 && en_number_compare(*most, number) != EN_BELOW ? *most : number;
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
    *result = en_null();
    (void)take_all(call, take_least, result);
    return true;
}

static bool fn_max(en_fn_call *call, en_value *result)
{
    *result = en_null();
    (void)take_all(call, take_most, result);
    return true;
}

/* --- median --- */

static void take_keyed(void *into, en_value number, size_t count)
{
    ((en_keyed_list *)into)->items[count] = (en_keyed){ number, 0 };
}

static void take_nothing(void *into, en_value number, size_t count)
{
    (void)into;
    (void)number;
    (void)count;
}

static bool fn_median(en_fn_call *call, en_value *result)
{
    en_keyed_list numbers = { .count = take_all(call, take_nothing, NULL) };
    if (numbers.count == 0) {
        *result = en_null();
        return true;
    }
    numbers.items = EN_TRY_ARRAY(call->scope->arena, en_keyed, numbers.count);
    if (numbers.items == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    (void)take_all(call, take_keyed, &numbers);
    if (!en_keyed_sort(call, numbers, en_value_order)) {
        return false;
    }
    *result = numbers.items[numbers.count / 2].key;
    if (numbers.count % 2 == 0) {
        double below = en_value_number(numbers.items[numbers.count / 2 - 1].key);
        *result = en_number(en_decimal_divide(en_decimal_add(below, en_value_number(*result)), 2));
    }
    return true;
}

/* --- standard deviation: the mean first, then the squares, in plain doubles as JavaScript --- */

typedef struct spread {
    double sum;
    double mean;
    double squares;
} spread;

static void take_plain_sum(void *into, en_value number, size_t count)
{
    (void)count;
    ((spread *)into)->sum += en_value_number(number);
}

static void take_square(void *into, en_value number, size_t count)
{
    (void)count;
    spread *seen = into;
    double apart = en_value_number(number) - seen->mean;
    seen->squares += apart * apart;
}

/* `fewer`: of the population 0, of a sample 1. */
static en_value deviation(const en_fn_call *call, size_t fewer)
{
    spread seen = { 0 };
    size_t count = take_all(call, take_plain_sum, &seen);
    if (count <= fewer) {
        return en_null();
    }
    seen.mean = seen.sum / (double)count;
    (void)take_all(call, take_square, &seen);
    return en_number(sqrt(seen.squares / (double)(count - fewer)));
}

static bool fn_stdev_p(en_fn_call *call, en_value *result)
{
    *result = deviation(call, 0);
    return true;
}

static bool fn_stdev_s(en_fn_call *call, en_value *result)
{
    *result = deviation(call, 1);
    return true;
}

#define VALUES_PARAM                                                                               \
    {                                                                                              \
        "values", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST, "One array, or values."                   \
    }

const en_fn en_fns_statistics[] = {
    { .name = "average",
      .takes = { VALUES_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_average,
      .doc = "The sum divided by the count; null when there are no numbers.",
      .example = "{{average(2; 4)}}",
      .result = "3" },
    { .name = "max",
      .takes = { VALUES_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_max,
      .doc = "The largest number; null when there is none.",
      .example = "{{max(1; 3; 2)}}",
      .result = "3" },
    { .name = "median",
      .takes = { VALUES_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_median,
      .doc = "The number in the middle, or between the two in the middle; null when there is none.",
      .example = "{{median(2; 3; 5; 8)}}",
      .result = "4" },
    { .name = "min",
      .takes = { VALUES_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_min,
      .doc = "The smallest number; null when there is none.",
      .example = "{{min(3; 1; 2)}}",
      .result = "1" },
    { .name = "stdevP",
      .takes = { VALUES_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_stdev_p,
      .doc = "The standard deviation of a whole population; null when there are no numbers.",
      .example = "{{stdevP(1; 2; 3; 4; 5)}}",
      .result = "1.4142135623730951" },
    { .name = "stdevS",
      .takes = { VALUES_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_stdev_s,
      .doc = "The standard deviation of a sample; null for fewer than two numbers.",
      .example = "{{stdevS(1; 2; 3; 4; 5)}}",
      .result = "1.5811388300841898" },
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

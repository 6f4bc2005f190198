/* fusion - what Workfront Fusion has and Make has not: choosing. Known in the fusion dialect only.
 */
#include "expr/fn.h"
#include "expr/path.h"

#include <math.h>

static bool fn_is_blank(en_fn_call *call, en_value *result)
{
    *result = en_boolean(en_is_empty(call->args[0]));
    return true;
}

/* Strict: of one type; missing values are equal. */
static bool equals(en_value a, en_value b)
{
    if (en_is_missing(a) || en_is_missing(b)) {
        return en_is_missing(a) && en_is_missing(b);
    }
    bool not_a_number = a.tag == EN_NUMBER && isnan(en_value_number(a));
    return !not_a_number && en_value_equal(a, b);
}

/* Whether argument 0 equals one of those from 1 up to `end`. */
static bool is_among(en_fn_call *call, size_t end, bool *found)
{
    en_value wanted;
    en_value value;
    *found = false;
    if (!en_fn_argument(call, 0, &wanted)) {
        return false;
    }
    for (size_t i = 1; i < end && !*found; i++) {
        if (!en_fn_argument(call, i, &value)) {
            return false;
        }
        *found = equals(wanted, value);
    }
    return true;
}

static bool fn_in(en_fn_call *call, en_value *result)
{
    bool found;
    if (!is_among(call, call->count, &found)) {
        return false;
    }
    *result = en_boolean(found);
    return true;
}

static bool fn_ifin(en_fn_call *call, en_value *result)
{
    bool found;
    return is_among(call, call->count - 2, &found) &&
           en_fn_argument(call, found ? call->count - 2 : call->count - 1, result);
}

static bool fn_case(en_fn_call *call, en_value *result)
{
    en_value index;
    if (!en_fn_argument(call, 0, &index)) {
        return false;
    }
    double place = trunc(en_value_number(index));
    if (!(place >= 1) || place >= (double)call->count) {
        *result = en_null();
        return true;
    }
    return en_fn_argument(call, (size_t)place, result);
}

static bool fn_array_element(en_fn_call *call, en_value *result)
{
    int64_t place;
    bool whole = en_value_integer(call->args[1], &place) && place >= 1;
    *result = whole ? en_array_at(call->args[0], place, 1) : en_nothing();
    *result = en_is_missing(*result) ? en_null() : *result;
    return true;
}

const en_fn en_fns_fusion[] = {
    { .name = "arrayElement",
      .takes = { { "array", EN_T_ARRAY, EN_FN_REQUIRED, "An array." },
                 { "index", EN_T_NUMBER, EN_FN_REQUIRED, "From 1." } },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_array_element,
      .doc = "The element at a place; null where there is none.",
      .example = "{{arrayElement(split(\"a,b,c\"; \",\"); 2)}}",
      .result = "\"b\"" },
    { .name = "case",
      .takes = { { "index", EN_T_NUMBER, EN_FN_REQUIRED, "Which value, from 1." },
                 { "values", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST, "The values." } },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE | EN_FN_LAZY | EN_FN_FUSION,
      .eval = fn_case,
      .doc = "The value at a place; null where there is none.",
      .example = "{{case(2; \"Sun\"; \"Mon\"; \"Tue\")}}",
      .result = "\"Mon\"" },
    { .name = "ifin",
      .takes = { { "value", EN_T_ANY, EN_FN_REQUIRED, "What is looked for." },
                 { "match", EN_T_ANY, EN_FN_REQUIRED, "A value it may equal." },
                 { "more", EN_T_ANY, EN_FN_REQUIRED, "More of them, or already the results." },
                 { "results", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST,
                   "The last two: the result if one is equal, and if none is." } },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE | EN_FN_LAZY | EN_FN_FUSION,
      .eval = fn_ifin,
      .doc = "One of two results, depending on whether a value is among others.",
      .example = "{{ifin(\"B\"; \"A\"; \"B\"; \"yes\"; \"no\")}}",
      .result = "\"yes\"" },
    { .name = "in",
      .takes = { { "value", EN_T_ANY, EN_FN_REQUIRED, "What is looked for." },
                 { "values", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST, "Where; types count." } },
      .gives = EN_T_BOOLEAN,
      .flags = EN_FN_PURE | EN_FN_LAZY | EN_FN_FUSION,
      .eval = fn_in,
      .doc = "Whether a value is among others.",
      .example = "{{in(\"2\"; 1; 2; 3)}}",
      .result = "false" },
    { .name = "isBlank",
      .takes = { { "value", EN_T_ANY, EN_FN_REQUIRED, "Any value." } },
      .gives = EN_T_BOOLEAN,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_is_blank,
      .doc = "Whether the value is missing, null or empty text.",
      .example = "{{isBlank(\" \")}}",
      .result = "false" },
    { 0 },
};

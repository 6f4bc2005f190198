/* general - choosing values and reaching into them. */
#include "expr/fn.h"
#include "expr/infix.h"
#include "expr/path.h"

static bool fn_if(en_fn_call *call, en_value *result)
{
    en_value test;
    return en_fn_argument(call, 0, &test) &&
           en_fn_argument(call, en_value_truth(test) ? 1 : 2, result);
}

static bool is_empty(const en_rules *rules, en_value value)
{
    return en_is_empty(value) ||
           (rules->empty_array_is_empty && value.tag == EN_ARRAY && value.length == 0);
}

static bool fn_ifempty(en_fn_call *call, en_value *result)
{
    return en_fn_argument(call, 0, result) &&
           (!is_empty(call->rules, *result) || en_fn_argument(call, 1, result));
}

/* Pairs of a value and its result, compared as text; one left over is the else. */
static bool fn_switch(en_fn_call *call, en_value *result)
{
    en_value value;
    if (!en_fn_argument(call, 0, &value)) {
        return false;
    }
    en_text wanted = en_fn_text_of(call, value);
    size_t at = 1;
    for (; at + 1 < call->count; at += 2) {
        if (!en_fn_argument(call, at, &value)) {
            return false;
        }
        if (en_text_equal(wanted, en_fn_text_of(call, value))) {
            return en_fn_argument(call, at + 1, result);
        }
    }
    *result = en_nothing();
    return at >= call->count || en_fn_argument(call, at, result);
}

static bool fn_get(en_fn_call *call, en_value *result)
{
    en_value path = call->args[1];
    int64_t index;
    if (call->args[0].tag == EN_ARRAY && en_value_integer(path, &index)) {
        *result = en_array_at(call->args[0], index, call->rules->index_base);
        return true;
    }
    *result = en_path_read(call->args[0], en_fn_text_of(call, path), call->rules);
    return true;
}

/* As the operator `=` says. */
static bool fn_equal(en_fn_call *call, en_value *result)
{
    size_t width;
    en_eval eval = { call->scope, call->rules, call->error, 0 };
    return en_infix_match(EN_TEXT("="), 0, &width)
        ->apply(&eval, call->args[0], call->args[1], result);
}

const en_fn en_fns_general[] = {
    { .name = "equal",
      .takes = { { "a", EN_T_ANY, EN_FN_REQUIRED, "A value." },
                 { "b", EN_T_ANY, EN_FN_REQUIRED, "Another." } },
      .gives = EN_T_BOOLEAN,
      .flags = EN_FN_PURE,
      .eval = fn_equal,
      .doc = "Whether two values are equal, as the operator = says.",
      .example = "{{equal(1; \"1\")}}",
      .result = "true" },
    { .name = "if",
      .takes = { { "test", EN_T_ANY, EN_FN_REQUIRED, "False for empty text, 0, false, null." },
                 { "then", EN_T_ANY, EN_FN_REQUIRED, "The result if the test is true." },
                 { "else", EN_T_ANY, 0, "The result if not; nothing when left out." } },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE | EN_FN_LAZY,
      .eval = fn_if,
      .doc = "One of two values; only the chosen one is evaluated.",
      .example = "{{if(2 > 1; \"more\"; \"less\")}}",
      .result = "\"more\"" },
    { .name = "ifempty",
      .takes = { { "value", EN_T_ANY, EN_FN_REQUIRED, "Taken unless it is empty." },
                 { "fallback", EN_T_ANY, EN_FN_REQUIRED, "Taken instead." } },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE | EN_FN_LAZY,
      .eval = fn_ifempty,
      .doc = "The value, or the fallback where it is missing, null or empty text; in list files an "
             "empty list is empty too.",
      .example = "{{ifempty(emptystring; \"none\")}}",
      .result = "\"none\"" },
    { .name = "switch",
      .takes = { { "value", EN_T_ANY, EN_FN_REQUIRED, "What is compared, as text." },
                 { "case", EN_T_ANY, EN_FN_REQUIRED, "A value it may equal." },
                 { "result", EN_T_ANY, EN_FN_REQUIRED, "The result if it does." },
                 { "more", EN_T_ANY, EN_FN_REST,
                   "Further cases and results; one left over is the result if none matches." } },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE | EN_FN_LAZY,
      .eval = fn_switch,
      .doc = "The result that stands behind the first equal case.",
      .example = "{{switch(\"b\"; \"a\"; 1; \"b\"; 2; 3)}}",
      .result = "2" },
    { .name = "get",
      .takes = { { "from", EN_T_ANY, EN_FN_REQUIRED, "A collection or array." },
                 { "path", EN_T_ANY, EN_FN_REQUIRED, "\"a.b.1\", or a place in an array." } },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE,
      .eval = fn_get,
      .doc = "The value at a path; places in arrays count as the dialect counts.",
      .example = "{{get(split(\"a,b\"; \",\"); 1)}}",
      .result = "\"a\"" },
    { 0 },
};

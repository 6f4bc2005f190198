/* sort - arrays in order: numbers by value, text by UTF-16 units, stable. */
#include "expr/order.h"
#include "expr/path.h"
#include "value/unicode.h"

typedef struct sorting {
    const char *name;
    bool descends;
    bool ignores_case;
} sorting;

static const sorting sortings[] = {
    { "asc", false, false },
    { "desc", true, false },
    { "asc ci", false, true },
    { "desc ci", true, true },
};

static const sorting *find_sorting(en_text name)
{
    for (size_t i = 0; i < sizeof sortings / sizeof *sortings; i++) {
        if (en_text_equal(name, en_text_from(sortings[i].name))) {
            return &sortings[i];
        }
    }
    return NULL;
}

/* What is missing stands last in either order, as undefined does in JavaScript. */
static int order_missing(en_value a, en_value b)
{
    return (int)en_is_missing(a) - (int)en_is_missing(b);
}

static int ascending(en_value a, en_value b)
{
    int order = order_missing(a, b);
    return order != 0 ? order : en_order_of_units(a, b);
}

static int descending(en_value a, en_value b)
{
    int order = order_missing(a, b);
    return order != 0 ? order : en_order_of_units(b, a);
}

static bool fn_sort(en_fn_call *call, en_value *result)
{
    en_value array = call->args[0];
    en_text key = en_value_text(call->args[2]);
    const sorting *chosen = find_sorting(en_value_text(call->args[1]));
    if (chosen == NULL) {
        key = en_value_text(call->args[1]).length != 0 ? en_value_text(call->args[1]) : key;
        chosen = &sortings[0];
    }
    en_arena *arena = call->scope->arena;
    en_keyed_list list = { EN_TRY_ARRAY(arena, en_keyed, array.length), array.length };
    en_value *items = EN_TRY_ARRAY(arena, en_value, array.length);
    if (list.items == NULL || items == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    for (uint32_t i = 0; i < array.length; i++) {
        en_value held = array.as.items[i];
        held = key.length != 0 ? en_path_read(held, key, call->rules) : held;
        if (chosen->ignores_case && held.tag == EN_TEXT_VALUE) {
            held = en_text_value(en_unicode_lower(arena, en_value_text(held)));
        }
        list.items[i] = (en_keyed){ held, i };
    }
    if (!en_keyed_sort(call, list, chosen->descends ? descending : ascending)) {
        return false;
    }
    for (uint32_t i = 0; i < array.length; i++) {
        items[i] = array.as.items[list.items[i].place];
    }
    *result = en_array(items, array.length);
    return true;
}

const en_fn en_fns_sort[] = {
    { .name = "sort",
      .takes = { { "array", EN_T_ARRAY, EN_FN_REQUIRED, "An array." },
                 { "order", EN_T_TEXT, 0,
                   "\"asc\" when left out, \"desc\", \"asc ci\", \"desc ci\"; anything else is the "
                   "key." },
                 { "key", EN_T_TEXT, 0, "The path of what is compared: \"name.first\"." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_sort,
      .doc = "The array in order, numbers by value; ci takes A and a as equal.",
      .example = "{{sort(split(\"b,A,a\"; \",\"); \"desc\")}}",
      .result = "[\"b\", \"a\", \"A\"]" },
    { 0 },
};

/* array - parts and projections of arrays. A missing array has no elements. */
#include "expr/fn.h"
#include "expr/path.h"

#include <math.h>

static bool fn_first(en_fn_call *call, en_value *result)
{
    en_value array = call->args[0];
    *result = array.length != 0 ? array.as.items[0] : en_nothing();
    return true;
}

static bool fn_last(en_fn_call *call, en_value *result)
{
    en_value array = call->args[0];
    *result = array.length != 0 ? array.as.items[array.length - 1] : en_nothing();
    return true;
}

static bool fn_join(en_fn_call *call, en_value *result)
{
    en_value array = call->args[0];
    en_text inner = en_text_from(call->rules->array_separator);
    en_text separator = en_is_missing(call->args[1]) ? EN_TEXT(",") : en_value_text(call->args[1]);
    en_builder text;
    en_fn_text_begin(call, &text);
    for (uint32_t i = 0; i < array.length && !text.failed; i++) {
        if (i != 0) {
            en_builder_add(&text, separator);
        }
        en_value_to_text(&text, array.as.items[i], inner);
    }
    return en_fn_text_end(call, &text, result);
}

/* From 0; negative from the end; within the array. */
static uint32_t clamp_place(double place, uint32_t length)
{
    if (place < 0) {
        place += length;
    }
    if (!(place > 0)) {
        return 0;
    }
    return place >= length ? length : (uint32_t)place;
}

static bool fn_slice(en_fn_call *call, en_value *result)
{
    en_value array = call->args[0];
    uint32_t start = clamp_place(en_value_number(call->args[1]), array.length);
    uint32_t end = en_is_missing(call->args[2])
                       ? array.length
                       : clamp_place(en_value_number(call->args[2]), array.length);
    *result = end > start ? en_array(array.as.items + start, end - start) : en_array(NULL, 0);
    return true;
}

static bool fn_keys(en_fn_call *call, en_value *result)
{
    const en_member *members = en_collection_members(call->args[0]);
    uint32_t count = en_collection_count(call->args[0]);
    en_array_builder keys;
    en_array_builder_init(&keys, call->scope->arena);
    for (uint32_t i = 0; i < count; i++) {
        en_array_builder_add(&keys, en_text_value(members[i].name));
    }
    return en_fn_array_end(call, &keys, result);
}

/* Whether `text` is one of the values that commas separate; blanks around them do not count. */
static bool is_listed(en_text text, en_text list)
{
    for (size_t start = 0; start <= list.length;) {
        size_t comma = en_text_find(list, EN_TEXT(","), start);
        size_t end = comma == SIZE_MAX ? list.length : comma;
        en_text value = en_text_slice(list, start, end);
        if (en_text_equal(text, value) || en_text_equal(text, en_text_trim(value))) {
            return true;
        }
        start = end + 1;
    }
    return false;
}

/* Elements without the key give null, so that places stay the same. */
static bool fn_map(en_fn_call *call, en_value *result)
{
    en_value array = call->args[0];
    en_text key = en_value_text(call->args[1]);
    en_text filter_key = en_value_text(call->args[2]);
    bool filters = !en_is_missing(call->args[2]);
    en_array_builder values;
    en_array_builder_init(&values, call->scope->arena);
    for (uint32_t i = 0; i < array.length && !values.failed; i++) {
        en_value item = array.as.items[i];
        if (filters) {
            en_value held = en_path_read(item, filter_key, call->rules);
            if (!is_listed(en_fn_text_of(call, held), en_value_text(call->args[3]))) {
                continue;
            }
        }
        en_value value = en_path_read(item, key, call->rules);
        en_array_builder_add(&values, en_is_missing(value) ? en_null() : value);
    }
    return en_fn_array_end(call, &values, result);
}

#define ARRAY_PARAM                                                                                \
    {                                                                                              \
        "array", EN_T_ARRAY, EN_FN_REQUIRED, "An array."                                           \
    }

const en_fn en_fns_array[] = {
    { .name = "first",
      .takes = { ARRAY_PARAM },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE,
      .eval = fn_first,
      .doc = "The first element, or nothing.",
      .example = "{{first(split(\"a,b\"; \",\"))}}",
      .result = "\"a\"" },
    { .name = "join",
      .takes = { ARRAY_PARAM,
                 { "separator", EN_T_TEXT, 0, "Between elements; a comma when left out." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_join,
      .doc = "The elements as one text; missing ones are empty.",
      .example = "{{join(split(\"a,b\"; \",\"); \"-\")}}",
      .result = "\"a-b\"" },
    { .name = "keys",
      .takes = { { "collection", EN_T_COLLECTION | EN_T_NULL, EN_FN_REQUIRED, "A collection." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_keys,
      .doc = "The names of the members, in their order.",
      .example = "{{keys(null)}}",
      .result = "[]" },
    { .name = "last",
      .takes = { ARRAY_PARAM },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE,
      .eval = fn_last,
      .doc = "The last element, or nothing.",
      .example = "{{last(split(\"a,b\"; \",\"))}}",
      .result = "\"b\"" },
    { .name = "map",
      .takes = { ARRAY_PARAM,
                 { "key", EN_T_TEXT, EN_FN_REQUIRED, "The path of the values: \"name.first\"." },
                 { "filterKey", EN_T_TEXT, 0, "Only elements that have at this path …" },
                 { "filterValues", EN_T_TEXT, 0, "… one of these values, separated by commas." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_map,
      .doc = "The values that the elements have at a path.",
      .example = "{{map(emptyarray; \"name\")}}",
      .result = "[]" },
    { .name = "slice",
      .takes = { ARRAY_PARAM,
                 { "start", EN_T_NUMBER, EN_FN_REQUIRED, "From 0; negative: from the end." },
                 { "end", EN_T_NUMBER, 0, "Behind the last one; the whole rest when left out." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_slice,
      .doc = "The elements from one place up to another.",
      .example = "{{slice(split(\"a,b,c\"; \",\"); 1)}}",
      .result = "[\"b\", \"c\"]" },
    { 0 },
};

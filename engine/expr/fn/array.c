/* array - parts and projections of arrays, and new arrays from them. A missing array has no
 * elements. */
#include "expr/order.h"
#include "expr/path.h"
#include "value/filter.h"

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

/* --- map --- */

/* The texts between commas, as a set; blanks around them do not count, but may be meant. */
static bool read_listed(en_fn_call *call, en_text list, en_keyed_list *wanted)
{
    size_t most = 2;
    for (size_t i = 0; i < list.length; i++) {
        most += list.data[i] == ',' ? 2 : 0;
    }
    *wanted = (en_keyed_list){ EN_TRY_ARRAY(call->scope->arena, en_keyed, most), 0 };
    if (wanted->items == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    for (size_t start = 0; start <= list.length;) {
        size_t comma = en_text_find(list, EN_TEXT(","), start);
        size_t end = comma == SIZE_MAX ? list.length : comma;
        en_text value = en_text_slice(list, start, end);
        wanted->items[wanted->count++].key = en_text_value(value);
        wanted->items[wanted->count++].key = en_text_value(en_text_trim(value));
        start = end + 1;
    }
    return en_keyed_sort(call, *wanted, en_value_order);
}

/* Elements without the key give null, so that places stay the same. */
static bool fn_map(en_fn_call *call, en_value *result)
{
    en_value array = call->args[0];
    if (!en_is_missing(array) && array.tag != EN_ARRAY) {
        return en_error_set(call->error, EN_DataError, "Invalid array"); /* Make's words */
    }
    en_text key = en_value_text(call->args[1]);
    en_text filter_key = en_value_text(call->args[2]);
    bool filters = filter_key.length != 0;
    en_keyed_list wanted = { 0 };
    en_array_builder values;
    en_fn_array_begin(call, &values);
    if (filters && !read_listed(call, en_value_text(call->args[3]), &wanted)) {
        return false;
    }
    for (uint32_t i = 0; i < array.length && !values.failed; i++) {
        en_value item = array.as.items[i];
        if (filters) {
            en_value held = en_path_read(item, filter_key, call->rules);
            if (!en_keyed_has(wanted, en_text_value(en_fn_text_of(call, held)))) {
                continue;
            }
        }
        en_value value = en_path_read(item, key, call->rules);
        en_array_builder_add(&values, en_is_missing(value) ? en_null() : value);
    }
    return en_fn_array_end(call, &values, result);
}

/* --- new arrays from old ones --- */

static void add_elements(en_array_builder *list, en_value array)
{
    for (uint32_t i = 0; i < array.length && !list->failed; i++) {
        en_array_builder_add(list, array.as.items[i]);
    }
}

static en_value element_of(en_value value)
{
    return en_is_missing(value) ? en_null() : value;
}

static bool fn_add(en_fn_call *call, en_value *result)
{
    en_array_builder list;
    en_fn_array_begin(call, &list);
    add_elements(&list, call->args[0]);
    for (size_t i = 1; i < call->count; i++) {
        en_array_builder_add(&list, element_of(call->args[i]));
    }
    return en_fn_array_end(call, &list, result);
}

static bool fn_merge(en_fn_call *call, en_value *result)
{
    en_array_builder list;
    en_fn_array_begin(call, &list);
    for (size_t i = 0; i < call->count; i++) {
        if (call->args[i].tag == EN_ARRAY) {
            add_elements(&list, call->args[i]);
        }
    }
    return en_fn_array_end(call, &list, result);
}

static bool is_single(en_value value)
{
    return value.tag < EN_ARRAY;
}

/* Single values only, compared as text: a mapped "2" removes the number 2. */
static bool fn_remove(en_fn_call *call, en_value *result)
{
    en_value array = call->args[0];
    en_value *keys = EN_TRY_ARRAY(call->scope->arena, en_value, call->count);
    en_array_builder list;
    en_fn_array_begin(call, &list);
    if (keys == NULL) {
        return en_fn_array_end(call, &list, result);
    }
    for (size_t i = 1; i < call->count; i++) {
        keys[i] = is_single(call->args[i]) ? en_key_of(call, call->args[i]) : en_nothing();
    }
    for (uint32_t i = 0; i < array.length && !list.failed; i++) {
        en_value item = array.as.items[i];
        bool removed = false;
        en_value key = is_single(item) ? en_key_of(call, item) : en_nothing();
        for (size_t j = 1; j < call->count && !removed && key.tag != EN_NOTHING; j++) {
            removed = key.tag == keys[j].tag && en_value_equal(key, keys[j]);
        }
        if (!removed) {
            en_array_builder_add(&list, item);
        }
    }
    return en_fn_array_end(call, &list, result);
}

enum { DEEPEST = 512 };

static void flatten(en_array_builder *list, en_value array, int depth)
{
    for (uint32_t i = 0; i < array.length && !list->failed; i++) {
        en_value item = array.as.items[i];
        if (item.tag == EN_ARRAY && depth > 0) {
            flatten(list, item, depth - 1);
        } else {
            en_array_builder_add(list, item);
        }
    }
}

static bool fn_flatten(en_fn_call *call, en_value *result)
{
    double wanted = en_is_missing(call->args[1]) ? 1 : en_value_number(call->args[1]);
    int depth = !(wanted > 0) ? 0 : wanted >= DEEPEST ? DEEPEST : (int)wanted;
    en_array_builder list;
    en_fn_array_begin(call, &list);
    flatten(&list, call->args[0], depth);
    return en_fn_array_end(call, &list, result);
}

static bool copy_items(en_fn_call *call, en_value array, en_value **items)
{
    *items = EN_TRY_ARRAY(call->scope->arena, en_value, array.length);
    if (*items == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    for (uint32_t i = 0; i < array.length; i++) {
        (*items)[i] = array.as.items[i];
    }
    return true;
}

static void swap(en_value *a, en_value *b)
{
    en_value kept = *a;
    *a = *b;
    *b = kept;
}

static bool fn_reverse(en_fn_call *call, en_value *result)
{
    en_value *items;
    uint32_t count = call->args[0].length;
    if (!copy_items(call, call->args[0], &items)) {
        return false;
    }
    for (uint32_t i = 0; i < count / 2; i++) {
        swap(&items[i], &items[count - 1 - i]);
    }
    *result = en_array(items, count);
    return true;
}

/* Fisher and Yates: every order is equally likely. */
static bool fn_shuffle(en_fn_call *call, en_value *result)
{
    en_value *items;
    uint32_t count = call->args[0].length;
    if (!copy_items(call, call->args[0], &items)) {
        return false;
    }
    for (uint32_t left = count; left > 1; left--) {
        uint32_t chosen = (uint32_t)(en_random_unit(call->scope->random) * left);
        swap(&items[left - 1], &items[chosen]);
    }
    *result = en_array(items, count);
    return true;
}

#define ARRAY_PARAM                                                                                \
    {                                                                                              \
        "array", EN_T_ARRAY, EN_FN_REQUIRED, "An array."                                           \
    }

const en_fn en_fns_array[] = {
    { .name = "add",
      .takes = { ARRAY_PARAM, { "values", EN_T_ANY, EN_FN_REST, "What is put behind the last." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_add,
      .doc = "The array with more elements at its end.",
      .example = "{{add(emptyarray; 6; \"x\")}}",
      .result = "[6, \"x\"]" },
    { .name = "first",
      .takes = { ARRAY_PARAM },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE,
      .eval = fn_first,
      .doc = "The first element, or nothing.",
      .example = "{{first(split(\"a,b\"; \",\"))}}",
      .result = "\"a\"" },
    { .name = "flatten",
      .takes = { ARRAY_PARAM,
                 { "depth", EN_T_NUMBER, 0, "How many levels are opened: 1 when left out." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_flatten,
      .doc = "The elements of arrays within the array in their place.",
      .example = "{{flatten(add(emptyarray; split(\"a,b\"; \",\"); \"c\"))}}",
      .result = "[\"a\", \"b\", \"c\"]" },
    { .name = "join",
      .takes = { ARRAY_PARAM,
                 { "separator", EN_T_TEXT, 0, "Between elements; a comma when left out." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_join,
      .doc = "The elements as one text; missing ones are empty.",
      .example = "{{join(split(\"a,b\"; \",\"); \"-\")}}",
      .result = "\"a-b\"" },
    { .name = "last",
      .takes = { ARRAY_PARAM },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE,
      .eval = fn_last,
      .doc = "The last element, or nothing.",
      .example = "{{last(split(\"a,b\"; \",\"))}}",
      .result = "\"b\"" },
    { .name = "map",
      .takes = { { "array", EN_T_ANY, EN_FN_REQUIRED, "An array." },
                 { "key", EN_T_TEXT, EN_FN_REQUIRED, "The path of the values: \"name.first\"." },
                 { "filterKey", EN_T_TEXT, 0, "Only elements that have at this path …" },
                 { "filterValues", EN_T_TEXT, 0, "… one of these values, separated by commas." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_map,
      .doc = "The values that the elements have at a path.",
      .example = "{{map(emptyarray; \"name\")}}",
      .result = "[]" },
    { .name = "merge",
      .takes = { { "arrays", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST,
                   "Arrays; what is none is left out." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_merge,
      .doc = "The elements of all arrays, one array behind the other.",
      .example = "{{merge(split(\"a,b\"; \",\"); add(emptyarray; 1))}}",
      .result = "[\"a\", \"b\", 1]" },
    { .name = "remove",
      .takes = { ARRAY_PARAM,
                 { "values", EN_T_ANY, EN_FN_REST, "What is removed: text, numbers and so on." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_remove,
      .doc = "The array without the elements that equal one of the values as text.",
      .example = "{{remove(split(\"a,b,a\"; \",\"); \"a\")}}",
      .result = "[\"b\"]" },
    { .name = "reverse",
      .takes = { ARRAY_PARAM },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_reverse,
      .doc = "The elements from the last to the first.",
      .example = "{{reverse(split(\"a,b,c\"; \",\"))}}",
      .result = "[\"c\", \"b\", \"a\"]" },
    { .name = "shuffle",
      .takes = { ARRAY_PARAM },
      .gives = EN_T_ARRAY,
      .eval = fn_shuffle,
      .doc = "The elements in a random order.",
      .example = "{{shuffle(split(\"a,a\"; \",\"))}}",
      .result = "[\"a\", \"a\"]" },
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

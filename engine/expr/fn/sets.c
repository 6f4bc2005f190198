/* sets - arrays without what they have twice, or share, or do not share with another. Single values
 * are compared as text, arrays and collections by content (expr/order.h). */
#include "expr/order.h"
#include "value/filter.h"

/* Marks the first of equal elements, and gives the marked ones in their order. */
static bool fn_distinct(en_fn_call *call, en_value *result)
{
    en_value array = call->args[0];
    en_keyed_list list;
    en_array_builder kept;
    en_fn_array_begin(call, &kept);
    bool *first = EN_TRY_ARRAY(call->scope->arena, bool, array.length);
    if (first == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    if (!en_keyed_make(call, array, en_value_text(call->args[1]), &list) ||
        !en_keyed_sort(call, list, en_value_order)) {
        return false;
    }
    for (size_t i = 0; i < list.count; i++) {
        first[list.items[i].place] =
            i == 0 || en_value_order(list.items[i - 1].key, list.items[i].key) != 0;
    }
    for (uint32_t i = 0; i < array.length; i++) {
        if (first[i]) {
            en_array_builder_add(&kept, array.as.items[i]);
        }
    }
    return en_fn_array_end(call, &kept, result);
}

/* Adds the elements of `array` that the other has, or those that it has not. */
static bool select_elements(en_fn_call *call, en_value array, en_value other, bool shared,
                            en_array_builder *kept)
{
    en_keyed_list list;
    if (!en_keyed_make(call, other, EN_TEXT(""), &list) ||
        !en_keyed_sort(call, list, en_value_order)) {
        return false;
    }
    for (uint32_t i = 0; i < array.length; i++) {
        if (en_keyed_has(list, en_key_of(call, array.as.items[i])) == shared) {
            en_array_builder_add(kept, array.as.items[i]);
        }
    }
    return true;
}

static bool fn_array_diff(en_fn_call *call, en_value *result)
{
    en_array_builder kept;
    en_fn_array_begin(call, &kept);
    return select_elements(call, call->args[0], call->args[1], false, &kept) &&
           en_fn_array_end(call, &kept, result);
}

static bool fn_array_intersect(en_fn_call *call, en_value *result)
{
    en_array_builder kept;
    en_fn_array_begin(call, &kept);
    return select_elements(call, call->args[0], call->args[1], true, &kept) &&
           en_fn_array_end(call, &kept, result);
}

static bool fn_array_difference(en_fn_call *call, en_value *result)
{
    en_text mode = en_value_text(call->args[2]);
    bool symmetric = en_text_equal(mode, EN_TEXT("symmetric"));
    if (!symmetric && mode.length != 0 && !en_text_equal(mode, EN_TEXT("classic"))) {
        return en_fn_refuse(call, call->args[2], "mode: classic or symmetric");
    }
    en_array_builder kept;
    en_fn_array_begin(call, &kept);
    return select_elements(call, call->args[0], call->args[1], false, &kept) &&
           (!symmetric || select_elements(call, call->args[1], call->args[0], false, &kept)) &&
           en_fn_array_end(call, &kept, result);
}

#define ARRAY_PARAM(name)                                                                          \
    {                                                                                              \
        name, EN_T_ARRAY, EN_FN_REQUIRED, "An array."                                              \
    }
#define DISTINCT_ROW(spelling)                                                                     \
    {                                                                                              \
        .name = spelling,                                                                          \
        .takes = { ARRAY_PARAM("array"),                                                           \
                   { "key", EN_T_TEXT, 0, "The path of what is compared: \"name.first\"." } },     \
        .gives = EN_T_ARRAY, .flags = EN_FN_PURE, .eval = fn_distinct,                             \
        .doc = "The array without elements that equal an earlier one.",                            \
        .example = "{{" spelling "(split(\"a,b,a\"; \",\"))}}", .result = "[\"a\", \"b\"]"         \
    }

const en_fn en_fns_sets[] = {
    { .name = "arrayDiff",
      .takes = { ARRAY_PARAM("array"), ARRAY_PARAM("other") },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_array_diff,
      .doc = "The elements that the other array does not have.",
      .example = "{{arrayDiff(split(\"1,2,3\"; \",\"); split(\"3,4\"; \",\"))}}",
      .result = "[\"1\", \"2\"]" },
    { .name = "arrayDifference",
      .takes = { ARRAY_PARAM("array"),
                 ARRAY_PARAM("other"),
                 { "mode", EN_T_TEXT, 0,
                   "\"classic\" when left out; \"symmetric\": also what only the other has." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_array_difference,
      .doc = "The elements that only one of the arrays has.",
      .example = "{{arrayDifference(split(\"1,2\"; \",\"); split(\"2,3\"; \",\"); \"symmetric\")}}",
      .result = "[\"1\", \"3\"]" },
    { .name = "arrayIntersect",
      .takes = { ARRAY_PARAM("array"), ARRAY_PARAM("other") },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_array_intersect,
      .doc = "The elements that the other array has, too.",
      .example = "{{arrayIntersect(split(\"a,b\"; \",\"); split(\"b,c\"; \",\"))}}",
      .result = "[\"b\"]" },
    DISTINCT_ROW("deduplicate"),
    DISTINCT_ROW("distinct"),
    { 0 },
};

/* collection - members: their names, some of them, with others. */
#include "expr/order.h"
#include "expr/path.h"
#include "value/filter.h"
#include "value/number.h"

static bool end_collection(en_fn_call *call, en_collection_builder *made, en_value *result)
{
    if (made->failed) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError,
                            "The collection is too large.");
    }
    *result = en_collection_builder_take(made);
    return true;
}

static en_value present(en_value value)
{
    return en_is_missing(value) ? en_null() : value;
}

/* --- names --- */

/* The properties of an array are "0", "1" and so on, as in JavaScript. */
static en_text property_name(const en_fn_call *call, en_value value, uint32_t place)
{
    return value.tag == EN_ARRAY ? en_text_format(call->scope->arena, "%u", (unsigned)place)
                                 : en_collection_members(value)[place].name;
}

static uint32_t count_properties(en_value value)
{
    return value.tag == EN_ARRAY ? value.length : en_collection_count(value);
}

static bool fn_keys(en_fn_call *call, en_value *result)
{
    uint32_t count = count_properties(call->args[0]);
    en_array_builder keys;
    en_fn_array_begin(call, &keys);
    for (uint32_t i = 0; i < count && !keys.failed; i++) {
        en_array_builder_add(&keys, en_text_value(property_name(call, call->args[0], i)));
    }
    return en_fn_array_end(call, &keys, result);
}

static bool fn_to_array(en_fn_call *call, en_value *result)
{
    en_value value = call->args[0];
    uint32_t count = count_properties(value);
    en_array_builder pairs;
    en_fn_array_begin(call, &pairs);
    for (uint32_t i = 0; i < count && !pairs.failed; i++) {
        en_collection_builder pair;
        en_collection_builder_init(&pair, call->scope->arena);
        en_collection_builder_add(&pair, EN_TEXT("key"),
                                  en_text_value(property_name(call, value, i)));
        en_collection_builder_add(&pair, EN_TEXT("value"),
                                  value.tag == EN_ARRAY ? value.as.items[i]
                                                        : en_collection_members(value)[i].value);
        en_array_builder_add(&pairs, en_collection_builder_take(&pair));
    }
    return en_fn_array_end(call, &pairs, result);
}

static bool fn_to_collection(en_fn_call *call, en_value *result)
{
    en_value array = call->args[0];
    en_text key = en_value_text(call->args[1]);
    en_text value = en_value_text(call->args[2]);
    en_collection_builder made;
    en_collection_builder_init(&made, call->scope->arena);
    for (uint32_t i = 0; i < array.length && !made.failed; i++) {
        en_value name = en_path_read(array.as.items[i], key, call->rules);
        if (!en_is_missing(name)) {
            en_collection_builder_add(&made, en_fn_text_of(call, name),
                                      present(en_path_read(array.as.items[i], value, call->rules)));
        }
    }
    return end_collection(call, &made, result);
}

/* --- some of the members --- */

/* The names that the arguments behind the first give: each a text, or an array of texts. */
static bool read_names(en_fn_call *call, en_keyed_list *names)
{
    size_t count = 0;
    for (size_t i = 1; i < call->count; i++) {
        count += call->args[i].tag == EN_ARRAY ? call->args[i].length : 1;
    }
    *names = (en_keyed_list){ EN_TRY_ARRAY(call->scope->arena, en_keyed, count), 0 };
    if (names->items == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    for (size_t i = 1; i < call->count; i++) {
        bool many = call->args[i].tag == EN_ARRAY;
        const en_value *values = many ? call->args[i].as.items : &call->args[i];
        for (size_t j = 0; j < (many ? call->args[i].length : 1); j++) {
            en_text name = en_fn_text_of(call, values[j]);
            names->items[names->count++] = (en_keyed){ en_text_value(name), 0 };
        }
    }
    return true;
}

static bool fn_pick(en_fn_call *call, en_value *result)
{
    en_keyed_list names;
    en_collection_builder made;
    en_collection_builder_init(&made, call->scope->arena);
    if (!read_names(call, &names)) {
        return false;
    }
    for (size_t i = 0; i < names.count; i++) {
        en_text name = en_value_text(names.items[i].key);
        if (en_collection_has(call->args[0], name)) {
            en_collection_builder_add(&made, name, en_collection_find(call->args[0], name));
        }
    }
    return end_collection(call, &made, result);
}

static bool fn_omit(en_fn_call *call, en_value *result)
{
    en_keyed_list names;
    en_collection_builder made;
    en_collection_builder_init(&made, call->scope->arena);
    if (!read_names(call, &names) || !en_keyed_sort(call, names, en_value_order)) {
        return false;
    }
    const en_member *members = en_collection_members(call->args[0]);
    for (uint32_t i = 0; i < en_collection_count(call->args[0]); i++) {
        if (!en_keyed_has(names, en_text_value(members[i].name))) {
            en_collection_builder_add(&made, members[i].name, members[i].value);
        }
    }
    return end_collection(call, &made, result);
}

static void add_members(en_collection_builder *made, en_value collection)
{
    for (uint32_t i = 0; i < en_collection_count(collection); i++) {
        const en_member *member = &en_collection_members(collection)[i];
        en_collection_builder_add(made, member->name, member->value);
    }
}

static bool fn_merge_collections(en_fn_call *call, en_value *result)
{
    en_collection_builder made;
    en_collection_builder_init(&made, call->scope->arena);
    add_members(&made, call->args[0]);
    add_members(&made, call->args[1]);
    return end_collection(call, &made, result);
}

/* --- set --- */

static const en_text path_end = { NULL, 0 };

static bool set_at(en_fn_call *call, en_value *value, en_text path, unsigned depth);

static bool set_member(en_fn_call *call, en_value *value, en_text name, en_text rest,
                       unsigned depth)
{
    en_collection_builder made;
    en_value held = en_collection_find(*value, name);
    en_collection_builder_init(&made, call->scope->arena);
    add_members(&made, *value);
    if (!set_at(call, &held, rest, depth)) {
        return false;
    }
    en_collection_builder_add(&made, name, held);
    return end_collection(call, &made, value);
}

/* Behind the end, what lies between is null. */
static bool set_element(en_fn_call *call, en_value *value, en_text name, en_text rest,
                        unsigned depth)
{
    en_part part = en_part_of_name(name, call->rules);
    int64_t place = part.index - call->rules->index_base;
    if (!part.is_position || place < 0) {
        return en_fn_refuse(call, en_text_value(name), "place in an array");
    }
    en_array_builder list;
    en_fn_array_begin(call, &list);
    for (int64_t i = 0; (i < value->length || i <= place) && !list.failed; i++) {
        en_value held = i < value->length ? value->as.items[i] : en_null();
        if (i == place && !set_at(call, &held, rest, depth)) {
            return false;
        }
        en_array_builder_add(&list, held);
    }
    return en_fn_array_end(call, &list, value);
}

/* Replaces what stands at the path within a value; a path without data is at its end. */
static bool set_at(en_fn_call *call, en_value *value, en_text path, unsigned depth)
{
    if (path.data == NULL) {
        *value = present(call->args[2]);
        return true;
    }
    if (depth == EN_PATH_MOST_PARTS) {
        return en_error_set(call->error, EN_DataError, "The path has more than %u parts.",
                            (unsigned)EN_PATH_MOST_PARTS);
    }
    size_t dot = en_text_find(path, EN_TEXT("."), 0);
    en_text name = en_text_slice(path, 0, dot);
    en_text rest = dot == SIZE_MAX ? path_end : en_text_slice(path, dot + 1, path.length);
    return value->tag == EN_ARRAY ? set_element(call, value, name, rest, depth + 1)
                                  : set_member(call, value, name, rest, depth + 1);
}

static bool fn_set(en_fn_call *call, en_value *result)
{
    en_text path = en_fn_text_of(call, call->args[1]);
    *result = call->args[0];
    if (en_collection_has(*result, path)) {
        return set_member(call, result, path, path_end, 0);
    }
    return set_at(call, result, path, 0);
}

#define COLLECTION_PARAM(name)                                                                     \
    {                                                                                              \
        name, EN_T_COLLECTION | EN_T_NULL, EN_FN_REQUIRED, "A collection."                         \
    }
#define KEYS_PARAM                                                                                 \
    {                                                                                              \
        "keys", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST, "Names of members, or arrays of them."      \
    }

const en_fn en_fns_collection[] = {
    { .name = "keys",
      .takes = { { "collection", EN_T_COLLECTION | EN_T_ARRAY | EN_T_NULL, EN_FN_REQUIRED,
                   "A collection, or an array." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_keys,
      .doc = "The names of the members, in their order; of an array \"0\", \"1\" and so on.",
      .example = "{{keys(set(null; \"a.b\"; 1))}}",
      .result = "[\"a\"]" },
    { .name = "mergeCollections",
      .takes = { COLLECTION_PARAM("collection"), COLLECTION_PARAM("other") },
      .gives = EN_T_COLLECTION,
      .flags = EN_FN_PURE | EN_FN_FUSION,
      .eval = fn_merge_collections,
      .doc = "The members of both; where both have one, the other's.",
      .example = "{{mergeCollections(set(null; \"a\"; 1); set(null; \"b\"; 2))}}",
      .result = "{\"a\": 1, \"b\": 2}" },
    { .name = "omit",
      .takes = { COLLECTION_PARAM("collection"), KEYS_PARAM },
      .gives = EN_T_COLLECTION,
      .flags = EN_FN_PURE,
      .eval = fn_omit,
      .doc = "The collection without these members.",
      .example = "{{omit(set(set(null; \"a\"; 1); \"b\"; 2); \"a\")}}",
      .result = "{\"b\": 2}" },
    { .name = "pick",
      .takes = { COLLECTION_PARAM("collection"), KEYS_PARAM },
      .gives = EN_T_COLLECTION,
      .flags = EN_FN_PURE,
      .eval = fn_pick,
      .doc = "The collection with only these members.",
      .example = "{{pick(set(set(null; \"a\"; 1); \"b\"; 2); \"a\"; \"c\")}}",
      .result = "{\"a\": 1}" },
    { .name = "set",
      .takes = { { "object", EN_T_COLLECTION | EN_T_ARRAY | EN_T_NULL, EN_FN_REQUIRED,
                   "A collection or array; missing: an empty collection." },
                 { "path", EN_T_ANY, EN_FN_REQUIRED, "\"a.b.1\": where; it is made if need be." },
                 { "value", EN_T_ANY, EN_FN_REQUIRED, "What stands there." } },
      .gives = EN_T_ANY,
      .flags = EN_FN_PURE,
      .eval = fn_set,
      .doc = "A copy in which another value stands at a path.",
      .example = "{{set(null; \"address.city\"; \"Prague\")}}",
      .result = "{\"address\": {\"city\": \"Prague\"}}" },
    { .name = "toArray",
      .takes = { { "collection", EN_T_COLLECTION | EN_T_ARRAY | EN_T_NULL, EN_FN_REQUIRED,
                   "A collection, or an array." } },
      .gives = EN_T_ARRAY,
      .flags = EN_FN_PURE,
      .eval = fn_to_array,
      .doc = "The members as an array of collections with key and value.",
      .example = "{{toArray(set(null; \"a\"; 1))}}",
      .result = "[{\"key\": \"a\", \"value\": 1}]" },
    { .name = "toCollection",
      .takes = { { "array", EN_T_ARRAY, EN_FN_REQUIRED, "An array of collections." },
                 { "key", EN_T_TEXT, EN_FN_REQUIRED, "The path of a member's name." },
                 { "value", EN_T_TEXT, EN_FN_REQUIRED, "The path of its value." } },
      .gives = EN_T_COLLECTION,
      .flags = EN_FN_PURE,
      .eval = fn_to_collection,
      .doc = "A collection with a member for each element.",
      .example = "{{toCollection(toArray(set(null; \"a\"; 1)); \"key\"; \"value\")}}",
      .result = "{\"a\": 1}" },
    { 0 },
};

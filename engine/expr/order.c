#include "expr/order.h"

#include "expr/path.h"

#include <string.h>

enum {
    DEEPEST = 100 /* of what is compared by content */
};

static int order_names(en_value a, en_value b)
{
    return en_text_compare(en_value_text(a), en_value_text(b));
}

static en_value content_of(const en_fn_call *call, en_value value, unsigned depth);

static en_value content_of_array(const en_fn_call *call, en_value value, unsigned depth)
{
    en_value *items = EN_TRY_ARRAY(call->scope->arena, en_value, value.length);
    if (items == NULL) {
        return value;
    }
    for (uint32_t i = 0; i < value.length; i++) {
        items[i] = content_of(call, value.as.items[i], depth + 1);
    }
    return en_array(items, value.length);
}

/* An array of names and values in the order of the names. */
static en_value content_of_collection(const en_fn_call *call, en_value value, unsigned depth)
{
    en_arena *arena = call->scope->arena;
    uint32_t count = en_collection_count(value);
    const en_member *members = en_collection_members(value);
    en_keyed *names = EN_TRY_ARRAY(arena, en_keyed, count);
    en_value *items = EN_TRY_ARRAY(arena, en_value, (size_t)count * 2 + 1);
    if (names == NULL || items == NULL) {
        return value;
    }
    for (uint32_t i = 0; i < count; i++) {
        names[i] = (en_keyed){ en_text_value(members[i].name), i };
    }
    en_fn_call quiet = *call;
    quiet.error = NULL;
    (void)!en_keyed_sort(&quiet, (en_keyed_list){ names, count }, order_names);
    items[0] = en_null(); /* no array of the same elements equals it */
    for (uint32_t i = 0; i < count; i++) {
        items[2 * i + 1] = names[i].key;
        items[2 * i + 2] = content_of(call, members[names[i].place].value, depth + 1);
    }
    return (en_value){ .tag = EN_ARRAY, .length = count * 2 + 1, .as.items = items };
}

static en_value content_of(const en_fn_call *call, en_value value, unsigned depth)
{
    if (depth > DEEPEST) {
        return value;
    }
    switch (value.tag) {
    case EN_ARRAY:
        return content_of_array(call, value, depth);
    case EN_COLLECTION:
        return content_of_collection(call, value, depth);
    default:
        return value;
    }
}

en_value en_key_of(const en_fn_call *call, en_value element)
{
    switch (element.tag) {
    case EN_NOTHING:
    case EN_NULL:
        return en_null();
    case EN_TEXT_VALUE:
        return element;
    case EN_ARRAY:
    case EN_COLLECTION:
        return content_of(call, element, 0);
    default:
        return en_text_value(en_fn_text_of(call, element));
    }
}

bool en_keyed_make(en_fn_call *call, en_value array, en_text path, en_keyed_list *list)
{
    list->count = array.length;
    list->items = EN_TRY_ARRAY(call->scope->arena, en_keyed, array.length);
    if (list->items == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    for (uint32_t i = 0; i < array.length; i++) {
        en_value element = array.as.items[i];
        if (path.length != 0) {
            element = en_path_read(element, path, call->rules);
        }
        list->items[i] = (en_keyed){ en_key_of(call, element), i };
    }
    return en_fn_spend(call, array.length);
}

/* --- sorting --- */

static void merge(const en_keyed *left, const en_keyed *right, const en_keyed *end, en_keyed *to,
                  en_key_order *order)
{
    const en_keyed *a = left;
    const en_keyed *b = right;
    while (a < right && b < end) {
        *to++ = order(b->key, a->key) < 0 ? *b++ : *a++;
    }
    memcpy(to, a, (size_t)(right - a) * sizeof *a);
    memcpy(to + (right - a), b, (size_t)(end - b) * sizeof *b);
}

/* Many lists come sorted already. */
static bool is_sorted(en_keyed_list list, en_key_order *order)
{
    for (size_t i = 1; i < list.count; i++) {
        if (order(list.items[i].key, list.items[i - 1].key) < 0) {
            return false;
        }
    }
    return true;
}

bool en_keyed_sort(en_fn_call *call, en_keyed_list list, en_key_order *order)
{
    if (is_sorted(list, order)) {
        return en_fn_spend(call, list.count);
    }
    en_keyed *from = list.items;
    en_keyed *to = EN_TRY_ARRAY(call->scope->arena, en_keyed, list.count);
    if (to == NULL) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    for (size_t width = 1; width < list.count; width *= 2) {
        if (!en_fn_spend(call, list.count)) {
            return false;
        }
        for (size_t at = 0; at < list.count; at += 2 * width) {
            size_t middle = at + width < list.count ? at + width : list.count;
            size_t end = middle + width < list.count ? middle + width : list.count;
            merge(from + at, from + middle, from + end, to + at, order);
        }
        en_keyed *other = from;
        from = to;
        to = other;
    }
    if (from != list.items) {
        memcpy(list.items, from, list.count * sizeof *from);
    }
    return true;
}

bool en_keyed_has(en_keyed_list list, en_value key)
{
    size_t low = 0;
    size_t high = list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = en_value_order(list.items[middle].key, key);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

/* In UTF-16 the characters beyond U+FFFF, which begin with F0 to F4 here, stand before U+E000 to
 * U+FFFF, which begin with EE and EF. */
static unsigned unit_weight(unsigned char byte)
{
    return byte >= 0xF0 ? byte - 2u : byte >= 0xEE ? byte + 6u : byte;
}

int en_order_of_units(en_value a, en_value b)
{
    if (a.tag != EN_TEXT_VALUE || b.tag != EN_TEXT_VALUE) {
        return en_value_order(a, b);
    }
    en_text x = en_value_text(a);
    en_text y = en_value_text(b);
    size_t shared = x.length < y.length ? x.length : y.length;
    size_t at = 0;
    while (at < shared && x.data[at] == y.data[at]) {
        at++;
    }
    if (at == shared) {
        return (x.length > y.length) - (x.length < y.length);
    }
    return unit_weight((unsigned char)x.data[at]) < unit_weight((unsigned char)y.data[at]) ? -1 : 1;
}

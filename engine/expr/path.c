#include "expr/path.h"

#include "value/number.h"
#include "value/unicode.h"

enum { POSITION_DIGITS = 9 };

en_value en_array_at(en_value array, int64_t index, unsigned index_base)
{
    if (array.tag != EN_ARRAY) {
        return en_nothing();
    }
    int64_t at = index < 0 ? index + array.length : index - index_base;
    return at >= 0 && at < array.length ? array.as.items[at] : en_nothing();
}

en_part en_part_of_name(en_text name, const en_rules *rules)
{
    en_part part = { .kind = EN_PART_FIELD, .name = name };
    part.is_length = rules->lists_read_first && en_text_equal(name, EN_TEXT("length"));
    part.is_position = name.length != 0 && name.length <= POSITION_DIGITS;
    for (size_t i = 0; i < name.length && part.is_position; i++) {
        part.is_position = name.data[i] >= '0' && name.data[i] <= '9';
        part.index = part.index * 10 + (name.data[i] - '0');
    }
    return part;
}

static en_value count_of(en_value value)
{
    size_t count = value.tag == EN_ARRAY ? value.length : en_unicode_length(en_value_text(value));
    return en_number((double)count);
}

static en_value read_field(const en_rules *rules, en_value value, const en_part *part)
{
    if (value.tag == EN_COLLECTION) {
        return part->nocase ? en_collection_find_nocase(value, part->name)
                            : en_collection_find(value, part->name);
    }
    if (part->is_length && (value.tag == EN_ARRAY || value.tag == EN_TEXT_VALUE)) {
        return count_of(value);
    }
    return part->is_position ? en_array_at(value, part->index, rules->index_base) : en_nothing();
}

en_value en_path_read(en_value value, en_text dotted, const en_rules *rules)
{
    en_value whole = en_collection_find(value, dotted);
    if (whole.tag != EN_NOTHING) {
        return whole;
    }
    for (size_t start = 0; start <= dotted.length;) {
        size_t dot = en_text_find(dotted, EN_TEXT("."), start);
        size_t end = dot == SIZE_MAX ? dotted.length : dot;
        en_part part = en_part_of_name(en_text_slice(dotted, start, end), rules);
        value = read_field(rules, value, &part);
        start = end + 1;
    }
    return value;
}

/* [2.i]: a number is a place, a text a name, or a place where it meets an array. */
static en_value read_computed(const en_rules *rules, en_value value, en_value index)
{
    int64_t place;
    if (index.tag == EN_TEXT_VALUE && value.tag == EN_COLLECTION) {
        return en_collection_find(value, en_value_text(index));
    }
    if (index.tag == EN_TEXT_VALUE && !en_number_read_text(en_value_text(index), &index)) {
        return en_nothing();
    }
    return en_value_integer(index, &place) ? en_array_at(value, place, rules->index_base)
                                           : en_nothing();
}

/* One step that is not `[]` over all elements. */
static bool take_step(en_eval *eval, en_value value, const en_part *part, en_value *result)
{
    en_value index;
    switch (part->kind) {
    case EN_PART_FIELD:
        *result = read_field(eval->rules, value, part);
        return true;
    case EN_PART_INDEX:
        *result = en_array_at(value, part->index, eval->rules->index_base);
        return true;
    case EN_PART_ALL:
        *result = en_array_at(value, eval->rules->index_base, eval->rules->index_base);
        return true;
    case EN_PART_COMPUTED:
        break;
    }
    if (!en_node_eval(part->computed, eval, &index)) {
        return false;
    }
    *result = read_computed(eval->rules, value, index);
    return true;
}

static bool take_steps(en_eval *eval, en_value *value, const en_path *path, size_t from, size_t to)
{
    for (size_t i = from; i < to && !en_is_missing(*value); i++) {
        if (!take_step(eval, *value, &path->parts[i], value)) {
            return false;
        }
    }
    return true;
}

/* Adds what the path gives behind the `[]` at `from` for every element; a further `[]` adds its
 * own elements to the same list. */
static bool project(en_eval *eval, en_value value, const en_path *path, size_t from,
                    en_array_builder *list)
{
    const en_value *items = value.tag == EN_ARRAY ? value.as.items : &value;
    size_t count = value.tag == EN_ARRAY ? value.length : !en_is_missing(value);
    size_t to = from + 1;
    while (to < path->count && path->parts[to].kind != EN_PART_ALL) {
        to++;
    }
    for (size_t i = 0; i < count; i++) {
        en_value item = items[i];
        if (!take_steps(eval, &item, path, from + 1, to)) {
            return false;
        }
        if (to == path->count) {
            en_array_builder_add(list, en_is_missing(item) ? en_null() : item);
        } else if (!project(eval, item, path, to, list)) {
            return false;
        }
    }
    return true;
}

static bool walk(en_eval *eval, en_value value, const en_path *path, size_t from, en_value *result)
{
    size_t to = from;
    while (to < path->count &&
           (path->parts[to].kind != EN_PART_ALL || !eval->rules->brackets_project)) {
        to++;
    }
    if (!take_steps(eval, &value, path, from, to)) {
        return false;
    }
    if (to == path->count) {
        *result = value;
        return true;
    }
    /* `rows[].length` counts the list, as `rows.length` does. */
    bool counts = to + 2 == path->count && path->parts[to + 1].is_length;
    en_path shown = { path->parts, counts ? to + 1 : path->count };
    en_array_builder list;
    en_array_builder_init(&list, eval->scope->arena);
    if (!project(eval, value, &shown, to, &list)) {
        return false;
    }
    if (list.failed) {
        return en_error_set(eval->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    *result = en_array_builder_take(&list);
    if (counts) {
        *result = count_of(*result);
    }
    return true;
}

bool en_path_walk(en_eval *eval, en_value value, en_path path, en_value *result)
{
    return walk(eval, value, &path, 0, result);
}

/* A list result: `.array` is itself, another field reads the present record or the first. */
static en_value read_list_field(en_eval *eval, const en_ref *ref, en_value list,
                                const en_part *part)
{
    if (part->is_length || part->is_position) {
        return read_field(eval->rules, list, part);
    }
    if (en_text_equal(part->name, EN_TEXT("array"))) {
        return list;
    }
    en_value record = en_nothing();
    if (ref->present != EN_NO_SLOT) {
        record = en_collection_find(eval->scope->slots[ref->present], EN_TEXT("item"));
    }
    if (en_is_missing(record)) {
        record = list.length != 0 ? list.as.items[0] : en_nothing();
    }
    return read_field(eval->rules, record, part);
}

bool en_path_walk_root(en_eval *eval, const en_ref *ref, en_value root, en_path path,
                       en_value *result)
{
    const en_part *first = path.parts;
    if (path.count == 0 || first->kind != EN_PART_FIELD) {
        return walk(eval, root, &path, 0, result);
    }
    en_value value;
    if (root.tag == EN_ARRAY && eval->rules->lists_read_first) {
        value = read_list_field(eval, ref, root, first);
    } else {
        value = read_field(eval->rules, root, first);
        if (value.tag == EN_NOTHING && ref->reads_item) {
            value = read_field(eval->rules, en_collection_find(root, EN_TEXT("item")), first);
        }
    }
    if (path.count == 1) {
        *result = value;
        return true;
    }
    return walk(eval, value, &path, 1, result);
}

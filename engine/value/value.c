#include "value/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Above this many members a collection carries a sorted index; below, a scan is faster. */
enum { SCAN_LIMIT = 12, DEEPEST = 4096 };

static const char *const tag_names[EN_TAGS] = {
    [EN_NOTHING] = "nothing", [EN_NULL] = "null",       [EN_BOOLEAN] = "boolean",
    [EN_NUMBER] = "number",   [EN_TEXT_VALUE] = "text", [EN_DATE] = "date",
    [EN_BUFFER] = "buffer",   [EN_ARRAY] = "array",     [EN_COLLECTION] = "collection",
};

const char *en_tag_name(en_tag tag)
{
    return tag_names[tag];
}

en_value en_integer(int64_t integer)
{
    if (integer >= -(int64_t)EN_EXACT_LIMIT && integer <= (int64_t)EN_EXACT_LIMIT) {
        return en_number((double)integer);
    }
    return (en_value){ .tag = EN_NUMBER, .form = EN_EXACT_SIGNED, .as.exact_signed = integer };
}

en_value en_integer_unsigned(uint64_t integer)
{
    if (integer <= INT64_MAX) {
        return en_integer((int64_t)integer);
    }
    return (en_value){ .tag = EN_NUMBER, .form = EN_EXACT_UNSIGNED, .as.exact_unsigned = integer };
}

static uint32_t clamp_length(size_t length)
{
    return length > UINT32_MAX ? UINT32_MAX : (uint32_t)length;
}

en_value en_text_value(en_text text)
{
    return (en_value){ .tag = EN_TEXT_VALUE,
                       .length = clamp_length(text.length),
                       .as.bytes = text.data };
}

en_value en_buffer(en_text bytes)
{
    return (
        en_value){ .tag = EN_BUFFER, .length = clamp_length(bytes.length), .as.bytes = bytes.data };
}

en_value en_array(const en_value *items, size_t count)
{
    return (en_value){ .tag = EN_ARRAY, .length = clamp_length(count), .as.items = items };
}

bool en_is_empty(en_value value)
{
    return value.tag <= EN_NULL || (value.tag == EN_TEXT_VALUE && value.length == 0);
}

double en_value_number(en_value value)
{
    if (value.tag != EN_NUMBER) {
        return 0;
    }
    switch (value.form) {
    case EN_EXACT_SIGNED:
        return (double)value.as.exact_signed;
    case EN_EXACT_UNSIGNED:
        return (double)value.as.exact_unsigned;
    default:
        return value.as.number;
    }
}

bool en_value_integer(en_value value, int64_t *integer)
{
    if (value.tag != EN_NUMBER || value.form == EN_EXACT_UNSIGNED) {
        return false;
    }
    if (value.form == EN_EXACT_SIGNED) {
        *integer = value.as.exact_signed;
        return true;
    }
    double number = value.as.number;
    if (!(number >= -0x1p63 && number < 0x1p63) || number != floor(number)) {
        return false;
    }
    *integer = (int64_t)number;
    return true;
}

uint32_t en_collection_count(en_value value)
{
    return value.tag == EN_COLLECTION ? value.as.collection->count : 0;
}

const en_member *en_collection_members(en_value value)
{
    return value.tag == EN_COLLECTION ? value.as.collection->members : NULL;
}

static const en_member *find_sorted(const en_collection *collection, en_text name)
{
    uint32_t low = 0;
    uint32_t high = collection->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const en_member *member = &collection->members[collection->sorted[middle]];
        int order = en_text_compare(member->name, name);
        if (order == 0) {
            return member;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static const en_member *find(en_value value, en_text name)
{
    if (value.tag != EN_COLLECTION) {
        return NULL;
    }
    const en_collection *collection = value.as.collection;
    if (collection->sorted != NULL) {
        return find_sorted(collection, name);
    }
    for (uint32_t i = 0; i < collection->count; i++) {
        const en_member *member = &collection->members[i];
        if (en_text_equal(member->name, name)) {
            return member;
        }
    }
    return NULL;
}

en_value en_collection_find(en_value value, en_text name)
{
    const en_member *member = find(value, name);
    return member != NULL ? member->value : en_nothing();
}

bool en_collection_has(en_value value, en_text name)
{
    return find(value, name) != NULL;
}

en_value en_collection_find_nocase(en_value value, en_text name)
{
    const en_member *members = en_collection_members(value);
    for (uint32_t i = 0; i < en_collection_count(value); i++) {
        if (en_text_equal_nocase(members[i].name, name)) {
            return members[i].value;
        }
    }
    return en_nothing();
}

en_value en_value_at(en_value value, en_text dotted_path)
{
    size_t start = 0;
    while (start <= dotted_path.length) {
        size_t dot = en_text_find(dotted_path, EN_TEXT("."), start);
        size_t end = dot == SIZE_MAX ? dotted_path.length : dot;
        value = en_collection_find(value, en_text_slice(dotted_path, start, end));
        if (value.tag == EN_NOTHING || dot == SIZE_MAX) {
            return value;
        }
        start = dot + 1;
    }
    return value;
}

static int compare_names(const void *a, const void *b, void *context)
{
    const en_member *members = context;
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;
    int order = en_text_compare(members[x].name, members[y].name);
    return order != 0 ? order : (x > y) - (x < y); /* equal names stay in their order */
}

static uint32_t *sort_names(en_arena *arena, en_member *members, size_t count)
{
    uint32_t *sorted = EN_TRY_ARRAY(arena, uint32_t, count);
    if (sorted != NULL) {
        for (uint32_t i = 0; i < count; i++) {
            sorted[i] = i;
        }
        qsort_r(sorted, count, sizeof *sorted, compare_names, members);
    }
    return sorted;
}

/* Keeps the last value of equal names in the place of the first. Returns whether any were equal. */
static bool drop_equal_names(en_member *members, size_t *count, const uint32_t *sorted)
{
    bool dropped = false;
    for (size_t i = 1, first = 0; i < *count; i++) {
        if (en_text_equal(members[sorted[first]].name, members[sorted[i]].name)) {
            members[sorted[first]].value = members[sorted[i]].value;
            members[sorted[i]].name.data = NULL;
            dropped = true;
        } else {
            first = i;
        }
    }
    if (dropped) {
        size_t kept = 0;
        for (size_t i = 0; i < *count; i++) {
            if (members[i].name.data != NULL) {
                members[kept++] = members[i];
            }
        }
        *count = kept;
    }
    return dropped;
}

static void drop_equal_names_by_scan(en_member *members, size_t *count)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        size_t j = 0;
        while (j < kept && !en_text_equal(members[j].name, members[i].name)) {
            j++;
        }
        if (j < kept) {
            members[j].value = members[i].value;
        } else {
            members[kept++] = members[i];
        }
    }
    *count = kept;
}

static en_value make_collection(en_arena *arena, en_member *members, size_t count, bool unique)
{
    const uint32_t *sorted = NULL;
    if (count <= SCAN_LIMIT) {
        if (!unique) {
            drop_equal_names_by_scan(members, &count);
        }
    } else {
        sorted = sort_names(arena, members, count);
        if (sorted == NULL) {
            count = 0;
        } else if (!unique && drop_equal_names(members, &count, sorted)) {
            sorted = count > SCAN_LIMIT ? sort_names(arena, members, count) : NULL;
        }
    }
    en_collection *collection = en_arena_alloc(arena, sizeof *collection);
    *collection = (en_collection){ (uint32_t)count, sorted, members };
    return (en_value){ .tag = EN_COLLECTION, .as.collection = collection };
}

/* What is copied where: all of a value, or what lies in arenas that will not last. */
typedef struct copier {
    en_arena *arena;
    const en_arena *const *passing; /* NULL: everything is copied */
    size_t count;
} copier;

static bool must_copy(const copier *to, const void *piece)
{
    for (size_t i = 0; i < to->count; i++) {
        if (en_arena_holds(to->passing[i], piece)) {
            return true;
        }
    }
    return to->passing == NULL;
}

static en_value copy_at(const copier *to, en_value value, unsigned depth);

static en_value copy_bytes(const copier *to, en_value value)
{
    if (!must_copy(to, value.as.bytes)) {
        return value;
    }
    char *bytes = en_arena_try(to->arena, (size_t)value.length + 1, 1);
    if (bytes == NULL) {
        value.length = 0;
        value.as.bytes = "";
        return value;
    }
    if (value.length != 0) {
        memcpy(bytes, value.as.bytes, value.length);
    }
    bytes[value.length] = '\0';
    value.as.bytes = bytes;
    return value;
}

static en_value copy_array(const copier *to, en_value value, unsigned depth)
{
    if (!must_copy(to, value.as.items)) {
        return value;
    }
    en_value *items = EN_TRY_ARRAY(to->arena, en_value, value.length);
    if (items == NULL) {
        return en_array(NULL, 0);
    }
    for (uint32_t i = 0; i < value.length; i++) {
        items[i] = copy_at(to, value.as.items[i], depth + 1);
    }
    return en_array(items, value.length);
}

static en_value copy_collection(const copier *to, en_value value, unsigned depth)
{
    const en_collection *from = value.as.collection;
    if (!must_copy(to, from)) {
        return value;
    }
    en_member *members = EN_TRY_ARRAY(to->arena, en_member, from->count);
    if (members == NULL) {
        return make_collection(to->arena, NULL, 0, true);
    }
    for (uint32_t i = 0; i < from->count; i++) {
        en_text name = from->members[i].name;
        members[i].name = must_copy(to, name.data) ? en_text_copy(to->arena, name) : name;
        members[i].value = copy_at(to, from->members[i].value, depth + 1);
    }
    en_collection *made = en_arena_alloc(to->arena, sizeof *made);
    *made = (en_collection){ from->count, NULL, members };
    if (from->sorted != NULL) {
        uint32_t *sorted = EN_TRY_ARRAY(to->arena, uint32_t, from->count);
        if (sorted == NULL) {
            made->count = 0;
        } else {
            memcpy(sorted, from->sorted, from->count * sizeof *sorted);
            made->sorted = sorted;
        }
    }
    return (en_value){ .tag = EN_COLLECTION, .as.collection = made };
}

static en_value copy_at(const copier *to, en_value value, unsigned depth)
{
    if (depth > DEEPEST) { /* readers refuse such depth; only a program error comes here */
        return en_nothing();
    }
    switch (value.tag) {
    case EN_TEXT_VALUE:
    case EN_BUFFER:
        return copy_bytes(to, value);
    case EN_ARRAY:
        return copy_array(to, value, depth);
    case EN_COLLECTION:
        return copy_collection(to, value, depth);
    default:
        return value;
    }
}

en_value en_value_copy(en_arena *arena, en_value value)
{
    return copy_at(&(copier){ .arena = arena }, value, 0);
}

en_value en_value_rescue(en_arena *arena, en_value value, const en_arena *const *passing,
                         size_t count)
{
    return copy_at(&(copier){ arena, passing, count }, value, 0);
}

static bool equal_numbers(en_value a, en_value b)
{
    if (a.form == EN_DOUBLE && b.form == EN_DOUBLE) {
        return a.as.number == b.as.number || (isnan(a.as.number) && isnan(b.as.number));
    }
    if (a.form == b.form) {
        return a.as.exact_signed == b.as.exact_signed;
    }
    if (a.form != EN_DOUBLE && b.form != EN_DOUBLE) {
        return false; /* the unsigned form holds only what the signed one cannot */
    }
    en_value exact = a.form == EN_DOUBLE ? b : a;
    double number = a.form == EN_DOUBLE ? a.as.number : b.as.number;
    if (exact.form == EN_EXACT_SIGNED) {
        return number >= -0x1p63 && number < 0x1p63 && (int64_t)number == exact.as.exact_signed;
    }
    return number >= 0x1p63 && number < 0x1p64 && (uint64_t)number == exact.as.exact_unsigned;
}

static bool equal_at(en_value a, en_value b, unsigned depth);

static bool equal_collections(en_value a, en_value b, unsigned depth)
{
    uint32_t count = en_collection_count(a);
    if (count != en_collection_count(b)) {
        return false;
    }
    const en_member *members = en_collection_members(a);
    for (uint32_t i = 0; i < count; i++) {
        const en_member *other = find(b, members[i].name);
        if (other == NULL || !equal_at(members[i].value, other->value, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool equal_at(en_value a, en_value b, unsigned depth)
{
    if (a.tag != b.tag || depth > DEEPEST) {
        return false;
    }
    switch (a.tag) {
    case EN_BOOLEAN:
        return a.as.boolean == b.as.boolean;
    case EN_NUMBER:
        return equal_numbers(a, b);
    case EN_DATE:
        return a.as.date_ms == b.as.date_ms;
    case EN_TEXT_VALUE:
    case EN_BUFFER:
        return en_text_equal(en_value_text(a), en_value_text(b));
    case EN_ARRAY:
        for (uint32_t i = 0; a.length == b.length && i < a.length; i++) {
            if (!equal_at(a.as.items[i], b.as.items[i], depth + 1)) {
                return false;
            }
        }
        return a.length == b.length;
    case EN_COLLECTION:
        return equal_collections(a, b, depth);
    default:
        return true;
    }
}

bool en_value_equal(en_value a, en_value b)
{
    return equal_at(a, b, 0);
}

/* Room for one more element in a builder's array; NULL when there is none. */
static void *grow(en_arena *arena, void *elements, size_t count, size_t *capacity, size_t size)
{
    size_t more = *capacity != 0 ? *capacity * 2 : 8;
    if (more > UINT32_MAX) {
        return NULL;
    }
    if (elements != NULL && en_arena_extend(arena, elements, *capacity * size, more * size)) {
        *capacity = more;
        return elements;
    }
    void *larger = en_arena_try(arena, more, size);
    if (larger != NULL) {
        if (count != 0) {
            memcpy(larger, elements, count * size);
        }
        *capacity = more;
    }
    return larger;
}

void en_array_builder_init(en_array_builder *builder, en_arena *arena)
{
    *builder = (en_array_builder){ .arena = arena };
}

void en_array_builder_add(en_array_builder *builder, en_value value)
{
    if (builder->most != 0 && builder->count >= builder->most) {
        builder->failed = true;
    }
    if (builder->count == builder->capacity && !builder->failed) {
        en_value *items =
            grow(builder->arena, builder->items, builder->count, &builder->capacity, sizeof *items);
        builder->failed = items == NULL;
        builder->items = items != NULL ? items : builder->items;
    }
    if (!builder->failed) {
        builder->items[builder->count++] = value;
    }
}

en_value en_array_builder_take(en_array_builder *builder)
{
    en_value array = builder->failed ? en_array(NULL, 0) : en_array(builder->items, builder->count);
    if (!builder->failed && builder->items != NULL) {
        (void)!en_arena_extend(builder->arena, builder->items, builder->capacity * sizeof(en_value),
                               builder->count * sizeof(en_value));
    }
    en_array_builder_init(builder, builder->arena);
    return array;
}

void en_collection_builder_init(en_collection_builder *builder, en_arena *arena)
{
    *builder = (en_collection_builder){ .arena = arena };
}

void en_collection_builder_add(en_collection_builder *builder, en_text name, en_value value)
{
    if (builder->count == builder->capacity && !builder->failed) {
        en_member *members = grow(builder->arena, builder->members, builder->count,
                                  &builder->capacity, sizeof *members);
        builder->failed = members == NULL;
        builder->members = members != NULL ? members : builder->members;
    }
    if (!builder->failed) {
        builder->members[builder->count++] = (en_member){ name, value };
    }
}

void en_collection_builder_set(en_collection_builder *builder, en_text name, en_value value)
{
    for (size_t i = 0; i < builder->count; i++) {
        if (en_text_equal(builder->members[i].name, name)) {
            builder->members[i].value = value;
            return;
        }
    }
    en_collection_builder_add(builder, name, value);
}

en_value en_collection_builder_take(en_collection_builder *builder)
{
    size_t count = builder->failed ? 0 : builder->count;
    en_value collection = make_collection(builder->arena, builder->members, count, false);
    en_collection_builder_init(builder, builder->arena);
    return collection;
}

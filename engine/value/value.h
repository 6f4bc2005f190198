/* value - what travels through a scenario: sixteen bytes, immutable, passed by value.
 *
 * Shape:    a tag and a payload. Numbers are doubles; an integer outside ±2^53 that came in exact
 *           keeps its 64 bits (tag number, form exact) until arithmetic touches it. Dates are UTC
 *           milliseconds. Text is valid UTF-8 with a length. Arrays point to their elements, so a
 *           slice shares them. Collections keep the order of their members; names are unique.
 *           `nothing` is what a missing reference gives; `null` was written by somebody.
 * Units:    lengths in bytes (text, buffer) and elements (array); dates in milliseconds.
 * Lifetime: a value lives as long as the arena of everything it points to. The only ways into a
 *           longer life are en_value_copy and en_value_rescue.
 * Errors:   builders that cannot grow give an empty value; their arena carries the mark.
 * Threads:  values may be shared.
 */
#ifndef EN_VALUE_VALUE_H
#define EN_VALUE_VALUE_H

#include "base/error.h"

typedef enum en_tag {
    EN_NOTHING,
    EN_NULL,
    EN_BOOLEAN,
    EN_NUMBER,
    EN_TEXT_VALUE,
    EN_DATE,
    EN_BUFFER,
    EN_ARRAY,
    EN_COLLECTION,
    EN_TAGS
} en_tag;

/* How the number is stored; see Shape. */
typedef enum en_number_form { EN_DOUBLE, EN_EXACT_SIGNED, EN_EXACT_UNSIGNED } en_number_form;

typedef struct en_value en_value;
typedef struct en_collection en_collection;

struct en_value {
    uint8_t tag;
    uint8_t form;
    uint32_t length; /* text, buffer, array */
    union {
        bool boolean;
        double number;
        int64_t exact_signed;
        uint64_t exact_unsigned;
        int64_t date_ms;
        const char *bytes;
        const en_value *items;
        const en_collection *collection;
    } as;
};

_Static_assert(sizeof(en_value) == 16, "an en_value is sixteen bytes");

typedef struct en_member {
    en_text name;
    en_value value;
} en_member;

/* `sorted` is there above a few members: positions in the order of their names. */
struct en_collection {
    uint32_t count;
    const uint32_t *sorted;
    const en_member *members;
};

/* The largest integer up to which every integer is a double. */
#define EN_EXACT_LIMIT 9007199254740992.0

static inline en_value en_nothing(void)
{
    return (en_value){ .tag = EN_NOTHING };
}
static inline en_value en_null(void)
{
    return (en_value){ .tag = EN_NULL };
}
static inline en_value en_boolean(bool boolean)
{
    return (en_value){ .tag = EN_BOOLEAN, .as.boolean = boolean };
}
static inline en_value en_number(double number)
{
    return (en_value){ .tag = EN_NUMBER, .as.number = number };
}
static inline en_value en_date(int64_t date_ms)
{
    return (en_value){ .tag = EN_DATE, .as.date_ms = date_ms };
}
/* A double where one holds it, else the exact form. */
en_value en_integer(int64_t integer);
en_value en_integer_unsigned(uint64_t integer);
/* Bytes beyond 4 GB - 1 are cut off; readers refuse such input earlier. */
en_value en_text_value(en_text text);
en_value en_buffer(en_text bytes);
en_value en_array(const en_value *items, size_t count);

static inline bool en_is(en_value value, en_tag tag)
{
    return value.tag == tag;
}
/* Nothing or null. */
static inline bool en_is_missing(en_value value)
{
    return value.tag <= EN_NULL;
}
/* Nothing, null or empty text. */
bool en_is_empty(en_value value);
/* The bytes of a text or buffer; empty for everything else. */
static inline en_text en_value_text(en_value value)
{
    return value.tag == EN_TEXT_VALUE || value.tag == EN_BUFFER
               ? (en_text){ value.length != 0 ? value.as.bytes : "", value.length }
               : (en_text){ "", 0 };
}
/* The number as a double, an exact one rounded; 0 for everything else. */
double en_value_number(en_value value);
/* True and the integer if the number is one and fits. */
EN_WARN_UNUSED bool en_value_integer(en_value value, int64_t *integer);
/* "text", "number" …: for messages. */
const char *en_tag_name(en_tag tag);

/* Members. A value that is no collection has none. */
uint32_t en_collection_count(en_value value);
const en_member *en_collection_members(en_value value);
/* The member's value, or nothing. */
en_value en_collection_find(en_value value, en_text name);
EN_WARN_UNUSED bool en_collection_has(en_value value, en_text name);
/* The same, ASCII case ignored: headers. */
en_value en_collection_find_nocase(en_value value, en_text name);

/* Walks "a.b.c" through collections; nothing when a step is missing. */
en_value en_value_at(en_value value, en_text dotted_path);

/* A copy that shares nothing with the old arena. */
en_value en_value_copy(en_arena *arena, en_value value);
/* A copy of what lies in one of the arenas that will not last; it shares all the rest. What lies in
 * a lasting arena must point to nothing that lies in one of these. */
en_value en_value_rescue(en_arena *arena, en_value value, const en_arena *const *passing,
                         size_t count);
/* Deep, by content; numbers by value, member order ignored. NaN equals itself. */
EN_WARN_UNUSED bool en_value_equal(en_value a, en_value b);

/* Builders: the only mutable form, used by one thread, gone after `take`. */
typedef struct en_array_builder {
    en_arena *arena;
    en_value *items;
    size_t count;
    size_t capacity;
    size_t most; /* elements; 0: as many as the arena holds */
    bool failed;
} en_array_builder;

void en_array_builder_init(en_array_builder *builder, en_arena *arena);
void en_array_builder_add(en_array_builder *builder, en_value value);
en_value en_array_builder_take(en_array_builder *builder);

typedef struct en_collection_builder {
    en_arena *arena;
    en_member *members;
    size_t count;
    size_t capacity;
    bool failed;
} en_collection_builder;

void en_collection_builder_init(en_collection_builder *builder, en_arena *arena);
/* Appends without looking for the name; `take` keeps the last of equal names, in the place of the
 * first, as JavaScript does. */
void en_collection_builder_add(en_collection_builder *builder, en_text name, en_value value);
/* Replaces the member of that name or appends. For few members. */
void en_collection_builder_set(en_collection_builder *builder, en_text name, en_value value);
en_value en_collection_builder_take(en_collection_builder *builder);

#endif

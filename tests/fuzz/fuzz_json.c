/* The data reader against jansson: both take a text or both refuse it, and the values are equal.
 * They may differ only where the engine means to: lone surrogates, NUL in names, a BOM. What is
 * written reads back as an equal value, with texts shared and copied, in typed form too. */
#include "value/json.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JANSSON_DEPTH = 2048 };

static void require(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

static bool same(en_value value, const json_t *other);

static bool same_elements(en_value value, const json_t *other)
{
    bool equal = value.tag == EN_ARRAY && value.length == json_array_size(other);
    for (uint32_t i = 0; equal && i < value.length; i++) {
        equal = same(value.as.items[i], json_array_get(other, i));
    }
    return equal;
}

static bool same_members(en_value value, const json_t *other)
{
    uint32_t count = en_collection_count(value);
    bool equal = value.tag == EN_COLLECTION && count == json_object_size(other);
    const en_member *members = en_collection_members(value);
    for (uint32_t i = 0; equal && i < count; i++) {
        const json_t *found = json_object_getn(other, members[i].name.data, members[i].name.length);
        equal = found != NULL && same(members[i].value, found) &&
                en_value_equal(en_collection_find(value, members[i].name), members[i].value);
    }
    return equal;
}

static bool same(en_value value, const json_t *other)
{
    switch (json_typeof(other)) {
    case JSON_OBJECT:
        return same_members(value, other);
    case JSON_ARRAY:
        return same_elements(value, other);
    case JSON_STRING:
        return value.tag == EN_TEXT_VALUE &&
               en_text_equal(en_value_text(value),
                             (en_text){ json_string_value(other), json_string_length(other) });
    case JSON_INTEGER:
    case JSON_REAL:
        return value.tag == EN_NUMBER && en_value_number(value) == json_number_value(other);
    case JSON_TRUE:
    case JSON_FALSE:
        return value.tag == EN_BOOLEAN && value.as.boolean == json_is_true(other);
    default:
        return value.tag == EN_NULL;
    }
}

static bool contains(en_text text, const char *part)
{
    return en_text_find(text, en_text_from(part), 0) != SIZE_MAX;
}

/* Whether jansson may refuse what the data reader takes. */
static bool differs_on_purpose(en_text input, const json_error_t *problem)
{
    return json_error_code(problem) == json_error_null_byte_in_key ||
           (json_error_code(problem) == json_error_invalid_syntax &&
            strstr(problem->text, "invalid Unicode") != NULL &&
            (contains(input, "\\ud") || contains(input, "\\uD"))) ||
           en_text_starts(input, EN_TEXT("\xEF\xBB\xBF"));
}

static void compare(en_text input, bool read, en_value value)
{
    json_error_t problem;
    json_t *other =
        json_loadb(input.data, input.length,
                   JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &problem);
    if (other == NULL) {
        require(!read || differs_on_purpose(input, &problem), "jansson refuses, so do we");
    } else {
        bool skipped_nul = memchr(input.data, '\0', input.length) != NULL;
        require(read || skipped_nul, "jansson accepts, so do we");
        require(!read || same(value, other), "the values are the same");
        json_decref(other);
    }
}

static bool survives(en_value value, en_value back);

static bool members_survive(en_value value, en_value back)
{
    uint32_t count = en_collection_count(value);
    bool equal = back.tag == EN_COLLECTION && count == en_collection_count(back);
    for (uint32_t i = 0; equal && i < count; i++) {
        const en_member *member = &en_collection_members(value)[i];
        const en_member *other = &en_collection_members(back)[i];
        equal = en_text_equal(member->name, other->name) && survives(member->value, other->value);
    }
    return equal;
}

/* Equal, but a double beyond 2^53 comes back as the exact integer that its shortest digits name. */
static bool survives(en_value value, en_value back)
{
    switch (value.tag) {
    case EN_COLLECTION:
        return members_survive(value, back);
    case EN_ARRAY: {
        bool equal = back.tag == EN_ARRAY && value.length == back.length;
        for (uint32_t i = 0; equal && i < value.length; i++) {
            equal = survives(value.as.items[i], back.as.items[i]);
        }
        return equal;
    }
    case EN_NUMBER:
        return value.form == EN_DOUBLE
                   ? back.tag == EN_NUMBER && en_value_number(value) == en_value_number(back)
                   : en_value_equal(value, back);
    default:
        return en_value_equal(value, back);
    }
}

static void write_and_read(en_arena *arena, en_value value, unsigned flags)
{
    en_text written = en_json_text(arena, value, flags);
    en_value back;
    require(en_json_read(arena, written, flags, JANSSON_DEPTH, &back, NULL), "what we write reads");
    require(survives(value, back), "what we write reads as an equal value");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text input = { (const char *)data, size };
    en_value copied;
    en_value shared;
    en_error error;
    en_error_clear(&error);
    bool read = en_json_read(&arena, input, 0, JANSSON_DEPTH, &copied, &error);
    require(read || (error.line != 0 && error.column != 0 && error.message[0] != '\0'),
            "an error has a place and a message");
    compare(input, read, copied);
    require(en_json_read(&arena, input, EN_JSON_SHARE, JANSSON_DEPTH, &shared, NULL) == read,
            "sharing changes nothing");
    if (read) {
        require(en_value_equal(copied, shared), "sharing changes no value");
        write_and_read(&arena, copied, 0);
        write_and_read(&arena, shared, EN_JSON_PRETTY);
        en_value typed;
        require(en_json_read(&arena, input, EN_JSON_TYPED, JANSSON_DEPTH, &typed, NULL),
                "typed forms are no errors");
        write_and_read(&arena, typed, EN_JSON_TYPED);
    }
    en_arena_done(&arena);
    return 0;
}

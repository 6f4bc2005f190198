#include "batch/pair.h"

#include "base/base64.h"
#include "flow/contents.h"
#include "value/datetime.h"

/* --- dates and buffers --- */

/* The text under the only member of a collection, if that has this name. */
static bool find_typed(en_value value, en_text name, en_text *text)
{
    en_value inner = en_collection_find(value, name);
    *text = en_value_text(inner);
    return en_collection_count(value) == 1 && en_is(inner, EN_TEXT_VALUE);
}

static en_value read_typed(en_arena *arena, const en_schema *schema, const en_member *member)
{
    const en_field *field = en_schema_field(schema, member->name);
    int64_t date_ms;
    en_text text;
    en_text bytes;
    if (field != NULL && field->type == EN_T_DATE &&
        find_typed(member->value, EN_TEXT("$date"), &text) && en_date_read_iso(text, &date_ms)) {
        return en_date(date_ms);
    }
    if (field != NULL && field->type == EN_T_BUFFER &&
        find_typed(member->value, EN_TEXT("$buffer"), &text) &&
        en_base64_decode(arena, text, &bytes)) {
        return en_buffer(bytes);
    }
    return member->value;
}

static bool has_collections(en_value data)
{
    const en_member *members = en_collection_members(data);
    for (uint32_t i = 0; i < en_collection_count(data); i++) {
        if (en_is(members[i].value, EN_COLLECTION)) {
            return true;
        }
    }
    return false;
}

static bool take_types(en_arena *arena, const en_schema *schema, en_value *data, en_error *error)
{
    if (schema == NULL || schema->field_count == 0 || !has_collections(*data)) {
        return true;
    }
    en_collection_builder typed;
    en_collection_builder_init(&typed, arena);
    for (uint32_t i = 0; i < en_collection_count(*data); i++) {
        const en_member *member = &en_collection_members(*data)[i];
        en_value value =
            en_is(member->value, EN_COLLECTION) ? read_typed(arena, schema, member) : member->value;
        en_collection_builder_add(&typed, member->name, value);
    }
    if (typed.failed) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "not enough memory for a record");
    }
    *data = en_collection_builder_take(&typed);
    return true;
}

/* --- pairs --- */

bool en_pair_read(en_arena *arena, en_value record, const en_schema *schema, en_pair *pair,
                  en_error *error)
{
    *pair = (en_pair){ .key = EN_TEXT("") };
    if (!en_contents_read_record(arena, record, &pair->key, &pair->data, error)) {
        return false;
    }
    pair->is_inside = en_collection_members(pair->data) != en_collection_members(record);
    return take_types(arena, schema, &pair->data, error);
}

static bool add_extra(en_arena *arena, en_collection_builder *out, en_text cell, en_error *error)
{
    en_value extra;
    en_error inner;
    en_error_clear(&inner);
    if (en_json_read(arena, cell, EN_JSON_SHARE, EN_JSON_DEPTH, &extra, &inner) &&
        en_is(extra, EN_COLLECTION)) {
        for (uint32_t i = 0; i < en_collection_count(extra); i++) {
            const en_member *member = &en_collection_members(extra)[i];
            en_collection_builder_add(out, member->name, member->value);
        }
        return true;
    }
    en_error_set(error, EN_BundleValidationError, "expected a JSON object%s%s",
                 inner.message[0] != '\0' ? ": " : "", inner.message);
    en_error_prefix_path(error, EN_CSV_EXTRA);
    return false;
}

bool en_pair_read_row(en_arena *arena, en_value record, const en_schema *schema, en_pair *pair,
                      en_error *error)
{
    *pair =
        (en_pair){ .key = en_value_text(en_collection_find(record, EN_CSV_KEY)), .data = record };
    if (!en_collection_has(record, EN_CSV_KEY) && !en_collection_has(record, EN_CSV_EXTRA)) {
        return true;
    }
    en_collection_builder data;
    en_collection_builder_init(&data, arena);
    for (uint32_t i = 0; i < en_collection_count(record); i++) {
        const en_member *member = &en_collection_members(record)[i];
        if (en_text_equal(member->name, EN_CSV_EXTRA)) {
            if (!add_extra(arena, &data, en_value_text(member->value), error)) {
                return false;
            }
        } else if (!en_text_equal(member->name, EN_CSV_KEY)) {
            en_collection_builder_add(&data, member->name, member->value);
        }
    }
    if (data.failed) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "not enough memory for a record");
    }
    pair->data = en_collection_builder_take(&data);
    return take_types(arena, schema, &pair->data, error);
}

bool en_pair_find_key(en_arena *arena, const en_schema *schema, en_pair *pair, en_error *error)
{
    en_text name = EN_TEXT("id");
    const en_field *field = NULL;
    for (size_t i = 0; schema != NULL && field == NULL && i < schema->field_count; i++) {
        field = schema->fields[i].unique ? &schema->fields[i] : NULL;
    }
    if (pair->key.length != 0) {
        return true;
    }
    en_value source = en_collection_find(pair->data, field != NULL ? field->name : name);
    if (en_is_missing(source)) {
        return true;
    }
    if (field != NULL && !en_coerce(arena, field->type, source, NULL, &source, error)) {
        en_error_prefix_path(error, field->name);
        return false;
    }
    pair->key = en_value_as_text(arena, source, EN_TEXT(","));
    return true;
}

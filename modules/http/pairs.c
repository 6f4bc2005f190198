#include "pairs.h"

#include "value/coerce.h"

static en_value find_name(en_value entry)
{
    en_value name = en_collection_find(entry, EN_TEXT("name"));
    return en_is_missing(name) ? en_collection_find(entry, EN_TEXT("key")) : name;
}

static bool refuse_entry(en_call *call, const char *what, size_t index, en_value entry)
{
    en_error *error = en_call_error(call);
    en_error_set(error, EN_BundleValidationError, "expected {\"name\": …, \"value\": …} but got %s",
                 en_tag_name((en_tag)entry.tag));
    en_error_prefix_index(error, index);
    en_error_prefix_path(error, en_text_from(what));
    return false;
}

bool en_pairs_read(en_call *call, const char *what, en_value given, en_pairs *list)
{
    bool object = given.tag == EN_COLLECTION;
    size_t most = object ? en_collection_count(given) : given.tag == EN_ARRAY ? given.length : 0;
    *list = (en_pairs){ EN_TRY_ARRAY(en_call_arena(call), en_pair, most + 1), 0 };
    if (list->items == NULL) {
        return en_error_set(en_call_error(call), EN_DataSizeLimitExceededError,
                            "%s needs more memory than the run may use", what);
    }
    for (size_t i = 0; i < most; i++) {
        const en_member *member = object ? &en_collection_members(given)[i] : NULL;
        en_value name = object ? en_text_value(member->name) : find_name(given.as.items[i]);
        en_value value =
            object ? member->value : en_collection_find(given.as.items[i], EN_TEXT("value"));
        if (name.tag != EN_TEXT_VALUE || name.length == 0) {
            return refuse_entry(call, what, i, object ? name : given.as.items[i]);
        }
        if (!en_is_missing(value)) {
            list->items[list->count++] = (en_pair){ en_value_text(name), value };
        }
    }
    return true;
}

static void encode_value(en_builder *out, en_text name, en_value value)
{
    if (out->length != 0) {
        en_builder_add_char(out, '&');
    }
    en_url_encode(out, name);
    en_builder_add_char(out, '=');
    en_url_encode(out, en_value_as_text(out->arena, value, EN_TEXT(",")));
}

en_text en_pairs_encode(en_arena *arena, const en_pairs *list)
{
    en_builder out;
    en_builder_init(&out, arena);
    for (size_t i = 0; i < list->count; i++) {
        en_value value = list->items[i].value;
        for (uint32_t e = 0; value.tag == EN_ARRAY && e < value.length; e++) {
            encode_value(&out, list->items[i].name, value.as.items[e]);
        }
        if (value.tag != EN_ARRAY) {
            encode_value(&out, list->items[i].name, value);
        }
    }
    return en_builder_take(&out);
}

#include "body.h"

#include "pairs.h"
#include "value/coerce.h"

static en_text text_member(en_value file, const char *name, const char *other_name)
{
    en_value found = en_collection_find(file, en_text_from(name));
    return en_value_text(en_is_missing(found) ? en_collection_find(file, en_text_from(other_name))
                                              : found);
}

static en_http_part make_part(en_arena *arena, en_text name, en_value value)
{
    en_value data = en_collection_find(value, EN_TEXT("data"));
    if (data.tag == EN_TEXT_VALUE || data.tag == EN_BUFFER) {
        en_text file_name = text_member(value, "fileName", "name");
        en_text type = text_member(value, "contentType", "mime");
        return (en_http_part){ .name = name,
                               .content = en_value_text(data),
                               .file_name = file_name.length != 0 ? file_name : name,
                               .content_type =
                                   type.length != 0 ? type : EN_TEXT("application/octet-stream") };
    }
    if (value.tag == EN_BUFFER) {
        return (en_http_part){ .name = name,
                               .content = en_value_text(value),
                               .file_name = name,
                               .content_type = EN_TEXT("application/octet-stream") };
    }
    return (en_http_part){ .name = name, .content = en_value_as_text(arena, value, EN_TEXT(",")) };
}

static bool read_parts(en_call *call, const en_pairs *fields, en_http_request *request)
{
    size_t count = 0;
    for (size_t i = 0; i < fields->count; i++) {
        count += fields->items[i].value.tag == EN_ARRAY ? fields->items[i].value.length : 1;
    }
    en_arena *arena = en_call_arena(call);
    en_http_part *parts = EN_TRY_ARRAY(arena, en_http_part, count + 1);
    if (parts == NULL) {
        return en_error_set(en_call_error(call), EN_DataSizeLimitExceededError,
                            "body needs more memory than the run may use");
    }
    count = 0;
    for (size_t i = 0; i < fields->count; i++) {
        const en_pair *field = &fields->items[i];
        for (uint32_t e = 0; field->value.tag == EN_ARRAY && e < field->value.length; e++) {
            parts[count++] = make_part(arena, field->name, field->value.as.items[e]);
        }
        if (field->value.tag != EN_ARRAY) {
            parts[count++] = make_part(arena, field->name, field->value);
        }
    }
    request->parts = parts;
    request->part_count = count;
    return true;
}

typedef enum body_kind { BODY_RAW, BODY_JSON, BODY_FORM, BODY_PARTS } body_kind;

/* Make's spellings (x_www_form_urlencoded) and the media types share these words. */
static body_kind find_kind(en_text type)
{
    static const struct {
        en_text word;
        body_kind kind;
    } words[] = {
        { { "json", 4 }, BODY_JSON },
        { { "urlencoded", 10 }, BODY_FORM },
        { { "multipart", 9 }, BODY_PARTS },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        en_text word = words[i].word;
        for (size_t at = 0; at + word.length <= type.length; at++) {
            if (en_text_equal_nocase(en_text_slice(type, at, at + word.length), word)) {
                return words[i].kind;
            }
        }
    }
    return BODY_RAW;
}

static bool read_fields(en_call *call, body_kind kind, en_value body, en_http_request *request)
{
    en_pairs fields;
    if (!en_pairs_read(call, "body", body, &fields)) {
        return false;
    }
    if (kind == BODY_PARTS && fields.count != 0) {
        return read_parts(call, &fields, request);
    }
    request->body = en_pairs_encode(en_call_arena(call), &fields);
    request->has_body = true;
    return true;
}

bool en_body_read(en_call *call, en_text type, en_value body, en_http_request *request,
                  const char **content_type)
{
    static const char *const types[] = { [BODY_JSON] = "application/json",
                                         [BODY_FORM] = "application/x-www-form-urlencoded",
                                         [BODY_PARTS] = NULL /* curl's, with the boundary */ };
    body_kind kind = find_kind(type);
    bool is_bytes = body.tag == EN_TEXT_VALUE || body.tag == EN_BUFFER;
    *content_type = NULL;
    if (en_is_empty(body)) {
        return true;
    }
    if (kind == BODY_RAW && !is_bytes) {
        kind = BODY_JSON;
    }
    *content_type = types[kind];
    if (kind >= BODY_FORM && (body.tag == EN_COLLECTION || body.tag == EN_ARRAY)) {
        return read_fields(call, kind, body, request);
    }
    if (kind == BODY_PARTS) {
        en_error_set(en_call_error(call), EN_BundleValidationError,
                     "multipart/form-data needs a collection of fields but got %s",
                     en_tag_name((en_tag)body.tag));
        en_error_prefix_path(en_call_error(call), EN_TEXT("body"));
        return false;
    }
    request->body = is_bytes ? en_value_text(body) : en_json_text(en_call_arena(call), body, 0);
    request->has_body = true;
    return true;
}

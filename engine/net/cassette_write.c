/* From a request and its reply to what stands in a cassette. */
#include "base/base64.h"
#include "base/utf8.h"
#include "net/cassette_tape.h"
#include "value/encoding.h"

/* Deeper JSON is kept as text: a cassette must stay readable as a document. */
enum { MOST_JSON_DEPTH = 128 };

/* --- what was asked --- */

static en_text content_type(const en_http_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal_nocase(headers[i].name, EN_TEXT("content-type"))) {
            return headers[i].value;
        }
    }
    return EN_TEXT("");
}

static const en_http_header *redact_headers(en_redactor *redactor, en_arena *arena,
                                            const en_http_header *headers, size_t *count)
{
    en_http_header *made = EN_TRY_ARRAY(arena, en_http_header, *count + 1);
    *count = made != NULL ? *count : 0;
    for (size_t i = 0; i < *count; i++) {
        en_text value = en_encoding_header(arena, headers[i].value);
        made[i] = (en_http_header){ en_text_copy(arena, en_encoding_header(arena, headers[i].name)),
                                    en_text_copy(arena, en_redact_header(redactor, arena,
                                                                         headers[i].name, value)) };
    }
    return made;
}

static void take_parts(en_redactor *redactor, en_arena *arena, const en_http_request *request,
                       en_tape_body *body)
{
    en_http_part *parts = EN_TRY_ARRAY(arena, en_http_part, request->part_count + 1);
    body->kind = EN_BODY_PARTS;
    body->parts = parts;
    for (size_t i = 0; parts != NULL && i < request->part_count; i++) {
        parts[i] = request->parts[i];
        parts[i].content = en_redact_part(redactor, arena, &request->parts[i]);
        body->part_count++;
    }
}

void en_asked_make(en_redactor *redactor, en_arena *arena, const en_http_request *request,
                   en_asked *asked)
{
    static const en_text auths[] = { [EN_AUTH_NONE] = { "", 0 },
                                     [EN_AUTH_BASIC] = { "basic", 5 },
                                     [EN_AUTH_DIGEST] = { "digest", 6 } };
    en_text type = content_type(request->headers, request->header_count);
    *asked = (en_asked){ .method = request->method,
                         .url = en_redact_url(redactor, arena, en_text_trim(request->url)),
                         .header_count = request->header_count,
                         .auth = auths[request->auth],
                         .body.kind = EN_BODY_NONE };
    if (request->auth != EN_AUTH_NONE) {
        asked->username = en_redact_text(redactor, arena, request->username);
        en_redactor_add_secret(redactor, request->password);
    }
    asked->headers = redact_headers(redactor, arena, request->headers, &asked->header_count);
    if (request->part_count != 0) {
        take_parts(redactor, arena, request, &asked->body);
    } else if (request->has_body && request->body.length != 0) {
        asked->body.kind = EN_BODY_BYTES;
        asked->body.bytes = en_redact_body(redactor, arena, type, request->body);
    }
}

/* --- what came --- */

void en_taped_take_reply(en_redactor *redactor, en_arena *arena, const en_http_response *reply,
                         const en_error *error, en_taped *taped)
{
    if (error != NULL) {
        taped->failure = (en_failure){
            .type = error->type,
            .message = en_redact_text(redactor, arena, en_text_from(error->message)),
            .path = en_text_from(error->path),
            .status_code = error->status_code,
            .retryable = error->retryable,
        };
        return;
    }
    en_text type = content_type(reply->headers, reply->header_count);
    taped->reply = *reply;
    taped->reply.headers =
        redact_headers(redactor, arena, reply->headers, &taped->reply.header_count);
    taped->reply.body = en_redact_body(redactor, arena, type, reply->body);
    taped->reply.url = en_redact_url(redactor, arena, reply->url);
    if (en_text_equal(taped->reply.url, taped->asked.url)) {
        taped->reply.url = EN_TEXT("");
    }
}

/* --- as values --- */

static void add(en_collection_builder *object, const char *name, en_value value)
{
    en_collection_builder_add(object, en_text_from(name), value);
}

static en_value wrap(en_arena *arena, const char *name, en_value value)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, name, value);
    return en_collection_builder_take(&object);
}

/* JSON only if it would be sent byte by byte as it came. */
static bool is_plain_json(en_arena *arena, en_text bytes, en_value *value)
{
    bool may_be = bytes.length != 0 && (bytes.data[0] == '{' || bytes.data[0] == '[') &&
                  en_text_find(bytes, EN_TEXT("\\u0000"), 0) == SIZE_MAX;
    return may_be && en_json_read(arena, bytes, 0, MOST_JSON_DEPTH, value, NULL) &&
           en_text_equal(en_json_text(arena, *value, 0), bytes);
}

static en_value bytes_value(en_arena *arena, en_text bytes)
{
    en_value json;
    if (en_utf8_find_broken(bytes) != SIZE_MAX) {
        en_builder out;
        en_builder_init(&out, arena);
        en_base64_encode(&out, bytes);
        return wrap(arena, "base64", en_text_value(en_builder_take(&out)));
    }
    return is_plain_json(arena, bytes, &json) ? wrap(arena, "json", json) : en_text_value(bytes);
}

static en_value parts_value(en_arena *arena, const en_tape_body *body)
{
    en_array_builder parts;
    en_array_builder_init(&parts, arena);
    for (size_t i = 0; i < body->part_count; i++) {
        const en_http_part *part = &body->parts[i];
        en_collection_builder object;
        en_collection_builder_init(&object, arena);
        add(&object, "name", en_text_value(part->name));
        if (part->file_name.length != 0) {
            add(&object, "fileName", en_text_value(part->file_name));
        }
        if (part->content_type.length != 0) {
            add(&object, "contentType", en_text_value(part->content_type));
        }
        add(&object, "content", bytes_value(arena, part->content));
        en_array_builder_add(&parts, en_collection_builder_take(&object));
    }
    return wrap(arena, "parts", en_array_builder_take(&parts));
}

static en_value body_value(en_arena *arena, const en_tape_body *body)
{
    switch (body->kind) {
    case EN_BODY_BYTES:
    case EN_BODY_JSON:
        return bytes_value(arena, body->bytes);
    case EN_BODY_PARTS:
        return parts_value(arena, body);
    default:
        return en_null();
    }
}

/* {name: value}; a name that came several times has all its values in an array. */
static en_value headers_value(en_arena *arena, const en_http_header *headers, size_t count)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    for (size_t i = 0; i < count; i++) {
        en_array_builder values;
        bool seen = false;
        en_array_builder_init(&values, arena);
        for (size_t j = 0; j < count && !seen; j++) {
            bool same = en_text_equal_nocase(headers[i].name, headers[j].name);
            seen = same && j < i;
            if (same && !seen) {
                en_array_builder_add(&values, en_text_value(headers[j].value));
            }
        }
        if (!seen) {
            en_value all = en_array_builder_take(&values);
            en_collection_builder_add(&object, headers[i].name,
                                      all.length == 1 ? all.as.items[0] : all);
        }
    }
    return en_collection_builder_take(&object);
}

static en_value request_value(en_arena *arena, const en_asked *asked)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, "method", en_text_value(asked->method));
    add(&object, "url", en_text_value(asked->url));
    if (asked->auth.length != 0) {
        en_collection_builder auth;
        en_collection_builder_init(&auth, arena);
        add(&auth, "type", en_text_value(asked->auth));
        add(&auth, "username", en_text_value(asked->username));
        add(&object, "auth", en_collection_builder_take(&auth));
    }
    add(&object, "headers", headers_value(arena, asked->headers, asked->header_count));
    add(&object, "body", body_value(arena, &asked->body));
    return en_collection_builder_take(&object);
}

static en_value response_value(en_arena *arena, const en_http_response *reply)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, "status", en_number(reply->status));
    if (reply->url.length != 0) {
        add(&object, "url", en_text_value(reply->url));
    }
    add(&object, "headers", headers_value(arena, reply->headers, reply->header_count));
    add(&object, "body", reply->body.length != 0 ? bytes_value(arena, reply->body) : en_null());
    return en_collection_builder_take(&object);
}

static en_value error_value(en_arena *arena, const en_failure *failure)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, "type", en_text_value(en_text_from(en_error_name(failure->type))));
    add(&object, "message", en_text_value(failure->message));
    if (failure->path.length != 0) {
        add(&object, "path", en_text_value(failure->path));
    }
    if (failure->status_code != 0) {
        add(&object, "statusCode", en_number(failure->status_code));
    }
    add(&object, "retryable", en_boolean(failure->retryable));
    return en_collection_builder_take(&object);
}

en_value en_taped_value(en_arena *arena, const en_taped *taped)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    if (taped->asker.step_id != EN_NO_STEP) {
        add(&object, "step", en_integer(taped->asker.step_id));
    }
    if (taped->asker.module.length != 0) {
        add(&object, "module", en_text_value(taped->asker.module));
    }
    if (taped->at_ms != INT64_MIN) {
        add(&object, "at", en_date(taped->at_ms));
    }
    add(&object, "request", request_value(arena, &taped->asked));
    if (taped->failure.type != EN_NO_ERROR) {
        add(&object, "error", error_value(arena, &taped->failure));
    } else {
        add(&object, "response", response_value(arena, &taped->reply));
    }
    add(&object, "durationMs", en_number((double)taped->duration_ms));
    return en_collection_builder_take(&object);
}

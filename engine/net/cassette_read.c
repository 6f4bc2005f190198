/* What stands in a cassette, checked: each mistake with its path. */
#include "base/base64.h"
#include "net/cassette_tape.h"
#include "value/datetime.h"

#include <string.h>

enum { MOST_HEADERS = 2000, MOST_NAMES = 8 };

#define LONGEST_MS ((int64_t)86400000 * 365)

/* --- members --- */

static bool wrong(en_error *error, const char *name, const char *expected, en_value found)
{
    en_error_set(error, EN_SyntaxError, "expected %s but found %s", expected,
                 en_tag_name((en_tag)found.tag));
    en_error_prefix_path(error, en_text_from(name));
    return false;
}

/* An object with these names only: a slip of the pen would be a request that never fits. */
static bool check_object(en_value object, const char *what, const char *const *known,
                         en_error *error)
{
    en_text names[MOST_NAMES + 1];
    size_t count = 0;
    if (!en_is(object, EN_COLLECTION)) {
        return en_error_set(error, EN_SyntaxError, "expected %s but found %s", what,
                            en_tag_name((en_tag)object.tag));
    }
    for (; known[count] != NULL; count++) {
        names[count] = en_text_from(known[count]);
    }
    for (uint32_t i = 0; i < en_collection_count(object); i++) {
        en_text name = en_collection_members(object)[i].name;
        bool is_known = en_text_starts(name, EN_TEXT("$")); /* "$schema" is for editors */
        for (size_t j = 0; j < count && !is_known; j++) {
            is_known = en_text_equal(name, names[j]);
        }
        if (!is_known) {
            size_t near = en_text_nearest(name, names, count);
            en_error_set(error, EN_SyntaxError, "%s has no \"%.*s\"", what, EN_TEXT_ARG(name));
            en_error_prefix_path(error, name);
            if (near != SIZE_MAX) {
                en_error_hint(error, "did you mean \"%s\"?", known[near]);
            }
            return false;
        }
    }
    return true;
}

static bool read_text(en_value object, const char *name, en_text *text, en_error *error)
{
    en_value value = en_collection_find(object, en_text_from(name));
    if (en_is_missing(value)) {
        return true;
    }
    *text = en_value_text(value);
    return en_is(value, EN_TEXT_VALUE) || wrong(error, name, "a text", value);
}

static bool read_integer(en_value object, const char *name, int64_t least, int64_t most,
                         int64_t *integer, en_error *error)
{
    en_value value = en_collection_find(object, en_text_from(name));
    if (en_is_missing(value)) {
        return true;
    }
    if (!en_is(value, EN_NUMBER) || !en_value_integer(value, integer)) {
        return wrong(error, name, "a whole number", value);
    }
    if (*integer < least || *integer > most) {
        en_error_set(error, EN_SyntaxError, "expected a number from %lld to %lld", (long long)least,
                     (long long)most);
        en_error_prefix_path(error, en_text_from(name));
        return false;
    }
    return true;
}

/* --- bodies --- */

static bool read_base64(en_arena *arena, en_value value, en_text *bytes, en_error *error)
{
    en_text text = en_value_text(value);
    if (en_is(value, EN_TEXT_VALUE) && en_base64_decode(arena, text, bytes)) {
        return true;
    }
    en_error_set(error, EN_SyntaxError, "expected base64");
    en_error_prefix_path(error, EN_TEXT("base64"));
    return false;
}

/* null, "text", {"json": …}, {"base64": "…"} */
static bool read_bytes(en_arena *arena, en_value value, en_tape_body *body, en_error *error)
{
    static const char *const known[] = { "json", "base64", NULL };
    body->kind = en_is_missing(value) ? EN_BODY_NONE : EN_BODY_BYTES;
    body->bytes = en_value_text(value);
    if (en_is_missing(value) || en_is(value, EN_TEXT_VALUE)) {
        body->kind = body->bytes.length != 0 ? EN_BODY_BYTES : EN_BODY_NONE;
        return true;
    }
    if (!check_object(value, "a text, {\"json\"} or {\"base64\"}", known, error)) {
        return false;
    }
    if (en_collection_count(value) != 1) {
        return en_error_set(error, EN_SyntaxError, "expected either \"json\" or \"base64\"");
    }
    if (en_collection_has(value, EN_TEXT("base64"))) {
        return read_base64(arena, en_collection_find(value, EN_TEXT("base64")), &body->bytes,
                           error);
    }
    body->kind = EN_BODY_JSON;
    body->json = en_collection_find(value, EN_TEXT("json"));
    body->bytes = en_json_text(arena, body->json, 0);
    return true;
}

static bool read_part(en_arena *arena, en_value value, en_http_part *part, en_error *error)
{
    static const char *const known[] = { "name", "fileName", "contentType", "content", NULL };
    en_tape_body content = { .kind = EN_BODY_NONE };
    *part = (en_http_part){ 0 };
    if (!check_object(value, "a part", known, error) ||
        !read_text(value, "name", &part->name, error) ||
        !read_text(value, "fileName", &part->file_name, error) ||
        !read_text(value, "contentType", &part->content_type, error)) {
        return false;
    }
    if (!read_bytes(arena, en_collection_find(value, EN_TEXT("content")), &content, error)) {
        en_error_prefix_path(error, EN_TEXT("content"));
        return false;
    }
    part->content = content.bytes;
    return true;
}

static bool read_parts(en_arena *arena, en_value value, en_tape_body *body, en_error *error)
{
    if (!en_is(value, EN_ARRAY)) {
        return wrong(error, "parts", "a list of parts", value);
    }
    en_http_part *parts = EN_TRY_ARRAY(arena, en_http_part, value.length + (size_t)1);
    if (parts == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "no memory for a cassette");
    }
    *body = (en_tape_body){ .kind = EN_BODY_PARTS, .parts = parts, .part_count = value.length };
    for (uint32_t i = 0; i < value.length; i++) {
        if (!read_part(arena, value.as.items[i], &parts[i], error)) {
            en_error_prefix_index(error, i);
            en_error_prefix_path(error, EN_TEXT("parts"));
            return false;
        }
    }
    return true;
}

/* Of a request: one that is not mentioned may be any. */
static bool read_body(en_arena *arena, en_value request, en_tape_body *body, en_error *error)
{
    en_value value = en_collection_find(request, EN_TEXT("body"));
    en_value parts = en_collection_find(value, EN_TEXT("parts"));
    *body = (en_tape_body){ .kind = EN_BODY_ANY };
    if (value.tag == EN_NOTHING) {
        return true;
    }
    bool read = parts.tag != EN_NOTHING ? read_parts(arena, parts, body, error)
                                        : read_bytes(arena, value, body, error);
    if (!read) {
        en_error_prefix_path(error, EN_TEXT("body"));
    }
    return read;
}

/* --- headers --- */

static bool add_header(en_http_header *headers, size_t *count, en_text name, en_value value,
                       en_error *error)
{
    if (*count == MOST_HEADERS) {
        return en_error_set(error, EN_SyntaxError, "expected at most %d headers", MOST_HEADERS);
    }
    if (!en_is(value, EN_TEXT_VALUE) || name.length == 0) {
        en_error_set(error, EN_SyntaxError, "a header is a name and a text, or several texts");
        en_error_prefix_path(error, name);
        return false;
    }
    headers[(*count)++] = (en_http_header){ name, en_value_text(value) };
    return true;
}

static bool add_headers(en_http_header *headers, size_t *count, const en_member *member,
                        en_error *error)
{
    en_value value = member->value;
    if (!en_is(value, EN_ARRAY)) {
        return add_header(headers, count, member->name, value, error);
    }
    for (uint32_t i = 0; i < value.length; i++) {
        if (!add_header(headers, count, member->name, value.as.items[i], error)) {
            return false;
        }
    }
    return true;
}

/* {name: text or [text…]} */
static bool read_headers(en_arena *arena, en_value object, const en_http_header **headers,
                         size_t *count, en_error *error)
{
    en_value value = en_collection_find(object, EN_TEXT("headers"));
    if (!en_is_missing(value) && !en_is(value, EN_COLLECTION)) {
        return wrong(error, "headers", "an object of headers", value);
    }
    size_t most = 1;
    for (uint32_t i = 0; i < en_collection_count(value); i++) {
        en_value one = en_collection_members(value)[i].value;
        most += en_is(one, EN_ARRAY) ? one.length : 1;
    }
    en_http_header *made =
        EN_TRY_ARRAY(arena, en_http_header, most < MOST_HEADERS ? most : MOST_HEADERS);
    *headers = made;
    *count = 0;
    for (uint32_t i = 0; i < en_collection_count(value); i++) {
        if (made == NULL || !add_headers(made, count, &en_collection_members(value)[i], error)) {
            en_error_prefix_path(error, EN_TEXT("headers"));
            return made != NULL ? false
                                : en_error_set(error, EN_DataSizeLimitExceededError,
                                               "no memory for a cassette");
        }
    }
    return true;
}

/* --- exchanges --- */

static bool read_auth(en_value request, en_asked *asked, en_error *error)
{
    static const char *const known[] = { "type", "username", NULL };
    en_value auth = en_collection_find(request, EN_TEXT("auth"));
    if (en_is_missing(auth)) {
        return true;
    }
    asked->any_headers = false;
    if (!check_object(auth, "credentials", known, error) ||
        !read_text(auth, "type", &asked->auth, error) ||
        !read_text(auth, "username", &asked->username, error)) {
        en_error_prefix_path(error, EN_TEXT("auth"));
        return false;
    }
    return true;
}

static bool read_request(en_arena *arena, en_value request, en_asked *asked, en_error *error)
{
    static const char *const known[] = { "method", "url", "auth", "headers", "body", NULL };
    *asked = (en_asked){ .method = EN_TEXT("GET"),
                         .auth = EN_TEXT(""),
                         .any_headers = !en_collection_has(request, EN_TEXT("headers")) };
    if (!check_object(request, "a request", known, error) ||
        !read_text(request, "method", &asked->method, error) ||
        !read_text(request, "url", &asked->url, error) || !read_auth(request, asked, error) ||
        !read_headers(arena, request, &asked->headers, &asked->header_count, error) ||
        !read_body(arena, request, &asked->body, error)) {
        return false;
    }
    return asked->url.length != 0 ||
           en_error_set(error, EN_SyntaxError, "expected a request with a \"url\"");
}

static bool has_content_type(const en_http_response *reply)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (en_text_equal_nocase(reply->headers[i].name, EN_TEXT("content-type"))) {
            return true;
        }
    }
    return false;
}

static bool read_response(en_arena *arena, en_value response, en_http_response *reply,
                          en_error *error)
{
    static const char *const known[] = { "status", "url", "headers", "body", NULL };
    static const en_http_header json = { { "Content-Type", 12 }, { "application/json", 16 } };
    en_tape_body body = { .kind = EN_BODY_NONE };
    int64_t status = 200;
    if (!check_object(response, "a response", known, error) ||
        !read_integer(response, "status", 100, 999, &status, error) ||
        !read_text(response, "url", &reply->url, error) ||
        !read_headers(arena, response, &reply->headers, &reply->header_count, error)) {
        return false;
    }
    if (!read_bytes(arena, en_collection_find(response, EN_TEXT("body")), &body, error)) {
        en_error_prefix_path(error, EN_TEXT("body"));
        return false;
    }
    bool is_bare = !en_collection_has(response, EN_TEXT("headers"));
    if (is_bare && body.kind == EN_BODY_JSON && !has_content_type(reply)) {
        reply->headers = &json;
        reply->header_count = 1;
    }
    reply->status = (int)status;
    reply->body = body.bytes;
    return true;
}

static bool read_failure(en_value value, en_failure *failure, en_error *error)
{
    static const char *const known[] = {
        "type", "message", "path", "statusCode", "retryable", NULL
    };
    en_text type = EN_TEXT("ConnectionError");
    int64_t status = 0;
    failure->message = EN_TEXT("the connection failed");
    if (!check_object(value, "an error", known, error) || !read_text(value, "type", &type, error) ||
        !read_text(value, "message", &failure->message, error) ||
        !read_text(value, "path", &failure->path, error) ||
        !read_integer(value, "statusCode", 0, 999, &status, error)) {
        return false;
    }
    en_value retryable = en_collection_find(value, EN_TEXT("retryable"));
    failure->type = en_error_type_find(type);
    failure->status_code = (int)status;
    failure->retryable = en_is(retryable, EN_BOOLEAN) && retryable.as.boolean;
    if (failure->type == EN_NO_ERROR) {
        en_error_set(error, EN_SyntaxError, "there is no type of error \"%.*s\"",
                     EN_TEXT_ARG(type));
        en_error_prefix_path(error, EN_TEXT("type"));
        return false;
    }
    return true;
}

static bool read_outcome(en_arena *arena, en_value value, en_taped *taped, en_error *error)
{
    en_value response = en_collection_find(value, EN_TEXT("response"));
    en_value failure = en_collection_find(value, EN_TEXT("error"));
    if (en_is_missing(response) == en_is_missing(failure)) {
        return en_error_set(error, EN_SyntaxError,
                            "an exchange has either a \"response\" or an \"error\"");
    }
    bool has_reply = !en_is_missing(response);
    bool read = has_reply ? read_response(arena, response, &taped->reply, error)
                          : read_failure(failure, &taped->failure, error);
    if (!read) {
        en_error_prefix_path(error, has_reply ? EN_TEXT("response") : EN_TEXT("error"));
    }
    return read;
}

static bool read_moment(en_value value, int64_t *at_ms, en_error *error)
{
    en_text text = EN_TEXT("");
    *at_ms = INT64_MIN;
    if (!read_text(value, "at", &text, error)) {
        return false;
    }
    if (text.length != 0 && !en_date_read_iso(text, at_ms)) {
        en_error_set(error, EN_SyntaxError, "expected a date such as 2026-01-31T09:00:00Z");
        en_error_prefix_path(error, EN_TEXT("at"));
        return false;
    }
    return true;
}

bool en_taped_read(en_arena *arena, en_value value, en_taped *taped, en_error *error)
{
    static const char *const known[] = { "step",     "module", "at",         "request",
                                         "response", "error",  "durationMs", NULL };
    *taped = (en_taped){ .asker.step_id = EN_NO_STEP };
    if (!check_object(value, "an exchange", known, error) ||
        !read_integer(value, "step", INT64_MIN, INT64_MAX, &taped->asker.step_id, error) ||
        !read_text(value, "module", &taped->asker.module, error) ||
        !read_moment(value, &taped->at_ms, error) ||
        !read_integer(value, "durationMs", 0, LONGEST_MS, &taped->duration_ms, error)) {
        return false;
    }
    if (!read_request(arena, en_collection_find(value, EN_TEXT("request")), &taped->asked, error)) {
        en_error_prefix_path(error, EN_TEXT("request"));
        return false;
    }
    return read_outcome(arena, value, taped, error);
}

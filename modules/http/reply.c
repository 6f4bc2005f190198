#include "reply.h"

#include "base/utf8.h"
#include "value/encoding.h"

#include <string.h>

static bool is_text(en_text text, const char *other)
{
    return en_text_equal_nocase(text, en_text_from(other));
}

static en_text lower_name(en_arena *arena, en_text name)
{
    en_builder out;
    en_builder_init(&out, arena);
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.data[i];
        en_builder_add_char(&out, byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte);
    }
    return en_encoding_header(arena, en_builder_take(&out));
}

/* All values of the header at `first` and those of its name behind it. */
static en_value join_header(en_arena *arena, const en_http_response *reply, size_t first)
{
    en_text name = reply->headers[first].name;
    bool is_cookie = is_text(name, "set-cookie"); /* holds commas itself */
    en_array_builder list;
    en_builder text;
    en_array_builder_init(&list, arena);
    en_builder_init(&text, arena);
    for (size_t i = first; i < reply->header_count; i++) {
        if (!en_text_equal_nocase(reply->headers[i].name, name)) {
            continue;
        }
        en_text value = en_encoding_header(arena, reply->headers[i].value);
        if (is_cookie) {
            en_array_builder_add(&list, en_text_value(value));
        } else {
            en_builder_add(&text, i != first ? EN_TEXT(", ") : EN_TEXT(""));
            en_builder_add(&text, value);
        }
    }
    return is_cookie ? en_array_builder_take(&list) : en_text_value(en_builder_take(&text));
}

static en_value reply_headers(en_arena *arena, const en_http_response *reply)
{
    en_collection_builder headers;
    en_collection_builder_init(&headers, arena);
    for (size_t i = 0; i < reply->header_count; i++) {
        bool seen = false;
        for (size_t earlier = 0; earlier < i && !seen; earlier++) {
            seen = en_text_equal_nocase(reply->headers[earlier].name, reply->headers[i].name);
        }
        if (!seen) {
            en_collection_builder_add(&headers, lower_name(arena, reply->headers[i].name),
                                      join_header(arena, reply, i));
        }
    }
    return en_collection_builder_take(&headers);
}

/* "application/json" of "application/json; charset=utf-8". */
static en_text media_type(const en_http_response *reply)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        if (is_text(reply->headers[i].name, "content-type")) {
            en_text value = reply->headers[i].value;
            return en_text_trim(en_text_slice(value, 0, en_text_find(value, EN_TEXT(";"), 0)));
        }
    }
    return EN_TEXT("");
}

static bool is_json_type(en_text type)
{
    size_t tail = type.length > 5 ? type.length - 5 : 0;
    return is_text(en_text_slice(type, tail, type.length), "/json") ||
           is_text(en_text_slice(type, tail, type.length), "+json");
}

static bool is_binary_type(en_text type)
{
    static const char *const starts[] = { "image/",
                                          "audio/",
                                          "video/",
                                          "font/",
                                          "application/octet-stream",
                                          "application/pdf",
                                          "application/zip",
                                          "application/gzip" };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (is_text(en_text_slice(type, 0, strlen(starts[i])), starts[i])) {
            return !is_text(type, "image/svg+xml");
        }
    }
    return false;
}

en_value en_reply_data(en_call *call, const en_http_response *reply, bool parse)
{
    en_text type = media_type(reply);
    en_text start = en_text_trim(reply->body);
    bool is_json = is_json_type(type);
    bool looks_like_json = start.length != 0 && (start.data[0] == '{' || start.data[0] == '[') &&
                           !is_binary_type(type);
    if (parse && start.length != 0 && (is_json || looks_like_json)) {
        en_value value;
        en_error error;
        en_error_clear(&error);
        if (en_json_read(en_call_arena(call), reply->body, EN_JSON_SHARE, EN_JSON_DEPTH, &value,
                         &error)) {
            return value;
        }
        if (is_json) {
            en_call_warn(call, "the reply says that it is JSON but cannot be read: %s",
                         error.message);
        }
    }
    bool bytes = is_binary_type(type) || en_utf8_find_broken(reply->body) != SIZE_MAX;
    return bytes ? en_buffer(reply->body) : en_text_value(reply->body);
}

en_value en_reply_bundle(en_arena *arena, const en_http_response *reply, const en_value *data)
{
    en_collection_builder bundle;
    en_collection_builder_init(&bundle, arena);
    if (data != NULL) {
        en_collection_builder_add(&bundle, EN_TEXT("data"), *data);
    }
    en_collection_builder_add(&bundle, EN_TEXT("statusCode"), en_number(reply->status));
    en_collection_builder_add(&bundle, EN_TEXT("headers"), reply_headers(arena, reply));
    return en_collection_builder_take(&bundle);
}

/* --- replies that are errors --- */

/* The first row that matches counts. */
static const struct {
    int from;
    int to;
    en_error_type type;
    bool retryable;
} failures[] = {
    { 408, 408, EN_ConnectionError, true }, { 425, 425, EN_ConnectionError, true },
    { 429, 429, EN_RateLimitError, true },  { 400, 499, EN_DataError, false },
    { 500, 999, EN_ConnectionError, true },
};

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 402, "Payment Required" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 408, "Request Timeout" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 411, "Length Required" },
    { 412, "Precondition Failed" },
    { 413, "Content Too Large" },
    { 414, "URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Content" },
    { 423, "Locked" },
    { 425, "Too Early" },
    { 429, "Too Many Requests" },
    { 431, "Request Header Fields Too Large" },
    { 451, "Unavailable For Legal Reasons" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
};

static const char *find_phrase(int status)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        if (phrases[i].status == status) {
            return phrases[i].phrase;
        }
    }
    return "";
}

/* Up to 200 characters on one line; empty when the body is not text. */
static en_text excerpt(en_arena *arena, en_text body)
{
    enum { MOST_CHARACTERS = 200 };
    en_text text = en_text_trim(body);
    en_builder out;
    en_builder_init(&out, arena);
    size_t at = 0;
    for (int count = 0; at < text.length && count < MOST_CHARACTERS; count++) {
        uint32_t rune = en_utf8_next(text, &at);
        if (rune == EN_RUNE_BROKEN) {
            return EN_TEXT("");
        }
        en_builder_add_rune(&out, rune < ' ' ? ' ' : rune);
    }
    en_builder_add(&out, at < text.length ? EN_TEXT("…") : EN_TEXT(""));
    return en_builder_take(&out);
}

bool en_reply_fail(en_call *call, en_text method, const en_http_response *reply, en_value bundle)
{
    en_arena *arena = en_call_arena(call);
    en_error *error = en_call_error(call);
    en_text url = en_text_slice(reply->url, 0, en_text_find(reply->url, EN_TEXT("?"), 0));
    en_text said = excerpt(arena, reply->body);
    const char *phrase = find_phrase(reply->status);
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        if (reply->status >= failures[i].from && reply->status <= failures[i].to) {
            en_error_set(error, failures[i].type, "%.*s %.*s answered %d%s%s%s%.*s",
                         EN_TEXT_ARG(method), EN_TEXT_ARG(url), reply->status,
                         *phrase != '\0' ? " " : "", phrase, said.length != 0 ? ": " : "",
                         EN_TEXT_ARG(said));
            error->retryable = failures[i].retryable;
            break;
        }
    }
    error->status_code = reply->status;
    en_call_error_data(call, bundle);
    return false;
}

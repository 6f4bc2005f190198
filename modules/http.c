/* http - requests to other systems. Sources: toolkit-dialect.md 2.2, Q19-Q23.
 *
 * Bearer tokens, API keys and OAuth 2 tokens are headers that the scenario writes itself; only
 * basic and digest credentials are made here. Errors: what the transfer reports, and replies with
 * status 400 or more (http/reply.c), unless handleErrors is false.
 */
#include "module/module.h"

#include "http/body.h"
#include "http/pairs.h"
#include "http/reply.h"
#include "value/coerce.h"

/* --- the request --- */

static const char *const methods[] = { "GET",   "POST", "PUT",     "DELETE",
                                       "PATCH", "HEAD", "OPTIONS", NULL };
static const char *const body_types[] = { "raw",
                                          "application/json",
                                          "json",
                                          "application/x-www-form-urlencoded",
                                          "x_www_form_urlencoded",
                                          "multipart/form-data",
                                          "multipart_form_data",
                                          NULL };
static const char *const auth_types[] = { "none",   "basic",  "digest", "bearer",
                                          "apikey", "oauth2", NULL };

enum {
    REQUEST_URL,
    REQUEST_METHOD,
    REQUEST_HEADERS,
    REQUEST_QUERY,
    REQUEST_BODY_TYPE,
    REQUEST_BODY,
    REQUEST_TIMEOUT,
    REQUEST_CERTIFICATE,
    REQUEST_FOLLOW,
    REQUEST_FOLLOW_ALL,
    REQUEST_PROXY,
    REQUEST_PARSE,
    REQUEST_AUTH,
    REQUEST_USERNAME,
    REQUEST_PASSWORD,
    REQUEST_HANDLE_ERRORS
};
static const en_param request_takes[] = {
    [REQUEST_URL] = { "url", EN_T_TEXT, EN_REQUIRED,
                      .doc = "Absolute address, http or https. Spaces and letters beyond ASCII in "
                             "path and query are encoded." },
    [REQUEST_METHOD] = { "method", EN_T_TEXT, 0, .fallback = "\"GET\"", .choices = methods,
                         .doc = "GET, POST, PUT, DELETE, PATCH, HEAD or OPTIONS, in either case." },
    [REQUEST_HEADERS] = { "headers", EN_T_ARRAY | EN_T_COLLECTION | EN_T_NULL, 0,
                          .doc =
                              "[{name, value}], [{key, value}] or {name: value}. A missing value "
                              "leaves its header out." },
    [REQUEST_QUERY] = { "queryString", EN_T_ARRAY | EN_T_COLLECTION | EN_T_NULL, 0,
                        .doc =
                            "The same shapes, encoded and added to the URL's own query. An array "
                            "as a value repeats the name." },
    [REQUEST_BODY_TYPE] = { "bodyType", EN_T_TEXT | EN_T_NULL, 0, .choices = body_types,
                            .doc =
                                "raw and application/json: text as it is, anything else as JSON. "
                                "application/x-www-form-urlencoded and multipart/form-data: the "
                                "fields of `body`. None: as raw." },
    [REQUEST_BODY] = { "body", EN_T_ANY, 0,
                       .doc =
                           "What is sent. In multipart a buffer, or {data, fileName, contentType}, "
                           "is a file." },
    [REQUEST_TIMEOUT] = { "timeout", EN_T_NUMBER, 0, .fallback = "40", .least = 0.001, .most = 3600,
                          .doc = "Seconds for everything, redirects included; fractions allowed." },
    [REQUEST_CERTIFICATE] = { "certificateValidation", EN_T_BOOLEAN, 0, .fallback = "true",
                              .doc = "Whether the server's certificate must be valid." },
    [REQUEST_FOLLOW] = { "followRedirect", EN_T_BOOLEAN, 0, .fallback = "true",
                         .doc = "Follow redirects of GET and HEAD requests." },
    [REQUEST_FOLLOW_ALL] = { "followAllRedirects", EN_T_BOOLEAN, 0, .fallback = "false",
                             .doc = "Follow redirects of every method; 301 and 302 turn POST into "
                                    "GET, 303 every method." },
    [REQUEST_PROXY] = { "useProxySettings", EN_T_BOOLEAN | EN_T_NULL, 0,
                        .doc = "Read and ignored: requests go straight to their server." },
    [REQUEST_PARSE] = { "parseResponse", EN_T_BOOLEAN, 0, .fallback = "true",
                        .doc =
                            "Read a JSON reply into `data`; false: text or bytes as they came." },
    [REQUEST_AUTH] = { "authType", EN_T_TEXT | EN_T_NULL, 0, .choices = auth_types,
                       .doc = "basic and digest use `username` and `password`; bearer, apikey and "
                              "oauth2 stand in `headers`." },
    [REQUEST_USERNAME] = { "username", EN_T_TEXT | EN_T_NULL, 0, .doc = "For basic and digest." },
    [REQUEST_PASSWORD] = { "password", EN_T_TEXT | EN_T_NULL, EN_SECRET,
                           .doc = "For basic and digest." },
    [REQUEST_HANDLE_ERRORS] = { "handleErrors", EN_T_BOOLEAN, 0, .fallback = "true",
                                .doc =
                                    "A reply with status 400 or more is an error; false: it is a "
                                    "result like any other." },
    { 0 },
};
static const en_param reply_gives[] = {
    { "data", EN_T_ANY, 0,
      .doc = "The reply's JSON as a value, else its text, else its bytes as a buffer." },
    { "statusCode", EN_T_COUNT, EN_REQUIRED, .doc = "HTTP status." },
    { "headers", EN_T_COLLECTION, EN_REQUIRED,
      .doc =
          "Names in lower case. Repeated headers are joined with \", \"; set-cookie is an array." },
    { 0 },
};

static bool is_text(en_text text, const char *other)
{
    return en_text_equal_nocase(text, en_text_from(other));
}

/* The URL with the pairs behind its own query and before its fragment. */
static bool read_url(en_call *call, en_http_request *request)
{
    en_pairs query;
    request->url = en_call_text(call, REQUEST_URL);
    if (!en_pairs_read(call, "queryString", en_call_value(call, REQUEST_QUERY), &query)) {
        return false;
    }
    if (query.count == 0) {
        return true;
    }
    en_text url = en_text_trim(request->url);
    url = en_text_slice(url, 0, en_text_find(url, EN_TEXT("#"), 0));
    bool open = en_text_ends(url, EN_TEXT("?")) || en_text_ends(url, EN_TEXT("&"));
    bool has_query = en_text_find(url, EN_TEXT("?"), 0) != SIZE_MAX;
    en_builder out;
    en_builder_init(&out, en_call_arena(call));
    en_builder_add(&out, url);
    en_builder_add(&out, open ? EN_TEXT("") : has_query ? EN_TEXT("&") : EN_TEXT("?"));
    en_builder_add(&out, en_pairs_encode(en_call_arena(call), &query));
    request->url = en_builder_take(&out);
    return true;
}

static bool has_header(const en_http_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (is_text(headers[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* `content_type` is added when the scenario has none of its own; NULL: none. */
static bool read_headers(en_call *call, en_value given, const char *content_type,
                         en_http_request *request)
{
    en_pairs list;
    if (!en_pairs_read(call, "headers", given, &list)) {
        return false;
    }
    en_arena *arena = en_call_arena(call);
    en_http_header *headers = EN_TRY_ARRAY(arena, en_http_header, list.count + 1);
    if (headers == NULL) {
        return en_error_set(en_call_error(call), EN_DataSizeLimitExceededError,
                            "headers need more memory than the run may use");
    }
    size_t count = 0;
    for (; count < list.count; count++) {
        headers[count] =
            (en_http_header){ list.items[count].name,
                              en_value_as_text(arena, list.items[count].value, EN_TEXT(", ")) };
    }
    if (content_type != NULL && !has_header(headers, count, "content-type")) {
        headers[count++] = (en_http_header){ EN_TEXT("Content-Type"), en_text_from(content_type) };
    }
    request->headers = headers;
    request->header_count = count;
    return true;
}

/* HEAD never has a body. */
static bool read_body(en_call *call, en_http_request *request, const char **content_type)
{
    bool has_none = is_text(request->method, "HEAD");
    en_value body = has_none ? en_null() : en_call_value(call, REQUEST_BODY);
    return en_body_read(call, en_call_text(call, REQUEST_BODY_TYPE), body, request, content_type);
}

static uint32_t read_timeout_ms(en_call *call, size_t param)
{
    double ms = en_call_number(call, param) * 1000;
    return ms >= 1 && ms <= 3600000 ? (uint32_t)ms : 40000;
}

static en_http_auth read_auth(en_call *call)
{
    en_text type = en_call_text(call, REQUEST_AUTH);
    return is_text(type, "basic")    ? EN_AUTH_BASIC
           : is_text(type, "digest") ? EN_AUTH_DIGEST
                                     : EN_AUTH_NONE;
}

/* The method in upper case, which is how it is sent. */
static en_text read_method(en_call *call)
{
    en_text method = en_call_text(call, REQUEST_METHOD);
    for (size_t i = 0; methods[i] != NULL; i++) {
        if (is_text(method, methods[i])) {
            return en_text_from(methods[i]);
        }
    }
    return method;
}

static bool request_run(en_call *call)
{
    en_http_request request = {
        .method = read_method(call),
        .auth = read_auth(call),
        .username = en_call_text(call, REQUEST_USERNAME),
        .password = en_call_text(call, REQUEST_PASSWORD),
        .timeout_ms = read_timeout_ms(call, REQUEST_TIMEOUT),
        .skip_certificate_check = !en_call_boolean(call, REQUEST_CERTIFICATE),
        .follow_redirects = en_call_boolean(call, REQUEST_FOLLOW),
        .follow_all_redirects = en_call_boolean(call, REQUEST_FOLLOW_ALL),
    };
    const char *content_type;
    en_http_response reply;
    if (!read_url(call, &request) || !read_body(call, &request, &content_type) ||
        !read_headers(call, en_call_value(call, REQUEST_HEADERS), content_type, &request) ||
        !en_call_http(call, &request, &reply)) {
        return false;
    }
    en_value data = en_reply_data(call, &reply, en_call_boolean(call, REQUEST_PARSE));
    en_value bundle = en_reply_bundle(en_call_arena(call), &reply, &data);
    en_call_keep_reply(call, bundle);
    if (reply.status >= 400 && en_call_boolean(call, REQUEST_HANDLE_ERRORS)) {
        return en_reply_fail(call, request.method, &reply, bundle);
    }
    return en_call_emit(call, bundle);
}

enum {
    RETRIEVE_URL,
    RETRIEVE_HEADERS,
    RETRIEVE_TIMEOUT,
    RETRIEVE_CERTIFICATE,
    RETRIEVE_FOLLOW,
    RETRIEVE_HANDLE_ERRORS
};
static const en_param retrieve_takes[] = {
    [RETRIEVE_URL] = { "url", EN_T_TEXT | EN_T_NULL, 0,
                       .doc = "Absolute address, http or https; none: the run's last request." },
    [RETRIEVE_HEADERS] = { "headers", EN_T_ARRAY | EN_T_COLLECTION | EN_T_NULL, 0,
                           .doc = "Sent along: [{name, value}], [{key, value}] or {name: value}." },
    [RETRIEVE_TIMEOUT] = { "timeout", EN_T_NUMBER, 0, .fallback = "40", .least = 0.001,
                           .most = 3600, .doc = "Seconds for each of the two requests." },
    [RETRIEVE_CERTIFICATE] = { "certificateValidation", EN_T_BOOLEAN, 0, .fallback = "true",
                               .doc = "Whether the server's certificate must be valid." },
    [RETRIEVE_FOLLOW] = { "followRedirect", EN_T_BOOLEAN, 0, .fallback = "true",
                          .doc = "Follow redirects." },
    [RETRIEVE_HANDLE_ERRORS] = { "handleErrors", EN_T_BOOLEAN, 0, .fallback = "true",
                                 .doc = "A reply with status 400 or more is an error." },
    { 0 },
};
static const en_param retrieve_gives[] = {
    { "statusCode", EN_T_COUNT, EN_REQUIRED, .doc = "HTTP status." },
    { "headers", EN_T_COLLECTION, EN_REQUIRED,
      .doc =
          "Names in lower case. Repeated headers are joined with \", \"; set-cookie is an array." },
    { 0 },
};

/* Q22: without a URL the headers of the last request. */
static bool emit_last_reply(en_call *call)
{
    en_value reply = en_call_last_reply(call);
    if (!en_is_missing(reply)) {
        return en_call_emit(call, en_value_copy(en_call_arena(call), reply));
    }
    en_error_set(en_call_error(call), EN_BundleValidationError,
                 "expected the URL whose headers are wanted, or a request before this step");
    en_error_prefix_path(en_call_error(call), EN_TEXT("url"));
    return false;
}

static bool retrieve_run(en_call *call)
{
    en_http_request request = {
        .method = EN_TEXT("HEAD"),
        .url = en_call_text(call, RETRIEVE_URL),
        .timeout_ms = read_timeout_ms(call, RETRIEVE_TIMEOUT),
        .skip_certificate_check = !en_call_boolean(call, RETRIEVE_CERTIFICATE),
        .follow_redirects = en_call_boolean(call, RETRIEVE_FOLLOW),
    };
    if (request.url.length == 0) {
        return emit_last_reply(call);
    }
    en_http_response reply;
    if (!read_headers(call, en_call_value(call, RETRIEVE_HEADERS), NULL, &request) ||
        !en_call_http(call, &request, &reply)) {
        return false;
    }
    if (reply.status == 405 || reply.status == 501) { /* a server without HEAD */
        request.method = EN_TEXT("GET");
        if (!en_call_http(call, &request, &reply)) {
            return false;
        }
    }
    en_value bundle = en_reply_bundle(en_call_arena(call), &reply, NULL);
    en_call_keep_reply(call, bundle);
    if (reply.status >= 400 && en_call_boolean(call, RETRIEVE_HANDLE_ERRORS)) {
        return en_reply_fail(call, request.method, &reply, bundle);
    }
    return en_call_emit(call, bundle);
}

static const en_module modules[] = {
    { .name = "makeRequest",
      .version = 3,
      .flags = EN_OUTSIDE,
      .takes = request_takes,
      .gives = reply_gives,
      .run = request_run,
      .doc = "Sends a request and gives the reply; JSON is read into values." },
    { .name = "retrieveHeaders",
      .version = 1,
      .flags = EN_OUTSIDE,
      .takes = retrieve_takes,
      .gives = retrieve_gives,
      .run = retrieve_run,
      .doc = "Gives the headers of a URL, asked for with HEAD, or GET where HEAD is not known; "
             "without a URL those of the last reply." },
    { 0 },
};

const en_family en_family_http = {
    .name = "http",
    .modules = modules,
    .doc = "Requests to other systems.",
};

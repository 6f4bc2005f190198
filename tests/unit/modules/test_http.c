#include "fake_server.h"
#include "module/call.h"
#include "test.h"

#include <stdlib.h>

enum { MOST_PARAMS = 32 };

typedef struct fixture {
    en_fake_server server;
    en_arena arena;
    en_error error;
    en_egress egress;
    en_http_client *client;
    en_call call;
    en_value arguments[MOST_PARAMS];
    size_t warnings;
    en_value reply; /* the last one kept */
} fixture;

static const char *const script[] = {
    "path /json",
    "header Content-Type: application/json; charset=utf-8",
    "header X-Mixed: one",
    "header x-mixed: two",
    "header Set-Cookie: a=1, b",
    "header Set-Cookie: c=2",
    "body {\"items\":[1,2.5,\"three\"],\"big\":9007199254740993}",
    "path /problem",
    "status 409",
    "header Content-Type: application/problem+json",
    "body {\"detail\":\"it is taken\"}",
    "path /unmarked",
    "header Content-Type: text/plain",
    "body   [1,2]",
    "path /lies",
    "header Content-Type: application/json",
    "body {not json",
    "path /text",
    "body {{almost}} json \xC3\xA9",
    "path /bytes",
    "body \xFF\xFE",
    "path /pdf",
    "header Content-Type: application/pdf",
    "body {}",
    "path /latin",
    "header X-Name: caf\xE9",
    "path /nothing",
    "status 204",
    "path /s401",
    "status 401",
    "body <html>\x01no",
    "path /s408",
    "status 408",
    "path /s429",
    "status 429",
    "path /s503",
    "status 503",
    "fill 500",
    "path /s599",
    "status 599",
    "body \xFF",
    "path /headless",
    "only GET",
    "header X-Get: yes",
    "body x",
    "path /slow",
    "delay 3000",
    NULL,
};

static bool perform(en_call *call, const en_http_request *request, en_http_response *response)
{
    fixture *self = call->run;
    return en_http_perform(self->client, request, call->arena, response, call->error);
}

static void count_warning(en_call *call, en_text message)
{
    (void)message;
    ((fixture *)call->run)->warnings++;
}

static void keep_reply(en_call *call, en_value bundle)
{
    ((fixture *)call->run)->reply = bundle;
}

static en_value last_reply(const en_call *call)
{
    return ((const fixture *)call->run)->reply;
}

static const en_call_host host = { .http = perform,
                                   .keep_reply = keep_reply,
                                   .last_reply = last_reply,
                                   .warn = count_warning };

static int start(void **state)
{
    fixture *self = test_calloc(1, sizeof *self);
    en_fake_server_start(&self->server, script);
    *state = self;
    return 0;
}

static int stop(void **state)
{
    fixture *self = *state;
    en_fake_server_stop(&self->server);
    test_free(self);
    return 0;
}

static int set_up(void **state)
{
    fixture *self = *state;
    en_arena_init(&self->arena, NULL);
    self->egress = (en_egress){ .allow_private = true };
    self->client = en_http_client_new(&self->arena, &self->egress, NULL);
    self->warnings = 0;
    self->reply = en_nothing();
    return 0;
}

static int tear_down(void **state)
{
    en_arena_done(&((fixture *)*state)->arena);
    return 0;
}

static en_value read_json(fixture *self, const char *json)
{
    en_value value;
    assert_true(en_json_read(&self->arena, en_text_from(json), EN_JSON_TYPED, EN_JSON_DEPTH, &value,
                             &self->error));
    return value;
}

extern const en_family en_family_http;

static const en_module *find_module(const char *name)
{
    const en_module *module = en_family_http.modules;
    while (module->name != NULL && strcmp(module->name, name) != 0) {
        module++;
    }
    assert_non_null(module->name);
    return module;
}

/* A call with the defaults of the row, as the executor prepares it. */
static void begin(fixture *self, const char *name, const char *path)
{
    const en_module *module = find_module(name);
    en_error_clear(&self->error);
    self->call = (en_call){ .host = &host,
                            .run = self,
                            .module = module,
                            .arena = &self->arena,
                            .error = &self->error,
                            .arguments = self->arguments };
    for (size_t i = 0; module->takes[i].name != NULL; i++) {
        const char *fallback = module->takes[i].fallback;
        assert_true(i < MOST_PARAMS);
        self->arguments[i] = fallback != NULL ? read_json(self, fallback) : en_null();
    }
    if (path != NULL) {
        self->arguments[0] = en_text_value(en_fake_server_url(&self->server, &self->arena, path));
    }
}

static void give(fixture *self, const char *name, const char *json)
{
    size_t index = 0;
    while (self->call.module->takes[index].name != NULL &&
           strcmp(self->call.module->takes[index].name, name) != 0) {
        index++;
    }
    assert_non_null(self->call.module->takes[index].name);
    self->arguments[index] = read_json(self, json);
}

static bool run(fixture *self)
{
    return self->call.module->run(&self->call);
}

static void must(fixture *self)
{
    if (!run(self)) {
        fail_msg("%s: %s", en_error_name(self->error.type), self->error.message);
    }
    assert_int_equal(self->call.emission, EN_EMITTED_ONE);
}

static en_value output(const fixture *self, const char *path)
{
    return en_value_at(self->call.emitted, en_text_from(path));
}

static void assert_output(fixture *self, const char *path, const char *json)
{
    assert_text(en_json_text(&self->arena, output(self, path), EN_JSON_TYPED), json);
}

static void assert_holds(en_text text, const char *part)
{
    if (en_text_find(text, en_text_from(part), 0) == SIZE_MAX) {
        fail_msg("\"%.*s\" does not hold \"%s\"", EN_TEXT_ARG(text), part);
    }
}

/* --- requests --- */

static void a_plain_request_is_a_get(void **state)
{
    fixture *self = *state;
    begin(self, "makeRequest", "/echo");
    must(self);
    assert_output(self, "data.method", "\"GET\"");
    assert_output(self, "data.body", "\"\"");
    assert_output(self, "statusCode", "200");
    assert_output(self, "headers.content-type", "\"application/json\"");
}

static void headers_and_queries_have_three_spellings(void **state)
{
    static const char *const spellings[] = {
        "[{\"name\":\"X-A\",\"value\":\"1\"},{\"name\":\"x-b\",\"value\":2.5}]",
        "[{\"key\":\"X-A\",\"value\":\"1\"},{\"key\":\"x-b\",\"value\":2.5},{\"key\":\"no\"}]",
        "{\"X-A\":\"1\",\"x-b\":2.5,\"no\":null}",
    };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        begin(self, "makeRequest", "/echo");
        give(self, "headers", spellings[i]);
        give(self, "queryString", spellings[i]);
        must(self);
        assert_output(self, "data.headers.x-a", "\"1\"");
        assert_output(self, "data.headers.x-b", "\"2.5\"");
        assert_output(self, "data.query", "\"X-A=1&x-b=2.5\"");
    }
}

static void a_query_is_encoded_and_joins_the_one_of_the_url(void **state)
{
    static const struct {
        const char *path;
        const char *query;
    } rows[] = {
        { "/echo?x=1#top", "\"x=1&a%20b=%26%3D%C3%A9&t=1&t=2&o=%7B%22k%22%3A1%7D\"" },
        { "/echo?", "\"a%20b=%26%3D%C3%A9&t=1&t=2&o=%7B%22k%22%3A1%7D\"" },
        { "/echo?x&", "\"x&a%20b=%26%3D%C3%A9&t=1&t=2&o=%7B%22k%22%3A1%7D\"" },
    };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(self, "makeRequest", rows[i].path);
        give(self, "queryString", "{\"a b\":\"&=\xC3\xA9\",\"t\":[1,2],\"o\":{\"k\":1}}");
        must(self);
        assert_output(self, "data.query", rows[i].query);
    }
}

static void bodies_are_encoded_by_their_type(void **state)
{
    static const struct {
        const char *type;
        const char *body;
        const char *sent;
        const char *content_type;
    } rows[] = {
        { "null", "{\"a\":1,\"b\":[true]}", "\"{\\\"a\\\":1,\\\"b\\\":[true]}\"",
          "\"application/json\"" },
        { "\"raw\"", "[1]", "\"[1]\"", "\"application/json\"" },
        { "\"application/json\"", "{\"n\":\"Ann\"}", "\"{\\\"n\\\":\\\"Ann\\\"}\"",
          "\"application/json\"" },
        { "\"application/json\"", "\"{}\"", "\"{}\"", "\"application/json\"" },
        { "\"raw\"", "\"as it is {$}\"", "\"as it is {$}\"", "null" },
        { "null", "5", "\"5\"", "\"application/json\"" },
        { "\"raw\"", "{\"$buffer\":\"aGk=\"}", "\"hi\"", "null" },
        { "\"application/x-www-form-urlencoded\"", "{\"a b\":\"c&d\",\"e\":[1,2]}",
          "\"a%20b=c%26d&e=1&e=2\"", "\"application/x-www-form-urlencoded\"" },
        { "\"X_WWW_FORM_URLENCODED\"", "[{\"key\":\"a\",\"value\":true}]", "\"a=true\"",
          "\"application/x-www-form-urlencoded\"" },
        { "\"application/x-www-form-urlencoded\"", "\"a=1\"", "\"a=1\"",
          "\"application/x-www-form-urlencoded\"" },
        { "null", "null", "\"\"", "null" },
        { "\"raw\"", "\"\"", "\"\"", "null" },
    };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(self, "makeRequest", "/echo");
        give(self, "method", "\"post\"");
        give(self, "bodyType", rows[i].type);
        give(self, "body", rows[i].body);
        must(self);
        assert_output(self, "data.method", "\"POST\"");
        assert_output(self, "data.body", rows[i].sent);
        assert_output(self, "data.headers.content-type", rows[i].content_type);
    }
}

static void a_content_type_of_the_scenario_stands(void **state)
{
    fixture *self = *state;
    begin(self, "makeRequest", "/echo");
    give(self, "method", "\"POST\"");
    give(self, "headers", "{\"content-type\":\"application/vnd.api+json\"}");
    give(self, "body", "{\"a\":1}");
    must(self);
    assert_output(self, "data.headers.content-type", "\"application/vnd.api+json\"");
}

static void multipart_has_a_part_for_each_field(void **state)
{
    fixture *self = *state;
    begin(self, "makeRequest", "/echo");
    give(self, "method", "\"POST\"");
    give(self, "bodyType", "\"multipart/form-data\"");
    give(self, "body",
         "{\"file\":{\"$buffer\":\"AQI=\"},\"description\":\"a text\",\"tags\":[\"t1\",\"t2\"],"
         "\"image\":{\"data\":\"bytes\",\"fileName\":\"i.png\",\"contentType\":\"image/png\"}}");
    must(self);
    en_text body = en_value_text(output(self, "data.body"));
    assert_holds(body, "name=\"file\"; filename=\"file\"\r\nContent-Type: "
                       "application/octet-stream\r\n\r\n\x01\x02\r\n");
    assert_holds(body, "name=\"description\"\r\n\r\na text\r\n");
    assert_holds(body, "name=\"tags\"\r\n\r\nt1\r\n");
    assert_holds(body, "name=\"tags\"\r\n\r\nt2\r\n");
    assert_holds(body,
                 "name=\"image\"; filename=\"i.png\"\r\nContent-Type: image/png\r\n\r\nbytes");
    assert_holds(en_value_text(output(self, "data.headers.content-type")),
                 "multipart/form-data; bound");
}

static void basic_credentials_are_sent_and_other_kinds_are_headers(void **state)
{
    fixture *self = *state;
    begin(self, "makeRequest", "/echo");
    give(self, "authType", "\"basic\"");
    give(self, "username", "\"u\"");
    give(self, "password", "\"p\"");
    must(self);
    assert_output(self, "data.headers.authorization", "\"Basic dTpw\"");
    begin(self, "makeRequest", "/echo");
    give(self, "authType", "\"oauth2\"");
    give(self, "headers", "[{\"name\":\"Authorization\",\"value\":\"Bearer t\"}]");
    must(self);
    assert_output(self, "data.headers.authorization", "\"Bearer t\"");
}

static void broken_parameters_are_named(void **state)
{
    static const struct {
        const char *param;
        const char *json;
        const char *path;
    } rows[] = {
        { "headers", "[{\"name\":\"A\",\"value\":\"1\"},\"B: 2\"]", "headers[1]" },
        { "headers", "[{\"value\":\"1\"}]", "headers[0]" },
        { "headers", "{\"\":\"1\"}", "headers[0]" },
        { "headers", "{\"A\":\"1\\r\\nB: 2\"}", "headers[0].value" },
        { "queryString", "[5]", "queryString[0]" },
        { "url", "\"no-scheme\"", "url" },
    };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(self, "makeRequest", "/echo");
        give(self, rows[i].param, rows[i].json);
        assert_false(run(self));
        assert_string_equal(en_error_name(self->error.type), "BundleValidationError");
        assert_string_equal(self->error.path, rows[i].path);
    }
    begin(self, "makeRequest", "/echo");
    give(self, "bodyType", "\"multipart/form-data\"");
    give(self, "body", "\"text\"");
    assert_false(run(self));
    assert_error(&self->error, EN_BundleValidationError,
                 "multipart/form-data needs a collection of fields but got text");
}

static void a_timeout_in_seconds_may_have_fractions(void **state)
{
    fixture *self = *state;
    begin(self, "makeRequest", "/slow");
    give(self, "timeout", "0.1");
    assert_false(run(self));
    assert_int_equal(self->error.type, EN_ModuleTimeoutError);
}

/* --- replies --- */

static void data_is_json_text_or_bytes(void **state)
{
    static const struct {
        const char *path;
        const char *parsed;
        const char *unparsed;
    } rows[] = {
        { "/json", "{\"items\":[1,2.5,\"three\"],\"big\":9007199254740993}",
          "\"{\\\"items\\\":[1,2.5,\\\"three\\\"],\\\"big\\\":9007199254740993}\"" },
        { "/unmarked", "[1,2]", "\"[1,2]\"" },
        { "/lies", "\"{not json\"", "\"{not json\"" },
        { "/text", "\"{{almost}} json \xC3\xA9\"", "\"{{almost}} json \xC3\xA9\"" },
        { "/bytes", "{\"$buffer\":\"//4=\"}", "{\"$buffer\":\"//4=\"}" },
        { "/pdf", "{\"$buffer\":\"e30=\"}", "{\"$buffer\":\"e30=\"}" },
        { "/nothing", "\"\"", "\"\"" },
    };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(self, "makeRequest", rows[i].path);
        must(self);
        assert_output(self, "data", rows[i].parsed);
        begin(self, "makeRequest", rows[i].path);
        give(self, "parseResponse", "false");
        must(self);
        assert_output(self, "data", rows[i].unparsed);
    }
    assert_int_equal(self->warnings, 1); /* of /lies */
}

static void headers_have_lower_case_names_and_repeated_ones_are_joined(void **state)
{
    fixture *self = *state;
    begin(self, "makeRequest", "/json");
    must(self);
    assert_output(self, "headers.x-mixed", "\"one, two\"");
    assert_output(self, "headers.set-cookie", "[\"a=1, b\",\"c=2\"]");
    begin(self, "makeRequest", "/latin");
    must(self);
    assert_output(self, "headers.x-name", "\"caf\xC3\xA9\"");
}

static void a_status_from_400_on_is_an_error_with_its_data(void **state)
{
    static const struct {
        const char *path;
        const char *type;
        int status;
        bool retryable;
        const char *says;
    } rows[] = {
        { "/problem", "DataError", 409, false,
          " answered 409 Conflict: {\"detail\":\"it is taken\"}" },
        { "/s401", "DataError", 401, false, " answered 401 Unauthorized: <html> no" },
        { "/s408", "ConnectionError", 408, true, " answered 408 Request Timeout" },
        { "/s429", "RateLimitError", 429, true, " answered 429 Too Many Requests" },
        { "/s503", "ConnectionError", 503, true, "xxx\xE2\x80\xA6" },
        { "/s599", "ConnectionError", 599, true, " answered 599" },
    };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(self, "makeRequest", rows[i].path);
        give(self, "queryString", "{\"token\":\"secret\"}");
        assert_false(run(self));
        assert_string_equal(en_error_name(self->error.type), rows[i].type);
        assert_int_equal(self->error.status_code, rows[i].status);
        assert_int_equal(self->error.retryable, rows[i].retryable);
        en_text message = en_text_from(self->error.message);
        en_text start = en_text_format(&self->arena, "GET http://127.0.0.1:%u%s answered ",
                                       self->server.port, rows[i].path);
        assert_true(en_text_starts(message, start));
        assert_true(en_text_ends(message, en_text_from(rows[i].says)));
        assert_int_equal(en_value_number(en_value_at(self->call.error_data, EN_TEXT("statusCode"))),
                         rows[i].status);
        begin(self, "makeRequest", rows[i].path);
        give(self, "handleErrors", "false");
        must(self);
        assert_int_equal(en_value_number(output(self, "statusCode")), rows[i].status);
    }
    begin(self, "makeRequest", "/problem");
    assert_false(run(self));
    assert_text(
        en_json_text(&self->arena, en_value_at(self->call.error_data, EN_TEXT("data.detail")), 0),
        "\"it is taken\"");
}

static void a_refused_address_is_a_policy_error(void **state)
{
    fixture *self = *state;
    self->egress = (en_egress){ 0 };
    begin(self, "makeRequest", "/json");
    assert_false(run(self));
    assert_int_equal(self->error.type, EN_PolicyError);
}

/* --- http.retrieveHeaders --- */

static void headers_are_retrieved_without_the_body(void **state)
{
    fixture *self = *state;
    begin(self, "retrieveHeaders", "/json");
    must(self);
    assert_output(self, "statusCode", "200");
    assert_output(self, "headers.x-mixed", "\"one, two\"");
    assert_output(self, "data", "null");
    begin(self, "retrieveHeaders", "/problem");
    assert_false(run(self));
    assert_int_equal(self->error.status_code, 409);
    begin(self, "retrieveHeaders", "/problem");
    give(self, "handleErrors", "false");
    must(self);
    assert_output(self, "statusCode", "409");
}

static void a_server_without_head_is_asked_with_get(void **state)
{
    fixture *self = *state;
    begin(self, "retrieveHeaders", "/headless");
    must(self);
    assert_output(self, "headers.content-length", "\"1\"");
    assert_output(self, "headers.x-get", "\"yes\"");
}

static void headers_of_no_url_are_an_error(void **state)
{
    fixture *self = *state;
    begin(self, "retrieveHeaders", NULL);
    assert_false(run(self));
    assert_error(&self->error, EN_BundleValidationError,
                 "expected the URL whose headers are wanted, or a request before this step");
    assert_string_equal(self->error.path, "url");
}

static void headers_of_no_url_are_those_of_the_last_reply(void **state)
{
    fixture *self = *state;
    begin(self, "makeRequest", "/problem");
    assert_false(run(self));
    begin(self, "retrieveHeaders", NULL);
    must(self);
    assert_output(self, "statusCode", "409");
    begin(self, "makeRequest", "/json");
    must(self);
    begin(self, "retrieveHeaders", NULL);
    must(self);
    assert_output(self, "statusCode", "200");
    assert_output(self, "headers.x-mixed", "\"one, two\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_plain_request_is_a_get),
        TEST(headers_and_queries_have_three_spellings),
        TEST(a_query_is_encoded_and_joins_the_one_of_the_url),
        TEST(bodies_are_encoded_by_their_type),
        TEST(a_content_type_of_the_scenario_stands),
        TEST(multipart_has_a_part_for_each_field),
        TEST(basic_credentials_are_sent_and_other_kinds_are_headers),
        TEST(broken_parameters_are_named),
        TEST(a_timeout_in_seconds_may_have_fractions),
        TEST(data_is_json_text_or_bytes),
        TEST(headers_have_lower_case_names_and_repeated_ones_are_joined),
        TEST(a_status_from_400_on_is_an_error_with_its_data),
        TEST(a_refused_address_is_a_policy_error),
        TEST(headers_are_retrieved_without_the_body),
        TEST(a_server_without_head_is_asked_with_get),
        TEST(headers_of_no_url_are_an_error),
        TEST(headers_of_no_url_are_those_of_the_last_reply),
    };
    return cmocka_run_group_tests(tests, start, stop);
}

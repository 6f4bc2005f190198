#include "fake_server.h"
#include "net/cassette.h"
#include "test.h"

#include <pthread.h>

typedef struct fixture {
    en_arena arena;
    en_clock clock;
    en_redactor *redactor;
    en_cassette *cassette;
    en_http_response response;
    en_error error;
} fixture;

static int set_up(void **state)
{
    fixture *self = test_calloc(1, sizeof *self);
    en_arena_init(&self->arena, NULL);
    en_clock_init_virtual(&self->clock, 1767323045678);
    en_error_clear(&self->error);
    self->redactor = en_redactor_new(&self->arena, NULL, 0);
    *state = self;
    return 0;
}

static int tear_down(void **state)
{
    fixture *self = *state;
    en_arena_done(&self->arena);
    test_free(self);
    return 0;
}

/* `written` has ' for ". */
static bool read(fixture *self, const char *written, en_cassette_match match)
{
    en_text text = en_text_copy(&self->arena, en_text_from(written));
    char *bytes = en_arena_alloc(&self->arena, text.length + 1);
    for (size_t i = 0; i < text.length; i++) {
        bytes[i] = text.data[i] == '\'' ? '"' : text.data[i];
    }
    en_value value;
    en_error_clear(&self->error);
    assert_true(en_json_read(&self->arena, (en_text){ bytes, text.length }, 0, EN_JSON_DEPTH,
                             &value, &self->error));
    return en_cassette_read(&self->arena, EN_TEXT("tape"), value, match, self->redactor,
                            &self->cassette, &self->error);
}

static bool ask(fixture *self, const char *method, const char *url, const char *body)
{
    const en_cassette_asker asker = { 3, EN_TEXT("http.makeRequest") };
    en_http_request request = { .method = en_text_from(method),
                                .url = en_text_from(url),
                                .has_body = body != NULL,
                                .body = en_text_from(body != NULL ? body : "") };
    en_error_clear(&self->error);
    return en_cassette_perform(self->cassette, &asker, NULL, &self->clock, &request, &self->arena,
                               &self->response, &self->error);
}

static void what_is_not_mentioned_is_not_compared_and_has_defaults(void **state)
{
    fixture *self = *state;
    assert_true(read(self, "[{'request':{'url':'http://a/'},'response':{'body':{'json':[1]}}}]",
                     EN_CASSETTE_STRICT));
    assert_true(ask(self, "GET", "http://a/", "any"));
    assert_int_equal(self->response.status, 200);
    assert_true(en_text_equal(self->response.body, EN_TEXT("[1]")));
    assert_int_equal(self->response.header_count, 1);
    assert_true(en_text_equal(self->response.headers[0].value, EN_TEXT("application/json")));
    assert_true(en_text_equal(self->response.url, EN_TEXT("http://a/")));
}

static void where_something_was_taken_out_anything_fits_within_its_part(void **state)
{
    fixture *self = *state;
    static const char tape[] = "[{'request':{'url':'http://a/REDACTED/x?t=REDACTED&u=1',"
                               "'method':'POST','body':{'json':{'n':1,'p':'REDACTED',"
                               "'q':'a REDACTED b','l':[{'s':'REDACTED'}]}}},'response':{}}]";
    static const struct {
        const char *url;
        const char *body;
        bool fits;
    } rows[] = {
        { "http://a/1/x?t=2&u=1", "{\"l\":[{\"s\":7}],\"q\":\"a x b\",\"p\":\"y\",\"n\":1}", true },
        { "http://a//x?t=&u=1", "{\"n\":1,\"q\":\"a  b\",\"l\":[{}]}", true },
        { "http://a/1/2/x?t=2&u=1", "{\"n\":1,\"q\":\"a  b\",\"l\":[{}]}", false },
        { "http://a/1/x?t=2&v=3&u=1", "{\"n\":1,\"q\":\"a  b\",\"l\":[{}]}", false },
        { "http://a/1/x?t=2&u=1", "{\"n\":2,\"q\":\"a  b\",\"l\":[{}]}", false },
        { "http://a/1/x?t=2&u=1", "{\"n\":1,\"q\":\"a x\",\"l\":[{}]}", false },
        { "http://a/1/x?t=2&u=1", "{\"n\":1,\"q\":\"a  b\",\"l\":[{},{}]}", false },
        { "http://a/1/x?t=2&u=1", "{\"n\":1,\"q\":\"a  b\",\"l\":[{}],\"z\":1}", false },
        { "http://a/1/x?t=2&u=1", "no JSON", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(read(self, tape, EN_CASSETTE_STRICT));
        assert_int_equal(ask(self, "POST", rows[i].url, rows[i].body), rows[i].fits);
        assert_int_equal(self->error.type, rows[i].fits ? EN_NO_ERROR : EN_CassetteError);
    }
}

static void an_error_plays_whole(void **state)
{
    fixture *self = *state;
    assert_true(read(self,
                     "{'exchanges':[{'request':{'url':'http://a/'},'durationMs':1500,"
                     "'error':{'type':'ModuleTimeoutError','message':'late','path':'url',"
                     "'statusCode':599,'retryable':true}}]}",
                     EN_CASSETTE_STRICT));
    assert_false(ask(self, "GET", "http://a/", NULL));
    assert_int_equal(self->error.type, EN_ModuleTimeoutError);
    assert_int_equal(self->error.status_code, 599);
    assert_true(self->error.retryable);
    assert_string_equal(self->error.message, "late");
    assert_string_equal(self->error.path, "url");
    assert_true(en_clock_elapsed_us(&self->clock) == 1500 * 1000);
    en_cassette_count count = en_cassette_counts(self->cassette);
    assert_true(count.exchanges == 1 && count.played == 1 && count.unused == 0);
}

static void a_mistake_is_refused_with_its_place(void **state)
{
    fixture *self = *state;
    static const struct {
        const char *tape;
        const char *path;
        const char *message;
    } rows[] = {
        { "5", "", "expected a cassette but found number" },
        { "{'format':'har'}", "format", "expected \"enact-cassette\"" },
        { "{'version':2}", "version", "this enact reads version 1 of cassettes" },
        { "{'exchanges':{}}", "exchanges", "expected a list of exchanges but found collection" },
        { "[5]", "[0]", "expected an exchange but found number" },
        { "[{'request':{'url':'u'}}]", "[0]",
          "an exchange has either a \"response\" or an \"error\"" },
        { "[{'request':{},'response':{}}]", "[0].request", "expected a request with a \"url\"" },
        { "[{'request':{'url':5},'response':{}}]", "[0].request.url",
          "expected a text but found number" },
        { "[{'request':{'url':'u','body':{'text':1}},'response':{}}]", "[0].request.body.text",
          "a text, {\"json\"} or {\"base64\"} has no \"text\"" },
        { "[{'request':{'url':'u','body':{'base64':'?'}},'response':{}}]",
          "[0].request.body.base64", "expected base64" },
        { "[{'request':{'url':'u','body':{'parts':[{'nam':1}]}},'response':{}}]",
          "[0].request.body.parts[0].nam", "a part has no \"nam\"" },
        { "[{'request':{'url':'u'},'response':{'status':20}}]", "[0].response.status",
          "expected a number from 100 to 999" },
        { "[{'request':{'url':'u'},'response':{'headers':{'a':[1]}}}]", "[0].response.headers.a",
          "a header is a name and a text, or several texts" },
        { "[{'request':{'url':'u'},'error':{'type':'Oops'}}]", "[0].error.type",
          "there is no type of error \"Oops\"" },
        { "[{'request':{'url':'u'},'response':{},'at':'noon'}]", "[0].at",
          "expected a date such as 2026-01-31T09:00:00Z" },
        { "[{'request':{'url':'u'},'response':{},'durationMs':-1}]", "[0].durationMs",
          "expected a number from 0 to 31536000000" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_false(read(self, rows[i].tape, EN_CASSETTE_STRICT));
        assert_int_equal(self->error.type, EN_SyntaxError);
        assert_string_equal(self->error.message, rows[i].message);
        assert_string_equal(self->error.path, rows[i].path);
    }
}

static void what_is_kept_in_memory_plays_again(void **state)
{
    fixture *self = *state;
    static const char *const script[] = { "path /a", "header X-A: 1", "header x-a: 2",
                                          "body {\"n\":1}", NULL };
    static const en_egress all = { .allow_private = true };
    static const en_cassette_asker asker = { 3, { "http.makeRequest", 16 } };
    en_fake_server server;
    en_fake_server_start(&server, script);
    en_text url = en_fake_server_url(&server, &self->arena, "/a");
    en_http_request request = { .method = EN_TEXT("GET"), .url = url };
    en_http_client *client = en_http_client_new(&self->arena, &all, NULL);
    en_text kept;
    for (size_t most = 10; most <= 100000; most += 99990) {
        self->cassette = en_cassette_keep(&self->arena, most, self->redactor);
        assert_true(en_cassette_perform(self->cassette, &asker, client, &self->clock, &request,
                                        &self->arena, &self->response, &self->error));
        assert_int_equal(en_cassette_take(self->cassette, &self->arena, &kept), most == 100000);
    }
    en_fake_server_stop(&server);
    en_value value;
    assert_true(en_json_read(&self->arena, kept, 0, EN_JSON_DEPTH, &value, &self->error));
    assert_true(en_cassette_read(&self->arena, EN_TEXT("tape"), value, EN_CASSETTE_STRICT,
                                 self->redactor, &self->cassette, &self->error));
    assert_true(ask(self, "GET", en_text_terminate(&self->arena, url), NULL));
    assert_true(en_text_equal(self->response.body, EN_TEXT("{\"n\":1}")));
    assert_true(en_text_equal(self->response.headers[1].value, EN_TEXT("2")));
}

enum { THREADS = 4, CALLS = 200 };

static void *ask_often(void *context)
{
    fixture *shared = context;
    fixture *self = test_calloc(1, sizeof *self);
    size_t *answered = test_calloc(1, sizeof *answered);
    en_arena_init(&self->arena, NULL);
    en_clock_init_virtual(&self->clock, 0);
    self->cassette = shared->cassette;
    for (int i = 0; i < CALLS; i++) {
        *answered += ask(self, "GET", "http://a/", NULL);
    }
    en_arena_done(&self->arena);
    test_free(self);
    return answered;
}

static void a_cassette_is_shared_by_threads(void **state)
{
    fixture *self = *state;
    pthread_t threads[THREADS];
    size_t answered = 0;
    assert_true(read(self,
                     "[{'request':{'url':'http://b/'},'response':{}},"
                     "{'request':{'url':'http://a/'},'response':{}}]",
                     EN_CASSETTE_LOOSE));
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, self), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *count;
        assert_int_equal(pthread_join(threads[i], &count), 0);
        answered += *(size_t *)count;
        test_free(count);
    }
    en_cassette_count count = en_cassette_counts(self->cassette);
    assert_int_equal(answered, THREADS * CALLS);
    assert_true(count.played == THREADS * CALLS && count.unused == 1);
    assert_true(en_text_equal(en_cassette_unused(self->cassette, &self->arena),
                              EN_TEXT("nobody asked for 1 exchange of the cassette tape; the first "
                                      "is exchange 1 of 2, GET http://b/")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_not_mentioned_is_not_compared_and_has_defaults),
        TEST(where_something_was_taken_out_anything_fits_within_its_part),
        TEST(an_error_plays_whole),
        TEST(a_mistake_is_refused_with_its_place),
        TEST(what_is_kept_in_memory_plays_again),
        TEST(a_cassette_is_shared_by_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

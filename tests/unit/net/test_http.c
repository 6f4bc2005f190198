#include "base/clock.h"
#include "fake_server.h"
#include "net/http.h"
#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct fixture {
    en_fake_server server;
    en_arena arena;
    en_egress egress;
    volatile int interrupted;
    en_http_client *client;
    en_http_response response;
    en_error error;
} fixture;

static const char *const script[] = {
    "path /users",
    "status 201",
    "header Content-Type: application/json",
    "header Set-Cookie: a=1",
    "header set-cookie: b=2",
    "body {\"id\":1}",
    "path /missing",
    "status 404",
    "body nothing here",
    "path /slow",
    "delay 5000",
    "path /slowly",
    "drip 40",
    "fill 1000",
    "path /large",
    "fill 300000",
    "path /claims",
    "claim 5000000",
    "body x",
    "path /zeros",
    "zeros 300000",
    "path /cut",
    "claim 10",
    "body four",
    "path /close",
    "close",
    "path /flaky",
    "fail 2 503",
    "body fine",
    "path /basic",
    "challenge Basic realm=\"r\"",
    "body welcome",
    "path /digest",
    "challenge Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5",
    "body welcome",
    "path /to-echo-301",
    "redirect 301 /echo?moved=1",
    "path /to-echo-303",
    "redirect 303 http://127.0.0.1:%p/echo",
    "path /to-echo-307",
    "redirect 307 echo",
    "path /to-name",
    "redirect 302 http://localhost:%p/echo",
    "path /to-file",
    "redirect 302 file:///etc/passwd",
    "path /to-gopher",
    "redirect 302 gopher://127.0.0.1:%p/echo",
    "path /to-number",
    "redirect 302 http://2130706434:%p/echo",
    "path /to-broken",
    "redirect 302 http://[oops/",
    "path /round",
    "redirect 302 /round",
    "path /not-there",
    "redirect 304 /echo",
    "path /to-inside",
    "redirect 302 http://inside.test:%p/once",
    "path /once",
    "header Connection: close",
    "body once",
    "path /h2",
    "header X-Empty:",
    NULL,
};

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

/* A client keeps its policy, so another policy is another client. */
static void use_policy(fixture *self, en_egress egress)
{
    self->egress = egress;
    self->client = en_http_client_new(&self->arena, &self->egress, &self->interrupted);
}

/* Every test has its own client, which may reach private addresses. */
static int set_up(void **state)
{
    fixture *self = *state;
    en_arena_init(&self->arena, NULL);
    en_error_clear(&self->error);
    self->interrupted = 0;
    use_policy(self, (en_egress){ .allow_private = true });
    return 0;
}

static int tear_down(void **state)
{
    en_arena_done(&((fixture *)*state)->arena);
    return 0;
}

static en_http_request get(fixture *self, const char *path)
{
    return (en_http_request){ .method = EN_TEXT("GET"),
                              .url = en_fake_server_url(&self->server, &self->arena, path),
                              .timeout_ms = 10000,
                              .follow_redirects = true };
}

static bool perform(fixture *self, const en_http_request *request)
{
    en_error_clear(&self->error);
    return en_http_perform(self->client, request, &self->arena, &self->response, &self->error);
}

static void must(fixture *self, const en_http_request *request)
{
    if (!perform(self, request)) {
        fail_msg("%s: %s", en_error_name(self->error.type), self->error.message);
    }
}

static void assert_holds(en_text text, const char *part)
{
    if (en_text_find(text, en_text_from(part), 0) == SIZE_MAX) {
        fail_msg("\"%.*s\" does not hold \"%s\"", EN_TEXT_ARG(text), part);
    }
}

static void assert_lacks(en_text text, const char *part)
{
    if (en_text_find(text, en_text_from(part), 0) != SIZE_MAX) {
        fail_msg("\"%.*s\" holds \"%s\"", EN_TEXT_ARG(text), part);
    }
}

static void assert_type(const fixture *self, en_error_type type, const char *part)
{
    assert_string_equal(en_error_name(self->error.type), en_error_name(type));
    assert_holds(en_text_from(self->error.message), part);
}

/* Requests that path has had, as the server counted them. */
static long count_requests(fixture *self, const char *path)
{
    en_http_request request = get(self, "/count");
    must(self, &request);
    en_text name = en_text_format(&self->arena, "\"%s\":", path);
    size_t at = en_text_find(self->response.body, name, 0);
    assert_true(at != SIZE_MAX);
    const char *body = en_text_terminate(&self->arena, self->response.body);
    return strtol(body + at + name.length, NULL, 10);
}

/* --- replies --- */

static void a_reply_has_status_headers_and_body(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/users");
    must(self, &request);
    assert_int_equal(self->response.status, 201);
    assert_text(self->response.body, "{\"id\":1}");
    assert_int_equal(self->response.header_count, 4);
    assert_text(self->response.headers[0].name, "Content-Type");
    assert_text(self->response.headers[0].value, "application/json");
    assert_text(self->response.headers[2].name, "set-cookie");
    assert_text(self->response.headers[2].value, "b=2");
    assert_true(en_text_equal(self->response.url, request.url));
    assert_in_range(self->response.duration_ms, 0, 5000);
}

static void a_reply_of_404_is_no_error(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/missing");
    must(self, &request);
    assert_int_equal(self->response.status, 404);
    assert_text(self->response.body, "nothing here");
}

static void a_request_arrives_as_it_was_written(void **state)
{
    fixture *self = *state;
    const en_http_header headers[] = { { EN_TEXT("X-One"), EN_TEXT(" two ") },
                                       { EN_TEXT("X-Empty"), EN_TEXT("") },
                                       { EN_TEXT("User-Agent"), EN_TEXT("me") },
                                       { EN_TEXT("connection"), EN_TEXT("close") } };
    en_http_request request = get(self, "/echo?a=1&b=two words|\xC3\xA9#part");
    request.method = EN_TEXT("PATCH");
    request.headers = headers;
    request.header_count = 4;
    request.has_body = true;
    request.body = EN_TEXT("raw \"bytes\"");
    must(self, &request);
    assert_holds(self->response.body, "\"method\":\"PATCH\"");
    assert_holds(self->response.body, "\"query\":\"a=1&b=two%20words%7C%C3%A9\"");
    assert_holds(self->response.body, "\"x-one\":\"two\"");
    assert_holds(self->response.body, "\"x-empty\":\"\"");
    assert_holds(self->response.body, "\"user-agent\":\"me\"");
    assert_holds(self->response.body, "\"body\":\"raw \\\"bytes\\\"\"");
    assert_holds(self->response.body, "\"content-length\":\"11\"");
    assert_lacks(self->response.body, "content-type");
    assert_lacks(self->response.body, "\"connection\"");
    assert_lacks(self->response.body, "expect");
}

static void a_post_without_body_says_so(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/echo");
    request.method = EN_TEXT("POST");
    must(self, &request);
    assert_holds(self->response.body, "\"content-length\":\"0\"");
    request.method = EN_TEXT("DELETE");
    must(self, &request);
    assert_holds(self->response.body, "\"method\":\"DELETE\"");
    assert_lacks(self->response.body, "content-length");
    assert_holds(self->response.body, "\"user-agent\":\"enact/" EN_VERSION "\"");
}

static void a_large_body_is_sent_without_waiting(void **state)
{
    fixture *self = *state;
    size_t size = 3u << 20;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, 'b', size);
    en_http_request request = get(self, "/users");
    request.method = EN_TEXT("PUT");
    request.has_body = true;
    request.body = (en_text){ bytes, size };
    must(self, &request);
    free(bytes);
    assert_int_equal(self->response.status, 201);
    assert_true(self->response.duration_ms < 900); /* waiting for 100-continue takes 1000 */
}

static void a_head_request_gets_headers_and_no_body(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/large");
    request.method = EN_TEXT("HEAD");
    request.max_body_bytes = 10;
    must(self, &request);
    assert_int_equal(self->response.status, 200);
    assert_int_equal(self->response.body.length, 0);
    assert_text(self->response.headers[0].value, "300000");
}

static void parts_are_sent_as_multipart(void **state)
{
    fixture *self = *state;
    const en_http_part parts[] = {
        { .name = EN_TEXT("note"), .content = EN_TEXT("hello") },
        { .name = EN_TEXT("file"),
          .content = (en_text){ "\x01\x02", 2 },
          .file_name = EN_TEXT("a\"b.bin"),
          .content_type = EN_TEXT("image/png") },
    };
    en_http_request request = get(self, "/echo");
    request.method = EN_TEXT("POST");
    request.parts = parts;
    request.part_count = 2;
    must(self, &request);
    assert_holds(self->response.body, "\"content-type\":\"multipart/form-data; boundary=");
    assert_holds(
        self->response.body,
        "Content-Disposition: form-data; name=\\\"note\\\"\\u000d\\u000a\\u000d\\u000ahello");
    assert_holds(self->response.body, "name=\\\"file\\\"; filename=\\\"a%22b.bin\\\"");
    assert_holds(self->response.body, "Content-Type: image/png");
    assert_holds(self->response.body, "\\u0001\\u0002");
}

static void a_compressed_reply_is_unpacked(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/zeros");
    must(self, &request);
    assert_int_equal(self->response.body.length, 300000);
    assert_int_equal(self->response.body.data[299999], 0);
}

/* --- limits --- */

static void a_reply_over_the_limit_is_refused_after_unpacking(void **state)
{
    static const char *const paths[] = { "/large", "/zeros", "/claims" };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        en_http_request request = get(self, paths[i]);
        request.max_body_bytes = 299999;
        assert_false(perform(self, &request));
        assert_error(&self->error, EN_MaxFileSizeExceededError,
                     "the reply is larger than 299999 bytes");
    }
    en_http_request request = get(self, "/zeros");
    request.max_body_bytes = 300000;
    must(self, &request);
}

static void a_deadline_ends_silence_and_dripping(void **state)
{
    static const char *const paths[] = { "/slow", "/slowly" };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        en_http_request request = get(self, paths[i]);
        request.timeout_ms = 200;
        int64_t start_us = en_clock_ticks_us();
        assert_false(perform(self, &request));
        assert_type(self, EN_ModuleTimeoutError, "timed out");
        assert_true(self->error.retryable);
        assert_true(en_clock_ticks_us() - start_us < 2000000);
    }
}

static void an_interrupted_run_starts_no_request(void **state)
{
    fixture *self = *state;
    long before = count_requests(self, "/users");
    self->interrupted = 1;
    en_http_request request = get(self, "/users");
    assert_false(perform(self, &request));
    assert_type(self, EN_ExecutionInterruptedError, "interrupted");
    self->interrupted = 0;
    assert_int_equal(count_requests(self, "/users"), before);
}

/* Sets the flag of the fixture after a while, as a signal handler would. */
static void *interrupt_soon(void *context)
{
    usleep(100000);
    ((fixture *)context)->interrupted = 1;
    return NULL;
}

static void a_run_can_be_interrupted_while_waiting(void **state)
{
    fixture *self = *state;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, self), 0);
    en_http_request request = get(self, "/slow");
    int64_t start_us = en_clock_ticks_us();
    assert_false(perform(self, &request));
    pthread_join(thread, NULL);
    assert_error(&self->error, EN_ExecutionInterruptedError, "the run was interrupted");
    assert_true(en_clock_ticks_us() - start_us < 3000000);
}

/* --- failures --- */

static void broken_connections_are_retryable_errors(void **state)
{
    static const struct {
        const char *path;
        const char *says;
    } rows[] = {
        { "/close", "Empty reply from server" },
        { "/cut", "transfer closed with 6 bytes remaining to read" },
    };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        en_http_request request = get(self, rows[i].path);
        assert_false(perform(self, &request));
        assert_type(self, EN_ConnectionError, rows[i].says);
        assert_true(self->error.retryable);
    }
}

static void a_closed_port_is_a_connection_error_without_the_query(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/");
    request.url = EN_TEXT("http://user:secret@127.0.0.1:1/path?key=secret");
    assert_false(perform(self, &request));
    assert_type(self, EN_ConnectionError, "GET http://127.0.0.1:1/path: ");
    assert_lacks(en_text_from(self->error.message), "secret");
    assert_true(self->error.retryable);
}

static void a_name_without_address_is_a_connection_error(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/");
    request.url = EN_TEXT("http://name.invalid/");
    assert_false(perform(self, &request));
    assert_type(self, EN_ConnectionError, "Could not resolve host: name.invalid");
    assert_true(self->error.retryable);
}

static void https_to_a_server_without_it_is_a_connection_error(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/");
    request.url = en_text_format(&self->arena, "https://127.0.0.1:%u/", self->server.port);
    assert_false(perform(self, &request));
    assert_int_equal(self->error.type, EN_ConnectionError);
}

/* --- the policy --- */

static void refused_addresses_end_as_policy_errors_and_open_no_socket(void **state)
{
    static const char *const hosts[] = {
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "public.example@127.0.0.1",
        "%31%32%37.0.0.1",
        "\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.0.0.1",
        "169.254.169.254",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fe80::1%25lo]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[ff02::1]",
        "[fec0::1]",
    };
    fixture *self = *state;
    long before = count_requests(self, "/echo");
    use_policy(self, (en_egress){ 0 });
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        en_http_request request = get(self, "/");
        request.timeout_ms = 2000;
        request.url =
            en_text_format(&self->arena, "http://%s:%u/echo", hosts[i], self->server.port);
        assert_false(perform(self, &request));
        /* These two may be refused as names, before there is an address. */
        en_text host = en_text_from(hosts[i]);
        bool is_name = hosts[i][0] == '\xEF' || en_text_ends(host, EN_TEXT("."));
        bool refused =
            self->error.type == EN_PolicyError || (is_name && self->error.type != EN_NO_ERROR);
        if (!refused) {
            fail_msg("%s: %s: %s", hosts[i], en_error_name(self->error.type), self->error.message);
        }
    }
    use_policy(self, (en_egress){ .allow_private = true });
    assert_int_equal(count_requests(self, "/echo"), before);
}

static void a_refusal_names_host_address_and_flag(void **state)
{
    fixture *self = *state;
    use_policy(self, (en_egress){ 0 });
    en_http_request request = get(self, "/");
    request.url = EN_TEXT("http://127.0.0.1:81/");
    assert_false(perform(self, &request));
    assert_error(&self->error, EN_PolicyError,
                 "127.0.0.1 (127.0.0.1, loopback) was not connected to: only public addresses are "
                 "allowed; --allow-net 127.0.0.1:81 would allow it");
    assert_int_equal(en_error_exit_code(self->error.type), 7);
    request.url = EN_TEXT("http://[::1]:81/");
    assert_false(perform(self, &request));
    assert_type(self, EN_PolicyError, "--allow-net [::1]:81 would allow it");
}

static void named_hosts_are_all_that_is_reached(void **state)
{
    fixture *self = *state;
    en_egress_rule rule = { EN_TEXT("127.0.0.1"), (uint16_t)self->server.port };
    use_policy(self, (en_egress){ .hosts = &rule, .host_count = 1 });
    en_http_request request = get(self, "/users");
    must(self, &request);
    /* localhost may be ::1 first: that one is refused, and the allowed one is tried next. */
    request.url = en_text_format(&self->arena, "http://localhost:%u/users", self->server.port);
    must(self, &request);
    rule.port++;
    use_policy(self, self->egress);
    request = get(self, "/users");
    assert_false(perform(self, &request));
    assert_type(self, EN_PolicyError, "only named hosts are allowed");
    rule.host = EN_TEXT("api.example.com");
    request.url = EN_TEXT("http://name.invalid/");
    assert_false(perform(self, &request));
    assert_error(&self->error, EN_PolicyError,
                 "name.invalid was not connected to: only named hosts are allowed; --allow-net "
                 "name.invalid:80 would allow it");
}

/* Tells the client where the name leads from now on. */
static en_text name_leads_to(fixture *self, const char *name, const char *addresses)
{
    en_text entry = en_text_format(&self->arena, "%s:%u:%s", name, self->server.port, addresses);
    assert_true(en_http_client_resolve(self->client, entry.data));
    return en_text_format(&self->arena, "http://%s:%u/once", name, self->server.port);
}

static void a_name_with_a_private_address_is_refused_where_it_leads(void **state)
{
    fixture *self = *state;
    static const struct {
        const char *address;
        const char *says;
    } rows[] = {
        { "127.0.0.1", "inside.test (127.0.0.1, loopback) was not connected to" },
        { "169.254.169.254", "(169.254.169.254, link-local)" },
        { "10.0.0.1,192.168.1.1", "(10.0.0.1, private)" },
        { "[::1]", "(::1, loopback)" },
        { "[::ffff:127.0.0.1]", "loopback" },
        { "0.0.0.0", "(0.0.0.0, " },
    };
    long before = count_requests(self, "/once");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        use_policy(self, (en_egress){ 0 });
        en_http_request request = get(self, "/");
        request.url = name_leads_to(self, "inside.test", rows[i].address);
        assert_false(perform(self, &request));
        assert_type(self, EN_PolicyError, rows[i].says);
        assert_false(self->error.retryable);
    }
    use_policy(self, (en_egress){ .allow_private = true });
    assert_int_equal(count_requests(self, "/once"), before);
}

/* The first look-up gives an allowed address, the next one another: what counts is the address that
 * is connected to. */
static void a_name_that_is_bound_anew_is_refused_at_its_new_address(void **state)
{
    fixture *self = *state;
    en_egress_rule rule = { EN_TEXT("127.0.0.1"), (uint16_t)self->server.port };
    use_policy(self, (en_egress){ .hosts = &rule, .host_count = 1 });
    en_http_request request = get(self, "/");
    request.url = name_leads_to(self, "rebind.test", "127.0.0.1");
    must(self, &request);
    assert_true(en_text_equal(self->response.body, EN_TEXT("once")));
    (void)name_leads_to(self, "rebind.test", "127.0.0.2");
    assert_false(perform(self, &request));
    assert_type(self, EN_PolicyError, "rebind.test (127.0.0.2, loopback) was not connected to");
    (void)name_leads_to(self, "rebind.test", "127.0.0.2,127.0.0.1");
    must(self, &request); /* the allowed one of two */
}

static void a_redirect_to_a_name_with_a_private_address_is_refused(void **state)
{
    fixture *self = *state;
    en_egress_rule rule = { EN_TEXT("127.0.0.1"), (uint16_t)self->server.port };
    use_policy(self, (en_egress){ .hosts = &rule, .host_count = 1 });
    (void)name_leads_to(self, "inside.test", "127.0.0.3");
    en_http_request request = get(self, "/to-inside");
    assert_false(perform(self, &request));
    assert_type(self, EN_PolicyError, "inside.test (127.0.0.3, loopback) was not connected to");
}

static void a_proxy_in_the_environment_is_not_asked(void **state)
{
    fixture *self = *state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    en_http_request request = get(self, "/users");
    must(self, &request);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
}

/* --- redirects --- */

static void a_redirect_is_followed_where_it_leads(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/to-echo-301");
    must(self, &request);
    assert_int_equal(self->response.status, 200);
    assert_holds(self->response.body, "\"query\":\"moved=1\"");
    assert_true(en_text_ends(self->response.url, EN_TEXT("/echo?moved=1")));
    request.follow_redirects = false;
    must(self, &request);
    assert_int_equal(self->response.status, 301);
    request = get(self, "/not-there");
    must(self, &request);
    assert_int_equal(self->response.status, 304);
}

static void other_methods_follow_only_when_all_redirects_are(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/to-echo-303");
    request.method = EN_TEXT("POST");
    request.has_body = true;
    request.body = EN_TEXT("content");
    must(self, &request);
    assert_int_equal(self->response.status, 303);
    const en_http_header type = { EN_TEXT("Content-Type"), EN_TEXT("text/plain") };
    request.headers = &type;
    request.header_count = 1;
    request.follow_all_redirects = true;
    must(self, &request);
    assert_holds(self->response.body, "\"method\":\"GET\"");
    assert_holds(self->response.body, "\"body\":\"\"");
    assert_lacks(self->response.body, "content-");
    request.url = en_fake_server_url(&self->server, &self->arena, "/to-echo-307");
    must(self, &request);
    assert_holds(self->response.body, "\"method\":\"POST\"");
    assert_holds(self->response.body, "\"body\":\"content\"");
    assert_holds(self->response.body, "\"content-type\":\"text/plain\"");
}

static void credentials_stay_with_their_host(void **state)
{
    fixture *self = *state;
    const en_http_header headers[] = { { EN_TEXT("Authorization"), EN_TEXT("Bearer token") },
                                       { EN_TEXT("cookie"), EN_TEXT("c=1") },
                                       { EN_TEXT("X-Api-Key"), EN_TEXT("k") },
                                       { EN_TEXT("X-Other"), EN_TEXT("stays") } };
    en_http_request request = get(self, "/to-echo-301");
    request.headers = headers;
    request.header_count = 4;
    must(self, &request);
    assert_holds(self->response.body, "\"authorization\":\"Bearer token\"");
    assert_holds(self->response.body, "\"cookie\":\"c=1\"");
    request.url = en_fake_server_url(&self->server, &self->arena, "/to-name");
    must(self, &request);
    assert_lacks(self->response.body, "authorization");
    assert_lacks(self->response.body, "cookie");
    assert_lacks(self->response.body, "x-api-key");
    assert_holds(self->response.body, "\"x-other\":\"stays\"");
    request.header_count = 0;
    request.auth = EN_AUTH_BASIC;
    request.username = EN_TEXT("u");
    request.password = EN_TEXT("p");
    must(self, &request);
    assert_lacks(self->response.body, "authorization");
}

static void redirects_to_other_schemes_and_refused_hosts_are_policy_errors(void **state)
{
    static const struct {
        const char *path;
        const char *says;
    } rows[] = {
        { "/to-file", "expected a URL with http or https but got the scheme \"file\"" },
        { "/to-gopher", "expected a URL with http or https but got the scheme \"gopher\"" },
        { "/to-number", "127.0.0.2 (127.0.0.2, loopback) was not connected to" },
    };
    fixture *self = *state;
    en_egress_rule rule = { EN_TEXT("127.0.0.1"), 0 };
    use_policy(self, (en_egress){ .hosts = &rule, .host_count = 1 });
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        en_http_request request = get(self, rows[i].path);
        assert_false(perform(self, &request));
        assert_type(self, EN_PolicyError, rows[i].says);
    }
}

static void endless_and_broken_redirects_are_connection_errors(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/round");
    assert_false(perform(self, &request));
    assert_type(self, EN_ConnectionError, "/round redirects more than 10 times");
    request = get(self, "/to-broken");
    assert_false(perform(self, &request));
    assert_type(self, EN_ConnectionError, "/to-broken redirects to a URL that cannot be read");
}

/* --- credentials --- */

static void basic_and_digest_answer_a_challenge(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/basic");
    must(self, &request);
    assert_int_equal(self->response.status, 401);
    request.auth = EN_AUTH_BASIC;
    request.username = EN_TEXT("user");
    request.password = EN_TEXT("pass:word");
    must(self, &request);
    assert_text(self->response.body, "welcome");
    request.url = en_fake_server_url(&self->server, &self->arena, "/echo");
    must(self, &request);
    assert_holds(self->response.body, "\"authorization\":\"Basic dXNlcjpwYXNzOndvcmQ=\"");
    request.url = en_fake_server_url(&self->server, &self->arena, "/digest");
    request.auth = EN_AUTH_DIGEST;
    request.method = EN_TEXT("POST");
    request.has_body = true;
    request.body = EN_TEXT("content");
    must(self, &request);
    assert_text(self->response.body, "welcome");
    assert_int_equal(self->response.status, 200);
}

static void a_name_and_word_in_the_url_are_basic_credentials(void **state)
{
    fixture *self = *state;
    en_http_request request = get(self, "/");
    request.url =
        en_text_format(&self->arena, "http://us%%65r:p%%40ss@127.0.0.1:%u/echo", self->server.port);
    must(self, &request);
    assert_holds(self->response.body, "\"authorization\":\"Basic dXNlcjpwQHNz\"");
    assert_lacks(self->response.url, "us%65r");
}

/* --- what cannot be sent --- */

static void line_ends_and_controls_are_refused_everywhere(void **state)
{
    fixture *self = *state;
    const en_http_header bad[] = {
        { EN_TEXT("X-A\r\nB"), EN_TEXT("v") },  { EN_TEXT("X-A"), EN_TEXT("v\r\nB: w") },
        { EN_TEXT("X-A"), EN_TEXT("v\nB: w") }, { EN_TEXT("X-A"), EN_TEXT("v\0w") },
        { EN_TEXT("X A"), EN_TEXT("v") },       { EN_TEXT(""), EN_TEXT("v") },
        { EN_TEXT("X-A:"), EN_TEXT("v") },      { EN_TEXT("Cookie"), EN_TEXT("a=1\rb") },
    };
    long before = count_requests(self, "/echo");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        en_http_request request = get(self, "/echo");
        request.headers = &bad[i];
        request.header_count = 1;
        assert_false(perform(self, &request));
        assert_int_equal(self->error.type, EN_BundleValidationError);
        assert_true(strncmp(self->error.path, "headers[0].", 11) == 0);
    }
    static const en_text methods[] = {
        { "GE T", 4 }, { "GET\r\n", 5 }, { "", 0 }, { "G\0T", 3 }, { "CONNECT", 7 }
    };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        en_http_request request = get(self, "/echo");
        request.method = methods[i];
        assert_false(perform(self, &request));
        assert_int_equal(self->error.type, EN_BundleValidationError);
        assert_string_equal(self->error.path, "method");
    }
    assert_int_equal(count_requests(self, "/echo"), before);
}

static void urls_that_cannot_be_reached_are_refused(void **state)
{
    static const struct {
        en_text url;
        en_error_type type;
    } rows[] = {
        { { "", 0 }, EN_BundleValidationError },
        { { "example.com/path", 16 }, EN_BundleValidationError },
        { { "/path", 5 }, EN_BundleValidationError },
        { { "http://", 7 }, EN_BundleValidationError },
        { { "http://a\r\nb/", 12 }, EN_BundleValidationError },
        { { "http://a/\0b", 11 }, EN_BundleValidationError },
        { { "http://a b/", 11 }, EN_BundleValidationError },
        { { "http://h:0/", 11 }, EN_BundleValidationError },
        { { "http://h:99999/", 15 }, EN_BundleValidationError },
        { { "http://a%2fb/", 13 }, EN_BundleValidationError },
        { { "ftp://h/x", 9 }, EN_PolicyError },
        { { "file:///etc/passwd", 18 }, EN_PolicyError },
        { { "gopher://h/x", 12 }, EN_PolicyError },
    };
    fixture *self = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        en_http_request request = get(self, "/");
        request.url = rows[i].url;
        assert_false(perform(self, &request));
        if (self->error.type != rows[i].type) {
            fail_msg("%s: %s: %s", rows[i].url.data, en_error_name(self->error.type),
                     self->error.message);
        }
    }
}

static void headers_of_the_connection_cannot_be_overridden(void **state)
{
    fixture *self = *state;
    const en_http_header bad[] = {
        { EN_TEXT("Host"), EN_TEXT("internal.example") },
        { EN_TEXT("Content-Length"), EN_TEXT("3") },
        { EN_TEXT("Transfer-Encoding"), EN_TEXT("chunked") },
        { EN_TEXT("upgrade"), EN_TEXT("websocket") },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        en_http_request request = get(self, "/echo");
        request.headers = &bad[i];
        request.header_count = 1;
        assert_false(perform(self, &request));
        assert_type(self, EN_BundleValidationError, "is written by the client");
        assert_string_equal(self->error.path, "headers[0]");
    }
    const en_http_header same[] = {
        { EN_TEXT("host"), en_text_format(&self->arena, "127.0.0.1:%u", self->server.port) },
        { EN_TEXT("content-length"), EN_TEXT("4") },
    };
    en_http_request request = get(self, "/echo");
    request.method = EN_TEXT("POST");
    request.has_body = true;
    request.body = EN_TEXT("four");
    request.headers = same;
    request.header_count = 2;
    must(self, &request);
    assert_holds(self->response.body, "\"content-length\":\"4\"");
}

static void text_is_encoded_for_queries(void **state)
{
    fixture *self = *state;
    en_builder out;
    en_builder_init(&out, &self->arena);
    en_url_encode(&out, EN_TEXT("aZ09-._~ +&=/?#%\xC3\xA9\0\n"));
    assert_text(en_builder_take(&out), "aZ09-._~%20%2B%26%3D%2F%3F%23%25%C3%A9%00%0A");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reply_has_status_headers_and_body),
        TEST(a_reply_of_404_is_no_error),
        TEST(a_request_arrives_as_it_was_written),
        TEST(a_post_without_body_says_so),
        TEST(a_large_body_is_sent_without_waiting),
        TEST(a_head_request_gets_headers_and_no_body),
        TEST(parts_are_sent_as_multipart),
        TEST(a_compressed_reply_is_unpacked),
        TEST(a_reply_over_the_limit_is_refused_after_unpacking),
        TEST(a_deadline_ends_silence_and_dripping),
        TEST(an_interrupted_run_starts_no_request),
        TEST(a_run_can_be_interrupted_while_waiting),
        TEST(broken_connections_are_retryable_errors),
        TEST(a_closed_port_is_a_connection_error_without_the_query),
        TEST(a_name_without_address_is_a_connection_error),
        TEST(https_to_a_server_without_it_is_a_connection_error),
        TEST(refused_addresses_end_as_policy_errors_and_open_no_socket),
        TEST(a_refusal_names_host_address_and_flag),
        TEST(named_hosts_are_all_that_is_reached),
        TEST(a_name_with_a_private_address_is_refused_where_it_leads),
        TEST(a_name_that_is_bound_anew_is_refused_at_its_new_address),
        TEST(a_redirect_to_a_name_with_a_private_address_is_refused),
        TEST(a_proxy_in_the_environment_is_not_asked),
        TEST(a_redirect_is_followed_where_it_leads),
        TEST(other_methods_follow_only_when_all_redirects_are),
        TEST(credentials_stay_with_their_host),
        TEST(redirects_to_other_schemes_and_refused_hosts_are_policy_errors),
        TEST(endless_and_broken_redirects_are_connection_errors),
        TEST(basic_and_digest_answer_a_challenge),
        TEST(a_name_and_word_in_the_url_are_basic_credentials),
        TEST(line_ends_and_controls_are_refused_everywhere),
        TEST(urls_that_cannot_be_reached_are_refused),
        TEST(headers_of_the_connection_cannot_be_overridden),
        TEST(text_is_encoded_for_queries),
    };
    return cmocka_run_group_tests(tests, start, stop);
}

#include "net/redact.h"
#include "test.h"

typedef struct fixture {
    en_arena arena;
    en_redactor *redactor;
} fixture;

static int set_up(void **state)
{
    static const en_text rules[] = { { "X-My_Own", 8 }, { "", 0 } };
    fixture *self = test_calloc(1, sizeof *self);
    en_arena_init(&self->arena, NULL);
    self->redactor = en_redactor_new(&self->arena, rules, 2);
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

static const char *text(fixture *self, en_text value)
{
    return en_text_terminate(&self->arena, value);
}

static const char *url(fixture *self, const char *written)
{
    return text(self, en_redact_url(self->redactor, &self->arena, en_text_from(written)));
}

static const char *body(fixture *self, const char *type, const char *written)
{
    return text(self, en_redact_body(self->redactor, &self->arena, en_text_from(type),
                                     en_text_from(written)));
}

static void names_of_headers_are_compared_without_case_and_hyphens(void **state)
{
    fixture *self = *state;
    static const struct {
        const char *name;
        bool is_secret;
    } headers[] = {
        { "Authorization", true },
        { "authorization", true },
        { "COOKIE", true },
        { "Set-Cookie", true },
        { "x-api-key", true },
        { "X_API_KEY", true },
        { "Api-Key", true },
        { "X-Auth-Token", true },
        { "Proxy-Authorization", true },
        { "X-Amz-Security-Token", true },
        { "x-my-own", true },
        { "My-Own", false },
        { "X-Request-Id", false },
        { "Content-Type", false },
        { "Token-Type", false },
        { "key", false },
        { "", false },
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        en_text name = en_text_from(headers[i].name);
        assert_int_equal(en_redact_is_header(self->redactor, name), headers[i].is_secret);
        assert_string_equal(
            text(self, en_redact_header(self->redactor, &self->arena, name, EN_TEXT("value"))),
            headers[i].is_secret ? "REDACTED" : "value");
    }
}

static void urls_lose_passwords_and_parameters(void **state)
{
    fixture *self = *state;
    assert_string_equal(url(self, "http://a/b?x=1&token=t&y"), "http://a/b?x=1&token=REDACTED&y");
    assert_string_equal(url(self, "http://a?access_token=&KEY=k#token=t"),
                        "http://a?access_token=REDACTED&KEY=REDACTED#token=t");
    assert_string_equal(url(self, "http://a/#x?token=t"), "http://a/#x?token=t");
    assert_string_equal(url(self, "http://ada:p@ss:w@a:80/b@c:d"),
                        "http://ada:REDACTED@a:80/b@c:d");
    assert_string_equal(url(self, "http://ada@a/x:y@z"), "http://ada@a/x:y@z");
    assert_string_equal(url(self, "http://ada:p@a?token=t&x-my-own=1"),
                        "http://ada:REDACTED@a?token=REDACTED&x-my-own=REDACTED");
    assert_string_equal(url(self, "token=t"), "token=t");
    assert_string_equal(url(self, ""), "");
}

static void bodies_lose_fields_at_any_depth_and_stay_as_they_are_without(void **state)
{
    fixture *self = *state;
    assert_string_equal(
        body(self, "",
             " {\"a\":[{\"Client_Secret\":\"s\",\"n\":1.50}],\"password\":{\"x\":1},"
             "\"token\":null,\"key\":\"k\"}"),
        "{\"a\":[{\"Client_Secret\":\"REDACTED\",\"n\":1.5}],\"password\":\"REDACTED\","
        "\"token\":null,\"key\":\"k\"}");
    assert_string_equal(body(self, "text/plain", " {\"a\": 1.50}"), " {\"a\": 1.50}");
    assert_string_equal(body(self, "", "{\"token\": broken"), "{\"token\": broken");
    assert_string_equal(body(self, "", "token=t"), "token=t");
    assert_string_equal(
        body(self, "Application/X-WWW-Form-Urlencoded; charset=utf-8", "a=1&token=t&secret"),
        "a=1&token=REDACTED&secret");
    const en_http_part parts[] = { { .name = EN_TEXT("token"), .content = EN_TEXT("t") },
                                   { .name = EN_TEXT("note"), .content = EN_TEXT("t") } };
    assert_string_equal(text(self, en_redact_part(self->redactor, &self->arena, &parts[0])),
                        "REDACTED");
    assert_string_equal(text(self, en_redact_part(self->redactor, &self->arena, &parts[1])), "t");
}

static void secrets_are_taken_out_in_every_spelling_the_longest_first(void **state)
{
    fixture *self = *state;
    en_redactor_add_secret(self->redactor, EN_TEXT("secret word"));
    en_redactor_add_secret(self->redactor, EN_TEXT("secret word and more"));
    en_redactor_add_secret(self->redactor, EN_TEXT("tab\there"));
    en_redactor_add_secret(self->redactor, EN_TEXT("short"));
    assert_string_equal(url(self, "http://a/secret%20word%20and%20more/secret%20word!"),
                        "http://a/REDACTED/REDACTED!");
    assert_string_equal(body(self, "", "a secret word and more short"), "a REDACTED short");
    assert_string_equal(body(self, "", "{\"a\":\"tab\\there\"}"), "{\"a\":\"REDACTED\"}");
}

static void what_was_found_once_is_found_everywhere(void **state)
{
    fixture *self = *state;
    assert_string_equal(
        body(self, "", "{\"token\":\"abcdefghijklmnop\",\"password\":\"ordinary\"}"),
        "{\"token\":\"REDACTED\",\"password\":\"REDACTED\"}");
    assert_string_equal(url(self, "http://a/abcdefghijklmnop/ordinary"),
                        "http://a/REDACTED/ordinary");
    (void)en_redact_header(self->redactor, &self->arena, EN_TEXT("Authorization"),
                           EN_TEXT("Bearer 0123456789abcdef"));
    assert_string_equal(url(self, "http://a/?x=0123456789abcdef&y=Bearer"),
                        "http://a/?x=REDACTED&y=Bearer");
}

static void redacting_twice_is_redacting_once(void **state)
{
    fixture *self = *state;
    static const char *const urls[] = { "http://a:b@c/?token=1&x=2", "http://a/?token=REDACTED" };
    for (size_t i = 0; i < 2; i++) {
        const char *once = url(self, urls[i]);
        assert_string_equal(url(self, once), once);
    }
    const char *once = body(self, "", "{\"token\":\"t\"}");
    assert_string_equal(body(self, "", once), once);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names_of_headers_are_compared_without_case_and_hyphens),
        TEST(urls_lose_passwords_and_parameters),
        TEST(bodies_lose_fields_at_any_depth_and_stay_as_they_are_without),
        TEST(secrets_are_taken_out_in_every_spelling_the_longest_first),
        TEST(what_was_found_once_is_found_everywhere),
        TEST(redacting_twice_is_redacting_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

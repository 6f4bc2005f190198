#include "test.h"

#include "value/coerce.h"
#include "value/json.h"

#include <math.h>
#include <stdlib.h>

typedef struct world {
    en_arena arena;
    en_error error;
} world;

static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);
    en_arena_init(&w->arena, NULL);
    en_error_clear(&w->error);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    en_arena_done(&w->arena);
    free(w);
    return 0;
}

static en_value json(world *w, const char *text)
{
    en_value value;
    if (!en_json_read(&w->arena, en_text_from(text), EN_JSON_TYPED, 64, &value, &w->error)) {
        fail_msg("%s: %s", text, w->error.message);
    }
    return value;
}

/* The result as typed JSON, or the message. */
static en_text coerce_value(world *w, en_types wanted, en_value value)
{
    en_value result;
    en_error_clear(&w->error);
    if (!en_coerce(&w->arena, wanted, value, NULL, &result, &w->error)) {
        assert_int_equal(w->error.type, EN_BundleValidationError);
        return en_text_copy(&w->arena, en_text_from(w->error.message));
    }
    return en_json_text(&w->arena, result, EN_JSON_TYPED);
}

static en_text coerce(world *w, en_types wanted, const char *text)
{
    return coerce_value(w, wanted, json(w, text));
}

static void values_of_the_wanted_type_are_kept(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_TEXT, "\"12\""), "\"12\"");
    assert_text(coerce(w, EN_T_NUMBER, "18446744073709551615"), "18446744073709551615");
    assert_text(coerce(w, EN_T_BOOLEAN, "false"), "false");
    assert_text(coerce(w, EN_T_ARRAY, "[1]"), "[1]");
    assert_text(coerce(w, EN_T_COLLECTION, "{\"a\":1}"), "{\"a\":1}");
    assert_text(coerce(w, EN_T_DATE, "{\"$date\":\"2026-01-02T03:04:05.678Z\"}"),
                "{\"$date\":\"2026-01-02T03:04:05.678Z\"}");
    assert_text(coerce(w, EN_T_ANY, "{\"a\":[null]}"), "{\"a\":[null]}");
    assert_text(coerce(w, EN_T_FILTER, "[[{\"a\":1}]]"), "[[{\"a\":1}]]");
}

static void missing_values_need_null(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_TEXT | EN_T_NULL, "null"), "null");
    assert_text(coerce_value(w, EN_T_ANY, en_nothing()), "null");
    assert_text(coerce(w, EN_T_TEXT, "null"), "expected text but got null");
    assert_text(coerce_value(w, EN_T_NUMBER, en_nothing()), "expected a number but got nothing");
}

static void numbers_are_read_from_text(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_NUMBER, "\"12\""), "12");
    assert_text(coerce(w, EN_T_NUMBER, "\" -1.5e3 \""), "-1500");
    assert_text(coerce(w, EN_T_NUMBER, "\"9007199254740993\""), "9007199254740993");
    assert_text(coerce(w, EN_T_NUMBER, "\"abc\""), "expected a number but got text \"abc\"");
    assert_text(coerce(w, EN_T_NUMBER, "\"\""), "expected a number but got text \"\"");
    assert_text(coerce(w, EN_T_NUMBER, "true"), "expected a number but got boolean true");
    assert_text(coerce(w, EN_T_NUMBER, "[1]"), "expected a number but got an array of 1");
    assert_text(coerce(w, EN_T_NUMBER, "{}"), "expected a number but got a collection");
}

static void counts_are_whole_and_not_negative(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_COUNT, "\"3\""), "3");
    assert_text(coerce(w, EN_T_COUNT, "0"), "0");
    assert_text(coerce(w, EN_T_COUNT, "9007199254740992"), "9007199254740992");
    assert_text(coerce(w, EN_T_COUNT, "9007199254740993"),
                "expected a whole number from 0 to 9007199254740992 but got number "
                "9007199254740993");
    assert_text(coerce(w, EN_T_COUNT, "1.5"),
                "expected a whole number from 0 to 9007199254740992 but got number 1.5");
    assert_text(coerce(w, EN_T_COUNT, "-1"),
                "expected a whole number from 0 to 9007199254740992 but got number -1");
    assert_text(coerce_value(w, EN_T_COUNT, en_number(NAN)),
                "expected a whole number from 0 to 9007199254740992 but got number NaN");
}

static void booleans_follow_makes_table(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_BOOLEAN, "0"), "true");
    assert_text(coerce(w, EN_T_BOOLEAN, "\"\""), "false");
    assert_text(coerce(w, EN_T_BOOLEAN, "\"false\""), "false");
    assert_text(coerce(w, EN_T_BOOLEAN, "\"true\""), "true");
    assert_text(coerce(w, EN_T_BOOLEAN, "\"no\""), "true");
    assert_text(coerce(w, EN_T_BOOLEAN, "[]"), "true");
}

static void dates_are_read_from_text(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_DATE, "\"2026-01-02\""), "{\"$date\":\"2026-01-02T00:00:00.000Z\"}");
    assert_text(coerce(w, EN_T_DATE, "\"06/20/2016 5:26 PM\""),
                "{\"$date\":\"2016-06-20T17:26:00.000Z\"}");
    assert_text(coerce(w, EN_T_DATE, "\"soon\""), "expected a date but got text \"soon\"");
    assert_text(coerce(w, EN_T_DATE, "5"), "expected a date but got number 5");
}

static void dates_without_zone_are_in_the_given_zone(void **state)
{
    world *w = *state;
    en_zones *zones = en_zones_new();
    const en_zone *zone;
    en_value result;
    assert_true(en_zone_find(zones, EN_TEXT("Europe/Prague"), &zone));
    assert_true(en_coerce(&w->arena, EN_T_DATE, en_text_value(EN_TEXT("2026-07-01 12:00:00")), zone,
                          &result, &w->error));
    assert_text(en_json_text(&w->arena, result, 0), "\"2026-07-01T10:00:00.000Z\"");
    en_zones_free(zones);
}

static void text_is_made_of_single_values_and_lists_of_them(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_TEXT, "12.50"), "\"12.5\"");
    assert_text(coerce(w, EN_T_TEXT, "true"), "\"true\"");
    assert_text(coerce(w, EN_T_TEXT, "{\"$date\":\"2026-01-02T03:04:05.678Z\"}"),
                "\"2026-01-02T03:04:05.678Z\"");
    assert_text(coerce(w, EN_T_TEXT, "[1,\"b\",null,true]"), "\"1, b, , true\"");
    assert_text(coerce_value(w, EN_T_TEXT, en_buffer(EN_TEXT("añ"))), "\"añ\"");
    assert_text(coerce_value(w, EN_T_TEXT, en_buffer(EN_TEXT("\xFF"))),
                "expected text but got a buffer of 1 bytes");
    assert_text(coerce(w, EN_T_TEXT, "{}"), "expected text but got a collection");
    assert_text(coerce(w, EN_T_TEXT, "[[1]]"), "expected text but got an array of 1");
}

static void buffers_are_made_of_single_values(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_BUFFER, "\"ab\""), "{\"$buffer\":\"YWI=\"}");
    assert_text(coerce(w, EN_T_BUFFER, "5"), "{\"$buffer\":\"NQ==\"}");
    assert_text(coerce(w, EN_T_BUFFER, "[1]"), "expected a buffer but got an array of 1");
    assert_text(coerce(w, EN_T_BUFFER, "{}"), "expected a buffer but got a collection");
}

static void anything_can_be_the_one_element_of_an_array(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_ARRAY, "{\"a\":1}"), "[{\"a\":1}]");
    assert_text(coerce(w, EN_T_ARRAY, "\"\""), "[\"\"]");
}

static void collections_are_made_of_nothing_else(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_COLLECTION, "[]"), "expected a collection but got an array of 0");
    assert_text(coerce(w, EN_T_COLLECTION, "\"{}\""), "expected a collection but got text \"{}\"");
}

static void several_types_keep_what_fits_and_convert_to_the_most_telling(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_TEXT | EN_T_NUMBER, "\"12\""), "\"12\"");
    assert_text(coerce(w, EN_T_DATE | EN_T_NUMBER, "\"12\""), "12");
    assert_text(coerce(w, EN_T_DATE | EN_T_NUMBER, "\"2026-01-02\""),
                "{\"$date\":\"2026-01-02T00:00:00.000Z\"}");
    assert_text(coerce(w, EN_T_BOOLEAN | EN_T_ARRAY, "\"false\""), "false");
    assert_text(coerce(w, EN_T_BOOLEAN | EN_T_ARRAY, "0"), "[0]");
    assert_text(coerce(w, EN_T_BOOLEAN | EN_T_ARRAY, "\"no\""), "[\"no\"]");
    assert_text(coerce(w, EN_T_TEXT | EN_T_NULL, "[1,2]"), "\"1, 2\"");
    assert_text(coerce(w, EN_T_TEXT | EN_T_COLLECTION, "5"), "\"5\"");
    assert_text(coerce(w, EN_T_NUMBER | EN_T_DATE | EN_T_COLLECTION, "\"x\""),
                "expected a number, a date or a collection but got text \"x\"");
}

static void long_and_strange_values_are_shown_short(void **state)
{
    world *w = *state;
    assert_text(
        coerce(w, EN_T_NUMBER, "\"a\\n\\u001b[31m0123456789012345678901234567890123456789\""),
        "expected a number but got text \"a\\n\\x1b[31m012345678901234567890123456789012…\"");
}

static void addresses_are_checked(void **state)
{
    world *w = *state;
    assert_text(coerce(w, EN_T_EMAIL, "\"ann@example.org\""), "\"ann@example.org\"");
    assert_text(coerce(w, EN_T_EMAIL, "\"abc\""),
                "expected an e-mail address but got text \"abc\"");
    assert_text(coerce(w, EN_T_URL, "\"https://example.org/\""), "\"https://example.org/\"");
    assert_text(coerce(w, EN_T_URL, "\"example.org\""),
                "expected an http or https URL but got text \"example.org\"");
    assert_text(coerce(w, EN_T_URL, "5"), "expected an http or https URL but got number 5");
}

static void email_addresses(void **state)
{
    (void)state;
    static const char *const good[] = { "a@b.co", "ann.b+tag@mail.example.org", "o'neil@x-y.io",
                                        "用户@例子.公司", "a@1.2" };
    static const char *const bad[] = { "",         "@",       "a",        "a@",       "@b.co",
                                       "a@b",      "a@@b.co", "a@b@c.co", "a b@c.co", "a@b..co",
                                       "a@.co",    "a@b.",    "a@-b.co",  "a@b-.co",  "a@b_c!.co",
                                       "a\n@b.co", "a@b.co\n" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!en_text_is_email(en_text_from(good[i]))) {
            fail_msg("%s", good[i]);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (en_text_is_email(en_text_from(bad[i]))) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void urls(void **state)
{
    (void)state;
    static const char *const good[] = { "http://a",
                                        "HTTPS://Example.org",
                                        "http://localhost:8080/x?y#z",
                                        "http://user:pass@host.example:1/",
                                        "http://127.0.0.1?x",
                                        "http://[::1]:80/",
                                        "https://example.org./",
                                        "https://例子.公司/ü" };
    static const char *const bad[] = {
        "",          "http://",     "http:///x",  "http://?x",  "ftp://a",        "//a",
        "a.b",       "http:a",      "http://a b", "http://a:x", "http://a:99999", "http://[::1",
        "http://[]", "http://a..b", "http://@/",  "http://a\n", "javascript://a", "http://[::1]x"
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!en_text_is_url(en_text_from(good[i]))) {
            fail_msg("%s", good[i]);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (en_text_is_url(en_text_from(bad[i]))) {
            fail_msg("%s", bad[i]);
        }
    }
}

static void types_have_names(void **state)
{
    world *w = *state;
    assert_text(en_types_name(&w->arena, EN_T_TEXT), "text");
    assert_text(en_types_name(&w->arena, EN_T_NUMBER | EN_T_DATE), "number or date");
    assert_text(en_types_name(&w->arena, EN_T_TEXT | EN_T_ARRAY | EN_T_NULL),
                "text, array or null");
    assert_text(en_types_name(&w->arena, EN_T_ANY), "any");
    assert_int_equal(en_types_find(EN_TEXT("string")), EN_T_TEXT);
    assert_int_equal(en_types_find(EN_TEXT("Object")), EN_T_COLLECTION);
    assert_int_equal(en_types_find(EN_TEXT("email")), EN_T_EMAIL);
    assert_int_equal(en_types_find(EN_TEXT("any")), EN_T_ANY);
    assert_int_equal(en_types_find(EN_TEXT("strnig")), 0);
}

static void values_come_out_as_text(void **state)
{
    world *w = *state;
    static const char *const pairs[][2] = {
        { "null", "" },
        { "12.50", "12.5" },
        { "1e21", "1e+21" },
        { "18446744073709551615", "18446744073709551615" },
        { "false", "false" },
        { "\"a\"", "a" },
        { "{\"$date\":\"2026-01-02T03:04:05Z\"}", "2026-01-02T03:04:05.000Z" },
        { "[]", "" },
        { "[1,null,\"b\"]", "1;;b" },
        { "[1,[2]]", "[1,[2]]" },
        { "[{\"a\":1}]", "[{\"a\":1}]" },
        { "{\"a\":\"b\"}", "{\"a\":\"b\"}" },
        { "{\"$buffer\":\"YWI=\"}", "ab" },
        { "{\"$buffer\":\"/w==\"}", "/w==" },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_text(en_value_as_text(&w->arena, json(w, pairs[i][0]), EN_TEXT(";")), pairs[i][1]);
    }
    assert_text(en_value_as_text(&w->arena, en_nothing(), EN_TEXT(";")), "");
}

static void truth_is_javascripts(void **state)
{
    world *w = *state;
    static const char *const falsy[] = { "null", "false", "0", "-0", "\"\"" };
    static const char *const truthy[] = { "true", "1",  "\"0\"",           "\" \"",
                                          "[]",   "{}", "9007199254740993" };
    for (size_t i = 0; i < sizeof falsy / sizeof *falsy; i++) {
        assert_false(en_value_truth(json(w, falsy[i])));
    }
    for (size_t i = 0; i < sizeof truthy / sizeof *truthy; i++) {
        assert_true(en_value_truth(json(w, truthy[i])));
    }
    assert_false(en_value_truth(en_number(NAN)));
    assert_false(en_value_truth(en_nothing()));
    assert_true(en_value_truth(en_date(0)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_of_the_wanted_type_are_kept),
        TEST(missing_values_need_null),
        TEST(numbers_are_read_from_text),
        TEST(counts_are_whole_and_not_negative),
        TEST(booleans_follow_makes_table),
        TEST(dates_are_read_from_text),
        TEST(dates_without_zone_are_in_the_given_zone),
        TEST(text_is_made_of_single_values_and_lists_of_them),
        TEST(buffers_are_made_of_single_values),
        TEST(anything_can_be_the_one_element_of_an_array),
        TEST(collections_are_made_of_nothing_else),
        TEST(several_types_keep_what_fits_and_convert_to_the_most_telling),
        TEST(long_and_strange_values_are_shown_short),
        TEST(addresses_are_checked),
        TEST(email_addresses),
        TEST(urls),
        TEST(types_have_names),
        TEST(values_come_out_as_text),
        TEST(truth_is_javascripts),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "subset.h"
#include "value/json.h"

static const struct {
    const char *expected;
    const char *actual;
    const char *difference; /* empty: it fits */
} examples[] = {
    { "1", "1.0", "" },
    { "1", "2", "expected 1 but got 2" },
    { "\"1\"", "1", "expected \"1\" but got 1" },
    { "null", "null", "" },
    { "null", "false", "expected null but got false" },
    { "{}", "{\"a\":1}", "" },
    { "{}", "[]", "expected {} but got []" },
    { "{\"a\":1}", "{\"b\":2,\"a\":1}", "" },
    { "{\"a\":1}", "{\"b\":2}", "a: expected 1 but got nothing" },
    { "{\"a\":{\"b\":[1,{\"c\":2}]}}", "{\"a\":{\"b\":[1,{\"c\":3}]}}",
      "a.b[1].c: expected 2 but got 3" },
    { "[1,2]", "[1]", "expected 2 elements but got [1]" },
    { "[1]", "[1,2]", "expected 1 elements but got [1,2]" },
    { "[1,2]", "[3]", "[0]: expected 1 but got 3" },
    { "{\"a\":\"$any\"}", "{\"a\":false}", "" },
    { "{\"a\":\"$any\"}", "{\"a\":null}", "a: expected \"$any\" but got null" },
    { "{\"a\":\"$missing\"}", "{}", "" },
    { "{\"a\":\"$missing\"}", "{\"a\":null}", "a: expected \"$missing\" but got null" },
    { "{\"a\":null}", "{}", "a: expected null but got nothing" },
    { "\"$text\"", "\"\"", "" },
    { "\"$text\"", "1", "expected \"$text\" but got 1" },
    { "\"$number\"", "1", "" },
    { "\"$boolean\"", "false", "" },
    { "\"$array\"", "{}", "expected \"$array\" but got {}" },
    { "\"$date\"", "\"2026-01-02T03:04:05.678Z\"", "" },
    { "\"$date\"", "\"2026-01-02T03:04:05Z\"",
      "expected \"$date\" but got \"2026-01-02T03:04:05Z\"" },
    { "\"$else\"", "\"$else\"", "" },
    { "{\"$matches\":\"^a.c$\"}", "\"abc\"", "" },
    { "{\"$matches\":\"^a.c$\"}", "\"abd\"", "expected text like /^a.c$/ but got \"abd\"" },
    { "{\"$matches\":\"(\"}", "\"(\"", "expected text like /(/ but got \"(\"" },
    { "{\"$matches\":\"1\"}", "1", "expected text like /1/ but got 1" },
    { "{\"$exact\":{\"a\":1}}", "{\"a\":1}", "" },
    { "{\"$exact\":{\"a\":1}}", "{\"a\":1,\"b\":2}",
      "expected exactly {\"a\":1} but got {\"a\":1,\"b\":2}" },
    { "{\"$length\":2}", "[1,2]", "" },
    { "{\"$length\":2}", "\"abc\"", "expected a length of 2 but got \"abc\"" },
    { "{\"$contains\":[2,1]}", "[1,2,3]", "" },
    { "{\"$contains\":[2,4]}", "[1,2,3]", "expected an element 4 but got [1,2,3]" },
    { "{\"$not\":{\"a\":1}}", "{\"a\":2}", "" },
    { "{\"$not\":{\"a\":1}}", "{\"a\":1}", "expected not {\"a\":1} but got {\"a\":1}" },
    { "{\"$all\":\"$number\"}", "[1,2]", "" },
    { "{\"$all\":\"$number\"}", "[1,null]", "[1]: expected \"$number\" but got null" },
};

static void what_is_expected_is_found_or_the_difference_is_named(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        en_value expected;
        en_value actual;
        en_text difference;
        assert_true(
            en_json_read(&arena, en_text_from(examples[i].expected), 0, 64, &expected, NULL));
        assert_true(en_json_read(&arena, en_text_from(examples[i].actual), 0, 64, &actual, NULL));
        bool fits = en_subset(&arena, expected, actual, &difference);
        assert_text(difference, examples[i].difference);
        assert_int_equal(fits, examples[i].difference[0] == '\0');
    }
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_expected_is_found_or_the_difference_is_named),
    };
    return EN_RUN(tests);
}

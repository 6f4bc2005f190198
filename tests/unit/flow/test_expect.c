#include "test.h"

#include "flow/expect.h"
#include "value/json.h"

static const struct {
    const char *expected;
    const char *actual;
    const char *difference; /* empty: it fits */
} examples[] = {
    { "1", "1.0", "" },
    { "1", "2", "expected 1 but found 2" },
    { "\"1\"", "1", "expected \"1\" but found 1" },
    { "null", "null", "" },
    { "null", "false", "expected null but found false" },
    { "{}", "{\"a\":1}", "" },
    { "{}", "[]", "expected {} but found []" },
    { "{\"a\":1}", "{\"b\":2,\"a\":1}", "" },
    { "{\"a\":1}", "{\"b\":2}", "a: expected 1 but found nothing" },
    { "{\"a\":{\"b\":[1,{\"c\":2}]}}", "{\"a\":{\"b\":[1,{\"c\":3}]}}",
      "a.b[1].c: expected 2 but found 3" },
    { "[1,2]", "[1]", "expected 2 elements but found 1: [1]" },
    { "[1]", "[1,2]", "expected 1 element but found 2: [1,2]" },
    { "[1,2]", "[3]", "[0]: expected 1 but found 3|expected 2 elements but found 1: [3]" },
    { "{\"a\":\"$any\"}", "{\"a\":false}", "" },
    { "{\"a\":\"$any\"}", "{\"a\":null}", "a: expected a value but found null" },
    { "{\"a\":\"$missing\"}", "{}", "" },
    { "{\"a\":\"$missing\"}", "{\"a\":null}", "a: expected nothing but found null" },
    { "{\"a\":null}", "{}", "a: expected null but found nothing" },
    { "\"$text\"", "\"\"", "" },
    { "\"$text\"", "1", "expected a text but found 1" },
    { "\"$number\"", "1", "" },
    { "\"$boolean\"", "false", "" },
    { "\"$array\"", "{}", "expected an array but found {}" },
    { "\"$date\"", "\"2026-01-02T03:04:05.678Z\"", "" },
    { "\"$date\"", "\"2026-01-02T03:04:05Z\"",
      "expected a date but found \"2026-01-02T03:04:05Z\"" },
    { "\"$else\"", "\"$else\"", "" },
    { "{\"$matches\":\"^a.c$\"}", "\"abc\"", "" },
    { "{\"$matches\":\"^a.c$\"}", "\"abd\"", "expected text like /^a.c$/ but found \"abd\"" },
    { "{\"$matches\":\"(\"}", "\"(\"",
      "expected text like /(/ but found an error: \"(\" is not a regular expression: ( without its "
      ") at character 2" },
    { "{\"$matches\":\"1\"}", "1", "expected text like /1/ but found 1" },
    { "{\"$exact\":{\"a\":1}}", "{\"a\":1}", "" },
    { "{\"$exact\":{\"a\":1}}", "{\"a\":1,\"b\":2}", "b: expected nothing but found 2" },
    { "{\"$length\":2}", "[1,2]", "" },
    { "{\"$length\":2}", "\"abc\"", "expected a length of 2 but found 3: \"abc\"" },
    { "{\"$contains\":[2,1]}", "[1,2,3]", "" },
    { "{\"$contains\":[2,4]}", "[1,2,3]", "expected an element 4 but found [1,2,3]" },
    { "{\"$not\":{\"a\":1}}", "{\"a\":2}", "" },
    { "{\"$not\":{\"a\":1}}", "{\"a\":1}", "expected anything but {\"a\":1} but found {\"a\":1}" },
    { "[1,2,3]", "[0,2,4]", "[0]: expected 1 but found 0|[2]: expected 3 but found 4" },
    { "{\"a b\":{\"c\":1}}", "{\"a b\":{}}", "[\"a b\"].c: expected 1 but found nothing" },
    { "\"$5.00\"", "\"$5.00\"", "" },
    { "{\"$5\":1}", "{\"$5\":1}", "" },
    { "{\"$exact\":{\"a\":{\"b\":\"$any\"}}}", "{\"a\":{\"b\":1}}", "" },
    { "{\"$exact\":{\"a\":{\"b\":\"$any\"}}}", "{\"a\":{\"b\":1,\"c\":2}}",
      "a.c: expected nothing but found 2" },
    { "{\"$equals\":{\"a\":\"$any\"}}", "{\"a\":\"$any\"}", "" },
    { "{\"$equals\":{\"a\":\"$any\"}}", "{\"a\":1}", "a: expected \"$any\" but found 1" },
    { "{\"$equals\":[{\"a\":1}]}", "[{\"a\":1,\"b\":2}]", "[0].b: expected nothing but found 2" },
    { "{\"$length\":2,\"$contains\":[3]}", "[1,2]", "expected an element 3 but found [1,2]" },
    { "{\"$length\":{\"$true\":\"{{value > 1}}\"}}", "[1,2]", "" },
    { "{\"$length\":1}", "7", "expected a length of 1 but found 7" },
    { "{\"$contains\":[1]}", "7", "expected an array but found 7" },
    { "{\"$contains\":[]}", "7", "expected an array but found 7" },
    { "{\"$oneOf\":[1,\"$text\"]}", "\"a\"", "" },
    { "{\"$oneOf\":[1,2]}", "3", "expected one of [1,2] but found 3" },
    { "{\"$date\":\"2026-01-02\"}", "\"2026-01-02T00:00:00.000Z\"", "" },
    { "{\"$date\":\"2026-01-02\"}", "\"2026-01-03T00:00:00.000Z\"",
      "expected the date \"2026-01-02\" but found \"2026-01-03T00:00:00.000Z\"" },
    { "{\"$true\":\"{{value.a + b = 3}}\"}", "{\"a\":1}", "" },
    { "{\"$true\":\"{{value > 3}}\"}", "2",
      "expected {{value > 3}} to be true but found 2, which gives false" },
    { "{\"$true\":\"{{value}}\"}", "\"true\"",
      "expected {{value}} to be true but found \"true\", which gives \"true\"" },
    { "{\"$true\":\"{{value\"}", "1",
      "expected {{value to be true but found an error: The {{ that begins here has no closing }}" },
    { "{\"$alls\":1}", "1", "expected the unknown condition \"$alls\" but found 1" },
    { "{\"a\":{\"$snapshot\":[1]}}", "{\"a\":[1]}", "" },
    { "{\"$all\":\"$number\"}", "[1,2]", "" },
    { "{\"$all\":\"$number\"}", "[1,null]", "[1]: expected a number but found null" },
};

static en_value json(en_arena *arena, const char *text)
{
    en_value value = en_nothing();
    assert_true(en_json_read(arena, en_text_from(text), 0, EN_JSON_DEPTH, &value, NULL));
    return value;
}

static en_comparison comparison_in(en_arena *arena)
{
    return (en_comparison){ .arena = arena,
                            .names = json(arena, "{\"b\":2}"),
                            .patterns = en_regex_cache_new(arena) };
}

/* All of them, with | in between. */
static en_text lines_of(en_arena *arena, const en_differences *differences)
{
    en_builder lines;
    en_builder_init(&lines, arena);
    for (const en_difference *at = differences->first; at != NULL; at = at->next) {
        en_builder_add(&lines, lines.length != 0 ? EN_TEXT("|") : EN_TEXT(""));
        en_builder_add(&lines, en_difference_line(arena, at));
    }
    return en_builder_take(&lines);
}

static void what_is_expected_is_found_or_every_difference_is_named(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_comparison with = comparison_in(&arena);
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        en_differences differences = { 0 };
        bool fits = en_expect(&with, EN_TEXT(""), json(&arena, examples[i].expected),
                              json(&arena, examples[i].actual), &differences);
        assert_text(lines_of(&arena, &differences), examples[i].difference);
        assert_int_equal(fits, examples[i].difference[0] == '\0');
    }
    en_arena_done(&arena);
}

static void dates_and_buffers_are_compared_as_json_shows_them(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_comparison with = comparison_in(&arena);
    en_value date = en_date(1767323045678);
    en_value bytes = en_buffer(EN_TEXT("abc"));
    en_differences differences = { 0 };
    assert_true(en_expect(&with, EN_TEXT(""), json(&arena, "\"2026-01-02T03:04:05.678Z\""), date,
                          &differences));
    assert_true(en_expect(&with, EN_TEXT(""), json(&arena, "\"$date\""), date, &differences));
    assert_true(en_expect(&with, EN_TEXT(""), json(&arena, "\"YWJj\""), bytes, &differences));
    assert_true(
        en_expect(&with, EN_TEXT(""), json(&arena, "{\"$buffer\":\"YWJj\"}"), bytes, &differences));
    assert_false(
        en_expect(&with, EN_TEXT("at"), json(&arena, "\"2026-01-02\""), date, &differences));
    assert_text(lines_of(&arena, &differences),
                "at: expected \"2026-01-02\" but found \"2026-01-02T03:04:05.678Z\"");
    en_arena_done(&arena);
}

static void long_texts_are_shown_where_they_part(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_comparison with = comparison_in(&arena);
    char left[600];
    char right[600];
    memset(left, 'a', sizeof left);
    memset(right, 'a', sizeof right);
    left[500] = 'b';
    en_differences differences = { 0 };
    assert_false(en_expect(&with, EN_TEXT(""), en_text_value((en_text){ left, 510 }),
                           en_text_value((en_text){ right, 505 }), &differences));
    assert_text(lines_of(&arena, &differences),
                "expected …\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabaaaaaaaaa\" from byte 460 "
                "but found …\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" from byte 460");
    en_arena_done(&arena);
}

static void differences_beyond_twenty_are_counted(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_comparison with = comparison_in(&arena);
    en_value ones[50];
    en_value twos[50];
    for (size_t i = 0; i < 50; i++) {
        ones[i] = en_number(1);
        twos[i] = en_number(2);
    }
    en_differences differences = { 0 };
    assert_false(
        en_expect(&with, EN_TEXT(""), en_array(ones, 50), en_array(twos, 50), &differences));
    assert_int_equal(differences.count, 50);
    size_t kept = 0;
    for (en_difference *at = differences.first; at != NULL; at = at->next) {
        kept++;
    }
    assert_int_equal(kept, EN_MOST_DIFFERENCES);
    en_arena_done(&arena);
}

static void snapshots_that_differ_are_told_with_their_places(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_comparison with = comparison_in(&arena);
    en_differences differences = { 0 };
    assert_false(en_expect(&with, EN_TEXT("expect"),
                           json(&arena, "{\"a\":[{\"$snapshot\":{\"b\":1}}],"
                                        "\"c\":{\"$snapshot\":1},\"d\":{\"$snapshot\":null}}"),
                           json(&arena, "{\"a\":[{\"b\":1,\"x\":2}],\"c\":1,\"d\":[3]}"),
                           &differences));
    assert_text(
        lines_of(&arena, &differences),
        "expect.a[0].x: expected nothing but found 2|expect.d: expected null but found [3]");
    assert_text(differences.snapshots->path, "expect.a[0]");
    assert_text(en_json_text(&arena, differences.snapshots->value, 0), "{\"b\":1,\"x\":2}");
    assert_text(differences.snapshots->next->path, "expect.d");
    assert_null(differences.snapshots->next->next);
    en_arena_done(&arena);
}

static const struct {
    const char *expected;
    const char *problems; /* empty: it makes sense */
} written[] = {
    { "{\"a\":[\"$any\",{\"$all\":{\"$matches\":\"^a\"}}]}", "" },
    { "{\"a\":\"$5.00\"}", "" },
    { "{\"$equals\":{\"$ref\":\"$any\"}}", "" },
    { "{\"a\":{\"$mathces\":\"x\"}}",
      "a[\"$mathces\"]: there is no condition \"$mathces\" (did you mean \"$matches\"?)" },
    { "[\"$nubmer\"]", "[0]: there is no kind of value \"$nubmer\" (did you mean \"$number\"?)" },
    { "{\"$ref\":1}", "[\"$ref\"]: there is no condition \"$ref\" "
                      "(a value that begins with $ is written {\"$equals\": …})" },
    { "{\"$matches\":\"(\"}",
      "[\"$matches\"]: \"(\" is not a regular expression: ( without its ) at character 2" },
    { "{\"$matches\":1}", "[\"$matches\"]: takes a text, not number" },
    { "{\"$contains\":1}", "[\"$contains\"]: takes an array of expectations, not number" },
    { "{\"$oneOf\":[1,{\"$not\":\"$texts\"}]}",
      "[\"$oneOf\"][1][\"$not\"]: there is no kind of value \"$texts\" (did you mean "
      "\"$text\"?)" },
    { "{\"$true\":\"{{value\"}", "[\"$true\"]: The {{ that begins here has no closing }}" },
    { "{\"$buffer\":\"a\"}", "[\"$buffer\"]: takes bytes in base64" },
    { "{\"$date\":\"soon\"}", "[\"$date\"]: takes a date such as 2030-01-02T03:04:05Z" },
    { "{\"$not\":{\"$snapshot\":1}}",
      "[\"$not\"][\"$snapshot\"]: a snapshot cannot stand inside a condition" },
};

static void what_makes_no_sense_is_a_problem_with_its_path(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        en_problems problems;
        en_problems_init(&problems, &arena);
        en_expectation_check(&arena, NULL, EN_TEXT(""), json(&arena, written[i].expected),
                             &problems);
        en_builder lines;
        en_builder_init(&lines, &arena);
        for (en_problem *at = problems.first; at != NULL; at = at->next) {
            en_builder_format(&lines, "%.*s: %.*s", EN_TEXT_ARG(at->path),
                              EN_TEXT_ARG(at->message));
            if (at->hint.length != 0) {
                en_builder_format(&lines, " (%.*s)", EN_TEXT_ARG(at->hint));
            }
        }
        assert_text(en_builder_take(&lines), written[i].problems);
    }
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_expected_is_found_or_every_difference_is_named),
        cmocka_unit_test(dates_and_buffers_are_compared_as_json_shows_them),
        cmocka_unit_test(long_texts_are_shown_where_they_part),
        cmocka_unit_test(differences_beyond_twenty_are_counted),
        cmocka_unit_test(snapshots_that_differ_are_told_with_their_places),
        cmocka_unit_test(what_makes_no_sense_is_a_problem_with_its_path),
    };
    return EN_RUN(tests);
}

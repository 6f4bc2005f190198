#include "test.h"

#include "value/filter.h"
#include "value/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct world {
    en_arena arena;
    en_error error;
    en_filter_context context;
} world;

static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);
    en_arena_init(&w->arena, NULL);
    en_error_clear(&w->error);
    w->context = (en_filter_context){ &w->arena, en_regex_cache_new(&w->arena), NULL };
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

static en_operator operator_of(en_text spelling)
{
    en_operator op;
    en_text nearest;
    if (!en_operator_find(spelling, &op, &nearest)) {
        fail_msg("%.*s is unknown", EN_TEXT_ARG(spelling));
    }
    return op;
}

static bool compare(world *w, en_value a, const char *spelling, en_value b)
{
    bool result;
    assert_true(
        en_compare(operator_of(en_text_from(spelling)), a, b, &w->context, &result, &w->error));
    return result;
}

static void every_vector_comes_out_as_written(void **state)
{
    world *w = *state;
    FILE *file = fopen(EN_TEST_ROOT "/tests/cases/filter/vectors.jsonl", "r");
    assert_non_null(file);
    char line[2048];
    size_t vectors = 0;
    size_t wrong = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        en_value vector = json(w, line);
        en_text spelling = en_value_text(en_collection_find(vector, EN_TEXT("o")));
        bool result;
        assert_true(en_compare(operator_of(spelling), en_collection_find(vector, EN_TEXT("a")),
                               en_collection_find(vector, EN_TEXT("b")), &w->context, &result,
                               &w->error));
        if (result != en_collection_find(vector, EN_TEXT("is")).as.boolean) {
            print_error("not so: %s", line);
            wrong++;
        }
        vectors++;
    }
    fclose(file);
    assert_true(vectors > 120);
    assert_int_equal(wrong, 0);
}

static void nothing_is_missing_like_null(void **state)
{
    world *w = *state;
    assert_true(compare(w, en_nothing(), "equal", en_null()));
    assert_false(compare(w, en_nothing(), "exist", en_null()));
    assert_false(compare(w, en_nothing(), "lessEqual", en_number(1)));
}

static void nan_is_never_equal_and_has_no_order(void **state)
{
    world *w = *state;
    assert_false(compare(w, en_number(NAN), "equal", en_number(NAN)));
    assert_true(compare(w, en_number(NAN), "notEqual", en_number(NAN)));
    assert_false(compare(w, en_number(NAN), "lessEqual", en_number(1)));
    assert_false(compare(w, en_number(1), "greaterEqual", en_number(NAN)));
}

static void a_buffer_of_no_bytes_does_not_exist(void **state)
{
    world *w = *state;
    assert_false(compare(w, en_buffer(EN_TEXT("")), "exist", en_null()));
    assert_true(compare(w, en_buffer(EN_TEXT("a")), "equal", en_text_value(EN_TEXT("a"))));
}

static void a_date_without_zone_is_in_the_zone_of_the_context(void **state)
{
    world *w = *state;
    en_zones *zones = en_zones_new();
    assert_true(en_zone_find(zones, EN_TEXT("Europe/Prague"), &w->context.zone));
    en_value text = en_text_value(EN_TEXT("2026-01-02 01:00:00"));
    en_value date = json(w, "{\"$date\":\"2026-01-02T00:00:00.000Z\"}");
    assert_true(compare(w, text, "date:equal", date));
    assert_true(compare(w, date, "time:equal", en_text_value(EN_TEXT("1:00"))));
    en_zones_free(zones);
}

static void a_wrong_pattern_is_an_error(void **state)
{
    world *w = *state;
    bool result;
    assert_false(en_compare(operator_of(EN_TEXT("matches")), en_text_value(EN_TEXT("a")),
                            en_text_value(EN_TEXT("(")), &w->context, &result, &w->error));
    assert_error(&w->error, EN_DataError,
                 "\"(\" is not a regular expression: ( without its ) at character 2");
}

static void patterns_need_no_cache(void **state)
{
    world *w = *state;
    w->context.patterns = NULL;
    assert_true(compare(w, en_text_value(EN_TEXT("abc")), "matches", en_text_value(EN_TEXT("b."))));
}

static void comparing_leaves_nothing_in_the_scratch_arena(void **state)
{
    world *w = *state;
    en_budget budget = { 0 };
    en_arena scratch;
    en_arena_init(&scratch, &budget);
    w->context.scratch = &scratch;
    for (int i = 0; i < 1000; i++) {
        assert_true(compare(w, json(w, "[1,2,\"É\"]"), "text:contain:ci", json(w, "\"é\"")));
    }
    assert_true(budget.peak_bytes < 10000);
    en_arena_done(&scratch);
}

static void every_spelling_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *spelling;
        en_operator op;
    } known[] = {
        { "equal", { EN_OP_EQUAL, EN_AS_ANY, false } },
        { "equals", { EN_OP_EQUAL, EN_AS_ANY, false } },
        { "is", { EN_OP_EQUAL, EN_AS_ANY, false } },
        { "notEqual", { EN_OP_NOT_EQUAL, EN_AS_ANY, false } },
        { "greater", { EN_OP_GREATER, EN_AS_ANY, false } },
        { "greaterEqual", { EN_OP_GREATER_EQUAL, EN_AS_ANY, false } },
        { "less", { EN_OP_LESS, EN_AS_ANY, false } },
        { "lessEqual", { EN_OP_LESS_EQUAL, EN_AS_ANY, false } },
        { "contains", { EN_OP_CONTAINS, EN_AS_ANY, false } },
        { "notContains", { EN_OP_NOT_CONTAINS, EN_AS_ANY, false } },
        { "startsWith", { EN_OP_STARTS, EN_AS_ANY, false } },
        { "endsWith", { EN_OP_ENDS, EN_AS_ANY, false } },
        { "matches", { EN_OP_MATCHES, EN_AS_ANY, false } },
        { "notMatches", { EN_OP_NOT_MATCHES, EN_AS_ANY, false } },
        { "in", { EN_OP_IN, EN_AS_ANY, false } },
        { "notIn", { EN_OP_NOT_IN, EN_AS_ANY, false } },
        { "exist", { EN_OP_EXIST, EN_AS_ANY, false } },
        { "notExist", { EN_OP_NOT_EXIST, EN_AS_ANY, false } },
        { "notexist", { EN_OP_NOT_EXIST, EN_AS_ANY, false } },
        { "notEmpty", { EN_OP_EXIST, EN_AS_ANY, false } },
        { "empty", { EN_OP_NOT_EXIST, EN_AS_ANY, false } },
        { "text:equal", { EN_OP_EQUAL, EN_AS_TEXT, false } },
        { "text:equal:ci", { EN_OP_EQUAL, EN_AS_TEXT, true } },
        { "text:notequal:ci", { EN_OP_NOT_EQUAL, EN_AS_TEXT, true } },
        { "text:contain", { EN_OP_CONTAINS, EN_AS_TEXT, false } },
        { "text:notcontain:ci", { EN_OP_NOT_CONTAINS, EN_AS_TEXT, true } },
        { "text:startwith", { EN_OP_STARTS, EN_AS_TEXT, false } },
        { "text:notstartwith", { EN_OP_NOT_STARTS, EN_AS_TEXT, false } },
        { "text:endwith", { EN_OP_ENDS, EN_AS_TEXT, false } },
        { "text:notendwith", { EN_OP_NOT_ENDS, EN_AS_TEXT, false } },
        { "text:pattern", { EN_OP_MATCHES, EN_AS_TEXT, false } },
        { "text:notpattern:ci", { EN_OP_NOT_MATCHES, EN_AS_TEXT, true } },
        { "text:empty", { EN_OP_NOT_EXIST, EN_AS_TEXT, false } },
        { "text:notEmpty", { EN_OP_EXIST, EN_AS_TEXT, false } },
        { "number:equal", { EN_OP_EQUAL, EN_AS_NUMBER, false } },
        { "number:greaterorequal", { EN_OP_GREATER_EQUAL, EN_AS_NUMBER, false } },
        { "number:lessorequal", { EN_OP_LESS_EQUAL, EN_AS_NUMBER, false } },
        { "numeric:less", { EN_OP_LESS, EN_AS_NUMBER, false } },
        { "date:greater", { EN_OP_GREATER, EN_AS_DATE, false } },
        { "time:notequal", { EN_OP_NOT_EQUAL, EN_AS_TIME, false } },
        { "semver:less", { EN_OP_LESS, EN_AS_SEMVER, false } },
        { "array:contain", { EN_OP_CONTAINS, EN_AS_ARRAY, false } },
        { "array:notcontain:ci", { EN_OP_NOT_CONTAINS, EN_AS_ARRAY, true } },
        { "array:greater", { EN_OP_GREATER, EN_AS_ARRAY, false } },
        { "boolean:equal", { EN_OP_EQUAL, EN_AS_BOOLEAN, false } },
        { " Equal ", { EN_OP_EQUAL, EN_AS_ANY, false } },
        { "equal:ci", { EN_OP_EQUAL, EN_AS_ANY, true } },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        en_operator op = operator_of(en_text_from(known[i].spelling));
        if (op.operation != known[i].op.operation || op.as != known[i].op.as ||
            op.ignore_case != known[i].op.ignore_case) {
            fail_msg("%s is something else", known[i].spelling);
        }
    }
}

static void an_unknown_spelling_gives_the_nearest(void **state)
{
    (void)state;
    static const struct {
        const char *spelling;
        const char *nearest;
    } unknown[] = {
        { "equl", "equal" },
        { "greaterThen", "greater" },
        { "text:contains", "text:contain" },
        { "number:greater_than", "number:greater" },
        { "text:startsWith", "text:startwith" },
        { "", "" },
        { "zzzzzzzz", "" },
        { ":ci", "" },
        { "text:", "" },
    };
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        en_operator op;
        en_text nearest;
        if (en_operator_find(en_text_from(unknown[i].spelling), &op, &nearest)) {
            fail_msg("%s is known", unknown[i].spelling);
        }
        if (i < 7) {
            assert_text(nearest, unknown[i].nearest);
        }
    }
}

static void operations_have_their_names(void **state)
{
    world *w = *state;
    assert_string_equal(en_operation_name(EN_OP_GREATER_EQUAL), "greaterEqual");
    for (int i = 0; i < EN_OPERATIONS; i++) {
        en_operator op = operator_of(en_text_from(en_operation_name((en_operation)i)));
        assert_int_equal(op.operation, i);
        assert_int_equal(en_operation_is_unary((en_operation)i), i >= EN_OP_EXIST);
    }
    assert_text(en_operation_names(&w->arena),
                "equal, notEqual, greater, greaterEqual, less, lessEqual, contains, notContains, "
                "startsWith, notStartsWith, endsWith, notEndsWith, matches, notMatches, in, notIn, "
                "exist, notExist");
}

static bool matches_record(world *w, const en_filter *filter, const char *record)
{
    bool result;
    assert_true(en_filter_matches(filter, json(w, record), &w->context, &result, &w->error));
    return result;
}

static en_condition condition(const char *field, const char *spelling, en_value b)
{
    return (en_condition){ operator_of(en_text_from(spelling)), true, en_text_from(field),
                           en_null(), b };
}

static void a_filter_is_an_or_of_ands(void **state)
{
    world *w = *state;
    en_condition first[] = { condition("a", "equal", en_number(1)),
                             condition("a", "equal", en_number(2)) };
    en_condition second[] = { condition("b", "greater", en_number(5)),
                              condition("c", "exist", en_null()) };
    en_condition_group groups[] = { { first, 2 }, { second, 2 } };
    en_filter filter = { groups, 2 };
    assert_false(matches_record(w, &filter, "{\"a\":1}"));
    assert_true(matches_record(w, &filter, "{\"a\":1,\"b\":6,\"c\":0}"));
    assert_false(matches_record(w, &filter, "{\"b\":6}"));
    assert_false(matches_record(w, &filter, "null"));
}

static void no_groups_and_empty_groups_let_everything_through(void **state)
{
    world *w = *state;
    en_filter none = { NULL, 0 };
    en_condition_group empty = { NULL, 0 };
    en_filter one = { &empty, 1 };
    assert_true(matches_record(w, &none, "{}"));
    assert_true(matches_record(w, &one, "{}"));
}

static void dots_lead_into_collections_unless_a_member_has_them_in_its_name(void **state)
{
    world *w = *state;
    en_condition nested = condition("user.id", "equal", en_number(7));
    en_condition_group group = { &nested, 1 };
    en_filter filter = { &group, 1 };
    assert_true(matches_record(w, &filter, "{\"user\":{\"id\":7}}"));
    assert_true(matches_record(w, &filter, "{\"user.id\":7,\"user\":{\"id\":8}}"));
    assert_false(matches_record(w, &filter, "{\"user.id\":null,\"user\":{\"id\":7}}"));
    assert_false(matches_record(w, &filter, "{\"user\":7}"));
}

static void the_left_side_may_be_a_value(void **state)
{
    world *w = *state;
    en_condition value = { operator_of(EN_TEXT("equal")), false, EN_TEXT("x"), en_number(1),
                           en_number(1) };
    en_condition_group group = { &value, 1 };
    en_filter filter = { &group, 1 };
    assert_true(matches_record(w, &filter, "{\"x\":2}"));
}

static void a_filter_with_a_wrong_pattern_fails(void **state)
{
    world *w = *state;
    en_condition wrong = condition("a", "matches", en_text_value(EN_TEXT("[")));
    en_condition_group group = { &wrong, 1 };
    en_filter filter = { &group, 1 };
    bool result;
    assert_false(
        en_filter_matches(&filter, json(w, "{\"a\":\"x\"}"), &w->context, &result, &w->error));
    assert_int_equal(w->error.type, EN_DataError);
}

static void sorting_has_one_order(void **state)
{
    world *w = *state;
    en_value rising[] = {
        en_null(),
        en_boolean(false),
        en_boolean(true),
        en_number(NAN),
        en_number(-INFINITY),
        json(w, "-9223372036854775808"),
        en_number(-1.5),
        en_number(0),
        en_number(9007199254740992.0),
        json(w, "9007199254740993"),
        json(w, "9223372036854775807"),
        en_number(9223372036854775808.0),
        json(w, "18446744073709551615"),
        en_number(18446744073709551616.0),
        en_date(-1),
        en_date(0),
        en_text_value(EN_TEXT("")),
        en_text_value(EN_TEXT("10")),
        en_text_value(EN_TEXT("9")),
        en_text_value(EN_TEXT("B")),
        en_text_value(EN_TEXT("a")),
        en_text_value(EN_TEXT("é")),
        en_text_value(EN_TEXT("\uFFEE")),
        en_text_value(EN_TEXT("😀")),
        en_buffer(EN_TEXT("a")),
        json(w, "[]"),
        json(w, "[1]"),
        json(w, "[1,2]"),
        json(w, "[2]"),
        json(w, "{}"),
        json(w, "{\"a\":1}"),
        json(w, "{\"a\":2}"),
        json(w, "{\"b\":1}"),
    };
    size_t count = sizeof rising / sizeof *rising;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int expected = (i > j) - (i < j);
            if (en_value_order(rising[i], rising[j]) != expected) {
                fail_msg("%zu beside %zu", i, j);
            }
        }
    }
    assert_int_equal(en_value_order(en_nothing(), en_null()), 0);
    assert_int_equal(en_value_order(en_number(-0.0), en_number(0.0)), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_vector_comes_out_as_written),
        TEST(nothing_is_missing_like_null),
        TEST(nan_is_never_equal_and_has_no_order),
        TEST(a_buffer_of_no_bytes_does_not_exist),
        TEST(a_date_without_zone_is_in_the_zone_of_the_context),
        TEST(a_wrong_pattern_is_an_error),
        TEST(patterns_need_no_cache),
        TEST(comparing_leaves_nothing_in_the_scratch_arena),
        TEST(every_spelling_is_found),
        TEST(an_unknown_spelling_gives_the_nearest),
        TEST(operations_have_their_names),
        TEST(a_filter_is_an_or_of_ands),
        TEST(no_groups_and_empty_groups_let_everything_through),
        TEST(dots_lead_into_collections_unless_a_member_has_them_in_its_name),
        TEST(the_left_side_may_be_a_value),
        TEST(a_filter_with_a_wrong_pattern_fails),
        TEST(sorting_has_one_order),
    };
    return EN_RUN(tests);
}

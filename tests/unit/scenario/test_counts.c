/* Which searches need only count. */
#include "plan_dump.h"
#include "test.h"

/* A letter a search: c is counted, f is fetched. */
static void assert_searches(const char *text, const char *expected)
{
    en_arena arena;
    en_problems problems;
    en_arena_init(&arena, NULL);
    en_problems_init(&problems, &arena);
    const en_plan *plan = en_plan_of(&arena, text, NULL, &problems);
    if (plan == NULL) {
        fail_msg("%.*s", EN_TEXT_ARG(en_problems_dump(&arena, &problems)));
    }
    en_builder kinds;
    en_builder_init(&kinds, &arena);
    for (uint32_t i = 0; i < plan->count; i++) {
        const en_step *step = &plan->steps[i];
        if (step->module != NULL && step->module->emits == EN_EMITS_LIST) {
            en_builder_add_char(&kinds, step->count_only ? 'c' : 'f');
        }
    }
    const char *found = en_text_terminate(&arena, en_builder_take(&kinds));
    if (strcmp(found, expected) != 0) {
        fail_msg("expected %s but got %s for %s", expected, found, text);
    }
    en_arena_done(&arena);
}

#define SEARCH(id) "{'id':" #id ",'module':'datastore.searchRecords','parameters':{'dataStore':'S'}"
#define SET(id, value)                                                                             \
    "{'id':" #id ",'module':'util.setVariable','parameters':{'name':'v','value':" value "}"
#define ADD(id)                                                                                    \
    "{'id':" #id ",'module':'datastore.addRecord','parameters':{'dataStore':'S','data':{}}"
#define THROW(id)     "{'id':" #id ",'module':'flow.throw','parameters':{'message':'no'}"
#define WHEN(a, o, b) "'filter':{'conditions':[[{'a':" a ",'o':'" o "','b':" b "}]]}"
#define ROUTER(id, routes)                                                                         \
    "{'id':" #id ",'module':'flow.router','parameters':{'routes':[" routes "]}}"

static void a_search_whose_length_is_read_is_counted(void **state)
{
    (void)state;
    assert_searches("[" SEARCH(1) "}," SET(2, "'{{1.length}}'") "}]", "c");
    assert_searches("[" SEARCH(1) "}," SET(2, "'{{1.length + 1}} {{now}}'") "}]", "c");
    assert_searches("[" SEARCH(1) "}," SET(2, "'{{datastore.length}}'") "}]", "c");
    assert_searches("[" SEARCH(1) "}," SEARCH(2) "}," SET(3, "'{{1.length}}{{2.length}}'") "}]",
                    "cc");
}

static void what_is_read_otherwise_is_fetched(void **state)
{
    static const char *const values[] = {
        "'{{1}}'",
        "'{{1.array}}'",
        "'{{1.name}}'",
        "'{{1[0].x}}'",
        "'{{1.array.length}}'",

        "'{{1.length}}{{1.x}}'",
        "{'a':['{{1}}']}",
        "'{{previousModule}}'",
        "'{{datastore.name}}'",
    };
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        en_arena arena;
        en_arena_init(&arena, NULL);
        en_text text =
            en_text_format(&arena,
                           "[" SEARCH(1) "},{'id':2,'module':'util.setVariable','parameters':"
                                         "{'name':'v','value':%s}}]",
                           values[i]);
        assert_searches(en_text_terminate(&arena, text), "f");
        en_arena_done(&arena);
    }
    assert_searches("[" SEARCH(1) "}," SET(2, "'{{item.x}}'") "}]", "f");
}

static void what_may_be_the_output_of_the_run_is_fetched(void **state)
{
    (void)state;
    assert_searches("[" SEARCH(1) "}]", "f");
    assert_searches("[" SEARCH(1) "}," ROUTER(2, "{" WHEN("'{{1.length}}'", "greater",
                                                          "0") "}") "," ADD(3) ",'route':1}]",
                    "f");
    assert_searches("[" SEARCH(1) "}," SET(2, "1") ",'errorHandler':{'type':'ignore'}}]", "f");
    assert_searches(
        "[" SEARCH(1) "}," ROUTER(
            2, "{" WHEN("'{{1.length}}'", "less",
                        "3") "},"
                             "{" WHEN("'{{1.length}}'", "greater",
                                      "3") "}") "," ADD(3) ",'route':1}," ADD(4) ",'route':2}]",
        "f");
    assert_searches("[" SEARCH(1) "}," SEARCH(2) "}]", "cf");
}

static void routes_that_leave_nothing_out_replace_the_output(void **state)
{
    (void)state;
    assert_searches(
        "[" SEARCH(1) "}," ROUTER(
            2, "{" WHEN("'{{1.length}}'", "less",
                        "3") "},"
                             "{" WHEN("'{{1.length}}'", "greaterEqual",
                                      "3") "}") "," ADD(3) ",'route':1}," THROW(4) ",'route':2}]",
        "c");
    assert_searches(
        "[" SEARCH(1) "}," ROUTER(
            2, "{" WHEN("'{{1.length}}'", "equal",
                        "0") "},"
                             "{" WHEN("'{{1.length}}'", "greater",
                                      "0.5") "}") "," ADD(3) ",'route':1}," THROW(4) ",'route':2}]",
        "c");
    assert_searches(
        "[" SEARCH(1) "}," ROUTER(
            2, "{" WHEN("'{{1.length}}'", "less",
                        "3") "},"
                             "{" WHEN("'{{1.length + 1}}'", "greaterEqual",
                                      "3") "}") "," ADD(3) ",'route':1}," THROW(4) ",'route':2}]",
        "f");
    assert_searches(
        "[" SEARCH(1) "}," ROUTER(
            2,
            "{" WHEN(
                "'{{1.length}}'", "less",
                "3") "},"
                     "{'label':'else','fallback':true}") "," ADD(3) ",'route':1}," THROW(4) ",'"
                                                                                            "route'"
                                                                                            ":2}]",
        "c");
    assert_searches(
        "[" SEARCH(1) "}," ROUTER(
            2,
            "{" WHEN(
                "'{{webhook.x}}'", "less",
                "3") "},"
                     "{'label':'else','fallback':true}") "," ADD(3) ",'route':1}," THROW(4) ",'"
                                                                                            "route'"
                                                                                            ":2}]",
        "c");
}

static void the_rate_limit_counts(void **state)
{
    (void)state;
    en_arena arena;
    en_problems problems;
    en_arena_init(&arena, NULL);
    en_problems_init(&problems, &arena);
    const en_plan *plan = en_scenario_load(
        &arena, EN_TEST_ROOT "/scenarios/rate-limit/scenario.json", NULL, &problems);
    assert_non_null(plan);
    assert_true(plan->steps[0].count_only);
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_whose_length_is_read_is_counted),
        cmocka_unit_test(what_is_read_otherwise_is_fetched),
        cmocka_unit_test(what_may_be_the_output_of_the_run_is_fetched),
        cmocka_unit_test(routes_that_leave_nothing_out_replace_the_output),
        cmocka_unit_test(the_rate_limit_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

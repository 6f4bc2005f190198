/* Which steps may begin a segment that only reads. */
#include "plan_dump.h"
#include "test.h"

#include "value/json.h"

/* A letter a step: r may begin a reading segment, w a writing one, - neither reads nor writes. */
static void assert_kinds(const char *text, const char *expected)
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
        unsigned flags = step->module != NULL ? step->module->flags : 0;
        bool calls = step->kind == EN_STEP_CALL && (flags & (EN_READS | EN_WRITES)) != 0;
        en_builder_add(&kinds, !calls             ? EN_TEXT("-")
                               : step->reads_only ? EN_TEXT("r")
                                                  : EN_TEXT("w"));
    }
    const char *found = en_text_terminate(&arena, en_builder_take(&kinds));
    if (strcmp(found, expected) != 0) {
        fail_msg("expected %s but got %s for\n%.*s", expected, found,
                 EN_TEXT_ARG(en_plan_dump(&arena, plan)));
    }
    en_arena_done(&arena);
}

#define SEARCH(id) "{'id':" #id ",'module':'datastore.searchRecords','parameters':{'dataStore':'S'}"
#define ADD(id)                                                                                    \
    "{'id':" #id ",'module':'datastore.addRecord','parameters':{'dataStore':'S','data':{}}"
#define HTTP(id)      "{'id':" #id ",'module':'http.makeRequest','parameters':{'url':'http://x.test/'}"
#define RESPOND(id)   "{'id':" #id ",'module':'webhook.response','parameters':{'status':200}"
#define EACH(id)      "{'id':" #id ",'module':'flow.iterator','parameters':{'array':'{{webhook.list}}'}}"
#define HANDLED(type) ",'errorHandler':{'type':'" type "'}"

static void what_only_reads_reads_and_what_writes_writes(void **state)
{
    (void)state;
    assert_kinds("[" SEARCH(1) "}," SEARCH(2) "}]", "rr");
    assert_kinds("[" ADD(1) "}," SEARCH(2) "}]", "wr");
    assert_kinds("[" SEARCH(1) "}," SEARCH(2) "}," ADD(3) "}]", "www");
}

static void an_outside_call_divides(void **state)
{
    (void)state;
    assert_kinds("[" SEARCH(1) "}," HTTP(2) "}," ADD(3) "}]", "r-w");
    assert_kinds("[" SEARCH(1) "}," RESPOND(2) "}," ADD(3) "}]", "r-w");
    assert_kinds("[" ADD(1) "}," HTTP(2) "}," SEARCH(3) "}]", "w-r");
}

static void an_outside_call_that_may_be_skipped_does_not(void **state)
{
    (void)state;
    assert_kinds("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},"
                 "{'id':2,'module':'flow.router','parameters':{'routes':[{" /* */
                 "'filter':{'conditions':[[{'a':'{{1.length}}','o':'equal','b':1}]]}},{}]}}," HTTP(
                     3) ",'route':1}," ADD(4) ",'route':2}]",
                 "w----w");
}

static void search_router_add_writes_from_the_search_on(void **state)
{
    (void)state;
    en_arena arena;
    en_problems problems;
    en_arena_init(&arena, NULL);
    en_problems_init(&problems, &arena);
    const en_plan *plan = en_scenario_load(
        &arena, EN_TEST_ROOT "/scenarios/rate-limit/scenario.json", NULL, &problems);
    assert_non_null(plan);
    assert_int_equal(plan->steps[0].id, 1);
    assert_false(plan->steps[0].reads_only);
    en_arena_done(&arena);
}

static void a_cache_hit_only_reads(void **state)
{
    (void)state;
    en_arena arena;
    en_problems problems;
    en_arena_init(&arena, NULL);
    en_problems_init(&problems, &arena);
    const en_plan *plan = en_scenario_load(
        &arena, EN_TEST_ROOT "/scenarios/api-cache/scenario.json", NULL, &problems);
    assert_non_null(plan);
    for (uint32_t i = 0; i < plan->count; i++) {
        const en_step *step = &plan->steps[i];
        if (step->module != NULL && (step->module->flags & EN_READS) != 0) {
            assert_true(step->reads_only);
        }
    }
    en_arena_done(&arena);
}

static void the_next_round_of_a_loop_counts(void **state)
{
    (void)state;
    assert_kinds("[" EACH(1) "," SEARCH(2) "}]", "-r");
    assert_kinds("[" EACH(1) "," ADD(2) "}," SEARCH(3) "}]", "-ww");
    assert_kinds("[" EACH(1) "," HTTP(2) "}," ADD(3) "}," HTTP(4) "}," SEARCH(5) "}]", "--w-r");
}

static void what_stands_behind_a_loop_counts(void **state)
{
    (void)state;
    assert_kinds(
        "[" EACH(1) "," SEARCH(2) "}," EACH(3) "," SEARCH(
            4) "}," /* */
               "{'id':5,'module':'flow.aggregator'},{'id':6,'module':'flow.aggregator'}," ADD(
                   7) "}]",
        "-w-w----w");
}

static void error_routes_count(void **state)
{
    (void)state;
    assert_kinds("[" SEARCH(1) HANDLED("resume") "}," SEARCH(2) "}]", "r-r");
    assert_kinds("[" SEARCH(1) HANDLED("resume") "}," HTTP(2) "}," ADD(3) "}]", "r--w");
    assert_kinds("[" SEARCH(1) HANDLED("ignore") "}," HTTP(2) "}," ADD(3) "}]", "r--w");
    assert_kinds("[" SEARCH(1) "}," HTTP(2) HANDLED("ignore") "}," ADD(3) "}]", "r--w");
    assert_kinds("[" SEARCH(1) "},{'id':2,'module':'flow.router','parameters':{'routes':[" /* */
                               "{},{}]}}," HTTP(3)
                                   HANDLED("ignore") ",'route':1}," ADD(4) ",'route':2}]",
                 "w-----w");
    /* an aggregator's route belongs to its collecting and to its flushing */
    assert_kinds("[" EACH(1) "," ADD(2) "}," SEARCH(3) "},{'id':4,'module':'flow.aggregator'" /* */
                 HANDLED("ignore") "}," HTTP(5) "}," SEARCH(6) "}]",
                 "-ww----r");
}

static void unknown_modules_are_outside_and_known_ones_inside(void **state)
{
    (void)state;
    assert_kinds("[" SEARCH(1) "},{'id':2,'module':'slack.createMessage'}," ADD(3) "}]", "r-w");
    assert_kinds("[" SEARCH(1) "},{'id':2,'module':'util.setVariable','parameters':{'name':'a',"
                               "'value':1}}," ADD(3) "}]",
                 "w-w");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_only_reads_reads_and_what_writes_writes),
        cmocka_unit_test(an_outside_call_divides),
        cmocka_unit_test(an_outside_call_that_may_be_skipped_does_not),
        cmocka_unit_test(search_router_add_writes_from_the_search_on),
        cmocka_unit_test(a_cache_hit_only_reads),
        cmocka_unit_test(the_next_round_of_a_loop_counts),
        cmocka_unit_test(what_stands_behind_a_loop_counts),
        cmocka_unit_test(error_routes_count),
        cmocka_unit_test(unknown_modules_are_outside_and_known_ones_inside),
    };
    return EN_RUN(tests);
}

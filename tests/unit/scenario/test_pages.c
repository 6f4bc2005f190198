/* Which searches only a loop walks over. */
#include "plan_dump.h"
#include "test.h"

/* A letter a search: p may lie in a spool, w is wanted whole. */
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
    char kinds[16] = "";
    size_t count = 0;
    size_t walkers = 0;
    size_t paged = 0;
    for (uint32_t i = 0; i < plan->count; i++) {
        const en_step *step = &plan->steps[i];
        if (step->module != NULL && step->module->emits == EN_EMITS_LIST) {
            kinds[count++] = step->pages ? 'p' : 'w';
            paged += step->pages;
        }
        walkers += step->walks != EN_NO_INDEX;
    }
    if (strcmp(kinds, expected) != 0) {
        fail_msg("expected %s but got %s for %s", expected, kinds, text);
    }
    assert_int_equal(walkers, paged);
    en_arena_done(&arena);
}

#define SEARCH(id)                                                                                 \
    "{'id':" #id ",'module':'datastore.searchRecords','parameters':{'dataStore':'S'}}"
#define SET(id, value)                                                                             \
    "{'id':" #id ",'module':'util.setVariable','parameters':{'name':'v','value':'" value "'}}"
#define ITERATE(id, array)                                                                         \
    "{'id':" #id ",'module':'flow.iterator','parameters':{'array':'" array "'}}"

static void a_list_that_one_loop_walks_over_is_paged(void **state)
{
    (void)state;
    assert_searches("[" SEARCH(1) "," SET(2, "{{item.a}}") "]", "p");
    assert_searches("[" SEARCH(1) "," ITERATE(2, "{{1}}") "," SET(3, "{{2.item.a}}") "]", "p");
    assert_searches("[" SEARCH(1) "," ITERATE(2, "{{1.array}}") "," SET(3, "{{2.item.a}}") "]",
                    "p");
    assert_searches("[" SEARCH(1) "," ITERATE(2, "{{1}}") "," SEARCH(3) "," ITERATE(4, "{{3}}") "]",
                    "pp");
}

static void a_list_that_anything_else_reads_is_whole(void **state)
{
    (void)state;
    assert_searches("[" SEARCH(1) "," SET(2, "{{1}}") "]", "w");
    assert_searches("[" SEARCH(1) "," ITERATE(2, "{{1}}") "," SET(3, "{{1.length}}") "]", "w");
    assert_searches("[" SEARCH(1) "," ITERATE(2, "{{1}}") "," SET(3, "{{1[0].a}}") "]", "w");
    assert_searches("[" SEARCH(1) "," ITERATE(2, "{{reverse(1)}}") "]", "w");
    assert_searches("[" SEARCH(1) "," ITERATE(2, "{{1.tags}}") "]", "w");
    assert_searches("[" SEARCH(1) "," ITERATE(2, "{{1}}") "," ITERATE(3, "{{1}}") "]", "w");
    assert_searches("[" SEARCH(1) "," ITERATE(2, "{{1}}") "," SET(3, "{{datastore.a}}") "]", "w");
    assert_searches("[" SEARCH(1) "," ITERATE(2, "{{1}}") "," SET(3, "{{previousModule.a}}") "]",
                    "p"); /* that is the iterator */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_that_one_loop_walks_over_is_paged),
        cmocka_unit_test(a_list_that_anything_else_reads_is_whole),
    };
    return EN_RUN(tests);
}

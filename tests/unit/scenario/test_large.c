/* Large and hostile files: every one loads or is refused in time that grows with its size. Anything
 * quadratic runs into the test's time limit. */
#include "plan_dump.h"
#include "test.h"

enum { MODULES = 30000 };

typedef void add_module(en_builder *out, unsigned id);

static void load_many(add_module *add, const char *front, const char *back, bool expected)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_builder out;
    en_builder_init(&out, &arena);
    en_builder_add(&out, en_text_from(front));
    for (unsigned id = 1; id <= MODULES; id++) {
        en_builder_add(&out, id == 1 ? EN_TEXT("") : EN_TEXT(",\n"));
        add(&out, id);
    }
    en_builder_add(&out, en_text_from(back));
    en_problems problems;
    const en_plan *plan =
        en_plan_of(&arena, en_text_terminate(&arena, en_builder_take(&out)), NULL, &problems);
    assert_int_equal(plan != NULL, expected);
    if (plan != NULL) {
        assert_true(plan->count >= MODULES);
    }
    en_arena_done(&arena);
}

static void add_chain(en_builder *out, unsigned id)
{
    en_builder_format(out,
                      "{'id': %u, 'module': 'http.makeRequest', 'parameters': {'url': "
                      "'{{%u.x}} {{http.data}} {{previousModule.y}} {{item.z}}'}}",
                      id, id - 1);
}

static void a_long_chain_of_references(void **state)
{
    (void)state;
    load_many(add_chain, "[", "]", true);
}

static void add_router(en_builder *out, unsigned id)
{
    en_builder_format(out, "{'id': %u, 'module': 'flow.router', %s'routes': [{}, {}]}", id,
                      id == 1 ? "" : "'route': 1, ");
}

static void routers_inside_routers(void **state)
{
    (void)state;
    load_many(add_router, "[", "]", true);
}

static void add_route(en_builder *out, unsigned id)
{
    en_builder_format(out, "%s{}%s", id == 1 ? "{'module': 'flow.router', 'routes': [" : "",
                      id == MODULES ? "]}" : "");
}

static void many_routes_that_all_end(void **state)
{
    (void)state;
    load_many(add_route, "[",
              ", {'module': 'http.makeRequest', 'parameters': {'url': '{{http.x}}'}}]", true);
}

static void add_loop(en_builder *out, unsigned id)
{
    static const char *const modules[] = { "flow.aggregator", "flow.iterator", "flow.commit" };
    en_builder_format(out, "{'id': %u, 'module': '%s', 'parameters': {%s}}", id, modules[id % 3],
                      id % 3 == 1 ? "'array': '{{webhook.a}}'" : "");
}

static void loops_one_behind_the_other(void **state)
{
    (void)state;
    load_many(add_loop, "[{'module': 'flow.commit'}, ", "]", true);
}

static void add_iterator(en_builder *out, unsigned id)
{
    en_builder_format(out,
                      "{'id': %u, 'module': 'flow.iterator', 'parameters': {'array': "
                      "'{{item.a}}'}}",
                      id);
}

static void loops_inside_loops_are_refused_beyond_a_depth(void **state)
{
    (void)state;
    load_many(add_iterator, "[", "]", false);
}

static void add_search(en_builder *out, unsigned id)
{
    en_builder_format(out,
                      "{'id': %u, 'module': 'datastore.%s', 'parameters': {'dataStore': 'S'%s}}",
                      id, id % 2 != 0 ? "searchRecords" : "deleteRecord",
                      id % 2 != 0 ? "" : ", 'recordId': '{{item.id}}'");
}

static void lists_and_items_by_turns(void **state)
{
    (void)state;
    load_many(add_search, "[", "]", true);
}

static void add_circle(en_builder *out, unsigned id)
{
    en_builder_format(out, "{'source': %u, 'target': %u}", id % 2 + 1, (id + 1) % 2 + 1);
}

static void the_same_circle_many_times(void **state)
{
    (void)state;
    load_many(add_circle,
              "{'modules': [{'id': 1, 'module': 'a.b'}, {'id': 2, 'module': 'a.b'}], "
              "'connections': [",
              "]}", false);
}

static void add_unknown(en_builder *out, unsigned id)
{
    en_builder_format(out, "{'source': %u, 'target': %u, 'route': 7}", id + 5, id);
}

static void a_problem_a_line(void **state)
{
    (void)state;
    load_many(add_unknown, "{'modules': [{'id': 1, 'module': 'a.b'}], 'connections': [", "]}",
              false);
}

static void add_numberless(en_builder *out, unsigned id)
{
    if (id <= MODULES / 2) {
        en_builder_add(out, EN_TEXT("{'module': 'flow.commit'}"));
    } else {
        en_builder_format(out, "{'id': %u, 'module': 'flow.commit'}", id - MODULES / 2);
    }
}

static void ids_to_be_given_where_all_are_taken(void **state)
{
    (void)state;
    load_many(add_numberless, "[", "]", true);
}

/* Whatever piece of memory is the first one missing. */
static void too_little_memory_is_a_problem_of_the_file(void **state)
{
    (void)state;
    en_arena outer;
    en_arena_init(&outer, NULL);
    en_builder out;
    en_builder_init(&out, &outer);
    for (unsigned id = 1; id <= 400; id++) {
        en_builder_add(&out, id == 1 ? EN_TEXT("[") : EN_TEXT(",\n"));
        add_search(&out, id);
    }
    en_builder_add(&out, EN_TEXT("]"));
    const char *text = en_text_terminate(&outer, en_builder_take(&out));
    unsigned refused = 0;
    bool loaded = false;
    for (size_t limit = 1024; !loaded; limit += limit / 50) {
        en_budget budget = { .limit_bytes = limit };
        en_arena arena;
        en_arena_init(&arena, &budget);
        en_problems problems;
        const en_plan *plan = en_plan_of(&arena, text, NULL, &problems);
        assert_int_equal(plan == NULL, problems.errors != 0);
        loaded = plan != NULL;
        refused += !loaded;
        en_arena_done(&arena);
        en_budget_done(&budget);
    }
    assert_true(refused > 100);
    en_arena_done(&outer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_chain_of_references),
        cmocka_unit_test(routers_inside_routers),
        cmocka_unit_test(many_routes_that_all_end),
        cmocka_unit_test(loops_one_behind_the_other),
        cmocka_unit_test(loops_inside_loops_are_refused_beyond_a_depth),
        cmocka_unit_test(lists_and_items_by_turns),
        cmocka_unit_test(the_same_circle_many_times),
        cmocka_unit_test(a_problem_a_line),
        cmocka_unit_test(ids_to_be_given_where_all_are_taken),
        cmocka_unit_test(too_little_memory_is_a_problem_of_the_file),
    };
    return EN_RUN(tests);
}

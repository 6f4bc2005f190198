/* Lists: modules in file order, routes by number, joins (rules G1, G2). */

#include "plan_dump.h"
#include "test.h"

static void a_list_runs_in_file_order(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'webhook.customWebhook','parameters':{'name':'x'}},\n"
                   "{'id':2,'module':'util.getVariable','parameters':{'name':'a'}}]",
                   "0 call #1 webhook.customWebhook s0 dead=2\n"
                   "1 call #2 util.getVariable s1 when=0 dead=2\n");
}

static void a_module_alone_is_a_scenario(void **state)
{
    (void)state;
    en_assert_plan("{'id': 7, 'module': 'flow.commit'}", "0 call #7 flow.commit s0 dead=1\n");
}

static void missing_ids_are_positions_and_skip_taken_ones(void **state)
{
    (void)state;
    en_assert_plan("[{'module':'util.getVariable','parameters':{'name':'a'}},\n"
                   "{'id':2,'module':'util.getVariable','parameters':{'name':'a'}},\n"
                   "{'id':3,'module':'util.getVariable','parameters':{'name':'a'}},\n"
                   "{'module':'util.getVariable','parameters':{'name':'a'}},\n"
                   "{'module':'util.getVariable','parameters':{'name':'a'}},\n"
                   "{'id':5,'module':'util.getVariable','parameters':{'name':'a'}}]",
                   "0 call #1 util.getVariable s0 dead=6\n"
                   "1 call #2 util.getVariable s1 when=0 dead=6\n"
                   "2 call #3 util.getVariable s2 when=1 dead=6\n"
                   "3 call #4 util.getVariable s3 when=2 dead=6\n"
                   "4 call #6 util.getVariable s4 when=3 dead=6\n"
                   "5 call #5 util.getVariable s5 when=4 dead=6\n");
}

/* The empty route c counts: it ends at once. */
static void a_step_without_route_joins_all_open_branches(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'flow.router','parameters':{'routes':[{'label':'a'},{'label':"
                   "'b'},{'label':'c'}]}},\n"
                   "{'id':2,'module':'flow.commit','route':1},\n"
                   "{'id':3,'module':'flow.commit','route':2},\n"
                   "{'id':4,'module':'flow.commit','route':1},\n"
                   "{'id':5,'module':'flow.commit'},{'id':6,'module':'flow.commit'}]",
                   "0 gate #1 flow.router dead=9\n"
                   "1 gate a when=0 dead=2\n"
                   "2 gate b when=0 dead=3\n"
                   "3 gate c when=0 dead=4\n"
                   "4 call #2 flow.commit s0 when=1 dead=5\n"
                   "5 call #3 flow.commit s1 when=2 dead=6\n"
                   "6 call #4 flow.commit s2 when=4 dead=7\n"
                   "7 call #5 flow.commit s3 when=6,5,3 dead=9\n"
                   "8 call #6 flow.commit s4 when=7 dead=9\n");
}

/* Step 5 joins both branches of router 2, inside route 10 of router 1. */
static void a_route_belongs_to_the_nearest_router_that_has_it(void **state)
{
    (void)state;
    en_assert_plan(
        "[{'id':1,'module':'flow.router','parameters':{'routes':[{'id':10},{'id':20}]}},\n"
        "{'id':2,'module':'flow.router','route':10,'parameters':{'routes':[{'id':1},{'id':2}]}},\n"
        "{'id':3,'module':'flow.commit','route':1},\n"
        "{'id':4,'module':'flow.commit','route':20},\n"
        "{'id':5,'module':'flow.commit','route':10},\n"
        "{'id':6,'module':'flow.commit'}]",
        "0 gate #1 flow.router dead=10\n"
        "1 gate route 10 when=0 dead=2\n"
        "2 gate route 20 when=0 dead=3\n"
        "3 gate #2 flow.router when=1 dead=7\n"
        "4 gate route 1 when=3 dead=5\n"
        "5 gate route 2 when=3 dead=6\n"
        "6 call #3 flow.commit s0 when=4 dead=7\n"
        "7 call #4 flow.commit s1 when=2 dead=8\n"
        "8 call #5 flow.commit s2 when=6,5 dead=9\n"
        "9 call #6 flow.commit s3 when=8,7 dead=10\n");
}

static void a_branch_may_go_on_behind_its_join(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'flow.router','parameters':{'routes':[{},{}]}},\n"
                   "{'id':2,'module':'flow.commit','route':1},\n"
                   "{'id':3,'module':'flow.commit'},\n"
                   "{'id':4,'module':'flow.commit','route':1},\n"
                   "{'id':5,'module':'flow.commit'}]",
                   "0 gate #1 flow.router dead=7\n"
                   "1 gate route 1 when=0 dead=2\n"
                   "2 gate route 2 when=0 dead=3\n"
                   "3 call #2 flow.commit s0 when=1 dead=4\n"
                   "4 call #3 flow.commit s1 when=3,2 dead=5\n"
                   "5 call #4 flow.commit s2 when=3 dead=6\n"
                   "6 call #5 flow.commit s3 when=4,5 dead=7\n");
}

static void routes_without_conditions_beside_others_with_some_are_fallbacks(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'flow.router','parameters':{'routes':[\n"
                   "{'label':'a','filter':{'conditions':[[{'a':'{{x}}','o':'exist'}]]}},\n"
                   "{'label':'b','filter':{'conditions':[]}},\n"
                   "{'label':'c'},\n"
                   "{'label':'d','filter':[[{'a':'{{x}}','o':'equal','b':1}]]},\n"
                   "{'label':'e','fallback':true}]}},\n"
                   "{'id':2,'module':'flow.commit','route':2}]",
                   "0 gate #1 flow.router dead=7\n"
                   "1 gate a when=0 filter dead=2\n"
                   "2 gate c when=0 dead=3\n"
                   "3 gate d when=0 filter dead=4\n"
                   "4 gate b when=0 unless=1,3 filter dead=5\n"
                   "5 gate e when=0 unless=1,3 dead=6\n"
                   "6 call #2 flow.commit s0 when=4 dead=7\n");
}

/* No branch has a step: all three gates are open ends. */
static void the_last_route_alone_runs_what_follows(void **state)
{
    (void)state;
    en_assert_plan(
        "[{'id': 1, 'module': 'flow.router', 'routes': [{'name': 'x'}, {'name': 'y'}]},\n"
        "{'id': 2, 'module': 'flow.commit'}]",
        "0 gate #1 flow.router dead=4\n"
        "1 gate x when=0 dead=2\n"
        "2 gate y when=0 dead=3\n"
        "3 call #2 flow.commit s0 when=1,2 dead=4\n");
}

static void a_router_without_routes_hands_on(void **state)
{
    (void)state;
    static const char text[] = "[{'id': 1, 'module': 'flow.router', 'parameters': {}},\n"
                               "{'id': 2, 'module': 'flow.commit'}]";
    en_assert_plan(text, "0 gate #1 flow.router dead=2\n"
                         "1 call #2 flow.commit s0 when=0 dead=2\n");
    en_assert_problems(text, "f:1:51: warning, step 1, parameters: expected a list of routes but "
                             "got none (\"routes\": [{\"label\": …, \"filter\": …}])\n");
}

/* The router itself is followed when all of them do: by what takes no route. */
static void branches_that_end_for_good_are_not_joined(void **state)
{
    (void)state;
    en_assert_plan(
        "[{'id': 1, 'module': 'flow.router', 'routes': [{'name': 'bad', 'filter': [[{'a': "
        "'{{webhook.x}}', 'o': 'notExist'}]]}]},\n"
        "{'id': 2, 'module': 'flow.throw', 'route': 1, 'parameters': {'message': 'x'}},\n"
        "{'id': 3, 'module': 'flow.router', 'routes': [{}, {}]},\n"
        "{'id': 4, 'module': 'flow.break', 'route': 1},\n"
        "{'id': 5, 'module': 'flow.commit', 'route': 2},\n"
        "{'id': 6, 'module': 'flow.commit'}]",
        "0 gate #1 flow.router dead=9\n"
        "1 gate bad when=0 filter dead=3\n"
        "2 call #2 flow.throw s0 when=1 dead=3\n"
        "3 gate #3 flow.router when=0 dead=9\n"
        "4 gate route 1 when=3 dead=5\n"
        "5 gate route 2 when=3 dead=6\n"
        "6 directive #4 flow.break when=4 dead=7\n"
        "7 call #5 flow.commit s1 when=5 dead=9\n"
        "8 call #6 flow.commit s2 when=7 dead=9\n");
}

static void mapper_is_merged_under_parameters(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'datastore.addRecord',\n"
        "'mapper': {'dataStore': 'A', 'data': {'x': 1}}, 'parameters': {'dataStore': 'B'}}]";
    en_assert_plan(text, "0 call #1 datastore.addRecord s0 dead=1\n");
    en_assert_step(text, 0,
                   "dataStore \"B\"\n"
                   "data {\"x\":1}\n"
                   "overwrite false\n"
                   "key -\n"
                   "recordId -\n");
}

static void aliases_are_known(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'http.webhook', 'parameters': {'name': 'x'}},\n"
        "{'id': 2, 'module': 'util.sleep', 'parameters': {'delay': '2'}},\n"
        "{'id': 3, 'module': 'http.webhookResponse', 'parameters': {'status': '200', 'body': "
        "'ok'}}]";
    en_assert_problems(text, "");
    en_assert_plan(text, "0 call #1 http.webhook s0 dead=3\n"
                         "1 call #2 util.sleep s1 when=0 dead=3\n"
                         "2 call #3 http.webhookResponse s2 when=1 dead=3\n");
    en_assert_step(text, 1, "delay 2\n");
    en_assert_step(text, 2,
                   "body \"ok\"\n"
                   "status 200\n"
                   "headers -\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_runs_in_file_order),
        cmocka_unit_test(a_module_alone_is_a_scenario),
        cmocka_unit_test(missing_ids_are_positions_and_skip_taken_ones),
        cmocka_unit_test(a_step_without_route_joins_all_open_branches),
        cmocka_unit_test(a_route_belongs_to_the_nearest_router_that_has_it),
        cmocka_unit_test(a_branch_may_go_on_behind_its_join),
        cmocka_unit_test(routes_without_conditions_beside_others_with_some_are_fallbacks),
        cmocka_unit_test(the_last_route_alone_runs_what_follows),
        cmocka_unit_test(a_router_without_routes_hands_on),
        cmocka_unit_test(branches_that_end_for_good_are_not_joined),
        cmocka_unit_test(mapper_is_merged_under_parameters),
        cmocka_unit_test(aliases_are_known),
    };
    return EN_RUN(tests);
}

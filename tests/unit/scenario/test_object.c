/* Objects: connections decide (rule G3). */

#include "plan_dump.h"
#include "test.h"

static void several_targets_on_one_route_are_a_chain(void **state)
{
    (void)state;
    en_assert_plan(
        "{'modules':[{'id':4,'module':'flow.router','parameters':{'routes':[{'id':1},{'id':2}]}},\n"
        "{'id':5,'module':'flow.commit'},{'id':6,'module':'flow.commit'},{'id':7,'module':'flow."
        "commit'}],\n"
        "'connections':[{'source': 4, 'target': 5, 'route': 1}, {'source': 4, 'target': 6, "
        "'route': 1}, {'source': 4, 'target': 7, 'route': 2}]}",
        "0 gate #4 flow.router dead=6\n"
        "1 gate route 1 when=0 dead=2\n"
        "2 gate route 2 when=0 dead=3\n"
        "3 call #5 flow.commit s0 when=1 dead=5\n"
        "4 call #6 flow.commit s1 when=3 dead=5\n"
        "5 call #7 flow.commit s2 when=2 dead=6\n");
}

/* Also drops the pair 4, 5 without route, which is there with one, and the pair 5, 6 that is there
 * twice. */
static void a_star_over_a_chain_is_the_same_chain(void **state)
{
    (void)state;
    en_assert_plan(
        "{'modules':[{'id':4,'module':'flow.router','parameters':{'routes':[{'id':1},{'id':2}]}},\n"
        "{'id':5,'module':'flow.commit'},{'id':6,'module':'flow.commit'},{'id':7,'module':'flow."
        "commit'}],\n"
        "'connections':[{'source':4,'target':5},{'source': 4, 'target': 5, 'route': 1}, {'source': "
        "4, 'target': 6, 'route': 1},{'source':5,'target':6},{'source':5,'target':6}, {'source': "
        "4, 'target': 7, 'route': 2}]}",
        "0 gate #4 flow.router dead=6\n"
        "1 gate route 1 when=0 dead=2\n"
        "2 gate route 2 when=0 dead=3\n"
        "3 call #5 flow.commit s0 when=1 dead=5\n"
        "4 call #6 flow.commit s1 when=3 dead=5\n"
        "5 call #7 flow.commit s2 when=2 dead=6\n");
}

static void a_route_of_a_collection_is_an_index_from_zero(void **state)
{
    (void)state;
    en_assert_plan(
        "{'modules':[{'id':1,'module':'flow.router','routes':[{'name':'x'},{'name':'y'}]},\n"
        "{'id':2,'module':'flow.commit'},{'id':3,'module':'flow.commit'},{'id':4,'module':'flow."
        "converger'}],\n"
        "'connections':[{'source':{'moduleId':1,'route':1},'target':{'moduleId':2}},{'source':{'"
        "moduleId':1,'route':0},'target':{'moduleId':3}},\n"
        "{'source':{'moduleId':2},'target':{'moduleId':4}},{'source':{'moduleId':3},'target':{'"
        "moduleId':4}}]}",
        "0 gate #1 flow.router dead=6\n"
        "1 gate x when=0 dead=2\n"
        "2 gate y when=0 dead=4\n"
        "3 call #2 flow.commit s0 when=2 dead=4\n"
        "4 call #3 flow.commit s1 when=1 dead=5\n"
        "5 call #4 flow.converger s2 when=3,4 join=3s0'y',4s1'x' dead=6\n");
}

/* A module that handles errors stands behind the flow. */
static void edges_without_route_are_always_taken_and_roots_are_many(void **state)
{
    (void)state;
    en_assert_plan("{'modules':[{'id':1,'module':'flow.router','routes':[{'name':'x'}]},\n"
                   "{'id':2,'module':'flow.commit'},{'id':3,'module':'flow.commit'},{'id':9,'"
                   "module':'flow.throw','parameters':{'message':'x'},'position':'error'}],\n"
                   "'connections':[{'source':1,'target':2}]}",
                   "0 gate #1 flow.router dead=3\n"
                   "1 gate x when=0 dead=2\n"
                   "2 call #2 flow.commit s0 when=0 dead=3\n"
                   "3 call #3 flow.commit s1 dead=4\n"
                   "on error:\n"
                   "4 call #9 flow.throw s2 dead=5\n");
}

static void order_is_topological_and_stable(void **state)
{
    (void)state;
    en_assert_plan("{'modules':[{'id':1,'module':'flow.commit'},{'id':3,'module':'flow.commit'},{'"
                   "id':2,'module':'flow.commit'},{'id':4,'module':'flow.commit'}],\n"
                   "'connections':[{'source':1,'target':2},{'source':1,'target':3},{'source':2,'"
                   "target':4},{'source':2,'target':3}]}",
                   "0 call #1 flow.commit s0 dead=4\n"
                   "1 call #2 flow.commit s1 when=0 dead=2\n"
                   "2 call #3 flow.commit s2 when=0,1 dead=3\n"
                   "3 call #4 flow.commit s3 when=1 dead=4\n");
}

static void modules_without_connections_are_a_list(void **state)
{
    (void)state;
    en_assert_plan("{'modules': [{'id': 1, 'module': 'flow.commit'}, {'id': 2, 'module': "
                   "'flow.commit'}], 'connections': []}",
                   "0 call #1 flow.commit s0 dead=2\n"
                   "1 call #2 flow.commit s1 when=0 dead=2\n");
}

/* Branches are named by their ids then. */
static void fan_out_and_fan_in_need_no_router(void **state)
{
    (void)state;
    en_assert_plan("{'modules': [\n"
                   "{'id': 1, 'module': 'flow.commit'},\n"
                   "{'id': 2, 'module': 'flow.commit'},\n"
                   "{'id': 3, 'module': 'flow.commit'},\n"
                   "{'id': 4, 'module': 'flow.converger'}],\n"
                   "'connections': [{'source': 1, 'target': 2},\n"
                   "{'source': 1, 'target': 3},\n"
                   "{'source': 2, 'target': 4},\n"
                   "{'source': 3, 'target': 4}]}",
                   "0 call #1 flow.commit s0 dead=4\n"
                   "1 call #2 flow.commit s1 when=0 dead=2\n"
                   "2 call #3 flow.commit s2 when=0 dead=3\n"
                   "3 call #4 flow.converger s3 when=1,2 join=1s1'2',2s2'3' dead=4\n");
}

static void a_star_through_a_nested_router_keeps_its_routes(void **state)
{
    (void)state;
    en_assert_plan("{'modules': [\n"
                   "{'id': 1, 'module': 'flow.router', 'routes': [{}, {}]},\n"
                   "{'id': 2, 'module': 'flow.commit'},\n"
                   "{'id': 3, 'module': 'flow.router', 'routes': [{'name': 'x'}, {'name': 'y'}]},\n"
                   "{'id': 4, 'module': 'flow.commit'},\n"
                   "{'id': 5, 'module': 'flow.commit'},\n"
                   "{'id': 6, 'module': 'flow.commit'}],\n"
                   "'connections': [{'source': 1, 'target': 2, 'route': 1},\n"
                   "{'source': 1, 'target': 3, 'route': 1},\n"
                   "{'source': 1, 'target': 4, 'route': 1},\n"
                   "{'source': 1, 'target': 5, 'route': 1},\n"
                   "{'source': 3, 'target': 4, 'route': 1},\n"
                   "{'source': 3, 'target': 5, 'route': 2},\n"
                   "{'source': 1, 'target': 6, 'route': 2}]}",
                   "0 gate #1 flow.router dead=10\n"
                   "1 gate route 1 when=0 dead=2\n"
                   "2 gate route 2 when=0 dead=3\n"
                   "3 call #2 flow.commit s0 when=1 dead=9\n"
                   "4 gate #3 flow.router when=3 dead=9\n"
                   "5 gate x when=4 dead=6\n"
                   "6 gate y when=4 dead=7\n"
                   "7 call #4 flow.commit s1 when=5 dead=8\n"
                   "8 call #5 flow.commit s2 when=6 dead=9\n"
                   "9 call #6 flow.commit s3 when=2 dead=10\n");
}

static void the_route_of_a_module_itself_is_ignored(void **state)
{
    (void)state;
    en_assert_plan("{'modules': [\n"
                   "{'id': 1, 'module': 'flow.router', 'routes': [{}, {}]},\n"
                   "{'id': 2, 'module': 'flow.commit', 'route': 2}],\n"
                   "'connections': [{'source': 1, 'target': 2, 'route': 1}]}",
                   "0 gate #1 flow.router dead=4\n"
                   "1 gate route 1 when=0 dead=2\n"
                   "2 gate route 2 when=0 dead=3\n"
                   "3 call #2 flow.commit s0 when=1 dead=4\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_targets_on_one_route_are_a_chain),
        cmocka_unit_test(a_star_over_a_chain_is_the_same_chain),
        cmocka_unit_test(a_route_of_a_collection_is_an_index_from_zero),
        cmocka_unit_test(edges_without_route_are_always_taken_and_roots_are_many),
        cmocka_unit_test(order_is_topological_and_stable),
        cmocka_unit_test(modules_without_connections_are_a_list),
        cmocka_unit_test(fan_out_and_fan_in_need_no_router),
        cmocka_unit_test(a_star_through_a_nested_router_keeps_its_routes),
        cmocka_unit_test(the_route_of_a_module_itself_is_ignored),
    };
    return EN_RUN(tests);
}

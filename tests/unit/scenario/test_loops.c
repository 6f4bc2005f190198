/* Loops and aggregators (rules G4, G5, G7). */

#include "plan_dump.h"
#include "test.h"

static void an_iterator_loops_to_the_end(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'flow.iterator','parameters':{'array':'{{webhook.list}}'}},\n"
                   "{'id':2,'module':'datastore.addRecord','parameters':{'dataStore':'S','data':'{{"
                   "1.item}}'}}]",
                   "0 call #1 flow.iterator s0 loop=1-2 dead=2\n"
                   "1 call #2 datastore.addRecord s1 when=0 dead=2\n");
}

/* With groupBy its flush is a loop itself. */
static void an_aggregator_closes_the_innermost_loop(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'flow.iterator','parameters':{'array':'{{webhook.list}}'}},\n"
                   "{'id':2,'module':'flow.iterator','parameters':{'array':'{{1.rows}}'}},\n"
                   "{'id':3,'module':'flow.commit'},\n"
                   "{'id':4,'module':'flow.aggregator'},\n"
                   "{'id':5,'module':'flow.commit'},\n"
                   "{'id':6,'module':'flow.aggregator','parameters':{'groupBy':'{{5.x}}'}},\n"
                   "{'id':7,'module':'flow.commit'}]",
                   "0 call #1 flow.iterator s0 loop=1-7 opens=1 dead=9\n"
                   "1 call #2 flow.iterator s1 when=0 loop=2-4 opens=0 dead=7\n"
                   "2 call #3 flow.commit s2 when=1 dead=4\n"
                   "3 collect #4 flow.aggregator when=2 agg=0 from=2s2 dead=4\n"
                   "4 flush #4 flow.aggregator s3 agg=0 dead=7\n"
                   "5 call #5 flow.commit s4 when=4 dead=7\n"
                   "6 collect #6 flow.aggregator when=5 agg=1 from=5s4 group='x' dead=7\n"
                   "7 flush #6 flow.aggregator s5 loop=8-9 agg=1 dead=9\n"
                   "8 call #7 flow.commit s6 when=7 dead=9\n");
}

static void source_module_may_name_an_outer_loop(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'flow.iterator','parameters':{'array':'{{webhook.list}}'}},\n"
                   "{'id':2,'module':'flow.iterator','parameters':{'array':'{{1.rows}}'}},\n"
                   "{'id':3,'module':'flow.commit'},\n"
                   "{'id':4,'module':'flow.aggregator','parameters':{'sourceModule':1}},\n"
                   "{'id':5,'module':'flow.commit'}]",
                   "0 call #1 flow.iterator s0 loop=1-4 opens=0 dead=6\n"
                   "1 call #2 flow.iterator s1 when=0 loop=2-4 dead=4\n"
                   "2 call #3 flow.commit s2 when=1 dead=4\n"
                   "3 collect #4 flow.aggregator when=2 agg=0 from=2s2 dead=4\n"
                   "4 flush #4 flow.aggregator s3 agg=0 dead=6\n"
                   "5 call #5 flow.commit s4 when=4 dead=6\n");
}

static void a_join_from_inside_and_outside_stands_behind_the_loop(void **state)
{
    (void)state;
    en_assert_plan("{'modules':[{'id':1,'module':'flow.commit'},{'id':2,'module':'flow.iterator','"
                   "parameters':{'array':'{{webhook.list}}'}},\n"
                   "{'id':3,'module':'flow.commit'},{'id':4,'module':'flow.commit'},{'id':5,'"
                   "module':'flow.commit'}],\n"
                   "'connections':[{'source':1,'target':2},{'source':2,'target':3},{'source':1,'"
                   "target':4},{'source':3,'target':5},{'source':4,'target':5}]}",
                   "0 call #1 flow.commit s0 dead=5\n"
                   "1 call #2 flow.iterator s1 when=0 loop=2-3 dead=3\n"
                   "2 call #3 flow.commit s2 when=1 dead=3\n"
                   "3 call #4 flow.commit s3 when=0 dead=4\n"
                   "4 call #5 flow.commit s4 when=1,3 dead=5\n");
}

static void in_a_list_a_step_behind_branches_stands_at_the_level_of_the_router(void **state)
{
    (void)state;
    en_assert_plan(
        "[{'id':1,'module':'flow.router','parameters':{'routes':[{}]}},\n"
        "{'id':2,'module':'flow.iterator','route':1,'parameters':{'array':'{{webhook.list}}'}},\n"
        "{'id':3,'module':'flow.commit','route':1},\n"
        "{'id':4,'module':'flow.commit'}]",
        "0 gate #1 flow.router dead=5\n"
        "1 gate route 1 when=0 dead=5\n"
        "2 call #2 flow.iterator s0 when=1 loop=3-4 dead=5\n"
        "3 call #3 flow.commit s1 when=2 dead=4\n"
        "4 call #4 flow.commit s2 when=2 dead=5\n");
}

static void in_an_object_it_stands_in_the_loop(void **state)
{
    (void)state;
    en_assert_plan(
        "{'modules':[{'id':1,'module':'flow.router','parameters':{'routes':[{}]}},\n"
        "{'id':2,'module':'flow.iterator','route':1,'parameters':{'array':'{{webhook.list}}'}},\n"
        "{'id':3,'module':'flow.commit','route':1},\n"
        "{'id':4,'module':'flow.commit'}],'connections':[{'source':1,'target':2,'route':1},{'"
        "source':2,'target':3},{'source':3,'target':4}]}",
        "0 gate #1 flow.router dead=5\n"
        "1 gate route 1 when=0 dead=5\n"
        "2 call #2 flow.iterator s0 when=1 loop=3-5 dead=5\n"
        "3 call #3 flow.commit s1 when=2 dead=5\n"
        "4 call #4 flow.commit s2 when=3 dead=5\n");
}

static void empty_routes_outside_a_loop_do_not_keep_it_from_closing(void **state)
{
    (void)state;
    en_assert_plan(
        "[{'id':1,'module':'flow.router','parameters':{'routes':[{'label':'hit'},{'label':'miss'}]}"
        "},\n"
        "{'id':2,'module':'flow.iterator','route':2,'parameters':{'array':'{{webhook.list}}'}},\n"
        "{'id':3,'module':'flow.commit','route':2},\n"
        "{'id':4,'module':'flow.aggregator'},{'id':5,'module':'flow.commit'}]",
        "0 gate #1 flow.router dead=8\n"
        "1 gate hit when=0 dead=2\n"
        "2 gate miss when=0 dead=8\n"
        "3 call #2 flow.iterator s0 when=2 loop=4-6 opens=0 dead=8\n"
        "4 call #3 flow.commit s1 when=3 dead=6\n"
        "5 collect #4 flow.aggregator when=4 agg=0 from=4s1 dead=6\n"
        "6 flush #4 flow.aggregator s2 agg=0 dead=8\n"
        "7 call #5 flow.commit s3 when=6 dead=8\n");
}

static void a_range_is_contiguous_whatever_the_file_order(void **state)
{
    (void)state;
    en_assert_plan(
        "[{'id':1,'module':'flow.router','parameters':{'routes':[{'label':'a'},{'label':'b'}]}},\n"
        "{'id':2,'module':'flow.iterator','route':1,'parameters':{'array':'{{webhook.list}}'}},\n"
        "{'id':3,'module':'flow.commit','route':2},\n"
        "{'id':4,'module':'flow.commit','route':1},\n"
        "{'id':5,'module':'flow.commit'}]",
        "0 gate #1 flow.router dead=7\n"
        "1 gate a when=0 dead=2\n"
        "2 gate b when=0 dead=3\n"
        "3 call #2 flow.iterator s0 when=1 loop=4-5 dead=5\n"
        "4 call #4 flow.commit s1 when=3 dead=5\n"
        "5 call #3 flow.commit s2 when=2 dead=6\n"
        "6 call #5 flow.commit s3 when=3,5 dead=7\n");
}

static void branches_inside_a_loop_are_collected_with_their_routes(void **state)
{
    (void)state;
    en_assert_plan(
        "[{'id':1,'module':'flow.iterator','parameters':{'array':'{{webhook.list}}'}},\n"
        "{'id':2,'module':'flow.router','parameters':{'routes':[{'label':'a'},{'label':'b'}]}},\n"
        "{'id':3,'module':'flow.commit','route':1},\n"
        "{'id':4,'module':'flow.aggregator'}]",
        "0 call #1 flow.iterator s0 loop=1-6 opens=0 dead=7\n"
        "1 gate #2 flow.router when=0 dead=6\n"
        "2 gate a when=1 dead=3\n"
        "3 gate b when=1 dead=4\n"
        "4 call #3 flow.commit s1 when=2 dead=5\n"
        "5 collect #4 flow.aggregator when=4,3 agg=0 join=3-'b',4s1'a' dead=6\n"
        "6 flush #4 flow.aggregator s2 agg=0 dead=7\n");
}

/* It evaluates a value, so it collects although there is no loop. */
static void behind_a_converger_an_aggregator_reads_the_branches(void **state)
{
    (void)state;
    en_assert_plan(
        "[\n"
        "{'id':2,'module':'flow.router','parameters':{'routes':[{'label':'a'},{'label':'b'}]}},\n"
        "{'id':3,'module':'flow.commit','route':1},{'id':4,'module':'flow.commit','route':2},\n"
        "{'id':5,'module':'flow.converger'},{'id':6,'module':'flow.aggregator','parameters':{'"
        "targetStructure':[{'name':'x','value':'{{3.y}}'}],'stopProcessing':true}},{'id':7,'module'"
        ":'flow.commit'}]",
        "0 gate #2 flow.router dead=9\n"
        "1 gate a when=0 dead=2\n"
        "2 gate b when=0 dead=3\n"
        "3 call #3 flow.commit s0 when=1 dead=4\n"
        "4 call #4 flow.commit s1 when=2 dead=5\n"
        "5 call #5 flow.converger s2 when=3,4 join=3s0'a',4s1'b' dead=9\n"
        "6 collect #6 flow.aggregator when=5 agg=0 join=3s0'a',4s1'b' values dead=9\n"
        "7 flush #6 flow.aggregator s3 agg=0 ends dead=9\n"
        "8 call #7 flow.commit s4 when=7 dead=9\n");
}

static void an_aggregator_alone_reads_nothing(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'flow.aggregator','parameters':{'targetStructure':[]}}]",
                   "0 flush #1 flow.aggregator s0 dead=1\n");
}

static void several_aggregators_flush_in_file_order(void **state)
{
    (void)state;
    en_assert_plan(
        "{'modules':[{'id':1,'module':'flow.iterator','parameters':{'array':'{{webhook.list}}'}},\n"
        "{'id':2,'module':'flow.commit'},{'id':3,'module':'flow.aggregator'},{'id':4,'module':'"
        "flow.aggregator'},{'id':5,'module':'flow.commit'}],\n"
        "'connections':[{'source':1,'target':2},{'source':2,'target':3},{'source':2,'target':4},{'"
        "source':4,'target':5}]}",
        "0 call #1 flow.iterator s0 loop=1-4 opens=0,1 dead=7\n"
        "1 call #2 flow.commit s1 when=0 dead=4\n"
        "2 collect #3 flow.aggregator when=1 agg=0 from=1s1 dead=3\n"
        "3 collect #4 flow.aggregator when=1 agg=1 from=1s1 dead=4\n"
        "4 flush #3 flow.aggregator s2 agg=0 dead=5\n"
        "5 flush #4 flow.aggregator s3 agg=1 dead=7\n"
        "6 call #5 flow.commit s4 when=5 dead=7\n");
}

static void break_is_a_directive(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'flow.iterator','parameters':{'array':'{{webhook.list}}'}},\n"
                   "{'id':2,'module':'flow.router','parameters':{'routes':[{'filter':{'conditions':"
                   "[[{'a':'{{1.item.x}}','o':'exist'}]]}}]}},\n"
                   "{'id':3,'module':'flow.break','route':1},\n"
                   "{'id':4,'module':'flow.commit'}]",
                   "0 call #1 flow.iterator s0 loop=1-5 dead=5\n"
                   "1 gate #2 flow.router when=0 dead=5\n"
                   "2 gate route 1 when=1 filter dead=4\n"
                   "3 directive #3 flow.break when=2 dead=4\n"
                   "4 call #4 flow.commit s1 when=1 dead=5\n");
}

static void an_aggregator_behind_one_step_reads_it(void **state)
{
    (void)state;
    en_assert_plan("[{'id': 1, 'module': 'flow.commit'},\n"
                   "{'id': 2, 'module': 'flow.aggregator'}]",
                   "0 call #1 flow.commit s0 dead=2\n"
                   "1 flush #2 flow.aggregator s1 when=0 from=0s0 dead=2\n");
}

/* As the webhook template of the toolkit does. */
static void an_aggregator_over_branches_names_the_router(void **state)
{
    (void)state;
    en_assert_plan(
        "[{'id': 1, 'module': 'flow.router', 'routes': [{'name': 'x'}, {'name': 'y'}]},\n"
        "{'id': 2, 'module': 'flow.commit', 'route': 1},\n"
        "{'id': 3, 'module': 'flow.commit', 'route': 2},\n"
        "{'id': 4, 'module': 'flow.aggregator', 'parameters': {'sourceModule': 1}}]",
        "0 gate #1 flow.router dead=6\n"
        "1 gate x when=0 dead=2\n"
        "2 gate y when=0 dead=3\n"
        "3 call #2 flow.commit s0 when=1 dead=4\n"
        "4 call #3 flow.commit s1 when=2 dead=5\n"
        "5 flush #4 flow.aggregator s2 when=3,4 join=3s0'x',4s1'y' dead=6\n");
}

static void a_repeater_is_a_loop(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'flow.repeater', 'parameters': {'repeats': 3}},\n"
        "{'id': 2, 'module': 'util.setVariable', 'parameters': {'name': 'x', 'value': '{{1.i}} "
        "{{item.i}}'}}]";
    en_assert_plan(text, "0 call #1 flow.repeater s0 loop=1-2 dead=2\n"
                         "1 call #2 util.setVariable s1 when=0 dead=2\n");
    en_assert_step(text, 1,
                   "name \"x\"\n"
                   "value s0*.i s0[item].i\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_iterator_loops_to_the_end),
        cmocka_unit_test(an_aggregator_closes_the_innermost_loop),
        cmocka_unit_test(source_module_may_name_an_outer_loop),
        cmocka_unit_test(a_join_from_inside_and_outside_stands_behind_the_loop),
        cmocka_unit_test(in_a_list_a_step_behind_branches_stands_at_the_level_of_the_router),
        cmocka_unit_test(in_an_object_it_stands_in_the_loop),
        cmocka_unit_test(empty_routes_outside_a_loop_do_not_keep_it_from_closing),
        cmocka_unit_test(a_range_is_contiguous_whatever_the_file_order),
        cmocka_unit_test(branches_inside_a_loop_are_collected_with_their_routes),
        cmocka_unit_test(behind_a_converger_an_aggregator_reads_the_branches),
        cmocka_unit_test(an_aggregator_alone_reads_nothing),
        cmocka_unit_test(several_aggregators_flush_in_file_order),
        cmocka_unit_test(break_is_a_directive),
        cmocka_unit_test(an_aggregator_behind_one_step_reads_it),
        cmocka_unit_test(an_aggregator_over_branches_names_the_router),
        cmocka_unit_test(a_repeater_is_a_loop),
    };
    return EN_RUN(tests);
}

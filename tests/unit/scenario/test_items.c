/* Implicit loops: item without an iterator (rule G6). */

#include "plan_dump.h"
#include "test.h"

static void item_loops_over_the_nearest_list(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
        "{'id':2,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','recordId':'{{"
        "item.id}}'}}]";
    en_assert_plan(text, "0 call #1 datastore.searchRecords s0 dead=3\n"
                         "1 each each s1 when=0 list=s0 loop=2-3 dead=3\n"
                         "2 call #2 datastore.deleteRecord s2 when=1 dead=3\n");
    en_assert_step(text, 2,
                   "dataStore \"S\"\n"
                   "recordId s1[item].id\n");
}

static void a_step_that_does_not_need_the_item_runs_once(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':2,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{item.id}}'}},\n"
                   "{'id':3,'module':'flow.commit'}]",
                   "0 call #1 datastore.searchRecords s0 dead=4\n"
                   "1 each each s1 when=0 list=s0 loop=2-3 dead=4\n"
                   "2 call #2 datastore.deleteRecord s2 when=1 dead=3\n"
                   "3 call #3 flow.commit s3 when=1 dead=4\n");
}

static void what_lies_between_and_what_reads_is_inside(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':2,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{item.id}}'}},\n"
                   "{'id':3,'module':'flow.commit'},\n"
                   "{'id':4,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{item.id}}'}},\n"
                   "{'id':5,'module':'datastore.updateRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{4.deleted}}','data':{}}},\n"
                   "{'id':6,'module':'flow.commit'}]",
                   "0 call #1 datastore.searchRecords s0 dead=7\n"
                   "1 each each s1 when=0 list=s0 loop=2-6 dead=7\n"
                   "2 call #2 datastore.deleteRecord s2 when=1 dead=6\n"
                   "3 call #3 flow.commit s3 when=2 dead=6\n"
                   "4 call #4 datastore.deleteRecord s4 when=3 dead=6\n"
                   "5 call #5 datastore.updateRecord s5 when=4 dead=6\n"
                   "6 call #6 flow.commit s6 when=1 dead=7\n");
}

static void a_field_of_the_list_is_the_present_record_inside(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
        "{'id':2,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','recordId':'{{"
        "item.id}}'}},\n"
        "{'id':3,'module':'datastore.updateRecord','parameters':{'dataStore':'S','recordId':'{{1."
        "id}}','data':{}}},\n"
        "{'id':4,'module':'datastore.updateRecord','parameters':{'dataStore':'S','recordId':'{{2."
        "deleted}}','data':{}}}]";
    en_assert_plan(text, "0 call #1 datastore.searchRecords s0 dead=5\n"
                         "1 each each s1 when=0 list=s0 loop=2-5 dead=5\n"
                         "2 call #2 datastore.deleteRecord s2 when=1 dead=5\n"
                         "3 call #3 datastore.updateRecord s3 when=2 dead=5\n"
                         "4 call #4 datastore.updateRecord s4 when=3 dead=5\n");
    en_assert_step(text, 3,
                   "dataStore \"S\"\n"
                   "recordId s0@s1.id\n"
                   "data {}\n"
                   "upsert false\n");
    en_assert_step(text, 4,
                   "dataStore \"S\"\n"
                   "recordId s2.deleted\n"
                   "data {}\n"
                   "upsert false\n");
}

static void a_route_that_says_item_pulls_its_router_and_branch_in(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
        "{'id':2,'module':'flow.router','parameters':{'routes':[{'filter':{'conditions':[[{'a':'{{"
        "item.x}}','o':'exist'}]]}},{'label':'b'}]}},\n"
        "{'id':3,'route':1,'module':'flow.commit'},\n"
        "{'id':4,'route':1,'module':'flow.commit'},\n"
        "{'id':5,'route':2,'module':'flow.commit'},\n"
        "{'id':6,'module':'flow.commit'}]";
    en_assert_plan(text, "0 call #1 datastore.searchRecords s0 dead=9\n"
                         "1 each each s1 when=0 list=s0 loop=2-8 dead=9\n"
                         "2 gate #2 flow.router when=1 dead=8\n"
                         "3 gate route 1 when=2 filter dead=4\n"
                         "4 gate b when=2 dead=5\n"
                         "5 call #3 flow.commit s2 when=3 dead=7\n"
                         "6 call #4 flow.commit s3 when=5 dead=7\n"
                         "7 call #5 flow.commit s4 when=4 dead=8\n"
                         "8 call #6 flow.commit s5 when=1 dead=9\n");
    en_assert_step(text, 3, "filter s1[item].x\n");
}

static void an_aggregator_behind_closes_the_loop(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':2,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{item.id}}'}},\n"
                   "{'id':3,'module':'flow.commit'},\n"
                   "{'id':4,'module':'flow.aggregator'},\n"
                   "{'id':5,'module':'flow.commit'}]",
                   "0 call #1 datastore.searchRecords s0 dead=7\n"
                   "1 each each s1 when=0 list=s0 loop=2-5 opens=0 dead=7\n"
                   "2 call #2 datastore.deleteRecord s2 when=1 dead=5\n"
                   "3 call #3 flow.commit s3 when=2 dead=5\n"
                   "4 collect #4 flow.aggregator when=3 agg=0 from=3s3 dead=5\n"
                   "5 flush #4 flow.aggregator s4 agg=0 dead=7\n"
                   "6 call #5 flow.commit s5 when=5 dead=7\n");
}

static void an_aggregator_behind_a_list_collects_its_records(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':2,'module':'flow.aggregator','parameters':{'groupBy':'{{1.kind}}'}},\n"
                   "{'id':3,'module':'flow.commit'}]",
                   "0 call #1 datastore.searchRecords s0 dead=5\n"
                   "1 each each s1 when=0 list=s0 loop=2-3 opens=0 dead=5\n"
                   "2 collect #2 flow.aggregator when=1 agg=0 from=1s1* group='kind' dead=3\n"
                   "3 flush #2 flow.aggregator s2 loop=4-5 agg=0 dead=5\n"
                   "4 call #3 flow.commit s3 when=3 dead=5\n");
}

/* Inside it a field of the list stays the first record. */
static void an_iterator_wins(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
        "{'id':2,'module':'flow.iterator','parameters':{'array':'{{1.array}}'}},\n"
        "{'id':3,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','recordId':'{{"
        "item.id}}'}},\n"
        "{'id':4,'module':'datastore.updateRecord','parameters':{'dataStore':'S','recordId':'{{1."
        "id}}','data':{}}}]";
    en_assert_plan(text, "0 call #1 datastore.searchRecords s0 dead=4\n"
                         "1 call #2 flow.iterator s1 when=0 loop=2-4 dead=4\n"
                         "2 call #3 datastore.deleteRecord s2 when=1 dead=4\n"
                         "3 call #4 datastore.updateRecord s3 when=2 dead=4\n");
    en_assert_step(text, 2,
                   "dataStore \"S\"\n"
                   "recordId s1[item].id\n");
    en_assert_step(text, 3,
                   "dataStore \"S\"\n"
                   "recordId s0.id\n"
                   "data {}\n"
                   "upsert false\n");
}

static void each_list_has_a_loop_of_its_own(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':2,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{item.id}}'}},\n"
                   "{'id':3,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':4,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{item.id}}'}}]",
                   "0 call #1 datastore.searchRecords s0 dead=6\n"
                   "1 each each s1 when=0 list=s0 loop=2-3 dead=6\n"
                   "2 call #2 datastore.deleteRecord s2 when=1 dead=3\n"
                   "3 call #3 datastore.searchRecords s3 when=1 dead=6\n"
                   "4 each each s4 when=3 list=s3 loop=5-6 dead=6\n"
                   "5 call #4 datastore.deleteRecord s5 when=4 dead=6\n");
}

static void loops_nest_where_a_list_needs_an_item(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
        "{'id':2,'module':'datastore.searchRecords','parameters':{'dataStore':'S','filter':[[{'a':'"
        "x','o':'equal','b':'{{item.id}}'}]]}},\n"
        "{'id':3,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','recordId':'{{"
        "item.id}}'}},\n"
        "{'id':4,'module':'flow.aggregator'},\n"
        "{'id':5,'module':'flow.commit'},\n"
        "{'id':6,'module':'flow.aggregator'}]";
    en_assert_plan(text, "0 call #1 datastore.searchRecords s0 dead=10\n"
                         "1 each each s1 when=0 list=s0 loop=2-9 opens=1 dead=10\n"
                         "2 call #2 datastore.searchRecords s2 when=1 dead=9\n"
                         "3 each each s3 when=2 list=s2 loop=4-6 opens=0 dead=9\n"
                         "4 call #3 datastore.deleteRecord s4 when=3 dead=6\n"
                         "5 collect #4 flow.aggregator when=4 agg=0 from=4s4 dead=6\n"
                         "6 flush #4 flow.aggregator s5 agg=0 dead=9\n"
                         "7 call #5 flow.commit s6 when=6 dead=9\n"
                         "8 collect #6 flow.aggregator when=7 agg=1 from=7s6 dead=9\n"
                         "9 flush #6 flow.aggregator s7 agg=1 dead=10\n");
    en_assert_step(text, 2,
                   "dataStore \"S\"\n"
                   "filter conditions s1[item].id\n"
                   "limit -\n"
                   "sort -\n");
    en_assert_step(text, 4,
                   "dataStore \"S\"\n"
                   "recordId s3[item].id\n");
}

static void without_a_list_item_is_nothing(void **state)
{
    (void)state;
    static const char text[] = "[{'id':2,'module':'datastore.deleteRecord','parameters':{'"
                               "dataStore':'S','recordId':'{{item.id}}'}}]";
    en_assert_problems(text, "f:1:85: warning, step 2, parameters.recordId: there is no loop "
                             "around this step and no list before it\n");
    en_assert_plan(text, "0 call #2 datastore.deleteRecord s0 dead=1\n");
    en_assert_step(text, 0,
                   "dataStore \"S\"\n"
                   "recordId nothing.id\n");
}

static void one_loop_may_span_routes(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':2,'module':'flow.router','parameters':{'routes':[{},{}]}},\n"
                   "{'id':3,'route':1,'module':'datastore.deleteRecord','parameters':{'dataStore':'"
                   "S','recordId':'{{item.id}}'}},\n"
                   "{'id':4,'route':2,'module':'datastore.deleteRecord','parameters':{'dataStore':'"
                   "S','recordId':'{{item.id}}'}},\n"
                   "{'id':5,'module':'flow.commit'}]",
                   "0 call #1 datastore.searchRecords s0 dead=8\n"
                   "1 gate #2 flow.router when=0 dead=8\n"
                   "2 gate route 1 when=1 dead=3\n"
                   "3 gate route 2 when=1 dead=4\n"
                   "4 each each s1 when=2,3 list=s0 loop=5-7 dead=5\n"
                   "5 call #3 datastore.deleteRecord s2 when=2 dead=6\n"
                   "6 call #4 datastore.deleteRecord s3 when=3 dead=7\n"
                   "7 call #5 flow.commit s4 when=4 dead=8\n");
}

static void a_loop_may_stand_on_one_route(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':2,'module':'flow.router','parameters':{'routes':[{},{}]}},\n"
                   "{'id':3,'route':1,'module':'datastore.deleteRecord','parameters':{'dataStore':'"
                   "S','recordId':'{{item.id}}'}},\n"
                   "{'id':4,'route':2,'module':'flow.commit'},\n"
                   "{'id':5,'module':'flow.commit'}]",
                   "0 call #1 datastore.searchRecords s0 dead=8\n"
                   "1 gate #2 flow.router when=0 dead=8\n"
                   "2 gate route 1 when=1 dead=3\n"
                   "3 gate route 2 when=1 dead=4\n"
                   "4 each each s1 when=2 list=s0 loop=5-6 dead=6\n"
                   "5 call #3 datastore.deleteRecord s2 when=4 dead=6\n"
                   "6 call #4 flow.commit s3 when=3 dead=7\n"
                   "7 call #5 flow.commit s4 when=4,6 dead=8\n");
}

static void unknown_searches_are_lists(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'sheets.searchRows'},\n"
                   "{'id':2,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{item.id}}'}}]",
                   "0 call #1 sheets.searchRows s0 dead=3\n"
                   "1 each each s1 when=0 list=s0 loop=2-3 dead=3\n"
                   "2 call #2 datastore.deleteRecord s2 when=1 dead=3\n");
}

static void source_module_may_name_a_list(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':2,'module':'flow.commit'},\n"
                   "{'id':3,'module':'flow.commit'},\n"
                   "{'id':4,'module':'flow.aggregator','parameters':{'sourceModule':1}},\n"
                   "{'id':5,'module':'flow.commit'}]",
                   "0 call #1 datastore.searchRecords s0 dead=7\n"
                   "1 each each s1 when=0 list=s0 loop=2-5 opens=0 dead=7\n"
                   "2 call #2 flow.commit s2 when=1 dead=5\n"
                   "3 call #3 flow.commit s3 when=2 dead=5\n"
                   "4 collect #4 flow.aggregator when=3 agg=0 from=3s3 dead=5\n"
                   "5 flush #4 flow.aggregator s4 agg=0 dead=7\n"
                   "6 call #5 flow.commit s5 when=5 dead=7\n");
}

static void behind_an_aggregator_the_list_is_walked_again(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':2,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{item.id}}'}},\n"
                   "{'id':3,'module':'flow.aggregator'},\n"
                   "{'id':4,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{item.id}}'}}]",
                   "0 call #1 datastore.searchRecords s0 dead=7\n"
                   "1 each each s1 when=0 list=s0 loop=2-4 opens=0 dead=7\n"
                   "2 call #2 datastore.deleteRecord s2 when=1 dead=4\n"
                   "3 collect #3 flow.aggregator when=2 agg=0 from=2s2 dead=4\n"
                   "4 flush #3 flow.aggregator s3 agg=0 dead=7\n"
                   "5 each each s4 when=4 list=s0 loop=6-7 dead=7\n"
                   "6 call #4 datastore.deleteRecord s5 when=5 dead=7\n");
}

static void an_iterator_over_the_item_lies_inside(void **state)
{
    (void)state;
    en_assert_plan("[{'id':1,'module':'datastore.searchRecords','parameters':{'dataStore':'S'}},\n"
                   "{'id':2,'module':'flow.iterator','parameters':{'array':'{{item.rows}}'}},\n"
                   "{'id':3,'module':'datastore.deleteRecord','parameters':{'dataStore':'S','"
                   "recordId':'{{item.id}}'}},\n"
                   "{'id':4,'module':'flow.aggregator'},\n"
                   "{'id':5,'module':'flow.commit'}]",
                   "0 call #1 datastore.searchRecords s0 dead=7\n"
                   "1 each each s1 when=0 list=s0 loop=2-6 dead=7\n"
                   "2 call #2 flow.iterator s2 when=1 loop=3-5 opens=0 dead=6\n"
                   "3 call #3 datastore.deleteRecord s3 when=2 dead=5\n"
                   "4 collect #4 flow.aggregator when=3 agg=0 from=3s3 dead=5\n"
                   "5 flush #4 flow.aggregator s4 agg=0 dead=6\n"
                   "6 call #5 flow.commit s5 when=1 dead=7\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(item_loops_over_the_nearest_list),
        cmocka_unit_test(a_step_that_does_not_need_the_item_runs_once),
        cmocka_unit_test(what_lies_between_and_what_reads_is_inside),
        cmocka_unit_test(a_field_of_the_list_is_the_present_record_inside),
        cmocka_unit_test(a_route_that_says_item_pulls_its_router_and_branch_in),
        cmocka_unit_test(an_aggregator_behind_closes_the_loop),
        cmocka_unit_test(an_aggregator_behind_a_list_collects_its_records),
        cmocka_unit_test(an_iterator_wins),
        cmocka_unit_test(each_list_has_a_loop_of_its_own),
        cmocka_unit_test(loops_nest_where_a_list_needs_an_item),
        cmocka_unit_test(without_a_list_item_is_nothing),
        cmocka_unit_test(one_loop_may_span_routes),
        cmocka_unit_test(a_loop_may_stand_on_one_route),
        cmocka_unit_test(unknown_searches_are_lists),
        cmocka_unit_test(source_module_may_name_a_list),
        cmocka_unit_test(behind_an_aggregator_the_list_is_walked_again),
        cmocka_unit_test(an_iterator_over_the_item_lies_inside),
    };
    return EN_RUN(tests);
}

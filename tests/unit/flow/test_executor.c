#include "play.h"

/* --- loops --- */

static void a_loop_runs_its_steps_once_for_every_element(void **state)
{
    (void)state;
    const char *scenario = "[" EACH_OF(1, "'{{input.list}}'") "," SET(2, "'{{1.item}}'") "]";
    play_gives(scenario, NULL, "{'list':[]}",
               "{'status':'success','operations':1,'order':[1],'output':null,"
               "'modules':{'1':{'operations':1,'bundles':0},'2':'$missing'}}");
    play_gives(scenario, NULL, "{'list':null}", "{'status':'success','order':[1]}");
    play_gives(scenario, NULL, "{'list':['a']}",
               "{'operations':2,'order':[1,2],'output':{'name':'v2','value':'a'},"
               "'outputs':{'1':[{'item':'a','index':1,'length':1}]}}");
    play_gives(
        scenario, NULL, "{'list':['a','b','c']}",
        "{'operations':4,'order':[1,2,2,2],'output':{'value':'c'},"
        "'modules':{'1':{'operations':1,'bundles':3},'2':{'operations':3,'bundles':3}},"
        "'outputs':{'1':[{'item':'a','index':1},{'item':'b','index':2},"
        "{'item':'c','index':3,'length':3}],'2':[{'value':'a'},{'value':'b'},{'value':'c'}]}}");
    play_gives(scenario, NULL, "{'list':{'k':1}}", "{'order':[1,2],'output':{'value':{'k':1}}}");
}

static void loops_stand_inside_each_other_and_end_together(void **state)
{
    (void)state;
    const char *scenario = "[" EACH_OF(1, "'{{input.rows}}'") "," EACH_OF(
        2, "'{{1.item}}'") "," SET(3, "'{{1.index}}.{{2.index}}={{2.item}}'") "]";
    play_gives(scenario, NULL, "{'rows':[['a','b'],[],['c']]}",
               "{'status':'success','order':[1,2,3,3,2,2,3],"
               "'outputs':{'3':[{'value':'1.1=a'},{'value':'1.2=b'},{'value':'3.1=c'}]}}");
    play_gives(scenario, NULL, "{'rows':[[],[]]}",
               "{'order':[1,2,2],'output':{'item':[],'index':2}}");
}

static void a_loop_without_steps_gives_its_bundles(void **state)
{
    (void)state;
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "]", NULL, "{'list':['a','b']}",
               "{'order':[1],'output':{'item':'b','index':2,'length':2},"
               "'outputs':{'1':[{'item':'a','index':1},{'item':'b'}]}}");
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "," STEP(2, "flow.aggregator",
                                                           "'groupBy':'{{1.item}}'") "]",
               NULL, "{'list':['a','b','a']}",
               "{'order':[1,2],'output':{'array':['b'],'key':'b'},"
               "'outputs':{'2':[{'array':['a','a'],'key':'a'},{'key':'b'}]}}");
}

static void a_repeater_counts(void **state)
{
    (void)state;
    play_gives(
        "[" STEP(1, "flow.repeater", "'start':5,'repeats':3,'step':-2") "," SET(2, "'{{1.i}}'") "]",
        NULL, NULL, "{'outputs':{'2':[{'value':5},{'value':3},{'value':1}]}}");
    play_gives("[" STEP(1, "flow.repeater", "'repeats':0") "," SET(2, "'{{1.i}}'") "]", NULL, NULL,
               "{'order':[1]}");
}

static void the_last_output_outlives_iterations_that_emit_nothing(void **state)
{
    (void)state;
    const char *payload = "{'rows':[{'n':'first of all "
                          "rows','list':['x1','x2']},{'n':'b','list':[]},{'n':'c','list':[]},"
                          "{'n':'d','list':[]}]}";
    play_gives(
        "[" EACH_OF(1, "'{{input.rows}}'") "," STEP(
            2, "flow.router",
            "'routes':[" WHEN("'{{1.index}}'", "equal",
                              "1") "]") "," SET_ON(1, 3,
                                                   "'{{1.item.n}} of {{1.length}} elements'") "]",
        NULL, payload, "{'order':[1,3],'output':{'value':'first of all rows of 4 elements'}}");
    /* made in the inner loop out of what the outer loop's bundle holds */
    play_gives(
        "[" EACH_OF(1, "'{{input.rows}}'") "," SET(2, "'made here: {{1.item.n}}'") "," EACH_OF(
            3, "'{{1.item.list}}'") "," SET(4, "'{{2.value}}'") "," STEP(5, "flow.break", "") "]",
        NULL, payload,
        "{'outputs':{'4':[{'value':'made here: first of all rows'},"
        "{'value':'made here: first of all rows'}]}}");
    play_gives(
        "[" EACH_OF(1, "'{{input.rows}}'") "," STEP(
            2, "flow.router",
            "'routes':[" WHEN(
                "'{{1.index}}'", "equal",
                "1") "]") "," SET_ON(1, 3,
                                     "'made here: {{1.item.n}}'") ","
                                                                  "{'id':4,'module':'flow.iterator'"
                                                                  ",'route':1,"
                                                                  "'parameters':{'array':'{{1.item."
                                                                  "list}}'}}"
                                                                  "," SET_ON(1, 5,
                                                                             "'{{3.value}}'") "]",
        NULL, payload,
        "{'order':[1,3,4,5,5],"
        "'output':{'value':'made here: first of all rows'}}");
}

static void the_last_output_outlives_the_next_collection(void **state)
{
    (void)state;
    play_gives("[" EACH_OF(1, "'{{input.rows}}'") "," EACH_OF(2, "'{{1.item}}'") "," SET(
                   3, "'value {{2.item}}'") "," STEP(4, "flow.aggregator", "") "]",
               NULL, "{'rows':[['a','b'],[],[]]}",
               "{'order':[1,2,3,3,4,2,4,2,4],'outputs':{'4':[{'array':[{'value':'value a'},"
               "{'value':'value b'}]}]},"
               "'output':{'array':[{'value':'value a'},{'value':'value b'}]}}");
    /* a step behind the flush shares what was collected */
    play_gives("[" EACH_OF(1, "'{{input.rows}}'") "," EACH_OF(2, "'{{1.item}}'") "," SET(
                   3, "'value {{2.item}}'") "," STEP(4, "flow.aggregator",
                                                     "") "," SET(5, "'{{4.array}}'") "]",
               NULL, "{'rows':[['a','b'],[],[]]}",
               "{'output':{'value':[{'value':'value a'},{'value':'value b'}]}}");
}

/* --- routers and joins --- */

static void a_router_runs_every_route_that_passes_in_order(void **state)
{
    (void)state;
    const char *scenario = "[" STEP(
        1, "flow.router",
        "'routes':[" WHEN("'{{input.n}}'", "greater", "1") "," WHEN(
            "'{{input.n}}'", "greater",
            "2") ",{}]") "," SET_ON(1, 2,
                                    "'a'") "," SET_ON(2, 3,
                                                      "'b'") "," SET_ON(3, 4,
                                                                        "'c'") "," SET_ON(1, 5,
                                                                                          "'{{2."
                                                                                          "value}}{"
                                                                                          "{3."
                                                                                          "value}}{"
                                                                                          "{4."
                                                                                          "value}}"
                                                                                          "'") "]";
    play_gives(scenario, NULL, "{'n':3}",
               "{'operations':4,'order':[2,3,4,5],'output':{'value':'abc'}}");
    play_gives(scenario, NULL, "{'n':2}", "{'order':[2,4,5]}");
    play_gives(scenario, NULL, "{'n':0}", "{'order':[4]}");
    play_gives(scenario, NULL, "{}", "{'order':[4]}");
}

static void a_fallback_runs_when_no_condition_passed(void **state)
{
    (void)state;
    /* the fallback need not be last; a route without conditions does not count */
    const char *scenario = "[" STEP(
        1, "flow.router",
        "'routes':[{'fallback':true}," WHEN("'{{input.n}}'", "equal", "1") ",{}," WHEN(
            "'{{input.n}}'", "equal",
            "2") "]") "," SET_ON(1, 2,
                                 "'else'") "," SET_ON(2, 3,
                                                      "'one'") "," SET_ON(3, 4,
                                                                          "'always'") "," SET_ON(4,
                                                                                                 5,
                                                                                                 "'"
                                                                                                 "t"
                                                                                                 "w"
                                                                                                 "o"
                                                                                                 "'") "]";
    play_gives(scenario, NULL, "{'n':1}", "{'order':[3,4]}");
    play_gives(scenario, NULL, "{'n':2}", "{'order':[4,5]}");
    const char *by_conditions =
        "[" STEP(1, "flow.router", "'routes':[" WHEN("'{{input.n}}'", "equal", "1") ",{'filter':{'conditions':[]}}]") "," SET_ON(
            1, 2, "'one'") "," SET_ON(2, 3, "'else'") "," SET(4, "'{{2.value}}{{3.value}}'") "]";
    play_gives(by_conditions, NULL, "{'n':1}", "{'order':[2,4],'output':{'value':'one'}}");
    play_gives(by_conditions, NULL, "{'n':7}", "{'order':[3,4],'output':{'value':'else'}}");
}

static void a_fallback_in_front_of_the_routes_waits_for_them(void **state)
{
    (void)state;
    play_gives("[" STEP(1, "flow.router",
                        "'routes':[{'fallback':true}," WHEN(
                            "'{{input.n}}'", "equal",
                            "1") "]") "," SET_ON(1, 2, "'else'") "," SET_ON(2, 3, "'one'") "]",
               NULL, "{'n':1}", "{'order':[3]}");
}

static void a_step_behind_empty_routes_runs_if_one_was_taken(void **state)
{
    (void)state;
    const char *scenario = "[" STEP(
        1, "flow.router",
        "'routes':[" WHEN("'{{input.n}}'", "equal", "1") "," WHEN(
            "'{{input.n}}'", "equal",
            "2") "]") "," SET_ON(2, 2, "'two'") "," SET(3, "'{{ifempty(2.value; 0)}}'") "]";
    play_gives(scenario, NULL, "{'n':1}", "{'order':[3],'output':{'value':0}}");
    play_gives(scenario, NULL, "{'n':2}", "{'order':[2,3],'output':{'value':'two'}}");
    play_gives(scenario, NULL, "{'n':3}", "{'status':'success','order':[],'output':null}");
}

static void a_join_inside_a_loop_runs_once_for_every_bundle_that_reaches_it(void **state)
{
    (void)state;
    play_gives(
        "{'modules':[" EACH_OF(1, "'{{input.list}}'") "," STEP(
            2, "flow.router",
            "'routes':[" WHEN("'{{1.item}}'", "less", "3") "," WHEN(
                "'{{1.item}}'", "greater",
                "1") "]") "," SET(3,
                                  "'low'") "," SET(4,
                                                   "'high'") "," SET(5,
                                                                     "'{{1.item}} {{3.value}} "
                                                                     "{{4.value}}'") "],"
                                                                                     "'connections'"
                                                                                     ":[{'source':"
                                                                                     "1,'target':2}"
                                                                                     ",{'source':2,"
                                                                                     "'target':3,'"
                                                                                     "route':1},"
                                                                                     "{'source':2,'"
                                                                                     "target':4,'"
                                                                                     "route':2},{'"
                                                                                     "source':3,'"
                                                                                     "target':5},{'"
                                                                                     "source':4,'"
                                                                                     "target':5}]}",
        NULL, "{'list':[1,2,3,'x']}",
        "{'order':[1,3,5,3,4,5,4,5,4,5],"
        "'outputs':{'5':[{'value':'1 low '},{'value':'2 low high'},{'value':'3  high'},"
        "{'value':'x  high'}]}}");
}

static void a_join_of_a_loop_and_its_outside_runs_once_behind_the_loop(void **state)
{
    (void)state;
    const char *scenario =
        "{'modules':[" SET(1, "'start'") "," EACH_OF(2, "'{{input.list}}'") "," SET(
            3, "'{{2.item}}"
               "'") "," SET(4, "'side'") "," SET(5, "'end'") "],"
                                                             "'connections':[{'source':1,'target':"
                                                             "2},{'source':2,'"
                                                             "target':3},{'source':1,'target':4},"
                                                             "{'source':3,'target':5},{'source':4,'"
                                                             "target':5}]}";
    play_gives(scenario, NULL, "{'list':[1,2]}", "{'order':[1,2,3,3,4,5]}");
    play_gives(scenario, NULL, "{'list':[]}", "{'order':[1,2,4,5]}");
}

static void a_converger_shows_the_branches_that_were_taken(void **state)
{
    (void)state;
    const char *scenario = "[" STEP(
        1, "flow.router",
        "'routes':[{'label':'left','filter':{'conditions':[[{'a':'{{input.n}}','o':'less',"
        "'b':5}]]}},{'label':'right'}]") "," SET_ON(1, 2,
                                                    "'l'") "," SET_ON(2, 3,
                                                                      "'r'") "," STEP(4,
                                                                                      "flow."
                                                                                      "converger",
                                                                                      "") "]";
    play_gives(scenario, NULL, "{'n':1}",
               "{'order':[2,3,4],'output':{'$exact':{'routes':{'left':{'name':'v2','value':'l'},"
               "'right':{'name':'v3','value':'r'}},"
               "'array':[{'name':'v2','value':'l'},{'name':'v3','value':'r'}]}}}");
    play_gives(scenario, NULL, "{'n':9}",
               "{'order':[3,4],'output':{'array':[{'value':'r'}],'routes':{'left':'$missing'}}}");
}

/* --- break --- */

static void break_drops_the_bundle_of_the_innermost_loop(void **state)
{
    (void)state;
    const char *scenario =
        "[" EACH_OF(1, "'{{input.rows}}'") "," EACH_OF(2, "'{{1.item}}'") "," STEP(
            3, "flow.router",
            "'routes':[" WHEN("'{{2.item}}'", "equal",
                              "'x'") "]") "," BREAK_ON(1, 4) "," SET(5, "'{{2.item}}'") "]";
    /* the only route ends for good: step 5 is for the bundles that do not take it */
    play_gives(scenario, NULL, "{'rows':[['a','x'],['x']]}", "{'order':[1,2,5,2]}");
    const char *both = "[" EACH_OF(1, "'{{input.rows}}'") "," EACH_OF(2, "'{{1.item}}'") "," STEP(
        3, "flow.router",
        "'routes':[" WHEN("'{{2.item}}'", "equal",
                          "'x'") ",{}]") "," BREAK_ON(1, 4) "," SET_ON(2, 5, "'{{2.item}}'") "]";
    play_gives(both, NULL, "{'rows':[['a','x','b'],['x'],['c']]}",
               "{'status':'success','order':[1,2,5,5,2,2,5],"
               "'outputs':{'5':[{'value':'a'},{'value':'b'},{'value':'c'}]}}");
}

static void break_outside_of_a_loop_ends_the_run(void **state)
{
    (void)state;
    play_gives("[" SET(1, "1") ",{'id':2,'module':'flow.break'}," SET(3, "3") "]", NULL, NULL,
               "{'status':'success','error':null,'order':[1],'output':{'value':1}}");
}

/* --- implicit loops --- */

#define SEARCH(id, store)    STEP(id, "datastore.searchRecords", "'dataStore':'" store "'")
#define ADD(id, store, data) STEP(id, "datastore.addRecord", "'dataStore':'" store "','data':" data)

static void item_without_iterator_loops_over_the_nearest_list(void **state)
{
    (void)state;
    const char *scenario =
        "[" STEP(1, "util.csvParser", "'csv':'{{input.csv}}'") "," SET(2, "'{{1.length}}'") "," SET(
            3,
            "'{{item.n}} {{iterator.index}} {{1.n}}'") "," SET(4,
                                                               "'{{3.value}}!'") "," SET(5,
                                                                                         "'behin"
                                                                                         "d'") "]";
    play_gives(scenario, NULL, "{'csv':'n\\na\\nb\\n'}",
               "{'order':[1,2,3,4,3,4,5],'outputs':{'4':[{'value':'a 1 a!'},{'value':'b 2 b!'}]},"
               "'operations':7}");
    play_gives(scenario, NULL, "{'csv':'n\\n'}", "{'order':[1,2,5],'operations':3}");
}

static void an_aggregator_closes_an_implicit_loop(void **state)
{
    (void)state;
    play_gives("[" STEP(1, "util.csvParser", "'csv':'{{input.csv}}'") "," SET(
                   2, "'{{item.n}}'") "," STEP(3, "flow.aggregator", "") "]",
               NULL, "{'csv':'n\\na\\nb\\n'}",
               "{'order':[1,2,2,3],'output':{'array':[{'value':'a'},{'value':'b'}]}}");
    play_gives("[" STEP(1, "util.csvParser", "'csv':'{{input.csv}}'") "," STEP(2, "flow.aggregator",
                                                                               "") "]",
               NULL, "{'csv':'n\\na\\nb\\n'}",
               "{'order':[1,2],'output':{'array':[{'n':'a'},{'n':'b'}]}}");
}

/* --- what stays flat --- */

static void a_million_bundles_run_in_flat_memory(void **state)
{
    (void)state;
    play p;
    enum { COUNT = 1000000 };
    play_open(&p, "[" EACH_OF(1, "'{{input.list}}'") "," SET(
                      2, "'a text of some length around {{1.item}}, set again and again'") "]");
    en_array_builder list;
    en_array_builder_init(&list, &p.arena);
    for (unsigned i = 0; i < COUNT; i++) {
        en_array_builder_add(&list, en_number(i));
    }
    en_collection_builder payload;
    en_collection_builder_init(&payload, &p.arena);
    en_collection_builder_add(&payload, EN_TEXT("list"), en_array_builder_take(&list));
    p.options.payload = en_collection_builder_take(&payload);
    p.options.trace = false;
    play_run(&p);
    play_expect(&p, "{'status':'success','operations':1000001,'output':{'value':"
                    "'a text of some length around 999999, set again and again'}}");
    assert_true(p.report.peak_bytes < 128 * 1024);
    play_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_runs_its_steps_once_for_every_element),
        cmocka_unit_test(loops_stand_inside_each_other_and_end_together),
        cmocka_unit_test(a_loop_without_steps_gives_its_bundles),
        cmocka_unit_test(a_repeater_counts),
        cmocka_unit_test(the_last_output_outlives_iterations_that_emit_nothing),
        cmocka_unit_test(the_last_output_outlives_the_next_collection),
        cmocka_unit_test(a_router_runs_every_route_that_passes_in_order),
        cmocka_unit_test(a_fallback_runs_when_no_condition_passed),
        cmocka_unit_test(a_fallback_in_front_of_the_routes_waits_for_them),
        cmocka_unit_test(a_step_behind_empty_routes_runs_if_one_was_taken),
        cmocka_unit_test(a_join_inside_a_loop_runs_once_for_every_bundle_that_reaches_it),
        cmocka_unit_test(a_join_of_a_loop_and_its_outside_runs_once_behind_the_loop),
        cmocka_unit_test(a_converger_shows_the_branches_that_were_taken),
        cmocka_unit_test(break_drops_the_bundle_of_the_innermost_loop),
        cmocka_unit_test(break_outside_of_a_loop_ends_the_run),
        cmocka_unit_test(item_without_iterator_loops_over_the_nearest_list),
        cmocka_unit_test(an_aggregator_closes_an_implicit_loop),
        cmocka_unit_test(a_million_bundles_run_in_flat_memory),
    };
    return EN_RUN(tests);
}

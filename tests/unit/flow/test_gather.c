#include "play.h"

#include <stdio.h>

#define AGGREGATE(id, parameters) STEP(id, "flow.aggregator", parameters)
#define TARGET(fields)            "'targetStructure':[" fields "]"

/* Iterates over input.list and aggregates its elements. */
static void gathers(const char *parameters, const char *payload, const char *expected)
{
    char scenario[1024];
    snprintf(scenario, sizeof scenario,
             "[" EACH_OF(1, "'{{input.list}}'") "," AGGREGATE(2, "%s") "]", parameters);
    play_gives(scenario, NULL, payload, expected);
}

static void everything_collected_is_one_list(void **state)
{
    (void)state;
    gathers("", "{'list':[{'a':1},{'a':2,'b':3},'x',null,[1]]}",
            "{'output':{'$exact':{'array':[{'a':1},{'a':2,'b':3},'x',null,[1]]}}}");
}

static void targets_are_made_by_their_type(void **state)
{
    (void)state;
    const char *payload =
        "{'list':[{'id':'u','n':1,'price':'2.5','ok':true,'d':'2026-01-01T00:00:00Z'},"
        "{'id':'v','n':2,'price':4},{'id':'w','n':'3'}]}";
    gathers(TARGET("{'name':'n','type':'number'}"), payload, "{'output':{'n':6}}");
    gathers(TARGET("{'name':'totalPrice','type':'number'}"), payload,
            "{'output':{'totalPrice':6.5}}");
    gathers(TARGET("{'name':'sumN','type':'number'}"), payload, "{'output':{'sumN':6}}");
    gathers(TARGET("{'name':'count','type':'number'}"), payload, "{'output':{'count':3}}");
    gathers(TARGET("{'name':'totalWeight','type':'number'}"), payload,
            "{'output':{'totalWeight':3}}");
    gathers(
        TARGET("{'name':'id','type':'array'}"), payload,
        "{'output':{'id':['u','v','w'],'array':[{'$exact':{'id':'u'}},{'id':'v'},{'id':'w'}]}}");
    gathers(TARGET("{'name':'items','type':'array'}"), payload,
            "{'output':{'items':[{'id':'u','n':1},{'id':'v'},{'id':'w'}]}}");
    gathers(TARGET("{'name':'price','type':'array'}"), payload, "{'output':{'price':['2.5',4]}}");
    gathers(TARGET("{'name':'id','type':'text'}"), payload, "{'output':{'id':'u'}}");
    gathers(TARGET("{'name':'ok','type':'boolean'}"), payload, "{'output':{'ok':true}}");
    gathers(TARGET("{'name':'d','type':'date'}"), payload,
            "{'output':{'d':'2026-01-01T00:00:00Z'}}");
    gathers(TARGET("{'name':'none','type':'text'}"), payload, "{'output':{'none':null}}");
    gathers(TARGET("{'name':'n','type':'any'}"), payload, "{'output':{'n':[1,2,'3']}}");
    gathers(TARGET("{'name':'n'}"), payload, "{'output':{'n':[1,2,'3']}}");
    gathers(TARGET("{'name':'n','type':'collection'}"), "{'list':[{'n':{'x':1}}]}",
            "{'output':{'n':{'x':1}}}");
    gathers(TARGET("{'name':'n','type':'number'}"), "{'list':[{'n':'x'}]}",
            "{'status':'error','error':{'type':'BundleValidationError','module':2,'path':'n'}}");
    gathers(TARGET("{'name':'n','type':'number'}"), "{'list':[{'n':1},{'n':null},{'n':''},{}]}",
            "{'output':{'n':1}}");
}

static void what_is_required_must_be_found(void **state)
{
    (void)state;
    gathers(TARGET("{'name':'id','type':'text','required':true}"), "{'list':[{'a':1},{'id':'x'}]}",
            "{'status':'success','output':{'id':'x','array':[{'a':1},{'id':'x'}]}}");
    gathers(TARGET("{'name':'id','type':'text','required':true}"), "{'list':[{'a':1},{'a':2}]}",
            "{'status':'error','operations':1,'error':{'type':'DataError','module':2,'path':'id',"
            "'name':'flow.aggregator','message':"
            "'the required field `id` was in none of the 2 bundles collected'}}");
}

static void a_target_may_have_an_expression_of_its_own(void **state)
{
    (void)state;
    gathers(TARGET("{'name':'sum','type':'number','value':'{{1.item.n * 2}}'},"
                   "{'name':'label','type':'array','value':'#{{1.index}} {{1.item.id}}'}"),
            "{'list':[{'n':1,'id':'a','label':'own'},{'n':2,'id':'b'}]}",
            "{'output':{'sum':6,'label':['#1 a','#2 b'],"
            "'array':[{'$exact':{'sum':2,'label':'#1 a'}},{'sum':4,'label':'#2 b'}]}}");
    /* not for a loop only */
    play_gives("[" SET(1, "5") "," AGGREGATE(
                   2, TARGET("{'name':'n','type':'number','value':'{{1.value + 1}}'}")) "]",
               NULL, NULL, "{'order':[1,2],'output':{'n':6,'array':[{'n':6}]}}");
}

static void groups_come_in_the_order_first_seen(void **state)
{
    (void)state;
    const char *payload =
        "{'list':[{'o':{'id':'b'},'n':1},{'o':{'id':'a'},'n':2},{'o':{'id':'b'},'n':4}]}";
    gathers("'groupBy':'{{1.item.o.id}}'," TARGET("{'name':'id','type':'text'},{'name':'n','type':'"
                                                  "number'},{'name':'items','type':'array'}"),
            payload,
            "{'operations':2,'order':[1,2],'modules':{'2':{'operations':1,'bundles':2}},"
            "'outputs':{'2':[{'key':'b','id':'b','n':5,'items':{'$length':2}},"
            "{'key':'a','id':'a','n':2,'items':[{'n':2}]}]}}");
    /* keys differ by type and content; missing is null */
    gathers("'groupBy':'{{1.item.k}}'",
            "{'list':[{'k':1},{'k':'1'},{'k':null},{},{'k':true},{'k':'true'},{'k':[1]},{'k':[1]},"
            "{'k':''},{'k':1}]}",
            "{'outputs':{'2':[{'key':1,'array':{'$length':2}},{'key':'1'},"
            "{'key':null,'array':{'$length':2}},{'key':true},{'key':'true'},"
            "{'key':[1],'array':{'$length':2}},{'key':''}]}}");
}

static void steps_behind_groups_run_once_for_each(void **state)
{
    (void)state;
    const char *scenario =
        "[" EACH_OF(1, "'{{input.list}}'") "," AGGREGATE(2, "'groupBy':'{{1.item}}'") "," SET(
            3, "'{{2.key}}{{length(2.array)}}'") "," AGGREGATE(4, "") "," SET(5, "'{{4.array[]."
                                                                                 "value}}'") "]";
    play_gives(scenario, NULL, "{'list':['x','y','x']}",
               "{'order':[1,2,3,3,4,5],'output':{'value':['x2','y1']}}");
    play_gives(scenario, NULL, "{'list':[]}", "{'order':[1,2,4],'output':null}");
}

static void thousands_of_groups_are_found_whatever_chance_does(void **state)
{
    (void)state;
    play p;
    enum { KEYS = 5000, TIMES = 3 };
    play_open(&p,
              "[" EACH_OF(1, "'{{input.list}}'") "," SET(2, "'{{uuid}}{{random}}'") "," AGGREGATE(
                  3, "'groupBy':'{{1.item}}','targetStructure':[{'name':'count','type':'number'"
                     "}]") "," AGGREGATE(4, "'targetStructure':[{'name':'count','type':'array'}"
                                            "]") "]");
    en_array_builder list;
    en_array_builder_init(&list, &p.arena);
    for (unsigned i = 0; i < KEYS * TIMES; i++) {
        en_array_builder_add(&list, en_text_value(en_text_format(&p.arena, "key %u", i % KEYS)));
    }
    en_collection_builder payload;
    en_collection_builder_init(&payload, &p.arena);
    en_collection_builder_add(&payload, EN_TEXT("list"), en_array_builder_take(&list));
    p.options.payload = en_collection_builder_take(&payload);
    p.options.trace = false;
    play_run(&p);
    play_expect(&p, "{'status':'success','modules':{'3':{'bundles':5000}},"
                    "'output':{'count':{'$all':3}}}");
    play_close(&p);
}

static void empty_collections_emit_only_when_asked(void **state)
{
    (void)state;
    gathers("", "{'list':[]}", "{'status':'success','order':[1,2],'output':null}");
    gathers(
        "'outputEmpty':true," TARGET("{'name':'count','type':'number'},{'name':'n','type':'array'},"
                                     "{'name':'t','type':'text'}"),
        "{'list':[]}",
        "{'order':[1,2],'output':{'$exact':{'array':[],'count':0,'n':[],'t':null}}}");
    gathers("'outputEmpty':true,'groupBy':'{{1.item}}'", "{'list':[]}",
            "{'outputs':{'2':[{'array':[]}]}}");
    gathers("'outputEmpty':'{{input.empty}}'", "{'list':[],'empty':true}",
            "{'output':{'array':[]}}");
}

static void stop_processing_ends_the_path(void **state)
{
    (void)state;
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "," AGGREGATE(2, "'stopProcessing':true") "," SET(
                   3, "1") "]",
               NULL, "{'list':[1]}", "{'status':'success','order':[1,2],'output':{'array':[1]}}");
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "," AGGREGATE(
                   2, "'stopProcessing':true,'groupBy':'{{1.item}}'") "," SET(3, "1") "]",
               NULL, "{'list':[1,2]}",
               "{'status':'success','order':[1,2],'outputs':{'2':[{'key':1},{'key':2}]}}");
}

static void a_join_is_collected_by_route(void **state)
{
    (void)state;
    const char *routes = "'routes':[{'id':1,'label':'crm','filter':{'conditions':[[{'a':'{{input.n}"
                         "}','o':'greater','b':0}]]}},"
                         "{'id':7}]";
    char scenario[1024];
    const char *const middle[] = { "", STEP(6, "flow.converger", "") "," };
    for (size_t i = 0; i < 2; i++) {
        snprintf(scenario, sizeof scenario,
                 "[" STEP(1, "flow.router", "%s") "," SET_ON(1, 2, "'a'") "," SET_ON(
                     7, 3, "'b'") ",%s" AGGREGATE(4, TARGET("{'name':'all','type':'collection'},{'"
                                                            "name':'count','type':'number'}")) "]",
                 routes, middle[i]);
        play_gives(
            scenario, NULL, "{'n':1}",
            "{'output':{'array':[{'route':'crm','result':{'value':'a'}},"
            "{'route':'7','result':{'value':'b'}}],"
            "'all':{'$exact':{'crm':{'name':'v2','value':'a'},'7':{'name':'v3','value':'b'}}},"
            "'count':2}}");
        play_gives(scenario, NULL, "{'n':0}",
                   "{'output':{'array':[{'route':'7','result':{'value':'b'}}],'count':1}}");
    }
}

static void without_a_loop_the_bundle_before_is_collected(void **state)
{
    (void)state;
    play_gives("[" SET(1, "'x'") "," AGGREGATE(2, "") "," SET(3, "'{{2.array[0].value}}'") "]",
               NULL, NULL, "{'order':[1,2,3],'output':{'value':'x'}}");
    play_gives(
        "[" SET(1, "'x'") "," AGGREGATE(2, "'groupBy':'{{1.value}}'") "," SET(3, "'{{2.key}}'") "]",
        NULL, NULL, "{'order':[1,2,3],'output':{'value':'x'}}");
}

#define CLOSING(id)                                                                                \
    "[" EACH_OF(1, "'{{input.rows}}'") "," EACH_OF(2, "'{{1.item}}'") "," SET(                     \
        3,                                                                                         \
        "'{{2.item}}'") "," AGGREGATE(4,                                                           \
                                      "'sourceModule':" id) "," SET(5,                             \
                                                                    "'{{4.array[].value}}'") "]"

static void source_module_names_an_outer_loop(void **state)
{
    (void)state;
    play_gives(
        CLOSING("2"), NULL, "{'rows':[['a','b'],['c']]}",
        "{'order':[1,2,3,3,4,5,2,3,4,5],'outputs':{'5':[{'value':['a','b']},{'value':['c']}]}}");
    play_gives(CLOSING("1"), NULL, "{'rows':[['a','b'],[],['c']]}",
               "{'order':[1,2,3,3,2,2,3,4,5],'outputs':{'5':[{'value':['a','b','c']}]}}");
}

static void collections_begin_anew_in_every_outer_bundle(void **state)
{
    (void)state;
    play_gives(
        "[" EACH_OF(1, "'{{input.rows}}'") "," EACH_OF(2, "'{{1.item}}'") "," SET(
            3,
            "'{{2.item}}'") "," AGGREGATE(4,
                                          "'outputEmpty':true") "," SET(5,
                                                                        "'{{join(4.array[].value; "
                                                                        "`+`)}}'") "," AGGREGATE(6,
                                                                                                 "") "]",
        NULL, "{'rows':[['a','b'],[],['c']]}",
        "{'order':[1,2,3,3,4,5,2,4,5,2,3,4,5,6],"
        "'output':{'array':[{'value':'a+b'},{'value':''},{'value':'c'}]}}");
}

/* Made in an inner bundle, taken from the input, collected twice: each lives as long as it must. */
static void what_is_collected_outlives_the_bundles_it_came_from(void **state)
{
    (void)state;
    play_gives(
        "[" EACH_OF(1, "'{{input.rows}}'") "," EACH_OF(
            2, "'{{1.item.list}}'") "," SET(3,
                                            "{'made':'made of "
                                            "{{2.item.text}}','whole':'{{2.item}}','row':'{{1.item}"
                                            "}'}") "," AGGREGATE(4,
                                                                 "") "," SET(5,
                                                                             "{'inner':'{{4.array}}"
                                                                             "','last':'{{3.value}}"
                                                                             "'}") "," AGGREGATE(6,
                                                                                                 "") "]",
        NULL,
        "{'rows':[{'list':[{'text':'a'},{'text':'b'}]},{'list':[]},{'list':[{'text':'c'}]},"
        "{'list':[{'text':'d'}]}]}",
        "{'status':'success','output':{'array':["
        "{'value':{'inner':[{'value':{'made':'made of a','whole':{'text':'a'},"
        "'row':{'list':[{'text':'a'},{'text':'b'}]}}},{'value':{'made':'made of b'}}]}},"
        "{'value':{'inner':[{'value':{'made':'made of c','whole':{'text':'c'}}}]}},"
        "{'value':{'inner':[{'value':{'made':'made of d','row':{'list':[{'text':'d'}]}}}]}}]}}");
}

static void break_keeps_a_bundle_from_being_collected(void **state)
{
    (void)state;
    play_gives(
        "[" EACH_OF(1, "'{{input.list}}'") "," STEP(
            2, "flow.router",
            "'routes':[" WHEN(
                "'{{1.item}}'", "less",
                "0") ",{'fallback':true}]") "," BREAK_ON(1,
                                                         3) "," SET_ON(2, 4,
                                                                       "'{{1.item}}'") "," AGGREGATE(5,
                                                                                                     "") "]",
        NULL, "{'list':[1,-1,2]}",
        "{'order':[1,4,4,5],'output':{'array':[{'route':'2','result':{'value':1}},"
        "{'route':'2','result':{'value':2}}]}}");
}

static void two_aggregators_close_loops_one_after_the_other(void **state)
{
    (void)state;
    play_gives(
        "[" EACH_OF(1, "'{{input.list}}'") "," SET(2, "'a{{1.item}}'") "," AGGREGATE(
            3, "") "," EACH_OF(4, "'{{3.array}}'") "," SET(5,
                                                           "'{{4.value}}b'") "," AGGREGATE(6,
                                                                                           "") "]",
        NULL, "{'list':[1,2]}",
        "{'order':[1,2,2,3,4,5,5,6],'output':{'array':[{'value':'a1b'},{'value':'a2b'}]}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_collected_is_one_list),
        cmocka_unit_test(targets_are_made_by_their_type),
        cmocka_unit_test(what_is_required_must_be_found),
        cmocka_unit_test(a_target_may_have_an_expression_of_its_own),
        cmocka_unit_test(groups_come_in_the_order_first_seen),
        cmocka_unit_test(steps_behind_groups_run_once_for_each),
        cmocka_unit_test(thousands_of_groups_are_found_whatever_chance_does),
        cmocka_unit_test(empty_collections_emit_only_when_asked),
        cmocka_unit_test(stop_processing_ends_the_path),
        cmocka_unit_test(a_join_is_collected_by_route),
        cmocka_unit_test(without_a_loop_the_bundle_before_is_collected),
        cmocka_unit_test(source_module_names_an_outer_loop),
        cmocka_unit_test(collections_begin_anew_in_every_outer_bundle),
        cmocka_unit_test(what_is_collected_outlives_the_bundles_it_came_from),
        cmocka_unit_test(break_keeps_a_bundle_from_being_collected),
        cmocka_unit_test(two_aggregators_close_loops_one_after_the_other),
    };
    return EN_RUN(tests);
}

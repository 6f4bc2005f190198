#include "play.h"

#define CALL(id) STEP(id, "app.call", "'n':'{{input.n}}'")

static void an_answer_is_a_bundle_a_list_or_several_bundles(void **state)
{
    (void)state;
    play_gives("[" CALL(1) "," SET(2, "'{{1.x}}'") "]", "{'app.call':{'x':'y'}}", "{'n':4}",
               "{'output':{'value':'y'},'mocked':{'$exact':{'1':[{'n':4}]}},"
               "'modules':{'1':{'module':'app.call','operations':1,'bundles':1}}}");
    play_gives("[" STEP(1, "app.search", "") "," SET(2, "'{{1.length}} {{1[1].x}}'") "]",
               "{'1':[{'x':1},{'x':2}]}", NULL,
               "{'output':{'value':'2 2'},'outputs':{'1':[[{'x':1},{'x':2}]]}}");
    play_gives("[" STEP(1, "flow.iterator", "'array':[]") "," SET(2, "'{{1.item}}'") "]",
               "{'1':{'bundles':[{'item':5},{'item':6}]}}", NULL,
               "{'outputs':{'1':[{'item':5},{'item':6}],'2':[{'value':5},{'value':6}]}}");
    play_gives("[" CALL(1) "," SET(2, "1") "]", "{'1':{'bundles':[]}}", NULL,
               "{'status':'success','order':[1],'modules':{'1':{'bundles':0}}}");
    play_gives("[" CALL(1) "," SET(2, "1") "]", "{'1':{'bundles':[{},{}]}}", NULL,
               "{'status':'error','error':{'type':'RuntimeError','module':1}}");
}

static void calls_are_answered_in_order_and_the_last_answer_repeats(void **state)
{
    (void)state;
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "," CALL(2) "," SET(3, "'{{2.x}}'") "]",
               "{'2':{'calls':[{'x':1},{'bundles':[]},{'x':3}]}}", "{'list':[1,2,3,4]}",
               "{'order':[1,2,3,2,2,3,2,3],'outputs':{'3':[{'value':1},{'value':3},{'value':3}]},"
               "'mocked':{'2':{'$length':4}}}");
}

static void the_id_wins_over_the_module_and_a_mock_over_the_real_one(void **state)
{
    (void)state;
    play_gives("[" CALL(1) "," CALL(2) "," SET(3, "'{{1.by}} {{2.by}}'") "]",
               "{'app.call':{'by':'module'},'2':{'by':'id'},'util.setVariable':{'value':'mock'}}",
               NULL,
               "{'output':{'$exact':{'value':'mock'}},'mocked':{'3':[{'name':'v3','value':'module "
               "id'}]}}");
    play_gives("[" CALL(1) "]", "{'1':{'by':'id'},'app.call':{'by':'module'}}", NULL,
               "{'output':{'by':'id'}}");
}

static void a_mocked_aggregator_answers_for_all_groups(void **state)
{
    (void)state;
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "," STEP(2, "flow.aggregator",
                                                           "") "," SET(3, "'{{2.x}}'") "]",
               "{'2':{'x':'m'}}", "{'list':[1,2]}", "{'order':[1,2,3],'output':{'value':'m'}}");
}

static void errors_have_a_type_a_message_and_a_status(void **state)
{
    (void)state;
    play_gives("[" CALL(1) "]",
               "{'1':{'error':{'type':'RateLimitError','message':'slow','statusCode':420}}}", NULL,
               "{'status':'error','error':{'$exact':{'type':'RateLimitError','message':'slow',"
               "'statusCode':420,'module':1,'name':'app.call','path':null,'bundle':null}}}");
    play_gives("[" CALL(1) "]", "{'1':{'error':{'message':'m'}}}", NULL,
               "{'error':{'type':'RuntimeError','statusCode':500}}");
    play_gives("[" CALL(1) "]", "{'1':{'error':{'type':'RateLimitError'}}}", NULL,
               "{'error':{'message':'','statusCode':429}}");
}

static void wrong_mocks_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *mocks;
        const char *path;
        const char *message;
    } rows[] = {
        { "[1]", "", "expected {\"module or step id\": answer, …} but found array" },
        { "{'a':{'error':{'type':'NoSuchError'}}}", "a",
          "there is no type of error called \"NoSuchError\"" },
        { "{'a':{'error':{'statusCode':99}}}", "a", "statusCode must be a number from 100 to 599" },
        { "{'a':{'error':{'statusCode':'x'}}}", "a",
          "statusCode must be a number from 100 to 599" },
        { "{'a':{'bundles':{}}}", "a", "\"bundles\" must be a list of bundles" },
        { "{'a':{'calls':[]}}", "a", "\"calls\" must be a list of answers" },
        { "{'ok':{},'b':{'calls':[{},{'bundles':1}]}}", "b",
          "\"bundles\" must be a list of bundles" },
    };
    play p;
    play_open(&p, "[" CALL(1) "]");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const en_mocks *mocks;
        en_error error;
        en_error_clear(&error);
        assert_false(en_mocks_read(&p.arena, play_json(&p, rows[i].mocks), &mocks, &error));
        assert_error(&error, EN_SyntaxError, rows[i].message);
        assert_string_equal(error.path, rows[i].path);
    }
    play_close(&p);
}

static void an_unknown_module_without_mock_is_an_error_of_its_step(void **state)
{
    (void)state;
    play_gives(
        "[" SET(1, "1") "," STEP(2, "utl.setVariable", "") "]", NULL, NULL,
        "{'status':'error','order':[1],'error':{'type':'InvalidConfigurationError','module':2,"
        "'message':'enact has no module `utl.setVariable` and there is no mock for it',"
        "'hint':'did you mean util.setVariable? Else give a mock with --mock'}}");
}

static void automatic_mocks_answer_for_unknown_and_outside_modules_only(void **state)
{
    (void)state;
    play p;
    play_open(&p, "[" CALL(1) "," STEP(2, "http.makeRequest", "'url':'http://h/'") "," SET(
                      3, "'{{2.x}}'") "," STEP(4, "chat.post", "") "]");
    play_mocks(&p, "{'2':{'x':'given'}}");
    p.options.mocks = en_mocks_auto(&p.arena, p.options.mocks);
    play_run(&p);
    play_expect(&p,
                "{'status':'success','order':[1,2,3,4],'outputs':{'1':[{}],'2':[{'x':'given'}],"
                "'3':[{'value':'given'}],'4':[{}]},'mocked':{'1':[{}],'3':'$missing','4':[{}]}}");
    p.options.mocks = en_mocks_auto(&p.arena, NULL);
    play_run(&p);
    play_expect(&p, "{'status':'success','outputs':{'2':[{'$exact':{}}]}}");
    play_close(&p);
}

static void a_plan_may_run_again_with_the_same_mocks(void **state)
{
    (void)state;
    play p;
    play_open(&p, "[" CALL(1) "]");
    play_mocks(&p, "{'1':{'calls':[{'x':1},{'x':2}]}}");
    for (unsigned i = 0; i < 3; i++) {
        play_run(&p);
        play_expect(&p, "{'output':{'x':1}}");
    }
    play_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_a_bundle_a_list_or_several_bundles),
        cmocka_unit_test(calls_are_answered_in_order_and_the_last_answer_repeats),
        cmocka_unit_test(the_id_wins_over_the_module_and_a_mock_over_the_real_one),
        cmocka_unit_test(a_mocked_aggregator_answers_for_all_groups),
        cmocka_unit_test(errors_have_a_type_a_message_and_a_status),
        cmocka_unit_test(wrong_mocks_are_refused),
        cmocka_unit_test(an_unknown_module_without_mock_is_an_error_of_its_step),
        cmocka_unit_test(automatic_mocks_answer_for_unknown_and_outside_modules_only),
        cmocka_unit_test(a_plan_may_run_again_with_the_same_mocks),
    };
    return EN_RUN(tests);
}

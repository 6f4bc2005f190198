#include "play.h"

#include <stdio.h>

#define CALL(id, handler)                                                                          \
    "{'id':" #id ",'module':'app.call','parameters':{'n':" #id "},'errorHandler':{" handler "}}"
#define ADD_A(id, value)                                                                           \
    STEP(id, "datastore.addRecord", "'dataStore':'log','data':{'v':'" value "'}")
#define GLOBAL(id, module, parameters)                                                             \
    "{'id':" #id ",'module':'" module "','position':'error','parameters':{" parameters "}}"

static const char failing[] = "{'app.call':{'error':{'type':'ConnectionError','message':'gone'}}}";

/* --- retry --- */

static void retrying_waits_longer_each_time_until_it_succeeds(void **state)
{
    (void)state;
    play p;
    play_open(&p, "[" CALL(1, "'type':'retry','maxRetries':3,'interval':60,'backoff':true") "," SET(
                      2, "'{{1.ok}} {{formatDate(now; `HH:mm:ss`)}}'") "]");
    play_mocks(&p, "{'1':{'calls':[{'error':{'type':'ConnectionError','message':'gone'}},"
                   "{'error':{'type':'ConnectionError','message':'gone'}},{'ok':'yes'}]}}");
    play_run(&p);
    play_expect(&p, "{'status':'success','operations':2,'order':[1,2],"
                    "'output':{'value':'yes 03:07:05'},'mocked':{'1':[{'n':1},{'n':1},{'n':1}]},"
                    "'warnings':['step 1 was tried again after ConnectionError: gone']}");
    assert_int_equal(p.clock.slept_ms, (60 + 120) * 1000);
    play_close(&p);
}

static void retrying_ends_with_the_error(void **state)
{
    (void)state;
    static const struct {
        const char *handler;
        int64_t slept_s;
        const char *tries;
    } rows[] = {
        { "'type':'retry','maxRetries':3,'interval':60,'backoff':true", 60 + 120 + 240, "4" },
        { "'type':'retry','maxRetries':3,'interval':60,'backoff':'exponential'", 420, "4" },
        { "'type':'retry','maxRetries':2,'interval':0.5", 1, "3" },
        { "'type':'retry'", 180, "4" },
        { "'type':'retry','attempts':3,'interval':10,'backoff':'fixed'", 20, "3" },
        { "'type':'retry','maxRetries':0", 0, "1" },
        { "'type':'retry','maxRetries':5,'interval':0,'backoff':true", 0, "6" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        play p;
        char scenario[256];
        char expected[256];
        snprintf(scenario, sizeof scenario, "[" CALL(1, "%s") "]", rows[i].handler);
        snprintf(expected, sizeof expected,
                 "{'status':'error','operations':0,'error':{'type':'ConnectionError','module':1,"
                 "'message':'gone'},'mocked':{'1':{'$length':%s}}}",
                 rows[i].tries);
        play_open(&p, scenario);
        play_mocks(&p, failing);
        play_run(&p);
        play_expect(&p, expected);
        assert_int_equal(p.clock.slept_ms, rows[i].slept_s * 1000);
        play_close(&p);
    }
}

static void waits_stay_numbers_however_often_they_double(void **state)
{
    (void)state;
    play p;
    play_open(&p, "[" CALL(1, "'type':'retry','maxRetries':200,'interval':31536000,"
                              "'backoff':true") "]");
    play_mocks(&p, failing);
    play_run(&p);
    play_expect(&p, "{'status':'error','mocked':{'1':{'$length':201}}}");
    play_close(&p);
}

static void only_what_may_pass_by_itself_is_tried_again(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        int status;
        bool again;
    } rows[] = {
        { "ConnectionError", 0, true },
        { "RateLimitError", 0, true },
        { "ModuleTimeoutError", 0, true },
        { "RuntimeError", 0, true },
        { "RuntimeError", 500, true },
        { "ConnectionError", 503, true },
        { "RuntimeError", 408, true },
        { "RuntimeError", 425, true },
        { "RuntimeError", 429, true },
        { "RuntimeError", 400, false },
        { "RuntimeError", 401, false },
        { "ConnectionError", 404, false },
        { "RuntimeError", 422, false },
        { "DataError", 0, false },
        { "DuplicateDataError", 0, false },
        { "BundleValidationError", 0, false },
        { "InvalidConfigurationError", 0, false },
        { "OutOfSpaceError", 0, false },
        { "ThrowError", 0, false },
        { "ThrowError", 500, false },
        { "ThrowError", 429, false },
        { "PolicyError", 500, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        play p;
        char mocks[160];
        char status[32] = "";
        if (rows[i].status != 0) {
            snprintf(status, sizeof status, ",'statusCode':%d", rows[i].status);
        }
        snprintf(mocks, sizeof mocks,
                 "{'1':{'calls':[{'error':{'type':'%s','message':'m'%s}},{'ok':1}]}}", rows[i].type,
                 status);
        play_open(&p, "[" CALL(1, "'type':'retry','maxRetries':1") "]");
        play_mocks(&p, mocks);
        play_run(&p);
        if ((p.report.status == EN_RUN_SUCCESS) != rows[i].again) {
            fail_msg("%s %d", rows[i].type, rows[i].status);
        }
        assert_int_equal(p.clock.slept_ms, rows[i].again ? 60000 : 0);
        play_close(&p);
    }
}

/* --- error routes --- */

static void a_fallback_gives_the_output_instead(void **state)
{
    (void)state;
    play_gives(
        "[" CALL(1, "'type':'retry','maxRetries':1,'interval':1,'fallback':{'module':"
                    "'util.setVariable','parameters':{'name':'m','value':"
                    "'{{error.moduleId}} {{error.module}}: {{error.message}} "
                    "({{error.type}}{{error.statusCode}})'}}") "," SET(2, "'{{1.value}}; {{m}}; "
                                                                          "{{error.message}}'") "]",
        failing, NULL,
        "{'status':'success','error':null,'order':[2],'operations':2,"
        "'output':{'value':'1 app.call: gone (ConnectionError); "
        "1 app.call: gone (ConnectionError); '},"
        "'outputs':{'1':[{'name':'m'}]},"
        "'warnings':{'$contains':['step 1 failed and was handled: gone']}}");
}

static void the_types_of_handlers_do_what_makes_directives_do(void **state)
{
    (void)state;
    /* resume and fallback: the flow goes on with the bundle given, or an empty one */
    play_gives("[" CALL(1, "'type':'resume','bundle':{'x':'{{error.message}}!'}") "," SET(
                   2, "'{{1.x}}'") "]",
               failing, NULL, "{'status':'success','order':[2],'output':{'value':'gone!'}}");
    play_gives("[" CALL(1, "'type':'fallback','action':'log'") "," SET(2, "'[{{1.x}}]'") "]",
               failing, NULL,
               "{'status':'success','order':[2],'output':{'value':'[]'},'outputs':{'1':[{}]}}");
    /* ignore: what depends on the step does not run */
    play_gives("[" SET(3, "0") "," CALL(1, "'type':'ignore'") "," SET(2, "1") "]", failing, NULL,
               "{'status':'success','order':[3],'error':null}");
    play_gives(
        "{'modules':[" SET(3, "0") "," CALL(1, "'type':'ignore'") "," SET(2, "1") "," SET(
            4, "2") "," SET(5, "'{{1}}{{4.value}}'") "],'connections':[{'source':3,'target':1},"
                                                     "{'source':3,'target':4},{'source':1,'target':"
                                                     "2},{'source':1,'target':5},"
                                                     "{'source':4,'target':5}]}",
        failing, NULL, "{'status':'success','order':[3,4,5],'output':{'value':'2'}}");
    /* commit ends the run, break and rollback end it with the error */
    play_gives("[" CALL(1, "'type':'commit'") "," SET(2, "1") "]", failing, NULL,
               "{'status':'success','error':null,'order':[]}");
    play_gives("[" CALL(1, "'type':'rollback'") "," SET(2, "1") "]", failing, NULL,
               "{'status':'error','order':[],'error':{'type':'ConnectionError','message':'gone',"
               "'module':1,'name':'app.call'}}");
    play_gives("[" CALL(1, "'type':'break'") "," SET(2, "1") "]", failing, NULL,
               "{'status':'error','order':[],'error':{'message':'gone','module':1}}");
}

static void a_handler_in_a_loop_acts_for_its_bundle(void **state)
{
    (void)state;
    const char *mocks = "{'2':{'calls':[{'ok':1},{'error':{'type':'DataError','message':'bad'}},"
                        "{'ok':3}]}}";
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "," CALL(2, "'type':'ignore'") "," SET(
                   3, "'{{1.item}}{{2.ok}}'") "," STEP(4, "flow.aggregator", "") "]",
               mocks, "{'list':['a','b','c']}",
               "{'status':'success','order':[1,2,3,2,3,4],"
               "'output':{'array':[{'value':'a1'},{'value':'c3'}]}}");
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "," CALL(2, "'type':'resume','bundle':{'ok':'{{1."
                                                              "item}}'}") "," SET(
                   3, "'{{1.item}}{{2.ok}}'") "," STEP(4, "flow.aggregator", "") "]",
               mocks, "{'list':['a','b','c']}",
               "{'order':[1,2,3,3,2,3,4],'output':{'array':[{'value':'a1'},{'value':'bb'},{}]}}");
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "," CALL(2, "'type':'rollback'") "]", mocks,
               "{'list':['a','b','c']}",
               "{'status':'error','order':[1,2],'error':{'message':'bad','module':2,'bundle':2}}");
}

/* 1 fails on the first row only. */
static void a_failed_feeder_opens_no_collection(void **state)
{
    (void)state;
#define FEEDER(handler)                                                                            \
    "[{'id':1,'module':'flow.iterator','parameters':{'array':'{{parseNumber(input.n)}}'},"         \
    "'errorHandler':{" handler                                                                     \
    "}}," SET(2, "'{{1.item}}'") "," STEP(3, "flow.aggregator", "'outputEmpty':true") "]"
    play_gives(FEEDER("'type':'ignore'"), NULL, "{'n':'x'}", "{'status':'success','order':[]}");
    play_gives(FEEDER("'type':'ignore'"), NULL, "{'n':'5'}", "{'order':[1,2,3]}");
    play_gives(FEEDER("'type':'resume','bundle':{'item':'r'}"), NULL, "{'n':'x'}",
               "{'status':'success','order':[2,3],'output':{'array':[{'value':'r'}]},"
               "'outputs':{'1':[{'item':'r'}]}}");
}

static void an_aggregators_handler_serves_collecting_and_flushing(void **state)
{
    (void)state;
#define AGGREGATE(target, handler)                                                                 \
    "[" EACH_OF(1, "'{{input.list}}'") ",{'id':2,'module':'flow.aggregator','parameters':"         \
                                       "{'targetStructure':[" target "]},'errorHandler':{" handler \
                                       "}}," SET(3, "'{{length(2.array)}}{{2.x}}'") "]"
    play_gives(
        AGGREGATE("{'name':'n','type':'number','value':'{{parseNumber(1.item)}}'}",
                  "'type':'ignore'"),
        NULL, "{'list':['1','x','3']}",
        "{'status':'success','order':[1,2,3],'outputs':{'2':[{'n':4,'array':[{'n':1},{'n':3}]}]}}");
    play_gives(AGGREGATE("{'name':'id','type':'text','required':true}",
                         "'type':'resume','bundle':{'x':'{{error.type}}'}"),
               NULL, "{'list':[{'a':1}]}",
               "{'status':'success','order':[1,3],'output':{'value':'0DataError'}}");
}

static void an_error_in_an_error_route_ends_the_run(void **state)
{
    (void)state;
    play_gives(
        "[" CALL(1, "'type':'retry','maxRetries':0,'fallback':{'module':'flow.throw',"
                    "'parameters':{'message':'{{error.message}} for good','statusCode':418}}") "]",
        failing, NULL,
        "{'status':'error','error':{'type':'ThrowError','message':'gone for good',"
        "'statusCode':418,'module':1,'name':'flow.throw'}}");
    play_gives("[" CALL(1, "'type':'resume','bundle':{'x':'{{parseNumber(error.message)}}'}") "]",
               failing, NULL, "{'status':'error','error':{'type':'DataError','module':1}}");
}

static void a_fallback_can_be_mocked(void **state)
{
    (void)state;
    play_gives(
        "[" CALL(1, "'type':'fallback','fallback':{'module':'chat.post','parameters':{}}") "," SET(
            2, "'{{1.sent}}'") "]",
        "{'app.call':{'error':{'message':'gone'}},'chat.post':{'sent':'yes'}}", NULL,
        "{'status':'success','output':{'value':'yes'}}");
}

static void the_error_of_a_filter_is_never_handled(void **state)
{
    (void)state;
    play_gives("[" STEP(1, "flow.router",
                        "'routes':[" WHEN("'{{parseNumber(input.n)}}'", "equal",
                                          "1") "]") "," SET_ON(1, 2, "1") "]",
               NULL, "{'n':'x'}",
               "{'status':'error','order':[],'error':{'type':'DataError','module':1,"
               "'name':'flow.router'}}");
}

static void handlers_may_stand_apart_but_the_modules_own_wins(void **state)
{
    (void)state;
    play_gives(
        "{'modules':[" CALL(
            1,
            "'type':'resume','bundle':{'x':'own'}") ","
                                                    "{'id':2,'module':'app.call','parameters':{}}"
                                                    "," SET(
                                                        3,
                                                        "'{{1.x}} {{2.x}}'") "],"
                                                                             "'connections':[{'"
                                                                             "source':1,'target':2}"
                                                                             ",{'source':2,'target'"
                                                                             ":3}],"
                                                                             "'errorHandlers':[{'"
                                                                             "moduleId':1,'type':'"
                                                                             "rollback'},"
                                                                             "{'moduleId':2,'type':"
                                                                             "'resume','bundle':{'"
                                                                             "x':'apart'}}]}",
        failing, NULL, "{'status':'success','output':{'value':'own apart'}}");
}

static void what_an_error_carries_is_gone_with_it(void **state)
{
    (void)state;
    /* The reply of a handled HTTP error does not stick to a later error. */
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "," CALL(2, "'type':'ignore'") "," STEP(
                   3, "flow.throw", "'message':'{{1.item}}{{error.message}}'") "]",
               "{'2':{'calls':[{'error':{'message':'gone'}},{'ok':1}]}}", "{'list':['a','b']}",
               "{'status':'error','error':{'message':'b','data':'$missing','bundle':2}}");
}

/* --- the global handler --- */

static void the_global_handler_runs_once_and_may_have_the_last_word(void **state)
{
    (void)state;
    play_gives(
        "[" SET(1, "'x'") "," STEP(2, "flow.throw", "'message':'no','statusCode':404") "," GLOBAL(
            8, "util.setVariable",
            "'name':'seen','value':'{{error.message}} {{error.statusCode}} "
            "{{error.moduleId}} {{error.module}} {{1.value}}'") "," GLOBAL(9, "util.getVariable",
                                                                           "'name':'seen'") "]",
        NULL, NULL,
        "{'status':'error','order':[1,8,9],'error':{'message':'no','statusCode':404,'module':2},"
        "'outputs':{'9':[{'value':'no 404 2 flow.throw x'}]}}");
    play_gives(
        "[" STEP(2, "flow.throw", "'message':'no'") "," GLOBAL(
            9, "flow.throw", "'message':'final: {{error.message}}','statusCode':503") "]",
        NULL, NULL,
        "{'status':'error','error':{'type':'ThrowError','message':'final: no','statusCode':503,"
        "'module':9}}");
    play_gives("[" SET(1, "1") "," GLOBAL(9, "util.setVariable", "'name':'n','value':1") "]", NULL,
               NULL, "{'status':'success','order':[1]}");
}

static void the_global_handler_sees_the_bundle_that_failed(void **state)
{
    (void)state;
    play_gives("[" EACH_OF(1, "'{{input.list}}'") "," SET(2, "'made of {{1.item}}'") "," STEP(
                   3, "flow.router",
                   "'routes':[" WHEN(
                       "'{{1.item}}'", "equal",
                       "'b'") "]") "," ON(1, 4, "flow.throw",
                                          "'message':'{{2.value}}'") "," GLOBAL(7, "flow.iterator",
                                                                                "'array':'{{split("
                                                                                "error.message; ` "
                                                                                "`)}}'") "," GLOBAL(8,
                                                                                                    "util.setVariable",
                                                                                                    "'name':'w','value':'{{7.item}}'") "]",
               NULL, "{'list':['a','b','c']}",
               "{'status':'error','order':[1,2,2,7,8,8,8],'error':{'message':'made of "
               "b','bundle':2},"
               "'outputs':{'8':[{'value':'made'},{'value':'of'},{'value':'b'}]}}");
}

static void break_in_the_global_handler_ends_it(void **state)
{
    (void)state;
    play_gives(
        "[" EACH_OF(1, "'{{input.list}}'") "," STEP(
            2, "flow.throw",
            "'message':'{{1.item}}'") ","
                                      "{'id':8,'module':'flow.break','position':'error'}," GLOBAL(
                                          9, "util.setVariable", "'name':'n','value':1") "]",
        NULL, "{'list':['a','b']}", "{'status':'error','order':[1],'error':{'message':'a'}}");
}

/* --- segments --- */

static void check_log(const char *scenario, const char *mocks, const char *expected,
                      const char *kept)
{
    play p;
    play_open(&p, scenario);
    if (mocks != NULL) {
        play_mocks(&p, mocks);
    }
    play_run(&p);
    play_expect(&p, expected);
    assert_string_equal(play_column(&p, "log", "v"), kept);
    play_close(&p);
}

static void an_unhandled_error_undoes_what_was_done_since_the_last_commit_point(void **state)
{
    (void)state;
    static const char fails[] = "{'status':'error'}";
    static const char passes[] = "{'status':'success'}";
    check_log("[" ADD_A(1, "a") "," ADD_A(2, "b") "]", NULL, passes, "[\"a\",\"b\"]");
    check_log("[" ADD_A(1, "a") "," STEP(2, "flow.throw", "'message':'x'") "]", NULL, fails, "[]");
    check_log("[" ADD_A(1, "a") "," STEP(2, "flow.commit", "") "," ADD_A(3, "b") "," STEP(
                  4, "flow.throw", "'message':'x'") "]",
              NULL, fails, "[\"a\"]");
    check_log("[" ADD_A(1, "a") "," STEP(2, "flow.sleep", "'delay':1") "," ADD_A(3, "b") "," STEP(
                  4, "flow.throw", "'message':'x'") "]",
              NULL, fails, "[\"a\"]");
    check_log("[" ADD_A(1, "a") "," STEP(2, "webhook.respond", "'body':'x'") "," ADD_A(
                  3, "b") "," STEP(4, "flow.throw", "'message':'x'") "]",
              NULL, fails, "[\"a\"]");
    /* a mocked outside call is outside, too; and so is one that fails */
    check_log("[" ADD_A(1, "a") "," STEP(2, "app.call", "") "," ADD_A(3, "b") "," STEP(
                  4, "flow.throw", "'message':'x'") "]",
              "{'2':{}}", fails, "[\"a\"]");
    check_log("[" ADD_A(1, "a") "," STEP(2, "app.call", "") "," ADD_A(3, "b") "]", failing, fails,
              "[\"a\"]");
}

static void commit_and_rollback_act_where_they_stand(void **state)
{
    (void)state;
    check_log("[" ADD_A(1, "a") "," STEP(2, "flow.commit", "") "," ADD_A(3, "b") "," STEP(
                  4, "flow.rollback", "") "," ADD_A(5, "c") "]",
              NULL, "{'status':'success','order':[1,2,3,4,5]}", "[\"a\",\"c\"]");
    check_log("[" ADD_A(1, "a") "," STEP(2, "flow.rollback", "") "]", NULL, "{'status':'success'}",
              "[]");
    check_log("[" STEP(1, "flow.commit", "") "," STEP(2, "flow.rollback", "") "]", NULL,
              "{'status':'success'}", "[]");
}

static void handlers_decide_what_is_kept(void **state)
{
    (void)state;
    /* the failing call is outside: what stands before it is kept in any case */
#define BAD(id, handler)                                                                           \
    "{'id':" #id ",'module':'util.jsonParser','parameters':{'jsonString':'{{ifempty(no; `x`)}}'}," \
    "'errorHandler':{" handler "}}"
    check_log("[" ADD_A(1, "a") "," BAD(2, "'type':'ignore'") "," ADD_A(3, "b") "]", NULL,
              "{'status':'success','order':[1]}", "[\"a\"]");
    check_log("[" ADD_A(1, "a") "," BAD(2, "'type':'resume'") "," ADD_A(3, "b") "]", NULL,
              "{'status':'success','order':[1,3]}", "[\"a\",\"b\"]");
    check_log("[" ADD_A(1, "a") "," BAD(2, "'type':'commit'") "," ADD_A(3, "b") "]", NULL,
              "{'status':'success','order':[1]}", "[\"a\"]");
    check_log("[" ADD_A(1, "a") "," BAD(2, "'type':'rollback'") "," ADD_A(3, "b") "]", NULL,
              "{'status':'error','order':[1]}", "[]");
    check_log("[" ADD_A(1, "a") "," BAD(2, "'type':'break'") "," ADD_A(3, "b") "]", NULL,
              "{'status':'error','order':[1]}", "[]");
    /* waiting for a retry is an outside call */
    check_log("[" ADD_A(1, "a") "," STEP(2, "flow.throw", "'message':'x'") "]", NULL,
              "{'status':'error'}", "[]");
}

static void a_store_error_leaves_the_segment_usable(void **state)
{
    (void)state;
    check_log(
        "[" STEP(
            1, "datastore.addRecord",
            "'dataStore':'log','key':'k','data':{'v':'a'}") ","
                                                            "{'id':2,'module':'datastore.addRecord'"
                                                            ",'parameters':{'dataStore':'log','key'"
                                                            ":'k',"
                                                            "'data':{'v':'again'}},'errorHandler':{"
                                                            "'type':'resume','bundle':{'t':'{{"
                                                            "error.type}}'}}}," STEP(
                                                                3, "datastore.addRecord",
                                                                "'dataStore':'log','key':'l','data'"
                                                                ":{'v':'{{2.t}}'}") "]",
        NULL, "{'status':'success'}", "[\"a\",\"DuplicateDataError\"]");
}

static void the_global_handler_has_a_segment_of_its_own(void **state)
{
    (void)state;
    check_log(
        "[" ADD_A(1, "a") "," STEP(2, "flow.throw", "'message':'x'") "," GLOBAL(
            9, "datastore.addRecord", "'dataStore':'log','data':{'v':'{{error.message}}'}") "]",
        NULL, "{'status':'error','order':[1,9],'error':{'message':'x'}}", "[\"x\"]");
    check_log(
        "[" ADD_A(1, "a") "," STEP(2, "flow.throw", "'message':'x'") "," GLOBAL(
            8, "datastore.addRecord",
            "'dataStore':'log','data':{'v':'h'}") "," GLOBAL(9, "flow.throw", "'message':'y'") "]",
        NULL, "{'status':'error','error':{'message':'y','module':9}}", "[]");
}

/* --- limits --- */

static const char everything_handled[] = "[" EACH_OF(
    1, "'{{input.list}}'") ",{'id':2,'module':'util.setVariable','parameters':"
                           "{'name':'n','value':'{{1.item}}'},'errorHandler':{'type':'ignore'}},"
                           "{'id':9,'module':'util.setVariable','position':'error','parameters':"
                           "{'name':'g','value':1}}]";

static void operations_are_limited_and_nobody_handles_that(void **state)
{
    (void)state;
    play p;
    play_open(&p, everything_handled);
    play_payload(&p, "{'list':[1,2,3]}");
    p.options.max_operations = 3;
    play_run(&p);
    play_expect(&p, "{'status':'error','order':[1,2,2],'operations':3,"
                    "'error':{'type':'OperationsLimitExceededError','module':2,'bundle':3}}");
    assert_int_equal(en_report_exit_code(&p.report), 5);
    p.options.max_operations = 4;
    play_run(&p);
    play_expect(&p, "{'status':'success','operations':4}");
    play_close(&p);
}

static void an_interrupt_ends_the_run_and_nobody_handles_that(void **state)
{
    (void)state;
    volatile int interrupted = 1;
    play p;
    play_open(&p, everything_handled);
    play_payload(&p, "{'list':[1,2,3]}");
    p.options.interrupted = &interrupted;
    play_run(&p);
    play_expect(&p, "{'status':'error','order':[],'error':{'type':'ExecutionInterruptedError'}}");
    play_close(&p);
    /* in the middle of a wait */
    play_open(&p, "[" CALL(1, "'type':'retry','fallback':{'module':'util.setVariable','parameters':"
                              "{'name':'n','value':1}}") "]");
    play_mocks(&p, failing);
    p.clock.interrupted = &interrupted;
    play_run(&p);
    play_expect(&p, "{'status':'error','order':[],'operations':0,"
                    "'error':{'type':'ExecutionInterruptedError','module':1}}");
    play_close(&p);
    play_open(&p, "[{'id':1,'module':'flow.sleep','parameters':{'delay':3},"
                  "'errorHandler':{'type':'ignore'}}]");
    p.clock.interrupted = &interrupted;
    play_run(&p);
    play_expect(&p, "{'status':'error','error':{'type':'ExecutionInterruptedError','module':1}}");
    play_close(&p);
}

static void time_is_limited_even_where_nothing_but_collecting_happens(void **state)
{
    (void)state;
    play p;
    play_open(&p, "[" STEP(1, "flow.repeater", "'repeats':10000") "," STEP(
                      2, "flow.repeater", "'repeats':10000") "," STEP(3, "flow.aggregator",
                                                                      "'sourceModule':1") "]");
    p.options.trace = false;
    p.options.timeout_ms = 20;
    en_clock_init_real(&p.clock);
    play_run(&p);
    play_expect(&p, "{'status':'error','error':{'type':'ExecutionInterruptedError'}}");
    assert_true(p.report.duration_us < 5 * 1000 * 1000);
    play_close(&p);
}

static void memory_is_limited_and_nobody_handles_that(void **state)
{
    (void)state;
    play p;
    play_open(&p,
              "[" STEP(1, "flow.repeater", "'repeats':10000") ",{'id':2,'module':'flow.aggregator',"
                                                              "'parameters':{'groupBy':'{{1.i}}'},'"
                                                              "errorHandler':{'type':'ignore'}},"
                                                              "{'id':9,'module':'util.setVariable',"
                                                              "'position':'error','parameters':"
                                                              "{'name':'g','value':1}}]");
    p.options.trace = false;
    p.options.max_bytes = (size_t)4 << 20;
    play_run(&p);
    play_expect(&p, "{'status':'error','operations':1,"
                    "'error':{'type':'DataSizeLimitExceededError','module':2}}");
    assert_int_equal(en_report_exit_code(&p.report), 5);
    play_close(&p);
}

/* Whatever the limit: a run ends well or with the error that says so, and nothing is half done. */
static void any_memory_limit_ends_in_success_or_its_error(void **state)
{
    (void)state;
    static const char *const scenarios[] = {
        "[" EACH_OF(1, "'{{input.list}}'") "," SET(2, "'{{upper(1.item)}}{{1.item}}'") "," STEP(
            3, "flow.aggregator", "'groupBy':'{{1.item}}'") "," SET(4, "'{{3.key}}'") "]",
        "[" EACH_OF(
            1, "'{{input.list}}'") "," STEP(2, "datastore.addRecord",
                                            "'dataStore':'log','data':{'v':'{{1.item}}','w':'{{"
                                            "upper(1.item)}}'}") "," STEP(3, "flow.aggregator",
                                                                          "") "," STEP(4,
                                                                                       "datastore."
                                                                                       "searchRecor"
                                                                                       "ds",
                                                                                       "'dataStore'"
                                                                                       ":'log'") "," SET(5,
                                                                                                         "'{{4[].v}}'") "]",
        "[{'id':1,'module':'util.jsonParser','parameters':{'jsonString':'{{toString(input.list)}}'}"
        ","
        "'errorHandler':{'type':'resume'}}," STEP(
            2, "flow.router",
            "'routes':[" WHEN(
                "'{{join(input.list; `-`)}}'", "contains",
                "'q'") ",{'fallback':true}]") "," SET_ON(1, 3,
                                                         "1") "," SET_ON(2, 4,
                                                                         "'{{join(input.list; `, "
                                                                         "`)}}'") "," STEP(5,
                                                                                           "flow."
                                                                                           "converg"
                                                                                           "er",
                                                                                           "") "]",
    };
    for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios; s++) {
        play p;
        bool succeeded = false;
        play_open(&p, scenarios[s]);
        en_array_builder list;
        en_array_builder_init(&list, &p.arena);
        for (unsigned i = 0; i < 200; i++) {
            en_text text = en_text_format(&p.arena, "element %u of some length", i);
            en_array_builder_add(&list, en_text_value(text));
        }
        en_collection_builder payload;
        en_collection_builder_init(&payload, &p.arena);
        en_collection_builder_add(&payload, EN_TEXT("list"), en_array_builder_take(&list));
        p.options.payload = en_collection_builder_take(&payload);
        p.options.trace = false;
        for (size_t limit = 4096; limit <= 400 * 1024; limit += limit < 65536 ? 1024 : 16384) {
            p.options.max_bytes = limit;
            play_run(&p);
            succeeded = p.report.status == EN_RUN_SUCCESS;
            if (!succeeded && p.report.error.type != EN_DataSizeLimitExceededError) {
                fail_msg("scenario %zu, %zu bytes: %s: %s", s, limit,
                         en_error_name(p.report.error.type), p.report.error.message);
            }
            const char *kept = play_column(&p, "log", "v");
            assert_true(succeeded || strcmp(kept, "[]") == 0);
            if (s == 1 && succeeded) {
                break; /* the next run would find its records */
            }
        }
        assert_true(succeeded);
        play_close(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retrying_waits_longer_each_time_until_it_succeeds),
        cmocka_unit_test(retrying_ends_with_the_error),
        cmocka_unit_test(waits_stay_numbers_however_often_they_double),
        cmocka_unit_test(only_what_may_pass_by_itself_is_tried_again),
        cmocka_unit_test(a_fallback_gives_the_output_instead),
        cmocka_unit_test(the_types_of_handlers_do_what_makes_directives_do),
        cmocka_unit_test(a_handler_in_a_loop_acts_for_its_bundle),
        cmocka_unit_test(a_failed_feeder_opens_no_collection),
        cmocka_unit_test(an_aggregators_handler_serves_collecting_and_flushing),
        cmocka_unit_test(an_error_in_an_error_route_ends_the_run),
        cmocka_unit_test(a_fallback_can_be_mocked),
        cmocka_unit_test(the_error_of_a_filter_is_never_handled),
        cmocka_unit_test(handlers_may_stand_apart_but_the_modules_own_wins),
        cmocka_unit_test(what_an_error_carries_is_gone_with_it),
        cmocka_unit_test(the_global_handler_runs_once_and_may_have_the_last_word),
        cmocka_unit_test(the_global_handler_sees_the_bundle_that_failed),
        cmocka_unit_test(break_in_the_global_handler_ends_it),
        cmocka_unit_test(an_unhandled_error_undoes_what_was_done_since_the_last_commit_point),
        cmocka_unit_test(commit_and_rollback_act_where_they_stand),
        cmocka_unit_test(handlers_decide_what_is_kept),
        cmocka_unit_test(a_store_error_leaves_the_segment_usable),
        cmocka_unit_test(the_global_handler_has_a_segment_of_its_own),
        cmocka_unit_test(operations_are_limited_and_nobody_handles_that),
        cmocka_unit_test(an_interrupt_ends_the_run_and_nobody_handles_that),
        cmocka_unit_test(time_is_limited_even_where_nothing_but_collecting_happens),
        cmocka_unit_test(memory_is_limited_and_nobody_handles_that),
        cmocka_unit_test(any_memory_limit_ends_in_success_or_its_error),
    };
    return EN_RUN(tests);
}

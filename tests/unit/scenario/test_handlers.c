/* Error routes, retries and the global handler (rule G8). */

#include "plan_dump.h"
#include "test.h"

static void retry_counts_further_tries(void **state)
{
    (void)state;
    en_assert_plan(
        "[{'id': 1, 'module': 'flow.commit', 'errorHandler': {'type': 'retry', 'maxRetries': 5, "
        "'interval': 0.5}},\n"
        "{'id': 2, 'module': 'flow.commit', 'errorHandler': {'type': 'retry', 'backoff': true}},\n"
        "{'id': 3, 'module': 'flow.commit', 'retry': {'attempts': 3, 'interval': 60, 'backoff': "
        "'exponential'}},\n"
        "{'id': 4, 'module': 'flow.commit', 'retry': {'attempts': 1}}]",
        "0 call #1 flow.commit s0 retry=5*500 dead=4\n"
        "1 call #2 flow.commit s1 when=0 retry=3*60000*2 dead=4\n"
        "2 call #3 flow.commit s2 when=1 retry=2*60000*2 dead=4\n"
        "3 call #4 flow.commit s3 when=2 dead=4\n");
}

static void a_fallback_gives_its_output_instead(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'flow.commit', 'errorHandler': {'type': 'retry', 'maxRetries': 1,\n"
        "'fallback': {'module': 'util.setVariable', 'parameters': {'name': 'x', 'value': 1}}}},\n"
        "{'id': 2, 'module': 'flow.commit'}]";
    en_assert_plan(text, "0 call #1 flow.commit s0 handler=1-3 retry=1*60000 dead=4\n"
                         "1 call util.setVariable s2 dead=3\n"
                         "2 directive resume when=1 resume=s2 dead=3\n"
                         "3 call #2 flow.commit s1 when=0 dead=4\n");
    en_assert_step(text, 1,
                   "name \"x\"\n"
                   "value 1\n");
}

static void types_are_directives(void **state)
{
    (void)state;
    en_assert_plan(
        "[{'id': 1, 'module': 'flow.commit', 'errorHandler': {'type': 'fallback', 'action': "
        "'human_escalation'}},\n"
        "{'id': 2, 'module': 'flow.commit', 'errorHandler': {'type': 'resume', 'bundle': {'a': "
        "'{{error.message}}'}}},\n"
        "{'id': 3, 'module': 'flow.commit', 'errorHandler': {'type': 'ignore'}},\n"
        "{'id': 4, 'module': 'flow.commit', 'errorHandler': {'type': 'break', 'maxRetries': 2}},\n"
        "{'id': 5, 'module': 'flow.commit', 'errorHandler': {'type': 'commit'}},\n"
        "{'id': 6, 'module': 'flow.commit', 'errorHandler': {'type': 'rollback'}}]",
        "0 call #1 flow.commit s0 handler=1-2 dead=12\n"
        "1 directive human_escalation dead=2\n"
        "2 call #2 flow.commit s1 when=0 handler=3-4 dead=12\n"
        "3 directive resume resume dead=4\n"
        "4 call #3 flow.commit s2 when=2 handler=5-6 dead=12\n"
        "5 directive ignore dead=6\n"
        "6 call #4 flow.commit s3 when=4 handler=7-8 retry=2*60000 dead=12\n"
        "7 directive break dead=8\n"
        "8 call #5 flow.commit s4 when=6 handler=9-10 dead=12\n"
        "9 directive commit dead=10\n"
        "10 call #6 flow.commit s5 when=8 handler=11-12 dead=12\n"
        "11 directive rollback dead=12\n");
}

static void error_handlers_of_the_file_fill_steps_without_one(void **state)
{
    (void)state;
    en_assert_plan("{'modules': [{'id': 1, 'module': 'flow.commit'}, {'id': 2, 'module': "
                   "'flow.commit', 'errorHandler': {'type': 'ignore'}}],\n"
                   "'errorHandlers': [{'moduleId': 1, 'type': 'retry', 'maxRetries': 2, "
                   "'interval': 1, 'backoff': true},\n"
                   "{'moduleId': 2, 'type': 'retry'}]}",
                   "0 call #1 flow.commit s0 retry=2*1000*2 dead=3\n"
                   "1 call #2 flow.commit s1 when=0 handler=2-3 dead=3\n"
                   "2 directive ignore dead=3\n");
}

static void a_head_has_its_error_route_before_its_loop(void **state)
{
    (void)state;
    en_assert_plan("[{'id': 1, 'module': 'flow.iterator', 'parameters': {'array': "
                   "'{{webhook.a}}'}, 'errorHandler': {'type': 'ignore'}},\n"
                   "{'id': 2, 'module': 'flow.commit'},\n"
                   "{'id': 3, 'module': 'flow.aggregator', 'errorHandler': {'type': 'resume'}},\n"
                   "{'id': 4, 'module': 'flow.commit'}]",
                   "0 call #1 flow.iterator s0 loop=2-4 opens=0 handler=1-2 dead=7\n"
                   "1 directive ignore dead=2\n"
                   "2 call #2 flow.commit s1 when=0 dead=4\n"
                   "3 collect #3 flow.aggregator when=2 agg=0 from=2s1 handler=5-6 dead=4\n"
                   "4 flush #3 flow.aggregator s2 agg=0 handler=5-6 dead=7\n"
                   "5 directive resume dead=6\n"
                   "6 call #4 flow.commit s3 when=4 dead=7\n");
}

static void the_global_handler_stands_behind_the_flow(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'flow.commit'},\n"
        "{'id': 9, 'module': 'util.setVariable', 'position': 'error', 'parameters': {'name': 'x', "
        "'value': '{{1.x}} {{error.message}}'}},\n"
        "{'id': 10, 'module': 'flow.throw', 'position': 'error', 'parameters': {'message': "
        "'{{x}}'}},\n"
        "{'id': 2, 'module': 'flow.commit'}]";
    en_assert_plan(text, "0 call #1 flow.commit s0 dead=2\n"
                         "1 call #2 flow.commit s1 when=0 dead=2\n"
                         "on error:\n"
                         "2 call #9 util.setVariable s2 dead=4\n"
                         "3 call #10 flow.throw s3 when=2 dead=4\n");
    en_assert_step(text, 2,
                   "name \"x\"\n"
                   "value s0.x error:error.message\n");
}

static void what_is_wrong_with_handlers_is_told(void **state)
{
    (void)state;
    en_assert_problems(
        "{'modules':[{'id':1,'module':'flow.commit','errorHandler':{'type':'rety'}},\n"
        "{'id':2,'module':'flow.commit','errorHandler':{'maxRetries':-1,'interval':'x','backoff':3}"
        "},\n"
        "{'id':3,'module':'flow.commit','errorHandler':{'type':'retry','fallback':{'module':'flow."
        "router'}}},\n"
        "{'id':4,'module':'flow.commit','errorHandler':7,'error_handler':{}},\n"
        "{'id':5,'module':'flow.commit','errorHandler':{'type':'retry','fallback':{'module':'flow."
        "throw','parameters':{'mesage':'{{8.x}}'}}}}],\n"
        "'errorHandlers':[{'moduleId':9},{},{'moduleId':1,'type':'x'}]}",
        "f:1:67: error, step 1, errorHandler.type: expected retry, fallback, resume, ignore, "
        "break, commit or rollback but got \"rety\" (did you mean \"retry\"?)\n"
        "f:2:61: error, step 2, errorHandler.maxRetries: expected a number from 0 to 10000 but got "
        "-1\n"
        "f:2:75: error, step 2, errorHandler.interval: expected a number from 0 to 31536000 but "
        "got \"x\"\n"
        "f:2:89: error, step 2, errorHandler.backoff: expected true, false or \"exponential\" but "
        "got 3\n"
        "f:3:84: error, step 3, errorHandler.fallback.module: expected a module that is called "
        "once but got \"flow.router\"\n"
        "f:4:47: error, step 4, errorHandler: expected a collection but got 7\n"
        "f:4:65: warning, step 4, error_handler: error_handler is ignored (use errorHandler)\n"
        "f:5:110: error, step 5, errorHandler.fallback.parameters: missing parameter \"message\" "
        "(What the caller reads.)\n"
        "f:5:120: warning, step 5, errorHandler.fallback.parameters.mesage: flow.throw has no "
        "parameter \"mesage\" (did you mean \"message\"?)\n"
        "f:6:30: error, errorHandlers[0].moduleId: there is no step 9\n"
        "f:6:33: error, errorHandlers[1].moduleId: expected the id of a step\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retry_counts_further_tries),
        cmocka_unit_test(a_fallback_gives_its_output_instead),
        cmocka_unit_test(types_are_directives),
        cmocka_unit_test(error_handlers_of_the_file_fill_steps_without_one),
        cmocka_unit_test(a_head_has_its_error_route_before_its_loop),
        cmocka_unit_test(the_global_handler_stands_behind_the_flow),
        cmocka_unit_test(what_is_wrong_with_handlers_is_told),
    };
    return EN_RUN(tests);
}

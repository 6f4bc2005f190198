/* Where names in templates lead. */

#include "plan_dump.h"
#include "test.h"

static void steps_are_slots(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'webhook.customWebhook', 'parameters': {'name': 'x'}},\n"
        "{'id': 4, 'module': 'util.setVariable', 'parameters': {'name': '{{1.a}}', 'value': "
        "['{{4.x}}', '{{1}}', '{{7}}', 'x {{1.b}}']}}]";
    en_assert_step(text, 1,
                   "name s0.a\n"
                   "value nothing.x s0 s0.b\n");
    en_assert_problems(
        text,
        "f:2:85: warning, step 4, parameters.value[0]: step 4 does not run before this one\n");
}

static void reserved_names_lead_to_the_run(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'util.setVariable', 'parameters': {'name': 'x',\n"
        "'value': '{{webhook.a}} {{input.b}} {{trigger.c}} {{env.HOME}} {{error.message}} "
        "{{region}} {{now}}'}}]";
    en_assert_step(text, 0,
                   "name \"x\"\n"
                   "value payload:webhook.a payload:input.b payload:trigger.c env:env.HOME "
                   "error:error.message name:region\n");
    en_assert_problems(text, "");
}

static void trigger_is_the_first_step_if_it_is_one_or_unknown(void **state)
{
    (void)state;
    en_assert_step("[{'id': 1, 'module': 'shop.watchOrders'},\n"
                   "{'id': 2, 'module': 'util.setVariable', 'parameters': {'name': 'x', 'value': "
                   "'{{trigger.a}}'}}]",
                   1,
                   "name \"x\"\n"
                   "value s0.a\n");
}

/* Step 5 stands behind both branches and what surely ran before them ends the list. */
static void an_alias_is_the_last_output_that_may_be_there(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'http.makeRequest', 'parameters': {'url': 'x'}},\n"
        "{'id': 2, 'module': 'http.makeRequest', 'parameters': {'url': 'x'}},\n"
        "{'id': 3, 'module': 'flow.router', 'routes': [{}, {}, {}]},\n"
        "{'id': 4, 'module': 'http.makeRequest', 'route': 1, 'parameters': {'url': 'x'}},\n"
        "{'id': 6, 'module': 'http.makeRequest', 'route': 2, 'parameters': {'url': "
        "'{{http.data}}'}},\n"
        "{'id': 5, 'module': 'util.setVariable', 'parameters': {'name': 'x', 'value': "
        "'{{http.data}}'}}]";
    en_assert_step(text, 7,
                   "url s2|s1.data\n"
                   "method \"GET\"\n"
                   "headers -\n"
                   "queryString -\n"
                   "bodyType -\n"
                   "body -\n"
                   "timeout 40\n"
                   "certificateValidation true\n"
                   "followRedirect true\n"
                   "followAllRedirects false\n"
                   "useProxySettings -\n"
                   "parseResponse true\n"
                   "authType -\n"
                   "username -\n"
                   "password -\n"
                   "handleErrors true\n");
    en_assert_step(text, 8,
                   "name \"x\"\n"
                   "value s3|s2|s1.data\n");
    en_assert_plan(text, "0 call #1 http.makeRequest s0 dead=9\n"
                         "1 call #2 http.makeRequest s1 when=0 dead=9\n"
                         "2 gate #3 flow.router when=1 dead=9\n"
                         "3 gate route 1 when=2 dead=4\n"
                         "4 gate route 2 when=2 dead=5\n"
                         "5 gate route 3 when=2 dead=6\n"
                         "6 call #4 http.makeRequest s2 when=3 dead=7\n"
                         "7 call #6 http.makeRequest s3 when=4 dead=8\n"
                         "8 call #5 util.setVariable s4 when=6,7,5 dead=9\n");
}

static void previous_module_is_the_step_before(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'flow.iterator', 'parameters': {'array': '{{webhook.a}}'}},\n"
        "{'id': 2, 'module': 'util.setVariable', 'parameters': {'name': 'x', 'value': "
        "'{{previousModule.a}} {{iterator.index}}'}},\n"
        "{'id': 3, 'module': 'util.setVariable', 'parameters': {'name': 'y', 'value': "
        "'{{previousModule.value}}'}}]";
    en_assert_step(text, 1,
                   "name \"x\"\n"
                   "value s0*.a s0.index\n");
    en_assert_step(text, 2,
                   "name \"y\"\n"
                   "value s1.value\n");
}

static void ai_is_any_of_the_families(void **state)
{
    (void)state;
    en_assert_step("[{'id': 1, 'module': 'openai.createCompletion'},\n"
                   "{'id': 2, 'module': 'http.makeRequest', 'parameters': {'url': '{{ai.tool}} "
                   "{{openai.tool}} {{anthropic.x}}'}}]",
                   1,
                   "url s0.tool s0.tool name:anthropic.x\n"
                   "method \"GET\"\n"
                   "headers -\n"
                   "queryString -\n"
                   "bodyType -\n"
                   "body -\n"
                   "timeout 40\n"
                   "certificateValidation true\n"
                   "followRedirect true\n"
                   "followAllRedirects false\n"
                   "useProxySettings -\n"
                   "parseResponse true\n"
                   "authType -\n"
                   "username -\n"
                   "password -\n"
                   "handleErrors true\n");
}

static void a_known_name_wins_over_an_alias(void **state)
{
    (void)state;
    en_assert_step("{'modules': [{'id': 1, 'module': 'slack.postMessage'},\n"
                   "{'id': 2, 'module': 'util.setVariable', 'parameters': {'name': 'x', 'value': "
                   "'{{slack.ts}} {{slack}}'}}],\n"
                   "'variables': [{'name': 'slack', 'value': 1}]}",
                   1,
                   "name \"x\"\n"
                   "value name:slack.ts name:slack\n");
}

static void handlers_see_the_failed_step(void **state)
{
    (void)state;
    static const char text[] =
        "[{'id': 1, 'module': 'flow.commit', 'errorHandler': {'fallback': {'module': "
        "'util.setVariable',\n"
        "'parameters': {'name': 'x', 'value': '{{1.error}} {{error.message}}'}}}}]";
    en_assert_step(text, 1,
                   "name \"x\"\n"
                   "value s0.error error:error.message\n");
    en_assert_plan(text, "0 call #1 flow.commit s0 handler=1-3 retry=3*60000 dead=3\n"
                         "1 call util.setVariable s1 dead=3\n"
                         "2 directive resume when=1 resume=s1 dead=3\n");
}

static void constants_are_coerced_and_fallbacks_filled_in(void **state)
{
    (void)state;
    static const char text[] = "[{'id': 1, 'module': 'http.makeRequest', 'parameters': {'url': 5, "
                               "'method': 'post', 'timeout': '3', 'parseResponse': 'false'}}]";
    en_assert_step(text, 0,
                   "url \"5\"\n"
                   "method \"POST\"\n"
                   "headers -\n"
                   "queryString -\n"
                   "bodyType -\n"
                   "body -\n"
                   "timeout 3\n"
                   "certificateValidation true\n"
                   "followRedirect true\n"
                   "followAllRedirects false\n"
                   "useProxySettings -\n"
                   "parseResponse false\n"
                   "authType -\n"
                   "username -\n"
                   "password -\n"
                   "handleErrors true\n");
    en_assert_problems(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_slots),
        cmocka_unit_test(reserved_names_lead_to_the_run),
        cmocka_unit_test(trigger_is_the_first_step_if_it_is_one_or_unknown),
        cmocka_unit_test(an_alias_is_the_last_output_that_may_be_there),
        cmocka_unit_test(previous_module_is_the_step_before),
        cmocka_unit_test(ai_is_any_of_the_families),
        cmocka_unit_test(a_known_name_wins_over_an_alias),
        cmocka_unit_test(handlers_see_the_failed_step),
        cmocka_unit_test(constants_are_coerced_and_fallbacks_filled_in),
    };
    return EN_RUN(tests);
}

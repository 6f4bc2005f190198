#include "play.h"

static const char *names_of(play *p, en_value object)
{
    en_builder names;
    en_builder_init(&names, &p->arena);
    for (uint32_t i = 0; i < en_collection_count(object); i++) {
        en_builder_format(&names, "%s%.*s", i == 0 ? "" : " ",
                          EN_TEXT_ARG(en_collection_members(object)[i].name));
    }
    return en_text_terminate(&p->arena, en_builder_take(&names));
}

static void a_report_has_exactly_these_members(void **state)
{
    (void)state;
    play p;
    play_open(&p,
              "[" EACH_OF(1, "'{{input.list}}'") "," STEP(2, "app.call", "'v':'{{1.item}}'") "]");
    play_mocks(&p, "{'2':{'ok':true}}");
    play_payload(&p, "{'list':['a','b']}");
    play_run(&p);
    play_expect(
        &p,
        "{'scenario':'f','status':'success',"
        "'startedAt':'2026-01-02T03:04:05.678Z','durationMs':'$number','cycles':1,'operations':3,"
        "'modules':{'1':{'module':'flow.iterator','operations':1,'bundles':2,"
        "'ms':'$number'},'2':{'module':'app.call','operations':2,'bundles':2,'ms':'$number'}},"
        "'output':{'ok':true},'response':null,'responses':[null],'error':null,'incomplete':0,"
        "'active':true,'warnings':[],'mocked':{'$exact':{'2':[{'v':'a'},{'v':'b'}]}},"
        "'order':[1,2,2],'outputs':{'$exact':{'1':[{'item':'a','index':1,'length':2},"
        "{'item':'b','index':2,'length':2}],'2':[{'ok':true},{'ok':true}]}}}");
    assert_string_equal(names_of(&p, p.result),
                        "scenario status startedAt durationMs cycles operations modules output "
                        "response responses error incomplete active warnings mocked order outputs");
    assert_string_equal(names_of(&p, en_value_at(p.result, EN_TEXT("modules.1"))),
                        "module operations bundles ms");
    p.options.trace = false;
    p.options.mocks = NULL;
    p.options.payload = en_null();
    play_run(&p);
    play_expect(&p, "{'operations':1,'modules':{'1':{'bundles':0}},'output':null,'warnings':[]}");
    assert_string_equal(names_of(&p, p.result),
                        "scenario status startedAt durationMs cycles operations modules output "
                        "response responses error incomplete active warnings");
    assert_int_equal(en_report_exit_code(&p.report), 0);
    play_close(&p);
}

static void a_trace_keeps_as_many_bundles_as_it_may(void **state)
{
    (void)state;
    play p;
    play_open(&p, "[" EACH_OF(1, "'{{input.list}}'") "," SET(2, "'{{1.item}}'") "]");
    play_payload(&p, "{'list':[1,2,3]}");
    p.options.trace_limit = 2;
    play_run(&p);
    play_expect(&p,
                "{'order':[1,2,2,2],'outputs':{'1':{'$length':2},'2':[{'value':1},{'value':2}]}}");
    play_close(&p);
}

/* --- responses --- */

static void the_first_answer_counts_and_later_ones_warn(void **state)
{
    (void)state;
    play_gives(
        "[" STEP(
            1, "webhook.respond",
            "'status':201,'body':{'a':1},'headers':[{'key':'X-A','value':'b'}]") "," STEP(2,
                                                                                          "webhook."
                                                                                          "respond",
                                                                                          "'status'"
                                                                                          ":500,'"
                                                                                          "body':'"
                                                                                          "late'") "]",
        NULL, "{}",
        "{'status':'success','response':{'$exact':{'status':201,"
        "'headers':[{'name':'X-A','value':'b'}],'body':{'a':1}}},'responses':[{'status':201}],"
        "'warnings':['the request was answered already; this answer (status 500) is dropped']}");
}

static void an_error_answers_who_was_not_answered_yet(void **state)
{
    (void)state;
    play_gives(
        "[" STEP(1, "flow.throw", "'message':'no','statusCode':429") "]", NULL, "{}",
        "{'response':{'$exact':{'status':429,'headers':[],"
        "'body':{'error':{'type':'ThrowError','message':'no'}}}},'responses':[{'status':429}]}");
    play_gives("[" STEP(1, "flow.throw", "'message':'no','statusCode':302") "]", NULL, "{}",
               "{'response':{'status':500},'error':{'statusCode':302}}");
    play_gives("[" STEP(1, "flow.throw", "'message':'no'") "]", NULL, NULL, "{'response':null}");
    play_gives("[" STEP(1, "webhook.respond", "'body':'done'") "," STEP(2, "flow.throw",
                                                                        "'message':'no'") "]",
               NULL, "{}",
               "{'status':'error','response':{'status':200,'body':'done'},'warnings':[]}");
    play_gives(
        "[" STEP(
            1, "flow.throw",
            "'message':'no'") ","
                              "{'id':9,'module':'webhook.respond','position':'error','parameters':"
                              "{'status':418,'body':'{{error.message}}'}}]",
        NULL, "{}", "{'status':'error','response':{'status':418,'body':'no'}}");
}

/* --- what starts a run --- */

#define HOOK                                                                                       \
    "{'id':1,'module':'webhook.customWebhook','parameters':{'name':'h','dataStructure':"           \
    "{'type':'collection','spec':[{'name':'id','type':'number','required':true},"                  \
    "{'name':'mail','type':'email'},{'name':'kind','type':'text','default':'new'}]}}}"

static void a_payload_is_checked_and_coerced_as_declared(void **state)
{
    (void)state;
    const char *scenario = "[" HOOK "," SET(
        2,
        "'{{webhook.kind}}'") ","
                              "{'id':9,'module':'util.setVariable','position':'error','parameters':"
                              "{'name':'g','value':1}}]";
    play_gives(
        scenario, NULL, "{'id':'17','mail':'a@b.cd','more':[1]}",
        "{'status':'success','outputs':{'1':[{'$exact':{'id':17,'mail':'a@b.cd','kind':'new',"
        "'more':[1]}}]},'output':{'value':'new'}}");
    /* refused before anything runs, the global handler included */
    play_gives(scenario, NULL, "{'mail':'nobody'}",
               "{'status':'error','operations':0,'order':[],"
               "'error':{'type':'BundleValidationError','statusCode':400,'module':null,"
               "'message':{'$matches':'^the payload was refused: .id. is missing; .mail.: '}},"
               "'response':{'status':400}}");
    play_gives(scenario, NULL, "[1]",
               "{'status':'error','error':{'message':"
               "'the payload was refused: it must be an object with fields, not array'}}");
    play_gives(scenario, NULL, NULL,
               "{'status':'error','response':null,'error':{'statusCode':400}}");
}

static void inputs_are_checked_and_outputs_coerced(void **state)
{
    (void)state;
    const char *scenario = "{'modules':[" SET(1, "'{{n}}'") "," STEP(
        2, "util.setVariable",
        "'name':'valid','value':'true'") "],'connections':[{'source':1,'target':2}],"
                                         "'inputs':[{'name':'n','type':'number','required':true},{'"
                                         "name':'m','type':'text'}],"
                                         "'outputs':[{'name':'valid','type':'boolean'},{'name':'v1'"
                                         ",'type':'number'},"
                                         "{'name':'value','type':'text'},{'name':'none','type':'"
                                         "text'}]}";
    play_gives(scenario, NULL, "{'n':'5'}",
               "{'status':'success','output':{'$exact':{'valid':true,'v1':5,'value':'true','none':"
               "null}}}");
    play_gives(scenario, NULL, "{'m':1}",
               "{'status':'error','error':{'message':"
               "'the input was refused: `n` is missing'}}");
    play_gives(
        "{'modules':[" STEP(1, "util.setVariable",
                            "'name':'k','value':'x'") "],"
                                                      "'outputs':[{'name':'k','type':'number'}]}",
        NULL, NULL, "{'status':'success','output':{'k':'x'},'warnings':{'$length':1}}");
}

static void variables_come_from_the_file_and_from_outside(void **state)
{
    (void)state;
    play p;
    play_open(
        &p,
        "{'modules':[" STEP(
            2, "util.setVariable",
            "'name':'x','value':'{{a}} {{b}} {{c}} {{d}}'") "],"
                                                            "'variables':[{'name':'a','value':'"
                                                            "file'},{'name':'b','value':'file'},"
                                                            "{'name':'c','value':'{{input.c}}!'}]"
                                                            "}");
    play_payload(&p, "{'a':'payload','c':'payload','d':'payload'}");
    p.options.variables = play_json(&p, "{'b':'given'}");
    play_run(&p);
    play_expect(&p, "{'output':{'value':'file given payload! payload'}}");
    play_close(&p);
}

static void the_request_stands_beside_the_payload(void **state)
{
    (void)state;
    play p;
    play_open(&p,
              "[" SET(1, "'{{webhook.headers.authorization}} {{webhook.method}} {{input.x}}'") "]");
    play_payload(&p, "{'x':1,'headers':'mine','method':'mine'}");
    p.options.request =
        play_json(&p, "{'headers':{'Authorization':'t'},'method':'POST','query':{}}");
    play_run(&p);
    play_expect(&p, "{'output':{'value':'t mine 1'}}");
    play_close(&p);
}

/* --- variables in loops --- */

static void a_variable_set_a_million_times_keeps_memory_flat(void **state)
{
    (void)state;
    play p;
    play_open(&p, "[" STEP(1, "flow.repeater", "'repeats':1000") "," STEP(
                      2, "flow.repeater",
                      "'repeats':1000") "," STEP(3, "util.setVariable",
                                                 "'name':'x','value':'{{1.i}} {{2.i}} some more "
                                                 "text {{length(x)}}'") "]");
    p.options.trace = false;
    play_run(&p);
    play_expect(&p, "{'status':'success','operations':1001001,"
                    "'output':{'value':'1000 1000 some more text 26'}}");
    assert_true(p.report.peak_bytes < 4 * 1024 * 1024); /* a million texts are 64 MB */
    play_close(&p);
}

/* --- the observer --- */

typedef struct listener {
    en_observer observer;
    unsigned told;
    unsigned failed;
    unsigned deepest;
    bool parameters_came;
} listener;

static void listen(en_observer *observer, const en_step_event *event)
{
    listener *l = (listener *)observer;
    l->told++;
    l->failed += event->error != NULL;
    l->deepest = event->depth > l->deepest ? event->depth : l->deepest;
    l->parameters_came =
        l->parameters_came || en_collection_has(event->parameters, EN_TEXT("value"));
}

static void an_observer_is_told_of_every_operation(void **state)
{
    (void)state;
    play p;
    listener l = { .observer = { .step = listen, .wants_parameters = true } };
    play_open(&p, "[" EACH_OF(1, "'{{input.list}}'") "," SET(2, "'{{1.item}}'") "," STEP(
                      3, "flow.throw", "'message':'x'") "]");
    play_payload(&p, "{'list':[1,2]}");
    p.options.observer = &l.observer;
    play_run(&p);
    assert_int_equal(l.told, 3);
    assert_int_equal(l.failed, 1);
    assert_int_equal(l.deepest, 1);
    assert_true(l.parameters_came);
    play_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_has_exactly_these_members),
        cmocka_unit_test(a_trace_keeps_as_many_bundles_as_it_may),
        cmocka_unit_test(the_first_answer_counts_and_later_ones_warn),
        cmocka_unit_test(an_error_answers_who_was_not_answered_yet),
        cmocka_unit_test(a_payload_is_checked_and_coerced_as_declared),
        cmocka_unit_test(inputs_are_checked_and_outputs_coerced),
        cmocka_unit_test(variables_come_from_the_file_and_from_outside),
        cmocka_unit_test(the_request_stands_beside_the_payload),
        cmocka_unit_test(a_variable_set_a_million_times_keeps_memory_flat),
        cmocka_unit_test(an_observer_is_told_of_every_operation),
    };
    return EN_RUN(tests);
}

/* Which scenarios can take a file as a list, and what stands in the way of the others. */
#include "plan_dump.h"
#include "scenario/feed.h"
#include "test.h"

#include <stdio.h>

typedef struct asked {
    en_arena arena;
    en_problems problems;
    en_feed_place place;
    bool can;
} asked;

static void ask(asked *a, const char *modules, const char *path, bool in_groups)
{
    en_problems loading;
    en_arena_init(&a->arena, NULL);
    en_problems_init(&a->problems, &a->arena);
    en_problems_init(&loading, &a->arena);
    const en_plan *plan = en_plan_of(&a->arena, modules, NULL, &loading);
    if (plan == NULL) {
        fail_msg("%.*s", EN_TEXT_ARG(en_problems_dump(&a->arena, &loading)));
    }
    a->can = en_feed_find(plan, en_text_from(path), in_groups, &a->place, &a->problems);
}

#define LOOP "{'id':1,'module':'flow.iterator','parameters':{'array':'{{webhook.records}}'}}"
#define ADD                                                                                        \
    "{'id':2,'module':'datastore.addRecord','parameters':{'dataStore':'S','data':'{{1.item}}'}}"

static void check_can(const char *modules, const char *path, bool in_groups, uint32_t step)
{
    asked a;
    ask(&a, modules, path, in_groups);
    if (!a.can) {
        fail_msg("%.*s", EN_TEXT_ARG(a.problems.first->message));
    }
    assert_int_equal(a.place.step, step);
    assert_true(en_text_equal(a.place.field, EN_TEXT("records")));
    en_arena_done(&a.arena);
}

/* The first problem: its step and what it says. */
static void check_cannot(const char *modules, const char *path, bool in_groups, int64_t step,
                         const char *message)
{
    asked a;
    ask(&a, modules, path, in_groups);
    assert_false(a.can);
    assert_non_null(a.problems.first);
    assert_int_equal(a.problems.first->step_id, step);
    en_text found = a.problems.first->message;
    if (en_text_find(found, en_text_from(message), 0) == SIZE_MAX) {
        fail_msg("\"%.*s\" does not hold \"%s\"", EN_TEXT_ARG(found), message);
    }
    en_arena_done(&a.arena);
}

static void an_iterator_over_a_payload_field_takes_a_file(void **state)
{
    (void)state;
    check_can("[" LOOP "," ADD "]", "webhook.records", true, 0);
    check_can("[" LOOP "," ADD "]", "records", true, 0);
    check_can("[{'id':9,'module':'webhook.customWebhook','parameters':{}},"
              "{'id':1,'module':'flow.iterator','parameters':{'array':'{{9.records}}'}}," ADD "]",
              "webhook.records", true, 1);
    check_can("[" LOOP "," ADD
              ",{'id':3,'module':'flow.aggregator','parameters':{'targetStructure':[]}}]",
              "webhook.records", false, 0);
    check_can("[{'id':7,'module':'util.setVariable','parameters':{'name':'x','value':1}}," LOOP
              "," ADD "]",
              "webhook.records", true, 1);
}

static void another_reader_of_the_list_is_named(void **state)
{
    (void)state;
    static const char *const readers[] = { "{{webhook.records.length}}", "{{webhook}}",
                                           "{{length(records)}}", "{{webhook.records}}" };
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        char modules[1024];
        snprintf(
            modules, sizeof modules,
            "[%s,%s,{'id':3,'module':'util.setVariable','parameters':{'name':'x','value':'%s'}}]",
            LOOP, ADD, readers[i]);
        check_cannot(modules, "webhook.records", false, 3, "reads webhook.records as well");
    }
    check_cannot("[{'id':9,'module':'webhook.customWebhook','parameters':{}},"
                 "{'id':1,'module':'flow.iterator','parameters':{'array':'{{9.records}}'}},"
                 "{'id':2,'module':'datastore.addRecord','parameters':{'dataStore':'S','data':"
                 "{'all':'{{9}}'}}}]",
                 "webhook.records", false, 2, "reads webhook.records as well");
    check_cannot("[" LOOP "," ADD
                 ",{'id':3,'module':'flow.iterator','parameters':{'array':'{{webhook.records}}'}}]",
                 "webhook.records", false, 3, "only for one iterator (step 1)");
}

static void what_cannot_be_known_is_refused(void **state)
{
    (void)state;
    check_cannot("[" LOOP ",{'id':2,'module':'util.setVariable','parameters':{'name':'x','value':"
                 "'{{1.length}}'}}]",
                 "webhook.records", false, 2, "reads the length of webhook.records");
    check_cannot("[" LOOP "," ADD "]", "webhook.others", false, EN_NO_STEP,
                 "no iterator walks {{webhook.others}}");
    check_cannot("[" LOOP "," ADD "]", "webhook.data.records", false, EN_NO_STEP,
                 "a file is read as a field of the payload");
    check_cannot("[{'id':8,'module':'flow.repeater','parameters':{'repeats':2}}," LOOP "," ADD "]",
                 "webhook.records", false, 1, "inside of step 8");
}

static void nothing_outlives_a_group(void **state)
{
    (void)state;
    check_cannot("[" LOOP "," ADD
                 ",{'id':3,'module':'flow.aggregator','parameters':{'targetStructure':[]}}]",
                 "webhook.records", true, 3, "runs behind the loop");
    check_cannot("[" LOOP "," ADD
                 ",{'id':3,'module':'util.setVariable','parameters':{'name':'x','value':1}}]",
                 "webhook.records", true, 3, "sets a variable");
    check_cannot("[" LOOP "," ADD
                 ",{'id':3,'module':'webhook.respond','parameters':{'status':200,'body':1}}]",
                 "webhook.records", true, 3, "answers the request");
    check_cannot("[{'id':5,'module':'datastore.addRecord','parameters':{'dataStore':'S','data':"
                 "{'a':1}}}," LOOP "," ADD "]",
                 "webhook.records", true, 5, "stands before the loop");
    check_cannot("{'modules':[" LOOP "," ADD "],'outputs':[{'name':'total','type':'number'}]}",
                 "webhook.records", true, EN_NO_STEP, "the declared output \"total\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_iterator_over_a_payload_field_takes_a_file),
        cmocka_unit_test(another_reader_of_the_list_is_named),
        cmocka_unit_test(what_cannot_be_known_is_refused),
        cmocka_unit_test(nothing_outlives_a_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

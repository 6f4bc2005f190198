/* What a file says besides its modules. */
#include "plan_dump.h"
#include "test.h"

typedef struct loaded {
    en_arena arena;
    en_problems problems;
    const en_plan *plan;
} loaded;

static void load(loaded *file, const char *text)
{
    en_arena_init(&file->arena, NULL);
    file->plan = en_plan_of(&file->arena, text, NULL, &file->problems);
    assert_text(en_problems_dump(&file->arena, &file->problems), "");
    assert_non_null(file->plan);
}

static void style_a_counts_seconds(void **state)
{
    (void)state;
    loaded file;
    load(&file, "{'metadata': {'version': 2, 'name': 'Orders'},\n"
                "'modules': [{'id': 1, 'module': 'flow.commit'}],\n"
                "'settings': {'scheduling': {'interval': 900}, 'sequential': true, "
                "'maxErrors': 3}}");
    assert_text(file.plan->name, "Orders");
    assert_string_equal(file.plan->dialect, "object");
    assert_int_equal(file.plan->interval_ms, 900000);
    assert_true(file.plan->sequential);
    assert_int_equal(file.plan->max_errors, 3);
    en_arena_done(&file.arena);
}

static void style_b_counts_minutes(void **state)
{
    (void)state;
    loaded file;
    load(&file, "{'name': 'Sync', 'modules': [{'id': 1, 'module': 'flow.commit'}],\n"
                "'scheduling': {'interval': 15}}");
    assert_text(file.plan->name, "Sync");
    assert_int_equal(file.plan->interval_ms, 15 * 60000);
    en_arena_done(&file.arena);
    load(&file, "{'modules': [{'module': 'flow.commit'}], 'scheduling': {'interval': null}}");
    assert_int_equal(file.plan->interval_ms, 0);
    en_arena_done(&file.arena);
}

static void a_list_has_what_its_dialect_says(void **state)
{
    (void)state;
    loaded file;
    load(&file, "[{'module': 'flow.commit'}]");
    const en_plan *plan = file.plan;
    assert_text(plan->name, "f");
    assert_text(plan->file, "f");
    assert_string_equal(plan->dialect, "list");
    assert_ptr_equal(plan->rules, &en_rules_list);
    assert_true(plan->searches_emit_list && plan->empty_lists_live && plan->outside_calls_commit);
    assert_false(plan->empty_aggregates_emit || plan->stores_incomplete);
    assert_int_equal(plan->record_shape, EN_RECORD_FLAT);
    assert_int_equal(plan->steps[0].line, 1);
    assert_int_equal(plan->steps[0].column, 2);
    en_arena_done(&file.arena);
}

static void inputs_and_outputs_have_types(void **state)
{
    (void)state;
    loaded file;
    load(&file, "{'modules': [{'module': 'flow.commit'}],\n"
                "'inputs': [{'name': 'email', 'type': 'email', 'required': true},\n"
                "{'name': 'count', 'type': 'number', 'default': 7}],\n"
                "'outputs': [{'name': 'ok', 'type': 'boolean'}]}");
    const en_plan *plan = file.plan;
    assert_int_equal(plan->input_count, 2);
    assert_text(plan->inputs[0].name, "email");
    assert_int_equal(plan->inputs[0].type, EN_T_EMAIL);
    assert_true(plan->inputs[0].required);
    assert_int_equal(plan->inputs[0].fallback.tag, EN_NOTHING);
    assert_int_equal(plan->inputs[1].type, EN_T_NUMBER);
    assert_int_equal(en_value_number(plan->inputs[1].fallback), 7);
    assert_int_equal(plan->output_count, 1);
    assert_int_equal(plan->outputs[0].type, EN_T_BOOLEAN);
    en_arena_done(&file.arena);
}

static void the_payload_is_the_webhook_s_structure(void **state)
{
    (void)state;
    loaded file;
    load(&file, "[{'id': 1, 'module': 'webhook.customWebhook', 'parameters': {'name': 'x',\n"
                "'dataStructure': {'type': 'collection', 'spec': [\n"
                "{'name': 'orderId', 'type': 'text', 'required': true},\n"
                "{'name': 'amount', 'type': 'number'}]}}}]");
    assert_int_equal(file.plan->payload_count, 2);
    assert_text(file.plan->payload[0].name, "orderId");
    assert_true(file.plan->payload[0].required);
    assert_int_equal(file.plan->payload[1].type, EN_T_NUMBER);
    en_arena_done(&file.arena);
    load(&file, "[{'id': 1, 'module': 'http.webhook', 'parameters': {'name': 'x',\n"
                "'dataStructure': {'type': 'object', 'properties': {\n"
                "'action': {'type': 'string', 'required': true}, 'data': {'type': 'object'}}}}}]");
    assert_int_equal(file.plan->payload_count, 2);
    assert_text(file.plan->payload[0].name, "action");
    assert_int_equal(file.plan->payload[0].type, EN_T_TEXT);
    assert_true(file.plan->payload[0].required);
    assert_int_equal(file.plan->payload[1].type, EN_T_COLLECTION);
    en_arena_done(&file.arena);
}

static void stores_of_the_file_are_declared(void **state)
{
    (void)state;
    loaded file;
    load(&file, "{'modules': [{'id': 1, 'module': 'datastore.clearDataStore',\n"
                "'parameters': {'dataStore': 'Customers'}}],\n"
                "'dataStores': [{'name': 'Customers', 'structure': {'a': {'type': 'text', "
                "'unique': true}}, 'maxRecords': 5}]}");
    assert_int_equal(file.plan->schema_count, 1);
    assert_text(file.plan->schemas[0]->name, "Customers");
    assert_int_equal(file.plan->schemas[0]->max_records, 5);
    en_arena_done(&file.arena);
}

static void variables_are_initial_values(void **state)
{
    (void)state;
    loaded file;
    load(&file, "{'modules': [{'id': 1, 'module': 'flow.commit'}],\n"
                "'variables': [{'name': 'a', 'value': 7}, {'name': 'b', 'value': '{{1.x}}'}]}");
    assert_int_equal(file.plan->variable_count, 2);
    assert_text(file.plan->variables[0].name, "a");
    en_value value;
    assert_true(en_mapping_constant(file.plan->variables[0].value, &value));
    assert_int_equal(en_value_number(value), 7);
    en_arena_done(&file.arena);
}

static void undeclared_stores_may_be_refused(void **state)
{
    (void)state;
    const en_text stores[] = { EN_TEXT("Customers") };
    const en_load_options options = { .stores = stores,
                                      .store_count = 1,
                                      .only_declared_stores = true };
    en_assert_problems_with("[{'id': 1, 'module': 'datastore.clearDataStore',\n"
                            "'parameters': {'dataStore': 'Custmers'}}]",
                            &options,
                            "f:2:29: error, step 1, parameters.dataStore: the data store "
                            "\"Custmers\" is not declared (did you mean \"Customers\"?)\n");
    en_assert_problems_with("[{'id': 1, 'module': 'datastore.clearDataStore',\n"
                            "'parameters': {'dataStore': 'Customers'}}]",
                            &options, "");
}

static void names_given_from_outside_are_known(void **state)
{
    (void)state;
    const char *text = "{'modules': [{'id': 1, 'module': 'util.setVariable',\n"
                       "'parameters': {'name': 'total', 'value': '{{totals}}'}}]}";
    en_assert_problems(text, "f:2:42: warning, step 1, parameters.value: nothing in this file is "
                             "called \"totals\" (did you mean \"total\"?)\n");
    const en_text variables[] = { EN_TEXT("totals") };
    const en_load_options options = { .variables = variables, .variable_count = 1 };
    en_assert_problems_with(text, &options, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(style_a_counts_seconds),
        cmocka_unit_test(style_b_counts_minutes),
        cmocka_unit_test(a_list_has_what_its_dialect_says),
        cmocka_unit_test(inputs_and_outputs_have_types),
        cmocka_unit_test(the_payload_is_the_webhook_s_structure),
        cmocka_unit_test(stores_of_the_file_are_declared),
        cmocka_unit_test(variables_are_initial_values),
        cmocka_unit_test(undeclared_stores_may_be_refused),
        cmocka_unit_test(names_given_from_outside_are_known),
    };
    return EN_RUN(tests);
}

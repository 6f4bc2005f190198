/* What kind of file it is. */

#include "plan_dump.h"
#include "test.h"

static void a_blueprint_is_recognised(void **state)
{
    (void)state;
    en_assert_problems("{'flow':[]}", "f:1:1: error: this is a blueprint, which cannot be loaded "
                                      "yet (list and object files can: see `modules`)\n");
}

static void so_is_one_in_a_reply_of_the_api(void **state)
{
    (void)state;
    en_assert_problems("{'response':{'blueprint':{'flow':[]}}}",
                       "f:1:1: error: this is a blueprint, which cannot be loaded yet (list and "
                       "object files can: see `modules`)\n");
}

static void a_parameter_object_is_no_scenario(void **state)
{
    (void)state;
    en_assert_problems("{'a':1}", "f:1:1: error: this is a parameter object, not a scenario (a "
                                  "module is {\"module\": \"…\", \"parameters\": {…}})\n");
}

static void an_empty_list_has_no_module(void **state)
{
    (void)state;
    en_assert_problems("[]", "f:1:1: error: expected at least one module but the list is empty "
                             "({\"id\": 1, \"module\": \"…\", \"parameters\": {…}})\n");
}

static void an_empty_object_has_none(void **state)
{
    (void)state;
    en_assert_problems("{'modules':[]}",
                       "f:1:12: error, modules: expected at least one module but the list is empty "
                       "({\"id\": 1, \"module\": \"…\", \"parameters\": {…}})\n");
}

static void modules_must_be_a_list(void **state)
{
    (void)state;
    en_assert_problems("{'modules':{}}",
                       "f:1:12: error, modules: expected a list but got collection\n");
}

static void a_number_is_no_scenario(void **state)
{
    (void)state;
    en_assert_problems("12", "f:1:1: error: this is no scenario: expected a list of modules or an "
                             "object ([{\"id\": 1, \"module\": \"…\", \"parameters\": {…}}])\n");
}

static void a_list_of_numbers_is_none(void **state)
{
    (void)state;
    en_assert_problems("[1]", "f:1:1: error: this is a list, but not of modules (a module is "
                              "{\"module\": \"…\", \"parameters\": {…}})\n");
}

static void the_structure_of_a_store_is_none(void **state)
{
    (void)state;
    en_assert_problems("{'name':'a','structure':{}}",
                       "f:1:1: error: this is the structure of a data store, not a scenario "
                       "(`enact store create FILE` makes the store)\n");
}

static void an_empty_file_is_none(void **state)
{
    (void)state;
    en_assert_problems("", "f:1:1: error: expected a value but found the end of the text\n");
}

static void broken_json_has_a_place(void **state)
{
    (void)state;
    en_assert_problems("[{'id':1",
                       "f:1:9: error: expected ',' or '}' but found the end of the text\n");
}

static void placeholders_outside_quotes_are_named(void **state)
{
    (void)state;
    en_assert_problems(
        "{'modules': [], 'scheduling': {'interval': {{interval}}}}",
        "f:1:44: error: expected a value but found an unfilled template placeholder {{interval}} "
        "(fill the template in first, or put the placeholder in quotes)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blueprint_is_recognised),
        cmocka_unit_test(so_is_one_in_a_reply_of_the_api),
        cmocka_unit_test(a_parameter_object_is_no_scenario),
        cmocka_unit_test(an_empty_list_has_no_module),
        cmocka_unit_test(an_empty_object_has_none),
        cmocka_unit_test(modules_must_be_a_list),
        cmocka_unit_test(a_number_is_no_scenario),
        cmocka_unit_test(a_list_of_numbers_is_none),
        cmocka_unit_test(the_structure_of_a_store_is_none),
        cmocka_unit_test(an_empty_file_is_none),
        cmocka_unit_test(broken_json_has_a_place),
        cmocka_unit_test(placeholders_outside_quotes_are_named),
    };
    return EN_RUN(tests);
}

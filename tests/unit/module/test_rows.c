#include "test.h"

#include "module/module.h"
#include "value/coerce.h"

/* What is wrong with the rows, gathered over all families and compared with nothing. */
static en_arena arena;
static en_builder wrong;

static int set_up(void **state)
{
    (void)state;
    en_arena_init(&arena, NULL);
    en_builder_init(&wrong, &arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    en_arena_done(&arena);
    return 0;
}

static void expect(bool right, en_text name, const char *what)
{
    if (!right) {
        en_builder_format(&wrong, "%.*s: %s\n", EN_TEXT_ARG(name), what);
    }
}

static void for_each_module(void (*check)(en_text name, const en_family *, const en_module *))
{
    size_t count = 0;
    for (size_t f = 0; en_families[f] != NULL; f++) {
        for (const en_module *module = en_families[f]->modules; module->name != NULL; module++) {
            en_text name = en_text_format(&arena, "%s.%s", en_families[f]->name, module->name);
            check(name, en_families[f], module);
            count++;
        }
    }
    assert_true(count > 20);
    assert_text(en_builder_take(&wrong), "");
}

static void for_each_param(en_text name, const en_param *params,
                           void (*check)(en_text name, const en_param *))
{
    for (size_t i = 0; params != NULL && params[i].name != NULL; i++) {
        en_text path = en_text_format(&arena, "%.*s/%s", EN_TEXT_ARG(name), params[i].name);
        check(path, &params[i]);
        for_each_param(path, params[i].fields, check);
    }
}

/* --- names --- */

static void check_name(en_text name, const en_family *family, const en_module *module)
{
    const en_family *found = NULL;
    expect(en_module_find(name, &found) == module && found == family, name, "name is taken");
    for (size_t i = 0; module->aliases != NULL && module->aliases[i] != NULL; i++) {
        expect(en_module_find(en_text_from(module->aliases[i]), NULL) == module, name,
               "alias is taken");
    }
    expect(en_text_equal(en_module_nearest(&arena, name), name), name, "name is not its nearest");
}

static void every_name_and_alias_finds_its_row(void **state)
{
    (void)state;
    for_each_module(check_name);
}

static void unknown_names_find_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        ".",
        "datastore",
        "datastore.",
        ".addRecord",
        "addRecord",
        "datastore.addRecord ",
        "DataStore.addRecord",
        "flow.router.x",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_null(en_module_find(en_text_from(names[i]), NULL));
    }
}

static void a_misspelt_name_is_told_the_right_one(void **state)
{
    (void)state;
    static const struct {
        const char *wrong;
        const char *right;
    } names[] = {
        { "datastore.adRecord", "datastore.addRecord" },
        { "Datastore.AddRecord", "datastore.addRecord" },
        { "data.searchRecords", "datastore.searchRecords" },
        { "flow.ruter", "flow.router" },
        { "quite.another", "" },
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_text(en_module_nearest(&arena, en_text_from(names[i].wrong)), names[i].right);
    }
}

/* --- rows --- */

static void check_row(en_text name, const en_family *family, const en_module *module)
{
    bool runs = module->kind != EN_KIND_ROUTER && module->kind != EN_KIND_NEXT;
    expect(runs == (module->run != NULL), name, runs ? "cannot run" : "is never run");
    expect(module->gives != NULL, name, "does not say what it gives");
    expect(module->version > 0, name, "has no version");
    expect(module->doc != NULL && *module->doc != '\0', name, "has no doc");
    expect(family->doc != NULL && *family->doc != '\0', name, "is of a family without doc");
    bool outside = (module->flags & EN_OUTSIDE) != 0;
    expect(!outside || (module->flags & (EN_READS | EN_WRITES)) == 0, name,
           "uses stores in the call that ends their segment");
}

static void every_row_is_complete(void **state)
{
    (void)state;
    for_each_module(check_row);
}

/* --- parameters --- */

static void check_param(en_text name, const en_param *param)
{
    expect(param->types != 0, name, "takes no type");
    expect(param->doc != NULL && *param->doc != '\0', name, "has no doc");
    bool required = (param->flags & EN_REQUIRED) != 0;
    expect(!required || param->fallback == NULL, name, "is required and has a default");
    expect(required || (param->flags & EN_MAY_BE_EMPTY) == 0, name,
           "may be empty, but need not be there at all");
    bool bounded = param->least != 0 || param->most != 0;
    expect(!bounded || param->least < param->most, name, "has bounds that hold nothing");
    expect(!bounded || (param->types & (EN_T_NUMBER | EN_T_COUNT)) != 0, name,
           "has bounds but is no number");
    expect(param->fields == NULL || (param->types & (EN_T_ARRAY | EN_T_COLLECTION)) != 0, name,
           "has fields but is no collection");
    expect(param->choices == NULL || (param->types & EN_T_TEXT) != 0, name,
           "has choices but is no text");
}

static bool is_choice(const en_param *param, en_value value)
{
    for (size_t i = 0; param->choices[i] != NULL; i++) {
        if (en_text_equal(en_value_text(value), en_text_from(param->choices[i]))) {
            return true;
        }
    }
    return false;
}

static void check_fallback(en_text name, const en_param *param)
{
    if (param->fallback == NULL) {
        return;
    }
    en_value value = en_null();
    en_value coerced = en_null();
    en_error error;
    en_error_clear(&error);
    expect(en_json_read(&arena, en_text_from(param->fallback), 0, 8, &value, &error), name,
           "has a default that is no JSON");
    expect(en_coerce(&arena, param->types, value, NULL, &coerced, &error), name,
           "has a default of another type");
    expect(en_value_equal(value, coerced), name, "has a default that is changed when it is used");
    if (param->choices != NULL) {
        expect(is_choice(param, value), name, "has a default that is none of the choices");
    }
    if (param->least < param->most) {
        double number = en_value_number(value);
        expect(number >= param->least && number <= param->most, name,
               "has a default out of bounds");
    }
}

static void check_params(en_text name, const en_family *family, const en_module *module)
{
    (void)family;
    for_each_param(name, module->takes, check_param);
    for_each_param(name, module->takes, check_fallback);
    for_each_param(name, module->gives, check_param);
    for (size_t i = 0; i < en_module_param_count(module); i++) {
        expect(en_module_param_find(module, en_text_from(module->takes[i].name)) == i, name,
               "has two parameters of one name");
    }
    expect(en_module_param_find(module, EN_TEXT("no such parameter")) == SIZE_MAX, name,
           "has every parameter");
}

static void every_parameter_and_its_default_make_sense(void **state)
{
    (void)state;
    for_each_module(check_params);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(every_name_and_alias_finds_its_row),         test(unknown_names_find_nothing),
        test(a_misspelt_name_is_told_the_right_one),      test(every_row_is_complete),
        test(every_parameter_and_its_default_make_sense),
    };
    return EN_RUN(tests);
}

/* Every row's own example, and the rows' shape. */
#include "test.h"

#include "context.h"
#include "expr/fn.h"
#include "value/json.h"

static void every_example_gives_its_result(void **state)
{
    (void)state;
    en_arena arena;
    size_t count = 0;
    en_zones *zones = en_zones_new();
    en_arena_init(&arena, NULL);
    for (size_t i = 0; en_fn_families[i] != NULL; i++) {
        for (const en_fn *fn = en_fn_families[i]; fn->name != NULL; fn++, count++) {
            const en_rules *rules =
                (fn->flags & EN_FN_FUSION) != 0 ? &en_rules_fusion : &en_rules_blueprint;
            context_resolver resolver = context_resolver_of(&arena, rules, en_nothing());
            context_scope scope;
            en_template *made;
            en_value result = en_nothing();
            en_value expected;
            en_error error;
            en_error_clear(&error);
            context_scope_init(&scope, &arena, en_nothing());
            scope.scope.zones = zones;
            if (!en_template_compile(&resolver.resolver, en_text_from(fn->example), &made,
                                     &error) ||
                !en_template_eval(made, &scope.scope, &result, &error)) {
                fail_msg("%s: %s", fn->example, error.message);
            }
            assert_true(en_json_read(&arena, en_text_from(fn->result), EN_JSON_TYPED, EN_JSON_DEPTH,
                                     &expected, &error));
            if (!en_value_equal(result, expected)) {
                fail_msg("%s gave %.*s, not %s", fn->example,
                         EN_TEXT_ARG(en_json_text(&arena, result, EN_JSON_TYPED)), fn->result);
            }
        }
    }
    assert_true(count >= 107);
    en_zones_free(zones);
    en_arena_done(&arena);
}

static void every_row_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; en_fn_families[i] != NULL; i++) {
        for (const en_fn *fn = en_fn_families[i]; fn->name != NULL; fn++) {
            en_text nearest;
            assert_ptr_equal(en_fn_find(en_text_from(fn->name), &en_rules_fusion, &nearest), fn);
            assert_non_null(fn->eval);
            assert_true(fn->doc != NULL && fn->gives != 0 && fn->takes[0].name != NULL);
            assert_true(strstr(fn->example, fn->name) != NULL);
            for (size_t j = 0; j < EN_FN_MOST_PARAMS && fn->takes[j].name != NULL; j++) {
                assert_true(fn->takes[j].types != 0 && fn->takes[j].doc != NULL);
                bool last = j + 1 == EN_FN_MOST_PARAMS || fn->takes[j + 1].name == NULL;
                assert_true(last || (fn->takes[j].flags & EN_FN_REST) == 0);
            }
        }
    }
}

static void fusion_rows_are_unknown_elsewhere(void **state)
{
    (void)state;
    size_t count = 0;
    for (size_t i = 0; en_fn_families[i] != NULL; i++) {
        for (const en_fn *fn = en_fn_families[i]; fn->name != NULL; fn++) {
            en_text name = en_text_from(fn->name);
            en_text nearest;
            const en_fn *elsewhere = (fn->flags & EN_FN_FUSION) != 0 ? NULL : fn;
            assert_ptr_equal(en_fn_find(name, &en_rules_blueprint, &nearest), elsewhere);
            assert_ptr_equal(en_fn_find(name, &en_rules_list, &nearest), elsewhere);
            count += elsewhere == NULL;
        }
    }
    assert_true(count >= 37);
}

static void unknown_names_find_the_nearest(void **state)
{
    (void)state;
    en_text nearest;
    assert_null(en_fn_find(EN_TEXT("formatdate"), &en_rules_blueprint, &nearest));
    assert_text(nearest, "formatDate");
    assert_null(en_fn_find(EN_TEXT("xyzzyplugh"), &en_rules_blueprint, &nearest));
    assert_int_equal(nearest.length, 0);
    assert_null(en_fn_find(EN_TEXT("ifEmpty"), &en_rules_list, &nearest));
    assert_text(nearest, "ifempty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_gives_its_result),
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(fusion_rows_are_unknown_elsewhere),
        cmocka_unit_test(unknown_names_find_the_nearest),
    };
    return EN_RUN(tests);
}

/* Hints for functions that are not there. */
#include "test.h"

#include "context.h"
#include "expr/missing.h"

#include <ctype.h>

static const char *hint_for(const char *name, const en_rules *rules, en_error *error)
{
    en_error_clear(error);
    en_error_set(error, EN_SyntaxError, "Function '%s' not found!", name);
    en_fn_missing_hint(en_text_from(name), rules, error);
    return error->hint;
}

static void hints_say_what_to_write(void **state)
{
    (void)state;
    en_error error;
    assert_string_equal(hint_for("and", &en_rules_blueprint, &error), "write a & b");
    assert_string_equal(hint_for("replaceAll", &en_rules_list, &error), "did you mean replace?");
    assert_string_equal(hint_for("ifEmpty", &en_rules_blueprint, &error), "did you mean ifempty?");
    assert_string_equal(hint_for("parseJSON", &en_rules_blueprint, &error),
                        "use the module JSON > Parse JSON");
    assert_string_equal(hint_for("now", &en_rules_blueprint, &error),
                        "now is a value: write it without parentheses");
    assert_string_equal(hint_for("pascal", &en_rules_blueprint, &error),
                        "only the dialect of Workfront Fusion has it");
    assert_string_equal(hint_for("xyzzyplugh", &en_rules_blueprint, &error), "");
}

static bool is_known(const char *name, size_t length)
{
    en_text nearest;
    return en_fn_find((en_text){ name, length }, &en_rules_blueprint, &nearest) != NULL;
}

/* A row nobody reaches, or that sends people to what is not there either, is wrong. */
static void rows_lead_from_what_is_missing_to_what_is_there(void **state)
{
    (void)state;
    for (const en_fn_missing *row = en_fn_missing_rows; row->name != NULL; row++) {
        if (is_known(row->name, strlen(row->name))) {
            fail_msg("%s is a function", row->name);
        }
        assert_true((row->instead == NULL) != (row->hint == NULL));
        if (row->instead != NULL && !is_known(row->instead, strlen(row->instead))) {
            fail_msg("%s: there is no function %s", row->name, row->instead);
        }
        for (const char *at = row->hint != NULL ? row->hint : ""; *at != '\0'; at++) {
            size_t length = 0;
            while (isalnum((unsigned char)at[length])) {
                length++;
            }
            if (length != 0 && at[length] == '(' && !is_known(at, length)) {
                fail_msg("%s: %s", row->name, row->hint);
            }
            at += length != 0 ? length - 1 : 0;
        }
    }
}

static void evaluating_gives_the_hint_too(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    context_resolver resolver = context_resolver_of(&arena, &en_rules_blueprint, en_nothing());
    context_scope scope;
    en_template *made;
    en_value result;
    en_error error;
    resolver.resolver.check_functions = false;
    context_scope_init(&scope, &arena, en_nothing());
    en_error_clear(&error);
    assert_true(en_template_compile(&resolver.resolver, EN_TEXT("{{upper(urlEncode(1.a))}}"), &made,
                                    &error));
    assert_false(en_template_eval(made, &scope.scope, &result, &error));
    assert_error(&error, EN_DataError,
                 "Function 'upper' finished with error! Function 'urlEncode' not found!");
    assert_string_equal(error.hint, "did you mean encodeURL?");
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hints_say_what_to_write),
        cmocka_unit_test(rows_lead_from_what_is_missing_to_what_is_there),
        cmocka_unit_test(evaluating_gives_the_hint_too),
    };
    return EN_RUN(tests);
}

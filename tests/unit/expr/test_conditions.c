#include "test.h"

#include "context.h"
#include "expr/mapping.h"
#include "value/json.h"

#include <stdio.h>

typedef struct told {
    en_mapping_sink sink;
    size_t count;
    en_error last;
} told;

static void note_problem(en_mapping_sink *sink, const en_error *error)
{
    told *seen = (told *)sink;
    seen->last = *error;
    seen->count++;
}

typedef struct fixture {
    en_arena arena;
    context_resolver resolver;
    context_scope scope;
    told seen;
    en_error error;
} fixture;

static en_value read_json(en_arena *arena, const char *json)
{
    en_value value;
    en_error error;
    en_error_clear(&error);
    assert_true(
        en_json_read(arena, en_text_from(json), EN_JSON_TYPED, EN_JSON_DEPTH, &value, &error));
    return value;
}

static void begin(fixture *fix, const char *context)
{
    en_arena_init(&fix->arena, NULL);
    en_value value = read_json(&fix->arena, context);
    fix->resolver = context_resolver_of(&fix->arena, &en_rules_list, value);
    context_scope_init(&fix->scope, &fix->arena, value);
    fix->seen = (told){ .sink = { note_problem } };
    en_error_clear(&fix->error);
}

static void end(fixture *fix)
{
    en_arena_done(&fix->arena);
}

static const en_conditions *compile(fixture *fix, const char *json, en_operand a)
{
    return en_conditions_compile(&fix->resolver.resolver, read_json(&fix->arena, json), a,
                                 &fix->seen.sink);
}

static bool holds(fixture *fix, const char *json)
{
    bool result = false;
    const en_conditions *conditions = compile(fix, json, EN_A_IS_VALUE);
    assert_int_equal(fix->seen.count, 0);
    assert_true(en_conditions_test(conditions, &fix->scope.scope, &result, &fix->error));
    return result;
}

static void groups_are_or_of_and(void **state)
{
    (void)state;
    static const char filter[] =
        "{\"conditions\": [[{\"a\": \"{{status}}\", \"b\": \"active\", \"o\": \"equal\"},"
        "                   {\"a\": \"{{status}}\", \"b\": \"pending\", \"o\": \"equal\"}],"
        "                  [{\"a\": \"{{type}}\", \"b\": \"premium\", \"o\": \"equal\"}]]}";
    static const struct {
        const char *context;
        bool holds;
    } cases[] = {
        { "{\"status\": \"active\", \"type\": \"premium\"}", true },
        { "{\"status\": \"pending\", \"type\": \"premium\"}", true },
        { "{\"status\": \"closed\", \"type\": \"premium\"}", true },
        { "{\"status\": \"active\", \"type\": \"basic\"}", false },
        { "{\"status\": \"pending\", \"type\": \"basic\"}", false },
        { "{}", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture fix;
        begin(&fix, cases[i].context);
        assert_int_equal(holds(&fix, filter), cases[i].holds);
        end(&fix);
    }
}

static void all_spellings_of_groups_are_read(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, "{\"n\": 101}");
    assert_true(holds(&fix, "[[{\"a\": \"{{n}}\", \"o\": \"greater\", \"b\": 100}]]"));
    assert_true(holds(&fix, "[{\"o\": \"greater\", \"b\": \"100\", \"a\": \"{{n}}\"}]"));
    assert_true(holds(&fix, "{\"name\": \"big\", \"conditions\": "
                            "[[{\"a\": \"{{n}}\", \"o\": \"number:greater\", \"b\": \"1e2\"}]]}"));
    assert_false(holds(&fix, "[[{\"a\": \"{{n}}\", \"o\": \"less\", \"b\": \"{{n - 1}}\"}]]"));
    assert_false(holds(&fix, "[{\"a\": \"{{n}}\", \"o\": \"greater\", \"b\": 1},"
                             " {\"a\": \"{{n}}\", \"o\": \"greater\", \"b\": 101}]"));
    assert_true(holds(&fix, "[[{\"a\": \"{{n}}\", \"o\": \"in\", \"b\": [1, \"{{n}}\"]}]]"));
    end(&fix);
}

static void missing_and_empty_conditions_hold(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, "{}");
    static const char *const missing[] = { "null", "{}", "{\"name\": \"all\"}" };
    for (size_t i = 0; i < 3; i++) {
        assert_null(compile(&fix, missing[i], EN_A_IS_VALUE));
        assert_true(holds(&fix, missing[i]));
    }
    static const char *const empty[] = { "[]", "{\"conditions\": []}", "[[]]" };
    for (size_t i = 0; i < 3; i++) {
        assert_true(en_conditions_are_empty(compile(&fix, empty[i], EN_A_IS_VALUE)));
        assert_true(holds(&fix, empty[i]));
    }
    assert_false(en_conditions_are_empty(NULL));
    assert_false(
        en_conditions_are_empty(compile(&fix, "[[{\"a\": 1, \"o\": \"exist\"}]]", EN_A_IS_VALUE)));
    end(&fix);
}

static void unary_operators_need_no_right_side(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, "{\"email\": \"a@b\", \"none\": \"\", \"zero\": 0}");
    assert_true(holds(&fix, "[[{\"a\": \"{{email}}\", \"o\": \"exist\"}]]"));
    assert_false(holds(&fix, "[[{\"a\": \"{{none}}\", \"o\": \"exist\"}]]"));
    assert_true(holds(&fix, "[[{\"a\": \"{{zero}}\", \"o\": \"exist\"}]]"));
    assert_true(holds(&fix, "[[{\"a\": \"{{absent}}\", \"o\": \"notExist\", \"b\": \"{{bad(\"}]]"));
    end(&fix);
}

static void later_conditions_are_not_evaluated_in_vain(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, "{\"n\": 1, \"t\": \"x\"}");
    assert_true(holds(&fix, "[[{\"a\": \"{{n}}\", \"o\": \"equal\", \"b\": 1}],"
                            " [{\"a\": \"{{t * 2}}\", \"o\": \"equal\", \"b\": 1}]]"));
    assert_false(holds(&fix, "[[{\"a\": \"{{n}}\", \"o\": \"equal\", \"b\": 2},"
                             "  {\"a\": \"{{t * 2}}\", \"o\": \"equal\", \"b\": 1}]]"));
    end(&fix);
}

static void assert_problem(fixture *fix, const char *json, const char *path, const char *message,
                           const char *hint)
{
    fix->seen.count = 0;
    (void)compile(fix, json, EN_A_IS_VALUE);
    assert_int_equal(fix->seen.count, 1);
    assert_error(&fix->seen.last, EN_SyntaxError, message);
    assert_string_equal(fix->seen.last.path, path);
    if (hint != NULL) {
        assert_non_null(strstr(fix->seen.last.hint, hint));
    }
}

static void problems_name_place_and_remedy(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, "{}");
    assert_problem(&fix, "{\"conditions\": [[{\"a\": 1, \"o\": \"equl\", \"b\": 1}]]}",
                   "conditions[0][0].o", "There is no operator equl", "did you mean equal?");
    assert_problem(&fix, "[[{\"a\": 1, \"o\": \"exist\"}, {\"a\": 1, \"b\": 1}]]", "[0][1].o",
                   "The condition has no operator o", "operators are equal, notEqual");
    assert_problem(&fix, "[{\"a\": 1, \"o\": 5}]", "[0].o",
                   "Expected an operator's name but found number", "operators are");
    assert_problem(&fix, "[[{\"o\": \"equal\", \"b\": 1}]]", "[0][0]",
                   "The condition has no left side a", NULL);
    assert_problem(&fix, "[[{\"a\": \"{{1 +}}\", \"o\": \"equal\", \"b\": 1}]]", "[0][0].a",
                   "Operator on end of an expression.", NULL);
    assert_problem(&fix, "[[{\"a\": 1, \"o\": \"in\", \"b\": [0, \"{{1 +}}\"]}]]", "[0][0].b[1]",
                   "Operator on end of an expression.", NULL);
    assert_problem(&fix, "[[1]]", "[0][0]", "Expected a condition {a, o, b} but found number",
                   NULL);
    assert_problem(&fix, "[[], 1]", "[1]", "Expected a list of conditions but found number", NULL);
    assert_problem(&fix, "{\"conditions\": \"{{x}}\"}", "conditions",
                   "Expected lists of conditions but found text", NULL);
    end(&fix);
}

static void errors_name_their_operand(void **state)
{
    (void)state;
    fixture fix;
    bool result;
    begin(&fix, "{\"t\": \"x\"}");
    const en_conditions *conditions = compile(
        &fix,
        "{\"conditions\": [[], [{\"a\": 1, \"o\": \"equal\", \"b\": {\"c\": \"{{t * 2}}\"}}]]}",
        EN_A_IS_FIELD);
    en_filter filter;
    assert_false(en_conditions_to_filter(conditions, &fix.scope.scope, &filter, &fix.error));
    assert_error(&fix.error, EN_DataError, "'x' is not a valid number.");
    assert_string_equal(fix.error.path, "conditions[1][0].b.c");
    en_error_clear(&fix.error);
    conditions =
        compile(&fix, "[{\"a\": \"{{t}}\", \"o\": \"matches\", \"b\": \"(\"}]", EN_A_IS_VALUE);
    assert_false(en_conditions_test(conditions, &fix.scope.scope, &result, &fix.error));
    assert_int_equal(fix.error.type, EN_DataError);
    assert_string_equal(fix.error.path, "[0]");
    end(&fix);
}

static void searches_name_fields(void **state)
{
    (void)state;
    fixture fix;
    en_filter filter;
    begin(&fix, "{\"min\": 100, \"now\": 5}");
    const en_conditions *conditions =
        compile(&fix,
                "[[{\"a\": \"status\", \"o\": \"equal\", \"b\": \"active\"},"
                "  {\"a\": \"address.zip\", \"o\": \"greater\", \"b\": \"{{min}}\"},"
                "  {\"a\": \"{{min}}\", \"o\": \"less\", \"b\": 3}]]",
                EN_A_IS_FIELD);
    assert_true(en_conditions_to_filter(conditions, &fix.scope.scope, &filter, &fix.error));
    assert_int_equal(filter.count, 1);
    assert_int_equal(filter.groups[0].count, 3);
    const en_condition *made = filter.groups[0].conditions;
    assert_true(made[0].a_is_field);
    assert_text(made[0].field, "status");
    assert_text(en_value_text(made[0].b), "active");
    assert_text(made[1].field, "address.zip");
    assert_int_equal(made[1].op.operation, EN_OP_GREATER);
    assert_true(en_value_number(made[1].b) == 100);
    assert_false(made[2].a_is_field);
    assert_true(en_value_number(made[2].a) == 100);
    assert_true(en_conditions_to_filter(NULL, &fix.scope.scope, &filter, &fix.error));
    assert_int_equal(filter.count, 0);
    end(&fix);
}

static void count_refs(void *context, const en_ref *ref, en_text field, size_t at)
{
    (void)ref;
    (void)field;
    (void)at;
    ++*(size_t *)context;
}

static void every_operand_is_visited(void **state)
{
    (void)state;
    fixture fix;
    size_t count = 0;
    begin(&fix, "{}");
    en_conditions_visit(compile(&fix,
                                "[[{\"a\": \"{{x}}\", \"o\": \"equal\", \"b\": [\"{{y}}\"]}],"
                                " [{\"a\": \"{{z}}\", \"o\": \"exist\"}]]",
                                EN_A_IS_VALUE),
                        count_refs, &count);
    assert_int_equal(count, 3);
    en_conditions_visit(NULL, count_refs, &count);
    assert_int_equal(count, 3);
    end(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_or_of_and),
        cmocka_unit_test(all_spellings_of_groups_are_read),
        cmocka_unit_test(missing_and_empty_conditions_hold),
        cmocka_unit_test(unary_operators_need_no_right_side),
        cmocka_unit_test(later_conditions_are_not_evaluated_in_vain),
        cmocka_unit_test(problems_name_place_and_remedy),
        cmocka_unit_test(errors_name_their_operand),
        cmocka_unit_test(searches_name_fields),
        cmocka_unit_test(every_operand_is_visited),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "context.h"
#include "value/json.h"

#include <stdio.h>

typedef struct fixture {
    en_arena arena;
    context_resolver resolver;
    context_scope scope;
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

static void begin(fixture *fix, const en_rules *rules, const char *context)
{
    en_arena_init(&fix->arena, NULL);
    en_value value = read_json(&fix->arena, context);
    fix->resolver = context_resolver_of(&fix->arena, rules, value);
    context_scope_init(&fix->scope, &fix->arena, value);
    fix->scope.scope.now_ms = 1893553445678;
    en_error_clear(&fix->error);
}

static void end(fixture *fix)
{
    en_arena_done(&fix->arena);
}

static bool compile(fixture *fix, const char *source, en_template **made)
{
    en_error_clear(&fix->error);
    return en_template_compile(&fix->resolver.resolver, en_text_from(source), made, &fix->error);
}

static bool eval(fixture *fix, const char *source, en_value *result)
{
    en_template *made;
    return compile(fix, source, &made) &&
           en_template_eval(made, &fix->scope.scope, result, &fix->error);
}

static void assert_gives(fixture *fix, const char *source, const char *json)
{
    en_value result = en_nothing();
    if (!eval(fix, source, &result)) {
        fail_msg("%s: %s", source, fix->error.message);
    }
    assert_text(en_json_text(&fix->arena, result, EN_JSON_TYPED), json);
}

static void assert_fails(fixture *fix, const char *source, en_error_type type, const char *message,
                         size_t caret)
{
    en_value result = en_nothing();
    assert_false(eval(fix, source, &result));
    assert_error(&fix->error, type, message);
    assert_string_equal(fix->error.source, source);
    assert_int_equal(fix->error.caret, caret);
}

static void add_times(en_builder *text, const char *part, int times)
{
    for (int i = 0; i < times; i++) {
        en_builder_add(text, en_text_from(part));
    }
}

static void errors_show_where(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, &en_rules_blueprint, "{\"1\": {\"a\": \"x\"}}");
    assert_fails(&fix, "a {{1.a + }}", EN_SyntaxError, "Operator on end of an expression.", 10);
    assert_fails(&fix, "a {{upper(1.a, 2)}}", EN_SyntaxError,
                 "Arguments are separated by ; here, not by ,", 13);
    en_value result = en_nothing();
    assert_false(eval(&fix, "a {{ \x01 }}", &result));
    assert_error(&fix.error, EN_SyntaxError, "Unexpected control character 0x1");
    assert_int_equal(fix.error.caret, 5);
    assert_fails(&fix, "a {{uper(1.a)}}", EN_SyntaxError, "Function 'uper' not found!", 4);
    assert_string_equal(fix.error.hint, "did you mean upper?");
    assert_fails(&fix, "{{and(1.a; 1.b)}}", EN_SyntaxError, "Function 'and' not found!", 2);
    assert_string_equal(fix.error.hint, "write a & b");
    assert_fails(&fix, "{{now()}}", EN_SyntaxError, "Function 'now' not found!", 2);
    assert_string_equal(fix.error.hint, "now is a value: write it without parentheses");
    assert_fails(&fix, "{{1.a}} {{1.a * 2}}", EN_DataError, "'x' is not a valid number.", 14);
    end(&fix);
}

static void calls_fail_from_the_outside_in(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, &en_rules_blueprint, "{\"1\": {\"a\": \"x\"}}");
    assert_fails(&fix, "{{upper(first(1.a))}}", EN_DataError,
                 "Function 'upper' finished with error! Function 'first' finished with error! "
                 "'x' is not a valid array.",
                 8);
    fix.resolver.resolver.check_functions = false;
    assert_fails(&fix, "{{if(or(1.a); 1; 2)}}", EN_DataError,
                 "Function 'if' finished with error! Function 'or' not found!", 5);
    assert_fails(&fix, "{{formatDate(1.none; \"YYYY\")}}", EN_DataError,
                 "Function 'formatDate' finished with error! '{empty}' is not a valid date.", 2);
    assert_fails(&fix, "{{round(1)}}{{first(`1`)}}", EN_DataError,
                 "Function 'first' finished with error! '{object}' is not a valid array.", 14);
    assert_gives(&fix, "{{if(true; 1; or(1.a))}}", "1");
    end(&fix);
}

static void long_messages_are_cut(void **state)
{
    (void)state;
    fixture fix;
    en_builder source;
    en_value result = en_nothing();
    begin(&fix, &en_rules_blueprint, "{\"1\": {\"a\": \"x\"}}");
    en_builder_init(&source, &fix.arena);
    en_builder_add(&source, EN_TEXT("{{"));
    add_times(&source, "upper(", 100);
    en_builder_add(&source, EN_TEXT("first(1.a)"));
    add_times(&source, ")", 100);
    en_builder_add(&source, EN_TEXT("}}"));
    assert_false(eval(&fix, en_text_terminate(&fix.arena, en_builder_take(&source)), &result));
    assert_int_equal(strlen(fix.error.message), sizeof fix.error.message - 1);
    end(&fix);
}

static void exact_integers_pass_untouched(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, &en_rules_blueprint,
          "{\"1\": {\"id\": 9007199254740993, \"big\": 18446744073709551615}}");
    assert_gives(&fix, "{{1.id}}", "9007199254740993");
    assert_gives(&fix, "{{1.big}}", "18446744073709551615");
    assert_gives(&fix, "id={{1.id}}", "\"id=9007199254740993\"");
    assert_gives(&fix, "{{\"id=\" + 1.id}}", "\"id=9007199254740993\"");
    assert_gives(&fix, "{{9007199254740993}}", "9007199254740993");
    assert_gives(&fix, "{{-9007199254740993}}", "-9007199254740993");
    assert_gives(&fix, "{{floor(1.id)}}", "9007199254740993");
    assert_gives(&fix, "{{abs(-9007199254740993)}}", "9007199254740993");
    assert_gives(&fix, "{{if(1.id; 1.id; 0)}}", "9007199254740993");
    assert_gives(&fix, "{{1.id + 0}}", "9007199254740992");
    end(&fix);
}

static void a_chain_of_plus_is_one_text(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, &en_rules_blueprint,
          "{\"1\": {\"a\": \"x\", \"n\": 2, \"d\": "
          "{\"$date\": \"2030-01-02T03:04:05.678Z\"}}}");
    assert_gives(&fix, "{{1.n + 1 + 1.a + 1 + 1.n}}", "\"3x12\"");
    assert_gives(&fix, "{{1.n + (1 + 1.a) + 1.none + 1.n}}", "\"21x2\"");
    assert_gives(&fix, "{{1.n + 1 - 1 + 1.a}}", "\"2x\"");
    assert_gives(&fix, "{{1.n ++ \"5\"}}", "7");
    assert_gives(&fix, "{{1.d + 1}}", "\"2030-01-02T03:04:05.678Z1\"");
    assert_gives(&fix, "{{1.d + 1.none}}", "{\"$date\":\"2030-01-02T03:04:05.678Z\"}");
    en_builder source;
    en_value result = en_nothing();
    en_builder_init(&source, &fix.arena);
    en_builder_add(&source, EN_TEXT("{{1.a"));
    add_times(&source, "+1.n", 3000);
    en_builder_add(&source, EN_TEXT("}}"));
    assert_true(eval(&fix, en_text_terminate(&fix.arena, en_builder_take(&source)), &result));
    assert_int_equal(result.length, 3001);
    end(&fix);
}

static void operators_follow_javascript(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, &en_rules_blueprint,
          "{\"1\": {\"none\": null, \"t\": true, \"a\": [1], \"o\": {\"x\": 1}, \"p\": {\"x\": 1}, "
          "\"d\": {\"$date\": \"2030-01-02T00:00:00.000Z\"}, \"iso\": \"2030-01-02T00:00:00Z\"}}");
    assert_gives(&fix, "{{1.missing & 1}}", "null");
    assert_gives(&fix, "{{0 | \"b\"}}", "\"b\"");
    assert_gives(&fix, "{{\"a\" & \"b\" | \"c\"}}", "\"b\"");
    assert_gives(&fix, "{{1.none < 1}}", "true");
    assert_gives(&fix, "{{1.missing < 1}}", "false");
    assert_gives(&fix, "{{\"abc\" < 1}}", "false");
    assert_gives(&fix, "{{\"abc\" >= 1}}", "false");
    assert_gives(&fix, "{{1.t = 1}}", "true");
    assert_gives(&fix, "{{1.o = 1.p}}", "true");
    assert_gives(&fix, "{{1.a = \"1\"}}", "true");
    assert_gives(&fix, "{{1.d = 1.iso}}", "true");
    assert_gives(&fix, "{{1.d > \"2030-01-01\"}}", "true");
    assert_gives(&fix, "{{\"\" = 0}}", "true");
    assert_gives(&fix, "{{1.missing = 0}}", "false");
    assert_gives(&fix, "{{1.missing != 1.none}}", "false");
    assert_gives(&fix, "{{2 - -3}}", "5");
    assert_gives(&fix, "{{1.a - 1 = 1.a - 1}}", "false");
    assert_gives(&fix, "{{!1.t = false}}", "true");
    assert_gives(&fix, "{{- 2 * 3}}", "-6");
    end(&fix);
}

static void constants_are_folded(void **state)
{
    (void)state;
    fixture fix;
    en_template *made;
    en_value value;
    begin(&fix, &en_rules_blueprint, "{}");
    assert_true(compile(&fix, "{{upper(\"a\" + space) + 2 * 3}}", &made));
    assert_true(en_template_constant(made, &value));
    assert_text(en_value_text(value), "A 6");
    assert_true(compile(&fix, "a{{space}}b{{1 + 1}}{{emptystring}}", &made));
    assert_true(en_template_constant(made, &value));
    assert_text(en_value_text(value), "a b2");
    assert_true(compile(&fix, "{{emptyarray}}", &made));
    assert_true(en_template_constant(made, &value));
    assert_int_equal(value.tag, EN_ARRAY);
    assert_true(compile(&fix, "{{\"a\"}}{{now}}", &made));
    assert_false(en_template_constant(made, &value));
    assert_true(compile(&fix, "{{parseDate(\"2030-01-01\")}}", &made));
    assert_false(en_template_constant(made, &value)); /* the zone is the scope's */
    assert_true(compile(&fix, "{{parseNumber(\"x\")}}", &made));
    assert_false(en_template_constant(made, &value)); /* fails when it is run */
    assert_gives(&fix, "{{if(true; 1; parseNumber(\"x\"))}}", "1");
    end(&fix);
}

static void variables_are_new_every_time(void **state)
{
    (void)state;
    fixture fix;
    en_value once;
    en_value again;
    begin(&fix, &en_rules_list, "{}");
    static const char *const sources[] = { "{{uuid}}", "{{random}}", "{{generateUniqueId}}" };
    for (size_t i = 0; i < 3; i++) {
        assert_true(eval(&fix, sources[i], &once) && eval(&fix, sources[i], &again));
        assert_false(en_value_equal(once, again));
    }
    assert_true(eval(&fix, "{{uuid}}{{uuid}}", &once));
    en_text both = en_value_text(once);
    assert_int_equal(both.length, 2 * EN_UUID_LENGTH);
    assert_false(en_text_equal(en_text_slice(both, 0, EN_UUID_LENGTH),
                               en_text_slice(both, EN_UUID_LENGTH, both.length)));
    assert_gives(&fix, "{{now}}", "{\"$date\":\"2030-01-02T03:04:05.678Z\"}");
    assert_gives(&fix, "{{timestamp}}", "1893553445");
    fix.scope.scope.now_ms = -1;
    assert_gives(&fix, "{{timestamp}}", "-1");
    end(&fix);
}

/* --- slots, as the executor has them --- */

typedef struct slot_resolver {
    en_resolver resolver;
    en_ref ref; /* what every name becomes */
} slot_resolver;

static bool resolve_slot(en_resolver *resolver, en_text name, bool is_id, en_text field, size_t at,
                         en_ref *ref)
{
    (void)name;
    (void)is_id;
    (void)field;
    (void)at;
    *ref = ((slot_resolver *)resolver)->ref;
    return true;
}

static en_value eval_slots(fixture *fix, const en_ref *ref, const char *source,
                           const en_value *slots)
{
    slot_resolver resolver = {
        { .resolve = resolve_slot, .rules = fix->resolver.resolver.rules, .arena = &fix->arena },
        *ref,
    };
    en_template *made;
    en_value result = en_nothing();
    fix->scope.scope.slots = slots;
    assert_true(en_template_compile(&resolver.resolver, en_text_from(source), &made, &fix->error));
    assert_true(en_template_eval(made, &fix->scope.scope, &result, &fix->error));
    return result;
}

static void a_list_in_its_loop_reads_the_present_record(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, &en_rules_list, "{}");
    en_value slots[2] = { read_json(&fix.arena, "[{\"a\": 1}, {\"a\": 2, \"b\": {\"c\": 3}}]"),
                          read_json(&fix.arena, "{\"item\": {\"a\": 2, \"b\": {\"c\": 3}}, "
                                                "\"index\": 2, \"length\": 2}") };
    en_ref ref = { .kind = EN_REF_SLOT, .slot = 0, .present = 1 };
    assert_true(en_value_number(eval_slots(&fix, &ref, "{{2.a}}", slots)) == 2);
    assert_true(en_value_number(eval_slots(&fix, &ref, "{{2.b.c}}", slots)) == 3);
    assert_true(en_value_number(eval_slots(&fix, &ref, "{{2.length}}", slots)) == 2);
    assert_true(en_value_number(eval_slots(&fix, &ref, "{{2[0].a}}", slots)) == 1);
    assert_true(en_value_number(eval_slots(&fix, &ref, "{{2[].a}}", slots).as.items[0]) == 1);
    slots[1] = en_nothing();
    assert_true(en_value_number(eval_slots(&fix, &ref, "{{2.a}}", slots)) == 1);
    ref.present = EN_NO_SLOT;
    assert_true(en_value_number(eval_slots(&fix, &ref, "{{2.a}}", slots)) == 1);
    end(&fix);
}

static void a_member_of_the_bundle_may_be_meant(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, &en_rules_list, "{}");
    en_value slots[1] = { read_json(&fix.arena, "{\"item\": {\"a\": 2}, \"index\": 1}") };
    en_ref ref = {
        .kind = EN_REF_SLOT, .slot = 0, .present = EN_NO_SLOT, .member = EN_TEXT("item")
    };
    assert_true(en_value_number(eval_slots(&fix, &ref, "{{item.a}}", slots)) == 2);
    assert_int_equal(eval_slots(&fix, &ref, "{{item}}", slots).tag, EN_COLLECTION);
    ref.member = EN_TEXT("index");
    assert_true(en_value_number(eval_slots(&fix, &ref, "{{x}}", slots)) == 1);
    end(&fix);
}

static void the_first_slot_that_holds_something_is_read(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, &en_rules_list, "{}");
    en_value slots[3] = { en_nothing(), en_null(), en_number(7) };
    static const uint32_t order[] = { 0, 2, 1 };
    en_ref ref = { .kind = EN_REF_SLOTS, .slots = order, .slot_count = 3, .present = EN_NO_SLOT };
    assert_true(en_value_number(eval_slots(&fix, &ref, "{{x}}", slots)) == 7);
    static const uint32_t other[] = { 0, 1, 2 };
    ref.slots = other;
    assert_int_equal(eval_slots(&fix, &ref, "{{x}}", slots).tag, EN_NULL);
    ref.slot_count = 1;
    assert_int_equal(eval_slots(&fix, &ref, "{{x}}", slots).tag, EN_NOTHING);
    end(&fix);
}

static void adjacent_texts_are_not_overwritten(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, &en_rules_blueprint, "{}");
    char *bytes = en_arena_alloc(&fix.arena, 2);
    memcpy(bytes, "ab", 2);
    en_value slots[1] = { en_text_value((en_text){ bytes, 2 }) };
    en_ref ref = { .kind = EN_REF_SLOT, .slot = 0, .present = EN_NO_SLOT };
    en_value one = eval_slots(&fix, &ref, "{{x + 1}}", slots);
    en_value two = eval_slots(&fix, &ref, "{{x + 2}}", slots);
    assert_text(en_value_text(one), "ab1");
    assert_text(en_value_text(two), "ab2");
    end(&fix);
}

/* --- visiting --- */

typedef struct visited {
    char names[256];
} visited;

static void note(void *context, const en_ref *ref, en_text field, size_t at)
{
    visited *seen = context;
    size_t used = strlen(seen->names);
    snprintf(seen->names + used, sizeof seen->names - used, "%.*s:%.*s@%zu ",
             EN_TEXT_ARG(ref->name), EN_TEXT_ARG(field), at);
}

static void every_reference_is_visited(void **state)
{
    (void)state;
    fixture fix;
    en_template *made;
    visited seen = { "" };
    begin(&fix, &en_rules_list, "{\"2\": {}, \"3\": {}}");
    assert_true(
        compile(&fix, "{{2.length}} {{if(2; x[3.i].a; !y + z.q - 1)}}{{(w).f}}{{2[0].b}}", &made));
    en_template_visit(made, note, &seen);
    assert_string_equal(seen.names, "2:length@2 x:@21 3:i@23 y:@32 z:q@36 w:@49 2:@57 ");
    end(&fix);
}

/* --- limits --- */

static void deep_expressions_are_refused(void **state)
{
    (void)state;
    fixture fix;
    static const char *const openers[] = { "(", "!", "-", "upper(", "1.a[", "1*(1+" };
    begin(&fix, &en_rules_blueprint, "{\"1\": {}}");
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++) {
        en_builder source;
        en_template *made;
        en_builder_init(&source, &fix.arena);
        en_builder_add(&source, EN_TEXT("{{"));
        add_times(&source, openers[i], 100000);
        en_error_clear(&fix.error);
        assert_false(en_template_compile(&fix.resolver.resolver, en_builder_take(&source), &made,
                                         &fix.error));
        assert_error(&fix.error, EN_SyntaxError, "The expression is nested too deeply");
    }
    end(&fix);
}

static void expressions_may_be_rather_deep(void **state)
{
    (void)state;
    fixture fix;
    en_builder source;
    en_value result = en_nothing();
    begin(&fix, &en_rules_blueprint, "{\"1\": {\"a\": \"x\"}}");
    en_builder_init(&source, &fix.arena);
    en_builder_add(&source, EN_TEXT("{{"));
    add_times(&source, "if(1.a;", 290);
    en_builder_add(&source, EN_TEXT("7"));
    add_times(&source, ")", 290);
    en_builder_add(&source, EN_TEXT("}}"));
    assert_true(eval(&fix, en_text_terminate(&fix.arena, en_builder_take(&source)), &result));
    assert_true(en_value_number(result) == 7);
    end(&fix);
}

static void long_chains_of_operators_are_refused(void **state)
{
    (void)state;
    fixture fix;
    en_template *made;
    en_builder source;
    begin(&fix, &en_rules_blueprint, "{\"1\": {}}");
    en_builder_init(&source, &fix.arena);
    en_builder_add(&source, EN_TEXT("{{1.a"));
    add_times(&source, "*1.a", 1000);
    en_builder_add(&source, EN_TEXT("}}"));
    assert_false(
        en_template_compile(&fix.resolver.resolver, en_builder_take(&source), &made, &fix.error));
    assert_error(&fix.error, EN_SyntaxError, "The expression is nested too deeply");
    end(&fix);
}

static void results_have_a_limit(void **state)
{
    (void)state;
    fixture fix;
    en_value result = en_nothing();
    begin(&fix, &en_rules_blueprint, "{\"1\": {\"a\": \"0123456789\"}}");
    fix.scope.scope.max_bytes = 25;
    assert_true(eval(&fix, "{{1.a}}{{1.a}}01234", &result));
    static const char *const sources[] = { "{{1.a}}{{1.a}}012345", "{{1.a + 1.a + \"012345\"}}",
                                           "{{replace(1.a; \"0\"; 1.a + 1.a)}}",
                                           "{{toString(split(1.a; \"\")) + 1.a}}" };
    for (size_t i = 0; i < 4; i++) {
        assert_false(eval(&fix, sources[i], &result));
        assert_int_equal(fix.error.type, EN_DataSizeLimitExceededError);
    }
    end(&fix);
}

static void lists_stop_at_the_budget(void **state)
{
    (void)state;
    fixture fix;
    en_template *made;
    en_value result = en_nothing();
    begin(&fix, &en_rules_blueprint, "{}");
    char *text = en_arena_alloc(&fix.arena, 1 << 20);
    memset(text, 'x', 1 << 20);
    en_value slots[1] = { en_text_value((en_text){ text, 1 << 20 }) };
    slot_resolver resolver = {
        { .resolve = resolve_slot, .rules = &en_rules_blueprint, .arena = &fix.arena },
        { .kind = EN_REF_SLOT, .slot = 0, .present = EN_NO_SLOT },
    };
    assert_true(
        en_template_compile(&resolver.resolver, EN_TEXT("{{split(x; \"\")}}"), &made, &fix.error));
    en_budget budget = { .limit_bytes = 1 << 20 };
    en_arena small;
    en_arena_init(&small, &budget);
    fix.scope.scope.arena = &small;
    fix.scope.scope.slots = slots;
    assert_false(en_template_eval(made, &fix.scope.scope, &result, &fix.error));
    assert_error(&fix.error, EN_DataSizeLimitExceededError,
                 "Function 'split' finished with error! The list is too long.");
    en_arena_done(&small);
    end(&fix);
}

static void dialects_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(en_rules_find(EN_TEXT("list")), &en_rules_list);
    assert_ptr_equal(en_rules_find(EN_TEXT("blueprint")), &en_rules_blueprint);
    assert_ptr_equal(en_rules_find(EN_TEXT("fusion")), &en_rules_fusion);
    assert_null(en_rules_find(EN_TEXT("Fusion")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_show_where),
        cmocka_unit_test(calls_fail_from_the_outside_in),
        cmocka_unit_test(long_messages_are_cut),
        cmocka_unit_test(exact_integers_pass_untouched),
        cmocka_unit_test(a_chain_of_plus_is_one_text),
        cmocka_unit_test(operators_follow_javascript),
        cmocka_unit_test(constants_are_folded),
        cmocka_unit_test(variables_are_new_every_time),
        cmocka_unit_test(a_list_in_its_loop_reads_the_present_record),
        cmocka_unit_test(a_member_of_the_bundle_may_be_meant),
        cmocka_unit_test(the_first_slot_that_holds_something_is_read),
        cmocka_unit_test(adjacent_texts_are_not_overwritten),
        cmocka_unit_test(every_reference_is_visited),
        cmocka_unit_test(deep_expressions_are_refused),
        cmocka_unit_test(expressions_may_be_rather_deep),
        cmocka_unit_test(long_chains_of_operators_are_refused),
        cmocka_unit_test(results_have_a_limit),
        cmocka_unit_test(lists_stop_at_the_budget),
        cmocka_unit_test(dialects_are_found_by_name),
    };
    return EN_RUN(tests);
}

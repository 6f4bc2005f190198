#include "test.h"

#include "context.h"
#include "expr/mapping.h"
#include "value/json.h"

#include <stdio.h>

typedef struct told {
    en_mapping_sink sink;
    size_t count;
    en_error last;
    char paths[256];
} told;

static void note_problem(en_mapping_sink *sink, const en_error *error)
{
    told *seen = (told *)sink;
    size_t used = strlen(seen->paths);
    snprintf(seen->paths + used, sizeof seen->paths - used, "%s ", error->path);
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

static const en_mapping *compile(fixture *fix, const char *json)
{
    return en_mapping_compile(&fix->resolver.resolver, read_json(&fix->arena, json),
                              &fix->seen.sink);
}

static void assert_maps(fixture *fix, const char *json, const char *expected)
{
    en_value result = en_nothing();
    const en_mapping *mapping = compile(fix, json);
    assert_int_equal(fix->seen.count, 0);
    if (!en_mapping_eval(mapping, &fix->scope.scope, &result, &fix->error)) {
        fail_msg("%s: %s", json, fix->error.message);
    }
    assert_text(en_json_text(&fix->arena, result, EN_JSON_TYPED), expected);
}

static void texts_at_any_depth_are_templates(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, "{\"1\": {\"a\": 7, \"rows\": [1, 2]}}");
    assert_maps(&fix, "{\"x\": [{\"y\": \"{{1.a}}\"}, \"n={{1.a}}\", 3, null, true]}",
                "{\"x\":[{\"y\":7},\"n=7\",3,null,true]}");
    assert_maps(&fix, "\"{{1.rows}}\"", "[1,2]");
    assert_maps(&fix, "{\"{{1.a}}\": \"{{1.a}}\"}", "{\"{{1.a}}\":7}");
    end(&fix);
}

static void nothing_is_no_member_but_an_element(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, "{\"1\": {\"n\": null}}");
    assert_maps(&fix, "{\"a\": \"{{1.none}}\", \"b\": \"{{1.n}}\", \"c\": \"{{ignore}}\"}",
                "{\"b\":null}");
    assert_maps(&fix, "[\"{{1.none}}\", \"{{erase}}\", 1]", "[null,null,1]");
    end(&fix);
}

static void keywords_say_what_is_left_out(void **state)
{
    (void)state;
    static const en_rules *const dialects[] = { &en_rules_list, &en_rules_blueprint,
                                                &en_rules_fusion };
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
        fixture fix;
        begin(&fix, "{\"1\": {\"t\": true}}");
        fix.resolver.resolver.rules = dialects[i];
        assert_maps(&fix,
                    "{\"a\": \"{{ignore}}\", \"b\": \"{{erase}}\", \"c\": \"{{emptystring}}\","
                    " \"d\": \"{{emptyarray}}\", \"e\": \"\", \"f\": \"{{null}}\"}",
                    "{\"b\":null,\"c\":\"\",\"d\":[],\"e\":\"\",\"f\":null}");
        assert_maps(&fix,
                    "{\"a\": \"{{if(1.t; ignore; 1)}}\", \"b\": \"{{if(1.t; erase; 1)}}\","
                    " \"c\": \"{{if(1.t; emptystring; 1)}}\","
                    " \"d\": \"{{ifempty(1.none; ignore)}}\", \"e\": \"{{if(1.t; emptyarray)}}\","
                    " \"f\": {\"g\": \"{{if(1.t; ignore)}}\"}, \"h\": [\"{{if(1.t; ignore)}}\"]}",
                    "{\"b\":null,\"c\":\"\",\"e\":[],\"f\":{},\"h\":[null]}");
        end(&fix);
    }
}

static void constant_parts_are_values(void **state)
{
    (void)state;
    fixture fix;
    en_value value;
    begin(&fix, "{\"1\": {\"a\": 7}}");
    const en_mapping *mapping = compile(&fix, "{\"a\": [1, \"x\", {\"b\": \"{{1 + 1}}\"}]}");
    assert_true(en_mapping_constant(mapping, &value));
    assert_text(en_json_text(&fix.arena, value, 0), "{\"a\":[1,\"x\",{\"b\":2}]}");
    assert_false(en_mapping_constant(compile(&fix, "[1, \"{{1.a}}\"]"), &value));
    assert_true(en_mapping_constant(compile(&fix, "{}"), &value));
    assert_int_equal(value.tag, EN_COLLECTION);
    end(&fix);
}

static void every_problem_is_told_with_its_path(void **state)
{
    (void)state;
    fixture fix;
    en_value value;
    begin(&fix, "{}");
    const en_mapping *mapping = compile(
        &fix, "{\"items\": [1, {\"total\": \"{{1 +}}\"}], \"b\": \"{{uper(1)}}\", \"c\": \"{{\"}");
    assert_int_equal(fix.seen.count, 3);
    assert_string_equal(fix.seen.paths, "items[1].total b c ");
    assert_error(&fix.seen.last, EN_SyntaxError, "The {{ that begins here has no closing }}");
    assert_true(en_mapping_constant(mapping, &value)); /* the texts stand for themselves */
    assert_text(en_value_text(en_collection_find(value, EN_TEXT("b"))), "{{uper(1)}}");
    end(&fix);
}

static void evaluating_stops_at_the_first_error_with_its_path(void **state)
{
    (void)state;
    fixture fix;
    en_value result = en_nothing();
    begin(&fix, "{\"1\": {\"a\": \"x\"}}");
    const en_mapping *mapping = compile(&fix, "{\"a\": [0, {\"b\": \"{{1.a * 2}}\"}]}");
    assert_false(en_mapping_eval(mapping, &fix.scope.scope, &result, &fix.error));
    assert_error(&fix.error, EN_DataError, "'x' is not a valid number.");
    assert_string_equal(fix.error.path, "a[1].b");
    assert_string_equal(fix.error.source, "{{1.a * 2}}");
    assert_int_equal(fix.error.caret, 6);
    end(&fix);
}

static void a_reference_alone_is_a_mapping(void **state)
{
    (void)state;
    fixture fix;
    en_value result = en_nothing();
    begin(&fix, "{\"1\": [1, 2]}");
    en_ref ref = { .kind = EN_REF_LOOKUP, .name = EN_TEXT("1"), .present = EN_NO_SLOT };
    const en_mapping *mapping = en_mapping_of_ref(&fix.arena, &ref);
    assert_true(en_mapping_eval(mapping, &fix.scope.scope, &result, &fix.error));
    assert_int_equal(result.length, 2);
    assert_false(en_mapping_constant(mapping, &result));
    end(&fix);
}

static void count_refs(void *context, const en_ref *ref, en_text field, size_t at)
{
    (void)ref;
    (void)field;
    (void)at;
    ++*(size_t *)context;
}

static void every_reference_is_visited(void **state)
{
    (void)state;
    fixture fix;
    size_t count = 0;
    begin(&fix, "{}");
    en_mapping_visit(compile(&fix, "{\"a\": [\"{{x}} {{y.z}}\", {\"b\": \"{{w}}\"}], \"c\": 1}"),
                     count_refs, &count);
    assert_int_equal(count, 3);
    end(&fix);
}

static void memory_has_a_limit(void **state)
{
    (void)state;
    fixture fix;
    en_value result = en_nothing();
    begin(&fix, "{\"1\": {\"a\": 1}}");
    en_array_builder many;
    en_array_builder_init(&many, &fix.arena);
    for (int i = 0; i < 100000; i++) {
        en_array_builder_add(&many, en_text_value(EN_TEXT("{{1.a}}")));
    }
    const en_mapping *mapping =
        en_mapping_compile(&fix.resolver.resolver, en_array_builder_take(&many), &fix.seen.sink);
    en_budget budget = { .limit_bytes = 1 << 20 };
    en_arena small;
    en_arena_init(&small, &budget);
    fix.scope.scope.arena = &small;
    assert_false(en_mapping_eval(mapping, &fix.scope.scope, &result, &fix.error));
    assert_int_equal(fix.error.type, EN_DataSizeLimitExceededError);
    en_arena_done(&small);
    end(&fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_at_any_depth_are_templates),
        cmocka_unit_test(nothing_is_no_member_but_an_element),
        cmocka_unit_test(keywords_say_what_is_left_out),
        cmocka_unit_test(constant_parts_are_values),
        cmocka_unit_test(every_problem_is_told_with_its_path),
        cmocka_unit_test(evaluating_stops_at_the_first_error_with_its_path),
        cmocka_unit_test(a_reference_alone_is_a_mapping),
        cmocka_unit_test(every_reference_is_visited),
        cmocka_unit_test(memory_has_a_limit),
    };
    return EN_RUN(tests);
}

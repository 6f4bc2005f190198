/* Runs the cases of tests/cases: one JSON object a line. */
#include "test.h"

#include "context.h"
#include "value/json.h"

#include <math.h>
#include <stdio.h>

typedef struct tally {
    size_t passed;
    size_t failed;
    size_t skipped; /* needs a function that is not there yet */
} tally;

static en_text member_text(en_value row, const char *name)
{
    return en_value_text(en_collection_find(row, en_text_from(name)));
}

static bool numbers_agree(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(1, fmax(fabs(a), fabs(b)));
}

/* Deep; numbers with a tolerance, missing equals null. */
static bool agree(en_value a, en_value b)
{
    if (en_is_missing(a) || en_is_missing(b)) {
        return en_is_missing(a) && en_is_missing(b);
    }
    if (a.tag == EN_NUMBER && b.tag == EN_NUMBER && a.form == EN_DOUBLE && b.form == EN_DOUBLE) {
        return numbers_agree(en_value_number(a), en_value_number(b));
    }
    if (a.tag == EN_ARRAY && b.tag == EN_ARRAY && a.length == b.length) {
        for (uint32_t i = 0; i < a.length; i++) {
            if (!agree(a.as.items[i], b.as.items[i])) {
                return false;
            }
        }
        return true;
    }
    return en_value_equal(a, b);
}

static const en_rules *choose_rules(en_value row, const en_rules *fallback)
{
    const en_rules *named = en_rules_find(member_text(row, "dialect"));
    if (named != NULL) {
        return named;
    }
    bool fusion = en_text_starts(member_text(row, "note"), EN_TEXT("Workfront Fusion only"));
    return fusion ? &en_rules_fusion : fallback;
}

static bool evaluate(en_arena *arena, en_zones *zones, const en_rules *rules, en_value row,
                     en_value *result, en_error *error)
{
    en_value context = en_collection_find(row, EN_TEXT("context"));
    context_resolver resolver = context_resolver_of(arena, choose_rules(row, rules), context);
    context_scope scope;
    context_scope_init(&scope, arena, context);
    scope.scope.zones = zones;
    scope.scope.now_ms = 1767225600000;
    if (en_collection_has(row, EN_TEXT("now"))) {
        assert_true(en_date_read_iso(member_text(row, "now"), &scope.scope.now_ms));
    }
    if (en_collection_has(row, EN_TEXT("tz"))) {
        assert_true(en_zone_find(zones, member_text(row, "tz"), &scope.scope.zone));
    }
    en_template *made;
    en_error_clear(error);
    return en_template_compile(&resolver.resolver, member_text(row, "template"), &made, error) &&
           en_template_eval(made, &scope.scope, result, error);
}

static bool is_unknown_function(const en_error *error)
{
    return error->type == EN_SyntaxError && strstr(error->message, "not found!") != NULL;
}

static void report(en_arena *arena, en_value row, bool done, en_value result, const en_error *error)
{
    en_text got = done ? en_json_text(arena, result, EN_JSON_TYPED) : en_text_from(error->message);
    print_error("%.*s: %.*s gave %.*s\n", EN_TEXT_ARG(member_text(row, "id")),
                EN_TEXT_ARG(member_text(row, "template")), EN_TEXT_ARG(got));
}

static void run_row(en_arena *arena, en_zones *zones, const en_rules *rules, en_value row,
                    tally *counts)
{
    en_error error;
    en_value result = en_nothing();
    bool wants_error = en_collection_has(row, EN_TEXT("error"));
    bool done = evaluate(arena, zones, rules, row, &result, &error);
    bool right;
    if (wants_error) {
        en_text message = member_text(row, "message");
        right =
            !done && (message.length == 0 || en_text_equal(message, en_text_from(error.message)));
    } else if (!done && is_unknown_function(&error)) {
        counts->skipped++;
        return;
    } else {
        right = done && agree(result, en_collection_find(row, EN_TEXT("expect")));
    }
    counts->passed += right;
    counts->failed += !right;
    if (!right) {
        report(arena, row, done, result, &error);
    }
}

static tally run_file(const char *path, const en_rules *rules)
{
    tally counts = { 0 };
    en_arena file;
    en_arena arena;
    en_error error;
    en_text content;
    en_zones *zones = en_zones_new();
    en_arena_init(&file, NULL);
    en_arena_init(&arena, NULL);
    en_error_clear(&error);
    assert_true(en_file_read(&file, path, 16 << 20, &content, &error));
    for (size_t start = 0; start < content.length;) {
        size_t end = en_text_find(content, EN_TEXT("\n"), start);
        end = end == SIZE_MAX ? content.length : end;
        en_value row;
        if (end > start) {
            assert_true(en_json_read(&arena, en_text_slice(content, start, end), EN_JSON_TYPED,
                                     EN_JSON_DEPTH, &row, &error));
            run_row(&arena, zones, rules, row, &counts);
        }
        en_arena_reset(&arena);
        start = end + 1;
    }
    en_zones_free(zones);
    en_arena_done(&arena);
    en_arena_done(&file);
    print_message("%zu passed, %zu failed, %zu skipped\n", counts.passed, counts.failed,
                  counts.skipped);
    return counts;
}

static void expressions_give_what_make_gives(void **state)
{
    (void)state;
    tally counts = run_file(EN_TEST_ROOT "/tests/cases/expressions.jsonl", &en_rules_blueprint);
    assert_int_equal(counts.failed, 0);
    assert_int_equal(counts.skipped, 0);
    assert_true(counts.passed > 600);
}

static void functions_do_what_was_decided(void **state)
{
    (void)state;
    tally counts = run_file(EN_TEST_ROOT "/tests/cases/functions.jsonl", &en_rules_blueprint);
    assert_int_equal(counts.failed, 0);
    assert_int_equal(counts.skipped, 0);
    assert_true(counts.passed > 100);
}

static void list_templates_give_what_their_cases_say(void **state)
{
    (void)state;
    tally counts = run_file(EN_TEST_ROOT "/tests/cases/templates-list.jsonl", &en_rules_list);
    assert_int_equal(counts.failed, 0);
    assert_int_equal(counts.skipped, 0);
    assert_true(counts.passed > 60);
}

static void text_functions_give_what_their_cases_say(void **state)
{
    (void)state;
    tally counts = run_file(EN_TEST_ROOT "/tests/cases/text-functions.jsonl", &en_rules_blueprint);
    assert_int_equal(counts.failed, 0);
    assert_int_equal(counts.skipped, 0);
    assert_true(counts.passed > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_give_what_make_gives),
        cmocka_unit_test(functions_do_what_was_decided),
        cmocka_unit_test(list_templates_give_what_their_cases_say),
        cmocka_unit_test(text_functions_give_what_their_cases_say),
    };
    return EN_RUN(tests);
}

/* What bounds one evaluation: nesting, the size of its result, time. */
#include "test.h"

#include "context.h"
#include "expr/fn.h"

static en_text repeat(en_arena *arena, const char *front, size_t count, const char *middle,
                      const char *back)
{
    en_builder text;
    en_builder_init(&text, arena);
    en_builder_add(&text, EN_TEXT("{{"));
    for (size_t i = 0; i < count; i++) {
        en_builder_add(&text, en_text_from(front));
    }
    en_builder_add(&text, en_text_from(middle));
    for (size_t i = 0; i < count; i++) {
        en_builder_add(&text, en_text_from(back));
    }
    en_builder_add(&text, EN_TEXT("}}"));
    return en_builder_take(&text);
}

typedef struct fixture {
    en_arena arena;
    en_value context;
    context_scope scope;
    en_value result;
    en_error error;
} fixture;

/* {{1.a}} is an array of `count` numbers in no order, {{1.t}} is a text of `count` bytes. */
static void begin(fixture *fix, size_t count)
{
    en_arena_init(&fix->arena, NULL);
    en_random random;
    en_random_init_seed(&random, 7);
    en_value *items = en_arena_alloc(&fix->arena, (count + 1) * sizeof *items);
    char *bytes = en_arena_alloc(&fix->arena, count + 1);
    for (size_t i = 0; i < count; i++) {
        items[i] = en_number(en_random_unit(&random));
        bytes[i] = 'x';
    }
    en_collection_builder bundle;
    en_collection_builder context;
    en_collection_builder_init(&bundle, &fix->arena);
    en_collection_builder_init(&context, &fix->arena);
    en_collection_builder_add(&bundle, EN_TEXT("a"), en_array(items, count));
    en_collection_builder_add(&bundle, EN_TEXT("t"), en_text_value((en_text){ bytes, count }));
    en_collection_builder_add(&context, EN_TEXT("1"), en_collection_builder_take(&bundle));
    fix->context = en_collection_builder_take(&context);
    context_scope_init(&fix->scope, &fix->arena, fix->context);
    fix->scope.scope.max_ms = 600000; /* sizes are told apart from time on a busy machine, too */
    en_error_clear(&fix->error);
}

static bool evaluate(fixture *fix, en_text source)
{
    context_resolver resolver = context_resolver_of(&fix->arena, &en_rules_blueprint, fix->context);
    en_template *made;
    en_error_clear(&fix->error);
    return en_template_compile(&resolver.resolver, source, &made, &fix->error) &&
           en_template_eval(made, &fix->scope.scope, &fix->result, &fix->error);
}

static void refuses(fixture *fix, en_text source, en_error_type type, const char *message)
{
    assert_false(evaluate(fix, source));
    assert_int_equal(fix->error.type, type);
    assert_string_equal(fix->error.message, message);
}

static void nesting_has_an_end(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, 1);
    assert_true(evaluate(&fix, repeat(&fix.arena, "abs(", 90, "1.a[1]", ")")));
    assert_false(evaluate(&fix, repeat(&fix.arena, "abs(", 100000, "1.a[1]", ")")));
    assert_int_equal(fix.error.type, EN_SyntaxError);
    assert_true(evaluate(&fix, repeat(&fix.arena, "(", 90, "1.a[1]", ")")));
    assert_false(evaluate(&fix, repeat(&fix.arena, "(", 100000, "1.a[1]", ")")));
    assert_int_equal(fix.error.type, EN_SyntaxError);
    assert_false(evaluate(&fix, repeat(&fix.arena, "!", 100000, "1.a[1]", "")));
    assert_int_equal(fix.error.type, EN_SyntaxError);
    en_arena_done(&fix.arena);
}

static void paths_that_set_makes_have_an_end(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, 1);
    en_builder path;
    en_builder_init(&path, &fix.arena);
    en_builder_add(&path, EN_TEXT("{{set(null; \"a"));
    for (int i = 0; i < 100; i++) {
        en_builder_add(&path, EN_TEXT(".a"));
    }
    en_builder_add(&path, EN_TEXT("\"; 1)}}"));
    refuses(&fix, en_builder_take(&path), EN_DataError,
            "Function 'set' finished with error! The path has more than 100 parts.");
    en_arena_done(&fix.arena);
}

static void texts_have_a_largest_size(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, 1 << 20);
    assert_true(evaluate(&fix, repeat(&fix.arena, "1.t + ", 62, "1.t", "")));
    assert_int_equal(fix.result.length, 63 << 20);
    refuses(&fix, repeat(&fix.arena, "1.t + ", 64, "1.t", ""), EN_DataSizeLimitExceededError,
            "The text is too long.");
    refuses(&fix,
            EN_TEXT("{{replace(1.t; \"x\"; \"0123456789012345678901234567890123456789"
                    "0123456789012345678901234567890123456789\")}}"),
            EN_DataSizeLimitExceededError,
            "Function 'replace' finished with error! The text is larger than 67108864 bytes.");
    refuses(&fix, EN_TEXT("{{join(1.a; 1.t)}}"), EN_DataSizeLimitExceededError,
            "Function 'join' finished with error! The text is larger than 67108864 bytes.");
    fix.scope.scope.max_bytes = 1 << 20;
    assert_true(evaluate(&fix, EN_TEXT("{{1.t + \"\"}}")));
    refuses(&fix, EN_TEXT("{{1.t + \"!\"}}"), EN_DataSizeLimitExceededError,
            "The text is too long.");
    en_arena_done(&fix.arena);
}

/* 64 MB are 4,194,304 elements. */
static void arrays_have_a_largest_size(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, 1 << 20);
    assert_true(evaluate(&fix, EN_TEXT("{{merge(1.a; 1.a; 1.a; 1.a)}}")));
    assert_int_equal(fix.result.length, 4 << 20);
    refuses(&fix, EN_TEXT("{{merge(1.a; 1.a; 1.a; 1.a; 1)}}{{merge(1.a; 1.a; 1.a; 1.a; 1.a)}}"),
            EN_DataSizeLimitExceededError,
            "Function 'merge' finished with error! The list is too long.");
    refuses(&fix, EN_TEXT("{{set(1.a; \"999999999\"; 1)}}"), EN_DataSizeLimitExceededError,
            "Function 'set' finished with error! The list is too long.");
    fix.scope.scope.max_bytes = 1 << 20;
    refuses(&fix, EN_TEXT("{{add(1.a; 1)}}"), EN_DataSizeLimitExceededError,
            "Function 'add' finished with error! The list is too long.");
    en_arena_done(&fix.arena);
}

static void an_evaluation_has_a_longest_time(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, 1 << 18);
    fix.scope.scope.max_ms = 1;
    refuses(&fix, EN_TEXT("{{length(sort(1.a))}}"), EN_ExecutionInterruptedError,
            "Function 'length' finished with error! Function 'sort' finished with error! "
            "The evaluation took longer than 1 ms.");
    refuses(&fix, repeat(&fix.arena, "sum(1.a) + ", 100, "1", ""), EN_ExecutionInterruptedError,
            "Function 'sum' finished with error! The evaluation took longer than 1 ms.");
    assert_true(evaluate(&fix, EN_TEXT("{{length(1.t)}}"))); /* each evaluation has its own time */
    fix.scope.scope.max_ms = 0;
    assert_true(evaluate(&fix, EN_TEXT("{{length(sort(1.a))}}")));
    en_arena_done(&fix.arena);
}

/* Functions that compare elements take n log n steps, whatever the elements. */
static void large_sets_are_quick(void **state)
{
    (void)state;
    fixture fix;
    begin(&fix, 50000);
    fix.scope.scope.max_ms = 60000;
    assert_true(evaluate(&fix, EN_TEXT("{{length(distinct(merge(1.a; 1.a)))}}")));
    assert_true(en_value_number(fix.result) == 50000);
    assert_true(evaluate(&fix, EN_TEXT("{{length(arrayDiff(1.a; reverse(1.a)))}}")));
    assert_true(en_value_number(fix.result) == 0);
    assert_true(evaluate(&fix, EN_TEXT("{{length(map(toArray(1.a); \"key\"; \"key\"; "
                                       "join(keys(1.a))))}}")));
    assert_true(en_value_number(fix.result) == 50000);
    en_arena_done(&fix.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nesting_has_an_end),
        cmocka_unit_test(paths_that_set_makes_have_an_end),
        cmocka_unit_test(texts_have_a_largest_size),
        cmocka_unit_test(arrays_have_a_largest_size),
        cmocka_unit_test(an_evaluation_has_a_longest_time),
        cmocka_unit_test(large_sets_are_quick),
    };
    return EN_RUN(tests);
}

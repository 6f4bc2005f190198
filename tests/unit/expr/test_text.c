/* Text functions at their limits; what they give stands in tests/cases/text-functions.jsonl. */
#include "test.h"

#include "context.h"

static bool eval(context_scope *scope, en_arena *arena, const en_value *context, const char *source,
                 en_value *result, en_error *error)
{
    context_resolver resolver = context_resolver_of(arena, &en_rules_fusion, *context);
    en_template *made;
    en_error_clear(error);
    assert_true(en_template_compile(&resolver.resolver, en_text_from(source), &made, error));
    return en_template_eval(made, &scope->scope, result, error);
}

static en_value context_of(en_arena *arena, const char *text)
{
    en_collection_builder bundle;
    en_collection_builder context;
    en_collection_builder_init(&bundle, arena);
    en_collection_builder_init(&context, arena);
    en_collection_builder_add(&bundle, EN_TEXT("a"), en_text_value(en_text_from(text)));
    en_collection_builder_add(&context, EN_TEXT("1"), en_collection_builder_take(&bundle));
    return en_collection_builder_take(&context);
}

/* Each makes more than 16 bytes of the six of "a<ΐ>\n", and 16 are allowed. */
static const char *const growing[] = {
    "{{upper(1.a + 1.a + \"ΐ\")}}",
    "{{capitalize(\"0123456789012345\" + 1.a)}}",
    "{{startcase(\"0123456789012345\" + 1.a)}}",
    "{{concat(1.a; 1.a; 1.a; 1.a)}}",
    "{{encodeURL(1.a + 1.a)}}",
    "{{escapeHTML(1.a + 1.a)}}",
    "{{escapeJSON(1.a + 1.a + \"\"\"\"\"\")}}",
    "{{escapeMarkdown(1.a + 1.a)}}",
    "{{replace(1.a; \"/./g\"; \"12345\")}}",
    "{{replace(1.a; \"<\"; \"0123456789012345\")}}",
    "{{replaceEmojiCharacters(1.a + \"😀😀\"; 1.a)}}",
    "{{base64(1.a + 1.a + 1.a)}}",
    "{{toString(toBinary(1.a + 1.a); \"hex\")}}",
    "{{toString(toBinary(\"ffffffffffffffff\"; \"hex\"); \"latin1\") + 1.a}}",
    "{{length(toBinary(1.a + 1.a + 1.a))}}",
    "{{md5(1.a)}}",
    "{{sha512(1.a; \"base64\")}}",
};

static void results_stop_at_the_limit(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_value context = context_of(&arena, "a<ΐ>\n");
    for (size_t i = 0; i < sizeof growing / sizeof *growing; i++) {
        context_scope scope;
        en_value result;
        en_error error;
        context_scope_init(&scope, &arena, context);
        if (!eval(&scope, &arena, &context, growing[i], &result, &error)) {
            fail_msg("%s without a limit: %s", growing[i], error.message);
        }
        scope.scope.max_bytes = 16;
        if (eval(&scope, &arena, &context, growing[i], &result, &error)) {
            fail_msg("%s passed the limit", growing[i]);
        }
        assert_int_equal(error.type, EN_DataSizeLimitExceededError);
    }
    en_arena_done(&arena);
}

/* The whole answer, an error or a marked budget: never part of an answer that looks like one. */
static void memory_that_ends_is_noticed(void **state)
{
    (void)state;
    size_t short_of_memory = 0;
    for (size_t i = 0; i < sizeof growing / sizeof *growing; i++) {
        en_arena outer;
        en_arena_init(&outer, NULL);
        en_value context = context_of(&outer, "a<ΐ>\n");
        context_scope scope;
        en_value whole;
        en_error error;
        context_scope_init(&scope, &outer, context);
        assert_true(eval(&scope, &outer, &context, growing[i], &whole, &error));
        for (size_t limit = 0; limit <= 16 << 10; limit += 1 << 10) {
            en_budget budget = { .limit_bytes = limit + 1 };
            en_arena arena;
            en_value result;
            en_arena_init(&arena, &budget);
            scope.scope.arena = &arena;
            bool done = eval(&scope, &outer, &context, growing[i], &result, &error);
            assert_true(!done || budget.exceeded || en_value_equal(result, whole));
            short_of_memory += !done || budget.exceeded;
            en_arena_done(&arena);
        }
        en_arena_done(&outer);
    }
    assert_true(short_of_memory > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_stop_at_the_limit),
        cmocka_unit_test(memory_that_ends_is_noticed),
    };
    return EN_RUN(tests);
}

/* The first byte chooses the dialect; the rest is a template. It compiles or is refused with an
 * error that points into it; evaluating gives the same twice, within its limits, in valid UTF-8. */
#include "../support/context.h"
#include "value/json.h"
#include "value/unicode.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_BYTES = 64 << 10, BUDGET_BYTES = 8 << 20 };

static const char context_json[] =
    "{\"1\": {\"name\": \"Ada\", \"n\": 2.5, \"d\": {\"$date\": \"2030-01-02T03:04:05.678Z\"},"
    " \"rows\": [{\"id\": 1, \"tags\": [\"a\", \"b\"]}, {\"id\": \"2\", \"tags\": []}, null],"
    " \"x-y\": true, \"b\": {\"$buffer\": \"AAEC\"}, \"big\": 9007199254740993, \"none\": null},"
    " \"2\": [{\"id\": \"k1\", \"price\": 3}, {\"id\": \"k2\"}],"
    " \"3\": {\"item\": {\"a\": 1}, \"index\": 1, \"length\": 2},"
    " \"webhook\": {\"headers\": {\"x-api-key\": \"s\"}}, \"text\": \"\\u00e9\\ud83d\\ude00 b\"}";

/* Read once: most inputs take less time than this. */
static en_value shared_context(void)
{
    static en_arena arena;
    static en_value context;
    en_error error;
    if (context.tag != EN_NOTHING) {
        return context;
    }
    en_arena_init(&arena, NULL);
    en_error_clear(&error);
    if (!en_json_read(&arena, en_text_from(context_json), EN_JSON_TYPED, EN_JSON_DEPTH, &context,
                      &error)) {
        abort();
    }
    return context;
}

/* Deep, so that what [] and get make of odd paths is read too. */
static void check_value(en_value value, unsigned depth)
{
    if (depth > 64) {
        return;
    }
    if (value.tag == EN_TEXT_VALUE && !en_unicode_valid(en_value_text(value))) {
        abort();
    }
    for (uint32_t i = 0; value.tag == EN_ARRAY && i < value.length; i++) {
        check_value(value.as.items[i], depth + 1);
    }
}

static bool eval(const en_template *made, en_value context, en_arena *arena, en_value *result,
                 en_error *error)
{
    context_scope scope;
    context_scope_init(&scope, arena, context);
    scope.scope.now_ms = 1893553445678;
    scope.scope.max_bytes = MOST_BYTES;
    en_error_clear(error);
    bool done = en_template_eval(made, &scope.scope, result, error);
    if (done == en_error_is_set(error)) {
        abort();
    }
    return done;
}

static void run(const en_template *made, en_value context, en_arena *arena)
{
    en_error error;
    en_value once = en_nothing();
    en_value again = en_nothing();
    en_value constant;
    bool first = eval(made, context, arena, &once, &error);
    bool exceeded = arena->budget->exceeded;
    bool second = eval(made, context, arena, &again, &error);
    if (exceeded || arena->budget->exceeded) {
        return;
    }
    if (first != second || (first && !en_value_equal(once, again)) ||
        (en_template_constant(made, &constant) && !en_value_equal(once, constant))) {
        abort();
    }
    if (first) {
        check_value(once, 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const en_rules *const dialects[] = { &en_rules_list, &en_rules_blueprint,
                                                &en_rules_fusion };
    if (size == 0) {
        return 0;
    }
    en_budget budget = { .limit_bytes = BUDGET_BYTES };
    en_arena arena;
    en_arena_init(&arena, &budget);
    en_error error;
    en_value context = shared_context();
    en_error_clear(&error);
    en_text source = { (const char *)data + 1, size - 1 };
    source = en_unicode_repair(&arena, source);
    context_resolver resolver = context_resolver_of(&arena, dialects[(data[0] & 3) % 3], context);
    resolver.resolver.check_functions = (data[0] & 4) != 0;
    en_template *made;
    if (en_template_compile(&resolver.resolver, source, &made, &error)) {
        run(made, context, &arena);
    } else if (!en_error_is_set(&error) || error.caret > source.length) {
        abort();
    }
    en_arena_done(&arena);
    return 0;
}

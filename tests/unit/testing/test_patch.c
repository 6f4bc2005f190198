#include "test.h"

#include "testing/patch.h"
#include "value/json.h"

static en_value json(en_arena *arena, const char *text)
{
    en_value value = en_nothing();
    assert_true(en_json_read(arena, en_text_from(text), 0, EN_JSON_DEPTH, &value, NULL));
    return value;
}

static const struct {
    const char *value;
    const char *patch;
    const char *result; /* or the error */
} examples[] = {
    { "[1,2]", "{}", "[1,2]" },
    { "[1,2]", "{\"[1]\":{\"a\":3}}", "[1,{\"a\":3}]" },
    { "[1,2]", "{\"[2]\":3,\"[3]\":4}", "[1,2,3,4]" },
    { "[1,2]", "{\"[0]\":\"$missing\"}", "[2]" },
    { "{\"a\":{\"b\":1,\"c\":2}}", "{\"a.b\":5}", "{\"a\":{\"b\":5,\"c\":2}}" },
    { "{\"a\":{\"b\":1,\"c\":2}}", "{\"a.b\":\"$missing\"}", "{\"a\":{\"c\":2}}" },
    { "{\"a\":1}", "{\"b.c[\\\"d e\\\"]\":1}", "{\"a\":1,\"b\":{\"c\":{\"d e\":1}}}" },
    { "{\"a\":1}", "{\"b\":\"$missing\"}", "{\"a\":1}" },
    { "{\"a\":[{\"x\":1}]}", "{\"a[0].x\":2,\"a[0].y\":3}", "{\"a\":[{\"x\":2,\"y\":3}]}" },
    { "[1]", "{\"\":{\"all\":1}}", "{\"all\":1}" },
    { "[1]", "{\"[2]\":3}", "\"[2]\" leads nowhere: there is no such element" },
    { "{}", "{\"a[0]\":3}", "\"a[0]\" leads nowhere: there is no such element" },
    { "[1]", "{\"[0].x\":3}", "\"[0].x\" leads nowhere: there is no collection to change" },
    { "[1]", "{\"[x]\":3}",
      "\"[x]\" leads nowhere: it is no path such as modules[2].parameters.limit" },
};

static void places_are_changed_made_and_removed(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        en_value value = json(&arena, examples[i].value);
        en_error error;
        en_error_clear(&error);
        if (en_patch_apply(&arena, json(&arena, examples[i].patch), &value, &error)) {
            assert_text(en_json_text(&arena, value, 0), examples[i].result);
        } else {
            assert_string_equal(error.message, examples[i].result);
        }
    }
    en_arena_done(&arena);
}

static void depth_is_limited(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_builder path;
    en_builder_init(&path, &arena);
    en_builder_add(&path, EN_TEXT("{\""));
    for (size_t i = 0; i < 1000; i++) {
        en_builder_add(&path, i == 0 ? EN_TEXT("a") : EN_TEXT(".a"));
    }
    en_builder_add(&path, EN_TEXT("\":1}"));
    en_text patch = en_builder_take(&path);
    en_value value = json(&arena, "{}");
    en_error error;
    en_error_clear(&error);
    assert_false(
        en_patch_apply(&arena, json(&arena, en_text_terminate(&arena, patch)), &value, &error));
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_changed_made_and_removed),
        cmocka_unit_test(depth_is_limited),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "base/base64.h"
#include "base/random.h"

static en_text encode(en_arena *arena, en_text bytes)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_base64_encode(&out, bytes);
    return en_builder_take(&out);
}

static void the_examples_of_the_standard_go_both_ways(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        const char *text;
    } examples[] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
    };
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        assert_text(encode(&arena, en_text_from(examples[i].bytes)), examples[i].text);
        en_text bytes;
        assert_true(en_base64_decode(&arena, en_text_from(examples[i].text), &bytes));
        assert_text(bytes, examples[i].bytes);
    }
    en_arena_done(&arena);
}

static void padding_may_be_missing(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text bytes;
    assert_true(en_base64_decode(&arena, EN_TEXT("Zm9vYg"), &bytes));
    assert_text(bytes, "foob");
    en_arena_done(&arena);
}

static void what_is_not_base64_is_refused(void **state)
{
    (void)state;
    static const char *const broken[] = { "Z",     "Zg=",  "Z===", "====",     "=",     "Zm9v!mFy",
                                          "Zm 9v", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n" };
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        en_text bytes;
        assert_false(en_base64_decode(&arena, en_text_from(broken[i]), &bytes));
    }
    en_arena_done(&arena);
}

static void any_bytes_come_back(void **state)
{
    (void)state;
    en_random random;
    en_random_init_seed(&random, 64);
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t length = 0; length < 300; length++) {
        char data[300];
        for (size_t i = 0; i < length; i++) {
            data[i] = (char)en_random_next(&random);
        }
        en_text bytes;
        assert_true(en_base64_decode(&arena, encode(&arena, (en_text){ data, length }), &bytes));
        assert_true(en_text_equal(bytes, (en_text){ data, length }));
    }
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_standard_go_both_ways),
        cmocka_unit_test(padding_may_be_missing),
        cmocka_unit_test(what_is_not_base64_is_refused),
        cmocka_unit_test(any_bytes_come_back),
    };
    return EN_RUN(tests);
}

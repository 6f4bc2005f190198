/* What JavaScript's Buffer says; tests/command/text_functions.sh compares many more with it. */
#include "test.h"

#include "value/encoding.h"

#include <string.h>

static void names_are_found_in_any_case(void **state)
{
    (void)state;
    en_encoding encoding;
    assert_true(en_encoding_find(EN_TEXT("UTF-8"), &encoding));
    assert_int_equal(encoding, EN_ENCODING_UTF8);
    assert_true(en_encoding_find(EN_TEXT("binary"), &encoding));
    assert_int_equal(encoding, EN_ENCODING_LATIN1);
    assert_false(en_encoding_find(EN_TEXT("base32"), &encoding));
    assert_false(en_encoding_find(EN_TEXT(""), &encoding));
}

static void text_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    static const struct {
        en_encoding encoding;
        const char *text;
        const char *bytes;
    } examples[] = {
        { EN_ENCODING_UTF8, "é€", "\xC3\xA9\xE2\x82\xAC" },
        { EN_ENCODING_LATIN1, "é€", "\xE9\xAC" },
        { EN_ENCODING_ASCII, "😁", "\x3D\x01" },
        { EN_ENCODING_HEX, "4d61", "Ma" },
        { EN_ENCODING_HEX, "4D6", "M" },
        { EN_ENCODING_HEX, "4dzz61", "M" },
        { EN_ENCODING_HEX, " 4d", "" },
        { EN_ENCODING_BASE64, "TWFrZQ==", "Make" },
        { EN_ENCODING_BASE64, "TWFr\nZQ", "Make" },
        { EN_ENCODING_BASE64, "-_-_", "\xFB\xFF\xBF" },
        { EN_ENCODING_BASE64, "YQ==YQ==", "a" },
        { EN_ENCODING_BASE64, "=YQ", "" },
        { EN_ENCODING_BASE64, "Y", "" },
        { EN_ENCODING_BASE64, "", "" },
    };
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        en_text bytes;
        assert_true(
            en_encoding_read(&arena, examples[i].encoding, en_text_from(examples[i].text), &bytes));
        assert_text(bytes, examples[i].bytes);
    }
    en_arena_done(&arena);
}

static void bytes_are_written_as_text(void **state)
{
    (void)state;
    static const struct {
        en_encoding encoding;
        const char *text;
    } examples[] = {
        { EN_ENCODING_UTF8, "a\uFFFD" },
        { EN_ENCODING_LATIN1, "aé\xC2\x80" },
        { EN_ENCODING_HEX, "61e980" },
        { EN_ENCODING_BASE64, "YemA" },
    };
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_builder out;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        en_builder_init(&out, &arena);
        en_encoding_write(&out, examples[i].encoding, EN_TEXT("a\xE9\x80"));
        assert_text(en_builder_take(&out), examples[i].text);
    }
    en_builder_init(&out, &arena);
    en_encoding_write(&out, EN_ENCODING_ASCII, EN_TEXT("a\xE9"));
    assert_text(en_builder_take(&out), "ai");
    en_arena_done(&arena);
}

static void writing_stops_at_the_limit(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (int encoding = EN_ENCODING_UTF8; encoding <= EN_ENCODING_BASE64; encoding++) {
        en_builder out;
        en_builder_init(&out, &arena);
        out.limit_bytes = 4;
        en_encoding_write(&out, (en_encoding)encoding, EN_TEXT("12345"));
        assert_true(out.failed);
    }
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_in_any_case),
        cmocka_unit_test(text_is_read_as_far_as_it_goes),
        cmocka_unit_test(bytes_are_written_as_text),
        cmocka_unit_test(writing_stops_at_the_limit),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "base/utf8.h"

#include <stdio.h>

/* Reads a text to its end, spelled "41 ! 20AC": "!" is a broken sequence. */
static void spell(en_text text, char *out, size_t room)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t at = 0; at < text.length;) {
        size_t before = at;
        uint32_t rune = en_utf8_next(text, &at);
        assert_true(at > before && at <= text.length);
        const char *space = length != 0 ? " " : "";
        length += (size_t)(rune == EN_RUNE_BROKEN
                               ? snprintf(out + length, room - length, "%s!", space)
                               : snprintf(out + length, room - length, "%s%X", space, rune));
    }
}

/* `broken` is where the first broken sequence begins, -1: nowhere. Replacement follows the maximal
 * subparts of Unicode 3.9, as the WHATWG decoder does. */
static const struct {
    const char *bytes;
    int broken;
    const char *runes;
} examples[] = {
    { "", -1, "" },
    { "a", -1, "61" },
    { "\xC2\x80", -1, "80" },
    { "\xDF\xBF", -1, "7FF" },
    { "\xE0\xA0\x80", -1, "800" },
    { "\xED\x9F\xBF", -1, "D7FF" },
    { "\xEE\x80\x80", -1, "E000" },
    { "\xEF\xBF\xBF", -1, "FFFF" },
    { "\xF0\x90\x80\x80", -1, "10000" },
    { "\xF4\x8F\xBF\xBF", -1, "10FFFF" },
    { "a\x80z", 1, "61 ! 7A" }, /* a continuation alone */
    { "\xBF\xBF", 0, "! !" },
    { "\xC0\xAF", 0, "! !" }, /* overlong slash */
    { "\xC1\xBF", 0, "! !" },
    { "\xE0\x80\xAF", 0, "! ! !" },
    { "\xE0\x9F\xBF", 0, "! ! !" },
    { "\xF0\x80\x80\xAF", 0, "! ! ! !" },
    { "\xF0\x8F\xBF\xBF", 0, "! ! ! !" },
    { "\xED\xA0\x80", 0, "! ! !" }, /* surrogate halves */
    { "\xED\xBF\xBF", 0, "! ! !" },
    { "\xF4\x90\x80\x80", 0, "! ! ! !" }, /* above the last plane */
    { "\xF5\x80\x80\x80", 0, "! ! ! !" },
    { "\xFE", 0, "!" },
    { "\xFF", 0, "!" },
    { "\xC2", 0, "!" }, /* cut off at the end */
    { "\xE2\x82", 0, "!" },
    { "\xF0\x9F\x98", 0, "!" },
    { "\xE2\x82z", 0, "! 7A" }, /* cut off by a letter */
    { "\xF0\x9F\x98z", 0, "! 7A" },
    { "\xE2\xE2\x82\xAC", 0, "! 20AC" }, /* and by the next character */
    { "\xF1\x80\x80\xE1\x80\xC2", 0, "! ! !" },
    { "\xC2\x41\xE2\x98\x83", 0, "! 41 2603" },
    { "12345678\x80", 8, "31 32 33 34 35 36 37 38 !" },
    { "1234567\xC3\xA9\xC3", 9, "31 32 33 34 35 36 37 E9 !" },
};

static void sequences_are_decoded_as_browsers_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        char shown[256];
        spell(en_text_from(examples[i].bytes), shown, sizeof shown);
        assert_string_equal(shown, examples[i].runes);
    }
}

static void the_first_broken_sequence_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        size_t expected = examples[i].broken < 0 ? SIZE_MAX : (size_t)examples[i].broken;
        assert_int_equal(en_utf8_find_broken(en_text_from(examples[i].bytes)), expected);
    }
}

static void nul_is_a_character(void **state)
{
    (void)state;
    size_t at = 0;
    assert_int_equal(en_utf8_next(EN_TEXT("\0"), &at), 0);
    assert_int_equal(at, 1);
    assert_int_equal(en_utf8_find_broken(EN_TEXT("a\0\0\0\0\0\0\0\0\0b")), SIZE_MAX);
}

static void every_character_is_read_as_it_is_written(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (uint32_t rune = 0; rune <= 0x10FFFF; rune++) {
        if (rune == 0xD800) {
            rune = 0xE000;
        }
        en_builder builder;
        en_builder_init(&builder, &arena);
        en_builder_add_rune(&builder, rune);
        en_text text = en_builder_take(&builder);
        size_t at = 0;
        assert_int_equal(en_utf8_next(text, &at), rune);
        assert_int_equal(at, text.length);
        en_arena_reset(&arena);
    }
    en_arena_done(&arena);
}

static void a_broken_byte_is_found_at_every_distance(void **state)
{
    (void)state;
    char bytes[40];
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = '\x80';
        assert_int_equal(en_utf8_find_broken((en_text){ bytes, sizeof bytes }), i);
        bytes[i] = 'x';
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequences_are_decoded_as_browsers_do),
        cmocka_unit_test(the_first_broken_sequence_is_found),
        cmocka_unit_test(nul_is_a_character),
        cmocka_unit_test(every_character_is_read_as_it_is_written),
        cmocka_unit_test(a_broken_byte_is_found_at_every_distance),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "value/unicode.h"

#include <stdlib.h>

static int set_up(void **state)
{
    en_arena *arena = malloc(sizeof *arena);
    en_arena_init(arena, NULL);
    *state = arena;
    return 0;
}

static int tear_down(void **state)
{
    en_arena_done(*state);
    free(*state);
    return 0;
}

static void lengths_and_positions_count_utf_16_units(void **state)
{
    (void)state;
    assert_int_equal(en_unicode_length(EN_TEXT("")), 0);
    assert_int_equal(en_unicode_length(EN_TEXT("abc")), 3);
    assert_int_equal(en_unicode_length(EN_TEXT("é€")), 2);
    assert_int_equal(en_unicode_length(EN_TEXT("a😀b")), 4);
    assert_int_equal(en_unicode_position(EN_TEXT("a😀b"), 1), 1);
    assert_int_equal(en_unicode_position(EN_TEXT("a😀b"), 5), 3);
    assert_int_equal(en_unicode_position(EN_TEXT("a😀b"), 6), 4);
    assert_int_equal(en_unicode_position(EN_TEXT("ab"), 99), 2);
}

static void slices_count_utf_16_units(void **state)
{
    assert_text(en_unicode_slice(*state, EN_TEXT("hello"), 1, 3), "el");
    assert_text(en_unicode_slice(*state, EN_TEXT("hello"), 3, 99), "lo");
    assert_text(en_unicode_slice(*state, EN_TEXT("hello"), 9, 99), "");
    assert_text(en_unicode_slice(*state, EN_TEXT("hello"), 3, 3), "");
    assert_text(en_unicode_slice(*state, EN_TEXT("hello"), 3, 1), "");
    assert_text(en_unicode_slice(*state, EN_TEXT("añ€z"), 1, 3), "ñ€");
    assert_text(en_unicode_slice(*state, EN_TEXT("a😀b"), 1, 3), "😀");
    assert_text(en_unicode_slice(*state, EN_TEXT("a😀b"), 3, 99), "b");
    assert_text(en_unicode_slice(*state, EN_TEXT("a😀b"), 5, 9), "");
}

static void a_cut_pair_leaves_a_replacement_character(void **state)
{
    assert_text(en_unicode_slice(*state, EN_TEXT("a😀b"), 0, 2), "a\uFFFD");
    assert_text(en_unicode_slice(*state, EN_TEXT("a😀b"), 2, 4), "\uFFFD"
                                                                "b");
    assert_text(en_unicode_slice(*state, EN_TEXT("a😀b"), 1, 2), "\uFFFD");
    assert_text(en_unicode_slice(*state, EN_TEXT("a😀b"), 2, 3), "\uFFFD");
    assert_text(en_unicode_slice(*state, EN_TEXT("😀😀"), 1, 3), "\uFFFD\uFFFD");
}

static void case_mapping_is_javascripts(void **state)
{
    assert_text(en_unicode_upper(*state, EN_TEXT("Hello 1!")), "HELLO 1!");
    assert_text(en_unicode_lower(*state, EN_TEXT("Hello 1!")), "hello 1!");
    for (int byte = 0; byte < 128; byte++) { /* of eight at a time, in every place */
        for (size_t at = 0; at < 19; at++) {
            char text[19] = "----------a-------";
            char upper[19] = "----------A-------";
            text[at] = (char)byte;
            upper[at] = (char)(byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte);
            assert_true(en_text_equal(en_unicode_upper(*state, (en_text){ text, 19 }),
                                      (en_text){ upper, 19 }));
        }
    }
    assert_text(en_unicode_upper(*state, EN_TEXT("@`[{az")), "@`[{AZ");
    assert_text(en_unicode_lower(*state, EN_TEXT("@`[{AZ")), "@`[{az");
    assert_text(en_unicode_upper(*state, EN_TEXT("straße ﬁn ǆ")), "STRASSE FIN Ǆ");
    assert_text(en_unicode_lower(*state, EN_TEXT("ΟΔΟΣ ΣΑ")), "οδος σα");
    assert_text(en_unicode_lower(*state, EN_TEXT("İ")), "i\u0307");
    assert_text(en_unicode_upper(*state, EN_TEXT("žluťoučký ґ")), "ŽLUŤOUČKÝ Ґ");
}

static void text_without_letters_to_change_is_shared(void **state)
{
    en_text text = EN_TEXT("abc 1");
    assert_ptr_equal(en_unicode_lower(*state, text).data, text.data);
}

static void trimming_takes_all_white_space_of_javascript(void **state)
{
    (void)state;
    assert_text(en_unicode_trim(EN_TEXT(" \t\n a b\r\v\f ")), "a b");
    assert_text(en_unicode_trim(EN_TEXT("\uFEFF\u00A0\u2003é\u2028\u3000")), "é");
    assert_text(en_unicode_trim(EN_TEXT("\xC2\x85x\u180E")), "\xC2\x85x\u180E");
    assert_text(en_unicode_trim(EN_TEXT(" \u2003 ")), "");
    assert_text(en_unicode_trim(EN_TEXT("")), "");
}

static void broken_sequences_are_repaired_as_browsers_do(void **state)
{
    assert_true(en_unicode_valid(EN_TEXT("añ€😀")));
    assert_false(en_unicode_valid(EN_TEXT("\xC0\x80")));
    assert_false(en_unicode_valid(EN_TEXT("\xED\xA0\x80")));
    assert_text(en_unicode_repair(*state, EN_TEXT("aé")), "aé");
    assert_text(en_unicode_repair(*state, EN_TEXT("a\xFF"
                                                  "b")),
                "a\uFFFD"
                "b");
    assert_text(en_unicode_repair(*state, EN_TEXT("\xE2\x82")), "\uFFFD");
    assert_text(en_unicode_repair(*state, EN_TEXT("\xE2\x82z\xF0\x9F\x98")), "\uFFFDz\uFFFD");
    assert_text(en_unicode_repair(*state, EN_TEXT("\xED\xA0\x80")), "\uFFFD\uFFFD\uFFFD");
}

static void widths_are_columns_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(en_unicode_width(EN_TEXT("abc")), 3);
    assert_int_equal(en_unicode_width(EN_TEXT("a\nb")), 2);
    assert_int_equal(en_unicode_width(EN_TEXT("日本")), 4);
    assert_int_equal(en_unicode_width(EN_TEXT("e\u0301")), 1);
}

static void offsets_are_behind_the_pair_they_fall_into(void **state)
{
    (void)state;
    assert_int_equal(en_unicode_offset(EN_TEXT("a😀b"), 0), 0);
    assert_int_equal(en_unicode_offset(EN_TEXT("a😀b"), 1), 1);
    assert_int_equal(en_unicode_offset(EN_TEXT("a😀b"), 2), 5);
    assert_int_equal(en_unicode_offset(EN_TEXT("a😀b"), 3), 5);
    assert_int_equal(en_unicode_offset(EN_TEXT("a😀b"), 9), 6);
}

static void accents_go_and_letters_of_other_scripts_stay(void **state)
{
    assert_text(en_unicode_remove_accents(*state, EN_TEXT("plain")), "plain");
    assert_text(en_unicode_remove_accents(*state, EN_TEXT("Žluťoučký kůň")), "Zlutoucky kun");
    assert_text(en_unicode_remove_accents(*state, EN_TEXT("Việt Nam")), "Viet Nam");
    assert_text(en_unicode_remove_accents(*state, EN_TEXT("e\u0301\u0323!")), "e!");
    assert_text(en_unicode_remove_accents(*state, EN_TEXT("Łódź Ærø straße")), "Lodz Aero strasse");
    assert_text(en_unicode_remove_accents(*state, EN_TEXT("Ǿ")), "O");
    assert_text(en_unicode_remove_accents(*state, EN_TEXT("й ό")), "и ο");
    assert_text(en_unicode_remove_accents(*state, EN_TEXT("한국 がぎ 中")), "한국 がぎ 中");
}

static void an_emoji_is_taken_with_all_its_parts(void **state)
{
    (void)state;
    static const char *const emoji[] = {
        "😀",
        "⌚",
        "❤\uFE0F",
        "👍🏽",
        "👩\u200D🚀",
        "👨\u200D👩\u200D👧\u200D👦",
        "🏳\uFE0F\u200D🌈",
        "🕵\u200D♂\uFE0F",
        "🇨🇿",
        "1\uFE0F\u20E3",
        "#\u20E3",
        "🏴\U000E0067\U000E0062\U000E007F",
    };
    static const char *const others[] = { "a",       "1", "#",      "©",       "❤", "❤\uFE0E",
                                          "⌚\uFE0E", "🇨", "\u200D", "1\uFE0F", "é" };
    for (size_t i = 0; i < sizeof emoji / sizeof *emoji; i++) {
        en_text text = en_text_from(emoji[i]);
        assert_int_equal(en_unicode_skip_emoji(text, 0), text.length);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(en_unicode_skip_emoji(en_text_from(others[i]), 0), 0);
    }
    assert_int_equal(en_unicode_skip_emoji(EN_TEXT("x😀\u200Dy"), 1), 5);
    assert_int_equal(en_unicode_skip_emoji(EN_TEXT("🇨🇿🇩🇪"), 0), 8);
    assert_int_equal(en_unicode_skip_emoji(EN_TEXT(""), 0), 0);
}

static void results_that_outgrow_their_room_are_whole(void **state)
{
    en_builder grown;
    en_builder expected;
    en_builder_init(&grown, *state);
    en_builder_init(&expected, *state);
    for (size_t i = 0; i < 200; i++) { /* two bytes become six */
        en_builder_add(&grown, EN_TEXT("ΐ"));
        en_builder_add(&expected, EN_TEXT("Ι\u0308\u0301"));
    }
    en_text upper = en_unicode_upper(*state, en_builder_take(&grown));
    assert_true(en_text_equal(upper, en_builder_take(&expected)));
}

static void case_mapping_without_memory_marks_the_budget(void **state)
{
    (void)state;
    en_budget budget = { .limit_bytes = 8 };
    en_arena tight;
    en_arena_init(&tight, &budget);
    assert_text(en_unicode_upper(&tight, EN_TEXT("é")), "");
    assert_true(budget.exceeded);
    en_arena_done(&tight);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lengths_and_positions_count_utf_16_units),
        TEST(slices_count_utf_16_units),
        TEST(a_cut_pair_leaves_a_replacement_character),
        TEST(case_mapping_is_javascripts),
        TEST(text_without_letters_to_change_is_shared),
        TEST(trimming_takes_all_white_space_of_javascript),
        TEST(broken_sequences_are_repaired_as_browsers_do),
        TEST(widths_are_columns_of_a_terminal),
        TEST(offsets_are_behind_the_pair_they_fall_into),
        TEST(accents_go_and_letters_of_other_scripts_stay),
        TEST(an_emoji_is_taken_with_all_its_parts),
        TEST(results_that_outgrow_their_room_are_whole),
        TEST(case_mapping_without_memory_marks_the_budget),
    };
    return EN_RUN(tests);
}

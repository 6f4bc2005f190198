#include "test.h"

#include "base/text.h"

static en_arena arena;

static int set_up(void **state)
{
    (void)state;
    en_arena_init(&arena, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    en_arena_done(&arena);
    return 0;
}

static void a_slice_is_cut_to_what_there_is(void **state)
{
    (void)state;
    en_text text = EN_TEXT("abcdef");
    assert_text(en_text_slice(text, 1, 3), "bc");
    assert_text(en_text_slice(text, 4, 99), "ef");
    assert_text(en_text_slice(text, 3, 3), "");
    assert_text(en_text_slice(text, 5, 2), "");
    assert_text(en_text_slice(text, 99, SIZE_MAX), "");
}

static void texts_are_equal_by_their_bytes_and_nul_is_one(void **state)
{
    (void)state;
    assert_true(en_text_equal(EN_TEXT("a\0b"), EN_TEXT("a\0b")));
    assert_false(en_text_equal(EN_TEXT("a\0b"), EN_TEXT("a\0c")));
    assert_false(en_text_equal(EN_TEXT("a"), EN_TEXT("a\0")));
    assert_true(en_text_equal((en_text){ 0 }, EN_TEXT("")));
}

static void case_is_ignored_for_ascii_letters_only(void **state)
{
    (void)state;
    assert_true(en_text_equal_nocase(EN_TEXT("Content-TYPE"), EN_TEXT("content-type")));
    assert_false(en_text_equal_nocase(EN_TEXT("Ä"), EN_TEXT("ä")));
    assert_false(en_text_equal_nocase(EN_TEXT("@"), EN_TEXT("`")));
    assert_false(en_text_equal_nocase(EN_TEXT("ab"), EN_TEXT("abc")));
}

static void texts_sort_by_code_points(void **state)
{
    (void)state;
    static const char *const sorted[] = { "", "A", "AB", "a", "z", "é", "한", "\U0001F600" };
    for (size_t i = 0; i < sizeof sorted / sizeof sorted[0]; i++) {
        for (size_t j = 0; j < sizeof sorted / sizeof sorted[0]; j++) {
            int got = en_text_compare(en_text_from(sorted[i]), en_text_from(sorted[j]));
            assert_int_equal((got > 0) - (got < 0), (i > j) - (i < j));
        }
    }
    assert_true(en_text_compare(EN_TEXT("a"), EN_TEXT("a\0")) < 0);
}

static void beginnings_and_ends_are_found(void **state)
{
    (void)state;
    assert_true(en_text_starts(EN_TEXT("abc"), EN_TEXT("ab")));
    assert_true(en_text_starts(EN_TEXT("abc"), EN_TEXT("")));
    assert_false(en_text_starts(EN_TEXT("ab"), EN_TEXT("abc")));
    assert_true(en_text_ends(EN_TEXT("abc"), EN_TEXT("bc")));
    assert_true(en_text_ends(EN_TEXT("abc"), EN_TEXT("")));
    assert_false(en_text_ends(EN_TEXT("bc"), EN_TEXT("abc")));
}

static void parts_are_found_from_a_start(void **state)
{
    (void)state;
    en_text text = EN_TEXT("abcabc\0abc");
    assert_int_equal(en_text_find(text, EN_TEXT("abc"), 0), 0);
    assert_int_equal(en_text_find(text, EN_TEXT("abc"), 1), 3);
    assert_int_equal(en_text_find(text, EN_TEXT("abc"), 4), 7);
    assert_int_equal(en_text_find(text, EN_TEXT("abc"), 8), SIZE_MAX);
    assert_int_equal(en_text_find(text, EN_TEXT("\0a"), 0), 6);
    assert_int_equal(en_text_find(text, EN_TEXT(""), 10), 10);
    assert_int_equal(en_text_find(text, EN_TEXT(""), 11), SIZE_MAX);
    assert_int_equal(en_text_find(EN_TEXT(""), EN_TEXT("a"), 0), SIZE_MAX);
}

static void ascii_white_space_is_trimmed(void **state)
{
    (void)state;
    assert_text(en_text_trim(EN_TEXT(" \t\r\n\v\fa b\n ")), "a b");
    assert_text(en_text_trim(EN_TEXT("  \n")), "");
    assert_text(en_text_trim(EN_TEXT("\xC2\xA0x")), "\xC2\xA0x");
}

static void a_copy_ends_in_nul_behind_its_length(void **state)
{
    (void)state;
    en_text copy = en_text_copy(&arena, en_text_slice(EN_TEXT("abcdef"), 0, 3));
    assert_text(copy, "abc");
    assert_int_equal(copy.data[3], '\0');
    assert_string_equal(en_text_terminate(&arena, (en_text){ 0 }), "");
}

static void formatted_texts_have_any_length(void **state)
{
    (void)state;
    en_text text = en_text_format(&arena, "%05d|%s|%*s", 42, "é", 5000, "");
    assert_int_equal(text.length, 5 + 1 + 2 + 1 + 5000);
    assert_text(en_text_slice(text, 0, 9), "00042|é|");
}

/* --- nearest names --- */

static void the_nearest_name_is_found(void **state)
{
    (void)state;
    static const char *const names[] = {
        "datastore.addRecord", "datastore.getRecord", "http.makeRequest", "flow.router", "key", "if"
    };
    static const struct {
        const char *word;
        const char *nearest; /* NULL: none */
    } examples[] = {
        { "datastore.addRecord", "datastore.addRecord" },
        { "datastore.adRecord", "datastore.addRecord" },
        { "DataStore.AddRecord", "datastore.addRecord" }, /* case is no distance */
        { "datastore.setRecord", "datastore.getRecord" },
        { "http.makeReqeust", "http.makeRequest" }, /* a swap is one */
        { "flow.ruoter", "flow.router" },
        { "kex", "key" },
        { "kxx", NULL }, /* two of three letters are another word */
        { "i", "if" },
        { "x", NULL }, /* one letter must not turn into any other */
        { "completely.different", NULL },
        { "", NULL },
    };
    enum { COUNT = sizeof names / sizeof names[0] };
    en_text texts[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        texts[i] = en_text_from(names[i]);
    }
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        size_t at = en_text_nearest(en_text_from(examples[i].word), texts, COUNT);
        if (examples[i].nearest == NULL) {
            assert_int_equal(at, SIZE_MAX);
        } else {
            assert_true(at < COUNT);
            assert_string_equal(names[at], examples[i].nearest);
        }
    }
}

static void words_too_long_to_compare_are_near_nothing(void **state)
{
    (void)state;
    char bytes[65];
    memset(bytes, 'a', sizeof bytes);
    en_text longest = { bytes, 64 };
    en_text longer = { bytes, 65 };
    assert_int_equal(en_text_nearest(longest, &longest, 1), 0);
    assert_int_equal(en_text_nearest(longer, &longest, 1), SIZE_MAX);
    assert_int_equal(en_text_nearest(longest, &longer, 1), SIZE_MAX);
    assert_int_equal(en_text_nearest(longest, NULL, 0), SIZE_MAX);
}

static void the_first_of_equally_near_names_wins(void **state)
{
    (void)state;
    const en_text names[] = { EN_TEXT("cat"), EN_TEXT("bat"), EN_TEXT("rat") };
    assert_int_equal(en_text_nearest(EN_TEXT("hat"), names, 3), 0);
}

/* --- builder --- */

static void a_builder_gathers_pieces_of_all_kinds(void **state)
{
    (void)state;
    en_builder builder;
    en_builder_init(&builder, &arena);
    en_builder_add(&builder, EN_TEXT("ab"));
    en_builder_add(&builder, (en_text){ 0 });
    en_builder_add_char(&builder, 'c');
    en_builder_format(&builder, "%d|%300s|", 7, "x");
    en_builder_add_rune(&builder, 'e');
    en_text text = en_builder_take(&builder);
    assert_int_equal(text.length, 3 + 2 + 301 + 1);
    assert_text(en_text_slice(text, 0, 6), "abc7| ");
    assert_text(en_text_slice(text, 300, 400), "    x|e");
    assert_text(en_builder_take(&builder), "");
}

static void runes_become_utf8_and_what_is_none_is_replaced(void **state)
{
    (void)state;
    static const struct {
        uint32_t rune;
        const char *bytes;
    } examples[] = {
        { 0x24, "$" },
        { 0x7F, "\x7F" },
        { 0x80, "\xC2\x80" },
        { 0x7FF, "\xDF\xBF" },
        { 0x800, "\xE0\xA0\x80" },
        { 0xD7FF, "\xED\x9F\xBF" },
        { 0xD800, "\xEF\xBF\xBD" },
        { 0xDFFF, "\xEF\xBF\xBD" },
        { 0xE000, "\xEE\x80\x80" },
        { 0xFFFF, "\xEF\xBF\xBF" },
        { 0x10000, "\xF0\x90\x80\x80" },
        { 0x10FFFF, "\xF4\x8F\xBF\xBF" },
        { 0x110000, "\xEF\xBF\xBD" },
        { 0xFFFFFFFF, "\xEF\xBF\xBD" },
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        en_builder builder;
        en_builder_init(&builder, &arena);
        en_builder_add_rune(&builder, examples[i].rune);
        assert_text(en_builder_take(&builder), examples[i].bytes);
    }
}

static void long_texts_survive_growing_between_other_pieces(void **state)
{
    (void)state;
    en_builder builder;
    en_builder_init(&builder, &arena);
    for (size_t i = 0; i < 20000; i++) {
        en_builder_add_char(&builder, (char)('a' + i % 26));
        if (i % 1000 == 0) {
            en_arena_alloc(&arena, 8); /* so that it cannot grow in place */
        }
    }
    en_text text = en_builder_take(&builder);
    assert_int_equal(text.length, 20000);
    for (size_t i = 0; i < text.length; i++) {
        assert_int_equal(text.data[i], 'a' + i % 26);
    }
}

static void a_builder_over_its_limit_fails_and_stays_failed(void **state)
{
    (void)state;
    en_builder builder;
    en_builder_init(&builder, &arena);
    builder.limit_bytes = 100;
    for (size_t i = 0; i < 200; i++) {
        en_builder_add_char(&builder, 'x');
    }
    assert_true(builder.failed);
    en_builder_add(&builder, EN_TEXT("y"));
    en_builder_format(&builder, "%d", 1);
    assert_null(en_builder_reserve(&builder, 1));
    assert_text(en_builder_take(&builder), "");
}

static void a_text_of_exactly_the_limit_fits(void **state)
{
    (void)state;
    for (size_t length = 250; length <= 260; length++) {
        en_builder builder;
        en_builder_init(&builder, &arena);
        builder.limit_bytes = length;
        en_builder_format(&builder, "%*s", (int)length, "");
        assert_false(builder.failed);
        assert_int_equal(en_builder_take(&builder).length, length);
    }
}

static void a_builder_fails_with_its_budget(void **state)
{
    (void)state;
    en_budget budget = { .limit_bytes = 8192 };
    en_arena small;
    en_builder builder;
    en_arena_init(&small, &budget);
    en_builder_init(&builder, &small);
    for (size_t i = 0; i < 100000; i++) {
        en_builder_add_char(&builder, 'x');
    }
    assert_true(builder.failed);
    assert_true(budget.exceeded);
    assert_text(en_builder_take(&builder), "");
    en_arena_done(&small);
}

static void reserved_room_is_written_by_the_caller(void **state)
{
    (void)state;
    en_builder builder;
    en_builder_init(&builder, &arena);
    assert_non_null(en_builder_reserve(&builder, 0)); /* nothing wanted is no failure */
    char *at = en_builder_reserve(&builder, 500);
    assert_non_null(at);
    memset(at, 'z', 500);
    builder.length += 3;
    assert_text(en_builder_take(&builder), "zzz");
    assert_null(en_builder_reserve(&builder, SIZE_MAX));
    assert_true(builder.failed);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_slice_is_cut_to_what_there_is),
        test(texts_are_equal_by_their_bytes_and_nul_is_one),
        test(case_is_ignored_for_ascii_letters_only),
        test(texts_sort_by_code_points),
        test(beginnings_and_ends_are_found),
        test(parts_are_found_from_a_start),
        test(ascii_white_space_is_trimmed),
        test(a_copy_ends_in_nul_behind_its_length),
        test(formatted_texts_have_any_length),
        test(the_nearest_name_is_found),
        test(words_too_long_to_compare_are_near_nothing),
        test(the_first_of_equally_near_names_wins),
        test(a_builder_gathers_pieces_of_all_kinds),
        test(runes_become_utf8_and_what_is_none_is_replaced),
        test(long_texts_survive_growing_between_other_pieces),
        test(a_builder_over_its_limit_fails_and_stays_failed),
        test(a_text_of_exactly_the_limit_fits),
        test(a_builder_fails_with_its_budget),
        test(reserved_room_is_written_by_the_caller),
    };
    return EN_RUN(tests);
}

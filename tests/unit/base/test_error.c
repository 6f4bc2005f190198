#include "test.h"

#include "base/error.h"

#include <stdio.h>

static en_arena arena;
static en_error error;

static int set_up(void **state)
{
    (void)state;
    en_arena_init(&arena, NULL);
    memset(&error, 'x', sizeof error); /* clearing does not rely on what was there */
    en_error_clear(&error);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    en_arena_done(&arena);
    return 0;
}

static void a_cleared_error_is_none(void **state)
{
    (void)state;
    assert_false(en_error_is_set(&error));
    assert_int_equal(error.step_id, EN_NO_STEP);
    assert_text(en_error_line(&arena, &error), ": ");
}

static void setting_gives_false_and_the_first_error_wins(void **state)
{
    (void)state;
    assert_false(en_error_set(&error, EN_DataError, "expected %d but got %d", 1, 2));
    assert_false(en_error_set(&error, EN_ConnectionError, "later"));
    assert_error(&error, EN_DataError, "expected 1 but got 2");
    assert_false(en_error_set(NULL, EN_DataError, "nobody cares"));
}

static void functions_take_no_error_for_an_answer(void **state)
{
    (void)state;
    en_error_hint(NULL, "x");
    en_error_prefix_path(NULL, EN_TEXT("x"));
    en_error_prefix_index(NULL, 1);
    en_error_source(NULL, EN_TEXT("x"), 0);
}

static void long_messages_are_cut_between_characters(void **state)
{
    (void)state;
    char text[3000];
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 4 < sizeof text; i += 4) {
            memcpy(text + i, "\U0001F600", 5);
        }
        en_error_clear(&error);
        en_error_set(&error, EN_DataError, "%s", text);
        en_error_hint(&error, "%s", text);
        size_t length = strlen(error.message);
        assert_int_equal((length - shift) % 4, 0);
        assert_in_range(length, sizeof error.message - 4, sizeof error.message - 1);
        assert_int_equal((strlen(error.hint) - shift) % 4, 0);
    }
}

/* --- paths --- */

static void paths_are_built_from_the_inside(void **state)
{
    (void)state;
    en_error_prefix_path(&error, EN_TEXT("total"));
    assert_string_equal(error.path, "total");
    en_error_prefix_index(&error, 3);
    assert_string_equal(error.path, "[3].total");
    en_error_prefix_path(&error, EN_TEXT("items"));
    assert_string_equal(error.path, "items[3].total");
    en_error_prefix_index(&error, 0);
    en_error_prefix_path(&error, EN_TEXT("data"));
    assert_string_equal(error.path, "data[0].items[3].total");
}

static void paths_that_are_too_long_lose_their_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < 100; i++) {
        en_error_prefix_path(&error, EN_TEXT("höhe"));
    }
    size_t length = strlen(error.path);
    assert_in_range(length, sizeof error.path - 3, sizeof error.path - 1);
    assert_memory_equal(error.path, "höhe.höhe.", 12);
    assert_true((error.path[length - 1] & 0x80) == 0 || (error.path[length - 2] & 0xE0) == 0xC0);
}

/* --- the source of a template --- */

static void a_short_source_stands_as_it_is(void **state)
{
    (void)state;
    en_error_source(&error, EN_TEXT("a {{1.b +}} c"), 9);
    assert_string_equal(error.source, "a {{1.b +}} c");
    assert_int_equal(error.caret, 9);
    en_error_source(&error, EN_TEXT("other"), 1); /* the innermost wins */
    assert_string_equal(error.source, "a {{1.b +}} c");
}

static void the_caret_stays_at_its_character_in_a_cut_source(void **state)
{
    (void)state;
    char text[2001];
    for (size_t i = 0; i < 2000; i++) {
        text[i] = (char)('a' + i % 23);
    }
    static const size_t carets[] = { 0, 1, 127, 128, 129, 1000, 1744, 1745, 1900, 1999 };
    for (size_t i = 0; i < sizeof carets / sizeof carets[0]; i++) {
        en_error_clear(&error);
        en_error_source(&error, (en_text){ text, 2000 }, carets[i]);
        assert_int_equal(strlen(error.source), sizeof error.source - 1);
        assert_int_equal(error.source[error.caret], text[carets[i]]);
        size_t start = carets[i] - error.caret;
        assert_memory_equal(error.source, text + start, sizeof error.source - 1);
    }
}

static void a_source_is_cut_between_characters(void **state)
{
    (void)state;
    char text[2000];
    for (size_t i = 0; i < sizeof text; i += 4) {
        memcpy(text + i, "\xF0\x9F\x98\x80", 4);
    }
    for (size_t caret = 0; caret <= sizeof text; caret += 4) {
        en_error_clear(&error);
        en_error_source(&error, (en_text){ text, sizeof text }, caret);
        assert_int_equal((unsigned char)error.source[0], 0xF0);
        assert_int_equal(strlen(error.source) % 4, 0);
        assert_int_equal(error.caret % 4, 0);
        assert_true(error.caret <= strlen(error.source));
    }
}

static void a_caret_behind_the_source_stands_at_its_end(void **state)
{
    (void)state;
    en_error_source(&error, EN_TEXT("abc"), 99);
    assert_int_equal(error.caret, 3);
}

static void a_source_is_one_line(void **state)
{
    (void)state;
    en_error_source(&error, EN_TEXT("a\nb\tc\0d\x1B[0m"), 2);
    assert_string_equal(error.source, "a b c d [0m");
}

/* --- types --- */

static void every_type_has_a_name_a_status_and_an_exit_code(void **state)
{
    (void)state;
    for (int type = EN_NO_ERROR + 1; type < EN_ERROR_TYPES; type++) {
        const char *name = en_error_name((en_error_type)type);
        assert_true(strlen(name) > 4);
        assert_int_equal(en_error_type_find(en_text_from(name)), type);
        en_error_clear(&error);
        error.type = (en_error_type)type;
        assert_in_range(en_error_status(&error), 400, 599);
        int code = en_error_exit_code((en_error_type)type);
        assert_true(code >= 1 && code <= 7 && code != 4);
    }
    assert_int_equal(en_error_type_find(EN_TEXT("NoSuchError")), EN_NO_ERROR);
    assert_int_equal(en_error_type_find(EN_TEXT("")), EN_NO_ERROR);
}

static void a_status_of_its_own_beats_the_type(void **state)
{
    (void)state;
    en_error_set(&error, EN_ThrowError, "no");
    assert_int_equal(en_error_status(&error), 500);
    error.status_code = 422;
    assert_int_equal(en_error_status(&error), 422);
}

/* --- the line --- */

static void a_full_line_names_everything(void **state)
{
    (void)state;
    en_error_set(&error, EN_DataError, "not a number");
    en_error_hint(&error, "use parseNumber");
    en_error_prefix_path(&error, EN_TEXT("url"));
    snprintf(error.file, sizeof error.file, "a.json");
    snprintf(error.module, sizeof error.module, "http.makeRequest");
    error.line = 3;
    error.column = 14;
    error.step_id = 4;
    assert_text(en_error_line(&arena, &error),
                "a.json:3:14: step 4 (http.makeRequest), url: DataError: not a number "
                "(use parseNumber)");
    error.line = 0;
    error.path[0] = '\0';
    error.module[0] = '\0';
    error.hint[0] = '\0';
    assert_text(en_error_line(&arena, &error), "a.json: step 4: DataError: not a number");
}

static void controls_do_not_reach_the_terminal(void **state)
{
    (void)state;
    en_error_set(&error, EN_DataError, "a\x1B[31mb\r\nc\x7F\u202Ed\xC2\x9B");
    assert_text(en_error_line(&arena, &error),
                "DataError: a\\x1b[31mb\\r\\nc\\x7f\\u202ed\\x9b");
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_cleared_error_is_none),
        test(setting_gives_false_and_the_first_error_wins),
        test(functions_take_no_error_for_an_answer),
        test(long_messages_are_cut_between_characters),
        test(paths_are_built_from_the_inside),
        test(paths_that_are_too_long_lose_their_end),
        test(a_short_source_stands_as_it_is),
        test(the_caret_stays_at_its_character_in_a_cut_source),
        test(a_source_is_cut_between_characters),
        test(a_caret_behind_the_source_stands_at_its_end),
        test(a_source_is_one_line),
        test(every_type_has_a_name_a_status_and_an_exit_code),
        test(a_status_of_its_own_beats_the_type),
        test(a_full_line_names_everything),
        test(controls_do_not_reach_the_terminal),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "base/show.h"

static void short_text_is_shown_as_it_is(void **state)
{
    (void)state;
    char room[EN_SHOW_ROOM];
    assert_string_equal(en_show(EN_TEXT("añ€ 1"), room), "añ€ 1");
    assert_string_equal(en_show(EN_TEXT(""), room), "");
}

static void controls_are_escaped(void **state)
{
    (void)state;
    char room[EN_SHOW_ROOM];
    assert_string_equal(en_show(EN_TEXT("a\n\r\t\x1b[0m\x7f\0z"), room),
                        "a\\n\\r\\t\\x1b[0m\\x7f\\x00z");
    assert_string_equal(en_show(EN_TEXT("a\u202E"
                                        "b\xC2\x85"),
                                room),
                        "a\\u202eb\\x85");
}

static void long_text_is_cut_at_a_character(void **state)
{
    (void)state;
    char room[EN_SHOW_ROOM];
    char text[4 * 41];
    for (int i = 0; i < 41; i++) {
        memcpy(text + 4 * i, "😀", 4);
    }
    const char *shown = en_show((en_text){ text, sizeof text }, room);
    assert_int_equal(strlen(shown), 4 * 40 + 3);
    assert_string_equal(shown + 4 * 40, "…");
    assert_int_equal(strlen(en_show((en_text){ text, 4 * 40 }, room)), 4 * 40);
}

static void the_longest_escapes_fit(void **state)
{
    (void)state;
    char room[EN_SHOW_ROOM];
    char text[3 * 50];
    for (int i = 0; i < 50; i++) {
        memcpy(text + 3 * i, "\u202E", 3);
    }
    assert_int_equal(strlen(en_show((en_text){ text, sizeof text }, room)), 6 * 40 + 3);
}

static void broken_bytes_are_shown_in_hex(void **state)
{
    (void)state;
    char room[EN_SHOW_ROOM];
    assert_string_equal(en_show(EN_TEXT("a\xE2\x82z"), room), "a\\xe2\\x82z");
}

static void a_line_is_shown_whole(void **state)
{
    (void)state;
    en_arena arena;
    en_builder out;
    en_arena_init(&arena, NULL);
    en_builder_init(&out, &arena);
    for (size_t i = 0; i < 100; i++) {
        en_show_line(&out, EN_TEXT("\x80\0\u202E\u20AC\U0001F600"));
    }
    en_text line = en_builder_take(&out);
    assert_int_equal(line.length, 100 * (4 + 4 + 6 + 3 + 4));
    assert_text(en_text_slice(line, 0, 21), "\\x80\\x00\\u202e\u20AC\U0001F600");
    en_arena_done(&arena);
}

static void markup_is_text(void **state)
{
    (void)state;
    en_arena arena;
    en_builder out;
    en_arena_init(&arena, NULL);
    en_builder_init(&out, &arena);
    en_show_markup(&out, EN_TEXT("<a href=\"x\" title='y'>&amp;\x1b\u202E\u20AC</a>"));
    assert_text(en_builder_take(&out), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;"
                                       "\\x1b\\u202e\u20AC&lt;/a&gt;");
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_text_is_shown_as_it_is),
        cmocka_unit_test(controls_are_escaped),
        cmocka_unit_test(long_text_is_cut_at_a_character),
        cmocka_unit_test(the_longest_escapes_fit),
        cmocka_unit_test(broken_bytes_are_shown_in_hex),
        cmocka_unit_test(a_line_is_shown_whole),
        cmocka_unit_test(markup_is_text),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "value/place.h"

static void paths_are_written_as_documents_read_them(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text path = en_place_member(&arena, EN_TEXT(""), EN_TEXT("modules"));
    path = en_place_element(&arena, path, 3);
    path = en_place_member(&arena, path, EN_TEXT("a-b_1"));
    assert_text(path, "modules[3].a-b_1");
    path = en_place_member(&arena, path, EN_TEXT("odd \"name\"."));
    assert_text(path, "modules[3].a-b_1[\"odd \\\"name\\\".\"]");
    assert_text(en_place_member(&arena, EN_TEXT(""), EN_TEXT("")), "[\"\"]");
    assert_text(en_place_element(&arena, EN_TEXT(""), 0), "[0]");
    en_arena_done(&arena);
}

static void paths_are_read_step_by_step(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_place_step step;
    size_t at = 0;
    en_text path = EN_TEXT("modules[12][\"odd \\\"].\"].x");
    assert_true(en_place_next(&arena, path, &at, &step));
    assert_text(step.name, "modules");
    assert_true(en_place_next(&arena, path, &at, &step));
    assert_true(step.is_index && step.index == 12);
    assert_true(en_place_next(&arena, path, &at, &step));
    assert_false(step.is_index);
    assert_text(step.name, "odd \"].");
    assert_true(en_place_next(&arena, path, &at, &step));
    assert_text(step.name, "x");
    assert_false(en_place_next(&arena, path, &at, &step));
    assert_int_equal(at, path.length);
    en_arena_done(&arena);
}

static void what_is_no_path_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = { "[",
                                         "[x]",
                                         "[1",
                                         "[\"a",
                                         "[\"a\"",
                                         "[\\]",
                                         "[\"a\\\"",
                                         "[\"\\q\"]",
                                         "[-1]",
                                         ".",
                                         "[99999999999999999999999]" };
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        en_place_step step;
        size_t at = 0;
        bool read = true;
        while (read && at < strlen(wrong[i])) {
            read = en_place_next(&arena, en_text_from(wrong[i]), &at, &step) &&
                   (step.is_index || step.name.length != 0) && wrong[i][0] != '.';
        }
        assert_false(read);
    }
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_written_as_documents_read_them),
        cmocka_unit_test(paths_are_read_step_by_step),
        cmocka_unit_test(what_is_no_path_is_refused),
    };
    return EN_RUN(tests);
}

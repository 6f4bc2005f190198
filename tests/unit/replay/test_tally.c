#include "test.h"

#include "replay/tally.h"

#include "value/json.h"

static void the_most_frequent_come_first_and_equal_ones_by_name(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_tally tally;
    en_tally_init(&tally, &arena);
    static const char *const names[] = { "b", "a", "c", "c", "", "a", "c" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)en_tally_add(&tally, en_text_from(names[i]));
    }
    assert_int_equal(en_tally_add(&tally, EN_TEXT("a"))->index, 1); /* as first seen */
    en_text text = en_json_text(&arena, en_tally_value(&tally, &arena), 0);
    assert_string_equal(en_text_terminate(&arena, text), "{\"a\":3,\"c\":3,\"\":1,\"b\":1}");
    en_arena_done(&arena);
}

static void names_beyond_the_limit_are_counted_together(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_tally tally;
    en_tally_init(&tally, &arena);
    for (unsigned i = 0; i < EN_TALLY_NAMES + 10; i++) {
        const en_tally_entry *entry = en_tally_add(&tally, en_text_format(&arena, "name %u", i));
        assert_int_equal(entry->index, i < EN_TALLY_NAMES ? i : EN_TALLY_NAMES);
    }
    en_value counts = en_tally_value(&tally, &arena);
    assert_int_equal(en_collection_count(counts), EN_TALLY_NAMES + 1);
    assert_true(en_text_equal(en_collection_members(counts)[0].name, EN_TEXT("…")));
    assert_true(en_value_number(en_collection_members(counts)[0].value) == 10);
    (void)en_tally_add(&tally, EN_TEXT("name 7")); /* a name that is there is still found */
    counts = en_tally_value(&tally, &arena);
    assert_true(en_value_number(en_collection_find(counts, EN_TEXT("name 7"))) == 2);
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_frequent_come_first_and_equal_ones_by_name),
        cmocka_unit_test(names_beyond_the_limit_are_counted_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

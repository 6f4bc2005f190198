#include "test.h"

#include "base/random.h"

#include <ctype.h>

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

static void a_seed_repeats_every_value(void **state)
{
    (void)state;
    en_random a;
    en_random b;
    en_random c;
    en_random_init_seed(&a, 42);
    en_random_init_seed(&b, 42);
    en_random_init_seed(&c, 43);
    size_t same = 0;
    for (size_t i = 0; i < 1000; i++) {
        uint64_t number = en_random_next(&a);
        assert_true(number == en_random_next(&b));
        same += number == en_random_next(&c);
    }
    assert_int_equal(same, 0);
}

/* The reference numbers of xoshiro256** with state 1, 2, 3, 4: the first is rotl(2 * 5, 7) * 9. */
static void the_generator_is_xoshiro(void **state)
{
    (void)state;
    en_random random = { .state = { 1, 2, 3, 4 } };
    static const uint64_t expected[] = { 11520, 0, 1509978240, 1215971899390074240 };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(en_random_next(&random) == expected[i]);
    }
}

static void the_system_gives_different_generators(void **state)
{
    (void)state;
    en_random a;
    en_random b;
    en_random_init_system(&a);
    en_random_init_system(&b);
    assert_true(en_random_next(&a) != en_random_next(&b));
}

static void units_are_spread_below_one(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    en_random random;
    en_random_init_seed(&random, 7);
    size_t tenths[10] = { 0 };
    for (size_t i = 0; i < COUNT; i++) {
        double unit = en_random_unit(&random);
        assert_true(unit >= 0 && unit < 1);
        tenths[(size_t)(unit * 10)]++;
    }
    for (size_t i = 0; i < 10; i++) {
        assert_in_range(tenths[i], COUNT / 10 - COUNT / 50, COUNT / 10 + COUNT / 50);
    }
}

static void uuids_are_version_4(void **state)
{
    (void)state;
    en_random random;
    en_random_init_seed(&random, 1);
    en_text before = EN_TEXT("");
    for (size_t i = 0; i < 1000; i++) {
        en_text uuid = en_random_uuid(&random, &arena);
        assert_int_equal(uuid.length, EN_UUID_LENGTH);
        for (size_t at = 0; at < uuid.length; at++) {
            bool dash = at == 8 || at == 13 || at == 18 || at == 23;
            assert_true(dash ? uuid.data[at] == '-'
                             : strchr("0123456789abcdef", uuid.data[at]) != NULL);
        }
        assert_int_equal(uuid.data[14], '4');
        assert_non_null(strchr("89ab", uuid.data[19]));
        assert_false(en_text_equal(uuid, before));
        before = uuid;
    }
}

/* --- unique ids --- */

static void assert_sorts(en_random *random, int64_t now_ms, en_text *before)
{
    en_text id = en_random_unique_id(random, now_ms, &arena);
    assert_int_equal(id.length, EN_UNIQUE_ID_LENGTH);
    for (size_t i = 0; i < id.length; i++) {
        assert_true(isdigit((unsigned char)id.data[i]) || isupper((unsigned char)id.data[i]));
        assert_null(strchr("ILOU", id.data[i])); /* Crockford leaves them out */
    }
    assert_true(en_text_compare(*before, id) < 0);
    *before = id;
}

static void ids_sort_by_time(void **state)
{
    (void)state;
    static const int64_t times[] = { 0, 1, 31, 32, 1767323045678, 1767323045679, 4102444800000 };
    en_random random;
    en_random_init_seed(&random, 3);
    en_text before = EN_TEXT("");
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        assert_sorts(&random, times[i], &before);
    }
}

static void ids_of_one_millisecond_sort_by_their_order(void **state)
{
    (void)state;
    en_random random;
    en_random_init_seed(&random, 3);
    en_text before = EN_TEXT("");
    for (size_t i = 0; i < 100000; i++) {
        assert_sorts(&random, 1767323045678, &before);
    }
}

/* A fixed clock lets all records of a long import fall into one millisecond. */
static void more_ids_than_the_counter_holds_still_sort(void **state)
{
    (void)state;
    enum { COUNTER = 1 << 20 };
    en_random random;
    en_random_init_seed(&random, 3);
    en_text before = EN_TEXT("");
    assert_sorts(&random, 1767323045678, &before);
    random.last_id_count = COUNTER - 3;
    for (size_t i = 0; i < 10; i++) {
        assert_sorts(&random, 1767323045678, &before);
    }
    assert_sorts(&random, 1767323045679, &before);
    assert_sorts(&random, 1767323045680, &before);
}

static void ids_sort_when_the_clock_is_set_back(void **state)
{
    (void)state;
    en_random random;
    en_random_init_seed(&random, 3);
    en_text before = EN_TEXT("");
    assert_sorts(&random, 1767323045678, &before);
    assert_sorts(&random, 1767323000000, &before);
    assert_sorts(&random, 1767323045678, &before);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_seed_repeats_every_value),
        test(the_generator_is_xoshiro),
        test(the_system_gives_different_generators),
        test(units_are_spread_below_one),
        test(uuids_are_version_4),
        test(ids_sort_by_time),
        test(ids_of_one_millisecond_sort_by_their_order),
        test(more_ids_than_the_counter_holds_still_sort),
        test(ids_sort_when_the_clock_is_set_back),
    };
    return EN_RUN(tests);
}

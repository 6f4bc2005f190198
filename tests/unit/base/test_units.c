#include "test.h"

#include "base/units.h"

static uint64_t bytes(const char *text)
{
    uint64_t amount = 0;
    return en_units_read_bytes(en_text_from(text), &amount) ? amount : UINT64_MAX;
}

static int64_t ms(const char *text)
{
    int64_t amount = 0;
    return en_units_read_ms(en_text_from(text), &amount) ? amount : -1;
}

static void sizes_count_in_1024s(void **state)
{
    (void)state;
    assert_int_equal(bytes("0"), 0);
    assert_int_equal(bytes("1000"), 1000);
    assert_int_equal(bytes("1B"), 1);
    assert_int_equal(bytes("64k"), 65536);
    assert_int_equal(bytes("256M"), 268435456);
    assert_int_equal(bytes("10 MB"), 10485760);
    assert_int_equal(bytes("1.5GiB"), 1610612736);
    assert_int_equal(bytes("0.001K"), 1);
}

static void durations_are_seconds_without_a_unit(void **state)
{
    (void)state;
    assert_int_equal(ms("30"), 30000);
    assert_int_equal(ms("1.5"), 1500);
    assert_int_equal(ms("500ms"), 500);
    assert_int_equal(ms("0.5ms"), 0);
    assert_int_equal(ms("40m"), 2400000);
    assert_int_equal(ms("2 h"), 7200000);
    assert_int_equal(ms("1d"), 86400000);
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = { "",
                                         " ",
                                         "M",
                                         "-1",
                                         "+1",
                                         "1.",
                                         ".5",
                                         "1.2345",
                                         "1e3",
                                         "1x",
                                         "1 M M",
                                         "0x10",
                                         "9007199254740993",
                                         "9007199254740992G" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_true(bytes(wrong[i]) == UINT64_MAX);
        assert_int_equal(ms(wrong[i]), -1);
    }
    assert_int_equal(ms("5M"), 300000); /* case is free, as in "40M" for minutes */
    assert_true(bytes("5s") == UINT64_MAX);
    assert_int_equal(bytes("9007199254740992"), 9007199254740992);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_count_in_1024s),
        cmocka_unit_test(durations_are_seconds_without_a_unit),
        cmocka_unit_test(everything_else_is_refused),
    };
    return EN_RUN(tests);
}

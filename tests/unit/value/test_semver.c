#include "test.h"

#include "value/semver.h"

static int order_of(const char *a, const char *b)
{
    int order = 9;
    if (!en_semver_compare(en_text_from(a), en_text_from(b), &order)) {
        return 9;
    }
    return (order > 0) - (order < 0);
}

static void versions_are_ordered_as_the_specification_lists_them(void **state)
{
    (void)state;
    static const char *const rising[] = { "0.9.9",
                                          "1.0.0-alpha",
                                          "1.0.0-alpha.1",
                                          "1.0.0-alpha.beta",
                                          "1.0.0-beta",
                                          "1.0.0-beta.2",
                                          "1.0.0-beta.11",
                                          "1.0.0-rc.1",
                                          "1.0.0",
                                          "1.2.0",
                                          "1.10.0",
                                          "2.0.0",
                                          "99999999999999999999999.0.0" };
    for (size_t i = 0; i < sizeof rising / sizeof *rising; i++) {
        for (size_t j = 0; j < sizeof rising / sizeof *rising; j++) {
            assert_int_equal(order_of(rising[i], rising[j]), (i > j) - (i < j));
        }
    }
}

static void short_and_prefixed_versions_are_read(void **state)
{
    (void)state;
    assert_int_equal(order_of("v1.2", "1.2.0"), 0);
    assert_int_equal(order_of("1", " 1.0.0 "), 0);
    assert_int_equal(order_of("1.0.0+build.7", "1.0.0+x"), 0);
    assert_int_equal(order_of("1.02", "1.2"), 0);
    assert_int_equal(order_of("1.0.0-rc-1.x", "1.0.0-rc-1.y"), -1);
}

static void other_texts_are_no_versions(void **state)
{
    (void)state;
    static const char *const wrong[] = { "",        "v",      "a",          "1.",      ".1", "1..2",
                                         "1.2.3.4", "1.2.3-", "1.2.3-a..b", "1.2.3-ä", "1,2" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(order_of(wrong[i], "1.0.0"), 9);
        assert_int_equal(order_of("1.0.0", wrong[i]), 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_ordered_as_the_specification_lists_them),
        cmocka_unit_test(short_and_prefixed_versions_are_read),
        cmocka_unit_test(other_texts_are_no_versions),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "value/decimal.h"

#include <math.h>

static void whole_numbers_stay_whole(void **state)
{
    (void)state;
    assert_true(en_decimal_add(2, 3) == 5);
    assert_true(en_decimal_multiply(94906265, 94906265) == 9007199136250225.0);
    assert_true(en_decimal_divide(7, 2) == 3.5);
    assert_true(en_decimal_divide(1, 3) == 1.0 / 3);
    assert_true(en_decimal_remainder(-7, 3) == -1);
}

static void fractions_have_no_noise(void **state)
{
    (void)state;
    assert_true(en_decimal_add(0.1, 0.2) == 0.3);
    assert_true(en_decimal_subtract(0.3, 0.1) == 0.2);
    assert_true(en_decimal_multiply(0.1, 3) == 0.3);
    assert_true(en_decimal_multiply(100, 1.1) == 110);
    assert_true(en_decimal_multiply(1.15, 100) == 115);
    assert_true(en_decimal_divide(0.3, 0.1) == 3);
    assert_true(en_decimal_divide(0.7, 0.1) == 7);
    assert_true(en_decimal_remainder(5.5, 2) == 1.5);
    assert_true(en_decimal_remainder(1, 0.1) == 0);
    assert_true(en_decimal_remainder(-0.3, 0.2) == -0.1);
}

static void long_fractions_are_exact_too(void **state)
{
    (void)state;
    assert_true(en_decimal_add(0.30000000000000004, -0.3) == 4e-17);
    assert_true(en_decimal_multiply(1.23456789012345e-9, 1e9) == 1.23456789012345);
    assert_true(en_decimal_divide(1e-7, 3) == 3.3333333333333334e-8);
    assert_true(en_decimal_divide(-119572.55163623243, -2226087.2258260027) == 0.05371422568217844);
    assert_true(en_decimal_multiply(0.1, 1e300) == 1e299);
    assert_true(en_decimal_multiply(222222222222222222222.0, 2222222222222222222.0) ==
                4.938271604938272e38);
    assert_true(en_decimal_add(222222222222222222222.0, 0.5) == 222222222222222222222.0);
}

static void what_is_far_apart_adds_as_doubles(void **state)
{
    (void)state;
    assert_true(en_decimal_add(1e300, 0.5) == 1e300);
    assert_true(en_decimal_add(1e-300, 1) == 1);
    assert_true(en_decimal_remainder(1e300, 0.7) == fmod(1e300, 0.7));
}

static void the_edges_are_those_of_doubles(void **state)
{
    (void)state;
    assert_true(isinf(en_decimal_divide(1, 0)) && en_decimal_divide(-1, 0) < 0);
    assert_true(isnan(en_decimal_divide(0, 0)));
    assert_true(isnan(en_decimal_remainder(1.5, 0)));
    assert_true(isinf(en_decimal_multiply(1e200, 1.5e200)));
    assert_true(en_decimal_multiply(1e-200, 1.5e-200) == 0);
    assert_true(isnan(en_decimal_add(INFINITY, -INFINITY)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_stay_whole),
        cmocka_unit_test(fractions_have_no_noise),
        cmocka_unit_test(long_fractions_are_exact_too),
        cmocka_unit_test(what_is_far_apart_adds_as_doubles),
        cmocka_unit_test(the_edges_are_those_of_doubles),
    };
    return EN_RUN(tests);
}

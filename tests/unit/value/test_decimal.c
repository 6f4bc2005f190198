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

static void far_apart_sums_are_exact(void **state)
{
    (void)state;
    assert_true(en_decimal_add(-97.29, -1.0000000000000002e-14) == -97.29);
    assert_true(en_decimal_add(188.48, 8.450272667675958e-11) == 188.48000000008452);
    assert_true(en_decimal_add(1, 1e-30) == 1);
    assert_true(en_decimal_add(1e300, -1e-300) == 1e300);
    assert_true(en_decimal_remainder(1e20, 0.3) == 0.1);
}

static void assert_prints(en_value number, unsigned places, const char *expected)
{
    en_arena arena;
    en_builder out;
    en_arena_init(&arena, NULL);
    en_builder_init(&out, &arena);
    en_decimal_print(&out, number, places);
    assert_text(en_builder_take(&out), expected);
    en_arena_done(&arena);
}

static void printing_rounds_halves_away_from_zero(void **state)
{
    (void)state;
    assert_prints(en_number(1.005), 2, "1.01");
    assert_prints(en_number(-1.005), 2, "-1.01");
    assert_prints(en_number(0.5), 0, "1");
    assert_prints(en_number(0.05), 1, "0.1");
    assert_prints(en_number(0.004), 2, "0.00");
    assert_prints(en_number(0.0049), 1, "0.0");
    assert_prints(en_number(-0.004), 2, "0.00");
    assert_prints(en_number(0), 3, "0.000");
    assert_prints(en_number(999.995), 2, "1000.00");
    assert_prints(en_number(9.99), 1, "10.0");
    assert_prints(en_number(1e21), 1, "1000000000000000000000.0");
    assert_prints(en_number(1.5e-7), 8, "0.00000015");
    assert_prints(en_number(12), 0, "12");
    assert_prints(en_integer(INT64_MIN), 2, "-9223372036854775808.00");
    assert_prints(en_number(NAN), 2, "NaN");
    assert_prints(en_number(-INFINITY), 2, "-Infinity");
}

static void assert_truncates(en_value number, int places, en_value expected)
{
    assert_true(en_value_equal(en_decimal_truncate(number, places), expected));
}

static void truncating_cuts_digits(void **state)
{
    (void)state;
    assert_truncates(en_number(3.789), 2, en_number(3.78));
    assert_truncates(en_number(-3.789), 0, en_number(-3));
    assert_truncates(en_number(0.29), 2, en_number(0.29));
    assert_truncates(en_number(0.001), 2, en_number(0));
    assert_truncates(en_number(123.456), -2, en_number(100));
    assert_truncates(en_number(123.456), -3, en_number(0));
    assert_truncates(en_number(1.5e-7), 7, en_number(1e-7));
    assert_truncates(en_number(1.25e300), -299, en_number(1.2e300));
    assert_truncates(en_number(5e-324), 400, en_number(5e-324));
    assert_truncates(en_integer(9007199254740993), -3, en_number(9007199254740000));
    assert_truncates(en_integer(9223372036854775807), -2, en_integer(9223372036854775800));
    assert_truncates(en_number(INFINITY), 2, en_number(INFINITY));
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
        cmocka_unit_test(far_apart_sums_are_exact),
        cmocka_unit_test(printing_rounds_halves_away_from_zero),
        cmocka_unit_test(truncating_cuts_digits),
        cmocka_unit_test(long_fractions_are_exact_too),
        cmocka_unit_test(what_is_far_apart_adds_as_doubles),
        cmocka_unit_test(the_edges_are_those_of_doubles),
    };
    return EN_RUN(tests);
}

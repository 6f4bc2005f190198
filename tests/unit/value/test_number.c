#include "test.h"

#include "base/random.h"
#include "value/number.h"

#include <locale.h>
#include <math.h>

static void assert_prints(en_value number, const char *expected)
{
    char room[EN_NUMBER_ROOM];
    size_t length = en_number_print(number, room);
    assert_text(((en_text){ room, length }), expected);
}

static void doubles_print_as_in_javascript(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } examples[] = {
        { 0.0, "0" },
        { -0.0, "0" },
        { 1, "1" },
        { -42, "-42" },
        { 100, "100" },
        { 0.1, "0.1" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 1.5, "1.5" },
        { 123.456, "123.456" },
        { 0.000001, "0.000001" },
        { 0.0000015, "0.0000015" },
        { 1e-7, "1e-7" },
        { 1.25e-7, "1.25e-7" },
        { 1e20, "100000000000000000000" },
        { 123456789012345680000.0, "123456789012345680000" },
        { 1e21, "1e+21" },
        { 1.5e300, "1.5e+300" },
        { 9007199254740991, "9007199254740991" },
        { 9007199254740992, "9007199254740992" },
        { 9007199254740994, "9007199254740994" },
        { 0x1p63, "9223372036854776000" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { -1.7976931348623157e308, "-1.7976931348623157e+308" },
        { 2.2250738585072014e-308, "2.2250738585072014e-308" },
        { 5e-324, "5e-324" },
        { NAN, "NaN" },
        { INFINITY, "Infinity" },
        { -INFINITY, "-Infinity" },
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        assert_prints(en_number(examples[i].number), examples[i].text);
    }
}

static void exact_integers_print_all_their_digits(void **state)
{
    (void)state;
    assert_prints(en_integer(INT64_MAX), "9223372036854775807");
    assert_prints(en_integer(INT64_MIN), "-9223372036854775808");
    assert_prints(en_integer_unsigned(UINT64_MAX), "18446744073709551615");
    assert_prints(en_integer(9007199254740993), "9007199254740993");
}

static void any_double_reads_back_as_itself(void **state)
{
    (void)state;
    en_random random;
    en_random_init_seed(&random, 17);
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = en_random_next(&random);
        double number;
        memcpy(&number, &bits, sizeof number);
        if (!isfinite(number)) {
            continue;
        }
        char room[EN_NUMBER_ROOM];
        size_t length = en_double_print(number, room);
        double back = 0;
        assert_true(en_double_read((en_text){ room, length }, &back));
        assert_memory_equal(&back, &number, sizeof number);
    }
}

static void assert_reads(const char *text, double expected)
{
    double number = 0;
    assert_true(en_double_read(en_text_from(text), &number));
    assert_memory_equal(&number, &expected, sizeof number);
}

static void the_nearest_double_is_read(void **state)
{
    (void)state;
    assert_reads("0", 0.0);
    assert_reads("-0", -0.0);
    assert_reads("-0.0e5", -0.0);
    assert_reads("12.5e3", 12500.0);
    assert_reads("9007199254740993", 9007199254740992.0);
    assert_reads("9007199254740993.0000000000000000000000000000000000000000000000001",
                 9007199254740994.0);
    assert_reads("1e-400", 0.0);
    assert_reads("2.4703282292062327208e-324", 0.0);
    assert_reads("2.4703282292062327209e-324", 5e-324);
    assert_reads("1.7976931348623158e308", 1.7976931348623157e308);
    assert_reads("0.1000000000000000055511151231257827021181583404541015625", 0.1);
    assert_reads("0.100000000000000012490009027033011079765856266021728515625", 0.1);
    assert_reads("0.1000000000000000124900090270330110797658562660217285156251",
                 0.10000000000000002);
    assert_reads("+.5", 0.5);
    assert_reads("5.", 5.0);
}

static void a_literal_of_many_digits_counts_them_all(void **state)
{
    (void)state;
    char text[1400];
    memset(text, '0', sizeof text);
    text[0] = '1';
    assert_reads("1e300", 1e300);
    en_value number;
    assert_true(en_number_read_json((en_text){ text, 301 }, &number));
    assert_true(en_value_number(number) == 1e300);
    assert_false(en_number_read_json((en_text){ text, 310 }, &number));
    memcpy(text + 1300, "e-1299", 6);
    double one = 0;
    assert_true(en_double_read((en_text){ text, 1306 }, &one));
    assert_true(one == 1.0);
}

static void what_no_double_can_hold_is_refused(void **state)
{
    (void)state;
    double number;
    assert_false(en_double_read(EN_TEXT("1e400"), &number));
    assert_false(en_double_read(EN_TEXT("-1e400"), &number));
    assert_false(en_double_read(EN_TEXT("1.7976931348623159e308"), &number));
    assert_false(en_double_read(EN_TEXT("1e99999999999999999999999"), &number));
}

static void what_is_no_decimal_literal_is_refused(void **state)
{
    (void)state;
    static const char *const broken[] = { "",     "-",   ".",   "e5",    "1e",       "1e+",
                                          "0x10", "1_0", "NaN", "inf",   "Infinity", "1,5",
                                          " 1",   "1 ",  "--1", "1.2.3", "1e5.0" };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        double number;
        assert_false(en_double_read(en_text_from(broken[i]), &number));
    }
}

static void json_numbers_are_stricter(void **state)
{
    (void)state;
    static const char *const broken[] = { "+1",   "01", "-01", ".5",    "5.",
                                          "1.e5", "-",  "00",  "1e400", " 1" };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        en_value number;
        assert_false(en_number_read_json(en_text_from(broken[i]), &number));
    }
}

static void assert_exact(const char *text, en_value expected)
{
    en_value number;
    assert_true(en_number_read_json(en_text_from(text), &number));
    assert_int_equal(number.form, expected.form);
    assert_true(en_value_equal(number, expected));
    assert_prints(number, text);
}

static void integers_within_64_bits_stay_exact(void **state)
{
    (void)state;
    assert_exact("0", en_number(0));
    assert_exact("-1", en_number(-1));
    assert_exact("9007199254740991", en_number(9007199254740991.0));
    assert_exact("9007199254740992", en_number(9007199254740992.0));
    assert_exact("9007199254740993", en_integer(9007199254740993));
    assert_exact("-9007199254740993", en_integer(-9007199254740993));
    assert_exact("1000000000000000001", en_integer(1000000000000000001));
    assert_exact("9223372036854775807", en_integer(INT64_MAX));
    assert_exact("9223372036854775808", en_integer_unsigned(UINT64_C(9223372036854775808)));
    assert_exact("-9223372036854775808", en_integer(INT64_MIN));
    assert_exact("18446744073709551615", en_integer_unsigned(UINT64_MAX));
}

static void integers_beyond_64_bits_are_doubles(void **state)
{
    (void)state;
    en_value number;
    assert_true(en_number_read_json(EN_TEXT("18446744073709551616"), &number));
    assert_int_equal(number.form, EN_DOUBLE);
    assert_true(number.as.number == 0x1p64);
    assert_true(en_number_read_json(EN_TEXT("-9223372036854775809"), &number));
    assert_int_equal(number.form, EN_DOUBLE);
    assert_true(number.as.number == -0x1p63);
}

static void minus_zero_stays_minus_zero(void **state)
{
    (void)state;
    en_value number;
    assert_true(en_number_read_json(EN_TEXT("-0"), &number));
    assert_true(number.as.number == 0 && signbit(number.as.number));
    assert_true(en_number_read_text(EN_TEXT("-00000000000000000000000000"), &number));
    assert_true(number.as.number == 0 && signbit(number.as.number));
}

static void numeric_text_may_have_white_space_sign_and_zeros(void **state)
{
    (void)state;
    en_value number;
    assert_true(en_number_read_text(EN_TEXT(" \t+007.50\n"), &number));
    assert_true(number.as.number == 7.5);
    assert_true(en_number_read_text(EN_TEXT("000000000000000000000000000012"), &number));
    assert_true(number.as.number == 12);
    assert_true(en_number_read_text(EN_TEXT("9007199254740993"), &number));
    assert_int_equal(number.form, EN_EXACT_SIGNED);
    assert_false(en_number_read_text(EN_TEXT(""), &number));
    assert_false(en_number_read_text(EN_TEXT("  "), &number));
    assert_false(en_number_read_text(EN_TEXT("0x10"), &number));
    assert_false(en_number_read_text(EN_TEXT("Infinity"), &number));
    assert_false(en_number_read_text(EN_TEXT("1 2"), &number));
    assert_false(en_number_read_text(EN_TEXT("1e400"), &number));
}

static void a_locale_with_decimal_commas_changes_nothing(void **state)
{
    (void)state;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL) {
        skip();
    }
    assert_prints(en_number(1.5), "1.5");
    assert_reads("1.5", 1.5);
    setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_print_as_in_javascript),
        cmocka_unit_test(exact_integers_print_all_their_digits),
        cmocka_unit_test(any_double_reads_back_as_itself),
        cmocka_unit_test(the_nearest_double_is_read),
        cmocka_unit_test(a_literal_of_many_digits_counts_them_all),
        cmocka_unit_test(what_no_double_can_hold_is_refused),
        cmocka_unit_test(what_is_no_decimal_literal_is_refused),
        cmocka_unit_test(json_numbers_are_stricter),
        cmocka_unit_test(integers_within_64_bits_stay_exact),
        cmocka_unit_test(integers_beyond_64_bits_are_doubles),
        cmocka_unit_test(minus_zero_stays_minus_zero),
        cmocka_unit_test(numeric_text_may_have_white_space_sign_and_zeros),
        cmocka_unit_test(a_locale_with_decimal_commas_changes_nothing),
    };
    return EN_RUN(tests);
}

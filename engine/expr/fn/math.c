/* math - rounding, reading and printing numbers. */
#include "base/utf8.h"
#include "expr/fn.h"
#include "value/decimal.h"
#include "value/number.h"

#include <math.h>

/* Whole numbers beyond 2^53 keep their digits: there is nothing to round. */
static bool is_exact(en_value number)
{
    return number.form != EN_DOUBLE;
}

static bool fn_round(en_fn_call *call, en_value *result)
{
    double number = en_value_number(call->args[0]);
    double below = floor(number);
    *result = is_exact(call->args[0]) ? call->args[0]
                                      : en_number(below + (number - below >= 0.5 ? 1 : 0));
    return true;
}

static bool fn_floor(en_fn_call *call, en_value *result)
{
    *result =
        is_exact(call->args[0]) ? call->args[0] : en_number(floor(en_value_number(call->args[0])));
    return true;
}

static bool fn_ceil(en_fn_call *call, en_value *result)
{
    *result = is_exact(call->args[0]) ? call->args[0]
                                      : en_number(ceil(en_value_number(call->args[0])) + 0.0);
    return true;
}

static bool fn_abs(en_fn_call *call, en_value *result)
{
    int64_t integer;
    en_value number = call->args[0];
    if (is_exact(number) && en_value_integer(number, &integer) && integer < 0) {
        *result = en_integer_unsigned(0 - (uint64_t)integer);
        return true;
    }
    *result = is_exact(number) ? number : en_number(fabs(en_value_number(number)));
    return true;
}

/* A whole number that an argument gives, cut to what the caller can use. */
static int read_places(en_value places, int most)
{
    double number = trunc(en_value_number(places));
    if (isnan(number)) {
        return 0;
    }
    return number >= most ? most : number <= -most ? -most : (int)number;
}

static bool fn_trunc(en_fn_call *call, en_value *result)
{
    enum { MOST = 400 }; /* no double reaches so far to either side of its point */
    *result = en_decimal_truncate(call->args[0], read_places(call->args[1], MOST));
    return true;
}

/* --- parseNumber --- */

/* What may stand between digits and means nothing; the other one of `.` and `,` too. */
static bool is_grouping(uint32_t rune, char separator)
{
    static const uint32_t groupings[] = { ' ',    '\'',   '_',  0xA0, 0x2009,
                                          0x2019, 0x202F, '\t', '\n', '\r' };
    if (rune == (separator == ',' ? '.' : ',')) {
        return true;
    }
    for (size_t i = 0; i < sizeof groupings / sizeof *groupings; i++) {
        if (groupings[i] == rune) {
            return true;
        }
    }
    return false;
}

static bool fn_parse_number(en_fn_call *call, en_value *result)
{
    en_value value = call->args[0];
    if (value.tag == EN_NUMBER) {
        *result = value;
        return true;
    }
    en_text text = en_value_text(value);
    en_text wanted = en_value_text(call->args[1]);
    char separator = wanted.length != 0 ? wanted.data[0] : '.';
    en_builder digits;
    en_fn_text_begin(call, &digits);
    for (size_t at = 0; at < text.length;) {
        uint32_t rune = en_utf8_next(text, &at);
        if (rune == (unsigned char)separator) {
            en_builder_add_char(&digits, '.');
        } else if (!is_grouping(rune, separator)) {
            en_builder_add_rune(&digits, rune);
        }
    }
    if (digits.failed || !en_number_read_text(en_builder_take(&digits), result)) {
        return en_fn_refuse(call, value, "number");
    }
    return true;
}

/* --- formatNumber --- */

enum { MOST_DECIMALS = 100 };

static void group_digits(en_builder *out, en_text digits, en_text separator)
{
    size_t first = digits.length != 0 && digits.data[0] == '-';
    for (size_t i = 0; i < digits.length; i++) {
        if (i > first && (digits.length - i) % 3 == 0) {
            en_builder_add(out, separator);
        }
        en_builder_add_char(out, digits.data[i]);
    }
}

static bool fn_format_number(en_fn_call *call, en_value *result)
{
    en_value number = call->args[0];
    int places = read_places(call->args[1], MOST_DECIMALS + 1);
    if (places > MOST_DECIMALS) {
        return en_fn_refuse(call, call->args[1], "number of decimals");
    }
    en_text point = en_is_missing(call->args[2]) ? EN_TEXT(",") : en_value_text(call->args[2]);
    en_text group = en_is_missing(call->args[3]) ? EN_TEXT(".") : en_value_text(call->args[3]);
    en_builder plain;
    en_builder out;
    en_builder_init(&plain, call->scope->arena);
    en_decimal_print(&plain, number, places > 0 ? (unsigned)places : 0);
    en_text digits = en_builder_take(&plain);
    size_t whole = en_text_find(digits, EN_TEXT("."), 0);
    en_fn_text_begin(call, &out);
    if (!is_exact(number) && !isfinite(en_value_number(number))) {
        en_builder_add(&out, digits);
    } else {
        group_digits(&out, en_text_slice(digits, 0, whole), group);
    }
    if (whole != SIZE_MAX) {
        en_builder_add(&out, point);
        en_builder_add(&out, en_text_slice(digits, whole + 1, digits.length));
    }
    return en_fn_text_end(call, &out, result);
}

#define NUMBER_PARAM                                                                               \
    {                                                                                              \
        "number", EN_T_NUMBER, EN_FN_REQUIRED, "A number, or text of one."                         \
    }

const en_fn en_fns_math[] = {
    { .name = "abs",
      .takes = { NUMBER_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_abs,
      .doc = "The number without its sign.",
      .example = "{{abs(-5)}}",
      .result = "5" },
    { .name = "ceil",
      .takes = { NUMBER_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_ceil,
      .doc = "The next whole number that is not below.",
      .example = "{{ceil(1.2)}}",
      .result = "2" },
    { .name = "floor",
      .takes = { NUMBER_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_floor,
      .doc = "The next whole number that is not above.",
      .example = "{{floor(-1.2)}}",
      .result = "-2" },
    { .name = "formatNumber",
      .takes = { NUMBER_PARAM,
                 { "decimals", EN_T_NUMBER, 0, "How many; none when left out." },
                 { "decimalSeparator", EN_T_TEXT, 0, "A comma when left out." },
                 { "thousandsSeparator", EN_T_TEXT, 0, "A period when left out." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_format_number,
      .doc = "The number as text with exactly so many decimals; halves go away from zero.",
      .example = "{{formatNumber(123456789; 3; \",\"; \".\")}}",
      .result = "\"123.456.789,000\"" },
    { .name = "parseNumber",
      .takes = { { "text", EN_T_TEXT | EN_T_NUMBER, EN_FN_REQUIRED, "Text of a number." },
                 { "separator", EN_T_TEXT, 0, "Of the decimals: \".\" when left out, or \",\"." } },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_parse_number,
      .doc = "The number that a text shows; what groups its digits is skipped.",
      .example = "{{parseNumber(\"1 756,456\"; \",\")}}",
      .result = "1756.456" },
    { .name = "round",
      .takes = { NUMBER_PARAM },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_round,
      .doc = "The nearest whole number; halves go up.",
      .example = "{{round(2.5)}}",
      .result = "3" },
    { .name = "trunc",
      .takes = { NUMBER_PARAM,
                 { "decimals", EN_T_NUMBER, 0,
                   "How many stay; negative: so many digits in front of the point become 0." } },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_PURE,
      .eval = fn_trunc,
      .doc = "The number without its decimals, or with some of them.",
      .example = "{{trunc(3.789; 2)}}",
      .result = "3.78" },
    { 0 },
};

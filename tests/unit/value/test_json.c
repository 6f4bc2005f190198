#include "test.h"

#include "value/json.h"

#include <math.h>
#include <stdio.h>

static en_value read_flags(en_arena *arena, en_text text, unsigned flags)
{
    en_error error;
    en_error_clear(&error);
    en_value value;
    bool read = en_json_read(arena, text, flags, EN_JSON_DEPTH, &value, &error);
    assert_string_equal(error.message, "");
    assert_true(read);
    return value;
}

static void assert_same(const char *input, const char *output)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    assert_text(en_json_text(&arena, read_flags(&arena, en_text_from(input), 0), 0), output);
    assert_text(en_json_text(&arena, read_flags(&arena, en_text_from(input), EN_JSON_SHARE), 0),
                output);
    en_arena_done(&arena);
}

static void assert_refused_text(en_text input, unsigned max_depth, unsigned line, unsigned column,
                                const char *message)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_error error;
    en_error_clear(&error);
    en_value value;
    assert_false(en_json_read(&arena, input, 0, max_depth, &value, &error));
    assert_error(&error, EN_SyntaxError, message);
    assert_int_equal(error.line, line);
    assert_int_equal(error.column, column);
    en_arena_done(&arena);
}

static void assert_refused(const char *input, unsigned line, unsigned column, const char *message)
{
    assert_refused_text(en_text_from(input), EN_JSON_DEPTH, line, column, message);
}

static void values_of_all_types_are_read_and_written(void **state)
{
    (void)state;
    assert_same("null", "null");
    assert_same(" true ", "true");
    assert_same("\r\n\tfalse", "false");
    assert_same("[]", "[]");
    assert_same("{ }", "{}");
    assert_same("[1, -2.50, 1e3, 0.1e1, 1E+2, 12345678901234567890]",
                "[1,-2.5,1000,1,100,12345678901234567890]");
    assert_same("{\"a\": {\"b\": [true, null, {\"c\": \"d\"}]}, \"e\": \"\"}",
                "{\"a\":{\"b\":[true,null,{\"c\":\"d\"}]},\"e\":\"\"}");
    assert_same("\xEF\xBB\xBF{\"bom\": 1}", "{\"bom\":1}");
    assert_same("[[[[[]]]], {}, [{}]]", "[[[[[]]]],{},[{}]]");
}

static void escapes_are_read_and_written(void **state)
{
    (void)state;
    assert_same("\"\\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u0041 \\u00e9 \\u20AC \\ud83d\\ude00\"",
                "\"\\\" \\\\ / \\b\\f\\n\\r\\t A é € 😀\"");
    assert_same("\"\\u0001\\u001f\x7f\"", "\"\\u0001\\u001f\x7f\"");
    assert_same("\"čeština, 日本語, 😀 and a long tail of plain text behind it\"",
                "\"čeština, 日本語, 😀 and a long tail of plain text behind it\"");
    assert_same("{\"a\\\"b\": 1, \"tail\\\\\": 2}", "{\"a\\\"b\":1,\"tail\\\\\":2}");
}

static void a_quote_is_found_at_every_offset(void **state)
{
    (void)state;
    char input[64];
    char output[64];
    for (int length = 0; length < 40; length++) {
        snprintf(input, sizeof input, "[\"%.*s\",1]", length,
                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN");
        assert_same(input, input);
        snprintf(input, sizeof input, "\"%.*s\\u00e9x\"", length,
                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN");
        snprintf(output, sizeof output, "\"%.*séx\"", length,
                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN");
        assert_same(input, output);
        snprintf(input, sizeof input, "\"%.*s\n\"", length,
                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN");
        assert_refused(
            input, 1, (unsigned)length + 2,
            "expected '\"' or an escape such as \\n but found the control character 0x0A");
    }
}

static void lone_halves_of_surrogate_pairs_are_replaced(void **state)
{
    (void)state;
    assert_same("\"\\ud800\"", "\"\xEF\xBF\xBD\"");
    assert_same("\"\\udc00x\"", "\"\xEF\xBF\xBDx\"");
    assert_same("\"\\ud800\\u0041\"", "\"\xEF\xBF\xBD"
                                      "A\"");
    assert_same("\"\\ud800\\ud83d\\ude00\"", "\"\xEF\xBF\xBD😀\"");
    assert_same("\"\\ud800\\n\"", "\"\xEF\xBF\xBD\\n\"");
}

static void escaped_nul_is_data(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_value value = read_flags(&arena, EN_TEXT("{\"a\\u0000b\": \"\\u0000\"}"), 0);
    assert_true(en_text_equal(en_collection_members(value)[0].name, EN_TEXT("a\0b")));
    assert_true(en_text_equal(en_value_text(en_collection_members(value)[0].value), EN_TEXT("\0")));
    assert_text(en_json_text(&arena, value, 0), "{\"a\\u0000b\":\"\\u0000\"}");
    en_arena_done(&arena);
}

static void what_is_not_json_is_refused_at_its_place(void **state)
{
    (void)state;
    assert_refused("", 1, 1, "expected a value but found the end of the text");
    assert_refused("  \n ", 2, 2, "expected a value but found the end of the text");
    assert_refused("{\"a\": 1,}", 1, 9, "expected a name in quotes but found '}'");
    assert_refused("[1,\n 2,]", 2, 4, "expected a value but found ']'");
    assert_refused("[1 2]", 1, 4, "expected ',' or ']' but found '2'");
    assert_refused("{\"a\" 1}", 1, 6, "expected ':' but found '1'");
    assert_refused("{\"a\": 1 \"b\": 2}", 1, 9, "expected ',' or '}' but found '\"'");
    assert_refused("{a: 1}", 1, 2, "expected a name in quotes but found 'a'");
    assert_refused("{'a': 1}", 1, 2, "expected a name in quotes but found '''");
    assert_refused("{\n\n  \"é\": nul }", 3, 9, "expected a value but found 'nul'");
    assert_refused("tru", 1, 1, "expected a value but found 'tru'");
    assert_refused("[true false]", 1, 7, "expected ',' or ']' but found 'false'");
    assert_refused("nullx", 1, 5, "expected the end of the text but found 'x'");
    assert_refused("1 2", 1, 3, "expected the end of the text but found '2'");
    assert_refused("\"abc", 1, 5,
                   "expected '\"' at the end of a text but found the end of the text");
    assert_refused("\"abc\\", 1, 5, "expected an escape such as \\n but found '\\'");
    assert_refused("\"\\x41\"", 1, 2, "expected an escape such as \\n but found '\\x41'");
    assert_refused("\"\\u12G4\"", 1, 2,
                   "expected four hexadecimal digits after \\u but found '\\u12G4'");
    assert_refused("\"\\u12", 1, 6,
                   "expected '\"' at the end of a text but found the end of the text");
    assert_refused("[", 1, 2, "expected a value but found the end of the text");
    assert_refused("{", 1, 2, "expected a name in quotes but found the end of the text");
    assert_refused("// no\n1", 1, 1, "expected a value but found '/'");
    assert_refused("\x01", 1, 1, "expected a value but found the control character 0x01");
    assert_refused("\xEF\xBB\xBF\n x", 2, 2, "expected a value but found 'x'");
    assert_refused("[1]\xEF\xBB\xBF", 1, 4,
                   "expected the end of the text but found '\xEF\xBB\xBF'");
    assert_refused("[averyveryverylongwordwithoutanyspace]", 1, 2,
                   "expected a value but found 'averyveryverylongwordwit'");
}

static void words_and_numbers_of_other_languages_are_refused(void **state)
{
    (void)state;
    assert_refused("NaN", 1, 1, "expected a value but found 'NaN'");
    assert_refused("[Infinity]", 1, 2, "expected a value but found 'Infinity'");
    assert_refused("-Infinity", 1, 1, "expected a number but found '-Infinity'");
    assert_refused("undefined", 1, 1, "expected a value but found 'undefined'");
    assert_refused("0x10", 1, 2, "expected the end of the text but found 'x10'");
    assert_refused("1_000", 1, 2, "expected the end of the text but found '_000'");
    assert_refused("01", 1, 1, "expected a number but found '01'");
    assert_refused("-", 1, 1, "expected a number but found '-'");
    assert_refused("1.", 1, 1, "expected a number but found '1.'");
    assert_refused("[1e]", 1, 2, "expected a number but found '1e'");
    assert_refused("+1", 1, 1, "expected a value but found '+1'");
    assert_refused(".5", 1, 1, "expected a value but found '.5'");
}

static void numbers_keep_to_what_doubles_and_64_bits_hold(void **state)
{
    (void)state;
    assert_refused("[1e400]", 1, 2,
                   "expected a number up to 1.7976931348623157e308 but found '1e400'");
    assert_refused("-1e400", 1, 1,
                   "expected a number up to 1.7976931348623157e308 but found '-1e400'");
    assert_same("[1e-400, -0, -0.0, 5e-324]", "[0,0,0,5e-324]");
    assert_same("[9007199254740991,9007199254740993,9223372036854775807,-9223372036854775808]",
                "[9007199254740991,9007199254740993,9223372036854775807,-9223372036854775808]");
    assert_same("[9223372036854775808,18446744073709551615,18446744073709551616]",
                "[9223372036854775808,18446744073709551615,18446744073709552000]");
    char digits[301];
    memset(digits, '7', sizeof digits - 1);
    digits[300] = '\0';
    assert_same(digits, "7.777777777777778e+299");
}

static void broken_utf8_is_refused(void **state)
{
    (void)state;
    assert_refused("\"\xC0\xAF\"", 1, 2, "expected UTF-8 but found the byte 0xC0");
    assert_refused("\"a\xE0\x80\xAF\"", 1, 3, "expected UTF-8 but found the byte 0xE0");
    assert_refused("\"\xF0\x80\x80\xAF\"", 1, 2, "expected UTF-8 but found the byte 0xF0");
    assert_refused("\"\xED\xA0\x80\"", 1, 2, "expected UTF-8 but found the byte 0xED");
    assert_refused("\"\xF4\x90\x80\x80\"", 1, 2, "expected UTF-8 but found the byte 0xF4");
    assert_refused("\"abcdefgh\xFF\"", 1, 10, "expected UTF-8 but found the byte 0xFF");
    assert_refused("\"\xE2\x82\"", 1, 2, "expected UTF-8 but found the byte 0xE2");
    assert_refused("\"\xE2\x82", 1, 2, "expected UTF-8 but found the byte 0xE2");
    assert_refused("{\"\x80\": 1}", 1, 3, "expected UTF-8 but found the byte 0x80");
}

static void raw_control_characters_are_refused(void **state)
{
    (void)state;
    assert_refused_text(
        EN_TEXT("\"a\0b\""), EN_JSON_DEPTH, 1, 3,
        "expected '\"' or an escape such as \\n but found the control character 0x00");
    assert_refused_text(EN_TEXT("[1]\0"), EN_JSON_DEPTH, 1, 4,
                        "expected the end of the text but found the control character 0x00");
    assert_refused("\"a\tb\"", 1, 3,
                   "expected '\"' or an escape such as \\n but found the control character 0x09");
}

static void depth_is_limited(void **state)
{
    (void)state;
    char nested[2 * 2049];
    memset(nested, '[', 2049);
    memset(nested + 2049, ']', 2049);
    assert_refused_text((en_text){ nested, sizeof nested }, EN_JSON_DEPTH, 1, EN_JSON_DEPTH + 1,
                        "expected fewer levels of arrays and objects but found '['");
    assert_refused_text((en_text){ nested, sizeof nested }, 2048, 1, 2049,
                        "expected fewer levels of arrays and objects but found '['");
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_value value;
    assert_true(en_json_read(&arena, (en_text){ nested, sizeof nested }, 0, 2049, &value, NULL));
    en_text written = en_json_text(&arena, value, 0);
    assert_true(en_text_equal(written, (en_text){ nested, sizeof nested }));
    assert_true(en_json_read(&arena, EN_TEXT("7"), 0, 0, &value, NULL));
    assert_false(en_json_read(&arena, EN_TEXT("[]"), 0, 0, &value, NULL));
    en_arena_done(&arena);
}

static void no_depth_is_allowed_beyond_the_deepest(void **state)
{
    (void)state;
    char nested[5000];
    memset(nested, '[', sizeof nested);
    assert_refused_text((en_text){ nested, sizeof nested }, UINT32_MAX, 1, EN_JSON_DEEPEST + 1,
                        "expected fewer levels of arrays and objects but found '['");
}

static void the_last_of_equal_names_wins_in_the_place_of_the_first(void **state)
{
    (void)state;
    assert_same("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}");
    assert_same("{\"a\":1,\"\\u0061\":2}", "{\"a\":2}");
    assert_same("{\"__proto__\":1,\"constructor\":{}}", "{\"__proto__\":1,\"constructor\":{}}");
    /* Equal names behind a record of the same shape. */
    assert_same("[{\"a\":1,\"b\":2},{\"a\":1,\"b\":2,\"a\":3},{\"a\":1,\"a\":2},{\"b\":1,\"a\":2}]",
                "[{\"a\":1,\"b\":2},{\"a\":3,\"b\":2},{\"a\":2},{\"b\":1,\"a\":2}]");
}

static void names_that_look_alike_in_the_next_record_are_told_apart(void **state)
{
    (void)state;
    assert_same("[{\"a\\\"b\":1},{\"a\\\"b\":2}]", "[{\"a\\\"b\":1},{\"a\\\"b\":2}]");
    assert_same("[{\"ab\\\\\":1},{\"ab\\\\\":2}]", "[{\"ab\\\\\":1},{\"ab\\\\\":2}]");
    assert_same("[{\"\":1},{\"\":2},{\"a\":3},{\"ab\":4},{\"a\":5}]",
                "[{\"\":1},{\"\":2},{\"a\":3},{\"ab\":4},{\"a\":5}]");
    assert_refused("[{\"a\\\"b\":1},{\"a\"b\":2}]", 1, 17, "expected ':' but found 'b'");
    assert_refused("[{\"a\\\\\":1},{\"a\\\":2}]", 1, 21,
                   "expected '\"' at the end of a text but found the end of the text");
    assert_same("[{\"a\":1,\"b\":2,\"c\":3},{\"a\":1,\"c\":3},{\"c\":1,\"d\":2},{\"a\":[{\"x\":1},{"
                "\"x\":2}]}]",
                "[{\"a\":1,\"b\":2,\"c\":3},{\"a\":1,\"c\":3},{\"c\":1,\"d\":2},{\"a\":[{\"x\":1},{"
                "\"x\":2}]}]");
}

static void members_are_found_in_wide_records_of_one_shape(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_builder out;
    en_builder_init(&out, &arena);
    for (int record = 0; record < 3; record++) {
        en_builder_format(&out, "%s{", record == 0 ? "[" : ",");
        for (int i = 0; i < 40; i++) {
            en_builder_format(&out, "%s\"field%d\":%d", i == 0 ? "" : ",", i * 7 % 40,
                              record * 100 + i * 7 % 40);
        }
        en_builder_add_char(&out, '}');
    }
    en_builder_add_char(&out, ']');
    en_value records = read_flags(&arena, en_builder_take(&out), 0);
    assert_int_equal(records.length, 3);
    for (int record = 0; record < 3; record++) {
        assert_int_equal(en_collection_count(records.as.items[record]), 40);
        for (int i = 0; i < 40; i++) {
            en_text name = en_text_format(&arena, "field%d", i);
            en_value found = en_collection_find(records.as.items[record], name);
            assert_true(found.as.number == record * 100 + i);
        }
    }
    en_arena_done(&arena);
}

static void many_names_are_read_and_found(void **state)
{
    (void)state;
    enum { NAMES = 100000 };
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_builder out;
    en_builder_init(&out, &arena);
    for (int i = 0; i < NAMES; i++) {
        en_builder_format(&out, "%s\"k%d\":%d", i == 0 ? "{" : ",", i, i);
    }
    en_builder_add(&out, EN_TEXT(",\"k5\":-5}"));
    en_value value = read_flags(&arena, en_builder_take(&out), 0);
    assert_int_equal(en_collection_count(value), NAMES);
    assert_true(en_collection_find(value, EN_TEXT("k5")).as.number == -5);
    assert_true(en_collection_find(value, EN_TEXT("k99999")).as.number == 99999);
    en_arena_done(&arena);
}

static void texts_share_the_input_only_when_asked_to(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    char input[] = "{\"name\": \"value\", \"other\": \"with \\n escape\"}";
    en_text text = { input, sizeof input - 1 };
    en_value shared = read_flags(&arena, text, EN_JSON_SHARE);
    en_value copied = read_flags(&arena, text, 0);
    assert_ptr_equal(en_collection_members(shared)[0].name.data, input + 2);
    assert_ptr_equal(en_collection_find(shared, EN_TEXT("name")).as.bytes, input + 10);
    memset(input, 'x', sizeof input);
    assert_text(en_json_text(&arena, copied, 0),
                "{\"name\":\"value\",\"other\":\"with \\n escape\"}");
    en_arena_done(&arena);
}

static void memory_is_tight(void **state)
{
    (void)state;
    en_budget budget = { 0 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    en_text input = EN_TEXT("{\"a\":[1,2,3],\"b\":\"some text\",\"c\":{\"d\":true}}");
    for (int i = 0; i < 10000; i++) {
        read_flags(&arena, input, 0);
    }
    /* Two collections (16 + 3 * 32, 16 + 32), three elements (48), 25 bytes of texts and names. */
    assert_in_range(budget.used_bytes, 10000 * 200, 10000 * 320);
    en_arena_done(&arena);
    en_budget_done(&budget);
}

static void a_memory_limit_ends_reading(void **state)
{
    (void)state;
    en_arena source;
    en_arena_init(&source, NULL);
    en_builder out;
    en_builder_init(&out, &source);
    en_builder_add_char(&out, '[');
    for (int i = 0; i < 100000; i++) {
        en_builder_add(&out, EN_TEXT("[\"abc\"],"));
    }
    en_builder_add(&out, EN_TEXT("1]"));
    en_text input = en_builder_take(&out);
    for (size_t limit = 1000; limit < 3000000; limit = limit * 3 / 2) {
        en_budget budget = { .limit_bytes = limit };
        en_arena arena;
        en_arena_init(&arena, &budget);
        en_error error;
        en_error_clear(&error);
        en_value value;
        assert_false(en_json_read(&arena, input, 0, EN_JSON_DEPTH, &value, &error));
        assert_error(&error, EN_DataSizeLimitExceededError,
                     "the memory limit does not allow JSON of this size");
        assert_true(budget.exceeded);
        en_arena_done(&arena);
        assert_int_equal(budget.used_bytes, 0);
    }
    en_arena_done(&source);
}

static void dates_and_buffers_have_forms_of_their_own(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text text =
        EN_TEXT("{\"at\":{\"$date\":\"2026-01-02T03:04:05.678Z\"},\"raw\":{\"$buffer\":\"AP8=\"}}");
    en_value value = read_flags(&arena, text, EN_JSON_TYPED);
    assert_int_equal(en_collection_find(value, EN_TEXT("at")).tag, EN_DATE);
    assert_int_equal(en_collection_find(value, EN_TEXT("at")).as.date_ms, 1767323045678);
    en_value raw = en_collection_find(value, EN_TEXT("raw"));
    assert_int_equal(raw.tag, EN_BUFFER);
    assert_true(en_text_equal(en_value_text(raw), EN_TEXT("\0\xFF")));
    assert_true(en_text_equal(en_json_text(&arena, value, EN_JSON_TYPED), text));
    assert_text(en_json_text(&arena, value, 0),
                "{\"at\":\"2026-01-02T03:04:05.678Z\",\"raw\":\"AP8=\"}");
    assert_text(en_json_text(&arena, en_collection_find(value, EN_TEXT("raw")),
                             EN_JSON_TYPED | EN_JSON_PRETTY),
                "{\n  \"$buffer\": \"AP8=\"\n}");
    en_arena_done(&arena);
}

static void what_only_looks_like_a_date_or_buffer_stays_a_collection(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text text =
        EN_TEXT("[{\"$date\":\"yesterday\"},{\"$date\":5},{\"$date\":\"2026-01-02\",\"a\":1},"
                "{\"$buffer\":\"???\"},{\"date\":\"2026-01-02\"}]");
    en_value value = read_flags(&arena, text, EN_JSON_TYPED);
    assert_true(en_text_equal(en_json_text(&arena, value, EN_JSON_TYPED), text));
    value = read_flags(&arena, EN_TEXT("{\"$date\":\"2026-01-02\"}"), 0);
    assert_int_equal(value.tag, EN_COLLECTION);
    en_arena_done(&arena);
}

static void pretty_printing_indents_by_two(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_value value = read_flags(&arena, EN_TEXT("{\"a\":[1,{\"b\":[]},{}],\"c\":null}"), 0);
    assert_text(
        en_json_text(&arena, value, EN_JSON_PRETTY),
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    },\n    {}\n  ],\n  \"c\": null\n}");
    en_arena_done(&arena);
}

static void nothing_and_not_a_number_are_written_as_null(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    const en_value items[] = { en_nothing(), en_number(NAN), en_number(INFINITY),
                               en_number(-INFINITY), en_text_value((en_text){ NULL, 0 }) };
    assert_text(en_json_text(&arena, en_array(items, 5), 0), "[null,null,null,null,\"\"]");
    en_arena_done(&arena);
}

static void the_writer_escapes_at_every_offset(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (int length = 0; length < 24; length++) {
        en_text text =
            en_text_format(&arena, "%.*s\"\x01\\%.*s", length, "aaaaaaaaaaaaaaaaaaaaaaaa", length,
                           "ééééééééééééééééééééééé");
        text.length -= length % 2; /* never half a character */
        en_value back = read_flags(&arena, en_json_text(&arena, en_text_value(text), 0), 0);
        assert_true(en_text_equal(en_value_text(back), text));
    }
    en_arena_done(&arena);
}

static void join_piece(void *context, en_text piece)
{
    assert_true(piece.length > 0 && piece.length < 3 * 65536);
    en_builder_add(context, piece);
}

static void printing_in_pieces_gives_the_same_text(void **state)
{
    (void)state;
    static const unsigned layouts[] = { 0, EN_JSON_PRETTY, EN_JSON_TYPED };
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_array_builder list;
    en_array_builder_init(&list, &arena);
    for (int i = 0; i < 3000; i++) {
        en_text text = en_text_format(&arena, "%*d\n", i % 100, i);
        en_array_builder_add(&list, i % 3 == 0 ? en_date(i) : en_text_value(text));
    }
    en_collection_builder object;
    en_collection_builder_init(&object, &arena);
    en_collection_builder_add(&object, EN_TEXT("list"), en_array_builder_take(&list));
    en_value value = en_collection_builder_take(&object);
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        en_builder joined;
        en_builder_init(&joined, &arena);
        en_arena pieces;
        en_arena_init(&pieces, NULL);
        assert_true(en_json_print(&pieces, value, layouts[i], join_piece, &joined));
        en_arena_done(&pieces);
        en_text whole = en_json_text(&arena, value, layouts[i]);
        assert_true(whole.length > 65536);
        assert_true(en_text_equal(en_builder_take(&joined), whole));
    }
    en_arena_done(&arena);
}

static void values_too_deep_to_write_fail_the_builder(void **state)
{
    (void)state;
    enum { LEVELS = 1000000 };
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_value *levels = EN_TRY_ARRAY(&arena, en_value, LEVELS + 1);
    assert_non_null(levels);
    levels[0] = en_null();
    for (size_t i = 1; i <= LEVELS; i++) {
        levels[i] = en_array(&levels[i - 1], 1);
    }
    en_builder out;
    en_builder_init(&out, &arena);
    en_json_write(&out, levels[LEVELS], 0);
    assert_true(out.failed);
    assert_int_equal(en_builder_take(&out).length, 0);
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_all_types_are_read_and_written),
        cmocka_unit_test(escapes_are_read_and_written),
        cmocka_unit_test(a_quote_is_found_at_every_offset),
        cmocka_unit_test(lone_halves_of_surrogate_pairs_are_replaced),
        cmocka_unit_test(escaped_nul_is_data),
        cmocka_unit_test(what_is_not_json_is_refused_at_its_place),
        cmocka_unit_test(words_and_numbers_of_other_languages_are_refused),
        cmocka_unit_test(numbers_keep_to_what_doubles_and_64_bits_hold),
        cmocka_unit_test(broken_utf8_is_refused),
        cmocka_unit_test(raw_control_characters_are_refused),
        cmocka_unit_test(depth_is_limited),
        cmocka_unit_test(no_depth_is_allowed_beyond_the_deepest),
        cmocka_unit_test(the_last_of_equal_names_wins_in_the_place_of_the_first),
        cmocka_unit_test(names_that_look_alike_in_the_next_record_are_told_apart),
        cmocka_unit_test(members_are_found_in_wide_records_of_one_shape),
        cmocka_unit_test(many_names_are_read_and_found),
        cmocka_unit_test(texts_share_the_input_only_when_asked_to),
        cmocka_unit_test(memory_is_tight),
        cmocka_unit_test(a_memory_limit_ends_reading),
        cmocka_unit_test(dates_and_buffers_have_forms_of_their_own),
        cmocka_unit_test(what_only_looks_like_a_date_or_buffer_stays_a_collection),
        cmocka_unit_test(pretty_printing_indents_by_two),
        cmocka_unit_test(nothing_and_not_a_number_are_written_as_null),
        cmocka_unit_test(the_writer_escapes_at_every_offset),
        cmocka_unit_test(printing_in_pieces_gives_the_same_text),
        cmocka_unit_test(values_too_deep_to_write_fail_the_builder),
    };
    return EN_RUN(tests);
}

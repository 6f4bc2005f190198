/* Files of records, friendly and hostile ones. What is read is written down line by line:
 * "2@3 {…}" is record 2 on line 3, "2@3:5 DataError: …" an error in it. */
#include "test.h"

#include "batch/records.h"
#include "value/zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 64, PIECES = 3 };

static const size_t pieces[PIECES] = { 0, 1, 7 };

static const en_field fields[] = {
    { .name = { "n", 1 }, .type = EN_T_NUMBER },   { .name = { "is", 2 }, .type = EN_T_BOOLEAN },
    { .name = { "raw", 3 }, .type = EN_T_BUFFER }, { .name = { "list", 4 }, .type = EN_T_ARRAY },
    { .name = { "any", 3 }, .type = EN_T_ANY },
};
static const en_schema schema = { .has_structure = true, .fields = fields, .field_count = 5 };

static en_records_options options_for(const char *path)
{
    en_records_options options = { .path = path, .json_flags = EN_JSON_TYPED, .schema = &schema };
    en_error error;
    en_error_clear(&error);
    assert_true(en_record_format_read(NULL, NULL, path, &options.format, &error));
    return options;
}

static void add_error(en_builder *out, const en_records *records, const en_error *error)
{
    en_builder_format(out, "%u@%u:%u %s: %s", (unsigned)en_records_number(records), error->line,
                      error->column, en_error_name(error->type), error->message);
    en_builder_format(out, "%s%s\n", error->path[0] != '\0' ? " in " : "", error->path);
}

/* Reads on to the end; gives the offsets behind the records. */
static en_text read_on(en_arena *arena, en_records *records, uint64_t offsets[MOST])
{
    en_builder out;
    en_builder_init(&out, arena);
    for (size_t i = 0; i < MOST; i++) {
        en_value value;
        bool found;
        en_error error;
        en_error_clear(&error);
        bool read = en_records_next(records, arena, &value, &found, &error);
        assert_int_equal(!read, en_error_is_set(&error));
        offsets[i] = en_records_offset(records);
        if (!read) {
            add_error(&out, records, &error);
            if (!en_records_go_on(records)) {
                break;
            }
        } else if (found) {
            en_builder_format(&out, "%u@%u ", (unsigned)en_records_number(records),
                              en_records_line(records));
            en_json_write(&out, value, EN_JSON_TYPED);
            en_builder_add_char(&out, '\n');
        } else {
            break;
        }
    }
    return en_builder_take(&out);
}

static en_text read_text(en_arena *arena, const char *path, en_text text, size_t piece,
                         uint64_t offsets[MOST])
{
    en_records_options options = options_for(path);
    en_records *records = NULL;
    en_error error;
    en_error_clear(&error);
    if (!en_records_open_text(arena, &options, text, piece, &records, &error)) {
        return en_text_format(arena, "%s: %s\n", en_error_name(error.type), error.message);
    }
    return read_on(arena, records, offsets);
}

/* Going on behind any record gives what came behind it. */
static void check_skipping(en_arena *arena, const char *path, en_text text, const char *expected,
                           const uint64_t offsets[MOST])
{
    const char *rest = expected;
    for (size_t i = 0; i < MOST && (rest = strchr(rest, '\n')) != NULL && *++rest != '\0'; i++) {
        en_records_options options = options_for(path);
        en_records *records = NULL;
        en_error error;
        uint64_t ignored[MOST];
        en_error_clear(&error);
        assert_true(en_records_open_text(arena, &options, text, 5, &records, &error));
        assert_true(en_records_skip(records, offsets[i], i + 1, &error));
        assert_text(read_on(arena, records, ignored), rest);
    }
}

static void check(const char *path, const char *bytes, size_t length, const char *expected)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text text = { bytes, length };
    uint64_t offsets[MOST];
    for (size_t i = 0; i < PIECES; i++) {
        assert_text(read_text(&arena, path, text, pieces[i], offsets), expected);
    }
    if (strstr(expected, "@") != NULL) {
        check_skipping(&arena, path, text, expected, offsets);
    }
    en_error error;
    en_text packed;
    en_error_clear(&error);
    assert_true(en_zip_pack(&arena, text, 1, &packed, &error));
    assert_text(read_text(&arena, path, packed, 1, offsets), expected);
    en_arena_done(&arena);
}

#define CHECK(path, bytes, expected) check(path, bytes, sizeof(bytes) - 1, expected)

/* --- CSV --- */

static void the_first_row_names_the_fields(void **state)
{
    (void)state;
    CHECK("a.csv", "name,age\nAda,36\nBob,\n",
          "1@2 {\"name\":\"Ada\",\"age\":\"36\"}\n"
          "2@3 {\"name\":\"Bob\"}\n");
    CHECK("a.csv", "", "");
    CHECK("a.csv", "name,age\n", "");
    CHECK("a.csv", "\xEF\xBB\xBFname\r\nAda\r\n\r\nBob",
          "1@2 {\"name\":\"Ada\"}\n"
          "2@4 {\"name\":\"Bob\"}\n");
    CHECK("a.csv", "a\rb\rc\r", "1@2 {\"a\":\"b\"}\n2@3 {\"a\":\"c\"}\n");
    CHECK("a.csv", "\n\na\n\nb\n", "1@5 {\"a\":\"b\"}\n");
}

static void an_empty_text_is_not_a_missing_one(void **state)
{
    (void)state;
    CHECK("a.csv", "a,b\n\"\",\n,\"\"\n", "1@2 {\"a\":\"\"}\n2@3 {\"b\":\"\"}\n");
}

static void quotes_hold_anything(void **state)
{
    (void)state;
    CHECK("a.csv", "a,b\n\"1,\n\"\"2\"\"\",x\ny,z\n",
          "1@2 {\"a\":\"1,\\n\\\"2\\\"\",\"b\":\"x\"}\n"
          "2@4 {\"a\":\"y\",\"b\":\"z\"}\n");
}

static void cells_take_the_types_of_the_schema(void **state)
{
    (void)state;
    CHECK("a.csv", "n,is,raw,list,any\n1,Yes,AQI=,\"[1,{\"\"a\"\":null}]\",x y\n",
          "1@2 {\"n\":\"1\",\"is\":true,\"raw\":{\"$buffer\":\"AQI=\"},\"list\":[1,{\"a\":null}],"
          "\"any\":\"x y\"}\n");
    CHECK("a.csv", "n,is\n1,maybe\n2,no\n3,\"\"\n",
          "1@2:3 BundleValidationError: expected a boolean such as true or false but got \"maybe\" "
          "in "
          "is\n2@3 {\"n\":\"2\",\"is\":false}\n3@4 {\"n\":\"3\"}\n");
    CHECK("a.csv", "is,list\n0,\"[1,\"\n1,[]\n",
          "1@2:3 BundleValidationError: expected JSON: expected a value but found the end of the "
          "text in list\n2@3 {\"is\":true,\"list\":[]}\n");
    CHECK("a.csv", "raw\n!!!\n", "1@2:1 BundleValidationError: expected base64 in raw\n");
}

static void other_delimiters_are_found(void **state)
{
    (void)state;
    CHECK("a.csv", "a;\"b,c,d\"\n1;2\n", "1@2 {\"a\":\"1\",\"b,c,d\":\"2\"}\n");
    CHECK("a.tsv", "a,b\tc\n1,5\t2\n", "1@2 {\"a,b\":\"1,5\",\"c\":\"2\"}\n");
    CHECK("a.csv", "a|b\n1|2\n", "1@2 {\"a\":\"1\",\"b\":\"2\"}\n");
}

static const char quote_message[] = "DataError: a quote in the wrong place; a field with quotes in "
                                    "it stands in quotes, and they are "
                                    "doubled";

static void a_quote_in_the_wrong_place_costs_one_row(void **state)
{
    (void)state;
    char expected[512];
    snprintf(expected, sizeof expected, "1@2:4 %s\n2@3 {\"a\":\"x\",\"b\":\"y\"}\n", quote_message);
    CHECK("a.csv", "a,b\n1,2\"3\nx,y\n", expected);
    snprintf(expected, sizeof expected, "1@2:6 %s\n2@3 {\"a\":\"x\",\"b\":\"y\"}\n", quote_message);
    CHECK("a.csv", "a,b\n1,\"2\"3\nx,y\n", expected);
}

static void a_quote_that_is_never_closed_costs_one_line(void **state)
{
    (void)state;
    CHECK("a.csv", "a,b\n1,\"2\nx,y\nz,w",
          "1@2:3 DataError: a quote that is opened in this row is never closed\n"
          "2@3 {\"a\":\"x\",\"b\":\"y\"}\n3@4 {\"a\":\"z\",\"b\":\"w\"}\n");
    char expected[512]; /* the quote is closed by the next one, which is in the wrong place */
    snprintf(expected, sizeof expected,
             "1@3:4 %s\n2@3 {\"a\":\"5\",\"b\":\"6\"}\n3@4 {\"a\":\"x\",\"b\":\"y\"}\n",
             quote_message);
    CHECK("a.csv", "a,b\n1,\"2\n5,\"6\"\nx,y\n", expected);
}

static void rows_of_another_width_are_refused(void **state)
{
    (void)state;
    CHECK("a.csv", "a,b\n1\n1,2,3\n1,2\n",
          "1@2:1 DataError: a row of 1 cells where the header has 2\n"
          "2@3:5 DataError: a row of 3 cells where the header has 2\n"
          "3@4 {\"a\":\"1\",\"b\":\"2\"}\n");
}

static void broken_bytes_are_refused_where_they_stand(void **state)
{
    (void)state;
    CHECK("a.csv", "a,b\n1,x\xFFy\n\xC0\xAF,2\n\xED\xA0\x80,3\nok,4\n",
          "1@2:4 DataError: the text is not UTF-8\n2@3:1 DataError: the text is not UTF-8\n"
          "3@4:1 DataError: the text is not UTF-8\n4@5 {\"a\":\"ok\",\"b\":\"4\"}\n");
    CHECK("a.csv", "a,b\n1,x\0y\nok,4\n",
          "1@2:4 DataError: a NUL byte\n"
          "2@3 {\"a\":\"ok\",\"b\":\"4\"}\n");
    CHECK("a.csv",
          "\xFF\xFE"
          "a\0\n\0",
          "DataError: the text is UTF-16, not UTF-8\n");
}

static void a_header_must_tell_the_columns_apart(void **state)
{
    (void)state;
    CHECK("a.csv", "a,b,a\n1,2,3\n", "0@1:5 DataError: two columns are called \"a\"\n");
    CHECK("a.csv", "a,\n1,2\n", "1@2 {\"a\":\"1\",\"column2\":\"2\"}\n");
    CHECK("a.csv", "a,\"b\n1,2\n",
          "0@1:3 DataError: a quote that is opened in this row is never closed\n");
}

/* What spreadsheets would take for formulas, shells for commands and terminals for colours is text. */
static void cells_are_never_anything_but_text(void **state)
{
    (void)state;
    CHECK("a.csv", "a\n=1+2\n@x\n-1\n\"; DROP TABLE a;--\"\n\x1B[31m\n__proto__\n",
          "1@2 {\"a\":\"=1+2\"}\n2@3 {\"a\":\"@x\"}\n3@4 {\"a\":\"-1\"}\n"
          "4@5 {\"a\":\"; DROP TABLE a;--\"}\n5@6 {\"a\":\"\\u001b[31m\"}\n6@7 "
          "{\"a\":\"__proto__\"}\n");
}

/* --- JSON --- */

static void json_is_an_array_or_one_object(void **state)
{
    (void)state;
    CHECK("a.json", "[{\"a\":1},\n {\"a\":[2]}]", "1@1 {\"a\":1}\n2@2 {\"a\":[2]}\n");
    CHECK("a.json", "{\n \"a\": 1\n}\n", "1@1 {\"a\":1}\n");
    CHECK("a.json", "[]", "");
    CHECK("a.json", " ", "");
    CHECK("a.json", "[{\"a\":1},{\"a\":}]",
          "1@1 {\"a\":1}\n2@1:15 SyntaxError: expected a value but found '}'\n");
    CHECK("a.json", "[{\"a\":1}\n",
          "1@1 {\"a\":1}\n2@2:1 SyntaxError: expected ',' or ']' but found "
          "the end of the text\n");
}

static void broken_lines_are_passed_over(void **state)
{
    (void)state;
    CHECK("a.jsonl", "{\"a\":1}\n{\"a\":\n\n{\"a\":3}\r\nNaN\n{\"a\":5}",
          "1@1 {\"a\":1}\n2@5:1 SyntaxError: expected ',' or '}' but found 'NaN'\n3@4 {\"a\":3}\n"
          "4@5:1 SyntaxError: expected a value but found 'NaN'\n5@6 {\"a\":5}\n");
}

static void hostile_lines_are_refused_where_they_stand(void **state)
{
    (void)state;
    CHECK("a.jsonl",
          "{\"a\":1e400}\n{\"a\":NaN}\n{\"a\":0x10}\n{\"a\":1_000}\n{\"a\":\"\xFF\"}\n{\"a\":"
          "\"\t\"}\n{a:1}\n"
          "{\"a\":1}x\n{\"a\":2}\n",
          "1@1:6 SyntaxError: expected a number up to 1.7976931348623157e308 but found '1e400'\n"
          "2@2:6 SyntaxError: expected a value but found 'NaN'\n"
          "3@3:7 SyntaxError: expected ',' or '}' but found 'x10'\n"
          "4@4:7 SyntaxError: expected ',' or '}' but found '_000'\n"
          "5@5:7 SyntaxError: expected UTF-8 but found the byte 0xFF\n"
          "6@6:7 SyntaxError: expected '\"' or an escape such as \\n but found the control "
          "character 0x09\n"
          "7@7:2 SyntaxError: expected a name in quotes but found 'a'\n"
          "8@8 {\"a\":1}\n9@8:8 SyntaxError: expected a value but found 'x'\n10@9 {\"a\":2}\n");
}

static void deep_nesting_is_refused(void **state)
{
    (void)state;
    char text[4200];
    memset(text, '[', 2049);
    memset(text + 2049, ']', 2049);
    memcpy(text + 4098, "\n{\"a\":1}\n", 9);
    check("a.jsonl", text, 4107,
          "1@1:513 SyntaxError: expected fewer levels of arrays and objects but found '['\n2@2 "
          "{\"a\":1}\n");
}

/* --- places, originals, files --- */

static void a_field_is_found_in_its_record(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *path;
        unsigned line;
        unsigned column;
    } cases[] = {
        { "a.csv", "a,b\n\"x\n,y\",2\n", "b", 3, 5 },
        { "a.csv", "a,b\nx,2\n", "b.c[3]", 2, 3 },
        { "a.csv", "a,b\nx,2\n", "c", 2, 1 },
        { "a.jsonl", " {\"a\":1,\"b\":{\"c\":[1,2]}}\n", "b.c[1]", 1, 21 },
        { "a.json", "[\n  {\n    \"a\": 7\n  }\n]", "a", 3, 10 },
        { "a.json", "[\n  {\n    \"a\": 7\n  }\n]", "", 2, 3 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        en_arena arena;
        en_arena_init(&arena, NULL);
        en_records_options options = options_for(cases[i].name);
        options.schema = NULL;
        en_records *records = NULL;
        en_value value;
        bool found;
        en_error error;
        en_error_clear(&error);
        assert_true(en_records_open_text(&arena, &options, en_text_from(cases[i].text), 0, &records,
                                         &error));
        assert_true(en_records_next(records, &arena, &value, &found, &error) && found);
        en_error_set(&error, EN_BundleValidationError, "no");
        en_error_prefix_path(&error, en_text_from(cases[i].path));
        en_records_locate(records, &error);
        assert_string_equal(error.file, cases[i].name);
        assert_int_equal(error.line, cases[i].line);
        assert_int_equal(error.column, cases[i].column);
        en_arena_done(&arena);
    }
}

static void the_original_is_kept_without_its_end(void **state)
{
    (void)state;
    static const char *const texts[][2] = { { "a.csv", "a\r\n\"1\r\n2\"\r\n3\"\r\n" },
                                            { "a.jsonl", "{\"a\": 1}\r\n{\"a\": \r\n" } };
    static const char *const originals[][2] = { { "\"1\r\n2\"", "3\"" },
                                                { "{\"a\": 1}", "{\"a\": " } };
    for (size_t i = 0; i < 2; i++) {
        en_arena arena;
        en_arena_init(&arena, NULL);
        en_records_options options = options_for(texts[i][0]);
        en_records *records = NULL;
        en_value value;
        bool found;
        en_error error;
        en_error_clear(&error);
        assert_true(
            en_records_open_text(&arena, &options, en_text_from(texts[i][1]), 3, &records, &error));
        assert_true(en_records_next(records, &arena, &value, &found, &error));
        assert_text(en_records_original(records), originals[i][0]);
        assert_false(en_records_next(records, &arena, &value, &found, &error));
        assert_text(en_records_original(records), originals[i][1]);
        en_arena_done(&arena);
    }
}

static void a_line_of_many_megabytes_is_passed_over(void **state)
{
    (void)state;
    enum { LONG = 5 << 20 };
    char *text = malloc(LONG + 16);
    memset(text, 'x', LONG);
    memcpy(text + LONG, "\n{\"a\":1}\n", 9);
    check("a.jsonl", text, LONG + 9,
          "1@1:1 SyntaxError: expected a value but found 'xxxxxxxxxxxxxxxxxxxxxxxx'\n2@2 "
          "{\"a\":1}\n");
    free(text);
}

static void a_record_may_not_outgrow_its_memory(void **state)
{
    (void)state;
    enum { LONG = 1 << 20 };
    static const char *const starts[] = { "a.csv", "a\n\"", "a.jsonl", "{\"a\":\"" };
    char *text = malloc(LONG);
    for (size_t i = 0; i < 2; i++) {
        en_arena arena;
        en_arena_init(&arena, NULL);
        memset(text, 'x', LONG);
        memcpy(text, starts[2 * i + 1], strlen(starts[2 * i + 1]));
        en_records_options options = options_for(starts[2 * i]);
        options.max_bytes = 256 << 10;
        en_records *records = NULL;
        en_value value;
        bool found;
        en_error error;
        en_error_clear(&error);
        assert_true(
            en_records_open_text(&arena, &options, (en_text){ text, LONG }, 0, &records, &error));
        assert_false(en_records_next(records, &arena, &value, &found, &error));
        assert_int_equal(error.type, EN_DataSizeLimitExceededError);
        assert_false(en_records_go_on(records));
        en_arena_done(&arena);
    }
    free(text);
}

static void damaged_gzip_is_refused(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_text packed;
    en_error error;
    uint64_t offsets[MOST];
    en_error_clear(&error);
    assert_true(en_zip_pack(&arena, EN_TEXT("{\"a\":1}\n"), 6, &packed, &error));
    en_text cut = en_text_slice(packed, 0, packed.length - 3);
    assert_text(read_text(&arena, "a.jsonl", cut, 0, offsets),
                "1@1 {\"a\":1}\n2@1:1 DataError: the gzip data ends too early\n");
    char *broken = en_arena_alloc(&arena, 1000);
    memcpy(broken, packed.data, packed.length);
    broken[packed.length - 5] ^= 1;
    assert_text(read_text(&arena, "a.jsonl", (en_text){ broken, packed.length }, 0, offsets),
                "DataError: the gzip data is damaged\n");
    en_arena_done(&arena);
}

static void formats_are_told_by_flag_name_or_first_bytes(void **state)
{
    (void)state;
    CHECK("-", "{\"a\":1}", "1@1 {\"a\":1}\n");
    CHECK("x", " [{\"a\":1}]", "1@1 {\"a\":1}\n");
    CHECK("x", "a,b", "UsageError: it cannot be told how the records are written\n");
    en_record_format format;
    en_error error;
    en_error_clear(&error);
    assert_true(en_record_format_read("tsv.gz", NULL, "x.json", &format, &error));
    assert_true(format.kind == EN_RECORDS_CSV && format.gzip && format.delimiter == '\t');
    assert_true(en_record_format_read(NULL, NULL, "d.ir/x.NDJSON.gz", &format, &error));
    assert_true(format.kind == EN_RECORDS_LINES && format.gzip);
    assert_true(en_record_format_read(NULL, NULL, "d.csv/x", &format, &error));
    assert_true(format.kind == EN_RECORDS_UNKNOWN && !format.gzip);
    assert_false(en_record_format_read("xml", NULL, NULL, &format, &error));
    en_error_clear(&error);
    assert_false(en_record_format_read("json", ";", NULL, &format, &error));
}

static void files_tell_who_they_are(void **state)
{
    (void)state;
    en_arena arena;
    en_error error;
    char path[] = "/tmp/enact-records-XXXXXX";
    int file = mkstemp(path);
    assert_int_equal(write(file, "{\"a\":1}\n", 8), 8);
    en_arena_init(&arena, NULL);
    en_error_clear(&error);
    en_records_options options = { .path = path };
    en_records *records = NULL;
    assert_true(en_records_open(&arena, &options, &records, &error));
    en_text before = en_records_source(records);
    assert_true(en_text_starts(before, EN_TEXT("8 bytes, ")));
    assert_int_equal(en_records_total_bytes(records), 8);
    assert_int_equal(pwrite(file, "{\"a\":2}\n", 8, 0), 8);
    en_records *changed = NULL;
    assert_true(en_records_open(&arena, &options, &changed, &error));
    assert_false(en_text_equal(before, en_records_source(changed)));
    en_arena_done(&arena);
    close(file);
    unlink(path);
    options.path = "/nowhere/at.all";
    assert_false(en_records_open(&arena, &options, &records, &error));
    assert_int_equal(error.type, EN_UsageError);
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_row_names_the_fields),
        cmocka_unit_test(an_empty_text_is_not_a_missing_one),
        cmocka_unit_test(quotes_hold_anything),
        cmocka_unit_test(cells_take_the_types_of_the_schema),
        cmocka_unit_test(other_delimiters_are_found),
        cmocka_unit_test(a_quote_in_the_wrong_place_costs_one_row),
        cmocka_unit_test(a_quote_that_is_never_closed_costs_one_line),
        cmocka_unit_test(rows_of_another_width_are_refused),
        cmocka_unit_test(broken_bytes_are_refused_where_they_stand),
        cmocka_unit_test(a_header_must_tell_the_columns_apart),
        cmocka_unit_test(cells_are_never_anything_but_text),
        cmocka_unit_test(json_is_an_array_or_one_object),
        cmocka_unit_test(broken_lines_are_passed_over),
        cmocka_unit_test(hostile_lines_are_refused_where_they_stand),
        cmocka_unit_test(deep_nesting_is_refused),
        cmocka_unit_test(a_field_is_found_in_its_record),
        cmocka_unit_test(the_original_is_kept_without_its_end),
        cmocka_unit_test(a_line_of_many_megabytes_is_passed_over),
        cmocka_unit_test(a_record_may_not_outgrow_its_memory),
        cmocka_unit_test(damaged_gzip_is_refused),
        cmocka_unit_test(formats_are_told_by_flag_name_or_first_bytes),
        cmocka_unit_test(files_tell_who_they_are),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "value/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static en_document *read_document(en_arena *arena, en_text text, unsigned flags)
{
    en_error error;
    en_error_clear(&error);
    en_document *document = NULL;
    bool read = en_document_read(arena, EN_TEXT("flow.json"), text, flags, &document, &error);
    assert_string_equal(error.message, "");
    assert_true(read);
    return document;
}

static void assert_refused(en_text text, unsigned flags, unsigned line, unsigned column,
                           const char *message, const char *hint)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_error error;
    en_error_clear(&error);
    en_document *document;
    assert_false(en_document_read(&arena, EN_TEXT("flow.json"), text, flags, &document, &error));
    assert_error(&error, EN_SyntaxError, message);
    assert_string_equal(error.hint, hint);
    assert_string_equal(error.file, "flow.json");
    assert_int_equal(error.line, line);
    assert_int_equal(error.column, column);
    en_arena_done(&arena);
}

static void a_document_gives_its_values(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    char text[] = "\xEF\xBB\xBF{\"a\": [1, 9007199254740993, 18446744073709551616, 1e-400, 0.1],"
                  " \"b\": \"\\u0000\\ud83d\\ude00\"}";
    en_document *document = read_document(&arena, (en_text){ text, sizeof text - 1 }, 0);
    memset(text, 'x', sizeof text); /* nothing of the input is kept */
    assert_text(en_document_name(document), "flow.json");
    assert_text(en_json_text(&arena, en_document_root(document), 0),
                "{\"a\":[1,9007199254740993,18446744073709552000,0,0.1],\"b\":\"\\u0000😀\"}");
    assert_int_equal(read_document(&arena, EN_TEXT("7"), 0) != NULL, true);
    en_arena_done(&arena);
}

static void names_that_stand_twice_are_refused_where_they_stand(void **state)
{
    (void)state;
    assert_refused(EN_TEXT("{\"a\": {\"x\\\"\": 1,\n  \"y\": [2], \"x\\\"\": 3}}"), 0, 2, 13,
                   "expected each name once but found \"x\\\"\" again", "");
    assert_refused(EN_TEXT("{\"a\":1,\"\\u0061\":2}"), 0, 1, 8,
                   "expected each name once but found \"\\u0061\" again", "");
    en_arena arena;
    en_arena_init(&arena, NULL);
    read_document(&arena, EN_TEXT("[{\"a\":1},{\"a\":{\"a\":2}}]"), 0);
    en_arena_done(&arena);
}

static void what_is_not_json_is_refused_at_its_place(void **state)
{
    (void)state;
    assert_refused(EN_TEXT(""), 0, 1, 1, "expected a value but found the end of the text", "");
    assert_refused(EN_TEXT("{\n  \"a\": 1,\n}"), 0, 3, 1, "expected a name in quotes but found '}'",
                   "");
    assert_refused(EN_TEXT("{\"a\": 1e400}"), 0, 1, 7,
                   "expected a number up to 1.7976931348623157e308 but found '1e400'", "");
    assert_refused(EN_TEXT("[\"\\ud800\"]"), 0, 1, 3,
                   "expected both halves of a surrogate pair but found '\\ud800'", "");
    assert_refused(EN_TEXT("{\"a\\u0000\": 1}"), 0, 1, 2,
                   "expected a name without \\u0000 but found \"a\\u0000\"", "");
    assert_refused(EN_TEXT("[\0]"), 0, 1, 2,
                   "expected a value but found the control character 0x00", "");
}

static void unfilled_placeholders_are_named(void **state)
{
    (void)state;
    const char *hint = "fill the template in first, or put the placeholder in quotes";
    assert_refused(EN_TEXT("{\n  \"interval\": {{interval}},\n  \"x\": 1\n}"), 0, 2, 15,
                   "expected a value but found an unfilled template placeholder {{interval}}",
                   hint);
    assert_refused(EN_TEXT("[{{ a.b }}]"), 0, 1, 2,
                   "expected a value but found an unfilled template placeholder {{ a.b }}", hint);
    assert_refused(EN_TEXT("{{all}}"), 0, 1, 1,
                   "expected a value but found an unfilled template placeholder {{all}}", hint);
    assert_refused(EN_TEXT("{ {{key}}: 1 }"), 0, 1, 3,
                   "expected a value but found an unfilled template placeholder {{key}}", hint);
    assert_refused(EN_TEXT("{\"a\": 8{{port}}}"), 0, 1, 8,
                   "expected a value but found an unfilled template placeholder {{port}}", hint);
    assert_refused(EN_TEXT("{{\n}}"), 0, 1, 2, "expected a name in quotes but found '{'", "");
    en_arena arena;
    en_arena_init(&arena, NULL);
    read_document(&arena, EN_TEXT("{\"interval\": \"{{interval}}\"}"), 0);
    en_arena_done(&arena);
}

static void comments_need_the_lenient_mode(void **state)
{
    (void)state;
    en_text text =
        EN_TEXT("// first\n{ /* one\n two */ \"a\": \"// no /* comment\\\" */\", // last\n"
                "\"b\": 1 } /**/ // end");
    assert_refused(text, 0, 1, 1, "expected JSON but found a comment", "comments need --lenient");
    assert_refused(EN_TEXT("[1, /* two */ 2]"), 0, 1, 5, "expected JSON but found a comment",
                   "comments need --lenient");
    assert_refused(EN_TEXT("[1, / 2]"), 0, 1, 5, "expected a value but found '/'", "");
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_document *document = read_document(&arena, text, EN_DOCUMENT_LENIENT);
    assert_text(en_json_text(&arena, en_document_root(document), 0),
                "{\"a\":\"// no /* comment\\\" */\",\"b\":1}");
    unsigned line;
    unsigned column;
    assert_true(en_document_place(document, EN_TEXT("b"), &line, &column));
    assert_int_equal(line, 4);
    assert_int_equal(column, 6);
    en_arena_done(&arena);
}

static void an_error_behind_comments_keeps_its_place(void **state)
{
    (void)state;
    assert_refused(EN_TEXT("/* a\n b */ [1, // x\n  oops]"), EN_DOCUMENT_LENIENT, 3, 3,
                   "expected a value but found 'oops'", "");
    assert_refused(EN_TEXT("[1] /* open"), EN_DOCUMENT_LENIENT, 1, 5,
                   "expected */ but found the end of the text", "");
    assert_refused(EN_TEXT("[1 /*/ 2]"), EN_DOCUMENT_LENIENT, 1, 4,
                   "expected */ but found the end of the text", "");
}

static void assert_place(const en_document *document, const char *path, unsigned line,
                         unsigned column)
{
    unsigned found_line = 0;
    unsigned found_column = 0;
    assert_true(en_document_place(document, en_text_from(path), &found_line, &found_column));
    assert_int_equal(found_line, line);
    assert_int_equal(found_column, column);
}

static void every_value_has_a_place(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_document *document =
        read_document(&arena,
                      EN_TEXT(" {\n"
                              "  \"a\": {\"skip\": [1, {\"b\": 2}], \"b\": [10, 20,\n"
                              "    {\"c\": true}, [[], [\"deep\"]]]},\n"
                              "  \"odd name\": 5, \"q\\\"\": {\"é.[]\": null},\n"
                              "  \"a-b_1\": \"x\"\n"
                              "}\n"),
                      0);
    assert_place(document, "", 1, 2);
    assert_place(document, "a", 2, 8);
    assert_place(document, "a.skip[1].b", 2, 27);
    assert_place(document, "a.b", 2, 37);
    assert_place(document, "a.b[1]", 2, 42);
    assert_place(document, "a.b[2]", 3, 5);
    assert_place(document, "a.b[2].c", 3, 11);
    assert_place(document, "a.b[3][1][0]", 3, 24);
    assert_place(document, "[\"odd name\"]", 4, 15);
    assert_place(document, "[\"q\\\"\"]", 4, 25);
    assert_place(document, "[\"q\\\"\"][\"é.[]\"]", 4, 35);
    assert_place(document, "a-b_1", 5, 12);
    en_arena_done(&arena);
}

static void a_path_that_leads_nowhere_gives_its_longest_part(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_document *document =
        read_document(&arena, EN_TEXT("{\"a\": {\"b\": [1, 2]},\n\"e\": {}}"), 0);
    assert_place(document, "nope", 1, 1);
    assert_place(document, "a.nope.b", 1, 7);
    assert_place(document, "a.b[2]", 1, 13);
    assert_place(document, "a.b[99999999999999999999999999]", 1, 13);
    assert_place(document, "a.b[0].c", 1, 14);
    assert_place(document, "a[0]", 1, 7);
    assert_place(document, "e.x", 2, 6);
    assert_place(document, "a.[", 1, 7);
    assert_place(document, "a..b", 1, 7);
    assert_place(document, "[\"a", 1, 1);
    unsigned line;
    unsigned column;
    assert_false(en_document_place(NULL, EN_TEXT("a"), &line, &column));
    en_arena_done(&arena);
}

static void the_bytes_of_a_value_are_found(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_document *document = read_document(
        &arena,
        EN_TEXT("{\"a\": { \"b\" : [1, {\"x]\": \"}\"} ]},\n\"e\": -1.5e3 , \"f\":\"\\\"\"}"), 0);
    static const struct {
        const char *path;
        const char *bytes;
    } examples[] = {
        { "a", "{ \"b\" : [1, {\"x]\": \"}\"} ]}" },
        { "a.b", "[1, {\"x]\": \"}\"} ]" },
        { "a.b[1]", "{\"x]\": \"}\"}" },
        { "e", "-1.5e3" },
        { "f", "\"\\\"\"" },
    };
    en_text bytes;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        assert_true(en_document_extent(document, en_text_from(examples[i].path), &bytes));
        assert_text(bytes, examples[i].bytes);
    }
    assert_true(en_document_extent(document, EN_TEXT(""), &bytes));
    assert_text(bytes, en_text_terminate(&arena, en_document_text(document)));
    assert_false(en_document_extent(document, EN_TEXT("a.c"), &bytes));
    assert_false(en_document_extent(document, EN_TEXT("a.b[2]"), &bytes));
    assert_false(en_document_extent(document, EN_TEXT("e.x"), &bytes));
    en_arena_done(&arena);
}

static void a_file_is_read_and_named(void **state)
{
    (void)state;
    char path[] = "/tmp/enact_document_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "{\"a\": oops}", 11), 11);
    close(file);
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_error error;
    en_error_clear(&error);
    en_document *document;
    assert_false(en_document_read_file(&arena, path, 0, &document, &error));
    assert_error(&error, EN_SyntaxError, "expected a value but found 'oops'");
    assert_string_equal(error.file, path);
    unlink(path);
    en_error_clear(&error);
    assert_false(en_document_read_file(&arena, path, 0, &document, &error));
    assert_int_equal(error.type, EN_UsageError);
    en_arena_done(&arena);
}

static void depth_is_limited(void **state)
{
    (void)state;
    char nested[2 * 2049];
    memset(nested, '[', 2049);
    memset(nested + 2049, ']', 2049);
    assert_refused((en_text){ nested, sizeof nested }, 0, 1, EN_JSON_DEPTH + 1,
                   "expected fewer levels of arrays and objects but found '['", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_gives_its_values),
        cmocka_unit_test(names_that_stand_twice_are_refused_where_they_stand),
        cmocka_unit_test(what_is_not_json_is_refused_at_its_place),
        cmocka_unit_test(unfilled_placeholders_are_named),
        cmocka_unit_test(comments_need_the_lenient_mode),
        cmocka_unit_test(an_error_behind_comments_keeps_its_place),
        cmocka_unit_test(every_value_has_a_place),
        cmocka_unit_test(a_path_that_leads_nowhere_gives_its_longest_part),
        cmocka_unit_test(the_bytes_of_a_value_are_found),
        cmocka_unit_test(a_file_is_read_and_named),
        cmocka_unit_test(depth_is_limited),
    };
    return EN_RUN(tests);
}

#include "test.h"

#include "value/json.h"

#include <stdio.h>

/* Hands a text out in pieces of `step` bytes, and fails at `fail_at`. */
typedef struct source {
    en_text text;
    size_t at;
    size_t step;
    size_t fail_at;
} source;

static bool refill(void *context, char *bytes, size_t room, size_t *got, en_error *error)
{
    source *from = context;
    if (from->at >= from->fail_at) {
        return en_error_set(error, EN_ConnectionError, "the line is dead");
    }
    size_t size = room < from->step ? room : from->step;
    en_text part = en_text_slice(from->text, from->at, from->at + size);
    memcpy(bytes, part.data, part.length);
    from->at += part.length;
    *got = part.length;
    return true;
}

/* What a stream gives, one line a record: "<line>: <JSON>", "<line>: error <line>:<column>
 * <message>". */
static en_text show(en_arena *arena, en_text text, en_json_records records, size_t step)
{
    source from = { text, 0, step, SIZE_MAX };
    en_arena streams;
    en_arena_init(&streams, NULL);
    en_json_stream *stream = en_json_stream_open(&streams, refill, &from, records, EN_JSON_SHARE);
    en_builder out;
    en_builder_init(&out, arena);
    bool found = true;
    for (int i = 0; found && i < 1000; i++) {
        en_error error;
        en_error_clear(&error);
        en_value value;
        if (!en_json_stream_next(stream, &streams, &value, &found, &error)) {
            en_builder_format(&out, "%u: error %u:%u %s\n", en_json_stream_line(stream), error.line,
                              error.column, error.message);
            found = true;
        } else if (found) {
            en_builder_format(&out, "%u: ", en_json_stream_line(stream));
            en_json_write(&out, value, 0);
            en_builder_add_char(&out, '\n');
        }
    }
    en_arena_done(&streams);
    return en_builder_take(&out);
}

static void assert_gives(const char *text, en_json_records records, const char *expected)
{
    static const size_t steps[] = { 1, 2, 3, 7, 16, 100000 };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        en_arena arena;
        en_arena_init(&arena, NULL);
        assert_text(show(&arena, en_text_from(text), records, steps[i]), expected);
        en_arena_done(&arena);
    }
}

static void lines_are_records(void **state)
{
    (void)state;
    assert_gives("{\"a\":1}\n{\"a\":2}\r\n\n  \n{\"a\":3}", EN_JSON_LINES,
                 "1: {\"a\":1}\n2: {\"a\":2}\n5: {\"a\":3}\n");
    assert_gives("1\n-2.5e1\n\"x\"\nnull\n12345", EN_JSON_LINES,
                 "1: 1\n2: -25\n3: \"x\"\n4: null\n5: 12345\n");
    assert_gives("", EN_JSON_LINES, "");
    assert_gives(" \n\n", EN_JSON_LINES, "");
    assert_gives("\xEF\xBB\xBF{}\n", EN_JSON_LINES, "1: {}\n");
}

static void values_may_follow_each_other_and_span_lines(void **state)
{
    (void)state;
    assert_gives("{\"a\":\n 1}{\"b\":2} [3,\n4]\n5 6", EN_JSON_LINES,
                 "1: {\"a\":1}\n2: {\"b\":2}\n2: [3,4]\n4: 5\n4: 6\n");
}

static void elements_of_an_array_are_records(void **state)
{
    (void)state;
    assert_gives(" [ {\"a\":1} ,\n{\"a\":2},3\n, \"x\"\n]\n\n", EN_JSON_ARRAY,
                 "1: {\"a\":1}\n2: {\"a\":2}\n2: 3\n3: \"x\"\n");
    assert_gives("[]", EN_JSON_ARRAY, "");
    assert_gives("[\n]", EN_JSON_DETECT, "");
}

static void the_first_byte_decides_what_it_is(void **state)
{
    (void)state;
    assert_gives("\n [1,2]", EN_JSON_DETECT, "2: 1\n2: 2\n");
    assert_gives("\xEF\xBB\xBF[1,2]", EN_JSON_DETECT, "1: 1\n1: 2\n");
    assert_gives("{\"a\":1}\n{\"a\":2}", EN_JSON_DETECT, "1: {\"a\":1}\n2: {\"a\":2}\n");
    assert_gives("", EN_JSON_DETECT, "");
}

static void an_error_in_one_line_leaves_the_others(void **state)
{
    (void)state;
    assert_gives("{\"a\":1}\n{\"a\":nope}\n{\"a\":3}\n", EN_JSON_LINES,
                 "1: {\"a\":1}\n2: error 2:6 expected a value but found 'nope'\n3: {\"a\":3}\n");
    assert_gives("{\"a\":\n{\"a\":2}\n{\"a\":3}\n", EN_JSON_LINES,
                 "1: error 3:1 expected ',' or '}' but found '{'\n2: {\"a\":2}\n3: {\"a\":3}\n");
    assert_gives("{} trailing {}\n{}", EN_JSON_LINES,
                 "1: {}\n1: error 1:4 expected a value but found 'trailing'\n2: {}\n");
    assert_gives("\"open\n1", EN_JSON_LINES,
                 "1: error 1:6 expected '\"' or an escape such as \\n but found the control "
                 "character 0x0A\n2: 1\n");
    assert_gives("1\n{\"a\":", EN_JSON_LINES,
                 "1: 1\n2: error 2:6 expected a value but found the end of the text\n");
}

static void an_error_in_an_array_ends_it(void **state)
{
    (void)state;
    assert_gives("[1,\n nope, 2]", EN_JSON_ARRAY,
                 "1: 1\n2: error 2:2 expected a value but found 'nope'\n");
    assert_gives("[1\n2]", EN_JSON_ARRAY, "1: 1\n1: error 2:1 expected ',' or ']' but found '2'\n");
    assert_gives("[1,]", EN_JSON_ARRAY, "1: 1\n1: error 1:4 expected a value but found ']'\n");
    assert_gives("[,1]", EN_JSON_ARRAY, "1: error 1:2 expected a value but found ','\n");
    assert_gives("[1] 2", EN_JSON_ARRAY,
                 "1: 1\n1: error 1:5 expected the end of the text but found '2'\n");
    assert_gives("[1,2", EN_JSON_ARRAY,
                 "1: 1\n1: 2\n1: error 1:5 expected ',' or ']' but found the end of the text\n");
    assert_gives("{}", EN_JSON_ARRAY, "1: error 1:1 expected '[' but found '{'\n");
    assert_gives("", EN_JSON_ARRAY, "1: error 1:1 expected '[' but found the end of the text\n");
}

static void columns_count_from_the_line_however_far_back_it_began(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_builder out;
    en_builder_init(&out, &arena);
    en_builder_add(&out, EN_TEXT("[\n"));
    for (int i = 0; i < 100000; i++) {
        en_builder_add(&out, EN_TEXT("{\"a\":12345},"));
    }
    en_builder_add(&out, EN_TEXT("oops]"));
    en_text text = en_builder_take(&out);
    source from = { text, 0, 5000, SIZE_MAX };
    en_json_stream *stream = en_json_stream_open(&arena, refill, &from, EN_JSON_ARRAY, 0);
    en_arena records;
    en_arena_init(&records, NULL);
    en_error error;
    en_error_clear(&error);
    bool found;
    en_value value;
    while (en_json_stream_next(stream, &records, &value, &found, &error)) {
        assert_true(found);
        en_arena_reset(&records);
    }
    assert_error(&error, EN_SyntaxError, "expected a value but found 'oops'");
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column, 1200001);
    en_arena_done(&records);
    en_arena_done(&arena);
}

static void memory_stays_flat(void **state)
{
    (void)state;
    en_arena texts;
    en_arena_init(&texts, NULL);
    en_builder out;
    en_builder_init(&out, &texts);
    for (int i = 0; i < 100000; i++) {
        en_builder_format(&out, "{\"id\":%d,\"tags\":[\"a\",\"b\"],\"name\":\"someone\"}\n", i);
    }
    en_text text = en_builder_take(&out);
    en_budget budget = { 0 };
    en_arena arena;
    en_arena records;
    en_arena_init(&arena, &budget);
    en_arena_init(&records, &budget);
    source from = { text, 0, 65536, SIZE_MAX };
    en_json_stream *stream = en_json_stream_open(&arena, refill, &from, EN_JSON_DETECT, 0);
    bool found = true;
    int count = -1;
    while (found) {
        en_value value;
        en_arena_reset(&records);
        assert_true(en_json_stream_next(stream, &records, &value, &found, NULL));
        count++;
    }
    assert_int_equal(count, 100000);
    assert_int_equal(en_json_stream_offset(stream), text.length);
    assert_in_range(budget.peak_bytes, 1, 300000);
    en_arena_done(&records);
    en_arena_done(&arena);
    assert_int_equal(budget.used_bytes, 0);
    en_arena_done(&texts);
}

/* Records of changing shapes, some with so many members that they carry an index. */
static en_text make_shapes(en_arena *arena, int records)
{
    en_builder out;
    en_builder_init(&out, arena);
    for (int i = 0; i < records; i++) {
        int members = i % 50 < 40 ? 20 : i % 7;
        en_builder_format(&out, "{\"n\":%d", i);
        for (int j = 0; j < members; j++) {
            en_builder_format(&out, ",\"f%d\":{\"x\":[%d,{\"y\\n\":null}]}", j * 7 % 20, i * j);
        }
        en_builder_add(&out, EN_TEXT("}\n"));
    }
    return en_builder_take(&out);
}

static void records_outlive_the_stream_whatever_their_shapes(void **state)
{
    (void)state;
    enum { RECORDS = 300 };
    en_arena texts;
    en_arena records;
    en_arena streams;
    en_arena_init(&texts, NULL);
    en_arena_init(&records, NULL);
    en_arena_init(&streams, NULL);
    en_text text = make_shapes(&texts, RECORDS);
    source from = { text, 0, 4096, SIZE_MAX };
    en_json_stream *stream = en_json_stream_open(&streams, refill, &from, EN_JSON_LINES, 0);
    en_value values[RECORDS];
    for (int i = 0; i < RECORDS; i++) {
        bool found = false;
        assert_true(en_json_stream_next(stream, &records, &values[i], &found, NULL));
        assert_true(found);
    }
    en_arena_done(&streams);
    en_builder out;
    en_builder_init(&out, &texts);
    for (int i = 0; i < RECORDS; i++) {
        en_json_write(&out, values[i], 0);
        en_builder_add_char(&out, '\n');
        for (uint32_t j = 0; j < en_collection_count(values[i]); j++) {
            const en_member *member = &en_collection_members(values[i])[j];
            assert_true(en_value_equal(en_collection_find(values[i], member->name), member->value));
        }
    }
    assert_true(en_text_equal(en_builder_take(&out), text));
    en_arena_done(&records);
    en_arena_done(&texts);
}

static void a_record_may_be_larger_than_the_room(void **state)
{
    (void)state;
    enum { LENGTH = 3000000 };
    en_arena arena;
    en_arena_init(&arena, NULL);
    char *text = en_arena_try(&arena, LENGTH + 5, 1);
    assert_non_null(text);
    memset(text, 'x', LENGTH + 5);
    text[0] = '[';
    text[1] = '"';
    memcpy(text + LENGTH + 2, "\",7", 3);
    source from = { { text, LENGTH + 5 }, 0, 100000, SIZE_MAX };
    en_json_stream *stream = en_json_stream_open(&arena, refill, &from, EN_JSON_DETECT, 0);
    en_value value;
    bool found;
    assert_true(en_json_stream_next(stream, &arena, &value, &found, NULL));
    assert_int_equal(value.length, LENGTH);
    assert_true(en_json_stream_next(stream, &arena, &value, &found, NULL));
    assert_true(value.as.number == 7);
    assert_false(en_json_stream_next(stream, &arena, &value, &found, NULL));
    en_arena_done(&arena);
}

static void the_memory_limit_holds_for_one_record(void **state)
{
    (void)state;
    enum { LENGTH = 3000000 };
    en_arena texts;
    en_arena_init(&texts, NULL);
    char *text = en_arena_try(&texts, LENGTH, 1);
    assert_non_null(text);
    memset(text, 'x', LENGTH);
    text[0] = '"';
    en_budget budget = { .limit_bytes = 1000000 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    source from = { { text, LENGTH }, 0, LENGTH, SIZE_MAX };
    en_json_stream *stream = en_json_stream_open(&arena, refill, &from, EN_JSON_LINES, 0);
    en_error error;
    en_error_clear(&error);
    en_value value;
    bool found;
    assert_false(en_json_stream_next(stream, &arena, &value, &found, &error));
    assert_int_equal(error.type, EN_DataSizeLimitExceededError);
    en_arena_done(&arena);
    en_arena_done(&texts);
}

static void an_error_of_the_source_comes_through(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    source from = { EN_TEXT("{\"a\":1}\n{\"a\":2}\n"), 0, 8, 8 };
    en_json_stream *stream = en_json_stream_open(&arena, refill, &from, EN_JSON_LINES, 0);
    en_error error;
    en_error_clear(&error);
    en_value value;
    bool found;
    assert_true(en_json_stream_next(stream, &arena, &value, &found, &error));
    assert_true(found);
    assert_false(en_json_stream_next(stream, &arena, &value, &found, &error));
    assert_error(&error, EN_ConnectionError, "the line is dead");
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_records),
        cmocka_unit_test(values_may_follow_each_other_and_span_lines),
        cmocka_unit_test(elements_of_an_array_are_records),
        cmocka_unit_test(the_first_byte_decides_what_it_is),
        cmocka_unit_test(an_error_in_one_line_leaves_the_others),
        cmocka_unit_test(an_error_in_an_array_ends_it),
        cmocka_unit_test(columns_count_from_the_line_however_far_back_it_began),
        cmocka_unit_test(memory_stays_flat),
        cmocka_unit_test(records_outlive_the_stream_whatever_their_shapes),
        cmocka_unit_test(a_record_may_be_larger_than_the_room),
        cmocka_unit_test(the_memory_limit_holds_for_one_record),
        cmocka_unit_test(an_error_of_the_source_comes_through),
    };
    return EN_RUN(tests);
}

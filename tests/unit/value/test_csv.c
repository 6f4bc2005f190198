#include "test.h"

#include "value/csv.h"

#include <stdlib.h>

static int set_up(void **state)
{
    en_arena *arena = malloc(sizeof *arena);
    en_arena_init(arena, NULL);
    *state = arena;
    return 0;
}

static int tear_down(void **state)
{
    en_arena_done(*state);
    free(*state);
    return 0;
}

static void show_value(en_builder *out, en_value value)
{
    if (en_is(value, EN_TEXT_VALUE)) {
        en_builder_add_char(out, '<');
        en_builder_add(out, en_value_text(value));
        en_builder_add_char(out, '>');
    } else {
        en_builder_add(out, en_text_from(en_tag_name((en_tag)value.tag)));
    }
}

/* Rows as name=<field> lines. */
static en_text show(en_arena *arena, en_value rows)
{
    en_builder out;
    en_builder_init(&out, arena);
    for (uint32_t i = 0; i < rows.length; i++) {
        en_value row = rows.as.items[i];
        for (uint32_t j = 0; j < en_collection_count(row); j++) {
            en_member member = en_collection_members(row)[j];
            en_builder_format(&out, "%s%.*s=", j != 0 ? " " : "", EN_TEXT_ARG(member.name));
            show_value(&out, member.value);
        }
        for (uint32_t j = 0; en_is(row, EN_ARRAY) && j < row.length; j++) {
            show_value(&out, row.as.items[j]);
        }
        en_builder_add_char(&out, '\n');
    }
    return en_builder_take(&out);
}

static en_text read_as(en_arena *arena, const char *input, char delimiter, bool headers)
{
    en_error error;
    en_error_clear(&error);
    en_value rows;
    if (!en_csv_read(arena, en_text_from(input), delimiter, headers, &rows, &error)) {
        assert_int_equal(error.type, EN_DataError);
        assert_int_not_equal(error.line, 0);
        return en_text_copy(arena, en_text_from(error.message));
    }
    return show(arena, rows);
}

static void rows_are_collections_under_the_names_of_the_first(void **state)
{
    assert_text(read_as(*state, "id,name\r\n1,Ann\r\n2,Bob\r\n", ',', true),
                "id=<1> name=<Ann>\nid=<2> name=<Bob>\n");
}

static void rows_are_arrays_without_headers(void **state)
{
    assert_text(read_as(*state, "1,Ann\n2,Bob", ',', false), "<1><Ann>\n<2><Bob>\n");
}

static void nothing_gives_no_rows(void **state)
{
    assert_text(read_as(*state, "", ',', true), "");
    assert_text(read_as(*state, "\n\r\n\n", ',', true), "");
    assert_text(read_as(*state, "a,b\n", ',', true), "");
    assert_text(read_as(*state, "", ',', false), "");
}

static void quotes_hold_delimiters_line_ends_and_quotes(void **state)
{
    assert_text(read_as(*state, "a,b\n\"x,\"\"y\"\"\",\"1\r\n2\"\n", ',', true),
                "a=<x,\"y\"> b=<1\r\n2>\n");
    assert_text(read_as(*state, "\"\",\"\"", ',', false), "<><>\n");
}

static void blanks_belong_to_their_field(void **state)
{
    assert_text(read_as(*state, " a , b \n 1 ,\t2 \n", ',', true), "a=< 1 > b=<\t2 >\n");
}

static void delimiters_may_be_any_byte(void **state)
{
    assert_text(read_as(*state, "1;2,3;4", ';', false), "<1><2,3><4>\n");
    assert_text(read_as(*state, "1\t2 3\t\t4", '\t', false), "<1><2 3><><4>\n");
}

static void all_line_ends_are_known(void **state)
{
    assert_text(read_as(*state, "1\r2\n3\r\n\r\n4", ',', false), "<1>\n<2>\n<3>\n<4>\n");
}

static void a_byte_order_mark_is_skipped(void **state)
{
    assert_text(read_as(*state, "\xEF\xBB\xBFid\n1\n", ',', true), "id=<1>\n");
    assert_text(read_as(*state, "\xEF\xBB\xBF\"i,d\"\n1\n", ',', true), "i,d=<1>\n");
    assert_text(read_as(*state, "\xEF\xBB\xBF", ',', true), "");
}

static void short_rows_have_null_and_long_rows_new_columns(void **state)
{
    assert_text(read_as(*state, "a,b\n1\n1,2,3,4\n1,2,3\n", ',', true),
                "a=<1> b=null\na=<1> b=<2> column3=<3> column4=<4>\na=<1> b=<2> column3=<3>\n");
}

static void columns_without_a_name_of_their_own_get_one(void **state)
{
    assert_text(read_as(*state, "n,,n,n_2,n, ,column2\n1,2,3,4,5,6,7", ',', true),
                "n=<1> column2_2=<2> n_2_2=<3> n_2=<4> n_3=<5> column6=<6> column2=<7>\n");
}

static void wide_rows_find_their_members(void **state)
{
    en_arena *arena = *state;
    en_error error;
    en_error_clear(&error);
    en_value rows;
    assert_true(en_csv_read(
        arena, EN_TEXT("z,y,x,w,v,u,t,s,r,q,p,o,n,m\n1,2,3,4,5,6,7,8,9,10,11,12,13,14\n"), ',',
        true, &rows, &error));
    assert_text(en_value_text(en_collection_find(rows.as.items[0], EN_TEXT("m"))), "14");
    assert_text(en_value_text(en_collection_find(rows.as.items[0], EN_TEXT("z"))), "1");
    assert_int_equal(en_collection_find(rows.as.items[0], EN_TEXT("a")).tag, EN_NOTHING);
}

static void a_quote_in_the_wrong_place_is_an_error_with_its_line(void **state)
{
    assert_text(
        read_as(*state, "a\n\"1\n2\"\nx\"y\n", ',', true),
        "line 4: a quote in the wrong place; a field with quotes in it stands in quotes, and "
        "they are doubled");
    assert_text(
        read_as(*state, "\"a\"b\n", ',', true),
        "line 1: a quote in the wrong place; a field with quotes in it stands in quotes, and "
        "they are doubled");
}

static void an_open_quote_is_an_error_with_the_line_of_its_row(void **state)
{
    assert_text(read_as(*state, "a,b\n1,2\n3,\"4\n5,6\n", ',', true),
                "line 3: a quote that is opened in this row is never closed");
}

static void lines_are_counted_with_any_line_end(void **state)
{
    assert_text(
        read_as(*state, "a\r1\r\r\nx\"", ',', true),
        "line 4: a quote in the wrong place; a field with quotes in it stands in quotes, and "
        "they are doubled");
}

static void broken_utf_8_is_an_error_with_its_line(void **state)
{
    assert_text(read_as(*state, "a\nok\nJ\xFCrg\n", ',', true), "line 3: the text is not UTF-8");
}

static void too_many_fields_are_an_error(void **state)
{
    char input[EN_CSV_COLUMNS + 1];
    memset(input, ',', EN_CSV_COLUMNS);
    input[EN_CSV_COLUMNS] = '\0';
    assert_text(read_as(*state, input, ',', false), "line 1: a row has more than 4096 fields");
    input[EN_CSV_COLUMNS - 1] = '\0';
    assert_int_equal(read_as(*state, input, ',', false).length, EN_CSV_COLUMNS * 2 + 1);
}

static void delimiters_are_spelled_in_parameters(void **state)
{
    (void)state;
    char delimiter;
    en_error error;
    en_error_clear(&error);
    assert_true(en_csv_delimiter(EN_TEXT(""), &delimiter, &error));
    assert_int_equal(delimiter, ',');
    assert_true(en_csv_delimiter(EN_TEXT("\\t"), &delimiter, &error));
    assert_int_equal(delimiter, '\t');
    assert_true(en_csv_delimiter(EN_TEXT("\t"), &delimiter, &error));
    assert_int_equal(delimiter, '\t');
    assert_true(en_csv_delimiter(EN_TEXT("|"), &delimiter, &error));
    assert_int_equal(delimiter, '|');
    assert_false(en_csv_delimiter(EN_TEXT("\""), &delimiter, NULL));
    assert_false(en_csv_delimiter(EN_TEXT("\n"), &delimiter, NULL));
    assert_false(en_csv_delimiter(EN_TEXT("é"), &delimiter, NULL));
    assert_false(en_csv_delimiter(EN_TEXT("||"), &delimiter, &error));
    assert_error(&error, EN_DataError,
                 "a CSV delimiter is one character such as , or ; or \\t, not \"||\"");
}

typedef struct seen {
    en_builder rows;
    unsigned stop_at;
} seen;

static bool note_row(void *context, const en_text *fields, size_t count, unsigned line,
                     en_error *error)
{
    seen *s = context;
    en_builder_format(&s->rows, "%u:", line);
    for (size_t i = 0; i < count; i++) {
        en_builder_format(&s->rows, "<%.*s>", EN_TEXT_ARG(fields[i]));
    }
    return line != s->stop_at || en_error_set(error, EN_DataError, "enough at line %u", line);
}

static void pieces_of_any_size_give_the_same_rows(void **state)
{
    en_text input = EN_TEXT("\xEF\xBB\xBF"
                            "a,é\r\n\"1\n\"\"2\",x\r\n\r\n3,\"\"\r4,5");
    for (size_t size = 1; size <= input.length; size++) {
        seen s = { 0 };
        en_error error;
        en_error_clear(&error);
        en_builder_init(&s.rows, *state);
        en_csv_reader *reader = en_csv_reader_open(*state, ',', note_row, &s);
        for (size_t at = 0; at < input.length; at += size) {
            assert_true(en_csv_reader_push(reader, en_text_slice(input, at, at + size), &error));
        }
        assert_true(en_csv_reader_finish(reader, &error));
        assert_text(en_builder_take(&s.rows), "1:<a><é>2:<1\n\"2><x>5:<3><>6:<4><5>");
    }
}

static void a_row_that_is_refused_ends_the_reading(void **state)
{
    seen s = { .stop_at = 2 };
    en_error error;
    en_error_clear(&error);
    en_builder_init(&s.rows, *state);
    en_csv_reader *reader = en_csv_reader_open(*state, ',', note_row, &s);
    assert_false(en_csv_reader_push(reader, EN_TEXT("1\n2\n3\n"), &error));
    assert_error(&error, EN_DataError, "enough at line 2");
    assert_text(en_builder_take(&s.rows), "1:<1>2:<2>");
    assert_false(en_csv_reader_finish(reader, &error));
}

static void no_memory_is_an_error(void **state)
{
    (void)state;
    en_budget budget = { .limit_bytes = 20000 };
    en_arena arena;
    en_arena_init(&arena, &budget);
    en_error error;
    en_error_clear(&error);
    en_value rows;
    char input[20001];
    memset(input, '\n', sizeof input - 1);
    for (size_t i = 0; i < sizeof input - 1; i += 2) {
        input[i] = 'x';
    }
    input[sizeof input - 1] = '\0';
    assert_false(en_csv_read(&arena, en_text_from(input), ',', false, &rows, &error));
    assert_int_equal(error.type, EN_DataSizeLimitExceededError);
    en_arena_done(&arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_are_collections_under_the_names_of_the_first),
        TEST(rows_are_arrays_without_headers),
        TEST(nothing_gives_no_rows),
        TEST(quotes_hold_delimiters_line_ends_and_quotes),
        TEST(blanks_belong_to_their_field),
        TEST(delimiters_may_be_any_byte),
        TEST(all_line_ends_are_known),
        TEST(a_byte_order_mark_is_skipped),
        TEST(short_rows_have_null_and_long_rows_new_columns),
        TEST(columns_without_a_name_of_their_own_get_one),
        TEST(wide_rows_find_their_members),
        TEST(a_quote_in_the_wrong_place_is_an_error_with_its_line),
        TEST(an_open_quote_is_an_error_with_the_line_of_its_row),
        TEST(lines_are_counted_with_any_line_end),
        TEST(broken_utf_8_is_an_error_with_its_line),
        TEST(too_many_fields_are_an_error),
        TEST(delimiters_are_spelled_in_parameters),
        TEST(pieces_of_any_size_give_the_same_rows),
        TEST(a_row_that_is_refused_ends_the_reading),
        TEST(no_memory_is_an_error),
    };
    return EN_RUN(tests);
}

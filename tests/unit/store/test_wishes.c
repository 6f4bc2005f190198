/* Automatic indexes: when they are made, of what, how many, and that they serve. */
#include "stores.h"

#include "value/json.h"

#include <stdio.h>

static void fill(bench *b, const char *store, int records)
{
    for (int i = 0; i < records; i++) {
        char data[160];
        snprintf(data, sizeof data,
                 "{'user': 'u%d', 'n': %d, 'at': '2024-01-%02dT00:00Z', 'ok': %s, 'w': 'x%d'}",
                 i % 50, i, 1 + i % 28, i % 2 ? "true" : "false", i % 7);
        assert_true(bench_add(b, store, "", data, false));
        if (i % 100 == 0) {
            bench_commit(b);
        }
    }
    bench_commit(b);
}

static void open_events(bench *b, const char *schema)
{
    bench_open(b, false);
    bench_declare(b, schema);
    fill(b, "E", 1200);
}

static const char events[] = "{'name': 'E', 'maxRecords': null, 'structure': {'user': 'text',"
                             "'n': 'number', 'at': 'date', 'ok': 'boolean', 'w': 'text'}}";

/* The fields of the store's automatic indexes, "; " between them. */
static const char *automatic(bench *b)
{
    en_store_info info;
    bool found = false;
    en_builder all;
    en_builder_init(&all, &b->arena);
    assert_true(
        en_store_describe(bench_segment(b), EN_TEXT("E"), &b->arena, &info, &found, &b->error));
    assert_true(found);
    for (uint32_t i = 0; i < info.indexes.length; i++) {
        en_value index = info.indexes.as.items[i];
        if (en_text_equal(en_value_text(en_collection_find(index, EN_TEXT("kind"))),
                          EN_TEXT("automatic"))) {
            en_builder_add(&all, all.length != 0 ? EN_TEXT("; ") : EN_TEXT(""));
            en_builder_add(&all, en_value_text(en_collection_find(index, EN_TEXT("fields"))));
        }
    }
    return en_text_terminate(&b->arena, en_builder_take(&all));
}

static bool is_scanned(bench *b, const char *groups)
{
    en_query query = { .filter = bench_filter(b, bench_json(b, groups)), .limit = UINT64_MAX };
    en_explanation about;
    assert_true(
        en_store_explain(bench_segment(b), EN_TEXT("E"), &query, &b->arena, &about, &b->error));
    assert_true(about.found);
    return about.scans;
}

static void search(bench *b, const char *groups)
{
    const char *query = en_text_format(&b->arena, "{'filter': %s, 'limit': 1000}", groups).data;
    (void)bench_search(b, "E", query);
    bench_commit(b);
}

static void a_search_that_scans_gets_an_index_when_it_is_over(void **state)
{
    static const char groups[] = "[[{'a':'ok','o':'equal','b':true},"
                                 "{'a':'at','o':'greater','b':'2024-01-20T00:00:00Z'},"
                                 "{'a':'user','o':'equal','b':'u3'}]]";
    (void)state;
    bench b;
    open_events(&b, events);
    assert_true(is_scanned(&b, groups));
    const char *before = bench_search(&b, "E", "{'filter': [[{'a':'user','o':'equal','b':'u3'}]]}");
    assert_string_equal(automatic(&b), "");
    bench_commit(&b);
    search(&b, groups);
    assert_string_equal(automatic(&b), "\"user\"");
    assert_false(is_scanned(&b, groups));
    assert_string_equal(bench_search(&b, "E", "{'filter': [[{'a':'user','o':'equal','b':'u3'}]]}"),
                        before);
    bench_close(&b);
}

static void equal_fields_come_first_and_one_range_behind(void **state)
{
    (void)state;
    bench b;
    open_events(&b, events);
    search(&b, "[[{'a':'at','o':'greater','b':'2024-01-20T00:00:00Z'},"
               "{'a':'n','o':'less','b':5},{'a':'user','o':'equal','b':'u3'}]]");
    assert_string_equal(automatic(&b), "\"user\", \"at\"");
    bench_close(&b);
}

static void fields_without_a_column_get_none(void **state)
{
    static const char groups[] = "[[{'a':'user','o':'equal','b':'u3'}]]";
    (void)state;
    bench b;
    open_events(&b, "{'name': 'E', 'maxRecords': null}");
    search(&b, groups);
    assert_string_equal(automatic(&b), "");
    assert_true(is_scanned(&b, groups));
    assert_int_equal(bench_count(&b, "E", "{'filter': [[{'a':'user','o':'equal','b':'u3'}]]}"), 24);
    bench_close(&b);
}

static void each_side_of_an_or_gets_one_or_none_does(void **state)
{
    (void)state;
    bench b;
    open_events(&b, events);
    search(&b, "[[{'a':'user','o':'equal','b':'u3'}],[{'a':'w','o':'endsWith','b':'1'}]]");
    assert_string_equal(automatic(&b), "");
    search(&b, "[[{'a':'user','o':'equal','b':'u3'}],[{'a':'w','o':'equal','b':'x1'}]]");
    assert_string_equal(automatic(&b), "\"user\"; \"w\"");
    bench_close(&b);
}

static void four_are_enough(void **state)
{
    static const char *const fields[] = { "user", "w", "x", "y", "z" };
    (void)state;
    bench b;
    open_events(&b, "{'name': 'E', 'maxRecords': null, 'structure': {'user': 'text', 'w': 'text',"
                    "'x': 'text', 'y': 'text', 'z': 'text'}}");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        search(&b, en_text_format(&b.arena, "[[{'a':'%s','o':'equal','b':'q'}]]", fields[i]).data);
    }
    assert_string_equal(automatic(&b), "\"user\"; \"w\"; \"x\"; \"y\"");
    bench_close(&b);
}

static void not_for_small_stores_nor_against_the_definition(void **state)
{
    static const char groups[] = "[[{'a':'user','o':'equal','b':'u3'}]]";
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, events);
    fill(&b, "E", 900);
    search(&b, groups);
    assert_string_equal(automatic(&b), "");
    bench_close(&b);
    open_events(&b, "{'name': 'E', 'maxRecords': null, 'autoIndex': false,"
                    "'structure': {'user': 'text'}}");
    search(&b, groups);
    assert_string_equal(automatic(&b), "");
    bench_close(&b);
    open_events(&b, "{'name': 'E', 'maxRecords': null, 'indexes': ['user'],"
                    "'structure': {'user': 'text'}}");
    search(&b, groups);
    (void)bench_count(&b, "E", "{'filter': [[{'a':'user','o':'equal','b':'u3'}]]}");
    (void)bench_count(&b, "E", "{'filter': [[{'a':'user','o':'in','b':['u3','u4']}]]}");
    bench_commit(&b);
    assert_string_equal(automatic(&b), "");
    bench_close(&b);
}

static void a_process_that_only_reads_gets_them_at_its_end(void **state)
{
    static const char groups[] = "[[{'a':'user','o':'equal','b':'u3'}]]";
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_declare(&b, events);
    fill(&b, "E", 1200);
    en_segment *segment = NULL;
    en_query query = { .filter = bench_filter(&b, bench_json(&b, groups)), .limit = UINT64_MAX };
    en_found found;
    assert_true(en_segment_enter(b.database, EN_SEGMENT_READ, &b.run, &segment, &b.error));
    assert_true(en_store_search(segment, EN_TEXT("E"), &query, &b.arena, &found, &b.error));
    assert_int_equal(found.count, 24);
    assert_true(en_segment_commit(segment, &b.error));
    bench_reopen(&b, &(en_database_options){ 0 });
    assert_string_equal(automatic(&b), "\"user\"");
    bench_reopen(&b, &(en_database_options){ .no_auto_index = true });
    search(&b, "[[{'a':'w','o':'equal','b':'x1'}]]");
    assert_string_equal(automatic(&b), "\"user\"");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_that_scans_gets_an_index_when_it_is_over),
        cmocka_unit_test(equal_fields_come_first_and_one_range_behind),
        cmocka_unit_test(fields_without_a_column_get_none),
        cmocka_unit_test(each_side_of_an_or_gets_one_or_none_does),
        cmocka_unit_test(four_are_enough),
        cmocka_unit_test(not_for_small_stores_nor_against_the_definition),
        cmocka_unit_test(a_process_that_only_reads_gets_them_at_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Definitions that change: fields that come, go and change, and records that do not fit. */
#include "stores.h"

#include <stdio.h>

static void open_with(bench *b, const char *schema)
{
    bench_open(b, true);
    bench_declare(b, schema);
}

static en_store_info describe(bench *b)
{
    en_store_info info = { 0 };
    bool found = false;
    assert_true(
        en_store_describe(bench_segment(b), EN_TEXT("S"), &b->arena, &info, &found, &b->error));
    assert_true(found);
    return info;
}

static void new_fields_come_out_of_extra_and_are_coerced(void **state)
{
    (void)state;
    bench b;
    open_with(&b, "{'name': 'S'}");
    assert_true(bench_add(&b, "S", "k", "{'n': '5', 'at': '2024-01-01', 'x': 1}", false));
    assert_true(bench_add(&b, "S", "l", "{'x': 2}", false));
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'n': 'number', 'at': 'date'}}");
    assert_true(bench_add(&b, "S", "m", "{'n': 7}", false));
    bench_commit(&b);
    assert_string_equal(bench_get(&b, "S", "k"),
                        "{\"n\":5,\"at\":{\"$date\":\"2024-01-01T00:00:00.000Z\"},\"x\":1,"
                        "\"id\":\"k\",\"recordId\":\"k\"}");
    assert_string_equal(bench_search(&b, "S", "{}"), "k l m");
    assert_string_equal(bench_search(&b, "S", "{'filter': [[{'a':'n','o':'greater','b':4}]]}"),
                        "k m");
    assert_int_equal(describe(&b).records, 3);
    bench_close(&b);
}

static void removed_fields_go_back_into_extra(void **state)
{
    (void)state;
    bench b;
    open_with(&b, "{'name': 'S', 'structure': {'n': 'number', 'at': 'date', 'l': 'array',"
                  "'big': 'number'}}");
    assert_true(bench_add(&b, "S", "k",
                          "{'n': 5, 'at': '2024-01-01', 'l': [1, 'a'], "
                          "'big': 18446744073709551615}",
                          false));
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'n': 'number'}}");
    assert_true(bench_add(&b, "S", "m", "{'n': 7}", false));
    assert_string_equal(bench_get(&b, "S", "k"),
                        "{\"n\":5,\"at\":\"2024-01-01T00:00:00.000Z\",\"l\":[1,\"a\"],"
                        "\"big\":18446744073709551615,\"id\":\"k\",\"recordId\":\"k\"}");
    bench_close(&b);
}

static void order_counters_and_uniqueness_survive(void **state)
{
    (void)state;
    bench b;
    open_with(&b, "{'name': 'S', 'structure': {'a': 'text'}}");
    assert_true(bench_add(&b, "S", "z", "{'a': 'x'}", false));
    assert_true(bench_add(&b, "S", "y", "{'a': 'y'}", false));
    assert_true(bench_add(&b, "S", "x", "{'a': 'z'}", false));
    assert_int_equal(bench_delete(&b, "S", "y"), 1);
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'text', 'b': 'number'}, "
                      "'unique': [['a', 'b']], 'indexes': ['b']}");
    assert_true(bench_update(&b, "S", "z", "{'b': 1}", false));
    assert_string_equal(bench_search(&b, "S", "{}"), "z x");
    assert_int_equal(describe(&b).records, 2);
    assert_int_equal(describe(&b).bytes, (1 + 5 + 3 + 5 + 8) + (1 + 5 + 3));
    assert_true(bench_add(&b, "S", "w", "{'a': 'x', 'b': 2}", false));
    bench_refused(&b, bench_add(&b, "S", "v", "{'a': 'x', 'b': 1}", false), "DuplicateDataError",
                  "a", "a record with a \"x\" and b \"1\" exists in data store \"S\"");
    bench_close(&b);
}

static void what_does_not_fit_is_listed_and_nothing_happens(void **state)
{
    static const struct {
        const char *schema, *message;
    } cases[] = {
        { "{'name': 'S', 'structure': {'a': 'number', 'b': 'text'}}",
          "1 records of data store \"S\" do not fit its definition; record \"k2\", a: expected "
          "a number but got text \"two\"" },
        { "{'name': 'S', 'structure': {'a': 'text', 'b': {'type': 'text', 'required': true}}}",
          "2 records of data store \"S\" do not fit its definition; record \"k1\", b: field \"b\" "
          "of data store \"S\" is required; record \"k3\", b: field \"b\" of data store \"S\" is "
          "required" },
        { "{'name': 'S', 'structure': {'a': 'text', 'b': 'text'}, 'unique': [['a']]}",
          "1 records of data store \"S\" do not fit its definition; record \"k3\": its unique "
          "values are another record's" },
        { "{'name': 'S', 'strict': true, 'structure': {'a': 'text'}}",
          "1 records of data store \"S\" do not fit its definition; record \"k2\", b: data store "
          "\"S\" has no field \"b\"" },
    };
    (void)state;
    bench b;
    open_with(&b, "{'name': 'S', 'structure': {'a': 'text', 'b': 'text'}}");
    assert_true(bench_add(&b, "S", "k1", "{'a': '1'}", false));
    assert_true(bench_add(&b, "S", "k2", "{'a': 'two', 'b': 'x'}", false));
    assert_true(bench_add(&b, "S", "k3", "{'a': '1'}", false));
    bench_commit(&b);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench_declare(&b, cases[i].schema);
        bench_refused(&b, bench_add(&b, "S", "l", "{'a': '7'}", false), "InvalidConfigurationError",
                      "", cases[i].message);
        bench_rollback(&b);
    }
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'text', 'b': 'text'}}");
    assert_string_equal(bench_search(&b, "S", "{'filter': [[{'a':'a','o':'equal','b':1}]]}"),
                        "k1 k3");
    bench_close(&b);
}

static void defaults_fill_what_has_become_required(void **state)
{
    (void)state;
    bench b;
    open_with(&b, "{'name': 'S', 'structure': {'a': 'text'}}");
    assert_true(bench_add(&b, "S", "k", "{'a': 'x'}", false));
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'text',"
                      "'n': {'type': 'number', 'required': true, 'default': 3},"
                      "'m': {'type': 'number', 'default': 4}}}");
    assert_true(bench_update(&b, "S", "k", "{'a': 'y'}", false));
    assert_string_equal(bench_get(&b, "S", "k"),
                        "{\"a\":\"y\",\"n\":3,\"id\":\"k\",\"recordId\":\"k\"}");
    bench_close(&b);
}

static void the_key_field_stays_while_there_are_records(void **state)
{
    (void)state;
    bench b;
    open_with(&b, "{'name': 'S', 'structure': {'a': {'type': 'text', 'unique': true},"
                  "'b': 'text'}}");
    assert_true(bench_add(&b, "S", "", "{'a': 'k'}", false));
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'text',"
                      "'b': {'type': 'text', 'unique': true}}}");
    bench_refused(&b, bench_add(&b, "S", "", "{'b': 'l'}", false), "InvalidConfigurationError", "",
                  "data store \"S\" holds records, whose keys never change: its key is field "
                  "\"a\", its definition says \"b\"");
    bench_declare(&b, "{'name': 'S'}");
    bench_refused(&b, bench_add(&b, "S", "", "{'b': 'l'}", false), "InvalidConfigurationError", "",
                  "data store \"S\" holds records, whose keys never change: its key is field "
                  "\"a\", its definition has no unique field");
    assert_true(en_store_drop(bench_segment(&b), EN_TEXT("S"), &b.error));
    assert_true(bench_add(&b, "S", "", "{'b': 'l'}", false));
    bench_close(&b);
}

static void reading_does_not_migrate(void **state)
{
    (void)state;
    bench b;
    en_segment *segment = NULL;
    open_with(&b, "{'name': 'S', 'structure': {'a': 'text'}}");
    assert_true(bench_add(&b, "S", "k", "{'a': '5'}", false));
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'number'}}");
    assert_true(en_segment_enter(b.database, EN_SEGMENT_READ, &b.run, &segment, &b.error));
    assert_true(en_store_get(segment, EN_TEXT("S"), EN_TEXT("k"), &b.arena, &b.record, &b.error));
    assert_true(en_is(en_collection_find(b.record.value, EN_TEXT("a")), EN_TEXT_VALUE));
    en_segment_rollback(segment);
    assert_true(bench_update(&b, "S", "k", "{'c': 1}", false));
    assert_string_equal(bench_get(&b, "S", "k"),
                        "{\"a\":5,\"c\":1,\"id\":\"k\",\"recordId\":\"k\"}");
    bench_close(&b);
}

static void a_migration_is_undone_with_its_segment(void **state)
{
    (void)state;
    bench b;
    open_with(&b, "{'name': 'S', 'structure': {'a': 'text'}}");
    assert_true(bench_add(&b, "S", "k", "{'a': '5'}", false));
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'number'}}");
    assert_true(bench_update(&b, "S", "k", "{'a': 6}", false));
    bench_rollback(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'text'}}");
    assert_string_equal(bench_get(&b, "S", "k"), "{\"a\":\"5\",\"id\":\"k\",\"recordId\":\"k\"}");
    bench_close(&b);
}

static void a_definition_changed_by_another_process_is_noticed(void **state)
{
    (void)state;
    bench b;
    bench other;
    open_with(&b, "{'name': 'S', 'structure': {'a': 'text'}}");
    assert_true(bench_add(&b, "S", "k", "{'a': '5'}", false));
    bench_commit(&b);
    bench_open(&other, false);
    snprintf(other.path, sizeof other.path, "%s", b.path);
    bench_reopen(&other, &(en_database_options){ 0 });
    bench_declare(&other, "{'name': 'S', 'structure': {'a': 'number'}}");
    assert_true(bench_update(&other, "S", "k", "{'a': 6}", false));
    bench_commit(&other);
    bench_refused(&b, bench_update(&b, "S", "k", "{'a': '7'}", false), "InvalidConfigurationError",
                  "", "the definition of data store \"S\" was changed while this was running");
    bench_rollback(&b);
    bench_declare(&other, "{'name': 'S', 'maxRecords': 5, 'structure': {'a': 'number'}}");
    assert_true(bench_update(&other, "S", "k", "{'a': 8}", false));
    bench_commit(&other);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'number'}}");
    assert_true(bench_update(&b, "S", "k", "{'a': 9}", false));
    bench_close(&b);
    bench_close(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_fields_come_out_of_extra_and_are_coerced),
        cmocka_unit_test(removed_fields_go_back_into_extra),
        cmocka_unit_test(order_counters_and_uniqueness_survive),
        cmocka_unit_test(what_does_not_fit_is_listed_and_nothing_happens),
        cmocka_unit_test(defaults_fill_what_has_become_required),
        cmocka_unit_test(the_key_field_stays_while_there_are_records),
        cmocka_unit_test(reading_does_not_migrate),
        cmocka_unit_test(a_migration_is_undone_with_its_segment),
        cmocka_unit_test(a_definition_changed_by_another_process_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

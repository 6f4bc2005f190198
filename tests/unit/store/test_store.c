/* The rules of data stores, for every backend that holds records: each test runs on each bench. */
#include "stores.h"

#include "value/json.h"

#include <math.h>
#include <stdio.h>

static const char customers[] = "{'name': 'Customers', 'structure': {"
                                "'email': {'type': 'email', 'required': true, 'unique': true},"
                                "'name': {'type': 'text'},"
                                "'count': {'type': 'number', 'default': 0},"
                                "'active': {'type': 'boolean', 'default': true},"
                                "'since': {'type': 'date'},"
                                "'site': {'type': 'url'},"
                                "'tags': {'type': 'array'},"
                                "'address': {'type': 'collection'},"
                                "'photo': {'type': 'buffer'}}}";

static void open_customers(bench *b, void **state)
{
    bench_open(b, *(const bool *)*state);
    bench_declare(b, customers);
}

static en_store_info describe(bench *b, const char *store)
{
    en_store_info info = { 0 };
    bool found = false;
    assert_true(en_store_describe(bench_segment(b), en_text_from(store), &b->arena, &info, &found,
                                  &b->error));
    assert_true(found);
    return info;
}

/* --- keys --- */

static void the_first_unique_field_is_the_key(void **state)
{
    bench b;
    open_customers(&b, state);
    assert_true(bench_add(&b, "Customers", "", "{'email': 'a@b.cd', 'name': 'Ann'}", false));
    assert_true(b.record.created);
    assert_text(b.record.key, "a@b.cd");
    assert_string_equal(bench_get(&b, "Customers", "a@b.cd"),
                        "{\"email\":\"a@b.cd\",\"name\":\"Ann\",\"count\":0,\"active\":true,"
                        "\"id\":\"a@b.cd\",\"recordId\":\"a@b.cd\"}");
    bench_close(&b);
}

static void a_given_key_comes_before_everything(void **state)
{
    bench b;
    open_customers(&b, state);
    assert_true(bench_add(&b, "Customers", "k1", "{'email': 'a@b.cd', 'id': 7}", false));
    assert_text(b.record.key, "k1");
    assert_string_equal(bench_get(&b, "Customers", "a@b.cd"), "null");
    bench_close(&b);
}

static void without_unique_field_the_id_of_the_data_is_the_key(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    assert_true(bench_add(&b, "Things", "", "{'id': 12.50, 'a': 1}", false));
    assert_text(b.record.key, "12.5");
    assert_true(bench_add(&b, "Things", "", "{'id': 9007199254740993}", false));
    assert_text(b.record.key, "9007199254740993");
    assert_true(bench_add(&b, "Things", "", "{'id': 1e21}", false));
    assert_text(b.record.key, "1e+21");
    assert_string_equal(bench_get(&b, "Things", "12.5"),
                        "{\"id\":12.5,\"a\":1,\"recordId\":\"12.5\"}");
    bench_close(&b);
}

static void without_anything_a_key_is_generated_even_with_overwrite(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    assert_true(bench_add(&b, "Log", "", "{'a': 1}", true));
    en_text first = b.record.key;
    assert_int_equal(first.length, EN_UNIQUE_ID_LENGTH);
    assert_true(bench_add(&b, "Log", "", "{'a': 1, 'id': ''}", true));
    assert_true(b.record.created);
    assert_true(en_text_compare(first, b.record.key) < 0);
    assert_int_equal(bench_count(&b, "Log", "{}"), 2);
    bench_close(&b);
}

static void a_collection_cannot_be_a_key(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    bench_refused(&b, bench_add(&b, "T", "", "{'id': {'a': 1}}", false), "BundleValidationError",
                  "id", "the key of a record must be a text or a number, not collection");
    bench_close(&b);
}

static void the_key_never_changes(void **state)
{
    bench b;
    open_customers(&b, state);
    assert_true(bench_add(&b, "Customers", "", "{'email': 'a@b.cd'}", false));
    bench_refused(&b, bench_update(&b, "Customers", "a@b.cd", "{'email': 'x@b.cd'}", false),
                  "DataError", "email", "the key of a record never changes: \"a@b.cd\" is the key");
    assert_true(bench_update(&b, "Customers", "a@b.cd", "{'email': 'a@b.cd', 'name': 'N'}", false));
    assert_true(bench_add(&b, "Customers", "given", "{'email': 'g@b.cd'}", false));
    assert_true(bench_update(&b, "Customers", "given", "{'email': 'h@b.cd'}", false));
    assert_true(bench_add(&b, "T", "", "{'id': 5}", false));
    bench_refused(&b, bench_update(&b, "T", "5", "{'id': 6}", false), "DataError", "id",
                  "the key of a record never changes: \"5\" is the key");
    assert_true(bench_update(&b, "T", "5", "{'id': '5'}", false));
    bench_close(&b);
}

/* --- duplicates --- */

static void a_key_that_exists_is_a_duplicate(void **state)
{
    bench b;
    open_customers(&b, state);
    assert_true(bench_add(&b, "Customers", "x", "{'email': 'a@b.cd'}", false));
    bench_refused(&b, bench_add(&b, "Customers", "x", "{'email': 'b@b.cd'}", false),
                  "DuplicateDataError", "",
                  "a record with key \"x\" exists in data store \"Customers\"");
    assert_int_equal(en_error_status(&b.error), 409);
    assert_int_equal(describe(&b, "Customers").records, 1);
    bench_close(&b);
}

static void a_unique_value_that_exists_is_a_duplicate_also_with_overwrite(void **state)
{
    bench b;
    open_customers(&b, state);
    assert_true(bench_add(&b, "Customers", "x", "{'email': 'a@b.cd', 'name': 'A'}", false));
    bench_refused(&b, bench_add(&b, "Customers", "y", "{'email': 'a@b.cd'}", true),
                  "DuplicateDataError", "email",
                  "a record with email \"a@b.cd\" exists in data store \"Customers\"");
    assert_true(bench_add(&b, "Customers", "y", "{'email': 'b@b.cd'}", false));
    bench_refused(&b, bench_update(&b, "Customers", "y", "{'email': 'a@b.cd'}", false),
                  "DuplicateDataError", "email",
                  "a record with email \"a@b.cd\" exists in data store \"Customers\"");
    assert_string_equal(
        bench_search(&b, "Customers", "{'filter': [[{'a':'name','o':'equal','b':'A'}]]}"), "x");
    assert_string_equal(
        bench_search(&b, "Customers", "{'filter': [[{'a':'email','o':'equal','b':'b@b.cd'}]]}"),
        "y");
    bench_close(&b);
}

static void lists_of_fields_are_unique_together(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    bench_declare(&b, "{'name': 'Seats', 'structure': {'row': 'number', 'seat': 'text'},"
                      "'unique': [['row', 'seat']]}");
    assert_true(bench_add(&b, "Seats", "", "{'row': 1, 'seat': 'a'}", false));
    assert_true(bench_add(&b, "Seats", "", "{'row': 1, 'seat': 'b'}", false));
    assert_true(bench_add(&b, "Seats", "", "{'row': 1}", false));
    assert_true(bench_add(&b, "Seats", "", "{'row': 1}", false));
    bench_refused(&b, bench_add(&b, "Seats", "", "{'row': 1.0, 'seat': 'a'}", false),
                  "DuplicateDataError", "row",
                  "a record with row \"1\" and seat \"a\" exists in data store \"Seats\"");
    bench_close(&b);
}

static void overwrite_replaces_all_fields_and_keeps_the_place(void **state)
{
    bench b;
    open_customers(&b, state);
    assert_true(bench_add(&b, "Customers", "", "{'email': 'a@b.cd', 'name': 'A', 'x': 1}", false));
    assert_true(bench_add(&b, "Customers", "", "{'email': 'b@b.cd'}", false));
    assert_true(bench_add(&b, "Customers", "", "{'email': 'a@b.cd', 'count': 5}", true));
    assert_false(b.record.created);
    assert_string_equal(bench_search(&b, "Customers", "{}"), "a@b.cd b@b.cd");
    assert_string_equal(bench_get(&b, "Customers", "a@b.cd"),
                        "{\"email\":\"a@b.cd\",\"count\":5,\"active\":true,"
                        "\"id\":\"a@b.cd\",\"recordId\":\"a@b.cd\"}");
    assert_int_equal(describe(&b, "Customers").records, 2);
    bench_close(&b);
}

/* --- types --- */

static void values_are_coerced_to_their_fields_and_come_back_in_their_types(void **state)
{
    bench b;
    open_customers(&b, state);
    assert_true(
        bench_add(&b, "Customers", "",
                  "{'email': 'a@b.cd', 'name': 5, 'count': ' 12.5 ', 'active': false,"
                  "'since': '2024-02-29T10:00:00Z', 'site': 'https://example.com/x?y',"
                  "'tags': [1, 'two', {'three': null}], 'address': {'zip': 9007199254740993},"
                  "'photo': {'$buffer': 'AAEC/w=='}}",
                  false));
    static const char expected[] =
        "{\"email\":\"a@b.cd\",\"name\":\"5\",\"count\":12.5,\"active\":false,"
        "\"since\":{\"$date\":\"2024-02-29T10:00:00.000Z\"},\"site\":\"https://example.com/x?y\","
        "\"tags\":[1,\"two\",{\"three\":null}],\"address\":{\"zip\":9007199254740993},"
        "\"photo\":{\"$buffer\":\"AAEC/w==\"},\"id\":\"a@b.cd\",\"recordId\":\"a@b.cd\"}";
    assert_text(en_json_text(&b.arena, b.record.value, EN_JSON_TYPED), expected);
    bench_commit(&b);
    assert_string_equal(bench_get(&b, "Customers", "a@b.cd"), expected);
    bench_close(&b);
}

static void what_does_not_fit_its_field_is_refused(void **state)
{
    static const struct {
        const char *data, *path, *message;
    } cases[] = {
        { "{'email': 'nobody'}", "email", "expected an e-mail address but got text \"nobody\"" },
        { "{'email': 'a@b.cd', 'count': 'many'}", "count",
          "expected a number but got text \"many\"" },
        { "{'email': 'a@b.cd', 'since': 'yesterday'}", "since",
          "expected a date but got text \"yesterday\"" },
        { "{'email': 'a@b.cd', 'site': 'ftp//x'}", "site",
          "expected an http or https URL but got text \"ftp//x\"" },
        { "{'email': 'a@b.cd', 'address': 'street'}", "address",
          "expected a collection but got text \"street\"" },
        { "{'name': 'A'}", "email", "field \"email\" of data store \"Customers\" is required" },
        { "{'email': null}", "email", "field \"email\" of data store \"Customers\" is required" },
    };
    bench b;
    open_customers(&b, state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bench_refused(&b, bench_add(&b, "Customers", "", cases[i].data, false),
                      "BundleValidationError", cases[i].path, cases[i].message);
    }
    bench_refused(&b, bench_add(&b, "Customers", "", "[1]", false), "BundleValidationError", "data",
                  "expected a record (a collection) but got array");
    assert_int_equal(bench_count(&b, "Customers", "{}"), 0);
    bench_close(&b);
}

static void undeclared_fields_are_kept_as_json(void **state)
{
    bench b;
    open_customers(&b, state);
    assert_true(bench_add(&b, "Customers", "",
                          "{'email': 'a@b.cd', 'big': 18446744073709551615, 'no': null,"
                          "'at': {'$date': '2024-01-01T00:00:00.000Z'}, 'deep': {'x': [true]}}",
                          false));
    static const char expected[] =
        "{\"email\":\"a@b.cd\",\"count\":0,\"active\":true,\"big\":18446744073709551615,"
        "\"no\":null,\"at\":\"2024-01-01T00:00:00.000Z\",\"deep\":{\"x\":[true]},"
        "\"id\":\"a@b.cd\",\"recordId\":\"a@b.cd\"}";
    assert_text(en_json_text(&b.arena, b.record.value, EN_JSON_TYPED), expected);
    assert_string_equal(bench_get(&b, "Customers", "a@b.cd"), expected);
    bench_close(&b);
}

static void integers_of_64_bits_stay_exact_in_number_fields(void **state)
{
    static const char *const numbers[] = { "9223372036854775807",
                                           "-9223372036854775808",
                                           "9007199254740993",
                                           "18446744073709551615",
                                           "9223372036854775808",
                                           "1e+300",
                                           "0.1",
                                           "-0.5",
                                           "1000000000000000000" };
    bench b;
    bench_open(&b, *(const bool *)*state);
    bench_declare(&b, "{'name': 'N', 'structure': {'n': 'number'}}");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char data[64];
        char expected[96];
        snprintf(data, sizeof data, "{'n': %s}", numbers[i]);
        snprintf(expected, sizeof expected, "{\"n\":%s,\"id\":\"k\",\"recordId\":\"k\"}",
                 numbers[i]);
        assert_true(bench_add(&b, "N", "k", data, true));
        assert_string_equal(bench_get(&b, "N", "k"), expected);
        assert_true(bench_update(&b, "N", "k", "{'other': 1}", false));
        assert_true(bench_update(&b, "N", "k", "{'other': null}", false));
    }
    bench_close(&b);
}

static void nan_and_infinity_are_refused(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    bench_declare(&b, "{'name': 'N', 'structure': {'n': 'number', 'list': 'array'}}");
    double bad[] = { (double)NAN, (double)INFINITY, -(double)INFINITY };
    static const char *const fields[] = { "n", "list", "undeclared" };
    for (size_t i = 0; i < 9; i++) {
        en_collection_builder data;
        en_collection_builder_init(&data, &b.arena);
        en_collection_builder_add(&data, en_text_from(fields[i / 3]), en_number(bad[i % 3]));
        bool done =
            en_store_add(bench_segment(&b), EN_TEXT("N"), EN_TEXT(""),
                         en_collection_builder_take(&data), false, &b.arena, NULL, &b.error);
        bench_refused(&b, done, "DataError", fields[i / 3],
                      "a data store cannot hold NaN or infinity");
    }
    assert_int_equal(bench_count(&b, "N", "{}"), 0);
    bench_close(&b);
}

static void a_strict_store_refuses_undeclared_fields(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    bench_declare(&b, "{'name': 'S', 'strict': true, 'structure': {'amount': 'number'}}");
    bench_refused(&b, bench_add(&b, "S", "k", "{'amuont': 1}", false), "BundleValidationError",
                  "amuont", "data store \"S\" has no field \"amuont\"");
    assert_string_equal(b.error.hint, "did you mean \"amount\"?");
    assert_true(bench_add(&b, "S", "", "{'amount': 1, 'id': 'k'}", false));
    assert_text(b.record.key, "k");
    assert_true(en_store_update(bench_segment(&b), EN_TEXT("S"), EN_TEXT("k"), b.record.value,
                                false, &b.arena, NULL, &b.error));
    bench_refused(&b, bench_update(&b, "S", "k", "{'id': 'other'}", false), "BundleValidationError",
                  "id", "data store \"S\" has no field \"id\"");
    bench_close(&b);
}

/* --- updating --- */

static void an_update_merges_top_level_fields(void **state)
{
    bench b;
    open_customers(&b, state);
    assert_true(bench_add(
        &b, "Customers", "",
        "{'email': 'a@b.cd', 'name': 'A', 'address': {'a': 1, 'b': 2}, 'x': 1, 'y': 2}", false));
    assert_true(bench_update(&b, "Customers", "a@b.cd",
                             "{'count': 3, 'name': null, 'address': {'c': 3}, 'y': 3}", false));
    assert_false(b.record.created);
    static const char expected[] =
        "{\"email\":\"a@b.cd\",\"count\":3,\"active\":true,\"address\":{\"c\":3},\"x\":1,\"y\":3,"
        "\"id\":\"a@b.cd\",\"recordId\":\"a@b.cd\"}";
    assert_text(en_json_text(&b.arena, b.record.value, EN_JSON_TYPED), expected);
    assert_string_equal(bench_get(&b, "Customers", "a@b.cd"), expected);
    bench_refused(&b, bench_update(&b, "Customers", "a@b.cd", "{'email': null}", false),
                  "DataError", "email", "the key of a record never changes: \"a@b.cd\" is the key");
    bench_close(&b);
}

static void an_update_fills_no_defaults_and_keeps_required_fields(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    bench_declare(&b, "{'name': 'D', 'structure': {'a': {'type': 'number', 'default': 1},"
                      "'b': {'type': 'text', 'required': true}}}");
    assert_true(bench_add(&b, "D", "k", "{'b': 'x'}", false));
    assert_true(bench_update(&b, "D", "k", "{'a': null}", false));
    assert_string_equal(bench_get(&b, "D", "k"), "{\"b\":\"x\",\"id\":\"k\",\"recordId\":\"k\"}");
    bench_refused(&b, bench_update(&b, "D", "k", "{'b': null}", false), "BundleValidationError",
                  "b", "field \"b\" of data store \"D\" is required");
    assert_string_equal(bench_get(&b, "D", "k"), "{\"b\":\"x\",\"id\":\"k\",\"recordId\":\"k\"}");
    bench_close(&b);
}

static void updating_what_is_not_there_says_so(void **state)
{
    bench b;
    open_customers(&b, state);
    bench_refused(&b, bench_update(&b, "Customers", "no", "{'name': 'A'}", false), "DataError", "",
                  "record \"no\" not found in data store \"Customers\"");
    assert_int_equal(en_error_status(&b.error), 404);
    bench_refused(&b, bench_update(&b, "Customers", "", "{'name': 'A'}", false), "DataError", "",
                  "record not found in data store \"Customers\": the key is empty");
    assert_int_equal(en_error_status(&b.error), 404);
    assert_string_equal(bench_get(&b, "Customers", ""), "null");
    assert_int_equal(bench_delete(&b, "Customers", ""), 0);
    assert_int_equal(bench_delete(&b, "Customers", "no"), 0);
    assert_true(bench_update(&b, "Customers", "no", "{'email': 'a@b.cd'}", true));
    assert_true(b.record.created);
    assert_string_equal(bench_get(&b, "Customers", "no"),
                        "{\"email\":\"a@b.cd\",\"count\":0,\"active\":true,\"id\":\"no\","
                        "\"recordId\":\"no\"}");
    assert_true(bench_update(&b, "Customers", "no", "{'count': 2}", true));
    assert_false(b.record.created);
    bench_close(&b);
}

static void a_store_is_made_by_the_first_record_and_not_by_looking(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    en_store_info info;
    bool found = true;
    assert_string_equal(bench_get(&b, "New", "k"), "null");
    assert_string_equal(bench_search(&b, "New", "{}"), "");
    assert_int_equal(bench_delete(&b, "New", "k"), 0);
    assert_false(bench_update(&b, "New", "k", "{'a': 1}", false));
    assert_true(
        en_store_describe(bench_segment(&b), EN_TEXT("New"), &b.arena, &info, &found, &b.error));
    assert_false(found);
    assert_true(bench_add(&b, "New", "k", "{'a': 1}", false));
    assert_int_equal(describe(&b, "New").records, 1);
    assert_int_equal(describe(&b, "New").max_records, EN_DEFAULT_MAX_RECORDS);
    bench_close(&b);
}

static void clear_empties_one_store(void **state)
{
    bench b;
    uint64_t deleted = 0;
    bench_open(&b, *(const bool *)*state);
    assert_true(bench_add(&b, "A", "1", "{'a': 1}", false));
    assert_true(bench_add(&b, "A", "2", "{'a': 1}", false));
    assert_true(bench_add(&b, "B", "1", "{'a': 1}", false));
    assert_true(en_store_clear(bench_segment(&b), EN_TEXT("A"), &deleted, &b.error));
    assert_int_equal(deleted, 2);
    assert_int_equal(describe(&b, "A").records, 0);
    assert_int_equal(describe(&b, "A").bytes, 0);
    assert_int_equal(describe(&b, "B").records, 1);
    assert_true(en_store_clear(bench_segment(&b), EN_TEXT("none"), &deleted, &b.error));
    assert_int_equal(deleted, 0);
    bench_close(&b);
}

/* --- increment, compare and set --- */

static bool increment(bench *b, const char *key, const char *field, const char *by, bool upsert,
                      en_value *value)
{
    return en_store_increment(bench_segment(b), EN_TEXT("C"), en_text_from(key),
                              en_text_from(field), bench_json(b, by), upsert, &b->arena, value,
                              &b->error);
}

static void increment_counts_declared_and_undeclared_fields(void **state)
{
    bench b;
    en_value value;
    bench_open(&b, *(const bool *)*state);
    bench_declare(&b, "{'name': 'C', 'structure': {'n': {'type': 'number', 'default': 10},"
                      "'t': 'text', 'l': 'array'}}");
    assert_true(increment(&b, "k", "n", "5", true, &value));
    assert_int_equal((int)value.as.number, 15);
    assert_true(increment(&b, "k", "n", "'-0.5'", false, &value));
    assert_true(value.as.number == 14.5);
    assert_true(increment(&b, "k", "free", "1", false, &value));
    assert_true(increment(&b, "k", "free", "2", false, &value));
    assert_true(increment(&b, "k", "t", "2", false, &value));
    assert_string_equal(bench_get(&b, "C", "k"), "{\"n\":14.5,\"t\":\"2\",\"free\":3,\"id\":\"k\","
                                                 "\"recordId\":\"k\"}");
    bench_refused(&b, increment(&b, "none", "n", "1", false, &value), "DataError", "",
                  "record \"none\" not found in data store \"C\"");
    assert_true(bench_update(&b, "C", "k", "{'t': 'abc'}", false));
    bench_refused(&b, increment(&b, "k", "t", "1", false, &value), "DataError", "t",
                  "field \"t\" cannot be counted up: expected a number but got text \"abc\"");
    bench_refused(&b, increment(&b, "k", "n", "'x'", false, &value), "DataError", "n",
                  "field \"n\" cannot be counted up: expected a number but got text \"x\"");
    bench_close(&b);
}

static bool swap(bench *b, const char *key, const char *expected, const char *data, bool upsert,
                 bool *swapped)
{
    return en_store_compare_and_set(bench_segment(b), EN_TEXT("C"), en_text_from(key),
                                    bench_json(b, expected), bench_json(b, data), upsert, &b->arena,
                                    swapped, &b->record, &b->error);
}

static void compare_and_set_writes_only_what_was_expected(void **state)
{
    bench b;
    bool swapped = true;
    bench_open(&b, *(const bool *)*state);
    bench_declare(&b, "{'name': 'C', 'structure': {'n': 'number', 'at': 'date'}}");
    assert_true(swap(&b, "k", "{'n': 1}", "{'n': 2}", false, &swapped));
    assert_false(swapped);
    assert_false(b.record.found);
    assert_true(swap(&b, "k", "null", "{'n': 1, 'at': '2024-01-01', 'x': [1]}", false, &swapped));
    assert_true(swapped);
    assert_true(b.record.created);
    assert_true(swap(&b, "k", "null", "{'n': 9}", false, &swapped));
    assert_false(swapped);
    assert_true(swap(&b, "k", "{'n': 2}", "{'n': 9}", false, &swapped));
    assert_false(swapped);
    assert_true(b.record.found);
    assert_true(swap(&b, "k", "{'n': '1', 'at': '2024-01-01T00:00:00Z', 'x': [1], 'none': null}",
                     "{'n': 2}", false, &swapped));
    assert_true(swapped);
    assert_true(swap(&b, "k", "{'x': null}", "{'n': 3}", false, &swapped));
    assert_false(swapped);
    assert_true(swap(&b, "new", "{'n': null}", "{'n': 3}", true, &swapped));
    assert_true(swapped);
    assert_true(swap(&b, "newer", "{'n': 1}", "{'n': 3}", true, &swapped));
    assert_false(swapped);
    assert_string_equal(bench_search(&b, "C", "{}"), "k new");
    bench_close(&b);
}

/* --- limits --- */

static void a_store_holds_no_more_records_than_its_limit(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    bench_declare(&b, "{'name': 'L', 'maxRecords': 2, 'sizeLimit': null}");
    assert_true(bench_add(&b, "L", "1", "{'a': 1}", false));
    assert_true(bench_add(&b, "L", "2", "{'a': 1}", false));
    bench_refused(&b, bench_add(&b, "L", "3", "{'a': 1}", false), "OutOfSpaceError", "",
                  "data store \"L\" is full: it holds 2 records, its limit (maxRecords)");
    assert_int_equal(en_error_status(&b.error), 507);
    assert_string_equal(b.error.hint, "raise \"maxRecords\" in its definition, or set it to null");
    assert_true(bench_add(&b, "L", "2", "{'a': 2}", true));
    assert_int_equal(bench_delete(&b, "L", "1"), 1);
    assert_true(bench_add(&b, "L", "3", "{'a': 1}", false));
    bench_close(&b);
}

static void a_store_holds_no_more_bytes_than_its_limit(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    /* key 1, name 1 + 4, text 10 + 2: 18 bytes a record */
    bench_declare(&b, "{'name': 'L', 'sizeLimit': 40, 'structure': {'t': 'text'}}");
    assert_true(bench_add(&b, "L", "1", "{'t': '0123456789'}", false));
    assert_int_equal(describe(&b, "L").bytes, 18);
    assert_true(bench_add(&b, "L", "2", "{'t': '0123456789'}", false));
    bench_refused(&b, bench_add(&b, "L", "3", "{'t': '0123456789'}", false), "OutOfSpaceError", "",
                  "data store \"L\" is full: it would hold 54 bytes, its limit (sizeLimit) is 40");
    bench_refused(&b, bench_update(&b, "L", "2", "{'t': '0123456789abcde'}", false),
                  "OutOfSpaceError", "",
                  "data store \"L\" is full: it would hold 41 bytes, its limit (sizeLimit) is 40");
    assert_true(bench_update(&b, "L", "2", "{'t': '0'}", false));
    assert_int_equal(describe(&b, "L").bytes, 27);
    assert_true(bench_add(&b, "L", "2", "{'t': '0123456789abcd'}", true));
    assert_int_equal(describe(&b, "L").bytes, 40);
    assert_int_equal(bench_delete(&b, "L", "2"), 1);
    assert_int_equal(describe(&b, "L").bytes, 18);
    bench_close(&b);
}

/* --- segments --- */

static void a_rollback_undoes_records_stores_and_counters(void **state)
{
    bench b;
    en_store_info info;
    bool found = true;
    open_customers(&b, state);
    assert_true(bench_add(&b, "Customers", "", "{'email': 'a@b.cd'}", false));
    bench_commit(&b);
    assert_true(bench_add(&b, "Customers", "", "{'email': 'b@b.cd'}", false));
    assert_true(bench_update(&b, "Customers", "a@b.cd", "{'count': 7}", false));
    assert_true(bench_add(&b, "Other", "", "{'a': 1}", false));
    assert_int_equal(describe(&b, "Customers").records, 2);
    bench_rollback(&b);
    assert_int_equal(describe(&b, "Customers").records, 1);
    assert_true(
        en_store_describe(bench_segment(&b), EN_TEXT("Other"), &b.arena, &info, &found, &b.error));
    assert_false(found);
    assert_string_equal(bench_get(&b, "Customers", "a@b.cd"),
                        "{\"email\":\"a@b.cd\",\"count\":0,\"active\":true,\"id\":\"a@b.cd\","
                        "\"recordId\":\"a@b.cd\"}");
    assert_true(bench_add(&b, "Other", "", "{'a': 1}", false));
    bench_commit(&b);
    assert_int_equal(describe(&b, "Other").records, 1);
    bench_close(&b);
}

static void an_error_leaves_the_store_as_it_was(void **state)
{
    bench b;
    open_customers(&b, state);
    assert_true(bench_add(&b, "Customers", "", "{'email': 'a@b.cd', 'name': 'A'}", false));
    assert_true(bench_add(&b, "Customers", "", "{'email': 'b@b.cd', 'name': 'B'}", false));
    en_store_info before = describe(&b, "Customers");
    assert_false(bench_add(&b, "Customers", "", "{'email': 'a@b.cd'}", false));
    assert_false(bench_add(&b, "Customers", "z", "{'email': 'a@b.cd'}", true));
    assert_false(bench_add(&b, "Customers", "b@b.cd", "{'email': 'a@b.cd'}", true));
    assert_false(bench_update(&b, "Customers", "b@b.cd", "{'count': 'x', 'name': 'C'}", false));
    assert_false(bench_update(&b, "Customers", "no", "{'name': 'C'}", false));
    en_store_info after = describe(&b, "Customers");
    assert_int_equal(after.records, before.records);
    assert_int_equal(after.bytes, before.bytes);
    assert_string_equal(
        bench_search(&b, "Customers", "{'filter': [[{'a':'name','o':'equal','b':'B'}]]}"),
        "b@b.cd");
    assert_string_equal(bench_search(&b, "Customers", "{}"), "a@b.cd b@b.cd");
    bench_close(&b);
}

static void a_reading_segment_cannot_write(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    assert_true(bench_add(&b, "T", "k", "{'a': 1}", false));
    bench_commit(&b);
    assert_true(en_segment_enter(b.database, EN_SEGMENT_READ, &b.run, &b.segment, &b.error));
    assert_string_equal(bench_search(&b, "T", "{}"), "k");
    bench_refused(&b, bench_add(&b, "T", "l", "{'a': 1}", false), "RuntimeError", "",
                  "a reading segment cannot write");
    bench_commit(&b);
    bench_close(&b);
}

static void an_interrupted_run_does_nothing_more(void **state)
{
    bench b;
    static volatile int interrupted;
    interrupted = 0;
    bench_open(&b, *(const bool *)*state);
    b.run.interrupted = &interrupted;
    assert_true(bench_add(&b, "T", "k", "{'a': 1}", false));
    interrupted = 1;
    bench_refused(&b, bench_add(&b, "T", "l", "{'a': 1}", false), "ExecutionInterruptedError", "",
                  "interrupted");
    bench_rollback(&b);
    interrupted = 0;
    assert_string_equal(bench_search(&b, "T", "{}"), "");
    bench_close(&b);
}

/* --- shapes, managing --- */

static void a_pair_has_key_and_data_apart(void **state)
{
    bench b;
    bench_open(&b, *(const bool *)*state);
    b.run.shape = EN_RECORD_PAIR;
    assert_true(bench_add(&b, "T", "k", "{'id': 'own', 'b': 2}", false));
    assert_string_equal(bench_get(&b, "T", "k"),
                        "{\"key\":\"k\",\"data\":{\"id\":\"own\",\"b\":2}}");
    bench_close(&b);
}

static void stores_are_listed_renamed_and_dropped(void **state)
{
    bench b;
    en_store_info *infos = NULL;
    size_t count = 0;
    open_customers(&b, state);
    assert_true(bench_add(&b, "Customers", "", "{'email': 'a@b.cd'}", false));
    assert_true(bench_add(&b, "Beta", "", "{'a': 1}", false));
    assert_true(en_store_list(bench_segment(&b), &b.arena, &infos, &count, &b.error));
    assert_int_equal(count, 2);
    assert_text(infos[0].name, "Beta");
    assert_text(infos[1].name, "Customers");
    assert_int_equal(infos[1].records, 1);
    assert_text(en_json_text(&b.arena, en_collection_find(infos[1].structure, EN_TEXT("name")), 0),
                "\"Customers\"");
    assert_true(en_store_rename(bench_segment(&b), EN_TEXT("Beta"), EN_TEXT("Gamma"), &b.error));
    assert_int_equal(describe(&b, "Gamma").records, 1);
    assert_string_equal(bench_get(&b, "Beta", "k"), "null");
    bench_refused(
        &b, en_store_rename(bench_segment(&b), EN_TEXT("Gamma"), EN_TEXT("Customers"), &b.error),
        "DuplicateDataError", "", "data store \"Customers\" exists");
    assert_true(en_store_drop(bench_segment(&b), EN_TEXT("Gamma"), &b.error));
    bench_refused(&b, en_store_drop(bench_segment(&b), EN_TEXT("Gamma"), &b.error), "DataError", "",
                  "no data store \"Gamma\"");
    assert_true(bench_add(&b, "Gamma", "", "{'a': 1}", false));
    assert_true(en_store_create(bench_segment(&b),
                                bench_schema(&b, "{'name': 'Delta', 'maxRecords': 5,"
                                                 "'structure': {'a': 'number'}}"),
                                &b.error));
    assert_int_equal(describe(&b, "Delta").max_records, 5);
    bench_refused(
        &b, en_store_create(bench_segment(&b), bench_schema(&b, "{'name': 'Delta'}"), &b.error),
        "DuplicateDataError", "", "data store \"Delta\" exists");
    bench_close(&b);
}

static const bool in_memory = false;
static const bool on_disk = true;

#define BOTH(test)                                                                                 \
    { #test " in memory", test, NULL, NULL, (void *)(uintptr_t)&in_memory },                       \
    {                                                                                              \
#test " on disk", test, NULL, NULL, (void *)(uintptr_t)&on_disk                            \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(the_first_unique_field_is_the_key),
        BOTH(a_given_key_comes_before_everything),
        BOTH(without_unique_field_the_id_of_the_data_is_the_key),
        BOTH(without_anything_a_key_is_generated_even_with_overwrite),
        BOTH(a_collection_cannot_be_a_key),
        BOTH(the_key_never_changes),
        BOTH(a_key_that_exists_is_a_duplicate),
        BOTH(a_unique_value_that_exists_is_a_duplicate_also_with_overwrite),
        BOTH(lists_of_fields_are_unique_together),
        BOTH(overwrite_replaces_all_fields_and_keeps_the_place),
        BOTH(values_are_coerced_to_their_fields_and_come_back_in_their_types),
        BOTH(what_does_not_fit_its_field_is_refused),
        BOTH(undeclared_fields_are_kept_as_json),
        BOTH(integers_of_64_bits_stay_exact_in_number_fields),
        BOTH(nan_and_infinity_are_refused),
        BOTH(a_strict_store_refuses_undeclared_fields),
        BOTH(an_update_merges_top_level_fields),
        BOTH(an_update_fills_no_defaults_and_keeps_required_fields),
        BOTH(updating_what_is_not_there_says_so),
        BOTH(a_store_is_made_by_the_first_record_and_not_by_looking),
        BOTH(clear_empties_one_store),
        BOTH(increment_counts_declared_and_undeclared_fields),
        BOTH(compare_and_set_writes_only_what_was_expected),
        BOTH(a_store_holds_no_more_records_than_its_limit),
        BOTH(a_store_holds_no_more_bytes_than_its_limit),
        BOTH(a_rollback_undoes_records_stores_and_counters),
        BOTH(an_error_leaves_the_store_as_it_was),
        BOTH(a_reading_segment_cannot_write),
        BOTH(an_interrupted_run_does_nothing_more),
        BOTH(a_pair_has_key_and_data_apart),
        BOTH(stores_are_listed_renamed_and_dropped),
    };
    return EN_RUN(tests);
}

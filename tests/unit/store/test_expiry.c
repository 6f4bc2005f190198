/* Records that expire: not found, in nobody's way, and swept by the clock only. */
#include "stores.h"

#include "base/clock.h"

#include <stdio.h>

enum { HOUR_MS = 3600 * 1000 };

static const char sessions[] =
    "{'name': 'Sessions', 'maxRecords': 3, 'ttl': 'expiresAt', 'structure': {"
    "'user': {'type': 'text', 'unique': true}, 'n': 'number', 'expiresAt': 'date'}}";
static const char cache[] = "{'name': 'Cache', 'ttl': 3600, 'maxRecords': null}";

static void later(bench *b, int64_t duration_ms)
{
    bench_commit(b);
    b->run.now_ms += duration_ms;
}

static void the_expired_are_not_found(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, cache);
    assert_true(bench_add(&b, "Cache", "k", "{'v': 1}", false));
    later(&b, HOUR_MS / 2);
    assert_true(bench_add(&b, "Cache", "l", "{'v': 1}", false));
    assert_string_equal(bench_search(&b, "Cache", "{'filter': [[{'a':'v','o':'equal','b':1}]]}"),
                        "k l");
    later(&b, HOUR_MS / 2);
    assert_string_equal(bench_get(&b, "Cache", "k"), "null");
    assert_string_equal(bench_search(&b, "Cache", "{}"), "l");
    assert_string_equal(bench_search(&b, "Cache",
                                     "{'filter': [[{'a':'v','o':'equal','b':1}],"
                                     "[{'a':'v','o':'equal','b':2}]]}"),
                        "l");
    assert_int_equal(bench_count(&b, "Cache", "{}"), 1);
    assert_int_equal(bench_delete(&b, "Cache", "k"), 0);
    bench_refused(&b, bench_update(&b, "Cache", "k", "{'v': 2}", false), "DataError", "",
                  "record \"k\" not found in data store \"Cache\"");
    bench_close(&b);
}

static void an_update_does_not_prolong_but_an_overwrite_does(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, cache);
    assert_true(bench_add(&b, "Cache", "k", "{'v': 1}", false));
    assert_true(bench_add(&b, "Cache", "l", "{'v': 1}", false));
    later(&b, HOUR_MS / 2);
    assert_true(bench_update(&b, "Cache", "k", "{'v': 2}", false));
    assert_true(bench_add(&b, "Cache", "l", "{'v': 2}", true));
    assert_false(b.record.created);
    later(&b, HOUR_MS / 2);
    assert_string_equal(bench_search(&b, "Cache", "{}"), "l");
    bench_close(&b);
}

static void a_date_field_says_when_and_can_be_moved(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, sessions);
    assert_true(
        bench_add(&b, "Sessions", "", "{'user': 'a', 'expiresAt': '2023-11-15T00:00Z'}", false));
    assert_true(bench_add(&b, "Sessions", "", "{'user': 'b'}", false));
    later(&b, 2 * HOUR_MS);
    assert_string_equal(bench_search(&b, "Sessions", "{}"), "b");
    assert_true(bench_update(&b, "Sessions", "b", "{'expiresAt': '2023-11-15T00:20Z'}", false));
    later(&b, HOUR_MS / 10);
    assert_true(bench_update(&b, "Sessions", "b", "{'expiresAt': '2024-01-01'}", false));
    assert_string_equal(bench_search(&b, "Sessions", "{}"), "b");
    assert_true(bench_update(&b, "Sessions", "b", "{'expiresAt': null}", false));
    later(&b, (int64_t)1000 * 24 * HOUR_MS);
    assert_string_equal(bench_search(&b, "Sessions", "{}"), "b");
    bench_close(&b);
}

static const char until_half_past[] = "{'user': 'a', 'expiresAt': '2023-11-14T22:30Z'}";

/* A store with the expired session k of user a. */
static void open_expired(bench *b)
{
    bench_open(b, false);
    bench_declare(b, sessions);
    assert_true(bench_add(b, "Sessions", "k", until_half_past, false));
    bench_refused(b, bench_add(b, "Sessions", "k", "{'user': 'b'}", false), "DuplicateDataError",
                  "", "a record with key \"k\" exists in data store \"Sessions\"");
    bench_refused(b, bench_add(b, "Sessions", "l", "{'user': 'a'}", false), "DuplicateDataError",
                  "user", "a record with user \"a\" exists in data store \"Sessions\"");
    later(b, HOUR_MS);
}

static void check_only(bench *b, const char *key)
{
    en_store_info info;
    bool found;
    assert_true(b->record.created);
    assert_string_equal(bench_search(b, "Sessions", "{}"), key);
    bench_commit(b);
    assert_true(en_store_describe(bench_segment(b), EN_TEXT("Sessions"), &b->arena, &info, &found,
                                  &b->error));
    assert_int_equal(info.records, 1);
    bench_close(b);
}

static void the_expired_block_neither_keys_nor_unique_values(void **state)
{
    (void)state;
    for (int overwrite = 0; overwrite < 2; overwrite++) {
        bench b;
        open_expired(&b);
        assert_true(bench_add(&b, "Sessions", "k", "{'user': 'b'}", overwrite));
        check_only(&b, "k");
        open_expired(&b);
        assert_true(bench_add(&b, "Sessions", "l", "{'user': 'a'}", overwrite));
        check_only(&b, "l");
    }
}

static void every_way_to_write_takes_the_place_of_the_expired(void **state)
{
    (void)state;
    bench b;
    en_value value;
    bool swapped = false;
    open_expired(&b);
    assert_true(bench_update(&b, "Sessions", "k", "{'user': 'b'}", true));
    check_only(&b, "k");
    open_expired(&b);
    assert_true(en_store_increment(bench_segment(&b), EN_TEXT("Sessions"), EN_TEXT("k"),
                                   EN_TEXT("n"), en_number(1), true, &b.arena, &value, &b.error));
    assert_true(en_value_equal(value, en_number(1)));
    b.record.created = true;
    check_only(&b, "k");
    open_expired(&b);
    assert_true(en_store_compare_and_set(bench_segment(&b), EN_TEXT("Sessions"), EN_TEXT("k"),
                                         en_null(), bench_json(&b, "{'user': 'a'}"), false,
                                         &b.arena, &swapped, &b.record, &b.error));
    assert_true(swapped);
    check_only(&b, "k");
    open_expired(&b);
    assert_true(bench_add(&b, "Sessions", "m", "{'n': 1}", false));
    assert_true(bench_update(&b, "Sessions", "m", "{'user': 'a'}", false));
    b.record.created = true;
    check_only(&b, "m");
}

static void a_full_store_sweeps_before_it_refuses(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, sessions);
    assert_true(
        bench_add(&b, "Sessions", "", "{'user': 'a', 'expiresAt': '2023-11-14T22:30Z'}", false));
    assert_true(bench_add(&b, "Sessions", "", "{'user': 'b'}", false));
    assert_true(bench_add(&b, "Sessions", "", "{'user': 'c'}", false));
    assert_false(bench_add(&b, "Sessions", "", "{'user': 'd'}", false));
    assert_string_equal(en_error_name(b.error.type), "OutOfSpaceError");
    later(&b, HOUR_MS);
    assert_true(bench_add(&b, "Sessions", "", "{'user': 'd'}", false));
    assert_false(bench_add(&b, "Sessions", "", "{'user': 'e'}", false));
    assert_string_equal(bench_search(&b, "Sessions", "{}"), "b c d");
    bench_close(&b);
}

static void another_time_never_sweeps(void **state)
{
    (void)state;
    bench b;
    en_clock clock;
    en_clock_init_real(&clock);
    bench_open(&b, false);
    b.run.now_ms = en_clock_now_ms(&clock);
    bench_declare(&b, cache);
    assert_true(bench_add(&b, "Cache", "k", "{'v': 1}", false));
    later(&b, (int64_t)70 * 366 * 24 * HOUR_MS);
    assert_true(bench_add(&b, "Cache", "l", "{'v': 1}", false));
    assert_string_equal(bench_search(&b, "Cache", "{}"), "l");
    bench_commit(&b);
    b.run.now_ms = en_clock_now_ms(&clock);
    assert_string_equal(bench_search(&b, "Cache", "{}"), "k l");
    bench_close(&b);
}

static void sweeping_happens_by_itself(void **state)
{
    (void)state;
    bench b;
    en_store_info info;
    bool found;
    bench_open(&b, true);
    bench_declare(&b, cache);
    assert_true(bench_add(&b, "Cache", "k", "{'v': 1}", false));
    later(&b, 2 * (int64_t)HOUR_MS);
    bench_reopen(&b, &(en_database_options){ 0 }); /* a new process looks at once */
    bench_declare(&b, cache);
    assert_true(bench_add(&b, "Cache", "l", "{'v': 1}", false));
    bench_commit(&b);
    assert_true(
        en_store_describe(bench_segment(&b), EN_TEXT("Cache"), &b.arena, &info, &found, &b.error));
    assert_int_equal(info.records, 1);
    bench_close(&b);
}

static void a_store_learns_to_expire(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, "{'name': 'S'}");
    assert_true(bench_add(&b, "S", "k", "{'at': '2023-11-14T22:30Z'}", false));
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'at': 'date'}, 'ttl': 'at'}");
    assert_true(bench_add(&b, "S", "l", "{}", false));
    assert_string_equal(bench_search(&b, "S", "{}"), "k l");
    later(&b, HOUR_MS);
    assert_string_equal(bench_search(&b, "S", "{}"), "l");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_expired_are_not_found),
        cmocka_unit_test(an_update_does_not_prolong_but_an_overwrite_does),
        cmocka_unit_test(a_date_field_says_when_and_can_be_moved),
        cmocka_unit_test(the_expired_block_neither_keys_nor_unique_values),
        cmocka_unit_test(every_way_to_write_takes_the_place_of_the_expired),
        cmocka_unit_test(a_full_store_sweeps_before_it_refuses),
        cmocka_unit_test(another_time_never_sweeps),
        cmocka_unit_test(sweeping_happens_by_itself),
        cmocka_unit_test(a_store_learns_to_expire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

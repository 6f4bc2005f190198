/* Runs are kept, listed and read, and pruned so that the file gets smaller. */
#include "store/history.h"
#include "stores.h"

#include <sys/stat.h>

static int64_t keep(bench *b, const char *scenario, const char *status, int64_t kept_ms,
                    en_text content)
{
    const en_kept_run run = { .scenario = en_text_from(scenario),
                              .file = EN_TEXT("a.json"),
                              .kept_ms = kept_ms,
                              .started_ms = 5,
                              .duration_us = 1500,
                              .status = en_text_from(status),
                              .operations = 3,
                              .error = EN_TEXT("DataError: no"),
                              .digest = en_text_from(scenario),
                              .program = EN_TEXT("{\"the\": \"program\"}"),
                              .report = EN_TEXT("report"),
                              .content = content };
    int64_t id = 0;
    assert_true(en_history_add(bench_segment(b), &run, &id, &b->error));
    return id;
}

static const char *list(bench *b, const char *scenario, const char *status, int64_t before,
                        uint64_t limit)
{
    const en_run_filter filter = { en_text_from(scenario), en_text_from(status), before, limit };
    en_kept_run *runs;
    size_t count;
    assert_true(en_history_list(bench_segment(b), &filter, &b->arena, &runs, &count, &b->error));
    en_builder out;
    en_builder_init(&out, &b->arena);
    for (size_t i = 0; i < count; i++) {
        en_builder_format(&out, "%s%lld %.*s %.*s", i != 0 ? ", " : "", (long long)runs[i].id,
                          EN_TEXT_ARG(runs[i].scenario), EN_TEXT_ARG(runs[i].status));
        assert_int_equal(runs[i].duration_us, 1500);
        assert_int_equal(runs[i].started_ms, 5);
        assert_int_equal(runs[i].operations, 3);
    }
    return en_text_terminate(&b->arena, en_builder_take(&out));
}

static void runs_are_listed_newest_first(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    assert_string_equal(list(&b, "", "", 0, 10), ""); /* before there are tables */
    keep(&b, "cache", "success", 1, EN_TEXT("c"));
    keep(&b, "limit", "error", 2, EN_TEXT(""));
    keep(&b, "cache", "error", 3, EN_TEXT("c"));
    assert_string_equal(list(&b, "", "", 0, 10), "3 cache error, 2 limit error, 1 cache success");
    assert_string_equal(list(&b, "", "", 3, 1), "2 limit error");
    assert_string_equal(list(&b, "cache", "", 0, 10), "3 cache error, 1 cache success");
    assert_string_equal(list(&b, "", "error", 0, 10), "3 cache error, 2 limit error");
    bench_close(&b);
}

static void a_run_is_read_whole(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    int64_t id = keep(&b, "cache", "success", 1, EN_TEXT("content"));
    en_kept_run run;
    assert_true(en_history_get(bench_segment(&b), id, &b.arena, &run, &b.error));
    assert_true(en_text_equal(run.program, EN_TEXT("{\"the\": \"program\"}")));
    assert_true(en_text_equal(run.report, EN_TEXT("report")));
    assert_true(en_text_equal(run.content, EN_TEXT("content")));
    assert_true(en_text_equal(run.error, EN_TEXT("DataError: no")));
    assert_true(run.has_content);
    bench_refused(&b, en_history_get(bench_segment(&b), 77, &b.arena, &run, &b.error), "DataError",
                  "", "there is no run 77 in the history");
    bench_close(&b);
}

static en_pruned prune(bench *b, en_retention retention, bool only_count)
{
    en_pruned pruned;
    assert_true(en_history_prune(bench_segment(b), &retention, only_count, &pruned, &b->error));
    return pruned;
}

static void the_oldest_runs_go(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    assert_int_equal(prune(&b, (en_retention){ .most_runs = 1 }, false).runs, 0);
    for (int i = 1; i <= 6; i++) {
        keep(&b, "s", "success", i * 1000, EN_TEXT("12345678"));
    }
    uint64_t each = prune(&b, (en_retention){ .most_runs = 5 }, true).bytes;
    assert_int_equal(prune(&b, (en_retention){ 0 }, false).runs, 0);
    assert_int_equal(prune(&b, (en_retention){ .most_runs = 5 }, false).runs, 1);
    assert_string_equal(list(&b, "", "", 4, 10), "3 s success, 2 s success");
    assert_int_equal(prune(&b, (en_retention){ .before_ms = 3000 }, false).runs, 1);
    en_pruned pruned = prune(&b, (en_retention){ .most_bytes = 2 * each }, false);
    assert_int_equal(pruned.runs, 2);
    assert_int_equal(pruned.left_runs, 2);
    assert_int_equal(pruned.left_bytes, 2 * each);
    assert_string_equal(list(&b, "", "", 0, 10), "6 s success, 5 s success");
    assert_int_equal(keep(&b, "s", "success", 1, EN_TEXT("")), 7);
    bench_close(&b);
}

static off_t file_bytes(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about.st_size;
}

static void pruning_gives_the_disk_back(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    en_builder much;
    en_builder_init(&much, &b.arena);
    for (int i = 0; i < 250000; i++) {
        en_builder_add_char(&much, (char)(i % 251));
    }
    en_text content = en_builder_take(&much);
    for (int i = 1; i <= 10; i++) {
        keep(&b, "s", "success", i, content);
    }
    bench_commit(&b);
    bench_reopen(&b, &(en_database_options){ 0 });
    assert_true(file_bytes(b.path) > 2000000);
    assert_int_equal(prune(&b, (en_retention){ .most_runs = 1 }, false).runs, 9);
    bench_commit(&b);
    bench_reopen(&b, &(en_database_options){ 0 });
    assert_true(file_bytes(b.path) < 600000);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_listed_newest_first),
        cmocka_unit_test(a_run_is_read_whole),
        cmocka_unit_test(the_oldest_runs_go),
        cmocka_unit_test(pruning_gives_the_disk_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

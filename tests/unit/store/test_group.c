/* Segments of many threads share commits, and nothing is told before the disk has it. */
#include "flow/run.h"
#include "scenario/load.h"
#include "store/sqlite.h"
#include "stores.h"

#include "value/json.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORKERS = 32, RUNS_EACH = 25, NOW_MS = 1700000000 };

static en_sqlite *inside(const bench *b)
{
    return (en_sqlite *)(void *)b->database;
}

/* --- whole runs --- */

typedef struct rig {
    en_world world;
    en_arena arena;
    const en_plan *plan;
    bench files; /* only its folder */
} rig;

typedef struct worker {
    rig *rig;
    int runs;
    int admitted;
    int refused;
    int failed;
    en_error error; /* the first of those that failed */
} worker;

static void set_up(rig *r, const char *scenario, const char *const *schemas)
{
    en_problems problems;
    bench_open(&r->files, true);
    en_database_close(r->files.database);
    r->files.database = NULL;
    en_problems_init(&problems, &r->arena);
    r->plan =
        en_scenario_load_text(&r->arena, EN_TEXT("f"), en_text_from(scenario), NULL, &problems);
    assert_non_null(r->plan);
    en_world_init(&r->world);
    r->world.database_options.path = r->files.path;
    size_t count = 0;
    const en_schema **made = en_arena_zero(&r->arena, 8 * sizeof *made);
    for (; schemas != NULL && schemas[count] != NULL; count++) {
        made[count] = bench_schema(&r->files, schemas[count]);
    }
    r->world.schemas = made;
    r->world.schema_count = count;
}

static void tear_down(rig *r)
{
    en_world_done(&r->world);
    en_arena_done(&r->arena);
    bench_close(&r->files);
}

static void *work(void *context)
{
    worker *w = context;
    for (int i = 0; i < w->runs; i++) {
        en_arena arena;
        en_report report;
        en_clock clock;
        en_arena_init(&arena, NULL);
        en_clock_init_fixed(&clock, (int64_t)NOW_MS * 1000);
        en_collection_builder payload;
        en_collection_builder_init(&payload, &arena);
        en_collection_builder_add(&payload, EN_TEXT("userId"), en_text_value(EN_TEXT("u")));
        en_collection_builder_add(&payload, EN_TEXT("action"), en_text_value(EN_TEXT("a")));
        const en_run_options options = { .payload = en_collection_builder_take(&payload),
                                         .request = en_null(),
                                         .variables = en_null(),
                                         .clock = &clock };
        en_run_execute(&w->rig->world, w->rig->plan, &options, &arena, &report);
        if (report.status != EN_RUN_ERROR) {
            w->admitted++;
        } else if (report.error.type == EN_ThrowError) {
            w->refused++;
        } else if (w->failed++ == 0) {
            w->error = report.error;
        }
        en_arena_done(&arena);
    }
    return NULL;
}

static worker work_together(rig *r, int runs_each)
{
    static worker workers[WORKERS];
    pthread_t threads[WORKERS];
    worker sum = { 0 };
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (worker){ .rig = r, .runs = runs_each };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        sum.admitted += workers[i].admitted;
        sum.refused += workers[i].refused;
        sum.failed += workers[i].failed;
        if (workers[i].failed != 0) {
            print_message("%s\n", workers[i].error.message);
        }
    }
    return sum;
}

static en_sqlite *open_patient_world(rig *r)
{
    en_database *database = NULL;
    en_error error;
    en_error_clear(&error);
    assert_true(en_world_database(&r->world, &database, &error));
    en_sqlite *opened = (en_sqlite *)(void *)database;
    opened->group_us = INT64_MAX / 2; /* a slow machine commits no sooner than a fast one */
    return opened;
}

static const char *read_file(rig *r, const char *path)
{
    en_text text;
    en_error error;
    en_error_clear(&error);
    assert_true(en_file_read(&r->arena, path, 1 << 20, &text, &error));
    return en_text_terminate(&r->arena, text);
}

static void the_rate_limiter_admits_exactly_a_hundred_and_shares_commits(void **state)
{
    (void)state;
    enum { RUNS = 5, ALLOWED = 100 };
    rig r = { 0 };
    const char *schemas[] = { read_file(&r, EN_TEST_ROOT "/schemas/RateLimits.json"), NULL };
    set_up(&r, read_file(&r, EN_TEST_ROOT "/scenarios/rate-limit/scenario.json"), schemas);
    const en_sqlite *database = open_patient_world(&r);
    worker sum = work_together(&r, RUNS);
    assert_int_equal(sum.failed, 0);
    assert_int_equal(sum.admitted, ALLOWED);
    assert_int_equal(sum.refused, WORKERS * RUNS - ALLOWED);
    assert_true(database->commits < WORKERS * RUNS / 4);
    tear_down(&r);
}

static void finished_segments_share_commits(void **state)
{
    (void)state;
    rig r = { 0 };
    set_up(&r,
           "[{\"id\":1,\"module\":\"datastore.incrementField\",\"parameters\":{\"dataStore\":\"C\","
           "\"recordId\":\"k\",\"field\":\"n\",\"upsert\":true}}]",
           NULL);
    const en_sqlite *database = open_patient_world(&r);
    worker sum = work_together(&r, RUNS_EACH);
    assert_int_equal(sum.admitted, WORKERS * RUNS_EACH);
    assert_true(database->commits >= 1);
    assert_true(database->commits < WORKERS * RUNS_EACH / 4);
    r.files.database = r.world.database;
    assert_string_equal(bench_get(&r.files, "C", "k"),
                        "{\"n\":800,\"id\":\"k\",\"recordId\":\"k\"}");
    bench_commit(&r.files);
    r.files.database = NULL;
    tear_down(&r);
}

/* --- one segment behind another --- */

/* A slow machine commits no sooner than a fast one. */
static void open_patient(bench *b)
{
    bench_open(b, true);
    inside(b)->group_us = INT64_MAX / 2;
}

typedef struct second {
    bench *b;
    const char *key;
    bool entered;
    bool done;
    en_error error;
    pthread_t thread;
    void (*before)(bench *b); /* called in the segment */
} second;

static void *follow(void *context)
{
    second *s = context;
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_error_clear(&s->error);
    en_segment *segment = NULL;
    s->entered =
        en_segment_enter(s->b->database, EN_SEGMENT_WRITE, &s->b->run, &segment, &s->error);
    if (s->entered) {
        if (s->before != NULL) {
            s->before(s->b);
        }
        en_collection_builder data;
        en_collection_builder_init(&data, &arena);
        en_collection_builder_add(&data, EN_TEXT("a"), en_number(1));
        s->done = en_store_add(segment, EN_TEXT("S"), en_text_from(s->key),
                               en_collection_builder_take(&data), false, &arena, NULL, &s->error);
        if (s->done) {
            s->done = en_segment_commit(segment, &s->error);
        } else {
            en_segment_rollback(segment);
        }
    }
    en_arena_done(&arena);
    return NULL;
}

/* Starts a thread and waits until it stands in line behind the segment that is open. */
static void line_up(second *s)
{
    assert_int_equal(pthread_create(&s->thread, NULL, follow, s), 0);
    en_turn *turn = &inside(s->b)->turn;
    for (bool waits = false; !waits; sched_yield()) {
        pthread_mutex_lock(&turn->lock);
        waits = turn->first != NULL;
        pthread_mutex_unlock(&turn->lock);
    }
}

static void a_segment_behind_another_shares_its_commit(void **state)
{
    (void)state;
    bench b;
    open_patient(&b);
    assert_true(bench_add(&b, "S", "0", "{'a': 1}", false));
    bench_commit(&b);
    uint64_t commits = inside(&b)->commits;
    assert_true(bench_add(&b, "S", "1", "{'a': 1}", false));
    second s = { .b = &b, .key = "2" };
    line_up(&s);
    bench_commit(&b);
    assert_int_equal(pthread_join(s.thread, NULL), 0);
    assert_true(s.done);
    assert_int_equal(inside(&b)->commits, commits + 1);
    assert_string_equal(bench_search(&b, "S", "{}"), "0 1 2");
    bench_close(&b);
}

static void a_segment_that_is_undone_takes_nobody_with_it(void **state)
{
    (void)state;
    bench b;
    open_patient(&b);
    assert_true(bench_add(&b, "S", "1", "{'a': 1}", false));
    second s = { .b = &b, .key = "1" }; /* it is there: refused */
    line_up(&s);
    bench_commit(&b);
    assert_int_equal(pthread_join(s.thread, NULL), 0);
    assert_true(s.entered);
    assert_false(s.done);
    assert_string_equal(en_error_name(s.error.type), "DuplicateDataError");
    assert_string_equal(bench_search(&b, "S", "{}"), "1");
    bench_close(&b);
}

static void fill_the_disk(bench *b)
{
    en_error error;
    en_error_clear(&error);
    bool set = en_db_run(inside(b)->writer.db, "ROLLBACK", &error); /* as a full disk does */
    assert_true(set);
}

static void a_lost_transaction_fails_all_its_members_alike(void **state)
{
    (void)state;
    bench b;
    open_patient(&b);
    assert_true(bench_add(&b, "S", "0", "{'a': 1}", false));
    bench_commit(&b);
    assert_true(bench_add(&b, "S", "1", "{'a': 1}", false));
    second s = { .b = &b, .key = "2", .before = fill_the_disk };
    line_up(&s);
    en_segment *first = b.segment;
    b.segment = NULL;
    assert_false(en_segment_commit(first, &b.error));
    assert_int_equal(pthread_join(s.thread, NULL), 0);
    assert_false(s.done);
    assert_true(b.error.retryable);
    assert_true(s.error.retryable);
    assert_string_equal(b.error.message, s.error.message);
    assert_string_equal(en_error_name(b.error.type), "StoreUnavailableError");
    assert_string_equal(en_error_name(s.error.type), "StoreUnavailableError");
    assert_string_equal(bench_search(&b, "S", "{}"), "0");
    assert_true(bench_add(&b, "S", "3", "{'a': 1}", false));
    bench_commit(&b);
    assert_string_equal(bench_search(&b, "S", "{}"), "0 3");
    bench_close(&b);
}

static void what_was_undone_inside_a_segment_leaves_the_others(void **state)
{
    (void)state;
    bench b;
    open_patient(&b);
    for (int alone = 0; alone < 2; alone++) {
        assert_true(bench_add(&b, "S", alone ? "3" : "1", "{'a': 1}", false));
        assert_true(en_segment_undo(b.segment, &b.error));
        assert_true(bench_add(&b, "S", alone ? "3" : "1", "{'a': 2}", false));
        bench_commit(&b);
    }
    assert_string_equal(bench_search(&b, "S", "{'filter':[[{'a':'a','o':'equal','b':2}]]}"), "1 3");
    bench_close(&b);
}

static void undo_inside(bench *b)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_segment *segment = &inside(b)->segment.base;
    en_collection_builder data;
    en_collection_builder_init(&data, &arena);
    en_collection_builder_add(&data, EN_TEXT("a"), en_number(1));
    en_error error;
    en_error_clear(&error);
    en_value value = en_collection_builder_take(&data);
    assert_true(
        en_store_add(segment, EN_TEXT("S"), EN_TEXT("gone"), value, false, &arena, NULL, &error));
    assert_true(
        en_store_add(segment, EN_TEXT("New"), EN_TEXT("gone"), value, false, &arena, NULL, &error));
    assert_true(en_segment_undo(segment, &error));
    en_arena_done(&arena);
}

static void a_segment_that_undoes_itself_goes_on_in_its_group(void **state)
{
    (void)state;
    bench b;
    open_patient(&b);
    assert_true(bench_add(&b, "S", "1", "{'a': 1}", false));
    second s = { .b = &b, .key = "2", .before = undo_inside };
    line_up(&s);
    bench_commit(&b);
    assert_int_equal(pthread_join(s.thread, NULL), 0);
    assert_true(s.done);
    assert_string_equal(bench_search(&b, "S", "{}"), "1 2");
    assert_string_equal(bench_search(&b, "New", "{}"), "");
    assert_int_equal(bench_count(&b, "S", "{}"), 2);
    bench_close(&b);
}

/* --- failing disks --- */

/* Stand in front of the C library's for this program: the database library calls them. */
static atomic_int failing_syncs; /* errno, or 0 */
static atomic_int failing_writes;

int fdatasync(int file)
{
    int code = atomic_load(&failing_syncs);
    if (code != 0) {
        errno = code;
        return -1;
    }
    return (int)syscall(SYS_fdatasync, file);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset)
{
    int code = atomic_load(&failing_writes);
    if (code != 0) {
        errno = code;
        return -1;
    }
    return syscall(SYS_pwrite64, file, bytes, size, offset);
}

/* Two segments share a commit that fails; gives the errors of both. */
static void fail_together(bench *b, atomic_int *what, int code, second *s)
{
    open_patient(b);
    assert_true(bench_add(b, "S", "0", "{'a': 1}", false));
    bench_commit(b);
    assert_true(bench_add(b, "S", "1", "{'a': 1}", false));
    *s = (second){ .b = b, .key = "2" };
    line_up(s);
    atomic_store(what, code);
    en_segment *first = b->segment;
    b->segment = NULL;
    assert_false(en_segment_commit(first, &b->error));
    assert_int_equal(pthread_join(s->thread, NULL), 0);
    atomic_store(what, 0);
    assert_true(s->entered);
    assert_false(s->done);
    assert_string_equal(b->error.message, s->error.message);
    assert_int_equal(b->error.type, s->error.type);
    assert_int_equal(b->error.retryable, s->error.retryable);
}

static void a_commit_that_cannot_be_written_fails_all_and_loses_nothing(void **state)
{
    (void)state;
    bench b;
    second s;
    fail_together(&b, &failing_writes, ENOSPC, &s);
    assert_string_equal(en_error_name(b.error.type), "StoreUnavailableError");
    assert_true(b.error.retryable);
    assert_string_equal(bench_search(&b, "S", "{}"), "0");
    assert_true(bench_add(&b, "S", "3", "{'a': 1}", false));
    bench_commit(&b);
    assert_string_equal(bench_search(&b, "S", "{}"), "0 3");
    bench_close(&b);
}

static void a_commit_that_may_be_on_disk_is_never_a_success(void **state)
{
    (void)state;
    bench b;
    second s;
    fail_together(&b, &failing_syncs, EIO, &s);
    assert_string_equal(en_error_name(b.error.type), "InconsistencyError");
    assert_int_equal(en_error_exit_code(b.error.type), 6);
    assert_false(b.error.retryable);
    en_db *before = inside(&b)->writer.db;
    assert_true(inside(&b)->suspect);
    assert_true(bench_add(&b, "S", "3", "{'a': 1}", false)); /* opened again, and whole */
    assert_false(inside(&b)->suspect);
    assert_ptr_not_equal(inside(&b)->writer.db, before);
    bench_commit(&b);
    const char *found = bench_search(&b, "S", "{}");
    assert_true(strcmp(found, "0 3") == 0 || strcmp(found, "0 1 2 3") == 0);
    bench_close(&b);
}

/* --- time and structure --- */

static void a_segment_that_takes_too_long_fails_unless_it_is_a_batch(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_reopen(&b, &(en_database_options){ .segment_ms = 20 });
    assert_true(bench_add(&b, "S", "1", "{'a': 1}", false));
    inside(&b)->segment.limit_us = 1; /* long ago */
    bench_refused(&b, bench_add(&b, "S", "2", "{'a': 1}", false), "ExecutionInterruptedError", "",
                  "the run kept the data stores to itself for longer than it may "
                  "(limits.segmentMs)");
    en_segment *late = b.segment;
    b.segment = NULL;
    en_error_clear(&b.error);
    assert_false(en_segment_commit(late, &b.error)); /* whatever an error route did */
    assert_string_equal(bench_search(&b, "S", "{}"), "");
    bench_rollback(&b);
    b.run.is_batch = true;
    assert_true(bench_add(&b, "S", "1", "{'a': 1}", false));
    assert_int_equal(inside(&b)->segment.limit_us, 0);
    bench_close(&b);
}

static void a_store_that_changes_between_two_segments_of_a_run_is_noticed(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'number'}}");
    en_stores_met met = { .arena = &b.arena };
    b.run.met = &met;
    assert_true(bench_add(&b, "S", "1", "{'a': 1}", false));
    bench_commit(&b);
    assert_true(bench_add(&b, "S", "2", "{'a': 1}", false));
    bench_commit(&b);
    b.run.met = NULL;
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'number'}, 'maxRecords': 7}");
    assert_true(bench_add(&b, "S", "3", "{'a': 1}", false));
    bench_commit(&b);
    b.run.met = &met;
    bench_refused(&b, bench_add(&b, "S", "4", "{'a': 1}", false), "InconsistencyError", "",
                  "schema changed while running: data store \"S\" was changed by somebody else "
                  "since this run used it");
    assert_true(b.error.retryable);
    bench_rollback(&b);
    met.first = NULL; /* the next run */
    assert_true(bench_add(&b, "S", "4", "{'a': 1}", false));
    bench_close(&b);
}

/* --- reading --- */

static void a_reading_segment_waits_for_nobody_and_sees_what_is_on_disk(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    assert_true(bench_add(&b, "S", "1", "{'a': 1}", false));
    bench_commit(&b);
    assert_true(bench_add(&b, "S", "2", "{'a': 1}", false));
    en_segment *writing = b.segment;
    assert_true(en_segment_enter(b.database, EN_SEGMENT_READ, &b.run, &b.segment, &b.error));
    assert_string_equal(bench_search(&b, "S", "{}"), "1");
    en_segment *reading = b.segment;
    b.segment = writing;
    bench_commit(&b);
    b.segment = reading;
    assert_string_equal(bench_search(&b, "S", "{}"), "1"); /* as if no other run existed */
    bench_commit(&b);
    assert_true(en_segment_enter(b.database, EN_SEGMENT_READ, &b.run, &b.segment, &b.error));
    assert_string_equal(bench_search(&b, "S", "{}"), "1 2");
    assert_int_equal(inside(&b)->readers == inside(&b)->idle_readers, false);
    bench_refused(&b, bench_add(&b, "S", "3", "{'a': 1}", false), "RuntimeError", "",
                  "a reading segment cannot write");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rate_limiter_admits_exactly_a_hundred_and_shares_commits),
        cmocka_unit_test(finished_segments_share_commits),
        cmocka_unit_test(a_segment_behind_another_shares_its_commit),
        cmocka_unit_test(a_segment_that_is_undone_takes_nobody_with_it),
        cmocka_unit_test(a_lost_transaction_fails_all_its_members_alike),
        cmocka_unit_test(what_was_undone_inside_a_segment_leaves_the_others),
        cmocka_unit_test(a_segment_that_undoes_itself_goes_on_in_its_group),
        cmocka_unit_test(a_commit_that_cannot_be_written_fails_all_and_loses_nothing),
        cmocka_unit_test(a_commit_that_may_be_on_disk_is_never_a_success),
        cmocka_unit_test(a_segment_that_takes_too_long_fails_unless_it_is_a_batch),
        cmocka_unit_test(a_store_that_changes_between_two_segments_of_a_run_is_noticed),
        cmocka_unit_test(a_reading_segment_waits_for_nobody_and_sees_what_is_on_disk),
    };
    return EN_RUN(tests);
}

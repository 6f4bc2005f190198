/* Many executions share one commit, with the checkpoint in it. */
#include "store/batch.h"
#include "store/sqlite.h"
#include "stores.h"

#include <pthread.h>
#include <sched.h>

typedef struct rig {
    bench b;
    bench outside; /* another process would see what this one sees */
    en_checkpoint checkpoint;
    en_batch *batch;
    unsigned before; /* calls of the hooks */
    unsigned after;
    bool refuses; /* the hook before a commit fails */
} rig;

static en_sqlite *inside(bench *b)
{
    return (en_sqlite *)(void *)b->database;
}

static bool note_before(void *owner, en_error *error)
{
    rig *r = owner;
    r->before++;
    return !r->refuses || en_error_set(error, EN_RuntimeError, "the rejects cannot be written");
}

static void note_after(void *owner)
{
    rig *r = owner;
    r->after++;
}

static void open_rig(rig *r, bool tells_nobody)
{
    memset(r, 0, sizeof *r);
    bench_open(&r->b, true);
    r->outside = r->b;
    r->outside.folder[0] = '\0';
    en_arena_init(&r->outside.arena, NULL);
    const en_database_options options = { .path = r->b.path };
    assert_true(en_database_open(&options, &r->outside.database, &r->outside.error));
    r->checkpoint = (en_checkpoint){ .job = EN_TEXT("job"),
                                     .source = EN_TEXT("file"),
                                     .program = EN_TEXT("scenario") };
    const en_batch_options about = { .checkpoint = &r->checkpoint,
                                     .before = note_before,
                                     .after = note_after,
                                     .owner = r,
                                     .tells_nobody = tells_nobody };
    r->batch = en_batch_open(r->b.database, &about, &r->b.arena);
    r->b.run.batch = r->batch;
}

static void close_rig(rig *r)
{
    bench_close(&r->outside);
    bench_close(&r->b);
}

static void commit_batch(rig *r)
{
    en_error error;
    en_error_clear(&error);
    assert_true(en_batch_commit(r->batch, &error));
    assert_string_equal(error.message, "");
}

/* What another process sees at this moment. */
static const char *seen(rig *r)
{
    const char *keys = NULL;
    en_segment *segment = NULL;
    assert_true(en_segment_enter(r->outside.database, EN_SEGMENT_READ, &r->outside.run, &segment,
                                 &r->outside.error));
    r->outside.segment = segment;
    keys = bench_search(&r->outside, "S", "{}");
    bench_commit(&r->outside);
    return keys;
}

static en_checkpoint written(rig *r)
{
    en_segment *segment = NULL;
    en_checkpoint checkpoint;
    bool found = false;
    assert_true(en_segment_enter(r->outside.database, EN_SEGMENT_READ, &r->outside.run, &segment,
                                 &r->outside.error));
    assert_true(en_checkpoint_find(segment, EN_TEXT("job"), &r->outside.arena, &checkpoint, &found,
                                   &r->outside.error));
    assert_true(en_segment_commit(segment, &r->outside.error));
    assert_true(found || checkpoint.job.length == 0);
    return checkpoint;
}

static void add(rig *r, const char *key)
{
    assert_true(bench_add(&r->b, "S", key, "{'a': 1}", false));
    bench_commit(&r->b);
}

static void segments_of_a_batch_share_one_commit_with_the_checkpoint(void **state)
{
    (void)state;
    rig r;
    open_rig(&r, false);
    add(&r, "1");
    add(&r, "2");
    assert_string_equal(bench_search(&r.b, "S", "{}"), "1 2");
    bench_commit(&r.b);
    assert_string_equal(seen(&r), "");
    assert_int_equal(written(&r).records, 0);
    r.checkpoint.records = 2;
    r.checkpoint.failed = 1;
    r.checkpoint.offset = 77;
    r.checkpoint.rejects_bytes = 5;
    commit_batch(&r);
    assert_int_equal(inside(&r.b)->commits, 1);
    assert_int_equal(r.before, 1);
    assert_int_equal(r.after, 1);
    assert_string_equal(seen(&r), "1 2");
    en_checkpoint found = written(&r);
    assert_true(en_text_equal(found.source, EN_TEXT("file")));
    assert_true(en_text_equal(found.program, EN_TEXT("scenario")));
    assert_int_equal(found.records, 2);
    assert_int_equal(found.failed, 1);
    assert_int_equal(found.begun, 0);
    assert_int_equal(found.offset, 77);
    assert_int_equal(found.rejects_bytes, 5);
    assert_false(found.finished);
    close_rig(&r);
}

static void an_execution_that_is_undone_takes_nobody_with_it(void **state)
{
    (void)state;
    rig r;
    open_rig(&r, false);
    bench_declare(&r.b, "{'name': 'S', 'structure': {'a': {'type': 'number'}}, 'maxRecords': 3}");
    add(&r, "1");
    assert_int_equal(en_batch_kept(r.batch), 1);
    assert_true(bench_add(&r.b, "S", "2", "{'a': 1}", false));
    assert_true(bench_add(&r.b, "S", "3", "{'a': 1}", false));
    assert_true(bench_add(&r.b, "Other", "1", "{'a': 1}", false));
    bench_rollback(&r.b);
    assert_int_equal(en_batch_kept(r.batch), 1);
    add(&r, "4"); /* the counters know what was undone: there is room for two */
    add(&r, "5");
    bench_refused(&r.b, bench_add(&r.b, "S", "6", "{'a': 1}", false), "OutOfSpaceError", "",
                  r.b.error.message);
    bench_rollback(&r.b);
    assert_int_equal(bench_count(&r.b, "Other", "{}"), 0);
    bench_commit(&r.b);
    commit_batch(&r);
    assert_string_equal(seen(&r), "1 4 5");
    r.b.run.batch = NULL; /* counters were saved: the store is still full */
    assert_false(bench_add(&r.b, "S", "6", "{'a': 1}", false));
    bench_rollback(&r.b);
    assert_int_equal(bench_delete(&r.b, "S", "1"), 1);
    assert_true(bench_add(&r.b, "S", "6", "{'a': 1}", false));
    bench_commit(&r.b);
    close_rig(&r);
}

static void a_segment_that_undoes_itself_goes_on_in_the_batch(void **state)
{
    (void)state;
    rig r;
    open_rig(&r, false);
    add(&r, "1");
    assert_true(bench_add(&r.b, "S", "2", "{'a': 1}", false));
    assert_true(en_segment_undo(r.b.segment, &r.b.error));
    assert_true(bench_add(&r.b, "S", "3", "{'a': 1}", false));
    bench_commit(&r.b);
    en_segment *reading = NULL; /* has nothing to undo, and must not undo the others */
    assert_true(en_segment_enter(r.b.database, EN_SEGMENT_READ, &r.b.run, &reading, &r.b.error));
    assert_true(en_segment_undo(reading, &r.b.error));
    en_segment_rollback(reading);
    commit_batch(&r);
    assert_string_equal(seen(&r), "1 3");
    close_rig(&r);
}

static void a_batch_that_is_undone_leaves_what_was_committed(void **state)
{
    (void)state;
    rig r;
    open_rig(&r, false);
    r.checkpoint.records = 1;
    add(&r, "1");
    commit_batch(&r);
    r.checkpoint.records = 2;
    add(&r, "2");
    assert_true(bench_add(&r.b, "New", "1", "{'a': 1}", false));
    bench_commit(&r.b);
    en_batch_rollback(r.batch);
    assert_string_equal(seen(&r), "1");
    assert_int_equal(written(&r).records, 1);
    add(&r, "3"); /* and it can go on */
    assert_int_equal(bench_count(&r.b, "New", "{}"), 0);
    bench_commit(&r.b);
    commit_batch(&r);
    assert_string_equal(seen(&r), "1 3");
    assert_int_equal(written(&r).records, 2);
    close_rig(&r);
}

static void nothing_happens_when_what_comes_first_fails(void **state)
{
    (void)state;
    rig r;
    open_rig(&r, false);
    r.checkpoint.records = 1;
    add(&r, "1");
    r.refuses = true;
    en_error error;
    en_error_clear(&error);
    assert_false(en_batch_commit(r.batch, &error));
    assert_string_equal(error.message, "the rejects cannot be written");
    assert_int_equal(r.after, 0);
    assert_string_equal(seen(&r), "");
    assert_int_equal(written(&r).records, 0);
    close_rig(&r);
}

/* As a full disk does. */
static void lose_transaction(rig *r)
{
    assert_true(en_db_run(inside(&r->b)->writer.db, "ROLLBACK", &r->b.error));
}

static void a_lost_transaction_fails_the_group_and_nothing_was_told(void **state)
{
    (void)state;
    rig r;
    open_rig(&r, false);
    r.checkpoint.records = 1;
    add(&r, "1");
    commit_batch(&r);
    r.checkpoint.records = 3;
    add(&r, "2");
    (void)bench_segment(&r.b);
    lose_transaction(&r);
    assert_false(bench_add(&r.b, "S", "3", "{'a': 1}", false));
    assert_string_equal(en_error_name(r.b.error.type), "StoreUnavailableError");
    bench_rollback(&r.b);
    en_segment *segment = NULL;
    en_error error;
    en_error_clear(&error);
    assert_false(en_segment_enter(r.b.database, EN_SEGMENT_WRITE, &r.b.run, &segment, &error));
    assert_true(error.retryable);
    en_error_clear(&error);
    assert_false(en_batch_commit(r.batch, &error));
    assert_string_equal(en_error_name(error.type), "StoreUnavailableError");
    assert_int_equal(r.after, 1);
    assert_string_equal(seen(&r), "1");
    assert_int_equal(written(&r).records, 1);
    r.checkpoint.records = 2; /* a new group can go on */
    add(&r, "4");
    commit_batch(&r);
    assert_string_equal(seen(&r), "1 4");
    close_rig(&r);
}

/* Another process, as far as locks on files go. */
static void *write_too(void *context)
{
    rig *r = context;
    en_segment *segment = NULL;
    en_error error;
    en_error_clear(&error);
    bool entered =
        en_segment_enter(r->outside.database, EN_SEGMENT_WRITE, &r->outside.run, &segment, &error);
    if (entered) {
        en_segment_rollback(segment);
    }
    return entered ? r : NULL;
}

static void a_group_ends_for_who_waits(void **state)
{
    (void)state;
    enum { LOOKS = 1000 };
    rig r;
    pthread_t waiting;
    void *entered = NULL;
    open_rig(&r, false);
    add(&r, "0");
    assert_int_equal(pthread_create(&waiting, NULL, write_too, &r), 0);
    while (!en_turnstile_is_wanted(&inside(&r.b)->turnstile)) {
        sched_yield();
    }
    for (unsigned i = 1; i <= LOOKS; i++) {
        assert_string_equal(seen(&r), "");
        r.checkpoint.records = i;
        assert_true(en_batch_next(r.batch, &r.b.error));
        if (r.after != 0) { /* a slow machine: a second is over */
            break;
        }
    }
    assert_int_equal(r.after, 1);
    assert_string_equal(seen(&r), "0");
    assert_int_equal(pthread_join(waiting, &entered), 0);
    assert_non_null(entered);
    close_rig(&r);
}

static void an_outside_call_finds_everything_on_disk(void **state)
{
    (void)state;
    rig r;
    open_rig(&r, false);
    add(&r, "1");
    r.checkpoint.begun = 1;
    assert_true(en_batch_flush(r.batch, &r.b.error));
    assert_string_equal(seen(&r), "1");
    assert_int_equal(written(&r).begun, 1);
    uint64_t commits = inside(&r.b)->commits;
    assert_true(en_batch_flush(r.batch, &r.b.error)); /* nothing new */
    assert_int_equal(inside(&r.b)->commits, commits);
    close_rig(&r);
}

static void a_batch_that_tells_nobody_is_not_flushed(void **state)
{
    (void)state;
    rig r;
    open_rig(&r, true);
    add(&r, "1");
    assert_true(en_batch_flush(r.batch, &r.b.error));
    assert_string_equal(seen(&r), "");
    commit_batch(&r);
    assert_string_equal(seen(&r), "1");
    close_rig(&r);
}

static void a_batch_works_in_memory_without_a_checkpoint(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    const en_batch_options about = { .tells_nobody = true };
    b.run.batch = en_batch_open(b.database, &about, &b.arena);
    assert_true(bench_add(&b, "S", "1", "{'a': 1}", false));
    bench_commit(&b);
    assert_true(bench_add(&b, "S", "2", "{'a': 1}", false));
    bench_rollback(&b);
    assert_true(en_batch_commit(b.run.batch, &b.error));
    b.run.batch = NULL;
    assert_string_equal(bench_search(&b, "S", "{}"), "1");
    bench_close(&b);
}

static void stores_are_not_dropped_in_a_batch(void **state)
{
    (void)state;
    rig r;
    open_rig(&r, false);
    add(&r, "1");
    en_error error;
    en_error_clear(&error);
    assert_false(en_store_drop(bench_segment(&r.b), EN_TEXT("S"), &error));
    assert_string_equal(error.message, "a batch drops and renames no data stores");
    bench_rollback(&r.b);
    commit_batch(&r);
    assert_string_equal(seen(&r), "1");
    close_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_of_a_batch_share_one_commit_with_the_checkpoint),
        cmocka_unit_test(an_execution_that_is_undone_takes_nobody_with_it),
        cmocka_unit_test(a_segment_that_undoes_itself_goes_on_in_the_batch),
        cmocka_unit_test(a_batch_that_is_undone_leaves_what_was_committed),
        cmocka_unit_test(nothing_happens_when_what_comes_first_fails),
        cmocka_unit_test(a_lost_transaction_fails_the_group_and_nothing_was_told),
        cmocka_unit_test(a_group_ends_for_who_waits),
        cmocka_unit_test(an_outside_call_finds_everything_on_disk),
        cmocka_unit_test(a_batch_that_tells_nobody_is_not_flushed),
        cmocka_unit_test(a_batch_works_in_memory_without_a_checkpoint),
        cmocka_unit_test(stores_are_not_dropped_in_a_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

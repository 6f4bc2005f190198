/* What a cycle changed in several commits is taken back as a whole. */
#include "store/batch.h"
#include "store/sqlite.h"
#include "stores.h"

#include "value/json.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char customers[] =
    "{'name': 'S', 'structure': {'mail': {'type': 'text', 'unique': true}, 'n': 'number', 'at': "
    "'date', 'raw': 'buffer', 'list': 'array', 'ok': 'boolean'}}";
static const char free_form[] = "{'name': 'S'}";

static en_sqlite *inside(const bench *b)
{
    return (en_sqlite *)(void *)b->database;
}

static int64_t ask(const bench *b, const char *sql)
{
    int64_t answer = 0;
    en_error error;
    en_error_clear(&error);
    assert_true(en_db_read_integer(inside(b)->writer.db, sql, &answer, &error));
    return answer;
}

/* Begins a cycle: the segments from here on belong to it. */
static void begin(bench *b, en_undo **undo)
{
    if (b->segment != NULL) {
        bench_commit(b);
    }
    assert_true(en_undo_open(b->database, &b->run, undo, &b->error));
    b->run.undo = *undo;
}

static void end(bench *b, en_undo *undo)
{
    b->run.undo = NULL;
    en_undo_close(undo);
}

static void roll_back(bench *b, en_undo *undo)
{
    if (b->segment != NULL) {
        bench_rollback(b);
    }
    bool done = en_undo_rollback(undo, &b->run, &b->error);
    assert_string_equal(b->error.message, "");
    assert_true(done);
    assert_int_equal(ask(b, "SELECT count(*) FROM enact_undo"), 0);
    end(b, undo);
}

static void roll_back_but(bench *b, en_undo *undo, const char *message)
{
    if (b->segment != NULL) {
        bench_rollback(b);
    }
    b->run.undo = NULL;
    assert_false(en_undo_rollback(undo, &b->run, &b->error));
    assert_string_equal(b->error.message, message);
    assert_string_equal(en_error_name(b->error.type), "InconsistencyError");
    assert_int_equal(ask(b, "SELECT count(*) FROM enact_undo"), 0);
    end(b, undo);
}

/* Everything there is, in order, and that the counters agree with it. */
static const char *all(bench *b)
{
    en_found found;
    en_query query = { .limit = UINT64_MAX };
    b->run.shape = EN_RECORD_PAIR;
    if (b->segment != NULL) {
        bench_commit(b);
    }
    assert_true(
        en_store_search(bench_segment(b), EN_TEXT("S"), &query, &b->arena, &found, &b->error));
    bench_commit(b);
    assert_int_equal(ask(b, "SELECT count(*) FROM S"),
                     ask(b, "SELECT records FROM enact_stores WHERE name = 'S'"));
    assert_int_equal(ask(b, "SELECT coalesce(sum(_bytes), 0) FROM S"),
                     ask(b, "SELECT bytes FROM enact_stores WHERE name = 'S'"));
    return en_text_terminate(&b->arena, en_json_text(&b->arena, found.records, EN_JSON_TYPED));
}

static void fill(bench *b)
{
    assert_true(
        bench_add(b, "S", "a", "{'mail': 'a@x', 'n': 9007199254740993, 'other': [1]}", false));
    assert_true(bench_add(b, "S", "b",
                          "{'mail': 'b@x', 'n': 0.1, 'at': {'$date': '2024-01-02T03:04:05.678Z'}, "
                          "'raw': {'$buffer': 'AP8='}, 'list': [{'x': 'y'}], 'ok': true}",
                          false));
    assert_true(bench_add(b, "S", "c", "{'mail': 'c@x', 'text': '\\u0000ä'}", false));
    bench_commit(b);
}

/* --- every operation --- */

static void increment(bench *b, const char *key)
{
    en_value value;
    assert_true(en_store_increment(bench_segment(b), EN_TEXT("S"), en_text_from(key), EN_TEXT("n"),
                                   en_number(1), true, &b->arena, &value, &b->error));
}

static void swap(bench *b, const char *key, const char *data)
{
    bool swapped = false;
    assert_true(en_store_compare_and_set(bench_segment(b), EN_TEXT("S"), en_text_from(key),
                                         bench_json(b, "{}"), bench_json(b, data), true, &b->arena,
                                         &swapped, NULL, &b->error));
    assert_true(swapped);
}

static void clear(bench *b)
{
    uint64_t deleted;
    assert_true(en_store_clear(bench_segment(b), EN_TEXT("S"), &deleted, &b->error));
}

static void every_operation_is_taken_back_exactly(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, customers);
    fill(&b);
    const char *before = all(&b);
    begin(&b, &undo);
    assert_true(bench_add(&b, "S", "d", "{'mail': 'd@x'}", false));
    assert_true(bench_add(&b, "S", "a", "{'mail': 'new@x', 'n': 1}", true));
    bench_commit(&b);
    assert_true(bench_update(&b, "S", "b", "{'n': 2, 'raw': null, 'list': [], 'more': 1}", false));
    assert_true(bench_update(&b, "S", "e", "{'n': 2}", true));
    bench_commit(&b);
    assert_int_equal(bench_delete(&b, "S", "c"), 1);
    increment(&b, "a");
    increment(&b, "f");
    swap(&b, "b", "{'ok': false}");
    swap(&b, "g", "{'ok': false}");
    bench_commit(&b);
    clear(&b);
    assert_true(bench_add(&b, "S", "b", "{'mail': 'a@x'}", false));
    bench_commit(&b);
    roll_back(&b, undo);
    assert_string_equal(all(&b), before);
    bench_close(&b);
}

static void values_that_change_hands_find_their_way_back(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, false);
    bench_declare(&b, customers);
    fill(&b);
    const char *before = all(&b);
    begin(&b, &undo);
    assert_true(bench_update(&b, "S", "a", "{'mail': 'c'}", false));
    assert_true(bench_update(&b, "S", "b", "{'mail': 'a@x'}", false));
    assert_true(bench_update(&b, "S", "a", "{'mail': 'b@x'}", false));
    bench_commit(&b);
    roll_back(&b, undo);
    assert_string_equal(all(&b), before);
    bench_close(&b);
}

static void an_operation_that_fails_leaves_no_note(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, customers);
    fill(&b);
    begin(&b, &undo);
    bench_refused(&b, bench_add(&b, "S", "x", "{'mail': 'a@x'}", false), "DuplicateDataError",
                  "mail", "a record with mail \"a@x\" exists in data store \"S\"");
    assert_true(bench_update(&b, "S", "a", "{'n': 9007199254740993}", false)); /* as it is */
    assert_int_equal(bench_delete(&b, "S", "nobody"), 0);
    en_error_clear(&b.error);
    bench_commit(&b);
    assert_int_equal(ask(&b, "SELECT count(*) FROM enact_undo"), 0);
    roll_back(&b, undo);
    bench_close(&b);
}

static void a_commit_drops_the_journal_with_the_last_changes(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, free_form);
    begin(&b, &undo);
    assert_true(bench_add(&b, "S", "1", "{'v': 1}", false));
    bench_commit(&b);
    assert_int_equal(ask(&b, "SELECT count(*) FROM enact_undo"), 1);
    assert_true(bench_add(&b, "S", "2", "{'v': 1}", false));
    assert_true(en_undo_commit(bench_segment(&b), undo, &b.error));
    bench_commit(&b);
    end(&b, undo);
    assert_int_equal(ask(&b, "SELECT count(*) FROM enact_undo"), 0);
    assert_string_equal(all(&b), "[{\"key\":\"1\",\"data\":{\"v\":1}},"
                                 "{\"key\":\"2\",\"data\":{\"v\":1}}]");
    bench_close(&b);
}

static void a_segment_that_is_rolled_back_takes_its_notes_with_it(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, free_form);
    assert_true(bench_add(&b, "S", "1", "{'v': 1}", false));
    begin(&b, &undo);
    assert_true(bench_update(&b, "S", "1", "{'v': 2}", false));
    bench_rollback(&b);
    assert_true(bench_update(&b, "S", "1", "{'v': 3}", false));
    assert_true(en_segment_undo(b.segment, &b.error));
    assert_true(bench_update(&b, "S", "1", "{'v': 4}", false));
    bench_commit(&b);
    assert_int_equal(ask(&b, "SELECT count(*) FROM enact_undo"), 1);
    roll_back(&b, undo);
    assert_string_equal(all(&b), "[{\"key\":\"1\",\"data\":{\"v\":1}}]");
    bench_close(&b);
}

static void cycles_of_a_batch_are_taken_back_inside_it(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, free_form);
    assert_true(bench_add(&b, "S", "1", "{'v': 1}", false));
    bench_commit(&b);
    b.run.batch = en_batch_open(b.database, &(en_batch_options){ 0 }, &b.arena);
    begin(&b, &undo);
    assert_true(bench_update(&b, "S", "1", "{'v': 2}", false));
    bench_commit(&b);
    assert_true(bench_add(&b, "S", "2", "{'v': 2}", false));
    bench_commit(&b);
    roll_back(&b, undo);
    assert_true(bench_add(&b, "S", "3", "{'v': 3}", false));
    bench_commit(&b);
    assert_true(en_batch_commit(b.run.batch, &b.error));
    b.run.batch = NULL;
    assert_string_equal(all(&b), "[{\"key\":\"1\",\"data\":{\"v\":1}},"
                                 "{\"key\":\"3\",\"data\":{\"v\":3}}]");
    bench_close(&b);
}

/* --- somebody else --- */

static void what_others_changed_stays_and_the_rest_is_taken_back(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, free_form);
    assert_true(bench_add(&b, "S", "1", "{'v': 1}", false));
    assert_true(bench_add(&b, "S", "2", "{'v': 1}", false));
    begin(&b, &undo);
    assert_true(bench_update(&b, "S", "1", "{'v': 2}", false));
    assert_true(bench_update(&b, "S", "1", "{'v': 3}", false));
    assert_true(bench_update(&b, "S", "2", "{'v': 2}", false));
    bench_commit(&b);
    b.run.undo = NULL;
    assert_true(bench_update(&b, "S", "1", "{'v': 2}", false)); /* as it once was */
    bench_commit(&b);
    roll_back_but(&b, undo,
                  "not everything could be undone: record \"1\" of data store \"S\" was changed by "
                  "somebody else");
    assert_string_equal(all(&b), "[{\"key\":\"1\",\"data\":{\"v\":2}},"
                                 "{\"key\":\"2\",\"data\":{\"v\":1}}]");
    bench_close(&b);
}

static void what_others_deleted_or_took_is_not_forced_back(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'structure': {'m': {'type': 'text', 'unique': true}}}");
    assert_true(bench_add(&b, "S", "1", "{'m': 'one'}", false));
    assert_true(bench_add(&b, "S", "2", "{'m': 'two'}", false));
    assert_true(bench_add(&b, "S", "3", "{'m': 'three'}", false));
    begin(&b, &undo);
    assert_true(bench_update(&b, "S", "1", "{'m': 'uno'}", false));
    assert_int_equal(bench_delete(&b, "S", "2"), 1);
    assert_int_equal(bench_delete(&b, "S", "3"), 1);
    bench_commit(&b);
    b.run.undo = NULL;
    assert_int_equal(bench_delete(&b, "S", "1"), 1);
    assert_true(bench_add(&b, "S", "other", "{'m': 'two'}", false)); /* in the place of a record */
    bench_commit(&b);
    roll_back_but(&b, undo,
                  "not everything could be undone: record \"2\" of data store \"S\" and 1 more "
                  "were changed by somebody else");
    assert_string_equal(bench_search(&b, "S", "{'sort': [['m', 'asc']]}"), "3 other");
    assert_int_equal(bench_count(&b, "S", "{}"), 2);
    all(&b);
    bench_close(&b);
}

static void another_definition_leaves_the_store_alone(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'structure': {'v': 'number'}}");
    assert_true(bench_add(&b, "S", "1", "{'v': 1}", false));
    assert_true(bench_add(&b, "T", "1", "{'v': 1}", false));
    begin(&b, &undo);
    assert_true(bench_update(&b, "S", "1", "{'v': 2}", false));
    assert_true(bench_update(&b, "T", "1", "{'v': 2}", false));
    bench_commit(&b);
    b.run.undo = NULL;
    bench_declare(&b, "{'name': 'S', 'structure': {'v': 'text'}}");
    assert_string_equal(bench_get(&b, "S", "1"), "{\"v\":\"2\",\"id\":\"1\",\"recordId\":\"1\"}");
    bench_commit(&b);
    roll_back_but(&b, undo,
                  "not everything could be undone: the definition of data store \"S\" was changed "
                  "by somebody else");
    assert_string_equal(bench_get(&b, "S", "1"), "{\"v\":\"2\",\"id\":\"1\",\"recordId\":\"1\"}");
    assert_string_equal(bench_get(&b, "T", "1"), "{\"v\":1,\"id\":\"1\",\"recordId\":\"1\"}");
    bench_close(&b);
}

static void what_has_expired_gives_way_and_comes_back(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'structure': {'m': {'type': 'text', 'unique': true}}, "
                      "'ttl': 3600}");
    b.run.now_ms = (int64_t)4000000000 * 1000; /* in no sweep's reach */
    assert_true(bench_add(&b, "S", "1", "{'m': 'x'}", false));
    assert_true(bench_add(&b, "S", "2", "{'m': 'y'}", false));
    const char *before = all(&b);
    int64_t now_ms = b.run.now_ms;
    begin(&b, &undo);
    b.run.now_ms += 7200 * 1000;
    assert_true(bench_add(&b, "S", "1", "{'m': 'y'}", false)); /* both give way */
    bench_commit(&b);
    assert_int_equal(ask(&b, "SELECT count(*) FROM S"), 1);
    b.run.now_ms = now_ms;
    roll_back(&b, undo);
    assert_string_equal(all(&b), before);
    begin(&b, &undo);
    b.run.now_ms = 1000; /* long ago by the clock, too */
    assert_true(bench_add(&b, "S", "3", "{'m': 'z'}", false));
    bench_commit(&b);
    uint64_t swept = 0;
    en_sqlite_segment *segment = (en_sqlite_segment *)bench_segment(&b);
    en_table *table = NULL;
    segment->run.now_ms = now_ms;
    b.run.undo = NULL;
    segment->run.undo = NULL;
    segment->connection->undo = NULL;
    assert_true(en_operation_begin(segment, EN_OPERATION_CHANGE, EN_TEXT("S"), &table, &b.error));
    assert_true(en_table_sweep(table, now_ms, 100, &swept, &b.error));
    assert_int_equal(swept, 1);
    bench_commit(&b);
    roll_back(&b, undo);
    b.run.now_ms = now_ms;
    assert_string_equal(all(&b), before);
    bench_close(&b);
}

/* --- whose processes died --- */

static en_database *open_second(bench *b)
{
    en_database *second = NULL;
    bool opened = en_database_open(&(en_database_options){ .path = b->path }, &second, &b->error);
    assert_string_equal(b->error.message, "");
    assert_true(opened);
    return second;
}

static void opening_undoes_what_the_dead_left_and_nothing_else(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, customers);
    fill(&b);
    const char *before = all(&b);
    begin(&b, &undo);
    assert_true(bench_update(&b, "S", "a", "{'n': 2}", false));
    assert_true(bench_add(&b, "S", "d", "{'mail': 'd@x'}", false));
    const char *during = all(&b);
    assert_string_not_equal(before, during);

    en_database *second = open_second(&b); /* the first one lives */
    assert_int_equal(en_undo_recovered(second)->cycles, 0);
    en_database_close(second);
    assert_string_equal(all(&b), during);

    end(&b, undo); /* neither commit nor rollback */
    bench_reopen(&b, &(en_database_options){ 0 });
    assert_int_equal(en_undo_recovered(b.database)->cycles, 1);
    assert_int_equal(en_undo_recovered(b.database)->error.type, EN_NO_ERROR);
    assert_string_equal(all(&b), before);
    bench_close(&b);
}

static void recovery_goes_back_through_cycles_in_their_order_and_tells_what_it_left(void **state)
{
    (void)state;
    bench b;
    en_undo *first;
    en_undo *later;
    bench_open(&b, true);
    bench_declare(&b, free_form);
    assert_true(bench_add(&b, "S", "1", "{'v': 1}", false));
    assert_true(bench_add(&b, "S", "2", "{'v': 1}", false));
    begin(&b, &first);
    assert_true(bench_update(&b, "S", "1", "{'v': 2}", false));
    begin(&b, &later);
    assert_true(bench_update(&b, "S", "1", "{'v': 3}", false));
    assert_true(bench_update(&b, "S", "2", "{'v': 3}", false));
    bench_commit(&b);
    b.run.undo = NULL;
    assert_true(bench_update(&b, "S", "2", "{'v': 4}", false));
    bench_commit(&b);
    end(&b, first);
    end(&b, later);
    bench_reopen(&b, &(en_database_options){ 0 });
    assert_int_equal(en_undo_recovered(b.database)->cycles, 2);
    assert_string_equal(en_undo_recovered(b.database)->error.message,
                        "not everything could be undone: record \"2\" of data store \"S\" was "
                        "changed by somebody else");
    assert_string_equal(all(&b), "[{\"key\":\"1\",\"data\":{\"v\":1}},"
                                 "{\"key\":\"2\",\"data\":{\"v\":4}}]");
    bench_close(&b);
}

/* --- failing disks --- */

/* Stand in front of the C library's for this program: the database library calls them. */
static int failing_writes; /* errno, or 0 */

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset)
{
    if (failing_writes != 0) {
        errno = failing_writes;
        return -1;
    }
    return syscall(SYS_pwrite64, file, bytes, size, offset);
}

static void a_rollback_that_the_disk_refuses_may_be_tried_again(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, customers);
    fill(&b);
    const char *before = all(&b);
    begin(&b, &undo);
    assert_true(bench_update(&b, "S", "a", "{'n': 2}", false));
    const char *during = all(&b);
    b.run.undo = NULL;
    failing_writes = ENOSPC;
    assert_false(en_undo_rollback(undo, &b.run, &b.error));
    failing_writes = 0;
    assert_string_equal(en_error_name(b.error.type), "StoreUnavailableError");
    assert_string_equal(all(&b), during);
    roll_back(&b, undo);
    assert_string_equal(all(&b), before);
    bench_close(&b);
}

static void a_change_that_the_disk_refuses_is_not_noted(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    bench_open(&b, true);
    bench_declare(&b, customers);
    fill(&b);
    const char *before = all(&b);
    begin(&b, &undo);
    assert_true(bench_update(&b, "S", "a", "{'n': 2}", false));
    en_segment *segment = b.segment;
    b.segment = NULL;
    failing_writes = ENOSPC;
    assert_false(en_segment_commit(segment, &b.error));
    failing_writes = 0;
    assert_int_equal(ask(&b, "SELECT count(*) FROM enact_undo"), 0);
    assert_true(bench_update(&b, "S", "b", "{'n': 2}", false));
    bench_commit(&b);
    roll_back(&b, undo);
    assert_string_equal(all(&b), before);
    bench_close(&b);
}

static void opening_fails_where_the_dead_cannot_be_undone_and_works_later(void **state)
{
    (void)state;
    bench b;
    en_undo *undo;
    en_database *none = NULL;
    bench_open(&b, true);
    bench_declare(&b, customers);
    fill(&b);
    const char *before = all(&b);
    begin(&b, &undo);
    assert_true(bench_update(&b, "S", "a", "{'n': 2}", false));
    bench_commit(&b);
    end(&b, undo);
    en_database_close(b.database);
    failing_writes = EIO;
    assert_false(en_database_open(&(en_database_options){ .path = b.path }, &none, &b.error));
    failing_writes = 0;
    assert_string_equal(en_error_name(b.error.type), "StoreUnavailableError");
    en_error_clear(&b.error);
    b.database = open_second(&b);
    assert_string_equal(all(&b), before);
    bench_close(&b);
}

/* --- at once --- */

enum { WORKERS = 8, CYCLES = 20 };

typedef struct worker {
    en_database *database;
    int number;
    pthread_t thread;
    bool done;
} worker;

static bool change_twice(worker *w, en_store_run *run, en_text key, en_arena *arena,
                         en_error *error)
{
    for (int i = 0; i < 2; i++) {
        en_segment *segment = NULL;
        en_value value;
        if (!en_segment_enter(w->database, EN_SEGMENT_WRITE, run, &segment, error) ||
            !en_store_increment(segment, EN_TEXT("S"), key, EN_TEXT("n"), en_number(1), true, arena,
                                &value, error) ||
            !en_segment_commit(segment, error)) {
            return false;
        }
    }
    return true;
}

/* Every second cycle is taken back. */
static void *work(void *context)
{
    worker *w = context;
    en_arena arena;
    en_random random;
    en_error error;
    char key[8];
    en_arena_init(&arena, NULL);
    en_random_init_seed(&random, 1);
    en_error_clear(&error);
    snprintf(key, sizeof key, "%d", w->number);
    w->done = true;
    for (int i = 0; i < CYCLES && w->done; i++) {
        en_store_run run = { .now_ms = 1, .random = &random };
        en_segment *segment = NULL;
        w->done = en_undo_open(w->database, &run, &run.undo, &error) &&
                  change_twice(w, &run, en_text_from(key), &arena, &error);
        if (w->done && i % 2 == 0) {
            w->done = en_undo_rollback(run.undo, &run, &error);
        } else if (w->done) {
            w->done = en_segment_enter(w->database, EN_SEGMENT_WRITE, &run, &segment, &error) &&
                      en_undo_commit(segment, run.undo, &error) &&
                      en_segment_commit(segment, &error);
        }
        en_undo_close(run.undo);
    }
    en_arena_done(&arena);
    return NULL;
}

static void cycles_of_many_threads_keep_apart(void **state)
{
    (void)state;
    bench b;
    worker workers[WORKERS];
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'structure': {'n': 'number'}}");
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (worker){ .database = b.database, .number = i };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_true(workers[i].done);
    }
    all(&b);
    assert_int_equal(ask(&b, "SELECT count(*) FROM S WHERE n = 20"), WORKERS);
    assert_int_equal(ask(&b, "SELECT count(*) FROM enact_undo"), 0);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_is_taken_back_exactly),
        cmocka_unit_test(values_that_change_hands_find_their_way_back),
        cmocka_unit_test(an_operation_that_fails_leaves_no_note),
        cmocka_unit_test(a_commit_drops_the_journal_with_the_last_changes),
        cmocka_unit_test(a_segment_that_is_rolled_back_takes_its_notes_with_it),
        cmocka_unit_test(cycles_of_a_batch_are_taken_back_inside_it),
        cmocka_unit_test(what_others_changed_stays_and_the_rest_is_taken_back),
        cmocka_unit_test(what_others_deleted_or_took_is_not_forced_back),
        cmocka_unit_test(another_definition_leaves_the_store_alone),
        cmocka_unit_test(what_has_expired_gives_way_and_comes_back),
        cmocka_unit_test(opening_undoes_what_the_dead_left_and_nothing_else),
        cmocka_unit_test(recovery_goes_back_through_cycles_in_their_order_and_tells_what_it_left),
        cmocka_unit_test(a_rollback_that_the_disk_refuses_may_be_tried_again),
        cmocka_unit_test(a_change_that_the_disk_refuses_is_not_noted),
        cmocka_unit_test(opening_fails_where_the_dead_cannot_be_undone_and_works_later),
        cmocka_unit_test(cycles_of_many_threads_keep_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

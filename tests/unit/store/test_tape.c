/* A tape says again what the data stores said, and notices when it is asked for something else. */
#include "store/tape.h"
#include "stores.h"
#include "value/json.h"

typedef struct taping {
    bench b;
    en_database *real;
    en_builder said;
} taping;

static void say(taping *t, const char *text)
{
    en_builder_add(&t->said, en_text_from(text));
    en_builder_add(&t->said, EN_TEXT("\n"));
}

static void say_done(taping *t, bool done)
{
    say(t, done ? "done"
                : en_text_format(&t->b.arena, "%s: %s (path %s, status %d)",
                                 en_error_name(t->b.error.type), t->b.error.message,
                                 t->b.error.path, en_error_status(&t->b.error))
                      .data);
    en_text key = t->b.record.key;
    say(t, done ? en_text_format(&t->b.arena, "%.*s", EN_TEXT_ARG(key)).data : "");
}

static void increment(taping *t, const char *key)
{
    en_value value = en_null();
    en_error_clear(&t->b.error);
    bool done =
        en_store_increment(bench_segment(&t->b), EN_TEXT("Counters"), en_text_from(key),
                           EN_TEXT("n"), en_number(2), true, &t->b.arena, &value, &t->b.error);
    say(t, done ? en_text_terminate(&t->b.arena, en_json_text(&t->b.arena, value, 0))
                : t->b.error.message);
}

static void swap(taping *t, const char *expected)
{
    bool swapped = false;
    en_error_clear(&t->b.error);
    assert_true(en_store_compare_and_set(bench_segment(&t->b), EN_TEXT("Counters"), EN_TEXT("c"),
                                         bench_json(&t->b, expected), bench_json(&t->b, "{'n': 9}"),
                                         false, &t->b.arena, &swapped, &t->b.record, &t->b.error));
    say(t, swapped ? "swapped" : "not swapped");
}

static void clear(taping *t)
{
    uint64_t deleted = 0;
    assert_true(en_store_clear(bench_segment(&t->b), EN_TEXT("Counters"), &deleted, &t->b.error));
    say(t, en_text_format(&t->b.arena, "%llu cleared", (unsigned long long)deleted).data);
}

/* Something of everything; what came of it stands in t->said. */
static void perform(taping *t)
{
    bench *b = &t->b;
    say_done(t, bench_add(b, "Users", "ann", "{'email': 'a@x.org', 'n': 9007199254740993}", false));
    say_done(t, bench_add(b, "Users", "", "{'email': 'b@x.org'}", false)); /* a generated key */
    say_done(t, bench_add(b, "Users", "ann", "{'email': 'c@x.org'}", false));
    say_done(t, bench_add(b, "Users", "", "{'email': 'a@x.org'}", false));
    say_done(
        t, bench_update(b, "Users", "ann", "{'at': {'$date': '2026-01-02T03:04:05.678Z'}}", false));
    say_done(t, bench_update(b, "Users", "nobody", "{'a': 1}", false));
    bench_commit(b);
    say(t, bench_get(b, "Users", "ann"));
    say(t, bench_get(b, "Users", "nobody"));
    say(t, bench_search(b, "Users", "{'sort': [['email', 'desc']]}"));
    say(t,
        en_text_format(&b->arena, "%llu", (unsigned long long)bench_count(b, "Users", "{}")).data);
    increment(t, "c");
    increment(t, "c");
    swap(t, "{'n': 4}");
    swap(t, "{'n': 4}");
    bench_rollback(b);
    increment(t, "c");
    clear(t);
    say(t, en_text_format(&b->arena, "%llu", (unsigned long long)bench_delete(b, "Users", "ann"))
               .data);
    bench_commit(b);
    say(t,
        en_text_terminate(
            &b->arena, en_random_uuid(&b->random, &b->arena))); /* the generator is where it was */
}

static void begin(taping *t)
{
    bench_open(&t->b, false);
    bench_declare(&t->b, "{'name': 'Users', 'structure': [{'name': 'email', 'type': 'email', "
                         "'unique': true}]}");
    en_random_init_seed(&t->b.random, 7);
    t->real = t->b.database;
    en_builder_init(&t->said, &t->b.arena);
}

static void end(taping *t)
{
    t->b.database = t->real;
    bench_close(&t->b);
}

static en_text record(taping *t)
{
    begin(t);
    en_tape *tape = en_tape_record(&t->b.arena, 1 << 20);
    t->b.database = en_tape_database(tape, t->real);
    perform(t);
    en_text kept;
    assert_true(en_tape_take(tape, &kept));
    assert_false(en_tape_plays(tape));
    return kept;
}

static en_tape *play(taping *t, en_text kept)
{
    en_tape *tape = NULL;
    begin(t);
    assert_true(en_tape_play(&t->b.arena, kept, &tape, &t->b.error));
    t->b.database = en_tape_database(tape, NULL);
    return tape;
}

static void a_tape_says_the_same_again(void **state)
{
    (void)state;
    taping recorded;
    taping played;
    en_text kept = record(&recorded);
    en_tape *tape = play(&played, kept);
    perform(&played);
    assert_string_equal(en_text_terminate(&played.b.arena, en_builder_take(&played.said)),
                        en_text_terminate(&recorded.b.arena, en_builder_take(&recorded.said)));
    assert_int_equal(en_tape_left(tape), 0);
    end(&played);
    end(&recorded);
}

static void a_tape_notices_another_question(void **state)
{
    (void)state;
    taping recorded;
    taping played;
    en_text kept = record(&recorded);
    en_tape *tape = play(&played, kept);
    bench_refused(
        &played.b, bench_add(&played.b, "Users", "bob", "{}", false), "InconsistencyError", "",
        "the run asks for add of data store \"Users\", key bob, but the run that was kept "
        "asked for add of data store \"Users\", key ann");
    en_error_clear(&played.b.error);
    bool added = bench_add(&played.b, "Users", "ann", "{'email': 'a@x.org'}", false);
    assert_string_equal(played.b.error.message, "");
    assert_true(added);
    assert_true(en_tape_left(tape) > 10);
    end(&played);

    play(&played, EN_TEXT("[]"));
    bench_refused(
        &played.b, bench_add(&played.b, "Users", "ann", "{}", false), "InconsistencyError", "",
        "the run asks for add of data store \"Users\", key ann, but the run that was kept "
        "had ended there");
    end(&played);
    end(&recorded);
}

static void a_tape_keeps_no_more_than_it_may(void **state)
{
    (void)state;
    taping t;
    begin(&t);
    en_tape *tape = en_tape_record(&t.b.arena, 300);
    t.b.database = en_tape_database(tape, t.real);
    perform(&t);
    en_text kept;
    assert_false(en_tape_take(tape, &kept));
    end(&t);
}

static void a_tape_that_is_none_is_refused(void **state)
{
    (void)state;
    taping t;
    begin(&t);
    en_tape *tape = NULL;
    assert_false(en_tape_play(&t.b.arena, EN_TEXT("{\"op\": 1}"), &tape, &t.b.error));
    assert_string_equal(t.b.error.message, "what was kept of the data stores is no list");
    en_error_clear(&t.b.error);
    assert_false(en_tape_play(&t.b.arena, EN_TEXT("[1"), &tape, &t.b.error));
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tape_says_the_same_again),
        cmocka_unit_test(a_tape_notices_another_question),
        cmocka_unit_test(a_tape_keeps_no_more_than_it_may),
        cmocka_unit_test(a_tape_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

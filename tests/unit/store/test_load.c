/* Filling a store whose indexes are built behind: everything must come out as without. */
#include "stores.h"

#include "value/json.h"

#include <stdio.h>

static const char schema[] = "{'name': 'L', 'maxRecords': null, 'sizeLimit': null, 'structure': "
                             "{'id': {'type': 'text', 'unique': true},"
                             "'n': {'type': 'number', 'unique': true}, 'a': 'text', 'b': "
                             "'boolean', 'at': 'date', 'e': 'date'},"
                             "'unique': [['a', 'b']], 'indexes': [['at']], 'ttl': 'e'}";

static bool begin(bench *b)
{
    bool begun = false;
    en_error_clear(&b->error);
    assert_true(en_store_load_begin(bench_segment(b), EN_TEXT("L"), &begun, &b->error));
    return begun;
}

static void end(bench *b)
{
    assert_true(en_store_load_end(bench_segment(b), EN_TEXT("L"), &b->error));
}

/* Kinds and fields of all indexes, sorted as the database lists them. */
static const char *indexes(bench *b)
{
    en_store_info info;
    bool found = false;
    en_builder all;
    en_builder_init(&all, &b->arena);
    assert_true(
        en_store_describe(bench_segment(b), EN_TEXT("L"), &b->arena, &info, &found, &b->error));
    for (uint32_t i = 0; found && i < info.indexes.length; i++) {
        en_value index = info.indexes.as.items[i];
        en_builder_add(&all, en_value_text(en_collection_find(index, EN_TEXT("kind"))));
        en_builder_add_char(&all, ' ');
        en_builder_add(&all, en_value_text(en_collection_find(index, EN_TEXT("fields"))));
        en_builder_add_char(&all, '\n');
    }
    return en_text_terminate(&b->arena, en_builder_take(&all));
}

static const char all_indexes[] = "key _key\nunique \"id\"\nunique \"n\"\nunique \"a\", \"b\"\n"
                                  "expiry _expires) WHERE _expires IS NOT NULL\ndeclared \"at\"\n";

static void the_indexes_are_there_at_the_end(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_declare(&b, schema);
    assert_true(begin(&b));
    assert_true(bench_add(&b, "L", "", "{'id': 'x', 'n': 1}", false));
    assert_string_equal(indexes(&b), "");
    bench_commit(&b);
    assert_true(bench_add(&b, "L", "", "{'id': 'y', 'n': 2}", false));
    end(&b);
    bench_commit(&b);
    const char *built = indexes(&b);
    for (const char *line = all_indexes; *line != '\0'; line = strchr(line, '\n') + 1) {
        const char *name =
            en_text_terminate(&b.arena, (en_text){ line, (size_t)(strchr(line, '\n') - line) });
        if (strncmp(name, "expiry", 6) != 0) {
            assert_non_null(strstr(built, name));
        }
    }
    assert_non_null(strstr(built, "expiry"));
    assert_string_equal(bench_search(&b, "L", "{'sort': [['n', 'desc']]}"), "y x");
    bench_close(&b);
}

static void only_an_empty_store_is_filled_this_way(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, schema);
    assert_true(bench_add(&b, "L", "", "{'id': 'x'}", false));
    assert_false(begin(&b));
    assert_int_equal(bench_delete(&b, "L", "x"), 1);
    assert_true(begin(&b));
    assert_false(begin(&b));
    bench_rollback(&b);
    assert_string_equal(bench_search(&b, "L", "{}"), "");
    assert_true(bench_add(&b, "L", "", "{'id': 'x'}", false));
    bench_refused(&b, bench_add(&b, "L", "", "{'id': 'x'}", false), "DuplicateDataError", "",
                  "a record with key \"x\" exists in data store \"L\"");
    bench_close(&b);
}

/* Another handle stands for a process that begins after this one was killed. */
static void a_load_that_was_cut_off_is_made_whole(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_declare(&b, schema);
    assert_true(begin(&b));
    assert_true(bench_add(&b, "L", "", "{'id': 'x', 'n': 1}", false));
    bench_commit(&b);
    bench_reopen(&b, &(en_database_options){ .path = b.path });
    bench_declare(&b, schema);
    assert_string_equal(bench_get(&b, "L", "x"), "{\"id\":\"x\",\"n\":1,\"recordId\":\"x\"}");
    bench_refused(&b, bench_add(&b, "L", "k", "{'id': 'y', 'n': 1}", false), "DuplicateDataError",
                  "n", "a record with n \"1\" exists in data store \"L\"");
    assert_non_null(strstr(indexes(&b), "key"));
    bench_close(&b);
}

/* Another process writes in the middle: it waits for nothing, and the load goes on as usual. */
static void another_process_may_write_in_between(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_declare(&b, schema);
    assert_true(begin(&b));
    assert_true(bench_add(&b, "L", "", "{'id': 'x', 'n': 1}", false));
    bench_commit(&b);
    bench other = b;
    en_error error;
    en_error_clear(&error);
    const en_database_options options = { .path = b.path };
    assert_true(en_database_open(&options, &other.database, &error));
    assert_true(en_database_declare(other.database, bench_schema(&b, schema), &error));
    other.segment = NULL;
    en_arena_init(&other.arena, NULL);
    assert_true(bench_add(&other, "L", "", "{'id': 'y', 'n': 2}", false));
    bench_refused(&other, bench_add(&other, "L", "", "{'id': 'x', 'n': 3}", false),
                  "DuplicateDataError", "", "a record with key \"x\" exists in data store \"L\"");
    bench_commit(&other);
    bench_refused(&b, bench_add(&b, "L", "", "{'id': 'z', 'n': 2}", false), "DuplicateDataError",
                  "n", "a record with n \"2\" exists in data store \"L\"");
    assert_true(bench_add(&b, "L", "", "{'id': 'z', 'n': 4}", false));
    end(&b);
    bench_commit(&b);
    assert_string_equal(bench_search(&b, "L", "{'sort': [['n', 'asc']]}"), "x y z");
    en_database_close(other.database);
    en_arena_done(&other.arena);
    bench_close(&b);
}

/* --- the same with and without --- */

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

static void add_outcome(bench *b, en_builder *out, bool done)
{
    if (done) {
        en_builder_format(out, "%s %.*s\n", b->record.created ? "created" : "replaced",
                          EN_TEXT_ARG(b->record.key));
    } else {
        en_builder_format(out, "%s at %s: %s\n", en_error_name(b->error.type), b->error.path,
                          b->error.message);
    }
}

/* Few values, so that many clash; `spread` of them. */
static const char *random_record(bench *b, uint64_t *state, uint64_t spread)
{
    en_builder out;
    en_builder_init(&out, &b->arena);
    en_builder_format(&out, "{'i': 0");
    if (next(state) % 8 != 0) {
        en_builder_format(&out, ", 'id': 'k%u'", (unsigned)(next(state) % spread));
    }
    if (next(state) % 4 != 0) {
        en_builder_format(&out, ", 'n': %u.%u", (unsigned)(next(state) % spread),
                          (unsigned)(next(state) % 2) * 5);
    }
    if (next(state) % 4 != 0) {
        en_builder_format(&out, ", 'a': 'a%u', 'b': %s", (unsigned)(next(state) % spread),
                          next(state) % 2 != 0 ? "true" : "false");
    }
    if (next(state) % 8 == 0) {
        en_builder_format(&out, ", 'e': '20%u-01-01T00:00:00Z'", (unsigned)(10 + next(state) % 30));
    }
    en_builder_add(&out, EN_TEXT("}"));
    return en_text_terminate(&b->arena, en_builder_take(&out));
}

static void act(bench *b, en_builder *out, uint64_t *state, uint64_t spread)
{
    char key[32] = "";
    if (next(state) % 4 == 0) {
        snprintf(key, sizeof key, "k%u", (unsigned)(next(state) % spread));
    }
    switch (next(state) % 64) {
    case 0:
        bench_commit(b);
        break;
    case 1:
        add_outcome(b, out, bench_update(b, "L", key, random_record(b, state, spread), true));
        break;
    case 2:
        en_builder_format(out, "deleted %u\n", (unsigned)bench_delete(b, "L", key));
        break;
    default:
        add_outcome(b, out,
                    bench_add(b, "L", key, random_record(b, state, spread), next(state) % 4 == 0));
    }
}

static en_text play(en_arena *arena, uint64_t seed, bool loads)
{
    bench b;
    bench_open(&b, false);
    en_random_init_seed(&b.random, seed);
    bench_declare(&b, schema);
    uint64_t state = seed * 2654435761u + 1;
    uint64_t spread = UINT64_C(4) << (2 * (seed % 8));
    en_builder out;
    en_builder_init(&out, arena);
    assert_true(!loads || begin(&b));
    for (int i = 0; i < 150; i++) {
        act(&b, &out, &state, spread);
    }
    if (loads) {
        end(&b);
    }
    bench_commit(&b);
    en_builder_add(&out, en_text_from(bench_search(&b, "L", "{'sort': [['n', 'asc']]}")));
    bench_close(&b);
    return en_builder_take(&out);
}

static void everything_comes_out_as_without(void **state)
{
    (void)state;
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (uint64_t seed = 1; seed <= 60; seed++) {
        en_text plain = play(&arena, seed, false);
        en_text loaded = play(&arena, seed, true);
        assert_string_equal(en_text_terminate(&arena, loaded), en_text_terminate(&arena, plain));
        en_arena_reset(&arena);
    }
    en_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_indexes_are_there_at_the_end),
        cmocka_unit_test(only_an_empty_store_is_filled_this_way),
        cmocka_unit_test(a_load_that_was_cut_off_is_made_whole),
        cmocka_unit_test(another_process_may_write_in_between),
        cmocka_unit_test(everything_comes_out_as_without),
    };
    return EN_RUN(tests);
}

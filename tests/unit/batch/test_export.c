/* Exporting and importing again is the identity, in every format, whatever the records hold. */
#include "stores.h"

#include "batch/export.h"
#include "batch/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECORDS = 10000, TEXT_ROOM = 32 };

static const char schema[] =
    "{'name': 'A', 'maxRecords': null, 'sizeLimit': null, 'structure': {"
    "'id': {'type': 'text', 'unique': true}, 't': 'text', 'n': 'number', 'b': {'type': 'boolean', "
    "'default': true},"
    "'d': 'date', 'u': 'buffer', 'l': 'array', 'c': 'collection', 'x': 'any', 'm': 'email', 'w': "
    "'url',"
    "'f': {'type': 'text', 'default': 'given'}, ' y ': 'number', '_key': 'text', '_extra': 'any',"
    "'q\\\"r,s': 'text', 'T': 'text', 'late': {'type': 'date', 'default': "
    "'2020-01-01T00:00:00Z'}}}";

static const char *const texts[] = {
    "",
    " ",
    "a",
    "=1+2",
    "@x",
    "-1",
    "+x",
    "\t",
    "a,b;c",
    "\"",
    "\"\"",
    "'",
    "a\nb",
    "a\r\nb",
    "\r",
    "null",
    "true",
    "5",
    "1e400",
    "{\"$date\":\"2020-01-01T00:00:00.000Z\"}",
    "[1,",
    "\\",
    "\\u0000",
    "\xEF\xBB\xBFx",
    "\xE2\x80\xA8",
    "\xF0\x9F\x98\x80",
    "\xE2\x80\xAEx",
    "\x1B[31m",
    "__proto__",
    "; DROP TABLE A;--",
    "%s%n",
    "x\x7Fy",
    "\xC3\xA9",
    "e\xCC\x81",
    "_key",
};
enum { TEXTS = sizeof texts / sizeof *texts };

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

static en_value random_text(bench *b, uint64_t *state)
{
    switch (next(state) % 8) {
    case 0:
        return en_text_value((en_text){ "a\0b", 3 });
    case 1:
        return en_text_value(en_text_format(&b->arena, "%s%s", texts[next(state) % TEXTS],
                                            texts[next(state) % TEXTS]));
    default:
        return en_text_value(en_text_from(texts[next(state) % TEXTS]));
    }
}

static en_value random_number(uint64_t *state)
{
    static const double numbers[] = { 0,
                                      -0.5,
                                      0.1,
                                      1e300,
                                      5e-324,
                                      -1.7976931348623157e308,
                                      1e21,
                                      1e-7,
                                      9007199254740993.0,
                                      123456789.125 };
    switch (next(state) % 4) {
    case 0:
        return en_integer((int64_t)(next(state) << 11));
    case 1:
        return en_integer_unsigned(UINT64_MAX - next(state) % 3);
    case 2:
        return en_integer(-(int64_t)(next(state) % 1000));
    default:
        return en_number(numbers[next(state) % (sizeof numbers / sizeof *numbers)]);
    }
}

static en_value random_date(uint64_t *state)
{
    static const int64_t dates[] = {
        0, -1, 8640000000000000, -8640000000000000, 1767225599999, -62167219200000, 253402300800000
    };
    return en_date(next(state) % 2 != 0 ? dates[next(state) % 7]
                                        : (int64_t)(next(state) % 4102444800000u));
}

static en_value random_value(bench *b, uint64_t *state, unsigned depth);

static en_value random_array(bench *b, uint64_t *state, unsigned depth)
{
    en_array_builder items;
    en_array_builder_init(&items, &b->arena);
    for (uint64_t i = next(state) % 4; i > 0; i--) {
        en_array_builder_add(&items, random_value(b, state, depth + 1));
    }
    return en_array_builder_take(&items);
}

static en_value random_collection(bench *b, uint64_t *state, unsigned depth)
{
    static const char *const names[] = { "$date", "$buffer", "a",  "b.c", "",
                                         "data",  "key",     "\"", " " };
    en_collection_builder members;
    en_collection_builder_init(&members, &b->arena);
    if (next(state) % 4 == 0) {
        en_collection_builder_add(&members, EN_TEXT("$date"),
                                  en_text_value(EN_TEXT("2020-01-01T00:00:00.000Z")));
        return en_collection_builder_take(&members);
    }
    for (uint64_t i = next(state) % 4; i > 0; i--) {
        en_collection_builder_add(&members, en_text_from(names[next(state) % 9]),
                                  random_value(b, state, depth + 1));
    }
    return en_collection_builder_take(&members);
}

/* What JSON holds. */
static en_value random_value(bench *b, uint64_t *state, unsigned depth)
{
    switch (next(state) % (depth < 4 ? 7 : 5)) {
    case 0:
        return en_null();
    case 1:
        return en_boolean(next(state) % 2 != 0);
    case 2:
        return random_number(state);
    case 3:
    case 4:
        return random_text(b, state);
    case 5:
        return random_array(b, state, depth);
    default:
        return random_collection(b, state, depth);
    }
}

static en_value value_for(bench *b, uint64_t *state, const char *name)
{
    static const char bytes[] = "\x00\xFF\x1F\x8B=+\"\n";
    switch (name[0]) {
    case 'n':
    case ' ':
        return random_number(state);
    case 'b':
        return en_boolean(next(state) % 2 != 0);
    case 'd':
        return name[1] == '\0' ? random_date(state)
                               : random_collection(b, state, 0); /* data: none */
    case 'u':
        return en_buffer((en_text){ bytes, next(state) % sizeof bytes });
    case 'l':
        return name[1] == '\0' ? random_array(b, state, 0) : random_date(state);
    case 'c':
        return random_collection(b, state, 0);
    case 'm':
        return en_text_value(EN_TEXT("ada+x@example.org"));
    case 'w':
        return en_text_value(EN_TEXT("https://example.org/?a=b,c&d=\"e\""));
    case 'x':
    case 'o': /* other: not declared */
        return random_value(b, state, 0);
    default:
        return strcmp(name, "_extra") == 0 ? random_value(b, state, 0) : random_text(b, state);
    }
}

static en_value random_record(bench *b, uint64_t *state)
{
    static const char *const names[] = { "t",      "n", "b",    "d",     "u",   "l",    "c",
                                         "x",      "m", "w",    "f",     " y ", "_key", "_extra",
                                         "q\"r,s", "T", "late", "other", "o.p", "o " };
    en_collection_builder members;
    en_collection_builder_init(&members, &b->arena);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (next(state) % 2 != 0) {
            en_collection_builder_add(&members, en_text_from(names[i]),
                                      value_for(b, state, names[i]));
        } else if (next(state) % 4 == 0) {
            en_collection_builder_add(&members, en_text_from(names[i]), en_null());
        }
    }
    return en_collection_builder_take(&members);
}

static void fill(bench *b, const char *store, uint64_t seed, int count)
{
    uint64_t state = seed * 2654435761u + 1;
    b->run.nulls_stay = true;
    for (int i = 0; i < count; i++) {
        char key[TEXT_ROOM];
        snprintf(key, sizeof key, "%s%d", i % 7 == 0 ? "k\",\n" : "", i);
        en_error_clear(&b->error);
        bool added = en_store_add(bench_segment(b), en_text_from(store), en_text_from(key),
                                  random_record(b, &state), false, &b->arena, NULL, &b->error);
        if (!added) {
            fail_msg("record %d of seed %u: %s: %s", i, (unsigned)seed, b->error.path,
                     b->error.message);
        }
    }
    bench_commit(b);
}

static bool add_bytes(void *context, en_text bytes, en_error *error)
{
    (void)error;
    en_builder_add(context, bytes);
    return true;
}

static en_text export_as(bench *b, const char *store, const char *format)
{
    en_builder out;
    uint64_t count;
    en_builder_init(&out, &b->arena);
    en_export_options options = { .store = en_text_from(store),
                                  .sink = add_bytes,
                                  .context = &out };
    assert_true(en_record_format_read(format, NULL, NULL, &options.format, &b->error));
    if (!en_export_run(bench_segment(b), &options, &count, &b->error)) {
        fail_msg("%s: %s", b->error.path, b->error.message);
    }
    bench_rollback(b);
    return en_builder_take(&out);
}

static void say_nothing(void *owner, const en_import_counts *counts)
{
    (void)owner;
    (void)counts;
}

static void import_as(bench *b, const char *store, const char *format, en_text text)
{
    char path[] = "/tmp/enact-export-XXXXXX";
    int file = mkstemp(path);
    assert_int_equal(write(file, text.data, text.length), text.length);
    close(file);
    en_import_counts counts;
    en_import_options options = { .store = en_text_from(store),
                                  .file = path,
                                  .group = 1000,
                                  .listener = { .committed = say_nothing } };
    en_error_clear(&b->error);
    assert_true(en_record_format_read(format, NULL, NULL, &options.format, &b->error));
    if (!en_import_run(b->database, &b->run, &options, &counts, &b->error)) {
        fail_msg("%s:%u:%u: %s: %s", b->error.file, b->error.line, b->error.column, b->error.path,
                 b->error.message);
    }
    unlink(path);
}

static void assert_same(en_text a, en_text b)
{
    size_t at = 0;
    while (at < a.length && at < b.length && a.data[at] == b.data[at]) {
        at++;
    }
    if (at != a.length || at != b.length) {
        size_t from = at > 200 ? at - 200 : 0;
        fail_msg("\n%.*s\n%.*s", (int)(at - from + 60), a.data + from, (int)(at - from + 60),
                 b.data + from);
    }
}

/* `structure` NULL: nothing is declared. */
static void check(const char *structure, int count)
{
    static const char *const formats[] = { "jsonl", "json", "csv", "tsv.gz", "csv" };
    bench from;
    bench_open(&from, false);
    if (structure != NULL) {
        bench_declare(&from, structure);
    }
    for (uint64_t seed = 1; seed <= 5; seed++) {
        bench to;
        bench_open(&to, false);
        if (structure != NULL) {
            bench_declare(&to, structure);
            assert_true(
                en_store_create(bench_segment(&to), bench_schema(&to, structure), &to.error));
            bench_commit(&to);
        } else {
            assert_true(
                en_store_create(
                    bench_segment(&from),
                    bench_schema(&from, "{'name': 'A', 'maxRecords': null, 'sizeLimit': null}"),
                    &from.error) ||
                seed > 1);
            assert_true(en_store_create(
                bench_segment(&to),
                bench_schema(&to, "{'name': 'A', 'maxRecords': null, 'sizeLimit': null}"),
                &to.error));
            bench_commit(&to);
        }
        uint64_t gone;
        assert_true(en_store_clear(bench_segment(&from), EN_TEXT("A"), &gone, &from.error));
        fill(&from, "A", seed, count / 5);
        import_as(&to, "A", formats[seed - 1], export_as(&from, "A", formats[seed - 1]));
        assert_same(export_as(&to, "A", "jsonl"), export_as(&from, "A", "jsonl"));
        bench_close(&to);
    }
    bench_close(&from);
}

static void what_was_exported_imports_as_it_was(void **state)
{
    (void)state;
    check(schema, RECORDS);
}

static void so_does_what_nobody_declared(void **state)
{
    (void)state;
    check(NULL, RECORDS / 5);
}

static void formulas_are_guarded_where_asked_for(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, "{'name': 'A', 'structure': {'t': 'text', 'n': 'number'}}");
    assert_true(bench_add(&b, "A", "k", "{'t': '=1+2', 'n': -1}", false));
    assert_true(bench_add(&b, "A", "l", "{'t': '@x'}", false));
    bench_commit(&b);
    en_builder out;
    uint64_t count;
    en_builder_init(&out, &b.arena);
    const en_export_options options = { .store = EN_TEXT("A"),
                                        .format = { .kind = EN_RECORDS_CSV },
                                        .guards = true,
                                        .sink = add_bytes,
                                        .context = &out };
    assert_true(en_export_run(bench_segment(&b), &options, &count, &b.error));
    assert_int_equal(count, 2);
    assert_text(en_builder_take(&out), "_key,t,n\nk,'=1+2,-1\nl,'@x,\n");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_exported_imports_as_it_was),
        cmocka_unit_test(so_does_what_nobody_declared),
        cmocka_unit_test(formulas_are_guarded_where_asked_for),
    };
    return EN_RUN(tests);
}

/* Definitions of data stores: both shapes, and everything that is wrong with one. */
#include "stores.h"

#include "value/json.h"

static const char *canonical(bench *b, const char *definition)
{
    const en_schema *schema = bench_schema(b, definition);
    return en_text_terminate(&b->arena,
                             en_json_text(&b->arena, en_schema_write(&b->arena, schema), 0));
}

static void both_shapes_say_the_same(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    static const char expected[] =
        "{\"name\":\"S\",\"structure\":{\"email\":{\"type\":\"email\",\"required\":true},"
        "\"n\":{\"type\":\"number\",\"default\":0}},\"maxRecords\":5}";
    assert_string_equal(canonical(&b, "{'name': 'S', 'maxRecords': 5, 'sizeLimit': '10MB',"
                                      "'structure': {'email': {'type': 'email', 'required': true},"
                                      "'n': {'type': 'number', 'default': 0}}}"),
                        expected);
    assert_string_equal(canonical(&b, "{'name': 'S', 'maxRecords': 5, 'sizeLimit': 10485760,"
                                      "'structure': {'type': 'collection', 'spec': ["
                                      "{'name': 'email', 'type': 'email', 'required': true},"
                                      "{'name': 'n', 'type': 'number', 'default': '0'}]}}"),
                        expected);
    bench_close(&b);
}

static void what_is_written_reads_back_the_same(void **state)
{
    static const char *const definitions[] = {
        "{'name': 'S'}",
        "{'name': 'S', 'structure': {}, 'strict': true}",
        "{'name': 'S', 'structure': {'type': 'text', 'spec': {'type': 'array', 'default': [1]},"
        "'a': {'type': 'any', 'label': 'An A'}, 'b': 'buffer', 'u': 'url', 'c': 'object',"
        "'d': {'type': 'date', 'default': '2024-01-01'}, 'e': {'type': 'boolean', 'unique': true}},"
        "'unique': [['a', 'b'], 'u'], 'indexes': ['d', ['u', 'd']], 'maxRecords': null,"
        "'sizeLimit': '1.5 KB'}",
    };
    (void)state;
    bench b;
    bench_open(&b, false);
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
        const char *first = canonical(&b, definitions[i]);
        assert_string_equal(canonical(&b, first), first);
    }
    const en_schema *schema = bench_schema(&b, definitions[2]);
    assert_int_equal(schema->max_records, 0);
    assert_int_equal(schema->max_bytes, 1536);
    assert_int_equal(schema->unique_count, 2);
    assert_int_equal(schema->index_count, 2);
    assert_int_equal(schema->fields[5].type, EN_T_COLLECTION);
    assert_true(en_is(schema->fields[6].fallback, EN_DATE));
    schema = bench_schema(&b, definitions[0]);
    assert_int_equal(schema->max_records, EN_DEFAULT_MAX_RECORDS);
    assert_int_equal(schema->max_bytes, EN_DEFAULT_MAX_BYTES);
    assert_false(schema->has_structure);
    bench_close(&b);
}

static void sizes_are_bytes_or_texts_of_1024(void **state)
{
    static const struct {
        const char *limit;
        uint64_t bytes;
    } cases[] = { { "10", 10 },      { "'10'", 10 },          { "'10B'", 10 },
                  { "'2kb'", 2048 }, { "' 3 MB '", 3145728 }, { "'1GB'", 1073741824 },
                  { "null", 0 },     { "'0.5KB'", 512 } };
    (void)state;
    bench b;
    bench_open(&b, false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        en_text text = en_text_format(&b.arena, "{'name': 'S', 'sizeLimit': %s}", cases[i].limit);
        const en_schema *schema = bench_schema(&b, en_text_terminate(&b.arena, text));
        assert_int_equal(schema->max_bytes, cases[i].bytes);
    }
    bench_close(&b);
}

static void every_problem_of_a_definition_is_told(void **state)
{
    static const struct {
        const char *definition, *path, *message;
    } cases[] = {
        { "[]", "", "expected a data store with a \"name\"" },
        { "{'structure': {}}", "name", "a data store needs a name" },
        { "{'name': 5}", "name", "a data store needs a name" },
        { "{'name': 'S', 'maxRecords': 0}", "maxRecords",
          "expected a whole number from 1, or null for no limit" },
        { "{'name': 'S', 'maxRecords': 1.5}", "maxRecords",
          "expected a whole number from 1, or null for no limit" },
        { "{'name': 'S', 'maxRecords': '5'}", "maxRecords",
          "expected a whole number from 1, or null for no limit" },
        { "{'name': 'S', 'sizeLimit': '10 bananas'}", "sizeLimit",
          "expected bytes, a text like \"10MB\", or null for no limit" },
        { "{'name': 'S', 'sizeLimit': 'MB'}", "sizeLimit",
          "expected bytes, a text like \"10MB\", or null for no limit" },
        { "{'name': 'S', 'sizeLimit': 1e300}", "sizeLimit",
          "expected bytes, a text like \"10MB\", or null for no limit" },
        { "{'name': 'S', 'strict': 'yes'}", "strict", "expected true or false" },
        { "{'name': 'S', 'structure': 5}", "structure",
          "expected fields by name, or {\"type\": \"collection\", \"spec\": [fields]}" },
        { "{'name': 'S', 'structure': {'a': 5}}", "structure.a",
          "expected a field such as {\"type\": \"text\"}" },
        { "{'name': 'S', 'structure': {'a': {}}}", "structure.a.type",
          "expected the name of a type" },
        { "{'name': 'S', 'structure': {'a': 'nubmer'}}", "structure.a", "unknown type \"nubmer\"" },
        { "{'name': 'S', 'structure': {'a': 'filter'}}", "structure.a", "unknown type \"filter\"" },
        { "{'name': 'S', 'structure': {'': 'text'}}", "structure.", "a field needs a name" },
        { "{'name': 'S', 'structure': {'a': {'type': 'text', 'unique': 1}}}", "structure.a.unique",
          "expected true or false" },
        { "{'name': 'S', 'structure': {'a': {'type': 'number', 'default': 'x'}}}",
          "structure.a.default", "expected a number but got text \"x\"" },
        { "{'name': 'S', 'structure': {'type': 'collection', 'spec': [{'name': 'a', 'type': "
          "'text'},"
          "{'name': 'a', 'type': 'text'}]}}",
          "structure.spec[1]", "a field of that name stands above" },
        { "{'name': 'S', 'structure': {'type': 'collection', 'spec': [5]}}", "structure.spec[0]",
          "expected a field with \"name\" and \"type\"" },
        { "{'name': 'S', 'structure': {'amount': 'text'}, 'unique': [['amuont']]}", "unique[0]",
          "no field \"amuont\" is declared" },
        { "{'name': 'S', 'structure': {'a': 'text'}, 'indexes': [['a', 'a']]}", "indexes[0]",
          "a field stands twice in one list" },
        { "{'name': 'S', 'structure': {'a': 'text'}, 'indexes': 'a'}", "indexes",
          "expected lists of field names, such as [[\"userId\", \"createdAt\"]]" },
        { "{'name': 'S', 'structure': {'a': 'text'}, 'indexes': [[5]]}", "indexes[0]",
          "expected a list of field names" },
    };
    (void)state;
    bench b;
    bench_open(&b, false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        en_problems problems;
        en_problems_init(&problems, &b.arena);
        assert_null(en_schema_read(&b.arena, bench_json(&b, cases[i].definition), &problems));
        assert_int_equal(problems.errors, 1);
        assert_text(problems.first->message, cases[i].message);
        assert_text(problems.first->path, cases[i].path);
    }
    bench_close(&b);
}

static void slips_of_the_pen_are_warned_about(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    en_problems problems;
    en_problems_init(&problems, &b.arena);
    assert_non_null(
        en_schema_read(&b.arena,
                       bench_json(&b, "{'name': 'S', 'maxRecrods': 5,"
                                      "'structure': {'a': {'type': 'text', 'requird': true}}}"),
                       &problems));
    assert_int_equal(problems.errors, 0);
    assert_int_equal(problems.warnings, 2);
    assert_text(problems.first->message, "\"maxRecrods\" means nothing here");
    assert_text(problems.first->hint, "did you mean \"maxRecords\"?");
    assert_text(problems.first->next->path, "structure.a.requird");
    assert_text(problems.first->next->hint, "did you mean \"required\"?");
    bench_close(&b);
}

static void several_problems_are_told_at_once(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    en_problems problems;
    en_problems_init(&problems, &b.arena);
    assert_null(en_schema_read(
        &b.arena, bench_json(&b, "{'maxRecords': -1, 'structure': {'a': 'x', 'b': 7}}"),
        &problems));
    assert_int_equal(problems.errors, 4);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_shapes_say_the_same),
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(sizes_are_bytes_or_texts_of_1024),
        cmocka_unit_test(every_problem_of_a_definition_is_told),
        cmocka_unit_test(slips_of_the_pen_are_warned_about),
        cmocka_unit_test(several_problems_are_told_at_once),
    };
    return EN_RUN(tests);
}

/* Conditions as SQL: what is exact, what an index serves, and that SQL and evaluator agree. */
#include "stores.h"

#include "store/layout.h"
#include "store/query.h"
#include "value/json.h"

#include <stdio.h>
#include <stdlib.h>

static const char readings[] =
    "{'name': 'Readings', 'sizeLimit': null, 'structure': {"
    "'t': 'text', 'mail': 'email', 'n': 'number', 'b': 'boolean', 'd': 'date', 'l': 'array',"
    "'c': 'collection', 'any': 'any', 'c.x': 'number', '_hidden': 'number'},"
    "'indexes': [['t', 'd'], 'n']}";

static en_where compile(bench *b, const char *groups)
{
    en_table *table = NULL;
    en_where where;
    en_filter *filter = EN_NEW(&b->arena, en_filter);
    *filter = bench_filter(b, bench_json(b, groups));
    assert_true(en_layout_find((en_sqlite_segment *)bench_segment(b), EN_TEXT("Readings"), true,
                               &table, &b->error));
    en_query_compile(table, filter, &where);
    return where;
}

/* --- what is exact --- */

static void exact_conditions_become_this_sql(void **state)
{
    static const struct {
        const char *groups, *sql;
    } cases[] = {
        { "[[{'a':'n','o':'equal','b':5}]]", "\"n\" = ?1" },
        { "[[{'a':'n','o':'equal','b':'5'}]]", "\"n\" = ?1" },
        { "[[{'a':'n','o':'notEqual','b':5}]]", "\"n\" IS NOT ?1" },
        { "[[{'a':'n','o':'number:greater','b':5}]]", "\"n\" > ?1" },
        { "[[{'a':'n','o':'in','b':[1,2]}]]", "\"n\" IN (SELECT value FROM json_each(?1))" },
        { "[[{'a':'n','o':'exist'}]]", "\"n\" IS NOT NULL" },
        { "[[{'a':'n','o':'equal','b':null}]]", "\"n\" IS NULL" },
        { "[[{'a':'n','o':'less','b':null}]]", "0" },
        { "[[{'a':'t','o':'equal','b':'x'}]]", "\"t\" = ?1" },
        { "[[{'a':'t','o':'text:equal','b':'5'}]]", "\"t\" = ?1" },
        { "[[{'a':'t','o':'equal','b':true}]]", "\"t\" = ?1" },
        { "[[{'a':'t','o':'equal','b':''}]]", "(\"t\" IS NULL OR \"t\" = '')" },
        { "[[{'a':'t','o':'notEqual','b':''}]]", "((\"t\" IS NULL OR \"t\" = '')) IS NOT TRUE" },
        { "[[{'a':'t','o':'contains','b':5}]]", "instr(\"t\", ?1) > 0" },
        { "[[{'a':'t','o':'notContains','b':'x'}]]", "(instr(\"t\", ?1) > 0) IS NOT TRUE" },
        { "[[{'a':'t','o':'startsWith','b':'x'}]]", "\"t\" >= ?1 AND \"t\" < ?2" },
        { "[[{'a':'mail','o':'notIn','b':['a@b.c']}]]",
          "(\"mail\" IN (SELECT value FROM json_each(?1))) IS NOT TRUE" },
        { "[[{'a':'d','o':'less','b':'2024-01-01'}]]", "\"d\" < ?1" },
        { "[[{'a':'d','o':'less','b':{'$date':'2024-01-01T00:00:00.000Z'}}]]", "\"d\" < ?1" },
        { "[[{'a':'b','o':'equal','b':'true'}]]", "\"b\" = ?1" },
        { "[[{'a':'t','o':'equal','b':'x'},{'a':'n','o':'less','b':1},{'a':'b','o':'exist'}],"
          "[{'a':'t','o':'equal','b':'y'}]]",
          "\"t\" = ?1 AND (\"n\" < ?2 AND \"b\" IS NOT NULL) OR \"t\" = ?3" },
    };
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, readings);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        en_where where = compile(&b, cases[i].groups);
        assert_text(where.sql, cases[i].sql);
        assert_true(where.exact);
    }
    bench_close(&b);
}

static void what_sql_would_answer_otherwise_is_left_to_the_evaluator(void **state)
{
    static const char *const cases[] = {
        "[[{'a':'t','o':'notEqual','b':'5'}]]", /* '5.0' equals '5' */
        "[[{'a':'t','o':'less','b':5}]]",
        "[[{'a':'t','o':'text:equal:ci','b':'x'}]]",
        "[[{'a':'t','o':'matches','b':'x'}]]",
        "[[{'a':'t','o':'endsWith','b':'x'}]]",
        "[[{'a':'t','o':'in','b':'x, y'}]]",
        "[[{'a':'t','o':'in','b':['x', ['y']]}]]",
        "[[{'a':'t','o':'equal','b':['x']}]]",
        "[[{'a':'n','o':'equal','b':'x'}]]",
        "[[{'a':'n','o':'equal','b':9223372036854775808}]]",
        "[[{'a':'n','o':'text:equal','b':'5'}]]",
        "[[{'a':'d','o':'equal','b':'x'}]]",
        "[[{'a':'b','o':'equal','b':1}]]",
        "[[{'a':'l','o':'equal','b':'x'}]]",
        "[[{'a':'l','o':'exist'}]]",
        "[[{'a':'c','o':'equal','b':null}]]",
        "[[{'a':'c.x','o':'equal','b':1}]]",
        "[[{'a':'any','o':'equal','b':1}]]",
        "[[{'a':'_hidden','o':'equal','b':1}]]",
        "[[{'a':'free','o':'notEqual','b':1}]]",
        "[[{'a':'free','o':'contains','b':'x'}]]",
        "[[{'a':'free','o':'equal','b':'a\\u0000b'}]]",
        "[[{'a':'a.b','o':'equal','b':1}]]",
        "[[{'a':'a\\u0022b','o':'equal','b':1}]]",
        "[[{'a':'a\\\\b','o':'equal','b':1}]]",
        "[[{'a':'n','o':'equal','b':1}],[{'a':'free','o':'notEqual','b':1}]]",
    };
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, readings);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        en_where where = compile(&b, cases[i]);
        if (where.sql.length != 0 || where.exact) {
            fail_msg("%s became %.*s", cases[i], EN_TEXT_ARG(where.sql));
        }
    }
    en_where where =
        compile(&b, "[[{'a':'n','o':'equal','b':1},{'a':'free','o':'notEqual','b':1}]]");
    assert_text(where.sql, "\"n\" = ?1");
    assert_false(where.exact);
    where = compile(&b, "[[{'a':'id','o':'equal','b':'x'}]]");
    assert_text(where.sql, "(_key = ?1 OR _extra IS NOT NULL)");
    assert_false(where.exact);
    bench_close(&b);
}

static void more_than_was_asked_for_is_found_and_looked_at_again(void **state)
{
    static const struct {
        const char *groups, *sql;
    } cases[] = {
        { "[[{'a':'t','o':'equal','b':-5}]]", "(\"t\" >= ?1 AND \"t\" < ?2)" },
        { "[[{'a':'t','o':'equal','b':'2024-01-01'}]]",
          "(\"t\" >= ?1 AND \"t\" < ?2 OR \"t\" >= ?3 AND \"t\" < ?4)" },
        { "[[{'a':'t','o':'in','b':['x','-1']}]]", "(\"t\" = ?1 OR \"t\" >= ?2 AND \"t\" < ?3)" },
        { "[[{'a':'free','o':'equal','b':'x'}]]", "(json_extract(_extra, '$.\"free\"') = ?1 OR "
                                                  "json_extract(_extra, '$.\"free\"') >= ?2 AND "
                                                  "json_extract(_extra, '$.\"free\"') < ?3)" },
        { "[[{'a':'free','o':'exist'}]]", "(json_extract(_extra, '$.\"free\"') IS NOT NULL)" },
        { "[[{'a':'it\\u0027s','o':'exist'}]]",
          "(json_extract(_extra, '$.\"it''s\"') IS NOT NULL)" },
    };
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, readings);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        en_where where = compile(&b, cases[i].groups);
        assert_text(where.sql, cases[i].sql);
        assert_false(where.exact);
    }
    bench_close(&b);
}

static const char *plan(bench *b, const char *groups)
{
    en_where where = compile(b, groups);
    en_sqlite_segment *segment = (en_sqlite_segment *)b->segment;
    en_statement *explain = NULL;
    en_text sql =
        en_text_format(&b->arena, "EXPLAIN QUERY PLAN SELECT count(*) FROM \"Readings\" WHERE %.*s",
                       EN_TEXT_ARG(where.sql));
    assert_true(en_db_prepare(segment->connection->db, &b->arena, sql, &explain, &b->error));
    assert_int_equal(en_statement_step(explain, &b->error), EN_STEP_ROW);
    const char *text = en_text_terminate(&b->arena, en_statement_text(explain, 3));
    en_statement_release(explain);
    return text;
}

static void declared_indexes_serve_equality_and_range(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, readings);
    assert_string_equal(plan(&b, "[[{'a':'t','o':'equal','b':'user'},"
                                 "{'a':'d','o':'greater','b':'2024-01-01T10:00:00Z'}]]"),
                        "SEARCH Readings USING COVERING INDEX enact_i1_1 (t=? AND d>?)");
    assert_string_equal(plan(&b, "[[{'a':'t','o':'startsWith','b':'user'}]]"),
                        "SEARCH Readings USING COVERING INDEX enact_i1_1 (t>? AND t<?)");
    assert_string_equal(plan(&b, "[[{'a':'n','o':'in','b':[1,2,3]}]]"),
                        "SEARCH Readings USING COVERING INDEX enact_i1_2 (n=?)");
    assert_string_equal(plan(&b, "[[{'a':'t','o':'equal','b':'12345'}]]"), "MULTI-INDEX OR");
    bench_close(&b);
}

/* --- SQL against the evaluator --- */

typedef struct pool {
    const char *const *values;
    size_t count;
} pool;

#define POOL(list)                                                                                 \
    {                                                                                              \
        list, sizeof(list) / sizeof *(list)                                                        \
    }

static const char *const texts[] = { "''",
                                     "'a'",
                                     "'A'",
                                     "'abc'",
                                     "'5'",
                                     "'5.0'",
                                     "' 5 '",
                                     "'-1e3'",
                                     "'true'",
                                     "'false'",
                                     "'2024-01-01'",
                                     "'2024-01-01T00:00:00Z'",
                                     "'%'",
                                     "'_b%'",
                                     "'\\u0000'",
                                     "'a\\u0000b'",
                                     "'ä'",
                                     "'Ä'",
                                     "'\U0001F600'",
                                     "'zz\\\\'",
                                     "'1704067200000'",
                                     "'[]'",
                                     "'a, 5'",
                                     "'4.99999999999999999999'",
                                     "'5e0'",
                                     "'50e-1'",
                                     "'005.'",
                                     "'12345'",
                                     "'12345.0'",
                                     "'1.2345e4'",
                                     "'12344.99999999999999999'",
                                     "'123450E-1'",
                                     "'1'",
                                     "'0.99999999999999999999'",
                                     "'9.9999999999999999999e-1'",
                                     "'99.999999999999999999e-2'",
                                     "'1e-400'",
                                     "'0'",
                                     "'-0.0'",
                                     "'123456789012345678'",
                                     "'123456789012345678.0'",
                                     "'1.23456789012345678e17'",
                                     "'\\t5\\n'",
                                     "'2023-12-31T22:30:00-01:30'",
                                     "'+002024-01-01'" };
static const char *const numbers[] = { "0",
                                       "5",
                                       "-1",
                                       "2.5",
                                       "0.1",
                                       "1e300",
                                       "9007199254740993",
                                       "9007199254740992",
                                       "9223372036854775807",
                                       "9223372036854775808",
                                       "18446744073709551615",
                                       "1704067200000",
                                       "-0.0",
                                       "1000",
                                       "12345",
                                       "1",
                                       "123456789012345678" };
static const char *const booleans[] = { "true", "false" };
static const char *const dates[] = { "{'$date':'2024-01-01T00:00:00.000Z'}",
                                     "{'$date':'2023-12-31T23:59:59.999Z'}",
                                     "{'$date':'1970-01-01T00:00:00.005Z'}" };
static const char *const lists[] = {
    "[]", "[5]", "['a','b']", "[null,'']", "[[1],[2]]", "['abc']"
};
static const char *const collections[] = { "{}", "{'x':5}", "{'x':'a','y':{'z':1}}", "{'x':null}" };
static const char *const mails[] = { "'a@b.cd'", "'A@b.cd'", "'5@b.cd'" };
static const char *const missing[] = { "null" };

static const pool pools[] = { POOL(texts), POOL(numbers),     POOL(booleans), POOL(dates),
                              POOL(lists), POOL(collections), POOL(mails),    POOL(missing) };
enum { TEXTS, NUMBERS, BOOLEANS, DATES, LISTS, COLLECTIONS, MAILS, MISSING, POOLS };

static const struct {
    const char *name;
    int pool; /* POOLS: any */
} fields[] = {
    { "t", TEXTS },
    { "mail", MAILS },
    { "n", NUMBERS },
    { "b", BOOLEANS },
    { "d", DATES },
    { "l", LISTS },
    { "c", COLLECTIONS },
    { "any", POOLS },
    { "c.x", NUMBERS },
    { "_hidden", NUMBERS },
    { "free", POOLS },
    { "id", TEXTS },
    { "recordId", TEXTS },
    { "c.y.z", POOLS },
    { "it\\u0027s", TEXTS },
    { "a\\u0022b", POOLS },
    { "a\\\\b", TEXTS },
    { "x y]", POOLS },
    { "\\u00c4$.x", NUMBERS },
    { "$[0]", DATES },
    { "T", NUMBERS }, /* as "t", without case */
    { "select", TEXTS },
    { "rowid", NUMBERS },
    { "_key", TEXTS },
    { "x\\u0027; DROP TABLE Readings; --", TEXTS },
    { "\\u00e9", TEXTS },
    { "e\\u0301", NUMBERS },
    { "a\\u00a0b", BOOLEANS },
};
enum {
    FIELDS = sizeof fields / sizeof *fields,
    KEY_FIELDS = 11 /* id, recordId, c.y.z */,
    PLAIN_FIELDS = 8
};

/* Where the values of each field come from; other tables have other types. */
typedef struct shape {
    int pools[FIELDS];
} shape;

static shape usual_shape(void)
{
    shape usual;
    for (size_t i = 0; i < FIELDS; i++) {
        usual.pools[i] = fields[i].pool;
    }
    return usual;
}

static const char *const patterns[] = { "'a'", "'^5'", "'b$'", "'.'", "'^$'", "5" };
static const char *const prefixes[EN_OPERATIONS + 6] = { "",      "",         "text:", "number:",
                                                         "date:", "boolean:", "array:" };

static size_t roll(bench *b, size_t sides)
{
    return (size_t)(en_random_unit(&b->random) * (double)sides);
}

static const char *pick(bench *b, int from)
{
    const pool *chosen = &pools[from == POOLS ? (int)roll(b, POOLS) : from];
    return chosen->values[roll(b, chosen->count)];
}

static void fill_store(bench *b, const shape *of, size_t records)
{
    for (size_t i = 0; i < records; i++) {
        en_builder data;
        const char *separator = "{";
        en_builder_init(&data, &b->arena);
        for (size_t j = 0; j < FIELDS; j++) {
            bool stands_apart = j >= KEY_FIELDS && j < KEY_FIELDS + 3;
            if (!stands_apart && roll(b, 3) != 0) {
                en_builder_format(&data, "%s'%s':%s", separator, fields[j].name,
                                  pick(b, of->pools[j]));
                separator = ",";
            }
        }
        if (roll(b, 4) == 0) {
            en_builder_format(&data, "%s'%s':%s", separator, roll(b, 2) ? "id" : "recordId",
                              pick(b, POOLS));
            separator = ",";
        }
        en_builder_add(&data, separator[0] == '{' ? EN_TEXT("{}") : EN_TEXT("}"));
        char key[32];
        snprintf(key, sizeof key, roll(b, 2) ? "%zu" : "k%zu", i);
        const char *text = en_text_terminate(&b->arena, en_builder_take(&data));
        en_error_clear(&b->error);
        if (!bench_add(b, "Readings", key, text, false) && b->error.type != EN_DuplicateDataError) {
            fail_msg("%s: %s", text, b->error.message);
        }
    }
}

static void add_condition(bench *b, const shape *of, en_builder *filter)
{
    en_operation operation = (en_operation)roll(b, EN_OPERATIONS);
    bool is_pattern = operation == EN_OP_MATCHES || operation == EN_OP_NOT_MATCHES;
    size_t field = roll(b, FIELDS);
    const char *prefix = roll(b, 3) != 0 ? "" : prefixes[roll(b, 7)];
    const char *suffix = roll(b, 8) == 0 ? ":ci" : "";
    en_operator op;
    en_text nearest;
    en_text spelling =
        en_text_format(&b->arena, "%s%s%s", prefix, en_operation_name(operation), suffix);
    if (!en_operator_find(spelling, &op, &nearest)) {
        spelling = en_text_from(en_operation_name(operation));
    }
    en_builder_format(filter, "{'a':'%s','o':'%.*s','b':", fields[field].name,
                      EN_TEXT_ARG(spelling));
    if (is_pattern) {
        en_builder_format(filter, "%s}", patterns[roll(b, sizeof patterns / sizeof *patterns)]);
    } else if (operation == EN_OP_IN || operation == EN_OP_NOT_IN) {
        int from = roll(b, 2) ? of->pools[field] : POOLS;
        en_builder_format(filter, "[%s,%s]}", pick(b, from), pick(b, from));
    } else {
        en_builder_format(filter, "%s}", pick(b, roll(b, 2) ? of->pools[field] : POOLS));
    }
}

static const char *make_filter(bench *b, const shape *of)
{
    en_builder filter;
    en_builder_init(&filter, &b->arena);
    en_builder_add(&filter, EN_TEXT("["));
    size_t groups = 1 + roll(b, 3);
    for (size_t i = 0; i < groups; i++) {
        en_builder_add(&filter, i == 0 ? EN_TEXT("[") : EN_TEXT(",["));
        size_t conditions = roll(b, 12) == 0 ? 0 : 1 + roll(b, 3);
        for (size_t j = 0; j < conditions; j++) {
            en_builder_add(&filter, j == 0 ? EN_TEXT("") : EN_TEXT(","));
            add_condition(b, of, &filter);
        }
        en_builder_add(&filter, EN_TEXT("]"));
    }
    en_builder_add(&filter, EN_TEXT("]"));
    return en_text_terminate(&b->arena, en_builder_take(&filter));
}

typedef struct sortable {
    en_value record;
    const en_query *query;
    size_t at;
} sortable;

static en_value sort_key(en_value record, en_text field)
{
    return en_collection_has(record, field) ? en_collection_find(record, field)
                                            : en_value_at(record, field);
}

static int by_query(const void *a, const void *b)
{
    const sortable *x = a;
    const sortable *y = b;
    for (size_t i = 0; i < x->query->sort_count; i++) {
        en_text field = x->query->sort[i].field;
        int order = en_value_order(sort_key(x->record, field), sort_key(y->record, field));
        if (order != 0) {
            return x->query->sort[i].descending ? -order : order;
        }
    }
    return (x->at > y->at) - (x->at < y->at);
}

/* What a search must give, found without SQL. */
static size_t expect(bench *b, const en_query *query, en_value all, sortable *expected)
{
    en_filter_context context = { .scratch = &b->arena, .patterns = b->run.patterns };
    size_t count = 0;
    for (uint32_t i = 0; i < all.length; i++) {
        bool matches = false;
        assert_true(
            en_filter_matches(&query->filter, all.as.items[i], &context, &matches, &b->error));
        if (matches) {
            expected[count] = (sortable){ all.as.items[i], query, i };
            count++;
        }
    }
    if (count != 0) {
        qsort(expected, count, sizeof *expected, by_query);
    }
    size_t skipped = query->offset < count ? (size_t)query->offset : count;
    memmove(expected, expected + skipped, (count - skipped) * sizeof *expected);
    count -= skipped;
    return count > query->limit ? (size_t)query->limit : count;
}

static void compare_search(bench *b, const char *groups, en_value all)
{
    en_sort sort[2] = { { en_text_from(fields[roll(b, FIELDS)].name), roll(b, 2) != 0 },
                        { en_text_from(fields[roll(b, FIELDS)].name), roll(b, 2) != 0 } };
    en_query query = { .filter = bench_filter(b, bench_json(b, groups)),
                       .sort = sort,
                       .sort_count = roll(b, 3),
                       .limit = roll(b, 2) ? UINT64_MAX : roll(b, 8),
                       .offset = roll(b, 3) ? 0 : roll(b, 5) };
    sortable *expected = en_arena_alloc(&b->arena, (all.length + 1) * sizeof *expected);
    size_t count = expect(b, &query, all, expected);
    en_found found;
    assert_true(en_store_search(bench_segment(b), EN_TEXT("Readings"), &query, &b->arena, &found,
                                &b->error));
    query.count_only = true;
    en_found counted;
    assert_true(en_store_search(bench_segment(b), EN_TEXT("Readings"), &query, &b->arena, &counted,
                                &b->error));
    if (found.count != count || counted.count != count) {
        fail_msg("%s: %zu expected, %llu found, %llu counted", groups, count,
                 (unsigned long long)found.count, (unsigned long long)counted.count);
    }
    for (size_t i = 0; i < count; i++) {
        if (!en_value_equal(found.records.as.items[i], expected[i].record)) {
            fail_msg("%s: place %zu holds %.*s", groups, i,
                     EN_TEXT_ARG(en_json_text(&b->arena, found.records.as.items[i], 0)));
        }
    }
}

/* A structure over the same names, with types, indexes and unique fields by chance. */
static const char *make_schema(bench *b, shape *of)
{
    static const struct {
        const char *name;
        int pool;
        bool indexed;
    } types[] = { { "text", TEXTS, true },  { "number", NUMBERS, true },
                  { "date", DATES, true },  { "boolean", BOOLEANS, true },
                  { "email", MAILS, true }, { "array", LISTS, false },
                  { "any", POOLS, false },  { "collection", COLLECTIONS, false } };
    en_builder schema;
    en_builder indexes;
    en_builder_init(&schema, &b->arena);
    en_builder_init(&indexes, &b->arena);
    en_builder_add(&schema, EN_TEXT("{'name':'Readings','sizeLimit':null,'structure':{'z':'text'"));
    for (size_t i = 0; i < FIELDS; i++) {
        size_t type = roll(b, sizeof types / sizeof *types);
        bool stands_apart = i >= KEY_FIELDS && i < KEY_FIELDS + 3;
        of->pools[i] = stands_apart ? fields[i].pool : POOLS;
        if (stands_apart || roll(b, 2) == 0) {
            continue;
        }
        of->pools[i] = types[type].pool;
        bool is_unique = i < PLAIN_FIELDS && types[type].indexed && roll(b, 12) == 0;
        en_builder_format(&schema, ",'%s':{'type':'%s'%s}", fields[i].name, types[type].name,
                          is_unique ? ",'unique':true" : "");
        if (types[type].indexed && roll(b, 4) == 0) {
            en_builder_format(&indexes, "%s['%s'%s]", indexes.length != 0 ? "," : "",
                              fields[i].name, roll(b, 2) ? ",'z'" : "");
        }
    }
    en_text made = en_builder_take(&indexes);
    en_builder_format(&schema, "},'indexes':[%.*s]}", EN_TEXT_ARG(made));
    return en_text_terminate(&b->arena, en_builder_take(&schema));
}

/* `schema` NULL: another one for every table. */
static void compare_tables(const char *schema, size_t tables, size_t searches, uint64_t seed)
{
    for (size_t i = 0; i < tables; i++) {
        bench b;
        en_found all;
        bench_open(&b, false);
        en_random_init_seed(&b.random, seed + i);
        b.run.patterns = en_regex_cache_new(&b.arena);
        shape of = usual_shape();
        bench_declare(&b, schema != NULL ? schema : make_schema(&b, &of));
        fill_store(&b, &of, 1 + roll(&b, 40));
        const en_query everything = { .limit = UINT64_MAX };
        assert_true(en_store_search(bench_segment(&b), EN_TEXT("Readings"), &everything, &b.arena,
                                    &all, &b.error));
        for (size_t j = 0; j < searches; j++) {
            compare_search(&b, make_filter(&b, &of), all.records);
        }
        bench_close(&b);
    }
}

static size_t rounds(size_t usual)
{
    const char *wanted = getenv("EN_COUNT");
    return wanted != NULL ? (size_t)strtoul(wanted, NULL, 10) : usual;
}

static void sql_and_evaluator_find_the_same_records(void **state)
{
    (void)state;
    compare_tables(readings, rounds(200) / 10, 100, 1);
}

static void tables_of_every_structure_are_searched_the_same(void **state)
{
    (void)state;
    const char *seed = getenv("EN_SEED");
    compare_tables(NULL, rounds(150), 6, seed != NULL ? strtoull(seed, NULL, 10) : 3000);
}

static void stores_without_structure_are_searched_the_same(void **state)
{
    (void)state;
    compare_tables("{'name': 'Readings', 'sizeLimit': null}", 8, 60, 1000);
}

static void indexes_and_expiry_change_no_result(void **state)
{
    (void)state;
    compare_tables("{'name': 'Readings', 'sizeLimit': null, 'ttl': 'd', 'structure': {"
                   "'t': 'text', 'mail': 'email', 'n': 'number', 'b': 'boolean', 'd': 'date'},"
                   "'indexes': [['t', 'n'], ['n', 't'], 'd', 'mail', ['b', 'd']]}",
                   12, 80, 2000);
}

/* --- hostile --- */

static void ten_thousand_conditions_and_a_thousand_groups_are_no_problem(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, readings);
    for (int i = 0; i < 20; i++) {
        char data[64];
        snprintf(data, sizeof data, "{'n': %d, 't': 'x%d'}", i, i);
        assert_true(bench_add(&b, "Readings", "", data, false));
    }
    enum { MANY = 10000 };
    en_operator equal = { .operation = EN_OP_EQUAL };
    en_operator differs = { .operation = EN_OP_NOT_EQUAL };
    en_condition *conditions = en_arena_zero(&b.arena, MANY * sizeof *conditions);
    en_condition_group *groups = en_arena_zero(&b.arena, MANY * sizeof *groups);
    for (size_t i = 0; i < MANY; i++) {
        conditions[i] = (en_condition){ .op = i < 5000 ? equal : differs,
                                        .a_is_field = true,
                                        .field = EN_TEXT("n"),
                                        .b = en_number((double)(i + 3)) };
        groups[i] = (en_condition_group){ &conditions[i], 1 };
    }
    en_found found;
    en_query query = { .limit = UINT64_MAX };
    query.filter = (en_filter){ groups, 900 };
    assert_true(en_store_search(bench_segment(&b), EN_TEXT("Readings"), &query, &b.arena, &found,
                                &b.error));
    assert_int_equal(found.count, 17);
    query.filter = (en_filter){ groups, 5000 };
    assert_true(en_store_search(bench_segment(&b), EN_TEXT("Readings"), &query, &b.arena, &found,
                                &b.error));
    assert_int_equal(found.count, 17);
    en_condition_group all = { conditions + 5000, 5000 };
    query.filter = (en_filter){ &all, 1 };
    assert_true(en_store_search(bench_segment(&b), EN_TEXT("Readings"), &query, &b.arena, &found,
                                &b.error));
    assert_int_equal(found.count, 20);
    bench_close(&b);
}

static void a_long_search_can_be_interrupted(void **state)
{
    (void)state;
    bench b;
    static volatile int interrupted;
    interrupted = 0;
    bench_open(&b, false);
    bench_declare(&b, "{'name': 'Readings', 'maxRecords': null, 'structure': {'t': 'text'}}");
    b.run.interrupted = &interrupted;
    for (int i = 0; i < 3000; i++) {
        assert_true(bench_add(&b, "Readings", "", "{'t': 'abc'}", false));
    }
    en_query query = { .filter =
                           bench_filter(&b, bench_json(&b, "[[{'a':'t','o':'contains','b':'z'}]]")),
                       .limit = UINT64_MAX };
    en_sqlite_segment *segment = (en_sqlite_segment *)bench_segment(&b);
    en_statement *count = NULL;
    assert_true(en_db_prepare(segment->connection->db, &b.arena,
                              EN_TEXT("SELECT count(*) FROM Readings a, Readings b"), &count,
                              &b.error));
    interrupted = 1;
    assert_int_equal(en_statement_step(count, &b.error), EN_STEP_FAILED);
    assert_string_equal(en_error_name(b.error.type), "ExecutionInterruptedError");
    en_statement_release(count);
    interrupted = 0;
    en_error_clear(&b.error);
    en_found found;
    assert_true(en_store_search(bench_segment(&b), EN_TEXT("Readings"), &query, &b.arena, &found,
                                &b.error));
    assert_int_equal(found.count, 0);
    bench_close(&b);
}

static void a_broken_pattern_is_an_error_of_the_search(void **state)
{
    (void)state;
    bench b;
    en_found found;
    bench_open(&b, false);
    assert_true(bench_add(&b, "T", "", "{'t': 'abc'}", false));
    en_query query = { .filter =
                           bench_filter(&b, bench_json(&b, "[[{'a':'t','o':'matches','b':'('}]]")),
                       .limit = UINT64_MAX };
    assert_false(
        en_store_search(bench_segment(&b), EN_TEXT("T"), &query, &b.arena, &found, &b.error));
    assert_string_equal(en_error_name(b.error.type), "DataError");
    assert_int_equal(bench_count(&b, "T", "{}"), 1);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_conditions_become_this_sql),
        cmocka_unit_test(what_sql_would_answer_otherwise_is_left_to_the_evaluator),
        cmocka_unit_test(more_than_was_asked_for_is_found_and_looked_at_again),
        cmocka_unit_test(declared_indexes_serve_equality_and_range),
        cmocka_unit_test(sql_and_evaluator_find_the_same_records),
        cmocka_unit_test(tables_of_every_structure_are_searched_the_same),
        cmocka_unit_test(stores_without_structure_are_searched_the_same),
        cmocka_unit_test(indexes_and_expiry_change_no_result),
        cmocka_unit_test(ten_thousand_conditions_and_a_thousand_groups_are_no_problem),
        cmocka_unit_test(a_long_search_can_be_interrupted),
        cmocka_unit_test(a_broken_pattern_is_an_error_of_the_search),
    };
    return EN_RUN(tests);
}

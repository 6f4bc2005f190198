/* Conditions as SQL against the evaluator: {"records": [{…}], "filter": [[{"a", "o", "b"}]],
 * "sort": [["field", "desc"]], "limit": n, "offset": n} must find the same records both ways. */
#include "store/store.h"
#include "value/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_RECORDS = 64, MOST_CONDITIONS = 64 };

static const char definition[] =
    "{\"name\": \"S\", \"sizeLimit\": null, \"structure\": {\"t\": \"text\", \"n\": \"number\","
    "\"b\": \"boolean\", \"d\": \"date\", \"l\": \"array\", \"c\": \"collection\", \"x.y\": "
    "\"any\","
    "\"_h\": \"number\"}, \"indexes\": [[\"t\", \"d\"], [\"n\"]]}";

typedef struct table {
    en_arena *arena;
    en_segment *segment;
    en_store_run run;
    en_query query;
    en_value records; /* as the store gives them back */
} table;

static void must(bool done, const en_error *error)
{
    if (!done) {
        fprintf(stderr, "%s\n", error->message);
        abort();
    }
}

static en_database *open_database(void)
{
    static en_database *database; /* opened once for all inputs, each in a segment of its own */
    static en_arena lasting;
    en_error error;
    if (database == NULL) {
        en_value parsed = en_nothing();
        en_problems problems;
        en_error_clear(&error);
        en_arena_init(&lasting, NULL);
        en_problems_init(&problems, &lasting);
        must(en_database_open(&(en_database_options){ .path = ":memory:" }, &database, &error),
             &error);
        must(en_json_read(&lasting, en_text_from(definition), 0, 64, &parsed, &error), &error);
        must(en_database_declare(database, en_schema_read(&lasting, parsed, &problems), &error),
             &error);
    }
    return database;
}

static void add_records(table *t, en_value records)
{
    for (uint32_t i = 0; en_is(records, EN_ARRAY) && i < records.length && i < MOST_RECORDS; i++) {
        en_error ignored; /* what does not fit the structure is left out */
        en_error_clear(&ignored);
        bool added = en_store_add(t->segment, EN_TEXT("S"), EN_TEXT(""), records.as.items[i], false,
                                  t->arena, NULL, &ignored);
        (void)added;
    }
}

static bool read_filter(table *t, en_value groups, en_filter *filter)
{
    size_t conditions = 0;
    en_condition_group *made = en_arena_zero(t->arena, (groups.length + 1) * sizeof *made);
    for (uint32_t i = 0; i < groups.length; i++) {
        en_value group = groups.as.items[i];
        if (!en_is(group, EN_ARRAY)) {
            return false;
        }
        en_condition *list = en_arena_zero(t->arena, (group.length + 1) * sizeof *list);
        for (uint32_t j = 0; j < group.length; j++) {
            en_value item = group.as.items[j];
            en_text nearest;
            list[j].a_is_field = true;
            list[j].field = en_value_text(en_collection_find(item, EN_TEXT("a")));
            list[j].b = en_collection_find(item, EN_TEXT("b"));
            if (++conditions > MOST_CONDITIONS ||
                !en_operator_find(en_value_text(en_collection_find(item, EN_TEXT("o"))),
                                  &list[j].op, &nearest)) {
                return false;
            }
        }
        made[i] = (en_condition_group){ list, group.length };
    }
    *filter = (en_filter){ made, groups.length };
    return true;
}

static uint64_t read_count(en_value value, uint64_t fallback)
{
    int64_t integer;
    return en_value_integer(value, &integer) && integer >= 0 ? (uint64_t)integer : fallback;
}

static bool read_query(table *t, en_value input)
{
    en_value groups = en_collection_find(input, EN_TEXT("filter"));
    en_value sort = en_collection_find(input, EN_TEXT("sort"));
    en_sort *sorts = en_arena_zero(t->arena, ((size_t)sort.length + 1) * sizeof *sorts);
    size_t count = 0;
    for (uint32_t i = 0; en_is(sort, EN_ARRAY) && i < sort.length && i < 8; i++) {
        en_value pair = sort.as.items[i];
        if (en_is(pair, EN_ARRAY) && pair.length == 2) {
            sorts[count++] =
                (en_sort){ en_value_text(pair.as.items[0]), en_value_truth(pair.as.items[1]) };
        }
    }
    t->query = (en_query){
        .sort = sorts,
        .sort_count = count,
        .limit = read_count(en_collection_find(input, EN_TEXT("limit")), UINT64_MAX),
        .offset = read_count(en_collection_find(input, EN_TEXT("offset")), 0),
    };
    return en_is(groups, EN_ARRAY) && read_filter(t, groups, &t->query.filter);
}

typedef struct sortable {
    en_value record;
    const en_query *query;
    uint32_t at;
} sortable;

static en_value field_of(en_value record, en_text field)
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
        int order = en_value_order(field_of(x->record, field), field_of(y->record, field));
        if (order != 0) {
            return x->query->sort[i].descending ? -order : order;
        }
    }
    return (x->at > y->at) - (x->at < y->at);
}

/* Integers beyond 2^63 tie in SQL when they round to one real. */
static bool has_huge_number(en_value record)
{
    const en_member *members = en_collection_members(record);
    for (uint32_t i = 0; i < en_collection_count(record); i++) {
        if (members[i].value.tag == EN_NUMBER && members[i].value.form == EN_EXACT_UNSIGNED) {
            return true;
        }
    }
    return false;
}

/* False: an error, which the search must have met as well, or order that is not compared. */
static bool expect(table *t, sortable *expected, size_t *count)
{
    en_filter_context context = { .scratch = t->arena };
    *count = 0;
    for (uint32_t i = 0; i < t->records.length; i++) {
        en_value record = t->records.as.items[i];
        bool matches = false;
        if (!en_filter_matches(&t->query.filter, record, &context, &matches, NULL) ||
            has_huge_number(record)) {
            return false;
        }
        if (matches) {
            expected[*count] = (sortable){ record, &t->query, i };
            (*count)++;
        }
    }
    if (*count != 0) {
        qsort(expected, *count, sizeof *expected, by_query);
    }
    return true;
}

static void compare(table *t, en_error *error)
{
    en_found found;
    en_found counted;
    sortable *expected =
        en_arena_alloc(t->arena, ((size_t)t->records.length + 1) * sizeof *expected);
    size_t count = 0;
    if (!expect(t, expected, &count)) {
        return;
    }
    size_t first = t->query.offset < count ? (size_t)t->query.offset : count;
    count -= first;
    count = count > t->query.limit ? (size_t)t->query.limit : count;
    must(en_store_search(t->segment, EN_TEXT("S"), &t->query, t->arena, &found, error), error);
    t->query.count_only = true;
    must(en_store_search(t->segment, EN_TEXT("S"), &t->query, t->arena, &counted, error), error);
    if (found.count != count || counted.count != count) {
        abort();
    }
    for (size_t i = 0; i < count; i++) {
        if (!en_value_equal(found.records.as.items[i], expected[first + i].record)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    en_arena arena;
    en_error error;
    en_random random;
    en_value input = en_nothing();
    en_found all;
    const en_query everything = { .limit = UINT64_MAX };
    en_arena_init(&arena, NULL);
    en_error_clear(&error);
    en_random_init_seed(&random, 1);
    table t = { .arena = &arena, .run = { .random = &random } };
    en_text text = { (const char *)data, size };
    if (en_json_read(&arena, text, EN_JSON_TYPED, 64, &input, NULL) && read_query(&t, input)) {
        must(en_segment_enter(open_database(), EN_SEGMENT_WRITE, &t.run, &t.segment, &error),
             &error);
        add_records(&t, en_collection_find(input, EN_TEXT("records")));
        must(en_store_search(t.segment, EN_TEXT("S"), &everything, &arena, &all, &error), &error);
        t.records = all.records;
        compare(&t, &error);
        en_segment_rollback(t.segment);
    }
    en_arena_done(&arena);
    return 0;
}

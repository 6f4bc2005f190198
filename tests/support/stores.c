#include "stores.h"

#include "value/json.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { NOW_MS = 1700000000 };

static void open_at(bench *b, const en_database_options *options)
{
    en_error_clear(&b->error);
    bool opened = en_database_open(options, &b->database, &b->error);
    assert_string_equal(b->error.message, "");
    assert_true(opened);
}

void bench_open(bench *b, bool on_disk)
{
    memset(b, 0, sizeof *b);
    en_arena_init(&b->arena, NULL);
    en_random_init_seed(&b->random, 1);
    b->run = (en_store_run){ .now_ms = (int64_t)NOW_MS * 1000, .random = &b->random };
    snprintf(b->path, sizeof b->path, ":memory:");
    if (on_disk) {
        const char *base = getenv("TMPDIR");
        snprintf(b->folder, sizeof b->folder, "%.30s/enact-test-XXXXXX",
                 base != NULL && strlen(base) <= 30 ? base : "/tmp");
        assert_non_null(mkdtemp(b->folder));
        snprintf(b->path, sizeof b->path, "%s/enact.db", b->folder);
    }
    open_at(b, &(en_database_options){ .path = b->path });
}

void bench_reopen(bench *b, const en_database_options *options)
{
    en_database_options at = *options;
    if (b->segment != NULL) {
        bench_rollback(b);
    }
    en_database_close(b->database);
    b->database = NULL;
    at.path = b->path;
    open_at(b, &at);
}

static void remove_folder(const char *folder)
{
    DIR *open = opendir(folder);
    for (struct dirent *entry = open != NULL ? readdir(open) : NULL; entry != NULL;
         entry = readdir(open)) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.') {
            unlink(path);
        }
    }
    if (open != NULL) {
        closedir(open);
    }
    rmdir(folder);
}

void bench_close(bench *b)
{
    if (b->segment != NULL) {
        bench_rollback(b);
    }
    en_database_close(b->database);
    if (b->folder[0] != '\0') {
        remove_folder(b->folder);
    }
    en_arena_done(&b->arena);
}

en_value bench_json(bench *b, const char *single_quoted)
{
    en_value value = en_nothing();
    en_error error;
    en_error_clear(&error);
    en_text text = en_text_copy(&b->arena, en_text_from(single_quoted));
    char *bytes = (char *)(uintptr_t)text.data;
    for (size_t i = 0; i < text.length; i++) {
        bytes[i] = bytes[i] == '\'' ? '"' : bytes[i];
    }
    bool read = en_json_read(&b->arena, text, EN_JSON_TYPED, EN_JSON_DEPTH, &value, &error);
    assert_string_equal(error.message, "");
    assert_true(read);
    return value;
}

const en_schema *bench_schema(bench *b, const char *single_quoted)
{
    en_problems problems;
    en_problems_init(&problems, &b->arena);
    const en_schema *schema = en_schema_read(&b->arena, bench_json(b, single_quoted), &problems);
    if (schema == NULL) {
        fail_msg("%.*s", EN_TEXT_ARG(problems.first->message));
    }
    return schema;
}

void bench_declare(bench *b, const char *single_quoted)
{
    assert_true(en_database_declare(b->database, bench_schema(b, single_quoted), &b->error));
}

en_segment *bench_segment(bench *b)
{
    en_error_clear(&b->error);
    if (b->segment == NULL) {
        bool entered =
            en_segment_enter(b->database, EN_SEGMENT_WRITE, &b->run, &b->segment, &b->error);
        assert_string_equal(b->error.message, "");
        assert_true(entered);
    }
    return b->segment;
}

void bench_commit(bench *b)
{
    en_segment *segment = bench_segment(b);
    b->segment = NULL;
    bool done = en_segment_commit(segment, &b->error);
    assert_string_equal(b->error.message, "");
    assert_true(done);
}

void bench_rollback(bench *b)
{
    en_segment *segment = bench_segment(b);
    b->segment = NULL;
    en_segment_rollback(segment);
}

bool bench_add(bench *b, const char *store, const char *key, const char *data, bool overwrite)
{
    return en_store_add(bench_segment(b), en_text_from(store), en_text_from(key),
                        bench_json(b, data), overwrite, &b->arena, &b->record, &b->error);
}

bool bench_update(bench *b, const char *store, const char *key, const char *data, bool upsert)
{
    return en_store_update(bench_segment(b), en_text_from(store), en_text_from(key),
                           bench_json(b, data), upsert, &b->arena, &b->record, &b->error);
}

const char *bench_get(bench *b, const char *store, const char *key)
{
    bool done = en_store_get(bench_segment(b), en_text_from(store), en_text_from(key), &b->arena,
                             &b->record, &b->error);
    assert_string_equal(b->error.message, "");
    assert_true(done);
    return en_text_terminate(&b->arena, en_json_text(&b->arena, b->record.value, EN_JSON_TYPED));
}

uint64_t bench_delete(bench *b, const char *store, const char *key)
{
    uint64_t deleted = 0;
    assert_true(en_store_delete(bench_segment(b), en_text_from(store), en_text_from(key), &deleted,
                                &b->error));
    return deleted;
}

en_filter bench_filter(bench *b, en_value groups)
{
    en_condition_group *made = en_arena_zero(&b->arena, (groups.length + 1) * sizeof *made);
    for (uint32_t i = 0; en_is(groups, EN_ARRAY) && i < groups.length; i++) {
        en_value group = groups.as.items[i];
        en_condition *conditions =
            en_arena_zero(&b->arena, (group.length + 1) * sizeof *conditions);
        for (uint32_t j = 0; j < group.length; j++) {
            en_value item = group.as.items[j];
            en_text nearest;
            conditions[j].a_is_field = true;
            conditions[j].field = en_value_text(en_collection_find(item, EN_TEXT("a")));
            conditions[j].b = en_collection_find(item, EN_TEXT("b"));
            assert_true(en_operator_find(en_value_text(en_collection_find(item, EN_TEXT("o"))),
                                         &conditions[j].op, &nearest));
        }
        made[i] = (en_condition_group){ conditions, group.length };
    }
    return (en_filter){ made, en_is(groups, EN_ARRAY) ? groups.length : 0 };
}

static en_query read_query(bench *b, const char *single_quoted)
{
    en_value from = bench_json(b, single_quoted);
    en_value sort = en_collection_find(from, EN_TEXT("sort"));
    en_value limit = en_collection_find(from, EN_TEXT("limit"));
    en_sort *sorts = en_arena_zero(&b->arena, (sort.length + 1) * sizeof *sorts);
    for (uint32_t i = 0; en_is(sort, EN_ARRAY) && i < sort.length; i++) {
        const en_value *pair = sort.as.items[i].as.items;
        sorts[i] = (en_sort){ en_value_text(pair[0]),
                              en_text_equal(en_value_text(pair[1]), EN_TEXT("desc")) };
    }
    return (en_query){
        .filter = bench_filter(b, en_collection_find(from, EN_TEXT("filter"))),
        .sort = sorts,
        .sort_count = en_is(sort, EN_ARRAY) ? sort.length : 0,
        .limit = en_is(limit, EN_NUMBER) ? (uint64_t)en_value_number(limit) : UINT64_MAX,
        .offset = (uint64_t)en_value_number(en_collection_find(from, EN_TEXT("offset"))),
    };
}

const char *bench_search(bench *b, const char *store, const char *single_quoted)
{
    en_found found;
    en_query query = read_query(b, single_quoted);
    bool done = en_store_search(bench_segment(b), en_text_from(store), &query, &b->arena, &found,
                                &b->error);
    assert_string_equal(b->error.message, "");
    assert_true(done);
    assert_int_equal(found.count, found.records.length);
    en_builder keys;
    en_builder_init(&keys, &b->arena);
    for (uint32_t i = 0; i < found.records.length; i++) {
        en_text key =
            en_value_text(en_collection_find(found.records.as.items[i], EN_TEXT("recordId")));
        en_builder_format(&keys, "%s%.*s", i == 0 ? "" : " ", EN_TEXT_ARG(key));
    }
    return en_text_terminate(&b->arena, en_builder_take(&keys));
}

uint64_t bench_count(bench *b, const char *store, const char *single_quoted)
{
    en_found found;
    en_query query = read_query(b, single_quoted);
    query.count_only = true;
    bool done = en_store_search(bench_segment(b), en_text_from(store), &query, &b->arena, &found,
                                &b->error);
    assert_string_equal(b->error.message, "");
    assert_true(done);
    return found.count;
}

void bench_check(bench *b, bool done, const char *type, const char *path, const char *message)
{
    assert_false(done);
    assert_string_equal(b->error.message, message);
    assert_string_equal(en_error_name(b->error.type), type);
    assert_string_equal(b->error.path, path);
}

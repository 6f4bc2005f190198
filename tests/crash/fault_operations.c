/* What is tried while files fail: every operation that stores know, alone and in company. */
#include "faults.h"

#include "value/json.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum { PARTS = 3, PART = 60, BIG = 10, BIG_TEXT = 20000 };

static const char new_m[] = "{'name': 'M', 'structure': {'a': 'number', 'c': {'type': 'text',"
                            "'default': 'x', 'required': true}}}";

/* --- segments --- */

/* One step: told when it is committed. */
static bool step(bed *b, en_segment_kind kind, segment_work work)
{
    if (b->told >= b->stop) {
        return true;
    }
    if (!bed_within(b, kind, work)) {
        return false;
    }
    b->told++;
    return true;
}

static bool change(bed *b, segment_work work)
{
    return step(b, EN_SEGMENT_WRITE, work);
}

static bool read_only(bed *b, segment_work work)
{
    return step(b, EN_SEGMENT_READ, work);
}

static en_query query_of(bed *b, const char *field, const char *value)
{
    en_condition *condition = EN_NEW(&b->arena, en_condition);
    en_condition_group *group = EN_NEW(&b->arena, en_condition_group);
    *condition = (en_condition){ .op = { .operation = EN_OP_EQUAL },
                                 .a_is_field = true,
                                 .field = en_text_from(field),
                                 .b = en_text_value(en_text_from(value)) };
    *group = (en_condition_group){ condition, 1 };
    return (en_query){ .filter = { group, 1 }, .limit = UINT64_MAX };
}

/* Finding another number of records than expected is a lie, whatever the disk does. */
static bool find(bed *b, en_segment *segment, const char *store, en_query query, uint64_t expected)
{
    en_found found;
    if (!en_store_search(segment, en_text_from(store), &query, &b->arena, &found, &b->error)) {
        return false;
    }
    return found.count == expected ||
           en_error_set(&b->error, EN_RuntimeError, "%llu records found in %s instead of %llu",
                        (unsigned long long)found.count, store, (unsigned long long)expected);
}

/* --- one record --- */

static bool add(bed *b, en_segment *segment)
{
    return bed_put(b, segment, "S", "new", "{'mail':'new','n':1,'t':'t'}", false);
}

static bool add_unnamed(bed *b, en_segment *segment)
{
    return bed_put(b, segment, "T", "", "{'free':'x'}", false);
}

static bool make(bed *b, en_segment *segment)
{
    return bed_put(b, segment, "New", "k", "{'a':1}", false);
}

static bool overwrite(bed *b, en_segment *segment)
{
    return bed_put(b, segment, "S", "k3", "{'mail':'m3','n':33,'t':'changed'}", true);
}

static bool merge(bed *b, en_segment *segment, const char *key, bool upsert)
{
    return en_store_update(segment, EN_TEXT("S"), en_text_from(key),
                           bed_json(b, "{'mail':'me','n':7}"), upsert, &b->arena, NULL, &b->error);
}

static bool update(bed *b, en_segment *segment)
{
    return merge(b, segment, "k4", false);
}

static bool upsert(bed *b, en_segment *segment)
{
    return merge(b, segment, "unknown", true);
}

static bool get(bed *b, en_segment *segment)
{
    en_record record;
    return en_store_get(segment, EN_TEXT("S"), EN_TEXT("k5"), &b->arena, &record, &b->error) &&
           (record.found || en_error_set(&b->error, EN_RuntimeError, "k5 was not found"));
}

static bool delete_one(bed *b, en_segment *segment)
{
    uint64_t deleted = 0;
    return en_store_delete(segment, EN_TEXT("S"), EN_TEXT("k6"), &deleted, &b->error) &&
           (deleted == 1 || en_error_set(&b->error, EN_RuntimeError, "k6 was not deleted"));
}

static bool increment(bed *b, en_segment *segment)
{
    en_value value;
    return en_store_increment(segment, EN_TEXT("S"), EN_TEXT("k7"), EN_TEXT("n"), en_number(5),
                              false, &b->arena, &value, &b->error);
}

static bool swap(bed *b, en_segment *segment)
{
    bool swapped = false;
    return en_store_compare_and_set(segment, EN_TEXT("S"), EN_TEXT("k8"), bed_json(b, "{'n':8}"),
                                    bed_json(b, "{'n':88}"), false, &b->arena, &swapped, NULL,
                                    &b->error) &&
           (swapped || en_error_set(&b->error, EN_RuntimeError, "k8 was not swapped"));
}

/* The refusal is what is asked for; the segment goes on behind it. */
static bool clash(bed *b, en_segment *segment)
{
    bool added = bed_put(b, segment, "S", "other", "{'mail':'m9'}", false);
    if (added) {
        return en_error_set(&b->error, EN_RuntimeError, "a unique value is there twice");
    }
    if (b->error.type != EN_DuplicateDataError) {
        return false;
    }
    en_error_clear(&b->error);
    return add(b, segment);
}

/* --- searches --- */

static bool search_all(bed *b, en_segment *segment)
{
    return find(b, segment, "T", (en_query){ .limit = UINT64_MAX }, BED_RECORDS);
}

static bool search_by_table(bed *b, en_segment *segment)
{
    return find(b, segment, "S", query_of(b, "n", "11"), 1);
}

static bool search_by_index(bed *b, en_segment *segment)
{
    return find(b, segment, "S", query_of(b, "t", "t2"), BED_RECORDS / 5);
}

static bool search_sorted(bed *b, en_segment *segment)
{
    const en_sort sort = { EN_TEXT("user"), true };
    return find(b, segment, "L",
                (en_query){ .sort = &sort, .sort_count = 1, .limit = 10, .offset = 5 }, 10);
}

static bool count(bed *b, en_segment *segment)
{
    en_query query = query_of(b, "t", "t2");
    query.count_only = true;
    return find(b, segment, "S", query, BED_RECORDS / 5);
}

static bool look_in(bed *b, en_segment *segment)
{
    en_store_info *infos = NULL;
    en_store_info info;
    en_explanation about;
    size_t stores = 0;
    bool found = false;
    const en_query query = query_of(b, "t", "t2");
    return en_store_list(segment, &b->arena, &infos, &stores, &b->error) &&
           en_store_describe(segment, EN_TEXT("S"), &b->arena, &info, &found, &b->error) &&
           en_store_explain(segment, EN_TEXT("S"), &query, &b->arena, &about, &b->error) &&
           ((stores == 5 && found && info.records >= BED_RECORDS) ||
            en_error_set(&b->error, EN_RuntimeError, "the stores are not what they were"));
}

/* --- stores --- */

static bool create(bed *b, en_segment *segment)
{
    return en_store_create(segment,
                           bed_schema_of(b, "{'name': 'Made', 'structure': {'u': {'type': 'text',"
                                            "'unique': true}}, 'indexes': ['u']}"),
                           &b->error);
}

static bool drop(bed *b, en_segment *segment)
{
    return en_store_drop(segment, EN_TEXT("S"), &b->error);
}

static bool rename_store(bed *b, en_segment *segment)
{
    return en_store_rename(segment, EN_TEXT("T"), EN_TEXT("Renamed"), &b->error);
}

static bool clear(bed *b, en_segment *segment)
{
    uint64_t deleted = 0;
    return en_store_clear(segment, EN_TEXT("S"), &deleted, &b->error);
}

static bool sweep(bed *b, en_segment *segment)
{
    return bed_put(b, segment, "E", "k0", "{'v':'again','until':'2050-01-01T00:00:00Z'}", false);
}

static bool add_to_m(bed *b, en_segment *segment)
{
    return bed_put(b, segment, "M", "new", "{'a':5}", false);
}

static bool search_large(bed *b, en_segment *segment)
{
    return find(b, segment, "L", query_of(b, "user", "u7"), BED_MANY / 100);
}

/* --- many at once --- */

static bool add_part(bed *b, en_segment *segment)
{
    bool done = true;
    for (int i = 0; i < PART && done; i++) {
        char key[32];
        char data[96];
        snprintf(key, sizeof key, "part%d-%d", b->told, i);
        snprintf(data, sizeof data, "{'mail':'%s','n':%d,'t':'some text that takes room'}", key, i);
        done = bed_put(b, segment, "S", key, data, true);
    }
    return done;
}

/* As an import: one segment after the other. */
static bool import(bed *b)
{
    b->run.is_batch = true;
    bool done = true;
    for (int i = 0; i < PARTS && done; i++) {
        done = change(b, add_part);
    }
    return done;
}

/* More than the log may hold: the commit copies it back into the file. */
static bool add_much(bed *b, en_segment *segment)
{
    en_collection_builder data;
    char *text = en_arena_alloc(&b->arena, BIG_TEXT);
    memset(text, 'x', BIG_TEXT);
    bool done = true;
    for (int i = 0; i < BIG && done; i++) {
        char key[16];
        snprintf(key, sizeof key, "big%d", i);
        en_collection_builder_init(&data, &b->arena);
        en_collection_builder_add(&data, EN_TEXT("t"), en_text_value((en_text){ text, BIG_TEXT }));
        done = en_store_add(segment, EN_TEXT("S"), en_text_from(key),
                            en_collection_builder_take(&data), false, &b->arena, NULL, &b->error);
    }
    return done;
}

/* An error route lets the segment go on behind whatever failed: with both records, with the first,
 * or not at all. */
static bool ignore_error(bed *b)
{
    en_segment *segment = NULL;
    if (b->stop == 0) {
        return true;
    }
    if (!en_segment_enter(b->database, EN_SEGMENT_WRITE, &b->run, &segment, &b->error)) {
        return false;
    }
    if (!bed_put(b, segment, "S", "one", "{'mail':'one'}", false)) {
        en_segment_rollback(segment);
        return false;
    }
    bool both = b->stop > 1 && make(b, segment);
    en_error_clear(&b->error);
    if (!en_segment_commit(segment, &b->error)) {
        return false;
    }
    b->told = both ? 2 : 1;
    return true;
}

typedef struct follower {
    bed *b;
    pthread_t thread;
    en_arena arena;
    en_error error;
    bool done;
} follower;

static void *follow(void *context)
{
    follower *f = context;
    en_random random;
    en_segment *segment = NULL;
    en_random_init_seed(&random, 2);
    en_store_run run = { .now_ms = f->b->run.now_ms, .random = &random };
    en_collection_builder data;
    en_collection_builder_init(&data, &f->arena);
    en_collection_builder_add(&data, EN_TEXT("mail"), en_text_value(EN_TEXT("second")));
    if (!en_segment_enter(f->b->database, EN_SEGMENT_WRITE, &run, &segment, &f->error)) {
        return NULL;
    }
    if (!en_store_add(segment, EN_TEXT("S"), EN_TEXT("second"), en_collection_builder_take(&data),
                      false, &f->arena, NULL, &f->error)) {
        en_segment_rollback(segment);
        return NULL;
    }
    f->done = en_segment_commit(segment, &f->error);
    return NULL;
}

static void wait_for_follower(const bed *b)
{
    en_turn *turn = &((en_sqlite *)(void *)b->database)->turn;
    for (bool waits = false; !waits; sched_yield()) {
        pthread_mutex_lock(&turn->lock);
        waits = turn->first != NULL;
        pthread_mutex_unlock(&turn->lock);
    }
}

/* Two segments of different runs in one commit: both or neither, unless the second met the fault
 * alone before it had finished. */
static bool share_commit(bed *b)
{
    en_segment *segment = NULL;
    follower f = { .b = b };
    if (b->stop == 0) {
        return true;
    }
    if (!en_segment_enter(b->database, EN_SEGMENT_WRITE, &b->run, &segment, &b->error)) {
        return false;
    }
    if (!bed_put(b, segment, "S", "one", "{'mail':'one'}", false)) {
        en_segment_rollback(segment);
        return false;
    }
    if (b->stop == 1) {
        b->told = en_segment_commit(segment, &b->error);
        return b->told == 1;
    }
    en_arena_init(&f.arena, NULL);
    if (pthread_create(&f.thread, NULL, follow, &f) != 0) {
        en_segment_rollback(segment);
        return en_error_set(&b->error, EN_RuntimeError, "no thread");
    }
    wait_for_follower(b);
    bool done = en_segment_commit(segment, &b->error);
    pthread_join(f.thread, NULL);
    en_arena_done(&f.arena);
    if (!done && f.done) {
        return en_error_set(&b->error, EN_RuntimeError, "the second was told what the first lost");
    }
    b->told = done + f.done;
    if (!f.done && !en_error_is_set(&b->error)) {
        b->error = f.error;
    }
    return done && f.done;
}

/* --- leaving --- */

static bool roll_back(bed *b)
{
    en_segment *segment = NULL;
    if (b->stop == 0) {
        return true;
    }
    if (!en_segment_enter(b->database, EN_SEGMENT_WRITE, &b->run, &segment, &b->error)) {
        return false;
    }
    bool done = add(b, segment) && delete_one(b, segment) && make(b, segment);
    en_segment_rollback(segment);
    b->told = done;
    return done;
}

static bool undo(bed *b, en_segment *segment)
{
    return add(b, segment) && delete_one(b, segment) && en_segment_undo(segment, &b->error) &&
           add(b, segment);
}

static bool add_and_delete(bed *b, en_segment *segment)
{
    return add(b, segment) && delete_one(b, segment);
}

/* A cycle with an undo journal that commits: two steps. */
static bool begin_cycle(bed *b, en_undo **undo)
{
    if (!en_undo_open(b->database, &b->run, undo, &b->error)) {
        return false;
    }
    b->told++;
    b->run.undo = *undo;
    bool done = change(b, add_and_delete);
    b->run.undo = NULL;
    return done;
}

static bool take_back(bed *b)
{
    en_undo *undo = NULL;
    bool done = b->stop == 0 || begin_cycle(b, &undo);
    if (done && b->told < b->stop) {
        done = en_undo_rollback(undo, &b->run, &b->error);
        b->told += done;
    }
    en_undo_close(undo);
    return done;
}

/* The database is closed as if the process had died; opening it is the third step. */
static bool take_back_the_dead(bed *b)
{
    en_undo *undo = NULL;
    bool done = b->stop == 0 || begin_cycle(b, &undo);
    en_undo_close(undo);
    if (done && b->told == 2) {
        bed_close(b);
    }
    if (done && b->told < b->stop) {
        done = bed_open(b);
        b->told += done;
    }
    return done;
}

/* What was told before is there, however the process leaves. */
static bool leave(bed *b)
{
    if (!change(b, add)) {
        return false;
    }
    if (b->stop != 0) {
        bed_close(b);
    }
    return true;
}

static bool fill_log(bed *b)
{
    en_db *db = ((en_sqlite *)(void *)b->database)->writer.db;
    return en_db_run(db, "PRAGMA wal_autocheckpoint=20", &b->error) && change(b, add_much);
}

static bool nothing(bed *b)
{
    b->told = b->stop;
    return true;
}

/* --- the table --- */

#define CHANGE(work)                                                                               \
    static bool change_##work(bed *b)                                                              \
    {                                                                                              \
        return change(b, work);                                                                    \
    }
#define READ(work)                                                                                 \
    static bool read_##work(bed *b)                                                                \
    {                                                                                              \
        return read_only(b, work);                                                                 \
    }

CHANGE(add)
CHANGE(add_unnamed)
CHANGE(make)
CHANGE(overwrite)
CHANGE(update)
CHANGE(upsert)
CHANGE(delete_one)
CHANGE(increment)
CHANGE(swap)
CHANGE(clash)
CHANGE(create)
CHANGE(drop)
CHANGE(rename_store)
CHANGE(clear)
CHANGE(sweep)
CHANGE(add_to_m)
CHANGE(undo)
CHANGE(search_large)
READ(get)
READ(search_all)
READ(search_by_table)
READ(search_by_index)
READ(search_sorted)
READ(count)
READ(look_in)

const operation fault_operations[] = {
    { .name = "open", .run = nothing },
    { .name = "open an empty file", .run = change_make, .starts_empty = true },
    { .name = "recover", .run = change_add, .starts_crashed = true },
    { .name = "add", .run = change_add },
    { .name = "add without key", .run = change_add_unnamed },
    { .name = "first use", .run = change_make },
    { .name = "overwrite", .run = change_overwrite },
    { .name = "update", .run = change_update },
    { .name = "upsert", .run = change_upsert },
    { .name = "delete", .run = change_delete_one },
    { .name = "increment", .run = change_increment },
    { .name = "compare and set", .run = change_swap },
    { .name = "unique violation", .run = change_clash },
    { .name = "get", .run = read_get },
    { .name = "search", .run = read_search_all },
    { .name = "search by table", .run = read_search_by_table },
    { .name = "search by index", .run = read_search_by_index },
    { .name = "search sorted", .run = read_search_sorted },
    { .name = "count", .run = read_count },
    { .name = "look in", .run = read_look_in },
    { .name = "create", .run = change_create },
    { .name = "drop", .run = change_drop },
    { .name = "rename", .run = change_rename_store, .without_schemas = true },
    { .name = "clear", .run = change_clear },
    { .name = "sweep", .run = change_sweep },
    { .name = "migrate", .run = change_add_to_m, .declares = new_m },
    { .name = "automatic index", .run = change_search_large },
    { .name = "import", .run = import, .steps = PARTS },
    { .name = "checkpoint", .run = fill_log },
    { .name = "ignored error", .run = ignore_error, .steps = 2 },
    { .name = "shared commit", .run = share_commit, .steps = 2 },
    { .name = "rollback", .run = roll_back },
    { .name = "undo", .run = change_undo },
    { .name = "take a cycle back", .run = take_back, .steps = 3 },
    { .name = "take back what the dead left", .run = take_back_the_dead, .steps = 3 },
    { .name = "close", .run = leave },
};
const size_t fault_operation_count = sizeof fault_operations / sizeof *fault_operations;

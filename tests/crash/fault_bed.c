/* The database that operations are tried on: how it is opened, and what is in it. */
#include "faults.h"

#include "value/json.h"

#include <stdio.h>
#include <string.h>

enum { PATIENCE_MS = 5 };

/* --- opening --- */

en_value bed_json(bed *b, const char *single_quoted)
{
    en_value value = en_nothing();
    size_t length = strlen(single_quoted);
    char *text = en_arena_alloc(&b->arena, length + 1);
    for (size_t i = 0; i <= length; i++) {
        text[i] = single_quoted[i] == '\'' ? '"' : single_quoted[i];
    }
    (void)!en_json_read(&b->arena, (en_text){ text, length }, EN_JSON_TYPED, EN_JSON_DEPTH, &value,
                        &b->error);
    return value;
}

const en_schema *bed_schema_of(bed *b, const char *single_quoted)
{
    en_problems problems;
    en_problems_init(&problems, &b->arena);
    return en_schema_read(&b->arena, bed_json(b, single_quoted), &problems);
}

static const char definition_s[] =
    "{'name': 'S', 'structure': {'mail': {'type': 'text', 'unique': true}, 'n': 'number',"
    "'t': 'text'}, 'indexes': [['t', 'n']], 'sizeLimit': null}";
static const char definition_e[] =
    "{'name': 'E', 'structure': {'v': 'text', 'until': 'date'}, 'ttl': 'until'}";
static const char definition_l[] =
    "{'name': 'L', 'structure': {'user': 'text'}, 'maxRecords': null}";
static const char *const schemas[] = { definition_s, definition_e, definition_l };
static const char old_m[] = "{'name': 'M', 'structure': {'a': 'text', 'b': 'text'}}";

bool bed_open(bed *b)
{
    const en_database_options options = { .path = b->path, .busy_ms = PATIENCE_MS };
    if (!en_database_open(&options, &b->database, &b->error)) {
        b->database = NULL;
        return false;
    }
    ((en_sqlite *)(void *)b->database)->group_us = INT64_MAX / 2; /* no matter how slow this is */
    bool done = true;
    for (size_t i = 0; !b->without_schemas && i < sizeof schemas / sizeof *schemas && done; i++) {
        done = en_database_declare(b->database, bed_schema_of(b, schemas[i]), &b->error);
    }
    return done && (b->declares == NULL ||
                    en_database_declare(b->database, bed_schema_of(b, b->declares), &b->error));
}

void bed_close(bed *b)
{
    if (b->database != NULL) {
        en_database_close(b->database);
        b->database = NULL;
    }
}

/* --- segments --- */

bool bed_within(bed *b, en_segment_kind kind, segment_work work)
{
    en_segment *segment = NULL;
    if (!en_segment_enter(b->database, kind, &b->run, &segment, &b->error)) {
        return false;
    }
    if (!work(b, segment)) {
        en_segment_rollback(segment);
        return false;
    }
    return en_segment_commit(segment, &b->error);
}

bool bed_put(bed *b, en_segment *segment, const char *store, const char *key, const char *data,
             bool overwrite)
{
    return en_store_add(segment, en_text_from(store), en_text_from(key), bed_json(b, data),
                        overwrite, &b->arena, NULL, &b->error);
}

/* --- what there is --- */

static bool fill(bed *b, en_segment *segment)
{
    char key[16];
    char data[160];
    bool done = en_store_create(segment, bed_schema_of(b, old_m), &b->error);
    for (int i = 0; i < BED_RECORDS && done; i++) {
        snprintf(key, sizeof key, "k%d", i);
        snprintf(data, sizeof data, "{'mail':'m%d','n':%d,'t':'t%d','more':[1,{'x':null}]}", i, i,
                 i % 5);
        done = bed_put(b, segment, "S", key, data, false);
        snprintf(data, sizeof data, "{'free':%d,'words':['a','b']}", i);
        done = done && bed_put(b, segment, "T", key, data, false);
        snprintf(data, sizeof data, "{'a':'%d','b':'b%d','c':'c%d'}", i, i, i);
        done = done && bed_put(b, segment, "M", key, data, false);
        snprintf(data, sizeof data, "{'v':'v','until':'20%02d-01-01T00:00:00Z'}",
                 i % 2 == 0 ? 20 : 50);
        done = done && bed_put(b, segment, "E", key, data, false);
    }
    for (int i = 0; i < BED_MANY && done; i++) {
        snprintf(key, sizeof key, "k%d", i);
        snprintf(data, sizeof data, "{'user':'u%d'}", i % 100);
        done = bed_put(b, segment, "L", key, data, false);
    }
    return done;
}

bool bed_fill(bed *b)
{
    b->run.now_ms = 0; /* nothing has expired yet */
    bool done = bed_within(b, EN_SEGMENT_WRITE, fill);
    b->run.now_ms = (int64_t)FAULTS_NOW_MS * 1000;
    return done;
}

static bool put_last(bed *b, en_segment *segment)
{
    static const char *const stores[] = { "S", "T", "E", "M", "New", "Made", "Renamed" };
    bool done = true;
    for (size_t i = 0; i < sizeof stores / sizeof *stores && done; i++) {
        done = bed_put(b, segment, stores[i], "last", "{'c':'x'}", false);
    }
    return done;
}

bool bed_go_on(bed *b)
{
    return bed_within(b, EN_SEGMENT_WRITE, put_last);
}

static bool put_first(bed *b, en_segment *segment)
{
    return bed_put(b, segment, "S", "first", "{'mail':'first'}", false);
}

bool bed_warm_up(bed *b)
{
    return bed_within(b, EN_SEGMENT_WRITE, put_first);
}

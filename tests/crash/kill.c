/* Nothing lost: what was acknowledged before a kill is there afterwards, once. */
#include "crash.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WRITERS = 4, LONGEST_LIFE_US = 20000, CYCLES_A_CHECK = 50, NOW_MS = 1700000000 };

static const char plan[] = "[{\"id\":1,\"module\":\"flow.commit\"}]";
static const char *const schemas[] = {
    "{\"name\":\"S\",\"structure\":{\"v\":\"text\"},\"maxRecords\":null,\"sizeLimit\":null}", NULL
};

/* --- the child that is killed --- */

typedef struct writer {
    en_database *database;
    const char *cycle;
    int number;
    pthread_t thread;
} writer;

/* A write of less than PIPE_BUF bytes arrives whole or not at all. */
static void acknowledge(const char *name)
{
    char line[64];
    int length = snprintf(line, sizeof line, "%s\n", name);
    if (write(STDOUT_FILENO, line, (size_t)length) != length) {
        exit(EXIT_SETUP);
    }
}

static void *write_on(void *context)
{
    writer *w = context;
    en_random random;
    en_random_init_system(&random);
    en_store_run run = { .now_ms = (int64_t)NOW_MS * 1000, .random = &random };
    for (int i = 0;; i++) {
        en_arena arena;
        en_error error;
        en_segment *segment = NULL;
        en_collection_builder data;
        char name[48];
        snprintf(name, sizeof name, "%s-%d-%d", w->cycle, w->number, i);
        en_arena_init(&arena, NULL);
        en_error_clear(&error);
        en_collection_builder_init(&data, &arena);
        en_collection_builder_add(&data, EN_TEXT("v"), en_text_value(en_text_from(name)));
        if (!en_segment_enter(w->database, EN_SEGMENT_WRITE, &run, &segment, &error) ||
            !en_store_add(segment, EN_TEXT("S"), EN_TEXT(""), en_collection_builder_take(&data),
                          false, &arena, NULL, &error) ||
            !en_segment_commit(segment, &error)) {
            die("%s", error.message);
        }
        acknowledge(name);
        en_arena_done(&arena);
    }
}

/* kill DATABASE CYCLE: writes until it is killed. */
int kill_child(int count, char **arguments)
{
    if (count < 2) {
        die("kill DATABASE CYCLE");
    }
    rig r;
    rig_open(&r, arguments[0], plan, schemas);
    writer writers[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (writer){ &rig_database(&r)->base, arguments[1], i, 0 };
        if (pthread_create(&writers[i].thread, NULL, write_on, &writers[i]) != 0) {
            die("no thread");
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(writers[i].thread, NULL);
    }
    return 0;
}

/* --- the parent --- */

typedef struct names {
    en_arena arena;
    en_text *items;
    size_t count;
    size_t capacity;
} names;

static void keep(names *n, en_text name)
{
    if (n->count == n->capacity) {
        n->capacity = n->capacity != 0 ? n->capacity * 2 : 1024;
        n->items = realloc(n->items, n->capacity * sizeof *n->items);
        if (n->items == NULL) {
            die("no memory");
        }
    }
    n->items[n->count++] = en_text_copy(&n->arena, name);
}

static int compare_names(const void *a, const void *b)
{
    return en_text_compare(*(const en_text *)a, *(const en_text *)b);
}

static void read_lines(child *c, names *acknowledged)
{
    char line[64];
    while (fgets(line, sizeof line, c->lines) != NULL) {
        size_t length = strlen(line);
        if (length > 1 && line[length - 1] == '\n') {
            keep(acknowledged, (en_text){ line, length - 1 });
        }
    }
}

static void sleep_us(long duration_us)
{
    struct timespec time = { .tv_nsec = duration_us * 1000 };
    nanosleep(&time, NULL);
}

/* Most die while they write, some while they open and recover the database. */
static void kill_one(const char *path, int cycle, names *acknowledged, en_random *random)
{
    char number[16];
    char line[64];
    snprintf(number, sizeof number, "%d", cycle);
    const char *arguments[] = { "kill", path, number, NULL };
    child c = child_start(arguments);
    if (cycle % 5 != 0 && fgets(line, sizeof line, c.lines) != NULL) {
        keep(acknowledged, (en_text){ line, strlen(line) - 1 });
    }
    sleep_us((long)(en_random_unit(random) * LONGEST_LIFE_US));
    kill(c.pid, SIGKILL);
    read_lines(&c, acknowledged);
    int code = child_wait(&c);
    if (code != 128 + SIGKILL) {
        die("a child ended with %d before it was killed", code);
    }
}

static void find_all(rig *r, names *found)
{
    en_arena arena;
    en_error error;
    en_segment *segment = NULL;
    en_found all;
    en_random random;
    en_random_init_seed(&random, 1);
    en_store_run run = { .now_ms = (int64_t)NOW_MS * 1000, .random = &random };
    en_query query = { .limit = UINT64_MAX };
    en_arena_init(&arena, NULL);
    en_error_clear(&error);
    if (!en_segment_enter(&rig_database(r)->base, EN_SEGMENT_READ, &run, &segment, &error) ||
        !en_store_search(segment, EN_TEXT("S"), &query, &arena, &all, &error)) {
        die("%s", error.message);
    }
    for (uint32_t i = 0; i < all.records.length; i++) {
        keep(found, en_value_text(en_collection_find(all.records.as.items[i], EN_TEXT("v"))));
    }
    en_segment_rollback(segment);
    en_arena_done(&arena);
}

/* What was acknowledged is a subset of what is there, and nothing is there twice. */
static bool compare(names *acknowledged, names *found)
{
    size_t lost = 0;
    size_t twice = 0;
    size_t at = 0;
    if (acknowledged->count != 0) {
        qsort(acknowledged->items, acknowledged->count, sizeof *acknowledged->items, compare_names);
    }
    if (found->count != 0) {
        qsort(found->items, found->count, sizeof *found->items, compare_names);
    }
    for (size_t i = 1; i < found->count; i++) {
        twice += en_text_equal(found->items[i], found->items[i - 1]);
    }
    for (size_t i = 0; i < acknowledged->count; i++) {
        while (at < found->count && compare_names(&found->items[at], &acknowledged->items[i]) < 0) {
            at++;
        }
        lost += at == found->count || !en_text_equal(found->items[at], acknowledged->items[i]);
    }
    printf("%zu acknowledged, %zu there, %zu lost, %zu twice\n", acknowledged->count, found->count,
           lost, twice);
    return lost == 0 && twice == 0;
}

/* Also the counters that the engine keeps must agree with the rows. */
static bool check(const char *path, names *acknowledged)
{
    rig r;
    names found = { 0 };
    en_arena_init(&found.arena, NULL);
    rig_open(&r, path, plan, schemas);
    find_all(&r, &found);
    bool whole = compare(acknowledged, &found);
    if (rig_ask(&r, "SELECT count(*) FROM pragma_integrity_check "
                    "WHERE integrity_check <> 'ok'") != 0) {
        printf("the file is damaged\n");
        whole = false;
    }
    if (found.count != 0 &&
        (rig_ask(&r, "SELECT records FROM enact_stores") != (int64_t)found.count ||
         rig_ask(&r, "SELECT bytes FROM enact_stores") !=
             rig_ask(&r, "SELECT sum(_bytes) FROM S"))) {
        printf("the counters do not agree with the rows\n");
        whole = false;
    }
    rig_close(&r);
    en_arena_done(&found.arena);
    free(found.items);
    return whole;
}

int kill_main(int cycles)
{
    bool whole = true;
    en_random random;
    en_random_init_system(&random);
    for (int done = 0; done < cycles && whole; done += CYCLES_A_CHECK) {
        char folder[256];
        char path[300];
        names acknowledged = { 0 };
        en_arena_init(&acknowledged.arena, NULL);
        folder_make(folder, sizeof folder);
        snprintf(path, sizeof path, "%s/enact.db", folder);
        for (int i = 0; i < CYCLES_A_CHECK && done + i < cycles; i++) {
            kill_one(path, i, &acknowledged, &random);
        }
        whole = check(path, &acknowledged);
        folder_remove(folder);
        en_arena_done(&acknowledged.arena);
        free(acknowledged.items);
    }
    return whole ? 0 : EXIT_BROKEN;
}

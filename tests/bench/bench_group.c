/* The rate limiter under many threads against its limit program, both with FULL, in turns.
 *
 *     bench_group ROOT FOLDER [EXECUTIONS] [ROUNDS]
 *
 * ROOT holds scenarios/rate-limit and schemas; the databases are made in FOLDER. The limit program
 * does the same count and the same insert into the same table and index with two prepared
 * statements under the same group commit, in the same order of threads: no dispatch, no templates,
 * no savepoints, no counters, no checks. */
#include "base/clock.h"
#include "flow/run.h"
#include "scenario/load.h"
#include "store/sqlite.h"
#include "value/json.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS = 32, MOST_ROUNDS = 50, USERS = 5000, ALLOWED = 100, MOST_SEGMENTS = 64 };
enum { LONGEST_US = 4000, WINDOW_MS = 60 * 60 * 1000 };

static void die(const char *what)
{
    fprintf(stderr, "bench_group: %s\n", what);
    exit(1);
}

static void name_user(char *name, size_t size, unsigned number)
{
    snprintf(name, size, "user-%u", number % USERS);
}

/* --- the engine --- */

typedef struct engine {
    en_world world;
    en_arena arena;
    const en_plan *plan;
    en_clock clock;
    const en_schema *schemas[1];
    char path[4096];
} engine;

typedef struct worker {
    void *side;
    unsigned first; /* its users */
    int executions;
} worker;

static void *run_engine(void *context)
{
    worker *w = context;
    engine *e = w->side;
    for (int i = 0; i < w->executions; i++) {
        en_arena arena;
        en_arena_init(&arena, NULL);
        char name[32];
        name_user(name, sizeof name, w->first + (unsigned)i * 7);
        en_collection_builder payload;
        en_collection_builder_init(&payload, &arena);
        en_collection_builder_add(&payload, EN_TEXT("userId"), en_text_value(en_text_from(name)));
        en_collection_builder_add(&payload, EN_TEXT("action"), en_text_value(EN_TEXT("search")));
        const en_run_options options = { .payload = en_collection_builder_take(&payload),
                                         .request = en_null(),
                                         .variables = en_null(),
                                         .clock = &e->clock };
        en_report report;
        en_run_execute(&e->world, e->plan, &options, &arena, &report);
        if (report.status == EN_RUN_ERROR && report.error.type != EN_ThrowError) {
            die(report.error.message);
        }
        en_arena_done(&arena);
    }
    return NULL;
}

static void open_engine(engine *e, const char *root, const char *folder)
{
    char path[4096];
    en_problems problems;
    en_error error;
    en_text text;
    en_value schema = en_null();
    en_error_clear(&error);
    en_arena_init(&e->arena, NULL);
    en_problems_init(&problems, &e->arena);
    snprintf(path, sizeof path, "%s/scenarios/rate-limit/scenario.json", root);
    e->plan = en_scenario_load(&e->arena, path, NULL, &problems);
    snprintf(path, sizeof path, "%s/schemas/RateLimits.json", root);
    if (e->plan == NULL || !en_file_read(&e->arena, path, 1 << 20, &text, &error) ||
        !en_json_read(&e->arena, text, 0, EN_JSON_DEPTH, &schema, &error)) {
        die("ROOT holds no rate limiter");
    }
    e->schemas[0] = en_schema_read(&e->arena, schema, &problems);
    snprintf(e->path, sizeof e->path, "%s/engine.db", folder);
    en_world_init(&e->world);
    e->world.database_options.path = e->path;
    e->world.schemas = e->schemas;
    e->world.schema_count = 1;
    en_clock_init_real(&e->clock);
    worker once = { .side = e, .executions = 1 };
    run_engine(&once); /* makes the table */
}

static uint64_t engine_commits(const engine *e)
{
    return ((const en_sqlite *)(const void *)e->world.database)->commits;
}

/* --- the limit --- */

typedef struct waiter {
    struct waiter *next;
    sem_t settled;
} waiter;

typedef struct limit {
    sqlite3 *database;
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    sqlite3_stmt *count;
    sqlite3_stmt *insert;
    en_turn turn;
    waiter *waiting;
    int finished;
    bool is_open;
    int64_t begun_us;
    uint64_t commits;
    uint64_t keys;
} limit;

static void check(limit *l, int result)
{
    if (result != SQLITE_OK && result != SQLITE_ROW && result != SQLITE_DONE) {
        die(sqlite3_errmsg(l->database));
    }
}

static void step(limit *l, sqlite3_stmt *statement)
{
    check(l, sqlite3_step(statement));
    sqlite3_reset(statement);
}

static void prepare(limit *l, const char *sql, sqlite3_stmt **statement)
{
    check(l, sqlite3_prepare_v3(l->database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL));
}

/* The statements that made the engine's table and index make the limit's. */
static void open_limit(limit *l, const char *folder, const char *model)
{
    char path[4096];
    sqlite3 *from;
    sqlite3_stmt *rows;
    snprintf(path, sizeof path, "%s/limit.db", folder);
    check(l,
          sqlite3_open_v2(path, &l->database,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    check(l, sqlite3_exec(l->database,
                          "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                          "PRAGMA cache_size=-32000",
                          NULL, NULL, NULL));
    check(l, sqlite3_open_v2(model, &from, SQLITE_OPEN_READONLY, NULL));
    check(l, sqlite3_prepare_v2(from,
                                "SELECT sql FROM sqlite_schema WHERE tbl_name = 'RateLimits' AND "
                                "sql IS NOT NULL ORDER BY type DESC",
                                -1, &rows, NULL));
    while (sqlite3_step(rows) == SQLITE_ROW) {
        check(l, sqlite3_exec(l->database, (const char *)sqlite3_column_text(rows, 0), NULL, NULL,
                              NULL));
    }
    sqlite3_finalize(rows);
    sqlite3_close(from);
    prepare(l, "BEGIN IMMEDIATE", &l->begin);
    prepare(l, "COMMIT", &l->commit);
    prepare(l, "SELECT count(*) FROM RateLimits WHERE userId = ?1 AND windowStart > ?2", &l->count);
    prepare(l,
            "INSERT INTO RateLimits (_key, userId, action, windowStart, _bytes) "
            "VALUES (?1, ?2, 'search', ?3, 80)",
            &l->insert);
    en_turn_init(&l->turn);
}

static void count_and_insert(limit *l, const char *user, int64_t now_ms)
{
    char key[32];
    sqlite3_bind_text(l->count, 1, user, -1, SQLITE_STATIC);
    sqlite3_bind_int64(l->count, 2, now_ms - WINDOW_MS);
    check(l, sqlite3_step(l->count));
    bool admitted = sqlite3_column_int64(l->count, 0) < ALLOWED;
    sqlite3_reset(l->count);
    if (admitted) {
        snprintf(key, sizeof key, "%016llx%08llx", (unsigned long long)now_ms,
                 (unsigned long long)++l->keys);
        sqlite3_bind_text(l->insert, 1, key, -1, SQLITE_STATIC);
        sqlite3_bind_text(l->insert, 2, user, -1, SQLITE_STATIC);
        sqlite3_bind_int64(l->insert, 3, now_ms);
        step(l, l->insert);
    }
}

/* As group.c does it, for all is well. */
static void share_commit(limit *l)
{
    waiter self = { .next = l->waiting };
    sem_init(&self.settled, 0, 0);
    l->waiting = &self;
    bool due = ++l->finished >= MOST_SEGMENTS || en_clock_ticks_us() - l->begun_us >= LONGEST_US;
    if (due || !en_turn_pass(&l->turn)) {
        step(l, l->commit);
        l->commits++;
        l->is_open = false;
        waiter *at = l->waiting;
        l->waiting = NULL;
        while (at != NULL) {
            waiter *next = at->next;
            sem_post(&at->settled);
            at = next;
        }
        en_turn_give(&l->turn);
    }
    while (sem_wait(&self.settled) != 0) {
    }
    sem_destroy(&self.settled);
}

static void *run_limit(void *context)
{
    worker *w = context;
    limit *l = w->side;
    en_clock clock;
    en_clock_init_real(&clock);
    for (int i = 0; i < w->executions; i++) {
        char name[32];
        name_user(name, sizeof name, w->first + (unsigned)i * 7);
        if (!en_turn_take(&l->turn, NULL)) {
            die("interrupted");
        }
        if (!l->is_open) {
            step(l, l->begin);
            l->is_open = true;
            l->finished = 0;
            l->begun_us = en_clock_ticks_us();
        }
        count_and_insert(l, name, en_clock_now_ms(&clock));
        share_commit(l);
    }
    return NULL;
}

/* --- both --- */

/* Executions a second. */
static double measure(void *(*run)(void *), void *side, int executions, unsigned round)
{
    worker workers[WORKERS];
    pthread_t threads[WORKERS];
    int64_t started_us = en_clock_ticks_us();
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (worker){ side, (round * WORKERS + i) * 131, executions / WORKERS };
        if (pthread_create(&threads[i], NULL, run, &workers[i]) != 0) {
            die("no threads");
        }
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
    }
    return executions * 1e6 / (double)(en_clock_ticks_us() - started_us);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static engine e;
    static limit l;
    double ratios[MOST_ROUNDS];
    if (argc < 3) {
        die("expected ROOT FOLDER [EXECUTIONS] [ROUNDS]");
    }
    int executions = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 20000;
    int rounds = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 7;
    rounds = rounds < 1 ? 1 : rounds > MOST_ROUNDS ? MOST_ROUNDS : rounds;
    open_engine(&e, argv[1], argv[2]);
    open_limit(&l, argv[2], e.path);
    for (int i = 0; i < rounds; i++) {
        uint64_t engine_before = engine_commits(&e);
        uint64_t limit_before = l.commits;
        double rate = measure(run_engine, &e, executions, (unsigned)i);
        double most = measure(run_limit, &l, executions, (unsigned)i);
        ratios[i] = rate / most;
        printf("enact %.0f/s (%.1f a commit), limit %.0f/s (%.1f a commit), ratio %.2f\n", rate,
               executions / (double)(engine_commits(&e) - engine_before), most,
               executions / (double)(l.commits - limit_before), ratios[i]);
    }
    qsort(ratios, (size_t)rounds, sizeof *ratios, compare);
    printf("median ratio %.2f (goal: 0.70 or more)\n", ratios[rounds / 2]);
    en_world_done(&e.world);
    en_arena_done(&e.arena);
    sqlite3_close_v2(l.database);
    return 0;
}

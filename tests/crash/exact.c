/* Exactly N: what many threads or processes do at once comes out as if one after the other had. */
#include "crash.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORKERS = 64, NOW_MS = 1700000000 };

typedef struct tally {
    int admitted;
    int refused; /* for the reason that the work expects */
    int failed;
} tally;

/* A work: its plan is run with {"value": number of the attempt, "limit": N}. */
typedef struct work {
    const char *name;
    const char *plan;
    const char *schema;
    en_error_type refusal;
    const char *result; /* SQL: what must be N, or the number of admitted runs */
    bool is_limited;    /* exactly N are admitted of more that try; else all must be */
} work;

#define STEP(id, module, parameters)                                                               \
    "{\"id\":" #id ",\"module\":\"" module "\",\"parameters\":{\"dataStore\":\"S\"," parameters "}"

static const work works[] = {
    { .name = "limit",
      .plan = "[" STEP(
          1, "datastore.searchRecords",
          "\"filter\":{\"conditions\":[[{\"a\":\"user\",\"o\":\"equal\","
          "\"b\":\"u\"}]]}") "},"
                             "{\"id\":2,\"module\":\"flow.router\",\"parameters\":{\"routes\":["
                             "{\"filter\":{\"conditions\":[[{\"a\":\"{{1.length}}\",\"o\":\"less\","
                             "\"b\":\"{{webhook.limit}}\"}]]}},"
                             "{\"filter\":{\"conditions\":[[{\"a\":\"{{1.length}}\",\"o\":"
                             "\"greaterEqual\","
                             "\"b\":\"{{webhook.limit}}\"}]]}}]}}," /* */
      STEP(3, "datastore.addRecord",
           "\"data\":{\"user\":\"u\"}") ",\"route\":1},"
                                        "{\"id\":4,\"module\":\"flow.throw\",\"route\":2,"
                                        "\"parameters\":{\"message\":\"no\","
                                        "\"statusCode\":429}}]",
      .schema = "{\"name\":\"S\",\"structure\":{\"user\":\"text\"}}",
      .refusal = EN_ThrowError,
      .result = "SELECT count(*) FROM S",
      .is_limited = true },
    { .name = "unique",
      .plan = "[" STEP(1, "datastore.addRecord",
                       "\"key\":\"{{uuid}}\",\"data\":{\"mail\":"
                       "\"{{webhook.value % webhook.limit}}\"}") "}]",
      .schema = "{\"name\":\"S\",\"structure\":{\"mail\":{\"type\":\"text\",\"unique\":true}}}",
      .refusal = EN_DuplicateDataError,
      .result = "SELECT count(*) FROM S",
      .is_limited = true },
    { .name = "increment",
      .plan = "[" STEP(1, "datastore.incrementField",
                       "\"recordId\":\"k\",\"field\":\"n\",\"upsert\":true") "}]",
      .schema = "{\"name\":\"S\",\"structure\":{\"n\":\"number\"}}",
      .result = "SELECT n FROM S" },
    { .name = "swap",
      .plan = "[" STEP(1, "datastore.incrementField",
                       "\"recordId\":\"k\",\"field\":\"n\",\"by\":0,\"upsert\":true") "}," /* */
      STEP(2, "datastore.getRecord", "\"recordId\":\"k\"") "},"                            /* */
      STEP(3, "datastore.compareAndSet",
           "\"recordId\":\"k\",\"expected\":{\"n\":\"{{2.n}}\"},"
           "\"data\":{\"n\":\"{{2.n + 1}}\"}") "},"
                                               "{\"id\":4,\"module\":\"flow.router\","
                                               "\"parameters\":{\"routes\":[{\"filter\":"
                                               "{\"conditions\":[[{\"a\":\"{{3.swapped}}\",\"o\":"
                                               "\"equal\",\"b\":false}]]}}]}},"
                                               "{\"id\":5,\"module\":\"flow.throw\",\"route\":1,"
                                               "\"parameters\":"
                                               "{\"message\":\"no\"}}]",
      .schema = "{\"name\":\"S\",\"structure\":{\"n\":\"number\"}}",
      .result = "SELECT n FROM S" },
    { .name = "rewrite",
      .plan = "[" STEP(1, "datastore.getRecord", "\"recordId\":\"k\"") "}," /* */
      STEP(2, "datastore.updateRecord",
           "\"recordId\":\"k\",\"upsert\":true,"
           "\"data\":{\"n\":\"{{ifempty(1.n; 0) + 1}}\"}") "}]",
      .schema = "{\"name\":\"S\",\"structure\":{\"n\":\"number\"}}",
      .result = "SELECT n FROM S" },
};

static const work *find_work(const char *name)
{
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        if (strcmp(works[i].name, name) == 0) {
            return &works[i];
        }
    }
    die("no work %s", name);
}

/* --- one worker --- */

typedef struct worker {
    rig *rig;
    const work *work;
    int first;
    int attempts;
    int limit;
    tally tally;
} worker;

static void attempt(worker *w, int number)
{
    en_arena arena;
    en_clock clock;
    en_report report;
    en_collection_builder payload;
    en_arena_init(&arena, NULL);
    en_clock_init_fixed(&clock, (int64_t)NOW_MS * 1000);
    en_collection_builder_init(&payload, &arena);
    en_collection_builder_add(&payload, EN_TEXT("value"), en_number(number));
    en_collection_builder_add(&payload, EN_TEXT("limit"), en_number(w->limit));
    const en_run_options options = { .payload = en_collection_builder_take(&payload),
                                     .request = en_null(),
                                     .variables = en_null(),
                                     .clock = &clock };
    en_run_execute(&w->rig->world, w->rig->plan, &options, &arena, &report);
    if (report.status != EN_RUN_ERROR) {
        w->tally.admitted++;
    } else if (w->work->is_limited && report.error.type == w->work->refusal) {
        w->tally.refused++;
    } else if (w->tally.failed++ == 0) {
        fprintf(stderr, "%s: %s\n", w->work->name, report.error.message);
    }
    en_arena_done(&arena);
}

static void *work_alone(void *context)
{
    worker *w = context;
    for (int i = 0; i < w->attempts; i++) {
        attempt(w, w->first + i);
    }
    return NULL;
}

/* exact WORK DATABASE LIMIT FIRST ATTEMPTS */
int exact_child(int count, char **arguments)
{
    if (count < 5) {
        die("exact WORK DATABASE LIMIT FIRST ATTEMPTS");
    }
    rig r;
    const work *about = find_work(arguments[0]);
    const char *schemas[] = { about->schema, NULL };
    rig_open(&r, arguments[1], about->plan, schemas);
    worker w = { .rig = &r,
                 .work = about,
                 .limit = (int)strtol(arguments[2], NULL, 10),
                 .first = (int)strtol(arguments[3], NULL, 10),
                 .attempts = (int)strtol(arguments[4], NULL, 10) };
    work_alone(&w);
    printf("%d %d %d\n", w.tally.admitted, w.tally.refused, w.tally.failed);
    rig_close(&r);
    return 0;
}

/* --- many --- */

static void add(tally *sum, const tally *one)
{
    sum->admitted += one->admitted;
    sum->refused += one->refused;
    sum->failed += one->failed;
}

static tally work_in_processes(const work *about, const char *path, int limit, int processes,
                               int attempts)
{
    child children[MOST_WORKERS];
    tally sum = { 0 };
    for (int i = 0; i < processes; i++) {
        char numbers[3][16];
        snprintf(numbers[0], sizeof numbers[0], "%d", limit);
        snprintf(numbers[1], sizeof numbers[1], "%d", i * attempts);
        snprintf(numbers[2], sizeof numbers[2], "%d", attempts);
        const char *arguments[] = { "exact",    about->name, path, numbers[0],
                                    numbers[1], numbers[2],  NULL };
        children[i] = child_start(arguments);
    }
    for (int i = 0; i < processes; i++) {
        tally one = { 0 };
        if (fscanf(children[i].lines, "%d %d %d", &one.admitted, &one.refused, &one.failed) != 3) {
            one.failed = attempts;
        }
        if (child_wait(&children[i]) != 0) {
            one.failed++;
        }
        add(&sum, &one);
    }
    return sum;
}

static tally work_in_threads(const work *about, rig *r, int limit, int threads, int attempts)
{
    worker workers[MOST_WORKERS];
    pthread_t started[MOST_WORKERS];
    tally sum = { 0 };
    for (int i = 0; i < threads; i++) {
        workers[i] = (worker){
            .rig = r, .work = about, .limit = limit, .first = i * attempts, .attempts = attempts
        };
        if (pthread_create(&started[i], NULL, work_alone, &workers[i]) != 0) {
            die("no thread");
        }
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(started[i], NULL);
        add(&sum, &workers[i].tally);
    }
    return sum;
}

/* One trial with `workers` processes, or threads. True: exact. */
static bool try_once(const work *about, int limit, int workers, bool in_threads)
{
    rig r;
    char folder[256];
    char path[300];
    const char *schemas[] = { about->schema, NULL };
    int attempts = 1 + (limit + limit / 2) / workers + (about->is_limited ? 0 : 2);
    folder_make(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/enact.db", folder);
    rig_open(&r, path, about->plan, schemas);
    tally sum = in_threads ? work_in_threads(about, &r, limit, workers, attempts)
                           : work_in_processes(about, path, limit, workers, attempts);
    int expected = about->is_limited ? limit : workers * attempts;
    int64_t found = rig_ask(&r, about->result);
    rig_close(&r);
    folder_remove(folder);
    bool exact = sum.failed == 0 && sum.admitted == expected && found == expected &&
                 sum.admitted + sum.refused == workers * attempts;
    if (!exact) {
        printf("%s with %d %s, %d attempts each: %d admitted, %d refused, %d failed, %lld in the "
               "store, but expected %d\n",
               about->name, workers, in_threads ? "threads" : "processes", attempts, sum.admitted,
               sum.refused, sum.failed, (long long)found, expected);
    }
    return exact;
}

int exact_main(int trials, int processes, int threads)
{
    static const int limits[] = { 1, 10, 100 };
    bool exact = true;
    for (int trial = 0; trial < trials && exact; trial++) {
        for (size_t i = 0; i < sizeof works / sizeof *works && exact; i++) {
            for (size_t n = 0; n < sizeof limits / sizeof *limits && exact; n++) {
                exact = (threads == 0 || try_once(&works[i], limits[n], threads, true)) &&
                        (processes == 0 || try_once(&works[i], limits[n], processes, false));
            }
        }
    }
    return exact ? 0 : EXIT_BROKEN;
}

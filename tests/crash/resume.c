/* A job on a file of records is killed at random moments and gone on with: no record twice, none left
 * out, and nothing was told that was not on disk. */
#include "crash.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RECORDS = 1000, PATH_ROOM = 400, KILLS_A_FILE = 8 };

static const char nothing[] = "[{\"id\":1,\"module\":\"flow.commit\"}]";

/* Twice is an error of the first step, and another count of the second. */
static const char scenario[] =
    "[{\"id\":1,\"module\":\"datastore.addRecord\",\"parameters\":{\"dataStore\":\"S\","
    "\"key\":\"{{webhook.id}}\",\"data\":{\"v\":\"{{webhook.id}}\"}}},"
    "{\"id\":2,\"module\":\"datastore.incrementField\",\"parameters\":{\"dataStore\":\"Total\","
    "\"recordId\":\"all\",\"field\":\"n\",\"upsert\":true}}]";

typedef struct kind {
    const char *name;
    const char *told;          /* what stands before a number that is told */
    const char *padding;       /* of a record; all are of the same length */
    bool counts;               /* the job keeps a total */
    const char *arguments[16]; /* SCENARIO, FILE and DATABASE are put in */
} kind;

#define EIGHTY "................................................................................"

/* The last one is long enough for the indexes of an empty store to be built behind the records. */
static const kind kinds[] = {
    { "each",
      "{\"record\":",
      "",
      true,
      { "run", "SCENARIO", "--each", "FILE", "--db", "DATABASE", "--batch", "20", "--json",
        "--resume", "--quiet" } },
    { "import",
      "{\"records\":",
      "",
      false,
      { "import", "S", "FILE", "--db", "DATABASE", "--batch", "20", "--progress", "json",
        "--resume", "--quiet" } },
    { "load",
      "{\"records\":",
      EIGHTY,
      false,
      { "import", "S", "FILE", "--db", "DATABASE", "--batch", "20", "--progress", "json",
        "--resume", "--quiet" } },
};

typedef struct job {
    const kind *about;
    const char *program;
    char folder[256];
    char scenario[PATH_ROOM];
    char file[PATH_ROOM];
    char database[PATH_ROOM];
    const char *arguments[16];
} job;

/* --- setting up --- */

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "we");
    if (file == NULL) {
        die("no file %s", path);
    }
    return file;
}

static void set_up(job *j)
{
    folder_make(j->folder, sizeof j->folder);
    snprintf(j->scenario, sizeof j->scenario, "%s/add.json", j->folder);
    snprintf(j->file, sizeof j->file, "%s/records.jsonl", j->folder);
    snprintf(j->database, sizeof j->database, "%s/enact.db", j->folder);
    FILE *file = create(j->scenario);
    fputs(scenario, file);
    fclose(file);
    file = create(j->file);
    for (int i = 0; i < RECORDS; i++) {
        fprintf(file, "{\"id\":\"%06d\",\"text\":\"%s\"}\n", i, j->about->padding);
    }
    fclose(file);
    const struct {
        const char *name;
        const char *path;
    } names[] = { { "SCENARIO", j->scenario }, { "FILE", j->file }, { "DATABASE", j->database } };
    for (size_t i = 0; j->about->arguments[i] != NULL; i++) {
        j->arguments[i] = j->about->arguments[i];
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            if (strcmp(j->arguments[i], names[k].name) == 0) {
                j->arguments[i] = names[k].path;
            }
        }
    }
}

/* --- one process --- */

/* The highest number of a record that was told in a whole line. */
static long read_told(child *c, const char *begin)
{
    size_t length = strlen(begin);
    char line[4096];
    long told = 0;
    bool at_start = true;
    long number = 0;
    while (fgets(line, sizeof line, c->lines) != NULL) {
        bool ends = line[strlen(line) - 1] == '\n';
        if (at_start) {
            bool is_told = strncmp(line, begin, length) == 0;
            number = is_told ? strtol(line + length, NULL, 10) : 0;
        }
        told = ends && number > told ? number : told;
        at_start = ends;
    }
    return told;
}

static void sleep_us(int64_t duration_us)
{
    struct timespec time = { .tv_sec = (time_t)(duration_us / 1000000),
                             .tv_nsec = (long)(duration_us % 1000000) * 1000 };
    nanosleep(&time, NULL);
}

typedef struct killer {
    child *c;
    int64_t life_us;
    pthread_t thread;
} killer;

/* Beside the reader: a child whose pipe is full would wait for it and never come so far. */
static void *kill_later(void *context)
{
    const killer *k = context;
    sleep_us(k->life_us);
    kill(k->c->pid, SIGKILL);
    return NULL;
}

/* What was told and how the process ended; `life_us` 0: nobody kills it. */
static int run_once(const job *j, int64_t life_us, long *told)
{
    child c = program_start(j->program, j->arguments);
    killer k = { .c = &c, .life_us = life_us };
    if (life_us != 0 && pthread_create(&k.thread, NULL, kill_later, &k) != 0) {
        die("no thread");
    }
    *told = read_told(&c, j->about->told);
    if (life_us != 0) {
        pthread_join(k.thread, NULL); /* it is no zombie before, so the number is still its own */
    }
    return child_wait(&c);
}

/* --- what is there --- */

typedef struct content {
    int64_t records;
    int64_t keys;
    int64_t total;
    bool whole;
} content;

static int64_t ask_table(rig *r, const char *table, const char *sql)
{
    char there[128];
    snprintf(there, sizeof there, "SELECT count(*) FROM sqlite_schema WHERE name = '%s'", table);
    return rig_ask(r, there) != 0 ? rig_ask(r, sql) : 0;
}

static content look(const job *j, bool thoroughly)
{
    rig r;
    rig_open(&r, j->database, nothing, NULL);
    content f = { .records = ask_table(&r, "S", "SELECT count(*) FROM S"), .whole = true };
    if (thoroughly) {
        f.keys = ask_table(&r, "S",
                           "SELECT count(*) FROM S WHERE _key BETWEEN '000000' AND '000999' AND "
                           "length(_key) = 6");
        f.total = ask_table(&r, "Total", "SELECT json_extract(_extra, '$.n') FROM Total");
        f.whole = rig_ask(&r, "SELECT count(*) FROM pragma_integrity_check "
                              "WHERE integrity_check <> 'ok'") == 0 &&
                  rig_ask(&r, "SELECT records FROM enact_stores WHERE name = 'S'") == f.records;
    }
    rig_close(&r);
    return f;
}

/* --- jobs --- */

static bool complain(const char *what, int64_t found, int64_t expected)
{
    printf("%s: %" PRId64 " instead of %" PRId64 "\n", what, found, expected);
    return false;
}

static bool is_complete(const job *j)
{
    content f = look(j, true);
    if (!f.whole) {
        return complain("the file is damaged, or its counters are wrong", f.records, RECORDS);
    }
    if (f.records != RECORDS || f.keys != RECORDS) {
        return complain("keys", f.keys, RECORDS);
    }
    return !j->about->counts || f.total == RECORDS || complain("executions", f.total, RECORDS);
}

/* Kills after a time from a range (its begin and width) until the job is done; `*kills` counts. */
static bool finish_one(job *j, en_random *random, const int64_t *range_us, int *kills)
{
    set_up(j);
    bool whole = true;
    for (int killed = 0; whole; killed++) {
        bool spared = killed >= KILLS_A_FILE;
        int64_t life_us = range_us[0] + (int64_t)(en_random_unit(random) * (double)range_us[1]);
        long told = 0;
        int code = run_once(j, spared ? 0 : life_us + 1, &told);
        if (code == 0) {
            break;
        }
        if (code != 128 + SIGKILL) {
            whole = complain("exit code", code, 0);
            break;
        }
        *kills += 1;
        int64_t records = look(j, false).records;
        whole = told <= records || complain("fewer records than were told", records, told);
    }
    whole = whole && is_complete(j);
    folder_remove(j->folder);
    return whole;
}

/* How long a process takes to its first commit, and how long to go on from there to the end. */
static void measure(job *j, int64_t *start_us, int64_t *work_us)
{
    set_up(j);
    int64_t begun_us = en_clock_ticks_us();
    child c = program_start(j->program, j->arguments);
    int byte = fgetc(c.lines);
    *start_us = en_clock_ticks_us() - begun_us;
    ungetc(byte, c.lines);
    long told = read_told(&c, j->about->told);
    *work_us = en_clock_ticks_us() - begun_us - *start_us;
    int code = child_wait(&c);
    if (code != 0 || !is_complete(j) || told != RECORDS) {
        die("without a kill it ends with %d and told %ld", code, told);
    }
    folder_remove(j->folder);
}

int resume_main(int cycles, const char *program, const char *name)
{
    job j = { .program = program };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        j.about = strcmp(kinds[i].name, name) == 0 ? &kinds[i] : j.about;
    }
    if (j.about == NULL) {
        die("no kind %s", name);
    }
    en_random random;
    en_random_init_system(&random);
    int64_t start_us = 0;
    int64_t work_us = 0;
    measure(&j, &start_us, &work_us);
    const int64_t range_us[] = { start_us / 2, start_us / 2 + work_us / 3 };
    int kills = 0;
    int files = 0;
    bool whole = true;
    while (whole && kills < cycles) {
        whole = finish_one(&j, &random, range_us, &kills);
        files++;
    }
    printf("%s: %d kills of %d jobs with %d records\n", name, kills, files, RECORDS);
    return whole ? 0 : EXIT_BROKEN;
}

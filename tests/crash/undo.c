/* All or nothing over several commits: cycles of processes that are killed leave no trace. */
#include "crash.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PAYERS = 4, LONGEST_LIFE_US = 25000, NOW_MS = 1700000000 };

static const char plan[] = "[{\"id\":1,\"module\":\"flow.commit\"}]";
static const char *const schemas[] = {
    "{\"name\":\"S\",\"structure\":{\"n\":\"number\"},\"maxRecords\":null,\"sizeLimit\":null}",
    "{\"name\":\"Log\",\"structure\":{\"step\":\"text\"},\"maxRecords\":null,\"sizeLimit\":null}",
    NULL
};

/* --- the child that is killed --- */

typedef struct payer {
    en_database *database;
    const char *life;
    int number;
    pthread_t thread;
    en_arena arena; /* of one cycle */
    en_store_run run;
    en_segment *segment;
    en_error error;
} payer;

static void check(const payer *p, bool done)
{
    if (!done) {
        die("%s", p->error.message);
    }
}

static void enter(payer *p)
{
    check(p, en_segment_enter(p->database, EN_SEGMENT_WRITE, &p->run, &p->segment, &p->error));
}

static void leave(payer *p)
{
    check(p, en_segment_commit(p->segment, &p->error));
}

static void pay(payer *p, const char *account, double amount)
{
    en_value value;
    en_text key = en_text_format(&p->arena, "%s-%d", account, p->number);
    check(p, en_store_increment(p->segment, EN_TEXT("S"), key, EN_TEXT("n"), en_number(amount),
                                true, &p->arena, &value, &p->error));
}

static void log_step(payer *p, const char *step, int cycle)
{
    en_collection_builder data;
    en_collection_builder_init(&data, &p->arena);
    en_collection_builder_add(&data, EN_TEXT("step"), en_text_value(en_text_from(step)));
    en_text key = en_text_format(&p->arena, "%s-%s-%d-%d", step, p->life, p->number, cycle);
    check(p, en_store_add(p->segment, EN_TEXT("Log"), key, en_collection_builder_take(&data), false,
                          &p->arena, NULL, &p->error));
}

/* From one account to another, in three commits; every third payment is taken back. */
static void pay_once(payer *p, int cycle)
{
    check(p, en_undo_open(p->database, &p->run, &p->run.undo, &p->error));
    enter(p);
    pay(p, "from", -1);
    log_step(p, "taken", cycle);
    leave(p);
    enter(p);
    pay(p, "to", 1);
    leave(p);
    if (cycle % 3 == 0) {
        check(p, en_undo_rollback(p->run.undo, &p->run, &p->error));
    } else {
        enter(p);
        log_step(p, "given", cycle);
        check(p, en_undo_commit(p->segment, p->run.undo, &p->error));
        leave(p);
    }
    en_undo_close(p->run.undo);
}

/* A byte for each payment that is final. */
static void *pay_on(void *context)
{
    payer *p = context;
    en_random random;
    en_random_init_system(&random);
    p->run = (en_store_run){ .now_ms = (int64_t)NOW_MS * 1000, .random = &random };
    for (int i = 0;; i++) {
        en_arena_init(&p->arena, NULL);
        en_error_clear(&p->error);
        pay_once(p, i);
        if (i % 3 != 0 && write(STDOUT_FILENO, ".", 1) != 1) {
            exit(EXIT_SETUP);
        }
        en_arena_done(&p->arena);
    }
}

/* undo DATABASE LIFE: pays until it is killed. */
int undo_child(int count, char **arguments)
{
    if (count < 2) {
        die("undo DATABASE LIFE");
    }
    rig r;
    payer payers[PAYERS] = { 0 };
    rig_open(&r, arguments[0], plan, schemas);
    for (int i = 0; i < PAYERS; i++) {
        payers[i] =
            (payer){ .database = &rig_database(&r)->base, .life = arguments[1], .number = i };
        if (pthread_create(&payers[i].thread, NULL, pay_on, &payers[i]) != 0) {
            die("no thread");
        }
    }
    for (int i = 0; i < PAYERS; i++) {
        pthread_join(payers[i].thread, NULL);
    }
    return 0;
}

/* --- the parent --- */

typedef struct sum {
    long told;   /* payments that were told to be final */
    long undone; /* cycles that an opening took back */
} sum;

static void kill_one(const char *path, int life, sum *s, en_random *random)
{
    char name[16];
    snprintf(name, sizeof name, "%d", life);
    const char *arguments[] = { "undo", path, name, NULL };
    child c = child_start(arguments);
    if (life % 5 != 0 && fgetc(c.lines) != EOF) {
        s->told++;
    }
    nanosleep(
        &(struct timespec){ .tv_nsec = (long)(en_random_unit(random) * LONGEST_LIFE_US) * 1000 },
        NULL);
    kill(c.pid, SIGKILL);
    while (fgetc(c.lines) != EOF) {
        s->told++;
    }
    int code = child_wait(&c);
    if (code != 128 + SIGKILL) {
        die("a child ended with %d before it was killed", code);
    }
}

/* Each is an SQL question whose answer must be 0. */
static const struct {
    const char *name;
    const char *sql;
} promises[] = {
    { "a journal is left", "SELECT count(*) FROM enact_undo" },
    { "money is lost or made", "SELECT coalesce(sum(n), 0) FROM S" },
    { "an account does not agree with its log",
      "SELECT coalesce(sum(n), 0) - (SELECT count(*) FROM Log WHERE step = 'given') FROM S "
      "WHERE n > 0" },
    { "a payment is half logged", "SELECT count(*) FROM (SELECT count(*) AS steps FROM Log "
                                  "GROUP BY substr(_key, 7)) WHERE steps <> 2" },
    { "the counters do not agree with the rows",
      "SELECT count(*) FROM enact_stores WHERE (name = 'S' AND (records, bytes) <> (SELECT "
      "count(*), coalesce(sum(_bytes), 0) FROM S)) OR (name = 'Log' AND (records, bytes) <> "
      "(SELECT count(*), coalesce(sum(_bytes), 0) FROM Log))" },
    { "the file is damaged",
      "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'" },
};

/* Opening the database is what repairs it. */
static bool look(const char *path, sum *s)
{
    rig r;
    bool whole = true;
    rig_open(&r, path, plan, schemas);
    const en_undo_recovery *recovered = en_undo_recovered(&rig_database(&r)->base);
    s->undone += (long)recovered->cycles;
    if (recovered->error.type != EN_NO_ERROR) {
        printf("%s\n", recovered->error.message);
        whole = false;
    }
    bool used = rig_ask(&r, "SELECT count(*) FROM enact_stores") == 2;
    for (size_t i = 0; used && i < sizeof promises / sizeof *promises; i++) {
        int64_t answer = rig_ask(&r, promises[i].sql);
        if (answer != 0) {
            printf("%s (%lld)\n", promises[i].name, (long long)answer);
            whole = false;
        }
    }
    long final = used ? (long)rig_ask(&r, "SELECT count(*) FROM Log WHERE step = 'given'") : 0;
    if (final < s->told) {
        printf("%ld payments were final, but %ld are there\n", s->told, final);
        whole = false;
    }
    rig_close(&r);
    return whole;
}

int undo_main(int cycles)
{
    bool whole = true;
    char folder[256];
    char path[300];
    sum s = { 0 };
    en_random random;
    en_random_init_system(&random);
    folder_make(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/enact.db", folder);
    for (int i = 0; i < cycles && whole; i++) {
        kill_one(path, i, &s, &random);
        if (i % 3 != 0) { /* else the next child repairs what this one left, and may be killed */
            whole = look(path, &s);
        }
    }
    whole = look(path, &s) && whole;
    printf("%ld payments told, %ld cycles undone\n", s.told, s.undone);
    folder_remove(folder);
    return whole ? 0 : EXIT_BROKEN;
}

/* What an execution costs beside its steps: executions a second of small scenarios, one thread, the
 * database in memory.
 *
 *     bench_runs ROOT [EXECUTIONS] [ROUNDS]
 *
 * ROOT holds scenarios/rate-limit and schemas. Every execution gets an arena that is emptied behind
 * it, as `run --events` and `replay` do it. The best round of each is printed. */
#include "base/clock.h"
#include "flow/run.h"
#include "scenario/load.h"
#include "value/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { USERS = 500 };

typedef struct rig {
    en_world world;
    en_arena arena;
    en_clock clock;
    const en_schema *schemas[1];
} rig;

static void die(const char *what)
{
    fprintf(stderr, "bench_runs: %s\n", what);
    exit(1);
}

static void read_json(rig *r, const char *path, en_value *value)
{
    en_text text;
    en_error error;
    en_error_clear(&error);
    if (!en_file_read(&r->arena, path, 1 << 20, &text, &error) ||
        !en_json_read(&r->arena, text, 0, EN_JSON_DEPTH, value, &error)) {
        die(error.message);
    }
}

static void open_rig(rig *r, const char *root)
{
    char path[4096];
    en_problems problems;
    en_value schema = en_null();
    en_arena_init(&r->arena, NULL);
    en_problems_init(&problems, &r->arena);
    snprintf(path, sizeof path, "%s/schemas/RateLimits.json", root);
    read_json(r, path, &schema);
    r->schemas[0] = en_schema_read(&r->arena, schema, &problems);
    en_world_init(&r->world);
    r->world.schemas = r->schemas;
    r->world.schema_count = 1;
    en_clock_init_real(&r->clock);
}

static const en_plan *load(rig *r, const char *root, const char *name)
{
    char path[4096];
    en_problems problems;
    en_problems_init(&problems, &r->arena);
    snprintf(path, sizeof path, "%s/%s", root, name);
    const en_plan *plan = en_scenario_load(&r->arena, path, NULL, &problems);
    if (plan == NULL) {
        die(path);
    }
    return plan;
}

static const en_plan *read_plan(rig *r, en_text scenario)
{
    en_problems problems;
    en_problems_init(&problems, &r->arena);
    const en_plan *plan =
        en_scenario_load_text(&r->arena, EN_TEXT("bench.json"), scenario, NULL, &problems);
    if (plan == NULL) {
        die("a scenario of its own does not load");
    }
    return plan;
}

static void execute(rig *r, const en_plan *plan, en_arena *arena, unsigned number)
{
    char name[32];
    snprintf(name, sizeof name, "user-%u", number % USERS);
    en_collection_builder payload;
    en_collection_builder_init(&payload, arena);
    en_collection_builder_add(&payload, EN_TEXT("userId"), en_text_value(en_text_from(name)));
    en_collection_builder_add(&payload, EN_TEXT("action"), en_text_value(EN_TEXT("search")));
    const en_run_options options = { .payload = en_collection_builder_take(&payload),
                                     .request = en_null(),
                                     .variables = en_null(),
                                     .seeded = true,
                                     .seed = number,
                                     .clock = &r->clock };
    en_report report;
    en_run_execute(&r->world, plan, &options, arena, &report);
    if (report.status == EN_RUN_ERROR && report.error.type != EN_ThrowError) {
        die(report.error.message);
    }
}

static void measure(rig *r, const char *what, const en_plan *plan, int executions, int rounds)
{
    double best = 0;
    unsigned number = 0;
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (int round = 0; round < rounds; round++) {
        int64_t started_us = en_clock_ticks_us();
        for (int i = 0; i < executions; i++) {
            execute(r, plan, &arena, number++);
            en_arena_reset(&arena);
        }
        double rate = executions * 1e6 / (double)(en_clock_ticks_us() - started_us);
        best = rate > best ? rate : best;
    }
    en_arena_done(&arena);
    printf("%-32s %8.0f executions/s %8.2f us each\n", what, best, 1e6 / best);
}

int main(int argc, char **argv)
{
    static rig r;
    if (argc < 2) {
        die("expected ROOT [EXECUTIONS] [ROUNDS]");
    }
    int executions = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 20000;
    int rounds = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 5;
    open_rig(&r, argv[1]);
    measure(&r, "one variable",
            read_plan(&r, EN_TEXT("[{\"id\":1,\"module\":\"util.setVariable\",\"parameters\":"
                                  "{\"name\":\"a\",\"value\":\"{{input.userId}}\"}}]")),
            executions, rounds);
    measure(&r, "one search",
            read_plan(&r, EN_TEXT("[{\"id\":1,\"module\":\"datastore.getRecord\",\"parameters\":"
                                  "{\"dataStore\":\"RateLimits\",\"recordId\":\"none\"}}]")),
            executions, rounds);
    measure(&r, "rate limiter", load(&r, argv[1], "scenarios/rate-limit/scenario.json"), executions,
            rounds);
    en_world_done(&r.world);
    en_arena_done(&r.arena);
    return 0;
}

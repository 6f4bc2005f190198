/* play - a scenario in a test: loaded from JSON in single quotes, run, compared.
 *
 * Shape:    in scenarios, mocks, payloads and expectations ' stands for " and ` for \". A *play*
 * has a world with a database in memory, a virtual clock at 2026-01-02T03:04:05.678Z, chance from
 *           seed 1, and a trace. What is expected is a subset (flow/expect.h) of the report of DESIGN 7.
 * Units:    as run.h.
 * Lifetime: everything until play_close; a play may be run several times.
 * Errors:   asserted, with the whole report.
 * Threads:  one.
 */
#ifndef EN_TEST_PLAY_H
#define EN_TEST_PLAY_H

#include "test.h"

#include "flow/run.h"
#include "scenario/load.h"

typedef struct play {
    en_arena arena;
    en_world world;
    en_clock clock;
    en_run_options options;
    const en_plan *plan;
    en_report report;
    en_value result; /* of the last run, as it is printed (DESIGN 7) */
} play;

/* Asserts that it loads. */
void play_open(play *p, const char *scenario);
void play_payload(play *p, const char *payload);
void play_mocks(play *p, const char *mocks);
void play_run(play *p);
void play_expect(play *p, const char *expected);
/* JSON list of one field of a store's records, in the order they were added; "[]": no such store.
 */
const char *play_column(play *p, const char *store, const char *field);
en_value play_json(play *p, const char *text);
void play_close(play *p);

/* Opens, runs, compares and closes. `mocks` and `payload` may be NULL. */
void play_gives(const char *scenario, const char *mocks, const char *payload, const char *expected);

/* Modules of a list. */
#define STEP(id, module, parameters)                                                               \
    "{'id':" #id ",'module':'" module "','parameters':{" parameters "}}"
#define ON(route, id, module, parameters)                                                          \
    "{'id':" #id ",'module':'" module "','route':" #route ",'parameters':{" parameters "}}"
#define SET(id, value) STEP(id, "util.setVariable", "'name':'v" #id "','value':" value)
#define SET_ON(route, id, value)                                                                   \
    ON(route, id, "util.setVariable", "'name':'v" #id "','value':" value)
#define EACH_OF(id, array)  STEP(id, "flow.iterator", "'array':" array)
#define BREAK_ON(route, id) ON(route, id, "flow.break", "")
#define WHEN(a, o, b)       "{'filter':{'conditions':[[{'a':" a ",'o':'" o "','b':" b "}]]}}"

#endif

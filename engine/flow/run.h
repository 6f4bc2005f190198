/* run - the executor: a plan, an input and the world outside, to a report.
 *
 * Shape:    a *world* is what the process offers to all runs: database (opened on first use),
 * zones, egress policy, environment names. A run is one call of en_run_execute. Nothing is told to
 * the outside before the segment that stands before it is on disk. Units:    times in milliseconds,
 * durations of steps in microseconds, sizes in bytes. Lifetime: a report lives in the arena passed,
 * which the caller owns. Errors:   in the report; en_run_execute itself never fails. Threads:  a
 * world may be shared; every run has a thread of its own at any time.
 */
#ifndef EN_FLOW_RUN_H
#define EN_FLOW_RUN_H

#include "flow/mocks.h"
#include "net/cassette.h"
#include "scenario/plan.h"
#include "store/batch.h"
#include "store/tape.h"

#include <pthread.h>

typedef struct en_world {
    en_zones *zones;
    en_egress egress;
    en_value environment; /* the allowed names, as a collection; or null */
    en_database_options database_options;
    const en_schema *const *schemas;
    size_t schema_count;
    en_database *database; /* opened on first use; see en_world_database */
    pthread_mutex_t lock;
} en_world;

void en_world_init(en_world *world);
/* The database, opened and told the schemas if it was not. */
EN_WARN_UNUSED bool en_world_database(en_world *world, en_database **database, en_error *error);
/* Makes schemas known before the database is opened; of equal names the first one counts. */
void en_world_take_schemas(en_world *world, en_arena *arena, const en_schema *const *schemas,
                           size_t count);
void en_world_done(en_world *world);

/* Told of every operation as it ends; for live traces. */
typedef struct en_step_event {
    const en_step *step;
    uint64_t operation;  /* running number */
    en_value parameters; /* evaluated; null unless `wants_parameters` */
    en_value output;     /* the bundle or list given */
    uint64_t bundles;
    int64_t duration_us;
    const en_error *error; /* NULL: success */
    bool mocked;
    unsigned depth; /* of loops and error routes around it */
} en_step_event;

typedef struct en_observer en_observer;
struct en_observer {
    void (*step)(en_observer *observer, const en_step_event *event); /* or NULL */
    /* Told of every request before it is made or played; or NULL. */
    void (*request)(en_observer *observer, const en_step *step, const en_http_request *request);
    bool wants_parameters;
};

/* How often a run has come to a step: for coverage. */
typedef struct en_step_count {
    uint64_t entered; /* its filter, if it has one, was true */
    uint64_t refused; /* its filter was false */
} en_step_count;

/* A list that comes element by element, for one iterator of the plan (scenario/feed.h): only the
 * element in force is there. */
typedef struct en_feed {
    uint32_t step;
    /* *found false: there are no more. */
    bool (*next)(void *owner, en_arena *arena, en_value *element, bool *found, en_error *error);
    /* After every `group` bundles (0: never) the run has left the stores: what it did can be
     * committed. */
    uint64_t group;
    bool (*commit)(void *owner, en_error *error);
    void *owner;
} en_feed;

typedef struct en_run_options {
    en_value payload;   /* what started the run, or null */
    en_value request;   /* {method, headers, query}, or null */
    en_value variables; /* a collection: --set; or null */
    en_clock *clock;
    const en_zone *zone;
    bool seeded;
    uint64_t seed;
    en_random *random;        /* unless seeded: where the run's comes from; NULL: the system */
    en_regex_cache *patterns; /* kept from run to run; NULL: the run's own */
    const en_mocks *mocks;    /* or NULL */
    en_tape *tape;            /* keeps what the data stores say, or says it again; or NULL */
    en_cassette *cassette;    /* plays or records requests; NULL: the network */
    uint64_t max_operations;  /* 0: no limit */
    size_t max_bytes;         /* of the run's memory; 0: 1 GB */
    int64_t timeout_ms;       /* 0: none */
    bool trace;               /* keep order and outputs */
    bool is_batch;            /* it may keep the data stores to itself for long */
    en_batch *batch;          /* it shares its commits with other runs; or NULL. Then its
                                      * report may be told only behind a commit of the batch */
    size_t trace_limit;       /* bundles kept a step; 0: all */
    en_observer *observer;    /* or NULL */
    en_step_count *counts;    /* one for each step of the plan, counted up; or NULL */
    const en_feed *feed;      /* or NULL */
    const volatile int *interrupted; /* or NULL */
} en_run_options;

typedef enum en_run_status { EN_RUN_SUCCESS, EN_RUN_WARNING, EN_RUN_ERROR } en_run_status;

typedef struct en_step_report {
    const en_step *step;
    uint64_t operations;
    uint64_t bundles;
    int64_t duration_us;
    en_value outputs; /* with trace: an array of all its bundles */
    en_value mocked;  /* an array of the parameters of each mocked call; null: none */
} en_step_report;

typedef struct en_report {
    en_text scenario;
    en_run_status status;
    int64_t started_ms;
    int64_t duration_us;
    uint64_t cycles;
    uint64_t operations;
    en_step_report *steps; /* in the order of the plan, steps with an id only */
    size_t step_count;
    en_value output;
    en_value response;  /* null, or {status, headers, body} */
    en_value responses; /* an array, one a cycle */
    en_error error;     /* type EN_NO_ERROR: none */
    en_value error_data;
    en_value warnings; /* an array of texts */
    en_value order;    /* with trace: ids of successful operations */
    bool traced;
    bool active;
    uint64_t incomplete;
    bool on_cassette;   /* it had one to play or to record */
    uint64_t exchanges; /* of this run with the outside, then */
    uint64_t unused;    /* on the cassette when it ended; 0 of a recording */
    size_t peak_bytes;
} en_report;

void en_run_execute(en_world *world, const en_plan *plan, const en_run_options *options,
                    en_arena *arena, en_report *report);
/* Of an execution that never began: what starts it could not be read. */
void en_report_refuse(const en_plan *plan, const en_error *error, en_report *report);
/* "success", "warning", "error" */
const char *en_run_status_name(en_run_status status);
/* The object of DESIGN 7. */
en_value en_report_value(en_arena *arena, const en_report *report);
/* 0, or what the command ends with after this run. */
int en_report_exit_code(const en_report *report);

#endif

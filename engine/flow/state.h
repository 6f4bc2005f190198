/* state - what the executor knows of a run while it runs. Inside flow/ only.
 *
 * Shape:    program counter, frames, a value per slot, a live bit per step, collections, variables
 * and the current error are the whole state. Units:    indexes into the plan. Lifetime: everything
 * lives in the run's arenas: one for the run, two for each depth of loops and for each collection
 * (the present one, and one that may still hold the last output), one for each variable.
 * Errors:   run->error holds the error being raised.
 * Threads:  one run, one thread.
 */
#ifndef EN_FLOW_STATE_H
#define EN_FLOW_STATE_H

#include "flow/run.h"
#include "module/call.h"

/* Two arenas that take turns: the run's last output may still lie in the one before. */
typedef struct en_twin {
    en_arena arenas[2];
    unsigned at;
    uint64_t since; /* run->outputs when the present one was emptied */
} en_twin;

typedef enum en_frame_kind { EN_FRAME_LOOP, EN_FRAME_HANDLER } en_frame_kind;

typedef struct en_frame {
    en_frame_kind kind;
    uint32_t step; /* whose loop or error route this is */
    uint32_t start;
    uint32_t end;
    /* loop */
    en_value bundles;    /* an array; the bundle in force is `at` */
    bool wraps;          /* bundles are {item, index, length} of the elements */
    const en_feed *feed; /* where {item, index} come from instead; or NULL */
    uint32_t at;
    en_spool *rest; /* what comes behind them; or NULL */
    en_spool_reader reader;
    en_twin arenas;
    /* handler */
    en_value outer_error;
    const en_error *failure; /* what the step failed with */
} en_frame;

typedef struct en_group {
    struct en_group *next;      /* in the order first seen */
    struct en_group *collision; /* with the same hash */
    en_text text;               /* JSON of the key */
    en_value key;
    en_input *inputs;
    size_t count;
    size_t capacity;
} en_group;

typedef struct en_gathering {
    bool open;
    size_t depth; /* of the frames around its feeder: what lies in deeper ones ends before it */
    en_twin arenas;
    en_group *first;
    en_group *last;
    en_group **buckets;
    size_t bucket_count;
    size_t group_count;
    uint64_t seed; /* of the buckets */
    en_text group_name;
} en_gathering;

/* By name: variables.c. */
typedef struct en_variable en_variable;
typedef struct en_loan en_loan;

typedef struct en_variables {
    en_variable **buckets;
    size_t bucket_count;
    size_t count;
    uint64_t seed; /* of the buckets */
} en_variables;

typedef struct en_run {
    en_world *world;
    const en_plan *plan;
    const en_run_options *options;
    en_report *report;
    en_arena *report_arena;

    en_budget budget;
    en_arena arena;
    en_scope scope; /* lookups come back through it: en_run_lookup */
    en_random random;
    en_clock *clock;
    int64_t started_ms;
    int64_t elapsed_us;  /* on the run's clock, when it began */
    int64_t deadline_us; /* on the run's clock; 0: none */

    uint32_t pc;
    en_value *slots;
    uint8_t *live;
    en_frame **frames; /* frames above `depth` are kept for their arenas */
    size_t depth;
    size_t floor; /* depth where the flow, or the global handler, began */
    size_t frame_room;
    en_gathering *gatherings;
    en_variables variables;
    en_loan *loans;   /* memory of variables that somebody shares, or did */
    en_value payload; /* what started the run, coerced as the file declares it */
    en_value trigger; /* payload and request as templates see them */
    en_value error_value;
    en_error error;
    en_value error_data;
    bool ended; /* by a directive */
    bool fatal; /* the error is a limit: no handler sees it, nor the global one */
    bool final; /* the error comes from Rollback: no further handler of a step sees it */

    en_segment *segment;
    bool segment_writes;
    int64_t segment_since_us; /* on the run's clock */
    en_stores_met met;
    en_http_client *http;
    en_arena reply_arena;
    en_value reply;      /* {statusCode, headers} of the last reply to a request, or nothing */
    en_spool **spools;   /* by slot: the rest of the list there; or NULL */
    en_spool *spooled;   /* by the present operation; or NULL */
    en_value last;       /* the last output; lies anywhere, see en_twin */
    en_spool *last_rest; /* and what comes behind it; or NULL */
    uint64_t outputs;
    const struct en_mock **mocks; /* one for each step, or NULL */
    uint64_t *mock_calls;
    en_array_builder *trace; /* one for each step, with --trace */
    en_array_builder *mocked;
    en_array_builder order;
    en_array_builder warnings;
    bool responded;
} en_run;

/* executor.c: runs steps until the flow or the global handler ends. False: run->error is set. */
EN_WARN_UNUSED bool en_run_steps(en_run *run, uint32_t start, uint32_t end);
/* The arena of the innermost bundle. */
en_arena *en_run_arena(en_run *run);
/* Of the innermost loop: its frame is the one before; 0: none. */
size_t en_run_loop_depth(const en_run *run);
void en_twin_init(en_twin *twin, en_budget *budget);
/* An empty one: the present one, unless an output was made since that was emptied, which may share
 * it. What is in the other one is older than that output. */
en_arena *en_twin_renew(const en_run *run, en_twin *twin);
static inline en_arena *en_twin_arena(en_twin *twin)
{
    return &twin->arenas[twin->at];
}
void en_twin_done(en_twin *twin);

/* executor.c, for feed.c */
void en_run_keep_trace(en_run *run, uint32_t at, en_value bundle);
/* The innermost frame, a loop, is over. */
void en_run_leave_loop(en_run *run, const en_frame *frame);

/* feed.c: a loop over a list that comes element by element. */
bool en_feed_is_for(const en_run *run, uint32_t at);
/* Whether there is a loop to run for its elements. */
bool en_feed_can_start(const en_run *run, uint32_t at);
/* The next element as a bundle, or the loop is over. False: run->error. */
EN_WARN_UNUSED bool en_feed_take(en_run *run, en_frame *frame);
/* A bundle is through: the same, behind a commit if its group is full. */
EN_WARN_UNUSED bool en_feed_go_on(en_run *run, en_frame *frame);

/* Limits: passing one makes the error fatal. */
EN_WARN_UNUSED bool en_run_check_memory(en_run *run);
/* Says so of an error that came of one. */
void en_run_find_limit(en_run *run);

/* arguments.c */
EN_WARN_UNUSED bool en_run_arguments(en_run *run, const en_step *step, en_value **values,
                                     en_filter **filters);
EN_WARN_UNUSED bool en_run_written(en_run *run, const en_step *step, en_value *parameters);

/* Whether somebody watches or keeps what steps give, or mocks stand for some. */
static inline bool en_run_is_watched(const en_run *run)
{
    return run->trace != NULL || run->options->observer != NULL || run->options->mocks != NULL ||
           run->options->tape != NULL;
}
/* Whether the step's search is only counted. */
static inline bool en_run_counts(const en_run *run, uint32_t at)
{
    return run->plan->steps[at].count_only && !en_run_is_watched(run);
}
/* Whether the rest of a long list that the step gives may lie in a spool. */
static inline bool en_run_pages(const en_run *run, uint32_t at)
{
    return run->plan->steps[at].pages && !en_run_is_watched(run);
}

/* operation.c: one operation with its retries; what it emitted stands in `call`. */
EN_WARN_UNUSED bool en_run_operation(en_run *run, uint32_t at, en_call *call, en_value *bundles,
                                     bool *wraps);

/* host.c: what a call may ask of its run. */
extern const en_call_host en_run_host;
EN_WARN_UNUSED bool en_run_leave_segment(en_run *run);
/* Waits, and moves the run's `now`. */
EN_WARN_UNUSED bool en_run_sleep(en_run *run, int64_t duration_ms);
void en_run_undo_segment(en_run *run);
/* A reply's bundle, of a request or of a mock that stands for one. */
void en_run_keep_reply(en_run *run, en_value bundle);
void en_run_warn(en_run *run, en_text message);
en_value en_run_lookup(en_scope *scope, const en_ref *ref);
/* {type, message, statusCode, moduleId, module, data}: what templates call `error`. */
en_value en_run_error_value(en_run *run, en_arena *arena);

/* variables.c: what is read lasts as long as the present bundle. */
void en_run_set_variable(en_run *run, en_text name, en_value value);
en_value en_run_variable(en_run *run, en_text name);
/* Arenas of variables that only frames deeper than `depth` may share: they end before others do.
 * `arenas` may be NULL: how many there are. */
size_t en_run_loans(const en_run *run, size_t depth, const en_arena **arenas);
void en_run_close_variables(en_run *run);

/* gather.c: collections of aggregators. */
void en_gathering_open(const en_run *run, en_gathering *gathering, size_t depth);
void en_gathering_close(en_gathering *gathering);
EN_WARN_UNUSED bool en_run_collect(en_run *run, const en_step *step);
/* The step's live sources as inputs, in the run's present arena. */
EN_WARN_UNUSED bool en_run_inputs(en_run *run, const en_step *step, en_input **inputs,
                                  size_t *count);

/* mocks.c */
typedef struct en_mock en_mock;
const en_mock *en_mocks_find(const en_mocks *mocks, const en_step *step);
/* The answer to call number `call` (from 0). */
EN_WARN_UNUSED bool en_mock_answer(const en_mock *mock, uint64_t call, bool lists_are_bundles,
                                   en_arena *arena, en_value *bundles, en_error *error);

#endif

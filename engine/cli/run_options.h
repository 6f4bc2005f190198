/* run_options - the flags of `enact run`, read into what the executor takes.
 *
 * Shape:    command line > environment > enact.json > defaults.
 * Units:    as flow/run.h.
 * Lifetime: the context's arena.
 * Errors:   UsageError, or SyntaxError for what a file holds.
 * Threads:  main thread.
 */
#ifndef EN_CLI_RUN_OPTIONS_H
#define EN_CLI_RUN_OPTIONS_H

#include "cli/command.h"
#include "flow/events.h"
#include "flow/run.h"
#include "scenario/workspace.h"

/* Rows of flags that commands which run scenarios share. */
#define EN_RUN_FLAGS_MOCKS                                                                         \
    { "mock", EN_FLAG_TEXT, "FILE", "Answers that stand in for modules or steps." },               \
    {                                                                                              \
        "mock-auto", EN_FLAG_SWITCH, NULL,                                                         \
            "Answer outside and unknown modules with an empty bundle."                             \
    }
#define EN_RUN_FLAGS_LIMITS                                                                        \
    { "timeout", EN_FLAG_TEXT, "TIME", "Seconds, or 500ms, 40m …: the longest a run may take." },  \
        { "max-memory", EN_FLAG_TEXT, "SIZE", "256M …: the most memory a run may use." },          \
    {                                                                                              \
        "max-operations", EN_FLAG_COUNT, "N", "The most operations a run may use."                 \
    }
#define EN_RUN_FLAGS_TIME                                                                          \
    { "now", EN_FLAG_TEXT, "ISO", "The time at which the run starts; it then stands still." },     \
        { "clock", EN_FLAG_TEXT, "KIND", "real (default), or virtual: waiting takes no time." },   \
        { "tz", EN_FLAG_TEXT, "ZONE", "The scenario's time zone." },                               \
    {                                                                                              \
        "seed", EN_FLAG_COUNT, "N", "Repeat random values and generated keys; virtual: 0."         \
    }
#define EN_RUN_FLAGS_NET                                                                           \
    { "allow-net", EN_FLAG_MANY, "HOST", "HOST[:PORT], private or none; public if not given." },   \
        { "offline", EN_FLAG_SWITCH, NULL, "Open no connection: --allow-net none." },              \
        { "cassette", EN_FLAG_TEXT, "FILE", "Answer requests from a recording, offline." },        \
    {                                                                                              \
        "cassette-match", EN_FLAG_TEXT, "HOW", "strict (default), or loose: in any order."         \
    }

/* What time it is for an execution. */
typedef struct en_run_timing {
    bool is_fixed;   /* --now */
    bool is_virtual; /* --clock virtual */
    int64_t now_ms;  /* --now, else when the command began */
} en_run_timing;

/* The names given with --set. */
const en_text *en_run_variable_names(en_context *context, size_t *count);
EN_WARN_UNUSED bool en_run_read_world(en_context *context, const en_workspace *workspace,
                                      const en_plan *plan, en_world *world, en_error *error);
EN_WARN_UNUSED bool en_run_read_options(en_context *context, const en_workspace *workspace,
                                        const en_world *world, en_run_options *options,
                                        en_error *error);
EN_WARN_UNUSED bool en_run_read_timing(en_context *context, const en_zone *zone,
                                       en_run_timing *timing, en_error *error);
/* --input and --header: the one event of a run without --events. */
EN_WARN_UNUSED bool en_run_read_event(en_context *context, en_event *event, en_error *error);
/* `at_ms` (may be NULL) is the event's own time. */
void en_run_timing_clock(const en_run_timing *timing, const int64_t *at_ms,
                         const volatile int *interrupted, en_clock *clock);

#endif

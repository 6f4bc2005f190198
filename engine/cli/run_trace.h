/* run_trace - a run told to a person: a line a step while it runs, a summary at its end.
 *
 * Shape:    an observer of the executor. A step that runs again and again in a loop is shown a few
 *           times, then only counted.
 * Units:    none.
 * Lifetime: the trace lives in the context's arena and serves all executions of a command.
 * Errors:   none.
 * Threads:  main thread.
 */
#ifndef EN_CLI_RUN_TRACE_H
#define EN_CLI_RUN_TRACE_H

#include "cli/command.h"
#include "flow/run.h"

typedef struct en_run_trace {
    en_observer observer; /* first: the executor hands it back */
    en_context *context;
    const en_plan *plan;
    bool shows_outputs; /* --trace */
    uint64_t *calls;    /* of each step of the plan */
    size_t module_width;
    size_t label_width;
} en_run_trace;

en_run_trace *en_run_trace_new(en_context *context, const en_plan *plan, bool shows_outputs);
/* Forgets the calls counted: another execution begins. `title` (may be NULL) stands above it. */
void en_run_trace_begin(en_run_trace *trace, const char *title);
/* Warnings, the error with its step, and one line on how it went. */
void en_run_trace_end(en_run_trace *trace, const en_report *report);
/* Only the error, with the label of its step. */
void en_run_trace_error(en_context *context, const en_plan *plan, const en_report *report);

#endif

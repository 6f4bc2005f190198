/* run_each - `enact run FILE --each RECORDS`: flags, printing, progress around batch/each.h.
 *
 * Shape:    with --json a report for each record, {"record", "line", …}, printed behind the commit
 *           that holds it; else failures on stderr and a last line.
 * Units:    as batch/each.h.
 * Lifetime: the context's arena.
 * Errors:   UsageError for flags that do not fit.
 * Threads:  main thread.
 */
#ifndef EN_CLI_RUN_EACH_H
#define EN_CLI_RUN_EACH_H

#include "cli/progress.h"
#include "cli/run_options.h"

typedef struct en_run_each {
    en_context *context;
    const en_plan *plan;
    en_world *world;
    const en_run_options *options;
    const en_run_timing *timing;
    int code; /* what the command ends with */
} en_run_each;

/* Refuses flags that mean something only beside --each. */
EN_WARN_UNUSED bool en_run_each_check(const en_context *context, en_error *error);
/* --as: one execution over all records. *ran false: there was nothing left to do, and it has been
 * said. A scenario that cannot take a file so is told, and *code is the exit code. */
EN_WARN_UNUSED bool en_run_each_bound(en_run_each *each, en_arena *arena, en_report *report,
                                      bool *ran, en_error *error);
EN_WARN_UNUSED bool en_run_each_record(en_run_each *each, en_error *error);

/* Its flags beside --each. */
extern const en_flag en_run_each_flags[];
extern const char *const en_run_each_examples[];

#endif

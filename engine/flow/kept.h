/* kept - runs in writing: what a run was given, what data stores and other systems told it, and
 * what came of it. From what is kept a run can be run again, without stores, network and clock.
 *
 * Shape:    a *keeper* prepares the options of an execution (a seed, a tape, a cassette, a trace)
 *           and keeps it behind its end, in a segment of its own. Of its *counts* stays the report
 *           without outputs; of its *bundles* everything. What names or values say to be secret is
 *           taken out (net/redact.h): a run that depends on it does not come out the same again.
 * Units:    bytes of what is stored, which is packed; milliseconds.
 * Lifetime: a keeper and what it makes live in its arena, which must live until the run is kept.
 * Errors:   StoreUnavailableError when the history cannot be written; DataError for what is kept
 *           and cannot be read.
 * Threads:  one keeper, one run at a time.
 */
#ifndef EN_FLOW_KEPT_H
#define EN_FLOW_KEPT_H

#include "flow/run.h"
#include "scenario/workspace.h"
#include "store/history.h"

typedef struct en_keeper {
    const en_history_settings *settings;
    en_redactor *redactor;
    en_text program; /* the scenario's text */
    en_text file;    /* where it came from */
    en_text zone;    /* its name; empty: UTC */
    en_arena *arena;
    bool traced;            /* somebody else wants the trace, too */
    bool on_cassette;       /* likewise */
    en_cassette *recording; /* of its own */
} en_keeper;

/* Changes options so that the run can be kept as the settings say. */
void en_keeper_begin(en_keeper *keeper, en_run_options *options);
/* Keeps the run; *id is 0 if nothing is to be kept. The report is then what it would be without. */
EN_WARN_UNUSED bool en_keeper_end(en_keeper *keeper, en_world *world, const en_run_options *options,
                                  en_report *report, int64_t *id, en_error *error);

/* A kept run, unpacked. */
typedef struct en_kept {
    en_text program;
    en_value report;
    en_value content;   /* nothing: only the report is there */
    en_value exchanges; /* with the outside, as a cassette */
} en_kept;

EN_WARN_UNUSED bool en_kept_read(en_arena *arena, const en_kept_run *run, en_kept *kept,
                                 en_error *error);
/* What runs it again: payload, request, variables, seed, zone, mocks, a tape and a cassette that
 * play, and the clock, which the options point to. */
EN_WARN_UNUSED bool en_kept_options(en_arena *arena, const en_kept *kept, en_zones *zones,
                                    en_redactor *redactor, en_clock *clock, en_run_options *options,
                                    en_error *error);

/* A place where two reports part. */
typedef struct en_parting {
    struct en_parting *next;
    en_text path; /* "output.items[2]" */
    en_text kept; /* JSON, perhaps cut, or "nothing" */
    en_text now;
} en_parting;

/* The report as it would be kept, and the first places where it parts from the kept one; how long
 * things took is not compared. */
en_parting *en_kept_compare(en_arena *arena, const en_kept *kept, const en_report *report,
                            en_redactor *redactor);

#endif

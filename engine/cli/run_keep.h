/* run_keep - --keep and "history": which runs of the command stay in the database.
 *
 * Shape:    a keeper for all executions of the command; each gets its own arena.
 * Units:    none.
 * Lifetime: the context's arena.
 * Errors:   UsageError for the flag; what cannot be read of the scenario's file.
 * Threads:  main thread.
 */
#ifndef EN_CLI_RUN_KEEP_H
#define EN_CLI_RUN_KEEP_H

#include "cli/command.h"
#include "flow/kept.h"

/* *keeper is NULL if nothing is to be kept. */
EN_WARN_UNUSED bool en_run_keeper_open(en_context *context, en_workspace *workspace,
                                       const en_world *world, en_keeper **keeper, en_error *error);
/* Keeps an execution. False: it was not kept, which has been said. */
EN_WARN_UNUSED bool en_run_keep(en_context *context, en_keeper *keeper, en_world *world,
                                const en_run_options *options, en_report *report);

#endif

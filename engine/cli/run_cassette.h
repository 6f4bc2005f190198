/* run_cassette - --record, --cassette and --cassette-match: what answers a run's requests.
 *
 * Shape:    opened when everything else has been read, closed however the runs ended.
 * Units:    none.
 * Lifetime: the context's arena.
 * Errors:   UsageError for flags that do not go together; what net/cassette.h says.
 * Threads:  main thread.
 */
#ifndef EN_CLI_RUN_CASSETTE_H
#define EN_CLI_RUN_CASSETTE_H

#include "cli/command.h"
#include "flow/run.h"
#include "scenario/workspace.h"

/* The rules of enact.json, and the values of the environment names that scenarios may read. */
en_redactor *en_run_redactor(en_context *context, const en_workspace *workspace,
                             const en_world *world);
/* Sets options->cassette, or leaves it NULL. */
EN_WARN_UNUSED bool en_run_cassette_open(en_context *context, const en_workspace *workspace,
                                         const en_world *world, en_run_options *options,
                                         en_error *error);
/* Puts a recording in its place; says on stderr what of a cassette nobody asked for. */
EN_WARN_UNUSED bool en_run_cassette_close(en_context *context, const en_run_options *options,
                                          en_error *error);

#endif

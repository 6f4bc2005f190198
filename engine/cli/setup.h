/* setup - a command's workspace, with what its flags change.
 *
 * Shape:    command line > environment > enact.json > defaults, decided here once for all commands.
 * Units:    as en_workspace.
 * Lifetime: the context's arena.
 * Errors:   problems of the workspace are printed here; `code` then is the exit code.
 * Threads:  main thread.
 */
#ifndef EN_CLI_SETUP_H
#define EN_CLI_SETUP_H

#include "cli/command.h"
#include "scenario/load.h"
#include "scenario/workspace.h"

/* `file` may be NULL: the current folder. False: said already, and `*code` is the exit code. */
EN_WARN_UNUSED bool en_setup_workspace(en_context *context, const char *file,
                                       en_workspace *workspace, int *code);
/* What loading must know about the workspace. */
en_load_options en_setup_load_options(en_context *context, const en_workspace *workspace);
/* --db, else the workspace's. */
const char *en_setup_database(const en_context *context, const en_workspace *workspace);

#endif

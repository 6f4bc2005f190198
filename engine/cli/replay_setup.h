/* replay_setup - one scenario made ready for a replay: workspace, plan, world, options.
 *
 * Shape:    `enact replay` has one side, with --compare two, each with a world of its own.
 * Units:    as replay/session.h.
 * Lifetime: the context's arena; the world is closed by whoever opened the side.
 * Errors:   problems of files are printed here; `code` then is the exit code.
 * Threads:  main thread.
 */
#ifndef EN_CLI_REPLAY_SETUP_H
#define EN_CLI_REPLAY_SETUP_H

#include "cli/command.h"
#include "replay/session.h"
#include "scenario/workspace.h"

typedef struct en_replay_side {
    en_workspace workspace;
    const en_plan *plan;
    en_world world;
    en_replay_options options;
} en_replay_side;

/* False: said already. */
EN_WARN_UNUSED bool en_replay_side_load(en_context *context, const char *file, en_replay_side *side,
                                        int *code);
/* What the flags say; the world is initialised before. */
EN_WARN_UNUSED bool en_replay_side_read(en_context *context, en_replay_side *side, en_error *error);
/* The file of events, by its name and flags JSON Lines or CSV. */
EN_WARN_UNUSED bool en_replay_source(en_context *context, const char *path, const en_zone *zone,
                                     en_event_source *source, en_error *error);

#endif

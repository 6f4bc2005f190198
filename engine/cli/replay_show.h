/* replay_show - a replay told to a person: a line that counts while it runs, and the summary.
 *
 * Shape:    a listener of the replay. Violations and unreadable events go to stderr as they come,
 *           the first of them; the summary goes to stdout.
 * Units:    none.
 * Lifetime: lives in the context's arena.
 * Errors:   none.
 * Threads:  main thread.
 */
#ifndef EN_CLI_REPLAY_SHOW_H
#define EN_CLI_REPLAY_SHOW_H

#include "cli/command.h"
#include "replay/compare.h"
#include "replay/page.h"

typedef struct en_replay_show {
    en_replay_listener listener; /* first: the replay hands it back */
    en_context *context;
    const char *events; /* what messages call the queue */
    const en_replay *replay;
    en_page *page; /* that is written on the way; or NULL */
    int64_t began_us;
    int64_t shown_us;
    uint64_t played;
    uint64_t failed;
    uint64_t violated;
    uint64_t unread;
    bool has_line; /* a counting line stands on the terminal */
} en_replay_show;

en_replay_show *en_replay_show_new(en_context *context, const char *events,
                                   const en_replay *replay);
/* Takes the counting line away. */
void en_replay_show_end(en_replay_show *show);
void en_replay_show_summary(en_context *context, const en_replay *replay);
/* What the replay as a whole lacks, and how fast it was; on stderr. */
void en_replay_show_rest(en_replay_show *show);
/* Where two scenarios differ; on stdout. */
void en_replay_show_compared(en_context *context, const char *events, const en_compared *compared);

#endif

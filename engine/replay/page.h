/* page - a replay as one HTML file that needs nothing else.
 *
 * Shape:    a picture of the events over time, coloured by outcome, a lane for every key, the size
 *           of every store, and what the steps of an event gave. The file is written while the
 *           replay runs and stands in its place only when that has ended well. Data stands in it as
 *           JSON in which no "<" occurs; its own script and style are named by their hashes, so that
 *           nothing else in the page can run.
 * Units:    times in milliseconds.
 * Lifetime: the page lives in the arena it was opened in; without en_page_finish its file is removed
 *           with it.
 * Errors:   UsageError when the file cannot be made, RuntimeError when it cannot be written.
 * Threads:  one thread.
 */
#ifndef EN_REPLAY_PAGE_H
#define EN_REPLAY_PAGE_H

#include "replay/summary.h"

typedef struct en_page en_page;

/* `key` is the path in an event that names its lane ("data.userId"); empty: the first text of the
 * payload, else of the headers. */
EN_WARN_UNUSED bool en_page_open(en_arena *arena, const char *path, en_text title, en_text key,
                                 en_page **page, en_error *error);
EN_WARN_UNUSED bool en_page_add(en_page *page, en_player *player, const en_event *event,
                                const en_outcome *outcome, const en_violation *violation,
                                en_arena *scratch, en_error *error);
EN_WARN_UNUSED bool en_page_finish(en_page *page, const en_summary *summary, en_error *error);

#endif

/* bind - one execution whose iterator walks the records of a file: --as webhook.records.
 *
 * Shape:    the file is a list of the payload that is never there as a whole (scenario/feed.h).
 *           Without groups the execution is all or nothing, whatever its length. With groups what
 *           so many records did is committed together with a checkpoint, and a later call goes on
 *           behind the last one. An outside call is a commit point, as in every run.
 * Units:    as each.h.
 * Lifetime: the report lives in the arena passed.
 * Errors:   as each.h. A record that cannot be read fails the execution: in the report.
 * Threads:  as each.h.
 */
#ifndef EN_BATCH_BIND_H
#define EN_BATCH_BIND_H

#include "batch/each.h"
#include "scenario/feed.h"

/* Of the options `under`, `most_failures`, `rejects`, `dry_run` and the listener's begin and ended
 * have no meaning here; `batch` is the size of groups. *ran false: all was done before. */
EN_WARN_UNUSED bool en_bind_run(en_world *world, const en_plan *plan,
                                const en_each_options *options, const en_feed_place *place,
                                en_arena *arena, en_report *report, bool *ran,
                                en_each_counts *counts, en_error *error);

#endif

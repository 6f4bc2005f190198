/* tape - what data stores told one run, so that the run can be played again without them.
 *
 * Shape:    a tape stands between a run and its database, as a database of its own. Recording, it
 *           passes every operation on and keeps the answer; playing, it answers itself and no
 *           database is opened. What is kept is a JSON array of {"op", "store", "key"?, what it
 *           gave} or {"op", "store", "key"?, "error"}, in the order of the run. Of segments only
 *           what failed is kept.
 * Units:    bytes of JSON.
 * Lifetime: the tape and what it keeps live in the arena given; answers are copied.
 * Errors:   what was kept; InconsistencyError when a run that is played asks for something else
 *           than the run that was recorded.
 * Threads:  a tape belongs to one run.
 */
#ifndef EN_STORE_TAPE_H
#define EN_STORE_TAPE_H

#include "store/store.h"

typedef struct en_tape en_tape;

/* Beyond `most_bytes` nothing more is kept. */
en_tape *en_tape_record(en_arena *arena, size_t most_bytes);
/* What was kept. False: it was too much, or there was no memory for it. */
EN_WARN_UNUSED bool en_tape_take(en_tape *tape, en_text *kept);
EN_WARN_UNUSED bool en_tape_play(en_arena *arena, en_text kept, en_tape **tape, en_error *error);
/* How many operations of a tape that plays were not asked for. */
size_t en_tape_left(const en_tape *tape);

/* The database that a run sees. `real` is not closed with it; NULL for a tape that plays. */
en_database *en_tape_database(en_tape *tape, en_database *real);
bool en_tape_plays(const en_tape *tape);

#endif

/* snapshots - {"$snapshot": value} in a file of tests, renewed in place.
 *
 * Shape:    only the values of snapshots that differ are written anew, with the indentation of the
 *           line they begin on; every other byte of the file stays.
 * Units:    none.
 * Lifetime: the arena passed is used for the new content.
 * Errors:   UsageError when the file cannot be read or written, or has changed since it was read;
 *           then it stays as it is.
 * Threads:  one thread, behind the session's run.
 */
#ifndef EN_TESTING_SNAPSHOTS_H
#define EN_TESTING_SNAPSHOTS_H

#include "testing/session.h"

/* `taken` is how many were written. */
EN_WARN_UNUSED bool en_snapshots_update(const en_session_suite *suite, en_arena *arena,
                                        size_t *taken, en_error *error);

#endif

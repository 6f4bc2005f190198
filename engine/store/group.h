/* group - the transaction that finished segments of different runs share.
 *
 * Shape:    whoever has the turn and finds no transaction begins one. A segment that is finished
 *           joins as a *member* and waits; the turn goes to the next in line, which goes on in the
 *           same transaction. The one behind whom nobody stands, who is the 64th, or who comes
 *           4 ms after the beginning commits for all. Nobody leaves before the disk has it.
 * Units:    none.
 * Lifetime: a member stands on the stack of the thread that waits.
 * Errors:   if the transaction or its commit fails, every member fails with the same error.
 * Threads:  all of it belongs to the thread that has the turn, but for a member's own mark.
 */
#ifndef EN_STORE_GROUP_H
#define EN_STORE_GROUP_H

#include "store/sqlite.h"

/* Begins the transaction; the caller has the turn. */
EN_WARN_UNUSED bool en_group_begin(en_sqlite *database, const volatile int *interrupted,
                                   en_error *error);
/* The caller's segment is part of it: gives the turn away and waits for the disk. */
EN_WARN_UNUSED bool en_group_join(en_sqlite *database, en_error *error);
/* The caller's segment left nothing behind: gives the turn away. It may have read what members
 * wrote, so it waits for the disk as they do. */
void en_group_leave(en_sqlite *database);
/* Of a transaction without members: commits or undoes it, and gives the turn away. */
EN_WARN_UNUSED bool en_group_commit(en_sqlite *database, en_error *error);
void en_group_abandon(en_sqlite *database);
/* The transaction is gone: members learn it now, and the caller goes on without. */
void en_group_fail(en_sqlite *database, const en_error *cause);

#endif

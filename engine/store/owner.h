/* owner - who lives: a process holds a lock as long as it does, under a number nobody else has.
 *
 * Shape:    the number is a random place in a file beside the database (`-owners`), and the lock is
 *           on that byte. The kernel lets it go when the process ends, however it ends, so a number
 *           whose byte is free belongs to the dead. Process ids come again; these do not.
 * Units:    none.
 * Lifetime: the file is made by the first owner, stays, and stays empty.
 * Errors:   StoreUnavailableError where files cannot be locked.
 * Threads:  as the writer's turn.
 */
#ifndef EN_STORE_OWNER_H
#define EN_STORE_OWNER_H

#include "base/error.h"

typedef struct en_owner {
    int file; /* -1: not taken */
    int64_t number;
} en_owner;

void en_owner_init(en_owner *owner);
void en_owner_done(en_owner *owner);
/* Takes a number unless there is one. `path` is the database's. */
EN_WARN_UNUSED bool en_owner_take(en_owner *owner, const char *path, en_error *error);
/* Whether the process of a number is still there. */
EN_WARN_UNUSED bool en_owner_lives(const char *path, int64_t number, bool *lives, en_error *error);

#endif

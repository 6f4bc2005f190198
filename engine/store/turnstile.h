/* turnstile - which process may write: processes take turns, whoever comes back stands behind.
 *
 * Shape:    two locked files beside the database. Who wants to write locks the queue, then the
 *           lock itself, and lets the queue go. So a process that has just written meets the next
 *           one in the queue and cannot pass it, however soon it returns.
 * Units:    patience in milliseconds.
 * Lifetime: the files are made by the first writer and stay: nobody may remove a file that another
 *           process is about to lock.
 * Errors:   StoreUnavailableError when the patience ends, ExecutionInterruptedError. Where files
 *           cannot be locked there is no turnstile: SQLite's own lock keeps everything correct and
 *           only the order is left to chance.
 * Threads:  one at a time, the one whose turn it is.
 */
#ifndef EN_STORE_TURNSTILE_H
#define EN_STORE_TURNSTILE_H

#include "base/error.h"

typedef struct en_turnstile {
    int queue; /* descriptors; -1: not open */
    int lock;
    bool absent; /* tried in vain */
} en_turnstile;

void en_turnstile_init(en_turnstile *turnstile);
void en_turnstile_done(en_turnstile *turnstile);
/* `path` is the database's; `interrupted` may be NULL. */
EN_WARN_UNUSED bool en_turnstile_enter(en_turnstile *turnstile, const char *path,
                                       uint32_t patience_ms, const volatile int *interrupted,
                                       en_error *error);
/* Whether another process stands in the queue behind the caller, who has entered. */
EN_WARN_UNUSED bool en_turnstile_is_wanted(en_turnstile *turnstile);
void en_turnstile_leave(en_turnstile *turnstile);

/* Opens, or makes, the file `path` with something behind its name; the descriptor or -1. */
int en_open_beside(const char *path, const char *suffix);

#endif

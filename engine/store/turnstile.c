#include "store/turnstile.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Waiting looks at the lock again and again, because nothing else can end at an interrupt or when
 * the patience ends. */
enum { FIRST_PAUSE_US = 50, LONGEST_PAUSE_US = 1000, PATH_LIMIT = 4096 };

typedef enum locking { LOCKING_DONE, LOCKING_IMPOSSIBLE, LOCKING_FAILED } locking;

void en_turnstile_init(en_turnstile *turnstile)
{
    *turnstile = (en_turnstile){ .queue = -1, .lock = -1 };
}

void en_turnstile_done(en_turnstile *turnstile)
{
    if (turnstile->queue >= 0) {
        close(turnstile->queue);
    }
    if (turnstile->lock >= 0) {
        close(turnstile->lock);
    }
    en_turnstile_init(turnstile);
}

/* Whoever may write the database may write these, too. */
int en_open_beside(const char *path, const char *suffix)
{
    char name[PATH_LIMIT];
    struct stat about;
    if ((size_t)snprintf(name, sizeof name, "%s%s", path, suffix) >= sizeof name) {
        return -1;
    }
    mode_t mode = stat(path, &about) == 0 ? about.st_mode & 0666 : 0644;
    return open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
}

static bool is_open(en_turnstile *turnstile, const char *path)
{
    if (turnstile->lock < 0 && !turnstile->absent) {
        turnstile->queue = en_open_beside(path, "-queue");
        turnstile->lock = en_open_beside(path, "-lock");
        if (turnstile->queue < 0 || turnstile->lock < 0) {
            en_turnstile_done(turnstile);
            turnstile->absent = true;
        }
    }
    return !turnstile->absent;
}

static void pause_for(int64_t pause_us)
{
    struct timespec pause = { .tv_nsec = (long)(pause_us * 1000) };
    nanosleep(&pause, NULL);
}

static locking lock_file(int file, int64_t until_us, const volatile int *interrupted,
                         en_error *error)
{
    int64_t pause_us = FIRST_PAUSE_US;
    while (flock(file, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return LOCKING_IMPOSSIBLE;
        }
        if (interrupted != NULL && *interrupted != 0) {
            en_error_set(error, EN_ExecutionInterruptedError,
                         "interrupted while waiting for the database");
            return LOCKING_FAILED;
        }
        if (en_clock_ticks_us() >= until_us) {
            en_error_set(error, EN_StoreUnavailableError,
                         "the database is locked by another process");
            if (error != NULL) {
                error->retryable = true;
            }
            return LOCKING_FAILED;
        }
        pause_for(pause_us);
        pause_us = pause_us * 2 < LONGEST_PAUSE_US ? pause_us * 2 : LONGEST_PAUSE_US;
    }
    return LOCKING_DONE;
}

bool en_turnstile_enter(en_turnstile *turnstile, const char *path, uint32_t patience_ms,
                        const volatile int *interrupted, en_error *error)
{
    if (!is_open(turnstile, path)) {
        return true;
    }
    int64_t until_us = en_clock_ticks_us() + (int64_t)patience_ms * 1000;
    locking locked = lock_file(turnstile->queue, until_us, interrupted, error);
    if (locked == LOCKING_DONE) {
        locked = lock_file(turnstile->lock, until_us, interrupted, error);
        flock(turnstile->queue, LOCK_UN);
    }
    if (locked == LOCKING_IMPOSSIBLE) {
        en_turnstile_done(turnstile);
        turnstile->absent = true;
    }
    return locked != LOCKING_FAILED;
}

/* Who waits for the lock holds the queue. */
bool en_turnstile_is_wanted(en_turnstile *turnstile)
{
    if (turnstile->queue < 0) {
        return false;
    }
    if (flock(turnstile->queue, LOCK_EX | LOCK_NB) != 0) {
        return true;
    }
    flock(turnstile->queue, LOCK_UN);
    return false;
}

void en_turnstile_leave(en_turnstile *turnstile)
{
    if (turnstile->lock >= 0) {
        flock(turnstile->lock, LOCK_UN);
    }
}

#include "store/owner.h"

#include "base/random.h"
#include "store/turnstile.h"

#include <fcntl.h>
#include <unistd.h>

static const char suffix[] = "-owners";

void en_owner_init(en_owner *owner)
{
    *owner = (en_owner){ .file = -1 };
}

void en_owner_done(en_owner *owner)
{
    if (owner->file >= 0) {
        close(owner->file);
    }
    en_owner_init(owner);
}

/* A lock of the open file, not of the process: two databases opened by one process are two owners,
 * and closing one of them does not let the other's lock go. */
static struct flock byte_at(int64_t number)
{
    return (struct flock){
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)number, .l_len = 1
    };
}

static bool open_file(const char *path, int *file, en_error *error)
{
    *file = en_open_beside(path, suffix);
    return *file >= 0 || en_error_set(error, EN_StoreUnavailableError,
                                      "the file %.200s%s cannot be opened", path, suffix);
}

static bool refuse(const char *path, en_error *error)
{
    return en_error_set(error, EN_StoreUnavailableError, "the file %.200s%s cannot be locked", path,
                        suffix);
}

bool en_owner_take(en_owner *owner, const char *path, en_error *error)
{
    en_random random;
    if (owner->file >= 0) {
        return true;
    }
    if (!open_file(path, &owner->file, error)) {
        return false;
    }
    en_random_init_system(&random);
    owner->number = (int64_t)(en_random_next(&random) >> 2) + 1; /* 62 bits: an offset */
    struct flock lock = byte_at(owner->number);
    if (fcntl(owner->file, F_OFD_SETLK, &lock) != 0) {
        en_owner_done(owner);
        return refuse(path, error);
    }
    return true;
}

bool en_owner_lives(const char *path, int64_t number, bool *lives, en_error *error)
{
    int file;
    if (!open_file(path, &file, error)) {
        return false;
    }
    struct flock lock = byte_at(number < 0 ? 0 : number);
    bool told = fcntl(file, F_OFD_GETLK, &lock) == 0;
    *lives = lock.l_type != F_UNLCK;
    close(file);
    return told || refuse(path, error);
}

#include "testing/watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { LOOK_MS = 100, QUIET_MS = 50, ROOM = 16 * (sizeof(struct inotify_event) + NAME_MAX + 1) };

struct en_folder_watch {
    int file;
};

static void close_watch(void *handle)
{
    close(((en_folder_watch *)handle)->file);
}

bool en_folder_watch_open(en_arena *arena, const char *const *folders, size_t count,
                          en_folder_watch **watch, en_error *error)
{
    *watch = EN_NEW(arena, en_folder_watch);
    (*watch)->file = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if ((*watch)->file < 0) {
        return en_error_set(error, EN_UsageError, "folders cannot be watched: %s", strerror(errno));
    }
    en_arena_defer(arena, close_watch, *watch);
    for (size_t i = 0; i < count; i++) {
        if (inotify_add_watch((*watch)->file, folders[i],
                              IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                                  IN_DELETE) < 0) {
            return en_error_set(error, EN_UsageError, "%s cannot be watched: %s", folders[i],
                                strerror(errno));
        }
    }
    return true;
}

/* Takes all that has happened; whether any of it counts. */
static bool take_events(const en_folder_watch *watch)
{
    _Alignas(struct inotify_event) char room[ROOM];
    bool counts = false;
    for (ssize_t got; (got = read(watch->file, room, sizeof room)) > 0;) {
        for (ssize_t at = 0; at < got;) {
            const struct inotify_event *event = (const struct inotify_event *)(room + at);
            counts = counts || (event->mask & IN_Q_OVERFLOW) != 0 ||
                     (event->len != 0 && event->name[0] != '.');
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
    return counts;
}

bool en_folder_watch_wait(en_folder_watch *watch, const volatile int *interrupted)
{
    struct pollfd polled = { .fd = watch->file, .events = POLLIN };
    bool changed = false;
    while (*interrupted == 0) {
        int ready = poll(&polled, 1, changed ? QUIET_MS : LOOK_MS);
        if (ready > 0) {
            changed = take_events(watch) || changed;
        } else if (ready == 0 && changed) {
            return true;
        } else if (ready < 0 && errno != EINTR) {
            return false;
        }
    }
    return false;
}

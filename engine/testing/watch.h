/* watch - waits until something in some folders changes.
 *
 * Shape:    inotify; a change is a file written, moved, made or removed whose name does not begin
 *           with a dot. What happens shortly after it belongs to it.
 * Units:    none.
 * Lifetime: closed with the arena.
 * Errors:   UsageError when the system allows no more watches.
 * Threads:  one thread.
 */
#ifndef EN_TESTING_WATCH_H
#define EN_TESTING_WATCH_H

#include "base/error.h"

typedef struct en_folder_watch en_folder_watch;

EN_WARN_UNUSED bool en_folder_watch_open(en_arena *arena, const char *const *folders, size_t count,
                                         en_folder_watch **watch, en_error *error);
/* False: interrupted. */
EN_WARN_UNUSED bool en_folder_watch_wait(en_folder_watch *watch, const volatile int *interrupted);

#endif

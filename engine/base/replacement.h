/* replacement - a file written beside the one whose place it takes when it is whole.
 *
 * Shape:    open, write to the stream, then done or drop. What stands there already (a pipe, a
 *           device) and is no file is written directly; a link is followed.
 * Units:    none.
 * Lifetime: from open to done or drop; paths live in the arena passed.
 * Errors:   UsageError when it cannot be opened, RuntimeError when it cannot be written: then the
 *           old file stays as it was.
 * Threads:  as the owner's.
 */
#ifndef EN_BASE_REPLACEMENT_H
#define EN_BASE_REPLACEMENT_H

#include "base/error.h"

#include <stdio.h>

typedef struct en_replacement {
    FILE *stream;
    const char *path;
    const char *temporary; /* NULL: written directly */
} en_replacement;

EN_WARN_UNUSED bool en_replacement_open(en_arena *arena, const char *path,
                                        en_replacement *replacement, en_error *error);
/* Onto the disk and into its place. */
EN_WARN_UNUSED bool en_replacement_done(en_replacement *replacement, en_error *error);
void en_replacement_drop(en_replacement *replacement);

#endif

/* find - the files of tests that paths on a command line mean.
 *
 * Shape:    a file stands for itself; a folder for every *.test.json in it and below, in the order
 *           of their names. What is named twice is there once.
 * Units:    none.
 * Lifetime: paths live in the arena passed.
 * Errors:   UsageError for a path that is not there or cannot be read.
 * Threads:  free.
 */
#ifndef EN_TESTING_FIND_H
#define EN_TESTING_FIND_H

#include "base/error.h"

typedef struct en_found_files {
    const char **paths;
    size_t count;
    size_t capacity;
    const char **folders; /* all that were looked through, and those of the files: for watching */
    size_t folder_count;
    size_t folder_capacity;
} en_found_files;

EN_WARN_UNUSED bool en_tests_find(en_arena *arena, const char *const *paths, size_t count,
                                  en_found_files *found, en_error *error);

#endif

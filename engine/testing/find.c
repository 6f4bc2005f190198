#include "testing/find.h"

#include "base/folder.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { DEEPEST = 64 };

static void add(en_arena *arena, const char ***list, size_t *count, size_t *capacity,
                const char *path)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*list)[i], path) == 0) {
            return;
        }
    }
    if (*count == *capacity) {
        *capacity = *capacity != 0 ? *capacity * 2 : 16;
        const char **larger = en_arena_alloc(arena, *capacity * sizeof *larger);
        if (*count != 0) {
            memcpy(larger, *list, *count * sizeof *larger);
        }
        *list = larger;
    }
    (*list)[(*count)++] = path;
}

static void add_file(en_arena *arena, en_found_files *found, const char *path)
{
    add(arena, &found->paths, &found->count, &found->capacity, path);
}

static void add_folder(en_arena *arena, en_found_files *found, const char *path)
{
    add(arena, &found->folders, &found->folder_count, &found->folder_capacity, path);
}

/* What packages bring along is not ours. */
static bool is_searched(const en_entry *entry)
{
    return entry->is_folder && !en_text_equal(entry->name, EN_TEXT("node_modules"));
}

static bool find_in(en_arena *arena, const char *folder, unsigned depth, en_found_files *found,
                    en_error *error)
{
    en_entry *entries;
    size_t count;
    if (!en_folder_list(arena, folder, &entries, &count)) {
        return en_error_set(error, EN_UsageError, "%s cannot be read: %s", folder, strerror(errno));
    }
    add_folder(arena, found, folder);
    for (size_t i = 0; i < count; i++) {
        const char *path = en_folder_join(arena, en_text_from(folder), entries[i].name);
        if (entries[i].is_file && en_text_ends(entries[i].name, EN_TEXT(".test.json"))) {
            add_file(arena, found, path);
        } else if (is_searched(&entries[i]) && depth < DEEPEST &&
                   !find_in(arena, path, depth + 1, found, error)) {
            return false;
        }
    }
    return true;
}

static const char *folder_of(en_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL
               ? "."
               : en_text_format(arena, "%.*s", (int)(slash - path + (slash == path)), path).data;
}

bool en_tests_find(en_arena *arena, const char *const *paths, size_t count, en_found_files *found,
                   en_error *error)
{
    *found = (en_found_files){ 0 };
    for (size_t i = 0; i < count; i++) {
        struct stat about;
        if (stat(paths[i], &about) != 0) {
            return en_error_set(error, EN_UsageError, "%s cannot be read: %s", paths[i],
                                strerror(errno));
        }
        if (!S_ISDIR(about.st_mode)) {
            add_file(arena, found, paths[i]);
            add_folder(arena, found, folder_of(arena, paths[i]));
        } else if (!find_in(arena, paths[i], 0, found, error)) {
            return false;
        }
    }
    return true;
}

#include "base/folder.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int by_name(const void *a, const void *b)
{
    return en_text_compare(((const en_entry *)a)->name, ((const en_entry *)b)->name);
}

const char *en_folder_join(en_arena *arena, en_text folder, en_text name)
{
    if (folder.length == 0 || en_text_equal(folder, EN_TEXT("."))) {
        return en_text_terminate(arena, name);
    }
    en_builder path;
    en_builder_init(&path, arena);
    en_builder_add(&path, folder);
    if (!en_text_ends(folder, EN_TEXT("/"))) {
        en_builder_add_char(&path, '/');
    }
    en_builder_add(&path, name);
    return en_text_terminate(arena, en_builder_take(&path));
}

static void add_entry(en_builder *list, DIR *folder, const char *name)
{
    en_entry entry = { .name = en_text_copy(list->arena, en_text_from(name)) };
    struct stat about;
    if (fstatat(dirfd(folder), name, &about, 0) == 0) {
        entry.is_folder = S_ISDIR(about.st_mode);
        entry.is_file = S_ISREG(about.st_mode);
    }
    en_builder_add(list, (en_text){ (const char *)&entry, sizeof entry });
}

bool en_folder_list(en_arena *arena, const char *path, en_entry **entries, size_t *count)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return false;
    }
    en_builder list;
    en_builder_init(&list, arena);
    const struct dirent *found;
    while ((found = readdir(folder)) != NULL) {
        if (found->d_name[0] != '.') {
            add_entry(&list, folder, found->d_name);
        }
    }
    closedir(folder);
    en_text bytes = en_builder_take(&list);
    *count = bytes.length / sizeof **entries;
    *entries = en_arena_alloc(arena, bytes.length + 1);
    if (bytes.length != 0) {
        memcpy(*entries, bytes.data, bytes.length);
        qsort(*entries, *count, sizeof **entries, by_name);
    }
    return true;
}

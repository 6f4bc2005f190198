#include "base/replacement.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool cannot_write(const char *path, en_error_type type, en_error *error)
{
    int reason = errno;
    return en_error_set(error, type, "%s cannot be written: %s", path, strerror(reason));
}

/* A name of this process' own, in the same folder: a rename does not reach another disk. */
static const char *name_temporary(en_arena *arena, const char *path)
{
    return en_text_format(arena, "%s.%ld.tmp", path, (long)getpid()).data;
}

bool en_replacement_open(en_arena *arena, const char *path, en_replacement *replacement,
                         en_error *error)
{
    struct stat about;
    char room[PATH_MAX];
    bool exists = stat(path, &about) == 0;
    bool is_file = !exists || S_ISREG(about.st_mode);
    const char *real = exists && is_file ? realpath(path, room) : NULL;
    *replacement = (en_replacement){ .path = en_text_terminate(arena, en_text_from(path)) };
    if (real != NULL) {
        replacement->path = en_text_terminate(arena, en_text_from(real));
    }
    if (is_file) {
        replacement->temporary = name_temporary(arena, replacement->path);
    }
    const char *opened = is_file ? replacement->temporary : path;
    int flags = O_WRONLY | O_CLOEXEC | (is_file ? O_CREAT | O_TRUNC : 0);
    int file = open(opened, flags, exists && is_file ? about.st_mode & 0777 : 0666);
    if (file < 0) {
        return cannot_write(path, EN_UsageError, error);
    }
    replacement->stream = fdopen(file, "w");
    if (replacement->stream == NULL) {
        close(file);
        return cannot_write(path, EN_UsageError, error);
    }
    return true;
}

/* A rename is lasting when the folder is. Not every file system can say so. */
static void sync_folder(const char *path)
{
    char room[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t length = slash != NULL ? (size_t)(slash - path) : 0;
    if (length >= sizeof room) {
        return;
    }
    memcpy(room, path, length);
    room[length] = '\0';
    int folder = open(slash == NULL ? "." : length != 0 ? room : "/", O_RDONLY | O_CLOEXEC);
    if (folder >= 0) {
        (void)fsync(folder);
        close(folder);
    }
}

bool en_replacement_done(en_replacement *replacement, en_error *error)
{
    FILE *stream = replacement->stream;
    bool written = fflush(stream) == 0 && !ferror(stream) &&
                   (replacement->temporary == NULL || fsync(fileno(stream)) == 0);
    if (!written) {
        cannot_write(replacement->path, EN_RuntimeError, error);
        en_replacement_drop(replacement);
        return false;
    }
    replacement->stream = NULL;
    if (fclose(stream) != 0 || (replacement->temporary != NULL &&
                                rename(replacement->temporary, replacement->path) != 0)) {
        cannot_write(replacement->path, EN_RuntimeError, error);
        en_replacement_drop(replacement);
        return false;
    }
    if (replacement->temporary != NULL) {
        sync_folder(replacement->path);
    }
    return true;
}

void en_replacement_drop(en_replacement *replacement)
{
    if (replacement->stream != NULL) {
        (void)fclose(replacement->stream);
        replacement->stream = NULL;
    }
    if (replacement->temporary != NULL) {
        (void)unlink(replacement->temporary);
    }
}

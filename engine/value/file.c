#include "value/json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 1 << 16 };

static bool cannot_read(const char *path, en_error *error)
{
    int reason = errno;
    en_error_set(error, EN_UsageError, "%s cannot be read: %s", path, strerror(reason));
    return false;
}

/* One more byte than expected, so that the end shows without another round. */
static size_t first_room(int file, size_t max_bytes)
{
    struct stat about;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size < 0 ||
        (uintmax_t)about.st_size > max_bytes) {
        return FIRST_ROOM;
    }
    return (size_t)about.st_size + 1;
}

static bool read_all(int file, const char *path, size_t max_bytes, en_builder *out, en_error *error)
{
    size_t room = first_room(file, max_bytes);
    for (;;) {
        char *to = en_builder_reserve(out, room);
        if (to == NULL) {
            return en_error_set(error, EN_DataSizeLimitExceededError,
                                "the memory limit does not allow a file of the size of %s", path);
        }
        ssize_t got = read(file, to, room);
        if (got < 0 && errno != EINTR) {
            return cannot_read(path, error);
        }
        if (got == 0) {
            return true;
        }
        out->length += got > 0 ? (size_t)got : 0;
        if (out->length > max_bytes) {
            return en_error_set(error, EN_MaxFileSizeExceededError,
                                "expected a file of at most %zu bytes but %s is larger", max_bytes,
                                path);
        }
        size_t left = out->capacity - out->length;
        room = left != 0 ? left : FIRST_ROOM;
    }
}

bool en_file_read(en_arena *arena, const char *path, size_t max_bytes, en_text *content,
                  en_error *error)
{
    bool standard_input = strcmp(path, "-") == 0;
    int file = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return cannot_read(path, error);
    }
    en_builder out;
    en_builder_init(&out, arena);
    bool read = read_all(file, standard_input ? "standard input" : path, max_bytes, &out, error);
    if (!standard_input) {
        close(file);
    }
    *content = en_builder_take(&out);
    return read;
}

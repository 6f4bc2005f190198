#include "batch/rejects.h"

#include "value/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { REASON_ROOM = 1200, WRITE_FROM = 64 * 1024 };

struct en_rejects {
    const char *path;
    int file;        /* -1: nobody wants them */
    uint64_t bytes;  /* of the file, what waits included */
    bool is_settled; /* what the file holds is on disk */
    en_arena arena;  /* of what waits */
    en_builder waiting;
};

static void close_rejects(void *handle)
{
    en_rejects *rejects = handle;
    if (rejects->file >= 0) {
        close(rejects->file);
    }
    en_arena_done(&rejects->arena);
}

static bool fail(const en_rejects *rejects, en_error_type type, en_error *error)
{
    return en_error_set(error, type, "%s cannot be written: %s", rejects->path, strerror(errno));
}

static bool open_file(en_rejects *rejects, uint64_t kept_bytes, en_error *error)
{
    rejects->file = open(rejects->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (rejects->file < 0) {
        return fail(rejects, EN_UsageError, error);
    }
    off_t end = lseek(rejects->file, 0, SEEK_END);
    if (end >= 0 && (uint64_t)end < kept_bytes) {
        return en_error_set(error, EN_UsageError,
                            "%s is shorter than the rejects of the earlier run: it is not their "
                            "file any more",
                            rejects->path);
    }
    rejects->bytes = kept_bytes;
    bool is_file = end >= 0; /* a pipe takes what comes */
    if (is_file && (ftruncate(rejects->file, (off_t)kept_bytes) != 0 ||
                    lseek(rejects->file, (off_t)kept_bytes, SEEK_SET) < 0)) {
        return errno == EINVAL || fail(rejects, EN_UsageError, error); /* /dev/stderr */
    }
    return true;
}

bool en_rejects_open(en_arena *arena, const char *path, uint64_t kept_bytes, en_rejects **opened,
                     en_error *error)
{
    en_rejects *rejects = EN_NEW(arena, en_rejects);
    rejects->path = path;
    rejects->file = -1;
    rejects->is_settled = true;
    en_arena_init(&rejects->arena, NULL);
    en_builder_init(&rejects->waiting, &rejects->arena);
    en_arena_defer(arena, close_rejects, rejects);
    *opened = rejects;
    return path == NULL || open_file(rejects, kept_bytes, error);
}

static bool write_all(const en_rejects *rejects, en_text bytes)
{
    while (bytes.length != 0) {
        ssize_t count = write(rejects->file, bytes.data, bytes.length);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        bytes = en_text_slice(bytes, count > 0 ? (size_t)count : 0, bytes.length);
    }
    return true;
}

static bool write_waiting(en_rejects *rejects, en_error *error)
{
    bool written = write_all(rejects, en_builder_take(&rejects->waiting));
    int code = errno;
    en_arena_reset(&rejects->arena);
    en_builder_init(&rejects->waiting, &rejects->arena);
    errno = code;
    return written || fail(rejects, EN_RuntimeError, error);
}

/* --- lines --- */

static void add_text(en_builder *out, const char *name, en_text text)
{
    en_builder_format(out, ",\"%s\":", name);
    en_json_write_text(out, text);
}

bool en_rejects_add(en_rejects *rejects, const en_reject *reject, en_error *error)
{
    if (rejects->file < 0) {
        return true;
    }
    en_builder *out = &rejects->waiting;
    size_t before = out->length;
    en_builder_format(out, "{\"record\":%llu,\"line\":%u", (unsigned long long)reject->record,
                      reject->line);
    if (reject->column != 0) {
        en_builder_format(out, ",\"column\":%u", reject->column);
    }
    if (reject->field.length != 0) {
        add_text(out, "field", reject->field);
    }
    add_text(out, "reason", reject->reason);
    add_text(out, "original", reject->original);
    en_builder_add(out, EN_TEXT("}\n"));
    rejects->bytes += out->length - before;
    rejects->is_settled = false;
    return out->length < WRITE_FROM || write_waiting(rejects, error);
}

bool en_rejects_add_record(en_rejects *rejects, const en_records *records, const en_error *why,
                           unsigned column, en_error *error)
{
    char reason[REASON_ROOM];
    const char *name = en_error_name(why->type);
    if (why->step_id != EN_NO_STEP) {
        snprintf(reason, sizeof reason, "step %lld (%s): %s: %s", (long long)why->step_id,
                 why->module, name, why->message);
    } else {
        snprintf(reason, sizeof reason, "%s: %s", name, why->message);
    }
    bool has_place = column != 0 && why->line != 0;
    const en_reject about = { .record = en_records_number(records),
                              .line = has_place ? why->line : en_records_line(records),
                              .column = column,
                              .field = en_text_from(why->path),
                              .reason = en_text_from(reason),
                              .original = en_records_original(records) };
    return en_rejects_add(rejects, &about, error);
}

bool en_rejects_settle(en_rejects *rejects, uint64_t *bytes, en_error *error)
{
    if (!rejects->is_settled) {
        if (!write_waiting(rejects, error)) {
            return false;
        }
        if (fdatasync(rejects->file) != 0 && errno != EINVAL && errno != EROFS) {
            return fail(rejects, EN_RuntimeError, error);
        }
        rejects->is_settled = true;
    }
    *bytes = rejects->file >= 0 ? rejects->bytes : 0;
    return true;
}

void en_rejects_take_back(en_rejects *rejects, uint64_t bytes)
{
    if (rejects->file >= 0 && rejects->bytes > bytes) {
        en_arena_reset(&rejects->arena);
        en_builder_init(&rejects->waiting, &rejects->arena);
        rejects->bytes = bytes;
        rejects->is_settled = true;
        if (ftruncate(rejects->file, (off_t)bytes) == 0) {
            (void)!lseek(rejects->file, (off_t)bytes, SEEK_SET);
        }
    }
}

#include "cli/input.h"

#include "base/units.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 30 };

bool en_input_json(en_context *context, const char *flag, const char *text, unsigned flags,
                   en_value *value, en_error *error)
{
    en_text content = en_text_from(text);
    bool is_file = text[0] == '@' || strcmp(text, "-") == 0;
    const char *path = text[0] == '@' ? text + 1 : text;
    if (is_file && !en_file_read(context->arena, path, MOST_BYTES, &content, error)) {
        return false;
    }
    if (en_json_read(context->arena, content, flags | EN_JSON_SHARE, EN_JSON_DEPTH, value, error)) {
        return true;
    }
    if (is_file) {
        snprintf(error->file, sizeof error->file, "%s", strcmp(path, "-") == 0 ? "stdin" : path);
        return false;
    }
    en_error inner = *error;
    en_error_clear(error);
    en_error_set(error, EN_UsageError, "%s: %s", flag, inner.message);
    en_error_source(error, content, inner.column > 0 ? inner.column - 1 : 0);
    return false;
}

/* --- streams --- */

typedef struct source {
    en_context *context;
    const char *name;
    int descriptor;
} source;

static void close_source(void *handle)
{
    source *from = handle;
    if (from->descriptor != STDIN_FILENO) {
        close(from->descriptor);
    }
}

/* What is ready to be seen goes out before waiting for more: another program may stand at both
 * ends. */
static bool refill(void *handle, char *bytes, size_t room, size_t *got, en_error *error)
{
    source *from = handle;
    fflush(from->context->out);
    struct pollfd waiting = { .fd = from->descriptor, .events = POLLIN };
    for (;;) {
        int ready = poll(&waiting, 1, -1);
        if (*from->context->interrupted != 0) {
            return en_error_set(error, EN_ExecutionInterruptedError, "interrupted");
        }
        ssize_t count = ready >= 0 ? read(from->descriptor, bytes, room) : -1;
        if (count >= 0) {
            *got = (size_t)count;
            return true;
        }
        if (errno != EINTR) {
            return en_error_set(error, EN_DataError, "cannot read %s: %s", from->name,
                                strerror(errno));
        }
    }
}

bool en_input_open(en_context *context, const char *path, en_input_pieces *pieces, en_error *error)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int descriptor = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return en_error_set(error, EN_UsageError, "%s cannot be read: %s", path, strerror(errno));
    }
    source *from = EN_NEW(context->arena, source);
    *from = (source){ context, is_stdin ? "stdin" : path, descriptor };
    en_arena_defer(context->arena, close_source, from);
    *pieces = (en_input_pieces){ from->name, refill, from };
    return true;
}

en_json_stream *en_input_stream(en_context *context, const char *path, en_json_records records,
                                unsigned flags, en_error *error)
{
    en_input_pieces pieces;
    if (!en_input_open(context, path, &pieces, error)) {
        return NULL;
    }
    return en_json_stream_open(context->arena, pieces.refill, pieces.context, records, flags);
}

/* --- words --- */

bool en_input_moment(const char *flag, en_text text, const en_zone *zone, int64_t *at_ms,
                     en_error *error)
{
    if (en_date_read_moment(text, zone, at_ms)) {
        return true;
    }
    en_error_set(error, EN_UsageError, "%s: '%.*s' is no date", flag, EN_TEXT_ARG(text));
    en_error_hint(error, "write it as 2026-01-31T09:00:00Z");
    return false;
}

bool en_input_zone(en_zones *zones, en_text name, const en_zone **zone, en_error *error)
{
    if (en_zone_find(zones, name, zone)) {
        return true;
    }
    en_error_set(error, EN_UsageError, "there is no time zone '%.*s'", EN_TEXT_ARG(name));
    en_error_hint(error, "zones are called UTC, Europe/Prague, America/New_York and the like");
    return false;
}

bool en_input_bytes(const en_context *context, const char *flag, uint64_t *bytes, en_error *error)
{
    const char *text = en_context_text(context, flag);
    if (text == NULL || en_units_read_bytes(en_text_from(text), bytes)) {
        return true;
    }
    return en_error_set(error, EN_UsageError, "--%s takes a size such as 256M, not '%s'", flag,
                        text);
}

bool en_input_duration(const en_context *context, const char *flag, int64_t *duration_ms,
                       en_error *error)
{
    const char *text = en_context_text(context, flag);
    if (text == NULL || en_units_read_ms(en_text_from(text), duration_ms)) {
        return true;
    }
    return en_error_set(error, EN_UsageError,
                        "--%s takes a duration such as 500ms or 40m, not '%s'", flag, text);
}

bool en_input_failures(const en_context *context, uint64_t *most, en_error *error)
{
    const char *text = en_context_text(context, "on-error");
    *most = 0;
    if (text == NULL || strcmp(text, "stop") == 0) {
        return true;
    }
    if (strcmp(text, "skip") == 0) {
        *most = UINT64_MAX;
        return true;
    }
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || *most > UINT64_MAX / 100) {
            return en_error_set(error, EN_UsageError,
                                "--on-error is stop, skip or the number of records that may fail, "
                                "not '%s'",
                                text);
        }
        *most = *most * 10 + (uint64_t)(*at - '0');
    }
    return true;
}

int en_context_confirm(en_context *context, const char *question)
{
    if (en_context_switch(context, "yes")) {
        return EN_EXIT_DONE;
    }
    if (!isatty(STDIN_FILENO) || !context->err_is_terminal) {
        return en_context_usage(context, "%s Say so with --yes", question);
    }
    fprintf(context->err, "%s [y/N] ", question);
    fflush(context->err);
    char answer[16];
    if (fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y')) {
        return EN_EXIT_DONE;
    }
    en_context_say(context, "Nothing was changed.");
    return EN_EXIT_FAILED;
}

#include "base/error.h"

#include "base/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int status;
    int exit_code;
} types[EN_ERROR_TYPES] = {
    [EN_NO_ERROR] = { "", 200, 0 },
#define EN_ERROR_TYPE(name, status, exit, doc) [EN_##name] = { #name, status, exit },
#include "base/errors.def"
#undef EN_ERROR_TYPE
};

void en_error_clear(en_error *error)
{
    error->type = EN_NO_ERROR;
    error->status_code = 0;
    error->retryable = false;
    error->step_id = EN_NO_STEP;
    error->bundle = 0;
    error->line = 0;
    error->column = 0;
    error->caret = 0;
    error->module[0] = '\0';
    error->path[0] = '\0';
    error->file[0] = '\0';
    error->source[0] = '\0';
    error->message[0] = '\0';
    error->hint[0] = '\0';
}

bool en_error_is_set(const en_error *error)
{
    return error->type != EN_NO_ERROR;
}

/* A cut message must not end inside a UTF-8 sequence. */
static void trim_partial_rune(char *text)
{
    size_t length = strlen(text);
    size_t at = length;
    while (at > 0 && ((unsigned char)text[at - 1] & 0xC0) == 0x80) {
        at--;
    }
    if (at == 0) {
        return;
    }
    unsigned char lead = (unsigned char)text[at - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (length - (at - 1) < need) {
        text[at - 1] = '\0';
    }
}

bool en_error_set(en_error *error, en_error_type type, const char *format, ...)
{
    if (error == NULL || error->type != EN_NO_ERROR) {
        return false;
    }
    en_error_clear(error);
    error->type = type;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    trim_partial_rune(error->message);
    return false;
}

void en_error_hint(en_error *error, const char *format, ...)
{
    if (error == NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->hint, sizeof error->hint, format, arguments);
    va_end(arguments);
    trim_partial_rune(error->hint);
}

static void prefix(en_error *error, en_text part)
{
    char rest[sizeof error->path];
    memcpy(rest, error->path, sizeof rest);
    bool joined = rest[0] != '\0' && rest[0] != '[';
    snprintf(error->path, sizeof error->path, "%.*s%s%s", EN_TEXT_ARG(part), joined ? "." : "",
             rest);
    trim_partial_rune(error->path);
}

void en_error_prefix_path(en_error *error, en_text part)
{
    if (error != NULL) {
        prefix(error, part);
    }
}

void en_error_prefix_index(en_error *error, size_t index)
{
    if (error != NULL) {
        char part[32];
        snprintf(part, sizeof part, "[%zu]", index);
        prefix(error, en_text_from(part));
    }
}

void en_error_source(en_error *error, en_text source, size_t caret)
{
    if (error == NULL || error->source[0] != '\0') {
        return;
    }
    size_t room = sizeof error->source - 1;
    size_t start = 0;
    if (source.length > room && caret > room / 2) {
        start = caret - room / 2;
        start = start > source.length - room ? source.length - room : start;
        while (start < source.length && ((unsigned char)source.data[start] & 0xC0) == 0x80) {
            start++;
        }
    }
    en_text part = en_text_slice(source, start, start + room);
    memcpy(error->source, part.data, part.length);
    error->source[part.length] = '\0';
    for (size_t i = 0; i < part.length; i++) { /* one line, so that the caret stands right */
        if ((unsigned char)error->source[i] < ' ') {
            error->source[i] = ' ';
        }
    }
    trim_partial_rune(error->source);
    size_t shown = strlen(error->source);
    error->caret = caret < start ? 0 : caret - start < shown ? caret - start : shown;
}

const char *en_error_name(en_error_type type)
{
    return types[type].name;
}

en_error_type en_error_type_find(en_text name)
{
    for (int type = EN_NO_ERROR + 1; type < EN_ERROR_TYPES; type++) {
        if (en_text_equal(name, en_text_from(types[type].name))) {
            return (en_error_type)type;
        }
    }
    return EN_NO_ERROR;
}

int en_error_status(const en_error *error)
{
    return error->status_code != 0 ? error->status_code : types[error->type].status;
}

int en_error_exit_code(en_error_type type)
{
    return types[type].exit_code;
}

en_text en_error_line(en_arena *arena, const en_error *error)
{
    en_builder line;
    en_builder_init(&line, arena);
    if (error->file[0] != '\0') {
        en_show_line(&line, en_text_from(error->file));
        if (error->line != 0) {
            en_builder_format(&line, ":%u:%u", error->line, error->column);
        }
        en_builder_add(&line, EN_TEXT(": "));
    }
    if (error->step_id != EN_NO_STEP) {
        en_builder_format(&line, "step %" PRId64, error->step_id);
        if (error->module[0] != '\0') {
            en_builder_add(&line, EN_TEXT(" ("));
            en_show_line(&line, en_text_from(error->module));
            en_builder_add(&line, EN_TEXT(")"));
        }
        en_builder_add(&line, error->path[0] != '\0' ? EN_TEXT(", ") : EN_TEXT(": "));
    }
    if (error->path[0] != '\0') {
        en_show_line(&line, en_text_from(error->path));
        en_builder_add(&line, EN_TEXT(": "));
    }
    en_builder_add(&line, en_text_from(en_error_name(error->type)));
    en_builder_add(&line, EN_TEXT(": "));
    en_show_line(&line, en_text_from(error->message));
    if (error->hint[0] != '\0') {
        en_builder_add(&line, EN_TEXT(" ("));
        en_show_line(&line, en_text_from(error->hint));
        en_builder_add(&line, EN_TEXT(")"));
    }
    return en_builder_take(&line);
}

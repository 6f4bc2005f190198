#include "cli/output.h"

#include "base/utf8.h"
#include "value/unicode.h"

static const char *const paints[EN_PAINT_PAINTS] = {
    [EN_PAINT_NONE] = "",
    [EN_PAINT_BOLD] = "\033[1m",
    [EN_PAINT_DIM] = "\033[2m",
    [EN_PAINT_ERROR] = "\033[1;31m",
    [EN_PAINT_WARNING] = "\033[33m",
    [EN_PAINT_GOOD] = "\033[32m",
};

/* Ranges of characters that steer a terminal, reorder what stands beside them, or cannot be seen.
 */
static const struct {
    uint32_t first;
    uint32_t last;
} unseen[] = {
    { 0x0000, 0x001F }, { 0x007F, 0x009F }, { 0x00AD, 0x00AD }, { 0x061C, 0x061C },
    { 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F }, { 0xFEFF, 0xFEFF },
};

static bool is_unseen(uint32_t rune)
{
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++) {
        if (rune >= unseen[i].first && rune <= unseen[i].last) {
            return true;
        }
    }
    return false;
}

void en_out_visible(en_builder *out, en_text text, en_visible visible)
{
    size_t at = 0;
    while (at < text.length) {
        size_t start = at;
        uint32_t rune = en_utf8_next(text, &at);
        if (rune == EN_RUNE_BROKEN) {
            en_builder_add_rune(out, 0xFFFD);
        } else if (is_unseen(rune) &&
                   !(visible == EN_KEEP_LINES && (rune == '\n' || rune == '\t'))) {
            en_builder_format(out, "\\u%04x", (unsigned)rune);
        } else {
            en_builder_add(out, en_text_slice(text, start, at));
        }
    }
}

en_text en_out_visible_text(en_arena *arena, en_text text, en_visible visible)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_out_visible(&out, text, visible);
    return en_builder_take(&out);
}

void en_out_paint(en_builder *out, bool color, en_paint paint, en_text text)
{
    if (!color || paint == EN_PAINT_NONE) {
        en_builder_add(out, text);
        return;
    }
    en_builder_add(out, en_text_from(paints[paint]));
    en_builder_add(out, text);
    en_builder_add(out, EN_TEXT("\033[0m"));
}

void en_out_write(FILE *stream, en_text text)
{
    if (text.length != 0) {
        (void)fwrite(text.data, 1, text.length, stream);
    }
}

void en_out_caret(en_builder *out, bool color, en_text source, size_t caret)
{
    en_arena *arena = out->arena;
    en_text before = en_out_visible_text(arena, en_text_slice(source, 0, caret), EN_ONE_LINE);
    en_builder_add(out, EN_TEXT("    "));
    en_out_visible(out, source, EN_ONE_LINE);
    en_builder_add(out, EN_TEXT("\n    "));
    for (size_t width = en_unicode_width(before); width > 0; width--) {
        en_builder_add_char(out, ' ');
    }
    en_out_paint(out, color, EN_PAINT_GOOD, EN_TEXT("^"));
    en_builder_add_char(out, '\n');
}

static void add_text(en_collection_builder *object, const char *name, en_text text)
{
    if (text.length != 0) {
        en_collection_builder_add(object, en_text_from(name), en_text_value(text));
    }
}

static void add_number(en_collection_builder *object, const char *name, int64_t number)
{
    if (number != 0) {
        en_collection_builder_add(object, en_text_from(name), en_integer(number));
    }
}

en_value en_out_error_value(en_arena *arena, const en_error *error)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add_text(&object, "type", en_text_from(en_error_name(error->type)));
    add_text(&object, "message", en_text_from(error->message));
    add_text(&object, "file", en_text_from(error->file));
    add_number(&object, "line", error->line);
    add_number(&object, "column", error->column);
    add_text(&object, "path", en_text_from(error->path));
    add_text(&object, "hint", en_text_from(error->hint));
    return en_collection_builder_take(&object);
}

static en_value number_or_null(unsigned number)
{
    return number != 0 ? en_integer(number) : en_null();
}

static en_value text_or_null(en_text text)
{
    return text.length != 0 ? en_text_value(text) : en_null();
}

static en_value problem_value(en_arena *arena, const en_problem *problem)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    bool is_error = problem->severity == EN_SEVERITY_ERROR;
    en_collection_builder_add(&object, EN_TEXT("file"), text_or_null(problem->file));
    en_collection_builder_add(&object, EN_TEXT("line"), number_or_null(problem->line));
    en_collection_builder_add(&object, EN_TEXT("column"), number_or_null(problem->column));
    en_collection_builder_add(&object, EN_TEXT("step"),
                              problem->step_id != EN_NO_STEP ? en_integer(problem->step_id)
                                                             : en_null());
    en_collection_builder_add(&object, EN_TEXT("path"), text_or_null(problem->path));
    en_collection_builder_add(&object, EN_TEXT("severity"),
                              en_text_value(is_error ? EN_TEXT("error") : EN_TEXT("warning")));
    en_collection_builder_add(&object, EN_TEXT("message"), en_text_value(problem->message));
    en_collection_builder_add(&object, EN_TEXT("hint"), text_or_null(problem->hint));
    return en_collection_builder_take(&object);
}

en_value en_out_problems_value(en_arena *arena, en_text file, const en_problems *problems)
{
    en_array_builder list;
    en_array_builder_init(&list, arena);
    for (const en_problem *problem = problems->first; problem != NULL; problem = problem->next) {
        en_array_builder_add(&list, problem_value(arena, problem));
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("file"), en_text_value(file));
    en_collection_builder_add(&object, EN_TEXT("ok"), en_boolean(problems->errors == 0));
    en_collection_builder_add(&object, EN_TEXT("problems"), en_array_builder_take(&list));
    return en_collection_builder_take(&object);
}

static void print_piece(void *stream, en_text piece)
{
    en_out_write(stream, piece);
}

static void print_visible_piece(void *stream, en_text piece)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_out_write(stream, en_out_visible_text(&arena, piece, EN_KEEP_LINES));
    en_arena_done(&arena);
}

/* Pieces end between elements, so what a terminal must not get stands whole in one of them. */
void en_out_json(en_context *context, en_value value, unsigned flags, bool one_line)
{
    unsigned layout = context->out_is_terminal && !one_line ? EN_JSON_PRETTY : 0;
    bool printed =
        en_json_print(context->arena, value, flags | layout,
                      context->out_is_terminal ? print_visible_piece : print_piece, context->out);
    en_out_write(context->out, EN_TEXT("\n"));
    if (!printed) {
        en_error error;
        en_error_clear(&error);
        en_error_set(&error, EN_DataSizeLimitExceededError, "there is no memory for the output");
        en_out_error(context, &error);
        context->cut_off = true;
    }
}

void en_context_print_json(en_context *context, en_value value)
{
    en_out_json(context, value, 0, false);
}

static en_text error_line(en_arena *arena, const en_error *error)
{
    if (error->type != EN_UsageError) {
        return en_error_line(arena, error);
    }
    const char *hint = error->hint;
    return en_text_format(arena, "%s%s%s%s", error->message, hint[0] != '\0' ? " (" : "", hint,
                          hint[0] != '\0' ? ")" : "");
}

void en_out_error(en_context *context, const en_error *error)
{
    en_builder out;
    en_builder_init(&out, context->arena);
    en_out_paint(&out, context->color, EN_PAINT_ERROR, EN_TEXT("enact:"));
    en_builder_add_char(&out, ' ');
    en_out_visible(&out, error_line(context->arena, error), EN_ONE_LINE);
    en_builder_add_char(&out, '\n');
    if (error->source[0] != '\0') {
        en_out_caret(&out, context->color, en_text_from(error->source), error->caret);
    }
    fflush(context->out);
    en_out_write(context->err, en_builder_take(&out));
}

static void print_see_help(en_context *context)
{
    const char *group = context->group != NULL ? context->group->name : "";
    const char *command = context->command != NULL ? context->command->name : "";
    fprintf(context->err, "See 'enact %s%s%s%s--help'.\n", group, group[0] != '\0' ? " " : "",
            command, command[0] != '\0' ? " " : "");
}

int en_context_fail(en_context *context, const en_error *error)
{
    int code = en_error_exit_code(error->type);
    if (*context->interrupted != 0) {
        code = EN_EXIT_INTERRUPTED;
    }
    fflush(context->out);
    if (context->json && code != EN_EXIT_USAGE) {
        en_collection_builder object;
        en_collection_builder_init(&object, context->arena);
        en_collection_builder_add(&object, EN_TEXT("error"),
                                  en_out_error_value(context->arena, error));
        en_out_json(context, en_collection_builder_take(&object), 0, false);
        return code;
    }
    en_out_error(context, error);
    if (error->type == EN_UsageError) {
        print_see_help(context);
    }
    return code;
}

int en_context_usage(en_context *context, const char *format, ...)
{
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    en_error error;
    en_error_clear(&error);
    en_error_set(&error, EN_UsageError, "%s", message);
    return en_context_fail(context, &error);
}

void en_context_say(en_context *context, const char *format, ...)
{
    if (context->quiet) {
        return;
    }
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    en_text line = en_out_visible_text(context->arena, en_text_from(message), EN_ONE_LINE);
    fflush(context->out);
    en_out_write(context->err, line);
    en_out_write(context->err, EN_TEXT("\n"));
}

static void add_place(en_builder *out, const en_problem *problem)
{
    if (problem->file.length != 0) {
        en_out_visible(out, problem->file, EN_ONE_LINE);
        if (problem->line != 0) {
            en_builder_format(out, ":%u:%u", problem->line, problem->column);
        }
        en_builder_add(out, EN_TEXT(": "));
    }
}

static void add_problem(en_builder *out, bool color, const en_problem *problem)
{
    bool is_error = problem->severity == EN_SEVERITY_ERROR;
    add_place(out, problem);
    en_out_paint(out, color, is_error ? EN_PAINT_ERROR : EN_PAINT_WARNING,
                 is_error ? EN_TEXT("error:") : EN_TEXT("warning:"));
    en_builder_add_char(out, ' ');
    if (problem->step_id != EN_NO_STEP) {
        en_builder_format(out, "step %lld%s", (long long)problem->step_id,
                          problem->path.length != 0 ? ", " : ": ");
    }
    if (problem->path.length != 0) {
        en_out_visible(out, problem->path, EN_ONE_LINE);
        en_builder_add(out, EN_TEXT(": "));
    }
    en_out_visible(out, problem->message, EN_ONE_LINE);
    en_builder_add_char(out, '\n');
    if (problem->source.length != 0) {
        en_out_caret(out, color, problem->source, problem->caret);
    }
    if (problem->hint.length != 0) {
        en_builder_add(out, EN_TEXT("    hint: "));
        en_out_visible(out, problem->hint, EN_ONE_LINE);
        en_builder_add_char(out, '\n');
    }
}

void en_out_problems(en_context *context, const en_problems *problems)
{
    en_builder out;
    en_builder_init(&out, context->arena);
    for (const en_problem *problem = problems->first; problem != NULL; problem = problem->next) {
        if (problem->severity == EN_SEVERITY_ERROR || !context->quiet) {
            add_problem(&out, context->color, problem);
        }
    }
    fflush(context->out);
    en_out_write(context->err, en_builder_take(&out));
}

void en_context_print_problems(en_context *context, const en_problems *problems)
{
    if (!context->json) {
        en_out_problems(context, problems);
    } else if (problems->first != NULL) {
        en_out_json(context, en_out_problems_value(context->arena, problems->first->file, problems),
                    0, false);
    }
}

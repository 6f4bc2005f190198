#include "cli/repl.h"

#include "cli/functions.h"
#include "cli/input.h"
#include "cli/line.h"
#include "cli/output.h"
#include "expr/fn.h"

typedef struct session {
    en_evaluator *with;
    en_request asked; /* of the next line, but for its source */
    bool fixed_now;
    en_line_reader *lines;
    bool ended;
} session;

typedef struct dot_command {
    const char *name;
    const char *argument;
    const char *doc;
    /* `argument` may be empty. */
    bool (*run)(session *at, en_text argument, en_error *error);
} dot_command;

static bool run_help(session *at, en_text argument, en_error *error);

/* --- commands --- */

static bool run_functions(session *at, en_text argument, en_error *error)
{
    (void)error;
    en_context *context = at->with->context;
    if (argument.length == 0) {
        en_functions_list(context);
    } else {
        en_functions_explain(context, en_text_terminate(context->arena, argument));
    }
    return true;
}

static void complete_names(session *at);

static bool run_context(session *at, en_text argument, en_error *error)
{
    en_context *context = at->with->context;
    if (argument.length == 0) {
        en_value shown = en_is_missing(at->asked.context) ? en_null() : at->asked.context;
        en_out_json(context, shown, EN_JSON_TYPED, false);
        return true;
    }
    if (en_text_equal(argument, EN_TEXT("-"))) {
        return en_error_set(error, EN_UsageError, ".context: standard input is the prompt's own");
    }
    const char *text = en_text_terminate(context->arena, argument);
    if (!en_request_context(context, ".context", text, &at->asked.context, error)) {
        return false;
    }
    complete_names(at);
    return true;
}

static bool run_dialect(session *at, en_text argument, en_error *error)
{
    if (argument.length == 0) {
        en_context *context = at->with->context;
        en_out_write(context->out, en_text_from(at->asked.rules->name));
        en_out_write(context->out, EN_TEXT("\n"));
        return true;
    }
    return en_request_dialect(argument, &at->asked.rules, error);
}

static bool run_now(session *at, en_text argument, en_error *error)
{
    if (argument.length != 0 &&
        !en_input_moment(".now", argument, at->asked.zone, &at->asked.now_ms, error)) {
        return false;
    }
    at->fixed_now = argument.length != 0;
    return true;
}

static bool run_quit(session *at, en_text argument, en_error *error)
{
    (void)argument;
    (void)error;
    at->ended = true;
    return true;
}

static const dot_command commands[] = {
    { ".help", "", "This list.", run_help },
    { ".functions", "[NAME]", "The functions of templates, or one explained.", run_functions },
    { ".context", "[JSON|@file]", "Bundles by module id or name; alone: shows them.", run_context },
    { ".dialect", "[NAME]", "blueprint, list or fusion; alone: shows it.", run_dialect },
    { ".now", "[ISO]", "The time that now gives; alone: the clock's again.", run_now },
    { ".quit", "", "Ends, as the end of the input does.", run_quit },
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static bool run_help(session *at, en_text argument, en_error *error)
{
    (void)argument;
    (void)error;
    FILE *out = at->with->context->out;
    for (size_t i = 0; i < COMMANDS; i++) {
        fprintf(out, "%-10s %-13s %s\n", commands[i].name, commands[i].argument, commands[i].doc);
    }
    fputs("\nAnything else is a template, or one expression if it holds no {{.\n", out);
    return true;
}

static bool run_command(session *at, en_text line, en_error *error)
{
    size_t space = en_text_find(line, EN_TEXT(" "), 0);
    en_text name = en_text_slice(line, 0, space < line.length ? space : line.length);
    en_text argument = en_text_trim(en_text_slice(line, name.length, line.length));
    en_text names[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++) {
        names[i] = en_text_from(commands[i].name);
        if (en_text_equal(name, names[i])) {
            return commands[i].run(at, argument, error);
        }
    }
    en_error_set(error, EN_UsageError, "there is no command '%.*s'", EN_TEXT_ARG(name));
    size_t nearest = en_text_nearest(name, names, COMMANDS);
    if (nearest != SIZE_MAX) {
        en_error_hint(error, "did you mean %s?", commands[nearest].name);
    } else {
        en_error_hint(error, ".help lists them");
    }
    return false;
}

/* --- names that the tab key completes --- */

enum { MOST_NAMES = 1024 };

static void complete_names(session *at)
{
    en_arena *arena = at->with->context->arena;
    en_text *names = en_arena_alloc(arena, MOST_NAMES * sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *space = commands[i].argument[0] != '\0' ? " " : "";
        names[count++] = en_text_format(arena, "%s%s", commands[i].name, space);
    }
    for (size_t family = 0; en_fn_families[family] != NULL; family++) {
        for (const en_fn *fn = en_fn_families[family]; fn->name != NULL; fn++) {
            if ((fn->flags & EN_FN_HIDDEN) == 0 && count < MOST_NAMES) {
                names[count++] = en_text_format(arena, "%s(", fn->name);
            }
        }
    }
    const en_member *members = en_collection_members(at->asked.context);
    size_t member_count = en_collection_count(at->asked.context);
    for (size_t i = 0; i < member_count && count < MOST_NAMES; i++) {
        names[count++] = members[i].name;
    }
    en_line_reader_know(at->lines, names, count);
}

/* --- lines --- */

static bool is_command(en_text line)
{
    return line.length > 1 && line.data[0] == '.' &&
           ((line.data[1] >= 'a' && line.data[1] <= 'z') ||
            (line.data[1] >= 'A' && line.data[1] <= 'Z'));
}

static void evaluate_line(session *at, en_text line, en_arena *arena)
{
    en_context *context = at->with->context;
    en_request asked = at->asked;
    bool is_template = en_text_find(line, EN_TEXT("{{"), 0) != SIZE_MAX;
    asked.source =
        is_template ? line : en_text_format(arena, "{{%.*s}}", (int)line.length, line.data);
    if (!at->fixed_now) {
        en_clock clock;
        en_clock_init_real(&clock);
        asked.now_ms = en_clock_now_ms(&clock);
    }
    en_value value = en_nothing();
    en_error error;
    en_error_clear(&error);
    bool done = en_evaluate(at->with, &asked, arena, &value, &error);
    if (context->json) {
        en_out_json(context, en_evaluate_result(arena, done, value, &error), EN_JSON_TYPED, true);
    } else if (done) {
        en_out_json(context, value, EN_JSON_TYPED, false);
    } else {
        en_out_error(context, &error);
    }
}

static void take_line(session *at, en_text line, en_arena *arena)
{
    if (line.length == 0) {
        return;
    }
    if (!is_command(line)) {
        evaluate_line(at, line, arena);
        return;
    }
    en_error error;
    en_error_clear(&error);
    if (!run_command(at, line, &error)) {
        en_out_error(at->with->context, &error);
    }
}

int en_repl_run(en_evaluator *with, const en_request *defaults)
{
    en_context *context = with->context;
    session at = { .with = with,
                   .asked = *defaults,
                   .fixed_now = en_context_text(context, "now") != NULL,
                   .lines = en_line_reader_new(context, "> ") };
    complete_names(&at);
    if (en_line_reader_prompts(at.lines)) {
        en_context_say(context, "enact " EN_VERSION ": .help says what can be typed, .quit ends.");
    }
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_error error;
    en_error_clear(&error);
    bool going = true;
    while (going && !at.ended) {
        en_text line = EN_TEXT("");
        bool found = false;
        going = en_line_read(at.lines, &arena, &line, &found, &error) && found;
        if (going) {
            take_line(&at, en_text_trim(line), &arena);
        } else if (!en_error_is_set(&error) && en_line_reader_prompts(at.lines)) {
            en_out_write(context->out, EN_TEXT("\n"));
        }
        en_arena_reset(&arena);
    }
    en_arena_done(&arena);
    return en_error_is_set(&error) ? en_context_fail(context, &error) : EN_EXIT_DONE;
}

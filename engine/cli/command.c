#include "cli/command.h"

#include "base/crypto.h"
#include "cli/flags.h"
#include "cli/help.h"
#include "cli/output.h"
#include "store/db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int never_interrupted;

static bool wants_color(bool is_terminal)
{
    const char *none = getenv("NO_COLOR");
    if (none != NULL && none[0] != '\0') {
        return false;
    }
    const char *force = getenv("CLICOLOR_FORCE");
    if (force != NULL && force[0] != '\0' && strcmp(force, "0") != 0) {
        return true;
    }
    const char *plain = getenv("CLICOLOR");
    const char *kind = getenv("TERM");
    return is_terminal && !(plain != NULL && strcmp(plain, "0") == 0) &&
           !(kind != NULL && strcmp(kind, "dumb") == 0);
}

static void context_init(en_context *context, en_arena *arena)
{
    *context = (en_context){ .arena = arena,
                             .out = stdout,
                             .err = stderr,
                             .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                             .err_is_terminal = isatty(STDERR_FILENO) == 1,
                             .interrupted = &never_interrupted };
    context->color = wants_color(context->err_is_terminal);
    context->out_color = wants_color(context->out_is_terminal);
}

static bool is_help(const char *word)
{
    return strcmp(word, "help") == 0;
}

/* The first word is neither a command nor near one: perhaps a file. */
static int unknown_command(en_context *context, const char *word, en_text nearest)
{
    struct stat status;
    if (nearest.length != 0) {
        return en_context_usage(context, "there is no command '%s' (did you mean '%.*s'?)", word,
                                EN_TEXT_ARG(nearest));
    }
    if (stat(word, &status) == 0) {
        return en_context_usage(
            context, "'%s' is a file, no command (did you mean 'enact run %s'?)", word, word);
    }
    return en_context_usage(context, "there is no command '%s'", word);
}

/* Finds command and verb, learning their flags on the way. Negative: go on, else the exit code. */
static int find_command(en_context *context, en_flag_parser *parser)
{
    const en_command *const *commands = en_commands;
    while (commands != NULL) {
        const char *word;
        en_error error;
        en_error_clear(&error);
        if (!en_flags_next(parser, &word, &error)) {
            return en_context_fail(context, &error);
        }
        if (word == NULL) {
            break;
        }
        en_text nearest = EN_TEXT("");
        const en_command *found = en_command_find(commands, en_text_from(word), &nearest);
        if (found == NULL && context->command == NULL && is_help(word)) {
            if (!en_flags_rest(parser, &error)) {
                return en_context_fail(context, &error);
            }
            return en_help_topic(context, parser->arguments, parser->argument_count);
        }
        if (found == NULL) {
            return unknown_command(context, word, nearest);
        }
        context->group = context->command;
        context->command = found;
        en_flags_know(parser, found->flags);
        for (const en_flag_topic *topic = found->topics; topic != NULL && topic->name != NULL;
             topic++) {
            en_flags_know(parser, topic->flags);
        }
        commands = found->verbs;
    }
    return -1;
}

static int check_arguments(en_context *context)
{
    const en_command *command = context->command;
    size_t count = context->argument_count;
    if (count >= command->least && count <= command->most) {
        return -1;
    }
    if (command->most == 0) {
        return en_context_usage(context, "'%s' takes no arguments, but '%s' was given",
                                command->name, context->arguments[0]);
    }
    if (count < command->least) {
        return en_context_usage(context, "'%s' needs %s", command->name, command->arguments);
    }
    return en_context_usage(context, "'%s' takes %s, and '%s' is too much", command->name,
                            command->arguments, context->arguments[command->most]);
}

static int run_command(en_context *context, en_flag_parser *parser)
{
    int code = find_command(context, parser);
    if (code >= 0) {
        return code;
    }
    en_error error;
    en_error_clear(&error);
    if (!en_flags_rest(parser, &error)) {
        return en_context_fail(context, &error);
    }
    context->flags = &parser->values;
    context->arguments = parser->arguments;
    context->argument_count = parser->argument_count;
    const en_command *command = context->command;
    if (en_context_switch(context, "version")) {
        bool json = en_context_switch(context, "json");
        fputs(json ? "{\"version\":\"" EN_VERSION "\"}\n" : "enact " EN_VERSION "\n", context->out);
        return EN_EXIT_DONE;
    }
    if (en_context_switch(context, "help")) {
        if (command != NULL) {
            en_help_command(context);
        } else {
            en_help_overview(context);
        }
        return EN_EXIT_DONE;
    }
    if (!en_flags_environment(parser, &error)) {
        return en_context_fail(context, &error);
    }
    context->json = en_context_switch(context, "json");
    context->quiet = en_context_switch(context, "quiet");
    if (command == NULL || command->verbs != NULL) {
        return en_context_usage(context,
                                command == NULL ? "which command?" : "which command of '%s'?",
                                command != NULL ? command->name : "");
    }
    code = check_arguments(context);
    return code >= 0 ? code : command->run(context);
}

int en_exit_worse(int a, int b)
{
    static const int order[] = { EN_EXIT_DONE,       EN_EXIT_INCOMPLETE,  EN_EXIT_FAILED,
                                 EN_EXIT_LIMIT,      EN_EXIT_UNAVAILABLE, EN_EXIT_REFUSED,
                                 EN_EXIT_INTERRUPTED };
    int worst = EN_EXIT_DONE;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (order[i] == a || order[i] == b) {
            worst = order[i];
        }
    }
    return worst;
}

int en_exit_of_run(int code)
{
    return code == EN_EXIT_USAGE || code == EN_EXIT_INVALID ? EN_EXIT_FAILED : code;
}

/* Output that did not arrive is a failure, whatever the command did. */
static int finish(en_context *context, int code)
{
    bool written = fflush(context->out) == 0 && !ferror(context->out);
    if (context->arena->budget->exceeded && code == EN_EXIT_DONE) {
        fprintf(context->err, "enact: the system has no memory left\n");
        return EN_EXIT_LIMIT;
    }
    code = context->cut_off && code == EN_EXIT_DONE ? EN_EXIT_LIMIT : code;
    if (!written) {
        fprintf(context->err, "enact: the output cannot be written: %s\n", strerror(errno));
        return code == EN_EXIT_DONE ? EN_EXIT_FAILED : code;
    }
    return code;
}

int en_cli_main(int argc, char **argv)
{
    en_arena arena;
    en_budget budget = { 0 }; /* without limit: it only notes that memory was short */
    en_arena_init(&arena, &budget);
    en_db_configure();
    en_document_configure();
    en_crypto_configure();
    en_context context;
    context_init(&context, &arena);
    en_flag_parser parser;
    en_flags_init(&parser, &arena, argc, argv);
    int code = finish(&context, run_command(&context, &parser));
    en_arena_done(&arena);
    return code;
}

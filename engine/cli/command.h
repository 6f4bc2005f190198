/* command - one sub-command of `enact`: a constant row beside its code.
 *
 * Shape:    engine/cli/cmd_<name>.c exports en_cmd_<name>: name, one line of help, flags, positional
 *           arguments, examples. Help, flag parsing, environment names and suggestions come from the rows.
 * Units:    exit codes as DESIGN 7.
 * Lifetime: rows are constant; a command's context lives for the process.
 * Errors:   `run` returns the exit code; messages go to stderr through the context.
 * Threads:  main thread.
 */
#ifndef EN_CLI_COMMAND_H
#define EN_CLI_COMMAND_H

#include "base/problem.h"
#include "value/json.h"

#include <stdio.h>

typedef enum en_flag_kind {
    EN_FLAG_SWITCH, /* --quiet */
    EN_FLAG_TEXT,   /* --db PATH */
    EN_FLAG_COUNT,  /* --runs N: a whole number */
    EN_FLAG_MANY    /* --set name=text, as often as wanted */
} en_flag_kind;

typedef struct en_flag {
    const char *name; /* without dashes */
    en_flag_kind kind;
    const char *value; /* what help calls it: "PATH" */
    const char *doc;
} en_flag;

typedef struct en_context en_context;

typedef struct en_command {
    const char *name;
    const char *summary;
    const char *arguments;   /* "FILE", "PATH…", "[NAME]" */
    unsigned least;          /* positional arguments */
    unsigned most;           /* UINT_MAX: any number */
    const en_flag *flags;    /* beside the common ones; ended by { 0 }; or NULL */
    const char *const *examples; /* NULL-terminated lines "enact run hello.json   # what it does" */
    int (*run)(en_context *context);
} en_command;

extern const en_command *const en_commands[];

struct en_context {
    en_arena *arena;
    const en_command *command;
    const char *const *arguments; /* positional */
    size_t argument_count;
    FILE *out;
    FILE *err;
    bool out_is_terminal;
    bool err_is_terminal;
    bool color;   /* on stderr and stdout alike: a terminal, and no NO_COLOR */
    bool json;    /* --json */
    bool quiet;   /* --quiet */
    const struct en_flag_values *flags;
    const volatile int *interrupted;
};

/* Flags of the command by name: command line, else the environment's ENACT_FLAG. */
bool en_context_switch(const en_context *context, const char *flag);
/* NULL: not given. */
const char *en_context_text(const en_context *context, const char *flag);
bool en_context_count(const en_context *context, const char *flag, uint64_t *count);
/* The values of an EN_FLAG_MANY in their order. */
size_t en_context_many(const en_context *context, const char *flag, const char *const **values);

/* "enact: message" on stderr and the exit code of the error's type. */
int en_context_fail(en_context *context, const en_error *error);
EN_FORMAT(2, 3) int en_context_usage(en_context *context, const char *format, ...);
/* Problems as "file:line:column: error: message", with source and caret, on stderr (or JSON on stdout). */
void en_context_print_problems(en_context *context, const en_problems *problems);
/* One JSON value: a line, or pretty on a terminal. */
void en_context_print_json(en_context *context, en_value value);

/* The whole command line; what main calls. */
int en_cli_main(int argc, char **argv);

#endif

/* command - one sub-command of `enact`: a constant row beside its code.
 *
 * Shape:    engine/cli/cmd_<name>.c exports en_cmd_<name>: name, one line of help, flags,
 *           positional arguments, examples. Help, flag parsing, environment names and suggestions
 *           come from the rows. A row with `verbs` is a group (`enact store get`); its flags are
 *           those of all verbs.
 * Units:    exit codes as DESIGN 7.
 * Lifetime: rows are constant; a command's context lives for the process.
 * Errors:   `run` returns the exit code; messages go to stderr through the context. With --json a
 *           failure is {"error": {…}} on stdout instead, except for a wrong command line.
 * Threads:  main thread; en_context_watch_signals starts one that only sets `interrupted`.
 */
#ifndef EN_CLI_COMMAND_H
#define EN_CLI_COMMAND_H

#include "base/problem.h"
#include "value/json.h"

#include <limits.h>
#include <stdio.h>

enum {
    EN_EXIT_DONE,
    EN_EXIT_FAILED,
    EN_EXIT_USAGE,
    EN_EXIT_INVALID,
    EN_EXIT_TEST_FAILED,
    EN_EXIT_LIMIT,
    EN_EXIT_UNAVAILABLE,
    EN_EXIT_REFUSED,
    EN_EXIT_INCOMPLETE,
    EN_EXIT_INTERRUPTED = 130
};

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

/* Flags for one way of using a command, explained by `enact help COMMAND NAME`. */
typedef struct en_flag_topic {
    const char *name;
    const char *summary;
    const en_flag *flags;        /* ended by { 0 } */
    const char *const *examples; /* as those of a command */
} en_flag_topic;

typedef struct en_context en_context;
typedef struct en_command en_command;

struct en_command {
    const char *name;
    const char *summary;
    const char *arguments;       /* "FILE", "PATH…", "[NAME]" */
    unsigned least;              /* positional arguments */
    unsigned most;               /* UINT_MAX: any number */
    const en_flag *flags;        /* beside the common ones; ended by { 0 }; or NULL */
    const en_flag_topic *topics; /* further flags; ended by { 0 }; or NULL */
    const char *const *examples; /* NULL-terminated lines "enact run hello.json   # what it does" */
    int (*run)(en_context *context);
    const en_command *const *verbs; /* a group: NULL-terminated; then `run` is NULL */
};

extern const en_command *const en_commands[];

struct en_context {
    en_arena *arena;
    const en_command *group; /* of a verb; NULL: none */
    const en_command *command;
    const char *const *arguments; /* positional */
    size_t argument_count;
    FILE *out;
    FILE *err;
    bool out_is_terminal;
    bool err_is_terminal;
    bool color;     /* on stderr */
    bool out_color; /* on stdout: each only on a terminal and without NO_COLOR, or CLICOLOR_FORCE */
    bool json;      /* --json */
    bool quiet;     /* --quiet */
    bool cut_off;   /* a value could not be printed to its end */
    const struct en_flag_values *flags;
    const volatile int *interrupted; /* stays 0 until en_context_watch_signals was called */
    struct en_watch *watch;
};

/* Flags of the command by name: command line, else the environment's ENACT_FLAG. */
bool en_context_switch(const en_context *context, const char *flag);
/* NULL: not given. The last one counts. */
const char *en_context_text(const en_context *context, const char *flag);
bool en_context_count(const en_context *context, const char *flag, uint64_t *count);
/* The values of an EN_FLAG_MANY in their order. */
size_t en_context_many(const en_context *context, const char *flag, const char *const **values);

/* From now on SIGINT and SIGTERM set *interrupted; the second one ends the process with 130. */
void en_context_watch_signals(en_context *context);
/* Asks on a terminal; elsewhere --yes must be given. EN_EXIT_DONE: agreed; else the exit code, and
 * why has been said. */
EN_WARN_UNUSED int en_context_confirm(en_context *context, const char *question);

/* "enact: message" on stderr and the exit code of the error's type. */
int en_context_fail(en_context *context, const en_error *error);
EN_FORMAT(2, 3) int en_context_usage(en_context *context, const char *format, ...);
/* A remark on stderr, unless --quiet. */
EN_FORMAT(2, 3) void en_context_say(en_context *context, const char *format, ...);
/* Problems as "file:line:column: error: message", with source and caret, on stderr (or JSON on
 * stdout). */
void en_context_print_problems(en_context *context, const en_problems *problems);
/* One JSON value: a line, or pretty on a terminal. */
void en_context_print_json(en_context *context, en_value value);

/* Of several executions the highest of 1 and 5 to 7 counts, else 8. */
int en_exit_worse(int a, int b);
/* What a run failed with is its own affair: an unreadable template in it is no invalid file. */
int en_exit_of_run(int code);

/* The whole command line; what main calls. */
int en_cli_main(int argc, char **argv);

#endif

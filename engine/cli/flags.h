/* flags - the command line, read by tables.
 *
 * Shape:    a parser walks the words once. Tables of flags are added as they become known: the
 *           common ones, the command's, the verb's. What no word gave is looked up in the
 *           environment, where --dump-stores is ENACT_DUMP_STORES (several values: one a line).
 * Units:    none.
 * Lifetime: values point to the words and the environment, or live in the arena.
 * Errors:   UsageError with the nearest name as hint.
 * Threads:  main thread.
 */
#ifndef EN_CLI_FLAGS_H
#define EN_CLI_FLAGS_H

#include "cli/command.h"

/* --help, --version, --json, --quiet. */
extern const en_flag en_common_flags[];

typedef struct en_flag_value {
    const en_flag *flag;
    const char *text;
    bool on; /* switches */
} en_flag_value;

struct en_flag_values {
    en_arena *arena;
    en_flag_value *items;
    size_t count;
    size_t capacity;
};

enum { EN_FLAG_TABLES = 8 };

typedef struct en_flag_parser {
    en_arena *arena;
    int argc;
    char **argv;
    int at;
    bool only_arguments; /* behind "--" */
    const en_flag *tables[EN_FLAG_TABLES];
    size_t table_count;
    const char **arguments;
    size_t argument_count;
    struct en_flag_values values;
} en_flag_parser;

/* Starts behind the program's name and knows the common flags. */
void en_flags_init(en_flag_parser *parser, en_arena *arena, int argc, char **argv);
/* `flags` may be NULL. */
void en_flags_know(en_flag_parser *parser, const en_flag *flags);
/* Reads flags up to the next word that is none, and gives that word; NULL at the end. */
EN_WARN_UNUSED bool en_flags_next(en_flag_parser *parser, const char **word, en_error *error);
/* Reads everything that is left. */
EN_WARN_UNUSED bool en_flags_rest(en_flag_parser *parser, en_error *error);
/* Adds what the environment says about flags that no word gave. */
EN_WARN_UNUSED bool en_flags_environment(en_flag_parser *parser, en_error *error);

/* The last value of that name; NULL: not given. */
const en_flag_value *en_flags_find(const struct en_flag_values *values, const char *name);
/* The flag's name in the environment: "ENACT_DUMP_STORES". */
en_text en_flags_variable(en_arena *arena, const en_flag *flag);
/* A whole number from 0; false for anything else. */
EN_WARN_UNUSED bool en_flags_read_count(const char *text, uint64_t *count);

#endif

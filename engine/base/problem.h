/* problem - everything that is wrong with a file, collected before anybody is told.
 *
 * Shape:    a list of problems in the order they were found; sorted by place when printed.
 * Units:    lines and columns from 1, columns in bytes; 0: unknown.
 * Lifetime: list and texts live in the arena of the list.
 * Errors:   adding never fails.
 * Threads:  one list, one thread.
 */
#ifndef EN_BASE_PROBLEM_H
#define EN_BASE_PROBLEM_H

#include "base/error.h"

typedef enum en_severity { EN_SEVERITY_ERROR, EN_SEVERITY_WARNING } en_severity;

typedef struct en_problem {
    struct en_problem *next;
    en_severity severity;
    en_error_type type; /* EN_NO_ERROR: a mistake in the file */
    en_text file;
    unsigned line;
    unsigned column;
    int64_t step_id; /* EN_NO_STEP: none */
    en_text path;    /* "parameters.data.total"; empty: none */
    en_text message;
    en_text hint;
    en_text source; /* a template, with the caret at `caret`; empty: none */
    size_t caret;
} en_problem;

typedef struct en_problems {
    en_arena *arena;
    en_problem *first;
    en_problem *last;
    size_t errors;
    size_t warnings;
} en_problems;

void en_problems_init(en_problems *problems, en_arena *arena);
/* A problem to fill in further; `message` is formatted now. */
EN_FORMAT(3, 4)
en_problem *en_problems_add(en_problems *problems, en_severity severity, const char *format, ...);
/* Takes over what an en_error knows. */
en_problem *en_problems_add_error(en_problems *problems, en_severity severity,
                                  const en_error *error);
/* Of a command that could not read a file: SyntaxError's, unless it was no fault of the file's. */
int en_problems_exit_code(const en_problems *problems);
/* By file, line, column; equal places keep their order. */
void en_problems_sort(en_problems *problems);

#endif

#include "base/problem.h"

#include <stdio.h>

void en_problems_init(en_problems *problems, en_arena *arena)
{
    *problems = (en_problems){ .arena = arena };
}

static en_problem *append(en_problems *problems, en_severity severity)
{
    en_problem *problem = EN_NEW(problems->arena, en_problem);
    problem->severity = severity;
    problem->step_id = EN_NO_STEP;
    if (problems->last != NULL) {
        problems->last->next = problem;
    } else {
        problems->first = problem;
    }
    problems->last = problem;
    if (severity == EN_SEVERITY_ERROR) {
        problems->errors++;
    } else {
        problems->warnings++;
    }
    return problem;
}

en_problem *en_problems_add(en_problems *problems, en_severity severity, const char *format, ...)
{
    en_problem *problem = append(problems, severity);
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    problem->message = en_text_copy(problems->arena, en_text_from(message));
    return problem;
}

en_problem *en_problems_add_error(en_problems *problems, en_severity severity,
                                  const en_error *error)
{
    en_problem *problem = append(problems, severity);
    en_arena *arena = problems->arena;
    problem->type = error->type;
    problem->file = en_text_copy(arena, en_text_from(error->file));
    problem->line = error->line;
    problem->column = error->column;
    problem->step_id = error->step_id;
    problem->path = en_text_copy(arena, en_text_from(error->path));
    problem->message = en_text_copy(arena, en_text_from(error->message));
    problem->hint = en_text_copy(arena, en_text_from(error->hint));
    problem->source = en_text_copy(arena, en_text_from(error->source));
    problem->caret = error->caret;
    return problem;
}

int en_problems_exit_code(const en_problems *problems)
{
    int limit = en_error_exit_code(EN_DataSizeLimitExceededError);
    for (const en_problem *at = problems->first; at != NULL; at = at->next) {
        if (at->severity == EN_SEVERITY_ERROR && en_error_exit_code(at->type) == limit) {
            return limit;
        }
    }
    return en_error_exit_code(EN_SyntaxError);
}

static bool stands_before(const en_problem *a, const en_problem *b)
{
    int file = en_text_compare(a->file, b->file);
    if (file != 0) {
        return file < 0;
    }
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

static en_problem *merge(en_problem *a, en_problem *b)
{
    en_problem head = { 0 };
    en_problem *tail = &head;
    while (a != NULL && b != NULL) {
        en_problem **from = stands_before(b, a) ? &b : &a;
        tail->next = *from;
        tail = *from;
        *from = (*from)->next;
    }
    tail->next = a != NULL ? a : b;
    return head.next;
}

/* A merge sort from below: runs of 1, 2, 4 … without recursion. */
void en_problems_sort(en_problems *problems)
{
    en_problem *runs[64] = { 0 };
    for (en_problem *problem = problems->first; problem != NULL;) {
        en_problem *next = problem->next;
        problem->next = NULL;
        size_t i = 0;
        for (; runs[i] != NULL; i++) {
            problem = merge(runs[i], problem);
            runs[i] = NULL;
        }
        runs[i] = problem;
        problem = next;
    }
    en_problem *all = NULL;
    for (size_t i = 0; i < 64; i++) {
        if (runs[i] != NULL) {
            all = all != NULL ? merge(runs[i], all) : runs[i];
        }
    }
    problems->first = all;
    while (all != NULL && all->next != NULL) {
        all = all->next;
    }
    problems->last = all;
}

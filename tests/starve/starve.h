/* starve - commands of enact whose k-th allocation fails, once or from then on.
 *
 * Shape:    allocator.c stands in front of the C library's malloc, or the sanitizer's, for this
 *           whole program: the engine, jansson, SQLite, PCRE2, curl and the C library itself. A
 *           trial is a child (fork) that runs one command of cases.c as `enact` would; main.c
 *           tries every k and looks at what came out.
 * Units:    allocations, from 1.
 * Lifetime: of the program.
 * Errors:   what cannot be set up ends the program with 2; a broken promise with 1.
 * Threads:  the allocator may be called by any.
 */
#ifndef EN_TEST_STARVE_H
#define EN_TEST_STARVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* --- allocator.c --- */

typedef struct allocations {
    atomic_ulong made;
    unsigned long fails_at; /* 0: never */
    bool lasting;
} allocations;

/* Counts in *where from here, and fails as it says. NULL: no longer. */
void starve_watch(allocations *where);

/* --- cases.c --- */

enum { STARVE_ARGUMENTS = 20 };

/* In arguments @ stands for the folder of the trial; paths are relative to the project. */
typedef struct starve_case {
    const char *name;
    const char *arguments[STARVE_ARGUMENTS];
    const char *input; /* on standard input */
    int exit_code;     /* when nothing fails */
    bool has_stores;   /* @/enact.db is filled before */
    bool varies; /* its output has times, places or a table, for which memory may be too short */
} starve_case;

extern const starve_case starve_cases[];
extern const size_t starve_case_count;
/* What fills the database. */
extern const starve_case starve_filling[];
extern const size_t starve_filling_count;

#endif

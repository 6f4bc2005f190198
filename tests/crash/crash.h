/* crash - what processes do to one database file, and what must hold afterwards.
 *
 * Shape:    a trial starts this program again as its children (`crash child …`), which do work with
 *           the engine's library and report in lines; the parent counts and looks into the file.
 *           The same work can be done by threads of one process.
 * Units:    milliseconds where names say so.
 * Lifetime: a folder is made for each trial and removed behind it.
 * Errors:   what cannot be set up ends the program with 2; a promise that was broken with 1.
 * Threads:  none share anything but a rig.
 */
#ifndef EN_TEST_CRASH_H
#define EN_TEST_CRASH_H

#include "flow/run.h"
#include "store/sqlite.h"

#include <stdio.h>
#include <sys/types.h>

enum { EXIT_BROKEN = 1, EXIT_SETUP = 2 };

/* --- rig.c --- */

typedef struct rig {
    en_arena arena;
    en_world world;
    const en_plan *plan;
} rig;

/* `work` is one of the plans in exact.c; `path` the database. */
void rig_open(rig *r, const char *path, const char *plan, const char *const *schemas);
void rig_close(rig *r);
en_sqlite *rig_database(rig *r);
/* The integer that SQL finds in the file. */
int64_t rig_ask(rig *r, const char *sql);

EN_FORMAT(1, 2) _Noreturn void die(const char *format, ...);
/* A new folder; the database in it is made by whoever comes first. */
void folder_make(char *folder, size_t size);
void folder_remove(const char *folder);

typedef struct child {
    pid_t pid;
    FILE *lines; /* its standard output */
} child;

/* Starts this program with `child` and the arguments, up to NULL. */
child child_start(const char *const *arguments);
/* Starts another one, whose errors are among its lines. */
child program_start(const char *program, const char *const *arguments);
/* The exit code; 128 and more: a signal. */
int child_wait(child *c);

/* --- what can be asked for --- */

int exact_main(int trials, int processes, int threads);
int exact_child(int count, char **arguments);
int kill_main(int cycles);
int kill_child(int count, char **arguments);
int undo_main(int cycles);
int undo_child(int count, char **arguments);
/* `program` is the command; `name` a row of resume.c. */
int resume_main(int cycles, const char *program, const char *name);
int greedy_main(void);
int greedy_child(int count, char **arguments);
/* Every `stride`-th fault, in all operations or only the one that is named. */
int faults_main(int stride, const char *only);

#endif

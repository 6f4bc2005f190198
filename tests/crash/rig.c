#include "crash.h"

#include "scenario/load.h"
#include "value/json.h"

#include <dirent.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { MOST_SCHEMAS = 4, MOST_ARGUMENTS = 24 };

void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "crash: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    exit(EXIT_SETUP);
}

/* --- the engine --- */

static const en_schema *read_schema(en_arena *arena, const char *text)
{
    en_value value;
    en_problems problems;
    en_error error;
    en_error_clear(&error);
    en_problems_init(&problems, arena);
    const en_schema *schema = NULL;
    if (en_json_read(arena, en_text_from(text), 0, EN_JSON_DEPTH, &value, &error)) {
        schema = en_schema_read(arena, value, &problems);
    }
    if (schema == NULL) {
        die("no schema: %s", text);
    }
    return schema;
}

void rig_open(rig *r, const char *path, const char *plan, const char *const *schemas)
{
    *r = (rig){ 0 };
    en_arena_init(&r->arena, NULL);
    en_problems problems;
    en_problems_init(&problems, &r->arena);
    r->plan =
        en_scenario_load_text(&r->arena, EN_TEXT("plan"), en_text_from(plan), NULL, &problems);
    if (r->plan == NULL) {
        die("%.*s", EN_TEXT_ARG(problems.first->message));
    }
    en_world_init(&r->world);
    r->world.database_options.path = en_text_terminate(&r->arena, en_text_from(path));
    const en_schema **made = en_arena_zero(&r->arena, MOST_SCHEMAS * sizeof *made);
    size_t count = 0;
    for (; schemas != NULL && schemas[count] != NULL; count++) {
        made[count] = read_schema(&r->arena, schemas[count]);
    }
    r->world.schemas = made;
    r->world.schema_count = count;
}

void rig_close(rig *r)
{
    en_world_done(&r->world);
    en_arena_done(&r->arena);
}

en_sqlite *rig_database(rig *r)
{
    en_database *database = NULL;
    en_error error;
    en_error_clear(&error);
    if (!en_world_database(&r->world, &database, &error)) {
        die("%s", error.message);
    }
    return (en_sqlite *)(void *)database;
}

int64_t rig_ask(rig *r, const char *sql)
{
    int64_t answer = 0;
    en_error error;
    en_error_clear(&error);
    if (!en_db_read_integer(rig_database(r)->writer.db, sql, &answer, &error)) {
        die("%s", error.message);
    }
    return answer;
}

/* --- folders --- */

void folder_make(char *folder, size_t size)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder, size, "%s/enact-crash-XXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(folder) == NULL) {
        die("no folder %s", folder);
    }
}

void folder_remove(const char *folder)
{
    DIR *open = opendir(folder);
    for (struct dirent *entry = open != NULL ? readdir(open) : NULL; entry != NULL;
         entry = readdir(open)) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.') {
            unlink(path);
        }
    }
    if (open != NULL) {
        closedir(open);
    }
    rmdir(folder);
}

/* --- children --- */

/* posix_spawn changes no argument, whatever its type says. */
static char *word(const char *text)
{
    return (char *)(uintptr_t)text;
}

static child start(const char *program, const char *role, const char *const *arguments,
                   bool with_errors)
{
    char *all[MOST_ARGUMENTS] = { word(program), word(role) };
    int ends[2];
    size_t count = role != NULL ? 2 : 1;
    for (size_t i = 0; arguments[i] != NULL && count + 1 < MOST_ARGUMENTS; i++) {
        all[count++] = word(arguments[i]);
    }
    if (pipe(ends) != 0) {
        die("no pipe");
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    if (with_errors) {
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    }
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    child c = { 0 };
    if (posix_spawn(&c.pid, program, &actions, NULL, all, environ) != 0) {
        die("no child");
    }
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    c.lines = fdopen(ends[0], "r");
    return c;
}

child child_start(const char *const *arguments)
{
    return start("/proc/self/exe", "child", arguments, false);
}

child program_start(const char *program, const char *const *arguments)
{
    return start(program, NULL, arguments, true);
}

int child_wait(child *c)
{
    int status = 0;
    fclose(c->lines);
    if (waitpid(c->pid, &status, 0) != c->pid) {
        die("a child is gone");
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

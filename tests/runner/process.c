#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void give_up(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("run_cases: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

static void direct(const char *file, int stream)
{
    int opened = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (opened < 0 || dup2(opened, stream) < 0) {
        _exit(127);
    }
}

/* What the runner was started with must not change what a case means. */
static void clean_environment(const char *const *environment)
{
    for (size_t i = 0; environ[i] != NULL;) {
        char name[256];
        size_t length = strcspn(environ[i], "=");
        if (strncmp(environ[i], "ENACT_", 6) == 0 && length < sizeof name) {
            snprintf(name, sizeof name, "%.*s", (int)length, environ[i]);
            unsetenv(name);
        } else {
            i++;
        }
    }
    for (size_t i = 0; environment[i] != NULL; i++) {
        putenv((char *)(uintptr_t)environment[i]);
    }
}

int run_program(const char *folder, const char *const *arguments, const char *const *environment,
                const char *output_file, const char *error_file)
{
    pid_t child = fork();
    if (child < 0) {
        give_up("cannot start another process");
    }
    if (child == 0) {
        if (chdir(folder) != 0) {
            _exit(127);
        }
        if (freopen("/dev/null", "r", stdin) == NULL) {
            _exit(127);
        }
        direct(output_file, STDOUT_FILENO);
        direct(error_file, STDERR_FILENO);
        clean_environment(environment);
        alarm(CASE_SECONDS);
        execv(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void start_server(fake_server *server, const char *const *arguments)
{
    int ends[2];
    if (pipe(ends) != 0 || (server->pid = fork()) < 0) {
        give_up("cannot start the server");
    }
    if (server->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execv(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    char line[32] = "";
    if (output == NULL || fgets(line, sizeof line, output) == NULL ||
        sscanf(line, "port %u", &server->port) != 1) {
        give_up("%s does not start", arguments[0]);
    }
    fclose(output);
}

void stop_server(fake_server *server)
{
    if (server->pid != 0) {
        kill(server->pid, SIGTERM);
        waitpid(server->pid, NULL, 0);
        server->pid = 0;
    }
}

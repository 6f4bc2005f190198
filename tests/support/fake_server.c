#include "fake_server.h"

#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_LINES = 200 };

/* The folder of the running program: tools are built into the same one. */
static void find_program(char *path, size_t room)
{
    ssize_t length = readlink("/proc/self/exe", path, room - 1);
    assert_true(length > 0);
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    assert_non_null(slash);
    snprintf(slash + 1, room - (size_t)(slash + 1 - path), "fake_http");
}

static void run_program(const char *program, const char *const *lines, int output)
{
    const char *arguments[2 * MOST_LINES + 4] = { program, "--seconds", "60" };
    size_t count = 3;
    for (size_t i = 0; i < MOST_LINES && lines[i] != NULL; i++) {
        arguments[count++] = "--line";
        arguments[count++] = lines[i];
    }
    dup2(output, STDOUT_FILENO);
    execv(program, (char *const *)arguments);
    _exit(127);
}

void en_fake_server_start(en_fake_server *server, const char *const *lines)
{
    char program[4096];
    int ends[2];
    find_program(program, sizeof program);
    assert_int_equal(pipe(ends), 0);
    server->pid = fork();
    assert_true(server->pid >= 0);
    if (server->pid == 0) {
        run_program(program, lines, ends[1]);
    }
    close(ends[1]);
    char line[32] = "";
    FILE *output = fdopen(ends[0], "r");
    assert_non_null(output);
    assert_non_null(fgets(line, sizeof line, output));
    fclose(output);
    assert_int_equal(sscanf(line, "port %u", &server->port), 1);
}

void en_fake_server_stop(en_fake_server *server)
{
    kill(server->pid, SIGTERM);
    waitpid(server->pid, NULL, 0);
}

en_text en_fake_server_url(const en_fake_server *server, en_arena *arena, const char *path)
{
    return en_text_format(arena, "http://127.0.0.1:%u%s", server->port, path);
}

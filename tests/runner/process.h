/* process - starts programs for a case: the command, and a server that answers it.
 *
 * Shape:    a program runs in a folder with its output in files there.
 * Units:    exit codes; 128 + N where a signal ended it.
 * Lifetime: the server runs until stopped, at most a minute.
 * Errors:   what cannot be started ends the runner: nothing can be said about the cases then.
 * Threads:  one.
 */
#ifndef EN_RUNNER_PROCESS_H
#define EN_RUNNER_PROCESS_H

#include "base/text.h"

#include <sys/types.h>

enum { CASE_SECONDS = 60 };

typedef struct fake_server {
    pid_t pid; /* 0: none */
    unsigned port;
} fake_server;

/* `arguments` ends with NULL; its first is the program. `environment` are "NAME=text", ended with
 * NULL, beside the runner's own without ENACT_. */
int run_program(const char *folder, const char *const *arguments, const char *const *environment,
                const char *output_file, const char *error_file);

/* `arguments` as the server wants them, ended with NULL. */
void start_server(fake_server *server, const char *const *arguments);
void stop_server(fake_server *server);

EN_FORMAT(1, 2) _Noreturn void give_up(const char *format, ...);

#endif

/* fake_server - starts the program tests/tools/fake_http beside the running test and stops it.
 *
 * Shape:    one child process; its script is what fake_http.c describes.
 * Units:    the child ends by itself after 60 seconds.
 * Lifetime: from start to stop.
 * Errors:   a server that does not start fails the test.
 * Threads:  as the test's.
 */
#ifndef EN_FAKE_SERVER_H
#define EN_FAKE_SERVER_H

#include "base/text.h"

#include <sys/types.h>

typedef struct en_fake_server {
    pid_t pid;
    unsigned port;
} en_fake_server;

/* `lines` ends with NULL. */
void en_fake_server_start(en_fake_server *server, const char *const *lines);
void en_fake_server_stop(en_fake_server *server);
/* "http://127.0.0.1:PORT" + path. */
en_text en_fake_server_url(const en_fake_server *server, en_arena *arena, const char *path);

#endif

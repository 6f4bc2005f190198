/* requests - what a run asked of the outside over HTTP, kept as values. Inside testing/ only.
 *
 * Shape:    an observer; each request is {"step", "method", "url", "headers": {name: value}, "body"
 *           (text), "json" (if the body is JSON), "parts" (of a form)}, retries included.
 * Units:    none.
 * Lifetime: the arena that it was begun with.
 * Errors:   none.
 * Threads:  one run.
 */
#ifndef EN_TESTING_REQUESTS_H
#define EN_TESTING_REQUESTS_H

#include "flow/run.h"

typedef struct en_request_log {
    en_observer observer; /* first: the executor hands it back */
    en_array_builder requests;
} en_request_log;

void en_request_log_init(en_request_log *log, en_arena *arena);

#endif

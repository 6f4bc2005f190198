/* error - what went wrong, where, and what to do.
 *
 * Shape:    the caller owns an en_error and passes it last; functions return bool, true = done.
 *           Fixed buffers: reporting never allocates. Types stand in errors.def.
 * Units:    lines and columns count from 1 (0: unknown), columns in bytes; `caret` is a byte
 *           offset into `source`.
 * Lifetime: plain data, freely copied.
 * Errors:   the first error wins: setting an en_error that is set changes nothing.
 * Threads:  as the owner's.
 */
#ifndef EN_BASE_ERROR_H
#define EN_BASE_ERROR_H

#include "base/text.h"

typedef enum en_error_type {
    EN_NO_ERROR,
#define EN_ERROR_TYPE(name, status, exit, doc) EN_##name,
#include "base/errors.def"
#undef EN_ERROR_TYPE
    EN_ERROR_TYPES
} en_error_type;

enum { EN_NO_STEP = -1 };

typedef struct en_error {
    en_error_type type;
    int status_code; /* 0: the type's own */
    bool retryable;
    int64_t step_id; /* EN_NO_STEP: none. Set by whoever knows the step */
    uint64_t bundle; /* number of the bundle within the step, from 1; 0: unknown */
    unsigned line;   /* of a file */
    unsigned column;
    size_t caret;
    char module[64]; /* "datastore.addRecord" */
    char path[192];  /* parameter or field: "data.items[3].total" */
    char file[256];
    char source[256];   /* the template, cut around the caret */
    char message[1024]; /* what was expected and what came; never secrets */
    char hint[256];     /* what to do, or the nearest valid name */
} en_error;

void en_error_clear(en_error *error);
bool en_error_is_set(const en_error *error);
/* Sets type and message, unless an error is set already. Always false, so `return en_error_set(…)`.
 * `error` may be NULL where the caller does not care. */
EN_FORMAT(3, 4) bool en_error_set(en_error *error, en_error_type type, const char *format, ...);
EN_FORMAT(2, 3) void en_error_hint(en_error *error, const char *format, ...);
/* Sets the path, or puts `part` in front of the path that stands there: "data" + "items[3]". */
void en_error_prefix_path(en_error *error, en_text part);
/* The same with "[index]". */
void en_error_prefix_index(en_error *error, size_t index);
/* Records the template that failed, cut to the buffer around the caret. */
void en_error_source(en_error *error, en_text source, size_t caret);

const char *en_error_name(en_error_type type);
/* EN_NO_ERROR when there is no such name. */
en_error_type en_error_type_find(en_text name);
/* The error's own status code or its type's. */
int en_error_status(const en_error *error);
int en_error_exit_code(en_error_type type);

/* One line: "file:3:14: step 4 (http.makeRequest), url: DataError: message (hint)"; parts that are
 * not known are left out. Control characters are escaped. */
en_text en_error_line(en_arena *arena, const en_error *error);

#endif

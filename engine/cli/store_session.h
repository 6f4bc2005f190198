/* store_session - what the verbs of `enact store` share: a database, one segment, one answer.
 *
 * Shape:    a verb's work stands inside one segment. What it has to say is printed behind the
 * commit. Units:    none. Lifetime: the context's arena; the database is closed at the end of
 * en_store_perform. Errors:   the work's; the segment is then rolled back. Threads:  main thread.
 */
#ifndef EN_CLI_STORE_SESSION_H
#define EN_CLI_STORE_SESSION_H

#include "cli/command.h"
#include "scenario/workspace.h"

typedef struct en_store_session {
    en_context *context;
    en_workspace workspace;
    en_database *database;
    en_segment *segment;
    en_value result; /* with --json, unless nothing */
    en_text said;    /* else, unless empty */
} en_store_session;

typedef bool en_store_work(en_store_session *session, en_error *error);

/* Opens, works, commits, prints. Returns the exit code. A database that is not there is made by
 * EN_SEGMENT_WRITE only; for reading it counts as empty, unless --db names it. */
int en_store_perform(en_context *context, en_segment_kind kind, en_store_work *work);
/* In the workspace of a file. */
int en_store_perform_at(en_context *context, const char *file, en_segment_kind kind,
                        en_store_work *work);
/* For work that enters segments itself: opens the database. EN_EXIT_DONE, or the exit code when it
 * has been said why not. */
EN_WARN_UNUSED int en_store_session_open(en_context *context, en_segment_kind kind,
                                         en_store_session *session);
void en_store_session_close(en_store_session *session);
/* What the segments of a command share. */
en_store_run en_store_session_run(en_context *context, en_random *random);
/* The workspace's definition of a store, or NULL. */
const en_schema *en_store_declared(const en_store_session *session, en_text name);
/* Argument `index` as a text. */
en_text en_store_argument(const en_store_session *session, size_t index);
/* "there is no data store 'x'", with the nearest name. Always false. */
bool en_store_missing(en_store_session *session, en_text name, en_error *error);
/* True if there is one of that name; else the error is set. */
EN_WARN_UNUSED bool en_store_require(en_store_session *session, en_text name, en_store_info *info,
                                     en_error *error);

/* The conditions of --where; all must hold. */
EN_WARN_UNUSED bool en_store_read_filter(en_context *context, en_filter *filter, en_error *error);

/* The verbs that work on records, and explain; their rows stand beside their code. */
extern const en_command en_store_verb_explain;
extern const en_command en_store_verb_get;
extern const en_command en_store_verb_set;
extern const en_command en_store_verb_delete;
extern const en_command en_store_verb_search;
extern const en_command en_store_verb_import;
extern const en_command en_store_verb_export;

#endif

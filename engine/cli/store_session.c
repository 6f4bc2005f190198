#include "cli/store_session.h"

#include "base/clock.h"
#include "cli/output.h"
#include "cli/setup.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

en_text en_store_argument(const en_store_session *session, size_t index)
{
    return en_text_from(session->context->arguments[index]);
}

/* Of the stores that are there and those that are only declared. */
static bool known_names(en_store_session *session, en_text **names, size_t *count, en_error *error)
{
    en_arena *arena = session->context->arena;
    const en_workspace *workspace = &session->workspace;
    en_store_info *infos;
    size_t there;
    if (!en_store_list(session->segment, arena, &infos, &there, error)) {
        return false;
    }
    *count = 0;
    *names = en_arena_alloc(arena, (there + workspace->schema_count + 1) * sizeof **names);
    for (size_t i = 0; i < there; i++) {
        (*names)[(*count)++] = infos[i].name;
    }
    for (size_t i = 0; i < workspace->schema_count; i++) {
        (*names)[(*count)++] = workspace->schemas[i]->name;
    }
    return true;
}

bool en_store_missing(en_store_session *session, en_text name, en_error *error)
{
    en_text *names;
    size_t count;
    if (!known_names(session, &names, &count, error)) {
        return false;
    }
    en_error_set(error, EN_DataError, "there is no data store '%.*s'", EN_TEXT_ARG(name));
    error->status_code = 404;
    size_t nearest = en_text_nearest(name, names, count);
    if (nearest != SIZE_MAX && en_text_equal(names[nearest], name)) {
        en_error_hint(error, "it is declared: its first record creates it");
    } else if (nearest != SIZE_MAX) {
        en_error_hint(error, "did you mean '%.*s'?", EN_TEXT_ARG(names[nearest]));
    }
    return false;
}

bool en_store_require(en_store_session *session, en_text name, en_store_info *info, en_error *error)
{
    bool found;
    if (!en_store_describe(session->segment, name, session->context->arena, info, &found, error)) {
        return false;
    }
    return found || en_store_missing(session, name, error);
}

static bool is_plain_path(const char *path)
{
    return strcmp(path, ":memory:") != 0 && strstr(path, "://") == NULL;
}

/* The path to open, which for reading what is not there is one in memory. */
static bool choose_path(en_store_session *session, en_segment_kind kind, const char **path,
                        en_error *error)
{
    en_context *context = session->context;
    struct stat about;
    *path = en_setup_database(context, &session->workspace);
    if (kind == EN_SEGMENT_WRITE || !is_plain_path(*path) || stat(*path, &about) == 0) {
        return true;
    }
    if (errno != ENOENT || en_context_text(context, "db") != NULL) {
        return en_error_set(error, EN_StoreUnavailableError, "%s cannot be opened: %s", *path,
                            strerror(errno));
    }
    en_context_say(context, "There is no database yet: %s", *path);
    *path = ":memory:";
    return true;
}

static bool open_database(en_store_session *session, en_segment_kind kind, en_error *error)
{
    en_database_options options = { .durability = session->workspace.durability,
                                    .segment_ms = session->workspace.segment_ms,
                                    .no_auto_index = true }; /* looking in changes nothing */
    if (!choose_path(session, kind, &options.path, error) ||
        !en_database_open(&options, &session->database, error)) {
        return false;
    }
    for (size_t i = 0; i < session->workspace.schema_count; i++) {
        if (!en_database_declare(session->database, session->workspace.schemas[i], error)) {
            return false;
        }
    }
    return true;
}

/* What the command's operations on stores share. */
en_store_run en_store_session_run(en_context *context, en_random *random)
{
    en_clock clock;
    en_clock_init_real(&clock);
    en_random_init_system(random);
    return (en_store_run){ .now_ms = en_clock_now_ms(&clock),
                           .random = random,
                           .patterns = en_regex_cache_new(context->arena),
                           .shape = EN_RECORD_PAIR,
                           .interrupted = context->interrupted,
                           .is_batch = true };
}

static bool work_inside(en_store_session *session, en_segment_kind kind, en_store_work *work,
                        en_error *error)
{
    en_random random;
    en_store_run run = en_store_session_run(session->context, &random);
    if (!en_segment_enter(session->database, kind, &run, &session->segment, error)) {
        return false;
    }
    if (work(session, error) && kind == EN_SEGMENT_WRITE) {
        return en_segment_commit(session->segment, error);
    }
    en_segment_rollback(session->segment);
    return !en_error_is_set(error);
}

int en_store_perform(en_context *context, en_segment_kind kind, en_store_work *work)
{
    return en_store_perform_at(context, NULL, kind, work);
}

const en_schema *en_store_declared(const en_store_session *session, en_text name)
{
    const en_workspace *workspace = &session->workspace;
    for (size_t i = 0; i < workspace->schema_count; i++) {
        if (en_text_equal(workspace->schemas[i]->name, name)) {
            return workspace->schemas[i];
        }
    }
    return NULL;
}

static int open_session(en_context *context, const char *file, en_segment_kind kind,
                        en_store_session *session)
{
    int code;
    en_error error;
    *session = (en_store_session){ .context = context, .result = en_nothing() };
    if (!en_setup_workspace(context, file, &session->workspace, &code)) {
        return code;
    }
    en_error_clear(&error);
    if (open_database(session, kind, &error)) {
        return EN_EXIT_DONE;
    }
    en_store_session_close(session);
    return en_context_fail(context, &error);
}

int en_store_session_open(en_context *context, en_segment_kind kind, en_store_session *session)
{
    return open_session(context, NULL, kind, session);
}

void en_store_session_close(en_store_session *session)
{
    if (session->database != NULL) {
        en_database_close(session->database);
        session->database = NULL;
    }
}

int en_store_perform_at(en_context *context, const char *file, en_segment_kind kind,
                        en_store_work *work)
{
    en_store_session session;
    int code = open_session(context, file, kind, &session);
    if (code != EN_EXIT_DONE) {
        return code;
    }
    en_error error;
    en_error_clear(&error);
    bool done = work_inside(&session, kind, work, &error);
    en_store_session_close(&session);
    if (!done) {
        return en_context_fail(context, &error);
    }
    if (context->json && !en_is(session.result, EN_NOTHING)) {
        en_context_print_json(context, session.result);
    } else if (!context->json && session.said.length != 0) {
        en_context_say(context, "%.*s", EN_TEXT_ARG(session.said));
    }
    return EN_EXIT_DONE;
}

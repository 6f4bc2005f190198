#include "cli/setup.h"

#include "cli/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Said before anything is looked for around it: a slip in a path is not an invalid file. */
static bool is_readable(const char *file, en_error *error)
{
    struct stat about;
    if (file == NULL || stat(file, &about) == 0) {
        return file == NULL || !S_ISDIR(about.st_mode) ||
               en_error_set(error, EN_UsageError, "%s is a folder, not a file", file);
    }
    return en_error_set(error, EN_UsageError, "%s cannot be read: %s", file, strerror(errno));
}

bool en_setup_workspace(en_context *context, const char *file, en_workspace *workspace, int *code)
{
    en_error error;
    en_error_clear(&error);
    if (!is_readable(file, &error)) {
        *code = en_context_fail(context, &error);
        return false;
    }
    en_problems problems;
    en_problems_init(&problems, context->arena);
    bool opened = en_workspace_open(context->arena, file, workspace, &problems);
    en_problems_sort(&problems);
    if (opened) { /* warnings must not stand between results */
        en_out_problems(context, &problems);
    } else {
        en_context_print_problems(context, &problems);
    }
    *code = opened ? EN_EXIT_DONE : en_problems_exit_code(&problems);
    return opened;
}

en_load_options en_setup_load_options(en_context *context, const en_workspace *workspace)
{
    en_text *stores =
        en_arena_alloc(context->arena, (workspace->schema_count + 1) * sizeof *stores);
    for (size_t i = 0; i < workspace->schema_count; i++) {
        stores[i] = workspace->schemas[i]->name;
    }
    return (en_load_options){ .lenient = en_context_switch(context, "lenient"),
                              .stores = stores,
                              .store_count = workspace->schema_count,
                              .only_declared_stores = workspace->only_declared_stores };
}

const char *en_setup_database(const en_context *context, const en_workspace *workspace)
{
    const char *given = en_context_text(context, "db");
    return given != NULL ? given : en_text_terminate(context->arena, workspace->database);
}

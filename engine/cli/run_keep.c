#include "cli/run_keep.h"

#include "cli/run_cassette.h"

enum { PROGRAM_BYTES = 64 << 20 };

bool en_run_keeper_open(en_context *context, en_workspace *workspace, const en_world *world,
                        en_keeper **keeper, en_error *error)
{
    const char *word = en_context_text(context, "keep");
    const char *file = context->arguments[0];
    const char *zone = en_context_text(context, "tz");
    *keeper = NULL;
    if (word != NULL && !en_keep_find(en_text_from(word), &workspace->history.keep)) {
        return en_error_set(error, EN_UsageError, "--keep is nothing, counts or bundles, not '%s'",
                            word);
    }
    if (workspace->history.keep == EN_KEEP_NOTHING) {
        return true;
    }
    en_keeper *made = EN_NEW(context->arena, en_keeper);
    made->settings = &workspace->history;
    made->redactor = en_run_redactor(context, workspace, world);
    made->file = en_text_from(file);
    made->zone = zone != NULL ? en_text_from(zone) : workspace->zone;
    *keeper = made;
    return en_file_read(context->arena, file, PROGRAM_BYTES, &made->program, error);
}

bool en_run_keep(en_context *context, en_keeper *keeper, en_world *world,
                 const en_run_options *options, en_report *report)
{
    en_error error;
    en_error_clear(&error);
    int64_t id;
    if (en_keeper_end(keeper, world, options, report, &id, &error)) {
        return true;
    }
    en_error whole = error;
    en_error_clear(&error);
    en_error_set(&error, whole.type, "the run was not kept: %.900s", whole.message);
    (void)en_context_fail(context, &error);
    return false;
}

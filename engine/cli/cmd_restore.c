/* restore - a backup back into the place of the database. */
#include "batch/backup.h"
#include "cli/setup.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static int run_restore(en_context *context)
{
    en_workspace workspace;
    en_error error;
    int code;
    if (!en_setup_workspace(context, NULL, &workspace, &code)) {
        return code;
    }
    en_backup backup = { .database = en_setup_database(context, &workspace),
                         .file = context->arguments[0],
                         .unchecked = en_context_switch(context, "unchecked") };
    en_error_clear(&error);
    if (strcmp(backup.database, ":memory:") == 0 || strstr(backup.database, "://") != NULL) {
        en_error_set(&error, EN_UsageError, "%s is no database in a file", backup.database);
        return en_context_fail(context, &error);
    }
    if (access(backup.database, F_OK) == 0) {
        en_text question =
            en_text_format(context->arena, "Overwrite everything in '%s'?", backup.database);
        code = en_context_confirm(context, question.data);
        if (code != EN_EXIT_DONE) {
            return code;
        }
    }
    if (!en_backup_restore(&backup, &error)) {
        return en_context_fail(context, &error);
    }
    if (context->json) {
        en_collection_builder object;
        en_collection_builder_init(&object, context->arena);
        en_collection_builder_add(&object, EN_TEXT("restored"),
                                  en_text_value(en_text_from(backup.database)));
        en_collection_builder_add(&object, EN_TEXT("bytes"), en_integer_unsigned(backup.bytes));
        en_context_print_json(context, en_collection_builder_take(&object));
    } else {
        en_context_say(context, "%s is what it was in %s.", backup.database, backup.file);
    }
    return EN_EXIT_DONE;
}

static const en_flag flags[] = {
    { "db", EN_FLAG_TEXT, "PATH", "The database; the workspace's by default." },
    { "unchecked", EN_FLAG_SWITCH, NULL, "Without comparing the file with its checksum." },
    { "yes", EN_FLAG_SWITCH, NULL, "Overwrite a database that is there, without asking." },
    { 0 },
};

const en_command en_cmd_restore = {
    .name = "restore",
    .summary = "Put a backup in the place of the database.",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .flags = flags,
    .examples = (const char *const[]){ "enact restore monday.db --yes",
                                       "enact restore monday.db --db copy.db", NULL },
    .run = run_restore,
};

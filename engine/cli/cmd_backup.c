/* backup - a copy of the database, made while others use it; its counterpart is cmd_restore.c. */
#include "batch/backup.h"
#include "cli/setup.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static int run_backup(en_context *context)
{
    en_workspace workspace;
    en_error error;
    int code;
    if (!en_setup_workspace(context, NULL, &workspace, &code)) {
        return code;
    }
    en_backup backup = { .database = en_setup_database(context, &workspace),
                         .file = context->arguments[0] };
    if (access(backup.file, F_OK) == 0) {
        en_text question = en_text_format(context->arena, "Replace the backup '%s'?", backup.file);
        code = en_context_confirm(context, question.data);
        if (code != EN_EXIT_DONE) {
            return code;
        }
    }
    en_error_clear(&error);
    if (!en_backup_make(&backup, &error)) {
        return en_context_fail(context, &error);
    }
    if (context->json) {
        en_collection_builder object;
        en_collection_builder_init(&object, context->arena);
        en_collection_builder_add(&object, EN_TEXT("file"),
                                  en_text_value(en_text_from(backup.file)));
        en_collection_builder_add(&object, EN_TEXT("bytes"), en_integer_unsigned(backup.bytes));
        en_collection_builder_add(&object, EN_TEXT("sha256"),
                                  en_text_value(en_text_from(backup.sha256)));
        en_context_print_json(context, en_collection_builder_take(&object));
    } else {
        en_context_say(context, "%s: %" PRIu64 " bytes, SHA-256 %s", backup.file, backup.bytes,
                       backup.sha256);
    }
    return EN_EXIT_DONE;
}

static const en_flag flags[] = {
    { "db", EN_FLAG_TEXT, "PATH", "The database; the workspace's by default." },
    { "yes", EN_FLAG_SWITCH, NULL, "Replace a backup that is there, without asking." },
    { 0 },
};

const en_command en_cmd_backup = {
    .name = "backup",
    .summary = "Copy the database into a file, with a checksum beside it.",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .flags = flags,
    .examples = (const char *const[]){ "enact backup monday.db",
                                       "enact backup /mnt/backups/monday.db --yes", NULL },
    .run = run_backup,
};

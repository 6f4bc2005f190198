/* The verb `enact store export`. */
#include "base/replacement.h"
#include "batch/export.h"
#include "cli/output.h"
#include "cli/store_session.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

typedef struct target {
    en_context *context;
    FILE *stream;
    bool is_seen; /* on a terminal: what hides is spelled out */
} target;

static bool write_bytes(void *owner, en_text bytes, en_error *error)
{
    target *to = owner;
    if (to->is_seen) {
        bytes = en_out_visible_text(to->context->arena, bytes, EN_KEEP_LINES);
    }
    if (fwrite(bytes.data, 1, bytes.length, to->stream) == bytes.length) {
        return true;
    }
    return en_error_set(error, EN_RuntimeError, "the export cannot be written: %s",
                        strerror(errno));
}

static bool run_to(en_store_session *session, target *to, uint64_t *count, en_error *error)
{
    en_context *context = session->context;
    en_store_info info;
    en_export_options options = { .store = en_store_argument(session, 0),
                                  .guards = en_context_switch(context, "guard-formulas"),
                                  .sink = write_bytes,
                                  .context = to };
    return en_record_format_read(en_context_text(context, "format"),
                                 en_context_text(context, "delimiter"),
                                 en_context_text(context, "output"), &options.format, error) &&
           en_store_read_filter(context, &options.filter, error) &&
           en_store_require(session, options.store, &info, error) &&
           en_export_run(session->segment, &options, count, error);
}

static bool export_to_file(en_store_session *session, const char *path, uint64_t *count,
                           en_error *error)
{
    en_replacement file;
    if (!en_replacement_open(session->context->arena, path, &file, error)) {
        return false;
    }
    target to = { .context = session->context, .stream = file.stream };
    if (!run_to(session, &to, count, error)) {
        en_replacement_drop(&file);
        return false;
    }
    return en_replacement_done(&file, error);
}

static bool export_store(en_store_session *session, en_error *error)
{
    en_context *context = session->context;
    const char *path = en_context_text(context, "output");
    uint64_t count = 0;
    if (path == NULL || strcmp(path, "-") == 0) {
        target to = { .context = context,
                      .stream = context->out,
                      .is_seen = context->out_is_terminal };
        return run_to(session, &to, &count, error);
    }
    if (!export_to_file(session, path, &count, error)) {
        return false;
    }
    session->said = en_text_format(context->arena, "%" PRIu64 " record%s exported.", count,
                                   count == 1 ? "" : "s");
    en_collection_builder object;
    en_collection_builder_init(&object, context->arena);
    en_collection_builder_add(&object, EN_TEXT("exported"), en_integer_unsigned(count));
    session->result = en_collection_builder_take(&object);
    return true;
}

static int run_export(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_READ, export_store);
}

static const en_flag flags[] = {
    { "output", EN_FLAG_TEXT, "FILE", "Write there: all of it, or the old file stays." },
    { "format", EN_FLAG_TEXT, "FORMAT", "jsonl (default), json, csv or tsv; csv.gz packs it." },
    { "delimiter", EN_FLAG_TEXT, "CHAR", "Between the fields of CSV." },
    { "where", EN_FLAG_MANY, "CONDITION", "'FIELD OPERATOR VALUE'; several must all hold." },
    { "guard-formulas", EN_FLAG_SWITCH, NULL,
      "CSV: put ' before texts that a spreadsheet would calculate." },
    { 0 },
};

static const char *const examples[] = {
    "enact store export orders > orders.jsonl",
    "enact store export orders --output orders.csv.gz",
    "enact store export orders --where 'status equal open' --format csv",
    NULL,
};

const en_command en_store_verb_export = {
    .name = "export",
    .summary = "Write records as JSON Lines, JSON or CSV.",
    .arguments = "NAME",
    .least = 1,
    .most = 1,
    .flags = flags,
    .examples = examples,
    .run = run_export,
};

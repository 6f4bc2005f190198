#include "batch/export.h"

typedef struct export
{
    const en_export_options *options;
    en_segment *segment;
    const en_schema *schema;
    en_writer *writer;
    bool needs_extra;
    uint64_t count;
}
export;

static bool find_schema(export *e, en_arena *arena, en_error *error)
{
    en_store_info info;
    bool found = false;
    if (!en_store_describe(e->segment, e->options->store, arena, &info, &found, error)) {
        return false;
    }
    if (!found) {
        en_error_set(error, EN_DataError, "there is no data store '%.*s'",
                     EN_TEXT_ARG(e->options->store));
        error->status_code = 404;
        return false;
    }
    if (!en_is_missing(info.structure)) {
        en_problems problems;
        en_problems_init(&problems, arena);
        e->schema = en_schema_read(arena, info.structure, &problems);
    }
    return true;
}

static bool visit_all(export *e, en_store_visitor *visit, en_error *error)
{
    const en_query query = { .filter = e->options->filter, .limit = UINT64_MAX };
    return en_store_visit(e->segment, e->options->store, &query, visit, e, error);
}

/* The header of CSV comes first, so what it must hold is looked for beforehand. */
static bool look(void *owner, en_text key, en_value data, bool *more, en_error *error)
{
    export *e = owner;
    (void)key;
    (void)error;
    e->needs_extra = en_writer_needs_extra(e->schema, data);
    *more = !e->needs_extra;
    return true;
}

static bool write(void *owner, en_text key, en_value data, bool *more, en_error *error)
{
    export *e = owner;
    (void)more;
    e->count++;
    if (en_writer_add(e->writer, key, data, error)) {
        return true;
    }
    en_error_prefix_path(error, key);
    return false;
}

bool en_export_run(en_segment *segment, const en_export_options *options, uint64_t *count,
                   en_error *error)
{
    export e = { .options = options, .segment = segment };
    en_arena arena;
    en_arena_init(&arena, NULL);
    bool done = find_schema(&e, &arena, error) &&
                (options->format.kind != EN_RECORDS_CSV || visit_all(&e, look, error));
    const en_writer_options how = { .format = options->format,
                                    .schema = e.schema,
                                    .has_extra = e.needs_extra,
                                    .guards = options->guards,
                                    .sink = options->sink,
                                    .context = options->context };
    done = done && en_writer_open(&arena, &how, &e.writer, error) && visit_all(&e, write, error) &&
           en_writer_finish(e.writer, error);
    en_arena_done(&arena);
    *count = e.count;
    return done;
}

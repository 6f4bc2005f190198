/* store - data stores, looked at and managed. The verbs that work on records: store_records.c. */
#include "cli/output.h"
#include "cli/store_session.h"
#include "cli/table.h"
#include "value/number.h"

#include <inttypes.h>

/* --- list and show --- */

static en_value limit_value(uint64_t limit)
{
    return limit != 0 ? en_integer_unsigned(limit) : en_null();
}

/* The fields of a store's definition; null: it has no structure. */
static en_value structure_of(const en_store_info *info)
{
    en_value structure = en_collection_find(info->structure, EN_TEXT("structure"));
    return en_is_missing(structure) ? en_null() : structure;
}

static en_value info_value(en_arena *arena, const en_store_info *info)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("name"), en_text_value(info->name));
    en_collection_builder_add(&object, EN_TEXT("records"), en_integer_unsigned(info->records));
    en_collection_builder_add(&object, EN_TEXT("bytes"), en_integer_unsigned(info->bytes));
    en_collection_builder_add(&object, EN_TEXT("maxRecords"), limit_value(info->max_records));
    en_collection_builder_add(&object, EN_TEXT("maxBytes"), limit_value(info->max_bytes));
    en_collection_builder_add(&object, EN_TEXT("table"), en_text_value(info->table));
    en_collection_builder_add(&object, EN_TEXT("generation"), en_integer(info->generation));
    en_collection_builder_add(&object, EN_TEXT("indexes"), info->indexes);
    en_collection_builder_add(&object, EN_TEXT("structure"), structure_of(info));
    return en_collection_builder_take(&object);
}

static en_text count_text(en_arena *arena, uint64_t count)
{
    return en_text_format(arena, "%" PRIu64, count);
}

static en_text limit_text(en_arena *arena, uint64_t limit)
{
    return limit != 0 ? count_text(arena, limit) : EN_TEXT("-");
}

static const en_column list_columns[] = {
    { "STORE", false, false }, { "RECORDS", true, false }, { "OF", true, false },
    { "BYTES", true, false },  { "OF", true, false },
};

static bool list(en_store_session *session, en_error *error)
{
    en_arena *arena = session->context->arena;
    en_store_info *infos;
    size_t count;
    if (!en_store_list(session->segment, arena, &infos, &count, error)) {
        return false;
    }
    en_array_builder all;
    en_array_builder_init(&all, arena);
    en_listing *table = en_listing_new(session->context, list_columns, 5);
    for (size_t i = 0; i < count; i++) {
        const en_store_info *info = &infos[i];
        const en_text cells[] = { info->name, count_text(arena, info->records),
                                  limit_text(arena, info->max_records),
                                  count_text(arena, info->bytes),
                                  limit_text(arena, info->max_bytes) };
        en_listing_add(table, cells);
        en_array_builder_add(&all, info_value(arena, info));
    }
    if (session->context->json) {
        session->result = en_array_builder_take(&all);
    } else {
        en_listing_print(table);
    }
    return true;
}

static const en_column field_columns[] = {
    { "FIELD", false, false },
    { "TYPE", false, false },
    { "", false, false },
    { "DEFAULT", false, false },
};

/* `structure` is {field: {type, required?, unique?, default?}}. */
static void print_structure(en_context *context, en_value structure)
{
    en_arena *arena = context->arena;
    en_listing *table = en_listing_new(context, field_columns, 4);
    for (uint32_t i = 0; i < en_collection_count(structure); i++) {
        const en_member *field = &en_collection_members(structure)[i];
        bool required =
            en_value_equal(en_collection_find(field->value, EN_TEXT("required")), en_boolean(true));
        bool unique =
            en_value_equal(en_collection_find(field->value, EN_TEXT("unique")), en_boolean(true));
        en_value fallback = en_collection_find(field->value, EN_TEXT("default"));
        const en_text cells[] = {
            field->name,
            en_value_text(en_collection_find(field->value, EN_TEXT("type"))),
            required ? (unique ? EN_TEXT("required, unique") : EN_TEXT("required"))
                     : (unique ? EN_TEXT("unique") : EN_TEXT("")),
            en_is(fallback, EN_NOTHING) ? EN_TEXT("") : en_json_text(arena, fallback, 0),
        };
        en_listing_add(table, cells);
    }
    if (en_collection_count(structure) != 0) {
        fputs("\n", context->out);
        en_listing_print(table);
    }
}

static const en_column index_columns[] = {
    { "INDEX", false, false },
    { "KIND", false, false },
    { "FIELDS", false, false },
};

static void print_indexes(en_context *context, en_value indexes)
{
    en_listing *table = en_listing_new(context, index_columns, 3);
    for (uint32_t i = 0; i < indexes.length; i++) {
        en_value index = indexes.as.items[i];
        const en_text cells[] = { en_value_text(en_collection_find(index, EN_TEXT("name"))),
                                  en_value_text(en_collection_find(index, EN_TEXT("kind"))),
                                  en_value_text(en_collection_find(index, EN_TEXT("fields"))) };
        en_listing_add(table, cells);
    }
    fputs("\n", context->out);
    en_listing_print(table);
}

static void add_usage(en_builder *out, const char *what, uint64_t count, uint64_t limit)
{
    en_builder_format(out, "%-9s%" PRIu64, what, count);
    if (limit != 0) {
        unsigned percent = (unsigned)((double)count * 100 / (double)limit);
        en_builder_format(out, " of %" PRIu64 " (%u %%)", limit, percent);
    }
    en_builder_add_char(out, '\n');
}

static bool show(en_store_session *session, en_error *error)
{
    en_context *context = session->context;
    en_store_info info;
    if (!en_store_require(session, en_store_argument(session, 0), &info, error)) {
        return false;
    }
    if (context->json) {
        session->result = info_value(context->arena, &info);
        return true;
    }
    en_builder out;
    en_builder_init(&out, context->arena);
    en_builder_add(&out, EN_TEXT("store    "));
    en_out_visible(&out, info.name, EN_ONE_LINE);
    en_builder_add(&out, EN_TEXT("\ntable    "));
    en_out_visible(&out, info.table, EN_ONE_LINE);
    en_builder_format(&out, "\nversion  %" PRId64 " of its definition\n", info.generation);
    add_usage(&out, "records", info.records, info.max_records);
    add_usage(&out, "bytes", info.bytes, info.max_bytes);
    en_out_write(context->out, en_builder_take(&out));
    print_structure(context, structure_of(&info));
    print_indexes(context, info.indexes);
    return true;
}

/* --- create, rename, drop, clear --- */

static en_value outcome(en_arena *arena, const char *name, en_value value)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, en_text_from(name), value);
    return en_collection_builder_take(&object);
}

static bool create(en_store_session *session, en_error *error)
{
    en_context *context = session->context;
    const char *path = context->arguments[0];
    en_document *document;
    if (!en_document_read_file(context->arena, path, 0, &document, error)) {
        return false;
    }
    en_problems problems;
    en_problems_init(&problems, context->arena);
    const en_schema *schema = en_schema_read(context->arena, en_document_root(document), &problems);
    if (schema == NULL) {
        const en_problem *first = problems.first;
        en_error_set(error, EN_SyntaxError, "%.*s", EN_TEXT_ARG(first->message));
        snprintf(error->file, sizeof error->file, "%s", path);
        en_error_prefix_path(error, first->path);
        if (!en_document_place(document, first->path, &error->line, &error->column)) {
            error->line = 0;
        }
        return false;
    }
    session->said =
        en_text_format(context->arena, "Created data store %.*s.", EN_TEXT_ARG(schema->name));
    session->result = outcome(context->arena, "created", en_text_value(schema->name));
    return en_store_create(session->segment, schema, error);
}

static bool rename_store(en_store_session *session, en_error *error)
{
    en_arena *arena = session->context->arena;
    en_text name = en_store_argument(session, 0);
    en_text renamed = en_store_argument(session, 1);
    en_store_info info;
    session->said =
        en_text_format(arena, "%.*s is now called %.*s.", EN_TEXT_ARG(name), EN_TEXT_ARG(renamed));
    session->result = outcome(arena, "renamed", en_text_value(renamed));
    return en_store_require(session, name, &info, error) &&
           en_store_rename(session->segment, name, renamed, error);
}

static bool drop(en_store_session *session, en_error *error)
{
    en_arena *arena = session->context->arena;
    en_text name = en_store_argument(session, 0);
    en_store_info info;
    if (!en_store_require(session, name, &info, error)) {
        return false;
    }
    session->said = en_text_format(arena, "%.*s is gone, with %" PRIu64 " records.",
                                   EN_TEXT_ARG(name), info.records);
    session->result = outcome(arena, "dropped", en_text_value(name));
    return en_store_drop(session->segment, name, error);
}

static bool clear(en_store_session *session, en_error *error)
{
    en_arena *arena = session->context->arena;
    en_text name = en_store_argument(session, 0);
    en_store_info info;
    uint64_t deleted = 0;
    if (!en_store_require(session, name, &info, error) ||
        !en_store_clear(session->segment, name, &deleted, error)) {
        return false;
    }
    session->said = en_text_format(arena, "%" PRIu64 " records deleted.", deleted);
    session->result = outcome(arena, "deleted", en_integer_unsigned(deleted));
    return true;
}

/* --- rows --- */

static int perform_if_agreed(en_context *context, const char *format, en_store_work *work)
{
    en_text name =
        en_out_visible_text(context->arena, en_text_from(context->arguments[0]), EN_ONE_LINE);
    en_builder question;
    en_builder_init(&question, context->arena);
    en_builder_add(&question, en_text_from(format));
    en_builder_add(&question, EN_TEXT(" '"));
    en_builder_add(&question, name);
    en_builder_add(&question, EN_TEXT("'?"));
    en_text text = en_builder_take(&question);
    int code = en_context_confirm(context, en_text_terminate(context->arena, text));
    return code == EN_EXIT_DONE ? en_store_perform(context, EN_SEGMENT_WRITE, work) : code;
}

static int run_list(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_READ, list);
}

static int run_show(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_READ, show);
}

static int run_create(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_WRITE, create);
}

static int run_rename(en_context *context)
{
    return perform_if_agreed(context, "Rename data store", rename_store);
}

static int run_drop(en_context *context)
{
    return perform_if_agreed(context, "Drop data store", drop);
}

static int run_clear(en_context *context)
{
    return perform_if_agreed(context, "Delete all records of data store", clear);
}

static const en_flag asking[] = {
    { "yes", EN_FLAG_SWITCH, NULL, "Do it without asking." },
    { 0 },
};

#define EXAMPLES(...)                                                                              \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static const en_command verb_list = {
    .name = "list",
    .summary = "List the data stores with their sizes.",
    .examples = EXAMPLES("enact store list", "enact store list --db other.db --json"),
    .run = run_list,
};
static const en_command verb_show = {
    .name = "show",
    .summary = "Show a data store's sizes, limits, structure and indexes.",
    .arguments = "NAME",
    .least = 1,
    .most = 1,
    .examples = EXAMPLES("enact store show customers"),
    .run = run_show,
};
static const en_command verb_create = {
    .name = "create",
    .summary = "Create a data store from a file with \"name\" and \"structure\".",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .examples = EXAMPLES("enact store create schemas/customers.json"),
    .run = run_create,
};
static const en_command verb_rename = {
    .name = "rename",
    .summary = "Give a data store another name.",
    .arguments = "NAME NEW",
    .least = 2,
    .most = 2,
    .flags = asking,
    .examples = EXAMPLES("enact store rename customers clients --yes"),
    .run = run_rename,
};
static const en_command verb_drop = {
    .name = "drop",
    .summary = "Remove a data store with all its records.",
    .arguments = "NAME",
    .least = 1,
    .most = 1,
    .flags = asking,
    .examples = EXAMPLES("enact store drop customers --yes"),
    .run = run_drop,
};
static const en_command verb_clear = {
    .name = "clear",
    .summary = "Delete all records of a data store.",
    .arguments = "NAME",
    .least = 1,
    .most = 1,
    .flags = asking,
    .examples = EXAMPLES("enact store clear cache --yes"),
    .run = run_clear,
};

static const en_command *const verbs[] = {
    &verb_list,
    &verb_show,
    &verb_create,
    &verb_drop,
    &verb_rename,
    &en_store_verb_get,
    &en_store_verb_set,
    &en_store_verb_delete,
    &verb_clear,
    &en_store_verb_search,
    &en_store_verb_explain,
    &en_store_verb_import,
    &en_store_verb_export,
    NULL,
};

static const en_flag flags[] = {
    { "db", EN_FLAG_TEXT, "PATH", "The database; the workspace's by default." },
    { 0 },
};

const en_command en_cmd_store = {
    .name = "store",
    .summary = "Look at data stores and change them.",
    .arguments = "COMMAND …",
    .flags = flags,
    .examples = EXAMPLES("enact store list",
                         "enact store search orders --where 'total greater 100' --sort -total",
                         "enact store export orders > orders.jsonl"),
    .verbs = verbs,
};

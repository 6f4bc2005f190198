/* The verbs of `enact store` that work on records. */
#include "cli/input.h"
#include "cli/output.h"
#include "cli/store_session.h"
#include "cli/table.h"

#include <inttypes.h>

enum { WIDEST_TABLE = 16 };

static en_value count_value(en_arena *arena, const char *name, uint64_t count)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, en_text_from(name), en_integer_unsigned(count));
    return en_collection_builder_take(&object);
}

static bool no_record(en_text key, en_error *error)
{
    en_error_set(error, EN_DataError, "there is no record '%.*s'", EN_TEXT_ARG(key));
    error->status_code = 404;
    return false;
}

/* --- get, set, delete --- */

static bool get(en_store_session *session, en_error *error)
{
    en_arena *arena = session->context->arena;
    en_text name = en_store_argument(session, 0);
    en_text key = en_store_argument(session, 1);
    en_store_info info;
    en_record record;
    if (!en_store_require(session, name, &info, error) ||
        !en_store_get(session->segment, name, key, arena, &record, error)) {
        return false;
    }
    if (!record.found) {
        return no_record(key, error);
    }
    en_context_print_json(session->context, record.value);
    return true;
}

static bool set(en_store_session *session, en_error *error)
{
    en_context *context = session->context;
    en_text key = en_store_argument(session, 1);
    en_value data;
    en_record record;
    if (!en_input_json(context, "JSON", context->arguments[2], EN_JSON_TYPED, &data, error)) {
        return false;
    }
    if (!en_is(data, EN_COLLECTION)) {
        return en_error_set(error, EN_UsageError, "a record is a collection, not %s",
                            en_tag_name((en_tag)data.tag));
    }
    if (!en_store_add(session->segment, en_store_argument(session, 0), key, data, true,
                      context->arena, &record, error)) {
        return false;
    }
    session->result = record.value;
    session->said = record.created
                        ? en_text_format(context->arena, "Created %.*s.", EN_TEXT_ARG(record.key))
                        : en_text_format(context->arena, "Replaced %.*s.", EN_TEXT_ARG(record.key));
    return true;
}

static bool delete_record(en_store_session *session, en_error *error)
{
    en_arena *arena = session->context->arena;
    en_text name = en_store_argument(session, 0);
    en_text key = en_store_argument(session, 1);
    en_store_info info;
    uint64_t deleted = 0;
    if (!en_store_require(session, name, &info, error) ||
        !en_store_delete(session->segment, name, key, &deleted, error)) {
        return false;
    }
    if (deleted == 0) {
        return no_record(key, error);
    }
    session->said = en_text_format(arena, "Deleted %.*s.", EN_TEXT_ARG(key));
    session->result = count_value(arena, "deleted", deleted);
    return true;
}

/* --- search --- */

static en_text take_word(en_text *left)
{
    en_text text = en_text_trim(*left);
    size_t end = en_text_find(text, EN_TEXT(" "), 0);
    *left = end == SIZE_MAX ? EN_TEXT("") : en_text_trim(en_text_slice(text, end, text.length));
    return en_text_slice(text, 0, end);
}

/* "status equal active": the value is JSON if it reads as such, else text. */
static bool read_condition(en_arena *arena, const char *word, en_condition *condition,
                           en_error *error)
{
    en_text left = en_text_from(word);
    en_text nearest = EN_TEXT("");
    *condition = (en_condition){ .a_is_field = true, .field = take_word(&left) };
    en_text spelling = take_word(&left);
    if (spelling.length == 0) {
        return en_error_set(error, EN_UsageError, "--where takes 'FIELD OPERATOR VALUE', not '%s'",
                            word);
    }
    if (!en_operator_find(spelling, &condition->op, &nearest)) {
        en_error_set(error, EN_UsageError, "there is no operator '%.*s'", EN_TEXT_ARG(spelling));
        if (nearest.length != 0) {
            en_error_hint(error, "did you mean '%.*s'?", EN_TEXT_ARG(nearest));
        }
        return false;
    }
    bool unary = en_operation_is_unary(condition->op.operation);
    if (unary != (left.length == 0)) {
        return en_error_set(error, EN_UsageError, "--where '%s': %.*s %s", word,
                            EN_TEXT_ARG(spelling), unary ? "takes no value" : "needs a value");
    }
    if (!en_json_read(arena, left, 0, EN_JSON_DEPTH, &condition->b, NULL)) {
        condition->b = en_text_value(left);
    }
    return true;
}

bool en_store_read_filter(en_context *context, en_filter *filter, en_error *error)
{
    const char *const *words;
    size_t count = en_context_many(context, "where", &words);
    en_condition *conditions = en_arena_alloc(context->arena, (count + 1) * sizeof *conditions);
    for (size_t i = 0; i < count; i++) {
        if (!read_condition(context->arena, words[i], &conditions[i], error)) {
            return false;
        }
    }
    en_condition_group *group = EN_NEW(context->arena, en_condition_group);
    *group = (en_condition_group){ conditions, count };
    *filter = (en_filter){ group, count != 0 };
    return true;
}

static void read_sort(en_context *context, en_query *query)
{
    const char *const *words;
    size_t count = en_context_many(context, "sort", &words);
    en_sort *sort = en_arena_alloc(context->arena, (count + 1) * sizeof *sort);
    for (size_t i = 0; i < count; i++) {
        bool descending = words[i][0] == '-';
        sort[i] = (en_sort){ en_text_from(words[i] + descending), descending };
    }
    query->sort = sort;
    query->sort_count = count;
}

/* Columns in the order in which the records first show them. */
static size_t find_fields(en_value records, en_text fields[WIDEST_TABLE])
{
    size_t count = 0;
    for (uint32_t i = 0; i < records.length; i++) {
        en_value data = en_collection_find(records.as.items[i], EN_TEXT("data"));
        const en_member *members = en_collection_members(data);
        for (uint32_t j = 0; j < en_collection_count(data); j++) {
            size_t at = 0;
            while (at < count && !en_text_equal(fields[at], members[j].name)) {
                at++;
            }
            if (at == count && count < WIDEST_TABLE) {
                fields[count++] = members[j].name;
            }
        }
    }
    return count;
}

static en_text cell_text(en_arena *arena, en_value value)
{
    return en_is_missing(value)          ? EN_TEXT("")
           : en_is(value, EN_TEXT_VALUE) ? en_value_text(value)
                                         : en_json_text(arena, value, 0);
}

static void print_records(en_context *context, en_value records)
{
    en_arena *arena = context->arena;
    en_text fields[WIDEST_TABLE];
    size_t count = find_fields(records, fields);
    en_column columns[WIDEST_TABLE + 1] = { { "KEY", false, false } };
    for (size_t i = 0; i < count; i++) {
        en_text title = en_out_visible_text(arena, fields[i], EN_ONE_LINE);
        columns[i + 1].title = en_text_terminate(arena, title);
    }
    en_listing *table = en_listing_new(context, columns, count + 1);
    for (uint32_t i = 0; i < records.length; i++) {
        en_value record = records.as.items[i];
        en_value data = en_collection_find(record, EN_TEXT("data"));
        en_text cells[WIDEST_TABLE + 1];
        cells[0] = cell_text(arena, en_collection_find(record, EN_TEXT("key")));
        for (size_t j = 0; j < count; j++) {
            cells[j + 1] = cell_text(arena, en_collection_find(data, fields[j]));
        }
        en_listing_add(table, cells);
    }
    en_listing_print(table);
}

static void print_lines(en_context *context, en_value records)
{
    for (uint32_t i = 0; i < records.length; i++) {
        en_out_json(context, records.as.items[i], EN_JSON_TYPED, true);
    }
}

static bool search(en_store_session *session, en_error *error)
{
    en_context *context = session->context;
    en_text name = en_store_argument(session, 0);
    en_query query = { .limit = UINT64_MAX };
    en_store_info info;
    en_found found;
    (void)en_context_count(context, "limit", &query.limit);
    read_sort(context, &query);
    if (!en_store_read_filter(context, &query.filter, error) ||
        !en_store_require(session, name, &info, error) ||
        !en_store_search(session->segment, name, &query, context->arena, &found, error)) {
        return false;
    }
    if (context->json) {
        print_lines(context, found.records);
    } else {
        print_records(context, found.records);
    }
    return true;
}

/* --- rows --- */

static int run_get(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_READ, get);
}

static int run_set(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_WRITE, set);
}

static int run_delete(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_WRITE, delete_record);
}

static int run_search(en_context *context)
{
    return en_store_perform(context, EN_SEGMENT_READ, search);
}

static const en_flag search_flags[] = {
    { "where", EN_FLAG_MANY, "CONDITION", "'FIELD OPERATOR VALUE'; several must all hold." },
    { "sort", EN_FLAG_MANY, "FIELD", "Order by a field; -FIELD: descending." },
    { "limit", EN_FLAG_COUNT, "N", "At most N records." },
    { 0 },
};

#define EXAMPLES(...)                                                                              \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

const en_command en_store_verb_get = {
    .name = "get",
    .summary = "Print a record as {\"key\", \"data\"}.",
    .arguments = "NAME KEY",
    .least = 2,
    .most = 2,
    .examples = EXAMPLES("enact store get customers ada@example.com | jq .data"),
    .run = run_get,
};
const en_command en_store_verb_set = {
    .name = "set",
    .summary = "Create a record or replace it.",
    .arguments = "NAME KEY JSON|@FILE|-",
    .least = 3,
    .most = 3,
    .examples = EXAMPLES("enact store set customers ada '{\"name\": \"Ada\"}'"),
    .run = run_set,
};
const en_command en_store_verb_delete = {
    .name = "delete",
    .summary = "Delete a record.",
    .arguments = "NAME KEY",
    .least = 2,
    .most = 2,
    .examples = EXAMPLES("enact store delete customers ada"),
    .run = run_delete,
};
const en_command en_store_verb_search = {
    .name = "search",
    .summary = "Print the records that meet all conditions.",
    .arguments = "NAME",
    .least = 1,
    .most = 1,
    .flags = search_flags,
    .examples = EXAMPLES("enact store search orders --where 'status equal open' --sort -total",
                         "enact store search orders --where 'total greater 100' --limit 5 --json"),
    .run = run_search,
};

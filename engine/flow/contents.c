#include "flow/contents.h"

#include "value/json.h"

/* A key is text; numbers are taken as they are written. */
static bool read_key(en_arena *arena, en_value value, en_text *key, en_error *error)
{
    if (en_is_missing(value)) {
        *key = EN_TEXT("");
        return true;
    }
    *key = en_is(value, EN_NUMBER) ? en_json_text(arena, value, 0) : en_value_text(value);
    return en_is(value, EN_NUMBER) || en_is(value, EN_TEXT_VALUE) ||
           en_error_set(error, EN_BundleValidationError, "a key is a text, not %s",
                        en_tag_name((en_tag)value.tag));
}

bool en_contents_read_record(en_arena *arena, en_value record, en_text *key, en_value *data,
                             en_error *error)
{
    if (!en_is(record, EN_COLLECTION)) {
        return en_error_set(error, EN_BundleValidationError, "a record is a collection, not %s",
                            en_tag_name((en_tag)record.tag));
    }
    en_value inner = en_collection_find(record, EN_TEXT("data"));
    bool has_key = en_collection_has(record, EN_TEXT("key"));
    bool is_pair =
        en_is(inner, EN_COLLECTION) && en_collection_count(record) == (has_key ? 2u : 1u);
    *key = EN_TEXT("");
    *data = is_pair ? inner : record;
    return !is_pair || read_key(arena, en_collection_find(record, EN_TEXT("key")), key, error);
}

/* --- filling --- */

static bool declare(en_database *database, en_arena *arena, en_text name, en_value store,
                    en_error *error)
{
    en_value structure = en_collection_find(store, EN_TEXT("structure"));
    if (en_is_missing(structure)) {
        return true;
    }
    en_collection_builder definition;
    en_collection_builder_init(&definition, arena);
    for (uint32_t i = 0; i < en_collection_count(store); i++) {
        const en_member *member = &en_collection_members(store)[i];
        if (!en_text_equal(member->name, EN_TEXT("records"))) {
            en_collection_builder_add(&definition, member->name, member->value);
        }
    }
    en_collection_builder_set(&definition, EN_TEXT("name"), en_text_value(name));
    en_problems problems;
    en_problems_init(&problems, arena);
    const en_schema *schema =
        en_schema_read(arena, en_collection_builder_take(&definition), &problems);
    if (schema == NULL) {
        const en_problem *first = problems.first;
        en_error_set(error, EN_SyntaxError, "%.*s", EN_TEXT_ARG(first->message));
        en_error_prefix_path(error, first->path);
        en_error_prefix_path(error, name);
        return false;
    }
    return en_database_declare(database, schema, error);
}

static bool fill_store(en_segment *segment, en_arena *arena, en_text name, en_value store,
                       en_error *error)
{
    en_store_info info;
    bool found;
    if (!en_store_describe(segment, name, arena, &info, &found, error)) {
        return false;
    }
    if (found && info.records != 0) {
        return en_error_set(error, EN_UsageError, "--stores: data store \"%.*s\" is not empty",
                            EN_TEXT_ARG(name));
    }
    en_value records = en_collection_find(store, EN_TEXT("records"));
    if (!en_is_missing(records) && !en_is(records, EN_ARRAY)) {
        return en_error_set(error, EN_SyntaxError, "\"records\" is a list, not %s",
                            en_tag_name((en_tag)records.tag));
    }
    for (uint32_t i = 0; en_is(records, EN_ARRAY) && i < records.length; i++) {
        en_text key;
        en_value data;
        en_record added;
        en_arena_mark mark = en_arena_get_mark(arena);
        if (!en_contents_read_record(arena, records.as.items[i], &key, &data, error) ||
            !en_store_add(segment, name, key, data, false, arena, &added, error)) {
            en_error_prefix_index(error, i);
            en_error_prefix_path(error, EN_TEXT("records"));
            return false;
        }
        en_arena_rewind(arena, mark);
    }
    return true;
}

bool en_contents_fill(en_database *database, const en_store_run *run, en_value stores,
                      en_arena *arena, en_error *error)
{
    if (!en_is(stores, EN_COLLECTION)) {
        return en_error_set(error, EN_UsageError, "--stores takes a collection of data stores");
    }
    const en_member *members = en_collection_members(stores);
    uint32_t count = en_collection_count(stores);
    for (uint32_t i = 0; i < count; i++) {
        if (!declare(database, arena, members[i].name, members[i].value, error)) {
            return false;
        }
    }
    en_segment *segment;
    if (!en_segment_enter(database, EN_SEGMENT_WRITE, run, &segment, error)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!fill_store(segment, arena, members[i].name, members[i].value, error)) {
            en_error_prefix_path(error, members[i].name);
            en_segment_rollback(segment);
            return false;
        }
    }
    return en_segment_commit(segment, error);
}

/* --- dumping --- */

static bool dump_store(en_segment *segment, en_arena *arena, const en_store_info *info,
                       en_value *store, en_error *error)
{
    en_query all = { .limit = UINT64_MAX };
    en_found found;
    if (!en_store_search(segment, info->name, &all, arena, &found, error)) {
        return false;
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("records"), found.records);
    for (uint32_t i = 0; i < en_collection_count(info->structure); i++) {
        const en_member *member = &en_collection_members(info->structure)[i];
        if (!en_text_equal(member->name, EN_TEXT("name"))) { /* structure, limits, indexes */
            en_collection_builder_add(&object, member->name, member->value);
        }
    }
    *store = en_collection_builder_take(&object);
    return true;
}

static bool dump_all(en_segment *segment, en_arena *arena, en_value *stores, en_error *error)
{
    en_store_info *infos;
    size_t count;
    if (!en_store_list(segment, arena, &infos, &count, error)) {
        return false;
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    for (size_t i = 0; i < count; i++) {
        en_value store;
        if (!dump_store(segment, arena, &infos[i], &store, error)) {
            return false;
        }
        en_collection_builder_add(&object, infos[i].name, store);
    }
    *stores = en_collection_builder_take(&object);
    return true;
}

bool en_contents_dump(en_database *database, const en_store_run *run, en_arena *arena,
                      en_value *stores, en_error *error)
{
    en_segment *segment;
    if (!en_segment_enter(database, EN_SEGMENT_READ, run, &segment, error)) {
        return false;
    }
    bool done = dump_all(segment, arena, stores, error);
    en_segment_rollback(segment);
    return done;
}

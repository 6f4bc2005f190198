/* datastore - records kept between runs. Sources: toolkit-dialect.md 2.4, Q2, Q3, Q38-Q43, Q59. */
#include "module/module.h"

#define STORE_PARAM                                                                                \
    {                                                                                              \
        "dataStore", EN_T_TEXT, EN_REQUIRED, .doc = "Name of the data store."                      \
    }
#define RECORD_PARAM                                                                               \
    {                                                                                              \
        "recordId", EN_T_TEXT | EN_T_NULL, EN_REQUIRED | EN_MAY_BE_EMPTY,                          \
            .doc = "Key of the record; empty: there is none."                                      \
    }

static const en_param record_gives[] = {
    { "id", EN_T_TEXT, EN_REQUIRED, .doc = "Key of the record, beside its own fields." },
    { "recordId", EN_T_TEXT, EN_REQUIRED, .doc = "The same." },
    { 0 },
};
static const en_param deleted_gives[] = {
    { "deleted", EN_T_COUNT, EN_REQUIRED, .doc = "How many records are gone." },
    { 0 },
};

static bool emit_one(en_call *call, const char *name, en_value value)
{
    en_collection_builder bundle;
    en_collection_builder_init(&bundle, en_call_arena(call));
    en_collection_builder_add(&bundle, en_text_from(name), value);
    return en_call_emit(call, en_collection_builder_take(&bundle));
}

enum { ADD_STORE, ADD_DATA, ADD_OVERWRITE, ADD_KEY, ADD_RECORD };
static const en_param add_takes[] = {
    [ADD_STORE] = STORE_PARAM,
    [ADD_DATA] = { "data", EN_T_COLLECTION, EN_REQUIRED, .doc = "The fields." },
    [ADD_OVERWRITE] = { "overwrite", EN_T_BOOLEAN, 0, .fallback = "false",
                        .doc = "Replace the record that has the key; else that is an error." },
    [ADD_KEY] = { "key", EN_T_TEXT | EN_T_NULL, 0,
                  .doc =
                      "Key; else the first unique field, else `id` in the data, else generated." },
    [ADD_RECORD] = { "recordId", EN_T_TEXT | EN_T_NULL, 0, .doc = "Another name of `key`." },
    { 0 },
};

static bool add_run(en_call *call)
{
    en_segment *segment = en_call_store(call);
    en_record record;
    en_text key = en_call_text(call, en_call_has(call, ADD_KEY) ? ADD_KEY : ADD_RECORD);
    return segment != NULL &&
           en_store_add(segment, en_call_text(call, ADD_STORE), key, en_call_value(call, ADD_DATA),
                        en_call_boolean(call, ADD_OVERWRITE), en_call_arena(call), &record,
                        en_call_error(call)) &&
           en_call_emit(call, record.value);
}

enum { UPDATE_STORE, UPDATE_RECORD, UPDATE_DATA, UPDATE_UPSERT };
static const en_param update_takes[] = {
    [UPDATE_STORE] = STORE_PARAM,
    [UPDATE_RECORD] = RECORD_PARAM,
    [UPDATE_DATA] = { "data", EN_T_COLLECTION, EN_REQUIRED,
                      .doc = "The fields to change; the others stay." },
    [UPDATE_UPSERT] = { "upsert", EN_T_BOOLEAN, 0, .fallback = "false",
                        .doc = "Create the record if it is not there; else that is an error." },
    { 0 },
};

static bool update_run(en_call *call)
{
    en_segment *segment = en_call_store(call);
    en_record record;
    return segment != NULL &&
           en_store_update(segment, en_call_text(call, UPDATE_STORE),
                           en_call_text(call, UPDATE_RECORD), en_call_value(call, UPDATE_DATA),
                           en_call_boolean(call, UPDATE_UPSERT), en_call_arena(call), &record,
                           en_call_error(call)) &&
           en_call_emit(call, record.value);
}

enum { ONE_STORE, ONE_RECORD };
static const en_param one_takes[] = {
    [ONE_STORE] = STORE_PARAM,
    [ONE_RECORD] = RECORD_PARAM,
    { 0 },
};

static bool get_run(en_call *call)
{
    en_segment *segment = en_call_store(call);
    en_record record;
    return segment != NULL &&
           en_store_get(segment, en_call_text(call, ONE_STORE), en_call_text(call, ONE_RECORD),
                        en_call_arena(call), &record, en_call_error(call)) &&
           en_call_emit(call, record.found ? record.value : en_null());
}

static bool exist_run(en_call *call)
{
    en_segment *segment = en_call_store(call);
    en_record record;
    return segment != NULL &&
           en_store_get(segment, en_call_text(call, ONE_STORE), en_call_text(call, ONE_RECORD),
                        en_call_arena(call), &record, en_call_error(call)) &&
           emit_one(call, "exist", en_boolean(record.found));
}

static bool delete_run(en_call *call)
{
    en_segment *segment = en_call_store(call);
    uint64_t deleted = 0;
    return segment != NULL &&
           en_store_delete(segment, en_call_text(call, ONE_STORE), en_call_text(call, ONE_RECORD),
                           &deleted, en_call_error(call)) &&
           emit_one(call, "deleted", en_number((double)deleted));
}

enum { CLEAR_STORE };
static const en_param clear_takes[] = {
    [CLEAR_STORE] = STORE_PARAM,
    { 0 },
};

static bool clear_run(en_call *call)
{
    en_segment *segment = en_call_store(call);
    uint64_t deleted = 0;
    return segment != NULL &&
           en_store_clear(segment, en_call_text(call, CLEAR_STORE), &deleted,
                          en_call_error(call)) &&
           emit_one(call, "deleted", en_number((double)deleted));
}

/* --- search and count --- */

enum { SEARCH_STORE, SEARCH_FILTER, SEARCH_LIMIT, SEARCH_SORT };
static const char *const directions[] = { "asc", "desc", NULL };
static const en_param sort_fields[] = {
    { "field", EN_T_TEXT, EN_REQUIRED, .doc = "Field to sort by." },
    { "direction", EN_T_TEXT, 0, .fallback = "\"asc\"", .choices = directions,
      .doc = "asc or desc." },
    { 0 },
};
static const en_param search_takes[] = {
    [SEARCH_STORE] = STORE_PARAM,
    [SEARCH_FILTER] = { "filter", EN_T_FILTER, 0,
                        .doc =
                            "Conditions: OR between the groups, AND inside; none: all records." },
    [SEARCH_LIMIT] = { "limit", EN_T_COUNT | EN_T_NULL, 0, .doc = "At most so many; none: all." },
    [SEARCH_SORT] = { "sort", EN_T_ARRAY | EN_T_NULL, 0, .fields = sort_fields,
                      .doc = "Fields in order of weight, applied before the limit." },
    { 0 },
};

static bool read_sort(en_call *call, en_query *query)
{
    en_value list = en_call_value(call, SEARCH_SORT);
    size_t count = list.tag == EN_ARRAY ? list.length : 0;
    en_sort *sort = EN_TRY_ARRAY(en_call_arena(call), en_sort, count);
    en_error *error = en_call_error(call);
    for (size_t i = 0; sort != NULL && i < count; i++) {
        en_value field = en_collection_find(list.as.items[i], EN_TEXT("field"));
        en_text direction =
            en_value_text(en_collection_find(list.as.items[i], EN_TEXT("direction")));
        bool descending = en_text_equal_nocase(direction, EN_TEXT("desc"));
        bool known =
            descending || direction.length == 0 || en_text_equal_nocase(direction, EN_TEXT("asc"));
        if (field.tag != EN_TEXT_VALUE || field.length == 0 || !known) {
            en_error_set(error, EN_BundleValidationError,
                         "expected {\"field\": name, \"direction\": \"asc\" or \"desc\"}");
            en_error_prefix_index(error, i);
            en_error_prefix_path(error, EN_TEXT("sort"));
            return false;
        }
        sort[i] = (en_sort){ en_value_text(field), descending };
    }
    query->sort = sort;
    query->sort_count = sort != NULL ? count : 0;
    return true;
}

static bool search_run(en_call *call)
{
    en_query query = { .filter = *en_call_filter(call, SEARCH_FILTER),
                       .limit = UINT64_MAX,
                       .count_only = en_call_wants_count(call),
                       .spool = en_call_spool(call) };
    if (en_call_has(call, SEARCH_LIMIT)) {
        query.limit = en_call_count(call, SEARCH_LIMIT);
    }
    en_segment *segment = read_sort(call, &query) ? en_call_store(call) : NULL;
    en_found found;
    return segment != NULL &&
           en_store_search(segment, en_call_text(call, SEARCH_STORE), &query, en_call_arena(call),
                           &found, en_call_error(call)) &&
           (query.count_only ? en_call_emit_count(call, found.count)
                             : en_call_emit_list(call, found.records));
}

enum { COUNT_STORE, COUNT_FILTER };
static const en_param count_takes[] = {
    [COUNT_STORE] = STORE_PARAM,
    [COUNT_FILTER] = { "filter", EN_T_FILTER, 0, .doc = "Conditions; none: all records." },
    { 0 },
};
static const en_param count_gives[] = {
    { "count", EN_T_COUNT, EN_REQUIRED, .doc = "How many records there are." },
    { 0 },
};
static const en_param exist_gives[] = {
    { "exist", EN_T_BOOLEAN, EN_REQUIRED, .doc = "Whether the record is there." },
    { 0 },
};

static bool count_run(en_call *call)
{
    en_query query = { .filter = *en_call_filter(call, COUNT_FILTER),
                       .limit = UINT64_MAX,
                       .count_only = true };
    en_segment *segment = en_call_store(call);
    en_found found;
    return segment != NULL &&
           en_store_search(segment, en_call_text(call, COUNT_STORE), &query, en_call_arena(call),
                           &found, en_call_error(call)) &&
           emit_one(call, "count", en_number((double)found.count));
}

/* --- single steps that need no search before them --- */

enum { INCREMENT_STORE, INCREMENT_RECORD, INCREMENT_FIELD, INCREMENT_BY, INCREMENT_UPSERT };
static const en_param increment_takes[] = {
    [INCREMENT_STORE] = STORE_PARAM,
    [INCREMENT_RECORD] = RECORD_PARAM,
    [INCREMENT_FIELD] = { "field", EN_T_TEXT, EN_REQUIRED, .doc = "A number field." },
    [INCREMENT_BY] = { "by", EN_T_NUMBER, 0, .fallback = "1", .doc = "What to add." },
    [INCREMENT_UPSERT] = { "upsert", EN_T_BOOLEAN, 0, .fallback = "false",
                           .doc = "Create the record if it is not there." },
    { 0 },
};
static const en_param increment_gives[] = {
    { "value", EN_T_NUMBER, EN_REQUIRED, .doc = "The field's new value." },
    { 0 },
};

static bool increment_run(en_call *call)
{
    en_segment *segment = en_call_store(call);
    en_value value;
    return segment != NULL &&
           en_store_increment(
               segment, en_call_text(call, INCREMENT_STORE), en_call_text(call, INCREMENT_RECORD),
               en_call_text(call, INCREMENT_FIELD), en_call_value(call, INCREMENT_BY),
               en_call_boolean(call, INCREMENT_UPSERT), en_call_arena(call), &value,
               en_call_error(call)) &&
           emit_one(call, "value", value);
}

enum { SWAP_STORE, SWAP_RECORD, SWAP_EXPECTED, SWAP_DATA, SWAP_UPSERT };
static const en_param swap_takes[] = {
    [SWAP_STORE] = STORE_PARAM,
    [SWAP_RECORD] = RECORD_PARAM,
    [SWAP_EXPECTED] = { "expected", EN_T_COLLECTION | EN_T_NULL, EN_REQUIRED | EN_MAY_BE_EMPTY,
                        .doc = "Fields as they must be now; empty: the record must not be there." },
    [SWAP_DATA] = { "data", EN_T_COLLECTION, EN_REQUIRED, .doc = "The fields to change." },
    [SWAP_UPSERT] = { "upsert", EN_T_BOOLEAN, 0, .fallback = "false",
                      .doc = "Create the record if it is not there." },
    { 0 },
};
static const en_param swap_gives[] = {
    { "swapped", EN_T_BOOLEAN, EN_REQUIRED, .doc = "Whether the fields were as expected." },
    { "record", EN_T_COLLECTION | EN_T_NULL, 0, .doc = "The record as it is now." },
    { 0 },
};

static bool swap_run(en_call *call)
{
    en_segment *segment = en_call_store(call);
    en_record record;
    bool swapped = false;
    if (segment == NULL || !en_store_compare_and_set(
                               segment, en_call_text(call, SWAP_STORE),
                               en_call_text(call, SWAP_RECORD), en_call_value(call, SWAP_EXPECTED),
                               en_call_value(call, SWAP_DATA), en_call_boolean(call, SWAP_UPSERT),
                               en_call_arena(call), &swapped, &record, en_call_error(call))) {
        return false;
    }
    en_collection_builder bundle;
    en_collection_builder_init(&bundle, en_call_arena(call));
    en_collection_builder_add(&bundle, EN_TEXT("swapped"), en_boolean(swapped));
    en_collection_builder_add(&bundle, EN_TEXT("record"), record.found ? record.value : en_null());
    return en_call_emit(call, en_collection_builder_take(&bundle));
}

static const en_module modules[] = {
    { .name = "addRecord",
      .version = 1,
      .flags = EN_WRITES,
      .takes = add_takes,
      .gives = record_gives,
      .run = add_run,
      .doc = "Adds a record, or replaces one." },
    { .name = "searchRecords",
      .version = 1,
      .emits = EN_EMITS_LIST,
      .flags = EN_READS,
      .takes = search_takes,
      .gives = record_gives,
      .run = search_run,
      .doc = "Finds the records that fit conditions." },
    { .name = "updateRecord",
      .version = 1,
      .flags = EN_WRITES,
      .takes = update_takes,
      .gives = record_gives,
      .run = update_run,
      .doc = "Changes fields of a record." },
    { .name = "deleteRecord",
      .version = 1,
      .flags = EN_WRITES,
      .takes = one_takes,
      .gives = deleted_gives,
      .run = delete_run,
      .doc = "Deletes a record." },
    { .name = "getRecord",
      .version = 1,
      .flags = EN_READS,
      .takes = one_takes,
      .gives = record_gives,
      .run = get_run,
      .doc = "Reads the record of a key." },
    { .name = "clearDataStore",
      .version = 1,
      .flags = EN_WRITES,
      .takes = clear_takes,
      .gives = deleted_gives,
      .run = clear_run,
      .doc = "Deletes all records of a store." },
    { .name = "countRecords",
      .version = 1,
      .flags = EN_READS,
      .takes = count_takes,
      .gives = count_gives,
      .run = count_run,
      .doc = "Counts the records that fit conditions." },
    { .name = "existRecord",
      .version = 1,
      .flags = EN_READS,
      .takes = one_takes,
      .gives = exist_gives,
      .run = exist_run,
      .doc = "Says whether a key has a record." },
    { .name = "incrementField",
      .version = 1,
      .flags = EN_WRITES,
      .takes = increment_takes,
      .gives = increment_gives,
      .run = increment_run,
      .doc = "Adds to a number field, exact under any concurrency." },
    { .name = "compareAndSet",
      .version = 1,
      .flags = EN_WRITES,
      .takes = swap_takes,
      .gives = swap_gives,
      .run = swap_run,
      .doc = "Changes a record only if it still is as expected." },
    { 0 },
};

const en_family en_family_datastore = {
    .name = "datastore",
    .modules = modules,
    .doc = "Records kept between runs, in typed tables.",
};

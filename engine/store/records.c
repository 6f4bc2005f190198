#include "store/records.h"

#include "value/json.h"
#include "value/number.h"

#include <math.h>
#include <string.h>

enum { DIRECT_LIMIT = 16, UNDECLARED = UINT16_MAX, LONGEST_NAMES = 4096 };

static const char no_memory[] = "a record of data store \"%.*s\" does not fit into memory";

bool en_field_is_json(const en_field *field)
{
    return field->type == EN_T_ARRAY || field->type == EN_T_COLLECTION || field->type == EN_T_ANY;
}

size_t en_table_field(const en_table *table, en_text name)
{
    const en_field *field = en_schema_field(table->schema, name);
    return field != NULL ? (size_t)(field - table->schema->fields) : SIZE_MAX;
}

/* Records tend to come with their members in one order: the field that stood at this position last
 * time is tried first. */
static size_t find_field(en_table *table, en_text name, uint32_t position)
{
    if (position >= table->hint_count) {
        return en_table_field(table, name);
    }
    size_t hint = table->hints[position];
    if (hint < table->schema->field_count &&
        en_text_equal(table->schema->fields[hint].name, name)) {
        return hint;
    }
    size_t found = en_table_field(table, name);
    if (found < UINT16_MAX) {
        table->hints[position] = (uint16_t)found;
    }
    return found;
}

/* --- what JSON can hold --- */

static bool is_exact_unsigned(en_value value)
{
    return value.tag == EN_NUMBER && value.form == EN_EXACT_UNSIGNED;
}

static bool is_finite(en_value value)
{
    return value.form != EN_DOUBLE || isfinite(value.as.number);
}

/* *foreign: it comes back from JSON as something else. */
static bool check_json(en_value value, unsigned depth, bool *foreign, en_error *error)
{
    if (depth > EN_JSON_DEPTH - 2) {
        return en_error_set(error, EN_DataError, "nested deeper than %d levels", EN_JSON_DEPTH - 2);
    }
    switch (value.tag) {
    case EN_NUMBER:
        return is_finite(value) ||
               en_error_set(error, EN_DataError, "a data store cannot hold NaN or infinity");
    case EN_NOTHING: /* as null */
    case EN_DATE:
    case EN_BUFFER:
        *foreign = true;
        return true;
    case EN_ARRAY:
        for (uint32_t i = 0; i < value.length; i++) {
            if (!check_json(value.as.items[i], depth + 1, foreign, error)) {
                return false;
            }
        }
        return true;
    case EN_COLLECTION:
        for (uint32_t i = 0; i < en_collection_count(value); i++) {
            const en_member *member = &en_collection_members(value)[i];
            if (!check_json(member->value, depth + 1, foreign, error)) {
                en_error_prefix_path(error, member->name);
                return false;
            }
        }
        return true;
    default:
        return true;
    }
}

/* The JSON text of a value, and the value as it will be read back. */
static bool make_json(en_table *table, en_value *value, en_arena *arena, en_text *json,
                      en_error *error)
{
    bool foreign = false;
    if (!check_json(*value, 0, &foreign, error)) {
        return false;
    }
    *json = en_json_text(&table->connection->scratch, *value, 0);
    if (json->length == 0) {
        return en_error_set(error, EN_DataError, no_memory, EN_TEXT_ARG(table->schema->name));
    }
    return !foreign || en_json_read(arena, *json, 0, EN_JSON_DEPTH, value, error);
}

/* --- taking data --- */

void en_row_clear(en_table *table, en_row *row)
{
    memset(row->cells, 0, table->schema->field_count * sizeof *row->cells);
    row->key = EN_TEXT("");
    row->extra = en_nothing();
    row->extra_json = (en_text){ 0 };
    row->bytes = 0;
    row->expires = en_nothing();
}

static bool coerce_field(const en_field *field, en_value value, en_arena *arena, en_value *cell,
                         en_error *error)
{
    if (en_is_missing(value)) {
        *cell = value;
        return true;
    }
    if (!en_coerce(arena, field->type, value, NULL, cell, error)) {
        en_error_prefix_path(error, field->name);
        return false;
    }
    if (cell->tag == EN_NUMBER && !is_finite(*cell)) {
        en_error_set(error, EN_DataError, "a data store cannot hold NaN or infinity");
        en_error_prefix_path(error, field->name);
        return false;
    }
    return true;
}

static void add_members(en_collection_builder *builder, en_value collection)
{
    const en_member *members = en_collection_members(collection);
    for (uint32_t i = 0; i < en_collection_count(collection); i++) {
        en_collection_builder_add(builder, members[i].name, members[i].value);
    }
}

bool en_row_take(en_table *table, en_row *row, en_value data, en_arena *arena, en_error *error)
{
    const en_schema *schema = table->schema;
    if (!en_is(data, EN_COLLECTION)) {
        en_error_set(error, EN_BundleValidationError, "expected a record (a collection) but got %s",
                     en_tag_name(data.tag));
        en_error_prefix_path(error, EN_TEXT("data"));
        return false;
    }
    if (schema->field_count == 0 && en_is_missing(row->extra)) {
        row->extra = data;
        return true;
    }
    const en_member *members = en_collection_members(data);
    en_collection_builder extras;
    en_collection_builder_init(&extras, arena);
    for (uint32_t i = 0; i < en_collection_count(data); i++) {
        size_t field = find_field(table, members[i].name, i);
        if (field != SIZE_MAX) {
            if (!coerce_field(&schema->fields[field], members[i].value, arena, &row->cells[field],
                              error)) {
                return false;
            }
            continue;
        }
        if (extras.count == 0) {
            add_members(&extras, row->extra);
        }
        en_collection_builder_add(&extras, members[i].name, members[i].value);
    }
    if (extras.failed) {
        return en_error_set(error, EN_DataError, no_memory, EN_TEXT_ARG(schema->name));
    }
    if (extras.count != 0) {
        row->extra = en_collection_builder_take(&extras);
    }
    return true;
}

void en_row_fill_defaults(en_table *table, en_row *row, bool nulls_stay)
{
    en_tag most = nulls_stay ? EN_NOTHING : EN_NULL;
    for (size_t i = 0; i < table->schema->field_count; i++) {
        if (row->cells[i].tag <= most) {
            row->cells[i] = table->schema->fields[i].fallback;
        }
    }
}

/* --- keys --- */

/* What the key comes from when none is given; missing or empty: it is generated. */
static en_value key_source(const en_table *table, const en_row *row, en_text *name)
{
    if (table->key_field != SIZE_MAX && !en_is_empty(row->cells[table->key_field])) {
        *name = table->schema->fields[table->key_field].name;
        return row->cells[table->key_field];
    }
    *name = EN_TEXT("id");
    return table->id_field != SIZE_MAX ? row->cells[table->id_field]
                                       : en_collection_find(row->extra, *name);
}

static bool key_text(en_value value, en_arena *arena, en_text *text)
{
    char room[EN_NUMBER_ROOM];
    char iso[EN_ISO_ROOM];
    switch (value.tag) {
    case EN_TEXT_VALUE:
        *text = en_value_text(value);
        return true;
    case EN_NUMBER:
        *text = en_text_copy(arena, (en_text){ room, en_number_print(value, room) });
        return true;
    case EN_DATE:
        *text = en_text_copy(arena, (en_text){ iso, en_date_print_iso(value.as.date_ms, iso) });
        return true;
    case EN_BOOLEAN:
        *text = value.as.boolean ? EN_TEXT("true") : EN_TEXT("false");
        return true;
    default:
        return false;
    }
}

/* A record made under a given key holds it in its key field too, if that is required and the data say
 * nothing of it; a key that the field cannot take leaves the field empty. */
static void fill_key_field(en_table *table, en_row *row, en_text key, en_arena *arena)
{
    if (table->key_field == SIZE_MAX || !en_is_missing(row->cells[table->key_field])) {
        return;
    }
    const en_field *field = &table->schema->fields[table->key_field];
    en_value value;
    en_error unfit;
    en_error_clear(&unfit);
    if (field->required &&
        en_coerce(arena, field->type, en_text_value(key), NULL, &value, &unfit)) {
        row->cells[table->key_field] = value;
    }
}

bool en_row_choose_key(en_table *table, en_row *row, en_text given, const en_store_run *run,
                       en_arena *arena, en_error *error)
{
    en_text name;
    row->has_made_key = false;
    if (given.length != 0) {
        row->key = given;
        fill_key_field(table, row, given, arena);
        return true;
    }
    en_value source = key_source(table, row, &name);
    if (en_is_empty(source)) {
        row->key = en_random_unique_id(run->random, run->now_ms, arena);
        row->has_made_key = true;
        return true;
    }
    if (!key_text(source, arena, &row->key)) {
        en_error_set(error, EN_BundleValidationError,
                     "the key of a record must be a text or a number, not %s",
                     en_tag_name(source.tag));
        en_error_prefix_path(error, name);
        return false;
    }
    return true;
}

bool en_row_keep_key(en_table *table, const en_row *before, const en_row *row, en_error *error)
{
    en_arena *scratch = &table->connection->scratch;
    en_text name;
    en_text new_name;
    en_text old_text;
    en_text new_text;
    if (!key_text(key_source(table, before, &name), scratch, &old_text) ||
        !en_text_equal(old_text, before->key)) {
        return true; /* the key was given or generated */
    }
    en_value source = key_source(table, row, &new_name);
    if (en_text_equal(name, new_name) && key_text(source, scratch, &new_text) &&
        en_text_equal(new_text, before->key)) {
        return true;
    }
    en_error_set(error, EN_DataError, "the key of a record never changes: \"%.*s\" is the key",
                 EN_TEXT_ARG(before->key));
    en_error_prefix_path(error, name);
    return false;
}

/* --- finishing --- */

static bool refuse_undeclared(en_table *table, en_text name, en_error *error)
{
    const en_schema *schema = table->schema;
    en_error_set(error, EN_BundleValidationError, "data store \"%.*s\" has no field \"%.*s\"",
                 EN_TEXT_ARG(schema->name), EN_TEXT_ARG(name));
    en_error_prefix_path(error, name);
    size_t count = schema->field_count < LONGEST_NAMES ? schema->field_count : LONGEST_NAMES;
    en_text *names = EN_TRY_ARRAY(&table->connection->scratch, en_text, count + 1);
    for (size_t i = 0; names != NULL && i < count; i++) {
        names[i] = schema->fields[i].name;
    }
    size_t nearest = names != NULL ? en_text_nearest(name, names, count) : SIZE_MAX;
    if (nearest != SIZE_MAX) {
        en_error_hint(error, "did you mean \"%.*s\"?", EN_TEXT_ARG(names[nearest]));
    }
    return false;
}

/* A strict store takes its own `id` and `recordId` back: they repeat the key. */
static bool check_strict(en_table *table, en_row *row, en_error *error)
{
    const en_member *members = en_collection_members(row->extra);
    if (!table->schema->strict || !table->schema->has_structure) {
        return true;
    }
    for (uint32_t i = 0; i < en_collection_count(row->extra); i++) {
        en_text text;
        bool names_key = en_text_equal(members[i].name, EN_TEXT("id")) ||
                         en_text_equal(members[i].name, EN_TEXT("recordId"));
        if (!names_key || !key_text(members[i].value, &table->connection->scratch, &text) ||
            !en_text_equal(text, row->key)) {
            return refuse_undeclared(table, members[i].name, error);
        }
    }
    row->extra = en_nothing();
    return true;
}

static bool lives_in_extra(const en_table *table, const en_row *row, size_t field)
{
    return (table->slots[field] == 0 && !en_is_missing(row->cells[field])) ||
           is_exact_unsigned(row->cells[field]);
}

static bool make_extra(en_table *table, en_row *row, bool has_hidden, en_arena *arena,
                       en_error *error)
{
    if (!check_strict(table, row, error)) {
        return false;
    }
    if (!has_hidden) {
        if (en_collection_count(row->extra) == 0) {
            return true;
        }
        if (!make_json(table, &row->extra, arena, &row->extra_json, error)) {
            return false;
        }
        row->bytes += row->extra_json.length;
        return true;
    }
    en_collection_builder members;
    en_collection_builder_init(&members, &table->connection->scratch);
    for (size_t i = 0; i < table->schema->field_count; i++) {
        if (lives_in_extra(table, row, i)) {
            en_collection_builder_add(&members, table->schema->fields[i].name, row->cells[i]);
        }
    }
    add_members(&members, row->extra);
    en_value extra = en_collection_builder_take(&members);
    if (!make_json(table, &extra, arena, &row->extra_json, error)) {
        return false;
    }
    row->bytes += row->extra_json.length;
    return true;
}

static uint64_t size_of_cell(const en_row *row, size_t field)
{
    en_value cell = row->cells[field];
    switch (cell.tag) {
    case EN_TEXT_VALUE:
        return (uint64_t)cell.length + 2;
    case EN_BUFFER:
        return cell.length;
    case EN_NUMBER:
        return 8;
    case EN_BOOLEAN:
        return 5;
    default: /* a date in its quotes */
        return 26;
    }
}

bool en_row_finish(en_table *table, en_row *row, en_arena *arena, en_error *error)
{
    const en_schema *schema = table->schema;
    bool has_hidden = false;
    row->bytes = row->key.length;
    row->extra_json = (en_text){ 0 };
    for (size_t i = 0; i < schema->field_count; i++) {
        const en_field *field = &schema->fields[i];
        if (row->cells[i].tag <= EN_NULL) {
            if (field->required) {
                en_error_set(error, EN_BundleValidationError,
                             "field \"%.*s\" of data store \"%.*s\" is required",
                             EN_TEXT_ARG(field->name), EN_TEXT_ARG(schema->name));
                en_error_prefix_path(error, field->name);
                return false;
            }
            continue;
        }
        row->bytes += field->name.length + 4;
        if (!en_field_is_json(field)) {
            row->bytes += size_of_cell(row, i);
        } else if (make_json(table, &row->cells[i], arena, &row->json[i], error)) {
            row->bytes += row->json[i].length;
        } else {
            en_error_prefix_path(error, field->name);
            return false;
        }
        has_hidden = has_hidden || lives_in_extra(table, row, i);
    }
    return (!has_hidden && row->extra.tag != EN_COLLECTION) ||
           make_extra(table, row, has_hidden, arena, error);
}

void en_row_set_expiry(en_table *table, en_row *row, int64_t now_ms)
{
    const en_schema *schema = table->schema;
    row->expires = en_nothing();
    if (table->ttl_field != SIZE_MAX) {
        row->expires = row->cells[table->ttl_field];
    } else if (schema->ttl_ms != 0) {
        row->expires = en_date(now_ms + schema->ttl_ms);
    }
}

/* --- binding and reading --- */

void en_row_bind_field(en_table *table, const en_row *row, size_t field, en_statement *statement,
                       int index)
{
    if (en_field_is_json(&table->schema->fields[field]) && !en_is_missing(row->cells[field])) {
        en_statement_bind_text(statement, index, row->json[field]);
    } else {
        en_statement_bind(statement, index, row->cells[field]);
    }
}

void en_row_bind(en_table *table, const en_row *row, en_statement *statement)
{
    en_statement_bind_text(statement, EN_AT_KEY, row->key);
    if (row->extra_json.data != NULL) {
        en_statement_bind_text(statement, EN_AT_EXTRA, row->extra_json);
    } else {
        en_statement_bind_null(statement, EN_AT_EXTRA);
    }
    en_statement_bind_integer(statement, EN_AT_BYTES, (int64_t)row->bytes);
    for (size_t i = 0; i < table->schema->field_count; i++) {
        if (table->slots[i] != 0) {
            en_row_bind_field(table, row, i, statement, table->slots[i]);
        }
    }
    if (table->expires) {
        en_statement_bind(statement, table->slot_count, row->expires);
    }
}

static bool read_json(const en_table *table, const en_row *row, en_text json, en_text name,
                      en_arena *arena, en_value *value, en_error *error)
{
    if (en_json_read(arena, json, 0, EN_JSON_DEPTH, value, NULL)) {
        return true;
    }
    en_error_set(error, EN_DataError,
                 "record \"%.*s\" of data store \"%.*s\" holds text that is not JSON",
                 EN_TEXT_ARG(row->key), EN_TEXT_ARG(table->schema->name));
    en_error_prefix_path(error, name);
    return false;
}

static bool read_cell(const en_table *table, en_statement *statement, en_row *row, size_t field,
                      en_arena *arena, en_error *error)
{
    const en_field *about = &table->schema->fields[field];
    int column = table->slots[field] - 1;
    en_value value = en_statement_value(statement, column);
    switch (value.tag) {
    case EN_TEXT_VALUE:
        if (en_field_is_json(about)) {
            return read_json(table, row, en_value_text(value), about->name, arena,
                             &row->cells[field], error);
        }
        row->cells[field] = en_text_value(en_text_copy(arena, en_value_text(value)));
        return true;
    case EN_BUFFER:
        row->cells[field] = en_buffer(en_text_copy(arena, en_value_text(value)));
        return true;
    case EN_NUMBER:
        if (about->type == EN_T_DATE) {
            value = en_date(en_statement_integer(statement, column));
        } else if (about->type == EN_T_BOOLEAN) {
            value = en_boolean(en_statement_integer(statement, column) != 0);
        }
        break;
    default:
        break;
    }
    row->cells[field] = value;
    return true;
}

/* Declared fields that live in _extra go back to their cells. */
static void sort_out_extra(en_table *table, en_row *row, en_arena *arena)
{
    const en_member *members = en_collection_members(row->extra);
    uint32_t count = en_collection_count(row->extra);
    en_collection_builder kept;
    en_collection_builder_init(&kept, arena);
    bool moved = false;
    for (uint32_t i = 0; i < count; i++) {
        size_t field = en_table_field(table, members[i].name);
        if (field == SIZE_MAX) {
            en_collection_builder_add(&kept, members[i].name, members[i].value);
            continue;
        }
        moved = true;
        if (!coerce_field(&table->schema->fields[field], members[i].value, arena,
                          &row->cells[field], NULL)) {
            row->cells[field] = members[i].value;
        }
    }
    if (moved) {
        row->extra = kept.count != 0 ? en_collection_builder_take(&kept) : en_nothing();
    }
}

bool en_row_read(en_table *table, en_statement *statement, en_row *row, en_arena *arena,
                 en_error *error)
{
    en_row_clear(table, row);
    row->key = en_text_copy(arena, en_statement_text(statement, EN_AT_KEY - 1));
    row->bytes = (uint64_t)en_statement_integer(statement, EN_AT_BYTES - 1);
    for (size_t i = 0; i < table->schema->field_count; i++) {
        if (table->slots[i] != 0 && !read_cell(table, statement, row, i, arena, error)) {
            return false;
        }
    }
    if (en_statement_is_null(statement, EN_AT_EXTRA - 1)) {
        return true;
    }
    if (!read_json(table, row, en_statement_text(statement, EN_AT_EXTRA - 1), EN_TEXT("_extra"),
                   arena, &row->extra, error)) {
        return false;
    }
    if (table->schema->field_count != 0) {
        sort_out_extra(table, row, arena);
    }
    return true;
}

/* --- values --- */

static size_t list_members(const en_table *table, const en_row *row, bool with_key,
                           en_member *members)
{
    size_t count = 0;
    for (size_t i = 0; i < table->schema->field_count; i++) {
        if (row->cells[i].tag > EN_NULL) {
            members[count++] = (en_member){ table->schema->fields[i].name, row->cells[i] };
        }
    }
    uint32_t extras = en_collection_count(row->extra);
    if (extras != 0) {
        memcpy(&members[count], en_collection_members(row->extra), extras * sizeof *members);
        count += extras;
    }
    if (with_key && table->id_field == SIZE_MAX && !en_collection_has(row->extra, EN_TEXT("id"))) {
        members[count++] = (en_member){ EN_TEXT("id"), en_text_value(row->key) };
    }
    if (with_key && !table->shadows_record_id &&
        !en_collection_has(row->extra, EN_TEXT("recordId"))) {
        members[count++] = (en_member){ EN_TEXT("recordId"), en_text_value(row->key) };
    }
    return count;
}

static en_value make_collection(en_arena *arena, en_member *members, size_t count)
{
    if (count > DIRECT_LIMIT) { /* large ones carry an index of their names */
        en_collection_builder builder;
        en_collection_builder_init(&builder, arena);
        for (size_t i = 0; i < count; i++) {
            en_collection_builder_add(&builder, members[i].name, members[i].value);
        }
        return en_collection_builder_take(&builder);
    }
    en_collection *collection = en_arena_alloc(arena, sizeof *collection);
    *collection = (en_collection){ .count = (uint32_t)count, .members = members };
    return (en_value){ .tag = EN_COLLECTION, .as.collection = collection };
}

en_value en_row_value(const en_table *table, const en_row *row, en_record_shape shape,
                      en_arena *arena)
{
    size_t most = table->schema->field_count + en_collection_count(row->extra) + 2;
    en_member *members = EN_TRY_ARRAY(arena, en_member, most);
    if (members == NULL) {
        return en_null(); /* the arena carries the mark */
    }
    size_t count = list_members(table, row, shape == EN_RECORD_FLAT, members);
    en_value fields = make_collection(arena, members, count);
    if (shape == EN_RECORD_FLAT) {
        return fields;
    }
    en_member *pair = en_arena_alloc(arena, 2 * sizeof *pair);
    pair[0] = (en_member){ EN_TEXT("key"), en_text_value(row->key) };
    pair[1] = (en_member){ EN_TEXT("data"), fields };
    return make_collection(arena, pair, 2);
}

en_value en_row_field(const en_table *table, const en_row *row, en_text name)
{
    size_t field = en_table_field(table, name);
    if (field != SIZE_MAX) {
        return row->cells[field];
    }
    if (en_collection_has(row->extra, name)) {
        return en_collection_find(row->extra, name);
    }
    bool names_key = en_text_equal(name, EN_TEXT("id")) || en_text_equal(name, EN_TEXT("recordId"));
    return names_key ? en_text_value(row->key) : en_nothing();
}

#include "store/load.h"

#include "store/catalog.h"
#include "store/layout.h"
#include "store/records.h"
#include "store/table.h"

#include <string.h>

enum { FIRST_SLOTS = 1 << 12, MOST_SETS = 64 };

/* Hashes of the values of one index; 0 is an empty slot. */
typedef struct set {
    en_arena arena;
    uint64_t *slots;
    size_t capacity; /* a power of two */
    size_t count;
} set;

struct en_load {
    en_arena arena; /* it lies in it */
    size_t bytes;   /* of all sets */
    size_t count;
    bool is_keyed; /* see is_key */
    set *sets;     /* of the key, of each unique field, of each unique list */
};

/* --- sets --- */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

static uint64_t hash_bytes(uint64_t hash, en_text bytes)
{
    size_t at = 0;
    uint64_t word;
    for (; at + sizeof word <= bytes.length; at += sizeof word) {
        memcpy(&word, bytes.data + at, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    if (at < bytes.length) {
        memcpy(&word, bytes.data + at, bytes.length - at);
    }
    return mix(mix(hash, word), bytes.length);
}

/* Equal values in a column have equal hashes: numbers by their nearest real. */
static uint64_t hash_cell(uint64_t hash, const en_row *row, size_t field)
{
    en_value cell = row->cells[field];
    double number;
    uint64_t word = 0;
    switch (cell.tag) {
    case EN_NUMBER:
        number = en_value_number(cell) + 0.0; /* no -0 */
        memcpy(&word, &number, sizeof word);
        return mix(hash, word);
    case EN_DATE:
        return mix(hash, (uint64_t)cell.as.date_ms);
    case EN_BOOLEAN:
        return mix(hash, cell.as.boolean);
    case EN_TEXT_VALUE:
    case EN_BUFFER:
        return hash_bytes(hash, en_value_text(cell));
    default:
        return hash_bytes(hash, row->json[field]);
    }
}

/* Where the hash is or belongs. */
static size_t find_slot(const set *in, uint64_t hash)
{
    size_t at = (size_t)hash & (in->capacity - 1);
    while (in->slots[at] != 0 && in->slots[at] != hash) {
        at = (at + 1) & (in->capacity - 1);
    }
    return at;
}

static bool grow(en_load *load, set *in)
{
    size_t capacity = in->capacity != 0 ? in->capacity * 2 : FIRST_SLOTS;
    size_t added = (capacity - in->capacity) * sizeof *in->slots;
    set grown = { .capacity = capacity, .count = in->count };
    if (load->bytes + added > EN_LOAD_BYTES) {
        return false;
    }
    en_arena_init(&grown.arena, NULL);
    grown.slots = EN_TRY_ARRAY(&grown.arena, uint64_t, capacity);
    if (grown.slots == NULL) {
        return false;
    }
    memset(grown.slots, 0, capacity * sizeof *grown.slots);
    for (size_t i = 0; i < in->capacity; i++) {
        if (in->slots[i] != 0) {
            grown.slots[find_slot(&grown, in->slots[i])] = in->slots[i];
        }
    }
    en_arena_done(&in->arena);
    *in = grown;
    load->bytes += added;
    return true;
}

/* False: it may have been there, or there is no room. */
static bool add_hash(en_load *load, set *to, uint64_t hash)
{
    hash += hash == 0;
    if (to->count >= to->capacity / 4 * 3 && !grow(load, to)) {
        return false;
    }
    size_t at = find_slot(to, hash);
    bool is_new = to->slots[at] == 0;
    to->slots[at] = hash;
    to->count += is_new;
    return is_new;
}

static en_load *new_load(const en_table *table)
{
    const en_schema *schema = table->schema;
    en_arena arena;
    size_t unique_fields = 0;
    for (size_t i = 0; i < schema->field_count; i++) {
        unique_fields += schema->fields[i].unique;
    }
    size_t count = 1 + unique_fields + schema->unique_count;
    if (count > MOST_SETS) {
        return NULL;
    }
    en_arena_init(&arena, NULL);
    en_load *load = EN_NEW(&arena, en_load);
    load->arena = arena;
    load->count = count;
    load->is_keyed = true;
    load->sets = en_arena_zero(&load->arena, count * sizeof *load->sets);
    for (size_t i = 0; i < count; i++) {
        en_arena_init(&load->sets[i].arena, NULL);
    }
    return load;
}

void en_load_free(en_load *load)
{
    if (load == NULL) {
        return;
    }
    for (size_t i = 0; i < load->count; i++) {
        en_arena_done(&load->sets[i].arena);
    }
    en_arena arena = load->arena;
    en_arena_done(&arena);
}

/* --- rows --- */

/* Missing values clash with nothing. */
static bool add_list(en_load *load, set *to, const en_table *table, const en_text *names,
                     size_t count)
{
    uint64_t hash = count;
    for (size_t i = 0; i < count; i++) {
        size_t field = en_table_field(table, names[i]);
        if (en_is_missing(table->row.cells[field])) {
            return true;
        }
        hash = hash_cell(hash, &table->row, field);
    }
    return add_hash(load, to, hash);
}

/* Most records have the text of the first unique field as their key: then two of its values differ
 * if the keys do, and need no set of their own. */
static bool is_key(const en_table *table, size_t field)
{
    en_value cell = table->row.cells[field];
    return table->load->is_keyed && field == table->key_field && en_is(cell, EN_TEXT_VALUE) &&
           en_text_equal(en_value_text(cell), table->row.key);
}

static bool add_field(const en_table *table, set *to, size_t field)
{
    en_load *load = table->load;
    if (is_key(table, field) || en_is_missing(table->row.cells[field])) {
        return true;
    }
    if (field == table->key_field && load->is_keyed) {
        load->is_keyed = false;
        if (load->sets[0].count > 1) {
            return false; /* the values before this one are in no set */
        }
    }
    return add_list(load, to, table, &table->schema->fields[field].name, 1);
}

static bool add_row(const en_table *table)
{
    en_load *load = table->load;
    const en_schema *schema = table->schema;
    size_t at = 1;
    bool is_new = add_hash(load, &load->sets[0], hash_bytes(0, table->row.key));
    for (size_t i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].unique) {
            is_new = add_field(table, &load->sets[at++], i) && is_new;
        }
    }
    for (size_t i = 0; i < schema->unique_count; i++) {
        const en_field_list *list = &schema->uniques[i];
        is_new = add_list(load, &load->sets[at++], table, list->names, list->count) && is_new;
    }
    return is_new;
}

bool en_load_check(en_table *table, en_error *error)
{
    return table->load == NULL || add_row(table) || en_load_leave(table, error);
}

/* --- beginning and leaving --- */

static bool make_bare(en_table *table, en_error *error)
{
    en_builder sql;
    en_builder_init(&sql, &table->connection->scratch);
    en_builder_add(&sql, EN_TEXT("DROP TABLE "));
    en_builder_add(&sql, table->quoted);
    return en_sql_run(table->connection->db, &sql, error) && en_table_create_bare(table, error) &&
           en_catalog_update(table, error);
}

static bool build_all(en_table *table, en_error *error)
{
    en_error cause;
    en_error_clear(&cause);
    if (en_table_build_indexes(table, &cause)) {
        return en_catalog_update(table, error);
    }
    bool is_clash = cause.type == EN_StoreUnavailableError && strstr(cause.message, "UNIQUE");
    if (!is_clash) {
        if (error != NULL && !en_error_is_set(error)) {
            *error = cause;
        }
        return false;
    }
    en_error_set(error, EN_InconsistencyError,
                 "data store \"%.*s\" lacks a unique index, and it holds values twice, so that it "
                 "cannot be built",
                 EN_TEXT_ARG(table->schema->name));
    return false;
}

static bool change(en_table *table, bool (*what)(en_table *table, en_error *error), en_error *error)
{
    en_db *db = table->connection->db;
    if (!en_db_savepoint(db, EN_SAVEPOINT_CHANGE, error)) {
        return false;
    }
    if (!what(table, error)) {
        en_db_rollback_to(db, EN_SAVEPOINT_CHANGE);
        return false;
    }
    return en_db_release(db, EN_SAVEPOINT_CHANGE, error);
}

bool en_load_leave(en_table *table, en_error *error)
{
    if (table->load == NULL) {
        return true;
    }
    table->fresh = true;       /* its generation is another one */
    en_load_free(table->load); /* the memory is needed for sorting */
    table->load = NULL;
    return change(table, build_all, error);
}

bool en_load_heal(en_table *table, bool *healed, en_error *error)
{
    bool complete = false;
    if (!en_table_has_indexes(table, &complete, error)) {
        return false;
    }
    *healed = !complete;
    return complete || change(table, build_all, error);
}

bool en_sqlite_load_begin(en_segment *base, en_text store, bool *begun, en_error *error)
{
    en_sqlite_segment *segment = (en_sqlite_segment *)base;
    en_table *table = NULL;
    bool empty = false;
    *begun = false;
    if (!en_operation_begin(segment, EN_OPERATION_MAKE, store, &table, error)) {
        return false;
    }
    if (!en_table_is_empty(table, &empty, error)) {
        return en_operation_end(segment, false, error);
    }
    en_load *load = empty && table->load == NULL ? new_load(table) : NULL;
    if (load == NULL) {
        return true;
    }
    table->fresh = true;
    en_table_close_statements(table);
    if (!change(table, make_bare, error)) {
        en_load_free(load);
        return en_operation_end(segment, false, error);
    }
    table->load = load;
    *begun = true;
    return true;
}

bool en_sqlite_load_end(en_segment *base, en_text store, en_error *error)
{
    en_sqlite_segment *segment = (en_sqlite_segment *)base;
    en_table *table = NULL;
    if (!en_operation_begin(segment, EN_OPERATION_CHANGE, store, &table, error)) {
        return false;
    }
    return en_operation_end(segment, table == NULL || en_load_leave(table, error), error);
}

/* The operations that write records: each is one statement that writes, so that it happens or not.
 */
#include "base/clock.h"
#include "store/conflict.h"
#include "store/journal.h"
#include "store/load.h"
#include "store/records.h"
#include "store/table.h"
#include "value/json.h"

#include <string.h>

enum { SWEEP_EVERY_MS = 60000, SWEEP_AT_ONCE = 1000 };

static en_sqlite_segment *own(en_segment *segment)
{
    return (en_sqlite_segment *)segment;
}

/* --- counters --- */

/* The shell bypasses the counters, so they never go below zero here. */
void en_table_count_change(en_table *table, int64_t records, uint64_t new_bytes, uint64_t old_bytes)
{
    if (records >= 0 || table->count != 0) {
        table->count = records < 0 ? table->count - 1 : table->count + (uint64_t)records;
    }
    table->bytes -= old_bytes < table->bytes ? old_bytes : table->bytes;
    table->bytes += new_bytes;
    table->dirty = true;
}

/* --- expiry --- */

/* One step of a DELETE … RETURNING _bytes. */
static bool delete_row(en_table *table, en_statement *remove, uint64_t *deleted, bool *more,
                       en_error *error)
{
    en_stepped step = en_statement_step(remove, error);
    *more = step == EN_STEP_ROW;
    if (*more) {
        en_table_count_change(table, -1, 0, (uint64_t)en_statement_integer(remove, 0));
        ++*deleted;
    }
    return step == EN_STEP_DONE || *more;
}

static bool delete_rows(en_table *table, en_statement *remove, uint64_t *deleted, en_error *error)
{
    bool more = true;
    *deleted = 0;
    while (more) {
        if (!delete_row(table, remove, deleted, &more, error)) {
            return false;
        }
    }
    return true;
}

/* What has expired blocks neither key nor unique values. */
static bool clear_way(en_table *table, const en_row *row, int64_t now_ms, uint64_t *cleared,
                      en_error *error)
{
    en_statement *clear = NULL;
    *cleared = 0;
    if (!table->expires) {
        return true;
    }
    if (!en_table_statement_get(table, EN_SQL_CLEAR, &clear, error)) {
        return false;
    }
    const en_schema *schema = table->schema;
    en_statement_bind_text(clear, EN_AT_KEY, row->key);
    for (size_t i = 0; i < schema->field_count; i++) {
        if (en_schema_is_unique(schema, i)) {
            en_row_bind_field(table, row, i, clear, table->slots[i]);
        }
    }
    en_statement_bind_integer(clear, table->slot_count, now_ms);
    bool more = true;
    while (more) {
        if (!delete_row(table, clear, cleared, &more, error)) {
            return false;
        }
        if (more && !en_journal_gone(table, clear, 1, row->key, error)) {
            en_statement_reset(clear);
            return false;
        }
    }
    return true;
}

bool en_table_sweep(en_table *table, int64_t now_ms, uint64_t most, uint64_t *swept,
                    en_error *error)
{
    en_statement *sweep = NULL;
    en_clock clock;
    en_clock_init_real(&clock);
    int64_t real_ms = en_clock_now_ms(&clock);
    *swept = 0;
    table->swept_ms = real_ms;
    if (!table->expires) {
        return true;
    }
    if (!en_table_statement_get(table, EN_SQL_SWEEP, &sweep, error)) {
        return false;
    }
    bool is_lasting = !table->connection->database->in_memory; /* a run may only think it is late */
    en_statement_bind_integer(sweep, 1, is_lasting && real_ms < now_ms ? real_ms : now_ms);
    en_statement_bind_integer(sweep, 2, (int64_t)most);
    return delete_rows(table, sweep, swept, error);
}

bool en_table_sweep_sometimes(en_table *table, int64_t now_ms, en_error *error)
{
    en_clock clock;
    uint64_t swept;
    en_clock_init_real(&clock);
    return !table->expires || en_clock_now_ms(&clock) - table->swept_ms < SWEEP_EVERY_MS ||
           en_table_sweep(table, now_ms, SWEEP_AT_ONCE, &swept, error);
}

/* --- limits --- */

static bool has_space(const en_table *table, uint64_t added_records, uint64_t new_bytes,
                      uint64_t old_bytes)
{
    const en_schema *schema = table->schema;
    uint64_t kept = table->bytes - (old_bytes < table->bytes ? old_bytes : table->bytes);
    return (added_records == 0 || schema->max_records == 0 || table->count < schema->max_records) &&
           (new_bytes <= old_bytes || schema->max_bytes == 0 ||
            kept + new_bytes <= schema->max_bytes);
}

static bool check_space(en_table *table, uint64_t added_records, uint64_t new_bytes,
                        uint64_t old_bytes, en_error *error)
{
    const en_schema *schema = table->schema;
    if (added_records != 0 && schema->max_records != 0 && table->count >= schema->max_records) {
        en_error_set(error, EN_OutOfSpaceError,
                     "data store \"%.*s\" is full: it holds %llu records, its limit (maxRecords)",
                     EN_TEXT_ARG(schema->name), (unsigned long long)table->count);
        en_error_hint(error, "raise \"maxRecords\" in its definition, or set it to null");
        return false;
    }
    uint64_t bytes =
        table->bytes - (old_bytes < table->bytes ? old_bytes : table->bytes) + new_bytes;
    if (new_bytes > old_bytes && schema->max_bytes != 0 && bytes > schema->max_bytes) {
        en_error_set(error, EN_OutOfSpaceError,
                     "data store \"%.*s\" is full: it would hold %llu bytes, its limit (sizeLimit) "
                     "is %llu",
                     EN_TEXT_ARG(schema->name), (unsigned long long)bytes,
                     (unsigned long long)schema->max_bytes);
        en_error_hint(error, "raise \"sizeLimit\" in its definition, or set it to null");
        return false;
    }
    return true;
}

/* A full store sweeps before it refuses. The record of the row itself is still there. */
static bool make_space(en_table *table, int64_t now_ms, uint64_t added_records, uint64_t new_bytes,
                       uint64_t old_bytes, en_error *error)
{
    uint64_t swept = 1;
    while (table->expires && swept != 0 && !has_space(table, added_records, new_bytes, old_bytes)) {
        if (!en_table_sweep(table, now_ms, SWEEP_AT_ONCE, &swept, error)) {
            return false;
        }
    }
    return check_space(table, added_records, new_bytes, old_bytes, error);
}

/* --- adding --- */

static void fill_record(const en_sqlite_segment *segment, const en_table *table, const en_row *row,
                        bool created, en_arena *arena, en_record *record)
{
    if (record != NULL) {
        *record = (en_record){ .found = true,
                               .created = created,
                               .key = row->key,
                               .value = en_row_value(table, row, segment->run.shape, arena) };
    }
}

/* Most records that may overwrite are new: they go in without a look for their key. A conflict
 * leaves the row to who looks first, as do the rows behind it until one is new again. */
static bool insert_unseen(en_table *table, bool *inserted, en_error *error)
{
    const en_row *row = &table->row;
    en_statement *insert = NULL;
    *inserted = false;
    if (table->overwrites || !check_space(table, 1, row->bytes, 0, NULL)) {
        return true;
    }
    if (!en_table_statement_get(table, EN_SQL_INSERT, &insert, error)) {
        return false;
    }
    en_row_bind(table, row, insert);
    en_stepped stepped = en_statement_step(insert, error);
    if (stepped == EN_STEP_DONE) {
        en_table_count_change(table, 1, row->bytes, 0);
        *inserted = true;
    }
    return stepped != EN_STEP_FAILED;
}

/* A conflict of table->row with what has expired is none. */
static en_stepped step_past_expired(en_table *table, en_statement *write, int64_t now_ms,
                                    en_error *error)
{
    uint64_t cleared = 0;
    en_stepped step = en_statement_step(write, error);
    if (step != EN_STEP_CONFLICT || !table->expires) {
        return step;
    }
    if (!clear_way(table, &table->row, now_ms, &cleared, error)) {
        return EN_STEP_FAILED;
    }
    return cleared != 0 ? en_statement_step(write, error) : step;
}

static bool write_row(en_table *table, en_table_statement which, int64_t now_ms, bool *clashes,
                      en_error *error)
{
    en_statement *insert = NULL;
    if (!en_table_statement_get(table, which, &insert, error)) {
        return false;
    }
    en_row_bind(table, &table->row, insert);
    en_stepped step = step_past_expired(table, insert, now_ms, error);
    *clashes = step == EN_STEP_CONFLICT;
    return step != EN_STEP_FAILED;
}

static bool insert_row(en_table *table, bool overwrite, int64_t now_ms, bool *created,
                       en_error *error)
{
    en_row *row = &table->row;
    uint64_t old_bytes = 0;
    uint64_t cleared = 0;
    bool exists = false;
    bool clashes = false;
    *created = false;
    if (overwrite && !insert_unseen(table, created, error)) {
        return false;
    }
    if (*created) {
        return true;
    }
    if ((overwrite && (!clear_way(table, row, now_ms, &cleared, error) ||
                       !en_key_exists(table, row->key, &old_bytes, &exists, error))) ||
        !make_space(table, now_ms, exists ? 0 : 1, row->bytes, old_bytes, error) ||
        !write_row(table, overwrite ? EN_SQL_UPSERT : EN_SQL_INSERT, now_ms, &clashes, error)) {
        return false;
    }
    table->overwrites = exists;
    if (clashes) {
        return en_conflict_explain(table, row, !overwrite, error);
    }
    en_table_count_change(table, exists ? 0 : 1, row->bytes, old_bytes);
    *created = !exists;
    return true;
}

/* A seed makes the keys of its last run again, whose records may still be there. */
static bool choose_key(en_table *table, en_text given, const en_store_run *run, en_arena *arena,
                       en_error *error)
{
    en_row *row = &table->row;
    for (bool exists = true; exists;) {
        uint64_t size;
        exists = false;
        if (!en_row_choose_key(table, row, given, run, arena, error) ||
            (row->has_made_key && run->random->is_seeded &&
             !en_key_exists(table, row->key, &size, &exists, error))) {
            return false;
        }
    }
    return true;
}

/* A new record from table->row, whose fields have been taken. */
static bool add_row(en_sqlite_segment *segment, en_table *table, en_text key, bool overwrite,
                    en_arena *arena, en_record *record, en_error *error)
{
    en_row *row = &table->row;
    en_image before;
    bool created = false;
    en_row_fill_defaults(table, row, segment->run.nulls_stay);
    if (!choose_key(table, key, &segment->run, arena, error) ||
        !en_row_finish(table, row, arena, error) || !en_load_check(table, error)) {
        return false;
    }
    en_row_set_expiry(table, row, segment->run.now_ms);
    if (!en_journal_before(table, row->key, &before, error) ||
        !insert_row(table, overwrite, segment->run.now_ms, &created, error) ||
        !en_journal_after(table, row->key, &before, error)) {
        return false;
    }
    fill_record(segment, table, row, created, arena, record);
    return true;
}

bool en_sqlite_add(en_segment *base, en_text store, en_text key, en_value data, bool overwrite,
                   en_arena *arena, en_record *record, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_table *table = NULL;
    if (!en_operation_begin(segment, EN_OPERATION_MAKE, store, &table, error)) {
        return false;
    }
    en_row_clear(table, &table->row);
    bool done = en_row_take(table, &table->row, data, arena, error) &&
                add_row(segment, table, key, overwrite, arena, record, error);
    return en_operation_end(segment, done, error);
}

/* --- changing --- */

/* Always false. */
static bool say_missing(en_text store, en_text key, en_error *error)
{
    if (key.length == 0) {
        en_error_set(error, EN_DataError,
                     "record not found in data store \"%.*s\": the key is empty",
                     EN_TEXT_ARG(store));
    } else {
        en_error_set(error, EN_DataError, "record \"%.*s\" not found in data store \"%.*s\"",
                     EN_TEXT_ARG(key), EN_TEXT_ARG(store));
    }
    if (error != NULL) {
        error->status_code = 404;
    }
    return false;
}

/* Cells that were not taken anew still share what was read. */
static bool is_changed(const en_table *table, size_t field)
{
    en_value old = table->before.cells[field];
    en_value new = table->row.cells[field];
    if (en_field_is_json(&table->schema->fields[field])) {
        return old.tag != new.tag || old.length != new.length || old.as.items != new.as.items ||
               old.tag < EN_ARRAY;
    }
    return !en_value_equal(old, new);
}

/* Only columns that change: indexes of the others need not be touched. */
static bool write_changes(en_table *table, int64_t now_ms, en_error *error)
{
    en_connection *connection = table->connection;
    const en_schema *schema = table->schema;
    en_builder sql;
    en_statement *update = NULL;
    if (!en_load_leave(table, error)) {
        return false;
    }
    en_builder_init(&sql, &connection->scratch);
    en_builder_add(&sql, EN_TEXT("UPDATE "));
    en_builder_add(&sql, table->quoted);
    en_builder_format(&sql, " SET _extra = ?%d, _bytes = ?%d", EN_AT_EXTRA, EN_AT_BYTES);
    for (size_t i = 0; i < schema->field_count; i++) {
        if (table->slots[i] != 0 && is_changed(table, i)) {
            en_builder_add(&sql, EN_TEXT(", "));
            en_sql_add_name(&sql, schema->fields[i].name);
            en_builder_format(&sql, " = ?%u", (unsigned)table->slots[i]);
        }
    }
    bool moves_end = table->ttl_field != SIZE_MAX && is_changed(table, table->ttl_field);
    if (moves_end) {
        en_builder_format(&sql, ", _expires = ?%u", (unsigned)table->slot_count);
    }
    en_builder_format(&sql, " WHERE _key = ?%d", EN_AT_KEY);
    if (!en_db_prepare(connection->db, &connection->scratch, en_builder_take(&sql), &update,
                       error)) {
        return false;
    }
    const en_row *row = &table->row;
    en_statement_bind_text(update, EN_AT_KEY, row->key);
    if (row->extra_json.data != NULL) {
        en_statement_bind_text(update, EN_AT_EXTRA, row->extra_json);
    }
    en_statement_bind_integer(update, EN_AT_BYTES, (int64_t)row->bytes);
    for (size_t i = 0; i < schema->field_count; i++) {
        if (table->slots[i] != 0 && is_changed(table, i)) {
            en_row_bind_field(table, row, i, update, table->slots[i]);
        }
    }
    if (moves_end) {
        en_statement_bind(update, table->slot_count, row->cells[table->ttl_field]);
    }
    en_stepped step = step_past_expired(table, update, now_ms, error);
    en_statement_release(update);
    return step == EN_STEP_DONE ||
           (step == EN_STEP_CONFLICT && en_conflict_explain(table, row, false, error));
}

/* Merges `data` into table->before. */
static bool change_row(en_sqlite_segment *segment, en_table *table, en_value data, en_arena *arena,
                       en_record *record, en_error *error)
{
    const en_row *before = &table->before;
    en_row *row = &table->row;
    en_image image;
    memcpy(row->cells, before->cells, table->schema->field_count * sizeof *row->cells);
    row->key = before->key;
    row->extra = before->extra;
    if (!en_row_take(table, row, data, arena, error) ||
        !en_row_keep_key(table, before, row, error) || !en_row_finish(table, row, arena, error) ||
        !make_space(table, segment->run.now_ms, 0, row->bytes, before->bytes, error) ||
        !en_journal_before(table, row->key, &image, error) ||
        !write_changes(table, segment->run.now_ms, error) ||
        !en_journal_after(table, row->key, &image, error)) {
        return false;
    }
    en_table_count_change(table, 0, row->bytes, before->bytes);
    fill_record(segment, table, row, false, arena, record);
    return true;
}

/* Opens the operation and reads the record of the key. */
static bool open_record(en_sqlite_segment *segment, en_text store, en_text key, bool upsert,
                        en_arena *arena, en_table **table, bool *found, en_error *error)
{
    *found = false;
    return en_operation_begin(segment, upsert ? EN_OPERATION_MAKE : EN_OPERATION_CHANGE, store,
                              table, error) &&
           (*table == NULL || key.length == 0 ||
            en_table_find(*table, key, segment->run.now_ms, arena, found, error));
}

static bool add_data(en_sqlite_segment *segment, en_table *table, en_text key, en_value data,
                     en_arena *arena, en_record *record, en_error *error)
{
    en_row_clear(table, &table->row);
    return en_row_take(table, &table->row, data, arena, error) &&
           add_row(segment, table, key, false, arena, record, error);
}

bool en_sqlite_update(en_segment *base, en_text store, en_text key, en_value data, bool upsert,
                      en_arena *arena, en_record *record, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_table *table = NULL;
    bool found = false;
    bool done = open_record(segment, store, key, upsert, arena, &table, &found, error);
    if (done && found) {
        done = change_row(segment, table, data, arena, record, error);
    } else if (done) {
        done = upsert ? add_data(segment, table, key, data, arena, record, error)
                      : say_missing(store, key, error);
    }
    return en_operation_end(segment, done, error);
}

/* --- deleting --- */

bool en_sqlite_remove(en_segment *base, en_text store, en_text key, uint64_t *deleted,
                      en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_table *table = NULL;
    en_statement *remove = NULL;
    *deleted = 0;
    if (!en_operation_begin(segment, EN_OPERATION_CHANGE, store, &table, error)) {
        return false;
    }
    if (table == NULL) {
        return true;
    }
    if (!en_table_statement_get(table, EN_SQL_DELETE, &remove, error)) {
        return en_operation_end(segment, false, error);
    }
    en_statement_bind_text(remove, 1, key);
    if (table->expires) {
        en_statement_bind_integer(remove, 2, segment->run.now_ms);
    }
    en_image before;
    bool done = en_journal_before(table, key, &before, error) &&
                delete_rows(table, remove, deleted, error) &&
                en_journal_after(table, key, &before, error);
    return en_operation_end(segment, done, error);
}

bool en_sqlite_clear(en_segment *base, en_text store, uint64_t *deleted, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_table *table = NULL;
    *deleted = 0;
    if (!en_operation_begin(segment, EN_OPERATION_CHANGE, store, &table, error)) {
        return false;
    }
    if (table == NULL) {
        return true;
    }
    en_builder sql;
    en_builder_init(&sql, &table->connection->scratch);
    en_builder_add(&sql, EN_TEXT("DELETE FROM "));
    en_builder_add(&sql, table->quoted);
    bool done = en_journal_all(table, error) && en_sql_run(table->connection->db, &sql, error);
    if (done) {
        *deleted = en_db_changes(table->connection->db);
        table->count = 0;
        table->bytes = 0;
        table->dirty = true;
    }
    return en_operation_end(segment, done, error);
}

/* --- increment --- */

static bool add_numbers(en_value a, en_value b, en_value *sum)
{
    int64_t x;
    int64_t y;
    int64_t exact;
    if (en_value_integer(a, &x) && en_value_integer(b, &y) &&
        !__builtin_add_overflow(x, y, &exact)) {
        *sum = en_integer(exact);
    } else {
        *sum = en_number(en_value_number(a) + en_value_number(b));
    }
    return true;
}

static bool read_number(en_arena *arena, en_value value, en_text field, en_value *number,
                        en_error *error)
{
    en_error cause;
    en_error_clear(&cause);
    *number = en_number(0);
    if (en_is_missing(value) || en_coerce(arena, EN_T_NUMBER, value, NULL, number, &cause)) {
        return true;
    }
    en_error_set(error, EN_DataError, "field \"%.*s\" cannot be counted up: %s", EN_TEXT_ARG(field),
                 cause.message);
    en_error_prefix_path(error, field);
    return false;
}

static en_value one_member(en_arena *arena, en_text name, en_value value)
{
    en_collection_builder builder;
    en_collection_builder_init(&builder, arena);
    en_collection_builder_add(&builder, name, value);
    return en_collection_builder_take(&builder);
}

bool en_sqlite_increment(en_segment *base, en_text store, en_text key, en_text field, en_value by,
                         bool upsert, en_arena *arena, en_value *value, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_table *table = NULL;
    en_value old = en_nothing();
    en_value step = en_nothing();
    bool found = false;
    bool done = open_record(segment, store, key, upsert, arena, &table, &found, error);
    if (done && !found && !upsert) {
        done = say_missing(store, key, error);
    }
    if (done && found) {
        size_t at = en_table_field(table, field);
        old = at != SIZE_MAX ? table->before.cells[at]
                             : en_collection_find(table->before.extra, field);
    } else if (done && en_table_field(table, field) != SIZE_MAX) {
        old = table->schema->fields[en_table_field(table, field)].fallback;
    }
    done = done && read_number(arena, old, field, &old, error) &&
           read_number(arena, by, field, &step, error) && add_numbers(old, step, value);
    if (done) {
        en_value data = one_member(arena, field, *value);
        done = found ? change_row(segment, table, data, arena, NULL, error)
                     : add_data(segment, table, key, data, arena, NULL, error);
    }
    return en_operation_end(segment, done, error);
}

/* --- compare and set --- */

/* Null equals missing; declared fields compare in their type. */
static bool equals_expected(en_table *table, const en_row *row, const en_member *expected,
                            en_arena *arena)
{
    en_value now = row != NULL ? en_row_field(table, row, expected->name) : en_nothing();
    en_value wanted = expected->value;
    size_t field = en_table_field(table, expected->name);
    if (en_is_missing(now) || en_is_missing(wanted)) {
        return en_is_missing(now) && en_is_missing(wanted);
    }
    if (field != SIZE_MAX) {
        return en_coerce(arena, table->schema->fields[field].type, wanted, NULL, &wanted, NULL) &&
               en_value_equal(now, wanted);
    }
    en_text json = en_json_text(arena, wanted, 0); /* as an undeclared field would be kept */
    return en_json_read(arena, json, 0, EN_JSON_DEPTH, &wanted, NULL) &&
           en_value_equal(now, wanted);
}

static bool is_expected(en_table *table, const en_row *row, en_value expected, en_arena *arena)
{
    for (uint32_t i = 0; i < en_collection_count(expected); i++) {
        if (!equals_expected(table, row, &en_collection_members(expected)[i], arena)) {
            return false;
        }
    }
    return true;
}

bool en_sqlite_compare_and_set(en_segment *base, en_text store, en_text key, en_value expected,
                               en_value data, bool upsert, en_arena *arena, bool *swapped,
                               en_record *record, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_table *table = NULL;
    bool found = false;
    bool only_new = en_is_missing(expected);
    *swapped = false;
    if (record != NULL) {
        *record = (en_record){ .value = en_null() };
    }
    if (!only_new && !en_is(expected, EN_COLLECTION)) {
        en_error_set(error, EN_BundleValidationError, "expected fields and values but got %s",
                     en_tag_name(expected.tag));
        en_error_prefix_path(error, EN_TEXT("expected"));
        return false;
    }
    bool done = open_record(segment, store, key, upsert || only_new, arena, &table, &found, error);
    if (!done || table == NULL) {
        return en_operation_end(segment, done, error);
    }
    if (found) {
        *swapped = !only_new && is_expected(table, &table->before, expected, arena);
        if (*swapped) {
            done = change_row(segment, table, data, arena, record, error);
        } else {
            fill_record(segment, table, &table->before, false, arena, record);
        }
    } else if (only_new || (upsert && is_expected(table, NULL, expected, arena))) {
        *swapped = true;
        done = add_data(segment, table, key, data, arena, record, error);
    }
    *swapped = *swapped && done;
    return en_operation_end(segment, done, error);
}

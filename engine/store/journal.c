#include "store/journal.h"

#include "base/mutant.h"
#include "store/table.h"

static const char setup[] = "CREATE TABLE IF NOT EXISTS enact_undo (\n"
                            "  step INTEGER PRIMARY KEY,\n"
                            "  owner INTEGER NOT NULL,\n"
                            "  cycle INTEGER NOT NULL,\n"
                            "  store INTEGER NOT NULL,\n" /* its id in enact_stores */
                            "  generation INTEGER NOT NULL,\n"
                            "  name TEXT NOT NULL,\n"
                            "  key TEXT NOT NULL,\n"
                            "  place INTEGER,\n"
                            "  before TEXT,\n" /* NULL: there was no such record */
                            "  after TEXT\n"
                            ") STRICT;\n"
                            "CREATE INDEX IF NOT EXISTS enact_undo_cycle ON enact_undo "
                            "(owner, cycle);\n";

bool en_journal_make(en_db *db, en_error *error)
{
    return en_db_run(db, setup, error);
}

/* --- operations --- */

bool en_journal_enter(en_sqlite_segment *segment, en_table *table, en_error *error)
{
    if (!en_db_savepoint(segment->connection->db, EN_SAVEPOINT_CHANGE, error)) {
        return false;
    }
    segment->kept = table;
    segment->kept_count = table->count;
    segment->kept_bytes = table->bytes;
    return true;
}

bool en_journal_leave(en_sqlite_segment *segment, bool done, en_error *error)
{
    en_table *table = segment->kept;
    en_db *db = segment->connection->db;
    segment->kept = NULL;
    if (done && en_db_release(db, EN_SAVEPOINT_CHANGE, error)) {
        return true;
    }
    en_db_rollback_to(db, EN_SAVEPOINT_CHANGE);
    table->count = segment->kept_count;
    table->bytes = segment->kept_bytes;
    return false;
}

/* --- writing --- */

static en_journal *undo_of(const en_table *table)
{
    return (en_journal *)table->connection->undo;
}

static void bind_content(en_statement *statement, int index, const en_image *image)
{
    if (image->content.length != 0) {
        en_statement_bind_text(statement, index, image->content);
    }
}

/* A seeded fault: each note is written with the change behind its own. */
static const en_note *swap_with_last(en_journal *undo, const en_note *note)
{
    const en_note *late = undo->late;
    undo->late = EN_NEW(&undo->arena, en_note);
    *undo->late = *note;
    undo->late->key = en_text_copy(&undo->arena, note->key);
    undo->late->name = en_text_copy(&undo->arena, note->name);
    undo->late->before.content = en_text_copy(&undo->arena, note->before.content);
    undo->late->after.content = en_text_copy(&undo->arena, note->after.content);
    return late;
}

static bool write_note(en_table *table, const en_note *note, en_error *error)
{
    en_journal *undo = undo_of(table);
    en_connection *connection = table->connection;
    en_statement *write = NULL;
    if (en_mutant("late-undo") && (note = swap_with_last(undo, note)) == NULL) {
        return true;
    }
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("INSERT INTO enact_undo (owner, cycle, store, generation, name, "
                               "key, place, before, after) "
                               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
                       &write, error)) {
        return false;
    }
    en_statement_bind_integer(write, 1, undo->database->owner.number);
    en_statement_bind_integer(write, 2, undo->cycle);
    en_statement_bind_integer(write, 3, note->store);
    en_statement_bind_integer(write, 4, note->generation);
    en_statement_bind_text(write, 5, note->name);
    en_statement_bind_text(write, 6, note->key);
    en_statement_bind_integer(write, 7, note->before.place);
    bind_content(write, 8, &note->before);
    bind_content(write, 9, &note->after);
    en_stepped step = en_statement_step(write, error);
    en_statement_release(write);
    undo->has_notes = true;
    return step == EN_STEP_DONE;
}

static bool note_change(en_table *table, en_text key, const en_image *before, const en_image *after,
                        en_error *error)
{
    return write_note(table,
                      &(en_note){ .store = table->id,
                                  .generation = table->generation,
                                  .name = table->schema->name,
                                  .key = key,
                                  .before = *before,
                                  .after = *after },
                      error);
}

bool en_journal_before(en_table *table, en_text key, en_image *before, en_error *error)
{
    return table->connection->undo == NULL ||
           en_image_read(table, key, &table->connection->scratch, before, error);
}

bool en_journal_after(en_table *table, en_text key, const en_image *before, en_error *error)
{
    en_image after;
    if (table->connection->undo == NULL) {
        return true;
    }
    return en_image_read(table, key, &table->connection->scratch, &after, error) &&
           (en_text_equal(before->content, after.content) ||
            note_change(table, key, before, &after, error));
}

bool en_journal_gone(en_table *table, en_statement *row, int first, en_text but_for,
                     en_error *error)
{
    en_arena *scratch = &table->connection->scratch;
    const en_image none = { 0 };
    en_image before;
    if (table->connection->undo == NULL) {
        return true;
    }
    en_text key = en_statement_text(row, first + 1);
    return en_text_equal(key, but_for) ||
           (en_image_take(table, row, first, scratch, &before, error) &&
            note_change(table, key, &before, &none, error));
}

bool en_journal_all(en_table *table, en_error *error)
{
    en_connection *connection = table->connection;
    en_statement *select = NULL;
    en_builder sql;
    if (connection->undo == NULL) {
        return true;
    }
    en_builder_init(&sql, &connection->scratch);
    en_builder_add(&sql, EN_TEXT("SELECT "));
    en_table_add_image(table, &sql);
    en_builder_add(&sql, EN_TEXT(" FROM "));
    en_builder_add(&sql, table->quoted);
    if (!en_db_prepare(connection->db, &connection->scratch, en_builder_take(&sql), &select,
                       error)) {
        return false;
    }
    en_stepped step;
    bool done = true;
    while (done && (step = en_statement_step(select, error)) == EN_STEP_ROW) {
        en_arena_mark mark = en_arena_get_mark(&connection->scratch);
        done = en_journal_gone(table, select, 0, EN_TEXT(""), error);
        en_arena_rewind(&connection->scratch, mark);
    }
    en_statement_release(select);
    return done && step == EN_STEP_DONE;
}

/* --- reading --- */

bool en_journal_cycles(en_connection *connection, en_arena *arena, en_cycle **cycles, size_t *count,
                       en_error *error)
{
    int64_t most = 0;
    en_statement *list = NULL;
    *count = 0;
    if (!en_db_read_integer(connection->db,
                            "SELECT count(*) FROM (SELECT DISTINCT owner, cycle FROM enact_undo)",
                            &most, error)) {
        return false;
    }
    *cycles = EN_TRY_ARRAY(arena, en_cycle, (size_t)most + 1);
    if (*cycles == NULL) {
        return en_error_set(error, EN_StoreUnavailableError, "too many cycles to undo");
    }
    if (!en_db_prepare(connection->db, arena,
                       EN_TEXT("SELECT owner, cycle FROM enact_undo GROUP BY owner, cycle "
                               "ORDER BY max(step) DESC"),
                       &list, error)) {
        return false;
    }
    en_stepped step = EN_STEP_DONE;
    while (*count < (size_t)most && (step = en_statement_step(list, error)) == EN_STEP_ROW) {
        (*cycles)[(*count)++] =
            (en_cycle){ en_statement_integer(list, 0), en_statement_integer(list, 1) };
    }
    en_statement_release(list);
    return step != EN_STEP_FAILED;
}

static void read_note(en_statement *row, en_arena *arena, en_note *note)
{
    *note = (en_note){
        .step = en_statement_integer(row, 0),
        .store = en_statement_integer(row, 1),
        .generation = en_statement_integer(row, 2),
        .name = en_text_copy(arena, en_statement_text(row, 3)),
        .key = en_text_copy(arena, en_statement_text(row, 4)),
        .before = { en_statement_integer(row, 5), en_text_copy(arena, en_statement_text(row, 6)) },
        .after = { 0, en_text_copy(arena, en_statement_text(row, 7)) },
    };
}

bool en_journal_last(en_connection *connection, const en_cycle *cycle, int64_t step,
                     en_arena *arena, en_note *note, bool *found, en_error *error)
{
    en_statement *find = NULL;
    if (!en_db_prepare(connection->db, arena,
                       EN_TEXT("SELECT step, store, generation, name, key, place, before, after "
                               "FROM enact_undo WHERE owner = ?1 AND cycle = ?2 AND step < ?3 "
                               "ORDER BY step DESC LIMIT 1"),
                       &find, error)) {
        return false;
    }
    en_statement_bind_integer(find, 1, cycle->owner);
    en_statement_bind_integer(find, 2, cycle->number);
    en_statement_bind_integer(find, 3, step);
    en_stepped stepped = en_statement_step(find, error);
    *found = stepped == EN_STEP_ROW;
    if (*found) {
        read_note(find, arena, note);
    }
    en_statement_release(find);
    return stepped != EN_STEP_FAILED;
}

bool en_journal_drop(en_connection *connection, const en_cycle *cycle, en_error *error)
{
    en_statement *drop = NULL;
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("DELETE FROM enact_undo WHERE owner = ?1 AND cycle = ?2"), &drop,
                       error)) {
        return false;
    }
    en_statement_bind_integer(drop, 1, cycle->owner);
    en_statement_bind_integer(drop, 2, cycle->number);
    en_stepped step = en_statement_step(drop, error);
    en_statement_release(drop);
    return step == EN_STEP_DONE;
}

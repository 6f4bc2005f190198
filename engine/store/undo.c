/* Cycles that are taken back: by their run, or by the next start after their process has died. */
#include "base/clock.h"
#include "store/journal.h"
#include "store/layout.h"
#include "store/segment.h"
#include "store/table.h"

#include <assert.h>

enum { BUCKETS = 256, LONGEST_TOLD = 80 };

extern const en_backend en_backend_sqlite;

/* A record that stays as somebody else has left it; or, with an empty key, a whole store. */
typedef struct foreign {
    struct foreign *next;
    int64_t store;
    en_text key;
} foreign;

typedef struct replay {
    en_sqlite_segment *segment;
    int64_t now_ms; /* what sweeps might have deleted expired until then */
    en_arena notes; /* of one step */
    en_arena arena;
    foreign *buckets[BUCKETS];
    uint64_t foreign_count;
    en_text first; /* what to tell of them */
} replay;

static void replay_init(replay *r, en_sqlite_segment *segment)
{
    en_clock clock;
    en_clock_init_real(&clock);
    *r = (replay){ .segment = segment, .now_ms = en_clock_now_ms(&clock) };
    if (segment->connection->database->in_memory && r->now_ms < segment->run.now_ms) {
        r->now_ms = segment->run.now_ms;
    }
    en_arena_init(&r->notes, NULL);
    en_arena_init(&r->arena, NULL);
}

static void replay_done(replay *r)
{
    en_arena_done(&r->notes);
    en_arena_done(&r->arena);
}

/* --- what others have changed --- */

static foreign **find_foreign(replay *r, int64_t store, en_text key)
{
    uint32_t hash = (uint32_t)store * 16777619u;
    for (size_t i = 0; i < key.length; i++) {
        hash = (hash ^ (unsigned char)key.data[i]) * 16777619u;
    }
    foreign **at = &r->buckets[hash % BUCKETS];
    while (*at != NULL && ((*at)->store != store || !en_text_equal((*at)->key, key))) {
        at = &(*at)->next;
    }
    return at;
}

static bool is_foreign(replay *r, const en_note *note)
{
    return *find_foreign(r, note->store, note->key) != NULL ||
           *find_foreign(r, note->store, EN_TEXT("")) != NULL;
}

static void leave_alone(replay *r, const en_note *note, en_text key)
{
    foreign **at = find_foreign(r, note->store, key);
    en_text name = en_text_slice(
        note->name, 0, note->name.length < LONGEST_TOLD ? note->name.length : LONGEST_TOLD);
    en_text told = en_text_slice(key, 0, key.length < LONGEST_TOLD ? key.length : LONGEST_TOLD);
    *at = EN_NEW(&r->arena, foreign);
    **at = (foreign){ .store = note->store, .key = en_text_copy(&r->arena, key) };
    if (r->foreign_count++ == 0) {
        r->first = key.length != 0 ? en_text_format(&r->arena,
                                                    "record \"%.*s\" of data store "
                                                    "\"%.*s\"",
                                                    EN_TEXT_ARG(told), EN_TEXT_ARG(name))
                                   : en_text_format(&r->arena,
                                                    "the definition of data store "
                                                    "\"%.*s\"",
                                                    EN_TEXT_ARG(name));
    }
}

/* False if there is something to tell. */
static bool tell_foreign(const replay *r, en_error *error)
{
    if (r->foreign_count == 0) {
        return true;
    }
    if (r->foreign_count == 1) {
        return en_error_set(error, EN_InconsistencyError,
                            "not everything could be undone: %.*s was changed by somebody else",
                            EN_TEXT_ARG(r->first));
    }
    return en_error_set(error, EN_InconsistencyError,
                        "not everything could be undone: %.*s and %llu more were changed by "
                        "somebody else",
                        EN_TEXT_ARG(r->first), (unsigned long long)(r->foreign_count - 1));
}

/* --- one step back --- */

static bool delete_record(en_table *table, en_text key, en_error *error)
{
    en_statement *remove = NULL;
    en_stepped step;
    if (!en_table_statement_get(table, EN_SQL_DELETE, &remove, error)) {
        return false;
    }
    en_statement_bind_text(remove, 1, key);
    if (table->expires) {
        en_statement_bind_integer(remove, 2, INT64_MIN); /* expired or not */
    }
    while ((step = en_statement_step(remove, error)) == EN_STEP_ROW) {
        en_table_count_change(table, -1, 0, (uint64_t)en_statement_integer(remove, 0));
    }
    return step == EN_STEP_DONE;
}

/* What has expired gives way to what comes back. */
static bool restore(replay *r, en_table *table, const en_image *image, bool *fits, en_error *error)
{
    uint64_t swept = 0;
    if (!en_image_restore(table, image, &r->notes, fits, error)) {
        return false;
    }
    return *fits || !table->expires ||
           (en_table_sweep(table, r->now_ms, INT64_MAX, &swept, error) &&
            en_image_restore(table, image, &r->notes, fits, error));
}

/* *fits false: somebody else has changed the record, or taken what it needs. */
static bool put_back(replay *r, en_table *table, const en_note *note, bool *fits, en_error *error)
{
    en_image now;
    if (!en_image_read(table, note->key, &r->notes, &now, error)) {
        return false;
    }
    bool swept = now.content.length == 0 && en_image_expired(&note->after, r->now_ms, &r->notes);
    *fits = swept || en_text_equal(now.content, note->after.content);
    if (*fits && now.content.length != 0 && !delete_record(table, note->key, error)) {
        return false;
    }
    return !*fits || note->before.content.length == 0 ||
           restore(r, table, &note->before, fits, error);
}

static bool find_table(replay *r, const en_note *note, en_table **table, en_error *error)
{
    r->segment->managing = true; /* whatever is declared meanwhile */
    bool found = en_layout_find(r->segment, note->name, false, table, error);
    r->segment->managing = false;
    if (*table != NULL &&
        ((*table)->id != note->store || (*table)->generation != note->generation)) {
        *table = NULL;
    }
    return found;
}

static bool step_back(replay *r, const en_note *note, en_error *error)
{
    en_db *db = r->segment->connection->db;
    en_table *table = NULL;
    bool fits = false;
    if (is_foreign(r, note)) {
        return true;
    }
    if (!find_table(r, note, &table, error)) {
        return false;
    }
    if (table == NULL) {
        leave_alone(r, note, EN_TEXT(""));
        return true;
    }
    uint64_t count = table->count;
    uint64_t bytes = table->bytes;
    if (!en_db_savepoint(db, EN_SAVEPOINT_CHANGE, error) ||
        !put_back(r, table, note, &fits, error)) {
        return false;
    }
    if (fits) {
        return en_db_release(db, EN_SAVEPOINT_CHANGE, error);
    }
    en_db_rollback_to(db, EN_SAVEPOINT_CHANGE);
    table->count = count;
    table->bytes = bytes;
    leave_alone(r, note, note->key);
    return true;
}

/* Note by note, so that a long cycle needs no memory. */
static bool replay_cycle(replay *r, const en_cycle *cycle, en_error *error)
{
    en_connection *connection = r->segment->connection;
    en_note note = { .step = INT64_MAX };
    bool found = true;
    while (found) {
        en_arena_reset(&r->notes);
        en_arena_reset(&connection->scratch);
        if (!en_journal_last(connection, cycle, note.step, &r->notes, &note, &found, error) ||
            (found && !step_back(r, &note, error))) {
            return false;
        }
    }
    return en_journal_drop(connection, cycle, error);
}

/* --- the segment around it --- */

/* Enters a segment that nothing stops, for `work` to be done in it. */
static bool enter(en_sqlite *database, const en_store_run *run, replay *r, en_error *error)
{
    en_segment *segment = NULL;
    const en_store_run about = {
        .now_ms = run->now_ms, .random = run->random, .is_batch = true, .batch = run->batch
    };
    if (!en_segment_enter(&database->base, EN_SEGMENT_WRITE, &about, &segment, error)) {
        return false;
    }
    replay_init(r, (en_sqlite_segment *)segment);
    return true;
}

static bool leave(replay *r, bool done, en_error *error)
{
    en_segment *segment = &r->segment->base;
    if (!en_operation_end(r->segment, done, error)) {
        en_segment_rollback(segment);
        return false;
    }
    return en_segment_commit(segment, error);
}

/* --- undo.h --- */

static en_journal *own(en_undo *undo)
{
    return (en_journal *)undo;
}

static en_cycle cycle_of(const en_journal *undo)
{
    return (en_cycle){ undo->database->owner.number, undo->cycle };
}

/* The lock comes first: whoever finds a note must find its owner alive. */
static bool make_ready(en_sqlite *database, const en_store_run *run, en_error *error)
{
    replay r;
    if (!enter(database, run, &r, error)) {
        return false;
    }
    bool done =
        (database->in_memory || en_owner_take(&database->owner, database->options.path, error)) &&
        en_journal_make(r.segment->connection->db, error);
    done = leave(&r, done, error);
    replay_done(&r);
    if (run->batch == NULL) { /* else the table is there when the batch has been committed */
        atomic_store(&database->keeps_undo, done);
    }
    return done;
}

bool en_sqlite_undo_open(en_database *base, const en_store_run *run, en_undo **opened,
                         en_error *error)
{
    en_sqlite *database = (en_sqlite *)base;
    en_arena arena;
    en_random random;
    if (!atomic_load(&database->keeps_undo) && !make_ready(database, run, error)) {
        return false;
    }
    en_random_init_system(&random);
    en_arena_init(&arena, NULL);
    en_journal *undo = EN_NEW(&arena, en_journal);
    undo->base.backend = &en_backend_sqlite;
    undo->arena = arena;
    undo->database = database;
    undo->cycle = (int64_t)(en_random_next(&random) >> 1);
    *opened = &undo->base;
    return true;
}

void en_sqlite_undo_close(en_undo *base)
{
    en_arena arena = own(base)->arena; /* the undo lies in it */
    en_arena_done(&arena);
}

bool en_sqlite_undo_commit(en_segment *base, en_undo *undo, en_error *error)
{
    en_sqlite_segment *segment = (en_sqlite_segment *)base;
    const en_cycle cycle = cycle_of(own(undo));
    assert(segment->connection->database == own(undo)->database);
    return !own(undo)->has_notes ||
           (en_segment_check(segment, true, error) &&
            en_operation_end(segment, en_journal_drop(segment->connection, &cycle, error), error));
}

bool en_sqlite_undo_rollback(en_undo *undo, const en_store_run *run, en_error *error)
{
    replay r;
    const en_cycle cycle = cycle_of(own(undo));
    if (!own(undo)->has_notes) {
        return true;
    }
    if (!enter(own(undo)->database, run, &r, error)) {
        return false;
    }
    bool done = leave(&r, replay_cycle(&r, &cycle, error), error);
    own(undo)->has_notes = !done;
    done = done && tell_foreign(&r, error);
    replay_done(&r);
    return done;
}

/* --- after a death --- */

static bool has_notes(en_db *db, bool *has, en_error *error)
{
    int64_t tables = 0;
    int64_t notes = 0;
    bool read = en_db_read_integer(
        db, "SELECT count(*) FROM sqlite_schema WHERE name = 'enact_undo'", &tables, error);
    read = read && (tables == 0 ||
                    en_db_read_integer(db, "SELECT 1 FROM enact_undo LIMIT 1", &notes, error));
    *has = notes != 0;
    return read;
}

/* Cycles of processes that live no more, first in the list. */
static bool list_dead(en_connection *connection, en_arena *arena, en_cycle **cycles, size_t *count,
                      en_error *error)
{
    size_t all = 0;
    *count = 0;
    if (!en_journal_cycles(connection, arena, cycles, &all, error)) {
        return false;
    }
    for (size_t i = 0; i < all; i++) {
        bool lives = true;
        if (!en_owner_lives(connection->database->options.path, (*cycles)[i].owner, &lives,
                            error)) {
            return false;
        }
        if (!lives) {
            (*cycles)[(*count)++] = (*cycles)[i];
        }
    }
    return true;
}

static bool replay_dead(replay *r, en_undo_recovery *recovered, en_error *error)
{
    en_cycle *cycles = NULL;
    size_t count = 0;
    if (!list_dead(r->segment->connection, &r->arena, &cycles, &count, error)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!replay_cycle(r, &cycles[i], error)) {
            return false;
        }
    }
    recovered->cycles = count;
    return true;
}

static bool recover(en_sqlite *database, en_error *error)
{
    replay r;
    en_undo_recovery recovered = { 0 };
    const en_store_run run = { 0 };
    en_error_clear(&recovered.error);
    if (!enter(database, &run, &r, error)) {
        return false;
    }
    r.segment->run.now_ms = r.now_ms;
    bool done = leave(&r, replay_dead(&r, &recovered, error), error);
    (void)!tell_foreign(&r, &recovered.error);
    replay_done(&r);
    if (done) {
        database->recovered = recovered;
    }
    return done;
}

bool en_undo_recover(en_sqlite *database, en_error *error)
{
    en_arena arena;
    en_cycle *cycles = NULL;
    size_t dead = 0;
    bool has = false;
    if (!has_notes(database->writer.db, &has, error)) {
        return false;
    }
    if (!has) {
        return true;
    }
    en_arena_init(&arena, NULL);
    bool done = list_dead(&database->writer, &arena, &cycles, &dead, error);
    en_arena_done(&arena);
    return done && (dead == 0 || recover(database, error));
}

const en_undo_recovery *en_sqlite_undo_recovered(const en_database *database)
{
    return &((const en_sqlite *)database)->recovered;
}

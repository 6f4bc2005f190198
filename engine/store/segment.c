/* Segments: what a run does to the stores between two outside calls. A writing one has the turn and
 * a part of the shared transaction; a reading one has a connection of its own and waits for nobody.
 */
#include "store/segment.h"

#include "base/clock.h"
#include "store/checkpoint.h"
#include "store/group.h"
#include "store/journal.h"
#include "store/layout.h"
#include "store/reader.h"

enum { DEFAULT_LIMIT_MS = 30000, MS = 1000 };

extern const en_backend en_backend_sqlite;

static en_sqlite_segment *own(en_segment *segment)
{
    return (en_sqlite_segment *)segment;
}

/* After a commit of unknown outcome: a new connection, and only if the file is whole. */
static bool reopen(en_sqlite *database, en_error *error)
{
    int64_t problems = 0;
    en_connection_close(&database->writer);
    if (!en_connection_open(&database->writer, error) ||
        !en_db_read_integer(database->writer.db,
                            "SELECT count(*) FROM pragma_quick_check(1) WHERE quick_check <> 'ok'",
                            &problems, error)) {
        return false;
    }
    if (problems != 0) {
        return en_error_set(error, EN_StoreUnavailableError, "the database is damaged");
    }
    database->suspect = false;
    return true;
}

static bool give_cause(const en_sqlite_segment *segment, en_error *error)
{
    if (error != NULL && !en_error_is_set(error)) {
        *error = segment->cause;
    }
    return false;
}

static void start(en_sqlite_segment *segment, en_connection *connection, en_segment_kind kind,
                  const en_store_run *run)
{
    en_sqlite *database = connection->database;
    uint32_t limit_ms =
        database->options.segment_ms != 0 ? database->options.segment_ms : DEFAULT_LIMIT_MS;
    *segment = (en_sqlite_segment){ .base.backend = &en_backend_sqlite,
                                    .connection = connection,
                                    .run = *run,
                                    .kind = kind,
                                    .serial = ++connection->segments };
    if (!run->is_batch && run->batch == NULL) {
        segment->limit_us = en_clock_ticks_us() + (int64_t)limit_ms * MS;
    }
    connection->undo = run->undo;
    en_db_watch(connection->db, run->interrupted, segment->limit_us);
}

/* The caller has the turn; it is given away when this fails. */
static bool begin(en_sqlite *database, const volatile int *interrupted, en_error *error)
{
    bool begun = ((!database->suspect && database->writer.db != NULL) || reopen(database, error)) &&
                 en_group_begin(database, interrupted, error);
    if (!begun) {
        en_turn_give(&database->turn);
    }
    return begun;
}

static bool take_turn(en_sqlite *database, const volatile int *interrupted, en_error *error)
{
    return en_turn_take(&database->turn, interrupted) ||
           en_error_set(error, EN_ExecutionInterruptedError,
                        "interrupted while waiting for the database");
}

/* The first of a group needs no savepoint: until it is a member, all that there is is its own. */
static bool enter_group(en_sqlite *database, en_sqlite_segment *segment, const en_store_run *run,
                        en_error *error)
{
    if (database->group.is_open) {
        start(segment, &database->writer, EN_SEGMENT_WRITE, run);
        segment->has_savepoint = true;
        if (en_db_savepoint(database->writer.db, EN_SAVEPOINT_SEGMENT, error)) {
            return true;
        }
        bool entered = en_operation_end(segment, false, error);
        en_group_leave(database);
        return entered;
    }
    if (!begin(database, run->interrupted, error)) {
        return false;
    }
    start(segment, &database->writer, EN_SEGMENT_WRITE, run);
    return true;
}

static bool enter_write(en_sqlite *database, en_segment_kind kind, const en_store_run *run,
                        en_segment **entered, en_error *error)
{
    en_sqlite_segment *segment = &database->segment;
    if (!take_turn(database, run->interrupted, error) ||
        !enter_group(database, segment, run, error)) {
        return false;
    }
    segment->kind = kind;
    *entered = &segment->base;
    return true;
}

/* The turn and the transaction are there, and so is what the segments before this one know. */
static bool enter_batch(en_sqlite *database, en_segment_kind kind, const en_store_run *run,
                        en_segment **entered, en_error *error)
{
    en_sqlite_segment *segment = &database->segment;
    const en_sqlite_segment before = *segment;
    if (before.is_lost) {
        return give_cause(segment, error);
    }
    start(segment, &database->writer, kind, run);
    segment->serial = before.serial;
    segment->touched = before.touched;
    segment->latest = before.latest;
    segment->in_batch = true;
    segment->has_savepoint = kind == EN_SEGMENT_WRITE;
    en_layout_mark(segment);
    bool saved = !segment->has_savepoint ||
                 en_db_savepoint(database->writer.db, EN_SAVEPOINT_SEGMENT, error);
    *entered = saved ? &segment->base : NULL;
    return en_operation_end(segment, saved, error);
}

static bool enter_read(en_sqlite *database, const en_store_run *run, en_segment **entered,
                       en_error *error)
{
    en_reader *reader = NULL;
    if (!en_reader_take(database, &reader, error)) {
        return false;
    }
    start(&reader->segment, &reader->connection, EN_SEGMENT_READ, run);
    reader->segment.reader = reader;
    if (!en_db_begin(reader->connection.db, false, error)) {
        en_db_watch(reader->connection.db, NULL, 0);
        en_reader_give(database, reader);
        return false;
    }
    *entered = &reader->segment.base;
    return true;
}

bool en_sqlite_enter(en_database *base, en_segment_kind kind, const en_store_run *run,
                     en_segment **entered, en_error *error)
{
    en_sqlite *database = (en_sqlite *)base;
    if (run->batch != NULL) {
        return enter_batch(database, kind, run, entered, error);
    }
    return kind == EN_SEGMENT_READ && !database->in_memory
               ? enter_read(database, run, entered, error)
               : enter_write(database, kind, run, entered, error);
}

/* --- errors --- */

static bool lose(en_sqlite_segment *segment, const en_error *cause)
{
    segment->is_lost = true;
    segment->cause = *cause;
    return false;
}

static bool check_time(en_sqlite_segment *segment, en_error *error)
{
    if (segment->limit_us == 0 || en_clock_ticks_us() < segment->limit_us) {
        return true;
    }
    en_error cause;
    en_error_clear(&cause);
    en_error_set(&cause, EN_ExecutionInterruptedError,
                 "the run kept the data stores to itself for longer than it may "
                 "(limits.segmentMs)");
    lose(segment, &cause);
    return give_cause(segment, error);
}

/* Whether the transaction is still there and may go on. */
static bool is_whole(en_sqlite_segment *segment, en_error *error)
{
    if (segment->is_lost) {
        return give_cause(segment, error);
    }
    return en_operation_end(segment, en_db_in_transaction(segment->connection->db), error) &&
           check_time(segment, error);
}

/* --- leaving --- */

static void forget_touched(en_sqlite_segment *segment)
{
    segment->touched = NULL;
    segment->latest = NULL;
}

static void leave_read(en_sqlite_segment *segment)
{
    en_layout_undo(segment);
    en_db_rollback(segment->connection->db);
    en_db_watch(segment->connection->db, NULL, 0);
    en_reader_give(segment->connection->database, segment->reader);
}

void en_sqlite_rollback(en_segment *base)
{
    en_sqlite_segment *segment = own(base);
    en_sqlite *database = segment->connection->database;
    if (segment->reader != NULL) {
        leave_read(segment);
        return;
    }
    en_layout_undo(segment);
    if (segment->has_savepoint && !database->group.is_lost) {
        en_db *db = segment->connection->db;
        en_db_rollback_to(db, EN_SAVEPOINT_SEGMENT);
        (void)!en_operation_end(segment, en_db_in_transaction(db), NULL);
    }
    if (segment->in_batch) {
        en_db_watch(segment->connection->db, NULL, 0);
    } else {
        en_group_leave(database);
    }
}

/* Counters written, savepoint released: the segment is a part of the transaction. */
static bool finish(en_sqlite_segment *segment, en_error *error)
{
    en_db *db = segment->connection->db;
    if (!is_whole(segment, error)) {
        return false;
    }
    en_arena_reset(&segment->connection->scratch);
    bool done = (segment->in_batch || en_layout_save(segment, error)) &&
                (!segment->has_savepoint || en_db_release(db, EN_SAVEPOINT_SEGMENT, error));
    return en_operation_end(segment, done, error);
}

bool en_sqlite_commit(en_segment *base, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    if (segment->reader != NULL) {
        bool whole = is_whole(segment, error);
        leave_read(segment);
        return whole;
    }
    if (!finish(segment, error)) {
        en_sqlite_rollback(base);
        return false;
    }
    en_layout_settle(segment);
    if (segment->in_batch) {
        en_db_watch(segment->connection->db, NULL, 0);
        if (segment->kind == EN_SEGMENT_WRITE) {
            en_batch_keep(segment->run.batch);
        }
        return true;
    }
    forget_touched(segment);
    return en_group_join(segment->connection->database, error);
}

/* Nobody else may come between, so the transaction ends only if it holds nothing but this segment,
 * and then begins again behind a turnstile that was not left. Programs that do not know the
 * turnstile may have used the moment. */
static bool begin_again(en_sqlite *database, en_error *error)
{
    static const char version[] = "PRAGMA data_version";
    en_db *db = database->writer.db;
    int64_t before = 0;
    int64_t after = 0;
    if (!en_db_read_integer(db, version, &before, error)) {
        return false;
    }
    en_db_rollback(db);
    if (!en_db_begin(db, true, error) || !en_db_read_integer(db, version, &after, error)) {
        return false;
    }
    return before == after ||
           en_error_set(error, EN_InconsistencyError,
                        "another program wrote into the database while the run undid its changes");
}

bool en_sqlite_undo(en_segment *base, en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_db *db = segment->connection->db;
    bool only_reads =
        segment->reader != NULL || (segment->in_batch && segment->kind == EN_SEGMENT_READ);
    if (only_reads || !is_whole(segment, error)) {
        return only_reads;
    }
    en_layout_undo(segment);
    segment->met = NULL;
    if (!segment->has_savepoint) {
        return en_operation_end(segment, begin_again(segment->connection->database, error), error);
    }
    en_db_rollback_to(db, EN_SAVEPOINT_SEGMENT);
    return en_operation_end(segment, en_db_savepoint(db, EN_SAVEPOINT_SEGMENT, error), error);
}

/* --- batches --- */

bool en_sqlite_batch_begin(en_database *base, const volatile int *interrupted, en_error *error)
{
    en_sqlite *database = (en_sqlite *)base;
    const en_store_run nobody = { .is_batch = true };
    if (!take_turn(database, interrupted, error) || !begin(database, interrupted, error)) {
        return false;
    }
    start(&database->segment, &database->writer, EN_SEGMENT_WRITE, &nobody);
    database->segment.in_batch = true;
    return true;
}

bool en_sqlite_batch_is_wanted(en_database *base)
{
    en_sqlite *database = (en_sqlite *)base;
    return en_turn_is_wanted(&database->turn) || en_turnstile_is_wanted(&database->turnstile);
}

bool en_sqlite_batch_check(const en_database *base, en_error *error)
{
    const en_sqlite_segment *segment = &((const en_sqlite *)base)->segment;
    return !segment->is_lost || give_cause(segment, error);
}

bool en_sqlite_batch_save(en_database *base, const en_checkpoint *checkpoint, en_error *error)
{
    en_sqlite *database = (en_sqlite *)base;
    en_sqlite_segment *segment = &database->segment;
    if (!en_sqlite_batch_check(base, error)) {
        return false;
    }
    en_arena_reset(&database->writer.scratch);
    bool done = en_layout_save(segment, error) &&
                (checkpoint == NULL || en_checkpoint_write(&database->writer, checkpoint, error));
    return en_operation_end(segment, done, error);
}

bool en_sqlite_batch_commit(en_database *base, en_error *error)
{
    return en_group_commit((en_sqlite *)base, error);
}

void en_sqlite_batch_rollback(en_database *base)
{
    en_group_abandon((en_sqlite *)base);
}

/* --- what the run has met --- */

struct en_store_met {
    struct en_store_met *next;
    en_text name;
    int64_t id;
    int64_t generation;
};

/* The first use of a store in a segment: it must be what it was in the run's earlier segments, or
 * have been changed just now by this one. */
static bool meet(en_sqlite_segment *segment, const en_table *table, en_error *error)
{
    en_stores_met *met = segment->run.met;
    segment->met = table;
    struct en_store_met *at = met->first;
    while (at != NULL && !en_text_equal(at->name, table->schema->name)) {
        at = at->next;
    }
    if (at != NULL && !table->fresh &&
        (at->id != table->id || at->generation != table->generation)) {
        segment->met = NULL;
        en_error_set(error, EN_InconsistencyError,
                     "schema changed while running: data store \"%.*s\" was changed by somebody "
                     "else since this run used it",
                     EN_TEXT_ARG(at->name));
        if (error != NULL) {
            error->retryable = true;
        }
        return false;
    }
    if (at == NULL) {
        at = EN_NEW(met->arena, struct en_store_met);
        at->name = en_text_copy(met->arena, table->schema->name);
        at->next = met->first;
        met->first = at;
    }
    at->id = table->id;
    at->generation = table->generation;
    return true;
}

/* --- operations --- */

bool en_segment_check(en_sqlite_segment *segment, bool writes, en_error *error)
{
    const volatile int *interrupted = segment->run.interrupted;
    if (!is_whole(segment, error)) {
        return false;
    }
    if (interrupted != NULL && *interrupted != 0) {
        return en_error_set(error, EN_ExecutionInterruptedError, "interrupted");
    }
    if (writes && segment->kind == EN_SEGMENT_READ) {
        return en_error_set(error, EN_RuntimeError, "a reading segment cannot write");
    }
    en_arena_reset(&segment->connection->scratch);
    return true;
}

bool en_operation_begin(en_sqlite_segment *segment, en_operation_kind kind, en_text store,
                        en_table **table, en_error *error)
{
    if (!en_segment_check(segment, kind != EN_OPERATION_READ, error)) {
        return false;
    }
    bool found = en_layout_find(segment, store, kind == EN_OPERATION_MAKE, table, error);
    if (!en_operation_end(segment, found, error) ||
        (segment->run.met != NULL && *table != NULL && *table != segment->met &&
         !meet(segment, *table, error))) {
        return false;
    }
    return kind == EN_OPERATION_READ || *table == NULL || segment->run.undo == NULL ||
           en_journal_enter(segment, *table, error) || en_operation_end(segment, false, error);
}

/* A full disk, an I/O error, no memory or damage may have undone the whole transaction, and with it
 * what other runs had finished. Nobody was told of that yet, so nothing is lost: all fail alike. */
bool en_operation_end(en_sqlite_segment *segment, bool done, en_error *error)
{
    if (segment->kept != NULL) {
        done = en_journal_leave(segment, done, error);
    }
    if (done || segment->is_lost || en_db_in_transaction(segment->connection->db)) {
        return done;
    }
    en_error cause;
    en_error_clear(&cause);
    if (error != NULL && en_error_is_set(error)) {
        error->retryable = true;
        cause = *error;
    } else {
        en_error_set(&cause, EN_StoreUnavailableError, "the transaction was undone");
        cause.retryable = true;
    }
    lose(segment, &cause);
    if (segment->reader == NULL) {
        en_group_fail(segment->connection->database, &cause);
    }
    return give_cause(segment, error);
}

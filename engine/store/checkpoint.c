#include "store/checkpoint.h"

static const char table_sql[] = "CREATE TABLE IF NOT EXISTS enact_checkpoints (\n"
                                "  job TEXT NOT NULL PRIMARY KEY,\n"
                                "  source TEXT NOT NULL,\n"
                                "  program TEXT NOT NULL,\n"
                                "  records INTEGER NOT NULL,\n"
                                "  failed INTEGER NOT NULL,\n"
                                "  begun INTEGER NOT NULL,\n" /* 0: none */
                                "  \"offset\" INTEGER NOT NULL,\n"
                                "  rejects_bytes INTEGER NOT NULL,\n"
                                "  finished INTEGER NOT NULL\n"
                                ") STRICT, WITHOUT ROWID";

enum {
    AT_JOB = 1,
    AT_SOURCE,
    AT_PROGRAM,
    AT_RECORDS,
    AT_FAILED,
    AT_BEGUN,
    AT_OFFSET,
    AT_REJECTS,
    AT_FINISHED
};

static void bind_count(en_statement *statement, int index, uint64_t count)
{
    en_statement_bind_integer(statement, index, count > INT64_MAX ? INT64_MAX : (int64_t)count);
}

static uint64_t read_count(en_statement *statement, int column)
{
    int64_t integer = en_statement_integer(statement, column);
    return integer < 0 ? 0 : (uint64_t)integer;
}

bool en_checkpoint_write(en_connection *connection, const en_checkpoint *checkpoint,
                         en_error *error)
{
    en_statement *write = NULL;
    if (!en_db_run(connection->db, table_sql, error) ||
        !en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("INSERT OR REPLACE INTO enact_checkpoints VALUES "
                               "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
                       &write, error)) {
        return false;
    }
    en_statement_bind_text(write, AT_JOB, checkpoint->job);
    en_statement_bind_text(write, AT_SOURCE, checkpoint->source);
    en_statement_bind_text(write, AT_PROGRAM, checkpoint->program);
    bind_count(write, AT_RECORDS, checkpoint->records);
    bind_count(write, AT_FAILED, checkpoint->failed);
    bind_count(write, AT_BEGUN, checkpoint->begun);
    bind_count(write, AT_OFFSET, checkpoint->offset);
    bind_count(write, AT_REJECTS, checkpoint->rejects_bytes);
    bind_count(write, AT_FINISHED, checkpoint->finished);
    en_stepped step = en_statement_step(write, error);
    en_statement_release(write);
    return step == EN_STEP_DONE ||
           en_error_set(error, EN_StoreUnavailableError, "enact_checkpoints cannot be written");
}

bool en_sqlite_checkpoint_find(en_segment *base, en_text job, en_arena *arena,
                               en_checkpoint *checkpoint, bool *found, en_error *error)
{
    en_connection *connection = ((en_sqlite_segment *)base)->connection;
    en_statement *find = NULL;
    int64_t tables = 0;
    *found = false;
    *checkpoint = (en_checkpoint){ 0 };
    if (!en_db_read_integer(connection->db,
                            "SELECT count(*) FROM sqlite_schema WHERE name = 'enact_checkpoints'",
                            &tables, error) ||
        tables == 0) {
        return tables == 0 && !en_error_is_set(error);
    }
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("SELECT job, source, program, records, failed, begun, \"offset\", "
                               "rejects_bytes, finished FROM enact_checkpoints WHERE job = ?1"),
                       &find, error)) {
        return false;
    }
    en_statement_bind_text(find, 1, job);
    en_stepped step = en_statement_step(find, error);
    *found = step == EN_STEP_ROW;
    if (*found) {
        *checkpoint = (en_checkpoint){
            .job = en_text_copy(arena, en_statement_text(find, AT_JOB - 1)),
            .source = en_text_copy(arena, en_statement_text(find, AT_SOURCE - 1)),
            .program = en_text_copy(arena, en_statement_text(find, AT_PROGRAM - 1)),
            .records = read_count(find, AT_RECORDS - 1),
            .failed = read_count(find, AT_FAILED - 1),
            .begun = read_count(find, AT_BEGUN - 1),
            .offset = read_count(find, AT_OFFSET - 1),
            .rejects_bytes = read_count(find, AT_REJECTS - 1),
            .finished = read_count(find, AT_FINISHED - 1) != 0,
        };
    }
    en_statement_release(find);
    return step != EN_STEP_FAILED;
}

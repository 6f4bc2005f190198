#include "store/reader.h"

#include "store/segment.h"

static en_reader *take_idle(en_sqlite *database)
{
    pthread_mutex_lock(&database->reading);
    en_reader *reader = database->idle_readers;
    if (reader != NULL) {
        database->idle_readers = reader->next_idle;
    }
    pthread_mutex_unlock(&database->reading);
    return reader;
}

static void discard(en_reader *reader)
{
    en_connection_close(&reader->connection);
    en_arena_done(&reader->connection.scratch);
    en_arena arena = reader->arena; /* the reader lies in it */
    en_arena_done(&arena);
}

static bool open_reader(en_sqlite *database, en_reader **opened, en_error *error)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_reader *reader = EN_NEW(&arena, en_reader);
    reader->arena = arena;
    reader->connection.database = database;
    reader->connection.arena = &reader->arena;
    reader->connection.is_reader = true;
    en_arena_init(&reader->connection.scratch, NULL);
    if (!en_connection_open(&reader->connection, error)) {
        discard(reader);
        return false;
    }
    pthread_mutex_lock(&database->reading);
    reader->next = database->readers;
    database->readers = reader;
    pthread_mutex_unlock(&database->reading);
    *opened = reader;
    return true;
}

bool en_reader_take(en_sqlite *database, en_reader **reader, en_error *error)
{
    *reader = take_idle(database);
    return *reader != NULL || open_reader(database, reader, error);
}

void en_reader_give(en_sqlite *database, en_reader *reader)
{
    pthread_mutex_lock(&database->reading);
    reader->next_idle = database->idle_readers;
    database->idle_readers = reader;
    pthread_mutex_unlock(&database->reading);
}

void en_readers_close(en_sqlite *database)
{
    while (database->readers != NULL) {
        en_reader *reader = database->readers;
        database->readers = reader->next;
        discard(reader);
    }
    database->idle_readers = NULL;
}

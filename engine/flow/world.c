#include "flow/run.h"

void en_world_init(en_world *world)
{
    *world = (en_world){ .database_options = { .path = ":memory:" } };
    pthread_mutex_init(&world->lock, NULL);
}

static bool open_and_declare(en_world *world, en_error *error)
{
    en_database *database;
    if (!en_database_open(&world->database_options, &database, error)) {
        return false;
    }
    for (size_t i = 0; i < world->schema_count; i++) {
        if (!en_database_declare(database, world->schemas[i], error)) {
            en_database_close(database);
            return false;
        }
    }
    world->database = database;
    return true;
}

bool en_world_database(en_world *world, en_database **database, en_error *error)
{
    pthread_mutex_lock(&world->lock);
    bool opened = world->database != NULL || open_and_declare(world, error);
    *database = world->database;
    pthread_mutex_unlock(&world->lock);
    return opened;
}

void en_world_done(en_world *world)
{
    if (world->database != NULL) {
        en_database_close(world->database);
        world->database = NULL;
    }
    pthread_mutex_destroy(&world->lock);
}

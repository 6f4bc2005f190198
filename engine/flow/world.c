#include "flow/run.h"

void en_world_init(en_world *world)
{
    *world = (en_world){ .database_options = { .path = ":memory:" } };
    pthread_mutex_init(&world->lock, NULL);
}

static bool knows_schema(const en_world *world, en_text name)
{
    for (size_t i = 0; i < world->schema_count; i++) {
        if (en_text_equal(world->schemas[i]->name, name)) {
            return true;
        }
    }
    return false;
}

void en_world_take_schemas(en_world *world, en_arena *arena, const en_schema *const *schemas,
                           size_t count)
{
    const en_schema **all = en_arena_alloc(arena, (world->schema_count + count + 1) * sizeof *all);
    size_t made = 0;
    for (; made < world->schema_count; made++) {
        all[made] = world->schemas[made];
    }
    for (size_t i = 0; i < count; i++) {
        if (!knows_schema(world, schemas[i]->name)) {
            all[made++] = schemas[i];
        }
    }
    world->schemas = all;
    world->schema_count = made;
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

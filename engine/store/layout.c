#include "store/layout.h"

#include "store/catalog.h"
#include "store/load.h"
#include "store/migrate.h"
#include "store/schema_difference.h"
#include "store/table.h"

#include <string.h>

/* --- declarations --- */

static const en_schema *find_declared(en_sqlite *database, en_text store)
{
    const en_schema *schema = NULL;
    pthread_mutex_lock(&database->declaring);
    for (en_declared *at = database->declared; at != NULL && schema == NULL; at = at->next) {
        if (en_text_equal(at->schema->name, store)) {
            schema = at->schema;
        }
    }
    pthread_mutex_unlock(&database->declaring);
    return schema;
}

static bool was_in_force(en_sqlite *database, const en_schema *schema)
{
    bool was = false;
    pthread_mutex_lock(&database->declaring);
    for (en_declared *at = database->declared; at != NULL; at = at->next) {
        was = was || (at->schema == schema && at->in_force);
    }
    pthread_mutex_unlock(&database->declaring);
    return was;
}

static void set_in_force(en_sqlite *database, en_text store)
{
    pthread_mutex_lock(&database->declaring);
    for (en_declared *at = database->declared; at != NULL; at = at->next) {
        at->in_force = at->in_force || en_text_equal(at->schema->name, store);
    }
    pthread_mutex_unlock(&database->declaring);
}

/* --- tables of a connection --- */

static en_table **bucket_of(en_connection *connection, en_text store)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < store.length; i++) {
        hash = (hash ^ (unsigned char)store.data[i]) * 16777619u;
    }
    return &connection->tables[hash % EN_TABLE_BUCKETS];
}

static en_table *find_known(en_connection *connection, en_text store)
{
    en_table *table = *bucket_of(connection, store);
    while (table != NULL && !en_text_equal(table->schema->name, store)) {
        table = table->next;
    }
    return table;
}

static void forget(en_sqlite_segment *segment, en_table *table)
{
    en_table **at = bucket_of(table->connection, table->schema->name);
    while (*at != table) {
        at = &(*at)->next;
    }
    *at = table->next;
    for (at = &segment->touched; *at != NULL; at = &(*at)->next_touched) {
        if (*at == table) {
            *at = table->next_touched;
            break;
        }
    }
    if (segment->latest == table) {
        segment->latest = NULL;
    }
    en_table_free(table);
}

static void know(en_connection *connection, en_table *table)
{
    en_table **bucket = bucket_of(connection, table->schema->name);
    table->next = *bucket;
    *bucket = table;
}

static void mark(en_table *table)
{
    table->before_segment.count = table->count;
    table->before_segment.bytes = table->bytes;
    table->before_segment.dirty = table->dirty;
}

static void touch(en_sqlite_segment *segment, en_table *table)
{
    mark(table);
    table->segment = segment->serial;
    table->next_touched = segment->touched;
    segment->touched = table;
}

/* What was in force may have been undone. */
static void clear_in_force(en_sqlite *database)
{
    pthread_mutex_lock(&database->declaring);
    for (en_declared *at = database->declared; at != NULL; at = at->next) {
        at->in_force = false;
    }
    pthread_mutex_unlock(&database->declaring);
}

void en_layout_close(en_connection *connection)
{
    if (!connection->is_reader) {
        clear_in_force(connection->database);
    }
    for (size_t i = 0; i < EN_TABLE_BUCKETS; i++) {
        while (connection->tables[i] != NULL) {
            en_table *table = connection->tables[i];
            connection->tables[i] = table->next;
            en_table_free(table);
        }
    }
}

bool en_layout_save(en_sqlite_segment *segment, en_error *error)
{
    for (en_table *table = segment->touched; table != NULL; table = table->next_touched) {
        bool swept = !table->dirty || en_table_sweep_sometimes(table, segment->run.now_ms, error);
        if (!swept || !en_catalog_save(table, error)) {
            return false;
        }
    }
    return true;
}

void en_layout_settle(en_sqlite_segment *segment)
{
    for (en_table *table = segment->touched; table != NULL; table = table->next_touched) {
        table->fresh = false;
        if (!table->confirmed && table->declared != 0) {
            table->confirmed = true;
            set_in_force(segment->connection->database, table->schema->name);
        }
    }
}

const en_table *en_layout_peek(const en_sqlite_segment *segment, en_text store)
{
    const en_table *table = find_known(segment->connection, store);
    return table != NULL && table->segment == segment->serial ? table : NULL;
}

void en_layout_mark(en_sqlite_segment *segment)
{
    for (en_table *table = segment->touched; table != NULL; table = table->next_touched) {
        mark(table);
    }
}

/* Other segments of the batch go on with the tables and their counters. */
static void go_back_to_marks(en_sqlite_segment *segment)
{
    en_table *next = NULL;
    for (en_table *table = segment->touched; table != NULL; table = next) {
        next = table->next_touched;
        if (table->fresh) {
            forget(segment, table);
        } else {
            table->count = table->before_segment.count;
            table->bytes = table->before_segment.bytes;
            table->dirty = table->before_segment.dirty;
        }
    }
    segment->latest = NULL;
}

void en_layout_undo(en_sqlite_segment *segment)
{
    if (segment->in_batch) {
        go_back_to_marks(segment);
        return;
    }
    while (segment->touched != NULL) {
        en_table *table = segment->touched;
        table->dirty = false;
        table->segment = 0;
        if (table->fresh) {
            forget(segment, table);
        } else {
            segment->touched = table->next_touched;
        }
    }
    segment->latest = NULL;
}

/* --- names of tables --- */

static bool starts_nocase(en_text text, en_text prefix)
{
    return text.length >= prefix.length &&
           en_text_equal_nocase(en_text_slice(text, 0, prefix.length), prefix);
}

/* json_each is a name that our own queries use. */
static bool can_name_table(en_text name)
{
    return name.length != 0 && name.length <= EN_NAMED_LIMIT &&
           memchr(name.data, '\0', name.length) == NULL &&
           !starts_nocase(name, EN_TEXT("enact_")) && !starts_nocase(name, EN_TEXT("sqlite_")) &&
           !en_text_equal_nocase(name, EN_TEXT("json_each"));
}

static bool choose_table_name(en_connection *connection, en_text store, int64_t id, en_text *name,
                              en_error *error)
{
    *name = en_text_format(&connection->scratch, "enact_s_%lld", (long long)id);
    if (!can_name_table(store)) {
        return true;
    }
    en_statement *find = NULL;
    if (!en_db_prepare(connection->db, &connection->scratch,
                       EN_TEXT("SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE"), &find,
                       error)) {
        return false;
    }
    en_statement_bind_text(find, 1, store);
    en_stepped step = en_statement_step(find, error);
    en_statement_release(find);
    if (step == EN_STEP_DONE) {
        *name = store;
    }
    return step != EN_STEP_FAILED;
}

/* --- making, comparing, loading --- */

/* The schema of a structure in enact_stores: read once for all tables that ever have it. */
static const en_schema *find_stored(en_sqlite *database, en_text structure, en_text store,
                                    en_error *error)
{
    const en_schema *schema = NULL;
    pthread_mutex_lock(&database->declaring);
    for (en_stored_schema *at = database->stored; at != NULL && schema == NULL; at = at->next) {
        schema = en_text_equal(at->structure, structure) ? at->schema : NULL;
    }
    en_arena *arena = &database->stored_arena;
    if (schema == NULL && en_schema_read_canonical(arena, structure, store, 0, 0, &schema, error)) {
        en_stored_schema *made = EN_NEW(arena, en_stored_schema);
        *made = (en_stored_schema){ database->stored, en_text_copy(arena, structure), schema };
        database->stored = made;
    }
    pthread_mutex_unlock(&database->declaring);
    return schema;
}

/* The table's own copy of what may not live as long: the fields do. */
static en_schema *own_schema(en_table *table, const en_schema *schema, en_text name)
{
    en_schema *own = EN_NEW(&table->arena, en_schema);
    *own = *schema;
    own->name = en_text_copy(&table->arena, name);
    return own;
}

static const en_schema *own_stored(en_table *table, const en_catalog_row *row, en_text store,
                                   en_error *error)
{
    const en_schema *stored =
        find_stored(table->connection->database, row->structure, store, error);
    if (stored == NULL) {
        return NULL;
    }
    en_schema *own = own_schema(table, stored, store);
    own->max_records = row->max_records;
    own->max_bytes = row->max_bytes;
    return own;
}

/* Lays a new table object out and makes it known; a NULL schema is what the row holds. */
static bool open_table(en_sqlite_segment *segment, en_text store, const en_catalog_row *row,
                       const en_schema *schema, en_table **table, en_error *error)
{
    en_table *opened = en_table_new(segment->connection);
    opened->id = row->id;
    opened->generation = row->generation;
    opened->count = row->count;
    opened->bytes = row->bytes;
    schema = schema != NULL ? own_schema(opened, schema, schema->name)
                            : own_stored(opened, row, store, error);
    if (schema == NULL || !en_table_lay_out(opened, schema, row->table, error)) {
        en_table_free(opened);
        return false;
    }
    know(segment->connection, opened);
    touch(segment, opened);
    *table = opened;
    return true;
}

/* Changes of tables take several statements: all of them happen, or none. */
static bool change_tables(en_table *table, bool (*change)(en_table *table, en_error *error),
                          en_error *error)
{
    en_db *db = table->connection->db;
    if (!en_db_savepoint(db, EN_SAVEPOINT_CHANGE, error)) {
        return false;
    }
    if (!change(table, error)) {
        en_db_rollback_to(db, EN_SAVEPOINT_CHANGE);
        return false;
    }
    return en_db_release(db, EN_SAVEPOINT_CHANGE, error);
}

static bool write_new(en_table *table, en_error *error)
{
    return en_table_create(table, error) && en_catalog_insert(table, error);
}

static bool drop_table(en_table *table, en_error *error)
{
    en_builder sql;
    en_builder_init(&sql, &table->connection->scratch);
    en_builder_add(&sql, EN_TEXT("DROP TABLE "));
    en_builder_add(&sql, table->quoted);
    return en_sql_run(table->connection->db, &sql, error);
}

static bool write_again(en_table *table, en_error *error)
{
    return drop_table(table, error) && en_table_create(table, error) &&
           en_catalog_update(table, error);
}

static bool write_indexes(en_table *table, en_error *error)
{
    return en_table_create_indexes(table, error) && en_catalog_update(table, error);
}

static bool make_store(en_sqlite_segment *segment, const en_schema *schema, en_table **table,
                       en_error *error)
{
    en_connection *connection = segment->connection;
    en_catalog_row row = { .generation = 1 };
    if (!en_catalog_next_id(connection, &row.id, error) ||
        !choose_table_name(connection, schema->name, row.id, &row.table, error) ||
        !open_table(segment, schema->name, &row, schema, table, error)) {
        return false;
    }
    (*table)->fresh = true;
    if (!change_tables(*table, write_new, error)) {
        forget(segment, *table);
        return false;
    }
    return true;
}

/* Puts the declared schema in the place of the stored one; an empty table is built anew. */
static bool replace_schema(en_sqlite_segment *segment, const en_catalog_row *row,
                           const en_schema *wanted, bool rebuild, en_table **table, en_error *error)
{
    if (!open_table(segment, wanted->name, row, wanted, table, error)) {
        return false;
    }
    (*table)->fresh = true;
    if (!change_tables(*table, rebuild ? write_again : write_indexes, error)) {
        forget(segment, *table);
        return false;
    }
    return true;
}

static bool refuse_key(en_text store, en_text what, en_error *error)
{
    en_error_set(error, EN_InvalidConfigurationError,
                 "data store \"%.*s\" holds records, whose keys never change: %.*s",
                 EN_TEXT_ARG(store), EN_TEXT_ARG(what));
    en_error_hint(error, "export the records, drop the store and import them again");
    return false;
}

/* The records of a store under another definition. `stored` is forgotten. */
static bool migrate_store(en_sqlite_segment *segment, en_table *stored, const en_schema *wanted,
                          en_table **table, en_error *error)
{
    en_catalog_row row;
    en_text what;
    bool done = en_schema_moves_key(&segment->connection->scratch, stored->schema, wanted, &what)
                    ? refuse_key(wanted->name, what, error)
                    : en_migrate(stored, wanted, segment->run.now_ms, error);
    forget(segment, stored);
    if (!done || !en_catalog_read(segment->connection, wanted->name, &row, error) ||
        !open_table(segment, wanted->name, &row, wanted, table, error)) {
        return false;
    }
    (*table)->fresh = true;
    return true;
}

static bool say_changed(en_text store, en_error *error)
{
    en_error_set(error, EN_InvalidConfigurationError,
                 "the definition of data store \"%.*s\" was changed while this was running",
                 EN_TEXT_ARG(store));
    en_error_hint(error, "start again, with the new definition");
    return false;
}

/* The declared definition takes the place of the stored one, unless it was in force already and
 * somebody else has changed it since. Reading waits for who writes. */
static bool adopt_declaration(en_sqlite_segment *segment, const en_catalog_row *row,
                              const en_schema *wanted, en_table **table, en_error *error)
{
    en_table *stored = *table;
    bool empty = false;
    bool checked = en_table_is_empty(stored, &empty, error);
    en_text difference =
        en_schema_difference(&segment->connection->scratch, stored->schema, wanted);
    if (checked && was_in_force(segment->connection->database, wanted)) {
        if (difference.length == 0) {
            return true;
        }
        forget(segment, stored);
        return say_changed(wanted->name, error);
    }
    if (checked && segment->kind == EN_SEGMENT_READ) {
        return true;
    }
    if (checked && difference.length != 0 && !empty) {
        return migrate_store(segment, stored, wanted, table, error);
    }
    forget(segment, stored);
    return checked && replace_schema(segment, row, wanted, difference.length != 0, table, error);
}

/* A store whose filling was cut off lacks its indexes: load.h. */
static bool heal(en_sqlite_segment *segment, en_table *table, en_catalog_row *row, en_error *error)
{
    bool healed = false;
    if (segment->kind == EN_SEGMENT_READ || segment->managing) {
        return true;
    }
    if (!en_load_heal(table, &healed, error)) {
        forget(segment, table);
        return false;
    }
    table->fresh = table->fresh || healed;
    row->generation = table->generation;
    return true;
}

static bool open_stored(en_sqlite_segment *segment, en_text store, const en_catalog_row *row,
                        uint64_t version, en_table **table, en_error *error)
{
    const en_schema *declared =
        segment->managing ? NULL : find_declared(segment->connection->database, store);
    bool same =
        declared != NULL && declared->max_records == row->max_records &&
        declared->max_bytes == row->max_bytes &&
        en_text_equal(en_schema_canonical(&segment->connection->scratch, declared), row->structure);
    if (!open_table(segment, store, row, same ? declared : NULL, table, error)) {
        return false;
    }
    en_catalog_row healed_row = *row;
    if (!heal(segment, *table, &healed_row, error) ||
        (declared != NULL && !same &&
         !adopt_declaration(segment, &healed_row, declared, table, error))) {
        return false;
    }
    bool settled =
        !segment->managing && (declared == NULL || same || segment->kind == EN_SEGMENT_WRITE);
    (*table)->declared = settled ? version : 0; /* 0: compared again by the next segment */
    return true;
}

static bool refuse_undeclared(en_sqlite *database, en_arena *scratch, en_text store,
                              en_error *error)
{
    en_error_set(error, EN_InvalidConfigurationError, "no data store \"%.*s\" is declared",
                 EN_TEXT_ARG(store));
    size_t count = 0;
    pthread_mutex_lock(&database->declaring);
    for (en_declared *at = database->declared; at != NULL; at = at->next) {
        count++;
    }
    en_text *names = EN_TRY_ARRAY(scratch, en_text, count);
    count = 0;
    for (en_declared *at = database->declared; at != NULL && names != NULL; at = at->next) {
        names[count++] = at->schema->name;
    }
    pthread_mutex_unlock(&database->declaring);
    size_t nearest = names != NULL ? en_text_nearest(store, names, count) : SIZE_MAX;
    if (nearest != SIZE_MAX) {
        en_error_hint(error, "did you mean \"%.*s\"?", EN_TEXT_ARG(names[nearest]));
    }
    return false;
}

static bool make_missing(en_sqlite_segment *segment, en_text store, bool create, uint64_t version,
                         en_table **table, en_error *error)
{
    en_sqlite *database = segment->connection->database;
    const en_schema *declared = find_declared(database, store);
    if (declared == NULL && database->options.only_declared) {
        return refuse_undeclared(database, &segment->connection->scratch, store, error);
    }
    if (!create) {
        *table = NULL;
        return true;
    }
    const en_schema bare = { .name = store,
                             .max_records = EN_DEFAULT_MAX_RECORDS,
                             .max_bytes = EN_DEFAULT_MAX_BYTES };
    if (!make_store(segment, declared != NULL ? declared : &bare, table, error)) {
        return false;
    }
    (*table)->declared = version;
    return true;
}

/* The first use of a store in a segment: another process may have changed or dropped it. */
static bool load(en_sqlite_segment *segment, en_text store, bool create, en_table **table,
                 en_error *error)
{
    en_connection *connection = segment->connection;
    uint64_t version = atomic_load(&connection->database->declared_version);
    en_table *known = find_known(connection, store);
    en_catalog_row row;
    if (!en_catalog_read(connection, store, &row, error)) {
        return false;
    }
    if (known != NULL && row.found && known->id == row.id && known->generation == row.generation &&
        known->declared == version) {
        known->count = row.count;
        known->bytes = row.bytes;
        touch(segment, known);
        *table = known;
        return true;
    }
    if (known != NULL) {
        forget(segment, known);
    }
    return row.found ? open_stored(segment, store, &row, version, table, error)
                     : make_missing(segment, store, create, version, table, error);
}

bool en_layout_find(en_sqlite_segment *segment, en_text store, bool create, en_table **table,
                    en_error *error)
{
    if (segment->latest != NULL && en_text_equal(segment->latest->schema->name, store)) {
        *table = segment->latest;
        return true;
    }
    en_table *known = find_known(segment->connection, store);
    if (known != NULL && known->segment == segment->serial) {
        *table = known;
    } else if (!load(segment, store, create, table, error)) {
        return false;
    }
    segment->latest = *table;
    return true;
}

/* --- managing --- */

bool en_layout_create(en_sqlite_segment *segment, const en_schema *schema, en_error *error)
{
    en_catalog_row row;
    en_table *table = NULL;
    if (!en_catalog_read(segment->connection, schema->name, &row, error)) {
        return false;
    }
    if (row.found) {
        return en_error_set(error, EN_DuplicateDataError, "data store \"%.*s\" exists",
                            EN_TEXT_ARG(schema->name));
    }
    en_table *known = find_known(segment->connection, schema->name);
    if (known != NULL) {
        forget(segment, known);
    }
    if (!make_store(segment, schema, &table, error)) {
        return false;
    }
    forget(segment, table); /* the schema may not live on: it is read back on first use */
    return true;
}

static bool drop_store(en_table *table, en_error *error)
{
    return drop_table(table, error) && en_catalog_delete(table, error);
}

/* A store that goes would take counters with it that only the commit of the batch writes. */
static bool may_manage(const en_sqlite_segment *segment, en_error *error)
{
    return !segment->in_batch ||
           en_error_set(error, EN_RuntimeError, "a batch drops and renames no data stores");
}

bool en_layout_drop(en_sqlite_segment *segment, en_table *table, en_error *error)
{
    if (!may_manage(segment, error) || !change_tables(table, drop_store, error)) {
        return false;
    }
    forget(segment, table);
    return true;
}

/* The name a table has in the database gives way to the one in its schema. */
static bool move_store(en_table *table, en_error *error)
{
    en_text moved;
    en_connection *connection = table->connection;
    if (!choose_table_name(connection, table->schema->name, table->id, &moved, error)) {
        return false;
    }
    if (!en_text_equal(moved, table->table)) {
        en_builder sql;
        en_builder_init(&sql, &connection->scratch);
        en_builder_add(&sql, EN_TEXT("ALTER TABLE "));
        en_builder_add(&sql, table->quoted);
        en_builder_add(&sql, EN_TEXT(" RENAME TO "));
        en_sql_add_name(&sql, moved);
        if (!en_sql_run(connection->db, &sql, error)) {
            return false;
        }
    }
    table->table = moved;
    return en_catalog_save(table, error) && en_catalog_update(table, error);
}

bool en_layout_rename(en_sqlite_segment *segment, en_table *table, en_text name, en_error *error)
{
    en_catalog_row taken;
    if (!may_manage(segment, error) || !en_catalog_read(segment->connection, name, &taken, error)) {
        return false;
    }
    if (taken.found || name.length == 0) {
        return en_error_set(error, EN_DuplicateDataError,
                            taken.found ? "data store \"%.*s\" exists"
                                        : "a data store needs a name%.*s",
                            EN_TEXT_ARG(name));
    }
    en_schema renamed = *table->schema;
    renamed.name = name;
    en_table moved = { .connection = table->connection,
                       .id = table->id,
                       .generation = table->generation,
                       .schema = &renamed,
                       .table = table->table,
                       .quoted = table->quoted,
                       .count = table->count,
                       .bytes = table->bytes,
                       .dirty = table->dirty };
    if (!change_tables(&moved, move_store, error)) {
        return false;
    }
    forget(segment, table);
    return true;
}

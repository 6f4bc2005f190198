#include "store/tape.h"

#include "value/json.h"

#include <string.h>

/* The run has one segment at a time. */
typedef struct tape_segment {
    en_segment base;
    en_tape *tape;
    en_segment *real;  /* NULL: playing */
    en_random *random; /* the run's: making a key uses it */
    en_random before;
} tape_segment;

struct en_tape {
    en_database base;
    en_database *real;
    bool plays;
    en_arena scratch; /* of one operation that is kept */
    en_builder kept;
    en_value played;
    uint32_t at;
    tape_segment segment;
};

static en_tape *tape_of(en_segment *segment)
{
    return ((tape_segment *)segment)->tape;
}

static en_segment *real_of(en_segment *segment)
{
    return ((tape_segment *)segment)->real;
}

/* --- what is kept of an operation --- */

static void add(en_collection_builder *object, const char *name, en_value value)
{
    en_collection_builder_add(object, en_text_from(name), value);
}

static void add_text(en_collection_builder *object, const char *name, en_text text)
{
    if (text.length != 0) {
        add(object, name, en_text_value(text));
    }
}

static en_value error_value(en_arena *arena, const en_error *error)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add_text(&object, "type", en_text_from(en_error_name(error->type)));
    add_text(&object, "message", en_text_from(error->message));
    add_text(&object, "path", en_text_from(error->path));
    add_text(&object, "hint", en_text_from(error->hint));
    add(&object, "statusCode", en_number(error->status_code));
    add(&object, "retryable", en_boolean(error->retryable));
    return en_collection_builder_take(&object);
}

static void read_error(en_value value, en_error *error)
{
    en_text message = en_value_text(en_collection_find(value, EN_TEXT("message")));
    en_text hint = en_value_text(en_collection_find(value, EN_TEXT("hint")));
    en_error_type type =
        en_error_type_find(en_value_text(en_collection_find(value, EN_TEXT("type"))));
    en_error_set(error, type != EN_NO_ERROR ? type : EN_InconsistencyError, "%.*s",
                 EN_TEXT_ARG(message));
    if (error == NULL) {
        return;
    }
    if (hint.length != 0) {
        en_error_hint(error, "%.*s", EN_TEXT_ARG(hint));
    }
    en_error_prefix_path(error, en_value_text(en_collection_find(value, EN_TEXT("path"))));
    error->status_code = (int)en_value_number(en_collection_find(value, EN_TEXT("statusCode")));
    error->retryable = en_collection_find(value, EN_TEXT("retryable")).as.boolean;
}

/* The generator, as an operation that made a key left it. */
static en_value random_value(en_arena *arena, const en_random *random)
{
    en_array_builder numbers;
    en_array_builder_init(&numbers, arena);
    for (size_t i = 0; i < sizeof random->state / sizeof *random->state; i++) {
        en_array_builder_add(&numbers, en_integer_unsigned(random->state[i]));
    }
    en_array_builder_add(&numbers, en_integer_unsigned(random->last_id_ms));
    en_array_builder_add(&numbers, en_integer_unsigned(random->last_id_count));
    return en_array_builder_take(&numbers);
}

static uint64_t unsigned_of(en_value value)
{
    if (value.form == EN_EXACT_UNSIGNED) {
        return value.as.exact_unsigned;
    }
    int64_t integer = 0;
    return en_value_integer(value, &integer) ? (uint64_t)integer : 0;
}

static void read_random(en_value value, en_random *random)
{
    enum { STATES = sizeof random->state / sizeof *random->state };
    if (value.tag != EN_ARRAY || value.length != STATES + 2) {
        return;
    }
    for (size_t i = 0; i < STATES; i++) {
        random->state[i] = unsigned_of(value.as.items[i]);
    }
    random->last_id_ms = unsigned_of(value.as.items[STATES]);
    random->last_id_count = unsigned_of(value.as.items[STATES + 1]);
}

/* --- one operation --- */

/* Begins the entry of an operation, which is kept or looked for. */
static void begin(en_segment *segment, en_collection_builder *entry, const char *operation,
                  en_text store, en_text key)
{
    en_tape *tape = tape_of(segment);
    tape_segment *own = (tape_segment *)segment;
    en_arena_reset(&tape->scratch);
    en_collection_builder_init(entry, &tape->scratch);
    add(entry, "op", en_text_value(en_text_from(operation)));
    add_text(entry, "store", store);
    add_text(entry, "key", key);
    if (own->random != NULL) {
        own->before = *own->random;
    }
}

/* Ends the entry of an operation that was passed on, and passes `done` on. */
static bool keep(en_segment *segment, en_collection_builder *entry, bool done,
                 const en_error *error)
{
    en_tape *tape = tape_of(segment);
    tape_segment *own = (tape_segment *)segment;
    if (!done && error != NULL) {
        add(entry, "error", error_value(&tape->scratch, error));
    }
    if (own->random != NULL && memcmp(&own->before, own->random, sizeof own->before) != 0) {
        add(entry, "random", random_value(&tape->scratch, own->random));
    }
    en_builder_add(&tape->kept, tape->kept.length == 0 ? EN_TEXT("[") : EN_TEXT(",\n"));
    en_json_write(&tape->kept, en_collection_builder_take(entry), EN_JSON_TYPED);
    return done;
}

static en_value next_entry(const en_tape *tape)
{
    return tape->at < tape->played.length ? tape->played.as.items[tape->at] : en_null();
}

static bool is_same(en_value a, en_value b, const char *name)
{
    return en_text_equal(en_value_text(en_collection_find(a, en_text_from(name))),
                         en_value_text(en_collection_find(b, en_text_from(name))));
}

static en_text describe(en_arena *arena, en_value entry)
{
    en_text store = en_value_text(en_collection_find(entry, EN_TEXT("store")));
    en_text key = en_value_text(en_collection_find(entry, EN_TEXT("key")));
    return en_text_format(arena, "%.*s of data store \"%.*s\"%s%.*s",
                          EN_TEXT_ARG(en_value_text(en_collection_find(entry, EN_TEXT("op")))),
                          EN_TEXT_ARG(store), key.length != 0 ? ", key " : "", EN_TEXT_ARG(key));
}

/* What was kept of the operation, if it is the next one. */
static bool play(en_segment *segment, en_collection_builder *entry, en_value *given,
                 en_error *error)
{
    en_tape *tape = tape_of(segment);
    tape_segment *own = (tape_segment *)segment;
    en_value asked = en_collection_builder_take(entry);
    *given = next_entry(tape);
    if (given->tag != EN_COLLECTION) {
        return en_error_set(error, EN_InconsistencyError,
                            "the run asks for %s, but the run that was kept had ended there",
                            describe(&tape->scratch, asked).data);
    }
    if (!is_same(asked, *given, "op") || !is_same(asked, *given, "store") ||
        !is_same(asked, *given, "key")) {
        return en_error_set(error, EN_InconsistencyError,
                            "the run asks for %s, but the run that was kept asked for %s",
                            describe(&tape->scratch, asked).data,
                            describe(&tape->scratch, *given).data);
    }
    tape->at++;
    if (own->random != NULL) {
        read_random(en_collection_find(*given, EN_TEXT("random")), own->random);
    }
    en_value failed = en_collection_find(*given, EN_TEXT("error"));
    if (failed.tag == EN_COLLECTION) {
        read_error(failed, error);
        return false;
    }
    return true;
}

static bool flag_of(en_value given, const char *name)
{
    en_value flag = en_collection_find(given, en_text_from(name));
    return flag.tag == EN_BOOLEAN && flag.as.boolean;
}

static void read_record(en_value given, en_arena *arena, en_record *record)
{
    if (record == NULL) {
        return;
    }
    en_value key = en_value_copy(arena, en_collection_find(given, EN_TEXT("recordKey")));
    *record =
        (en_record){ .found = flag_of(given, "found"),
                     .created = flag_of(given, "created"),
                     .key = en_value_text(key),
                     .value = en_value_copy(arena, en_collection_find(given, EN_TEXT("value"))) };
}

static bool play_record(en_segment *segment, en_collection_builder *entry, en_arena *arena,
                        en_record *record, en_error *error)
{
    en_value given;
    bool played = play(segment, entry, &given, error);
    read_record(played ? given : en_null(), arena, record);
    return played;
}

static bool keep_record(en_segment *segment, en_collection_builder *entry, bool done,
                        const en_record *record, const en_error *error)
{
    if (done && record != NULL) {
        add(entry, "found", en_boolean(record->found));
        add(entry, "created", en_boolean(record->created));
        add(entry, "recordKey", en_text_value(record->key));
        add(entry, "value", record->value);
    }
    return keep(segment, entry, done, error);
}

static uint64_t count_of(en_value given)
{
    return unsigned_of(en_collection_find(given, EN_TEXT("count")));
}

static bool play_count(en_segment *segment, en_collection_builder *entry, uint64_t *count,
                       en_error *error)
{
    en_value given;
    bool played = play(segment, entry, &given, error);
    *count = played ? count_of(given) : 0;
    return played;
}

static bool keep_count(en_segment *segment, en_collection_builder *entry, bool done,
                       const uint64_t *count, const en_error *error)
{
    add(entry, "count", done ? en_integer_unsigned(*count) : en_null());
    return keep(segment, entry, done, error);
}

/* --- operations: the row of functions in store.h --- */

static bool tape_add(en_segment *segment, en_text store, en_text key, en_value data, bool overwrite,
                     en_arena *arena, en_record *record, en_error *error)
{
    en_collection_builder entry;
    begin(segment, &entry, "add", store, key);
    if (tape_of(segment)->plays) {
        return play_record(segment, &entry, arena, record, error);
    }
    bool done = en_store_add(real_of(segment), store, key, data, overwrite, arena, record, error);
    return keep_record(segment, &entry, done, record, error);
}

static bool tape_update(en_segment *segment, en_text store, en_text key, en_value data, bool upsert,
                        en_arena *arena, en_record *record, en_error *error)
{
    en_collection_builder entry;
    begin(segment, &entry, "update", store, key);
    if (tape_of(segment)->plays) {
        return play_record(segment, &entry, arena, record, error);
    }
    bool done = en_store_update(real_of(segment), store, key, data, upsert, arena, record, error);
    return keep_record(segment, &entry, done, record, error);
}

static bool tape_get(en_segment *segment, en_text store, en_text key, en_arena *arena,
                     en_record *record, en_error *error)
{
    en_collection_builder entry;
    begin(segment, &entry, "get", store, key);
    if (tape_of(segment)->plays) {
        return play_record(segment, &entry, arena, record, error);
    }
    bool done = en_store_get(real_of(segment), store, key, arena, record, error);
    return keep_record(segment, &entry, done, record, error);
}

static bool tape_remove(en_segment *segment, en_text store, en_text key, uint64_t *deleted,
                        en_error *error)
{
    en_collection_builder entry;
    begin(segment, &entry, "delete", store, key);
    if (tape_of(segment)->plays) {
        return play_count(segment, &entry, deleted, error);
    }
    bool done = en_store_delete(real_of(segment), store, key, deleted, error);
    return keep_count(segment, &entry, done, deleted, error);
}

static bool tape_clear(en_segment *segment, en_text store, uint64_t *deleted, en_error *error)
{
    en_collection_builder entry;
    begin(segment, &entry, "clear", store, EN_TEXT(""));
    if (tape_of(segment)->plays) {
        return play_count(segment, &entry, deleted, error);
    }
    bool done = en_store_clear(real_of(segment), store, deleted, error);
    return keep_count(segment, &entry, done, deleted, error);
}

static bool tape_search(en_segment *segment, en_text store, const en_query *query, en_arena *arena,
                        en_found *found, en_error *error)
{
    en_collection_builder entry;
    en_value given;
    begin(segment, &entry, query->count_only ? "count" : "search", store, EN_TEXT(""));
    if (tape_of(segment)->plays) {
        bool played = play(segment, &entry, &given, error);
        given = played ? given : en_null();
        en_value records = en_collection_find(given, EN_TEXT("records"));
        *found = (en_found){ .records = records.tag == EN_ARRAY ? en_value_copy(arena, records)
                                                                : en_array(NULL, 0),
                             .count = count_of(given) };
        return played;
    }
    bool done = en_store_search(real_of(segment), store, query, arena, found, error);
    if (done) {
        add(&entry, "count", en_integer_unsigned(found->count));
        add(&entry, "records", found->records);
    }
    return keep(segment, &entry, done, error);
}

static bool tape_increment(en_segment *segment, en_text store, en_text key, en_text field,
                           en_value by, bool upsert, en_arena *arena, en_value *value,
                           en_error *error)
{
    en_collection_builder entry;
    en_value given;
    begin(segment, &entry, "increment", store, key);
    if (tape_of(segment)->plays) {
        bool played = play(segment, &entry, &given, error);
        *value = played ? en_collection_find(given, EN_TEXT("value")) : en_null();
        return played;
    }
    bool done =
        en_store_increment(real_of(segment), store, key, field, by, upsert, arena, value, error);
    add(&entry, "value", done ? *value : en_null());
    return keep(segment, &entry, done, error);
}

static bool tape_compare_and_set(en_segment *segment, en_text store, en_text key, en_value expected,
                                 en_value data, bool upsert, en_arena *arena, bool *swapped,
                                 en_record *record, en_error *error)
{
    en_collection_builder entry;
    en_value given;
    begin(segment, &entry, "compareAndSet", store, key);
    if (tape_of(segment)->plays) {
        bool played = play(segment, &entry, &given, error);
        given = played ? given : en_null();
        *swapped = flag_of(given, "swapped");
        read_record(given, arena, record);
        return played;
    }
    bool done = en_store_compare_and_set(real_of(segment), store, key, expected, data, upsert,
                                         arena, swapped, record, error);
    add(&entry, "swapped", en_boolean(done && *swapped));
    return keep_record(segment, &entry, done, record, error);
}

/* --- segments --- */

/* What failed when a segment began or ended; nothing is kept of the others. */
static bool play_failure(en_segment *segment, const char *operation, en_error *error)
{
    en_collection_builder entry;
    en_value given;
    en_value next = next_entry(tape_of(segment));
    if (!en_text_equal(en_value_text(en_collection_find(next, EN_TEXT("op"))),
                       en_text_from(operation))) {
        return true;
    }
    begin(segment, &entry, operation, EN_TEXT(""), EN_TEXT(""));
    return play(segment, &entry, &given, error);
}

static bool keep_failure(en_segment *segment, const char *operation, bool done,
                         const en_error *error)
{
    if (done) {
        return true;
    }
    en_collection_builder entry;
    begin(segment, &entry, operation, EN_TEXT(""), EN_TEXT(""));
    return keep(segment, &entry, false, error);
}

static const en_backend tape_backend;

static bool tape_enter(en_database *database, en_segment_kind kind, const en_store_run *run,
                       en_segment **segment, en_error *error)
{
    en_tape *tape = (en_tape *)database;
    tape->segment =
        (tape_segment){ .base.backend = &tape_backend, .tape = tape, .random = run->random };
    *segment = &tape->segment.base;
    if (tape->plays) {
        return play_failure(*segment, "enter", error);
    }
    bool entered = en_segment_enter(tape->real, kind, run, &tape->segment.real, error);
    return keep_failure(*segment, "enter", entered, error);
}

static bool tape_commit(en_segment *segment, en_error *error)
{
    if (tape_of(segment)->plays) {
        return play_failure(segment, "commit", error);
    }
    return keep_failure(segment, "commit", en_segment_commit(real_of(segment), error), error);
}

static void tape_rollback(en_segment *segment)
{
    if (!tape_of(segment)->plays) {
        en_segment_rollback(real_of(segment));
    }
}

static bool tape_undo(en_segment *segment, en_error *error)
{
    if (tape_of(segment)->plays) {
        return play_failure(segment, "undo", error);
    }
    return keep_failure(segment, "undo", en_segment_undo(real_of(segment), error), error);
}

/* A run looks into no store from outside of its operations: the row has no functions for that. */
static const en_backend tape_backend = {
    .name = "tape",
    .enter = tape_enter,
    .commit = tape_commit,
    .rollback = tape_rollback,
    .undo = tape_undo,
    .add = tape_add,
    .update = tape_update,
    .get = tape_get,
    .remove = tape_remove,
    .clear = tape_clear,
    .search = tape_search,
    .increment = tape_increment,
    .compare_and_set = tape_compare_and_set,
};

/* --- tapes --- */

static void close_scratch(void *handle)
{
    en_tape *tape = handle;
    en_arena_done(&tape->scratch);
}

static en_tape *new_tape(en_arena *arena)
{
    en_tape *tape = EN_NEW(arena, en_tape);
    tape->base.backend = &tape_backend;
    tape->played = en_null();
    en_arena_init(&tape->scratch, NULL);
    en_arena_defer(arena, close_scratch, tape);
    return tape;
}

en_tape *en_tape_record(en_arena *arena, size_t most_bytes)
{
    en_tape *tape = new_tape(arena);
    en_builder_init(&tape->kept, arena);
    tape->kept.limit_bytes = most_bytes;
    return tape;
}

bool en_tape_take(en_tape *tape, en_text *kept)
{
    en_builder_add(&tape->kept, tape->kept.length == 0 ? EN_TEXT("[]") : EN_TEXT("]"));
    bool whole = !tape->kept.failed;
    *kept = en_builder_take(&tape->kept);
    return whole;
}

bool en_tape_play(en_arena *arena, en_text kept, en_tape **tape, en_error *error)
{
    en_value played;
    if (!en_json_read(arena, kept, EN_JSON_TYPED, EN_JSON_DEPTH + 8, &played, error)) {
        return false;
    }
    if (played.tag != EN_ARRAY) {
        return en_error_set(error, EN_DataError, "what was kept of the data stores is no list");
    }
    *tape = new_tape(arena);
    (*tape)->plays = true;
    (*tape)->played = played;
    return true;
}

size_t en_tape_left(const en_tape *tape)
{
    return tape->played.length - tape->at;
}

en_database *en_tape_database(en_tape *tape, en_database *real)
{
    tape->real = real;
    return &tape->base;
}

bool en_tape_plays(const en_tape *tape)
{
    return tape->plays;
}

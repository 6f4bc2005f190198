/* Searches by an indexed field and counts, in a store of N records, against the bare prepared
 * statement on the same file: both ways in turn, the fastest round of each counts.
 *
 *     bench_search FILE [N] */
#include "store/store.h"
#include "value/json.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PER_USER = 20, ROUNDS = 7, SEARCHES = 20000, FIRST_MS = 1700000000 };

static void must(bool done, const en_error *error)
{
    if (!done) {
        fprintf(stderr, "bench_search: %s\n", error->message);
        exit(1);
    }
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const char definition[] =
    "{\"name\": \"Events\", \"maxRecords\": null, \"sizeLimit\": null,"
    "\"structure\": {\"user\": \"text\", \"at\": \"date\", \"n\": \"number\", \"note\": \"text\"},"
    "\"indexes\": [[\"user\", \"at\"]]}";

static const en_schema *read_schema(en_arena *arena)
{
    en_value value;
    en_problems problems;
    en_error error;
    en_error_clear(&error);
    en_problems_init(&problems, arena);
    must(en_json_read(arena, en_text_from(definition), 0, 64, &value, &error), &error);
    return en_schema_read(arena, value, &problems);
}

/* The users of the records are spread over the file. */
static unsigned user_of(unsigned i, unsigned users)
{
    return (unsigned)((uint64_t)i * 2654435761u % users);
}

static void fill(en_database *database, const en_store_run *run, unsigned records, en_error *error)
{
    en_segment *segment = NULL;
    en_arena arena;
    en_arena_init(&arena, NULL);
    for (unsigned i = 0; i < records; i++) {
        if (segment == NULL) {
            must(en_segment_enter(database, EN_SEGMENT_WRITE, run, &segment, error), error);
        }
        en_collection_builder data;
        en_collection_builder_init(&data, &arena);
        en_text user = en_text_format(&arena, "user_%u", user_of(i, records / PER_USER));
        en_collection_builder_add(&data, EN_TEXT("user"), en_text_value(user));
        en_collection_builder_add(&data, EN_TEXT("at"),
                                  en_date((int64_t)FIRST_MS * 1000 + (int64_t)i));
        en_collection_builder_add(&data, EN_TEXT("n"), en_number(i));
        en_collection_builder_add(
            &data, EN_TEXT("note"),
            en_text_value(EN_TEXT("a text of some forty bytes, as they are")));
        en_text key = en_text_format(&arena, "key_%08u", i);
        must(en_store_add(segment, EN_TEXT("Events"), key, en_collection_builder_take(&data), false,
                          &arena, NULL, error),
             error);
        en_arena_reset(&arena);
        if (i % 100000 == 99999 || i + 1 == records) {
            must(en_segment_commit(segment, error), error);
            segment = NULL;
        }
    }
    en_arena_done(&arena);
}

typedef struct comparison {
    en_database *database;
    const en_store_run *run;
    sqlite3 *bare;
    unsigned users;
    bool counts;
} comparison;

static double time_enact(const comparison *c, uint64_t *sum)
{
    en_error error;
    en_error_clear(&error);
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_segment *segment = NULL;
    must(en_segment_enter(c->database, EN_SEGMENT_READ, c->run, &segment, &error), &error);
    double start = now_s();
    for (unsigned i = 0; i < SEARCHES; i++) {
        char user[32];
        int length = snprintf(user, sizeof user, "user_%u", user_of(i * 7, c->users));
        en_condition conditions[] = {
            { { EN_OP_EQUAL, EN_AS_ANY, false },
              true,
              EN_TEXT("user"),
              en_nothing(),
              en_text_value((en_text){ user, (size_t)length }) },
            { { EN_OP_GREATER, EN_AS_ANY, false },
              true,
              EN_TEXT("at"),
              en_nothing(),
              en_date((int64_t)FIRST_MS * 1000 + 1) },
        };
        en_condition_group group = { conditions, 2 };
        en_query query = { .filter = { &group, 1 },
                           .limit = c->counts ? UINT64_MAX : 100,
                           .count_only = c->counts };
        en_found found;
        must(en_store_search(segment, EN_TEXT("Events"), &query, &arena, &found, &error), &error);
        *sum += found.count;
        en_arena_reset(&arena);
    }
    double taken = now_s() - start;
    en_segment_rollback(segment);
    en_arena_done(&arena);
    return taken;
}

/* Reads and copies every column, as anybody who wants the record must. */
static uint64_t read_rows(sqlite3_stmt *statement, char room[256])
{
    uint64_t rows = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        int columns = sqlite3_column_count(statement);
        for (int i = 0; i < columns; i++) {
            const unsigned char *text = sqlite3_column_type(statement, i) == SQLITE_TEXT
                                            ? sqlite3_column_text(statement, i)
                                            : NULL;
            if (text != NULL) {
                memcpy(room, text, (size_t)sqlite3_column_bytes(statement, i) % 256);
            } else {
                int64_t number = sqlite3_column_int64(statement, i);
                memcpy(room, &number, sizeof number);
            }
        }
        rows++;
    }
    return rows;
}

static double time_bare(const comparison *c, uint64_t *sum)
{
    static const char select[] = "SELECT _key, _extra, _bytes, user, at, n, note FROM Events "
                                 "WHERE user = ?1 AND at > ?2 ORDER BY _seq LIMIT ?3";
    static const char count[] = "SELECT count(*) FROM Events WHERE user = ?1 AND at > ?2";
    sqlite3_stmt *statement = NULL;
    char room[256];
    if (sqlite3_prepare_v2(c->bare, c->counts ? count : select, -1, &statement, NULL) !=
        SQLITE_OK) {
        fprintf(stderr, "bench_search: %s\n", sqlite3_errmsg(c->bare));
        exit(1);
    }
    sqlite3_exec(c->bare, "BEGIN", NULL, NULL, NULL);
    double start = now_s();
    for (unsigned i = 0; i < SEARCHES; i++) {
        char user[32];
        int length = snprintf(user, sizeof user, "user_%u", user_of(i * 7, c->users));
        sqlite3_bind_text(statement, 1, user, length, SQLITE_STATIC);
        sqlite3_bind_int64(statement, 2, (int64_t)FIRST_MS * 1000 + 1);
        if (!c->counts) {
            sqlite3_bind_int64(statement, 3, 100);
        }
        if (c->counts) {
            sqlite3_step(statement);
            *sum += (uint64_t)sqlite3_column_int64(statement, 0);
        } else {
            *sum += read_rows(statement, room);
        }
        sqlite3_reset(statement);
    }
    double taken = now_s() - start;
    sqlite3_exec(c->bare, "COMMIT", NULL, NULL, NULL);
    sqlite3_finalize(statement);
    return taken;
}

static void compare(const comparison *c, const char *what)
{
    double enact_s = 1e9;
    double bare_s = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t found = 0;
        uint64_t expected = 0;
        double taken = time_enact(c, &found);
        enact_s = taken < enact_s ? taken : enact_s;
        taken = time_bare(c, &expected);
        bare_s = taken < bare_s ? taken : bare_s;
        if (found != expected) {
            fprintf(stderr, "bench_search: %llu found, %llu expected\n", (unsigned long long)found,
                    (unsigned long long)expected);
            exit(1);
        }
    }
    printf("%-8s enact %6.2f us  bare %6.2f us  ratio %.2f\n", what, enact_s * 1e6 / SEARCHES,
           bare_s * 1e6 / SEARCHES, enact_s / bare_s);
}

int main(int argc, char **argv)
{
    en_arena arena;
    en_error error;
    en_random random;
    comparison c = { 0 };
    unsigned records = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1000000;
    if (argc < 2 || records < PER_USER) {
        fprintf(stderr, "usage: bench_search FILE [N]\n");
        return 2;
    }
    en_arena_init(&arena, NULL);
    en_error_clear(&error);
    en_random_init_seed(&random, 1);
    en_store_run run = { .now_ms = (int64_t)FIRST_MS * 1000, .random = &random };
    const en_database_options options = { .path = argv[1] };
    must(en_database_open(&options, &c.database, &error), &error);
    must(en_database_declare(c.database, read_schema(&arena), &error), &error);
    fill(c.database, &run, records, &error);
    c.run = &run;
    c.users = records / PER_USER;
    if (sqlite3_open(argv[1], &c.bare) != SQLITE_OK ||
        sqlite3_exec(c.bare, "PRAGMA cache_size=-8000", NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "bench_search: %s\n", sqlite3_errmsg(c.bare));
        return 1;
    }
    compare(&c, "search");
    c.counts = true;
    compare(&c, "count");
    sqlite3_close(c.bare);
    en_database_close(c.database);
    en_arena_done(&arena);
    return 0;
}

/* The limit of an import: the engine's JSON reader, one prepared statement, one transaction, the
 * same table and indexes, WAL, FULL, 32 MB of cache; no dispatch, no templates, no checks.
 *
 *     bench_limit_import RECORDS.json TEMPLATE.db STORE KEY OUT.db
 *
 * Table and indexes are copied from the database that enact made for STORE (TEMPLATE.db). */
#include "value/datetime.h"
#include "value/json.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_COLUMNS = 64 };

typedef struct column {
    char name[64];
    bool is_integer;
} column;

static void check(sqlite3 *database, int result)
{
    if (result != SQLITE_OK && result != SQLITE_ROW && result != SQLITE_DONE) {
        fprintf(stderr, "bench_limit_import: %s\n", sqlite3_errmsg(database));
        exit(1);
    }
}

static void execute(sqlite3 *database, const char *sql)
{
    check(database, sqlite3_exec(database, sql, NULL, NULL, NULL));
}

/* Runs the CREATE statements of the store's table and indexes in the new database. */
static void copy_layout(sqlite3 *from, const char *table, sqlite3 *to)
{
    sqlite3_stmt *rows;
    check(from,
          sqlite3_prepare_v2(from,
                             "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT "
                             "NULL ORDER BY type DESC",
                             -1, &rows, NULL));
    sqlite3_bind_text(rows, 1, table, -1, SQLITE_STATIC);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        execute(to, (const char *)sqlite3_column_text(rows, 0));
    }
    sqlite3_finalize(rows);
}

static int read_columns(sqlite3 *database, const char *table, column *columns)
{
    sqlite3_stmt *rows;
    int count = 0;
    check(database, sqlite3_prepare_v2(database, "SELECT name, type FROM pragma_table_info(?)", -1,
                                       &rows, NULL));
    sqlite3_bind_text(rows, 1, table, -1, SQLITE_STATIC);
    while (sqlite3_step(rows) == SQLITE_ROW && count < MOST_COLUMNS) {
        const char *name = (const char *)sqlite3_column_text(rows, 0);
        if (strcmp(name, "_seq") == 0) {
            continue;
        }
        snprintf(columns[count].name, sizeof columns[count].name, "%s", name);
        columns[count].is_integer =
            strcmp((const char *)sqlite3_column_text(rows, 1), "INTEGER") == 0;
        count++;
    }
    sqlite3_finalize(rows);
    return count;
}

static sqlite3_stmt *prepare_insert(sqlite3 *database, const char *table, const column *columns,
                                    int count)
{
    char sql[8192];
    size_t at = (size_t)snprintf(sql, sizeof sql, "INSERT INTO \"%s\" (", table);
    for (int i = 0; i < count; i++) {
        at += (size_t)snprintf(sql + at, sizeof sql - at, "%s\"%s\"", i == 0 ? "" : ", ",
                               columns[i].name);
    }
    at += (size_t)snprintf(sql + at, sizeof sql - at, ") VALUES (?");
    for (int i = 1; i < count; i++) {
        at += (size_t)snprintf(sql + at, sizeof sql - at, ", ?");
    }
    snprintf(sql + at, sizeof sql - at, ")");
    sqlite3_stmt *insert;
    check(database, sqlite3_prepare_v2(database, sql, -1, &insert, NULL));
    return insert;
}

static void bind(sqlite3_stmt *insert, int at, en_value value, bool is_integer)
{
    int64_t date_ms;
    switch (value.tag) {
    case EN_TEXT_VALUE:
        if (is_integer && en_date_read_iso(en_value_text(value), &date_ms)) {
            sqlite3_bind_int64(insert, at, date_ms);
        } else {
            sqlite3_bind_text(insert, at, value.as.bytes, (int)value.length, SQLITE_STATIC);
        }
        break;
    case EN_NUMBER:
        sqlite3_bind_double(insert, at, en_value_number(value));
        break;
    case EN_BOOLEAN:
        sqlite3_bind_int(insert, at, value.as.boolean);
        break;
    default:
        sqlite3_bind_null(insert, at);
    }
}

static void insert_records(sqlite3 *database, sqlite3_stmt *insert, const column *columns,
                           int count, en_value records, en_text key)
{
    for (uint32_t r = 0; r < records.length; r++) {
        en_value record = records.as.items[r];
        for (int i = 0; i < count; i++) {
            if (strcmp(columns[i].name, "_key") == 0) {
                bind(insert, i + 1, en_collection_find(record, key), false);
            } else if (strcmp(columns[i].name, "_bytes") == 0) {
                sqlite3_bind_int(insert, i + 1, 250);
            } else {
                bind(insert, i + 1, en_collection_find(record, en_text_from(columns[i].name)),
                     columns[i].is_integer);
            }
        }
        check(database, sqlite3_step(insert));
        check(database, sqlite3_reset(insert));
    }
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: bench_limit_import RECORDS.json TEMPLATE.db STORE KEY OUT.db\n");
        return 2;
    }
    static column columns[MOST_COLUMNS];
    sqlite3 *from;
    sqlite3 *to;
    unlink(argv[5]);
    check(NULL, sqlite3_open(argv[5], &to));
    execute(to, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000");
    if (sqlite3_open_v2(argv[2], &from, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        fprintf(stderr, "bench_limit_import: cannot open %s\n", argv[2]);
        return 1;
    }
    copy_layout(from, argv[3], to);
    sqlite3_close(from);
    int count = read_columns(to, argv[3], columns);

    en_arena arena;
    en_text content;
    en_value input;
    en_error error;
    en_error_clear(&error);
    en_arena_init(&arena, NULL);
    if (!en_file_read(&arena, argv[1], (size_t)1 << 32, &content, &error) ||
        !en_json_read(&arena, content, EN_JSON_SHARE, EN_JSON_DEPTH, &input, &error)) {
        fprintf(stderr, "bench_limit_import: %s\n", error.message);
        return 1;
    }
    en_value records = en_collection_find(input, EN_TEXT("records"));
    sqlite3_stmt *insert = prepare_insert(to, argv[3], columns, count);
    execute(to, "BEGIN IMMEDIATE");
    insert_records(to, insert, columns, count, records, en_text_from(argv[4]));
    execute(to, "COMMIT");
    sqlite3_finalize(insert);
    sqlite3_close(to);
    en_arena_done(&arena);
    return 0;
}

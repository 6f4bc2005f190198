/* stores - a database in a test: JSON in single quotes goes in, JSON text comes out.
 *
 * Shape:    a *bench* has one database, one run and at most one segment, which the first operation
 *           enters. Operations that must succeed assert so; bench_refuses-macros check errors
 * whole. Lifetime: everything lives in the bench's arena until bench_close. Errors:   asserted.
 * Threads:  one.
 */
#ifndef EN_TEST_STORES_H
#define EN_TEST_STORES_H

#include "test.h"

#include "store/store.h"

typedef struct bench {
    en_arena arena;
    en_database *database;
    en_segment *segment;
    en_store_run run;
    en_random random;
    en_error error;
    en_record record;
    char folder[64]; /* of a database on disk; empty: in memory */
    char path[96];
} bench;

/* In memory, or on disk in a folder of its own. */
void bench_open(bench *b, bool on_disk);
void bench_close(bench *b);
void bench_reopen(bench *b, const en_database_options *options);

en_value bench_json(bench *b, const char *single_quoted);
const en_schema *bench_schema(bench *b, const char *single_quoted);
void bench_declare(bench *b, const char *single_quoted);
en_segment *bench_segment(bench *b);
void bench_commit(bench *b);
void bench_rollback(bench *b);

/* The operations; each clears b->error first. */
bool bench_add(bench *b, const char *store, const char *key, const char *data, bool overwrite);
bool bench_update(bench *b, const char *store, const char *key, const char *data, bool upsert);
/* JSON of the record, or "null". */
const char *bench_get(bench *b, const char *store, const char *key);
uint64_t bench_delete(bench *b, const char *store, const char *key);
/* {"filter": [[{"a", "o", "b"}]], "sort": [["field", "desc"]], "limit", "offset"} -> JSON array of
 * keys. */
const char *bench_search(bench *b, const char *store, const char *query);
uint64_t bench_count(bench *b, const char *store, const char *query);
en_filter bench_filter(bench *b, en_value groups);

/* Asserts that an operation failed with this type, path and message. */
void bench_check(bench *b, bool done, const char *type, const char *path, const char *message);
#define bench_refused(b, call, type, path, message)                                                \
    bench_check((b), (call), (type), (path), (message))

#endif

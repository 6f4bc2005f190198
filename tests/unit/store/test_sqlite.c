/* What only the SQLite backend has: the file, its tables, other processes, and failing disks. */
#include "stores.h"

#include "store/catalog.h"
#include "value/json.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static en_db *db_of(bench *b)
{
    return ((en_sqlite_segment *)bench_segment(b))->connection->db;
}

/* Rows of the first column, one a line. */
static const char *ask(bench *b, const char *sql)
{
    en_statement *statement = NULL;
    en_builder lines;
    en_builder_init(&lines, &b->arena);
    assert_true(en_db_prepare(db_of(b), &b->arena, en_text_from(sql), &statement, &b->error));
    en_stepped step;
    while ((step = en_statement_step(statement, &b->error)) == EN_STEP_ROW) {
        en_builder_format(&lines, "%s%.*s", lines.length != 0 ? "\n" : "",
                          EN_TEXT_ARG(en_statement_text(statement, 0)));
    }
    assert_int_equal(step, EN_STEP_DONE);
    en_statement_release(statement);
    return en_text_terminate(&b->arena, en_builder_take(&lines));
}

static en_db *open_foreign(bench *b, int32_t application_id)
{
    en_db *db = NULL;
    const en_db_options options = { .path = b->path,
                                    .create = true,
                                    .busy_ms = 1,
                                    .application_id = application_id,
                                    .user_version = EN_FORMAT_VERSION,
                                    .setup = "CREATE TABLE theirs (a)" };
    assert_true(en_db_open(&b->arena, &options, &db, &b->error));
    return db;
}

/* --- the file --- */

static void a_database_is_set_up_as_the_protocol_says(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    assert_string_equal(ask(&b, "PRAGMA journal_mode"), "wal");
    assert_string_equal(ask(&b, "PRAGMA synchronous"), "2");
    assert_string_equal(ask(&b, "PRAGMA auto_vacuum"), "2");
    assert_string_equal(ask(&b, "PRAGMA cache_size"), "-32000");
    assert_string_equal(ask(&b, "PRAGMA trusted_schema"), "0");
    assert_string_equal(ask(&b, "PRAGMA application_id"), "1701732707");
    assert_string_equal(ask(&b, "PRAGMA user_version"), "1");
    bench_reopen(&b, &(en_database_options){ .durability = EN_DURABLE_NORMAL });
    assert_string_equal(ask(&b, "PRAGMA synchronous"), "1");
    bench_close(&b);
}

static void double_quotes_never_make_a_text(void **state)
{
    (void)state;
    bench b;
    en_statement *statement = NULL;
    bench_open(&b, false);
    assert_false(en_db_prepare(db_of(&b), &b.arena, EN_TEXT("SELECT \"no such column\""),
                               &statement, &b.error));
    bench_close(&b);
}

static void refuse_to_open(bench *b, const en_database_options *options, const char *message)
{
    en_database *database = NULL;
    en_error_clear(&b->error);
    assert_false(en_database_open(options, &database, &b->error));
    assert_non_null(strstr(b->error.message, message));
    assert_string_equal(en_error_name(b->error.type), "StoreUnavailableError");
    assert_int_equal(en_error_exit_code(b->error.type), 6);
}

static void files_that_are_not_ours_are_refused_and_left_alone(void **state)
{
    (void)state;
    bench b;
    char path[160];
    bench_open(&b, true);
    snprintf(path, sizeof path, "%s/no such folder/x.db", b.folder);
    refuse_to_open(&b, &(en_database_options){ .path = path }, "cannot be opened");
    snprintf(path, sizeof path, "%s/none.db", b.folder);
    refuse_to_open(&b, &(en_database_options){ .path = path, .must_exist = true },
                   "cannot be opened");
    refuse_to_open(&b, &(en_database_options){ .path = b.folder }, "cannot be opened");
    snprintf(path, sizeof path, "%s/text.db", b.folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 100; i++) {
        fputs("this is a text, and a rather long one\n", file);
    }
    fclose(file);
    refuse_to_open(&b, &(en_database_options){ .path = path }, "not an SQLite database");
    snprintf(b.path, sizeof b.path, "%s/other.db", b.folder);
    en_db_close(open_foreign(&b, 7));
    refuse_to_open(&b, &(en_database_options){ .path = b.path }, "another program");
    refuse_to_open(&b, &(en_database_options){ .path = "mongo://x" }, "no kind of database knows");
    bench_close(&b);
}

static void a_file_that_may_not_be_written_is_refused(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        skip(); /* nothing stops root */
    }
    bench b;
    bench_open(&b, true);
    assert_true(bench_add(&b, "T", "k", "{'a': 1}", false));
    bench_commit(&b);
    en_database_close(b.database);
    assert_int_equal(chmod(b.path, 0400), 0);
    refuse_to_open(&b, &(en_database_options){ .path = b.path }, "may not be written");
    assert_int_equal(chmod(b.path, 0600), 0);
    assert_true(en_database_open(&(en_database_options){ .path = b.path }, &b.database, &b.error));
    bench_close(&b);
}

static void a_newer_format_is_refused(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    assert_true(en_db_run(db_of(&b), "PRAGMA user_version=2", &b.error));
    bench_commit(&b);
    refuse_to_open(&b, &(en_database_options){ .path = b.path },
                   "the database was written by a newer enact (format 2; this one knows formats up "
                   "to 1)");
    bench_close(&b);
}

static void what_was_committed_is_there_after_reopening(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'structure': {'t': {'type': 'text', 'unique': true}}}");
    assert_true(bench_add(&b, "S", "", "{'t': 'x'}", false));
    bench_commit(&b);
    assert_true(bench_add(&b, "S", "", "{'t': 'y'}", false));
    bench_reopen(&b, &(en_database_options){ .must_exist = true });
    assert_string_equal(bench_search(&b, "S", "{}"), "x");
    assert_false(bench_add(&b, "S", "", "{'t': 'x'}", false));
    assert_string_equal(en_error_name(b.error.type), "DuplicateDataError");
    assert_string_equal(ask(&b, "SELECT records || ' ' || bytes FROM enact_stores"), "1 9");
    assert_string_equal(ask(&b, "PRAGMA integrity_check"), "ok");
    bench_close(&b);
}

/* --- tables --- */

static void a_store_is_a_table_that_anyone_can_read(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b,
                  "{'name': 'Web Users', 'structure': {'mail': {'type': 'email', 'unique': true},"
                  "'n': 'number', 'b': 'boolean', 'd': 'date', 'l': 'array', 'f': 'buffer'},"
                  "'unique': [['n', 'd']], 'indexes': [['d']]}");
    assert_true(bench_add(&b, "Web Users", "",
                          "{'mail': 'a@b.cd', 'n': 5, 'b': true,"
                          "'d': '1970-01-01T00:00:01Z', 'l': [1], 'x': 1}",
                          false));
    assert_string_equal(ask(&b, "SELECT sql FROM sqlite_schema WHERE name = 'Web Users'"),
                        "CREATE TABLE \"Web Users\" (\n"
                        "  _seq INTEGER PRIMARY KEY,\n"
                        "  _key TEXT NOT NULL UNIQUE,\n"
                        "  \"mail\" TEXT,\n"
                        "  \"n\" ANY CHECK (typeof(\"n\") NOT IN ('text', 'blob')),\n"
                        "  \"b\" INTEGER,\n"
                        "  \"d\" INTEGER,\n"
                        "  \"l\" TEXT,\n"
                        "  \"f\" BLOB,\n"
                        "  _extra TEXT,\n"
                        "  _bytes INTEGER NOT NULL,\n"
                        "  _expires INTEGER\n"
                        ") STRICT");
    assert_string_equal(ask(&b, "SELECT sql FROM sqlite_schema WHERE sql LIKE '%INDEX%'"),
                        "CREATE UNIQUE INDEX \"enact_u1_1\" ON \"Web Users\"(\"mail\")\n"
                        "CREATE UNIQUE INDEX \"enact_u1_2\" ON \"Web Users\"(\"n\", \"d\")\n"
                        "CREATE INDEX \"enact_i1_1\" ON \"Web Users\"(\"d\")");
    assert_string_equal(ask(&b, "SELECT _seq || _key || mail || n || b || d || l || _extra "
                                "FROM \"Web Users\""),
                        "1a@b.cda@b.cd511000[1]{\"x\":1}");
    bench_close(&b);
}

static void fields_without_a_column_live_in_extra(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b,
                  "{'name': 'S', 'structure': {'Name': 'text', 'NAME': 'date', '_key': 'number',"
                  "'a.b': 'number'}}");
    assert_true(bench_add(&b, "S", "k",
                          "{'Name': 'a', 'NAME': '2024-01-01', '_key': '5', 'a.b': 6,"
                          "'name': true}",
                          false));
    static const char expected[] =
        "{\"Name\":\"a\",\"NAME\":{\"$date\":\"2024-01-01T00:00:00.000Z\"},\"_key\":5,\"a.b\":6,"
        "\"name\":true,\"id\":\"k\",\"recordId\":\"k\"}";
    assert_string_equal(bench_get(&b, "S", "k"), expected);
    assert_true(bench_update(&b, "S", "k", "{'_key': 7}", false));
    assert_string_equal(ask(&b, "SELECT _extra FROM S"),
                        "{\"NAME\":\"2024-01-01T00:00:00.000Z\",\"_key\":7,\"name\":true}");
    assert_true(bench_update(&b, "S", "k", "{'_key': 5}", false));
    assert_string_equal(bench_get(&b, "S", "k"), expected);
    bench_declare(&b, "{'name': 'U', 'structure': {'_a': {'type': 'text', 'unique': true}}}");
    bench_refused(
        &b, bench_add(&b, "U", "", "{'_a': 'x'}", false), "InvalidConfigurationError", "",
        "field \"_a\" of data store \"U\" cannot be unique or a buffer: its name cannot be "
        "a column's");
    bench_close(&b);
}

static void the_two_hundred_and_first_field_lives_in_extra(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    en_builder schema;
    en_builder data;
    en_builder_init(&schema, &b.arena);
    en_builder_init(&data, &b.arena);
    en_builder_add(&schema, EN_TEXT("{'name': 'S', 'structure': {"));
    for (int i = 1; i <= 250; i++) {
        en_builder_format(&schema, "%s'f%d': 'number'", i == 1 ? "" : ",", i);
        en_builder_format(&data, "%s'f%d': %d", i == 1 ? "{" : ",", i, i);
    }
    en_builder_add(&schema, EN_TEXT("}}"));
    en_builder_add(&data, EN_TEXT("}"));
    bench_declare(&b, en_text_terminate(&b.arena, en_builder_take(&schema)));
    assert_true(
        bench_add(&b, "S", "k", en_text_terminate(&b.arena, en_builder_take(&data)), false));
    assert_string_equal(ask(&b, "SELECT count(*) FROM pragma_table_info('S')"), "205");
    assert_string_equal(ask(&b, "SELECT _extra ->> 'f201' FROM S"), "201");
    assert_string_equal(bench_search(&b, "S", "{'filter': [[{'a':'f250','o':'equal','b':250}]]}"),
                        "k");
    bench_close(&b);
}

static void any_name_can_be_a_store(void **state)
{
    static const char *const names[] = {
        "plain",
        "Plain",
        "PLAIN",
        "with space",
        "quo\"te",
        "a';--",
        "x\"; DROP TABLE plain;--",
        "SELECT",
        "table",
        "excluded",
        "json_each",
        "JSON_EACH",
        "main.x",
        "%",
        "_",
        "enact_stores",
        "ENACT_x",
        "sqlite_master",
        "Sqlite_stat1",
        "ä",
        "Ä",
        "a\u0308",
        "\U0001F600",
        "-1",
        "\n",
        "[x]",
        "`x`",
    };
    enum { NAMES = sizeof names / sizeof *names };
    (void)state;
    bench b;
    bench_open(&b, false);
    for (size_t i = 0; i < NAMES; i++) {
        char data[64];
        snprintf(data, sizeof data, "{'n': %zu, 't': 'a%%_'}", i);
        for (int j = 0; j < 2; j++) {
            assert_true(bench_add(&b, names[i], "k", data, true));
            assert_true(bench_add(&b, names[i], "", data, false));
        }
    }
    for (size_t i = 0; i < NAMES; i++) {
        assert_int_equal(bench_count(&b, names[i], "{}"), 3);
        assert_true(bench_update(&b, names[i], "k", "{'t': 'changed'}", false));
        char filter[128];
        snprintf(filter, sizeof filter,
                 "{'filter': [[{'a':'n','o':'equal','b':%zu},{'a':'t','o':'in','b':['a%%_']}]]}",
                 i);
        assert_int_equal(bench_count(&b, names[i], filter), 2);
        assert_int_equal(bench_delete(&b, names[i], "k"), 1);
    }
    assert_string_equal(ask(&b, "SELECT name FROM enact_stores WHERE table_name GLOB 'enact_s_*' "
                                "ORDER BY id"),
                        "Plain\nPLAIN\njson_each\nJSON_EACH\nenact_stores\nENACT_x\nsqlite_master\n"
                        "Sqlite_stat1");
    assert_string_equal(ask(&b, "PRAGMA integrity_check"), "ok");
    bench_close(&b);
}

static void names_with_nul_and_long_names_work_too(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    char *longest = en_arena_alloc(&b.arena, 65536);
    memset(longest, 'x', 65536);
    const en_text names[] = {
        { "a\0b", 3 }, { "a\0c", 3 }, { longest, 65536 }, { longest, 65535 }, { "", 0 }
    };
    en_value data = bench_json(&b, "{'a': 1}");
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j <= i; j++) {
            assert_true(en_store_add(bench_segment(&b), names[i], EN_TEXT(""), data, false,
                                     &b.arena, NULL, &b.error));
        }
    }
    const en_query everything = { .limit = UINT64_MAX };
    for (size_t i = 0; i < 5; i++) {
        en_found found;
        assert_true(
            en_store_search(bench_segment(&b), names[i], &everything, &b.arena, &found, &b.error));
        assert_int_equal(found.count, i + 1);
    }
    en_collection_builder fields;
    en_collection_builder_init(&fields, &b.arena);
    for (size_t i = 0; i < 4; i++) {
        en_collection_builder_add(&fields, names[i], en_integer((int64_t)i));
    }
    en_value wide = en_collection_builder_take(&fields);
    assert_true(en_store_add(bench_segment(&b), EN_TEXT("F"), names[0], wide, false, &b.arena,
                             &b.record, &b.error));
    assert_true(
        en_store_get(bench_segment(&b), EN_TEXT("F"), names[0], &b.arena, &b.record, &b.error));
    assert_int_equal((int)en_value_number(en_collection_find(b.record.value, names[2])), 2);
    assert_int_equal((int)en_value_number(en_collection_find(b.record.value, names[1])), 1);
    bench_close(&b);
}

static void fields_with_hostile_names_are_columns_or_not_but_never_sql(void **state)
{
    static const char *const names[] = { "a\"b",     "a';--", "x\"); DROP TABLE S;--",
                                         "SELECT",   "rowid", "oid",
                                         "excluded", "a b",   "%",
                                         "a.b",      "S",     "?1",
                                         ":a",       "@a",    "$a",
                                         "ä" };
    enum { NAMES = sizeof names / sizeof *names };
    (void)state;
    bench b;
    bench_open(&b, false);
    en_collection_builder structure;
    en_collection_builder definition;
    en_collection_builder data;
    en_collection_builder_init(&structure, &b.arena);
    en_collection_builder_init(&definition, &b.arena);
    en_collection_builder_init(&data, &b.arena);
    for (size_t i = 0; i < NAMES; i++) {
        en_collection_builder_add(&structure, en_text_from(names[i]),
                                  bench_json(&b, "{'type': 'text', 'unique': true}"));
        en_collection_builder_add(&data, en_text_from(names[i]),
                                  en_text_value(en_text_from(names[i])));
    }
    en_collection_builder_add(&definition, EN_TEXT("name"), en_text_value(EN_TEXT("S")));
    en_collection_builder_add(&definition, EN_TEXT("structure"),
                              en_collection_builder_take(&structure));
    en_problems problems;
    en_problems_init(&problems, &b.arena);
    const en_schema *schema =
        en_schema_read(&b.arena, en_collection_builder_take(&definition), &problems);
    assert_non_null(schema);
    assert_true(en_database_declare(b.database, schema, &b.error));
    en_value record = en_collection_builder_take(&data);
    assert_true(en_store_add(bench_segment(&b), EN_TEXT("S"), EN_TEXT("k"), record, true, &b.arena,
                             &b.record, &b.error));
    assert_true(en_store_add(bench_segment(&b), EN_TEXT("S"), EN_TEXT("k"), record, true, &b.arena,
                             &b.record, &b.error));
    assert_false(en_store_add(bench_segment(&b), EN_TEXT("S"), EN_TEXT("l"), record, true, &b.arena,
                              &b.record, &b.error));
    for (size_t i = 0; i < NAMES; i++) {
        en_condition equal = { .op = { .operation = EN_OP_EQUAL },
                               .a_is_field = true,
                               .field = en_text_from(names[i]),
                               .b = en_text_value(en_text_from(names[i])) };
        en_condition_group group = { &equal, 1 };
        en_sort sort = { en_text_from(names[i]), true };
        en_query query = {
            .filter = { &group, 1 }, .sort = &sort, .sort_count = 1, .limit = UINT64_MAX
        };
        en_found found;
        bool done =
            en_store_search(bench_segment(&b), EN_TEXT("S"), &query, &b.arena, &found, &b.error);
        assert_string_equal(b.error.message, "");
        assert_true(done);
        assert_int_equal(found.count, 1);
    }
    bench_close(&b);
}

/* --- changing definitions --- */

static void limits_labels_and_indexes_change_in_place(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': {'type': 'number', 'required': true},"
                      "'b': 'text'}, 'indexes': [['a']]}");
    assert_true(bench_add(&b, "S", "k", "{'a': 1}", false));
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'maxRecords': 2, 'structure': {'b': {'type': 'text',"
                      "'label': 'B'}, 'a': {'type': 'number', 'default': 7}}, 'indexes': [['b']]}");
    assert_true(en_segment_enter(b.database, EN_SEGMENT_READ, &b.run, &b.segment, &b.error));
    assert_string_equal(bench_search(&b, "S", "{}"), "k");
    bench_commit(&b);
    assert_true(bench_add(&b, "S", "l", "{'b': 'x'}", false));
    assert_string_equal(bench_get(&b, "S", "l"),
                        "{\"b\":\"x\",\"a\":7,\"id\":\"l\",\"recordId\":\"l\"}");
    assert_string_equal(bench_get(&b, "S", "k"), "{\"a\":1,\"id\":\"k\",\"recordId\":\"k\"}");
    assert_false(bench_add(&b, "S", "m", "{'b': 'x'}", false));
    assert_string_equal(en_error_name(b.error.type), "OutOfSpaceError");
    assert_string_equal(ask(&b, "SELECT sql FROM sqlite_schema WHERE name GLOB 'enact_i*'"),
                        "CREATE INDEX \"enact_i1_1\" ON \"S\"(\"b\")");
    assert_string_equal(ask(&b, "SELECT generation || ' ' || max_records FROM enact_stores"),
                        "2 2");
    bench_commit(&b);
    bench_close(&b);
}

static void an_empty_store_is_built_anew(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': 'number'}}");
    assert_true(bench_add(&b, "S", "k", "{'a': 1}", false));
    assert_int_equal(bench_delete(&b, "S", "k"), 1);
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'a': {'type': 'text', 'unique': true}}}");
    assert_true(bench_add(&b, "S", "", "{'a': 'x'}", false));
    bench_rollback(&b);
    assert_true(bench_add(&b, "S", "", "{'a': 'x'}", false));
    assert_text(b.record.key, "x");
    bench_commit(&b);
    assert_string_equal(bench_search(&b, "S", "{}"), "x");
    assert_int_equal(bench_delete(&b, "S", "x"), 1);
    bench_commit(&b);
    bench_declare(&b, "{'name': 'S', 'structure': {'_a': {'type': 'text', 'unique': true}}}");
    assert_false(bench_add(&b, "S", "k", "{'a': 'x'}", false));
    bench_commit(&b);
    bench_reopen(&b, &(en_database_options){ .must_exist = true });
    assert_true(bench_add(&b, "S", "", "{'a': 'y'}", false));
    assert_text(b.record.key, "y");
    bench_close(&b);
}

static void a_stored_structure_holds_without_a_declaration(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'strict': true, 'maxRecords': null,"
                      "'structure': {'d': {'type': 'date', 'required': true}}}");
    assert_true(bench_add(&b, "S", "k", "{'d': '2024-01-01'}", false));
    bench_commit(&b);
    bench_reopen(&b, &(en_database_options){ .must_exist = true });
    assert_false(bench_add(&b, "S", "l", "{'d': 'x'}", false));
    assert_false(bench_add(&b, "S", "l", "{}", false));
    assert_false(bench_add(&b, "S", "l", "{'d': '2024-01-01', 'e': 1}", false));
    assert_string_equal(bench_get(&b, "S", "k"),
                        "{\"d\":{\"$date\":\"2024-01-01T00:00:00.000Z\"},\"id\":\"k\","
                        "\"recordId\":\"k\"}");
    bench_close(&b);
}

static void only_declared_stores_may_be_used_if_so_wished(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_reopen(&b, &(en_database_options){ .only_declared = true });
    bench_declare(&b, "{'name': 'Customers'}");
    assert_true(bench_add(&b, "Customers", "k", "{'a': 1}", false));
    bench_refused(&b, bench_add(&b, "Costumers", "k", "{'a': 1}", false),
                  "InvalidConfigurationError", "", "no data store \"Costumers\" is declared");
    assert_string_equal(b.error.hint, "did you mean \"Customers\"?");
    bench_close(&b);
}

/* --- others at the same file --- */

static void a_writer_elsewhere_is_waited_for_and_then_given_up(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_reopen(&b, &(en_database_options){ .busy_ms = 30 });
    en_db *other = open_foreign(&b, EN_APPLICATION_ID);
    assert_true(en_db_begin(other, true, &b.error));
    en_segment *segment = NULL;
    assert_false(en_segment_enter(b.database, EN_SEGMENT_WRITE, &b.run, &segment, &b.error));
    assert_string_equal(en_error_name(b.error.type), "StoreUnavailableError");
    assert_non_null(strstr(b.error.message, "the database is locked by another program"));
    assert_true(b.error.retryable);
    en_error_clear(&b.error);
    assert_true(en_segment_enter(b.database, EN_SEGMENT_READ, &b.run, &segment, &b.error));
    en_segment_rollback(segment);
    en_db_rollback(other);
    assert_true(bench_add(&b, "T", "k", "{'a': 1}", false));
    en_db_close(other);
    bench_close(&b);
}

static void what_another_process_changed_is_seen(void **state)
{
    (void)state;
    bench b;
    bench other;
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'maxRecords': 3}");
    assert_true(bench_add(&b, "S", "1", "{'a': 1}", false));
    bench_commit(&b);
    bench_open(&other, false);
    snprintf(other.path, sizeof other.path, "%s", b.path);
    bench_reopen(&other, &(en_database_options){ 0 });
    assert_true(bench_add(&other, "S", "2", "{'a': 1}", false));
    bench_commit(&other);
    assert_true(bench_add(&b, "S", "3", "{'a': 1}", false));
    assert_false(bench_add(&b, "S", "4", "{'a': 1}", false));
    bench_commit(&b);
    bench_declare(&other, "{'name': 'T', 'structure': {'n': 'number'}}");
    assert_true(en_store_rename(bench_segment(&other), EN_TEXT("S"), EN_TEXT("Old"), &other.error));
    assert_true(bench_add(&other, "S", "x", "{'a': 1}", false));
    assert_true(bench_add(&other, "T", "x", "{'n': 1}", false));
    bench_commit(&other);
    assert_string_equal(bench_search(&b, "S", "{}"), "x");
    assert_string_equal(bench_search(&b, "Old", "{}"), "1 2 3");
    assert_false(bench_add(&b, "T", "y", "{'n': 'z'}", false));
    bench_rollback(&b);
    assert_true(en_store_drop(bench_segment(&other), EN_TEXT("S"), &other.error));
    assert_true(bench_add(&other, "S", "y", "{'a': 1}", false));
    bench_commit(&other);
    assert_string_equal(bench_search(&b, "S", "{}"), "y");
    bench_close(&b);
    bench_close(&other);
}

enum { THREADS = 4, TURNS = 100 };

static void *count_up(void *context)
{
    bench *b = context;
    en_arena arena;
    en_error error;
    en_value value;
    en_arena_init(&arena, NULL);
    en_error_clear(&error);
    bool done = true;
    for (int i = 0; i < TURNS && done; i++) {
        en_segment *segment = NULL;
        done = en_segment_enter(b->database, EN_SEGMENT_WRITE, &b->run, &segment, &error) &&
               en_store_increment(segment, EN_TEXT("C"), EN_TEXT("k"), EN_TEXT("n"), en_number(1),
                                  true, &arena, &value, &error) &&
               en_segment_commit(segment, &error);
        en_arena_reset(&arena);
    }
    en_arena_done(&arena);
    return done ? NULL : context;
}

static void segments_of_many_threads_happen_one_after_the_other(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_reopen(&b, &(en_database_options){ .durability = EN_DURABLE_NORMAL });
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, &b), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_string_equal(bench_get(&b, "C", "k"), "{\"n\":400,\"id\":\"k\",\"recordId\":\"k\"}");
    bench_close(&b);
}

/* --- failing disks --- */

static void a_full_disk_fails_the_segment_and_leaves_the_database_whole(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, true);
    bench_declare(&b, "{'name': 'S', 'maxRecords': null, 'sizeLimit': null}");
    assert_true(bench_add(&b, "S", "first", "{'a': 1}", false));
    bench_commit(&b);
    assert_true(en_db_run(db_of(&b), "PRAGMA max_page_count=30", &b.error));
    bool done = true;
    for (int i = 0; done && i < 10000; i++) {
        done = bench_add(&b, "S", "", "{'a': 'quite some text, so that pages fill up'}", false);
    }
    assert_false(done);
    assert_string_equal(en_error_name(b.error.type), "StoreUnavailableError");
    assert_non_null(strstr(b.error.message, "the disk is full"));
    assert_true(b.error.retryable);
    assert_false(bench_add(&b, "S", "later", "{'a': 1}", false));
    assert_non_null(strstr(b.error.message, "the disk is full"));
    en_error_clear(&b.error);
    assert_false(en_segment_commit(b.segment, &b.error));
    b.segment = NULL;
    assert_non_null(strstr(b.error.message, "the disk is full"));
    assert_string_equal(bench_search(&b, "S", "{}"), "first");
    assert_string_equal(ask(&b, "SELECT records FROM enact_stores"), "1");
    assert_string_equal(ask(&b, "PRAGMA integrity_check"), "ok");
    bench_close(&b);
}

/* Random operations, many of which fail; then the counters are what counting gives. */
static void counters_agree_with_the_rows_whatever_happened(void **state)
{
    static const char *const texts[] = { "null", "'a'", "'bb'", "'ccc'", "5", "'5'", "[1,2]" };
    (void)state;
    bench b;
    bench_open(&b, false);
    bench_declare(&b, "{'name': 'S', 'maxRecords': 30, 'sizeLimit': 900, 'structure': {"
                      "'t': {'type': 'text', 'unique': true}, 'n': {'type': 'number',"
                      "'default': 1}, 'l': 'array'}}");
    size_t failed = 0;
    for (int i = 0; i < 3000; i++) {
        char key[16];
        char data[128];
        size_t roll = (size_t)(en_random_next(&b.random) >> 33);
        snprintf(key, sizeof key, "k%zu", roll % 40);
        snprintf(data, sizeof data, "{'t': %s, 'n': %s, 'l': %s, 'x': %s}", texts[roll / 7 % 7],
                 texts[roll / 49 % 6], texts[roll / 343 % 7], texts[roll / 2401 % 7]);
        bool done = true;
        switch (roll / 16807 % 6) {
        case 0:
            done = bench_add(&b, "S", key, data, false);
            break;
        case 1:
            done = bench_add(&b, "S", key, data, true);
            break;
        case 2:
            done = bench_update(&b, "S", key, data, false);
            break;
        case 3:
            done = bench_update(&b, "S", key, data, true);
            break;
        case 4:
            done = bench_delete(&b, "S", key) == 1;
            break;
        default:
            if (roll % 50 == 0) {
                bench_rollback(&b);
            } else if (roll % 7 == 0) {
                bench_commit(&b);
            }
        }
        failed += !done;
    }
    assert_true(failed > 300 && failed < 2500);
    assert_true(bench_add(&b, "S", "last", "{'t': 'last'}", true) || b.error.type != EN_NO_ERROR);
    bench_commit(&b);
    assert_string_equal(ask(&b, "SELECT (SELECT records || ' ' || bytes FROM enact_stores) = "
                                "count(*) || ' ' || sum(_bytes) FROM S"),
                        "1");
    assert_string_equal(ask(&b, "SELECT count(*) > 3 AND count(*) <= 30 AND sum(_bytes) <= 900 "
                                "FROM S"),
                        "1");
    bench_close(&b);
}

static void a_result_that_does_not_fit_into_the_runs_memory_is_an_error(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    for (int i = 0; i < 2000; i++) {
        assert_true(bench_add(&b, "S", "", "{'t': 'some text that takes a little room'}", false));
    }
    en_budget budget = { .limit_bytes = 200 * 1024 };
    en_arena small;
    en_arena_init(&small, &budget);
    en_found found;
    const en_query everything = { .limit = UINT64_MAX };
    const en_query last = { .limit = 1, .offset = 1999 };
    bench_refused(
        &b, en_store_search(bench_segment(&b), EN_TEXT("S"), &everything, &small, &found, &b.error),
        "DataSizeLimitExceededError", "", "the result of a search does not fit into memory");
    en_arena_done(&small);
    budget = (en_budget){ .limit_bytes = 200 * 1024 };
    en_arena_init(&small, &budget);
    assert_true(en_store_search(bench_segment(&b), EN_TEXT("S"), &last, &small, &found, &b.error));
    assert_int_equal(found.count, 1);
    en_arena_done(&small);
    bench_close(&b);
}

static void text_that_is_not_json_in_extra_is_an_error_of_that_record(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, false);
    assert_true(bench_add(&b, "S", "k", "{'a': 1}", false));
    assert_true(en_db_run(db_of(&b), "UPDATE S SET _extra = '{'", &b.error));
    bench_refused(
        &b,
        en_store_get(bench_segment(&b), EN_TEXT("S"), EN_TEXT("k"), &b.arena, &b.record, &b.error),
        "DataError", "_extra", "record \"k\" of data store \"S\" holds text that is not JSON");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_database_is_set_up_as_the_protocol_says),
        cmocka_unit_test(double_quotes_never_make_a_text),
        cmocka_unit_test(files_that_are_not_ours_are_refused_and_left_alone),
        cmocka_unit_test(a_file_that_may_not_be_written_is_refused),
        cmocka_unit_test(a_newer_format_is_refused),
        cmocka_unit_test(what_was_committed_is_there_after_reopening),
        cmocka_unit_test(a_store_is_a_table_that_anyone_can_read),
        cmocka_unit_test(fields_without_a_column_live_in_extra),
        cmocka_unit_test(the_two_hundred_and_first_field_lives_in_extra),
        cmocka_unit_test(any_name_can_be_a_store),
        cmocka_unit_test(names_with_nul_and_long_names_work_too),
        cmocka_unit_test(fields_with_hostile_names_are_columns_or_not_but_never_sql),
        cmocka_unit_test(limits_labels_and_indexes_change_in_place),
        cmocka_unit_test(an_empty_store_is_built_anew),
        cmocka_unit_test(a_stored_structure_holds_without_a_declaration),
        cmocka_unit_test(only_declared_stores_may_be_used_if_so_wished),
        cmocka_unit_test(a_writer_elsewhere_is_waited_for_and_then_given_up),
        cmocka_unit_test(what_another_process_changed_is_seen),
        cmocka_unit_test(segments_of_many_threads_happen_one_after_the_other),
        cmocka_unit_test(a_full_disk_fails_the_segment_and_leaves_the_database_whole),
        cmocka_unit_test(counters_agree_with_the_rows_whatever_happened),
        cmocka_unit_test(a_result_that_does_not_fit_into_the_runs_memory_is_an_error),
        cmocka_unit_test(text_that_is_not_json_in_extra_is_an_error_of_that_record),
    };
    return EN_RUN(tests);
}

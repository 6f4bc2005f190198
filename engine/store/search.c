/* The operations that read records. */
#include "store/query.h"
#include "store/records.h"
#include "store/table.h"
#include "store/wishes.h"

#include <stdlib.h>

typedef struct hit {
    en_value record;
    const en_value *keys; /* of sorting in memory */
    size_t number;        /* in the order of _seq: equal records keep it */
} hit;

typedef struct search {
    en_sqlite_segment *segment;
    en_table *table;
    const en_query *query;
    en_arena *arena;
    en_where where;
    en_text sql;
    bool sorts;   /* in memory */
    bool limited; /* by SQL */
    uint64_t skip;
    uint64_t left;
    hit *hits;
    size_t count;
    size_t capacity;
    en_store_visitor *visit; /* is given the records; NULL: they are kept */
    void *owner;
} search;

static en_sqlite_segment *own(en_segment *segment)
{
    return (en_sqlite_segment *)segment;
}

/* --- get --- */

bool en_table_find(en_table *table, en_text key, int64_t now_ms, en_arena *arena, bool *found,
                   en_error *error)
{
    en_statement *find = NULL;
    *found = false;
    if (!en_table_statement_get(table, EN_SQL_FIND, &find, error)) {
        return false;
    }
    en_statement_bind_text(find, 1, key);
    if (table->expires) {
        en_statement_bind_integer(find, 2, now_ms);
    }
    en_stepped step = en_statement_step(find, error);
    if (step != EN_STEP_ROW) {
        return step == EN_STEP_DONE;
    }
    *found = en_row_read(table, find, &table->before, arena, error);
    en_statement_reset(find);
    return *found;
}

bool en_sqlite_get(en_segment *base, en_text store, en_text key, en_arena *arena, en_record *record,
                   en_error *error)
{
    en_sqlite_segment *segment = own(base);
    en_table *table = NULL;
    bool found = false;
    *record = (en_record){ .key = key, .value = en_null() };
    bool done =
        en_operation_begin(segment, EN_OPERATION_READ, store, &table, error) &&
        (table == NULL || en_table_find(table, key, segment->run.now_ms, arena, &found, error));
    if (done && found) {
        record->found = true;
        record->key = table->before.key;
        record->value = en_row_value(table, &table->before, segment->run.shape, arena);
    }
    return en_operation_end(segment, done, error);
}

/* --- statements --- */

static int64_t clamp(uint64_t number)
{
    return number > INT64_MAX ? INT64_MAX : (int64_t)number;
}

static void add_where(const search *s, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT(" FROM "));
    en_builder_add(sql, s->table->quoted);
    bool has_where = s->where.sql.length != 0;
    if (has_where || s->table->expires) {
        en_builder_add(sql, EN_TEXT(" WHERE "));
    }
    if (has_where && s->table->expires) {
        en_builder_add(sql, EN_TEXT("("));
    }
    en_builder_add(sql, s->where.sql);
    if (s->table->expires) {
        en_builder_add(sql, has_where ? EN_TEXT(") AND ") : EN_TEXT(""));
        en_table_add_live(s->where.value_count + 1, sql);
    }
}

/* Parameters: the conditions', the present if records expire, limit and offset. */
static int first_of_limit(const search *s)
{
    return s->where.value_count + 1 + s->table->expires;
}

static void add_limit(const search *s, en_builder *sql)
{
    en_builder_add(sql, EN_TEXT(" LIMIT "));
    en_sql_add_parameter(sql, first_of_limit(s));
    en_builder_add(sql, EN_TEXT(" OFFSET "));
    en_sql_add_parameter(sql, first_of_limit(s) + 1);
}

static bool prepare(search *s, en_statement **statement, en_error *error)
{
    en_connection *connection = s->table->connection;
    if (!en_db_prepare(connection->db, &connection->scratch, s->sql, statement, error)) {
        return false;
    }
    en_query_bind(&s->where, *statement);
    if (s->table->expires) {
        en_statement_bind_integer(*statement, s->where.value_count + 1, s->segment->run.now_ms);
    }
    if (s->limited) {
        en_statement_bind_integer(*statement, first_of_limit(s), clamp(s->query->limit));
        en_statement_bind_integer(*statement, first_of_limit(s) + 1, clamp(s->query->offset));
    }
    return true;
}

/* What is counted up to a limit is a query of its own inside, which costs its rows twice. */
static void build_count(search *s, en_builder *sql)
{
    s->limited = s->query->limit < INT64_MAX || s->query->offset != 0;
    en_builder_add(sql, EN_TEXT("SELECT count(*)"));
    en_builder_add(sql, s->limited ? EN_TEXT(" FROM (SELECT 1") : EN_TEXT(""));
    add_where(s, sql);
    if (s->limited) {
        add_limit(s, sql);
        en_builder_add(sql, EN_TEXT(")"));
    }
}

/* A LIMIT may be left to SQL only where SQL finds and orders exactly what is wanted. */
static void build_select(search *s, en_builder *sql)
{
    const en_query *query = s->query;
    size_t sort_count = query->count_only ? 0 : query->sort_count;
    en_builder_add(sql, EN_TEXT("SELECT "));
    en_table_add_columns(s->table, sql);
    add_where(s, sql);
    s->sorts = !en_query_add_order(s->table, query->sort, sort_count, sql);
    s->limited = s->where.exact && !s->sorts;
    if (s->sorts) {
        en_builder_add(sql, EN_TEXT(" ORDER BY _seq"));
    }
    if (s->limited) {
        add_limit(s, sql);
    }
}

static bool counts(const search *s)
{
    return s->query->count_only && s->where.exact;
}

static bool build(search *s, en_error *error)
{
    en_builder sql;
    en_builder_init(&sql, &s->table->connection->scratch);
    en_query_compile(s->table, &s->query->filter, &s->where);
    if (counts(s)) {
        build_count(s, &sql);
    } else {
        build_select(s, &sql);
    }
    s->sql = en_builder_take(&sql);
    return s->sql.length != 0 || en_error_set(error, EN_DataError, "no memory for a statement");
}

/* --- sorting in memory --- */

static int compare_hits(const void *a, const void *b, void *context)
{
    const en_query *query = context;
    const hit *x = a;
    const hit *y = b;
    for (size_t i = 0; i < query->sort_count; i++) {
        int order = en_value_order(x->keys[i], y->keys[i]);
        if (order != 0) {
            return query->sort[i].descending ? -order : order;
        }
    }
    return (x->number > y->number) - (x->number < y->number);
}

/* As filters find a field: by its whole name, else along its dots. */
static en_value field_of(en_value record, en_text field)
{
    return en_collection_has(record, field) ? en_collection_find(record, field)
                                            : en_value_at(record, field);
}

static bool add_keys(const search *s, en_value flat, hit *to)
{
    en_value *keys = EN_TRY_ARRAY(s->arena, en_value, s->query->sort_count);
    for (size_t i = 0; keys != NULL && i < s->query->sort_count; i++) {
        keys[i] = field_of(flat, s->query->sort[i].field);
    }
    to->keys = keys;
    return keys != NULL;
}

/* --- hits --- */

static bool say_too_large(en_error *error)
{
    return en_error_set(error, EN_DataSizeLimitExceededError,
                        "the result of a search does not fit into memory");
}

static bool add_hit(search *s, hit found, en_error *error)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity != 0 ? s->capacity * 2 : 16;
        hit *hits = EN_TRY_ARRAY(s->arena, hit, capacity);
        if (hits == NULL) {
            return say_too_large(error);
        }
        for (size_t i = 0; i < s->count; i++) {
            hits[i] = s->hits[i];
        }
        s->hits = hits;
        s->capacity = capacity;
    }
    found.number = s->count;
    s->hits[s->count++] = found;
    return true;
}

/* Reads the row into the arena and, where SQL gave more than was asked for, looks at it again.
 * *flat is the record as filters see it; it lives in the scratch arena. */
static bool read_match(search *s, en_statement *statement, en_value *flat, bool *matches,
                       en_error *error)
{
    en_arena *scratch = &s->table->connection->scratch;
    en_row *row = &s->table->before;
    *matches = true;
    if (!en_row_read(s->table, statement, row, s->arena, error)) {
        return false;
    }
    if (s->where.exact && !s->sorts) {
        return true;
    }
    *flat = en_row_value(s->table, row, EN_RECORD_FLAT, scratch);
    en_filter_context context = { .scratch = scratch, .patterns = s->segment->run.patterns };
    return s->where.exact || en_filter_matches(&s->query->filter, *flat, &context, matches, error);
}

/* One row: skipped, counted or kept. *more false: the limit is reached. */
static bool take_row(search *s, en_statement *statement, bool *more, en_error *error)
{
    en_arena *scratch = &s->table->connection->scratch;
    en_arena_mark mark = en_arena_get_mark(s->arena);
    en_arena_mark scratch_mark = en_arena_get_mark(scratch);
    en_value flat = en_nothing();
    bool matches = false;
    hit found = { 0 };
    if (!read_match(s, statement, &flat, &matches, error)) {
        return false;
    }
    bool skipped = matches && !s->sorts && !s->limited && s->skip != 0;
    if (skipped) {
        s->skip--;
    }
    if (!matches || skipped) {
        en_arena_rewind(scratch, scratch_mark);
        en_arena_rewind(s->arena, mark);
        return true;
    }
    if (s->visit != NULL) {
        const en_row *row = &s->table->before;
        en_value pair = en_row_value(s->table, row, EN_RECORD_PAIR, s->arena);
        bool visited =
            s->visit(s->owner, row->key, en_collection_find(pair, EN_TEXT("data")), more, error);
        en_arena_rewind(scratch, scratch_mark);
        en_arena_rewind(s->arena, mark);
        return visited;
    }
    if (s->query->count_only) {
        s->count++;
        en_arena_rewind(scratch, scratch_mark);
        en_arena_rewind(s->arena, mark);
    } else if (s->query->spool != NULL && !s->sorts && s->count == EN_SEARCH_PAGE) {
        en_value record = en_row_value(s->table, &s->table->before, s->segment->run.shape, scratch);
        bool kept = en_spool_add(s->query->spool, record, error);
        en_arena_rewind(scratch, scratch_mark);
        en_arena_rewind(s->arena, mark);
        if (!kept) {
            return false;
        }
    } else {
        found.record = en_row_value(s->table, &s->table->before, s->segment->run.shape, s->arena);
        bool kept = (!s->sorts || add_keys(s, flat, &found)) && add_hit(s, found, error);
        en_arena_rewind(scratch, scratch_mark);
        if (!kept || (s->arena->budget != NULL && s->arena->budget->exceeded)) {
            return say_too_large(error);
        }
    }
    *more = s->sorts || s->limited || --s->left != 0;
    return true;
}

static bool read_rows(search *s, en_statement *statement, en_error *error)
{
    bool more = s->query->limit != 0;
    while (more) {
        en_stepped step = en_statement_step(statement, error);
        if (step != EN_STEP_ROW) {
            return step == EN_STEP_DONE;
        }
        if (!take_row(s, statement, &more, error)) {
            return false;
        }
    }
    return true;
}

static void give_hits(search *s, en_found *found)
{
    size_t first = 0;
    if (s->sorts && s->count != 0) {
        qsort_r(s->hits, s->count, sizeof *s->hits, compare_hits, (void *)(uintptr_t)s->query);
        first = s->query->offset < s->count ? (size_t)s->query->offset : s->count;
    }
    size_t count = s->count - first;
    if (count > s->query->limit) {
        count = (size_t)s->query->limit;
    }
    en_value *records = EN_TRY_ARRAY(s->arena, en_value, count + 1);
    for (size_t i = 0; records != NULL && i < count; i++) {
        records[i] = s->hits[first + i].record;
    }
    found->records = en_array(records, records != NULL ? count : 0);
    found->count = found->records.length;
    if (s->query->spool != NULL) {
        found->count += en_spool_count(s->query->spool);
    }
}

/* --- search --- */

static bool run_count(search *s, en_found *found, en_error *error)
{
    en_statement *statement = NULL;
    if (!prepare(s, &statement, error)) {
        return false;
    }
    en_stepped step = en_statement_step(statement, error);
    if (step == EN_STEP_ROW) {
        found->count = (uint64_t)en_statement_integer(statement, 0);
    }
    en_statement_release(statement);
    return step == EN_STEP_ROW;
}

static bool run_select(search *s, en_found *found, en_error *error)
{
    en_statement *statement = NULL;
    if (!prepare(s, &statement, error)) {
        return false;
    }
    bool done = read_rows(s, statement, error);
    en_statement_release(statement);
    if (done && s->query->count_only) {
        found->count = s->count;
    } else if (done) {
        give_hits(s, found);
    }
    return done;
}

bool en_sqlite_search(en_segment *base, en_text store, const en_query *query, en_arena *arena,
                      en_found *found, en_error *error)
{
    search s = { .segment = own(base),
                 .query = query,
                 .arena = arena,
                 .skip = query->offset,
                 .left = query->limit };
    *found = (en_found){ .records = en_array(NULL, 0) };
    if (!en_operation_begin(s.segment, EN_OPERATION_READ, store, &s.table, error)) {
        return false;
    }
    if (s.table == NULL) {
        return true;
    }
    bool done = build(&s, error);
    if (done && s.where.sql.length != 0) {
        en_wishes_note(s.table, &query->filter, s.sql);
    }
    done = done && (counts(&s) ? run_count(&s, found, error) : run_select(&s, found, error));
    return en_operation_end(s.segment, done, error);
}

bool en_sqlite_visit(en_segment *base, en_text store, const en_query *query,
                     en_store_visitor *visit, void *owner, en_error *error)
{
    en_arena arena;
    en_statement *statement = NULL;
    search s = { .segment = own(base),
                 .query = query,
                 .arena = &arena,
                 .skip = query->offset,
                 .left = query->limit,
                 .visit = visit,
                 .owner = owner };
    if (!en_operation_begin(s.segment, EN_OPERATION_READ, store, &s.table, error)) {
        return false;
    }
    if (s.table == NULL) {
        return true;
    }
    en_arena_init(&arena, NULL);
    bool done = build(&s, error) && prepare(&s, &statement, error);
    if (done) {
        done = read_rows(&s, statement, error);
        en_statement_release(statement);
    }
    en_arena_done(&arena);
    return en_operation_end(s.segment, done, error);
}

/* --- explaining --- */

static bool read_plan(const search *s, en_explanation *explanation, en_error *error)
{
    en_connection *connection = s->table->connection;
    en_statement *explain = NULL;
    en_text sql =
        en_text_format(&connection->scratch, "EXPLAIN QUERY PLAN %.*s", EN_TEXT_ARG(s->sql));
    if (!en_db_prepare(connection->db, &connection->scratch, sql, &explain, error)) {
        return false;
    }
    en_array_builder lines;
    en_array_builder_init(&lines, s->arena);
    en_stepped step;
    while ((step = en_statement_step(explain, error)) == EN_STEP_ROW) {
        en_text line = en_statement_text(explain, 3);
        explanation->scans = explanation->scans || en_plan_scans(line);
        en_array_builder_add(&lines, en_text_value(en_text_copy(s->arena, line)));
    }
    en_statement_release(explain);
    explanation->plan = en_array_builder_take(&lines);
    return step == EN_STEP_DONE;
}

bool en_sqlite_explain(en_segment *base, en_text store, const en_query *query, en_arena *arena,
                       en_explanation *explanation, en_error *error)
{
    search s = { .segment = own(base), .query = query, .arena = arena };
    *explanation = (en_explanation){ .plan = en_null() };
    bool done = en_operation_begin(s.segment, EN_OPERATION_READ, store, &s.table, error);
    if (done && s.table != NULL) {
        done = build(&s, error) && read_plan(&s, explanation, error);
        explanation->found = done;
        explanation->sql = en_text_copy(arena, s.sql);
        explanation->exact = s.where.exact;
        explanation->sorts = s.sorts;
        explanation->waits = explanation->scans && en_wishes_serve(s.table, &query->filter);
    }
    return en_operation_end(s.segment, done, error);
}

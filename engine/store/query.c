/* What is exact, by type of field (rules of value/filter.h in brackets):
 *
 *   number   against numbers and numeric text below 2^63, and dates as their milliseconds [4]
 *   date     against dates, ISO text and milliseconds [4]
 *   boolean  against booleans and their texts [4]
 *   text     against text that is neither numeric nor an ISO date, whatever the field holds: then
 * only text is compared, by code points, which is SQLite's order of bytes [4]; with Text forced
 *            against any single value [5]; contains and startsWith [8]
 *
 * A field that is not there is NULL: "=" and "<" give NULL for it, which a WHERE takes as false
 * [2]; not- operations are written "… IS NOT TRUE" [1].
 *
 * What is a superset: text equal to numbers, dates and their texts, or in a list of such;
 * undeclared fields by json_extract, if no escape could stand in their name (superset.h says which
 * ranges). Everything else is left to the evaluator: other types on one side, ignored case, regular
 * expressions, arrays as operands, negations of what is no more than a superset, fields inside
 * others.
 */
#include "store/query.h"

#include "store/records.h"
#include "store/superset.h"
#include "store/table.h"
#include "value/json.h"
#include "value/number.h"

#include <math.h>
#include <string.h>

enum { MOST_CONDITIONS = 1000, MOST_VALUES = 16000 };

typedef enum fit { FIT_NONE, FIT_SUPERSET, FIT_EXACT } fit;

typedef struct compiler {
    en_table *table;
    en_arena *arena;
    en_value *values;
    int value_count;
    int value_room;
    size_t conditions;
    bool failed; /* no memory */
} compiler;

/* A field as SQL knows it. */
typedef struct column {
    en_text sql;
    en_types type;
    bool partial;  /* a record with _extra may hold the field there instead */
    bool is_extra; /* it lives in _extra */
} column;

/* A condition without its negation. */
typedef struct test {
    en_operation operation;
    bool negated;
    en_compare_as as;
    bool ignore_case;
    en_value b;
} test;

/* --- pieces of SQL --- */

/* ?n for a new bound value. */
static int bind(compiler *c, en_value value)
{
    if (c->value_count == c->value_room) {
        int room = c->value_room != 0 ? 2 * c->value_room : 16;
        en_value *values = EN_TRY_ARRAY(c->arena, en_value, (size_t)room);
        if (values == NULL) {
            c->failed = true;
            return 1;
        }
        if (c->value_count != 0) {
            memcpy(values, c->values, (size_t)c->value_count * sizeof *values);
        }
        c->values = values;
        c->value_room = room;
    }
    c->values[c->value_count++] = value;
    return c->value_count;
}

static const char *const operators[EN_OPERATIONS] = {
    [EN_OP_EQUAL] = "=", [EN_OP_GREATER] = ">",     [EN_OP_GREATER_EQUAL] = ">=",
    [EN_OP_LESS] = "<",  [EN_OP_LESS_EQUAL] = "<=",
};

/* "field" < ?n; notEqual as IS NOT, which an index cannot serve but which is true for NULL. */
static fit add_comparison(compiler *c, const column *field, const test *t, en_value value,
                          en_builder *sql)
{
    if (operators[t->operation] == NULL) {
        return FIT_NONE;
    }
    en_builder_add(sql, field->sql);
    en_builder_add(sql, EN_TEXT(" "));
    en_builder_add(sql, en_text_from(t->negated ? "IS NOT" : operators[t->operation]));
    en_builder_add(sql, EN_TEXT(" "));
    en_sql_add_parameter(sql, bind(c, value));
    return FIT_EXACT;
}

static void add_negated(const test *t, en_text positive, en_builder *sql)
{
    if (t->negated) {
        en_builder_add(sql, EN_TEXT("("));
    }
    en_builder_add(sql, positive);
    if (t->negated) {
        en_builder_add(sql, EN_TEXT(") IS NOT TRUE"));
    }
}

static fit add_constant(bool truth, en_builder *sql)
{
    en_builder_add(sql, truth ? EN_TEXT("1") : EN_TEXT("0"));
    return FIT_EXACT;
}

/* --- by type of field --- */

static bool read_number(en_value value, en_value *number)
{
    *number = value;
    return en_is(value, EN_NUMBER) ||
           (en_is(value, EN_TEXT_VALUE) && en_number_read_text(en_value_text(value), number));
}

/* Beyond 2^63 a column may hold only the nearest real. */
static bool is_safe(en_value number)
{
    return fabs(en_value_number(number)) < 0x1p63;
}

static fit add_number(compiler *c, const column *field, const test *t, en_builder *sql)
{
    en_value number = t->b;
    if (t->as == EN_AS_ANY && en_is(t->b, EN_DATE)) {
        return add_comparison(c, field, t, en_number((double)t->b.as.date_ms), sql);
    }
    bool forced = t->as == EN_AS_ANY || t->as == EN_AS_NUMBER;
    if (!forced || !read_number(t->b, &number) || !is_safe(number)) {
        return FIT_NONE;
    }
    return add_comparison(c, field, t, number, sql);
}

static fit add_date(compiler *c, const column *field, const test *t, en_builder *sql)
{
    int64_t at_ms = t->b.as.date_ms;
    en_value number;
    bool is_text = en_is(t->b, EN_TEXT_VALUE);
    bool is_date =
        en_is(t->b, EN_DATE) ||
        (t->as == EN_AS_ANY && is_text && en_date_read_iso(en_value_text(t->b), &at_ms)) ||
        (t->as == EN_AS_DATE && is_text && en_date_read(en_value_text(t->b), NULL, &at_ms));
    if ((t->as == EN_AS_ANY || t->as == EN_AS_DATE) && is_date) {
        return add_comparison(c, field, t, en_number((double)at_ms), sql);
    }
    if (t->as == EN_AS_ANY && read_number(t->b, &number) && is_safe(number)) {
        return add_comparison(c, field, t, number, sql);
    }
    return FIT_NONE;
}

static fit add_boolean(compiler *c, const column *field, const test *t, en_builder *sql)
{
    en_text text = en_value_text(t->b);
    bool truth = en_is(t->b, EN_BOOLEAN) ? t->b.as.boolean : en_text_equal(text, EN_TEXT("true"));
    bool named = en_is(t->b, EN_BOOLEAN) ||
                 (en_is(t->b, EN_TEXT_VALUE) && (truth || en_text_equal(text, EN_TEXT("false"))));
    if ((t->as != EN_AS_ANY && t->as != EN_AS_BOOLEAN) || !named) {
        return FIT_NONE;
    }
    return add_comparison(c, field, t, en_number(truth), sql);
}

/* Text that only text is compared with. */
static bool is_plain(en_value value)
{
    en_value number;
    int64_t at_ms;
    return en_is(value, EN_TEXT_VALUE) && !en_number_read_text(en_value_text(value), &number) &&
           !en_date_read_iso(en_value_text(value), &at_ms);
}

/* `b` as the text that is compared with a text field; false: something else may be compared. */
static bool plain_text(compiler *c, const test *t, en_value *text)
{
    bool single = t->b.tag >= EN_BOOLEAN && t->b.tag <= EN_DATE;
    if (!single || t->ignore_case || (t->as != EN_AS_ANY && t->as != EN_AS_TEXT)) {
        return false;
    }
    *text = en_text_value(en_value_as_text(c->arena, t->b, EN_TEXT("")));
    return t->as == EN_AS_TEXT || is_plain(t->b) || en_is(t->b, EN_BOOLEAN);
}

static fit add_text_equal(compiler *c, const column *field, const test *t, en_value text,
                          en_builder *sql)
{
    if (t->operation != EN_OP_EQUAL || text.length != 0) {
        return add_comparison(c, field, t, text, sql);
    }
    en_text empty = en_text_format(c->arena, "(%.*s IS NULL OR %.*s = '')", EN_TEXT_ARG(field->sql),
                                   EN_TEXT_ARG(field->sql));
    add_negated(t, empty, sql);
    return FIT_EXACT;
}

/* All texts that start so lie between the prefix and the prefix with its last byte raised: an index
 * serves that. No byte of UTF-8 is 0xFF. */
static fit add_starts(compiler *c, const column *field, const test *t, en_value prefix,
                      en_builder *sql)
{
    en_builder positive;
    en_builder_init(&positive, c->arena);
    en_builder_add(&positive, field->sql);
    if (prefix.length == 0) {
        en_builder_add(&positive, EN_TEXT(" IS NOT NULL"));
    } else {
        char *end = en_arena_try(c->arena, prefix.length, 1);
        if (end == NULL) {
            return FIT_NONE;
        }
        memcpy(end, prefix.as.bytes, prefix.length);
        end[prefix.length - 1] = (char)(unsigned char)((unsigned char)end[prefix.length - 1] + 1);
        en_builder_format(&positive, " >= ?%d AND ", bind(c, prefix));
        en_builder_add(&positive, field->sql);
        en_text past = { end, prefix.length };
        en_builder_format(&positive, " < ?%d", bind(c, en_text_value(past)));
    }
    add_negated(t, en_builder_take(&positive), sql);
    return FIT_EXACT;
}

static fit add_contains(compiler *c, const column *field, const test *t, en_value part,
                        en_builder *sql)
{
    en_builder positive;
    en_builder_init(&positive, c->arena);
    en_builder_add(&positive, EN_TEXT("instr("));
    en_builder_add(&positive, field->sql);
    en_builder_format(&positive, ", ?%d) > 0", bind(c, part));
    add_negated(t, en_builder_take(&positive), sql);
    return FIT_EXACT;
}

static fit add_text(compiler *c, const column *field, const test *t, en_builder *sql)
{
    en_value text;
    test as_text = *t;
    if (t->operation == EN_OP_CONTAINS || t->operation == EN_OP_STARTS) {
        as_text.as = t->as == EN_AS_ARRAY ? EN_AS_ARRAY : EN_AS_TEXT; /* texts whatever is forced */
        if (!plain_text(c, &as_text, &text)) {
            return FIT_NONE;
        }
        return t->operation == EN_OP_CONTAINS ? add_contains(c, field, t, text, sql)
                                              : add_starts(c, field, t, text, sql);
    }
    return plain_text(c, t, &text) ? add_text_equal(c, field, t, text, sql) : FIT_NONE;
}

typedef struct column_kind {
    en_types type;
    fit (*add)(compiler *c, const column *field, const test *t, en_builder *sql);
    const char *exists; /* behind the field's name */
} column_kind;

static const column_kind kinds[] = {
    { EN_T_TEXT, add_text, " <> ''" },       { EN_T_EMAIL, add_text, " <> ''" },
    { EN_T_URL, add_text, " <> ''" },        { EN_T_NUMBER, add_number, " IS NOT NULL" },
    { EN_T_DATE, add_date, " IS NOT NULL" }, { EN_T_BOOLEAN, add_boolean, " IS NOT NULL" },
};

static const column_kind *find_kind(en_types type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].type == type) {
            return &kinds[i];
        }
    }
    return NULL;
}

/* --- in --- */

/* json_each gives back exactly what we mean by plain texts without NUL and by safe integers. */
static bool can_list(const column *field, const test *t, en_value item)
{
    int64_t integer;
    if (field->type == EN_T_NUMBER) {
        return (t->as == EN_AS_ANY || t->as == EN_AS_NUMBER) && en_is(item, EN_NUMBER) &&
               item.form == EN_DOUBLE && en_value_integer(item, &integer) &&
               fabs(item.as.number) <= EN_EXACT_LIMIT;
    }
    return find_kind(field->type)->add == add_text && !t->ignore_case &&
           (t->as == EN_AS_ANY || t->as == EN_AS_TEXT) && is_plain(item) && item.length != 0 &&
           memchr(item.as.bytes, '\0', item.length) == NULL;
}

static fit add_in(compiler *c, const column *field, const test *t, en_builder *sql)
{
    if (!en_is(t->b, EN_ARRAY)) {
        return FIT_NONE;
    }
    for (uint32_t i = 0; i < t->b.length; i++) {
        if (!can_list(field, t, t->b.as.items[i])) {
            return FIT_NONE;
        }
    }
    en_value list = en_text_value(en_json_text(c->arena, t->b, 0));
    en_builder positive;
    en_builder_init(&positive, c->arena);
    en_builder_add(&positive, field->sql);
    en_builder_format(&positive, " IN (SELECT value FROM json_each(?%d))", bind(c, list));
    add_negated(t, en_builder_take(&positive), sql);
    return FIT_EXACT;
}

/* --- supersets --- */

static void add_range(compiler *c, en_text field, const en_range *range, en_builder *sql)
{
    en_text low = range->kind == EN_RANGE_EQUAL ? EN_TEXT(" = ") : EN_TEXT(" >= ");
    en_text high = range->kind == EN_RANGE_WITHIN ? EN_TEXT(" <= ") : EN_TEXT(" < ");
    bool has_low = range->low.tag != EN_NOTHING;
    bool has_high = range->high.tag != EN_NOTHING;
    en_builder_add(sql, field);
    if (range->kind == EN_RANGE_MISSING || range->kind == EN_RANGE_PRESENT) {
        en_builder_format(sql, " IS %s", range->kind == EN_RANGE_MISSING ? "NULL" : "NOT NULL");
    }
    if (has_low) {
        en_builder_add(sql, low);
        en_sql_add_parameter(sql, bind(c, range->low));
    }
    if (has_low && has_high) {
        en_builder_add(sql, EN_TEXT(" AND "));
        en_builder_add(sql, field);
    }
    if (has_high) {
        en_builder_add(sql, high);
        en_sql_add_parameter(sql, bind(c, range->high));
    }
}

static fit add_superset(compiler *c, const column *field, const test *t, en_builder *sql)
{
    en_operator op = { .operation = t->operation, .as = t->as, .ignore_case = t->ignore_case };
    en_ranges *ranges = EN_TRY_ARRAY(c->arena, en_ranges, 1);
    if (t->negated || ranges == NULL) {
        return FIT_NONE;
    }
    ranges->arena = c->arena;
    ranges->count = 0;
    if (!(field->is_extra ? en_superset_of_json(op, t->b, ranges)
                          : en_superset_of_text(op, t->b, ranges))) {
        return FIT_NONE;
    }
    en_builder_add(sql, EN_TEXT("("));
    for (size_t i = 0; i < ranges->count; i++) {
        en_builder_add(sql, i == 0 ? EN_TEXT("") : EN_TEXT(" OR "));
        add_range(c, field->sql, &ranges->items[i], sql);
    }
    en_builder_add(sql, EN_TEXT(")"));
    return FIT_SUPERSET;
}

/* --- conditions --- */

static bool find_column(compiler *c, en_text name, column *field)
{
    const en_table *table = c->table;
    const en_schema *schema = table->schema;
    size_t index = en_table_field(table, name);
    if (index == SIZE_MAX &&
        (en_text_equal(name, EN_TEXT("id")) || en_text_equal(name, EN_TEXT("recordId")))) {
        bool partial = !schema->strict || table->has_hidden; /* a field of that name comes first */
        *field = (column){ .sql = EN_TEXT("_key"), .type = EN_T_TEXT, .partial = partial };
        return true;
    }
    if (index == SIZE_MAX) {
        *field = (column){ .is_extra = true };
        return en_sql_extra_field(c->arena, name, &field->sql);
    }
    if (table->slots[index] == 0 || en_text_find(name, EN_TEXT("."), 0) != SIZE_MAX) {
        return false; /* a dotted name may also lead into a collection */
    }
    en_builder quoted;
    en_builder_init(&quoted, c->arena);
    en_sql_add_name(&quoted, name);
    *field = (column){ .sql = en_builder_take(&quoted), .type = schema->fields[index].type };
    return true;
}

/* The positive operation that an operation is the negation of, or itself [1]. */
static en_operation positive_of(en_operation operation, bool *negated)
{
    static const struct {
        en_operation negative;
        en_operation positive;
    } twins[] = {
        { EN_OP_NOT_EQUAL, EN_OP_EQUAL },     { EN_OP_NOT_CONTAINS, EN_OP_CONTAINS },
        { EN_OP_NOT_STARTS, EN_OP_STARTS },   { EN_OP_NOT_ENDS, EN_OP_ENDS },
        { EN_OP_NOT_MATCHES, EN_OP_MATCHES }, { EN_OP_NOT_IN, EN_OP_IN },
        { EN_OP_NOT_EXIST, EN_OP_EXIST },
    };
    *negated = false;
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        if (twins[i].negative == operation) {
            *negated = true;
            return twins[i].positive;
        }
    }
    return operation;
}

/* `b` is missing: equal means empty, all else is false [2]. */
static fit add_missing(compiler *c, const column *field, const column_kind *kind, const test *t,
                       en_builder *sql)
{
    if (t->operation != EN_OP_EQUAL) {
        return add_constant(t->negated, sql);
    }
    if (kind->add == add_text) {
        return add_text_equal(c, field, t, en_text_value(EN_TEXT("")), sql);
    }
    en_builder_add(sql, field->sql);
    en_builder_add(sql, t->negated ? EN_TEXT(" IS NOT NULL") : EN_TEXT(" IS NULL"));
    return FIT_EXACT;
}

static fit add_field_test(compiler *c, const column *field, const test *t, en_builder *sql)
{
    const column_kind *kind = find_kind(field->type);
    if (kind == NULL) {
        return FIT_NONE;
    }
    if (t->operation == EN_OP_EXIST) {
        en_builder positive;
        en_builder_init(&positive, c->arena);
        en_builder_add(&positive, field->sql);
        en_builder_format(&positive, "%s", kind->exists);
        add_negated(t, en_builder_take(&positive), sql);
        return FIT_EXACT;
    }
    if (en_is_missing(t->b)) {
        return add_missing(c, field, kind, t, sql);
    }
    int values_before = c->value_count;
    fit how = t->operation == EN_OP_IN ? add_in(c, field, t, sql) : kind->add(c, field, t, sql);
    if (how != FIT_NONE || kind->add != add_text) {
        return how;
    }
    c->value_count = values_before;
    return add_superset(c, field, t, sql);
}

static fit compile_constant(compiler *c, const en_condition *condition, en_builder *sql)
{
    en_filter_context context = { .scratch = c->arena };
    bool result = false;
    en_error ignored;
    en_error_clear(&ignored);
    if (!en_compare(condition->op, condition->a, condition->b, &context, &result, &ignored)) {
        return FIT_NONE; /* said again, by whoever evaluates it for a record */
    }
    return add_constant(result, sql);
}

static fit compile_condition(compiler *c, const en_condition *condition, en_text *piece)
{
    column field;
    en_builder sql;
    bool is_partial = false;
    test t = { .as = condition->op.as,
               .ignore_case = condition->op.ignore_case,
               .b = condition->b };
    t.operation = positive_of(condition->op.operation, &t.negated);
    en_builder_init(&sql, c->arena);
    fit how = FIT_NONE;
    int values_before = c->value_count;
    if (!condition->a_is_field) {
        how = compile_constant(c, condition, &sql);
    } else if (c->value_count < MOST_VALUES && find_column(c, condition->field, &field)) {
        how = field.is_extra ? add_superset(c, &field, &t, &sql)
                             : add_field_test(c, &field, &t, &sql);
        is_partial = how != FIT_NONE && field.partial;
        how = is_partial ? FIT_SUPERSET : how;
    }
    *piece = en_builder_take(&sql);
    if (is_partial && piece->length != 0) {
        en_builder_add(&sql, EN_TEXT("("));
        en_builder_add(&sql, *piece);
        en_builder_add(&sql, EN_TEXT(" OR _extra IS NOT NULL)"));
        *piece = en_builder_take(&sql);
    }
    if (piece->length == 0 || how == FIT_NONE) {
        c->value_count = values_before;
        return FIT_NONE;
    }
    return how;
}

/* --- groups --- */

/* (a AND b) AND (c AND d): as deep as the logarithm. */
static void add_balanced(const en_text *pieces, size_t count, const char *word, en_builder *sql)
{
    if (count == 1) {
        en_builder_add(sql, pieces[0]);
        return;
    }
    size_t half = count / 2;
    en_builder_add(sql, half > 1 ? EN_TEXT("(") : EN_TEXT(""));
    add_balanced(pieces, half, word, sql);
    en_builder_add(sql, half > 1 ? EN_TEXT(") ") : EN_TEXT(" "));
    en_builder_add(sql, en_text_from(word));
    en_builder_add(sql, EN_TEXT(" "));
    en_builder_add(sql, count - half > 1 ? EN_TEXT("(") : EN_TEXT(""));
    add_balanced(pieces + half, count - half, word, sql);
    en_builder_add(sql, count - half > 1 ? EN_TEXT(")") : EN_TEXT(""));
}

static fit compile_group(compiler *c, const en_condition_group *group, en_text *piece)
{
    en_text *pieces = EN_TRY_ARRAY(c->arena, en_text, group->count + 1);
    size_t count = 0;
    fit how = FIT_EXACT;
    if (pieces == NULL) {
        return FIT_NONE;
    }
    for (size_t i = 0; i < group->count; i++) {
        fit one = c->conditions++ < MOST_CONDITIONS
                      ? compile_condition(c, &group->conditions[i], &pieces[count])
                      : FIT_NONE;
        if (one != FIT_NONE) {
            count++;
        }
        how = one != FIT_EXACT ? FIT_SUPERSET : how;
    }
    if (count == 0) {
        *piece = EN_TEXT("1");
        return group->count == 0 ? FIT_EXACT : FIT_NONE;
    }
    en_builder sql;
    en_builder_init(&sql, c->arena);
    add_balanced(pieces, count, "AND", &sql);
    *piece = en_builder_take(&sql);
    return piece->length != 0 ? how : FIT_NONE;
}

void en_query_compile(en_table *table, const en_filter *filter, en_where *where)
{
    en_arena *arena = &table->connection->scratch;
    compiler c = { .table = table, .arena = arena };
    *where = (en_where){ .exact = filter->count == 0 };
    en_text *pieces = EN_TRY_ARRAY(arena, en_text, filter->count + 1);
    if (filter->count == 0 || pieces == NULL) {
        return;
    }
    fit how = FIT_EXACT;
    for (size_t i = 0; i < filter->count; i++) {
        fit one = compile_group(&c, &filter->groups[i], &pieces[i]);
        if (one == FIT_NONE) { /* that group may hold for any record */
            return;
        }
        how = one != FIT_EXACT ? FIT_SUPERSET : how;
    }
    en_builder sql;
    en_builder_init(&sql, arena);
    add_balanced(pieces, filter->count, "OR", &sql);
    *where = (en_where){ .sql = en_builder_take(&sql),
                         .values = c.values,
                         .value_count = c.value_count,
                         .exact = how == FIT_EXACT };
    if (where->sql.length == 0 || c.failed) {
        *where = (en_where){ 0 };
    }
}

void en_query_bind(const en_where *where, en_statement *statement)
{
    for (int i = 0; i < where->value_count; i++) {
        en_statement_bind(statement, i + 1, where->values[i]);
    }
}

/* --- order --- */

bool en_query_add_order(const en_table *table, const en_sort *sort, size_t count, en_builder *sql)
{
    for (size_t i = 0; i < count; i++) {
        size_t field = en_table_field(table, sort[i].field);
        if (field == SIZE_MAX || table->slots[field] == 0 ||
            find_kind(table->schema->fields[field].type) == NULL ||
            en_text_find(sort[i].field, EN_TEXT("."), 0) != SIZE_MAX) {
            return false;
        }
    }
    en_builder_add(sql, EN_TEXT(" ORDER BY "));
    for (size_t i = 0; i < count; i++) { /* NULL comes first, as missing does */
        en_sql_add_name(sql, sort[i].field);
        en_builder_add(sql, sort[i].descending ? EN_TEXT(" DESC, ") : EN_TEXT(", "));
    }
    en_builder_add(sql, EN_TEXT("_seq"));
    return true;
}

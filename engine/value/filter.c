/* The rules are those of filter.h, by number. */
#include "value/filter.h"

#include "value/coerce.h"
#include "value/compare.h"
#include "value/number.h"
#include "value/semver.h"
#include "value/unicode.h"

#include <string.h>

enum { DEEPEST = 512 };

typedef struct comparison {
    en_operator op;
    en_filter_context *context;
} comparison;

static en_text text_of(const comparison *c, en_value value)
{
    en_text text = en_is(value, EN_TEXT_VALUE)
                       ? en_value_text(value)
                       : en_value_as_text(c->context->scratch, value, EN_TEXT(", "));
    return c->op.ignore_case ? en_unicode_lower(c->context->scratch, text) : text;
}

static en_relation from_order(int order)
{
    return order > 0 ? EN_ABOVE : order < 0 ? EN_BELOW : EN_SAME;
}

static en_relation relate_texts(const comparison *c, en_value a, en_value b)
{
    return from_order(en_text_compare(text_of(c, a), text_of(c, b)));
}

/* --- rule 4 --- */

static bool as_number(en_value value, en_value *number)
{
    *number = value;
    return en_is(value, EN_NUMBER) ||
           (en_is(value, EN_TEXT_VALUE) && en_number_read_text(en_value_text(value), number));
}

static bool as_iso_date(en_value value, int64_t *at_ms)
{
    *at_ms = value.as.date_ms;
    return en_is(value, EN_DATE) ||
           (en_is(value, EN_TEXT_VALUE) && en_date_read_iso(en_value_text(value), at_ms));
}

static bool relate_dates(en_value a, en_value b, en_relation *relation)
{
    int64_t x;
    int64_t y;
    en_value number;
    bool a_date = as_iso_date(a, &x);
    bool b_date = as_iso_date(b, &y);
    if (a_date && b_date) {
        *relation = from_order((x > y) - (x < y));
        return true;
    }
    if (en_is(a, EN_DATE) && as_number(b, &number)) {
        *relation = en_number_compare(en_integer(x), number);
        return true;
    }
    if (en_is(b, EN_DATE) && as_number(a, &number)) {
        *relation = en_number_compare(number, en_integer(y));
        return true;
    }
    return false;
}

static bool as_truth(en_value value, bool *truth)
{
    en_text text = en_value_text(value);
    *truth = en_is(value, EN_BOOLEAN) ? value.as.boolean : en_text_equal(text, EN_TEXT("true"));
    return en_is(value, EN_BOOLEAN) ||
           (en_is(value, EN_TEXT_VALUE) && (*truth || en_text_equal(text, EN_TEXT("false"))));
}

static en_relation relate_any(const comparison *c, en_value a, en_value b)
{
    en_value x;
    en_value y;
    bool a_truth;
    bool b_truth;
    en_relation relation;
    if (as_number(a, &x) && as_number(b, &y)) {
        return en_number_compare(x, y);
    }
    if (relate_dates(a, b, &relation)) {
        return relation;
    }
    if ((en_is(a, EN_BOOLEAN) || en_is(b, EN_BOOLEAN)) && as_truth(a, &a_truth) &&
        as_truth(b, &b_truth)) {
        return from_order((int)a_truth - (int)b_truth);
    }
    if (en_is(a, EN_COLLECTION) || en_is(b, EN_COLLECTION)) {
        return en_value_equal(a, b) ? EN_SAME : EN_APART;
    }
    return relate_texts(c, a, b);
}

/* --- rule 5 --- */

static bool to_date(const comparison *c, en_value value, en_value *converted)
{
    int64_t at_ms = value.as.date_ms;
    if (!en_is(value, EN_DATE) && !(en_is(value, EN_TEXT_VALUE) &&
                                    en_date_read(en_value_text(value), c->context->zone, &at_ms))) {
        return false;
    }
    *converted = en_number((double)at_ms); /* within ±8.64e15: exact */
    return true;
}

static bool read_two_digits(en_text text, size_t *at, unsigned most, unsigned *number)
{
    size_t start = *at;
    *number = 0;
    while (*at < text.length && *at - start < 2 && text.data[*at] >= '0' && text.data[*at] <= '9') {
        *number = *number * 10 + (unsigned)(text.data[(*at)++] - '0');
    }
    return *at > start && *number <= most;
}

/* h:mm or h:mm:ss, in seconds. */
static bool read_time(en_text text, en_value *converted)
{
    unsigned parts[3] = { 0 };
    static const unsigned most[] = { 23, 59, 59 };
    size_t at = 0;
    size_t count = 0;
    text = en_text_trim(text);
    while (count < 3) {
        if (!read_two_digits(text, &at, most[count], &parts[count])) {
            return false;
        }
        count++;
        if (at == text.length) {
            break;
        }
        if (text.data[at++] != ':') {
            return false;
        }
    }
    *converted = en_number(parts[0] * 3600.0 + parts[1] * 60.0 + parts[2]);
    return at == text.length && count >= 2;
}

static bool to_time(const comparison *c, en_value value, en_value *converted)
{
    if (en_is(value, EN_TEXT_VALUE) && read_time(en_value_text(value), converted)) {
        return true;
    }
    en_value date;
    if (!to_date(c, value, &date)) {
        return false;
    }
    en_wall wall;
    en_wall_from_ms((int64_t)date.as.number, c->context->zone, &wall);
    *converted = en_number(wall.hour * 3600.0 + wall.minute * 60.0 + wall.second +
                           wall.millisecond / 1000.0);
    return true;
}

static bool to_boolean(en_value value)
{
    if (en_is(value, EN_BOOLEAN)) {
        return value.as.boolean;
    }
    return !(en_is(value, EN_TEXT_VALUE) &&
             (value.length == 0 || en_text_equal(en_value_text(value), EN_TEXT("false"))));
}

/* The forms that compare as numbers. */
static bool to_comparable(const comparison *c, en_value value, en_value *converted)
{
    switch (c->op.as) {
    case EN_AS_DATE:
        return to_date(c, value, converted);
    case EN_AS_TIME:
        return to_time(c, value, converted);
    case EN_AS_BOOLEAN:
        *converted = en_number(to_boolean(value));
        return true;
    default:
        return as_number(value, converted);
    }
}

static en_relation relate_forced(const comparison *c, en_value a, en_value b)
{
    en_value x;
    en_value y;
    return to_comparable(c, a, &x) && to_comparable(c, b, &y) ? en_number_compare(x, y) : EN_APART;
}

static en_relation relate_versions(const comparison *c, en_value a, en_value b)
{
    int order;
    return en_semver_compare(text_of(c, a), text_of(c, b), &order) ? from_order(order) : EN_APART;
}

/* Two single values that are there. */
static en_relation relate(const comparison *c, en_value a, en_value b)
{
    en_value length;
    bool has_collection = en_is(a, EN_COLLECTION) || en_is(b, EN_COLLECTION);
    switch (c->op.as) {
    case EN_AS_ANY:
        return relate_any(c, a, b);
    case EN_AS_TEXT:
        return has_collection ? EN_APART : relate_texts(c, a, b);
    case EN_AS_SEMVER:
        return has_collection ? EN_APART : relate_versions(c, a, b);
    case EN_AS_ARRAY:
        length = en_number(en_is(a, EN_ARRAY) ? a.length : 1);
        return as_number(b, &b) ? en_number_compare(length, b) : EN_APART;
    default:
        return relate_forced(c, a, b);
    }
}

/* --- rules 2 and 6 --- */

typedef bool test(const comparison *c, en_relation relation);

static bool is_equal(const comparison *c, en_relation relation)
{
    (void)c;
    return relation == EN_SAME;
}

static bool is_ordered(const comparison *c, en_relation relation)
{
    switch (c->op.operation) {
    case EN_OP_GREATER:
        return relation == EN_ABOVE;
    case EN_OP_GREATER_EQUAL:
        return relation == EN_ABOVE || relation == EN_SAME;
    case EN_OP_LESS:
        return relation == EN_BELOW;
    default:
        return relation == EN_BELOW || relation == EN_SAME;
    }
}

static bool stands_for_elements(const comparison *c, en_value value)
{
    return en_is(value, EN_ARRAY) && c->op.as != EN_AS_TEXT && c->op.as != EN_AS_ARRAY;
}

static bool test_values(const comparison *c, test *passes, en_value a, en_value b, unsigned depth);

/* Of two arrays the elements in pairs, of one array each element with the other side. */
static bool test_elements(const comparison *c, test *passes, en_value a, en_value b, unsigned depth)
{
    bool in_a = stands_for_elements(c, a);
    bool in_b = stands_for_elements(c, b);
    bool needs_all = passes == is_equal || c->op.operation == EN_OP_GREATER ||
                     c->op.operation == EN_OP_GREATER_EQUAL;
    uint32_t count = !in_a ? b.length : !in_b || a.length > b.length ? a.length : b.length;
    if (passes == is_equal && count == 0) {
        return (in_a || en_is_empty(a)) && (in_b || en_is_empty(b));
    }
    if (passes == is_equal && in_a && in_b && a.length != b.length) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        en_value x = !in_a ? a : i < a.length ? a.as.items[i] : en_nothing();
        en_value y = !in_b ? b : i < b.length ? b.as.items[i] : en_nothing();
        if (test_values(c, passes, x, y, depth + 1) != needs_all) {
            return !needs_all;
        }
    }
    return needs_all;
}

static bool test_values(const comparison *c, test *passes, en_value a, en_value b, unsigned depth)
{
    if (stands_for_elements(c, a) || stands_for_elements(c, b)) {
        return depth < DEEPEST && test_elements(c, passes, a, b, depth);
    }
    if (en_is_missing(a) || en_is_missing(b)) {
        return passes == is_equal && en_is_empty(a) && en_is_empty(b);
    }
    return passes(c, relate(c, a, b));
}

/* --- the operations --- */

static bool equals(const comparison *c, en_value a, en_value b)
{
    return test_values(c, is_equal, a, b, 0);
}

/* An element against what is looked for: arrays and collections by content. */
static bool is_element(const comparison *c, en_value element, en_value wanted)
{
    if (en_is(element, EN_ARRAY) || en_is(wanted, EN_ARRAY)) {
        return en_value_equal(element, wanted);
    }
    return test_values(c, is_equal, element, wanted, 0);
}

static bool has_element(const comparison *c, en_value list, en_value wanted)
{
    comparison elements = *c;
    if (elements.op.as == EN_AS_ARRAY) {
        elements.op.as = EN_AS_ANY; /* that is about the list */
    }
    if (!en_is(list, EN_ARRAY)) {
        return is_element(&elements, list, wanted);
    }
    for (uint32_t i = 0; i < list.length; i++) {
        if (is_element(&elements, list.as.items[i], wanted)) {
            return true;
        }
    }
    return false;
}

static bool contains(const comparison *c, en_value a, en_value b)
{
    if (c->op.as == EN_AS_ARRAY || (c->op.as == EN_AS_ANY && en_is(a, EN_ARRAY))) {
        return has_element(c, a, b);
    }
    return !en_is(a, EN_COLLECTION) && !en_is(b, EN_COLLECTION) &&
           en_text_find(text_of(c, a), text_of(c, b), 0) != SIZE_MAX;
}

static bool starts(const comparison *c, en_value a, en_value b)
{
    return !en_is(a, EN_COLLECTION) && !en_is(b, EN_COLLECTION) &&
           en_text_starts(text_of(c, a), text_of(c, b));
}

static bool ends(const comparison *c, en_value a, en_value b)
{
    return !en_is(a, EN_COLLECTION) && !en_is(b, EN_COLLECTION) &&
           en_text_ends(text_of(c, a), text_of(c, b));
}

/* "a, b, c": whether one of the parts equals `a`. */
static bool is_in_text(const comparison *c, en_value a, en_text list)
{
    size_t start = 0;
    while (start <= list.length) {
        size_t comma = en_text_find(list, EN_TEXT(","), start);
        size_t end = comma != SIZE_MAX ? comma : list.length;
        en_text part = en_unicode_trim(en_text_slice(list, start, end));
        if (is_element(c, en_text_value(part), a)) {
            return true;
        }
        start = end + 1;
    }
    return false;
}

static bool is_in(const comparison *c, en_value a, en_value b)
{
    return en_is(b, EN_TEXT_VALUE) ? is_in_text(c, a, en_value_text(b)) : has_element(c, b, a);
}

static bool exists(en_value a)
{
    switch (a.tag) {
    case EN_NOTHING:
    case EN_NULL:
        return false;
    case EN_TEXT_VALUE:
    case EN_BUFFER:
    case EN_ARRAY:
        return a.length != 0;
    case EN_COLLECTION:
        return en_collection_count(a) != 0;
    default:
        return true;
    }
}

static bool matches(const comparison *c, en_value a, en_value b, bool *result, en_error *error)
{
    *result = false;
    if (en_is(a, EN_COLLECTION) || en_is(b, EN_COLLECTION)) {
        return true;
    }
    comparison exact = *c;
    exact.op.ignore_case = false; /* the regular expression does that itself */
    unsigned flags = c->op.ignore_case ? EN_REGEX_IGNORE_CASE : 0;
    en_arena *scratch = c->context->scratch;
    const en_regex *regex;
    en_regex *made;
    if (c->context->patterns != NULL) {
        if (!en_regex_cache_get(c->context->patterns, text_of(&exact, b), flags, &regex, error)) {
            return false;
        }
    } else {
        if (!en_regex_compile(scratch, text_of(&exact, b), flags, &made, error)) {
            return false;
        }
        regex = made;
    }
    en_regex_span *spans = EN_TRY_ARRAY(scratch, en_regex_span, en_regex_groups(regex) + 1);
    if (spans == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError,
                            "not enough memory for a regular expression");
    }
    return en_regex_search(regex, text_of(&exact, a), 0, result, spans, scratch, error);
}

/* Rule 1: the positive operation that an operation is the negation of, or itself. */
static en_operation positive(en_operation operation, bool *negated)
{
    static const en_operation twins[EN_OPERATIONS] = {
        [EN_OP_NOT_EQUAL] = EN_OP_EQUAL,     [EN_OP_NOT_CONTAINS] = EN_OP_CONTAINS,
        [EN_OP_NOT_STARTS] = EN_OP_STARTS,   [EN_OP_NOT_ENDS] = EN_OP_ENDS,
        [EN_OP_NOT_MATCHES] = EN_OP_MATCHES, [EN_OP_NOT_IN] = EN_OP_IN,
        [EN_OP_NOT_EXIST] = EN_OP_EXIST,
    };
    *negated = operation == EN_OP_NOT_EQUAL || twins[operation] != EN_OP_EQUAL;
    return *negated ? twins[operation] : operation;
}

/* Operations on two values that are there. */
static bool compare_present(const comparison *c, en_value a, en_value b, bool *result,
                            en_error *error)
{
    switch (c->op.operation) {
    case EN_OP_CONTAINS:
        *result = contains(c, a, b);
        return true;
    case EN_OP_STARTS:
        *result = starts(c, a, b);
        return true;
    case EN_OP_ENDS:
        *result = ends(c, a, b);
        return true;
    case EN_OP_IN:
        *result = is_in(c, a, b);
        return true;
    case EN_OP_MATCHES:
        return matches(c, a, b, result, error);
    default:
        *result = test_values(c, is_ordered, a, b, 0);
        return true;
    }
}

bool en_compare(en_operator op, en_value a, en_value b, en_filter_context *context, bool *result,
                en_error *error)
{
    bool negated;
    op.operation = positive(op.operation, &negated);
    comparison c = { op, context };
    en_arena_mark mark = en_arena_get_mark(context->scratch);
    bool done = true;
    *result = false;
    if (op.operation == EN_OP_EXIST) {
        *result = exists(a);
    } else if (op.operation == EN_OP_EQUAL) {
        *result = equals(&c, a, b);
    } else if (!en_is_missing(a) && !en_is_missing(b)) {
        done = compare_present(&c, a, b, result, error);
    }
    en_arena_rewind(context->scratch, mark);
    *result = *result != negated;
    return done;
}

/* --- filters --- */

static en_value field_of(en_value record, en_text field)
{
    return en_collection_has(record, field) ? en_collection_find(record, field)
                                            : en_value_at(record, field);
}

static bool group_matches(const en_condition_group *group, en_value record,
                          en_filter_context *context, bool *result, en_error *error)
{
    *result = true;
    for (size_t i = 0; i < group->count && *result; i++) {
        const en_condition *condition = &group->conditions[i];
        en_value a = condition->a_is_field ? field_of(record, condition->field) : condition->a;
        if (!en_compare(condition->op, a, condition->b, context, result, error)) {
            return false;
        }
    }
    return true;
}

bool en_filter_matches(const en_filter *filter, en_value record, en_filter_context *context,
                       bool *result, en_error *error)
{
    *result = filter->count == 0;
    for (size_t i = 0; i < filter->count && !*result; i++) {
        if (!group_matches(&filter->groups[i], record, context, result, error)) {
            return false;
        }
    }
    return true;
}

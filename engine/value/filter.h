/* filter - conditions as data, and the one comparison that all rooms share.
 *
 * Shape:    an operator row (spellings: toolkit-dialect.md 4.2, blueprints.md 3), forced type and
 *           case rule are one en_operator. A filter is an OR of ANDs of conditions on a record's
 *           fields; no groups: always true.
 * Units:    none.
 * Lifetime: plain data in the owner's arena.
 * Errors:   only a regular expression can fail (DataError).
 * Threads:  free; the regex cache in the context belongs to one thread.
 *
 * The rules. Whoever compiles conditions to another language gives exactly these results, or a
 * superset that en_filter_matches checks again.
 *
 *  1. Every not-operation is the negation of its twin: notEqual, notContains, notStartsWith,
 *     notEndsWith, notMatches, notIn, notExist.
 *  2. *Missing* is nothing or null; *empty* is missing or "". If a side is missing, equal is true
 *     when both are empty; orderings, contains, startsWith, endsWith, matches and in are false.
 *  3. exist is false for missing, "", [], {} and a buffer of no bytes; true for 0, false and the
 *     rest.
 *  4. equal and the orderings compare two single values by the first of these that takes both:
 *       numbers   a number, or text that en_number_read_text reads; integers exactly. NaN is
 *                 neither equal to anything nor before or after it.
 *       dates     a date, or text that en_date_read_iso reads; beside a date, a number or
 *                 numeric text is milliseconds.
 *       booleans  a boolean, or beside one exactly the text "true" or "false"; false comes
 *                 before true.
 *       text      what en_value_to_text makes of each (lists with ", "), by code points; with
 *                 ignore_case both in lower case.
 *     A collection has no text: it equals only an equal collection and stands in no order but
 *     greaterEqual and lessEqual to that.
 *  5. A forced type (`as`) takes the place of rule 4: both sides are converted, and if one cannot
 *     be, they are not equal and in no order.
 *       number    numbers, numeric text.
 *       date      dates, text that en_date_read reads in the context's zone.
 *       time      h:mm or h:mm:ss, or the time of day of a date in the context's zone.
 *       boolean   "" and "false" are false, everything else is true, 0 too.
 *       text      as in rule 4; collections cannot be converted.
 *       semver    1.2.3-beta; parts that are not there are 0.
 *       array     the length of `a` (1 if it is no array) against `b` as a number.
 *  6. An array under equal or an ordering (not if text or array is forced) stands for its
 *     elements: equal, greater, greaterEqual need all of them; less, lessEqual one. An empty array
 *     equals what is empty. Two arrays are equal if they have one length and equal elements in
 *     pairs; in an ordering they are paired too, and what the shorter one lacks is missing.
 *  7. contains: if `a` is an array, or array is forced (then `a` may be one element), it has an
 *     element equal to `b` by rule 4, arrays and collections by content. Else the text of `b` is
 *     within the text of `a`.
 *  8. contains, startsWith, endsWith and matches look at the texts of both sides; if one is a
 *     collection, they are false.
 *  9. in: `a` equals an element of `b`, by content if it is an array. Text as `b` is a list of
 *     parts between commas, trimmed; another single value is a list of one. A forced type but
 *     array counts for the elements.
 * 10. A field is the member whose whole name it is; if there is none, its dots lead into
 *     collections. What is not there is missing.
 */
#ifndef EN_VALUE_FILTER_H
#define EN_VALUE_FILTER_H

#include "value/datetime.h"
#include "value/regex.h"
#include "value/value.h"

typedef enum en_operation {
    EN_OP_EQUAL,
    EN_OP_NOT_EQUAL,
    EN_OP_GREATER,
    EN_OP_GREATER_EQUAL,
    EN_OP_LESS,
    EN_OP_LESS_EQUAL,
    EN_OP_CONTAINS,
    EN_OP_NOT_CONTAINS,
    EN_OP_STARTS,
    EN_OP_NOT_STARTS,
    EN_OP_ENDS,
    EN_OP_NOT_ENDS,
    EN_OP_MATCHES,
    EN_OP_NOT_MATCHES,
    EN_OP_IN,
    EN_OP_NOT_IN,
    EN_OP_EXIST,
    EN_OP_NOT_EXIST,
    EN_OPERATIONS
} en_operation;

typedef enum en_compare_as {
    EN_AS_ANY, /* rule 4 */
    EN_AS_TEXT,
    EN_AS_NUMBER,
    EN_AS_DATE,
    EN_AS_TIME,
    EN_AS_BOOLEAN,
    EN_AS_ARRAY, /* its length; contains: its elements */
    EN_AS_SEMVER
} en_compare_as;

typedef struct en_operator {
    en_operation operation;
    en_compare_as as;
    bool ignore_case;
} en_operator;

/* "greaterEqual", "number:greaterorequal", "text:contain:ci", … False: unknown; `nearest` then
 * names the nearest spelling or is empty. */
EN_WARN_UNUSED bool en_operator_find(en_text spelling, en_operator *op, en_text *nearest);
/* The dialect's own spelling: "greaterEqual". */
const char *en_operation_name(en_operation operation);
/* No right-hand side: exist, notExist. */
EN_WARN_UNUSED bool en_operation_is_unary(en_operation operation);
/* All spellings, for messages: "equal, notEqual, …". */
en_text en_operation_names(en_arena *arena);

typedef struct en_filter_context {
    en_arena *scratch;
    en_regex_cache *patterns; /* NULL: each pattern is compiled anew */
    const en_zone *zone;      /* of dates without one, when a date or time is forced; NULL: UTC */
} en_filter_context;

EN_WARN_UNUSED bool en_compare(en_operator op, en_value a, en_value b, en_filter_context *context,
                               bool *result, en_error *error);
/* -1, 0, 1 in the order that sorting uses: missing, booleans, numbers (NaN first), dates, text by
 * code points, buffers, arrays, collections. Total: equal means that neither need stand first. */
int en_value_order(en_value a, en_value b);

typedef struct en_condition {
    en_operator op;
    bool a_is_field; /* else `a` is a value */
    en_text field;   /* dots are nested; "id" and "recordId" name the key unless a field does */
    en_value a;
    en_value b;
} en_condition;

typedef struct en_condition_group {
    const en_condition *conditions; /* AND; none: true */
    size_t count;
} en_condition_group;

typedef struct en_filter {
    const en_condition_group *groups; /* OR; none: true */
    size_t count;
} en_filter;

/* A record is its fields as one collection, `id` and `recordId` included. */
EN_WARN_UNUSED bool en_filter_matches(const en_filter *filter, en_value record,
                                      en_filter_context *context, bool *result, en_error *error);

#endif

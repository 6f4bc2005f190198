/* filter - conditions as data, and the one comparison that all rooms share.
 *
 * Shape:    an operator row (spelling table of toolkit-dialect.md 4.2, blueprints.md 2.8), forced type
 *           and case rule are one en_operator. A filter is an OR of ANDs of conditions on a record's
 *           fields; no groups: always true.
 * Units:    none.
 * Lifetime: plain data in the owner's arena.
 * Errors:   only a regular expression can fail (DataError).
 * Threads:  free; the regex cache in the context belongs to one thread.
 */
#ifndef EN_VALUE_FILTER_H
#define EN_VALUE_FILTER_H

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
    EN_AS_ANY, /* numbers, else dates, else booleans, else text: toolkit-dialect.md 4.4 */
    EN_AS_TEXT,
    EN_AS_NUMBER,
    EN_AS_DATE,
    EN_AS_TIME,
    EN_AS_BOOLEAN,
    EN_AS_ARRAY
} en_compare_as;

typedef struct en_operator {
    en_operation operation;
    en_compare_as as;
    bool ignore_case;
} en_operator;

/* "greaterEqual", "number:greaterorequal", "text:contain:ci", … False: unknown; `nearest` then names
 * the nearest spelling or is empty. */
EN_WARN_UNUSED bool en_operator_find(en_text spelling, en_operator *op, en_text *nearest);
/* The dialect's own spelling: "greaterEqual". */
const char *en_operation_name(en_operation operation);
/* No right-hand side: exist, notExist. */
EN_WARN_UNUSED bool en_operation_is_unary(en_operation operation);
/* All spellings, for messages: "equal, notEqual, …". */
en_text en_operation_names(en_arena *arena);

typedef struct en_filter_context {
    en_arena *scratch;
    en_regex_cache *patterns;
} en_filter_context;

EN_WARN_UNUSED bool en_compare(en_operator op, en_value a, en_value b, en_filter_context *context,
                               bool *result, en_error *error);
/* -1, 0, 1 in the order that sorting uses: missing, booleans, numbers, dates, text, the rest. */
int en_value_order(en_value a, en_value b);

typedef struct en_condition {
    en_operator op;
    bool a_is_field;   /* else `a` is a value */
    en_text field;     /* dots are nested; "id" and "recordId" name the key unless a field does */
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

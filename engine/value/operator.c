/* The spellings of operators: toolkit-dialect.md 4.2, blueprints.md 3. */
#include "value/filter.h"

static const char *const names[EN_OPERATIONS] = {
    [EN_OP_EQUAL] = "equal",
    [EN_OP_NOT_EQUAL] = "notEqual",
    [EN_OP_GREATER] = "greater",
    [EN_OP_GREATER_EQUAL] = "greaterEqual",
    [EN_OP_LESS] = "less",
    [EN_OP_LESS_EQUAL] = "lessEqual",
    [EN_OP_CONTAINS] = "contains",
    [EN_OP_NOT_CONTAINS] = "notContains",
    [EN_OP_STARTS] = "startsWith",
    [EN_OP_NOT_STARTS] = "notStartsWith",
    [EN_OP_ENDS] = "endsWith",
    [EN_OP_NOT_ENDS] = "notEndsWith",
    [EN_OP_MATCHES] = "matches",
    [EN_OP_NOT_MATCHES] = "notMatches",
    [EN_OP_IN] = "in",
    [EN_OP_NOT_IN] = "notIn",
    [EN_OP_EXIST] = "exist",
    [EN_OP_NOT_EXIST] = "notExist",
};

/* Further spellings, compared without ASCII case. Make knows no `text:contains`: a blueprint that
 * says so never passes there, so the plural forms stand alone only. */
static const struct spelling {
    const char *text;
    en_operation operation;
    bool behind_type;
} spellings[] = {
    { "equal", EN_OP_EQUAL, true },
    { "equals", EN_OP_EQUAL, false },
    { "is", EN_OP_EQUAL, false },
    { "notEqual", EN_OP_NOT_EQUAL, true },
    { "notEquals", EN_OP_NOT_EQUAL, false },
    { "isNot", EN_OP_NOT_EQUAL, false },
    { "greater", EN_OP_GREATER, true },
    { "greaterEqual", EN_OP_GREATER_EQUAL, true },
    { "greaterOrEqual", EN_OP_GREATER_EQUAL, true },
    { "less", EN_OP_LESS, true },
    { "lessEqual", EN_OP_LESS_EQUAL, true },
    { "lessOrEqual", EN_OP_LESS_EQUAL, true },
    { "contains", EN_OP_CONTAINS, false },
    { "contain", EN_OP_CONTAINS, true },
    { "notContains", EN_OP_NOT_CONTAINS, false },
    { "notContain", EN_OP_NOT_CONTAINS, true },
    { "startsWith", EN_OP_STARTS, false },
    { "startWith", EN_OP_STARTS, true },
    { "notStartsWith", EN_OP_NOT_STARTS, false },
    { "notStartWith", EN_OP_NOT_STARTS, true },
    { "endsWith", EN_OP_ENDS, false },
    { "endWith", EN_OP_ENDS, true },
    { "notEndsWith", EN_OP_NOT_ENDS, false },
    { "notEndWith", EN_OP_NOT_ENDS, true },
    { "matches", EN_OP_MATCHES, false },
    { "pattern", EN_OP_MATCHES, true },
    { "notMatches", EN_OP_NOT_MATCHES, false },
    { "notPattern", EN_OP_NOT_MATCHES, true },
    { "in", EN_OP_IN, true },
    { "notIn", EN_OP_NOT_IN, true },
    { "exist", EN_OP_EXIST, true },
    { "exists", EN_OP_EXIST, false },
    { "notEmpty", EN_OP_EXIST, true },
    { "notExist", EN_OP_NOT_EXIST, true },
    { "notExists", EN_OP_NOT_EXIST, false },
    { "empty", EN_OP_NOT_EXIST, true },
};
enum { SPELLINGS = sizeof spellings / sizeof *spellings };

static const struct {
    en_text prefix;
    en_compare_as as;
} types[] = {
    { { "text", 4 }, EN_AS_TEXT },      { { "number", 6 }, EN_AS_NUMBER },
    { { "numeric", 7 }, EN_AS_NUMBER }, { { "date", 4 }, EN_AS_DATE },
    { { "time", 4 }, EN_AS_TIME },      { { "boolean", 7 }, EN_AS_BOOLEAN },
    { { "array", 5 }, EN_AS_ARRAY },    { { "semver", 6 }, EN_AS_SEMVER },
};

#define EQUAL(type) type ":equal", type ":notequal"
#define ORDERED(type)                                                                              \
    EQUAL(type), type ":greater", type ":less", type ":greaterorequal", type ":lessorequal"
#define MATCHED(type, ci)                                                                          \
    type ":contain" ci, type ":notcontain" ci, type ":startwith" ci, type ":notstartwith" ci,      \
        type ":endwith" ci, type ":notendwith" ci, type ":pattern" ci, type ":notpattern" ci

/* What Make's own editor writes: suggested for a spelling with a type. */
static const char *const typed_names[] = {
    EQUAL("text"),          "text:equal:ci",       "text:notequal:ci", MATCHED("text", ""),
    MATCHED("text", ":ci"), ORDERED("number"),     ORDERED("date"),    ORDERED("time"),
    ORDERED("semver"),      ORDERED("array"),      "array:contain",    "array:notcontain",
    "array:contain:ci",     "array:notcontain:ci", EQUAL("boolean"),
};
enum { TYPED_NAMES = sizeof typed_names / sizeof *typed_names };

static bool find_spelling(en_text text, bool behind_type, en_operation *operation)
{
    for (size_t i = 0; i < SPELLINGS; i++) {
        if ((!behind_type || spellings[i].behind_type) &&
            en_text_equal_nocase(text, en_text_from(spellings[i].text))) {
            *operation = spellings[i].operation;
            return true;
        }
    }
    return false;
}

static en_text find_nearest(en_text spelling)
{
    en_text known[(int)SPELLINGS + (int)TYPED_NAMES];
    size_t count = 0;
    for (size_t i = 0; i < SPELLINGS; i++) {
        known[count++] = en_text_from(spellings[i].text);
    }
    for (size_t i = 0; i < TYPED_NAMES; i++) {
        known[count++] = en_text_from(typed_names[i]);
    }
    size_t nearest = en_text_nearest(spelling, known, count);
    return nearest != SIZE_MAX ? known[nearest] : EN_TEXT("");
}

static bool find_type(en_text prefix, en_compare_as *as)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (en_text_equal_nocase(prefix, types[i].prefix)) {
            *as = types[i].as;
            return true;
        }
    }
    return false;
}

bool en_operator_find(en_text spelling, en_operator *op, en_text *nearest)
{
    static const en_text no_case = { ":ci", 3 };
    en_text rest = en_text_trim(spelling);
    *op = (en_operator){ EN_OP_EQUAL, EN_AS_ANY, false };
    *nearest = EN_TEXT("");
    if (rest.length >= no_case.length &&
        en_text_equal_nocase(en_text_slice(rest, rest.length - no_case.length, rest.length),
                             no_case)) {
        op->ignore_case = true;
        rest.length -= no_case.length;
    }
    size_t colon = en_text_find(rest, EN_TEXT(":"), 0);
    bool typed = colon != SIZE_MAX;
    bool known = !typed || find_type(en_text_slice(rest, 0, colon), &op->as);
    rest = typed ? en_text_slice(rest, colon + 1, rest.length) : rest;
    if (known && find_spelling(rest, typed, &op->operation)) {
        return true;
    }
    *nearest = find_nearest(en_text_trim(spelling));
    return false;
}

const char *en_operation_name(en_operation operation)
{
    return names[operation];
}

bool en_operation_is_unary(en_operation operation)
{
    return operation == EN_OP_EXIST || operation == EN_OP_NOT_EXIST;
}

en_text en_operation_names(en_arena *arena)
{
    en_builder out;
    en_builder_init(&out, arena);
    for (int i = 0; i < EN_OPERATIONS; i++) {
        en_builder_add(&out, i != 0 ? EN_TEXT(", ") : EN_TEXT(""));
        en_builder_add(&out, en_text_from(names[i]));
    }
    return en_builder_take(&out);
}

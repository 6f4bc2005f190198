/* Random operators and values: two bytes choose the operator and how the values are made, the rest
 * makes them. Whatever they are: nothing crashes, only patterns fail, not-operations are the
 * negation of their twins, less and greaterEqual exclude each other, and the order of sorting is
 * antisymmetric. */
#include "value/coerce.h"
#include "value/filter.h"
#include "value/unicode.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct source {
    const uint8_t *data;
    size_t size;
    en_arena *arena;
} source;

static uint8_t take(source *s)
{
    if (s->size == 0) {
        return 0;
    }
    s->size--;
    return *s->data++;
}

static en_text take_text(source *s)
{
    size_t length = take(s) & 31u;
    length = length < s->size ? length : s->size;
    en_text bytes = { (const char *)s->data, length };
    s->data += length;
    s->size -= length;
    return en_unicode_repair(s->arena, en_text_copy(s->arena, bytes));
}

static uint64_t take_bits(source *s)
{
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) {
        bits = bits << 8 | take(s);
    }
    return bits;
}

static en_value take_value(source *s, unsigned depth);

static en_value take_list(source *s, unsigned depth, bool collection)
{
    en_array_builder items;
    en_collection_builder members;
    en_array_builder_init(&items, s->arena);
    en_collection_builder_init(&members, s->arena);
    for (size_t left = take(s) & 3u; left > 0; left--) {
        en_text name = collection ? take_text(s) : EN_TEXT("");
        en_value value = take_value(s, depth + 1);
        en_array_builder_add(&items, value);
        en_collection_builder_add(&members, name, value);
    }
    return collection ? en_collection_builder_take(&members) : en_array_builder_take(&items);
}

static const char *const texts[] = {
    "",      "0",          "1.50",        "1e3",        "true",
    "false", "a",          "2026",        "2026-01-02", "2026-01-02T03:04:05Z",
    "9:30",  "01/02/2026", "v1.2.3-rc.1", "a, b,1",     "9007199254740993"
};

static en_value take_value(source *s, unsigned depth)
{
    uint64_t bits;
    double number;
    uint8_t kind = take(s);
    switch (kind % 12) {
    case 0:
        return en_nothing();
    case 1:
        return en_null();
    case 2:
        return en_boolean(kind & 16);
    case 3:
        return en_number((double)(int8_t)take(s));
    case 4:
        bits = take_bits(s);
        memcpy(&number, &bits, sizeof number);
        return en_number(number);
    case 5:
        return en_integer((int64_t)take_bits(s));
    case 6:
        return en_integer_unsigned(take_bits(s));
    case 7:
        return en_date((int64_t)(take_bits(s) % 17280000000000001u) - 8640000000000000);
    case 8:
        return en_text_value(take_text(s));
    case 9:
        return en_text_value(en_text_from(texts[take(s) % (sizeof texts / sizeof *texts)]));
    case 10:
        return depth < 4 ? take_list(s, depth, kind & 16) : en_null();
    default:
        return en_buffer(take_text(s));
    }
}

static bool run(en_operator op, en_value a, en_value b, en_filter_context *context, bool *result)
{
    en_error error;
    en_error_clear(&error);
    bool done = en_compare(op, a, b, context, result, &error);
    bool may_fail = op.operation == EN_OP_MATCHES || op.operation == EN_OP_NOT_MATCHES;
    if (done == en_error_is_set(&error) || (!done && !may_fail)) {
        abort();
    }
    return done;
}

static void check_twins(en_operator op, en_value a, en_value b, en_filter_context *context)
{
    static const en_operation twins[][2] = {
        { EN_OP_EQUAL, EN_OP_NOT_EQUAL },     { EN_OP_CONTAINS, EN_OP_NOT_CONTAINS },
        { EN_OP_STARTS, EN_OP_NOT_STARTS },   { EN_OP_ENDS, EN_OP_NOT_ENDS },
        { EN_OP_MATCHES, EN_OP_NOT_MATCHES }, { EN_OP_IN, EN_OP_NOT_IN },
        { EN_OP_EXIST, EN_OP_NOT_EXIST },
    };
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        bool positive;
        bool negative;
        op.operation = twins[i][0];
        bool done = run(op, a, b, context, &positive);
        op.operation = twins[i][1];
        if (run(op, a, b, context, &negative) != done || (done && positive == negative)) {
            abort();
        }
    }
}

static void check_order(en_operator op, en_value a, en_value b, en_filter_context *context)
{
    bool results[4];
    for (int i = 0; i < 4; i++) {
        op.operation = (en_operation)(EN_OP_GREATER + i);
        if (!run(op, a, b, context, &results[i])) {
            abort();
        }
    }
    /* greater, greaterEqual, less, lessEqual */
    if ((results[0] && !results[1]) || (results[2] && !results[3]) || (results[1] && results[2]) ||
        (results[0] && results[3])) {
        abort();
    }
    if (en_value_order(a, b) != -en_value_order(b, a) || en_value_order(a, a) != 0) {
        abort();
    }
}

static void check_coercion(en_types wanted, en_value value, en_arena *arena)
{
    static const en_types of_tag[EN_TAGS] = {
        [EN_NULL] = EN_T_NULL,
        [EN_BOOLEAN] = EN_T_BOOLEAN,
        [EN_NUMBER] = EN_T_NUMBER | EN_T_COUNT,
        [EN_TEXT_VALUE] = EN_T_TEXT | EN_T_EMAIL | EN_T_URL,
        [EN_DATE] = EN_T_DATE,
        [EN_BUFFER] = EN_T_BUFFER,
        [EN_ARRAY] = EN_T_ARRAY,
        [EN_COLLECTION] = EN_T_COLLECTION,
    };
    en_error error;
    en_error_clear(&error);
    en_value result;
    en_value again;
    wanted &= ~(en_types)EN_T_FILTER;
    if (wanted == 0 || !en_coerce(arena, wanted, value, NULL, &result, &error)) {
        return;
    }
    if ((of_tag[result.tag] & wanted) == 0 ||
        !en_coerce(arena, wanted, result, NULL, &again, &error) || !en_value_equal(result, again)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    en_arena arena;
    en_arena scratch;
    en_arena_init(&arena, NULL);
    en_arena_init(&scratch, NULL);
    source s = { data, size, &arena };
    en_filter_context context = { &scratch, NULL, NULL };
    en_operator op = { EN_OP_EQUAL, (en_compare_as)(take(&s) % (EN_AS_SEMVER + 1)), false };
    op.ignore_case = take(&s) & 1;
    en_types wanted = take(&s) | (en_types)(take(&s) & 15u) << 8;
    en_value a = take_value(&s, 0);
    en_value b = take_value(&s, 0);
    check_twins(op, a, b, &context);
    check_order(op, a, b, &context);
    check_coercion(wanted, a, &arena);
    en_operator found;
    en_text nearest;
    (void)!en_operator_find(take_text(&s), &found, &nearest);
    en_arena_done(&scratch);
    en_arena_done(&arena);
    return 0;
}

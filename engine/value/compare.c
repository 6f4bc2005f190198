#include "value/compare.h"

#include "value/filter.h"

#include <math.h>

enum { DEEPEST = 512 };

static en_relation sign(bool above, bool below)
{
    return above ? EN_ABOVE : below ? EN_BELOW : EN_SAME;
}

/* A double against an integer that only 64 bits hold. */
static en_relation compare_mixed(double number, en_value exact)
{
    if (exact.form == EN_EXACT_UNSIGNED) {
        if (number >= 0x1p64) {
            return EN_ABOVE;
        }
        if (number < 0x1p63) {
            return EN_BELOW; /* an unsigned one is beyond the signed range */
        }
        uint64_t whole = (uint64_t)number;
        return sign(whole > exact.as.exact_unsigned, whole < exact.as.exact_unsigned);
    }
    if (number >= 0x1p63) {
        return EN_ABOVE;
    }
    if (number < -0x1p63) {
        return EN_BELOW;
    }
    /* Doubles of this size have no fraction, and smaller ones differ before it. */
    int64_t whole = (int64_t)number;
    return sign(whole > exact.as.exact_signed, whole < exact.as.exact_signed);
}

static en_relation compare_exact(en_value a, en_value b)
{
    if (a.form != b.form) { /* the unsigned one is above the signed range */
        return a.form == EN_EXACT_UNSIGNED ? EN_ABOVE : EN_BELOW;
    }
    if (a.form == EN_EXACT_UNSIGNED) {
        return sign(a.as.exact_unsigned > b.as.exact_unsigned,
                    a.as.exact_unsigned < b.as.exact_unsigned);
    }
    return sign(a.as.exact_signed > b.as.exact_signed, a.as.exact_signed < b.as.exact_signed);
}

en_relation en_number_compare(en_value a, en_value b)
{
    bool a_double = a.form == EN_DOUBLE;
    bool b_double = b.form == EN_DOUBLE;
    if ((a_double && isnan(a.as.number)) || (b_double && isnan(b.as.number))) {
        return EN_APART;
    }
    if (a_double && b_double) {
        return sign(a.as.number > b.as.number, a.as.number < b.as.number);
    }
    if (a_double) {
        return compare_mixed(a.as.number, b);
    }
    if (b_double) {
        return (en_relation)(-(int)compare_mixed(b.as.number, a));
    }
    return compare_exact(a, b);
}

/* --- the order of sorting --- */

static const uint8_t ranks[EN_TAGS] = {
    [EN_NOTHING] = 0,    [EN_NULL] = 0,   [EN_BOOLEAN] = 1, [EN_NUMBER] = 2,     [EN_DATE] = 3,
    [EN_TEXT_VALUE] = 4, [EN_BUFFER] = 5, [EN_ARRAY] = 6,   [EN_COLLECTION] = 7,
};

static bool is_nan(en_value number)
{
    return number.form == EN_DOUBLE && isnan(number.as.number);
}

static int order_numbers(en_value a, en_value b)
{
    en_relation relation = en_number_compare(a, b);
    return relation != EN_APART ? (int)relation : (int)is_nan(b) - (int)is_nan(a);
}

static int order_at(en_value a, en_value b, unsigned depth);

static int order_arrays(en_value a, en_value b, unsigned depth)
{
    for (uint32_t i = 0; i < a.length && i < b.length; i++) {
        int order = order_at(a.as.items[i], b.as.items[i], depth + 1);
        if (order != 0) {
            return order;
        }
    }
    return (a.length > b.length) - (a.length < b.length);
}

static int order_collections(en_value a, en_value b, unsigned depth)
{
    uint32_t a_count = en_collection_count(a);
    uint32_t b_count = en_collection_count(b);
    for (uint32_t i = 0; i < a_count && i < b_count; i++) {
        const en_member *x = &en_collection_members(a)[i];
        const en_member *y = &en_collection_members(b)[i];
        int order = en_text_compare(x->name, y->name);
        order = order != 0 ? order : order_at(x->value, y->value, depth + 1);
        if (order != 0) {
            return order;
        }
    }
    return (a_count > b_count) - (a_count < b_count);
}

static int order_at(en_value a, en_value b, unsigned depth)
{
    int order = (ranks[a.tag] > ranks[b.tag]) - (ranks[a.tag] < ranks[b.tag]);
    if (order != 0 || depth > DEEPEST) {
        return order;
    }
    switch (a.tag) {
    case EN_BOOLEAN:
        return (int)a.as.boolean - (int)b.as.boolean;
    case EN_NUMBER:
        return order_numbers(a, b);
    case EN_DATE:
        return (a.as.date_ms > b.as.date_ms) - (a.as.date_ms < b.as.date_ms);
    case EN_TEXT_VALUE:
    case EN_BUFFER:
        return en_text_compare(en_value_text(a), en_value_text(b));
    case EN_ARRAY:
        return order_arrays(a, b, depth);
    case EN_COLLECTION:
        return order_collections(a, b, depth);
    default:
        return 0;
    }
}

int en_value_order(en_value a, en_value b)
{
    int order = order_at(a, b, 0);
    return (order > 0) - (order < 0);
}

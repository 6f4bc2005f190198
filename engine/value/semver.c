#include "value/semver.h"

typedef struct version {
    en_text numbers[3];
    en_text suffix; /* behind the -; empty: a release */
} version;

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_number(en_text text)
{
    size_t at = 0;
    while (at < text.length && is_digit(text.data[at])) {
        at++;
    }
    return at == text.length && at != 0;
}

static bool is_identifier(en_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        char lower = (char)(text.data[i] | 0x20);
        if (!is_digit(text.data[i]) && text.data[i] != '-' && (lower < 'a' || lower > 'z')) {
            return false;
        }
    }
    return text.length != 0;
}

/* The part of `text` from *at to the next dot; *at moves behind that. */
static en_text next_part(en_text text, size_t *at)
{
    size_t dot = en_text_find(text, EN_TEXT("."), *at);
    en_text part = en_text_slice(text, *at, dot != SIZE_MAX ? dot : text.length);
    *at = dot != SIZE_MAX ? dot + 1 : text.length + 1;
    return part;
}

static bool read_suffix(en_text text)
{
    for (size_t at = 0; at <= text.length;) {
        if (!is_identifier(next_part(text, &at))) {
            return false;
        }
    }
    return true;
}

static bool read_version(en_text text, version *found)
{
    text = en_text_trim(text);
    if (text.length != 0 && (text.data[0] == 'v' || text.data[0] == 'V')) {
        text = en_text_slice(text, 1, text.length);
    }
    text = en_text_slice(text, 0, en_text_find(text, EN_TEXT("+"), 0));
    size_t hyphen = en_text_find(text, EN_TEXT("-"), 0);
    found->suffix = EN_TEXT("");
    if (hyphen != SIZE_MAX) {
        found->suffix = en_text_slice(text, hyphen + 1, text.length);
        if (!read_suffix(found->suffix)) {
            return false;
        }
    }
    en_text core = en_text_slice(text, 0, hyphen);
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        found->numbers[i] = at <= core.length ? next_part(core, &at) : EN_TEXT("0");
        if (!is_number(found->numbers[i])) {
            return false;
        }
    }
    return at > core.length;
}

static en_text without_zeros(en_text number)
{
    size_t zeros = 0;
    while (zeros + 1 < number.length && number.data[zeros] == '0') {
        zeros++;
    }
    return en_text_slice(number, zeros, number.length);
}

/* Of any length. */
static int compare_numbers(en_text a, en_text b)
{
    a = without_zeros(a);
    b = without_zeros(b);
    int order = (a.length > b.length) - (a.length < b.length);
    return order != 0 ? order : en_text_compare(a, b);
}

static int compare_identifiers(en_text a, en_text b)
{
    bool a_number = is_number(a);
    bool b_number = is_number(b);
    if (a_number && b_number) {
        return compare_numbers(a, b);
    }
    return a_number != b_number ? (a_number ? -1 : 1) : en_text_compare(a, b);
}

static int compare_suffixes(en_text a, en_text b)
{
    if (a.length == 0 || b.length == 0) { /* a release comes behind its candidates */
        return (a.length == 0) - (b.length == 0);
    }
    size_t a_at = 0;
    size_t b_at = 0;
    while (a_at <= a.length && b_at <= b.length) {
        int order = compare_identifiers(next_part(a, &a_at), next_part(b, &b_at));
        if (order != 0) {
            return order;
        }
    }
    return (a_at <= a.length) - (b_at <= b.length);
}

bool en_semver_compare(en_text a, en_text b, int *order)
{
    version x;
    version y;
    if (!read_version(a, &x) || !read_version(b, &y)) {
        return false;
    }
    *order = 0;
    for (int i = 0; i < 3 && *order == 0; i++) {
        *order = compare_numbers(x.numbers[i], y.numbers[i]);
    }
    *order = *order != 0 ? *order : compare_suffixes(x.suffix, y.suffix);
    return true;
}

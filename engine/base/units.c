#include "base/units.h"

typedef struct unit {
    const char *name;
    uint64_t factor;
} unit;

static const unit sizes[] = {
    { "", 1 },          { "B", 1 },        { "K", 1 << 10 },   { "KB", 1 << 10 },
    { "KiB", 1 << 10 }, { "M", 1 << 20 },  { "MB", 1 << 20 },  { "MiB", 1 << 20 },
    { "G", 1 << 30 },   { "GB", 1 << 30 }, { "GiB", 1 << 30 },
};

static const unit durations[] = {
    { "", 1000 },       { "ms", 1 },          { "s", 1000 },
    { "m", 60 * 1000 }, { "h", 3600 * 1000 }, { "d", 86400 * 1000 },
};

static const uint64_t largest = 1ull << 53;

/* Reads digits; `at` moves behind them. False: none, or more than 53 bits hold. */
static bool read_digits(en_text text, size_t *at, uint64_t *number)
{
    size_t start = *at;
    *number = 0;
    for (; *at < text.length && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
        *number = *number * 10 + (uint64_t)(text.data[*at] - '0');
        if (*number > largest) {
            return false;
        }
    }
    return *at > start;
}

/* Up to three digits behind the point, in thousandths. */
static bool read_fraction(en_text text, size_t *at, uint64_t *thousandths)
{
    *thousandths = 0;
    if (*at >= text.length || text.data[*at] != '.') {
        return true;
    }
    size_t start = ++*at;
    if (!read_digits(text, at, thousandths) || *at - start > 3) {
        return false;
    }
    for (size_t digits = *at - start; digits < 3; digits++) {
        *thousandths *= 10;
    }
    return true;
}

static bool read_amount(en_text text, const unit *units, size_t count, uint64_t *amount)
{
    text = en_text_trim(text);
    size_t at = 0;
    uint64_t whole;
    uint64_t thousandths;
    if (!read_digits(text, &at, &whole) || !read_fraction(text, &at, &thousandths)) {
        return false;
    }
    en_text name = en_text_trim(en_text_slice(text, at, text.length));
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal_nocase(name, en_text_from(units[i].name))) {
            *amount = whole * units[i].factor + thousandths * units[i].factor / 1000;
            return whole <= largest / units[i].factor;
        }
    }
    return false;
}

bool en_units_read_bytes(en_text text, uint64_t *bytes)
{
    return read_amount(text, sizes, sizeof sizes / sizeof sizes[0], bytes);
}

bool en_units_read_ms(en_text text, int64_t *duration_ms)
{
    uint64_t amount;
    if (!read_amount(text, durations, sizeof durations / sizeof durations[0], &amount)) {
        return false;
    }
    *duration_ms = (int64_t)amount;
    return true;
}

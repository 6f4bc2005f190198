#include "value/calendar.h"

/* A place in a text; reading past its end finds nothing. */
typedef struct cursor {
    const char *at;
    const char *end;
} cursor;

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool take(cursor *text, char wanted)
{
    if (text->at < text->end && *text->at == wanted) {
        text->at++;
        return true;
    }
    return false;
}

static bool take_nocase(cursor *text, en_text word)
{
    if ((size_t)(text->end - text->at) < word.length ||
        !en_text_equal_nocase((en_text){ text->at, word.length }, word)) {
        return false;
    }
    text->at += word.length;
    return true;
}

static bool take_spaces(cursor *text)
{
    bool some = false;
    while (take(text, ' ') || take(text, '\t')) {
        some = true;
    }
    return some;
}

/* A number of `least` to `most` digits, with none behind it. */
static bool take_number(cursor *text, unsigned least, unsigned most, unsigned *number)
{
    unsigned digits = 0;
    *number = 0;
    while (text->at < text->end && is_digit(*text->at) && digits < most) {
        *number = *number * 10 + (unsigned)(*text->at++ - '0');
        digits++;
    }
    return digits >= least && !(text->at < text->end && is_digit(*text->at));
}

/* The orders in which people write dates, told apart by separator and the place of the year. */
typedef struct date_order {
    char separator;
    uint8_t year_at, month_at, day_at; /* of the three numbers */
    bool takes_meridiem;
} date_order;

static const date_order orders[] = {
    { '-', 0, 1, 2, true },
    { '/', 0, 1, 2, true },
    { '/', 2, 0, 1, true },
    { '.', 2, 1, 0, false },
};

typedef struct fields {
    unsigned date[3]; /* as they stand in the text */
    unsigned hour, minute, second, millisecond;
    int offset_minutes;
    bool has_offset;
} fields;

static const date_order *take_date(cursor *text, unsigned date[3])
{
    const cursor start = *text;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        const date_order *order = &orders[i];
        bool fits = true;
        *text = start;
        for (unsigned part = 0; part < 3 && fits; part++) {
            bool year = part == order->year_at;
            fits = (part == 0 || take(text, order->separator)) &&
                   take_number(text, year ? 4 : 1, year ? 4 : 2, &date[part]);
        }
        if (fits) {
            return order;
        }
    }
    return NULL;
}

static bool take_fraction(cursor *text, unsigned *millisecond)
{
    unsigned weight = 100;
    const char *start = text->at;
    while (text->at < text->end && is_digit(*text->at)) {
        *millisecond += (unsigned)(*text->at++ - '0') * weight;
        weight /= 10;
    }
    return text->at > start;
}

/* "am" or "pm" behind hours from 1 to 12; true if there is neither. */
static bool take_meridiem(cursor *text, unsigned *hour)
{
    const cursor start = *text;
    (void)take_spaces(text);
    bool afternoon = take_nocase(text, EN_TEXT("PM"));
    if (!afternoon && !take_nocase(text, EN_TEXT("AM"))) {
        *text = start;
        return true;
    }
    bool clock = *hour >= 1 && *hour <= 12;
    *hour = *hour % 12 + (afternoon ? 12 : 0);
    return clock;
}

static bool take_time(cursor *text, bool with_meridiem, fields *time)
{
    if (!take_number(text, 1, 2, &time->hour) || !take(text, ':') ||
        !take_number(text, 2, 2, &time->minute)) {
        return false;
    }
    if (take(text, ':')) {
        if (!take_number(text, 2, 2, &time->second)) {
            return false;
        }
        if ((take(text, '.') || take(text, ',')) && !take_fraction(text, &time->millisecond)) {
            return false;
        }
    }
    if (with_meridiem && !take_meridiem(text, &time->hour)) {
        return false;
    }
    bool end_of_day =
        time->hour == 24 && time->minute == 0 && time->second == 0 && time->millisecond == 0;
    return (time->hour < 24 || end_of_day) && time->minute < 60 && time->second < 60;
}

/* "Z", "GMT", "UTC", "GMT+02:00", "+0200", "+02", or nothing. */
static bool take_zone(cursor *text, fields *time)
{
    (void)take_spaces(text);
    if (text->at == text->end) {
        return true;
    }
    time->has_offset = true;
    if (take_nocase(text, EN_TEXT("Z"))) {
        return true;
    }
    bool named = take_nocase(text, EN_TEXT("GMT")) || take_nocase(text, EN_TEXT("UTC"));
    if (named && text->at == text->end) {
        return true;
    }
    bool west = take(text, '-');
    if (!west && !take(text, '+')) {
        return false;
    }
    const char *start = text->at;
    unsigned number;
    unsigned minutes = 0;
    if (!take_number(text, 2, 4, &number)) {
        return false;
    }
    ptrdiff_t digits = text->at - start;
    if (digits == 4) {
        minutes = number % 100;
        number /= 100;
    } else if (digits != 2 || (take(text, ':') && !take_number(text, 2, 2, &minutes))) {
        return false;
    }
    int offset = (int)(number * 60 + minutes);
    time->offset_minutes = west ? -offset : offset;
    return number < 24 && minutes < 60;
}

bool en_date_read(en_text text, const en_zone *zone, int64_t *at_ms)
{
    bool is_utc = text.length != 0 && text.data[text.length - 1] == 'Z';
    if (is_utc && en_date_read_iso(text, at_ms)) { /* most dates that ever come */
        return true;
    }
    en_text trimmed = en_text_trim(text);
    if (trimmed.length != 0 && (trimmed.data[0] == '+' || trimmed.data[0] == '-')) {
        return en_date_read_iso(trimmed, at_ms); /* years of six digits */
    }
    cursor rest = { trimmed.data, trimmed.data + trimmed.length };
    fields read = { 0 };
    const date_order *order = take_date(&rest, read.date);
    if (order == NULL) {
        return false;
    }
    if (rest.at < rest.end && ((!take(&rest, 'T') && !take_spaces(&rest)) ||
                               !take_time(&rest, order->takes_meridiem, &read) ||
                               !take_zone(&rest, &read) || rest.at < rest.end)) {
        return false;
    }
    unsigned year = read.date[order->year_at];
    unsigned month = read.date[order->month_at];
    unsigned day = read.date[order->day_at];
    return month >= 1 && month <= 12 && day >= 1 && day <= en_month_days(year, month) &&
           en_ms_from_fields(year, month, day, read.hour,
                             (int64_t)read.minute - read.offset_minutes, read.second,
                             read.millisecond, read.has_offset ? NULL : zone, at_ms);
}

bool en_date_read_moment(en_text text, const en_zone *zone, int64_t *at_ms)
{
    bool has_year = text.length >= 10 && text.data[4] == '-' && text.data[7] == '-';
    return has_year && en_date_read(text, zone, at_ms);
}

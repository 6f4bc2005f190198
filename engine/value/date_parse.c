/* Parsing as moment does without its strict mode: every token looks for what it can read from where
 * the one before it stopped, skipping what does not fit; a token that finds nothing is left out. */
#include "value/date_token.h"

#include <string.h>

/* What the tokens have found so far. */
typedef struct found {
    en_text rest;     /* of the text */
    uint32_t present; /* bit n: values[n] was found */
    bool matched;     /* some token other than literal text found something */
    bool refused;     /* a word stood where a name was expected */
    int64_t values[EN_FIELDS];
} found;

_Static_assert(EN_FIELDS <= 32, "fields are bits of found.present");

#define BIT(field) (UINT32_C(1) << EN_FIELD_##field)

/* Larger than all numbers that can mean something, small enough to be multiplied by thousands. */
#define NUMBER_LIMIT INT64_C(100000000000000000)

enum {
    YEAR_LIMIT = 300000,  /* days of these years can be counted; dates have fewer */
    LONGEST_INPUT = 1024, /* bytes: every token may search the whole text */
};

static bool has(const found *date, en_date_field field)
{
    return (date->present >> field & 1) != 0;
}

static void put(found *date, en_date_field field, int64_t value)
{
    date->values[field] = value;
    date->present |= UINT32_C(1) << field;
    date->matched = true;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static void skip(found *date, size_t length)
{
    date->rest = en_text_slice(date->rest, length, SIZE_MAX);
}

/* Takes the next digits: at least `least` in a row, at most `most`; with the sign before them if
 * asked for. An empty text: there are none. */
static en_text take_digits(found *date, size_t least, size_t most, bool with_sign)
{
    en_text rest = date->rest;
    size_t start = 0;
    size_t end = 0;
    while (end - start < least && end < rest.length) {
        start = is_digit(rest.data[end]) ? start : end + 1;
        end++;
    }
    if (end - start < least) {
        return (en_text){ "", 0 };
    }
    while (end - start < most && end < rest.length && is_digit(rest.data[end])) {
        end++;
    }
    if (with_sign && start > 0 && (rest.data[start - 1] == '-' || rest.data[start - 1] == '+')) {
        start--;
    }
    skip(date, end);
    return en_text_slice(rest, start, end);
}

static int64_t to_number(en_text digits)
{
    int64_t number = 0;
    bool negative = digits.length != 0 && digits.data[0] == '-';
    for (size_t i = 0; i < digits.length && number < NUMBER_LIMIT; i++) {
        if (is_digit(digits.data[i])) {
            number = number * 10 + (digits.data[i] - '0');
        }
    }
    return negative ? -number : number;
}

/* moment's turn of the century. */
static int64_t year_of_two_digits(int64_t number)
{
    return number + (number > 68 ? 1900 : 2000);
}

/* ".5" right behind a number, up to the milliseconds. */
static int64_t take_millisecond(found *date)
{
    en_text rest = date->rest;
    int64_t millisecond = 0;
    int64_t weight = 100;
    size_t at = 1;
    if (rest.length < 2 || rest.data[0] != '.' || !is_digit(rest.data[1])) {
        return 0;
    }
    while (at < rest.length && at < 4 && is_digit(rest.data[at])) {
        millisecond += (rest.data[at++] - '0') * weight;
        weight /= 10;
    }
    skip(date, at);
    return millisecond;
}

static void parse_timestamp(found *date, const en_date_token *token)
{
    en_text digits = take_digits(date, 1, SIZE_MAX, true);
    if (digits.length == 0) {
        return;
    }
    int64_t number = to_number(digits);
    if (token->field == EN_FIELD_UNIX_SECOND && number < NUMBER_LIMIT / 1000 &&
        number > -NUMBER_LIMIT / 1000) {
        int64_t part = take_millisecond(date);
        number = number * 1000 + (digits.data[0] == '-' ? -part : part);
    } else if (token->field == EN_FIELD_UNIX_SECOND) {
        number = NUMBER_LIMIT;
    }
    put(date, EN_FIELD_UNIX_MILLISECOND, number);
}

static void parse_year(found *date, const en_date_token *token)
{
    static const uint8_t most_digits[] = { [4] = 4, [5] = 6, [6] = 6 };
    bool two = token->style == EN_STYLE_LAST_2;
    bool any = token->style == EN_STYLE_YEAR || token->field == EN_FIELD_ERA_YEAR;
    size_t most = any ? SIZE_MAX : two ? 2 : most_digits[token->width];
    en_text digits = take_digits(date, 1, most, any || token->width > 4);
    if (digits.length == 0) {
        return;
    }
    bool forgiving = token->field == EN_FIELD_YEAR && token->style == EN_STYLE_PLAIN &&
                     token->width == 4 && digits.length == 2;
    int64_t year = to_number(digits);
    put(date, token->field == EN_FIELD_ERA_YEAR ? EN_FIELD_YEAR : (en_date_field)token->field,
        two || forgiving ? year_of_two_digits(year) : year);
}

static void parse_hour(found *date, const en_date_token *token)
{
    en_text digits = take_digits(date, 1, 2, false);
    if (digits.length != 0) {
        int64_t hour = to_number(digits);
        bool midnight = token->field == EN_FIELD_HOUR_1_TO_24 && hour == 24;
        put(date, EN_FIELD_HOUR, midnight ? 0 : hour);
    }
}

/* Hmm and Hmmss: the last two digits are minutes or seconds. */
static void parse_compound_time(found *date, const en_date_token *token)
{
    bool seconds = token->field == EN_FIELD_HOUR_MINUTE_SECOND;
    en_text digits = take_digits(date, seconds ? 5 : 3, seconds ? 6 : 4, false);
    if (digits.length == 0) {
        return;
    }
    int64_t number = to_number(digits);
    if (seconds) {
        put(date, EN_FIELD_SECOND, number % 100);
        number /= 100;
    }
    put(date, EN_FIELD_MINUTE, number % 100);
    put(date, EN_FIELD_HOUR, number / 100);
}

static void parse_fraction(found *date, const en_date_token *token)
{
    en_text digits = take_digits(date, 1, token->width > 3 ? SIZE_MAX : 3, false);
    if (digits.length != 0) {
        int64_t number = to_number(en_text_slice(digits, 0, 3));
        for (size_t length = digits.length; length < 3; length++) {
            number *= 10;
        }
        put(date, EN_FIELD_MILLISECOND, number);
    }
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool is_word_byte(char byte)
{
    return (lower(byte) >= 'a' && lower(byte) <= 'z') || byte == '\'' || (byte & 0x80) != 0;
}

/* The next letters, with the digits right before them: "10th" is one word, and no weekday. */
static en_text take_word(found *date)
{
    en_text rest = date->rest;
    size_t letters = 0;
    while (letters < rest.length && !is_word_byte(rest.data[letters])) {
        letters++;
    }
    size_t start = letters;
    while (start > 0 && is_digit(rest.data[start - 1])) {
        start--;
    }
    size_t end = letters;
    while (end < rest.length && is_word_byte(rest.data[end])) {
        end++;
    }
    if (end == letters) {
        return (en_text){ "", 0 };
    }
    skip(date, end);
    return en_text_slice(rest, start, end);
}

/* Any word that begins as one of the names does: Sept, Wednesdays. */
static void parse_name(found *date, const en_date_token *token)
{
    bool month = token->field == EN_FIELD_MONTH;
    const en_text *names = month ? en_month_names : en_weekday_names;
    size_t letters = month ? 3 : 2;
    en_text word = take_word(date);
    if (word.length == 0) {
        return;
    }
    for (size_t i = 0; i < (month ? 12 : 7); i++) {
        if (word.length >= letters && en_text_equal_nocase(en_text_slice(word, 0, letters),
                                                           en_text_slice(names[i], 0, letters))) {
            put(date, (en_date_field)token->field, (int64_t)i + month);
            return;
        }
    }
    date->refused = true;
}

/* a, p, am, p.m. */
static void parse_meridiem(found *date, const en_date_token *token)
{
    (void)token;
    en_text rest = date->rest;
    for (size_t i = 0; i < rest.length; i++) {
        char byte = lower(rest.data[i]);
        if (byte == 'a' || byte == 'p') {
            size_t end = i + 1;
            end += end < rest.length && rest.data[end] == '.';
            end += end < rest.length && lower(rest.data[end]) == 'm';
            end += end < rest.length && rest.data[end] == '.';
            skip(date, end);
            put(date, EN_FIELD_MERIDIEM, byte == 'p');
            return;
        }
    }
}

/* Z, +02, +0200 or +02:00 at the beginning of the text; 0: none of them. */
static size_t offset_length(en_text text)
{
    if (text.length == 0 || lower(text.data[0]) == 'z') {
        return text.length != 0;
    }
    if ((text.data[0] != '+' && text.data[0] != '-') || text.length < 3 ||
        !is_digit(text.data[1]) || !is_digit(text.data[2])) {
        return 0;
    }
    size_t colon = text.length > 3 && text.data[3] == ':';
    bool minutes = text.length >= 5 + colon && is_digit(text.data[3 + colon]) &&
                   is_digit(text.data[4 + colon]);
    return minutes ? 5 + colon : 3;
}

static void parse_offset(found *date, const en_date_token *token)
{
    (void)token;
    for (size_t i = 0; i < date->rest.length; i++) {
        en_text at = en_text_slice(date->rest, i, SIZE_MAX);
        size_t length = offset_length(at);
        if (length == 0) {
            continue;
        }
        int64_t hours = to_number(en_text_slice(at, 1, length < 3 ? 1 : 3));
        int64_t minutes = to_number(en_text_slice(at, length < 5 ? length : length - 2, length));
        int64_t offset = hours * 60 + minutes;
        /* The widest offsets that clocks have had: -12:00 and +14:00. */
        date->refused |= minutes > 59 || offset > (at.data[0] == '+' ? 14 * 60 : 12 * 60);
        put(date, EN_FIELD_OFFSET, at.data[0] == '-' ? -offset : offset);
        skip(date, i + length);
        return;
    }
}

/* Numbers of up to two or three digits that mean what they say. */
static void parse_number(found *date, const en_date_token *token)
{
    bool yearday = token->field == EN_FIELD_YEARDAY;
    size_t most = yearday ? 3 : token->field == EN_FIELD_QUARTER ? 1 : 2;
    en_text digits = take_digits(date, yearday && token->width == 3 ? 3 : 1, most, false);
    if (digits.length == 0) {
        return;
    }
    int64_t number = to_number(digits);
    if (token->field == EN_FIELD_QUARTER) {
        put(date, EN_FIELD_MONTH, number >= 1 && number <= 4 ? number * 3 - 2 : 0);
        return;
    }
    put(date, (en_date_field)token->field, number);
    static const en_text suffixes[] = { { "th", 2 }, { "st", 2 }, { "nd", 2 }, { "rd", 2 } };
    for (size_t i = 0; token->style == EN_STYLE_ORDINAL && i < 4; i++) {
        if (en_text_starts(date->rest, suffixes[i])) {
            skip(date, 2);
            return;
        }
    }
}

static void skip_text(found *date, en_text text)
{
    size_t at = en_text_find(date->rest, text, 0);
    if (at != SIZE_MAX) {
        skip(date, at + text.length);
    }
}

typedef void field_parser(found *date, const en_date_token *token);

/* Fields without a parser are looked for as they are spelled, like literal text. */
static field_parser *const parsers[EN_FIELDS] = {
    [EN_FIELD_YEAR] = parse_year,
    [EN_FIELD_ERA_YEAR] = parse_year,
    [EN_FIELD_WEEK_YEAR] = parse_year,
    [EN_FIELD_ISO_WEEK_YEAR] = parse_year,
    [EN_FIELD_QUARTER] = parse_number,
    [EN_FIELD_MONTH] = parse_number,
    [EN_FIELD_DAY] = parse_number,
    [EN_FIELD_YEARDAY] = parse_number,
    [EN_FIELD_WEEKDAY] = parse_number,
    [EN_FIELD_LOCAL_WEEKDAY] = parse_number,
    [EN_FIELD_WEEK] = parse_number,
    [EN_FIELD_ISO_WEEKDAY] = parse_number,
    [EN_FIELD_ISO_WEEK] = parse_number,
    [EN_FIELD_HOUR] = parse_hour,
    [EN_FIELD_HOUR_1_TO_12] = parse_hour,
    [EN_FIELD_HOUR_1_TO_24] = parse_hour,
    [EN_FIELD_HOUR_MINUTE] = parse_compound_time,
    [EN_FIELD_HOUR_MINUTE_SECOND] = parse_compound_time,
    [EN_FIELD_MINUTE] = parse_number,
    [EN_FIELD_SECOND] = parse_number,
    [EN_FIELD_MILLISECOND] = parse_fraction,
    [EN_FIELD_MERIDIEM] = parse_meridiem,
    [EN_FIELD_OFFSET] = parse_offset,
    [EN_FIELD_UNIX_SECOND] = parse_timestamp,
    [EN_FIELD_UNIX_MILLISECOND] = parse_timestamp,
};

static void parse_format(found *date, en_text format)
{
    en_date_token token;
    size_t at = 0;
    while (en_date_token_next(format, &at, &token)) {
        field_parser *parse = parsers[token.field];
        bool only_day = token.style == EN_STYLE_ORDINAL && token.field != EN_FIELD_DAY;
        if (token.field == EN_FIELD_FORMAT) {
            parse_format(date, token.text); /* holds no such token again */
        } else if (token.style == EN_STYLE_NAME && parse != NULL) {
            parse_name(date, &token);
        } else if (parse != NULL && !only_day) {
            parse(date, &token);
        } else {
            skip_text(date, token.text);
        }
    }
}

static bool in_range(int64_t number, int64_t least, int64_t most)
{
    return number >= least && number <= most;
}

static int64_t value_or(const found *date, en_date_field field, int64_t otherwise)
{
    return has(date, field) ? date->values[field] : otherwise;
}

static void put_civil(found *date, int64_t days)
{
    en_civil civil = en_civil_from_days(days);
    put(date, EN_FIELD_YEAR, civil.year);
    put(date, EN_FIELD_MONTH, civil.month);
    put(date, EN_FIELD_DAY, civil.day);
}

/* Week, weekday and week year make a day unless month or day of the month were there. */
static bool resolve_week(found *date, const en_wall *now)
{
    const uint32_t iso_fields = BIT(ISO_WEEK_YEAR) | BIT(ISO_WEEK) | BIT(ISO_WEEKDAY);
    const uint32_t english_fields = BIT(WEEK_YEAR) | BIT(WEEK) | BIT(WEEKDAY) | BIT(LOCAL_WEEKDAY);
    if ((date->present & (iso_fields | english_fields)) == 0 ||
        (date->present & (BIT(MONTH) | BIT(DAY))) != 0) {
        return true;
    }
    bool iso = (date->present & iso_fields) != 0;
    en_week_rule rule = iso ? en_week_iso : en_week_english;
    en_week current = en_week_from_days(en_days_from_civil(now->year, now->month, now->day), rule);
    int64_t year = value_or(date, EN_FIELD_YEAR, current.year);
    year = value_or(date, iso ? EN_FIELD_ISO_WEEK_YEAR : EN_FIELD_WEEK_YEAR, year);
    int64_t week =
        iso ? value_or(date, EN_FIELD_ISO_WEEK, 1) : value_or(date, EN_FIELD_WEEK, current.number);
    int64_t day = value_or(date, EN_FIELD_WEEKDAY, value_or(date, EN_FIELD_LOCAL_WEEKDAY, 0));
    day = iso ? value_or(date, EN_FIELD_ISO_WEEKDAY, 1) - 1 : day;
    if (!in_range(year, -YEAR_LIMIT, YEAR_LIMIT)) {
        return false;
    }
    int64_t start = en_week_year_start(year, rule);
    int64_t weeks = (en_week_year_start(year + 1, rule) - start) / 7;
    put_civil(date, start + (week - 1) * 7 + day);
    return in_range(week, 1, weeks) && in_range(day, 0, 6);
}

static bool resolve_yearday(found *date, const en_wall *now)
{
    if (!has(date, EN_FIELD_YEARDAY)) {
        return true;
    }
    int64_t year = value_or(date, EN_FIELD_YEAR, now->year);
    int64_t yearday = date->values[EN_FIELD_YEARDAY];
    if (!in_range(year, -YEAR_LIMIT, YEAR_LIMIT) ||
        !in_range(yearday, 1, en_year_is_leap(year) ? 366 : 365)) {
        return false;
    }
    put_civil(date, en_days_from_civil(year, 1, yearday));
    return true;
}

/* What is larger than all that was found comes from now; what is smaller begins at its first. */
static void fill_date(found *date, const en_wall *now)
{
    const int64_t current[] = { now->year, now->month, now->day };
    bool some = false;
    for (unsigned field = EN_FIELD_YEAR; field <= EN_FIELD_DAY; field++) {
        some |= has(date, (en_date_field)field);
        if (!has(date, (en_date_field)field)) {
            put(date, (en_date_field)field, some ? 1 : current[field - EN_FIELD_YEAR]);
        }
    }
}

/* False: am or pm, and nothing that they could belong to. */
static bool resolve_meridiem(found *date)
{
    const uint32_t parts = BIT(YEAR) | BIT(MONTH) | BIT(DAY) | BIT(HOUR) | BIT(MINUTE) |
                           BIT(SECOND) | BIT(MILLISECOND);
    if (has(date, EN_FIELD_MERIDIEM) && has(date, EN_FIELD_HOUR)) {
        int64_t *hour = &date->values[EN_FIELD_HOUR];
        bool afternoon = date->values[EN_FIELD_MERIDIEM] != 0;
        *hour = afternoon && *hour < 12 ? *hour + 12 : !afternoon && *hour == 12 ? 0 : *hour;
    }
    return !has(date, EN_FIELD_MERIDIEM) || (date->present & parts) != 0;
}

static bool fields_are_in_range(const found *date)
{
    const int64_t *value = date->values;
    bool whole_day = value[EN_FIELD_HOUR] == 24 && value[EN_FIELD_MINUTE] == 0 &&
                     value[EN_FIELD_SECOND] == 0 && value[EN_FIELD_MILLISECOND] == 0;
    return in_range(value[EN_FIELD_YEAR], -YEAR_LIMIT, YEAR_LIMIT) &&
           in_range(value[EN_FIELD_MONTH], 1, 12) &&
           in_range(value[EN_FIELD_DAY], 1,
                    en_month_days(value[EN_FIELD_YEAR], (unsigned)value[EN_FIELD_MONTH])) &&
           (whole_day || in_range(value[EN_FIELD_HOUR], 0, 23)) &&
           in_range(value[EN_FIELD_MINUTE], 0, 59) && in_range(value[EN_FIELD_SECOND], 0, 59);
}

static bool finish(found *date, const en_zone *zone, int64_t now_ms, int64_t *at_ms)
{
    const bool with_offset = has(date, EN_FIELD_OFFSET);
    zone = with_offset ? NULL : zone;
    en_wall now;
    en_wall_from_ms(now_ms, zone, &now);
    if (!resolve_meridiem(date) || !resolve_week(date, &now) || !resolve_yearday(date, &now)) {
        return false;
    }
    const uint32_t day_fields = BIT(YEAR) | BIT(MONTH) | BIT(DAY);
    bool whole_date = (date->present & day_fields) == day_fields;
    fill_date(date, &now);
    if (!fields_are_in_range(date)) {
        return false;
    }
    const int64_t *value = date->values;
    int64_t days = en_days_from_civil(value[EN_FIELD_YEAR], (unsigned)value[EN_FIELD_MONTH],
                                      value[EN_FIELD_DAY]);
    if (whole_date && has(date, EN_FIELD_WEEKDAY) &&
        value[EN_FIELD_WEEKDAY] != en_weekday_from_days(days)) {
        return false;
    }
    int64_t minute = value[EN_FIELD_MINUTE] - value[EN_FIELD_OFFSET];
    return en_ms_from_fields(value[EN_FIELD_YEAR], value[EN_FIELD_MONTH], value[EN_FIELD_DAY],
                             value[EN_FIELD_HOUR], minute, value[EN_FIELD_SECOND],
                             value[EN_FIELD_MILLISECOND], zone, at_ms);
}

bool en_date_parse(en_text text, en_text format, const en_zone *zone, int64_t now_ms,
                   int64_t *at_ms)
{
    if (text.length > LONGEST_INPUT || format.length > LONGEST_INPUT) {
        return false;
    }
    found date = { .rest = text };
    parse_format(&date, format);
    if (!date.matched || date.refused) {
        return false;
    }
    if (has(&date, EN_FIELD_UNIX_MILLISECOND)) {
        *at_ms = date.values[EN_FIELD_UNIX_MILLISECOND];
        return in_range(*at_ms, -EN_DATE_MAX, EN_DATE_MAX);
    }
    return finish(&date, zone, now_ms, at_ms);
}

#include "value/date_token.h"

#include <string.h>

const en_text en_month_names[12] = {
    { "January", 7 },   { "February", 8 }, { "March", 5 },    { "April", 5 },
    { "May", 3 },       { "June", 4 },     { "July", 4 },     { "August", 6 },
    { "September", 9 }, { "October", 7 },  { "November", 8 }, { "December", 8 },
};

const en_text en_weekday_names[7] = {
    { "Sunday", 6 },   { "Monday", 6 }, { "Tuesday", 7 },  { "Wednesday", 9 },
    { "Thursday", 8 }, { "Friday", 6 }, { "Saturday", 8 },
};

const en_week_rule en_week_english = { .first_weekday = 0, .deciding_day = 6 };
const en_week_rule en_week_iso = { .first_weekday = 1, .deciding_day = 3 };

/* Where the week of this day begins. */
static int64_t week_start(int64_t days, en_week_rule rule)
{
    return days - (en_weekday_from_days(days) + 7 - rule.first_weekday) % 7;
}

en_week en_week_from_days(int64_t days, en_week_rule rule)
{
    en_civil deciding = en_civil_from_days(week_start(days, rule) + rule.deciding_day);
    return (en_week){ deciding.year, (deciding.yearday - 1) / 7 + 1 };
}

int64_t en_week_year_start(int64_t year, en_week_rule rule)
{
    /* The first deciding day of a year is at most the seventh of January. */
    int64_t seventh = en_days_from_civil(year, 1, 7);
    return week_start(seventh - rule.deciding_day, rule);
}

enum { LONGEST_RUN = 9 };

typedef struct token_form {
    uint8_t field; /* 0: no token of this length */
    uint8_t style;
    uint8_t width;
} token_form;

/* The tokens that consist of one letter, by how often it stands there. */
typedef struct letter_tokens {
    token_form runs[LONGEST_RUN];
    uint16_t ordinals; /* bit n: n letters and an "o" are the ordinal */
} letter_tokens;

#define PLAIN(field, width)                                                                        \
    {                                                                                              \
        EN_FIELD_##field, EN_STYLE_PLAIN, width                                                    \
    }
#define STYLED(field, style, width)                                                                \
    {                                                                                              \
        EN_FIELD_##field, EN_STYLE_##style, width                                                  \
    }
#define NONE                                                                                       \
    {                                                                                              \
        0, 0, 0                                                                                    \
    }
#define EXPANDED(expansion)                                                                        \
    {                                                                                              \
        EN_FIELD_FORMAT, EN_STYLE_PLAIN, expansion                                                 \
    }

enum { TIME, TIME_SECONDS, DATE, DATE_SHORT, DAY, DAY_SHORT, FULL, FULL_SHORT, LONG, LONG_SHORT };

static const en_text expansions[] = {
    [TIME] = { "h:mm A", 6 },
    [TIME_SECONDS] = { "h:mm:ss A", 9 },
    [DATE] = { "MM/DD/YYYY", 10 },
    [DATE_SHORT] = { "M/D/YYYY", 8 },
    [DAY] = { "MMMM D, YYYY", 12 },
    [DAY_SHORT] = { "MMM D, YYYY", 11 },
    [FULL] = { "MMMM D, YYYY h:mm A", 19 },
    [FULL_SHORT] = { "MMM D, YYYY h:mm A", 18 },
    [LONG] = { "dddd, MMMM D, YYYY h:mm A", 25 },
    [LONG_SHORT] = { "ddd, MMM D, YYYY h:mm A", 23 },
};

static const letter_tokens letters[] = {
    ['A' - 'A'] = { { STYLED(MERIDIEM, UPPER, 0) }, 0 },
    ['a' - 'A'] = { { STYLED(MERIDIEM, LOWER, 0) }, 0 },
    ['D' - 'A'] = { { PLAIN(DAY, 1), PLAIN(DAY, 2), PLAIN(YEARDAY, 1), PLAIN(YEARDAY, 3) },
                    1 << 1 | 1 << 3 },
    ['d' - 'A'] = { { PLAIN(WEEKDAY, 1), STYLED(WEEKDAY, NAME, 2), STYLED(WEEKDAY, NAME, 3),
                      STYLED(WEEKDAY, NAME, 0) },
                    1 << 1 },
    ['E' - 'A'] = { { PLAIN(ISO_WEEKDAY, 1) }, 0 },
    ['e' - 'A'] = { { PLAIN(LOCAL_WEEKDAY, 1) }, 0 },
    ['G' - 'A'] = { { NONE, STYLED(ISO_WEEK_YEAR, LAST_2, 2), NONE, PLAIN(ISO_WEEK_YEAR, 4),
                      PLAIN(ISO_WEEK_YEAR, 5) },
                    0 },
    ['g' - 'A'] = { { NONE, STYLED(WEEK_YEAR, LAST_2, 2), NONE, PLAIN(WEEK_YEAR, 4),
                      PLAIN(WEEK_YEAR, 5) },
                    0 },
    ['H' - 'A'] = { { PLAIN(HOUR, 1), PLAIN(HOUR, 2) }, 0 },
    ['h' - 'A'] = { { PLAIN(HOUR_1_TO_12, 1), PLAIN(HOUR_1_TO_12, 2) }, 0 },
    ['k' - 'A'] = { { PLAIN(HOUR_1_TO_24, 1), PLAIN(HOUR_1_TO_24, 2) }, 0 },
    ['L' - 'A'] = { { EXPANDED(DATE), EXPANDED(DAY), EXPANDED(FULL), EXPANDED(LONG) }, 0 },
    ['l' - 'A'] = { { EXPANDED(DATE_SHORT), EXPANDED(DAY_SHORT), EXPANDED(FULL_SHORT),
                      EXPANDED(LONG_SHORT) },
                    0 },
    ['M' - 'A'] = { { PLAIN(MONTH, 1), PLAIN(MONTH, 2), STYLED(MONTH, NAME, 3),
                      STYLED(MONTH, NAME, 0) },
                    1 << 1 },
    ['m' - 'A'] = { { PLAIN(MINUTE, 1), PLAIN(MINUTE, 2) }, 0 },
    ['N' - 'A'] = { { STYLED(ERA, NAME, 1), STYLED(ERA, NAME, 1), STYLED(ERA, NAME, 1),
                      STYLED(ERA, NAME, 0), STYLED(ERA, NAME, 1) },
                    0 },
    ['Q' - 'A'] = { { PLAIN(QUARTER, 1) }, 1 << 1 },
    ['S' - 'A'] = { { PLAIN(MILLISECOND, 1), PLAIN(MILLISECOND, 2), PLAIN(MILLISECOND, 3),
                      PLAIN(MILLISECOND, 4), PLAIN(MILLISECOND, 5), PLAIN(MILLISECOND, 6),
                      PLAIN(MILLISECOND, 7), PLAIN(MILLISECOND, 8), PLAIN(MILLISECOND, 9) },
                    0 },
    ['s' - 'A'] = { { PLAIN(SECOND, 1), PLAIN(SECOND, 2) }, 0 },
    ['W' - 'A'] = { { PLAIN(ISO_WEEK, 1), PLAIN(ISO_WEEK, 2) }, 1 << 1 },
    ['w' - 'A'] = { { PLAIN(WEEK, 1), PLAIN(WEEK, 2) }, 1 << 1 },
    ['X' - 'A'] = { { PLAIN(UNIX_SECOND, 1) }, 0 },
    ['x' - 'A'] = { { PLAIN(UNIX_MILLISECOND, 1) }, 0 },
    ['Y' - 'A'] = { { STYLED(YEAR, YEAR, 4), STYLED(YEAR, LAST_2, 2), NONE, PLAIN(YEAR, 4),
                      PLAIN(YEAR, 5), STYLED(YEAR, SIGNED, 6) },
                    0 },
    ['y' -
        'A'] = { { PLAIN(ERA_YEAR, 1), PLAIN(ERA_YEAR, 2), PLAIN(ERA_YEAR, 3), PLAIN(ERA_YEAR, 4) },
                 1 << 1 },
    ['Z' - 'A'] = { { STYLED(OFFSET, COLON, 0), PLAIN(OFFSET, 0) }, 0 },
    ['z' - 'A'] = { { PLAIN(ABBREVIATION, 0), PLAIN(ABBREVIATION, 0) }, 0 },
};

static bool stands_at(en_text format, size_t at, en_text part)
{
    return at <= format.length && format.length - at >= part.length &&
           memcmp(format.data + at, part.data, part.length) == 0;
}

/* Tokens of different letters: LT, LTS, Hmm, Hmmss, hmm, hmmss. 0: none stands here. */
static size_t find_compound(en_text format, size_t at, token_form *form)
{
    char first = format.data[at];
    if (first == 'L' && stands_at(format, at + 1, EN_TEXT("T"))) {
        bool seconds = stands_at(format, at + 2, EN_TEXT("S"));
        *form = (token_form)EXPANDED(seconds ? TIME_SECONDS : TIME);
        return seconds ? 3 : 2;
    }
    if ((first == 'H' || first == 'h') && stands_at(format, at + 1, EN_TEXT("mm"))) {
        bool seconds = stands_at(format, at + 3, EN_TEXT("ss"));
        *form = (token_form){ seconds ? EN_FIELD_HOUR_MINUTE_SECOND : EN_FIELD_HOUR_MINUTE, 0, 0 };
        return seconds ? 5 : 3;
    }
    return 0;
}

/* The longest token that stands here and its length; 0: none. */
static size_t find_token(en_text format, size_t at, token_form *form)
{
    unsigned index = (unsigned)(unsigned char)format.data[at] - 'A';
    if (index >= sizeof letters / sizeof letters[0]) {
        return 0;
    }
    size_t compound = find_compound(format, at, form);
    if (compound != 0) {
        return compound;
    }
    const letter_tokens *letter = &letters[index];
    size_t run = 1;
    while (run < LONGEST_RUN && at + run < format.length &&
           format.data[at + run] == format.data[at]) {
        run++;
    }
    if ((letter->ordinals >> run & 1) != 0 && stands_at(format, at + run, EN_TEXT("o"))) {
        *form = (token_form){ letter->runs[run - 1].field, EN_STYLE_ORDINAL, 0 };
        return run + 1;
    }
    while (run > 0 && letter->runs[run - 1].field == 0) {
        run--;
    }
    if (run > 0) {
        *form = letter->runs[run - 1];
    }
    return run;
}

static size_t rune_length(en_text format, size_t at)
{
    size_t end = at + 1;
    while (end < format.length && ((unsigned char)format.data[end] & 0xC0) == 0x80) {
        end++;
    }
    return end - at;
}

/* "[text]" up to the last bracket before another one opens. 0: nothing closes it. */
static size_t bracket_length(en_text format, size_t at)
{
    size_t length = 0;
    for (size_t i = at + 1; i < format.length && format.data[i] != '['; i++) {
        if (format.data[i] == ']') {
            length = i + 1 - at;
        }
    }
    return length;
}

static size_t take_quoted(en_text format, size_t at, en_text *text)
{
    if (format.data[at] == '[') {
        size_t length = bracket_length(format, at);
        if (length != 0) {
            *text = en_text_slice(format, at + 1, at + length - 1);
        }
        return length;
    }
    if (format.data[at] != '\\') {
        return 0;
    }
    size_t length = 0;
    if (at + 1 < format.length) {
        token_form unused;
        length = find_token(format, at + 1, &unused);
        length = length != 0 ? length : rune_length(format, at + 1);
    }
    /* moment prints no backslash, not even an escaped one. */
    bool backslash = length != 0 && format.data[at + 1] == '\\';
    *text = en_text_slice(format, at + 1, at + 1 + (backslash ? 0 : length));
    return length + 1;
}

bool en_date_token_next(en_text format, size_t *at, en_date_token *token)
{
    if (*at >= format.length) {
        return false;
    }
    size_t start = *at;
    token_form form;
    size_t length = find_token(format, start, &form);
    if (length != 0) {
        en_text text = form.field == EN_FIELD_FORMAT ? expansions[form.width]
                                                     : en_text_slice(format, start, start + length);
        *token = (en_date_token){ form.field, form.style, form.width, text };
        *at = start + length;
        return true;
    }
    *token = (en_date_token){ .field = EN_FIELD_LITERAL, .style = EN_STYLE_QUOTED };
    length = take_quoted(format, start, &token->text);
    if (length == 0) {
        length = rune_length(format, start);
        token->style = EN_STYLE_PLAIN;
        token->text = en_text_slice(format, start, start + length);
    }
    *at = start + length;
    return true;
}

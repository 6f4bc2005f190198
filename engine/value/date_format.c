#include "value/date_token.h"
#include "value/zone.h"

#include <string.h>

/* A date on its way to text. */
typedef struct shown {
    int64_t at_ms;
    int64_t days; /* of the wall clock */
    const en_zone *zone;
    en_wall wall;
} shown;

static int64_t field_value(const shown *date, en_date_field field)
{
    const en_wall *wall = &date->wall;
    switch (field) {
    case EN_FIELD_YEAR:
        return wall->year;
    case EN_FIELD_ERA_YEAR:
        return wall->year > 0 ? wall->year : 1 - wall->year;
    case EN_FIELD_QUARTER:
        return (wall->month + 2) / 3;
    case EN_FIELD_MONTH:
        return wall->month;
    case EN_FIELD_DAY:
        return wall->day;
    case EN_FIELD_YEARDAY:
        return wall->yearday;
    case EN_FIELD_WEEKDAY:
    case EN_FIELD_LOCAL_WEEKDAY:
        return wall->weekday;
    case EN_FIELD_ISO_WEEKDAY:
        return wall->weekday != 0 ? wall->weekday : 7;
    case EN_FIELD_WEEK:
        return en_week_from_days(date->days, en_week_english).number;
    case EN_FIELD_WEEK_YEAR:
        return en_week_from_days(date->days, en_week_english).year;
    case EN_FIELD_ISO_WEEK:
        return en_week_from_days(date->days, en_week_iso).number;
    case EN_FIELD_ISO_WEEK_YEAR:
        return en_week_from_days(date->days, en_week_iso).year;
    case EN_FIELD_HOUR:
        return wall->hour;
    case EN_FIELD_HOUR_1_TO_12:
        return wall->hour % 12 != 0 ? wall->hour % 12 : 12;
    case EN_FIELD_HOUR_1_TO_24:
        return wall->hour != 0 ? wall->hour : 24;
    case EN_FIELD_MINUTE:
        return wall->minute;
    case EN_FIELD_SECOND:
        return wall->second;
    case EN_FIELD_UNIX_SECOND:
        return en_floor_div(date->at_ms, 1000);
    default:
        return date->at_ms;
    }
}

/* Room for any token but a literal. */
enum { TOKEN_ROOM = 32 };

/* These write to `at`, where a token's room is, and give what is behind. */

static char *put(char *at, en_text text)
{
    memcpy(at, text.data, text.length);
    return at + text.length;
}

/* At least `width` digits; a minus sign is not one of them. */
static char *put_number(char *at, int64_t number, unsigned width)
{
    char digits[TOKEN_ROOM];
    char *end = digits + sizeof digits;
    char *first = end;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    while (left != 0 || (size_t)(end - first) < width) {
        *--first = (char)('0' + left % 10);
        left /= 10;
    }
    if (number < 0) {
        *--first = '-';
    }
    return put(at, (en_text){ first, (size_t)(end - first) });
}

static inline char *put_pair(char *at, unsigned number)
{
    at[0] = (char)('0' + number / 10);
    at[1] = (char)('0' + number % 10);
    return at + 2;
}

/* Most numbers of a date have one or two digits. */
static char *put_field_number(char *at, int64_t number, unsigned width)
{
    if (width > 2 || number < 0 || number >= 100) {
        return put_number(at, number, width);
    }
    if (width == 2 || number >= 10) {
        return put_pair(at, (unsigned)number);
    }
    *at = (char)('0' + number);
    return at + 1;
}

static char *put_ordinal(char *at, int64_t number)
{
    static const char suffixes[] = "thstndrd";
    int64_t last = number % 10;
    bool teen = number / 10 % 10 == 1;
    at = put_number(at, number, 1);
    return put(at, (en_text){ suffixes + (last > 3 || teen ? 0 : last * 2), 2 });
}

static char *put_year(char *at, int64_t year, const en_date_token *token)
{
    if (year >= 0 && year <= 9999 && token->width == 4 && token->style == EN_STYLE_YEAR) {
        return put_pair(put_pair(at, (unsigned)year / 100), (unsigned)year % 100);
    }
    if (year > 9999 || (token->style == EN_STYLE_SIGNED && year >= 0)) {
        *at++ = '+';
    }
    return put_number(at, year, token->width);
}

static char *put_numeric_field(char *at, const shown *date, const en_date_token *token)
{
    int64_t value = field_value(date, (en_date_field)token->field);
    switch (token->style) {
    case EN_STYLE_LAST_2:
        return put_field_number(at, value % 100, 2);
    case EN_STYLE_ORDINAL:
        return put_ordinal(at, value);
    case EN_STYLE_YEAR:
    case EN_STYLE_SIGNED:
        return put_year(at, value, token);
    default:
        return put_field_number(at, value, token->width);
    }
}

/* SSS are milliseconds, fewer letters cut digits off, more add zeros. */
static char *put_fraction(char *at, unsigned millisecond, unsigned width)
{
    char digits[] = "000000000";
    digits[0] = (char)('0' + millisecond / 100);
    digits[1] = (char)('0' + millisecond / 10 % 10);
    digits[2] = (char)('0' + millisecond % 10);
    return put(at, (en_text){ digits, width });
}

static char *put_offset(char *at, int32_t offset_s, bool colon)
{
    unsigned minutes = (unsigned)(offset_s < 0 ? -offset_s : offset_s) / 60;
    *at++ = offset_s < 0 ? '-' : '+';
    at = put_pair(at, minutes / 60);
    if (colon) {
        *at++ = ':';
    }
    return put_pair(at, minutes % 60);
}

static char *put_era(char *at, int64_t year, bool whole)
{
    static const en_text names[2][2] = {
        { { "BC", 2 }, { "AD", 2 } },
        { { "Before Christ", 13 }, { "Anno Domini", 11 } },
    };
    return put(at, names[whole][year > 0]);
}

static char *put_name(char *at, const en_wall *wall, const en_date_token *token)
{
    en_text name = token->field == EN_FIELD_MONTH ? en_month_names[wall->month - 1]
                                                  : en_weekday_names[wall->weekday];
    return put(at, token->width != 0 ? en_text_slice(name, 0, token->width) : name);
}

static char *put_token(char *at, const shown *date, const en_date_token *token)
{
    const en_wall *wall = &date->wall;
    switch (token->field) {
    case EN_FIELD_MILLISECOND:
        return put_fraction(at, wall->millisecond, token->width);
    case EN_FIELD_MERIDIEM:
        at[0] = (wall->hour < 12 ? "Aa" : "Pp")[token->style == EN_STYLE_LOWER];
        at[1] = "Mm"[token->style == EN_STYLE_LOWER];
        return at + 2;
    case EN_FIELD_OFFSET:
        return put_offset(at, wall->offset_s, token->style == EN_STYLE_COLON);
    case EN_FIELD_ABBREVIATION:
        return put(at, en_text_slice(en_zone_abbreviation(date->zone, date->at_ms), 0, TOKEN_ROOM));
    case EN_FIELD_ERA:
        return put_era(at, wall->year, token->width == 0);
    default:
        return token->style == EN_STYLE_NAME ? put_name(at, wall, token)
                                             : put_numeric_field(at, date, token);
    }
}

static void show(shown *date, int64_t at_ms, const en_zone *zone)
{
    *date = (shown){ .at_ms = at_ms, .zone = zone };
    en_wall_from_ms(at_ms, zone, &date->wall);
    date->days = en_floor_div(en_floor_div(at_ms, 1000) + date->wall.offset_s, EN_DAY_S);
}

/* --- formats known beforehand --- */

struct en_date_pattern {
    en_date_token *tokens; /* only fields and literals, one behind the other */
    size_t count;
    size_t capacity;
    size_t most_bytes;
};

typedef void take_token(void *context, const en_date_token *token);

/* The tokens of a format, those that stand for others taken apart; the latter hold none again. */
static void take_tokens(en_text format, take_token *take, void *context)
{
    en_date_token token;
    size_t at = 0;
    while (en_date_token_next(format, &at, &token)) {
        switch (token.field) {
        case EN_FIELD_FORMAT:
            take_tokens(token.text, take, context);
            break;
        case EN_FIELD_HOUR_MINUTE:
        case EN_FIELD_HOUR_MINUTE_SECOND:
            take_tokens(en_text_slice(token.text, 0, 1), take, context);
            take_tokens(en_text_slice(token.text, 1, SIZE_MAX), take, context);
            break;
        default:
            take(context, &token);
        }
    }
}

typedef struct pattern_maker {
    en_arena *arena;
    en_date_pattern *made;
} pattern_maker;

static void keep_token(void *context, const en_date_token *token)
{
    const pattern_maker *maker = context;
    en_date_pattern *made = maker->made;
    if (made->count == made->capacity) {
        size_t capacity = made->capacity != 0 ? made->capacity * 2 : 8;
        en_date_token *tokens = en_arena_alloc(maker->arena, capacity * sizeof *tokens);
        if (made->count != 0) {
            memcpy(tokens, made->tokens, made->count * sizeof *tokens);
        }
        made->tokens = tokens;
        made->capacity = capacity;
    }
    made->tokens[made->count++] = *token;
    made->most_bytes += token->field == EN_FIELD_LITERAL ? token->text.length : TOKEN_ROOM;
}

const en_date_pattern *en_date_pattern_new(en_arena *arena, en_text format)
{
    pattern_maker maker = { arena, EN_NEW(arena, en_date_pattern) };
    take_tokens(en_text_copy(arena, format), keep_token, &maker);
    return maker.made;
}

/* --- printing --- */

typedef struct token_writer {
    en_builder *out;
    shown date;
} token_writer;

static void add_token(void *context, const en_date_token *token)
{
    const token_writer *to = context;
    char room[TOKEN_ROOM];
    en_text text = token->text;
    if (token->field != EN_FIELD_LITERAL) {
        text = (en_text){ room, (size_t)(put_token(room, &to->date, token) - room) };
    }
    en_builder_add(to->out, text);
}

void en_date_format(en_builder *out, int64_t at_ms, en_text format, const en_zone *zone)
{
    token_writer to = { .out = out };
    show(&to.date, at_ms, zone);
    take_tokens(format, add_token, &to);
}

void en_date_print(en_builder *out, int64_t at_ms, const en_date_pattern *pattern,
                   const en_zone *zone)
{
    token_writer to = { .out = out };
    show(&to.date, at_ms, zone);
    bool fits = out->limit_bytes == 0 || out->limit_bytes - out->length >= pattern->most_bytes;
    char *start = fits ? en_builder_reserve(out, pattern->most_bytes) : NULL;
    char *at = start;
    for (size_t i = 0; i < pattern->count; i++) {
        const en_date_token *token = &pattern->tokens[i];
        if (at == NULL) {
            add_token(&to, token);
        } else {
            at = token->field == EN_FIELD_LITERAL ? put(at, token->text)
                                                  : put_token(at, &to.date, token);
        }
    }
    if (start != NULL) {
        out->length += (size_t)(at - start);
    }
}

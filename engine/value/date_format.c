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

enum { NUMBER_ROOM = 24 };

/* At least `width` digits; a minus sign is not one of them. */
static void add_number(en_builder *out, int64_t number, unsigned width)
{
    char digits[NUMBER_ROOM];
    char *end = digits + sizeof digits;
    char *at = end;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    while (left != 0 || (size_t)(end - at) < width) {
        *--at = (char)('0' + left % 10);
        left /= 10;
    }
    if (number < 0) {
        *--at = '-';
    }
    en_builder_add(out, (en_text){ at, (size_t)(end - at) });
}

/* Most numbers of a date have one or two digits. */
static void add_field_number(en_builder *out, int64_t number, unsigned width)
{
    if (width <= 2 && number >= 0 && number < 100) {
        char *at = en_builder_reserve(out, 2);
        if (at != NULL) {
            bool two = width == 2 || number >= 10;
            at[0] = (char)('0' + number / 10);
            at[two] = (char)('0' + number % 10);
            out->length += 1u + two;
        }
        return;
    }
    add_number(out, number, width);
}

static void add_ordinal(en_builder *out, int64_t number)
{
    static const char suffixes[] = "thstndrd";
    int64_t last = number % 10;
    bool teen = number / 10 % 10 == 1;
    add_number(out, number, 1);
    en_builder_add(out, (en_text){ suffixes + (last > 3 || teen ? 0 : last * 2), 2 });
}

static void add_numeric_field(en_builder *out, const shown *date, const en_date_token *token)
{
    int64_t value = field_value(date, (en_date_field)token->field);
    switch (token->style) {
    case EN_STYLE_LAST_2:
        add_field_number(out, value % 100, 2);
        break;
    case EN_STYLE_ORDINAL:
        add_ordinal(out, value);
        break;
    case EN_STYLE_YEAR:
    case EN_STYLE_SIGNED:
        if (value > 9999 || (token->style == EN_STYLE_SIGNED && value >= 0)) {
            en_builder_add_char(out, '+');
        }
        add_number(out, value, token->width);
        break;
    default:
        add_field_number(out, value, token->width);
        break;
    }
}

static void add_name(en_builder *out, en_text name, unsigned letters)
{
    en_builder_add(out, letters != 0 ? en_text_slice(name, 0, letters) : name);
}

/* SSS are milliseconds, fewer letters cut digits off, more add zeros. */
static void add_fraction(en_builder *out, unsigned millisecond, unsigned width)
{
    char digits[] = "000000000";
    digits[0] = (char)('0' + millisecond / 100);
    digits[1] = (char)('0' + millisecond / 10 % 10);
    digits[2] = (char)('0' + millisecond % 10);
    en_builder_add(out, (en_text){ digits, width });
}

static void add_offset(en_builder *out, int32_t offset_s, bool colon)
{
    unsigned minutes = (unsigned)(offset_s < 0 ? -offset_s : offset_s) / 60;
    en_builder_add_char(out, offset_s < 0 ? '-' : '+');
    add_field_number(out, minutes / 60, 2);
    if (colon) {
        en_builder_add_char(out, ':');
    }
    add_field_number(out, minutes % 60, 2);
}

static void add_era(en_builder *out, int64_t year, bool whole)
{
    static const en_text names[2][2] = {
        { { "BC", 2 }, { "AD", 2 } },
        { { "Before Christ", 13 }, { "Anno Domini", 11 } },
    };
    en_builder_add(out, names[whole][year > 0]);
}

static void add_format(en_builder *out, const shown *date, en_text format);

static void add_token(en_builder *out, const shown *date, const en_date_token *token)
{
    const en_wall *wall = &date->wall;
    switch (token->field) {
    case EN_FIELD_LITERAL:
        en_builder_add(out, token->text);
        break;
    case EN_FIELD_FORMAT:
        add_format(out, date, token->text); /* holds no such token again */
        break;
    case EN_FIELD_HOUR_MINUTE:
    case EN_FIELD_HOUR_MINUTE_SECOND:
        add_format(out, date, en_text_slice(token->text, 0, 1));
        add_format(out, date, en_text_slice(token->text, 1, SIZE_MAX));
        break;
    case EN_FIELD_MILLISECOND:
        add_fraction(out, wall->millisecond, token->width);
        break;
    case EN_FIELD_MERIDIEM:
        en_builder_add_char(out, (wall->hour < 12 ? "Aa" : "Pp")[token->style == EN_STYLE_LOWER]);
        en_builder_add_char(out, "Mm"[token->style == EN_STYLE_LOWER]);
        break;
    case EN_FIELD_OFFSET:
        add_offset(out, wall->offset_s, token->style == EN_STYLE_COLON);
        break;
    case EN_FIELD_ABBREVIATION:
        en_builder_add(out, en_zone_abbreviation(date->zone, date->at_ms));
        break;
    case EN_FIELD_ERA:
        add_era(out, wall->year, token->width == 0);
        break;
    default:
        if (token->style == EN_STYLE_NAME) {
            en_text name = token->field == EN_FIELD_MONTH ? en_month_names[wall->month - 1]
                                                          : en_weekday_names[wall->weekday];
            add_name(out, name, token->width);
        } else {
            add_numeric_field(out, date, token);
        }
        break;
    }
}

static void add_format(en_builder *out, const shown *date, en_text format)
{
    en_date_token token;
    size_t at = 0;
    while (en_date_token_next(format, &at, &token)) {
        add_token(out, date, &token);
    }
}

void en_date_format(en_builder *out, int64_t at_ms, en_text format, const en_zone *zone)
{
    shown date = { .at_ms = at_ms, .zone = zone };
    en_wall_from_ms(at_ms, zone, &date.wall);
    date.days = en_floor_div(en_floor_div(at_ms, 1000) + date.wall.offset_s, EN_DAY_S);
    add_format(out, &date, format);
}

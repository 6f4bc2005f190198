/* date_token - the tokens of a date format as moment spells them, shared by printing and parsing.
 *
 * Shape:    a format is cut into tokens one by one; a token is a field of a date and a style, or
 *           literal text. English names.
 * Units:    widths in digits or letters.
 * Lifetime: literal texts point into the format or are constant.
 * Errors:   none: what is no token is literal.
 * Threads:  free.
 */
#ifndef EN_VALUE_DATE_TOKEN_H
#define EN_VALUE_DATE_TOKEN_H

#include "value/calendar.h"

typedef enum en_date_field {
    EN_FIELD_LITERAL,
    EN_FIELD_FORMAT, /* stands for the format in `text` */
    EN_FIELD_YEAR,
    EN_FIELD_MONTH,
    EN_FIELD_DAY,
    EN_FIELD_HOUR,
    EN_FIELD_MINUTE,
    EN_FIELD_SECOND,
    EN_FIELD_MILLISECOND,
    EN_FIELD_QUARTER,
    EN_FIELD_YEARDAY,
    EN_FIELD_WEEKDAY,       /* 0 Sunday */
    EN_FIELD_LOCAL_WEEKDAY, /* counted from the week's first day: the same in English */
    EN_FIELD_WEEK,          /* begins on Sunday; week 1 contains 1 January */
    EN_FIELD_WEEK_YEAR,
    EN_FIELD_ISO_WEEKDAY, /* 1 Monday, 7 Sunday */
    EN_FIELD_ISO_WEEK,
    EN_FIELD_ISO_WEEK_YEAR,
    EN_FIELD_HOUR_1_TO_12,
    EN_FIELD_HOUR_1_TO_24,
    EN_FIELD_HOUR_MINUTE, /* Hmm: one number */
    EN_FIELD_HOUR_MINUTE_SECOND,
    EN_FIELD_MERIDIEM,
    EN_FIELD_OFFSET,
    EN_FIELD_ABBREVIATION,
    EN_FIELD_ERA,
    EN_FIELD_ERA_YEAR,
    EN_FIELD_UNIX_SECOND,
    EN_FIELD_UNIX_MILLISECOND,
    EN_FIELDS
} en_date_field;

typedef enum en_date_style {
    EN_STYLE_PLAIN,   /* numbers: `width` digits; literals: text as it stands in the format */
    EN_STYLE_QUOTED,  /* literals: [text] or \text */
    EN_STYLE_YEAR,    /* four digits, a plus sign when there are more */
    EN_STYLE_SIGNED,  /* always a sign */
    EN_STYLE_LAST_2,  /* two digits of a year */
    EN_STYLE_ORDINAL, /* 1st */
    EN_STYLE_NAME,    /* `width` letters of it, 0: all */
    EN_STYLE_UPPER,   /* AM */
    EN_STYLE_LOWER,
    EN_STYLE_COLON, /* +02:00 */
} en_date_style;

typedef struct en_date_token {
    uint8_t field;
    uint8_t style;
    uint8_t width;
    en_text text; /* of the literal, or as the token is spelled */
} en_date_token;

/* Takes the token at *at and moves behind it. False: the format is at its end. */
EN_WARN_UNUSED bool en_date_token_next(en_text format, size_t *at, en_date_token *token);

extern const en_text en_month_names[12];
extern const en_text en_weekday_names[7];

/* How weeks are counted: they begin on a weekday, and belong to the year of one of their days. */
typedef struct en_week_rule {
    uint8_t first_weekday; /* 0 Sunday */
    uint8_t deciding_day;  /* of the week, counted from 0 */
} en_week_rule;

extern const en_week_rule en_week_english;
extern const en_week_rule en_week_iso;

typedef struct en_week {
    int64_t year;
    int64_t number;
} en_week;

en_week en_week_from_days(int64_t days, en_week_rule rule);
/* The first day of week 1. */
int64_t en_week_year_start(int64_t year, en_week_rule rule);

#endif

/* date - reading, printing and moving dates. The wall clock is the scenario's zone, or the one
 * named; a name that is no zone counts as not given. */
#include "expr/fn.h"
#include "expr/infix.h"

#include <math.h>

enum { LONGEST_PREPARED = 256 };

static const en_zone *choose_zone(const en_fn_call *call, en_value name)
{
    const en_zone *zone = call->scope->zone;
    const en_zone *named;
    if (name.tag == EN_TEXT_VALUE && call->scope->zones != NULL &&
        en_zone_find(call->scope->zones, en_value_text(name), &named)) {
        zone = named;
    }
    return zone;
}

static const void *prepare_format(en_arena *arena, const en_value *constants)
{
    return constants[1].tag == EN_TEXT_VALUE && constants[1].length <= LONGEST_PREPARED
               ? en_date_pattern_new(arena, en_value_text(constants[1]))
               : NULL;
}

static bool fn_format_date(en_fn_call *call, en_value *result)
{
    int64_t at_ms = call->args[0].as.date_ms;
    const en_zone *zone = choose_zone(call, call->args[2]);
    en_text format = en_is_missing(call->args[1]) ? EN_TEXT("YYYY-MM-DDTHH:mm:ss.SSSZ")
                                                  : en_value_text(call->args[1]);
    en_builder text;
    en_fn_text_begin(call, &text);
    if (call->prepared != NULL) {
        en_date_print(&text, at_ms, call->prepared, zone);
    } else {
        en_date_format(&text, at_ms, format, zone);
    }
    return en_fn_text_end(call, &text, result);
}

static bool fn_parse_date(en_fn_call *call, en_value *result)
{
    en_value value = call->args[0];
    int64_t at_ms;
    if (value.tag == EN_DATE) {
        *result = value;
        return true;
    }
    en_text text = en_fn_text_of(call, value);
    const en_zone *zone = choose_zone(call, call->args[2]);
    bool read = en_is_missing(call->args[1]) ? en_date_read(text, zone, &at_ms)
                                             : en_date_parse(text, en_value_text(call->args[1]),
                                                             zone, call->scope->now_ms, &at_ms);
    if (!read) {
        char room[EN_SHOWN_ROOM];
        return en_error_set(call->error, EN_DataError,
                            "'%s' is not a valid date or does not match the date format.",
                            en_value_shown(value, room));
    }
    *result = en_date(at_ms);
    return true;
}

/* Parts of days and months count as moment counts them: from a half on as a whole one. A year is
 * twelve months. */
static bool move(en_fn_call *call, en_date_unit unit, double size, en_value *result)
{
    int64_t moved_ms;
    if (!en_date_add(call->args[0].as.date_ms, unit, round(en_value_number(call->args[1]) * size),
                     call->scope->zone, &moved_ms)) {
        return en_error_set(call->error, EN_DataError, "The date is out of range.");
    }
    *result = en_date(moved_ms);
    return true;
}

static bool fn_add_seconds(en_fn_call *call, en_value *result)
{
    return move(call, EN_UNIT_MILLISECOND, 1000, result);
}

static bool fn_add_minutes(en_fn_call *call, en_value *result)
{
    return move(call, EN_UNIT_MILLISECOND, 60000, result);
}

static bool fn_add_hours(en_fn_call *call, en_value *result)
{
    return move(call, EN_UNIT_MILLISECOND, 3600000, result);
}

static bool fn_add_days(en_fn_call *call, en_value *result)
{
    return move(call, EN_UNIT_DAY, 1, result);
}

static bool fn_add_months(en_fn_call *call, en_value *result)
{
    return move(call, EN_UNIT_MONTH, 1, result);
}

static bool fn_add_years(en_fn_call *call, en_value *result)
{
    return move(call, EN_UNIT_MONTH, 12, result);
}

/* --- dateDiff --- */

/* Whole units between two dates; `within`: what is left of the next larger unit. */
static const struct {
    const char *name;
    int64_t unit_ms;
    int64_t within;
} spans[] = {
    { "D", 86400000, INT64_MAX }, { "H", 3600000, INT64_MAX }, { "m", 60000, INT64_MAX },
    { "s", 1000, INT64_MAX },     { "RH", 3600000, 24 },       { "Rm", 60000, 60 },
    { "Rs", 1000, 60 },
};

static bool fn_date_diff(en_fn_call *call, en_value *result)
{
    int64_t between_ms = call->args[0].as.date_ms - call->args[1].as.date_ms;
    if (between_ms < 0) {
        return en_error_set(call->error, EN_DataError, "The start date is behind the end date.");
    }
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        if (en_text_equal(en_value_text(call->args[2]), en_text_from(spans[i].name))) {
            *result = en_number((double)(between_ms / spans[i].unit_ms % spans[i].within));
            return true;
        }
    }
    return en_fn_refuse(call, call->args[2], "unit: D, H, m, s, RH, Rm, Rs");
}

#define DATE_PARAM                                                                                 \
    {                                                                                              \
        "date", EN_T_DATE, EN_FN_REQUIRED, "A date, or text of one."                               \
    }
#define MOVE_PARAM                                                                                 \
    {                                                                                              \
        "number", EN_T_NUMBER, EN_FN_REQUIRED, "How many; negative: back."                         \
    }
#define ZONE_PARAM                                                                                 \
    {                                                                                              \
        "timezone", EN_T_TEXT, 0, "\"Europe/Prague\"; the scenario's when left out."               \
    }

const en_fn en_fns_date[] = {
    { .name = "addDays",
      .takes = { DATE_PARAM, MOVE_PARAM },
      .gives = EN_T_DATE,
      .eval = fn_add_days,
      .doc = "The date so many days later, at the same time of the day.",
      .example = "{{addDays(parseDate(\"2021-02-28\"); 1)}}",
      .result = "{\"$date\": \"2021-03-01T00:00:00.000Z\"}" },
    { .name = "addHours",
      .takes = { DATE_PARAM, MOVE_PARAM },
      .gives = EN_T_DATE,
      .eval = fn_add_hours,
      .doc = "The date so many hours later.",
      .example = "{{addHours(parseDate(\"2016-12-08 15:55:57\"); 24)}}",
      .result = "{\"$date\": \"2016-12-09T15:55:57.000Z\"}" },
    { .name = "addMinutes",
      .takes = { DATE_PARAM, MOVE_PARAM },
      .gives = EN_T_DATE,
      .eval = fn_add_minutes,
      .doc = "The date so many minutes later.",
      .example = "{{addMinutes(parseDate(\"2016-12-08 15:55:57\"); -2)}}",
      .result = "{\"$date\": \"2016-12-08T15:53:57.000Z\"}" },
    { .name = "addMonths",
      .takes = { DATE_PARAM, MOVE_PARAM },
      .gives = EN_T_DATE,
      .eval = fn_add_months,
      .doc = "The date so many months later, at most the last day of that month.",
      .example = "{{addMonths(parseDate(\"2025-01-31\"); 1)}}",
      .result = "{\"$date\": \"2025-02-28T00:00:00.000Z\"}" },
    { .name = "addSeconds",
      .takes = { DATE_PARAM, MOVE_PARAM },
      .gives = EN_T_DATE,
      .eval = fn_add_seconds,
      .doc = "The date so many seconds later.",
      .example = "{{addSeconds(parseDate(\"2020-02-28 23:59:30\"); 90)}}",
      .result = "{\"$date\": \"2020-02-29T00:01:00.000Z\"}" },
    { .name = "addYears",
      .takes = { DATE_PARAM, MOVE_PARAM },
      .gives = EN_T_DATE,
      .eval = fn_add_years,
      .doc = "The date so many years later, at most the last day of that month.",
      .example = "{{addYears(parseDate(\"2016-08-08\"); 2)}}",
      .result = "{\"$date\": \"2018-08-08T00:00:00.000Z\"}" },
    { .name = "dateDiff",
      .takes = { DATE_PARAM,
                 { "start", EN_T_DATE, EN_FN_REQUIRED, "An earlier date." },
                 { "unit", EN_T_TEXT, EN_FN_REQUIRED,
                   "D, H, m, s: all days, hours, minutes, seconds; RH, Rm, Rs: the hours beside "
                   "days, minutes beside hours, seconds beside minutes." } },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_HIDDEN,
      .eval = fn_date_diff,
      .doc = "The whole units that lie between two dates.",
      .example = "{{dateDiff(parseDate(\"2026-01-03 05:00\"); parseDate(\"2026-01-01\"); \"RH\")}}",
      .result = "5" },
    { .name = "formatDate",
      .takes = { DATE_PARAM,
                 { "format", EN_T_TEXT, 0, "moment's tokens: YYYY MM DD HH mm ss …" },
                 ZONE_PARAM },
      .gives = EN_T_TEXT,
      .eval = fn_format_date,
      .prepare = prepare_format,
      .doc = "The date as text.",
      .example = "{{formatDate(parseDate(\"2016-12-28\"); \"DD.MM.YYYY\")}}",
      .result = "\"28.12.2016\"" },
    { .name = "parseDate",
      .takes = { { "text", EN_T_ANY, EN_FN_REQUIRED, "Text, or a number for X and x." },
                 { "format", EN_T_TEXT, 0, "What the text looks like; without: the usual forms." },
                 ZONE_PARAM },
      .gives = EN_T_DATE,
      .eval = fn_parse_date,
      .doc = "The date that a text shows.",
      .example = "{{parseDate(\"28.12.2016 16:03\"; \"DD.MM.YYYY HH:mm\"; \"UTC\")}}",
      .result = "{\"$date\": \"2016-12-28T16:03:00.000Z\"}" },
    { 0 },
};

/* fusion_date - parts of dates, weekdays and working time: Workfront Fusion has them, Make has not.
 * All on the wall clock of the scenario's zone. */
#include "expr/fn.h"
#include "value/calendar.h"

#include <math.h>

static en_wall wall_of(const en_fn_call *call, en_value date)
{
    en_wall wall;
    en_wall_from_ms(date.as.date_ms, call->scope->zone, &wall);
    return wall;
}

static bool out_of_range(en_fn_call *call)
{
    return en_error_set(call->error, EN_DataError, "The date is out of range.");
}

/* --- parts --- */

static bool fn_year(en_fn_call *call, en_value *result)
{
    *result = en_integer(wall_of(call, call->args[0]).year);
    return true;
}

static bool fn_month(en_fn_call *call, en_value *result)
{
    *result = en_number(wall_of(call, call->args[0]).month);
    return true;
}

static bool fn_day_of_month(en_fn_call *call, en_value *result)
{
    *result = en_number(wall_of(call, call->args[0]).day);
    return true;
}

static bool fn_day_of_week(en_fn_call *call, en_value *result)
{
    *result = en_number(wall_of(call, call->args[0]).weekday + 1);
    return true;
}

static bool fn_hour(en_fn_call *call, en_value *result)
{
    *result = en_number(wall_of(call, call->args[0]).hour);
    return true;
}

static bool fn_minute(en_fn_call *call, en_value *result)
{
    *result = en_number(wall_of(call, call->args[0]).minute);
    return true;
}

static bool fn_second(en_fn_call *call, en_value *result)
{
    *result = en_number(wall_of(call, call->args[0]).second);
    return true;
}

static bool fn_days_in_month(en_fn_call *call, en_value *result)
{
    en_wall wall = wall_of(call, call->args[0]);
    *result = en_number(en_month_days(wall.year, wall.month));
    return true;
}

static bool fn_days_in_year(en_fn_call *call, en_value *result)
{
    *result = en_number(en_year_is_leap(wall_of(call, call->args[0]).year) ? 366 : 365);
    return true;
}

static bool fn_is_weekend(en_fn_call *call, en_value *result)
{
    unsigned weekday = wall_of(call, call->args[0]).weekday;
    *result = en_boolean(weekday == 0 || weekday == 6);
    return true;
}

/* From the date's own day on; the week ends on Saturday. */
static bool fn_days_in_split_week(en_fn_call *call, en_value *result)
{
    en_wall wall = wall_of(call, call->args[0]);
    unsigned last = en_month_days(wall.year, wall.month);
    unsigned count = 0;
    for (unsigned day = wall.day, weekday = wall.weekday; weekday < 7 && day <= last;
         day++, weekday++) {
        count += weekday >= 1 && weekday <= 5;
    }
    *result = en_number(count);
    return true;
}

/* --- other dates --- */

static bool fn_start_of_month(en_fn_call *call, en_value *result)
{
    en_wall wall = wall_of(call, call->args[0]);
    wall.minute = wall.second = wall.millisecond = 0;
    int64_t at_ms;
    if (!en_ms_from_wall(&wall, wall.year, wall.month, 1, 0, call->scope->zone, &at_ms)) {
        return out_of_range(call);
    }
    *result = en_date(at_ms);
    return true;
}

static bool fn_end_of_month(en_fn_call *call, en_value *result)
{
    en_wall wall = wall_of(call, call->args[0]);
    wall.minute = wall.second = 59;
    wall.millisecond = 999;
    unsigned last = en_month_days(wall.year, wall.month);
    int64_t at_ms;
    if (!en_ms_from_wall(&wall, wall.year, wall.month, last, 23, call->scope->zone, &at_ms)) {
        return out_of_range(call);
    }
    *result = en_date(at_ms);
    return true;
}

/* The days that so many weekdays are, from a weekday (0 Monday to 4 Friday). */
static double days_of_weekdays(double weekdays, unsigned from)
{
    double weeks = floor(weekdays / 5);
    double rest = weekdays - weeks * 5;
    return weeks * 7 + rest + (from + rest > 4 ? 2 : 0);
}

/* On a weekend the count begins at the last weekday before it, or behind it when going back. */
static bool fn_add_week_days(en_fn_call *call, en_value *result)
{
    double count = floor(en_value_number(call->args[1]));
    unsigned weekday = (wall_of(call, call->args[0]).weekday + 6) % 7;
    double days = 0;
    if (count > 0) {
        unsigned over = weekday > 4 ? weekday - 4 : 0;
        days = days_of_weekdays(count, weekday - over) - over;
    } else if (count < 0) {
        unsigned short_of = weekday > 4 ? 7 - weekday : 0;
        days = short_of - days_of_weekdays(-count, 4 - (weekday + short_of) % 7);
    }
    int64_t moved_ms;
    if (isnan(count) ||
        !en_date_add(call->args[0].as.date_ms, EN_UNIT_DAY, days, call->scope->zone, &moved_ms)) {
        return out_of_range(call);
    }
    *result = en_date(moved_ms);
    return true;
}

/* The latest (1) or earliest (-1) of dates and of the dates in arrays. */
static bool find_extreme(en_fn_call *call, int sign, en_value *result)
{
    static const en_fn taking_dates = { .takes = { { "date", EN_T_DATE, EN_FN_REQUIRED, "" } } };
    *result = en_null();
    for (size_t i = 0; i < call->count; i++) {
        bool many = call->args[i].tag == EN_ARRAY;
        const en_value *values = many ? call->args[i].as.items : &call->args[i];
        for (size_t j = 0; j < (many ? call->args[i].length : 1); j++) {
            en_value date = values[j];
            if (!en_fn_coerce(call, &taking_dates, 0, &date)) {
                return false;
            }
            int order =
                (date.as.date_ms > result->as.date_ms) - (date.as.date_ms < result->as.date_ms);
            *result = result->tag == EN_NULL || order == sign ? date : *result;
        }
    }
    return true;
}

static bool fn_date_max(en_fn_call *call, en_value *result)
{
    return find_extreme(call, 1, result);
}

static bool fn_date_min(en_fn_call *call, en_value *result)
{
    return find_extreme(call, -1, result);
}

/* --- between two dates --- */

/* A stretch of every weekday. */
typedef struct shift {
    int64_t begin_ms;
    int64_t end_ms;
} shift;

/* How much of all weekdays' shifts lies before the date, from a Monday long ago. */
static int64_t worked_ms(const en_fn_call *call, en_value date, shift hours)
{
    enum { THURSDAY = 3 }; /* 1970-01-01, counted from Monday */
    int64_t local_ms =
        date.as.date_ms + en_zone_offset_s(call->scope->zone, date.as.date_ms) * INT64_C(1000);
    int64_t day = en_floor_div(local_ms, EN_DAY_MS) + THURSDAY;
    int64_t of_day_ms = en_floor_mod(local_ms, EN_DAY_MS);
    int64_t weekday = en_floor_mod(day, 7);
    int64_t begun_ms = of_day_ms < hours.begin_ms ? hours.begin_ms : of_day_ms;
    begun_ms = begun_ms > hours.end_ms ? hours.end_ms : begun_ms;
    int64_t full = en_floor_div(day, 7) * 5 + (weekday < 5 ? weekday : 5);
    return full * (hours.end_ms - hours.begin_ms) + (weekday < 5 ? begun_ms - hours.begin_ms : 0);
}

static bool fn_week_day_diff(en_fn_call *call, en_value *result)
{
    shift whole_day = { 0, EN_DAY_MS };
    int64_t between_ms =
        worked_ms(call, call->args[0], whole_day) - worked_ms(call, call->args[1], whole_day);
    *result = en_number((double)between_ms / EN_DAY_MS);
    return true;
}

static bool fn_work_minutes_diff(en_fn_call *call, en_value *result)
{
    shift nine_to_five = { 9 * INT64_C(3600000), 17 * INT64_C(3600000) };
    int64_t between_ms =
        worked_ms(call, call->args[1], nine_to_five) - worked_ms(call, call->args[0], nine_to_five);
    *result = en_number(trunc((double)between_ms / 60000));
    return true;
}

/* As moment counts: from the later day of the month back or forth to the other's month, where a
 * last, begun month does not count. */
static int64_t months_between(const en_fn_call *call, int64_t later_ms, int64_t earlier_ms)
{
    const en_zone *zone = call->scope->zone;
    en_wall a = wall_of(call, en_date(later_ms));
    en_wall b = wall_of(call, en_date(earlier_ms));
    if (a.day < b.day) {
        return -months_between(call, earlier_ms, later_ms);
    }
    int64_t months = (a.year - b.year) * 12 + (int64_t)a.month - b.month;
    int64_t anchor_ms;
    if (!en_date_add(later_ms, EN_UNIT_MONTH, -(double)months, zone, &anchor_ms)) {
        return months; /* at the end of all time */
    }
    return months > 0 && anchor_ms < earlier_ms   ? months - 1
           : months < 0 && anchor_ms > earlier_ms ? months + 1
                                                  : months;
}

typedef struct span {
    const char *names[4];
    int64_t unit_ms; /* 0: months */
    int64_t months;
    bool is_local; /* days are days whether they have 23 or 25 hours */
} span;

static const span spans[] = {
    { { "millisecond", "milliseconds", "ms", NULL }, 1, 0, false },
    { { "second", "seconds", "s", NULL }, 1000, 0, false },
    { { "minute", "minutes", "m", NULL }, 60000, 0, false },
    { { "hour", "hours", "h", NULL }, 3600000, 0, false },
    { { "day", "days", "d", NULL }, EN_DAY_MS, 0, true },
    { { "week", "weeks", "w", NULL }, 7 * EN_DAY_MS, 0, true },
    { { "month", "months", "M", NULL }, 0, 1, true },
    { { "quarter", "quarters", "Q", NULL }, 0, 3, true },
    { { "year", "years", "y", NULL }, 0, 12, true },
};

static const span *find_span(en_text name)
{
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        for (size_t j = 0; spans[i].names[j] != NULL; j++) {
            if (en_text_equal(name, en_text_from(spans[i].names[j]))) {
                return &spans[i];
            }
        }
    }
    return name.length == 0 ? &spans[0] : NULL;
}

static bool fn_date_difference(en_fn_call *call, en_value *result)
{
    int64_t a_ms = call->args[0].as.date_ms;
    int64_t b_ms = call->args[1].as.date_ms;
    const span *unit = find_span(en_value_text(call->args[2]));
    if (unit == NULL) {
        return en_fn_refuse(call, call->args[2], "unit of time");
    }
    if (unit->unit_ms == 0) {
        *result = en_integer(months_between(call, a_ms, b_ms) / unit->months);
        return true;
    }
    if (unit->is_local) {
        a_ms += en_zone_offset_s(call->scope->zone, a_ms) * INT64_C(1000);
        b_ms += en_zone_offset_s(call->scope->zone, b_ms) * INT64_C(1000);
    }
    *result = en_integer((a_ms - b_ms) / unit->unit_ms);
    return true;
}

#define DATE_PARAM(name)                                                                           \
    {                                                                                              \
        name, EN_T_DATE, EN_FN_REQUIRED, "A date, or text of one."                                 \
    }
#define PART_ROW(spelling, function, type, says, shown, value)                                     \
    {                                                                                              \
        .name = spelling, .takes = { DATE_PARAM("date") }, .gives = type, .flags = EN_FN_FUSION,   \
        .eval = function, .doc = says, .example = shown, .result = value                           \
    }

const en_fn en_fns_fusion_date[] = {
    { .name = "addWeekDays",
      .takes = { DATE_PARAM("date"),
                 { "number", EN_T_NUMBER, EN_FN_REQUIRED, "How many; negative: back." } },
      .gives = EN_T_DATE,
      .flags = EN_FN_FUSION,
      .eval = fn_add_week_days,
      .doc = "The date so many days from Monday to Friday later.",
      .example = "{{addWeekDays(\"2016-12-08\"; 2)}}",
      .result = "{\"$date\": \"2016-12-12T00:00:00.000Z\"}" },
    { .name = "dateDifference",
      .takes = { DATE_PARAM("date"),
                 DATE_PARAM("other"),
                 { "unit", EN_T_TEXT, 0,
                   "\"milliseconds\" when left out, \"seconds\" to \"years\"." } },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_FUSION,
      .eval = fn_date_difference,
      .doc = "The whole units by which the date lies behind the other.",
      .example = "{{dateDifference(\"2021-06-11 18:10\"; \"2021-05-11 18:00\"; \"months\")}}",
      .result = "1" },
    { .name = "dateMax",
      .takes = { { "dates", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST, "Dates, or arrays of them." } },
      .gives = EN_T_DATE,
      .flags = EN_FN_FUSION,
      .eval = fn_date_max,
      .doc = "The latest date.",
      .example = "{{dateMax(\"2016-06-01\"; \"2016-12-01\")}}",
      .result = "{\"$date\": \"2016-12-01T00:00:00.000Z\"}" },
    { .name = "dateMin",
      .takes = { { "dates", EN_T_ANY, EN_FN_REQUIRED | EN_FN_REST, "Dates, or arrays of them." } },
      .gives = EN_T_DATE,
      .flags = EN_FN_FUSION,
      .eval = fn_date_min,
      .doc = "The earliest date.",
      .example = "{{dateMin(\"2016-06-01\"; \"2016-12-01\")}}",
      .result = "{\"$date\": \"2016-06-01T00:00:00.000Z\"}" },
    PART_ROW("dayOfMonth", fn_day_of_month, EN_T_NUMBER, "The day of the month, 1 to 31.",
             "{{dayOfMonth(\"2016-12-28\")}}", "28"),
    PART_ROW("dayOfWeek", fn_day_of_week, EN_T_NUMBER, "The weekday: 1 Sunday to 7 Saturday.",
             "{{dayOfWeek(\"2016-12-28\")}}", "4"),
    PART_ROW("daysInMonth", fn_days_in_month, EN_T_NUMBER, "How many days the month has.",
             "{{daysInMonth(\"2016-02-01\")}}", "29"),
    PART_ROW("daysInSplitWeek", fn_days_in_split_week, EN_T_NUMBER,
             "The weekdays from the date to the end of its week or month, whichever comes first.",
             "{{daysInSplitWeek(\"2016-12-28\")}}", "3"),
    PART_ROW("daysInYear", fn_days_in_year, EN_T_NUMBER, "How many days the year has.",
             "{{daysInYear(\"2016-06-01\")}}", "366"),
    PART_ROW("endOfMonth", fn_end_of_month, EN_T_DATE, "The last millisecond of the month.",
             "{{endOfMonth(\"2016-02-01\")}}", "{\"$date\": \"2016-02-29T23:59:59.999Z\"}"),
    PART_ROW("hour", fn_hour, EN_T_NUMBER, "The hour, 0 to 23.", "{{hour(\"2016-12-08 15:55\")}}",
             "15"),
    PART_ROW("isWeekend", fn_is_weekend, EN_T_BOOLEAN, "Whether it is Saturday or Sunday.",
             "{{isWeekend(\"2016-12-10\")}}", "true"),
    PART_ROW("minute", fn_minute, EN_T_NUMBER, "The minute, 0 to 59.",
             "{{minute(\"2016-12-08 15:55\")}}", "55"),
    PART_ROW("month", fn_month, EN_T_NUMBER, "The month, 1 to 12.", "{{month(\"2016-12-08\")}}",
             "12"),
    PART_ROW("second", fn_second, EN_T_NUMBER, "The second, 0 to 59.",
             "{{second(\"2016-12-08 15:55:57\")}}", "57"),
    PART_ROW("startOfMonth", fn_start_of_month, EN_T_DATE, "The first millisecond of the month.",
             "{{startOfMonth(\"2024-02-14\")}}", "{\"$date\": \"2024-02-01T00:00:00.000Z\"}"),
    { .name = "weekDayDiff",
      .takes = { DATE_PARAM("date"), DATE_PARAM("earlier") },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_FUSION,
      .eval = fn_week_day_diff,
      .doc = "The days from Monday to Friday between two dates, begun ones in part.",
      .example = "{{weekDayDiff(\"2016-12-07 12:00\"; \"2016-12-05\")}}",
      .result = "2.5" },
    { .name = "workMinutesDiff",
      .takes = { DATE_PARAM("date"), DATE_PARAM("later") },
      .gives = EN_T_NUMBER,
      .flags = EN_FN_FUSION,
      .eval = fn_work_minutes_diff,
      .doc = "The minutes from Monday to Friday, 9 to 17 o'clock, that lie between two dates.",
      .example = "{{workMinutesDiff(\"2016-12-05 09:00\"; \"2016-12-06 17:00\")}}",
      .result = "960" },
    PART_ROW("year", fn_year, EN_T_NUMBER, "The year.", "{{year(\"2016-12-08\")}}", "2016"),
    { 0 },
};

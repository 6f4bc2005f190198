/* date_set - dates with one of their fields set, on the wall clock of the scenario's zone. What is
 * out of range rolls over. Seconds and minutes move the instant, as in moment, so that the hour
 * that comes twice in autumn stays the same one of the two; larger fields keep the time of the day.
 */
#include "expr/fn.h"
#include "value/date_token.h"
#include "value/number.h"

#include <math.h>

/* Far beyond what any date can reach, and small enough to add up. */
static const double most = 1e15;

static bool out_of_range(en_fn_call *call)
{
    return en_error_set(call->error, EN_DataError, "The date is out of range.");
}

static bool read_whole(en_fn_call *call, en_value number, int64_t *whole)
{
    double wanted = trunc(en_value_number(number));
    if (!(fabs(wanted) <= most)) { /* NaN comes here, too */
        return out_of_range(call);
    }
    *whole = (int64_t)wanted;
    return true;
}

/* The date, and what is to be set in it. */
typedef struct setting {
    en_wall wall;
    int64_t number;
} setting;

static bool read_setting(en_fn_call *call, en_value number, setting *read)
{
    en_wall_from_ms(call->args[0].as.date_ms, call->scope->zone, &read->wall);
    return read_whole(call, number, &read->number);
}

static bool move_by(en_fn_call *call, double by_ms, en_value *result)
{
    int64_t moved_ms;
    if (!en_date_add(call->args[0].as.date_ms, EN_UNIT_MILLISECOND, by_ms, call->scope->zone,
                     &moved_ms)) {
        return out_of_range(call);
    }
    *result = en_date(moved_ms);
    return true;
}

static bool place(en_fn_call *call, const en_wall *wall, int64_t year, int64_t month, int64_t day,
                  int64_t hour, en_value *result)
{
    int64_t at_ms;
    if (!en_ms_from_wall(wall, year, month, day, hour, call->scope->zone, &at_ms)) {
        return out_of_range(call);
    }
    *result = en_date(at_ms);
    return true;
}

static bool fn_set_second(en_fn_call *call, en_value *result)
{
    setting set;
    return read_setting(call, call->args[1], &set) &&
           move_by(call, ((double)set.number - set.wall.second) * 1000, result);
}

static bool fn_set_minute(en_fn_call *call, en_value *result)
{
    setting set;
    return read_setting(call, call->args[1], &set) &&
           move_by(call, ((double)set.number - set.wall.minute) * 60000, result);
}

static bool fn_set_hour(en_fn_call *call, en_value *result)
{
    setting set;
    return read_setting(call, call->args[1], &set) &&
           place(call, &set.wall, set.wall.year, set.wall.month, set.wall.day, set.number, result);
}

static bool fn_set_date(en_fn_call *call, en_value *result)
{
    setting set;
    return read_setting(call, call->args[1], &set) &&
           place(call, &set.wall, set.wall.year, set.wall.month, set.number, set.wall.hour, result);
}

/* At most the last day of the month that it becomes. */
static bool place_in_month(en_fn_call *call, const en_wall *wall, int64_t year, int64_t month,
                           en_value *result)
{
    if (year < -1000000 || year > 1000000) {
        return out_of_range(call);
    }
    unsigned last = en_month_days(year, (unsigned)month);
    unsigned day = wall->day < last ? wall->day : last;
    return place(call, wall, year, month, day, wall->hour, result);
}

static bool fn_set_year(en_fn_call *call, en_value *result)
{
    setting set;
    return read_setting(call, call->args[1], &set) &&
           place_in_month(call, &set.wall, set.number, set.wall.month, result);
}

/* --- names --- */

/* "Wednesday", "wed", "We": the whole name or its beginning; the place from 0, or `count`. */
static size_t find_name(en_text text, const en_text *names, size_t count, size_t fewest_letters)
{
    for (size_t i = 0; i < count && text.length >= fewest_letters; i++) {
        if (text.length <= names[i].length &&
            en_text_equal_nocase(text, en_text_slice(names[i], 0, text.length))) {
            return i;
        }
    }
    return count;
}

/* A number, text of one, or a name, which counts from 1. */
static bool read_named(en_fn_call *call, const en_text *names, size_t count, size_t fewest_letters,
                       const char *wanted, setting *set)
{
    en_value number = call->args[1];
    if (number.tag == EN_TEXT_VALUE) {
        en_text text = en_text_trim(en_value_text(number));
        size_t found = find_name(text, names, count, fewest_letters);
        if (found < count) {
            number = en_number((double)found + 1);
        } else if (!en_number_read_text(text, &number)) {
            return en_fn_refuse(call, call->args[1], wanted);
        }
    }
    return read_setting(call, number, set);
}

static bool fn_set_day(en_fn_call *call, en_value *result)
{
    setting set;
    if (!read_named(call, en_weekday_names, 7, 2, "day of the week", &set)) {
        return false;
    }
    int64_t day = (int64_t)set.wall.day + set.number - 1 - set.wall.weekday;
    return place(call, &set.wall, set.wall.year, set.wall.month, day, set.wall.hour, result);
}

static bool fn_set_month(en_fn_call *call, en_value *result)
{
    setting set;
    if (!read_named(call, en_month_names, 12, 3, "month", &set)) {
        return false;
    }
    int64_t years = en_floor_div(set.number - 1, 12);
    return place_in_month(call, &set.wall, set.wall.year + years, set.number - years * 12, result);
}

#define DATE_PARAM                                                                                 \
    {                                                                                              \
        "date", EN_T_DATE, EN_FN_REQUIRED, "A date, or text of one."                               \
    }
#define NUMBER_PARAM(doc)                                                                          \
    {                                                                                              \
        "number", EN_T_NUMBER, EN_FN_REQUIRED, doc                                                 \
    }

const en_fn en_fns_date_set[] = {
    { .name = "setDate",
      .takes = { DATE_PARAM, NUMBER_PARAM("1 to 31; 0 is the last day of the month before.") },
      .gives = EN_T_DATE,
      .eval = fn_set_date,
      .doc = "The date on another day of its month.",
      .example = "{{setDate(parseDate(\"2015-08-07\"); 32)}}",
      .result = "{\"$date\": \"2015-09-01T00:00:00.000Z\"}" },
    { .name = "setDay",
      .takes = { DATE_PARAM,
                 { "day", EN_T_NUMBER | EN_T_TEXT, EN_FN_REQUIRED,
                   "1 Sunday to 7 Saturday, or an English name: \"Mon\"." } },
      .gives = EN_T_DATE,
      .eval = fn_set_day,
      .doc = "The date on another day of its week, which begins on Sunday.",
      .example = "{{setDay(parseDate(\"2018-06-27\"); \"Monday\")}}",
      .result = "{\"$date\": \"2018-06-25T00:00:00.000Z\"}" },
    { .name = "setHour",
      .takes = { DATE_PARAM, NUMBER_PARAM("0 to 23.") },
      .gives = EN_T_DATE,
      .eval = fn_set_hour,
      .doc = "The date at another hour of its day.",
      .example = "{{setHour(parseDate(\"2015-08-07 11:36\"); -6)}}",
      .result = "{\"$date\": \"2015-08-06T18:36:00.000Z\"}" },
    { .name = "setMinute",
      .takes = { DATE_PARAM, NUMBER_PARAM("0 to 59.") },
      .gives = EN_T_DATE,
      .eval = fn_set_minute,
      .doc = "The date at another minute of its hour.",
      .example = "{{setMinute(parseDate(\"2015-10-07 11:36\"); 10)}}",
      .result = "{\"$date\": \"2015-10-07T11:10:00.000Z\"}" },
    { .name = "setMonth",
      .takes = { DATE_PARAM,
                 { "month", EN_T_NUMBER | EN_T_TEXT, EN_FN_REQUIRED,
                   "1 to 12, or an English name: \"Jan\"." } },
      .gives = EN_T_DATE,
      .eval = fn_set_month,
      .doc = "The date in another month of its year, at most on that month's last day.",
      .example = "{{setMonth(parseDate(\"2015-08-31\"); 18)}}",
      .result = "{\"$date\": \"2016-06-30T00:00:00.000Z\"}" },
    { .name = "setSecond",
      .takes = { DATE_PARAM, NUMBER_PARAM("0 to 59.") },
      .gives = EN_T_DATE,
      .eval = fn_set_second,
      .doc = "The date at another second of its minute.",
      .example = "{{setSecond(parseDate(\"2015-10-07 11:36:39\"); 61)}}",
      .result = "{\"$date\": \"2015-10-07T11:37:01.000Z\"}" },
    { .name = "setYear",
      .takes = { DATE_PARAM, NUMBER_PARAM("The year.") },
      .gives = EN_T_DATE,
      .eval = fn_set_year,
      .doc = "The date in another year.",
      .example = "{{setYear(parseDate(\"2016-02-29\"); 2017)}}",
      .result = "{\"$date\": \"2017-02-28T00:00:00.000Z\"}" },
    { 0 },
};

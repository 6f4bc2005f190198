#include "value/datetime.h"
#include "value/calendar.h"

#include <math.h>
#include <string.h>

void en_wall_from_ms(int64_t at_ms, const en_zone *zone, en_wall *wall)
{
    int64_t at_s = en_floor_div(at_ms, 1000);
    wall->offset_s = zone != NULL ? en_zone_offset_s(zone, at_ms) : 0;
    wall->millisecond = (unsigned)en_floor_mod(at_ms, 1000);
    int64_t local_s = at_s + wall->offset_s;
    int64_t days = en_floor_div(local_s, EN_DAY_S);
    unsigned second = (unsigned)(local_s - days * EN_DAY_S);
    en_civil civil = en_civil_from_days(days);
    wall->year = civil.year;
    wall->month = civil.month;
    wall->day = civil.day;
    wall->yearday = civil.yearday;
    wall->weekday = en_weekday_from_days(days);
    wall->hour = second / 3600;
    wall->minute = second / 60 % 60;
    wall->second = second % 60;
}

/* The instant at which the zone's clocks show `local_ms` (counted as if it were UTC). Offsets
 * differ from UTC by less than 16 hours, so that far to both sides stand the two that come into
 * question. */
static int64_t ms_from_local(int64_t local_ms, const en_zone *zone)
{
    enum { WINDOW_MS = 16 * 3600 * 1000 };
    int64_t before_ms = en_zone_offset_s(zone, local_ms - WINDOW_MS) * INT64_C(1000);
    int64_t after_ms = en_zone_offset_s(zone, local_ms + WINDOW_MS) * INT64_C(1000);
    int64_t with_after_ms = local_ms - after_ms;
    if (before_ms < after_ms && en_zone_offset_s(zone, with_after_ms) * INT64_C(1000) == after_ms) {
        return with_after_ms;
    }
    /* Also right in a gap: the old offset moves the wall time forward by the gap's length. */
    int64_t with_before_ms = local_ms - before_ms;
    if (before_ms > after_ms &&
        en_zone_offset_s(zone, with_before_ms) * INT64_C(1000) != before_ms) {
        return with_after_ms;
    }
    return with_before_ms;
}

static bool within(int64_t number, int64_t limit)
{
    return number >= -limit && number <= limit;
}

bool en_ms_from_fields(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute,
                       int64_t second, int64_t millisecond, const en_zone *zone, int64_t *at_ms)
{
    /* Each limit is a few times the whole range of dates, and their sum fits 64 bits. */
    if (!within(year, 1000000) || !within(month, 10000000) || !within(day, 1000000000) ||
        !within(hour, INT64_C(10000000000)) || !within(minute, INT64_C(1000000000000)) ||
        !within(second, INT64_C(100000000000000)) ||
        !within(millisecond, INT64_C(100000000000000000))) {
        return false;
    }
    int64_t years = en_floor_div(month - 1, 12);
    int64_t days = en_days_from_civil(year + years, (unsigned)(month - years * 12), day);
    int64_t local_ms = days * EN_DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
    if (!within(local_ms, EN_DATE_MAX + 2 * EN_DAY_MS)) {
        return false;
    }
    *at_ms = zone != NULL ? ms_from_local(local_ms, zone) : local_ms;
    return within(*at_ms, EN_DATE_MAX);
}

bool en_ms_from_wall(const en_wall *was, int64_t year, int64_t month, int64_t day, int64_t hour,
                     const en_zone *zone, int64_t *at_ms)
{
    int64_t local_ms;
    if (!en_ms_from_fields(year, month, day, hour, was->minute, was->second, was->millisecond, NULL,
                           &local_ms)) {
        return false;
    }
    int32_t offset_s = en_zone_offset_s(zone, local_ms - was->offset_s * INT64_C(1000));
    *at_ms = local_ms - offset_s * INT64_C(1000);
    if (en_zone_offset_s(zone, *at_ms) != offset_s) {
        *at_ms = ms_from_local(local_ms, zone); /* skipped by the clock */
    }
    return within(*at_ms, EN_DATE_MAX);
}

/* Milliseconds of one unit; 0: its length is the calendar's. */
static const int32_t unit_ms[] = {
    [EN_UNIT_MILLISECOND] = 1, [EN_UNIT_SECOND] = 1000, [EN_UNIT_MINUTE] = 60000,
    [EN_UNIT_HOUR] = 3600000,  [EN_UNIT_DAY] = 0,       [EN_UNIT_MONTH] = 0,
    [EN_UNIT_YEAR] = 0,
};

static bool add_calendar(int64_t at_ms, en_date_unit unit, int64_t amount, const en_zone *zone,
                         int64_t *result_ms)
{
    en_wall wall;
    en_wall_from_ms(at_ms, zone, &wall);
    int64_t day = wall.day;
    int64_t year = wall.year;
    int64_t month = wall.month;
    if (unit == EN_UNIT_DAY) {
        day += amount;
    } else {
        int64_t months = month - 1 + (unit == EN_UNIT_YEAR ? amount * 12 : amount);
        year += en_floor_div(months, 12);
        month = months - en_floor_div(months, 12) * 12 + 1;
        int64_t last = en_month_days(year, (unsigned)month);
        day = day > last ? last : day;
    }
    return en_ms_from_wall(&wall, year, month, day, wall.hour, zone, result_ms);
}

bool en_date_add(int64_t at_ms, en_date_unit unit, double amount, const en_zone *zone,
                 int64_t *result_ms)
{
    double whole = unit_ms[unit] != 0 ? round(amount * unit_ms[unit]) : trunc(amount);
    if (!(fabs(whole) <= 2.0 * EN_DATE_MAX) || !within(at_ms, EN_DATE_MAX)) {
        return false; /* NaN comes here, too */
    }
    if (unit_ms[unit] != 0) {
        *result_ms = at_ms + (int64_t)whole;
        return within(*result_ms, EN_DATE_MAX);
    }
    if (whole == 0) {
        *result_ms = at_ms; /* also the second of two equal wall times stays what it is */
        return true;
    }
    return fabs(whole) <= 1e9 && add_calendar(at_ms, unit, (int64_t)whole, zone, result_ms);
}

static char *print_pair(char *at, unsigned number)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    memcpy(at, pairs + (size_t)number * 2, 2);
    return at + 2;
}

/* JavaScript: four digits, or a sign and six where four are not enough. */
static char *print_year(char *at, int64_t year)
{
    uint64_t number = year < 0 ? (uint64_t)-year : (uint64_t)year;
    if (year < 0 || year > 9999) {
        *at++ = year < 0 ? '-' : '+';
        if (number > 999999) { /* only from beyond the range of dates */
            at = print_pair(at, (unsigned)(number / 100000000 % 100));
            at = print_pair(at, (unsigned)(number / 1000000 % 100));
        }
        at = print_pair(at, (unsigned)(number / 10000 % 100));
    }
    at = print_pair(at, (unsigned)(number / 100 % 100));
    return print_pair(at, (unsigned)(number % 100));
}

size_t en_date_print_iso(int64_t at_ms, char room[EN_ISO_ROOM])
{
    int64_t days = en_floor_div(at_ms, EN_DAY_MS);
    unsigned of_day = (unsigned)en_floor_mod(at_ms, EN_DAY_MS);
    unsigned second = of_day / 1000;
    unsigned millisecond = of_day % 1000;
    en_civil civil = en_civil_from_days(days);
    char *at = print_year(room, civil.year);
    *at++ = '-';
    at = print_pair(at, civil.month);
    *at++ = '-';
    at = print_pair(at, civil.day);
    *at++ = 'T';
    at = print_pair(at, second / 3600);
    *at++ = ':';
    at = print_pair(at, second / 60 % 60);
    *at++ = ':';
    at = print_pair(at, second % 60);
    *at++ = '.';
    *at++ = (char)('0' + millisecond / 100);
    at = print_pair(at, millisecond % 100);
    *at++ = 'Z';
    return (size_t)(at - room);
}

/* Larger than any year, whatever other digits are added to it. */
enum { BROKEN = 1 << 20 };

static unsigned read_pair(const char *at)
{
    unsigned tens = (unsigned)(unsigned char)at[0] - '0';
    unsigned ones = (unsigned)(unsigned char)at[1] - '0';
    return tens < 10 && ones < 10 ? tens * 10 + ones : BROKEN;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* ".678" or ",678901" in front of `end`; digits behind the milliseconds are cut off. */
static bool read_fraction(const char **at, const char *end, unsigned *millisecond)
{
    unsigned weight = 100;
    const char *digit = *at + 1;
    while (digit < end && is_digit(*digit)) {
        *millisecond += (unsigned)(*digit++ - '0') * weight;
        weight /= 10;
    }
    bool some = digit > *at + 1;
    *at = digit;
    return some;
}

/* "Z", "+02:00", "+0200", "+02" or nothing up to the end. */
static bool read_zone(const char *at, const char *end, int64_t *offset_ms)
{
    size_t left = (size_t)(end - at);
    *offset_ms = 0;
    if (left == 0 || (left == 1 && *at == 'Z')) {
        return true;
    }
    if ((*at != '+' && *at != '-') || (left != 3 && left != 5 && (left != 6 || at[3] != ':'))) {
        return false;
    }
    unsigned hour = read_pair(at + 1);
    unsigned minute = left > 3 ? read_pair(end - 2) : 0;
    int64_t offset = (hour * 60 + minute) * INT64_C(60000);
    *offset_ms = *at == '-' ? -offset : offset;
    return hour < 24 && minute < 60;
}

/* What follows the date: "T17:26[:44[.356]][zone]", or nothing. */
static bool read_time(const char *at, const char *end, int64_t *of_day_ms)
{
    *of_day_ms = 0;
    if (at == end) {
        return true;
    }
    if (end - at < 6 || at[0] != 'T' || at[3] != ':') {
        return false;
    }
    unsigned hour = read_pair(at + 1);
    unsigned minute = read_pair(at + 4);
    unsigned second = 0;
    unsigned millisecond = 0;
    at += 6;
    if (end - at >= 3 && *at == ':') {
        second = read_pair(at + 1);
        at += 3;
        if (at < end && (*at == '.' || *at == ',') && !read_fraction(&at, end, &millisecond)) {
            return false;
        }
    }
    int64_t offset_ms;
    if (hour > 24 || minute > 59 || second > 59 || !read_zone(at, end, &offset_ms)) {
        return false;
    }
    int64_t time_ms = ((hour * 60 + minute) * 60 + second) * INT64_C(1000) + millisecond;
    *of_day_ms = time_ms - offset_ms;
    return time_ms <= EN_DAY_MS; /* 24:00 is the end of its day */
}

bool en_date_read_iso(en_text text, int64_t *at_ms)
{
    const char *at = text.data;
    const char *end = at + text.length;
    if (text.length < 10) {
        return false;
    }
    int64_t year;
    int sign = 1;
    if (*at == '+' || *at == '-') {
        sign = *at == '-' ? -1 : 1;
        year = read_pair(at + 1) * INT64_C(10000) + read_pair(at + 3) * 100u + read_pair(at + 5);
        at += 7;
        if (year > 999999 || (sign < 0 && year == 0)) {
            return false;
        }
    } else {
        year = read_pair(at) * 100u + read_pair(at + 2);
        at += 4;
        if (year > 9999) {
            return false;
        }
    }
    if (end - at < 6 || at[0] != '-' || at[3] != '-') {
        return false;
    }
    unsigned month = read_pair(at + 1);
    unsigned day = read_pair(at + 4);
    int64_t of_day_ms;
    if (month < 1 || month > 12 || day < 1 || day > en_month_days(sign * year, month) ||
        !read_time(at + 6, end, &of_day_ms)) {
        return false;
    }
    *at_ms = en_days_from_civil(sign * year, month, day) * EN_DAY_MS + of_day_ms;
    return within(*at_ms, EN_DATE_MAX);
}

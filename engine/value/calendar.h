/* calendar - days and civil dates of the proleptic Gregorian calendar, in a few multiplications.
 *
 * Shape:    inline functions on plain integers; no loops, no tables, no libc.
 * Units:    days since 1970-01-01; months 1-12, days 1-31. Years within ±400,000,000.
 * Lifetime: nothing is kept.
 * Errors:   none: months must be in range, days may be any number and roll over.
 * Threads:  free.
 */
#ifndef EN_VALUE_CALENDAR_H
#define EN_VALUE_CALENDAR_H

#include "value/datetime.h"

#define EN_DAY_MS INT64_C(86400000)
#define EN_DAY_S  INT64_C(86400)
/* The range of JavaScript's dates, both ends included. */
#define EN_DATE_MAX INT64_C(8640000000000000)

typedef struct en_civil {
    int64_t year;
    unsigned month;
    unsigned day;
    unsigned yearday; /* 1-366 */
} en_civil;

/* A whole number of 400-year cycles, large enough to make every year and day count positive. */
enum { EN_CYCLE_DAYS = 146097, EN_CYCLES = 1000000 };
#define EN_CYCLE_SHIFT_DAYS  ((int64_t)EN_CYCLES * EN_CYCLE_DAYS + 719468) /* 0000-03-01 to 1970 */
#define EN_CYCLE_SHIFT_YEARS ((int64_t)EN_CYCLES * 400)

static inline int64_t en_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static inline int64_t en_floor_mod(int64_t a, int64_t b)
{
    return a % b + (a % b < 0 ? b : 0);
}

static inline bool en_year_is_leap(int64_t year)
{
    return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
}

static inline unsigned en_month_days(int64_t year, unsigned month)
{
    /* Months alternate 31 and 30, and the alternation restarts in August. */
    return month == 2 ? 28 + (unsigned)en_year_is_leap(year) : 30 + ((month ^ (month >> 3)) & 1);
}

/* Years are counted from March, so that the leap day is the last of its year. */
static inline int64_t en_days_from_civil(int64_t year, unsigned month, int64_t day)
{
    uint64_t early = month <= 2;
    uint64_t shifted = (uint64_t)(year + EN_CYCLE_SHIFT_YEARS) - early;
    uint64_t century = shifted / 100;
    uint64_t before = 365 * shifted + shifted / 4 - century + century / 4;
    uint64_t from_march = (153 * (month + 12 * early - 3) + 2) / 5;
    return (int64_t)(before + from_march) + day - 1 - EN_CYCLE_SHIFT_DAYS;
}

/* Cassio Neri and Lorenz Schneider, "Euclidean affine functions and their application to calendar
 * algorithms" (2022): quotients of linear functions give century, year and month in turn. */
static inline en_civil en_civil_from_days(int64_t days)
{
    uint64_t quarters = 4 * (uint64_t)(days + EN_CYCLE_SHIFT_DAYS) + 3;
    uint64_t century = quarters / EN_CYCLE_DAYS;
    uint32_t in_century = (uint32_t)(quarters % EN_CYCLE_DAYS) | 3;
    uint32_t year_of_century = in_century / 1461;
    uint32_t from_march = in_century % 1461 / 4;
    uint32_t month_and_day = 2141 * from_march + 197913;
    uint32_t month = month_and_day >> 16;
    bool early = from_march >= 306; /* January or February of the next civil year */
    en_civil civil = {
        .year = (int64_t)(100 * century + year_of_century + early) - EN_CYCLE_SHIFT_YEARS,
        .month = early ? month - 12 : month,
        .day = (month_and_day & 0xFFFF) / 2141 + 1,
    };
    civil.yearday = early ? from_march - 305 : from_march + 60 + en_year_is_leap(civil.year);
    return civil;
}

/* 0 Sunday. */
static inline unsigned en_weekday_from_days(int64_t days)
{
    return (unsigned)((uint64_t)(days + EN_CYCLE_SHIFT_DAYS + 3) % 7);
}

#endif

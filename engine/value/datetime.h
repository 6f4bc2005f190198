/* datetime - dates: reading, printing, arithmetic on the wall clock, time zones.
 *
 * Shape:    an instant is UTC milliseconds. A zone is one of the system's tzdata, read once and
 *           kept by a table that the caller owns; NULL is UTC. Wall-clock fields are plain data.
 * Units:    milliseconds since 1970-01-01T00:00:00Z; years -271821 to 275760, as JavaScript.
 * Lifetime: zones live as long as their table.
 * Errors:   bool; texts of errors are the caller's.
 * Threads:  a table may be shared (it locks while it loads); zones are immutable.
 */
#ifndef EN_VALUE_DATETIME_H
#define EN_VALUE_DATETIME_H

#include "value/value.h"

typedef struct en_zone en_zone;
typedef struct en_zones en_zones;

en_zones *en_zones_new(void);
void en_zones_free(en_zones *zones);
/* Names in any case. NULL and false for an unknown one; "UTC", "Etc/UTC", "Z" give NULL and true. */
EN_WARN_UNUSED bool en_zone_find(en_zones *zones, en_text name, const en_zone **zone);
/* Minutes... seconds east of UTC at an instant. */
int32_t en_zone_offset_s(const en_zone *zone, int64_t at_ms);

typedef struct en_wall {
    int64_t year;
    unsigned month; /* 1-12 */
    unsigned day;   /* 1-31 */
    unsigned hour, minute, second, millisecond;
    unsigned weekday; /* 0 Sunday */
    unsigned yearday; /* 1-366 */
    int32_t offset_s;
} en_wall;

void en_wall_from_ms(int64_t at_ms, const en_zone *zone, en_wall *wall);
/* Fields may be out of range and roll over (month 14, day 0, hour -1 as int64 arguments). A wall time that a
 * DST gap skips moves forward by the gap; one that occurs twice is the first. */
EN_WARN_UNUSED bool en_ms_from_fields(int64_t year, int64_t month, int64_t day, int64_t hour,
                                      int64_t minute, int64_t second, int64_t millisecond,
                                      const en_zone *zone, int64_t *at_ms);

/* The wall clock set to another date and hour, which may roll over. Of two equal wall times the one
 * with the offset in force when a clock that kept its offset would show it: the offset it had, if
 * that is one of the two. */
EN_WARN_UNUSED bool en_ms_from_wall(const en_wall *was, int64_t year, int64_t month, int64_t day,
                                    int64_t hour, const en_zone *zone, int64_t *at_ms);

typedef enum en_date_unit {
    EN_UNIT_MILLISECOND,
    EN_UNIT_SECOND,
    EN_UNIT_MINUTE,
    EN_UNIT_HOUR,
    EN_UNIT_DAY,
    EN_UNIT_MONTH,
    EN_UNIT_YEAR
} en_date_unit;

/* Days, months and years keep the wall clock; months and years clamp to the last day of the month.
 * Fractions of seconds to hours count, of days and more are rounded toward zero. False: out of range. */
EN_WARN_UNUSED bool en_date_add(int64_t at_ms, en_date_unit unit, double amount, const en_zone *zone,
                                int64_t *result_ms);

/* 2030-01-02T03:04:05.678Z */
enum { EN_ISO_ROOM = 32 };
size_t en_date_print_iso(int64_t at_ms, char room[EN_ISO_ROOM]);
/* Strict ISO 8601 as JSON carries it: date, or date and time with optional fraction and zone
 * (without zone: UTC). For recognising dates in data. */
EN_WARN_UNUSED bool en_date_read_iso(en_text text, int64_t *at_ms);
/* Everything that Make's type coercion accepts (expressions.md 4); a text without zone is in `zone`. */
EN_WARN_UNUSED bool en_date_read(en_text text, const en_zone *zone, int64_t *at_ms);
/* The same for a moment that a person or a recording names: it begins with the whole year, month and
 * day ("2026-01-31T09:00"), so that no "1/2/26" is taken for one. */
EN_WARN_UNUSED bool en_date_read_moment(en_text text, const en_zone *zone, int64_t *at_ms);
/* moment's tokens (expressions.md 7.4), English names, [literal]. */
void en_date_format(en_builder *out, int64_t at_ms, en_text format, const en_zone *zone);
/* The same with a format that was read before; it lives in `arena`. */
typedef struct en_date_pattern en_date_pattern;
const en_date_pattern *en_date_pattern_new(en_arena *arena, en_text format);
void en_date_print(en_builder *out, int64_t at_ms, const en_date_pattern *pattern,
                   const en_zone *zone);
/* moment's forgiving parse with a format. `now_ms` gives what the format leaves out its date. */
EN_WARN_UNUSED bool en_date_parse(en_text text, en_text format, const en_zone *zone, int64_t now_ms,
                                  int64_t *at_ms);

#endif

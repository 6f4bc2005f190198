/* Zone files from hostile bytes: what is read must give offsets and names for every instant. */
#include "value/calendar.h"
#include "value/zone.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void ask(const en_zone *zone, int64_t at_ms)
{
    int32_t offset_s = en_zone_offset_s(zone, at_ms);
    en_wall wall;
    int64_t back_ms = 0;
    check(offset_s >= -26 * 3600 && offset_s <= 26 * 3600);
    check(en_zone_abbreviation(zone, at_ms).length != 0);
    en_wall_from_ms(at_ms, zone, &wall);
    check(wall.offset_s == offset_s);
    (void)!en_ms_from_fields(wall.year, wall.month, wall.day, wall.hour, wall.minute, wall.second,
                             wall.millisecond, zone, &back_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    const en_zone *zone = en_zone_read_tzif(&arena, (en_text){ (const char *)data, size });
    if (zone != NULL) {
        for (int64_t year = -10; year < 200; year += 3) {
            ask(zone, year * 365 * EN_DAY_MS + year * 7919);
        }
        ask(zone, EN_DATE_MAX);
        ask(zone, -EN_DATE_MAX);
        ask(zone, INT64_MAX);
        ask(zone, INT64_MIN);
    }
    en_arena_done(&arena);
    return 0;
}

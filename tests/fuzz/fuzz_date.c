/* Dates from hostile text. Input: a format, a line end, a text. */
#include "value/calendar.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool same_after_print(int64_t at_ms)
{
    char room[EN_ISO_ROOM];
    int64_t back_ms = 0;
    en_text printed = { room, en_date_print_iso(at_ms, room) };
    return en_date_read_iso(printed, &back_ms) && back_ms == at_ms;
}

static void read_text(en_text text)
{
    int64_t strict_ms = 0;
    int64_t forgiving_ms = 0;
    bool strict = en_date_read_iso(text, &strict_ms);
    bool forgiving = en_date_read(text, NULL, &forgiving_ms);
    check(!strict || (same_after_print(strict_ms) && forgiving && forgiving_ms == strict_ms));
    check(!forgiving || same_after_print(forgiving_ms));
}

/* A full format leads back to its instant in every zone whose offsets are whole minutes. */
static void print_and_parse(en_arena *arena, int64_t at_ms, const en_zone *zone)
{
    static const en_text full = { "YYYY-MM-DDTHH:mm:ss.SSSZ", 24 };
    en_wall wall;
    en_wall_from_ms(at_ms, zone, &wall);
    if (wall.year < 0 || wall.year > 9999 || wall.offset_s % 60 != 0 || wall.year < 100) {
        return;
    }
    en_builder out;
    int64_t back_ms = 0;
    en_builder_init(&out, arena);
    en_date_format(&out, at_ms, full, zone);
    check(en_date_parse(en_builder_take(&out), full, NULL, 0, &back_ms) && back_ms == at_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = size != 0 ? (const char *)data : "";
    const char *line_end = memchr(bytes, '\n', size);
    size_t cut = line_end != NULL ? (size_t)(line_end - bytes) : size;
    en_text format = { bytes, cut };
    en_text text = { bytes + cut + (cut < size), size - cut - (cut < size) };
    en_zones *zones = en_zones_new();
    const en_zone *zone = NULL;
    if (!en_zone_find(zones, format, &zone) &&
        !en_zone_find(zones, EN_TEXT("Europe/Prague"), &zone)) {
        zone = NULL;
    }
    en_arena arena;
    en_arena_init(&arena, NULL);
    int64_t at_ms = 0;
    read_text(text);
    if (en_date_parse(text, format, zone, INT64_C(1700000000000), &at_ms)) {
        check(same_after_print(at_ms));
        print_and_parse(&arena, at_ms, zone);
    }
    en_builder out;
    en_builder_init(&out, &arena);
    out.limit_bytes = 1 << 20;
    en_date_format(&out, at_ms, format, zone);
    en_builder again;
    en_builder_init(&again, &arena);
    again.limit_bytes = 1 << 20;
    en_date_print(&again, at_ms, en_date_pattern_new(&arena, format), zone);
    check(out.failed == again.failed &&
          (out.failed || en_text_equal((en_text){ out.data, out.length },
                                       (en_text){ again.data, again.length })));
    en_date_format(&out, -EN_DATE_MAX, format, zone);
    en_date_format(&out, INT64_MAX, format, NULL);
    en_arena_done(&arena);
    en_zones_free(zones);
    return 0;
}

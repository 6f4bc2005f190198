#include "value/zone.h"
#include "value/calendar.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZONE_FOLDER "/usr/share/zoneinfo"

enum {
    LONGEST_NAME = 64,
    LONGEST_ABBREVIATION = 11,
    LARGEST_FILE = 256 * 1024, /* the largest of tzdata has 4 KB */
    LARGEST_OFFSET_S = 26 * 3600,
    HEADER_BYTES = 44,
    TYPE_BYTES = 6,
};

/* A stretch of local time: its offset, and the name people give it. */
typedef struct local_time {
    int32_t offset_s;
    uint8_t length;
    char abbreviation[LONGEST_ABBREVIATION];
} local_time;

/* A day of every year, as POSIX's TZ variable spells it: J60, 59 or M3.5.0. */
typedef enum day_form { DAY_WITHOUT_LEAP_DAY, DAY_FROM_ZERO, DAY_OF_WEEK_OF_MONTH } day_form;

typedef struct yearly_change {
    day_form form;
    uint16_t day; /* of the year, or 0-6 of the week */
    uint8_t month;
    uint8_t week; /* 5: the last */
    int32_t time_s;
} yearly_change;

typedef struct yearly_rule {
    local_time standard;
    local_time summer;
    bool has_summer;
    yearly_change begin;
    yearly_change end;
} yearly_rule;

struct en_zone {
    size_t count; /* of transitions */
    const int64_t *at_s;
    const uint8_t *type; /* what begins at at_s */
    const local_time *types;
    bool has_rule; /* for what follows the last transition */
    yearly_rule rule;
};

/* A zone that was loaded, in a list that only grows at its head. */
typedef struct entry {
    const struct entry *next;
    const en_zone *zone;
    en_text name;
} entry;

struct en_zones {
    en_arena arena;
    pthread_mutex_t lock; /* for the arena and for new entries */
    _Atomic(const entry *) newest;
};

static int64_t change_day(const yearly_change *change, int64_t year)
{
    if (change->form != DAY_OF_WEEK_OF_MONTH) {
        bool skips = change->form == DAY_WITHOUT_LEAP_DAY && change->day >= 60;
        int64_t day = change->form == DAY_FROM_ZERO ? change->day + 1 : change->day;
        return en_days_from_civil(year, 1, day + (skips && en_year_is_leap(year)));
    }
    int64_t first = en_days_from_civil(year, change->month, 1);
    unsigned day = (change->day + 7 - en_weekday_from_days(first)) % 7 + (change->week - 1) * 7u;
    return first + (day >= en_month_days(year, change->month) ? day - 7 : day);
}

static const local_time *rule_find(const yearly_rule *rule, int64_t at_s)
{
    if (!rule->has_summer) {
        return &rule->standard;
    }
    int64_t year = en_civil_from_days(en_floor_div(at_s + rule->standard.offset_s, EN_DAY_S)).year;
    int64_t begin =
        change_day(&rule->begin, year) * EN_DAY_S + rule->begin.time_s - rule->standard.offset_s;
    int64_t end =
        change_day(&rule->end, year) * EN_DAY_S + rule->end.time_s - rule->summer.offset_s;
    bool summer = begin < end ? at_s >= begin && at_s < end : at_s >= begin || at_s < end;
    return summer ? &rule->summer : &rule->standard;
}

static const local_time *zone_local(const en_zone *zone, int64_t at_s)
{
    size_t count = zone->count;
    if (zone->has_rule && (count == 0 || at_s >= zone->at_s[count - 1])) {
        return rule_find(&zone->rule, at_s);
    }
    if (count == 0 || at_s < zone->at_s[0]) {
        return &zone->types[0];
    }
    size_t low = 0; /* at_s[low] <= at_s */
    for (size_t half = count; half > 1; half -= half / 2) {
        low += zone->at_s[low + half / 2] <= at_s ? half / 2 : 0;
    }
    return &zone->types[zone->type[low]];
}

int32_t en_zone_offset_s(const en_zone *zone, int64_t at_ms)
{
    return zone != NULL ? zone_local(zone, en_floor_div(at_ms, 1000))->offset_s : 0;
}

en_text en_zone_abbreviation(const en_zone *zone, int64_t at_ms)
{
    if (zone == NULL) {
        return EN_TEXT("UTC");
    }
    const local_time *local = zone_local(zone, en_floor_div(at_ms, 1000));
    return (en_text){ local->abbreviation, local->length };
}

/* Reading. The cursor never passes its end; what does not fit turns `bad` on. */
typedef struct cursor {
    const char *at;
    const char *end;
    bool bad;
} cursor;

static bool set_abbreviation(local_time *local, const char *name, size_t length)
{
    if (length == 0 || length > LONGEST_ABBREVIATION) {
        return false;
    }
    memcpy(local->abbreviation, name, length);
    local->length = (uint8_t)length;
    return true;
}

static bool footer_take(cursor *footer, char wanted)
{
    if (footer->at < footer->end && *footer->at == wanted) {
        footer->at++;
        return true;
    }
    return false;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static unsigned footer_number(cursor *footer, unsigned least, unsigned most)
{
    unsigned number = 0;
    const char *start = footer->at;
    while (footer->at < footer->end && is_digit(*footer->at) && footer->at - start < 4) {
        number = number * 10 + (unsigned)(*footer->at++ - '0');
    }
    footer->bad |= footer->at == start || number < least || number > most;
    return number;
}

static bool is_letter(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* CET or <+03>. */
static void footer_name(cursor *footer, local_time *local)
{
    bool quoted = footer_take(footer, '<');
    const char *start = footer->at;
    while (footer->at < footer->end && (quoted ? *footer->at != '>' : is_letter(*footer->at))) {
        footer->at++;
    }
    footer->bad |= !set_abbreviation(local, start, (size_t)(footer->at - start));
    if (quoted) {
        footer->bad |= !footer_take(footer, '>');
    }
}

/* [+-]hh[:mm[:ss]]; version 3 allows hours up to a week. */
static int32_t footer_time(cursor *footer)
{
    bool negative = footer_take(footer, '-');
    if (!negative) {
        (void)footer_take(footer, '+');
    }
    int32_t time_s = (int32_t)footer_number(footer, 0, 167) * 3600;
    if (footer_take(footer, ':')) {
        time_s += (int32_t)footer_number(footer, 0, 59) * 60;
        if (footer_take(footer, ':')) {
            time_s += (int32_t)footer_number(footer, 0, 59);
        }
    }
    return negative ? -time_s : time_s;
}

static int32_t footer_offset(cursor *footer)
{
    int32_t offset_s = -footer_time(footer); /* POSIX counts westward */
    footer->bad |= offset_s > LARGEST_OFFSET_S || offset_s < -LARGEST_OFFSET_S;
    return offset_s;
}

static void footer_change(cursor *footer, yearly_change *change)
{
    footer->bad |= !footer_take(footer, ',');
    change->time_s = 2 * 3600;
    if (footer_take(footer, 'M')) {
        change->form = DAY_OF_WEEK_OF_MONTH;
        change->month = (uint8_t)footer_number(footer, 1, 12);
        footer->bad |= !footer_take(footer, '.');
        change->week = (uint8_t)footer_number(footer, 1, 5);
        footer->bad |= !footer_take(footer, '.');
        change->day = (uint16_t)footer_number(footer, 0, 6);
    } else if (footer_take(footer, 'J')) {
        change->form = DAY_WITHOUT_LEAP_DAY;
        change->day = (uint16_t)footer_number(footer, 1, 365);
    } else {
        change->form = DAY_FROM_ZERO;
        change->day = (uint16_t)footer_number(footer, 0, 365);
    }
    if (footer_take(footer, '/')) {
        change->time_s = footer_time(footer);
    }
}

/* "CET-1CEST,M3.5.0,M10.5.0/3" between two line ends; empty: no rule. */
static bool read_footer(cursor *rest, en_zone *zone)
{
    if (!footer_take(rest, '\n')) {
        return false;
    }
    const char *end = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));
    if (end == NULL) {
        return false;
    }
    cursor footer = { .at = rest->at, .end = end };
    if (footer.at == footer.end) {
        return true;
    }
    yearly_rule *rule = &zone->rule;
    footer_name(&footer, &rule->standard);
    rule->standard.offset_s = footer_offset(&footer);
    if (footer.at < footer.end && !footer.bad) {
        rule->has_summer = true;
        footer_name(&footer, &rule->summer);
        rule->summer.offset_s = rule->standard.offset_s + 3600;
        if (footer.at < footer.end && *footer.at != ',') {
            rule->summer.offset_s = footer_offset(&footer);
        }
        footer_change(&footer, &rule->begin);
        footer_change(&footer, &rule->end);
    }
    zone->has_rule = true;
    return !footer.bad && footer.at == footer.end;
}

static const char *take_bytes(cursor *file, size_t size)
{
    if ((size_t)(file->end - file->at) < size) {
        file->bad = true;
        return NULL;
    }
    const char *bytes = file->at;
    file->at += size;
    return bytes;
}

static int64_t read_big_endian(const char *bytes, size_t width)
{
    const unsigned char *from = (const unsigned char *)bytes;
    uint64_t number = (from[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (size_t i = 0; i < width; i++) {
        number = (number << 8) | from[i];
    }
    return (int64_t)number;
}

typedef struct tzif_header {
    char version;
    uint32_t utc_marks, standard_marks, leaps, transitions, types, name_bytes;
} tzif_header;

static bool read_header(cursor *file, tzif_header *header)
{
    const char *bytes = take_bytes(file, HEADER_BYTES);
    if (bytes == NULL || memcmp(bytes, "TZif", 4) != 0) {
        return false;
    }
    header->version = bytes[4];
    uint32_t *const counts[] = {
        &header->utc_marks,   &header->standard_marks, &header->leaps,
        &header->transitions, &header->types,          &header->name_bytes
    };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        int64_t count = read_big_endian(bytes + 20 + 4 * i, 4);
        if (count < 0 || count > LARGEST_FILE) {
            return false;
        }
        *counts[i] = (uint32_t)count;
    }
    return header->types != 0 && header->types <= 256;
}

static size_t data_bytes(const tzif_header *header, size_t time_bytes)
{
    return header->transitions * (time_bytes + 1) + (size_t)header->types * TYPE_BYTES +
           header->name_bytes + header->leaps * (time_bytes + 4) + header->standard_marks +
           header->utc_marks;
}

static bool read_transitions(en_arena *arena, const tzif_header *header, const char *data,
                             size_t time_bytes, en_zone *zone)
{
    size_t count = header->transitions;
    int64_t *at_s = EN_TRY_ARRAY(arena, int64_t, count);
    uint8_t *type = EN_TRY_ARRAY(arena, uint8_t, count);
    if (at_s == NULL || type == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        at_s[i] = read_big_endian(data + i * time_bytes, time_bytes);
        type[i] = (uint8_t)data[count * time_bytes + i];
        if (type[i] >= header->types || (i > 0 && at_s[i] <= at_s[i - 1])) {
            return false;
        }
    }
    zone->at_s = at_s;
    zone->type = type;
    zone->count = count;
    return true;
}

static bool read_types(en_arena *arena, const tzif_header *header, const char *data, en_zone *zone)
{
    local_time *types = EN_TRY_ARRAY(arena, local_time, header->types);
    const char *names = data + (size_t)header->types * TYPE_BYTES;
    if (types == NULL) {
        return false;
    }
    for (size_t i = 0; i < header->types; i++) {
        const char *row = data + i * TYPE_BYTES;
        int64_t offset_s = read_big_endian(row, 4);
        size_t name_at = (unsigned char)row[5];
        if (offset_s > LARGEST_OFFSET_S || offset_s < -LARGEST_OFFSET_S ||
            name_at >= header->name_bytes) {
            return false;
        }
        const char *name = names + name_at;
        types[i].offset_s = (int32_t)offset_s;
        if (!set_abbreviation(&types[i], name, strnlen(name, header->name_bytes - name_at))) {
            return false;
        }
    }
    zone->types = types;
    return true;
}

const en_zone *en_zone_read_tzif(en_arena *arena, en_text bytes)
{
    cursor file = { .at = bytes.data, .end = bytes.data + bytes.length };
    tzif_header header;
    size_t time_bytes = 4;
    if (!read_header(&file, &header)) {
        return NULL;
    }
    if (header.version >= '2') { /* the same again behind it, with times of 64 bits and a footer */
        if (take_bytes(&file, data_bytes(&header, 4)) == NULL || !read_header(&file, &header)) {
            return NULL;
        }
        time_bytes = 8;
    }
    const char *data = take_bytes(&file, data_bytes(&header, time_bytes));
    if (data == NULL || header.leaps != 0) {
        return NULL;
    }
    en_zone *zone = EN_NEW(arena, en_zone);
    const char *types = data + header.transitions * (time_bytes + 1);
    if (!read_transitions(arena, &header, data, time_bytes, zone) ||
        !read_types(arena, &header, types, zone) ||
        (time_bytes == 8 && !read_footer(&file, zone))) {
        return NULL;
    }
    return zone;
}

static bool name_is_allowed(en_text name)
{
    char previous = '/';
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.data[i];
        bool plain = is_letter(byte) || is_digit(byte) || memchr("_+-", byte, 3) != NULL;
        if (!plain && (byte != '/' || previous == '/')) {
            return false; /* no dots at all, so no ".." either; no empty part */
        }
        previous = byte;
    }
    return previous != '/' && name.length <= LONGEST_NAME;
}

/* The bytes of a regular file of zone size; an empty text when there is none. */
static en_text read_file(en_arena *arena, const char *path)
{
    en_text bytes = { "", 0 };
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
        return bytes;
    }
    struct stat about;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size <= LARGEST_FILE) {
        size_t size = (size_t)about.st_size;
        char *data = EN_TRY_ARRAY(arena, char, size);
        if (data != NULL && read(file, data, size) == about.st_size) {
            bytes = (en_text){ data, size };
        }
    }
    close(file);
    return bytes;
}

/* Puts the real spelling of the path's part [start, end) in its place; false: no such entry. */
static bool correct_case(char *path, size_t start, size_t end)
{
    en_text wanted = { path + start, end - start };
    char kept = path[start];
    path[start] = '\0';
    DIR *folder = opendir(path);
    path[start] = kept;
    bool found = false;
    while (folder != NULL && !found) {
        const struct dirent *item = readdir(folder);
        if (item == NULL) {
            break;
        }
        found = en_text_equal_nocase(en_text_from(item->d_name), wanted);
        if (found) {
            memcpy(path + start, item->d_name, wanted.length);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return found;
}

/* Zone names are unique without regard to case, and people write them so. */
static bool correct_path(char *path, size_t start)
{
    size_t end = start;
    while (path[end] != '\0') {
        end = start + strcspn(path + start, "/");
        if (end == start || !correct_case(path, start, end)) {
            return false;
        }
        start = end + 1;
    }
    return true;
}

static const en_zone *load(en_arena *arena, en_arena *scratch, en_text name)
{
    char path[sizeof ZONE_FOLDER + 1 + LONGEST_NAME];
    size_t start = sizeof ZONE_FOLDER;
    memcpy(path, ZONE_FOLDER "/", start);
    memcpy(path + start, name.data, name.length);
    path[start + name.length] = '\0';
    en_text bytes = read_file(scratch, path);
    if (bytes.length == 0 && correct_path(path, start)) {
        bytes = read_file(scratch, path);
    }
    return en_zone_read_tzif(arena, bytes);
}

static const entry *find_loaded(en_zones *zones, en_text name)
{
    const entry *at = atomic_load_explicit(&zones->newest, memory_order_acquire);
    while (at != NULL && !en_text_equal_nocase(at->name, name)) {
        at = at->next;
    }
    return at;
}

static const entry *find_or_load(en_zones *zones, en_text name)
{
    const entry *found = find_loaded(zones, name); /* another thread may have been quicker */
    if (found != NULL) {
        return found;
    }
    en_arena_mark mark = en_arena_get_mark(&zones->arena);
    en_arena scratch;
    en_arena_init(&scratch, NULL);
    const en_zone *zone = load(&zones->arena, &scratch, name);
    en_arena_done(&scratch);
    if (zone == NULL) {
        en_arena_rewind(&zones->arena, mark);
        return NULL;
    }
    entry *added = EN_NEW(&zones->arena, entry);
    *added = (entry){ .next = atomic_load_explicit(&zones->newest, memory_order_relaxed),
                      .zone = zone,
                      .name = en_text_copy(&zones->arena, name) };
    atomic_store_explicit(&zones->newest, added, memory_order_release);
    return added;
}

bool en_zone_find(en_zones *zones, en_text name, const en_zone **zone)
{
    *zone = NULL;
    if (en_text_equal_nocase(name, EN_TEXT("UTC")) ||
        en_text_equal_nocase(name, EN_TEXT("Etc/UTC")) ||
        en_text_equal_nocase(name, EN_TEXT("Z"))) {
        return true;
    }
    if (!name_is_allowed(name)) {
        return false;
    }
    const entry *found = find_loaded(zones, name);
    if (found == NULL) {
        pthread_mutex_lock(&zones->lock);
        found = find_or_load(zones, name);
        pthread_mutex_unlock(&zones->lock);
    }
    *zone = found != NULL ? found->zone : NULL;
    return found != NULL;
}

en_zones *en_zones_new(void)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_zones *zones = EN_NEW(&arena, en_zones);
    pthread_mutex_init(&zones->lock, NULL);
    atomic_init(&zones->newest, NULL);
    zones->arena = arena; /* the table lives in the arena that it owns */
    return zones;
}

void en_zones_free(en_zones *zones)
{
    if (zones != NULL) {
        pthread_mutex_destroy(&zones->lock);
        en_arena arena = zones->arena;
        en_arena_done(&arena);
    }
}

/* From what is kept of a run back to a run, and where the two part. */
#include "flow/kept.h"
#include "value/zip.h"

#include <string.h>

enum { UNPACKED_BYTES = 1 << 30, SHOWN_BYTES = 200, MOST_PARTINGS = 20 };

static en_value member(en_value object, const char *name)
{
    return en_collection_find(object, en_text_from(name));
}

/* --- reading --- */

static bool unpack(en_arena *arena, en_text packed, en_value *value, en_error *error)
{
    en_text json;
    *value = en_nothing();
    return packed.length == 0 ||
           (en_zip_unpack(arena, packed, UNPACKED_BYTES, &json, error) &&
            en_json_read(arena, json, EN_JSON_TYPED, EN_JSON_DEEPEST, value, error));
}

/* They stand in the content as a text of their own. */
static bool split_exchanges(en_arena *arena, en_kept *kept, en_error *error)
{
    en_text text = en_value_text(member(kept->content, "exchanges"));
    if (text.length == 0) {
        return true;
    }
    en_collection_builder rest;
    en_collection_builder_init(&rest, arena);
    for (uint32_t i = 0; i < en_collection_count(kept->content); i++) {
        const en_member *each = &en_collection_members(kept->content)[i];
        if (!en_text_equal(each->name, EN_TEXT("exchanges"))) {
            en_collection_builder_add(&rest, each->name, each->value);
        }
    }
    kept->content = en_collection_builder_take(&rest);
    return en_json_read(arena, text, 0, EN_JSON_DEEPEST, &kept->exchanges, error);
}

bool en_kept_read(en_arena *arena, const en_kept_run *run, en_kept *kept, en_error *error)
{
    *kept = (en_kept){ .report = en_nothing(), .content = en_nothing(), .exchanges = en_nothing() };
    return en_zip_unpack(arena, run->program, UNPACKED_BYTES, &kept->program, error) &&
           unpack(arena, run->report, &kept->report, error) &&
           unpack(arena, run->content, &kept->content, error) &&
           split_exchanges(arena, kept, error);
}

/* --- running again --- */

static bool read_mocks(en_arena *arena, en_value content, const en_mocks **mocks, en_error *error)
{
    en_value value = member(content, "mocks");
    en_value all = member(content, "mocksAll");
    *mocks = NULL;
    if (!en_is_missing(value) && !en_mocks_read(arena, value, mocks, error)) {
        return false;
    }
    if (en_is(all, EN_BOOLEAN) && all.as.boolean) {
        *mocks = en_mocks_auto(arena, *mocks);
    }
    return true;
}

bool en_kept_options(en_arena *arena, const en_kept *kept, en_zones *zones, en_redactor *redactor,
                     en_clock *clock, en_run_options *options, en_error *error)
{
    en_value content = kept->content;
    en_value now = member(content, "now");
    en_text zone = en_value_text(member(content, "timezone"));
    if (!en_is(content, EN_COLLECTION) || !en_is(now, EN_DATE)) {
        en_error_set(error, EN_DataError, "only the counts of this run were kept");
        en_error_hint(error, "\"history\": {\"keep\": \"bundles\"} in enact.json, or --keep "
                             "bundles, keeps what is needed to run it again");
        return false;
    }
    int64_t seed = 0;
    bool seeded = en_value_integer(member(content, "seed"), &seed);
    *options = (en_run_options){ .payload = member(content, "input"),
                                 .request = member(content, "request"),
                                 .variables = member(content, "variables"),
                                 .seeded = true,
                                 .seed = (uint64_t)seed,
                                 .trace = true };
    en_clock_init_virtual(clock, now.as.date_ms);
    options->clock = clock;
    en_text tape = en_json_text(arena, member(content, "stores"), EN_JSON_TYPED);
    if (!seeded || (zone.length != 0 && !en_zone_find(zones, zone, &options->zone)) ||
        !read_mocks(arena, content, &options->mocks, error) ||
        !en_tape_play(arena, tape, &options->tape, error)) {
        return en_error_set(error, EN_DataError, "what was kept of this run cannot be read");
    }
    return en_cassette_read(arena, EN_TEXT("the history"), kept->exchanges, EN_CASSETTE_STRICT,
                            redactor, &options->cassette, error);
}

/* --- comparing --- */

typedef struct comparison {
    en_arena *arena;
    en_parting *first;
    en_parting *last;
    size_t count;
} comparison;

static en_text show(en_arena *arena, en_value value)
{
    if (value.tag == EN_NOTHING) {
        return EN_TEXT("nothing");
    }
    en_text text = en_json_text(arena, value, EN_JSON_TYPED);
    return text.length <= SHOWN_BYTES ? text
                                      : en_text_format(arena, "%.*s…", SHOWN_BYTES, text.data);
}

static void note(comparison *c, en_text path, en_value kept, en_value now)
{
    if (c->count++ >= MOST_PARTINGS) {
        return;
    }
    en_parting *made = EN_NEW(c->arena, en_parting);
    *made = (en_parting){ .path = path, .kept = show(c->arena, kept), .now = show(c->arena, now) };
    if (c->last != NULL) {
        c->last->next = made;
    } else {
        c->first = made;
    }
    c->last = made;
}

/* How long things took, and what the name of the file or its surroundings decide. */
static bool is_measured(en_text name)
{
    static const char *const names[] = { "durationMs", "ms", "active", "cassette", "scenario" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (en_text_equal(name, en_text_from(names[i]))) {
            return true;
        }
    }
    return false;
}

static void compare(comparison *c, en_text path, unsigned depth, en_value kept, en_value now);

static void compare_members(comparison *c, en_text path, unsigned depth, en_value kept,
                            en_value now)
{
    for (uint32_t i = 0; i < en_collection_count(kept); i++) {
        const en_member *each = &en_collection_members(kept)[i];
        en_text below = en_text_format(c->arena, "%.*s%s%.*s", EN_TEXT_ARG(path),
                                       path.length != 0 ? "." : "", EN_TEXT_ARG(each->name));
        if (depth > 2 || !is_measured(each->name)) {
            compare(c, below, depth + 1, each->value, en_collection_find(now, each->name));
        }
    }
    for (uint32_t i = 0; i < en_collection_count(now); i++) {
        const en_member *each = &en_collection_members(now)[i];
        if (!en_collection_has(kept, each->name) && (depth > 2 || !is_measured(each->name))) {
            note(c,
                 en_text_format(c->arena, "%.*s%s%.*s", EN_TEXT_ARG(path),
                                path.length != 0 ? "." : "", EN_TEXT_ARG(each->name)),
                 en_nothing(), each->value);
        }
    }
}

/* As deep as JSON may be. */
static void compare(comparison *c, en_text path, unsigned depth, en_value kept, en_value now)
{
    if (en_value_equal(kept, now)) {
        return;
    }
    if (en_is(kept, EN_COLLECTION) && en_is(now, EN_COLLECTION)) {
        compare_members(c, path, depth, kept, now);
    } else if (en_is(kept, EN_ARRAY) && en_is(now, EN_ARRAY) && kept.length == now.length) {
        for (uint32_t i = 0; i < kept.length; i++) {
            compare(c, en_text_format(c->arena, "%.*s[%u]", EN_TEXT_ARG(path), (unsigned)i),
                    depth + 1, kept.as.items[i], now.as.items[i]);
        }
    } else {
        note(c, path, kept, now);
    }
}

en_parting *en_kept_compare(en_arena *arena, const en_kept *kept, const en_report *report,
                            en_redactor *redactor)
{
    comparison c = { .arena = arena };
    en_value now = en_nothing();
    en_text json = en_json_text(arena, en_report_value(arena, report), EN_JSON_TYPED);
    json = en_redact_body(redactor, arena, EN_TEXT("application/json"), json);
    if (!en_json_read(arena, json, EN_JSON_TYPED, EN_JSON_DEEPEST, &now, NULL)) {
        now = en_nothing(); /* cut short */
    }
    compare(&c, EN_TEXT(""), 0, kept->report, now);
    return c.first;
}

#include "replay/page.h"

#include "base/base64.h"
#include "base/crypto.h"
#include "replay/stores.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

extern const en_text en_page_replay_html;
extern const en_text en_page_replay_css;
extern const en_text en_page_replay_js;

/* What a page holds of a long replay: it must stay quick. Its counts are of all events. */
enum { MOST_POINTS = 100000, MOST_DETAILS = 20000, MOST_SAMPLES = 2000, CHUNK = 1024 };

typedef struct point {
    int64_t at_ms;
    uint32_t outcome;
    uint32_t key;
    uint32_t line;
    bool violated;
} point;

typedef struct chunk {
    struct chunk *next;
    size_t count;
    point points[CHUNK];
} chunk;

typedef struct sample {
    uint64_t event;
    en_store_size *sizes;
    size_t count;
} sample;

struct en_page {
    en_arena *arena;
    const char *path;
    const char *part; /* the file until it is finished */
    FILE *file;
    en_text key; /* empty: chosen by the first event that has one */
    en_tally outcomes;
    en_tally keys;
    uint8_t failed[EN_TALLY_NAMES + 1]; /* of outcomes */
    chunk *first;
    chunk *last;
    uint64_t events;
    sample samples[MOST_SAMPLES];
    size_t sample_count;
    uint64_t sample_every;
};

/* --- writing --- */

/* JSON in which no "<", ">" or "&" stands: inside a script element nothing ends it. */
static void write_json(FILE *file, en_arena *scratch, en_value value)
{
    en_text text = en_json_text(scratch, value, 0);
    size_t start = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '<' || text.data[i] == '>' || text.data[i] == '&') {
            fwrite(text.data + start, 1, i - start, file);
            fprintf(file, "\\u%04x", (unsigned)text.data[i]);
            start = i + 1;
        }
    }
    fwrite(text.data + start, 1, text.length - start, file);
}

static void write_escaped(FILE *file, en_text text)
{
    static const char special[] = "&<>\"'";
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] != '\0' && strchr(special, text.data[i]) != NULL) {
            fprintf(file, "&#%d;", text.data[i]);
        } else {
            fputc(text.data[i], file);
        }
    }
}

static bool write_hash(FILE *file, en_arena *scratch, en_text code, en_error *error)
{
    en_digest digest;
    if (!en_crypto_hash(EN_HASH_SHA256, code, &digest, error)) {
        return false;
    }
    en_builder name;
    en_builder_init(&name, scratch);
    en_base64_encode(&name, (en_text){ digest.bytes, digest.length });
    fprintf(file, "'sha256-%.*s'", (int)name.length, name.data);
    return true;
}

static bool write_head(en_page *page, en_text title, en_error *error)
{
    FILE *file = page->file;
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "base-uri 'none'; form-action 'none'; script-src ",
          file);
    if (!write_hash(file, page->arena, en_page_replay_js, error)) {
        return false;
    }
    fputs("; style-src ", file);
    if (!write_hash(file, page->arena, en_page_replay_css, error)) {
        return false;
    }
    fputs("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
          file);
    write_escaped(file, title);
    fputs(" – replay</title>\n<style>", file);
    fwrite(en_page_replay_css.data, 1, en_page_replay_css.length, file);
    fputs("</style>\n</head>\n", file);
    fwrite(en_page_replay_html.data, 1, en_page_replay_html.length, file);
    fputs("<script type=\"application/json\" id=\"details\">\n", file);
    return true;
}

/* --- opening --- */

static void give_up(void *handle)
{
    en_page *page = handle;
    if (page->file != NULL) {
        fclose(page->file);
        unlink(page->part);
        page->file = NULL;
    }
}

bool en_page_open(en_arena *arena, const char *path, en_text title, en_text key, en_page **made,
                  en_error *error)
{
    en_page *page = EN_NEW(arena, en_page);
    page->arena = arena;
    page->path = path;
    page->part = en_text_format(arena, "%s.part", path).data;
    page->key = key;
    page->sample_every = 1;
    en_tally_init(&page->outcomes, arena);
    en_tally_init(&page->keys, arena);
    page->file = fopen(page->part, "we");
    if (page->file == NULL) {
        return en_error_set(error, EN_UsageError, "%s cannot be written: %s", path,
                            strerror(errno));
    }
    en_arena_defer(arena, give_up, page);
    *made = page;
    return write_head(page, title, error);
}

/* --- keys --- */

static bool is_scalar(en_value value)
{
    return en_is(value, EN_TEXT_VALUE) || en_is(value, EN_NUMBER) || en_is(value, EN_BOOLEAN);
}

static en_text first_text(en_arena *arena, const char *folder, en_value from)
{
    for (uint32_t i = 0; i < en_collection_count(from); i++) {
        const en_member *member = &en_collection_members(from)[i];
        if (en_is(member->value, EN_TEXT_VALUE)) {
            return en_text_format(arena, "%s.%.*s", folder, EN_TEXT_ARG(member->name));
        }
    }
    return EN_TEXT("");
}

static en_text choose_key(en_page *page, const en_event *event)
{
    en_text path = first_text(page->arena, "data", event->payload);
    return path.length != 0 ? path
                            : first_text(page->arena, "headers",
                                         en_collection_find(event->request, EN_TEXT("headers")));
}

/* The event's key as a text; empty: it has none. */
static en_text key_of(en_page *page, const en_event *event, en_arena *scratch)
{
    if (page->key.length == 0) {
        page->key = choose_key(page, event);
    }
    size_t dot = en_text_find(page->key, EN_TEXT("."), 0);
    en_text folder = en_text_slice(page->key, 0, dot == SIZE_MAX ? page->key.length : dot);
    en_text rest =
        dot == SIZE_MAX ? EN_TEXT("") : en_text_slice(page->key, dot + 1, page->key.length);
    bool is_payload =
        en_text_equal(folder, EN_TEXT("data")) || en_text_equal(folder, EN_TEXT("input"));
    en_value value = is_payload ? event->payload : en_collection_find(event->request, folder);
    if (rest.length != 0) {
        en_value exact = en_collection_find_nocase(value, rest);
        value = en_is_missing(exact) ? en_value_at(value, rest) : exact;
    }
    if (!is_scalar(value)) {
        return EN_TEXT("");
    }
    return en_is(value, EN_TEXT_VALUE) ? en_value_text(value) : en_json_text(scratch, value, 0);
}

/* --- events --- */

static void add_point(en_page *page, point made)
{
    if (page->last == NULL || page->last->count == CHUNK) {
        chunk *next = en_arena_alloc(page->arena, sizeof *next);
        next->next = NULL;
        next->count = 0;
        *(page->last != NULL ? &page->last->next : &page->first) = next;
        page->last = next;
    }
    page->last->points[page->last->count++] = made;
}

static en_value texts_value(en_arena *arena, const en_violation *violation)
{
    en_array_builder lines;
    en_array_builder_init(&lines, arena);
    for (size_t i = 0; violation != NULL && i < violation->count; i++) {
        en_array_builder_add(&lines, en_text_value(violation->lines[i]));
    }
    return en_array_builder_take(&lines);
}

/* A line of JSON that the page reads when somebody asks for it. */
static void write_detail(en_page *page, const en_event *event, const en_outcome *outcome,
                         const en_violation *violation, en_arena *scratch)
{
    const en_report *report = &outcome->report;
    bool failed = en_error_is_set(&report->error);
    const struct {
        en_text name;
        en_value value;
    } members[] = {
        { EN_TEXT("payload"), event->payload },
        { EN_TEXT("request"), event->request },
        { EN_TEXT("steps"), outcome->steps },
        { EN_TEXT("response"), report->response },
        { EN_TEXT("error"),
          failed ? en_text_value(en_text_from(report->error.message)) : en_null() },
        { EN_TEXT("violations"), texts_value(scratch, violation) },
    };
    en_collection_builder object;
    en_collection_builder_init(&object, scratch);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (!en_is_missing(members[i].value) &&
            !(members[i].value.tag == EN_ARRAY && members[i].value.length == 0)) {
            en_collection_builder_add(&object, members[i].name, members[i].value);
        }
    }
    write_json(page->file, scratch, en_collection_builder_take(&object));
    fputc('\n', page->file);
}

/* Looks at the stores after every event, then after every second, fourth …: so many times at most. */
static bool sample_stores(en_page *page, en_player *player, en_arena *scratch, en_error *error)
{
    if (page->events % page->sample_every != 0) {
        return true;
    }
    if (page->sample_count == MOST_SAMPLES) {
        page->sample_every *= 2;
        page->sample_count = 0;
        for (size_t i = 0; i < MOST_SAMPLES; i++) {
            if (page->samples[i].event % page->sample_every == 0) {
                page->samples[page->sample_count++] = page->samples[i];
            }
        }
        if (page->events % page->sample_every != 0) {
            return true;
        }
    }
    en_stores_look look;
    if (!en_stores_sizes(player, scratch, &look, error)) {
        return false;
    }
    en_store_size *sizes = en_arena_alloc(page->arena, (look.count + 1) * sizeof *sizes);
    for (size_t i = 0; i < look.count; i++) {
        sizes[i] = look.sizes[i];
        sizes[i].name = en_text_copy(page->arena, look.sizes[i].name);
    }
    page->samples[page->sample_count++] = (sample){ page->events, sizes, look.count };
    return true;
}

bool en_page_add(en_page *page, en_player *player, const en_event *event, const en_outcome *outcome,
                 const en_violation *violation, en_arena *scratch, en_error *error)
{
    page->events++;
    if (page->events > MOST_POINTS) {
        return true;
    }
    const en_tally_entry *name = en_tally_add(&page->outcomes, outcome->name);
    page->failed[name->index] = outcome->report.status == EN_RUN_ERROR;
    const en_tally_entry *key = en_tally_add(&page->keys, key_of(page, event, scratch));
    add_point(page, (point){ .at_ms = outcome->at_ms,
                             .outcome = name->index,
                             .key = key->index,
                             .line = event->line,
                             .violated = violation != NULL });
    if (page->events <= MOST_DETAILS) {
        write_detail(page, event, outcome, violation, scratch);
    } else {
        en_player_stop_watching(player);
    }
    return sample_stores(page, player, scratch, error);
}

/* --- finishing --- */

typedef double point_part(const point *from, int64_t from_ms);

static double part_at(const point *from, int64_t from_ms)
{
    return (double)(from->at_ms - from_ms);
}
static double part_outcome(const point *from, int64_t from_ms)
{
    (void)from_ms;
    return from->outcome;
}
static double part_key(const point *from, int64_t from_ms)
{
    (void)from_ms;
    return from->key;
}
static double part_line(const point *from, int64_t from_ms)
{
    (void)from_ms;
    return from->line;
}
static double part_violated(const point *from, int64_t from_ms)
{
    (void)from_ms;
    return from->violated;
}

static void write_points(const en_page *page, const char *name, point_part *part, int64_t from_ms)
{
    fprintf(page->file, ",\"%s\":[", name);
    const char *between = "";
    for (const chunk *at = page->first; at != NULL; at = at->next) {
        for (size_t i = 0; i < at->count; i++) {
            fprintf(page->file, "%s%.0f", between, part(&at->points[i], from_ms));
            between = ",";
        }
    }
    fputc(']', page->file);
}

static void write_names(const en_page *page, const char *name, const en_tally *tally,
                        en_arena *scratch)
{
    en_array_builder names;
    en_array_builder_init(&names, scratch);
    for (size_t i = 0; i <= EN_TALLY_NAMES && tally->entries[i] != NULL; i++) {
        en_array_builder_add(&names, en_text_value(tally->entries[i]->name));
    }
    fprintf(page->file, ",\"%s\":", name);
    write_json(page->file, scratch, en_array_builder_take(&names));
}

static void write_failed(const en_page *page)
{
    fputs(",\"failed\":[", page->file);
    for (size_t i = 0; i <= EN_TALLY_NAMES && page->outcomes.entries[i] != NULL; i++) {
        fprintf(page->file, "%s%d", i != 0 ? "," : "", page->failed[i]);
    }
    fputc(']', page->file);
}

/* The steps that a trace can name: id, module, and the label if it says more. */
static void write_steps(const en_page *page, const en_plan *plan, en_arena *scratch)
{
    en_collection_builder steps;
    en_collection_builder_init(&steps, scratch);
    for (uint32_t i = 0; i < plan->count; i++) {
        const en_step *step = &plan->steps[i];
        if (step->id == EN_NO_STEP) {
            continue;
        }
        bool repeats = en_text_equal(step->label, step->module_name);
        en_value *texts = en_arena_alloc(scratch, 2 * sizeof *texts);
        texts[0] = en_text_value(step->module_name);
        texts[1] = en_text_value(repeats ? EN_TEXT("") : step->label);
        en_collection_builder_add(&steps, en_text_format(scratch, "%lld", (long long)step->id),
                                  en_array(texts, 2));
    }
    fputs(",\"steps\":", page->file);
    write_json(page->file, scratch, en_collection_builder_take(&steps));
}

/* {store: [[event, records]…]} of the stores there are at the end. */
static void write_sizes(const en_page *page, en_arena *scratch)
{
    const sample *end = page->sample_count != 0 ? &page->samples[page->sample_count - 1] : NULL;
    fputs(",\"sizes\":{", page->file);
    for (size_t i = 0; end != NULL && i < end->count; i++) {
        fputs(i != 0 ? "," : "", page->file);
        write_json(page->file, scratch, en_text_value(end->sizes[i].name));
        fputs(":[", page->file);
        for (size_t j = 0; j < page->sample_count; j++) {
            const sample *at = &page->samples[j];
            double records = 0;
            for (size_t k = 0; k < at->count; k++) {
                if (en_text_equal(at->sizes[k].name, end->sizes[i].name)) {
                    records = (double)at->sizes[k].records;
                }
            }
            fprintf(page->file, "%s[%.0f,%.0f]", j != 0 ? "," : "", (double)at->event - 1, records);
        }
        fputc(']', page->file);
    }
    fputc('}', page->file);
}

/* The summary without what can be long: changes of stores, and violations beyond the first. */
static en_value short_summary(const en_summary *summary, en_arena *scratch)
{
    en_value whole = en_summary_value(summary, scratch);
    en_collection_builder object;
    en_collection_builder_init(&object, scratch);
    for (uint32_t i = 0; i < en_collection_count(whole); i++) {
        const en_member *member = &en_collection_members(whole)[i];
        bool is_long = en_text_equal(member->name, EN_TEXT("violations"));
        if (!is_long) {
            en_collection_builder_add(&object, member->name, member->value);
        }
    }
    en_value whole_violation = summary->last != NULL && summary->last->line == 0
                                   ? texts_value(scratch, summary->last)
                                   : en_array(NULL, 0);
    en_collection_builder_add(&object, EN_TEXT("violations"), whole_violation);
    return en_collection_builder_take(&object);
}

static void write_data(const en_page *page, const en_summary *summary, en_arena *scratch)
{
    fputs("</script>\n<script type=\"application/json\" id=\"data\">\n{\"summary\":", page->file);
    write_json(page->file, scratch, short_summary(summary, scratch));
    fputs(",\"keyPath\":", page->file);
    write_json(page->file, scratch, en_text_value(page->key));
    fprintf(page->file, ",\"from\":%.0f", (double)summary->from_ms);
    write_names(page, "outcomes", &page->outcomes, scratch);
    write_failed(page);
    write_names(page, "keys", &page->keys, scratch);
    write_steps(page, summary->plan, scratch);
    write_points(page, "at", part_at, summary->from_ms);
    write_points(page, "outcome", part_outcome, 0);
    write_points(page, "key", part_key, 0);
    write_points(page, "line", part_line, 0);
    write_points(page, "violated", part_violated, 0);
    write_sizes(page, scratch);
    fputs("}\n</script>\n<script>", page->file);
    fwrite(en_page_replay_js.data, 1, en_page_replay_js.length, page->file);
    fputs("</script>\n</body>\n</html>\n", page->file);
}

bool en_page_finish(en_page *page, const en_summary *summary, en_error *error)
{
    en_arena scratch;
    en_arena_init(&scratch, NULL);
    write_data(page, summary, &scratch);
    en_arena_done(&scratch);
    bool written = fflush(page->file) == 0 && !ferror(page->file);
    written = fclose(page->file) == 0 && written;
    page->file = NULL;
    if (written && rename(page->part, page->path) == 0) {
        return true;
    }
    en_error_set(error, EN_RuntimeError, "%s cannot be written: %s", page->path, strerror(errno));
    unlink(page->part);
    return false;
}

/* Whether a request is the one on tape, and if not, in what it differs. Where something was taken
 * out, anything fits: who plays a cassette need not have the secrets it was recorded with. */
#include "net/cassette_tape.h"

#include <string.h>

/* --- texts --- */

static bool is_gap(en_text taped, size_t at)
{
    return en_text_starts(en_text_slice(taped, at, taped.length), EN_REDACTED);
}

/* A gap ends before any of `stops`. The usual matching of wildcards: only the last gap that was met
 * is tried again. */
static bool text_fits(en_text taped, en_text asked, const char *stops)
{
    size_t gap = SIZE_MAX; /* behind the gap in `taped` */
    size_t gap_end = 0;    /* what it has taken of `asked` so far */
    size_t at = 0;
    for (size_t i = 0; i < asked.length;) {
        if (is_gap(taped, at)) {
            at += EN_REDACTED.length;
            gap = at;
            gap_end = i;
        } else if (at < taped.length && taped.data[at] == asked.data[i]) {
            at++;
            i++;
        } else if (gap != SIZE_MAX && memchr(stops, asked.data[gap_end], strlen(stops)) == NULL) {
            at = gap;
            i = ++gap_end;
        } else {
            return false;
        }
    }
    while (is_gap(taped, at)) {
        at += EN_REDACTED.length;
    }
    return at == taped.length;
}

/* --- headers --- */

/* What a redacted header says cannot be compared. */
static bool is_compared(const en_redactor *redactor, const en_http_header *header)
{
    return !en_redact_is_header(redactor, header->name);
}

static bool holds(const en_asked *asked, const en_http_header *wanted)
{
    for (size_t i = 0; i < asked->header_count; i++) {
        if (en_text_equal_nocase(asked->headers[i].name, wanted->name) &&
            text_fits(wanted->value, asked->headers[i].value, "")) {
            return true;
        }
    }
    return false;
}

/* A header that stands on one side only; NULL: none. */
static const en_http_header *find_missing(const en_redactor *redactor, const en_asked *taped,
                                          const en_asked *asked)
{
    for (size_t i = 0; i < taped->header_count; i++) {
        if (is_compared(redactor, &taped->headers[i]) && !holds(asked, &taped->headers[i])) {
            return &taped->headers[i];
        }
    }
    return NULL;
}

static const en_http_header *find_added(const en_redactor *redactor, const en_asked *taped,
                                        const en_asked *asked)
{
    for (size_t i = 0; i < asked->header_count; i++) {
        const en_http_header *header = &asked->headers[i];
        bool known = !is_compared(redactor, header);
        for (size_t j = 0; j < taped->header_count && !known; j++) {
            known = en_text_equal_nocase(taped->headers[j].name, header->name) &&
                    text_fits(taped->headers[j].value, header->value, "");
        }
        if (!known) {
            return header;
        }
    }
    return NULL;
}

static size_t count_compared(const en_redactor *redactor, const en_asked *asked)
{
    size_t count = 0;
    for (size_t i = 0; i < asked->header_count; i++) {
        count += is_compared(redactor, &asked->headers[i]);
    }
    return count;
}

static bool headers_fit(en_arena *arena, const en_redactor *redactor, const en_asked *taped,
                        const en_asked *asked, en_text *why)
{
    const en_http_header *missing = find_missing(redactor, taped, asked);
    const en_http_header *added = find_added(redactor, taped, asked);
    if (missing != NULL) {
        *why = en_text_format(arena, "its header %.*s is not \"%.*s\"", EN_TEXT_ARG(missing->name),
                              EN_TEXT_ARG(missing->value));
    } else if (added != NULL) {
        *why = en_text_format(arena, "its header %.*s: %.*s is not there", EN_TEXT_ARG(added->name),
                              EN_TEXT_ARG(added->value));
    } else if (count_compared(redactor, taped) != count_compared(redactor, asked)) {
        *why = EN_TEXT("it has a header more often or less often");
    } else {
        return true;
    }
    return false;
}

/* --- bodies --- */

static bool json_fits(en_value taped, en_value asked);

static bool fields_fit(en_value taped, en_value asked)
{
    const en_member *members = en_collection_members(taped);
    for (uint32_t i = 0; i < en_collection_count(taped); i++) {
        if (!json_fits(members[i].value, en_collection_find(asked, members[i].name))) {
            return false;
        }
    }
    members = en_collection_members(asked);
    for (uint32_t i = 0; i < en_collection_count(asked); i++) {
        if (!en_collection_has(taped, members[i].name)) {
            return false;
        }
    }
    return asked.tag == EN_COLLECTION;
}

/* By value, the order of members ignored. The reader bounds the depth. */
static bool json_fits(en_value taped, en_value asked)
{
    if (taped.tag == EN_COLLECTION) {
        return fields_fit(taped, asked);
    }
    if (taped.tag == EN_TEXT_VALUE) {
        return en_text_equal(en_value_text(taped), EN_REDACTED) ||
               (asked.tag == EN_TEXT_VALUE &&
                text_fits(en_value_text(taped), en_value_text(asked), ""));
    }
    if (taped.tag != EN_ARRAY) {
        return en_value_equal(taped, asked);
    }
    bool fits = asked.tag == EN_ARRAY && taped.length == asked.length;
    for (uint32_t i = 0; fits && i < taped.length; i++) {
        fits = json_fits(taped.as.items[i], asked.as.items[i]);
    }
    return fits;
}

static bool same_json(en_arena *arena, en_text a, en_text b)
{
    en_value first;
    en_value second;
    return a.length != 0 && b.length != 0 &&
           en_json_read(arena, a, EN_JSON_SHARE, EN_JSON_DEPTH, &first, NULL) &&
           en_json_read(arena, b, EN_JSON_SHARE, EN_JSON_DEPTH, &second, NULL) &&
           json_fits(first, second);
}

static bool same_parts(const en_tape_body *taped, const en_tape_body *asked)
{
    if (asked->kind != EN_BODY_PARTS || taped->part_count != asked->part_count) {
        return false;
    }
    for (size_t i = 0; i < taped->part_count; i++) {
        const en_http_part *a = &taped->parts[i];
        const en_http_part *b = &asked->parts[i];
        if (!en_text_equal(a->name, b->name) || !text_fits(a->content, b->content, "") ||
            !en_text_equal(a->file_name, b->file_name) ||
            !en_text_equal(a->content_type, b->content_type)) {
            return false;
        }
    }
    return true;
}

static bool body_fits(en_arena *arena, en_cassette_match match, const en_tape_body *taped,
                      const en_tape_body *asked)
{
    switch (taped->kind) {
    case EN_BODY_ANY:
        return true;
    case EN_BODY_NONE:
        return asked->kind == EN_BODY_NONE;
    case EN_BODY_PARTS:
        return same_parts(taped, asked);
    default:
        return asked->kind == EN_BODY_BYTES &&
               (text_fits(taped->bytes, asked->bytes, "") ||
                ((taped->kind == EN_BODY_JSON || match == EN_CASSETTE_LOOSE) &&
                 same_json(arena, taped->bytes, asked->bytes)));
    }
}

/* --- requests --- */

bool en_asked_fits(en_arena *arena, const en_redactor *redactor, en_cassette_match match,
                   const en_asked *taped, const en_asked *asked, en_text *why)
{
    bool strict = match == EN_CASSETTE_STRICT && !taped->any_headers;
    if (!en_text_equal(taped->method, asked->method)) {
        *why = EN_TEXT("its method differs");
    } else if (!text_fits(taped->url, asked->url, "/?&#")) {
        *why = EN_TEXT("its URL differs");
    } else if (strict && (!en_text_equal(taped->auth, asked->auth) ||
                          !en_text_equal(taped->username, asked->username))) {
        *why = EN_TEXT("its credentials differ");
    } else if (strict && !headers_fit(arena, redactor, taped, asked, why)) {
        return false;
    } else if (!body_fits(arena, match, &taped->body, &asked->body)) {
        *why = EN_TEXT("its body differs");
    } else {
        return true;
    }
    return false;
}

#include "net/cassette.h"

#include "base/replacement.h"
#include "net/cassette_tape.h"

#include <pthread.h>
#include <stdio.h>

enum { VERSION = 1, MOST_EXCHANGES = 10000000, MOST_NEAREST = 200 };

#define FORMAT_NAME "enact-cassette"

struct en_cassette {
    en_arena *arena;
    en_redactor *redactor;
    pthread_mutex_t lock;
    en_text name; /* what messages call it */
    /* recording */
    bool records;
    en_replacement file; /* its stream NULL: kept in `text` */
    en_arena text_arena;
    en_builder text;
    uint64_t written;
    /* playing */
    en_cassette_match match;
    const en_document *document; /* NULL: read from a value */
    en_taped *exchanges;
    size_t count;
    size_t next; /* strict */
    uint64_t played;
    en_cassette *copy; /* of everything; may be NULL */
    bool missed;       /* something was asked for that it does not have */
};

static void close_cassette(void *handle)
{
    en_cassette *cassette = handle;
    pthread_mutex_destroy(&cassette->lock);
    en_arena_done(&cassette->text_arena);
}

static en_cassette *make_cassette(en_arena *arena, en_text name, en_redactor *redactor)
{
    en_cassette *cassette = EN_NEW(arena, en_cassette);
    cassette->arena = arena;
    cassette->redactor = redactor;
    cassette->name = en_text_copy(arena, name);
    pthread_mutex_init(&cassette->lock, NULL);
    en_arena_init(&cassette->text_arena, NULL);
    en_builder_init(&cassette->text, &cassette->text_arena);
    en_arena_defer(arena, close_cassette, cassette);
    return cassette;
}

bool en_cassette_plays(const en_cassette *cassette)
{
    return !cassette->records;
}

/* --- recording --- */

static void put_text(en_cassette *cassette, en_text text)
{
    if (cassette->file.stream != NULL) {
        fwrite(text.data, 1, text.length, cassette->file.stream);
    } else {
        en_builder_add(&cassette->text, text);
    }
}

static const char head[] = "{\n  \"format\": \"" FORMAT_NAME "\",\n  \"version\": 1,\n"
                           "  \"exchanges\": [";

bool en_cassette_record(en_arena *arena, const char *path, en_redactor *redactor,
                        en_cassette **cassette, en_error *error)
{
    en_cassette *made = make_cassette(arena, en_text_from(path), redactor);
    made->records = true;
    if (!en_replacement_open(arena, path, &made->file, error)) {
        return false;
    }
    put_text(made, en_text_from(head));
    *cassette = made;
    return true;
}

en_cassette *en_cassette_keep(en_arena *arena, size_t most_bytes, en_redactor *redactor)
{
    en_cassette *made = make_cassette(arena, EN_TEXT("of the run"), redactor);
    made->records = true;
    made->text.limit_bytes = most_bytes;
    put_text(made, en_text_from(head));
    return made;
}

/* Strings of JSON hold no line ends, so every one of them begins a line of its own. */
static void write_indented(en_cassette *cassette, en_text text)
{
    for (size_t at = 0; at < text.length;) {
        size_t end = en_text_find(text, EN_TEXT("\n"), at);
        put_text(cassette, EN_TEXT("\n    "));
        put_text(cassette, en_text_slice(text, at, end));
        at = end == SIZE_MAX ? text.length : end + 1;
    }
}

/* In the file as soon as it has happened: what ends the process leaves it in the temporary one. */
static void write_exchange(en_cassette *cassette, const en_http_request *request,
                           const en_http_response *response, const en_error *failure,
                           en_taped *taped)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    pthread_mutex_lock(&cassette->lock);
    en_asked_make(cassette->redactor, &arena, request, &taped->asked);
    en_taped_take_reply(cassette->redactor, &arena, response, failure, taped);
    en_text text = en_json_text(&arena, en_taped_value(&arena, taped), EN_JSON_PRETTY);
    if (cassette->written++ != 0) {
        put_text(cassette, EN_TEXT(","));
    }
    write_indented(cassette, text);
    if (cassette->file.stream != NULL) {
        fflush(cassette->file.stream);
    }
    pthread_mutex_unlock(&cassette->lock);
    en_arena_done(&arena);
}

static bool record(en_cassette *cassette, const en_cassette_asker *asker, en_http_client *client,
                   en_clock *clock, const en_http_request *request, en_arena *arena,
                   en_http_response *response, en_error *error)
{
    en_taped taped = { .asker = *asker, .at_ms = en_clock_now_ms(clock) };
    en_error failure;
    en_error_clear(&failure);
    int64_t start_us = en_clock_ticks_us();
    bool done = en_http_perform(client, request, arena, response, &failure);
    taped.duration_ms = (en_clock_ticks_us() - start_us) / 1000;
    en_clock_pass_ms(clock, taped.duration_ms);
    if (done) {
        response->duration_ms = taped.duration_ms;
    } else if (error != NULL && !en_error_is_set(error)) {
        *error = failure;
    }
    if (done || failure.type != EN_ExecutionInterruptedError) { /* that came from within */
        write_exchange(cassette, request, response, done ? NULL : &failure, &taped);
    }
    return done;
}

static en_text tail(const en_cassette *cassette)
{
    return cassette->written != 0 ? EN_TEXT("\n  ]\n}\n") : EN_TEXT("]\n}\n");
}

bool en_cassette_take(en_cassette *cassette, en_arena *arena, en_text *kept)
{
    bool failed = cassette->text.failed;
    en_builder whole;
    en_builder_init(&whole, arena);
    en_builder_add(&whole, en_builder_take(&cassette->text));
    en_builder_add(&whole, tail(cassette));
    failed = failed || whole.failed;
    *kept = en_builder_take(&whole);
    return !failed;
}

bool en_cassette_finish(en_cassette *cassette, en_error *error)
{
    if (!cassette->records || cassette->file.stream == NULL) {
        return true;
    }
    put_text(cassette, tail(cassette));
    return en_replacement_done(&cassette->file, error);
}

void en_cassette_discard(en_cassette *cassette)
{
    if (cassette->records && cassette->file.stream != NULL) {
        en_replacement_drop(&cassette->file);
    }
}

/* --- reading --- */

static bool check_head(en_value root, en_error *error)
{
    en_value format = en_collection_find(root, EN_TEXT("format"));
    en_value version = en_collection_find(root, EN_TEXT("version"));
    int64_t number = VERSION;
    if (!en_is(root, EN_COLLECTION)) {
        return en_error_set(error, EN_SyntaxError, "expected a cassette but found %s",
                            en_tag_name((en_tag)root.tag));
    }
    if (!en_is_missing(format) && !en_text_equal(en_value_text(format), EN_TEXT(FORMAT_NAME))) {
        en_error_set(error, EN_SyntaxError, "expected \"" FORMAT_NAME "\"");
        en_error_prefix_path(error, EN_TEXT("format"));
        return false;
    }
    if (!en_is_missing(version) && (!en_value_integer(version, &number) || number != VERSION)) {
        en_error_set(error, EN_SyntaxError, "this enact reads version %d of cassettes", VERSION);
        en_error_prefix_path(error, EN_TEXT("version"));
        return false;
    }
    return true;
}

/* Rules of today apply to what was written under those of yesterday. */
static void redact_again(en_cassette *cassette, en_asked *asked)
{
    asked->url = en_redact_url(cassette->redactor, cassette->arena, asked->url);
}

static bool read_exchanges(en_cassette *cassette, en_value list, en_error *error)
{
    if (!en_is(list, EN_ARRAY)) {
        return en_error_set(error, EN_SyntaxError, "expected a list of exchanges but found %s",
                            en_tag_name((en_tag)list.tag));
    }
    en_taped *exchanges = EN_TRY_ARRAY(cassette->arena, en_taped, list.length + (size_t)1);
    if (exchanges == NULL || list.length > MOST_EXCHANGES) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "no memory for a cassette");
    }
    for (uint32_t i = 0; i < list.length; i++) {
        if (!en_taped_read(cassette->arena, list.as.items[i], &exchanges[i], error)) {
            en_error_prefix_index(error, i);
            return false;
        }
        redact_again(cassette, &exchanges[i].asked);
    }
    cassette->exchanges = exchanges;
    cassette->count = list.length;
    return true;
}

bool en_cassette_read(en_arena *arena, en_text name, en_value value, en_cassette_match match,
                      en_redactor *redactor, en_cassette **cassette, en_error *error)
{
    en_cassette *made = make_cassette(arena, name, redactor);
    bool is_bare = en_is(value, EN_ARRAY);
    made->match = match;
    if (!is_bare && !check_head(value, error)) {
        return false;
    }
    en_value list = is_bare ? value : en_collection_find(value, EN_TEXT("exchanges"));
    if (!read_exchanges(made, list, error)) {
        if (!is_bare) {
            en_error_prefix_path(error, EN_TEXT("exchanges"));
        }
        return false;
    }
    *cassette = made;
    return true;
}

bool en_cassette_open(en_arena *arena, const char *path, en_cassette_match match,
                      en_redactor *redactor, en_cassette **cassette, en_error *error)
{
    en_document *document;
    if (!en_document_read_file(arena, path, 0, &document, error)) {
        return false;
    }
    if (!en_cassette_read(arena, en_text_from(path), en_document_root(document), match, redactor,
                          cassette, error)) {
        snprintf(error->file, sizeof error->file, "%s", path);
        if (!en_document_place(document, en_text_from(error->path), &error->line, &error->column)) {
            error->line = 0;
        }
        return false;
    }
    (*cassette)->document = document;
    return true;
}

/* --- playing --- */

/* "exchange 2 of 5 (line 31)" */
static en_text place_of(const en_cassette *cassette, en_arena *arena, size_t at)
{
    unsigned line = 0;
    unsigned column = 0;
    bool is_bare =
        cassette->document != NULL && en_is(en_document_root(cassette->document), EN_ARRAY);
    en_text path = en_text_format(arena, "%s[%zu]", is_bare ? "" : "exchanges", at);
    en_text place = en_text_format(arena, "exchange %zu of %zu", at + 1, cassette->count);
    bool found =
        cassette->document != NULL && en_document_place(cassette->document, path, &line, &column);
    return found ? en_text_format(arena, "%.*s (line %u)", EN_TEXT_ARG(place), line) : place;
}

/* What else there is: an exchange that fits but is not its turn, else the nearest by name. */
static void hint_other(en_cassette *cassette, en_arena *arena, const en_asked *asked,
                       en_error *error)
{
    en_text names[MOST_NEAREST];
    size_t places[MOST_NEAREST];
    size_t count = 0;
    for (size_t i = 0; i < cassette->count; i++) {
        const en_asked *taped = &cassette->exchanges[i].asked;
        en_text why;
        if (en_asked_fits(arena, cassette->redactor, EN_CASSETTE_LOOSE, taped, asked, &why)) {
            en_text place = place_of(cassette, arena, i);
            en_error_hint(error, "%.*s fits; --cassette-match loose plays in any order",
                          EN_TEXT_ARG(place));
            return;
        }
        bool is_next = cassette->match == EN_CASSETTE_STRICT && i == cassette->next;
        if (count < MOST_NEAREST && cassette->exchanges[i].played == 0 && !is_next) {
            names[count] = en_text_format(arena, "%.*s %.*s", EN_TEXT_ARG(taped->method),
                                          EN_TEXT_ARG(taped->url));
            places[count++] = i;
        }
    }
    en_text name =
        en_text_format(arena, "%.*s %.*s", EN_TEXT_ARG(asked->method), EN_TEXT_ARG(asked->url));
    size_t nearest = en_text_nearest(name, names, count);
    if (nearest != SIZE_MAX && !en_text_equal(names[nearest], name)) {
        en_text place = place_of(cassette, arena, places[nearest]);
        en_error_hint(error, "the nearest is %.*s, %.*s", EN_TEXT_ARG(place),
                      EN_TEXT_ARG(names[nearest]));
    } else {
        en_error_hint(error, "if the scenario is right, record the cassette anew with --record");
    }
}

static bool say_missing(en_cassette *cassette, en_arena *arena, const en_asked *asked, en_text why,
                        en_error *error)
{
    if (cassette->match == EN_CASSETTE_LOOSE) {
        en_error_set(error, EN_CassetteError,
                     "the cassette %.*s has no exchange for %.*s %.*s%s%.*s",
                     EN_TEXT_ARG(cassette->name), EN_TEXT_ARG(asked->method),
                     EN_TEXT_ARG(asked->url), why.length != 0 ? ": " : "", EN_TEXT_ARG(why));
    } else if (cassette->next == cassette->count) {
        en_error_set(error, EN_CassetteError,
                     "%.*s %.*s was asked for, but all exchanges of the cassette %.*s (%zu) have "
                     "been played",
                     EN_TEXT_ARG(asked->method), EN_TEXT_ARG(asked->url),
                     EN_TEXT_ARG(cassette->name), cassette->count);
    } else {
        const en_asked *next = &cassette->exchanges[cassette->next].asked;
        en_text place = place_of(cassette, arena, cassette->next);
        en_error_set(error, EN_CassetteError,
                     "%.*s %.*s is not what comes next in the cassette %.*s: %.*s is %.*s %.*s "
                     "(%.*s)",
                     EN_TEXT_ARG(asked->method), EN_TEXT_ARG(asked->url),
                     EN_TEXT_ARG(cassette->name), EN_TEXT_ARG(place), EN_TEXT_ARG(next->method),
                     EN_TEXT_ARG(next->url), EN_TEXT_ARG(why));
    }
    hint_other(cassette, arena, asked, error);
    return false;
}

static en_taped *find_strict(en_cassette *cassette, en_arena *arena, const en_asked *asked,
                             en_text *why)
{
    if (cassette->next == cassette->count) {
        return NULL;
    }
    en_taped *taped = &cassette->exchanges[cassette->next];
    if (!en_asked_fits(arena, cassette->redactor, EN_CASSETTE_STRICT, &taped->asked, asked, why)) {
        return NULL;
    }
    cassette->next++;
    return taped;
}

/* The first that was not played; when all that fit have been, the last of them. */
static en_taped *find_loose(en_cassette *cassette, en_arena *arena, const en_asked *asked,
                            en_text *why)
{
    en_taped *last = NULL;
    en_text reason;
    for (size_t i = 0; i < cassette->count; i++) {
        en_taped *taped = &cassette->exchanges[i];
        if (en_asked_fits(arena, cassette->redactor, EN_CASSETTE_LOOSE, &taped->asked, asked,
                          &reason)) {
            last = taped;
            if (taped->played == 0) {
                return taped;
            }
        } else if (en_text_equal(taped->asked.url, asked->url)) {
            *why = reason;
        }
    }
    return last;
}

static en_taped *find_exchange(en_cassette *cassette, const en_http_request *request,
                               en_error *error)
{
    en_arena arena;
    en_asked asked;
    en_text why = EN_TEXT("");
    en_arena_init(&arena, NULL);
    pthread_mutex_lock(&cassette->lock);
    en_asked_make(cassette->redactor, &arena, request, &asked);
    en_taped *found = cassette->match == EN_CASSETTE_LOOSE
                          ? find_loose(cassette, &arena, &asked, &why)
                          : find_strict(cassette, &arena, &asked, &why);
    if (found != NULL) {
        found->played++;
        cassette->played++;
    } else {
        cassette->missed = true;
        (void)say_missing(cassette, &arena, &asked, why, error);
    }
    pthread_mutex_unlock(&cassette->lock);
    en_arena_done(&arena);
    return found;
}

static bool give_failure(const en_failure *failure, en_error *error)
{
    en_error_set(error, failure->type, "%.*s", EN_TEXT_ARG(failure->message));
    if (error != NULL) {
        error->status_code = failure->status_code;
        error->retryable = failure->retryable;
        if (failure->path.length != 0) {
            en_error_prefix_path(error, failure->path);
        }
    }
    return false;
}

/* A copy: the run's memory is counted, and may outlive the cassette. */
static bool give_reply(const en_taped *taped, const en_http_request *request, en_arena *arena,
                       en_http_response *response, en_error *error)
{
    const en_http_response *reply = &taped->reply;
    en_http_header *headers = EN_TRY_ARRAY(arena, en_http_header, reply->header_count + 1);
    char *body = EN_TRY_ARRAY(arena, char, reply->body.length + 1);
    if (headers == NULL || body == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError,
                            "the reply needs more memory than the run may use");
    }
    for (size_t i = 0; i < reply->header_count; i++) {
        headers[i] = (en_http_header){ en_text_copy(arena, reply->headers[i].name),
                                       en_text_copy(arena, reply->headers[i].value) };
    }
    for (size_t i = 0; i < reply->body.length; i++) {
        body[i] = reply->body.data[i];
    }
    *response = (en_http_response){ .status = reply->status,
                                    .headers = headers,
                                    .header_count = reply->header_count,
                                    .body = { body, reply->body.length },
                                    .url = en_text_copy(
                                        arena, reply->url.length != 0 ? reply->url : request->url),
                                    .duration_ms = taped->duration_ms };
    return true;
}

static bool answer(en_cassette *cassette, const en_cassette_asker *asker, en_http_client *client,
                   en_clock *clock, const en_http_request *request, en_arena *arena,
                   en_http_response *response, en_error *error)
{
    if (cassette->records) {
        return record(cassette, asker, client, clock, request, arena, response, error);
    }
    const en_taped *taped = find_exchange(cassette, request, error);
    if (taped == NULL) {
        return false;
    }
    en_clock_pass_ms(clock, taped->duration_ms);
    return taped->failure.type != EN_NO_ERROR ? give_failure(&taped->failure, error)
                                              : give_reply(taped, request, arena, response, error);
}

bool en_cassette_perform(en_cassette *cassette, const en_cassette_asker *asker,
                         en_http_client *client, en_clock *clock, const en_http_request *request,
                         en_arena *arena, en_http_response *response, en_error *error)
{
    en_taped taped = { .asker = *asker, .at_ms = en_clock_now_ms(clock) };
    bool done = answer(cassette, asker, client, clock, request, arena, response, error);
    if (cassette->copy != NULL && (done || error != NULL)) {
        taped.duration_ms = done ? response->duration_ms : 0;
        write_exchange(cassette->copy, request, response, done ? NULL : error, &taped);
    }
    return done;
}

void en_cassette_copy_to(en_cassette *cassette, en_cassette *copy)
{
    cassette->copy = copy;
}

/* --- what is left --- */

en_cassette_count en_cassette_counts(en_cassette *cassette)
{
    en_cassette_count count = { .exchanges = cassette->count };
    pthread_mutex_lock(&cassette->lock);
    count.played = cassette->played;
    for (size_t i = 0; i < cassette->count; i++) {
        count.unused += cassette->exchanges[i].played == 0;
    }
    if (cassette->records) {
        count.exchanges = cassette->written;
    }
    pthread_mutex_unlock(&cassette->lock);
    return count;
}

en_text en_cassette_unused(en_cassette *cassette, en_arena *arena)
{
    uint64_t unused = en_cassette_counts(cassette).unused;
    size_t first = 0;
    while (first < cassette->count && cassette->exchanges[first].played != 0) {
        first++;
    }
    if (unused == 0 || cassette->missed) { /* what was missing has been said */
        return EN_TEXT("");
    }
    const en_asked *asked = &cassette->exchanges[first].asked;
    en_text place = place_of(cassette, arena, first);
    return en_text_format(
        arena, "nobody asked for %llu %s of the cassette %.*s; the first is %.*s, %.*s %.*s",
        (unsigned long long)unused, unused == 1 ? "exchange" : "exchanges",
        EN_TEXT_ARG(cassette->name), EN_TEXT_ARG(place), EN_TEXT_ARG(asked->method),
        EN_TEXT_ARG(asked->url));
}

#include "flow/events.h"

#include "flow/events_csv.h"

#include <stdio.h>

struct en_event_queue {
    en_event_source source;
    en_json_stream *stream; /* JSON */
    en_event_rows *rows;    /* CSV */
};

en_event_queue *en_events_open(en_arena *arena, const en_event_source *source)
{
    en_event_queue *queue = EN_NEW(arena, en_event_queue);
    queue->source = *source;
    if (source->is_csv) {
        queue->rows = en_event_rows_open(arena, &queue->source);
    } else {
        queue->stream =
            en_json_stream_open(arena, source->refill, source->context, EN_JSON_DETECT, 0);
    }
    return queue;
}

bool en_event_pairs(en_arena *arena, const char *what, en_value value, en_value *pairs,
                    en_error *error)
{
    *pairs = value;
    if (en_is_missing(value) || en_is(value, EN_COLLECTION)) {
        return true;
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    for (uint32_t i = 0; en_is(value, EN_ARRAY) && i < value.length; i++) {
        en_value item = value.as.items[i];
        en_value name = en_collection_find(item, EN_TEXT("name"));
        name = en_is_missing(name) ? en_collection_find(item, EN_TEXT("key")) : name;
        if (!en_is(name, EN_TEXT_VALUE)) {
            return en_error_set(error, EN_BundleValidationError,
                                "\"%s\" is a list of {name, value}", what);
        }
        en_collection_builder_add(&object, en_value_text(name),
                                  en_collection_find(item, EN_TEXT("value")));
    }
    *pairs = en_collection_builder_take(&object);
    return en_is(value, EN_ARRAY) ||
           en_error_set(error, EN_BundleValidationError, "\"%s\" is a collection, not %s", what,
                        en_tag_name((en_tag)value.tag));
}

static bool read_request(en_arena *arena, en_value record, en_event *event, en_error *error)
{
    static const char *const parts[] = { "method", "headers", "query" };
    en_collection_builder request;
    en_collection_builder_init(&request, arena);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        en_value part = en_collection_find(record, en_text_from(parts[i]));
        if (i > 0 && !en_event_pairs(arena, parts[i], part, &part, error)) {
            return false;
        }
        if (!en_is_missing(part)) {
            en_collection_builder_add(&request, en_text_from(parts[i]), part);
        }
    }
    event->request = request.count != 0 ? en_collection_builder_take(&request) : en_null();
    return true;
}

static bool read_time(const en_zone *zone, en_value at, en_event *event, en_error *error)
{
    event->has_time = !en_is_missing(at);
    if (event->has_time && !en_is(at, EN_TEXT_VALUE)) {
        return en_error_set(error, EN_BundleValidationError, "\"at\" is a date, not %s",
                            en_tag_name((en_tag)at.tag));
    }
    if (event->has_time && !en_date_read_moment(en_value_text(at), zone, &event->at_ms)) {
        en_error_set(error, EN_BundleValidationError, "at: '%.*s' is no date",
                     EN_TEXT_ARG(en_value_text(at)));
        en_error_hint(error, "write it as 2026-01-31T09:00:00Z");
        return false;
    }
    return true;
}

static bool has_any(en_value record)
{
    static const char *const known[] = { "data", "input", "headers", "method", "query", "at" };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (en_collection_has(record, en_text_from(known[i]))) {
            return true;
        }
    }
    return false;
}

bool en_event_read(en_arena *arena, en_value record, const en_zone *zone, en_event *event,
                   en_error *error)
{
    bool has_data = en_collection_has(record, EN_TEXT("data"));
    bool has_input = en_collection_has(record, EN_TEXT("input"));
    *event = (en_event){ .payload = en_null(),
                         .request = en_null(),
                         .http = en_collection_find(record, EN_TEXT("http")),
                         .expect = en_collection_find(record, EN_TEXT("expect")) };
    if (!has_any(record) || (has_data && has_input)) {
        return en_error_set(error, EN_BundleValidationError,
                            "an event is {\"data\" or \"input\", \"headers\"?, \"method\"?, "
                            "\"query\"?, \"at\"?}");
    }
    en_value payload = en_collection_find(record, has_data ? EN_TEXT("data") : EN_TEXT("input"));
    event->payload = en_is_missing(payload) ? en_null() : payload;
    return read_request(arena, record, event, error) &&
           read_time(zone, en_collection_find(record, EN_TEXT("at")), event, error);
}

static bool next_record(en_event_queue *queue, en_arena *arena, en_value *record, unsigned *line,
                        bool *found, en_error *error)
{
    if (queue->rows != NULL) {
        return en_event_rows_next(queue->rows, arena, record, line, found, error);
    }
    bool done = en_json_stream_next(queue->stream, arena, record, found, error);
    *line = en_json_stream_line(queue->stream);
    *found = done ? *found : error->type == EN_SyntaxError;
    return done;
}

bool en_events_next(en_event_queue *queue, en_arena *arena, en_event *event, bool *found,
                    en_error *error)
{
    en_value record = en_null();
    unsigned line = 0;
    *event = (en_event){ .payload = en_null(), .request = en_null() };
    bool done = next_record(queue, arena, &record, &line, found, error);
    if (done && *found) {
        done = en_event_read(arena, record, queue->source.zone, event, error);
    }
    event->line = line;
    if (!done && error->file[0] == '\0') {
        snprintf(error->file, sizeof error->file, "%s", queue->source.name);
        error->line = error->line != 0 ? error->line : line;
        error->column = error->column != 0 ? error->column : 1;
    }
    return done;
}

bool en_events_visit(en_event_queue *queue, const en_event_visitor *visitor, en_error *error)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    bool found = true;
    bool goes_on = true;
    while (found && goes_on) {
        en_event event;
        en_error problem;
        en_error_clear(&problem);
        bool read = en_events_next(queue, &arena, &event, &found, &problem);
        if (!read && !found) {
            *error = problem;
            goes_on = false;
        } else if (!read && visitor->unread != NULL) {
            visitor->unread(visitor->owner, &problem);
        } else if (read && found) {
            goes_on = visitor->event(visitor->owner, &event, &arena, error);
        }
        en_arena_reset(&arena);
    }
    en_arena_done(&arena);
    return goes_on;
}

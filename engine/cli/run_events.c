#include "cli/run_events.h"

#include "cli/input.h"

#include <string.h>

bool en_events_open(en_context *context, const char *path, const en_zone *zone,
                    en_event_queue *queue, en_error *error)
{
    *queue = (en_event_queue){ .path = strcmp(path, "-") == 0 ? "stdin" : path, .zone = zone };
    queue->stream = en_input_stream(context, path, EN_JSON_DETECT, 0, error);
    return queue->stream != NULL;
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

static bool read_time(const en_event_queue *queue, en_value at, en_event *event, en_error *error)
{
    event->has_time = !en_is_missing(at);
    if (event->has_time && !en_is(at, EN_TEXT_VALUE)) {
        return en_error_set(error, EN_BundleValidationError, "\"at\" is a date, not %s",
                            en_tag_name((en_tag)at.tag));
    }
    return !event->has_time ||
           en_input_moment("at", en_value_text(at), queue->zone, &event->at_ms, error);
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

static bool read_event(const en_event_queue *queue, en_arena *arena, en_value record,
                       en_event *event, en_error *error)
{
    bool has_data = en_collection_has(record, EN_TEXT("data"));
    bool has_input = en_collection_has(record, EN_TEXT("input"));
    if (!has_any(record) || (has_data && has_input)) {
        return en_error_set(error, EN_BundleValidationError,
                            "an event is {\"data\" or \"input\", \"headers\"?, \"method\"?, "
                            "\"query\"?, \"at\"?}");
    }
    en_value payload = en_collection_find(record, has_data ? EN_TEXT("data") : EN_TEXT("input"));
    event->payload = en_is_missing(payload) ? en_null() : payload;
    return read_request(arena, record, event, error) &&
           read_time(queue, en_collection_find(record, EN_TEXT("at")), event, error);
}

bool en_events_next(en_event_queue *queue, en_arena *arena, en_event *event, bool *found,
                    en_error *error)
{
    en_value record = en_null();
    *event = (en_event){ .payload = en_null(), .request = en_null() };
    bool done = en_json_stream_next(queue->stream, arena, &record, found, error);
    event->line = en_json_stream_line(queue->stream);
    if (!done) {
        *found = error->type == EN_SyntaxError;
    } else if (*found) {
        done = read_event(queue, arena, record, event, error);
    }
    if (!done && error->file[0] == '\0') {
        snprintf(error->file, sizeof error->file, "%s", queue->path);
        error->line = error->line != 0 ? error->line : event->line;
        error->column = error->column != 0 ? error->column : 1;
    }
    return done;
}

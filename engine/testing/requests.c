#include "testing/requests.h"

#include "value/json.h"

static void add(en_collection_builder *object, const char *name, en_text text)
{
    en_collection_builder_add(object, en_text_from(name),
                              en_text_value(en_text_copy(object->arena, text)));
}

static en_value headers_value(en_arena *arena, const en_http_request *request)
{
    en_collection_builder headers;
    en_collection_builder_init(&headers, arena);
    for (size_t i = 0; i < request->header_count; i++) {
        en_collection_builder_add(&headers, en_text_copy(arena, request->headers[i].name),
                                  en_text_value(en_text_copy(arena, request->headers[i].value)));
    }
    return en_collection_builder_take(&headers);
}

static en_value parts_value(en_arena *arena, const en_http_request *request)
{
    en_array_builder parts;
    en_array_builder_init(&parts, arena);
    for (size_t i = 0; i < request->part_count; i++) {
        const en_http_part *part = &request->parts[i];
        en_collection_builder object;
        en_collection_builder_init(&object, arena);
        add(&object, "name", part->name);
        add(&object, "content", part->content);
        if (part->file_name.length != 0) {
            add(&object, "fileName", part->file_name);
        }
        if (part->content_type.length != 0) {
            add(&object, "contentType", part->content_type);
        }
        en_array_builder_add(&parts, en_collection_builder_take(&object));
    }
    return en_array_builder_take(&parts);
}

static void keep_request(en_observer *observer, const en_step *step, const en_http_request *request)
{
    en_request_log *log = (en_request_log *)observer;
    en_arena *arena = log->requests.arena;
    en_collection_builder object;
    en_value json;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("step"), en_integer(step->id));
    add(&object, "method", request->method);
    add(&object, "url", request->url);
    en_collection_builder_add(&object, EN_TEXT("headers"), headers_value(arena, request));
    if (request->has_body) {
        add(&object, "body", request->body);
    }
    if (request->has_body && en_json_read(arena, request->body, 0, EN_JSON_DEPTH, &json, NULL)) {
        en_collection_builder_add(&object, EN_TEXT("json"), json);
    }
    if (request->part_count != 0) {
        en_collection_builder_add(&object, EN_TEXT("parts"), parts_value(arena, request));
    }
    en_array_builder_add(&log->requests, en_collection_builder_take(&object));
}

void en_request_log_init(en_request_log *log, en_arena *arena)
{
    *log = (en_request_log){ .observer = { .request = keep_request } };
    en_array_builder_init(&log->requests, arena);
}

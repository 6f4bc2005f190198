/* webhook - the trigger of a scenario and its answer. Sources: toolkit-dialect.md 2.1, Q20,
 * Q24-Q27. */
#include "module/module.h"

enum { HOOK_NAME, HOOK_STRUCTURE, HOOK_RAW };
static const en_param hook_takes[] = {
    [HOOK_NAME] = { "name", EN_T_TEXT, EN_LITERAL, .doc = "Name of the endpoint." },
    [HOOK_STRUCTURE] = { "dataStructure", EN_T_COLLECTION, EN_LITERAL,
                         .doc = "The payload expected; another one is refused with 400." },
    [HOOK_RAW] = { "rawBody", EN_T_BOOLEAN, EN_LITERAL, .fallback = "false",
                   .doc = "Give the body as text in `body`." },
    { 0 },
};
static const en_param hook_gives[] = {
    { "body", EN_T_TEXT, 0, .doc = "With rawBody: the body. Else the fields of the payload." },
    { 0 },
};

static bool hook_run(en_call *call)
{
    en_value payload = en_call_payload(call);
    if (!en_call_boolean(call, HOOK_RAW)) {
        if (en_is_missing(payload)) {
            en_collection_builder empty;
            en_collection_builder_init(&empty, en_call_arena(call));
            payload = en_collection_builder_take(&empty);
        }
        return en_call_emit(call, payload);
    }
    if (payload.tag != EN_TEXT_VALUE && payload.tag != EN_BUFFER) {
        payload = en_text_value(en_json_text(en_call_arena(call), payload, 0));
    }
    en_collection_builder bundle;
    en_collection_builder_init(&bundle, en_call_arena(call));
    en_collection_builder_add(&bundle, EN_TEXT("body"), payload);
    return en_call_emit(call, en_collection_builder_take(&bundle));
}

enum { RESPOND_BODY, RESPOND_STATUS, RESPOND_HEADERS };
static const en_param respond_takes[] = {
    [RESPOND_BODY] = { "body", EN_T_ANY, EN_REQUIRED | EN_MAY_BE_EMPTY,
                       .doc = "Text is sent as it is, anything else as JSON." },
    [RESPOND_STATUS] = { "status", EN_T_COUNT, 0, .fallback = "200", .least = 100, .most = 599,
                         .doc = "HTTP status." },
    [RESPOND_HEADERS] = { "headers", EN_T_ARRAY | EN_T_COLLECTION | EN_T_NULL, 0,
                          .doc = "[{key, value}], [{name, value}] or {name: value}." },
    { 0 },
};
static const en_param respond_gives[] = {
    { "status", EN_T_COUNT, 0, .doc = "As answered." },
    { "body", EN_T_ANY, 0, .doc = "As answered." },
    { 0 },
};

static void add_header(en_array_builder *list, en_arena *arena, en_text name, en_value value)
{
    en_collection_builder header;
    en_collection_builder_init(&header, arena);
    en_collection_builder_add(&header, EN_TEXT("name"), en_text_value(name));
    en_collection_builder_add(&header, EN_TEXT("value"),
                              en_text_value(en_value_as_text(arena, value, EN_TEXT(", "))));
    en_array_builder_add(list, en_collection_builder_take(&header));
}

/* All three spellings of headers as [{name, value}]. */
static bool read_headers(en_call *call, en_value *headers)
{
    en_arena *arena = en_call_arena(call);
    en_value given = en_call_value(call, RESPOND_HEADERS);
    en_array_builder list;
    en_array_builder_init(&list, arena);
    for (uint32_t i = 0; i < en_collection_count(given); i++) {
        const en_member *member = &en_collection_members(given)[i];
        add_header(&list, arena, member->name, member->value);
    }
    for (uint32_t i = 0; given.tag == EN_ARRAY && i < given.length; i++) {
        en_value header = given.as.items[i];
        en_value name = en_collection_find(header, EN_TEXT("name"));
        if (en_is_missing(name)) {
            name = en_collection_find(header, EN_TEXT("key"));
        }
        if (name.tag != EN_TEXT_VALUE || name.length == 0) {
            en_error *error = en_call_error(call);
            en_error_set(error, EN_BundleValidationError,
                         "expected a header {\"key\": …, \"value\": …} but got %s",
                         en_tag_name((en_tag)header.tag));
            en_error_prefix_index(error, i);
            en_error_prefix_path(error, EN_TEXT("headers"));
            return false;
        }
        add_header(&list, arena, en_value_text(name), en_collection_find(header, EN_TEXT("value")));
    }
    *headers = en_array_builder_take(&list);
    return true;
}

static bool respond_run(en_call *call)
{
    en_value headers;
    en_value body = en_call_value(call, RESPOND_BODY);
    if (!read_headers(call, &headers) ||
        !en_call_respond(call, (int)en_call_count(call, RESPOND_STATUS), headers, body)) {
        return false;
    }
    if (en_call_is_first(call)) { /* Q27: later steps read it as if it were the trigger */
        return en_call_emit(call, en_call_payload(call));
    }
    en_collection_builder bundle;
    en_collection_builder_init(&bundle, en_call_arena(call));
    en_collection_builder_add(&bundle, EN_TEXT("status"), en_call_value(call, RESPOND_STATUS));
    en_collection_builder_add(&bundle, EN_TEXT("body"), body);
    return en_call_emit(call, en_collection_builder_take(&bundle));
}

static const en_module modules[] = {
    { .name = "customWebhook",
      .aliases = EN_ALIASES("http.webhook"),
      .version = 1,
      .kind = EN_KIND_TRIGGER,
      .takes = hook_takes,
      .gives = hook_gives,
      .run = hook_run,
      .doc = "Starts the scenario with the payload of a request." },
    { .name = "respond",
      .aliases = EN_ALIASES("http.webhookResponse"),
      .version = 1,
      .flags = EN_OUTSIDE | EN_ANSWERS,
      .takes = respond_takes,
      .gives = respond_gives,
      .run = respond_run,
      .doc = "Answers the request that started the scenario." },
    { 0 },
};

const en_family en_family_webhook = {
    .name = "webhook",
    .modules = modules,
    .doc = "Requests that start a scenario, and their answers.",
};

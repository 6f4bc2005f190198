#include "scenario/emit.h"

enum { DEFAULT_RETRIES = 3, DEFAULT_INTERVAL_S = 60, MOST_RETRIES = 10000 };
static const double longest_interval_s = 365.0 * 24 * 3600;

typedef enum handler_type { TYPE_RETRY, TYPE_FALLBACK, TYPE_DIRECTIVE } handler_type;

static const struct {
    const char *name;
    handler_type type;
    en_directive directive;
} types[] = {
    { "retry", TYPE_RETRY, EN_DIRECTIVE_NONE },
    { "fallback", TYPE_FALLBACK, EN_DIRECTIVE_RESUME },
    { "resume", TYPE_DIRECTIVE, EN_DIRECTIVE_RESUME },
    { "ignore", TYPE_DIRECTIVE, EN_DIRECTIVE_IGNORE },
    { "break", TYPE_DIRECTIVE, EN_DIRECTIVE_BREAK },
    { "commit", TYPE_DIRECTIVE, EN_DIRECTIVE_COMMIT },
    { "rollback", TYPE_DIRECTIVE, EN_DIRECTIVE_ROLLBACK },
};
enum { TYPE_COUNT = sizeof types / sizeof *types };

static en_problem *complain(en_loader *loader, const en_handler *handler, en_text name,
                            const char *expected, en_value got)
{
    en_text path = en_path_join(loader->scratch, handler->path, name);
    bool is_scalar = got.tag == EN_NUMBER || got.tag == EN_TEXT_VALUE || got.tag == EN_BOOLEAN;
    en_text shown = is_scalar ? en_json_text(loader->scratch, got, 0)
                              : en_text_from(en_is_missing(got) ? "none" : en_tag_name(got.tag));
    return en_loader_problem(loader, handler->where, EN_SEVERITY_ERROR, path,
                             "expected %s but got %.*s", expected, EN_TEXT_ARG(shown));
}

/* A number from 0 to `most`, or `fallback` when there is none. */
static double read_number(en_loader *loader, const en_handler *handler, const char *name,
                          double most, double fallback)
{
    en_value value = en_collection_find(handler->value, en_text_from(name));
    if (en_is_missing(value)) {
        return fallback;
    }
    en_value number;
    en_error ignored;
    en_error_clear(&ignored);
    if (!en_coerce(loader->scratch, EN_T_NUMBER, value, NULL, &number, &ignored) ||
        !(en_value_number(number) >= 0 && en_value_number(number) <= most)) {
        en_text limit = en_value_as_text(loader->scratch, en_number(most), EN_TEXT(""));
        en_text expected =
            en_text_format(loader->scratch, "a number from 0 to %.*s", EN_TEXT_ARG(limit));
        complain(loader, handler, en_text_from(name), en_text_terminate(loader->scratch, expected),
                 value);
        return fallback;
    }
    return en_value_number(number);
}

static bool read_doubling(en_loader *loader, const en_handler *handler)
{
    en_value value = en_collection_find(handler->value, EN_TEXT("backoff"));
    if (value.tag == EN_BOOLEAN) {
        return value.as.boolean;
    }
    en_text text = en_value_text(value);
    bool doubles =
        en_text_equal(text, EN_TEXT("exponential")) || en_text_equal(text, EN_TEXT("true"));
    if (!en_is_missing(value) && !doubles && !en_text_equal(text, EN_TEXT("false")) &&
        !en_text_equal(text, EN_TEXT("fixed")) && !en_text_equal(text, EN_TEXT("linear"))) {
        complain(loader, handler, EN_TEXT("backoff"), "true, false or \"exponential\"", value);
    }
    return doubles;
}

/* `attempts` counts all tries, `maxRetries` the further ones. */
static void read_retry(en_loader *loader, en_handler *handler, bool by_default)
{
    bool has_attempts = en_collection_has(handler->value, EN_TEXT("attempts"));
    double most = has_attempts
                      ? read_number(loader, handler, "attempts", MOST_RETRIES, DEFAULT_RETRIES) - 1
                      : read_number(loader, handler, "maxRetries", MOST_RETRIES,
                                    by_default ? DEFAULT_RETRIES : 0);
    double interval_s =
        read_number(loader, handler, "interval", longest_interval_s, DEFAULT_INTERVAL_S);
    handler->retry = (en_retry){ .most = most > 0 ? (uint32_t)most : 0,
                                 .interval_ms = (int64_t)(interval_s * 1000),
                                 .doubles = read_doubling(loader, handler) };
    if (handler->retry.most == 0) {
        handler->retry = (en_retry){ 0 };
    }
}

static void read_fallback(en_loader *loader, en_handler *handler)
{
    handler->fallback = en_collection_find(handler->value, EN_TEXT("fallback"));
    if (en_is_missing(handler->fallback)) {
        return;
    }
    en_value name = en_collection_find(handler->fallback, EN_TEXT("module"));
    if (handler->fallback.tag != EN_COLLECTION || name.tag != EN_TEXT_VALUE) {
        complain(loader, handler, EN_TEXT("fallback"), "a module with parameters",
                 handler->fallback);
        handler->fallback = en_null();
        return;
    }
    handler->name = en_value_text(name);
    handler->module = en_module_find(handler->name, NULL);
    handler->directive = EN_DIRECTIVE_RESUME;
    bool is_call = handler->module == NULL || handler->module->kind == EN_KIND_CALL;
    if (!is_call) {
        complain(loader, handler, EN_TEXT("fallback.module"), "a module that is called once", name);
    }
}

static void read_type(en_loader *loader, en_handler *handler)
{
    en_value value = en_collection_find(handler->value, EN_TEXT("type"));
    if (en_is_missing(value)) {
        read_retry(loader, handler, true);
        return;
    }
    en_text names[TYPE_COUNT];
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        names[i] = en_text_from(types[i].name);
        if (en_text_equal(en_value_text(value), names[i])) {
            handler->directive = types[i].directive;
            read_retry(loader, handler, types[i].type == TYPE_RETRY);
            return;
        }
    }
    en_problem *problem =
        complain(loader, handler, EN_TEXT("type"),
                 "retry, fallback, resume, ignore, break, commit or rollback", value);
    en_text nearest = en_loader_nearest(loader, en_value_text(value), names, TYPE_COUNT);
    if (nearest.length != 0) {
        en_loader_hint(loader, problem, "did you mean \"%.*s\"?", EN_TEXT_ARG(nearest));
    }
}

static en_handler *make(en_loader *loader, en_entry *where, en_text path, en_value value)
{
    en_handler *handler = EN_NEW(loader->scratch, en_handler);
    *handler = (en_handler){ .where = where, .path = path, .value = value, .fallback = en_null() };
    if (value.tag != EN_COLLECTION) {
        complain(loader, handler, EN_TEXT(""), "a collection", value);
        return NULL;
    }
    return handler;
}

static void read_own(en_loader *loader, en_entry *entry)
{
    en_value value = en_collection_find(entry->value, EN_TEXT("errorHandler"));
    if (!en_is_missing(value)) {
        entry->handler = make(loader, entry, EN_TEXT("errorHandler"), value);
        if (entry->handler != NULL) {
            read_type(loader, entry->handler);
            read_fallback(loader, entry->handler);
        }
        return;
    }
    value = en_collection_find(entry->value, EN_TEXT("retry"));
    if (!en_is_missing(value)) {
        entry->handler = make(loader, entry, EN_TEXT("retry"), value);
        if (entry->handler != NULL) {
            read_retry(loader, entry->handler, true);
        }
    }
}

static void read_apart(en_loader *loader, en_text path, en_value value)
{
    int64_t id;
    en_value id_value = en_collection_find(value, EN_TEXT("moduleId"));
    en_entry *entry = en_read_id(id_value, &id) ? en_entry_find(loader, id) : NULL;
    if (entry == NULL) {
        en_text shown = en_value_as_text(loader->scratch, id_value, EN_TEXT(", "));
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR,
                          en_path_join(loader->scratch, path, EN_TEXT("moduleId")),
                          shown.length != 0 ? "there is no step %.*s" : "expected the id of a step",
                          EN_TEXT_ARG(shown));
        return;
    }
    if (entry->handler != NULL) {
        return; /* the module's own wins */
    }
    en_entry *where = EN_NEW(loader->scratch, en_entry);
    *where = *entry;
    where->path = EN_TEXT("");
    entry->handler = make(loader, where, path, value);
    if (entry->handler != NULL) {
        read_type(loader, entry->handler);
        read_fallback(loader, entry->handler);
    }
}

void en_handlers_read(en_loader *loader)
{
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        en_entry *entry = &loader->entries[i];
        read_own(loader, entry);
        if (en_collection_has(entry->value, EN_TEXT("error_handler"))) {
            en_problem *problem =
                en_loader_problem(loader, entry, EN_SEVERITY_WARNING, EN_TEXT("error_handler"),
                                  "error_handler is ignored");
            en_loader_hint(loader, problem, "use errorHandler");
        }
    }
    en_value list = en_collection_find(loader->root, EN_TEXT("errorHandlers"));
    if (!loader->is_object || en_is_missing(list)) {
        return;
    }
    if (list.tag != EN_ARRAY) {
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, EN_TEXT("errorHandlers"),
                          "expected a list but got %s", en_tag_name(list.tag));
        return;
    }
    for (uint32_t i = 0; i < list.length; i++) {
        read_apart(loader, en_path_index(loader->scratch, EN_TEXT("errorHandlers"), i),
                   list.as.items[i]);
    }
}

uint32_t en_handler_steps(const en_handler *handler)
{
    if (handler == NULL || handler->directive == EN_DIRECTIVE_NONE) {
        return 0;
    }
    return en_is_missing(handler->fallback) ? 1 : 2;
}

/* --- steps of error routes --- */

static en_step *start_step(en_emitter *emit, const en_handler *handler, uint32_t number)
{
    en_step *step = &emit->steps[number];
    *step = (en_step){ .id = EN_NO_STEP,
                       .slot = EN_NO_INDEX,
                       .aggregator = EN_NO_INDEX,
                       .list_slot = EN_NO_INDEX,
                       .resume_slot = EN_NO_INDEX,
                       .loop_start = EN_NO_INDEX,
                       .loop_end = EN_NO_INDEX,
                       .handler_start = EN_NO_INDEX,
                       .handler_end = EN_NO_INDEX,
                       .line = handler->where->line,
                       .column = handler->where->column };
    return step;
}

static void emit_fallback(en_emitter *emit, const en_handler *handler, uint32_t number)
{
    en_step *step = start_step(emit, handler, number);
    step->kind = EN_STEP_CALL;
    step->slot = emit->plan->slot_count++;
    step->module_name = step->label = handler->name;
    en_value parameters = en_collection_find(handler->fallback, EN_TEXT("parameters"));
    en_value mapper = en_collection_find(handler->fallback, EN_TEXT("mapper"));
    en_use text = {
        .where = handler->where,
        .path = en_path_join(emit->loader->scratch, handler->path, EN_TEXT("fallback")),
        .module = handler->module,
        .module_name = handler->name,
        .parameters = parameters,
        .mapper = mapper,
    };
    en_arguments_fill(emit->names, &text, step);
}

static const char *const directive_names[] = {
    [EN_DIRECTIVE_NONE] = "",         [EN_DIRECTIVE_RESUME] = "resume",
    [EN_DIRECTIVE_IGNORE] = "ignore", [EN_DIRECTIVE_BREAK] = "break",
    [EN_DIRECTIVE_COMMIT] = "commit", [EN_DIRECTIVE_ROLLBACK] = "rollback",
    [EN_DIRECTIVE_NEXT] = "next",
};

void en_emit_handler(en_emitter *emit, const en_handler *handler, uint32_t number)
{
    uint32_t owner = number;
    const uint32_t above = emit->names->always.nodes[owner + 1].parent;
    uint32_t at = owner + 1;
    uint32_t *when = NULL;
    /* What surely ran before the step surely ran before its error route. */
    const uint32_t surely = above != 0 ? above - 1 : 0;
    en_names_place(emit->names, at, &surely, above != 0 ? 1 : 0);
    if (!en_is_missing(handler->fallback)) {
        emit->names->current = at;
        emit_fallback(emit, handler, at);
        when = en_arena_alloc(emit->loader->arena, sizeof *when);
        *when = at++;
        en_names_place(emit->names, at, when, 1);
    }
    en_step *step = start_step(emit, handler, at);
    step->kind = EN_STEP_DIRECTIVE;
    step->directive = handler->directive;
    step->label = en_value_text(en_collection_find(handler->value, EN_TEXT("action")));
    if (step->label.length == 0) {
        step->label = en_text_from(directive_names[handler->directive]);
    }
    step->when = when;
    step->when_count = when != NULL;
    emit->names->current = at;
    en_value bundle = en_collection_find(handler->value, EN_TEXT("bundle"));
    if (when != NULL) {
        step->resume_slot = emit->steps[*when].slot;
    } else if (handler->directive == EN_DIRECTIVE_RESUME && !en_is_missing(bundle)) {
        en_text path = en_path_join(emit->loader->scratch, handler->path, EN_TEXT("bundle"));
        step->resume = en_names_compile(emit->names, bundle, (en_spot){ handler->where, path });
    }
}

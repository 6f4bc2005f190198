/* eval - one template, or one a line, against a context that stands in for a run. */
#include "cli/input.h"
#include "cli/output.h"
#include "expr/template.h"

#include <string.h>

/* What a template is evaluated against. */
typedef struct request {
    en_text source;
    en_value context; /* a collection or missing: "1", "webhook", "region" … */
    const en_rules *rules;
    const en_zone *zone;
    int64_t now_ms;
} request;

typedef struct evaluator {
    en_context *context;
    en_zones *zones;
    en_regex_cache *patterns;
    en_random random;
} evaluator;

/* --- names --- */

/* The members of the context, then the fields of its payload: each is a slot. */
typedef struct names {
    en_resolver resolver;
    const en_member *members;
    uint32_t count;
    const en_member *fields;
    uint32_t field_count;
} names;

/* One payload, whatever the trigger is called. */
static const en_text payload_names[] = { { "webhook", 7 }, { "trigger", 7 }, { "input", 5 } };
enum { PAYLOAD_NAMES = sizeof payload_names / sizeof payload_names[0] };

static bool is_payload(en_text name)
{
    for (size_t i = 0; i < PAYLOAD_NAMES; i++) {
        if (en_text_equal(name, payload_names[i])) {
            return true;
        }
    }
    return false;
}

static bool find_name(const en_member *members, uint32_t count, en_text name, uint32_t *slot)
{
    for (uint32_t i = 0; i < count; i++) {
        if (en_text_equal(members[i].name, name)) {
            *slot = i;
            return true;
        }
    }
    return false;
}

static bool find_payload(const names *known, uint32_t *slot)
{
    for (size_t i = 0; i < PAYLOAD_NAMES; i++) {
        if (find_name(known->members, known->count, payload_names[i], slot)) {
            return true;
        }
    }
    return false;
}

static bool resolve(en_resolver *resolver, en_text name, bool is_id, en_text field, size_t at,
                    en_ref *ref)
{
    (void)at;
    const names *known = (const names *)resolver;
    *ref = (en_ref){ .kind = EN_REF_SLOT, .present = EN_NO_SLOT, .name = name };
    if (find_name(known->members, known->count, name, &ref->slot) ||
        (is_payload(name) && find_payload(known, &ref->slot))) {
        ref->headers_nocase = is_payload(name);
        return true;
    }
    if (!is_id && find_name(known->fields, known->field_count, name, &ref->slot)) {
        ref->slot += known->count;
        return true;
    }
    ref->kind = EN_REF_NOTHING;
    return !is_id || field.length != 0;
}

static names names_of(const request *asked, en_arena *arena)
{
    uint32_t slot;
    names known = { .resolver = { .resolve = resolve,
                                  .rules = asked->rules,
                                  .arena = arena,
                                  .check_functions = true },
                    .members = en_collection_members(asked->context),
                    .count = en_collection_count(asked->context) };
    if (find_payload(&known, &slot)) {
        known.fields = en_collection_members(known.members[slot].value);
        known.field_count = en_collection_count(known.members[slot].value);
    }
    return known;
}

/* --- evaluating --- */

static bool evaluate(evaluator *with, const request *asked, en_arena *arena, en_value *value,
                     en_error *error)
{
    names known = names_of(asked, arena);
    en_template *made;
    if (!en_template_compile(&known.resolver, asked->source, &made, error)) {
        return false;
    }
    size_t count = (size_t)known.count + known.field_count;
    en_value *slots = EN_TRY_ARRAY(arena, en_value, count + 1);
    if (slots == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "the context is too large");
    }
    for (size_t i = 0; i < count; i++) {
        slots[i] = i < known.count ? known.members[i].value : known.fields[i - known.count].value;
    }
    en_scope scope = { .slots = slots,
                       .arena = arena,
                       .now_ms = asked->now_ms,
                       .random = &with->random,
                       .zone = asked->zone,
                       .zones = with->zones,
                       .patterns = with->patterns };
    return en_template_eval(made, &scope, value, error);
}

static en_value outcome(en_arena *arena, const char *name, en_value value)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, en_text_from(name), value);
    return en_collection_builder_take(&object);
}

static en_value failure(en_arena *arena, const en_error *error)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("type"),
                              en_text_value(en_text_from(en_error_name(error->type))));
    en_collection_builder_add(&object, EN_TEXT("message"),
                              en_text_value(en_text_from(error->message)));
    return outcome(arena, "error", en_collection_builder_take(&object));
}

static bool read_dialect(en_text name, const en_rules **rules, en_error *error)
{
    *rules = en_rules_find(name);
    if (*rules != NULL) {
        return true;
    }
    static const en_text known[] = { { "blueprint", 9 }, { "list", 4 }, { "fusion", 6 } };
    en_error_set(error, EN_UsageError, "there is no dialect '%.*s'", EN_TEXT_ARG(name));
    size_t nearest = en_text_nearest(name, known, sizeof known / sizeof known[0]);
    if (nearest != SIZE_MAX) {
        en_error_hint(error, "did you mean %.*s?", EN_TEXT_ARG(known[nearest]));
    } else {
        en_error_hint(error, "the dialects are blueprint, list and fusion");
    }
    return false;
}

/* The flags: they stand for one template, and for what the lines of --jsonl do not say. */
static bool read_flags(evaluator *with, request *asked, en_error *error)
{
    en_context *context = with->context;
    const char *dialect = en_context_text(context, "dialect");
    const char *zone = en_context_text(context, "tz");
    const char *now = en_context_text(context, "now");
    const char *values = en_context_text(context, "context");
    en_clock clock;
    en_clock_init_real(&clock);
    *asked = (request){ .rules = &en_rules_blueprint,
                        .now_ms = en_clock_now_ms(&clock),
                        .context = en_nothing() };
    if ((dialect != NULL && !read_dialect(en_text_from(dialect), &asked->rules, error)) ||
        (zone != NULL && !en_input_zone(with->zones, en_text_from(zone), &asked->zone, error)) ||
        (now != NULL &&
         !en_input_moment("--now", en_text_from(now), asked->zone, &asked->now_ms, error)) ||
        (values != NULL &&
         !en_input_json(context, "--context", values, EN_JSON_TYPED, &asked->context, error))) {
        return false;
    }
    if (!en_is_missing(asked->context) && !en_is(asked->context, EN_COLLECTION)) {
        return en_error_set(error, EN_UsageError, "--context takes a collection, not %s",
                            en_tag_name((en_tag)asked->context.tag));
    }
    return true;
}

static int print_result(evaluator *with, bool done, en_value value, const en_error *error)
{
    en_context *context = with->context;
    if (context->json) {
        en_value result =
            done ? outcome(context->arena, "value", value) : failure(context->arena, error);
        en_out_json(context, result, EN_JSON_TYPED, false);
        return done ? EN_EXIT_DONE : en_error_exit_code(error->type);
    }
    if (!done) {
        return en_context_fail(context, error);
    }
    if (!en_is(value, EN_TEXT_VALUE)) {
        en_context_print_json(context, value);
        return EN_EXIT_DONE;
    }
    en_text text = en_value_text(value);
    if (context->out_is_terminal) {
        text = en_out_visible_text(context->arena, text, EN_KEEP_LINES);
    }
    en_out_write(context->out, text);
    en_out_write(context->out, EN_TEXT("\n"));
    return EN_EXIT_DONE;
}

/* --- lines --- */

static bool text_member(en_value line, const char *name, bool *there, en_text *text,
                        en_error *error)
{
    en_value value = en_collection_find(line, en_text_from(name));
    *there = !en_is_missing(value);
    *text = en_value_text(value);
    if (*there && !en_is(value, EN_TEXT_VALUE)) {
        return en_error_set(error, EN_BundleValidationError, "\"%s\" is a text, not %s", name,
                            en_tag_name((en_tag)value.tag));
    }
    return true;
}

static bool read_line(evaluator *with, en_value line, request *asked, en_error *error)
{
    bool there;
    en_text text;
    if (!text_member(line, "template", &there, &asked->source, error)) {
        return false;
    }
    if (!there) {
        return en_error_set(error, EN_BundleValidationError, "a line needs a \"template\"");
    }
    if (en_collection_has(line, EN_TEXT("context"))) {
        asked->context = en_collection_find(line, EN_TEXT("context"));
    }
    if (!text_member(line, "dialect", &there, &text, error) ||
        (there && !read_dialect(text, &asked->rules, error)) ||
        !text_member(line, "tz", &there, &text, error) ||
        (there && !en_input_zone(with->zones, text, &asked->zone, error))) {
        return false;
    }
    en_value now = en_collection_find(line, EN_TEXT("now"));
    if (en_is(now, EN_DATE)) {
        asked->now_ms = now.as.date_ms;
        return true;
    }
    return text_member(line, "now", &there, &text, error) &&
           (!there || en_input_moment("now", text, asked->zone, &asked->now_ms, error));
}

/* Failures of lines are results; only a stream that breaks ends with a failure. */
static int evaluate_lines(evaluator *with, const request *defaults)
{
    en_context *context = with->context;
    en_error error;
    en_error_clear(&error);
    en_json_stream *lines = en_input_stream(context, "-", EN_JSON_LINES, EN_JSON_TYPED, &error);
    if (lines == NULL) {
        return en_context_fail(context, &error);
    }
    en_arena arena;
    en_arena_init(&arena, NULL);
    int code = EN_EXIT_DONE;
    for (bool found = true; found;) {
        request asked = *defaults;
        en_value line;
        en_value value;
        en_error_clear(&error);
        bool done = en_json_stream_next(lines, &arena, &line, &found, &error);
        if (!done && error.type != EN_SyntaxError) {
            code = en_context_fail(context, &error);
            break;
        }
        if (done && !found) {
            break;
        }
        done = done && read_line(with, line, &asked, &error) &&
               evaluate(with, &asked, &arena, &value, &error);
        en_value result = done ? outcome(&arena, "value", value) : failure(&arena, &error);
        en_out_json(context, result, EN_JSON_TYPED, true);
        found = true;
        en_arena_reset(&arena);
    }
    en_arena_done(&arena);
    return code;
}

static void close_zones(void *zones)
{
    en_zones_free(zones);
}

static int run_eval(en_context *context)
{
    bool lines = en_context_switch(context, "jsonl");
    if (lines != (context->argument_count == 0)) {
        return en_context_usage(context, lines
                                             ? "--jsonl reads templates from stdin and takes none "
                                               "as an argument"
                                             : "'eval' needs TEMPLATE, or --jsonl");
    }
    evaluator with = { .context = context,
                       .zones = en_zones_new(),
                       .patterns = en_regex_cache_new(context->arena) };
    en_arena_defer(context->arena, close_zones, with.zones);
    en_random_init_system(&with.random);
    request asked;
    en_error error;
    en_error_clear(&error);
    if (!read_flags(&with, &asked, &error)) {
        return en_context_fail(context, &error);
    }
    if (lines) {
        return evaluate_lines(&with, &asked);
    }
    asked.source = en_text_from(context->arguments[0]);
    en_value value;
    bool done = evaluate(&with, &asked, context->arena, &value, &error);
    return print_result(&with, done, value, &error);
}

static const en_flag flags[] = {
    { "context", EN_FLAG_TEXT, "JSON|@FILE", "Bundles by module id or name: {\"1\": {…}}." },
    { "now", EN_FLAG_TEXT, "ISO", "The time that now gives." },
    { "tz", EN_FLAG_TEXT, "ZONE", "The scenario's time zone; UTC by default." },
    { "dialect", EN_FLAG_TEXT, "NAME", "blueprint (default), list or fusion." },
    { "jsonl", EN_FLAG_SWITCH, NULL,
      "Read {\"template\", \"context\", …} lines from stdin; write a result a line." },
    { 0 },
};

static const char *const examples[] = {
    "enact eval '{{upper(\"a\")}} {{1 + 2}}'",
    "enact eval '{{1.name}}' --context '{\"1\": {\"name\": \"Ada\"}}'",
    "enact eval '{{formatDate(now; \"HH:mm\")}}' --now 2026-01-31T09:00:00Z --tz Europe/Prague",
    "enact eval --jsonl < templates.jsonl     # {\"value\": …} or {\"error\": …} a line",
    NULL,
};

const en_command en_cmd_eval = {
    .name = "eval",
    .summary = "Evaluate a template and print its value.",
    .arguments = "[TEMPLATE]",
    .most = 1,
    .flags = flags,
    .examples = examples,
    .run = run_eval,
};

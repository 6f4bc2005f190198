/* eval - one template, one a line, or a prompt, against a context that stands in for a run. */
#include "cli/evaluate.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/repl.h"

/* The flags: they stand for one template, and for what the lines of --jsonl do not say. */
static bool read_flags(en_evaluator *with, en_request *asked, en_error *error)
{
    en_context *context = with->context;
    const char *dialect = en_context_text(context, "dialect");
    const char *zone = en_context_text(context, "tz");
    const char *now = en_context_text(context, "now");
    const char *values = en_context_text(context, "context");
    en_clock clock;
    en_clock_init_real(&clock);
    *asked = (en_request){ .rules = &en_rules_blueprint,
                           .now_ms = en_clock_now_ms(&clock),
                           .context = en_nothing() };
    return (dialect == NULL || en_request_dialect(en_text_from(dialect), &asked->rules, error)) &&
           (zone == NULL || en_input_zone(with->zones, en_text_from(zone), &asked->zone, error)) &&
           (now == NULL ||
            en_input_moment("--now", en_text_from(now), asked->zone, &asked->now_ms, error)) &&
           (values == NULL ||
            en_request_context(context, "--context", values, &asked->context, error));
}

static int print_result(en_evaluator *with, bool done, en_value value, const en_error *error)
{
    en_context *context = with->context;
    if (context->json) {
        en_value result = en_evaluate_result(context->arena, done, value, error);
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

static bool read_line(en_evaluator *with, en_value line, en_request *asked, en_error *error)
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
        (there && !en_request_dialect(text, &asked->rules, error)) ||
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
static int evaluate_lines(en_evaluator *with, const en_request *defaults)
{
    en_context *context = with->context;
    en_error error;
    en_error_clear(&error);
    en_json_stream *lines = en_input_stream(context, "-", EN_JSON_LINES, EN_JSON_TYPED, &error);
    if (lines == NULL) {
        return en_context_fail(context, &error);
    }
    en_arena arena;
    en_arena_init(&arena, context->arena->budget);
    int code = EN_EXIT_DONE;
    for (bool found = true; found;) {
        en_request asked = *defaults;
        en_value line;
        en_value value = en_nothing();
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
               en_evaluate(with, &asked, &arena, &value, &error);
        en_value result = en_evaluate_result(&arena, done, value, &error);
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
    if (lines && context->argument_count != 0) {
        return en_context_usage(context,
                                "--jsonl reads templates from stdin and takes none as an argument");
    }
    en_evaluator with = { .context = context,
                          .zones = en_zones_new(),
                          .patterns = en_regex_cache_new(context->arena) };
    en_arena_defer(context->arena, close_zones, with.zones);
    en_random_init_system(&with.random);
    en_request asked;
    en_error error;
    en_error_clear(&error);
    if (!read_flags(&with, &asked, &error)) {
        return en_context_fail(context, &error);
    }
    if (lines) {
        return evaluate_lines(&with, &asked);
    }
    if (context->argument_count == 0) {
        return en_repl_run(&with, &asked);
    }
    asked.source = en_text_from(context->arguments[0]);
    en_value value = en_nothing();
    bool done = en_evaluate(&with, &asked, context->arena, &value, &error);
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
    "enact eval                               # a prompt; .help there lists what it knows",
    "enact eval --jsonl < templates.jsonl     # {\"value\": …} or {\"error\": …} a line",
    NULL,
};

const en_command en_cmd_eval = {
    .name = "eval",
    .summary = "Evaluate a template and print its value; without one, at a prompt.",
    .arguments = "[TEMPLATE]",
    .most = 1,
    .flags = flags,
    .examples = examples,
    .run = run_eval,
};

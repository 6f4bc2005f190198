#include "cli/run_trace.h"

#include "cli/output.h"
#include "value/number.h"
#include "value/unicode.h"

#include <inttypes.h>
#include <string.h>

enum { LINES_PER_STEP = 10, WIDEST_LABEL = 40, DEEPEST = 16, MOST_OUTPUT = 400 };

/* "0.42 ms", "12.3 ms", "1.20 s" */
static void add_duration(en_builder *out, int64_t duration_us)
{
    if (duration_us < 0) {
        duration_us = 0;
    }
    int64_t hundredths = duration_us / 10;
    const char *unit = "ms";
    if (duration_us >= 1000000) {
        hundredths = duration_us / 10000;
        unit = "s";
    }
    en_builder_format(out, "%" PRId64 ".%02" PRId64 " %s", hundredths / 100, hundredths % 100,
                      unit);
}

static void add_count(en_builder *out, uint64_t count, const char *noun)
{
    en_builder_format(out, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
}

static void add_padded(en_builder *out, en_text text, size_t width)
{
    size_t own = en_unicode_width(text);
    en_builder_add(out, text);
    for (; own < width; own++) {
        en_builder_add_char(out, ' ');
    }
}

/* A name for people, unless it only repeats the module. */
static en_text label_of(en_arena *arena, const en_step *step)
{
    if (en_text_equal(step->label, step->module_name)) {
        return EN_TEXT("");
    }
    return en_out_visible_text(arena, step->label, EN_ONE_LINE);
}

static en_text module_of(en_arena *arena, const en_step *step)
{
    return en_out_visible_text(arena, step->module_name, EN_ONE_LINE);
}

static void add_output(en_builder *out, bool color, const en_step_event *event)
{
    en_text text = en_json_text(out->arena, event->output, 0);
    bool cut = text.length > MOST_OUTPUT;
    en_builder line;
    en_builder_init(&line, out->arena);
    en_out_visible(&line, en_text_slice(text, 0, MOST_OUTPUT), EN_ONE_LINE);
    en_builder_add(&line, cut ? EN_TEXT("…") : EN_TEXT(""));
    en_builder_add(out, EN_TEXT("          "));
    en_out_paint(out, color, EN_PAINT_DIM, en_builder_take(&line));
    en_builder_add_char(out, '\n');
}

static void add_outcome(en_builder *out, bool color, const en_step_event *event)
{
    if (event->error != NULL) {
        en_out_paint(out, color, EN_PAINT_ERROR, EN_TEXT("failed"));
        en_builder_add(out, EN_TEXT("      "));
        return;
    }
    en_builder count;
    en_builder_init(&count, out->arena);
    add_count(&count, event->bundles, "bundle");
    add_padded(out, en_builder_take(&count), 12);
}

static void add_line(en_builder *out, const en_run_trace *trace, const en_step_event *event)
{
    bool color = trace->context->color;
    unsigned depth = event->depth < DEEPEST ? event->depth : DEEPEST;
    en_builder_format(out, "%*s%6" PRId64 "  ", (int)(depth * 2), "", event->step->id);
    add_padded(out, module_of(out->arena, event->step), trace->module_width);
    en_builder_add(out, EN_TEXT("  "));
    if (trace->label_width != 0) {
        add_padded(out, label_of(out->arena, event->step), trace->label_width);
        en_builder_add(out, EN_TEXT("  "));
    }
    add_outcome(out, color, event);
    en_builder duration;
    en_builder_init(&duration, out->arena);
    add_duration(&duration, event->duration_us);
    en_out_paint(out, color, EN_PAINT_DIM, en_builder_take(&duration));
    en_builder_add(out, event->mocked ? EN_TEXT("  (mock)\n") : EN_TEXT("\n"));
    if (trace->shows_outputs && event->error == NULL) {
        add_output(out, color, event);
    }
}

static void show_step(en_observer *observer, const en_step_event *event)
{
    en_run_trace *trace = (en_run_trace *)observer;
    en_arena *arena = trace->context->arena;
    uint64_t calls = ++trace->calls[event->step - trace->plan->steps];
    if (event->step->id == EN_NO_STEP || (calls > LINES_PER_STEP + 1 && event->error == NULL)) {
        return;
    }
    en_arena_mark mark = en_arena_get_mark(arena);
    en_builder out;
    en_builder_init(&out, arena);
    if (calls <= LINES_PER_STEP || event->error != NULL) {
        add_line(&out, trace, event);
    } else {
        unsigned depth = event->depth < DEEPEST ? event->depth : DEEPEST;
        en_builder_format(&out, "%*s%6" PRId64 "  … further calls are only counted\n",
                          (int)(depth * 2), "", event->step->id);
    }
    en_out_write(trace->context->err, en_builder_take(&out));
    en_arena_rewind(arena, mark);
}

en_run_trace *en_run_trace_new(en_context *context, const en_plan *plan, bool shows_outputs)
{
    en_run_trace *trace = EN_NEW(context->arena, en_run_trace);
    trace->observer.step = show_step;
    trace->context = context;
    trace->plan = plan;
    trace->shows_outputs = shows_outputs;
    trace->calls = en_arena_zero(context->arena, (plan->count + (size_t)1) * sizeof *trace->calls);
    for (uint32_t i = 0; i < plan->count; i++) {
        const en_step *step = &plan->steps[i];
        if (step->id == EN_NO_STEP || step->kind == EN_STEP_GATE) {
            continue;
        }
        size_t module = en_unicode_width(module_of(context->arena, step));
        size_t label = en_unicode_width(label_of(context->arena, step));
        trace->module_width = module > trace->module_width ? module : trace->module_width;
        trace->label_width = label > trace->label_width ? label : trace->label_width;
    }
    trace->module_width = trace->module_width < WIDEST_LABEL ? trace->module_width : WIDEST_LABEL;
    trace->label_width = trace->label_width < WIDEST_LABEL ? trace->label_width : WIDEST_LABEL;
    return trace;
}

void en_run_trace_begin(en_run_trace *trace, const char *title)
{
    memset(trace->calls, 0, trace->plan->count * sizeof *trace->calls);
    fflush(trace->context->out); /* what the run before gave stands above */
    if (title != NULL) {
        en_builder out;
        en_builder_init(&out, trace->context->arena);
        en_out_paint(&out, trace->context->color, EN_PAINT_BOLD, en_text_from(title));
        en_builder_add_char(&out, '\n');
        en_out_write(trace->context->err, en_builder_take(&out));
    }
}

void en_run_trace_error(en_context *context, const en_plan *plan, const en_report *report)
{
    en_error shown = report->error;
    for (uint32_t i = 0; shown.step_id != EN_NO_STEP && i < plan->count; i++) {
        const en_step *step = &plan->steps[i];
        if (step->id != shown.step_id || en_text_equal(step->label, step->module_name)) {
            continue;
        }
        if (step->label.length != 0 && strstr(shown.module, ", ") == NULL) {
            snprintf(shown.module, sizeof shown.module, "%.*s, %.*s",
                     EN_TEXT_ARG(step->module_name), EN_TEXT_ARG(step->label));
        }
        break;
    }
    en_out_error(context, &shown);
}

static const struct {
    const char *word;
    en_paint paint;
} outcomes[] = {
    [EN_RUN_SUCCESS] = { "success", EN_PAINT_GOOD },
    [EN_RUN_WARNING] = { "success with warnings", EN_PAINT_WARNING },
    [EN_RUN_ERROR] = { "failed", EN_PAINT_ERROR },
};

void en_run_trace_end(en_run_trace *trace, const en_report *report)
{
    en_context *context = trace->context;
    en_builder out;
    en_builder_init(&out, context->arena);
    for (uint32_t i = 0; en_is(report->warnings, EN_ARRAY) && i < report->warnings.length; i++) {
        en_out_paint(&out, context->color, EN_PAINT_WARNING, EN_TEXT("warning:"));
        en_builder_add_char(&out, ' ');
        en_out_visible(&out, en_value_text(report->warnings.as.items[i]), EN_ONE_LINE);
        en_builder_add_char(&out, '\n');
    }
    en_out_write(context->err, en_builder_take(&out));
    if (en_error_is_set(&report->error)) {
        en_run_trace_error(context, trace->plan, report);
    }
    en_out_visible(&out, report->scenario, EN_ONE_LINE);
    en_builder_add(&out, report->scenario.length != 0 ? EN_TEXT(": ") : EN_TEXT(""));
    en_out_paint(&out, context->color, outcomes[report->status].paint,
                 en_text_from(outcomes[report->status].word));
    en_builder_add(&out, EN_TEXT(", "));
    add_count(&out, report->operations, "operation");
    if (report->cycles > 1) {
        en_builder_add(&out, EN_TEXT(", "));
        add_count(&out, report->cycles, "cycle");
    }
    if (report->incomplete != 0) {
        en_builder_format(&out, ", %" PRIu64 " stored as incomplete", report->incomplete);
    }
    en_builder_add(&out, EN_TEXT(", "));
    add_duration(&out, report->duration_us);
    en_builder_add_char(&out, '\n');
    en_out_write(context->err, en_builder_take(&out));
}

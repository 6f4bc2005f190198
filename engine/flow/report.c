#include "flow/run.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const status_names[] = {
    [EN_RUN_SUCCESS] = "success", [EN_RUN_WARNING] = "warning", [EN_RUN_ERROR] = "error"
};

const char *en_run_status_name(en_run_status status)
{
    return status_names[status];
}

static void add(en_collection_builder *object, const char *name, en_value value)
{
    en_collection_builder_add(object, en_text_from(name), value);
}

static en_value text_of(en_arena *arena, const char *text)
{
    return text[0] != '\0' ? en_text_value(en_text_copy(arena, en_text_from(text))) : en_null();
}

static en_value error_object(en_arena *arena, const en_report *report)
{
    const en_error *error = &report->error;
    if (!en_error_is_set(error)) {
        return en_null();
    }
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, "type", text_of(arena, en_error_name(error->type)));
    add(&object, "message", en_text_value(en_text_copy(arena, en_text_from(error->message))));
    add(&object, "statusCode", en_number(en_error_status(error)));
    add(&object, "module", error->step_id != EN_NO_STEP ? en_integer(error->step_id) : en_null());
    add(&object, "name", text_of(arena, error->module));
    add(&object, "path", text_of(arena, error->path));
    add(&object, "bundle", error->bundle != 0 ? en_number((double)error->bundle) : en_null());
    if (error->hint[0] != '\0') {
        add(&object, "hint", text_of(arena, error->hint));
    }
    if (!en_is_missing(report->error_data)) {
        add(&object, "data", report->error_data);
    }
    return en_collection_builder_take(&object);
}

static en_text id_text(en_arena *arena, const en_step *step)
{
    return en_text_format(arena, "%" PRId64, step->id);
}

static en_value milliseconds(int64_t microseconds)
{
    return en_number((double)microseconds / 1000);
}

static en_value modules_object(en_arena *arena, const en_report *report)
{
    en_collection_builder modules;
    en_collection_builder_init(&modules, arena);
    for (size_t i = 0; i < report->step_count; i++) {
        const en_step_report *about = &report->steps[i];
        if (about->operations == 0 || about->step->id == EN_NO_STEP) {
            continue;
        }
        en_collection_builder module;
        en_collection_builder_init(&module, arena);
        add(&module, "module", en_text_value(about->step->module_name));
        add(&module, "operations", en_number((double)about->operations));
        add(&module, "bundles", en_number((double)about->bundles));
        add(&module, "ms", milliseconds(about->duration_us));
        en_collection_builder_add(&modules, id_text(arena, about->step),
                                  en_collection_builder_take(&module));
    }
    return en_collection_builder_take(&modules);
}

/* Either the calls of mocks or, with a trace, the outputs: {"<id>": array}. */
static en_value arrays_object(en_arena *arena, const en_report *report, bool mocked, size_t *count)
{
    en_collection_builder arrays;
    en_collection_builder_init(&arrays, arena);
    for (size_t i = 0; i < report->step_count; i++) {
        const en_step_report *about = &report->steps[i];
        en_value array = mocked ? about->mocked : about->outputs;
        if (about->step->id != EN_NO_STEP && array.tag == EN_ARRAY && array.length != 0) {
            en_collection_builder_add(&arrays, id_text(arena, about->step), array);
        }
    }
    *count = arrays.count;
    return en_collection_builder_take(&arrays);
}

static en_value cassette_object(en_arena *arena, const en_report *report)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    add(&object, "exchanges", en_number((double)report->exchanges));
    add(&object, "unused", en_number((double)report->unused));
    return en_collection_builder_take(&object);
}

en_value en_report_value(en_arena *arena, const en_report *report)
{
    en_collection_builder object;
    size_t count;
    en_collection_builder_init(&object, arena);
    add(&object, "scenario", en_text_value(report->scenario));
    add(&object, "status", text_of(arena, en_run_status_name(report->status)));
    add(&object, "startedAt", en_date(report->started_ms));
    add(&object, "durationMs", milliseconds(report->duration_us));
    add(&object, "cycles", en_number((double)report->cycles));
    add(&object, "operations", en_number((double)report->operations));
    add(&object, "modules", modules_object(arena, report));
    add(&object, "output", report->output);
    add(&object, "response", report->response);
    add(&object, "responses", report->responses);
    add(&object, "error", error_object(arena, report));
    add(&object, "incomplete", en_number((double)report->incomplete));
    add(&object, "active", en_boolean(report->active));
    add(&object, "warnings", report->warnings);
    en_value mocked = arrays_object(arena, report, true, &count);
    if (count != 0) {
        add(&object, "mocked", mocked);
    }
    if (report->on_cassette) {
        add(&object, "cassette", cassette_object(arena, report));
    }
    if (report->traced) {
        add(&object, "order", report->order);
        add(&object, "outputs", arrays_object(arena, report, false, &count));
    }
    return en_collection_builder_take(&object);
}

void en_report_refuse(const en_plan *plan, const en_error *error, en_report *report)
{
    *report = (en_report){ .scenario = plan->name,
                           .status = EN_RUN_ERROR,
                           .output = en_null(),
                           .response = en_null(),
                           .responses = en_array(NULL, 0),
                           .error = *error,
                           .error_data = en_null(),
                           .warnings = en_array(NULL, 0),
                           .order = en_array(NULL, 0),
                           .active = true };
}

int en_report_exit_code(const en_report *report)
{
    return en_error_exit_code(report->error.type);
}

/* store explain - the SQL of a scenario's search, and how the database would go about it. */
#include "cli/output.h"
#include "cli/setup.h"
#include "cli/store_session.h"
#include "scenario/sketch.h"
#include "value/number.h"

#include <inttypes.h>

/* --- the step --- */

static const en_step *find_step(const en_plan *plan, const char *argument, en_error *error)
{
    en_value number;
    int64_t id;
    if (!en_number_read_text(en_text_from(argument), &number) || !en_value_integer(number, &id)) {
        en_error_set(error, EN_UsageError, "STEP is the id of a step, not '%s'", argument);
        return NULL;
    }
    for (uint32_t i = 0; i < plan->count; i++) {
        if (plan->steps[i].id == id && plan->steps[i].kind == EN_STEP_CALL) {
            return &plan->steps[i];
        }
    }
    en_error_set(error, EN_UsageError, "there is no step %" PRId64 " that calls a module", id);
    return NULL;
}

/* --- the answer --- */

static const char *verdict(const en_explanation *about)
{
    return about->scans   ? "every record is looked at: no index serves this"
           : about->exact ? "an index serves this exactly"
                          : "an index serves this, and what it finds is looked at again";
}

static en_value explanation_value(en_arena *arena, en_text store, const en_explanation *about)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("store"), en_text_value(store));
    en_collection_builder_add(&object, EN_TEXT("sql"), en_text_value(about->sql));
    en_collection_builder_add(&object, EN_TEXT("plan"), about->plan);
    en_collection_builder_add(&object, EN_TEXT("exact"), en_boolean(about->exact));
    en_collection_builder_add(&object, EN_TEXT("sortsInMemory"), en_boolean(about->sorts));
    en_collection_builder_add(&object, EN_TEXT("scans"), en_boolean(about->scans));
    return en_collection_builder_take(&object);
}

static void print(en_context *context, const en_explanation *about, bool guessed)
{
    en_builder out;
    en_builder_init(&out, context->arena);
    en_out_visible(&out, about->sql, EN_ONE_LINE);
    en_builder_add(&out, EN_TEXT("\n\n"));
    for (uint32_t i = 0; i < about->plan.length; i++) {
        en_builder_add(&out, EN_TEXT("  "));
        en_out_visible(&out, en_value_text(about->plan.as.items[i]), EN_ONE_LINE);
        en_builder_add_char(&out, '\n');
    }
    en_builder_format(&out, "\n%s%s.\n", verdict(about),
                      about->sorts ? ", and sorted in memory" : "");
    if (guessed) {
        en_builder_add(&out, EN_TEXT("Values that only a run knows were guessed by the type of "
                                     "their field.\n"));
    }
    en_out_write(context->out, en_builder_take(&out));
}

static bool explain_step(en_store_session *session, const en_step *step, en_error *error)
{
    en_context *context = session->context;
    en_text name = en_step_store(step);
    if (name.length == 0) {
        return en_error_set(error, EN_UsageError,
                            "step %" PRId64 " names no data store, or only a run knows which",
                            step->id);
    }
    en_store_info info;
    if (!en_store_require(session, name, &info, error)) {
        return false;
    }
    bool guessed = false;
    en_query query;
    en_explanation about;
    if (!en_step_sketch(context->arena, step, info.structure, &query, &guessed, error) ||
        !en_store_explain(session->segment, name, &query, context->arena, &about, error)) {
        return false;
    }
    if (!about.found) {
        return en_store_missing(session, name, error);
    }
    session->result = explanation_value(context->arena, name, &about);
    if (!context->json) {
        print(context, &about, guessed);
    }
    return true;
}

static bool explain(en_store_session *session, en_error *error)
{
    en_context *context = session->context;
    en_problems problems;
    en_problems_init(&problems, context->arena);
    en_load_options options = en_setup_load_options(context, &session->workspace);
    const en_plan *plan =
        en_scenario_load(context->arena, context->arguments[0], &options, &problems);
    if (plan == NULL) {
        const en_problem *first = problems.first;
        en_error_set(error, EN_SyntaxError, "%.*s", EN_TEXT_ARG(first->message));
        snprintf(error->file, sizeof error->file, "%s", context->arguments[0]);
        error->line = first->line;
        error->column = first->column;
        return false;
    }
    const en_step *step = find_step(plan, context->arguments[1], error);
    return step != NULL && explain_step(session, step, error);
}

static int run_explain(en_context *context)
{
    return en_store_perform_at(context, context->arguments[0], EN_SEGMENT_READ, explain);
}

const en_command en_store_verb_explain = {
    .name = "explain",
    .summary = "Show the SQL of a step's search and whether an index serves it.",
    .arguments = "FILE STEP",
    .least = 2,
    .most = 2,
    .examples = (const char *const[]){ "enact store explain rate-limit.json 1", NULL },
    .run = run_explain,
};

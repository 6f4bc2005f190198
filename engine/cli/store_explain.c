/* store explain - the SQL of a scenario's search, and how the database would go about it. */
#include "cli/output.h"
#include "cli/setup.h"
#include "cli/store_session.h"
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

static const en_argument *argument_of(const en_step *step, const char *name)
{
    size_t index =
        step->module != NULL ? en_module_param_find(step->module, en_text_from(name)) : SIZE_MAX;
    return index != SIZE_MAX ? &step->arguments[index] : NULL;
}

/* --- its query --- */

typedef struct guessing {
    en_value structure; /* fields by name, or null */
    bool guessed;
} guessing;

/* A value as the field would hold it. */
static en_value guess(void *context, en_text field)
{
    guessing *guess = context;
    en_value about = en_collection_find(guess->structure, field);
    en_text type = en_value_text(en_collection_find(about, EN_TEXT("type")));
    guess->guessed = true;
    if (en_text_equal(type, EN_TEXT("number"))) {
        return en_number(1);
    }
    if (en_text_equal(type, EN_TEXT("boolean"))) {
        return en_boolean(true);
    }
    return en_text_equal(type, EN_TEXT("date")) ? en_date(0) : en_text_value(EN_TEXT("x"));
}

static void read_sort(en_arena *arena, const en_argument *argument, en_query *query)
{
    if (argument == NULL || argument->kind != EN_ARGUMENT_CONSTANT ||
        !en_is(argument->constant, EN_ARRAY)) {
        return;
    }
    en_value list = argument->constant;
    en_sort *sort = en_arena_alloc(arena, (list.length + (size_t)1) * sizeof *sort);
    for (uint32_t i = 0; i < list.length; i++) {
        en_text direction =
            en_value_text(en_collection_find(list.as.items[i], EN_TEXT("direction")));
        sort[i] = (en_sort){ en_value_text(en_collection_find(list.as.items[i], EN_TEXT("field"))),
                             en_text_equal_nocase(direction, EN_TEXT("desc")) };
    }
    query->sort = sort;
    query->sort_count = list.length;
}

static bool read_query(en_arena *arena, const en_step *step, guessing *guessed, en_query *query,
                       en_error *error)
{
    const en_argument *filter = argument_of(step, "filter");
    bool counts = step->module != NULL && step->module->emits != EN_EMITS_LIST;
    *query = (en_query){ .limit = UINT64_MAX, .count_only = counts || step->count_only };
    if (filter == NULL || (step->module->flags & EN_READS) == 0) {
        return en_error_set(error, EN_UsageError, "step %" PRId64 " (%.*s) does not search",
                            step->id, EN_TEXT_ARG(step->module_name));
    }
    read_sort(arena, argument_of(step, "sort"), query);
    return en_conditions_sketch(filter->conditions, arena, guess, guessed, &query->filter) ||
           en_error_set(error, EN_DataSizeLimitExceededError, "too many conditions");
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
    const en_argument *store = argument_of(step, "dataStore");
    if (store == NULL || store->kind != EN_ARGUMENT_CONSTANT) {
        return en_error_set(error, EN_UsageError,
                            "step %" PRId64 " names no data store, or only a run knows which",
                            step->id);
    }
    en_text name = en_value_text(store->constant);
    en_store_info info;
    if (!en_store_require(session, name, &info, error)) {
        return false;
    }
    guessing guessed = { .structure = en_collection_find(info.structure, EN_TEXT("structure")) };
    en_query query;
    en_explanation about;
    if (!read_query(context->arena, step, &guessed, &query, error) ||
        !en_store_explain(session->segment, name, &query, context->arena, &about, error)) {
        return false;
    }
    if (!about.found) {
        return en_store_missing(session, name, error);
    }
    session->result = explanation_value(context->arena, name, &about);
    if (!context->json) {
        print(context, &about, guessed.guessed);
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

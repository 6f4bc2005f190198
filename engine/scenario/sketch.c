#include "scenario/sketch.h"

#include <inttypes.h>

static const en_argument *argument_of(const en_step *step, const char *name)
{
    size_t index = step->module != NULL && step->arguments != NULL
                       ? en_module_param_find(step->module, en_text_from(name))
                       : SIZE_MAX;
    return index != SIZE_MAX ? &step->arguments[index] : NULL;
}

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

en_value en_step_constant(const en_step *step, const char *name)
{
    const en_argument *argument = argument_of(step, name);
    return argument != NULL && argument->kind == EN_ARGUMENT_CONSTANT ? argument->constant
                                                                      : en_nothing();
}

en_text en_step_store(const en_step *step)
{
    return en_value_text(en_step_constant(step, "dataStore"));
}

bool en_step_sketch(en_arena *arena, const en_step *step, en_value structure, en_query *query,
                    bool *guessed, en_error *error)
{
    guessing about = { .structure = en_collection_find(structure, EN_TEXT("structure")) };
    const en_argument *filter = argument_of(step, "filter");
    bool counts = step->module != NULL && step->module->emits != EN_EMITS_LIST;
    *query = (en_query){ .limit = UINT64_MAX, .count_only = counts || step->count_only };
    if (filter == NULL || (step->module->flags & EN_READS) == 0) {
        return en_error_set(error, EN_UsageError, "step %" PRId64 " (%.*s) does not search",
                            step->id, EN_TEXT_ARG(step->module_name));
    }
    read_sort(arena, argument_of(step, "sort"), query);
    bool done = en_conditions_sketch(filter->conditions, arena, guess, &about, &query->filter);
    *guessed = about.guessed;
    return done || en_error_set(error, EN_DataSizeLimitExceededError, "too many conditions");
}

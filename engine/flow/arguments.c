#include "flow/state.h"
#include "value/number.h"

#include <stdio.h>

/* Everything a module body relies on: type, choice, bounds, presence. */
static bool check_argument(const en_param *param, en_value value, en_error *error)
{
    bool must = (param->flags & EN_REQUIRED) != 0 && (param->flags & EN_MAY_BE_EMPTY) == 0;
    if (en_is_missing(value) || (must && en_is_empty(value))) {
        return !must || en_error_set(error, EN_BundleValidationError,
                                     "this parameter is required but came out empty");
    }
    if (param->choices != NULL && value.tag == EN_TEXT_VALUE) {
        for (const char *const *choice = param->choices; *choice != NULL; choice++) {
            if (en_text_equal_nocase(en_value_text(value), en_text_from(*choice))) {
                return true;
            }
        }
        return en_error_set(error, EN_BundleValidationError, "\"%.*s\" is not one of the choices",
                            EN_TEXT_ARG(en_value_text(value)));
    }
    double number = en_value_number(value);
    if (param->most > param->least && value.tag == EN_NUMBER &&
        !(number >= param->least && number <= param->most)) {
        char least[EN_NUMBER_ROOM];
        char most[EN_NUMBER_ROOM];
        char came[EN_NUMBER_ROOM];
        int least_length = (int)en_double_print(param->least, least);
        int most_length = (int)en_double_print(param->most, most);
        int came_length = (int)en_double_print(number, came);
        return en_error_set(error, EN_BundleValidationError,
                            "expected a number from %.*s to %.*s but got %.*s", least_length, least,
                            most_length, most, came_length, came);
    }
    return true;
}

static bool make_argument(en_run *run, const en_param *param, const en_argument *argument,
                          en_value *value)
{
    en_value made = argument->constant;
    if (argument->kind == EN_ARGUMENT_MAPPING) {
        if (!en_mapping_eval(argument->mapping, &run->scope, &made, &run->error)) {
            return false;
        }
        if (en_is_missing(made)) {
            made = argument->constant; /* the fallback, or nothing */
        } else if (!en_coerce(en_run_arena(run), param->types, made, run->scope.zone, &made,
                              &run->error)) {
            return false;
        }
    }
    *value = made.tag == EN_NOTHING ? en_null() : made;
    return check_argument(param, *value, &run->error);
}

bool en_run_arguments(en_run *run, const en_step *step, en_value **values, en_filter **filters)
{
    const en_param *takes = step->module->takes;
    size_t count = en_module_param_count(step->module);
    *values = en_arena_alloc(en_run_arena(run), count * sizeof **values);
    *filters = NULL;
    for (size_t i = 0; i < count; i++) {
        (*values)[i] = en_null();
        if ((takes[i].types & EN_T_FILTER) != 0) {
            if (*filters == NULL) {
                *filters = en_arena_zero(en_run_arena(run), count * sizeof **filters);
            }
            if (!en_conditions_to_filter(step->arguments[i].conditions, &run->scope, &(*filters)[i],
                                         &run->error)) {
                en_error_prefix_path(&run->error, en_text_from(takes[i].name));
                return false;
            }
        } else if ((takes[i].flags & EN_PER_BUNDLE) == 0 &&
                   !make_argument(run, &takes[i], &step->arguments[i], &(*values)[i])) {
            en_error_prefix_path(&run->error, en_text_from(takes[i].name));
            return false;
        }
    }
    return true;
}

bool en_run_written(en_run *run, const en_step *step, en_value *parameters)
{
    en_collection_builder all;
    en_collection_builder_init(&all, en_run_arena(run));
    for (size_t i = 0; i < step->written_count; i++) {
        en_value value;
        if (!en_mapping_eval(step->written[i].mapping, &run->scope, &value, &run->error)) {
            en_error_prefix_path(&run->error, step->written[i].name);
            return false;
        }
        en_collection_builder_add(&all, step->written[i].name,
                                  value.tag == EN_NOTHING ? en_null() : value);
    }
    *parameters = en_collection_builder_take(&all);
    return true;
}

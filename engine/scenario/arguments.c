#include "scenario/arguments.h"

#include <string.h>

typedef struct filling {
    en_names *names;
    en_loader *loader;
    const en_use *text;
    const en_module *module;
    en_argument *arguments;
    en_written *written;
    size_t written_count;
} filling;

en_value en_use_find(const en_use *text, en_text name)
{
    return en_collection_has(text->parameters, name) ? en_collection_find(text->parameters, name)
                                                     : en_collection_find(text->mapper, name);
}

static en_text path_of(const filling *fill, const char *group, en_text name)
{
    en_arena *scratch = fill->loader->scratch;
    en_text path = en_path_join(scratch, fill->text->path, en_text_from(group));
    return name.length != 0 ? en_path_name(scratch, path, name) : path;
}

/* --- constants --- */

static bool read_fallback(const filling *fill, const en_param *param, en_value *value)
{
    en_error ignored;
    en_error_clear(&ignored);
    en_value read;
    return param->fallback != NULL &&
           en_json_read(fill->loader->arena, en_text_from(param->fallback), 0, EN_JSON_DEPTH, &read,
                        &ignored) &&
           en_coerce(fill->loader->arena, param->types, read, NULL, value, &ignored);
}

static void set_fallback(const filling *fill, const en_param *param, en_argument *argument)
{
    en_value value;
    argument->kind = EN_ARGUMENT_NONE;
    if (read_fallback(fill, param, &value)) {
        *argument = (en_argument){ .kind = EN_ARGUMENT_CONSTANT, .constant = value };
    }
}

/* The row's spelling of a choice. */
static bool check_choice(const filling *fill, const en_param *param, en_text path, en_value *value)
{
    enum { MOST_CHOICES = 32 };
    if (param->choices == NULL || value->tag != EN_TEXT_VALUE) {
        return true;
    }
    en_text names[MOST_CHOICES];
    size_t count = 0;
    for (; param->choices[count] != NULL && count < MOST_CHOICES; count++) {
        names[count] = en_text_from(param->choices[count]);
        if (en_text_equal_nocase(names[count], en_value_text(*value))) {
            *value = en_text_value(names[count]);
            return true;
        }
    }
    en_builder list;
    en_builder_init(&list, fill->loader->scratch);
    for (size_t i = 0; i < count; i++) {
        en_builder_add(&list, i == 0          ? EN_TEXT("")
                              : i + 1 < count ? EN_TEXT(", ")
                                              : EN_TEXT(" or "));
        en_builder_add(&list, names[i]);
    }
    en_text choices = en_builder_take(&list);
    en_problem *problem = en_loader_problem(
        fill->loader, fill->text->where, EN_SEVERITY_ERROR, path, "expected %.*s but got \"%.*s\"",
        EN_TEXT_ARG(choices), EN_TEXT_ARG(en_value_text(*value)));
    en_text nearest = en_loader_nearest(fill->loader, en_value_text(*value), names, count);
    if (nearest.length != 0) {
        en_loader_hint(fill->loader, problem, "did you mean \"%.*s\"?", EN_TEXT_ARG(nearest));
    }
    return false;
}

static bool check_bounds(const filling *fill, const en_param *param, en_text path, en_value value)
{
    double number = en_value_number(value);
    if (value.tag != EN_NUMBER || !(param->most > param->least) ||
        (number >= param->least && number <= param->most)) {
        return true;
    }
    en_arena *scratch = fill->loader->scratch;
    en_text shown[3];
    const double numbers[3] = { param->least, param->most, number };
    for (unsigned i = 0; i < 3; i++) {
        shown[i] = en_value_as_text(scratch, en_number(numbers[i]), EN_TEXT(""));
    }
    en_loader_problem(fill->loader, fill->text->where, EN_SEVERITY_ERROR, path,
                      "expected a number from %.*s to %.*s but got %.*s", EN_TEXT_ARG(shown[0]),
                      EN_TEXT_ARG(shown[1]), EN_TEXT_ARG(shown[2]));
    return false;
}

static bool holds_template(en_value value)
{
    return value.tag == EN_TEXT_VALUE &&
           en_text_find(en_value_text(value), EN_TEXT("{{"), 0) != SIZE_MAX;
}

static void check_fields(const filling *fill, const en_param *fields, en_text path, en_value value);

/* Literal parts of a value that is not constant as a whole. */
static void check_literal(const filling *fill, const en_param *param, en_text path, en_value value)
{
    if (en_is_missing(value) || holds_template(value) || (param->types & EN_T_FILTER) != 0) {
        return;
    }
    if (value.tag != EN_ARRAY && value.tag != EN_COLLECTION) {
        en_error error;
        en_error_clear(&error);
        en_value coerced;
        if (!en_coerce(fill->loader->scratch, param->types, value, NULL, &coerced, &error)) {
            en_loader_problem_error(fill->loader, fill->text->where, EN_SEVERITY_ERROR, path,
                                    &error);
        } else if (check_bounds(fill, param, path, coerced)) {
            check_choice(fill, param, path, &coerced);
        }
    }
    check_fields(fill, param->fields, path, value);
}

/* Fields are as deep as rows declare them, so this ends. */
static void check_fields(const filling *fill, const en_param *fields, en_text path, en_value value)
{
    if (fields == NULL) {
        return;
    }
    for (uint32_t i = 0; value.tag == EN_ARRAY && i < value.length; i++) {
        if (value.as.items[i].tag == EN_COLLECTION) {
            check_fields(fill, fields, en_path_index(fill->loader->scratch, path, i),
                         value.as.items[i]);
        }
    }
    for (; value.tag == EN_COLLECTION && fields->name != NULL; fields++) {
        en_text name = en_text_from(fields->name);
        en_text inner = en_path_name(fill->loader->scratch, path, name);
        if (en_collection_has(value, name)) {
            check_literal(fill, fields, inner, en_collection_find(value, name));
        } else if ((fields->flags & EN_REQUIRED) != 0) {
            en_loader_problem(fill->loader, fill->text->where, EN_SEVERITY_ERROR, path,
                              "missing field \"%s\"", fields->name);
        }
    }
}

static void set_constant(const filling *fill, const en_param *param, en_text path, en_value value,
                         en_argument *argument)
{
    bool may_be_missing =
        (param->flags & EN_REQUIRED) == 0 || (param->flags & EN_MAY_BE_EMPTY) != 0;
    if (en_is_missing(value) && may_be_missing) {
        set_fallback(fill, param, argument);
        return;
    }
    en_error error;
    en_error_clear(&error);
    en_value coerced;
    if (!en_coerce(fill->loader->arena, param->types, value, NULL, &coerced, &error)) {
        en_loader_problem_error(fill->loader, fill->text->where, EN_SEVERITY_ERROR, path, &error);
        return;
    }
    if (check_bounds(fill, param, path, coerced) && check_choice(fill, param, path, &coerced)) {
        check_fields(fill, param->fields, path, coerced);
        *argument = (en_argument){ .kind = EN_ARGUMENT_CONSTANT, .constant = coerced };
    }
}

/* --- one parameter --- */

static void fill_known(filling *fill, size_t index, en_text path, en_value value,
                       en_written *written)
{
    const en_param *param = &fill->module->takes[index];
    en_argument *argument = &fill->arguments[index];
    en_spot spot = { fill->text->where, path };
    if ((param->flags & EN_PER_BUNDLE) != 0) {
        written->mapping = en_names_compile_quietly(fill->names, value); /* the collect's affair */
        return;
    }
    if ((param->flags & EN_LITERAL) != 0) {
        written->mapping = en_names_compile_quietly(fill->names, value);
        set_constant(fill, param, path, value, argument);
        return;
    }
    if ((param->types & EN_T_FILTER) != 0) {
        written->mapping = en_names_compile_quietly(fill->names, value);
        argument->kind = EN_ARGUMENT_CONDITIONS;
        argument->conditions = en_names_compile_conditions(fill->names, value, EN_A_IS_FIELD, spot);
        return;
    }
    written->mapping = en_names_compile(fill->names, value, spot);
    en_value constant;
    if (en_mapping_constant(written->mapping, &constant)) {
        set_constant(fill, param, path, constant, argument);
    } else {
        *argument = (en_argument){ .kind = EN_ARGUMENT_MAPPING, .mapping = written->mapping };
        check_fields(fill, param->fields, path, value);
    }
}

static void warn_unknown(const filling *fill, en_text path, en_text name)
{
    enum { MOST_NAMES = 64 };
    en_text names[MOST_NAMES];
    size_t count = 0;
    for (const en_param *param = fill->module->takes;
         param != NULL && param->name != NULL && count < MOST_NAMES; param++) {
        names[count++] = en_text_from(param->name);
    }
    en_problem *problem = en_loader_problem(
        fill->loader, fill->text->where, EN_SEVERITY_WARNING, path,
        "%.*s has no parameter \"%.*s\"", EN_TEXT_ARG(fill->text->module_name), EN_TEXT_ARG(name));
    en_text nearest = en_loader_nearest(fill->loader, name, names, count);
    if (nearest.length != 0) {
        en_loader_hint(fill->loader, problem, "did you mean \"%.*s\"?", EN_TEXT_ARG(nearest));
    }
}

/* The members of `parameters`, or those of `mapper` that parameters leave over. */
static void fill_all(filling *fill, bool is_mapper)
{
    en_value group = is_mapper ? fill->text->mapper : fill->text->parameters;
    const en_member *members = en_collection_members(group);
    for (uint32_t i = 0; i < en_collection_count(group); i++) {
        if (is_mapper && en_collection_has(fill->text->parameters, members[i].name)) {
            continue;
        }
        en_written *written = &fill->written[fill->written_count++];
        written->name = members[i].name;
        en_text path = path_of(fill, is_mapper ? "mapper" : "parameters", members[i].name);
        size_t index =
            fill->module != NULL ? en_module_param_find(fill->module, written->name) : SIZE_MAX;
        if (index != SIZE_MAX) {
            fill_known(fill, index, path, members[i].value, written);
            continue;
        }
        if (fill->module != NULL) {
            warn_unknown(fill, path, written->name);
            written->mapping = en_names_compile_quietly(fill->names, members[i].value);
        } else {
            en_spot spot = { fill->text->where, path };
            written->mapping = en_names_compile(fill->names, members[i].value, spot);
        }
    }
}

static void check_required(const filling *fill)
{
    size_t count = en_module_param_count(fill->module);
    for (size_t i = 0; i < count; i++) {
        const en_param *param = &fill->module->takes[i];
        en_text name = en_text_from(param->name);
        if (en_collection_has(fill->text->parameters, name) ||
            en_collection_has(fill->text->mapper, name)) {
            continue;
        }
        set_fallback(fill, param, &fill->arguments[i]);
        if ((param->flags & EN_REQUIRED) != 0) {
            en_problem *problem = en_loader_problem(
                fill->loader, fill->text->where, EN_SEVERITY_ERROR,
                path_of(fill, "parameters", EN_TEXT("")), "missing parameter \"%s\"", param->name);
            if (param->doc != NULL) {
                en_loader_hint(fill->loader, problem, "%s", param->doc);
            }
        }
    }
}

/* A wrong family is worth a word only if the rest is right: most unknown modules are real apps. */
static bool is_near(en_text name, en_text nearest)
{
    size_t dot = en_text_find(name, EN_TEXT("."), 0);
    return nearest.length != 0 &&
           (en_text_nearest(name, &nearest, 1) == 0 ||
            (dot != SIZE_MAX && en_text_ends(nearest, en_text_slice(name, dot, name.length))));
}

static void warn_unknown_module(en_names *names, const en_use *text)
{
    en_loader *loader = names->loader;
    en_text path = en_path_join(loader->scratch, text->path, EN_TEXT("module"));
    en_problem *problem = en_loader_problem(loader, text->where, EN_SEVERITY_WARNING, path,
                                            "unknown module \"%.*s\": it can only run with a mock",
                                            EN_TEXT_ARG(text->module_name));
    if (loader->nearest_left > 0) {
        loader->nearest_left--;
        en_text nearest = en_module_nearest(loader->scratch, text->module_name);
        if (is_near(text->module_name, nearest)) {
            en_loader_hint(loader, problem, "did you mean \"%.*s\"?", EN_TEXT_ARG(nearest));
        }
    }
}

void en_arguments_fill(en_names *names, const en_use *text, en_step *step)
{
    en_arena *arena = names->loader->arena;
    size_t count =
        (size_t)en_collection_count(text->parameters) + en_collection_count(text->mapper);
    filling fill = {
        .names = names, .loader = names->loader, .text = text, .module = text->module
    };
    size_t takes = text->module != NULL ? en_module_param_count(text->module) : 0;
    fill.written = EN_TRY_ARRAY(arena, en_written, count + 1);
    fill.arguments = EN_TRY_ARRAY(arena, en_argument, takes + 1);
    if (fill.written == NULL || fill.arguments == NULL) {
        names->loader->failed = true;
        return;
    }
    memset(fill.arguments, 0, (takes + 1) * sizeof *fill.arguments);
    if (text->module == NULL && text->module_name.length != 0) {
        warn_unknown_module(names, text);
    }
    fill_all(&fill, false);
    fill_all(&fill, true);
    step->module = text->module;
    step->written = fill.written;
    step->written_count = fill.written_count;
    if (text->module != NULL) {
        check_required(&fill);
        step->arguments = fill.arguments;
    }
}

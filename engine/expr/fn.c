#include "expr/fn.h"

#include "expr/infix.h"
#include "value/number.h"

#include <string.h>

enum { MOST_NAMES = 512 };

static bool is_known(const en_fn *fn, const en_rules *rules)
{
    return (fn->flags & EN_FN_FUSION) == 0 || rules->fusion;
}

/* Families in the order of their files, rows in their order. */
static en_text find_nearest(en_text name, const en_rules *rules)
{
    en_text names[MOST_NAMES];
    size_t count = 0;
    for (size_t i = 0; en_fn_families[i] != NULL; i++) {
        for (const en_fn *fn = en_fn_families[i]; fn->name != NULL; fn++) {
            if (is_known(fn, rules) && (fn->flags & EN_FN_HIDDEN) == 0 && count < MOST_NAMES) {
                names[count++] = en_text_from(fn->name);
            }
        }
    }
    size_t nearest = en_text_nearest(name, names, count);
    return nearest != SIZE_MAX ? names[nearest] : EN_TEXT("");
}

const en_fn *en_fn_find(en_text name, const en_rules *rules, en_text *nearest)
{
    *nearest = EN_TEXT("");
    for (size_t i = 0; en_fn_families[i] != NULL; i++) {
        for (const en_fn *fn = en_fn_families[i]; fn->name != NULL; fn++) {
            if (en_text_equal(name, en_text_from(fn->name)) && is_known(fn, rules)) {
                return fn;
            }
        }
    }
    *nearest = find_nearest(name, rules);
    return NULL;
}

static size_t count_params(const en_fn *fn)
{
    size_t count = 0;
    while (count < EN_FN_MOST_PARAMS && fn->takes[count].name != NULL) {
        count++;
    }
    return count;
}

size_t en_fn_most_args(const en_fn *fn)
{
    size_t count = count_params(fn);
    return count != 0 && (fn->takes[count - 1].flags & EN_FN_REST) != 0 ? SIZE_MAX : count;
}

size_t en_fn_least_args(const en_fn *fn)
{
    size_t count = count_params(fn);
    while (count != 0 && (fn->takes[count - 1].flags & EN_FN_REQUIRED) == 0) {
        count--;
    }
    return count;
}

/* --- arguments --- */

static const struct {
    unsigned type;
    const char *name;
} types[EN_TAGS] = {
    [EN_TEXT_VALUE] = { EN_T_TEXT, "text" },
    [EN_NUMBER] = { EN_T_NUMBER, "number" },
    [EN_BOOLEAN] = { EN_T_BOOLEAN, "boolean" },
    [EN_DATE] = { EN_T_DATE, "date" },
    [EN_BUFFER] = { EN_T_BUFFER, "buffer" },
    [EN_ARRAY] = { EN_T_ARRAY, "array" },
    [EN_COLLECTION] = { EN_T_COLLECTION, "collection" },
};

static const en_fn_param *find_param(const en_fn_call *call, const en_fn *fn, size_t index)
{
    if (index < EN_FN_MOST_PARAMS && fn->takes[index].name != NULL) {
        return &fn->takes[index];
    }
    size_t count = count_params(fn);
    return index < call->count && en_fn_most_args(fn) == SIZE_MAX ? &fn->takes[count - 1] : NULL;
}

bool en_fn_refuse(en_fn_call *call, en_value value, const char *wanted)
{
    char room[EN_SHOWN_ROOM];
    return en_error_set(call->error, EN_DataError, "'%s' is not a valid %s.",
                        en_value_shown(value, room), wanted);
}

static bool refuse_type(en_fn_call *call, en_types wanted, en_value value)
{
    en_tag tag = EN_BOOLEAN;
    while (tag < EN_TAGS - 1 && (wanted & types[tag].type) == 0) {
        tag++;
    }
    return en_fn_refuse(call, value, types[tag].name);
}

/* Missing: see the header. */
static bool fill_missing(en_fn_call *call, const en_fn_param *param, en_value *value)
{
    if ((param->types & EN_T_NULL) != 0 || (param->flags & EN_FN_REQUIRED) == 0) {
        return true;
    }
    if ((param->types & EN_T_ARRAY) != 0) {
        *value = en_array(NULL, 0);
    } else if ((param->types & EN_T_TEXT) != 0) {
        *value = en_text_value(EN_TEXT(""));
    } else if ((param->types & EN_T_BOOLEAN) != 0) {
        *value = en_boolean(false);
    } else {
        return refuse_type(call, param->types, *value);
    }
    return true;
}

static bool convert(en_fn_call *call, en_types wanted, en_value *value)
{
    if ((wanted & EN_T_NUMBER) != 0 && value->tag == EN_TEXT_VALUE &&
        en_number_read_text(en_value_text(*value), value)) {
        return true;
    }
    int64_t at_ms;
    if ((wanted & EN_T_DATE) != 0 && value->tag == EN_TEXT_VALUE &&
        en_date_read(en_value_text(*value), call->scope->zone, &at_ms)) {
        *value = en_date(at_ms);
        return true;
    }
    if ((wanted & EN_T_TEXT) != 0) {
        *value = en_text_value(en_fn_text_of(call, *value));
        return true;
    }
    if ((wanted & EN_T_BOOLEAN) != 0) {
        *value = en_boolean(en_value_truth(*value));
        return true;
    }
    return refuse_type(call, wanted, *value);
}

bool en_fn_coerce(en_fn_call *call, const en_fn *fn, size_t index, en_value *value)
{
    const en_fn_param *param = find_param(call, fn, index);
    if (param == NULL) {
        return true; /* one too many: Make ignores it too */
    }
    if (en_is_missing(*value)) {
        return fill_missing(call, param, value);
    }
    return (param->types & types[value->tag].type) != 0 || convert(call, param->types, value);
}

/* --- time --- */

enum { MOST_MS = 10000 };

bool en_fn_spend(en_fn_call *call, uint64_t work)
{
    en_scope *scope = call->scope;
    scope->work += work;
    if (scope->work < scope->look_at) {
        return true;
    }
    int64_t now_us = en_clock_ticks_us();
    int64_t most_ms = scope->max_ms != 0 ? scope->max_ms : MOST_MS;
    scope->look_at = scope->work + EN_LOOK_EVERY;
    scope->began_us = scope->began_us != 0 ? scope->began_us : now_us;
    if (now_us - scope->began_us <= most_ms * 1000) {
        return true;
    }
    return en_error_set(call->error, EN_ExecutionInterruptedError,
                        "The evaluation took longer than %lld ms.", (long long)most_ms);
}

/* --- results --- */

en_text en_fn_text_of(const en_fn_call *call, en_value value)
{
    return en_value_as_text(call->scope->arena, value, en_text_from(call->rules->array_separator));
}

void en_fn_text_begin(const en_fn_call *call, en_builder *text)
{
    en_builder_init(text, call->scope->arena);
    text->limit_bytes = en_scope_most_bytes(call->scope);
}

bool en_fn_text_end(en_fn_call *call, en_builder *text, en_value *result)
{
    if (text->failed) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError,
                            "The text is larger than %zu bytes.", text->limit_bytes);
    }
    *result = en_text_value(en_builder_take(text));
    return true;
}

void en_fn_array_begin(const en_fn_call *call, en_array_builder *array)
{
    en_array_builder_init(array, call->scope->arena);
    array->most = en_scope_most_bytes(call->scope) / sizeof(en_value);
}

bool en_fn_array_end(en_fn_call *call, en_array_builder *array, en_value *result)
{
    if (array->failed) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError, "The list is too long.");
    }
    *result = en_array_builder_take(array);
    return true;
}

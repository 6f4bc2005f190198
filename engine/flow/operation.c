#include "flow/state.h"
#include "value/calendar.h"

#include <string.h>

/* Whether trying again can help: what is sure to fail again is not tried (toolkit-dialect.md Q19).
 */
static bool may_retry(const en_error *error)
{
    int status = error->status_code;
    if (error->retryable || status == 408 || status == 425 || status == 429 || status >= 500) {
        return error->type != EN_ThrowError && error->type != EN_PolicyError;
    }
    if (status >= 400) {
        return false;
    }
    return error->type == EN_RuntimeError || error->type == EN_ConnectionError ||
           error->type == EN_RateLimitError || error->type == EN_ModuleTimeoutError;
}

/* What every outside call, mocked or not, does first. */
static bool leave_for_outside(en_run *run, const en_step *step)
{
    bool is_outside = step->module == NULL || (step->module->flags & EN_OUTSIDE) != 0;
    return !is_outside || en_run_leave_segment(run);
}

/* Nothing is told before it is on disk, and nobody waits for the stores meanwhile. */
static bool settle_for_outside(en_run *run, const en_step *step)
{
    bool is_told = (step->module->flags & (EN_OUTSIDE | EN_ANSWERS)) == EN_OUTSIDE;
    return !is_told || run->options->batch == NULL ||
           en_batch_flush(run->options->batch, &run->error);
}

static bool run_mock(en_run *run, uint32_t at, en_value *bundles, bool *wraps)
{
    const en_step *step = &run->plan->steps[at];
    en_value parameters;
    *wraps = false;
    if (!leave_for_outside(run, step) || !en_run_written(run, step, &parameters)) {
        return false;
    }
    en_array_builder_add(&run->mocked[at], en_value_copy(run->report_arena, parameters));
    if (!en_mock_answer(run->mocks[at], run->mock_calls[at]++, !run->plan->searches_emit_list,
                        en_run_arena(run), bundles, &run->error)) {
        return false;
    }
    if (bundles->length != 0 && en_text_starts(step->module_name, EN_TEXT("http."))) {
        en_run_keep_reply(run, bundles->as.items[bundles->length - 1]);
    }
    return true;
}

static void prepare_call(en_run *run, uint32_t at, en_call *call)
{
    const en_step *step = &run->plan->steps[at];
    *call = (en_call){ .host = &en_run_host,
                       .run = run,
                       .module = step->module,
                       .is_first = at == 0,
                       .wants_count = en_run_counts(run, at),
                       .spool = en_run_pages(run, at) ? en_spool_new(en_run_arena(run)) : NULL,
                       .arena = en_run_arena(run),
                       .error = &run->error,
                       .now_ms = run->scope.now_ms,
                       .random = &run->random,
                       .zone = run->scope.zone,
                       .patterns = run->scope.patterns,
                       .payload = run->payload,
                       .request = run->options->request };
}

static en_value one_bundle(en_run *run, en_value bundle)
{
    en_value *single = en_arena_alloc(en_run_arena(run), sizeof *single);
    *single = bundle;
    return en_array(single, 1);
}

/* What a call emitted as the array of its bundles. */
static en_value emitted_bundles(en_run *run, const en_call *call, bool *wraps)
{
    *wraps = call->emission == EN_EMITTED_ITEMS;
    switch (call->emission) {
    case EN_EMITTED_ONE:
        return one_bundle(run, call->emitted);
    case EN_EMITTED_LIST:
        return call->module->emits == EN_EMITS_LIST && run->plan->searches_emit_list
                   ? one_bundle(run, call->emitted)
                   : call->emitted;
    case EN_EMITTED_ITEMS:
        return call->emitted;
    default:
        return en_array(NULL, 0);
    }
}

static bool run_module(en_run *run, en_call *call, en_value *bundles, bool *wraps)
{
    if (!call->module->run(call)) {
        run->error_data = call->error_data;
        return false;
    }
    *bundles = emitted_bundles(run, call, wraps);
    return true;
}

static bool is_option_on(const en_step *step, const en_value *values, const char *name)
{
    size_t param = en_module_param_find(step->module, en_text_from(name));
    return param != SIZE_MAX && values[param].tag == EN_BOOLEAN && values[param].as.boolean;
}

/* An aggregator: the module's code runs once for each group. */
static bool run_flush(en_run *run, uint32_t at, en_call *call, en_value *bundles)
{
    const en_step *step = &run->plan->steps[at];
    en_gathering *gathering = &run->gatherings[step->aggregator];
    en_array_builder outputs;
    en_array_builder_init(&outputs, en_run_arena(run));
    const en_group nothing_collected = { .key = en_nothing() };
    const en_group *group = gathering->first;
    if (group == NULL) {
        bool emits = is_option_on(step, call->arguments, "outputEmpty") ||
                     (run->plan->empty_aggregates_emit && !step->stops_if_empty);
        group = emits ? &nothing_collected : NULL;
    }
    for (; group != NULL; group = group->next) {
        call->inputs = group->inputs;
        call->input_count = group->count;
        call->group_key = group->key;
        call->group_name = gathering->group_name;
        call->emission = EN_EMITTED_NOTHING;
        en_value made;
        bool wraps;
        if (!run_module(run, call, &made, &wraps)) {
            return false;
        }
        for (uint32_t i = 0; i < made.length; i++) {
            en_array_builder_add(&outputs, made.as.items[i]);
        }
    }
    *bundles = en_array_builder_take(&outputs);
    return true;
}

static bool run_call(en_run *run, uint32_t at, en_call *call, en_value *bundles, bool *wraps)
{
    const en_step *step = &run->plan->steps[at];
    if (step->module == NULL) {
        en_error_set(&run->error, EN_InvalidConfigurationError,
                     "enact has no module \"%.*s\" and there is no mock for it",
                     EN_TEXT_ARG(step->module_name));
        en_text nearest = en_module_nearest(en_run_arena(run), step->module_name);
        if (nearest.length != 0) {
            en_error_hint(&run->error, "did you mean %.*s? Else give a mock with --mock",
                          EN_TEXT_ARG(nearest));
        } else {
            en_error_hint(&run->error, "give a mock for it with --mock or --mock-auto");
        }
        return false;
    }
    en_value *values;
    en_filter *filters;
    prepare_call(run, at, call);
    if (!leave_for_outside(run, step) || !en_run_arguments(run, step, &values, &filters) ||
        !en_run_check_memory(run) || /* arguments that were cut off are not acted upon */
        !settle_for_outside(run, step)) {
        return false;
    }
    call->arguments = values;
    call->filters = filters;
    *wraps = false;
    if (step->kind == EN_STEP_FLUSH && step->aggregator != EN_NO_INDEX) {
        return run_flush(run, at, call, bundles);
    }
    if (step->source_count != 0) { /* an aggregator or converger that reads its join */
        en_input *inputs;
        if (!en_run_inputs(run, step, &inputs, &call->input_count)) {
            return false;
        }
        call->inputs = inputs;
    }
    run->spooled = NULL;
    if (!run_module(run, call, bundles, wraps)) {
        return false;
    }
    if (call->spool != NULL && en_spool_count(call->spool) != 0) {
        run->spooled = call->spool;
    }
    return true;
}

static bool wait_for_retry(en_run *run, const en_retry *retry, uint32_t attempt)
{
    int64_t wait_ms = retry->interval_ms;
    for (uint32_t i = 0; retry->doubles && i < attempt && wait_ms < EN_DATE_MAX; i++) {
        wait_ms *= 2;
    }
    return en_run_leave_segment(run) && /* waiting is an outside call */
           (run->options->batch == NULL || en_batch_flush(run->options->batch, &run->error)) &&
           en_run_sleep(run, wait_ms);
}

bool en_run_operation(en_run *run, uint32_t at, en_call *call, en_value *bundles, bool *wraps)
{
    const en_step *step = &run->plan->steps[at];
    for (uint32_t attempt = 0;; attempt++) {
        run->error_data = en_null();
        bool done = run->mocks[at] != NULL ? run_mock(run, at, bundles, wraps)
                                           : run_call(run, at, call, bundles, wraps);
        if (done || attempt >= step->retry.most || !may_retry(&run->error)) {
            return done;
        }
        en_error tried = run->error;
        en_error_clear(&run->error);
        if (!wait_for_retry(run, &step->retry, attempt)) {
            return false;
        }
        en_run_warn(run,
                    en_text_format(en_run_arena(run), "step %lld was tried again after %s: %s",
                                   (long long)step->id, en_error_name(tried.type), tried.message));
    }
}

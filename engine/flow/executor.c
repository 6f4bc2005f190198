/* The executor: one loop over the plan with a stack of frames, no recursion (plan.md 4 and 5). */
#include "flow/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

en_arena *en_run_arena(en_run *run)
{
    return run->scope.arena;
}

void en_twin_init(en_twin *twin, en_budget *budget)
{
    *twin = (en_twin){ 0 };
    en_arena_init(&twin->arenas[0], budget);
    en_arena_init(&twin->arenas[1], budget);
}

en_arena *en_twin_renew(const en_run *run, en_twin *twin)
{
    if (run->outputs != twin->since) {
        twin->at = 1 - twin->at;
        twin->since = run->outputs;
    }
    en_arena_reset(&twin->arenas[twin->at]);
    return &twin->arenas[twin->at];
}

void en_twin_done(en_twin *twin)
{
    en_arena_done(&twin->arenas[0]);
    en_arena_done(&twin->arenas[1]);
}

/* --- frames --- */

static en_frame *top_frame(const en_run *run)
{
    return run->depth != 0 ? run->frames[run->depth - 1] : NULL;
}

/* The arena of the innermost loop's bundle becomes the one that everything is made in. */
static void choose_arena(en_run *run)
{
    run->scope.arena = &run->arena;
    for (size_t i = run->depth; i > 0; i--) {
        en_frame *frame = run->frames[i - 1];
        if (frame->kind == EN_FRAME_LOOP) {
            run->scope.arena = en_twin_arena(&frame->arenas);
            return;
        }
    }
}

/* A frame for the next depth; those of earlier loops are used again with their blocks. */
static en_frame *push_frame(en_run *run, en_frame_kind kind, uint32_t step)
{
    if (run->depth == run->frame_room) {
        size_t room = run->frame_room != 0 ? run->frame_room * 2 : 8;
        en_frame **frames = en_arena_zero(&run->arena, room * sizeof *frames);
        if (run->depth != 0) {
            memcpy(frames, run->frames, run->depth * sizeof *frames);
        }
        run->frames = frames;
        run->frame_room = room;
    }
    if (run->frames[run->depth] == NULL) {
        en_frame *made = EN_NEW(&run->arena, en_frame);
        en_twin_init(&made->arenas, &run->budget);
        run->frames[run->depth] = made;
    }
    en_frame *frame = run->frames[run->depth++];
    frame->kind = kind;
    frame->step = step;
    return frame;
}

size_t en_run_loop_depth(const en_run *run)
{
    size_t depth = run->depth;
    while (depth > 0 && run->frames[depth - 1]->kind != EN_FRAME_LOOP) {
        depth--;
    }
    return depth;
}

/* Live bits and slots of a range, and the collections whose flush lies in it. */
static void clear_range(en_run *run, uint32_t start, uint32_t end)
{
    memset(run->live + start, 0, end - start);
    for (uint32_t i = start; i < end; i++) {
        const en_step *step = &run->plan->steps[i];
        if (step->slot != EN_NO_INDEX) {
            run->slots[step->slot] = en_nothing();
        }
        if (step->kind == EN_STEP_FLUSH && step->aggregator != EN_NO_INDEX) {
            en_gathering_close(&run->gatherings[step->aggregator]);
        }
    }
}

void en_run_leave_loop(en_run *run, const en_frame *frame)
{
    run->slots[run->plan->steps[frame->step].slot] = en_nothing();
    run->depth--;
    choose_arena(run);
}

/* --- bundles --- */

void en_run_keep_trace(en_run *run, uint32_t at, en_value bundle)
{
    if (run->trace != NULL && run->plan->steps[at].id != EN_NO_STEP &&
        (run->options->trace_limit == 0 || run->trace[at].count < run->options->trace_limit)) {
        en_array_builder_add(&run->trace[at], en_value_copy(run->report_arena, bundle));
    }
}

static en_value wrap_element(en_run *run, en_value element, uint64_t at, uint64_t length)
{
    en_collection_builder bundle;
    en_collection_builder_init(&bundle, run->scope.arena);
    en_collection_builder_add(&bundle, EN_TEXT("item"), element);
    en_collection_builder_add(&bundle, EN_TEXT("index"), en_number((double)at + 1));
    en_collection_builder_add(&bundle, EN_TEXT("length"), en_number((double)length));
    return en_collection_builder_take(&bundle);
}

static uint64_t count_elements(en_value bundles, const en_spool *rest)
{
    return bundles.length + (rest != NULL ? en_spool_count(rest) : 0);
}

/* The rest of the list that a step walks over, whose first elements are `bundles`. */
static en_spool *rest_of(const en_run *run, uint32_t at, en_value bundles)
{
    uint32_t slot = run->plan->steps[at].walks;
    en_value list = slot != EN_NO_INDEX ? run->slots[slot] : en_nothing();
    bool is_list =
        list.tag == EN_ARRAY && list.as.items == bundles.as.items && list.length == bundles.length;
    return is_list ? run->spools[slot] : NULL;
}

/* Spooled elements are read one after the other. */
static bool present_bundle(en_run *run, en_frame *frame, en_value *bundle)
{
    if (frame->at < frame->bundles.length) {
        *bundle = frame->bundles.as.items[frame->at];
    } else if (!en_spool_read(frame->rest, &frame->reader, &run->arena, run->scope.arena, bundle,
                              &run->error)) {
        return false;
    }
    if (frame->wraps) {
        *bundle =
            wrap_element(run, *bundle, frame->at, count_elements(frame->bundles, frame->rest));
    }
    return true;
}

static bool enter_bundle(en_run *run, en_frame *frame)
{
    run->scope.arena = en_twin_renew(run, &frame->arenas);
    const en_step *step = &run->plan->steps[frame->step];
    en_value bundle;
    if (!present_bundle(run, frame, &bundle)) {
        return false;
    }
    run->slots[step->slot] = bundle;
    en_run_keep_trace(run, frame->step, bundle);
    run->pc = frame->start;
    return true;
}

static en_frame *push_loop(en_run *run, uint32_t at)
{
    const en_step *step = &run->plan->steps[at];
    en_frame *frame = push_frame(run, EN_FRAME_LOOP, at);
    frame->start = step->loop_start;
    frame->end = step->loop_end;
    frame->feed = NULL;
    frame->at = 0;
    frame->rest = NULL;
    frame->reader = (en_spool_reader){ .buffer = frame->reader.buffer };
    clear_range(run, frame->start, frame->end);
    return frame;
}

static bool start_loop(en_run *run, uint32_t at, en_value bundles, bool wraps, en_spool *rest)
{
    en_frame *frame = push_loop(run, at);
    frame->bundles = bundles;
    frame->wraps = wraps;
    frame->rest = rest;
    return enter_bundle(run, frame);
}

static void set_last_output(en_run *run, uint32_t at, en_value value, en_spool *rest)
{
    if (run->plan->steps[at].id != EN_NO_STEP) {
        run->last = en_run_counts(run, at) ? en_null() : value;
        run->last_rest = rest;
        run->outputs++;
    }
}

static bool last_bundle(en_run *run, en_value bundles, bool wraps, en_spool *rest, en_value *last)
{
    *last = bundles.as.items[bundles.length - 1];
    if (rest != NULL && !en_spool_last(rest, run->scope.arena, last, &run->error)) {
        return false;
    }
    if (wraps) {
        uint64_t length = count_elements(bundles, rest);
        *last = wrap_element(run, *last, length - 1, length);
    }
    return true;
}

static bool enter_loop(en_run *run, uint32_t at, en_value bundles, bool wraps)
{
    const en_step *step = &run->plan->steps[at];
    en_spool *rest = rest_of(run, at, bundles);
    if (bundles.length != 0) {
        en_value last;
        if (!last_bundle(run, bundles, wraps, rest, &last)) {
            return false;
        }
        set_last_output(run, at, last, NULL);
    }
    if (bundles.length != 0 && step->loop_start < step->loop_end && !step->ends_path) {
        return start_loop(run, at, bundles, wraps, rest);
    }
    for (uint32_t i = 0; run->trace != NULL && i < bundles.length; i++) {
        en_value bundle = bundles.as.items[i];
        en_run_keep_trace(run, at, wraps ? wrap_element(run, bundle, i, bundles.length) : bundle);
    }
    run->live[at] = !step->ends_path;
    run->pc = step->ends_path ? step->dead : step->loop_end;
    return true;
}

static void open_collections(en_run *run, uint32_t at)
{
    const en_step *step = &run->plan->steps[at];
    for (size_t i = 0; i < step->open_count; i++) {
        en_gathering_open(run, &run->gatherings[step->opens[i]], run->depth);
    }
}

/* What every success does: of a call, of a flush, of a failed step that was resumed. */
static bool succeed(en_run *run, uint32_t at, en_value bundles, bool wraps)
{
    const en_step *step = &run->plan->steps[at];
    open_collections(run, at);
    run->live[at] = 1;
    if (step->loop_start != EN_NO_INDEX) {
        return enter_loop(run, at, bundles, wraps);
    }
    if (bundles.length > 1) {
        return en_error_set(&run->error, EN_RuntimeError,
                            "%u bundles came where only one can go on: nothing loops here",
                            (unsigned)bundles.length);
    }
    bool ends = bundles.length == 0 || step->ends_path;
    if (bundles.length == 1) {
        run->slots[step->slot] = bundles.as.items[0];
        run->spools[step->slot] = step->pages ? run->spooled : NULL;
        en_run_keep_trace(run, at, bundles.as.items[0]);
        set_last_output(run, at, bundles.as.items[0], run->spools[step->slot]);
    }
    if (ends) {
        run->live[at] = 0;
        run->pc = step->dead;
    } else {
        run->pc = step->handler_start != EN_NO_INDEX ? step->handler_end : at + 1;
    }
    return true;
}

/* --- operations --- */

static bool stop(en_run *run, en_error_type type, const char *message)
{
    run->fatal = true;
    return en_error_set(&run->error, type, "%s", message);
}

static bool check_time(en_run *run)
{
    if (run->options->interrupted != NULL && *run->options->interrupted != 0) {
        return stop(run, EN_ExecutionInterruptedError, "interrupted");
    }
    if (run->deadline_us != 0 && en_clock_elapsed_us(run->clock) > run->deadline_us) {
        return stop(run, EN_ExecutionInterruptedError, "the run took longer than its time limit");
    }
    return true;
}

static bool check_operations(en_run *run)
{
    if (run->options->max_operations != 0 &&
        run->report->operations >= run->options->max_operations) {
        return stop(run, EN_OperationsLimitExceededError,
                    "the run has used all the operations it may");
    }
    return true;
}

bool en_run_check_memory(en_run *run)
{
    return !run->budget.exceeded || stop(run, EN_DataSizeLimitExceededError,
                                         "the run needs more memory than it may (--max-memory)");
}

static void count_operation(en_run *run, uint32_t at, en_value bundles, int64_t duration_us)
{
    const en_step *step = &run->plan->steps[at];
    en_step_report *about = &run->report->steps[at];
    about->operations++;
    about->bundles += count_elements(bundles, rest_of(run, at, bundles));
    about->duration_us += duration_us;
    run->report->operations++;
    if (run->trace != NULL && step->id != EN_NO_STEP) {
        en_array_builder_add(&run->order, en_integer(step->id));
    }
}

static void tell_observer(en_run *run, uint32_t at, en_value bundles, int64_t duration_us,
                          bool done)
{
    en_observer *observer = run->options->observer;
    if (observer == NULL || observer->step == NULL) {
        return;
    }
    en_step_event event = { .step = &run->plan->steps[at],
                            .operation = run->report->operations,
                            .parameters = en_null(),
                            .output = bundles.length == 1 ? bundles.as.items[0] : bundles,
                            .bundles = bundles.length,
                            .duration_us = duration_us,
                            .error = done ? NULL : &run->error,
                            .mocked = run->mocks[at] != NULL,
                            .depth = (unsigned)run->depth };
    if (observer->wants_parameters && done && !en_run_written(run, event.step, &event.parameters)) {
        en_error_clear(&run->error); /* a mapping that only works before the call */
    }
    observer->step(observer, &event);
}

static void count_filter(en_run *run, uint32_t at, bool passes)
{
    en_step_count *counts = run->options->counts;
    if (counts != NULL) {
        counts[at].entered += passes;
        counts[at].refused += !passes;
    }
}

static bool feed(en_run *run, uint32_t at)
{
    if (!check_time(run) || !check_operations(run)) {
        return false;
    }
    count_operation(run, at, en_array(NULL, 0), 0);
    if (!en_feed_can_start(run, at)) {
        return succeed(run, at, en_array(NULL, 0), true);
    }
    open_collections(run, at);
    run->live[at] = 1;
    en_frame *frame = push_loop(run, at);
    run->pc = frame->end;
    frame->feed = run->options->feed;
    return en_feed_take(run, frame);
}

static bool operate(en_run *run, uint32_t at)
{
    const en_step *step = &run->plan->steps[at];
    en_call call;
    en_value bundles = en_array(NULL, 0);
    bool wraps = false;
    if (!check_time(run) || !check_operations(run)) {
        return false;
    }
    int64_t started_us = en_clock_elapsed_us(run->clock);
    bool done = en_run_operation(run, at, &call, &bundles, &wraps) && en_run_check_memory(run);
    int64_t duration_us = en_clock_elapsed_us(run->clock) - started_us;
    if (done) {
        count_operation(run, at, bundles, duration_us);
    }
    tell_observer(run, at, bundles, duration_us, done);
    if (!done) {
        return false;
    }
    if (step->kind == EN_STEP_FLUSH && step->aggregator != EN_NO_INDEX) {
        en_gathering_close(&run->gatherings[step->aggregator]);
    }
    return succeed(run, at, bundles, wraps);
}

/* --- errors: plan.md 5 --- */

/* Routes have no id of their own, but their router has; fallbacks have that of the failed step. */
static int64_t visible_id(const en_run *run, uint32_t at)
{
    const en_step *step = &run->plan->steps[at];
    if (step->id == EN_NO_STEP && step->kind == EN_STEP_GATE && step->when_count != 0) {
        return run->plan->steps[step->when[0]].id;
    }
    if (step->id == EN_NO_STEP && run->depth > run->floor &&
        top_frame(run)->kind == EN_FRAME_HANDLER) {
        return run->plan->steps[top_frame(run)->step].id;
    }
    return step->id;
}

static void describe_error(en_run *run, uint32_t at)
{
    const en_step *step = &run->plan->steps[at];
    en_error *error = &run->error;
    int64_t id = visible_id(run, at);
    if (error->step_id == EN_NO_STEP && id != EN_NO_STEP) {
        error->step_id = id;
        snprintf(error->module, sizeof error->module, "%.*s", EN_TEXT_ARG(step->module_name));
    }
    size_t depth = en_run_loop_depth(run);
    if (depth != 0 && error->bundle == 0) {
        error->bundle = run->frames[depth - 1]->at + (uint64_t)1;
    }
    if (error->file[0] == '\0') {
        snprintf(error->file, sizeof error->file, "%.*s", EN_TEXT_ARG(run->plan->file));
        error->line = step->line;
        error->column = step->column;
    }
}

/* An error route whose first step has a filter that is false is not there for this error. */
static bool handler_applies(en_run *run, const en_step *step)
{
    if (step->handler_start == EN_NO_INDEX) {
        return false;
    }
    bool applies = true;
    en_error failed;
    en_error_clear(&failed);
    if (!en_conditions_test(run->plan->steps[step->handler_start].filter, &run->scope, &applies,
                            &failed)) {
        return false;
    }
    if (!applies) {
        count_filter(run, step->handler_start, false);
    }
    return applies;
}

/* An error that came of missing memory, whatever it says, or of an interrupt is a limit as well. */
void en_run_find_limit(en_run *run)
{
    if (!run->fatal && run->budget.exceeded) {
        en_error_clear(&run->error);
        run->fatal = !en_run_check_memory(run);
    }
    run->fatal = run->fatal || run->error.type == EN_ExecutionInterruptedError;
}

/* True: an error route takes over. False: the run ends with run->error. */
static bool handle_error(en_run *run, uint32_t at, bool by_filter)
{
    const en_step *step = &run->plan->steps[at];
    en_run_find_limit(run);
    describe_error(run, at);
    if (run->fatal || run->final || by_filter) {
        return false;
    }
    en_value outer = run->error_value;
    en_value record = en_run_error_value(run, run->scope.arena);
    run->error_value = record;
    if (!handler_applies(run, step)) {
        run->error_value = outer;
        return false;
    }
    en_run_warn(run, en_text_format(run->scope.arena, "step %" PRId64 " failed and was handled: %s",
                                    step->id, run->error.message));
    en_error *failure = EN_NEW(run->scope.arena, en_error);
    *failure = run->error;
    en_error_clear(&run->error);
    run->error_data = en_null(); /* stands in the record */
    clear_range(run, step->handler_start, step->handler_end);
    en_frame *frame = push_frame(run, EN_FRAME_HANDLER, at);
    frame->start = step->handler_start;
    frame->end = step->handler_end;
    frame->outer_error = outer;
    frame->failure = failure;
    en_collection_builder bundle;
    en_collection_builder_init(&bundle, run->scope.arena);
    en_collection_builder_add(&bundle, EN_TEXT("error"), record);
    if (step->slot != EN_NO_INDEX) {
        run->slots[step->slot] = en_collection_builder_take(&bundle);
    }
    run->pc = step->handler_start;
    return true;
}

/* Drops the frames above the innermost one of a kind; NULL and nothing dropped if there is none. */
static en_frame *unwind_to(en_run *run, en_frame_kind kind)
{
    for (size_t depth = run->depth; depth > run->floor; depth--) {
        if (run->frames[depth - 1]->kind == kind) {
            for (size_t i = depth; i < run->depth; i++) {
                if (run->frames[i]->kind == EN_FRAME_HANDLER) {
                    run->error_value = run->frames[i]->outer_error;
                    break;
                }
            }
            run->depth = depth;
            choose_arena(run);
            return run->frames[depth - 1];
        }
    }
    return NULL;
}

static void leave_handler(en_run *run, const en_frame *frame)
{
    run->error_value = frame->outer_error;
    run->depth--;
    choose_arena(run);
}

/* The failed step gave nothing: what depends on it does not run. */
static void ignore_failure(en_run *run, const en_frame *frame)
{
    uint32_t failed = frame->step;
    const en_step *step = &run->plan->steps[failed];
    leave_handler(run, frame);
    run->live[failed] = 0;
    if (step->slot != EN_NO_INDEX) {
        run->slots[step->slot] = en_nothing();
    }
    run->pc = step->kind == EN_STEP_COLLECT ? failed + 1 : step->dead;
}

static bool resume(en_run *run, const en_step *directive, const en_frame *frame)
{
    uint32_t failed = frame->step;
    en_value *bundle = en_arena_alloc(run->scope.arena, sizeof *bundle);
    if (directive->resume != NULL) {
        if (!en_mapping_eval(directive->resume, &run->scope, bundle, &run->error)) {
            return false;
        }
    } else if (directive->resume_slot != EN_NO_INDEX) {
        *bundle = run->slots[directive->resume_slot];
    } else {
        en_collection_builder empty;
        en_collection_builder_init(&empty, run->scope.arena);
        *bundle = en_collection_builder_take(&empty);
    }
    leave_handler(run, frame);
    run->spooled = NULL;
    return succeed(run, failed, en_array(bundle, 1), false);
}

static bool go_to_next_bundle(en_run *run)
{
    const en_frame *loop = unwind_to(run, EN_FRAME_LOOP);
    if (loop == NULL) {
        run->ended = true;
    } else {
        run->pc = loop->end;
    }
    return true;
}

static bool direct(en_run *run, const en_step *directive)
{
    if (directive->directive == EN_DIRECTIVE_NEXT) {
        return go_to_next_bundle(run);
    }
    en_frame *frame = unwind_to(run, EN_FRAME_HANDLER);
    if (frame == NULL) {
        return en_error_set(&run->error, EN_InvalidConfigurationError,
                            "a directive stands outside of an error route");
    }
    switch (directive->directive) {
    case EN_DIRECTIVE_RESUME:
        return resume(run, directive, frame);
    case EN_DIRECTIVE_COMMIT:
        run->ended = true;
        return true;
    case EN_DIRECTIVE_BREAK: /* nothing stores incomplete executions: as if unhandled */
    case EN_DIRECTIVE_ROLLBACK:
        run->error = *frame->failure;
        run->error_data = en_collection_find(run->error_value, EN_TEXT("data"));
        run->final = true;
        return false;
    default:
        ignore_failure(run, frame);
        return true;
    }
}

/* --- the loop --- */

static bool is_due(const en_run *run, const en_step *step)
{
    bool due = step->when_count == 0;
    for (size_t i = 0; i < step->when_count && !due; i++) {
        due = run->live[step->when[i]] != 0;
    }
    for (size_t i = 0; i < step->unless_count && due; i++) {
        due = run->live[step->unless[i]] == 0;
    }
    bool flushes = step->kind == EN_STEP_FLUSH && step->aggregator != EN_NO_INDEX;
    return flushes ? run->gatherings[step->aggregator].open : due;
}

static bool each(en_run *run, uint32_t at)
{
    en_value list = run->slots[run->plan->steps[at].list_slot];
    if (list.tag == EN_ARRAY) {
        return succeed(run, at, list, true);
    }
    en_value *single = en_arena_alloc(run->scope.arena, sizeof *single);
    *single = list;
    return succeed(run, at, en_array(single, en_is_missing(list) ? 0 : 1), true);
}

static bool perform(en_run *run, uint32_t at)
{
    const en_step *step = &run->plan->steps[at];
    switch (step->kind) {
    case EN_STEP_GATE:
        run->live[at] = 1;
        run->pc = at + 1;
        return true;
    case EN_STEP_COLLECT:
        if (!check_time(run) || !en_run_collect(run, step) || !en_run_check_memory(run)) {
            return false;
        }
        run->live[at] = 1;
        run->pc = at + 1;
        return true;
    case EN_STEP_DIRECTIVE:
        return direct(run, step);
    case EN_STEP_EACH:
        return each(run, at);
    default:
        return en_feed_is_for(run, at) ? feed(run, at) : operate(run, at);
    }
}

static bool turn(en_run *run)
{
    uint32_t at = run->pc;
    const en_step *step = &run->plan->steps[at];
    if (!is_due(run, step)) {
        run->pc = step->dead;
        return true;
    }
    bool passes = true;
    if (step->filter != NULL &&
        !en_conditions_test(step->filter, &run->scope, &passes, &run->error)) {
        en_error_prefix_path(&run->error, EN_TEXT("filter"));
        return handle_error(run, at, true);
    }
    if (!en_run_check_memory(run)) { /* before it is seen what lacks */
        return handle_error(run, at, false);
    }
    count_filter(run, at, passes);
    if (!passes) {
        run->pc = step->dead;
        return true;
    }
    return perform(run, at) || handle_error(run, at, false);
}

/* False: the loop's list broke off. */
static bool end_frame(en_run *run)
{
    en_frame *frame = top_frame(run);
    if (frame->kind == EN_FRAME_HANDLER) {
        ignore_failure(run, frame);
        return true;
    }
    clear_range(run, frame->start, frame->end);
    if (frame->feed != NULL) {
        return en_feed_go_on(run, frame);
    }
    if (frame->at + (uint64_t)1 < count_elements(frame->bundles, frame->rest)) {
        frame->at++;
        return enter_bundle(run, frame);
    }
    en_run_leave_loop(run, frame);
    return true;
}

bool en_run_steps(en_run *run, uint32_t start, uint32_t end)
{
    run->pc = start;
    run->floor = run->depth;
    choose_arena(run);
    for (;;) {
        while (run->depth > run->floor && top_frame(run)->end == run->pc) {
            if (!end_frame(run)) {
                uint32_t at = top_frame(run)->step;
                en_run_find_limit(run);
                describe_error(run, at);
                return false;
            }
        }
        if (run->pc >= end || run->ended) {
            return en_run_check_memory(run);
        }
        if (!turn(run)) {
            return false;
        }
    }
}

/* Reads and writes around outside calls: the run gives its turn away there (DESIGN 5), so what it
 * has read may have changed when something made of it, or decided by it, is written. */
#include "scenario/emit.h"
#include "scenario/sketch.h"

/* Each look walks over the plan. */
enum { MOST_LOOKS = 400 };

typedef struct dependence {
    const en_emitter *emit;
    uint32_t write;
    uint32_t *outside; /* by step before the write: the next one from here that reaches outside on
                          the way to it; EN_NO_INDEX: none */
    bool *on_way;      /* by step: the write waits for it, or for what waits for it */
    en_text store;
    uint32_t read; /* EN_NO_INDEX: none */
} dependence;

static bool reaches_outside(const en_step *step)
{
    return step->kind == EN_STEP_CALL && step->module != NULL &&
           (step->module->flags & EN_OUTSIDE) != 0;
}

/* --- the way to the write --- */

static void find_way(dependence *on)
{
    on->on_way[on->write] = true;
    for (uint32_t i = on->write + 1; i > 0; i--) {
        const en_step *step = &on->emit->steps[i - 1];
        for (size_t k = 0; on->on_way[i - 1] && k < step->when_count; k++) {
            if (step->when[k] < i - 1) {
                on->on_way[step->when[k]] = true;
            }
        }
    }
}

/* What stands in a route that the write does not wait for may not run when the write does. `runs`
 * is scratch, by step. */
static void find_outside(dependence *on, bool *runs)
{
    uint32_t next = EN_NO_INDEX;
    for (uint32_t i = 0; i < on->write; i++) {
        const en_step *step = &on->emit->steps[i];
        bool reached = on->on_way[i] || step->when_count == 0;
        for (size_t k = 0; k < step->when_count; k++) {
            reached = reached || (step->when[k] < i && runs[step->when[k]]);
        }
        runs[i] = on->on_way[i] || (reached && step->filter == NULL && step->unless_count == 0);
        on->outside[i] = reached && reaches_outside(step) ? i : EN_NO_INDEX;
    }
    for (uint32_t i = on->write; i > 0; i--) {
        next = on->outside[i - 1] != EN_NO_INDEX ? on->outside[i - 1] : next;
        on->outside[i - 1] = next;
    }
}

/* --- what it depends on --- */

static void find_read(void *context, const en_ref *ref, en_text field, size_t at)
{
    (void)field;
    (void)at;
    dependence *on = context;
    if (ref->kind != EN_REF_SLOT) {
        return;
    }
    uint32_t number = on->emit->step_of_slot[ref->slot];
    const en_step *step = &on->emit->steps[number];
    bool reads =
        step->module != NULL && step->arguments != NULL && (step->module->flags & EN_READS) != 0;
    if (reads && number < on->write && on->outside[number] != EN_NO_INDEX &&
        en_text_equal(en_step_store(step), on->store)) {
        on->read = number;
    }
}

static void find_in_data(dependence *on)
{
    const en_step *step = &on->emit->steps[on->write];
    for (size_t i = 0; i < step->written_count; i++) {
        if (en_text_equal(step->written[i].name, EN_TEXT("data"))) {
            en_mapping_visit(step->written[i].mapping, find_read, on);
        }
    }
}

static void find_in_filters(dependence *on)
{
    const en_step *steps = on->emit->steps;
    for (uint32_t i = 0; i <= on->write; i++) {
        if (!on->on_way[i]) {
            continue;
        }
        en_conditions_visit(steps[i].filter, find_read, on);
        for (size_t k = 0; k < steps[i].unless_count; k++) { /* of those it is the other way of */
            en_conditions_visit(steps[steps[i].unless[k]].filter, find_read, on);
        }
    }
}

/* --- telling --- */

/* A write that finds out by itself what is there, or after which it does not matter. */
static bool minds(const en_step *step)
{
    en_value overwrite = en_step_constant(step, "overwrite");
    return en_module_param_find(step->module, EN_TEXT("expected")) == SIZE_MAX &&
           !(overwrite.tag == EN_BOOLEAN && overwrite.as.boolean);
}

static void tell(const dependence *on, const en_entry *entry, bool is_data)
{
    en_loader *loader = on->emit->loader;
    long long read = (long long)on->emit->steps[on->read].id;
    long long outside = (long long)on->emit->steps[on->outside[on->read]].id;
    en_problem *problem =
        is_data ? en_loader_problem(loader, entry, EN_SEVERITY_WARNING, EN_TEXT("parameters.data"),
                                    "step %lld read this before step %lld reached outside: other "
                                    "runs may have changed it",
                                    read, outside)
                : en_loader_problem(loader, entry, EN_SEVERITY_WARNING, EN_TEXT("module"),
                                    "what step %lld read decides on this, but step %lld reached "
                                    "outside since: other runs may have changed it",
                                    read, outside);
    en_loader_hint(loader, problem,
                   is_data ? "read it again behind step %lld, or use "
                             "datastore.incrementField or datastore.compareAndSet"
                           : "read it again behind step %lld, or use datastore.compareAndSet, or "
                             "overwrite the record of a key",
                   outside);
}

static void look_at(dependence *on, const en_entry *entry, bool *runs)
{
    find_way(on);
    find_outside(on, runs);
    find_in_data(on);
    bool is_data = on->read != EN_NO_INDEX;
    if (!is_data && minds(&on->emit->steps[on->write])) {
        find_in_filters(on);
    }
    if (on->read != EN_NO_INDEX) {
        tell(on, entry, is_data);
    }
}

void en_check_turn(en_emitter *emit, const en_entry *entry, uint32_t number)
{
    en_loader *loader = emit->loader;
    const en_step *step = &emit->steps[number];
    if (emit->outside[number] == 0 || emit->looks++ >= MOST_LOOKS) {
        return;
    }
    en_arena_mark mark = en_arena_get_mark(loader->scratch);
    size_t count = (size_t)number + 1;
    dependence on = { .emit = emit,
                      .write = number,
                      .outside = EN_LOADER_ARRAY(loader, uint32_t, count),
                      .on_way = EN_LOADER_ARRAY(loader, bool, count),
                      .store = en_step_store(step),
                      .read = EN_NO_INDEX };
    bool *runs = EN_LOADER_ARRAY(loader, bool, count);
    if (!loader->failed) {
        look_at(&on, entry, runs);
    }
    en_arena_rewind(loader->scratch, mark);
}

void en_check_note(en_emitter *emit, const en_step *step, uint32_t number)
{
    if (step->slot != EN_NO_INDEX) {
        emit->step_of_slot[step->slot] = number;
    }
    uint32_t behind = step->handler_end != EN_NO_INDEX && step->kind != EN_STEP_COLLECT
                          ? step->handler_end
                          : number + 1;
    for (uint32_t i = number + 1; i <= behind; i++) {
        emit->outside[i] = emit->outside[number] + reaches_outside(step);
    }
}

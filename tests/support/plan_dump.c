#include "plan_dump.h"

#include "test.h"

#include "value/json.h"

static void add_steps(en_builder *out, const char *name, const uint32_t *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        en_builder_format(out, "%s%u", i == 0 ? name : ",", steps[i]);
    }
}

static void add_sources(en_builder *out, const en_step *step)
{
    for (size_t i = 0; i < step->source_count; i++) {
        const en_source *source = &step->sources[i];
        en_builder_format(out, "%s%u", i == 0 ? step->joins ? " join=" : " from=" : ",",
                          source->step);
        if (source->slot == EN_NO_INDEX) {
            en_builder_add(out, EN_TEXT("-"));
        } else {
            en_builder_format(out, "s%u", source->slot);
        }
        if (source->is_loop) {
            en_builder_add(out, EN_TEXT("*"));
        }
        if (source->route.length != 0) {
            en_builder_format(out, "'%.*s'", EN_TEXT_ARG(source->route));
        }
    }
}

static const char *const kinds[] = {
    [EN_STEP_CALL] = "call",       [EN_STEP_EACH] = "each",   [EN_STEP_GATE] = "gate",
    [EN_STEP_COLLECT] = "collect", [EN_STEP_FLUSH] = "flush", [EN_STEP_DIRECTIVE] = "directive",
};

static void add_head(en_builder *out, const en_step *step, uint32_t number)
{
    en_builder_format(out, "%u %s", number, kinds[step->kind]);
    if (step->id != EN_NO_STEP) {
        en_builder_format(out, " #%lld", (long long)step->id);
    }
    if (step->label.length != 0) {
        en_builder_format(out, " %.*s", EN_TEXT_ARG(step->label));
    }
    if (step->slot != EN_NO_INDEX) {
        en_builder_format(out, " s%u", step->slot);
    }
    add_steps(out, " when=", step->when, step->when_count);
    add_steps(out, " unless=", step->unless, step->unless_count);
    if (step->filter != NULL) {
        en_builder_add(out, EN_TEXT(" filter"));
    }
}

static void add_rest(en_builder *out, const en_step *step)
{
    if (step->list_slot != EN_NO_INDEX) {
        en_builder_format(out, " list=s%u", step->list_slot);
    }
    if (step->loop_start != EN_NO_INDEX) {
        en_builder_format(out, " loop=%u-%u", step->loop_start, step->loop_end);
    }
    add_steps(out, " opens=", step->opens, step->open_count);
    if (step->aggregator != EN_NO_INDEX) {
        en_builder_format(out, " agg=%u", step->aggregator);
    }
    add_sources(out, step);
    if (step->group_key != NULL) {
        en_builder_format(out, " group='%.*s'", EN_TEXT_ARG(step->group_name));
    }
    if (step->collected != NULL) {
        en_builder_add(out, EN_TEXT(" values"));
    }
    if (step->resume_slot != EN_NO_INDEX) {
        en_builder_format(out, " resume=s%u", step->resume_slot);
    }
    if (step->resume != NULL) {
        en_builder_add(out, EN_TEXT(" resume"));
    }
    if (step->handler_start != EN_NO_INDEX) {
        en_builder_format(out, " handler=%u-%u", step->handler_start, step->handler_end);
    }
    if (step->retry.most != 0) {
        en_builder_format(out, " retry=%u*%lld%s", step->retry.most,
                          (long long)step->retry.interval_ms, step->retry.doubles ? "*2" : "");
    }
    if (step->ends_path) {
        en_builder_add(out, EN_TEXT(" ends"));
    }
    en_builder_format(out, " dead=%u\n", step->dead);
}

en_text en_plan_dump(en_arena *arena, const en_plan *plan)
{
    en_builder out;
    en_builder_init(&out, arena);
    for (uint32_t i = 0; i < plan->count; i++) {
        if (i == plan->main_count) {
            en_builder_add(&out, EN_TEXT("on error:\n"));
        }
        add_head(&out, &plan->steps[i], i);
        add_rest(&out, &plan->steps[i]);
    }
    return en_builder_take(&out);
}

/* --- arguments --- */

static void add_ref(void *context, const en_ref *ref, en_text field, size_t at)
{
    (void)at;
    en_builder *out = context;
    static const char *const lookups[] = { "payload", "name", "env", "error" };
    switch (ref->kind) {
    case EN_REF_NOTHING:
        en_builder_add(out, EN_TEXT(" nothing"));
        break;
    case EN_REF_SLOT:
        en_builder_format(out, " s%u", ref->slot);
        break;
    case EN_REF_SLOTS:
        for (size_t i = 0; i < ref->slot_count; i++) {
            en_builder_format(out, "%s%u", i == 0 ? " s" : "|s", ref->slots[i]);
        }
        break;
    case EN_REF_LOOKUP:
        en_builder_format(out, " %s:%.*s", lookups[ref->code], EN_TEXT_ARG(ref->name));
        break;
    }
    if (ref->member.length != 0) {
        en_builder_format(out, "[%.*s]", EN_TEXT_ARG(ref->member));
    }
    if (ref->present != EN_NO_SLOT) {
        en_builder_format(out, "@s%u", ref->present);
    }
    if (ref->reads_item) {
        en_builder_add(out, EN_TEXT("*"));
    }
    if (field.length != 0) {
        en_builder_format(out, ".%.*s", EN_TEXT_ARG(field));
    }
}

static void add_argument(en_builder *out, const en_argument *argument)
{
    if (argument->kind == EN_ARGUMENT_CONSTANT) {
        en_builder_add_char(out, ' ');
        en_json_write(out, argument->constant, EN_JSON_TYPED);
    } else if (argument->kind == EN_ARGUMENT_MAPPING) {
        en_mapping_visit(argument->mapping, add_ref, out);
    } else if (argument->kind == EN_ARGUMENT_CONDITIONS) {
        en_builder_add(out, EN_TEXT(" conditions"));
        en_conditions_visit(argument->conditions, add_ref, out);
    } else {
        en_builder_add(out, EN_TEXT(" -"));
    }
}

en_text en_step_dump(en_arena *arena, const en_plan *plan, uint32_t number)
{
    const en_step *step = &plan->steps[number];
    en_builder out;
    en_builder_init(&out, arena);
    size_t count = step->arguments != NULL ? en_module_param_count(step->module) : 0;
    for (size_t i = 0; i < count; i++) {
        en_builder_format(&out, "%s", step->module->takes[i].name);
        add_argument(&out, &step->arguments[i]);
        en_builder_add_char(&out, '\n');
    }
    for (size_t i = 0; step->arguments == NULL && i < step->written_count; i++) {
        en_builder_add(&out, step->written[i].name);
        en_mapping_visit(step->written[i].mapping, add_ref, &out);
        en_builder_add_char(&out, '\n');
    }
    if (step->filter != NULL) {
        en_builder_add(&out, EN_TEXT("filter"));
        en_conditions_visit(step->filter, add_ref, &out);
        en_builder_add_char(&out, '\n');
    }
    return en_builder_take(&out);
}

en_text en_problems_dump(en_arena *arena, const en_problems *problems)
{
    en_builder out;
    en_builder_init(&out, arena);
    for (const en_problem *problem = problems->first; problem != NULL; problem = problem->next) {
        en_builder_format(&out, "%.*s:%u:%u: %s", EN_TEXT_ARG(problem->file), problem->line,
                          problem->column,
                          problem->severity == EN_SEVERITY_ERROR ? "error" : "warning");
        if (problem->step_id != EN_NO_STEP) {
            en_builder_format(&out, ", step %lld", (long long)problem->step_id);
        }
        if (problem->path.length != 0) {
            en_builder_format(&out, ", %.*s", EN_TEXT_ARG(problem->path));
        }
        en_builder_format(&out, ": %.*s", EN_TEXT_ARG(problem->message));
        if (problem->source.length != 0) {
            en_builder_format(&out, " [%.*s^%zu]", EN_TEXT_ARG(problem->source), problem->caret);
        }
        if (problem->hint.length != 0) {
            en_builder_format(&out, " (%.*s)", EN_TEXT_ARG(problem->hint));
        }
        en_builder_add_char(&out, '\n');
    }
    return en_builder_take(&out);
}

/* --- in tests --- */

const en_plan *en_plan_of(en_arena *arena, const char *text, const en_load_options *options,
                          en_problems *problems)
{
    en_text copy = en_text_copy(arena, en_text_from(text));
    char *bytes = (char *)(uintptr_t)copy.data;
    for (size_t i = 0; i < copy.length; i++) {
        bytes[i] = bytes[i] == '\'' ? '"' : bytes[i];
    }
    en_problems_init(problems, arena);
    return en_scenario_load_text(arena, EN_TEXT("f"), copy, options, problems);
}

static void assert_same(en_arena *arena, en_text actual, const char *expected)
{
    assert_string_equal(en_text_terminate(arena, actual), expected);
}

void en_assert_plan(const char *text, const char *expected)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_problems problems;
    const en_plan *plan = en_plan_of(&arena, text, NULL, &problems);
    if (plan == NULL) {
        assert_same(&arena, en_problems_dump(&arena, &problems), expected);
    } else {
        assert_same(&arena, en_plan_dump(&arena, plan), expected);
    }
    en_arena_done(&arena);
}

void en_assert_step(const char *text, uint32_t number, const char *expected)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_problems problems;
    const en_plan *plan = en_plan_of(&arena, text, NULL, &problems);
    if (plan == NULL || number >= plan->count) {
        assert_same(&arena, en_problems_dump(&arena, &problems), expected);
    } else {
        assert_same(&arena, en_step_dump(&arena, plan, number), expected);
    }
    en_arena_done(&arena);
}

void en_assert_problems_with(const char *text, const en_load_options *options, const char *expected)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_problems problems;
    const en_plan *plan = en_plan_of(&arena, text, options, &problems);
    assert_same(&arena, en_problems_dump(&arena, &problems), expected);
    assert_int_equal(plan == NULL, problems.errors != 0);
    en_arena_done(&arena);
}

void en_assert_problems(const char *text, const char *expected)
{
    en_assert_problems_with(text, NULL, expected);
}

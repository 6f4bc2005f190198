/* Random programs: the executor, by way of text and plan, against an interpreter of their structure.
 * EN_PROGRAMS says how many, EN_SEED where to begin. */
#include "play.h"

#include "program.h"

#include "value/json.h"

#include <stdio.h>
#include <stdlib.h>

enum { PROGRAMS = 4000 };

static uint64_t number_from(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : fallback;
}

typedef struct trial {
    en_arena *arena;
    en_world world;
    const program *p;
    observation expected;
    en_text text;
} trial;

static const en_plan *load(trial *t, en_problems *problems)
{
    en_problems_init(problems, t->arena);
    return en_scenario_load_text(t->arena, EN_TEXT("f.json"), t->text, &(en_load_options){ 0 },
                                 problems);
}

static void show(const trial *t, const char *what, en_value expected, en_value actual)
{
    fprintf(stderr,
            "EN_SEED=%llu EN_PROGRAMS=1: %s\n%.*s\nmocks: %.*s\nexpected: %.*s\nactual:   %.*s\n",
            (unsigned long long)t->p->seed, what, EN_TEXT_ARG(t->text),
            EN_TEXT_ARG(program_mocks(t->p, t->arena)),
            EN_TEXT_ARG(en_json_text(t->arena, expected, 0)),
            EN_TEXT_ARG(en_json_text(t->arena, actual, 0)));
}

static bool agrees(const trial *t, const char *what, en_value expected, en_value actual)
{
    bool equal = en_value_equal(expected, actual);
    if (!equal) {
        show(t, what, expected, actual);
    }
    return equal;
}

static en_value text_value(const char *text)
{
    return en_text_value(en_text_from(text != NULL ? text : ""));
}

static bool check(const trial *t, const en_report *report)
{
    const observation *seen = &t->expected;
    en_value result = en_report_value(t->arena, report);
    bool failed = seen->outcome == FAILED;
    return agrees(t, "error", text_value(seen->error), text_value(report->error.message)) &&
           agrees(t, "status", en_boolean(failed), en_boolean(report->status == EN_RUN_ERROR)) &&
           agrees(t, "order", seen->order, report->order) &&
           agrees(t, "outputs", seen->outputs, en_value_at(result, EN_TEXT("outputs"))) &&
           agrees(t, "output", seen->last, report->output) &&
           agrees(t, "operations", en_number(seen->operations),
                  en_number((double)report->operations)) &&
           (!failed ||
            (agrees(t, "module", en_number(seen->failed), en_integer(report->error.step_id)) &&
             agrees(t, "bundle", en_number(seen->bundle),
                    en_number((double)report->error.bundle))));
}

static bool run_text(trial *t, en_text text)
{
    en_problems problems;
    t->text = text;
    const en_plan *plan = load(t, &problems);
    if (plan == NULL) {
        const en_problem *problem = problems.first;
        while (problem->severity != EN_SEVERITY_ERROR) {
            problem = problem->next;
        }
        show(t, "does not load", en_null(), en_text_value(problem->message));
        return false;
    }
    en_clock clock;
    en_clock_init_virtual(&clock, 0);
    en_run_options options = { .payload = program_payload(t->arena),
                               .request = en_null(),
                               .variables = en_null(),
                               .clock = &clock,
                               .seeded = true,
                               .trace = true };
    en_value mocks;
    en_error error;
    en_error_clear(&error);
    assert_true(
        en_json_read(t->arena, program_mocks(t->p, t->arena), 0, EN_JSON_DEPTH, &mocks, &error));
    assert_true(en_mocks_read(t->arena, mocks, &options.mocks, &error));
    en_report report;
    en_run_execute(&t->world, plan, &options, t->arena, &report);
    return check(t, &report);
}

/* True: both spellings agree with the interpreter. Counts what was seen, so that no kind of program
 * can go missing unnoticed. */
static bool try_program(uint64_t seed, unsigned outcomes[], unsigned *objects)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    program p;
    program_make(&p, &arena, seed);
    trial t = { .arena = &arena, .p = &p };
    en_world_init(&t.world);
    program_interpret(&p, &arena, &t.expected);
    outcomes[t.expected.outcome]++;
    bool agreed = run_text(&t, program_list(&p, &arena));
    if (agreed && !p.is_list_only) {
        (*objects)++;
        agreed = run_text(&t, program_object(&p, &arena));
    }
    en_arena_done(&arena);
    en_world_done(&t.world);
    return agreed;
}

static void plans_run_as_the_structure_of_programs_says(void **state)
{
    (void)state;
    uint64_t first = number_from("EN_SEED", 1);
    uint64_t count = number_from("EN_PROGRAMS", PROGRAMS);
    unsigned outcomes[FAILED + 1] = { 0 };
    unsigned objects = 0;
    for (uint64_t seed = first; seed < first + count; seed++) {
        assert_true(try_program(seed, outcomes, &objects));
    }
    print_message("%u done, %u ended, %u failed; %u as objects\n", outcomes[DONE], outcomes[ENDED],
                  outcomes[FAILED], objects);
    if (count >= PROGRAMS) {
        assert_true(outcomes[DONE] > count / 2 && outcomes[ENDED] > count / 100 &&
                    outcomes[FAILED] > count / 20 && objects > count / 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_run_as_the_structure_of_programs_says),
    };
    return EN_RUN(tests);
}

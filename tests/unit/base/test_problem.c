#include "test.h"

#include "base/problem.h"
#include "base/random.h"

static en_arena arena;

static int set_up(void **state)
{
    (void)state;
    en_arena_init(&arena, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    en_arena_done(&arena);
    return 0;
}

static en_problem *add_at(en_problems *problems, const char *file, unsigned line, unsigned column)
{
    en_problem *problem = en_problems_add(problems, EN_SEVERITY_ERROR, "%s:%u", file, line);
    problem->file = en_text_from(file);
    problem->line = line;
    problem->column = column;
    return problem;
}

static void an_empty_list_sorts(void **state)
{
    (void)state;
    en_problems problems;
    en_problems_init(&problems, &arena);
    en_problems_sort(&problems);
    assert_null(problems.first);
    assert_null(problems.last);
}

static void errors_and_warnings_are_counted_apart(void **state)
{
    (void)state;
    en_problems problems;
    en_problems_init(&problems, &arena);
    en_problem *first = en_problems_add(&problems, EN_SEVERITY_ERROR, "no \"%s\"", "x");
    en_problem *second = en_problems_add(&problems, EN_SEVERITY_WARNING, "hm");
    assert_int_equal(problems.errors, 1);
    assert_int_equal(problems.warnings, 1);
    assert_ptr_equal(problems.first, first);
    assert_ptr_equal(problems.last, second);
    assert_text(first->message, "no \"x\"");
    assert_int_equal(first->step_id, EN_NO_STEP);
}

static void a_problem_takes_over_what_an_error_knows(void **state)
{
    (void)state;
    en_problems problems;
    en_error error;
    en_problems_init(&problems, &arena);
    en_error_clear(&error);
    en_error_set(&error, EN_SyntaxError, "expected a value");
    en_error_hint(&error, "add one");
    en_error_prefix_path(&error, EN_TEXT("data"));
    en_error_source(&error, EN_TEXT("{{1.}}"), 4);
    memcpy(error.file, "a.json", sizeof "a.json");
    error.line = 3;
    error.column = 14;
    error.step_id = 7;
    const en_problem *problem = en_problems_add_error(&problems, EN_SEVERITY_WARNING, &error);
    memset(&error, 'x', sizeof error); /* nothing is shared with it */
    assert_text(problem->file, "a.json");
    assert_int_equal(problem->line, 3);
    assert_int_equal(problem->column, 14);
    assert_int_equal(problem->step_id, 7);
    assert_text(problem->path, "data");
    assert_text(problem->message, "expected a value");
    assert_text(problem->hint, "add one");
    assert_text(problem->source, "{{1.}}");
    assert_int_equal(problem->caret, 4);
    assert_int_equal(problems.warnings, 1);
}

static void problems_sort_by_file_line_and_column(void **state)
{
    (void)state;
    en_problems problems;
    en_problems_init(&problems, &arena);
    add_at(&problems, "b", 1, 1);
    add_at(&problems, "a", 10, 1);
    add_at(&problems, "a", 2, 9);
    add_at(&problems, "a", 2, 1);
    add_at(&problems, "a", 0, 0); /* of the file as a whole */
    en_problems_sort(&problems);
    static const struct {
        const char *file;
        unsigned line;
        unsigned column;
    } expected[] = { { "a", 0, 0 }, { "a", 2, 1 }, { "a", 2, 9 }, { "a", 10, 1 }, { "b", 1, 1 } };
    const en_problem *problem = problems.first;
    for (size_t i = 0; i < 5; i++, problem = problem->next) {
        assert_text(problem->file, expected[i].file);
        assert_int_equal(problem->line, expected[i].line);
        assert_int_equal(problem->column, expected[i].column);
    }
    assert_null(problem);
}

static void a_hundred_thousand_problems_sort_and_equal_places_keep_their_order(void **state)
{
    (void)state;
    enum { COUNT = 100000, LINES = 1000 };
    en_problems problems;
    en_random random;
    en_problems_init(&problems, &arena);
    en_random_init_seed(&random, 1);
    for (int64_t i = 0; i < COUNT; i++) {
        add_at(&problems, "a", (unsigned)(en_random_next(&random) % LINES), 1)->step_id = i;
    }
    en_problems_sort(&problems);
    size_t count = 1;
    for (const en_problem *problem = problems.first; problem->next != NULL;
         problem = problem->next, count++) {
        const en_problem *next = problem->next;
        assert_true(problem->line < next->line ||
                    (problem->line == next->line && problem->step_id < next->step_id));
        assert_true(next->next != NULL || next == problems.last);
    }
    assert_int_equal(count, COUNT);
    add_at(&problems, "z", 1, 1); /* the list goes on where it ends */
    assert_text(problems.last->file, "z");
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(an_empty_list_sorts),
        test(errors_and_warnings_are_counted_apart),
        test(a_problem_takes_over_what_an_error_knows),
        test(problems_sort_by_file_line_and_column),
        test(a_hundred_thousand_problems_sort_and_equal_places_keep_their_order),
    };
    return EN_RUN(tests);
}

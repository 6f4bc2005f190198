#include "test.h"

#include "cli/flags.h"

#include <stdlib.h>

static const en_flag run_flags[] = {
    { "db", EN_FLAG_TEXT, "PATH", "" },
    { "runs", EN_FLAG_COUNT, "N", "" },
    { "set", EN_FLAG_MANY, "NAME=TEXT", "" },
    { "mock-auto", EN_FLAG_SWITCH, NULL, "" },
    { 0 },
};

typedef struct fixture {
    en_arena arena;
    en_flag_parser parser;
    en_error error;
} fixture;

enum { MOST_WORDS = 16 };

static bool parse(fixture *with, const char *const *words)
{
    static char *argv[MOST_WORDS];
    int argc = 1;
    argv[0] = (char *)"enact";
    for (; words[argc - 1] != NULL; argc++) {
        argv[argc] = (char *)words[argc - 1];
    }
    en_arena_done(&with->arena);
    en_error_clear(&with->error);
    en_flags_init(&with->parser, &with->arena, argc, argv);
    en_flags_know(&with->parser, run_flags);
    return en_flags_rest(&with->parser, &with->error) &&
           en_flags_environment(&with->parser, &with->error);
}

#define WORDS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static const char *text(const fixture *with, const char *flag)
{
    const en_flag_value *value = en_flags_find(&with->parser.values, flag);
    return value != NULL ? value->text : NULL;
}

static bool is_on(const fixture *with, const char *flag)
{
    const en_flag_value *value = en_flags_find(&with->parser.values, flag);
    return value != NULL && value->on;
}

static int set_up(void **state)
{
    static fixture with;
    en_arena_init(&with.arena, NULL);
    *state = &with;
    return 0;
}

static int tear_down(void **state)
{
    fixture *with = *state;
    en_arena_done(&with->arena);
    unsetenv("ENACT_DB");
    unsetenv("ENACT_SET");
    unsetenv("ENACT_MOCK_AUTO");
    unsetenv("ENACT_RUNS");
    return 0;
}

static void flags_and_arguments_may_stand_in_any_order(void **state)
{
    fixture *with = *state;
    assert_true(parse(with, WORDS("a.json", "--db", "x.db", "--json", "b.json", "--runs=3")));
    assert_string_equal(text(with, "db"), "x.db");
    assert_string_equal(text(with, "runs"), "3");
    assert_true(is_on(with, "json"));
    assert_false(is_on(with, "quiet"));
    assert_int_equal(with->parser.argument_count, 2);
    assert_string_equal(with->parser.arguments[0], "a.json");
    assert_string_equal(with->parser.arguments[1], "b.json");
}

static void the_last_of_equal_flags_counts_and_many_keeps_all(void **state)
{
    fixture *with = *state;
    assert_true(parse(with, WORDS("--db", "a", "--set", "x=1", "--db=b", "--set=y:=[2]")));
    assert_string_equal(text(with, "db"), "b");
    en_context context = { .arena = &with->arena, .flags = &with->parser.values };
    const char *const *values;
    assert_int_equal(en_context_many(&context, "set", &values), 2);
    assert_string_equal(values[0], "x=1");
    assert_string_equal(values[1], "y:=[2]");
}

static void dashes_numbers_and_what_follows_two_dashes_are_arguments(void **state)
{
    fixture *with = *state;
    assert_true(parse(with, WORDS("-", "-5", "-.5", "--", "--json", "-h")));
    assert_int_equal(with->parser.argument_count, 5);
    assert_string_equal(with->parser.arguments[0], "-");
    assert_string_equal(with->parser.arguments[1], "-5");
    assert_string_equal(with->parser.arguments[3], "--json");
    assert_false(is_on(with, "json"));
}

static void short_flags_may_stand_together(void **state)
{
    fixture *with = *state;
    assert_true(parse(with, WORDS("-hV")));
    assert_true(is_on(with, "help"));
    assert_true(is_on(with, "version"));
}

static void a_switch_can_be_turned_off(void **state)
{
    fixture *with = *state;
    assert_true(parse(with, WORDS("--json=false", "--quiet=Yes")));
    assert_false(is_on(with, "json"));
    assert_true(is_on(with, "quiet"));
}

static void values_may_look_like_short_flags_but_not_like_known_ones(void **state)
{
    fixture *with = *state;
    assert_true(parse(with, WORDS("--db", "-total", "--set", "--x=1")));
    assert_string_equal(text(with, "db"), "-total");
    assert_string_equal(text(with, "set"), "--x=1");
    assert_false(parse(with, WORDS("--db", "--json")));
    assert_error(&with->error, EN_UsageError, "--db needs a value: --db PATH");
    assert_false(parse(with, WORDS("--db")));
    assert_true(parse(with, WORDS("--db=--json")));
    assert_string_equal(text(with, "db"), "--json");
}

static void mistakes_name_what_was_meant(void **state)
{
    fixture *with = *state;
    assert_false(parse(with, WORDS("--rusn", "3")));
    assert_error(&with->error, EN_UsageError, "there is no flag --rusn");
    assert_string_equal(with->error.hint, "did you mean --runs?");
    assert_false(parse(with, WORDS("--zzzzzz=1")));
    assert_error(&with->error, EN_UsageError, "there is no flag --zzzzzz");
    assert_string_equal(with->error.hint, "");
    assert_false(parse(with, WORDS("-json")));
    assert_error(&with->error, EN_UsageError, "there is no flag -json");
    assert_string_equal(with->error.hint, "did you mean --json?");
    assert_false(parse(with, WORDS("--runs", "many")));
    assert_error(&with->error, EN_UsageError, "--runs takes a whole number, not 'many'");
    assert_false(parse(with, WORDS("--json=perhaps")));
    assert_error(&with->error, EN_UsageError, "--json is a switch: true or false, not 'perhaps'");
}

static void the_environment_says_what_the_words_did_not(void **state)
{
    fixture *with = *state;
    setenv("ENACT_DB", "env.db", 1);
    setenv("ENACT_MOCK_AUTO", "yes", 1);
    setenv("ENACT_SET", "a=1\n\n b=2 \n", 1);
    assert_true(parse(with, WORDS("x")));
    assert_string_equal(text(with, "db"), "env.db");
    assert_true(is_on(with, "mock-auto"));
    en_context context = { .arena = &with->arena, .flags = &with->parser.values };
    const char *const *values;
    assert_int_equal(en_context_many(&context, "set", &values), 2);
    assert_string_equal(values[1], "b=2");
    assert_true(parse(with, WORDS("--db", "word.db", "--set", "c=3", "--mock-auto=no")));
    assert_string_equal(text(with, "db"), "word.db");
    assert_int_equal(en_context_many(&context, "set", &values), 1);
    assert_false(is_on(with, "mock-auto"));
    setenv("ENACT_RUNS", "x", 1);
    assert_false(parse(with, WORDS("y")));
    assert_error(&with->error, EN_UsageError, "ENACT_RUNS takes a whole number, not 'x'");
}

static void counts_are_whole_numbers_of_64_bits(void **state)
{
    (void)state;
    uint64_t count;
    assert_true(en_flags_read_count("0", &count));
    assert_true(en_flags_read_count("18446744073709551600", &count));
    assert_true(count == 18446744073709551600ull);
    assert_false(en_flags_read_count("18446744073709551616", &count));
    assert_false(en_flags_read_count("", &count));
    assert_false(en_flags_read_count("-1", &count));
    assert_false(en_flags_read_count("1.5", &count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_and_arguments_may_stand_in_any_order),
        cmocka_unit_test(the_last_of_equal_flags_counts_and_many_keeps_all),
        cmocka_unit_test(dashes_numbers_and_what_follows_two_dashes_are_arguments),
        cmocka_unit_test(short_flags_may_stand_together),
        cmocka_unit_test(a_switch_can_be_turned_off),
        cmocka_unit_test(values_may_look_like_short_flags_but_not_like_known_ones),
        cmocka_unit_test(mistakes_name_what_was_meant),
        cmocka_unit_test(the_environment_says_what_the_words_did_not),
        cmocka_unit_test(counts_are_whole_numbers_of_64_bits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

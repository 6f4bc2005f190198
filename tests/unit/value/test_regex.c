#include "test.h"

#include "value/regex.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct world {
    en_arena arena;
    en_arena scratch;
    en_error error;
} world;

static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);
    en_arena_init(&w->arena, NULL);
    en_arena_init(&w->scratch, NULL);
    en_error_clear(&w->error);
    *state = w;
    return w == NULL;
}

static int tear_down(void **state)
{
    world *w = *state;
    en_arena_done(&w->arena);
    en_arena_done(&w->scratch);
    free(w);
    return 0;
}

/* What a search gives, in the spelling of vectors.tsv. */
static en_text outcome(world *w, en_text pattern, unsigned flags, en_text subject)
{
    en_regex *regex;
    en_error_clear(&w->error);
    if (!en_regex_compile(&w->arena, pattern, flags, &regex, &w->error)) {
        return EN_TEXT("error");
    }
    size_t count = en_regex_groups(regex) + 1;
    en_regex_span *spans = EN_TRY_ARRAY(&w->arena, en_regex_span, count);
    bool found;
    if (!en_regex_search(regex, subject, 0, &found, spans, &w->scratch, &w->error)) {
        return EN_TEXT("failed");
    }
    if (!found) {
        return EN_TEXT("null");
    }
    en_builder out;
    en_builder_init(&out, &w->arena);
    for (size_t i = 0; i < count; i++) {
        if (spans[i].start == SIZE_MAX) {
            en_builder_format(&out, "%s-", i != 0 ? "," : "");
        } else {
            en_builder_format(&out, "%s%zu-%zu", i != 0 ? "," : "", spans[i].start, spans[i].end);
        }
    }
    return en_builder_take(&out);
}

static en_text outcome_of(world *w, const char *pattern, const char *subject)
{
    return outcome(w, en_text_from(pattern), 0, en_text_from(subject));
}

static unsigned hex(char digit)
{
    return (unsigned)(digit <= '9' ? digit - '0' : digit - 'A' + 10);
}

/* The next column of a line, without its %XX. */
static en_text column(world *w, char **at)
{
    en_builder out;
    en_builder_init(&out, &w->arena);
    while (**at != '\t' && **at != '\n' && **at != '\0') {
        if (**at == '%') {
            en_builder_add_char(&out, (char)(hex((*at)[1]) << 4 | hex((*at)[2])));
            *at += 3;
        } else {
            en_builder_add_char(&out, *(*at)++);
        }
    }
    *at += **at != '\0';
    return en_builder_take(&out);
}

static unsigned read_flags(en_text text)
{
    unsigned flags = 0;
    for (size_t i = 0; i < text.length; i++) {
        flags |= text.data[i] == 'i'   ? EN_REGEX_IGNORE_CASE
                 : text.data[i] == 'm' ? EN_REGEX_MULTILINE
                                       : EN_REGEX_DOT_ALL;
    }
    return flags;
}

static void every_vector_comes_out_as_in_javascript(void **state)
{
    world *w = *state;
    FILE *file = fopen(EN_TEST_ROOT "/tests/cases/regex/vectors.tsv", "r");
    assert_non_null(file);
    char line[4096];
    size_t vectors = 0;
    size_t wrong = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char *at = line;
        en_text why = column(w, &at);
        en_text pattern = column(w, &at);
        unsigned flags = read_flags(column(w, &at));
        en_text subject = column(w, &at);
        en_text expected = column(w, &at);
        en_text actual = outcome(w, pattern, flags, subject);
        if (!en_text_equal(actual, expected)) {
            print_error("%.*s: /%.*s/ gave %.*s, not %.*s (%s)\n", EN_TEXT_ARG(why),
                        EN_TEXT_ARG(pattern), EN_TEXT_ARG(actual), EN_TEXT_ARG(expected),
                        w->error.message);
            wrong++;
        }
        vectors++;
    }
    fclose(file);
    assert_true(vectors > 150);
    assert_int_equal(wrong, 0);
}

static void the_error_says_what_and_where(void **state)
{
    world *w = *state;
    assert_text(outcome_of(w, "é(a++)", "x"), "error");
    assert_error(&w->error, EN_DataError,
                 "\"é(a++)\" is not a regular expression: nothing to repeat at character 5");
    assert_text(outcome_of(w, "[z-a]", "x"), "error");
    assert_error(&w->error, EN_DataError,
                 "\"[z-a]\" is not a regular expression: a range in brackets that goes backwards "
                 "at character 2");
}

static void a_lookbehind_of_no_fixed_length_is_refused_by_name(void **state)
{
    world *w = *state;
    assert_text(outcome_of(w, "(?<=a+)b", "ab"), "error");
    assert_error(&w->error, EN_DataError,
                 "\"(?<=a+)b\" cannot be used as a regular expression: lookbehind assertion is not "
                 "fixed length");
}

static void a_dear_search_is_an_error_and_never_no_match(void **state)
{
    world *w = *state;
    static const char *const patterns[] = { "^(a+)+$", "^(a|aa)+$", "^(?:(a*)*)*[^a]{2}$" };
    char subject[61];
    memset(subject, 'a', sizeof subject);
    subject[60] = '!';
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        en_text text = { subject, sizeof subject };
        assert_text(outcome(w, en_text_from(patterns[i]), 0, text), "failed");
        assert_int_equal(w->error.type, EN_DataError);
        assert_non_null(strstr(w->error.message, "is too expensive for this text"));
    }
}

/* Compiled code has a small stack; the interpreter's is the heap. */
static void a_search_that_needs_a_deep_stack_is_done(void **state)
{
    world *w = *state;
    char subject[50001];
    memset(subject, 'a', 50000);
    subject[50000] = 'c';
    assert_text(outcome(w, EN_TEXT("^(?:a|b|[^]b)*c$"), 0, (en_text){ subject, sizeof subject }),
                "0-50001");
}

static void a_search_that_is_dear_from_all_places_together_ends(void **state)
{
    world *w = *state;
    size_t length = 2 << 20;
    char *subject = malloc(length);
    memset(subject, 'a', length);
    assert_text(outcome(w, EN_TEXT("a[^]*?(?=z)[zy]"), 0, (en_text){ subject, length }), "failed");
    assert_non_null(strstr(w->error.message, "is too expensive for this text"));
    free(subject);
}

static void linear_work_on_a_big_text_is_done(void **state)
{
    world *w = *state;
    size_t length = 2 << 20;
    char *subject = malloc(length);
    memset(subject, 'a', length);
    subject[length - 1] = 'z';
    assert_text(outcome(w, EN_TEXT("[^]*?z"), 0, (en_text){ subject, length }), "0-2097152");
    assert_text(outcome(w, EN_TEXT("^a*z$"), 0, (en_text){ subject, length }), "0-2097152");
    free(subject);
}

static void what_is_too_long_is_refused(void **state)
{
    world *w = *state;
    size_t length = (2 << 20) + 1;
    char *bytes = malloc(length);
    memset(bytes, 'a', length);
    assert_text(outcome(w, EN_TEXT("b"), 0, (en_text){ bytes, length }), "failed");
    assert_error(&w->error, EN_DataError,
                 "a text of 2097153 bytes is longer than the 2097152 that can be searched with a "
                 "regular expression");
    assert_text(outcome(w, (en_text){ bytes, 65537 }, 0, EN_TEXT("b")), "error");
    assert_error(&w->error, EN_DataError,
                 "a regular expression of 65537 bytes is longer than the 65536 allowed");
    free(bytes);
}

static void what_is_too_large_for_the_library_is_refused(void **state)
{
    world *w = *state;
    assert_text(outcome_of(w, "(?:(?:(?:a{1,1000}){1,1000}){1,1000})", "a"), "error");
    assert_int_equal(w->error.type, EN_DataError);
    assert_text(outcome_of(w, "a{65536}", "a"), "error");
    assert_non_null(strstr(w->error.message, "a repeat count above 65535"));
    char deep[512];
    memset(deep, '(', 201);
    memset(deep + 201, ')', 201);
    assert_text(outcome(w, (en_text){ deep, 402 }, 0, EN_TEXT("")), "error");
    assert_non_null(strstr(w->error.message, "more than 200 levels of groups"));
    assert_text(outcome(w, (en_text){ deep + 1, 400 }, 0, EN_TEXT("")).length != 0 ? EN_TEXT("done")
                                                                                   : EN_TEXT(""),
                "done");
    assert_false(en_error_is_set(&w->error));
}

static void broken_utf_8_is_refused_on_both_sides(void **state)
{
    world *w = *state;
    assert_text(outcome_of(w, "a\xFF", "a"), "error");
    assert_error(&w->error, EN_DataError, "a regular expression is not valid UTF-8");
    assert_text(outcome_of(w, "a", "a\xE2\x82"), "failed");
    assert_error(&w->error, EN_DataError, "a text to be searched is not valid UTF-8");
}

static void a_search_sees_what_stands_before_its_start(void **state)
{
    world *w = *state;
    en_regex *regex;
    en_regex_span span;
    bool found;
    assert_true(en_regex_compile(&w->arena, EN_TEXT("(?<=a)b|^c"), 0, &regex, &w->error));
    assert_true(en_regex_search(regex, EN_TEXT("abc"), 1, &found, &span, &w->scratch, &w->error));
    assert_true(found);
    assert_int_equal(span.start, 1);
    assert_true(en_regex_search(regex, EN_TEXT("abc"), 2, &found, &span, &w->scratch, &w->error));
    assert_false(found);
    assert_true(en_regex_search(regex, EN_TEXT("abc"), 4, &found, &span, &w->scratch, &w->error));
    assert_false(found);
}

static void a_start_inside_a_character_moves_behind_it(void **state)
{
    world *w = *state;
    en_regex *regex;
    en_regex_span span;
    bool found;
    assert_true(en_regex_compile(&w->arena, EN_TEXT("."), 0, &regex, &w->error));
    assert_true(en_regex_search(regex, EN_TEXT("€x"), 1, &found, &span, &w->scratch, &w->error));
    assert_true(found);
    assert_int_equal(span.start, 3);
}

static void groups_have_their_names(void **state)
{
    world *w = *state;
    en_regex *regex;
    assert_true(en_regex_compile(&w->arena, EN_TEXT("(a)(?<second>b)(?:c)(?<third>d)"), 0, &regex,
                                 &w->error));
    assert_int_equal(en_regex_groups(regex), 3);
    assert_text(en_regex_group_name(regex, 0), "");
    assert_text(en_regex_group_name(regex, 1), "");
    assert_text(en_regex_group_name(regex, 2), "second");
    assert_text(en_regex_group_name(regex, 3), "third");
    assert_text(en_regex_group_name(regex, 4), "");
}

static void the_cache_gives_the_same_regex_until_it_is_the_longest_unused(void **state)
{
    world *w = *state;
    en_regex_cache *cache = en_regex_cache_new(&w->arena);
    const en_regex *first;
    const en_regex *other;
    assert_true(en_regex_cache_get(cache, EN_TEXT("a"), 0, &first, &w->error));
    for (int i = 0; i < 200; i++) {
        char text[16];
        snprintf(text, sizeof text, "b%d", i);
        assert_true(en_regex_cache_get(cache, en_text_from(text), 0, &other, &w->error));
        if (i % 50 == 0) { /* looked up often enough to stay */
            assert_true(en_regex_cache_get(cache, EN_TEXT("a"), 0, &other, &w->error));
            assert_ptr_equal(first, other);
        }
    }
    assert_true(en_regex_cache_get(cache, EN_TEXT("a"), EN_REGEX_IGNORE_CASE, &other, &w->error));
    assert_ptr_not_equal(first, other);
    assert_false(en_regex_cache_get(cache, EN_TEXT("("), 0, &other, &w->error));
    assert_int_equal(w->error.type, EN_DataError);
}

static void a_search_without_memory_is_an_error(void **state)
{
    world *w = *state;
    en_regex *regex;
    en_regex_span spans[2];
    bool found;
    assert_true(en_regex_compile(&w->arena, EN_TEXT("(a|b)*c"), 0, &regex, &w->error));
    en_budget budget = { .limit_bytes = 8 };
    en_arena tight;
    en_arena_init(&tight, &budget);
    assert_false(en_regex_search(regex, EN_TEXT("ababc"), 0, &found, spans, &tight, &w->error));
    assert_int_equal(w->error.type, EN_DataSizeLimitExceededError);
    assert_true(budget.exceeded);
    en_arena_done(&tight);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_vector_comes_out_as_in_javascript),
        TEST(the_error_says_what_and_where),
        TEST(a_lookbehind_of_no_fixed_length_is_refused_by_name),
        TEST(a_dear_search_is_an_error_and_never_no_match),
        TEST(a_search_that_needs_a_deep_stack_is_done),
        TEST(a_search_that_is_dear_from_all_places_together_ends),
        TEST(linear_work_on_a_big_text_is_done),
        TEST(what_is_too_long_is_refused),
        TEST(what_is_too_large_for_the_library_is_refused),
        TEST(broken_utf_8_is_refused_on_both_sides),
        TEST(a_search_sees_what_stands_before_its_start),
        TEST(a_start_inside_a_character_moves_behind_it),
        TEST(groups_have_their_names),
        TEST(the_cache_gives_the_same_regex_until_it_is_the_longest_unused),
        TEST(a_search_without_memory_is_an_error),
    };
    return EN_RUN(tests);
}

/* Evaluating allocates nothing but arena blocks, and of those none once the arena has its size. The
 * counting allocator stands in front of the system's; sanitizers bring their own, there the hooks
 * they call are used instead. */
#include "test.h"

#include "context.h"
#include "value/json.h"

#include <stdatomic.h>
#include <stdlib.h>

static atomic_size_t allocations;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#ifdef HAS_SANITIZER

/* From sanitizer/allocator_interface.h, which not every compiler's package has. */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));

static void count_malloc(const volatile void *piece, size_t size)
{
    (void)piece;
    (void)size;
    atomic_fetch_add(&allocations, 1);
}

static void count_free(const volatile void *piece)
{
    (void)piece;
}

static void start_counting(void)
{
    assert_true(__sanitizer_install_malloc_and_free_hooks(count_malloc, count_free) > 0);
}

#else

/* glibc's own functions under their second names. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *piece, size_t size);

void *malloc(size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_calloc(count, size);
}

void *realloc(void *piece, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_realloc(piece, size);
}

static void start_counting(void)
{
}

#endif

typedef struct fixture {
    en_arena arena;
    en_arena scratch;
    en_value context;
    context_scope scope;
    en_zones *zones;
} fixture;

static void begin(fixture *fix)
{
    en_error error;
    en_arena_init(&fix->arena, NULL);
    en_arena_init(&fix->scratch, NULL);
    fix->zones = en_zones_new();
    assert_true(en_json_read(
        &fix->arena,
        EN_TEXT("{\"1\":{\"name\":\"Ada Lovelace\",\"totalPurchases\":12,"
                "\"createdAt\":{\"$date\":\"2026-01-02T03:04:05.678Z\"},"
                "\"items\":[{\"name\":\"one\",\"n\":3},{\"name\":\"two\",\"n\":1},{\"name\":"
                "\"three\",\"n\":9},{\"name\":\"four\",\"n\":4},{\"name\":\"five\",\"n\":5},"
                "{\"name\":\"six\",\"n\":6},{\"name\":\"seven\",\"n\":7},{\"name\":\"eight\","
                "\"n\":8},{\"name\":\"nine\",\"n\":2},{\"name\":\"ten\",\"n\":10}]}}"),
        EN_JSON_TYPED, EN_JSON_DEPTH, &fix->context, &error));
    context_scope_init(&fix->scope, &fix->scratch, fix->context);
    fix->scope.scope.zones = fix->zones;
    fix->scope.scope.patterns = en_regex_cache_new(&fix->arena);
    assert_true(en_zone_find(fix->zones, EN_TEXT("Europe/Prague"), &fix->scope.scope.zone));
}

static void end(fixture *fix)
{
    en_zones_free(fix->zones);
    en_arena_done(&fix->scratch);
    en_arena_done(&fix->arena);
}

/* As a step is run: its bundle's arena is emptied after each. */
static void assert_allocates_nothing(fixture *fix, const char *source, const char *expected)
{
    enum { ROUNDS = 1000 };
    context_resolver resolver = context_resolver_of(&fix->arena, &en_rules_blueprint, fix->context);
    en_template *made;
    en_value result = en_nothing();
    en_error error;
    en_error_clear(&error);
    if (!en_template_compile(&resolver.resolver, en_text_from(source), &made, &error) ||
        !en_template_eval(made, &fix->scope.scope, &result, &error)) {
        fail_msg("%s: %s", source, error.message);
    }
    assert_text(en_value_text(result), expected);
    en_arena_reset(&fix->scratch);
    size_t before = atomic_load(&allocations);
    bool done = true;
    for (int i = 0; i < ROUNDS && done; i++) {
        done = en_template_eval(made, &fix->scope.scope, &result, &error);
        en_arena_reset(&fix->scratch);
    }
    size_t after = atomic_load(&allocations);
    assert_true(done);
    if (after != before) {
        fail_msg("%s: %zu allocations in %d evaluations", source, after - before, ROUNDS);
    }
}

static void the_counter_counts(void **state)
{
    (void)state;
    size_t before = atomic_load(&allocations);
    char *volatile piece = malloc(100);
    assert_int_equal(atomic_load(&allocations), before + 1);
    free(piece);
}

static void a_reference_allocates_nothing(void **state)
{
    fixture *fix = *state;
    assert_allocates_nothing(fix, "{{1.name}}", "Ada Lovelace");
}

static void texts_dates_and_sums_allocate_nothing(void **state)
{
    fixture *fix = *state;
    assert_allocates_nothing(fix,
                             "{{upper(1.name)}}: {{formatDate(1.createdAt; \"YYYY-MM-DD\")}} "
                             "{{1.totalPurchases + 1}}",
                             "ADA LOVELACE: 2026-01-02 13");
}

static void arrays_allocate_nothing(void **state)
{
    fixture *fix = *state;
    assert_allocates_nothing(fix, "{{join(map(1.items; \"name\"); \", \")}}",
                             "one, two, three, four, five, six, seven, eight, nine, ten");
    assert_allocates_nothing(
        fix, "{{join(map(sort(1.items; \"n\"); \"n\"; \"name\"; \"one,two\"))}}", "1,3");
    assert_allocates_nothing(
        fix, "{{join(distinct(merge(map(1.items; \"n\"); split(\"1,2\"; \",\"))))}}",
        "3,1,9,4,5,6,7,8,2,10");
}

static void other_functions_allocate_nothing(void **state)
{
    fixture *fix = *state;
    assert_allocates_nothing(fix, "{{replace(1.name; \"/[aeiou]/g\"; \"-\")}}", "Ad- L-v-l-c-");
    assert_allocates_nothing(fix, "{{formatNumber(sum(map(1.items; \"n\")) / 3; 2; \".\"; \",\")}}",
                             "18.33");
    assert_allocates_nothing(fix,
                             "{{formatDate(setDay(addMonths(parseDate(\"31.01.2026\"; "
                             "\"DD.MM.YYYY\"); 1); \"Mon\"); \"D.M.\"; \"Asia/Tokyo\")}}",
                             "23.2.");
}

static int set_up(void **state)
{
    static fixture fix;
    begin(&fix);
    *state = &fix;
    return 0;
}

static int tear_down(void **state)
{
    end(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counter_counts),
        cmocka_unit_test_setup_teardown(a_reference_allocates_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_dates_and_sums_allocate_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arrays_allocate_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_functions_allocate_nothing, set_up, tear_down),
    };
    start_counting();
    return EN_RUN(tests);
}

/* Every file of the toolkit's family loads, or is refused for the reason that the references give.
 */
#include "plan_check.h"
#include "plan_dump.h"
#include "test.h"

#include <dirent.h>
#include <stdio.h>

/* What refuses files that are no scenarios, or not yet; by the beginning of a name. */
static const struct {
    const char *file;
    const char *reason; /* the first problem */
} refused[] = {
    { "complete-reference.json", "this is a parameter object, not a scenario" },
    { "ai-content-generator.json", "expected a value but found an unfilled template placeholder" },
    { "crm-sync.json", "expected a value but found an unfilled template placeholder" },
    { "guide-4.1-empty-template.json", "expected at least one module" },
    { "guide-4.3-router-connections.json", "this is a list, but not of modules" },
    { "guide-6.3-inventory-datastore.json", "this is the structure of a data store" },
    { "index.json", "this is a list, but not of modules" },
    { "ai-agents_README-04.json", "this is a parameter object" },
    { "ai-agents_README-05.json", "this is a parameter object" },
    { "docs_best-practices-", "this is a parameter object" },
    { "docs_mcp-setup-01.json", "this is a parameter object" },
    { "docs_mcp-setup-02.json", "this is a parameter object" },
    { "docs_mcp-setup-07.json", "this is a parameter object" },
    { "docs_mcp-setup-08.json", "this is a parameter object" },
    { "docs_mcp-setup-", "this is no scenario" },
    { "examples_README-", "expected a value but found" },
    { "modules_README-01.json", "this is a parameter object" },
    /* TK-D17: no store name */
    { "modules_core_data-stores-23.json", "missing parameter \"dataStore\"" },
    { "modules_core_data-stores-13.json", "this is the structure of a data store" },
    { "modules_core_data-stores-01.json", "this is a parameter object" },
    { "modules_core_data-stores-03.json", "this is a parameter object" },
    { "modules_core_data-stores-05.json", "this is a parameter object" },
    { "modules_core_data-stores-07.json", "this is a parameter object" },
    { "modules_core_data-stores-09.json", "this is a parameter object" },
    { "modules_core_data-stores-11.json", "this is a parameter object" },
    { "modules_core_data-stores-17.json", "this is a parameter object" },
    { "modules_core_data-stores-18.json", "this is a parameter object" },
    { "modules_core_data-stores-19.json", "this is a parameter object" },
    { "modules_core_data-stores-21.json", "this is a parameter object" },
    { "modules_core_data-stores-22.json", "this is a parameter object" },
    { "modules_core_flow-control-01.json", "this is a parameter object" },
    { "modules_core_flow-control-03.json", "this is a parameter object" },
    { "modules_core_flow-control-05.json", "this is a parameter object" },
    { "modules_core_flow-control-08.json", "this is a parameter object" },
    { "modules_core_flow-control-10.json", "this is a parameter object" },
    { "modules_core_flow-control-19.json", "expected a name in quotes" },
    { "modules_core_flow-control-20.json", "this is a parameter object" },
    { "modules_core_flow-control-21.json", "this is a parameter object" },
    { "modules_core_flow-control-22.json", "this is a parameter object" },
    { "modules_core_flow-control-23.json", "this is a parameter object" },
    { "modules_core_http-02.json", NULL },
    { "modules_core_http-03.json", NULL },
    { "modules_core_http-04.json", NULL },
    { "modules_core_http-12.json", NULL },
    { "modules_core_http-", "this is a parameter object" },
    { "modules_core_webhooks-01.json", "this is a parameter object" },
    { "modules_core_webhooks-03.json", "this is a parameter object" },
};

static const char *reason_for(const char *name)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (strncmp(name, refused[i].file, strlen(refused[i].file)) == 0) {
            return refused[i].reason;
        }
    }
    return NULL;
}

static void check_file(const char *path, const char *name)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_problems problems;
    en_problems_init(&problems, &arena);
    const en_load_options options = { .lenient = true };
    const en_plan *plan = en_scenario_load(&arena, path, &options, &problems);
    const char *reason = reason_for(name);
    en_text told = en_problems_dump(&arena, &problems);
    uint32_t at = 0;
    const char *broken = plan != NULL ? en_plan_broken(plan, &at) : NULL;
    if ((reason == NULL) != (plan != NULL) || broken != NULL ||
        (reason != NULL && en_text_find(told, en_text_from(reason), 0) == SIZE_MAX)) {
        fprintf(stderr, "%s: expected %s but got\n%.*s%s\n", path,
                reason != NULL ? reason : "a plan", EN_TEXT_ARG(told),
                broken != NULL ? broken : "");
        fail();
    }
    en_arena_done(&arena);
}

static unsigned check_folder(const char *folder)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/conformance/toolkit/%s", EN_TEST_SHARED, folder);
    DIR *files = opendir(path);
    unsigned count = 0;
    for (struct dirent *file; files != NULL && (file = readdir(files)) != NULL;) {
        if (en_text_ends(en_text_from(file->d_name), EN_TEXT(".json"))) {
            char whole[1400];
            snprintf(whole, sizeof whole, "%s/%s", path, file->d_name);
            check_file(whole, file->d_name);
            count++;
        }
    }
    if (files != NULL) {
        closedir(files);
    }
    return count;
}

static void every_file_of_the_toolkit_loads_or_is_refused_for_its_reason(void **state)
{
    (void)state;
    if (check_folder("extracted") == 0) {
        skip();
    }
    assert_true(check_folder("generated") > 20);
    assert_int_equal(check_folder("repo/templates"), 3);
    assert_int_equal(check_folder("repo/examples/ecommerce"), 1);
    assert_int_equal(check_folder("repo/modules"), 1);
}

/* Filled in, the templates load; their run-time names stay. */
static void templates_load_when_they_are_filled_in(void **state)
{
    (void)state;
    static const char *const names[] = { "ai-content-generator", "crm-sync" };
    for (size_t i = 0; i < 2; i++) {
        en_arena arena;
        en_arena_init(&arena, NULL);
        en_error error;
        en_error_clear(&error);
        char path[1024];
        snprintf(path, sizeof path, "%s/conformance/toolkit/repo/templates/%s.json", EN_TEST_SHARED,
                 names[i]);
        en_text content;
        if (!en_file_read(&arena, path, 1 << 20, &content, &error)) {
            en_arena_done(&arena);
            skip();
        }
        size_t at = en_text_find(content, EN_TEXT("{{interval}}"), 0);
        en_text filled = en_text_format(&arena, "%.*s15%s", (int)at, content.data,
                                        en_text_terminate(&arena, content) + at + 12);
        en_problems problems;
        en_problems_init(&problems, &arena);
        const en_plan *plan = en_scenario_load_text(&arena, EN_TEXT("f"), filled, NULL, &problems);
        assert_non_null(plan);
        assert_int_equal(plan->interval_ms, 15 * 60000);
        uint32_t broken_at;
        assert_null(en_plan_broken(plan, &broken_at));
        if (i == 0) { /* TK-S03 */
            assert_text(en_plan_dump(&arena, plan),
                        "0 call #1 google-sheets.searchRows s0 dead=11\n"
                        "1 call #2 openai.createChatCompletion s1 when=0 dead=2\n"
                        "2 call #3 openai.createImage s2 when=0 dead=3\n"
                        "3 call #4 google-docs.createDocument s3 when=1 dead=11\n"
                        "4 call #5 google-sheets.updateRow s4 when=3 dead=6\n"
                        "5 call #6 slack.postMessage s5 when=4 dead=6\n"
                        "6 gate #7 flow.router when=3 dead=11\n"
                        "7 gate Blog Post when=6 filter dead=8\n"
                        "8 gate Social Media when=6 filter dead=9\n"
                        "9 call #8 wordpress.createPost s6 when=7 dead=10\n"
                        "10 call #9 buffer.createUpdate s7 when=8 dead=11\n");
        }
        en_arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_of_the_toolkit_loads_or_is_refused_for_its_reason),
        cmocka_unit_test(templates_load_when_they_are_filled_in),
    };
    return EN_RUN(tests);
}

#include "play.h"

#include "flow/expect.h"
#include "value/json.h"

static const int64_t now_ms = 1767323045678;

static en_text unquote(en_arena *arena, const char *text)
{
    en_builder builder;
    en_builder_init(&builder, arena);
    for (const char *at = text; *at != '\0'; at++) {
        en_builder_add(&builder, *at == '\''  ? EN_TEXT("\"")
                                 : *at == '`' ? EN_TEXT("\\\"")
                                              : (en_text){ at, 1 });
    }
    return en_builder_take(&builder);
}

en_value play_json(play *p, const char *text)
{
    en_value value = en_nothing();
    en_error error;
    en_error_clear(&error);
    bool read = en_json_read(&p->arena, unquote(&p->arena, text), 0, EN_JSON_DEPTH, &value, &error);
    assert_string_equal(error.message, "");
    assert_true(read);
    return value;
}

void play_open(play *p, const char *scenario)
{
    memset(p, 0, sizeof *p);
    en_arena_init(&p->arena, NULL);
    en_world_init(&p->world);
    en_clock_init_virtual(&p->clock, now_ms);
    p->options = (en_run_options){ .payload = en_null(),
                                   .request = en_null(),
                                   .variables = en_null(),
                                   .clock = &p->clock,
                                   .seeded = true,
                                   .seed = 1,
                                   .trace = true };
    en_problems problems;
    en_problems_init(&problems, &p->arena);
    p->plan = en_scenario_load_text(&p->arena, EN_TEXT("f.json"), unquote(&p->arena, scenario),
                                    &(en_load_options){ 0 }, &problems);
    for (en_problem *problem = problems.first; p->plan == NULL && problem != NULL;
         problem = problem->next) {
        print_error("%u:%u: %.*s: %.*s\n", problem->line, problem->column,
                    EN_TEXT_ARG(problem->path), EN_TEXT_ARG(problem->message));
    }
    assert_non_null(p->plan);
    p->world.schemas = p->plan->schemas;
    p->world.schema_count = p->plan->schema_count;
}

void play_payload(play *p, const char *payload)
{
    p->options.payload = play_json(p, payload);
}

void play_mocks(play *p, const char *mocks)
{
    en_error error;
    en_error_clear(&error);
    bool read = en_mocks_read(&p->arena, play_json(p, mocks), &p->options.mocks, &error);
    assert_string_equal(error.message, "");
    assert_true(read);
}

void play_run(play *p)
{
    en_run_execute(&p->world, p->plan, &p->options, &p->arena, &p->report);
    en_text printed = en_json_text(&p->arena, en_report_value(&p->arena, &p->report), 0);
    en_error error;
    en_error_clear(&error);
    assert_true(en_json_read(&p->arena, printed, 0, EN_JSON_DEEPEST, &p->result, &error));
}

void play_expect(play *p, const char *expected)
{
    en_comparison with = { .arena = &p->arena, .patterns = en_regex_cache_new(&p->arena) };
    en_differences differences = { 0 };
    if (!en_expect(&with, EN_TEXT(""), play_json(p, expected), p->result, &differences)) {
        print_error("%.*s\nof the report\n%.*s\n",
                    EN_TEXT_ARG(en_difference_line(&p->arena, differences.first)),
                    EN_TEXT_ARG(en_json_text(&p->arena, p->result, EN_JSON_PRETTY)));
        fail();
    }
}

const char *play_column(play *p, const char *store, const char *field)
{
    en_error error;
    en_error_clear(&error);
    en_random random;
    en_random_init_seed(&random, 1);
    en_database *database;
    en_segment *segment;
    en_store_run about = { .now_ms = now_ms, .random = &random };
    assert_true(en_world_database(&p->world, &database, &error));
    assert_true(en_segment_enter(database, EN_SEGMENT_READ, &about, &segment, &error));
    en_store_info info;
    bool found_store;
    assert_true(
        en_store_describe(segment, en_text_from(store), &p->arena, &info, &found_store, &error));
    en_array_builder column;
    en_array_builder_init(&column, &p->arena);
    if (found_store) {
        en_query query = { .limit = UINT64_MAX };
        en_found found;
        assert_true(
            en_store_search(segment, en_text_from(store), &query, &p->arena, &found, &error));
        for (uint32_t i = 0; i < found.records.length; i++) {
            en_array_builder_add(
                &column, en_collection_find(found.records.as.items[i], en_text_from(field)));
        }
    }
    en_segment_rollback(segment);
    return en_text_terminate(&p->arena, en_json_text(&p->arena, en_array_builder_take(&column), 0));
}

void play_close(play *p)
{
    en_arena_done(&p->arena);
    en_world_done(&p->world);
}

void play_gives(const char *scenario, const char *mocks, const char *payload, const char *expected)
{
    play p;
    play_open(&p, scenario);
    if (mocks != NULL) {
        play_mocks(&p, mocks);
    }
    if (payload != NULL) {
        play_payload(&p, payload);
    }
    play_run(&p);
    play_expect(&p, expected);
    play_close(&p);
}

#include "testing/stage.h"

#include "scenario/load.h"
#include "testing/patch.h"
#include "value/place.h"

#include <string.h>

enum { LARGEST_FILE = 64 << 20 };

bool en_stage_refuse(en_stage *stage, en_text path, const en_error *error)
{
    en_problem *problem = en_problems_add_error(stage->problems, EN_SEVERITY_ERROR, error);
    if (problem->file.length == 0) {
        problem->path = en_text_copy(stage->problems->arena, path);
    }
    return false;
}

/* --- values from files --- */

bool en_stage_read(en_stage *stage, en_value setting, en_text path, bool typed, en_value *value)
{
    en_error error;
    en_error_clear(&error);
    en_text content = en_json_text(stage->arena, setting, 0);
    en_text name = EN_TEXT("");
    *value = setting;
    if (en_is(setting, EN_TEXT_VALUE)) {
        const char *file =
            en_suite_beside(stage->test->suite, stage->arena, en_value_text(setting));
        if (!en_file_read(stage->arena, file, LARGEST_FILE, &content, &error)) {
            return en_stage_refuse(stage, path, &error);
        }
        name = en_text_from(file);
    } else if (!typed || en_is_missing(setting)) {
        return true;
    }
    if (!en_json_read(stage->arena, content, typed ? EN_JSON_TYPED : 0, EN_JSON_DEPTH, value,
                      &error)) {
        en_problem *problem = en_problems_add_error(stage->problems, EN_SEVERITY_ERROR, &error);
        problem->file = name;
        return false;
    }
    return true;
}

/* --- the scenario --- */

static en_load_options load_options(en_stage *stage)
{
    en_text ignored;
    en_arena *arena = stage->arena;
    const en_workspace *workspace = &stage->workspace;
    en_value schemas = en_test_setting(stage->test, NULL, "schemas", arena, &ignored);
    size_t declared = en_collection_count(schemas);
    en_text *stores =
        en_arena_alloc(arena, (workspace->schema_count + declared + 1) * sizeof *stores);
    for (size_t i = 0; i < workspace->schema_count; i++) {
        stores[i] = workspace->schemas[i]->name;
    }
    for (size_t i = 0; i < declared; i++) {
        stores[workspace->schema_count + i] = en_collection_members(schemas)[i].name;
    }
    en_value lenient = en_test_setting(stage->test, NULL, "lenient", arena, &ignored);
    return (en_load_options){ .lenient = en_is(lenient, EN_BOOLEAN) && lenient.as.boolean,
                              .stores = stores,
                              .store_count = workspace->schema_count + declared,
                              .only_declared_stores = workspace->only_declared_stores };
}

/* The suite's text with blanks for all that is not the scenario: problems keep their places. */
static en_text blanked(en_stage *stage, en_text path)
{
    const en_document *document = stage->test->suite->document;
    en_text text = en_document_text(document);
    en_text part;
    char *copy = en_arena_try(stage->arena, text.length + 1, 1);
    if (copy == NULL || !en_document_extent(document, path, &part)) {
        return EN_TEXT("");
    }
    size_t start = (size_t)(part.data - text.data);
    for (size_t i = 0; i < text.length; i++) {
        bool inside = i >= start && i < start + part.length;
        copy[i] = inside || text.data[i] == '\n' ? text.data[i] : ' ';
    }
    return (en_text){ copy, text.length };
}

static bool read_patched(en_stage *stage, en_value scenario, en_text path, en_value patch,
                         en_text *content)
{
    en_error error;
    en_error_clear(&error);
    if (en_is(scenario, EN_TEXT_VALUE)) {
        en_text ignored;
        en_document *document;
        const char *file =
            en_suite_beside(stage->test->suite, stage->arena, en_value_text(scenario));
        en_value lenient = en_test_setting(stage->test, NULL, "lenient", stage->arena, &ignored);
        unsigned flags = en_is(lenient, EN_BOOLEAN) && lenient.as.boolean ? EN_DOCUMENT_LENIENT : 0;
        if (!en_document_read_file(stage->arena, file, flags, &document, &error)) {
            return en_stage_refuse(stage, path, &error);
        }
        scenario = en_document_root(document);
    }
    if (!en_patch_apply(stage->arena, patch, &scenario, &error)) {
        (void)en_test_setting(stage->test, NULL, "patch", stage->arena, &path);
        return en_stage_refuse(stage, path, &error);
    }
    *content = en_json_text(stage->arena, scenario, 0);
    return true;
}

static bool load_scenario(en_stage *stage)
{
    en_text path;
    en_text ignored;
    en_text content;
    en_arena *arena = stage->arena;
    const en_suite *suite = stage->test->suite;
    en_value scenario = en_test_setting(stage->test, NULL, "scenario", arena, &path);
    en_value patch = en_test_setting(stage->test, NULL, "patch", arena, &ignored);
    bool is_file = en_is(scenario, EN_TEXT_VALUE);
    const char *file = is_file ? en_suite_beside(suite, arena, en_value_text(scenario))
                               : en_text_terminate(arena, suite->name);
    if (!en_workspace_open(arena, file, &stage->workspace, stage->problems)) {
        return false;
    }
    en_load_options options = load_options(stage);
    en_value variables = en_test_merged(stage->test, NULL, "variables", arena);
    en_text *names = en_arena_alloc(arena, (en_collection_count(variables) + 1) * sizeof *names);
    for (uint32_t i = 0; i < en_collection_count(variables); i++) {
        names[options.variable_count++] = en_collection_members(variables)[i].name;
    }
    options.variables = names;
    if (is_file && en_collection_count(patch) == 0) {
        stage->has_file = true;
        stage->plan = en_scenario_load(arena, file, &options, stage->problems);
        return stage->plan != NULL;
    }
    if (en_collection_count(patch) != 0) {
        if (!read_patched(stage, scenario, path, patch, &content)) {
            return false;
        }
    } else {
        content = blanked(stage, path);
    }
    stage->plan =
        en_scenario_load_text(arena, en_text_from(file), content, &options, stage->problems);
    return stage->plan != NULL;
}

/* --- the world --- */

static en_value named(en_arena *arena, en_value definition, en_text name)
{
    en_collection_builder made;
    en_collection_builder_init(&made, arena);
    en_collection_builder_add(&made, EN_TEXT("name"), en_text_value(name));
    for (uint32_t i = 0; i < en_collection_count(definition); i++) {
        const en_member *member = &en_collection_members(definition)[i];
        en_collection_builder_add(&made, member->name, member->value);
    }
    return en_collection_builder_take(&made);
}

static bool take_schemas(en_stage *stage)
{
    en_text path;
    en_arena *arena = stage->arena;
    en_value written = en_test_setting(stage->test, NULL, "schemas", arena, &path);
    bool read = true;
    for (uint32_t i = 0; i < en_collection_count(written); i++) {
        const en_member *member = &en_collection_members(written)[i];
        en_problems own;
        en_problems_init(&own, arena);
        const en_schema *schema =
            en_schema_read(arena, named(arena, member->value, member->name), &own);
        if (schema != NULL) {
            en_world_take_schemas(&stage->world, arena, &schema, 1);
            continue;
        }
        read = false;
        for (const en_problem *at = own.first; at != NULL; at = at->next) {
            en_problem *problem =
                en_problems_add(stage->problems, at->severity, "%.*s", EN_TEXT_ARG(at->message));
            problem->hint = at->hint;
            problem->path = en_place_member(arena, path, member->name);
        }
    }
    return read;
}

static void close_zones(void *zones)
{
    en_zones_free(zones);
}

static bool open_world(en_stage *stage)
{
    en_world *world = &stage->world;
    world->zones = en_zones_new();
    en_arena_defer(stage->arena, close_zones, world->zones);
    world->egress = (en_egress){ .none = true };
    world->database_options =
        (en_database_options){ .path = ":memory:",
                               .durability = EN_DURABLE_NORMAL,
                               .only_declared = stage->workspace.only_declared_stores,
                               .segment_ms = stage->workspace.segment_ms,
                               .no_auto_index = stage->workspace.no_auto_index };
    if (!take_schemas(stage)) {
        return false;
    }
    en_world_take_schemas(world, stage->arena, stage->plan->schemas, stage->plan->schema_count);
    en_world_take_schemas(world, stage->arena, stage->workspace.schemas,
                          stage->workspace.schema_count);
    return true;
}

/* Scenarios that do not load and what the test says wrongly are told at their places. */
bool en_stage_open(en_stage *stage, const en_test *test, en_arena *arena, en_problems *problems)
{
    *stage = (en_stage){ .test = test, .arena = arena, .problems = problems };
    en_world_init(&stage->world);
    bool opened = load_scenario(stage) && open_world(stage);
    en_suite_place(test->suite, problems);
    return opened;
}

void en_stage_done(en_stage *stage)
{
    en_world_done(&stage->world);
}

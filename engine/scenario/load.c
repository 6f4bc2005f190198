#include "scenario/load.h"

#include "scenario/counts.h"
#include "scenario/emit.h"
#include "scenario/interface.h"
#include "scenario/pages.h"
#include "scenario/segments.h"

#include <stdio.h>
#include <string.h>

enum { LARGEST_FILE = 64 * 1024 * 1024, MOST_PLACES = 400, MOST_NEAREST = 4000 };

/* --- what kind of file it is --- */

static bool refuse(en_loader *loader, const char *message, const char *hint)
{
    en_problem *problem =
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, EN_TEXT(""), "%s", message);
    en_loader_hint(loader, problem, "%s", hint);
    return false;
}

static bool is_blueprint(en_value root)
{
    return en_collection_has(root, EN_TEXT("flow"));
}

/* Blueprints come bare and as two of Make's API replies wrap them. */
static bool holds_blueprint(en_value root)
{
    return is_blueprint(root) || is_blueprint(en_collection_find(root, EN_TEXT("blueprint"))) ||
           is_blueprint(en_value_at(root, EN_TEXT("response.blueprint")));
}

/* Whether any element of a list looks like a module; an empty list may become one. */
static bool holds_modules(en_value list)
{
    for (uint32_t i = 0; i < list.length; i++) {
        if (en_collection_has(list.as.items[i], EN_TEXT("module"))) {
            return true;
        }
    }
    return list.length == 0;
}

/* The modules of a list or object, and where they stand. */
static bool find_modules(en_loader *loader, en_value *modules, en_text *path)
{
    en_value root = loader->root;
    *path = EN_TEXT("");
    *modules = root;
    if (root.tag == EN_ARRAY && !holds_modules(root)) {
        return refuse(loader, "this is a list, but not of modules",
                      "a module is {\"module\": \"…\", \"parameters\": {…}}");
    }
    if (root.tag == EN_ARRAY) {
        return true;
    }
    if (root.tag != EN_COLLECTION) {
        return refuse(loader, "this is no scenario: expected a list of modules or an object",
                      "[{\"id\": 1, \"module\": \"…\", \"parameters\": {…}}]");
    }
    if (holds_blueprint(root)) {
        return refuse(loader, "this is a blueprint, which cannot be loaded yet",
                      "list and object files can: see `modules`");
    }
    if (en_collection_has(root, EN_TEXT("modules"))) {
        loader->is_object = true;
        *path = EN_TEXT("modules");
        *modules = en_collection_find(root, EN_TEXT("modules"));
        if (modules->tag == EN_ARRAY) {
            return true;
        }
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, *path, "expected a list but got %s",
                          en_tag_name(modules->tag));
        return false;
    }
    if (en_collection_has(root, EN_TEXT("module"))) {
        return true;
    }
    if (en_collection_has(root, EN_TEXT("structure")) && en_collection_has(root, EN_TEXT("name"))) {
        return refuse(loader, "this is the structure of a data store, not a scenario",
                      "`enact store create FILE` makes the store");
    }
    return refuse(loader, "this is a parameter object, not a scenario",
                  "a module is {\"module\": \"…\", \"parameters\": {…}}");
}

/* --- from modules to a plan --- */

static en_plan *new_plan(en_loader *loader)
{
    en_plan *plan = EN_NEW(loader->arena, en_plan);
    plan->file = loader->file;
    plan->dialect = loader->is_object ? "object" : "list";
    plan->rules = &en_rules_list;
    plan->searches_emit_list = true;
    plan->empty_lists_live = true;
    plan->record_shape = EN_RECORD_FLAT;
    plan->outside_calls_commit = true;
    return plan;
}

static bool make_edges(en_graph *graph, bool is_main)
{
    en_loader *loader = graph->loader;
    en_value connections = en_collection_find(loader->root, EN_TEXT("connections"));
    if (is_main && !en_is_missing(connections) && loader->is_object &&
        connections.tag != EN_ARRAY) {
        en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, EN_TEXT("connections"),
                          "expected a list but got %s", en_tag_name(connections.tag));
        return false;
    }
    graph->is_object =
        is_main && loader->is_object && connections.tag == EN_ARRAY && connections.length != 0;
    return graph->is_object ? en_edges_of_object(graph, connections) : en_edges_of_list(graph);
}

static bool lay_out(en_graph *graph, en_layout *layout)
{
    if (!en_order_make(graph)) {
        return false;
    }
    en_branches_settle(graph);
    en_loops_settle(graph);
    return en_items_settle(graph) && en_layout_make(graph, layout) && !graph->loader->failed;
}

/* The graph of the flow, or of the modules that handle errors. *is_sound false: its edges are not
 * those of the file, which are wrong, and it serves to find what else is. */
static bool make_graph(en_loader *loader, bool is_main, en_graph *graph, en_layout *layout,
                       bool *is_sound)
{
    size_t errors = loader->problems->errors;
    if (!en_graph_make(graph, loader, !is_main)) {
        return false;
    }
    if (make_edges(graph, is_main) && loader->problems->errors == errors &&
        lay_out(graph, layout)) {
        return true;
    }
    *is_sound = false;
    if (loader->failed || !en_graph_make(graph, loader, !is_main)) {
        return false;
    }
    en_edges_of_chain(graph);
    return lay_out(graph, layout);
}

static bool emit_graph(en_emitter *emit)
{
    if (!en_emit_number(emit)) {
        return false;
    }
    if (emit->start == 0 && emit->layout->count != 0) {
        emit->names->first = emit->graph->nodes[emit->layout->nodes[0]].step;
    }
    en_emit_fill(emit);
    en_emit_dead(emit);
    return !emit->loader->failed;
}

static en_plan *compile(en_loader *loader)
{
    en_graph graphs[2];
    en_layout layouts[2] = { { 0 }, { 0 } };
    bool is_sound = true;
    bool laid = make_graph(loader, true, &graphs[0], &layouts[0], &is_sound);
    laid = make_graph(loader, false, &graphs[1], &layouts[1], &is_sound) && laid;
    en_plan *plan = new_plan(loader);
    en_interface_read(loader, plan);
    if (!laid || loader->failed) {
        return NULL;
    }
    uint32_t count =
        en_emit_count(&graphs[0], &layouts[0]) + en_emit_count(&graphs[1], &layouts[1]);
    en_step *steps = EN_TRY_ARRAY(loader->arena, en_step, (size_t)count + 1);
    en_names names;
    if (steps == NULL || !en_names_init(&names, loader, plan, count)) {
        loader->failed = true;
        return NULL;
    }
    memset(steps, 0, count * sizeof *steps);
    plan->steps = steps;
    uint32_t *step_of_slot = EN_LOADER_ARRAY(loader, uint32_t, count);
    uint32_t *outside = EN_LOADER_ARRAY(loader, uint32_t, (size_t)count + 1);
    if (loader->failed) {
        return NULL;
    }
    names.is_quiet = !is_sound; /* what a name refers to depends on the edges */
    for (unsigned i = 0; i < 2; i++) {
        en_emitter emit = { .loader = loader,
                            .graph = &graphs[i],
                            .layout = &layouts[i],
                            .plan = plan,
                            .steps = steps,
                            .names = &names,
                            .step_of_slot = step_of_slot,
                            .outside = outside };
        if (!emit_graph(&emit)) {
            return NULL;
        }
        if (i == 0) {
            plan->main_count = plan->count;
        }
    }
    en_interface_compile_variables(loader, plan, &names);
    return is_sound && en_segments_settle(loader, plan, steps) &&
                   en_counts_find(loader, plan, steps) && en_pages_find(loader, plan, steps)
               ? plan
               : NULL;
}

static en_plan *load_modules(en_loader *loader)
{
    en_value modules;
    en_text path;
    if (!find_modules(loader, &modules, &path)) {
        return NULL;
    }
    if (modules.tag == EN_ARRAY && modules.length == 0) {
        en_problem *problem =
            en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, path,
                              "expected at least one module but the list is empty");
        en_loader_hint(loader, problem, "{\"id\": 1, \"module\": \"…\", \"parameters\": {…}}");
        return NULL;
    }
    bool are_modules = en_entries_read(loader, modules, path);
    if (loader->failed) {
        return NULL;
    }
    en_handlers_read(loader);
    en_plan *plan = compile(loader);
    return are_modules ? plan : NULL;
}

static void report_memory(en_loader *loader)
{
    en_problem *problem = en_loader_problem(loader, NULL, EN_SEVERITY_ERROR, EN_TEXT(""),
                                            "there is not enough memory to load this scenario");
    problem->type = EN_DataSizeLimitExceededError;
}

const en_plan *en_scenario_load_text(en_arena *arena, en_text name, en_text content,
                                     const en_load_options *options, en_problems *problems)
{
    static const en_load_options defaults = { 0 };
    en_arena scratch;
    en_arena_init(&scratch, arena->budget);
    en_loader loader = { .arena = arena,
                         .scratch = &scratch,
                         .options = options != NULL ? options : &defaults,
                         .problems = problems,
                         .file = en_text_copy(arena, name),
                         .content = content,
                         .places_left = MOST_PLACES,
                         .nearest_left = MOST_NEAREST };
    size_t errors = problems->errors;
    en_error error;
    en_error_clear(&error);
    unsigned flags = loader.options->lenient ? EN_DOCUMENT_LENIENT : 0;
    en_plan *plan = NULL;
    if (en_document_read(arena, loader.file, content, flags, &loader.document, &error)) {
        loader.root = en_document_root(loader.document);
        plan = load_modules(&loader);
        if (loader.failed || (arena->budget != NULL && arena->budget->exceeded)) {
            report_memory(&loader);
        }
    } else {
        en_problem *problem = en_problems_add_error(problems, EN_SEVERITY_ERROR, &error);
        problem->file = loader.file;
    }
    en_problems_sort(problems);
    en_arena_done(&scratch);
    return problems->errors == errors ? plan : NULL;
}

const en_plan *en_scenario_load(en_arena *arena, const char *path, const en_load_options *options,
                                en_problems *problems)
{
    en_text content;
    en_error error;
    en_error_clear(&error);
    if (!en_file_read(arena, path, LARGEST_FILE, &content, &error)) {
        en_problem *problem = en_problems_add_error(problems, EN_SEVERITY_ERROR, &error);
        problem->file = en_text_copy(problems->arena, en_text_from(path));
        return NULL;
    }
    en_text name = strcmp(path, "-") == 0 ? EN_TEXT("standard input") : en_text_from(path);
    return en_scenario_load_text(arena, name, content, options, problems);
}

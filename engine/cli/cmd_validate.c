/* validate - loads files and tells everything that is wrong with them. Nothing is run. */
#include "base/folder.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/setup.h"
#include "scenario/outlook.h"
#include "testing/suite.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { FOLDER_DEPTH = 64, MOST_BYTES = 64 * 1024 * 1024 };

typedef struct seen {
    struct seen *next;
    en_text folder;
} seen;

typedef struct validation {
    en_context *context;
    bool strict;
    en_value payload; /* --input; nothing: not given */
    en_zones *zones;
    size_t files;
    int code;   /* the first that is not 0 */
    seen *seen; /* workspaces whose problems were told */
} validation;

/* --strict: a warning is as bad as an error. */
static void make_errors(en_problems *problems)
{
    for (en_problem *problem = problems->first; problem != NULL; problem = problem->next) {
        problem->severity = EN_SEVERITY_ERROR;
    }
    problems->errors += problems->warnings;
    problems->warnings = 0;
}

static void print_line(en_context *context, const char *path, const en_problems *problems)
{
    bool ok = problems->errors == 0;
    if (context->quiet && ok) {
        return;
    }
    en_builder out;
    en_builder_init(&out, context->arena);
    en_out_visible(&out, en_text_from(path), EN_ONE_LINE);
    en_builder_add(&out, EN_TEXT(": "));
    en_out_paint(&out, context->out_color, ok ? EN_PAINT_GOOD : EN_PAINT_ERROR,
                 ok ? EN_TEXT("ok") : EN_TEXT("invalid"));
    const char *between = ", ";
    if (problems->errors != 0) {
        en_builder_format(&out, "%s%zu %s", between, problems->errors,
                          problems->errors == 1 ? "error" : "errors");
    }
    if (problems->warnings != 0) {
        en_builder_format(&out, "%s%zu %s", between, problems->warnings,
                          problems->warnings == 1 ? "warning" : "warnings");
    }
    en_builder_add_char(&out, '\n');
    en_out_write(context->out, en_builder_take(&out));
}

static void report(validation *all, en_context *context, const char *path, en_problems *problems)
{
    if (all->strict) {
        make_errors(problems);
    }
    en_problems_sort(problems);
    if (context->json) {
        en_out_json(context, en_out_problems_value(context->arena, en_text_from(path), problems), 0,
                    true);
    } else {
        en_out_problems(context, problems);
        print_line(context, path, problems);
    }
    if (problems->errors != 0 && all->code == EN_EXIT_DONE) {
        all->code = en_problems_exit_code(problems);
    }
}

static bool was_seen(validation *all, en_text folder)
{
    for (const seen *at = all->seen; at != NULL; at = at->next) {
        if (en_text_equal(at->folder, folder)) {
            return true;
        }
    }
    seen *added = EN_NEW(all->context->arena, seen);
    added->folder = en_text_copy(all->context->arena, folder);
    added->next = all->seen;
    all->seen = added;
    return false;
}

/* What is wrong with enact.json and the schemas is told once, not with every scenario beside them.
 */
static void report_workspace(validation *all, en_context *context, en_problems *problems)
{
    en_problems_sort(problems);
    for (const en_problem *problem = problems->first; problem != NULL;) {
        en_problems own;
        en_problems_init(&own, context->arena);
        en_text file = problem->file;
        for (; problem != NULL && en_text_equal(problem->file, file); problem = problem->next) {
            en_problem *copy = en_problems_add(&own, problem->severity, " ");
            en_problem *next = copy->next;
            *copy = *problem;
            copy->next = next;
        }
        report(all, context, en_text_terminate(context->arena, file), &own);
    }
}

/* A file of tests is checked as far as that goes without its scenarios. */
static void validate_tests(validation *all, const char *path)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    en_context context = *all->context;
    context.arena = &arena;
    en_problems problems;
    en_problems_init(&problems, &arena);
    (void)en_suite_read(&arena, path, &problems);
    report(all, &context, path, &problems);
    all->files++;
    en_arena_done(&arena);
}

static bool is_tests(const char *path)
{
    return en_text_ends(en_text_from(path), EN_TEXT(".test.json"));
}

/* Each file in an arena of its own: a folder may hold thousands. */
static void validate_file(validation *all, const char *path)
{
    if (is_tests(path)) {
        validate_tests(all, path);
        return;
    }
    en_arena arena;
    en_arena_init(&arena, all->context->arena->budget);
    en_context context = *all->context;
    context.arena = &arena;
    en_problems problems;
    en_problems_init(&problems, &arena);
    en_workspace workspace;
    bool sound = en_workspace_open(&arena, path, &workspace, &problems);
    if ((!sound || problems.warnings != 0) && !was_seen(all, workspace.folder)) {
        report_workspace(all, &context, &problems);
    }
    en_problems_init(&problems, &arena);
    en_load_options options = en_setup_load_options(&context, &workspace);
    const en_plan *plan = en_scenario_load(&arena, path, &options, &problems);
    if (plan != NULL) {
        const en_outlook_options about = { .workspace = &workspace,
                                           .database = en_setup_database(&context, &workspace),
                                           .payload = all->payload,
                                           .zones = all->zones };
        en_outlook_check(&arena, plan, &about, &problems);
    }
    report(all, &context, path, &problems);
    all->files++;
    en_arena_done(&arena);
}

/* In a folder, inputs, mocks and the like may lie beside scenarios. What cannot be read at all is
 * not passed over: it may be a scenario with a slip. */
static bool is_scenario(en_arena *arena, const char *path, en_error *error)
{
    static const char *const signs[] = { "module", "modules", "flow", "blueprint", "response" };
    en_text content;
    en_value root;
    if (!en_file_read(arena, path, MOST_BYTES, &content, error) ||
        !en_json_read(arena, content, EN_JSON_SHARE, EN_JSON_DEPTH, &root, error)) {
        return true;
    }
    en_value item = en_is(root, EN_ARRAY) && root.length != 0 ? root.as.items[0] : root;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (en_collection_has(item, en_text_from(signs[i]))) {
            return true;
        }
    }
    return false;
}

static void skip_file(en_context *context, const char *path)
{
    en_builder out;
    en_builder_init(&out, context->arena);
    if (context->json) {
        en_collection_builder object;
        en_collection_builder_init(&object, context->arena);
        en_collection_builder_add(&object, EN_TEXT("file"), en_text_value(en_text_from(path)));
        en_collection_builder_add(&object, EN_TEXT("ok"), en_boolean(true));
        en_collection_builder_add(&object, EN_TEXT("problems"), en_array(NULL, 0));
        en_collection_builder_add(&object, EN_TEXT("skipped"), en_boolean(true));
        en_out_json(context, en_collection_builder_take(&object), 0, true);
    } else if (!context->quiet) {
        en_out_visible(&out, en_text_from(path), EN_ONE_LINE);
        en_builder_add(&out, EN_TEXT(": skipped, no scenario\n"));
        en_out_write(context->out, en_builder_take(&out));
    }
}

static void validate_found(validation *all, const char *path)
{
    en_arena arena;
    en_arena_init(&arena, all->context->arena->budget);
    en_context context = *all->context;
    context.arena = &arena;
    en_error error;
    en_error_clear(&error);
    if (!is_tests(path) && !is_scenario(&arena, path, &error)) {
        skip_file(&context, path);
    } else if (error.type == EN_DataSizeLimitExceededError) {
        all->code = en_context_fail(&context, &error);
    } else {
        validate_file(all, path);
    }
    en_arena_done(&arena);
}

/* Structures and settings are no scenarios; what packages bring along is not ours. */
static bool is_left_out(const en_entry *entry)
{
    static const en_text folders[] = { { "schemas", 7 }, { "node_modules", 12 } };
    for (size_t i = 0; entry->is_folder && i < sizeof folders / sizeof folders[0]; i++) {
        if (en_text_equal(entry->name, folders[i])) {
            return true;
        }
    }
    return entry->is_file && (!en_text_ends(entry->name, EN_TEXT(".json")) ||
                              en_text_equal(entry->name, EN_TEXT("enact.json")));
}

static bool validate_folder(validation *all, const char *path, unsigned depth, en_error *error)
{
    en_entry *entries;
    size_t count;
    if (!en_folder_list(all->context->arena, path, &entries, &count)) {
        return en_error_set(error, EN_UsageError, "%s cannot be read: %s", path, strerror(errno));
    }
    for (size_t i = 0; i < count; i++) {
        const char *below =
            en_folder_join(all->context->arena, en_text_from(path), entries[i].name);
        if (is_left_out(&entries[i])) {
            continue;
        }
        if (entries[i].is_file) {
            validate_found(all, below);
        } else if (entries[i].is_folder && depth < FOLDER_DEPTH &&
                   !validate_folder(all, below, depth + 1, error)) {
            return false;
        }
    }
    return true;
}

static bool validate_all(validation *all, en_error *error)
{
    const en_context *context = all->context;
    for (size_t i = 0; i < context->argument_count; i++) {
        const char *path = context->arguments[i];
        struct stat about;
        if (stat(path, &about) != 0) {
            return en_error_set(error, EN_UsageError, "%s cannot be read: %s", path,
                                strerror(errno));
        }
        if (!S_ISDIR(about.st_mode)) {
            validate_file(all, path);
        } else if (!validate_folder(all, path, 0, error)) {
            return false;
        }
    }
    return true;
}

static int run_validate(en_context *context)
{
    validation all = { .context = context, .strict = en_context_switch(context, "strict") };
    en_error error;
    en_error_clear(&error);
    const char *input = en_context_text(context, "input");
    if (input != NULL && !en_input_json(context, "--input", input, 0, &all.payload, &error)) {
        return en_context_fail(context, &error);
    }
    all.zones = en_zones_new();
    bool done = validate_all(&all, &error);
    en_zones_free(all.zones);
    if (!done) {
        return en_context_fail(context, &error);
    }
    if (all.files == 0) {
        return en_context_usage(context, "there is no scenario in %s", context->arguments[0]);
    }
    return all.code;
}

static const en_flag flags[] = {
    { "strict", EN_FLAG_SWITCH, NULL, "Warnings are errors." },
    { "lenient", EN_FLAG_SWITCH, NULL, "Allow comments and placeholders in the files." },
    { "db", EN_FLAG_TEXT, "PATH", "Look into this database instead of the workspace's." },
    { "input", EN_FLAG_TEXT, "JSON|@FILE|-", "A payload: does what it adds fit into the stores?" },
    { 0 },
};

static const char *const examples[] = {
    "enact validate order.json",
    "enact validate scenarios/ --strict     # every *.json below, for CI",
    "enact validate order.json --json       # {\"file\", \"ok\", \"problems\"} a line",
    "enact validate import.json --input @records.json   # does it fit?",
    NULL,
};

const en_command en_cmd_validate = {
    .name = "validate",
    .summary = "Check scenario files without running them.",
    .arguments = "PATH…",
    .least = 1,
    .most = UINT_MAX,
    .flags = flags,
    .examples = examples,
    .run = run_validate,
};

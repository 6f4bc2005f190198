/* graph - a scenario's plan, drawn. */
#include "cli/output.h"
#include "cli/setup.h"
#include "scenario/graph.h"

static const struct {
    en_text name;
    en_graph_format format;
} formats[] = {
    { { "mermaid", 7 }, EN_GRAPH_MERMAID },
    { { "dot", 3 }, EN_GRAPH_DOT },
};

static bool read_format(const char *word, en_graph_format *format)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (en_text_equal(en_text_from(word), formats[i].name)) {
            *format = formats[i].format;
            return true;
        }
    }
    return false;
}

static int run_graph(en_context *context)
{
    en_graph_format format = EN_GRAPH_MERMAID;
    const char *word = en_context_text(context, "format");
    if (word != NULL && !read_format(word, &format)) {
        return en_context_usage(context, "--format is mermaid or dot, not '%s'", word);
    }
    en_workspace workspace;
    int code;
    if (!en_setup_workspace(context, context->arguments[0], &workspace, &code)) {
        return code;
    }
    en_problems problems;
    en_problems_init(&problems, context->arena);
    en_load_options options = en_setup_load_options(context, &workspace);
    const en_plan *plan =
        en_scenario_load(context->arena, context->arguments[0], &options, &problems);
    if (plan == NULL) {
        en_problems_sort(&problems);
        en_context_print_problems(context, &problems);
        return en_problems_exit_code(&problems);
    }
    en_builder out;
    en_builder_init(&out, context->arena);
    en_plan_draw(&out, plan, format);
    en_text drawing = en_builder_take(&out);
    if (context->json) {
        en_collection_builder object;
        en_collection_builder_init(&object, context->arena);
        en_collection_builder_add(&object, EN_TEXT("format"), en_text_value(formats[format].name));
        en_collection_builder_add(&object, EN_TEXT("graph"), en_text_value(drawing));
        en_context_print_json(context, en_collection_builder_take(&object));
        return EN_EXIT_DONE;
    }
    if (context->out_is_terminal) {
        drawing = en_out_visible_text(context->arena, drawing, EN_KEEP_LINES);
    }
    en_out_write(context->out, drawing);
    return EN_EXIT_DONE;
}

static const en_flag flags[] = {
    { "format", EN_FLAG_TEXT, "FORMAT", "mermaid (default) or dot." },
    { "lenient", EN_FLAG_SWITCH, NULL, "Allow comments and placeholders in the file." },
    { 0 },
};

static const char *const examples[] = {
    "enact graph order.json >> README.md           # Mermaid renders where Markdown does",
    "enact graph order.json --format dot | dot -Tsvg > order.svg",
    NULL,
};

const en_command en_cmd_graph = {
    .name = "graph",
    .summary = "Draw a scenario as Mermaid or DOT.",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .flags = flags,
    .examples = examples,
    .run = run_graph,
};

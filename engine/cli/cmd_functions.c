/* functions - the expression language's functions, from their rows. */
#include "cli/functions.h"

static int run_functions(en_context *context)
{
    bool page = en_context_switch(context, "markdown");
    if (page && (context->json || context->argument_count != 0)) {
        return en_context_usage(context,
                                "--markdown prints all functions: without NAME and --json");
    }
    if (page) {
        en_functions_page(context);
        return EN_EXIT_DONE;
    }
    return context->argument_count == 0 ? en_functions_list(context)
                                        : en_functions_explain(context, context->arguments[0]);
}

static const en_flag flags[] = {
    { "markdown", EN_FLAG_SWITCH, NULL, "All functions as a Markdown page." },
    { 0 },
};

static const char *const examples[] = {
    "enact functions                # all of them",
    "enact functions formatDate     # one, with its parameters and an example",
    "enact functions --json",
    "enact functions --markdown > functions.md",
    NULL,
};

const en_command en_cmd_functions = {
    .name = "functions",
    .summary = "List the functions of templates, or explain one.",
    .arguments = "[NAME]",
    .most = 1,
    .flags = flags,
    .examples = examples,
    .run = run_functions,
};

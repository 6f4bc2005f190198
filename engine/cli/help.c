#include "cli/help.h"

#include "cli/flags.h"
#include "cli/output.h"

#include <string.h>

static const char exit_codes[] =
    "Exit codes of enact\n"
    "\n"
    "    0  done\n"
    "    1  the run failed\n"
    "    2  the command line is wrong\n"
    "    3  the file is invalid; nothing was run\n"
    "    4  a test failed\n"
    "    5  a limit was hit: time, memory or operations\n"
    "    6  a store or its database is unavailable\n"
    "    7  refused by a policy, such as --allow-net\n"
    "    8  the execution was stored as incomplete\n"
    "  130  interrupted\n"
    "\n"
    "Of several executions (--events, --runs) the highest of 1 and 5 to 7 counts, else 8.\n"
    "\n"
    "Examples:\n"
    "  enact run job.json || echo \"ended with $?\"\n"
    "  enact validate scenarios/ && enact run scenarios/hello.json\n";

static const char environment[] =
    "Environment of enact\n"
    "\n"
    "Every flag can be given as a variable: --db is ENACT_DB, --dump-stores is ENACT_DUMP_STORES.\n"
    "The command line wins over the environment, the environment over enact.json.\n"
    "\n"
    "  ENACT_JSON=1       a switch: 1, true, yes, on or 0, false, no, off\n"
    "  ENACT_SET          a flag that may repeat: one value a line\n"
    "  NO_COLOR           not empty: no colour\n"
    "  CLICOLOR_FORCE     not empty and not 0: colour even without a terminal\n"
    "\n"
    "A scenario reads only the variables that \"env\" in enact.json names, as {{env.NAME}}.\n"
    "\n"
    "Examples:\n"
    "  ENACT_DB=:memory: enact run hello.json\n"
    "  ENACT_TZ=Europe/Prague enact eval '{{formatDate(now; \"HH:mm\")}}'\n";

static const char workspace[] =
    "Workspace of enact\n"
    "\n"
    "The nearest folder upward from the file that holds enact.json; else the one with schemas/\n"
    "beside or one above the file; else the file's own folder. Everything has a default.\n"
    "\n"
    "  enact.json         settings; every member may be left out:\n"
    "    \"database\"       a path beside enact.json, or a URL       \"enact.db\"\n"
    "    \"durability\"     \"full\" or \"normal\"                       \"full\"\n"
    "    \"stores\"         \"declared\": refuse other data stores     created on first use\n"
    "    \"allowNet\"       [hosts], as --allow-net                  public addresses\n"
    "    \"env\"            [names] that scenarios may read          none\n"
    "    \"timezone\"       \"Europe/Prague\"                          \"UTC\"\n"
    "    \"limits\"         {\"operations\": 10000, \"memory\": \"256M\", \"timeout\": \"40m\",\n"
    "                     \"segmentMs\": 30000}\n"
    "  schemas/*.json     data stores: \"name\" and \"structure\"\n"
    "  enact.db           the data stores, an SQLite database\n"
    "\n"
    "Examples:\n"
    "  echo '{\"timezone\": \"Europe/Prague\"}' > enact.json\n"
    "  enact store create schemas/customers.json\n";

static const struct {
    const char *name;
    const char *text;
} topics[] = {
    { "exit-codes", exit_codes },
    { "environment", environment },
    { "workspace", workspace },
};

enum { TOPICS = sizeof topics / sizeof topics[0], MOST_NAMES = 64 };

const en_command *en_command_find(const en_command *const *commands, en_text name, en_text *nearest)
{
    en_text names[MOST_NAMES];
    size_t count = 0;
    for (; commands[count] != NULL && count < MOST_NAMES; count++) {
        names[count] = en_text_from(commands[count]->name);
        if (en_text_equal(name, names[count])) {
            return commands[count];
        }
    }
    size_t index = en_text_nearest(name, names, count);
    *nearest = index != SIZE_MAX ? names[index] : EN_TEXT("");
    return NULL;
}

static void add_padded(en_builder *out, const char *text, size_t width)
{
    size_t length = strlen(text);
    en_builder_format(out, "  %s%*s  ", text, (int)(width > length ? width - length : 0), "");
}

static void add_commands(en_builder *out, const en_command *const *commands)
{
    size_t width = 0;
    for (size_t i = 0; commands[i] != NULL; i++) {
        size_t length = strlen(commands[i]->name);
        width = length > width ? length : width;
    }
    for (size_t i = 0; commands[i] != NULL; i++) {
        add_padded(out, commands[i]->name, width);
        en_builder_format(out, "%s\n", commands[i]->summary);
    }
}

static const char *flag_title(en_arena *arena, const en_flag *flag)
{
    const char *letter = strcmp(flag->name, "help") == 0      ? "-h, "
                         : strcmp(flag->name, "version") == 0 ? "-V, "
                                                              : "";
    return en_text_format(arena, "%s--%s%s%s", letter, flag->name, flag->value != NULL ? " " : "",
                          flag->value != NULL ? flag->value : "")
        .data;
}

static void add_flags(en_builder *out, const en_flag *const *tables, size_t count)
{
    size_t width = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < count; i++) {
            for (const en_flag *flag = tables[i]; flag != NULL && flag->name != NULL; flag++) {
                const char *title = flag_title(out->arena, flag);
                if (pass == 0) {
                    width = strlen(title) > width ? strlen(title) : width;
                } else {
                    add_padded(out, title, width);
                    en_builder_format(out, "%s\n", flag->doc);
                }
            }
        }
    }
}

static void add_examples(en_builder *out, const char *const *examples)
{
    en_builder_add(out, EN_TEXT("\nExamples:\n"));
    for (size_t i = 0; examples[i] != NULL; i++) {
        en_builder_format(out, "  %s\n", examples[i]);
    }
}

/* What people begin with; all commands' examples would not fit a screen. */
static const char *const first_commands[] = { "run",    "validate", "eval", "test",
                                              "replay", "import",   "store" };

static bool is_first(const en_command *command)
{
    for (size_t i = 0; i < sizeof first_commands / sizeof *first_commands; i++) {
        if (strcmp(command->name, first_commands[i]) == 0) {
            return true;
        }
    }
    return false;
}

void en_help_overview(en_context *context)
{
    en_builder out;
    en_builder_init(&out, context->arena);
    en_builder_add(&out, EN_TEXT("enact - runs automation scenarios written as JSON\n\n"
                                 "Usage: enact COMMAND [ARGUMENTS] [FLAGS]\n\nCommands:\n"));
    add_commands(&out, en_commands);
    en_builder_add(&out, EN_TEXT("\nFlags of every command:\n"));
    add_flags(&out, (const en_flag *const[]){ en_common_flags }, 1);
    en_builder_add(&out, EN_TEXT("\nMore: enact help COMMAND"));
    for (size_t i = 0; i < TOPICS; i++) {
        en_builder_format(&out, ", enact help %s", topics[i].name);
    }
    en_builder_add(&out, EN_TEXT("\n\nExamples:\n"));
    for (size_t i = 0; en_commands[i] != NULL; i++) { /* without their remarks */
        if (!is_first(en_commands[i])) {
            continue;
        }
        en_text example = en_text_from(en_commands[i]->examples[0]);
        size_t remark = en_text_find(example, EN_TEXT("   #"), 0);
        example = en_text_trim(en_text_slice(example, 0, remark));
        en_builder_format(&out, "  %.*s\n", EN_TEXT_ARG(example));
    }
    en_out_write(context->out, en_builder_take(&out));
}

void en_help_command(en_context *context)
{
    const en_command *group = context->group;
    const en_command *command = context->command;
    en_builder out;
    en_builder_init(&out, context->arena);
    en_text called = group != NULL
                         ? en_text_format(context->arena, "%s %s", group->name, command->name)
                         : en_text_from(command->name);
    en_builder_format(&out, "%s\n\nUsage: enact %.*s%s%s [FLAGS]\n", command->summary,
                      EN_TEXT_ARG(called), command->arguments != NULL ? " " : "",
                      command->arguments != NULL ? command->arguments : "");
    if (command->verbs != NULL) {
        en_builder_add(&out, EN_TEXT("\nCommands:\n"));
        add_commands(&out, command->verbs);
    }
    en_builder_add(&out, EN_TEXT("\nFlags:\n"));
    const en_flag *tables[] = { command->flags, group != NULL ? group->flags : NULL,
                                en_common_flags };
    add_flags(&out, tables, sizeof tables / sizeof tables[0]);
    for (const en_flag_topic *topic = command->topics; topic != NULL && topic->name != NULL;
         topic++) {
        en_builder_format(&out, "%s: enact help %.*s %s\n", topic->summary, EN_TEXT_ARG(called),
                          topic->name);
    }
    add_examples(&out, command->examples);
    en_out_write(context->out, en_builder_take(&out));
}

/* Whether the command has such a topic; then it is printed. */
static bool print_flag_topic(en_context *context, const char *name)
{
    const en_command *command = context->command;
    const en_flag_topic *topic = command != NULL ? command->topics : NULL;
    while (topic != NULL && topic->name != NULL && strcmp(topic->name, name) != 0) {
        topic++;
    }
    if (topic == NULL || topic->name == NULL) {
        return false;
    }
    en_builder out;
    en_builder_init(&out, context->arena);
    en_builder_format(&out, "%s of enact %s\n\nFlags:\n", topic->summary, command->name);
    add_flags(&out, (const en_flag *const[]){ topic->flags }, 1);
    add_examples(&out, topic->examples);
    en_out_write(context->out, en_builder_take(&out));
    return true;
}

static int print_topic(en_context *context, const char *text)
{
    en_out_write(context->out, en_text_from(text));
    return EN_EXIT_DONE;
}

static int unknown_topic(en_context *context, const char *word, en_text nearest)
{
    en_text names[TOPICS];
    for (size_t i = 0; i < TOPICS; i++) {
        names[i] = en_text_from(topics[i].name);
    }
    size_t index = en_text_nearest(en_text_from(word), names, TOPICS);
    nearest = nearest.length == 0 && index != SIZE_MAX ? names[index] : nearest;
    context->command = NULL;
    context->group = NULL;
    if (nearest.length == 0) {
        return en_context_usage(context, "there is no help on '%s'", word);
    }
    return en_context_usage(context, "there is no help on '%s' (did you mean '%.*s'?)", word,
                            EN_TEXT_ARG(nearest));
}

int en_help_topic(en_context *context, const char *const *words, size_t count)
{
    if (count == 0) {
        en_help_overview(context);
        return EN_EXIT_DONE;
    }
    for (size_t i = 0; i < TOPICS; i++) {
        if (count == 1 && strcmp(words[0], topics[i].name) == 0) {
            return print_topic(context, topics[i].text);
        }
    }
    const en_command *const *commands = en_commands;
    context->command = NULL;
    for (size_t i = 0; i < count; i++) {
        en_text nearest = EN_TEXT("");
        const en_command *found =
            commands != NULL ? en_command_find(commands, en_text_from(words[i]), &nearest) : NULL;
        if (found == NULL && i + 1 == count && print_flag_topic(context, words[i])) {
            return EN_EXIT_DONE;
        }
        if (found == NULL) {
            return unknown_topic(context, words[i], nearest);
        }
        context->group = context->command;
        context->command = found;
        commands = found->verbs;
    }
    en_help_command(context);
    return EN_EXIT_DONE;
}

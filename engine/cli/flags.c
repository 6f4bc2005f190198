#include "cli/flags.h"

#include <stdlib.h>
#include <string.h>

const en_flag en_common_flags[] = {
    { "json", EN_FLAG_SWITCH, NULL, "Output for machines." },
    { "quiet", EN_FLAG_SWITCH, NULL, "No remarks, only results and errors." },
    { "help", EN_FLAG_SWITCH, NULL, "Help for enact or a command." },
    { "version", EN_FLAG_SWITCH, NULL, "The version." },
    { 0 },
};

static const struct {
    char letter;
    const char *name;
} letters[] = { { 'h', "help" }, { 'V', "version" } };

void en_flags_init(en_flag_parser *parser, en_arena *arena, int argc, char **argv)
{
    *parser = (en_flag_parser){ .arena = arena, .argc = argc, .argv = argv, .at = 1 };
    parser->values.arena = arena;
    parser->arguments = en_arena_alloc(arena, (size_t)(argc + 1) * sizeof *parser->arguments);
    en_flags_know(parser, en_common_flags);
}

void en_flags_know(en_flag_parser *parser, const en_flag *flags)
{
    if (flags != NULL && parser->table_count < EN_FLAG_TABLES) {
        parser->tables[parser->table_count++] = flags;
    }
}

static const en_flag *find_flag(const en_flag_parser *parser, en_text name)
{
    for (size_t i = 0; i < parser->table_count; i++) {
        for (const en_flag *flag = parser->tables[i]; flag->name != NULL; flag++) {
            if (en_text_equal(name, en_text_from(flag->name))) {
                return flag;
            }
        }
    }
    return NULL;
}

static void add_value(en_flag_parser *parser, const en_flag *flag, const char *text, bool on)
{
    struct en_flag_values *values = &parser->values;
    if (values->count == values->capacity) {
        size_t capacity = values->capacity != 0 ? values->capacity * 2 : 16;
        en_flag_value *grown = en_arena_alloc(parser->arena, capacity * sizeof *grown);
        if (values->count != 0) {
            memcpy(grown, values->items, values->count * sizeof *grown);
        }
        values->items = grown;
        values->capacity = capacity;
    }
    values->items[values->count++] = (en_flag_value){ flag, text, on };
}

static bool unknown_flag(const en_flag_parser *parser, en_text name, en_error *error)
{
    en_text names[64];
    size_t count = 0;
    for (size_t i = 0; i < parser->table_count; i++) {
        for (const en_flag *flag = parser->tables[i]; flag->name != NULL; flag++) {
            if (count < sizeof names / sizeof names[0]) {
                names[count++] = en_text_from(flag->name);
            }
        }
    }
    en_error_set(error, EN_UsageError, "there is no flag --%.*s", EN_TEXT_ARG(name));
    size_t nearest = en_text_nearest(name, names, count);
    if (nearest != SIZE_MAX) {
        en_error_hint(error, "did you mean --%.*s?", EN_TEXT_ARG(names[nearest]));
    }
    return false;
}

static bool read_switch(const char *text, bool *on)
{
    static const struct {
        const char *word;
        bool on;
    } words[] = { { "true", true }, { "1", true },      { "yes", true },
                  { "on", true },   { "false", false }, { "0", false },
                  { "no", false },  { "off", false },   { "", false } };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (en_text_equal_nocase(en_text_from(text), en_text_from(words[i].word))) {
            *on = words[i].on;
            return true;
        }
    }
    return false;
}

bool en_flags_read_count(const char *text, uint64_t *count)
{
    uint64_t sum = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || sum > (UINT64_MAX - 9) / 10) {
            return false;
        }
        sum = sum * 10 + (uint64_t)(*at - '0');
    }
    *count = sum;
    return text[0] != '\0';
}

/* `called` is the flag as the user knows it: "--runs" or "ENACT_RUNS". */
static bool take_value(en_flag_parser *parser, const en_flag *flag, const char *called,
                       const char *text, en_error *error)
{
    bool on = true;
    uint64_t count;
    if (flag->kind == EN_FLAG_SWITCH && text != NULL && !read_switch(text, &on)) {
        return en_error_set(error, EN_UsageError, "%s is a switch: true or false, not '%s'", called,
                            text);
    }
    if (flag->kind == EN_FLAG_COUNT && !en_flags_read_count(text, &count)) {
        return en_error_set(error, EN_UsageError, "%s takes a whole number, not '%s'", called,
                            text);
    }
    add_value(parser, flag, text, on);
    return true;
}

/* A word that follows a flag is its value, unless it is a flag itself: a forgotten value is far
 * more likely than one that looks like a flag (which can be written --flag=value). */
static const char *following_value(en_flag_parser *parser)
{
    if (parser->at >= parser->argc) {
        return NULL;
    }
    const char *word = parser->argv[parser->at];
    if (word[0] == '-' && word[1] == '-') {
        en_text name = en_text_from(word + 2);
        size_t equals = en_text_find(name, EN_TEXT("="), 0);
        if (name.length == 0 || find_flag(parser, en_text_slice(name, 0, equals)) != NULL) {
            return NULL;
        }
    }
    parser->at++;
    return word;
}

static bool read_long(en_flag_parser *parser, const char *word, en_error *error)
{
    en_text all = en_text_from(word + 2);
    size_t equals = en_text_find(all, EN_TEXT("="), 0);
    en_text name = en_text_slice(all, 0, equals);
    const en_flag *flag = find_flag(parser, name);
    if (flag == NULL) {
        return unknown_flag(parser, name, error);
    }
    const char *value = equals != SIZE_MAX ? word + 2 + equals + 1 : NULL;
    if (value == NULL && flag->kind != EN_FLAG_SWITCH) {
        value = following_value(parser);
        if (value == NULL) {
            return en_error_set(error, EN_UsageError, "--%s needs a value: --%s %s", flag->name,
                                flag->name, flag->value);
        }
    }
    const char *called = en_text_format(parser->arena, "--%s", flag->name).data;
    return take_value(parser, flag, called, value, error);
}

static bool read_short(en_flag_parser *parser, const char *word, en_error *error)
{
    for (const char *at = word + 1; *at != '\0'; at++) {
        size_t i = 0;
        while (i < sizeof letters / sizeof letters[0] && letters[i].letter != *at) {
            i++;
        }
        if (i == sizeof letters / sizeof letters[0]) {
            en_error_set(error, EN_UsageError, "there is no flag %s", word);
            if (find_flag(parser, en_text_from(word + 1)) != NULL) {
                en_error_hint(error, "did you mean -%s?", word);
            }
            return false;
        }
        add_value(parser, find_flag(parser, en_text_from(letters[i].name)), NULL, true);
    }
    return true;
}

/* "-" is standard input and "-5" a number: both are arguments. */
static bool is_flag(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && !(word[1] >= '0' && word[1] <= '9') &&
           word[1] != '.';
}

bool en_flags_next(en_flag_parser *parser, const char **next, en_error *error)
{
    *next = NULL;
    while (parser->at < parser->argc) {
        const char *word = parser->argv[parser->at++];
        if (parser->only_arguments || !is_flag(word)) {
            *next = word;
            return true;
        }
        if (strcmp(word, "--") == 0) {
            parser->only_arguments = true;
        } else if (word[1] == '-' ? !read_long(parser, word, error)
                                  : !read_short(parser, word, error)) {
            return false;
        }
    }
    return true;
}

bool en_flags_rest(en_flag_parser *parser, en_error *error)
{
    for (;;) {
        const char *word;
        if (!en_flags_next(parser, &word, error)) {
            return false;
        }
        if (word == NULL) {
            return true;
        }
        parser->arguments[parser->argument_count++] = word;
    }
}

en_text en_flags_variable(en_arena *arena, const en_flag *flag)
{
    en_builder name;
    en_builder_init(&name, arena);
    en_builder_add(&name, EN_TEXT("ENACT_"));
    for (const char *at = flag->name; *at != '\0'; at++) {
        char upper = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
        en_builder_add_char(&name, upper == '-' ? '_' : upper);
    }
    en_builder_add_char(&name, '\0');
    en_text made = en_builder_take(&name);
    return (en_text){ made.data, made.length - 1 };
}

static bool take_variable(en_flag_parser *parser, const en_flag *flag, en_error *error)
{
    const char *called = en_flags_variable(parser->arena, flag).data;
    const char *text = getenv(called);
    if (text == NULL || (text[0] == '\0' && flag->kind != EN_FLAG_SWITCH)) {
        return true;
    }
    if (flag->kind != EN_FLAG_MANY) {
        return take_value(parser, flag, called, text, error);
    }
    en_text left = en_text_from(text);
    while (left.length != 0) {
        size_t end = en_text_find(left, EN_TEXT("\n"), 0);
        en_text line = en_text_trim(en_text_slice(left, 0, end));
        if (line.length != 0) {
            add_value(parser, flag, en_text_terminate(parser->arena, line), true);
        }
        left = end == SIZE_MAX ? EN_TEXT("") : en_text_slice(left, end + 1, left.length);
    }
    return true;
}

bool en_flags_environment(en_flag_parser *parser, en_error *error)
{
    for (size_t i = 0; i < parser->table_count; i++) {
        for (const en_flag *flag = parser->tables[i]; flag->name != NULL; flag++) {
            bool asks = strcmp(flag->name, "help") == 0 || strcmp(flag->name, "version") == 0;
            if (!asks && en_flags_find(&parser->values, flag->name) == NULL &&
                !take_variable(parser, flag, error)) {
                return false;
            }
        }
    }
    return true;
}

const en_flag_value *en_flags_find(const struct en_flag_values *values, const char *name)
{
    for (size_t i = values->count; i > 0; i--) {
        if (strcmp(values->items[i - 1].flag->name, name) == 0) {
            return &values->items[i - 1];
        }
    }
    return NULL;
}

bool en_context_switch(const en_context *context, const char *flag)
{
    const en_flag_value *value = en_flags_find(context->flags, flag);
    return value != NULL && value->on;
}

const char *en_context_text(const en_context *context, const char *flag)
{
    const en_flag_value *value = en_flags_find(context->flags, flag);
    return value != NULL ? value->text : NULL;
}

bool en_context_count(const en_context *context, const char *flag, uint64_t *count)
{
    const en_flag_value *value = en_flags_find(context->flags, flag);
    return value != NULL && en_flags_read_count(value->text, count);
}

size_t en_context_many(const en_context *context, const char *flag, const char *const **values)
{
    const struct en_flag_values *all = context->flags;
    const char **found = en_arena_alloc(context->arena, (all->count + 1) * sizeof *found);
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->items[i].flag->name, flag) == 0) {
            found[count++] = all->items[i].text;
        }
    }
    *values = found;
    return count;
}

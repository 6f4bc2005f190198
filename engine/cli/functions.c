#include "cli/functions.h"

#include "cli/output.h"
#include "cli/table.h"
#include "expr/missing.h"

static bool is_listed(const en_fn *fn)
{
    return (fn->flags & EN_FN_HIDDEN) == 0;
}

static void add_signature(en_builder *out, const en_fn *fn)
{
    en_builder_format(out, "%s(", fn->name);
    for (size_t i = 0; i < EN_FN_MOST_PARAMS && fn->takes[i].name != NULL; i++) {
        const en_fn_param *param = &fn->takes[i];
        bool optional = (param->flags & EN_FN_REQUIRED) == 0;
        en_builder_format(out, "%s%s%s%s%s", i != 0 ? "; " : "", optional ? "[" : "", param->name,
                          (param->flags & EN_FN_REST) != 0 ? "…" : "", optional ? "]" : "");
    }
    en_builder_add_char(out, ')');
}

static en_text signature(en_arena *arena, const en_fn *fn)
{
    en_builder out;
    en_builder_init(&out, arena);
    add_signature(&out, fn);
    return en_builder_take(&out);
}

/* --- for machines --- */

static void set_text(en_collection_builder *object, const char *name, const char *text)
{
    en_collection_builder_add(object, en_text_from(name),
                              text != NULL ? en_text_value(en_text_from(text)) : en_null());
}

static en_value parameters_value(en_arena *arena, const en_fn *fn)
{
    en_array_builder list;
    en_array_builder_init(&list, arena);
    for (size_t i = 0; i < EN_FN_MOST_PARAMS && fn->takes[i].name != NULL; i++) {
        const en_fn_param *param = &fn->takes[i];
        en_collection_builder object;
        en_collection_builder_init(&object, arena);
        set_text(&object, "name", param->name);
        en_collection_builder_add(&object, EN_TEXT("type"),
                                  en_text_value(en_types_name(arena, param->types)));
        en_collection_builder_add(&object, EN_TEXT("required"),
                                  en_boolean((param->flags & EN_FN_REQUIRED) != 0));
        en_collection_builder_add(&object, EN_TEXT("repeats"),
                                  en_boolean((param->flags & EN_FN_REST) != 0));
        set_text(&object, "doc", param->doc);
        en_array_builder_add(&list, en_collection_builder_take(&object));
    }
    return en_array_builder_take(&list);
}

static en_value function_value(en_arena *arena, const en_fn *fn)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    set_text(&object, "name", fn->name);
    en_collection_builder_add(&object, EN_TEXT("signature"), en_text_value(signature(arena, fn)));
    en_collection_builder_add(&object, EN_TEXT("parameters"), parameters_value(arena, fn));
    en_collection_builder_add(&object, EN_TEXT("gives"),
                              en_text_value(en_types_name(arena, fn->gives)));
    en_collection_builder_add(&object, EN_TEXT("fusion"),
                              en_boolean((fn->flags & EN_FN_FUSION) != 0));
    set_text(&object, "doc", fn->doc);
    set_text(&object, "example", fn->example);
    set_text(&object, "result", fn->result);
    return en_collection_builder_take(&object);
}

/* --- for people --- */

static const en_column parameter_columns[] = {
    { "PARAMETER", false, false },
    { "TYPE", false, false },
    { "", false, false },
    { "MEANING", false, true },
};

static void print_function(en_context *context, const en_fn *fn)
{
    en_builder out;
    en_builder_init(&out, context->arena);
    add_signature(&out, fn);
    en_text gives = en_types_name(context->arena, fn->gives);
    en_builder_format(&out, " → %.*s\n\n%s\n", EN_TEXT_ARG(gives), fn->doc != NULL ? fn->doc : "");
    if (fn->example != NULL) {
        en_builder_format(&out, "\n  %s  →  %s\n", fn->example,
                          fn->result != NULL ? fn->result : "");
    }
    if ((fn->flags & EN_FN_FUSION) != 0) {
        en_builder_add(&out, EN_TEXT("\nKnown in the fusion dialect only.\n"));
    }
    if (fn->takes[0].name != NULL) {
        en_builder_add_char(&out, '\n');
    }
    en_out_write(context->out, en_builder_take(&out));
    en_listing *table = en_listing_new(context, parameter_columns, 4);
    for (size_t i = 0; i < EN_FN_MOST_PARAMS && fn->takes[i].name != NULL; i++) {
        const en_fn_param *param = &fn->takes[i];
        bool required = (param->flags & EN_FN_REQUIRED) != 0;
        bool repeats = (param->flags & EN_FN_REST) != 0;
        const en_text cells[] = {
            en_text_from(param->name),
            en_types_name(context->arena, param->types),
            repeats    ? EN_TEXT("repeats")
            : required ? EN_TEXT("required")
                       : EN_TEXT(""),
            en_text_from(param->doc != NULL ? param->doc : ""),
        };
        en_listing_add(table, cells);
    }
    en_listing_print(table);
}

static const en_column list_columns[] = { { "FUNCTION", false, false },
                                          { "MEANING", false, true } };

int en_functions_list(en_context *context)
{
    en_listing *table = en_listing_new(context, list_columns, 2);
    en_array_builder list;
    en_array_builder_init(&list, context->arena);
    for (size_t family = 0; en_fn_families[family] != NULL; family++) {
        for (const en_fn *fn = en_fn_families[family]; fn->name != NULL; fn++) {
            if (!is_listed(fn)) {
                continue;
            }
            if (context->json) {
                en_array_builder_add(&list, function_value(context->arena, fn));
                continue;
            }
            const en_text cells[] = { signature(context->arena, fn),
                                      en_text_from(fn->doc != NULL ? fn->doc : "") };
            en_listing_add(table, cells);
        }
    }
    if (context->json) {
        en_context_print_json(context, en_array_builder_take(&list));
    } else {
        en_listing_print(table);
    }
    return EN_EXIT_DONE;
}

int en_functions_explain(en_context *context, const char *called)
{
    en_text nearest;
    en_text name = en_text_from(called);
    const en_fn *fn = en_fn_find(name, &en_rules_fusion, &nearest);
    if (fn == NULL) {
        en_error error;
        en_error_clear(&error);
        en_error_set(&error, EN_UsageError, "there is no function '%s'", called);
        en_fn_missing_hint(name, &en_rules_fusion, &error);
        return en_context_fail(context, &error);
    }
    if (context->json) {
        en_context_print_json(context, function_value(context->arena, fn));
    } else {
        print_function(context, fn);
    }
    return EN_EXIT_DONE;
}

/* --- as a page --- */

/* "date_set" as a heading: "Date set". */
static void add_heading(en_builder *out, const char *family)
{
    en_builder_add(out, EN_TEXT("\n## "));
    for (const char *at = family; *at != '\0'; at++) {
        bool first = at == family && *at >= 'a' && *at <= 'z';
        en_builder_add_char(out, (char)(*at == '_' ? ' ' : first ? *at - 'a' + 'A' : *at));
    }
    en_builder_add_char(out, '\n');
}

/* Code between more backquotes than stand in it. */
static void add_code(en_builder *out, const char *code)
{
    size_t longest = 0;
    size_t run = 0;
    for (const char *at = code; *at != '\0'; at++) {
        run = *at == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    for (size_t i = 0; i <= longest; i++) {
        en_builder_add_char(out, '`');
    }
    const char *space = longest != 0 ? " " : "";
    en_builder_format(out, "%s%s%s", space, code, space);
    for (size_t i = 0; i <= longest; i++) {
        en_builder_add_char(out, '`');
    }
}

/* What stands for itself in prose. */
static void add_prose(en_builder *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (en_text_find(EN_TEXT("\\`*_<[&"), (en_text){ at, 1 }, 0) != SIZE_MAX) {
            en_builder_add_char(out, '\\');
        }
        en_builder_add_char(out, *at);
    }
}

static void add_section(en_builder *out, const en_fn *fn)
{
    en_builder_add(out, EN_TEXT("\n### "));
    add_code(out, en_text_terminate(out->arena, signature(out->arena, fn)));
    en_text gives = en_types_name(out->arena, fn->gives);
    bool is_fusion = (fn->flags & EN_FN_FUSION) != 0;
    en_builder_format(out, " → %.*s%s\n\n", EN_TEXT_ARG(gives),
                      is_fusion ? " *(Fusion only)*" : "");
    add_prose(out, fn->doc != NULL ? fn->doc : "");
    en_builder_add(out, EN_TEXT("\n\n"));
    for (size_t i = 0; i < EN_FN_MOST_PARAMS && fn->takes[i].name != NULL; i++) {
        const en_fn_param *param = &fn->takes[i];
        en_text types = en_types_name(out->arena, param->types);
        en_builder_add(out, EN_TEXT("- "));
        add_code(out, param->name);
        en_builder_format(out, " (%.*s)%s", EN_TEXT_ARG(types), param->doc != NULL ? ": " : "");
        add_prose(out, param->doc != NULL ? param->doc : "");
        en_builder_add_char(out, '\n');
    }
    if (fn->example != NULL) {
        en_builder_add(out, fn->takes[0].name != NULL ? EN_TEXT("\n") : EN_TEXT(""));
        add_code(out, fn->example);
        en_builder_add(out, EN_TEXT(" → "));
        add_code(out, fn->result != NULL ? fn->result : "null");
        en_builder_add_char(out, '\n');
    }
}

void en_functions_page(en_context *context)
{
    en_builder out;
    en_builder_init(&out, context->arena);
    en_builder_add(&out,
                   EN_TEXT("# Functions of templates\n\nWhat may be left out stands in square "
                           "brackets; … may repeat.\n"));
    for (size_t family = 0; en_fn_families[family] != NULL; family++) {
        bool headed = false;
        for (const en_fn *fn = en_fn_families[family]; fn->name != NULL; fn++) {
            if (is_listed(fn) && !headed) {
                add_heading(&out, en_fn_family_names[family]);
                headed = true;
            }
            if (is_listed(fn)) {
                add_section(&out, fn);
            }
        }
    }
    en_out_write(context->out, en_builder_take(&out));
}

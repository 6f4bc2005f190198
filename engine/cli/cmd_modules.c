/* modules - what steps can do, from the modules' rows. */
#include "cli/output.h"
#include "cli/table.h"
#include "module/module.h"

#include <string.h>

static const char *const kind_names[] = {
    [EN_KIND_CALL] = "call",
    [EN_KIND_TRIGGER] = "trigger",
    [EN_KIND_ROUTER] = "router",
    [EN_KIND_ITERATOR] = "iterator",
    [EN_KIND_AGGREGATOR] = "aggregator",
    [EN_KIND_CONVERGER] = "converger",
    [EN_KIND_NEXT] = "directive",
};

static const char *const emits_names[] = {
    [EN_EMITS_ONE] = "one",
    [EN_EMITS_LIST] = "list",
    [EN_EMITS_MANY] = "many",
};

typedef struct trait {
    unsigned flag;
    const char *name;  /* in JSON */
    const char *words; /* for people */
} trait;

static const trait param_traits[] = {
    { EN_REQUIRED, "required", "required" },
    { EN_MAY_BE_EMPTY, "mayBeEmpty", "may be empty" },
    { EN_SECRET, "secret", "secret" },
    { EN_LITERAL, "literal", "no templates" },
    { EN_PER_BUNDLE, "perBundle", "for every bundle" },
};

static const trait module_traits[] = {
    { EN_OUTSIDE, "outside", "reaches beyond the stores" },
    { EN_READS, "reads", "reads stores" },
    { EN_WRITES, "writes", "writes stores" },
    { EN_ANSWERS, "answers", "tells it with the result of the run" },
    { EN_REMEMBERS, "remembers", "sets variables" },
};

enum {
    PARAM_TRAITS = sizeof param_traits / sizeof param_traits[0],
    MODULE_TRAITS = sizeof module_traits / sizeof module_traits[0],
    FIELD_DEPTH = 8
};

static en_text whole_name(en_arena *arena, const en_family *family, const en_module *module)
{
    return en_text_format(arena, "%s.%s", family->name, module->name);
}

/* --- for machines --- */

static void set_text(en_collection_builder *object, const char *name, const char *text)
{
    en_collection_builder_add(object, en_text_from(name),
                              text != NULL ? en_text_value(en_text_from(text)) : en_null());
}

static void set_traits(en_collection_builder *object, const trait *traits, size_t count,
                       unsigned flags)
{
    for (size_t i = 0; i < count; i++) {
        en_collection_builder_add(object, en_text_from(traits[i].name),
                                  en_boolean((flags & traits[i].flag) != 0));
    }
}

static en_value texts_value(en_arena *arena, const char *const *texts)
{
    en_array_builder list;
    en_array_builder_init(&list, arena);
    for (; texts != NULL && *texts != NULL; texts++) {
        en_array_builder_add(&list, en_text_value(en_text_from(*texts)));
    }
    return en_array_builder_take(&list);
}

static en_value fallback_value(en_arena *arena, const en_param *param)
{
    en_value value;
    bool there = param->fallback != NULL &&
                 en_json_read(arena, en_text_from(param->fallback), 0, EN_JSON_DEPTH, &value, NULL);
    return there ? value : en_null();
}

static en_value params_value(en_arena *arena, const en_param *params, unsigned depth)
{
    en_array_builder list;
    en_array_builder_init(&list, arena);
    for (; params != NULL && params->name != NULL && depth < FIELD_DEPTH; params++) {
        en_collection_builder object;
        en_collection_builder_init(&object, arena);
        set_text(&object, "name", params->name);
        en_collection_builder_add(&object, EN_TEXT("type"),
                                  en_text_value(en_types_name(arena, params->types)));
        set_traits(&object, param_traits, PARAM_TRAITS, params->flags);
        en_collection_builder_add(&object, EN_TEXT("default"), fallback_value(arena, params));
        en_collection_builder_add(&object, EN_TEXT("choices"),
                                  params->choices != NULL ? texts_value(arena, params->choices)
                                                          : en_null());
        if (params->most > params->least) {
            en_collection_builder_add(&object, EN_TEXT("least"), en_number(params->least));
            en_collection_builder_add(&object, EN_TEXT("most"), en_number(params->most));
        }
        if (params->fields != NULL) {
            en_collection_builder_add(&object, EN_TEXT("fields"),
                                      params_value(arena, params->fields, depth + 1));
        }
        set_text(&object, "doc", params->doc);
        en_array_builder_add(&list, en_collection_builder_take(&object));
    }
    return en_array_builder_take(&list);
}

static en_value module_value(en_arena *arena, const en_family *family, const en_module *module)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    en_collection_builder_add(&object, EN_TEXT("name"),
                              en_text_value(whole_name(arena, family, module)));
    en_collection_builder_add(&object, EN_TEXT("aliases"), texts_value(arena, module->aliases));
    en_collection_builder_add(&object, EN_TEXT("version"), en_integer(module->version));
    set_text(&object, "kind", kind_names[module->kind]);
    set_text(&object, "emits", emits_names[module->emits]);
    set_traits(&object, module_traits, MODULE_TRAITS, module->flags);
    set_text(&object, "doc", module->doc);
    en_collection_builder_add(&object, EN_TEXT("parameters"),
                              params_value(arena, module->takes, 0));
    en_collection_builder_add(&object, EN_TEXT("outputs"), params_value(arena, module->gives, 0));
    return en_collection_builder_take(&object);
}

/* --- for people --- */

static void add_words(en_builder *out, const char *words)
{
    if (out->length != 0) {
        en_builder_add(out, EN_TEXT(", "));
    }
    en_builder_add(out, en_text_from(words));
}

static en_text param_remarks(en_arena *arena, const en_param *param)
{
    en_builder out;
    en_builder_init(&out, arena);
    for (size_t i = 0; i < PARAM_TRAITS; i++) {
        if ((param->flags & param_traits[i].flag) != 0) {
            add_words(&out, param_traits[i].words);
        }
    }
    if (param->fallback != NULL) {
        add_words(&out, en_text_format(arena, "default %s", param->fallback).data);
    }
    return en_builder_take(&out);
}

static en_text param_meaning(en_arena *arena, const en_param *param)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_builder_add(&out, en_text_from(param->doc != NULL ? param->doc : ""));
    for (const char *const *choice = param->choices; choice != NULL && *choice != NULL; choice++) {
        en_builder_format(&out, "%s%s", choice == param->choices ? " One of: " : ", ", *choice);
    }
    return en_builder_take(&out);
}

enum { PARAM_COLUMNS = 4, OUTPUT_COLUMNS = 3 };

/* Fields of a collection stand below it, as data.name. Outputs have no remarks. */
static void add_params(en_listing *table, en_arena *arena, const en_param *params, en_text above,
                       size_t columns, unsigned depth)
{
    for (; params != NULL && params->name != NULL && depth < FIELD_DEPTH; params++) {
        en_text name = en_text_format(arena, "%.*s%s", EN_TEXT_ARG(above), params->name);
        en_text cells[PARAM_COLUMNS] = { name, en_types_name(arena, params->types) };
        cells[PARAM_COLUMNS - 2] = param_remarks(arena, params);
        cells[columns - 1] = param_meaning(arena, params);
        en_listing_add(table, cells);
        if (params->fields != NULL) {
            bool many = (params->types & EN_T_ARRAY) != 0;
            en_text below = en_text_format(arena, "%.*s%s", EN_TEXT_ARG(name), many ? "[]." : ".");
            add_params(table, arena, params->fields, below, columns, depth + 1);
        }
    }
}

static const en_column param_columns[PARAM_COLUMNS] = {
    { "PARAMETER", false, false },
    { "TYPE", false, false },
    { "", false, true },
    { "MEANING", false, true },
};

static const en_column output_columns[OUTPUT_COLUMNS] = {
    { "OUTPUT", false, false },
    { "TYPE", false, false },
    { "MEANING", false, true },
};

static void print_params(en_context *context, const en_column *columns, size_t count,
                         const en_param *params)
{
    if (params == NULL || params->name == NULL) {
        return;
    }
    fputs("\n", context->out);
    en_listing *table = en_listing_new(context, columns, count);
    add_params(table, context->arena, params, EN_TEXT(""), count, 0);
    en_listing_print(table);
}

static void print_module(en_context *context, const en_family *family, const en_module *module)
{
    en_builder out;
    en_builder_init(&out, context->arena);
    en_text name = whole_name(context->arena, family, module);
    en_builder_format(&out, "%.*s - %s\n", EN_TEXT_ARG(name),
                      module->doc != NULL ? module->doc : "");
    en_builder traits;
    en_builder_init(&traits, context->arena);
    add_words(&traits, kind_names[module->kind]);
    add_words(&traits, module->emits == EN_EMITS_ONE    ? "gives one bundle"
                       : module->emits == EN_EMITS_LIST ? "gives a list of records"
                                                        : "gives many bundles");
    for (size_t i = 0; i < MODULE_TRAITS; i++) {
        if ((module->flags & module_traits[i].flag) != 0) {
            add_words(&traits, module_traits[i].words);
        }
    }
    en_text words = en_builder_take(&traits);
    en_builder_format(&out, "\n  %.*s\n", EN_TEXT_ARG(words));
    for (const char *const *alias = module->aliases; alias != NULL && *alias != NULL; alias++) {
        en_builder_format(&out, "%s%s", alias == module->aliases ? "  also called " : ", ", *alias);
    }
    en_builder_add(&out, module->aliases != NULL ? EN_TEXT("\n") : EN_TEXT(""));
    en_out_write(context->out, en_builder_take(&out));
    print_params(context, param_columns, PARAM_COLUMNS, module->takes);
    print_params(context, output_columns, OUTPUT_COLUMNS, module->gives);
}

static const en_column list_columns[] = { { "MODULE", false, false }, { "MEANING", false, true } };

/* `only` NULL: all families. */
static int list_modules(en_context *context, const en_family *only)
{
    en_listing *table = en_listing_new(context, list_columns, 2);
    en_array_builder list;
    en_array_builder_init(&list, context->arena);
    for (size_t f = 0; en_families[f] != NULL; f++) {
        const en_family *family = en_families[f];
        for (const en_module *module = family->modules; module->name != NULL; module++) {
            if (only != NULL && only != family) {
                break;
            }
            if (context->json) {
                en_array_builder_add(&list, module_value(context->arena, family, module));
                continue;
            }
            const en_text cells[] = { whole_name(context->arena, family, module),
                                      en_text_from(module->doc != NULL ? module->doc : "") };
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

static const en_family *find_family(const char *name)
{
    for (size_t f = 0; en_families[f] != NULL; f++) {
        if (strcmp(en_families[f]->name, name) == 0) {
            return en_families[f];
        }
    }
    return NULL;
}

static int run_modules(en_context *context)
{
    if (context->argument_count == 0) {
        return list_modules(context, NULL);
    }
    const char *name = context->arguments[0];
    const en_family *family = find_family(name);
    const en_module *module = en_module_find(en_text_from(name), family != NULL ? NULL : &family);
    if (module == NULL && family != NULL) {
        return list_modules(context, family);
    }
    if (module == NULL) {
        en_text nearest = en_module_nearest(context->arena, en_text_from(name));
        return nearest.length != 0
                   ? en_context_usage(context, "there is no module '%s' (did you mean '%.*s'?)",
                                      name, EN_TEXT_ARG(nearest))
                   : en_context_usage(context, "there is no module '%s'", name);
    }
    if (context->json) {
        en_context_print_json(context, module_value(context->arena, family, module));
    } else {
        print_module(context, family, module);
    }
    return EN_EXIT_DONE;
}

static const char *const examples[] = {
    "enact modules                        # all of them",
    "enact modules datastore              # those of one family",
    "enact modules datastore.addRecord    # one, with its parameters and outputs",
    "enact modules --json",
    NULL,
};

const en_command en_cmd_modules = {
    .name = "modules",
    .summary = "List the modules that steps can use, or explain one.",
    .arguments = "[NAME]",
    .most = 1,
    .examples = examples,
    .run = run_modules,
};

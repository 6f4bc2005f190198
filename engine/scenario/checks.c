#include "scenario/emit.h"
#include "scenario/sketch.h"

enum { MOST_STORES = 512 };

static size_t store_names(const en_loader *loader, en_text names[MOST_STORES])
{
    size_t count = 0;
    for (size_t i = 0; i < loader->options->store_count && count < MOST_STORES; i++) {
        names[count++] = loader->options->stores[i];
    }
    for (size_t i = 0; i < loader->schema_count && count < MOST_STORES; i++) {
        names[count++] = loader->schemas[i]->name;
    }
    return count;
}

static bool is_written(const en_step *step, const char *name)
{
    for (size_t i = 0; i < step->written_count; i++) {
        if (en_text_equal(step->written[i].name, en_text_from(name))) {
            return true;
        }
    }
    return false;
}

static void check_store(en_loader *loader, const en_entry *entry, const en_step *step)
{
    en_text names[MOST_STORES];
    en_value store = en_step_constant(step, "dataStore");
    size_t count = store_names(loader, names);
    if (store.tag != EN_TEXT_VALUE || (count == 0 && !loader->options->only_declared_stores) ||
        count == MOST_STORES) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(names[i], en_value_text(store))) {
            return;
        }
    }
    bool is_refused = loader->options->only_declared_stores;
    en_problem *problem = en_loader_problem(
        loader, entry, is_refused ? EN_SEVERITY_ERROR : EN_SEVERITY_WARNING,
        EN_TEXT("parameters.dataStore"), "the data store \"%.*s\" is not declared",
        EN_TEXT_ARG(en_value_text(store)));
    en_text nearest = en_loader_nearest(loader, en_value_text(store), names, count);
    if (nearest.length != 0) {
        en_loader_hint(loader, problem, "did you mean \"%.*s\"?", EN_TEXT_ARG(nearest));
    }
}

static const en_schema *schema_of(const en_loader *loader, en_text store)
{
    for (size_t i = 0; i < loader->schema_count; i++) {
        if (en_text_equal(loader->schemas[i]->name, store)) {
            return loader->schemas[i];
        }
    }
    return NULL;
}

static bool has_unique_field(const en_schema *schema)
{
    for (size_t i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].unique) {
            return true;
        }
    }
    return false;
}

/* Overwriting needs something to know the record by. */
static void check_overwrite(en_loader *loader, const en_entry *entry, const en_step *step)
{
    en_value overwrite = en_step_constant(step, "overwrite");
    en_value data = en_collection_find(entry->parameters, EN_TEXT("data"));
    const en_schema *schema = schema_of(loader, en_step_store(step));
    if (overwrite.tag != EN_BOOLEAN || !overwrite.as.boolean || schema == NULL ||
        has_unique_field(schema) || is_written(step, "key") || is_written(step, "recordId") ||
        data.tag != EN_COLLECTION || en_collection_has(data, EN_TEXT("id"))) {
        return;
    }
    en_problem *problem =
        en_loader_problem(loader, entry, EN_SEVERITY_WARNING, EN_TEXT("parameters.overwrite"),
                          "nothing here can be the key: every call adds a record");
    en_loader_hint(loader, problem, "give a key, or make a field of \"%.*s\" unique",
                   EN_TEXT_ARG(schema->name));
}

static bool is_respond(const en_entry *entry)
{
    return entry->module != NULL && en_text_equal(entry->family, EN_TEXT("webhook")) &&
           en_text_equal(en_text_from(entry->module->name), EN_TEXT("respond"));
}

void en_check_step(en_emitter *emit, const en_entry *entry, const en_step *step, bool is_first)
{
    en_loader *loader = emit->loader;
    uint32_t number = (uint32_t)(step - emit->steps);
    en_check_note(emit, step, number);
    if (entry == NULL || step->kind == EN_STEP_COLLECT) {
        return;
    }
    if (is_first && is_respond(entry) && loader->entry_count > 1) {
        en_problem *problem =
            en_loader_problem(loader, entry, EN_SEVERITY_WARNING, EN_TEXT("module"),
                              "the answer is sent before anything else has run");
        en_loader_hint(loader, problem, "start with webhook.customWebhook");
    }
    if (step->module == NULL || step->arguments == NULL ||
        (step->module->flags & (EN_READS | EN_WRITES)) == 0) {
        return;
    }
    check_store(loader, entry, step);
    check_overwrite(loader, entry, step);
    if ((step->module->flags & EN_WRITES) != 0) {
        en_check_turn(emit, entry, number);
    }
}

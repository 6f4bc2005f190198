#include "scenario/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHAIN_FAMILY, CHAIN_AI, CHAIN_ALL };

/* A file can ask for quadratically many; from here on lists hold the nearest only. */
enum { MOST_LISTED = 4 * 1024 * 1024, SHORT_LIST = 64 };

static const char *const ai_families[] = { "ai", "anthropic", "google-ai", "openai" };
static const char *const alias_names[] = { "ai", "datastore", "http", "previousModule" };

static bool is_one_of(en_text name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(name, en_text_from(words[i]))) {
            return true;
        }
    }
    return false;
}

static int compare_texts(const void *a, const void *b)
{
    return en_text_compare(*(const en_text *)a, *(const en_text *)b);
}

static uint32_t unique(en_text *texts, uint32_t count)
{
    qsort(texts, count, sizeof *texts, compare_texts);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || !en_text_equal(texts[kept - 1], texts[i])) {
            texts[kept++] = texts[i];
        }
    }
    return kept;
}

static uint32_t find_text(const en_text *texts, size_t count, en_text text)
{
    const en_text *found = bsearch(&text, texts, count, sizeof text, compare_texts);
    return found != NULL ? (uint32_t)(found - texts) : EN_NO_INDEX;
}

/* --- scope --- */

static void set(en_names *names, uint32_t *place, uint32_t value)
{
    if (names->undo_count == names->undo_capacity) {
        size_t capacity = names->undo_capacity * 2 + 64;
        en_undo *undo = EN_LOADER_ARRAY(names->loader, en_undo, capacity);
        if (undo == NULL) {
            return;
        }
        if (names->undo_count != 0) {
            memcpy(undo, names->undo, names->undo_count * sizeof *undo);
        }
        names->undo = undo;
        names->undo_capacity = capacity;
    }
    names->undo[names->undo_count++] = (en_undo){ place, *place };
    *place = value;
}

size_t en_names_enter(const en_names *names)
{
    return names->undo_count;
}

void en_names_leave(en_names *names, size_t mark)
{
    while (names->undo_count > mark) {
        const en_undo *undo = &names->undo[--names->undo_count];
        *undo->place = undo->old;
    }
}

void en_names_place(en_names *names, uint32_t number, const uint32_t *when, size_t when_count)
{
    uint32_t parent = 0;
    for (size_t i = 0; i < when_count; i++) {
        parent = i == 0 ? when[0] + 1 : en_tree_join(&names->always, parent, when[i] + 1);
    }
    uint32_t placed = en_tree_add(&names->always, parent, number);
    if (placed != number + 1) {
        names->loader->failed = true;
    }
}

static void declare_in(en_names *names, uint32_t number, unsigned chain, uint32_t key)
{
    names->before[chain][number] = names->last[key];
    set(names, &names->last[key], number);
}

void en_names_declare(en_names *names, uint32_t number, uint32_t entry)
{
    names->step_of[entry] = number;
    set(names, &names->is_visible[entry], 1);
    uint32_t family = names->family_of[entry];
    declare_in(names, number, CHAIN_FAMILY, family);
    if (is_one_of(names->families[family], ai_families, sizeof ai_families / sizeof *ai_families)) {
        declare_in(names, number, CHAIN_AI, names->family_count);
    }
    declare_in(names, number, CHAIN_ALL, names->family_count + 1);
}

void en_names_open_loop(en_names *names, uint32_t number, uint32_t list)
{
    uint32_t depth = names->loops.count;
    en_links_add(names->loader, &names->loops, number);
    names->loops.count = depth;
    set(names, &names->loops.count, depth + 1); /* leaving cuts the list */
    if (names->loader->failed) {
        return;
    }
    if (list != EN_NO_INDEX) {
        set(names, &names->present[list], names->plan->steps[number].slot);
    }
}

/* --- what is wrong with a name --- */

EN_FORMAT(4, 5)
static void miss(en_names *names, en_text name, size_t at, const char *format, ...)
{
    if (names->is_quiet) {
        return;
    }
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    en_missed *missed = EN_NEW(names->loader->scratch, en_missed);
    *missed = (en_missed){ .next = names->missed,
                           .name = name,
                           .at = at,
                           .message = en_text_copy(names->loader->scratch, en_text_from(message)) };
    names->missed = missed;
}

/* A text in the value where `name` stands at the missed place; `skip` of equal ones are passed
 * over. */
static bool find_leaf(en_loader *loader, en_value value, const en_missed *missed, size_t *skip,
                      en_text *path)
{
    if (value.tag == EN_TEXT_VALUE) {
        en_text text = en_value_text(value);
        en_text there = missed->at <= text.length
                            ? en_text_slice(text, missed->at, missed->at + missed->name.length)
                            : EN_TEXT("");
        return en_text_equal(there, missed->name) && (*skip)-- == 0;
    }
    en_text outer = *path;
    if (value.tag == EN_ARRAY) {
        for (uint32_t i = 0; i < value.length; i++) {
            *path = en_path_index(loader->scratch, outer, i);
            if (find_leaf(loader, value.as.items[i], missed, skip, path)) {
                return true;
            }
        }
    }
    const en_member *members = en_collection_members(value);
    for (uint32_t i = 0; i < en_collection_count(value); i++) {
        *path = en_path_name(loader->scratch, outer, members[i].name);
        if (find_leaf(loader, members[i].value, missed, skip, path)) {
            return true;
        }
    }
    *path = outer;
    return false;
}

static void tell_missed(en_names *names, en_value value, en_spot spot)
{
    en_missed *list = NULL; /* in the order they came */
    while (names->missed != NULL) {
        en_missed *next = names->missed->next;
        names->missed->next = list;
        list = names->missed;
        names->missed = next;
    }
    for (const en_missed *missed = list; missed != NULL; missed = missed->next) {
        en_text path = spot.path;
        if (names->loader->places_left > 0) {
            size_t skip = 0;
            for (const en_missed *other = list; other != missed; other = other->next) {
                skip += other->at == missed->at && en_text_equal(other->name, missed->name);
            }
            find_leaf(names->loader, value, missed, &skip, &path);
        }
        en_problem *problem = en_loader_problem(names->loader, spot.where, EN_SEVERITY_WARNING,
                                                path, "%.*s", EN_TEXT_ARG(missed->message));
        if (missed->hint.length != 0) {
            en_loader_hint(names->loader, problem, "%.*s", EN_TEXT_ARG(missed->hint));
        }
    }
}

static void hint_ids(en_names *names)
{
    if (names->missed == NULL || names->is_quiet) {
        return;
    }
    enum { MOST_SHOWN = 8 };
    const en_loader *loader = names->loader;
    en_builder ids;
    en_builder_init(&ids, loader->scratch);
    en_builder_add(&ids, EN_TEXT("ids: "));
    for (uint32_t i = 0; i < loader->entry_count && i < MOST_SHOWN; i++) {
        en_builder_format(&ids, "%s%lld", i == 0 ? "" : ", ",
                          (long long)loader->entries[loader->by_id[i]].id);
    }
    if (loader->entry_count > MOST_SHOWN) {
        en_builder_add(&ids, EN_TEXT(", …"));
    }
    names->missed->hint = en_builder_take(&ids);
}

/* --- references --- */

static void set_nothing(en_ref *ref)
{
    *ref = (en_ref){ .kind = EN_REF_NOTHING, .slot = EN_NO_SLOT, .present = EN_NO_SLOT };
}

static void set_lookup(en_ref *ref, en_lookup_code code, en_text name)
{
    *ref = (en_ref){ .kind = EN_REF_LOOKUP,
                     .slot = EN_NO_SLOT,
                     .present = EN_NO_SLOT,
                     .code = code,
                     .name = name,
                     .headers_nocase = code == EN_LOOKUP_PAYLOAD };
}

static bool is_trigger(const en_entry *entry)
{
    return entry->module != NULL && entry->module->kind == EN_KIND_TRIGGER;
}

static void set_step(en_names *names, uint32_t number, uint32_t entry, en_ref *ref)
{
    const en_entry *written = &names->loader->entries[entry];
    bool iterates = written->module != NULL && written->module->kind == EN_KIND_ITERATOR;
    *ref = (en_ref){ .kind = EN_REF_SLOT,
                     .slot = names->plan->steps[number].slot,
                     .present = names->present[entry],
                     .reads_item = iterates,
                     .headers_nocase = is_trigger(written) };
}

static void resolve_id(en_names *names, en_text name, size_t at, const en_entry *entry, en_ref *ref)
{
    uint32_t number = (uint32_t)(entry - names->loader->entries);
    if (names->is_visible[number]) {
        set_step(names, names->step_of[number], number, ref);
        return;
    }
    set_nothing(ref);
    long long id = (long long)entry->id;
    en_module_kind kind = entry->module != NULL ? entry->module->kind : EN_KIND_CALL;
    if (kind == EN_KIND_ROUTER || kind == EN_KIND_NEXT) {
        miss(names, name, at, "step %lld is a %s, which gives nothing", id,
             kind == EN_KIND_ROUTER ? "router" : "break");
    } else if (names->step_of[number] == EN_NO_INDEX) {
        miss(names, name, at, "step %lld does not run before this one", id);
    } else {
        miss(names, name, at, "step %lld runs in a loop that has ended here", id);
    }
}

/* The chain of a name's steps from the latest back to one that surely ran. */
static void resolve_chain(en_names *names, unsigned chain, uint32_t latest, en_ref *ref)
{
    size_t most = names->listed < MOST_LISTED ? MOST_LISTED : SHORT_LIST;
    size_t count = 0;
    uint32_t number = latest;
    uint32_t here = names->current + 1;
    uint32_t parent = names->always.nodes[here].parent;
    for (; number != EN_NO_INDEX && count < most; number = names->before[chain][number]) {
        count++;
        if (en_tree_is_above(&names->always, number + 1, parent)) {
            break;
        }
    }
    uint32_t *slots = EN_TRY_ARRAY(names->loader->arena, uint32_t, count);
    if (slots == NULL) {
        names->loader->failed = true;
        set_nothing(ref);
        return;
    }
    names->listed += count;
    *ref = (en_ref){ .kind = EN_REF_SLOTS, .slot = EN_NO_SLOT, .present = EN_NO_SLOT };
    number = latest;
    for (size_t i = 0; i < count; i++, number = names->before[chain][number]) {
        const en_step *step = &names->plan->steps[number];
        slots[i] = step->slot;
        if (step->module != NULL && step->module->kind == EN_KIND_ITERATOR) {
            ref->reads_item = true;
        }
    }
    ref->slots = slots;
    ref->slot_count = count;
}

static void resolve_alias(en_names *names, en_text name, size_t at, en_ref *ref)
{
    unsigned chain = CHAIN_FAMILY;
    uint32_t key = find_text(names->families, names->family_count, name);
    if (en_text_equal(name, EN_TEXT("previousModule"))) {
        chain = CHAIN_ALL;
        key = names->family_count + 1;
    } else if (en_text_equal(name, EN_TEXT("ai"))) {
        chain = CHAIN_AI;
        key = names->family_count;
    }
    uint32_t latest =
        key != EN_NO_INDEX && names->current != EN_NO_INDEX ? names->last[key] : EN_NO_INDEX;
    if (latest == EN_NO_INDEX) {
        set_nothing(ref);
        if (chain == CHAIN_ALL) {
            miss(names, name, at, "no step runs before this one");
        } else {
            miss(names, name, at, "no %.*s step runs before this one", EN_TEXT_ARG(name));
        }
        return;
    }
    resolve_chain(names, chain, latest, ref);
    if (ref->slot_count == 1) { /* as if its id were written */
        const en_step *step = &names->plan->steps[latest];
        const en_entry *entry = en_entry_find(names->loader, step->id);
        if (entry != NULL) {
            set_step(names, latest, (uint32_t)(entry - names->loader->entries), ref);
        }
    }
}

static void resolve_item(en_names *names, en_text name, size_t at, en_ref *ref)
{
    if (names->loops.count == 0) {
        set_nothing(ref);
        miss(names, name, at, "there is no loop around this step and no list before it");
        return;
    }
    uint32_t head = names->loops.items[names->loops.count - 1];
    *ref = (en_ref){ .kind = EN_REF_SLOT,
                     .slot = names->plan->steps[head].slot,
                     .present = EN_NO_SLOT };
    if (en_text_equal(name, EN_TEXT("item"))) {
        ref->member = EN_TEXT("item");
    }
}

/* The first step's output if it is a trigger, also one that nobody knows; else the payload. */
static void resolve_trigger(en_names *names, en_text name, en_ref *ref)
{
    const en_step *first = names->first != EN_NO_INDEX ? &names->plan->steps[names->first] : NULL;
    const en_entry *entry = first != NULL ? en_entry_find(names->loader, first->id) : NULL;
    uint32_t number = entry != NULL ? (uint32_t)(entry - names->loader->entries) : 0;
    bool is_first =
        entry != NULL && names->is_visible[number] && (entry->module == NULL || is_trigger(entry));
    set_lookup(ref, EN_LOOKUP_PAYLOAD, name);
    if (is_first) {
        set_step(names, names->first, number, ref);
        ref->headers_nocase = true;
    }
}

/* A bare name may always come from outside; only one that looks like a slip is worth a word. */
static void resolve_bare(en_names *names, en_text name, en_text field, size_t at, en_ref *ref)
{
    static const char *const spoken[] = { "webhook", "trigger", "iterator", "datastore",
                                          "previousModule" };
    set_lookup(ref, EN_LOOKUP_NAME, name);
    if (names->is_quiet || names->loader->nearest_left == 0) {
        return;
    }
    en_text nearest = en_loader_nearest(names->loader, name, names->known, names->known_count);
    if (nearest.length == 0 && field.length != 0) {
        en_text words[sizeof spoken / sizeof *spoken];
        for (size_t i = 0; i < sizeof spoken / sizeof *spoken; i++) {
            words[i] = en_text_from(spoken[i]);
        }
        nearest = en_loader_nearest(names->loader, name, words, sizeof words / sizeof *words);
    }
    if (nearest.length != 0) {
        miss(names, name, at, "nothing in this file is called \"%.*s\"", EN_TEXT_ARG(name));
        names->missed->hint =
            en_text_format(names->loader->scratch, "did you mean \"%.*s\"?", EN_TEXT_ARG(nearest));
    }
}

static const struct {
    const char *name;
    en_lookup_code code;
} lookups[] = {
    { "webhook", EN_LOOKUP_PAYLOAD },
    { "input", EN_LOOKUP_PAYLOAD },
    { "env", EN_LOOKUP_ENV },
    { "error", EN_LOOKUP_ERROR },
};

static void resolve_name(en_names *names, en_text name, en_text field, size_t at, en_ref *ref)
{
    for (size_t i = 0; i < sizeof lookups / sizeof *lookups; i++) {
        if (en_text_equal(name, en_text_from(lookups[i].name))) {
            set_lookup(ref, lookups[i].code, name);
            return;
        }
    }
    bool is_known = find_text(names->known, names->known_count, name) != EN_NO_INDEX;
    bool is_item = en_text_equal(name, EN_TEXT("item"));
    if (en_text_equal(name, EN_TEXT("trigger"))) {
        resolve_trigger(names, name, ref);
    } else if ((is_item || en_text_equal(name, EN_TEXT("iterator"))) &&
               (names->loops.count != 0 || !is_known)) {
        resolve_item(names, name, at, ref);
    } else if (is_one_of(name, alias_names, sizeof alias_names / sizeof *alias_names)) {
        resolve_alias(names, name, at, ref);
    } else if (is_known) {
        set_lookup(ref, EN_LOOKUP_NAME, name);
    } else if (field.length != 0 && names->current != EN_NO_INDEX &&
               find_text(names->families, names->family_count, name) != EN_NO_INDEX) {
        resolve_alias(names, name, at, ref);
    } else {
        resolve_bare(names, name, field, at, ref);
    }
}

static bool resolve(en_resolver *resolver, en_text name, bool is_id, en_text field, size_t at,
                    en_ref *ref)
{
    en_names *names = (en_names *)(void *)resolver;
    if (!is_id) {
        resolve_name(names, name, field, at, ref);
        return true;
    }
    int64_t id;
    const en_entry *entry =
        en_read_id(en_text_value(name), &id) ? en_entry_find(names->loader, id) : NULL;
    if (entry != NULL) {
        resolve_id(names, name, at, entry, ref);
        return true;
    }
    set_nothing(ref);
    if (field.length == 0) {
        return false;
    }
    miss(names, name, at, "there is no step %.*s", EN_TEXT_ARG(name));
    hint_ids(names);
    return true;
}

/* --- compiling --- */

typedef struct teller {
    en_mapping_sink sink;
    en_names *names;
    en_spot spot;
} teller;

static void tell(en_mapping_sink *sink, const en_error *error)
{
    teller *telling = (teller *)(void *)sink;
    en_loader *loader = telling->names->loader;
    bool forgives =
        loader->options->lenient && error->type == EN_SyntaxError && error->source[0] != '\0';
    en_loader_problem_error(loader, telling->spot.where,
                            forgives ? EN_SEVERITY_WARNING : EN_SEVERITY_ERROR, telling->spot.path,
                            error);
}

static void ignore(en_mapping_sink *sink, const en_error *error)
{
    (void)sink;
    (void)error;
}

const en_mapping *en_names_compile(en_names *names, en_value value, en_spot spot)
{
    teller telling = { { tell }, names, spot };
    const en_mapping *mapping = en_mapping_compile(&names->resolver, value, &telling.sink);
    tell_missed(names, value, spot);
    return mapping;
}

const en_conditions *en_names_compile_conditions(en_names *names, en_value value,
                                                 en_operand operand, en_spot spot)
{
    teller telling = { { tell }, names, spot };
    const en_conditions *made =
        en_conditions_compile(&names->resolver, value, operand, &telling.sink);
    tell_missed(names, value, spot);
    return made;
}

const en_mapping *en_names_compile_quietly(en_names *names, en_value value)
{
    en_mapping_sink deaf = { ignore };
    bool was_quiet = names->is_quiet;
    names->is_quiet = true;
    const en_mapping *mapping = en_mapping_compile(&names->resolver, value, &deaf);
    names->is_quiet = was_quiet;
    return mapping;
}

/* --- starting --- */

static void add_known(en_names *names, en_text name)
{
    if (name.length != 0) {
        names->known[names->known_count++] = name;
    }
}

/* A name that util.setVariable is told literally. */
static en_text variable_of(const en_entry *entry)
{
    en_value name = en_collection_find(entry->parameters, EN_TEXT("name"));
    bool sets = en_text_ends(entry->name, EN_TEXT(".setVariable"));
    bool is_literal = en_text_find(en_value_text(name), EN_TEXT("{{"), 0) == SIZE_MAX;
    return sets && is_literal ? en_value_text(name) : EN_TEXT("");
}

static bool collect_known(en_names *names)
{
    en_loader *loader = names->loader;
    const en_plan *plan = names->plan;
    size_t room = (size_t)loader->entry_count + plan->variable_count + plan->input_count +
                  plan->payload_count + loader->options->variable_count;
    names->known = EN_LOADER_ARRAY(loader, en_text, room);
    if (names->known == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        add_known(names, variable_of(&loader->entries[i]));
    }
    for (size_t i = 0; i < plan->variable_count; i++) {
        add_known(names, plan->variables[i].name);
    }
    for (size_t i = 0; i < plan->input_count; i++) {
        add_known(names, plan->inputs[i].name);
    }
    for (size_t i = 0; i < plan->payload_count; i++) {
        add_known(names, plan->payload[i].name);
    }
    for (size_t i = 0; i < loader->options->variable_count; i++) {
        add_known(names, loader->options->variables[i]);
    }
    names->known_count = unique(names->known, (uint32_t)names->known_count);
    return true;
}

static bool collect_families(en_names *names)
{
    en_loader *loader = names->loader;
    names->families = EN_LOADER_ARRAY(loader, en_text, loader->entry_count);
    names->family_of = EN_LOADER_ARRAY(loader, uint32_t, loader->entry_count);
    if (names->families == NULL || names->family_of == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        names->families[i] = loader->entries[i].family;
    }
    names->family_count = unique(names->families, loader->entry_count);
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        names->family_of[i] =
            find_text(names->families, names->family_count, loader->entries[i].family);
    }
    names->last = EN_LOADER_ARRAY(loader, uint32_t, (size_t)names->family_count + 2);
    for (uint32_t f = 0; names->last != NULL && f < names->family_count + 2; f++) {
        names->last[f] = EN_NO_INDEX;
    }
    return names->last != NULL;
}

bool en_names_init(en_names *names, en_loader *loader, en_plan *plan, uint32_t step_count)
{
    *names = (en_names){
        .resolver = { .resolve = resolve,
                      .rules = plan->rules,
                      .arena = loader->arena,
                      .check_functions = true },
        .loader = loader,
        .plan = plan,
        .step_count = step_count,
        .current = EN_NO_INDEX,
        .first = EN_NO_INDEX,
    };
    en_tree_init(&names->always, loader->scratch, EN_NO_INDEX);
    names->step_of = EN_LOADER_ARRAY(loader, uint32_t, loader->entry_count);
    names->is_visible = EN_LOADER_ARRAY(loader, uint32_t, loader->entry_count);
    names->present = EN_LOADER_ARRAY(loader, uint32_t, loader->entry_count);
    for (unsigned c = 0; c < 3; c++) {
        names->before[c] = EN_LOADER_ARRAY(loader, uint32_t, step_count);
    }
    if (loader->failed) {
        return false;
    }
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        names->step_of[i] = EN_NO_INDEX;
        names->present[i] = EN_NO_SLOT;
    }
    return collect_families(names) && collect_known(names);
}

#include "scenario/loader.h"

#include <stdlib.h>
#include <string.h>

/* --- ids --- */

static int compare_ids(const void *a, const void *b, void *context)
{
    const en_entry *entries = context;
    const en_entry *x = &entries[*(const uint32_t *)a];
    const en_entry *y = &entries[*(const uint32_t *)b];
    if (x->id != y->id) {
        return x->id < y->id ? -1 : 1;
    }
    return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

static void sort_by_id(en_loader *loader, uint32_t count)
{
    qsort_r(loader->by_id, count, sizeof *loader->by_id, compare_ids, loader->entries);
}

static bool is_taken(const en_loader *loader, uint32_t taken_count, int64_t id)
{
    uint32_t low = 0;
    uint32_t high = taken_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int64_t there = loader->entries[loader->by_id[middle]].id;
        if (there == id) {
            return true;
        }
        if (there < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

/* Modules without an id get their position from 1, or the next number that is free. */
static void number_nameless(en_loader *loader, uint32_t taken_count)
{
    int64_t next = 1;
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        en_entry *entry = &loader->entries[i];
        if (entry->id != EN_NO_STEP) {
            continue;
        }
        int64_t id = next > (int64_t)i + 1 ? next : (int64_t)i + 1;
        while (is_taken(loader, taken_count, id)) {
            id++;
        }
        entry->id = id;
        next = id + 1;
    }
}

static void settle_ids(en_loader *loader)
{
    uint32_t taken = 0;
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        if (loader->entries[i].id != EN_NO_STEP) {
            loader->by_id[taken++] = i;
        }
    }
    sort_by_id(loader, taken);
    for (uint32_t i = 1; i < taken; i++) {
        en_entry *entry = &loader->entries[loader->by_id[i]];
        const en_entry *before = &loader->entries[loader->by_id[i - 1]];
        if (entry->id == before->id) {
            en_problem *problem =
                en_loader_problem(loader, entry, EN_SEVERITY_ERROR, EN_TEXT("id"),
                                  "expected an id of its own but %lld is also the id of %.*s",
                                  (long long)entry->id, EN_TEXT_ARG(before->path));
            en_loader_hint(loader, problem, "every step has one id, which templates name it by");
        }
    }
    number_nameless(loader, taken);
    for (uint32_t i = 0; i < loader->entry_count; i++) {
        loader->by_id[i] = i;
    }
    sort_by_id(loader, loader->entry_count);
}

en_entry *en_entry_find(const en_loader *loader, int64_t id)
{
    uint32_t low = 0;
    uint32_t high = loader->entry_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (loader->entries[loader->by_id[middle]].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == loader->entry_count || loader->entries[loader->by_id[low]].id != id) {
        return NULL;
    }
    return &loader->entries[loader->by_id[low]];
}

/* --- one module --- */

static void read_id(en_loader *loader, en_entry *entry)
{
    en_value value = en_collection_find(entry->value, EN_TEXT("id"));
    if (en_is_missing(value)) {
        return;
    }
    int64_t id;
    if (en_read_id(value, &id) && id >= 0) {
        entry->id = id;
    } else {
        en_loader_problem(loader, entry, EN_SEVERITY_ERROR, EN_TEXT("id"),
                          "expected a whole number as id but got %s", en_tag_name(value.tag));
    }
}

static void read_name(en_loader *loader, en_entry *entry)
{
    en_value value = en_collection_find(entry->value, EN_TEXT("module"));
    if (value.tag != EN_TEXT_VALUE || value.length == 0) {
        en_loader_problem(loader, entry, EN_SEVERITY_ERROR, EN_TEXT("module"),
                          "expected the name of a module but got %s",
                          en_is_empty(value) ? "none" : en_tag_name(value.tag));
        return;
    }
    const en_family *family = NULL;
    entry->name = en_value_text(value);
    entry->module = en_module_find(entry->name, &family);
    if (family != NULL) {
        entry->family = en_text_from(family->name);
    } else {
        size_t end = 0;
        while (end < entry->name.length && entry->name.data[end] != '.' &&
               entry->name.data[end] != ':') {
            end++;
        }
        entry->family = en_text_slice(entry->name, 0, end);
    }
}

static en_value read_collection(en_loader *loader, const en_entry *entry, en_text name)
{
    en_value value = en_collection_find(entry->value, name);
    if (!en_is_missing(value) && value.tag != EN_COLLECTION) {
        en_loader_problem(loader, entry, EN_SEVERITY_ERROR, name,
                          "expected a collection but got %s", en_tag_name(value.tag));
    }
    return value.tag == EN_COLLECTION ? value : en_null();
}

static void read_route(en_loader *loader, en_entry *entry)
{
    en_value value = en_collection_find(entry->value, EN_TEXT("route"));
    if (en_is_missing(value)) {
        return;
    }
    entry->has_route = en_read_id(value, &entry->route);
    if (!entry->has_route) {
        en_loader_problem(loader, entry, EN_SEVERITY_ERROR, EN_TEXT("route"),
                          "expected the number of a route but got %s", en_tag_name(value.tag));
    }
}

static void read_position(en_loader *loader, en_entry *entry)
{
    en_value value = en_collection_find(entry->value, EN_TEXT("position"));
    if (value.tag != EN_TEXT_VALUE) {
        return;
    }
    entry->handles_errors = en_text_equal(en_value_text(value), EN_TEXT("error"));
    if (!entry->handles_errors) {
        en_problem *problem =
            en_loader_problem(loader, entry, EN_SEVERITY_WARNING, EN_TEXT("position"),
                              "unknown position \"%.*s\"", EN_TEXT_ARG(en_value_text(value)));
        en_loader_hint(loader, problem, "error");
    }
}

static void read_entry(en_loader *loader, en_entry *entry)
{
    if (entry->value.tag != EN_COLLECTION) {
        en_loader_problem(loader, entry, EN_SEVERITY_ERROR, EN_TEXT(""),
                          "expected a module but got %s", en_tag_name(entry->value.tag));
        return;
    }
    read_id(loader, entry);
    read_name(loader, entry);
    entry->parameters = read_collection(loader, entry, EN_TEXT("parameters"));
    entry->mapper = read_collection(loader, entry, EN_TEXT("mapper"));
    read_route(loader, entry);
    read_position(loader, entry);
    if (entry->module != NULL && entry->module->kind == EN_KIND_ROUTER) {
        en_routes_read(loader, entry);
    }
}

/* --- places --- */

typedef struct scanner {
    en_text text;
    size_t at;
    unsigned line;
    size_t line_start;
} scanner;

static void skip_string(scanner *scan)
{
    for (scan->at++; scan->at < scan->text.length && scan->text.data[scan->at] != '"'; scan->at++) {
        if (scan->text.data[scan->at] == '\\') {
            scan->at++;
        }
    }
    scan->at++;
}

/* Comments are read over, strings are stepped onto: their first byte is what the caller sees. */
static bool next_token(scanner *scan)
{
    while (scan->at < scan->text.length) {
        char c = scan->text.data[scan->at];
        char behind = scan->at + 1 < scan->text.length ? scan->text.data[scan->at + 1] : '\0';
        if (c == '/' && behind == '/') {
            while (scan->at < scan->text.length && scan->text.data[scan->at] != '\n') {
                scan->at++;
            }
        } else if (c == '/' && behind == '*') {
            size_t end = en_text_find(scan->text, EN_TEXT("*/"), scan->at + 2);
            for (size_t stop = end == SIZE_MAX ? scan->text.length : end + 2; scan->at < stop;
                 scan->at++) {
                if (scan->text.data[scan->at] == '\n') {
                    scan->line++;
                    scan->line_start = scan->at + 1;
                }
            }
        } else if (c == '\n') {
            scan->line++;
            scan->line_start = ++scan->at;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == ',' || (unsigned char)c >= 0x80) {
            scan->at++; /* a byte order mark is the only thing beyond ASCII outside strings */
        } else {
            return true;
        }
    }
    return false;
}

/* Whether the string at the scanner is the name `container`; moves behind it. */
static bool skip_name(scanner *scan, en_text container)
{
    size_t start = scan->at + 1;
    skip_string(scan);
    return en_text_equal(en_text_slice(scan->text, start, scan->at - 1), container);
}

void en_entries_place(en_loader *loader, en_text container)
{
    scanner scan = { .text = loader->content, .line = 1 };
    size_t depth = 0;
    size_t inside = container.length != 0 ? 2 : 1; /* depth of the elements */
    bool named = container.length == 0;
    uint32_t found = 0;
    while (found < loader->entry_count && next_token(&scan)) {
        char c = scan.text.data[scan.at];
        if (c == '{' || c == '[') {
            if (depth == inside && named) {
                loader->entries[found].line = scan.line;
                loader->entries[found].column = (unsigned)(scan.at - scan.line_start + 1);
                found++;
            }
            depth++;
            scan.at++;
        } else if (c == '}' || c == ']') {
            depth--;
            named = container.length == 0 || (named && depth >= inside);
            scan.at++;
        } else if (c == '"') {
            bool is_container = skip_name(&scan, container);
            if (depth == 1 && container.length != 0) {
                named = is_container;
            }
        } else {
            scan.at++;
        }
    }
}

/* --- all of them --- */

bool en_entries_read(en_loader *loader, en_value modules, en_text path)
{
    uint32_t count = modules.tag == EN_ARRAY ? modules.length : 1;
    const en_value *values = modules.tag == EN_ARRAY ? modules.as.items : &modules;
    loader->entries = EN_LOADER_ARRAY(loader, en_entry, count);
    loader->by_id = EN_LOADER_ARRAY(loader, uint32_t, count);
    if (loader->entries == NULL || loader->by_id == NULL) {
        return false;
    }
    loader->entry_count = count;
    if (modules.tag == EN_ARRAY) {
        en_entries_place(loader, path);
    }
    size_t errors = loader->problems->errors;
    for (uint32_t i = 0; i < count; i++) {
        en_entry *entry = &loader->entries[i];
        entry->value = values[i];
        entry->path =
            modules.tag == EN_ARRAY ? en_path_index(loader->scratch, path, i) : EN_TEXT("");
        entry->entry_node = entry->exit_node = EN_NO_INDEX;
        entry->id = EN_NO_STEP;
        if (modules.tag != EN_ARRAY) {
            entry->line = entry->column = 1;
        }
        read_entry(loader, entry);
    }
    settle_ids(loader);
    return loader->problems->errors == errors;
}

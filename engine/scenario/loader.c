#include "scenario/loader.h"

#include "value/number.h"

#include <stdio.h>
#include <string.h>

void *en_loader_array(en_loader *loader, size_t count, size_t size_bytes)
{
    void *array = en_arena_try(loader->scratch, count != 0 ? count : 1, size_bytes);
    if (array == NULL) {
        loader->failed = true;
        return NULL;
    }
    memset(array, 0, (count != 0 ? count : 1) * size_bytes);
    return array;
}

void en_links_add(en_loader *loader, en_links *links, uint32_t item)
{
    if (links->count == links->capacity) {
        uint32_t capacity = links->capacity != 0 ? links->capacity * 2 : 2;
        uint32_t *items = EN_TRY_ARRAY(loader->scratch, uint32_t, capacity);
        if (items == NULL) {
            loader->failed = true;
            return;
        }
        if (links->count != 0) {
            memcpy(items, links->items, links->count * sizeof *items);
        }
        links->items = items;
        links->capacity = capacity;
    }
    links->items[links->count++] = item;
}

/* --- paths --- */

static bool is_plain(en_text name)
{
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.data[i];
        if (c != '_' && c != '-' && (c < '0' || c > '9') && ((c | 32) < 'a' || (c | 32) > 'z')) {
            return false;
        }
    }
    return name.length != 0;
}

en_text en_path_join(en_arena *arena, en_text path, en_text rest)
{
    en_builder builder;
    en_builder_init(&builder, arena);
    en_builder_add(&builder, path);
    if (path.length != 0 && rest.length != 0 && rest.data[0] != '[') {
        en_builder_add_char(&builder, '.');
    }
    en_builder_add(&builder, rest);
    return en_builder_take(&builder);
}

en_text en_path_name(en_arena *arena, en_text path, en_text name)
{
    if (is_plain(name)) {
        return en_path_join(arena, path, name);
    }
    en_builder builder;
    en_builder_init(&builder, arena);
    en_builder_add(&builder, path);
    en_builder_add_char(&builder, '[');
    en_json_write_text(&builder, name);
    en_builder_add_char(&builder, ']');
    return en_builder_take(&builder);
}

en_text en_path_index(en_arena *arena, en_text path, size_t index)
{
    return en_text_format(arena, "%.*s[%zu]", EN_TEXT_ARG(path), index);
}

/* --- problems --- */

void en_loader_place(en_loader *loader, const en_entry *entry, en_text path, en_problem *problem)
{
    problem->file = loader->file;
    problem->step_id = entry != NULL ? entry->id : EN_NO_STEP;
    problem->path = en_text_copy(loader->problems->arena, path);
    if (entry != NULL) {
        problem->line = entry->line;
        problem->column = entry->column;
    }
    if (loader->document != NULL && loader->places_left > 0) {
        loader->places_left--;
        en_text whole = entry != NULL ? en_path_join(loader->scratch, entry->path, path) : path;
        unsigned line;
        unsigned column;
        if (en_document_place(loader->document, whole, &line, &column)) {
            problem->line = line;
            problem->column = column;
        }
    }
}

en_problem *en_loader_problem(en_loader *loader, const en_entry *entry, en_severity severity,
                              en_text path, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char message[1024];
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    en_problem *problem = en_problems_add(loader->problems, severity, "%s", message);
    en_loader_place(loader, entry, path, problem);
    return problem;
}

en_problem *en_loader_problem_error(en_loader *loader, const en_entry *entry, en_severity severity,
                                    en_text path, const en_error *error)
{
    en_problem *problem = en_problems_add_error(loader->problems, severity, error);
    en_text whole = en_path_join(loader->scratch, path, en_text_from(error->path));
    en_loader_place(loader, entry, whole, problem);
    return problem;
}

void en_loader_hint(en_loader *loader, en_problem *problem, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char hint[256];
    vsnprintf(hint, sizeof hint, format, arguments);
    va_end(arguments);
    problem->hint = en_text_copy(loader->problems->arena, en_text_from(hint));
}

en_text en_loader_nearest(en_loader *loader, en_text word, const en_text *names, size_t count)
{
    enum { MOST_NAMES = 512 };
    if (loader->nearest_left == 0 || count > MOST_NAMES) {
        return EN_TEXT("");
    }
    loader->nearest_left--;
    size_t nearest = en_text_nearest(word, names, count);
    return nearest != SIZE_MAX ? names[nearest] : EN_TEXT("");
}

bool en_read_id(en_value value, int64_t *id)
{
    if (value.tag == EN_NUMBER) {
        return en_value_integer(value, id);
    }
    en_value number;
    return value.tag == EN_TEXT_VALUE && en_number_read_text(en_value_text(value), &number) &&
           en_value_integer(number, id);
}

#include "value/place.h"

#include "value/json.h"

static bool is_plain(en_text name)
{
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = (unsigned char)name.data[i];
        bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
        if (!letter && !(byte >= '0' && byte <= '9') && byte != '_' && byte != '-') {
            return false;
        }
    }
    return name.length != 0;
}

en_text en_place_member(en_arena *arena, en_text path, en_text name)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_builder_add(&out, path);
    if (is_plain(name)) {
        en_builder_add(&out, path.length != 0 ? EN_TEXT(".") : EN_TEXT(""));
        en_builder_add(&out, name);
    } else {
        en_builder_add_char(&out, '[');
        en_json_write_text(&out, name);
        en_builder_add_char(&out, ']');
    }
    return en_builder_take(&out);
}

en_text en_place_element(en_arena *arena, en_text path, size_t index)
{
    en_builder out;
    en_builder_init(&out, arena);
    en_builder_add(&out, path);
    en_builder_format(&out, "[%zu]", index);
    return en_builder_take(&out);
}

/* --- reading --- */

static bool read_index(en_text path, size_t *at, size_t *index)
{
    size_t start = *at;
    *index = 0;
    while (*at < path.length && path.data[*at] >= '0' && path.data[*at] <= '9') {
        if (*index > SIZE_MAX / 16) {
            return false;
        }
        *index = *index * 10 + (size_t)(path.data[(*at)++] - '0');
    }
    return *at > start;
}

static bool read_name(en_arena *arena, en_text path, size_t *at, en_text *name)
{
    size_t end = *at + 1;
    while (end < path.length && path.data[end] != '"') {
        end += path.data[end] == '\\' ? 2 : 1;
    }
    en_value value;
    en_text quoted = en_text_slice(path, *at, end + 1);
    if (end >= path.length || !en_json_read(arena, quoted, 0, 1, &value, NULL)) {
        return false;
    }
    *name = en_value_text(value);
    *at = end + 1;
    return true;
}

/* "[3]" or "[\"odd name\"]" at *at. */
static bool read_bracket(en_arena *arena, en_text path, size_t *at, en_place_step *step)
{
    ++*at;
    step->is_index = *at >= path.length || path.data[*at] != '"';
    bool read = step->is_index ? read_index(path, at, &step->index)
                               : read_name(arena, path, at, &step->name);
    return read && *at < path.length && path.data[(*at)++] == ']';
}

bool en_place_next(en_arena *arena, en_text path, size_t *at, en_place_step *step)
{
    *step = (en_place_step){ .is_index = false };
    if (*at == path.length) {
        return false;
    }
    if (path.data[*at] == '[') {
        return read_bracket(arena, path, at, step);
    }
    if (path.data[*at] == '.' && *at != 0) {
        ++*at;
    }
    size_t start = *at;
    while (*at < path.length && path.data[*at] != '.' && path.data[*at] != '[') {
        ++*at;
    }
    step->name = en_text_slice(path, start, *at);
    return *at > start;
}

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

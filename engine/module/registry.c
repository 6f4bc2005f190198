#include "module/module.h"

#include <string.h>

/* "family.name" without building it. */
static bool is_named(const en_family *family, const en_module *module, en_text name)
{
    size_t family_length = strlen(family->name);
    return name.length > family_length && name.data[family_length] == '.' &&
           memcmp(name.data, family->name, family_length) == 0 &&
           en_text_equal(en_text_slice(name, family_length + 1, name.length),
                         en_text_from(module->name));
}

static bool has_alias(const en_module *module, en_text name)
{
    for (const char *const *alias = module->aliases; alias != NULL && *alias != NULL; alias++) {
        if (en_text_equal(en_text_from(*alias), name)) {
            return true;
        }
    }
    return false;
}

const en_module *en_module_find(en_text name, const en_family **family)
{
    for (size_t f = 0; en_families[f] != NULL; f++) {
        for (const en_module *module = en_families[f]->modules; module->name != NULL; module++) {
            if (is_named(en_families[f], module, name) || has_alias(module, name)) {
                if (family != NULL) {
                    *family = en_families[f];
                }
                return module;
            }
        }
    }
    return NULL;
}

en_text en_module_nearest(en_arena *arena, en_text name)
{
    enum { MOST_NAMES = 512 };
    en_text names[MOST_NAMES];
    en_text actions[MOST_NAMES]; /* behind the dot: the family may be the half that is wrong */
    size_t count = 0;
    for (size_t f = 0; en_families[f] != NULL; f++) {
        for (const en_module *module = en_families[f]->modules; module->name != NULL; module++) {
            if (count < MOST_NAMES) {
                actions[count] = en_text_from(module->name);
                names[count++] = en_text_format(arena, "%s.%s", en_families[f]->name, module->name);
            }
        }
    }
    size_t nearest = en_text_nearest(name, names, count);
    if (nearest == SIZE_MAX) {
        size_t dot = en_text_find(name, EN_TEXT("."), 0);
        nearest = en_text_nearest(en_text_slice(name, dot + 1, name.length), actions, count);
    }
    return nearest != SIZE_MAX ? names[nearest] : EN_TEXT("");
}

size_t en_module_param_count(const en_module *module)
{
    size_t count = 0;
    while (module->takes != NULL && module->takes[count].name != NULL) {
        count++;
    }
    return count;
}

size_t en_module_param_find(const en_module *module, en_text name)
{
    for (size_t i = 0; module->takes != NULL && module->takes[i].name != NULL; i++) {
        if (en_text_equal(en_text_from(module->takes[i].name), name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

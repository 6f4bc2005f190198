#include "expr/template.h"

const en_rules en_rules_list = {
    .name = "list",
    .index_base = 0,
    .brackets_project = true,
    .lists_read_first = true,
    .comma_separates = true,
    .integer_is_module = true,
    .hyphens_in_names = true,
    .numeric_arithmetic = true,
    .empty_array_is_empty = true,
    .array_separator = ", ",
};

const en_rules en_rules_blueprint = {
    .name = "blueprint",
    .index_base = 1,
    .split_trims = true,
    .array_separator = ",",
};

const en_rules en_rules_fusion = {
    .name = "fusion",
    .index_base = 1,
    .split_trims = true,
    .fusion = true,
    .array_separator = ",",
};

const en_rules *en_rules_find(en_text name)
{
    static const en_rules *const dialects[] = { &en_rules_list, &en_rules_blueprint,
                                                &en_rules_fusion };
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
        if (en_text_equal(name, en_text_from(dialects[i]->name))) {
            return dialects[i];
        }
    }
    return NULL;
}

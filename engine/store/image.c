#include "store/image.h"

#include "store/table.h"
#include "value/json.h"

/* Behind the place, in the order of en_table_add_image. */
enum { ITEM_BYTES = 2 };

static uint32_t item_count(const en_table *table)
{
    return (uint32_t)table->slot_count;
}

bool en_image_take(en_table *table, en_statement *row, int first, en_arena *arena, en_image *image,
                   en_error *error)
{
    uint32_t count = item_count(table);
    en_value *items = en_arena_alloc(arena, count * sizeof *items);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = en_statement_value(row, first + 1 + (int)i);
    }
    image->place = en_statement_integer(row, first);
    image->content = en_json_text(arena, en_array(items, count), EN_JSON_TYPED);
    return image->content.length != 0 ||
           en_error_set(error, EN_DataError, "a record of data store \"%.*s\" is too big to keep",
                        EN_TEXT_ARG(table->schema->name));
}

bool en_image_read(en_table *table, en_text key, en_arena *arena, en_image *image, en_error *error)
{
    en_statement *find = NULL;
    *image = (en_image){ 0 };
    if (!en_table_statement_get(table, EN_SQL_IMAGE, &find, error)) {
        return false;
    }
    en_statement_bind_text(find, 1, key);
    en_stepped step = en_statement_step(find, error);
    if (step != EN_STEP_ROW) {
        return step == EN_STEP_DONE;
    }
    bool taken = en_image_take(table, find, 0, arena, image, error);
    en_statement_reset(find);
    return taken;
}

static bool read_items(const en_image *image, en_arena *arena, en_value *items)
{
    return en_json_read(arena, image->content, EN_JSON_TYPED | EN_JSON_SHARE, EN_JSON_DEPTH, items,
                        NULL) &&
           en_is(*items, EN_ARRAY) && items->length > ITEM_BYTES;
}

static en_stepped insert(en_statement *restore, const en_image *image, en_value items,
                         bool in_place, en_error *error)
{
    if (in_place) {
        en_statement_bind_integer(restore, 1, image->place);
    } else {
        en_statement_bind_null(restore, 1);
    }
    for (uint32_t i = 0; i < items.length; i++) {
        en_statement_bind(restore, (int)i + 2, items.as.items[i]);
    }
    return en_statement_step(restore, error);
}

bool en_image_restore(en_table *table, const en_image *image, en_arena *arena, bool *fits,
                      en_error *error)
{
    en_value items;
    en_statement *restore = NULL;
    *fits = false;
    if (!read_items(image, arena, &items) || items.length != item_count(table)) {
        return true;
    }
    if (!en_table_statement_get(table, EN_SQL_RESTORE, &restore, error)) {
        return false;
    }
    en_stepped step = insert(restore, image, items, true, error);
    if (step == EN_STEP_CONFLICT) {
        step = insert(restore, image, items, false, error);
    }
    if (step == EN_STEP_DONE) {
        *fits = true;
        en_table_count_change(table, 1, (uint64_t)en_value_number(items.as.items[ITEM_BYTES]), 0);
    }
    return step != EN_STEP_FAILED;
}

bool en_image_expired(const en_image *image, int64_t now_ms, en_arena *arena)
{
    en_value items;
    int64_t expires;
    return image->content.length != 0 && read_items(image, arena, &items) &&
           en_value_integer(items.as.items[items.length - 1], &expires) && expires <= now_ms;
}

#include "replay/watch.h"

#include "base/utf8.h"
#include "value/json.h"

enum { MOST_STEPS = 40, MOST_OUTPUT = 400 };

/* Cut where a character begins. */
static en_text beginning(en_arena *arena, en_text text)
{
    if (text.length <= MOST_OUTPUT) {
        return text;
    }
    size_t end = MOST_OUTPUT;
    while (end > 0 && ((unsigned char)text.data[end] & 0xC0) == 0x80) {
        end--;
    }
    return en_text_format(arena, "%.*s…", (int)end, text.data);
}

/* Of a long list no more is written than is kept. */
static en_text shown(en_arena *arena, en_value output)
{
    en_builder out;
    en_builder_init(&out, arena);
    if (!en_is(output, EN_ARRAY)) {
        en_json_write(&out, output, 0);
        return beginning(arena, en_builder_take(&out));
    }
    en_builder_add_char(&out, '[');
    for (uint32_t i = 0; i < output.length && out.length <= MOST_OUTPUT; i++) {
        en_builder_add(&out, i != 0 ? EN_TEXT(",") : EN_TEXT(""));
        en_json_write(&out, output.as.items[i], 0);
    }
    en_builder_add_char(&out, ']');
    return beginning(arena, en_builder_take(&out));
}

static void keep_step(en_observer *observer, const en_step_event *event)
{
    en_watch_steps *watch = (en_watch_steps *)observer;
    if (event->step->id == EN_NO_STEP) {
        return;
    }
    if (watch->steps.count == MOST_STEPS && event->error == NULL) {
        watch->left_out++;
        return;
    }
    en_collection_builder step;
    en_collection_builder_init(&step, watch->arena);
    en_collection_builder_add(&step, EN_TEXT("id"), en_integer(event->step->id));
    if (event->error != NULL) {
        en_text message = en_text_copy(watch->arena, en_text_from(event->error->message));
        en_collection_builder_add(&step, EN_TEXT("error"), en_text_value(message));
    } else {
        en_collection_builder_add(&step, EN_TEXT("bundles"), en_number((double)event->bundles));
        if (en_is(event->output, EN_ARRAY)) {
            en_collection_builder_add(&step, EN_TEXT("length"), en_number(event->output.length));
        }
        en_collection_builder_add(&step, EN_TEXT("output"),
                                  en_text_value(shown(watch->arena, event->output)));
    }
    en_array_builder_add(&watch->steps, en_collection_builder_take(&step));
}

void en_watch_steps_begin(en_watch_steps *watch, en_arena *arena)
{
    *watch = (en_watch_steps){ .observer = { .step = keep_step }, .arena = arena };
    en_array_builder_init(&watch->steps, arena);
}

en_value en_watch_steps_take(en_watch_steps *watch)
{
    if (watch->left_out != 0) {
        en_collection_builder rest;
        en_collection_builder_init(&rest, watch->arena);
        en_collection_builder_add(&rest, EN_TEXT("more"), en_number((double)watch->left_out));
        en_array_builder_add(&watch->steps, en_collection_builder_take(&rest));
    }
    return en_array_builder_take(&watch->steps);
}

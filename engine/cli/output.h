/* output - what people and machines see: safe text, colour, carets, JSON.
 *
 * Shape:    text that came from files, stores or other systems goes through en_out_visible before
 *           it reaches a person: control characters and marks that reorder or hide text come out as
 *           \u202e.
 * Units:    none.
 * Lifetime: built texts live in the builder's or context's arena.
 * Errors:   a stream that cannot be written is found by en_cli_main at the end.
 * Threads:  main thread.
 */
#ifndef EN_CLI_OUTPUT_H
#define EN_CLI_OUTPUT_H

#include "cli/command.h"

typedef enum en_paint {
    EN_PAINT_NONE,
    EN_PAINT_BOLD,
    EN_PAINT_DIM,
    EN_PAINT_ERROR,
    EN_PAINT_WARNING,
    EN_PAINT_GOOD,
    EN_PAINT_PAINTS
} en_paint;

typedef enum en_visible { EN_ONE_LINE, EN_KEEP_LINES } en_visible;

/* The text with everything invisible spelled out; EN_KEEP_LINES leaves tabs and newlines. */
void en_out_visible(en_builder *out, en_text text, en_visible visible);
en_text en_out_visible_text(en_arena *arena, en_text text, en_visible visible);
/* The text between the escape codes of its colour; just the text if `color` is off. */
void en_out_paint(en_builder *out, bool color, en_paint paint, en_text text);
void en_out_write(FILE *stream, en_text text);

/* A template on one line and a caret under the byte `caret`, both indented. */
void en_out_caret(en_builder *out, bool color, en_text source, size_t caret);
/* The error for people, with source and caret, on stderr. */
void en_out_error(en_context *context, const en_error *error);
/* Problems for people, on stderr whatever --json says. */
void en_out_problems(en_context *context, const en_problems *problems);
/* {"type", "message", …}: what is not known is left out. */
en_value en_out_error_value(en_arena *arena, const en_error *error);
/* {"file", "ok", "problems"} */
en_value en_out_problems_value(en_arena *arena, en_text file, const en_problems *problems);
/* One JSON value on stdout with the writer's `flags`; pretty on a terminal unless `one_line`. */
void en_out_json(en_context *context, en_value value, unsigned flags, bool one_line);

#endif

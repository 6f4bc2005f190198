/* line - lines typed at a prompt, or read from a pipe.
 *
 * Shape:    on a terminal, and if built with libedit (EN_EDITLINE), lines can be edited, come back
 *           with the arrow keys, and complete names with the tab key.
 * Units:    none.
 * Lifetime: the reader lives in the context's arena; lines in the arena that is passed.
 * Errors:   DataError for input that cannot be read or a line that is too long.
 * Threads:  main thread.
 */
#ifndef EN_CLI_LINE_H
#define EN_CLI_LINE_H

#include "cli/command.h"

typedef struct en_line_reader en_line_reader;

/* `prompt` must outlive the reader; it is shown only on a terminal. */
en_line_reader *en_line_reader_new(en_context *context, const char *prompt);
/* What the tab key completes from now on; must outlive the reader or be replaced. */
void en_line_reader_know(en_line_reader *reader, const en_text *names, size_t count);
bool en_line_reader_prompts(const en_line_reader *reader);
/* Without its line end. *found false: the input has ended. */
EN_WARN_UNUSED bool en_line_read(en_line_reader *reader, en_arena *arena, en_text *line,
                                 bool *found, en_error *error);

#endif

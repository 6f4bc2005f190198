/* help - what `--help` and `enact help` print, made from the command table.
 *
 * Shape:    every text fits a screen of 40 lines and 100 columns.
 * Units:    none.
 * Lifetime: none.
 * Errors:   an unknown topic is a usage error.
 * Threads:  main thread.
 */
#ifndef EN_CLI_HELP_H
#define EN_CLI_HELP_H

#include "cli/command.h"

void en_help_overview(en_context *context);
/* The context's command, or verb, or group. */
void en_help_command(en_context *context);
/* `enact help …`: a command, a command and its verb or topic, or a topic. Returns the exit code. */
int en_help_topic(en_context *context, const char *const *words, size_t count);
/* Among the rows, which end with NULL; NULL: none, and the nearest name or an empty text. */
const en_command *en_command_find(const en_command *const *commands, en_text name,
                                  en_text *nearest);

#endif

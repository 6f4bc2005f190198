/* functions - the expression language's functions as people and machines read them, from their rows.
 *
 * Shape:    a list, one function explained, or a Markdown page of all; hidden rows are left out of
 *           what lists.
 * Units:    none.
 * Lifetime: what is built lives in the context's arena.
 * Errors:   UsageError for a function that does not exist, with what to write instead.
 * Threads:  main thread.
 */
#ifndef EN_CLI_FUNCTIONS_H
#define EN_CLI_FUNCTIONS_H

#include "cli/command.h"

/* The first two give exit codes. */
int en_functions_list(en_context *context);
int en_functions_explain(en_context *context, const char *called);
void en_functions_page(en_context *context);

#endif

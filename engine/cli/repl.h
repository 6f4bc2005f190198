/* repl - the prompt of `enact eval`.
 *
 * Shape:    a line is a template, or one expression if it holds no {{; a line that begins with a
 *           dot and a letter is a command (.help lists them). Without a terminal there is no prompt
 *           and the rest is the same.
 * Units:    none.
 * Lifetime: a line's values end with the line; what .context reads lives in the context's arena.
 * Errors:   a line that fails is printed and the next one read; the exit code tells only whether
 *           reading failed.
 * Threads:  main thread.
 */
#ifndef EN_CLI_REPL_H
#define EN_CLI_REPL_H

#include "cli/evaluate.h"

/* `defaults` is what the flags say, until a command says otherwise. */
int en_repl_run(en_evaluator *with, const en_request *defaults);

#endif

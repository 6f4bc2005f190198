/* evaluate - templates of the command line, against a context that stands in for a run.
 *
 * Shape:    a request is a template and what it sees; the evaluator is what requests share.
 * Units:    milliseconds.
 * Lifetime: values live in the arena that is passed, or share the request's context.
 * Errors:   as expr/template.h; UsageError for what a request names wrongly.
 * Threads:  main thread.
 */
#ifndef EN_CLI_EVALUATE_H
#define EN_CLI_EVALUATE_H

#include "cli/command.h"
#include "expr/template.h"

typedef struct en_request {
    en_text source;
    en_value context; /* a collection or missing: "1", "webhook", "region" … */
    const en_rules *rules;
    const en_zone *zone;
    int64_t now_ms;
} en_request;

typedef struct en_evaluator {
    en_context *context;
    en_zones *zones;
    en_regex_cache *patterns;
    en_random random;
} en_evaluator;

EN_WARN_UNUSED bool en_evaluate(en_evaluator *with, const en_request *asked, en_arena *arena,
                                en_value *value, en_error *error);
/* {"value": …}, or {"error": {"type", "message"}}. */
en_value en_evaluate_result(en_arena *arena, bool done, en_value value, const en_error *error);

EN_WARN_UNUSED bool en_request_dialect(en_text name, const en_rules **rules, en_error *error);
/* JSON or @file as en_input_json; only a collection will do. On failure *values stays. */
EN_WARN_UNUSED bool en_request_context(en_context *context, const char *flag, const char *text,
                                       en_value *values, en_error *error);

#endif

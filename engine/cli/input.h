/* input - what flags and arguments carry: JSON, files, moments, zones, questions.
 *
 * Shape:    JSON stands in the argument itself, in @file or, with "-", on standard input.
 * Units:    milliseconds.
 * Lifetime: values live in the context's arena, unless another is passed.
 * Errors:   UsageError for what an argument says wrongly; SyntaxError for what a file holds.
 * Threads:  main thread.
 */
#ifndef EN_CLI_INPUT_H
#define EN_CLI_INPUT_H

#include "cli/command.h"
#include "value/datetime.h"

/* `flag` is what messages call it: "--input". `flags` as in value/json.h. */
EN_WARN_UNUSED bool en_input_json(en_context *context, const char *flag, const char *text,
                                  unsigned flags, en_value *value, en_error *error);
/* A file ("-": standard input) as the pieces that readers of data ask for. */
typedef struct en_input_pieces {
    const char *name; /* what messages call it */
    en_json_refill *refill;
    void *context;
} en_input_pieces;
EN_WARN_UNUSED bool en_input_open(en_context *context, const char *path, en_input_pieces *pieces,
                                  en_error *error);
/* A file of data ("-": standard input), record by record. */
en_json_stream *en_input_stream(en_context *context, const char *path, en_json_records records,
                                unsigned flags, en_error *error);
/* ISO 8601; without a zone of its own the time is one in `zone`. */
EN_WARN_UNUSED bool en_input_moment(const char *flag, en_text text, const en_zone *zone,
                                    int64_t *at_ms, en_error *error);
EN_WARN_UNUSED bool en_input_zone(en_zones *zones, en_text name, const en_zone **zone,
                                  en_error *error);
/* A size or duration flag; *given false when it is not there. */
EN_WARN_UNUSED bool en_input_bytes(const en_context *context, const char *flag, uint64_t *bytes,
                                   en_error *error);
EN_WARN_UNUSED bool en_input_duration(const en_context *context, const char *flag,
                                      int64_t *duration_ms, en_error *error);
/* --on-error: how many records may fail; none with "stop", UINT64_MAX with "skip". */
EN_WARN_UNUSED bool en_input_failures(const en_context *context, uint64_t *most, en_error *error);

#endif

#include "cli/run_cassette.h"

#include <string.h>

en_redactor *en_run_redactor(en_context *context, const en_workspace *workspace,
                             const en_world *world)
{
    en_redactor *redactor =
        en_redactor_new(context->arena, workspace->redacted, workspace->redacted_count);
    const en_member *members = en_collection_members(world->environment);
    for (uint32_t i = 0; i < en_collection_count(world->environment); i++) {
        en_redactor_add_secret(redactor, en_value_text(members[i].value));
    }
    return redactor;
}

static bool read_match(en_context *context, en_cassette_match *match, en_error *error)
{
    const char *word = en_context_text(context, "cassette-match");
    *match = word != NULL && strcmp(word, "loose") == 0 ? EN_CASSETTE_LOOSE : EN_CASSETTE_STRICT;
    return word == NULL || *match == EN_CASSETTE_LOOSE || strcmp(word, "strict") == 0 ||
           en_error_set(error, EN_UsageError, "--cassette-match is strict or loose, not '%s'",
                        word);
}

bool en_run_cassette_open(en_context *context, const en_workspace *workspace, const en_world *world,
                          en_run_options *options, en_error *error)
{
    const char *recorded = en_context_text(context, "record");
    const char *played = en_context_text(context, "cassette");
    en_cassette_match match;
    options->cassette = NULL;
    if (!read_match(context, &match, error)) {
        return false;
    }
    if (recorded == NULL && played == NULL) {
        return true;
    }
    if (recorded != NULL && played != NULL) {
        return en_error_set(error, EN_UsageError, "either --record or --cassette");
    }
    if (recorded != NULL && world->egress.none) {
        return en_error_set(error, EN_UsageError,
                            "--record writes down what the network answers, and --offline "
                            "switches it off");
    }
    en_redactor *redactor = en_run_redactor(context, workspace, world);
    return recorded != NULL
               ? en_cassette_record(context->arena, recorded, redactor, &options->cassette, error)
               : en_cassette_open(context->arena, played, match, redactor, &options->cassette,
                                  error);
}

bool en_run_cassette_close(en_context *context, const en_run_options *options, en_error *error)
{
    if (options->cassette == NULL) {
        return true;
    }
    en_text unused = en_cassette_unused(options->cassette, context->arena);
    if (unused.length != 0) {
        en_context_say(context, "warning: %.*s", EN_TEXT_ARG(unused));
    }
    if (en_error_is_set(error) && en_cassette_counts(options->cassette).exchanges == 0) {
        en_cassette_discard(options->cassette); /* nothing ran: the old one stays */
        return true;
    }
    return en_cassette_finish(options->cassette, error);
}

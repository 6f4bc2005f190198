/* cassette - a run's exchanges with the outside, written down and played back.
 *
 * Shape:    a recording cassette asks the network and writes down every exchange as the module saw
 *           it: one request, and its reply after redirects or its error. A playing one answers from
 *           what was written and never opens a socket. *Strict*: the next exchange must be the one
 *           asked for. *Loose*: any exchange whose method, URL and body fit, the first that was not
 *           played; when all have been, the last one again. The format is
 *           schemas/cassette.schema.json; what must not be written is taken out by redact.h, and
 *           where something was taken out, any request fits.
 * Units:    times in milliseconds.
 * Lifetime: a cassette lives in the arena passed; a recording is written beside its file and takes
 *           its place in en_cassette_finish, however the run ended.
 * Errors:   SyntaxError with file and line when a cassette cannot be read; UsageError when it cannot
 *           be opened or written; CassetteError when it does not hold what is asked for.
 * Threads:  a cassette may be shared by runs.
 */
#ifndef EN_NET_CASSETTE_H
#define EN_NET_CASSETTE_H

#include "base/clock.h"
#include "net/redact.h"
#include "value/json.h"

typedef struct en_cassette en_cassette;

typedef enum en_cassette_match { EN_CASSETTE_STRICT, EN_CASSETTE_LOOSE } en_cassette_match;

/* Begins a recording. The redactor must outlive the cassette. */
EN_WARN_UNUSED bool en_cassette_record(en_arena *arena, const char *path, en_redactor *redactor,
                                       en_cassette **cassette, en_error *error);
/* The same without a file, for at most `most_bytes`: en_cassette_take gives it. */
en_cassette *en_cassette_keep(en_arena *arena, size_t most_bytes, en_redactor *redactor);
/* What was kept, as the text of a cassette. False: it was too much. */
EN_WARN_UNUSED bool en_cassette_take(en_cassette *cassette, en_arena *arena, en_text *kept);
/* From now on what this one answers or records goes to `copy`, too; NULL: no longer. */
void en_cassette_copy_to(en_cassette *cassette, en_cassette *copy);
/* Reads a cassette to play. */
EN_WARN_UNUSED bool en_cassette_open(en_arena *arena, const char *path, en_cassette_match match,
                                     en_redactor *redactor, en_cassette **cassette,
                                     en_error *error);
/* The same from a value that stands in another document: {"exchanges": […]} or just the array.
 * `name` is what messages call it; error->path leads to what is wrong. */
EN_WARN_UNUSED bool en_cassette_read(en_arena *arena, en_text name, en_value value,
                                     en_cassette_match match, en_redactor *redactor,
                                     en_cassette **cassette, en_error *error);

/* Who asks: for messages and for readers of a recording. */
typedef struct en_cassette_asker {
    int64_t step_id; /* or EN_NO_STEP */
    en_text module;
} en_cassette_asker;

/* Whether it answers by itself; else `client` of en_cassette_perform is used. */
bool en_cassette_plays(const en_cassette *cassette);
/* One request. What the exchange took, or takes by the cassette, passes on a virtual clock. `client`
 * may be NULL for a cassette that plays. */
EN_WARN_UNUSED bool en_cassette_perform(en_cassette *cassette, const en_cassette_asker *asker,
                                        en_http_client *client, en_clock *clock,
                                        const en_http_request *request, en_arena *arena,
                                        en_http_response *response, en_error *error);

/* What was played so far, and what nobody has asked for. */
typedef struct en_cassette_count {
    uint64_t exchanges;
    uint64_t played; /* calls answered */
    uint64_t unused; /* exchanges never played */
} en_cassette_count;

en_cassette_count en_cassette_counts(en_cassette *cassette);
/* "nobody asked for 2 exchanges of the cassette prices.json; the first is …"; empty: all were
 * played, it records, or something was asked for that it does not have. */
en_text en_cassette_unused(en_cassette *cassette, en_arena *arena);

/* Puts a recording in its place. Nothing to do for one that plays. */
EN_WARN_UNUSED bool en_cassette_finish(en_cassette *cassette, en_error *error);
/* Forgets a recording: the file stays as it was. */
void en_cassette_discard(en_cassette *cassette);

#endif

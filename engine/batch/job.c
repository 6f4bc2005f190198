#include "batch/job.h"

#include "base/crypto.h"

#include <stdlib.h>

enum { LONGEST_PROGRAM = 64 * 1024 * 1024, DIGEST_BYTES = 16 };

en_text en_job_path(en_arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    en_text text = en_text_copy(arena, en_text_from(real != NULL ? real : path));
    free(real);
    return text;
}

bool en_job_digest(en_arena *arena, const char *path, en_text *digest, en_error *error)
{
    en_text content;
    en_digest hash;
    if (!en_file_read(arena, path, LONGEST_PROGRAM, &content, error) ||
        !en_crypto_hash(EN_HASH_SHA256, content, &hash, error)) {
        return false;
    }
    en_builder digits;
    en_builder_init(&digits, arena);
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        en_builder_format(&digits, "%02x", (unsigned)(unsigned char)hash.bytes[i]);
    }
    *digest = en_builder_take(&digits);
    return true;
}

en_checkpoint en_job_begin(const en_job *job, const en_records *records, en_arena *arena)
{
    en_text file = en_job_path(arena, job->file);
    return (en_checkpoint){ .job = en_text_format(arena, "%s %.*s %.*s", job->kind,
                                                  EN_TEXT_ARG(job->subject), EN_TEXT_ARG(file)),
                            .source = en_text_copy(arena, en_records_source(records)),
                            .program = job->program };
}

bool en_job_find(en_database *database, const en_checkpoint *begun, en_arena *arena,
                 en_checkpoint *found, en_error *error)
{
    const en_store_run nobody = { .is_batch = true };
    en_segment *segment = NULL;
    bool is_there = false;
    if (!en_segment_enter(database, EN_SEGMENT_READ, &nobody, &segment, error)) {
        return false;
    }
    bool done = en_checkpoint_find(segment, begun->job, arena, found, &is_there, error);
    en_segment_rollback(segment);
    if (done && !is_there) {
        *found = *begun;
    }
    return done;
}

bool en_job_check(const en_job *job, const en_checkpoint *begun, const en_checkpoint *found,
                  en_error *error)
{
    if (!en_text_equal(begun->source, found->source)) {
        en_error_set(error, EN_UsageError,
                     "%s is not the file any more of which %llu records are done: it was %.*s and "
                     "is %.*s",
                     job->file, (unsigned long long)found->records, EN_TEXT_ARG(found->source),
                     EN_TEXT_ARG(begun->source));
    } else if (!en_text_equal(begun->program, found->program)) {
        en_error_set(error, EN_UsageError,
                     "what is done with the records has changed since %llu of %s were done: "
                     "%.*s, and it was %.*s",
                     (unsigned long long)found->records, job->file, EN_TEXT_ARG(begun->program),
                     EN_TEXT_ARG(found->program));
    } else {
        return true;
    }
    en_error_hint(error, "without --resume it begins again with the first record");
    return false;
}

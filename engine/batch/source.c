#include "batch/source.h"

#include "base/crypto.h"
#include "value/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is peeked is kept here and given first. */
enum { HEAD = 4096, SAMPLE_BYTES = 4 << 20, PIECE_BYTES = 4096, IDENTITY_DIGITS = 16 };

struct en_source {
    en_arena *arena;
    const char *name;
    int descriptor; /* -1: a text */
    en_text text;   /* what is left of it */
    size_t piece;
    void (*wait)(void *owner);
    void *owner;
    const volatile int *interrupted;
    uint64_t read_bytes;
    uint64_t total_bytes;
    bool known_gzip; /* it has been looked at */
    en_unzip *unzip; /* NULL: the bytes are plain */
    char raw[4];     /* looked at to see whether it is gzip, not given yet */
    size_t raw_at;
    size_t raw_length;
    char head[HEAD];
    size_t head_at;
    size_t head_length;
    char identity[96];
};

/* --- raw bytes --- */

static bool is_interrupted(const en_source *source)
{
    return source->interrupted != NULL && *source->interrupted != 0;
}

static bool read_descriptor(en_source *source, char *bytes, size_t room, size_t *got,
                            en_error *error)
{
    struct pollfd waiting = { .fd = source->descriptor, .events = POLLIN };
    if (source->wait != NULL) {
        source->wait(source->owner);
    }
    for (;;) {
        int ready = source->total_bytes != 0 ? 1 : poll(&waiting, 1, -1);
        if (is_interrupted(source)) {
            return en_error_set(error, EN_ExecutionInterruptedError, "interrupted");
        }
        ssize_t count = ready >= 0 ? read(source->descriptor, bytes, room) : -1;
        if (count >= 0) {
            *got = (size_t)count;
            return true;
        }
        if (errno != EINTR) {
            return en_error_set(error, EN_DataError, "cannot read %s: %s", source->name,
                                strerror(errno));
        }
    }
}

static void take_text(en_source *source, char *bytes, size_t room, size_t *got)
{
    size_t most = source->piece != 0 && source->piece < room ? source->piece : room;
    *got = source->text.length < most ? source->text.length : most;
    if (*got != 0) {
        memcpy(bytes, source->text.data, *got);
    }
    source->text = en_text_slice(source->text, *got, source->text.length);
}

static bool read_raw(en_source *source, char *bytes, size_t room, size_t *got, en_error *error)
{
    if (source->descriptor < 0) {
        take_text(source, bytes, room, got);
    } else if (!read_descriptor(source, bytes, room, got, error)) {
        return false;
    }
    source->read_bytes += *got;
    return true;
}

/* What was looked at comes first: en_json_refill for the unpacker. */
static bool refill_raw(void *context, char *bytes, size_t room, size_t *got, en_error *error)
{
    en_source *source = context;
    size_t left = source->raw_length - source->raw_at;
    if (left == 0) {
        return read_raw(source, bytes, room, got, error);
    }
    *got = left < room ? left : room;
    memcpy(bytes, source->raw + source->raw_at, *got);
    source->raw_at += *got;
    return true;
}

static bool look_for_gzip(en_source *source, en_error *error)
{
    size_t got = 1;
    source->known_gzip = true;
    while (source->raw_length < 2 && got != 0) {
        if (!read_raw(source, source->raw + source->raw_length, 2 - source->raw_length, &got,
                      error)) {
            return false;
        }
        source->raw_length += got;
    }
    return !en_zip_is_gzip((en_text){ source->raw, source->raw_length }) ||
           en_unzip_open(source->arena, refill_raw, source, &source->unzip, error);
}

/* --- plain bytes --- */

static bool read_plain(en_source *source, char *bytes, size_t room, size_t *got, en_error *error)
{
    if (!source->known_gzip && !look_for_gzip(source, error)) {
        return false;
    }
    return source->unzip != NULL ? en_unzip_read(source->unzip, bytes, room, got, error)
                                 : refill_raw(source, bytes, room, got, error);
}

bool en_source_refill(void *context, char *bytes, size_t room, size_t *got, en_error *error)
{
    en_source *source = context;
    size_t left = source->head_length - source->head_at;
    if (left == 0) {
        return read_plain(source, bytes, room, got, error);
    }
    *got = left < room ? left : room;
    memcpy(bytes, source->head + source->head_at, *got);
    source->head_at += *got;
    return true;
}

en_text en_source_first_line(en_text head, bool *whole)
{
    size_t at = en_text_starts(head, EN_TEXT("\xEF\xBB\xBF")) ? 3 : 0;
    while (at < head.length && memchr(" \t\r\n", head.data[at], 4) != NULL) {
        at++;
    }
    size_t end = at;
    while (end < head.length && head.data[end] != '\n' && head.data[end] != '\r') {
        end++;
    }
    *whole = end < head.length;
    return en_text_slice(head, at, end);
}

bool en_source_peek(en_source *source, size_t room, en_text *bytes, en_error *error)
{
    size_t most = room < sizeof source->head ? room : sizeof source->head;
    size_t got = 1;
    bool whole = false;
    while (source->head_length < most && got != 0 && !whole) {
        if (!read_plain(source, source->head + source->head_length, most - source->head_length,
                        &got, error)) {
            return false;
        }
        source->head_length += got;
        (void)en_source_first_line((en_text){ source->head, source->head_length }, &whole);
    }
    *bytes = (en_text){ source->head, source->head_length };
    return true;
}

bool en_source_is_gzip(const en_source *source)
{
    return source->unzip != NULL;
}

uint64_t en_source_read_bytes(const en_source *source)
{
    return source->read_bytes;
}

uint64_t en_source_total_bytes(const en_source *source)
{
    return source->total_bytes;
}

en_text en_source_identity(const en_source *source)
{
    return en_text_from(source->identity);
}

/* --- opening --- */

static void close_source(void *handle)
{
    en_source *source = handle;
    if (source->descriptor > STDIN_FILENO) {
        close(source->descriptor);
    }
}

/* Pieces of the file one behind the other: all of it, or so many as evenly lie over it, the last
 * bytes among them. */
static size_t take_sample(const en_source *source, char *bytes)
{
    uint64_t total = source->total_bytes;
    uint64_t pieces = total <= SAMPLE_BYTES ? 1 : SAMPLE_BYTES / PIECE_BYTES;
    size_t piece = pieces == 1 ? (size_t)total : PIECE_BYTES;
    size_t taken = 0;
    for (uint64_t i = 0; i < pieces; i++) {
        uint64_t behind = pieces == 1 ? 0 : (total - piece) / (pieces - 1) * i;
        behind = i + 1 == pieces ? total - piece : behind;
        ssize_t got = pread(source->descriptor, bytes + taken, piece, (off_t)behind);
        taken += got > 0 ? (size_t)got : 0;
    }
    return taken;
}

/* Size, and a hash: a long file that is the same in its sample is taken for the same. */
static void identify(en_source *source)
{
    en_arena scratch;
    en_arena_init(&scratch, NULL);
    char *bytes = EN_TRY_ARRAY(&scratch, char, SAMPLE_BYTES);
    en_digest digest;
    bool is_hashed = bytes != NULL &&
                     en_crypto_hash(EN_HASH_SHA256, (en_text){ bytes, take_sample(source, bytes) },
                                    &digest, NULL);
    en_arena_done(&scratch);
    if (!is_hashed) {
        return; /* no identity: it cannot be gone on with */
    }
    int at = snprintf(source->identity, sizeof source->identity, "%" PRIu64 " bytes, ",
                      source->total_bytes);
    for (size_t i = 0; i < IDENTITY_DIGITS / 2 && at > 0; i++) {
        at += snprintf(source->identity + at, sizeof source->identity - (size_t)at, "%02x",
                       (unsigned)(unsigned char)digest.bytes[i]);
    }
}

static en_source *new_source(en_arena *arena)
{
    en_source *source = EN_NEW(arena, en_source);
    source->arena = arena;
    source->descriptor = -1;
    return source;
}

bool en_source_open(en_arena *arena, const en_records_options *options, en_source **source,
                    en_error *error)
{
    bool is_stdin = strcmp(options->path, "-") == 0;
    int descriptor = is_stdin ? STDIN_FILENO : open(options->path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (descriptor < 0 || fstat(descriptor, &about) != 0) {
        return en_error_set(error, EN_UsageError, "%s cannot be read: %s", options->path,
                            strerror(errno));
    }
    en_source *opened = new_source(arena);
    opened->name = is_stdin ? "stdin" : options->path;
    opened->descriptor = descriptor;
    opened->wait = options->wait;
    opened->owner = options->owner;
    opened->interrupted = options->interrupted;
    en_arena_defer(arena, close_source, opened);
    if (S_ISDIR(about.st_mode)) {
        return en_error_set(error, EN_UsageError, "%s is a folder, not a file", options->path);
    }
    if (S_ISREG(about.st_mode) && about.st_size > 0) {
        opened->total_bytes = (uint64_t)about.st_size;
        identify(opened);
    }
    *source = opened;
    return true;
}

en_source *en_source_open_text(en_arena *arena, en_text text, size_t piece)
{
    en_source *source = new_source(arena);
    source->text = text;
    source->piece = piece;
    source->total_bytes = text.length;
    return source;
}

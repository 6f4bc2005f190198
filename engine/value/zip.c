#include "value/zip.h"

#include <string.h>
#include <zlib.h>

/* Window bits: 32 KB, and 16 more stands for gzip's frame. */
enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8, PIECE = 1 << 16, MOST_AT_ONCE = 1 << 30 };

bool en_zip_is_gzip(en_text bytes)
{
    return bytes.length >= 2 && bytes.data[0] == '\x1F' && bytes.data[1] == '\x8B';
}

/* zlib's own memory comes from the arena, so that limits hold for it too; it is given back with
 * the arena. */
static voidpf allocate(voidpf context, uInt count, uInt size)
{
    return en_arena_try(context, count, size);
}

static void give_back(voidpf context, voidpf piece)
{
    (void)context;
    (void)piece;
}

static bool no_memory(en_error *error)
{
    return en_error_set(error, EN_DataSizeLimitExceededError, "no memory for gzip");
}

/* --- out of gzip --- */

struct en_unzip {
    z_stream stream;
    en_json_refill *refill;
    void *context;
    bool final;   /* the source has no more */
    bool between; /* behind a member: the end, or another one */
    char piece[PIECE];
};

bool en_unzip_open(en_arena *arena, en_json_refill *refill, void *context, en_unzip **unzip,
                   en_error *error)
{
    en_unzip *opened = en_arena_try(arena, 1, sizeof *opened);
    if (opened == NULL) {
        return no_memory(error);
    }
    opened->stream = (z_stream){ .zalloc = allocate, .zfree = give_back, .opaque = arena };
    opened->refill = refill;
    opened->context = context;
    opened->final = false;
    opened->between = false;
    if (inflateInit2(&opened->stream, GZIP_WINDOW) != Z_OK) {
        return no_memory(error);
    }
    *unzip = opened;
    return true;
}

static bool fill(en_unzip *unzip, en_error *error)
{
    size_t got = 0;
    if (unzip->stream.avail_in != 0 || unzip->final) {
        return true;
    }
    if (!unzip->refill(unzip->context, unzip->piece, sizeof unzip->piece, &got, error)) {
        return false;
    }
    unzip->stream.next_in = (Bytef *)unzip->piece;
    unzip->stream.avail_in = (uInt)got;
    unzip->final = got == 0;
    return true;
}

/* Some programs pad the end with zero bytes. */
static bool begin_member(en_unzip *unzip, bool *ended, en_error *error)
{
    z_stream *stream = &unzip->stream;
    for (;;) {
        while (stream->avail_in != 0 && *stream->next_in == 0) {
            stream->next_in++;
            stream->avail_in--;
        }
        if (stream->avail_in != 0 || unzip->final) {
            break;
        }
        if (!fill(unzip, error)) {
            return false;
        }
    }
    *ended = stream->avail_in == 0;
    if (!*ended) {
        unzip->between = false;
        inflateReset(stream);
    }
    return true;
}

static bool report(int status, en_error *error)
{
    return status == Z_MEM_ERROR ? no_memory(error)
                                 : en_error_set(error, EN_DataError, "the gzip data is damaged");
}

bool en_unzip_read(en_unzip *unzip, char *bytes, size_t room, size_t *got, en_error *error)
{
    z_stream *stream = &unzip->stream;
    uInt asked = (uInt)(room < MOST_AT_ONCE ? room : MOST_AT_ONCE);
    *got = 0;
    while (*got == 0) {
        bool ended = false;
        if (unzip->between && !begin_member(unzip, &ended, error)) {
            return false;
        }
        if (ended) {
            return true;
        }
        if (!fill(unzip, error)) {
            return false;
        }
        stream->next_out = (Bytef *)bytes;
        stream->avail_out = asked;
        int status = inflate(stream, Z_NO_FLUSH);
        *got = asked - stream->avail_out;
        unzip->between = status == Z_STREAM_END;
        if (status == Z_BUF_ERROR && unzip->final) {
            return en_error_set(error, EN_DataError, "the gzip data ends too early");
        }
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
            return report(status, error);
        }
    }
    return true;
}

/* --- into gzip --- */

struct en_zip {
    z_stream stream;
    en_zip_sink *sink;
    void *context;
    char piece[PIECE];
};

bool en_zip_open(en_arena *arena, int level, en_zip_sink *sink, void *context, en_zip **zip,
                 en_error *error)
{
    en_zip *opened = en_arena_try(arena, 1, sizeof *opened);
    if (opened == NULL) {
        return no_memory(error);
    }
    opened->stream = (z_stream){ .zalloc = allocate, .zfree = give_back, .opaque = arena };
    opened->sink = sink;
    opened->context = context;
    if (deflateInit2(&opened->stream, level, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return no_memory(error);
    }
    *zip = opened;
    return true;
}

static bool deflate_all(en_zip *zip, int flush, en_error *error)
{
    z_stream *stream = &zip->stream;
    int status = Z_OK;
    do {
        stream->next_out = (Bytef *)zip->piece;
        stream->avail_out = sizeof zip->piece;
        status = deflate(stream, flush);
        en_text made = { zip->piece, sizeof zip->piece - stream->avail_out };
        if (status == Z_STREAM_ERROR) {
            return en_error_set(error, EN_DataError, "gzip data that was ended goes on");
        }
        if (made.length != 0 && !zip->sink(zip->context, made, error)) {
            return false;
        }
    } while (stream->avail_out == 0);
    return true;
}

bool en_zip_write(en_zip *zip, en_text bytes, en_error *error)
{
    while (bytes.length != 0) {
        size_t length = bytes.length < MOST_AT_ONCE ? bytes.length : MOST_AT_ONCE;
        zip->stream.next_in = (Bytef *)(uintptr_t)bytes.data;
        zip->stream.avail_in = (uInt)length;
        if (!deflate_all(zip, Z_NO_FLUSH, error)) {
            return false;
        }
        bytes = en_text_slice(bytes, length, bytes.length);
    }
    return true;
}

bool en_zip_finish(en_zip *zip, en_error *error)
{
    zip->stream.next_in = NULL;
    zip->stream.avail_in = 0;
    return deflate_all(zip, Z_FINISH, error);
}

/* --- whole texts --- */

static bool add_to_builder(void *context, en_text bytes, en_error *error)
{
    en_builder *out = context;
    en_builder_add(out, bytes);
    return !out->failed || no_memory(error);
}

bool en_zip_pack(en_arena *arena, en_text bytes, int level, en_text *packed, en_error *error)
{
    en_arena room;
    en_zip *zip = NULL;
    en_builder out;
    en_arena_init(&room, arena->budget);
    en_builder_init(&out, arena);
    bool done = en_zip_open(&room, level, add_to_builder, &out, &zip, error) &&
                en_zip_write(zip, bytes, error) && en_zip_finish(zip, error);
    *packed = en_builder_take(&out);
    en_arena_done(&room);
    return done;
}

static bool take_from_text(void *context, char *bytes, size_t room, size_t *got, en_error *error)
{
    en_text *left = context;
    (void)error;
    *got = left->length < room ? left->length : room;
    memcpy(bytes, left->data, *got);
    *left = en_text_slice(*left, *got, left->length);
    return true;
}

static bool unpack(en_unzip *unzip, en_builder *out, size_t max_bytes, en_error *error)
{
    size_t got = 1;
    while (got != 0) {
        char *to = en_builder_reserve(out, PIECE);
        if (to == NULL) {
            return no_memory(error);
        }
        if (!en_unzip_read(unzip, to, PIECE, &got, error)) {
            return false;
        }
        out->length += got;
        if (out->length > max_bytes) {
            return en_error_set(error, EN_DataSizeLimitExceededError,
                                "the gzip data unpacks to more than %zu bytes", max_bytes);
        }
    }
    return true;
}

bool en_zip_unpack(en_arena *arena, en_text packed, size_t max_bytes, en_text *bytes,
                   en_error *error)
{
    en_arena room;
    en_unzip *unzip = NULL;
    en_builder out;
    en_arena_init(&room, arena->budget);
    en_builder_init(&out, arena);
    bool done = en_unzip_open(&room, take_from_text, &packed, &unzip, error) &&
                unpack(unzip, &out, max_bytes, error);
    *bytes = en_builder_take(&out);
    en_arena_done(&room);
    return done;
}

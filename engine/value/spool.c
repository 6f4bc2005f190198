#include "value/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_BYTES = 64 * 1024, DEEPEST = 4096, PATH_ROOM = 4096 };

struct en_spool {
    int file; /* -1: none yet */
    uint64_t count;
    uint64_t end;  /* of what was added */
    uint64_t last; /* place of the last value */
    en_builder out;
    en_arena pending; /* of `out` */
};

/* --- the file --- */

static void close_spool(void *handle)
{
    en_spool *spool = handle;
    if (spool->file >= 0) {
        close(spool->file);
    }
    en_arena_done(&spool->pending);
}

en_spool *en_spool_new(en_arena *arena)
{
    en_spool *spool = EN_NEW(arena, en_spool);
    spool->file = -1;
    en_arena_init(&spool->pending, NULL);
    en_builder_init(&spool->out, &spool->pending);
    en_arena_defer(arena, close_spool, spool);
    return spool;
}

uint64_t en_spool_count(const en_spool *spool)
{
    return spool->count;
}

static int make_file(const char *folder)
{
    char path[PATH_ROOM];
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (size_t)snprintf(path, sizeof path, "%s/enact-XXXXXX", folder) >= PATH_ROOM) {
        return file;
    }
    file = mkostemp(path, O_CLOEXEC);
    if (file >= 0) {
        unlink(path);
    }
    return file;
}

/* /tmp may be memory: it comes last. */
static bool open_file(en_spool *spool, en_error *error)
{
    const char *const folders[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders && spool->file < 0; i++) {
        spool->file = folders[i] != NULL ? make_file(folders[i]) : -1;
    }
    return spool->file >= 0 ||
           en_error_set(error, EN_StoreUnavailableError, "no file can be made for a long list: %s",
                        strerror(errno));
}

static bool write_out(en_spool *spool, en_error *error)
{
    const char *data = spool->out.data;
    size_t left = spool->out.length;
    uint64_t place = spool->end - left;
    if (spool->file < 0 && !open_file(spool, error)) {
        return false;
    }
    while (left != 0) {
        ssize_t written = pwrite(spool->file, data, left, (off_t)place);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return en_error_set(error, EN_StoreUnavailableError, "a long list cannot be kept: %s",
                                strerror(errno));
        }
        data += written;
        left -= (size_t)written;
        place += (uint64_t)written;
    }
    en_arena_reset(&spool->pending);
    en_builder_init(&spool->out, &spool->pending);
    return true;
}

static bool read_at(const en_spool *spool, uint64_t place, char *bytes, size_t most, size_t *got,
                    en_error *error)
{
    *got = 0;
    while (*got < most) {
        ssize_t count = pread(spool->file, bytes + *got, most - *got, (off_t)(place + *got));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return en_error_set(error, EN_StoreUnavailableError, "a long list cannot be read: %s",
                                strerror(errno));
        }
        if (count == 0) {
            break;
        }
        *got += (size_t)count;
    }
    return true;
}

/* --- values as bytes --- */

static void put(en_builder *out, const void *bytes, size_t size)
{
    en_builder_add(out, (en_text){ bytes, size });
}

static void put_text(en_builder *out, en_text text)
{
    uint32_t length = (uint32_t)text.length;
    put(out, &length, sizeof length);
    en_builder_add(out, text);
}

/* Tag, form, and what the tag needs. */
static bool put_value(en_builder *out, en_value value, unsigned depth)
{
    const char head[2] = { (char)value.tag, (char)value.form };
    uint32_t count = value.tag == EN_COLLECTION ? en_collection_count(value) : value.length;
    const en_member *members = en_collection_members(value);
    put(out, head, sizeof head);
    switch (value.tag) {
    case EN_BOOLEAN:
        put(out, &value.as.boolean, sizeof value.as.boolean);
        return true;
    case EN_NUMBER:
    case EN_DATE:
        put(out, &value.as, sizeof value.as);
        return true;
    case EN_TEXT_VALUE:
    case EN_BUFFER:
        put_text(out, en_value_text(value));
        return true;
    case EN_ARRAY:
    case EN_COLLECTION:
        break;
    default:
        return true;
    }
    put(out, &count, sizeof count);
    bool put_all = depth < DEEPEST;
    for (uint32_t i = 0; i < count && put_all; i++) {
        if (value.tag == EN_COLLECTION) {
            put_text(out, members[i].name);
        }
        put_all = put_value(out, value.tag == EN_COLLECTION ? members[i].value : value.as.items[i],
                            depth + 1);
    }
    return put_all;
}

bool en_spool_add(en_spool *spool, en_value value, en_error *error)
{
    size_t start = spool->out.length;
    const uint32_t room = 0;
    put(&spool->out, &room, sizeof room);
    bool done = put_value(&spool->out, value, 0);
    size_t length = spool->out.length - start;
    if (!done || spool->out.failed || length > UINT32_MAX) {
        return en_error_set(error, EN_DataSizeLimitExceededError,
                            "an element of a long list is too big to keep");
    }
    uint32_t size = (uint32_t)(length - sizeof size);
    memcpy(spool->out.data + start, &size, sizeof size);
    spool->last = spool->end;
    spool->end += length;
    spool->count++;
    return spool->out.length < BUFFER_BYTES || write_out(spool, error);
}

typedef struct taker {
    const char *at; /* written here, so it is whole */
    en_arena *arena;
    bool failed; /* no memory */
} taker;

static void take(taker *from, void *bytes, size_t size)
{
    memcpy(bytes, from->at, size);
    from->at += size;
}

static en_text take_text(taker *from)
{
    uint32_t length;
    take(from, &length, sizeof length);
    char *bytes = EN_TRY_ARRAY(from->arena, char, length + (size_t)1);
    from->failed = from->failed || bytes == NULL;
    if (bytes != NULL) {
        memcpy(bytes, from->at, length);
    }
    from->at += length;
    return (en_text){ bytes, bytes != NULL ? length : 0 };
}

static en_value take_value(taker *from, unsigned depth);

static en_value take_array(taker *from, uint32_t count, unsigned depth)
{
    en_value *items = EN_TRY_ARRAY(from->arena, en_value, count + (size_t)1);
    from->failed = from->failed || items == NULL;
    for (uint32_t i = 0; i < count && !from->failed; i++) {
        items[i] = take_value(from, depth);
    }
    return from->failed ? en_nothing() : en_array(items, count);
}

static en_value take_collection(taker *from, uint32_t count, unsigned depth)
{
    en_collection_builder members;
    en_collection_builder_init(&members, from->arena);
    for (uint32_t i = 0; i < count && !from->failed; i++) {
        en_text name = take_text(from);
        en_collection_builder_add(&members, name, take_value(from, depth));
    }
    from->failed = from->failed || members.failed;
    return en_collection_builder_take(&members);
}

static en_value take_value(taker *from, unsigned depth)
{
    char head[2];
    uint32_t count;
    take(from, head, sizeof head);
    en_value value = { .tag = (uint8_t)head[0], .form = (uint8_t)head[1] };
    switch (value.tag) {
    case EN_BOOLEAN:
        take(from, &value.as.boolean, sizeof value.as.boolean);
        return value;
    case EN_NUMBER:
    case EN_DATE:
        take(from, &value.as, sizeof value.as);
        return value;
    case EN_TEXT_VALUE:
        return en_text_value(take_text(from));
    case EN_BUFFER:
        return en_buffer(take_text(from));
    case EN_ARRAY:
    case EN_COLLECTION:
        break;
    default:
        return value;
    }
    take(from, &count, sizeof count);
    if (depth >= DEEPEST) { /* no such value was written */
        from->failed = true;
        return en_nothing();
    }
    return value.tag == EN_ARRAY ? take_array(from, count, depth + 1)
                                 : take_collection(from, count, depth + 1);
}

/* --- reading --- */

static bool is_held(const en_spool_reader *reader, size_t size)
{
    return reader->buffer != NULL && reader->place >= reader->from &&
           reader->place + size <= reader->from + reader->held;
}

/* `size` bytes from the reader's place on, in its buffer or in one of their own. */
static bool hold(en_spool *spool, en_spool_reader *reader, size_t size, en_arena *buffers,
                 en_arena *arena, const char **bytes, en_error *error)
{
    size_t got = size;
    if (size > BUFFER_BYTES) {
        char *own = EN_TRY_ARRAY(arena, char, size);
        *bytes = own;
        if (own == NULL) {
            return en_error_set(error, EN_DataSizeLimitExceededError,
                                "an element of a long list does not fit into memory");
        }
        if (!read_at(spool, reader->place, own, size, &got, error)) {
            return false;
        }
    } else if (!is_held(reader, size)) {
        if (reader->buffer == NULL) {
            reader->buffer = en_arena_alloc(buffers, BUFFER_BYTES);
        }
        reader->from = reader->place;
        if (!read_at(spool, reader->place, reader->buffer, BUFFER_BYTES, &reader->held, error)) {
            return false;
        }
        got = reader->held;
    }
    if (size <= BUFFER_BYTES) {
        *bytes = reader->buffer + (reader->place - reader->from);
    }
    return got >= size ||
           en_error_set(error, EN_StoreUnavailableError, "a long list was cut off behind our back");
}

bool en_spool_read(en_spool *spool, en_spool_reader *reader, en_arena *buffers, en_arena *arena,
                   en_value *value, en_error *error)
{
    const char *bytes;
    uint32_t size;
    if ((spool->out.length != 0 && !write_out(spool, error)) ||
        !hold(spool, reader, sizeof size, buffers, arena, &bytes, error)) {
        return false;
    }
    memcpy(&size, bytes, sizeof size);
    size_t whole = sizeof size + (size_t)size;
    if (!hold(spool, reader, whole, buffers, arena, &bytes, error)) {
        return false;
    }
    taker from = { .at = bytes + sizeof size, .arena = arena };
    *value = take_value(&from, 0);
    reader->place += whole;
    return !from.failed || en_error_set(error, EN_DataSizeLimitExceededError,
                                        "an element of a long list does not fit into memory");
}

bool en_spool_last(en_spool *spool, en_arena *arena, en_value *value, en_error *error)
{
    en_spool_reader reader = { .place = spool->last };
    en_arena buffers;
    en_arena_init(&buffers, NULL);
    bool done = en_spool_read(spool, &reader, &buffers, arena, value, error);
    en_arena_done(&buffers);
    return done;
}

#include "testing/snapshots.h"

#include "value/place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_FILE = 64 << 20, LONGEST_LINE = 80 };

/* A piece of the file and what takes its place. */
typedef struct change {
    size_t start;
    size_t end;
    en_value value;
} change;

static int compare_changes(const void *a, const void *b)
{
    const change *left = a;
    const change *right = b;
    return left->start < right->start ? -1 : left->start > right->start;
}

static size_t find_changes(const en_session_suite *suite, en_arena *arena, change *changes)
{
    const en_document *document = suite->suite->document;
    size_t count = 0;
    for (size_t i = 0; i < suite->count; i++) {
        for (const en_snapshot *at = suite->results[i].snapshots; at != NULL; at = at->next) {
            en_text bytes;
            en_text path = en_place_member(arena, at->path, EN_TEXT("$snapshot"));
            if (en_document_extent(document, path, &bytes)) {
                size_t start = (size_t)(bytes.data - en_document_text(document).data);
                changes[count++] = (change){ start, start + bytes.length, at->value };
            }
        }
    }
    qsort(changes, count, sizeof *changes, compare_changes);
    return count;
}

static size_t count_snapshots(const en_session_suite *suite)
{
    size_t count = 0;
    for (size_t i = 0; i < suite->count; i++) {
        for (const en_snapshot *at = suite->results[i].snapshots; at != NULL; at = at->next) {
            count++;
        }
    }
    return count;
}

/* --- writing --- */

static en_text indentation(en_text content, size_t at)
{
    size_t line = at;
    while (line > 0 && content.data[line - 1] != '\n') {
        line--;
    }
    size_t end = line;
    while (end < at && (content.data[end] == ' ' || content.data[end] == '\t')) {
        end++;
    }
    return en_text_slice(content, line, end);
}

static void add_value(en_builder *out, en_text content, const change *made)
{
    en_text text = en_json_text(out->arena, made->value, 0);
    if (text.length <= LONGEST_LINE) {
        en_builder_add(out, text);
        return;
    }
    en_text indent = indentation(content, made->start);
    text = en_json_text(out->arena, made->value, EN_JSON_PRETTY);
    for (size_t at = 0; at < text.length; at++) { /* line ends in texts are escaped */
        en_builder_add_char(out, text.data[at]);
        en_builder_add(out, text.data[at] == '\n' ? indent : EN_TEXT(""));
    }
}

static en_text rewrite(en_arena *arena, en_text content, const change *changes, size_t count)
{
    en_builder out;
    en_builder_init(&out, arena);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        en_builder_add(&out, en_text_slice(content, at, changes[i].start));
        add_value(&out, content, &changes[i]);
        at = changes[i].end;
    }
    en_builder_add(&out, en_text_slice(content, at, content.length));
    return en_builder_take(&out);
}

/* Beside the file and then in its place: nobody sees half of it. */
static bool replace_file(en_arena *arena, const char *path, en_text content, en_error *error)
{
    char *whole = realpath(path, NULL); /* a link stays a link */
    const char *target = en_text_copy(arena, en_text_from(whole != NULL ? whole : path)).data;
    free(whole);
    const char *beside = en_text_format(arena, "%s.%ld.tmp", target, (long)getpid()).data;
    struct stat about;
    mode_t mode = stat(target, &about) == 0 ? about.st_mode & 07777 : 0644;
    FILE *file = fopen(beside, "wxe");
    bool written = file != NULL && fchmod(fileno(file), mode) == 0 &&
                   fwrite(content.data, 1, content.length, file) == content.length;
    int reason = errno;
    if (file != NULL && fclose(file) != 0) {
        reason = errno;
        written = false;
    }
    if (written && rename(beside, target) == 0) {
        return true;
    }
    reason = written ? errno : reason;
    if (file != NULL) {
        unlink(beside);
    }
    return en_error_set(error, EN_UsageError, "%s cannot be written: %s", path, strerror(reason));
}

/* Comments are blanks in the document; all else must be what it was. */
static bool is_unchanged(en_text content, en_text read, const change *changes, size_t count)
{
    bool same = content.length == read.length;
    for (size_t i = 0; same && i < count; i++) {
        same = memcmp(content.data + changes[i].start, read.data + changes[i].start,
                      changes[i].end - changes[i].start) == 0;
    }
    return same;
}

bool en_snapshots_update(const en_session_suite *suite, en_arena *arena, size_t *taken,
                         en_error *error)
{
    *taken = 0;
    size_t most = suite->suite != NULL ? count_snapshots(suite) : 0;
    if (most == 0) {
        return true;
    }
    en_text content;
    change *changes = en_arena_alloc(arena, most * sizeof *changes);
    size_t count = find_changes(suite, arena, changes);
    if (!en_file_read(arena, suite->path, LARGEST_FILE, &content, error)) {
        return false;
    }
    if (!is_unchanged(content, en_document_text(suite->suite->document), changes, count)) {
        return en_error_set(error, EN_UsageError,
                            "%s has changed while its tests ran: nothing was written", suite->path);
    }
    *taken = count;
    return replace_file(arena, suite->path, rewrite(arena, content, changes, count), error);
}

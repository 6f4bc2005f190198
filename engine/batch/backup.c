#include "batch/backup.h"

#include "base/crypto.h"
#include "base/replacement.h"
#include "store/health.h"
#include "value/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 1 << 16, LONGEST_LINE = 4096, HASH_DIGITS = 64 };

/* --- hashes --- */

static bool hash_stream(FILE *from, const char *path, en_hasher *hasher, uint64_t *bytes,
                        en_error *error)
{
    char piece[PIECE];
    size_t got;
    while ((got = fread(piece, 1, sizeof piece, from)) != 0) {
        *bytes += got;
        if (!en_hasher_add(hasher, (en_text){ piece, got }, error)) {
            return false;
        }
    }
    return !ferror(from) ||
           en_error_set(error, EN_UsageError, "%s cannot be read: %s", path, strerror(errno));
}

static bool hash_file(en_arena *arena, const char *path, en_backup *backup, en_error *error)
{
    en_hasher *hasher = NULL;
    en_digest digest;
    FILE *from = fopen(path, "rbe");
    backup->bytes = 0;
    if (from == NULL) {
        return en_error_set(error, EN_UsageError, "%s cannot be read: %s", path, strerror(errno));
    }
    bool done = en_hasher_open(arena, EN_HASH_SHA256, &hasher, error) &&
                hash_stream(from, path, hasher, &backup->bytes, error) &&
                en_hasher_finish(hasher, &digest, error);
    fclose(from);
    for (size_t i = 0; done && i < HASH_DIGITS / 2; i++) {
        snprintf(backup->sha256 + 2 * i, 3, "%02x", (unsigned)(unsigned char)digest.bytes[i]);
    }
    return done;
}

static const char *hash_path(en_arena *arena, const char *path)
{
    return en_text_format(arena, "%s.sha256", path).data;
}

static bool write_hash(en_arena *arena, const en_backup *backup, en_error *error)
{
    en_replacement file;
    const char *slash = strrchr(backup->file, '/');
    if (!en_replacement_open(arena, hash_path(arena, backup->file), &file, error)) {
        return false;
    }
    fprintf(file.stream, "%s  %s\n", backup->sha256, slash != NULL ? slash + 1 : backup->file);
    return en_replacement_done(&file, error);
}

static bool check_hash(en_arena *arena, en_backup *backup, en_error *error)
{
    en_text line;
    const char *path = hash_path(arena, backup->file);
    if (!hash_file(arena, backup->file, backup, error)) {
        return false;
    }
    if (backup->unchecked) {
        return true;
    }
    if (!en_file_read(arena, path, LONGEST_LINE, &line, error)) {
        en_error_hint(error, "without its checksum a backup is restored with --unchecked");
        return false;
    }
    en_text digits = en_text_slice(line, 0, HASH_DIGITS);
    return en_text_equal_nocase(digits, en_text_from(backup->sha256)) ||
           en_error_set(error, EN_DataError,
                        "%s is damaged: its SHA-256 is %s, and %s says another one", backup->file,
                        backup->sha256, path);
}

/* --- databases --- */

static bool look_through(en_database *database, en_arena *arena, const char *path, en_error *error)
{
    const en_store_run nobody = { .is_batch = true };
    en_segment *segment = NULL;
    en_database_health health;
    if (!en_segment_enter(database, EN_SEGMENT_READ, &nobody, &segment, error)) {
        return false;
    }
    bool done = en_database_examine(segment, arena, &health, error);
    en_segment_rollback(segment);
    return done &&
           (health.problem_count == 0 || en_error_set(error, EN_DataError, "%s is damaged: %.*s",
                                                      path, EN_TEXT_ARG(health.problems[0])));
}

/* `to` becomes a copy of `from` and is looked through. */
static bool copy(en_arena *arena, const char *from, const char *to, en_error *error)
{
    en_database *database = NULL;
    const en_database_options options = { .path = to, .copy_of = from, .no_auto_index = true };
    if (!en_database_open(&options, &database, error)) {
        return false;
    }
    bool done = look_through(database, arena, from, error);
    en_database_close(database);
    if (!done && error->type == EN_StoreUnavailableError) {
        en_error_hint(error, "it is a copy of %.200s", from);
    }
    return done;
}

/* SQLite and the engine keep files beside a database while it is open. */
static void remove_beside(en_arena *arena, const char *path)
{
    static const char *const endings[] = { "", "-wal", "-shm", "-queue", "-lock", "-owners" };
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        (void)unlink(en_text_format(arena, "%s%s", path, endings[i]).data);
    }
}

static const char *name_temporary(en_arena *arena, const char *path)
{
    return en_text_format(arena, "%s.%ld.tmp", path, (long)getpid()).data;
}

/* Onto the disk and into its place, with all the care of a file that is replaced. */
static bool move(const char *from, const char *to, en_error *error)
{
    FILE *stream = fopen(from, "r+be");
    if (stream == NULL) {
        return en_error_set(error, EN_UsageError, "%s cannot be read: %s", from, strerror(errno));
    }
    en_replacement file = { .stream = stream, .path = to, .temporary = from };
    return en_replacement_done(&file, error);
}

static bool check_source(const char *path, en_error *error)
{
    struct stat about;
    if (stat(path, &about) != 0) {
        return en_error_set(error, EN_StoreUnavailableError, "%s cannot be read: %s", path,
                            strerror(errno));
    }
    return S_ISREG(about.st_mode) ||
           en_error_set(error, EN_UsageError, "%s is no database in a file", path);
}

/* A database that is open has a log, so that what others write meanwhile stays out of the copy. */
static bool make(en_arena *arena, en_backup *backup, const char *temporary, en_error *error)
{
    en_database *database = NULL;
    const en_database_options options = { .path = backup->database,
                                          .must_exist = true,
                                          .no_auto_index = true };
    if (!check_source(backup->database, error) || !en_database_open(&options, &database, error)) {
        return false;
    }
    bool copied = copy(arena, backup->database, temporary, error);
    en_database_close(database);
    if (!copied || !hash_file(arena, temporary, backup, error)) {
        return false;
    }
    return move(temporary, backup->file, error) && write_hash(arena, backup, error);
}

bool en_backup_make(en_backup *backup, en_error *error)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    const char *temporary = name_temporary(&arena, backup->file);
    bool done = make(&arena, backup, temporary, error);
    remove_beside(&arena, temporary);
    en_arena_done(&arena);
    return done;
}

/* A file of another program is not overwritten. */
static bool overwrite(const char *from, const char *to, en_error *error)
{
    en_database *database = NULL;
    const en_database_options old = { .path = to, .must_exist = true, .no_auto_index = true };
    const en_database_options new = { .path = to, .copy_of = from, .no_auto_index = true };
    if (!en_database_open(&old, &database, error)) {
        en_error_hint(error, "move %.180s away to restore beside it", to);
        return false;
    }
    en_database_close(database);
    if (!en_database_open(&new, &database, error)) {
        return false;
    }
    en_database_close(database);
    return true;
}

static bool restore(en_arena *arena, en_backup *backup, const char *temporary, en_error *error)
{
    if (!check_source(backup->file, error) || !check_hash(arena, backup, error) ||
        !copy(arena, backup->file, temporary, error)) {
        return false;
    }
    return access(backup->database, F_OK) == 0 ? overwrite(temporary, backup->database, error)
                                               : move(temporary, backup->database, error);
}

bool en_backup_restore(en_backup *backup, en_error *error)
{
    en_arena arena;
    en_arena_init(&arena, NULL);
    const char *temporary = name_temporary(&arena, backup->database);
    bool done = restore(&arena, backup, temporary, error);
    remove_beside(&arena, temporary);
    en_arena_done(&arena);
    return done;
}

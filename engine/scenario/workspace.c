#include "scenario/workspace.h"

#include "base/folder.h"
#include "base/units.h"
#include "value/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SETTINGS_NAME EN_TEXT("enact.json")

enum { MOST_FOLDERS = 256 };

/* --- the folder --- */

static bool exists_as(const char *path, mode_t type)
{
    struct stat about;
    return stat(path, &about) == 0 && (about.st_mode & S_IFMT) == type;
}

static en_text parent_of(en_text path)
{
    size_t end = path.length;
    while (end > 0 && path.data[end - 1] != '/') {
        end--;
    }
    return en_text_slice(path, 0, end > 1 ? end - 1 : end);
}

/* The folder of FILE, or FILE itself if it is one. */
static en_text folder_of(en_arena *arena, const char *file)
{
    if (file == NULL || strcmp(file, "-") == 0) {
        return EN_TEXT(".");
    }
    if (exists_as(file, S_IFDIR)) {
        return en_text_copy(arena, en_text_from(file));
    }
    en_text folder = parent_of(en_text_from(file));
    return folder.length != 0 ? en_text_copy(arena, folder) : EN_TEXT(".");
}

/* As people would write it from where they stand. */
static en_text shorten(en_arena *arena, en_text folder)
{
    char room[PATH_MAX];
    if (realpath(".", room) == NULL) {
        return folder;
    }
    en_text current = en_text_copy(arena, en_text_from(room));
    if (en_text_equal(folder, current)) {
        return EN_TEXT(".");
    }
    bool inside = en_text_starts(folder, current) && folder.data[current.length] == '/';
    return inside ? en_text_slice(folder, current.length + 1, folder.length) : folder;
}

static bool is_workspace(en_arena *arena, en_text folder, unsigned level)
{
    return exists_as(en_folder_join(arena, folder, SETTINGS_NAME), S_IFREG) ||
           (level < 2 && exists_as(en_folder_join(arena, folder, EN_TEXT("schemas")), S_IFDIR));
}

static en_text find_folder(en_arena *arena, const char *file)
{
    en_text own = folder_of(arena, file);
    char room[PATH_MAX];
    if (realpath(en_text_terminate(arena, own), room) == NULL) {
        return own;
    }
    en_text folder = en_text_copy(arena, en_text_from(room));
    for (unsigned level = 0; level < MOST_FOLDERS; level++) {
        if (is_workspace(arena, folder, level)) {
            return shorten(arena, folder);
        }
        if (folder.length <= 1) {
            break;
        }
        folder = parent_of(folder);
    }
    return own;
}

/* --- enact.json --- */

typedef struct reader {
    en_arena *arena;
    en_workspace *workspace;
    en_problems *problems;
    const en_document *document;
    en_text database; /* as written */
} reader;

static en_problem *complain(reader *in, en_severity severity, en_text path, const char *message)
{
    en_problem *problem = en_problems_add(in->problems, severity, "%s", message);
    problem->file = en_document_name(in->document);
    problem->path = path;
    if (!en_document_place(in->document, path, &problem->line, &problem->column)) {
        problem->line = 0;
    }
    return problem;
}

static void expect(reader *in, en_text path, const char *what, en_value value)
{
    en_problem *problem = complain(in, EN_SEVERITY_ERROR, path, "");
    en_text found = en_is(value, EN_TEXT_VALUE) ? en_json_text(in->arena, value, 0)
                                                : en_text_from(en_tag_name((en_tag)value.tag));
    problem->message =
        en_text_format(in->arena, "expected %s but found %.*s", what, EN_TEXT_ARG(found));
}

static void read_database(reader *in, en_text path, en_value value)
{
    if (!en_is(value, EN_TEXT_VALUE) || value.length == 0) {
        expect(in, path, "a path or URL", value);
        return;
    }
    in->database = en_value_text(value);
}

static void read_durability(reader *in, en_text path, en_value value)
{
    if (en_text_equal(en_value_text(value), EN_TEXT("normal"))) {
        in->workspace->durability = EN_DURABLE_NORMAL;
    } else if (!en_text_equal(en_value_text(value), EN_TEXT("full"))) {
        expect(in, path, "\"full\" or \"normal\"", value);
    }
}

static void read_stores(reader *in, en_text path, en_value value)
{
    if (!en_text_equal(en_value_text(value), EN_TEXT("declared"))) {
        expect(in, path, "\"declared\"", value);
        return;
    }
    in->workspace->only_declared_stores = true;
}

static void read_auto_index(reader *in, en_text path, en_value value)
{
    if (!en_is(value, EN_BOOLEAN)) {
        expect(in, path, "true or false", value);
        return;
    }
    in->workspace->no_auto_index = !value.as.boolean;
}

static void read_zone(reader *in, en_text path, en_value value)
{
    if (!en_is(value, EN_TEXT_VALUE)) {
        expect(in, path, "the name of a time zone", value);
        return;
    }
    in->workspace->zone = en_value_text(value);
}

static void read_texts(reader *in, en_text path, en_value value, en_text **texts, size_t *count)
{
    if (!en_is(value, EN_ARRAY)) {
        expect(in, path, "a list of texts", value);
        return;
    }
    en_text *made = EN_TRY_ARRAY(in->arena, en_text, value.length + (size_t)1);
    for (uint32_t i = 0; made != NULL && i < value.length; i++) {
        if (!en_is(value.as.items[i], EN_TEXT_VALUE)) {
            expect(in, en_text_format(in->arena, "%.*s[%u]", EN_TEXT_ARG(path), (unsigned)i),
                   "a text", value.as.items[i]);
            continue;
        }
        made[(*count)++] = en_value_text(value.as.items[i]);
    }
    *texts = made;
}

static void read_hosts(reader *in, en_text path, en_value value)
{
    read_texts(in, path, value, &in->workspace->allowed_hosts, &in->workspace->allowed_host_count);
}

static void read_environment(reader *in, en_text path, en_value value)
{
    read_texts(in, path, value, &in->workspace->environment, &in->workspace->environment_count);
}

static void read_redacted(reader *in, en_text path, en_value value)
{
    read_texts(in, path, value, &in->workspace->redacted, &in->workspace->redacted_count);
}

static void read_operations(reader *in, en_text path, en_value value)
{
    int64_t count;
    if (!en_value_integer(value, &count) || count < 1) {
        expect(in, path, "a whole number from 1", value);
        return;
    }
    in->workspace->max_operations = (uint64_t)count;
}

/* A number or a text with a unit. */
static en_text amount_text(reader *in, en_value value)
{
    return en_is(value, EN_NUMBER) ? en_json_text(in->arena, value, 0) : en_value_text(value);
}

static void read_memory(reader *in, en_text path, en_value value)
{
    if (!en_units_read_bytes(amount_text(in, value), &in->workspace->max_bytes)) {
        expect(in, path, "a size such as \"256M\"", value);
    }
}

static void read_timeout(reader *in, en_text path, en_value value)
{
    if (!en_units_read_ms(amount_text(in, value), &in->workspace->timeout_ms)) {
        expect(in, path, "a duration such as \"40m\"", value);
    }
}

typedef struct setting {
    const char *name;
    void (*read)(reader *in, en_text path, en_value value);
} setting;

static void read_segment(reader *in, en_text path, en_value value)
{
    int64_t duration_ms = 0;
    if (!en_is(value, EN_NUMBER) || !en_value_integer(value, &duration_ms) || duration_ms < 1 ||
        duration_ms > INT32_MAX) {
        expect(in, path, "a whole number of milliseconds from 1", value);
        return;
    }
    in->workspace->segment_ms = (uint32_t)duration_ms;
}

/* --- history --- */

bool en_keep_find(en_text word, en_keep *keep)
{
    static const char *const words[] = {
        [EN_KEEP_NOTHING] = "nothing", [EN_KEEP_COUNTS] = "counts", [EN_KEEP_BUNDLES] = "bundles"
    };
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        if (en_text_equal(word, en_text_from(words[i]))) {
            *keep = (en_keep)i;
            return true;
        }
    }
    return false;
}

static void read_keep(reader *in, en_text path, en_value value)
{
    if (!en_keep_find(en_value_text(value), &in->workspace->history.keep)) {
        expect(in, path, "\"nothing\", \"counts\" or \"bundles\"", value);
    }
}

static void read_most_runs(reader *in, en_text path, en_value value)
{
    int64_t runs = 0;
    if (!en_value_integer(value, &runs) || runs < 1) {
        expect(in, path, "a whole number from 1", value);
        return;
    }
    in->workspace->history.most_runs = (uint64_t)runs;
}

static void read_most_bytes(reader *in, en_text path, en_value value)
{
    if (!en_units_read_bytes(amount_text(in, value), &in->workspace->history.most_bytes)) {
        expect(in, path, "a size such as \"256M\"", value);
    }
}

static void read_most_run_bytes(reader *in, en_text path, en_value value)
{
    if (!en_units_read_bytes(amount_text(in, value), &in->workspace->history.most_run_bytes)) {
        expect(in, path, "a size such as \"4M\"", value);
    }
}

static void read_max_age(reader *in, en_text path, en_value value)
{
    if (!en_units_read_ms(amount_text(in, value), &in->workspace->history.max_age_ms)) {
        expect(in, path, "a duration such as \"30d\"", value);
    }
}

static void read_limits(reader *in, en_text path, en_value value);
static void read_history(reader *in, en_text path, en_value value);

static const setting settings[] = {
    { "database", read_database },
    { "durability", read_durability },
    { "autoIndex", read_auto_index },
    { "stores", read_stores },
    { "allowNet", read_hosts },
    { "env", read_environment },
    { "redact", read_redacted },
    { "timezone", read_zone },
    { "limits", read_limits },
    { "history", read_history },
    { NULL, NULL },
};

static const setting history[] = {
    { "keep", read_keep },           { "maxRuns", read_most_runs },
    { "maxBytes", read_most_bytes }, { "maxRunBytes", read_most_run_bytes },
    { "maxAge", read_max_age },      { NULL, NULL },
};

static const setting limits[] = {
    { "operations", read_operations },
    { "memory", read_memory },
    { "timeout", read_timeout },
    { "segmentMs", read_segment },
    { NULL, NULL },
};

static const setting *find_setting(const setting *known, en_text name)
{
    for (; known->name != NULL; known++) {
        if (en_text_equal(name, en_text_from(known->name))) {
            return known;
        }
    }
    return NULL;
}

static void warn_unknown(reader *in, const setting *known, en_text path, en_text name)
{
    en_text names[sizeof settings / sizeof settings[0]];
    size_t count = 0;
    for (; known[count].name != NULL; count++) {
        names[count] = en_text_from(known[count].name);
    }
    en_problem *problem = complain(in, EN_SEVERITY_WARNING, path, "");
    problem->message = en_text_format(in->arena, "there is no setting \"%.*s\"", EN_TEXT_ARG(name));
    size_t nearest = en_text_nearest(name, names, count);
    if (nearest != SIZE_MAX) {
        problem->hint =
            en_text_format(in->arena, "did you mean \"%.*s\"?", EN_TEXT_ARG(names[nearest]));
    }
}

static void read_settings(reader *in, const setting *known, en_text path, en_value value)
{
    const en_member *members = en_collection_members(value);
    for (uint32_t i = 0; i < en_collection_count(value); i++) {
        en_text name = members[i].name;
        en_text below = path.length == 0 ? name
                                         : en_text_format(in->arena, "%.*s.%.*s", EN_TEXT_ARG(path),
                                                          EN_TEXT_ARG(name));
        const setting *found = find_setting(known, name);
        if (found != NULL) {
            found->read(in, below, members[i].value);
        } else if (!en_text_starts(name, EN_TEXT("$"))) { /* "$schema" is for editors */
            warn_unknown(in, known, below, name);
        }
    }
}

static void read_group(reader *in, const setting *known, en_text path, en_value value)
{
    if (!en_is(value, EN_COLLECTION)) {
        expect(in, path, "a collection", value);
        return;
    }
    read_settings(in, known, path, value);
}

static void read_limits(reader *in, en_text path, en_value value)
{
    read_group(in, limits, path, value);
}

static void read_history(reader *in, en_text path, en_value value)
{
    read_group(in, history, path, value);
}

/* NULL when it is not there or cannot be read. */
static en_document *read_document(reader *in, const char *path)
{
    en_document *document = NULL;
    en_error error;
    en_error_clear(&error);
    if (!en_document_read_file(in->arena, path, 0, &document, &error)) {
        en_problem *problem = en_problems_add_error(in->problems, EN_SEVERITY_ERROR, &error);
        if (problem->file.length == 0) {
            problem->file = en_text_from(path);
        }
        return NULL;
    }
    in->document = document;
    return document;
}

static void read_enact_json(reader *in)
{
    const char *path = en_folder_join(in->arena, in->workspace->folder, SETTINGS_NAME);
    if (!exists_as(path, S_IFREG) || read_document(in, path) == NULL) {
        return;
    }
    en_value root = en_document_root(in->document);
    if (!en_is(root, EN_COLLECTION)) {
        expect(in, EN_TEXT(""), "a collection of settings", root);
        return;
    }
    read_settings(in, settings, EN_TEXT(""), root);
}

/* --- schemas --- */

/* What the reader of schemas complained about gets its place in the file. */
static void place_problems(reader *in, en_problem *from)
{
    for (en_problem *problem = from; problem != NULL; problem = problem->next) {
        problem->file = en_document_name(in->document);
        if (problem->line == 0 &&
            !en_document_place(in->document, problem->path, &problem->line, &problem->column)) {
            problem->line = 0;
        }
    }
}

static const en_schema *read_schema(reader *in, const char *path)
{
    if (read_document(in, path) == NULL) {
        return NULL;
    }
    en_value root = en_document_root(in->document);
    if (!en_collection_has(root, EN_TEXT("structure"))) {
        return NULL; /* a JSON Schema for editors, or something else */
    }
    if (!en_is(en_collection_find(root, EN_TEXT("name")), EN_TEXT_VALUE)) {
        complain(in, EN_SEVERITY_WARNING, EN_TEXT(""),
                 "a structure without a \"name\": it declares no data store");
        return NULL;
    }
    en_problem *last = in->problems->last;
    const en_schema *schema = en_schema_read(in->arena, root, in->problems);
    place_problems(in, last != NULL ? last->next : in->problems->first);
    return schema;
}

static void add_schema(reader *in, const en_schema **schemas, const en_schema *schema)
{
    en_workspace *workspace = in->workspace;
    for (size_t i = 0; i < workspace->schema_count; i++) {
        if (en_text_equal(schemas[i]->name, schema->name)) {
            en_problem *problem = complain(in, EN_SEVERITY_ERROR, EN_TEXT("name"), "");
            problem->message = en_text_format(
                in->arena, "another schema is called \"%.*s\" already", EN_TEXT_ARG(schema->name));
            return;
        }
    }
    schemas[workspace->schema_count++] = schema;
}

static void read_schemas(reader *in)
{
    const char *folder = en_folder_join(in->arena, in->workspace->folder, EN_TEXT("schemas"));
    en_entry *entries;
    size_t count;
    if (!en_folder_list(in->arena, folder, &entries, &count)) {
        return;
    }
    const en_schema **schemas = en_arena_alloc(in->arena, (count + 1) * sizeof *schemas);
    for (size_t i = 0; i < count; i++) {
        bool is_json = en_text_ends(entries[i].name, EN_TEXT(".json"));
        bool for_editors = en_text_ends(entries[i].name, EN_TEXT(".schema.json"));
        if (entries[i].is_file && is_json && !for_editors) {
            const char *path = en_folder_join(in->arena, en_text_from(folder), entries[i].name);
            const en_schema *schema = read_schema(in, path);
            if (schema != NULL) {
                add_schema(in, schemas, schema);
            }
        }
    }
    in->workspace->schemas = schemas;
}

/* A path in enact.json is meant from where that file stands. */
static en_text database_path(reader *in)
{
    en_text written = in->database.length != 0 ? in->database : EN_TEXT("enact.db");
    bool stands = written.data[0] == '/' || en_text_equal(written, EN_TEXT(":memory:")) ||
                  en_text_find(written, EN_TEXT("://"), 0) != SIZE_MAX;
    return en_text_from(stands ? en_text_terminate(in->arena, written)
                               : en_folder_join(in->arena, in->workspace->folder, written));
}

bool en_workspace_open(en_arena *arena, const char *file, en_workspace *workspace,
                       en_problems *problems)
{
    size_t errors_before = problems->errors;
    *workspace = (en_workspace){ .folder = find_folder(arena, file),
                                 .durability = EN_DURABLE_FULL,
                                 .history = { .most_runs = 10000,
                                              .most_bytes = (uint64_t)256 << 20,
                                              .most_run_bytes = (uint64_t)4 << 20,
                                              .max_age_ms = INT64_C(30) * 24 * 3600 * 1000 } };
    reader in = { .arena = arena, .workspace = workspace, .problems = problems };
    read_enact_json(&in);
    read_schemas(&in);
    workspace->database = database_path(&in);
    return problems->errors == errors_before;
}

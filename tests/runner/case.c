#include "case.h"

#include "content.h"
#include "flow/expect.h"
#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_WORDS = 128, LARGEST_OUTPUT = 512 << 20 };

static const char default_now[] = "2026-01-02T03:04:05.678Z";

typedef struct words {
    const char *list[MOST_WORDS];
    size_t count;
} words;

typedef struct case_run {
    const case_setting *setting;
    en_arena arena;
    maker make;
    en_value written;
    const char *folder;
    fake_server server;
    words environment;
    size_t number; /* of the run within the case, from 1 */
    size_t runs;
    bool failed;
} case_run;

static en_value member(en_value of, const char *name)
{
    return en_collection_find(of, en_text_from(name));
}

EN_FORMAT(2, 3) static void complain(case_run *self, const char *format, ...)
{
    en_text id = en_value_text(member(self->written, "id"));
    en_text why = en_value_text(member(self->written, "why"));
    va_list arguments;
    if (!self->failed) {
        printf("FAIL %.*s (%.*s)\n", EN_TEXT_ARG(id), EN_TEXT_ARG(why));
    }
    self->failed = true;
    fputs("     ", stdout);
    if (self->runs > 1) {
        printf("run %zu: ", self->number);
    }
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

static void add_word(case_run *self, words *to, const char *word)
{
    if (to->count + 1 >= MOST_WORDS) {
        complain(self, "too many arguments");
        return;
    }
    to->list[to->count++] = word;
    to->list[to->count] = NULL;
}

static bool has_word(const words *in, const char *word)
{
    for (size_t i = 0; i < in->count; i++) {
        if (strcmp(in->list[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* --- the folder --- */

static const char *path_of(case_run *self, const char *name)
{
    return en_text_format(&self->arena, "%s/%s", self->folder, name).data;
}

static void write_file(case_run *self, const char *name, en_text content)
{
    FILE *file = fopen(path_of(self, name), "w");
    if (file == NULL || fwrite(content.data, 1, content.length, file) != content.length ||
        fclose(file) != 0) {
        give_up("cannot write %s: %s", path_of(self, name), strerror(errno));
    }
}

static void make_folder(case_run *self, const char *name)
{
    if (mkdir(path_of(self, name), 0700) != 0 && errno != EEXIST) {
        give_up("cannot make %s: %s", path_of(self, name), strerror(errno));
    }
}

static void remove_folder(const char *folder, unsigned depth)
{
    DIR *entries = depth < 8 ? opendir(folder) : NULL;
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        char path[4096];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path) != 0) {
            remove_folder(path, depth + 1);
        }
    }
    if (entries != NULL) {
        closedir(entries);
    }
    rmdir(folder);
}

static en_text read_back(case_run *self, const char *name)
{
    en_text content = EN_TEXT("");
    en_error error;
    en_error_clear(&error);
    if (access(path_of(self, name), R_OK) == 0 &&
        !en_file_read(&self->arena, path_of(self, name), LARGEST_OUTPUT, &content, &error)) {
        complain(self, "cannot read %s: %s", name, error.message);
    }
    return content;
}

/* The scenario's file, from a value, a part or a text. */
static en_text scenario_text(case_run *self)
{
    maker *make = &self->make;
    en_value patches = member(self->written, "patch");
    en_value file = member(self->written, "file");
    if (file.tag == EN_TEXT_VALUE && patches.tag == EN_NOTHING) {
        return fill_text(make, read_part(make, en_value_text(file)), member(self->written, "fill"));
    }
    en_value text = member(self->written, "text");
    if (text.tag != EN_NOTHING) {
        return make_file(make, text);
    }
    en_value scenario = member(self->written, "scenario");
    if (file.tag == EN_TEXT_VALUE) {
        en_collection_builder part;
        en_collection_builder_init(&part, &self->arena);
        en_collection_builder_add(&part, EN_TEXT("$part"), file);
        scenario = en_collection_builder_take(&part);
    }
    scenario = make_value(make, scenario);
    for (uint32_t i = 0; patches.tag == EN_ARRAY && i < patches.length && !make->absent; i++) {
        scenario = patch_value(make, scenario, member(patches.as.items[i], "path"),
                               make_value(make, member(patches.as.items[i], "value")));
    }
    return en_json_text(&self->arena, scenario, 0);
}

/* A definition is called as its file, unless it says its name itself. */
static en_value name_schema(case_run *self, en_value definition, en_text name)
{
    en_value path = en_array((en_value[]){ en_text_value(EN_TEXT("name")) }, 1);
    return en_collection_has(definition, EN_TEXT("name"))
               ? definition
               : patch_value(&self->make, definition, path, en_text_value(name));
}

static void write_members(case_run *self, const char *what, const char *format)
{
    en_value files = member(self->written, what);
    const en_member *members = en_collection_members(files);
    for (uint32_t i = 0; i < en_collection_count(files); i++) {
        char name[256];
        snprintf(name, sizeof name, "%.*s%s", EN_TEXT_ARG(members[i].name), format);
        en_text path = strcmp(what, "schemas") == 0
                           ? en_text_format(&self->arena, "schemas/%s", name)
                           : en_text_from(name);
        en_value content = members[i].value;
        if (strcmp(what, "schemas") == 0) {
            content = name_schema(self, make_value(&self->make, content), members[i].name);
        }
        write_file(self, path.data, make_file(&self->make, content));
    }
}

static void write_workspace(case_run *self)
{
    make_folder(self, "schemas");
    write_members(self, "schemas", ".json");
    write_members(self, "files", "");
    if (en_collection_has(self->written, EN_TEXT("config"))) {
        write_file(self, "enact.json", make_file(&self->make, member(self->written, "config")));
    }
    write_file(self, "scenario.json", scenario_text(self));
}

/* --- the server --- */

static void start_case_server(case_run *self)
{
    en_value script = member(self->written, "http");
    words line = { .count = 0 };
    if (script.tag != EN_ARRAY) {
        return;
    }
    add_word(self, &line, self->setting->server);
    add_word(self, &line, "--seconds");
    add_word(self, &line, "120");
    add_word(self, &line, "--log");
    add_word(self, &line, path_of(self, "requests.log"));
    for (uint32_t i = 0; i < script.length; i++) {
        add_word(self, &line, "--line");
        add_word(self, &line, en_text_terminate(&self->arena, en_value_text(script.as.items[i])));
    }
    start_server(&self->server, line.list);
    self->make.host = en_text_format(&self->arena, "127.0.0.1:%u", self->server.port);
    self->make.url = en_text_format(&self->arena, "http://127.0.0.1:%u", self->server.port);
}

/* What the server got, each with its body as JSON if it is. */
static en_value read_requests(case_run *self)
{
    en_array_builder requests;
    en_array_builder_init(&requests, &self->arena);
    en_text log = read_back(self, "requests.log");
    for (size_t at = 0; at < log.length;) {
        size_t end = en_text_find(log, EN_TEXT("\n"), at);
        en_value request = en_null();
        en_value body;
        if (!en_json_read(&self->arena, en_text_slice(log, at, end), 0, EN_JSON_DEPTH, &request,
                          NULL)) {
            complain(self, "the server's log cannot be read");
            break;
        }
        if (en_json_read(&self->arena, en_value_text(member(request, "body")), 0, EN_JSON_DEPTH,
                         &body, NULL)) {
            request =
                patch_value(&self->make, request,
                            en_array((en_value[]){ en_text_value(EN_TEXT("json")) }, 1), body);
        }
        en_array_builder_add(&requests, request);
        at = end == SIZE_MAX ? log.length : end + 1;
    }
    return en_array_builder_take(&requests);
}

/* --- the command line --- */

/* A file of the run and the flag that names it. */
static void add_file(case_run *self, words *line, en_value run, const char *what, const char *flag,
                     const char *prefix)
{
    if (!en_collection_has(run, en_text_from(what))) {
        return;
    }
    const char *name = en_text_format(&self->arena, "%s-%zu.json", what, self->number).data;
    write_file(self, name, make_file(&self->make, member(run, what)));
    add_word(self, line, flag);
    add_word(self, line, en_text_format(&self->arena, "%s%s", prefix, name).data);
}

static void add_events(case_run *self, words *line, en_value run)
{
    if (!en_collection_has(run, EN_TEXT("events"))) {
        return;
    }
    en_value events = make_value(&self->make, member(run, "events"));
    en_builder lines;
    en_builder_init(&lines, &self->arena);
    for (uint32_t i = 0; events.tag == EN_ARRAY && i < events.length; i++) {
        en_json_write(&lines, events.as.items[i], 0);
        en_builder_add_char(&lines, '\n');
    }
    const char *name = en_text_format(&self->arena, "events-%zu.jsonl", self->number).data;
    write_file(self, name, en_builder_take(&lines));
    add_word(self, line, "--events");
    add_word(self, line, name);
}

static void add_arguments(case_run *self, words *line, en_value arguments)
{
    for (uint32_t i = 0; arguments.tag == EN_ARRAY && i < arguments.length; i++) {
        en_text word = make_text(&self->make, en_value_text(arguments.as.items[i]));
        add_word(self, line, en_text_terminate(&self->arena, word));
    }
}

/* What every run gets unless the case says something else about it. */
static void add_default(case_run *self, words *line, const char *flag, const char *value)
{
    if (!has_word(line, flag)) {
        add_word(self, line, flag);
        add_word(self, line, value);
    }
}

static void build_line(case_run *self, en_value run, words *line)
{
    en_text command = en_value_text(member(self->written, "command"));
    add_word(self, line, self->setting->program);
    add_word(self, line, command.length != 0 ? en_text_terminate(&self->arena, command) : "run");
    add_arguments(self, line, member(self->written, "args"));
    if (self->runs > 1) {
        add_arguments(self, line, member(run, "args"));
    }
    if (command.length != 0) {
        return;
    }
    add_word(self, line, "scenario.json");
    if (!en_collection_has(self->written, EN_TEXT("plain"))) {
        add_word(self, line, "--json");
    }
    add_default(self, line, "--now", default_now);
    add_default(self, line, "--clock", "virtual");
    add_file(self, line, run, "input", "--input", "@");
    add_events(self, line, run);
    add_file(self, line, run, "stores", "--stores", "");
    add_file(self, line, run, "mocks", "--mock", "");
    if (self->runs > 1) {
        add_default(self, line, "--db", "run.db");
    }
    if (self->server.pid != 0 && !en_collection_has(self->written, EN_TEXT("closed"))) {
        add_default(self, line, "--allow-net", self->make.host.data);
    }
    if (en_collection_has(run, EN_TEXT("dump"))) {
        add_default(self, line, "--dump-stores", "dump.json");
    }
}

/* --- what came out --- */

static void check(case_run *self, const char *what, en_value expected, en_value actual)
{
    en_comparison with = { .arena = &self->arena, .patterns = en_regex_cache_new(&self->arena) };
    en_differences differences = { 0 };
    if (!en_expect(&with, EN_TEXT(""), make_value(&self->make, expected), actual, &differences)) {
        en_text line = en_difference_line(&self->arena, differences.first);
        complain(self, "%s: %.*s", what, (int)line.length, line.data);
    }
}

static void check_lines(case_run *self, en_value expected, en_text output)
{
    en_array_builder lines;
    en_array_builder_init(&lines, &self->arena);
    for (size_t at = 0; at < output.length;) {
        size_t end = en_text_find(output, EN_TEXT("\n"), at);
        en_value value;
        en_error error;
        en_error_clear(&error);
        if (!en_json_read(&self->arena, en_text_slice(output, at, end), 0, EN_JSON_DEPTH, &value,
                          &error)) {
            complain(self, "a line of the output is no JSON: %s", error.message);
            return;
        }
        en_array_builder_add(&lines, value);
        at = end == SIZE_MAX ? output.length : end + 1;
    }
    en_value all = en_array_builder_take(&lines);
    if (expected.tag == EN_ARRAY || all.length != 1) {
        check(self, "output", expected, all);
    } else {
        check(self, "output", expected, all.as.items[0]);
    }
}

static void check_occurs(case_run *self, const char *where, en_value texts, en_text output)
{
    for (uint32_t i = 0; texts.tag == EN_ARRAY && i < texts.length; i++) {
        en_text part = make_text(&self->make, en_value_text(texts.as.items[i]));
        if (en_text_find(output, part, 0) == SIZE_MAX) {
            complain(self, "%s: expected \"%.*s\" in \"%.*s\"", where, EN_TEXT_ARG(part),
                     (int)(output.length < 1000 ? output.length : 1000), output.data);
        }
    }
}

static void check_dump(case_run *self, en_value expected)
{
    en_value dump = en_null();
    en_text text = read_back(self, "dump.json");
    if (text.length == 0) {
        dump = en_nothing();
    } else if (!en_json_read(&self->arena, text, EN_JSON_TYPED, EN_JSON_DEPTH, &dump, NULL)) {
        complain(self, "the stores cannot be read: \"%.*s\"", EN_TEXT_ARG(text));
        return;
    }
    check(self, "stores", expected, dump);
}

/* One code or several; none is 0. */
static bool is_exit_code(en_value wanted, int code)
{
    for (uint32_t i = 0; wanted.tag == EN_ARRAY && i < wanted.length; i++) {
        if (is_exit_code(wanted.as.items[i], code)) {
            return true;
        }
    }
    return wanted.tag != EN_ARRAY && code == (int)en_value_number(wanted);
}

static void check_run(case_run *self, en_value run, int code)
{
    en_text output = read_back(self, "stdout");
    en_text errors = read_back(self, "stderr");
    if (!is_exit_code(member(run, "exit"), code)) {
        complain(self, "exit code: expected %.*s but got %d: %.*s",
                 EN_TEXT_ARG(en_json_text(&self->arena, member(run, "exit"), 0)), code,
                 (int)(errors.length < 2000 ? errors.length : 2000), errors.data);
        return;
    }
    if (en_collection_has(run, EN_TEXT("expect"))) {
        check_lines(self, member(run, "expect"), output);
    }
    check_occurs(self, "stdout", member(run, "stdout"), output);
    check_occurs(self, "stderr", member(run, "stderr"), errors);
    if (en_collection_has(run, EN_TEXT("dump"))) {
        check_dump(self, member(run, "dump"));
    }
}

/* --- a case --- */

static void read_environment(case_run *self)
{
    en_value names = member(self->written, "env");
    const en_member *members = en_collection_members(names);
    for (uint32_t i = 0; i < en_collection_count(names); i++) {
        add_word(
            self, &self->environment,
            en_text_format(&self->arena, "%.*s=%.*s", EN_TEXT_ARG(members[i].name),
                           EN_TEXT_ARG(make_text(&self->make, en_value_text(members[i].value))))
                .data);
    }
}

static void run_once(case_run *self, en_value run)
{
    words line = { .count = 0 };
    build_line(self, run, &line);
    if (self->make.absent || self->make.failed.length != 0) {
        return;
    }
    unlink(path_of(self, "dump.json"));
    int code = run_program(self->folder, line.list, self->environment.list, path_of(self, "stdout"),
                           path_of(self, "stderr"));
    check_run(self, run, code);
}

static void run_all(case_run *self)
{
    en_value runs = member(self->written, "runs");
    start_case_server(self);
    read_environment(self);
    write_workspace(self);
    self->runs = runs.tag == EN_ARRAY ? runs.length : 1;
    for (self->number = 1; self->number <= self->runs && !self->failed; self->number++) {
        run_once(self, runs.tag == EN_ARRAY ? runs.as.items[self->number - 1] : self->written);
    }
    bool ran = !self->failed && !self->make.absent;
    if (ran && en_collection_has(self->written, EN_TEXT("requests"))) {
        check(self, "requests", member(self->written, "requests"), read_requests(self));
    }
    stop_server(&self->server);
}

static const char *make_case_folder(en_arena *arena)
{
    const char *temporary = getenv("TMPDIR");
    char *folder = (char *)(uintptr_t)en_text_format(arena, "%s/enact-case-XXXXXX",
                                                     temporary != NULL ? temporary : "/tmp")
                       .data;
    if (mkdtemp(folder) == NULL) {
        give_up("cannot make %s: %s", folder, strerror(errno));
    }
    return folder;
}

case_outcome run_case(const case_setting *setting, en_value written)
{
    case_run self = { .setting = setting, .written = written };
    en_arena_init(&self.arena, NULL);
    self.make = (maker){ .arena = &self.arena, .shared = setting->shared };
    self.folder = make_case_folder(&self.arena);
    run_all(&self);
    if (self.make.failed.length != 0) {
        complain(&self, "the case is written wrongly: %.*s", EN_TEXT_ARG(self.make.failed));
    }
    if (setting->keeps) {
        printf("%.*s: %s\n", EN_TEXT_ARG(en_value_text(member(written, "id"))), self.folder);
    } else {
        remove_folder(self.folder, 0);
    }
    bool absent = self.make.absent;
    en_arena_done(&self.arena);
    return absent ? CASE_SKIPPED : self.failed ? CASE_FAILED : CASE_PASSED;
}

/* util - variables and parsers. Sources: toolkit-dialect.md 2.5, Q48. */
#include "module/module.h"
#include "value/csv.h"
#include "value/unicode.h"

static en_value name_and_value(en_call *call, en_value name, en_value value)
{
    en_collection_builder bundle;
    en_collection_builder_init(&bundle, en_call_arena(call));
    en_collection_builder_add(&bundle, EN_TEXT("name"), name);
    en_collection_builder_add(&bundle, EN_TEXT("value"), value);
    return en_collection_builder_take(&bundle);
}

static const en_param variable_gives[] = {
    { "name", EN_T_TEXT, EN_REQUIRED, .doc = "The variable's name." },
    { "value", EN_T_ANY, 0, .doc = "Its value; null when it was never set." },
    { 0 },
};

enum { SET_NAME, SET_VALUE };
static const en_param set_takes[] = {
    [SET_NAME] = { "name", EN_T_TEXT, EN_REQUIRED, .doc = "Name; {{name}} reads it afterwards." },
    [SET_VALUE] = { "value", EN_T_ANY, EN_REQUIRED | EN_MAY_BE_EMPTY, .doc = "Any value." },
    { 0 },
};

static bool set_run(en_call *call)
{
    en_value value = en_call_value(call, SET_VALUE);
    en_call_set_variable(call, en_call_text(call, SET_NAME), value);
    return en_call_emit(call, name_and_value(call, en_call_value(call, SET_NAME), value));
}

enum { GET_NAME };
static const en_param get_takes[] = {
    [GET_NAME] = { "name", EN_T_TEXT, EN_REQUIRED, .doc = "Name of the variable." },
    { 0 },
};

static bool get_run(en_call *call)
{
    en_value value = en_call_variable(call, en_call_text(call, GET_NAME));
    return en_call_emit(call, name_and_value(call, en_call_value(call, GET_NAME),
                                             value.tag == EN_NOTHING ? en_null() : value));
}

/* --- text parser --- */

enum { TEXT_TEXT, TEXT_PATTERN, TEXT_GLOBAL };
static const en_param text_takes[] = {
    [TEXT_TEXT] = { "text", EN_T_TEXT | EN_T_NULL, EN_REQUIRED | EN_MAY_BE_EMPTY,
                    .doc = "Text to search." },
    [TEXT_PATTERN] = { "pattern", EN_T_TEXT, EN_REQUIRED,
                       .doc = "A JavaScript regular expression." },
    [TEXT_GLOBAL] = { "global", EN_T_BOOLEAN, 0, .fallback = "true",
                      .doc = "All matches, or only the first." },
    { 0 },
};
static const en_param text_gives[] = {
    { "match", EN_T_TEXT, EN_REQUIRED, .doc = "What the whole pattern matched." },
    { "index", EN_T_COUNT, EN_REQUIRED, .doc = "Where, in UTF-16 units from 0." },
    { "groups", EN_T_ARRAY, EN_REQUIRED,
      .doc = "The groups in order; named ones are fields as well." },
    { 0 },
};

static en_value span_text(en_text subject, en_regex_span span)
{
    return span.start == SIZE_MAX ? en_null()
                                  : en_text_value(en_text_slice(subject, span.start, span.end));
}

static en_value match_bundle(en_arena *arena, const en_regex *regex, en_text subject,
                             const en_regex_span *spans)
{
    en_collection_builder bundle;
    en_array_builder groups;
    en_collection_builder_init(&bundle, arena);
    en_array_builder_init(&groups, arena);
    en_collection_builder_add(&bundle, EN_TEXT("match"), span_text(subject, spans[0]));
    en_collection_builder_add(&bundle, EN_TEXT("index"),
                              en_number((double)en_unicode_position(subject, spans[0].start)));
    for (size_t i = 1; i <= en_regex_groups(regex); i++) {
        en_array_builder_add(&groups, span_text(subject, spans[i]));
        en_text name = en_regex_group_name(regex, i);
        if (name.length != 0) {
            en_collection_builder_add(&bundle, name, span_text(subject, spans[i]));
        }
    }
    en_collection_builder_add(&bundle, EN_TEXT("groups"), en_array_builder_take(&groups));
    return en_collection_builder_take(&bundle);
}

/* Behind an empty match the search goes on one character later. */
static size_t next_start(en_text subject, en_regex_span span)
{
    size_t at = span.end;
    if (span.end == span.start) {
        at++;
        while (at < subject.length && ((unsigned char)subject.data[at] & 0xC0) == 0x80) {
            at++;
        }
    }
    return at;
}

static bool text_run(en_call *call)
{
    en_arena *arena = en_call_arena(call);
    en_text subject = en_call_text(call, TEXT_TEXT);
    const en_regex *regex;
    if (!en_regex_cache_get(en_call_patterns(call), en_call_text(call, TEXT_PATTERN), 0, &regex,
                            en_call_error(call))) {
        en_error_prefix_path(en_call_error(call), EN_TEXT("pattern"));
        return false;
    }
    en_regex_span *spans = EN_TRY_ARRAY(arena, en_regex_span, en_regex_groups(regex) + 1);
    en_array_builder matches;
    en_array_builder_init(&matches, arena);
    bool found = spans != NULL;
    for (size_t at = 0; found && at <= subject.length; at = next_start(subject, spans[0])) {
        if (!en_regex_search(regex, subject, at, &found, spans, arena, en_call_error(call))) {
            return false;
        }
        if (found) {
            en_array_builder_add(&matches, match_bundle(arena, regex, subject, spans));
            found = en_call_boolean(call, TEXT_GLOBAL);
        }
    }
    return en_call_emit_list(call, en_array_builder_take(&matches));
}

/* --- JSON and CSV parsers --- */

enum { JSON_TEXT };
static const en_param json_takes[] = {
    [JSON_TEXT] = { "jsonString", EN_T_TEXT, EN_REQUIRED, .doc = "JSON text." },
    { 0 },
};
static const en_param json_gives[] = {
    { "array", EN_T_ARRAY, 0, .doc = "A list is readable as `array`; an object by its fields." },
    { 0 },
};

static bool json_run(en_call *call)
{
    en_value value;
    en_error problem;
    en_error_clear(&problem);
    if (!en_json_read(en_call_arena(call), en_call_text(call, JSON_TEXT), 0, EN_JSON_DEPTH, &value,
                      &problem)) {
        en_error *error = en_call_error(call);
        en_error_set(error, EN_DataError, "the text is not JSON: line %u, column %u: %s",
                     problem.line, problem.column, problem.message);
        en_error_prefix_path(error, EN_TEXT("jsonString"));
        return false;
    }
    return en_call_emit(call, value);
}

enum { CSV_TEXT, CSV_DELIMITER, CSV_HEADERS };
static const en_param csv_takes[] = {
    [CSV_TEXT] = { "csv", EN_T_TEXT | EN_T_NULL, EN_REQUIRED | EN_MAY_BE_EMPTY,
                   .doc = "CSV text." },
    [CSV_DELIMITER] = { "delimiter", EN_T_TEXT, 0, .fallback = "\",\"",
                        .doc = "One character between fields." },
    [CSV_HEADERS] = { "headers", EN_T_BOOLEAN, 0, .fallback = "true",
                      .doc = "The first row names the fields; else rows are arrays." },
    { 0 },
};
static const en_param csv_gives[] = {
    { "array", EN_T_ARRAY, EN_REQUIRED, .doc = "The rows." },
    { 0 },
};

static bool csv_run(en_call *call)
{
    en_value rows;
    en_text delimiter = en_call_text(call, CSV_DELIMITER);
    if (en_text_equal(delimiter, EN_TEXT("\\t"))) {
        delimiter = EN_TEXT("\t");
    }
    if (delimiter.length != 1) {
        en_error_set(en_call_error(call), EN_BundleValidationError,
                     "expected one character but got \"%.*s\"", EN_TEXT_ARG(delimiter));
        en_error_prefix_path(en_call_error(call), EN_TEXT("delimiter"));
        return false;
    }
    if (!en_csv_read(en_call_arena(call), en_call_text(call, CSV_TEXT), *delimiter.data,
                     en_call_boolean(call, CSV_HEADERS), &rows, en_call_error(call))) {
        return false;
    }
    return en_call_emit_list(call, rows);
}

static const en_module modules[] = {
    { .name = "setVariable",
      .aliases = EN_ALIASES("tools.setVariable"),
      .version = 1,
      .flags = EN_REMEMBERS,
      .takes = set_takes,
      .gives = variable_gives,
      .run = set_run,
      .doc = "Sets a variable of the run." },
    { .name = "getVariable",
      .aliases = EN_ALIASES("tools.getVariable"),
      .version = 1,
      .takes = get_takes,
      .gives = variable_gives,
      .run = get_run,
      .doc = "Reads a variable of the run." },
    { .name = "textParser",
      .version = 1,
      .emits = EN_EMITS_LIST,
      .takes = text_takes,
      .gives = text_gives,
      .run = text_run,
      .doc = "Finds the matches of a regular expression." },
    { .name = "jsonParser",
      .version = 1,
      .takes = json_takes,
      .gives = json_gives,
      .run = json_run,
      .doc = "Reads JSON text; the value itself is the output." },
    { .name = "csvParser",
      .version = 1,
      .emits = EN_EMITS_LIST,
      .takes = csv_takes,
      .gives = csv_gives,
      .run = csv_run,
      .doc = "Reads CSV text into rows." },
    { 0 },
};

const en_family en_family_util = {
    .name = "util",
    .modules = modules,
    .doc = "Variables and parsers.",
};

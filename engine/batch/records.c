#include "batch/records.h"

#include "base/base64.h"
#include "batch/format.h"
#include "batch/rows.h"
#include "value/csv.h"
#include "value/number.h"

#include <stdio.h>
#include <string.h>

enum { MOST_BYTES = 256 << 20, ORIGINAL_BYTES = 1 << 16 };

struct en_records {
    en_arena arena; /* of the parsers: they have a limit of their own */
    en_budget budget;
    const char *name;
    en_record_format format;
    en_source *source;
    const en_schema *schema;
    en_json_stream *json; /* one of these two */
    en_rows *rows;
    en_text *names; /* of CSV's columns */
    en_types *types;
    size_t column_count;
    bool has_header;
    bool ended;
    uint64_t number;
    uint64_t offset;
    uint64_t skipped; /* CSV: where to go on behind the header */
};

/* --- places --- */

static const char *file_name(const en_records *records)
{
    return strcmp(records->name, "-") == 0 ? "stdin" : records->name;
}

static void name_file(const en_records *records, en_error *error)
{
    if (error != NULL && error->file[0] == '\0' && error->type != EN_ExecutionInterruptedError) {
        snprintf(error->file, sizeof error->file, "%s", file_name(records));
    }
}

unsigned en_records_line(const en_records *records)
{
    return records->rows != NULL ? en_rows_line(records->rows) : en_json_stream_line(records->json);
}

uint64_t en_records_number(const en_records *records)
{
    return records->number;
}

uint64_t en_records_offset(const en_records *records)
{
    return records->offset;
}

en_text en_records_original(const en_records *records)
{
    en_text text = records->rows != NULL ? en_rows_original(records->rows)
                                         : en_json_stream_text(records->json);
    return en_text_slice(text, 0, text.length < ORIGINAL_BYTES ? text.length : ORIGINAL_BYTES);
}

bool en_records_go_on(const en_records *records)
{
    return !records->ended && (records->rows != NULL ? en_rows_go_on(records->rows)
                                                     : !en_json_stream_ended(records->json));
}

/* The first name of a path such as "data.items[3]". */
static en_text first_name(const char *path)
{
    return (en_text){ path, strcspn(path, ".[") };
}

static void locate_cell(const en_records *records, en_error *error)
{
    en_text whole = en_text_from(error->path);
    en_text first = first_name(error->path);
    size_t index = 0;
    while (index < records->column_count && !en_text_equal(records->names[index], whole) &&
           !en_text_equal(records->names[index], first)) {
        index++;
    }
    en_rows_place(records->rows, index < records->column_count ? index : 0, &error->line,
                  &error->column);
}

/* The record is read once more as a document, which knows the places of its values. */
static void locate_value(const en_records *records, en_error *error)
{
    en_arena arena;
    en_document *document;
    unsigned line = 1;
    unsigned column = 1;
    en_arena_init(&arena, NULL);
    if (error->path[0] == '\0' ||
        !en_document_read(&arena, EN_TEXT("record"), en_json_stream_text(records->json), 0,
                          &document, NULL) ||
        !en_document_place(document, en_text_from(error->path), &line, &column)) {
        line = 1;
        column = 1;
    }
    en_arena_done(&arena);
    error->line = en_json_stream_line(records->json) + line - 1;
    error->column = line == 1 ? en_json_stream_column(records->json) + column - 1 : column;
}

void en_records_locate(const en_records *records, en_error *error)
{
    name_file(records, error);
    if (error->line != 0) {
        return;
    }
    if (records->rows != NULL) {
        locate_cell(records, error);
    } else {
        locate_value(records, error);
    }
}

/* --- CSV: the header --- */

static bool refuse_header(en_records *records, size_t column, en_error *error)
{
    records->ended = true;
    name_file(records, error);
    if (error != NULL && error->line == 0) {
        en_rows_place(records->rows, column, &error->line, &error->column);
    }
    return false;
}

static bool check_names(en_records *records, const en_text *header, size_t count, en_error *error)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (header[i].length != 0 && en_text_equal(header[i], header[j])) {
                en_error_set(error, EN_DataError, "two columns are called \"%.*s\"",
                             EN_TEXT_ARG(header[i]));
                return refuse_header(records, i, error);
            }
        }
    }
    return true;
}

static en_types type_of(const en_schema *schema, en_text name)
{
    bool is_ours = en_text_equal(name, EN_CSV_KEY) || en_text_equal(name, EN_CSV_EXTRA);
    const en_field *field = schema != NULL && !is_ours ? en_schema_field(schema, name) : NULL;
    return field != NULL ? field->type : EN_T_TEXT;
}

static bool read_header(en_records *records, en_error *error)
{
    en_fields header;
    bool found;
    records->has_header = true;
    if (!en_rows_next(records->rows, &records->arena, &header, &found, error)) {
        records->ended = true;
        name_file(records, error);
        return false;
    }
    if (!found) {
        records->ended = true;
        return true;
    }
    records->names = EN_TRY_ARRAY(&records->arena, en_text, header.count + 1);
    records->types = EN_TRY_ARRAY(&records->arena, en_types, header.count + 1);
    if (records->names == NULL || records->types == NULL) {
        en_error_set(error, EN_DataSizeLimitExceededError, "not enough memory for the header");
        return refuse_header(records, 0, error);
    }
    en_csv_names(&records->arena, header.items, header.count, records->names);
    records->column_count = header.count;
    if (!check_names(records, header.items, header.count, error)) {
        return false;
    }
    for (size_t i = 0; i < header.count; i++) {
        records->types[i] = type_of(records->schema, records->names[i]);
    }
    records->offset = en_rows_offset(records->rows);
    return records->skipped <= records->offset ||
           en_rows_skip(records->rows, records->skipped, error);
}

/* --- CSV: cells --- */

static const struct {
    const char *word;
    bool is_true;
} booleans[] = {
    { "true", true }, { "false", false }, { "1", true }, { "0", false },
    { "yes", true },  { "no", false },    { "y", true }, { "n", false },
    { "on", true },   { "off", false },   { "t", true }, { "f", false },
};

static bool read_boolean(en_text cell, en_value *value, en_error *error)
{
    for (size_t i = 0; i < sizeof booleans / sizeof *booleans; i++) {
        if (en_text_equal_nocase(cell, en_text_from(booleans[i].word))) {
            *value = en_boolean(booleans[i].is_true);
            return true;
        }
    }
    return en_error_set(error, EN_BundleValidationError,
                        "expected a boolean such as true or false but got \"%.*s\"",
                        (int)(cell.length < 40 ? cell.length : 40), cell.data);
}

static bool read_base64(en_text cell, en_arena *arena, en_value *value, en_error *error)
{
    en_text bytes;
    if (!en_base64_decode(arena, cell, &bytes)) {
        return en_error_set(error, EN_BundleValidationError, "expected base64");
    }
    *value = en_buffer(bytes);
    return true;
}

/* JSON, where a text alone cannot tell what it stands for. */
static bool read_nested(en_text cell, en_types type, en_arena *arena, en_value *value,
                        en_error *error)
{
    en_error inner;
    en_error_clear(&inner);
    if (en_json_read(arena, cell, 0, EN_JSON_DEPTH, value, &inner)) {
        return true;
    }
    if (type == EN_T_ANY) {
        *value = en_text_value(cell);
        return true;
    }
    return en_error_set(error, EN_BundleValidationError, "expected JSON: %s", inner.message);
}

static bool read_cell(en_types type, en_text cell, en_arena *arena, en_value *value,
                      en_error *error)
{
    switch (type) {
    case EN_T_BOOLEAN:
        return read_boolean(en_text_trim(cell), value, error);
    case EN_T_BUFFER:
        return read_base64(cell, arena, value, error);
    case EN_T_ARRAY:
    case EN_T_COLLECTION:
    case EN_T_ANY:
        return read_nested(cell, type, arena, value, error);
    default: /* the store reads numbers and dates out of texts */
        *value = en_text_value(cell);
        return true;
    }
}

static bool make_record(en_records *records, const en_fields *fields, en_arena *arena,
                        en_value *value, en_error *error)
{
    en_collection_builder members;
    en_collection_builder_init(&members, arena);
    for (size_t i = 0; i < fields->count; i++) {
        en_text cell = fields->items[i];
        en_value read;
        if (cell.data == NULL || (cell.length == 0 && records->types[i] != EN_T_TEXT)) {
            continue;
        }
        if (!read_cell(records->types[i], cell, arena, &read, error)) {
            en_error_prefix_path(error, records->names[i]);
            return false;
        }
        en_collection_builder_add(&members, records->names[i], read);
    }
    if (members.failed) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "not enough memory for this row");
    }
    *value = en_collection_builder_take(&members);
    return true;
}

static bool check_width(const en_records *records, const en_fields *fields, en_error *error)
{
    if (fields->count == records->column_count) {
        return true;
    }
    en_error_set(error, EN_DataError, "a row of %zu cells where the header has %zu", fields->count,
                 records->column_count);
    if (error != NULL) {
        bool is_long = fields->count > records->column_count;
        en_rows_place(records->rows, is_long ? records->column_count : fields->count - 1,
                      &error->line, &error->column);
    }
    return false;
}

static bool next_row(en_records *records, en_arena *arena, en_value *value, bool *found,
                     en_error *error)
{
    en_fields fields;
    if (!records->has_header && !read_header(records, error)) {
        return false;
    }
    if (records->ended) {
        return true;
    }
    if (!en_rows_next(records->rows, arena, &fields, found, error)) {
        records->number++;
        return false;
    }
    if (!*found) {
        return true;
    }
    records->number++;
    *found = false;
    if (!check_width(records, &fields, error) ||
        !make_record(records, &fields, arena, value, error)) {
        return false;
    }
    *found = true;
    return true;
}

/* --- both --- */

static bool next_value(en_records *records, en_arena *arena, en_value *value, bool *found,
                       en_error *error)
{
    bool read = en_json_stream_next(records->json, arena, value, found, error);
    records->number += *found || !read;
    return read;
}

bool en_records_next(en_records *records, en_arena *arena, en_value *value, bool *found,
                     en_error *error)
{
    *found = false;
    if (records->ended) {
        return true;
    }
    bool read = records->rows != NULL ? next_row(records, arena, value, found, error)
                                      : next_value(records, arena, value, found, error);
    if (!read) {
        if (records->ended || error == NULL || error->type == EN_ExecutionInterruptedError) {
            name_file(records, error);
            return false;
        }
        en_records_locate(records, error);
    }
    bool at_end = read && !*found;
    if (records->rows != NULL && records->has_header && !at_end) {
        records->offset = en_rows_offset(records->rows);
    } else if (records->json != NULL && !at_end) {
        records->offset = en_json_stream_offset(records->json);
    }
    return read;
}

bool en_records_skip(en_records *records, uint64_t offset, uint64_t number, en_error *error)
{
    records->number = number;
    if (records->rows != NULL) {
        records->skipped = offset;
        records->offset = offset;
        return records->has_header || read_header(records, error);
    }
    records->offset = offset;
    if (en_json_stream_skip(records->json, offset, error)) {
        return true;
    }
    name_file(records, error);
    return false;
}

en_text en_records_source(const en_records *records)
{
    return en_source_identity(records->source);
}

en_record_format en_records_format(const en_records *records)
{
    return records->format;
}

uint64_t en_records_read_bytes(const en_records *records)
{
    return en_source_read_bytes(records->source);
}

uint64_t en_records_total_bytes(const en_records *records)
{
    return en_source_total_bytes(records->source);
}

/* --- opening --- */

static void close_records(void *handle)
{
    en_records *records = handle;
    en_arena_done(&records->arena);
}

static en_records *new_records(en_arena *arena, const en_records_options *options)
{
    en_records *records = EN_NEW(arena, en_records);
    records->budget.limit_bytes = options->max_bytes != 0 ? options->max_bytes : MOST_BYTES;
    en_arena_init(&records->arena, &records->budget);
    en_arena_defer(arena, close_records, records);
    records->name = options->path;
    records->format = options->format;
    records->schema = options->schema;
    return records;
}

static bool open_parser(en_records *records, const en_records_options *options, en_error *error)
{
    if (!en_record_format_find(records->source, &records->format, error)) {
        name_file(records, error);
        return false;
    }
    if (records->format.kind == EN_RECORDS_CSV) {
        records->rows = en_rows_open(&records->arena, records->source, records->format.delimiter);
        return true;
    }
    en_json_records kind =
        records->format.kind == EN_RECORDS_LINES ? EN_JSON_LINES : EN_JSON_DETECT;
    records->json = en_json_stream_open(&records->arena, en_source_refill, records->source, kind,
                                        options->json_flags);
    return true;
}

bool en_records_open(en_arena *arena, const en_records_options *options, en_records **records,
                     en_error *error)
{
    en_records *opened = new_records(arena, options);
    if (!en_source_open(&opened->arena, options, &opened->source, error) ||
        !open_parser(opened, options, error)) {
        return false;
    }
    *records = opened;
    return true;
}

bool en_records_open_text(en_arena *arena, const en_records_options *options, en_text text,
                          size_t piece, en_records **records, en_error *error)
{
    en_records *opened = new_records(arena, options);
    opened->source = en_source_open_text(&opened->arena, text, piece);
    if (!open_parser(opened, options, error)) {
        return false;
    }
    *records = opened;
    return true;
}

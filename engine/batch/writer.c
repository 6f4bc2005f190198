#include "batch/writer.h"

#include "base/base64.h"
#include "batch/pair.h"
#include "value/number.h"
#include "value/unicode.h"

#include <string.h>

enum { WRITE_FROM = 1 << 16, PACKING_LEVEL = 6 };

struct en_writer {
    en_writer_options options;
    en_arena arena; /* of what waits */
    en_builder waiting;
    en_zip *zip; /* NULL: not packed */
    uint64_t count;
    bool *has_column; /* by field */
};

static size_t field_count(const en_schema *schema)
{
    return schema != NULL ? schema->field_count : 0;
}

/* --- bytes --- */

static bool write_waiting(en_writer *writer, en_error *error)
{
    bool failed = writer->waiting.failed;
    en_text bytes = en_builder_take(&writer->waiting);
    bool written =
        failed
            ? en_error_set(error, EN_DataSizeLimitExceededError, "not enough memory for a record")
        : writer->zip != NULL
            ? en_zip_write(writer->zip, bytes, error)
            : bytes.length == 0 || writer->options.sink(writer->options.context, bytes, error);
    en_arena_reset(&writer->arena);
    en_builder_init(&writer->waiting, &writer->arena);
    return written;
}

/* --- what goes into a cell --- */

static bool has_nul(en_text text)
{
    return text.length != 0 && memchr(text.data, '\0', text.length) != NULL;
}

/* Readers of CSV trim the names of columns, and name those that have none. */
static bool can_name_column(en_text name)
{
    return name.length != 0 && !has_nul(name) && en_unicode_trim(name).length == name.length &&
           !en_text_equal(name, EN_CSV_KEY) && !en_text_equal(name, EN_CSV_EXTRA);
}

static bool fits_cell(const en_field *field, en_value value)
{
    bool is_text = en_is(value, EN_TEXT_VALUE) && field->type != EN_T_ANY;
    if (en_is(value, EN_BUFFER)) {
        return value.length != 0; /* "" is nothing in other fields than texts */
    }
    return !is_text ||
           (!has_nul(en_value_text(value)) && (value.length != 0 || field->type == EN_T_TEXT));
}

/* A value that the field's default would otherwise replace. */
static bool is_kept_null(const en_field *field, en_value data)
{
    return !en_is_missing(field->fallback) && en_is_missing(en_collection_find(data, field->name));
}

bool en_writer_needs_extra(const en_schema *schema, en_value data)
{
    const en_member *members = en_collection_members(data);
    for (uint32_t i = 0; i < en_collection_count(data); i++) {
        const en_field *field = schema != NULL ? en_schema_field(schema, members[i].name) : NULL;
        if (field == NULL || !can_name_column(field->name) || !fits_cell(field, members[i].value)) {
            return true;
        }
    }
    for (size_t i = 0; i < field_count(schema); i++) {
        if (is_kept_null(&schema->fields[i], data)) {
            return true;
        }
    }
    return false;
}

/* --- CSV --- */

static bool needs_quotes(en_text text, char delimiter)
{
    if (text.length == 0) {
        return true;
    }
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.data[i];
        if (byte == delimiter || byte == '"' || byte == '\n' || byte == '\r') {
            return true;
        }
    }
    return false;
}

static void add_cell(en_writer *writer, en_text text)
{
    en_builder *out = &writer->waiting;
    if (!needs_quotes(text, writer->options.format.delimiter)) {
        en_builder_add(out, text);
        return;
    }
    en_builder_add_char(out, '"');
    for (size_t at = 0; at < text.length;) {
        size_t quote = en_text_find(text, EN_TEXT("\""), at);
        size_t end = quote != SIZE_MAX ? quote + 1 : text.length;
        en_builder_add(out, en_text_slice(text, at, end));
        en_builder_add(out, quote != SIZE_MAX ? EN_TEXT("\"") : EN_TEXT(""));
        at = end;
    }
    en_builder_add_char(out, '"');
}

static bool is_formula(en_text text)
{
    return text.length != 0 && memchr("=+-@\t\r", text.data[0], 6) != NULL;
}

static void add_text(en_writer *writer, en_text text)
{
    if (!writer->options.guards || !is_formula(text)) {
        add_cell(writer, text);
        return;
    }
    en_builder guarded;
    en_builder_init(&guarded, &writer->arena);
    en_builder_add_char(&guarded, '\'');
    en_builder_add(&guarded, text);
    add_cell(writer, en_builder_take(&guarded));
}

static void add_value(en_writer *writer, const en_field *field, en_value value)
{
    char number[EN_NUMBER_ROOM];
    char iso[EN_ISO_ROOM];
    en_builder base64;
    if (field->type == EN_T_ANY || value.tag == EN_ARRAY || value.tag == EN_COLLECTION) {
        add_cell(writer, en_json_text(&writer->arena, value, EN_JSON_TYPED));
        return;
    }
    switch (value.tag) {
    case EN_NUMBER:
        add_cell(writer, (en_text){ number, en_number_print(value, number) });
        break;
    case EN_BOOLEAN:
        add_cell(writer, value.as.boolean ? EN_TEXT("true") : EN_TEXT("false"));
        break;
    case EN_DATE:
        add_cell(writer, (en_text){ iso, en_date_print_iso(value.as.date_ms, iso) });
        break;
    case EN_BUFFER:
        en_builder_init(&base64, &writer->arena);
        en_base64_encode(&base64, en_value_text(value));
        add_cell(writer, en_builder_take(&base64));
        break;
    default:
        add_text(writer, en_value_text(value));
    }
}

/* Whether the member is in a cell of its own. */
static bool is_cell(const en_writer *writer, const en_member *member)
{
    const en_schema *schema = writer->options.schema;
    const en_field *field = schema != NULL ? en_schema_field(schema, member->name) : NULL;
    return field != NULL && writer->has_column[field - schema->fields] &&
           fits_cell(field, member->value);
}

static en_value make_extra(en_writer *writer, en_value data)
{
    const en_schema *schema = writer->options.schema;
    en_collection_builder extra;
    en_collection_builder_init(&extra, &writer->arena);
    for (uint32_t i = 0; i < en_collection_count(data); i++) {
        const en_member *member = &en_collection_members(data)[i];
        if (!is_cell(writer, member)) {
            en_collection_builder_add(&extra, member->name, member->value);
        }
    }
    for (size_t i = 0; i < field_count(schema); i++) {
        if (is_kept_null(&schema->fields[i], data)) {
            en_collection_builder_add(&extra, schema->fields[i].name, en_null());
        }
    }
    return en_collection_builder_take(&extra);
}

static bool add_row(en_writer *writer, en_text key, en_value data, en_error *error)
{
    const en_schema *schema = writer->options.schema;
    char delimiter = writer->options.format.delimiter;
    if (has_nul(key)) {
        en_error_set(error, EN_DataError, "CSV cannot hold a key with NUL in it");
        en_error_hint(error, "write it as JSON Lines");
        return false;
    }
    add_cell(writer, key);
    for (size_t i = 0; i < field_count(schema); i++) {
        const en_field *field = &schema->fields[i];
        en_value value = en_collection_find(data, field->name);
        if (!writer->has_column[i]) {
            continue;
        }
        en_builder_add_char(&writer->waiting, delimiter);
        if (!en_is_missing(value) && fits_cell(field, value)) {
            add_value(writer, field, value);
        }
    }
    if (writer->options.has_extra) {
        en_value extra = make_extra(writer, data);
        en_builder_add_char(&writer->waiting, delimiter);
        if (en_collection_count(extra) != 0) {
            add_cell(writer, en_json_text(&writer->arena, extra, EN_JSON_TYPED));
        }
    }
    en_builder_add_char(&writer->waiting, '\n');
    return true;
}

static void add_header(en_writer *writer)
{
    const en_schema *schema = writer->options.schema;
    add_cell(writer, EN_CSV_KEY);
    for (size_t i = 0; i < field_count(schema); i++) {
        if (writer->has_column[i]) {
            en_builder_add_char(&writer->waiting, writer->options.format.delimiter);
            add_cell(writer, schema->fields[i].name);
        }
    }
    if (writer->options.has_extra) {
        en_builder_add_char(&writer->waiting, writer->options.format.delimiter);
        add_cell(writer, EN_CSV_EXTRA);
    }
    en_builder_add_char(&writer->waiting, '\n');
}

/* --- JSON --- */

static void add_object(en_writer *writer, en_text key, en_value data)
{
    const en_schema *schema = writer->options.schema;
    en_builder *out = &writer->waiting;
    bool is_first = true;
    en_builder_add(out, EN_TEXT("{\"key\":"));
    en_json_write_text(out, key);
    en_builder_add(out, EN_TEXT(",\"data\":{"));
    for (uint32_t i = 0; i < en_collection_count(data); i++) {
        const en_member *member = &en_collection_members(data)[i];
        en_builder_add(out, is_first ? EN_TEXT("") : EN_TEXT(","));
        en_json_write_text(out, member->name);
        en_builder_add_char(out, ':');
        en_json_write(out, member->value, EN_JSON_TYPED);
        is_first = false;
    }
    for (size_t i = 0; i < field_count(schema); i++) {
        if (is_kept_null(&schema->fields[i], data)) {
            en_builder_add(out, is_first ? EN_TEXT("") : EN_TEXT(","));
            en_json_write_text(out, schema->fields[i].name);
            en_builder_add(out, EN_TEXT(":null"));
            is_first = false;
        }
    }
    en_builder_add(out, EN_TEXT("}}"));
}

/* --- records --- */

bool en_writer_add(en_writer *writer, en_text key, en_value data, en_error *error)
{
    bool is_json = writer->options.format.kind == EN_RECORDS_JSON;
    if (writer->options.format.kind == EN_RECORDS_CSV) {
        if (!add_row(writer, key, data, error)) {
            return false;
        }
    } else {
        if (is_json) {
            en_builder_add(&writer->waiting, writer->count == 0 ? EN_TEXT("[\n") : EN_TEXT(",\n"));
        }
        add_object(writer, key, data);
        en_builder_add(&writer->waiting, is_json ? EN_TEXT("") : EN_TEXT("\n"));
    }
    writer->count++;
    bool is_full = writer->waiting.length >= WRITE_FROM || writer->waiting.failed;
    return !is_full || write_waiting(writer, error);
}

bool en_writer_finish(en_writer *writer, en_error *error)
{
    if (writer->options.format.kind == EN_RECORDS_JSON) {
        en_builder_add(&writer->waiting, writer->count == 0 ? EN_TEXT("[]\n") : EN_TEXT("\n]\n"));
    }
    return write_waiting(writer, error) &&
           (writer->zip == NULL || en_zip_finish(writer->zip, error));
}

static void close_writer(void *handle)
{
    en_writer *writer = handle;
    en_arena_done(&writer->arena);
}

bool en_writer_open(en_arena *arena, const en_writer_options *options, en_writer **opened,
                    en_error *error)
{
    en_writer *writer = EN_NEW(arena, en_writer);
    writer->options = *options;
    en_arena_init(&writer->arena, NULL);
    en_arena_defer(arena, close_writer, writer);
    en_builder_init(&writer->waiting, &writer->arena);
    size_t count = field_count(options->schema);
    writer->has_column = en_arena_zero(arena, count + 1);
    for (size_t i = 0; i < count; i++) {
        writer->has_column[i] = can_name_column(options->schema->fields[i].name);
    }
    if (writer->options.format.kind == EN_RECORDS_UNKNOWN) {
        writer->options.format.kind = EN_RECORDS_LINES;
    }
    if (writer->options.format.delimiter == 0) {
        writer->options.format.delimiter = ',';
    }
    if (options->format.gzip &&
        !en_zip_open(arena, PACKING_LEVEL, options->sink, options->context, &writer->zip, error)) {
        return false;
    }
    if (writer->options.format.kind == EN_RECORDS_CSV) {
        add_header(writer);
    }
    *opened = writer;
    return true;
}

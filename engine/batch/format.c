/* How a file of records is written: by a flag, its name, or its first bytes. */
#include "batch/format.h"

#include "value/csv.h"

#include <string.h>

static const struct {
    const char *name; /* of --format, and behind the last dot of a file's name */
    en_record_kind kind;
    char delimiter;
} formats[] = {
    { "csv", EN_RECORDS_CSV, 0 },     { "tsv", EN_RECORDS_CSV, '\t' },
    { "tab", EN_RECORDS_CSV, '\t' },  { "json", EN_RECORDS_JSON, 0 },
    { "jsonl", EN_RECORDS_LINES, 0 }, { "ndjson", EN_RECORDS_LINES, 0 },
};
enum { FORMATS = sizeof formats / sizeof *formats, PEEKED = 4096 };

const char *en_record_kind_name(en_record_kind kind)
{
    static const char *const names[] = { "unknown", "csv", "json", "jsonl" };
    return names[kind];
}

static bool find_format(en_text name, en_record_format *read)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (en_text_equal_nocase(name, en_text_from(formats[i].name))) {
            read->kind = formats[i].kind;
            read->delimiter = formats[i].delimiter;
            return true;
        }
    }
    return false;
}

/* What stands behind the last dot, and whether the text in front of ".gz" was looked at. */
static en_text take_extension(en_text *name)
{
    size_t at = name->length;
    while (at > 0 && name->data[at - 1] != '.' && name->data[at - 1] != '/') {
        at--;
    }
    if (at == 0 || name->data[at - 1] != '.') {
        return EN_TEXT("");
    }
    en_text extension = en_text_slice(*name, at, name->length);
    *name = en_text_slice(*name, 0, at - 1);
    return extension;
}

static void read_name(const char *path, en_record_format *read)
{
    en_text name = en_text_from(path);
    en_text extension = take_extension(&name);
    if (en_text_equal_nocase(extension, EN_TEXT("gz"))) {
        read->gzip = true;
        extension = take_extension(&name);
    }
    if (read->kind == EN_RECORDS_UNKNOWN) {
        (void)find_format(extension, read);
    }
}

bool en_record_format_read(const char *format, const char *delimiter, const char *path,
                           en_record_format *read, en_error *error)
{
    *read = (en_record_format){ 0 };
    if (format != NULL) {
        en_text name = en_text_from(format);
        if (en_text_ends(name, EN_TEXT(".gz"))) {
            read->gzip = true;
            name = en_text_slice(name, 0, name.length - 3);
        }
        if (!find_format(name, read)) {
            return en_error_set(error, EN_UsageError,
                                "--format takes csv, tsv, json or jsonl, with .gz if it is to be "
                                "packed, not '%s'",
                                format);
        }
    }
    if (path != NULL && strcmp(path, "-") != 0) {
        read_name(path, read);
    }
    if (delimiter == NULL) {
        return true;
    }
    if (read->kind != EN_RECORDS_CSV && read->kind != EN_RECORDS_UNKNOWN) {
        return en_error_set(error, EN_UsageError, "--delimiter is for CSV, not for %s",
                            en_record_kind_name(read->kind));
    }
    return en_csv_delimiter(en_text_from(delimiter), &read->delimiter, error);
}

/* --- first bytes --- */

static bool refuse_utf16(en_text head, en_error *error)
{
    bool is_utf16 = head.length >= 2 && (memcmp(head.data, "\xFF\xFE", 2) == 0 ||
                                         memcmp(head.data, "\xFE\xFF", 2) == 0);
    if (!is_utf16) {
        return true;
    }
    en_error_set(error, EN_DataError, "the text is UTF-16, not UTF-8");
    en_error_hint(error, "convert it first: iconv -f UTF-16 -t UTF-8");
    return false;
}

/* The one that stands most often in the first line, outside quotes that are closed on it. */
static char guess_delimiter(en_text head)
{
    static const char candidates[] = { ',', ';', '\t', '|' };
    size_t counts[sizeof candidates] = { 0 };
    bool quoted = false;
    for (size_t i = 0; i < head.length; i++) {
        quoted ^= head.data[i] == '"';
        for (size_t c = 0; c < sizeof candidates && !quoted; c++) {
            counts[c] += head.data[i] == candidates[c];
        }
    }
    size_t best = 0;
    for (size_t c = 1; c < sizeof candidates; c++) {
        best = counts[c] > counts[best] ? c : best;
    }
    return candidates[best];
}

bool en_record_format_find(en_source *source, en_record_format *format, en_error *error)
{
    en_text head;
    if (!en_source_peek(source, PEEKED, &head, error) || !refuse_utf16(head, error)) {
        return false;
    }
    format->gzip = en_source_is_gzip(source);
    bool whole;
    head = en_source_first_line(head, &whole);
    if (format->kind == EN_RECORDS_UNKNOWN && head.length == 0) {
        format->kind = EN_RECORDS_LINES; /* there are none */
    }
    if (format->kind == EN_RECORDS_UNKNOWN) {
        char first = head.data[0];
        if (first != '{' && first != '[' && format->delimiter == 0) {
            en_error_set(error, EN_UsageError, "it cannot be told how the records are written");
            en_error_hint(error, "say so with --format csv, json or jsonl");
            return false;
        }
        format->kind = format->delimiter != 0 ? EN_RECORDS_CSV
                       : first == '['         ? EN_RECORDS_JSON
                                              : EN_RECORDS_LINES;
    }
    if (format->kind == EN_RECORDS_CSV && format->delimiter == 0) {
        format->delimiter = guess_delimiter(head);
    }
    return true;
}

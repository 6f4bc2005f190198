#include "flow/events_csv.h"

#include "value/csv.h"

enum { PIECE_BYTES = 64 * 1024, DEEPEST = 16 };

/* "headers.authorization" as its parts. */
typedef struct place {
    en_text parts[DEEPEST];
    size_t depth;
} place;

/* The shape of every record: columns are leaves. */
typedef struct node {
    struct node *next;
    struct node *children;
    en_text name;
    size_t column; /* SIZE_MAX: none */
    bool is_json;
} node;

typedef struct row {
    struct row *next;
    unsigned line;
    size_t count;
    en_text *cells;
} row;

struct en_event_rows {
    const en_event_source *source;
    en_arena *arena;
    en_csv_reader *reader;
    node *shape; /* NULL: the header row has not come */
    size_t column_count;
    en_arena piece; /* the rows of the piece of the file that was read last */
    row *first;
    row **last;
    en_error broken; /* what ends the rows that were read */
    bool at_end;
};

/* --- columns --- */

static bool split_path(en_text path, place *made)
{
    made->depth = 0;
    for (size_t start = 0; start <= path.length;) {
        size_t dot = en_text_find(path, EN_TEXT("."), start);
        size_t end = dot == SIZE_MAX ? path.length : dot;
        if (end == start || made->depth == DEEPEST) {
            return false;
        }
        made->parts[made->depth++] = en_text_slice(path, start, end);
        start = end + 1;
    }
    return made->depth != 0 && path.data[path.length - 1] != '.';
}

bool en_event_columns_read(en_arena *arena, const char *const *words, size_t count,
                           en_event_column **columns, en_error *error)
{
    *columns = en_arena_alloc(arena, (count + 1) * sizeof **columns);
    for (size_t i = 0; i < count; i++) {
        en_text word = en_text_from(words[i]);
        size_t equals = en_text_find(word, EN_TEXT("="), 0);
        bool is_json = equals != SIZE_MAX && equals > 0 && word.data[equals - 1] == ':';
        en_event_column *column = &(*columns)[i];
        place unused;
        *column = (en_event_column){ .is_json = is_json };
        if (equals != SIZE_MAX) {
            column->path = en_text_slice(word, 0, is_json ? equals - 1 : equals);
            column->column = en_text_slice(word, equals + 1, word.length);
        }
        if (column->column.length == 0 || !split_path(column->path, &unused)) {
            return en_error_set(error, EN_UsageError,
                                "a column is mapped as PATH=COLUMN or PATH:=COLUMN, not '%s'",
                                words[i]);
        }
    }
    return true;
}

static bool is_place(en_text name)
{
    static const char *const places[] = { "data.", "input.",  "headers.", "query.",
                                          "http.", "expect.", "method",   "at" };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        en_text known = en_text_from(places[i]);
        bool is_folder = known.data[known.length - 1] == '.';
        if (is_folder ? en_text_starts(name, known) : en_text_equal(name, known)) {
            return true;
        }
    }
    return false;
}

/* What nobody mapped: a name that is a place, else a field of the payload of just that name. */
static void place_by_name(en_text name, place *made)
{
    if (!is_place(name) || !split_path(name, made)) {
        *made = (place){ .parts = { EN_TEXT("data"), name }, .depth = 2 };
    }
}

static node *find_child(en_arena *arena, node *parent, en_text name)
{
    node **link = &parent->children;
    while (*link != NULL && !en_text_equal((*link)->name, name)) {
        link = &(*link)->next;
    }
    if (*link == NULL) {
        *link = EN_NEW(arena, node);
        (*link)->name = name;
        (*link)->column = SIZE_MAX;
    }
    return *link;
}

/* False: "data" and "data.userId" cannot both be columns, nor one of them twice. */
static bool put_column(en_event_rows *rows, const place *at, size_t column, bool is_json)
{
    node *target = rows->shape;
    for (size_t i = 0; i < at->depth; i++) {
        if (target->column != SIZE_MAX) {
            return false;
        }
        target = find_child(rows->arena, target, at->parts[i]);
    }
    if (target->column != SIZE_MAX || target->children != NULL) {
        return false;
    }
    target->column = column;
    target->is_json = is_json;
    return true;
}

static const en_event_column *find_mapping(const en_event_source *source, en_text column)
{
    for (size_t i = 0; i < source->column_count; i++) {
        if (en_text_equal(source->columns[i].column, column)) {
            return &source->columns[i];
        }
    }
    return NULL;
}

static bool check_mapping(const en_event_source *source, const en_text *names, size_t count,
                          en_error *error)
{
    for (size_t i = 0; i < source->column_count; i++) {
        en_text wanted = source->columns[i].column;
        size_t at = 0;
        while (at < count && !en_text_equal(names[at], wanted)) {
            at++;
        }
        if (at == count) {
            size_t near = en_text_nearest(wanted, names, count);
            en_error_set(error, EN_DataError, "there is no column \"%.*s\"", EN_TEXT_ARG(wanted));
            if (near != SIZE_MAX) {
                en_error_hint(error, "did you mean %.*s?", EN_TEXT_ARG(names[near]));
            }
            return false;
        }
    }
    return true;
}

static bool shape_records(en_event_rows *rows, const en_text *names, size_t count, en_error *error)
{
    rows->shape = EN_NEW(rows->arena, node);
    rows->shape->column = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        const en_event_column *mapped = find_mapping(rows->source, names[i]);
        place at = { .depth = 0 };
        if (mapped == NULL || !split_path(mapped->path, &at)) {
            place_by_name(names[i], &at);
        }
        if (!put_column(rows, &at, i, mapped != NULL && mapped->is_json)) {
            return en_error_set(error, EN_DataError,
                                "column \"%.*s\" goes where another one goes already",
                                EN_TEXT_ARG(names[i]));
        }
    }
    return true;
}

static bool read_header(en_event_rows *rows, const en_text *fields, size_t count, en_error *error)
{
    en_text *header = EN_TRY_ARRAY(rows->arena, en_text, count);
    en_text *names = EN_TRY_ARRAY(rows->arena, en_text, count);
    if (header == NULL || names == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "there are too many columns");
    }
    for (size_t i = 0; i < count; i++) {
        header[i] = en_text_copy(rows->arena, fields[i]);
    }
    en_csv_names(rows->arena, header, count, names);
    rows->column_count = count;
    return check_mapping(rows->source, names, count, error) &&
           shape_records(rows, names, count, error);
}

/* --- rows --- */

static bool take_row(void *context, const en_text *fields, size_t count, unsigned line,
                     en_error *error)
{
    en_event_rows *rows = context;
    if (rows->shape == NULL || count > rows->column_count) {
        bool done = rows->shape == NULL
                        ? read_header(rows, fields, count, error)
                        : en_error_set(error, EN_DataError, "there are %zu fields, but %zu columns",
                                       count, rows->column_count);
        error->line = done ? 0 : line;
        return done;
    }
    row *made = EN_NEW(&rows->piece, row);
    made->line = line;
    made->count = count;
    made->cells = EN_TRY_ARRAY(&rows->piece, en_text, count);
    if (made->cells == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "a row is too long");
    }
    for (size_t i = 0; i < count; i++) {
        made->cells[i] = en_text_copy(&rows->piece, fields[i]);
    }
    *rows->last = made;
    rows->last = &made->next;
    return true;
}

static bool read_piece(en_event_rows *rows, en_error *error)
{
    size_t got = 0;
    en_arena_reset(&rows->piece);
    rows->first = NULL;
    rows->last = &rows->first;
    char *bytes = en_arena_alloc(&rows->piece, PIECE_BYTES);
    if (!rows->source->refill(rows->source->context, bytes, PIECE_BYTES, &got, error)) {
        return false;
    }
    rows->at_end = got == 0;
    bool read = rows->at_end
                    ? en_csv_reader_finish(rows->reader, &rows->broken)
                    : en_csv_reader_push(rows->reader, (en_text){ bytes, got }, &rows->broken);
    rows->at_end |= !read;
    return true;
}

static void close_rows(void *handle)
{
    en_event_rows *rows = handle;
    en_arena_done(&rows->piece);
}

en_event_rows *en_event_rows_open(en_arena *arena, const en_event_source *source)
{
    en_event_rows *rows = EN_NEW(arena, en_event_rows);
    rows->source = source;
    rows->arena = arena;
    rows->last = &rows->first;
    en_error_clear(&rows->broken);
    en_arena_init(&rows->piece, NULL);
    en_arena_defer(arena, close_rows, rows);
    char delimiter = source->delimiter != 0 ? source->delimiter : ',';
    rows->reader = en_csv_reader_open(arena, delimiter, take_row, rows);
    return rows;
}

/* --- records --- */

/* What stands in a cell; nothing for an empty one. */
static bool read_cell(en_arena *arena, const node *at, const row *from, en_value *value,
                      en_error *error)
{
    en_text cell = at->column < from->count ? from->cells[at->column] : EN_TEXT("");
    *value = cell.length != 0 ? en_text_value(en_text_copy(arena, cell)) : en_nothing();
    if (!at->is_json || cell.length == 0) {
        return true;
    }
    en_error inner;
    en_error_clear(&inner);
    if (en_json_read(arena, cell, 0, EN_JSON_DEPTH, value, &inner)) {
        return true;
    }
    return en_error_set(error, EN_BundleValidationError, "column \"%.*s\" is no JSON: %s",
                        EN_TEXT_ARG(at->name), inner.message);
}

/* As deep as the paths of columns. */
static bool read_record(en_arena *arena, const node *shape, const row *from, en_value *record,
                        en_error *error)
{
    en_collection_builder object;
    en_collection_builder_init(&object, arena);
    for (const node *child = shape->children; child != NULL; child = child->next) {
        en_value value;
        bool read = child->column != SIZE_MAX ? read_cell(arena, child, from, &value, error)
                                              : read_record(arena, child, from, &value, error);
        if (!read) {
            return false;
        }
        bool is_there =
            child->column != SIZE_MAX ? value.tag != EN_NOTHING : en_collection_count(value) != 0;
        if (is_there) {
            en_collection_builder_add(&object, en_text_copy(arena, child->name), value);
        }
    }
    *record = en_collection_builder_take(&object);
    return true;
}

bool en_event_rows_next(en_event_rows *rows, en_arena *arena, en_value *record, unsigned *line,
                        bool *found, en_error *error)
{
    *found = false;
    while (rows->first == NULL) {
        if (rows->at_end) {
            *line = rows->broken.line;
            *error = rows->broken;
            return !en_error_is_set(error);
        }
        if (!read_piece(rows, error)) {
            return false;
        }
    }
    const row *from = rows->first;
    rows->first = from->next;
    *found = true;
    *line = from->line;
    return read_record(arena, rows->shape, from, record, error);
}

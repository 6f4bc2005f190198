#include "value/json.h"

#include "base/base64.h"
#include "value/datetime.h"
#include "value/json_reader.h"
#include "value/number.h"

#include <string.h>

enum { SMALL_COLLECTION = 12, BOM_LENGTH = 3, FIRST_PIECE = 128 };

_Static_assert(sizeof(en_json_slot) == sizeof(en_value), "an element fills a slot");
_Static_assert(sizeof(en_member) == 2 * sizeof(en_json_slot), "a member fills two slots");
_Static_assert(offsetof(en_member, value) == sizeof(en_json_slot), "the name comes first");

/* --- the reader --- */

void en_json_reader_init(en_json_reader *reader, en_budget *budget)
{
    reader->slots = reader->first_slots;
    reader->capacity = EN_JSON_FIRST_SLOTS;
    en_arena_init(&reader->scratch, budget);
}

void en_json_reader_done(en_json_reader *reader)
{
    en_arena_done(&reader->scratch);
}

void en_json_reader_set(en_json_reader *reader, en_arena *arena, en_text text, unsigned flags,
                        unsigned max_depth)
{
    reader->at = text.data;
    reader->end = text.data + text.length;
    reader->arena = arena;
    reader->flags = flags;
    reader->depth_left = max_depth < EN_JSON_DEEPEST ? max_depth : EN_JSON_DEEPEST;
    reader->foreign_model = false;
    reader->misses = 0;
    reader->pool = NULL;
    reader->pool_left = 0;
    reader->pool_piece = FIRST_PIECE;
    reader->count = 0;
    reader->fault = (en_json_fault){ NULL, NULL, NULL };
}

static bool grow_slots(en_json_reader *reader)
{
    size_t capacity = reader->capacity * 2;
    en_json_slot *slots = EN_TRY_ARRAY(&reader->scratch, en_json_slot, capacity);
    if (slots == NULL) {
        return en_json_no_memory(reader);
    }
    memcpy(slots, reader->slots, reader->count * sizeof *slots);
    reader->slots = slots;
    reader->capacity = capacity;
    return true;
}

/* A slot for what is read next. It is written field by field: a copy of a struct that was written
 * so just before would wait for the fields to arrive. */
static inline en_json_slot *push(en_json_reader *reader)
{
    if (reader->count == reader->capacity && !grow_slots(reader)) {
        return NULL;
    }
    return &reader->slots[reader->count++];
}

void en_json_skip_space(en_json_reader *reader)
{
    const char *at = reader->at;
    while (at < reader->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
    }
    reader->at = at;
}

/* Nearly all tokens follow without or after one byte of white space. */
static inline void skip_space(en_json_reader *reader)
{
    if (reader->at < reader->end && (unsigned char)*reader->at <= ' ') {
        en_json_skip_space(reader);
    }
}

static inline bool next_is(const en_json_reader *reader, char byte)
{
    return reader->at < reader->end && *reader->at == byte;
}

static bool read_value(en_json_reader *reader, const en_value *model);

/* --- arrays --- */

/* The elements behind slot `base` become an array in it. */
static bool take_array(en_json_reader *reader, size_t base)
{
    size_t count = reader->count - base - 1;
    en_value *items = NULL;
    if (count != 0) {
        items = EN_TRY_ARRAY(reader->arena, en_value, count);
        if (items == NULL) {
            return en_json_no_memory(reader);
        }
        memcpy(items, reader->slots + base + 1, count * sizeof *items);
    }
    reader->count = base + 1;
    reader->slots[base].value = en_array(items, count);
    return true;
}

static bool read_elements(en_json_reader *reader, const en_value *model)
{
    en_value before = en_nothing(); /* the last element that can be a model */
    if (model != NULL && model->tag == EN_ARRAY && model->length != 0) {
        before = model->as.items[0];
    }
    for (;;) {
        if (!read_value(reader, &before)) {
            return false;
        }
        const en_value *item = &reader->slots[reader->count - 1].value;
        if (item->tag >= EN_ARRAY) {
            before.tag = item->tag;
            before.length = item->length;
            before.as = item->as;
        }
        skip_space(reader);
        if (next_is(reader, ']')) {
            reader->at++;
            return true;
        }
        if (!next_is(reader, ',')) {
            return en_json_expected(reader, reader->at, "',' or ']'");
        }
        reader->at++;
    }
}

static bool read_array(en_json_reader *reader, const en_value *model, size_t base)
{
    reader->at++;
    skip_space(reader);
    if (next_is(reader, ']')) {
        reader->at++;
    } else if (!read_elements(reader, model)) {
        return false;
    }
    return take_array(reader, base);
}

/* --- collections --- */

/* How the names of a collection compare with its model's. */
typedef struct names {
    const en_collection *model; /* NULL: none */
    uint32_t next;              /* the model's name expected next */
    bool known;                 /* all names so far were the model's, in its order */
} name_match;

/* The model's member whose name is at the reader's place: the next one or the one behind it, since
 * members are left out more often than others come in between. */
static const en_member *take_model_name(en_json_reader *reader, name_match *names)
{
    if (names->model == NULL) {
        return NULL;
    }
    const char *at = reader->at + 1;
    size_t left = (size_t)(reader->end - at);
    for (uint32_t i = names->next; i < names->model->count && i < names->next + 2; i++) {
        const en_member *member = &names->model->members[i];
        if (member->name.length < left && *member->name.data == *at &&
            memcmp(member->name.data, at, member->name.length + 1) == 0) {
            names->next = i + 1;
            reader->at = at + member->name.length + 1;
            return member;
        }
    }
    return NULL;
}

/* A name and the colon behind it; *model: what stood there in the model. */
static bool read_name(en_json_reader *reader, name_match *names, const en_value **model)
{
    skip_space(reader);
    if (!next_is(reader, '"')) {
        return en_json_expected(reader, reader->at, "a name in quotes");
    }
    en_json_slot *slot = push(reader);
    if (slot == NULL) {
        return false;
    }
    const en_member *member = take_model_name(reader, names);
    if (member != NULL) {
        slot->name = member->name;
        *model = &member->value;
        if (reader->foreign_model && !en_json_copy_name(reader, &slot->name)) {
            return false;
        }
    } else {
        names->known = false;
        *model = NULL;
        if (!en_json_read_string(reader, true, &slot->name)) {
            return false;
        }
    }
    skip_space(reader);
    if (!next_is(reader, ':')) {
        return en_json_expected(reader, reader->at, "':'");
    }
    reader->at++;
    return true;
}

static bool read_members(en_json_reader *reader, name_match *names)
{
    for (;;) {
        const en_value *model;
        if (!read_name(reader, names, &model) || !read_value(reader, model)) {
            return false;
        }
        skip_space(reader);
        if (next_is(reader, '}')) {
            reader->at++;
            return true;
        }
        if (!next_is(reader, ',')) {
            return en_json_expected(reader, reader->at, "',' or '}'");
        }
        reader->at++;
    }
}

/* {"$date": …} and {"$buffer": …}; with other content they stay collections. */
static bool take_typed(en_json_reader *reader, const en_json_slot *member, en_value *value)
{
    en_text name = member[0].name;
    en_text text = en_value_text(member[1].value);
    if (member[1].value.tag != EN_TEXT_VALUE) {
        return false;
    }
    int64_t date_ms;
    if (en_text_equal(name, EN_TEXT("$date")) && en_date_read_iso(text, &date_ms)) {
        *value = en_date(date_ms);
        return true;
    }
    en_text bytes;
    if (en_text_equal(name, EN_TEXT("$buffer")) && en_base64_decode(reader->arena, text, &bytes)) {
        *value = en_buffer(bytes);
        return true;
    }
    return false;
}

/* The collection and its members in one piece. */
static bool take_known(en_json_reader *reader, const en_json_slot *members, size_t count,
                       const uint32_t *sorted, en_value *value)
{
    char *piece = en_arena_try(reader->arena, 1, sizeof(en_collection) + count * sizeof(en_member));
    if (piece == NULL) {
        return en_json_no_memory(reader);
    }
    en_member *copy = (en_member *)(piece + sizeof(en_collection));
    memcpy(copy, members, count * sizeof *copy);
    en_collection *collection = (en_collection *)piece;
    *collection = (en_collection){ (uint32_t)count, sorted, copy };
    *value = (en_value){ .tag = EN_COLLECTION, .as.collection = collection };
    return true;
}

/* Names may be equal, or the collection needs an index of its own. */
static bool take_unknown(en_json_reader *reader, const en_json_slot *members, size_t count,
                         en_value *value)
{
    en_member *copy = EN_TRY_ARRAY(reader->arena, en_member, count);
    if (copy == NULL) {
        return en_json_no_memory(reader);
    }
    memcpy(copy, members, count * sizeof *copy);
    en_collection_builder builder = { reader->arena, copy, count, count, false };
    *value = en_collection_builder_take(&builder);
    return true;
}

static bool copy_index(en_json_reader *reader, size_t count, const uint32_t **sorted)
{
    uint32_t *copy = EN_TRY_ARRAY(reader->arena, uint32_t, count);
    if (copy == NULL) {
        return en_json_no_memory(reader);
    }
    memcpy(copy, *sorted, count * sizeof *copy);
    *sorted = copy;
    return true;
}

/* The members behind slot `base` become a collection in it. */
static bool take_collection(en_json_reader *reader, const name_match *names, size_t base)
{
    const en_json_slot *members = reader->slots + base + 1;
    en_value *value = &reader->slots[base].value;
    size_t count = (reader->count - base - 1) / 2;
    reader->count = base + 1;
    if (count == 1 && (reader->flags & EN_JSON_TYPED) != 0 && take_typed(reader, members, value)) {
        return true;
    }
    bool same = names->known && names->model != NULL && count == names->model->count;
    reader->misses += !same;
    if (same || count <= 1 || (names->known && count <= SMALL_COLLECTION)) {
        const uint32_t *sorted = same ? names->model->sorted : NULL;
        return (sorted == NULL || !reader->foreign_model || copy_index(reader, count, &sorted)) &&
               take_known(reader, members, count, sorted, value);
    }
    return take_unknown(reader, members, count, value);
}

static bool read_collection(en_json_reader *reader, const en_value *model, size_t base)
{
    name_match names = { NULL, 0, true };
    if (model != NULL && model->tag == EN_COLLECTION) {
        names.model = model->as.collection;
    }
    reader->at++;
    skip_space(reader);
    if (next_is(reader, '}')) {
        reader->at++;
    } else if (!read_members(reader, &names)) {
        return false;
    }
    return take_collection(reader, &names, base);
}

/* --- values --- */

static bool read_nested(en_json_reader *reader, const en_value *model, size_t base)
{
    if (reader->depth_left == 0) {
        return en_json_expected(reader, reader->at, "fewer levels of arrays and objects");
    }
    reader->depth_left--;
    bool read =
        *reader->at == '{' ? read_collection(reader, model, base) : read_array(reader, model, base);
    reader->depth_left++;
    return read;
}

static bool read_word(en_json_reader *reader, en_text word, en_value meaning, en_value *value)
{
    if ((size_t)(reader->end - reader->at) < word.length ||
        memcmp(reader->at, word.data, word.length) != 0) {
        return en_json_expected(reader, reader->at, "a value");
    }
    reader->at += word.length;
    *value = meaning;
    return true;
}

static bool read_number(en_json_reader *reader, en_value *value)
{
    const char *behind = en_number_scan_json(reader->at, reader->end, value);
    if (behind != NULL && value->tag == EN_NUMBER) {
        reader->at = behind;
        return true;
    }
    const char *seen = reader->at;
    while (seen < reader->end &&
           ((*seen >= '0' && *seen <= '9') || memchr("+-.eE", *seen, 5) != NULL)) {
        seen++;
    }
    en_json_expected(reader, reader->at,
                     behind == NULL ? "a number" : "a number up to 1.7976931348623157e308");
    reader->fault.seen = seen;
    return false;
}

static bool read_text(en_json_reader *reader, en_value *value)
{
    en_text text;
    if (!en_json_read_string(reader, false, &text)) {
        return false;
    }
    *value = en_text_value(text);
    return true;
}

/* Pushes the value. */
static bool read_value(en_json_reader *reader, const en_value *model)
{
    skip_space(reader);
    if (reader->at == reader->end) {
        return en_json_expected(reader, reader->at, "a value");
    }
    en_json_slot *slot = push(reader);
    if (slot == NULL) {
        return false;
    }
    switch (*reader->at) {
    case '"':
        return read_text(reader, &slot->value);
    case '{':
    case '[':
        return read_nested(reader, model, reader->count - 1);
    case 't':
        return read_word(reader, EN_TEXT("true"), en_boolean(true), &slot->value);
    case 'f':
        return read_word(reader, EN_TEXT("false"), en_boolean(false), &slot->value);
    case 'n':
        return read_word(reader, EN_TEXT("null"), en_null(), &slot->value);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return read_number(reader, &slot->value);
    default:
        return en_json_expected(reader, reader->at, "a value");
    }
}

bool en_json_read_value(en_json_reader *reader, const en_value *model, en_value *value)
{
    if (!read_value(reader, model)) {
        return false;
    }
    *value = reader->slots[--reader->count].value;
    return true;
}

bool en_json_read_all(en_json_reader *reader, en_value *value)
{
    if (!en_json_read_value(reader, NULL, value)) {
        return false;
    }
    en_json_skip_space(reader);
    return reader->at == reader->end || en_json_expected(reader, reader->at, "the end of the text");
}

bool en_json_read(en_arena *arena, en_text input, unsigned flags, unsigned max_depth,
                  en_value *value, en_error *error)
{
    if (input.length > UINT32_MAX) {
        return en_error_set(error, EN_MaxFileSizeExceededError,
                            "JSON of 4 GB or more in one piece");
    }
    if (input.length == 0) {
        input = EN_TEXT("");
    }
    en_json_reader reader;
    en_json_reader_init(&reader, arena->budget);
    size_t start = en_text_starts(input, EN_TEXT("\xEF\xBB\xBF")) ? BOM_LENGTH : 0;
    en_text text = { input.data + start, input.length - start };
    en_json_reader_set(&reader, arena, text, flags, max_depth);
    bool read = en_json_read_all(&reader, value);
    if (!read) {
        unsigned line;
        unsigned column;
        en_json_find_place(input, (size_t)(reader.fault.at - input.data), &line, &column);
        en_json_report(&reader, line, column, error);
    }
    en_json_reader_done(&reader);
    return read;
}

#include "content.h"

#include <stdio.h>
#include <unistd.h>

enum { LARGEST_PART = 4 << 20, DEEPEST = 64 };

static en_value fail(maker *self, const char *what, en_text which)
{
    if (self->failed.length == 0) {
        self->failed = en_text_format(self->arena, "%s %.*s", what, EN_TEXT_ARG(which));
    }
    return en_null();
}

en_text read_part(maker *self, en_text path)
{
    en_text content = EN_TEXT("");
    en_error error;
    const char *file =
        en_text_format(self->arena, "%s/conformance/toolkit/%.*s", self->shared, EN_TEXT_ARG(path))
            .data;
    en_error_clear(&error);
    if (access(file, R_OK) != 0) {
        self->absent = true;
    } else if (!en_file_read(self->arena, file, LARGEST_PART, &content, &error)) {
        fail(self, "cannot read", path);
    }
    return content;
}

static en_value parse_part(maker *self, en_text path)
{
    en_document *document;
    en_error error;
    en_error_clear(&error);
    en_text content = read_part(self, path);
    if (self->absent) {
        return en_null();
    }
    if (!en_document_read(self->arena, path, content, EN_DOCUMENT_LENIENT, &document, &error)) {
        return fail(self, "no JSON in", path);
    }
    return en_document_root(document);
}

/* --- texts --- */

static en_text replace(en_arena *arena, en_text text, en_text old, en_text new_text)
{
    if (en_text_find(text, old, 0) == SIZE_MAX) {
        return text;
    }
    en_builder out;
    en_builder_init(&out, arena);
    size_t at = 0;
    for (size_t hit; (hit = en_text_find(text, old, at)) != SIZE_MAX; at = hit + old.length) {
        en_builder_add(&out, en_text_slice(text, at, hit));
        en_builder_add(&out, new_text);
    }
    en_builder_add(&out, en_text_slice(text, at, text.length));
    return en_builder_take(&out);
}

en_text make_text(maker *self, en_text written)
{
    en_text text = replace(self->arena, written, EN_TEXT("$HTTP"), self->url);
    text = replace(self->arena, text, EN_TEXT("$HOST"), self->host);
    if (self->numbered) {
        text = replace(self->arena, text, EN_TEXT("$#"),
                       en_text_format(self->arena, "%.0f", self->number));
    }
    return text;
}

en_text fill_text(maker *self, en_text text, en_value words)
{
    const en_member *members = en_collection_members(words);
    for (uint32_t i = 0; i < en_collection_count(words); i++) {
        text = replace(self->arena, text,
                       en_text_format(self->arena, "{{%.*s}}", EN_TEXT_ARG(members[i].name)),
                       make_text(self, en_value_text(members[i].value)));
    }
    return text;
}

static en_text repeat(maker *self, en_value given)
{
    en_builder out;
    en_builder_init(&out, self->arena);
    if (given.tag != EN_ARRAY || given.length != 2) {
        fail(self, "$repeat takes [text, number], not", en_json_text(self->arena, given, 0));
        return EN_TEXT("");
    }
    en_text text = make_text(self, en_value_text(given.as.items[0]));
    for (double i = 0; i < en_value_number(given.as.items[1]); i++) {
        en_builder_add(&out, text);
    }
    return en_builder_take(&out);
}

/* --- forms --- */

static bool is_form(en_value written, const char *name, en_value *given)
{
    if (en_collection_count(written) != 1 || !en_collection_has(written, en_text_from(name))) {
        return false;
    }
    *given = en_collection_members(written)[0].value;
    return true;
}

static void add_each(maker *self, en_value given, en_array_builder *out)
{
    if (given.tag != EN_ARRAY || given.length != 3) {
        fail(self, "$each takes [from, to, value], not", en_json_text(self->arena, given, 0));
        return;
    }
    maker inner = *self;
    inner.numbered = true;
    for (inner.number = en_value_number(given.as.items[0]);
         inner.number <= en_value_number(given.as.items[1]); inner.number++) {
        en_array_builder_add(out, make_value(&inner, given.as.items[2]));
    }
    self->absent = inner.absent;
    self->failed = inner.failed;
}

static void add_fill(maker *self, en_value given, en_array_builder *out)
{
    if (given.tag != EN_ARRAY || given.length != 2) {
        fail(self, "$fill takes [value, number], not", en_json_text(self->arena, given, 0));
        return;
    }
    en_value value = make_value(self, given.as.items[0]);
    for (double i = 0; i < en_value_number(given.as.items[1]); i++) {
        en_array_builder_add(out, value);
    }
}

/* The elements of a form that makes an array; false: it is none. */
static bool add_elements(maker *self, en_value written, en_array_builder *out)
{
    en_value given;
    if (is_form(written, "$each", &given)) {
        add_each(self, given, out);
        return true;
    }
    if (is_form(written, "$fill", &given)) {
        add_fill(self, given, out);
        return true;
    }
    return false;
}

static en_value nest(maker *self, double levels)
{
    en_value value = en_array(NULL, 0);
    for (double i = 1; i < levels; i++) {
        en_value *outer = EN_NEW(self->arena, en_value);
        *outer = value;
        value = en_array(outer, 1);
    }
    return value;
}

static en_value make_array(maker *self, en_value written)
{
    en_array_builder out;
    en_array_builder_init(&out, self->arena);
    for (uint32_t i = 0; i < written.length; i++) {
        if (!add_elements(self, written.as.items[i], &out)) {
            en_array_builder_add(&out, make_value(self, written.as.items[i]));
        }
    }
    return en_array_builder_take(&out);
}

static en_value make_collection(maker *self, en_value written)
{
    en_value given;
    if (is_form(written, "$part", &given)) {
        return parse_part(self, en_value_text(given));
    }
    if (is_form(written, "$repeat", &given)) {
        return en_text_value(repeat(self, given));
    }
    if (is_form(written, "$nest", &given)) {
        return nest(self, en_value_number(given));
    }
    en_array_builder elements;
    en_array_builder_init(&elements, self->arena);
    if (add_elements(self, written, &elements)) {
        return en_array_builder_take(&elements);
    }
    en_collection_builder out;
    en_collection_builder_init(&out, self->arena);
    const en_member *members = en_collection_members(written);
    for (uint32_t i = 0; i < en_collection_count(written); i++) {
        en_collection_builder_add(&out, make_text(self, members[i].name),
                                  make_value(self, members[i].value));
    }
    return en_collection_builder_take(&out);
}

en_value make_value(maker *self, en_value written)
{
    if (written.tag == EN_ARRAY) {
        return make_array(self, written);
    }
    if (written.tag == EN_COLLECTION) {
        return make_collection(self, written);
    }
    if (written.tag == EN_TEXT_VALUE) {
        if (self->numbered && en_text_equal(en_value_text(written), EN_TEXT("$#"))) {
            return en_number(self->number);
        }
        return en_text_value(make_text(self, en_value_text(written)));
    }
    return written;
}

/* --- files --- */

static void add_hex(maker *self, en_text digits, en_builder *out)
{
    static const char all[] = "0123456789abcdef";
    for (size_t i = 0; i + 1 < digits.length; i += 2) {
        size_t high = en_text_find(EN_TEXT("0123456789abcdef"), en_text_slice(digits, i, i + 1), 0);
        size_t low =
            en_text_find(EN_TEXT("0123456789abcdef"), en_text_slice(digits, i + 1, i + 2), 0);
        if (high >= sizeof all || low >= sizeof all) {
            fail(self, "$hex takes digits, not", digits);
            return;
        }
        en_builder_add_char(out, (char)(high * 16 + low));
    }
}

en_text make_file(maker *self, en_value written)
{
    en_value pieces;
    if (!is_form(written, "$raw", &pieces)) {
        return en_json_text(self->arena, make_value(self, written), 0);
    }
    en_builder out;
    en_builder_init(&out, self->arena);
    for (uint32_t i = 0; pieces.tag == EN_ARRAY && i < pieces.length; i++) {
        en_value given;
        if (is_form(pieces.as.items[i], "$hex", &given)) {
            add_hex(self, en_value_text(given), &out);
        } else {
            en_builder_add(&out, en_value_text(make_value(self, pieces.as.items[i])));
        }
    }
    return en_builder_take(&out);
}

/* --- patches --- */

static en_value patch_array(maker *self, en_value in, size_t position, en_value rest,
                            en_value value)
{
    en_array_builder out;
    en_array_builder_init(&out, self->arena);
    for (size_t i = 0; i <= in.length; i++) {
        bool here = i == position;
        en_value old = i < in.length ? in.as.items[i] : en_nothing();
        en_value element = here ? patch_value(self, old, rest, value) : old;
        if (element.tag != EN_NOTHING) {
            en_array_builder_add(&out, element);
        }
    }
    return en_array_builder_take(&out);
}

static en_value patch_collection(maker *self, en_value in, en_text name, en_value rest,
                                 en_value value)
{
    en_collection_builder out;
    en_collection_builder_init(&out, self->arena);
    const en_member *members = en_collection_members(in);
    for (uint32_t i = 0; i < en_collection_count(in); i++) {
        if (!en_text_equal(members[i].name, name)) {
            en_collection_builder_add(&out, members[i].name, members[i].value);
        }
    }
    en_value member = patch_value(self, en_collection_find(in, name), rest, value);
    if (member.tag != EN_NOTHING) {
        en_collection_builder_add(&out, name, member);
    }
    return en_collection_builder_take(&out);
}

en_value patch_value(maker *self, en_value in, en_value path, en_value value)
{
    if (path.tag != EN_ARRAY || path.length > DEEPEST) {
        return fail(self, "not a path:", en_json_text(self->arena, path, 0));
    }
    if (path.length == 0) {
        return value;
    }
    en_value rest = en_array(path.as.items + 1, path.length - 1);
    int64_t position;
    if (en_value_integer(path.as.items[0], &position)) {
        return position >= 0 && in.tag == EN_ARRAY && position <= in.length
                   ? patch_array(self, in, (size_t)position, rest, value)
                   : fail(self, "nothing stands at", en_json_text(self->arena, path, 0));
    }
    return patch_collection(self, in, en_value_text(path.as.items[0]), rest, value);
}

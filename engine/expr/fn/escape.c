/* escape - functions that make text fit for a URL, HTML, JSON or Markdown, and back. */
#include "base/utf8.h"
#include "expr/fn.h"
#include "value/json.h"

#include <string.h>

static bool is_letter_or_digit(char byte)
{
    char lower = (char)(byte | 0x20);
    return (byte >= '0' && byte <= '9') || (lower >= 'a' && lower <= 'z');
}

/* --- URLs --- */

static bool fn_encode_url(en_fn_call *call, en_value *result)
{
    static const char digits[] = "0123456789ABCDEF";
    en_text text = en_value_text(call->args[0]);
    en_builder out;
    en_fn_text_begin(call, &out);
    for (size_t i = 0; i < text.length && !out.failed; i++) {
        char byte = text.data[i];
        if (is_letter_or_digit(byte) || (byte != '\0' && strchr("-_.!~*'()", byte) != NULL)) {
            en_builder_add_char(&out, byte);
            continue;
        }
        const char escaped[] = { '%', digits[(unsigned char)byte >> 4],
                                 digits[(unsigned char)byte & 15] };
        en_builder_add(&out, (en_text){ escaped, sizeof escaped });
    }
    return en_fn_text_end(call, &out, result);
}

static bool read_escape(en_text text, size_t at, char *byte)
{
    unsigned value = 0;
    for (size_t i = at + 1; i < at + 3; i++) {
        char digit = i < text.length ? text.data[i] : '\0';
        char lower = (char)(digit | 0x20);
        if (digit >= '0' && digit <= '9') {
            value = value * 16 + (unsigned)(digit - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            value = value * 16 + (unsigned)(lower - 'a') + 10;
        } else {
            return false;
        }
    }
    *byte = (char)value;
    return true;
}

/* JavaScript refuses what is no UTF-8 as well as what is no hex. */
static bool fn_decode_url(en_fn_call *call, en_value *result)
{
    en_text text = en_value_text(call->args[0]);
    en_builder out;
    en_fn_text_begin(call, &out);
    for (size_t i = 0; i < text.length && !out.failed; i++) {
        char byte = text.data[i];
        if (byte == '%') {
            if (!read_escape(text, i, &byte)) {
                return en_error_set(call->error, EN_DataError, "URI malformed");
            }
            i += 2;
        }
        en_builder_add_char(&out, byte);
    }
    if (!en_fn_text_end(call, &out, result)) {
        return false;
    }
    return en_utf8_find_broken(en_value_text(*result)) == SIZE_MAX ||
           en_error_set(call->error, EN_DataError, "URI malformed");
}

/* --- HTML --- */

static bool fn_escape_html(en_fn_call *call, en_value *result)
{
    static const struct {
        char byte;
        en_text escape;
    } escapes[] = { { '&', { "&amp;", 5 } }, { '<', { "&lt;", 4 } }, { '>', { "&gt;", 4 } } };
    en_text text = en_value_text(call->args[0]);
    size_t copied = 0;
    en_builder out;
    en_fn_text_begin(call, &out);
    for (size_t i = 0; i < text.length && !out.failed; i++) {
        for (size_t j = 0; j < sizeof escapes / sizeof *escapes; j++) {
            if (text.data[i] == escapes[j].byte) {
                en_builder_add(&out, en_text_slice(text, copied, i));
                en_builder_add(&out, escapes[j].escape);
                copied = i + 1;
            }
        }
    }
    en_builder_add(&out, en_text_slice(text, copied, text.length));
    return en_fn_text_end(call, &out, result);
}

/* What is taken out of a text: tags, comments, and elements that nobody reads. */
typedef struct stripper {
    en_text text;
    bool no_more_tags; /* there is no > any further: looking for one again would be quadratic */
} stripper;

/* Behind the > that ends the tag, one inside quotes left out unless they never end. SIZE_MAX: it
 * does not end. */
static size_t find_tag_end(stripper *strip, size_t at)
{
    char quote = '\0';
    for (size_t i = at; i < strip->text.length; i++) {
        char byte = strip->text.data[i];
        if (quote != '\0') {
            quote = byte == quote ? '\0' : quote;
        } else if (byte == '"' || byte == '\'') {
            quote = byte;
        } else if (byte == '>') {
            return i + 1;
        }
    }
    size_t found = en_text_find(strip->text, EN_TEXT(">"), at);
    strip->no_more_tags = found == SIZE_MAX;
    return found != SIZE_MAX ? found + 1 : SIZE_MAX;
}

/* The tag's name without the slash; empty for what only looks like a tag: "a < b". */
static en_text read_tag_name(en_text text, size_t at)
{
    size_t start = at + 1;
    start += start < text.length && text.data[start] == '/';
    size_t end = start;
    while (end < text.length && is_letter_or_digit(text.data[end])) {
        end++;
    }
    bool letter = end > start && !(text.data[start] >= '0' && text.data[start] <= '9');
    return en_text_slice(text, start, letter ? end : start);
}

/* Behind </name …>, or the text's end. */
static size_t skip_element(stripper *strip, en_text name, size_t at)
{
    en_text text = strip->text;
    for (; (at = en_text_find(text, EN_TEXT("</"), at)) != SIZE_MAX; at += 2) {
        if (en_text_equal_nocase(read_tag_name(text, at), name)) {
            size_t end = find_tag_end(strip, at);
            return end != SIZE_MAX ? end : text.length;
        }
    }
    return text.length;
}

/* Behind the tag that begins at `at`; `at` itself if none does. */
static size_t skip_tag(stripper *strip, size_t at, bool *breaks_line)
{
    en_text text = strip->text;
    en_text rest = en_text_slice(text, at, text.length);
    en_text name = read_tag_name(text, at);
    *breaks_line = false;
    if (en_text_starts(rest, EN_TEXT("<!--"))) {
        size_t end = en_text_find(text, EN_TEXT("-->"), at + 4);
        return end != SIZE_MAX ? end + 3 : text.length;
    }
    if (strip->no_more_tags || (name.length == 0 && !en_text_starts(rest, EN_TEXT("<!")) &&
                                !en_text_starts(rest, EN_TEXT("<?")))) {
        return at;
    }
    size_t end = find_tag_end(strip, at);
    if (end == SIZE_MAX) {
        return at;
    }
    bool opens = !en_text_starts(rest, EN_TEXT("</"));
    *breaks_line = opens && en_text_equal_nocase(name, EN_TEXT("br"));
    bool unread = en_text_equal_nocase(name, EN_TEXT("script")) ||
                  en_text_equal_nocase(name, EN_TEXT("style"));
    return opens && unread ? skip_element(strip, name, end) : end;
}

static bool fn_strip_html(en_fn_call *call, en_value *result)
{
    stripper strip = { .text = en_value_text(call->args[0]) };
    size_t copied = 0;
    en_builder out;
    en_fn_text_begin(call, &out);
    for (size_t at = 0; (at = en_text_find(strip.text, EN_TEXT("<"), at)) != SIZE_MAX;) {
        bool breaks_line;
        size_t end = skip_tag(&strip, at, &breaks_line);
        if (end == at) {
            at++;
            continue;
        }
        en_builder_add(&out, en_text_slice(strip.text, copied, at));
        en_builder_add(&out, breaks_line ? EN_TEXT("\n") : EN_TEXT(""));
        at = end;
        copied = end;
    }
    en_builder_add(&out, en_text_slice(strip.text, copied, strip.text.length));
    return en_fn_text_end(call, &out, result);
}

/* --- JSON and Markdown --- */

static bool fn_escape_json(en_fn_call *call, en_value *result)
{
    en_builder out;
    en_fn_text_begin(call, &out);
    en_json_write_text(&out, en_value_text(call->args[0]));
    if (!en_fn_text_end(call, &out, result)) {
        return false;
    }
    en_text quoted = en_value_text(*result);
    *result = en_text_value(en_text_slice(quoted, 1, quoted.length - 1));
    return true;
}

/* Make writes a backslash, Fusion a character reference. */
static bool fn_escape_markdown(en_fn_call *call, en_value *result)
{
    en_text text = en_value_text(call->args[0]);
    en_builder out;
    en_fn_text_begin(call, &out);
    for (size_t i = 0; i < text.length && !out.failed; i++) {
        char byte = text.data[i];
        bool special = byte != '\0' && strchr("\\`*_{}[]()<>#+-.!|~&", byte) != NULL;
        if (special && call->rules->fusion) {
            en_builder_format(&out, "&#%d;", byte);
            continue;
        }
        if (special) {
            en_builder_add_char(&out, '\\');
        }
        en_builder_add_char(&out, byte);
    }
    return en_fn_text_end(call, &out, result);
}

#define TEXT_PARAM                                                                                 \
    {                                                                                              \
        "text", EN_T_TEXT, EN_FN_REQUIRED, "Any value, as text."                                   \
    }

const en_fn en_fns_escape[] = {
    { .name = "decodeURL",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_decode_url,
      .doc = "The text of a part of a URL: %20 is a space again; + stays.",
      .example = "{{decodeURL(\"caf%C3%A9%20%26%20bar\")}}",
      .result = "\"café & bar\"" },
    { .name = "encodeURL",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_encode_url,
      .doc = "The text made fit for one part of a URL.",
      .example = "{{encodeURL(\"café & bar\")}}",
      .result = "\"caf%C3%A9%20%26%20bar\"" },
    { .name = "escapeHTML",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_escape_html,
      .doc = "The text with &, < and > written as HTML shows them.",
      .example = "{{escapeHTML(\"<b>Hello</b>\")}}",
      .result = "\"&lt;b&gt;Hello&lt;/b&gt;\"" },
    { .name = "escapeJSON",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_escape_json,
      .doc = "The text made fit for between the quotes of a JSON text.",
      .example = "{{escapeJSON(\"say \"\"hi\"\"\")}}",
      .result = "\"say \\\\\\\"hi\\\\\\\"\"" },
    { .name = "escapeMarkdown",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_escape_markdown,
      .doc = "The text with the marks of Markdown escaped: it shows as it stands.",
      .example = "{{escapeMarkdown(\"# Header\")}}",
      .result = "\"\\\\# Header\"" },
    { .name = "stripHTML",
      .takes = { TEXT_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_strip_html,
      .doc = "The text without tags, comments, styles and scripts; <br> is a new line.",
      .example = "{{stripHTML(\"<b>Hello</b><br>World\")}}",
      .result = "\"Hello\\nWorld\"" },
    { 0 },
};

/* binary - functions between text and bytes. */
#include "base/base64.h"
#include "expr/fn.h"
#include "expr/infix.h"
#include "value/encoding.h"

/* Missing or empty: it stays what it is. */
static bool read_encoding(en_fn_call *call, size_t index, en_encoding *encoding)
{
    en_text name = en_value_text(call->args[index]);
    return name.length == 0 || en_encoding_find(name, encoding) ||
           en_error_set(call->error, EN_DataError, "Unknown encoding: %.*s", EN_TEXT_ARG(name));
}

static bool fn_base64(en_fn_call *call, en_value *result)
{
    en_builder out;
    en_fn_text_begin(call, &out);
    en_base64_encode(&out, en_value_text(call->args[0]));
    return en_fn_text_end(call, &out, result);
}

static bool fn_to_binary(en_fn_call *call, en_value *result)
{
    en_value value = call->args[0];
    en_encoding encoding = EN_ENCODING_UTF8;
    size_t most = en_scope_most_bytes(call->scope);
    en_text bytes = en_value_text(value);
    if (value.tag == EN_ARRAY || value.tag == EN_COLLECTION) {
        return en_fn_refuse(call, value, "buffer");
    }
    if (!read_encoding(call, 1, &encoding)) {
        return false;
    }
    if ((value.tag != EN_BUFFER &&
         !en_encoding_read(call->scope->arena, encoding, en_fn_text_of(call, value), &bytes)) ||
        bytes.length > most) {
        return en_error_set(call->error, EN_DataSizeLimitExceededError,
                            "The buffer is larger than %zu bytes.", most);
    }
    *result = en_buffer(bytes);
    return true;
}

/* An encoding is that of a buffer; other values have one text. */
static bool fn_to_string(en_fn_call *call, en_value *result)
{
    en_encoding encoding = EN_ENCODING_UTF8;
    en_builder out;
    en_fn_text_begin(call, &out);
    if (!read_encoding(call, 1, &encoding)) {
        return false;
    }
    if (call->args[0].tag == EN_BUFFER && !en_is_empty(call->args[1])) {
        en_encoding_write(&out, encoding, en_value_text(call->args[0]));
    } else {
        en_value_to_text(&out, call->args[0], en_text_from(call->rules->array_separator));
    }
    return en_fn_text_end(call, &out, result);
}

#define ENCODING_DOC "utf8 (when left out), ascii, latin1, binary, hex or base64."

const en_fn en_fns_binary[] = {
    { .name = "base64",
      .takes = { { "text", EN_T_TEXT | EN_T_BUFFER, EN_FN_REQUIRED, "A buffer, or text." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_base64,
      .doc = "The bytes in base64; back with toString(toBinary(text; \"base64\")).",
      .example = "{{base64(\"Make\")}}",
      .result = "\"TWFrZQ==\"" },
    { .name = "toBinary",
      .takes = { { "value", EN_T_ANY, EN_FN_REQUIRED, "A buffer, or a value as text." },
                 { "encoding", EN_T_TEXT, 0, "How the text stands for bytes: " ENCODING_DOC } },
      .gives = EN_T_BUFFER,
      .flags = EN_FN_PURE,
      .eval = fn_to_binary,
      .doc = "The bytes that a text stands for.",
      .example = "{{toBinary(\"4d616b65\"; \"hex\")}}",
      .result = "{\"$buffer\": \"TWFrZQ==\"}" },
    { .name = "toString",
      .takes = { { "value", EN_T_ANY, EN_FN_REQUIRED, "Any value." },
                 { "encoding", EN_T_TEXT, 0,
                   "For a buffer: utf8, ascii, latin1, hex or base64." } },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_to_string,
      .doc = "The value as text.",
      .example = "{{toString(toBinary(\"Make\"); \"hex\")}}",
      .result = "\"4d616b65\"" },
    { 0 },
};

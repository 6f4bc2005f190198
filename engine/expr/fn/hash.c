/* hash - hashes, and keyed hashes (HMAC) where a key is given. */
#include "base/crypto.h"
#include "expr/fn.h"
#include "value/encoding.h"

enum { TEXT, OUT_ENCODING, KEY, KEY_ENCODING };

static bool refuse_encoding(en_fn_call *call, size_t index)
{
    return en_error_set(call->error, EN_DataError, "Unknown encoding: %.*s",
                        EN_TEXT_ARG(en_value_text(call->args[index])));
}

static bool read_key(en_fn_call *call, en_text *key)
{
    en_text name = en_value_text(call->args[KEY_ENCODING]);
    en_encoding encoding = EN_ENCODING_UTF8;
    *key = en_value_text(call->args[KEY]);
    if (name.length != 0 && !en_text_equal(name, EN_TEXT("text")) &&
        !en_encoding_find(name, &encoding)) {
        return refuse_encoding(call, KEY_ENCODING);
    }
    if (call->args[KEY].tag == EN_BUFFER) {
        return true;
    }
    if (encoding == EN_ENCODING_LATIN1) {
        /* The key itself stays out of the message. */
        return en_error_set(call->error, EN_DataError, "A binary key must be a buffer.");
    }
    return en_encoding_read(call->scope->arena, encoding, *key, key) ||
           en_error_set(call->error, EN_DataSizeLimitExceededError, "The key is too long.");
}

static bool give_digest(en_fn_call *call, const en_digest *digest, en_value *result)
{
    en_text name = en_value_text(call->args[OUT_ENCODING]);
    en_encoding encoding = EN_ENCODING_HEX;
    if (name.length != 0 && !en_encoding_find(name, &encoding)) {
        return refuse_encoding(call, OUT_ENCODING);
    }
    en_builder out;
    en_fn_text_begin(call, &out);
    en_encoding_write(&out, encoding, (en_text){ digest->bytes, digest->length });
    return en_fn_text_end(call, &out, result);
}

static bool hash(en_fn_call *call, en_hash method, en_value *result)
{
    en_text bytes = en_value_text(call->args[TEXT]);
    en_digest digest;
    en_text key;
    if (en_is_missing(call->args[TEXT])) {
        return en_error_set(call->error, EN_DataError,
                            "The \"data\" argument must be of type string or an instance of "
                            "Buffer, TypedArray, or DataView. Received null");
    }
    if (en_is_empty(call->args[KEY])) {
        return en_crypto_hash(method, bytes, &digest, call->error) &&
               give_digest(call, &digest, result);
    }
    return read_key(call, &key) && en_crypto_hmac(method, key, bytes, &digest, call->error) &&
           give_digest(call, &digest, result);
}

static bool fn_md5(en_fn_call *call, en_value *result)
{
    return hash(call, EN_HASH_MD5, result);
}

static bool fn_sha1(en_fn_call *call, en_value *result)
{
    return hash(call, EN_HASH_SHA1, result);
}

static bool fn_sha256(en_fn_call *call, en_value *result)
{
    return hash(call, EN_HASH_SHA256, result);
}

static bool fn_sha512(en_fn_call *call, en_value *result)
{
    return hash(call, EN_HASH_SHA512, result);
}

#define DATA_PARAM                                                                                 \
    {                                                                                              \
        "text", EN_T_TEXT | EN_T_BUFFER | EN_T_NULL, EN_FN_REQUIRED,                               \
            "A buffer, or text; missing is an error."                                              \
    }
#define HASH_PARAMS                                                                                \
    {                                                                                              \
        DATA_PARAM, { "outEncoding", EN_T_TEXT, 0, "hex (when left out), base64 or latin1." },     \
            { "key", EN_T_TEXT | EN_T_BUFFER, 0, "Makes it an HMAC." },                            \
            { "keyEncoding", EN_T_TEXT, 0,                                                         \
              "text (when left out), hex, base64, or binary: the key is a buffer." },              \
    }

const en_fn en_fns_hash[] = {
    { .name = "md5",
      .takes = { DATA_PARAM },
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_md5,
      .doc = "The MD5 hash, in hex.",
      .example = "{{md5(\"Make\")}}",
      .result = "\"529a05ca6c1263aab080ec4f20754411\"" },
    { .name = "sha1",
      .takes = HASH_PARAMS,
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_sha1,
      .doc = "The SHA-1 hash, or the HMAC with a key.",
      .example = "{{sha1(\"Make\"; \"base64\")}}",
      .result = "\"qUQx7iLwXxQRB/k1XtMSfQ8MTVo=\"" },
    { .name = "sha256",
      .takes = HASH_PARAMS,
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_sha256,
      .doc = "The SHA-256 hash, or the HMAC with a key.",
      .example = "{{sha256(\"data\"; \"hex\"; \"736563726574\"; \"hex\")}}",
      .result = "\"1b2c16b75bd2a870c114153ccda5bcfca63314bc722fa160d690de133ccbb9db\"" },
    { .name = "sha512",
      .takes = HASH_PARAMS,
      .gives = EN_T_TEXT,
      .flags = EN_FN_PURE,
      .eval = fn_sha512,
      .doc = "The SHA-512 hash, or the HMAC with a key.",
      .example = "{{substring(sha512(\"workfront\"); 0; 16)}}",
      .result = "\"789ae41b9456357e\"" },
    { 0 },
};

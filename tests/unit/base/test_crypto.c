/* The examples of RFC 1321, FIPS 180-4, RFC 2202 and RFC 4231. */
#include "test.h"

#include "base/crypto.h"

#include <string.h>

static void assert_digest(const en_digest *digest, const char *hex)
{
    static const char digits[] = "0123456789abcdef";
    assert_int_equal(digest->length * 2, strlen(hex));
    for (size_t i = 0; i < digest->length; i++) {
        unsigned char byte = (unsigned char)digest->bytes[i];
        assert_int_equal(digits[byte >> 4], hex[2 * i]);
        assert_int_equal(digits[byte & 15], hex[2 * i + 1]);
    }
}

static void hashes_are_the_standards(void **state)
{
    (void)state;
    static const struct {
        en_hash hash;
        const char *text;
        const char *hex;
    } examples[] = {
        { EN_HASH_MD5, "", "d41d8cd98f00b204e9800998ecf8427e" },
        { EN_HASH_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
        { EN_HASH_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
        { EN_HASH_SHA256, "abc",
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { EN_HASH_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { EN_HASH_SHA512, "abc",
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23"
          "a3"
          "feebbd454d4423643ce80e2a9ac94fa54ca49f" },
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        en_digest digest;
        en_error error;
        en_error_clear(&error);
        assert_true(
            en_crypto_hash(examples[i].hash, en_text_from(examples[i].text), &digest, &error));
        assert_digest(&digest, examples[i].hex);
    }
}

static void keyed_hashes_are_the_standards(void **state)
{
    (void)state;
    char long_key[131]; /* longer than a block: it is hashed first */
    memset(long_key, 0xAA, sizeof long_key);
    const en_text jefe = EN_TEXT("Jefe");
    const en_text question = EN_TEXT("what do ya want for nothing?");
    const struct {
        en_hash hash;
        en_text key;
        en_text text;
        const char *hex;
    } examples[] = {
        { EN_HASH_MD5, jefe, question, "750c783e6ab0b503eaa86e310a5db738" },
        { EN_HASH_SHA1, jefe, question, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
        { EN_HASH_SHA256, jefe, question,
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { EN_HASH_SHA512, jefe, question,
          "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65"
          "f8"
          "f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
        { EN_HASH_SHA256,
          { long_key, sizeof long_key },
          EN_TEXT("Test Using Larger Than Block-Size Key - Hash Key First"),
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        en_digest digest;
        en_error error;
        en_error_clear(&error);
        assert_true(
            en_crypto_hmac(examples[i].hash, examples[i].key, examples[i].text, &digest, &error));
        assert_digest(&digest, examples[i].hex);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_the_standards),
        cmocka_unit_test(keyed_hashes_are_the_standards),
    };
    return EN_RUN(tests);
}

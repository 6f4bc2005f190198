#include "base/crypto.h"

#include "base/arena.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

_Static_assert(sizeof((en_digest){ 0 }.bytes) >= EVP_MAX_MD_SIZE, "a digest has room for any hash");

static const struct {
    const char *name;
    const EVP_MD *(*method)(void);
} hashes[] = {
    [EN_HASH_MD5] = { "MD5", EVP_md5 },
    [EN_HASH_SHA1] = { "SHA-1", EVP_sha1 },
    [EN_HASH_SHA256] = { "SHA-256", EVP_sha256 },
    [EN_HASH_SHA512] = { "SHA-512", EVP_sha512 },
};

static void *keep(void *piece, size_t size)
{
    if (piece == NULL && size != 0) {
        en_memory_gone();
    }
    return piece;
}

static void *allocate(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return keep(malloc(size), size);
}

static void *reallocate(void *piece, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return keep(realloc(piece, size), size);
}

static void release(void *piece, const char *file, int line)
{
    (void)file;
    (void)line;
    free(piece);
}

void en_crypto_configure(void)
{
    CRYPTO_set_mem_functions(allocate, reallocate, release);
}

static bool finish(en_hash hash, bool done, unsigned length, en_digest *digest, en_error *error)
{
    digest->length = length;
    return done || en_error_set(error, EN_RuntimeError, "%s is not available on this system",
                                hashes[hash].name);
}

bool en_crypto_hash(en_hash hash, en_text bytes, en_digest *digest, en_error *error)
{
    unsigned length = 0;
    int code = EVP_Digest(bytes.data, bytes.length, (unsigned char *)digest->bytes, &length,
                          hashes[hash].method(), NULL);
    return finish(hash, code == 1, length, digest, error);
}

bool en_crypto_hmac(en_hash hash, en_text key, en_text bytes, en_digest *digest, en_error *error)
{
    /* A key that is longer than a block stands for its hash. The library counts it as an int. */
    en_digest hashed;
    if (key.length > INT_MAX) {
        if (!en_crypto_hash(hash, key, &hashed, error)) {
            return false;
        }
        key = (en_text){ hashed.bytes, hashed.length };
    }
    unsigned length = 0;
    const unsigned char *made =
        HMAC(hashes[hash].method(), key.data, (int)key.length, (const unsigned char *)bytes.data,
             bytes.length, (unsigned char *)digest->bytes, &length);
    return finish(hash, made != NULL, length, digest, error);
}

/* --- piece by piece --- */

struct en_hasher {
    en_hash hash;
    EVP_MD_CTX *context;
};

static void close_hasher(void *handle)
{
    en_hasher *hasher = handle;
    EVP_MD_CTX_free(hasher->context);
}

bool en_hasher_open(en_arena *arena, en_hash hash, en_hasher **hasher, en_error *error)
{
    en_hasher *opened = EN_NEW(arena, en_hasher);
    opened->hash = hash;
    opened->context = EVP_MD_CTX_new();
    if (opened->context == NULL) {
        return en_error_set(error, EN_DataSizeLimitExceededError, "no memory for a hash");
    }
    en_arena_defer(arena, close_hasher, opened);
    *hasher = opened;
    return EVP_DigestInit_ex(opened->context, hashes[hash].method(), NULL) == 1 ||
           en_error_set(error, EN_RuntimeError, "%s is not available on this system",
                        hashes[hash].name);
}

bool en_hasher_add(en_hasher *hasher, en_text bytes, en_error *error)
{
    return EVP_DigestUpdate(hasher->context, bytes.data, bytes.length) == 1 ||
           en_error_set(error, EN_RuntimeError, "%s failed", hashes[hasher->hash].name);
}

bool en_hasher_finish(en_hasher *hasher, en_digest *digest, en_error *error)
{
    unsigned length = 0;
    int code = EVP_DigestFinal_ex(hasher->context, (unsigned char *)digest->bytes, &length);
    return finish(hasher->hash, code == 1, length, digest, error);
}

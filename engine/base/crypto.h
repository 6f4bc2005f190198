/* crypto - hashes and keyed hashes (HMAC, RFC 2104).
 *
 * Shape:    one call for one text; the library is touched with the first one.
 * Units:    bytes.
 * Lifetime: the digest is the caller's buffer.
 * Errors:   RuntimeError when the library refuses, such as MD5 on a system that forbids it.
 * Threads:  free.
 */
#ifndef EN_BASE_CRYPTO_H
#define EN_BASE_CRYPTO_H

#include "base/error.h"

typedef enum en_hash { EN_HASH_MD5, EN_HASH_SHA1, EN_HASH_SHA256, EN_HASH_SHA512 } en_hash;

typedef struct en_digest {
    char bytes[64];
    size_t length;
} en_digest;

/* For a program whose memory may end, before anything else: the library uses locks that it could not
 * make, so the process ends first, as in en_arena_alloc. */
void en_crypto_configure(void);

EN_WARN_UNUSED bool en_crypto_hash(en_hash hash, en_text bytes, en_digest *digest, en_error *error);
EN_WARN_UNUSED bool en_crypto_hmac(en_hash hash, en_text key, en_text bytes, en_digest *digest,
                                   en_error *error);

/* The same piece by piece. The hasher lives in the arena and is closed with it; finishing ends it. */
typedef struct en_hasher en_hasher;
EN_WARN_UNUSED bool en_hasher_open(en_arena *arena, en_hash hash, en_hasher **hasher,
                                   en_error *error);
EN_WARN_UNUSED bool en_hasher_add(en_hasher *hasher, en_text bytes, en_error *error);
EN_WARN_UNUSED bool en_hasher_finish(en_hasher *hasher, en_digest *digest, en_error *error);

#endif

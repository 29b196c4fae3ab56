/*
 * digest.h: SHA-256 over several texts, so that no two lists of texts give the same bytes.
 *
 * libcrypto's own functions are asked for: a keyed state is copied for each id, which the newer
 * interface answers with allocations. Included before any other header of libcrypto.
 *
 * Floor 4. Private to the store. Any thread. Allocates nothing.
 */
#ifndef ST_STORE_DIGEST_H
#define ST_STORE_DIGEST_H

#define OPENSSL_API_COMPAT 0x10101000L

#include "base/str.h"
#include "store/bytes.h"

#include <openssl/sha.h>

/* The text behind its length; an absent one is as an empty one. */
static inline void st_digest_add_text(SHA256_CTX *state, st_str text)
{
    char len[8];
    st_put_u64(len, text.len);
    SHA256_Update(state, len, sizeof len);
    if (text.len > 0)
        SHA256_Update(state, text.at, text.len);
}

#endif

#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

void st_random_bytes(void *bytes, size_t len)
{
    char *at = bytes;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        /* Without random bytes there are no safe ids and no safe hash seed: nothing can go on. */
        ST_BUG_IF(got < 0 && errno != EINTR);
        if (got > 0) {
            at += got;
            len -= (size_t)got;
        }
    }
}

/* Sets version and variant in sixteen random bytes, and writes them as 8-4-4-4-12. */
static void write_uuid(unsigned char bytes[static 16], char text[static 37])
{
    static const char hex[] = "0123456789abcdef";
    bytes[6] = (bytes[6] & 0x0F) | 0x40;
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    char *at = text;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = hex[bytes[i] >> 4];
        *at++ = hex[bytes[i] & 0x0F];
    }
    *at = '\0';
}

void st_random_uuid(char text[static 37])
{
    unsigned char bytes[16];
    st_random_bytes(bytes, sizeof bytes);
    write_uuid(bytes, text);
}

/* splitmix64 spreads the seed over the state, which must not be all zero. */
void st_rng_init(struct st_rng *rng, uint64_t seed)
{
    for (size_t i = 0; i < 4; i++) {
        seed += UINT64_C(0x9E3779B97F4A7C15);
        uint64_t z = seed;
        z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
        rng->state[i] = z ^ z >> 31;
    }
}

static uint64_t rotate_left(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

uint64_t st_rng_next(struct st_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t st_rng_below(struct st_rng *rng, uint64_t bound)
{
    ST_BUG_IF(bound == 0);
    /* 2^64 mod bound: the values below it would make the small results likelier. */
    uint64_t uneven = (0 - bound) % bound;
    uint64_t value = st_rng_next(rng);
    while (value < uneven)
        value = st_rng_next(rng);
    return value % bound;
}

void st_rng_bytes(struct st_rng *rng, void *bytes, size_t len)
{
    unsigned char *at = bytes;
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++) {
        /* By shifts, so that the bytes do not depend on the machine's byte order. */
        word = i % 8 == 0 ? st_rng_next(rng) : word >> 8;
        at[i] = (unsigned char)word;
    }
}

void st_rng_uuid(struct st_rng *rng, char text[static 37])
{
    unsigned char bytes[16];
    st_rng_bytes(rng, bytes, sizeof bytes);
    write_uuid(bytes, text);
}

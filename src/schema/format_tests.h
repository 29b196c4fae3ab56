/*
 * format_tests.h: the tests behind format.h, one for each name, and the one list of all names.
 *
 * Not for use outside the format_….c files: others ask st_format_find().
 *
 * 1. A test takes any valid UTF-8 text and answers; it has no other effect.
 * 2. Lengths are bytes where the RFC counts octets.
 *
 * Floor 3. Any thread. Only the idn tests allocate (inside libidn2).
 */
#ifndef ST_SCHEMA_FORMAT_TESTS_H
#define ST_SCHEMA_FORMAT_TESTS_H

#include "base/str.h"

/* One list: the name in a schema, the test's name, the message. */
#define ST_FORMAT_LIST(X)                                                                          \
    X("date-time", date_time, "must be RFC3339 date-time")                                         \
    X("uuid", uuid, "must be a valid UUID")                                                        \
    X("date", date, "must be RFC3339 date")                                                        \
    X("time", time, "must be RFC3339 time")                                                        \
    X("duration", duration, "must be RFC3339 duration")                                            \
    X("email", email, "must be a valid email address")                                             \
    X("idn-email", idn_email, "must be a valid internationalized email address")                   \
    X("hostname", hostname, "must be a valid hostname")                                            \
    X("idn-hostname", idn_hostname, "must be a valid internationalized hostname")                  \
    X("ipv4", ipv4, "must be a valid IPv4 address")                                                \
    X("ipv6", ipv6, "must be a valid IPv6 address")                                                \
    X("uri", uri, "must be a valid URI")                                                           \
    X("uri-reference", uri_reference, "must be a valid URI reference")                             \
    X("iri", iri, "must be a valid IRI")                                                           \
    X("iri-reference", iri_reference, "must be a valid IRI reference")                             \
    X("uri-template", uri_template, "must be a valid RFC6570 URI template")                        \
    X("json-pointer", json_pointer, "must be a valid JSON Pointer")                                \
    X("relative-json-pointer", relative_json_pointer, "must be a valid relative JSON Pointer")     \
    X("regex", regex, "must be a valid ECMA-262 regular expression")

#define ST_FORMAT_DECLARE(name, test, message) bool st_format_check_##test(st_str text);
ST_FORMAT_LIST(ST_FORMAT_DECLARE)
#undef ST_FORMAT_DECLARE

/* The twin of uuid, without what only some machines have. */
bool st_format_check_uuid_plain(st_str text);

/* ---- what more than one family needs ---- */

/* What the labels of a name may be. */
enum st_host {
    ST_HOST_LDH,   /* RFC 1123: letters, digits and inner hyphens */
    ST_HOST_ASCII, /* the same, and A-labels ("xn--…") are decoded and judged by IDNA2008 */
    ST_HOST_MAIL,  /* U-labels too */
    ST_HOST_IDN,   /* U-labels too, and the separators that IDNA knows beside the full stop */
};

/* A name of labels, in A-label form at most 253 bytes long, a label at most 63. */
bool st_format_check_host(st_str name, enum st_host kind);

/* The dotted-quad of RFC 3986 (0 … 255, no leading zeros). */
bool st_format_check_quad(st_str text);

/* A set of ASCII characters: those below 64, those from 64 on. */
struct st_ascii_set {
    uint64_t bits[2];
};
#define ST_ASCII(c)      (UINT64_C(1) << ((c)&63))
#define ST_ASCII_DIGITS  (UINT64_C(0x3FF) << ('0' & 63))
#define ST_ASCII_LETTERS ((UINT64_C(0x3FFFFFF) << ('A' & 63)) | (UINT64_C(0x3FFFFFF) << ('a' & 63)))

static inline bool st_ascii_has(const struct st_ascii_set *set, char c)
{
    unsigned char byte = (unsigned char)c;
    return byte < 0x80 && (set->bits[byte >> 6] >> (byte & 63) & 1) != 0;
}

/* Whether of eight bytes none is below its place in `low` or above that in `high`, which are ASCII.
 * All are asked at once: 0x80 + byte - low keeps its highest bit while byte >= low. Only a byte
 * that is no ASCII takes a bit from the next one, and it is refused itself. */
static inline bool st_are_between(const char text[static 8], const char low[static 8],
                                  const char high[static 8])
{
    const uint64_t top = UINT64_C(0x8080808080808080);
    uint64_t bytes;
    uint64_t lows;
    uint64_t highs;
    memcpy(&bytes, text, 8);
    memcpy(&lows, low, 8);
    memcpy(&highs, high, 8);
    return (((bytes | top) - lows) & ((highs | top) - bytes) & ~bytes & top) == top;
}

static inline bool st_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool st_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool st_is_hex(char c)
{
    return st_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

#endif

/* The formats hostname and idn-hostname: RFC 1123 and IDNA2008.
 *
 * libidn2 judges a label by RFC 5891 and 5892 (code points, NFC, hyphens, CONTEXTJ, CONTEXTO). The
 * Bidi rule of RFC 5893 is ours: it concerns the whole name, and libidn2 looks at single labels and
 * lets mixed digits pass (condition 4). */
#include "base/utf8.h"
#include "schema/format_tests.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <idn2.h>
#include <pcre2.h>
#include <strings.h>

/* RFC 1035: 255 octets on the wire are 253 in text. A code point of a U-label takes at least one
 * byte of the A-label, so a decoded name fits in four times as many. */
#define HOST_BYTES_MAX  253
#define LABEL_BYTES_MAX 63
#define NAME_BYTES_MAX  (4 * HOST_BYTES_MAX + 4)

/* A name on its way: its length as A-labels, and its U-labels, joined by dots, for the Bidi rule.
 */
struct host {
    enum st_host kind;
    size_t ascii_len;
    bool decoded; /* some label was no plain LDH label */
    char text[NAME_BYTES_MAX];
    size_t len;
};

static bool is_ldh(st_str label)
{
    if (label.len == 0 || label.len > LABEL_BYTES_MAX)
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.at[i];
        bool inner = i > 0 && i + 1 < label.len;
        if (!st_is_alpha(c) && !st_is_digit(c) && !(c == '-' && inner))
            return false;
    }
    return true;
}

static bool is_ascii(st_str label)
{
    for (size_t i = 0; i < label.len; i++)
        if ((unsigned char)label.at[i] >= 0x80)
            return false;
    return true;
}

static bool keep_label(struct host *host, st_str label)
{
    if (label.len + 1 > sizeof host->text - host->len)
        return false;
    if (host->len > 0)
        host->text[host->len++] = '.';
    if (label.len > 0)
        memcpy(host->text + host->len, label.at, label.len);
    host->len += label.len;
    return true;
}

/* A U-label, as a C string; its A-label is compared with `expected` unless that is NULL. */
static bool add_u_label(struct host *host, const char *label, const char *expected)
{
    uint8_t *ascii = NULL;
    /* What a registry accepts is what RFC 5890 calls a U-label; lookup leaves CONTEXTO out. */
    if (idn2_register_u8((const uint8_t *)label, NULL, &ascii, 0) != IDN2_OK)
        return false;
    size_t len = strlen((const char *)ascii);
    bool same = expected == NULL || strcmp((const char *)ascii, expected) == 0;
    idn2_free(ascii);
    host->ascii_len += len;
    host->decoded = true;
    return same && len <= LABEL_BYTES_MAX && keep_label(host, st_str_of(label));
}

/* An A-label stands for a U-label that encodes to it again, apart from case. */
static bool add_a_label(struct host *host, st_str label)
{
    char lower[LABEL_BYTES_MAX + 1];
    char *decoded = NULL;
    for (size_t i = 0; i < label.len; i++)
        lower[i] =
            (char)(label.at[i] >= 'A' && label.at[i] <= 'Z' ? label.at[i] | 0x20 : label.at[i]);
    lower[label.len] = '\0';
    if (idn2_to_unicode_8z8z(lower, &decoded, 0) != IDN2_OK)
        return false;
    bool good = !is_ascii(st_str_of(decoded)) && add_u_label(host, decoded, lower);
    idn2_free(decoded);
    return good;
}

static bool add_label(struct host *host, st_str label)
{
    if (is_ldh(label)) {
        bool a_label = label.len >= 4 && strncasecmp(label.at, "xn--", 4) == 0;
        if (a_label && host->kind != ST_HOST_LDH)
            return add_a_label(host, label);
        host->ascii_len += label.len;
        return keep_label(host, label);
    }
    char text[4 * LABEL_BYTES_MAX + 1];
    if (host->kind < ST_HOST_MAIL || is_ascii(label) || label.len >= sizeof text)
        return false;
    memcpy(text, label.at, label.len);
    text[label.len] = '\0';
    return strlen(text) == label.len && add_u_label(host, text, NULL);
}

/* The length of the separator at `at`, or 0: the full stop, and where IDNA is spoken its
 * ideographic, fullwidth and halfwidth forms (RFC 3490, section 3.1). */
static size_t count_separator(st_str name, size_t at, enum st_host kind)
{
    static const char *const wide[] = {"\u3002", "\uFF0E", "\uFF61"};
    if (name.at[at] == '.')
        return 1;
    for (size_t i = 0; kind == ST_HOST_IDN && i < 3; i++)
        if (st_str_starts(st_str_from(name, at), st_str_of(wide[i])))
            return 3;
    return 0;
}

#define RTL_FIRST "\\p{bc:R}\\p{bc:AL}"
#define RTL       RTL_FIRST "\\p{bc:AN}"
#define NEUTRAL   "\\p{bc:EN}\\p{bc:ES}\\p{bc:CS}\\p{bc:ET}\\p{bc:ON}\\p{bc:BN}\\p{bc:NSM}"

/* RFC 5893, section 2, for every label of a name that has one right-to-left character: the label
 * is RTL by conditions 1 to 4, or LTR by 1, 5 and 6; as a whole the pattern says "no such name". */
static const char bidi_rule[] =
    "^(?=.*[" RTL "])(?!"
    "(?:(?:"
    "(?=[" RTL_FIRST "])"
    "(?![^.]*\\p{bc:EN}[^.]*\\p{bc:AN})(?![^.]*\\p{bc:AN}[^.]*\\p{bc:EN})"
    "(?:(?!\\.)[" RTL NEUTRAL "])*[" RTL "\\p{bc:EN}]\\p{bc:NSM}*+"
    "|"
    "(?=\\p{bc:L})(?:(?!\\.)[\\p{bc:L}" NEUTRAL "])*[\\p{bc:L}\\p{bc:EN}]\\p{bc:NSM}*+"
    ")(?:\\.|\\z))++\\z)";

/* Compiled for each name that needs it: names with other than ASCII are rare and short. */
static bool breaks_bidi_rule(const struct host *host)
{
    int error = 0;
    size_t offset = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)bidi_rule, sizeof bidi_rule - 1,
                                     PCRE2_UTF | PCRE2_DOTALL, &error, &offset, NULL);
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    int found = PCRE2_ERROR_NOMEMORY;
    if (code != NULL && match != NULL)
        found = pcre2_match(code, (PCRE2_SPTR)host->text, host->len, 0, 0, match, NULL);
    pcre2_match_data_free(match);
    pcre2_code_free(code);
    return found != PCRE2_ERROR_NOMATCH;
}

/* Whether the name is of LDH labels without "xn--", which is good for every kind of name; false
 * says nothing. Names are short and such are nearly all. */
static bool is_plain_host(st_str name)
{
    size_t start = 0;
    if (name.len == 0 || name.len > HOST_BYTES_MAX)
        return false;
    for (size_t at = 0; at <= name.len; at++) {
        char c = at < name.len ? name.at[at] : '.';
        if (c == '.') {
            size_t len = at - start;
            if (len == 0 || len > LABEL_BYTES_MAX || name.at[start] == '-' ||
                name.at[at - 1] == '-')
                return false;
            start = at + 1;
        } else if (c == '-') {
            /* Perhaps an A-label. */
            if (at == start + 3 && name.at[start + 2] == '-')
                return false;
        } else if (!st_is_alpha(c) && !st_is_digit(c)) {
            return false;
        }
    }
    return true;
}

static bool is_any_host(st_str name, enum st_host kind)
{
    struct host host = {.kind = kind};
    size_t start = 0;
    for (size_t at = 0; at < name.len;) {
        size_t separator = count_separator(name, at, kind);
        if (separator > 0) {
            if (!add_label(&host, (st_str){name.at + start, at - start}))
                return false;
            host.ascii_len++;
            start = at + separator;
        }
        if (host.ascii_len > HOST_BYTES_MAX)
            return false;
        at += separator > 0 ? separator : 1;
    }
    if (!add_label(&host, st_str_from(name, start)) || host.ascii_len > HOST_BYTES_MAX)
        return false;
    return !host.decoded || !breaks_bidi_rule(&host);
}

bool st_format_check_host(st_str name, enum st_host kind)
{
    return is_plain_host(name) || is_any_host(name, kind);
}

bool st_format_check_hostname(st_str text)
{
    return st_format_check_host(text, ST_HOST_ASCII);
}

bool st_format_check_idn_hostname(st_str text)
{
    return st_format_check_host(text, ST_HOST_IDN);
}

/* The formats of RFC 3986 (uri), RFC 3987 (iri) and RFC 6570 (uri-template). */
#include "base/utf8.h"
#include "schema/format_tests.h"

struct range {
    uint32_t first;
    uint32_t last;
};

static bool is_in(uint32_t c, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* ucschar of RFC 3987: what is no private use, no noncharacter and no plane of tags. */
static bool is_ucs(uint32_t c)
{
    static const struct range basic[] = {{0xA0, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFEF}};
    if (c < 0x10000)
        return is_in(c, basic, 3);
    return c >= 0xE1000 ? c <= 0xEFFFD : c < 0xE0000 && (c & 0xFFFF) <= 0xFFFD;
}

static bool is_private(uint32_t c)
{
    static const struct range ranges[] = {
        {0xE000, 0xF8FF}, {0xF0000, 0xFFFFD}, {0x100000, 0x10FFFD}};
    return is_in(c, ranges, 3);
}

/* RFC 3987, section 4.1: an IRI must not hold the formatting characters of bidirectional text. */
static bool is_bidi_control(uint32_t c)
{
    return c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E);
}

static bool is_escape(st_str text, size_t at)
{
    return text.len - at >= 3 && text.at[at] == '%' && st_is_hex(text.at[at + 1]) &&
           st_is_hex(text.at[at + 2]);
}

/* unreserved and sub-delims of RFC 3986, which are good everywhere. */
#define EVERYWHERE_LOW                                                                             \
    (ST_ASCII_DIGITS | ST_ASCII('-') | ST_ASCII('.') | ST_ASCII('!') | ST_ASCII('$') |             \
     ST_ASCII('&') | ST_ASCII('\'') | ST_ASCII('(') | ST_ASCII(')') | ST_ASCII('*') |              \
     ST_ASCII('+') | ST_ASCII(',') | ST_ASCII(';') | ST_ASCII('='))
#define EVERYWHERE_HIGH (ST_ASCII_LETTERS | ST_ASCII('_') | ST_ASCII('~'))

static const struct st_ascii_set host_chars = {{EVERYWHERE_LOW, EVERYWHERE_HIGH}};
static const struct st_ascii_set user_chars = {{EVERYWHERE_LOW | ST_ASCII(':'), EVERYWHERE_HIGH}};
static const struct st_ascii_set path_chars = {
    {EVERYWHERE_LOW | ST_ASCII(':') | ST_ASCII('/'), EVERYWHERE_HIGH | ST_ASCII('@')}};
static const struct st_ascii_set query_chars = {
    {EVERYWHERE_LOW | ST_ASCII(':') | ST_ASCII('/') | ST_ASCII('?'),
     EVERYWHERE_HIGH | ST_ASCII('@')}};

/* What a part of a URI may be made of, beside %XX. */
struct part {
    const struct st_ascii_set *ascii;
    bool iri;
    bool private_use; /* an IRI's query */
};

static bool is_made_of(st_str text, struct part part)
{
    for (size_t at = 0; at < text.len;) {
        char c = text.at[at];
        if (st_ascii_has(part.ascii, c)) {
            at++;
        } else if (c == '%') {
            if (!is_escape(text, at))
                return false;
            at += 3;
        } else {
            if ((unsigned char)c < 0x80 || !part.iri)
                return false;
            uint32_t code = st_utf8_next(text, &at);
            if (!(is_ucs(code) && !is_bidi_control(code)) &&
                !(part.private_use && is_private(code)))
                return false;
        }
    }
    return true;
}

static bool is_scheme(st_str text)
{
    if (text.len == 0 || !st_is_alpha(text.at[0]))
        return false;
    for (size_t i = 1; i < text.len; i++) {
        char c = text.at[i];
        if (!st_is_alpha(c) && !st_is_digit(c) && c != '+' && c != '-' && c != '.')
            return false;
    }
    return true;
}

/* IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool is_ip_future(st_str text)
{
    st_str version = {0};
    st_str rest = {0};
    if (!st_str_cut(text, '.', &version, &rest) || version.len < 2 || rest.len == 0 ||
        (version.at[0] | 0x20) != 'v')
        return false;
    for (size_t i = 1; i < version.len; i++)
        if (!st_is_hex(version.at[i]))
            return false;
    return memchr(rest.at, '%', rest.len) == NULL &&
           is_made_of(rest, (struct part){.ascii = &user_chars});
}

/* The host and port behind the user information. Whatever is no IP literal is a registered name,
 * and that has few rules; an IPv4 address is one too. */
static bool is_host_port(st_str text, bool iri)
{
    st_str port = {0};
    st_str host = text;
    if (text.len > 0 && text.at[0] == '[') {
        size_t end = 0;
        if (!st_str_find(text, ']', &end))
            return false;
        st_str literal = {text.at + 1, end - 1};
        if (!st_format_check_ipv6(literal) && !is_ip_future(literal))
            return false;
        port = st_str_from(text, end + 1);
        if (port.len > 0 && port.at[0] != ':')
            return false;
        port = port.len > 0 ? st_str_from(port, 1) : port;
    } else {
        st_str_cut(text, ':', &host, &port);
        if (!is_made_of(host, (struct part){.ascii = &host_chars, .iri = iri}))
            return false;
    }
    for (size_t i = 0; i < port.len; i++)
        if (!st_is_digit(port.at[i]))
            return false;
    return true;
}

static bool is_authority(st_str text, bool iri)
{
    st_str user = {0};
    st_str rest = {0};
    if (!st_str_cut(text, '@', &user, &rest))
        return is_host_port(text, iri);
    return is_made_of(user, (struct part){.ascii = &user_chars, .iri = iri}) &&
           is_host_port(rest, iri);
}

/* The authority and the path: whatever begins with "//" has an authority. */
static bool is_hierarchy(st_str text, bool iri)
{
    if (st_str_starts(text, ST_STR("//"))) {
        size_t end = 2;
        while (end < text.len && text.at[end] != '/')
            end++;
        if (!is_authority((st_str){text.at + 2, end - 2}, iri))
            return false;
        text = st_str_from(text, end);
    }
    return is_made_of(text, (struct part){.ascii = &path_chars, .iri = iri});
}

/* The scheme ends at the first ':', if that comes before any '/'; a first segment with a ':' would
 * be read as one, so it is no path either. */
static bool is_reference(st_str text, bool iri, bool scheme_needed)
{
    st_str fragment = {0};
    st_str query = {0};
    st_str_cut(text, '#', &text, &fragment);
    st_str_cut(text, '?', &text, &query);
    if (!is_made_of(fragment, (struct part){.ascii = &query_chars, .iri = iri}) ||
        !is_made_of(query, (struct part){&query_chars, iri, iri}))
        return false;
    size_t colon = 0;
    size_t slash = text.len;
    st_str_find(text, '/', &slash);
    if (st_str_find(text, ':', &colon) && colon < slash) {
        if (!is_scheme((st_str){text.at, colon}))
            return false;
        text = st_str_from(text, colon + 1);
    } else if (scheme_needed) {
        return false;
    }
    return is_hierarchy(text, iri);
}

/* ---- the common ones ---- */

/* What may follow an authority, or begin with '/' or '#': %XX is left to the rules above. */
static bool is_plain_rest(st_str text)
{
    size_t at = 0;
    while (at < text.len && st_ascii_has(&query_chars, text.at[at]))
        at++;
    if (at < text.len && text.at[at] == '#')
        at++;
    while (at < text.len && st_ascii_has(&query_chars, text.at[at]))
        at++;
    return at == text.len;
}

/* Whether it is a URI such as "https://example.com:80/a?b#c", whose host is a name; false says
 * nothing. */
static bool is_plain_uri(st_str text)
{
    size_t at = 0;
    if (text.len == 0 || !st_is_alpha(text.at[0]))
        return false;
    while (at < text.len && (st_is_alpha(text.at[at]) || st_is_digit(text.at[at])))
        at++;
    if (!st_str_starts(st_str_from(text, at), ST_STR("://")))
        return false;
    at += 3;
    while (at < text.len && st_ascii_has(&host_chars, text.at[at]))
        at++;
    if (at < text.len && text.at[at] == ':')
        at++;
    while (at < text.len && st_is_digit(text.at[at]))
        at++;
    if (at < text.len && strchr("/?#", text.at[at]) == NULL)
        return false;
    return is_plain_rest(st_str_from(text, at));
}

/* The same of "/a/b" and "#/a". */
static bool is_plain_reference(st_str text)
{
    bool path = st_str_starts(text, ST_STR("/")) && !st_str_starts(text, ST_STR("//"));
    return (path || st_str_starts(text, ST_STR("#"))) && is_plain_rest(text);
}

bool st_format_check_uri(st_str text)
{
    return is_plain_uri(text) || is_reference(text, false, true);
}

bool st_format_check_uri_reference(st_str text)
{
    return is_plain_reference(text) || is_plain_uri(text) || is_reference(text, false, false);
}

bool st_format_check_iri(st_str text)
{
    return is_reference(text, true, true);
}

bool st_format_check_iri_reference(st_str text)
{
    return is_reference(text, true, false);
}

/* ---- RFC 6570 ---- */

/* The length of `varname`, or 0: letters, digits, '_' and %XX, with single dots between. */
static size_t count_name(st_str text)
{
    size_t at = 0;
    size_t good = 0;
    while (at < text.len) {
        char c = text.at[at];
        if (st_is_alpha(c) || st_is_digit(c) || c == '_')
            at++;
        else if (is_escape(text, at))
            at += 3;
        else if (c == '.' && at > 0 && good == at)
            at++;
        else
            break;
        if (c != '.')
            good = at;
    }
    return good == at ? good : 0;
}

/* One variable with its modifier: "var", "var*", "var:30". */
static bool is_variable(st_str text)
{
    size_t len = count_name(text);
    if (len == 0)
        return false;
    st_str modifier = st_str_from(text, len);
    if (modifier.len == 0 || st_str_eq(modifier, ST_STR("*")))
        return true;
    if (modifier.at[0] != ':' || modifier.len < 2 || modifier.len > 5 || modifier.at[1] == '0')
        return false;
    for (size_t i = 1; i < modifier.len; i++)
        if (!st_is_digit(modifier.at[i]))
            return false;
    return true;
}

/* What stands between braces. Operators kept for later ("=,!@|") are part of the grammar. */
static bool is_expression(st_str text)
{
    if (text.len > 0 && text.at[0] != '\0' && strchr("+#./;?&=,!@|", text.at[0]) != NULL)
        text = st_str_from(text, 1);
    st_str variable = {0};
    bool more = true;
    while (more) {
        more = st_str_cut(text, ',', &variable, &text);
        if (!is_variable(variable))
            return false;
    }
    return true;
}

/* A literal; verified erratum 6937 gives back the apostrophe that the RFC had lost. */
static bool is_literal(uint32_t c)
{
    if (c >= 0x80)
        return is_ucs(c) || is_private(c);
    return c > 0x20 && c != 0x7F && strchr("\"%<>\\^`{|}", (int)c) == NULL;
}

bool st_format_check_uri_template(st_str text)
{
    for (size_t at = 0; at < text.len;) {
        if (text.at[at] == '{') {
            st_str rest = st_str_from(text, at + 1);
            size_t end = 0;
            if (!st_str_find(rest, '}', &end) || !is_expression((st_str){rest.at, end}))
                return false;
            at += end + 2;
        } else if (text.at[at] == '%') {
            if (!is_escape(text, at))
                return false;
            at += 3;
        } else if (!is_literal(st_utf8_next(text, &at))) {
            return false;
        }
    }
    return true;
}

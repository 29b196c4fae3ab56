/* The formats of addresses and mail: ipv4, ipv6, email and idn-email. */
#include "schema/format_tests.h"

#include <strings.h>

/* RFC 5321, section 4.5.3.1.1. */
#define LOCAL_BYTES_MAX 64

/* Eats "0" … "255" without leading zeros. */
static bool take_octet(st_str text, size_t *at)
{
    size_t start = *at;
    int value = 0;
    while (*at < text.len && *at < start + 3 && st_is_digit(text.at[*at]))
        value = value * 10 + (text.at[(*at)++] - '0');
    return *at > start && value <= 255 && (*at == start + 1 || text.at[start] != '0');
}

bool st_format_check_quad(st_str text)
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        if (!take_octet(text, &at) || at == text.len || text.at[at] != '.')
            return false;
        at++;
    }
    return take_octet(text, &at) && at == text.len;
}

bool st_format_check_ipv4(st_str text)
{
    return st_format_check_quad(text);
}

/* Groups of RFC 4291, section 2.2, between colons; an IPv4 address may stand for the last two, and
 * one "::" for a gap. Counts the groups of 16 bits. */
static bool count_groups(st_str text, int *groups, bool *gap)
{
    size_t at = 0;
    *groups = 0;
    *gap = st_str_starts(text, ST_STR("::"));
    if (*gap)
        at = 2;
    while (at < text.len || !*gap) {
        size_t start = at;
        while (at < text.len && st_is_hex(text.at[at]))
            at++;
        if (at < text.len && text.at[at] == '.') {
            *groups += 2;
            return st_format_check_quad(st_str_from(text, start));
        }
        if (at == start || at > start + 4 || ++*groups > 8)
            return false;
        if (at == text.len)
            return true;
        if (text.at[at++] != ':' || at == text.len)
            return false;
        if (text.at[at] != ':')
            continue;
        if (*gap)
            return false;
        *gap = true;
        at++;
    }
    return true;
}

bool st_format_check_ipv6(st_str text)
{
    int groups = 0;
    bool gap = false;
    if (!count_groups(text, &groups, &gap))
        return false;
    return gap ? groups <= 7 : groups == 8;
}

/* ---- mail ---- */

/* atext of RFC 5321, with UTF8-non-ascii of RFC 6531 when `idn`. */
static bool is_atom_char(char c, bool idn)
{
    static const struct st_ascii_set atoms = {
        {ST_ASCII_DIGITS | ST_ASCII('!') | ST_ASCII('#') | ST_ASCII('$') | ST_ASCII('%') |
             ST_ASCII('&') | ST_ASCII('\'') | ST_ASCII('*') | ST_ASCII('+') | ST_ASCII('-') |
             ST_ASCII('/') | ST_ASCII('=') | ST_ASCII('?'),
         ST_ASCII_LETTERS | ST_ASCII('^') | ST_ASCII('_') | ST_ASCII('`') | ST_ASCII('{') |
             ST_ASCII('|') | ST_ASCII('}') | ST_ASCII('~')}};
    return st_ascii_has(&atoms, c) || (idn && (unsigned char)c >= 0x80);
}

/* Dot-string: atoms between single dots. */
static bool is_dot_string(st_str text, bool idn)
{
    bool in_atom = false;
    for (size_t i = 0; i < text.len; i++) {
        bool dot = text.at[i] == '.';
        if (dot ? !in_atom : !is_atom_char(text.at[i], idn))
            return false;
        in_atom = !dot;
    }
    return in_atom;
}

/* The length of the Quoted-string at the head of `text`, or 0. RFC 6531 lets other than ASCII stand
 * in it, but not behind a backslash. */
static size_t count_quoted(st_str text, bool idn)
{
    if (text.len == 0 || text.at[0] != '"')
        return 0;
    bool escaped = false;
    for (size_t i = 1; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c < 0x20 || c == 0x7F || (c >= 0x80 && (!idn || escaped)))
            return 0;
        if (c == '"' && !escaped)
            return i + 1;
        escaped = c == '\\' && !escaped;
    }
    return 0;
}

/* IPv4 with leading zeros allowed (1*3DIGIT), as RFC 5321 has it. */
static bool is_mail_ipv4(st_str text)
{
    for (int i = 0; i < 4; i++) {
        st_str part = {0};
        uint64_t value = 0;
        bool more = st_str_cut(text, '.', &part, &text);
        if (more != (i < 3) || part.len > 3 || st_str_to_u64(part, &value) != ST_OK || value > 255)
            return false;
    }
    return true;
}

/* RFC 5321, section 4.1.3. IPv6 is the only tag that a standard names; its "::" stands for two
 * groups at least. */
static bool is_address_literal(st_str text)
{
    if (text.len < 2 || text.at[0] != '[' || text.at[text.len - 1] != ']')
        return false;
    text = (st_str){text.at + 1, text.len - 2};
    if (text.len < 5 || strncasecmp(text.at, "IPv6:", 5) != 0)
        return is_mail_ipv4(text);
    int groups = 0;
    bool gap = false;
    if (!count_groups(st_str_from(text, 5), &groups, &gap))
        return false;
    return gap ? groups <= 6 : groups == 8;
}

/* Mailbox of RFC 5321. Its Domain is letters, digits and hyphens, whatever they would decode to;
 * that of RFC 6531 may hold U-labels, which IDNA2008 judges. */
static bool is_mailbox(st_str text, bool idn)
{
    size_t at = count_quoted(text, idn);
    if (at == 0 && (!st_str_find(text, '@', &at) || !is_dot_string((st_str){text.at, at}, idn)))
        return false;
    if (at > LOCAL_BYTES_MAX || at >= text.len || text.at[at] != '@')
        return false;
    st_str domain = st_str_from(text, at + 1);
    return is_address_literal(domain) ||
           st_format_check_host(domain, idn ? ST_HOST_MAIL : ST_HOST_LDH);
}

bool st_format_check_email(st_str text)
{
    return is_mailbox(text, false);
}

bool st_format_check_idn_email(st_str text)
{
    return is_mailbox(text, true);
}

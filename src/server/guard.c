#include "server/guard.h"

#include <strings.h>

static bool is_caseless(st_str text, st_str wanted)
{
    return text.len == wanted.len && strncasecmp(text.at, wanted.at, wanted.len) == 0;
}

static bool is_digits(st_str text, size_t len_max)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.len > 0 && text.len <= len_max;
}

/* 127.x.y.z in decimal: the only form that browsers leave as it is. */
static bool is_loopback_v4(st_str text)
{
    unsigned parts = 0;
    bool more = true;
    while (more) {
        st_str part;
        uint64_t value = 0;
        more = st_str_cut(text, '.', &part, &text);
        if (!is_digits(part, 3) || st_str_to_u64(part, &value) != ST_OK || value > 255)
            return false;
        if (parts++ == 0 && value != 127)
            return false;
    }
    return parts == 4;
}

/* Nothing, or ':' and a port. */
static bool is_port(st_str text)
{
    return text.len == 0 || (text.at[0] == ':' && is_digits(st_str_from(text, 1), 5));
}

bool st_guard_host(st_str host)
{
    size_t end = host.len;
    if (host.len > 0 && host.at[0] == '[') {
        st_str v6 = ST_STR("[::1]");
        return st_str_starts(host, v6) && is_port(st_str_from(host, v6.len));
    }
    (void)st_str_find(host, ':', &end);
    st_str name = {host.at, end};
    return is_port(st_str_from(host, end)) &&
           (is_caseless(name, ST_STR("localhost")) || is_loopback_v4(name));
}

bool st_guard_site(st_str site)
{
    return is_caseless(site, ST_STR("same-origin")) || is_caseless(site, ST_STR("none"));
}

bool st_guard_origin(st_str origin, st_str host)
{
    st_str scheme = ST_STR("http://");
    return origin.len > scheme.len && is_caseless((st_str){origin.at, scheme.len}, scheme) &&
           is_caseless(st_str_from(origin, scheme.len), host);
}

#include "server/route.h"

#include "server/request.h"

static const struct st_route routes[] = {
#define ROUTE_ROW(method, pattern, handler, about)                                                 \
    {ST_METHOD_##method, #method, pattern, &st_handle_##handler, about},
    ST_ROUTE_LIST(ROUTE_ROW)
#undef ROUTE_ROW
};

const struct st_route *st_route_at(uint32_t index)
{
    return index < sizeof routes / sizeof routes[0] ? &routes[index] : NULL;
}

static bool is_digits(st_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.len > 0;
}

static bool segment_fits(st_str pattern, st_str segment, st_str *param)
{
    bool is_number = st_str_eq(pattern, ST_STR("{seq}")) || st_str_eq(pattern, ST_STR("{number}"));
    if (!is_number && !st_str_eq(pattern, ST_STR("{ref}")))
        return st_str_eq(pattern, segment);
    *param = segment;
    return is_number ? is_digits(segment) : segment.len > 0;
}

static bool path_fits(const char *pattern, const struct st_target *target, st_str *param)
{
    st_str rest = st_str_of(pattern + 1);
    bool more = rest.len > 0;
    for (uint32_t i = 0; i < target->segment_count; i++) {
        st_str segment;
        if (!more || target->segment_count > ST_SEGMENTS_MAX)
            return false;
        more = st_str_cut(rest, '/', &segment, &rest);
        if (!segment_fits(segment, target->segments[i], param))
            return false;
    }
    return !more;
}

/* By a set of methods, 1 << enum st_method. */
static const char *allow_of(unsigned methods)
{
    static const char *const texts[1u << ST_METHOD_OTHER] = {
        "",       "GET, HEAD",         "POST",         "GET, HEAD, POST",
        "DELETE", "GET, HEAD, DELETE", "POST, DELETE", "GET, HEAD, POST, DELETE",
    };
    return texts[methods];
}

const struct st_route *st_route_find(enum st_method method, const struct st_target *target,
                                     st_str *param, const char **allow)
{
    unsigned methods = 0;
    *param = (st_str){NULL, 0};
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (!path_fits(routes[i].pattern, target, param))
            continue;
        if (routes[i].method == method)
            return &routes[i];
        methods |= 1u << routes[i].method;
    }
    *allow = allow_of(methods);
    return NULL;
}

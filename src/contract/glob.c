#include "contract/glob.h"

static bool is_deep(st_str part)
{
    return st_str_eq(part, ST_STR("**"));
}

const char *st_glob_fault(st_str glob)
{
    st_str rest = glob;
    st_str part;
    for (bool more = true; more;) {
        more = st_str_cut(rest, '/', &part, &rest);
        if (part.len == 0)
            return "has an empty part: a path is relative, with one / between its parts";
        if (st_str_eq(part, ST_STR(".")) || st_str_eq(part, ST_STR("..")))
            return "has . or .. as a part, which no path has";
        for (size_t i = 0; i + 1 < part.len; i++)
            if (part.at[i] == '*' && part.at[i + 1] == '*' && !is_deep(part))
                return "has ** within a part: it stands alone between slashes";
    }
    return NULL;
}

/* One step: where '*' gave up, the last one takes a character more, but never a slash; then the
 * last
 * "**" takes a folder more. An earlier one of either kind need never be tried again. */
struct match {
    st_str glob, path;
    size_t g, p;
    size_t star_g, star_p; /* behind the last '*' and where its text ends; SIZE_MAX: none */
    size_t deep_g, deep_p; /* the same for the last "**" */
};

static bool starts_deep(const struct match *m)
{
    st_str rest = st_str_from(m->glob, m->g);
    bool begins = m->g == 0 || m->glob.at[m->g - 1] == '/';
    return begins && st_str_starts(rest, ST_STR("**")) && (rest.len == 2 || rest.at[2] == '/');
}

static bool take_back(struct match *m)
{
    if (m->star_g != SIZE_MAX && m->star_p < m->path.len && m->path.at[m->star_p] != '/') {
        m->g = m->star_g;
        m->p = ++m->star_p;
        return true;
    }
    m->star_g = SIZE_MAX;
    if (m->deep_g == SIZE_MAX)
        return false;
    while (m->deep_p < m->path.len && m->path.at[m->deep_p] != '/')
        m->deep_p++;
    if (m->deep_p == m->path.len)
        return false;
    m->g = m->deep_g;
    m->p = ++m->deep_p;
    return true;
}

bool st_glob_fits(st_str glob, st_str path)
{
    struct match m = {.glob = glob, .path = path, .star_g = SIZE_MAX, .deep_g = SIZE_MAX};
    while (m.p < path.len || m.g < glob.len) {
        if (m.g < glob.len && starts_deep(&m)) {
            if (m.g + 2 == glob.len)
                return m.p < path.len;
            m.g += 3;
            m.deep_g = m.g;
            m.deep_p = m.p;
            m.star_g = SIZE_MAX;
        } else if (m.g < glob.len && glob.at[m.g] == '*') {
            m.star_g = ++m.g;
            m.star_p = m.p;
        } else if (m.g < glob.len && m.p < path.len && glob.at[m.g] == path.at[m.p]) {
            m.g++;
            m.p++;
        } else if (!take_back(&m)) {
            return false;
        }
    }
    return true;
}

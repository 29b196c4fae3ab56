#include "server/target.h"

/* Appends the decoded text to the target's block, which is large enough for all of them. */
static bool decode(struct st_target *target, st_str raw, bool plus_is_blank, st_str *decoded)
{
    char *at = target->text.at + target->text.len;
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.at[i];
        if (c == '+' && plus_is_blank) {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < raw.len ? st_hex_value(raw.at[i + 1]) : -1;
            int low = high >= 0 ? st_hex_value(raw.at[i + 2]) : -1;
            if (low < 0 || high * 16 + low == 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        at[len++] = c;
    }
    target->text.len += len;
    *decoded = (st_str){at, len};
    return true;
}

static st_err parse_path(struct st_target *target, st_str path, struct st_why *why)
{
    if (path.len == 0 || path.at[0] != '/')
        return st_fail(why, ST_ERR_INVALID, "the path must begin with '/'");
    st_str rest = st_str_from(path, 1);
    bool more = rest.len > 0;
    while (more) {
        st_str segment;
        more = st_str_cut(rest, '/', &segment, &rest);
        if (target->segment_count >= ST_SEGMENTS_MAX) {
            target->segment_count = ST_SEGMENTS_MAX + 1;
            return ST_OK;
        }
        if (!decode(target, segment, false, &target->segments[target->segment_count++]))
            return st_fail(why, ST_ERR_INVALID, "the path has a wrong percent-escape");
    }
    return ST_OK;
}

static st_err parse_query(struct st_target *target, st_str query, struct st_why *why)
{
    bool more = query.len > 0;
    while (more) {
        st_str pair;
        st_str name;
        st_str value;
        more = st_str_cut(query, '&', &pair, &query);
        if (pair.len == 0)
            continue;
        if (target->param_count == ST_PARAMS_MAX)
            return st_fail(why, ST_ERR_INVALID, "the query has more than 64 parameters");
        struct st_param *param = &target->params[target->param_count++];
        st_str_cut(pair, '=', &name, &value);
        if (!decode(target, name, true, &param->name) ||
            !decode(target, value, true, &param->value))
            return st_fail(why, ST_ERR_INVALID, "the query has a wrong percent-escape");
    }
    return ST_OK;
}

st_err st_target_parse(struct st_target *target, st_str raw, struct st_why *why)
{
    st_str path;
    st_str query;
    *target = (struct st_target){.text = ST_BUF(raw.len + 1)};
    st_err err = st_buf_reserve(&target->text, raw.len + 1);
    if (err != ST_OK)
        return st_fail(why, err, "no memory for the request's target");
    st_str_cut(raw, '?', &path, &query);
    err = parse_path(target, path, why);
    return err == ST_OK ? parse_query(target, query, why) : err;
}

void st_target_done(struct st_target *target)
{
    st_buf_done(&target->text);
}

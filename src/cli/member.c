#include "cli/member.h"

#include "json/number.h"

st_str st_member_text(const struct st_json *doc, uint32_t node, const char *name)
{
    uint32_t at = st_json_member(doc, node, st_str_of(name));
    if (at == ST_JSON_NONE || st_json_kind(doc, at) != ST_JSON_STRING)
        return (st_str){NULL, 0};
    st_str text = st_json_text(doc, at);
    return text.at == NULL ? ST_STR("") : text;
}

bool st_member_u64(const struct st_json *doc, uint32_t node, const char *name, uint64_t *value)
{
    uint32_t at = st_json_member(doc, node, st_str_of(name));
    return at != ST_JSON_NONE && st_json_kind(doc, at) == ST_JSON_NUMBER &&
           st_number_to_u64(st_json_text(doc, at), value) == ST_OK;
}

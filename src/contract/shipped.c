#include "contract/shipped.h"

#include "contract/shipped_contracts.h"

static st_str text_of(size_t i)
{
    return (st_str){(const char *)st_shipped_contracts[i].bytes, st_shipped_contracts[i].len};
}

st_str st_shipped_find(st_str name)
{
    for (size_t i = 0; i < st_shipped_contracts_count; i++)
        if (st_str_eq(st_str_of(st_shipped_contracts[i].name), name))
            return text_of(i);
    ST_BUG_IF(true);
}

bool st_shipped_contract(uint32_t i, st_str *text)
{
    for (size_t at = 0; at < st_shipped_contracts_count; at++) {
        if (st_str_ends(st_str_of(st_shipped_contracts[at].name), ST_STR(".schema.json")))
            continue;
        if (i-- == 0) {
            *text = text_of(at);
            return true;
        }
    }
    return false;
}

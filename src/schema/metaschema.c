#include "schema/metaschema.h"

#include "schema/metaschemas.h"

bool st_metaschema_at(size_t i, st_str *uri, st_str *text)
{
    if (i >= st_metaschemas_count)
        return false;
    *uri = st_str_of(st_metaschemas[i].name);
    *text = (st_str){(const char *)st_metaschemas[i].bytes, st_metaschemas[i].len};
    return true;
}

bool st_metaschema_find(st_str uri, st_str *text)
{
    st_str name;
    for (size_t i = 0; st_metaschema_at(i, &name, text); i++)
        if (st_str_eq(name, uri))
            return true;
    return false;
}

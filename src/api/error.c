#include "api/api.h"

const char *steno_version(void)
{
    return STENO_VERSION;
}

const char *steno_error_name(steno_error error)
{
    switch (error) {
#define NAME_CASE(name)                                                                            \
    case name:                                                                                     \
        return #name;
        NAME_CASE(STENO_OK)
        NAME_CASE(STENO_INVALID)
        NAME_CASE(STENO_SYNTAX)
        NAME_CASE(STENO_LIMIT)
        NAME_CASE(STENO_ABSENT)
        NAME_CASE(STENO_MEMORY)
        NAME_CASE(STENO_SYSTEM)
        NAME_CASE(STENO_DENIED)
        NAME_CASE(STENO_ARGUMENT)
        NAME_CASE(STENO_CONFLICT)
#undef NAME_CASE
    }
    return "unknown";
}

/* One list: the codes that both sides have. CORRUPT and AGAIN are said of stores and servers only.
 */
#define SHARED_LIST(X)                                                                             \
    X(INVALID) X(SYNTAX) X(LIMIT) X(ABSENT) X(MEMORY) X(SYSTEM) X(DENIED) X(CONFLICT)

steno_error st_api_error(st_err err)
{
    switch (err) {
    case ST_OK:
        return STENO_OK;
#define OUT_CASE(name)                                                                             \
    case ST_ERR_##name:                                                                            \
        return STENO_##name;
        SHARED_LIST(OUT_CASE)
#undef OUT_CASE
    case ST_ERR_CORRUPT:
    case ST_ERR_AGAIN:
        break;
    }
    return STENO_SYSTEM;
}

st_err st_api_err_of(steno_error error)
{
    switch (error) {
    case STENO_OK:
        return ST_OK;
#define IN_CASE(name)                                                                              \
    case STENO_##name:                                                                             \
        return ST_ERR_##name;
        SHARED_LIST(IN_CASE)
#undef IN_CASE
    case STENO_ARGUMENT:
        break;
    }
    return ST_ERR_SYSTEM;
}

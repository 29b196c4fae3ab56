#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>

const char *st_err_text(st_err err)
{
    switch (err) {
    case ST_OK:
        return "good";
#define ST_ERR_CASE(name, text)                                                                    \
    case ST_ERR_##name:                                                                            \
        return text;
        ST_ERR_LIST(ST_ERR_CASE)
#undef ST_ERR_CASE
    }
    return "unknown error";
}

static st_err fail(struct st_why *why, st_err err, struct st_why reason)
{
    if (why != NULL)
        *why = reason;
    return err;
}

st_err st_fail(struct st_why *why, st_err err, const char *text)
{
    return fail(why, err, (struct st_why){.text = text});
}

st_err st_fail_at(struct st_why *why, st_err err, const char *text, uint64_t offset)
{
    return fail(why, err, (struct st_why){.text = text, .offset = offset});
}

st_err st_fail_sys(struct st_why *why, const char *text, int sys)
{
    return fail(why, ST_ERR_SYSTEM, (struct st_why){.text = text, .sys = sys});
}

void st_bug(const char *file, int line, const char *condition)
{
    fprintf(stderr, "steno: bug at %s:%d: %s\n", file, line, condition);
    abort();
}

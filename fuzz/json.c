/* A JSON text: if it parses, it is written to the same value, minified and pretty. */
#include "fuzz.h"
#include "json/compare.h"
#include "json/write.h"

static void check_written(const struct st_json *doc, struct st_buf *out)
{
    struct st_json again;
    st_json_init(&again);
    ST_BUG_IF(st_json_parse(&again, st_buf_str(out), NULL, NULL) != ST_OK);
    ST_BUG_IF(!st_json_equal(doc, 0, &again, 0));
    ST_BUG_IF(st_json_hash(doc, 0) != st_json_hash(&again, 0));
    st_json_done(&again);
    st_buf_done(out);
}

FUZZ(text)
{
    struct st_buf out = ST_BUF(SIZE_MAX / 2);
    struct st_json doc;
    st_json_init(&doc);
    if (st_json_parse(&doc, text, NULL, NULL) == ST_OK) {
        ST_BUG_IF(st_json_write(&doc, 0, &out) != ST_OK);
        check_written(&doc, &out);
        ST_BUG_IF(st_json_write_pretty(&doc, 0, &out) != ST_OK);
        check_written(&doc, &out);
    }
    st_json_done(&doc);
}

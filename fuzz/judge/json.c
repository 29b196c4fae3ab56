#include "judge.h"
#include "json/compare.h"
#include "json/twin.h"
#include "json/write.h"

static void check_kernel(enum st_json_kernel kernel, st_str text)
{
    struct st_json_options options = {.unique_names = text.len % 2 == 0};
    struct st_json plain, fast;
    struct st_json_fault wanted = {0}, fault = {0};
    st_json_init(&plain);
    st_json_init(&fast);
    st_err err = st_json_parse_plain(&plain, text, &options, &wanted);
    ST_BUG_IF(st_json_parse_with(kernel, &fast, text, &options, &fault) != err);
    ST_BUG_IF(fault.offset != wanted.offset || fault.expected != wanted.expected);
    ST_BUG_IF(fast.count != plain.count || fast.decoded.len != plain.decoded.len);
    ST_BUG_IF(fast.count > 0 &&
              memcmp(fast.nodes, plain.nodes, sizeof *fast.nodes * fast.count) != 0);
    ST_BUG_IF(!st_str_eq(st_buf_str(&fast.decoded), st_buf_str(&plain.decoded)));
    st_json_done(&fast);
    st_json_done(&plain);
}

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

void judge_kernels(st_str text)
{
    check_kernel(ST_JSON_KERNEL_AVX512, text);
    check_kernel(ST_JSON_KERNEL_AVX2, text);
}

void judge_written(st_str text)
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

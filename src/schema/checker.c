#include "schema/outline.h"
#include "schema/twin.h"

#include "base/mem.h"

st_err st_checker_new(struct st_checker **checker)
{
    struct st_checker *c = st_mem_get_zeroed(sizeof *c);
    if (c == NULL)
        return ST_ERR_MEMORY;
    st_err err = st_matcher_new(&c->matcher);
    if (err != ST_OK) {
        st_mem_free(c);
        return err;
    }
    c->tale.instance = ST_BUF(ST_SCHEMA_SCRATCH_BYTES_MAX);
    c->tale.walked = ST_BUF(ST_SCHEMA_SCRATCH_BYTES_MAX);
    c->tale.text = ST_BUF(ST_SCHEMA_SCRATCH_BYTES_MAX);
    *checker = c;
    return ST_OK;
}

void st_checker_free(struct st_checker *checker)
{
    if (checker == NULL)
        return;
    st_matcher_free(checker->matcher);
    st_outlines_free(checker->outlines);
    st_buf_done(&checker->tale.instance);
    st_buf_done(&checker->tale.walked);
    st_buf_done(&checker->tale.text);
    st_mem_free(checker->tale.raws);
    st_mem_free(checker->words);
    st_mem_free(checker->hashed);
    st_mem_free(checker->look.slots);
    st_mem_free(checker);
}

static void begin(struct st_checker *c, const struct st_json *doc, uint32_t node)
{
    c->doc = doc;
    c->stop = ST_STOP_NOT;
    c->depth = 0;
    c->scope_count = 0;
    c->word_count = 0;
    c->look.object = ST_JSON_NONE;
    c->steps = st_checker_allowance(st_json_after(doc, node) - node);
}

/* The plain evaluator. */
static bool run(struct st_checker *c, const struct st_schema *schema, const struct st_json *doc,
                uint32_t node)
{
    begin(c, doc, node);
    return st_eval(c, schema->root, node, NULL) && c->stop == ST_STOP_NOT;
}

static void begin_tale(struct st_tale *tale)
{
    st_buf_reset(&tale->instance);
    st_buf_reset(&tale->walked);
    st_buf_reset(&tale->text);
    tale->count = 0;
    tale->dropped = 0;
    tale->parent = ST_JSON_NONE;
    tale->choices = 0;
    tale->name = NULL;
    tale->stop_told = false;
    tale->closed = false;
    tale->on = true;
}

/* The second run, when the first one has said no: the same walk, but to the end, and telling. */
static st_err explain(struct st_checker *c, const struct st_schema *schema,
                      const struct st_json *doc, uint32_t node, bool at_limit,
                      struct st_report *report)
{
    struct st_tale *tale = &c->tale;
    begin_tale(tale);
    tale->max = report->max > report->count ? report->max - report->count : 0;
    tale->collects = false;
    tale->branches = report->branches;
    bool valid = run(c, schema, doc, node);
    if ((at_limit || c->stop == ST_STOP_LIMIT) && !tale->stop_told)
        st_eval_stop_at_limit(c, schema->root, node, "must be simpler to check");
    tale->on = false;
    ST_BUG_IF(valid && !at_limit);
    return c->stop == ST_STOP_MEMORY ? ST_ERR_MEMORY : st_report_add(report, c);
}

/* The second run, when the first one has said yes and annotations are wanted. It may visit more
 * than the first and so meet a limit: the verdict stands, and nothing is annotated. */
static st_err collect(struct st_checker *c, const struct st_schema *schema,
                      const struct st_json *doc, uint32_t node, struct st_report *report)
{
    struct st_tale *tale = &c->tale;
    uint32_t kept = report->annotation_count;
    begin_tale(tale);
    tale->max = report->annotations_max > kept ? report->annotations_max - kept : 0;
    tale->collects = true;
    bool valid = run(c, schema, doc, node);
    tale->on = false;
    if (c->stop == ST_STOP_MEMORY)
        return ST_ERR_MEMORY;
    ST_BUG_IF(!valid && c->stop == ST_STOP_NOT);
    if (!valid) {
        tale->dropped += tale->count > 0 ? tale->count : 1;
        tale->count = 0;
    }
    return st_report_add(report, c);
}

/* All but the verdict. */
static st_err finish(struct st_checker *c, const struct st_schema *schema,
                     const struct st_json *doc, uint32_t node, bool satisfied, bool *valid,
                     struct st_report *report)
{
    if (c->stop == ST_STOP_MEMORY)
        return ST_ERR_MEMORY;
    st_err err = ST_OK;
    if (!satisfied && report != NULL)
        err = explain(c, schema, doc, node, c->stop == ST_STOP_LIMIT, report);
    else if (report != NULL && report->annotations_max > 0)
        err = collect(c, schema, doc, node, report);
    if (err == ST_OK)
        *valid = satisfied;
    return err;
}

/* Where the program does not know, or more than its yes or no is wanted. */
static __attribute__((noinline)) st_err check_on(const struct st_schema *schema,
                                                 struct st_checker *checker,
                                                 const struct st_json *doc, uint32_t node,
                                                 enum st_verdict verdict, bool *valid,
                                                 struct st_report *report)
{
    bool satisfied = verdict == ST_VERDICT_YES;
    if (verdict == ST_VERDICT_UNKNOWN && checker->stop != ST_STOP_MEMORY)
        satisfied = run(checker, schema, doc, node);
    return finish(checker, schema, doc, node, satisfied, valid, report);
}

st_err st_schema_check(const struct st_schema *schema, struct st_checker *checker,
                       const struct st_json *doc, uint32_t node, bool *valid,
                       struct st_report *report)
{
    enum st_verdict verdict = ST_VERDICT_UNKNOWN;
    begin(checker, doc, node);
    if (schema->program != NULL)
        verdict = st_program_run(checker, schema, node);
    if (verdict == ST_VERDICT_UNKNOWN || report != NULL)
        return check_on(schema, checker, doc, node, verdict, valid, report);
    *valid = verdict == ST_VERDICT_YES;
    return ST_OK;
}

st_err st_schema_check_plain(const struct st_schema *schema, struct st_checker *checker,
                             const struct st_json *doc, uint32_t node, bool *valid,
                             struct st_report *report)
{
    bool satisfied = run(checker, schema, doc, node);
    return finish(checker, schema, doc, node, satisfied, valid, report);
}

bool st_schema_is_compiled(const struct st_schema *schema)
{
    return schema->program != NULL;
}

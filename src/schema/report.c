#include "schema/checker.h"

#include "schema/uri.h"
#include "json/pointer.h"
#include "json/write.h"

void st_report_init(struct st_report *report, struct st_arena *arena, uint32_t max)
{
    *report = (struct st_report){.arena = arena, .max = max};
}

void st_report_reset(struct st_report *report)
{
    st_report_init(report, report->arena, report->max);
}

/* ---- from the tale to the report ---- */

static st_err reserve(struct st_report *report, uint32_t more)
{
    uint32_t needed = report->count + more;
    if (needed <= report->room)
        return ST_OK;
    struct st_violation *violations = ST_ARENA_ARRAY(report->arena, struct st_violation, needed);
    if (violations == NULL)
        return ST_ERR_MEMORY;
    if (report->count > 0)
        memcpy(violations, report->violations, report->count * sizeof(violations[0]));
    report->violations = violations;
    report->room = needed;
    return ST_OK;
}

/* The keyword's own place: its resource's URI and the pointer within that resource. */
static st_err write_absolute(const struct st_raw *raw, struct st_buf *pointer, struct st_buf *out)
{
    const struct st_resource *resource = raw->plain->resource;
    const struct st_json *doc = &resource->document->json;
    st_buf_reset(pointer);
    st_err err = st_pointer_of(doc, resource->node, pointer);
    size_t root = pointer->len;
    if (err == ST_OK) {
        st_buf_reset(pointer);
        err = st_pointer_of(doc, raw->plain->node, pointer);
    }
    if (err == ST_OK && raw->keyword != NULL)
        err = st_pointer_add(pointer, st_str_of(raw->keyword));
    if (err == ST_OK)
        err = st_buf_add_str(out, resource->uri);
    if (err == ST_OK)
        err = st_buf_add_char(out, '#');
    return err != ST_OK ? err : st_uri_add_fragment(out, st_str_from(st_buf_str(pointer), root));
}

static st_err copy_absolute(struct st_arena *arena, struct st_checker *c, const struct st_raw *raw,
                            st_str *copy)
{
    struct st_buf *text = &c->tale.text;
    size_t start = text->len;
    st_err err = write_absolute(raw, &c->tale.walked, text);
    if (err == ST_OK)
        *copy = st_arena_copy(arena, st_str_from(st_buf_str(text), start));
    text->len = start;
    return err == ST_OK && copy->at != NULL ? ST_OK : ST_ERR_MEMORY;
}

static st_str text_at(st_str all, struct st_span span)
{
    return span.len == 0 ? ST_STR("") : (st_str){all.at + span.at, span.len};
}

static st_err finish(struct st_arena *arena, struct st_checker *c, const struct st_raw *raw,
                     st_str all, uint32_t base, struct st_violation *violation)
{
    *violation = (struct st_violation){
        .instance = text_at(all, raw->instance),
        .subject = text_at(all, raw->subject),
        .keyword = raw->keyword == NULL ? ST_STR("false") : st_str_of(raw->keyword),
        .keyword_at = text_at(all, raw->keyword_at),
        .message = text_at(all, raw->message),
        .node = raw->node,
        .parent = raw->parent == ST_JSON_NONE ? ST_JSON_NONE : raw->parent + base,
        .leaf = true,
        .definite = raw->definite,
    };
    return copy_absolute(arena, c, raw, &violation->absolute);
}

st_err st_report_add(struct st_report *report, struct st_checker *c)
{
    struct st_tale *tale = &c->tale;
    st_err err = reserve(report, tale->count);
    if (err != ST_OK)
        return err;
    st_str all = {0};
    if (tale->count > 0) {
        all = st_arena_copy(report->arena, st_buf_str(&tale->text));
        if (all.at == NULL)
            return ST_ERR_MEMORY;
    }
    uint32_t base = report->count;
    for (uint32_t i = 0; i < tale->count; i++) {
        struct st_violation *violation = &report->violations[base + i];
        err = finish(report->arena, c, &tale->raws[i], all, base, violation);
        if (err != ST_OK)
            return err;
        if (violation->parent != ST_JSON_NONE)
            report->violations[violation->parent].leaf = false;
    }
    report->count += tale->count;
    report->dropped += tale->dropped;
    return ST_OK;
}

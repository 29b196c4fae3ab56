#include "schema/checker.h"

#include "schema/uri.h"
#include "json/pointer.h"
#include "json/write.h"

void st_report_init(struct st_report *report, struct st_arena *arena, uint32_t max)
{
    *report = (struct st_report){.arena = arena, .max = max};
}

void st_report_ask(struct st_report *report, enum st_output output)
{
    report->branches = output == ST_OUTPUT_DETAILED;
    report->annotations_max = output == ST_OUTPUT_FLAG ? 0 : ST_REPORT_ANNOTATIONS_MAX;
}

void st_report_reset(struct st_report *report)
{
    *report = (struct st_report){.arena = report->arena,
                                 .max = report->max,
                                 .branches = report->branches,
                                 .annotations_max = report->annotations_max};
}

/* ---- from the tale to the report ---- */

static st_err no_room(const struct st_arena *arena)
{
    return arena->full ? ST_ERR_LIMIT : ST_ERR_MEMORY;
}

static st_err reserve(struct st_report *report, uint32_t more)
{
    uint32_t needed = report->count + more;
    if (needed <= report->room)
        return ST_OK;
    struct st_violation *violations = ST_ARENA_ARRAY(report->arena, struct st_violation, needed);
    if (violations == NULL)
        return no_room(report->arena);
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
    if (err == ST_OK && raw->keyword.at != NULL)
        err = st_pointer_add(pointer, raw->keyword);
    if (err == ST_OK)
        err = st_buf_add_str(out, resource->uri);
    if (err == ST_OK)
        err = st_buf_add_char(out, '#');
    return err != ST_OK ? err : st_uri_add_fragment(out, st_str_from(st_buf_str(pointer), root));
}

/* Left out where it is too long to be written: under names of megabytes in the schema. */
static st_err copy_absolute(struct st_arena *arena, struct st_checker *c, const struct st_raw *raw,
                            st_str *copy)
{
    struct st_buf *text = &c->tale.text;
    size_t start = text->len;
    st_err err = write_absolute(raw, &c->tale.walked, text);
    if (err == ST_OK)
        *copy = st_arena_copy(arena, st_str_from(st_buf_str(text), start));
    else if (err == ST_ERR_LIMIT)
        *copy = ST_STR("");
    text->len = start;
    if (err == ST_ERR_MEMORY)
        return err;
    return copy->at != NULL ? ST_OK : no_room(arena);
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
        .keyword = raw->branch || raw->keyword.at != NULL ? raw->keyword : ST_STR("false"),
        .keyword_at = text_at(all, raw->keyword_at),
        .message = text_at(all, raw->message),
        .node = raw->node,
        .parent = raw->parent == ST_JSON_NONE ? ST_JSON_NONE : raw->parent + base,
        .leaf = true,
        .definite = raw->definite,
        .branch = raw->branch,
    };
    return copy_absolute(arena, c, raw, &violation->absolute);
}

/* Locations are long where URIs are, so they count too: past the limit, and where the arena is
 * full, the rest is dropped. */
static st_err add_violations(struct st_report *report, struct st_checker *c)
{
    struct st_tale *tale = &c->tale;
    st_err err = reserve(report, tale->count);
    if (err != ST_OK)
        return err;
    st_str all = {0};
    if (tale->count > 0) {
        all = st_arena_copy(report->arena, st_buf_str(&tale->text));
        if (all.at == NULL)
            return no_room(report->arena);
    }
    uint32_t base = report->count;
    size_t bytes = 0;
    uint32_t i = 0;
    for (; i < tale->count && bytes <= ST_REPORT_TEXT_BYTES_MAX; i++) {
        struct st_violation *violation = &report->violations[base + i];
        err = finish(report->arena, c, &tale->raws[i], all, base, violation);
        if (err == ST_ERR_LIMIT && i > 0)
            break;
        if (err != ST_OK)
            return err;
        if (violation->parent != ST_JSON_NONE)
            report->violations[violation->parent].leaf = false;
        bytes += violation->absolute.len;
    }
    report->count = base + i;
    report->dropped += tale->dropped + tale->count - i;
    return ST_OK;
}

/* ---- annotations ---- */

static st_err reserve_annotations(struct st_report *report, uint32_t more)
{
    uint32_t kept = report->annotation_count;
    struct st_note *annotations =
        ST_ARENA_ARRAY(report->arena, struct st_note, (size_t)kept + more);
    if (annotations == NULL)
        return no_room(report->arena);
    if (kept > 0)
        memcpy(annotations, report->annotations, kept * sizeof(annotations[0]));
    report->annotations = annotations;
    return ST_OK;
}

static st_err finish_annotation(struct st_arena *arena, struct st_checker *c,
                                const struct st_raw *raw, st_str all, uint32_t base,
                                struct st_note *annotation)
{
    *annotation = (struct st_note){
        .instance = text_at(all, raw->instance),
        .keyword = ST_STR(""),
        .keyword_at = text_at(all, raw->keyword_at),
        .value = text_at(all, raw->message),
        .node = raw->node,
        .parent = raw->parent == ST_JSON_NONE ? ST_JSON_NONE : raw->parent + base,
    };
    if (raw->keyword.len > 0) {
        annotation->keyword = st_arena_copy(arena, raw->keyword);
        if (annotation->keyword.at == NULL)
            return no_room(arena);
    }
    return copy_absolute(arena, c, raw, &annotation->absolute);
}

static st_err add_annotations(struct st_report *report, struct st_checker *c)
{
    struct st_tale *tale = &c->tale;
    report->annotations_dropped += tale->dropped;
    if (tale->count == 0)
        return ST_OK;
    st_err err = reserve_annotations(report, tale->count);
    st_str all = st_arena_copy(report->arena, st_buf_str(&tale->text));
    if (err != ST_OK || all.at == NULL) {
        report->annotations_dropped += tale->count;
        return report->arena->full ? ST_OK : ST_ERR_MEMORY; /* the verdict stands */
    }
    uint32_t base = report->annotation_count;
    size_t bytes = 0;
    uint32_t i = 0;
    for (; i < tale->count && bytes <= ST_REPORT_TEXT_BYTES_MAX; i++) {
        struct st_note *annotation = &report->annotations[base + i];
        err = finish_annotation(report->arena, c, &tale->raws[i], all, base, annotation);
        if (err == ST_ERR_LIMIT)
            break;
        if (err != ST_OK)
            return err;
        bytes += annotation->absolute.len;
    }
    report->annotation_count = base + i;
    report->annotations_dropped += tale->count - i;
    return ST_OK;
}

st_err st_report_add(struct st_report *report, struct st_checker *c)
{
    return c->tale.collects ? add_annotations(report, c) : add_violations(report, c);
}

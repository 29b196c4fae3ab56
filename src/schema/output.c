/*
 * output.c: reports in the standard's output formats (2020-12 core, section 12.4).
 *
 *     basic      the units one after the other: every violation, or every keyword that was
 *                satisfied, with what it annotates
 *     detailed   the units as a tree. A branch without anything below it is left out, and one with
 *                a single unit below it gives way to that unit, the root too; a keyword that was
 *                satisfied and annotates nothing is a branch
 */
#include "schema/schema.h"

#include "schema/uri.h"
#include "json/write.h"

/* Of schemas that have no absolute URI: a location must be one (RFC 3986, 5.1.4). */
#define DEFAULT_BASE "json-schema:///"

/* ---- units: violations and annotations by the names of the standard ---- */

struct unit {
    st_str keyword_at;
    st_str absolute;
    st_str instance;
    st_str about; /* the absent member, or the name, that an error speaks of; else empty */
    st_str text;  /* the error or the annotation's value; at NULL: none */
    uint32_t parent;
    bool branch; /* stands for those below it */
};

static const st_str no_text;

/* These say that they apply `false` to a part of the value: the part is what was found wrong. */
static bool applies_to_part(const struct st_violation *violation)
{
    static const st_str keywords[] = {
        ST_STR_INIT("additionalProperties"),
        ST_STR_INIT("unevaluatedProperties"),
        ST_STR_INIT("items"),
        ST_STR_INIT("additionalItems"),
        ST_STR_INIT("unevaluatedItems"),
    };
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (!violation->branch && st_str_eq(violation->keyword, keywords[i]))
            return true;
    return false;
}

static struct unit unit_of_violation(const struct st_violation *violation)
{
    bool part = applies_to_part(violation);
    bool other = !part && !st_str_eq(violation->subject, violation->instance);
    return (struct unit){
        .keyword_at = violation->keyword_at,
        .absolute = violation->absolute,
        .instance = part ? violation->subject : violation->instance,
        .about = other ? violation->subject : ST_STR(""),
        .text = violation->branch ? no_text : violation->message,
        .parent = violation->parent,
        .branch = violation->branch || !violation->leaf,
    };
}

static struct unit unit_of_annotation(const struct st_note *annotation)
{
    return (struct unit){
        .keyword_at = annotation->keyword_at,
        .absolute = annotation->absolute,
        .instance = annotation->instance,
        .text = annotation->value.len == 0 ? no_text : annotation->value,
        .parent = annotation->parent,
        .branch = annotation->value.len == 0,
    };
}

static uint32_t unit_count(const struct st_report *report, bool valid)
{
    return valid ? report->annotation_count : report->count;
}

static struct unit unit_at(const struct st_report *report, bool valid, uint32_t i)
{
    return valid ? unit_of_annotation(&report->annotations[i])
                 : unit_of_violation(&report->violations[i]);
}

static st_err add_absolute(st_str absolute, struct st_buf *out)
{
    if (absolute.len == 0)
        return ST_OK; /* no schema says it */
    struct st_uri parts = st_uri_split(absolute);
    if (parts.scheme.len > 0)
        return st_json_add_member_str(out, "absoluteKeywordLocation", absolute);

    struct st_buf uri = ST_BUF(2 * ST_SCHEMA_URI_BYTES_MAX + absolute.len);
    st_err err = st_uri_resolve(ST_STR(DEFAULT_BASE), absolute, &uri);
    if (err == ST_OK)
        err = st_buf_add_char(&uri, '#');
    if (err == ST_OK)
        err = st_buf_add_str(&uri, parts.fragment);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "absoluteKeywordLocation", st_buf_str(&uri));
    st_buf_done(&uri);
    return err;
}

/* "/name: is required": the location alone would not say which member. */
static st_err add_error(const struct unit *unit, struct st_buf *out)
{
    if (unit->about.len == 0)
        return st_json_add_member_str(out, "error", unit->text);
    struct st_buf error = ST_BUF(unit->about.len + unit->text.len + 2);
    st_err err = st_buf_add_str(&error, unit->about);
    if (err == ST_OK)
        err = st_buf_add_str(&error, ST_STR(": "));
    if (err == ST_OK)
        err = st_buf_add_str(&error, unit->text);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "error", st_buf_str(&error));
    st_buf_done(&error);
    return err;
}

/* All of a unit but its closing brace. */
static st_err add_unit(const struct unit *unit, bool valid, struct st_buf *out)
{
    st_err err =
        st_buf_add_str(out, valid ? ST_STR("{\"valid\":true") : ST_STR("{\"valid\":false"));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "keywordLocation", unit->keyword_at);
    if (err == ST_OK)
        err = add_absolute(unit->absolute, out);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "instanceLocation", unit->instance);
    if (err != ST_OK || unit->text.at == NULL)
        return err;
    return valid ? st_json_add_member_raw(out, "annotation", unit->text) : add_error(unit, out);
}

/* The output as a whole is a unit of the schema's root. */
static st_err add_root(const struct st_report *report, bool valid, struct st_buf *out)
{
    uint64_t dropped = valid ? report->annotations_dropped : report->dropped;
    const struct unit root = {.keyword_at = ST_STR(""), .instance = ST_STR("")};
    st_err err = add_unit(&root, valid, out);
    if (err == ST_OK && dropped > 0)
        err = st_json_add_member_u64(out, valid ? "annotationsDropped" : "errorsDropped", dropped);
    return err;
}

static st_err open_list(bool valid, struct st_buf *out)
{
    return st_json_add_member_raw(out, valid ? "annotations" : "errors", ST_STR("["));
}

/* ---- basic ---- */

static st_err add_basic(const struct st_report *report, bool valid, struct st_buf *out)
{
    bool first = true;
    st_err err = add_root(report, valid, out);
    if (err == ST_OK)
        err = open_list(valid, out);
    for (uint32_t i = 0; i < unit_count(report, valid) && err == ST_OK; i++) {
        if (valid ? report->annotations[i].keyword.len == 0 : report->violations[i].branch)
            continue;
        struct unit unit = unit_at(report, valid, i);
        if (!first)
            err = st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = add_unit(&unit, valid, out);
        if (err == ST_OK)
            err = st_buf_add_char(out, '}');
        first = false;
    }
    return err != ST_OK ? err : st_buf_add_str(out, ST_STR("]}"));
}

/* ---- detailed ---- */

/* One unit's place in the tree; the root is behind the last unit. */
struct place {
    uint32_t up;
    uint32_t first;
    uint32_t next;
    uint32_t count; /* of units below it */
};

/* Hangs the units into the tree, the last one first: those below a unit are then all there when it
 * is its turn to be kept, replaced or left out. */
static struct place *build_tree(const struct st_report *report, bool valid)
{
    uint32_t count = unit_count(report, valid);
    struct place *tree = ST_ARENA_ARRAY(report->arena, struct place, (size_t)count + 1);
    if (tree == NULL)
        return NULL;
    for (uint32_t i = 0; i <= count; i++)
        tree[i] = (struct place){ST_JSON_NONE, ST_JSON_NONE, ST_JSON_NONE, 0};
    for (uint32_t i = count; i-- > 0;) {
        struct unit unit = unit_at(report, valid, i);
        uint32_t up = unit.parent == ST_JSON_NONE ? count : unit.parent;
        if (unit.branch && unit.text.at == NULL && tree[i].count == 0)
            continue;
        uint32_t at = unit.branch && tree[i].count == 1 ? tree[i].first : i;
        tree[at].up = up;
        tree[at].next = tree[up].first;
        tree[up].first = at;
        tree[up].count++;
    }
    return tree;
}

static st_err open_place(const struct st_report *report, bool valid, const struct place *tree,
                         uint32_t at, struct st_buf *out)
{
    st_err err;
    if (at == unit_count(report, valid)) {
        err = add_root(report, valid, out);
    } else {
        struct unit unit = unit_at(report, valid, at);
        err = add_unit(&unit, valid, out);
    }
    return err == ST_OK && tree[at].first != ST_JSON_NONE ? open_list(valid, out) : err;
}

/* A walk without recursion: the tree is as deep as the schemas were nested. */
static st_err add_tree(const struct st_report *report, bool valid, const struct place *tree,
                       uint32_t top, struct st_buf *out)
{
    uint32_t at = top;
    for (;;) {
        st_err err = open_place(report, valid, tree, at, out);
        if (err == ST_OK && tree[at].first != ST_JSON_NONE) {
            at = tree[at].first;
            continue;
        }
        if (err == ST_OK)
            err = st_buf_add_char(out, '}');
        while (err == ST_OK && at != top && tree[at].next == ST_JSON_NONE) {
            at = tree[at].up;
            err = st_buf_add_str(out, ST_STR("]}"));
        }
        if (err != ST_OK || at == top)
            return err;
        at = tree[at].next;
        err = st_buf_add_char(out, ',');
        if (err != ST_OK)
            return err;
    }
}

static st_err add_detailed(const struct st_report *report, bool valid, struct st_buf *out)
{
    const struct place *tree = build_tree(report, valid);
    if (tree == NULL)
        return ST_ERR_MEMORY;
    uint32_t root = unit_count(report, valid);
    uint64_t dropped = valid ? report->annotations_dropped : report->dropped;
    bool alone = tree[root].count == 1 && dropped == 0;
    return add_tree(report, valid, tree, alone ? tree[root].first : root, out);
}

/* ---- all formats ---- */

st_err st_report_write(const struct st_report *report, bool valid, enum st_output output,
                       struct st_buf *out)
{
    size_t start = out->len;
    st_err err = ST_OK;
    switch (output) {
    case ST_OUTPUT_FLAG:
        err = st_buf_add_str(out, valid ? ST_STR("{\"valid\":true}") : ST_STR("{\"valid\":false}"));
        break;
    case ST_OUTPUT_BASIC:
        err = add_basic(report, valid, out);
        break;
    case ST_OUTPUT_DETAILED:
        err = add_detailed(report, valid, out);
        break;
    }
    if (err != ST_OK)
        out->len = start;
    return err;
}

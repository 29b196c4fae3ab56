#include "contract/sketch.h"

#include "json/pointer.h"
#include "json/write.h"

void st_sketch_init(struct st_sketch *sketch, struct st_arena *arena)
{
    *sketch = (struct st_sketch){.arena = arena, .scratch = ST_BUF(ST_JSON_TEXT_BYTES_MAX)};
}

void st_sketch_done(struct st_sketch *sketch)
{
    st_buf_done(&sketch->scratch);
}

/* ---- finding ---- */

static struct st_stroke *find_member(const struct st_stroke *object, st_str name)
{
    struct st_stroke *at = object->first;
    while (at != NULL && !st_str_eq(at->name, name))
        at = at->next;
    return at;
}

st_err st_sketch_find(struct st_sketch *sketch, st_str pointer, const struct st_stroke **found)
{
    const struct st_stroke *at = &sketch->root;
    bool more = true;
    while (at != NULL && more) {
        st_err err = st_pointer_take(&pointer, &sketch->scratch, &more);
        if (err != ST_OK)
            return err;
        if (more)
            at = find_member(at, st_buf_str(&sketch->scratch));
    }
    *found = at;
    return ST_OK;
}

/* ---- setting ---- */

static st_err add_member(struct st_sketch *sketch, struct st_stroke *object, st_str name,
                         struct st_stroke **member)
{
    struct st_stroke **end = &object->first;
    while (*end != NULL)
        end = &(*end)->next;
    struct st_stroke *made = ST_ARENA_NEW(sketch->arena, struct st_stroke);
    if (made == NULL)
        return ST_ERR_MEMORY;
    made->name = st_arena_copy(sketch->arena, name);
    if (made->name.at == NULL)
        return ST_ERR_MEMORY;
    *end = made;
    *member = made;
    return ST_OK;
}

/* Recursion is bounded by the parser's depth. */
static st_err fill(struct st_sketch *sketch, struct st_stroke *member, const struct st_json *doc,
                   uint32_t node)
{
    if (st_json_kind(doc, node) != ST_JSON_OBJECT) {
        member->json = st_arena_copy(sketch->arena, st_json_raw(doc, node));
        return member->json.at == NULL ? ST_ERR_MEMORY : ST_OK;
    }
    st_err err = ST_OK;
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(doc, node, at)) {
        struct st_stroke *child;
        err = add_member(sketch, member, st_json_text(doc, at), &child);
        if (err == ST_OK)
            err = fill(sketch, child, doc, at + 1);
    }
    return err;
}

st_err st_sketch_set(struct st_sketch *sketch, st_str pointer, const struct st_json *doc,
                     uint32_t node)
{
    struct st_stroke *at = &sketch->root;
    bool more = false;
    st_err err = st_pointer_take(&pointer, &sketch->scratch, &more);
    if (err == ST_OK && !more)
        return ST_ERR_INVALID;
    while (err == ST_OK && more) {
        if (at->json.at != NULL)
            return ST_ERR_CONFLICT;
        struct st_stroke *member = find_member(at, st_buf_str(&sketch->scratch));
        if (member != NULL && pointer.len == 0)
            return ST_ERR_CONFLICT;
        if (member == NULL)
            err = add_member(sketch, at, st_buf_str(&sketch->scratch), &member);
        at = member;
        if (err == ST_OK)
            err = st_pointer_take(&pointer, &sketch->scratch, &more);
    }
    return err == ST_OK ? fill(sketch, at, doc, node) : err;
}

/* ---- writing ---- */

static st_err write_value(const struct st_stroke *value, struct st_buf *out)
{
    if (value->json.at != NULL)
        return st_buf_add_str(out, value->json);
    st_err err = st_buf_add_char(out, '{');
    for (const struct st_stroke *at = value->first; at != NULL && err == ST_OK; at = at->next) {
        if (at != value->first)
            err = st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = st_json_add_string(out, at->name);
        if (err == ST_OK)
            err = st_buf_add_char(out, ':');
        if (err == ST_OK)
            err = write_value(at, out);
    }
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

st_err st_sketch_write(const struct st_sketch *sketch, struct st_buf *out)
{
    size_t before = out->len;
    st_err err = write_value(&sketch->root, out);
    if (err != ST_OK)
        out->len = before;
    return err;
}

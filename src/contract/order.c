#include "contract/order.h"

#include "contract/field.h"
#include "contract/limits.h"
#include "json/write.h"

struct ordering {
    const struct st_json *schema;
    const struct st_json *event;
    struct st_buf *out;
    uint32_t steps; /* subschemas that may still be looked at */
};

/* ---- which comes first ---- */

static bool names(const struct ordering *o, uint32_t node, st_str member)
{
    uint32_t properties = st_field_properties(o->schema, node);
    return properties != ST_JSON_NONE &&
           st_json_member(o->schema, properties, member) != ST_JSON_NONE;
}

/* Whether `node` names all members of the value that `other` names. */
static bool covers(const struct ordering *o, uint32_t value, uint32_t node, uint32_t other)
{
    for (uint32_t at = st_json_first(o->event, value); at != ST_JSON_NONE;
         at = st_json_next(o->event, value, at)) {
        st_str name = st_json_text(o->event, at);
        if (names(o, other, name) && !names(o, node, name))
            return false;
    }
    return true;
}

/* The one that sets the order goes to the front. */
static void choose_first(const struct ordering *o, uint32_t value, struct st_described *all)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < all->count; i++)
        if (!covers(o, value, all->at[best], all->at[i]) &&
            covers(o, value, all->at[i], all->at[best]))
            best = i;
    uint32_t first = all->at[best];
    memmove(&all->at[1], &all->at[0], best * sizeof(all->at[0]));
    all->at[0] = best > 0 ? first : all->at[0];
}

/* ---- writing ---- */

static st_err write_value(struct ordering *o, uint32_t value, struct st_described *all);

/* What the schemas that describe the object say of its member. */
static void describe_member(struct ordering *o, const struct st_described *all, uint32_t name,
                            struct st_described *below)
{
    *below = (struct st_described){.steps = o->steps};
    for (uint32_t i = 0; i < all->count; i++) {
        uint32_t node = st_field_of_member(o->schema, all->at[i], st_json_text(o->event, name));
        if (node != ST_JSON_NONE)
            st_field_describe(o->schema, node, o->event, name + 1, below);
    }
    o->steps = below->steps;
}

static st_err write_member(struct ordering *o, const struct st_described *all, uint32_t name)
{
    struct st_described below;
    st_err err = o->out->at[o->out->len - 1] == '{' ? ST_OK : st_buf_add_char(o->out, ',');
    if (err == ST_OK)
        err = st_json_add_string(o->out, st_json_text(o->event, name));
    if (err == ST_OK)
        err = st_buf_add_char(o->out, ':');
    if (err != ST_OK || st_json_kind(o->event, name + 1) != ST_JSON_OBJECT)
        return err == ST_OK ? st_buf_add_str(o->out, st_json_raw(o->event, name + 1)) : err;
    describe_member(o, all, name, &below);
    return write_value(o, name + 1, &below);
}

static bool is_named_before(const struct ordering *o, const struct st_described *all,
                            uint32_t before, st_str name)
{
    for (uint32_t i = 0; i < before; i++)
        if (names(o, all->at[i], name))
            return true;
    return false;
}

/* The members that number `i` is the first to name. */
static st_err write_named(struct ordering *o, uint32_t value, const struct st_described *all,
                          uint32_t i)
{
    st_err err = ST_OK;
    uint32_t known = st_field_properties(o->schema, all->at[i]);
    if (known == ST_JSON_NONE)
        return ST_OK;
    for (uint32_t at = st_json_first(o->schema, known); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(o->schema, known, at)) {
        st_str name = st_json_text(o->schema, at);
        uint32_t member = st_json_member(o->event, value, name);
        if (member != ST_JSON_NONE && !is_named_before(o, all, i, name))
            err = write_member(o, all, member - 1);
    }
    return err;
}

/* Recursion is bounded by the parser's depth. */
static st_err write_value(struct ordering *o, uint32_t value, struct st_described *all)
{
    st_err err = st_buf_add_char(o->out, '{');
    choose_first(o, value, all);
    for (uint32_t i = 0; i < all->count && err == ST_OK; i++)
        err = write_named(o, value, all, i);
    for (uint32_t at = st_json_first(o->event, value); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(o->event, value, at))
        if (!is_named_before(o, all, all->count, st_json_text(o->event, at)))
            err = write_member(o, all, at);
    return err == ST_OK ? st_buf_add_char(o->out, '}') : err;
}

st_err st_order_write(const struct st_json *schema, const struct st_json *event, struct st_buf *out)
{
    size_t before = out->len;
    struct ordering o = {schema, event, out, ST_ORDER_STEPS_MAX};
    struct st_described all = {.steps = o.steps};
    if (st_json_kind(event, 0) != ST_JSON_OBJECT)
        return st_buf_add_str(out, st_json_raw(event, 0));
    st_field_describe(schema, 0, event, 0, &all);
    o.steps = all.steps;
    st_err err = write_value(&o, 0, &all);
    if (err != ST_OK)
        out->len = before;
    return err;
}

#include "contract/model.h"

#include "contract/annotation.h"
#include "json/pointer.h"
#include "json/write.h"

/* Takes what the reference at `node` leads to. ABSENT when that is none of the root's $defs. */
static st_err reach(struct st_models *m, uint32_t node)
{
    st_str rest = st_json_text(m->doc, node);
    bool found = false;
    m->culprit = node;
    if (!st_str_starts(rest, ST_STR("#/$defs/")))
        return ST_ERR_ABSENT;
    rest = st_str_from(rest, sizeof("#/$defs") - 1);
    st_err err = st_pointer_take(&rest, &m->token, &found);
    if (err != ST_OK)
        return err == ST_ERR_INVALID ? ST_ERR_ABSENT : err;
    const struct st_map_entry *entry = st_map_find(&m->by_name, st_buf_str(&m->token));
    if (entry == NULL)
        return ST_ERR_ABSENT;
    uint32_t number = (uint32_t)(entry - m->by_name.entries);
    if (!m->is_reached[number])
        m->reached[m->count++] = number;
    m->is_reached[number] = true;
    return ST_OK;
}

/* Takes what the member refers to, when it refers to anything. */
static st_err reach_member(struct st_models *m, uint32_t name)
{
    st_str text = st_json_text(m->doc, name);
    if (!st_str_starts(text, ST_STR("$")) || st_json_kind(m->doc, name + 1) != ST_JSON_STRING)
        return ST_OK;
    if (st_str_eq(text, ST_STR("$ref")) || st_str_eq(text, ST_STR("$dynamicRef")))
        return reach(m, name + 1);
    if (st_str_eq(text, ST_STR("$anchor")) || st_str_eq(text, ST_STR("$dynamicAnchor")))
        m->has_anchor = true;
    if (!st_str_eq(text, ST_STR("$id")))
        return ST_OK;
    m->culprit = name + 1; /* references below it start elsewhere */
    return ST_ERR_ABSENT;
}

/* All references below a value. Members that are called so in data, as in an example, are taken for
 * references too: one definition more does no harm. */
static st_err reach_from(struct st_models *m, uint32_t node)
{
    st_err err = ST_OK;
    uint32_t end = st_json_after(m->doc, node);
    for (uint32_t at = node; at < end && err == ST_OK; at++)
        if (m->doc->nodes[at].flags & ST_JSON_NAME)
            err = reach_member(m, at);
    return err;
}

/* What goes along as it is: at the root neither what is written otherwise nor its own name. */
static bool is_own(const struct st_models *m, uint32_t node, uint32_t name)
{
    st_str text = st_json_text(m->doc, name);
    if (st_str_eq(text, ST_STR("$schema")))
        return false;
    return node != 0 || (!st_str_eq(text, ST_STR("$defs")) && !st_str_eq(text, ST_STR("$id")) &&
                         !st_str_eq(text, ST_STR("x-steno")));
}

st_err st_models_reach(struct st_models *m, uint32_t node)
{
    st_err err = ST_OK;
    for (uint32_t at = st_json_first(m->doc, node); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(m->doc, node, at)) {
        if (node != 0 && st_str_eq(st_json_text(m->doc, at), ST_STR("$defs"))) {
            m->culprit = at; /* they would fall together with the root's */
            return ST_ERR_ABSENT;
        }
        if (!is_own(m, node, at))
            continue;
        err = reach_member(m, at);
        if (err == ST_OK)
            err = reach_from(m, at + 1);
    }
    for (; m->followed < m->count && err == ST_OK; m->followed++)
        err = reach_from(m, (uint32_t)m->by_name.entries[m->reached[m->followed]].value + 1);
    return err;
}

static st_err write_member(const struct st_models *m, uint32_t name, struct st_buf *out)
{
    st_err err = out->at[out->len - 1] == '{' ? ST_OK : st_buf_add_char(out, ',');
    if (err == ST_OK)
        err = st_json_add_string(out, st_json_text(m->doc, name));
    if (err == ST_OK)
        err = st_buf_add_char(out, ':');
    return err == ST_OK ? st_json_write(m->doc, name + 1, out) : err;
}

/* In the order of the file. */
static st_err write_definitions(const struct st_models *m, struct st_buf *out)
{
    st_err err = st_json_add_name(out, "$defs");
    if (err == ST_OK)
        err = st_buf_add_char(out, '{');
    for (uint32_t i = 0; i < m->by_name.count && err == ST_OK; i++)
        if (m->is_reached[i])
            err = write_member(m, (uint32_t)m->by_name.entries[i].value, out);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

static st_err write_model(const struct st_models *m, uint32_t node, struct st_buf *out)
{
    uint32_t dialect = st_json_member(m->doc, 0, ST_STR("$schema"));
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK && dialect != ST_JSON_NONE)
        err = st_json_add_member_str(out, "$schema", st_json_text(m->doc, dialect));
    for (uint32_t at = st_json_first(m->doc, node); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(m->doc, node, at))
        if (is_own(m, node, at))
            err = write_member(m, at, out);
    if (err == ST_OK && m->count > 0)
        err = write_definitions(m, out);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

static st_err list_definitions(struct st_models *m)
{
    uint32_t defs = st_json_member(m->doc, 0, ST_STR("$defs"));
    st_err err = ST_OK;
    if (defs == ST_JSON_NONE || st_json_kind(m->doc, defs) != ST_JSON_OBJECT)
        return ST_OK;
    for (uint32_t at = st_json_first(m->doc, defs); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(m->doc, defs, at))
        err = st_map_put(&m->by_name, st_json_text(m->doc, at), at, NULL, NULL);
    m->reached = ST_ARENA_ARRAY(&m->arena, uint32_t, (size_t)m->by_name.count + 1);
    m->is_reached = st_arena_get_zeroed(&m->arena, (size_t)m->by_name.count + 1);
    return m->reached == NULL || m->is_reached == NULL ? ST_ERR_MEMORY : err;
}

st_err st_models_init(struct st_models *m, const struct st_json *doc)
{
    *m = (struct st_models){.doc = doc, .token = ST_BUF(ST_CONTRACT_BYTES_MAX)};
    st_map_init(&m->by_name, ST_CONTRACT_BYTES_MAX);
    st_arena_init(&m->arena, ST_CONTRACT_ARENA_BYTES_MAX);
    st_err err = list_definitions(m);
    if (err != ST_OK)
        st_models_done(m);
    return err;
}

void st_models_done(struct st_models *m)
{
    st_buf_done(&m->token);
    st_arena_done(&m->arena);
    st_map_done(&m->by_name);
}

st_err st_model_write(const struct st_json *doc, uint32_t node, struct st_buf *out,
                      uint32_t *culprit)
{
    size_t before = out->len;
    struct st_models m;
    st_err err = st_models_init(&m, doc);
    if (err != ST_OK)
        return err;
    err = st_models_reach(&m, node);
    if (err == ST_OK)
        err = write_model(&m, node, out);
    *culprit = m.culprit;
    st_models_done(&m);
    if (err != ST_OK)
        out->len = before;
    return err;
}

/* ---- by name ---- */

st_str st_contract_model_name(const struct st_contract *contract, uint32_t index)
{
    const struct st_names *names = &st_contract_annotation(contract)->model_names;
    return index < names->count ? names->at[index] : (st_str){NULL, 0};
}

st_err st_contract_model(const struct st_contract *contract, st_str name, struct st_buf *out)
{
    const struct st_annotation *annotation = st_contract_annotation(contract);
    uint32_t index;
    uint32_t culprit;
    if (!st_names_has(&annotation->model_names, name, &index))
        return ST_ERR_ABSENT;
    uint32_t node = st_pointer_find(annotation->doc, 0, annotation->model_pointers.at[index]);
    ST_BUG_IF(node == ST_JSON_NONE); /* checked when the contract was loaded, or by the tests */
    st_err err = st_model_write(annotation->doc, node, out, &culprit);
    ST_BUG_IF(err == ST_ERR_ABSENT);
    return err;
}

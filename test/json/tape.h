/*
 * tape.h: holds a parsed tape to the invariants of json.h, node by node.
 */
#ifndef ST_TEST_JSON_TAPE_H
#define ST_TEST_JSON_TAPE_H

#include "unit.h"

#include "base/utf8.h"
#include "json/json.h"

static uint32_t check_value(const struct st_json *doc, uint32_t node);

/* The flags of a name are right: shadowed exactly when a later member has the same name. */
static void check_name(const struct st_json *doc, uint32_t object, uint32_t name)
{
    bool again = false;
    uint32_t end = doc->nodes[object].next;
    for (uint32_t at = st_json_after(doc, name + 1); at < end; at = st_json_after(doc, at + 1))
        again = again || st_str_eq(st_json_text(doc, at), st_json_text(doc, name));
    assert_int_equal(doc->nodes[name].kind, ST_JSON_STRING);
    assert_true(doc->nodes[name].flags & ST_JSON_NAME);
    assert_int_equal((doc->nodes[name].flags & ST_JSON_SHADOWED) != 0, again);
    if (again)
        assert_true(doc->nodes[object].flags & ST_JSON_REPEATS);
}

static void check_container(const struct st_json *doc, uint32_t node)
{
    bool object = st_json_kind(doc, node) == ST_JSON_OBJECT;
    uint32_t end = doc->nodes[node].next;
    uint32_t shadowed = 0;
    uint32_t children = 0;
    uint32_t at = node + 1;
    assert_in_range(end, node + 1, doc->count);
    for (; at < end; children++) {
        if (object) {
            check_name(doc, node, at);
            check_value(doc, at);
            shadowed += (doc->nodes[at].flags & ST_JSON_SHADOWED) != 0;
            at++;
        }
        assert_false(doc->nodes[at].flags & ST_JSON_NAME);
        at = check_value(doc, at);
    }
    assert_int_equal(at, end);
    assert_int_equal(doc->nodes[node].len, children - shadowed);
    assert_int_equal((doc->nodes[node].flags & ST_JSON_REPEATS) != 0, shadowed > 0);
}

/* Returns the index behind the value. */
static uint32_t check_value(const struct st_json *doc, uint32_t node)
{
    assert_true(node < doc->count);
    const struct st_json_node *n = &doc->nodes[node];
    st_str raw = st_json_raw(doc, node);
    static const char first_bytes[] = "nft0\"[{";
    char first = raw.at[0];
    if (n->kind == ST_JSON_NUMBER)
        first = first == '-' || (first >= '0' && first <= '9') ? '0' : ' ';
    assert_int_equal(first, first_bytes[n->kind]);
    assert_true(node == 0 || n->at > doc->nodes[node - 1].at);
    bool numbered = doc->names != NULL && (n->flags & ST_JSON_NAME) != 0;
    assert_int_equal(n->name,
                     numbered ? st_name_table_find(doc->names, st_json_text(doc, node)) : 0);
    if (n->kind == ST_JSON_STRING) {
        st_str text = st_json_text(doc, node);
        bool escaped = (n->flags & ST_JSON_ESCAPED) != 0;
        assert_int_equal(st_utf8_check(text), text.len);
        assert_int_equal(escaped, raw.len != text.len + 2);
        assert_int_equal(raw.at[raw.len - 1], '"');
    }
    if (n->kind >= ST_JSON_ARRAY) {
        check_container(doc, node);
        assert_int_equal(raw.at[raw.len - 1], n->kind == ST_JSON_ARRAY ? ']' : '}');
    } else if (n->kind != ST_JSON_STRING || !(n->flags & ST_JSON_ESCAPED)) {
        assert_int_equal(n->next, node + 1);
    }
    return st_json_after(doc, node);
}

static void check_tape(const struct st_json *doc)
{
    assert_int_equal(check_value(doc, 0), doc->count);
}

#endif

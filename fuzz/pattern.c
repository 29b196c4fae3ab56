/* A pattern, a line feed, a text: compiled and searched within limits, and with automata no other
 * answer is found than without. */
#include "base/utf8.h"
#include "fuzz.h"
#include "schema/pattern_twin.h"

static st_err search(struct st_pattern *pattern, struct st_matcher *matcher, st_str text,
                     bool *found)
{
    st_err err = st_pattern_search(pattern, matcher, text, found);
    ST_BUG_IF(err != ST_OK && (err != ST_ERR_LIMIT || *found));
    return err;
}

static void compare(struct st_pattern *pattern, struct st_pattern *engine, st_str text)
{
    struct st_matcher *matcher = NULL;
    bool found = false;
    bool engine_found = false;
    bool plain_found = false;
    if (st_matcher_new(&matcher) == ST_OK) {
        st_err err = search(pattern, matcher, text, &found);
        st_err engine_err = search(engine, matcher, text, &engine_found);
        ST_BUG_IF(st_pattern_search_plain(pattern, matcher, text, &plain_found) != err);
        ST_BUG_IF(found != plain_found);
        ST_BUG_IF(err == ST_OK && engine_err == ST_OK && found != engine_found);
    }
    st_matcher_free(matcher);
}

FUZZ(input)
{
    st_str source, text;
    struct st_pattern *pattern = NULL;
    struct st_pattern *engine = NULL;
    st_str_cut(input, '\n', &source, &text);
    st_err err = st_pattern_compile(&pattern, source, NULL);
    ST_BUG_IF(st_pattern_compile_plain(&engine, source, NULL) != err);
    if (err == ST_OK && st_utf8_check(text) == text.len)
        compare(pattern, engine, text);
    st_pattern_free(pattern);
    st_pattern_free(engine);
}

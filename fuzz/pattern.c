/* A pattern, a line feed, a text: searched within limits, with automata and without alike. */
#include "base/utf8.h"
#include "fuzz.h"
#include "schema/pattern_twin.h"

static void compare(const struct st_pattern *pattern, const struct st_pattern *engine, st_str text)
{
    struct st_matcher *matcher = NULL;
    bool found[3] = {false, false, false};
    ST_BUG_IF(st_matcher_new(&matcher) != ST_OK);
    st_err err = st_pattern_search(pattern, matcher, text, &found[0]);
    ST_BUG_IF(st_pattern_search_plain(pattern, matcher, text, &found[1]) != err);
    ST_BUG_IF(found[0] != found[1] || (err != ST_OK && (err != ST_ERR_LIMIT || found[0])));
    bool told = st_pattern_search(engine, matcher, text, &found[2]) == ST_OK && err == ST_OK;
    ST_BUG_IF(told && found[0] != found[2]);
    st_matcher_free(matcher);
}

FUZZ(input)
{
    st_str source, text;
    struct st_pattern *pattern = NULL, *engine = NULL;
    st_str_cut(input, '\n', &source, &text);
    st_err err = st_pattern_compile(&pattern, source, NULL);
    ST_BUG_IF(st_pattern_compile_plain(&engine, source, NULL) != err);
    if (err == ST_OK && st_utf8_check(text) == text.len)
        compare(pattern, engine, text);
    st_pattern_free(pattern), st_pattern_free(engine);
}

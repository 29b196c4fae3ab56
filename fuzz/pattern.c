/* A pattern, a line feed, a text: compiled and searched within limits. */
#include "schema/pattern.h"
#include "base/utf8.h"
#include "fuzz.h"

static void search(struct st_pattern *pattern, st_str text)
{
    struct st_matcher *matcher = NULL;
    bool found = false;
    if (st_matcher_new(&matcher) == ST_OK) {
        st_err err = st_pattern_search(pattern, matcher, text, &found);
        ST_BUG_IF(err != ST_OK && (err != ST_ERR_LIMIT || found));
    }
    st_matcher_free(matcher);
}

FUZZ(input)
{
    st_str source, text;
    struct st_pattern *pattern = NULL;
    st_str_cut(input, '\n', &source, &text);
    if (st_pattern_compile(&pattern, source, NULL) == ST_OK && st_utf8_check(text) == text.len)
        search(pattern, text);
    st_pattern_free(pattern);
}

/* The other half of pattern_twin.mjs. Reads lines of "pattern text" in hexadecimal (nothing: "-")
 * and answers each with "refused offset reason", or with what the search finds, what it finds
 * without this machine's own instructions, what it finds without automata, what the walk alone
 * finds, and which way the search goes. "0", "1", or "L" for a limit. */
#include "schema/pattern_twin.h"
#include "base/mem.h"
#include "schema/pattern_walk.h"

#include <stdio.h>
#include <stdlib.h>

#define LINE_BYTES_MAX ((size_t)1 << 20)

static size_t decode(const char *hex, char *bytes)
{
    size_t len = 0;
    for (; hex[0] != '\0' && hex[0] != '-' && hex[1] != '\0'; hex += 2) {
        char pair[3] = {hex[0], hex[1], '\0'};
        bytes[len++] = (char)strtoul(pair, NULL, 16);
    }
    return len;
}

static char answer(st_err err, bool found)
{
    if (err != ST_OK)
        return err == ST_ERR_LIMIT ? 'L' : 'E';
    return found ? '1' : '0';
}

typedef st_err (*search_verb)(const struct st_pattern *pattern, struct st_matcher *matcher,
                              st_str text, bool *found);

static char search(const struct st_pattern *pattern, struct st_matcher *matcher, st_str text,
                   search_verb verb)
{
    bool found = false;
    st_err err = verb(pattern, matcher, text, &found);
    return answer(err, found);
}

static char walk(st_str source, struct st_walker *walker, st_str text)
{
    struct st_arena arena;
    struct st_tree tree;
    struct st_plan *plan = NULL;
    bool found = false;
    uint64_t spent;
    st_arena_init(&arena, ST_PATTERN_TREE_BYTES_MAX);
    st_err err = st_tree_parse(&tree, source, &arena, NULL);
    if (err == ST_OK)
        err = st_plan_new(&plan, &tree, NULL);
    if (err == ST_OK)
        err = st_walk_search(plan, walker, text, &found, &spent);
    st_plan_free(plan);
    st_arena_done(&arena);
    return answer(err, found);
}

static void answer_line(st_str source, st_str text, struct st_matcher *matcher,
                        struct st_walker *walker)
{
    static const char *const ways[] = {"quick", "quick-ascii", "pcre2", "walk"};
    struct st_pattern *pattern = NULL;
    struct st_pattern *plain = NULL;
    struct st_why why = {0};
    st_err err = st_pattern_compile(&pattern, source, &why);
    st_err plain_err = st_pattern_compile_plain(&plain, source, NULL);
    if (err != plain_err)
        printf("refused 0 by one way only\n");
    else if (err != ST_OK)
        printf("refused %llu %s\n", (unsigned long long)why.offset, why.text);
    else
        printf("%c %c %c %c %s\n", search(pattern, matcher, text, st_pattern_search),
               search(pattern, matcher, text, st_pattern_search_plain),
               search(plain, matcher, text, st_pattern_search), walk(source, walker, text),
               ways[st_pattern_way(pattern)]);
    st_pattern_free(pattern);
    st_pattern_free(plain);
}

int main(void)
{
    char *line = malloc(LINE_BYTES_MAX);
    char *pattern = malloc(LINE_BYTES_MAX);
    char *text = malloc(LINE_BYTES_MAX);
    struct st_matcher *matcher = NULL;
    struct st_walker *walker = NULL;
    if (line == NULL || pattern == NULL || text == NULL || st_matcher_new(&matcher) != ST_OK ||
        st_walker_new(&walker) != ST_OK)
        return 1;
    while (fgets(line, (int)LINE_BYTES_MAX, stdin) != NULL) {
        char *space = strchr(line, ' ');
        if (space == NULL)
            return 1;
        *space = '\0';
        size_t pattern_len = decode(line, pattern);
        space[1 + strcspn(space + 1, "\n")] = '\0';
        size_t text_len = decode(space + 1, text);
        answer_line((st_str){pattern, pattern_len}, (st_str){text, text_len}, matcher, walker);
    }
    st_matcher_free(matcher);
    st_walker_free(walker);
    free(line);
    free(pattern);
    free(text);
    return 0;
}

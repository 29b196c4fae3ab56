#include "json/names.h"

#include "base/hash.h"

struct st_name st_name_of(const struct st_json *doc, uint32_t node)
{
    return (struct st_name){st_hash(st_json_text(doc, node)), node};
}

int st_name_cmp(const struct st_json *doc_a, struct st_name a, const struct st_json *doc_b,
                struct st_name b)
{
    if (a.hash != b.hash)
        return a.hash < b.hash ? -1 : 1;
    return st_str_cmp(st_json_text(doc_a, a.node), st_json_text(doc_b, b.node));
}

/* Merges from[at … middle-1] and from[middle … end-1] into to[at … end-1]. */
static void merge(const struct st_json *doc, const struct st_name *from, struct st_name *to,
                  size_t at, size_t middle, size_t end)
{
    size_t left = at;
    size_t right = middle;
    while (at < end) {
        bool take_left =
            left < middle && (right == end || st_name_cmp(doc, from[left], doc, from[right]) <= 0);
        to[at++] = from[take_left ? left++ : right++];
    }
}

struct st_name *st_names_sort(const struct st_json *doc, struct st_name *names,
                              struct st_name *spare, uint32_t count)
{
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t at = 0; at < count; at += 2 * run) {
            size_t middle = at + run < count ? at + run : count;
            size_t end = at + 2 * run < count ? at + 2 * run : count;
            merge(doc, names, spare, at, middle, end);
        }
        struct st_name *sorted = spare;
        spare = names;
        names = sorted;
    }
    return names;
}

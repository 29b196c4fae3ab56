/* An array of numbers: what is said of the first two agrees. */
#include "json/number.h"
#include "fuzz.h"
#include "json/compare.h"

static void compare(st_str a, st_str b)
{
    struct st_decimal n[2] = {st_decimal_of(a), st_decimal_of(b)};
    double d[2] = {0, 0};
    bool is = true;
    int order = st_decimal_cmp(n[0], n[1]);
    ST_BUG_IF(st_decimal_cmp(n[1], n[0]) != -order || st_decimal_cmp(n[0], n[0]) != 0);
    (void)st_number_to_double(a, &d[0]), (void)st_number_to_double(b, &d[1]);
    ST_BUG_IF(order <= 0 ? d[0] > d[1] : d[0] < d[1]);
    ST_BUG_IF(order == 0 && st_decimal_hash(n[0], 1) != st_decimal_hash(n[1], 1));
    if (n[1].count > 0 && !n[1].negative && st_decimal_is_multiple(n[0], n[1], &is) == ST_OK)
        ST_BUG_IF(order == 0 && !is);
}

FUZZ(text)
{
    struct st_json doc;
    st_json_init(&doc);
    if (st_json_parse(&doc, text, NULL, NULL) == ST_OK && doc.count == 3 &&
        doc.nodes[1].kind == ST_JSON_NUMBER && doc.nodes[2].kind == ST_JSON_NUMBER)
        compare(st_json_text(&doc, 1), st_json_text(&doc, 2));
    st_json_done(&doc);
}

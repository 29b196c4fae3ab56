#include "server/target.h"

#include "server/route.h"
#include "unit.h"

static struct st_target parsed(const char *raw)
{
    struct st_target target;
    struct st_why why = {0};
    if (st_target_parse(&target, st_str_of(raw), &why) != ST_OK)
        fail_msg("%s: %s", raw, why.text);
    return target;
}

TEST("a target is cut first and decoded then")
{
    struct st_target target = parsed("/v1/a%2Fb/c+d?x=1%262&y=a+b%2B&z&=q&&w=1=2");
    assert_int_equal(target.segment_count, 3);
    assert_text(target.segments[1], "a/b");
    assert_text(target.segments[2], "c+d");
    assert_int_equal(target.param_count, 5);
    assert_text(target.params[0].value, "1&2");
    assert_text(target.params[1].value, "a b+");
    assert_text(target.params[2].name, "z");
    assert_text(target.params[2].value, "");
    assert_text(target.params[3].name, "");
    assert_text(target.params[4].value, "1=2");
    st_target_done(&target);
}

TEST("the root has no segments; a slash at the end is one more, empty")
{
    struct st_target target = parsed("/");
    assert_int_equal(target.segment_count, 0);
    st_target_done(&target);
    target = parsed("/healthz/");
    assert_int_equal(target.segment_count, 2);
    st_target_done(&target);
}

TEST("wrong percent-escapes and escaped NULs are refused, wherever they stand")
{
    static const char *const bad[] = {"/%",       "/%4",  "/%zz",   "/a?b=%0", "/a?%00=1",
                                      "/a?b=%00", "",     "x",      "*",       "http://localhost/",
                                      "/%4g",     "/a?%", "/?a=%g1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct st_target target;
        struct st_why why = {0};
        if (st_target_parse(&target, st_str_of(bad[i]), &why) != ST_ERR_INVALID)
            fail_msg("%s was taken", bad[i]);
        assert_non_null(why.text);
        st_target_done(&target);
    }
}

TEST("B1: more segments or parameters than there may be")
{
    struct st_target target = parsed("/1/2/3/4/5/6/7/8");
    assert_int_equal(target.segment_count, ST_SEGMENTS_MAX + 1);
    st_target_done(&target);
    struct st_buf raw = ST_BUF(4096);
    struct st_why why = {0};
    assert_ok(st_buf_add_str(&raw, ST_STR("/a?b")));
    for (unsigned i = 1; i < ST_PARAMS_MAX; i++)
        assert_ok(st_buf_add_str(&raw, ST_STR("&b")));
    assert_ok(st_target_parse(&target, st_buf_str(&raw), &why));
    st_target_done(&target);
    assert_ok(st_buf_add_str(&raw, ST_STR("&b")));
    assert_err(st_target_parse(&target, st_buf_str(&raw), &why), INVALID);
    st_target_done(&target);
    st_buf_done(&raw);
}

/* ---- the route table ---- */

static void expect_route(enum st_method method, const char *path, const char *pattern,
                         const char *param)
{
    struct st_target target = parsed(path);
    st_str found = {NULL, 0};
    const char *allow = "";
    const struct st_route *route = st_route_find(method, &target, &found, &allow);
    if (route == NULL || strcmp(route->pattern, pattern) != 0)
        fail_msg("%s went to %s", path, route == NULL ? "nowhere" : route->pattern);
    assert_text(found, param);
    st_target_done(&target);
}

static void expect_none(enum st_method method, const char *path, const char *allowed)
{
    struct st_target target = parsed(path);
    st_str found;
    const char *allow = NULL;
    assert_null(st_route_find(method, &target, &found, &allow));
    assert_string_equal(allow, allowed);
    st_target_done(&target);
}

TEST("paths go to their routes, with their parameter")
{
    expect_route(ST_METHOD_GET, "/", "/", "");
    expect_route(ST_METHOD_GET, "/v1/events", "/v1/events", "");
    expect_route(ST_METHOD_POST, "/v1/events?atomic=true", "/v1/events", "");
    expect_route(ST_METHOD_GET, "/v1/events/0012", "/v1/events/{seq}", "0012");
    expect_route(ST_METHOD_GET, "/v1/events/12/raw", "/v1/events/{seq}/raw", "12");
    expect_route(ST_METHOD_GET, "/v1/contracts/agent-event%40v0", "/v1/contracts/{ref}",
                 "agent-event@v0");
    expect_route(ST_METHOD_POST, "/v1/contracts/agent-event/check", "/v1/contracts/{ref}/check",
                 "agent-event");
}

TEST("other paths go nowhere, other methods are told which there are")
{
    expect_none(ST_METHOD_GET, "/v1", "");
    expect_none(ST_METHOD_GET, "/v1/events/", "");
    expect_none(ST_METHOD_GET, "/v1/events/x1", "");
    expect_none(ST_METHOD_GET, "/v1/events/1/cooked", "");
    expect_none(ST_METHOD_GET, "/v1/events/1/raw/more", "");
    expect_none(ST_METHOD_GET, "/a/b/c/d/e/f/g/h", "");
    expect_none(ST_METHOD_OTHER, "/v1/events", "GET, HEAD, POST");
    expect_none(ST_METHOD_POST, "/healthz", "GET, HEAD");
    expect_none(ST_METHOD_OTHER, "/v1/quarantine/7", "GET, HEAD, DELETE");
    expect_none(ST_METHOD_DELETE, "/v1/quarantine/7/release", "POST");
    expect_none(ST_METHOD_DELETE, "/v1/quarantine", "GET, HEAD");
    expect_none(ST_METHOD_POST, "/v1/quarantine/-7/release", "");
}

TEST("every route is reached by its own pattern")
{
    uint32_t count = 0;
    for (const struct st_route *route = st_route_at(0); route != NULL;
         route = st_route_at(++count)) {
        char path[64];
        const char *open = strchr(route->pattern, '{');
        snprintf(path, sizeof path, "%s", route->pattern);
        if (open != NULL)
            snprintf(path, sizeof path, "%.*s7%s", (int)(open - route->pattern), route->pattern,
                     strchr(open, '}') + 1);
        expect_route(route->method, path, route->pattern, open == NULL ? "" : "7");
    }
    assert_true(count > 5);
}

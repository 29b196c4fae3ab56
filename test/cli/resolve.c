#include "cli/resolve.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>

static char folder[] = "/tmp/steno-resolve-XXXXXX";
static struct st_resolve resolve;
static struct st_buf text = {.max = 1 << 20};

static void put(const char *name, const char *bytes)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(bytes, file);
    fclose(file);
}

/* folder/in holds schemas, folder/out something that must not be reached. */
static void begin(const char *prefix)
{
    static bool made;
    static char place[128];
    char path[128];
    if (!made) {
        assert_non_null(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/in", folder);
        mkdir(path, 0700);
        snprintf(path, sizeof path, "%s/in/x", folder);
        mkdir(path, 0700);
        put("out.json", "secret");
        put("in/a.json", "a");
        put("in/x/y.json", "y");
        put("in/x/plain", "plain");
        put("in/with blank.json", "blank");
    }
    made = true;
    st_resolve_done(&resolve);
    resolve = (struct st_resolve){0};
    snprintf(place, sizeof place, "%s=%s/in", prefix, folder);
    assert_ok(st_resolve_add(&resolve, st_str_of(place)));
}

static st_err take(const char *uri)
{
    st_buf_reset(&text);
    return st_resolve_uri(&resolve, st_str_of(uri), &text);
}

TEST("a reference under the prefix is the file below the folder, with or without .json")
{
    begin("https://example.com/s");
    assert_ok(take("https://example.com/s/x/y.json"));
    assert_text(st_buf_str(&text), "y");
    assert_ok(take("https://example.com/s/x/y"));
    assert_text(st_buf_str(&text), "y");
    assert_ok(take("https://example.com/s/x/plain"));
    assert_text(st_buf_str(&text), "plain");
    assert_ok(take("https://example.com/s/x/plain.json"));
    assert_text(st_buf_str(&text), "plain");
    assert_ok(take("https://example.com/s/with%20blank.json?v=1"));
    assert_text(st_buf_str(&text), "blank");
}

TEST("a prefix may end with a slash, and ends at a border of the path")
{
    begin("https://example.com/s/");
    assert_ok(take("https://example.com/s/a.json"));
    begin("https://example.com/s");
    assert_err(take("https://example.com/sa.json"), ABSENT);
    assert_err(take("https://example.com/a.json"), ABSENT);
    assert_err(take("https://example.com/s"), ABSENT);
}

TEST("no reference leaves the folder")
{
    begin("https://example.com/s");
    static const char *const hostile[] = {
        "https://example.com/s/../out.json",       "https://example.com/s/x/../../out.json",
        "https://example.com/s/%2e%2e/out.json",   "https://example.com/s/..%2fout.json",
        "https://example.com/s/x/%2E%2e%2F../out", "https://example.com/s/..",
        "https://example.com/s/a.json%00",         "https://example.com/s/%zz",
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        assert_err(take(hostile[i]), ABSENT);
        assert_int_equal(text.len, 0);
    }
    /* Slashes at the front do not make it a path from the root. */
    char uri[128];
    snprintf(uri, sizeof uri, "https://example.com/s/%s/out.json", folder);
    assert_err(take(uri), ABSENT);
}

TEST("a schema's own folder is a place by its file: URI")
{
    char path[128];
    begin("https://example.com/s");
    snprintf(path, sizeof path, "%s/in/a.json", folder);
    assert_ok(st_resolve_add_neighbours(&resolve, path));
    char uri[160];
    snprintf(uri, sizeof uri, "file://%s/in/a.json", folder);
    assert_text(st_buf_str(&resolve.base), uri);
    snprintf(uri, sizeof uri, "file://%s/in/x/y.json", folder);
    assert_ok(take(uri));
    assert_text(st_buf_str(&text), "y");
    snprintf(uri, sizeof uri, "file://%s/out.json", folder);
    assert_err(take(uri), ABSENT);
}

TEST("a place needs a prefix and a folder")
{
    begin("https://example.com/s");
    assert_err(st_resolve_add(&resolve, ST_STR("https://example.com/")), INVALID);
    assert_err(st_resolve_add(&resolve, ST_STR("=dir")), INVALID);
    assert_err(st_resolve_add(&resolve, ST_STR("https://example.com/=")), INVALID);
    st_resolve_done(&resolve);
    st_buf_done(&text);
}

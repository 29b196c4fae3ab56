#include "cli/resolve.h"

#include "base/file.h"
#include "base/mem.h"
#include "schema/uri.h"

#include <stdlib.h>

#define PATH_BYTES_MAX ((size_t)64 << 10)

st_err st_resolve_add(struct st_resolve *resolve, st_str place)
{
    st_str prefix = {0};
    st_str folder = {0};
    if (!st_str_cut(place, '=', &prefix, &folder) || prefix.len == 0 || folder.len == 0 ||
        resolve->count == ST_RESOLVE_MAX)
        return ST_ERR_INVALID;
    resolve->places[resolve->count++] = (struct st_resolve_place){prefix, folder};
    return ST_OK;
}

/* ---- the schema's own folder ---- */

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("-._~/", c) != NULL;
}

static st_err add_file_uri(struct st_buf *uri, const char *path)
{
    st_err err = st_buf_add_str(uri, ST_STR("file://"));
    for (; *path != '\0' && err == ST_OK; path++)
        err = is_plain(*path) ? st_buf_add_char(uri, *path)
                              : st_buf_printf(uri, "%%%02X", (unsigned char)*path);
    return err;
}

static size_t folder_len(st_str path)
{
    size_t len = path.len;
    while (len > 0 && path.at[len - 1] != '/')
        len--;
    return len;
}

st_err st_resolve_add_neighbours(struct st_resolve *resolve, const char *schema_path)
{
    char *real = realpath(schema_path, NULL);
    if (real == NULL || resolve->count == ST_RESOLVE_MAX) {
        free(real);
        return ST_OK; /* a pipe has no neighbours */
    }
    resolve->base = ST_BUF(4 * PATH_BYTES_MAX);
    resolve->folder = ST_BUF(PATH_BYTES_MAX);
    st_err err = add_file_uri(&resolve->base, real);
    if (err == ST_OK)
        err = st_buf_add(&resolve->folder, real, folder_len(st_str_of(real)));
    free(real);
    if (err != ST_OK)
        return err;
    st_str base = st_buf_str(&resolve->base);
    resolve->places[resolve->count++] = (struct st_resolve_place){
        .prefix = {base.at, folder_len(base)},
        .folder = st_buf_str(&resolve->folder),
    };
    return ST_OK;
}

void st_resolve_done(struct st_resolve *resolve)
{
    st_buf_done(&resolve->base);
    st_buf_done(&resolve->folder);
}

/* ---- from a URI to a file ---- */

/* Whether the path stays below its folder: no "..", and nothing that a system call would cut. */
static bool stays_below(st_str path)
{
    st_str rest = path;
    bool more = true;
    while (more) {
        st_str part = {0};
        more = st_str_cut(rest, '/', &part, &rest);
        if (st_str_eq(part, ST_STR("..")))
            return false;
    }
    return path.len == 0 || memchr(path.at, '\0', path.len) == NULL;
}

/* The part of `uri` behind the prefix, as a relative path; false when the prefix is not its head.
 */
static bool cut_prefix(st_str uri, st_str prefix, st_str *path)
{
    if (!st_str_starts(uri, prefix))
        return false;
    *path = st_str_from(uri, prefix.len);
    bool at_border = prefix.at[prefix.len - 1] == '/' || path->len == 0 || path->at[0] == '/';
    while (path->len > 0 && path->at[0] == '/')
        *path = st_str_from(*path, 1);
    return at_border;
}

static st_err read_at(st_str folder, st_str path, const char *suffix, struct st_buf *text)
{
    struct st_buf name = ST_BUF(2 * PATH_BYTES_MAX);
    size_t before = text->len;
    st_err err = st_buf_printf(&name, "%.*s/%.*s%s", ST_STR_ARG(folder), ST_STR_ARG(path), suffix);
    const char *file = err == ST_OK ? st_buf_cstr(&name) : NULL;
    err = file == NULL ? ST_ERR_MEMORY : st_file_read(file, text, NULL);
    st_buf_done(&name);
    if (err != ST_OK)
        text->len = before;
    return err;
}

static bool is_final(st_err err)
{
    return err == ST_OK || err == ST_ERR_MEMORY || err == ST_ERR_LIMIT;
}

/* x/y as it stands, then x/y.json, then x/y.json's x/y. */
static st_err read_any(st_str folder, st_str path, struct st_buf *text)
{
    st_err err = read_at(folder, path, "", text);
    if (!is_final(err))
        err = read_at(folder, path, ".json", text);
    if (!is_final(err) && st_str_ends(path, ST_STR(".json")))
        err = read_at(folder, (st_str){path.at, path.len - 5}, "", text);
    return is_final(err) ? err : ST_ERR_ABSENT;
}

st_err st_resolve_uri(void *resolve, st_str uri, struct st_buf *text)
{
    const struct st_resolve *r = resolve;
    st_err err = ST_ERR_ABSENT;
    for (unsigned i = 0; i < r->count && err == ST_ERR_ABSENT; i++) {
        st_str path = {0};
        struct st_buf plain = ST_BUF(PATH_BYTES_MAX);
        st_str query = {0};
        if (cut_prefix(uri, r->places[i].prefix, &path)) {
            st_str_cut(path, '?', &path, &query);
            err = st_uri_decode(path, &plain);
            if (err == ST_OK && plain.len > 0 && stays_below(st_buf_str(&plain)))
                err = read_any(r->places[i].folder, st_buf_str(&plain), text);
            else if (err != ST_ERR_MEMORY)
                err = ST_ERR_ABSENT;
        }
        st_buf_done(&plain);
    }
    return err;
}

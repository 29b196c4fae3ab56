#include "cli/place.h"

#include "store/store.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#define PATH_BYTES_MAX ((size_t)64 << 10)

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static int no_memory(void)
{
    return st_fail_with(ST_EXIT_TROUBLE, "store: out of memory");
}

static int set(struct st_buf *buf, const char *head, const char *text)
{
    st_err err = st_buf_add_str(buf, st_str_of(head));
    if (err == ST_OK)
        err = st_buf_add_str(buf, st_str_of(text));
    return err == ST_OK ? ST_EXIT_GOOD : no_memory();
}

static int set_default_store(struct st_place *place)
{
    const char *data = environment("XDG_DATA_HOME");
    if (data != NULL && data[0] == '/')
        return set(&place->store, data, "/steno/steno.db");
    const char *home = environment("HOME");
    if (home == NULL) {
        const struct passwd *user = getpwuid(getuid());
        home = user == NULL ? NULL : user->pw_dir;
    }
    if (home == NULL)
        return st_fail_with(ST_EXIT_USAGE, "store: there is no home folder to find it in; say "
                                           "--store FILE");
    return set(&place->store, home, "/.local/share/steno/steno.db");
}

int st_place_find_store(struct st_cli *cli, struct st_place *place)
{
    *place = (struct st_place){.store = ST_BUF(PATH_BYTES_MAX), .url = ST_BUF(PATH_BYTES_MAX)};
    const char *path = st_options_text(&cli->options, ST_OPT_STORE);
    if (path != NULL && path[0] == '\0')
        return st_fail_with(ST_EXIT_USAGE, "--store: the file's name is empty; say --store FILE");
    if (path == NULL)
        path = environment("STENO_STORE");
    return path != NULL ? set(&place->store, "", path) : set_default_store(place);
}

static int set_url(struct st_place *place, const char *url)
{
    st_str text = st_str_of(url);
    while (st_str_ends(text, ST_STR("/")) && !st_str_ends(text, ST_STR("//")))
        text.len--;
    bool is_unix = st_str_starts(text, ST_STR("unix:/"));
    bool is_http = st_str_starts(text, ST_STR("http://")) && text.len > 7;
    bool is_https = st_str_starts(text, ST_STR("https://")) && text.len > 8;
    if (!is_unix && !is_http && !is_https)
        return st_fail_with(ST_EXIT_USAGE,
                            "--url %s: not a recorder's address; say http://HOST:PORT or "
                            "unix:/PATH",
                            url);
    return st_buf_add_str(&place->url, text) == ST_OK ? ST_EXIT_GOOD : no_memory();
}

static int set_socket(struct st_place *place, const char *path)
{
    char here[4096] = "";
    if (path[0] != '/' && getcwd(here, sizeof here) == NULL)
        return st_fail_with(ST_EXIT_TROUBLE, "--socket %s: the current folder is gone", path);
    int code = set(&place->url, "unix:", here);
    if (code == ST_EXIT_GOOD && here[0] != '\0')
        code = set(&place->url, "", "/");
    return code == ST_EXIT_GOOD ? set(&place->url, "", path) : code;
}

int st_place_find(struct st_cli *cli, struct st_place *place)
{
    *place = (struct st_place){.store = ST_BUF(PATH_BYTES_MAX), .url = ST_BUF(PATH_BYTES_MAX)};
    const char *store = st_options_text(&cli->options, ST_OPT_STORE);
    const char *url = st_options_text(&cli->options, ST_OPT_URL);
    const char *socket = st_options_text(&cli->options, ST_OPT_SOCKET);
    if ((store != NULL) + (url != NULL) + (socket != NULL) > 1)
        return st_fail_with(ST_EXIT_USAGE,
                            "%s: --store, --url and --socket exclude each other; "
                            "say one of them",
                            cli->command->name);
    if (url == NULL && store == NULL && socket == NULL)
        url = environment("STENO_URL");
    if (socket != NULL)
        return set_socket(place, socket);
    return url != NULL ? set_url(place, url) : st_place_find_store(cli, place);
}

void st_place_done(struct st_place *place)
{
    st_buf_done(&place->store);
    st_buf_done(&place->url);
}

const char *st_place_store(struct st_place *place)
{
    return place->store.len == 0 ? NULL : st_buf_cstr(&place->store);
}

const char *st_place_url(struct st_place *place)
{
    return place->url.len == 0 ? NULL : st_buf_cstr(&place->url);
}

int st_place_turn_to_holder(struct st_place *place)
{
    bool held = false;
    struct st_why why = {0};
    const char *path = st_place_store(place);
    st_err err = st_store_holder(path, &held, &place->url, &why);
    if (err != ST_OK)
        return st_place_tell(place, err, &why);
    if (place->url.len == 0)
        return st_fail_with(ST_EXIT_TROUBLE,
                            "store %s: another command is recording into it; try again when it has "
                            "ended",
                            path);
    return ST_EXIT_GOOD;
}

int st_place_tell(struct st_place *place, st_err err, const struct st_why *why)
{
    char reason[ST_REASON_MAX];
    const char *path = st_place_store(place);
    const char *todo = "";
    if (err == ST_ERR_ABSENT)
        todo = "; record something first, or say --store FILE or --url URL";
    else if (err == ST_ERR_CORRUPT)
        todo = "; restore it from a backup";
    return st_fail_with(ST_EXIT_TROUBLE, "store %s: %s%s", path == NULL ? "" : path,
                        st_reason(err, why, reason), todo);
}

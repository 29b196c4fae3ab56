#include "cli/command.h"

#include "cli/contracts.h"
#include "cli/limits.h"
#include "cli/place.h"
#include "server/server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define LISTEN_DEFAULT "127.0.0.1:4318"

struct serve {
    struct st_cli *cli;
    struct st_place place;
    const char *listen; /* NULL: no TCP */
    const char *socket; /* NULL: none */
    uint64_t workers;
    struct st_registry *registry;
    struct st_listeners listeners; /* until the server has them */
    struct st_engine *engine;
    struct st_server *server;
};

/* ---- what was asked for ---- */

static int set_mode(struct serve *serve, const char *text)
{
    st_str contract = {0};
    st_str name = {0};
    enum st_mode mode = ST_MODE_ENFORCE;
    struct st_buf reference = ST_BUF(4096);
    if (!st_str_cut(st_str_of(text), '=', &contract, &name) || !st_mode_of_name(name, &mode))
        return st_fail_with(ST_EXIT_USAGE,
                            "--mode %s: must be CONTRACT=MODE, with enforce, quarantine or observe",
                            text);
    st_err err = st_registry_set_mode(serve->registry, contract, mode);
    if (err == ST_OK)
        return ST_EXIT_GOOD;
    const char *told = st_buf_add_str(&reference, contract) == ST_OK ? st_buf_cstr(&reference) : "";
    (void)st_contracts_find(serve->registry, told == NULL ? "" : told);
    st_buf_done(&reference);
    return ST_EXIT_USAGE;
}

static int set_modes(struct serve *serve)
{
    const struct st_options *options = &serve->cli->options;
    for (unsigned i = 0; i < options->count; i++) {
        int code = options->values[i].id == ST_OPT_MODE ? set_mode(serve, options->values[i].text)
                                                        : ST_EXIT_GOOD;
        if (code != ST_EXIT_GOOD)
            return code;
    }
    return ST_EXIT_GOOD;
}

static int read_options(struct serve *serve)
{
    const struct st_options *options = &serve->cli->options;
    serve->listen = st_options_text(options, ST_OPT_LISTEN);
    serve->socket = st_options_text(options, ST_OPT_LISTEN_SOCKET);
    if (serve->listen == NULL)
        serve->listen = getenv("STENO_LISTEN");
    if (serve->listen == NULL || serve->listen[0] == '\0')
        serve->listen = LISTEN_DEFAULT;
    if (strcmp(serve->listen, "none") == 0)
        serve->listen = NULL;
    if (serve->listen == NULL && serve->socket == NULL)
        return st_fail_with(ST_EXIT_USAGE,
                            "serve: --listen none leaves nothing to listen on; add --socket PATH");
    if (!st_cli_number(serve->cli, ST_OPT_WORKERS, 0, 256, &serve->workers))
        return ST_EXIT_USAGE;
    int code = st_place_find_store(serve->cli, &serve->place);
    if (code != ST_EXIT_GOOD)
        return code;
    serve->registry = st_contracts_open_to_write(
        st_place_store(&serve->place), st_options_has(&serve->cli->options, ST_OPT_STRICT_TIME));
    return serve->registry == NULL ? ST_EXIT_TROUBLE : set_modes(serve);
}

/* ---- starting ---- */

static int tell_held(struct serve *serve)
{
    const char *path = st_place_store(&serve->place);
    struct st_buf address = ST_BUF(4096);
    bool held = false;
    struct st_why why = {0};
    const char *where = NULL;
    if (st_store_holder(path, &held, &address, &why) == ST_OK && address.len > 0)
        where = st_buf_cstr(&address);
    int code = st_fail_with(ST_EXIT_TROUBLE,
                            where == NULL ? "store %s: another recorder holds it%s; stop that one, "
                                            "or say another --store"
                                          : "store %s: the recorder at %s holds it; use that one, "
                                            "stop it, or say another --store",
                            path, where == NULL ? "" : where);
    st_buf_done(&address);
    return code;
}

static int tell_not_listening(const struct serve *serve, st_err err, const struct st_why *why)
{
    char reason[ST_REASON_MAX];
    const char *tcp = serve->listen == NULL ? "" : serve->listen;
    const char *path = serve->socket == NULL ? "" : serve->socket;
    const char *and = serve->listen != NULL && serve->socket != NULL ? " and " : "";
    bool is_usage =
        why->sys == 0 && (err == ST_ERR_DENIED || err == ST_ERR_INVALID || err == ST_ERR_SYNTAX);
    const char *todo = "";
    if (err == ST_ERR_DENIED && why->sys == 0)
        todo = "; say --listen 127.0.0.1:PORT";
    else if (why->sys == EADDRINUSE)
        todo = "; stop what listens there, or say another --listen (port 0 finds a free one)";
    return st_fail_with(is_usage ? ST_EXIT_USAGE : ST_EXIT_TROUBLE, "listen on %s%s%s: %s%s", tcp,
                        and, path, st_reason(err, why, reason), todo);
}

/* Before the store is opened or made. Who starts a recorder twice is told of the first one. */
static int start_listening(struct serve *serve)
{
    struct st_why why = {0};
    bool held = false;
    struct st_buf address = ST_BUF(4096);
    st_err err = st_listeners_open(&serve->listeners, serve->listen, serve->socket, &why);
    if (err == ST_OK)
        return ST_EXIT_GOOD;
    if (err == ST_ERR_CONFLICT &&
        st_store_holder(st_place_store(&serve->place), &held, &address, NULL) != ST_OK)
        held = false;
    st_buf_done(&address);
    return held ? tell_held(serve) : tell_not_listening(serve, err, &why);
}

static int open_engine(struct serve *serve)
{
    struct st_why why = {0};
    struct st_engine_options options = {
        .path = st_place_store(&serve->place),
        .registry = serve->registry,
    };
    st_err err = st_engine_open(&serve->engine, &options, &why);
    if (err == ST_OK)
        return ST_EXIT_GOOD;
    return err == ST_ERR_DENIED && why.sys != EACCES && why.sys != EPERM
               ? tell_held(serve)
               : st_place_tell(&serve->place, err, &why);
}

static int start_server(struct serve *serve)
{
    struct st_why why = {0};
    struct st_server_options options = {
        .engine = serve->engine,
        .listeners = &serve->listeners,
        .workers = (unsigned)serve->workers,
    };
    st_err err = st_server_start(&serve->server, &options, &why);
    if (err != ST_OK)
        return tell_not_listening(serve, err, &why);
    err = st_engine_announce(serve->engine, st_str_of(st_server_address(serve->server)), &why);
    return err == ST_OK ? ST_EXIT_GOOD : st_place_tell(&serve->place, err, &why);
}

static void greet(struct serve *serve)
{
    const char *address = st_server_address(serve->server);
    bool is_unix = strncmp(address, "unix:", 5) == 0;
    st_note("steno " STENO_VERSION " records into %s", st_engine_path(serve->engine));
    st_note("listening on %s", address);
    if (serve->socket != NULL && !is_unix)
        st_note("listening on unix:%s", serve->socket);
    st_note("%s", "");
    st_note("a first event:  steno new run.started | curl -sS %s%s%s/v1/events -H 'Content-Type: "
            "application/json' --data-binary @-",
            is_unix ? "--unix-socket " : "", is_unix ? address + 5 : address,
            is_unix ? " http://localhost" : "");
    st_note("what there is:  steno query%s%s",
            st_options_has(&serve->cli->options, ST_OPT_STORE) ? " --store " : "",
            st_options_has(&serve->cli->options, ST_OPT_STORE) ? st_engine_path(serve->engine)
                                                               : "");
    st_note("the end:        Ctrl-C");
}

/* ---- running ---- */

static void end_at_once(int number)
{
    (void)number;
    _exit(ST_EXIT_GOOD);
}

static void wait_for_signal(const sigset_t *signals)
{
    int number = 0;
    while (sigwait(signals, &number) != 0)
        ;
    /* What is acknowledged is on disk, so a second signal may end the process anywhere. */
    signal(SIGINT, end_at_once);
    signal(SIGTERM, end_at_once);
    pthread_sigmask(SIG_UNBLOCK, signals, NULL);
    st_note("stopping");
}

int st_command_serve(struct st_cli *cli)
{
    struct serve serve = {.cli = cli, .listeners = ST_LISTENERS_NONE};
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL); /* for all threads made from here on */
    int code = read_options(&serve);
    if (code == ST_EXIT_GOOD)
        code = start_listening(&serve);
    if (code == ST_EXIT_GOOD)
        code = open_engine(&serve);
    if (code == ST_EXIT_GOOD)
        code = start_server(&serve);
    if (code == ST_EXIT_GOOD) {
        greet(&serve);
        wait_for_signal(&signals);
    }
    if (serve.server != NULL)
        st_server_stop(serve.server, ST_STOP_MS);
    st_listeners_close(&serve.listeners);
    st_engine_close(serve.engine);
    st_registry_free(serve.registry);
    st_place_done(&serve.place);
    return code;
}

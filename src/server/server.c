#include "server/server.h"

#include "base/mem.h"
#include "server/log.h"
#include "server/request.h"
#include "server/visit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* ---- starting ---- */

/* Connections and readers take descriptors; the soft limit (often 1,024) is raised to the hard one.
 */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return; /* then there are fewer connections */
}

static unsigned worker_count(const struct st_server_options *options)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned count = options->workers != 0 ? options->workers : (unsigned)(cores > 2 ? cores : 2);
    return count < 64 ? count : 64;
}

/* A stopping server turns newcomers away here. Not MHD_quiesce_daemon: 0.9.75 takes the listening
 * socket out of epoll both there and on the worker it wakes, and ends the process when it comes
 * second. */
static enum MHD_Result accept_connection(void *context, const struct sockaddr *address,
                                         socklen_t address_len)
{
    const struct st_door *door = context;
    (void)address;
    (void)address_len;
    return atomic_load(&door->server->stopping) ? MHD_NO : MHD_YES;
}

static st_err open_door(struct st_door *door, unsigned workers, struct st_why *why)
{
    if (door->fd < 0)
        return ST_OK;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    door->daemon = MHD_start_daemon(
        flags, 0, accept_connection, door, st_request_serve, door,
        /* options */
        MHD_OPTION_LISTEN_SOCKET, door->fd, MHD_OPTION_THREAD_POOL_SIZE, workers > 1 ? workers : 0,
        MHD_OPTION_CONNECTION_LIMIT, ST_CONNECTIONS_HARD_MAX, MHD_OPTION_NOTIFY_CONNECTION,
        st_visit_notify, door, MHD_OPTION_CONNECTION_MEMORY_LIMIT, ST_CONNECTION_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, ST_IDLE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, st_request_open, door, MHD_OPTION_NOTIFY_COMPLETED,
        st_request_completed, door, MHD_OPTION_END);
    if (door->daemon == NULL)
        return st_fail_sys(why, "the HTTP server cannot be started", errno);
    return ST_OK;
}

static st_err start_parts(struct st_server *server, const struct st_server_options *options,
                          struct st_why *why)
{
    st_err err = st_reader_open(&server->health, server->readers.path, NULL, why);
    if (err == ST_OK)
        err = st_clerk_start(&server->clerk, why);
    if (err == ST_OK)
        err = st_errands_start(&server->errands, why);
    if (err == ST_OK)
        err = open_door(&server->tcp, worker_count(options), why);
    if (err == ST_OK)
        err = open_door(&server->local, worker_count(options), why);
    return err;
}

static struct st_patience patience_of(const struct st_patience *asked)
{
    struct st_patience patience = *asked;
    if (patience.body_grace_ms == 0)
        patience.body_grace_ms = ST_BODY_GRACE_MS;
    if (patience.body_bytes_a_s == 0)
        patience.body_bytes_a_s = ST_BODY_BYTES_A_S;
    if (patience.take_ms == 0)
        patience.take_ms = ST_TAKE_MS;
    return patience;
}

static void take_listeners(struct st_server *server, struct st_listeners *listeners)
{
    server->listeners = *listeners;
    *listeners = ST_LISTENERS_NONE;
    server->tcp = (struct st_door){.server = server, .fd = server->listeners.tcp_fd};
    server->local =
        (struct st_door){.server = server, .fd = server->listeners.unix_fd, .is_unix = true};
    server->listeners.tcp_fd = -1;
    server->listeners.unix_fd = -1;
}

st_err st_server_start(struct st_server **server, const struct st_server_options *options,
                       struct st_why *why)
{
    struct st_server *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL) {
        st_listeners_close(options->listeners);
        return st_fail(why, ST_ERR_MEMORY, "no memory for the server");
    }
    made->engine = options->engine;
    made->patience = patience_of(&options->patience);
    take_listeners(made, options->listeners);
    st_readers_init(&made->readers, st_engine_path(options->engine));
    st_desk_init(&made->desk, st_engine_registry(options->engine));
    pthread_mutex_init(&made->health_lock, NULL);
    pthread_mutex_init(&made->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&made->fewer, &monotonic);
    pthread_condattr_destroy(&monotonic);
    raise_descriptors();
    st_err err = start_parts(made, options, why);
    if (err != ST_OK) {
        st_server_stop(made, 0);
        return err;
    }
    *server = made;
    return ST_OK;
}

const char *st_server_address(const struct st_server *server)
{
    return server->listeners.address;
}

/* ---- stopping ---- */

static void wake_all(struct st_server *server)
{
    pthread_mutex_lock(&server->lock);
    for (struct st_request *request = server->requests; request != NULL; request = request->next)
        st_request_wake(request);
    pthread_mutex_unlock(&server->lock);
}

/* Waits until libmicrohttpd holds no request any more, or the instant; returns how many
 * are left. */
static unsigned wait_connected(struct st_server *server, int64_t end_ns)
{
    struct timespec end = {.tv_sec = end_ns / ST_NS_PER_S, .tv_nsec = end_ns % ST_NS_PER_S};
    pthread_mutex_lock(&server->lock);
    while (server->connected > 0 && st_monotonic_ns() < end_ns)
        pthread_cond_timedwait(&server->fewer, &server->lock, &end);
    unsigned left = server->connected;
    pthread_mutex_unlock(&server->lock);
    return left;
}

/* Batches at the engine and errands hold their requests; both come to an end by themselves. */
static void wait_requests(struct st_server *server)
{
    pthread_mutex_lock(&server->lock);
    while (server->requests != NULL)
        pthread_cond_wait(&server->fewer, &server->lock);
    pthread_mutex_unlock(&server->lock);
}

static void close_door(struct st_door *door)
{
    if (door->daemon != NULL)
        MHD_stop_daemon(door->daemon); /* and closes the socket */
    else if (door->fd >= 0)
        close(door->fd);
}

/*
 * First nobody new comes in, and everybody asleep is woken: live streams end at their next look,
 * the others go on as before. Then what is left is cut: after `aborting` no connection falls
 * asleep, and all that sleep are woken, which libmicrohttpd asks for before it is stopped.
 */
static void end_requests(struct st_server *server, int wait_ms)
{
    int64_t end_ns = st_monotonic_ns() + (int64_t)wait_ms * 1000 * 1000;
    atomic_store(&server->stopping, true);
    wake_all(server);
    unsigned left = wait_connected(server, end_ns);
    if (left > 0) {
        char text[32];
        snprintf(text, sizeof text, "requests=%u", left);
        st_log("stop_cut_off", text);
    }
    atomic_store(&server->aborting, true);
    wake_all(server);
    close_door(&server->tcp);
    close_door(&server->local);
    wait_requests(server);
}

void st_server_stop(struct st_server *server, int wait_ms)
{
    if (server == NULL)
        return;
    end_requests(server, wait_ms);
    st_errands_stop(server->errands);
    st_clerk_stop(server->clerk);
    st_listeners_close(&server->listeners);
    st_reader_close(server->health);
    st_readers_done(&server->readers);
    st_desk_done(&server->desk);
    pthread_cond_destroy(&server->fewer);
    pthread_mutex_destroy(&server->lock);
    pthread_mutex_destroy(&server->health_lock);
    st_mem_free(server);
}

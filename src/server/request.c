#include "server/request.h"

#include "base/mem.h"
#include "server/guard.h"
#include "server/visit.h"

#include "json/write.h"
#include <errno.h>
#include <sys/socket.h>

/* ---- life ---- */

static void care(struct st_later *later)
{
    struct st_request *request = later->context;
    const struct st_handler *handler = request->route->handler;
    if (handler->care != NULL)
        handler->care(request);
    else
        st_request_wake(request);
    st_request_drop(request);
}

static void link_in(struct st_request *request)
{
    struct st_server *server = request->server;
    pthread_mutex_lock(&server->lock);
    request->next = server->requests;
    if (server->requests != NULL)
        server->requests->prev = request;
    server->requests = request;
    pthread_mutex_unlock(&server->lock);
}

static void link_out(struct st_request *request)
{
    struct st_server *server = request->server;
    pthread_mutex_lock(&server->lock);
    if (request->prev != NULL)
        request->prev->next = request->next;
    else
        server->requests = request->next;
    if (request->next != NULL)
        request->next->prev = request->prev;
    pthread_cond_signal(&server->fewer);
    pthread_mutex_unlock(&server->lock);
}

void *st_request_open(void *context, const char *target, struct MHD_Connection *connection)
{
    struct st_door *door = context;
    struct st_request *request = st_mem_get_zeroed(sizeof *request);
    if (request == NULL)
        return NULL;
    request->server = door->server;
    request->door = door;
    request->connection = connection;
    request->later = (struct st_later){.call = care, .context = request};
    pthread_mutex_init(&request->lock, NULL);
    atomic_init(&request->holds, 1);
    st_reply_init(&request->reply);
    if (st_target_parse(&request->target, st_str_of(target), &request->target_why) == ST_OK)
        request->target_why.text = NULL;
    link_in(request);
    return request;
}

static void free_request(struct st_request *request)
{
    if (request->route != NULL && request->route->handler->free != NULL)
        request->route->handler->free(request);
    st_reply_done(&request->reply);
    st_target_done(&request->target);
    link_out(
        request); /* afterwards the server may be gone; before, it may still wake the request */
    pthread_mutex_destroy(&request->lock);
    st_mem_free(request);
}

void st_request_hold(struct st_request *request)
{
    atomic_fetch_add(&request->holds, 1);
}

void st_request_drop(struct st_request *request)
{
    if (atomic_fetch_sub(&request->holds, 1) == 1)
        free_request(request);
}

void st_request_completed(void *door, struct MHD_Connection *connection, void **context,
                          enum MHD_RequestTerminationCode code)
{
    struct st_request *request = *context;
    if (request == NULL)
        return;
    *context = NULL;
    st_visit_end_request(connection);
    struct st_server *server = request->server;
    if (request->route != NULL && request->route->handler->gone != NULL)
        request->route->handler->gone(request);
    pthread_mutex_lock(&request->lock);
    request->gone = true;
    pthread_mutex_unlock(&request->lock);
    pthread_mutex_lock(&server->lock);
    server->connected -= request->begun;
    pthread_cond_signal(&server->fewer);
    pthread_mutex_unlock(&server->lock);
    if (st_clerk_forget(server->clerk, &request->later))
        st_request_drop(request);
    st_request_drop(request);
}

/* ---- sleeping and waking ---- */

void st_request_wake_locked(struct st_request *request)
{
    request->asleep = false;
    request->yields = false;
    MHD_resume_connection(request->connection);
}

void st_request_wake(struct st_request *request)
{
    pthread_mutex_lock(&request->lock);
    if (request->asleep)
        st_request_wake_locked(request);
    else
        request->woken = true;
    pthread_mutex_unlock(&request->lock);
}

void st_request_wake_yielding(struct st_request *request)
{
    pthread_mutex_lock(&request->lock);
    if (request->asleep && request->yields)
        st_request_wake_locked(request);
    pthread_mutex_unlock(&request->lock);
}

bool st_request_has_ended(struct st_request *request)
{
    char byte;
    bool ended = false;
    pthread_mutex_lock(&request->lock);
    if (!request->gone) { /* so its socket is open */
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        ssize_t got = info == NULL ? 1 : recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        ended = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
    }
    pthread_mutex_unlock(&request->lock);
    return ended;
}

void st_request_listen(struct st_request *request)
{
    pthread_mutex_lock(&request->lock);
    request->woken = false;
    pthread_mutex_unlock(&request->lock);
}

bool st_request_sleep_locked(struct st_request *request)
{
    if (st_request_aborting(request))
        return false;
    request->asleep = true;
    MHD_suspend_connection(request->connection);
    return true;
}

bool st_request_sleep(struct st_request *request)
{
    pthread_mutex_lock(&request->lock);
    bool sleeps = !request->woken && st_request_sleep_locked(request);
    request->woken = false;
    pthread_mutex_unlock(&request->lock);
    return sleeps;
}

bool st_request_send(struct st_request *request, struct st_errand *errand)
{
    request->away = true; /* nobody else looks at it yet */
    st_request_hold(request);
    if (st_errands_send(request->server->errands, errand) == ST_OK)
        return true;
    request->away = false;
    st_request_drop(request);
    st_reply_error(&request->reply, 503, "too_many_readers",
                   "too many long queries at once; try later");
    return false;
}

void st_request_come_back(struct st_request *request)
{
    pthread_mutex_lock(&request->lock);
    request->away = false;
    if (request->asleep)
        st_request_wake_locked(request);
    pthread_mutex_unlock(&request->lock);
    st_request_drop(request);
}

bool st_request_is_away(struct st_request *request, enum MHD_Result *result)
{
    pthread_mutex_lock(&request->lock);
    bool away = request->away;
    if (away)
        *result = st_request_sleep_locked(request) ? MHD_YES : MHD_NO;
    pthread_mutex_unlock(&request->lock);
    return away;
}

bool st_request_yield(struct st_request *request)
{
    pthread_mutex_lock(&request->lock);
    bool sleeps = st_request_sleep_locked(request);
    request->yields = sleeps;
    pthread_mutex_unlock(&request->lock);
    if (sleeps)
        st_request_ask(request, 0);
    return sleeps;
}

/* Under the lock: st_request_completed says `gone` under it before it takes the call back. */
void st_request_ask_locked(struct st_request *request, int64_t due_ns)
{
    if (request->gone)
        return;
    st_request_hold(request); /* the call's */
    if (!st_clerk_ask(request->server->clerk, &request->later, due_ns))
        st_request_drop(request); /* never the last: the connection's is there until `gone` */
}

void st_request_ask(struct st_request *request, int64_t due_ns)
{
    pthread_mutex_lock(&request->lock);
    st_request_ask_locked(request, due_ns);
    pthread_mutex_unlock(&request->lock);
}

/* ---- headers and replies ---- */

struct header_search {
    const char *name;
    st_str value; /* of the first */
    unsigned count;
    bool differs; /* another has another value */
};

static enum MHD_Result look_at_header(void *context, enum MHD_ValueKind kind, const char *name,
                                      const char *value)
{
    struct header_search *search = context;
    if (strcasecmp(name, search->name) != 0)
        return MHD_YES;
    if (search->count++ == 0)
        search->value = st_str_of(value == NULL ? "" : value);
    else if (!st_str_eq(search->value, st_str_of(value == NULL ? "" : value)))
        search->differs = true;
    return MHD_YES;
}

st_str st_request_header(const struct st_request *request, const char *name, unsigned *count)
{
    struct header_search search = {.name = name};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, look_at_header, &search);
    if (count != NULL)
        *count = search.count;
    return search.value;
}

void st_request_refuse_param(struct st_request *request, st_str name, const char *what)
{
    struct st_buf text = ST_BUF((size_t)64 << 10);
    st_err err = st_buf_add_str(&text, name);
    if (err == ST_OK)
        err = st_buf_add_str(&text, ST_STR(": "));
    if (err == ST_OK)
        err = st_buf_add_str(&text, st_str_of(what));
    st_reply_error_text(&request->reply, 400, "invalid_query",
                        err == ST_OK ? st_buf_str(&text) : st_str_of(what));
    st_buf_done(&text);
}

enum MHD_Result st_request_answer(struct st_request *request)
{
    return st_reply_send(&request->reply, request->connection, st_request_stopping(request));
}

bool st_request_drain(struct st_request *request, size_t len)
{
    int64_t now_ns = st_monotonic_ns();
    if (request->drained_since_ns == 0)
        request->drained_since_ns = now_ns;
    request->drained += len;
    return request->drained <= ST_DRAIN_BYTES_MAX &&
           now_ns - request->drained_since_ns <= (int64_t)ST_DRAIN_MS_MAX * 1000 * 1000;
}

void st_request_cut_short(struct st_request *request)
{
    request->drained = ST_DRAIN_BYTES_MAX;
}

/* ---- serving ---- */

/* Whether the request may come in at all (guard.h). */
static bool check_sender(struct st_request *request)
{
    unsigned hosts = 0;
    unsigned origins = 0;
    unsigned sites = 0;
    st_str host = st_request_header(request, "Host", &hosts);
    st_str origin = st_request_header(request, "Origin", &origins);
    st_str site = st_request_header(request, "Sec-Fetch-Site", &sites);
    /* Browsers always send a Host, and reach no unix sockets. */
    bool host_good = request->door->is_unix || hosts == 0 || (hosts == 1 && st_guard_host(host));
    bool origin_good = origins == 0 || (origins == 1 && st_guard_origin(origin, host));
    bool site_good = sites == 0 || (sites == 1 && st_guard_site(site));
    if (!host_good)
        st_reply_error(&request->reply, 403, "forbidden_host",
                       "the Host header must name loopback: localhost, 127.0.0.1 or [::1]");
    else if (!origin_good || !site_good)
        st_reply_error(&request->reply, 403, "forbidden_origin",
                       "requests from pages of another origin are refused");
    return host_good && origin_good && site_good;
}

static enum st_method method_of(const char *text)
{
    if (strcmp(text, "GET") == 0 || strcmp(text, "HEAD") == 0)
        return ST_METHOD_GET;
    if (strcmp(text, "POST") == 0)
        return ST_METHOD_POST;
    return strcmp(text, "DELETE") == 0 ? ST_METHOD_DELETE : ST_METHOD_OTHER;
}

static bool find_route(struct st_request *request, const char *method)
{
    const char *allow = "";
    request->is_head = strcmp(method, "HEAD") == 0;
    request->route = st_route_find(method_of(method), &request->target, &request->param, &allow);
    if (request->route != NULL)
        return true;
    if (allow[0] == '\0') {
        st_reply_error(&request->reply, 404, "not_found",
                       "there is no such route; GET / lists them");
    } else {
        st_reply_error(&request->reply, 405, "method_not_allowed",
                       "this route has other methods; see Allow");
        request->reply.allow = allow;
    }
    return false;
}

/* Whether one thing is said about where the body ends (RFC 9112, 6.3): somebody between the client
 * and this server might have believed the other. */
static bool check_framing(struct st_request *request)
{
    struct header_search length = {.name = "Content-Length"};
    unsigned codings = 0;
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, look_at_header, &length);
    (void)st_request_header(request, "Transfer-Encoding", &codings);
    if (!length.differs && (length.count == 0 || codings == 0))
        return true;
    st_reply_error(&request->reply, 400, "invalid_framing",
                   "the body's length is said in two ways: one Content-Length, or "
                   "Transfer-Encoding: chunked");
    return false;
}

static enum MHD_Result begin(struct st_request *request, const char *method)
{
    request->begun = true;
    st_visit_begin_request(request->connection);
    pthread_mutex_lock(&request->server->lock);
    request->server->connected++;
    pthread_mutex_unlock(&request->server->lock);
    if (!check_framing(request))
        return st_reply_send(&request->reply, request->connection, true);
    if (request->target_why.text != NULL)
        st_reply_error(&request->reply, 400, "invalid_target", request->target_why.text);
    else if (check_sender(request) && find_route(request, method) &&
             request->route->handler->begin != NULL)
        request->route->handler->begin(request);
    /* Who waits for "100 Continue" is answered before it sends a body in vain. */
    if (request->reply.status != 0 && st_request_header(request, "Expect", NULL).len > 0)
        return st_request_answer(request);
    return MHD_YES;
}

static enum MHD_Result drain(struct st_request *request, size_t *len)
{
    if (st_request_drain(request, *len)) {
        *len = 0;
        return MHD_YES;
    }
    if (request->reply.status == 0)
        st_reply_error(&request->reply, 413, "body_too_large", "this route takes no body");
    st_reply_send_raw(&request->reply, request->connection);
    return MHD_NO;
}

/*
 * libmicrohttpd 0.9.75 listens to edges and stops reading after a short read, so it overlooks a
 * client that goes away right behind its last bytes, until ST_IDLE_S are over. Shutting down the
 * direction that is shut down already makes another edge.
 */
static void look_for_end(const struct st_request *request)
{
    char byte;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != NULL && recv(info->connect_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        (void)shutdown(info->connect_fd, SHUT_RD);
}

static enum MHD_Result take_piece(struct st_request *request, const char *bytes, size_t *len)
{
    enum MHD_Result taken = MHD_YES;
    /* Without a route there is a reply already. */
    if (request->reply.status != 0 || request->route->handler->piece == NULL)
        taken = drain(request, len);
    else
        taken = request->route->handler->piece(request, bytes, len);
    if (taken == MHD_YES && *len == 0)
        look_for_end(request);
    return taken;
}

enum MHD_Result st_request_serve(void *door, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *bytes,
                                 size_t *len, void **context)
{
    struct st_request *request = *context;
    if (request == NULL || st_request_aborting(request))
        return MHD_NO;
    if (!request->begun)
        return begin(request, method);
    if (*len > 0)
        return take_piece(request, bytes, len);
    if (request->reply.status != 0)
        return st_request_answer(request);
    return request->route->handler->finish(request);
}

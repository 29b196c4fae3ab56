#include "server/visit.h"

#include "base/mem.h"
#include "server/state.h"

#include <sys/socket.h>

struct st_visit {
    struct st_server *server;
    struct st_later later;
    atomic_uint holds; /* the connection's, and the clerk's */
    int fd;

    pthread_mutex_t lock; /* guards the two below */
    int64_t due_ns;       /* when what is expected must have happened; 0: nothing is */
    bool gone;            /* the connection is closed; `fd` is not touched any more */
};

static void drop(struct st_visit *visit)
{
    if (atomic_fetch_sub(&visit->holds, 1) != 1)
        return;
    pthread_mutex_destroy(&visit->lock);
    st_mem_free(visit);
}

static void ask_clerk(struct st_visit *visit)
{
    atomic_fetch_add(&visit->holds, 1);
    if (!st_clerk_ask(visit->server->clerk, &visit->later, visit->due_ns))
        drop(visit); /* never the last: the connection's is there until it is gone */
}

/* On the clerk's thread. */
static void look(struct st_later *later)
{
    struct st_visit *visit = later->context;
    pthread_mutex_lock(&visit->lock);
    if (!visit->gone && visit->due_ns != 0) {
        if (st_monotonic_ns() >= visit->due_ns)
            (void)shutdown(visit->fd, SHUT_RDWR);
        else
            ask_clerk(visit);
    }
    pthread_mutex_unlock(&visit->lock);
    drop(visit);
}

static void expect(struct st_visit *visit, int64_t within_ms)
{
    pthread_mutex_lock(&visit->lock);
    visit->due_ns = st_monotonic_ns() + within_ms * 1000 * 1000;
    ask_clerk(visit);
    pthread_mutex_unlock(&visit->lock);
}

/* One too many is told so at once, rather than left to wait for a place. */
static bool admit(struct st_server *server, int fd)
{
    static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\n"
                                 "Content-Type: application/json\r\n"
                                 "Retry-After: 1\r\nConnection: close\r\n"
                                 "Content-Length: 73\r\n\r\n"
                                 "{\"error\":\"too_many_connections\","
                                 "\"message\":\"too many clients; try later\"}\n";
    _Static_assert(sizeof "{\"error\":\"too_many_connections\","
                          "\"message\":\"too many clients; try later\"}\n" == 73 + 1,
                   "Content-Length");
    if (atomic_fetch_add(&server->visits, 1) < ST_CONNECTIONS_MAX)
        return true;
    ssize_t said = send(fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)said; /* the connection ends either way */
    (void)shutdown(fd, SHUT_RDWR);
    return false;
}

static struct st_visit *open_visit(struct st_server *server, int fd)
{
    if (!admit(server, fd))
        return NULL;
    struct st_visit *visit = st_mem_get_zeroed(sizeof *visit);
    if (visit == NULL) {
        (void)shutdown(fd, SHUT_RDWR);
        return NULL;
    }
    visit->server = server;
    visit->fd = fd;
    visit->later = (struct st_later){.call = look, .context = visit};
    atomic_init(&visit->holds, 1);
    pthread_mutex_init(&visit->lock, NULL);
    expect(visit, (int64_t)ST_HEAD_S * 1000);
    return visit;
}

static void close_visit(struct st_visit *visit)
{
    pthread_mutex_lock(&visit->lock);
    visit->gone = true;
    pthread_mutex_unlock(&visit->lock);
    if (st_clerk_forget(visit->server->clerk, &visit->later))
        drop(visit);
    drop(visit);
}

void st_visit_notify(void *context, struct MHD_Connection *connection, void **visit,
                     enum MHD_ConnectionNotificationCode code)
{
    struct st_server *server = ((struct st_door *)context)->server;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *visit = info == NULL ? NULL : open_visit(server, info->connect_fd);
        return;
    }
    atomic_fetch_sub(&server->visits, 1);
    if (*visit != NULL)
        close_visit(*visit);
    *visit = NULL;
}

static struct st_visit *visit_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

void st_visit_expect(struct MHD_Connection *connection, int64_t within_ms)
{
    struct st_visit *visit = visit_of(connection);
    if (visit != NULL)
        expect(visit, within_ms);
}

void st_visit_expect_nothing(struct MHD_Connection *connection)
{
    struct st_visit *visit = visit_of(connection);
    if (visit == NULL)
        return;
    pthread_mutex_lock(&visit->lock);
    visit->due_ns = 0;
    pthread_mutex_unlock(&visit->lock);
}

void st_visit_expect_taken(struct MHD_Connection *connection, size_t bytes)
{
    struct st_visit *visit = visit_of(connection);
    if (visit != NULL)
        expect(visit,
               (int64_t)visit->server->patience.take_ms * (int64_t)(1 + bytes / ST_TURN_BYTES));
}

void st_visit_begin_request(struct MHD_Connection *connection)
{
    st_visit_expect_nothing(connection);
}

void st_visit_end_request(struct MHD_Connection *connection)
{
    struct st_visit *visit = visit_of(connection);
    if (visit != NULL)
        expect(visit, (int64_t)ST_IDLE_S * 1000);
}

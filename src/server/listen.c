#include "server/listen.h"

#include "server/limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 511

/* ---- addresses ---- */

struct endpoint {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
    socklen_t len;
};

static bool parse_port(st_str text, uint16_t *port)
{
    uint64_t value = 0;
    if (st_str_to_u64(text, &value) != ST_OK || value > UINT16_MAX)
        return false;
    *port = (uint16_t)value;
    return true;
}

/* Cuts "HOST", "HOST:PORT", "[HOST]" or "[HOST]:PORT". */
static bool cut_address(st_str address, st_str *host, uint16_t *port)
{
    size_t at = 0;
    st_str rest = {NULL, 0};
    *port = ST_PORT_DEFAULT;
    if (address.len > 0 && address.at[0] == '[') {
        if (!st_str_find(address, ']', &at))
            return false;
        *host = (st_str){address.at + 1, at - 1};
        rest = st_str_from(address, at + 1);
        if (rest.len == 0)
            return true;
        return rest.at[0] == ':' && parse_port(st_str_from(rest, 1), port);
    }
    if (!st_str_cut(address, ':', host, &rest))
        return true;
    return parse_port(rest, port);
}

static bool is_loopback_v4(const struct in_addr *address)
{
    return ntohl(address->s_addr) >> 24 == 127;
}

static st_err resolve(const char *address, struct endpoint *endpoint, struct st_why *why)
{
    char name[64];
    st_str host;
    uint16_t port = 0;
    *endpoint = (struct endpoint){0};
    if (!cut_address(st_str_of(address), &host, &port) || host.len >= sizeof name)
        return st_fail(why, ST_ERR_INVALID, "the address to listen on must be HOST:PORT");
    memcpy(name, host.at, host.len);
    name[host.len] = '\0';
    if (st_str_eq(host, ST_STR("localhost")))
        memcpy(name, "127.0.0.1", sizeof "127.0.0.1");
    if (inet_pton(AF_INET, name, &endpoint->v4.sin_addr) == 1) {
        endpoint->v4.sin_family = AF_INET;
        endpoint->v4.sin_port = htons(port);
        endpoint->len = sizeof endpoint->v4;
        if (is_loopback_v4(&endpoint->v4.sin_addr))
            return ST_OK;
    } else if (inet_pton(AF_INET6, name, &endpoint->v6.sin6_addr) == 1) {
        endpoint->v6.sin6_family = AF_INET6;
        endpoint->v6.sin6_port = htons(port);
        endpoint->len = sizeof endpoint->v6;
        if (IN6_IS_ADDR_LOOPBACK(&endpoint->v6.sin6_addr))
            return ST_OK;
    } else {
        return st_fail(why, ST_ERR_INVALID,
                       "the address to listen on must be localhost, 127.0.0.1 or [::1]");
    }
    return st_fail(why, ST_ERR_DENIED, "without tokens only loopback addresses are listened on");
}

static st_err write_url(int fd, struct st_buf *url, struct st_why *why)
{
    char name[INET6_ADDRSTRLEN];
    struct endpoint bound = {.len = sizeof bound.v6};
    st_buf_reset(url);
    if (getsockname(fd, &bound.any, &bound.len) != 0)
        return st_fail_sys(why, "the bound address cannot be read", errno);
    st_err err = ST_OK;
    if (bound.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &bound.v6.sin6_addr, name, sizeof name);
        err = st_buf_printf(url, "http://[%s]:%u", name, ntohs(bound.v6.sin6_port));
    } else {
        inet_ntop(AF_INET, &bound.v4.sin_addr, name, sizeof name);
        err = st_buf_printf(url, "http://%s:%u", name, ntohs(bound.v4.sin_port));
    }
    return err == ST_OK ? ST_OK : st_fail(why, err, "no memory for the address");
}

/* ---- sockets ---- */

static st_err bind_and_listen(int fd, const struct sockaddr *address, socklen_t len,
                              struct st_why *why)
{
    if (bind(fd, address, len) == 0 && listen(fd, BACKLOG) == 0)
        return ST_OK;
    bool taken = errno == EADDRINUSE;
    st_err err = st_fail_sys(why,
                             taken ? "somebody listens on this address already"
                                   : "the address cannot be listened on",
                             errno);
    return taken ? ST_ERR_CONFLICT : err;
}

static st_err listen_tcp(const char *address, int *fd, struct st_buf *url, struct st_why *why)
{
    struct endpoint endpoint;
    int on = 1;
    st_err err = resolve(address, &endpoint, why);
    if (err != ST_OK)
        return err;
    int made = socket(endpoint.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0)
        return st_fail_sys(why, "no socket can be made", errno);
    /* A recorder that was ended a moment ago does not keep its address. */
    if (setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        err = st_fail_sys(why, "the socket's address cannot be made reusable", errno);
    if (err == ST_OK)
        err = bind_and_listen(made, &endpoint.any, endpoint.len, why);
    if (err == ST_OK)
        err = write_url(made, url, why);
    if (err == ST_OK)
        *fd = made;
    else
        close(made);
    return err;
}

/* Removes a socket that nobody listens on; other files are left alone. */
static st_err remove_dead(const char *path, const struct sockaddr_un *address, struct st_why *why)
{
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISSOCK(status.st_mode))
        return ST_OK; /* bind has its own words for what else may be there */
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return st_fail_sys(why, "no socket can be made", errno);
    int said = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ? 0 : errno;
    close(fd);
    if (said == 0 || said == EAGAIN)
        return st_fail(why, ST_ERR_CONFLICT, "somebody listens on this socket already");
    if (said == ECONNREFUSED && unlink(path) != 0)
        return st_fail_sys(why, "a dead socket cannot be removed", errno);
    return ST_OK;
}

static st_err listen_unix(const char *path, int *fd, struct st_why *why)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return st_fail(why, ST_ERR_INVALID, "the socket's path is longer than unix sockets take");
    memcpy(address.sun_path, path, strlen(path));
    st_err err = remove_dead(path, &address, why);
    if (err != ST_OK)
        return err;
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0)
        return st_fail_sys(why, "no socket can be made", errno);
    /* Before bind: the file has these permissions from its first moment on. */
    if (fchmod(made, S_IRUSR | S_IWUSR) != 0)
        err = st_fail_sys(why, "the socket's permissions cannot be set", errno);
    if (err == ST_OK)
        err = bind_and_listen(made, (const struct sockaddr *)&address, sizeof address, why);
    if (err == ST_OK)
        *fd = made;
    else
        close(made);
    return err;
}

/* ---- both ---- */

st_err st_listeners_open(struct st_listeners *listeners, const char *tcp, const char *socket_path,
                         struct st_why *why)
{
    struct st_buf url = ST_BUF(sizeof listeners->address - 1);
    st_err err = ST_OK;
    *listeners = ST_LISTENERS_NONE;
    if (tcp != NULL)
        err = listen_tcp(tcp, &listeners->tcp_fd, &url, why);
    if (err == ST_OK && socket_path != NULL) {
        err = listen_unix(socket_path, &listeners->unix_fd, why);
        if (err == ST_OK)
            snprintf(listeners->socket_path, sizeof listeners->socket_path, "%s", socket_path);
    }
    if (url.len > 0)
        snprintf(listeners->address, sizeof listeners->address, "%.*s", ST_STR_ARG(url));
    else
        snprintf(listeners->address, sizeof listeners->address, "unix:%s", listeners->socket_path);
    st_buf_done(&url);
    if (err != ST_OK)
        st_listeners_close(listeners);
    return err;
}

void st_listeners_close(struct st_listeners *listeners)
{
    if (listeners->tcp_fd >= 0)
        close(listeners->tcp_fd);
    if (listeners->unix_fd >= 0)
        close(listeners->unix_fd);
    if (listeners->socket_path[0] != '\0')
        unlink(listeners->socket_path);
    *listeners = ST_LISTENERS_NONE;
}

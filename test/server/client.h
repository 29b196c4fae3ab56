/*
 * client.h: a server of one's own, and an HTTP client that can be rude.
 */
#ifndef ST_TEST_SERVER_CLIENT_H
#define ST_TEST_SERVER_CLIENT_H

#include "engine/recorder.h"
#include "server/server.h"
#include "json/json.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#define ANSWER_MAX_MS 60000

struct house {
    struct recorder recorder;
    struct st_server *server;
    char socket_path[96];
    uint16_t port;
};

static inline void open_patient_server(struct house *house, struct st_patience patience)
{
    struct st_why why = {0};
    struct st_listeners listeners;
    struct st_server_options options = {
        .engine = house->recorder.engine, .listeners = &listeners, .patience = patience};
    snprintf(house->socket_path, sizeof house->socket_path, "%s/socket", house->recorder.folder);
    st_err err = st_listeners_open(&listeners, "127.0.0.1:0", house->socket_path, &why);
    if (err == ST_OK)
        err = st_server_start(&house->server, &options, &why);
    if (err != ST_OK)
        fail_msg("%s: %s", st_err_text(err), why.text);
    house->port = (uint16_t)atoi(strrchr(st_server_address(house->server), ':') + 1);
}

static inline void open_server(struct house *house)
{
    open_patient_server(house, (struct st_patience){0});
}

static inline void open_house(struct house *house, const char *vfs)
{
    open_recorder(&house->recorder, vfs);
    open_server(house);
}

static inline void close_house(struct house *house)
{
    st_server_stop(house->server, 5000);
    close_recorder(&house->recorder);
}

/* ---- a connection ---- */

struct client {
    int fd;
    struct st_buf in; /* received, not taken yet */
};

static inline struct client connect_client(const struct house *house)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(house->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct client client = {.fd = socket(AF_INET, SOCK_STREAM, 0), .in = ST_BUF((size_t)1 << 28)};
    assert_true(client.fd >= 0);
    assert_int_equal(connect(client.fd, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

static inline struct client connect_unix(const struct house *house)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct client client = {.fd = socket(AF_UNIX, SOCK_STREAM, 0), .in = ST_BUF((size_t)1 << 28)};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", house->socket_path);
    assert_int_equal(connect(client.fd, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

static inline void hang_up(struct client *client)
{
    close(client->fd);
    st_buf_done(&client->in);
}

static inline void say_bytes(struct client *client, st_str bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = send(client->fd, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the server closed; what it said before can still be read */
        bytes = st_str_from(bytes, (size_t)sent);
    }
}

static inline void say(struct client *client, const char *text)
{
    say_bytes(client, st_str_of(text));
}

/* Receives some; false at the end. */
static inline bool hear(struct client *client)
{
    struct pollfd waits = {.fd = client->fd, .events = POLLIN};
    assert_ok(st_buf_reserve(&client->in, 65536));
    if (poll(&waits, 1, ANSWER_MAX_MS) != 1)
        fail_msg("no answer; so far: %.*s", ST_STR_ARG(client->in));
    ssize_t got = recv(client->fd, client->in.at + client->in.len, 65536, 0);
    if (got > 0)
        client->in.len += (size_t)got;
    return got > 0;
}

/* Receives until `text` stands in what was received. */
static inline void hear_until(struct client *client, const char *text)
{
    while (client->in.len == 0 || memmem(client->in.at, client->in.len, text, strlen(text)) == NULL)
        if (!hear(client))
            fail_msg("the connection ended without \"%s\": %.*s", text, ST_STR_ARG(client->in));
}

/* ---- an answer ---- */

struct answer {
    int status;
    bool cut; /* the connection ended within the body */
    struct st_buf head;
    struct st_buf body;
};

static inline void answer_done(struct answer *answer)
{
    st_buf_done(&answer->head);
    st_buf_done(&answer->body);
}

static inline void drop_head(struct st_buf *buf, size_t len)
{
    memmove(buf->at, buf->at + len, buf->len - len);
    buf->len -= len;
}

/* Moves `len` bytes into the body, receiving what is missing. */
static inline void take_bytes(struct client *client, struct answer *answer, size_t len)
{
    while (client->in.len < len && !answer->cut)
        answer->cut = !hear(client);
    size_t count = client->in.len < len ? client->in.len : len;
    assert_ok(st_buf_add(&answer->body, client->in.at, count));
    drop_head(&client->in, count);
}

static inline void take_chunks(struct client *client, struct answer *answer)
{
    for (;;) {
        char *end = NULL;
        while (client->in.len == 0 ||
               (end = memmem(client->in.at, client->in.len, "\r\n", 2)) == NULL)
            if (!hear(client)) {
                answer->cut = true;
                return;
            }
        size_t len = strtoul(client->in.at, NULL, 16);
        drop_head(&client->in, (size_t)(end - client->in.at) + 2);
        take_bytes(client, answer, len + 2);
        if (answer->cut)
            return;
        answer->body.len -= 2;
        if (len == 0)
            return;
    }
}

/* The value of a header in the head; NULL: none. */
static inline const char *header_of(struct answer *answer, const char *name, char value[static 256])
{
    char wanted[80];
    snprintf(wanted, sizeof wanted, "\r\n%s: ", name);
    const char *at = strcasestr(st_buf_cstr(&answer->head), wanted);
    if (at == NULL)
        return NULL;
    at += strlen(wanted);
    snprintf(value, 256, "%.*s", (int)strcspn(at, "\r"), at);
    return value;
}

static inline struct answer read_answer(struct client *client, bool is_head)
{
    struct answer answer = {.head = ST_BUF(65536), .body = ST_BUF((size_t)1 << 28)};
    char value[256];
    hear_until(client, "\r\n\r\n");
    const char *end = memmem(client->in.at, client->in.len, "\r\n\r\n", 4);
    size_t len = (size_t)(end - client->in.at) + 4;
    assert_ok(st_buf_add(&answer.head, client->in.at, len));
    drop_head(&client->in, len);
    answer.status = atoi(st_buf_cstr(&answer.head) + strlen("HTTP/1.1 "));
    if (is_head || answer.status < 200)
        return answer;
    if (header_of(&answer, "Content-Length", value) != NULL)
        take_bytes(client, &answer, strtoul(value, NULL, 10));
    else if (header_of(&answer, "Transfer-Encoding", value) != NULL)
        take_chunks(client, &answer);
    else
        while (hear(client))
            ;
    return answer;
}

/* ---- whole requests ---- */

static inline struct answer ask(struct client *client, const char *method, const char *path,
                                const char *headers, st_str body)
{
    char head[4096];
    snprintf(head, sizeof head,
             "%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n%s\r\n", method, path,
             body.len, headers);
    say(client, head);
    say_bytes(client, body);
    return read_answer(client, strcmp(method, "HEAD") == 0);
}

static inline struct answer get(const struct house *house, const char *path)
{
    struct client client = connect_client(house);
    struct answer answer = ask(&client, "GET", path, "", ST_STR(""));
    hang_up(&client);
    return answer;
}

static inline struct answer post(const struct house *house, const char *path, const char *headers,
                                 st_str body)
{
    struct client client = connect_client(house);
    struct answer answer = ask(&client, "POST", path, headers, body);
    hang_up(&client);
    return answer;
}

#define LINES "Content-Type: application/x-ndjson\r\n"
#define JSON  "Content-Type: application/json\r\n"

static inline void expect_status(const struct answer *answer, int status)
{
    if (answer->status != status)
        fail_msg("%d is not %d: %.*s", answer->status, status, ST_STR_ARG(answer->body));
}

/* The answer has this status and this body, line feed aside; then it is done. */
static inline void expect_answer(struct answer answer, int status, const char *body)
{
    expect_status(&answer, status);
    assert_text(st_str_trim(st_buf_str(&answer.body)), body);
    answer_done(&answer);
}

/* The answer is JSON; the literal at a member of it. */
static inline void expect_member(const struct answer *answer, const char *name, const char *literal)
{
    struct st_json doc;
    st_json_init(&doc);
    if (st_json_parse(&doc, st_buf_str(&answer->body), NULL, NULL) != ST_OK)
        fail_msg("no JSON: %.*s", ST_STR_ARG(answer->body));
    uint32_t node = st_json_member(&doc, 0, st_str_of(name));
    if (node == ST_JSON_NONE)
        fail_msg("no %s in %.*s", name, ST_STR_ARG(answer->body));
    st_str raw = st_json_raw(&doc, node);
    if (!st_str_eq(raw, st_str_of(literal)))
        fail_msg("%s is %.*s, not %s: %.*s", name, ST_STR_ARG(raw), literal,
                 ST_STR_ARG(answer->body));
    st_json_done(&doc);
}

static inline uint64_t member_number(const struct answer *answer, const char *name)
{
    struct st_json doc;
    uint64_t value = 0;
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, st_buf_str(&answer->body), NULL, NULL));
    uint32_t node = st_json_member(&doc, 0, st_str_of(name));
    if (node != ST_JSON_NONE && st_json_kind(&doc, node) == ST_JSON_NUMBER)
        assert_ok(st_str_to_u64(st_json_text(&doc, node), &value));
    st_json_done(&doc);
    return value;
}

/* ---- bodies ---- */

/* `count` events as lines, ids from `id` on. */
static inline void add_lines(struct st_buf *body, unsigned id, unsigned count)
{
    char text[512];
    for (unsigned i = 0; i < count; i++) {
        assert_ok(st_buf_add_str(body, sample_event(text, id + i, i % 7)));
        assert_ok(st_buf_add_char(body, '\n'));
    }
}

#endif

/* Live streams, stopping, trouble at the disk, and many at once. */
#include "client.h"
#include "server/state.h"

#include "store/faulty_vfs.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <time.h>

/* Reads events of a stream until `count` were met; their ids must follow `after` one by one. */
static void follow(struct client *client, uint64_t after, uint64_t count)
{
    uint64_t met = 0;
    while (met < count) {
        const char *line =
            memmem(client->in.at, client->in.len, "\n\n", client->in.len > 0 ? 2 : 0);
        if (client->in.len == 0 || line == NULL) {
            if (!hear(client))
                fail_msg("the stream ended after %d events", (int)met);
            continue;
        }
        const char *id = memmem(client->in.at, (size_t)(line - client->in.at), "id: ", 4);
        if (id != NULL) {
            met++;
            assert_int_equal(strtoull(id + 4, NULL, 10), after + met);
        }
        drop_head(&client->in, (size_t)(line - client->in.at) + 2);
    }
}

static struct client open_stream(const struct house *house, const char *query, const char *headers)
{
    char request[512];
    struct client client = connect_client(house);
    /* HTTP/1.0, so that the body comes without chunks between. */
    snprintf(request, sizeof request, "GET /v1/stream%s HTTP/1.0\r\nHost: localhost\r\n%s\r\n",
             query, headers);
    say(&client, request);
    hear_until(&client, "retry: 2000\n\n");
    return client;
}

static void post_lines(const struct house *house, unsigned id, unsigned count)
{
    struct st_buf body = ST_BUF((size_t)16 << 20);
    add_lines(&body, id, count);
    struct answer answer = post(house, "/v1/events", LINES, st_buf_str(&body));
    expect_status(&answer, 200);
    assert_int_equal(member_number(&answer, "accepted"), count);
    answer_done(&answer);
    st_buf_done(&body);
}

static unsigned lent_readers(const struct house *house)
{
    struct st_readers *readers = &house->server->readers;
    pthread_mutex_lock(&readers->lock);
    unsigned lent = readers->lent;
    pthread_mutex_unlock(&readers->lock);
    return lent;
}

static unsigned zstd_bodies(const struct house *house)
{
    struct st_desk *desk = &house->server->desk;
    pthread_mutex_lock(&desk->lock);
    unsigned count = desk->zstd_bodies;
    pthread_mutex_unlock(&desk->lock);
    return count;
}

static unsigned connected(const struct house *house)
{
    pthread_mutex_lock(&house->server->lock);
    unsigned count = house->server->connected;
    pthread_mutex_unlock(&house->server->lock);
    return count;
}

TEST("O3: history turns into live without gap or repeat, and a position resumes")
{
    struct house house;
    open_house(&house, NULL);
    post_lines(&house, 0, 1500);
    struct client all = open_stream(&house, "", "");
    struct client some = open_stream(&house, "?after=1400", "");
    follow(&all, 0, 1500);
    follow(&some, 1400, 100);
    for (unsigned i = 0; i < 50; i++)
        post_lines(&house, 1500 + i, 1);
    follow(&all, 1500, 50);
    follow(&some, 1500, 50);
    hang_up(&some);
    some = open_stream(&house, "?after=3", "Last-Event-ID: 1520\r\n");
    follow(&some, 1520, 30);
    hang_up(&some);
    some = open_stream(&house, "?last=0", "");
    post_lines(&house, 5000, 1);
    follow(&some, 1550, 1);
    hang_up(&some);
    hang_up(&all);
    close_house(&house);
}

TEST("a position that the store does not have is answered with resync, then live")
{
    struct house house;
    open_house(&house, NULL);
    post_lines(&house, 0, 10);
    struct client client = open_stream(&house, "?after=5000", "");
    hear_until(&client, "id: 10\nevent: resync\ndata: {\"oldest\":1,\"newest\":10}\n\n");
    st_buf_reset(&client.in);
    post_lines(&house, 10, 1);
    follow(&client, 10, 1);
    hang_up(&client);
    close_house(&house);
}

TEST("B1: streams that wait hold no reader, and those that were left no connection for long")
{
    enum { COUNT = 200 };
    struct house house;
    struct client clients[COUNT];
    open_house(&house, NULL);
    post_lines(&house, 0, 10);
    for (unsigned i = 0; i < COUNT; i++) {
        clients[i] = open_stream(&house, i % 2 == 0 ? "" : "?last=3&limit=5", "");
        follow(&clients[i], i % 2 == 0 ? 0 : 7, i % 2 == 0 ? 10 : 3);
    }
    struct timespec time = {.tv_nsec = 20000000};
    for (unsigned waited = 0; lent_readers(&house) > 0 && waited < 500; waited++)
        nanosleep(&time, NULL);
    assert_int_equal(lent_readers(&house), 0);
    post_lines(&house, 10, 2);
    for (unsigned i = 0; i < COUNT; i++)
        follow(&clients[i], 10, 2);
    /* The limit counts what was sent before the sleep: the stream is at its end. */
    post_lines(&house, 12, 1);
    for (unsigned i = 0; i < COUNT; i++)
        if (i % 2 == 0)
            follow(&clients[i], 12, 1);
        else
            assert_false(hear(&clients[i]));
    for (unsigned i = 0; i < COUNT; i++)
        hang_up(&clients[i]);
    for (unsigned waited = 0; connected(&house) > 0 && waited < 500; waited++)
        nanosleep(&time, NULL);
    assert_int_equal(connected(&house), 0); /* within 10 s, before any keep-alive is due */
    close_house(&house);
}

static const char chunked[] =
    "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n" LINES "\r\n";

static void say_chunk(struct client *client, const char *head, st_str bytes)
{
    char chunk[1200];
    snprintf(chunk, sizeof chunk, "%s%zx\r\n%.*s\r\n", head, bytes.len, ST_STR_ARG(bytes));
    say(client, chunk);
}

TEST("B1: a body that trickles ends, and the answer names the last line that is on disk")
{
    const struct st_patience patience = {.body_grace_ms = 1000, .body_bytes_a_s = 1 << 30};
    struct house house;
    struct st_buf line = ST_BUF(1024);
    open_recorder(&house.recorder, NULL);
    open_patient_server(&house, patience);
    struct client client = connect_client(&house);
    struct pollfd waits = {.fd = client.fd, .events = POLLIN};
    unsigned said = 0;
    do {
        st_buf_reset(&line);
        add_lines(&line, said, 1);
        say_chunk(&client, said == 0 ? chunked : "", st_buf_str(&line));
        said++;
    } while (said < 6000 && poll(&waits, 1, 10) == 0);
    struct answer answer = read_answer(&client, false);
    expect_status(&answer, 408);
    expect_member(&answer, "error", "\"body_too_slow\"");
    uint64_t accepted = member_number(&answer, "accepted");
    assert_true(accepted > 0 && accepted <= said);
    assert_int_equal(member_number(&answer, "last_line"), accepted);
    assert_int_equal(st_engine_last_seq(house.recorder.engine), accepted);
    assert_false(hear(&client));
    answer_done(&answer);
    hang_up(&client);
    st_buf_done(&line);
    close_house(&house);
}

TEST("B1: a body that takes longer than the grace comes to its end when its bytes are enough")
{
    const struct st_patience patience = {.body_grace_ms = 1000, .body_bytes_a_s = 1};
    struct house house;
    struct st_buf line = ST_BUF(1024);
    open_recorder(&house.recorder, NULL);
    open_patient_server(&house, patience);
    struct client client = connect_client(&house);
    for (unsigned i = 0; i < 10; i++) {
        st_buf_reset(&line);
        add_lines(&line, i, 1);
        say_chunk(&client, i == 0 ? chunked : "", st_buf_str(&line));
        nanosleep(&(struct timespec){.tv_nsec = 150000000}, NULL);
    }
    say(&client, "0\r\n\r\n");
    struct answer answer = read_answer(&client, false);
    expect_status(&answer, 200);
    expect_member(&answer, "accepted", "10");
    answer_done(&answer);
    hang_up(&client);
    st_buf_done(&line);
    close_house(&house);
}

TEST("B1: a client that does not take its answer holds no reader for long, and is cut off")
{
    static const char *const requests[] = {
        "GET /v1/events?level=debug HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n",
    };
    struct house house;
    struct client clients[2];
    open_recorder(&house.recorder, NULL);
    open_patient_server(&house, (struct st_patience){.take_ms = 500});
    for (unsigned i = 0; i < 40; i++)
        post_lines(&house, i * 1000, 1000);
    for (unsigned i = 0; i < 2; i++) {
        clients[i] = connect_client(&house);
        say(&clients[i], requests[i]);
        hear_until(&clients[i], "200 OK");
    }
    struct timespec time = {.tv_nsec = 20000000};
    for (unsigned waited = 0; connected(&house) > 0 && waited < 1500; waited++)
        nanosleep(&time, NULL);
    assert_int_equal(connected(&house), 0); /* within 30 s, before ST_IDLE_S are over */
    assert_int_equal(lent_readers(&house), 0);
    for (unsigned i = 0; i < 2; i++) {
        while (hear(&clients[i]))
            ;
        assert_null(memmem(clients[i].in.at, clients[i].in.len, "{\"seq\":40000,", 13));
        hang_up(&clients[i]);
    }
    st_server_stop(house.server, 5000);
    open_server(&house);
    struct answer answer = get(&house, "/v1/events?level=debug");
    expect_status(&answer, 200);
    assert_false(answer.cut);
    assert_non_null(strstr(st_buf_cstr(&answer.body), "{\"seq\":40000,"));
    answer_done(&answer);
    close_house(&house);
}

TEST("B1: a client past the limit of connections is told so at once")
{
    struct house house;
    open_house(&house, NULL);
    atomic_fetch_add(&house.server->visits, ST_CONNECTIONS_MAX);
    struct client client = connect_client(&house);
    struct answer answer = read_answer(&client, false);
    expect_status(&answer, 503);
    expect_member(&answer, "error", "\"too_many_connections\"");
    assert_false(hear(&client));
    answer_done(&answer);
    hang_up(&client);
    atomic_fetch_sub(&house.server->visits, ST_CONNECTIONS_MAX);
    expect_answer(get(&house, "/healthz"), 200, "{\"status\":\"ok\"}");
    close_house(&house);
}

TEST("B1: bodies under zstd are counted, and given back")
{
    struct house house;
    open_house(&house, NULL);
    house.server->desk.zstd_bodies = ST_ZSTD_BODIES_MAX;
    struct answer answer =
        post(&house, "/v1/events", "Content-Encoding: zstd\r\n", ST_STR("whatever"));
    expect_status(&answer, 503);
    expect_member(&answer, "error", "\"too_many_bodies\"");
    answer_done(&answer);
    house.server->desk.zstd_bodies = ST_ZSTD_BODIES_MAX - 1;
    for (unsigned i = 0; i < 3; i++) {
        answer = post(&house, "/v1/events", "Content-Encoding: zstd\r\n", ST_STR("whatever"));
        expect_status(&answer, 400);
        answer_done(&answer);
        while (zstd_bodies(&house) == ST_ZSTD_BODIES_MAX) /* the answer comes before that */
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    close_house(&house);
}

TEST("stopping ends live streams and finishes what is under way")
{
    struct house house;
    open_house(&house, NULL);
    struct client client = connect_client(&house);
    say(&client, "GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
    hear_until(&client, "retry: 2000");
    st_server_stop(house.server, 5000);
    while (hear(&client))
        ;
    assert_true(st_str_ends(st_buf_str(&client.in), ST_STR("\r\n0\r\n\r\n")));
    hang_up(&client);
    close_recorder(&house.recorder);
}

TEST("stopping lets long queries come to their end, and never answers half of one as the whole")
{
    enum { COUNT = 24, EVENTS = 12000 };
    struct house house;
    struct client clients[COUNT];
    open_house(&house, NULL);
    post_lines(&house, 0, EVENTS);
    for (unsigned i = 0; i < COUNT; i++) {
        clients[i] = connect_client(&house);
        say(&clients[i], i % 2 == 0
                             ? "GET /v1/events?last=12000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                             : "GET /v1/streams HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    struct timespec time = {.tv_nsec = 10000000}; /* let them come in */
    nanosleep(&time, NULL);
    st_server_stop(house.server, 0);
    for (unsigned i = 0; i < COUNT; i++) {
        while (hear(&clients[i]))
            ;
        st_str heard = st_buf_str(&clients[i].in);
        bool complete = st_str_ends(heard, ST_STR("\r\n0\r\n\r\n"));
        const char *last = i % 2 == 0 ? "{\"seq\":12000," : "{\"stream\":";
        if (complete && memmem(heard.at, heard.len, last, strlen(last)) == NULL)
            fail_msg("half an answer: %.*s", ST_STR_ARG(heard));
        hang_up(&clients[i]);
    }
    close_recorder(&house.recorder);
}

TEST("stopping at once cuts off whoever is half-way, asleep or not")
{
    struct st_buf body = ST_BUF((size_t)4 << 20);
    add_lines(&body, 0, 5000);
    for (unsigned round = 0; round < 5; round++) {
        struct house house;
        struct client clients[8];
        open_house(&house, NULL);
        for (unsigned i = 0; i < 8; i++) {
            clients[i] = connect_client(&house);
            say(&clients[i], i % 2 == 0 ? "GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                        : "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n" LINES
                                          "Content-Length: 100000000\r\n\r\n");
            if (i % 2 == 1)
                say_bytes(&clients[i], st_buf_str(&body));
        }
        st_server_stop(house.server, 0);
        for (unsigned i = 0; i < 8; i++)
            hang_up(&clients[i]);
        close_recorder(&house.recorder);
    }
    st_buf_done(&body);
}

TEST("D4: a disk that fails within a body: the answer names the last durable line, nothing follows "
     "it")
{
    struct faulty_vfs *vfs = faulty_vfs_new();
    struct house house;
    struct st_buf body = ST_BUF((size_t)64 << 20);
    char value[256];
    uint64_t stored = 0;
    open_house(&house, faulty_vfs_name(vfs));
    for (unsigned round = 0; round < 12; round++) {
        st_buf_reset(&body);
        add_lines(&body, round * 100000, 20000);
        faulty_vfs_fail(vfs, 1 + round * 9, SQLITE_FULL, true);
        struct answer answer = post(&house, "/v1/events", LINES, st_buf_str(&body));
        faulty_vfs_heal(vfs);
        expect_status(&answer, 503);
        assert_non_null(header_of(&answer, "Retry-After", value));
        expect_member(&answer, "error", "\"store_failed\"");
        uint64_t accepted = member_number(&answer, "accepted");
        assert_int_equal(member_number(&answer, "last_line"), accepted);
        stored += accepted;
        assert_int_equal(st_engine_last_seq(house.recorder.engine), stored);
        answer_done(&answer);
    }
    struct answer answer = get(&house, "/readyz");
    expect_status(&answer, 503);
    answer_done(&answer);
    post_lines(&house, 9000000, 10);
    assert_int_equal(st_engine_last_seq(house.recorder.engine), stored + 10);
    expect_answer(get(&house, "/readyz"), 200, "{\"status\":\"ready\"}");
    st_buf_done(&body);
    close_house(&house);
    faulty_vfs_free(vfs);
}

/* ---- many at once ---- */

struct crowd {
    struct house *house;
    unsigned number;
};

static void *produce(void *context)
{
    const struct crowd *crowd = context;
    struct client client = connect_client(crowd->house);
    struct st_buf body = ST_BUF((size_t)1 << 20);
    for (unsigned round = 0; round < 30; round++) {
        st_buf_reset(&body);
        add_lines(&body, crowd->number * 100000 + round * 100, round % 2 == 0 ? 1 : 60);
        struct answer answer = ask(&client, "POST", "/v1/events", LINES, st_buf_str(&body));
        expect_status(&answer, 200);
        answer_done(&answer);
    }
    st_buf_done(&body);
    hang_up(&client);
    return NULL;
}

static void *consume(void *context)
{
    const struct crowd *crowd = context;
    struct client client = open_stream(crowd->house, "", "");
    follow(&client, 0, 4 * (15 + 15 * 60));
    hang_up(&client);
    return NULL;
}

TEST("O1: O3: producers and followers at once: each follower meets every seq once, in order")
{
    struct house house;
    pthread_t threads[8];
    struct crowd crowd[8];
    open_house(&house, NULL);
    for (unsigned i = 0; i < 8; i++) {
        crowd[i] = (struct crowd){&house, i};
        assert_int_equal(pthread_create(&threads[i], NULL, i < 4 ? produce : consume, &crowd[i]),
                         0);
    }
    for (unsigned i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    close_house(&house);
}

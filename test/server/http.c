/* A whole server in the test's process, and clients that behave oddly. */
#include "client.h"

#include <sqlite3.h>
#include <time.h>
#include <zlib.h>

static void pause_ms(long ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static uint64_t last_seq(const struct house *house)
{
    return st_engine_last_seq(house->recorder.engine);
}

TEST("one event: recorded, again, and read back byte for byte")
{
    struct house house;
    char text[512];
    char raw[600];
    open_house(&house, NULL);
    st_str event = sample_event(text, 1, 1);
    snprintf(raw, sizeof raw, " \n%s\n ", event.at);
    expect_answer(post(&house, "/v1/events", JSON, st_str_of(raw)), 202,
                  "{\"status\":\"accepted\",\"persisted\":true,\"seq\":1}");
    expect_answer(post(&house, "/v1/events", "", event), 202,
                  "{\"status\":\"accepted\",\"persisted\":false,\"seq\":1}");
    expect_answer(get(&house, "/v1/events/1/raw"), 200, event.at);
    struct answer line = get(&house, "/v1/events/1");
    expect_member(&line, "seq", "1");
    expect_member(&line, "event", event.at);
    answer_done(&line);
    close_house(&house);
}

TEST("every answer has its headers")
{
    struct house house;
    char value[256];
    open_house(&house, NULL);
    struct answer answer = get(&house, "/healthz");
    assert_string_equal(header_of(&answer, "Content-Type", value), "application/json");
    assert_string_equal(header_of(&answer, "X-Content-Type-Options", value), "nosniff");
    expect_answer(answer, 200, "{\"status\":\"ok\"}");
    expect_answer(get(&house, "/readyz"), 200, "{\"status\":\"ready\"}");
    answer = get(&house, "/nothing");
    expect_status(&answer, 404);
    expect_member(&answer, "error", "\"not_found\"");
    answer_done(&answer);
    answer = post(&house, "/healthz", "", ST_STR("{}"));
    expect_status(&answer, 405);
    assert_string_equal(header_of(&answer, "Allow", value), "GET, HEAD");
    answer_done(&answer);
    answer = post(&house, "/v1/events", "Content-Encoding: br\r\n", ST_STR("{}"));
    expect_status(&answer, 415);
    assert_string_equal(header_of(&answer, "Accept-Encoding", value), "gzip, zstd, identity");
    answer_done(&answer);
    close_house(&house);
}

TEST("requests in one write are answered in order, bodies of refused ones included")
{
    struct house house;
    char text[512];
    char requests[4096];
    open_house(&house, NULL);
    st_str event = sample_event(text, 1, 1);
    snprintf(requests, sizeof requests,
             "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
             "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n%s"
             "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nwhat?"
             "GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc"
             "HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
             "HEAD /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n",
             event.len, event.at);
    struct client client = connect_client(&house);
    say(&client, requests);
    static const int statuses[] = {200, 202, 404, 200, 200, 200};
    for (unsigned i = 0; i < 6; i++) {
        struct answer answer = read_answer(&client, i >= 4);
        expect_status(&answer, statuses[i]);
        answer_done(&answer);
    }
    while (hear(&client))
        ;
    assert_int_equal(client.in.len, 0); /* HEAD has no body, not even the end of one */
    hang_up(&client);
    close_house(&house);
}

TEST("a request byte by byte")
{
    struct house house;
    char text[512];
    char request[1024];
    open_house(&house, NULL);
    st_str event = sample_event(text, 1, 1);
    int len = snprintf(request, sizeof request,
                       "POST /v1/events?contract=agent-event HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       event.len, event.at);
    struct client client = connect_client(&house);
    for (int i = 0; i < len; i++)
        say_bytes(&client, (st_str){request + i, 1});
    expect_answer(read_answer(&client, false), 202,
                  "{\"status\":\"accepted\",\"persisted\":true,\"seq\":1}");
    hang_up(&client);
    close_house(&house);
}

TEST("P1: a body whose length is said in two ways is refused, and the connection closed")
{
    struct house house;
    char value[256];
    static const char *const twofold[] = {
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        "Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    };
    open_house(&house, NULL);
    for (unsigned i = 0; i < 2; i++) {
        struct client client = connect_client(&house);
        say(&client, "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n");
        say(&client, twofold[i]);
        struct answer answer = read_answer(&client, false);
        expect_status(&answer, 400);
        expect_member(&answer, "error", "\"invalid_framing\"");
        assert_string_equal(header_of(&answer, "Connection", value), "close");
        answer_done(&answer);
        while (hear(&client))
            ;
        assert_int_equal(client.in.len, 0);
        hang_up(&client);
    }
    close_house(&house);
}

TEST("a parameter that is said twice, differently, is refused")
{
    struct house house;
    open_house(&house, NULL);
    struct answer answer = post(&house, "/v1/events?atomic=true&atomic=false", "", ST_STR("{}"));
    expect_status(&answer, 400);
    expect_member(&answer, "error", "\"invalid_query\"");
    answer_done(&answer);
    close_house(&house);
}

TEST("chunks, and a client that waits for 100 Continue")
{
    struct house house;
    char text[512];
    char part[1024];
    open_house(&house, NULL);
    struct client client = connect_client(&house);
    say(&client,
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n" LINES
        "\r\n");
    for (unsigned i = 0; i < 3; i++) {
        st_str event = sample_event(text, i, i);
        snprintf(part, sizeof part, "%zx\r\n%s\n\r\n", event.len + 1, event.at);
        say(&client, part);
    }
    say(&client, "0\r\n\r\n");
    struct answer answer = read_answer(&client, false);
    expect_status(&answer, 200);
    expect_member(&answer, "accepted", "3");
    answer_done(&answer);

    st_str event = sample_event(text, 9, 9);
    snprintf(part, sizeof part,
             "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
             "Content-Length: %zu\r\n\r\n",
             event.len);
    say(&client, part);
    answer = read_answer(&client, false);
    expect_status(&answer, 100);
    answer_done(&answer);
    say_bytes(&client, event);
    expect_answer(read_answer(&client, false), 202,
                  "{\"status\":\"accepted\",\"persisted\":true,\"seq\":4}");
    hang_up(&client);

    /* Who would be refused anyway need not send the body. */
    client = connect_client(&house);
    say(&client, "POST /v1/events?atomic=maybe HTTP/1.1\r\nHost: localhost\r\n"
                 "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n");
    answer = read_answer(&client, false);
    expect_status(&answer, 400);
    expect_member(&answer, "error", "\"invalid_query\"");
    answer_done(&answer);
    hang_up(&client);
    close_house(&house);
}

TEST("D1: a slow producer's lines are on disk although its body goes on")
{
    struct house house;
    char text[512];
    char part[1024];
    open_house(&house, NULL);
    struct client client = connect_client(&house);
    say(&client,
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n" LINES
        "\r\n");
    for (unsigned i = 0; i < 20; i++) {
        st_str event = sample_event(text, i, i);
        snprintf(part, sizeof part, "%zx\r\n%s\n\r\n", event.len + 1, event.at);
        say(&client, part);
        for (unsigned waited = 0; last_seq(&house) < i + 1 && waited < 10000; waited++)
            pause_ms(1);
        assert_int_equal(last_seq(&house), i + 1);
    }
    say(&client, "0\r\n\r\n");
    struct answer answer = read_answer(&client, false);
    expect_member(&answer, "last_seq", "20");
    answer_done(&answer);
    hang_up(&client);
    close_house(&house);
}

TEST("a client that goes away leaves whole lines and nothing else, and no memory")
{
    struct house house;
    struct st_buf body = ST_BUF((size_t)8 << 20);
    char head[256];
    open_house(&house, NULL);
    add_lines(&body, 0, 3000);
    snprintf(head, sizeof head,
             "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n" LINES "Content-Length: %zu\r\n\r\n",
             body.len);
    for (unsigned round = 0; round < 20; round++) {
        struct client client = connect_client(&house);
        say(&client, head);
        say_bytes(&client, (st_str){body.at, body.len / 20 * round});
        if (round % 3 == 0)
            pause_ms(5);
        hang_up(&client);
    }
    /* Half a head, half an object. */
    static const char *const halves[] = {"POST /v1/ev", "GET /healthz HTTP/1.1\r\nHo",
                                         "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n" JSON
                                         "Content-Length: 100\r\n\r\n{\"event_",
                                         "GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n"};
    for (unsigned i = 0; i < 4; i++) {
        struct client client = connect_client(&house);
        say(&client, halves[i]);
        hang_up(&client);
    }
    struct answer answer = post(&house, "/v1/events", LINES, st_buf_str(&body));
    expect_status(&answer, 200);
    assert_int_equal(member_number(&answer, "accepted") + member_number(&answer, "duplicates"),
                     3000);
    assert_int_equal(last_seq(&house), 3000);
    answer_done(&answer);
    st_buf_done(&body);
    close_house(&house);
}

TEST("lines: good ones are kept, bad ones named by line")
{
    struct house house;
    char text[512];
    struct st_buf body = ST_BUF((size_t)4 << 20);
    open_house(&house, NULL);
    add_lines(&body, 0, 2);
    assert_ok(st_buf_add_str(&body, ST_STR("\n  \n{\"broken\n{}\n[1]\n")));
    assert_ok(st_buf_reserve(&body, (size_t)2 << 20));
    memset(body.at + body.len, 'x', (size_t)1 << 21);
    body.len += (size_t)1 << 21;
    assert_ok(st_buf_add_char(&body, '\n'));
    assert_ok(st_buf_add_str(&body, sample_event(text, 7, 1))); /* no line feed */
    struct answer answer = post(&house, "/v1/events", LINES, st_buf_str(&body));
    expect_status(&answer, 200);
    expect_member(&answer, "accepted", "3");
    expect_member(&answer, "rejected", "4");
    const char *errors = st_buf_cstr(&answer.body);
    assert_non_null(strstr(errors, "{\"index\":2,\"line\":5,\"error\":\"invalid_json\""));
    assert_non_null(strstr(errors, "{\"index\":3,\"line\":6,\"error\":\"contract_ambiguous\""));
    assert_non_null(strstr(errors, "{\"index\":4,\"line\":7,\"error\":\"invalid_payload_type\""));
    assert_non_null(strstr(errors, "{\"index\":5,\"line\":8,\"error\":\"event_too_large\""));
    answer_done(&answer);
    st_buf_done(&body);
    close_house(&house);
}

TEST("without a telling type the body decides: object, lines, array")
{
    struct house house;
    struct st_buf body = ST_BUF(65536);
    char text[512];
    open_house(&house, NULL);
    const char *form = "Content-Type: application/x-www-form-urlencoded\r\n";
    struct answer answer = post(&house, "/v1/events", form, sample_event(text, 0, 0));
    expect_member(&answer, "status", "\"accepted\"");
    answer_done(&answer);
    add_lines(&body, 1, 2);
    answer = post(&house, "/v1/events", form, st_buf_str(&body));
    expect_member(&answer, "accepted", "2");
    answer_done(&answer);
    st_buf_reset(&body);
    assert_ok(st_buf_add_str(&body, ST_STR(" [")));
    assert_ok(st_buf_add_str(&body, sample_event(text, 5, 0)));
    assert_ok(st_buf_add_str(&body, ST_STR(" , 1 ]")));
    answer = post(&house, "/v1/events", form, st_buf_str(&body));
    expect_member(&answer, "accepted", "1");
    expect_member(&answer, "rejected", "1");
    answer_done(&answer);
    answer = post(&house, "/v1/events", JSON, ST_STR("[1,{]"));
    expect_status(&answer, 400);
    expect_member(&answer, "error", "\"invalid_json\"");
    expect_member(&answer, "offset", "4");
    answer_done(&answer);
    answer = post(&house, "/v1/events", "", ST_STR(""));
    expect_status(&answer, 400);
    expect_member(&answer, "error", "\"invalid_json\"");
    answer_done(&answer);
    st_buf_done(&body);
    close_house(&house);
}

TEST("B1: an element and a first line that are far too large are refused by themselves, the others "
     "kept")
{
    enum { HUGE_BYTES = 40 << 20 };
    struct house house;
    struct st_buf body = ST_BUF((size_t)64 << 20);
    char text[512];
    open_house(&house, NULL);
    for (unsigned i = 0; i < 2; i++) {
        bool is_array = i == 0;
        st_buf_reset(&body);
        if (is_array)
            assert_ok(st_buf_add_char(&body, '['));
        assert_ok(st_buf_add_str(&body, ST_STR("{\"a\":[\"]\\\"\"")));
        assert_ok(st_buf_reserve(&body, HUGE_BYTES));
        for (unsigned at = 0; at < HUGE_BYTES; at += 2)
            memcpy(body.at + body.len + at, ",1", 2);
        body.len += HUGE_BYTES;
        assert_ok(st_buf_add_str(&body, is_array ? ST_STR("]} ,") : ST_STR("]}\n")));
        assert_ok(st_buf_add_str(&body, sample_event(text, i, 1)));
        if (is_array)
            assert_ok(st_buf_add_char(&body, ']'));
        struct answer answer = post(&house, "/v1/events", "", st_buf_str(&body));
        expect_status(&answer, 200);
        expect_member(&answer, "accepted", "1");
        expect_member(&answer, "rejected", "1");
        assert_non_null(strstr(st_buf_cstr(&answer.body), "\"event_too_large\""));
        answer_done(&answer);
    }
    /* One that does not end is broken JSON, and nothing of the array is kept. */
    body.len = HUGE_BYTES;
    body.at[0] = '[';
    struct answer answer = post(&house, "/v1/events", JSON, st_buf_str(&body));
    expect_status(&answer, 400);
    expect_member(&answer, "error", "\"invalid_json\"");
    answer_done(&answer);
    st_buf_done(&body);
    close_house(&house);
}

TEST("an array that is broken in an element far too large is broken, and nothing of it is kept")
{
    enum { HUGE_BYTES = 5 << 20 };
    static const char *const broken[][2] = {
        {"{\"a\":[0", "},]"},      {"{\"a\":[0", "]]"},        {"{\"a\":[0", "] \"b\":1}"},
        {"{\"a\":[\"\\x\"", "]}"}, {"{\"a\":[\"\xff\"", "]}"}, {"{\"a\" [0", "]}"},
    };
    struct house house;
    struct st_buf body = ST_BUF((size_t)64 << 20);
    char text[512];
    open_house(&house, NULL);
    for (unsigned i = 0; i < 6; i++) {
        st_buf_reset(&body);
        assert_ok(st_buf_printf(&body, "[%s,%s", sample_event(text, 1, 1).at, broken[i][0]));
        assert_ok(st_buf_reserve(&body, HUGE_BYTES));
        for (unsigned at = 0; at < HUGE_BYTES; at += 2)
            memcpy(body.at + body.len + at, ",1", 2);
        body.len += HUGE_BYTES;
        assert_ok(st_buf_printf(&body, "%s,%s]", broken[i][1], sample_event(text, 2, 1).at));
        struct answer answer = post(&house, "/v1/events", JSON, st_buf_str(&body));
        expect_status(&answer, 400);
        expect_member(&answer, "error", "\"invalid_json\"");
        answer_done(&answer);
        assert_int_equal(last_seq(&house), 0);
    }
    /* A number without an end in sight is JSON all the same, and one event too large. */
    st_buf_reset(&body);
    assert_ok(st_buf_add_char(&body, '['));
    assert_ok(st_buf_reserve(&body, HUGE_BYTES));
    memset(body.at + body.len, '7', HUGE_BYTES);
    body.len += HUGE_BYTES;
    assert_ok(st_buf_printf(&body, ",%s]", sample_event(text, 2, 1).at));
    struct answer answer = post(&house, "/v1/events", JSON, st_buf_str(&body));
    expect_status(&answer, 200);
    expect_member(&answer, "accepted", "1");
    assert_non_null(
        strstr(st_buf_cstr(&answer.body), "{\"index\":0,\"error\":\"event_too_large\""));
    answer_done(&answer);
    st_buf_done(&body);
    close_house(&house);
}

TEST("atomic: nothing, or all in one transaction")
{
    struct house house;
    struct st_buf body = ST_BUF((size_t)8 << 20);
    open_house(&house, NULL);
    add_lines(&body, 0, 5000);
    size_t good = body.len;
    assert_ok(st_buf_add_str(&body, ST_STR("{}\n")));
    struct answer answer = post(&house, "/v1/events?atomic=true", LINES, st_buf_str(&body));
    expect_status(&answer, 422);
    expect_member(&answer, "error", "\"batch_withheld\"");
    expect_member(&answer, "withheld", "5000");
    expect_member(&answer, "accepted", "0");
    answer_done(&answer);
    assert_int_equal(last_seq(&house), 0);
    body.len = good;
    answer = post(&house, "/v1/events?atomic=true", LINES, st_buf_str(&body));
    expect_status(&answer, 200);
    expect_member(&answer, "accepted", "5000");
    answer_done(&answer);
    st_buf_done(&body);
    close_house(&house);
}

TEST("B1: a body that must be whole ends at 64 MiB")
{
    struct house house;
    struct st_buf body = ST_BUF((size_t)70 << 20);
    open_house(&house, NULL);
    assert_ok(st_buf_reserve(&body, (size_t)70 << 20));
    memset(body.at, ' ', (size_t)70 << 20);
    body.at[0] = '[';
    struct answer answer =
        post(&house, "/v1/events", JSON, (st_str){body.at, ((size_t)64 << 20) + 1});
    expect_status(&answer, 413); /* by its Content-Length */
    expect_member(&answer, "error", "\"body_too_large\"");
    answer_done(&answer);
    answer = post(&house, "/v1/events", "", (st_str){body.at, (size_t)66 << 20});
    expect_status(&answer, 413); /* by its bytes */
    answer_done(&answer);
    st_buf_done(&body);
    close_house(&house);
}

TEST("B1: what nobody wants is read for 64 MiB, then the answer is given and the connection cut")
{
    struct house house;
    struct st_buf body = ST_BUF((size_t)8 << 20);
    open_house(&house, NULL);
    assert_ok(st_buf_reserve(&body, (size_t)8 << 20));
    memset(body.at, 'x', (size_t)8 << 20);
    body.len = (size_t)8 << 20;
    struct client client = connect_client(&house);
    say(&client, "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n");
    for (unsigned i = 0; i < 12; i++)
        say_bytes(&client, st_buf_str(&body));
    struct answer answer = read_answer(&client, false);
    expect_status(&answer, 404);
    expect_member(&answer, "error", "\"not_found\"");
    answer_done(&answer);
    hang_up(&client);
    st_buf_done(&body);
    close_house(&house);
}

TEST("gzip: a body of lines that swells, in one piece and byte by byte")
{
    struct house house;
    struct st_buf body = ST_BUF((size_t)8 << 20);
    struct st_buf packed = ST_BUF((size_t)8 << 20);
    open_house(&house, NULL);
    add_lines(&body, 0, 10000);
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    assert_ok(st_buf_reserve(&packed, deflateBound(&z, body.len)));
    z.next_in = (unsigned char *)body.at;
    z.avail_in = (unsigned)body.len;
    z.next_out = (unsigned char *)packed.at;
    z.avail_out = (unsigned)packed.room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    packed.len = z.total_out;
    deflateEnd(&z);
    struct answer answer =
        post(&house, "/v1/events", LINES "Content-Encoding: gzip\r\n", st_buf_str(&packed));
    expect_status(&answer, 200);
    expect_member(&answer, "accepted", "10000");
    answer_done(&answer);
    /* Cut: what came whole is recorded, and the answer says that this is not all. */
    answer = post(&house, "/v1/events", LINES "Content-Encoding: gzip\r\n",
                  (st_str){packed.at, packed.len - 10});
    expect_status(&answer, 400);
    expect_member(&answer, "error", "\"invalid_encoding\"");
    expect_member(&answer, "accepted", "0");
    uint64_t durable = member_number(&answer, "duplicates");
    assert_true(durable > 0);
    assert_int_equal(member_number(&answer, "last_line"), durable);
    answer_done(&answer);
    assert_int_equal(last_seq(&house), 10000);
    st_buf_done(&body);
    st_buf_done(&packed);
    close_house(&house);
}

TEST("P1: other hosts and other origins are refused, a unix socket knows no hosts")
{
    struct house house;
    open_house(&house, NULL);
    struct client client = connect_client(&house);
    say(&client, "GET /healthz HTTP/1.1\r\nHost: attacker.example\r\n\r\n");
    struct answer answer = read_answer(&client, false);
    expect_status(&answer, 403);
    answer_done(&answer);
    answer = ask(&client, "GET", "/healthz", "Origin: http://attacker.example\r\n", ST_STR(""));
    expect_status(&answer, 403);
    answer_done(&answer);
    answer = ask(&client, "GET", "/healthz", "Origin: http://localhost\r\n", ST_STR(""));
    expect_status(&answer, 200);
    answer_done(&answer);
    answer = ask(&client, "GET", "/v1/stream", "Sec-Fetch-Site: cross-site\r\n", ST_STR(""));
    expect_status(&answer, 403);
    expect_member(&answer, "error", "\"forbidden_origin\"");
    answer_done(&answer);
    answer = ask(&client, "GET", "/healthz", "Sec-Fetch-Site: none\r\n", ST_STR(""));
    expect_status(&answer, 200);
    answer_done(&answer);
    answer = ask(&client, "GET", "/healthz", "Host: localhost\r\n", ST_STR(""));
    expect_status(&answer, 403); /* two of them */
    answer_done(&answer);
    hang_up(&client);
    client = connect_unix(&house);
    say(&client, "GET /healthz HTTP/1.1\r\nHost: whatever\r\n\r\n");
    expect_answer(read_answer(&client, false), 200, "{\"status\":\"ok\"}");
    hang_up(&client);
    close_house(&house);
}

TEST("P1: nothing but loopback is listened on; taken addresses are told")
{
    struct house house;
    struct st_listeners other;
    struct st_why why = {0};
    char taken[64];
    open_house(&house, NULL);
    static const char *const foreign[] = {"0.0.0.0:0", "192.0.2.1:0", "[::]:0", "8.8.8.8"};
    for (unsigned i = 0; i < 4; i++)
        assert_err(st_listeners_open(&other, foreign[i], NULL, &why), DENIED);
    static const char *const wrong[] = {
        "", ":0", "localhost:x", "example.org:1", "[::1", "127.0.0.1:70000"};
    for (unsigned i = 0; i < 6; i++)
        assert_err(st_listeners_open(&other, wrong[i], NULL, &why), INVALID);
    snprintf(taken, sizeof taken, "127.0.0.1:%u", house.port);
    assert_err(st_listeners_open(&other, taken, NULL, &why), CONFLICT);
    assert_err(st_listeners_open(&other, NULL, house.socket_path, &why), CONFLICT);
    expect_answer(get(&house, "/healthz"), 200, "{\"status\":\"ok\"}");
    close_house(&house);
}

TEST("queries: lines, pages with cursors, the newest, and what is refused")
{
    struct house house;
    struct st_buf body = ST_BUF((size_t)4 << 20);
    char path[128];
    char next[64] = "";
    open_house(&house, NULL);
    add_lines(&body, 0, 250);
    struct answer answer = post(&house, "/v1/events", LINES, st_buf_str(&body));
    answer_done(&answer);
    unsigned pages = 0;
    do {
        snprintf(path, sizeof path, "/v1/events?format=json%s%s", next[0] ? "&after=" : "", next);
        answer = get(&house, path);
        expect_status(&answer, 200);
        const char *at = strstr(st_buf_cstr(&answer.body), "],\"next\":");
        assert_non_null(at);
        next[0] = '\0';
        if (at[9] == '"')
            snprintf(next, sizeof next, "%.*s", (int)strcspn(at + 10, "\""), at + 10);
        answer_done(&answer);
        pages++;
    } while (next[0] != '\0');
    assert_int_equal(pages, 3);
    answer = get(&house, "/v1/events?last=2");
    expect_status(&answer, 200);
    assert_non_null(strstr(st_buf_cstr(&answer.body), "{\"seq\":249,"));
    assert_null(strstr(st_buf_cstr(&answer.body), "{\"seq\":248,"));
    answer_done(&answer);
    expect_answer(get(&house, "/v1/events?format=json&limit=0"), 200,
                  "{\"events\":[],\"next\":null}");
    expect_answer(get(&house, "/v1/events?type=nothing"), 200, "");
    static const char *const bad[] = {"/v1/events?limit=x",
                                      "/v1/events?format=xml",
                                      "/v1/events?format=json&limit=10001",
                                      "/v1/events?what=1",
                                      "/v1/events/1?level=ops",
                                      "/v1/stream?order=desc",
                                      "/v1/stream?until=now",
                                      "/v1/streams?limit=1",
                                      "/v1/events?format=json&last=10&limit=5",
                                      "/v1/events?format=json&format=ndjson"};
    for (unsigned i = 0; i < 10; i++) {
        answer = get(&house, bad[i]);
        expect_status(&answer, 400);
        expect_member(&answer, "error", "\"invalid_query\"");
        answer_done(&answer);
    }
    answer = get(&house, "/v1/streams?format=json");
    expect_status(&answer, 200);
    answer_done(&answer);
    st_buf_done(&body);
    close_house(&house);
}

/* What a foreign tool does to the file. */
static void run_sql(const struct house *house, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(house->recorder.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

TEST("W2: an event whose block is damaged or missing is damage, not an event that never was")
{
    static const char *const damages[] = {
        "DELETE FROM block WHERE first_seq = 2",
        "UPDATE block SET header = x'00' WHERE first_seq = 3",
    };
    struct house house;
    char text[512];
    char path[64];
    open_house(&house, NULL);
    for (unsigned i = 0; i < 4; i++) {
        struct answer answer = post(&house, "/v1/events", JSON, sample_event(text, i, 1));
        expect_status(&answer, 202);
        answer_done(&answer);
    }
    for (unsigned i = 0; i < 2; i++) {
        run_sql(&house, damages[i]);
        snprintf(path, sizeof path, "/v1/events/%u", i + 2);
        struct answer answer = get(&house, path);
        expect_status(&answer, 500);
        expect_member(&answer, "error", "\"store_damaged\"");
        answer_done(&answer);
        snprintf(path, sizeof path, "/v1/events?after=%u&limit=1", i + 1);
        answer = get(&house, path);
        expect_status(&answer, 500);
        expect_member(&answer, "error", "\"store_damaged\"");
        answer_done(&answer);
    }
    static const struct {
        const char *path;
        int status;
    } others[] = {{"/v1/events/1", 200}, {"/v1/events/4/raw", 200}, {"/v1/events/5", 404}};
    for (unsigned i = 0; i < 3; i++) {
        struct answer answer = get(&house, others[i].path);
        expect_status(&answer, others[i].status);
        answer_done(&answer);
    }
    close_house(&house);
}

static uint64_t metric(const struct house *house, const char *name)
{
    char line[128];
    struct answer answer = get(house, "/metrics");
    expect_status(&answer, 200);
    snprintf(line, sizeof line, "\n%s ", name);
    const char *at = strstr(st_buf_cstr(&answer.body), line);
    if (at == NULL)
        fail_msg("no %s in %.*s", name, ST_STR_ARG(answer.body));
    uint64_t value = strtoull(at + strlen(line), NULL, 10);
    answer_done(&answer);
    return value;
}

TEST("what is refused is counted, whether or not it came as far as the commit thread")
{
    static const struct {
        const char *path, *headers, *body;
        uint64_t rejected, withheld, bodies; /* so far */
    } steps[] = {
        {"/v1/events", JSON, "{\"a\":1}", 1, 0, 0},
        {"/v1/events", LINES, "{\n[\n", 3, 0, 0},
        {"/v1/events?atomic=true", LINES, "%s\n{\n", 4, 1, 0},
        {"/v1/events", LINES, "%s\n{\n", 5, 1, 0},
        {"/v1/events", JSON, "[1,", 5, 1, 1},
        {"/v1/events", "Content-Type: text/css\r\n", "{}", 5, 1, 2},
        {"/v1/events?contract=none", JSON, "{}", 5, 1, 3},
        {"/v1/events", LINES "Content-Encoding: gzip\r\n", "no gzip", 5, 1, 4},
    };
    struct house house;
    char event[512];
    open_house(&house, NULL);
    for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct st_buf body = ST_BUF(4096);
        st_str rest = st_str_of(steps[i].body);
        if (st_str_starts(rest, ST_STR("%s"))) {
            assert_ok(st_buf_add_str(&body, sample_event(event, 1, 1)));
            rest = st_str_from(rest, 2);
        }
        assert_ok(st_buf_add_str(&body, rest));
        struct answer answer = post(&house, steps[i].path, steps[i].headers, st_buf_str(&body));
        answer_done(&answer);
        st_buf_done(&body);
        assert_int_equal(metric(&house, "steno_events_rejected_total"), steps[i].rejected);
        assert_int_equal(metric(&house, "steno_events_withheld_total"), steps[i].withheld);
        assert_int_equal(metric(&house, "steno_bodies_refused_total"), steps[i].bodies);
    }
    assert_int_equal(metric(&house, "steno_events_accepted_total"), 1);
    assert_int_equal(metric(&house, "steno_last_seq"), 1);
    close_house(&house);
}

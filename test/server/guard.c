#include "server/guard.h"

#include "unit.h"

TEST("P1: a Host is loopback by name or number, whatever the port")
{
    static const char *const good[] = {"localhost", "LOCALHOST:80", "localhost:4318",
                                       "127.0.0.1", "127.0.0.1:1",  "127.255.3.4:65535",
                                       "[::1]",     "[::1]:4318"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!st_guard_host(st_str_of(good[i])))
            fail_msg("%s is loopback", good[i]);
}

TEST("P1: any other Host is not")
{
    static const char *const bad[] = {"",
                                      "attacker.example",
                                      "localhost.attacker.example",
                                      "127.0.0.1.attacker.example",
                                      "128.0.0.1",
                                      "127.0.0",
                                      "127.0.0.1.1",
                                      "127.0.0.256",
                                      "127.1",
                                      "0x7f.0.0.1",
                                      "127.0.0.1:",
                                      "127.0.0.1:8x",
                                      "[::2]",
                                      "[::1",
                                      "[::1]x",
                                      "localhost:",
                                      "localhost:123456",
                                      "a localhost",
                                      "localhost/",
                                      "0.0.0.0",
                                      "127.0.0.0001",
                                      "localhost@attacker.example"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (st_guard_host(st_str_of(bad[i])))
            fail_msg("%s is not loopback", bad[i]);
}

TEST("P1: an Origin must be the host itself")
{
    st_str host = ST_STR("127.0.0.1:4318");
    assert_true(st_guard_origin(ST_STR("http://127.0.0.1:4318"), host));
    assert_true(st_guard_origin(ST_STR("HTTP://LocalHost:1"), ST_STR("localhost:1")));
    static const char *const bad[] = {"null",
                                      "",
                                      "http://",
                                      "https://127.0.0.1:4318",
                                      "http://127.0.0.1:4319",
                                      "http://127.0.0.1",
                                      "http://localhost:4318",
                                      "http://127.0.0.1:4318.attacker.example",
                                      "http://attacker.example"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (st_guard_origin(st_str_of(bad[i]), host))
            fail_msg("%s is another origin", bad[i]);
}

TEST("P1: a Sec-Fetch-Site must be of the host itself, or of the user")
{
    assert_true(st_guard_site(ST_STR("same-origin")));
    assert_true(st_guard_site(ST_STR("none")));
    assert_false(st_guard_site(ST_STR("same-site")));
    assert_false(st_guard_site(ST_STR("cross-site")));
    assert_false(st_guard_site(ST_STR("")));
}

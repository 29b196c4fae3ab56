/* Each format: texts it must accept, texts it must refuse, and the official suite's. */
#include "unit.h"

#include "base/file.h"
#include "schema/format.h"
#include "json/json.h"

#include <unistd.h>

#define SUITE                                                                                      \
    "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance/tests/draft2020-12/optional/"

static const struct st_format *format_of(const char *name)
{
    const struct st_format *format = st_format_find(st_str_of(name));
    if (format == NULL)
        fail_msg("no format \"%s\"", name);
    return format;
}

static void expect_all(const char *name, const char *const *texts, bool valid)
{
    const struct st_format *format = format_of(name);
    size_t count = 0;
    for (; texts[count] != NULL; count++)
        if (format->test(st_str_of(texts[count])) != valid)
            fail_msg("%s: \"%s\" is %s", name, texts[count], valid ? "refused" : "accepted");
    assert_true(count >= 15);
}

#define GOOD(name, ...) expect_all(name, (const char *const[]){__VA_ARGS__, NULL}, true)
#define BAD(name, ...)  expect_all(name, (const char *const[]){__VA_ARGS__, NULL}, false)

TEST("V2: date-time is RFC 3339 with real dates and real leap seconds")
{
    GOOD("date-time", "1963-06-19T08:30:06Z", "1963-06-19T08:30:06.283185Z", "2026-02-07t20:21:54z",
         "1985-04-12T23:20:50.52Z", "1996-12-19T16:39:57-08:00", "1990-12-31T23:59:60Z",
         "1990-12-31T15:59:60-08:00", "1937-01-01T12:00:27.87+00:20", "2020-02-29T00:00:00Z",
         "2000-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "0000-01-01T00:00:00+23:59",
         "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00.1234567890123456789Z",
         "2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00+23:59");
    BAD("date-time", "", "2026-02-07", "2026-02-07 20:21:54Z", "2026-02-07T20:21:54",
        "2026-02-07T20:21Z", "2021-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T23:60:00Z", "2026-01-01T23:58:60Z",
        "2026-01-01T22:59:60Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
        "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+01", "2026-01-01T00:00:00ZZ",
        " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z\n", "26-01-01T00:00:00Z",
        "12026-01-01T00:00:00Z", "2026-1-1T00:00:00Z", "2026-01-01T0:00:00Z",
        "২026-01-01T00:00:00Z");
    assert_string_equal(format_of("date-time")->message, "must be RFC3339 date-time");
}

TEST("V2: uuid is the text form of any version, in either case")
{
    GOOD("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380",
         "2eb8aa08-AA98-11ea-B4Aa-73B441D16380", "00000000-0000-0000-0000-000000000000",
         "ffffffff-ffff-ffff-ffff-ffffffffffff", "98d80576-482e-427f-8434-7f86890ab222",
         "99c17cbb-656f-564a-940f-1a4520f03487", "99c17cbb-656f-664a-940f-1a4520f03487",
         "99c17cbb-656f-f64a-940f-1a4520f03487", "01890a5d-ac96-774b-bcce-b302099a8057",
         "99c17cbb-656f-064a-040f-1a4520f03487", "12345678-1234-1234-1234-123456789012",
         "abcdefab-cdef-abcd-efab-cdefabcdefab", "a0a0a0a0-b1b1-c2c2-d3d3-e4e4e4e4e4e4",
         "01890a5d-ac96-874b-fcce-b302099a8057");
    BAD("uuid", "", "2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08-aa98-11ea-b4aa-73b441d163800",
        "2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4aa73b441d16380",
        "2eb8aa08aa98-11ea-b4aa73b441d16380-", "2eb8-aa08-aa98-11ea-b4aa73b44-1d16380",
        "2eb8aa08-aa98-11ea-b4ga-73b441d16380", "{2eb8aa08-aa98-11ea-b4aa-73b441d1638}",
        "urn:uuid:2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d16380\n",
        " 2eb8aa08-aa98-11ea-b4aa-73b441d1638", "2eb8aa08_aa98_11ea_b4aa_73b441d16380",
        "2eb8aa08-aa98-11e-ab4aa-73b441d16380", "--------2eb8aa08-aa98-11ea-b4aa-7316",
        "2eb8aa08-aa98-11ea-b4aa-73b441d1638\xc3\xa9", "۲eb8aa08-aa98-11ea-b4aa-73b441d163");
    assert_string_equal(format_of("uuid")->message, "must be a valid UUID");
}

TEST("V2: date is a day that the calendar has")
{
    GOOD("date", "1963-06-19", "2020-01-31", "2020-02-29", "2021-02-28", "2000-02-29", "2400-02-29",
         "2020-03-31", "2020-04-30", "2020-06-30", "2020-09-30", "2020-11-30", "2020-12-31",
         "0000-02-29", "9999-12-31", "1582-10-10");
    BAD("date", "", "06/19/1963", "1963-06-19T", "1963-06-19Z", "2020-01-32", "2021-02-29",
        "1900-02-29", "2020-02-30", "2020-04-31", "2020-06-31", "2020-13-01", "2020-00-10",
        "2020-01-00", "1963-6-19", "1963-06-1", "19630619", "2013-350", "2023-W01", "-2020-01-01",
        "+2020-01-01", "1963-06-1৪", "1963-06-19 ", "63-06-19");
}

TEST("V2: time is RFC 3339's full-time, so it needs an offset")
{
    GOOD("time", "08:30:06Z", "23:59:60Z", "23:59:60+00:00", "01:29:60+01:30", "23:29:60+23:30",
         "15:59:60-08:00", "00:29:60-23:30", "23:20:50.52Z", "08:30:06.283185Z", "08:30:06+00:20",
         "08:30:06-08:00", "08:30:06z", "00:00:00Z", "23:59:59+23:59",
         "12:00:00.000000000000000000000000000001+01:00");
    BAD("time", "", "08:30:06", "8:30:06Z", "08:30Z", "008:030:006Z", "24:00:00Z", "00:60:00Z",
        "00:00:61Z", "22:59:60Z", "23:58:60Z", "23:59:60+01:00", "23:59:60+00:30", "23:59:60-01:00",
        "08:30:06-8:00", "08:30:06+1:00", "01:02:03+24:00", "01:02:03+00:60", "01:02:03Z+00:30",
        "08:30:06 PST", "01:01:01,1111", "12:00:00.Z", "12:00:00.52", "1২:00:00Z", "08:30:06#00:20",
        "ab:cd:efZ", "08:30:06ZZ", "T08:30:06Z");
}

TEST("V2: duration is RFC 3339's appendix A: units in order, none left out between two")
{
    GOOD("duration", "P4DT12H30M5S", "P4Y", "PT0S", "P0D", "P1M", "PT1M", "PT36H", "P1DT12H", "P2W",
         "P1Y2M", "P1Y2M3D", "P2M3D", "PT1H2M3S", "PT2M3S", "P1YT1S", "P01D",
         "P123456789012345678901234567890D", "p1dt2h");
    BAD("duration", "", "P", "PT", "P1YT", "P1", "PT1D", "P2D1Y", "P1D2H", "P2S", "P1Y2W", "P1W2D",
        "P1Y2D", "PT1H2S", "PT1S2H", "4DT12H30M5S", "P-1D", "-P1D", "P1.5D", "PT0.5S", "PT0,5S",
        "P1D ", "P২Y", "PT1H1H", "P1DT", "PD", "P1YM");
}

TEST("V2: email is RFC 5321's Mailbox")
{
    GOOD("email", "joe.bloggs@example.com", "te~st@example.com", "~test@example.com",
         "test~@example.com", "\"joe bloggs\"@example.com", "\"joe..bloggs\"@example.com",
         "\"joe@bloggs\"@example.com", "joe.bloggs@[127.0.0.1]", "joe.bloggs@[IPv6:::1]",
         "a@[ipv6:1:2:3:4:5:6:7:8]", "a@[127.000.000.001]", "te.s.t@example.com", "a@io",
         "!#$%&'*+-/=?^_`{|}~@x.org", "\"\"@iana.org", "\"\\\"\"@iana.org", "\"\\\\\"@iana.org",
         "test@c--n.com", "test@xn--bogus.com", "test@255.255.255.255",
         "1234567890123456789012345678901234567890123456789012345678901234@x.org");
    BAD("email", "", "2962", "@", "@example.com", "joe@", ".test@example.com", "test.@example.com",
        "te..st@example.com", "joe.bloggs@invalid=domain.com", "joe.bloggs@[127.0.0.300]",
        "a@b@c.org", "a b@c.org", "joe@-x.org", "joe@x-.org", "joe@x..org", "joe@x.org.", "joe@.x",
        "\"joe@x.org", "\"a\"b@x.org", "a\"b@x.org", "a\xc3\xa9@x.org", "a@\xc3\xa9.org",
        "\"a\tb\"@x.org", "a@[1.2.3]", "a@[1.2.3.4.5]", "a@[]", "a@[IPv6:1::2:3:4:5:6:7]",
        "a@[foo:bar]", "a@[1.2.3.4", "a(c)@x.org", "a@x.org\n", "a,b@x.org", "a@x_y.org",
        "12345678901234567890123456789012345678901234567890123456789012345@x.org");
}

TEST("V2: idn-email is RFC 6531's, with U-labels judged by IDNA2008")
{
    GOOD("idn-email", "joe.bloggs@example.com", "실례@실례.테스트", "δοκιμή@παράδειγμα.δοκιμή",
         "用户@例子.广告", "अजय@डाटा.भारत", "квіточка@пошта.укр", "Dörte@sörensen.example",
         "\"joe \xc3\xa9\"@example.com", "a\xc3\xa9@[127.0.0.1]", "\xf0\x9f\x98\x80@example.com",
         "é@xn--bcher-kva.example", "a@bücher.example", "\"@\"@bücher.example", "é.è@x.org",
         "a@faß.de", "a@[IPv6:::1]");
    BAD("idn-email", "", "2962", "@실례.테스트", "실례@", "실례", "é..è@x.org", ".é@x.org",
        "é.@x.org", "a@☃.example", "a@-é.org", "a@é-.org", "a@a\xc2\xb7l.org", "\"é@x.org",
        "\"\\é\"@x.org", "a@é..org", "a@é。org", "a é@x.org", "a＠x.org");
}

TEST("V2: hostname is RFC 1123's, and what claims to be an A-label is one")
{
    GOOD("hostname", "www.example.com", "xn--4gbwdl.xn--wgbh1c", "localhost", "a", "1", "1host",
         "hostnam3", "h0stn4me", "host-name", "127.0.0.1", "a-b--c.d", "r3---sn-4g5e6nez.gvt1.com",
         "xn--bcher-kva.example", "XN--BCHER-KVA.example", "xn--fa-hia.de", "xn--ll-0ea",
         "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk.com",
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    BAD("hostname", "", ".", ".a", "a.", "a..b", "-hostname", "hostname-", "_hostname", "host_name",
        "-a-host-name-that-starts-with--", "bücher.example", "a b", "a/b", "a:80", "[::1]", "xn--X",
        "xn--", "xn--a-2hc", "xn--al-0ea", "xn--chb89f", "xn--hello-txk", "xn--7a", "xn--0ca24w",
        "xn--example-", "xn--aa---o47jg78q", "example。com", "a.xn--abc-", "host\n",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl.com",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

TEST("V2: idn-hostname is IDNA2008: code points, NFC, CONTEXTJ, CONTEXTO and the Bidi rule")
{
    GOOD("idn-hostname", "실례.테스트", "example.com", "bücher.example", "faß.de", "xn--bcher-kva",
         "ßς་〇", "l·l", "α͵β", "א׳ב", "א״ב", "・ぁ", "・ァ", "・丈", "ب٠ب", "۰0", "क्‍ष",
         "क्‌ष", "بي‌بي", "a。b", "xn--NXASMQ6B", "a．b", "a｡b", "מוזיאון",
         "א0.example", "a.א", "אב1", "r3---sn.gvt1.com");
    BAD("idn-hostname", "", ".", "。", "。a", "a。", "a。。b", "〮실례.테스트", "실〮례.테스트",
        "-> $1.00 <--", "xn--X", "XN--aa---o47jg78q", "-hello", "hello-", "-bücher", "bücher-",
        "bü--cher", "ःhello", "̀hello", "҈hello", "ـߺ", "〱〲〳〴〵〮〯〻", "a·l", "·l", "l·a", "l·",
        "α͵S", "α͵", "A׳ב", "׳ב", "A״ב", "״ב", "def・abc", "・", "ب٠۰", "क‍ष", "‍ष",
        "a‌b", "Bücher", "u\xcc\x88", "☃.example", "１", "ſ", "0a.א", "0ا", "aא", "א0٠", "אa",
        "א-",
        "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüü"
        "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüü",
        "a​b", "⁠42", "a_b");
}

TEST("V2: ipv4 is four decimal octets without leading zeros")
{
    GOOD("ipv4", "192.168.0.1", "0.0.0.0", "255.255.255.255", "127.0.0.1", "1.2.3.4", "10.0.0.0",
         "87.10.0.1", "100.200.100.200", "9.99.199.249", "250.251.252.253", "8.8.8.8", "0.0.0.1",
         "1.0.0.0", "172.16.254.1", "224.0.0.251");
    BAD("ipv4", "", "127.0.0.0.1", "256.256.256.256", "127.0", "127.0.0", "0x7f000001",
        "2130706433", "087.10.0.1", "1.2.3.00", "1২7.0.0.1", "192.168.1.0/24", "1.2.3.4 ",
        " 1.2.3.4", "1.2.3.4\n", "1.2.3.", ".1.2.3.4", "1..2.3", "+1.2.3.4", "-1.2.3.4", "1.2.3.a",
        "1,2,3,4", "1.2.3.0x4", "1.2.3.256", "1.2.3.1000", "::1");
}

TEST("V2: ipv6 is RFC 4291's text form, without a zone")
{
    GOOD("ipv6", "::1", "::", "::42:ff:1", "d6::", "1:d6::42", "1::d6:192.168.0.1",
         "1:2::192.168.0.1", "::ffff:192.168.0.1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:192.168.0.1",
         "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "1:2:3::5:6:7:8",
         "ABCD:ef01:2345:6789:abcd:EF01:2345:6789", "fe80::0001", "2001:db8::ff00:42:8329",
         "0:0:0:0:0:0:0:0", "::1.2.3.4");
    BAD("ipv6", "", ":", ":::", "12345::", "::abcef", "1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1", "::laptop",
        ":2:3:4:5:6:7:8", "1:2:3:4:5:6:7:", ":2:3:4::8", "1::d6::42", "1::2:192.168.256.1",
        "1::2:192.168.ff.1", "1:2:3:4:5:6:7", "1", "127.0.0.1", "1:2:3:4:1.2.3",
        "1:2:3:4:5:6:7::8:9", "1:2:3:4::5:6:7:8", "::1.2.3.4:5", "1.2.3.4::", "fe80::a%eth1",
        "::1/64", " ::1", "::1 ", "[::1]", "1:2:3:4:5:6:7:192.168.0.1", "1:2:3:4:5:::8",
        "1:2:3:4:5:6:7:৪", "::01.2.3.4", "1:2:3:4:5:6:7:8::");
}

TEST("V2: uri is RFC 3986's URI, with a scheme")
{
    GOOD("uri", "http://foo.bar/?baz=qux#quux", "http://foo.com/blah_(wikipedia)_blah#cite-1",
         "http://foo.bar/?q=Test%20URL-encoded%20stuff", "http://xn--nw2a.xn--j6w193g/",
         "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com", "http://223.255.255.254",
         "ftp://ftp.is.co.za/rfc/rfc1808.txt", "http://www.ietf.org/rfc/rfc2396.txt",
         "ldap://[2001:db8::7]/c=GB?objectClass?one", "mailto:John.Doe@example.com",
         "news:comp.infosystems.www.servers.unix", "tel:+1-816-555-1212",
         "urn:oasis:names:specification:docbook:dtd:xml:4.1.2", "http://[v1.fe80::a+en1]/",
         "a:", "file:///etc/passwd", "http://example.com:/", "http://example.com:8080/a//b",
         "x-y+z.1:/", "http://a?b?c#d?e/f", "http://", "data:,a%20b", "http://example.com?a=%5B");
    BAD("uri", "", "//foo.bar/?baz=qux#quux", "/abc", "\\\\WINDOWS\\fileshare", "abc",
        "http:// shouldfail.com", ":// should fail", "bar,baz:foo", "1http://x", "-a:b",
        "http:\\\\x", "https://[@example.org/test.txt", "https://example.org/foobar\\.txt",
        "https://example.org/foobar<>.txt", "https://example.org/foobar{}.txt",
        "https://example.org/foobar^.txt", "https://example.org/foobar`.txt",
        "https://example.org/foo bar.txt", "https://example.org/foobar|.txt", "http://a/%",
        "http://a/%2", "http://a/%zz", "http://a/#b#c", "http://[::1", "http://[::1]x/",
        "http://a:8a/", "http://a:b:1/", "http://ex\xc3\xa9/", "http://[1.2.3.4]/", "http://a/[b]",
        "http://a@b@c/", "http://a/\"b\"", "http://a/\n", "http://[fe80::1%25en1]/", "é:a");
}

TEST("V2: uri-reference is RFC 3986's too, with or without a scheme")
{
    GOOD("uri-reference", "http://foo.bar/?baz=qux#quux", "//foo.bar/?baz=qux#quux", "/abc", "abc",
         "", "#fragment", "?query", "../a/b", "./a:b", "a/b:c", "//[::1]:80/x", "a;b=c", "@", "%41",
         "///a", "a:b", "//", "a//b", "/:a");
    BAD("uri-reference", "\\\\WINDOWS\\fileshare", "#frag\\ment", "a b", "1a:b", ":a", "a%", "a%g0",
        "##", "a^b", "{a}", "<a>", "a|b", "//[::1/", "//a:x/", "\"", "`", "[a]", "é", "a\t",
        "unescaped \xc3\xa9");
}

TEST("V2: iri is RFC 3987's IRI, without the formatting characters of bidirectional text")
{
    GOOD("iri", "http://ƒøø.ßår/?∂éœ=πîx#πîüx", "http://ƒøø.com/blah_(wîkïpédiå)_blah#ßité-1",
         "http://ƒøø.ßår/?q=Test%20URL-encoded%20stuff", "http://例え.jp/引き割り",
         "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com", "http://223.255.255.254",
         "http://[2001:0db8:85a3:0000:0000:8a2e:0370:7334]", "urn:é", "mailto:ü@例え.jp",
         "http://a/?\xee\x80\x80", "http://a/\xf0\x90\x80\x80", "a:", "http://user:π@ö/",
         "http://a/\xc2\xa0", "http://مثال.إختبار/", "a:b#\xef\xbf\xad");
    BAD("iri", "", "http://2001:0db8:85a3:0000:0000:8a2e:0370:7334", "/abc",
        "\\\\WINDOWS\\filëßåré", "âππ", ":// ƒøø", "http:// ƒøø.ßår", "é:a",
        "http://a/\xee\x80\x80", "http://a/#\xee\x80\x80", "http://a/\xef\xbf\xbe",
        "http://a/\xf0\x9f\xbf\xbf",
        "http://a/\xe2\x80\xae"
        "b",
        "http://a/\xc2\x85", "http://a/<é>", "http://a/%é", "http://[é]/",
        "http://a/\xf3\xa0\x80\xa1", "http://a:é/");
}

TEST("V2: iri-reference is RFC 3987's too, with or without a scheme")
{
    GOOD("iri-reference", "http://ƒøø.ßår/?∂éœ=πîx#πîüx", "//ƒøø.ßår/?∂éœ=πîx#πîüx", "/âππ", "âππ",
         "#ƒrägmênt", "", "?é", "../é", "./é:a", "é/b:c", "//é", "#\xf0\x9f\x98\x80",
         "?\xf4\x80\x80\x80", "中", "a");
    BAD("iri-reference", "\\\\WINDOWS\\filëßåré", "#ƒräg\\mênt", "é b", "é:b", ":é", "é%", "é%g0",
        "é##", "é^", "{é}", "<é>", "é|", "//[::é]", "\xee\x80\x80", "#\xf4\x80\x80\x80",
        "\xe2\x80\x8e", "\xef\xb7\x90");
}

TEST("V2: uri-template is RFC 6570's, all four levels")
{
    GOOD("uri-template", "http://example.com/dictionary/{term:1}/{term}",
         "http://example.com/dictionary", "dictionary/{term:1}/{term}", "", "{+path}/here",
         "{#x,hello,y}", "X{.var}", "{/list*}", "{;x,y,empty}", "{?x,y}", "?fixed=yes{&x}",
         "{a.b.c}", "{%41}", "{var:9999}", "{_1}", "{x,y*,z:3}", "a'b", "é{x}", "a%20b", "{=x}",
         "{|x}", "{,x}", "#[]@!$&()*+,;=", "~");
    BAD("uri-template", "http://example.com/dictionary/{term:1}/{term", "}", "{", "{}", "{,}",
        "{x,}", "{x:}", "{x:0}", "{x:01}", "{x:10000}", "{x**}", "{x:1*}", "{x y}", "{x-y}", "{.}",
        "{a..b}", "{a.}", "{-x}", "{{x}}", "{x}}", "a b", "a\"b", "a<b", "a\\b", "a^b", "a`b",
        "a|b", "%", "%4", "{%4}", "{é}", "a\x7f", "{+}", "{??x}");
}

TEST("V2: json-pointer is RFC 6901's, as a string")
{
    GOOD("json-pointer", "", "/", "/foo/bar~0/baz~1/%a", "/foo/bar/baz", "/foo/-", "/foo//bar",
         "/foo/bar/", "/~0", "/~1", "/ ", "/c%d", "/e^f", "/g|h", "/i\\j", "/k\"l", "/m~0n",
         "/foo/0", "/~01~10", "/é");
    BAD("json-pointer", "foo", "/foo/bar~", "~", "~0", "/~2", "/~", "/~/", "/foo/~~", "/~-1", "#",
        "#/", "#a", "0", "a/b", " /a", "/a/~01~", "/~a", "//~");
}

TEST("V2: relative-json-pointer goes up, perhaps aside, then down")
{
    GOOD("relative-json-pointer", "1", "0", "0/foo/bar", "2/0/baz/1/zip", "0#", "120/foo/bar",
         "0+1", "0-1", "0-0", "1+10/foo", "1-2#", "0/", "0//", "3/~0~1", "10#",
         "99999999999999999999");
    BAD("relative-json-pointer", "", "/foo/bar", "-1/foo/bar", "+1/foo/bar", "0##", "01/a", "01#",
        "1foo", "#", "0#/a", "0/~2", "0/a~", "0+", "0-/a", "0+01", "0++1", "0 /a", "١/foo", "1\n",
        "00", "0+1-1");
}

TEST("V2: regex is an ECMA-262 pattern in u mode")
{
    GOOD("regex", "", "([abc])+\\s+$", "[]", "[^]", "(?<=a+)b", "(?<x>a)\\k<x>", "\\p{Lu}",
         "\\p{Script=Greek}", "\\u{1F600}", "a{2,3}?", "(?!a)", "\\cA", "[\\b]", "a|", "\\/", "^$");
    BAD("regex", "^(abc]", "\\a", "\\Z", "(", ")", "[", "]", "{", "a{2,1}", "*", "a++", "(?i)a",
        "\\p{Nope}", "\\k<x>", "\\1", "[z-a]", "(?<a>)(?<a>)", "\\u{110000}", "\\-",
        "^\\S(|(.|\\n)*\\S)\\Z", "\xff");
}

TEST("V2: what no format is asserts nothing: it is not found")
{
    static const char *const names[] = {"",       "unknown", "Date",      "date-time ",
                                        "uuid\n", "color",   "ip-address"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_null(st_format_find(st_str_of(names[i])));
    assert_null(st_format_find((st_str){"date\0", 5}));
}

TEST("V2: no format is fooled by a NUL, nor reads behind the text")
{
    static const char *const names[] = {"date-time",
                                        "uuid",
                                        "date",
                                        "time",
                                        "duration",
                                        "email",
                                        "idn-email",
                                        "hostname",
                                        "idn-hostname",
                                        "ipv4",
                                        "ipv6",
                                        "uri",
                                        "uri-reference",
                                        "iri",
                                        "iri-reference",
                                        "uri-template",
                                        "relative-json-pointer"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct st_format *format = format_of(names[i]);
        assert_false(format->test((st_str){"\0", 1}));
        assert_false(format->test((st_str){"a\0b", 3}));
        assert_false(format->test((st_str){"1\0", 2}));
        format->test((st_str){NULL, 0});
    }
}

/* ---- the official suite ---- */

static size_t run_group(const struct st_json *doc, uint32_t group, size_t *misses)
{
    size_t count = 0;
    uint32_t schema = st_json_member(doc, group, ST_STR("schema"));
    uint32_t name = st_json_member(doc, schema, ST_STR("format"));
    uint32_t tests = st_json_member(doc, group, ST_STR("tests"));
    const struct st_format *format =
        name == ST_JSON_NONE ? NULL : st_format_find(st_json_text(doc, name));
    if (format == NULL)
        return 0;
    for (uint32_t test = st_json_first(doc, tests); test != ST_JSON_NONE;
         test = st_json_next(doc, tests, test)) {
        uint32_t data = st_json_member(doc, test, ST_STR("data"));
        if (st_json_kind(doc, data) != ST_JSON_STRING)
            continue;
        bool valid = st_json_kind(doc, st_json_member(doc, test, ST_STR("valid"))) == ST_JSON_TRUE;
        if (format->test(st_json_text(doc, data)) != valid) {
            print_error("%s: %.*s\n", format->name, ST_STR_ARG(st_json_raw(doc, test)));
            ++*misses;
        }
        count++;
    }
    return count;
}

static size_t run_file(const char *name, size_t *misses)
{
    char path[256];
    size_t count = 0;
    struct st_buf text = ST_BUF((size_t)1 << 20);
    struct st_json doc;
    snprintf(path, sizeof path, SUITE "%s.json", name);
    st_json_init(&doc);
    assert_ok(st_file_read(path, &text, NULL));
    assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
    for (uint32_t group = st_json_first(&doc, 0); group != ST_JSON_NONE;
         group = st_json_next(&doc, 0, group))
        count += run_group(&doc, group, misses);
    st_json_done(&doc);
    st_buf_done(&text);
    return count;
}

TEST("V2: the official suite's optional formats are all as it says")
{
    static const char *const names[] = {"format/date-time",     "format/date",
                                        "format/duration",      "format/email",
                                        "format/hostname",      "format/idn-email",
                                        "format/idn-hostname",  "format/ipv4",
                                        "format/ipv6",          "format/iri",
                                        "format/iri-reference", "format/json-pointer",
                                        "format/regex",         "format/relative-json-pointer",
                                        "format/time",          "format/uri",
                                        "format/uri-reference", "format/uri-template",
                                        "format/uuid",          "ecmascript-regex"};
    size_t count = 0;
    size_t misses = 0;
    if (access(SUITE, R_OK) != 0)
        skip();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        count += run_file(names[i], &misses);
    assert_int_equal(misses, 0);
    assert_true(count > 250);
}

#include "unit.h"

#include "base/mem.h"
#include "base/random.h"
#include "random_text.h"
#include "seed.h"
#include "tape.h"
#include "json/json.h"
#include "json/names.h"

#include <sys/mman.h>
#include <unistd.h>

/* Something of everything; used by the loops. */
static const char sample[] =
    "{\"a\":[1,-2.5e+3,0],\"\\u00e9\\n\":\"x\\ud83d\\ude00y\",\"b\" : {\"\":null,\"a\":true},\n"
    "\"\303\251\342\202\254\360\237\230\200\":[[],{},[false,[\"long enough to be read by "
    "eights\"]]],"
    "\"n\":1,\"n\":2,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,\"l\":"
    "1,"
    "\"m\":{\"x\":1,\"x\":2},\"n\":3}";

static st_err parse(struct st_json *doc, const char *text, struct st_json_fault *fault)
{
    return st_json_parse(doc, st_str_of(text), NULL, fault);
}

static st_err parse_unique(struct st_json *doc, const char *text, struct st_json_fault *fault)
{
    struct st_json_options options = {.unique_names = true};
    return st_json_parse(doc, st_str_of(text), &options, fault);
}

static void assert_empty(const struct st_json *doc)
{
    assert_int_equal(doc->count, 0);
    assert_int_equal(doc->text.len, 0);
    assert_int_equal(doc->decoded.len, 0);
}

/* ---- the tape ---- */

TEST("the tape of the header's example is as drawn there")
{
    static const struct st_json_node drawn[] = {
        {ST_JSON_OBJECT, 0, 0, 0, 2, 7},
        {ST_JSON_STRING, ST_JSON_NAME, 0, 1, 1, 2},
        {ST_JSON_ARRAY, 0, 0, 5, 2, 5},
        {ST_JSON_NUMBER, ST_JSON_INTEGER, 0, 6, 1, 4},
        {ST_JSON_STRING, ST_JSON_ESCAPED, 0, 8, 2, 0},
        {ST_JSON_STRING, ST_JSON_NAME, 0, 15, 1, 6},
        {ST_JSON_NULL, 0, 0, 19, 4, 7},
    };
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(parse(&doc, "{\"a\":[1,\"x\\n\"],\"b\":null}", NULL));
    assert_int_equal(doc.count, sizeof drawn / sizeof drawn[0]);
    assert_memory_equal(doc.nodes, drawn, sizeof drawn);
    assert_text(st_json_text(&doc, 4), "x\n");
    st_json_done(&doc);
}

TEST("every value gives back its own bytes, and they parse to it again")
{
    struct st_json doc;
    struct st_json again;
    st_json_init(&doc);
    st_json_init(&again);
    assert_ok(parse(&doc, sample, NULL));
    check_tape(&doc);
    assert_text(st_json_raw(&doc, 0), sample);
    for (uint32_t node = 0; node < doc.count; node++) {
        assert_ok(st_json_parse(&again, st_json_raw(&doc, node), NULL, NULL));
        assert_int_equal(st_json_kind(&again, 0), st_json_kind(&doc, node));
        assert_int_equal(again.count, st_json_after(&doc, node) - node);
    }
    st_json_done(&again);
    st_json_done(&doc);
}

TEST("INTEGER is said of a sign and digits, and of nothing else")
{
    static const char *const integers[] = {"0", "-0", "7", "-123",
                                           "123456789012345678901234567890"};
    static const char *const others[] = {"0.0", "1.0", "1e2", "-1E0", "0e1", "1.5"};
    struct st_json doc;
    st_json_init(&doc);
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
        assert_ok(parse(&doc, integers[i], NULL));
        assert_int_equal(doc.nodes[0].flags & ~ST_JSON_MINUS, ST_JSON_INTEGER);
        assert_int_equal((doc.nodes[0].flags & ST_JSON_MINUS) != 0, integers[i][0] == '-');
        assert_text(st_json_text(&doc, 0), integers[i]);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_ok(parse(&doc, others[i], NULL));
        assert_int_equal(doc.nodes[0].flags, others[i][0] == '-' ? ST_JSON_MINUS : 0);
        assert_text(st_json_text(&doc, 0), others[i]);
    }
    st_json_done(&doc);
}

TEST("escapes are decoded to the bytes they mean")
{
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(parse(
        &doc,
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\\u0041\\u00e9\\u20AC\\uD83d\\uDe00\",\"a\\u0000b\","
        "\"\\udbff\\udfff\",\"abcdefgh\\tijklmnop\",\"\"]",
        NULL));
    assert_text(st_json_text(&doc, 1), "\"\\/\b\f\n\r\t");
    assert_text(st_json_text(&doc, 2), "A\303\251\342\202\254\360\237\230\200");
    assert_true(st_str_eq(st_json_text(&doc, 3), ST_STR("a\0b")));
    assert_text(st_json_text(&doc, 4), "\364\217\277\277");
    assert_text(st_json_text(&doc, 5), "abcdefgh\tijklmnop");
    assert_text(st_json_text(&doc, 6), "");
    assert_int_equal(doc.nodes[5].flags, ST_JSON_ESCAPED);
    assert_int_equal(doc.nodes[6].flags, 0);
    st_json_done(&doc);
}

TEST("members and elements are found, and what is not there is not")
{
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(parse(&doc, "{\"a\":1,\"b\":[10,[11],12],\"\\u0063\":3,\"\":4}", NULL));
    uint32_t array = st_json_member(&doc, 0, ST_STR("b"));
    assert_text(st_json_raw(&doc, array), "[10,[11],12]");
    assert_text(st_json_raw(&doc, st_json_member(&doc, 0, ST_STR("c"))), "3");
    assert_text(st_json_raw(&doc, st_json_member(&doc, 0, ST_STR(""))), "4");
    assert_int_equal(st_json_member(&doc, 0, ST_STR("d")), ST_JSON_NONE);
    assert_int_equal(st_json_member(&doc, array, ST_STR("a")), ST_JSON_NONE);
    assert_text(st_json_raw(&doc, st_json_element(&doc, array, 0)), "10");
    assert_text(st_json_raw(&doc, st_json_element(&doc, array, 2)), "12");
    assert_int_equal(st_json_element(&doc, array, 3), ST_JSON_NONE);
    assert_int_equal(st_json_element(&doc, array, UINT64_MAX), ST_JSON_NONE);
    assert_int_equal(st_json_element(&doc, 0, 0), ST_JSON_NONE);
    st_json_done(&doc);
}

TEST("kinds have the names of JSON Schema")
{
    assert_string_equal(st_json_kind_name(ST_JSON_NULL), "null");
    assert_string_equal(st_json_kind_name(ST_JSON_TRUE), "boolean");
    assert_string_equal(st_json_kind_name(ST_JSON_FALSE), "boolean");
    assert_string_equal(st_json_kind_name(ST_JSON_NUMBER), "number");
    assert_string_equal(st_json_kind_name(ST_JSON_STRING), "string");
    assert_string_equal(st_json_kind_name(ST_JSON_ARRAY), "array");
    assert_string_equal(st_json_kind_name(ST_JSON_OBJECT), "object");
}

TEST("place counts line feeds and code points, past the end as at the end")
{
    uint64_t line = 0;
    uint64_t column = 0;
    st_str text = ST_STR("a\n\303\251\342\202\254x\r\ny");
    static const uint64_t places[][3] = {{0, 1, 1}, {1, 1, 2},  {2, 2, 1},  {4, 2, 2}, {7, 2, 3},
                                         {9, 2, 5}, {10, 3, 1}, {11, 3, 2}, {99, 3, 2}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        st_json_place(text, places[i][0], &line, &column);
        assert_int_equal(line, places[i][1]);
        assert_int_equal(column, places[i][2]);
    }
    st_json_place((st_str){NULL, 0}, 0, &line, &column);
    assert_int_equal(line, 1);
    assert_int_equal(column, 1);
}

/* ---- repeated names ---- */

TEST("the last of repeated names wins, the others are shadowed, and each counts once")
{
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(parse(&doc, "{\"a\":1,\"b\":2,\"\\u0061\":[3],\"a\":4,\"c\":5}", NULL));
    check_tape(&doc);
    assert_int_equal(doc.nodes[0].len, 3);
    assert_int_equal(doc.nodes[0].flags, ST_JSON_REPEATS);
    assert_text(st_json_raw(&doc, st_json_member(&doc, 0, ST_STR("a"))), "4");
    uint32_t at = st_json_first(&doc, 0);
    assert_text(st_json_text(&doc, at), "b");
    at = st_json_next(&doc, 0, at);
    assert_text(st_json_text(&doc, at), "a");
    at = st_json_next(&doc, 0, at);
    assert_text(st_json_text(&doc, at), "c");
    assert_int_equal(st_json_next(&doc, 0, at), ST_JSON_NONE);
    st_json_done(&doc);
}

/* {"n0000000":0,"n0000001":0,…}: `count` members, the number of each taken modulo `distinct`. */
static void many_members(struct st_buf *text, uint32_t count, uint32_t distinct)
{
    st_buf_reset(text);
    assert_ok(st_buf_add_char(text, '{'));
    for (uint32_t i = 0; i < count; i++) {
        char member[] = "\"n0000000\":0,";
        uint32_t number = i % distinct;
        for (int digit = 8; digit > 1; digit--, number /= 10)
            member[digit] = (char)('0' + number % 10);
        assert_ok(st_buf_add(text, member, sizeof member - 1));
    }
    text->at[text->len - 1] = '}';
}

TEST("repeats are found in objects of every size, by pairs and by sorting")
{
    struct st_json doc;
    struct st_buf text = ST_BUF(1 << 20);
    st_json_init(&doc);
    for (uint32_t count = 1; count < 70; count++)
        for (uint32_t distinct = 1; distinct <= count; distinct++) {
            many_members(&text, count, distinct);
            assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
            check_tape(&doc);
            assert_int_equal(doc.nodes[0].len, distinct);
        }
    st_buf_done(&text);
    st_json_done(&doc);
}

TEST("a million members are parsed, all different, all the same, and by pairs")
{
    static const uint32_t distinct[] = {1000000, 1, 500000};
    struct st_json doc;
    struct st_buf text = ST_BUF(1 << 30);
    struct st_json_options options = {.unique_names = true};
    st_json_init(&doc);
    for (size_t i = 0; i < sizeof distinct / sizeof distinct[0]; i++) {
        struct st_json_fault fault = {.offset = 0};
        many_members(&text, 1000000, distinct[i]);
        assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
        assert_int_equal(doc.nodes[0].len, distinct[i]);
        assert_int_equal(doc.count, 2000001);
        st_err err = st_json_parse(&doc, st_buf_str(&text), &options, &fault);
        assert_int_equal(err, distinct[i] == 1000000 ? ST_OK : ST_ERR_SYNTAX);
        if (err == ST_OK)
            continue;
        st_str at = st_str_from(st_buf_str(&text), (size_t)fault.offset);
        assert_true(st_str_starts(at, ST_STR("\"n0000000\"")));
    }
    st_buf_done(&text);
    st_json_done(&doc);
}

TEST("names are sorted by their bytes where their hashes are equal, and stay in order where they "
     "are")
{
    struct st_json doc;
    struct st_name names[100];
    struct st_name spare[100];
    struct st_buf text = ST_BUF(1 << 16);
    st_json_init(&doc);
    many_members(&text, 100, 37);
    assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
    for (uint32_t i = 0; i < 100; i++)
        names[i] = (struct st_name){.hash = 7, .node = 1 + 2 * i};
    const struct st_name *sorted = st_names_sort(&doc, names, spare, 100);
    for (uint32_t i = 1; i < 100; i++) {
        int order =
            st_str_cmp(st_json_text(&doc, sorted[i - 1].node), st_json_text(&doc, sorted[i].node));
        assert_true(order < 0 || (order == 0 && sorted[i - 1].node < sorted[i].node));
    }
    st_buf_done(&text);
    st_json_done(&doc);
}

TEST("unique_names refuses at the second name")
{
    static const char expected[] = "a name that the object does not have yet";
    static const struct {
        const char *text;
        int offset; /* -1: good */
    } rows[] = {
        {"{\"a\":1,\"b\":2}", -1},
        {"{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}", -1},
        {"{\"a\":1,\"a\":2}", 7},
        {"{\"a\":1,\"\\u0061\":2}", 7},
        {"{\"b\":1,\"a\":1,\"a\":2,\"b\":3}", 13},
        {"{\"a\":1,\"a\":2,\"a\":3}", 7},
        {"[{\"a\":{\"b\":1,\"b\":2}}]", 13},
        {"{\"a\":1,\"a\":{\"b\":1,\"b\":2}}", 7}, /* the outer one comes first */
        {"{\"a\":1,\"c\":{\"b\":1,\"b\":2},\"a\":2}", 18},
        {"{\"a\":1,\"a\":2", 7}, /* not closed */
        {"{\"a\":1,\"a\":2,x}", 7},
        {"{\"a\":1,\"a\" 2}", 7},
        {"{\"a\":1,\"a\"", 7},
        {"{\"a\":1,\"a\":{\"b\":[1,2,{\"c\":x", 7},
        {"{\"\":1,\"\":1}", 6},
    };
    struct st_json doc;
    struct st_json_fault fault;
    st_json_init(&doc);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        st_err err = parse_unique(&doc, rows[i].text, &fault);
        assert_int_equal(err, rows[i].offset < 0 ? ST_OK : ST_ERR_SYNTAX);
        if (rows[i].offset < 0)
            continue;
        assert_int_equal(fault.offset, rows[i].offset);
        assert_string_equal(fault.expected, expected);
        assert_empty(&doc);
    }
    /* What is wrong before the second name is reported before it. */
    assert_err(parse_unique(&doc, "{\"a\":1,\"b\":x,\"a\":2}", &fault), SYNTAX);
    assert_int_equal(fault.offset, 11);
    assert_err(parse_unique(&doc, "{\"a\":1,\"a", &fault), SYNTAX);
    assert_int_equal(fault.offset, 9);
    st_json_done(&doc);
}

/* ---- limits ---- */

static void nest(struct st_buf *text, uint32_t depth, const char *open, const char *close)
{
    st_buf_reset(text);
    for (uint32_t i = 0; i < depth; i++)
        assert_ok(st_buf_add_str(text, st_str_of(open)));
    for (uint32_t i = 0; i < depth; i++)
        assert_ok(st_buf_add_str(text, st_str_of(close)));
}

TEST("containers nest as deep as the limit and not once more")
{
    struct st_json doc;
    struct st_json_fault fault;
    struct st_buf text = ST_BUF(1 << 20);
    st_json_init(&doc);
    nest(&text, ST_JSON_DEPTH_MAX, "[", "]");
    assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
    check_tape(&doc);
    nest(&text, ST_JSON_DEPTH_MAX + 1, "[", "]");
    assert_err(st_json_parse(&doc, st_buf_str(&text), NULL, &fault), LIMIT);
    assert_int_equal(fault.err, ST_ERR_LIMIT);
    assert_int_equal(fault.offset, ST_JSON_DEPTH_MAX);
    assert_string_equal(fault.expected, "fewer containers inside each other");
    assert_empty(&doc);
    nest(&text, 100000, "[{\"a\":", "}]");
    assert_err(st_json_parse(&doc, st_buf_str(&text), NULL, &fault), LIMIT);
    assert_int_equal(fault.offset, ST_JSON_DEPTH_MAX / 2 * 6);
    nest(&text, 100000, "[", "");
    assert_err(st_json_parse(&doc, st_buf_str(&text), NULL, &fault), LIMIT);
    st_buf_done(&text);
    st_json_done(&doc);
}

TEST("an option lowers the depth limit and never raises it")
{
    struct st_json doc;
    struct st_buf text = ST_BUF(1 << 20);
    struct st_json_options options = {.depth_max = 2};
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, ST_STR("[{},[],[]]"), &options, NULL));
    assert_err(st_json_parse(&doc, ST_STR("[[[]]]"), &options, NULL), LIMIT);
    options.depth_max = 1000;
    nest(&text, ST_JSON_DEPTH_MAX + 1, "[", "]");
    assert_err(st_json_parse(&doc, st_buf_str(&text), &options, NULL), LIMIT);
    st_buf_done(&text);
    st_json_done(&doc);
}

TEST("a text of 4 GiB is refused unread, a value at its head is not")
{
    size_t len = ST_JSON_TEXT_BYTES_MAX + 1;
    char *text =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct st_json doc;
    size_t used = 0;
    assert_ptr_not_equal(text, MAP_FAILED);
    memcpy(text, "[1]", 3);
    st_json_init(&doc);
    assert_err(st_json_parse(&doc, (st_str){text, len}, NULL, NULL), LIMIT);
    assert_empty(&doc);
    assert_ok(st_json_parse_head(&doc, (st_str){text, len}, &used, NULL, NULL));
    assert_int_equal(used, 3);
    assert_err(st_json_parse(&doc, (st_str){text, len - 1}, NULL, NULL), SYNTAX);
    munmap(text, len);
    st_json_done(&doc);
}

/* ---- the four loops ---- */

TEST("cut at every length, a text ends early exactly where it was cut")
{
    struct st_json doc;
    struct st_json_fault fault;
    st_json_init(&doc);
    for (size_t len = 0; len < sizeof sample - 1; len++) {
        assert_err(st_json_parse(&doc, (st_str){sample, len}, NULL, &fault), SYNTAX);
        assert_int_equal(fault.offset, len);
        assert_empty(&doc);
    }
    st_json_done(&doc);
}

TEST("with every byte changed to every other, a text is good or refused, never misread")
{
    struct st_json doc;
    struct st_json_fault fault;
    char text[sizeof sample];
    memcpy(text, sample, sizeof sample);
    st_json_init(&doc);
    for (size_t at = 0; at < sizeof sample - 1; at++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            text[at] = (char)((unsigned char)sample[at] ^ flip);
            st_err err = st_json_parse(&doc, (st_str){text, sizeof sample - 1}, NULL, &fault);
            if (err == ST_OK) {
                check_tape(&doc);
                continue;
            }
            assert_int_equal(err, ST_ERR_SYNTAX);
            assert_in_range(fault.offset, 0, sizeof sample - 1);
            /* Nothing that came before the change can be blamed, but the unit that it broke. */
            assert_true(fault.offset + 12 > at);
            assert_empty(&doc);
        }
        text[at] = sample[at];
    }
    st_json_done(&doc);
}

TEST("no byte behind the text is read, wherever it ends")
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    static const char *const tails[] = {"",       "\\",  "\"\\u00", "\303", "-",
                                        "1.",     "1e",  "tru",     "\"ab", "\"\\ud800\\",
                                        "\"\360", "1e+", "{\"a\"",  "12",   "\"abcdefg"};
    struct st_json doc;
    st_json_init(&doc);
    for (size_t len = 0; len < sizeof sample; len++) {
        char *text = pages + page - len;
        memcpy(text, sample, len);
        size_t used = 0;
        st_err err = st_json_parse(&doc, (st_str){text, len}, NULL, NULL);
        assert_int_equal(err == ST_OK, len == sizeof sample - 1);
        if (err == ST_OK)
            check_tape(&doc);
        (void)!st_json_parse_head(&doc, (st_str){text, len}, &used, NULL, NULL);
    }
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        size_t len = strlen(tails[i]);
        memcpy(pages + page - len, tails[i], len);
        (void)!st_json_parse(&doc, (st_str){pages + page - len, len}, NULL, NULL);
    }
    munmap(pages, 2 * page);
    st_json_done(&doc);
}

TEST("parse_head takes the value at the head, byte by byte or with anything behind it")
{
    static const char *const behind[] = {"", " ", "x", "]", "{", "\"", "\377", "\n{\"b\":1}", ","};
    struct st_json doc;
    struct st_json_fault fault;
    struct st_buf text = ST_BUF(4096);
    size_t used = 0;
    st_json_init(&doc);
    for (size_t len = 0; len < sizeof sample - 1; len++) {
        assert_err(st_json_parse_head(&doc, (st_str){sample, len}, &used, NULL, &fault), SYNTAX);
        assert_int_equal(fault.offset, len);
    }
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
        st_buf_reset(&text);
        assert_ok(st_buf_printf(&text, " \n%s%s", sample, behind[i]));
        assert_ok(st_json_parse_head(&doc, st_buf_str(&text), &used, NULL, NULL));
        assert_int_equal(used, sizeof sample - 1 + 2);
        assert_int_equal(doc.text.len, used);
        check_tape(&doc);
    }
    st_buf_done(&text);
    st_json_done(&doc);
}

TEST("parse_head ends a number where it must end, and goes on behind it")
{
    static const struct {
        const char *text;
        int used; /* -1: refused */
    } rows[] = {
        {"12", 2},   {"12 3", 2}, {"12,3", 2},      {"1.5.3", 3},  {"1e5e5", 3}, {"-0-", 2},
        {"0x1", 1},  {"1x", 1},   {"truefalse", 4}, {"\"a\"b", 3}, {"[]]", 2},   {"01", -1},
        {"1.", -1},  {"1e", -1},  {"-", -1},        {"", -1},      {"  ", -1},   {",1", -1},
        {"{}{}", 2}, {"null", 4}, {" 7 8", 2},
    };
    struct st_json doc;
    st_json_init(&doc);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t used = 0;
        st_err err = st_json_parse_head(&doc, st_str_of(rows[i].text), &used, NULL, NULL);
        assert_int_equal(err, rows[i].used < 0 ? ST_ERR_SYNTAX : ST_OK);
        if (err == ST_OK)
            assert_int_equal(used, rows[i].used);
    }
    /* Several values in one text, one after the other. */
    st_str rest = ST_STR("1 [2]\n{\"a\":3}\"4\"null");
    int count = 0;
    for (size_t used = 0; rest.len > 0; rest = st_str_from(rest, used), count++)
        assert_ok(st_json_parse_head(&doc, rest, &used, NULL, NULL));
    assert_int_equal(count, 5);
    st_json_done(&doc);
}

/* ---- memory ---- */

TEST("a second text of the same size allocates nothing")
{
    struct st_json doc;
    struct st_buf text = ST_BUF(1 << 20);
    struct st_buf other = ST_BUF(1 << 20);
    st_json_init(&doc);
    many_members(&text, 5000, 5000);
    many_members(&other, 5000, 100);
    assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
    assert_ok(parse(&doc, sample, NULL));
    uint64_t before = st_mem_count();
    for (int i = 0; i < 10; i++) {
        assert_ok(st_json_parse(&doc, st_buf_str(i % 2 == 0 ? &other : &text), NULL, NULL));
        assert_ok(parse(&doc, sample, NULL));
        assert_err(parse(&doc, "[1,", NULL), SYNTAX);
    }
    assert_int_equal(st_mem_count(), before);
    st_buf_done(&other);
    st_buf_done(&text);
    st_json_done(&doc);
}

/* Makes the first, second, … allocation fail until the text gets through (or to its own fault). */
static uint64_t starve(const char *text, bool unique, st_err in_the_end)
{
    for (uint64_t nth = 1;; nth++) {
        struct st_json_options options = {.unique_names = unique};
        struct st_json_fault fault = {.err = ST_OK};
        struct st_json doc;
        st_json_init(&doc);
        st_mem_fail_at(nth);
        st_err err = st_json_parse(&doc, st_str_of(text), &options, &fault);
        st_mem_fail_at(0);
        if (err == ST_ERR_MEMORY) {
            assert_int_equal(fault.err, ST_ERR_MEMORY);
            assert_empty(&doc);
            /* The doc is as usable as before. */
            assert_int_equal(st_json_parse(&doc, st_str_of(text), &options, NULL), in_the_end);
        } else {
            assert_int_equal(err, in_the_end);
        }
        if (in_the_end == ST_OK)
            check_tape(&doc);
        st_json_done(&doc);
        if (err != ST_ERR_MEMORY)
            return nth - 1;
    }
}

TEST("where any allocation fails the answer is MEMORY, and the doc stays usable")
{
    char text[2048];
    assert_in_range(starve(sample, false, ST_OK), 3, 20);
    snprintf(text, sizeof text, "[%s,%s,%s", sample, sample, "\"\\n\"]");
    assert_in_range(starve(text, false, ST_OK), 3, 20);
    /* An object that is still open is searched for a name that repeats before the fault. */
    snprintf(text, sizeof text, "%.*s,x", (int)sizeof sample - 2, sample);
    assert_in_range(starve(text, true, ST_ERR_SYNTAX), 3, 20);
}

/* ---- checking only ---- */

static const struct st_json_options check_only = {.check_only = true};

TEST("B1: a text that is checked only takes no more memory than its nesting, whatever its length")
{
    enum { BYTES = 8 << 20 };
    struct st_json doc;
    struct st_buf text = ST_BUF(2 * BYTES);
    size_t used = 0;
    st_json_init(&doc);
    assert_ok(st_buf_add_str(&text, ST_STR("[\"")));
    while (text.len < BYTES)
        assert_ok(st_buf_add_str(&text, ST_STR("\\n\303\251")));
    assert_ok(st_buf_add_str(&text, ST_STR("\"")));
    for (unsigned i = 0; text.len < BYTES * 3 / 2; i++)
        assert_ok(st_buf_printf(&text, ",{\"a\":%u,\"b\\t\":[[],{}]}", i));
    assert_ok(st_buf_add_str(&text, ST_STR("]")));
    uint64_t before = st_mem_count();
    assert_ok(st_json_parse(&doc, st_buf_str(&text), &check_only, NULL));
    assert_empty(&doc);
    assert_ok(st_json_parse_head(&doc, st_buf_str(&text), &used, &check_only, NULL));
    assert_int_equal(used, text.len);
    assert_empty(&doc);
    assert_int_equal(st_mem_count() - before, 1);
    assert_true(doc.room < 1024);
    text.len--;
    assert_err(st_json_parse(&doc, st_buf_str(&text), &check_only, NULL), SYNTAX);
    st_buf_done(&text);
    st_json_done(&doc);
}

static void check_both_ways(struct st_json *doc, st_str text)
{
    struct st_json_fault kept = {.err = ST_OK};
    struct st_json_fault checked = {.err = ST_OK};
    st_err err = st_json_parse(doc, text, NULL, &kept);
    assert_int_equal(st_json_parse(doc, text, &check_only, &checked), err);
    assert_empty(doc);
    assert_int_equal(kept.offset, checked.offset);
    assert_true(kept.expected == checked.expected);
}

/* ---- random texts ---- */

TEST("random texts parse, and their tapes keep the invariants")
{
    struct st_json doc;
    struct st_buf text = ST_BUF(1 << 24);
    uint64_t seed = random_seed();
    st_json_init(&doc);
    for (uint64_t i = 0; i < 300; i++) {
        random_text(&text, seed + i, seed, i % 2 == 0);
        assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
        check_tape(&doc);
    }
    st_buf_done(&text);
    st_json_done(&doc);
}

TEST("random texts with random damage are good or refused, and good up to their fault")
{
    struct st_json doc;
    struct st_json_fault fault;
    struct st_buf text = ST_BUF(1 << 24);
    uint64_t seed = random_seed();
    struct st_rng rng;
    st_rng_init(&rng, seed);
    st_json_init(&doc);
    for (uint64_t i = 0; i < 1000; i++) {
        random_text(&text, seed + i, i, false);
        for (uint64_t n = st_rng_below(&rng, 3); n > 0; n--)
            text.at[st_rng_below(&rng, text.len)] = "\"\\{}[]:,0\n\303e"[st_rng_below(&rng, 12)];
        check_both_ways(&doc, st_buf_str(&text));
        st_err err = st_json_parse(&doc, st_buf_str(&text), NULL, &fault);
        if (err == ST_OK)
            continue;
        size_t offset = (size_t)fault.offset;
        err = st_json_parse(&doc, (st_str){text.at, offset}, NULL, &fault);
        assert_true(err == ST_OK || fault.offset == offset);
    }
    st_buf_done(&text);
    st_json_done(&doc);
}

#include "json/name_table.h"

#include "base/mem.h"
#include "tape.h"
#include "unit.h"
#include "json/json.h"
#include "json/limits.h"
#include "json/twin.h"

static struct st_name_table *table_of(size_t count, const char *const *names)
{
    struct st_name_table *table = NULL;
    assert_ok(st_name_table_new(&table));
    for (size_t i = 0; i < count; i++)
        assert_ok(st_name_table_add(table, st_str_of(names[i]), NULL));
    return table;
}

TEST("numbers begin at 1, and a text keeps the one it was given")
{
    struct st_name_table *table = table_of(0, NULL);
    uint16_t number = 7;
    assert_int_equal(st_name_table_find(table, ST_STR("a")), 0);
    assert_int_equal(st_name_table_count(table), 0);
    assert_ok(st_name_table_add(table, ST_STR("a"), &number));
    assert_int_equal(number, 1);
    assert_ok(st_name_table_add(table, ST_STR(""), &number));
    assert_int_equal(number, 2);
    assert_ok(st_name_table_add(table, ST_STR("a"), &number));
    assert_int_equal(number, 1);
    assert_int_equal(st_name_table_find(table, ST_STR("")), 2);
    assert_int_equal(st_name_table_find(table, (st_str){NULL, 0}), 2);
    assert_int_equal(st_name_table_count(table), 2);
    st_name_table_free(table);
    st_name_table_free(NULL);
}

TEST("texts that differ in one byte or in length alone are told apart, at every length")
{
    struct st_name_table *table = table_of(0, NULL);
    char text[64];
    memset(text, 0, sizeof text);
    for (size_t len = 0; len < sizeof text; len++) {
        uint16_t number = 0;
        assert_ok(st_name_table_add(table, (st_str){text, len}, &number));
        assert_int_equal(number, len + 1);
    }
    for (size_t len = 0; len < sizeof text; len++) {
        assert_int_equal(st_name_table_find(table, (st_str){text, len}), len + 1);
        for (size_t at = 0; at < len; at++) {
            text[at] ^= 1;
            assert_int_equal(st_name_table_find(table, (st_str){text, len}), 0);
            text[at] ^= 1;
        }
    }
    st_name_table_free(table);
}

TEST("no byte outside a name is read: names in blocks of their own size")
{
    struct st_name_table *table = table_of(0, NULL);
    for (size_t len = 1; len < 40; len++) {
        char *text = st_mem_get(len);
        assert_non_null(text);
        memset(text, 'x', len);
        assert_int_equal(st_name_table_find(table, (st_str){text, len}), 0);
        assert_ok(st_name_table_add(table, (st_str){text, len}, NULL));
        assert_int_equal(st_name_table_find(table, (st_str){text, len}), len);
        st_mem_free(text);
    }
    st_name_table_free(table);
}

TEST("B1: a table takes 65,535 names and not one more, and has them all")
{
    struct st_name_table *table = table_of(0, NULL);
    char name[40];
    uint16_t number = 0;
    for (unsigned i = 1; i <= ST_NAME_TABLE_NAMES_MAX; i++) {
        /* Every other one differs from others in its middle alone. */
        int len = snprintf(name, sizeof name, i % 2 ? "n%u" : "a long name %08u of long names", i);
        assert_ok(st_name_table_add(table, (st_str){name, (size_t)len}, &number));
        assert_int_equal(number, i);
    }
    assert_err(st_name_table_add(table, ST_STR("one more"), &number), LIMIT);
    assert_int_equal(number, ST_NAME_TABLE_NAMES_MAX);
    assert_ok(st_name_table_add(table, ST_STR("n1"), &number));
    assert_int_equal(number, 1);
    for (unsigned i = 1; i <= ST_NAME_TABLE_NAMES_MAX; i++) {
        int len = snprintf(name, sizeof name, i % 2 ? "n%u" : "a long name %08u of long names", i);
        assert_int_equal(st_name_table_find(table, (st_str){name, (size_t)len}), i);
    }
    st_name_table_free(table);
}

TEST("B1: the bytes of a table's names are bounded")
{
    struct st_name_table *table = table_of(0, NULL);
    size_t len = ST_NAME_TABLE_BYTES_MAX;
    char *text = st_mem_get_zeroed(len);
    assert_non_null(text);
    assert_ok(st_name_table_add(table, (st_str){text, len - 1}, NULL));
    assert_err(st_name_table_add(table, ST_STR("ab"), NULL), LIMIT);
    assert_ok(st_name_table_add(table, ST_STR("a"), NULL));
    assert_int_equal(st_name_table_count(table), 2);
    st_mem_free(text);
    st_name_table_free(table);
}

TEST("where any allocation fails the answer is MEMORY and the table as it was")
{
    uint64_t failures = 0;
    for (uint64_t nth = 1;; nth++) {
        struct st_name_table *table = NULL;
        uint32_t added = 0;
        char name[16];
        st_mem_fail_at(nth);
        st_err err = st_name_table_new(&table);
        for (; err == ST_OK && added < 200; added += err == ST_OK) {
            int len = snprintf(name, sizeof name, "name %u", added);
            err = st_name_table_add(table, (st_str){name, (size_t)len}, NULL);
        }
        st_mem_fail_at(0);
        for (uint32_t i = 0; table != NULL && i < 200; i++) {
            int len = snprintf(name, sizeof name, "name %u", i);
            assert_int_equal(st_name_table_find(table, (st_str){name, (size_t)len}),
                             i < added ? i + 1 : 0);
        }
        st_name_table_free(table);
        if (err == ST_OK)
            break;
        assert_int_equal(err, ST_ERR_MEMORY);
        failures++;
    }
    assert_in_range(failures, 6, 40);
}

/* ---- parsing with a table ---- */

static const char *const words[] = {"a", "event_type", "conversation_id and more", "\303\251\n",
                                    ""};
static const char event[] =
    "{\"a\":{\"conversation_id and more\":\"a\",\"b\":1},\"\\u00e9\\n\":[\"a\"],"
    "\"event_typ\":{\"\":\"\"},\"event_type\":\"event_type\",\"\\u0061\":2}";

TEST("a parsed name carries its number, escaped or not; what the table lacks and values carry 0")
{
    struct st_name_table *table = table_of(sizeof words / sizeof words[0], words);
    struct st_json_options options = {.names = table};
    struct st_json doc;
    size_t used = 0;
    st_json_init(&doc);
    for (int entrance = 0; entrance < 3; entrance++) {
        if (entrance == 0)
            assert_ok(st_json_parse(&doc, st_str_of(event), &options, NULL));
        else if (entrance == 1)
            assert_ok(st_json_parse_plain(&doc, st_str_of(event), &options, NULL));
        else
            assert_ok(st_json_parse_head(&doc, st_str_of(event), &used, &options, NULL));
        check_tape(&doc);
        assert_ptr_equal(doc.names, table);
        uint32_t a = st_json_member(&doc, 0, ST_STR("event_type")) - 1;
        assert_int_equal(doc.nodes[a].name, 2);
        assert_int_equal(doc.nodes[a + 1].name, 0);
        assert_int_equal(doc.nodes[st_json_member(&doc, 0, ST_STR("\303\251\n")) - 1].name, 4);
        assert_int_equal(doc.nodes[st_json_member(&doc, 0, ST_STR("event_typ")) - 1].name, 0);
        assert_int_equal(doc.nodes[st_json_member(&doc, 0, ST_STR("a")) - 1].name, 1);
    }
    assert_ok(st_json_parse(&doc, st_str_of(event), NULL, NULL));
    assert_null(doc.names);
    check_tape(&doc);
    st_json_done(&doc);
    st_name_table_free(table);
}

#include "json/values.h"

#include "base/mem.h"
#include "base/random.h"
#include "random_text.h"
#include "seed.h"
#include "unit.h"
#include "json/limits.h"
#include "json/twin.h"

/* What came of a stream: its values' texts, one a line, up to the first fault. */
struct outcome {
    struct st_buf texts;
    uint64_t count;
    st_err err;
    struct st_json_fault fault;
};

static void take_value(struct outcome *outcome, struct st_json *doc, const struct st_value *value)
{
    const struct st_json_options options = {.depth_max = ST_JSON_DEPTH_MAX - 1};
    outcome->count++;
    assert_int_equal(value->number, outcome->count);
    assert_false(value->too_long);
    assert_ok(st_buf_add_str(&outcome->texts, st_str_trim(value->text)));
    assert_ok(st_buf_add_char(&outcome->texts, '\n'));
    outcome->err = st_json_parse(doc, value->text, &options, &outcome->fault);
    if (outcome->err != ST_OK)
        st_values_place(value, &outcome->fault);
}

/* Feeds the text in pieces of `piece` bytes, or of random ones when it is 0. */
static void feed(struct outcome *outcome, enum st_values_form form, st_str text, size_t piece,
                 struct st_rng *rng)
{
    struct st_values values;
    struct st_value value;
    struct st_json doc;
    bool found = true;
    *outcome = (struct outcome){.texts = ST_BUF(1 << 24)};
    st_json_init(&doc);
    st_values_init(&values, form, 1 << 20);
    while (text.len > 0 && outcome->err == ST_OK) {
        size_t len = piece > 0 ? piece : 1 + st_rng_below(rng, 1 + st_rng_below(rng, 40));
        st_str head = {text.at, len < text.len ? len : text.len};
        text = st_str_from(text, head.len);
        do {
            outcome->err = st_values_take(&values, &head, &value, &found, &outcome->fault);
            if (outcome->err == ST_OK && found)
                take_value(outcome, &doc, &value);
        } while (outcome->err == ST_OK && found);
    }
    for (found = true; outcome->err == ST_OK && found;) {
        outcome->err = st_values_end(&values, &value, &found, &outcome->fault);
        if (outcome->err == ST_OK && found)
            take_value(outcome, &doc, &value);
    }
    st_values_done(&values);
    st_json_done(&doc);
}

static void assert_same_place(const struct outcome *outcome, st_str text,
                              const struct st_json_fault *wanted)
{
    if (outcome->fault.offset != wanted->offset || outcome->fault.line != wanted->line ||
        outcome->fault.column != wanted->column)
        fail_msg("%.*s: %s at %d %d:%d, not %s at %d %d:%d", ST_STR_ARG(text),
                 outcome->fault.expected, (int)outcome->fault.offset, (int)outcome->fault.line,
                 (int)outcome->fault.column, wanted->expected, (int)wanted->offset,
                 (int)wanted->line, (int)wanted->column);
}

/* An array in pieces is taken, or refused at the byte, as the whole text is. */
static void check_array(st_str text, size_t piece, struct st_rng *rng)
{
    struct st_json doc;
    struct st_json_fault fault;
    struct outcome outcome;
    st_json_init(&doc);
    feed(&outcome, ST_VALUES_ARRAY, text, piece, rng);
    st_err err = st_json_parse_plain(&doc, text, NULL, &fault);
    if ((err == ST_OK) != (outcome.err == ST_OK))
        fail_msg("%.*s: %s, not %s", ST_STR_ARG(text), st_err_text(outcome.err), st_err_text(err));
    if (err != ST_OK) {
        assert_same_place(&outcome, text, &fault);
    } else {
        struct st_buf texts = ST_BUF(1 << 24);
        assert_int_equal(outcome.count, doc.nodes[0].len);
        for (uint32_t at = st_json_first(&doc, 0); at != ST_JSON_NONE;
             at = st_json_next(&doc, 0, at)) {
            assert_ok(st_buf_add_str(&texts, st_json_raw(&doc, at)));
            assert_ok(st_buf_add_char(&texts, '\n'));
        }
        assert_true(st_str_eq(st_buf_str(&texts), st_buf_str(&outcome.texts)));
        st_buf_done(&texts);
    }
    st_buf_done(&outcome.texts);
    st_json_done(&doc);
}

static const char *const arrays[] = {
    "[]",
    " [ ] \n",
    "[1]",
    "[1,2 , 3]\n",
    "\n[{\"a\":[1,{\"b\":\"]},{[\"}]},\n\"x,]\\\"\\\\\",\n[[],[[]]], true,null ,\"\"]\n ",
    "[\"\303\251\342\202\254\",\n \"\360\237\230\200\", {\"\\u00e9\":\"\\\\\\\"\"}]",
    /* and faults */
    "",
    " ",
    "[",
    "[ ",
    "[1",
    "[1,",
    "[1, ",
    "[,]",
    "[1,]",
    "[1,,2]",
    "[1 2]",
    "[1:2]",
    "[1}",
    "[}",
    "[[1}]",
    "[{\"a\":1]]",
    "[\"a\" \"b\"]",
    "[tru,1]",
    "[\"a\n\",1]",
    "[1]x",
    "[1] ]",
    "[\"abc",
    "[\"\303",
    "[\303]",
    "[1,\n\n\303\251]",
    "[\"\342\202\254\",\n x]",
    "[{\"a\":1,}]",
    "[{},{\"a\"}]",
    "[1,2}",
    "[\"\\x\"]",
    "[\"\\",
    "[01]",
    "[-]",
    "[[[[",
    "[]]",
    "[],",
    "[1],",
};

TEST("an array's elements come as they stand, and a fault is where the whole text has it, cut "
     "anywhere")
{
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        for (size_t piece = 1; piece <= strlen(arrays[i]) + 1; piece++)
            check_array(st_str_of(arrays[i]), piece, NULL);
}

TEST("what is no array is refused at its first byte")
{
    static const char *const texts[] = {"{}", " 1", "\n\"[\"", "]", "\xEF\xBB\xBF[]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct outcome outcome;
        feed(&outcome, ST_VALUES_ARRAY, st_str_of(texts[i]), 1, NULL);
        assert_int_equal(outcome.err, ST_ERR_SYNTAX);
        assert_int_equal(outcome.count, 0);
        assert_string_equal(outcome.fault.expected, "a '['");
        assert_int_equal(outcome.fault.offset, texts[i][0] == ' ' || texts[i][0] == '\n');
        st_buf_done(&outcome.texts);
    }
}

TEST("random arrays in random pieces, whole and damaged, are as the whole text")
{
    struct st_buf text = ST_BUF(1 << 24);
    struct st_buf one = ST_BUF(1 << 24);
    uint64_t seed = random_seed();
    struct st_rng rng;
    st_rng_init(&rng, seed);
    for (uint64_t i = 0; i < 600; i++) {
        st_buf_reset(&text);
        assert_ok(st_buf_add_char(&text, '['));
        for (uint64_t n = st_rng_below(&rng, 6), k = 0; k < n; k++) {
            random_text(&one, st_rng_next(&rng), i, i % 3 == 0);
            assert_ok(st_buf_add_str(&text, st_buf_str(&one)));
            assert_ok(st_buf_add_str(&text, k + 1 < n ? ST_STR(",") : ST_STR("\n")));
        }
        assert_ok(st_buf_add_char(&text, ']'));
        check_array(st_buf_str(&text), 0, &rng);
        for (int times = 0; times < 4; times++) {
            size_t at = 1 + st_rng_below(&rng, text.len - 1);
            char was = text.at[at];
            text.at[at] = "\"\\{}[]:,0\n\303e\200 "[st_rng_below(&rng, 14)];
            check_array(st_buf_str(&text), 0, &rng);
            text.at[at] = was;
        }
        check_array((st_str){text.at, 1 + st_rng_below(&rng, text.len)}, 0, &rng);
    }
    st_buf_done(&one);
    st_buf_done(&text);
}

TEST("values one after the other come as they stand, cut anywhere")
{
    static const char text[] = " {\"a\":\"}\"}[1,[2]]\"x\\\"\"\"\" 12 true\n\nnull{} -1.5e3[]0";
    static const char wanted[] =
        "{\"a\":\"}\"}\n[1,[2]]\n\"x\\\"\"\n\"\"\n12\ntrue\nnull\n{}\n-1.5e3\n[]\n0\n";
    for (size_t piece = 1; piece <= sizeof text; piece++) {
        struct outcome outcome;
        feed(&outcome, ST_VALUES_SERIES, st_str_of(text), piece, NULL);
        assert_int_equal(outcome.err, ST_OK);
        assert_text(st_buf_str(&outcome.texts), wanted);
        st_buf_done(&outcome.texts);
    }
}

TEST("a series is refused at the byte that begins or goes on no value, cut anywhere")
{
    static const struct {
        const char *text;
        int offset, line, column;
    } rows[] = {{"1 ]", 2, 1, 3},        {"{}\n}", 3, 2, 1},
                {"1,2", 1, 1, 2},        {"{\"a\":1]", 6, 1, 7},
                {"[1", 2, 1, 3},         {"1 \"ab", 5, 1, 6},
                {"[]\n\n tru", 8, 3, 5}, {"\"\342\202\254\" x", 6, 1, 5}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t piece = 1; piece <= strlen(rows[i].text); piece++) {
            struct outcome outcome;
            struct st_json_fault wanted = {.expected = "",
                                           .offset = (uint64_t)rows[i].offset,
                                           .line = (uint64_t)rows[i].line,
                                           .column = (uint64_t)rows[i].column};
            feed(&outcome, ST_VALUES_SERIES, st_str_of(rows[i].text), piece, NULL);
            assert_int_equal(outcome.err, ST_ERR_SYNTAX);
            assert_same_place(&outcome, st_str_of(rows[i].text), &wanted);
            st_buf_done(&outcome.texts);
        }
}

TEST("a value within one piece is handed out where it stands, and allocates nothing")
{
    static const char text[] = "[{\"a\":1},[2], \"three\" ]";
    struct st_values values;
    struct st_value value;
    struct st_json_fault fault;
    bool found = true;
    uint64_t before = st_mem_count();
    st_str piece = st_str_of(text);
    st_values_init(&values, ST_VALUES_ARRAY, 100);
    for (int count = 0; count < 3; count++) {
        assert_ok(st_values_take(&values, &piece, &value, &found, &fault));
        assert_true(found);
        assert_in_range((uintptr_t)value.text.at, (uintptr_t)text, (uintptr_t)text + sizeof text);
        assert_int_equal(value.begin.offset, value.text.at - text);
    }
    assert_ok(st_values_take(&values, &piece, &value, &found, &fault));
    assert_false(found);
    assert_ok(st_values_end(&values, &value, &found, &fault));
    assert_false(found);
    assert_int_equal(st_mem_count(), before);
    st_values_done(&values);
}

TEST("B1: a value that is too long is told of once and skipped, in pieces of any size")
{
    static const char text[] = "[1,\"a long string, with ]\",{\"b\":[1,2,3,4]},2]";
    for (size_t piece = 1; piece < sizeof text; piece++) {
        struct st_values values;
        struct st_value value;
        struct st_json_fault fault;
        char seen[16] = "";
        size_t count = 0;
        bool found = false;
        st_values_init(&values, ST_VALUES_ARRAY, 10);
        for (size_t at = 0; at < sizeof text - 1; at += piece) {
            st_str head = {text + at, sizeof text - 1 - at < piece ? sizeof text - 1 - at : piece};
            do {
                assert_ok(st_values_take(&values, &head, &value, &found, &fault));
                if (found)
                    seen[count++] = value.too_long ? '!' : value.text.at[0];
            } while (found);
            assert_true(values.part.len <= 10);
        }
        assert_ok(st_values_end(&values, &value, &found, &fault));
        assert_false(found);
        assert_string_equal(seen, "1!!2");
        st_values_done(&values);
    }
}

TEST("without memory a call may be made again with the same piece")
{
    struct st_values values;
    struct st_value value;
    struct st_json_fault fault;
    bool found = false;
    st_str piece = ST_STR("[\"ab");
    st_values_init(&values, ST_VALUES_ARRAY, 100);
    st_mem_fail_at(1);
    assert_err(st_values_take(&values, &piece, &value, &found, &fault), MEMORY);
    st_mem_fail_at(0);
    assert_ok(st_values_take(&values, &piece, &value, &found, &fault));
    assert_false(found);
    piece = ST_STR("c\",1]");
    assert_ok(st_values_take(&values, &piece, &value, &found, &fault));
    assert_true(found);
    assert_text(value.text, "\"abc\"");
    st_values_done(&values);
}

#include "unit.h"

#include "random_record.h"
#include "record/coding.h"

#define TEXTS_MAX 8192

/* A dictionary that is searched from its beginning. */
struct texts {
    st_str at[TEXTS_MAX];
    uint32_t count;
};

static st_err number_text(void *context, enum st_coding_field field, st_str text, uint32_t *number)
{
    struct texts *texts = context;
    assert_true(field >= 0 && field < ST_CODING_FIELD_COUNT);
    for (*number = 1; *number <= texts->count; ++*number)
        if (st_str_eq(texts->at[*number - 1], text))
            return ST_OK;
    assert_true(texts->count < TEXTS_MAX);
    texts->at[texts->count++] = text;
    return ST_OK;
}

struct fixture {
    struct st_rng rng;
    struct st_arena arena;
    struct texts texts;
    struct st_buf bytes;
};

static void begin(struct fixture *fixture)
{
    st_rng_init(&fixture->rng, random_seed());
    st_arena_init(&fixture->arena, (size_t)64 << 20);
    fixture->texts.count = 0;
    fixture->bytes = ST_BUF((size_t)1 << 20);
}

static void end(struct fixture *fixture)
{
    st_arena_done(&fixture->arena);
    st_buf_done(&fixture->bytes);
}

static void encode(struct fixture *fixture, const struct st_record *record, uint32_t contract,
                   int64_t before)
{
    const struct st_coding_dictionary dictionary = {number_text, &fixture->texts};
    assert_ok(st_record_encode(record, contract, before, dictionary, &fixture->bytes));
}

TEST("a varint holds every value in as few bytes as it needs")
{
    struct st_buf buf = ST_BUF(64);
    for (unsigned bits = 0; bits <= 64; bits++) {
        uint64_t value = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
        uint64_t taken = 1;
        st_buf_reset(&buf);
        assert_ok(st_varint_add(&buf, value));
        assert_int_equal(buf.len, bits == 0 ? 1 : (bits + 6) / 7);
        st_str at = st_buf_str(&buf);
        assert_ok(st_varint_take(&at, &taken));
        assert_true(taken == value && at.len == 0);
    }
    const int64_t values[] = {0, -1, 1, 63, -64, 64, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        int64_t taken = 7;
        st_buf_reset(&buf);
        assert_ok(st_zigzag_add(&buf, values[i]));
        st_str at = st_buf_str(&buf);
        assert_ok(st_zigzag_take(&at, &taken));
        assert_true(taken == values[i] && at.len == 0);
    }
    st_buf_done(&buf);
}

TEST("a varint that is cut or passes 64 bits is damage")
{
    uint64_t value = 42;
    int64_t zigzag = 42;
    const st_str bad[] = {ST_STR(""), ST_STR("\x80"), ST_STR("\xff\xff"),
                          ST_STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
                          ST_STR("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01")};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        st_str at = bad[i];
        assert_err(st_varint_take(&at, &value), CORRUPT);
        assert_err(st_zigzag_take(&at, &zigzag), CORRUPT);
        assert_true(at.at == bad[i].at && value == 42 && zigzag == 42);
    }
}

TEST("what is decoded equals what was encoded, whatever is absent")
{
    static struct fixture fixture;
    static struct st_record records[2000];
    begin(&fixture);
    int64_t before = 0;
    for (size_t i = 0; i < 2000; i++) {
        random_record(&fixture.rng, &fixture.arena, &records[i]);
        records[i].received_ns = (int64_t)st_rng_next(&fixture.rng);
        encode(&fixture, &records[i], (uint32_t)i, before);
        before = records[i].received_ns;
    }
    st_str left = st_buf_str(&fixture.bytes);
    before = 0;
    for (size_t i = 0; i < 2000; i++) {
        struct st_record decoded;
        uint32_t contract = 0;
        assert_ok(st_record_decode(&left, fixture.texts.at, fixture.texts.count, before,
                                   &fixture.arena, &decoded, &contract));
        assert_int_equal(contract, i);
        assert_same_record(&records[i], &decoded);
        before = decoded.received_ns;
    }
    assert_int_equal(left.len, 0);
    end(&fixture);
}

/* Decodes a copy of exactly that length, so that a sanitizer sees every byte read outside of it. */
static st_err decode_copy(const struct fixture *fixture, const char *bytes, size_t len)
{
    struct st_record decoded;
    uint32_t contract = 0;
    char *copy = malloc(len == 0 ? 1 : len);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    st_str left = {copy, len};
    struct st_arena arena;
    st_arena_init(&arena, ST_CODING_RESOURCE_BYTES_MAX);
    st_err err = st_record_decode(&left, fixture->texts.at, fixture->texts.count, 0, &arena,
                                  &decoded, &contract);
    if (err == ST_OK) {
        assert_true(decoded.level < ST_LEVEL_COUNT && decoded.severity < ST_SEVERITY_COUNT);
        assert_true(decoded.id.len <= len && decoded.ledger_entry.len <= len);
        assert_true(left.at >= copy && left.at + left.len == copy + len);
        assert_true(decoded.resource_count <= ST_RECORD_RESOURCES_MAX);
        assert_int_equal(decoded.resources != NULL, decoded.resource_count > 0);
        for (unsigned i = 0; i < decoded.resource_count; i++)
            assert_true(decoded.resources[i].kind < ST_RESOURCE_KIND_COUNT &&
                        (decoded.resources[i].cut & ~decoded.resources[i].stated) == 0);
    }
    st_arena_done(&arena);
    free(copy);
    return err;
}

TEST("a record that is cut anywhere is damage; one with any byte changed is damage or another "
     "record")
{
    static struct fixture fixture;
    begin(&fixture);
    for (int round = 0; round < 60; round++) {
        struct st_record record;
        random_record(&fixture.rng, &fixture.arena, &record);
        st_buf_reset(&fixture.bytes);
        encode(&fixture, &record, 1, 0);
        for (size_t len = 0; len < fixture.bytes.len; len++)
            assert_err(decode_copy(&fixture, fixture.bytes.at, len), CORRUPT);
        for (size_t i = 0; i < fixture.bytes.len; i++) {
            char kept = fixture.bytes.at[i];
            for (int bit = 0; bit < 8; bit++) {
                fixture.bytes.at[i] = (char)(kept ^ 1 << bit);
                st_err err = decode_copy(&fixture, fixture.bytes.at, fixture.bytes.len);
                assert_true(err == ST_OK || err == ST_ERR_CORRUPT);
            }
            fixture.bytes.at[i] = kept;
        }
    }
    end(&fixture);
}

TEST("a record with resources that finds no memory for them is left as it was")
{
    static struct fixture fixture;
    const struct st_resource_entry resource = {.name = ST_STR("credits"),
                                               .stated = ST_FIGURE_BIT(ST_FIGURE_BALANCE),
                                               .figures[ST_FIGURE_BALANCE] = {-5, 2}};
    const struct st_record record = {
        .has = ST_HAS_RESOURCES, .resource_count = 1, .resources = &resource};
    struct st_record decoded = {.seq = 7};
    struct st_arena none;
    uint32_t contract = 9;
    begin(&fixture);
    encode(&fixture, &record, 1, 0);
    st_str left = st_buf_str(&fixture.bytes);
    st_arena_init(&none, 8);
    assert_err(st_record_decode(&left, fixture.texts.at, fixture.texts.count, 0, &none, &decoded,
                                &contract),
               MEMORY);
    assert_true(decoded.seq == 7 && contract == 9 && left.len == fixture.bytes.len);
    st_arena_done(&none);
    end(&fixture);
}

TEST("a record without resources takes as many bytes as before there were any")
{
    static struct fixture fixture;
    const struct st_record record = {.type = ST_STR("run.started"), .has = ST_HAS_DURATION};
    begin(&fixture);
    encode(&fixture, &record, 1, 0);
    assert_int_equal(fixture.bytes.len, 14); /* 13 numbers and the duration, a byte each */
    end(&fixture);
}

static void check_quantity(int64_t coefficient, uint8_t scale, const char *expected)
{
    char text[ST_QUANTITY_TEXT_MAX];
    size_t len = st_quantity_write((struct st_quantity){coefficient, scale}, text);
    assert_text(((st_str){text, len}), expected);
}

TEST("a quantity is written with all its digits")
{
    check_quantity(0, 0, "0");
    check_quantity(5, 2, "0.05");
    check_quantity(-5, 2, "-0.05");
    check_quantity(150, 0, "150");
    check_quantity(-1234, 3, "-1.234");
    check_quantity(1, 18, "0.000000000000000001");
    check_quantity(INT64_MAX, 0, "9223372036854775807");
    check_quantity(INT64_MIN, 0, "-9223372036854775808");
    check_quantity(INT64_MIN, 18, "-9.223372036854775808");
}

TEST("levels, severities, token buckets and kinds of resources have names that lead back to them")
{
    for (int i = 0; i < ST_LEVEL_COUNT; i++) {
        enum st_level level = ST_LEVEL_COUNT;
        assert_true(st_level_of_name(st_str_of(st_level_name((enum st_level)i)), &level));
        assert_int_equal(level, i);
    }
    for (int i = 0; i < ST_SEVERITY_COUNT; i++) {
        enum st_severity severity = ST_SEVERITY_COUNT;
        assert_true(
            st_severity_of_name(st_str_of(st_severity_name((enum st_severity)i)), &severity));
        assert_int_equal(severity, i);
    }
    enum st_level level = ST_LEVEL_OPS;
    assert_false(st_level_of_name(ST_STR("loud"), &level));
    assert_int_equal(level, ST_LEVEL_OPS);
    assert_string_equal(st_tokens_name(ST_TOKENS_CACHE_READ), "cache_read");
    for (int i = 0; i < ST_RESOURCE_KIND_COUNT; i++) {
        enum st_resource_kind kind = ST_RESOURCE_KIND_COUNT;
        assert_true(st_resource_kind_of_name(
            st_str_of(st_resource_kind_name((enum st_resource_kind)i)), &kind));
        assert_int_equal(kind, i);
    }
    assert_string_equal(st_figure_name(ST_FIGURE_WINDOW_REMAINING), "window_remaining");
}

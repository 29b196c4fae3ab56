#include "sample.h"

#include "base/hash.h"
#include "store/bytes.h"

struct fixture {
    struct st_rng rng;
    struct st_arena arena;
    struct st_block_encoder *encoder;
    struct st_block_decoder *decoder;
    struct st_event events[ST_BLOCK_EVENTS_MAX];
    uint32_t count;
    st_str header;
    st_str body;
};

static struct fixture fixture;

static void begin(void)
{
    st_rng_init(&fixture.rng, random_seed());
    st_arena_init(&fixture.arena, (size_t)256 << 20);
    assert_ok(st_block_encoder_new(&fixture.encoder));
    assert_ok(st_block_decoder_new(&fixture.decoder));
}

static void end(void)
{
    st_block_encoder_free(fixture.encoder);
    st_block_decoder_free(fixture.decoder);
    st_arena_done(&fixture.arena);
}

static void make_block(uint32_t count)
{
    uint64_t first_seq = 1 + st_rng_below(&fixture.rng, 1000000);
    int64_t received = (int64_t)st_rng_below(&fixture.rng, UINT64_C(1) << 62);
    st_arena_reset(&fixture.arena);
    for (uint32_t i = 0; i < count; i++) {
        fixture.events[i] = random_event(&fixture.rng, &fixture.arena)->event;
        received += (int64_t)st_rng_below(&fixture.rng, 1000000);
        fixture.events[i].record.seq = first_seq + i;
        fixture.events[i].record.received_ns = received;
    }
    fixture.count = count;
    assert_ok(
        st_block_encode(fixture.encoder, fixture.events, count, &fixture.header, &fixture.body));
}

static void assert_decodes(void)
{
    struct st_block_header header;
    const struct st_event *events = NULL;
    uint32_t count = 0;
    assert_good(st_block_header_read(fixture.header, &header, &why));
    assert_good(st_block_decode(fixture.decoder, &header, fixture.body, &events, &count, &why));
    assert_int_equal(count, fixture.count);
    for (uint32_t i = 0; i < count; i++)
        assert_same_event(&fixture.events[i], &events[i]);
}

TEST("decoding a block gives the records and bytes that were encoded")
{
    begin();
    for (int round = 0; round < 40; round++) {
        make_block(1 + (uint32_t)st_rng_below(&fixture.rng, ST_BLOCK_EVENTS_MAX));
        assert_decodes();
    }
    make_block(ST_BLOCK_EVENTS_MAX);
    assert_decodes();
    end();
}

TEST("one event with every text at its greatest length fits into a block")
{
    begin();
    make_block(1);
    char *text = st_arena_get(&fixture.arena, ST_EVENT_BYTES_MAX * 12);
    assert_non_null(text);
    st_rng_bytes(&fixture.rng, text, ST_EVENT_BYTES_MAX * 12);
    struct st_record *record = &fixture.events[0].record;
    st_str *const texts[] = {&record->type,         &record->id,           &record->tenant,
                             &record->stream,       &record->parent,       &record->producer,
                             &record->category,     &record->currency,     &record->price_book,
                             &record->ledger_entry, &fixture.events[0].raw};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = (st_str){text + i * ST_EVENT_BYTES_MAX, ST_EVENT_BYTES_MAX};
    assert_ok(st_block_encode(fixture.encoder, fixture.events, 1, &fixture.header, &fixture.body));
    assert_decodes();
    end();
}

/* ---- a header never says that a block lacks what it has ---- */

static bool is_wanted(void *context, st_str text)
{
    const st_str *wanted = context;
    return (text.at == NULL) == (wanted->at == NULL) && st_str_eq(text, *wanted);
}

static void assert_stated(const struct st_block_header *header, const struct st_event *event)
{
    struct st_record record = event->record;
    assert_true(st_block_any(header, ST_BLOCK_TYPES, is_wanted, &record.type));
    assert_true(st_block_any(header, ST_BLOCK_CONTRACTS, is_wanted, &record.contract));
    assert_true(st_block_any(header, ST_BLOCK_TENANTS, is_wanted, &record.tenant));
    assert_true(st_block_any(header, ST_BLOCK_CATEGORIES, is_wanted, &record.category));
    if (record.stream.at != NULL)
        assert_true(
            st_block_has_stream(header, st_block_stream_hash(record.tenant, record.stream)));
    assert_true(header->levels & 1u << record.level);
    assert_true(header->severities & 1u << record.severity);
    assert_int_equal(record.marks & ~header->marks, 0);
    assert_true(record.received_ns >= header->received_from_ns);
    assert_true(record.received_ns <= header->received_to_ns);
    assert_true(st_time_cmp(st_record_instant(&record), header->instant_from) >= 0);
    assert_true(st_time_cmp(st_record_instant(&record), header->instant_to) <= 0);
}

TEST("a header never says that a block lacks what it has, nor has what no event of a small one is")
{
    begin();
    for (int round = 0; round < 40; round++) {
        struct st_block_header header;
        make_block(1 + (uint32_t)st_rng_below(&fixture.rng, 200));
        assert_good(st_block_header_read(fixture.header, &header, &why));
        assert_int_equal(header.first_seq, fixture.events[0].record.seq);
        for (uint32_t i = 0; i < fixture.count; i++)
            assert_stated(&header, &fixture.events[i]);
        st_str none = ST_STR("never used");
        assert_false(st_block_any(&header, ST_BLOCK_CONTRACTS, is_wanted, &none));
        assert_false(st_block_has_stream(&header, st_block_stream_hash(none, none)));
    }
    end();
}

TEST("a table that is too long is left out and answers that it may hold anything")
{
    begin();
    make_block(100);
    for (uint32_t i = 0; i < 100; i++) {
        char *type = st_arena_get(&fixture.arena, 1000);
        assert_non_null(type);
        memset(type, 'a' + (int)(i % 26), 1000);
        type[0] = (char)i;
        fixture.events[i].record.type = (st_str){type, 1000};
    }
    assert_ok(
        st_block_encode(fixture.encoder, fixture.events, 100, &fixture.header, &fixture.body));
    assert_decodes();
    struct st_block_header header;
    st_str none = ST_STR("never used");
    assert_good(st_block_header_read(fixture.header, &header, &why));
    assert_true(st_block_any(&header, ST_BLOCK_TYPES, is_wanted, &none));
    assert_false(st_block_any(&header, ST_BLOCK_TENANTS, is_wanted, &none));
    assert_true(fixture.header.len < ST_BLOCK_TABLE_BYTES_MAX);
    end();
}

/* ---- foreign bytes ---- */

static st_err read_copy(st_str header_bytes, st_str body)
{
    struct st_block_header header;
    const struct st_event *events = NULL;
    uint32_t count = 0;
    struct st_why why = {0};
    char *header_copy = malloc(header_bytes.len + 1);
    char *body_copy = malloc(body.len + 1);
    assert_true(header_copy != NULL && body_copy != NULL);
    /* At the end of their blocks, so that a sanitizer sees every byte read behind them. */
    memcpy(header_copy + 1, header_bytes.at, header_bytes.len);
    memcpy(body_copy + 1, body.at, body.len);
    st_err err = st_block_header_read((st_str){header_copy + 1, header_bytes.len}, &header, &why);
    if (err == ST_OK)
        err = st_block_decode(fixture.decoder, &header, (st_str){body_copy + 1, body.len}, &events,
                              &count, &why);
    assert_true(err == ST_OK || (err == ST_ERR_CORRUPT && why.text != NULL));
    free(header_copy);
    free(body_copy);
    return err;
}

TEST("a block that is cut anywhere is damage")
{
    begin();
    make_block(5);
    for (size_t len = 0; len < fixture.header.len; len++)
        assert_err(read_copy((st_str){fixture.header.at, len}, fixture.body), CORRUPT);
    for (size_t len = 0; len < fixture.body.len; len++)
        assert_err(read_copy(fixture.header, (st_str){fixture.body.at, len}), CORRUPT);
    end();
}

TEST("a block with any bit changed is damage")
{
    begin();
    make_block(5);
    const st_str parts[] = {fixture.header, fixture.body};
    for (int part = 0; part < 2; part++) {
        for (size_t i = 0; i < parts[part].len; i++) {
            char *at = (char *)parts[part].at + i;
            char kept = *at;
            *at = (char)(kept ^ 1 << st_rng_below(&fixture.rng, 8));
            assert_err(read_copy(fixture.header, fixture.body), CORRUPT);
            *at = kept;
        }
    }
    assert_decodes();
    end();
}

/* A header whose own hash is right: what it says must be checked all the same. */
TEST("a header that lies with the right hash never makes a reader read outside the block")
{
    begin();
    for (int round = 0; round < 20; round++) {
        make_block(1 + (uint32_t)st_rng_below(&fixture.rng, 20));
        char *header = (char *)fixture.header.at;
        size_t hashed = fixture.header.len - 8;
        for (int i = 0; i < 300; i++) {
            size_t place = (size_t)st_rng_below(&fixture.rng, i < 200 ? 104 : hashed);
            char kept = header[place];
            header[place] = (char)st_rng_next(&fixture.rng);
            st_put_u64(header + hashed, st_hash((st_str){header, hashed}));
            (void)!read_copy(fixture.header, fixture.body);
            header[place] = kept;
        }
        st_put_u64(header + hashed, st_hash((st_str){header, hashed}));
        assert_decodes();
    }
    end();
}

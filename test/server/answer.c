#include "server/answer.h"

#include "unit.h"

static struct st_item refused(uint64_t index, uint64_t line)
{
    return (struct st_item){.index = index,
                            .line = line,
                            .refusal = ST_REFUSED_JSON,
                            .fault = {ST_ERR_SYNTAX, "a ':'", 7, 1, 8}};
}

static void add_items(struct st_answer *answer, struct st_item **items, uint32_t count,
                      bool withheld)
{
    struct st_batch batch = {.items = items, .count = count};
    assert_ok(st_answer_add(answer, &batch, withheld));
}

static void expect_reply(struct st_reply *reply, unsigned status, const char *body)
{
    assert_int_equal(reply->status, status);
    assert_text(st_buf_str(&reply->body), body);
    st_reply_done(reply);
}

static void write_batch(struct st_answer *answer, const struct st_trouble *trouble, bool atomic,
                        unsigned status, const char *body)
{
    struct st_reply reply;
    st_reply_init(&reply);
    st_answer_write_batch(answer, trouble, atomic, true, &reply);
    assert_int_equal(reply.retry_after_s, status == 503 ? 1 : 0);
    expect_reply(&reply, status, body);
}

TEST("a batch of nothing has zeros and nulls")
{
    struct st_answer answer;
    st_answer_init(&answer);
    write_batch(&answer, NULL, false, 200,
                "{\"accepted\":0,\"duplicates\":0,\"conflicts\":0,\"rejected\":0,"
                "\"first_seq\":null,\"last_seq\":null,\"errors\":[]}\n");
    st_answer_done(&answer);
}

TEST("V2: I2: a batch counts all and names what is bad")
{
    struct st_answer answer;
    struct st_item good = {.append.outcome = ST_ACCEPTED, .append.event.record.seq = 41};
    struct st_item known = {
        .index = 1, .line = 2, .append = {.outcome = ST_DUPLICATE, .first_seq = 3}};
    struct st_item other = {
        .index = 2, .line = 3, .append = {.outcome = ST_CONFLICT, .first_seq = 4}};
    struct st_item bad = refused(3, 4);
    struct st_item *items[] = {&good, &known, &other, &bad};
    st_answer_init(&answer);
    add_items(&answer, items, 4, false);
    write_batch(
        &answer, NULL, false, 200,
        "{\"accepted\":1,\"duplicates\":1,\"conflicts\":1,\"rejected\":1,"
        "\"first_seq\":41,\"last_seq\":41,\"errors\":["
        "{\"index\":2,\"line\":3,\"error\":\"event_id_conflict\",\"message\":\"another event "
        "with this id is recorded already; the id is kept for its first bytes\",\"seq\":4},"
        "{\"index\":3,\"line\":4,\"error\":\"invalid_json\",\"message\":\"line 4, column 8 "
        "(byte 7): expected a ':'\",\"offset\":7,\"column\":8}]}\n");
    st_answer_done(&answer);
}

TEST("B1: a thousand bad items are named, the rest is counted")
{
    struct st_answer answer;
    struct st_reply reply;
    struct st_item item = refused(0, 1);
    struct st_item *items[] = {&item};
    st_answer_init(&answer);
    for (unsigned i = 0; i < 1500; i++)
        add_items(&answer, items, 1, false);
    assert_int_equal(answer.told_count, 1000);
    st_reply_init(&reply);
    st_answer_write_batch(&answer, NULL, false, true, &reply);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(st_buf_cstr(&reply.body), "\"rejected\":1500,"));
    assert_non_null(strstr(st_buf_cstr(&reply.body), "\"errors_total\":1500,"));
    st_reply_done(&reply);
    st_answer_done(&answer);
}

TEST("B1: explanations are bounded in bytes, too")
{
    static char name[300000];
    memset(name, 'n', sizeof name);
    name[0] = '/';
    struct st_violation violation = {.subject = {name, sizeof name},
                                     .keyword = ST_STR_INIT("additionalProperties"),
                                     .message = ST_STR_INIT("additional property is not allowed")};
    struct st_item item = {
        .refusal = ST_REFUSED_INVALID, .violations = &violation, .violation_count = 1};
    struct st_item *items[] = {&item};
    struct st_answer answer;
    struct st_reply reply;
    st_answer_init(&answer);
    st_reply_init(&reply);
    for (unsigned i = 0; i < 100; i++)
        add_items(&answer, items, 1, false);
    assert_true(answer.told.len <= ST_TOLD_BYTES_MAX);
    st_answer_write_batch(&answer, NULL, false, true, &reply);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(st_buf_cstr(&reply.body), "\"rejected\":100,"));
    st_reply_done(&reply);
    st_answer_done(&answer);
}

TEST("trouble names the last line that is on disk, or none")
{
    struct st_answer answer;
    struct st_trouble trouble = {503, "store_failed", "the disk is full"};
    struct st_item good = {
        .index = 9, .line = 12, .append.outcome = ST_ACCEPTED, .append.event.record.seq = 1};
    struct st_item *items[] = {&good};
    st_answer_init(&answer);
    write_batch(&answer, &trouble, false, 503,
                "{\"error\":\"store_failed\",\"message\":\"the disk is full\",\"last_line\":null,"
                "\"accepted\":0,\"duplicates\":0,\"conflicts\":0,\"rejected\":0,"
                "\"first_seq\":null,\"last_seq\":null,\"errors\":[]}\n");
    add_items(&answer, items, 1, false);
    write_batch(&answer, &trouble, false, 503,
                "{\"error\":\"store_failed\",\"message\":\"the disk is full\",\"last_line\":12,"
                "\"accepted\":1,\"duplicates\":0,\"conflicts\":0,\"rejected\":0,"
                "\"first_seq\":1,\"last_seq\":1,\"errors\":[]}\n");
    st_answer_done(&answer);
}

TEST("an atomic batch that was withheld has the first bad item's status")
{
    struct st_answer answer;
    struct st_item good = {.index = 0, .line = 1};
    struct st_item bad = refused(1, 2);
    struct st_item *items[] = {&good, &bad};
    st_answer_init(&answer);
    add_items(&answer, items, 2, true);
    write_batch(
        &answer, NULL, true, 400,
        "{\"error\":\"batch_withheld\",\"message\":\"nothing of this atomic batch was stored, "
        "because another of its events was refused\",\"accepted\":0,\"duplicates\":0,"
        "\"conflicts\":0,\"rejected\":1,\"withheld\":1,\"first_seq\":null,\"last_seq\":null,"
        "\"errors\":[{\"index\":1,\"line\":2,\"error\":\"invalid_json\",\"message\":\"line 2, "
        "column 8 (byte 7): expected a ':'\",\"offset\":7,\"column\":8}]}\n");
    st_answer_done(&answer);
}

static void expect_one(const struct st_item *item, const char *text, unsigned status,
                       const char *body)
{
    struct st_answer answer;
    struct st_reply reply;
    st_answer_init(&answer);
    st_reply_init(&reply);
    st_answer_write_one(&answer, item, st_str_of(text), &reply);
    expect_reply(&reply, status, body);
    st_answer_done(&answer);
}

TEST("one event: accepted, a duplicate, a conflict, kept apart, broken")
{
    struct st_item item = {.append.outcome = ST_ACCEPTED, .append.event.record.seq = 5};
    expect_one(&item, "", 202, "{\"status\":\"accepted\",\"persisted\":true,\"seq\":5}\n");
    item.append = (struct st_append){.outcome = ST_DUPLICATE, .first_seq = 3};
    expect_one(&item, "", 202, "{\"status\":\"accepted\",\"persisted\":false,\"seq\":3}\n");
    item.append.outcome = ST_CONFLICT;
    expect_one(
        &item, "", 409,
        "{\"error\":\"event_id_conflict\",\"message\":\"another event with this id is recorded "
        "already; the id is kept for its first bytes\",\"seq\":3}\n");
    struct st_violation violation = {.subject = ST_STR_INIT("/tenant/x~1y"),
                                     .keyword = ST_STR_INIT("required"),
                                     .message = ST_STR_INIT("is required")};
    item = (struct st_item){.quarantined = true,
                            .quarantine_number = 8,
                            .violations = &violation,
                            .violation_count = 1,
                            .violations_untold = 2};
    expect_one(
        &item, "", 202,
        "{\"status\":\"quarantined\",\"persisted\":false,\"quarantine\":8,\"warning\":\"the "
        "event breaks its contract; it is kept apart\",\"errors\":[{\"path\":\"$.tenant.x/y\","
        "\"pointer\":\"/tenant/x~1y\",\"keyword\":\"required\",\"message\":\"is required\"}],"
        "\"errors_total\":3}\n");
}

TEST("V2: the place of a fault counts in the body, blanks before the event included")
{
    struct st_item item = {.refusal = ST_REFUSED_JSON, .fault = {ST_ERR_SYNTAX, "a ':'", 4, 1, 5}};
    expect_one(
        &item, "\n {\"a\" 1}", 400,
        "{\"error\":\"invalid_json\",\"message\":\"line 2, column 6 (byte 6): expected a ':'\","
        "\"offset\":6,\"column\":6,\"line\":2}\n");
}

TEST("an event in conflict with its own batch has no seq to name")
{
    struct st_answer answer;
    struct st_item item = {.index = 1, .line = 2, .append.outcome = ST_CONFLICT};
    struct st_item *items[] = {&item};
    st_answer_init(&answer);
    add_items(&answer, items, 1, false);
    assert_null(strstr(st_buf_cstr(&answer.told), "\"seq\""));
    st_answer_done(&answer);
}

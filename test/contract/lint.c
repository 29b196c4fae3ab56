/*
 * lint.c: retired words are found where they stand, and nowhere else.
 */
#include "contract/lint.h"
#include "unit.h"

#include "contract/registry.h"

static const char CONTRACT[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"
    " \"title\":\"A tick\",\n"
    " \"properties\":{\"old\":{\"description\":\"no ticks\"},\"tick\":true},\n"
    " \"x-steno\":{\"name\":\"own\",\"version\":\"1\",\"unknown_types\":\"keep\",\"classify\":[],"
    "\"record\":{\"type\":\"/type\"},\"retired\":[\n"
    "  {\"term\":\"tick\",\"any_case\":true,\"instead\":\"sequence\",\"reason\":\"Gone.\","
    "\"allow\":[\"old/**\"]},\n"
    "  {\"term\":\"bus\",\"match\":\"text\",\"reason\":\"Gone, too.\"},\n"
    "  {\"term\":\".x\",\"reason\":\"R.\"}]}}";

static struct st_contract *load(void)
{
    struct st_schema_fault fault = {0};
    struct st_contract *contract = NULL;
    if (st_contract_load(&contract, st_str_of(CONTRACT), &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    return contract;
}

/* "LINE:COLUMN:WORD " for each finding. */
static st_err note(void *context, const struct st_lint_finding *finding)
{
    return st_buf_printf(context, "%llu:%llu:%.*s ", (unsigned long long)finding->line,
                         (unsigned long long)finding->column, ST_STR_ARG(finding->word->term));
}

static void finds(const char *path, const char *text, const char *expected)
{
    struct st_contract *contract = load();
    struct st_buf found = ST_BUF(4096);
    assert_ok(st_lint_text(contract, st_str_of(path), st_str_of(text), note, &found));
    assert_text(st_buf_str(&found), expected);
    st_buf_done(&found);
    st_contract_free(contract);
}

TEST("a word stands alone: no letter, digit or underscore of any script beside it")
{
    finds("a", "tick", "1:1:tick ");
    finds("a", "a tick, TICK.\n(Tick)", "1:3:tick 1:9:tick 2:2:tick ");
    finds("a", "ticks sticky _tick tick_ tick2 2tick", "");
    finds("a", "\xC3\xA4tick tick\xC3\xA4 \xD0\xB6tick tick\xE4\xB8\xAD", "");
    finds("a", "\xE2\x80\x94tick\xE2\x80\x94 \xC2\xABtick\xC2\xBB \xF0\x9F\x98\x80tick",
          "1:2:tick 1:9:tick 1:16:tick ");
    finds("a", "last-tick tick/s ticktick tick", "1:6:tick 1:11:tick 1:27:tick ");
}

TEST("a text is found within words, in its own case only")
{
    finds("a", "business\nrobust Bus bus", "1:1:bus 2:3:bus 2:12:bus ");
    finds("a", "busbus", "1:1:bus 1:4:bus ");
}

TEST("a word that begins with a sign may follow a letter")
{
    finds("a", "a.x b.xy .x", "1:2:.x 1:10:.x ");
}

TEST("lines and columns count code points, bytes where the text is no UTF-8")
{
    finds("a", "\r\n\n\xC3\xA4\xF0\x9F\x98\x80 tick\r\n", "3:4:tick ");
    finds("a", "\xFF\xFF tick", "1:4:tick ");
    finds("a", "", "");
    finds("a", "tic", "");
}

TEST("an allowed file may hold the word that it is allowed for")
{
    finds("old/deep/a", "tick bus", "1:6:bus ");
    finds("older/a", "tick bus", "1:1:tick 1:6:bus ");
}

TEST("a contract's own names and texts are searched, its retired words are not")
{
    struct st_contract *contract = load();
    struct st_buf found = ST_BUF(4096);
    assert_ok(st_lint_contract(contract, ST_STR("contracts/own.json"), note, &found));
    assert_text(st_buf_str(&found), "2:10:tick 3:49:tick ");
    st_buf_done(&found);
    st_contract_free(contract);
}

TEST("every shipped contract keeps its own rules")
{
    struct st_schema_fault fault = {0};
    struct st_registry *registry;
    struct st_buf found = ST_BUF(65536);
    uint32_t words = 0;
    assert_ok(st_registry_new(&registry, &fault));
    for (uint32_t i = 0; i < st_registry_count(registry); i++) {
        const struct st_contract *contract = st_registry_at(registry, i);
        st_buf_reset(&found);
        assert_ok(st_buf_printf(&found, "contracts/%.*s-%.*s.json",
                                ST_STR_ARG(st_contract_name(contract)),
                                ST_STR_ARG(st_contract_version(contract))));
        struct st_buf told = ST_BUF(65536);
        assert_ok(st_lint_contract(contract, st_buf_str(&found), note, &told));
        assert_text(st_buf_str(&told), "");
        st_buf_done(&told);
        while (st_contract_retired(contract, words) != NULL)
            words++;
    }
    assert_true(words >= 10);
    st_buf_done(&found);
    st_registry_free(registry);
}

/*
 * diff_lines.c: the other end of diff.mjs: for each line OLD <tab> NEW of two schemas one line of
 * JSON: what a diff of them says, or {"fault": …}.
 */
#include "schema/diff.h"

#include "base/mem.h"
#include "json/write.h"

#include <stdio.h>
#include <stdlib.h>

static void need(st_err err)
{
    if (err == ST_OK)
        return;
    fprintf(stderr, "diff_lines: %s\n", st_err_text(err));
    exit(1);
}

static void add_answer(struct st_buf *out, const char *name, const struct st_diff_answer *answer)
{
    need(st_json_add_name(out, name));
    need(st_buf_printf(out, "{\"proved\":%s,\"undecided\":%s,\"breaks\":%u}",
                       answer->proved ? "true" : "false", answer->undecided ? "true" : "false",
                       answer->breaks));
}

static void add_finding(struct st_buf *out, const struct st_diff_finding *finding)
{
    need(st_buf_add_char(out, '{'));
    need(st_json_add_member_str(out, "rule", st_str_of(st_diff_rule_name(finding->rule))));
    need(st_json_add_member_str(out, "direction",
                                st_str_of(st_diff_direction_name(finding->direction))));
    need(st_json_add_member_str(out, "bump", st_str_of(st_diff_bump_name(finding->bump))));
    need(st_json_add_member_raw(out, "strict",
                                st_diff_forbids(ST_DIFF_POLICY_STRICT, finding) ? ST_STR("true")
                                                                                : ST_STR("false")));
    need(st_json_add_member_raw(
        out, "lenient",
        st_diff_forbids(ST_DIFF_POLICY_LENIENT, finding) ? ST_STR("true") : ST_STR("false")));
    need(st_json_add_member_u64(out, "places", finding->places));
    need(st_json_add_member_str(out, "old", finding->old_at));
    need(st_json_add_member_str(out, "new", finding->new_at));
    need(st_json_add_member_str(out, "walked", finding->walked));
    need(st_json_add_member_str(out, "instance", finding->instance));
    need(st_json_add_member_str(out, "subject", finding->subject));
    if (finding->example.len > 0)
        need(st_json_add_member_raw(out, "example", finding->example));
    if (finding->undecided)
        need(st_json_add_member_str(out, "reason", finding->reason));
    need(st_buf_add_char(out, '}'));
}

static void add_fault(struct st_buf *out, const struct st_schema_fault *fault)
{
    need(st_buf_add_char(out, '{'));
    need(st_json_add_member_str(out, "fault", st_str_of(fault->message)));
    need(st_buf_add_char(out, '}'));
}

static void compare(st_str old_text, st_str new_text, struct st_buf *out)
{
    static const struct st_schema_options options = {.assert_formats = true};
    struct st_schema_fault fault = {0};
    struct st_schema *old = NULL;
    struct st_schema *new = NULL;
    struct st_arena arena;
    struct st_diff diff;
    st_arena_init(&arena, (size_t)64 << 20);
    if (st_schema_load(&old, old_text, &options, &fault) != ST_OK ||
        st_schema_load(&new, new_text, &options, &fault) != ST_OK) {
        add_fault(out, &fault);
    } else {
        need(st_schema_diff(&diff, &arena, old, new, NULL));
        need(st_buf_add_char(out, '{'));
        add_answer(out, "backward", &diff.backward);
        add_answer(out, "forward", &diff.forward);
        need(st_json_add_name(out, "findings"));
        for (uint32_t i = 0; i < diff.count; i++) {
            need(st_buf_add_char(out, i == 0 ? '[' : ','));
            add_finding(out, &diff.findings[i]);
        }
        need(st_buf_add_str(out, diff.count == 0 ? ST_STR("[]}") : ST_STR("]}")));
    }
    st_schema_free(old);
    st_schema_free(new);
    st_arena_done(&arena);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    struct st_buf out = ST_BUF((size_t)64 << 20);
    while ((len = getline(&line, &room, stdin)) > 0) {
        st_str head = {0};
        st_str tail = {0};
        st_buf_reset(&out);
        st_str_cut(st_str_trim((st_str){line, (size_t)len}), '\t', &head, &tail);
        compare(head, tail, &out);
        printf("%.*s\n", ST_STR_ARG(st_buf_str(&out)));
        fflush(stdout);
    }
    free(line);
    st_buf_done(&out);
    return 0;
}

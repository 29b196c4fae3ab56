/*
 * contract_diff_write.c: a diff in the forms that people and programs read.
 */
#include "cli/contract_diff.h"

#include "cli/say.h"
#include "json/pointer.h"
#include "json/write.h"

#define TRY(call)                                                                                  \
    do                                                                                             \
        if (err == ST_OK)                                                                          \
            err = (call);                                                                          \
    while (0)

/* ---- words ---- */

static const char *side_name(const struct st_diff_side *side, struct st_buf *name)
{
    st_buf_reset(name);
    st_err err = side->file != NULL ? st_buf_add_str(name, st_str_of(side->file))
                                    : st_buf_add_str(name, st_contract_ref(side->contract));
    const char *text = err == ST_OK ? st_buf_cstr(name) : NULL;
    return text == NULL ? "" : text;
}

static bool counts(const struct st_diff_result *result, const struct st_diff_finding *finding)
{
    return st_diff_counts(finding, result->level, result->policy);
}

/* "breaks BACKWARD" …: what a finding is to the level that is asked for. */
static const char *status_of(const struct st_diff_result *result,
                             const struct st_diff_finding *finding)
{
    if (counts(result, finding))
        return finding->undecided ? "undecided" : "breaks";
    if (st_diff_level_asks(result->level, finding->direction))
        return "allowed";
    return finding->direction == ST_DIFF_DIRECTION_NONE ? "harmless" : "not asked";
}

/* Longer ones are in the JSON form only. */
#define MESSAGE_VALUES_MAX 160

/* A sentence: what the change is, of what, and from which value to which. */
static st_err add_message(const struct st_diff_finding *finding, struct st_buf *out)
{
    st_err err = st_buf_add_str(out, st_str_of(st_diff_rule_text(finding->rule)));
    if (finding->subject.len > 0) {
        TRY(st_buf_add_str(out, ST_STR(": ")));
        TRY(st_json_add_string(out, finding->subject));
    }
    if (finding->old_value.len > 0 && finding->new_value.len > 0 &&
        finding->old_value.len + finding->new_value.len <= MESSAGE_VALUES_MAX) {
        TRY(st_buf_add_str(out, ST_STR("; ")));
        TRY(st_buf_add_str(out, finding->old_value));
        TRY(st_buf_add_str(out, ST_STR(" -> ")));
        TRY(st_buf_add_str(out, finding->new_value));
    }
    return err;
}

/* What the example shows, or why there is none. */
static st_err add_proof(const struct st_diff_finding *finding, struct st_buf *out)
{
    bool forward = finding->direction == ST_DIFF_DIRECTION_FORWARD;
    if (finding->reading)
        return st_buf_add_str(out, forward
                                       ? ST_STR("no new document is refused; an old reader reads "
                                                "some otherwise")
                                       : ST_STR("no old document is refused; some are read "
                                                "otherwise"));
    if (finding->undecided) {
        st_err err = st_buf_add_str(out, ST_STR("undecided: "));
        TRY(st_buf_add_str(out, finding->reason));
        return err;
    }
    return st_buf_add_str(out, forward
                                   ? ST_STR("the new schema accepts this, the old one refuses it")
                                   : ST_STR("the old schema accepts this, the new one refuses it"));
}

static const char *bump_words(enum st_diff_bump bump)
{
    return bump == ST_DIFF_BUMP_MAJOR   ? "asks for a major version"
           : bump == ST_DIFF_BUMP_MINOR ? "asks for a minor version"
           : bump == ST_DIFF_BUMP_PATCH ? "asks for a patch version"
                                        : "asks for no new version";
}

/* Of such a change both are said: what it asks of the version, and that no old document breaks. */
static bool passes_backward(const struct st_diff_finding *finding)
{
    return finding->bump == ST_DIFF_BUMP_MAJOR &&
           finding->direction != ST_DIFF_DIRECTION_BACKWARD &&
           st_diff_rule_verdict(finding->rule, ST_DIFF_DIRECTION_BACKWARD) == ST_DIFF_VERDICT_SOUND;
}

/* ---- text ---- */

struct text {
    const struct st_diff_result *result;
    struct st_buf *out;
    bool colour;
};

static st_err paint(struct text *t, const char *sgr)
{
    return t->colour ? st_buf_printf(t->out, "\x1b[%sm", sgr) : ST_OK;
}

static st_err add_line(struct text *t, const char *head, st_str text)
{
    st_err err = st_buf_add_str(t->out, st_str_of(head));
    TRY(st_harmless(t->out, text));
    TRY(st_buf_add_char(t->out, '\n'));
    return err;
}

static st_err add_place(struct text *t, const char *head, st_str pointer)
{
    return add_line(t, head, pointer.len == 0 ? ST_STR("the whole document") : pointer);
}

/* Indented as jq does it, four blanks in. */
static st_err add_example(struct text *t, st_str example)
{
    struct st_json doc;
    struct st_buf pretty = ST_BUF((size_t)16 << 20);
    st_json_init(&doc);
    st_err err = st_json_parse(&doc, example, NULL, NULL);
    TRY(st_json_write_pretty(&doc, 0, &pretty));
    st_str rest = st_buf_str(&pretty);
    bool more = err == ST_OK;
    while (more && err == ST_OK) {
        st_str line = {0};
        more = st_str_cut(rest, '\n', &line, &rest);
        err = add_line(t, "      ", line);
    }
    st_json_done(&doc);
    st_buf_done(&pretty);
    return err;
}

static st_err add_text_finding(struct text *t, const struct st_diff_finding *finding)
{
    struct st_buf words = ST_BUF((size_t)1 << 20);
    bool counted = counts(t->result, finding);
    st_err err = st_buf_add_str(t->out, ST_STR("  "));
    TRY(paint(t, counted ? (finding->undecided ? "33;1" : "31;1") : "1"));
    TRY(st_buf_add_str(t->out, st_str_of(st_diff_rule_name(finding->rule))));
    TRY(paint(t, "0"));
    if (finding->direction != ST_DIFF_DIRECTION_NONE)
        TRY(st_buf_printf(t->out, " (%s)", st_diff_direction_name(finding->direction)));
    TRY(st_buf_printf(t->out, "; %s%s\n", bump_words(finding->bump),
                      passes_backward(finding) ? ", although backward compatible" : ""));
    TRY(add_message(finding, &words));
    TRY(add_line(t, "    ", st_buf_str(&words)));
    TRY(add_place(t, "    old  ", finding->old_at));
    TRY(add_place(t, "    new  ", finding->new_at));
    if (finding->places > 1)
        TRY(st_buf_printf(t->out, "    met at %u places\n", finding->places));
    if (st_diff_level_asks(t->result->level, finding->direction)) {
        st_buf_reset(&words);
        TRY(add_proof(finding, &words));
        TRY(add_line(t, "    ", st_buf_str(&words)));
    }
    if (finding->example.len > 0 && st_diff_level_asks(t->result->level, finding->direction))
        TRY(add_example(t, finding->example));
    st_buf_done(&words);
    return err;
}

/* The findings of one status under their heading. */
static st_err add_group(struct text *t, const struct st_diff_pair *pair, const char *status,
                        const char *heading)
{
    st_err err = ST_OK;
    bool first = true;
    for (uint32_t i = 0; i < pair->diff.count && err == ST_OK; i++) {
        const struct st_diff_finding *finding = &pair->diff.findings[i];
        if (strcmp(status_of(t->result, finding), status) != 0)
            continue;
        err = first ? st_buf_printf(t->out, "%s\n", heading) : st_buf_add_char(t->out, '\n');
        first = false;
        TRY(add_text_finding(t, finding));
    }
    if (!first)
        TRY(st_buf_add_char(t->out, '\n'));
    return err;
}

static st_err add_close(struct text *t, const struct st_diff_pair *pair)
{
    const struct st_diff_sum *sum = &pair->sum;
    const char *level = st_diff_level_name(t->result->level);
    st_err err = paint(t, sum->compatible ? "32;1" : "31;1");
    if (t->result->level == ST_DIFF_LEVEL_NONE)
        TRY(st_buf_printf(t->out, "nothing is asked for (NONE)"));
    else if (sum->compatible && sum->proved)
        TRY(st_buf_printf(t->out, "compatible %s: proved", level));
    else if (sum->compatible)
        TRY(st_buf_printf(t->out, "compatible %s by the policy; %llu %s allowed", level,
                          (unsigned long long)sum->allowed,
                          sum->allowed == 1 ? "change is" : "changes are"));
    else
        TRY(st_buf_printf(t->out, "breaks %s: %llu finding%s, %llu undecided", level,
                          (unsigned long long)sum->findings, sum->findings == 1 ? "" : "s",
                          (unsigned long long)sum->undecided));
    TRY(paint(t, "0"));
    TRY(st_buf_printf(t->out, "; %s\n", bump_words(sum->bump)));
    return err;
}

static st_err add_pair(struct text *t, const struct st_diff_pair *pair)
{
    struct st_buf name = ST_BUF((size_t)64 << 10);
    st_err err = st_harmless(t->out, st_str_of(side_name(pair->old, &name)));
    TRY(st_buf_add_str(t->out, ST_STR(" -> ")));
    TRY(st_harmless(t->out, st_str_of(side_name(t->result->new, &name))));
    TRY(st_buf_add_str(t->out, ST_STR("\n\n")));
    TRY(add_group(t, pair, "breaks", "breaks:"));
    TRY(add_group(t, pair, "undecided", "undecided:"));
    TRY(add_group(t, pair, "allowed", "allowed by the policy:"));
    TRY(add_group(t, pair, "not asked", "where the level does not ask:"));
    TRY(add_group(t, pair, "harmless", "breaks nothing:"));
    TRY(add_close(t, pair));
    st_buf_done(&name);
    return err;
}

st_err st_diff_write_text(const struct st_diff_result *result, bool colour, struct st_buf *out)
{
    struct text text = {result, out, colour};
    st_err err = ST_OK;
    for (unsigned i = 0; i < result->count && err == ST_OK; i++) {
        err = i == 0 ? ST_OK : st_buf_add_char(out, '\n');
        TRY(add_pair(&text, &result->pairs[i]));
    }
    return err;
}

/* ---- JSON ---- */

static st_err add_flag(struct st_buf *out, const char *name, bool value)
{
    return st_json_add_member_raw(out, name, value ? ST_STR("true") : ST_STR("false"));
}

static st_err add_optional(struct st_buf *out, const char *name, st_str json)
{
    return json.len == 0 ? ST_OK : st_json_add_member_raw(out, name, json);
}

static st_err add_json_finding(const struct st_diff_result *result,
                               const struct st_diff_finding *finding, struct st_buf *out)
{
    struct st_buf message = ST_BUF((size_t)1 << 20);
    st_err err = add_message(finding, &message);
    TRY(st_buf_add_char(out, '{'));
    TRY(st_json_add_member_str(out, "rule", st_str_of(st_diff_rule_name(finding->rule))));
    TRY(st_json_add_member_str(out, "status", st_str_of(status_of(result, finding))));
    TRY(add_flag(out, "counts", counts(result, finding)));
    TRY(st_json_add_member_str(out, "direction",
                               st_str_of(st_diff_direction_name(finding->direction))));
    TRY(st_json_add_member_str(out, "bump", st_str_of(st_diff_bump_name(finding->bump))));
    TRY(st_json_add_member_str(out, "message", st_buf_str(&message)));
    TRY(st_json_add_member_str(out, "old", finding->old_at));
    TRY(st_json_add_member_str(out, "new", finding->new_at));
    TRY(st_json_add_member_str(out, "walked", finding->walked));
    TRY(st_json_add_member_str(out, "instance", finding->instance));
    TRY(st_json_add_member_str(out, "subject", finding->subject));
    TRY(st_json_add_member_u64(out, "places", finding->places));
    TRY(add_optional(out, "old_value", finding->old_value));
    TRY(add_optional(out, "new_value", finding->new_value));
    TRY(add_flag(out, "undecided", finding->undecided));
    TRY(st_json_add_member_raw(out, "example",
                               finding->example.len == 0 ? ST_STR("null") : finding->example));
    if (finding->undecided)
        TRY(st_json_add_member_str(out, "reason", finding->reason));
    TRY(st_buf_add_char(out, '}'));
    st_buf_done(&message);
    return err;
}

static st_err add_json_answer(struct st_buf *out, const char *name,
                              const struct st_diff_answer *answer)
{
    st_err err = st_json_add_name(out, name);
    TRY(st_buf_add_char(out, '{'));
    TRY(add_flag(out, "proved", answer->proved));
    TRY(st_json_add_member_u64(out, "breaks", answer->breaks));
    TRY(add_flag(out, "undecided", answer->undecided));
    TRY(st_json_add_member_u64(out, "dropped", answer->dropped));
    TRY(st_buf_add_char(out, '}'));
    return err;
}

static st_err add_json_pair(const struct st_diff_result *result, const struct st_diff_pair *pair,
                            struct st_buf *out)
{
    struct st_buf name = ST_BUF((size_t)64 << 10);
    const struct st_diff_sum *sum = &pair->sum;
    st_err err = st_buf_add_char(out, '{');
    TRY(st_json_add_member_str(out, "old", st_str_of(side_name(pair->old, &name))));
    TRY(add_flag(out, "compatible", sum->compatible));
    TRY(add_flag(out, "proved", sum->proved));
    TRY(st_json_add_member_u64(out, "counted", sum->findings));
    TRY(st_json_add_member_u64(out, "undecided", sum->undecided));
    TRY(st_json_add_member_u64(out, "allowed", sum->allowed));
    TRY(st_json_add_member_str(out, "bump", st_str_of(st_diff_bump_name(sum->bump))));
    TRY(add_json_answer(out, "backward", &pair->diff.backward));
    TRY(add_json_answer(out, "forward", &pair->diff.forward));
    TRY(st_json_add_name(out, "findings"));
    TRY(st_buf_add_char(out, '['));
    for (uint32_t i = 0; i < pair->diff.count && err == ST_OK; i++) {
        err = i == 0 ? ST_OK : st_buf_add_char(out, ',');
        TRY(add_json_finding(result, &pair->diff.findings[i], out));
    }
    TRY(st_buf_add_str(out, ST_STR("]}")));
    st_buf_done(&name);
    return err;
}

static bool all_compatible(const struct st_diff_result *result)
{
    for (unsigned i = 0; i < result->count; i++)
        if (!result->pairs[i].sum.compatible)
            return false;
    return true;
}

st_err st_diff_write_json(const struct st_diff_result *result, struct st_buf *out)
{
    struct st_buf name = ST_BUF((size_t)64 << 10);
    enum st_diff_bump bump = ST_DIFF_BUMP_NONE;
    for (unsigned i = 0; i < result->count; i++)
        if (result->pairs[i].sum.bump > bump)
            bump = result->pairs[i].sum.bump;
    st_err err = st_buf_add_char(out, '{');
    TRY(st_json_add_member_str(out, "new", st_str_of(side_name(result->new, &name))));
    TRY(st_json_add_member_str(out, "level", st_str_of(st_diff_level_name(result->level))));
    TRY(st_json_add_member_str(out, "policy",
                               result->policy == ST_DIFF_POLICY_STRICT ? ST_STR("strict")
                                                                       : ST_STR("lenient")));
    TRY(add_flag(out, "compatible", all_compatible(result)));
    TRY(st_json_add_member_str(out, "bump", st_str_of(st_diff_bump_name(bump))));
    TRY(st_json_add_name(out, "against"));
    TRY(st_buf_add_char(out, '['));
    for (unsigned i = 0; i < result->count && err == ST_OK; i++) {
        err = i == 0 ? ST_OK : st_buf_add_char(out, ',');
        TRY(add_json_pair(result, &result->pairs[i], out));
    }
    TRY(st_buf_add_str(out, ST_STR("]}\n")));
    st_buf_done(&name);
    return err;
}

/* ---- JUnit ---- */

static st_err add_xml(struct st_buf *out, st_str text)
{
    st_err err = ST_OK;
    for (size_t i = 0; i < text.len && err == ST_OK; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '<')
            err = st_buf_add_str(out, ST_STR("&lt;"));
        else if (c == '>')
            err = st_buf_add_str(out, ST_STR("&gt;"));
        else if (c == '&')
            err = st_buf_add_str(out, ST_STR("&amp;"));
        else if (c == '"')
            err = st_buf_add_str(out, ST_STR("&quot;"));
        else if (c == '\n')
            err = st_buf_add_str(out, ST_STR("&#10;"));
        else if (c < ' ' || c == 0x7F)
            err = st_buf_add_char(out, '?'); /* XML 1.0 has no way to say most of these */
        else
            err = st_buf_add_char(out, (char)c);
    }
    return err;
}

static st_err add_junit_finding(const struct st_diff_finding *finding, struct st_buf *out)
{
    struct st_buf words = ST_BUF((size_t)1 << 20);
    st_err err = st_buf_add_str(out, ST_STR("    <testcase classname=\""));
    TRY(st_buf_add_str(out, st_str_of(st_diff_rule_name(finding->rule))));
    TRY(st_buf_add_str(out, ST_STR("\" name=\"")));
    TRY(add_xml(out, finding->new_at.len > 0 ? finding->new_at : finding->old_at));
    TRY(st_buf_printf(out, " (%s)\">\n      <failure type=\"%s\" message=\"",
                      st_diff_direction_name(finding->direction),
                      finding->undecided ? "undecided" : "breaks"));
    TRY(add_message(finding, &words));
    TRY(add_xml(out, st_buf_str(&words)));
    TRY(st_buf_add_str(out, ST_STR("\">")));
    st_buf_reset(&words);
    TRY(add_proof(finding, &words));
    TRY(st_buf_printf(&words, "; %s", bump_words(finding->bump)));
    TRY(add_xml(out, st_buf_str(&words)));
    if (finding->example.len > 0) {
        TRY(st_buf_add_char(out, '\n'));
        TRY(add_xml(out, finding->example));
    }
    TRY(st_buf_add_str(out, ST_STR("</failure>\n    </testcase>\n")));
    st_buf_done(&words);
    return err;
}

static st_err add_junit_pair(const struct st_diff_result *result, const struct st_diff_pair *pair,
                             struct st_buf *out)
{
    struct st_buf name = ST_BUF((size_t)64 << 10);
    uint64_t tests = pair->sum.compatible ? 1 : pair->sum.findings;
    st_err err = st_buf_add_str(out, ST_STR("  <testsuite name=\""));
    TRY(add_xml(out, st_str_of(side_name(pair->old, &name))));
    TRY(st_buf_add_str(out, ST_STR(" -&gt; ")));
    TRY(add_xml(out, st_str_of(side_name(result->new, &name))));
    TRY(st_buf_printf(out, "\" tests=\"%llu\" failures=\"%llu\">\n", (unsigned long long)tests,
                      (unsigned long long)pair->sum.findings));
    if (pair->sum.compatible)
        TRY(st_buf_printf(out, "    <testcase classname=\"compatible\" name=\"%s\"/>\n",
                          st_diff_level_name(result->level)));
    for (uint32_t i = 0; i < pair->diff.count && err == ST_OK; i++)
        if (counts(result, &pair->diff.findings[i]))
            err = add_junit_finding(&pair->diff.findings[i], out);
    TRY(st_buf_add_str(out, ST_STR("  </testsuite>\n")));
    st_buf_done(&name);
    return err;
}

st_err st_diff_write_junit(const struct st_diff_result *result, struct st_buf *out)
{
    st_err err = st_buf_add_str(
        out, ST_STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"contract "
                    "diff\">\n"));
    for (unsigned i = 0; i < result->count; i++)
        TRY(add_junit_pair(result, &result->pairs[i], out));
    TRY(st_buf_add_str(out, ST_STR("</testsuites>\n")));
    return err;
}

/* ---- GitHub ---- */

/* Workflow commands: '%' and line ends are escaped, and within a property ':' and ',' too. */
static st_err add_command(struct st_buf *out, st_str text, bool property)
{
    st_err err = ST_OK;
    for (size_t i = 0; i < text.len && err == ST_OK; i++) {
        char c = text.at[i];
        bool escaped = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
        err = escaped ? st_buf_printf(out, "%%%02X", (unsigned)(unsigned char)c)
                      : st_buf_add_char(out, c);
    }
    return err;
}

/* The line of the place in the new file, or of the nearest place above that is there. */
static uint64_t line_of(const struct st_diff_result *result, st_str pointer)
{
    const struct st_json *doc = st_schema_doc(result->new->schema);
    uint64_t line = 1;
    uint64_t column = 1;
    uint32_t node = st_pointer_find(doc, 0, pointer);
    while (node == ST_JSON_NONE && pointer.len > 0) {
        while (pointer.len > 0 && pointer.at[pointer.len - 1] != '/')
            pointer.len--;
        pointer.len -= pointer.len > 0;
        node = st_pointer_find(doc, 0, pointer);
    }
    if (node != ST_JSON_NONE)
        st_json_place(doc->text, doc->nodes[node].at, &line, &column);
    return line;
}

static st_err add_github_finding(const struct st_diff_result *result,
                                 const struct st_diff_finding *finding, struct st_buf *out)
{
    struct st_buf words = ST_BUF((size_t)1 << 20);
    struct st_buf name = ST_BUF((size_t)64 << 10);
    const char *file = side_name(result->new, &name);
    st_err err = st_buf_add_str(out, ST_STR("::error "));
    if (result->new->file != NULL) {
        TRY(st_buf_add_str(out, ST_STR("file=")));
        TRY(add_command(out, st_str_of(file), true));
        TRY(st_buf_printf(out, ",line=%llu,",
                          (unsigned long long)line_of(result, finding->new_at)));
    }
    TRY(st_buf_printf(out, "title=%s::", st_diff_rule_name(finding->rule)));
    TRY(add_message(finding, &words));
    TRY(st_buf_printf(&words, " (%s; %s)\n", st_diff_direction_name(finding->direction),
                      bump_words(finding->bump)));
    TRY(add_proof(finding, &words));
    if (finding->example.len > 0) {
        TRY(st_buf_add_char(&words, '\n'));
        TRY(st_buf_add_str(&words, finding->example));
    }
    TRY(add_command(out, st_buf_str(&words), false));
    TRY(st_buf_add_char(out, '\n'));
    st_buf_done(&words);
    st_buf_done(&name);
    return err;
}

st_err st_diff_write_github(const struct st_diff_result *result, struct st_buf *out)
{
    st_err err = ST_OK;
    for (unsigned i = 0; i < result->count; i++)
        for (uint32_t k = 0; k < result->pairs[i].diff.count && err == ST_OK; k++)
            if (counts(result, &result->pairs[i].diff.findings[k]))
                err = add_github_finding(result, &result->pairs[i].diff.findings[k], out);
    return err;
}

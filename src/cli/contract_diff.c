#include "cli/contract_diff.h"

#include "base/file.h"
#include "base/mem.h"
#include "cli/contract_verbs.h"
#include "cli/limits.h"
#include "json/json.h"

#include <unistd.h>

struct work {
    const struct st_verb_call *call;
    struct st_diff_side *sides; /* the old ones, and the new one last */
    unsigned count;
    const char *form;
    struct st_diff_result result;
};

/* ---- one side ---- */

static bool is_contract(st_str text)
{
    struct st_json doc;
    st_json_init(&doc);
    bool is = st_json_parse(&doc, text, NULL, NULL) == ST_OK && doc.count > 0 &&
              st_json_member(&doc, 0, ST_STR("x-steno")) != ST_JSON_NONE;
    st_json_done(&doc);
    return is;
}

static int load_schema(const struct work *work, struct st_diff_side *side, st_str text)
{
    const struct st_options *options = &work->call->cli->options;
    const char *draft = st_options_text(options, ST_OPT_DRAFT);
    const struct st_schema_options how = {
        .draft = draft == NULL ? ST_DRAFT_UNKNOWN : st_draft_of_name(st_str_of(draft)),
        .assert_formats = st_options_has(options, ST_OPT_FORMAT_ASSERTION),
    };
    struct st_schema_fault fault = {0};
    if (st_schema_load(&side->own_schema, text, &how, &fault) != ST_OK) {
        st_contracts_tell_fault(side->file, &fault);
        return ST_EXIT_USAGE;
    }
    side->schema = side->own_schema;
    return ST_EXIT_GOOD;
}

static int load_contract(struct st_diff_side *side, st_str text)
{
    struct st_schema_fault fault = {0};
    if (st_contract_load(&side->own, text, &fault) != ST_OK) {
        st_contracts_tell_fault(side->file, &fault);
        return ST_EXIT_USAGE;
    }
    side->contract = side->own;
    side->schema = st_contract_schema(side->own);
    return ST_EXIT_GOOD;
}

static int load_file(const struct work *work, struct st_diff_side *side)
{
    char reason[ST_REASON_MAX];
    struct st_why why = {0};
    struct st_buf text = ST_BUF(ST_DIFF_FILE_BYTES_MAX);
    st_err err = st_file_read(side->file, &text, &why);
    int code = ST_EXIT_USAGE;
    if (err != ST_OK)
        st_fail_with(ST_EXIT_USAGE, "%s: %s", side->file, st_reason(err, &why, reason));
    else if (is_contract(st_buf_str(&text)))
        code = load_contract(side, st_buf_str(&text));
    else
        code = load_schema(work, side, st_buf_str(&text));
    st_buf_done(&text);
    return code;
}

/* A file where one is meant or there, else a reference to a contract that is known. */
static int find_side(const struct work *work, struct st_diff_side *side, const char *said)
{
    *side = (struct st_diff_side){.said = said};
    bool known = st_registry_find(work->call->registry, st_str_of(said)) != NULL;
    bool is_file = strchr(said, '/') != NULL || (!known && access(said, F_OK) == 0) ||
                   st_str_ends(st_str_of(said), ST_STR(".json"));
    if (is_file) {
        side->file = said;
        return load_file(work, side);
    }
    side->contract = st_contracts_find(work->call->registry, said);
    if (side->contract == NULL)
        return ST_EXIT_USAGE;
    side->schema = st_contract_schema(side->contract);
    return ST_EXIT_GOOD;
}

/* ---- all sides ---- */

/* With one argument the old side is what is known of its name: the newest other version, or, at a
 * transitive level, all of them. */
static int find_known(struct work *work)
{
    const struct st_registry *registry = work->call->registry;
    struct st_diff_side new = work->sides[0];
    bool all = st_diff_level_is_transitive(work->result.level);
    unsigned count = 0;
    if (new.contract == NULL)
        return st_fail_with(ST_EXIT_USAGE,
                            "contract diff: %s is no contract with a name; say the old schema "
                            "before it",
                            new.said);
    st_str name = st_contract_name(new.contract);
    for (const struct st_contract *known = st_registry_next(registry, name, NULL); known != NULL;
         known = st_registry_next(registry, name, known)) {
        if (st_str_eq(st_contract_version(known), st_contract_version(new.contract)))
            continue;
        unsigned at = all ? count : 0;
        work->sides[at] = (struct st_diff_side){
            .contract = known, .schema = st_contract_schema(known), .said = NULL};
        count = at + 1;
    }
    if (count == 0)
        return st_fail_with(ST_EXIT_USAGE,
                            "contract diff: no other version of %.*s is known; say the old one "
                            "before it",
                            ST_STR_ARG(name));
    work->sides[count] = new;
    work->count = count + 1;
    return ST_EXIT_GOOD;
}

static int find_sides(struct work *work)
{
    const struct st_verb_call *call = work->call;
    bool transitive = st_diff_level_is_transitive(work->result.level);
    if (call->arg_count > ST_DIFF_SIDES_MAX)
        return st_fail_with(ST_EXIT_USAGE, "contract diff: at most %u versions at once",
                            ST_DIFF_SIDES_MAX);
    if (call->arg_count > 2 && !transitive)
        return st_fail_with(ST_EXIT_USAGE,
                            "contract diff: several old versions need --level %s_TRANSITIVE",
                            st_diff_level_name(work->result.level));
    int code = ST_EXIT_GOOD;
    for (unsigned i = 0; i < call->arg_count && code == ST_EXIT_GOOD; i++) {
        code = find_side(work, &work->sides[i], call->args[i]);
        work->count = i + 1;
    }
    return code == ST_EXIT_GOOD && call->arg_count == 1 ? find_known(work) : code;
}

static void done_sides(struct work *work)
{
    for (unsigned i = 0; i < work->count; i++) {
        st_contract_free(work->sides[i].own);
        st_schema_free(work->sides[i].own_schema);
    }
    st_mem_free(work->sides);
}

/* ---- comparing ---- */

static st_err compare(struct work *work)
{
    struct st_diff_result *result = &work->result;
    st_err err = ST_OK;
    result->new = &work->sides[work->count - 1];
    result->count = work->count - 1;
    for (unsigned i = 0; i < result->count && err == ST_OK; i++) {
        struct st_diff_pair *pair = &result->pairs[i];
        const struct st_diff_side *old = &work->sides[i];
        pair->old = old;
        st_arena_init(&pair->arena, ST_DIFF_TOLD_BYTES_MAX);
        err = st_contract_diff(&pair->diff, &pair->arena, old->schema, old->contract,
                               result->new->schema, result->new->contract, NULL);
        pair->sum = st_diff_sum_up(&pair->diff, result->level, result->policy);
    }
    return err;
}

static st_err write_form(const struct work *work, struct st_buf *out)
{
    const struct st_cli *cli = work->call->cli;
    const char *form = work->form;
    bool to_file = st_options_text(&cli->options, ST_OPT_OUT) != NULL;
    if (strcmp(form, "text") == 0)
        return st_diff_write_text(&work->result, cli->out.colour && !to_file, out);
    if (strcmp(form, "json") == 0)
        return st_diff_write_json(&work->result, out);
    if (strcmp(form, "junit") == 0)
        return st_diff_write_junit(&work->result, out);
    return st_diff_write_github(&work->result, out);
}

static int tell(struct work *work)
{
    struct st_buf out = ST_BUF(ST_DIFF_TOLD_BYTES_MAX);
    st_err err = write_form(work, &out);
    int code = err == ST_OK ? st_contract_put(work->call->cli, st_buf_str(&out))
                            : st_fail_with(ST_EXIT_TROUBLE, "contract diff: %s", st_err_text(err));
    st_buf_done(&out);
    if (code != ST_EXIT_GOOD)
        return code;
    for (unsigned i = 0; i < work->result.count; i++)
        if (!work->result.pairs[i].sum.compatible)
            return ST_EXIT_FINDINGS;
    return ST_EXIT_GOOD;
}

static void read_options(struct work *work)
{
    const struct st_options *options = &work->call->cli->options;
    const char *level = st_options_text(options, ST_OPT_LEVEL);
    const char *policy = st_options_text(options, ST_OPT_POLICY);
    work->result.level = ST_DIFF_LEVEL_BACKWARD;
    work->result.policy = ST_DIFF_POLICY_STRICT;
    if (level != NULL)
        ST_BUG_IF(!st_diff_level_of_name(st_str_of(level), &work->result.level));
    if (policy != NULL && strcmp(policy, "lenient") == 0)
        work->result.policy = ST_DIFF_POLICY_LENIENT;
}

int st_contract_verb_diff(const struct st_verb_call *call)
{
    struct work work = {.call = call,
                        .form = st_contract_form(call, "diff", "text|json|junit|github", "text")};
    if (work.form == NULL)
        return ST_EXIT_USAGE;
    /* As many as are said, or as are known, and the new one. */
    size_t room = (size_t)call->arg_count + st_registry_count(call->registry) + 1;
    read_options(&work);
    work.sides = st_mem_get_zeroed(room * sizeof *work.sides);
    work.result.pairs = st_mem_get_zeroed(room * sizeof *work.result.pairs);
    int code = ST_EXIT_TROUBLE;
    if (work.sides == NULL || work.result.pairs == NULL)
        st_fail_with(code, "contract diff: %s", st_err_text(ST_ERR_MEMORY));
    else
        code = find_sides(&work);
    if (code == ST_EXIT_GOOD) {
        st_err err = compare(&work);
        code = err == ST_OK ? tell(&work)
                            : st_fail_with(ST_EXIT_TROUBLE, "contract diff: %s", st_err_text(err));
    }
    for (unsigned i = 0; i < work.result.count; i++)
        st_arena_done(&work.result.pairs[i].arena);
    st_mem_free(work.result.pairs);
    done_sides(&work);
    return code;
}

#include "cli/contract_verbs.h"

#include "base/file.h"
#include "cli/limits.h"
#include "contract/glob.h"
#include "contract/lint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct lint {
    const struct st_verb_call *call;
    const struct st_contract *only; /* NULL: the words of all contracts */
    struct st_buf path;             /* of the file at hand, as people said it */
    size_t base;                    /* how much of it was said: the folder, with its slash */
    struct st_buf text;
    uint64_t files, findings, untold;
    bool trouble;
};

static void tell_trouble(struct lint *lint, const char *reason)
{
    struct st_buf path = ST_BUF(4 * ST_LINT_PATH_BYTES_MAX);
    if (st_harmless(&path, st_buf_str(&lint->path)) != ST_OK)
        st_buf_reset(&path);
    st_fail_with(ST_EXIT_TROUBLE, "%.*s: %s", ST_STR_ARG(st_buf_str(&path)), reason);
    st_buf_done(&path);
    lint->trouble = true;
}

/* ---- findings ---- */

static st_err write_finding(struct lint *lint, const struct st_lint_finding *finding,
                            struct st_buf *line)
{
    const struct st_retired *word = finding->word;
    st_err err = st_harmless(line, st_buf_str(&lint->path));
    if (err == ST_OK)
        err = st_buf_printf(line, ":%llu:%llu: ", (unsigned long long)finding->line,
                            (unsigned long long)finding->column);
    if (err == ST_OK)
        err = st_harmless(line, word->term);
    if (err == ST_OK)
        err = st_buf_add_str(line, ST_STR(": "));
    if (err == ST_OK)
        err = st_harmless(line, word->reason);
    if (err == ST_OK && word->instead.at != NULL)
        err = st_buf_add_str(line, ST_STR(" Instead: "));
    if (err == ST_OK && word->instead.at != NULL)
        err = st_harmless(line, word->instead);
    return err == ST_OK ? st_buf_add_char(line, '\n') : err;
}

static st_err take(void *context, const struct st_lint_finding *finding)
{
    struct lint *lint = context;
    struct st_buf line = ST_BUF((size_t)16 << 20);
    st_err err = ST_OK;
    if (++lint->findings > ST_LINT_TOLD_MAX) {
        lint->untold++;
        return ST_OK;
    }
    err = write_finding(lint, finding, &line);
    if (err == ST_OK)
        st_out_add(&lint->call->cli->out, st_buf_str(&line));
    st_buf_done(&line);
    return err;
}

/* ---- files ---- */

/* Globs mean a path as it was said, and as it stands below the folder that was said. */
static bool is_allowed(const struct lint *lint)
{
    const struct st_options *options = &lint->call->cli->options;
    st_str said = st_buf_str(&lint->path);
    for (unsigned i = 0; i < options->count; i++) {
        st_str glob = st_str_of(options->values[i].text);
        if (options->values[i].id == ST_OPT_ALLOW &&
            (st_glob_fits(glob, said) || st_glob_fits(glob, st_str_from(said, lint->base))))
            return true;
    }
    return false;
}

struct told {
    struct lint *lint;
    st_str below; /* the path below the folder that was said */
};

static st_err take_from_file(void *context, const struct st_lint_finding *finding)
{
    const struct told *told = context;
    return st_retired_allows(finding->word, told->below) ? ST_OK : take(told->lint, finding);
}

static st_err lint_text(struct lint *lint)
{
    struct told told = {lint, st_str_from(st_buf_str(&lint->path), lint->base)};
    st_err err = ST_OK;
    for (uint32_t i = 0; i < st_registry_count(lint->call->registry) && err == ST_OK; i++) {
        const struct st_contract *contract = st_registry_at(lint->call->registry, i);
        if (lint->only == NULL || lint->only == contract)
            err = st_lint_text(contract, st_buf_str(&lint->path), st_buf_str(&lint->text),
                               take_from_file, &told);
    }
    return err;
}

/* A NUL among the first bytes is what tells a binary file. */
static bool is_binary(st_str head)
{
    size_t len = head.len < ST_LINT_HEAD_BYTES ? head.len : ST_LINT_HEAD_BYTES;
    return len > 0 && memchr(head.at, '\0', len) != NULL;
}

static bool is_binary_file(const char *path)
{
    char head[ST_LINT_HEAD_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, head, sizeof head);
    if (fd >= 0)
        close(fd);
    return len > 0 && is_binary((st_str){head, (size_t)len});
}

static st_err lint_file(struct lint *lint, const char *path)
{
    char reason[ST_REASON_MAX];
    struct st_why why = {0};
    if (is_allowed(lint))
        return ST_OK;
    st_buf_reset(&lint->text);
    st_err err = st_file_read(path, &lint->text, &why);
    if (err == ST_ERR_LIMIT && is_binary_file(path))
        return ST_OK;
    if (err == ST_ERR_MEMORY)
        return err;
    if (err != ST_OK) {
        tell_trouble(lint, err == ST_ERR_LIMIT ? "over a limit: a text may have at most 64 MiB"
                                               : st_reason(err, &why, reason));
        return ST_OK;
    }
    if (is_binary(st_buf_str(&lint->text)))
        return ST_OK;
    lint->files++;
    return lint_text(lint);
}
_Static_assert(ST_LINT_FILE_BYTES_MAX >> 20 == 64, "as the text says");

static st_err lint_path(struct lint *lint, unsigned depth);

/* One entry of the folder at hand. */
static st_err lint_entry(struct lint *lint, const char *name, unsigned depth)
{
    size_t before = lint->path.len;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".git") == 0)
        return ST_OK;
    st_err err = st_buf_add_str(&lint->path, st_str_of(name));
    if (err == ST_OK)
        err = lint_path(lint, depth);
    else if (err == ST_ERR_LIMIT)
        tell_trouble(lint, "what lies below has too long a path");
    lint->path.len = before;
    return err == ST_ERR_LIMIT ? ST_OK : err;
}

static st_err lint_folder(struct lint *lint, const char *path, unsigned depth)
{
    struct dirent **entries = NULL;
    size_t before = lint->path.len;
    if (depth == 0) {
        tell_trouble(lint, "over a limit: folders may be nested 64 deep");
        return ST_OK;
    }
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        tell_trouble(lint, strerror(errno));
        return ST_OK;
    }
    st_err err = st_buf_add_char(&lint->path, '/');
    if (depth == ST_LINT_DEPTH_MAX)
        lint->base = lint->path.len;
    for (int i = 0; i < count; i++) {
        if (err == ST_OK)
            err = lint_entry(lint, entries[i]->d_name, depth - 1);
        free(entries[i]);
    }
    free(entries);
    lint->path.len = before;
    return err;
}
_Static_assert(ST_LINT_DEPTH_MAX == 64, "as the text says");

/* What was said may be a link; below it links are not followed, so that no circle is walked. */
static st_err lint_path(struct lint *lint, unsigned depth)
{
    struct stat info;
    const char *path = st_buf_cstr(&lint->path);
    bool said = depth == ST_LINT_DEPTH_MAX;
    if (path == NULL)
        return ST_ERR_MEMORY;
    if ((said ? stat(path, &info) : lstat(path, &info)) != 0) {
        tell_trouble(lint, strerror(errno));
        return ST_OK;
    }
    if (S_ISDIR(info.st_mode))
        return lint_folder(lint, path, depth);
    if (S_ISREG(info.st_mode))
        return lint_file(lint, path);
    if (said)
        tell_trouble(lint, "is neither a file nor a folder");
    return ST_OK;
}

/* "./a//b/" is a/b to globs; "." is the folder itself. */
static st_err set_path(struct lint *lint, const char *said)
{
    st_str path = st_str_of(said);
    while (st_str_starts(path, ST_STR("./")) && path.len > 2)
        path = st_str_from(path, 2);
    while (path.len > 1 && st_str_ends(path, ST_STR("/")))
        path.len--;
    st_buf_reset(&lint->path);
    lint->base = 0;
    return st_buf_add_str(&lint->path, path);
}

/* ---- contracts ---- */

/* A contract's file goes by the name that it has in this project's contracts/. */
static st_err lint_contract(struct lint *lint, const struct st_contract *contract)
{
    st_buf_reset(&lint->path);
    st_err err = st_buf_printf(&lint->path, "contracts/%.*s-%.*s.json",
                               ST_STR_ARG(st_contract_name(contract)),
                               ST_STR_ARG(st_contract_version(contract)));
    lint->base = 0;
    if (err != ST_OK || is_allowed(lint))
        return err;
    lint->files++;
    return st_lint_contract(contract, st_buf_str(&lint->path), take, lint);
}

static st_err lint_contracts(struct lint *lint)
{
    const struct st_registry *registry = lint->call->registry;
    st_err err = ST_OK;
    for (uint32_t i = 0; i < st_registry_count(registry) && err == ST_OK; i++) {
        const struct st_contract *contract = st_registry_at(registry, i);
        if (lint->only == NULL || lint->only == contract)
            err = lint_contract(lint, contract);
    }
    return err;
}

/* ---- the verb ---- */

static int refuse_globs(const struct st_verb_call *call)
{
    const struct st_options *options = &call->cli->options;
    for (unsigned i = 0; i < options->count; i++) {
        const char *wrong = options->values[i].id == ST_OPT_ALLOW
                                ? st_glob_fault(st_str_of(options->values[i].text))
                                : NULL;
        if (wrong != NULL)
            return st_fail_with(ST_EXIT_USAGE, "--allow %s: %s", options->values[i].text, wrong);
    }
    return ST_EXIT_GOOD;
}

/* The first argument may name a contract; what is none must be there as a file or folder, or look
 * like one. */
static int find_contract(struct lint *lint, unsigned *paths_from)
{
    const struct st_verb_call *call = lint->call;
    *paths_from = 0;
    if (call->arg_count == 0)
        return ST_EXIT_GOOD;
    lint->only = st_registry_find(call->registry, st_str_of(call->args[0]));
    *paths_from = lint->only != NULL;
    if (lint->only != NULL || strchr(call->args[0], '/') != NULL ||
        access(call->args[0], F_OK) == 0)
        return ST_EXIT_GOOD;
    return st_contracts_find(call->registry, call->args[0]) == NULL ? ST_EXIT_USAGE : ST_EXIT_GOOD;
}

static int finish(struct lint *lint, st_err err)
{
    st_out_flush(&lint->call->cli->out);
    if (err != ST_OK)
        return st_fail_with(ST_EXIT_TROUBLE, "contract lint: %s", st_err_text(err));
    if (lint->untold > 0)
        st_note("and %llu more", (unsigned long long)lint->untold);
    st_note("%llu searched, %llu found", (unsigned long long)lint->files,
            (unsigned long long)lint->findings);
    if (lint->trouble)
        return ST_EXIT_TROUBLE;
    return lint->findings == 0 ? ST_EXIT_GOOD : ST_EXIT_FINDINGS;
}

int st_contract_verb_lint(const struct st_verb_call *call)
{
    struct lint lint = {
        .call = call,
        .path = ST_BUF(ST_LINT_PATH_BYTES_MAX),
        .text = ST_BUF(ST_LINT_FILE_BYTES_MAX),
    };
    unsigned from = 0;
    int code = refuse_globs(call);
    if (code == ST_EXIT_GOOD)
        code = find_contract(&lint, &from);
    if (code != ST_EXIT_GOOD)
        return code;
    st_err err = lint_contracts(&lint);
    for (unsigned i = from; i < call->arg_count && err == ST_OK; i++) {
        err = set_path(&lint, call->args[i]);
        if (err == ST_OK)
            err = lint_path(&lint, ST_LINT_DEPTH_MAX);
    }
    code = finish(&lint, err);
    st_buf_done(&lint.path);
    st_buf_done(&lint.text);
    return code;
}

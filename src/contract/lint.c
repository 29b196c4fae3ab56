#include "contract/lint.h"

#include "contract/annotation.h"
#include "contract/glob.h"

#include "base/utf8.h"

#include <strings.h>

/* ---- one word ---- */

static bool is_ascii_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Letters of any script, by the blocks that hold none: signs below U+00C0, the two signs of
 * arithmetic behind it, punctuation and symbols, ideographic and full-width punctuation, emoji. */
static bool is_letter(uint32_t c)
{
    return c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) &&
           !(c >= 0x2E00 && c <= 0x2E7F) && !(c >= 0x3000 && c <= 0x303F) &&
           !(c >= 0xFE10 && c <= 0xFE6F) && !(c >= 0xFF00 && c <= 0xFF0F) && c != 0xFEFF &&
           !(c >= 0x1F000 && c <= 0x1FFFF);
}

/* The code point that begins at `at`; bytes that are no UTF-8 are taken for letters of some other
 * encoding. */
static bool is_word_at(st_str text, size_t at)
{
    if ((unsigned char)text.at[at] < 0x80)
        return is_ascii_word(text.at[at]);
    size_t room = text.len - at < 4 ? text.len - at : 4;
    st_str head = {text.at + at, room};
    head.len = st_utf8_check(head);
    size_t next = 0;
    return head.len == 0 || is_letter(st_utf8_next(head, &next));
}

static bool is_word_before(st_str text, size_t at)
{
    size_t start = at - 1;
    while (start > 0 && at - start < 4 && ((unsigned char)text.at[start] & 0xC0) == 0x80)
        start--;
    return is_word_at(text, start);
}

/* A boundary counts where the word itself has a letter there: ".tick" may follow one. */
static bool stands_alone(st_str word, st_str text, size_t at)
{
    size_t end = at + word.len;
    bool open = at > 0 && is_word_at(word, 0) && is_word_before(text, at);
    return !open && !(end < text.len && is_word_before(word, word.len) && is_word_at(text, end));
}

static const char *find_bytes(const struct st_retired *word, st_str text)
{
    if (!word->any_case)
        return memmem(text.at, text.len, word->term.at, word->term.len);
    for (size_t i = 0; i + word->term.len <= text.len; i++)
        if (strncasecmp(text.at + i, word->term.at, word->term.len) == 0)
            return text.at + i;
    return NULL;
}

bool st_retired_find(const struct st_retired *word, st_str text, size_t from, size_t *at)
{
    while (from + word->term.len <= text.len) {
        const char *found = find_bytes(word, st_str_from(text, from));
        if (found == NULL)
            return false;
        *at = (size_t)(found - text.at);
        if (word->within_words || stands_alone(word->term, text, *at))
            return true;
        from = *at + 1;
    }
    return false;
}

bool st_retired_allows(const struct st_retired *word, st_str path)
{
    for (uint32_t i = 0; i < word->allow_count; i++)
        if (st_glob_fits(word->allow[i], path))
            return true;
    return false;
}

/* ---- a text ---- */

static uint64_t column_of(st_str line, size_t at)
{
    st_str head = {line.at, at};
    return 1 + (st_utf8_check(head) == at ? st_utf8_count(head) : at);
}

static st_err lint_line(const struct st_retired *word, st_str line, uint64_t number,
                        st_lint_take take, void *context)
{
    st_err err = ST_OK;
    size_t at = 0;
    for (size_t from = 0; err == ST_OK && st_retired_find(word, line, from, &at);
         from = at + word->term.len) {
        const struct st_lint_finding finding = {word, number, column_of(line, at)};
        err = take(context, &finding);
    }
    return err;
}

st_err st_lint_text(const struct st_contract *contract, st_str path, st_str text, st_lint_take take,
                    void *context)
{
    st_str rest = text;
    bool more = text.len > 0;
    st_err err = ST_OK;
    for (uint64_t number = 1; more && err == ST_OK; number++) {
        st_str line = {0};
        more = st_str_cut(rest, '\n', &line, &rest);
        const struct st_retired *word = NULL;
        for (uint32_t i = 0; err == ST_OK && (word = st_contract_retired(contract, i)) != NULL; i++)
            if (!st_retired_allows(word, path))
                err = lint_line(word, line, number, take, context);
    }
    return err;
}

/* ---- a contract ---- */

/* A string's findings are all told at its beginning: behind escapes no other place is certain. */
static st_err lint_string(const struct st_contract *contract, st_str path,
                          const struct st_json *doc, uint32_t node, st_lint_take take,
                          void *context)
{
    const struct st_retired *word = NULL;
    st_err err = ST_OK;
    size_t at = 0;
    for (uint32_t i = 0; err == ST_OK && (word = st_contract_retired(contract, i)) != NULL; i++) {
        if (st_retired_allows(word, path) ||
            !st_retired_find(word, st_json_text(doc, node), 0, &at))
            continue;
        struct st_lint_finding finding = {.word = word};
        st_json_place(doc->text, doc->nodes[node].at, &finding.line, &finding.column);
        err = take(context, &finding);
    }
    return err;
}

st_err st_lint_contract(const struct st_contract *contract, st_str path, st_lint_take take,
                        void *context)
{
    const struct st_json *doc = st_contract_annotation(contract)->doc;
    uint32_t annotation = st_json_member(doc, 0, ST_STR("x-steno"));
    uint32_t retired = st_json_member(doc, annotation, ST_STR("retired"));
    st_err err = ST_OK;
    for (uint32_t at = 0; at < doc->count && err == ST_OK; at++) {
        if (at == retired)
            at = st_json_after(doc, at);
        if (at < doc->count && st_json_kind(doc, at) == ST_JSON_STRING)
            err = lint_string(contract, path, doc, at, take, context);
    }
    return err;
}

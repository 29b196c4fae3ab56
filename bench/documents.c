#include "documents.h"

#include "base/file.h"
#include "base/mem.h"

/* The next line of `rest` that is not blank; false when there is none. */
static bool take_line(st_str *rest, st_str *line)
{
    while (rest->len > 0) {
        st_str all = *rest;
        st_str head;
        (void)st_str_cut(all, '\n', &head, rest);
        *line = st_str_trim(head);
        if (line->len > 0)
            return true;
    }
    return false;
}

static bool is_json(st_str text)
{
    struct st_json doc;
    st_json_init(&doc);
    bool good = st_json_parse(&doc, text, NULL, NULL) == ST_OK;
    st_json_done(&doc);
    return good;
}

/* Whether the file is one JSON text that goes on behind its first line, or is to be blamed as one.
 */
static bool is_one_text(st_str whole, const char *path)
{
    st_str rest = whole;
    st_str first;
    st_str second;
    return take_line(&rest, &first) && take_line(&rest, &second) && !is_json(first) &&
           (st_str_ends(st_str_of(path), ST_STR(".json")) || is_json(whole));
}

static void add(struct documents *documents, st_str text)
{
    documents->at[documents->count++] = text;
    documents->bytes += text.len;
}

static size_t count_lines(st_str text)
{
    size_t count = 0;
    st_str line;
    while (take_line(&text, &line))
        count++;
    return count;
}

static st_err cut(struct documents *documents, const char *path, struct st_why *why)
{
    st_str rest = st_buf_str(&documents->text);
    st_str line;
    documents->at = st_mem_get(sizeof *documents->at * (count_lines(rest) + 1));
    if (documents->at == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for the list of documents");
    if (is_one_text(rest, path)) {
        add(documents, st_str_trim(rest));
        return ST_OK;
    }
    while (take_line(&rest, &line))
        add(documents, line);
    return ST_OK;
}

st_err documents_read(struct documents *documents, const char *path, struct st_why *why)
{
    *documents = (struct documents){.text = ST_BUF(DOCUMENTS_BYTES_MAX)};
    st_err err = st_file_read(path, &documents->text, why);
    if (err == ST_OK)
        err = cut(documents, path, why);
    if (err != ST_OK)
        documents_free(documents);
    return err;
}

void documents_free(struct documents *documents)
{
    st_buf_done(&documents->text);
    st_mem_free(documents->at);
    *documents = (struct documents){.text = ST_BUF(DOCUMENTS_BYTES_MAX)};
}

void documents_place(const struct documents *documents, size_t index, uint64_t offset,
                     uint64_t *line, uint64_t *column)
{
    size_t begin = (size_t)(documents->at[index].at - documents->text.at);
    st_json_place(st_buf_str(&documents->text), begin + offset, line, column);
}

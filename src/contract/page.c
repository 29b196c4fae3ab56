#include "contract/page.h"

#include "json/pointer.h"
#include "json/write.h"

void st_page_init(struct st_page *page, const struct st_contract *contract, struct st_buf *out)
{
    const struct st_annotation *annotation = st_contract_annotation(contract);
    *page = (struct st_page){
        .contract = contract,
        .annotation = annotation,
        .doc = annotation->doc,
        .out = out,
        .scratch = ST_BUF(ST_CONTRACT_BYTES_MAX),
    };
}

void st_page_done(struct st_page *page)
{
    st_buf_done(&page->scratch);
}

static void add(struct st_page *page, st_str text)
{
    if (page->err == ST_OK)
        page->err = st_buf_add_str(page->out, text);
}

static void add_char(struct st_page *page, char c)
{
    if (page->err == ST_OK)
        page->err = st_buf_add_char(page->out, c);
}

void st_page_add(struct st_page *page, const char *markdown)
{
    add(page, st_str_of(markdown));
}

void st_page_number(struct st_page *page, uint64_t number)
{
    if (page->err == ST_OK)
        page->err = st_buf_add_u64(page->out, number);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Underscores within a word, as in event_type, mean nothing to Markdown. */
static bool means_something(const struct st_page *page, st_str text, size_t at)
{
    char c = text.at[at];
    bool within =
        at > 0 && at + 1 < text.len && is_word(text.at[at - 1]) && is_word(text.at[at + 1]);
    return strchr("\\`*<[", c) != NULL || (c == '_' && !within) || (c == '|' && page->in_table);
}

void st_page_text(struct st_page *page, st_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c != '\0' && means_something(page, text, i))
            add_char(page, '\\');
        add_char(page, c == '\n' || c == '\r' || c == '\0' ? ' ' : c);
    }
}

/* A fence longer than any run of backquotes within. */
static size_t fence_of(st_str text)
{
    size_t longest = 0;
    size_t run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.at[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest + 1;
}

void st_page_code(struct st_page *page, st_str text)
{
    size_t fence = fence_of(text);
    for (size_t i = 0; i < fence; i++)
        add_char(page, '`');
    st_page_add(page, fence > 1 ? " " : "");
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '|' && page->in_table)
            add_char(page, '\\');
        add_char(page, text.at[i] == '\n' || text.at[i] == '\r' ? ' ' : text.at[i]);
    }
    st_page_add(page, fence > 1 ? " " : "");
    for (size_t i = 0; i < fence; i++)
        add_char(page, '`');
}

void st_page_json(struct st_page *page, uint32_t node)
{
    st_buf_reset(&page->scratch);
    if (page->err == ST_OK)
        page->err = st_json_write(page->doc, node, &page->scratch);
    st_page_code(page, st_buf_str(&page->scratch));
}

void st_page_codes(struct st_page *page, const struct st_names *names)
{
    for (uint32_t i = 0; i < names->count; i++) {
        st_page_add(page, i == 0 ? "" : ", ");
        st_page_code(page, names->at[i]);
    }
}

void st_page_pointer(struct st_page *page, const struct st_path *path)
{
    struct st_buf pointer = ST_BUF(ST_CONTRACT_BYTES_MAX);
    for (uint32_t i = 0; i < path->count && page->err == ST_OK; i++)
        page->err = st_pointer_add(&pointer, path->tokens[i]);
    if (path->count == 0)
        st_page_add(page, "the event");
    else
        st_page_code(page, st_buf_str(&pointer));
    st_buf_done(&pointer);
}

/* Headings are linked to as code hosts name them: small letters, no points, - for blanks. */
void st_page_link(struct st_page *page, st_str heading)
{
    st_page_add(page, "[");
    st_page_text(page, heading);
    st_page_add(page, "](#");
    for (size_t i = 0; i < heading.len; i++) {
        char c = heading.at[i];
        if (c >= 'A' && c <= 'Z')
            add_char(page, (char)(c - 'A' + 'a'));
        else if (is_word(c) || c == '_' || c == '-')
            add_char(page, c);
        else if (c == ' ')
            add_char(page, '-');
    }
    st_page_add(page, ")");
}

/* ---- tables ---- */

void st_page_table(struct st_page *page, const char *const *heads, size_t count)
{
    st_page_add(page, "|");
    for (size_t i = 0; i < count; i++) {
        st_page_add(page, " ");
        st_page_add(page, heads[i]);
        st_page_add(page, " |");
    }
    st_page_add(page, "\n|");
    for (size_t i = 0; i < count; i++)
        st_page_add(page, "---|");
    st_page_add(page, "\n");
    page->in_table = true;
}

void st_page_cell(struct st_page *page)
{
    st_page_add(page,
                page->out->len > 0 && page->out->at[page->out->len - 1] == '\n' ? "| " : " | ");
}

void st_page_row(struct st_page *page)
{
    st_page_add(page, " |\n");
}

void st_page_table_end(struct st_page *page)
{
    page->in_table = false;
    st_page_add(page, "\n");
}

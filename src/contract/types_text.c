#include "contract/types_text.h"

#include "base/utf8.h"
#include "json/number.h"

#include <stdarg.h>
#include <stdio.h>

/* Lines of comments end before this column where a word lets them. */
#define COLUMNS 100

void st_source_init(struct st_source *source, struct st_types *types, struct st_buf *out)
{
    *source = (struct st_source){
        .types = types,
        .out = out,
        .text = ST_BUF(ST_CONTRACT_BYTES_MAX),
    };
}

void st_source_done(struct st_source *source)
{
    st_buf_done(&source->text);
}

void st_source_add_str(struct st_source *source, st_str text)
{
    if (source->err == ST_OK)
        source->err = st_buf_add_str(source->out, text);
}

void st_source_add(struct st_source *source, const char *text)
{
    st_source_add_str(source, st_str_of(text));
}

void st_source_printf(struct st_source *source, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ST_BUG_IF(len < 0 || (size_t)len >= sizeof text); /* for what is bounded only */
    st_source_add_str(source, (st_str){text, (size_t)len});
}

void st_source_snake(struct st_source *source, st_str pascal, bool capitals)
{
    if (source->err == ST_OK)
        source->err = st_types_add_snake(source->out, pascal, capitals);
}

/* ---- gathering a comment ---- */

void st_comment_begin(struct st_source *source)
{
    st_buf_reset(&source->text);
}

static void gather(struct st_source *source, st_str text)
{
    if (source->err == ST_OK)
        source->err = st_buf_add_str(&source->text, text);
}

/* What could end a comment, begin another, or be read otherwise than it is shown. */
static bool is_dangerous(struct st_source *source, st_str text, size_t at, size_t len)
{
    size_t before = at;
    uint32_t c = st_utf8_next(text, &before);
    char last = source->text.len == 0 ? '\0' : source->text.at[source->text.len - 1];
    if (c == '/' || c == '?')
        return last == (c == '/' ? '*' : '?');
    if (c == '*')
        return last == '/';
    return (c >= 0x200E && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || (len > 1 && c < 0xA0);
}

void st_comment_add_str(struct st_source *source, st_str text)
{
    for (size_t at = 0; at < text.len && source->err == ST_OK;) {
        size_t next = at;
        (void)st_utf8_next(text, &next);
        st_str piece = {text.at + at, next - at};
        unsigned char first = (unsigned char)text.at[at];
        if (first < ' ' || first == 127)
            gather(source, ST_STR(" "));
        else if (!is_dangerous(source, text, at, piece.len))
            gather(source, piece);
        else if (piece.len > 1)
            gather(source, ST_STR("?"));
        else {
            gather(source, ST_STR(" "));
            gather(source, piece);
        }
        at = next;
    }
}

void st_comment_add(struct st_source *source, const char *text)
{
    st_comment_add_str(source, st_str_of(text));
}

/* Between sentences. */
static void separate(struct st_source *source)
{
    size_t len = source->text.len;
    if (len == 0)
        return;
    char last = source->text.at[len - 1];
    st_comment_add(source, strchr(".!?:", last) != NULL ? " " : ". ");
}

void st_comment_sentence(struct st_source *source, const char *text)
{
    separate(source);
    st_comment_add(source, text);
}

void st_comment_says(struct st_source *source, const struct st_schemas *says)
{
    const struct st_json *doc = source->types->doc;
    st_str title = says->title == 0 ? ST_STR("") : st_json_text(doc, says->title);
    if (title.len > 0) {
        separate(source);
        st_comment_add_str(source, title);
    }
    if (says->description == 0)
        return;
    if (title.len > 0)
        st_comment_add(source, st_str_ends(title, ST_STR(".")) ? " " : ": ");
    else
        separate(source);
    st_comment_add_str(source, st_json_text(doc, says->description));
}

/* ---- what types cannot say ---- */

/* One list: keyword, what stands before its value, and behind it. */
#define FACT_LIST(X)                                                                               \
    X("format", "Format ", "")                                                                     \
    X("pattern", "Fits the pattern ", "")                                                          \
    X("minLength", "At least ", " characters")                                                     \
    X("maxLength", "At most ", " characters")                                                      \
    X("minimum", "At least ", "")                                                                  \
    X("exclusiveMinimum", "More than ", "")                                                        \
    X("maximum", "At most ", "")                                                                   \
    X("exclusiveMaximum", "Less than ", "")                                                        \
    X("multipleOf", "A multiple of ", "")                                                          \
    X("minItems", "At least ", " items")                                                           \
    X("maxItems", "At most ", " items")                                                            \
    X("minProperties", "At least ", " members")                                                    \
    X("maxProperties", "At most ", " members")                                                     \
    X("default", "Default ", "")

static bool is_stated_before(const struct st_source *source, const struct st_schemas *says,
                             uint32_t index, st_str keyword, st_str raw)
{
    for (uint32_t i = 0; i < index; i++) {
        uint32_t value = st_json_member(source->types->doc, says->at[i].node, keyword);
        if (value != ST_JSON_NONE && st_str_eq(st_json_raw(source->types->doc, value), raw))
            return true;
    }
    return false;
}

/* "1 character", not "1 characters". */
static void add_counted(struct st_source *source, st_str value, const char *after)
{
    st_str noun = st_str_of(after);
    if (st_str_eq(value, ST_STR("1")) && st_str_ends(noun, ST_STR("s")))
        noun.len--;
    st_comment_add_str(source, noun);
}

static void add_fact(struct st_source *source, const struct st_schemas *says, uint32_t index,
                     const char *keyword, const char *before, const char *after)
{
    const struct st_json *doc = source->types->doc;
    uint32_t value = st_json_member(doc, says->at[index].node, st_str_of(keyword));
    if (value == ST_JSON_NONE)
        return;
    st_str raw = st_json_raw(doc, value);
    if (is_stated_before(source, says, index, st_str_of(keyword), raw))
        return;
    st_comment_sentence(source, before);
    bool is_word = st_str_eq(st_str_of(keyword), ST_STR("format")) ||
                   st_str_eq(st_str_of(keyword), ST_STR("pattern"));
    st_comment_add_str(source, is_word ? st_json_text(doc, value) : raw);
    add_counted(source, raw, after);
}

/* Whether the comment has the word already, as in "Length in milliseconds". */
static bool says_word(const struct st_source *source, st_str word)
{
    for (size_t i = 0; i + word.len <= source->text.len; i++)
        if (memcmp(source->text.at + i, word.at, word.len) == 0)
            return true;
    return false;
}

void st_comment_facts(struct st_source *source, const struct st_schemas *says, st_str unit)
{
    if (unit.at != NULL && !says_word(source, unit)) {
        st_comment_sentence(source, "In ");
        st_comment_add_str(source, unit);
    }
    for (uint32_t i = 0; i < says->count; i++) {
#define ADD_FACT(keyword, before, after) add_fact(source, says, i, keyword, before, after);
        FACT_LIST(ADD_FACT)
#undef ADD_FACT
        uint32_t unique =
            st_json_member(source->types->doc, says->at[i].node, ST_STR("uniqueItems"));
        if (unique != ST_JSON_NONE && st_json_kind(source->types->doc, unique) == ST_JSON_TRUE) {
            st_comment_sentence(source, "No item stands in it twice");
        }
    }
}

/* ---- putting it ---- */

static void add_indent(struct st_source *source, unsigned indent)
{
    for (unsigned i = 0; i < indent; i++)
        st_source_add(source, " ");
}

/* The bytes of the text that go on one line. */
static size_t line_of(st_str text, size_t room)
{
    size_t end = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == ' ')
            end = i;
        if (i >= room && end > 0)
            return end;
    }
    return text.len;
}

void st_comment_put(struct st_source *source, const struct st_comment_style *style, unsigned indent)
{
    st_str text = st_str_trim(st_buf_str(&source->text));
    size_t around = strlen(style->open) + strlen(style->close) + indent;
    bool is_one = text.len + around <= COLUMNS;
    if (text.len == 0)
        return;
    size_t room = COLUMNS - indent - strlen(style->lead);
    for (bool first = true; text.len > 0; first = false) {
        size_t len = is_one ? text.len : line_of(text, room);
        add_indent(source, indent);
        st_source_add(source, first ? style->open : style->lead);
        st_source_add_str(source, (st_str){text.at, len});
        text = st_str_trim(st_str_from(text, len));
        if (text.len == 0)
            st_source_add(source, style->close);
        st_source_add(source, "\n");
    }
}

void st_comment_origin(struct st_source *source, enum st_language language)
{
    static const char *const names[] = {
#define NAME(id, name, title, ending) name,
        ST_LANGUAGE_LIST(NAME)
#undef NAME
    };
    const struct st_contract *contract = source->types->contract;
    const uint8_t *digest = st_contract_digest(contract);
    char hex[2 * ST_DIGEST_BYTES + 1];
    for (size_t i = 0; i < ST_DIGEST_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    st_comment_add(source, "The events of the contract ");
    st_comment_add_str(source, st_contract_ref(contract));
    st_comment_add(source, ", made from the file with the SHA-256 ");
    st_comment_add(source, hex);
    st_comment_add(source, " by: steno contract types ");
    st_comment_add_str(source, st_contract_ref(contract));
    st_comment_add(source, " --lang ");
    st_comment_add(source, names[language]);
}

/* ---- the entrance ---- */

bool st_language_of_name(st_str name, enum st_language *language)
{
    static const char *const names[] = {
#define NAME(id, name, title, ending) name,
        ST_LANGUAGE_LIST(NAME)
#undef NAME
    };
    for (int i = 0; i < ST_LANGUAGE_COUNT; i++) {
        if (st_str_eq(name, st_str_of(names[i]))) {
            *language = (enum st_language)i;
            return true;
        }
    }
    return false;
}

st_err st_types_write(const struct st_contract *contract, enum st_language language,
                      struct st_buf *out)
{
    static void (*const writers[])(struct st_source *) = {
        [ST_LANGUAGE_C] = st_types_write_c,
        [ST_LANGUAGE_TS] = st_types_write_ts,
        [ST_LANGUAGE_PY] = st_types_write_py,
    };
    size_t before = out->len;
    struct st_types types;
    struct st_source source;
    st_err err = st_types_open(&types, contract);
    if (err != ST_OK)
        return err;
    st_source_init(&source, &types, out);
    writers[language](&source);
    err = source.err;
    st_source_done(&source);
    st_types_close(&types);
    if (err != ST_OK)
        out->len = before;
    return err;
}

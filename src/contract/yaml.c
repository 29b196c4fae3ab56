#include "contract/yaml.h"

#include <yaml.h>

struct writer {
    const struct st_json *doc;
    yaml_emitter_t emitter;
    struct st_buf *out;
    st_err err; /* of adding to `out` */
};

/* libyaml's texts are unsigned and not const, and it writes to none of those that it is given. */
static yaml_char_t *text_of(const char *text)
{
    return (yaml_char_t *)(uintptr_t)text;
}

static int add_piece(void *context, unsigned char *bytes, size_t len)
{
    struct writer *w = context;
    w->err = st_buf_add(w->out, bytes, len);
    return w->err == ST_OK;
}

/* Emitting fails without memory and when the buffer is full, for nothing else. */
static st_err emit(struct writer *w, yaml_event_t *event, int made)
{
    if (!made)
        return ST_ERR_MEMORY;
    if (yaml_emitter_emit(&w->emitter, event)) /* takes the event over, also when it fails */
        return ST_OK;
    return w->err == ST_OK ? ST_ERR_MEMORY : w->err;
}

/* ---- scalars ---- */

/* Words that some version of YAML takes for null, a truth or a merge. */
static bool is_word(st_str text)
{
    static const char *const words[] = {"~",  "null", "true", "false", "yes", "no",
                                        "on", "off",  "y",    "n",     "=",   "<<"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == text.len && strncasecmp(words[i], text.at, text.len) == 0)
            return true;
    return false;
}

/* Numbers and dates begin with a digit, a sign or a point, and so may other texts: quotes do them
 * no harm. */
static bool needs_quotes(st_str text)
{
    return text.len == 0 || strchr("0123456789+-.", text.at[0]) != NULL || is_word(text);
}

static st_err add_scalar(struct writer *w, st_str text, yaml_scalar_style_t style)
{
    yaml_event_t event;
    if (text.len > INT32_MAX)
        return ST_ERR_LIMIT;
    int made = yaml_scalar_event_initialize(
        &event, NULL, NULL, text_of(text.len == 0 ? "" : text.at), (int)text.len, 1, 1, style);
    return emit(w, &event, made);
}

static st_err add_string(struct writer *w, st_str text)
{
    return add_scalar(w, text,
                      needs_quotes(text) ? YAML_SINGLE_QUOTED_SCALAR_STYLE : YAML_ANY_SCALAR_STYLE);
}

/* An exponent without a point before it, or without a sign, is text to readers of YAML 1.1. */
static st_err add_number(struct writer *w, st_str literal)
{
    struct st_buf text = ST_BUF(literal.len + 3);
    size_t at = 0;
    size_t point = 0;
    if (!st_str_find(literal, 'e', &at) && !st_str_find(literal, 'E', &at))
        return add_scalar(w, literal, YAML_PLAIN_SCALAR_STYLE);
    st_str mantissa = {literal.at, at};
    st_str exponent = st_str_from(literal, at + 1);
    bool has_sign = exponent.at[0] == '+' || exponent.at[0] == '-';
    st_err err = st_buf_printf(&text, "%.*s%se%s%.*s", ST_STR_ARG(mantissa),
                               st_str_find(mantissa, '.', &point) ? "" : ".0", has_sign ? "" : "+",
                               ST_STR_ARG(exponent));
    if (err == ST_OK)
        err = add_scalar(w, st_buf_str(&text), YAML_PLAIN_SCALAR_STYLE);
    st_buf_done(&text);
    return err;
}

/* ---- values ---- */

static st_err add_value(struct writer *w, uint32_t node);

static st_err add_sequence(struct writer *w, uint32_t node)
{
    yaml_event_t event;
    int made =
        yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
    st_err err = emit(w, &event, made);
    for (uint32_t at = st_json_first(w->doc, node); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(w->doc, node, at))
        err = add_value(w, at);
    return err == ST_OK ? emit(w, &event, yaml_sequence_end_event_initialize(&event)) : err;
}

static st_err add_mapping(struct writer *w, uint32_t node)
{
    yaml_event_t event;
    int made = yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
    st_err err = emit(w, &event, made);
    for (uint32_t at = st_json_first(w->doc, node); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(w->doc, node, at)) {
        err = add_string(w, st_json_text(w->doc, at));
        if (err == ST_OK)
            err = add_value(w, at + 1);
    }
    return err == ST_OK ? emit(w, &event, yaml_mapping_end_event_initialize(&event)) : err;
}

/* As deep as the text, which the parser bounds. */
static st_err add_value(struct writer *w, uint32_t node)
{
    switch (st_json_kind(w->doc, node)) {
    case ST_JSON_ARRAY:
        return add_sequence(w, node);
    case ST_JSON_OBJECT:
        return add_mapping(w, node);
    case ST_JSON_STRING:
        return add_string(w, st_json_text(w->doc, node));
    case ST_JSON_NUMBER:
        return add_number(w, st_json_text(w->doc, node));
    case ST_JSON_TRUE:
        return add_scalar(w, ST_STR("true"), YAML_PLAIN_SCALAR_STYLE);
    case ST_JSON_FALSE:
        return add_scalar(w, ST_STR("false"), YAML_PLAIN_SCALAR_STYLE);
    case ST_JSON_NULL:
        break;
    }
    return add_scalar(w, ST_STR("null"), YAML_PLAIN_SCALAR_STYLE);
}

static st_err add_document(struct writer *w, uint32_t node)
{
    yaml_event_t event;
    st_err err = emit(w, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    if (err == ST_OK)
        err = emit(w, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
    if (err == ST_OK)
        err = add_value(w, node);
    if (err == ST_OK)
        err = emit(w, &event, yaml_document_end_event_initialize(&event, 1));
    return err == ST_OK ? emit(w, &event, yaml_stream_end_event_initialize(&event)) : err;
}

st_err st_yaml_write(const struct st_json *doc, uint32_t node, struct st_buf *out)
{
    struct writer w = {.doc = doc, .out = out, .err = ST_OK};
    size_t before = out->len;
    if (!yaml_emitter_initialize(&w.emitter))
        return ST_ERR_MEMORY;
    yaml_emitter_set_output(&w.emitter, add_piece, &w);
    yaml_emitter_set_unicode(&w.emitter, 1);
    yaml_emitter_set_width(&w.emitter, -1); /* no line is broken where the text has no break */
    st_err err = add_document(&w, node);
    yaml_emitter_delete(&w.emitter);
    if (err != ST_OK)
        out->len = before;
    return err;
}

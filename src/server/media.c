#include "server/media.h"

#include "engine/limits.h"

#include <strings.h>

static bool is_caseless(st_str text, const char *wanted)
{
    return text.len == strlen(wanted) && strncasecmp(text.at, wanted, text.len) == 0;
}

enum st_shape st_media_shape(st_str content_type)
{
    static const struct {
        const char *type;
        enum st_shape shape;
    } types[] = {
#define ST_MEDIA_ROW(type, shape) {type, ST_SHAPE_##shape},
        ST_MEDIA_LIST(ST_MEDIA_ROW)
#undef ST_MEDIA_ROW
    };
    st_str type;
    st_str parameters;
    st_str_cut(content_type, ';', &type, &parameters);
    type = st_str_trim(type);
    if (type.len == 0)
        return ST_SHAPE_OPEN;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (is_caseless(type, types[i].type))
            return types[i].shape;
    return ST_SHAPE_REFUSED;
}

enum st_coding st_media_coding(st_str content_encoding)
{
    st_str coding = st_str_trim(content_encoding);
    if (coding.len == 0 || is_caseless(coding, "identity"))
        return ST_CODING_IDENTITY;
    if (is_caseless(coding, "gzip") || is_caseless(coding, "x-gzip"))
        return ST_CODING_GZIP;
    if (is_caseless(coding, "zstd"))
        return ST_CODING_ZSTD;
    return ST_CODING_REFUSED;
}

/* Whether the parameters of a media range say q=0. */
static bool is_refused(st_str parameters)
{
    bool more = parameters.len > 0;
    while (more) {
        st_str parameter;
        st_str name;
        st_str value;
        more = st_str_cut(parameters, ';', &parameter, &parameters);
        st_str_cut(parameter, '=', &name, &value);
        value = st_str_trim(value);
        if (!is_caseless(st_str_trim(name), "q"))
            continue;
        for (size_t i = 0; i < value.len; i++)
            if (value.at[i] != '0' && value.at[i] != '.')
                return false;
        return true;
    }
    return false;
}

bool st_media_accepts(st_str accept, st_str type)
{
    bool more = accept.len > 0;
    while (more) {
        st_str range;
        st_str name;
        st_str parameters;
        more = st_str_cut(accept, ',', &range, &accept);
        st_str_cut(range, ';', &name, &parameters);
        name = st_str_trim(name);
        if (name.len == type.len && strncasecmp(name.at, type.at, type.len) == 0)
            return !is_refused(parameters);
    }
    return false;
}

/* ---- judging a body by its beginning ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct st_guess *guess, st_str text)
{
    while (guess->at < text.len && is_blank(text.at[guess->at]))
        guess->at++;
}

/* The first byte with content decides, unless it is a '{' that may begin lines. */
static void begin(struct st_guess *guess, st_str text)
{
    skip_blanks(guess, text);
    if (guess->at == text.len)
        return;
    char c = text.at[guess->at];
    guess->begun = true;
    guess->line = guess->at;
    if (c == '[')
        guess->shape = ST_SHAPE_ARRAY;
    else if (c != '{' || guess->shape == ST_SHAPE_JSON)
        guess->shape = ST_SHAPE_OBJECT;
}

static st_err judge_line(struct st_guess *guess, st_str text)
{
    struct st_json doc;
    if (guess->line_end - guess->line > ST_EVENT_BYTES_MAX) {
        guess->shape = ST_SHAPE_LINES; /* the line will be refused, and the others may be good */
        return ST_OK;
    }
    st_json_init(&doc);
    st_err err = st_json_parse(&doc, (st_str){text.at + guess->line, guess->line_end - guess->line},
                               NULL, NULL);
    st_json_done(&doc);
    if (err == ST_ERR_MEMORY)
        return err;
    guess->shape = err == ST_OK ? ST_SHAPE_LINES : ST_SHAPE_OBJECT;
    return ST_OK;
}

static st_err look(struct st_guess *guess, st_str text)
{
    if (!guess->begun)
        begin(guess, text);
    if (!guess->begun || guess->shape != ST_SHAPE_OPEN)
        return ST_OK;
    if (guess->line_end == 0) {
        const char *feed = memchr(text.at + guess->at, '\n', text.len - guess->at);
        guess->at = feed == NULL ? text.len : (size_t)(feed - text.at);
        if (feed == NULL)
            return ST_OK;
        guess->line_end = guess->at;
    }
    skip_blanks(guess, text);
    return guess->at < text.len ? judge_line(guess, text) : ST_OK;
}

st_err st_guess_shape(struct st_guess *guess, st_str text, bool ended, enum st_shape *shape)
{
    st_err err = text.len == 0 ? ST_OK : look(guess, text);
    if (err != ST_OK)
        return err;
    if (ended && guess->shape <= ST_SHAPE_JSON)
        guess->shape = ST_SHAPE_OBJECT;
    *shape = guess->shape;
    return ST_OK;
}

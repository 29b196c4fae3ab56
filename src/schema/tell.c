#include "schema/checker.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "json/pointer.h"

#include <stdarg.h>
#include <stdio.h>

/* A text that has no room in its buffer ends the run at a limit; nothing is told of it here, where
 * there is no room for that either, but when the run has ended. */
static void note(struct st_checker *c, st_err err)
{
    if (err == ST_OK)
        return;
    if (err != ST_ERR_LIMIT)
        c->stop = ST_STOP_MEMORY;
    else if (c->stop == ST_STOP_NOT)
        c->stop = ST_STOP_LIMIT;
    c->tale.closed = true;
}

/* What is written costs steps, too; who applies a schema next finds that there are none left. */
static void charge(struct st_checker *c, uint64_t steps)
{
    c->steps -= steps < c->steps ? steps : c->steps;
}

/* Bytes of a step: they are copied, some of them twice, and escaped one by one. */
#define BYTES_A_STEP  16
#define KEPT_STEPS    8
#define DROPPED_STEPS 2

/* ---- where the walk is ---- */

static size_t walk(struct st_checker *c, const char *keyword, const st_str *token)
{
    struct st_buf *walked = &c->tale.walked;
    size_t mark = walked->len;
    if (!c->tale.on)
        return mark;
    note(c, st_pointer_add(walked, st_str_of(keyword)));
    if (token != NULL)
        note(c, st_pointer_add(walked, *token));
    charge(c, (walked->len - mark) / BYTES_A_STEP);
    return mark;
}

size_t st_walk_into(struct st_checker *c, const char *keyword)
{
    return walk(c, keyword, NULL);
}

size_t st_walk_into_name(struct st_checker *c, const char *keyword, st_str name)
{
    return walk(c, keyword, &name);
}

size_t st_walk_into_index(struct st_checker *c, const char *keyword, uint32_t index)
{
    size_t mark = walk(c, keyword, NULL);
    if (c->tale.on)
        note(c, st_pointer_add_index(&c->tale.walked, index));
    return mark;
}

void st_walk_back(struct st_checker *c, size_t mark)
{
    c->tale.walked.len = mark;
}

size_t st_at_member(struct st_checker *c, st_str name)
{
    size_t mark = c->tale.instance.len;
    if (!c->tale.on)
        return mark;
    note(c, st_pointer_add(&c->tale.instance, name));
    charge(c, (c->tale.instance.len - mark) / BYTES_A_STEP);
    return mark;
}

size_t st_at_element(struct st_checker *c, uint32_t index)
{
    size_t mark = c->tale.instance.len;
    if (c->tale.on)
        note(c, st_pointer_add_index(&c->tale.instance, index));
    return mark;
}

void st_at_back(struct st_checker *c, size_t mark)
{
    c->tale.instance.len = mark;
}

/* ---- violations ---- */

static bool is_full(const struct st_tale *tale)
{
    return tale->closed || tale->count >= tale->max || tale->text.len >= ST_REPORT_TEXT_BYTES_MAX;
}

void st_tell_make_room(struct st_checker *c)
{
    struct st_tale *tale = &c->tale;
    if (!is_full(tale) || tale->count == 0)
        return;
    tale->count--;
    tale->text.len = tale->raws[tale->count].instance.at;
    tale->dropped++;
}

/* Where the texts of one more violation have no room none is kept any more, so that all that stand
 * below one another are kept or dropped together. */
static void close_when_full(struct st_tale *tale)
{
    size_t more = 2 * tale->instance.len + tale->walked.len + ST_REPORT_MESSAGE_BYTES_MAX;
    if (tale->count > 0 && tale->text.len + more > tale->text.max)
        tale->max = tale->count;
}

static struct st_raw *new_raw(struct st_checker *c)
{
    struct st_tale *tale = &c->tale;
    close_when_full(tale);
    if (is_full(tale)) {
        tale->dropped++;
        return NULL;
    }
    if (tale->count == tale->room) {
        uint32_t room = tale->room < 16 ? 16 : tale->room * 2;
        struct st_raw *raws = st_mem_resize(tale->raws, room * sizeof(raws[0]));
        if (raws == NULL) {
            c->stop = ST_STOP_MEMORY;
            return NULL;
        }
        tale->raws = raws;
        tale->room = room;
    }
    return &tale->raws[tale->count++];
}

static struct st_span span_from(const struct st_buf *text, size_t start)
{
    return (struct st_span){.at = (uint32_t)start, .len = (uint32_t)(text->len - start)};
}

/* Appends a pointer, and a token below it where one is given. */
static st_err add_pointer(struct st_buf *text, const struct st_buf *pointer, const st_str *token,
                          struct st_span *span)
{
    size_t start = text->len;
    st_err err = st_buf_add_str(text, st_buf_str(pointer));
    if (err == ST_OK && token != NULL)
        err = st_pointer_add(text, *token);
    *span = span_from(text, start);
    return err;
}

bool st_tell_raw(struct st_checker *c, const struct st_plain *plain, const st_str *keyword,
                 uint32_t node, const st_str *child)
{
    struct st_tale *tale = &c->tale;
    struct st_raw *raw = tale->on ? new_raw(c) : NULL;
    if (raw == NULL) {
        if (tale->on)
            charge(c, DROPPED_STEPS);
        return false;
    }
    *raw = (struct st_raw){
        .plain = plain,
        .node = node,
        .parent = tale->parent,
        .definite = tale->choices == 0,
    };
    if (keyword != NULL)
        raw->keyword = *keyword;
    st_err err = add_pointer(&tale->text, &tale->instance, NULL, &raw->instance);
    const st_str *part = child != NULL ? child : tale->name;
    raw->subject = raw->instance;
    if (err == ST_OK && part != NULL)
        err = add_pointer(&tale->text, &tale->instance, part, &raw->subject);
    if (err == ST_OK)
        err = add_pointer(&tale->text, &tale->walked, keyword, &raw->keyword_at);
    raw->message.at = (uint32_t)tale->text.len;
    charge(c, KEPT_STEPS + (raw->message.at - raw->instance.at) / BYTES_A_STEP);
    note(c, err);
    if (err != ST_OK) {
        tale->text.len = raw->instance.at;
        tale->count--;
        tale->dropped++;
    }
    return err == ST_OK;
}

bool st_tell_begin(struct st_checker *c, const struct st_plain *plain, const char *keyword,
                   uint32_t node, const st_str *child)
{
    st_str token = keyword == NULL ? ST_STR("") : st_str_of(keyword);
    return !c->tale.collects && st_tell_raw(c, plain, keyword == NULL ? NULL : &token, node, child);
}

void st_tell_end(struct st_checker *c, st_err err)
{
    struct st_raw *raw = &c->tale.raws[c->tale.count - 1];
    raw->message = span_from(&c->tale.text, raw->message.at);
    note(c, err);
}

/* A message; what it quotes of names and references can be long, so it is cut. */
__attribute__((format(printf, 2, 0))) static void write_message(struct st_checker *c,
                                                                const char *format, va_list args)
{
    char message[512];
    int length = vsnprintf(message, sizeof message, format, args);
    st_str text = {message, length < 0 ? 0 : (size_t)length};
    if (text.len >= sizeof message)
        text.len = sizeof message - 1;
    text.len = st_utf8_check(text);
    st_tell_end(c, st_buf_add_str(&c->tale.text, text));
}

void st_tell(struct st_checker *c, const struct st_plain *plain, const char *keyword, uint32_t node,
             const st_str *child, const char *format, ...)
{
    if (!st_tell_begin(c, plain, keyword, node, child))
        return;
    va_list args;
    va_start(args, format);
    write_message(c, format, args);
    va_end(args);
}

struct st_told st_tell_mark(const struct st_checker *c)
{
    return (struct st_told){
        .raw = ST_JSON_NONE,
        .count = c->tale.count,
        .parent = c->tale.parent,
        .choices = c->tale.choices,
        .text = c->tale.text.len,
        .dropped = c->tale.dropped,
    };
}

void st_tell_forget(struct st_checker *c, const struct st_told *told)
{
    c->tale.count = told->count;
    c->tale.text.len = told->text;
    c->tale.dropped = told->dropped;
}

struct st_told st_tell_open(struct st_checker *c, const struct st_plain *plain, const char *keyword,
                            uint32_t node, const st_str *child, bool is_choice, const char *format,
                            ...)
{
    struct st_told told = st_tell_mark(c);
    if (!c->tale.on || c->tale.collects)
        return told;
    if (st_tell_begin(c, plain, keyword, node, child)) {
        told.raw = told.count;
        va_list args;
        va_start(args, format);
        write_message(c, format, args);
        va_end(args);
    }
    c->tale.parent = told.count;
    c->tale.choices += is_choice ? 1 : 0;
    return told;
}

void st_tell_close(struct st_checker *c, struct st_told told, bool satisfied)
{
    if (!c->tale.on || c->tale.collects)
        return;
    c->tale.parent = told.parent;
    c->tale.choices = told.choices;
    /* A run that was stopped keeps all it has: the reason is among it. */
    if (satisfied && c->stop == ST_STOP_NOT)
        st_tell_forget(c, &told);
}

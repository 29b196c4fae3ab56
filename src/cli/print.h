/*
 * print.h: recorded events as `query` and `tail` show them.
 *
 * json and raw are product.md's lines; short is one readable line; pretty is json, indented;
 * structured is the form that readers of the event's contract know. On a
 * terminal nothing that an event holds can act: short escapes as text, the others as JSON escapes,
 * so that they stay the same JSON.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_PRINT_H
#define ST_CLI_PRINT_H

#include "cli/out.h"
#include "engine/structurer.h"
#include "json/json.h"

enum st_print_form {
    ST_PRINT_SHORT,
    ST_PRINT_JSON,
    ST_PRINT_RAW,
    ST_PRINT_STRUCTURED,
    ST_PRINT_PRETTY
};

struct st_print {
    struct st_out *out;
    enum st_print_form form;
    struct st_buf line, safe;
    struct st_json doc;           /* pretty */
    struct st_registry *registry; /* structured; else NULL */
    struct st_structurer structurer;
};

/* `form` as -o has it; NULL: short on a terminal, else json. Returns the exit code after telling
 * what is wrong; st_print_done in any case. */
int st_print_init(struct st_print *print, struct st_out *out, const char *form);
void st_print_done(struct st_print *print);

/* `line` is the event's query line where there is one already; at == NULL: it is made. */
ST_MUST_USE st_err st_print_event(struct st_print *print, const struct st_event *event,
                                  st_str line);

/* Appends the short line, without line feed and colour. */
ST_MUST_USE st_err st_short_write(const struct st_record *record, struct st_buf *line);

/* Appends JSON text with C1 controls, DEL and bidirectional marks as \u escapes. */
ST_MUST_USE st_err st_json_harmless(struct st_buf *out, st_str json);

#endif

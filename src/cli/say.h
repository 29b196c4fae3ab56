/*
 * say.h: what people are told on stderr: errors and notes. How far the work is: progress.h.
 *
 * 1. An error is one line: "steno: what: why; what to do".
 * 2. Control characters, escape sequences and text that would reorder a line never reach a
 * terminal.
 *
 * Top floor. The main thread only.
 */
#ifndef ST_CLI_SAY_H
#define ST_CLI_SAY_H

#include "base/str.h"

enum st_exit {
    ST_EXIT_GOOD = 0,
    ST_EXIT_FINDINGS = 1, /* something was invalid or refused */
    ST_EXIT_USAGE = 2,    /* the command line, or a broken schema */
    ST_EXIT_TROUBLE = 3,  /* store, server or input */
};

/* Tells an error and returns `code`, so that a failing exit is one line. */
int st_fail_with(enum st_exit code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Tells something else, without the "steno: ". */
void st_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The reason in words: why->text, or the code's text, and what the system said. */
#define ST_REASON_MAX 512
const char *st_reason(st_err err, const struct st_why *why, char text[static ST_REASON_MAX]);

/* Whether stderr is a terminal; whether colour may be shown on that descriptor. */
bool st_is_terminal(int fd);
bool st_has_colour(int fd);

/* Appends `text` so that a terminal shows it as it stands on one line: control characters as \n,
 * \t, \xNN, invalid bytes as \xNN, C1 controls, bidirectional marks and line separators as
 * \u{NNNN}. */
ST_MUST_USE st_err st_harmless(struct st_buf *out, st_str text);

#endif

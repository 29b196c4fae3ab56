/*
 * remote.h: a recorder over HTTP: requests whose bodies stream in both directions.
 *
 * 1. The body of a 2xx answer is handed on piece by piece; any other answer is kept whole (up to
 *    ST_WHOLE_ANSWER_BYTES_MAX) and its message becomes the problem that is told.
 * 2. No proxy and no redirect: a recorder is reached directly or not at all.
 * 3. A request ends within 100 ms of *stop becoming non-zero.
 *
 * Top floor. The main thread. One request at a time.
 */
#ifndef ST_CLI_REMOTE_H
#define ST_CLI_REMOTE_H

#include "base/str.h"

#include <signal.h>

struct st_remote;

/* `url` is "http://HOST:PORT", "https://…" or "unix:/PATH". */
ST_MUST_USE st_err st_remote_open(struct st_remote **remote, const char *url);
void st_remote_close(struct st_remote *remote);
void st_remote_stop_at(struct st_remote *remote, const volatile sig_atomic_t *stop);

typedef st_err (*st_remote_take)(void *context, st_str piece);
/* The next piece of a body to send; len 0 at its end. */
typedef st_err (*st_remote_more)(void *context, st_str *piece);

struct st_request {
    const char *target;       /* "/v1/events?limit=10" */
    const char *method;       /* NULL: POST with a body, GET without */
    const char *accept;       /* NULL: anything */
    const char *position;     /* Last-Event-ID, or NULL */
    const char *content_type; /* of what is sent */
    st_remote_more more;      /* NULL: a GET */
    st_remote_take take;      /* NULL: the answer is kept whole */
    void *context;
};

/* SYSTEM: not reached, or the connection broke. AGAIN: busy. DENIED: stopped. INVALID: refused.
 * What take or more returned. In each case st_remote_problem says it in words. */
ST_MUST_USE st_err st_remote_ask(struct st_remote *remote, const struct st_request *request);

long st_remote_status(const struct st_remote *remote);   /* 0: no answer */
st_str st_remote_answer(const struct st_remote *remote); /* what was kept whole */
bool st_remote_began(const struct st_remote *remote);    /* some piece of a 2xx body came */
const char *st_remote_problem(struct st_remote *remote);

/* Appends "&name=value" ("?" before the first), percent-encoded. */
ST_MUST_USE st_err st_remote_add(struct st_buf *target, const char *name, st_str value);

#endif

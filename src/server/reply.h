/*
 * reply.h: what is answered: made first, sent once the request was read to its end.
 *
 * 1. A body is JSON and ends with one line feed, unless the type says otherwise.
 * 2. Making a reply never fails: without memory it becomes a short one that says so.
 *
 * Floor 7. One owner at a time.
 */
#ifndef ST_SERVER_REPLY_H
#define ST_SERVER_REPLY_H

#include "base/str.h"
#include "server/limits.h"

#include <microhttpd.h>

struct st_reply {
    unsigned status;        /* 0: none was made */
    unsigned retry_after_s; /* 0: the header is left out */
    const char *allow;      /* 405; static */
    const char *codings;    /* Accept-Encoding of a 415; static */
    const char *type;       /* static */
    struct st_buf body;
};

void st_reply_init(struct st_reply *reply);
void st_reply_done(struct st_reply *reply);

/* Begins a reply of that status: the body is empty and the caller adds JSON to it. */
struct st_buf *st_reply_begin(struct st_reply *reply, unsigned status);

/* Ends it: `err` is what adding came to. */
void st_reply_end(struct st_reply *reply, st_err err);

/* {"error":code,"message":message}; 503 gets Retry-After. */
void st_reply_error(struct st_reply *reply, unsigned status, const char *code, const char *message);
void st_reply_error_text(struct st_reply *reply, unsigned status, const char *code, st_str message);

/* The failure of a store or reader as an error: 503, or 500 for damage. */
void st_reply_failure(struct st_reply *reply, st_err err, const struct st_why *why);

/* Hands it to libmicrohttpd; the reply is empty afterwards. */
enum MHD_Result st_reply_send(struct st_reply *reply, struct MHD_Connection *connection, bool last);

/* Writes it to the socket as it is, for a request whose body is not read to its end (libmicrohttpd
 * has no answer for those); the connection must be closed then. Does not wait. */
void st_reply_send_raw(struct st_reply *reply, struct MHD_Connection *connection);

/* The headers that every answer has. */
void st_reply_add_headers(struct MHD_Response *response, const char *type, bool last);

#endif

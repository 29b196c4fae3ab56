/*
 * request.h: one request from its first line to its answer, and the connection's sleep and waking.
 *
 * A connection that has nothing to do is suspended: libmicrohttpd leaves it alone until somebody
 * wakes it. Wakers are the commit thread, the clerk and the errands' threads; sleepers are the
 * connection's own worker. Both sides act under the request's lock, so a wake finds the connection
 * asleep and resumes it, or leaves a mark that the next try to sleep finds: none is lost, and a
 * connection that is awake is never resumed. Whoever is about to sleep looks at what it waits for
 * after st_request_listen (which takes the mark away) or under the lock.
 *
 * 1. Every request is answered once, after its body was read or drained.
 * 2. The struct lives until libmicrohttpd is through with it and nobody else holds it.
 *
 * Floor 7. A request belongs to its connection's worker, but what is marked otherwise.
 */
#ifndef ST_SERVER_REQUEST_H
#define ST_SERVER_REQUEST_H

#include "server/reply.h"
#include "server/route.h"
#include "server/state.h"

struct st_request {
    struct st_server *server;
    struct MHD_Connection *connection;
    const struct st_door *door;
    struct st_target target;
    struct st_why target_why; /* text != NULL: the target was refused */
    const struct st_route *route;
    st_str param; /* of the route's pattern */
    struct st_reply reply;
    void *state; /* the handler's own */
    bool begun;
    bool is_head;

    uint64_t drained; /* bytes of a body that nobody wants */
    int64_t drained_since_ns;

    pthread_mutex_t lock; /* guards the five below, and what handlers say */
    bool asleep;
    bool woken;  /* while awake: do not sleep before having looked again */
    bool yields; /* asleep for a turn only */
    bool away;   /* an errand has the handler's state; the worker does not look at it */
    bool gone;   /* libmicrohttpd is through with it; `connection` is not touched any more */

    struct st_later later;
    atomic_uint holds;
    struct st_request *next, *prev; /* under the server's lock */
};

struct st_handler {
    /* The headers are here. May make a reply, which is sent when the body was drained. Or NULL. */
    void (*begin)(struct st_request *request);
    /* Some of the body; *len becomes what is left of it, and then the connection sleeps. NULL: the
     * body is drained. */
    enum MHD_Result (*piece)(struct st_request *request, const char *bytes, size_t *len);
    /* The body is at its end: answer, or sleep and be called again. */
    enum MHD_Result (*finish)(struct st_request *request);
    /* On the clerk's thread, as asked for by st_request_ask. NULL: wakes the connection. */
    void (*care)(struct st_request *request);
    /* libmicrohttpd is through with the request. Or NULL. */
    void (*gone)(struct st_request *request);
    /* Nobody holds the request any more. Or NULL. */
    void (*free)(struct st_request *request);
};

#define ST_HANDLER_DECLARE(method, pattern, handler, about)                                        \
    extern const struct st_handler st_handle_##handler;
ST_ROUTE_LIST(ST_HANDLER_DECLARE)
#undef ST_HANDLER_DECLARE

/* libmicrohttpd's callbacks; the closure is a struct st_door. */
void *st_request_open(void *door, const char *target, struct MHD_Connection *connection);
enum MHD_Result st_request_serve(void *door, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *bytes,
                                 size_t *len, void **request);
void st_request_completed(void *door, struct MHD_Connection *connection, void **request,
                          enum MHD_RequestTerminationCode code);

/* ---- for handlers ---- */

/* A header's value, at == NULL when there is none; `count` (may be NULL) of how many there are. */
st_str st_request_header(const struct st_request *request, const char *name, unsigned *count);

/* 400 invalid_query with the parameter's name. */
void st_request_refuse_param(struct st_request *request, st_str name, const char *what);

/* Sends the reply that was made. */
enum MHD_Result st_request_answer(struct st_request *request);

/* Takes account of bytes that nobody wants; false when it is enough of them. After
 * st_request_cut_short it is. */
bool st_request_drain(struct st_request *request, size_t len);
void st_request_cut_short(struct st_request *request);

void st_request_hold(struct st_request *request);
void st_request_drop(struct st_request *request);

/* Any thread that holds the request, or knows that the connection is there. */
void st_request_wake(struct st_request *request);

/* As st_request_wake, if the connection sleeps for a turn only (st_request_yield). */
void st_request_wake_yielding(struct st_request *request);

/* Whether the client has closed its side, or the connection broke; a connection that sleeps does
 * not hear of it. */
bool st_request_has_ended(struct st_request *request);

/* Asks the clerk for handler->care at an instant (0: at once), unless the request is gone. */
void st_request_ask(struct st_request *request, int64_t due_ns);
void st_request_ask_locked(struct st_request *request, int64_t due_ns);

/* The worker's: takes the mark of earlier wakes away. */
void st_request_listen(struct st_request *request);

/* The worker's: sleeps until woken; false when it was woken meanwhile, or the server ends. */
ST_MUST_USE bool st_request_sleep(struct st_request *request);

/* As st_request_sleep, by a worker that holds the lock and has looked under it; false only when the
 * server ends. And the waker's counterpart under the lock, for a connection that is asleep. */
ST_MUST_USE bool st_request_sleep_locked(struct st_request *request);
void st_request_wake_locked(struct st_request *request);

/* The worker's: gives the handler's state to an errand. False: there are too many, and a reply was
 * made. The errand's last act is st_request_come_back. */
ST_MUST_USE bool st_request_send(struct st_request *request, struct st_errand *errand);
void st_request_come_back(struct st_request *request);

/* The worker's, before it looks at the state: whether the errand still has it. Then the handler is
 * through for now and returns *result: the connection sleeps, or is cut because the server ends. */
ST_MUST_USE bool st_request_is_away(struct st_request *request, enum MHD_Result *result);

/* The worker's: lets others have a turn, then goes on. False when the server ends. */
ST_MUST_USE bool st_request_yield(struct st_request *request);

static inline bool st_request_stopping(const struct st_request *request)
{
    return atomic_load_explicit(&request->server->stopping, memory_order_relaxed);
}

static inline bool st_request_aborting(const struct st_request *request)
{
    return atomic_load(&request->server->aborting);
}

#endif

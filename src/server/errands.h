/*
 * errands.h: a few threads for reading that takes longer than a worker may wait.
 *
 * Floor 7. Any thread may send. Sending allocates nothing: the caller lends the struct st_errand.
 */
#ifndef ST_SERVER_ERRANDS_H
#define ST_SERVER_ERRANDS_H

#include "base/err.h"

struct st_errands;

struct st_errand {
    void (*run)(struct st_errand *errand); /* afterwards the struct is not touched any more */
};

ST_MUST_USE st_err st_errands_start(struct st_errands **errands, struct st_why *why);

/* Runs what was sent, then ends. */
void st_errands_stop(struct st_errands *errands);

/* AGAIN: as many as may wait do. DENIED: stopping. */
ST_MUST_USE st_err st_errands_send(struct st_errands *errands, struct st_errand *errand);

#endif

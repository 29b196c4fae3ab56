/*
 * place.h: where the events are: a store file, or a recorder at a URL.
 *
 *   --store FILE · --url URL · --socket PATH       one of them; flags before the environment
 *   $STENO_URL, then $STENO_STORE
 *   $XDG_DATA_HOME/steno/steno.db, then ~/.local/share/steno/steno.db
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_PLACE_H
#define ST_CLI_PLACE_H

#include "cli/command.h"

struct st_place {
    struct st_buf store; /* the file's path, or empty */
    struct st_buf url;   /* the recorder's URL, or empty */
};

/* Each: the exit code, after telling what is wrong. */
int st_place_find(struct st_cli *cli, struct st_place *place);
int st_place_find_store(struct st_cli *cli, struct st_place *place); /* the file only: `serve` */
void st_place_done(struct st_place *place);

/* The path or URL with a NUL; NULL when it is the other one (or there is no memory). */
const char *st_place_store(struct st_place *place);
const char *st_place_url(struct st_place *place);

/* A store that a recorder holds is written through that recorder: makes its URL the place. */
int st_place_turn_to_holder(struct st_place *place);

/* Tells what stands in the way of opening a store, and what to do; returns the exit code. */
int st_place_tell(struct st_place *place, st_err err, const struct st_why *why);

#endif

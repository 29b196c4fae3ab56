/*
 * line.h: a query line of product.md read back into the event that it tells of, so that what a
 * server answers is shown by the same code as what a file holds.
 *
 * Top floor. One owner. Allocates in the doc only.
 */
#ifndef ST_CLI_LINE_H
#define ST_CLI_LINE_H

#include "store/block.h"
#include "json/json.h"

/* INVALID when it is no query line. Texts point into `line` and `doc`. */
ST_MUST_USE st_err st_line_read(st_str line, struct st_json *doc, struct st_event *event);

#endif

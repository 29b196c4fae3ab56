/*
 * route.h: the one list of routes: dispatch, 405's Allow and the index at "/" come from it.
 *
 * In a pattern {seq} and {number} are runs of digits and {ref} any text; each is the request's
 * `param`.
 *
 * Floor 7. Any thread.
 */
#ifndef ST_SERVER_ROUTE_H
#define ST_SERVER_ROUTE_H

#include "server/target.h"

/* Method, pattern, handler (struct st_handler st_handle_…), what it is. HEAD goes where GET does.
 */
#define ST_ROUTE_LIST(X)                                                                           \
    X(GET, "/", index, "this list")                                                                \
    X(GET, "/healthz", healthz, "whether the process answers")                                     \
    X(GET, "/readyz", readyz, "whether the store can be written and read")                         \
    X(GET, "/metrics", metrics, "figures since the start, for Prometheus")                         \
    X(POST, "/v1/events", events_post, "record one event, an array, or NDJSON")                    \
    X(GET, "/v1/events", events_query, "query: NDJSON, or a JSON page with a cursor")              \
    X(GET, "/v1/events/{seq}", event_line, "one event with its record")                            \
    X(GET, "/v1/events/{seq}/raw", event_raw, "one event's exact bytes")                           \
    X(GET, "/v1/stream", stream, "history, then live, as server-sent events")                      \
    X(GET, "/v1/streams", streams, "which streams there are")                                      \
    X(GET, "/v1/quarantine", quarantine, "which events are kept apart, and why")                   \
    X(GET, "/v1/quarantine/{number}", quarantined, "one of them")                                  \
    X(GET, "/v1/quarantine/{number}/raw", quarantined_raw, "its exact bytes")                      \
    X(POST, "/v1/quarantine/{number}/release", quarantine_release,                                 \
      "record it after all, as it is or mended")                                                   \
    X(DELETE, "/v1/quarantine/{number}", quarantine_drop, "drop it")                               \
    X(GET, "/v1/contracts", contracts, "which contracts are known")                                \
    X(POST, "/v1/contracts", contract_add, "add a contract")                                       \
    X(GET, "/v1/contracts/{ref}", contract, "one contract's text")                                 \
    X(POST, "/v1/contracts/{ref}/check", contract_check, "hold events against it; nothing is kept")

enum st_method { ST_METHOD_GET, ST_METHOD_POST, ST_METHOD_DELETE, ST_METHOD_OTHER };

struct st_handler;

struct st_route {
    enum st_method method;
    const char *method_name;
    const char *pattern;
    const struct st_handler *handler;
    const char *about;
};

/* Route `index`, or NULL past the last. */
const struct st_route *st_route_at(uint32_t index);

/* The route of a target, with its parameter. NULL: none; then `allow` has the methods (for Allow)
 * that the path has routes for, "" when it has none. */
const struct st_route *st_route_find(enum st_method method, const struct st_target *target,
                                     st_str *param, const char **allow);

#endif

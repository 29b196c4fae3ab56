/*
 * guard.h: whether a request comes from this machine's own programs, not from a web page.
 *
 * A browser lets any page send requests to 127.0.0.1, and a page whose name is made to resolve to
 * 127.0.0.1 may even read the answers. Both show in headers that pages cannot set: Host and Origin.
 *
 * Floor 7. Any thread. Allocates nothing.
 */
#ifndef ST_SERVER_GUARD_H
#define ST_SERVER_GUARD_H

#include "base/str.h"

/* Whether the Host header names loopback: localhost, 127.x.y.z or [::1], with or without a port. */
bool st_guard_host(st_str host);

/* Whether the Origin header names the host itself: "http://" and the Host header's text. */
bool st_guard_origin(st_str origin, st_str host);

/* Whether a Sec-Fetch-Site header's value says that no other site's page sent the request: browsers
 * send it where they leave Origin out (images, scripts, links). */
bool st_guard_site(st_str site);

#endif

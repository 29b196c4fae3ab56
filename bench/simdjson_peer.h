/*
 * simdjson_peer.h: simdjson's DOM parser for a benchmark in C.
 *
 * One owner at a time. Allocates as simdjson does: a parser grows to the greatest text.
 */
#ifndef ST_BENCH_SIMDJSON_PEER_H
#define ST_BENCH_SIMDJSON_PEER_H

#include <stdbool.h>
#include <stddef.h>

/* So many bytes behind a text must be readable, or simdjson copies it. */
#define SIMDJSON_PEER_PADDING 64

#ifdef __cplusplus
extern "C" {
#endif

/* The implementation that it has picked for this machine: "icelake", "haswell", … */
const char *simdjson_peer_name(void);
const char *simdjson_peer_version(void);

void *simdjson_peer_new(void);
void simdjson_peer_free(void *parser);

/* Parses a text with padding behind it into the parser's own document. */
bool simdjson_peer_parse(void *parser, const char *text, size_t len);

#ifdef __cplusplus
}
#endif
#endif

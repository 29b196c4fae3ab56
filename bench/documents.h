/*
 * documents.h: the documents of a file, for benchmarks: NDJSON, or one JSON text over many lines.
 *
 * The whole file is held in memory and documents are slices of it. Lines of blanks alone are no
 * documents; a last line needs no line feed. A file whose first line is no JSON text but which is
 * one as a whole is one document, and so is a .json file whose first line is none.
 *
 * One owner at a time. Allocates the file's text and a slice for each document.
 */
#ifndef ST_BENCH_DOCUMENTS_H
#define ST_BENCH_DOCUMENTS_H

#include "json/json.h"

/* As long a text as one document may be; the machine's memory bounds it before. */
#define DOCUMENTS_BYTES_MAX ST_JSON_TEXT_BYTES_MAX

struct documents {
    struct st_buf text;
    st_str *at;
    size_t count;
    uint64_t bytes; /* of the documents alone: without line feeds and empty lines */
};

/* SYSTEM, ABSENT, DENIED, LIMIT or MEMORY, with `why`. */
ST_MUST_USE st_err documents_read(struct documents *documents, const char *path,
                                  struct st_why *why);
void documents_free(struct documents *documents);

/* Line and column in the file, both from 1, of a byte of a document. */
void documents_place(const struct documents *documents, size_t index, uint64_t offset,
                     uint64_t *line, uint64_t *column);

#endif

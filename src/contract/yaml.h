/*
 * yaml.h: a JSON value as YAML, in block style.
 *
 * Not a reader, and no choice of styles: what is written means the same value to every reader, of
 * YAML 1.1 and of 1.2.
 *
 * 1. Members stand in the order of the text. A string that a reader could take for something else
 *    (a number, a date, yes, null) is quoted: '1.0'.
 * 2. Numbers keep their value; one with an exponent gets the point and the sign that YAML 1.1
 *    asks for: 1e3 is written 1.0e+3.
 *
 * Floor 4. Any thread. Allocates what libyaml needs, freed before it returns, and in `out`.
 */
#ifndef ST_CONTRACT_YAML_H
#define ST_CONTRACT_YAML_H

#include "json/json.h"

/* Appends the value and a line feed. MEMORY or LIMIT (of `out`), which then holds what it did. */
ST_MUST_USE st_err st_yaml_write(const struct st_json *doc, uint32_t node, struct st_buf *out);

#endif

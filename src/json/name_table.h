/*
 * name_table.h: texts numbered 1 … 65535, so that a member's name is known by its number.
 *
 * Not a map of values: whoever loads schemas adds the names they speak of, a parser that is given
 * the table writes each name's number on its node, and what is checked afterwards compares numbers.
 *
 * 1. A text has one number for as long as the table lives; 0 is the number of no text.
 * 2. Bytes are copied.
 * 3. Looking a name up takes one hash and at most NAME_PROBES_MAX steps. The hash is seeded per
 *    table from the system's generator, so that outsiders cannot choose names that collide.
 *
 * Floor 2. Built by one thread, read by any number of them afterwards: adding while others read is
 * not allowed. Allocates in new and add.
 */
#ifndef ST_JSON_NAME_TABLE_H
#define ST_JSON_NAME_TABLE_H

#include "base/str.h"

struct st_name_table;

ST_MUST_USE st_err st_name_table_new(struct st_name_table **table);
void st_name_table_free(struct st_name_table *table); /* NULL is accepted */

/* The number of `name`, given now if it had none. LIMIT when there are ST_NAME_TABLE_NAMES_MAX of
 * them or ST_NAME_TABLE_BYTES_MAX bytes. `number` may be NULL. */
ST_MUST_USE st_err st_name_table_add(struct st_name_table *table, st_str name, uint16_t *number);

/* 0: absent. */
uint16_t st_name_table_find(const struct st_name_table *table, st_str name);

/* Numbers are 1 … count. */
uint32_t st_name_table_count(const struct st_name_table *table);

#endif

/*
 * elements.h: the elements of a JSON array, one after the other, without holding a tape of them
 * all.
 *
 * Two passes: st_elements_check walks once and makes sure that the whole text is an array, so that
 * nothing is stored of one that is broken anywhere; then st_elements_next hands out the same
 * elements by counting brackets.
 *
 * Floor 7. One owner at a time. Allocates in the doc that it is given.
 */
#ifndef ST_SERVER_ELEMENTS_H
#define ST_SERVER_ELEMENTS_H

#include "engine/limits.h"
#include "json/json.h"

/* What is longer (blanks within it included) is refused without a tape of it. */
#define ST_ELEMENT_BYTES_MAX (2 * ST_EVENT_BYTES_MAX)

struct st_elements {
    st_str text;
    size_t at;
    bool opened;
    bool ended;
};

void st_elements_start(struct st_elements *elements, st_str text);

/* Checks one more element, or, past the last, the end of the text; elements->ended then. A fault's
 * place counts from the beginning of the text. */
ST_MUST_USE st_err st_elements_check(struct st_elements *elements, struct st_json *doc,
                                     struct st_json_fault *fault);

/* The next element of a text that was checked (start again first); false past the last. */
bool st_elements_next(struct st_elements *elements, st_str *element);

#endif

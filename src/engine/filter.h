/*
 * filter.h: which events a reader wants: the same words in HTTP queries and on the command line.
 *
 * 1. Values of one word are alternatives; different words must all hold.
 * 2. A reader of a level sees that level and those before it; the default is ops (audit and ops).
 * 3. A comma within a value is written "\\,".
 * 4. since and until compare the producer's time where the event states one, else the time of
 *    receipt; since is inclusive, until exclusive.
 *
 * Floor 6. Filled by one owner, then shared by readers. Texts are copied into its arena.
 */
#ifndef ST_ENGINE_FILTER_H
#define ST_ENGINE_FILTER_H

#include "base/arena.h"
#include "engine/limits.h"
#include "store/read.h"

/* One list: word, value's name for help, help. */
#define ST_FILTER_LIST(X)                                                                          \
    X(TYPE, "type", "TYPE[,…]", "event type, exact or a prefix.*")                                 \
    X(LEVEL, "level", "LEVEL", "audit, ops (default) or debug: that level and those before it")    \
    X(CATEGORY, "category", "NAME[,…]", "category")                                                \
    X(SEVERITY, "severity", "NAME[,…]", "info, progress, warn, error or blocker")                  \
    X(STREAM, "stream", "ID[,…]", "stream: a session, run or principal")                           \
    X(TENANT, "tenant", "ID[,…]", "tenant")                                                        \
    X(CONTRACT, "contract", "NAME[@V][,…]", "contract")                                            \
    X(VALID, "valid", "true|false", "valid or not: under the mode observe both are recorded")      \
    X(SINCE, "since", "TIME", "at or after: RFC 3339, -1h, today, 2026-02-07")                     \
    X(UNTIL, "until", "TIME", "before")                                                            \
    X(AFTER, "after", "POSITION", "strictly after a seq or cursor")                                \
    X(BEFORE, "before", "POSITION", "strictly before a seq or cursor")                             \
    X(LAST, "last", "N", "only the last N that match, oldest of them first")                       \
    X(LIMIT, "limit", "N", "at most N")                                                            \
    X(ORDER, "order", "asc|desc", "by seq, rising (default) or falling")

enum st_filter_word {
#define ST_FILTER_ENUM(id, word, value, help) ST_FILTER_##id,
    ST_FILTER_LIST(ST_FILTER_ENUM)
#undef ST_FILTER_ENUM
        ST_FILTER_COUNT
};

struct st_filter_values {
    st_str *at;
    uint32_t count;
};

struct st_filter {
    struct st_arena arena;
    struct st_filter_values types, categories, streams, tenants, contracts;
    uint8_t level;      /* enum st_level */
    uint8_t severities; /* mask; 0: all */
    bool valid;         /* with has_valid */
    bool has_level, has_valid, has_order, has_since, has_until, has_after, has_before, has_last,
        has_limit;
    bool descending;
    bool follow; /* no word: the reader goes on with what comes later (queries end at the newest seq
                    of the moment they were opened, so that a steady writer cannot hold them up) */
    st_time since, until;
    uint64_t after;  /* with has_after; 0 otherwise: from the beginning */
    uint64_t before; /* with has_before */
    uint64_t last;
    uint64_t limit;
};

void st_filter_init(struct st_filter *filter);
void st_filter_done(struct st_filter *filter);

/* Sets a word by name from text; a word said twice adds its values, or, where it takes one value,
 * is INVALID. ABSENT: no such word. INVALID: `problem` gets the reason in words ("since: …"). */
ST_MUST_USE st_err st_filter_set(struct st_filter *filter, st_str word, st_str value, st_time now,
                                 struct st_buf *problem);

bool st_filter_wants(const struct st_filter *filter, const struct st_record *record);
bool st_filter_wants_block(const struct st_filter *filter, const struct st_block_header *header);

/* Positions as text: opaque cursors out; cursors or plain seqs in. */
#define ST_CURSOR_TEXT_MAX 24
size_t st_cursor_write(uint64_t seq, char text[static ST_CURSOR_TEXT_MAX]);
st_err st_cursor_parse(st_str text, uint64_t *seq);

#endif

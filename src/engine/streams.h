/*
 * streams.h: which streams there are, folded from the log.
 *
 * Floor 6. One owner at a time; bounded by ST_STREAMS_MAX streams.
 */
#ifndef ST_ENGINE_STREAMS_H
#define ST_ENGINE_STREAMS_H

#include "base/map.h"
#include "engine/filter.h"

struct st_stream {
    st_str tenant, stream, contract; /* contract of its first event; tenant.at NULL when absent */
    uint64_t events;
    uint64_t first_seq, last_seq;
    st_time first, last; /* st_record_instant, least and greatest */
    st_str last_type;
    uint64_t errors; /* severity error or blocker */
};

struct st_streams {
    struct st_arena arena;
    struct st_map by_key; /* private: (tenant, stream) to its struct, in order of first_seq */
    struct st_map types;  /* private: one copy of each type */
    uint64_t without;     /* events of no stream */
};

/* Folds all that the filter wants. LIMIT past ST_STREAMS_MAX. */
ST_MUST_USE st_err st_streams_fold(struct st_streams *streams, struct st_reader *reader,
                                   const struct st_filter *filter, struct st_why *why);
void st_streams_done(struct st_streams *streams);

uint32_t st_streams_count(const struct st_streams *streams);
/* By first_seq, rising. */
const struct st_stream *st_streams_at(const struct st_streams *streams, uint32_t index);

/* One line of JSON, without line feed. */
ST_MUST_USE st_err st_stream_write(const struct st_stream *stream, struct st_buf *out);

#endif

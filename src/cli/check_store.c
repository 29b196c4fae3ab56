#include "cli/check_store.h"

#include "cli/events.h"
#include "cli/place.h"
#include "engine/query.h"

struct source {
    struct st_cli *cli;
    struct st_pool *pool;
    const struct st_rules *rules;
    struct st_progress *progress;
    struct st_place place;
    struct st_reader *reader;
    struct st_filter filter;
    uint64_t unknown;     /* events of contracts that are not known here */
    uint64_t damaged_seq; /* of the damaged block that was told last */
    bool trouble;
};

/* Events of any version of the contract that is named. */
static st_err set_filter(struct source *source)
{
    struct st_buf problem = ST_BUF(4096);
    const struct st_contract *named = source->rules->contract;
    st_time now = st_time_now();
    st_err err = st_filter_set(&source->filter, ST_STR("level"), ST_STR("debug"), now, &problem);
    if (err == ST_OK && named != NULL)
        err = st_filter_set(&source->filter, ST_STR("contract"), st_contract_name(named), now,
                            &problem);
    st_buf_done(&problem);
    return err;
}

/* ---- handing on ---- */

/* The text is judged as it was recorded, whoever recorded it. */
static st_err hand_on(struct source *source, const char *what, uint64_t number, st_str contract,
                      st_str raw)
{
    struct st_instance instance = {.file = what, .text = raw, .line = number};
    if (source->rules->schema == NULL) {
        instance.contract = st_registry_find(source->rules->registry, contract);
        source->unknown += instance.contract == NULL;
        if (instance.contract == NULL)
            return ST_OK;
    }
    return st_pool_add(source->pool, &instance);
}

/* A damaged block is told of and passed by. */
static st_err next_event(struct source *source, struct st_query *query,
                         const struct st_event **event, struct st_why *why)
{
    st_err err = st_query_next(query, 0, event, why);
    while (err == ST_ERR_CORRUPT && why->offset != source->damaged_seq) {
        source->damaged_seq = why->offset;
        source->trouble = true;
        st_progress_end(source->progress);
        st_fail_with(ST_EXIT_TROUBLE, "store %s: the block from seq %llu on: %s; it is left out",
                     st_place_store(&source->place), (unsigned long long)why->offset, why->text);
        err = st_query_next(query, 0, event, why);
    }
    return err;
}

static void show_progress(struct source *source, uint64_t bytes)
{
    struct st_pool_tally tally = st_pool_tally(source->pool);
    source->progress->invalid = tally.checked - tally.valid;
    st_progress_show(source->progress, bytes, tally.checked);
}

static st_err check_events(struct source *source, struct st_why *why)
{
    struct st_query query;
    const struct st_event *event = NULL;
    uint64_t bytes = 0;
    st_err err = st_query_open(&query, source->reader, &source->filter, why);
    if (err == ST_OK)
        err = next_event(source, &query, &event, why);
    while (err == ST_OK && event != NULL) {
        err = hand_on(source, "seq", event->record.seq, event->record.contract, event->raw);
        bytes += event->raw.len;
        show_progress(source, bytes);
        if (err == ST_OK)
            err = next_event(source, &query, &event, why);
    }
    return err;
}

static bool is_wanted(const struct source *source, st_str contract)
{
    st_str name = {0};
    st_str version = {0};
    st_str_cut(contract, '@', &name, &version);
    return source->rules->contract == NULL ||
           st_str_eq(name, st_contract_name(source->rules->contract));
}

static st_err check_quarantine(struct source *source, struct st_why *why)
{
    struct st_quarantine_scan scan = {.reader = source->reader};
    struct st_quarantined kept;
    st_err err = st_quarantine_scan_next(&scan, 0, &kept, why);
    while (err == ST_OK) {
        if (is_wanted(source, kept.contract))
            err = hand_on(source, "quarantine", kept.number, kept.contract, kept.raw);
        if (err == ST_OK)
            err = st_quarantine_scan_next(&scan, 0, &kept, why);
    }
    return err == ST_ERR_ABSENT ? ST_OK : err;
}

static int check_all(struct source *source)
{
    struct st_why why = {0};
    st_err err = set_filter(source);
    if (err == ST_OK)
        err = st_reader_open(&source->reader, st_place_store(&source->place), NULL, &why);
    if (err == ST_OK)
        err = check_events(source, &why);
    if (err == ST_OK)
        err = check_quarantine(source, &why);
    st_progress_end(source->progress);
    if (err != ST_OK)
        return st_place_tell(&source->place, err, &why);
    if (source->unknown > 0)
        st_note("%llu events of contracts that are not known here were left out",
                (unsigned long long)source->unknown);
    return ST_EXIT_GOOD;
}

int st_check_store(struct st_cli *cli, struct st_pool *pool, const struct st_rules *rules,
                   struct st_progress *progress, bool *partly)
{
    struct source source = {.cli = cli, .pool = pool, .rules = rules, .progress = progress};
    st_filter_init(&source.filter);
    int code = st_place_find_store(cli, &source.place);
    if (code == ST_EXIT_GOOD)
        code = check_all(&source);
    *partly = source.trouble;
    st_reader_close(source.reader);
    st_place_done(&source.place);
    st_filter_done(&source.filter);
    return code;
}

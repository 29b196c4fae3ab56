#include "store/read.h"

#include "base/mem.h"
#include "store/digest.h"
#include "store/inode.h"
#include "store/layout.h"
#include "store/sql.h"
#include "store/store.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define STATEMENT_COUNT 10

/* The block whose events the decoder holds, known by what its header says of its body. */
struct opened {
    const struct st_event *events;
    uint64_t first_seq;
    uint64_t body_hash;
    uint32_t count; /* 0: none */
};

struct st_reader {
    struct st_inode *file;
    sqlite3 *db;
    char *path;
    sqlite3_stmt *begin, *commit;
    sqlite3_stmt *first, *counts, *find, *up, *down;
    sqlite3_stmt *contract, *quarantined, *quarantined_up;
    struct st_block_decoder *decoder;
    struct opened opened;
    struct st_buf kept; /* the quarantined event that was handed out */
};

static void list_statements(struct st_reader *reader,
                            struct st_sql_statement list[static STATEMENT_COUNT])
{
    const struct st_sql_statement all[] = {
        {&reader->begin, "BEGIN"},
        {&reader->commit, "COMMIT"},
        {&reader->first, "SELECT min(first_seq) FROM block"},
        {&reader->counts, "SELECT (SELECT count(*) FROM block), count(*) FROM quarantine"},
        {&reader->find, "SELECT first_seq, header, body FROM block WHERE first_seq <= ?1"
                        " ORDER BY first_seq DESC LIMIT 1"},
        {&reader->up, "SELECT first_seq, header, body FROM block WHERE first_seq >="
                      " coalesce((SELECT max(first_seq) FROM block WHERE first_seq <= ?1), ?1)"
                      " ORDER BY first_seq"},
        {&reader->down, "SELECT first_seq, header, body FROM block WHERE first_seq < ?1"
                        " ORDER BY first_seq DESC"},
        {&reader->contract, "SELECT text FROM contract WHERE digest = ?1"},
        {&reader->quarantined, "SELECT number, received_ns, tenant, contract, raw, report, producer"
                               " FROM quarantine WHERE number = ?1"},
        {&reader->quarantined_up,
         "SELECT number, received_ns, tenant, contract, raw, report, producer"
         " FROM quarantine WHERE number > ?1 ORDER BY number"},
    };
    _Static_assert(sizeof all / sizeof all[0] == STATEMENT_COUNT, "every statement is in the list");
    memcpy(list, all, sizeof all);
}

/* SQLite's integers are signed. */
static int64_t bound_seq(uint64_t seq)
{
    return seq > INT64_MAX ? INT64_MAX : (int64_t)seq;
}

/* ---- life ---- */

static st_err open_reader(struct st_reader *reader, const char *path, const char *vfs,
                          struct st_why *why)
{
    struct st_sql_statement list[STATEMENT_COUNT];
    bool blank = false;
    reader->kept = ST_BUF(4 * ST_EVENT_BYTES_MAX + ST_CONTRACT_NAME_MAX); /* see copy_kept */
    if (st_block_decoder_new(&reader->decoder) != ST_OK)
        return st_fail(why, ST_ERR_MEMORY, "no memory to open the store");
    reader->path = realpath(path, NULL);
    if (reader->path == NULL) {
        st_err err = st_fail_sys(why, "there is no store at this path", errno);
        return errno == ENOENT || errno == ENOTDIR ? ST_ERR_ABSENT
               : errno == EACCES                   ? ST_ERR_DENIED
                                                   : err;
    }
    st_err err = st_inode_use(&reader->file, reader->path, why);
    if (err == ST_OK)
        err = st_sql_open(&reader->db, reader->path, vfs, ST_SQL_READ, why);
    if (err == ST_OK)
        err = st_sql_identify(reader->db, &blank, why);
    if (err == ST_OK && blank)
        err = st_fail(why, ST_ERR_ABSENT, "the file is empty; there is no store in it");
    list_statements(reader, list);
    return err == ST_OK ? st_sql_prepare(reader->db, list, STATEMENT_COUNT, why) : err;
}

st_err st_reader_open(struct st_reader **opened, const char *path, const char *vfs,
                      struct st_why *why)
{
    struct st_reader *reader = st_mem_get_zeroed(sizeof *reader);
    if (reader == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory to open the store");
    st_err err = open_reader(reader, path, vfs, why);
    if (err != ST_OK) {
        st_reader_close(reader);
        return err;
    }
    *opened = reader;
    return ST_OK;
}

void st_reader_close(struct st_reader *reader)
{
    struct st_sql_statement list[STATEMENT_COUNT];
    if (reader == NULL)
        return;
    list_statements(reader, list);
    st_sql_finalize(list, STATEMENT_COUNT);
    ST_BUG_IF(sqlite3_close(reader->db) != SQLITE_OK);
    st_inode_leave(reader->file);
    st_block_decoder_free(reader->decoder);
    st_buf_done(&reader->kept);
    free(reader->path);
    st_mem_free(reader);
}

/* ---- the head ---- */

static uint64_t file_bytes(const char *path, const char *suffix)
{
    char name[PATH_MAX];
    struct stat info;
    int len = snprintf(name, sizeof name, "%s%s", path, suffix);
    if (len < 0 || (size_t)len >= sizeof name || stat(name, &info) != 0)
        return 0;
    return (uint64_t)info.st_size;
}

st_err st_reader_last_seq(struct st_reader *reader, uint64_t *seq, struct st_why *why)
{
    bool row = false;
    st_sql_bind_i64(reader->find, 1, INT64_MAX);
    st_err err = st_sql_step(reader->find, &row, "the store cannot be read", why);
    if (err != ST_OK)
        return err;
    if (!row) {
        *seq = 0;
        return ST_OK;
    }
    struct st_block_header header;
    err = st_block_header_read(st_sql_blob(reader->find, 1), &header, why);
    st_sql_reset(reader->find);
    if (err == ST_OK)
        *seq = header.first_seq + header.count - 1;
    return err;
}

/* The two numbers of a statement's only row; `second` may be NULL. */
static st_err read_numbers(sqlite3_stmt *statement, uint64_t *first, uint64_t *second,
                           struct st_why *why)
{
    bool row = false;
    st_err err = st_sql_step(statement, &row, "the store cannot be read", why);
    if (err != ST_OK || !row)
        return err;
    *first = (uint64_t)sqlite3_column_int64(statement, 0);
    if (second != NULL)
        *second = (uint64_t)sqlite3_column_int64(statement, 1);
    st_sql_reset(statement);
    return ST_OK;
}

/* One snapshot, so that the numbers agree. */
static st_err read_head(struct st_reader *reader, struct st_head *head, bool counts,
                        struct st_why *why)
{
    st_err err = st_sql_run(reader->begin, "the store cannot be read", why);
    if (err != ST_OK)
        return err;
    err = read_numbers(reader->first, &head->first_seq, NULL, why);
    if (err == ST_OK)
        err = st_reader_last_seq(reader, &head->last_seq, why);
    if (err == ST_OK && counts)
        err = read_numbers(reader->counts, &head->blocks, &head->quarantined, why);
    /* After some failures SQLite has ended it already; ending what was only read does not fail. */
    if (sqlite3_get_autocommit(reader->db) == 0)
        (void)!st_sql_run(reader->commit, "the store cannot be read", NULL);
    return err;
}

st_err st_reader_range(struct st_reader *reader, uint64_t *first_seq, uint64_t *last_seq,
                       struct st_why *why)
{
    struct st_head read = {0};
    st_err err = read_head(reader, &read, false, why);
    if (err != ST_OK)
        return err;
    *first_seq = read.first_seq;
    *last_seq = read.last_seq;
    return ST_OK;
}

st_err st_reader_head(struct st_reader *reader, struct st_head *head, struct st_why *why)
{
    struct st_head read = {0};
    st_err err = read_head(reader, &read, true, why);
    if (err != ST_OK)
        return err;
    read.file_bytes = file_bytes(reader->path, "") + file_bytes(reader->path, "-wal");
    *head = read;
    return ST_OK;
}

/* ---- blocks ---- */

static st_err damaged(struct st_why *why, const char *text, uint64_t first_seq)
{
    return st_fail_at(why, ST_ERR_CORRUPT, text, first_seq);
}

/* Reads the header in a statement's row. */
static st_err read_row(sqlite3_stmt *statement, struct st_block_header *header, struct st_why *why)
{
    uint64_t first_seq = (uint64_t)sqlite3_column_int64(statement, 0);
    struct st_why reason = {0};
    st_err err = st_block_header_read(st_sql_blob(statement, 1), header, &reason);
    if (err != ST_OK)
        return damaged(why, reason.text, first_seq);
    if (header->first_seq != first_seq)
        return damaged(why, "a block is not where it says", first_seq);
    return ST_OK;
}

/* Opens the body in a statement's row, unless its events are at hand. */
static st_err open_row(struct st_reader *reader, sqlite3_stmt *statement,
                       const struct st_block_header *header, struct st_why *why)
{
    struct opened *opened = &reader->opened;
    if (opened->count == header->count && opened->first_seq == header->first_seq &&
        opened->body_hash == header->body_hash)
        return ST_OK;
    opened->count = 0;
    uint32_t count = 0;
    st_err err = st_block_decode(reader->decoder, header, st_sql_blob(statement, 2),
                                 &opened->events, &count, why);
    if (err == ST_OK)
        *opened = (struct opened){opened->events, header->first_seq, header->body_hash, count};
    return err;
}

/* Whether the store has a block behind this one. */
static st_err is_followed(struct st_reader *reader, uint64_t first_seq, bool *followed,
                          struct st_why *why)
{
    bool row = false;
    st_sql_bind_i64(reader->find, 1, INT64_MAX);
    st_err err = st_sql_step(reader->find, &row, "the store cannot be read", why);
    *followed = err == ST_OK && row && (uint64_t)sqlite3_column_int64(reader->find, 0) > first_seq;
    st_sql_reset(reader->find);
    return err;
}

/* Behind the block that should hold a seq: past the end there is nothing, but between two blocks
 * something was. */
static st_err refuse_missing(struct st_reader *reader, const struct st_block_header *header,
                             struct st_why *why)
{
    bool followed = false;
    st_err err = is_followed(reader, header->first_seq, &followed, why);
    if (err != ST_OK)
        return err;
    return followed ? damaged(why, "events are missing", header->first_seq + header->count)
                    : st_fail(why, ST_ERR_ABSENT, "there is no event with this seq");
}

st_err st_reader_find(struct st_reader *reader, uint64_t seq, struct st_event *event,
                      struct st_why *why)
{
    bool row = false;
    st_sql_bind_i64(reader->find, 1, bound_seq(seq));
    st_err err = st_sql_step(reader->find, &row, "the store cannot be read", why);
    if (err != ST_OK)
        return err;
    if (!row)
        return st_fail(why, ST_ERR_ABSENT, "there is no event with this seq");
    struct st_block_header header;
    err = read_row(reader->find, &header, why);
    bool misses = err == ST_OK && seq - header.first_seq >= header.count;
    if (err == ST_OK && !misses)
        err = open_row(reader, reader->find, &header, why);
    st_sql_reset(reader->find);
    if (misses)
        return refuse_missing(reader, &header, why);
    if (err == ST_OK)
        *event = reader->opened.events[seq - header.first_seq];
    return err;
}

/* ---- scanning ---- */

void st_scan_start(struct st_scan *scan, struct st_reader *reader, uint64_t seq, bool down)
{
    scan->reader = reader;
    scan->next_seq = !down && seq == 0 ? 1 : seq;
    scan->down = down;
    scan->damaged_seq = 0;
    scan->border = 0;
}

/* The place behind a block. */
static void pass(struct st_scan *scan, const struct st_block_header *header)
{
    scan->next_seq = scan->down ? header->first_seq : header->first_seq + header->count;
}

/* Starts the statement where the scan has got to. Going up its first row is the block before that
 * place, or the store's first one, so that nothing can lack before it. */
static void bind_place(struct st_scan *scan, sqlite3_stmt *statement)
{
    st_sql_bind_i64(statement, 1, bound_seq(scan->next_seq));
    if (!scan->down)
        scan->border = 0;
}

/* CORRUPT when blocks are missing between this one and its neighbour, or, going down from within
 * the log, between this one and the start; the scan then stands before this block. */
static st_err check_border(struct st_scan *scan, const struct st_block_header *header,
                           struct st_why *why)
{
    uint64_t behind = header->first_seq + header->count;
    uint64_t border = scan->border;
    bool gap = border != 0 && (scan->down ? behind < border : header->first_seq > border);
    if (scan->down && border == 0 && behind < scan->next_seq) {
        st_err err = is_followed(scan->reader, header->first_seq, &gap, why);
        if (err != ST_OK)
            return err;
    }
    scan->border = scan->down ? header->first_seq : behind;
    if (!gap)
        return ST_OK;
    uint64_t missing = scan->down ? behind : border < scan->next_seq ? scan->next_seq : border;
    scan->border = scan->down ? behind : 0;
    scan->next_seq = scan->down ? behind : header->first_seq;
    return damaged(why, "events are missing", missing);
}

/* Notes a header that cannot be read: the next call goes on behind it. Its number of events is not
 * known, so going up its first seq tells it apart when it is met again. */
static void pass_damaged(struct st_scan *scan, uint64_t first_seq)
{
    scan->damaged_seq = first_seq;
    if (scan->down)
        scan->next_seq = first_seq;
    else if (scan->next_seq <= first_seq)
        scan->next_seq = first_seq + 1;
    scan->border = scan->down ? first_seq : 0;
}

/* Looks at the block in the row; *found when it is wanted and open. */
static st_err look_at(struct st_scan *scan, sqlite3_stmt *statement, bool *found,
                      struct st_why *why)
{
    struct st_block_header header;
    uint64_t first_seq = (uint64_t)sqlite3_column_int64(statement, 0);
    *found = false;
    if (first_seq == scan->damaged_seq)
        return ST_OK;
    st_err err = read_row(statement, &header, why);
    if (err != ST_OK) {
        pass_damaged(scan, first_seq);
        return err;
    }
    err = check_border(scan, &header, why);
    if (err != ST_OK)
        return err;
    if (!scan->down && header.first_seq + header.count <= scan->next_seq)
        return ST_OK;
    *found = scan->wanted == NULL || scan->wanted(scan->context, &header);
    if (*found)
        err = open_row(scan->reader, statement, &header, why);
    if (err == ST_ERR_CORRUPT || !*found)
        pass(scan, &header);
    return err;
}

/* Cuts the open block to the events that were not met yet, and passes it. */
static void cut(struct st_scan *scan, const struct st_event **events, uint32_t *count)
{
    const struct opened *opened = &scan->reader->opened;
    uint64_t behind = opened->first_seq + opened->count;
    uint64_t from = opened->first_seq;
    uint64_t to = behind;
    if (scan->down && scan->next_seq < to)
        to = scan->next_seq;
    if (!scan->down && scan->next_seq > from)
        from = scan->next_seq;
    *events = opened->events + (from - opened->first_seq);
    *count = (uint32_t)(to - from);
    scan->next_seq = scan->down ? opened->first_seq : behind;
}

st_err st_scan_next(struct st_scan *scan, int64_t work_ns, const struct st_event **events,
                    uint32_t *count, struct st_why *why)
{
    sqlite3_stmt *statement = scan->down ? scan->reader->down : scan->reader->up;
    int64_t started = st_monotonic_ns();
    int64_t snapshot = started;
    uint64_t from = scan->next_seq;
    bool row = true;
    bool found = false;
    st_err err = ST_OK;
    *count = 0;
    bind_place(scan, statement);
    while (err == ST_OK && !found) {
        err = st_sql_step(statement, &row, "the store cannot be read", why);
        if (err != ST_OK || !row)
            return err;
        err = look_at(scan, statement, &found, why);
        int64_t now = st_monotonic_ns();
        /* Never without having got further, or a hurried caller would never reach the end. */
        if (err == ST_OK && !found && work_ns > 0 && now - started > work_ns &&
            scan->next_seq != from)
            err = st_fail(why, ST_ERR_AGAIN, "there is more to look through");
        if (err == ST_OK && !found && now - snapshot > ST_SNAPSHOT_NS) {
            st_sql_reset(statement);
            bind_place(scan, statement);
            snapshot = now;
        }
    }
    st_sql_reset(statement);
    if (found && err == ST_OK)
        cut(scan, events, count);
    return err;
}

/* ---- contracts and the quarantine ---- */

st_err st_reader_contract(struct st_reader *reader, const uint8_t digest[static ST_DIGEST_BYTES],
                          struct st_buf *text, struct st_why *why)
{
    bool row = false;
    st_sql_bind_blob(reader->contract, 1, (st_str){(const char *)digest, ST_DIGEST_BYTES});
    st_err err = st_sql_step(reader->contract, &row, "the store cannot be read", why);
    if (err != ST_OK)
        return err;
    if (!row)
        return st_fail(why, ST_ERR_ABSENT, "no contract with this digest is kept");
    err = st_buf_add_str(text, st_sql_blob(reader->contract, 0));
    st_sql_reset(reader->contract);
    return err == ST_OK ? ST_OK : st_fail(why, err, "no memory for a contract");
}

/* The table is made with its first row. */
static st_err has_added_contracts(struct st_reader *reader, bool *has, struct st_why *why)
{
    int64_t tables = 0;
    st_err err =
        st_sql_int(reader->db, "SELECT count(*) FROM sqlite_schema WHERE name = 'added_contract'",
                   &tables, why);
    *has = tables > 0;
    return err;
}

st_err st_reader_added_contracts(struct st_reader *reader, st_contract_take take, void *context,
                                 struct st_why *why)
{
    sqlite3_stmt *each = NULL;
    const struct st_sql_statement list[] = {
        {&each, "SELECT added_contract.name, text FROM added_contract JOIN contract"
                " USING(digest) ORDER BY number"},
    };
    bool row = false;
    st_err err = has_added_contracts(reader, &row, why);
    if (err == ST_OK && row)
        err = st_sql_prepare(reader->db, list, 1, why);
    while (err == ST_OK && row) {
        err = st_sql_step(each, &row, "the store cannot be read", why);
        if (err == ST_OK && row)
            err = take(context, st_sql_blob(each, 0), st_sql_blob(each, 1), why);
    }
    st_sql_finalize(list, 1);
    return err;
}

/* The bytes of a column, to be copied; absent where the column is NULL. */
static st_str get_column(sqlite3_stmt *statement, int column)
{
    st_str bytes = st_sql_blob(statement, column);
    if (bytes.at == NULL && sqlite3_column_type(statement, column) != SQLITE_NULL)
        bytes.at = "";
    return bytes;
}

static void digest_raw(struct st_quarantined *kept)
{
    SHA256_CTX state;
    SHA256_Init(&state);
    if (kept->raw.len > 0)
        SHA256_Update(&state, kept->raw.at, kept->raw.len);
    SHA256_Final(kept->sha256, &state);
}

/* What says whether an event is wanted; its texts end with the row. */
static void read_kept_head(sqlite3_stmt *statement, struct st_quarantined *kept)
{
    *kept = (struct st_quarantined){
        .number = (uint64_t)sqlite3_column_int64(statement, 0),
        .received_ns = sqlite3_column_int64(statement, 1),
        .tenant = get_column(statement, 2),
        .contract = get_column(statement, 3),
    };
}

/* Texts and blobs of a row, from column 2 on. */
#define KEPT_TEXTS 5

/* The event in the row, copied into the reader's buffer. */
static st_err copy_kept(struct st_reader *reader, sqlite3_stmt *statement,
                        struct st_quarantined *kept, struct st_why *why)
{
    struct st_quarantined read;
    st_str *const fields[KEPT_TEXTS] = {&read.tenant, &read.contract, &read.raw, &read.report,
                                        &read.producer};
    size_t bytes = 0;
    read_kept_head(statement, &read);
    for (int i = 0; i < KEPT_TEXTS; i++) {
        *fields[i] = get_column(statement, 2 + i);
        bytes += fields[i]->len;
    }
    st_buf_reset(&reader->kept);
    st_err err = st_buf_reserve(&reader->kept, bytes);
    for (int i = 0; i < KEPT_TEXTS && err == ST_OK; i++) {
        const char *at = reader->kept.at + reader->kept.len;
        err = st_buf_add_str(&reader->kept, *fields[i]);
        if (fields[i]->at != NULL && fields[i]->len > 0)
            fields[i]->at = at;
    }
    /* What is empty points at nothing that ends with the row. */
    for (int i = 0; i < KEPT_TEXTS; i++)
        if (fields[i]->at != NULL && fields[i]->len == 0)
            fields[i]->at = "";
    if (err != ST_OK)
        return st_fail(why, err, "no memory for an event in quarantine");
    digest_raw(&read);
    *kept = read;
    return ST_OK;
}

st_err st_reader_quarantined(struct st_reader *reader, uint64_t number, struct st_quarantined *kept,
                             struct st_why *why)
{
    bool row = false;
    if (number > 0 && number <= INT64_MAX) {
        st_sql_bind_i64(reader->quarantined, 1, (int64_t)number);
        st_err err = st_sql_step(reader->quarantined, &row, "the store cannot be read", why);
        if (err != ST_OK)
            return err;
    }
    if (!row)
        return st_fail(why, ST_ERR_ABSENT, "no event has this number in the quarantine");
    st_err err = copy_kept(reader, reader->quarantined, kept, why);
    st_sql_reset(reader->quarantined);
    return err;
}

/* Passes by what is not wanted; *found: the statement stands on one that is. */
static st_err find_kept(struct st_quarantine_scan *scan, sqlite3_stmt *statement, int64_t work_ns,
                        bool *found, struct st_why *why)
{
    int64_t started = st_monotonic_ns();
    int64_t snapshot = started;
    *found = false;
    st_sql_bind_i64(statement, 1, bound_seq(scan->after));
    for (;;) {
        struct st_quarantined head;
        bool row = false;
        st_err err = st_sql_step(statement, &row, "the store cannot be read", why);
        if (err != ST_OK)
            return err;
        if (!row)
            return st_fail(why, ST_ERR_ABSENT, "nothing more is in quarantine");
        read_kept_head(statement, &head);
        scan->after = head.number;
        *found = scan->wanted == NULL || scan->wanted(scan->context, &head);
        if (*found)
            return ST_OK;
        int64_t now = st_monotonic_ns();
        if (work_ns > 0 && now - started > work_ns)
            return st_fail(why, ST_ERR_AGAIN, "there is more to look through");
        if (now - snapshot > ST_SNAPSHOT_NS) {
            st_sql_reset(statement);
            st_sql_bind_i64(statement, 1, bound_seq(scan->after));
            snapshot = now;
        }
    }
}

st_err st_quarantine_scan_next(struct st_quarantine_scan *scan, int64_t work_ns,
                               struct st_quarantined *kept, struct st_why *why)
{
    sqlite3_stmt *statement = scan->reader->quarantined_up;
    bool found = false;
    st_err err = find_kept(scan, statement, work_ns, &found, why);
    if (found)
        err = copy_kept(scan->reader, statement, kept, why);
    st_sql_reset(statement);
    return err;
}

#include "cli/input.h"

#include "base/mem.h"
#include "cli/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum packing { UNKNOWN, PLAIN, GZIP, ZSTD };

/* Where unpacked bytes go. */
struct room {
    char *at;
    size_t len, used;
};

struct st_input {
    char *name;
    int fd;
    bool named_gzip, named_zstd;
    enum packing packing; /* UNKNOWN until the first bytes are there */
    bool at_end;          /* of the file */
    bool within;          /* a member or frame has begun and not ended */
    bool done;            /* zeros behind the last gzip member were met */
    uint64_t read_bytes, total_bytes;
    char *packed; /* bytes as they are stored: from … to not used yet */
    size_t from, to;
    char *plain;
    z_stream gzip;
    ZSTD_DCtx *zstd;
};

/* ---- opening ---- */

static st_err fail_open(struct st_why *why, int error)
{
    st_fail_sys(why, error == ENOENT ? "no such file" : "cannot be opened", error);
    if (error == ENOENT || error == ENOTDIR)
        return ST_ERR_ABSENT;
    return error == EACCES || error == EPERM ? ST_ERR_DENIED : ST_ERR_SYSTEM;
}

static st_err open_file(struct st_input *input, const char *path, struct st_why *why)
{
    struct stat about;
    bool is_stdin = strcmp(path, "-") == 0;
    input->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (input->fd < 0 || fstat(input->fd, &about) != 0)
        return fail_open(why, errno);
    if (S_ISDIR(about.st_mode))
        return st_fail(why, ST_ERR_INVALID, "is a folder, not a file");
    if (S_ISREG(about.st_mode) && about.st_size > 0) {
        input->total_bytes = (uint64_t)about.st_size;
        /* A hint: reading goes on as well where it is not heard. */
        (void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    input->named_gzip = st_str_ends(st_str_of(path), ST_STR(".gz"));
    input->named_zstd = st_str_ends(st_str_of(path), ST_STR(".zst"));
    return ST_OK;
}

st_err st_input_open(struct st_input **input, const char *path, struct st_why *why)
{
    *input = NULL;
    struct st_input *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return st_fail(why, ST_ERR_MEMORY, "out of memory");
    made->fd = -1;
    const char *name = strcmp(path, "-") == 0 ? "stdin" : path;
    size_t name_bytes = strlen(name) + 1;
    made->name = st_mem_get(name_bytes);
    made->packed = st_mem_get(ST_INPUT_PIECE_BYTES);
    made->plain = st_mem_get(ST_INPUT_PIECE_BYTES);
    st_err err = ST_OK;
    if (made->name == NULL || made->packed == NULL || made->plain == NULL)
        err = st_fail(why, ST_ERR_MEMORY, "out of memory");
    else
        memcpy(made->name, name, name_bytes);
    if (err == ST_OK)
        err = open_file(made, path, why);
    if (err != ST_OK) {
        st_input_close(made);
        return err;
    }
    *input = made;
    return ST_OK;
}

void st_input_close(struct st_input *input)
{
    if (input == NULL)
        return;
    if (input->packing == GZIP)
        inflateEnd(&input->gzip);
    ZSTD_freeDCtx(input->zstd);
    if (input->fd > STDIN_FILENO)
        close(input->fd);
    st_mem_free(input->name);
    st_mem_free(input->packed);
    st_mem_free(input->plain);
    st_mem_free(input);
}

/* ---- reading ---- */

static st_err read_some(struct st_input *input, char *at, size_t len, size_t *used,
                        struct st_why *why)
{
    ST_BUG_IF(len == 0); /* a read of no bytes would look like the end */
    for (;;) {
        ssize_t got = read(input->fd, at, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return st_fail_sys(why, "cannot be read", errno);
        input->at_end = got == 0;
        input->read_bytes += (uint64_t)got;
        *used = (size_t)got;
        return ST_OK;
    }
}

static st_err fill(struct st_input *input, struct st_why *why)
{
    size_t used = 0;
    if (input->from > 0)
        memmove(input->packed, input->packed + input->from, input->to - input->from);
    input->to -= input->from;
    input->from = 0;
    st_err err =
        read_some(input, input->packed + input->to, ST_INPUT_PIECE_BYTES - input->to, &used, why);
    input->to += used;
    return err;
}

static st_str left(const struct st_input *input)
{
    return (st_str){input->packed + input->from, input->to - input->from};
}

/* A frame may ask for a window of 128 MiB at most: the library's bound for streams. */
static st_err begin_zstd(struct st_input *input, struct st_why *why)
{
    input->zstd = ZSTD_createDCtx();
    if (input->zstd == NULL)
        return st_fail(why, ST_ERR_MEMORY, "out of memory");
    input->packing = ZSTD;
    return ST_OK;
}

static st_err begin_gzip(struct st_input *input, struct st_why *why)
{
    input->gzip = (z_stream){0};
    if (inflateInit2(&input->gzip, 15 + 16) != Z_OK)
        return st_fail(why, ST_ERR_MEMORY, "out of memory");
    input->packing = GZIP;
    return ST_OK;
}

/* Looks at the first bytes, four of them where there are as many. */
static st_err find_packing(struct st_input *input, struct st_why *why)
{
    if (input->packing != UNKNOWN)
        return ST_OK;
    while (!input->at_end && input->to - input->from < 4) {
        st_err err = fill(input, why);
        if (err != ST_OK)
            return err;
    }
    bool gzip = st_str_starts(left(input), ST_STR("\x1f\x8b"));
    bool zstd = st_str_starts(left(input), ST_STR("\x28\xb5\x2f\xfd"));
    if (input->named_gzip && !gzip)
        return st_fail(why, ST_ERR_CORRUPT, "is not gzip, although its name says so");
    if (input->named_zstd && !zstd)
        return st_fail(why, ST_ERR_CORRUPT, "is not zstd, although its name says so");
    if (gzip)
        return begin_gzip(input, why);
    if (zstd)
        return begin_zstd(input, why);
    input->packing = PLAIN;
    return ST_OK;
}

static st_err damaged(const struct st_input *input, const char *text, struct st_why *why)
{
    return st_fail_at(why, ST_ERR_CORRUPT, text, input->read_bytes - (input->to - input->from));
}

/* Between two members: another one, the zeros that tapes leave behind, or the end. */
static st_err next_gzip_member(struct st_input *input, struct st_why *why)
{
    if (input->packed[input->from] == 0) {
        while (input->from < input->to && input->packed[input->from] == 0)
            input->from++;
        input->done = true;
        return ST_OK;
    }
    if (input->done || input->packed[input->from] != '\x1f')
        return damaged(input, "has bytes that are not gzip behind the gzip data", why);
    return inflateReset(&input->gzip) == Z_OK ? ST_OK
                                              : st_fail(why, ST_ERR_MEMORY, "out of memory");
}

static st_err inflate_some(struct st_input *input, struct room *room, struct st_why *why)
{
    if (!input->within) {
        st_err err = next_gzip_member(input, why);
        if (err != ST_OK || input->from == input->to)
            return err;
        input->within = true;
    }
    input->gzip.next_in = (Bytef *)(input->packed + input->from);
    input->gzip.avail_in = (uInt)(input->to - input->from);
    input->gzip.next_out = (Bytef *)room->at;
    input->gzip.avail_out = (uInt)room->len;
    int status = inflate(&input->gzip, Z_NO_FLUSH);
    input->from = input->to - input->gzip.avail_in;
    room->used = room->len - input->gzip.avail_out;
    if (status == Z_STREAM_END)
        input->within = false;
    else if (status == Z_MEM_ERROR)
        return st_fail(why, ST_ERR_MEMORY, "out of memory");
    else if (status != Z_OK && status != Z_BUF_ERROR)
        return damaged(input, "is damaged gzip", why);
    return ST_OK;
}

static st_err unpack_zstd(struct st_input *input, struct room *room, struct st_why *why)
{
    ZSTD_inBuffer in = {input->packed, input->to, input->from};
    ZSTD_outBuffer out = {room->at, room->len, 0};
    size_t hint = ZSTD_decompressStream(input->zstd, &out, &in);
    if (ZSTD_isError(hint))
        return damaged(input, "is damaged zstd, or needs a window over 128 MiB", why);
    input->from = in.pos;
    input->within = hint != 0;
    room->used = out.pos;
    return ST_OK;
}

/* A decoder may hold output back for want of room, so it is asked again before more is read. */
static st_err unpack(struct st_input *input, struct room *room, struct st_why *why)
{
    while (room->used == 0) {
        st_err err = ST_OK;
        size_t before = input->from;
        if (input->from < input->to || input->within)
            err = input->packing == GZIP ? inflate_some(input, room, why)
                                         : unpack_zstd(input, room, why);
        if (err != ST_OK)
            return err;
        if (room->used > 0 || input->from > before)
            continue;
        if (input->at_end && input->within)
            return damaged(input, "ends in the middle of its compressed data", why);
        if (input->at_end)
            break;
        err = fill(input, why);
        if (err != ST_OK)
            return err;
    }
    return ST_OK;
}

static st_err read_plain(struct st_input *input, st_str *piece, struct st_why *why)
{
    if (input->from == input->to && !input->at_end) {
        input->from = input->to = 0;
        st_err err = fill(input, why);
        if (err != ST_OK)
            return err;
    }
    *piece = left(input);
    input->from = input->to;
    return ST_OK;
}

st_err st_input_read(struct st_input *input, st_str *piece, struct st_why *why)
{
    struct room room = {.at = input->plain, .len = ST_INPUT_PIECE_BYTES};
    *piece = (st_str){NULL, 0};
    st_err err = find_packing(input, why);
    if (err == ST_OK && input->packing == PLAIN)
        return read_plain(input, piece, why);
    if (err == ST_OK)
        err = unpack(input, &room, why);
    if (err == ST_OK)
        *piece = (st_str){room.at, room.used};
    return err;
}

/* The bytes that were looked at first are there already; all others come straight from the file. */
static st_err read_plain_into(struct st_input *input, struct room *room, struct st_why *why)
{
    size_t len = input->to - input->from;
    if (len == 0 && !input->at_end)
        return read_some(input, room->at, room->len, &room->used, why);
    room->used = len < room->len ? len : room->len;
    memcpy(room->at, input->packed + input->from, room->used);
    input->from += room->used;
    return ST_OK;
}

st_err st_input_read_into(struct st_input *input, char *at, size_t len, size_t *used,
                          struct st_why *why)
{
    struct room room = {.at = at, .len = len};
    st_err err = find_packing(input, why);
    if (err == ST_OK)
        err = input->packing == PLAIN ? read_plain_into(input, &room, why)
                                      : unpack(input, &room, why);
    *used = room.used;
    return err;
}

bool st_input_would_wait(const struct st_input *input, int ms)
{
    struct pollfd poll_fd = {.fd = input->fd, .events = POLLIN};
    return input->total_bytes == 0 && input->from == input->to && !input->at_end &&
           poll(&poll_fd, 1, ms) == 0;
}

void st_input_progress(const struct st_input *input, uint64_t *done, uint64_t *total)
{
    *done = input->read_bytes;
    *total = input->total_bytes;
}

bool st_input_bytes(const char *path, uint64_t *bytes)
{
    struct stat about;
    int failed = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &about) : stat(path, &about);
    bool is_file = failed == 0 && S_ISREG(about.st_mode);
    *bytes = is_file && about.st_size > 0 ? (uint64_t)about.st_size : 0;
    return failed != 0 || is_file;
}

const char *st_input_name(const struct st_input *input)
{
    return input->name;
}

bool st_input_is_text(const char *path)
{
    st_str name = st_str_of(path);
    static const st_str packings[] = {ST_STR_INIT(".gz"), ST_STR_INIT(".zst")};
    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++)
        if (st_str_ends(name, packings[i]))
            name.len -= packings[i].len;
    return st_str_ends(name, ST_STR(".json"));
}

st_err st_input_read_all(struct st_input *input, struct st_buf *buf, struct st_why *why)
{
    st_err err = ST_OK;
    st_str piece = {NULL, 1};
    while (err == ST_OK && piece.len > 0) {
        err = st_input_read(input, &piece, why);
        if (err == ST_OK)
            err = st_buf_add_str(buf, piece);
    }
    return err;
}

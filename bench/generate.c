/*
 * generate [COUNT [STREAMS [SEED]]]: the standard load as NDJSON on standard output.
 */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIECE ((size_t)1 << 20)

static bool write_all(const char *at, size_t len)
{
    while (len > 0) {
        ssize_t written = write(STDOUT_FILENO, at, len);
        if (written <= 0)
            return false;
        at += written;
        len -= (size_t)written;
    }
    return true;
}

static uint64_t number(int argc, char **argv, int at, uint64_t otherwise)
{
    uint64_t value = otherwise;
    if (at < argc && st_str_to_u64(st_str_of(argv[at]), &value) != ST_OK) {
        fprintf(stderr, "usage: generate [COUNT [STREAMS [SEED]]]\n");
        exit(2);
    }
    return value;
}

int main(int argc, char **argv)
{
    static char piece[PIECE + ST_LOAD_EVENT_BYTES_MAX];
    struct st_load load;
    uint64_t count = number(argc, argv, 1, 1000000);
    uint64_t streams = number(argc, argv, 2, 10000);
    size_t len = 0;
    if (streams == 0 || streams > 10000000 ||
        st_load_init(&load, number(argc, argv, 3, 1), (uint32_t)streams) != ST_OK)
        return 2;
    for (uint64_t i = 0; i < count; i++) {
        len += st_load_next(&load, piece + len);
        piece[len++] = '\n';
        if (len >= PIECE) {
            if (!write_all(piece, len))
                return 3;
            len = 0;
        }
    }
    bool written = write_all(piece, len);
    st_load_done(&load);
    return written ? 0 : 3;
}

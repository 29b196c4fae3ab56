#include "base/file.h"
#include "base/mem.h"
#include "base/random.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder for one test, and the paths in it. */
struct place {
    char folder[64];
    char path[256];
};

static void open_place(struct place *place)
{
    strcpy(place->folder, "/tmp/steno-test-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
}

static const char *in_place(struct place *place, const char *name)
{
    snprintf(place->path, sizeof place->path, "%s/%s", place->folder, name);
    return place->path;
}

/* Removes what the test left, and says how many names there were in the place itself. */
static size_t clear_folder(const char *folder)
{
    size_t count = 0;
    DIR *names = opendir(folder);
    assert_non_null(names);
    for (struct dirent *name = readdir(names); name != NULL; name = readdir(names)) {
        char path[PATH_MAX];
        if (strcmp(name->d_name, ".") == 0 || strcmp(name->d_name, "..") == 0)
            continue;
        count++;
        snprintf(path, sizeof path, "%s/%s", folder, name->d_name);
        if (unlink(path) != 0)
            clear_folder(path);
    }
    closedir(names);
    rmdir(folder);
    return count;
}

TEST("what was written is read back")
{
    static const size_t sizes[] = {0, 1, 63, 64, 65, 4096, 100000, 3000000};
    struct place place;
    struct st_rng rng;
    struct st_buf written = ST_BUF((size_t)4 << 20);
    struct st_buf read = ST_BUF((size_t)4 << 20);
    open_place(&place);
    st_rng_init(&rng, 6);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        st_buf_reset(&written);
        st_buf_reset(&read);
        assert_ok(st_buf_reserve(&written, sizes[i]));
        st_rng_bytes(&rng, written.at, sizes[i]);
        written.len = sizes[i];
        assert_ok(st_file_write(in_place(&place, "file"), st_buf_str(&written), 0600, NULL));
        assert_ok(st_file_read(in_place(&place, "file"), &read, NULL));
        assert_true(st_str_eq(st_buf_str(&read), st_buf_str(&written)));
    }
    st_buf_done(&written);
    st_buf_done(&read);
    assert_int_equal(clear_folder(place.folder), 1);
}

TEST("a file is read behind what the buffer holds already")
{
    struct place place;
    struct st_buf buf = ST_BUF(100);
    open_place(&place);
    assert_ok(st_file_write(in_place(&place, "file"), ST_STR("world"), 0600, NULL));
    assert_ok(st_buf_add_str(&buf, ST_STR("hello ")));
    assert_ok(st_file_read(in_place(&place, "file"), &buf, NULL));
    assert_text(st_buf_str(&buf), "hello world");
    st_buf_done(&buf);
    clear_folder(place.folder);
}

TEST("a file may fill the buffer, and one byte more is over the limit and changes nothing")
{
    struct place place;
    struct st_why why = {0};
    open_place(&place);
    assert_ok(st_file_write(in_place(&place, "file"), ST_STR("0123456789"), 0600, NULL));
    struct st_buf exact = ST_BUF(12);
    assert_ok(st_buf_add_str(&exact, ST_STR("ab")));
    assert_ok(st_file_read(in_place(&place, "file"), &exact, NULL));
    assert_text(st_buf_str(&exact), "ab0123456789");
    struct st_buf small = ST_BUF(11);
    assert_ok(st_buf_add_str(&small, ST_STR("ab")));
    assert_err(st_file_read(in_place(&place, "file"), &small, &why), LIMIT);
    assert_non_null(why.text);
    assert_text(st_buf_str(&small), "ab");
    st_buf_done(&exact);
    st_buf_done(&small);
    clear_folder(place.folder);
}

TEST("a file that does not tell its size is read to its end, within the limit")
{
    struct st_buf buf = ST_BUF(1 << 20);
    assert_ok(st_file_read("/proc/self/status", &buf, NULL));
    assert_true(buf.len > 100);
    assert_true(st_str_starts(st_buf_str(&buf), ST_STR("Name:")));
    st_buf_done(&buf);
    struct st_buf small = ST_BUF(100);
    assert_err(st_file_read("/proc/self/status", &small, NULL), LIMIT);
    assert_int_equal(small.len, 0);
    st_buf_done(&small);
    struct st_buf endless = ST_BUF(1 << 20);
    assert_err(st_file_read("/dev/zero", &endless, NULL), LIMIT);
    assert_int_equal(endless.len, 0);
    st_buf_done(&endless);
}

TEST("a file that is not there is absent, and a folder cannot be read")
{
    struct place place;
    struct st_why why = {0};
    struct st_buf buf = ST_BUF(100);
    open_place(&place);
    assert_err(st_file_read(in_place(&place, "none"), &buf, &why), ABSENT);
    assert_int_equal(why.sys, ENOENT);
    assert_err(st_file_read(in_place(&place, "none/none"), &buf, &why), ABSENT);
    assert_err(st_file_read(place.folder, &buf, &why), SYSTEM);
    assert_int_equal(why.sys, EISDIR);
    assert_int_equal(buf.len, 0);
    st_buf_done(&buf);
    clear_folder(place.folder);
}

TEST("a file that may not be read is denied")
{
    struct place place;
    struct st_why why = {0};
    struct st_buf buf = ST_BUF(100);
    if (geteuid() == 0)
        skip(); /* nothing is forbidden to root */
    open_place(&place);
    assert_ok(st_file_write(in_place(&place, "file"), ST_STR("x"), 0000, NULL));
    assert_err(st_file_read(in_place(&place, "file"), &buf, &why), DENIED);
    assert_int_equal(why.sys, EACCES);
    clear_folder(place.folder);
}

TEST("every allocation of a read may fail once, and the buffer is as it was")
{
    struct st_buf buf = ST_BUF(1 << 20);
    uint64_t nth = 1;
    for (;; nth++) {
        st_mem_fail_at(nth);
        st_err err = st_file_read("/proc/self/maps", &buf, NULL);
        st_mem_fail_at(0);
        if (err == ST_OK)
            break;
        assert_int_equal(err, ST_ERR_MEMORY);
        assert_int_equal(buf.len, 0);
        st_buf_done(&buf);
    }
    assert_true(nth > 1);
    st_buf_done(&buf);
}

TEST("a written file has the mode that was asked for, whatever the umask, and replaces the old one")
{
    static const unsigned modes[] = {0600, 0644, 0640, 0400, 0666};
    struct place place;
    struct stat info;
    struct st_buf buf = ST_BUF(100);
    open_place(&place);
    mode_t mask = umask(0077);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_ok(st_file_write(in_place(&place, "file"), ST_STR("some longer text"), 0400, NULL));
        assert_ok(st_file_write(in_place(&place, "file"), ST_STR("new"), modes[i], NULL));
        assert_int_equal(stat(place.path, &info), 0);
        assert_int_equal(info.st_mode & 07777, modes[i]);
        assert_int_equal(info.st_size, 3);
    }
    umask(mask);
    assert_ok(st_file_read(place.path, &buf, NULL));
    assert_text(st_buf_str(&buf), "new");
    st_buf_done(&buf);
    assert_int_equal(clear_folder(place.folder), 1);
}

TEST("whoever has the old file open keeps its bytes")
{
    struct place place;
    char bytes[8] = {0};
    open_place(&place);
    assert_ok(st_file_write(in_place(&place, "file"), ST_STR("old"), 0600, NULL));
    int fd = open(place.path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_ok(st_file_write(place.path, ST_STR("new"), 0600, NULL));
    assert_int_equal(read(fd, bytes, sizeof bytes), 3);
    assert_string_equal(bytes, "old");
    close(fd);
    clear_folder(place.folder);
}

TEST("a write that fails leaves no file behind")
{
    struct place place;
    struct st_why why = {0};
    char name[PATH_MAX + 10];
    open_place(&place);
    assert_err(st_file_write(in_place(&place, "none/file"), ST_STR("x"), 0600, &why), ABSENT);
    assert_int_equal(why.sys, ENOENT);
    assert_int_equal(mkdir(in_place(&place, "folder"), 0700), 0);
    assert_err(st_file_write(place.path, ST_STR("x"), 0600, &why), SYSTEM);
    assert_int_equal(why.sys, EISDIR);
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_err(st_file_write(name, ST_STR("x"), 0600, &why), LIMIT);
    assert_err(st_file_write("/dev/full/x", ST_STR("x"), 0600, &why), ABSENT);
    assert_int_equal(why.sys, ENOTDIR);
    assert_int_equal(clear_folder(place.folder), 1);
}

static bool is_folder(const char *path, mode_t mode)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode) && (info.st_mode & 07777) == mode;
}

TEST("the folders above a path are made, each for its owner alone, and the path itself is not")
{
    struct place place;
    open_place(&place);
    for (int round = 0; round < 2; round++) {
        assert_ok(st_file_make_parents(in_place(&place, "a/b//c/file"), NULL));
        assert_true(is_folder(in_place(&place, "a"), 0700));
        assert_true(is_folder(in_place(&place, "a/b"), 0700));
        assert_true(is_folder(in_place(&place, "a/b/c"), 0700));
        assert_int_not_equal(access(in_place(&place, "a/b/c/file"), F_OK), 0);
    }
    clear_folder(place.folder);
}

TEST("a path whose folders are there already needs nothing")
{
    assert_ok(st_file_make_parents("file", NULL));
    assert_ok(st_file_make_parents("/file", NULL));
    assert_ok(st_file_make_parents("/tmp/file", NULL));
    assert_ok(st_file_make_parents("./file", NULL));
    assert_ok(st_file_make_parents("/proc/self/file", NULL));
}

TEST("a file in a folder's place is a conflict, and a place that takes no folder is refused")
{
    struct place place;
    struct st_why why = {0};
    char path[PATH_MAX + 10];
    open_place(&place);
    assert_ok(st_file_write(in_place(&place, "file"), ST_STR("x"), 0600, NULL));
    assert_err(st_file_make_parents(in_place(&place, "file/a"), &why), CONFLICT);
    assert_non_null(why.text);
    assert_true(st_file_make_parents("/proc/none/a", &why) != ST_OK);
    assert_int_not_equal(why.sys, 0);
    memset(path, '/', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_err(st_file_make_parents(path, &why), LIMIT);
    clear_folder(place.folder);
}

/*
 * replay.c: runs a fuzz target over the files of a folder, without a fuzzer.
 *
 *     replay_json fuzz/corpus/json
 *
 * Inputs that once found something are kept there, and so become tests.
 */
#include "base/file.h"
#include "base/limits.h"
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>

static int replay(const char *path)
{
    struct st_buf bytes = ST_BUF(ST_FILE_BYTES_MAX);
    struct st_why why;
    int failed = st_file_read(path, &bytes, &why) != ST_OK;
    if (failed)
        fprintf(stderr, "replay: path=%s error=\"%s\"\n", path, why.text);
    else
        (void)LLVMFuzzerTestOneInput((const uint8_t *)bytes.at, bytes.len);
    st_buf_done(&bytes);
    return failed;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    int count = 0;
    int failed = 0;
    if (folder == NULL) {
        fprintf(stderr, "replay: give a folder that can be read\n");
        return 2;
    }
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        failed += replay(path);
        count++;
    }
    closedir(folder);
    printf("%d inputs\n", count);
    return failed > 0 || count == 0;
}

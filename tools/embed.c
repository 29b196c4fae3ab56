/*
 * embed.c: files as a C table, for what ships in the binary (contracts, metaschemas, web pages).
 *
 *     embed TABLE NAME=FILE… > table.h
 *
 * writes a header, to be included by one .c file, with
 *
 *     static const struct { const char *name; const unsigned char *bytes; size_t len; } TABLE[];
 *     static const size_t TABLE_count;
 *
 * A NUL stands behind the bytes of each file and is not counted. A name may hold '=': the last one
 * ends it. Runs at build time, on the building machine.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what)
{
    fprintf(stderr, "embed: %s: %s\n", what, errno != 0 ? strerror(errno) : "usage");
    exit(1);
}

/* The bytes of one file as an array; returns their number. */
static size_t write_bytes(const char *table, int index, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t len = 0;
    if (file == NULL)
        fail(path);
    printf("static const unsigned char %s_%d[] = {", table, index);
    for (int c = getc(file); c != EOF; c = getc(file))
        printf("%s%d,", len++ % 24 == 0 ? "\n" : "", c);
    printf("0};\n");
    if (ferror(file) || fclose(file) != 0)
        fail(path);
    return len;
}

static void write_string(const char *text, size_t len)
{
    putchar('"');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\')
            putchar('\\');
        putchar(text[i]);
    }
    putchar('"');
}

int main(int argc, char **argv)
{
    size_t *lens = calloc((size_t)argc, sizeof(*lens));
    if (argc < 3 || lens == NULL)
        fail("embed TABLE NAME=FILE...");
    const char *table = argv[1];
    printf("#include <stddef.h>\n\n");
    for (int i = 2; i < argc; i++) {
        const char *path = strrchr(argv[i], '=');
        if (path == NULL)
            fail(argv[i]);
        lens[i] = write_bytes(table, i - 2, path + 1);
    }
    printf("static const struct {\n    const char *name;\n    const unsigned char *bytes;\n"
           "    size_t len;\n} %s[] = {\n",
           table);
    for (int i = 2; i < argc; i++) {
        printf("    {");
        write_string(argv[i], (size_t)(strrchr(argv[i], '=') - argv[i]));
        printf(", %s_%d, %zu},\n", table, i - 2, lens[i]);
    }
    printf("};\nstatic const size_t %s_count = %d;\n", table, argc - 2);
    free(lens);
    if (fflush(stdout) != 0)
        fail("stdout");
    return 0;
}

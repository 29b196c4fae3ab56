#include "cli/command.h"

#include "json/write.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <curl/curl.h>
#include <idn2.h>
#include <microhttpd.h>
#include <openssl/crypto.h>
#include <pcre2.h>
#include <sqlite3.h>
#include <stdio.h>
#include <xxhash.h>
#include <yaml.h>
#include <zlib.h>
#include <zstd.h>

/* The versions that are linked, not those that were compiled against. */
static st_err add_versions(struct st_buf *line)
{
    char pcre2[64] = "";
    char xxhash[16] = "";
    unsigned xxh = XXH_versionNumber();
    if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) <= (int)sizeof pcre2)
        pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
    snprintf(xxhash, sizeof xxhash, "%u.%u.%u", xxh / 10000, xxh / 100 % 100, xxh % 100);
    const struct {
        const char *name;
        const char *version;
    } all[] = {
        {"steno", STENO_VERSION},
        {"sqlite", sqlite3_libversion()},
        {"zstd", ZSTD_versionString()},
        {"pcre2", pcre2},
        {"libcrypto", OpenSSL_version(OPENSSL_VERSION_STRING)},
        {"libmicrohttpd", MHD_get_version()},
        {"libcurl", curl_version_info(CURLVERSION_NOW)->version},
        {"libidn2", idn2_check_version(NULL)},
        {"zlib", zlibVersion()},
        {"libyaml", yaml_get_version_string()},
        {"xxhash", xxhash},
    };
    st_err err = st_buf_add_char(line, '{');
    for (size_t i = 0; i < sizeof all / sizeof *all && err == ST_OK; i++)
        err = st_json_add_member_str(line, all[i].name, st_str_of(all[i].version));
    return err == ST_OK ? st_buf_add_str(line, ST_STR("}\n")) : err;
}

int st_command_version(struct st_cli *cli)
{
    const char *output = st_options_text(&cli->options, ST_OPT_VERSIONS);
    if (output == NULL || strcmp(output, "text") == 0) {
        st_out_text(&cli->out, "steno " STENO_VERSION "\n");
        return ST_EXIT_GOOD;
    }
    struct st_buf line = ST_BUF(4096);
    st_err err = add_versions(&line);
    if (err == ST_OK)
        st_out_add(&cli->out, st_buf_str(&line));
    st_buf_done(&line);
    return err == ST_OK ? ST_EXIT_GOOD
                        : st_fail_with(ST_EXIT_TROUBLE, "version: %s", st_err_text(err));
}

#include "contract/make.h"

#include "base/random.h"
#include "json/number.h"
#include "json/write.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Longer names and paths than these do not exist on Linux (HOST_NAME_MAX 64, PATH_MAX 4096). */
#define NAME_ROOM   256
#define PATH_ROOM   4096
#define PASSWD_ROOM 16384

static st_err add_text(struct st_buf *json, const char *text)
{
    return st_json_add_string(json, st_str_of(text));
}

static st_err make_uuid(struct st_buf *json)
{
    char text[37];
    st_random_uuid(text);
    return add_text(json, text);
}

static int64_t ms_of(st_time now)
{
    return now.s * 1000 + now.ns / 1000000;
}

static st_err make_hex(uint32_t count, struct st_buf *json)
{
    static const char DIGITS[] = "0123456789abcdef";
    unsigned char bytes[64];
    char text[2 * sizeof(bytes) + 1];
    ST_BUG_IF(count > sizeof(bytes));
    st_random_bytes(bytes, count);
    for (uint32_t i = 0; i < count; i++) {
        text[2 * i] = DIGITS[bytes[i] >> 4];
        text[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
    text[2 * (size_t)count] = '\0';
    return add_text(json, text);
}

/* To the microsecond, always with six digits: as other producers write it, and texts sort by time.
 */
static st_err make_now(st_time now, struct st_buf *json)
{
    char text[ST_TIME_TEXT_MAX];
    st_time_write(now, 6, text);
    return add_text(json, text);
}

/* Of the environment; what is empty there is not stated. */
static const char *find_stated(const char *name)
{
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* Who the environment says it is; where that is silent, the account by whose rights the process
 * runs. */
static st_err make_user(bool home, struct st_buf *json)
{
    char room[PASSWD_ROOM];
    struct passwd entry;
    struct passwd *found = NULL;
    const char *stated = find_stated(home ? "HOME" : "USER");
    if (stated == NULL && !home)
        stated = find_stated("USERNAME");
    if (stated != NULL)
        return add_text(json, stated);
    if (getpwuid_r(geteuid(), &entry, room, sizeof(room), &found) == 0 && found != NULL)
        return add_text(json, home ? entry.pw_dir : entry.pw_name);
    return add_text(json, home ? "/" : "unknown");
}

static st_err make_host(struct st_buf *json)
{
    char text[NAME_ROOM] = "";
    if (gethostname(text, sizeof(text) - 1) != 0 || text[0] == '\0')
        return add_text(json, "unknown");
    return add_text(json, text);
}

static st_err make_cwd(struct st_buf *json)
{
    char text[PATH_ROOM];
    return add_text(json, getcwd(text, sizeof(text)) == NULL ? "unknown" : text);
}

/* "Linux-6.1.0-x86_64": the system's name, its release, the machine. */
static st_err make_platform(struct st_buf *json)
{
    char text[NAME_ROOM];
    struct utsname system;
    if (uname(&system) != 0)
        return add_text(json, "unknown");
    snprintf(text, sizeof(text), "%s-%s-%s", system.sysname, system.release, system.machine);
    return add_text(json, text);
}

/* Whole numbers only; no sum of what is absent, no number or too large. */
static st_err make_sum(const struct st_names *parts, struct st_sketch *sketch, struct st_buf *json,
                       bool *made)
{
    int64_t sum = 0;
    *made = false;
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct st_stroke *part;
        int64_t value;
        st_err err = st_sketch_find(sketch, parts->at[i], &part);
        if (err != ST_OK)
            return err;
        if (part == NULL || part->json.len == 0 ||
            (part->json.at[0] != '-' && (part->json.at[0] < '0' || part->json.at[0] > '9')) ||
            st_number_to_i64(part->json, &value) != ST_OK ||
            __builtin_add_overflow(sum, value, &sum))
            return ST_OK;
    }
    *made = true;
    return st_buf_add_i64(json, sum);
}

/* Adds what stands for a name in braces; the metaschema lets no third name pass. */
static st_err add_fresh(st_str name, st_time now, struct st_buf *whole)
{
    char uuid[37];
    if (!st_str_eq(name, ST_STR("uuid")))
        return st_buf_add_i64(whole, ms_of(now));
    st_random_uuid(uuid);
    return st_buf_add_str(whole, st_str_of(uuid));
}

static st_err make_text(st_str text, st_time now, struct st_buf *json)
{
    struct st_buf whole = ST_BUF(ST_CONTRACT_BYTES_MAX);
    st_err err = ST_OK;
    while (text.len > 0 && err == ST_OK) {
        st_str part;
        bool named = st_str_cut(text, '{', &part, &text);
        err = st_buf_add_str(&whole, part);
        if (err == ST_OK && named) {
            st_str_cut(text, '}', &part, &text);
            err = add_fresh(part, now, &whole);
        }
    }
    if (err == ST_OK)
        err = st_json_add_string(json, st_buf_str(&whole));
    st_buf_done(&whole);
    return err;
}

st_err st_make(const struct st_construct_rule *rule, const struct st_annotation *annotation,
               struct st_sketch *sketch, const struct st_construct *order, struct st_buf *json,
               bool *made)
{
    *made = true;
    switch (rule->make) {
    case ST_MAKE_VALUE:
        return st_json_write(annotation->doc, rule->value, json);
    case ST_MAKE_UUID:
        return make_uuid(json);
    case ST_MAKE_HEX:
        return make_hex(rule->bytes, json);
    case ST_MAKE_NOW:
        return make_now(order->now, json);
    case ST_MAKE_NOW_MS:
        return st_buf_add_i64(json, ms_of(order->now));
    case ST_MAKE_USER:
        return make_user(false, json);
    case ST_MAKE_HOST:
        return make_host(json);
    case ST_MAKE_HOME:
        return make_user(true, json);
    case ST_MAKE_CWD:
        return make_cwd(json);
    case ST_MAKE_PID:
        return st_buf_add_i64(json, order->pid > 0 ? order->pid : getpid());
    case ST_MAKE_PLATFORM:
        return make_platform(json);
    case ST_MAKE_SUM:
        return make_sum(&rule->sum, sketch, json, made);
    case ST_MAKE_TEXT:
        return make_text(rule->text, order->now, json);
    case ST_MAKE_COUNT:
        break;
    }
    ST_BUG_IF(true);
}

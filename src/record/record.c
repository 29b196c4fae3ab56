#include "record/record.h"

static const char *const level_names[ST_LEVEL_COUNT] = {
#define ST_LEVEL_NAME(id, text) text,
    ST_LEVEL_LIST(ST_LEVEL_NAME)};

static const char *const severity_names[ST_SEVERITY_COUNT] = {
#define ST_SEVERITY_NAME(id, text) text,
    ST_SEVERITY_LIST(ST_SEVERITY_NAME)};

static const char *const tokens_names[ST_TOKENS_COUNT] = {
#define ST_TOKENS_NAME(id, text) text,
    ST_TOKENS_LIST(ST_TOKENS_NAME)};

const char *st_level_name(enum st_level level)
{
    ST_BUG_IF(level >= ST_LEVEL_COUNT);
    return level_names[level];
}

const char *st_severity_name(enum st_severity severity)
{
    ST_BUG_IF(severity >= ST_SEVERITY_COUNT);
    return severity_names[severity];
}

const char *st_tokens_name(enum st_tokens tokens)
{
    ST_BUG_IF(tokens >= ST_TOKENS_COUNT);
    return tokens_names[tokens];
}

static bool find_name(const char *const *names, unsigned count, st_str name, unsigned *at)
{
    for (unsigned i = 0; i < count; i++) {
        if (st_str_eq(st_str_of(names[i]), name)) {
            *at = i;
            return true;
        }
    }
    return false;
}

bool st_level_of_name(st_str name, enum st_level *level)
{
    unsigned at = 0;
    if (!find_name(level_names, ST_LEVEL_COUNT, name, &at))
        return false;
    *level = (enum st_level)at;
    return true;
}

bool st_severity_of_name(st_str name, enum st_severity *severity)
{
    unsigned at = 0;
    if (!find_name(severity_names, ST_SEVERITY_COUNT, name, &at))
        return false;
    *severity = (enum st_severity)at;
    return true;
}

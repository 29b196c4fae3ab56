#include "record/record.h"

#include <stdio.h>

static const char *const level_names[ST_LEVEL_COUNT] = {
#define ST_LEVEL_NAME(id, text) text,
    ST_LEVEL_LIST(ST_LEVEL_NAME)};

static const char *const severity_names[ST_SEVERITY_COUNT] = {
#define ST_SEVERITY_NAME(id, text) text,
    ST_SEVERITY_LIST(ST_SEVERITY_NAME)};

static const char *const tokens_names[ST_TOKENS_COUNT] = {
#define ST_TOKENS_NAME(id, text) text,
    ST_TOKENS_LIST(ST_TOKENS_NAME)};

static const char *const resource_kind_names[ST_RESOURCE_KIND_COUNT] = {
#define ST_RESOURCE_KIND_NAME(id, text) text,
    ST_RESOURCE_KIND_LIST(ST_RESOURCE_KIND_NAME)};

static const char *const figure_names[ST_FIGURE_COUNT] = {
#define ST_FIGURE_NAME(id, text) text,
    ST_FIGURE_LIST(ST_FIGURE_NAME)};

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

const char *st_resource_kind_name(enum st_resource_kind kind)
{
    ST_BUG_IF(kind >= ST_RESOURCE_KIND_COUNT);
    return resource_kind_names[kind];
}

const char *st_figure_name(enum st_figure figure)
{
    ST_BUG_IF(figure >= ST_FIGURE_COUNT);
    return figure_names[figure];
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

bool st_resource_kind_of_name(st_str name, enum st_resource_kind *kind)
{
    unsigned at = 0;
    if (!find_name(resource_kind_names, ST_RESOURCE_KIND_COUNT, name, &at))
        return false;
    *kind = (enum st_resource_kind)at;
    return true;
}

size_t st_quantity_write(struct st_quantity quantity, char text[static ST_QUANTITY_TEXT_MAX])
{
    ST_BUG_IF(quantity.scale > ST_QUANTITY_SCALE_MAX);
    bool negative = quantity.coefficient < 0;
    uint64_t whole = (uint64_t)quantity.coefficient;
    uint64_t power = 1;
    if (negative)
        whole = 0 - whole;
    for (unsigned i = 0; i < quantity.scale; i++)
        power *= 10;
    int len = snprintf(text, ST_QUANTITY_TEXT_MAX, "%s%llu", negative ? "-" : "",
                       (unsigned long long)(whole / power));
    if (quantity.scale > 0)
        len += snprintf(text + len, ST_QUANTITY_TEXT_MAX - (size_t)len, ".%0*llu",
                        (int)quantity.scale, (unsigned long long)(whole % power));
    ST_BUG_IF(len >= ST_QUANTITY_TEXT_MAX);
    return (size_t)len;
}

#include "cli/survey.h"

#include "base/mem.h"
#include "cli/say.h"
#include "json/write.h"

#include <stdlib.h>

st_err st_survey_init(struct st_survey *survey, const char *separator)
{
    *survey = (struct st_survey){.separator = separator, .key = ST_BUF(ST_SURVEY_KEY_BYTES_MAX)};
    st_arena_init(&survey->arena, ST_SURVEY_BYTES_MAX);
    st_map_init(&survey->types, ST_SURVEY_KINDS_MAX);
    st_map_init(&survey->kinds, ST_SURVEY_KINDS_MAX);
    survey->type_rows = st_mem_get(ST_SURVEY_KINDS_MAX * sizeof *survey->type_rows);
    survey->kind_rows = st_mem_get(ST_SURVEY_KINDS_MAX * sizeof *survey->kind_rows);
    return survey->type_rows == NULL || survey->kind_rows == NULL ? ST_ERR_MEMORY : ST_OK;
}

void st_survey_done(struct st_survey *survey)
{
    st_map_done(&survey->types);
    st_map_done(&survey->kinds);
    st_arena_done(&survey->arena);
    st_buf_done(&survey->key);
    st_mem_free(survey->type_rows);
    st_mem_free(survey->kind_rows);
    *survey = (struct st_survey){0};
}

/* ---- taking findings ---- */

/* A byte that no text has between the parts; what is not known differs from what is empty. */
static st_err add_key(struct st_buf *key, st_str part)
{
    st_err err = st_buf_add_char(key, part.at == NULL ? '\xFE' : '\xFF');
    return err == ST_OK && part.at != NULL ? st_buf_add_str(key, part) : err;
}

static st_err keep(struct st_survey *survey, st_str text, st_str *kept)
{
    *kept = text.at == NULL ? text : st_arena_copy(&survey->arena, text);
    return text.at == NULL || kept->at != NULL ? ST_OK : ST_ERR_MEMORY;
}

/* The number of the key's row, new ones at the end; LIMIT when there are as many as there may be.
 */
static st_err find_row(struct st_survey *survey, struct st_map *map, uint32_t *number, bool *added)
{
    st_str key = st_buf_str(&survey->key);
    struct st_map_entry *entry = st_map_find(map, key);
    *added = entry == NULL;
    if (entry == NULL && map->count == ST_SURVEY_KINDS_MAX)
        return ST_ERR_LIMIT;
    if (entry == NULL) {
        st_str kept;
        st_err err = keep(survey, key, &kept);
        if (err == ST_OK)
            err = st_map_put(map, kept, map->count, &entry, NULL);
        if (err != ST_OK)
            return err;
    }
    *number = (uint32_t)entry->value;
    return ST_OK;
}

static st_err take_type(struct st_survey *survey, const struct st_finding *finding)
{
    uint32_t number = 0;
    bool added = false;
    st_buf_reset(&survey->key);
    st_err err = add_key(&survey->key, finding->contract);
    if (err == ST_OK)
        err = add_key(&survey->key, finding->type);
    if (err == ST_OK)
        err = find_row(survey, &survey->types, &number, &added);
    if (err == ST_ERR_LIMIT) {
        survey->types_untold++;
        return ST_OK;
    }
    if (err != ST_OK)
        return err;
    struct st_survey_type *row = &survey->type_rows[number];
    if (added) {
        *row = (struct st_survey_type){0};
        err = keep(survey, finding->contract, &row->contract);
        if (err == ST_OK)
            err = keep(survey, finding->type, &row->type);
    }
    row->valid += finding->head.valid;
    row->invalid += !finding->head.valid;
    return err;
}

static st_err begin_kind(struct st_survey *survey, const struct st_finding *finding,
                         const struct st_finding_violation *violation, struct st_survey_kind *row)
{
    *row = (struct st_survey_kind){0};
    st_err err = keep(survey, finding->contract, &row->contract);
    if (err == ST_OK)
        err = keep(survey, finding->type, &row->type);
    if (err == ST_OK)
        err = keep(survey, violation->pointer, &row->pointer);
    if (err == ST_OK)
        err = keep(survey, violation->keyword, &row->keyword);
    return err == ST_OK ? keep(survey, violation->message, &row->message) : err;
}

static st_err take_violation(struct st_survey *survey, const struct st_finding *finding,
                             const struct st_finding_violation *violation)
{
    uint32_t number = 0;
    bool added = false;
    st_buf_reset(&survey->key);
    st_err err = add_key(&survey->key, finding->contract);
    if (err == ST_OK)
        err = add_key(&survey->key, finding->type);
    if (err == ST_OK)
        err = add_key(&survey->key, violation->pointer);
    if (err == ST_OK)
        err = add_key(&survey->key, violation->keyword);
    if (err == ST_OK)
        err = find_row(survey, &survey->kinds, &number, &added);
    if (err == ST_ERR_LIMIT) {
        survey->kinds_untold++;
        return ST_OK;
    }
    if (err != ST_OK)
        return err;
    struct st_survey_kind *row = &survey->kind_rows[number];
    if (added)
        err = begin_kind(survey, finding, violation, row);
    row->number = number;
    row->count++;
    if (row->last != survey->checked) {
        row->last = survey->checked;
        row->events++;
        if (row->example_count < ST_SURVEY_EXAMPLES)
            row->examples[row->example_count++] = finding->head.place;
    }
    return err;
}

st_err st_survey_take(struct st_survey *survey, st_str findings)
{
    struct st_finding finding;
    st_err err = ST_OK;
    while (err == ST_OK && st_finding_take(&findings, &finding)) {
        survey->checked++;
        survey->valid += finding.head.valid;
        survey->kinds_untold += finding.head.dropped;
        err = take_type(survey, &finding);
        for (uint32_t i = 0; i < finding.head.count && err == ST_OK; i++) {
            struct st_finding_violation violation;
            st_finding_take_violation(&findings, &violation);
            err = take_violation(survey, &finding, &violation);
        }
    }
    return err;
}

/* ---- order ---- */

static int by_count(const void *left, const void *right)
{
    const struct st_survey_kind *a = left;
    const struct st_survey_kind *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return a->number < b->number ? -1 : 1; /* as they were met */
}

/* A copy; NULL without memory. The caller frees it. */
static struct st_survey_kind *sort_kinds(const struct st_survey *survey)
{
    size_t count = survey->kinds.count;
    struct st_survey_kind *sorted = st_mem_get((count + 1) * sizeof *sorted);
    if (sorted == NULL)
        return NULL;
    if (count > 0)
        memcpy(sorted, survey->kind_rows, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_count);
    return sorted;
}

/* ---- text ---- */

static st_err add_word(struct st_buf *out, st_str text, int width)
{
    struct st_buf safe = ST_BUF(ST_SURVEY_KEY_BYTES_MAX);
    st_err err = text.at == NULL ? st_buf_add_char(&safe, '-') : st_harmless(&safe, text);
    if (err == ST_OK)
        err = st_buf_printf(out, "%-*.*s", width, ST_STR_ARG(st_buf_str(&safe)));
    st_buf_done(&safe);
    return err;
}

static st_err add_types(const struct st_survey *survey, struct st_buf *out)
{
    st_err err =
        st_buf_printf(out, "\n%10s  %10s  %-22s  %s\n", "VALID", "INVALID", "CONTRACT", "TYPE");
    for (uint32_t i = 0; i < survey->types.count && err == ST_OK; i++) {
        const struct st_survey_type *row = &survey->type_rows[i];
        err = st_buf_printf(out, "%10llu  %10llu  ", (unsigned long long)row->valid,
                            (unsigned long long)row->invalid);
        if (err == ST_OK)
            err = add_word(out, row->contract, 22);
        if (err == ST_OK)
            err = st_buf_add_str(out, ST_STR("  "));
        if (err == ST_OK)
            err = add_word(out, row->type, 0);
        if (err == ST_OK)
            err = st_buf_add_char(out, '\n');
    }
    if (err == ST_OK && survey->types_untold > 0)
        err = st_buf_printf(out, "and %llu of further types\n",
                            (unsigned long long)survey->types_untold);
    return err;
}

static st_err add_examples(const struct st_survey *survey, const struct st_survey_kind *kind,
                           struct st_buf *out)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < kind->example_count && err == ST_OK; i++) {
        err = st_buf_add_str(out, i == 0 ? ST_STR("        ") : ST_STR(", "));
        if (err == ST_OK)
            err = add_word(out, st_str_of(kind->examples[i].file), 0);
        if (err == ST_OK)
            err = st_buf_printf(out, "%s%llu", survey->separator,
                                (unsigned long long)kind->examples[i].line);
    }
    if (err == ST_OK && kind->events > kind->example_count)
        err = st_buf_printf(out, " and %llu more",
                            (unsigned long long)(kind->events - kind->example_count));
    return err == ST_OK ? st_buf_add_char(out, '\n') : err;
}

static st_err add_kind(const struct st_survey *survey, const struct st_survey_kind *kind,
                       struct st_buf *out)
{
    st_err err = st_buf_printf(out, "%10llu  ", (unsigned long long)kind->count);
    if (err == ST_OK)
        err = add_word(out, kind->contract, 0);
    if (err == ST_OK)
        err = st_buf_add_char(out, ' ');
    if (err == ST_OK)
        err = add_word(out, kind->type, 0);
    if (err == ST_OK)
        err = st_buf_add_char(out, ' ');
    if (err == ST_OK)
        err = add_word(out, kind->pointer, 0);
    if (err == ST_OK)
        err = st_buf_add_str(out, ST_STR(": "));
    if (err == ST_OK)
        err = add_word(out, kind->message, 0);
    if (err == ST_OK)
        err = st_buf_printf(out, " (%.*s)\n    ", ST_STR_ARG(kind->keyword));
    return err == ST_OK ? add_examples(survey, kind, out) : err;
}

static st_err add_kinds(const struct st_survey *survey, struct st_buf *out)
{
    struct st_survey_kind *sorted = sort_kinds(survey);
    uint32_t told =
        survey->kinds.count < ST_SURVEY_TOLD_MAX ? survey->kinds.count : ST_SURVEY_TOLD_MAX;
    st_err err = sorted == NULL ? ST_ERR_MEMORY : ST_OK;
    if (err == ST_OK)
        err = st_buf_printf(out, "\n%10s  %s\n", "COUNT", "WHAT WOULD BE REFUSED");
    for (uint32_t i = 0; i < told && err == ST_OK; i++)
        err = add_kind(survey, &sorted[i], out);
    if (err == ST_OK && survey->kinds.count > told)
        err = st_buf_printf(out, "and %u further kinds, which -o json shows\n",
                            survey->kinds.count - told);
    if (err == ST_OK && survey->kinds_untold > 0)
        err = st_buf_printf(out, "and %llu violations that were not told apart\n",
                            (unsigned long long)survey->kinds_untold);
    st_mem_free(sorted);
    return err;
}

st_err st_survey_write_text(const struct st_survey *survey, struct st_buf *out)
{
    st_err err = st_buf_printf(
        out, "%llu checked, %llu valid, %llu invalid\n", (unsigned long long)survey->checked,
        (unsigned long long)survey->valid, (unsigned long long)(survey->checked - survey->valid));
    if (err == ST_OK && survey->checked > 0)
        err = add_types(survey, out);
    return err == ST_OK && survey->kinds.count > 0 ? add_kinds(survey, out) : err;
}

/* ---- JSON ---- */

/* Null where it is not known. */
static st_err add_member(struct st_buf *out, const char *name, st_str text)
{
    return text.at == NULL ? st_json_add_member_raw(out, name, ST_STR("null"))
                           : st_json_add_member_str(out, name, text);
}

static st_err add_json_types(const struct st_survey *survey, struct st_buf *out)
{
    st_err err = st_json_add_name(out, "types");
    if (err == ST_OK)
        err = st_buf_add_char(out, '[');
    for (uint32_t i = 0; i < survey->types.count && err == ST_OK; i++) {
        const struct st_survey_type *row = &survey->type_rows[i];
        err = st_buf_add_str(out, i == 0 ? ST_STR("{") : ST_STR(",{"));
        if (err == ST_OK)
            err = add_member(out, "contract", row->contract);
        if (err == ST_OK)
            err = add_member(out, "type", row->type);
        if (err == ST_OK)
            err = st_json_add_member_u64(out, "valid", row->valid);
        if (err == ST_OK)
            err = st_json_add_member_u64(out, "invalid", row->invalid);
        if (err == ST_OK)
            err = st_buf_add_char(out, '}');
    }
    return err == ST_OK ? st_buf_add_char(out, ']') : err;
}

static st_err add_json_examples(const struct st_survey *survey, const struct st_survey_kind *kind,
                                struct st_buf *out)
{
    struct st_buf place = ST_BUF(ST_SURVEY_KEY_BYTES_MAX);
    st_err err = st_json_add_name(out, "examples");
    if (err == ST_OK)
        err = st_buf_add_char(out, '[');
    for (uint32_t i = 0; i < kind->example_count && err == ST_OK; i++) {
        st_buf_reset(&place);
        err = st_buf_printf(&place, "%s%s%llu", kind->examples[i].file, survey->separator,
                            (unsigned long long)kind->examples[i].line);
        if (err == ST_OK && i > 0)
            err = st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = st_json_add_string(out, st_buf_str(&place));
    }
    st_buf_done(&place);
    return err == ST_OK ? st_buf_add_char(out, ']') : err;
}

static st_err add_json_kind(const struct st_survey *survey, const struct st_survey_kind *kind,
                            struct st_buf *out)
{
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = add_member(out, "contract", kind->contract);
    if (err == ST_OK)
        err = add_member(out, "type", kind->type);
    if (err == ST_OK)
        err = add_member(out, "pointer", kind->pointer);
    if (err == ST_OK)
        err = add_member(out, "keyword", kind->keyword);
    if (err == ST_OK)
        err = add_member(out, "message", kind->message);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "count", kind->count);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "events", kind->events);
    if (err == ST_OK)
        err = add_json_examples(survey, kind, out);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

static st_err add_json_kinds(const struct st_survey *survey, struct st_buf *out)
{
    struct st_survey_kind *sorted = sort_kinds(survey);
    st_err err = sorted == NULL ? ST_ERR_MEMORY : st_json_add_name(out, "violations");
    if (err == ST_OK)
        err = st_buf_add_char(out, '[');
    for (uint32_t i = 0; i < survey->kinds.count && err == ST_OK; i++) {
        err = i == 0 ? ST_OK : st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = add_json_kind(survey, &sorted[i], out);
    }
    st_mem_free(sorted);
    return err == ST_OK ? st_buf_add_char(out, ']') : err;
}

st_err st_survey_write_json(const struct st_survey *survey, struct st_buf *out)
{
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "checked", survey->checked);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "valid", survey->valid);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "invalid", survey->checked - survey->valid);
    if (err == ST_OK)
        err = add_json_types(survey, out);
    if (err == ST_OK && survey->types_untold > 0)
        err = st_json_add_member_u64(out, "types_untold", survey->types_untold);
    if (err == ST_OK)
        err = add_json_kinds(survey, out);
    if (err == ST_OK && survey->kinds_untold > 0)
        err = st_json_add_member_u64(out, "violations_untold", survey->kinds_untold);
    return err == ST_OK ? st_buf_add_str(out, ST_STR("}\n")) : err;
}

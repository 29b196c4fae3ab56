#include "contract/diff.h"

#include "contract/annotation.h"
#include "json/compare.h"
#include "json/pointer.h"
#include "json/write.h"

/* ---- levels ---- */

static const struct {
    const char *name;
    bool backward, forward, transitive;
} levels[] = {
#define LEVEL_ROW(id, name, backward, forward, transitive) {name, backward, forward, transitive},
    ST_DIFF_LEVEL_LIST(LEVEL_ROW)
#undef LEVEL_ROW
};

const char *st_diff_level_name(enum st_diff_level level)
{
    return levels[level].name;
}

bool st_diff_level_of_name(st_str name, enum st_diff_level *level)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (!st_str_eq(name, st_str_of(levels[i].name)))
            continue;
        *level = (enum st_diff_level)i;
        return true;
    }
    return false;
}

bool st_diff_level_asks(enum st_diff_level level, enum st_diff_direction direction)
{
    return direction == ST_DIFF_DIRECTION_BACKWARD  ? levels[level].backward
           : direction == ST_DIFF_DIRECTION_FORWARD ? levels[level].forward
                                                    : false;
}

bool st_diff_level_is_transitive(enum st_diff_level level)
{
    return levels[level].transitive;
}

/* ---- telling ---- */

struct readings {
    struct st_diff *diff;
    const struct st_json *old, *new; /* the contracts' documents … */
    uint32_t old_at, new_at;         /* … and their annotations */
    struct st_buf old_place, new_place;
    struct st_buf old_value, new_value;
};

static st_err show(const struct st_json *doc, uint32_t node, struct st_buf *place,
                   struct st_buf *value)
{
    st_buf_reset(place);
    st_buf_reset(value);
    if (node == ST_JSON_NONE)
        return ST_OK;
    st_err err = st_pointer_of(doc, node, place);
    if (err != ST_OK)
        return err;
    err = st_json_write_start(doc, node, ST_DIFF_VALUE_BYTES_MAX, value);
    if (err != ST_ERR_LIMIT)
        return err;
    st_buf_reset(value);
    return ST_OK;
}

static st_err tell_direction(struct readings *r, enum st_diff_rule rule,
                             enum st_diff_direction direction, st_str subject)
{
    bool breaks = direction != ST_DIFF_DIRECTION_NONE;
    struct st_diff_finding finding = {
        .rule = rule,
        .direction = direction,
        .bump =
            direction == ST_DIFF_DIRECTION_BACKWARD ? ST_DIFF_BUMP_MAJOR : st_diff_rule_bump(rule),
        .reading = breaks,
        .places = 1,
        .old_at = st_buf_str(&r->old_place),
        .new_at = st_buf_str(&r->new_place),
        .subject = subject,
        .old_value = st_buf_str(&r->old_value),
        .new_value = st_buf_str(&r->new_value),
    };
    st_err err = st_diff_add(r->diff, &finding);
    if (err != ST_ERR_LIMIT || r->diff->count < ST_DIFF_FINDINGS_MAX)
        return err;
    r->diff->backward.dropped++;
    return ST_OK;
}

/* A change of the annotation reads old documents otherwise, or new ones for an old reader, or
 * neither, as the list has it. */
static st_err tell(struct readings *r, enum st_diff_rule rule, uint32_t old, uint32_t now,
                   st_str subject)
{
    st_err err = show(r->old, old, &r->old_place, &r->old_value);
    if (err == ST_OK)
        err = show(r->new, now, &r->new_place, &r->new_value);
    bool backward = st_diff_rule_verdict(rule, ST_DIFF_DIRECTION_BACKWARD) != ST_DIFF_VERDICT_SOUND;
    bool forward = st_diff_rule_verdict(rule, ST_DIFF_DIRECTION_FORWARD) != ST_DIFF_VERDICT_SOUND;
    if (err == ST_OK && backward)
        err = tell_direction(r, rule, ST_DIFF_DIRECTION_BACKWARD, subject);
    if (err == ST_OK && forward)
        err = tell_direction(r, rule, ST_DIFF_DIRECTION_FORWARD, subject);
    if (err == ST_OK && !backward && !forward)
        err = tell_direction(r, rule, ST_DIFF_DIRECTION_NONE, subject);
    return err;
}

/* ---- comparing ---- */

static uint32_t member(const struct st_json *doc, uint32_t node, const char *name)
{
    return node == ST_JSON_NONE ? ST_JSON_NONE : st_json_member(doc, node, st_str_of(name));
}

static bool differs(const struct readings *r, uint32_t old, uint32_t now)
{
    if (old == ST_JSON_NONE || now == ST_JSON_NONE)
        return old != now;
    return !st_json_equal(r->old, old, r->new, now);
}

/* A member that is there on one side, or otherwise on both. */
struct change {
    enum st_diff_rule removed, added, changed;
};

static st_err compare_members(struct readings *r, uint32_t old, uint32_t now,
                              const struct change *change)
{
    st_err err = ST_OK;
    bool old_is = old != ST_JSON_NONE && st_json_kind(r->old, old) == ST_JSON_OBJECT;
    bool new_is = now != ST_JSON_NONE && st_json_kind(r->new, now) == ST_JSON_OBJECT;
    for (uint32_t at = old_is ? st_json_first(r->old, old) : ST_JSON_NONE;
         at != ST_JSON_NONE && err == ST_OK; at = st_json_next(r->old, old, at)) {
        st_str name = st_json_text(r->old, at);
        uint32_t other = new_is ? st_json_member(r->new, now, name) : ST_JSON_NONE;
        if (other == ST_JSON_NONE)
            err = tell(r, change->removed, at + 1, ST_JSON_NONE, name);
        else if (differs(r, at + 1, other))
            err = tell(r, change->changed, at + 1, other, name);
    }
    for (uint32_t at = new_is ? st_json_first(r->new, now) : ST_JSON_NONE;
         at != ST_JSON_NONE && err == ST_OK; at = st_json_next(r->new, now, at)) {
        st_str name = st_json_text(r->new, at);
        if (!old_is || st_json_member(r->old, old, name) == ST_JSON_NONE)
            err = tell(r, change->added, ST_JSON_NONE, at + 1, name);
    }
    return err;
}

static bool has_element(const struct st_json *doc, uint32_t list, const struct st_json *other,
                        uint32_t node)
{
    if (list == ST_JSON_NONE)
        return false;
    for (uint32_t at = st_json_first(doc, list); at != ST_JSON_NONE;
         at = st_json_next(doc, list, at))
        if (st_json_equal(doc, at, other, node))
            return true;
    return false;
}

/* Marks, whose order says nothing. */
static st_err compare_marks(struct readings *r, uint32_t old, uint32_t now)
{
    st_err err = ST_OK;
    for (uint32_t at = old == ST_JSON_NONE ? old : st_json_first(r->old, old);
         at != ST_JSON_NONE && err == ST_OK; at = st_json_next(r->old, old, at))
        if (!has_element(r->new, now, r->old, at))
            err = tell(r, ST_DIFF_RECOGNITION_REMOVED, at, ST_JSON_NONE, ST_STR(""));
    for (uint32_t at = now == ST_JSON_NONE ? now : st_json_first(r->new, now);
         at != ST_JSON_NONE && err == ST_OK; at = st_json_next(r->new, now, at))
        if (!has_element(r->old, old, r->new, at))
            err = tell(r, ST_DIFF_RECOGNITION_ADDED, ST_JSON_NONE, at, ST_STR(""));
    return err;
}

static st_err compare_types(struct readings *r, const struct st_contract *old,
                            const struct st_contract *now)
{
    st_err err = ST_OK;
    uint32_t old_at = member(r->old, r->old_at, "classify");
    uint32_t new_at = member(r->new, r->new_at, "classify");
    for (uint32_t i = 0; st_contract_type(old, i).at != NULL && err == ST_OK; i++)
        if (!st_contract_names(now, st_contract_type(old, i)))
            err =
                tell(r, ST_DIFF_EVENT_TYPE_REMOVED, old_at, ST_JSON_NONE, st_contract_type(old, i));
    for (uint32_t i = 0; st_contract_type(now, i).at != NULL && err == ST_OK; i++)
        if (!st_contract_names(old, st_contract_type(now, i)))
            err = tell(r, ST_DIFF_EVENT_TYPE_ADDED, ST_JSON_NONE, new_at, st_contract_type(now, i));
    return err;
}

static st_err compare_unknown(struct readings *r, const struct st_contract *old,
                              const struct st_contract *now)
{
    bool before = st_contract_keeps_unknown_types(old);
    if (before == st_contract_keeps_unknown_types(now))
        return ST_OK;
    return tell(r, before ? ST_DIFF_UNKNOWN_TYPES_REFUSED : ST_DIFF_UNKNOWN_TYPES_KEPT,
                member(r->old, r->old_at, "unknown_types"),
                member(r->new, r->new_at, "unknown_types"), ST_STR(""));
}

static st_err compare_aliases(struct readings *r)
{
    static const struct change change = {ST_DIFF_ALIAS_REMOVED, ST_DIFF_ALIAS_ADDED,
                                         ST_DIFF_ALIAS_CHANGED};
    uint32_t old = member(r->old, r->old_at, "aliases");
    uint32_t now = member(r->new, r->new_at, "aliases");
    st_err err =
        compare_members(r, member(r->old, old, "types"), member(r->new, now, "types"), &change);
    if (err == ST_OK)
        err = compare_members(r, member(r->old, old, "resources"), member(r->new, now, "resources"),
                              &change);
    return err == ST_OK ? compare_members(r, member(r->old, r->old_at, "tagged"),
                                          member(r->new, r->new_at, "tagged"), &change)
                        : err;
}

/* Members that are compared whole. */
static const struct {
    const char *name;
    enum st_diff_rule rule;
} wholes[] = {
    {"name", ST_DIFF_CONTRACT_NAME_CHANGED},      {"version_at", ST_DIFF_RECORD_POINTER_CHANGED},
    {"classify", ST_DIFF_CLASSIFICATION_CHANGED}, {"structured", ST_DIFF_STRUCTURED_FORM_CHANGED},
    {"reserved", ST_DIFF_X_STENO_CHANGED},        {"construct", ST_DIFF_X_STENO_CHANGED},
    {"notes", ST_DIFF_X_STENO_CHANGED},           {"retired", ST_DIFF_X_STENO_CHANGED},
};

static st_err compare_wholes(struct readings *r)
{
    st_err err = ST_OK;
    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0] && err == ST_OK; i++) {
        uint32_t old = member(r->old, r->old_at, wholes[i].name);
        uint32_t now = member(r->new, r->new_at, wholes[i].name);
        if (differs(r, old, now))
            err = tell(r, wholes[i].rule, old, now, st_str_of(wholes[i].name));
    }
    return err;
}

static st_err compare_annotations(struct readings *r, const struct st_contract *old,
                                  const struct st_contract *now)
{
    static const struct change record = {ST_DIFF_RECORD_POINTER_REMOVED,
                                         ST_DIFF_RECORD_POINTER_ADDED,
                                         ST_DIFF_RECORD_POINTER_CHANGED};
    static const struct change measures = {ST_DIFF_MEASURE_REMOVED, ST_DIFF_MEASURE_ADDED,
                                           ST_DIFF_MEASURE_CHANGED};
    static const struct change models = {ST_DIFF_MODEL_REMOVED, ST_DIFF_MODEL_ADDED,
                                         ST_DIFF_X_STENO_CHANGED};
    st_err err = compare_marks(r, member(r->old, r->old_at, "recognise"),
                               member(r->new, r->new_at, "recognise"));
    if (err == ST_OK)
        err = compare_unknown(r, old, now);
    if (err == ST_OK)
        err = compare_types(r, old, now);
    if (err == ST_OK)
        err = compare_aliases(r);
    if (err == ST_OK)
        err = compare_members(r, member(r->old, r->old_at, "record"),
                              member(r->new, r->new_at, "record"), &record);
    if (err == ST_OK)
        err = compare_members(r, member(r->old, r->old_at, "measures"),
                              member(r->new, r->new_at, "measures"), &measures);
    if (err == ST_OK)
        err = compare_members(r, member(r->old, r->old_at, "models"),
                              member(r->new, r->new_at, "models"), &models);
    return err == ST_OK ? compare_wholes(r) : err;
}

st_err st_contract_diff(struct st_diff *diff, struct st_arena *arena,
                        const struct st_schema *old_schema, const struct st_contract *old_contract,
                        const struct st_schema *new_schema, const struct st_contract *new_contract,
                        const struct st_diff_options *options)
{
    st_err err = st_schema_diff(diff, arena, old_schema, new_schema, options);
    if (err != ST_OK || old_contract == NULL || new_contract == NULL)
        return err;
    struct readings r = {.diff = diff,
                         .old = st_schema_doc(old_schema),
                         .new = st_schema_doc(new_schema),
                         .old_place = ST_BUF(ST_CONTRACT_BYTES_MAX),
                         .new_place = ST_BUF(ST_CONTRACT_BYTES_MAX),
                         .old_value = ST_BUF(ST_CONTRACT_BYTES_MAX),
                         .new_value = ST_BUF(ST_CONTRACT_BYTES_MAX)};
    r.old_at = member(r.old, 0, "x-steno");
    r.new_at = member(r.new, 0, "x-steno");
    err = compare_annotations(&r, old_contract, new_contract);
    st_buf_done(&r.old_place);
    st_buf_done(&r.new_place);
    st_buf_done(&r.old_value);
    st_buf_done(&r.new_value);
    return err;
}

/* ---- summing up ---- */

bool st_diff_counts(const struct st_diff_finding *finding, enum st_diff_level level,
                    enum st_diff_policy policy)
{
    return st_diff_level_asks(level, finding->direction) && st_diff_forbids(policy, finding);
}

static bool is_proved(const struct st_diff *diff, enum st_diff_level level)
{
    return (!levels[level].backward || diff->backward.proved) &&
           (!levels[level].forward || diff->forward.proved);
}

struct st_diff_sum st_diff_sum_up(const struct st_diff *diff, enum st_diff_level level,
                                  enum st_diff_policy policy)
{
    struct st_diff_sum sum = {.proved = is_proved(diff, level)};
    for (uint32_t i = 0; i < diff->count; i++) {
        const struct st_diff_finding *finding = &diff->findings[i];
        bool asked = st_diff_level_asks(level, finding->direction);
        bool counts = st_diff_counts(finding, level, policy);
        sum.findings += counts;
        sum.undecided += counts && finding->undecided;
        sum.allowed += asked && !counts;
        sum.others += !asked;
        if (finding->bump > sum.bump)
            sum.bump = finding->bump;
    }
    uint64_t dropped = (levels[level].backward ? diff->backward.dropped : 0) +
                       (levels[level].forward ? diff->forward.dropped : 0);
    sum.findings += dropped;
    sum.compatible = sum.findings == 0;
    return sum;
}

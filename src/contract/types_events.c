/*
 * types_events.c: the types of a contract's events, and what the contract calls its schemas.
 */
#include "contract/types_graph.h"

#include "contract/field.h"
#include "json/pointer.h"

static uint32_t keyword(const struct st_types *types, uint32_t node, const char *name)
{
    return st_json_member(types->doc, node, st_str_of(name));
}

/* ---- events ---- */

/* What tells of an event is what its type brings in, not what all events have in common. */
static void note_event_text(const struct st_types *types, struct st_schemas *set)
{
    set->title = 0;
    set->description = 0;
    for (uint32_t i = set->count; i-- > 0 && set->at[i].node != 0 && set->description == 0;) {
        uint32_t description = keyword(types, set->at[i].node, "description");
        if (description != ST_JSON_NONE)
            set->description = description;
    }
}

static st_str name_of_event(struct st_types *types, st_str type)
{
    if (type.at == NULL)
        return st_types_join(types, ST_STR("Unknown"), types->event_name);
    st_str name = st_types_pascal(types, type);
    return st_str_ends(name, ST_STR("Event")) ? name : st_types_join(types, name, ST_STR("Event"));
}

/* A model that describes whole events of a type is not declared once more beside them. */
static void mark_parts(struct st_types *types, const struct st_schemas *set)
{
    for (uint32_t i = 0; i < set->count && types->err == ST_OK; i++) {
        char text[1 + sizeof(uint32_t)] = {'e'};
        memcpy(text + 1, &set->at[i].node, sizeof(uint32_t));
        st_str key = st_arena_copy(&types->arena, (st_str){text, sizeof text});
        types->err = key.at == NULL ? ST_ERR_MEMORY : st_map_put(&types->names, key, 0, NULL, NULL);
    }
}

/* An event of that type; at == NULL: of a type that is not named. */
static struct st_type *make_event(struct st_types *types, st_str event_type)
{
    const struct st_known known = {.member = types->type_member, .type = event_type};
    struct st_schemas set = {.at = NULL};
    struct st_type *type = st_types_new(types, ST_TYPE_OBJECT);
    st_schemas_add(types, &set, 0, 0, &known);
    if (types->err != ST_OK || set.never)
        return NULL;
    note_event_text(types, &set);
    type->says = set;
    type->is_event = true;
    type->event_type = event_type;
    st_types_name(types, type, name_of_event(types, event_type));
    if (types->err == ST_OK)
        st_types_fill_object(types, type, &set);
    mark_parts(types, &set);
    st_types_list(types, type);
    return type;
}

static void make_events(struct st_types *types)
{
    struct st_type *all = st_types_new(types, ST_TYPE_UNION);
    if (all == NULL)
        return;
    st_types_name(types, all, types->event_name);
    all->is_events = true;
    all->says.title = keyword(types, 0, "title") == ST_JSON_NONE ? 0 : keyword(types, 0, "title");
    if (keyword(types, 0, "description") != ST_JSON_NONE)
        all->says.description = keyword(types, 0, "description");
    all->parts = ST_TYPES_ROOM(types, struct st_type *, types->annotation->types.count);
    for (uint32_t i = 0; i < types->annotation->types.count && types->err == ST_OK; i++)
        st_types_add_part(types, all, make_event(types, types->annotation->types.at[i]));
    if (types->err == ST_OK && types->annotation->keeps_unknown_types)
        types->unknown = make_event(types, (st_str){NULL, 0});
    types->events = all;
    st_types_list(types, all);
}

/* A contract whose events do not say their type in a member of their own, or that names no types:
 * one type for all of them. */
static void make_one_event(struct st_types *types)
{
    struct st_schemas set = {.at = NULL};
    st_schemas_add(types, &set, 0, 0, NULL);
    if (types->err == ST_OK)
        types->events = st_types_make(types, &set, types->event_name);
}

/* ---- the contract's names ---- */

static void name_schema(struct st_types *types, uint32_t node, uint32_t name)
{
    st_str key = st_arena_copy(&types->arena, (st_str){(const char *)&node, sizeof node});
    types->err = key.at == NULL ? ST_ERR_MEMORY : st_map_put(&types->names, key, name, NULL, NULL);
}

static uint32_t list_of_models(const struct st_types *types)
{
    uint32_t annotation = keyword(types, 0, "x-steno");
    return annotation == ST_JSON_NONE ? annotation : keyword(types, annotation, "models");
}

/* Models first: a schema that is one and stands in $defs has the model's name. */
static void name_schemas(struct st_types *types)
{
    uint32_t models = list_of_models(types);
    uint32_t defs = keyword(types, 0, "$defs");
    for (uint32_t at = models == ST_JSON_NONE ? models : st_json_first(types->doc, models);
         at != ST_JSON_NONE && types->err == ST_OK; at = st_json_next(types->doc, models, at)) {
        uint32_t node = st_pointer_find(types->doc, 0, st_json_text(types->doc, at + 1));
        if (node != ST_JSON_NONE && node != 0)
            name_schema(types, node, at);
    }
    for (uint32_t at = defs == ST_JSON_NONE ? defs : st_json_first(types->doc, defs);
         at != ST_JSON_NONE && types->err == ST_OK; at = st_json_next(types->doc, defs, at))
        name_schema(types, at + 1, at);
}

static void name_unit(struct st_types *types, const struct st_path *path, const char *unit)
{
    uint32_t node = ST_JSON_NONE;
    st_buf_reset(&types->key);
    for (uint32_t i = 0; i < path->count && types->err == ST_OK; i++)
        types->err = st_pointer_add(&types->key, path->tokens[i]);
    if (types->err == ST_OK)
        types->err = st_field_find(types->doc, NULL, st_buf_str(&types->key), &node);
    if (node == ST_JSON_NONE || types->err != ST_OK)
        return;
    char text[1 + sizeof(uint32_t)] = {'u'};
    memcpy(text + 1, &node, sizeof node);
    st_str key = st_arena_copy(&types->arena, (st_str){text, sizeof text});
    types->err = key.at == NULL ? ST_ERR_MEMORY
                                : st_map_put(&types->names, key, (uintptr_t)unit, NULL, NULL);
}

/* What the annotation says of numbers: durations, and times since 1970. */
static void name_units(struct st_types *types, const struct st_places *places, bool times)
{
    static const char *const spans[] = {
        [0] = "nanoseconds", [3] = "microseconds", [6] = "milliseconds", [9] = "seconds"};
    static const char *const instants[] = {[0] = "nanoseconds since 1970-01-01T00:00:00Z",
                                           [3] = "microseconds since 1970-01-01T00:00:00Z",
                                           [6] = "milliseconds since 1970-01-01T00:00:00Z",
                                           [9] = "seconds since 1970-01-01T00:00:00Z"};
    for (uint32_t i = 0; i < places->count; i++) {
        const struct st_place *place = &places->at[i];
        bool known = place->shift % 3 == 0 && place->shift >= 0 && place->shift <= 9;
        if (!known || (times && place->form != ST_TIME_EPOCH))
            continue;
        for (uint32_t k = 0; k < place->paths.count && types->err == ST_OK; k++)
            name_unit(types, &place->paths.at[k],
                      times ? instants[place->shift] : spans[place->shift]);
    }
}

/* Models that no event led to. */
static void make_models(struct st_types *types)
{
    uint32_t models = list_of_models(types);
    for (uint32_t at = models == ST_JSON_NONE ? models : st_json_first(types->doc, models);
         at != ST_JSON_NONE && types->err == ST_OK; at = st_json_next(types->doc, models, at)) {
        struct st_schemas set = {.at = NULL};
        uint32_t node = st_pointer_find(types->doc, 0, st_json_text(types->doc, at + 1));
        char key[1 + sizeof(uint32_t)] = {'e'};
        memcpy(key + 1, &node, sizeof node);
        if (node == ST_JSON_NONE || st_map_find(&types->names, (st_str){key, sizeof key}) != NULL)
            continue;
        st_schemas_add(types, &set, node, 0, NULL);
        if (types->err == ST_OK)
            (void)st_types_make(types, &set, st_json_text(types->doc, at));
    }
}

/* ---- life ---- */

/* "session-events" as "SessionEvent". */
static void name_events(struct st_types *types)
{
    st_str name = st_types_pascal(types, st_contract_name(types->contract));
    if (st_str_ends(name, ST_STR("Events")))
        name.len--;
    types->event_name = st_str_ends(name, ST_STR("Event")) || types->err != ST_OK
                            ? name
                            : st_types_join(types, name, ST_STR("Event"));
}

/* The first place where the type is looked for, when that is a member of the event itself. */
static void find_type_member(struct st_types *types)
{
    const struct st_places *places = &types->annotation->type;
    if (places->count > 0 && places->at[0].paths.count > 0 && places->at[0].paths.at[0].count == 1)
        types->type_member = places->at[0].paths.at[0].tokens[0];
}

st_err st_types_open(struct st_types *types, const struct st_contract *contract)
{
    const struct st_annotation *annotation = st_contract_annotation(contract);
    *types = (struct st_types){
        .contract = contract,
        .annotation = annotation,
        .doc = annotation->doc,
        .key = ST_BUF(ST_CONTRACT_BYTES_MAX),
        .steps = ST_TYPES_STEPS_MAX,
    };
    types->last = &types->first;
    st_arena_init(&types->arena, ST_TYPES_ARENA_BYTES_MAX);
    st_map_init(&types->by_schemas, ST_TYPES_STEPS_MAX);
    st_map_init(&types->taken, ST_TYPES_STEPS_MAX);
    st_map_init(&types->names, ST_TYPES_STEPS_MAX);
    name_events(types);
    find_type_member(types);
    name_schemas(types);
    name_units(types, &annotation->durations, false);
    name_units(types, &annotation->time, true);
    if (types->err == ST_OK && types->type_member.at != NULL && annotation->types.count > 0)
        make_events(types);
    else if (types->err == ST_OK)
        make_one_event(types);
    if (types->err == ST_OK)
        make_models(types);
    st_err err = types->err;
    if (err != ST_OK)
        st_types_close(types);
    return err;
}

void st_types_close(struct st_types *types)
{
    st_map_done(&types->by_schemas);
    st_map_done(&types->taken);
    st_map_done(&types->names);
    st_buf_done(&types->key);
    st_arena_done(&types->arena);
}

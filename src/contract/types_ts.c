/*
 * types_ts.c: declarations in TypeScript: an interface for each object, the events as a union that
 * the member of the type tells apart.
 *
 * An object that is open in the contract has an index signature: further members compile, as they
 * are valid. Names of members that are no identifiers stand in quotes.
 */
#include "contract/types_text.h"

#include "json/write.h"

static const struct st_comment_style comments = {"/** ", " * ", " */"};

static void write_type(struct st_source *source, const struct st_type *type);

static bool is_identifier(st_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.len > 0;
}

static void write_string(struct st_source *source, st_str text)
{
    if (source->err == ST_OK)
        source->err = st_json_add_string(source->out, text);
}

static void write_name(struct st_source *source, st_str name)
{
    if (is_identifier(name))
        st_source_add_str(source, name);
    else
        write_string(source, name);
}

/* Numbers that TypeScript might write otherwise, and values that are no literals in it, are told by
 * their type. */
static void write_literal(struct st_source *source, const struct st_literal *literal)
{
    bool plain = literal->kind == ST_JSON_STRING || literal->kind < ST_JSON_NUMBER ||
                 (literal->kind == ST_JSON_NUMBER && literal->json.len < 16 &&
                  memchr(literal->json.at, 'e', literal->json.len) == NULL &&
                  memchr(literal->json.at, 'E', literal->json.len) == NULL);
    if (plain)
        st_source_add_str(source, literal->json);
    else
        st_source_add(source, literal->kind == ST_JSON_NUMBER ? "number" : "unknown");
}

static void write_literals(struct st_source *source, const struct st_type *type)
{
    for (uint32_t i = 0; i < type->count; i++) {
        st_source_add(source, i == 0 ? "" : " | ");
        write_literal(source, &type->values[i]);
    }
}

static void write_parts(struct st_source *source, const struct st_type *type)
{
    for (uint32_t i = 0; i < type->count; i++) {
        st_source_add(source, i == 0 ? "" : " | ");
        write_type(source, type->parts[i]);
    }
}

/* In brackets where what follows would bind to the last part only. */
static void write_list(struct st_source *source, const struct st_type *part)
{
    bool several = part->name.len == 0 && part->count > 1 &&
                   (part->kind == ST_TYPE_UNION || part->kind == ST_TYPE_LITERALS);
    st_source_add(source, several ? "(" : "");
    write_type(source, part);
    st_source_add(source, several ? ")[]" : "[]");
}

static void write_map(struct st_source *source, const struct st_type *type)
{
    st_source_add(source, "{ [name: string]: ");
    if (type->rest == NULL)
        st_source_add(source, "never");
    else
        write_type(source, type->rest);
    st_source_add(source, " }");
}

/* What stands behind "=" for a type that has a name. */
static void write_body(struct st_source *source, const struct st_type *type)
{
    switch (type->kind) {
    case ST_TYPE_ANY:
        st_source_add(source, "unknown");
        break;
    case ST_TYPE_NULL:
        st_source_add(source, "null");
        break;
    case ST_TYPE_BOOLEAN:
        st_source_add(source, "boolean");
        break;
    case ST_TYPE_INTEGER:
    case ST_TYPE_NUMBER:
        st_source_add(source, "number");
        break;
    case ST_TYPE_STRING:
        st_source_add(source, "string");
        break;
    case ST_TYPE_LITERALS:
        write_literals(source, type);
        break;
    case ST_TYPE_LIST:
        write_list(source, type->parts[0]);
        break;
    case ST_TYPE_OBJECT:
        write_map(source, type);
        break;
    case ST_TYPE_UNION:
        write_parts(source, type);
        break;
    }
}

static void write_type(struct st_source *source, const struct st_type *type)
{
    if (type->name.len > 0)
        st_source_add_str(source, type->name);
    else
        write_body(source, type);
}

/* ---- declarations ---- */

static void write_member(struct st_source *source, const struct st_member *member)
{
    st_comment_begin(source);
    st_comment_says(source, &member->says);
    if (member->type->kind == ST_TYPE_INTEGER)
        st_comment_sentence(source, "An integer");
    st_comment_facts(source, &member->says, member->unit);
    st_comment_put(source, &comments, 2);
    st_source_add(source, "  ");
    write_name(source, member->name);
    st_source_add(source, member->required ? ": " : "?: ");
    write_type(source, member->type);
    st_source_add(source, ";\n");
}

static void write_interface(struct st_source *source, const struct st_type *type)
{
    st_source_printf(source, "export interface %.*s {\n", ST_STR_ARG(type->name));
    for (uint32_t i = 0; i < type->count; i++)
        write_member(source, &type->members[i]);
    if (type->rest != NULL)
        st_source_add(source, "  [name: string]: unknown;\n");
    st_source_add(source, "}\n");
}

/* One part a line: there are many events. */
static void write_union(struct st_source *source, const struct st_type *type)
{
    st_source_printf(source, "export type %.*s =", ST_STR_ARG(type->name));
    for (uint32_t i = 0; i < type->count; i++) {
        st_source_add(source, "\n  | ");
        write_type(source, type->parts[i]);
    }
    st_source_add(source, ";\n");
}

static void write_declaration(struct st_source *source, const struct st_type *type)
{
    st_source_add(source, "\n");
    st_comment_begin(source);
    st_comment_says(source, &type->says);
    if (type == source->types->unknown)
        st_comment_sentence(source, "An event of a type that the contract does not name");
    st_comment_put(source, &comments, 0);
    if (type->kind == ST_TYPE_OBJECT) {
        write_interface(source, type);
    } else if (type->is_events) {
        write_union(source, type);
    } else {
        st_source_printf(source, "export type %.*s = ", ST_STR_ARG(type->name));
        write_body(source, type);
        st_source_add(source, ";\n");
    }
}

/* A contract whose events are no object that names members. */
static void write_alias(struct st_source *source)
{
    const struct st_types *types = source->types;
    if (types->events != NULL && st_str_eq(types->events->name, types->event_name))
        return;
    st_source_printf(source, "\nexport type %.*s = ", ST_STR_ARG(types->event_name));
    if (types->events == NULL)
        st_source_add(source, "never");
    else
        write_type(source, types->events);
    st_source_add(source, ";\n");
}

void st_types_write_ts(struct st_source *source)
{
    static const struct st_comment_style head = {"// ", "// ", ""};
    st_comment_begin(source);
    st_comment_origin(source, ST_LANGUAGE_TS);
    st_comment_put(source, &head, 0);
    for (const struct st_type *type = source->types->first; type != NULL; type = type->next)
        write_declaration(source, type);
    write_alias(source);
}

/*
 * types_py.c: declarations in Python: a TypedDict for each object, the events as a Union that
 * Literal tells apart.
 *
 * Names of types stand in quotes, so that it does not matter which is declared first. A TypedDict
 * whose members' names are no identifiers, or mean something to Python, is written as a call.
 */
#include "contract/types_text.h"

#include "json/write.h"

static const struct st_comment_style comments = {"# ", "# ", ""};

static void write_type(struct st_source *source, const struct st_type *type);

static bool is_keyword(st_str name)
{
    static const char *const keywords[] = {
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield"};
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (st_str_eq(name, st_str_of(keywords[i])))
            return true;
    return false;
}

/* Two underscores at its beginning would be read as private to the class. */
static bool is_plain(st_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.len > 0 && !st_str_starts(name, ST_STR("__")) && !is_keyword(name);
}

static bool is_all_plain(const struct st_type *type)
{
    for (uint32_t i = 0; i < type->count; i++)
        if (!is_plain(type->members[i].name))
            return false;
    return true;
}

/* ---- types ---- */

/* What Literal takes: texts, whole numbers, truths and None. */
static const char *word_of(const struct st_literal *literal)
{
    switch (literal->kind) {
    case ST_JSON_NULL:
        return "None";
    case ST_JSON_TRUE:
        return "True";
    case ST_JSON_FALSE:
        return "False";
    default:
        return NULL;
    }
}

static bool is_whole(st_str json)
{
    for (size_t i = 0; i < json.len; i++)
        if ((json.at[i] < '0' || json.at[i] > '9') && (i > 0 || json.at[i] != '-'))
            return false;
    return true;
}

static bool is_literal(const struct st_literal *literal)
{
    return word_of(literal) != NULL || literal->kind == ST_JSON_STRING ||
           (literal->kind == ST_JSON_NUMBER && is_whole(literal->json));
}

static void write_literals(struct st_source *source, const struct st_type *type)
{
    for (uint32_t i = 0; i < type->count; i++) {
        if (!is_literal(&type->values[i])) {
            st_source_add(source, type->values[i].kind == ST_JSON_NUMBER ? "float" : "Any");
            return;
        }
    }
    st_source_add(source, "Literal[");
    for (uint32_t i = 0; i < type->count; i++) {
        const char *word = word_of(&type->values[i]);
        st_source_add(source, i == 0 ? "" : ", ");
        if (word != NULL)
            st_source_add(source, word);
        else
            st_source_add_str(source, type->values[i].json);
    }
    st_source_add(source, "]");
}

static void write_parts(struct st_source *source, const struct st_type *type)
{
    st_source_add(source, "Union[");
    for (uint32_t i = 0; i < type->count; i++) {
        st_source_add(source, i == 0 ? "" : ", ");
        write_type(source, type->parts[i]);
    }
    st_source_add(source, "]");
}

static void write_body(struct st_source *source, const struct st_type *type)
{
    switch (type->kind) {
    case ST_TYPE_ANY:
        st_source_add(source, "Any");
        break;
    case ST_TYPE_NULL:
        st_source_add(source, "None");
        break;
    case ST_TYPE_BOOLEAN:
        st_source_add(source, "bool");
        break;
    case ST_TYPE_INTEGER:
        st_source_add(source, "int");
        break;
    case ST_TYPE_NUMBER:
        st_source_add(source, "float");
        break;
    case ST_TYPE_STRING:
        st_source_add(source, "str");
        break;
    case ST_TYPE_LITERALS:
        write_literals(source, type);
        break;
    case ST_TYPE_LIST:
        st_source_add(source, "list[");
        write_type(source, type->parts[0]);
        st_source_add(source, "]");
        break;
    case ST_TYPE_OBJECT:
        st_source_add(source, "dict[str, ");
        if (type->rest == NULL)
            st_source_add(source, "Any");
        else
            write_type(source, type->rest);
        st_source_add(source, "]");
        break;
    case ST_TYPE_UNION:
        write_parts(source, type);
        break;
    }
}

static void write_type(struct st_source *source, const struct st_type *type)
{
    if (type->name.len == 0)
        write_body(source, type);
    else
        st_source_printf(source, "\"%.*s\"", ST_STR_ARG(type->name));
}

/* ---- declarations ---- */

static void write_member_comment(struct st_source *source, const struct st_member *member)
{
    st_comment_begin(source);
    st_comment_says(source, &member->says);
    st_comment_facts(source, &member->says, member->unit);
    st_comment_put(source, &comments, 4);
}

static void write_member_type(struct st_source *source, const struct st_member *member)
{
    st_source_add(source, member->required ? "" : "NotRequired[");
    write_type(source, member->type);
    st_source_add(source, member->required ? "" : "]");
}

static void write_class(struct st_source *source, const struct st_type *type)
{
    st_source_printf(source, "class %.*s(TypedDict):\n", ST_STR_ARG(type->name));
    for (uint32_t i = 0; i < type->count; i++) {
        write_member_comment(source, &type->members[i]);
        st_source_add(source, "    ");
        st_source_add_str(source, type->members[i].name);
        st_source_add(source, ": ");
        write_member_type(source, &type->members[i]);
        st_source_add(source, "\n");
    }
    if (type->count == 0)
        st_source_add(source, "    pass\n");
}

static void write_call(struct st_source *source, const struct st_type *type)
{
    st_source_printf(source, "%.*s = TypedDict(\"%.*s\", {\n", ST_STR_ARG(type->name),
                     ST_STR_ARG(type->name));
    for (uint32_t i = 0; i < type->count; i++) {
        write_member_comment(source, &type->members[i]);
        st_source_add(source, "    ");
        if (source->err == ST_OK)
            source->err = st_json_add_string(source->out, type->members[i].name);
        st_source_add(source, ": ");
        write_member_type(source, &type->members[i]);
        st_source_add(source, ",\n");
    }
    st_source_add(source, "})\n");
}

static void write_declaration(struct st_source *source, const struct st_type *type)
{
    st_source_add(source, "\n\n");
    st_comment_begin(source);
    st_comment_says(source, &type->says);
    if (type == source->types->unknown)
        st_comment_sentence(source, "An event of a type that the contract does not name");
    if (type->kind == ST_TYPE_OBJECT && type->rest != NULL)
        st_comment_sentence(source, "Further members may stand in it");
    st_comment_put(source, &comments, 0);
    if (type->kind != ST_TYPE_OBJECT) {
        st_source_printf(source, "%.*s = ", ST_STR_ARG(type->name));
        write_body(source, type);
        st_source_add(source, "\n");
    } else if (is_all_plain(type)) {
        write_class(source, type);
    } else {
        write_call(source, type);
    }
}

static void write_alias(struct st_source *source)
{
    const struct st_types *types = source->types;
    if (types->events != NULL && st_str_eq(types->events->name, types->event_name))
        return;
    st_source_printf(source, "\n\n%.*s = ", ST_STR_ARG(types->event_name));
    if (types->events == NULL)
        st_source_add(source, "Any");
    else
        write_type(source, types->events);
    st_source_add(source, "\n");
}

void st_types_write_py(struct st_source *source)
{
    st_comment_begin(source);
    st_comment_origin(source, ST_LANGUAGE_PY);
    st_comment_put(source, &comments, 0);
    st_source_add(source, "from typing import Any, Literal, TypedDict, Union\n\n"
                          "try:\n"
                          "    from typing import NotRequired\n"
                          "except ImportError:  # before Python 3.11\n"
                          "    from typing_extensions import NotRequired\n");
    for (const struct st_type *type = source->types->first; type != NULL; type = type->next)
        write_declaration(source, type);
    write_alias(source);
}

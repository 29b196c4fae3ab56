/*
 * types_c.c: declarations in C (and C++): a header with a struct for each object, an enum for texts
 * to choose from, and for a union a struct that says which of its parts it is.
 *
 * What a struct holds of a member:
 *
 *   text, object, union   a pointer, NULL when the member is absent
 *   number, truth         the value; `has_…` beside it where the member may be absent
 *   text to choose from   an enum, 0 (…_ABSENT) when the member is absent
 *   list, map             a count and a pointer, NULL when the member is absent
 *   any value             its JSON text
 *   null                  `…_is_null` beside what else it may be
 */
#include "contract/types_text.h"

#include <stdio.h>

static const struct st_comment_style comments = {"/* ", " * ", " */"};

/* Identifiers of one struct, and enumerators of all, while they are given out. */
struct writer {
    struct st_source *source;
    struct st_arena arena;
    struct st_map members;
    struct st_map enumerators;
    struct st_buf name;  /* the identifier at hand */
    struct st_buf label; /* of a part of a union */
};

/* ---- identifiers ---- */

static void fail(struct writer *w, st_err err)
{
    if (w->source->err == ST_OK)
        w->source->err = err;
}

/* False: it is taken already. */
static bool take(struct writer *w, struct st_map *names, st_str name)
{
    bool added = false;
    st_str kept = st_arena_copy(&w->arena, name);
    if (kept.at == NULL)
        fail(w, w->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY);
    else if (st_map_put(names, kept, 0, NULL, &added) != ST_OK)
        fail(w, ST_ERR_MEMORY);
    return added || w->source->err != ST_OK;
}

static bool is_word(st_str name)
{
    /* Of C and C++, and names that headers of the C library define as macros. */
    static const char *const words[] = {
        "alignas",   "alignof",  "and",       "asm",       "assert",   "auto",     "bool",
        "break",     "case",     "catch",     "char",      "class",    "concept",  "const",
        "constexpr", "continue", "default",   "delete",    "do",       "double",   "else",
        "enum",      "errno",    "explicit",  "export",    "extern",   "false",    "float",
        "for",       "friend",   "goto",      "if",        "inline",   "int",      "linux",
        "long",      "mutable",  "namespace", "new",       "noexcept", "not",      "nullptr",
        "operator",  "or",       "private",   "protected", "public",   "register", "requires",
        "restrict",  "return",   "short",     "signed",    "sizeof",   "static",   "stderr",
        "stdin",     "stdout",   "struct",    "switch",    "template", "this",     "throw",
        "true",      "try",      "typedef",   "typeid",    "typename", "typeof",   "union",
        "unix",      "unsigned", "using",     "virtual",   "void",     "volatile", "while",
        "xor",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (st_str_eq(name, st_str_of(words[i])))
            return true;
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* w->name becomes the text as an identifier. One that begins with an underscore could be the
 * compiler's own. */
static void set_identifier(struct writer *w, st_str text, bool capitals)
{
    st_err err = ST_OK;
    st_buf_reset(&w->name);
    if (text.len == 0 || !is_letter(text.at[0]))
        err = st_buf_add_str(&w->name, capitals ? ST_STR("") : ST_STR("m_"));
    for (size_t i = 0; i < text.len && err == ST_OK; i++) {
        char c = text.at[i];
        bool plain = is_letter(c) || (c >= '0' && c <= '9');
        if (capitals && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        err = st_buf_add_char(&w->name, plain ? c : '_');
    }
    if (err == ST_OK && !capitals && is_word(st_buf_str(&w->name)))
        err = st_buf_add_char(&w->name, '_');
    if (err != ST_OK)
        fail(w, err);
}

/* The names that stand beside a member. */
static bool take_with_companions(struct writer *w, st_str name)
{
    char has[256];
    char null[256];
    int a = snprintf(has, sizeof has, "has_%.*s", ST_STR_ARG(name));
    int b = snprintf(null, sizeof null, "%.*s_is_null", ST_STR_ARG(name));
    if (a < 0 || b < 0 || (size_t)a >= sizeof has || (size_t)b >= sizeof null)
        return take(w, &w->members, name); /* so long that nothing else is called so */
    if (st_map_find(&w->members, st_str_of(has)) != NULL ||
        st_map_find(&w->members, st_str_of(null)) != NULL || !take(w, &w->members, name))
        return false;
    (void)take(w, &w->members, st_str_of(has));
    (void)take(w, &w->members, st_str_of(null));
    return true;
}

/* Lets w->name be a member's, unique in its struct. */
static void name_member(struct writer *w, st_str text)
{
    set_identifier(w, text, false);
    while (w->source->err == ST_OK && !take_with_companions(w, st_buf_str(&w->name))) {
        st_err err = st_buf_add_char(&w->name, '_');
        if (err != ST_OK)
            fail(w, err);
    }
}

static void write_prefix(struct st_source *source, bool capitals)
{
    st_source_snake(source, source->types->event_name, capitals);
}

/* "agent_event_run"; the union of all events is "agent_event". */
static void write_tag(struct st_source *source, const struct st_type *type, bool capitals)
{
    write_prefix(source, capitals);
    if (st_str_eq(type->name, source->types->event_name))
        return;
    st_source_add(source, "_");
    st_source_snake(source, type->name, capitals);
}

/* Writes an enumerator of the type, unique among all. */
static void write_enumerator(struct writer *w, const struct st_type *type, const char *middle,
                             st_str text)
{
    struct st_source *source = w->source;
    size_t from = source->out->len;
    write_tag(source, type, true);
    st_source_add(source, middle);
    set_identifier(w, text, true);
    st_source_add_str(source, st_buf_str(&w->name));
    while (source->err == ST_OK &&
           !take(w, &w->enumerators, st_str_from(st_buf_str(source->out), from)))
        st_source_add(source, "_");
}

/* ---- comments ---- */

static void put_text(struct st_source *source, const char *before, st_str text, const char *after)
{
    st_comment_begin(source);
    st_comment_add(source, before);
    st_comment_add_str(source, text);
    st_comment_add(source, after);
    if (source->err != ST_OK)
        return;
    st_source_add(source, " /* ");
    st_source_add_str(source, st_buf_str(&source->text));
    st_source_add(source, " */");
}

/* ---- members ---- */

static bool is_pointer_type(const struct st_type *type)
{
    return type->name.len > 0 && (type->kind == ST_TYPE_OBJECT || type->kind == ST_TYPE_UNION);
}

/* All values are of one of these JSON kinds. */
static bool are_all(const struct st_type *type, enum st_json_kind from, enum st_json_kind to)
{
    for (uint32_t i = 0; i < type->count; i++)
        if (type->values[i].kind < from || type->values[i].kind > to)
            return false;
    return true;
}

static bool are_whole(const struct st_type *type)
{
    for (uint32_t i = 0; i < type->count; i++) {
        st_str json = type->values[i].json;
        for (size_t k = 0; k < json.len; k++)
            if ((json.at[k] < '0' || json.at[k] > '9') && (k > 0 || json.at[k] != '-'))
                return false;
    }
    return true;
}

/* Integers that do not fit into 64 bits with a sign, as the contract says itself. */
static bool is_unsigned(const struct st_source *source, const struct st_schemas *says)
{
    for (uint32_t i = 0; i < says->count; i++) {
        uint32_t max = st_json_member(source->types->doc, says->at[i].node, ST_STR("maximum"));
        if (max != ST_JSON_NONE &&
            st_str_eq(st_json_text(source->types->doc, max), ST_STR("18446744073709551615")))
            return true;
    }
    return false;
}

/* The C type of a value that fits into one word, or NULL. */
static const char *word_of(const struct st_source *source, const struct st_type *type,
                           const struct st_schemas *says)
{
    switch (type->kind) {
    case ST_TYPE_BOOLEAN:
        return "bool";
    case ST_TYPE_INTEGER:
        return is_unsigned(source, says) ? "uint64_t" : "int64_t";
    case ST_TYPE_NUMBER:
        return "double";
    case ST_TYPE_LITERALS:
        if (are_all(type, ST_JSON_FALSE, ST_JSON_TRUE))
            return "bool";
        if (are_all(type, ST_JSON_NUMBER, ST_JSON_NUMBER))
            return are_whole(type) ? "int64_t" : "double";
        return NULL;
    default:
        return NULL;
    }
}

static void write_declarator(struct writer *w, const struct st_type *type,
                             const struct st_schemas *says, const char *stars, const char *name);

static void write_list(struct writer *w, const struct st_type *type, const char *stars,
                       const char *name)
{
    static const struct st_schemas none = {.at = NULL};
    st_source_add(w->source, "struct { size_t count; ");
    write_declarator(w, type->parts[0], &none, "*", "at");
    st_source_printf(w->source, " } %s", stars);
    st_source_add(w->source, name);
    st_source_add(w->source, ";");
}

static void write_map(struct writer *w, const struct st_type *type, const char *stars,
                      const char *name)
{
    static const struct st_schemas none = {.at = NULL};
    st_source_add(w->source, "struct { size_t count; struct { const char *name; ");
    if (type->rest == NULL)
        st_source_add(w->source, "const char *value;");
    else
        write_declarator(w, type->rest, &none, "", "value");
    st_source_printf(w->source, " } *at; } %s", stars);
    st_source_add(w->source, name);
    st_source_add(w->source, ";");
}

/* The one part beside null of a union without a name; NULL: there is only null. */
static const struct st_type *part_beside_null(const struct st_type *type)
{
    for (uint32_t i = 0; i < type->count; i++)
        if (type->parts[i]->kind != ST_TYPE_NULL)
            return type->parts[i];
    return NULL;
}

static bool has_null(const struct st_type *type)
{
    if (type->kind == ST_TYPE_NULL)
        return true;
    for (uint32_t i = 0; type->kind == ST_TYPE_UNION && type->name.len == 0 && i < type->count; i++)
        if (type->parts[i]->kind == ST_TYPE_NULL)
            return true;
    return false;
}

static void write_null(struct writer *w, const struct st_type *type, const char *stars,
                       const char *name)
{
    static const struct st_schemas none = {.at = NULL};
    const struct st_type *part = type->kind == ST_TYPE_NULL ? NULL : part_beside_null(type);
    st_source_add(w->source, "struct { bool is_null; ");
    if (part != NULL)
        write_declarator(w, part, &none, "", "value");
    st_source_printf(w->source, " } %s", stars);
    st_source_add(w->source, name);
    st_source_add(w->source, ";");
}

/* "TYPE name;" for one value (`stars` ""), or for a pointer to several ("*"). */
static void write_declarator(struct writer *w, const struct st_type *type,
                             const struct st_schemas *says, const char *stars, const char *name)
{
    struct st_source *source = w->source;
    const char *word = word_of(source, type, says);
    bool several = stars[0] != '\0';
    if (has_null(type)) {
        write_null(w, type, stars, name);
        return;
    }
    if (type->kind == ST_TYPE_LIST || (type->kind == ST_TYPE_OBJECT && type->name.len == 0)) {
        (type->kind == ST_TYPE_LIST ? write_list : write_map)(w, type, stars, name);
        return;
    }
    if (is_pointer_type(type)) {
        st_source_add(source, "const struct ");
        write_tag(source, type, false);
        st_source_add(source, " *"); /* several stand one behind the other */
    } else if (type->kind == ST_TYPE_LITERALS && type->name.len > 0) {
        st_source_add(source, several ? "const enum " : "enum ");
        write_tag(source, type, false);
        st_source_printf(source, " %s", stars);
    } else if (word != NULL) {
        st_source_printf(source, "%s%s %s", several ? "const " : "", word, stars);
    } else {
        st_source_add(source, several ? "const char *const *" : "const char *");
    }
    st_source_add(source, name);
    st_source_add(source, ";");
}

static bool needs_has(const struct st_source *source, const struct st_type *type,
                      const struct st_schemas *says)
{
    return word_of(source, type, says) != NULL || type->kind == ST_TYPE_LIST ||
           (type->kind == ST_TYPE_OBJECT && type->name.len == 0) || has_null(type);
}

static void put_what_it_is(struct st_source *source, const struct st_type *type)
{
    bool one = type->kind == ST_TYPE_LITERALS && type->name.len == 0 && type->count == 1;
    if (one)
        put_text(source, "always ", type->values[0].json, "");
    else if (type->kind == ST_TYPE_ANY || (type->kind == ST_TYPE_LITERALS && type->name.len == 0 &&
                                           !are_all(type, ST_JSON_FALSE, ST_JSON_TRUE) &&
                                           !are_all(type, ST_JSON_NUMBER, ST_JSON_NUMBER)))
        put_text(source, "", ST_STR("any value, as JSON text"), "");
}

static void write_member(struct writer *w, const struct st_member *member)
{
    struct st_source *source = w->source;
    name_member(w, member->name);
    const char *name = source->err == ST_OK ? st_buf_cstr(&w->name) : NULL;
    if (name == NULL) {
        fail(w, ST_ERR_MEMORY);
        return;
    }
    st_comment_begin(source);
    if (!st_str_eq(member->name, st_buf_str(&w->name))) {
        st_comment_add(source, "The member \"");
        st_comment_add_str(source, member->name);
        st_comment_add(source, "\".");
    }
    st_comment_says(source, &member->says);
    st_comment_facts(source, &member->says, member->unit);
    st_comment_put(source, &comments, 4);
    if (!member->required && needs_has(source, member->type, &member->says)) {
        st_source_add(source, "    bool has_");
        st_source_add(source, name);
        st_source_add(source, ";\n");
    }
    st_source_add(source, "    ");
    write_declarator(w, member->type, &member->says, "", name);
    put_what_it_is(source, member->type);
    st_source_add(source, "\n");
}

/* ---- declarations ---- */

static void put_comment(struct st_source *source, const struct st_type *type)
{
    st_source_add(source, "\n");
    st_comment_begin(source);
    st_comment_says(source, &type->says);
    if (type == source->types->unknown)
        st_comment_sentence(source, "An event of a type that the contract does not name");
    st_comment_put(source, &comments, 0);
}

static void write_enum(struct writer *w, const struct st_type *type)
{
    struct st_source *source = w->source;
    put_comment(source, type);
    st_source_add(source, "enum ");
    write_tag(source, type, false);
    st_source_add(source, " {\n    ");
    write_enumerator(w, type, "_", ST_STR("absent"));
    st_source_add(source, " = 0,\n");
    for (uint32_t i = 0; i < type->count; i++) {
        st_source_add(source, "    ");
        write_enumerator(w, type, "_", type->values[i].text);
        st_source_add(source, ",");
        put_text(source, "", type->values[i].json, "");
        st_source_add(source, "\n");
    }
    st_source_add(source, "};\n");
}

static void write_struct(struct writer *w, const struct st_type *type)
{
    struct st_source *source = w->source;
    put_comment(source, type);
    st_source_add(source, "struct ");
    write_tag(source, type, false);
    st_source_add(source, " {\n");
    st_map_reset(&w->members);
    for (uint32_t i = 0; i < type->count; i++)
        write_member(w, &type->members[i]);
    bool typed = type->rest != NULL && type->rest->kind != ST_TYPE_ANY;
    if (typed || type->count == 0) {
        const struct st_member more = {
            .name = ST_STR("further_members"),
            .type = &(struct st_type){.kind = ST_TYPE_OBJECT, .rest = type->rest},
            .required = true,
        };
        write_member(w, &more);
    }
    st_source_add(source, "};\n");
}

/* What a part of a union is called in it. Holds until the next one is asked for. */
static st_str label_of(struct writer *w, const struct st_type *part)
{
    static const char *const labels[] = {
        [ST_TYPE_ANY] = "json",        [ST_TYPE_NULL] = "null",     [ST_TYPE_BOOLEAN] = "truth",
        [ST_TYPE_INTEGER] = "integer", [ST_TYPE_NUMBER] = "number", [ST_TYPE_STRING] = "text",
        [ST_TYPE_LITERALS] = "value",  [ST_TYPE_LIST] = "list",     [ST_TYPE_OBJECT] = "map",
        [ST_TYPE_UNION] = "choice",
    };
    if (part->is_event)
        return part->event_type.at == NULL ? ST_STR("unknown") : part->event_type;
    if (part->name.len == 0)
        return st_str_of(labels[part->kind]);
    st_buf_reset(&w->label);
    st_err err = st_types_add_snake(&w->label, part->name, false);
    if (err != ST_OK)
        fail(w, err);
    return st_buf_str(&w->label);
}

static void write_kind(struct writer *w, const struct st_type *type, const struct st_type *part,
                       bool first)
{
    st_source_add(w->source, "    ");
    write_enumerator(w, type, "_IS_", label_of(w, part));
    st_source_add(w->source, first ? " = 1,\n" : ",\n");
}

static void write_part(struct writer *w, const struct st_type *part)
{
    static const struct st_schemas none = {.at = NULL};
    if (part->kind == ST_TYPE_NULL)
        return;
    name_member(w, label_of(w, part));
    const char *name = w->source->err == ST_OK ? st_buf_cstr(&w->name) : NULL;
    if (name == NULL) {
        fail(w, ST_ERR_MEMORY);
        return;
    }
    st_source_add(w->source, "        ");
    write_declarator(w, part, &none, "", name);
    st_source_add(w->source, "\n");
}

static void write_union(struct writer *w, const struct st_type *type)
{
    struct st_source *source = w->source;
    const struct st_type *unknown = type->is_events ? source->types->unknown : NULL;
    st_source_add(source, "\nenum ");
    write_tag(source, type, false);
    st_source_add(source, "_kind {\n");
    for (uint32_t i = 0; i < type->count; i++)
        write_kind(w, type, type->parts[i], i == 0);
    if (unknown != NULL)
        write_kind(w, type, unknown, type->count == 0);
    st_source_add(source, "};\n");
    put_comment(source, type);
    st_source_add(source, "struct ");
    write_tag(source, type, false);
    st_source_add(source, " {\n    enum ");
    write_tag(source, type, false);
    st_source_add(source, "_kind kind;\n    union {\n");
    st_map_reset(&w->members);
    for (uint32_t i = 0; i < type->count; i++)
        write_part(w, type->parts[i]);
    if (unknown != NULL)
        write_part(w, unknown);
    st_source_add(source, "    } as;\n};\n");
}

static void write_declarations(struct writer *w)
{
    const struct st_type *type;
    struct st_source *source = w->source;
    st_source_add(source, "\n");
    for (type = source->types->first; type != NULL; type = type->next) {
        if (!is_pointer_type(type))
            continue;
        st_source_add(source, "struct ");
        write_tag(source, type, false);
        st_source_add(source, ";\n");
    }
    for (type = source->types->first; type != NULL; type = type->next)
        if (type->kind == ST_TYPE_LITERALS)
            write_enum(w, type);
    for (type = source->types->first; type != NULL; type = type->next) {
        if (type->kind == ST_TYPE_OBJECT)
            write_struct(w, type);
        else if (type->kind == ST_TYPE_UNION)
            write_union(w, type);
    }
}

/* A contract whose events are no object that names members. */
static void write_alias(struct writer *w)
{
    static const struct st_schemas none = {.at = NULL};
    struct st_source *source = w->source;
    const struct st_types *types = source->types;
    if (types->events != NULL && st_str_eq(types->events->name, types->event_name))
        return;
    st_source_add(source, "\nstruct ");
    write_prefix(source, false);
    st_source_add(source, " {\n    ");
    if (types->events == NULL)
        st_source_add(source, "const char *value;");
    else
        write_declarator(w, types->events, &none, "", "value");
    st_source_add(source, "\n};\n");
}

static void write_guard(struct writer *w, const char *before)
{
    set_identifier(w, st_contract_ref(w->source->types->contract), true);
    st_source_add(w->source, before);
    st_source_add_str(w->source, st_buf_str(&w->name));
    st_source_add(w->source, "_H");
}

void st_types_write_c(struct st_source *source)
{
    struct writer w = {.source = source,
                       .name = ST_BUF(ST_CONTRACT_BYTES_MAX),
                       .label = ST_BUF(ST_CONTRACT_BYTES_MAX)};
    st_arena_init(&w.arena, ST_TYPES_ARENA_BYTES_MAX);
    st_map_init(&w.members, ST_TYPES_STEPS_MAX);
    st_map_init(&w.enumerators, ST_TYPES_STEPS_MAX);
    st_comment_begin(source);
    st_comment_origin(source, ST_LANGUAGE_C);
    st_comment_put(source, &comments, 0);
    write_guard(&w, "#ifndef ");
    write_guard(&w, "\n#define ");
    st_source_add(source, "\n\n#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n");
    write_declarations(&w);
    write_alias(&w);
    st_source_add(source, "\n#endif\n");
    st_buf_done(&w.name);
    st_buf_done(&w.label);
    st_map_done(&w.members);
    st_map_done(&w.enumerators);
    st_arena_done(&w.arena);
}

#include "api/api.h"

#include "api/limits.h"
#include "contract/construct.h"

#define SESSION_EVENTS "session-events"
#define FIELDS_MAX     3

/* ---- which contract ---- */

static st_err say(struct st_buf *words, st_err err, const char *what)
{
    st_err added = st_buf_printf(words, "%s\n", what);
    return added == ST_OK ? err : added;
}

/* The only one that names the type and may be made. */
static st_err find_by_type(const struct st_registry *registry, st_str type,
                           const struct st_contract **contract, struct st_buf *words)
{
    struct st_candidates candidates;
    const struct st_contract *reserved;
    *contract = st_registry_find_by_type(registry, type, &candidates, &reserved);
    if (*contract != NULL)
        return ST_OK;
    if (candidates.count > 1)
        return say(words, ST_ERR_ABSENT, "several contracts name this type");
    return reserved != NULL
               ? say(words, ST_ERR_DENIED, "only steno itself makes events of this type")
               : say(words, ST_ERR_ABSENT, "no contract names this type");
}

static st_err find_contract(const struct steno_registry *registry, const char *reference,
                            st_str type, const struct st_contract **contract, struct st_buf *words)
{
    struct st_api_held held;
    if (reference == NULL)
        return find_by_type(st_api_registry(registry), type, contract, words);
    st_err err = st_api_find_held(registry, reference, &held, words);
    if (err != ST_OK)
        return err == ST_ERR_ABSENT ? say(words, err, "") : err;
    if (held.model.at != NULL)
        return say(words, ST_ERR_ABSENT, "events are made of a contract, not of a model");
    if (st_contract_reserved(held.contract))
        return say(words, ST_ERR_DENIED, "only steno itself makes events of this contract");
    *contract = held.contract;
    return ST_OK;
}

/* ---- making it ---- */

static bool is_wrong_call(const struct steno_registry *registry, const char *type,
                          const char *const *fields, size_t field_count)
{
    bool wrong = registry == NULL || type == NULL || (fields == NULL && field_count > 0);
    for (size_t i = 0; i < field_count && !wrong; i++)
        wrong = fields[i] == NULL;
    return wrong;
}

/* Words go out with any failure that has some. */
static void give_words(st_err err, struct st_buf *words, char **why)
{
    if (why == NULL || err == ST_OK || err == ST_ERR_MEMORY)
        return;
    if (words->len == 0 && st_buf_printf(words, "%s\n", st_err_text(err)) != ST_OK)
        return;
    *why = st_api_give_text(words);
}

steno_error steno_event_new(const struct steno_registry *registry, const char *contract,
                            const char *type, const char *const *fields, size_t field_count,
                            char **event, char **why)
{
    if (event != NULL)
        *event = NULL;
    if (why != NULL)
        *why = NULL;
    if (event == NULL || is_wrong_call(registry, type, fields, field_count))
        return STENO_ARGUMENT;
    const struct st_contract *found = NULL;
    struct st_construct order = {
        .type = st_str_of(type),
        .fields = fields,
        .field_count = field_count,
        .now = st_time_now(),
    };
    struct st_buf text = ST_BUF(STENO_EVENT_BYTES_MAX);
    struct st_buf words = ST_BUF(ST_API_WHY_BYTES_MAX);
    st_err err = find_contract(registry, contract, order.type, &found, &words);
    if (err == ST_OK)
        err = st_contract_construct(found, &order, &text, &words);
    if (err == ST_OK && (*event = st_api_give_text(&text)) == NULL)
        err = ST_ERR_MEMORY;
    give_words(err, &words, why);
    st_buf_done(&words);
    st_buf_done(&text);
    return st_api_error(err);
}

/* ---- sessions ---- */

struct assignment {
    const char *field; /* "name=" */
    const char *value; /* NULL: not given */
};

/* The assignments as fields. */
static steno_error make_session(const struct steno_registry *registry, const char *type,
                                const struct assignment all[static FIELDS_MAX], char **event,
                                char **why)
{
    struct st_buf texts[FIELDS_MAX];
    const char *fields[FIELDS_MAX] = {NULL};
    size_t count = 0;
    bool whole = true;
    for (size_t i = 0; i < FIELDS_MAX; i++) {
        texts[i] = ST_BUF(ST_JSON_TEXT_BYTES_MAX);
        if (all[i].value == NULL || !whole)
            continue;
        whole = st_buf_printf(&texts[i], "%s%s", all[i].field, all[i].value) == ST_OK &&
                (fields[count++] = st_buf_cstr(&texts[i])) != NULL;
    }
    steno_error error =
        whole ? steno_event_new(registry, SESSION_EVENTS, type, fields, count, event, why)
              : STENO_MEMORY;
    for (size_t i = 0; i < FIELDS_MAX; i++)
        st_buf_done(&texts[i]);
    return error;
}

steno_error steno_session_start_new(const struct steno_registry *registry, const char *component,
                                    const char *shell, const char *metadata, char **event,
                                    char **why)
{
    const struct assignment all[FIELDS_MAX] = {
        {"component_name=", component}, {"shell_type=", shell}, {"metadata:=", metadata}};
    if (event != NULL)
        *event = NULL;
    if (why != NULL)
        *why = NULL;
    if (event == NULL || registry == NULL || component == NULL || shell == NULL)
        return STENO_ARGUMENT;
    return make_session(registry, "session_start", all, event, why);
}

steno_error steno_session_end_new(const struct steno_registry *registry, const char *session,
                                  const char *metadata, char **event, char **why)
{
    const struct assignment all[FIELDS_MAX] = {
        {"session_id=", session}, {"metadata:=", metadata}, {"", NULL}};
    if (event != NULL)
        *event = NULL;
    if (why != NULL)
        *why = NULL;
    if (event == NULL || registry == NULL || session == NULL)
        return STENO_ARGUMENT;
    return make_session(registry, "session_end", all, event, why);
}

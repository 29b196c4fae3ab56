/* A reference or a type, a line feed, an event or a field: judged and made, through steno.h. */
#include "fuzz.h"
#include "steno.h"
#include <stdio.h>
FUZZ(input)
{
    static struct steno_registry *registry;
    char head[128], field[4096], *event, *why;
    struct steno_report *report;
    st_str first, rest;
    ST_BUG_IF(registry == NULL && steno_registry_new(&registry) != STENO_OK);
    st_str_cut(input, '\n', &first, &rest);
    snprintf(head, sizeof head, "%.*s", ST_STR_ARG(first));
    snprintf(field, sizeof field, "%.*s", (int)(rest.len < 4000 ? rest.len : 4000), rest.at);
    const char *reference = head[0] == '-' ? NULL : head, *const fields[] = {field};
    steno_error said = steno_event_explain(registry, reference, rest.at, rest.len, 2, &report);
    ST_BUG_IF(said != steno_event_validate(registry, reference, rest.at, rest.len));
    ST_BUG_IF(said > STENO_ABSENT || steno_report_json(report) == NULL);
    ST_BUG_IF((steno_report_count(report) == 0) != (said == STENO_OK));
    steno_report_free(report);
    said = steno_event_new(registry, NULL, head, fields, field[0] != '\0', &event, &why);
    ST_BUG_IF((said == STENO_OK) != (event != NULL) || (said == STENO_OK) != (why == NULL));
    ST_BUG_IF(event != NULL &&
              steno_event_validate(registry, NULL, event, strlen(event)) == STENO_SYNTAX);
    steno_text_free(event), steno_text_free(why);
}

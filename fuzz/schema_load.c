/* Any text as a schema: it loads, or the fault says why. */
#include "fuzz.h"
#include "schema/schema.h"

FUZZ(text)
{
    static const struct st_schema_options options = {.assert_formats = true};
    struct st_schema_fault fault;
    struct st_schema *schema;

    st_err err = st_schema_load(&schema, text, &options, &fault);
    ST_BUG_IF(fault.err != err);
    ST_BUG_IF((err == ST_OK) != (schema != NULL));
    ST_BUG_IF(err != ST_OK && fault.message[0] == '\0');
    st_schema_free(schema);
}

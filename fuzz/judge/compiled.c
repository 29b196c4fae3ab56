#include "compiled_judge.h"
#include "judge.h"
#include "random_instance.h"

/* A schema may cost its whole allowance each time that it is asked: some are enough. */
#define INSTANCES 4

static struct twins twins;

static void make_twins(void)
{
    if (twins.checker == NULL)
        twins_init(&twins);
}

static void hold(const struct st_schema *schema, st_str instance, bool explained, bool is_json)
{
    for (int by = 0; by < NUMBERINGS; by++) {
        bool explains = explained && by == 0;
        enum finding found = twins_ask(&twins, schema, instance, (enum numbering)by, explains);
        ST_BUG_IF(is_fault(found) && (is_json || found != FOUND_NOT_JSON));
    }
}

static struct st_schema *load(st_str text, bool assert_formats)
{
    const struct st_schema_options options = {.assert_formats = assert_formats};
    struct st_schema_fault fault;
    struct st_schema *schema = NULL;
    (void)!st_schema_load(&schema, text, &options, &fault);
    return schema;
}

void judge_random(st_str bytes)
{
    make_twins();
    struct st_arena arena = {.max_bytes = (size_t)256 << 20};
    struct st_buf text = ST_BUF((size_t)1 << 24);
    struct random_schema made;
    struct dice dice;
    dice_init(&dice, 0, bytes);
    random_schema_make(&made, &arena, &dice);
    value_write(made.root, NULL, &text);
    struct st_schema *schema = load(st_buf_str(&text), made.assert_formats);
    for (int i = 0; schema != NULL && i < INSTANCES; i++) {
        st_buf_reset(&text);
        struct value *instance = random_instance(&made);
        value_write(i % 2 == 0 ? instance : random_change(&made, instance), &dice, &text);
        hold(schema, st_buf_str(&text), i == 0, true);
    }
    st_schema_free(schema), st_buf_done(&text), st_arena_done(&arena);
}

void judge_compiled(st_str schema, st_str instance)
{
    struct st_schema *loaded = load(schema, true);
    make_twins();
    if (loaded != NULL)
        hold(loaded, instance, true, false);
    st_schema_free(loaded);
}

#include "schema/pattern_lanes.h"

#include "base/mem.h"

#if defined(__SSE2__)

#include <emmintrin.h>

#define LANES 16

/* Fewer places are as quick one by one; a set of more ranges is as slow. */
#define PLACES_MIN 4
#define RANGES_MAX 4

struct range {
    unsigned char low[LANES];
    unsigned char high[LANES];
};

struct st_lanes {
    uint32_t places;
    uint32_t range_count; /* of each block */
    struct range ranges[];
};

/* ---- making ---- */

/* The block that a place is in, and its lane there. The last block of several ends where the places
 * end, so that no byte behind them is read. */
static uint32_t block_start(uint32_t places, uint32_t block)
{
    uint32_t start = block * LANES;
    return start + LANES > places && places >= LANES ? places - LANES : start;
}

static uint32_t count_blocks(uint32_t places)
{
    return (places + LANES - 1) / LANES;
}

/* The ranges of one place; those that it has no use for hold nothing. */
struct place {
    uint32_t count;
    unsigned char low[RANGES_MAX];
    unsigned char high[RANGES_MAX];
};

/* False when there are too many. */
static bool find_ranges(struct place *place, const struct st_byte_set *set)
{
    *place = (struct place){0};
    memset(place->low, 255, sizeof place->low);
    for (unsigned byte = 0; byte < 128; byte++) {
        if (!st_byte_set_has(set, (unsigned char)byte))
            continue;
        unsigned first = byte;
        while (byte < 127 && st_byte_set_has(set, (unsigned char)(byte + 1)))
            byte++;
        if (place->count == RANGES_MAX)
            return false;
        place->low[place->count] = (unsigned char)first;
        place->high[place->count++] = (unsigned char)byte;
    }
    return true;
}

static void fill_lane(struct range *ranges, uint32_t count, uint32_t lane,
                      const struct place *place)
{
    for (uint32_t i = 0; i < count; i++) {
        ranges[i].low[lane] = place->low[i];
        ranges[i].high[lane] = place->high[i];
    }
}

static struct st_lanes *make(const struct place *places, uint32_t count, uint32_t ranges)
{
    static const struct place any = {.high = {255}};
    uint32_t blocks = count_blocks(count);
    struct st_lanes *made = st_mem_get(sizeof *made + sizeof *made->ranges * blocks * ranges);
    if (made == NULL)
        return NULL;
    made->places = count;
    made->range_count = ranges;
    for (uint32_t block = 0; block < blocks; block++) {
        uint32_t start = block_start(count, block);
        for (uint32_t lane = 0; lane < LANES; lane++)
            fill_lane(made->ranges + (size_t)block * ranges, ranges, lane,
                      start + lane < count ? &places[start + lane] : &any);
    }
    return made;
}

st_err st_lanes_new(struct st_lanes **lanes, const struct st_byte_set *const *sets, uint32_t count)
{
    struct place places[ST_QUICK_LANES_MAX];
    uint32_t ranges = 1;
    if (count < PLACES_MIN || count > ST_QUICK_LANES_MAX)
        return ST_ERR_ABSENT;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0 && sets[i] == sets[i - 1])
            places[i] = places[i - 1];
        else if (!find_ranges(&places[i], sets[i]))
            return ST_ERR_ABSENT;
        ranges = places[i].count > ranges ? places[i].count : ranges;
    }
    *lanes = make(places, count, ranges);
    return *lanes == NULL ? ST_ERR_MEMORY : ST_OK;
}

void st_lanes_free(struct st_lanes *lanes)
{
    st_mem_free(lanes);
}

/* ---- running ---- */

static __m128i load(const void *bytes)
{
    return _mm_loadu_si128(bytes);
}

/* A text of 4 to 15 bytes, with zeros behind it: two loads that overlap. */
static __m128i load_short(st_str text)
{
    uint64_t head = 0;
    uint64_t tail = 0;
    if (text.len > 8) {
        memcpy(&head, text.at, 8);
        memcpy(&tail, text.at + text.len - 8, 8);
        tail >>= 8 * (16 - text.len);
    } else if (text.len == 8) {
        memcpy(&head, text.at, 8);
    } else {
        uint32_t first = 0;
        uint32_t last = 0;
        memcpy(&first, text.at, 4);
        memcpy(&last, text.at + text.len - 4, 4);
        head = first | (uint64_t)last << (8 * (text.len - 4));
    }
    return _mm_set_epi64x((int64_t)tail, (int64_t)head);
}

/* All bits of each byte that is in one of its ranges. */
static __m128i mark_block(const struct range *ranges, uint32_t count, __m128i bytes)
{
    __m128i in = _mm_setzero_si128();
    for (uint32_t i = 0; i < count; i++) {
        __m128i out = _mm_or_si128(_mm_subs_epu8(load(ranges[i].low), bytes),
                                   _mm_subs_epu8(bytes, load(ranges[i].high)));
        in = _mm_or_si128(in, _mm_cmpeq_epi8(out, _mm_setzero_si128()));
    }
    return in;
}

bool st_lanes_run(const struct st_lanes *lanes, st_str text)
{
    const struct range *ranges = lanes->ranges;
    uint32_t places = lanes->places;
    __m128i in = _mm_set1_epi8(-1);
    if (text.len < LANES)
        return _mm_movemask_epi8(mark_block(ranges, lanes->range_count, load_short(text))) ==
               0xFFFF;
    for (uint32_t block = 0; block < count_blocks(places); block++) {
        __m128i bytes = load(text.at + block_start(places, block));
        in = _mm_and_si128(in, mark_block(ranges, lanes->range_count, bytes));
        ranges += lanes->range_count;
    }
    return _mm_movemask_epi8(in) == 0xFFFF;
}

#else

st_err st_lanes_new(struct st_lanes **lanes, const struct st_byte_set *const *places,
                    uint32_t count)
{
    return ST_ERR_ABSENT;
}

void st_lanes_free(struct st_lanes *lanes)
{
}

bool st_lanes_run(const struct st_lanes *lanes, st_str text)
{
    ST_BUG_IF(true);
    return false;
}

#endif

/*
 * index.h: where the tokens of a JSON text begin, found 64 bytes at a time.
 *
 * Not a parser: it knows quotes, brackets, commas, colons, blanks and "something else". The fast
 * parser reads its list of tokens in place of the text. Tokens are, in the order of the text,
 *
 *      { } [ ] : ,     outside of strings
 *      "               both quotes of a string
 *      anything else   the first byte of a run of other bytes outside of strings: of a number, of a
 *                      literal, or of what is no JSON at all
 *
 * so {"a\n": 12} is     chars   {  "  "' :  1  }  0 0 0 …
 *                       places  0  1  5  6  8  10 11 …
 *
 * 1. A token's char is its byte in the text; the closing quote of a string with a backslash in it
 *    is marked by the top bit ("' above).
 * 2. Outside of a string the bytes from one token's first to the next token are blanks from some
 *    byte on, and none before it.
 * 3. The text is taken in windows, so memory is bounded whatever its length. Behind the last token
 *    so far at least INDEX_AHEAD chars and places may be read; behind the text's last one they are
 * 0 and the text's length.
 * 4. carry.bad is set for a control character in a string, for what is not UTF-8, and for a string
 * that the text's end leaves open. It says neither what nor where: the plain parser does.
 *
 * Floor 2. As json.h: one owner at a time. Allocates nothing.
 */
#ifndef ST_JSON_INDEX_H
#define ST_JSON_INDEX_H

#include "base/str.h"
#include "json/limits.h"

#define INDEX_AHEAD 8

/* Names of one object whose fingerprints are compared all with all; see fast.c. */
#define INDEX_NAMES_MAX 128

/* Texts up to here are copied on the way, so that the fast parser may read some bytes past their
 * end. */
#define INDEX_COPY_MAX ST_JSON_INDEX_TOKENS_MAX

/* Many more than a contract has names, so that hardly two of them share one. */
#define INDEX_GUESSES 4096

/* How a text goes on behind a block. */
struct st_json_carry {
    uint64_t inside;   /* all ones in a string, else 0 */
    uint64_t escaped;  /* 1: the next byte stands behind a backslash */
    uint64_t marked;   /* 1: the open string has a backslash in it */
    uint64_t scalar;   /* 1: the last byte was of a run of other bytes */
    uint64_t unproven; /* the last three bytes: is any of them not ASCII */
    uint64_t bad;
};

/* Of a container that is open. */
struct st_json_level {
    uint64_t seen; /* bits of its names' fingerprints: fewer than members when two share one */
    uint32_t node;
    uint32_t members;
    bool is_object;
    uint16_t prints[INDEX_NAMES_MAX + 16]; /* the fingerprints of the first ones */
};

struct st_json_index;

/* Indexes text from index->at up to `end`: a multiple of 64, or the text's length. The tokens are
 * added behind those that are there; the window must not be larger than the room. */
typedef void st_json_index_fn(struct st_json_index *index, st_str text, size_t end);

struct st_json_index {
    st_json_index_fn *kernel; /* the machine's best */
    struct st_json_carry carry;
    size_t at;      /* bytes indexed so far */
    uint32_t count; /* of tokens */
    char *copy;     /* where the text is copied to, with blanks behind it; NULL: nowhere */
    char last[64];  /* the last block, once there is one: UTF-8 may go on from it */
    uint32_t places[ST_JSON_INDEX_TOKENS_MAX + 64 + INDEX_AHEAD];
    char chars[ST_JSON_INDEX_TOKENS_MAX + 64 + INDEX_AHEAD];
    /* The fast parser's: the text's copy, from the first multiple of 64 on; the names met last;
     * what is known at each depth, the first one of no container. */
    char copied[INDEX_COPY_MAX + 64 + 64];
    uint64_t guesses_of;             /* a table's seed; 0: of none yet */
    uint32_t guesses[INDEX_GUESSES]; /* where in its patterns */
    struct st_json_level levels[ST_JSON_DEPTH_MAX + 1];
};

#if defined(__x86_64__)
#define ST_JSON_FAST 1
st_json_index_fn st_json_index_avx2;
st_json_index_fn st_json_index_avx512;
#endif

/* ---- what both kernels share: the arithmetic on 64 bytes as bits ---- */

struct st_json_block {
    uint64_t quotes;
    uint64_t backslashes;
    uint64_t marks; /* { } [ ] : , */
    uint64_t blanks;
    uint64_t controls;
};

/* Tables by the low half of a byte: the blank, the mark (its bit 5 set) that has this half; a byte
 * that is not ASCII finds 0 in them. */
#define INDEX_BLANKS ' ', -1, -1, -1, -1, -1, -1, -1, -1, '\t', '\n', -1, -1, '\r', -1, -1
#define INDEX_MARKS  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0

struct st_json_tokens {
    uint64_t at;
    uint64_t escaped; /* of these: closing quotes of strings with backslashes */
};

/* The bytes that stand behind a backslash which is not itself behind one. In a run of backslashes
 * every second one escapes; adding a run's first bit to the run carries to the byte behind it, and
 * whether that is an odd number of places on is seen by treating even and odd beginnings apart. */
static inline uint64_t st_json_behind_backslash(struct st_json_carry *carry, uint64_t backslashes)
{
    const uint64_t even = UINT64_C(0x5555555555555555);
    uint64_t escaped = carry->escaped;
    uint64_t runs = backslashes & ~escaped;
    uint64_t begins = runs & ~(runs << 1);
    uint64_t behind_even = (runs + (begins & even)) & ~runs;
    uint64_t behind_odd = 0;
    bool over = __builtin_add_overflow(runs, begins & ~even, &behind_odd);
    carry->escaped = over;
    return (behind_even & ~even) | (behind_odd & ~runs & even) | escaped;
}

/* The closing quotes of strings that have a backslash. `inside` has a run of ones from each opening
 * quote up to its closing one: a backslash added to it carries there. */
static inline uint64_t st_json_mark_escaped(struct st_json_carry *carry, uint64_t inside,
                                            uint64_t backslashes, uint64_t quotes)
{
    uint64_t sum = 0;
    bool over = __builtin_add_overflow(inside, backslashes & inside, &sum);
    over |= __builtin_add_overflow(sum, carry->marked, &sum);
    carry->marked = over;
    return sum & ~inside & quotes;
}

/* `inside` of these quotes: bit i is the parity of the quotes up to it. A kernel has an instruction
 * for it. */
typedef uint64_t st_json_parity_fn(uint64_t quotes);

static inline __attribute__((always_inline)) struct st_json_tokens st_json_tokens_of(
    struct st_json_carry *carry, struct st_json_block block, st_json_parity_fn *parity_of)
{
    struct st_json_tokens tokens = {0, 0};
    uint64_t quotes = block.quotes;
    bool backslashes = (block.backslashes | carry->escaped | carry->marked) != 0;
    if (backslashes)
        quotes &= ~st_json_behind_backslash(carry, block.backslashes);
    uint64_t inside = parity_of(quotes) ^ carry->inside;
    carry->inside = 0 - (inside >> 63);
    if (backslashes)
        tokens.escaped = st_json_mark_escaped(carry, inside, block.backslashes, quotes);
    carry->bad |= block.controls & inside;

    uint64_t others = ~(block.marks | block.blanks | quotes);
    uint64_t begins = others & ~(others << 1 | carry->scalar);
    carry->scalar = others >> 63;
    tokens.at = quotes | (~inside & (block.marks | begins));
    return tokens;
}

#endif

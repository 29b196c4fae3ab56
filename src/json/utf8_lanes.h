/*
 * utf8_lanes.h: what is wrong with two bytes that stand side by side, as three tables.
 *
 * A fault of UTF-8 shows within two bytes, but for a continuation byte that is missing or too many
 * further on. Each table gives the faults that one half byte allows: by the high and the low half
 * of the first byte and by the high half of the second; what all three allow is there. Registers
 * look 16, 32 or 64 pairs up at once. (The idea is Keiser's and Lemire's.)
 *
 * TWO_TAILS is no fault where the byte two or three places before asks for a third or fourth one.
 *
 * Floor 2. Constants.
 */
#ifndef ST_JSON_UTF8_LANES_H
#define ST_JSON_UTF8_LANES_H

enum {
    UTF8_NO_TAIL = 1,    /* a head without a continuation byte behind it */
    UTF8_NO_HEAD = 2,    /* a continuation byte behind ASCII */
    UTF8_LONG_2 = 4,     /* two bytes for what takes one: C0, C1 */
    UTF8_LONG_3 = 8,     /* three for what takes two: E0 80 … E0 9F */
    UTF8_SURROGATE = 16, /* ED A0 … ED BF */
    UTF8_PAST_F4 = 32,   /* F4 90 … and above */
    UTF8_F_8 = 64,       /* F0 80 … F0 8F: four for what takes three; F5 80 … and above */
    UTF8_TWO_TAILS = 128,
    UTF8_ANY_HEAD = UTF8_NO_TAIL | UTF8_NO_HEAD | UTF8_TWO_TAILS,
};

#define UTF8_BY_FIRST_HIGH                                                                         \
    UTF8_NO_HEAD, UTF8_NO_HEAD, UTF8_NO_HEAD, UTF8_NO_HEAD, UTF8_NO_HEAD, UTF8_NO_HEAD,            \
        UTF8_NO_HEAD, UTF8_NO_HEAD, (char)UTF8_TWO_TAILS, (char)UTF8_TWO_TAILS,                    \
        (char)UTF8_TWO_TAILS, (char)UTF8_TWO_TAILS, UTF8_NO_TAIL | UTF8_LONG_2, UTF8_NO_TAIL,      \
        UTF8_NO_TAIL | UTF8_LONG_3 | UTF8_SURROGATE, UTF8_NO_TAIL | UTF8_PAST_F4 | UTF8_F_8

#define UTF8_BY_FIRST_LOW                                                                          \
    (char)(UTF8_ANY_HEAD | UTF8_LONG_2 | UTF8_LONG_3 | UTF8_F_8),                                  \
        (char)(UTF8_ANY_HEAD | UTF8_LONG_2), (char)UTF8_ANY_HEAD, (char)UTF8_ANY_HEAD,             \
        (char)(UTF8_ANY_HEAD | UTF8_PAST_F4), UTF8_LOW_5, UTF8_LOW_5, UTF8_LOW_5, UTF8_LOW_5,      \
        UTF8_LOW_5, UTF8_LOW_5, UTF8_LOW_5, UTF8_LOW_5, (char)(UTF8_LOW_5 | UTF8_SURROGATE),       \
        UTF8_LOW_5, UTF8_LOW_5
#define UTF8_LOW_5 (char)(UTF8_ANY_HEAD | UTF8_PAST_F4 | UTF8_F_8)

#define UTF8_TAIL (UTF8_NO_HEAD | UTF8_LONG_2 | UTF8_TWO_TAILS)
#define UTF8_BY_SECOND_HIGH                                                                        \
    UTF8_NO_TAIL, UTF8_NO_TAIL, UTF8_NO_TAIL, UTF8_NO_TAIL, UTF8_NO_TAIL, UTF8_NO_TAIL,            \
        UTF8_NO_TAIL, UTF8_NO_TAIL, (char)(UTF8_TAIL | UTF8_LONG_3 | UTF8_F_8),                    \
        (char)(UTF8_TAIL | UTF8_LONG_3 | UTF8_PAST_F4),                                            \
        (char)(UTF8_TAIL | UTF8_SURROGATE | UTF8_PAST_F4),                                         \
        (char)(UTF8_TAIL | UTF8_SURROGATE | UTF8_PAST_F4), UTF8_NO_TAIL, UTF8_NO_TAIL,             \
        UTF8_NO_TAIL, UTF8_NO_TAIL

#endif

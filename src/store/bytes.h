/*
 * bytes.h: integers as they stand on disk: little-endian, of fixed width, at any address.
 *
 * Floor 4. Private to the store. Any thread. Allocates nothing.
 */
#ifndef ST_STORE_BYTES_H
#define ST_STORE_BYTES_H

#include <stdint.h>

static inline void st_put_u16(char *at, uint16_t value)
{
    at[0] = (char)value;
    at[1] = (char)(value >> 8);
}

static inline void st_put_u32(char *at, uint32_t value)
{
    st_put_u16(at, (uint16_t)value);
    st_put_u16(at + 2, (uint16_t)(value >> 16));
}

static inline void st_put_u64(char *at, uint64_t value)
{
    st_put_u32(at, (uint32_t)value);
    st_put_u32(at + 4, (uint32_t)(value >> 32));
}

static inline uint16_t st_get_u16(const char *at)
{
    return (uint16_t)((uint8_t)at[0] | (unsigned)(uint8_t)at[1] << 8);
}

static inline uint32_t st_get_u32(const char *at)
{
    return st_get_u16(at) | (uint32_t)st_get_u16(at + 2) << 16;
}

static inline uint64_t st_get_u64(const char *at)
{
    return st_get_u32(at) | (uint64_t)st_get_u32(at + 4) << 32;
}

#endif

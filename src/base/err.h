/*
 * err.h: what a call that can fail says.
 *
 * Not a logger and not an exception: a value. Codes are chosen by what a caller can do about them,
 * which is why there are so few. The reason in words travels beside the code, in a struct st_why
 * that the caller may pass or leave out.
 *
 * 1. ST_OK is zero; every other code is a failure.
 * 2. A call that fails has had no effect.
 * 3. A bug aborts in every build (ST_BUG_IF); bytes from outside are never a bug.
 * 4. A why is written on failure only, and left alone on success.
 *
 * Floor 0. Any thread. Allocates nothing.
 */
#ifndef ST_BASE_ERR_H
#define ST_BASE_ERR_H

#include <stdint.h>

/* One list: code, what it means, shown to people by st_err_text(). */
#define ST_ERR_LIST(X)                                                                             \
    X(MEMORY, "out of memory")                                                                     \
    X(LIMIT, "over a stated limit")                                                                \
    X(SYNTAX, "not well formed")                                                                   \
    X(INVALID, "well formed, but against its rules")                                               \
    X(CORRUPT, "stored bytes are damaged")                                                         \
    X(SYSTEM, "the operating system refused")                                                      \
    X(ABSENT, "not there")                                                                         \
    X(CONFLICT, "against what is there already")                                                   \
    X(AGAIN, "not now; later it may work")                                                         \
    X(DENIED, "not allowed")

enum st_err_code {
    ST_OK = 0,
#define ST_ERR_ENUM(name, text) ST_ERR_##name,
    ST_ERR_LIST(ST_ERR_ENUM)
#undef ST_ERR_ENUM
};

#define ST_MUST_USE __attribute__((warn_unused_result))
typedef enum st_err_code st_err;

/* The reason for a failure. `text` is static and never NULL after a failure; `offset` is a byte
 * offset where one makes sense, else 0; `sys` is an errno or a library's code, else 0. */
struct st_why {
    const char *text;
    uint64_t offset;
    int sys;
};

/* The text of the list above; for ST_OK "good". */
const char *st_err_text(st_err err);

/* Fills `why` unless it is NULL, and returns `err`, so that a failing exit is one line. */
st_err st_fail(struct st_why *why, st_err err, const char *text);
st_err st_fail_at(struct st_why *why, st_err err, const char *text, uint64_t offset);
st_err st_fail_sys(struct st_why *why, const char *text, int sys);

/* Ends the process with file, line and condition: the program itself is wrong. */
_Noreturn void st_bug(const char *file, int line, const char *condition);
#define ST_BUG_IF(condition)                                                                       \
    do {                                                                                           \
        if (__builtin_expect(!!(condition), 0))                                                    \
            st_bug(__FILE__, __LINE__, #condition);                                                \
    } while (0)

#endif

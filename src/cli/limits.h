/*
 * limits.h: the bounds of the command line, each with its reason.
 */
#ifndef ST_CLI_LIMITS_H
#define ST_CLI_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* One line of NDJSON that `check` looks at. The recorder's door takes 1 MiB; a check may be asked
 * about larger texts, and each worker holds one line and its tape. */
#define ST_CHECK_LINE_BYTES_MAX ((size_t)64 << 20)
/* A whole JSON text, held in memory with its tape. */
#define ST_CHECK_TEXT_BYTES_MAX ((size_t)256 << 20)
/* Text that travels together to who judges it: enough work to make the hand-over disappear, and it
 * fits into a core's cache. The places of its lines, to begin with and kept from block to block;
 * where lines are one character long there are half as many as bytes. */
#define ST_CHECK_BLOCK_BYTES ((size_t)256 << 10)
#define ST_CHECK_BLOCK_LINES 1024u
#define ST_CHECK_KEEP_LINES  8192u
/* The same where every instance's verdict is the standard's output, which may be seventy times as
 * long as the event. */
#define ST_CHECK_TOLD_BLOCK_BYTES ((size_t)32 << 10)
/* Verdicts of one block that wait for their turn; past it the worker waits. */
#define ST_CHECK_OUT_BYTES ((size_t)4 << 20)
/* What is kept of a buffer between blocks; larger ones go back to the heap. */
#define ST_CHECK_KEEP_BYTES ((size_t)2 << 20)
#define ST_CHECK_JOBS_MAX   256u
/* Violations told of one instance in text; the rest is counted. */
#define ST_CHECK_TOLD_MAX 100u
/* A report: some megabytes, and one pointer more, which is twice as long as a line of the greatest
 * length when that is one name of tildes. */
#define ST_CHECK_REPORT_BYTES_MAX ((size_t)256 << 20)
/* The models of all contracts: 256 of 4 MiB at most, each definition once a model that refers to
 * it. The shipped ones take 3 MB. */
#define ST_EXPORT_BYTES_MAX ((size_t)1 << 30)
/* A page about one contract: some times its file, where many models have the same long tables. */
#define ST_DOCS_BYTES_MAX ((size_t)64 << 20)
/* What `contract diff` compares: a schema's file, versions at once, and what is told of each pair:
 * a thousand findings, each with an example that a person might read. */
#define ST_DIFF_FILE_BYTES_MAX ((size_t)64 << 20)
#define ST_DIFF_SIDES_MAX      64u
#define ST_DIFF_TOLD_BYTES_MAX ((size_t)512 << 20)
/* What `contract lint` searches: texts, one in memory at a time; folders within folders, as deep as
 * no project nests them; and a file's beginning, which tells a text from the rest. */
#define ST_LINT_FILE_BYTES_MAX ((size_t)64 << 20)
#define ST_LINT_PATH_BYTES_MAX ((size_t)16 << 10)
#define ST_LINT_DEPTH_MAX      64u
#define ST_LINT_HEAD_BYTES     8192u
/* Findings told one by one; the rest is counted. */
#define ST_LINT_TOLD_MAX 1000u
/* A survey of many verdicts: kinds of violations, and contracts with types, each with 10 KB at
 * most; kinds told in text; what is kept of a text of an event's. */
#define ST_SURVEY_KINDS_MAX       10000u
#define ST_SURVEY_BYTES_MAX       ((size_t)256 << 20)
#define ST_SURVEY_KEY_BYTES_MAX   ((size_t)1 << 20)
#define ST_SURVEY_TOLD_MAX        100u
#define ST_FINDING_TEXT_BYTES_MAX 512u
/* --resolve prefixes. */
#define ST_RESOLVE_MAX 64u

/* A JSON array or object that `record` takes whole, as the server does. */
#define ST_RECORD_TEXT_BYTES_MAX ((size_t)64 << 20)
/* A recorder does not wait for ever for the rest of a body (docs/http.md): one ends when the input
 * rests for so long, or, where less comes than a recorder waits for, when it is so old. */
#define ST_RECORD_REST_MS 1000
#define ST_RECORD_BODY_NS (INT64_C(60) * 1000 * 1000 * 1000)
/* Refused lines told one by one; the rest is counted. */
#define ST_RECORD_TOLD_MAX 100u

/* A mended event, and blanks around it: what a recorder takes. */
#define ST_MENDED_BYTES_MAX (((size_t)1 << 20) + ((size_t)64 << 10))

/* Compressed and plain pieces of an input. */
#define ST_INPUT_PIECE_BYTES ((size_t)256 << 10)

/* Answers of a server that are read whole: errors and summaries (1,000 items with violations). */
#define ST_WHOLE_ANSWER_BYTES_MAX ((size_t)64 << 20)
/* One line of a query's answer: an event of 1 MiB and what stands around it. */
#define ST_ANSWER_LINE_BYTES_MAX ((size_t)4 << 20)
#define ST_URL_BYTES_MAX         ((size_t)64 << 10)
/* Connecting, and one try after another when a live stream broke. */
#define ST_CONNECT_MS   5000
#define ST_RECONNECT_MS 500

/* One line of output: an event of 1 MiB, and six times that where every character is escaped. */
#define ST_LINE_BYTES_MAX ((size_t)64 << 20)

/* What `replay` reads at once and holds while it waits: the event that passes the bytes is the
 * last. */
#define ST_REPLAY_PAGE_EVENTS 1000u
#define ST_REPLAY_PAGE_BYTES  ((size_t)8 << 20)
/* A wait that takes longer is told on a terminal. */
#define ST_REPLAY_TOLD_NS ((int64_t)10 * 1000 * 1000 * 1000)
/* How late an interrupt may be noticed; less than a second, as nanosleep has it. */
#define ST_REPLAY_NAP_NS ((int64_t)100 * 1000 * 1000)
/* Newest events whose streams are compared with a name that there is not. */
#define ST_REPLAY_NEAR_EVENTS    1000u
#define ST_REPLAY_NAME_BYTES_MAX 256u
/* Times the original speed; faster is "max". */
#define ST_SPEED_MAX 1000000u

/* How often a followed store file is asked for its last seq. */
#define ST_FOLLOW_MS 100
/* A cursor file is written at most this often while following. */
#define ST_CURSOR_MS 1000

/* Work that takes longer shows a progress bar; how often it is drawn. */
#define ST_PROGRESS_AFTER_MS 1000
#define ST_PROGRESS_EVERY_MS 100

/* Finishing what is under way when the server is told to stop. */
#define ST_STOP_MS 5000

#endif

/*
 * command.h: the one list of commands, and what each is given.
 *
 * Dispatch, `steno help`, the manual's test and the suggestions for mistyped names come from the
 * list. A command is one file and one function; it returns the exit code.
 *
 * Top floor.
 */
#ifndef ST_CLI_COMMAND_H
#define ST_CLI_COMMAND_H

#include "cli/options.h"
#include "cli/out.h"
#include "cli/say.h"
#include "engine/quarantine.h"

#define ST_ON(id)                 ST_OPTION_BIT(ST_OPT_##id)
#define ST_ON_FILTER(word)        ST_OPTION_BIT(ST_OPT_FILTERS + ST_FILTER_##word)
#define ST_ON_WHERE               (ST_ON(STORE) | ST_ON(URL) | ST_ON(SOCKET))
#define ST_ON_POSITION            (ST_ON(AFTER_CURSOR) | ST_ON(CURSOR_FILE) | ST_ON(SHOW_CURSOR))
#define ST_ON_KEPT_WORD(id, word) ST_ON_FILTER(id) |
#define ST_ON_KEPT_FILTERS        (ST_QUARANTINE_WORD_LIST(ST_ON_KEPT_WORD) 0)
#define ST_ANY_ARGS               1000000u

/* One list: name, arguments, how many at most, options besides --help, help in one line, help at
 * length. */
#define ST_COMMAND_LIST(X)                                                                         \
    X(serve, "", 0,                                                                                \
      ST_ON(STORE) | ST_ON(LISTEN) | ST_ON(LISTEN_SOCKET) | ST_ON(MODE) | ST_ON(STRICT_TIME) |     \
          ST_ON(WORKERS),                                                                          \
      "record what comes over HTTP and unix sockets",                                              \
      "Listens on loopback and on a unix socket, opens the store (made when absent), and "         \
      "records\n"                                                                                  \
      "until it is interrupted. A second interrupt ends it at once; what was acknowledged is on\n" \
      "disk either way.\n")                                                                        \
    X(record, "[FILE...|-]", ST_ANY_ARGS,                                                          \
      ST_ON_WHERE | ST_ON(REFERENCE) | ST_ON(PRODUCER) | ST_ON(STRICT_TIME),                       \
      "record events from files or a pipe",                                                        \
      "Takes NDJSON, or a JSON array or object, from files or stdin (-), .gz and .zst too, and\n"  \
      "records it into the store, or through the recorder that serves it. Refused lines are "      \
      "told\n"                                                                                     \
      "as FILE:LINE: POINTER: MESSAGE; good ones are kept.\n")                                     \
    X(check, "[FILE...|-]", ST_ANY_ARGS,                                                           \
      ST_ON(REFERENCE) | ST_ON(STRICT_TIME) | ST_ON(SCHEMA) | ST_ON(DRAFT) | ST_ON(RESOLVE) |      \
          ST_ON(FORMAT_ASSERTION) | ST_ON(UNIQUE_NAMES) | ST_ON(INPUT) | ST_ON(VERDICTS) |         \
          ST_ON(JOBS) | ST_ON(REPORT) | ST_ON(STORE),                                              \
      "hold JSON against a contract or a JSON Schema",                                             \
      "Checks JSON or NDJSON from files or stdin (-), .gz and .zst too. Without --contract and\n"  \
      "--schema each instance is held against the contract that recognises it. text prints\n"      \
      "FILE:LINE:COLUMN: POINTER: MESSAGE for each violation; the formats that a contract asks\n"  \
      "for are always asserted. --report sums up instead, also what a store has recorded\n"        \
      "(--store FILE). Exits with 1 when something is invalid.\n")                                 \
    X(query, "", 0,                                                                                \
      ST_ON_WHERE | ST_OPTION_FILTERS | ST_ON(EVENTS) | ST_ON(REVERSE) | ST_ON_POSITION,           \
      "show recorded events",                                                                      \
      "Reads the store file, a served one included, or a recorder by --url. Values of one "        \
      "filter\n"                                                                                   \
      "are alternatives; different filters must all hold.\n")                                      \
    X(tail, "", 0,                                                                                 \
      ST_ON_WHERE | ST_OPTION_FILTERS | ST_ON(EVENTS) | ST_ON(FOLLOW) | ST_ON_POSITION,            \
      "show the newest events, and follow",                                                        \
      "Shows the last 10 events that match (--last N, --last all), or all after a cursor; with\n"  \
      "--follow it goes on with new ones until interrupted.\n")                                    \
    X(replay, "STREAM", 1,                                                                         \
      ST_ON_WHERE | ST_OPTION_FILTERS_OF_ONE_STREAM | ST_ON(EVENTS) | ST_ON(SPEED),                \
      "play a stream again at its own pace",                                                       \
      "Shows the events of one session, run or principal, oldest first, and waits between two\n"   \
      "as long as it took, divided by --speed. All levels are shown unless --level says\n"         \
      "otherwise. What is recorded while it plays is not waited for. Interrupting ends it.\n")     \
    X(streams, "", 0, ST_ON_WHERE | ST_OPTION_FILTERS | ST_ON(TABLE),                              \
      "list streams: sessions, runs, principals",                                                  \
      "Folds the events that match into their streams: how many events, the first and last\n"      \
      "time, the last type, errors.\n")                                                            \
    X(quarantine, "list | show N... | release N... | drop N...", ST_ANY_ARGS,                      \
      ST_ON_WHERE | ST_ON_KEPT_FILTERS | ST_ON(KEPT) | ST_ON(MENDED) | ST_ON(REASON),              \
      "see, mend and release events that were kept apart",                                         \
      "Under --mode CONTRACT=quarantine invalid events are kept apart. `quarantine list` names\n"  \
      "them, `quarantine show N` shows one with what is wrong (-o raw: its bytes alone).\n"        \
      "`quarantine release N` records it if it is valid by now, or what it was mended to with\n"   \
      "--event FILE; `quarantine drop N` throws it away. Both are told in the log. Exits with 1\n" \
      "when one is refused or not there.\n")                                                       \
    X(contract,                                                                                    \
      "list | show NAME[@V] [MODEL] | add FILE | export [NAME[@V]] | lint [NAME[@V]] [PATH...] | " \
      "docs NAME[@V] | types NAME[@V] | diff [OLD...] NEW",                                        \
      ST_ANY_ARGS,                                                                                 \
      ST_ON_WHERE | ST_ON(TOLD) | ST_ON(FORMAT) | ST_ON(LANG) | ST_ON(OUT) | ST_ON(ALLOW) |        \
          ST_ON(LEVEL) | ST_ON(POLICY) | ST_ON(DRAFT) | ST_ON(FORMAT_ASSERTION),                   \
      "list, show, add, export, lint, document and compare contracts",                             \
      "`contract list` names the contracts that this steno knows. `contract show NAME` prints\n"   \
      "one, a JSON Schema, byte for byte, or one of its models as a schema of its own.\n"          \
      "`contract add FILE` adds one to the store, through its recorder where there is one: from\n" \
      "then on its events are recognised and held against it.\n"                                   \
      "`contract export NAME` writes all its models by their names; without NAME those of all\n"   \
      "contracts, by contract. `contract docs NAME` prints a page about it, in Markdown,\n"        \
      "`contract types NAME --lang c|ts|py` its events as type declarations.\n"                    \
      "`contract lint NAME PATH...` finds words that the contract has retired, in its own "        \
      "text\nand in files and folders. Exits with 1 when it finds any.\n"                          \
      "`contract diff OLD NEW` says which events break when NEW takes OLD's place, contracts by\n" \
      "name, their files or plain JSON Schemas, each with an example that the one accepts and "    \
      "the\n"                                                                                      \
      "other refuses. Without OLD it is the newest other version that is known, or with a\n"       \
      "_TRANSITIVE level each of them. Exits with 1 when something breaks or is undecided.\n")     \
    X(new, "[TYPE [FIELD=VALUE|FIELD:=JSON]...]", ST_ANY_ARGS,                                     \
      ST_ON(REFERENCE) | ST_ON(COMPONENT) | ST_ON(SHELL) | ST_ON(SESSION) | ST_ON(METADATA),       \
      "make a valid event",                                                                        \
      "Prints one valid event of the type as a line of JSON: what is given, and fresh ids, the\n"  \
      "time and defaults where the contract asks for more. FIELD is a.b.c or a JSON Pointer.\n"    \
      "What only the caller can know is never made up: it is asked for, and nothing is printed.\n" \
      "The options --component, --shell, --session and --metadata are fields of session events,\n" \
      "and say that one is meant. Without TYPE it lists the types.\n")                             \
    X(version, "", 0, ST_ON(VERSIONS), "show the version",                                         \
      "With -o json: of the libraries, too.\n")                                                    \
    X(help, "[COMMAND]", 1, 0, "show help", "")

/* What a command is given. Process-wide, made once by main. */
struct st_cli {
    const struct st_command *command;
    struct st_options options;
    struct st_out out; /* stdout */
};

struct st_command {
    const char *name;
    const char *args;
    unsigned args_max;
    st_option_set options;
    const char *help;
    const char *about;
    int (*run)(struct st_cli *cli);
};

#define ST_COMMAND_DECLARE(name, args, args_max, options, help, about)                             \
    int st_command_##name(struct st_cli *cli);
ST_COMMAND_LIST(ST_COMMAND_DECLARE)
#undef ST_COMMAND_DECLARE

extern const struct st_command st_commands[];
extern const unsigned st_command_count;
const struct st_command *st_command_find(const char *name); /* NULL: unknown, told on stderr */

/* Help on one command, and on all. */
void st_help_write(struct st_out *out, const struct st_command *command);
void st_help_write_all(struct st_out *out);

/* From main's arguments to the exit code. */
int st_cli_run(int argc, char **argv);

/* The number of an option that takes one, or `otherwise`; false after telling what is wrong. */
bool st_cli_number(const struct st_cli *cli, unsigned id, uint64_t otherwise, uint64_t max,
                   uint64_t *value);

#endif

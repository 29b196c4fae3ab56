/*
 * options.h: the one list of options, and the one parser for all commands.
 *
 * Not getopt: a table says everything there is to say of an option, and parsing, help text, manual
 * and tests come from it. A command takes a set of options out of the list.
 *
 * 1. Long options are `--name VALUE` or `--name=VALUE`; short ones may be bundled (`-fn5`, `-n 5`).
 * 2. Options and arguments mix; `--` ends the options; `-` is an argument.
 * 3. Where an option may be said once, the last one said counts; all are kept in order.
 *
 * Top floor. One owner. Allocates two arrays of argc entries.
 */
#ifndef ST_CLI_OPTIONS_H
#define ST_CLI_OPTIONS_H

#include "contract/types.h"
#include "engine/filter.h"
#include "schema/schema.h"

/* A value that begins with '|' is a choice; without a value the option is a flag. */
#define ST_OPTION_DRAFT(id, name, uri)                 "|" name
#define ST_OPTION_LANGUAGE(id, name, language, ending) "|" name

/* One list: id, name, letter, value, help. The filter words of engine/filter.h follow behind it. */
#define ST_OPTION_LIST(X)                                                                          \
    X(HELP, "help", 'h', NULL, "show this help")                                                   \
    X(STORE, "store", 0, "FILE",                                                                   \
      "the store file; default $STENO_STORE, else steno/steno.db in $XDG_DATA_HOME or "            \
      "~/.local/share")                                                                            \
    X(URL, "url", 0, "URL",                                                                        \
      "a recorder instead of a file: http://HOST:PORT or unix:/PATH; default $STENO_URL")          \
    X(SOCKET, "socket", 0, "PATH", "a recorder's unix socket: the same as --url unix:PATH")        \
    X(LISTEN, "listen", 0, "HOST:PORT",                                                            \
      "where to listen; default $STENO_LISTEN, else 127.0.0.1:4318; none: no TCP")                 \
    X(LISTEN_SOCKET, "socket", 0, "PATH", "listen on a unix socket, too")                          \
    X(MODE, "mode", 0, "CONTRACT=MODE",                                                            \
      "what happens to events that break the contract: enforce, quarantine or observe; may "       \
      "repeat")                                                                                    \
    X(WORKERS, "workers", 0, "N", "HTTP worker threads; default: as many as cores, at least 2")    \
    X(REFERENCE, "contract", 0, "NAME[@V]",                                                        \
      "the contract to hold events against; default: each event is recognised")                    \
    X(PRODUCER, "producer", 0, "NAME",                                                             \
      "who made the events, for those that do not say: tells runs that number alike apart")        \
    X(SCHEMA, "schema", 0, "FILE", "a JSON Schema to hold instances against")                      \
    X(DRAFT, "draft", 0, ST_DRAFT_LIST(ST_OPTION_DRAFT),                                           \
      "the dialect where $schema is absent; default 2020-12")                                      \
    X(RESOLVE, "resolve", 0, "PREFIX=DIR",                                                         \
      "references under this URI prefix are files below this folder; may repeat")                  \
    X(REPORT, "report", 0, NULL,                                                                   \
      "sum up: how many of each type would be refused, and what for, most frequent first")         \
    X(STRICT_TIME, "strict-time", 0, NULL,                                                         \
      "hold times against the calendar: assert every format that the contract mentions")           \
    X(FORMAT_ASSERTION, "format-assertion", 0, NULL, "hold instances against `format`, too")       \
    X(UNIQUE_NAMES, "unique-names", 0, NULL, "refuse repeated member names")                       \
    X(INPUT, "input", 0, "|auto|json|ndjson",                                                      \
      "one JSON text a file, or one a line; auto (default): .json is one text, all else lines")    \
    X(JOBS, "jobs", 'j', "N", "worker threads; default: as many as cores")                         \
    X(VERDICTS, "output", 'o', "|text|flag|basic|detailed|json",                                   \
      "text (default) for people; flag: one verdict a line; json: a report; the standard's basic " \
      "or detailed")                                                                               \
    X(EVENTS, "output", 'o', "|short|json|raw|structured|pretty",                                  \
      "short (default on a terminal), json (default in a pipe), raw, structured (as readers of "   \
      "runtime-events know it) or pretty")                                                         \
    X(TABLE, "output", 'o', "|table|json", "table (default on a terminal) or json, one a line")    \
    X(KEPT, "output", 'o', "|table|json|raw",                                                      \
      "table (default on a terminal), json, one a line, or raw: the exact bytes of one")           \
    X(MENDED, "event", 0, "FILE",                                                                  \
      "the mended event, - for stdin; else it is taken as it was kept")                            \
    X(REASON, "reason", 0, "TEXT", "why, in words, as it is to stand in the log")                  \
    X(VERSIONS, "output", 'o', "|text|json", "text (default) or json")                             \
    X(LEVEL, "level", 0,                                                                           \
      "|BACKWARD|FORWARD|FULL|BACKWARD_TRANSITIVE|FORWARD_TRANSITIVE|FULL_TRANSITIVE|NONE",        \
      "what must hold: old events under the new contract (BACKWARD, the default), new ones under " \
      "the old (FORWARD), both (FULL), of all old versions (_TRANSITIVE), or nothing (NONE)")      \
    X(POLICY, "policy", 0, "|strict|lenient",                                                      \
      "strict (default): what can break is a finding; lenient: optional properties may come and "  \
      "go, though documents may break")                                                            \
    X(TOLD, "output", 'o', "|table|text|json|junit|github",                                        \
      "of list: table (default on a terminal) or json, one a line; of diff: text (default), "      \
      "json, "                                                                                     \
      "junit (XML), or github (annotations)")                                                      \
    X(FORMAT, "format", 0, "|json|yaml", "json (default), indented, or yaml in block style")       \
    X(LANG, "lang", 0, ST_LANGUAGE_LIST(ST_OPTION_LANGUAGE),                                       \
      "the language of the declarations: c, ts (TypeScript) or py (Python)")                       \
    X(ALLOW, "allow", 0, "GLOB",                                                                   \
      "files in which retired words may stand: * within a folder, ** across; may repeat")          \
    X(OUT, "out", 0, "FILE", "write to FILE, all or nothing, instead of standard output")          \
    X(FOLLOW, "follow", 'f', NULL, "go on with what is recorded from now on")                      \
    X(SPEED, "speed", 0, "N", "how many times faster: 10, 0.5x, max (no waiting); default 1")      \
    X(REVERSE, "reverse", 'r', NULL, "newest first: the same as --order desc")                     \
    X(AFTER_CURSOR, "after-cursor", 0, "C", "strictly after the event that gave this cursor")      \
    X(CURSOR_FILE, "cursor-file", 0, "FILE",                                                       \
      "start after the cursor in FILE, if it is there, and write the new one at the end")          \
    X(COMPONENT, "component", 0, "NAME", "the component whose shell it is; of a session_start")    \
    X(SHELL, "shell", 0, "TYPE", "the shell's class; of a session_start")                          \
    X(SESSION, "session", 0, "ID", "the session's id; of session events")                          \
    X(METADATA, "metadata", 0, "JSON", "what goes along, an object; of session events")            \
    X(SHOW_CURSOR, "show-cursor", 0, NULL, "end with `-- cursor: ...`")

enum st_option_id {
#define ST_OPTION_ENUM(id, name, letter, value, help) ST_OPT_##id,
    ST_OPTION_LIST(ST_OPTION_ENUM)
#undef ST_OPTION_ENUM
        ST_OPT_FILTERS, /* ST_OPT_FILTERS + ST_FILTER_x is the option of a filter word */
    ST_OPT_COUNT = ST_OPT_FILTERS + ST_FILTER_COUNT
};

/* A set of options. */
__extension__ typedef unsigned __int128 st_option_set;
#define ST_OPTION_BIT(id) ((st_option_set)1 << (id))
#define ST_OPTION_FILTERS ((((st_option_set)1 << ST_FILTER_COUNT) - 1) << ST_OPT_FILTERS)
/* Without those that name streams or turn the order around. */
#define ST_OPTION_FILTERS_OF_ONE_STREAM                                                            \
    (ST_OPTION_FILTERS & ~(ST_OPTION_BIT(ST_OPT_FILTERS + ST_FILTER_STREAM) |                      \
                           ST_OPTION_BIT(ST_OPT_FILTERS + ST_FILTER_ORDER)))
_Static_assert(ST_OPT_COUNT < 128, "a set of options is 128 bits");

struct st_option {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* NULL: a flag; "|a|b": a choice; else the value's name */
    const char *help;
};
const struct st_option *st_option_at(unsigned id);
/* As people read it: "a|b" for a choice. */
const char *st_option_value_name(const struct st_option *option);

struct st_option_value {
    unsigned id;
    const char *text; /* NULL for a flag */
};

struct st_options {
    struct st_option_value *values; /* in the order they were said */
    unsigned count;
    const char **args;
    unsigned arg_count;
};

/* Parses what follows the command's name. INVALID: `problem` says what is wrong and what to do. */
ST_MUST_USE st_err st_options_parse(struct st_options *options, st_option_set accepted, int argc,
                                    char *const *argv, struct st_buf *problem);
void st_options_done(struct st_options *options);

bool st_options_has(const struct st_options *options, unsigned id);
/* The value said last, or NULL. */
const char *st_options_text(const struct st_options *options, unsigned id);

/* The nearest of `count` names to a mistyped one, or NULL when none is near. */
const char *st_nearest(st_str name, const char *const *names, unsigned count);

#endif

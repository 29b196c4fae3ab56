/*
 * limits.h: the bounds of the schema floor, each with its reason.
 */
#ifndef ST_SCHEMA_LIMITS_H
#define ST_SCHEMA_LIMITS_H

/* Subschemas in one schema with all that it refers to: package manifests and OpenAPI stay under
 * 20,000. */
#define ST_SCHEMA_NODES_MAX 1000000u

/* Resources (documents and embedded $id's) in one set. */
#define ST_SCHEMA_RESOURCES_MAX 10000u

/* All that a loaded schema holds beside its texts: some hundred bytes a subschema. */
#define ST_SCHEMA_BYTES_MAX ((size_t)1 << 30)

/* A URI with its fragment: browsers and servers stop far below. */
#define ST_SCHEMA_URI_BYTES_MAX ((size_t)16 << 10)

/* Metaschemas that are needed to check each other: the standard's are two deep at most. */
#define ST_SCHEMA_METASCHEMAS_MAX 4u

/* Subschema applications nested in each other while one instance is checked. References can nest
 * deeper than the instance; past this the instance is invalid with a limit as the reason. Each
 * takes under 500 bytes of stack in an optimised build and under 750 in one that is not, so all
 * together stay below STENO_STACK_BYTES_MAX, in the former case by half. A metaschema takes four
 * for each level of the schema that it is held against, and those are ST_JSON_DEPTH_MAX. */
#define ST_SCHEMA_DEPTH_MAX 1000u

/* Subschema applications for one instance, and what costs as much: an exponential oneOf ends here,
 * with a clear answer, after some tens of milliseconds for a small instance. The allowance grows
 * with the instance, as honest work does: a choice between some hundred schemas for each element of
 * a long array, a thousand patterns for each name; of a large instance it grows by less, so that a
 * hostile schema makes some seconds of a megabyte and not a minute. */
#define ST_SCHEMA_STEPS_MIN          1000000ull
#define ST_SCHEMA_STEPS_A_NODE       1000ull
#define ST_SCHEMA_STEPS_NODES        50000ull /* the first ones; each of the others has */
#define ST_SCHEMA_STEPS_A_LATER_NODE 100ull

/* Bytes of pointers and messages while one instance is explained, and of the marks that
 * unevaluatedProperties and unevaluatedItems need: far above what the steps allow to be read. */
#define ST_SCHEMA_SCRATCH_BYTES_MAX ((size_t)64 << 20)

/* Work in making a program, some tens of nanoseconds each: schemas of thousands of subschemas take
 * some ten thousand. Past the first bound sets of schemas are no longer merged, so that what is
 * left grows with the schema and no faster; past the second the plain evaluator does all. */
#define ST_PROGRAM_WORK_MAX 1000000u
#define ST_PROGRAM_WORK_END 8000000u

/* Subschemas in their dynamic scopes that a program is made of: past it a schema is data. */
#define ST_PROGRAM_ITEMS_MAX 200000u

/* Dynamic scopes that lead references to different places: the standard's metaschemas need one. */
#define ST_PROGRAM_SCOPES_MAX 64u

/* Members whose values are told apart one after the other in one block: each multiplies blocks. */
#define ST_PROGRAM_FACTS_MAX 4u

/* Values that one member is told apart by; the largest contracts have some hundred. */
#define ST_PROGRAM_VALUES_MAX 1024u

/* Schemas in each other for the same value that are decided when the program is made. */
#define ST_PROGRAM_DECIDE_DEPTH_MAX 64u

/* Documents of which outlines are kept. Smaller ones are walked as soon, and the comparison takes
 * eight nodes at once; of larger ones no two look alike: an event of thirty members has some sixty
 * nodes. The sets, of two outlines each, take some 800 KB a checker, of which is touched what is
 * used; a recorder sees some dozens of outlines. */
#define ST_OUTLINE_NODES_MIN 8
#define ST_OUTLINE_NODES_MAX 128
#define ST_OUTLINE_ASKS_MAX  40
#define ST_OUTLINE_SETS_BITS 7
#define ST_OUTLINE_SETS      (1u << ST_OUTLINE_SETS_BITS)

/* Documents passed over, at most, after an outline was learned in vain: learning costs as much as a
 * walk or two. */
#define ST_OUTLINE_PAUSE_MAX 4096u

/* What is thought while a program is made. */
#define ST_PROGRAM_SCRATCH_BYTES_MAX ((size_t)256 << 20)

/* How much of an enum, a const or a pattern a message shows. */
#define ST_REPORT_SHOWN_BYTES_MAX ((size_t)256)

/* A message with the names and values it shows, and a name below the value. */
#define ST_REPORT_MESSAGE_BYTES_MAX ((size_t)8 << 10)

/* Violations kept in one report; the rest is counted. */
#define ST_REPORT_VIOLATIONS_MAX 1000u

/* Annotations kept in one report; the rest is counted. An instance of some hundred values under a
 * documented schema stays below; past it a list serves nobody. */
#define ST_REPORT_ANNOTATIONS_MAX 10000u

/* Bytes of pointers, messages and values in one report, but for its first entry: a value behind a
 * name of half a megabyte has its violations counted, not told a thousand times. */
#define ST_REPORT_TEXT_BYTES_MAX ((size_t)8 << 20)

/* What one PCRE2 match may cost: bounded in steps and in memory, so in time. */
#define ST_PATTERN_MATCH_STEPS_MAX 1000000u
#define ST_PATTERN_HEAP_KIB_MAX    16384u
#define ST_PATTERN_BYTES_MAX       ((size_t)64 << 10)

/* Groups in groups: the parser and the writers recurse; hand-written patterns stay under 20. */
#define ST_PATTERN_DEPTH_MAX 250u

/* The tree of a pattern of ST_PATTERN_BYTES_MAX bytes takes some 6 MiB. */
#define ST_PATTERN_TREE_BYTES_MAX ((size_t)32 << 20)

/* What is written for PCRE2: an escape of one byte may become a class of 120. */
#define ST_PATTERN_WRITTEN_BYTES_MAX ((size_t)8 << 20)

/* The greatest count PCRE2 has in a quantifier. */
#define ST_PATTERN_COUNT_MAX 65535u

/* An automaton is made of a pattern while these hold, and PCRE2 has the rest. Nearly every pattern
 * that people write stays below a tenth of each. Steps of the program it is made of; the sets of
 * bytes in it; the nodes gone through to make it. */
#define ST_QUICK_STEPS_MAX  1024u
#define ST_QUICK_SETS_MAX   128u
#define ST_QUICK_VISITS_MAX 8192u

/* Members of one set of characters: a list of all scripts has some hundred. */
#define ST_QUICK_SET_ITEMS_MAX 512u

/* States of an automaton, and entries of its table, two bytes each: a quarter of the first cache.
 */
#define ST_QUICK_STATES_MAX 512u
#define ST_QUICK_TABLE_MAX  6144u

/* Steps looked at while an automaton is made: some tens of microseconds, a few times what PCRE2
 * takes to compile. */
#define ST_QUICK_WORK_MAX 5000u

/* What making an automaton takes besides. */
#define ST_QUICK_SCRATCH_BYTES_MAX ((size_t)4 << 20)

/* Sets in a row; a date-time with its separators has some twenty. */
#define ST_QUICK_RUNS_MAX 48u

/* Places of fixed sets that are compared sixteen at a time: a digest has 64, and a scheme before
 * it. */
#define ST_QUICK_LANES_MAX 80u

/* Conditions on the whole text: looks at its start, and what is behind them. */
#define ST_QUICK_PARTS_MAX 4u

/* What a diff may cost in one direction: schemas of some thousand subschemas that differ in a few
 * take some hundred thousand steps of proving; past these a place is undecided. A second or two. */
#define ST_DIFF_STEPS_MAX 4000000ull

/* Of that, what one claim may cost before it is given up: a combination of choices in choices is
 * exponential, and the next claim may be simple. */
#define ST_DIFF_CLAIM_STEPS_MAX 200000ull

/* Worlds, claims and what is known of each, of one direction: ten times what honest schemas take.
 * Nests of choices in choices end here, after half a second. */
#define ST_DIFF_BYTES_MAX ((size_t)64 << 20)

/* Schemas in schemas, and values in values, that a proof or an explanation goes into. */
#define ST_DIFF_DEPTH_MAX 64u

/* Findings of both directions that are kept; the rest is counted. */
#define ST_DIFF_FINDINGS_MAX 1000u

/* Documents that are tried as the example of one finding. */
#define ST_DIFF_TRIES_MAX 300u

/* Steps of making the example of one finding: worlds built for values. */
#define ST_DIFF_EXAMPLE_STEPS_MAX 1000000ull

/* An example, and any value in it. Larger ones would not be read. */
#define ST_DIFF_EXAMPLE_BYTES_MAX ((size_t)256 << 10)

/* Names that are told apart among an object's members, and items that have a place of their own. */
#define ST_DIFF_NAMES_MAX  20000u
#define ST_DIFF_PREFIX_MAX 1000u

/* A pointer, or a path of keywords, to where a finding is. */
#define ST_DIFF_WALKED_BYTES_MAX ((size_t)1 << 20)

/* How much of a keyword's value a finding shows. */
#define ST_DIFF_VALUE_BYTES_MAX ((size_t)400)

/* Each byte of text is looked at from a few places even by a harmless pattern. */
#define ST_WALK_STEPS_A_BYTE 16u

#endif

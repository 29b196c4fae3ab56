// report.mjs: docs/benchmarks.md out of what ./do bench printed: node report.mjs FIGURES > benchmarks.md
//
// Nothing in that file is written by hand: mend this one, and make it anew.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { PACKAGES } from './peers.mjs';

const figures = new Map();
for (const line of readFileSync(process.argv[2], 'utf8').split('\n'))
  if (line.startsWith('{')) { const figure = JSON.parse(line); figures.set(figure.name, figure); }

const value = (name) => figures.get(name)?.value;
const named = (pattern) => [...figures.values()].filter((figure) => pattern.test(figure.name));
const all = (pattern, pick) => { const found = named(pattern).map((figure) => figure.value); return found.length > 0 ? pick(...found) : undefined; };
const taken = new Set();
const show = (name, digits = 3) => { taken.add(name); const v = value(name); return v === undefined ? '–' : v >= 1000 ? Math.round(v).toLocaleString('en') : String(Number(v.toPrecision(digits))); };

// The pairs are taken as they are here: parts of a run may have been made again.
const ratios = (what) => named(new RegExp(`^ratio\\.${what}\\.`)).map((figure) => figure.value);
const mean = (list) => (list.length > 0 ? Math.exp(list.reduce((sum, ratio) => sum + Math.log(ratio), 0) / list.length) : undefined);
taken.add('ratio.validate').add('ratio.both');

// ---- what was promised ----

// One list: what, the figure's value, its unit, the target, and whether less is better.
const TARGETS = [
  ["parsing 600-byte events, times simdjson's DOM", value('ratio.parsing.event.simdjson'), '', 0.9],
  ["parsing documents of 1 MB, times simdjson's DOM: the least of six", all(/^ratio\.parsing\.1MB\..*\.simdjson$/, Math.min), '', 0.9],
  ['parsing, times jansson: the least of seven', all(/^ratio\.parsing\..*\.jansson$/, Math.min), '', 10],
  ['parsing and validating `agent-event@v0`, one core', value('contract.agent-event@v0.both'), ' GB/s', 1],
  ['what validating it adds to parsing', value('ratio.contract.agent-event@v0') * 100, ' %', 30, true],
  [`validating alone, times @sourcemeta/jsonschema \`--fast\`: geometric mean over ${ratios('validate').length} schemas`, mean(ratios('validate')), '', 1],
  [`parsing and validating, times ajv: geometric mean over ${ratios('both').length} schemas`, mean(ratios('both')), '', 10],
  ['`steno check` on 1 GB of NDJSON, two cores', value('check.gb_per_s'), ' GB/s', 1.6],
  ['its resident memory', value('check.rss_mb'), ' MB', 64, true],
  ['compiling a shipped contract: the slowest', all(/^compile\.(?!registry$)/, Math.max), ' ms', 5, true],
];

function promises() {
  const row = ([what, found, unit, target, less]) => {
    if (found === undefined || Number.isNaN(found)) return `| ${what} | not measured | ${less ? '≤' : '≥'} ${target}${unit} | |`;
    const met = less ? found <= target : found >= target;
    return `| ${what} | ${Number(found.toPrecision(3))}${unit} | ${less ? '≤' : '≥'} ${target}${unit} | ${met ? 'met' : '**missed**'} |`;
  };
  return ['| | measured | target | |', '|---|---:|---:|---|', ...TARGETS.map(row)].join('\n');
}

// ---- tables of figures ----

function parsing() {
  const peer = named(/^parsing\..*\.simdjson\./)[0]?.name.split('.').at(-1) ?? '';
  const rows = named(/^parsing\..*\.ours$/).map(({ name }) => {
    const subject = name.slice('parsing.'.length, -'.ours'.length);
    const one = (which) => show(`parsing.${subject}.${which}`);
    return `| ${subject} | ${one('ours')} | ${one('named')} | ${one(`simdjson.${peer}`)} | ${one('jansson')} | ${show(`ratio.parsing.${subject}.simdjson`)} | ${show(`ratio.parsing.${subject}.jansson`)} |`;
  });
  return [`| GB/s | ours | names numbered | simdjson (${peer}) | jansson | times simdjson | times jansson |`, '|---|---:|---:|---:|---:|---:|---:|', ...rows].join('\n');
}

function validating() {
  const rows = named(/^both\.[^.]*(\.\d)?$/).map(({ name, bytes }) => {
    const kind = name.slice('both.'.length);
    const valid = figures.get(`valid.${kind}`);
    taken.add(valid?.name);
    return `| ${kind} | ${Math.round(bytes / 1024)} | ${valid === undefined ? '–' : `${valid.value} ${valid.unit.replace(' documents', '')}`} | ${show(`validate.${kind}`)} | ${show(`validate.${kind}.sourcemeta`)} | ${show(`ratio.validate.${kind}`)} | ${show(name)} | ${show(`both.${kind}.ajv`)} | ${show(`ratio.both.${kind}`)} |`;
  });
  const means = `| **geometric mean** | | | | | **${mean(ratios('validate'))?.toPrecision(3)}** | | | **${mean(ratios('both'))?.toPrecision(3)}** |`;
  return ['| ns a document | KiB in all | valid documents | validate | sourcemeta | times | parse + validate | ajv | times |', '|---|---:|---:|---:|---:|---:|---:|---:|---:|', ...rows, means].join('\n');
}

function others() {
  const rows = [...figures.values()].filter(({ name }) => !taken.has(name)).map(({ name, unit, runs }) => `| ${name} | ${show(name)} | ${unit} | ${runs} |`);
  return ['| figure | value | unit | runs |', '|---|---:|---|---:|', ...rows].join('\n');
}

// ---- the machine ----

function debian(name) {
  try {
    return `${name} ${execFileSync('dpkg-query', ['-W', '-f=${Version}', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })}`;
  } catch {
    return `${name} absent`;
  }
}

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const peers = Object.entries(PACKAGES).map(([name, version]) => `${name} ${version}`);
const versions = [...['gcc', 'libsimdjson-dev', 'libjansson-dev', 'libpcre2-dev'].map(debian), `node ${process.version}`, ...peers];

console.log(`# Benchmarks

Measured on ${new Date().toISOString().slice(0, 10)} at commit ${commit}, on ${cpus().length} cores of an ${cpus()[0].model} with
${Math.round(totalmem() / 2 ** 30)} GiB of memory, Linux ${release()}; ${versions.join(', ')}.

\`\`\`
./do bench > figures.ndjson
node bench/report.mjs figures.ndjson > docs/benchmarks.md
\`\`\`

The first command installs what it needs (from Debian, and the validators from npm into the build folder) and
prints one JSON line a figure: name, value, unit, bytes handled in one run, runs. \`./do bench WORD\` runs the
parts named like WORD. The second one wrote this page.

Compare ratios rather than times: each is of two programs that took turns in one run. When this page was made the
machine's load average over a quarter of an hour was ${loadavg()[2].toFixed(1)}; above 1 others worked beside us, which
what goes by the wall clock suffers from: \`check\`, \`ingest.durable\`, \`append\`, and the peers' side of
"Validating", whose ratios then flatter us. One's own schema and data: \`build/bench/schema SCHEMA.json DOCUMENTS.ndjson\`.

## Targets

${promises()}

## Parsing

Events of the standard load one by one, and documents of 1 MB: an array of such events, the same with blanks,
coordinates, containers in containers, strings with escapes, and prose of several scripts. simdjson turns
numbers into doubles, our tape keeps their literals; our tape marks repeated names, simdjson keeps them;
jansson makes a tree. "Names numbered" is with the names of \`agent-event@v0\`, as the recorder parses. Medians
of the time that the one thread worked.

${parsing()}

## Validating

The schemas and documents are in \`bench/schemas\`, in the manner of well-known public kinds, all drafts mixed; one
document in ten has something wrong. Formats are annotations. Ours is the time of one thread, going through all
documents; \`jsonschema validate --fast --benchmark\` checks each document many times in a row, and of each the
best round counts; of ajv the best of many short runs. A dash: the peer does not take the schema, or counts
other documents as valid.

The same documents come round again and again, and a checker knows most of up to 128 nodes by their outline after
the first time, as it knows a stream's events that look alike (\`src/schema/outline.h\`). Were no two documents alike
(\`build/bench/schema --walk\`), the geometric means would be ${show('ratio.walk.validate')} and ${show('ratio.walk.both')}.

${validating()}

## Everything else

${others()}`);

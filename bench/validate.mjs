// validate.mjs: validation beside @sourcemeta/jsonschema and ajv, over schemas of many shapes.
//
//   node validate.mjs BUILD PEERS [KIND…]
//
// BUILD is the build folder, PEERS where the peers are or are to be installed. For each kind in
// schemas/, the standard load and two metaschemas, ROUNDS rounds in turn; the best round of each counts, as a machine that
// others share only ever adds:
//
//   valid.KIND                  how many of its documents are valid
//   validate.KIND               nanoseconds a document, parsed before; ours
//   validate.KIND.sourcemeta    the same documents, `jsonschema validate --fast --benchmark`, which
//                               checks each many times in a row: of each the best round
//   both.KIND, both.KIND.ajv    parsing and validating; JSON.parse and validate of ajv
//   ratio.validate.KIND, ratio.both.KIND    theirs divided by ours: above 1 we are faster
//   ratio.validate, ratio.both              geometric means over all
//   ratio.walk.validate, ratio.walk.both    the same with --walk of schema.c: nothing learned from documents before
//
// Formats are annotations everywhere. A peer that counts other documents as valid than we do is named on
// standard error and not compared for that kind: who stops early is quick.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peersIn, sourcemeta } from './peers.mjs';

const ROUNDS = 7;
const AJV_ROUNDS = 2;
const WALK_ROUNDS = 3;
const RUNS = '9'; // of ours in each round
const LOOP_NS = 5e5; // what the peer works on one document in one round: well within a slice of the scheduler

const here = dirname(fileURLToPath(import.meta.url));
const [build, peers, ...wanted] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'steno-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const say = (text) => process.stderr.write(`validate: ${text}\n`);
const figure = (name, value, unit, bytes, runs) =>
  console.log(JSON.stringify({ name, value: Number(value.toPrecision(6)), unit, bytes, runs }));

// ---- the pairs: [kind, schema's path, documents' path] ----

// The peer tells NDJSON by the file's name.
function copyDocuments(kind, from) {
  const path = join(scratch, `${kind}.jsonl`);
  copyFileSync(from, path);
  return path;
}

function kindsOfFolder() {
  const folder = join(here, 'schemas');
  return readdirSync(folder).filter((kind) => existsSync(join(folder, kind, 'schema.json')))
    .map((kind) => [kind, join(folder, kind, 'schema.json'), copyDocuments(kind, join(folder, kind, 'documents.ndjson'))]);
}

function agentEvents() {
  const path = join(scratch, 'agent-event.jsonl');
  writeFileSync(path, execFileSync(join(build, 'bench/generate'), ['400']));
  return ['agent-event', join(here, '../contracts/agent-event-v0.json'), path];
}

// Schemas are documents too: those of the folder and the contracts, held against their metaschema.
function metaschema(kind, uri) {
  const folder = join(here, 'schemas');
  const texts = [...readdirSync(folder).map((name) => join(folder, name, 'schema.json')).filter(existsSync), ...readdirSync(join(here, '../contracts')).map((name) => join(here, '../contracts', name))]
    .map((path) => JSON.parse(readFileSync(path, 'utf8'))).filter((schema) => schema.$schema.startsWith(uri));
  writeFileSync(join(scratch, `${kind}.json`), JSON.stringify({ $schema: uri, allOf: [{ $ref: uri }] }));
  writeFileSync(join(scratch, `${kind}.jsonl`), texts.map((schema) => `${JSON.stringify(schema)}\n`).join(''));
  return [kind, join(scratch, `${kind}.json`), join(scratch, `${kind}.jsonl`)];
}

const all = [
  ...kindsOfFolder(),
  agentEvents(),
  metaschema('schema-7', 'http://json-schema.org/draft-07/schema#'),
  metaschema('schema-2020-12', 'https://json-schema.org/draft/2020-12/schema'),
];
const pairs = all.filter(([kind]) => wanted.length === 0 || wanted.includes(kind));

// ---- measuring ----

const ours = ([, schema, documents], ...options) =>
  JSON.parse(execFileSync(join(build, 'bench/schema'), [...options, '--runs', RUNS, schema, documents], { encoding: 'utf8' }));

// Lines are "FILE[LINE]: PASS 4.213 +- 0.105 us (0.019)", or without [LINE] for a file of one document.
function theirs([, schema, documents], loop) {
  const options = ['validate', schema, documents, '--fast', '--benchmark', '--continue', '--loop', String(loop)];
  const { stdout } = spawnSync(sourcemeta(peers), options, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const lines = [...stdout.matchAll(/: (PASS|FAIL) (-?[\d.]+) \+- /g)];
  if (lines.length === 0) return undefined;
  return { documents: lines.length, valid: lines.filter((line) => line[1] === 'PASS').length, each: lines.map((line) => Number(line[2]) * 1000) };
}

// The lines come in the same order in each round.
function bestOfEach(rounds) {
  const sum = rounds[0].each.reduce((total, _, i) => total + Math.min(...rounds.map((round) => round.each[i])), 0);
  return sum / rounds[0].documents;
}

function ajv([, schema, documents]) {
  const made = spawnSync(process.execPath, [join(here, 'ajv.mjs'), peers, schema, documents], { encoding: 'utf8' });
  return made.status === 0 ? JSON.parse(made.stdout) : undefined;
}

// Whether the peer says the same as we do.
function agrees(kind, name, mine, other) {
  if (other === undefined) say(`${kind}: ${name} takes the schema or the documents not at all`);
  else if (other.documents === mine.documents && other.valid === mine.valid) return true;
  else say(`${kind}: ${mine.valid} of ${mine.documents} documents are valid for us, ${other.valid} of ${other.documents} for ${name}`);
  return false;
}

// The rounds of each that agrees; ajv is slow to warm up and has fewer.
function measure(pair) {
  const rounds = { mine: [], walked: [], sourcemeta: [], ajv: [] };
  const asked = { sourcemeta: havePeers, ajv: havePeers };
  for (let i = 0; i < ROUNDS; i++) {
    const mine = ours(pair);
    rounds.mine.push(mine);
    if (i < WALK_ROUNDS) rounds.walked.push(ours(pair, '--walk'));
    const loop = Math.min(5000, Math.max(10, Math.round(LOOP_NS / mine.validate)));
    if (asked.sourcemeta) rounds.sourcemeta.push(theirs(pair, loop));
    if (asked.ajv && i < AJV_ROUNDS) rounds.ajv.push(ajv(pair));
    for (const name of i === 0 && havePeers ? Object.keys(asked) : []) {
      asked[name] = agrees(pair[0], name, mine, rounds[name][0]);
      if (!asked[name]) rounds[name] = [];
    }
  }
  return rounds;
}

const best = (rounds, name) => Math.min(...rounds.map((round) => round[name]));

// Prints a figure beside the peer's, and gives the ratio.
function compare(what, kind, mine, peerName, other, bytes) {
  const value = best(mine, what);
  figure(`${what}.${kind}`, value, 'ns/document', bytes, mine.length);
  if (other === undefined) return undefined;
  figure(`${what}.${kind}.${peerName}`, other, 'ns/document', bytes, mine.length);
  figure(`ratio.${what}.${kind}`, other / value, 'times', 0, 1);
  return other / value;
}

function compareAll(kind, rounds, bytes) {
  const loops = rounds.sourcemeta.length > 0 ? bestOfEach(rounds.sourcemeta) : undefined;
  const both = rounds.ajv.length > 0 ? best(rounds.ajv, 'both') : undefined;
  figure(`valid.${kind}`, rounds.mine[0].valid, `of ${rounds.mine[0].documents} documents`, bytes, 1);
  ratios.validate.push(compare('validate', kind, rounds.mine, 'sourcemeta', loops, bytes));
  ratios.both.push(compare('both', kind, rounds.mine, 'ajv', both, bytes));
  ratios['walk.validate'].push(loops / best(rounds.walked, 'validate'));
  ratios['walk.both'].push(both / best(rounds.walked, 'both'));
}

const ratios = { validate: [], both: [], 'walk.validate': [], 'walk.both': [] };
const havePeers = peersIn(peers);
if (!havePeers) say('the peers are not installed and cannot be fetched (npm, network): ours alone');
pairs.forEach((pair, i) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kvalidate: ${i + 1}/${pairs.length} ${pair[0]}`);
  const rounds = measure(pair);
  compareAll(pair[0], rounds, statSync(pair[2]).size);
});
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
for (const [name, found] of Object.entries(ratios)) {
  const known = found.filter((ratio) => ratio > 0);
  if (known.length > 0) figure(`ratio.${name}`, Math.exp(known.reduce((sum, r) => sum + Math.log(r), 0) / known.length), 'times', 0, known.length);
}

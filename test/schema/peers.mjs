// Peers test: steno's JSON Schema against two other validators, ajv and @sourcemeta/jsonschema, on
// random schemas and instances.
//
//   node peers.mjs DRIVER FOLDER [--seed N] [--pairs N]          the test
//   node peers.mjs DRIVER FOLDER --seed N --peer NAME            one peer alone; who decides is not asked
//   node peers.mjs DRIVER FOLDER --seed N --dialect D --case I   one case and all its verdicts
//
// DRIVER is peers.c; the peers are installed in FOLDER. Without them and without a network the test
// is skipped (exit code 77). It fails when
//
//   - a pair has two verdicts and no entry of peers_known.mjs leaves it out,
//   - a known difference is not as listed, or leaves nothing out,
//   - fewer than --pairs pairs were compared with a peer, fewer than 30 % or more than 70 % were valid,
//   - a keyword never decided a verdict, or an annotation did.
//
// A keyword decides a verdict when the schema without it gives another one; this is asked of every
// second schema. What to read next: peers_make.mjs (schemas), peers_draw.mjs (instances).
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, threadId, workerData } from 'node:worker_threads';
import { deciders, dialects, mapSchema, remarkNames } from './peers_dialect.mjs';
import { AskAjv, AskSourcemeta, askSteno, fetchPeers } from './peers_judges.mjs';
import { known, leftOut, traitsOf } from './peers_known.mjs';
import { makeCase } from './peers_make.mjs';
import { reduce } from './peers_reduce.mjs';

const BATCH = 50;

// A limit of steno is an honest answer to a pair that takes exponential time; one in so many may be.
const LIMITED = 10_000;

// ---- one batch of cases ----

const isRefused = (word) => word.startsWith('refused') || word === 'unreadable';

function withoutRemarks(schema) {
  return mapSchema(schema, (one) => (typeof one === 'boolean' ? one : Object.fromEntries(Object.entries(one).filter(([name]) => !remarkNames.includes(name)))));
}

// The schema, and if wanted those that lack a keyword; `names` says which, '' for all annotations.
function variants(one, wanted) {
  const schemas = [one.schemaText, JSON.stringify(withoutRemarks(one.schema))];
  const names = [''];
  if (wanted && one.index % 2 === 0)
    for (const [name, without] of Object.entries(deciders(one.dialect))) {
      const text = JSON.stringify(without(one.schema));
      if (text === JSON.stringify(one.schema)) continue;
      names.push(name);
      schemas.push(text);
    }
  return { schemas, names };
}

export class Court {
  constructor(driver, peers, folder) {
    Object.assign(this, { driver, ajv: new AskAjv(peers), sourcemeta: new AskSourcemeta(peers, folder) });
  }
  steno(schemaText, instances) {
    return askSteno(this.driver, [{ schemas: [schemaText], instances }])[0][0];
  }
  // Its two ways of compiling take turns.
  peer(name, one, schemaText, instances) {
    if (name === 'ajv') return this.ajv.verdicts(one.dialect, schemaText, instances);
    return this.sourcemeta.verdicts(one.dialect, schemaText, instances, one.index % 2 === 1 && !one.traits.wide);
  }

  batch({ seed, dialect, from, peers, decide }) {
    const tally = { dialect, pairs: {}, all: 0, valid: 0, limits: 0, decided: {}, left: {}, differences: [] };
    const cases = Array.from({ length: BATCH }, (_, at) => makeCase(seed, from + at, dialect));
    const asked = cases.map((one) => ({ ...variants(one, decide), instances: one.instances }));
    askSteno(this.driver, asked).forEach((words, at) => this.weigh(cases[at], words, asked[at].names, peers, tally));
    return tally;
  }
  weigh(one, [word, ...others], names, peers, tally) {
    const differs = (peer, at, theirs) => tally.differences.push({ dialect: one.dialect, index: one.index, peer, at, steno: word, theirs });
    tally.all += word.length;
    tally.valid += word.split('1').length - 1;
    if (!isRefused(word)) tally.limits += word.split('L').length - 1;
    others.forEach((other, i) => {
      if (isRefused(other)) return;
      const count = [...other].filter((verdict, at) => verdict !== word[at]).length;
      if (names[i] !== '') tally.decided[names[i]] = (tally.decided[names[i]] ?? 0) + count;
      else if (count > 0) differs('an annotation', 0, other);
    });
    const traits = traitsOf(one);
    for (const peer of peers) this.compare(peer, one, word, traits, tally, differs);
  }
  compare(peer, one, word, traits, tally, differs) {
    const here = one.instances.filter((text, at) => {
      if (word[at] === 'L') return false;
      const why = leftOut(peer, traits, JSON.parse(text));
      for (const name of why) tally.left[name] = (tally.left[name] ?? 0) + 1;
      return why.length === 0;
    });
    if (here.length === 0) return;
    const places = one.instances.map((text, at) => at).filter((at) => here.includes(one.instances[at]));
    const theirs = this.peer(peer, one, one.schemaText, here);
    const ours = isRefused(word) ? word : places.map((at) => word[at]).join('');
    tally.pairs[peer] = (tally.pairs[peer] ?? 0) + here.length;
    if (ours === theirs) return;
    const first = Math.max(0, [...ours].findIndex((verdict, at) => verdict !== theirs[at]));
    differs(peer, isRefused(ours) || isRefused(theirs) ? 0 : places[first], theirs);
  }
}

// ---- workers ----

if (!isMainThread) {
  const { driver, folder, desk } = workerData;
  const court = new Court(driver, fetchPeers(folder), join(desk, `${threadId}`));
  parentPort.on('message', (task) => parentPort.postMessage(court.batch(task)));
}

// ---- the table of known differences ----

const word = (verdicts) => (isRefused(verdicts) ? 'refused' : { 1: 'valid', 0: 'invalid' }[verdicts] ?? verdicts);

function textOf(schema, dialect) {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return `{"$schema":"${dialects[dialect]}",${text.slice(1)}`;
}

function showKnown(driver, peers, desk) {
  let bad = 0;
  for (const one of known) {
    const { name, says, instance, formats, dialect = '2020-12' } = one;
    const text = textOf(one.schema, dialect);
    const sourcemeta = new AskSourcemeta(peers, desk, { formats });
    const found = {
      steno: word(askSteno(driver, [{ schemas: [text], instances: [instance], formats }])[0][0]),
      ajv: word(new AskAjv(peers, { formats, ...one.ajv }).verdicts(dialect, text, [instance])),
      sourcemeta: word(sourcemeta.verdicts(dialect, text, [instance])),
      'sourcemeta --fast': word(sourcemeta.verdicts(dialect, text, [instance], true)),
    };
    const traits = traitsOf({ schema: JSON.parse(text), dialect, traits: one.traits });
    const asListed = Object.keys(says).every((judge) => says[judge] === found[judge]);
    const caught = one.leaves === undefined || one.leaves.when(traits, JSON.parse(instance));
    if (asListed && caught) continue;
    bad++;
    console.log(`KNOWN DIFFERENCE: ${name}\n  ${text} on ${instance}\n  listed ${JSON.stringify(says)}\n  found  ${JSON.stringify(found)}`);
    if (!caught) console.log('  its own condition does not leave it out');
  }
  console.log(`${known.length} known differences, ${bad} not as listed`);
  return bad;
}

// ---- the random pairs ----

function add(total, part) {
  for (const name of Object.keys(part)) total[name] = (total[name] ?? 0) + part[name];
}

function explain(difference, { court, seed, driver, folder, short }) {
  const one = makeCase(seed, difference.index, difference.dialect);
  const { peer } = difference;
  const alone = (text) => [court.steno(one.schemaText, [text]), peer === 'an annotation' ? '' : court.peer(peer, one, one.schemaText, [text])].map(word);
  const refused = isRefused(difference.theirs) ? one.instances.findIndex((text) => new Set(alone(text)).size > 1) : -1;
  const at = refused >= 0 ? refused : difference.at;
  console.log(`DIFFERS from ${peer}: seed ${seed}, dialect ${difference.dialect}, case ${difference.index}, instance ${at}`);
  console.log(`  again: node peers.mjs ${driver} ${folder} --seed ${seed} --dialect ${difference.dialect} --case ${difference.index}`);
  console.log(`  schema ${one.schemaText}\n  instance ${one.instances[at]}`);
  for (const name of ['steno', 'ajv', 'sourcemeta'])
    console.log(`  ${name}: ${name === 'steno' ? court.steno(one.schemaText, [one.instances[at]]) : court.peer(name, one, one.schemaText, [one.instances[at]])}`);
  if (short || peer === 'an annotation') return;
  const both = (schema, instance) => [court.steno(schema, [instance]), court.peer(peer, one, schema, [instance])].map(word).join();
  const wanted = both(one.schemaText, one.instances[at]);
  if (wanted.split(',')[0] === wanted.split(',')[1]) console.log('  alone it does not differ');
  const small = reduce(one.schemaText, one.instances[at], (schema, instance) => both(schema, instance) === wanted);
  console.log(`  in short: ${small.schema} on ${small.instance}`);
}

// Batches go to the workers until every peer has judged `pairs` pairs.
async function judgeAll({ driver, folder, desk, seed, dialect, pairs, peer }) {
  const total = { pairs: Object.fromEntries((peer === undefined ? ['ajv', 'sourcemeta'] : [peer]).map((name) => [name, 0])), all: 0, valid: 0, limits: 0, decided: {}, left: {}, differences: [], cases: 0 };
  const wanting = () => Object.keys(total.pairs).filter((peer) => total.pairs[peer] < pairs);
  const work = () => new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { driver, folder, desk } });
    const next = () => {
      const peers = wanting();
      if (peers.length === 0) return resolve(worker.terminate());
      worker.postMessage({ seed, dialect, from: total.cases, peers, decide: peer === undefined });
      total.cases += BATCH;
    };
    worker.on('error', reject);
    worker.on('message', (tally) => {
      for (const name of ['all', 'valid', 'limits']) total[name] += tally[name];
      total.differences.push(...tally.differences);
      for (const name of ['pairs', 'decided', 'left']) add(total[name], tally[name]);
      next();
    });
    next();
  });
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  return total;
}

function report(dialect, total, peer) {
  const share = Math.round((100 * total.valid) / total.all);
  const idle = peer !== undefined ? [] : Object.keys(deciders(dialect)).filter((name) => !(total.decided[name] > 0));
  console.log(`${dialect}: ${total.cases} schemas, ${share} % of ${total.all} instances valid; compared ${JSON.stringify(total.pairs)}, ${total.differences.length} differences`);
  console.log(`  decided: ${Object.entries(total.decided).map(([name, count]) => `${name} ${count}`).join(', ')}`);
  console.log(`  left out: ${Object.entries(total.left).map(([name, count]) => `${name}: ${count}`).join('; ')}`);
  if (idle.length > 0) console.log(`  NEVER DECIDED: ${idle.join(', ')}`);
  if (total.limits * LIMITED > total.all) console.log(`  TOO MANY LIMITS: ${total.limits}`);
  if (share < 30 || share > 70) console.log('  TOO FEW OR TOO MANY are valid');
  return total.differences.length + idle.length + (share < 30 || share > 70 ? 1 : 0) + (total.limits * LIMITED > total.all ? 1 : 0);
}

async function judge(driver, folder, desk, peers, { seed, pairs, peer }) {
  let bad = showKnown(driver, peers, desk);
  const left = {};
  const court = new Court(driver, peers, desk);
  for (const [dialect, share] of [['2020-12', 1], ['2019-09', 0.15], ['7', 0.15]]) {
    const total = await judgeAll({ driver, folder, desk, seed, dialect, peer, pairs: pairs * share });
    bad += report(dialect, total, peer);
    add(left, total.left);
    total.differences.slice(0, 10).forEach((one, at) => explain(one, { court, seed, driver, folder, short: at >= 3 }));
  }
  for (const { name, leaves } of known) {
    if (leaves === undefined || left[name] > 0 || (peer ?? leaves.peer) !== leaves.peer) continue;
    bad++;
    console.log(`LEAVES NOTHING OUT: ${name}`);
  }
  return bad;
}

function showCase(driver, desk, peers, { seed, dialect, index }) {
  const one = makeCase(seed, index, dialect);
  const court = new Court(driver, peers, desk);
  console.log(one.schemaText);
  one.instances.forEach((text) => console.log(`${court.steno(one.schemaText, [text])} ${text}`));
  console.log(`steno      ${court.steno(one.schemaText, one.instances)}`);
  for (const peer of ['ajv', 'sourcemeta']) console.log(`${peer.padEnd(10)} ${court.peer(peer, one, one.schemaText, one.instances)}`);
}

async function main() {
  const string = { type: 'string' };
  const options = { seed: { ...string, default: '20201212' }, pairs: { ...string, default: '100000' }, dialect: { ...string, default: '2020-12' }, case: string, peer: string };
  const { values, positionals: [driver, folder] } = parseArgs({ options, allowPositionals: true });
  const [seed, pairs] = [Number(values.seed), Number(values.pairs)];
  let peers;
  try {
    peers = fetchPeers(folder);
  } catch {
    console.log('skipped: ajv and @sourcemeta/jsonschema are not installed and cannot be fetched (npm, network)');
    process.exit(77);
  }
  const desk = mkdtempSync(join(folder, 'desk-')); // for what sourcemeta reads
  process.on('exit', () => rmSync(desk, { recursive: true, force: true }));
  if (values.case !== undefined) return showCase(driver, desk, peers, { seed, dialect: values.dialect, index: Number(values.case) });
  console.log(`seed ${seed}, ${pairs} pairs for each peer, node ${process.version}`);
  const bad = await judge(driver, folder, desk, peers, { seed, pairs, peer: values.peer });
  process.exit(bad > 0 ? 1 : 0);
}

if (isMainThread) await main();

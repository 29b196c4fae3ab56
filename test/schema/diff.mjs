// The diff of schemas, asked about random pairs.
//
//   node diff.mjs DIFF DRIVER FOLDER [--seed N] [--pairs N]
//   node diff.mjs DIFF DRIVER FOLDER --seed N --case I          one pair, and all that is said of it
//
// DIFF is diff_lines.c, DRIVER peers.c; ajv is in FOLDER, or fetched there; without it and without a
// network only steno judges. A pair is a schema of peers_make.mjs, or a small one, and what a few random
// edits make of it (diff_edit.mjs), in either order. It fails when
//
//   - a direction is said to be proved, and a document is accepted by the one schema and refused by
//     the other: one of the instances made for the schema, or what changes make of them,
//   - such a document exists, and the direction has neither an example nor something undecided,
//   - an example does not do what it says, by steno's own word or by ajv's,
//   - too few directions are proved, or too many are undecided: a diff that never says anything is
//     never wrong.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { edit } from './diff_edit.mjs';
import { AskAjv, askSteno, fetchPeers } from './peers_judges.mjs';
import { leftOut, traitsOf } from './peers_known.mjs';
import { dice, makeCase } from './peers_make.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, pairs: { type: 'string', default: '2000' }, case: { type: 'string' } },
});
const [diff, driver, folder] = positionals;
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const BATCH = 100;
const DIALECT = '2020-12';

const ajv = (() => {
  try {
    return new AskAjv(fetchPeers(folder));
  } catch {
    return undefined;
  }
})();

// ---- pairs ----

function changed(value, { random, pick, chance }, depth = 0) {
  const others = [null, true, 0, 1, -1, 2.5, '', 'a', 'ab', 'x-1', [], {}, [1], { a: 1 }];
  if (depth > 3 || chance(20) || typeof value !== 'object' || value === null) return pick(others);
  if (Array.isArray(value)) {
    const at = random(value.length + 1);
    const copy = [...value];
    if (at === value.length) copy.push(pick([...others, ...value]));
    else if (chance(30)) copy.splice(at, 1);
    else copy[at] = changed(copy[at], { random, pick, chance }, depth + 1);
    return copy;
  }
  const names = Object.keys(value);
  if (names.length === 0 || chance(30)) return { ...value, [pick(['a', 'b', 'c', 'ab', 'x-1', 'é'])]: pick(others) };
  const name = pick(names);
  if (chance(40)) return Object.fromEntries(Object.entries(value).filter(([one]) => one !== name));
  return { ...value, [name]: changed(value[name], { random, pick, chance }, depth + 1) };
}

// Every second pair is small: edits of the empty schema, which nearly all decide something.
function smallPair(index, roll) {
  let base = {};
  for (let left = 1 + roll.random(4); left > 0; left--) base = edit(base, roll);
  const instances = [];
  let value = roll.pick([{}, [], 'a', 1, { a: 1 }, { a: 'a', b: 1 }, [1, 2], { ab: {} }]);
  for (let i = 0; i < 90; i++) {
    value = roll.chance(15) ? roll.pick([{}, [], 'ab', 2, null, { a: 'a' }, ['a']]) : changed(value, roll);
    instances.push(JSON.stringify(value));
  }
  return { index, old: JSON.stringify(base), now: JSON.stringify(edit(base, roll)), instances };
}

function makePair(index) {
  if (index % 2 === 1) return smallPair(index, dice(Math.imul(seed, 0x2c1b3c6d) ^ Math.imul(index + 1, 0x297a2d39)));
  const one = makeCase(seed, index, DIALECT);
  const roll = dice(Math.imul(seed, 0x27d4eb2f) ^ Math.imul(index + 1, 0x165667b1));
  const other = edit(one.schema, roll);
  const base = JSON.stringify(one.schema);
  const edited = JSON.stringify(other);
  const instances = [...one.instances];
  for (const text of one.instances) instances.push(JSON.stringify(changed(JSON.parse(text), roll)));
  const [old, now] = roll.chance(50) ? [base, edited] : [edited, base];
  return { index, old, now, instances };
}

// ---- what is said ----

function askDiff(pairs) {
  const input = pairs.map(({ old, now }) => `${old}\t${now}\n`).join('');
  const run = spawnSync(diff, { input, maxBuffer: 1 << 30 });
  const lines = run.stdout.toString().split('\n');
  if (run.status !== 0 || lines.length !== pairs.length + 1)
    throw new Error(`${diff} ended with ${run.status ?? run.signal} at pair ${pairs[lines.length - 1]?.index} of seed ${seed}: ${run.stderr}`);
  return pairs.map((_, at) => JSON.parse(lines[at]));
}

const tally = { pairs: 0, refused: 0, asked: 0, proved: 0, broken: 0, undecided: 0, witnessed: 0, examples: 0, judged: 0 };
const rules = new Map();
let wrong = 0;

function tell(pair, words) {
  wrong++;
  console.log(`not ok - seed ${seed}, case ${pair.index}: ${words}\n  old ${pair.old}\n  new ${pair.now}`);
}

// A document that the first schema accepts and the second one refuses.
function witness(pair, from, to) {
  return pair.instances.find((_, at) => from[at] === '1' && to[at] === '0');
}

function weighDirection(pair, said, direction, from, to) {
  const answer = said[direction];
  const found = said.findings.filter((one) => one.direction === direction);
  const document = witness(pair, from, to);
  tally.asked++;
  if (answer.proved) tally.proved++;
  else if (found.some((one) => one.example !== undefined)) tally.broken++;
  else tally.undecided++;
  if (document !== undefined) tally.witnessed++;
  if (document !== undefined && answer.proved) tell(pair, `${direction} is said to be proved; ${document} breaks it`);
  if (document !== undefined && found.length === 0) tell(pair, `${direction} has no finding; ${document} breaks it`);
  if (answer.proved && found.length > 0) tell(pair, `${direction} is said to be proved and has findings`);
  if (!answer.proved && found.length === 0) tell(pair, `${direction} is not proved and has no finding`);
}

function judge(pair, example, schemaText, expected, who, words) {
  if (words === expected) return;
  tell(pair, `${who} says ${words} and not ${expected} of the example ${example} before ${schemaText}`);
}

function weighExamples(pair, said) {
  const found = said.findings.filter((one) => one.example !== undefined);
  if (found.length === 0) return;
  const texts = found.map((one) => JSON.stringify(one.example));
  const [[old, now]] = askSteno(driver, [{ schemas: [pair.old, pair.now], instances: texts, formats: true }]);
  found.forEach((one, at) => {
    const backward = one.direction === 'backward';
    rules.set(one.rule, (rules.get(one.rule) ?? 0) + 1);
    tally.examples++;
    judge(pair, texts[at], 'the old schema', backward ? '1' : '0', 'steno', old[at]);
    judge(pair, texts[at], 'the new schema', backward ? '0' : '1', 'steno', now[at]);
  });
  if (ajv === undefined) return;
  for (const [text, accepts] of [[pair.old, 'backward'], [pair.now, 'forward']]) {
    const traits = traitsOf({ schema: JSON.parse(text), dialect: DIALECT, traits: { wide: true, recursive: true } });
    found.forEach((one, at) => {
      // It counts what the test of a condition has looked at also where the test has failed.
      if (traits.unevaluated && (traits.keywords.has('if') || traits.keywords.has('not'))) return;
      if (leftOut('ajv', traits, one.example).length > 0) return;
      const words = ajv.verdicts(DIALECT, text, [texts[at]]);
      if (words.startsWith('refused')) return;
      tally.judged++;
      judge(pair, texts[at], text, one.direction === accepts ? '1' : '0', 'ajv', words);
    });
  }
}

function weigh(pair, said, [old, now]) {
  if (said.fault !== undefined) {
    tally.refused++;
    return;
  }
  tally.pairs++;
  weighDirection(pair, said, 'backward', old, now);
  weighDirection(pair, said, 'forward', now, old);
  weighExamples(pair, said);
}

// ---- the test ----

const only = values.case === undefined ? undefined : Number(values.case);
const count = only === undefined ? Number(values.pairs) : 1;
const started = Date.now();
for (let from = 0; from < count; from += BATCH) {
  const size = Math.min(BATCH, count - from);
  const pairs = Array.from({ length: size }, (_, at) => makePair(only ?? from + at));
  const said = askDiff(pairs);
  const words = askSteno(driver, pairs.map(({ old, now, instances }) => ({ schemas: [old, now], instances, formats: true })));
  if (only !== undefined) console.log(`${pairs[0].old}\n${pairs[0].now}\n${JSON.stringify(said[0], null, 1)}`);
  pairs.forEach((pair, at) => weigh(pair, said[at], words[at]));
}
console.log(`seed ${seed}: ${JSON.stringify(tally)}, ${rules.size} rules with examples, ${Math.round((Date.now() - started) / 1000)} s`);
if (only === undefined && count >= 1000) {
  const least = (what, share) => {
    if (tally[what] < share * tally.asked) {
      wrong++;
      console.log(`not ok - only ${tally[what]} of ${tally.asked} are ${what}`);
    }
  };
  least('proved', 0.2);
  least('broken', 0.1);
  if (tally.undecided > 0.1 * tally.asked) {
    wrong++;
    console.log(`not ok - ${tally.undecided} of ${tally.asked} are undecided`);
  }
}
process.exit(wrong > 0 ? 1 : 0);

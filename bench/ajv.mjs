// ajv.mjs: what ajv takes for the documents of a file: node ajv.mjs FOLDER SCHEMA DOCUMENTS
//
// Prints {"documents":…,"valid":…,"validate":…,"both":…,"runs":…} in nanoseconds a document; `both` is
// JSON.parse and validate. All is warmed up before, so that node has compiled what it compiles, and the best
// of many short runs counts: node has no clock that leaves out what other programs take.
import { readFileSync } from 'node:fs';
import { ajvFor } from './peers.mjs';

const RUNS = 41;
const RUN_NS = 2e6;
const WARM_NS = 400e6;

const [folder, schemaPath, documentsPath] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(schemaPath, 'utf8'));
const texts = readFileSync(documentsPath, 'utf8').split('\n').filter((line) => line.trim() !== '');
const values = texts.map((text) => JSON.parse(text));
const validate = ajvFor(folder, schema).compile(schema);

let valid = 0;
const passes = {
  validate: () => { for (const value of values) valid += validate(value); },
  both: () => { for (const text of texts) valid += validate(JSON.parse(text)); },
};

function run(pass, least_ns) {
  const started = process.hrtime.bigint();
  let spent = 0;
  let times = 0;
  for (; spent < least_ns; times++) {
    pass();
    spent = Number(process.hrtime.bigint() - started);
  }
  return spent / (times * texts.length);
}

const found = { validate: [], both: [] };
for (const pass of Object.values(passes)) run(pass, WARM_NS);
for (let i = 0; i < RUNS; i++) for (const [name, pass] of Object.entries(passes)) found[name].push(run(pass, RUN_NS));
valid = 0;
passes.both();
console.log(JSON.stringify({ documents: texts.length, valid, validate: Math.min(...found.validate), both: Math.min(...found.both), runs: RUNS }));

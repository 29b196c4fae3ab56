// contract.mjs: what events cost as the recorder has them: node contract.mjs BUILD
//
//   contract.NAME.parse, contract.NAME.both    GB/s of text on one core; parsing, parsing and validating
//   ratio.contract.NAME                        what validating adds, as a part of parsing
//   ratio.contract.NAME.walk                   the same, were no two events alike (--walk of schema.c)
//
// For agent-event@v0 on the standard load, with the formats that the contract asserts; medians of schema.c,
// the best of ROUNDS.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROUNDS = 5;
const EVENTS = '2000'; // more than a megabyte

const [build] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'steno-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const figure = (name, value, unit, bytes, runs) =>
  console.log(JSON.stringify({ name, value: Number(value.toPrecision(6)), unit, bytes, runs }));

const events = join(scratch, 'events.ndjson');
writeFileSync(events, execFileSync(join(build, 'bench/generate'), [EVENTS], { maxBuffer: 1 << 28 }));
const measure = (...options) =>
  JSON.parse(execFileSync(join(build, 'bench/schema'), [...options, '--contract', 'agent-event@v0', events], { encoding: 'utf8' }));
const rounds = Array.from({ length: ROUNDS }, () => measure());
const walked = Array.from({ length: ROUNDS }, () => measure('--walk'));
const best = (what, of = rounds) => of.reduce((a, b) => (b[what] < a[what] ? b : a));
const name = 'contract.agent-event@v0';
for (const what of ['parse', 'both']) {
  const one = best(what);
  figure(`${name}.${what}`, one.bytes / one.documents / one[what], 'GB/s', one.bytes, one.runs);
}
figure(`ratio.${name}`, best('both').both / best('parse').parse - 1, 'of parsing', 0, ROUNDS);
figure(`ratio.${name}.walk`, best('both', walked).both / best('parse', walked).parse - 1, 'of parsing', 0, ROUNDS);

// properties.mjs: every rule of every contract that ships, kept and broken.
//
//     node properties.mjs JUDGE FOLDER PEERS CONTRACTS [--seed N]
//
// CONTRACTS is the folder of their files. For every event type that a contract names (and every
// form without a type, and one type that it does not name) events are grown that are valid: the least, the fullest and several
// between. Then each rule that stands at some value of them is broken alone: each required member
// taken away, each value replaced by every wrong kind, one below and above each limit, and so on.
// Which rules an event breaks is known from the file alone (properties_twin.mjs). JUDGE
// (properties.c) holds each event against the contract in the registry and must name exactly these:
// pointer, keyword and place. ajv, in FOLDER or fetched there by npm, must give the same verdicts,
// and so must @sourcemeta/jsonschema, in PEERS, but for what properties_known.mjs says of it.
//
// A change need not break just one rule. Where a word decides which rules apply, or several say the
// same, all that are broken are expected, and counted as "several"; where the rule that was aimed
// at no longer applies (the member decided whether it does) the change is counted as "moved".
//
// The test fails when
//   - a contract is written with something that the twin does not understand,
//   - a rule outside of conditions was never broken, or none of its limits was ever met exactly, or a
//     word of an enum or one of several kinds was never accepted,
//   - steno says otherwise of an event, or ajv or sourcemeta gives another verdict,
//   - sourcemeta does not differ where it is known to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { parseArgs } from 'node:util';
import { ajvFrom } from './ajv.mjs';
import { changes, grow } from './properties_grow.mjs';
import { Contract, print } from './properties_twin.mjs';
import { differsFromSourcemeta, unbreakable, others, unmet } from './properties_known.mjs';
import { Dice, Maker } from './properties_draw.mjs';
import { sourcemetaFrom } from './sourcemeta.mjs';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { seed: { type: 'string' } } });
const [judgeProgram, folder, peers, contracts] = positionals;
const seed = Number(values.seed ?? process.pid * 7919 + Date.now()) >>> 0;
console.log(`seed ${seed}`);

// A type has at least so many events, the fullest and the least first, and more as long as the last
// few showed a limit or a word that no event had. Each rule is broken in the first event of the type
// in which it stands.
const EVENTS_MIN = 8;
const EVENTS_MAX = 100;
const NOTHING_NEW = 5;
// What was still not seen then is looked for with so many more events, of types that came near.
const HUNT_MAX = 200;
// A contract of few types gets more of them, until so many have been before all judges; of the others
// sourcemeta is asked about a share.
const ASKED_MIN = 3000;
const ENDINGS = 3;

// ---- the other judges ----

class Judge {
  constructor(program) {
    this.process = spawn(program, { stdio: ['pipe', 'inherit', 'inherit'] });
    this.ended = once(this.process, 'exit');
    this.process.stdin.on('error', () => {}); // its exit says more
  }
  async ask(line) {
    if (!this.process.stdin.write(line)) await Promise.race([once(this.process.stdin, 'drain'), this.ended]);
  }
  async end() {
    this.process.stdin.end();
    const [code, signal] = await this.ended;
    return code ?? signal;
  }
}

// ---- one contract ----

class Trial {
  constructor(text, judge, compile) {
    this.contract = new Contract(text);
    this.maker = new Maker(this.contract, new Dice(seed));
    Object.assign(this, { judge, validate: compile?.(JSON.parse(text)), asked: new Set(), broken: new Set(), types: [], homes: new Map() });
    Object.assign(this, { text, texts: [], verdicts: [] });
    this.count = { events: 0, single: 0, several: 0, moved: 0, judged: 0, differ: 0, peer: 0, left: 0 };
  }

  // The types that the contract names, each as what an event of it cannot do without.
  seeds() {
    const { record, classify } = this.contract.notes;
    const [at] = [record.type].flat();
    const named = new Set(classify.flatMap((rule) => rule.types ?? []).filter((type) => !type.includes('*')));
    const name = at.slice(1);
    const older = others[this.contract.ref] ?? [];
    const own = [...named].filter((type) => !older.some((one) => one.instead === type));
    if (at !== `/${name}` || name.includes('/')) throw new Error(`${this.contract.ref}: the type's place ${at} is not understood`);
    return [...own.map((type) => ({ [name]: type })), ...older.map(({ event }) => event)];
  }

  async ask(event, broken, tail) {
    const text = print(event, tail);
    if (this.asked.has(text)) return false;
    this.asked.add(text);
    this.texts.push(text);
    this.verdicts.push(broken.length === 0 ? '1' : '0');
    const errors = broken.map(({ pointer, keyword, place }) => [pointer, keyword, place]);
    this.askAjv(event, text, errors);
    await this.judge.ask(`{"contract":${JSON.stringify(this.contract.ref)},"errors":${JSON.stringify(errors)},"event":${text}}\n`);
    return true;
  }

  // ajv knows doubles only: an event with a number that is none is not for it.
  askAjv(event, text, errors) {
    if (this.validate === undefined || text !== JSON.stringify(JSON.parse(text))) return;
    this.count.judged++;
    if (this.validate(event) === (errors.length === 0)) return;
    if (this.count.differ++ < 5) console.log(`not ok: ${this.contract.ref}: ajv says otherwise: ${JSON.stringify({ errors, event })}`);
  }

  async accept(event, type) {
    this.contract.check(event, (_, schema, value) => {
      const place = this.contract.places.get(schema);
      if (!this.homes.has(place)) this.homes.set(place, new Set());
      this.homes.get(place).add(type);
      for (const feat of Maker.feats(this.contract, schema, value)) this.maker.met.add(feat);
    });
    if (await this.ask(event, [])) this.count.events++;
    if (await this.ask(event, [], '.0')) this.count.events++; // 1.0 is a whole number too
  }

  // Breaks what `done` has not yet, and adds it there.
  async breakAll(event, done) {
    const now = new Set();
    for (const { changed, rule, pointer } of changes(this.maker, event, (rule) => !done.has(rule))) {
      const broken = this.contract.check(changed);
      const hit = broken.some((one) => one.rule === rule && one.pointer === pointer);
      for (const one of broken) this.broken.add(one.rule);
      if (hit) now.add(rule);
      if (!(await this.ask(changed, broken))) continue;
      this.count[!hit ? 'moved' : broken.length === 1 ? 'single' : 'several']++;
    }
    for (const rule of now) done.add(rule);
  }

  async tell(type, share, strange) {
    const event = grow(this.maker, type.start, share, strange);
    const seen = this.maker.met.size + type.done.size;
    await this.accept(event, type);
    await this.breakAll(event, type.done);
    return this.maker.met.size + type.done.size > seen;
  }

  async run() {
    this.types = this.seeds().map((start) => ({ start, done: new Set() }));
    for (const type of this.types) {
      let fresh = 0; // the last event that showed something new
      for (let i = 0; i < EVENTS_MIN || (i < EVENTS_MAX && i - fresh < NOTHING_NEW); i++) {
        const share = i === 0 ? 1 : i === 1 ? 0 : this.maker.dice.next();
        if (await this.tell(type, share, i > 1 && i % 2 === 0)) fresh = i;
      }
    }
    for (const { schema, isSeen } of this.wanted())
      for (let i = 0; i < HUNT_MAX && !isSeen(); i++) await this.tell(this.homeOf(schema), 0.3 + 0.7 * this.maker.dice.next(), false);
    for (let i = 0; i < ASKED_MIN && this.asked.size < ASKED_MIN; i++) {
      const type = this.maker.dice.one(this.types);
      await this.tell({ start: type.start, done: new Set() }, this.maker.dice.next(), i % 2 === 0);
    }
    return this.missing();
  }

  // By both ways of compiling; of the events that it is known to end at only a few are asked.
  askSourcemeta(judge) {
    const met = new Map();
    const step = Math.max(1, Math.floor(this.texts.length / ASKED_MIN));
    for (const fast of [false, true]) {
      const known = (text, said) => differsFromSourcemeta.find((one) => one.says === said && (fast || !one.fastOnly) && one.when(text));
      const wanted = (text) => {
        const one = known(text, 'X');
        if (one === undefined) return true;
        met.set(one, (met.get(one) ?? 0) + 1);
        return met.get(one) <= ENDINGS;
      };
      const asked = [...this.texts.keys()].filter((at) => at % step === 0 && wanted(this.texts[at]));
      const said = judge(this.text, asked.map((at) => this.texts[at]), fast);
      this.count.peer += asked.length;
      asked.forEach((at, i) => {
        const text = this.texts[at];
        if (said[i] === this.verdicts[at]) return;
        const one = known(text, said[i]);
        if (one !== undefined) {
          this.count.left++;
          differed.add(one);
        } else if (this.count.differ++ < 15) console.log(`not ok: ${this.contract.ref}: sourcemeta${fast ? ' --fast' : ''} says ${{ 1: 'valid', 0: 'invalid', X: 'an error' }[said[i]]}: ${text}`);
      });
    }
  }

  // A type whose events had that schema, or else the one nearest above it in the file.
  homeOf(schema) {
    let place = this.contract.places.get(schema);
    while (!this.homes.has(place) && place !== '') place = place.slice(0, place.lastIndexOf('/'));
    return this.maker.dice.one([...this.homes.get(place)]);
  }

  // All that must be seen: each rule broken, and each limit met, word and kind accepted.
  wanted() {
    const { contract, maker } = this;
    const excused = new Set([...(unbreakable[contract.ref] ?? []), ...(unmet[contract.ref] ?? [])]);
    return [
      ...[...contract.rules].map(([what, { schema }]) => ({ what: `broken: ${what}`, name: what, schema, isSeen: () => this.broken.has(what) })),
      ...[...Maker.allFeats(contract)].map(([what, schema]) => ({ what: `met: ${what}`, name: what, schema, isSeen: () => maker.met.has(what) })),
    ].filter(({ name }) => !excused.has(name));
  }

  // What should have been seen and was not; and what is excused without need.
  missing() {
    const { ref, rules } = this.contract;
    const feats = new Set([...Maker.allFeats(this.contract)].map(([what]) => what));
    return [
      ...this.wanted().filter(({ isSeen }) => !isSeen()).map(({ what }) => `never ${what}`),
      ...(unbreakable[ref] ?? []).filter((rule) => !rules.has(rule) || this.broken.has(rule)).map((rule) => `excused, yet broken or no rule: ${rule}`),
      ...(unmet[ref] ?? []).filter((feat) => !feats.has(feat) || this.maker.met.has(feat)).map((feat) => `excused, yet met or no limit: ${feat}`),
    ];
  }

  summary() {
    const { events, single, several, moved, judged, peer, left } = this.count;
    return `${this.contract.ref}: ${this.types.length} types and forms, ${this.contract.rules.size} rules, ${events} events accepted; ` +
      `changes: ${single} break one rule, ${several} several, ${moved} move what applies; ajv asked ${judged} times; ` +
      `sourcemeta ${peer} times, ${left} of them known to differ`;
  }
}

// ---- all ----

const compile = ajvFrom(folder, { allErrors: false });
if (compile === undefined) console.log('without ajv: it is not installed and cannot be fetched (npm, network)');
const sourcemeta = sourcemetaFrom(peers);
if (sourcemeta === undefined) console.log('without sourcemeta: it is not installed and cannot be fetched (npm, network)');
const judge = new Judge(judgeProgram);
const differed = new Set(); // of what is known of sourcemeta
let wrong = 0;
const names = readdirSync(contracts).filter((name) => name.endsWith('.json') && !name.endsWith('.schema.json')).sort();
for (const name of names) {
  const trial = new Trial(readFileSync(joinPath(contracts, name), 'utf8'), judge, compile);
  const missing = await trial.run();
  if (sourcemeta !== undefined) trial.askSourcemeta(sourcemeta);
  for (const words of missing) console.log(`not ok: ${trial.contract.ref}: ${words}`);
  console.log(trial.summary());
  wrong += missing.length + trial.count.differ;
}
for (const one of sourcemeta === undefined ? [] : differsFromSourcemeta)
  if (!differed.has(one) && ++wrong) console.log(`not ok: sourcemeta no longer differs: ${one.name}`);
const code = await judge.end();
if (code !== 0) console.log(`not ok: the judge ended with ${code}`);
if (names.length === 0) console.log('not ok: no contracts');
process.exit(wrong > 0 || code !== 0 || names.length === 0 ? 1 : 0);

// properties_draw.mjs: what the events of properties.mjs are made of: numbers drawn from a seed, and
// values that keep all rules of the schemas that stand at one place, its limits and rare words first.
import { ASSERTIONS, admitsType, codePoints, isEqual, isWhole, join, kindOf, listOf, print } from './properties_twin.mjs';

export class Dice {
  constructor(seed) { this.state = seed >>> 0; }
  next() { // mulberry32, in [0, 1)
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(count) { return Math.floor(this.next() * count); }
  one(list) { return list[this.below(list.length)]; }
  chance(share) { return this.next() < share; }
}

// ---- texts ----

const LETTERS = [...'aZ7_-. /é中😀'];
const WORDS = ['a', '', ' ', 'null', '0', 'it is "so" \\ and on', 'Zürich', '😀', '\u0000\n\u001f', '\u2028', 'x'.repeat(300)];
const POOL = [...Array.from({ length: 95 }, (_, i) => String.fromCodePoint(32 + i)), 'é', '中', '😀'];

export const GOOD = {
  'date-time': ['2026-02-06T13:45:07Z', '2024-02-29t23:59:59.999999999z', '0001-01-01T00:00:00+23:59', '9999-12-31T23:59:59-00:00', '2016-12-31T23:59:60Z'],
  uuid: ['00000000-0000-0000-0000-000000000000', 'f81d4fae-7dec-4ad0-a765-00a0c91e6bf6', 'F81D4FAE-7DEC-1AD0-A765-00A0C91E6BF6'],
  'json-pointer': ['', '/', '/a~1b/~0', '/0/é'],
};
export const BAD = {
  'date-time': ['2026-02-30T13:45:07Z', '2025-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-02-06T24:00:00Z', '2026-02-06T13:45:07', '2026-02-06', 'yesterday', ''],
  uuid: ['f81d4fae-7dec-4ad0-a765-00a0c91e6bf', 'f81d4fae-7dec-4ad0-a765-00a0c91e6bf67', 'g81d4fae-7dec-4ad0-a765-00a0c91e6bf6', '{f81d4fae-7dec-4ad0-a765-00a0c91e6bf6}', 'f81d4fae7dec4ad0a76500a0c91e6bf6', ''],
  'json-pointer': ['a', '/~', '/~2', '#/a'],
};

// A text of so many code points.
export const textOf = (dice, length) => Array.from({ length }, () => dice.one(LETTERS)).join('');

// A text that a pattern describes, by reading the pattern; what it does not know of patterns throws.
class Sampler {
  constructor(pattern, dice) { Object.assign(this, { pattern, dice, at: 0 }); }
  get here() { return this.pattern[this.at]; }
  sample() {
    const text = this.choice()();
    if (this.at < this.pattern.length) throw new Error(`pattern ${this.pattern}: not understood at ${this.at}`);
    return text;
  }
  choice() {
    const parts = [this.sequence()];
    while (this.here === '|') {
      this.at++;
      parts.push(this.sequence());
    }
    return () => this.dice.one(parts)();
  }
  sequence() {
    const parts = [];
    while (this.at < this.pattern.length && this.here !== '|' && this.here !== ')') parts.push(this.repeated(this.atom()));
    return () => parts.map((part) => part()).join('');
  }
  atom() {
    const rest = this.pattern.slice(this.at);
    const [head] = /^(?:[$^]|\\.|\[(?:\\.|[^\]])+\]|\((?:\?:)?|[^.*+?{}()|[\]\\])/u.exec(rest) ?? [];
    if (head === undefined || (rest.startsWith('(?') && head === '(')) throw new Error(`pattern ${this.pattern}: not understood at ${this.at}`);
    this.at += head.length;
    if (head === '^' || head === '$') return () => '';
    if (head[0] !== '(') {
      const letters = POOL.filter((one) => new RegExp(`^${head}$`, 'u').test(one));
      return () => this.dice.one(letters);
    }
    const inner = this.choice();
    this.at++; // )
    return inner;
  }
  repeated(part) {
    const [head, least, most] = /^(?:[*+?]|\{(\d+)(?:,(\d+))?\})/.exec(this.pattern.slice(this.at)) ?? [];
    if (head === undefined) return part;
    this.at += head.length;
    const min = least === undefined ? Number(head === '+') : Number(least);
    const max = head === '?' ? 1 : least === undefined ? 4 : Number(most ?? least);
    return () => Array.from({ length: min + this.dice.below(max - min + 1) }, part).join('');
  }
}

// ---- values ----

const isNumber = (value) => kindOf(value) === 'number';

// The numbers right beside a limit, and a little further off.
export function near(limit) {
  if (!Number.isSafeInteger(limit) && isWhole(limit)) return [BigInt(limit) - 1n, BigInt(limit) + 1n];
  return [limit - 1, limit + 1, limit - 1e-9, limit + 1e-9];
}

const NUMBERS = [0, 1, -1, 0.5, -2.75, 42, 1e15, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1e300, -1e-7];

export class Maker {
  constructor(contract, dice) {
    Object.assign(this, { contract, dice });
    this.times = new Map(); // how often each hint was taken
    this.met = new Set(); // limits, words and kinds that an accepted event has had
  }

  // What is noteworthy about a value before one schema: "PLACE is met exactly", "… with this word".
  static *feats(contract, schema, value) {
    const place = contract.places.get(schema);
    const size = { minLength: codePoints, maxLength: codePoints, minItems: (v) => v.length, maxItems: (v) => v.length };
    for (const keyword of ['minimum', 'maximum']) if (schema[keyword] !== undefined && isEqual(schema[keyword], value)) yield join(place, keyword);
    for (const [keyword, of] of Object.entries(size)) {
      const fits = keyword.endsWith('Length') ? typeof value === 'string' : Array.isArray(value);
      if (schema[keyword] !== undefined && fits && of(value) === schema[keyword]) yield join(place, keyword);
    }
    if (schema.items !== undefined && value.length > 0) yield join(place, 'items');
    if (schema.enum !== undefined) yield join(join(place, 'enum'), schema.enum.findIndex((word) => isEqual(word, value)));
    for (const type of listOf(schema.type ?? [])) if (admitsType({ type }, value)) yield join(join(place, 'type'), type);
  }

  // All that there is of these in the contract's rules, each with its schema.
  static *allFeats(contract) {
    for (const [rule, { schema, keyword }] of contract.rules) {
      if (['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'].includes(keyword)) yield [rule, schema];
      else if (keyword === 'enum') for (const i of schema.enum.keys()) yield [join(rule, i), schema];
      else if (keyword === 'type') for (const type of listOf(schema.type)) yield [join(rule, type), schema];
    }
  }

  timesOf(word) { return this.times.get(word) ?? 0; }

  keeps(schemas, value) {
    return schemas.every((schema) => this.contract.asserting.get(schema).every((keyword) => ASSERTIONS[keyword](schema[keyword], value, this.contract)));
  }

  // The schemas with all that they point to, which stand at the same value.
  spread(schemas) {
    return schemas.flatMap((schema) => typeof schema === 'boolean' ? [] :
      [schema, ...this.spread([...(schema.$ref === undefined ? [] : [this.contract.target(schema.$ref)]), ...(schema.allOf ?? [])])]);
  }

  // A value that keeps what the schemas say of it; objects are empty, their members come later.
  // `hints` are words that the value decides something with: the rarest first.
  draw(given, hints = []) {
    const schemas = this.spread(given);
    const words = hints.filter((word) => this.keeps(schemas, word)).sort((a, b) => this.timesOf(a) - this.timesOf(b));
    if (words.length > 0 && this.dice.chance(0.8)) {
      this.times.set(words[0], this.timesOf(words[0]) + 1);
      return words[0];
    }
    const fit = this.candidates(schemas).filter((value) => this.keeps(schemas, value));
    if (fit.length === 0) throw new Error(`${this.contract.ref}: no value for ${print(schemas)}`);
    const rare = fit.filter((value) => schemas.some((schema) => [...Maker.feats(this.contract, schema, value)].some((feat) => !this.met.has(feat))));
    return this.dice.one(rare.length > 0 && this.dice.chance(0.8) ? rare : fit);
  }

  candidates(schemas) {
    const constant = schemas.find((schema) => schema.const !== undefined);
    if (constant !== undefined) return [constant.const];
    const words = schemas.find((schema) => schema.enum !== undefined);
    if (words !== undefined) return words.enum;
    return [null, false, true, {}, ...this.numbers(schemas), ...this.texts(schemas), ...this.arrays(schemas)];
  }

  numbers(schemas) {
    const limits = schemas.flatMap(({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) => [minimum, maximum, exclusiveMinimum, exclusiveMaximum]).filter(isNumber);
    return [...limits.flatMap((limit) => [limit, ...near(limit)]), ...NUMBERS, this.dice.below(1e6)];
  }

  texts(schemas) {
    const lengths = schemas.flatMap(({ minLength, maxLength }) => [minLength, maxLength]).filter(isNumber);
    const patterns = schemas.map(({ pattern }) => pattern).filter((pattern) => pattern !== undefined);
    const formats = schemas.map(({ format }) => format).filter((format) => format !== undefined);
    return [
      ...formats.flatMap((format) => [...GOOD[format], ...BAD[format]]),
      ...patterns.flatMap((pattern) => Array.from({ length: 4 }, () => new Sampler(pattern, this.dice).sample())),
      ...lengths.flatMap((length) => [textOf(this.dice, length), '😀'.repeat(length), 'a'.repeat(length)]),
      ...WORDS,
    ];
  }

  arrays(schemas) {
    const lists = schemas.filter((schema) => schema.type === undefined || listOf(schema.type).includes('array'));
    if (lists.length < schemas.length) return [];
    const items = schemas.map((schema) => schema.items).filter((one) => one !== undefined);
    const lengths = schemas.flatMap(({ minItems, maxItems }) => [minItems, maxItems]).filter(isNumber);
    return [0, 1, 3, ...lengths].map((length) => Array.from({ length }, () => (items.length > 0 ? this.draw(items) : this.anything())));
  }

  // Any JSON at all.
  anything() {
    return this.dice.one([null, true, false, ...NUMBERS, ...WORDS, [], [1, 'a', null], {}, { a: { b: [] } }]);
  }
}

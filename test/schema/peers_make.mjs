// peers_make.mjs: random schemas, and instances made for them, of which about half are valid.
//
// A case is a schema of one dialect and the texts of some instances. Everything in it follows from
// the seed and the case's number. A schema is made in the form of 2020-12 first; the instances are
// drawn from that form, and peers_dialect.mjs writes it in the older ones.
//
// What no case has, because a peer knows it only otherwise (peers_known.mjs has an example of each):
// names of Object.prototype, repeated names, lone surrogates, numbers that a double does not hold,
// numbers past 2^53 where there is a multipleOf, an empty enum.
//
// References never loop: where a schema applies to the same value it refers only to definitions
// that come later; one step down in the instance it may refer to any, also to those above it.
import { Draw, unique, write } from './peers_draw.mjs';
import { older } from './peers_dialect.mjs';

// mulberry32; one for a case.
export function dice(seed) {
  let state = seed | 0;
  const random = (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
  const pick = (list) => list[random(list.length)];
  const chance = (percent) => random(100) < percent;
  const some = (list, count) => {
    const left = [...list];
    const out = [];
    while (out.length < count && left.length > 0) out.push(...left.splice(random(left.length), 1));
    return out;
  };
  return { random, pick, chance, some };
}

// ---- the words of a schema ----

const numbers = [0, 1, 2, 3, 4, -1, -2, 10, 100, 0.5, 1.5, 2.5, -0.5, 0.1, 0.2, 0.3, 0.7, 1.1, 19.99, -0];
const bigNumbers = [2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), -(2 ** 53) - 2, 1e17, 1e20, 1e21, 1e300, 5e-324, 123456789012];
const strings = ['', 'a', 'b', 'ab', 'ba', 'abc', 'aaa', 'aab', 'A', 'é', 'e\u0301', '😀', 'a😀', '😀😀', '😀b😀', '𝒳yz', '中文',
  '12', '0', 'a1', ' ', 'a b', '\u0000', '"', '\\', 'null', 'cc', 'abab', 'x-1', 'true'];
const names = ['a', 'b', 'c', 'd', 'ab', 'ba', 'é', '😀', 'a/b', 'a~b', 'x y', '%25', '$ref', 'x-1', 'A', '0', 'length', 'type'];
const definitionNames = ['n', 'tree', 'a/b', 'a~b', 'x y', 'é', '"q"', 'list', '0', '{}'];

// Each with strings that it finds; in the grammar that all engines read alike.
export const patterns = new Map(Object.entries({
  '^a': ['a', 'ab', 'abc', 'a😀'], 'b$': ['b', 'ab', 'abab'], '^[a-c]+$': ['a', 'abc', 'cc'], '^.$': ['a', '😀', 'é', '中'], '^..$': ['ab', '😀😀', 'e\u0301'],
  '^.{2,3}$': ['ab', '😀b😀', '𝒳yz'], 'a|b': ['a', 'xb'], '[0-9]': ['12', 'a1'], '^(?:ab)*$': ['', 'abab'], '[^a]': ['b', '😀', 'ba'], '^😀': ['😀', '😀😀'],
  '^$': [''], '^(a|b)\\1': ['aa', 'aab'], '': ['', 'x'], '^[^0-9]*$': ['', 'abc', '中文'], '(?=.*b)^a': ['ab', 'aab'], '^(?!a)': ['', 'b', 'é'], '\\.': ['a.b', '.'],
  '^\\p{L}+$': ['é', '中文', 'abc'], '\\u00e9': ['é'], '^x-': ['x-1', 'x-'], '[\\u{1F600}-\\u{1F64F}]': ['😀', 'a😀'], '^[a-z/~]*$': ['a/b', 'a~b', ''], '^\\x61?$': ['', 'a'],
}));
const kinds = ['number', 'string', 'array', 'object'];
const types = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];
const remarks = { title: 't', description: 'd', default: 1, examples: [1], deprecated: true, readOnly: true, writeOnly: false, $comment: 'c', format: 'email',
  contentMediaType: 'application/json', contentEncoding: 'base64', 'x-peers': { type: 'nothing' } };

// ---- values at random ----

function makeValues({ random, pick, chance }, big) {
  const number = () => (big && chance(15) ? pick(bigNumbers) : pick(numbers));
  function value(depth) {
    const kind = random(depth > 0 ? 12 : 9);
    if (kind < 4) return number();
    if (kind < 7) return pick(strings);
    if (kind < 9) return pick([null, true, false]);
    if (kind < 10) return Array.from({ length: random(4) }, () => value(depth - 1));
    return Object.fromEntries(Array.from({ length: random(4) }, () => [pick(names), value(depth - 1)]));
  }
  return { number, value };
}

// ---- schemas ----

const pointer = (name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));

// References in a schema: a recursive one of many takes exponential time in all judges.
const REFS = 6;

class Maker {
  constructor(seed, index, dialect) {
    Object.assign(this, dice(seed), { index, dialect });
    this.wide = this.chance(40); // numbers past 2^53, and then no multipleOf
    this.values = makeValues(this, this.wide);
    this.refs = 0;
    this.targets = []; // what can be referred to: {order, resource, fragments, schema}
    this.referred = new WeakMap(); // a schema with $ref or $dynamicRef: its target
    this.stops = this.chance(35); // unevaluated… in this schema
    // Names that one of the peers has its trouble with are in few schemas.
    this.names = this.chance(5) ? [...names, '', ''] : names;
    this.definitionNames = this.chance(5) ? [...definitionNames, '%25', '%25'] : definitionNames;
  }

  // A place in the schema: how deep, of which kind, in which resource, and what it may refer to.
  inside(place) {
    return { ...place, depth: place.depth - 1, after: -1, kind: undefined };
  }
  beside(place) {
    return { ...place, depth: place.depth - 1, kind: this.chance(80) ? place.kind : undefined };
  }

  schema(place) {
    if (this.chance(5)) return !this.chance(35);
    const kind = place.kind ?? this.pick(place.depth > 0 ? [...kinds, 'array', 'object', 'object'] : ['number', 'string', 'any']);
    const at = { ...place, kind };
    let out = {};
    if (this.chance(60)) this.type(out, kind);
    if (this.chance(75)) this.facets(out, at);
    if (this.chance(kind === 'array' || kind === 'object' ? 3 : 15)) this.listed(out, at);
    if (place.depth > 0 && this.chance(45)) this.applied(out, at);
    if (this.chance(place.depth > 0 ? 30 : 12)) this.reference(out, at);
    if (this.chance(4)) this.remark(out);
    return out;
  }
  schemas(place, least, most) {
    return Array.from({ length: least + this.random(most - least + 1) }, () => this.schema(place));
  }
  remark(out) {
    const name = this.pick(Object.keys(remarks));
    out[name] = remarks[name];
  }

  type(out, kind) {
    const own = kind === 'number' && this.chance(50) ? 'integer' : kind;
    if (kind === 'any') out.type = this.pick(types);
    else out.type = this.chance(25) ? this.some([...new Set([own, this.pick(types), 'null'])], 3) : own;
  }
  listed(out, { kind }) {
    const like = () => (this.chance(70) ? this.like(kind) : this.values.value(2));
    if (this.chance(40)) out.const = like();
    else out.enum = unique(Array.from({ length: 1 + this.random(4) }, like));
  }
  like(kind) {
    const { number, value } = this.values;
    if (kind === 'number') return number();
    if (kind === 'string') return this.pick(strings);
    if (kind === 'array') return Array.from({ length: this.random(3) }, () => value(1));
    if (kind === 'object') return this.members(this.names, 2, () => value(1));
    return value(1);
  }

  facets(out, at) {
    const kind = at.kind === 'any' ? this.pick(kinds) : at.kind;
    const facets = { number: this.numeric, string: this.text, array: this.array, object: this.object };
    facets[kind].call(this, out, at);
  }
  numeric(out) {
    const draw = () => this.values.number();
    if (this.chance(55)) this.bounds(out, 'minimum', 'maximum', draw);
    if (this.chance(40)) this.bounds(out, 'exclusiveMinimum', 'exclusiveMaximum', draw);
    if (!this.wide && this.chance(40)) out.multipleOf = this.pick([1, 2, 3, 0.5, 0.1, 0.01, 0.25, 1.5, 10]);
  }
  bounds(out, low, high, value) {
    const [a, b] = [value(), value()].sort((x, y) => x - y);
    const which = this.random(3);
    if (which !== 1) out[low] = a;
    if (which !== 0) out[high] = b;
  }
  counts(out, low, high, most) {
    this.bounds(out, low, high, () => this.random(most + 1));
  }
  text(out) {
    if (this.chance(55)) this.counts(out, 'minLength', 'maxLength', 4);
    if (this.chance(55)) out.pattern = this.pick([...patterns.keys()]);
  }

  array(out, at) {
    const below = this.inside(at);
    if (this.chance(35)) out.prefixItems = this.schemas(below, 1, 3);
    if (this.chance(40)) out.items = this.schema(below);
    if (this.chance(out.prefixItems === undefined ? 35 : 4)) this.contains(out, below);
    if (this.chance(22)) out.uniqueItems = this.chance(85);
    if (this.chance(28)) this.counts(out, 'minItems', 'maxItems', 4);
    if (this.stops && this.chance(40)) out.unevaluatedItems = this.chance(50) ? false : this.schema(below);
  }
  contains(out, below) {
    out.contains = this.schema({ ...below, depth: Math.min(below.depth, 1) });
    if (this.dialect === '7') return;
    if (this.chance(40)) out.minContains = this.random(3);
    if (this.chance(60)) out.maxContains = 1 + this.random(2);
  }

  object(out, at) {
    const below = this.inside(at);
    if (this.chance(60)) out.properties = this.members(this.names, 4, () => this.schema(below));
    if (this.chance(15)) out.patternProperties = this.members([...patterns.keys()], 2, () => this.schema(below));
    if (this.chance(25)) out.additionalProperties = this.chance(45) ? false : this.schema(below);
    if (this.chance(10)) out.propertyNames = this.schema({ ...below, depth: 0, kind: 'string' });
    const known = [...Object.keys(out.properties ?? {}), ...Object.keys(out.properties ?? {}), this.pick(this.names)];
    if (this.chance(35)) out.required = unique(this.some(known, 1 + this.random(2)));
    if (this.chance(18)) this.counts(out, 'minProperties', 'maxProperties', 4);
    if (this.chance(20)) out.dependentRequired = this.members(known, 2, () => unique(this.some([...known, ...this.names], this.random(3))));
    if (this.chance(12)) out.dependentSchemas = this.members(known, 2, () => this.schema(this.beside(at)));
    if (this.stops && this.chance(45)) out.unevaluatedProperties = this.chance(55) ? false : this.schema(below);
  }
  members(among, most, make) {
    return Object.fromEntries(this.some(among, 1 + this.random(most)).map((name) => [name, make()]));
  }

  applied(out, at) {
    const beside = this.beside(at);
    const which = this.random(100);
    if (which < 25) out.allOf = this.schemas(beside, 1, 3);
    else if (which < 50) out.anyOf = this.schemas(beside, 1, 3);
    else if (which < 70) out.oneOf = this.schemas(beside, 1, 3);
    else if (which < 80) out.not = this.schema({ ...beside, depth: Math.min(beside.depth, 1) });
    else this.condition(out, beside);
    if (this.chance(15)) this.applied(out, at);
  }
  condition(out, beside) {
    if (this.chance(95)) out.if = this.schema({ ...beside, depth: Math.min(beside.depth, 1) });
    if (this.chance(75)) out.then = this.schema(beside);
    if (this.chance(60)) out.else = this.schema(beside);
  }

  // ---- references ----

  reference(out, place) {
    const free = this.targets.filter((target) => target.order > place.after);
    if (free.length === 0 || this.refs === REFS) return;
    this.refs++;
    const target = this.pick(free);
    this.referred.set(out, target);
    const dynamic = this.dynamicFrom(place);
    // A dynamic reference may lead to any resource on the way, so it stands a step down.
    if (dynamic !== undefined && place.after < 0 && this.chance(45)) {
      if (this.chance(70)) for (const name of Object.keys(out)) delete out[name];
      out.$dynamicRef = '#node';
      this.referred.set(out, dynamic);
      for (const other of this.targets) if (other.dynamic) place.owner.uses.add(other);
    } else {
      out.$ref = this.pathTo(target, place);
      place.owner.uses.add(target);
    }
  }
  // Whether a definition leads back to itself.
  isRecursive() {
    const leads = (from, seen) => {
      for (const next of from.uses) if (!seen.has(next)) leads(next, seen.add(next));
      return seen;
    };
    return this.targets.some((target) => leads(target, new Set()).has(target));
  }
  dynamicFrom(place) {
    return this.targets.find((target) => target.resource === place.resource && target.dynamic);
  }
  pathTo(target, place) {
    const fragment = this.pick(target.fragments);
    if (target.resource === place.resource) {
      const named = this.named || target.resource !== this.root.resource;
      return fragment === '' && named && this.chance(50) ? target.resource.name : `#${fragment}`;
    }
    const base = this.chance(50) ? target.resource.name : target.resource.id;
    return fragment === '' ? base : `${base}#${fragment}`;
  }

  // ---- the document ----

  resource(name) {
    return { name, id: `https://peers.test/${this.index}/${name}` };
  }
  plan() {
    const root = this.resource('root');
    const add = (resource, fragments, dynamic) => {
      const target = { order: this.targets.length, resource, fragments, dynamic, uses: new Set() };
      this.targets.push(target);
      return target;
    };
    this.root = add(root, [''], this.chance(50));
    this.definitions = unique(this.some(this.definitionNames, this.random(4))).map((name, at) => {
      const path = `/$defs/${pointer(name)}`;
      if (this.chance(35)) {
        const resource = this.resource(`r${at}`);
        const target = add(resource, [''], this.chance(60));
        const inner = this.chance(50) ? add(resource, ['/$defs/inner'], false) : undefined;
        return { name, target, inner, own: true };
      }
      const anchor = this.chance(40) ? `A${at}` : undefined;
      return { name, anchor, target: add(root, anchor === undefined ? [path] : [path, anchor], false) };
    });
    // Without an embedded resource the root needs no name, and mostly has none.
    this.named = this.definitions.some((one) => one.own) || this.chance(20);
  }
  fill(target, depth) {
    const place = { depth, after: target.order, owner: target, resource: target.resource, kind: undefined };
    let out = this.schema(place);
    if (typeof out === 'boolean') out = this.chance(70) ? {} : { not: {} };
    if (target.dynamic) out.$dynamicAnchor = 'node';
    return out;
  }
  definition({ target, inner, anchor, own }) {
    const out = this.fill(target, 1 + this.random(2));
    if (anchor !== undefined) out.$anchor = anchor;
    if (own) out.$id = this.chance(50) ? target.resource.name : target.resource.id;
    if (inner !== undefined) out.$defs = { inner: (inner.schema = this.fill(inner, 1)) };
    target.schema = out;
    return out;
  }
  // What dynamic anchors are for: a recursive resource with one, extended by the root with another.
  extend(out) {
    const base = this.targets.find((target) => target.dynamic && target !== this.root);
    if (!this.root.dynamic || base === undefined || this.chance(15)) return;
    const [up, down] = [{ $ref: base.resource.name }, { $dynamicRef: '#node' }];
    for (const one of [up, down]) this.referred.set(one, base);
    this.root.uses.add(base);
    base.uses.add(base).add(this.root);
    out.allOf = [...(out.allOf ?? []), up];
    for (const name of ['type', 'const', 'enum']) delete base.schema[name];
    if (this.chance(50)) base.schema.items = down;
    else base.schema.properties = { ...base.schema.properties, a: down };
  }
  document() {
    this.plan();
    const body = this.fill(this.root, 1 + this.random(3));
    const out = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...body };
    if (this.referred.has(body)) this.referred.set(out, this.referred.get(body));
    if (this.named) out.$id = this.root.resource.id;
    this.root.schema = out;
    if (this.definitions.length > 0)
      out.$defs = Object.fromEntries(this.definitions.map((one) => [one.name, this.definition(one)]));
    this.extend(out);
    return out;
  }
}

// How many instances a case has.
export const INSTANCES = 48;

export function makeCase(seed, index, dialect) {
  const stream = Math.imul(seed, 0x9e3779b1) ^ Math.imul(parseInt(dialect, 10), 0xc2b2ae35);
  const maker = new Maker(stream ^ Math.imul(index + 1, 0x85ebca6b), index, dialect);
  const form = maker.document();
  const draw = new Draw(maker, form, maker.names, patterns);
  const drawn = Array.from({ length: INSTANCES }, () => draw.instance());
  const schema = older(form, dialect, maker);
  const traits = { wide: maker.wide, recursive: maker.isRecursive() };
  return { index, dialect, traits, schema, schemaText: write(schema, maker), instances: drawn.map((value) => write(value, maker)) };
}
